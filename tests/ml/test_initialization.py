"""Oracles: scipy.integrate.quad, torch.nn.init, simulated networks, numbers by hand."""

import inspect
import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import erf, expit
from scipy.stats import kstest

from figures.ml import initialization as figure
from snippets.ml.initialization import (
    chi,
    fans,
    gain,
    init_weight,
    orthogonal,
    relu_correlation_path,
    second_moment,
    variance_path,
)

CURVES = {
    "linear": lambda x: x,
    "relu": lambda x: max(x, 0.0),
    "tanh": math.tanh,
    "sigmoid": lambda x: float(expit(x)),
    "gelu": lambda x: x * (1 + erf(x / math.sqrt(2))) / 2,
    "silu": lambda x: x * float(expit(x)),
}

FAST = {
    "tanh": np.tanh,
    "sigmoid": expit,
    "gelu": lambda x: x * (1 + erf(x / 2**0.5)) / 2,
}


def close(actual, expected, atol=1e-12):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=atol)


def expected(function, q):
    """Of function(sqrt(q) z), by adaptive quadrature in pieces around 0."""
    root = math.sqrt(q)

    def weighed(z):
        return function(root * z) * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)

    edges = [-12, *(s / root for s in (-8, -2)), 0, *(s / root for s in (2, 8)), 12]
    edges = sorted({min(max(e, -12), 12) for e in edges})
    return sum(
        quad(weighed, a, b, epsabs=1e-13, epsrel=1e-11)[0] for a, b in pairwise(edges)
    )


# ---- moments


def test_mean_squares_at_one_by_hand():
    found = {name: round(second_moment(name), 6) for name in CURVES}
    assert found == {
        "linear": 1.0,
        "relu": 0.5,
        "tanh": 0.394294,
        "sigmoid": 0.293379,
        "gelu": 0.425221,
        "silu": 0.355776,
    }


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("q", [1e-4, 0.3, 1.0, 7.0, 1e4])
def test_integrals_are_those_of_an_adaptive_quadrature(name, q):
    f = CURVES[name]
    square = expected(lambda x: f(x) ** 2, q)
    assert second_moment(name, q) == pytest.approx(square, rel=1e-9)
    assert gain(name, q) == pytest.approx(math.sqrt(q / square), rel=1e-9)

    def slope_squared(x):
        h = 1e-5 * max(1.0, abs(x))
        return ((f(x + h) - f(x - h)) / (2 * h)) ** 2

    if name != "relu":  # its kink is not for differences
        # h^2 of the difference, and in the steep curves at large q its rounding.
        wanted = 1.7 * expected(slope_squared, q)
        assert chi(name, 1.7, q) == pytest.approx(wanted, rel=1e-5)


def test_slopes_of_torch_have_the_same_mean_square():
    z = torch.linspace(-9, 9, 200_001, dtype=torch.float64)
    mass = torch.exp(-(z**2) / 2) / math.sqrt(2 * math.pi) * (z[1] - z[0])
    for name in ("relu", "tanh", "sigmoid", "gelu", "silu"):
        for q in (0.5, 3.0):
            x = (math.sqrt(q) * z).requires_grad_()
            function = getattr(torch.nn.functional, name)
            (slope,) = torch.autograd.grad(function(x).sum(), x)
            wanted = float((slope**2 * mass).sum())
            close(chi(name, 1.0, q), wanted, 3e-5 if name == "relu" else 1e-9)


def test_gains_by_hand_and_those_of_torch():
    for name, value in (
        ("relu", 1.41421),
        ("tanh", 1.59254),
        ("gelu", 1.53353),
        ("silu", 1.67653),
        ("linear", 1.0),
    ):
        close(gain(name), value, 6e-6)
    calculate = torch.nn.init.calculate_gain
    close(gain("relu"), calculate("relu"), 1e-9)
    assert calculate("tanh") == 5 / 3
    assert calculate("sigmoid") == 1
    with pytest.raises(ValueError, match="gelu"):
        calculate("gelu")


