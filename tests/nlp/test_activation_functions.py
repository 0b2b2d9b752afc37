"""Oracles: torch.nn.functional, scipy, Monte Carlo, and mistakes counted by hand.

The Triton kernels are compared with torch in float64: through the interpreter where
there is no GPU, compiled where there is one.
"""

import importlib
import itertools
import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, special
from torch.utils._python_dispatch import TorchDispatchMode

from snippets.nlp.activation_functions import (
    constant_share,
    deep_loss,
    elu,
    gelu,
    glu_ffn,
    glu_hidden_dim,
    gradient_ratio,
    heaviside,
    initial_gain,
    leaky_relu,
    mish,
    novikoff_bound,
    perceptron_fit,
    relu,
    relu2,
    second_moment,
    selu,
    selu_constants,
    sigmoid,
    silu,
    slope_moment,
    tanh,
    xor_loss,
)
from tests.triton_kernels import interpreted, lines_of_compiler, needs_triton

# Each function and torch's own, where there is one.
PAIRS = {
    "sigmoid": (sigmoid, torch.sigmoid),
    "tanh": (tanh, lambda x: 2 * torch.sigmoid(2 * x) - 1),
    "relu": (relu, F.relu),
    "leaky_relu": (leaky_relu, F.leaky_relu),
    "leaky_relu 0.2": (lambda x: leaky_relu(x, 0.2), lambda x: F.leaky_relu(x, 0.2)),
    "elu": (elu, F.elu),
    "elu 0.7": (lambda x: elu(x, 0.7), lambda x: F.elu(x, 0.7)),
    "selu": (selu, F.selu),
    "gelu": (gelu, F.gelu),
    "gelu tanh": (
        lambda x: gelu(x, "tanh"),
        lambda x: F.gelu(x, approximate="tanh"),
    ),
    "gelu quick": (lambda x: gelu(x, "quick"), lambda x: F.silu(1.702 * x) / 1.702),
    "silu": (silu, F.silu),
    "mish": (mish, F.mish),
    "relu2": (relu2, lambda x: F.relu(x).square()),
}
pairs = pytest.mark.parametrize("name", PAIRS)
grid = torch.linspace(-12, 12, 4801, dtype=torch.float64)  # has -0.0 or 0.0 in it


def same(actual, expected, atol=1e-12):
    torch.testing.assert_close(actual, expected, rtol=0, atol=atol)


def density(z):
    """Of the standard normal distribution."""
    return math.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


# Functions of one number


@pairs
def test_functions_and_slopes_are_those_of_torch(name):
    ours, theirs = PAIRS[name]
    results = []
    for f in (ours, theirs):
        x = grid.clone().requires_grad_()
        y = f(x)
        results += [y.detach(), torch.autograd.grad(y.sum(), x)[0]]
    same(results[0], results[2])
    same(results[1], results[3])


def test_gelu_and_silu_agree_with_torch_to_the_last_digit():
    x = torch.linspace(-4, 4, 8001, dtype=torch.float64)
    for name in ("gelu", "gelu tanh", "silu", "mish", "selu"):
        ours, theirs = PAIRS[name]
        same(ours(x), theirs(x), atol=2e-15 if name == "selu" else 9e-16)


@pairs
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_dtype_and_shape_are_kept(name, dtype):
    ours, theirs = PAIRS[name]
    for shape in ((), (0,), (1,), (2, 3, 5)):
        x = torch.randn(shape, generator=seeded()).to(dtype)
        y = ours(x)
        assert (y.shape, y.dtype) == (x.shape, dtype)
        torch.testing.assert_close(y, theirs(x), rtol=0.03, atol=0.03)


@pairs
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_sixteen_bits_err_at_most_twice_as_much_as_torch_and_slopes_too(name, dtype):
    x = (torch.randn(4000, generator=seeded()) * 4).to(dtype)
    results = {}
    for kind in (dtype, torch.float64):
        for f in PAIRS[name]:
            z = x.to(kind).requires_grad_()
            y = f(z)
            results[f, kind] = y, torch.autograd.grad(y.sum(), z)[0]
    ours, theirs = PAIRS[name]
    rounding = torch.finfo(dtype).eps / 2
    for i in range(2):
        truth = results[theirs, torch.float64][i].detach()
        errors = [
            (results[f, dtype][i].double() - truth).abs() / (truth.abs() + 1e-3)
            for f in (ours, theirs)
        ]
        assert errors[0].max() <= max(2 * errors[1].max().item(), rounding)


def test_no_step_of_a_16_bit_function_is_rounded():
    for dtype in (torch.float16, torch.bfloat16):
        x = torch.linspace(-9, 9, 400).to(dtype)
        for f in (sigmoid, silu, mish, gelu, selu, elu):
            # Rounding twice, by way of float32, can miss a tie.
            assert (f(x) != f(x.double()).to(dtype)).sum() <= 1


@pairs
def test_nothing_overflows_far_from_zero(name):
    ours, theirs = PAIRS[name]
    x = torch.tensor([-1e100, -800.0, -40.0, 40.0, 800.0, 1e100], dtype=torch.float64)
    x.requires_grad_()
    y = ours(x)
    (slope,) = torch.autograd.grad(y.sum(), x)
    assert y.isfinite().all()
    assert slope.isfinite().all()
    torch.testing.assert_close(y, theirs(x), rtol=1e-12, atol=1e-12)


@pairs
def test_nan_is_not_swallowed(name):
    ours, _ = PAIRS[name]
    assert ours(torch.tensor([math.nan])).isnan().all()


def test_the_left_tails_keep_their_relative_accuracy():
    x = torch.linspace(-30, -1, 59, dtype=torch.float64)
    expected = {
        sigmoid: special.expit(x.numpy()),
        silu: x.numpy() * special.expit(x.numpy()),
        gelu: x.numpy() * special.ndtr(x.numpy()),
    }
    for f, truth in expected.items():
        np.testing.assert_allclose(f(x).numpy(), truth, rtol=5e-13)
    assert F.gelu(x)[0] == 0 != gelu(x)[0]  # 1 + erf has cancelled there


