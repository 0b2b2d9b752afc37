"""Oracles: torch.optim, eigenvalues of the two-step map, all batches, sums by hand."""

import math
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from snippets.ml.datasets import three_groups
from snippets.ml.gradient_descent import (
    descend,
    minibatch_variance,
    optimal_parameters,
    spectral_radius,
    stability_limit,
)

OF_QUADRATICS = ("gd", "momentum", "nesterov")
METHODS = (*OF_QUADRATICS, "adagrad", "rmsprop", "adam")
# Method, learning rate, and where 200 steps on Rosenbrock's function lead.
ROSENBROCK = [
    ("gd", 0.001, (-0.858950, 0.745877)),
    ("momentum", 0.001, (0.812599, 0.659469)),
    ("nesterov", 0.001, (0.769237, 0.590664)),
    ("adagrad", 0.1, (-0.929646, 0.870351)),
    ("rmsprop", 0.01, (-0.825718, 0.687740)),
    ("adam", 0.1, (0.001136, -0.000816)),
]
FIVE = np.array([(1, 0), (3, 1), (-2, 5), (0, 0), (4, 4)], float)
betas = st.floats(0, 0.99)


def close(actual, expected, atol=1e-12):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=atol)


def valley(x):
    """Gradient of Rosenbrock's function."""
    inner = x[1] - x[0] ** 2
    return np.array([-2 * (1 - x[0]) - 400 * x[0] * inner, 200 * inner])


def quadratic(*curvatures):
    return lambda x: np.array(curvatures) * x


def affine(A, b):
    return lambda x: A @ x - b


def library(method, x, lr, beta=0.9, beta2=None, eps=1e-8):
    sgd, optim = torch.optim.SGD, torch.optim
    if method == "gd":
        return sgd([x], lr)
    if method == "momentum":
        return sgd([x], lr, momentum=beta)
    if method == "nesterov":
        return sgd([x], lr, momentum=beta, nesterov=True)
    if method == "adagrad":
        return optim.Adagrad([x], lr, eps=eps)
    if method == "rmsprop":
        return optim.RMSprop([x], lr, alpha=0.99 if beta2 is None else beta2, eps=eps)
    return optim.Adam([x], lr, (beta, 0.999 if beta2 is None else beta2), eps)


def library_path(grad, x0, method, lr, steps, **options):
    x = torch.tensor(x0, dtype=torch.float64)
    optimizer, path = library(method, x, lr, **options), [x.clone()]
    for _ in range(steps):
        x.grad = torch.as_tensor(grad(x.numpy().copy()))
        optimizer.step()
        path.append(x.clone())
    return torch.stack(path).numpy()


def first_below(path, share=1e-6):
    """Steps until the distance from 0 stays below a share of the first."""
    size = np.linalg.norm(path, axis=1)
    return int(np.flatnonzero(size >= share * size[0])[-1]) + 1


def two_step_radius(method, lr, h, beta):
    """Largest eigenvalue of the map from (x, m) to the next pair."""
    # m' = beta m + h x; x' = x - lr times the step that the method makes of it.
    step = {"gd": (h, 0), "momentum": (h, beta), "nesterov": (h + beta * h, beta**2)}
    by_x, by_m = step[method]
    matrix = np.array([[1 - lr * by_x, -lr * by_m], [h, beta]])
    if method == "gd":
        matrix = matrix[:1, :1]
    return np.abs(np.linalg.eigvals(matrix)).max()


# Paths


@pytest.mark.parametrize(("method", "lr", "end"), ROSENBROCK)
def test_paths_are_those_of_torch(method, lr, end):
    ours = descend(valley, [-1.2, 1], method, lr, 200)
    close(ours, library_path(valley, [-1.2, 1], method, lr, 200))
    close(ours[-1], end, atol=5e-7)


@pytest.mark.parametrize("method", METHODS)
def test_options_are_those_of_torch(method):
    options = {"beta": 0.7, "beta2": 0.95, "eps": 1e-2}
    grad = quadratic(1.0, 30.0, 0.01)
    ours = descend(grad, [1, -2, 3], method, 0.02, 50, **options)
    close(ours, library_path(grad, [1, -2, 3], method, 0.02, 50, **options))


def test_curvatures_along_the_axes_drop_out_of_the_adaptive_methods():
    # Each coordinate's curvature cancels, so that a bowl along the axes is a sphere.
    for method in ("adagrad", "rmsprop", "adam"):
        path = descend(quadratic(1, 1e4, 1e-3), [2, 2, 2], method, 0.05, 300, eps=0)
        close(path[:, 1], path[:, 0], atol=1e-9)
        close(path[:, 2], path[:, 0], atol=1e-9)