def test_five_thirds_keeps_another_q():
    q = variance_path("tanh", 25 / 9, 400)[-1]
    close(q, 1.17848, 6e-6)
    close(gain("tanh", q), 5 / 3, 1e-9)


def test_torchs_gain_for_the_sigmoid_settles_at_a_quarter():
    close(variance_path("sigmoid", 1.0, 100)[-1], 0.2642, 1e-3)


def test_gains_of_one_scale_do_not_depend_on_q_and_others_do():
    for q in (1e-320, 1e-8, 5.0, 1e300):
        close(gain("relu", q), math.sqrt(2), 1e-3 if q < 1e-300 else 1e-12)
    # At large q GELU and SiLU are ReLUs, at small q halves of the identity.
    for name in ("gelu", "silu"):
        close(gain(name, 1e8), math.sqrt(2), 1e-3)
        close(gain(name, 1e-8), 2.0, 1e-3)


def test_extremes_of_q():
    close(second_moment("tanh", 1e300), 1.0)
    close(second_moment("sigmoid", 1e300), 0.5)
    close(second_moment("sigmoid", 0), 0.25)
    assert [second_moment(n, 0) for n in ("linear", "relu", "tanh", "gelu")] == [0] * 4
    close([chi(n, 2, 0) for n in CURVES], [2, 1, 2, 1 / 8, 1 / 2, 1 / 2])
    close(chi("gelu", 1, 1e308), 0.5)
    close(chi("tanh", 1, 1e300), 0.0)
    assert second_moment("gelu", 1e308) == pytest.approx(5e307, rel=1e-9)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: second_moment("softsign"), "one of linear, .* got 'softsign'"),
        (lambda: second_moment("relu", -1), "q must be .* >= 0, got -1"),
        (lambda: gain("relu", 0), "above 0, got 0"),
        (lambda: gain("relu", -1), "q must be"),
        (lambda: gain("no"), "one of"),
        (lambda: chi("no", 1, 1), "one of"),
        (lambda: chi("relu", -1, 1), "sigma_w2 must be .* got -1"),
        (lambda: chi("relu", 1, math.nan), "q must be"),
        (lambda: variance_path("no", 1, 0), "one of"),
        (lambda: variance_path("relu", -1, 3), "sigma_w2"),
        (lambda: variance_path("relu", 1, -1), "depth must be .* got -1"),
        (lambda: variance_path("relu", 1, 1, -1), "q0"),
        (lambda: variance_path("relu", 1, 1, 1, -1), "sigma_b2"),
        (lambda: variance_path("relu", 1e300, 3), "finite, got inf at layer 2"),
        (lambda: relu_correlation_path(1.1, 1), "from -1 to 1, got 1.1"),
        (lambda: relu_correlation_path(math.nan, 1), "from -1 to 1"),
        (lambda: relu_correlation_path(0, -1), "depth"),
        (lambda: fans((3,)), r"two axes or more, .* got \(3,\)"),
        (lambda: fans((3, 0)), r"got \(3, 0\)"),
        (lambda: init_weight((3, 3), "kaiming", np.random.default_rng(0)), "kaiming"),
        (lambda: init_weight((3, 3), "he", np.random.default_rng(0), -1), "gain must"),
        (lambda: init_weight((3,), "he", np.random.default_rng(0)), "two axes"),
        (lambda: orthogonal((3,), np.random.default_rng(0)), "two axes"),
        (lambda: orthogonal((2, 2), np.random.default_rng(0), math.inf), "gain must"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---- paths


def test_thirty_relu_layers_under_three_rules():
    for w2, wanted in ((1 / 3, 6.0**-30), (1, 2.0**-30), (2, 1.0)):
        path = variance_path("relu", w2, 30)
        assert path[-1] == pytest.approx(wanted, rel=1e-9)
        close(path[:3], [1, w2 / 2, w2**2 / 4], 1e-9)
    assert f"{6.0**-30:.1e} {2.0**-30:.1e}" == "4.5e-24 9.3e-10"


def test_torch_draws_its_linear_layers_with_a_third_of_the_variance():
    torch.manual_seed(0)
    layer = torch.nn.Linear(400, 500)
    bound = 1 / math.sqrt(400)
    for drawn in (layer.weight.detach(), layer.bias.detach()):
        assert bound * 0.98 < float(drawn.abs().max()) < bound * 1.0001
        assert float(drawn.var()) * 400 == pytest.approx(1 / 3, rel=0.15)


def test_default_biases_hold_the_length_but_not_the_difference():
    """A chain of nn.Linear(256, 256) as it comes, and ReLUs, of two unlike inputs."""
    torch.manual_seed(0)
    h = torch.randn(2, 256, dtype=torch.float64)
    start = float(((h[0] - h[1]) ** 2).sum())
    with torch.no_grad():
        for _ in range(30):
            z = torch.nn.Linear(256, 256, dtype=torch.float64)(h)
            h = torch.relu(z)
    floor = 1 / (3 * 256) / (1 - 1 / 6)
    close(variance_path("relu", 1 / 3, 30, sigma_b2=1 / 768)[-1], floor, 1e-9)
    assert float((z**2).mean()) == pytest.approx(floor, rel=0.3)
    assert float(((h[0] - h[1]) ** 2).sum()) < 1e-12 * start


@given(st.sampled_from(list(CURVES)), st.floats(0, 5), st.integers(0, 6))
@settings(max_examples=30)
def test_a_path_repeats_the_map(name, w2, depth):
    path = variance_path(name, w2, depth, 0.7, 0.2)
    assert path.shape == (depth + 1,)
    assert path[0] == 0.7
    for before, after in pairwise(path):
        square = expected(lambda x: CURVES[name](x) ** 2, float(before))
        assert after == pytest.approx(w2 * square + 0.2, rel=1e-8)


def test_wide_networks_follow_the_path():
    rng = np.random.default_rng(0)
    n = 800
    for name, w2, b2 in (("tanh", 2.0, 0.1), ("gelu", 2.0, 0.0), ("sigmoid", 3, 0.5)):
        h = rng.standard_normal((n, 64))  # many inputs, so that few fluctuations stay
        path = variance_path(name, w2, 4, w2 + b2, b2)
        for q in path:
            W = math.sqrt(w2) * init_weight((n, n), "lecun", rng)
            z = W @ h + math.sqrt(b2) * rng.standard_normal((n, 1))
            assert (z**2).mean() == pytest.approx(q, rel=0.15)
            h = FAST[name](z)


def test_phases_of_tanh():
    for w2, q, slope in (
        (1.5, 0.286894, 1.04057),
        (2.0, 0.617965, 1.10553),
        (4.0, 2.121474, 1.36267),
    ):
        found = variance_path("tanh", w2, 400)[-1]
        close(found, q, 6e-7)
        close(chi("tanh", w2, found), slope, 6e-6)
    critical = variance_path("tanh", 1.0, 2000)
    close(critical[[100, 2000]], [0.00507, 2.50e-4], 5e-6)
    close(critical[2000] * 2 * 2000, 1, 2e-3)
    ordered = variance_path("tanh", 0.5, 60)
    close(ordered[60] / ordered[59], 0.5)
    assert chi("tanh", 0.5, ordered[60]) == pytest.approx(0.5, rel=1e-9)
    close(chi("tanh", 1.0, critical[2000]), 1 - 2 * critical[2000], 1e-6)


def test_correlations_by_hand():
    path = relu_correlation_path(0, 100)
    close(
        path[[0, 1, 2, 5, 10, 50, 100]],
        [0, 0.318310, 0.493731, 0.735946, 0.871536, 0.987862, 0.996423],
        6e-7,
    )
    close(path[1], 1 / math.pi)
    close(relu_correlation_path(-1, 2), [-1, 0, 1 / math.pi])
    close(relu_correlation_path(1, 3), 1)
    assert relu_correlation_path(0.999999999999, 5000).max() <= 1
    assert list(relu_correlation_path(0.25, 0)) == [0.25]


@given(st.floats(-1, 1))
@settings(max_examples=25)
def test_one_step_is_twice_the_mean_product_of_two_relus(c):
    # z is the first number, v the part of the second that is independent of it.
    s = math.sqrt(1 - c * c)

    def inner(z):  # E relu(c z + s v) over v
        if s < 1e-9:
            return max(c * z, 0.0)
        r = c * z / s
        density = math.exp(-r * r / 2) / math.sqrt(2 * math.pi)
        return s * (r * (1 + erf(r / math.sqrt(2))) / 2 + density)

    mean = expected(lambda z: max(z, 0.0) * inner(z), 1.0)
    close(relu_correlation_path(c, 1)[1], 2 * mean, 1e-7)


# ---- weights


def test_fans_by_hand():
    assert fans((64, 3, 7, 7)) == (147, 3136)
    assert fans((10, 20)) == (20, 10)
    assert fans((1, 1, 1)) == (1, 1)


@given(st.lists(st.integers(1, 6), min_size=2, max_size=5))
@settings(max_examples=20)
def test_fans_are_those_of_torch(shape):
    wanted = torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))
    assert fans(shape) == wanted