def test_tanh_keeps_tiny_numbers():
    x = torch.tensor([1e-20, -1e-300], dtype=torch.float64)
    same(tanh(x), x, atol=0)


def test_the_threshold_is_1_from_0_on_and_has_no_gradient():
    x = torch.tensor([-1e300, -1e-300, -0.0, 0.0, 1e-300, 1e300], dtype=torch.float64)
    expected = np.heaviside(x.numpy(), 1)
    assert heaviside(x).tolist() == expected.tolist() == [0, 0, 1, 1, 1, 1]
    assert not heaviside(x.requires_grad_()).requires_grad
    assert heaviside(torch.tensor([math.nan, 1.0])).isnan().tolist() == [True, False]


def test_relu_is_flat_at_0_and_the_others_take_the_left_slope_too():
    for f, slope in ((relu, 0.0), (leaky_relu, 0.01), (elu, 1.0), (relu2, 0.0)):
        x = torch.zeros(1, requires_grad=True)
        assert torch.autograd.grad(f(x).sum(), x)[0].item() == pytest.approx(slope)


@pairs
@pytest.mark.parametrize("dtype", [torch.int64, torch.int32, torch.bool, torch.cfloat])
def test_tensors_that_are_not_floating_point_are_rejected(name, dtype):
    with pytest.raises(ValueError, match=f"need a floating-point tensor, got {dtype}"):
        PAIRS[name][0](torch.ones(2, dtype=dtype))
    with pytest.raises(ValueError, match=f"need a floating-point tensor, got {dtype}"):
        heaviside(torch.ones(2, dtype=dtype))


@pytest.mark.parametrize("word", ["erf", "", "None", None, True])
def test_an_unknown_approximation_is_rejected(word):
    with pytest.raises(ValueError, match=r"^approximate must be none, tanh or quick"):
        gelu(torch.ones(2), word)