def test_two_steps_by_hand():
    # h = 2, from 1, lr 0.1, beta 0.5: gradients 2 and then 2 x.
    grad = quadratic(2.0)
    close(descend(grad, [1], "gd", 0.1, 2)[:, 0], [1, 0.8, 0.64])
    # m: 2, then 1 + 1.6.
    close(descend(grad, [1], "momentum", 0.1, 2, 0.5)[:, 0], [1, 0.8, 0.54])
    # m: 2, step 3; then m = 1 + 1.4 = 2.4, step 1.4 + 1.2.
    close(descend(grad, [1], "nesterov", 0.1, 2, 0.5)[:, 0], [1, 0.7, 0.44])
    # Roots 2 and sqrt(4 + 3.61).
    path = descend(grad, [1], "adagrad", 0.05, 2, eps=0)[:, 0]
    close(path, [1, 0.95, 0.95 - 0.05 * 1.9 / math.sqrt(4 + 1.9**2)])
    # v = 0.25 * 4: the first step is lr / sqrt(1 - beta2).
    close(descend(grad, [1], "rmsprop", 0.1, 1, beta2=0.75, eps=0)[:, 0], [1, 0.8])


def test_first_step_of_adam_is_the_learning_rate_whatever_the_gradient():
    g = np.array([1e-3, 7, -50])
    path = descend(lambda x: g, np.zeros(3), "adam", 0.01, 1, eps=0)
    close(path[1], [-0.01, -0.01, 0.01])


@pytest.mark.parametrize("method", ["adagrad", "rmsprop", "adam"])
def test_scale_of_the_function_drops_out_of_the_adaptive_methods(method):
    small = descend(valley, [-1.2, 1], method, 0.01, 200, eps=0)
    large = descend(lambda x: 1e6 * valley(x), [-1.2, 1], method, 0.01, 200, eps=0)
    close(large, small)
    moved = descend(lambda x: 1e6 * valley(x), [-1.2, 1], "gd", 1e-12, 1)
    assert moved[1, 0] != descend(valley, [-1.2, 1], "gd", 1e-12, 1)[1, 0]


@pytest.mark.parametrize("method", METHODS)
def test_hostile_starts(method):
    still = descend(lambda x: np.zeros(2), [3, -4], method, 0.1, 20)
    close(still, np.tile([3.0, -4], (21, 1)))
    assert descend(valley, [-1.2, 1], method, 0.1, 0).tolist() == [[-1.2, 1]]
    for start in ([3, 4], np.float32([3, 4])):
        assert descend(valley, start, method, 0.1, 0).dtype == np.float64
    close(descend(valley, [-1.2, 1], method, 0, 5), np.tile([-1.2, 1], (6, 1)))
    x0 = np.array([1.0])
    path = descend(quadratic(1.0), x0, method, 0.1, 3)
    assert path.shape == (4, 1)
    assert x0.tolist() == [1.0]
    assert path[0, 0] == 1.0 > path[1, 0] > path[3, 0]


def test_what_is_not_said_is_gd_with_a_hundred_steps_of_a_hundredth():
    path = descend(quadratic(1.0), [1.0])
    close(path[:, 0], 0.99 ** np.arange(101))
    for method in ("momentum", "nesterov", "rmsprop", "adagrad", "adam"):
        path = descend(valley, [-1.2, 1], method, steps=3)
        close(path, library_path(valley, [-1.2, 1], method, 0.01, 3))


@pytest.mark.parametrize("g", [[4_000_000_000, -3], np.float32([1e30, -1e-30])])
def test_squares_of_gradients_are_float64(g):
    for method in ("adagrad", "adam"):
        path = descend(lambda x: g, [0, 0], method, 0.1, 1, eps=0)
        close(path[1], [-0.1, 0.1])


def test_gradient_may_change_what_it_is_given():
    def careless(x):
        x *= 2
        return x

    close(descend(careless, [1.0], "momentum", 0.1, 2, 0.5)[:, 0], [1, 0.8, 0.54])


def test_short_numbers_and_fractions_are_counted_as_python_floats():
    for kind in (np.float16, np.float32, Fraction):
        lr, beta, beta2 = kind(0.125), kind(0.9), kind(0.999)
        for method in METHODS:
            got = descend(valley, [-1.2, 1], method, lr / 64, 5, beta, beta2)
            wanted = float(lr) / 64, 5, float(beta), float(beta2)
            close(got, descend(valley, [-1.2, 1], method, *wanted))
    # Sums and products that int8 and float16 do not hold.
    assert optimal_parameters("gd", np.int8(100), np.int8(120)) == (
        2 / 220,
        0,
        20 / 220,
    )
    assert type(stability_limit("gd", np.int8(100))) is float
    assert spectral_radius("gd", np.float16(400), np.float16(400)) == 159_999


