"""Oracles: autograd's Jacobians, F.rms_norm, dense masked attention and SDPA, loops."""

import math
import re

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from snippets.nlp.transnormer import (
    TransNormerBlock,
    diag_attention,
    largest_gradients,
    layer_kinds,
    locality_mass,
    norm_attention,
    norm_attention_step,
    scaled_linear_jacobian,
    score_gradient,
    softmax_jacobian,
    srms_norm,
    top_mass,
    unscaled_attention,
)

seeds = st.integers(0, 2**32 - 1)
SCALES = [1.0, 1e-2, 1e-4, 1e-6, 1e-8]


def normal(*shape, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=dtype)


def qkv(seed=0, batch=(2,), tokens=7, keys=None, features=3, width=4):
    keys = tokens if keys is None else keys
    return (
        normal(*batch, tokens, features, seed=seed),
        normal(*batch, keys, features, seed=seed + 1),
        normal(*batch, keys, width, seed=seed + 2),
    )


def assert_same(actual, expected, atol=1e-12):
    torch.testing.assert_close(actual, expected, rtol=0, atol=atol)


def dense_unscaled(q, k, v, causal):
    scores = torch.einsum("...td,...sd->...ts", q, k)
    if causal:
        later = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
        scores = scores.masked_fill(later, 0)
    return scores @ v


def dense_norm_attention(q, k, v, causal, eps=1e-6):
    return F.rms_norm(dense_unscaled(q, k, v, causal), v.shape[-1:], eps=eps)