def test_fans_count_the_weights_at_one_output_and_one_input():
    for shape in ((4, 3, 3), (2, 5), (3, 2, 2, 4)):
        W = np.ones(shape)
        assert fans(shape) == (W[0].sum(), W[:, 0].sum())


def test_fans_of_a_transposed_convolution_are_swapped():
    layer = torch.nn.ConvTranspose2d(3, 8, 4)  # 3 channels come in
    assert fans(tuple(layer.weight.shape)) == (8 * 16, 3 * 16)


VARIANCES = {"xavier": 2 / (60 + 800), "he": 2 / 60, "lecun": 1 / 60}


@pytest.mark.parametrize("scheme", VARIANCES)
def test_weights_have_the_law_that_is_promised(scheme):
    deviation = 1.5 * math.sqrt(VARIANCES[scheme])
    shape = (200, 15, 4)
    rng = np.random.default_rng(0)
    W = init_weight(shape, scheme, rng, 1.5)
    assert W.shape == shape
    assert kstest(W.ravel() / deviation, "norm").pvalue > 0.01
    U = init_weight(shape, scheme + "_uniform", rng, 1.5)
    bound = math.sqrt(3) * deviation
    assert kstest((U.ravel() / bound + 1) / 2, "uniform").pvalue > 0.01
    assert np.abs(U).max() <= bound


