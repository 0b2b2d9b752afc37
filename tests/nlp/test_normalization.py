"""Oracles: torch's norms, autograd, finite differences, closed forms, sums by hand."""

import math
from functools import cache

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from figures.nlp import normalization as figure
from snippets.nlp.normalization import (
    layer_norm,
    layer_norm_backward,
    qk_norm_scores,
    rms_norm,
    rms_norm_backward,
    stack_gradients,
)

X = np.array([1.0, 2.0, 3.0, 4.0])
FIRST = np.array([1.0, 0.0, 0.0, 0.0])
shapes = st.lists(st.integers(1, 4), max_size=2).map(tuple)
widths = st.integers(2, 7)
seeds = st.integers(0, 10_000)


def close(actual, expected, atol=1e-12):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=atol)


def drawn(seed, *shape):
    rng = np.random.default_rng(seed)
    return rng.standard_normal(shape) * rng.integers(1, 9) + rng.integers(-3, 4)


def tensor(array):
    return torch.tensor(array, requires_grad=True)


# ---- forward


@settings(max_examples=25)
@given(shapes, widths, seeds)
def test_both_norms_are_those_of_torch(shape, d, seed):
    x, gain, shift = drawn(seed, *shape, d), drawn(seed + 1, d), drawn(seed + 2, d)
    ours = layer_norm(x, gain, shift, 1e-3)
    close(
        ours,
        F.layer_norm(tensor(x), (d,), tensor(gain), tensor(shift), 1e-3).detach(),
        1e-11,
    )
    close(layer_norm(x), F.layer_norm(tensor(x), (d,)).detach(), 1e-11)
    close(layer_norm(x, shift=shift), layer_norm(x) + shift)
    ours = rms_norm(x, gain, 1e-3)
    close(ours, F.rms_norm(tensor(x), (d,), tensor(gain), 1e-3).detach(), 1e-11)
    close(rms_norm(x), F.rms_norm(tensor(x), (d,), eps=1e-6).detach(), 1e-11)


def test_four_features_by_hand():
    close(layer_norm(X), [-1.341635, -0.447212, 0.447212, 1.341635], 1e-6)
    close(rms_norm(X), [0.365148, 0.730297, 1.095445, 1.460593], 1e-6)
    root = math.sqrt(1.25)
    close(layer_norm(X, eps=0), [-1.5 / root, -0.5 / root, 0.5 / root, 1.5 / root])
    close(rms_norm(X, eps=0), X / math.sqrt(7.5))
    with_sample = (X - 2.5) / X.std(ddof=1)  # the common wrong divisor
    close(with_sample[0], -1.161895, 1e-6)


def test_constant_rows_and_zeros_give_no_nan():
    close(layer_norm(np.full(5, 5.0)), np.zeros(5))
    close(layer_norm(np.full(3, 0.1)), np.zeros(3), 0)
    close(rms_norm(np.full(5, 5.0)), np.ones(5), 1e-6)
    close(rms_norm(np.full(5, 5.0), eps=0), np.ones(5))
    close(layer_norm(np.zeros(3)), np.zeros(3))
    close(rms_norm(np.zeros(3)), np.zeros(3))
    close(layer_norm(np.array([[7.0], [-2.0]])), [[0.0], [0.0]])
    close(rms_norm(np.array([[7.0], [-2.0]]), eps=0), [[1.0], [-1.0]])


def test_a_row_far_from_zero_keeps_its_digits():
    close(layer_norm(X + 2.0**40, eps=0), layer_norm(X, eps=0))
    close(layer_norm(1e150 * X / 4, eps=0), layer_norm(X, eps=0))
    close(rms_norm(1e-150 * X, eps=0), rms_norm(X, eps=0))


@settings(max_examples=20)
@given(widths, seeds)
def test_layer_norm_is_rms_norm_of_the_centred_row(d, seed):
    x = drawn(seed, 3, d)
    centred = x - x.mean(axis=-1, keepdims=True)
    close(layer_norm(x, eps=0.01), rms_norm(centred, eps=0.01))


def test_of_two_features_only_the_order_remains():
    pairs = np.array([[3.0, 3.001], [3.0, 300.0], [5.0, -2.0]])
    close(layer_norm(pairs, eps=0), [[-1, 1], [-1, 1], [1, -1]])