def test_path_is_a_copy_of_the_start():
    x0 = np.array([1.0])

    def careless(x):
        x0[0] = 9
        return x

    close(descend(careless, x0, "gd", 0.5, 2)[:, 0], [1, 0.5, 0.25])


# One coordinate


@given(
    lr=st.floats(0, 4),
    h=st.floats(-2, 4),
    beta=betas,
    method=st.sampled_from(OF_QUADRATICS),
)
def test_radius_is_the_largest_eigenvalue(method, lr, h, beta):
    wanted = two_step_radius(method, lr, h, beta)
    # Two equal eigenvalues lose half the digits.
    assert spectral_radius(method, lr, h, beta) == pytest.approx(wanted, abs=3e-7)


@pytest.mark.parametrize("method", OF_QUADRATICS)
@pytest.mark.parametrize(("beta", "L"), [(0.9, 1), (0.5, 4), (0.0, 3), (0.99, 20)])
def test_radius_is_below_one_below_the_limit_and_above_one_above(method, beta, L):
    limit = stability_limit(method, L, beta)
    assert spectral_radius(method, 0.999 * limit, L, beta) < 1
    assert spectral_radius(method, limit, L, beta) == pytest.approx(1, abs=1e-12)
    assert spectral_radius(method, 1.001 * limit, L, beta) > 1
    for share in np.linspace(0.01, 1, 50):  # smaller curvatures are safe
        assert spectral_radius(method, 0.999 * limit, share * L, beta) < 1


def test_radius_of_huge_steps_does_not_overflow():
    # One root is then b and the other almost 0.
    assert spectral_radius("momentum", 1e100, 1e100, 0.5) == pytest.approx(1e200)
    assert spectral_radius("nesterov", 1e100, 1e100, 0.5) == pytest.approx(1.5e200)


def test_limits_by_hand():
    close([stability_limit(m, 1, 0.9) for m in OF_QUADRATICS], [2, 3.8, 19 / 14])
    close([stability_limit(m, 4, 0.5) for m in OF_QUADRATICS], [0.5, 0.75, 0.375])
    assert stability_limit("gd", 10, 0.9) == stability_limit("gd", 10) == 0.2


def test_at_one_and_a_half_over_the_curvature_only_nesterov_blows_up():
    grad = quadratic(1.0)
    ends = [descend(grad, [1], m, 1.5, 200)[-1, 0] for m in OF_QUADRATICS]
    assert ends[0] == pytest.approx(0.5**200, rel=1e-9)
    assert ends[1] == pytest.approx(-1.8116e-5, rel=1e-4)
    assert ends[2] == pytest.approx(5.1467e22, rel=1e-4)
    close(ends[2] / library_path(grad, [1], "nesterov", 1.5, 200)[-1, 0], 1)


@pytest.mark.parametrize(
    ("method", "wanted"),
    [
        ("gd", (0.0198020, 0, 0.980198)),
        ("momentum", (0.0330579, 0.669421, 0.818182)),
        ("nesterov", (0.01, 0.818182, 0.9)),
    ],
)
def test_parameters_for_a_condition_number_of_100(method, wanted):
    close(optimal_parameters(method, 1, 100), wanted, atol=5e-7)
    lr, beta, rate = optimal_parameters(method, 3, 300)  # units of 1 / curvature
    close((3 * lr, beta, rate), optimal_parameters(method, 1, 100))


@pytest.mark.parametrize("method", OF_QUADRATICS)
@pytest.mark.parametrize("kappa", [1, 2, 50, 1e4])
def test_rate_is_the_worst_radius_and_no_other_parameters_of_the_kind_are_better(
    method, kappa
):
    lr, beta, rate = optimal_parameters(method, 1, kappa)
    curvatures = np.geomspace(1, kappa, 60)

    def worst(lr, beta):
        return max(spectral_radius(method, lr, h, beta) for h in curvatures)

    assert worst(lr, beta) == pytest.approx(rate, abs=2e-7)
    steps = (1,) if method == "nesterov" else (0.97, 0.999, 1, 1.001, 1.03)
    for a, b in product(steps, (0.9, 0.99, 1, 1.002, 1.02)):
        if b * beta < 1:
            assert worst(a * lr, b * beta) >= rate - 2e-7