def minimum(f):
    found = optimize.minimize_scalar(
        lambda x: f(torch.tensor(x, dtype=torch.float64)).item(),
        bounds=(-3, 0),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return found.x, found.fun


def test_gelu_silu_and_mish_fall_before_they_rise():
    for f, where, value in (
        (gelu, -0.751792, -0.169971),
        (silu, -1.278465, -0.278465),
        (mish, -1.192431, -0.308843),
    ):
        x, y = minimum(f)
        assert x == pytest.approx(where, abs=1e-6)
        assert y == pytest.approx(value, abs=5e-7)


def test_the_minimum_of_silu_is_minus_lambert_w_of_1_over_e():
    w = special.lambertw(1 / math.e).real
    x = torch.tensor(-1 - w, dtype=torch.float64)
    assert silu(x).item() == pytest.approx(-w, abs=1e-15)
    assert minimum(silu)[0] == pytest.approx(-1 - w, abs=1e-7)


def test_the_three_gelus_differ_by_so_much():
    x = torch.linspace(-6, 6, 1_200_001, dtype=torch.float64)
    for word, distance, where in (
        ("tanh", 0.0004732, 2.70),
        ("quick", 0.02033, 2.27),
    ):
        apart = (gelu(x) - gelu(x, word)).abs()
        digits = 7 if word == "tanh" else 5
        assert round(apart.max().item(), digits) == distance
        assert abs(x[apart.argmax()].item()) == pytest.approx(where, abs=0.005)


def test_selu_keeps_mean_0_and_variance_1():
    alpha, scale = selu_constants()
    assert (alpha, scale) == pytest.approx((1.67326324, 1.05070099), abs=5e-9)

    def expectation(g):
        parts = ((-12, 0), (0, 12))
        return sum(
            integrate.quad(lambda z: g(z) * density(z), *part, epsabs=1e-14)[0]
            for part in parts
        )

    def one(z):
        return F.selu(torch.tensor(z, dtype=torch.float64)).item()

    assert expectation(one) == pytest.approx(0, abs=1e-12)
    assert expectation(lambda z: one(z) ** 2) == pytest.approx(1, abs=1e-12)
    # The same two numbers as roots of the two equations, found without a formula.
    solved = optimize.fsolve(
        lambda p: [
            expectation(lambda z: p[1] * (z if z > 0 else p[0] * math.expm1(z))),
            expectation(lambda z: (p[1] * (z if z > 0 else p[0] * math.expm1(z))) ** 2)
            - 1,
        ],
        [1.5, 1.0],
        xtol=1e-13,
    )
    np.testing.assert_allclose(solved, [alpha, scale], rtol=0, atol=1e-10)


# Second moments and gains


@pytest.mark.parametrize(
    ("f", "moment", "gain"),
    [
        (relu, 0.5, 1.41421),
        (gelu, 0.425221, 1.53353),
        (silu, 0.355776, 1.67653),
        (tanh, 0.394294, 1.59254),
        (relu2, 1.5, 0.81650),
        (sigmoid, 0.293379, 1.84623),
    ],
)
def test_second_moments_and_gains(f, moment, gain):
    assert second_moment(f) == pytest.approx(moment, abs=5e-7)
    assert initial_gain(f) == pytest.approx(gain, abs=6e-6)

    def square(z):
        return f(torch.tensor(z, dtype=torch.float64)).item() ** 2 * density(z)

    exact = sum(
        integrate.quad(square, *ends, epsabs=1e-14)[0] for ends in ((-12, 0), (0, 12))
    )
    assert second_moment(f) == pytest.approx(exact, abs=1e-12)


def test_second_moments_of_bent_functions_have_four_digits():
    assert second_moment(selu) == pytest.approx(1, abs=1e-4)
    assert second_moment(selu) != pytest.approx(1, abs=1e-6)
    # 1/2 from the right; the left is 1/2 - 2 E[exp(z), z < 0] + E[exp(2z), z < 0].
    exact = 1 - 2 * math.exp(0.5) * special.ndtr(-1) + math.exp(2) * special.ndtr(-2)
    assert second_moment(elu) == pytest.approx(exact, abs=1e-4)
    assert second_moment(elu) != pytest.approx(exact, abs=1e-6)
    assert second_moment(lambda z: z) == pytest.approx(1, abs=1e-12)
    assert second_moment(lambda z: 2 + 0 * z, nodes=1) == pytest.approx(4)


def test_torch_recommends_another_gain_for_tanh():
    assert torch.nn.init.calculate_gain("tanh") == pytest.approx(5 / 3)
    assert torch.nn.init.calculate_gain("relu") == pytest.approx(initial_gain(relu))
    with pytest.raises(ValueError, match="gelu"):
        torch.nn.init.calculate_gain("gelu")


@pytest.mark.parametrize("bad", [0, -1, 2.0, True, None, 301, 400])
def test_bad_nodes_are_rejected(bad):
    # numpy's weights for 400 nodes are NaN.
    with pytest.raises(ValueError, match=r"^nodes must be an integer >= 1 and <= 300"):
        second_moment(relu, bad)
    assert second_moment(gelu, 300) == pytest.approx(second_moment(gelu), abs=1e-12)


def test_a_function_that_is_0_or_past_all_floats_has_no_gain():
    with pytest.raises(
        ValueError, match=r"^E\[f\(z\)\^2\] must be finite and > 0, got 0"
    ):
        initial_gain(lambda z: 0 * z)
    with pytest.raises(ValueError, match=r"must be finite and > 0, got inf"):
        initial_gain(lambda z: 1e200 * z)


@pytest.mark.parametrize(
    ("f", "share", "backward"),
    [
        (sigmoid, 0.85, 0.15),
        (relu, 0.32, 1.00),
        (gelu, 0.19, 1.07),
        (silu, 0.12, 1.07),
        (tanh, 0.00, 1.18),
    ],
)
def test_shares_and_backward_factors_are_those_of_a_million_draws(f, share, backward):
    assert constant_share(f) == pytest.approx(share, abs=0.005)
    factor = slope_moment(f) / second_moment(f)
    assert factor == pytest.approx(backward, abs=0.005)
    z = torch.randn(1_000_000, generator=seeded(), dtype=torch.float64).requires_grad_()
    y = f(z)
    (slope,) = torch.autograd.grad(y.sum(), z)
    size = y.detach().square().mean()
    assert y.detach().mean().square() / size == pytest.approx(share, abs=0.01)
    assert slope.square().mean() / size == pytest.approx(backward, abs=0.01)


# The perceptron

TABLE = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
AND, OR, XOR = (np.array(y) for y in ([-1, -1, -1, 1], [-1, 1, 1, 1], [-1, 1, 1, -1]))


def test_and_takes_18_mistakes_and_or_9():
    w, b, mistakes, converged = perceptron_fit(TABLE, AND, 100)
    assert (w.tolist(), b, mistakes, converged) == ([3, 2], -4, 18, True)
    w, b, mistakes, converged = perceptron_fit(TABLE, OR, 100)
    assert (w.tolist(), b, mistakes, converged) == ([2, 2], -1, 9, True)


def test_the_first_epoch_on_or_by_hand():
    # 00 is -1 at score 0: b = -1. 01 is +1 at -1: w2 = 1, b = 0. 10 is +1 at 0:
    # w1 = 1, b = 1. 11 scores 3, and is +1.
    w, b, mistakes, converged = perceptron_fit(TABLE, OR, 1)
    assert (w.tolist(), b, mistakes, converged) == ([1, 1], 1, 3, False)


def test_xor_errs_on_every_row_and_returns_to_0_in_this_order():
    for epochs in (1, 2, 100):
        w, b, mistakes, converged = perceptron_fit(TABLE, XOR, epochs)
        assert (w.tolist(), b, mistakes, converged) == ([0, 0], 0, 4 * epochs, False)
    orders = [list(order) for order in itertools.permutations(range(4))]
    counts = {perceptron_fit(TABLE[o], XOR[o], 100).mistakes for o in orders}
    assert counts == {399, 400}


def test_convergence_needs_an_epoch_without_mistakes():
    # The ninth epoch on AND is the first clean one.
    assert perceptron_fit(TABLE, AND, 8)[2:] == (18, False)
    assert perceptron_fit(TABLE, AND, 9)[2:] == (18, True)


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(1, 40))
def test_mistakes_stay_within_the_bound(seed, d, n):
    rng = np.random.default_rng(seed)
    plane, X = rng.normal(size=d + 1), rng.uniform(-1, 1, (n, d))
    scores = X @ plane[:-1] + plane[-1]
    keep = np.abs(scores) > 0.1 * np.linalg.norm(plane)
    if not keep.any():
        return
    X, y = X[keep], np.sign(scores[keep]).astype(int)
    bound = novikoff_bound(X, y, plane[:-1], plane[-1])
    longest = max(math.hypot(*row, 1) for row in X)
    nearest = min(abs(s) for s in scores[keep]) / math.hypot(*plane)
    assert bound == pytest.approx((longest / nearest) ** 2)
    w, b, mistakes, converged = perceptron_fit(X, y, 10_000)
    assert converged
    assert mistakes <= bound
    assert (y * (X @ w + b) > 0).all()


def test_445_points_need_37_mistakes_of_421_allowed():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (500, 2))
    plane = np.array([1, 2, 0.3])
    scores = (X @ plane[:2] + plane[2]) / np.linalg.norm(plane)
    X, y = X[abs(scores) > 0.08], np.sign(scores[abs(scores) > 0.08])
    assert len(X) == 445
    assert perceptron_fit(X, y, 100)[2:] == (37, True)
    assert int(novikoff_bound(X, y, plane[:2], plane[2])) == 421


def test_length_2_and_a_margin_of_a_fifth_allow_100_mistakes():
    # With its bias input the row has length 2 and lies at 30 degrees.
    X, y = np.array([[math.sqrt(3)]]), np.ones(1)
    angle = math.radians(30) + math.acos(0.1)  # of a normal 0.2 away from it
    bound = novikoff_bound(X, y, np.array([math.cos(angle)]), math.sin(angle))
    assert bound == pytest.approx(100)