def test_bounds_and_deviations_are_those_of_torch():
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    theirs = torch.empty(64, 3, 7, 7)
    for scheme, fill in (
        (
            "he_uniform",
            lambda w: torch.nn.init.kaiming_uniform_(w, nonlinearity="relu"),
        ),
        ("xavier_uniform", torch.nn.init.xavier_uniform_),
    ):
        ours = init_weight(theirs.shape, scheme, rng)
        assert np.abs(ours).max() == pytest.approx(
            float(fill(theirs).abs().max()), rel=2e-3
        )
    torch.nn.init.kaiming_normal_(theirs, nonlinearity="relu")
    ours = init_weight(theirs.shape, "he", rng)
    assert ours.std() == pytest.approx(float(theirs.std()), rel=0.03)
    close(math.sqrt(3 * 2 / 147), 0.2020, 5e-5)


def test_a_gain_of_zero_silences_a_layer():
    rng = np.random.default_rng(0)
    assert not init_weight((2, 3), "he", rng, 0).any()
    assert not orthogonal((2, 3), rng, 0).any()


def test_truncation_at_two_cuts_nothing_of_a_small_deviation():
    torch.manual_seed(0)
    small = torch.nn.init.trunc_normal_(torch.empty(1000, 1000), std=0.02)
    assert 4.5 < float(small.abs().max()) / 0.02 < 6
    wide = torch.nn.init.trunc_normal_(torch.empty(1000, 1000), std=1.0)
    close(float(wide.std()), 0.8796, 2e-3)
    # The deviation of a normal number between -2 and 2, in closed form.
    density, inside = math.exp(-2) / math.sqrt(2 * math.pi), math.erf(math.sqrt(2))
    close(math.sqrt(1 - 4 * density / inside), 0.8796, 5e-5)