@pytest.mark.parametrize("kappa", [2, 100, 1e4])
def test_nesterov_with_another_learning_rate_is_slightly_better(kappa):
    root = math.sqrt(3 * kappa + 1)
    lr, beta = 4 / (3 * kappa + 1), (root - 2) / (root + 2)
    worst = max(
        spectral_radius("nesterov", lr, h, beta) for h in np.geomspace(1, kappa, 60)
    )
    assert worst == pytest.approx(1 - 2 / root, abs=1e-6)
    assert worst < optimal_parameters("nesterov", 1, kappa)[2] - 1e-3


def test_equal_curvatures_need_one_step():
    for method in OF_QUADRATICS:
        close(optimal_parameters(method, 5, 5), (0.2, 0, 0))


@pytest.mark.parametrize(
    ("method", "kappa", "wanted"),
    [
        ("gd", 100, 691),
        ("momentum", 100, 93),
        ("nesterov", 100, 154),
        ("momentum", 1e4, 1056),
        ("nesterov", 1e4, 1623),
    ],
)
def test_steps_to_a_millionth(method, kappa, wanted):
    lr, beta, _ = optimal_parameters(method, 1, kappa)
    path = descend(quadratic(1, kappa), [1, 1], method, lr, 2 * wanted, beta)
    assert first_below(path) == wanted


def test_steps_of_plain_descent_at_a_condition_number_of_10000():
    rate = optimal_parameters("gd", 1, 1e4)[2]
    assert math.ceil(math.log(1e-6) / math.log(rate)) == 69_078
    assert rate**69_078 < 1e-6 <= rate**69_077


@pytest.mark.parametrize(("kappa", "peak", "at"), [(100, 2.678, 4), (1e4, 26.02, 49)])
def test_best_heavy_ball_first_grows(kappa, peak, at):
    lr, beta, _ = optimal_parameters("momentum", 1, kappa)
    path = descend(quadratic(1, kappa), [1, 1], "momentum", lr, 400, beta)
    size = np.linalg.norm(path, axis=1) / math.sqrt(2)
    assert size.max() == pytest.approx(peak, abs=5e-3)
    assert size.argmax() == at
    # A double root: (1 + k (q / r - 1)) r^k, with r = +-rate and q = 1 - lr h.
    k, root = np.arange(401), math.sqrt(beta)
    for column, (r, h) in enumerate([(root, 1), (-root, kappa)]):
        q = 1 - lr * h
        close(path[:, column], (1 + k * (q / r - 1)) * r**k, atol=1e-6)


def test_without_the_factor_of_the_double_root_fewer_steps_would_do():
    found = []
    for kappa in (100, 1e4):
        rate = optimal_parameters("momentum", 1, kappa)[2]
        found.append(math.ceil(math.log(1e-6) / math.log(rate)))
    assert found == [69, 691]


def test_plain_descent_never_grows_below_its_limit():
    path = descend(quadratic(1, 100), [1, 1], "gd", 2 / 101, 400)
    assert (np.diff(np.linalg.norm(path, axis=1)) < 0).all()


def test_at_the_limit_the_steep_coordinate_flips_for_ever():
    path = descend(quadratic(1, 10), [1, 1], "gd", 0.2, 100)
    close(path[:, 1], (-1.0) ** np.arange(101))
    loss = 0.5 * path**2 @ [1, 10]
    assert (np.diff(loss)[:50] < 0).all()
    assert loss[-1] == pytest.approx(5, abs=1e-6)


def piecewise(x):
    """Gradient with slopes 25, 1 and 25 (Lessard, Recht, Packard)."""
    return np.where(x < 1, 25 * x, np.where(x < 2, x + 24, 25 * x - 24))


def test_heavy_ball_cycles_on_a_convex_function_and_converges_from_elsewhere():
    lr, beta, _ = optimal_parameters("momentum", 1, 25)
    close((lr, beta), (1 / 9, 4 / 9))
    cycle = [-1.80245, 2.11592, 0.64653]
    end = descend(piecewise, [3.3], "momentum", lr, 3000, beta)[-3:, 0]
    close(sorted(end), sorted(cycle), atol=5e-6)
    for start in (2.5, 3, 4, 10):
        end = descend(piecewise, [start], "momentum", lr, 3000, beta)[-1, 0]
        assert abs(end) < 1e-9
    for method in ("gd", "nesterov"):
        lr, beta, _ = optimal_parameters(method, 1, 25)
        assert abs(descend(piecewise, [3.3], method, lr, 3000, beta)[-1, 0]) < 1e-9