def block_mask(tokens, block, causal):
    """Which key a query may see, one pair at a time."""
    return torch.tensor(
        [
            [i // block == j // block and (j <= i or not causal) for j in range(tokens)]
            for i in range(tokens)
        ]
    )


# The norm.


@given(seeds, st.integers(1, 6), st.sampled_from([1e-8, 1e-6, 1e-2, 3.0]))
def test_srms_norm_is_rms_norm_without_a_gain(seed, width, eps):
    x = normal(3, width, seed=seed) * 10.0 ** (seed % 7 - 3)
    assert_same(srms_norm(x, eps), F.rms_norm(x, (width,), eps=eps))


def test_srms_norm_in_one_case_by_hand():
    x = torch.tensor([3.0, 4.0], dtype=torch.float64)  # mean square 12.5
    assert_same(srms_norm(x, eps=3.5), x / 4)


def test_srms_norm_of_zero_is_zero_and_its_slope_is_one_over_root_eps():
    x = torch.zeros(3, dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(lambda x: srms_norm(x, 0.04), x)
    assert_same(srms_norm(x), x)
    assert_same(jacobian, 5 * torch.eye(3, dtype=torch.float64))


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_srms_norm_survives_squares_that_under_or_overflow(size):
    x = torch.tensor([1.0, -1.0], dtype=torch.float64) * size
    expected = torch.tensor([1.0, -1.0], dtype=torch.float64) * min(size * 1e3, 1)
    assert_same(srms_norm(x), expected)


def test_srms_norm_of_tiny_single_precision_numbers_keeps_them():
    x = torch.tensor([1e-25, 0.0], dtype=torch.float32)
    assert (srms_norm(x) * 1e22).tolist() == pytest.approx([1.0, 0.0], abs=1e-5)


def test_srms_norm_works_in_half_precision_at_its_largest_numbers():
    x = torch.tensor([60000.0, -30000.0], dtype=torch.float16)
    assert x.square().isinf().all()
    expected = F.rms_norm(x.double(), (2,), eps=1e-6)
    torch.testing.assert_close(srms_norm(x).double(), expected, rtol=0, atol=2e-3)


def test_srms_norm_of_zeros_in_half_precision_is_zero_for_a_small_epsilon():
    zeros = torch.zeros(4, dtype=torch.float16)  # the root of eps, 1e-8, is 0 in it
    assert srms_norm(zeros, eps=1e-16).tolist() == [0.0] * 4


def test_srms_norm_refuses_an_epsilon_that_vanishes_in_the_type():
    for dtype in (torch.float16, torch.float32):
        with pytest.raises(ValueError, match="eps must have a root in"):
            srms_norm(torch.zeros(4, dtype=dtype), eps=1e-100)
    assert srms_norm(torch.zeros(4).double(), eps=1e-100).tolist() == [0.0] * 4


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("attention", ["norm", "causal", "diag"])
def test_short_types_round_once(dtype, attention):
    # Scores and sums here are past float16's 65,504.
    q, k, v = (400 * normal(2, 9, 3, seed=i).to(dtype) for i in range(3))
    call = {
        "norm": norm_attention,
        "causal": lambda *x: norm_attention(*x, causal=True, chunk_size=4),
        "diag": lambda *x: diag_attention(*x, block=4, pad=True),
    }[attention]
    exact = call(q.double(), k.double(), v.double())
    assert dense_unscaled(q.double(), k.double(), v.double(), True).abs().max() > 65504
    actual = call(q, k, v)
    assert actual.dtype == dtype
    rounding = torch.finfo(dtype).eps * exact.abs() + 1e-5 * exact.abs().max()
    assert ((actual.double() - exact).abs() <= rounding).all()


def test_srms_norm_has_the_right_first_and_second_derivatives():
    x = normal(2, 3).requires_grad_()
    assert torch.autograd.gradcheck(srms_norm, x)
    assert torch.autograd.gradgradcheck(srms_norm, x)


@pytest.mark.parametrize("size", [1e-9, 1e-3, 0.1, 1.0, 50.0])
def test_the_jacobian_of_the_norm_stretches_by_one_over_the_rooted_mean(size):
    eps, x = 0.01, size * normal(5)
    jacobian = torch.autograd.functional.jacobian(lambda x: srms_norm(x, eps), x)
    root = (x.square().mean() + eps).sqrt()
    assert_same(torch.linalg.matrix_norm(jacobian, 2), 1 / root)
    assert_same(jacobian @ x, eps / root**3 * x)  # along x it hardly stretches
    assert 1 / root <= 10.0


def test_the_jacobian_of_the_norm_comes_up_to_its_bound_of_ten():
    x = 1e-7 * normal(5)
    jacobian = torch.autograd.functional.jacobian(lambda x: srms_norm(x, 0.01), x)
    assert torch.linalg.matrix_norm(jacobian, 2).item() == pytest.approx(10, abs=1e-6)


def test_an_epsilon_outside_the_root_bounds_the_slope_by_its_inverse_only():
    x, eps = torch.full((5,), 1e-14, dtype=torch.float64), 1e-8

    def outside(x):
        return x / (x.square().mean().sqrt() + eps)

    jacobian = torch.autograd.functional.jacobian(outside, x)
    slope = torch.linalg.matrix_norm(jacobian, 2).item()
    assert slope == pytest.approx(1e8, rel=1e-5)
    inside = torch.autograd.functional.jacobian(lambda x: srms_norm(x, eps), x)
    assert torch.linalg.matrix_norm(inside, 2).item() == pytest.approx(1e4, rel=1e-5)
    assert torch.tensor(eps, dtype=torch.float16) == 0


# The Jacobians.


@given(seeds, st.integers(1, 6))
def test_jacobians_are_those_of_autograd(seed, keys):
    s = normal(keys, seed=seed)
    jacobian = torch.autograd.functional.jacobian
    assert_same(softmax_jacobian(s), jacobian(lambda s: s.softmax(-1), s))
    s = s.abs() + 0.1
    expected = jacobian(lambda s: s / s.sum(), s)
    assert_same(scaled_linear_jacobian(s), expected)


def test_jacobians_take_rows_in_a_batch():
    s = normal(2, 3, 4).exp()
    for jacobian in (softmax_jacobian, scaled_linear_jacobian):
        assert_same(jacobian(s)[1, 2], jacobian(s[1, 2]))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("jacobian", [softmax_jacobian, scaled_linear_jacobian])
def test_jacobians_of_short_types_round_once(jacobian, dtype):
    s = normal(50, 12).exp().to(dtype)
    exact = jacobian(s.double())
    error = (jacobian(s).double() - exact).abs()
    assert (error <= torch.finfo(dtype).eps * exact.abs() + 1e-7).all()


def test_ten_thousand_softmax_jacobians_stay_below_a_quarter():
    largest = softmax_jacobian(3 * normal(10_000, 8)).abs().max().item()
    assert largest == pytest.approx(0.24999999915, abs=1e-10)
    assert largest <= 0.25


def test_softmax_reaches_a_quarter_with_two_equal_scores():
    expected = torch.tensor([[0.25, -0.25], [-0.25, 0.25]], dtype=torch.float64)
    assert_same(softmax_jacobian(torch.full((2,), 7.0, dtype=torch.float64)), expected)


def test_scaled_jacobian_grows_as_the_scores_shrink():
    s = normal(200, 8).abs() + 0.01
    base = scaled_linear_jacobian(s)
    for c in SCALES:
        torch.testing.assert_close(
            c * scaled_linear_jacobian(c * s), base, rtol=2e-13, atol=0
        )


@given(seeds, st.integers(2, 9))
def test_every_scaled_entry_is_bounded_by_the_score_it_is_derived_by(seed, keys):
    s = normal(50, keys, seed=seed).exp()
    bound = 1 / (4 * s[:, None, :])
    assert (scaled_linear_jacobian(s).abs() <= bound * (1 + 1e-12)).all()


def test_the_bound_is_attained_where_a_weight_is_one_half():
    s = torch.tensor([1.0, 0.5, 0.5], dtype=torch.float64)
    expected = [[0.25, -0.25, -0.25], [-0.125, 0.375, -0.125], [-0.125, -0.125, 0.375]]
    assert_same(scaled_linear_jacobian(s), torch.tensor(expected, dtype=torch.float64))
    s = torch.tensor([1.0, 1.0], dtype=torch.float64)
    assert_same(scaled_linear_jacobian(s).abs(), torch.full((2, 2), 0.25).double())


def test_the_bound_with_the_score_of_the_weight_fails_off_the_diagonal():
    jacobian = scaled_linear_jacobian(torch.tensor([1.0, 0.1, 0.1]).double())
    assert jacobian[0, 1].item() == pytest.approx(-1 / 1.44)
    assert abs(jacobian[0, 1]) > 1 / (4 * 1.0)  # wrong: s_j
    assert abs(jacobian[0, 1]) <= 1 / (4 * 0.1)  # right: s_k


def test_row_sums_of_elu_plus_one_are_large_for_normal_inputs():
    # E(elu(x) + 1) = 1/2 + 1/sqrt(2 pi) + sqrt(e) Phi(-1) = 1.16
    mean = 0.5 + 1 / math.sqrt(2 * math.pi) + math.exp(0.5) * 0.1586552539
    q, k = normal(256, 16), normal(256, 16, seed=1)
    scores = (F.elu(q) + 1) @ (F.elu(k) + 1).mT
    total = scores.sum(-1)
    assert total.mean().item() == pytest.approx(256 * 16 * mean**2, rel=0.05)
    assert 2500 < total.min() < total.mean() < 6000
    steepest = scaled_linear_jacobian(scores).abs().amax((-1, -2))
    assert (steepest <= 1 / total).all()  # no entry is past 1 / the sum


def test_scores_of_both_signs_have_no_bound_at_all():
    s = torch.tensor([1.0, -1.0 + 1e-9], dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(lambda s: s / s.sum(), s)
    assert jacobian.abs().min() > 1e17  # with every |s_k| about 1


# Gradients of a loss.


@pytest.mark.parametrize("rule", ["softmax", "scaled", "rms", "raw"])
def test_score_gradient_matches_finite_differences(rule):
    scores, value, weight = normal(2, 3).exp(), normal(3, 4), normal(2, 4, seed=5)

    def loss(scores):
        weights = {
            "softmax": scores.softmax(-1),
            "scaled": scores / scores.sum(-1, keepdim=True),
        }.get(rule, scores)
        output = weights @ value
        if rule == "rms":
            output = F.rms_norm(output, (4,), eps=0.5)
        return (weight * output).sum()

    gradient = score_gradient(scores, value, weight, rule, eps=0.5)
    for i in range(2):
        for j in range(3):
            step = torch.zeros_like(scores)
            step[i, j] = 1e-5
            slope = (loss(scores + step) - loss(scores - step)) / 2e-5
            assert gradient[i, j].item() == pytest.approx(slope.item(), abs=1e-8)


def test_gradients_of_the_three_rules_have_the_slopes_of_the_figure():
    raw, scaled, rms, softmax = (
        largest_gradients(SCALES, rule) for rule in ("raw", "scaled", "rms", "softmax")
    )
    assert raw == pytest.approx([raw[0]] * 5, rel=1e-12)
    assert [c * g for c, g in zip(SCALES, scaled)] == pytest.approx([scaled[0]] * 5)
    assert rms[1] / rms[0] == pytest.approx(100, rel=0.01)
    assert rms[-1] == pytest.approx(raw[0] / math.sqrt(1e-6), rel=0.01)
    assert rms[-2] == pytest.approx(rms[-1], rel=0.01)
    assert rms[0] > scaled[0]  # above the cap's reach, the norm is the steeper one
    assert rms[2] < 4 * scaled[2]
    assert max(softmax) < 0.6
    assert [round(x, 2) for x in (raw[0], scaled[0], rms[0])] == [14.05, 1.13, 4.93]


def test_norm_attention_is_steeper_by_as_much_as_it_stretches_the_average():
    generator = torch.Generator().manual_seed(0)  # the draws of largest_gradients
    scores = torch.rand(32, 32, generator=generator, dtype=torch.float64)
    value, _ = torch.randn(2, 32, 16, generator=generator, dtype=torch.float64)
    average = scores / scores.sum(-1, keepdim=True) @ value
    assert average.square().mean().sqrt().item() == pytest.approx(0.2, abs=0.02)
    steeper = largest_gradients([1.0], "rms")[0] / largest_gradients([1.0], "scaled")[0]
    assert steeper == pytest.approx(4.4, abs=0.05)


@pytest.mark.parametrize("eps", [1e-5, 1e-4, 1e-2])
def test_the_cap_is_the_raw_gradient_over_root_eps(eps):
    raw = largest_gradients([1.0], "raw")[0]
    cap = largest_gradients([1e-10], "rms", eps=eps)[0]
    assert cap == pytest.approx(raw / math.sqrt(eps), rel=0.01)


def test_an_epsilon_in_the_sum_caps_at_its_inverse_not_at_its_root():
    s, eps = torch.full((4,), 1e-12, dtype=torch.float64), 1e-6
    for rule in (lambda s: s / (s.sum() + eps), lambda s: s / s.sum().clamp(min=eps)):
        jacobian = torch.autograd.functional.jacobian(rule, s)
        assert jacobian.abs().max().item() == pytest.approx(1e6, rel=0.01)


def test_the_gradient_for_queries_of_softmax_attention_grows_with_the_keys():
    q, k, v = qkv()
    norms = []
    for c in (1.0, 1000.0):  # the scores, and so the weights, stay the same
        query = (q / c).requires_grad_()
        F.scaled_dot_product_attention(query, c * k, v).sum().backward()
        norms.append(query.grad.norm().item())
    assert norms[1] / norms[0] == pytest.approx(1000)


def test_the_experiment_depends_on_its_number_of_tokens():
    assert largest_gradients([1.0], "raw", tokens=3) != largest_gradients([1.0], "raw")


# NormAttention.


@given(
    seeds, st.integers(1, 9), st.integers(1, 9), st.integers(1, 3), st.integers(1, 3)
)
def test_both_orders_of_the_product_agree(seed, tokens, keys, features, width):
    inputs = qkv(seed, (2, 2), tokens, keys, features, width)
    assert_same(norm_attention(*inputs), dense_norm_attention(*inputs, causal=False))


@given(seeds, st.integers(1, 13), st.integers(1, 15), st.integers(1, 3))
def test_chunks_of_any_size_give_the_dense_masked_form(seed, tokens, chunk, width):
    inputs = qkv(seed, (2, 1), tokens, width=width)
    expected = dense_norm_attention(*inputs, causal=True, eps=0.1)
    actual = norm_attention(*inputs, causal=True, eps=0.1, chunk_size=chunk)
    assert_same(actual, expected)


@given(seeds, st.integers(1, 6), st.integers(1, 3), st.integers(1, 4))
def test_one_token_after_the_other_gives_the_causal_form(seed, tokens, features, width):
    q, k, v = qkv(seed, (2,), tokens, features=features, width=width)
    state, outputs = torch.zeros(2, features, width, dtype=torch.float64), []
    for t in range(tokens):
        out, state = norm_attention_step(q[:, t], k[:, t], v[:, t], state, eps=0.1)
        outputs.append(out)
    expected = dense_norm_attention(q, k, v, causal=True, eps=0.1)
    assert_same(torch.stack(outputs, 1), expected)
    assert_same(state, torch.einsum("bsd,bsv->bdv", k, v))


def test_a_state_kept_in_float32_does_not_stall():
    one = torch.ones(1, dtype=torch.bfloat16)
    state = torch.zeros(1, 1)
    for _ in range(300):  # in bfloat16 a sum of ones stops at 256
        _, state = norm_attention_step(one, one, one, state)
    assert state.item() == 300


def test_the_state_keeps_its_type_and_is_summed_in_it():
    one = torch.ones(1)
    _, state = norm_attention_step(one, one, one, torch.tensor([[2.0**24]]).double())
    assert (state.dtype, state.item()) == (torch.float64, 2**24 + 1)
    _, state = norm_attention_step(one, one, one, torch.zeros(1, 1).bfloat16())
    assert state.dtype == torch.bfloat16


def test_a_step_refuses_what_does_not_fit():
    x = torch.ones(2, 3)
    for state in (torch.ones(2, 3), torch.ones(2, 3, 4), torch.ones(1, 3, 3)):
        with pytest.raises(ValueError, match=re.escape(f"{tuple(state.shape)}")):
            norm_attention_step(x, x, x, state)
    with pytest.raises(ValueError, match=r"leading axes, got \(2, 3\) and \(1, 3\)"):
        norm_attention_step(x, x, x[:1], torch.ones(2, 3, 3))


@given(seeds, st.integers(1, 9), st.booleans())
def test_what_is_normalized_is_the_dense_product(seed, tokens, causal):
    inputs = qkv(seed, (2,), tokens)
    expected = dense_unscaled(*inputs, causal)
    assert_same(unscaled_attention(*inputs, causal, chunk_size=2), expected, atol=1e-11)


def test_default_chunks_give_the_dense_masked_form_on_a_longer_sequence():
    inputs = qkv(batch=(1,), tokens=150)
    expected = dense_norm_attention(*inputs, causal=True)
    assert_same(norm_attention(*inputs, causal=True), expected)


@given(seeds, st.integers(1, 6))
def test_the_future_does_not_leak_into_the_past(seed, cut):
    q, k, v = qkv(seed)
    before = norm_attention(q, k, v, causal=True, chunk_size=3)[:, :cut]
    q[:, cut:], k[:, cut:], v[:, cut:] = 9.0, -9.0, 99.0
    after = norm_attention(q, k, v, causal=True, chunk_size=3)[:, :cut]
    assert_same(after, before)


def test_causal_cost_is_linear_in_the_tokens():
    features, chunk = 32, 64
    for tokens in (256, 512, 4096):
        x = torch.empty(1, tokens, features, device="meta")
        with FlopCounterMode(display=False) as counter:
            norm_attention(x, x, x, causal=True, chunk_size=chunk)
        expected = 4 * tokens * (chunk * features + features**2)
        assert counter.get_total_flops() == expected
        with FlopCounterMode(display=False) as default:  # 64 tokens a chunk
            norm_attention(x, x, x, causal=True)
        assert default.get_total_flops() == expected


def test_norm_attention_gradients_match_finite_differences():
    inputs = [x.requires_grad_() for x in qkv(batch=(1,), tokens=4)]
    for causal in (False, True):
        assert torch.autograd.gradcheck(
            lambda *x, causal=causal: norm_attention(*x, causal, 0.1, chunk_size=3),
            inputs,
        )


def test_the_output_forgets_the_size_of_the_scores():
    q, k, v = qkv()
    expected = norm_attention(q, k, v, eps=1e-20)
    assert_same(norm_attention(1e-3 * q, 5 * k, 7 * v, eps=1e-20), expected)


def test_norm_attention_is_no_average_of_the_values():
    q, k, v = (x.abs() for x in qkv())
    constant = torch.full_like(v, 3.0)
    assert_same(norm_attention(q, k, constant, eps=1e-20), constant / 3)


# DiagAttention.


@given(seeds, st.integers(1, 4), st.integers(1, 4), st.booleans())
def test_diag_attention_is_softmax_attention_under_a_block_mask(
    seed, blocks, block, causal
):
    inputs = qkv(seed, (2, 2), blocks * block)
    mask = block_mask(blocks * block, block, causal)
    expected = F.scaled_dot_product_attention(*inputs, attn_mask=mask)
    assert_same(diag_attention(*inputs, block, causal), expected)


@given(seeds, st.integers(1, 9), st.integers(1, 12), st.booleans())
def test_padding_changes_nothing_but_the_last_block(seed, tokens, block, causal):
    inputs = qkv(seed, (2,), tokens)
    mask = block_mask(tokens, block, causal)
    expected = F.scaled_dot_product_attention(*inputs, attn_mask=mask)
    assert_same(diag_attention(*inputs, block, causal, pad=True), expected)


def test_diag_attention_computes_tokens_times_block_weights():
    identity = torch.eye(32, dtype=torch.float64)  # as values: the weights themselves
    weights = diag_attention(normal(32, 4), normal(32, 4, seed=1), identity, block=8)
    assert (weights > 0).sum() == 32 * 8
    assert_same(weights.sum(-1), torch.ones(32, dtype=torch.float64))
    x = torch.empty(1, 4096, 32, device="meta")
    with FlopCounterMode(display=False) as counter:
        diag_attention(x, x, x, block=64)
    assert counter.get_total_flops() == 4 * 4096 * 64 * 32


def test_a_block_longer_than_the_text_costs_no_more_than_the_text():
    x = torch.empty(1, 5, 3, device="meta")
    with FlopCounterMode(display=False) as counter:
        diag_attention(x, x, x, block=1000, pad=True)
    assert counter.get_total_flops() == 4 * 5 * 5 * 3


def test_neighbours_across_a_block_edge_do_not_meet():
    q, k, v = qkv(tokens=8)
    before = diag_attention(q, k, v, block=4)
    k[:, 4:], v[:, 4:] = 5.0, 99.0
    assert_same(diag_attention(q, k, v, block=4)[:, :4], before[:, :4])


def test_padded_gradients_are_finite_and_right():
    inputs = [x.requires_grad_() for x in qkv(batch=(1,), tokens=5)]
    assert torch.autograd.gradcheck(
        lambda *x: diag_attention(*x, 3, causal=True, pad=True), inputs
    )


# Dilution.


@given(seeds, st.integers(1, 7), st.integers(0, 8))
def test_locality_mass_counts_pairs_in_the_window(seed, tokens, window):
    A = normal(2, tokens, tokens, seed=seed)
    shares = []
    for row in A.reshape(-1, tokens).abs().split(tokens):
        for i, weights in enumerate(row.tolist()):
            near = [w for j, w in enumerate(weights) if abs(i - j) <= window]
            shares.append(sum(near) / sum(weights))
    expected = sum(shares) / len(shares)
    assert locality_mass(A, window) == pytest.approx(expected, abs=1e-12)


@given(seeds, st.integers(1, 40), st.sampled_from([0.05, 0.1, 0.5, 1.0]))
def test_top_mass_adds_the_heaviest_keys(seed, keys, fraction):
    A = normal(3, keys, seed=seed)
    percent = round(100 * fraction)
    count = -(-percent * keys // 100)  # in whole numbers
    expected = sum(
        sum(sorted(row, reverse=True)[:count]) / sum(row) for row in A.abs().tolist()
    )
    assert top_mass(A, fraction) == pytest.approx(expected / 3, abs=1e-12)


def test_uniform_attention_gives_each_key_its_share():
    A = torch.ones(256, 256, dtype=torch.float64)
    assert top_mass(A) == 26 / 256
    assert top_mass(torch.ones(1, 100), 0.07) == pytest.approx(0.07)
    assert locality_mass(torch.eye(9), 0) == 1.0


def test_linear_attention_is_diluted_and_softmax_is_not():
    q, k = 3 * normal(256, 16), 3 * normal(256, 16, seed=1)
    softmax = (q @ k.mT / 4).softmax(-1)
    linear = (F.elu(q) + 1) @ (F.elu(k) + 1).mT
    assert top_mass(softmax) == pytest.approx(0.9996, abs=2e-4)
    assert top_mass(linear) == pytest.approx(0.184, abs=0.004)
    large = [top_mass((F.elu(c * q) + 1) @ (F.elu(c * k) + 1).mT) for c in (1e2, 1e4)]
    assert large == pytest.approx([0.238, 0.238], abs=0.006)  # the share settles


def test_elu_plus_one_of_scores_below_zero_is_softmax_again():
    s = -normal(64, 64).abs()
    A = F.elu(s) + 1
    assert_same(A / A.sum(-1, keepdim=True), s.softmax(-1))
    assert top_mass(A) == pytest.approx(top_mass(s.softmax(-1)), abs=1e-12)


# The block.


@given(
    seeds,
    st.sampled_from(["diag", "norm"]),
    st.booleans(),
    st.integers(1, 9),
    st.sampled_from([1e-6, 0.3]),
)
def test_a_block_follows_the_formula(seed, kind, causal, tokens, eps):
    torch.manual_seed(0)
    layer = TransNormerBlock(kind, 6, heads=2, block=4, causal=causal, eps=eps).double()
    x = normal(2, tokens, 6, seed=seed)
    y = F.rms_norm(x, (6,), eps=eps)
    q, k, v = (y @ w.mT for w in layer.to_qkv.weight.split(6))
    mixed = []
    for h in (slice(0, 3), slice(3, 6)):  # one head at a time
        if kind == "diag":
            mask = block_mask(tokens, 4, causal)
            head = F.scaled_dot_product_attention(
                q[..., h], k[..., h], v[..., h], attn_mask=mask
            )
        else:
            phi_q, phi_k = F.elu(q[..., h]) + 1, F.elu(k[..., h]) + 1
            head = dense_unscaled(phi_q, phi_k, v[..., h], causal)
        mixed.append(head)
    joined = torch.cat(mixed, -1)
    if kind == "norm":
        joined = F.rms_norm(joined, (6,), eps=eps) * F.silu(y @ layer.to_gate.weight.mT)
    assert_same(layer.attention(y), joined)
    x = x + joined @ layer.to_out.weight.mT
    gate, content = layer.up.weight.split(12)
    y = F.rms_norm(x, (6,), eps=eps)
    expected = x + (F.silu(y @ gate.mT) * (y @ content.mT)) @ layer.down.weight.mT
    assert_same(layer(normal(2, tokens, 6, seed=seed)), expected)


def reach(kinds, causal=False):
    """Which inputs each output of a stack depends on: (t, t) of bool."""
    torch.manual_seed(0)
    stack = torch.nn.Sequential(
        *(TransNormerBlock(kind, 8, 2, block=4, causal=causal) for kind in kinds)
    ).double()
    jacobian = torch.autograd.functional.jacobian(stack, normal(1, 8, 8))
    return jacobian[0, :, :, 0].abs().amax((1, 3)) > 0


def test_depth_does_not_carry_diag_layers_across_an_edge():
    assert torch.equal(reach(["diag"] * 3), block_mask(8, 4, causal=False))
    assert torch.equal(reach(["diag"], causal=True), block_mask(8, 4, causal=True))


@pytest.mark.parametrize("kinds", [["diag", "norm"], ["norm", "diag"]])
def test_one_norm_layer_anywhere_connects_all_tokens(kinds):
    assert reach(kinds).all()
    past = torch.ones(8, 8, dtype=torch.bool).tril()
    assert not (reach(kinds, causal=True) & ~past).any()


def test_the_block_defaults_are_causal_with_sixteen_tokens_and_a_small_epsilon():
    layer = TransNormerBlock("diag")
    assert (layer.causal, layer.block, layer.eps, layer.heads) == (True, 16, 1e-6, 4)


def test_the_norm_of_a_block_keeps_the_ratio_of_sizes_between_its_heads():
    torch.manual_seed(0)
    layer = TransNormerBlock("norm", 6, heads=2, causal=False).double()
    with torch.no_grad():
        layer.to_qkv.weight[12:15] *= 1e-3  # values of the first head
        layer.to_gate.weight.copy_(10 * torch.eye(6))
        x = normal(1, 5, 6).abs()  # a gate above 0
        mixed = layer.attention(x) / F.silu(10 * x)
    weak, strong = mixed[..., :3], mixed[..., 3:]
    assert (weak.norm(dim=-1) / strong.norm(dim=-1)).max() < 0.05
    assert_same(mixed.square().mean(-1), torch.ones(1, 5).double(), atol=1e-4)


def test_only_blocks_of_norm_attention_have_a_gate():
    assert TransNormerBlock("diag").to_gate is None
    assert TransNormerBlock("norm").to_gate.weight.shape == (64, 64)


def test_layer_kinds_start_local():
    assert layer_kinds(0) == []
    assert layer_kinds(1) == ["norm"]
    assert layer_kinds(4) == ["diag", "diag", "norm", "norm"]
    assert layer_kinds(5) == ["diag", "diag", "norm", "norm", "norm"]


# Bad inputs.

Q = torch.ones(2, 6, 3)


@pytest.mark.parametrize("attention", ["norm", "diag", "causal"])
@pytest.mark.parametrize(
    "shapes",
    [
        [(3,), (3,), (3,)],  # no tokens axis
        [(2, 6, 3), (2, 6, 4), (2, 6, 3)],  # features differ
        [(2, 6, 3), (2, 6, 3), (2, 5, 3)],  # keys and values differ
        [(2, 6, 3), (1, 6, 3), (1, 6, 3)],  # would broadcast
        [(2, 6, 3), (2, 6, 3), (1, 6, 3)],  # would broadcast
        [(2, 0, 3), (2, 0, 3), (2, 0, 3)],  # empty
    ],
)
def test_bad_shapes_are_rejected_and_named(attention, shapes):
    call = {
        "norm": norm_attention,
        "causal": lambda *x: norm_attention(*x, causal=True),
        "diag": lambda *x: diag_attention(*x, block=2),
    }[attention]
    with pytest.raises(ValueError, match=re.escape(", ".join(map(str, shapes)))):
        call(*map(torch.ones, shapes))


def test_causal_and_block_attention_want_as_many_keys_as_queries():
    match = re.escape("k (..., t, d), v (..., t, v)")
    with pytest.raises(ValueError, match=match):
        norm_attention(Q, Q[:, :4], Q[:, :4], causal=True)
    with pytest.raises(ValueError, match=match):
        diag_attention(Q, Q[:, :4], Q[:, :4], block=2)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: srms_norm(Q, eps=0), "eps must be > 0 and finite, got 0"),
        (lambda: srms_norm(Q, eps=-1.0), "eps must be > 0 and finite, got -1.0"),
        (lambda: srms_norm(Q, eps=math.nan), "eps must be > 0 and finite, got nan"),
        (lambda: srms_norm(torch.ones(2, 0)), re.escape("got (2, 0)")),
        (lambda: srms_norm(torch.tensor(1.0)), re.escape("got ()")),
        (lambda: norm_attention(Q, Q, Q, eps=0), "eps must be > 0 and finite, got 0"),
        (
            lambda: norm_attention(Q, Q, Q, causal=True, chunk_size=0),
            "chunk_size must be an integer >= 1, got 0",
        ),
        (
            lambda: diag_attention(Q, Q, Q, block=0),
            "block must be an integer >= 1, got 0",
        ),
        (
            lambda: diag_attention(Q, Q, Q, block=-3),
            "block must be an integer >= 1, got -3",
        ),
        (
            lambda: diag_attention(Q, Q, Q, block=4),
            "need a multiple of 4 tokens or pad=True, got 6",
        ),
        (lambda: softmax_jacobian(torch.ones(2, 0)), re.escape("got (2, 0)")),
        (lambda: scaled_linear_jacobian(torch.tensor(1.0)), re.escape("got ()")),
        (
            lambda: scaled_linear_jacobian(torch.tensor([1.0, 0.0])),
            "scores must be > 0 and finite, got 0.0",
        ),
        (
            lambda: scaled_linear_jacobian(torch.tensor([1.0, math.nan])),
            "scores must be > 0 and finite, got nan",
        ),
        (lambda: score_gradient(Q, Q, Q, "mean"), "rule must be one of .*got 'mean'"),
        (lambda: locality_mass(Q, 1), re.escape("need A (..., t, t), got (2, 6, 3)")),
        (
            lambda: locality_mass(torch.eye(3), -1),
            "window must be an integer >= 0, got -1",
        ),
        (lambda: locality_mass(torch.zeros(2, 2), 1), "every row of A needs finite"),
        (lambda: locality_mass(torch.ones(3), 1), re.escape("got (3,)")),
        (lambda: top_mass(torch.ones(2, 0)), re.escape("got (2, 0)")),
        (
            lambda: top_mass(Q, 0.0),
            re.escape("fraction must be > 0 and finite, got 0.0"),
        ),
        (lambda: top_mass(Q, 1.5), re.escape("fraction must be in (0, 1], got 1.5")),
        (lambda: TransNormerBlock("local"), "kind must be 'diag' or 'norm', got 'loc"),
        (lambda: TransNormerBlock("norm", 6, 4), "heads must divide width, got 4 and"),
        (
            lambda: TransNormerBlock("norm", 6, 0),
            "heads must be an integer >= 1, got 0",
        ),
        (
            lambda: TransNormerBlock("diag", block=0),
            "block must be an integer >= 1, got 0",
        ),
        (lambda: TransNormerBlock("diag", eps=0), "eps must be > 0 and finite, got 0"),
        (
            lambda: score_gradient(Q, Q.mT, Q, "raw"),
            re.escape("got (2, 6, 3), (2, 3, 6), (2, 6, 3)"),
        ),
        (lambda: score_gradient(Q, Q, Q.mT, "raw"), "need scores"),
        (lambda: score_gradient(Q[0, 0], Q, Q, "raw"), "need scores"),
        (lambda: largest_gradients([0.0], "raw"), "every scale must be > 0 and fin"),
        (lambda: largest_gradients([1.0], "raw", tokens=0), "tokens must be an int"),
        (lambda: top_mass(torch.full((1, 2), math.inf)), "every row of A .* got larg"),
        (lambda: srms_norm(torch.ones(3).int()), "x must be a tensor of floats, got"),
        (lambda: norm_attention(Q, Q, Q.double()), "must share one type, got"),
        (lambda: TransNormerBlock("norm")(Q), r"x must have shape \(b, t, 64\)"),
        (lambda: TransNormerBlock("norm")(torch.ones(0, 2, 64)), "no axis empty, got"),
        (lambda: layer_kinds(-1), "layers must be an integer >= 0, got -1"),
    ],
)
def test_bad_arguments_are_named(call, match):
    with pytest.raises(ValueError, match=match):
        call()