@settings(max_examples=20)
@given(st.integers(2, 40), seeds)
def test_without_eps_the_output_has_length_root_d(d, seed):
    x = drawn(seed, d)
    close(np.linalg.norm(layer_norm(x, eps=0)), math.sqrt(d))
    close(np.linalg.norm(rms_norm(x, eps=0)), math.sqrt(d))


def test_offset_and_scale_are_forgotten_by_one_and_scale_by_the_other():
    batch = np.stack([X, 100 * X, X + 100])
    close(layer_norm(batch, eps=0), np.tile(layer_norm(X, eps=0), (3, 1)))
    close(rms_norm(batch, eps=0)[1], rms_norm(X, eps=0))
    close(rms_norm(batch, eps=0)[2], (X + 100) / math.sqrt(102.5**2 + 1.25))


def test_eps_counts_where_the_input_is_small():
    off = abs(layer_norm(1000 * X) - layer_norm(X)).max()
    assert 5.3e-6 < off < 5.5e-6
    close(layer_norm(X / 1000), [-0.447214, -0.149071, 0.149071, 0.447214], 1e-6)
    close(layer_norm(X / 1000), layer_norm(X, eps=0) / 3)
    close(rms_norm(X / 1000), [0.342997, 0.685994, 1.028992, 1.371989], 1e-6)
    pair = np.array([1e-4, 2e-4])
    close(rms_norm(pair), [0.0988, 0.1975], 5e-5)
    close(rms_norm(pair, eps=1e-5), [0.0316, 0.0632], 5e-5)
    outside = pair / (np.sqrt(np.mean(pair**2)) + 1e-5)  # the common wrong place
    close(outside[0], 0.595, 5e-4)


def test_torchs_default_eps_is_that_of_the_type_it_computes_in():
    pair = torch.tensor([1e-4, 2e-4])
    ours = rms_norm(pair.double().numpy(), eps=float(torch.finfo(torch.float32).eps))
    close(ours, [0.2633, 0.5267], 5e-5)
    close(torch.nn.RMSNorm(2)(pair).detach(), ours, 1e-6)


# ---- backward


@settings(max_examples=25)
@given(shapes, widths, seeds)
def test_gradients_are_those_of_autograd(shape, d, seed):
    x, gain = drawn(seed, *shape, d), drawn(seed + 1, d)
    grad = drawn(seed + 3, *shape, d)
    a, b, c = tensor(x), tensor(gain), tensor(np.zeros(d))
    F.layer_norm(a, (d,), b, c, 1e-3).backward(torch.tensor(grad))
    for ours, theirs in zip(
        layer_norm_backward(grad, x, gain, 1e-3), (a, b, c), strict=True
    ):
        close(ours, theirs.grad, 1e-10)
    a, b = tensor(x), tensor(gain)
    F.rms_norm(a, (d,), b, 1e-3).backward(torch.tensor(grad))
    for ours, theirs in zip(
        rms_norm_backward(grad, x, gain, 1e-3), (a, b), strict=True
    ):
        close(ours, theirs.grad, 1e-10)


def test_defaults_of_the_backward_pass_are_those_of_the_forward_pass():
    x, step = X / 1000, 1e-7
    for forward, backward in (
        (layer_norm, layer_norm_backward),
        (rms_norm, rms_norm_backward),
    ):
        for j in range(4):
            up, down = x.copy(), x.copy()
            up[j] += step
            down[j] -= step
            slope = (forward(up) - forward(down))[0] / (2 * step)
            close(backward(FIRST, x)[0][j], slope, 1e-4)


def test_gradient_at_four_features_by_hand():
    grad = layer_norm_backward(FIRST, X, eps=0)[0]
    close(grad, [0.268328, -0.357771, -0.089443, 0.178885], 1e-6)
    close(grad, np.array([0.3, -0.4, -0.1, 0.2]) / math.sqrt(1.25))
    grad = rms_norm_backward(FIRST, X, eps=0)[0]
    close(grad, [0.352977, -0.024343, -0.036515, -0.048686], 1e-6)
    close(FIRST / X.std(), [0.894427, 0, 0, 0], 1e-6)  # mean and size held fixed