def test_long_run_speed_is_that_of_a_longer_learning_rate():
    constant = lambda x: np.ones(1)  # noqa: E731
    speed = lambda path: (path[-2] - path[-1])[0]  # noqa: E731
    for method in ("momentum", "nesterov"):
        run = descend(constant, [0], method, 0.01, 400)
        assert speed(run) == pytest.approx(0.1, rel=1e-9)


def test_average_of_gradients_is_momentum_with_another_learning_rate():
    path = descend(quadratic(1, 7), [1, 1], "momentum", 0.02, 60, 0.8)
    x, m = np.ones(2), np.zeros(2)
    for k in range(60):
        m = 0.8 * m + 0.2 * np.array([1, 7]) * x
        x = x - 0.1 * m
        close(x, path[k + 1])


def test_buffer_of_nesterov_is_the_gradient_at_the_point_looked_ahead_to():
    # Points y = x - lr beta m of the textbook form, and the step from x by m alone.
    lr, beta, h = 0.05, 0.8, np.array([1.0, 9])
    path = descend(lambda x: h * x, [1, 1], "nesterov", lr, 40, beta)
    x, m = np.ones(2), np.zeros(2)
    for k in range(41):
        ahead = x - lr * beta * m
        close(path[k], ahead)
        m = beta * m + h * ahead
        x = x - lr * m


# Axes, saddles, features


def turned(a, b):
    c = math.sqrt(0.5)
    turn = np.array([[c, -c], [c, c]])
    return turn @ np.diag([a, b]) @ turn.T, turn @ np.ones(2)


def test_adam_sees_the_axes_and_plain_descent_does_not():
    loss = {}
    for method, lr, steps in (("adam", 0.05, 400), ("gd", 2 / 10_001, 400)):
        A, start = turned(1, 1e4)
        for name, matrix, x0 in (
            ("axes", np.diag([1, 1e4]), np.ones(2)),
            ("turned", A, start),
        ):
            x = descend(affine(matrix, 0), x0, method, lr, steps)[-1]
            loss[method, name] = 0.5 * x @ matrix @ x
    assert loss["adam", "axes"] < 1e-12
    assert loss["adam", "axes"] == pytest.approx(5.1e-16, rel=0.01)
    assert loss["adam", "turned"] == pytest.approx(0.484, abs=1e-3)
    assert loss["gd", "turned"] == pytest.approx(loss["gd", "axes"], rel=1e-6)


def test_turned_axes_have_equal_averages_of_squares():
    A, start = turned(1, 1e4)
    g = descend(affine(A, 0), start, "adam", 0.05, 400) @ A
    v = np.zeros(2)
    for square in g**2:
        v = 0.999 * v + 0.001 * square
        assert v[0] / v[1] == pytest.approx(1, abs=1e-3)
    g = descend(quadratic(1, 1e4), [1, 1], "adam", 0.05, 10) * [1, 1e4]
    assert (g**2).sum(axis=0) @ [1e7, -1] < 0  # more than 10 million to 1


def test_rmsprop_flips_at_the_minimum_and_adagrad_comes_to_rest():
    for start in (1.0, 3.0):
        end = descend(quadratic(1), [start], "rmsprop", 0.01, 5000)[-4:, 0]
        close(np.abs(end), np.full(4, 0.005), atol=1e-6)
        assert (end[1:] * end[:-1] < 0).all()
    end = descend(quadratic(1), [1], "adagrad", 0.1, 5000)[-1, 0]
    assert abs(end) < 1e-60


def test_steps_of_adagrad_shrink_like_one_over_the_root_of_their_number():
    for g in (0.01, 5):
        path = descend(lambda x, g=g: np.array([g]), [0], "adagrad", 0.1, 100, eps=0)
        close(-np.diff(path[:, 0]), 0.1 / np.sqrt(np.arange(1, 101)))


def test_steps_of_rmsprop_fall_to_the_learning_rate():
    path = descend(lambda x: np.array([3.0]), [0], "rmsprop", 0.1, 2000, eps=0)
    steps = -np.diff(path[:, 0])
    close(steps[0], 0.1 / math.sqrt(1 - 0.99))
    assert (np.diff(steps) <= 1e-12).all()
    close(steps[-1], 0.1, atol=1e-9)


def test_nesterov_at_one_over_the_curvature_arrives_in_two_steps():
    path = descend(quadratic(20), [0.6], "nesterov", 1 / 20, 5, 0.6)
    close(path[:, 0], [0.6, 0.6 - 1.6 * 0.6, 0, 0, 0, 0])