# ---- rotations


@given(st.lists(st.integers(1, 5), min_size=2, max_size=4), st.integers(0, 99))
@settings(max_examples=20)
def test_rows_or_columns_are_orthonormal(shape, seed):
    W = orthogonal(shape, np.random.default_rng(seed), 1.5)
    assert W.shape == tuple(shape)
    flat = W.reshape(shape[0], -1)
    gram = flat @ flat.T if flat.shape[0] <= flat.shape[1] else flat.T @ flat
    close(gram, 2.25 * np.eye(len(gram)))


def test_one_by_one_is_a_sign():
    found = {orthogonal((1, 1), np.random.default_rng(k)).item() for k in range(20)}
    assert found == {-1.0, 1.0}


def test_haar_has_mean_zero_and_plain_qr_has_not():
    rng = np.random.default_rng(0)
    ours = np.array([orthogonal((3, 3), rng) for _ in range(20_000)])
    assert abs(np.trace(ours, axis1=1, axis2=2).mean()) < 0.05
    plain = np.linalg.qr(rng.standard_normal((20_000, 3, 3)))[0]
    close(plain[:, 0, 0].mean(), -0.5, 0.02)
    # A fixed rotation before or after changes nothing in the law of an entry.
    turn = np.linalg.qr(np.arange(9.0).reshape(3, 3) ** 2 + np.eye(3))[0]
    for moved in (turn @ ours, ours @ turn, ours):
        # An entry of a point on the sphere is uniform (Archimedes).
        for i, j in ((0, 0), (2, 2), (1, 2)):
            assert kstest((moved[:, i, j] + 1) / 2, "uniform").pvalue > 1e-3


def test_products_of_thirty():
    gauss, turned = (np.array(s) for s in figure.products())
    close((gauss**2).mean(), 1, 0.35)
    assert np.median(gauss) < 1e-3
    assert 1e-5 < np.median(gauss) < 1e-4
    close(turned, 1, 1e-9)
    assert gauss.size == turned.size == figure.WIDTH == 200


def test_relu_undoes_the_isometry():
    rng = np.random.default_rng(0)
    h, jacobian = rng.standard_normal(200), np.eye(200)
    for _ in range(30):
        W = orthogonal((200, 200), rng, math.sqrt(2))
        jacobian = (W @ h > 0)[:, None] * (W @ jacobian)
        h = np.maximum(W @ h, 0)
    assert np.median(np.linalg.svd(jacobian, compute_uv=False)) < 1e-3


# ---- what else the page says


def test_lengths_of_narrow_networks_are_lognormal_not_one():
    rng = np.random.default_rng(1)
    # With matrices, for few nets ...
    n, depth = 50, 20
    matrices = []
    for _ in range(120):
        h = np.ones(n) * math.sqrt(1 / n)
        h = np.maximum(init_weight((n, n), "he", rng) @ h, 0)
        for _ in range(depth - 1):
            h = np.maximum(init_weight((n, n), "he", rng) @ h, 0)
        matrices.append(h @ h)
    # ... and from independent factors, for many.
    z = rng.standard_normal((8_000, depth, n))
    lengths = (2 / n * (np.maximum(z, 0) ** 2).sum(2)).prod(1)
    close(np.mean(lengths), 1, 0.15)
    close(np.median(lengths), 0.364, 0.025)
    close(np.log(lengths).var(), 2.19, 0.1)
    close(np.log(matrices).var(), 2.19, 0.8)
    close(np.log(matrices).mean(), np.log(lengths).mean(), 0.45)
    factor = 2 / n * (np.maximum(z[:, 0], 0) ** 2).sum(1)
    close(factor.var(), 5 / n, 0.005)