def test_singular_values_are_zero_twice_or_once_and_else_one_over_the_size():
    rows = np.tile(X, (4, 1))
    jacobian = layer_norm_backward(np.eye(4), rows, eps=0)[0]
    values = np.linalg.svd(jacobian)[1]
    close(values, [1 / math.sqrt(1.25)] * 2 + [0] * 2)
    close(jacobian @ np.ones(4), np.zeros(4))
    close(jacobian @ layer_norm(X, eps=0), np.zeros(4))
    jacobian = rms_norm_backward(np.eye(4), rows, eps=0)[0]
    close(np.linalg.svd(jacobian)[1], [1 / math.sqrt(7.5)] * 3 + [0])
    close(jacobian @ X, np.zeros(4))


def test_a_larger_input_gets_a_smaller_gradient():
    x, grad = drawn(0, 6), drawn(1, 6)
    for backward in (layer_norm_backward, rms_norm_backward):
        close(backward(grad, 10 * x, eps=0)[0], backward(grad, x, eps=0)[0] / 10)


# ---- sixteen bits


def test_float16_is_computed_wide_and_rounded_once():
    x = np.array([300, -300, 200, 100], dtype=np.float16)
    got = rms_norm(x)
    assert got.dtype == np.float16
    close(got.astype(float), [1.251, -1.251, 0.834, 0.417], 5e-4)
    with np.errstate(over="ignore"):
        naive = x / np.sqrt(np.mean(x * x) + np.float16(1e-6))
    close(naive.astype(float), np.zeros(4), 0)
    for function in (layer_norm, rms_norm):
        wide = function(x.astype(float))
        assert (function(x) == wide.astype(np.float16)).all()
        assert function(x.astype(np.float32)).dtype == np.float32


def test_sums_of_ones_stop_growing_in_sixteen_bits():
    total = np.float16(0)
    for _ in range(4096):
        total = total + np.float16(1)
    assert total == 2048
    one = torch.tensor(1.0, dtype=torch.bfloat16)
    total = torch.tensor(0.0, dtype=torch.bfloat16)
    for _ in range(300):
        total = total + one
    assert float(total) == 256


def test_the_variance_in_one_pass_is_lost():
    x = np.array([10000, 10001, 10002], dtype=np.float32)
    assert np.mean(x * x) - np.mean(x) ** 2 == 0
    close(x.var(), 2 / 3, 1e-6)
    close(
        layer_norm(x, eps=0).astype(float), [-math.sqrt(1.5), 0, math.sqrt(1.5)], 1e-6
    )


def test_rounding_before_the_gain_changes_a_quarter_of_the_results():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((100, 512)).astype(np.float16)
    gain = rng.standard_normal(512).astype(np.float16)
    once, twice = rms_norm(x, gain), rms_norm(x) * gain
    assert 0.2 < (once != twice).mean() < 0.3
    off = abs(once.astype(float) - twice.astype(float))
    assert (off <= 2 * abs(np.spacing(once)).astype(float)).all()


# ---- QK-norm


@settings(max_examples=20)
@given(seeds, st.integers(1, 4), st.integers(1, 4), st.integers(1, 6))
def test_scores_are_scaled_cosines(seed, n, m, d):
    q, k = drawn(seed, 2, n, d), drawn(seed + 1, 2, m, d)
    cosine = F.cosine_similarity(
        torch.tensor(q)[:, :, None], torch.tensor(k)[:, None], dim=-1
    )
    close(qk_norm_scores(q, k, 3.5, eps=0), 3.5 * cosine)
    size_q = np.sqrt((q**2).mean(-1) + 0.5)[:, :, None]
    size_k = np.sqrt((k**2).mean(-1) + 0.5)[:, None]
    close(
        qk_norm_scores(q, k, 1.0, eps=0.5), q @ k.swapaxes(1, 2) / d / size_q / size_k
    )


def test_the_usual_factor_after_rms_norm_is_scale_root_d():
    q, k = drawn(0, 3, 16), drawn(1, 5, 16)
    usual = rms_norm(q) @ rms_norm(k).T / math.sqrt(16)
    close(qk_norm_scores(q, k, 4), usual)


def test_largest_weight_of_a_thousand_keys():
    keys = np.eye(1024)
    for scale, expected in ((1, 0.0027), (8, 0.7445), (10, 0.9556)):
        weights = np.exp(qk_norm_scores(keys[:1], keys, scale, eps=0))
        close((weights / weights.sum()).max(), expected, 5e-5)


# ---- depth


