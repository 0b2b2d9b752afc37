"""Oracles: SciPy, linear programs, assignments, the SVD, autograd, closed forms."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import sqrtm
from scipy.optimize import linear_sum_assignment, linprog
from scipy.spatial.distance import cdist
from scipy.stats import wasserstein_distance

from snippets.generative.wasserstein_gan import (
    conv_operator_norm,
    gaussian_w2,
    gradient_penalty,
    interpolates,
    optimal_critic_1d,
    spectral_norm,
    training,
    wasserstein_1d,
)
from snippets.generative.wasserstein_gan.training import (
    BATCH,
    COVARIANCE,
    MEAN,
    ROOT,
    _critic,
    _data,
    _distance,
    _lengths,
    _made,
    train_wgan,
)

CLOSE = {"rtol": 0, "atol": 1e-12}
X, Y = [3.4, 3.9, 7.5, 7.8], [4.5, 1.4]
A, B = [1.4, 0.9, 3.1, 7.2], [3.2, 3.5]


@st.composite
def samples(draw):
    """Two samples of small integers, with ties, and weights of which some are 0."""
    found = []
    for _ in range(2):
        n = draw(st.integers(1, 6))
        points = draw(st.lists(st.integers(-5, 5), min_size=n, max_size=n))
        weights = st.lists(st.integers(0, 4), min_size=n, max_size=n).filter(any)
        found += [np.array(points, float), np.array(draw(weights), float)]
    x, a, y, b = found
    return x, y, a, b


# On a line


def test_the_distances_of_the_page_and_of_scipys_documentation():
    assert wasserstein_1d([0, 1, 3], [5, 6, 8]) == 5
    assert wasserstein_1d([0, 3], [1, 2]) == 1
    np.testing.assert_allclose(wasserstein_1d([0, 1], [0, 1], [3, 1], [2, 2]), 0.25)
    assert round(wasserstein_1d(X, Y, A, B), 6) == 4.078133


@settings(max_examples=200, deadline=None)
@given(samples())
def test_the_area_is_scipys_distance_and_what_the_critic_reaches(found):
    x, y, a, b = found
    area = wasserstein_1d(x, y, a, b)
    np.testing.assert_allclose(area, wasserstein_distance(x, y, a, b), **CLOSE)
    points, values = optimal_critic_1d(x, y, a, b)
    np.testing.assert_array_equal(points, sorted({*x, *y}))
    assert values[0] == 0
    assert (abs(np.diff(values)) <= np.diff(points)).all()
    f = dict(zip(points, values))
    means = [np.average([f[p] for p in s], weights=w) for s, w in ((x, a), (y, b))]
    np.testing.assert_allclose(means[0] - means[1], area, **CLOSE)


@settings(max_examples=40, deadline=None)
@given(samples())
def test_no_plan_costs_less_and_the_best_costs_as_much(found):
    x, y, a, b = found
    n, m = len(x), len(y)
    rows = np.kron(np.eye(n), np.ones(m))
    columns = np.kron(np.ones(n), np.eye(m))
    plan = linprog(
        abs(x[:, None] - y).ravel(),
        A_eq=np.vstack([rows, columns]),
        b_eq=np.concatenate([a / a.sum(), b / b.sum()]),
    )
    np.testing.assert_allclose(wasserstein_1d(x, y, a, b), plan.fun, rtol=0, atol=1e-9)


def test_the_critic_is_flat_where_the_masses_so_far_are_equal():
    points, values = optimal_critic_1d([0, 3], [1, 2])
    np.testing.assert_array_equal(points, [0, 1, 2, 3])
    np.testing.assert_array_equal(values, [0, -1, -1, 0])
    assert not np.signbit(values[[0, 3]]).any()
    # Three and six equal parts: thirds are no binary numbers, and still compare.
    _, values = optimal_critic_1d([0, 1, 2], [0, 0, 1, 1, 3, 3])
    np.testing.assert_array_equal(values, [0, 0, 0, -1])
    # Even all the way: zeros, and none of them negative.
    _, values = optimal_critic_1d([0, 1], [0, 1])
    np.testing.assert_array_equal(values, [0, 0])
    assert not np.signbit(values).any()


def test_weights_are_shares_of_their_sum_at_any_scale():
    want = wasserstein_1d([0, 1], [0, 1], [3, 1], [2, 2])
    for scale in (1e-300, 1e308 / 4):
        found = wasserstein_1d([0, 1], [0, 1], [3 * scale, scale], [2, 2])
        np.testing.assert_allclose(found, want, **CLOSE)
    assert wasserstein_1d([0, 9], [0], [1, 0]) == 0
    assert wasserstein_1d([2.5], [2.5]) == 0


def test_a_point_moved_away_is_far_in_w1_and_equally_disjoint_in_jsd():
    for theta in (0.01, -2.0, 50.0):
        assert wasserstein_1d([0], [theta]) == abs(theta)
        _, values = optimal_critic_1d([0.0], [theta])
        assert abs(values[1] - values[0]) == abs(theta)


@pytest.mark.parametrize("call", [wasserstein_1d, optimal_critic_1d])
@pytest.mark.parametrize(
    ("args", "message"),
    [
        (([], [1.0]), r"x must be finite numbers of shape \(n,\), at least one, got"),
        (([1.0], [[1.0]]), r"y must be finite .* got shape \(1, 1\)"),
        (([math.nan], [1.0]), "x must be finite numbers"),
        (([1.0], [1.0], [1.0, 2.0]), "x_weights must be 1 numbers, got 2"),
        (([1.0], [1.0], None, [-1.0]), "y_weights must be >= 0, and one of them > 0"),
        (([1.0, 2.0], [1.0], [0.0, 0.0]), "x_weights must be >= 0, and one"),
        (([1.0, 2.0], [1.0], [-1.0, 2.0]), "x_weights must be >= 0, and one"),
        (([1e308], [-1e308]), "points must lie within float64"),
        ((["a"], [1.0]), "x must be finite numbers"),
        (([True], [1.0]), "x must be finite numbers"),
        ((np.ma.masked_array([1.0, 2.0], [0, 1]), [1.0]), "x must be finite numbers"),
    ],
)
def test_points_and_weights_that_are_none_are_refused(call, args, message):
    with pytest.raises(ValueError, match=message):
        call(*args)


# Gaussians


def test_the_distances_of_gaussians_that_the_page_names():
    np.testing.assert_allclose(
        gaussian_w2([0], [[1]], [3], [[4]]), math.sqrt(10), **CLOSE
    )
    found = gaussian_w2([0, 0], [[2, 1], [1, 2]], [1, 0], np.diag([1, 3]))
    assert round(found, 6) == 1.231538


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 5), st.integers(0, 1000))
def test_the_distance_of_gaussians_is_the_formula_with_matrix_roots(d, seed):
    rng = np.random.default_rng(seed)
    m1, m2 = rng.normal(size=(2, d))
    C1, C2 = (s @ s.T for s in rng.normal(size=(2, d, d + 1)))
    root = sqrtm(C1)
    cross = sqrtm(root @ C2 @ root).real
    want = (m1 - m2) @ (m1 - m2) + np.trace(C1 + C2 - 2 * cross)
    found = gaussian_w2(m1, C1, m2, C2)
    np.testing.assert_allclose(found**2, want, rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(found, gaussian_w2(m2, C2, m1, C1), rtol=1e-9)
    np.testing.assert_allclose(gaussian_w2(m1, C1, m1, C1), 0, atol=1e-7)


def test_points_are_gaussians_without_spread():
    zero = np.zeros((2, 2))
    np.testing.assert_allclose(gaussian_w2([0, 0], zero, [3, 4], zero), 5, **CLOSE)
    line = np.diag([4.0, 0.0])
    np.testing.assert_allclose(gaussian_w2([0, 0], line, [0, 0], zero), 2, **CLOSE)
    np.testing.assert_allclose(
        gaussian_w2([0, 0], line, [0, 0], np.diag([0.0, 9.0])), math.sqrt(13), **CLOSE
    )
    assert gaussian_w2([1e308], [[1]], [-1e308], [[1]]) == math.inf  # and no warning
    for scale in (1e-200, 1e200):
        found = gaussian_w2([0], [[scale]], [0], [[4 * scale]])
        np.testing.assert_allclose(found, math.sqrt(scale), rtol=1e-12)
    for spreads in ((1e-300, 1e300), (1e300, 1e-300)):
        found = gaussian_w2([0], [[spreads[0]]], [0], [[spreads[1]]])
        np.testing.assert_allclose(found, 1e150, rtol=1e-12)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (([0], [[1]], [0, 0], [[1]]), "m1 and m2 must have one length, got 1, 2"),
        (([0], [[1, 0], [0, 1]], [0], [[1]]), r"C1 must have shape \(1, 1\), got"),
        (([0], [[1]], [0], [1]), r"C2 must be finite numbers of shape \(1, 1\)"),
        (([0, 0], [[1, 2], [0, 1]], [0, 0], np.eye(2)), "C1 must be symmetric"),
        (([0, 0], np.eye(2), [0, 0], [[1, 2], [2, 1]]), "C2 .* eigenvalue below 0"),
    ],
)
def test_what_is_no_gaussian_is_refused(args, message):
    with pytest.raises(ValueError, match=message):
        gaussian_w2(*args)


def test_a_covariance_may_miss_symmetry_and_zero_by_the_rounding_of_float32():
    ok = np.array([[1.0, 1.0 + 5e-7], [1.0, 1.0]])
    assert gaussian_w2([0, 0], ok, [0, 0], ok) < 1e-6
    for miss in (1.5e-6, -1.5e-6):
        with pytest.raises(ValueError, match="symmetric"):
            gaussian_w2([0, 0], ok, [0, 0], [[1.0, 0.5 + miss], [0.5, 1.0]])
    assert gaussian_w2([0], [[1.0]], [0], [[0.0]]) == 1
    low = np.diag([1.0, -5e-7])
    assert gaussian_w2([0, 0], low, [0, 0], np.diag([1.0, 0.0])) < 1e-12
    with pytest.raises(ValueError, match="eigenvalue below 0"):
        gaussian_w2([0, 0], np.diag([1.0, -2e-6]), [0, 0], low)


# The penalty


def test_the_penalties_of_two_gradients():
    gradients = [[3, 4], [0, 0]]
    assert gradient_penalty(gradients) == 85
    assert gradient_penalty(gradients, "one_sided") == 80
    assert gradient_penalty(gradients, "zero") == 125
    assert gradient_penalty(gradients, "two_sided", 1) == 8.5
    assert gradient_penalty(gradients, weight=0) == 0
    # The two mistakes of the page: one length for all, and the root of the mean square.
    assert gradient_penalty(np.reshape(gradients, (1, 4))) == 160
    mean_squares = np.sqrt(np.mean(np.square(gradients), axis=1))
    assert round(10 * np.mean((mean_squares - 1) ** 2), 2) == 37.14


@given(st.integers(1, 4), st.integers(1, 3), st.integers(0, 1000))
def test_the_penalty_is_the_mean_over_points_of_a_function_of_the_length(n, d, seed):
    gradients = np.random.default_rng(seed).normal(size=(n, d, 2))
    lengths = np.linalg.norm(gradients.reshape(n, -1), axis=1)
    for kind, costs in {
        "two_sided": (lengths - 1) ** 2,
        "one_sided": np.maximum(lengths - 1, 0) ** 2,
        "zero": lengths**2,
    }.items():
        found = gradient_penalty(gradients, kind, 3)
        np.testing.assert_allclose(found, 3 * costs.mean(), **CLOSE)


def test_no_slope_costs_ten_and_a_slope_of_one_nothing():
    flat, steep = [[0.0], [0.0]], [[1.0], [-1.0]]
    assert [gradient_penalty(flat), gradient_penalty(steep)] == [10, 0]
    assert gradient_penalty(steep, "one_sided") == gradient_penalty(flat, "zero") == 0


def test_the_penalty_of_a_steep_critic_is_large_or_infinite_not_nan():
    np.testing.assert_allclose(gradient_penalty([[3e150, 4e150]], "zero", 1), 2.5e301)
    assert gradient_penalty([[1e200]]) == math.inf
    np.testing.assert_allclose(
        gradient_penalty([[3e200, 4e200]], "zero", 1e-200), 2.5e201
    )
    assert gradient_penalty([[1e200]], weight=0) == 0
    assert gradient_penalty([[1.7e308] * 4], weight=0) == 0  # the length is inf
    found = gradient_penalty([[1.0], [1.0]], "zero", 1.5e308)
    np.testing.assert_allclose(found, 1.5e308)


def test_interpolates_take_one_number_for_each_pair():
    real, fake = np.arange(12.0).reshape(2, 3, 2), np.ones((2, 3, 2))
    found = interpolates(real, fake, [0.25, 1])
    np.testing.assert_array_equal(found[0], 0.25 * real[0] + 0.75)
    np.testing.assert_array_equal(found[1], real[1])
    np.testing.assert_array_equal(interpolates(real, fake, [0, 0]), fake)


@pytest.mark.parametrize(
    ("call", "args", "message"),
    [
        (interpolates, ([[1.0]], [[1.0]], [1.1]), r"t must lie in \[0, 1\], got"),
        (interpolates, ([[1.0]], [[1.0]], [-0.1]), r"t must lie in \[0, 1\], got"),
        (interpolates, ([[1.0]], [[1.0, 2.0]], [0.5]), "want shapes"),
        (interpolates, ([[1.0]], [[1.0]], [0.5, 0.5]), "want shapes"),
        (interpolates, ([1.0], [[1.0]], [0.5]), "real must be finite numbers of shape"),
        (interpolates, ([[1.0]], [1.0], [0.5]), "fake must be finite numbers of shape"),
        (gradient_penalty, ([3.0, 4.0],), r"gradients must be .* \(n, ...\)"),
        (gradient_penalty, ([[1.0]], "three"), "kind must be one of two_sided, one_s"),
        (
            gradient_penalty,
            ([[1.0]], "zero", -1),
            "weight must be a finite number >= 0",
        ),
        (gradient_penalty, ([[1.0]], "zero", True), "weight must be a finite number"),
        (gradient_penalty, ([[1.0]], "zero", "1"), "weight must be a finite number"),
        (gradient_penalty, ([[1.0]], "zero", 10**400), "weight must be a finite numb"),
        (gradient_penalty, ([[1.0]], "zero", None), "weight must be a finite number"),
        (gradient_penalty, ([[1.0]], "zero", math.inf), "weight must be a finite num"),
        (spectral_norm, ([1.0],), r"w must be finite numbers of shape \(o, ...\)"),
        (spectral_norm, ([[1.0]], 0), "steps must be an integer >= 1, got 0"),
        (spectral_norm, ([[1.0]], 1, -1), "seed must be an integer >= 0, got -1"),
        (spectral_norm, ([[1.0]], True), "steps must be an integer >= 1, got True"),
        (conv_operator_norm, ([[1.0]], 3), r"w must be .* \(o, i, kh, kw\)"),
        (
            conv_operator_norm,
            (np.ones((1, 1, 2, 4)), 3),
            "size must be an integer >= 4",
        ),
        (conv_operator_norm, (np.ones((1, 1, 4, 2)), 3.0), "size must be an integer"),
    ],
)
def test_what_cannot_be_is_refused(call, args, message):
    with pytest.raises(ValueError, match=message):
        call(*args)


# Norms


def test_power_iteration_comes_from_below_at_the_speed_of_the_ratio():
    w, wanted = (
        np.diag([1, 0.9, 0.5]),
        {1: 0.63186, 2: 0.88962, 5: 0.98637, 20: 0.99997},
    )
    for steps, want in wanted.items():
        assert round(spectral_norm(w, steps), 5) == want
    assert spectral_norm(w) == spectral_norm(w, 50, 0) != spectral_norm(w, 5, 1)
    assert spectral_norm(w, 5, 0) != spectral_norm(w, 5, 1)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 1000))
def test_the_norm_is_the_largest_singular_value_of_the_reshaped_kernel(o, i, seed):
    w = np.random.default_rng(seed).normal(size=(o, i, 2))
    want = np.linalg.svd(w.reshape(o, -1), compute_uv=False)[0]
    for steps in (1, 3):
        assert spectral_norm(w, steps) <= want * (1 + 1e-12)
    np.testing.assert_allclose(spectral_norm(w, 3000), want, rtol=1e-3)


def test_the_norm_of_zeros_is_zero_and_the_range_is_that_of_float64():
    assert spectral_norm(np.zeros((2, 3))) == 0
    assert conv_operator_norm(np.zeros((2, 3, 1, 1)), 2) == 0
    assert spectral_norm(np.full((4, 1), 1e308)) == math.inf
    for scale in (1e-300, 1e300):
        np.testing.assert_allclose(spectral_norm([[3 * scale, 4 * scale]]), 5 * scale)
        w = np.full((1, 1, 1, 1), scale)
        np.testing.assert_allclose(conv_operator_norm(w, 2), scale)


@pytest.mark.parametrize(
    ("shape", "size"), [((4, 3, 3, 3), 6), ((2, 3, 2, 4), 4), ((3, 2, 1, 1), 5)]
)
def test_the_norm_of_the_convolution_is_that_of_its_whole_matrix(shape, size):
    w = np.random.default_rng(0).normal(size=shape)
    o, i, kh, kw = shape
    rows = []
    for channel in range(i):  # the image of each single pixel
        for r in range(size):
            for c in range(size):
                out = np.zeros((o, size, size))
                for y in range(kh):
                    for x in range(kw):
                        out[:, (r - y) % size, (c - x) % size] += w[:, channel, y, x]
                rows.append(out.ravel())
    want = np.linalg.svd(np.array(rows), compute_uv=False)[0]
    found = conv_operator_norm(w, size)
    np.testing.assert_allclose(found, want, rtol=1e-12)
    matrix = np.linalg.svd(w.reshape(o, -1), compute_uv=False)[0]
    assert matrix * (1 - 1e-12) <= found <= math.sqrt(kh * kw) * matrix * (1 + 1e-12)


def test_a_box_stretches_by_nine_and_its_matrix_by_three():
    box = np.ones((1, 1, 3, 3))
    np.testing.assert_allclose(spectral_norm(box), 3, **CLOSE)
    np.testing.assert_allclose(conv_operator_norm(box, 8), 9, **CLOSE)


def test_the_wave_that_is_stretched_most_need_not_be_the_constant():
    for shape in ((1, 1, 1, 2), (1, 1, 2, 1)):
        difference = np.reshape([1.0, -1.0], shape)
        # 1 - e^(ia): 2 for the wave that alternates, which a side of 3 does not have.
        for size, want in ((8, 2), (3, math.sqrt(3))):
            np.testing.assert_allclose(conv_operator_norm(difference, size), want)


# The claims of the page about samples and slopes


def mean_distances(d, move, repeats=20, n=100):
    rng = np.random.default_rng(0)
    found = []
    for _ in range(repeats):
        x, y = rng.normal(size=(2, n, d))
        y[:, 0] += move
        cost = cdist(x, y)
        found.append(cost[linear_sum_assignment(cost)].mean())
    return np.mean(found), np.std(found)


def test_a_batch_cannot_see_a_shift_in_a_hundred_dimensions():
    for d, same, moved in (
        (1, 0.19, 0.99),
        (2, 0.40, 1.05),
        (10, 2.58, 2.76),
        (100, 12.41, 12.45),
    ):
        (one, spread), (other, _) = (mean_distances(d, move) for move in (0, 1))
        assert [round(m, 2) for m in (one, other)] == [same, moved]
    assert other - one < spread


def test_the_bias_on_a_line_falls_like_the_root_of_the_size():
    for n in (10, 100, 1000):
        rng = np.random.default_rng(0)
        found = [wasserstein_1d(*rng.normal(size=(2, n))) for _ in range(200)]
        assert 1.4 < np.mean(found) * math.sqrt(n) < 2.2


def mean_slope(layers, c, seeds=20, width=64):
    """Of ReLU networks with weights c or -c by chance, two inputs, one output."""
    found = []
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        sizes = [2] + [width] * (layers - 1) + [1]
        weights = [rng.choice([-c, c], size=(b, a)) for a, b in pairwise(sizes)]
        h = rng.normal(size=(100, 2))
        slope = np.broadcast_to(np.eye(2), (100, 2, 2))
        for w in weights[:-1]:
            h = h @ w.T
            slope = (w @ slope) * (h > 0)[..., None]
            h = np.maximum(h, 0)
        found.append(np.linalg.norm(weights[-1] @ slope, axis=(1, 2)).mean())
    return np.mean(found)


def test_clipping_scales_the_slope_with_the_depth():
    found = np.array([mean_slope(layers, 0.01) for layers in (2, 4, 6)])
    np.testing.assert_allclose(found, [7.0e-4, 2.6e-6, 6.6e-9], rtol=0.02)
    rates = (found[1:] / found[:-1]) ** 0.5  # of one layer
    np.testing.assert_allclose(rates, 0.01 * math.sqrt(64 / 2), rtol=0.15)
    kept = [mean_slope(layers, math.sqrt(2 / 64)) for layers in (2, 4, 6)]
    assert min(kept) > 0.2
    assert max(kept) < 0.26
    # The bound: all weights c, and inputs for which every unit passes.
    sizes = [2, 64, 64, 64, 64, 64, 1]
    slope = np.eye(2)
    for a, b in pairwise(sizes):
        slope = np.full((b, a), 0.01) @ slope
    assert round(np.linalg.norm(slope), 5) == 1.52e-3
    norms = [np.linalg.norm(np.full((b, a), 0.01), 2) for a, b in pairwise(sizes)]
    np.testing.assert_allclose(np.linalg.norm(slope), np.prod(norms))


# Training


def test_the_root_of_the_data_is_a_root_of_their_covariance():
    root = np.array(ROOT)
    np.testing.assert_array_equal(root @ root.T, COVARIANCE)
    points = _data(100_000, torch.Generator().manual_seed(0)).double().numpy()
    np.testing.assert_allclose(points.mean(0), MEAN, atol=0.02)
    np.testing.assert_allclose(np.cov(points.T), COVARIANCE, atol=0.03)


def test_what_the_generator_makes_has_the_law_that_is_measured(monkeypatch):
    monkeypatch.setattr(training, "BATCH", 100_000)
    matrix, shift = torch.tensor([[1.0, 2.0], [0.0, 1.0]]), torch.tensor([3.0, -4.0])
    x = _made(matrix, shift, torch.Generator().manual_seed(0)).double().numpy()
    np.testing.assert_allclose(x.mean(0), [3, -4], atol=0.03)
    np.testing.assert_allclose(np.cov(x.T), [[5, 2], [2, 1]], atol=0.06)
    want = gaussian_w2(MEAN, COVARIANCE, [3, -4], [[5, 2], [2, 1]])
    np.testing.assert_allclose(_distance(matrix, shift), want)


def test_the_lengths_are_those_of_each_points_own_gradient():
    critic = _critic(torch.Generator().manual_seed(0)).double()
    x = torch.randn(
        5, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(1)
    )
    lengths = _lengths(critic, x.clone())
    for point, length in zip(x, lengths):
        jacobian = torch.autograd.functional.jacobian(critic, point)
        np.testing.assert_allclose(jacobian.norm(), length.detach(), rtol=1e-12)
    assert torch.autograd.grad(lengths.sum(), critic[0].weight)[0].abs().sum() > 0


@pytest.fixture(scope="module")
def runs():
    ways = {(way, 5) for way in ("clip", "two_sided", "zero", "spectral")}
    return {
        (way, k): [train_wgan(way, 100, seed, k) for seed in range(3)]
        for way, k in sorted(ways | {("two_sided", 1)})
    }


def ends(found):
    """Means of the last twenty distances, one a seed."""
    return np.array([run.distances[-20:].mean() for run in found])


def test_every_way_brings_the_generator_nearer(runs):
    start = gaussian_w2([0, 0], np.eye(2), MEAN, COVARIANCE)
    assert round(start, 2) == 2.35
    for run in (run for found in runs.values() for run in found):
        np.testing.assert_allclose(run.distances[0], start, rtol=1e-6)
        assert run.distances.shape == (101,)
        assert run.gaps.shape == run.slopes.shape == (100,)
    for way in ("clip", "two_sided", "zero", "spectral"):
        assert ends(runs[way, 5]).max() < 1.2


def test_the_penalty_towards_zero_comes_nearest(runs):
    zero = ends(runs["zero", 5])
    assert zero.mean() < 0.2
    for way, bound in {"clip": 0.5, "spectral": 0.8}.items():
        assert 0.05 < ends(runs[way, 5]).mean() < bound
    two_sided = ends(runs["two_sided", 5])
    assert 0.3 < two_sided.mean() < 1.1
    assert two_sided.mean() > 2 * zero.mean()


def test_the_two_sided_penalty_holds_the_slope_at_one_until_the_end(runs):
    for run in runs["two_sided", 5]:
        assert 0.9 < run.slopes[-20:].mean() < 1.1
    for run in runs["zero", 5]:
        assert run.slopes[-20:].mean() < 0.05
    for run in runs["clip", 5]:
        assert run.slopes[-20:].mean() < 0.2


def test_the_distance_of_the_two_sided_critic_grows_again(runs):
    least = np.mean([run.distances.min() for run in runs["two_sided", 5]])
    assert least < 0.8 * ends(runs["two_sided", 5]).mean()


def test_without_the_graph_a_penalty_is_a_constant():
    x = torch.ones(3, 2, requires_grad=True)
    score = _critic(torch.Generator().manual_seed(0))(x).sum()
    for graph in (True, False):
        (slopes,) = torch.autograd.grad(score, x, create_graph=graph, retain_graph=True)
        assert slopes.norm(dim=1).requires_grad == graph


def test_with_one_step_the_two_sided_critic_is_too_late(runs):
    assert ends(runs["two_sided", 1]).mean() > 1
    assert ends(runs["two_sided", 1]).mean() > 1.5 * ends(runs["two_sided", 5]).mean()


def test_gaps_of_different_ways_are_no_common_measure(runs):
    # After twenty steps both generators are about as far away; the gaps are not alike.
    spectral, zero = runs["spectral", 5], runs["zero", 5]
    far = [np.mean([run.distances[19] for run in way]) for way in (spectral, zero)]
    assert abs(far[0] - far[1]) < 0.2
    gaps = [np.mean([run.gaps[19] for run in way]) for way in (spectral, zero)]
    assert gaps[0] > 4 * gaps[1] > 0


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("weights", 1, 0), "way must be one of clip, two_sided, zero, spectral, got"),
        (("clip", -1, 0), "steps must be an integer >= 0, got -1"),
        (("clip", 1, -1), "seed must be an integer >= 0, got -1"),
        (("clip", 1, 0, 0), "critic_steps must be an integer >= 1, got 0"),
    ],
)
def test_settings_of_the_training_that_are_none_are_refused(args, message):
    with pytest.raises(ValueError, match=message):
        train_wgan(*args)


def test_no_step_leaves_the_generator_where_it_is_and_a_seed_repeats():
    assert train_wgan("clip", 0, 0).distances.shape == (1,)
    one, other = (train_wgan("spectral", 2, 5, 1) for _ in range(2))
    np.testing.assert_array_equal(one.distances, other.distances)
    assert (train_wgan("spectral", 2, 6, 1).distances != one.distances)[1:].all()


def test_the_penalty_looks_between_pairs_at_a_place_of_each_pairs_own(monkeypatch):
    seen = []

    def lengths(critic, x):
        found = _lengths(critic, x)
        seen.append((x.detach().clone(), found.detach()))
        return found

    monkeypatch.setattr(training, "_lengths", lengths)
    # Data so far away that a point on the line tells where on the line it is.
    monkeypatch.setattr(training, "_data", lambda n, rng: torch.full((n, 2), 1e6))
    run = train_wgan("zero", 1, 0)
    assert len(seen) == 5
    for x, _ in seen:
        t = x / 1e6
        assert (t[:, 0] - t[:, 1]).abs().max() < 1e-4
        assert 0.4 < t.mean() < 0.6
        assert 0.25 < t[:, 0].std() < 0.33
    np.testing.assert_allclose(run.slopes, [seen[-1][1].mean().item()], rtol=1e-6)
    assert len(seen[-1][1]) == BATCH


def test_spectral_shrinks_what_is_too_long_and_stretches_nothing(monkeypatch):
    critic = _critic(torch.Generator().manual_seed(0))
    monkeypatch.setattr(training, "_critic", lambda rng: critic)
    before = [torch.linalg.matrix_norm(w, 2) for w in critic.parameters() if w.ndim > 1]
    train_wgan("spectral", 1, 0, 1)
    after = [torch.linalg.matrix_norm(w, 2) for w in critic.parameters() if w.ndim > 1]
    assert before[1] > 1.05 > 0.9 > before[2]
    assert max(after) < 1 + 1e-5
    assert after[2] < 0.9


def test_the_gap_is_without_the_penalty(monkeypatch):
    monkeypatch.setattr(training, "_data", lambda n, rng: torch.full((n, 2), 3.0))
    rng = torch.Generator().manual_seed(0)
    critic, fake = _critic(rng), torch.randn(BATCH, 2, generator=rng)
    want = (critic(torch.full((1, 2), 3.0)) - critic(fake).mean()).item()
    np.testing.assert_allclose(train_wgan("zero", 1, 0, 1).gaps, [want], rtol=1e-4)