def test_residual_growth():
    assert f"{(1 + 1 / 24) ** 24:.5f} {(1 + 1 / 48) ** 48:.5f}" == "2.66373 2.69050"
    rng = np.random.default_rng(0)
    n, blocks = 200, 24
    for share, prenorm, wanted in (
        (1.0, False, 2.0**24),
        (1 / blocks, False, 2.66373),
        (1.0, True, 25.0),
        (1 / blocks, True, 2.0),
    ):
        x = rng.standard_normal((n, 8))
        for _ in range(blocks):
            into = x / np.sqrt((x**2).mean(0)) if prenorm else x
            W, V = init_weight((n, n), "lecun", rng), init_weight((n, n), "he", rng)
            x = x + math.sqrt(share) * V @ np.maximum(W @ into, 0)
        assert (x**2).mean() == pytest.approx(wanted, rel=0.35)


def test_residual_connections_keep_angles_longer():
    rng = np.random.default_rng(0)
    n, blocks = 300, 24
    start = np.linalg.qr(rng.standard_normal((n, 2)))[0] * math.sqrt(n)  # right angle
    found = []
    for keep, share in ((0, 1), (1, 1 / blocks)):
        x = start
        for _ in range(blocks):
            W, V = init_weight((n, n), "lecun", rng), init_weight((n, n), "he", rng)
            x = keep * x + math.sqrt(share) * V @ np.maximum(W @ x, 0)
        u, v = x.T
        found.append(u @ v / np.linalg.norm(u) / np.linalg.norm(v))
    assert found[0] > 0.9
    assert found[1] < 0.4
    close(found[0], relu_correlation_path(0, blocks)[-1], 0.05)


def one_step(n, deviation, rate, rng):
    """Change of w . W h by a step of the sign of the gradients; W stays unformed."""
    h = rng.standard_normal(n)
    Wh = rng.standard_normal(n) * math.sqrt(h @ h / n)
    w = rng.standard_normal(n) * deviation
    moved = Wh + rate * np.sign(w) * np.abs(h).sum()
    return (w + rate * np.sign(Wh)) @ moved - w @ Wh


def test_one_step_grows_with_the_width_unless_both_scales_follow():
    rng = np.random.default_rng(0)
    widths = (64, 256, 1024, 4096)
    mean = 2 / math.pi
    for power, share, growth in ((0.5, 0, 8), (1, 0, 4), (0.5, 1, 2), (1, 1, 1)):
        changes = [
            np.mean(
                [
                    one_step(n, n**-power, 0.01 * (64 / n) ** share, rng)
                    for _ in range(40)
                ]
            )
            for n in widths
        ]
        close(changes[3] / changes[2], growth, 0.12 * growth)
        if power == share == 1:
            close(changes, 0.64 * (mean + math.sqrt(mean)), 0.03)
        elif power == 0.5 and share == 0:
            close(changes[3] / (0.01 * mean * 4096**1.5), 1, 0.03)


def test_batch_normalization_forgets_the_scale_but_not_for_the_step():
    torch.manual_seed(0)
    X, W = torch.randn(64, 20).double(), torch.randn(10, 20).double()
    found = []
    for c in (1.0, 10.0):
        scaled = (c * W).requires_grad_()
        norm = torch.nn.BatchNorm1d(10, 1e-12, affine=False, dtype=torch.float64)
        out = norm(X @ scaled.T)
        (out**3).sum().backward()
        found.append((out.detach(), scaled.grad))
    (first, slope), (second, weaker) = found
    close(second, first, 1e-9)
    close(weaker, slope / 10, 1e-8)
    assert float(slope.abs().max()) > 1


def test_the_figure_draws_what_the_functions_give():
    assert set(figure.draw()) == {"initialization"}
    assert "products()" in inspect.getsource(figure.initialization)