@cache
def stacks(kind, alpha=1.0):
    runs = [stack_gradients(kind, 48, 128, seed, alpha) for seed in range(10)]
    return np.array([rms for rms, _ in runs]), np.array([norms for _, norms in runs])


def test_without_a_norm_stream_and_gradient_explode():
    rms, norms = stacks("none")
    assert (rms[:, -1] > 1e5).all()
    assert norms[:, 0].min() > 0.95e7
    assert norms[:, 0].max() < 2.55e7


def test_pre_norm_grows_as_the_root_of_depth():
    rms, norms = stacks("pre")
    assert (abs(rms[:, -1] / 7 - 1) < 0.3).all()
    close([rms[:, -1].min(), rms[:, -1].max()], [6.3, 7.7], 0.05)
    close(rms.mean(axis=0), np.sqrt(1 + np.arange(49)), 0.35)
    assert ((norms[:, 0] > 4) & (norms[:, 0] < 16)).all()
    close([norms[:, 0].min(), norms[:, 0].max()], [6.3, 10.8], 0.05)


def test_post_norm_keeps_size_and_gradient_though_its_skip_path_does_not():
    rms, norms = stacks("post")
    close(rms[:, -1], np.ones(10), 1e-4)
    close([norms[:, 0].min(), norms[:, 0].max()], [0.53, 2.28], 0.005)


def test_the_skip_path_of_post_norm_alone_loses_the_gradient():
    for seed in range(3):
        rng = np.random.default_rng(seed)
        weights = rng.standard_normal((48, 128, 128)) / math.sqrt(128)
        x, g = rms_norm(rng.standard_normal(128)), rng.standard_normal(128)
        g /= np.linalg.norm(g)
        inputs = []
        for W in weights:
            inputs.append(x + W @ x)
            x = rms_norm(inputs[-1])
        for before in inputs[::-1]:
            g = rms_norm_backward(g, before)[0]
        assert 0.25 < np.linalg.norm(g) * 2.0**24 < 4


@pytest.mark.parametrize("kind", ["none", "pre", "post"])
def test_stack_gradients_are_those_of_autograd(kind):
    depth, d, alpha, eps = 4, 6, 1.7, 0.1
    rng = np.random.default_rng(3)
    weights = rng.standard_normal((depth, d, d)) / math.sqrt(d)
    x = rng.standard_normal(d)
    x = x / math.sqrt((x**2).mean())
    g = rng.standard_normal(d)
    stream = [tensor(x)]
    for W in torch.tensor(weights):
        h = stream[-1]
        if kind == "none":
            new = h + W @ h
        elif kind == "pre":
            new = h + W @ F.rms_norm(h, (d,), eps=eps)
        else:
            new = F.rms_norm(alpha * h + W @ h, (d,), eps=eps)
        new.retain_grad()
        stream.append(new)
    stream[-1].backward(torch.tensor(g / np.linalg.norm(g)))
    rms, norms = stack_gradients(kind, depth, d, 3, alpha, eps)
    close(rms, [float((h.detach() ** 2).mean().sqrt()) for h in stream])
    close(norms, [float(h.grad.norm()) for h in stream])


def test_the_weight_of_deep_norm_makes_a_branch_turn_the_stream_less():
    alpha = (2 * 24) ** 0.25
    close(alpha, 2.63, 0.005)
    close(math.degrees(math.atan(1 / alpha)), 21, 0.5)
    _, plain = stacks("post")
    _, deep = stacks("post", alpha)
    assert (np.ptp(np.log(deep[:, 0])) < np.ptp(np.log(plain[:, 0]))).all()