def test_some_gradient_is_as_small_as_the_descent_lemma_says():
    # Curvature of log cosh is at most 1; its minimum is 0.
    def f(x):
        return float(np.logaddexp(x, -x).sum() - len(x) * np.log(2))

    path = descend(np.tanh, [3.0, -8.0, 0.1], lr=1.0, steps=40)
    falls = -np.diff([f(x) for x in path])
    g2 = (np.tanh(path) ** 2).sum(axis=1)
    assert (falls >= g2[:-1] / 2 - 1e-12).all()
    for k in (1, 5, 40):
        assert g2[:k].min() <= 2 * f(path[0]) / k


@pytest.mark.parametrize("start", [3.0, 0.3, -8.0])
def test_half_of_the_step_times_the_square_is_gained_up_to_one_over_the_curvature(
    start,
):
    # What backtracking asks for: of log cosh, whose curvature is at most 1.
    def f(x):
        return float(np.logaddexp(x, -x) - np.log(2))

    for lr in (1e-3, 0.3, 0.7, 1.0):
        here, there = descend(np.tanh, [start], lr=lr, steps=1)[:, 0]
        assert f(here) - f(there) >= lr * np.tanh(start) ** 2 / 2 - 1e-12
    # On 0.5 x^2 it is refused beyond 1, though 2 would be the limit.
    for lr in (1.01, 1.5, 1.99):
        assert 0 < 0.5 - 0.5 * (1 - lr) ** 2 < lr / 2


@pytest.mark.parametrize("k", [1, 3, 30])
def test_loss_falls_like_one_over_the_steps_whatever_the_flattest_curvature(k):
    curvatures = np.array([0.0, 1e-9, *np.linspace(0.001, 5, 400)])
    bound = 5 / (4 * k + 2)
    for at in range(len(curvatures)):
        x0 = np.zeros(len(curvatures))
        x0[at] = 1
        end = descend(lambda x: curvatures * x, x0, lr=1 / 5, steps=k)[-1]
        assert 0.5 * end**2 @ curvatures < bound
    worst = 5 / (2 * k + 1)
    end = descend(quadratic(worst), [1], lr=1 / 5, steps=k)[-1, 0]
    loss = 0.5 * worst * end**2
    close(loss, bound * (1 - 1 / (2 * k + 1)) ** (2 * k))
    assert loss > bound / math.e
    for other in (0.9, 1.1):
        end = descend(quadratic(other * worst), [1], lr=1 / 5, steps=k)[-1, 0]
        assert 0.5 * other * worst * end**2 < loss


def test_newton_arrives_at_once():
    A, start = turned(1, 1e4)
    path = descend(lambda x: np.linalg.solve(A, A @ x), start, lr=1, steps=1)
    close(path[1], [0, 0])


def test_far_from_a_saddle_another_start_leads_to_it_too():
    # 1.1 x - 0.1 x^3 is 0 at the root of 11 as well.
    def grad(x):
        return x**3 - x

    assert abs(descend(grad, [math.sqrt(11)], lr=0.1, steps=1)[-1, 0]) < 1e-14


def test_noise_that_vanishes_at_the_minimum_leaves_no_floor():
    # Two examples, 0.5 (a x)^2 with a = 1 and 3: both are at rest at 0.
    random = np.random.default_rng(0)

    def one(x):
        return random.choice([1.0, 9.0]) * x

    assert abs(descend(one, [1.0], lr=0.1, steps=400)[-1, 0]) < 1e-20


def test_bowl_with_a_saddle_is_left_after_236_steps_or_never():
    def grad(x):
        return np.array([x[0], x[1] ** 3 - x[1]])

    path = descend(grad, [1, 1e-10], lr=0.1, steps=400)
    assert int(np.argmax(path[:, 1] > 0.5)) == 236
    close(path[-1], [0, 1], atol=1e-6)
    path = descend(grad, [1, 0], lr=0.1, steps=400)
    assert (path[:, 1] == 0).all()
    assert abs(path[-1, 0]) < 1e-15


def test_scaled_features_need_three_steps_instead_of_a_thousand():
    data = three_groups()
    mean, spread = data.X.mean(axis=0), data.X.std(axis=0)
    found = []
    for X in (data.X, data.X - mean, (data.X - mean) / spread):
        X = np.column_stack([np.ones(150), X])
        best = np.linalg.lstsq(X, data.target, rcond=None)[0]
        h = np.linalg.svd(X, compute_uv=False) ** 2 / 150
        A, b = X.T @ X / 150, X.T @ data.target / 150
        lr, _, _ = optimal_parameters("gd", h[-1], h[0])
        path = descend(affine(A, b), np.zeros(3), lr=lr, steps=1100)
        excess = 0.5 * ((X @ (path - best).T) ** 2).mean(axis=0)
        found.append((round(h[0] / h[-1], 2), int(np.argmax(excess < 1e-6))))
    assert found == [(255.09, 1049), (4.72, 20), (1.05, 3)]