@pytest.mark.parametrize(
    ("X", "y"),
    [
        (np.zeros((0, 2)), np.zeros(0)),
        (np.zeros(3), np.ones(3)),
        (np.zeros((3, 2)), np.ones(2)),
        (np.zeros((3, 2)), np.ones((3, 1))),
    ],
)
def test_bad_shapes_of_points_are_rejected(X, y):
    for call in (
        lambda: perceptron_fit(X, y, 3),
        lambda: novikoff_bound(X, y, np.ones(2), 0.0),
    ):
        with pytest.raises(ValueError, match=r"^need X \(n, d\) with n >= 1 and y"):
            call()


def test_bad_values_for_the_perceptron_are_rejected():
    with pytest.raises(ValueError, match=r"labels must be -1 or 1, got \[0, 1\]"):
        perceptron_fit(TABLE, np.array([0, 1, 1, 0]), 3)
    with pytest.raises(ValueError, match="X must be finite"):
        perceptron_fit(np.full((4, 2), math.inf), AND, 3)
    for bad in (0, -1, 2.0, True, None):
        with pytest.raises(ValueError, match=r"max_epochs must be an integer >= 1"):
            perceptron_fit(TABLE, AND, bad)
    with pytest.raises(ValueError, match=r"w must have shape \(2,\), got \(3,\)"):
        novikoff_bound(TABLE, AND, np.ones(3), 0.0)
    with pytest.raises(ValueError, match="the plane must separate, got a score of -1"):
        novikoff_bound(TABLE, AND, np.ones(2), 0.0)
    for w, b in (([math.inf, 0], 0.0), ([1, 1], math.nan)):
        with pytest.raises(ValueError, match=r"^w and b must be finite, got \["):
            novikoff_bound(TABLE, AND, np.array(w), b)
    w, b = np.array([3, 2]), -4.0  # any length of the plane gives the same
    for size in (1e-300, 1e300):
        bound = novikoff_bound(TABLE, AND, size * w, size * b)
        assert bound == pytest.approx(novikoff_bound(TABLE, AND, w, b))
    with pytest.raises(
        ValueError, match=r"the plane must separate, got a score of -?0"
    ):
        novikoff_bound(TABLE, AND, np.zeros(2), 0.0)


def test_two_layers_of_thresholds_compute_xor():
    x = torch.from_numpy(TABLE)
    either = heaviside(x @ torch.ones(2, dtype=torch.float64) - 0.5)
    both = heaviside(x @ torch.ones(2, dtype=torch.float64) - 1.5)
    assert heaviside(either - both - 0.5).tolist() == [0, 1, 1, 0]


# Gated linear units

sizes = st.integers(1, 6)


@given(st.integers(0, 2**32 - 1), sizes, sizes, st.lists(sizes, max_size=2))
def test_a_glu_is_its_sums_written_out(seed, d, hidden, batch):
    generator = seeded(seed)
    x, W, V, W2 = (
        torch.randn(shape, generator=generator, dtype=torch.float64)
        for shape in ((*batch, d), (d, hidden), (d, hidden), (hidden, d))
    )
    up, value = F.linear(x, W.T), F.linear(x, V.T)
    for gate, oracle in ((silu, F.silu), (gelu, F.gelu), (relu, F.relu)):
        expected = torch.einsum("...h,...h,hd->...d", oracle(up), value, W2)
        same(glu_ffn(x, W, V, W2, gate), expected)
    # torch gates with the second half: its order is the other way round.
    halves = torch.cat([value, up], dim=-1)
    same(glu_ffn(x, W, V, W2, sigmoid), F.glu(halves) @ W2)


def test_a_glu_is_neither_swish_times_x_nor_symmetric_in_its_halves():
    x = torch.tensor([1.0, -2.0])
    W, V = (
        torch.tensor([[1.0, 0.0], [0.0, 1.0]]),
        torch.tensor([[0.0, 1.0], [1.0, 0.0]]),
    )
    eye = torch.eye(2)
    gated = glu_ffn(x, W, V, eye, silu)
    assert not torch.allclose(gated, silu(x) * x)
    assert not torch.allclose(gated, glu_ffn(x, V, W, eye, silu))
    assert torch.allclose(glu_ffn(x, eye, eye, eye, silu), silu(x) * x)


@pytest.mark.parametrize(
    ("x", "W", "V", "W2"),
    [
        ((3,), (2, 4), (2, 4), (4, 2)),
        ((2,), (2, 4), (2, 5), (4, 2)),
        ((2,), (2, 4), (1, 4), (4, 2)),
        ((2,), (2, 4), (2, 4), (2, 4)),
        ((2,), (2, 4), (2, 4), (4, 3)),
        ((), (2, 4), (2, 4), (4, 2)),
        ((2,), (2,), (2,), (2,)),
        ((5, 2), (5, 2, 4), (5, 2, 4), (4, 2, 5)),
    ],
)
def test_glu_shapes_that_do_not_fit_are_rejected(x, W, V, W2):
    tensors = [torch.zeros(shape) for shape in (x, W, V, W2)]
    with pytest.raises(ValueError, match=r"^need x \(\.\.\., d\), W \(d, hidden\)"):
        glu_ffn(*tensors, silu)


@pytest.mark.parametrize(
    ("d", "multiple_of", "ffn_mult", "hidden"),
    [
        (4096, 256, 1.0, 11008),
        (5120, 256, 1.0, 13824),
        (8192, 4096, 1.3, 28672),
        (4096, 1024, 1.3, 14336),
        (768, 1, 1.0, 2048),
        (1, 1, 1.0, 2),
        (1, 64, 0.1, 64),
        (3, 8, 1.0, 8),
        (3, 1, 1.2, 9),  # 9.6, and the rule drops the rest
        (7, 1, 1.5, 27),  # 56 // 3 = 18, times 1.5; 28 without the first rounding
    ],
)
def test_hidden_widths_of_known_models(d, multiple_of, ffn_mult, hidden):
    assert glu_hidden_dim(d, multiple_of, ffn_mult) == hidden