# ---- what is refused


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: layer_norm(np.array([1, 2])),
            "x must be an array of floats, got dtype int",
        ),
        (lambda: rms_norm([1, 2]), "x must be an array of floats"),
        (lambda: rms_norm([[1.0], [1.0, 2.0]]), "x must be an array of floats"),
        (lambda: rms_norm(np.ma.masked_array([1.0])), "a masked array"),
        (lambda: rms_norm(np.array([1j])), "dtype complex"),
        (
            lambda: rms_norm(np.zeros((2, 0))),
            r"at least one feature, got shape \(2, 0\)",
        ),
        (lambda: layer_norm(np.float64(1)), r"at least one feature, got shape \(\)"),
        (lambda: rms_norm(np.array([1.0, math.nan])), "finite numbers.*got nan"),
        (lambda: rms_norm(np.array([1.0, -math.inf])), "finite numbers.*got -inf"),
        (lambda: rms_norm(np.array([1.1e150])), "finite numbers of at most 1e.150"),
        (
            lambda: layer_norm(X, gain=np.ones(3)),
            r"gain must have shape \(4,\), got \(3,\)",
        ),
        (lambda: layer_norm(X, shift=np.ones((1, 4))), r"shift must have shape \(4,\)"),
        (
            lambda: rms_norm(X, gain=np.ones(1)),
            r"gain must have shape \(4,\), got \(1,\)",
        ),
        (lambda: layer_norm_backward(np.ones(3), X), r"grad must have shape \(4,\)"),
        (lambda: rms_norm_backward(np.ones((1, 4)), X), r"grad must have shape \(4,\)"),
        (lambda: layer_norm(X, eps=-1e-5), "eps must be a number, at least 0"),
        (lambda: rms_norm(X, eps=True), "eps must be a number"),
        (lambda: rms_norm(X, eps=math.inf), "eps must be a number"),
        (lambda: rms_norm(X, eps=10**400), "eps must be a number"),
        (lambda: rms_norm(X, eps="1"), "eps must be a number"),
        (lambda: rms_norm(np.zeros(3), eps=0), "eps must be > 0"),
        (lambda: layer_norm(np.full(3, 5.0), eps=0), "eps must be > 0"),
        (lambda: qk_norm_scores(np.ones((2, 3)), np.ones((2, 4)), 1), "q and k must"),
        (lambda: qk_norm_scores(np.ones(3), np.ones((2, 3)), 1), "q and k must"),
        (lambda: qk_norm_scores(np.ones((2, 3)), np.ones(3), 1), "q and k must"),
        (
            lambda: qk_norm_scores(np.ones((1, 2, 3)), np.ones((2, 2, 3)), 1),
            "q and k must",
        ),
        (
            lambda: qk_norm_scores(np.ones((2, 3)), np.ones((2, 3), np.float32), 1),
            "one dtype",
        ),
        (
            lambda: qk_norm_scores(np.ones((2, 3)), np.ones((2, 3)), math.nan),
            "scale must",
        ),
        (
            lambda: qk_norm_scores(np.ones((2, 3)), np.ones((2, 3)), math.inf),
            "scale must",
        ),
        (lambda: stack_gradients("sandwich", 2, 3), "kind must be one of"),
        (lambda: stack_gradients("pre", 0, 3), "depth must be an integer >= 1, got 0"),
        (lambda: stack_gradients("pre", 2, 1), "d must be an integer >= 2, got 1"),
        (lambda: stack_gradients("pre", 2.0, 3), "depth must be an integer"),
        (lambda: stack_gradients("pre", 2, 3, seed=-1), "seed must be an integer >= 0"),
        (lambda: stack_gradients("pre", True, 3), "depth must be an integer"),
        (
            lambda: stack_gradients("post", 2, 3, alpha=math.nan),
            "alpha must be a number",
        ),
    ],
)
def test_what_is_not_wanted_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_defaults_of_the_stack_are_seed_0_weight_1_and_eps_1e_5():
    plain, said = (
        stack_gradients("post", 3, 4),
        stack_gradients("post", 3, 4, 0, 1.0, 1e-5),
    )
    for ours, theirs in zip(plain, said, strict=True):
        close(ours, theirs, 0)


def test_the_smallest_stack_and_a_negative_weight_work():
    rms, norms = stack_gradients("post", 1, 2, alpha=-1.0)
    assert rms.shape == norms.shape == (2,)
    close(rms, [1, 1], 1e-3)
    close(norms[-1], 1)
    assert qk_norm_scores(np.ones((1, 2)), np.ones((1, 2)), -3, eps=0)[0, 0] == -3


# ---- the figure


def test_the_figure_shows_the_stacks_of_the_experiment():
    left, right = figure.depth().axes
    for line, kind in zip(left.lines, figure.COLOURS, strict=False):
        close(line.get_ydata(), stacks(kind)[0][0])
    for line, kind in zip(right.lines, figure.COLOURS, strict=False):
        close(line.get_ydata(), stacks(kind)[1][0])
    close(right.lines[3].get_ydata()[[0, -1]], [2.0**-24, 1])
    texts = [text.get_text() for text in figure.places().axes[0].texts]
    assert texts.count("norm") == 1 + 1 + 2 + 1