# Batches


@pytest.mark.parametrize(
    ("batch", "with_replacement", "without"),
    [(1, 8.96, 8.96), (2, 4.48, 3.36), (3, 2.98667, 1.49333), (5, 1.792, 0)],
)
def test_variance_of_five_gradients_by_hand(batch, with_replacement, without):
    close(minibatch_variance(FIVE, batch), with_replacement, atol=5e-6)
    close(minibatch_variance(FIVE, batch, replace=False), without, atol=5e-6)


@given(
    g=st.lists(
        st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=1, max_size=5
    ),
    batch=st.integers(1, 4),
)
def test_variance_is_that_of_all_batches(g, batch):
    g = np.array(g, float)

    def spread(draws):
        means = np.array([g[list(drawn)].mean(axis=0) for drawn in draws])
        close(means.mean(axis=0), g.mean(axis=0))  # unbiased
        return ((means - g.mean(axis=0)) ** 2).sum(axis=1).mean()

    places = range(len(g))
    close(minibatch_variance(g, batch), spread(product(places, repeat=batch)), 1e-9)
    if batch <= len(g):
        close(
            minibatch_variance(g, batch, False),
            spread(combinations(places, batch)),
            1e-9,
        )


def test_large_means_leave_the_variance_its_digits():
    assert minibatch_variance([[1e9], [1e9 + 1], [1e9 + 2]], 1) == pytest.approx(2 / 3)
    assert minibatch_variance([[4.0]], 1, replace=False) == 0


# What is refused


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "sgd"}, "method must be one of gd, momentum, .*, adam, got 'sgd'"),
        ({"method": None}, "method must be one of .* got None"),
        ({"lr": -0.1}, "lr must be finite and >= 0, got -0.1"),
        ({"lr": math.inf}, "lr must be finite and >= 0, got inf"),
        ({"lr": math.nan}, "lr must be finite and >= 0, got nan"),
        ({"steps": -1}, "steps must be an integer >= 0, got -1"),
        ({"steps": True}, "steps must be an integer >= 0, got True"),
        ({"steps": 2.5}, "steps must be an integer >= 0, got 2.5"),
        ({"beta": 1}, r"beta must be in \[0, 1\), got 1"),
        ({"beta": -0.1}, r"beta must be in \[0, 1\), got -0.1"),
        ({"beta2": 1.0}, r"beta2 must be in \[0, 1\), got 1.0"),
        ({"beta2": -0.1}, r"beta2 must be in \[0, 1\), got -0.1"),
        ({"eps": -1e-8}, "eps must be finite and >= 0, got -1e-08"),
        ({"x0": [[1.0]]}, r"x0 must have shape \(d,\), d >= 1, got \(1, 1\)"),
        ({"x0": []}, r"x0 must have shape \(d,\), d >= 1, got \(0,\)"),
        ({"x0": [1.0, math.nan]}, "x0 must be finite, got"),
        ({"grad": lambda x: 1.0}, r"grad must return shape \(2,\), got \(\) at step 1"),
        (
            {"grad": lambda x: [math.nan, 0]},
            r"gradients must be finite, got .* at step 1",
        ),
        (
            {"lr": 1e200, "x0": [1.0, 0.0]},
            r"points must stay finite, got .* after step 2",
        ),
        ({"x0": ["1", "2"]}, "x0 must be real numbers of float64, got"),
        ({"x0": [1j, 2]}, "x0 must be real numbers of float64, got"),
        ({"x0": [10**400, 2]}, "x0 must be real numbers of float64, got"),
        ({"grad": lambda x: 1j * x}, "gradients must be real numbers of float64, got"),
        ({"grad": lambda x: iter(x)}, "gradients must be real numbers of float64"),
        ({"lr": 10**400}, "lr must be finite and >= 0, got 1000"),
        ({"lr": "0.1"}, "lr must be finite and >= 0, got 0.1"),
        # A gradient that ends the loop, should there be one.
        (
            {"steps": 2**63, "grad": lambda x: [math.nan, 0]},
            r"steps must be below 2\*\*63, got 9223372036854775808",
        ),
        (
            {"grad": lambda x: [1e200, 1.0], "method": "adam"},
            r"squares of gradients must stay finite, got \[.*\], step 1",
        ),
        (
            {"grad": lambda x: 0 * x, "method": "adam", "eps": 0},
            "points must stay finite",
        ),
    ],
)
def test_descend_refuses(options, message):
    arguments = {"grad": lambda x: x, "x0": [1.0, 2.0]} | options
    with pytest.raises(ValueError, match=message):
        descend(**arguments)