def test_parameters_of_known_models():
    assert 3 * 4096 * 11008 == 135_266_304
    assert round(135_266_304 / (8 * 4096**2), 4) == 1.0078
    assert 3 * 768 * 2048 == 2 * 768 * 3072 == 4_718_592


@given(st.integers(1, 20_000), st.integers(1, 5000))
def test_the_hidden_width_is_the_least_multiple_from_8d_over_3_on(d, multiple_of):
    hidden = glu_hidden_dim(d, multiple_of)
    assert hidden % multiple_of == 0
    assert hidden - multiple_of < 8 * d // 3 <= hidden


@pytest.mark.parametrize("bad", [0, -1, 2.0, True, "8"])
def test_bad_widths_are_rejected(bad):
    with pytest.raises(ValueError, match=r"^d must be an integer >= 1, got"):
        glu_hidden_dim(bad, 8)
    with pytest.raises(ValueError, match=r"^multiple_of must be an integer >= 1, got"):
        glu_hidden_dim(8, bad)


def test_widths_past_the_digits_of_a_float_are_still_multiples():
    hidden = glu_hidden_dim(10**20, 3)
    assert hidden % 3 == 0
    assert hidden >= int(1.0 * (8 * 10**20 // 3))
    with pytest.raises(ValueError, match=r"^ffn_mult \* 8d/3 must be finite, got inf"):
        glu_hidden_dim(4096, 256, 1e308)


@pytest.mark.parametrize("bad", [0, -1.0, math.inf, math.nan])
def test_a_bad_multiplier_is_rejected(bad):
    with pytest.raises(ValueError, match=r"^ffn_mult must be finite and > 0, got"):
        glu_hidden_dim(8, 8, bad)


# Experiments


def test_xor_needs_an_activation_and_any_will_do():
    for f, seed in itertools.product((relu, tanh, silu, gelu), (0, 1, 4)):
        assert xor_loss(f, seed) < 0.01
    assert xor_loss(lambda x: x, 0) == pytest.approx(math.log(2), abs=1e-4)


@pytest.mark.parametrize("f", [relu, tanh, gelu, silu])
def test_ten_layers_learn_if_the_gain_matches(f):
    assert deep_loss(f, initial_gain(f), seed=1) < 0.1


@pytest.mark.parametrize("f", [sigmoid, gelu])
def test_ten_layers_with_too_little_signal_stay_at_a_coin_toss(f):
    for gain in {sigmoid: (1.0, initial_gain(sigmoid)), gelu: (1.0,)}[f]:
        assert deep_loss(f, gain, seed=1) == pytest.approx(math.log(2), abs=2e-3)


def test_the_quadrants_are_beyond_a_network_without_activation():
    loss = deep_loss(lambda z: z, 1.0, seed=1, depth=2, steps=100)
    assert loss == pytest.approx(math.log(2), abs=0.02)


def centred(z):
    return sigmoid(z) - 0.5


def test_gradients_vanish_through_20_sigmoids_only():
    for seed in (0, 1, 2):
        assert 1e-12 < gradient_ratio(sigmoid, 1.0, 20, seed) < 4e-12
        ratio = gradient_ratio(sigmoid, initial_gain(sigmoid), 20, seed)
        assert 1e-8 < ratio < 4e-8
        # 19 layers at 0.15 for the squared norm, and the root of it.
        assert ratio == pytest.approx(
            (slope_moment(sigmoid) / second_moment(sigmoid)) ** 9.5, rel=0.6
        )
        # The same curve without its mean, 1/2: nothing else is changed.
        assert 1 < gradient_ratio(centred, initial_gain(centred), 20, seed) < 4
        for f in (relu, gelu, silu, tanh):
            assert 0.3 < gradient_ratio(f, initial_gain(f), 20, seed) < 10
            assert 0.3 < gradient_ratio(f, 1.0, 20, seed) < 10
    assert gradient_ratio(relu, 1.0, 1) == 1


def test_the_function_and_the_gain_must_both_fit():
    # Of another seed than the page's, whose block shows most of them too.
    for f in (elu, selu, relu):
        assert deep_loss(f, 1.0, 0) < 0.2
    for f in (gelu, silu):
        assert deep_loss(f, 1.0, 0) > 0.68
        assert deep_loss(f, initial_gain(f), 0) < 0.2
    assert deep_loss(sigmoid, initial_gain(sigmoid), 0) > 0.69
    # Nothing but the constant is taken away, and the gain made to fit.
    assert deep_loss(centred, initial_gain(centred), 0) < 0.25


def test_a_gain_of_12_makes_the_sigmoid_learn_at_sums_of_variance_65():
    z, weight = (torch.from_numpy(x) for x in np.polynomial.hermite_e.hermegauss(150))
    weight = weight / weight.sum()
    factors = {}
    for gain in (initial_gain(sigmoid), 12.0):
        variance = 1.0
        for _ in range(100):  # from layer to layer, until it stays
            y = sigmoid(variance**0.5 * z)
            variance = gain**2 * (y.square() * weight).sum().item()
        slope = y * (1 - y)
        factors[gain] = gain**2 * (slope.square() * weight).sum().item()
    assert variance == pytest.approx(65, abs=0.5)
    assert factors[12.0] == pytest.approx(1.14, abs=0.005)
    assert factors[initial_gain(sigmoid)] == pytest.approx(0.15, abs=0.005)
    assert deep_loss(sigmoid, 12.0, 0) < 0.2
    assert deep_loss(sigmoid, 4.0, 0) > 0.69


def test_a_gradient_can_shrink_by_no_more_than_the_share_of_the_constant():
    # Poincare's inequality: E f'^2 is at least the variance of f.
    for f in (sigmoid, relu, leaky_relu, gelu, silu, mish, tanh, relu2, elu, centred):
        factor = slope_moment(f) / second_moment(f)
        assert factor >= 1 - constant_share(f) - 1e-9


def test_a_step_has_no_slope_and_a_zero_no_share():
    assert slope_moment(heaviside) == slope_moment(lambda z: torch.ones_like(z)) == 0
    # A jump has no constant to lose, and still no slope.
    assert slope_moment(torch.sign) == 0 == pytest.approx(constant_share(torch.sign))
    with pytest.raises(ValueError, match=r"^E\[f\(z\)\^2\] must be finite and > 0"):
        constant_share(lambda z: 0 * z)


def test_a_dead_unit_comes_back_when_the_layer_before_it_moves():
    v = torch.tensor(-1.0, requires_grad=True)  # the layer before, one weight
    w = torch.tensor([3.0, 1.0], requires_grad=True)
    b = torch.tensor([5.0, 0.0], requires_grad=True)
    alive = []
    for _ in range(5):
        units = relu(w * v + b)
        alive.append(units[1].item() > 0)
        if not any(alive):
            assert (w[1].item(), b[1].item()) == (1, 0)  # its own: no gradient
        grads = torch.autograd.grad(-units.sum(), (v, w, b))
        v, w, b = (
            (x - 0.6 * g).detach().requires_grad_()
            for x, g in zip((v, w, b), grads, strict=True)
        )
    assert not alive[0]
    assert alive[-1]


def test_a_threshold_needs_a_weight_below_0_to_compute_not():
    x = torch.tensor([0.0, 1.0])
    assert heaviside(0.5 - x).tolist() == [1, 0]
    for weight in (0.0, 0.5, 1.0):  # the more it gets, the sooner it fires
        assert (heaviside(weight * x - 0.5).diff() >= 0).all()


@pytest.mark.parametrize("seed", range(0, 90, 3))
def test_glus_grow_by_75_to_200_where_the_input_grows_by_10_and_the_first_by_16(seed):
    x, W, V = (
        torch.randn(shape, generator=seeded(seed + i), dtype=torch.float64)
        for i, shape in enumerate(((5, 8), (8, 16), (8, 16)))
    )

    def growth(gate, size):
        large, small = (glu_ffn(c * size * x, W, V, W.T, gate).norm() for c in (10, 1))
        return (large / small).item()

    for size in np.logspace(-4, 3, 15):
        for gate in (gelu, silu):
            assert 75 < growth(gate, size) < 200
        assert growth(relu, size) == pytest.approx(100)
        assert 9 < growth(sigmoid, size) < 16


def test_gelu_at_gain_1_leaves_less_than_a_300th_of_the_signal_after_ten_layers():
    z = torch.randn(256, 32, generator=seeded(), dtype=torch.float64)
    sizes = {}
    for gain in (1.0, initial_gain(gelu)):
        x, draws = z, seeded(1)
        for _ in range(10):
            W = torch.randn(32, 32, generator=draws, dtype=torch.float64)
            x = gelu(x @ W * gain / 32**0.5)
        sizes[gain] = x.square().mean().sqrt().item()
    assert sizes[1.0] < 1 / 300
    assert 0.2 < sizes[initial_gain(gelu)] < 5


def test_losses_are_those_after_the_last_step():
    # No step leaves the loss of the start, one step lowers it.
    for loss in (
        lambda steps: xor_loss(tanh, 0, steps=steps),
        lambda steps: deep_loss(tanh, 1.6, 0, steps=steps),
    ):
        assert loss(0) != loss(1) != loss(2)


def test_one_step_of_gradient_descent_has_a_rate_of_a_fifth():
    draws = seeded(4)

    def normal(*shape):
        return torch.randn(shape, generator=draws, dtype=torch.float64)

    quadrants = torch.tensor([[-1, -1], [1, -1], [-1, 1], [1, 1]]).repeat(64, 1)
    x = quadrants * normal(256, 2).abs()
    y = (x[:, 0] * x[:, 1] > 0).double()
    start = [normal(2, 32) * 1.5 / 2**0.5, normal(32, 32) * 1.5 / 32**0.5]
    start += [normal(32, 1) / 32**0.5, *(x.new_zeros(k) for k in (32, 32, 1))]

    def loss(leaves):
        W, V, w, b, c, d = leaves
        logits = tanh(tanh(x @ W + b) @ V + c) @ w + d
        return -F.logsigmoid((2 * y - 1) * logits[:, 0]).mean()

    leaves = [p.requires_grad_() for p in start]
    slopes = torch.autograd.grad(loss(leaves), leaves)
    after = loss([p - 0.2 * g for p, g in zip(leaves, slopes)]).item()
    assert deep_loss(tanh, 1.5, 4, depth=2, steps=1) == pytest.approx(after, abs=1e-12)


def test_the_first_step_on_xor_moves_each_weight_by_a_twentieth():
    draws = seeded(2)
    x, y = torch.from_numpy(TABLE), torch.from_numpy(XOR)

    def uniform(*shape, root):
        numbers = torch.rand(shape, generator=draws, dtype=torch.float64)
        return ((2 * numbers - 1) / root).requires_grad_()

    leaves = [uniform(2, 3, root=2**0.5), uniform(3, root=2**0.5)]
    leaves += [uniform(3, root=3**0.5), uniform(1, root=3**0.5)]

    def loss(W, b, w, c):
        return -F.logsigmoid(y * (tanh(x @ W + b) @ w + c)).mean()

    slopes = torch.autograd.grad(loss(*leaves), leaves)
    moved = [p - 0.05 * g / (g.abs() + 1e-8) for p, g in zip(leaves, slopes)]
    assert xor_loss(tanh, 2, hidden=3, steps=1) == pytest.approx(
        loss(*moved).item(), abs=1e-9
    )


@pytest.mark.parametrize("bad", [-1, 2.5, True, "3", math.nan])
def test_bad_settings_of_the_experiments_are_rejected(bad):
    for call, name in (
        (lambda: xor_loss(tanh, bad), "seed"),
        (lambda: xor_loss(tanh, 0, bad), "hidden"),
        (lambda: xor_loss(tanh, 0, 3, bad), "steps"),
        (lambda: deep_loss(tanh, 1.0, 0, bad), "depth"),
        (lambda: gradient_ratio(tanh, 1.0, 2, 0, bad), "width"),
    ):
        with pytest.raises(
            ValueError, match=f"^{name} must be an integer >= [01].*got"
        ):
            call()


@pytest.mark.parametrize("bad", [0, -1.0, math.inf, math.nan, "1", True])
def test_a_bad_gain_is_rejected(bad):
    for f in (lambda: deep_loss(tanh, bad, 0), lambda: gradient_ratio(tanh, bad, 2)):
        with pytest.raises(ValueError, match=r"^gain must be finite and > 0, got"):
            f()


def test_a_glu_in_float16_does_not_overflow_on_the_way():
    # The hidden numbers reach 300 * 300 = 90,000; the result is 9.
    x, W = torch.full((1, 1), 300.0).half(), torch.ones(1, 1).half()
    out = glu_ffn(x, W, W, torch.full((1, 1), 1e-4).half(), relu)
    assert out.item() == pytest.approx(9, rel=1e-2)


def test_a_glu_of_two_types_or_of_integers_is_rejected():
    x, W = torch.ones(1, 1), torch.ones(1, 1, dtype=torch.float64)
    for tensors in ((x, W, x, x), (x.long(),) * 4):
        with pytest.raises(ValueError, match=r"^need one float type, got torch"):
            glu_ffn(*tensors, relu)


def test_a_dead_relu_stays_dead_and_the_others_do_not():
    for f, alive in ((relu, False), (relu2, False), (leaky_relu, True), (silu, True)):
        bias = torch.full((1,), -10.0, dtype=torch.float64, requires_grad=True)
        x = torch.randn(1000, 1, generator=seeded(), dtype=torch.float64)
        (slope,) = torch.autograd.grad(f(x + bias).sum(), bias)
        assert (slope.item() != 0) == alive


class Traffic(TorchDispatchMode):
    """Elements that each operation reads and writes, views left out."""

    def __init__(self):
        super().__init__()
        self.elements = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        if func.__name__.split(".")[0] in ("silu", "mul", "silu_backward"):
            read = [x for x in args if isinstance(x, torch.Tensor)]
            self.elements += sum(x.numel() for x in read) + out.numel()
        else:
            assert func.__name__.split(".")[0] in ("detach", "ones_like", "expand")
        return out


def test_eager_moves_5_elements_forward_and_9_backward():
    a, b = (torch.ones(7, requires_grad=True) for _ in range(2))
    g = torch.ones(7)
    with Traffic() as forward:
        out = F.silu(a) * b
    with Traffic() as backward:
        torch.autograd.grad(out, (a, b), g)
    assert (forward.elements, backward.elements) == (5 * 7, 9 * 7)


# Triton, without a GPU


def exact_silu_mul(a, b, do):
    """Output and both gradients in float64, by torch."""
    a, b = (x.double().detach().requires_grad_() for x in (a, b))
    out = F.silu(a) * b
    return [out.detach(), *torch.autograd.grad(out, (a, b), do.double())]


def triton_silu_mul(a, b, do):
    from snippets.nlp.activation_functions.kernels import silu_mul

    a, b = (x.detach().requires_grad_() for x in (a, b))
    out = silu_mul(a, b)
    return [out.detach(), *torch.autograd.grad(out, (a, b), do)]


def eager_silu_mul(a, b, do):
    a, b = (x.detach().requires_grad_() for x in (a, b))
    out = F.silu(a) * b
    return [out.detach(), *torch.autograd.grad(out, (a, b), do)]


def normal(*shape, seed=0, device="cpu", dtype=torch.float32):
    draws = torch.randn(3, *shape, generator=seeded(seed))
    return [x.to(device, dtype) for x in draws]


def worst(actual, expected):
    return (actual.double() - expected.double()).abs().max().item()


@interpreted
@pytest.mark.parametrize(
    "shape", [(1,), (5,), (1024,), (3, 1025), (2, 3, 7), (2, 2100)]
)
def test_kernels_follow_torch(shape):
    tensors = normal(*shape)
    for ours, truth in zip(triton_silu_mul(*tensors), exact_silu_mul(*tensors)):
        assert ours.shape == shape
        assert worst(ours, truth) < 2e-6


@interpreted
@settings(max_examples=10)
@given(st.integers(1, 4), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_kernels_for_any_size(rows, columns, seed):
    tensors = normal(rows, columns, seed=seed)
    for ours, truth in zip(triton_silu_mul(*tensors), exact_silu_mul(*tensors)):
        assert worst(ours, truth) < 4e-6


@interpreted
def test_kernels_in_float16_err_no_more_than_twice_as_much_as_eager():
    tensors = normal(9, 333, dtype=torch.float16)
    results = triton_silu_mul(*tensors), eager_silu_mul(*tensors)
    for ours, theirs, truth in zip(*results, exact_silu_mul(*tensors)):
        assert ours.dtype == torch.float16
        assert worst(ours, truth) <= 2 * worst(theirs, truth)


@interpreted
def test_kernels_take_halves_of_one_matrix_and_any_other_layout():
    generator = seeded()
    packed = torch.randn(2, 5, 66, generator=generator)
    turned = torch.randn(33, 5, 2, generator=generator).permute(2, 1, 0)
    one = torch.randn(1, generator=generator).expand(2, 5, 33)
    a, b = packed.chunk(2, dim=-1)
    for triple in ((a, b, one), (b, turned, a), (turned, one, turned)):
        for ours, truth in zip(triton_silu_mul(*triple), exact_silu_mul(*triple)):
            assert worst(ours, truth) < 4e-6


@interpreted
def test_halves_of_one_matrix_are_not_copied():
    from snippets.nlp.activation_functions import kernels

    packed = torch.randn(2, 5, 66)
    for half in packed.chunk(2, dim=-1):
        rows = kernels._rows(half)
        assert rows.data_ptr() == half.data_ptr()
        assert (rows.shape, rows.stride()) == ((10, 33), (66, 1))


@interpreted
def test_kernels_survive_huge_inputs():
    a = torch.tensor([-1e4, -100.0, -90.0, 0.0, 90.0, 1e4])
    b, do = torch.full((6,), 3.0), torch.ones(6)
    for ours, truth in zip(triton_silu_mul(a, b, do), exact_silu_mul(a, b, do)):
        torch.testing.assert_close(ours, truth.float(), rtol=1e-6, atol=1e-30)


@interpreted
@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        (torch.ones(3), torch.ones(4), r"need a and b of one shape .* \(3,\) and \(4,"),
        (torch.ones(2, 3), torch.ones(3), "need a and b of one shape"),
        (torch.ones(0), torch.ones(0), r"not empty, got \(0,\)"),
        (torch.ones(()), torch.ones(()), r"got \(\) and \(\)"),
        (
            torch.ones(3),
            torch.ones(3).half(),
            "need one dtype .* got torch.float32 and",
        ),
        (torch.ones(3).double(), torch.ones(3).double(), "got torch.float64"),
        (torch.ones(3).bfloat16(), torch.ones(3).bfloat16(), "Triton's interpreter"),
        (torch.ones(3), torch.ones(3, device="meta"), "one CUDA GPU .* cpu and meta"),
    ],
)
def test_kernels_reject_what_they_cannot_do(a, b, message):
    from snippets.nlp.activation_functions.kernels import silu_mul

    with pytest.raises(ValueError, match=message):
        silu_mul(a, b)


@needs_triton
@pytest.mark.timeout(120)
def test_kernels_compile_for_hopper(tmp_path):
    # The interpreter knows no types; the compiler needs no GPU.
    script = """
    import torch, triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource
    from snippets.nlp.activation_functions import kernels

    for kernel in (kernels._forward_kernel, kernels._backward_kernel):
        signature, hints = {}, {}
        for i, name in enumerate(kernel.arg_names):
            if name == "block":
                signature[name] = "constexpr"
            elif name.endswith("_ptr"):
                signature[name] = "*bf16"
                hints[(i,)] = [["tt.divisibility", 16]]
            else:
                signature[name] = "i32"
                hints[(i,)] = [["tt.divisibility", 16]]
        constants = {(kernel.arg_names.index("block"),): kernels._BLOCK}
        result = triton.compile(
            ASTSource(kernel, signature, constants, hints),
            target=GPUTarget("cuda", 90, 32),
            options=kernels._OPTIONS,
        )
        ptx = result.asm["ptx"]
        print(ptx.count("ld.global.v4"), ptx.count("st.global.v4"))
    try:
        kernels.silu_mul(torch.ones(3), torch.ones(3))
    except ValueError as error:
        print(error)
    """
    *counts, refusal = lines_of_compiler(script, tmp_path)
    # 1024 numbers of 2 bytes by 128 threads: 16 bytes, one wide access a tensor.
    assert counts == ["2 1", "3 2"]
    assert refusal.startswith("need tensors on one CUDA GPU")
    assert refusal.endswith("got cpu and cpu")


# Triton, on a GPU: `nox -s gpu`


@pytest.mark.gpu
@pytest.mark.timeout(300)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_gpu_kernels_err_no_more_than_twice_as_much_as_eager(dtype):
    floor = 4e-6 if dtype == torch.float32 else 1e-6  # where eager happens to be exact
    for shape, seed in itertools.product(((1,), (3, 1025), (2, 50, 11008)), (0, 1)):
        tensors = normal(*shape, seed=seed, device="cuda", dtype=dtype)
        results = triton_silu_mul(*tensors), eager_silu_mul(*tensors)
        for ours, theirs, truth in zip(*results, exact_silu_mul(*tensors)):
            assert ours.dtype == dtype
            assert worst(ours, truth) <= 2 * worst(theirs, truth) + floor


@pytest.mark.gpu
@pytest.mark.timeout(300)
def test_gpu_kernels_take_halves_of_one_matrix():
    packed = torch.randn(64, 2 * 1000, device="cuda", dtype=torch.bfloat16)
    a, b = packed.chunk(2, dim=-1)
    do = torch.randn(64, 1000, device="cuda").bfloat16()
    results = triton_silu_mul(a, b, do), eager_silu_mul(a, b, do)
    for ours, theirs, truth in zip(*results, exact_silu_mul(a, b, do)):
        assert worst(ours, truth) <= 2 * worst(theirs, truth) + 1e-6


@pytest.mark.gpu
@pytest.mark.timeout(300)
def test_gpu_kernels_reach_past_two_to_the_31_elements():
    # 2^31 + 2^14 elements: a row's offset held in 32 bits would wrap in the last row.
    rows, columns = 2**17 + 1, 2**14
    a = torch.zeros(rows, columns, device="cuda", dtype=torch.bfloat16)
    a[-1] = 2.0
    b = torch.ones_like(a)
    tail = torch.tensor(2.0, dtype=torch.bfloat16) / (1 + math.exp(-2))
    with torch.no_grad():
        from snippets.nlp.activation_functions.kernels import silu_mul

        out = silu_mul(a, b)
    assert out[-1].float().cpu().sub(tail).abs().max() < 0.01
    assert out[:-1].count_nonzero() == 0


def test_a_refusal_names_the_largest_integer_however_large():
    checks = importlib.import_module("snippets.nlp.activation_functions._checks")
    for most in (2, 5000):
        with pytest.raises(ValueError, match=f"n must be .*>= 1 and <= {most}, got 0"):
            checks._integer("n", 0, 1, most)


@pytest.mark.parametrize("word", ["none", "tanh", "quick"])
def test_far_out_gelu_is_a_line_with_its_slope(word):
    x = torch.tensor([-1e25, -1e4, 1e4, 1e25], requires_grad=True)  # x^2 overflows
    y = gelu(x, word)
    assert y.tolist() == [0, 0, *x[2:].tolist()]
    (slope,) = torch.autograd.grad(y.sum(), x)
    assert slope.tolist() == [0, 0, 1, 1]
