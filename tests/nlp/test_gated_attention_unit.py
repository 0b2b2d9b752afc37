"""Oracles: a decoder and loops over tokens in numpy, closed forms, FLOP counts.

Gradients are compared with finite differences.
"""

import functools
import inspect
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from snippets.nlp.gated_attention_unit import (
    GAU,
    NORMS,
    GAUParams,
    attention_weights,
    flash_forward,
    gau_forward,
    gau_params,
    mixed_chunk_attention,
    mixed_chunk_macs,
    mixed_chunk_reference,
    relu2,
    shift_losses,
)

seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 5)
forms = [mixed_chunk_attention, mixed_chunk_reference]


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def normal(*shape, seed=0, std=1.0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return std * torch.randn(shape, generator=generator, dtype=dtype)


def draws(lead, t, s, e, seed=0):
    """q_quad, k_quad, q_lin, k_lin and v."""
    four = normal(4, *lead, t, s, seed=seed, std=s**-0.5)
    return *four, normal(*lead, t, e, seed=seed + 1)


def same(actual, expected, atol=1e-12):
    expected = torch.as_tensor(expected, dtype=actual.dtype)
    torch.testing.assert_close(actual, expected, rtol=0, atol=atol)


def sigmoid_linear(x):
    return x / (1 + np.exp(-x))


def by_decoder(q_quad, k_quad, q_lin, k_lin, v, chunk, causal):
    """One sequence, one token after the other, in numpy."""
    q_quad, k_quad, q_lin, k_lin, v = (
        x.numpy() for x in (q_quad, k_quad, q_lin, k_lin, v)
    )
    whole = sum(np.outer(k_lin[j], v[j]) for j in range(len(v)))
    state, still_open, out = np.zeros_like(whole), [], []
    for i in range(len(v)):
        if i % chunk == 0:  # a chunk is closed: it moves into the state
            for j in still_open:
                state = state + np.outer(k_lin[j], v[j])
            still_open = []
        still_open.append(i)
        start = i - i % chunk
        near = still_open if causal else range(start, start + chunk)
        exact = sum(max(q_quad[i] @ k_quad[j] / chunk, 0.0) ** 2 * v[j] for j in near)
        out.append(exact + q_lin[i] @ (state if causal else whole))
    return np.stack(out)


def some_params(d, e, s, t=None, seed=0, sides=2):
    w_u, w_v = normal(2, d, e, seed=seed, std=d**-0.5)
    return GAUParams(
        w_u,
        w_v,
        normal(d, s, seed=seed + 1, std=d**-0.5),
        normal(sides, s, seed=seed + 2),
        normal(sides, s, seed=seed + 3),
        normal(e, d, seed=seed + 4, std=e**-0.5),
        None if t is None else normal(t, t, seed=seed + 5),
    )


# relu squared


def test_relu2_by_hand():
    x = torch.tensor([-3.0, -0.0, 0.0, 0.5, 3.0, 1e20], dtype=torch.float64)
    same(relu2(x), [0.0, 0.0, 0.0, 0.25, 9.0, 1e40])
    assert relu2(torch.empty(0)).shape == (0,)


def test_the_slope_of_relu2_is_continuous_and_zero_at_zero():
    x = torch.tensor([-1.0, 0.0, 2.0], dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(relu2(x).sum(), x)
    same(slope, [0.0, 0.0, 4.0])


def test_moments_of_relu2_of_a_normal_are_a_half_a_half_and_three_halves():
    y = relu2(normal(2**20))
    assert (y == 0).double().mean().item() == pytest.approx(0.5, abs=0.002)
    assert y.mean().item() == pytest.approx(0.5, abs=0.005)
    assert y.square().mean().item() == pytest.approx(1.5, abs=0.05)
    node, weight = np.polynomial.hermite_e.hermegauss(40)  # even powers: half of each
    weight = weight / weight.sum()
    assert weight @ node**2 / 2 == pytest.approx(0.5, abs=1e-10)
    assert weight @ node**4 / 2 == pytest.approx(1.5, abs=1e-10)


# Weights


def weights_by_loop(q, k, causal, norm, bias, base):
    t, s = q.shape
    rows = np.zeros((t, t))
    for i in range(t):
        seen = range(i + 1) if causal else range(t)
        scores = {j: float(q[i] @ k[j]) for j in seen}
        if norm == "softmax":
            factor = 1.0 if base is None else math.log(len(scores)) / math.log(base)
            raw = {
                j: math.exp(factor * x / math.sqrt(s) + bias[i, j])
                for j, x in scores.items()
            }
        elif norm == "n":
            raw = {j: max(x / t + bias[i, j], 0.0) ** 2 for j, x in scores.items()}
        else:
            raw = {
                j: max(x / math.sqrt(s) + bias[i, j], 0.0) ** 2
                for j, x in scores.items()
            }
        total = {"n": 1.0, "ns": float(t)}.get(norm, sum(raw.values()))
        for j, x in raw.items():
            rows[i, j] = x / total if total else 0.0
    return rows


@given(seeds, st.integers(1, 7), sizes, st.booleans(), st.sampled_from([*NORMS, "log"]))
def test_weights_are_those_of_the_definition(seed, t, s, causal, norm):
    norm, base = ("softmax", 4) if norm == "log" else (norm, None)
    q, k = normal(2, t, s, seed=seed)
    bias = normal(t, t, seed=seed + 1)
    expected = weights_by_loop(q.numpy(), k.numpy(), causal, norm, bias.numpy(), base)
    same(attention_weights(q, k, causal, norm, bias, base), expected)


@pytest.mark.parametrize("norm", ["row", "softmax"])
def test_rows_sum_to_one_unless_they_are_zero(norm):
    q, k = normal(2, 3, 50, 8)
    totals = attention_weights(q, k, False, norm).sum(-1)
    same(totals, torch.ones(3, 50))
    lonely = attention_weights(q[:, :1], -q[:, :1], False, "row")
    assert lonely.tolist() == [[[0.0]]] * 3


def test_row_sums_under_1_over_n_fall_like_1_over_n():
    for t in (64, 256, 1024):
        q, k = normal(2, 8, t, 128, seed=t)
        total = attention_weights(q, k, False, "n").sum(-1).mean().item()
        assert total == pytest.approx(128 / (2 * t), rel=0.05)  # s / (2 t)
        total = attention_weights(q, k, False, "ns").sum(-1).mean().item()
        assert total == pytest.approx(0.5, rel=0.05)


def test_dividing_outside_the_square_is_another_layer():
    q, k = normal(2, 6, 4)
    inside = attention_weights(q, k, False, "n")
    same(inside, relu2(q @ k.mT) / 36)
    assert (inside - relu2(q @ k.mT) / 6).abs().max() > 0.1
    bias = torch.full((6, 6), 0.5, dtype=torch.float64)
    biased = attention_weights(q, k, False, "n", bias)
    assert (biased - relu2(q @ k.mT + bias) / 36).abs().max() > 0.1


def test_without_a_normalizer_outputs_grow_with_the_length():
    for t in (64, 1024):
        q, k = normal(2, t, 128, seed=t)
        total = relu2(q @ k.mT).sum(-1).mean().item()
        assert total == pytest.approx(64 * t, rel=0.1)


def test_one_matching_key_is_lost_among_many_except_under_softmax():
    shares = {}
    for t in (64, 1024):
        q, k = normal(2, 8, t, 128, seed=t)
        q *= math.sqrt(128) / q.norm(dim=-1, keepdim=True)
        k[:, 0] = q[:, 0]  # a score of 128, the others have standard deviation 11
        for norm in NORMS:
            weights = attention_weights(q, k, False, norm)[:, 0, 0]
            shares[norm, t] = weights.mean().item()
    assert shares["n", 1024] / shares["n", 64] == pytest.approx(1 / 256, rel=0.2)
    assert shares["ns", 1024] / shares["ns", 64] == pytest.approx(1 / 16, rel=0.2)
    assert shares["row", 64] == pytest.approx(128 / (128 + 63 / 2), abs=0.05)
    assert shares["row", 1024] == pytest.approx(128 / (128 + 1023 / 2), abs=0.05)
    assert min(shares["softmax", t] for t in (64, 1024)) > 0.97
    for t in (64, 1024):  # exp of a standard normal has mean exp(1/2)
        expected = 1 / (1 + (t - 1) * math.exp(0.5 - math.sqrt(128)))
        assert shares["softmax", t] == pytest.approx(expected, abs=0.005)
    # The exponential gives way too, at some fifty thousand keys.
    assert math.exp(math.sqrt(128) - 0.5) == pytest.approx(49_800, rel=0.01)


@pytest.mark.parametrize("norm", ["row", "softmax", "n", "ns"])
def test_only_the_first_two_norms_ignore_how_long_the_text_will_be(norm):
    q, k = normal(2, 12, 4)
    whole = attention_weights(q, k, True, norm)[:5, :5]
    prefix = attention_weights(q[:5], k[:5], True, norm)
    assert torch.allclose(whole, prefix, rtol=0, atol=1e-12) == (
        norm in ("row", "softmax")
    )


def test_log_length_keeps_more_of_the_weight_where_it_was():
    def entropy(p):
        return -(p * p.log()).sum(-1).mean().item()

    q, k = normal(2, 2, 512, 32)
    fixed = entropy(attention_weights(q, k, False, "softmax"))
    scaled = entropy(attention_weights(q, k, False, "softmax", 0.0, 64))
    assert scaled < fixed - 0.4
    at_base = attention_weights(q[:, :64], k[:, :64], False, "softmax", 0.0, 64)
    same(at_base, attention_weights(q[:, :64], k[:, :64], False, "softmax"))


@pytest.mark.parametrize("norm", NORMS)
def test_extreme_scores_leave_no_nan(norm):
    q = normal(5, 4, std=1e4)
    weights = attention_weights(q, q, True, norm)
    assert weights.isfinite().all()
    zeros = torch.zeros(3, 2, dtype=torch.float64)
    assert attention_weights(zeros, zeros, True, norm).isfinite().all()


@pytest.mark.parametrize("norm", NORMS)
def test_what_a_mask_hides_may_be_as_large_as_it_likes(norm):
    q = normal(5, 4, dtype=torch.float32)
    k = q.clone()
    k[3:] = 1e25  # relu^2 of it is infinite, and 0 * infinity is NaN
    weights = attention_weights(q, k, True, norm)[:3]
    assert weights.isfinite().all()
    assert not weights[:, 3:].any()
    assert torch.equal(weights[:, :3], attention_weights(q, q, True, norm)[:3, :3])


@pytest.mark.parametrize("size", [1e-12, 1e12])
def test_shares_of_a_row_do_not_depend_on_the_size_of_its_scores(size):
    q, k = normal(2, 6, 4, dtype=torch.float32)
    expected = attention_weights(q, k, True, "row")
    scaled = attention_weights(size * q, size * k, True, "row")  # scores x 1e-24, 1e24
    torch.testing.assert_close(scaled, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_short_types_round_once(dtype, norm, causal):
    q, k = (normal(40, 128, seed=i, std=60.0).to(dtype) for i in range(2))
    weights = attention_weights(q, k, causal, norm)
    exact = attention_weights(q.double(), k.double(), causal, norm)
    assert (q.double() @ k.double().mT).abs().max() > 65504  # past float16
    assert weights.dtype == dtype
    rounding = torch.finfo(dtype).eps * exact.abs() + 1e-6
    finite = exact.abs() < torch.finfo(dtype).max
    assert ((weights.double() - exact).abs() <= rounding)[finite].all()


def test_weights_refuse_what_does_not_fit():
    q = normal(3, 2)
    with pytest.raises(
        ValueError, match=r"share one shape .* got \(3, 2\) and \(4, 2\)"
    ):
        attention_weights(q, normal(4, 2), False)
    with pytest.raises(ValueError, match=r"share one shape .* got \(2,\)"):
        attention_weights(q[0], q[0], False)
    with pytest.raises(ValueError, match="share one shape"):
        attention_weights(q[:0], q[:0], False)
    with pytest.raises(ValueError, match=r"norm must be one of .* got 'relu'"):
        attention_weights(q, q, False, "relu")
    with pytest.raises(ValueError, match="base_length must be an integer >= 2, got 1"):
        attention_weights(q, q, False, "softmax", 0.0, 1)
    with pytest.raises(ValueError, match="got 8 with 'row'"):
        attention_weights(q, q, False, "row", 0.0, 8)


# The layer


def gau_by_loop(x, p, causal, norm):
    """Token by token, for one sequence, in numpy."""
    p = [None if a is None else a.numpy() for a in p]
    w_u, w_v, w_z, gamma, beta, w_o, bias = p
    x = x.numpy()
    u, v, z = (
        np.stack([sigmoid_linear(row @ w) for row in x]) for w in (w_u, w_v, w_z)
    )
    q, k = z * gamma[0] + beta[0], z * gamma[1] + beta[1]
    bias = np.zeros((len(x), len(x))) if bias is None else bias
    weights = weights_by_loop(q, k, causal, norm, bias, None)
    rows = []
    for i in range(len(x)):
        mixed = sum(weights[i, j] * v[j] for j in range(len(x)))
        rows.append((u[i] * mixed) @ w_o)
    return np.stack(rows)


@given(
    seeds,
    st.integers(1, 6),
    sizes,
    sizes,
    sizes,
    st.booleans(),
    st.booleans(),
    st.sampled_from(NORMS),
)
def test_the_layer_is_that_of_the_definition(seed, t, d, e, s, causal, biased, norm):
    x = normal(2, t, d, seed=seed)
    params = some_params(d, e, s, t if biased else None, seed)
    out = gau_forward(x, params, causal, norm)
    for row, one in zip(out, x):
        same(row, gau_by_loop(one, params, causal, norm))


@pytest.mark.parametrize("norm", NORMS)
def test_a_causal_layer_does_not_see_the_future(norm):
    x, params = normal(1, 64, 6), some_params(6, 12, 4, 64)
    changed = x.clone()
    changed[:, 40:] = normal(1, 24, 6, seed=9)
    before, after = (gau_forward(y, params, True, norm) for y in (x, changed))
    assert torch.equal(before[:, :40], after[:, :40])
    assert not torch.allclose(before[:, 40:], after[:, 40:])
    open_before, open_after = (
        gau_forward(y, params, False, norm) for y in (x, changed)
    )
    assert not torch.allclose(open_before[:, :40], open_after[:, :40])


@pytest.mark.parametrize("norm", NORMS)
def test_without_a_bias_the_tokens_that_a_query_sees_may_change_places(norm):
    x, places = normal(1, 8, 6), [3, 1, 0, 2, 6, 5, 4, 7]
    for t, moves in ((None, False), (8, True)):
        params = some_params(6, 12, 4, t)
        before, after = (gau_forward(y, params, True, norm) for y in (x, x[:, places]))
        assert bool((before - after)[:, 7].abs().max() > 1e-3) == moves
        assert moves or (before - after)[:, 7].abs().max() < 1e-12


@pytest.mark.parametrize("norm", NORMS)
def test_gradients_agree_with_finite_differences(norm):
    x = normal(1, 4, 3).requires_grad_()
    params = [a.requires_grad_() for a in some_params(3, 4, 2, 4)]
    assert torch.autograd.gradcheck(
        lambda x, *p: gau_forward(x, GAUParams(*p), True, norm), (x, *params)
    )


def test_the_same_affine_map_on_both_sides_makes_the_weights_symmetric():
    x, params = normal(1, 10, 6), some_params(6, 12, 4)
    z = torch.nn.functional.silu(x @ params.w_z)[0]
    q, k = (z * params.gamma[i] + params.beta[i] for i in (0, 1))
    shared = attention_weights(q, q, False)
    apart = attention_weights(q, k, False)
    same(shared, shared.mT.contiguous())
    assert (apart - apart.mT).abs().max() > 1e-3


def test_scales_alone_keep_the_scores_symmetric_and_offsets_do_not():
    z, (gamma, beta) = normal(10, 4), normal(2, 2, 4, seed=1)
    scaled = (z * gamma[0]) @ (z * gamma[1]).mT
    same(scaled, scaled.mT.contiguous())
    scores = (z * gamma[0] + beta[0]) @ (z * gamma[1] + beta[1]).mT
    slope = gamma[0] * beta[1] - beta[0] * gamma[1]
    same(scores - scores.mT, (z @ slope)[:, None] - z @ slope)
    assert (scores - scores.mT).abs().max() > 0.1


@pytest.mark.parametrize(
    ("gammas", "betas", "symmetric"),
    [
        ("apart", "none", True),
        ("apart", "shared", False),
        ("shared", "apart", False),
        ("shared", "shared", True),
        ("doubled", "doubled", True),  # the pairs differ, and yet
    ],
)
def test_scores_can_be_asymmetric_if_a_beta_is_there_and_the_pairs_differ(
    gammas, betas, symmetric
):
    z = normal(8, 4)
    scale, offset = normal(2, 4, seed=1), normal(2, 4, seed=2)
    two = torch.tensor([[1.0], [2.0]], dtype=torch.float64)

    def pair(rows, how):
        one = rows[[0, 0]]
        return {"apart": rows, "shared": one, "doubled": two * one, "none": 0 * one}[
            how
        ]

    gamma, beta = pair(scale, gammas), pair(offset, betas)
    scores = (z * gamma[0] + beta[0]) @ (z * gamma[1] + beta[1]).mT
    gap = (scores - scores.mT).abs().max()
    assert (gap < 1e-12) == symmetric
    assert symmetric or gap > 1


def test_gamma_starts_near_one_so_that_scores_start_well_away_from_zero():
    layer = GAU(64, generator=torch.Generator().manual_seed(0))
    assert (layer.gamma - 1).abs().max() < 0.1
    assert layer.gamma.std() > 0.01
    assert not layer.beta.any()


def test_parameter_counts():
    assert gau_params(768, 1536, 128) == 3_637_248
    assert 6 * 768**2 == 3_538_944
    assert 2 * gau_params(768, 1536, 128) / (12 * 768**2) == pytest.approx(
        1.0278, abs=5e-5
    )
    layer = GAU(10, 14, 3, max_length=6)
    extra = 4 * 3 + 2 * 6 - 1  # gamma and beta, and one number per distance
    assert sum(p.numel() for p in layer.parameters()) == gau_params(10, 14, 3) + extra
    assert GAU(10).w_u.shape == (10, 20)
    assert GAU(10).w_z.shape == (10, 128)


@given(st.integers(1, 50), st.integers(1, 50), st.integers(1, 50))
def test_parameters_are_the_numbers_of_the_projections(d, e, s):
    projections = some_params(d, e, s)
    count = sum(
        w.numel()
        for w in (projections.w_u, projections.w_v, projections.w_z, projections.w_o)
    )
    assert gau_params(d, e, s) == count


@pytest.mark.parametrize("causal", [False, True])
def test_the_module_is_the_function_with_a_bias_per_distance(causal):
    layer = GAU(5, 7, 3, max_length=9, causal=causal, norm="row").double()
    with torch.no_grad():
        layer.offset_bias.copy_(normal(17))
        x = normal(2, 6, 5)
        bias = [[layer.offset_bias[i - j + 8] for j in range(6)] for i in range(6)]
        params = GAUParams(
            layer.w_u, layer.w_v, layer.w_z, layer.gamma, layer.beta, layer.w_o,
            torch.tensor(bias, dtype=torch.float64),
        )  # fmt: skip
        same(layer(x), gau_forward(x, params, causal, "row"))
        without = GAU(5, 7, 3, base_length=4, norm="softmax").double()
        params = GAUParams(
            without.w_u, without.w_v, without.w_z, without.gamma, without.beta,
            without.w_o,
        )  # fmt: skip
        same(without(x), gau_forward(x, params, False, "softmax", 4))


def test_a_generator_makes_the_module_repeatable():
    first, second = (
        GAU(4, max_length=3, generator=torch.Generator().manual_seed(1)).state_dict()
        for _ in range(2)
    )
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_a_bias_of_zero_would_get_no_gradient_where_scores_are_zero():
    q = torch.zeros(3, 2, dtype=torch.float64)
    for start, moves in ((0.0, False), (0.1, True)):
        bias = torch.full((3, 3), start, dtype=torch.float64, requires_grad=True)
        total = attention_weights(q, q, True, "n", bias).sum()
        (slope,) = torch.autograd.grad(total, bias)
        assert bool(slope.any()) == moves


def test_the_position_bias_of_the_module_learns_even_where_all_scores_are_zero():
    layer = GAU(4, s=2, max_length=3, generator=torch.Generator().manual_seed(0))
    torch.nn.init.zeros_(layer.w_z)
    layer(normal(1, 3, 4, dtype=torch.float32)).square().sum().backward()
    assert layer.offset_bias.grad.all()


def test_the_layer_refuses_what_does_not_fit():
    params = some_params(4, 6, 2)
    with pytest.raises(ValueError, match=r"shape \(b, t, 4\), .* got \(1, 3, 5\)"):
        gau_forward(normal(1, 3, 5), params)
    with pytest.raises(ValueError, match=r"shape \(b, t, 4\), .* got \(3, 4\)"):
        gau_forward(normal(3, 4), params)
    with pytest.raises(ValueError, match="norm must be one of"):
        gau_forward(normal(1, 3, 4), params, norm="max")
    with pytest.raises(ValueError, match="norm must be one of"):
        GAU(4, norm="max")
    for name, size in (("d", 0), ("e", 0), ("s", -1), ("max_length", 0)):
        with pytest.raises(
            ValueError, match=f"{name} must be an integer >= 1, got {size}"
        ):
            GAU(**{"d": 4, name: size})
    with pytest.raises(ValueError, match="got 8 with 'n'"):
        GAU(4, base_length=8)
    with pytest.raises(ValueError, match="base_length must be an integer >= 2, got 1"):
        GAU(4, norm="softmax", base_length=1)
    with pytest.raises(ValueError, match="at most 3 tokens, got 4"):
        GAU(4, max_length=3)(torch.zeros(1, 4, 4))
    with pytest.raises(ValueError, match="e must be an integer >= 1, got 0"):
        gau_params(4, 0, 2)


def test_arrays_that_do_not_fit_are_refused_by_name():
    x, good = normal(1, 3, 4), some_params(4, 6, 2, 3)
    for name in ("w_v", "w_z", "gamma", "beta", "w_o", "bias"):
        bad = good._replace(**{name: getattr(good, name)[:-1]})
        with pytest.raises(ValueError, match=f"{name} must have shape"):
            gau_forward(x, bad)
    with pytest.raises(ValueError, match=r"must share one type, got .*64 .*32"):
        gau_forward(x, good._replace(w_o=good.w_o.float()))
    with pytest.raises(
        ValueError, match=r"bias must broadcast to \(3, 3\), got \(2,\)"
    ):
        attention_weights(x[0], x[0], True, "n", x[0, 0, :2])
    with pytest.raises(
        ValueError, match=r"bias must broadcast to \(3, 3\), got \(2, 3, 3\)"
    ):
        attention_weights(x[0], x[0], True, "n", normal(2, 3, 3))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("layer", ["gau", "flash"])
def test_a_layer_of_short_types_rounds_once(layer, dtype):
    x = (3 * normal(2, 8, 6)).to(dtype)
    sides, bias = (2, 8) if layer == "gau" else (4, None)
    params = some_params(6, 12, 4, bias, sides=sides)
    params = GAUParams(*(a if a is None else a.to(dtype) for a in params))
    wider = GAUParams(*(a if a is None else a.double() for a in params))
    call = {
        "gau": lambda x, p: gau_forward(x, p, True, "ns"),
        "flash": lambda x, p: flash_forward(x, p, 4, True),
    }[layer]
    exact = call(x.double(), wider)
    out = call(x, params)
    assert out.dtype == dtype
    rounding = torch.finfo(dtype).eps * exact.abs() + 1e-6 * exact.abs().max()
    assert ((out.double() - exact).abs() <= rounding).all()


# FLASH's layer


def flash_by_loop(x, p, chunk, causal):
    """One sequence, one token at a time; positions as complex numbers."""
    w_u, w_v, w_z, gamma, beta, w_o = (a.numpy() for a in p[:6])
    x = x.numpy()
    u, v, z = (
        np.stack([sigmoid_linear(row @ w) for row in x]) for w in (w_u, w_v, w_z)
    )
    pairs, rows = w_z.shape[1] // 2, []
    for i in range(4):
        turned = []
        for t, row in enumerate(z * gamma[i] + beta[i]):
            pair = row[::2] + 1j * row[1::2]
            pair = pair * np.exp(1j * t * 10000.0 ** (-np.arange(pairs) / pairs))
            turned.append(np.stack([pair.real, pair.imag], -1).reshape(-1))
        rows.append(torch.tensor(np.stack(turned)))
    return (u * by_decoder(*rows, torch.tensor(v), chunk, causal)) @ w_o


@given(seeds, st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.booleans())
def test_the_flash_layer_is_that_of_the_definition(seed, chunks, chunk, pairs, causal):
    x = normal(2, chunks * chunk, 3, seed=seed)
    params = some_params(3, 5, 2 * pairs, seed=seed, sides=4)
    out = flash_forward(x, params, chunk, causal)
    for row, one in zip(out, x):
        same(row, flash_by_loop(one, params, chunk, causal))


def test_the_flash_layer_tells_the_order_of_tokens_in_its_own_chunk_and_before():
    x, params = normal(1, 8, 4), some_params(4, 6, 2, sides=4)
    whole = flash_forward(x, params, 4, causal=True)
    for a, b in ((4, 5), (0, 1)):  # swapped, all seen by the last token
        changed = x.clone()
        changed[:, [a, b]] = x[:, [b, a]]
        after = flash_forward(changed, params, 4, causal=True)
        assert (after[:, 7] - whole[:, 7]).abs().max() > 1e-4


def test_the_flash_layer_does_not_see_the_future_and_has_the_right_gradients():
    x, params = normal(1, 8, 3), some_params(3, 4, 2, sides=4)
    changed = x.clone()
    changed[:, 5:] = normal(1, 3, 3, seed=9)
    before, after = (flash_forward(y, params, 4, causal=True) for y in (x, changed))
    assert torch.equal(before[:, :5], after[:, :5])
    inputs = [a.requires_grad_() for a in (x, *params[:6])]
    assert torch.autograd.gradcheck(
        lambda x, *p: flash_forward(x, GAUParams(*p), 4, True), inputs
    )


def test_the_flash_layer_refuses_what_does_not_fit():
    x, params = normal(1, 6, 4), some_params(4, 6, 2, sides=4)
    with pytest.raises(ValueError, match=r"gamma must have shape \(4, 2\), got \(2, 2"):
        flash_forward(x, some_params(4, 6, 2), 3)
    with pytest.raises(ValueError, match="s must be even and bias None, got 3"):
        flash_forward(x, some_params(4, 6, 3, sides=4), 3)
    with pytest.raises(ValueError, match="and bias None, got 2 features and Tensor"):
        flash_forward(x, params._replace(bias=normal(6, 6)), 3)
    with pytest.raises(ValueError, match="chunk must divide t = 6, got 4"):
        flash_forward(x, params, 4)


# Mixed chunk attention


@given(
    seeds, st.integers(1, 4), st.integers(1, 5), sizes, sizes, st.booleans(),
    st.sampled_from([(), (2,), (2, 3)]),
)  # fmt: skip
def test_both_forms_are_the_decoder(seed, chunks, chunk, s, e, causal, lead):
    inputs = draws(lead, chunks * chunk, s, e, seed)
    outs = [form(*inputs, chunk, causal) for form in forms]
    flat = [x.reshape(-1, *x.shape[-2:]) for x in inputs]
    expected = np.stack([by_decoder(*one, chunk, causal) for one in zip(*flat)])
    for out in outs:
        assert out.shape == inputs[-1].shape
        same(out.reshape(expected.shape), expected)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("chunk", [8, 16, 64])
def test_chunked_equals_the_dense_masks(chunk, causal):
    inputs = draws((2,), 128, 16, 24)
    same(*(form(*inputs, chunk, causal) for form in forms))


def test_one_causal_chunk_is_the_quadratic_layer():
    q, k, q_lin, k_lin, v = draws((), 32, 8, 12)
    out = mixed_chunk_attention(q, k, q_lin, k_lin, v, 32, causal=True)
    assert torch.equal(out, attention_weights(q, k, True, "n") @ v)
    both = mixed_chunk_attention(q, k, q_lin, k_lin, v, 32)
    same(both, attention_weights(q, k, False, "n") @ v + q_lin @ (k_lin.mT @ v))


def test_one_scale_of_the_linear_keys_divides_the_linear_part():
    # gamma and beta of the linear keys, both divided by C, divide k_lin by C.
    x, params = normal(1, 8, 4), some_params(4, 6, 2, sides=4)
    scale = torch.tensor([1.0, 1.0, 1.0, 0.25], dtype=torch.float64)[:, None]
    scaled = params._replace(gamma=params.gamma * scale, beta=params.beta * scale)
    none = torch.tensor([1.0, 1.0, 1.0, 0.0], dtype=torch.float64)[:, None]
    exact = params._replace(gamma=params.gamma * none, beta=params.beta * none)
    whole, part, near = (
        flash_forward(x, p, 4, causal=True) for p in (params, scaled, exact)
    )
    same(part - near, (whole - near) / 4)


def test_zeros_behind_a_text_that_fills_no_chunk_change_nothing_before_them():
    inputs = draws((), 10, 8, 12)
    padded = [torch.nn.functional.pad(x, (0, 0, 0, 2)) for x in inputs]
    expected = by_decoder(*inputs, 4, causal=True)
    same(mixed_chunk_attention(*padded, 4, causal=True)[:10], expected)


@pytest.mark.parametrize("form", forms)
@pytest.mark.parametrize("chunk", [1, 8, 16])
def test_the_future_does_not_leak_into_the_past(chunk, form):
    inputs = draws((), 64, 8, 12)
    changed = [x.clone() for x in inputs]
    for x, y in zip(changed, draws((), 64, 8, 12, seed=50)):
        x[40:] = 1e3 * y[40:]
    before, after = (form(*x, chunk, True) for x in (inputs, changed))
    assert torch.equal(before[:40], after[:40])


def test_including_the_current_chunk_leaks_and_counts_it_twice():
    q_quad, k_quad, q_lin, k_lin, v = draws((), 64, 8, 12)

    def inclusive(k_lin, v):
        parts = (k_lin.unflatten(0, (4, 16)).mT @ v.unflatten(0, (4, 16))).cumsum(0)
        linear = (q_lin.unflatten(0, (4, 16)) @ parts).flatten(0, 1)
        none = torch.zeros_like(q_lin)
        return linear + mixed_chunk_attention(q_quad, k_quad, none, none, v, 16, True)

    changed = v.clone()
    changed[40:] += 1
    assert (inclusive(k_lin, v) - inclusive(k_lin, changed))[32:40].abs().max() > 0.1
    right = mixed_chunk_attention(q_quad, k_quad, q_lin, k_lin, v, 16, True)
    own = (q_lin[:16] @ k_lin[:16].mT) @ v[:16]
    same((inclusive(k_lin, v) - right)[:16], own)


def test_what_crosses_one_edge_has_rank_s_but_not_the_whole_past():
    _, _, q_lin, k_lin, _ = draws((), 24, 2, 1)
    none = torch.zeros_like(q_lin)
    eye = torch.eye(24, dtype=torch.float64)
    weights = mixed_chunk_attention(none, none, q_lin, k_lin, eye, 4, True)
    assert torch.linalg.matrix_rank(weights[12:, :12]) == 2
    assert torch.linalg.matrix_rank(weights) > 2
    assert weights.min() < 0 < weights.max()
    assert not weights.reshape(6, 4, 6, 4)[range(6), :, range(6)].any()


def test_gradients_of_the_chunked_form():
    inputs = [x.requires_grad_() for x in draws((), 6, 2, 3)]
    for causal in (False, True):
        assert torch.autograd.gradcheck(
            lambda *x, causal=causal: mixed_chunk_attention(*x, 2, causal), inputs
        )


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_low_precision_errs_no_more_than_twice_as_much_as_the_dense_form(dtype, causal):
    inputs = [x.to(dtype) for x in draws((2,), 512, 16, 24)]
    exact = mixed_chunk_reference(*(x.double() for x in inputs), 32, causal)
    chunked, dense = (form(*inputs, 32, causal) for form in forms)
    assert chunked.dtype == dtype
    assert worst(chunked, exact) <= 2 * worst(dense, exact)


def worst(actual, expected):
    """Largest absolute difference, in float64; NaN counts as infinite."""
    difference = (actual.double() - expected.double()).abs().max().item()
    return math.inf if math.isnan(difference) else difference


def test_chunk_sums_do_not_stall_in_bfloat16():
    # 1024 chunks of one token, each adding 1: in bfloat16 a sum of ones stops at 256.
    one = torch.ones(1024, 1, dtype=torch.bfloat16)
    out = mixed_chunk_attention(0 * one, 0 * one, one, one, one, 1, causal=True)
    assert out[-1].item() == pytest.approx(1023, rel=2**-8)


@pytest.mark.parametrize("causal", [False, True])
def test_chunk_sums_of_low_precision_are_added_up_in_float32(causal):
    # The CPU's cumsum hides the difference; a GPU's may not.
    class Sums(TorchDispatchMode):
        dtypes = ()

        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            if func.__name__.startswith(("cumsum", "sum")):
                self.dtypes += (args[0].dtype,)
            return func(*args, **(kwargs or {}))

    for dtype, wide in ((torch.bfloat16, torch.float32), (torch.float64,) * 2):
        with Sums() as seen:
            mixed_chunk_attention(*(x.to(dtype) for x in draws((), 8, 2, 2)), 2, causal)
        assert seen.dtypes == (wide,)


@given(st.integers(1, 4), st.integers(1, 6), sizes, sizes, st.booleans())
def test_multiply_adds_are_those_torch_counts(chunks, chunk, s, e, causal):
    t = chunks * chunk
    with FlopCounterMode(display=False) as counter:
        mixed_chunk_attention(*draws((), t, s, e), chunk, causal)
    assert counter.get_total_flops() == 2 * mixed_chunk_macs(t, e, s, chunk)


def test_multiply_adds_of_the_page():
    def macs(t):
        return mixed_chunk_macs(t, 1536, 128, 256)

    assert macs(32768) / 32768 == macs(2048) / 2048 == 819_200
    projections, pair = gau_params(768, 1536, 128), 1536 + 128  # for each token
    assert 2185 * pair < projections < 2186 * pair
    saved = 512 * pair - macs(512) / 512
    assert 0 < saved / (projections + 512 * pair) < 0.01
    assert 1536 + 128 == 1664 > 2 * 768 == 1536
    with FlopCounterMode(display=False) as counter:  # one GAU, then 12 heads of 64
        q, v = torch.zeros(64, 128), torch.zeros(64, 1536)
        attention_weights(q, q, False) @ v
    assert counter.get_total_flops() == 2 * 64**2 * 1664
    with FlopCounterMode(display=False) as counter:
        q = torch.zeros(12, 64, 64)
        (q @ q.mT) @ q
    assert counter.get_total_flops() == 2 * 64**2 * 1536


@pytest.mark.parametrize("form", forms)
def test_chunks_refuse_what_does_not_fit(form):
    good = draws((2,), 12, 3, 5)
    for chunk in (5, 8, 24):
        with pytest.raises(ValueError, match=f"divide t = 12, got {chunk}"):
            form(*good, chunk)
    for chunk in (0, -4):
        with pytest.raises(
            ValueError, match=f"chunk must be an integer >= 1, got {chunk}"
        ):
            form(*good, chunk)
    for place in range(4):  # s of one of the four
        bad = list(good)
        bad[place] = normal(2, 12, 4)
        with pytest.raises(ValueError, match=r"of one shape .* got .*\(2, 12, 4\)"):
            form(*bad, 4)
    with pytest.raises(ValueError, match=r"got .*\(2, 11, 5\)"):
        form(*good[:4], normal(2, 11, 5), 4)
    with pytest.raises(ValueError, match="no axis empty"):
        form(*(x[:, :0] for x in good), 4)
    with pytest.raises(ValueError, match="four"):
        form(*(x[0, 0] for x in good), 1)
    for place in range(5):  # type of one of the five
        bad = [x.float() if i == place else x for i, x in enumerate(good)]
        with pytest.raises(ValueError, match="must share one type"):
            form(*bad, 4)


def test_multiply_adds_refuse_what_does_not_fit():
    for t, chunk, message in (
        (12, 5, "chunk must divide t = 12, got 5"),
        (12, 0, "chunk must be an integer >= 1, got 0"),
        (0, 1, "t must be an integer >= 1, got 0"),
    ):
        with pytest.raises(ValueError, match=message):
            mixed_chunk_macs(t, 4, 4, chunk)


def test_argument_order_is_stable():
    names = list(inspect.signature(mixed_chunk_attention).parameters)
    assert names == ["q_quad", "k_quad", "q_lin", "k_lin", "v", "chunk", "causal"]
    assert list(inspect.signature(gau_params).parameters) == ["d", "e", "s"]


# Experiment


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("norm", ["n", "softmax"])
def test_a_gau_learns_to_look_three_tokens_back(norm, seed):
    losses = shift_losses(norm, seed)
    assert len(losses) == 150
    assert losses[0] > math.log(16)
    assert losses[-1] < 0.05


@functools.cache
def steps_until(norm, seed, scores=True):
    """Steps until the loss is below 0.1."""
    losses = shift_losses(norm, seed, 100, scores=scores)
    return next(i for i, loss in enumerate(losses, 1) if loss < 0.1)


@pytest.mark.parametrize("seed", [0, 1])
def test_exact_zeros_do_not_explain_which_normalization_learns_first(seed):
    n, row, softmax, ns = (
        steps_until(norm, seed) for norm in ("n", "row", "softmax", "ns")
    )
    assert n < 48 < row < 70 < softmax < 82 <= ns  # "ns" has zeros too, and is last


@pytest.mark.parametrize("seed", [0, 1])
def test_the_bias_alone_learns_the_shift_and_scores_are_a_hindrance_to_relu2(seed):
    steps = {norm: steps_until(norm, seed, scores=False) for norm in NORMS}
    assert steps["row"] < 30 < steps["n"] < 45 < 55 < steps["ns"] < 70
    for norm in ("n", "ns", "row"):
        assert steps[norm] < steps_until(norm, seed)
    assert abs(steps["softmax"] - steps_until("softmax", seed)) < 8


def test_the_layer_of_the_experiment_does_not_see_what_comes():
    # Without the mask the loss of the first steps is another one.
    assert shift_losses("n", 0, 30)[-1] == pytest.approx(2.031, abs=0.02)


def test_the_experiment_refuses_shifts_that_leave_nothing_to_repeat():
    for shift in (0, 32):
        with pytest.raises(ValueError, match="shift must be an integer >= 1 and <= 31"):
            shift_losses("n", 0, 1, shift)


# On a GPU: `nox -s gpu`


@pytest.mark.gpu
@pytest.mark.timeout(300)
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("chunk", [64, 256])
@pytest.mark.parametrize(
    "dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16]
)
def test_gpu_mixed_chunk_attention_meets_the_dense_masks(dtype, chunk, causal):
    inputs = [x.cuda().to(dtype) for x in draws((2,), 1024, 64, 96)]
    exact = mixed_chunk_reference(*(x.double() for x in inputs), chunk, causal)
    chunked, dense = (form(*inputs, chunk, causal) for form in forms)
    assert chunked.is_cuda
    assert chunked.dtype == dtype
    floor = 1e-12 if dtype == torch.float64 else 1e-5
    assert worst(chunked, exact) <= 2 * worst(dense, exact) + floor


@pytest.mark.gpu
@pytest.mark.timeout(300)
def test_gpu_chunk_sums_do_not_stall_in_bfloat16():
    one = torch.ones(1024, 1, dtype=torch.bfloat16, device="cuda")
    out = mixed_chunk_attention(0 * one, 0 * one, one, one, one, 1, causal=True)
    assert out[-1].item() == pytest.approx(1023, rel=2**-8)


@pytest.mark.gpu
@pytest.mark.timeout(300)
def test_gpu_gradients_and_causality():
    inputs = [x.cuda().requires_grad_() for x in draws((2,), 256, 16, 24)]
    grad = normal(2, 256, 24, seed=7).cuda()
    grads = [torch.autograd.grad(f(*inputs, 32, True), inputs, grad) for f in forms]
    for ours, theirs in zip(*grads):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-10)
    changed = [x.detach().clone() for x in inputs]
    for x in changed:
        x[:, 200:] += 1
    before, after = (
        mixed_chunk_attention(*x, 32, causal=True)[:, :200] for x in (inputs, changed)
    )
    torch.testing.assert_close(before, after, rtol=0, atol=1e-12)


@pytest.mark.gpu
@pytest.mark.timeout(300)
def test_gpu_memory_grows_linearly():
    def peak(form, t):
        inputs = [x.cuda().bfloat16() for x in draws((1,), t, 64, 128)]
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
        start = torch.cuda.memory_allocated()
        form(*inputs, 256, True)
        torch.cuda.synchronize()
        return torch.cuda.max_memory_allocated() - start

    def growth(form):
        peak(form, 4096)
        return peak(form, 8192) / peak(form, 4096)

    assert growth(mixed_chunk_attention) < 2.3
    assert growth(mixed_chunk_reference) > 3