def test_what_diverges_is_refused_by_the_first_gradient_that_is_not_finite():
    with pytest.raises(ValueError, match=r"gradients must be finite, got .* at step"):
        descend(lambda x: x**3, [3.0], lr=1.0, steps=50)


@pytest.mark.parametrize("call", [spectral_radius, stability_limit, optimal_parameters])
def test_methods_without_a_matrix_are_refused(call):
    numbers = (0.1, 1.0) if call is not stability_limit else (1.0,)
    with pytest.raises(ValueError, match="one of gd, momentum, nesterov, got 'adam'"):
        call("adam", *numbers)


def test_bad_curvatures_are_refused():
    with pytest.raises(ValueError, match="lr must be finite and >= 0, got -1"):
        spectral_radius("gd", -1, 1)
    with pytest.raises(ValueError, match="curvature must be finite, got inf"):
        spectral_radius("gd", 1, math.inf)
    for bad in (1, -0.1, math.nan):
        for call in (
            lambda b: spectral_radius("gd", 1, 1, b),
            lambda b: stability_limit("gd", 1, b),
        ):
            with pytest.raises(ValueError, match=r"beta must be in \[0, 1\), got"):
                call(bad)
    for bad in (0, -1, math.inf):
        with pytest.raises(ValueError, match="L must be finite and > 0, got"):
            stability_limit("gd", bad)
        with pytest.raises(ValueError, match="mu must be finite and > 0, got"):
            optimal_parameters("gd", bad, 1)
        with pytest.raises(ValueError, match="L must be finite and > 0, got"):
            optimal_parameters("gd", 1, bad)
    for bad in (9e-151, 1.1e150):
        with pytest.raises(ValueError, match=r"L must be between 1e-150 and 1e\+150"):
            stability_limit("gd", bad)
        with pytest.raises(ValueError, match="mu must be between 1e-150 and"):
            optimal_parameters("gd", bad, 1e150)
        with pytest.raises(ValueError, match="L must be between 1e-150 and"):
            optimal_parameters("gd", 1e-150, bad)
    for bad in ("1", None, np.ones(1)):
        with pytest.raises(ValueError, match="curvature must be finite, got"):
            spectral_radius("gd", 1, bad)
    assert stability_limit("gd", 1e150) == pytest.approx(2e-150, rel=1e-12)
    assert stability_limit("gd", 1e-150) == pytest.approx(2e150, rel=1e-12)
    with pytest.raises(ValueError, match=r"mu must be <= L, got mu = 2\.0, L = 1\.0"):
        optimal_parameters("gd", 2, 1)


def test_bad_batches_are_refused():
    for bad in (0, 1.5, True):
        with pytest.raises(ValueError, match="batch must be an integer >= 1, got"):
            minibatch_variance(FIVE, bad)
    with pytest.raises(ValueError, match="batch must be <= N = 5 without replacement"):
        minibatch_variance(FIVE, 6, replace=False)
    for bad in ("no", None, 1):
        with pytest.raises(ValueError, match="replace must be True or False, got"):
            minibatch_variance(FIVE, 2, bad)
    assert minibatch_variance(FIVE, 2, np.False_) == pytest.approx(3.36)
    with pytest.raises(ValueError, match="per_example must be real numbers"):
        minibatch_variance([["1"], ["2"]], 1)
    with pytest.raises(ValueError, match=r"batch must be below 2\*\*63, got"):
        minibatch_variance(FIVE, 10**400)
    assert minibatch_variance(FIVE, 2**63 - 1) == pytest.approx(8.96 / 2**63)
    assert minibatch_variance(FIVE, 8) == pytest.approx(1.12)
    for bad in ([1.0, 2.0], np.empty((0, 2))):
        with pytest.raises(ValueError, match=r"must have shape \(N, d\), not empty"):
            minibatch_variance(bad, 1)
    assert minibatch_variance([[9e149], [-9e149]], 1) == pytest.approx(8.1e299)
    for bad in (math.nan, math.inf, 1e150, -1e160):
        for g in ([[bad]], [[1.0], [bad]]):
            with pytest.raises(ValueError, match=r"must be finite, below 1e\+150"):
                minibatch_variance(g, 1)
