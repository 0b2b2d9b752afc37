"""Oracles: the definition in loops, autograd, and torch's own counter of operations.

The Triton kernels are compared with the recurrent form in float64: through the
interpreter where there is no GPU, compiled where there is one.
"""

import importlib.util
import itertools
import math
import re
import sys

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from snippets.nlp import linear_attention as module
from snippets.nlp.linear_attention import (
    State,
    cache_size,
    chunk_step,
    delta_step,
    efficient_attention,
    elu_feature_map,
    empty_state,
    flops_chunked,
    flops_linear,
    flops_quadratic,
    linear_attention_chunked,
    linear_attention_prefix_sums,
    linear_attention_quadratic,
    linear_attention_recurrent,
    prefill,
    recall,
    recurrent_step,
    state_size,
)
from tests.triton_kernels import interpreted, lines_of_compiler, needs_triton

FORMS = [
    linear_attention_quadratic,
    linear_attention_prefix_sums,
    linear_attention_recurrent,
    linear_attention_chunked,
]
every_form = pytest.mark.parametrize("form", FORMS)
both_ways = pytest.mark.parametrize("causal", [False, True])
sizes = st.integers(1, 3)
lengths = st.integers(1, 9)
seeds = st.integers(0, 2**32 - 1)
fronts = st.sampled_from([(), (2,), (2, 3), (1, 2, 2)])


def random_inputs(seed=0, front=(2, 2), length=7, d=3, width=4, dtype=torch.float64):
    """q, k and v, by default in float64, so that only real mistakes exceed 1e-12."""
    generator = torch.Generator().manual_seed(seed)

    def normal(last: int) -> torch.Tensor:
        shape = (*front, length, last)
        return torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype)

    return normal(d), normal(d), normal(width)


def split_features(x):
    """A feature map with twice as many features as it is given, none of them 0."""
    return torch.cat([x.relu() + 0.1, (-x).relu() + 0.2], -1)


def definition(q, k, v, causal, phi=lambda x: F.elu(x) + 1):
    """Weighted mean of the values seen, one number at a time."""
    output = torch.zeros_like(v)
    for place in itertools.product(*map(range, v.shape[:-1])):
        *front, i = place
        front = tuple(front)
        seen = i + 1 if causal else v.shape[-2]
        query = phi(q[place])
        weights = [float(query @ phi(k[(*front, j)])) for j in range(seen)]
        for j, weight in enumerate(weights):
            output[place] += weight / sum(weights) * v[(*front, j)]
    return output


def assert_same(actual, expected, atol=1e-12):
    torch.testing.assert_close(actual, expected, rtol=0, atol=atol)


def by_steps(q, k, v, dtype=None, low=False):
    """Run ``recurrent_step`` over the token axis."""
    state, outputs = empty_state(k, v, dtype=dtype), []
    for token in zip(*(x.unbind(-2) for x in (q, k, v))):
        state, output = recurrent_step(state, token, allow_low_precision=low)
        outputs.append(output)
    return state, torch.stack(outputs, dim=-2)


def worst(actual, expected):
    """Largest absolute difference, in float64; NaN counts as infinite."""
    difference = (actual.double() - expected.double()).abs().max().item()
    return math.inf if math.isnan(difference) else difference


# The forms


@given(seeds, fronts, lengths, sizes, sizes, st.integers(1, 12), st.booleans())
def test_all_forms_follow_the_definition(seed, front, length, d, width, chunk, causal):
    inputs = random_inputs(seed, front, length, d, width)
    expected = definition(*inputs, causal)
    assert_same(linear_attention_quadratic(*inputs, causal), expected)
    assert_same(linear_attention_prefix_sums(*inputs, causal), expected)
    assert_same(linear_attention_recurrent(*inputs, causal), expected)
    assert_same(linear_attention_chunked(*inputs, causal, chunk), expected)
    if causal:
        assert_same(by_steps(*inputs)[1], expected)


@given(seeds, lengths, st.integers(1, 12), st.booleans())
def test_a_feature_map_may_change_the_number_of_features(seed, length, chunk, causal):
    inputs = random_inputs(seed, (2,), length)
    expected = definition(*inputs, causal, split_features)
    for form in FORMS:
        more = {"chunk": chunk} if form is linear_attention_chunked else {}
        actual = form(*inputs, causal, feature_map=split_features, **more)
        assert_same(actual, expected)


@both_ways
def test_forms_agree_to_the_last_bits_at_fifty_tokens(causal):
    inputs = random_inputs(length=50, d=8, width=8, front=())
    expected = linear_attention_quadratic(*inputs, causal)
    others = [
        linear_attention_prefix_sums(*inputs, causal),
        linear_attention_recurrent(*inputs, causal),
        *(linear_attention_chunked(*inputs, causal, c) for c in (1, 7, 16, 50, 64)),
    ]
    assert max(worst(other, expected) for other in others) < 2e-15


@given(seeds, st.integers(1, 6), st.integers(1, 12))
def test_a_sequence_can_be_cut_anywhere(seed, cut, chunk):
    inputs = random_inputs(seed)
    left, right = zip(*(x.split([cut, 7 - cut], dim=-2) for x in inputs))
    state = empty_state(*inputs[1:])
    whole_state, whole = prefill(state, inputs, chunk)
    state, first = prefill(state, left, chunk)
    state, second = prefill(state, right, chunk)
    assert_same(torch.cat([first, second], dim=-2), whole)
    assert_same(whole, definition(*inputs, True))
    step_state, _ = by_steps(*inputs)
    for part, expected, stepped in zip(state, whole_state, step_state, strict=True):
        assert_same(part, expected)
        assert_same(stepped, expected)


def test_a_prompt_in_chunks_goes_on_token_by_token():
    q, k, v = random_inputs()
    state, _ = prefill(empty_state(k, v), (q[..., :5, :], k[..., :5, :], v[..., :5, :]))
    for i in (5, 6):
        state, output = recurrent_step(state, tuple(x[..., i, :] for x in (q, k, v)))
        assert_same(output, definition(q, k, v, True)[..., i, :])


def test_a_step_leaves_the_state_it_was_given_alone():
    q, k, v = random_inputs()
    state = empty_state(k, v)
    recurrent_step(state, tuple(x[..., 0, :] for x in (q, k, v)))
    chunk_step(state, (q, k, v))
    assert all((part == 0).all() for part in state)


@every_form
@given(seed=seeds, cut=st.integers(1, 6))
def test_the_future_does_not_leak_into_the_past(form, seed, cut):
    q, k, v = random_inputs(seed)
    before = form(q, k, v, True)[..., :cut, :]
    for x, other in zip((q, k, v), (9.0, -9.0, 99.0)):
        x[..., cut:, :] = other
    assert_same(form(q, k, v, True)[..., :cut, :], before)


@given(seeds)
def test_the_past_is_a_bag(seed):
    q, k, v = random_inputs(seed)
    order = torch.randperm(7, generator=torch.Generator().manual_seed(seed))
    last = linear_attention_quadratic(q, k, v, True)[..., -1, :]
    k, v = k[..., order, :], v[..., order, :]
    assert_same(linear_attention_quadratic(q, k, v, True)[..., -1, :], last)


@every_form
@both_ways
def test_weights_sum_to_one(form, causal):
    q, k, v = random_inputs()
    constant = torch.full_like(v, 3.0)
    assert_same(form(q, k, constant, causal), constant)


@every_form
@both_ways
def test_a_single_token_copies_its_own_value(form, causal):
    q, k, v = random_inputs(length=1)
    assert_same(form(q, k, v, causal), v)


@every_form
@both_ways
def test_gradients_match_finite_differences(form, causal):
    inputs = [x.requires_grad_() for x in random_inputs(front=(), length=4)]
    assert torch.autograd.gradcheck(lambda q, k, v: form(q, k, v, causal), inputs)


def test_gradients_pass_through_chunks_and_state():
    inputs = [x.requires_grad_() for x in random_inputs(front=(), length=7)]

    def output_and_state(*inputs):
        state, output = prefill(empty_state(*inputs[1:]), inputs, chunk=3)
        return output, *state

    assert torch.autograd.gradcheck(output_and_state, inputs)


@every_form
@both_ways
def test_outputs_are_finite_for_large_and_small_inputs(form, causal):
    for scale in (1e-30, 80.0, 1e15):
        q, k, v = random_inputs(dtype=torch.float32)
        q, k = scale * q.abs(), scale * k.abs()
        output = form(q, k, v, causal)
        assert output.isfinite().all()
        assert (output.abs() <= v.abs().amax(-2, keepdim=True) * 1.001).all()


@every_form
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32])
def test_outputs_keep_the_type_and_sums_are_at_least_float32(form, dtype):
    inputs = random_inputs(length=300, front=(1,), dtype=dtype)
    exact = form(*(x.double() for x in inputs), True)
    output = form(*inputs, True)
    assert output.dtype == dtype
    rounding = torch.finfo(dtype).eps * exact.abs().max().item()
    assert worst(output, exact) <= max(rounding, 2e-6)
    assert form(*inputs, False).dtype == dtype


@every_form
@given(seeds, lengths, lengths)
def test_queries_may_be_more_or_fewer_than_keys_if_all_are_seen(form, seed, t, s):
    q = random_inputs(seed, (2,), t)[0]
    _, k, v = random_inputs(seed + 1, (2,), s)
    weights = elu_feature_map(q) @ elu_feature_map(k).mT
    expected = weights @ v / weights.sum(-1, keepdim=True)
    assert_same(form(q, k, v, False), expected)
    if t != s:
        with pytest.raises(ValueError, match=r"need q and k \(..., t, d\), v"):
            form(q, k, v, True)
    shen = q.softmax(-1) @ k.softmax(-2).mT @ v
    assert_same(efficient_attention(q, k, v), shen)


def test_an_infinite_future_reaches_the_past_through_masked_weights_only():
    q, k, v = random_inputs(front=())
    v[5] = math.inf
    for form in FORMS:
        spoilt = bool(form(q, k, v, True)[:5].isnan().any())
        masked = (linear_attention_quadratic, linear_attention_chunked)
        assert spoilt == (form in masked)
    k[5], v[5] = math.inf, 0.0  # a key's weight is cut off, not multiplied by 0
    for form in FORMS:
        assert form(q, k, v, True)[:5].isfinite().all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_efficient_attention_in_16_bits_is_the_rounded_exact_one(dtype):
    inputs = [x.to(dtype) for x in random_inputs(length=400, front=())]
    exact = efficient_attention(*(x.double() for x in inputs))
    output = efficient_attention(*inputs)
    rounding = torch.finfo(dtype).eps * exact.abs().max().item()
    assert output.dtype == dtype
    assert worst(output, exact) <= rounding


# The feature map


def test_feature_map_is_elu_plus_one_with_its_gradient():
    x = torch.tensor([-3.0, 0.0, 3.0], dtype=torch.float64, requires_grad=True)
    assert_same(elu_feature_map(x), F.elu(x) + 1)
    (ours,) = torch.autograd.grad(elu_feature_map(x).sum(), x)
    (theirs,) = torch.autograd.grad(F.elu(x).sum(), x)
    assert_same(ours, theirs)


@pytest.mark.parametrize("x", [-100.0, -20.0, 20.0, 1e4])
def test_feature_map_stays_positive_and_finite_in_float32(x):
    x = torch.tensor(x, requires_grad=True)
    y = elu_feature_map(x)
    y.backward()
    assert 0 < y < torch.inf
    assert 0 < x.grad < torch.inf


def test_naive_feature_map_would_vanish():
    # The reason that elu_feature_map is not this.
    assert F.elu(torch.tensor(-20.0)) + 1 == 0


# What goes wrong elsewhere


@pytest.mark.parametrize("length", [4, 16])
def test_without_the_normalizer_outputs_grow_with_the_length(length):
    q, k, v = random_inputs(front=(), length=length)
    q, k, v = torch.zeros_like(q), torch.zeros_like(k), torch.ones_like(v)
    numerator = elu_feature_map(q) @ (elu_feature_map(k).mT @ v)
    assert_same(numerator, torch.full_like(v, 3.0 * length))  # d = 3 features of 1
    assert_same(linear_attention_prefix_sums(q, k, v, False), v)


def test_padding_with_zeros_is_not_a_mask():
    q, k, v = random_inputs(front=(), length=5)
    k[4], v[4] = 0.0, 0.0
    kept = linear_attention_quadratic(q[:4], k[:4], v[:4], False)
    assert worst(linear_attention_quadratic(q, k, v, False)[:4], kept) > 0.01

    def silenced(x):  # the last key weighs 0 once its features are 0
        features = elu_feature_map(x).clone()
        if x is k:
            features[4] = 0
        return features

    phi_q, phi_k = elu_feature_map(q[:4]), silenced(k)
    weights = phi_q @ phi_k.mT
    assert_same(weights @ v / weights.sum(-1, keepdim=True), kept)


def test_padding_behind_a_causal_mask_stays_in_the_state():
    q, k, v = random_inputs(front=(), length=5)
    alone, seen = prefill(empty_state(k, v), (q, k, v))
    padded = tuple(F.pad(x, (0, 0, 0, 3)) for x in (q, k, v))
    state, outputs = prefill(empty_state(k, v), padded)
    assert_same(outputs[:5], seen)
    assert_same(state.key_sum, alone.key_sum + 3)
    token = (q[0], k[0], v[0])
    assert (
        worst(recurrent_step(state, token)[1], recurrent_step(alone, token)[1]) > 0.01
    )


def test_a_mask_of_minus_infinity_gives_nan():
    q, k, v = random_inputs(front=())
    weights = elu_feature_map(q) @ elu_feature_map(k).mT
    masked = weights.masked_fill(torch.ones(7, 7).triu(1).bool(), -math.inf)
    assert (masked @ v / masked.sum(-1, keepdim=True))[0].isnan().any()
    assert_same(
        weights.tril() @ v / weights.tril().sum(-1, keepdim=True),
        definition(q, k, v, True),
    )


def test_the_brackets_may_not_move_across_a_mask():
    q, k, v = random_inputs(front=())
    masked_state = elu_feature_map(q) @ (elu_feature_map(k).mT.tril() @ v)
    assert worst(masked_state, linear_attention_quadratic(q, k, v, True)) > 0.1


def test_softmax_can_have_full_rank_and_linear_weights_cannot():
    q, k, _ = random_inputs(front=(), length=64, d=8)
    rank = torch.linalg.matrix_rank
    weights = elu_feature_map(q) @ elu_feature_map(k).mT
    assert rank((q @ k.mT / 8**0.5).softmax(-1)) == 64
    assert rank(weights) == 8
    # Under a causal mask the whole has full rank, what crosses any cut has not.
    assert rank(weights.tril()) == 64
    assert rank(weights.tril()[32:, :32]) == 8


def test_sixteen_bit_sums_stall():
    ones = torch.zeros(1000, 1), torch.zeros(1000, 1), torch.ones(1000, 1)
    for dtype, end in ((torch.bfloat16, 256.0), (torch.float32, 1000.0)):
        state, _ = by_steps(*ones, dtype, low=True)
        assert state.key_sum.item() == state.outer_sum.item() == end
    ones = torch.zeros(3000, 1), torch.zeros(3000, 1), torch.ones(3000, 1)
    assert by_steps(*ones, torch.float16, low=True)[0].key_sum == 2048


def test_a_bfloat16_state_loses_the_output():
    inputs = random_inputs(front=(), length=2048, d=32, width=32, dtype=torch.float32)
    exact = linear_attention_chunked(*(x.double() for x in inputs), True)[-100:]

    def error(dtype):
        output = by_steps(*inputs, dtype, low=True)[1][-100:]
        return float((output - exact).norm() / exact.norm())

    assert error(torch.bfloat16) == pytest.approx(1.24, abs=0.05)
    assert error(torch.float32) < 1e-6


# Shen et al.


@given(seeds, fronts, lengths, sizes, sizes)
def test_efficient_attention_follows_its_definition(seed, front, length, d, width):
    q, k, v = random_inputs(seed, front, length, d, width)
    weights = (q.exp() / q.exp().sum(-1, keepdim=True)) @ (
        k.exp() / k.exp().sum(-2, keepdim=True)
    ).mT
    assert_same(weights.sum(-1), torch.ones_like(weights[..., 0]))
    assert_same(efficient_attention(q, k, v), weights @ v)


def test_efficient_attention_sums_to_one_and_survives_large_inputs():
    q, k, v = random_inputs(length=50)
    constant = torch.full_like(v, 3.0)
    assert_same(efficient_attention(1e3 * q, 1e3 * k, constant), constant)


def test_a_mask_does_not_make_efficient_attention_causal():
    q, k, v = random_inputs(front=())
    before = (q.softmax(-1) @ k.softmax(-2).mT).tril() @ v
    k[6] += 3.0  # the future of tokens 0 to 5
    after = (q.softmax(-1) @ k.softmax(-2).mT).tril() @ v
    assert worst(before[:6], after[:6]) > 0.01
    with pytest.raises(ValueError, match="causal must be False: softmax over tokens"):
        efficient_attention(q, k, v, causal=True)


# Cost


@given(st.integers(1, 20), st.integers(1, 6), st.integers(1, 25))
def test_operations_are_those_that_torch_counts(t, d, chunk):
    q, k, v = torch.ones(3, t, d)
    with FlopCounterMode(display=False) as quadratic:
        (q @ k.mT) @ v
    with FlopCounterMode(display=False) as linear:
        q @ (k.mT @ v)
    with FlopCounterMode(display=False) as chunked:
        for a, b, c in zip(*(x.split(chunk) for x in (q, k, v))):
            (a @ b.mT) @ c
            a @ (b.mT @ c)
    assert flops_quadratic(t, d) == quadratic.get_total_flops()
    assert flops_linear(t, d) == linear.get_total_flops()
    assert flops_chunked(t, d, chunk) == chunked.get_total_flops()


def test_the_ratio_of_operations_is_length_over_width():
    for t, ratio in ((64, 1), (512, 8), (4096, 64)):
        assert flops_quadratic(t, 64) / flops_linear(t, 64) == ratio
    inside = flops_chunked(4096, 64, 64) - flops_linear(4096, 64)
    assert inside == flops_linear(4096, 64)  # at chunk = d
    fewer = [flops_chunked(4096, 64, c) for c in (1, 2, 16, 64, 256, 4096)]
    assert fewer == sorted(fewer)
    for t in range(1, 200):  # up to twice the linear form, less for a short chunk
        assert flops_chunked(t, 64, 64) <= 2 * flops_linear(t, 64)
    assert flops_chunked(16, 64, 64) < 1.3 * flops_linear(16, 64)


@given(st.integers(1, 9), st.integers(1, 9))
def test_what_is_kept_is_counted(t, d):
    k = v = torch.ones(t, d)
    assert cache_size(t, d) == k.numel() + v.numel()
    assert state_size(d) == sum(part.numel() for part in empty_state(k, v))


def test_state_against_cache():
    assert cache_size(4096, 64) == 524_288
    assert state_size(64) == 4160
    assert cache_size(4096, 64) / state_size(64) == pytest.approx(126, abs=0.1)
    assert cache_size(32, 64) < state_size(64) < cache_size(33, 64)


@pytest.mark.parametrize("bad", [0, -1, 2.0])
def test_counts_reject_bad_sizes(bad):
    with pytest.raises(ValueError, match=f"^t must be an integer >= 1, got {bad}"):
        flops_quadratic(bad, 4)
    with pytest.raises(ValueError, match=f"^d must be an integer >= 1, got {bad}"):
        flops_linear(4, bad)
    with pytest.raises(ValueError, match=f"^chunk must be an integer >= 1, got {bad}"):
        flops_chunked(4, 4, bad)
    with pytest.raises(ValueError, match=f"^t must be an integer >= 1, got {bad}"):
        cache_size(bad, 4)
    with pytest.raises(ValueError, match=f"^d must be an integer >= 1, got {bad}"):
        state_size(bad)


# Recall


@pytest.mark.parametrize("beta", [None, 2.0])
def test_recall_follows_its_definition(beta):
    result = recall(5, 3, torch.Generator().manual_seed(1), beta, trials=2)
    generator = torch.Generator().manual_seed(1)
    keys = torch.randn((2, 5, 3), generator=generator, dtype=torch.float64)
    signs = 2 * torch.randint(2, (2, 5, 3), generator=generator).double() - 1
    errors, right = [], []
    for k, v in zip(keys, signs):
        cosine = [[float(a @ b / (a.norm() * b.norm())) for b in k] for a in k]
        for i in range(5):
            weights = cosine[i]
            if beta is not None:
                powers = [math.exp(beta * c) for c in cosine[i]]
                weights = [p / sum(powers) for p in powers]
            for f in range(3):
                read = sum(w * float(x) for w, x in zip(weights, v[:, f]))
                errors.append((read - float(v[i, f])) ** 2)
                right.append((read > 0) == (float(v[i, f]) > 0))
    assert result.mse == pytest.approx(sum(errors) / 30, abs=1e-12)
    assert result.sign_accuracy == pytest.approx(sum(right) / 30, abs=1e-12)


def test_interference_is_the_other_pairs_over_the_width():
    for pairs, accuracy in ((16, 0.925), (32, None), (64, None), (256, 0.639)):
        linear = recall(pairs, 32, torch.Generator().manual_seed(0))
        assert linear.mse == pytest.approx((pairs - 1) / 32, rel=0.05)
        if accuracy:
            assert linear.sign_accuracy == pytest.approx(accuracy, abs=0.01)
        softmax = recall(pairs, 32, torch.Generator().manual_seed(0), beta=50)
        assert softmax.mse < 1e-9
        assert softmax.sign_accuracy == 1


def test_the_delta_rule_is_a_gradient_step_and_reads_back_the_last_value():
    memory, k, v = (x[0] for x in random_inputs(front=(1,), length=4, d=4, width=4))
    k, v = k[0] / k[0].norm(), v[0]
    variable = memory.clone().requires_grad_()
    loss = (variable.mT @ k - v).square().sum() / 2
    (slope,) = torch.autograd.grad(loss, variable)
    for rate in (0.3, 1.0):
        assert_same(delta_step(memory, k, v, rate), memory - rate * slope)
    assert_same(delta_step(memory, k, v).mT @ k, v)
    # A sum would read the old value as well.
    twice = delta_step(delta_step(memory, k, -v), k, v)
    assert_same(twice.mT @ k, v)


def test_the_delta_rule_gets_few_more_signs_right():
    for pairs, error, plain in ((16, 0.29, 0.47), (32, 0.59, 0.97), (64, 1.06, 1.96)):
        linear, delta, half = (
            recall(pairs, 32, torch.Generator().manual_seed(0), rate=rate)
            for rate in (None, 1.0, 0.5)
        )
        assert delta.mse == pytest.approx(error, abs=0.02)
        assert linear.mse == pytest.approx(plain, abs=0.02)
        assert delta.sign_accuracy < linear.sign_accuracy + 0.01
        assert 0 < half.sign_accuracy - linear.sign_accuracy < 0.03
        # Of squared errors most is scale: the sum, shrunk by the best number, has
        # s / (1 + s) for s = (pairs - 1) / d, about as much as the delta rule.
        assert abs((pairs - 1) / (pairs + 31) - half.mse) < 0.06


def test_late_pairs_overwrite_early_ones_under_the_delta_rule():
    generator = torch.Generator().manual_seed(0)
    k, v = torch.randn(2, 200, 64, 32, generator=generator, dtype=torch.float64)
    k, v = F.normalize(k, dim=-1), v.sign()
    memory = torch.zeros(200, 32, 32, dtype=torch.float64)
    for j in range(64):
        memory = delta_step(memory, k[:, j], v[:, j])
    right = ((k @ memory).sign() == v).double().mean((0, 2))
    assert float(right[0]) == pytest.approx(0.55, abs=0.02)
    assert right[63] == 1
    assert right[:16].mean() < right[24:40].mean() < right[48:].mean()
    even = ((k @ (k.mT @ v)).sign() == v).double().mean((0, 2))
    assert even.max() - even.min() < 0.05  # the sum treats all alike


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_a_delta_step_in_16_bits_rounds_once(dtype):
    memory = random_inputs(length=64, front=(20,), width=8)[2].to(dtype)
    k, v = (x[..., 0, :].to(dtype) for x in random_inputs(1, (20,), 1, 64, 8)[::2])
    k = F.normalize(k.double(), dim=-1).to(dtype)
    exact = delta_step(memory.double(), k.double(), v.double())
    ours = delta_step(memory, k, v)
    assert ours.dtype == dtype
    off = (ours.double() - exact).abs()
    assert (off <= torch.finfo(dtype).eps * exact.abs() + 1e-6).all()


def test_a_key_written_twice_gives_its_new_value_by_the_delta_rule_only():
    generator = torch.Generator().manual_seed(0)
    k = F.normalize(torch.randn(100, 8, 32, generator=generator), dim=-1)
    old, new = torch.randn(2, 100, 8, 32, generator=generator).sign()
    delta = torch.zeros(100, 32, 32)
    for values in (old, new):
        for j in range(8):
            delta = delta_step(delta, k[:, j], values[:, j])
    right = {
        name: ((k @ memory).sign() == new).double().mean().item()
        for name, memory in (("sum", k.mT @ (old + new)), ("delta", delta))
    }
    assert right["sum"] == pytest.approx(0.75, abs=0.02)  # a coin where they differ
    assert right["delta"] > 0.94


def test_the_delta_rule_refuses():
    M, k, v = torch.zeros(3, 4), torch.zeros(3), torch.zeros(4)
    for bad in ((M.mT, k, v), (M, k[:2], v), (M[None], k, v), (M, k, v[None])):
        with pytest.raises(ValueError, match=r"need M \(..., d, v\), k \(..., d\)"):
            delta_step(*bad)
    with pytest.raises(ValueError, match=r"need one float type, got torch\.float32, "):
        delta_step(M, k.double(), v)
    with pytest.raises(ValueError, match=r"need one float type, got torch\.int64, "):
        delta_step(M.long(), k.long(), v.long())
    with pytest.raises(ValueError, match="rate must be finite, got nan"):
        delta_step(M, k, v, math.nan)
    for bad in (math.nan, math.inf):
        with pytest.raises(ValueError, match=f"beta must be finite, got {bad}"):
            recall(2, 2, torch.Generator(), bad)
    with pytest.raises(ValueError, match=r"beta or rate, not both, got 1.0 and 0.5"):
        recall(2, 2, torch.Generator(), 1.0, 0.5)


def test_a_single_pair_is_read_back_exactly():
    linear = recall(1, 4, torch.Generator().manual_seed(0))
    assert linear.mse == pytest.approx(0, abs=1e-12)
    assert linear.sign_accuracy == 1


@pytest.mark.parametrize("name", ["pairs", "d", "trials"])
@pytest.mark.parametrize("bad", [0, 1.5])
def test_recall_rejects_bad_counts(name, bad):
    counts = {"pairs": 2, "d": 2, "trials": 2, name: bad}
    with pytest.raises(ValueError, match=f"{name} must be an integer >= 1, got {bad}"):
        recall(generator=torch.Generator(), **counts)


# Bad input

BAD_SHAPES = [
    [(3,), (3,), (4,)],  # no token axis
    [(1, 2, 5, 3), (1, 2, 5, 3), (1, 2, 6, 4)],  # k and v differ in length
    [(1, 2, 5, 2), (1, 2, 5, 3), (1, 2, 5, 4)],  # q and k differ in features
    [(1, 2, 5, 3), (1, 2, 5, 3), (1, 1, 5, 4)],  # v would broadcast over heads
    [(1, 2, 0, 3), (1, 2, 0, 3), (1, 2, 0, 4)],  # no tokens
    [(5, 3), (5, 3), (5, 0)],  # no values
]


@pytest.mark.parametrize("form", [*FORMS, efficient_attention])
@pytest.mark.parametrize("shapes", BAD_SHAPES)
def test_bad_shapes_are_rejected_and_named(form, shapes):
    inputs = [torch.zeros(shape) for shape in shapes]
    with pytest.raises(ValueError, match=re.escape(", ".join(map(str, shapes)))):
        form(*inputs, False)


@pytest.mark.parametrize("form", [*FORMS, efficient_attention])
def test_types_must_be_one_float_type(form):
    q, k, v = random_inputs()
    with pytest.raises(ValueError, match=r"one float type, got torch\.float64, .*32"):
        form(q, k.float(), v, False)
    with pytest.raises(ValueError, match=r"one float type, got torch\.int64"):
        form(*(x.long() for x in (q, k, v)), False)


@every_form
@both_ways
def test_negative_features_are_rejected(form, causal):
    inputs = random_inputs()
    least = min(x.min().item() for x in inputs[:2])
    with pytest.raises(ValueError, match="features must be >= 0, got -") as error:
        form(*inputs, causal, feature_map=lambda x: x)
    if form in FORMS[:2]:
        assert f"got {least:.6g}" in str(error.value)
    for sign in (1, -1):  # one of q and k alone is enough
        q, k, v = random_inputs()
        with pytest.raises(ValueError, match="features must be >= 0"):
            form(sign * q.abs(), -sign * k.abs(), v, causal, feature_map=lambda x: x)


@every_form
@both_ways
def test_weights_that_sum_to_zero_are_rejected(form, causal):
    q, k, v = random_inputs()
    with pytest.raises(ValueError, match="each query must have a sum > 0, got 0"):
        form(-q.abs(), k, v, causal, feature_map=torch.relu)


def test_a_state_of_another_batch_is_rejected_rather_than_broadcast():
    q, k, v = random_inputs()
    other = empty_state(k[:1], v[:1])
    with pytest.raises(ValueError, match=r"need a state of shapes \[\(2, 2, 3, 4\)"):
        prefill(other, (q, k, v))
    with pytest.raises(ValueError, match=r"got \[\(1, 2, 3, 4\), \(1, 2, 3\)\]"):
        recurrent_step(other, tuple(x[..., 0, :] for x in (q, k, v)))
    mixed = empty_state(k, v)._replace(key_sum=empty_state(k, v).key_sum.float())
    with pytest.raises(ValueError, match="and one type"):
        chunk_step(mixed, (q, k, v))


def test_a_step_rejects_bad_shapes():
    q, k, v = (x[..., 0, :] for x in random_inputs())
    with pytest.raises(ValueError, match=r"need q and k \(..., d\), v"):
        recurrent_step(State(k, v), (q, k[:1], v))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_a_low_precision_state_must_be_asked_for(dtype):
    q, k, v = random_inputs(dtype=dtype)
    state, token = empty_state(k, v, dtype=dtype), (q[..., 0, :], k[..., 0, :])
    token = (*token, v[..., 0, :])
    message = f"float32 or float64, or allow_low_precision=True, got {dtype}"
    for step, tokens in ((recurrent_step, token), (chunk_step, (q, k, v))):
        with pytest.raises(ValueError, match=message):
            step(state, tokens)
        after, _ = step(state, tokens, allow_low_precision=True)
        assert after.key_sum.dtype == after.outer_sum.dtype == dtype
    assert empty_state(k, v).key_sum.dtype == torch.float32


def test_a_state_of_integers_is_rejected():
    q, k, v = random_inputs()
    state = empty_state(k, v, dtype=torch.int64)
    with pytest.raises(ValueError, match=r"float32 or float64, .*, got torch\.int64"):
        chunk_step(state, (q, k, v), torch.relu, allow_low_precision=True)


@both_ways
@pytest.mark.parametrize("chunk", [0, -1, 2.0])
def test_bad_chunk_is_rejected(chunk, causal):
    with pytest.raises(ValueError, match=f"chunk must be an integer >= 1, got {chunk}"):
        linear_attention_chunked(*random_inputs(), causal, chunk)


# Triton, without a GPU


def test_the_reference_needs_no_triton(monkeypatch):
    monkeypatch.setitem(sys.modules, "triton", None)  # now `import triton` fails
    name = "fresh_linear_attention"
    spec = importlib.util.spec_from_file_location(name, module.__file__)
    fresh = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, fresh)  # where relative imports look
    spec.loader.exec_module(fresh)
    q, k, v = random_inputs(length=1)
    assert_same(fresh.linear_attention_quadratic(q, k, v, True), v)


def triton_output(q, k, v, chunk, chunks):
    from snippets.nlp.linear_attention import kernels

    tile = kernels.Tile(chunk, chunks, 4, 1)
    return kernels.triton_linear_attention(q, k, v, tile)


def in_float64(q, k, v):
    return linear_attention_recurrent(q.double(), k.double(), v.double(), True)


@interpreted
@pytest.mark.parametrize(
    ("length", "d", "chunk", "chunks"),
    [
        (1, 16, 16, 1),
        (16, 16, 16, 1),
        (37, 16, 16, 1),  # three segments, the last one ragged
        (37, 32, 16, 2),
        (130, 16, 32, 3),
        (40, 64, 64, 2),  # less than one chunk
    ],
)
def test_kernels_follow_the_recurrent_form(length, d, chunk, chunks):
    inputs = random_inputs(0, (2, 2), length, d, d, torch.float32)
    output = triton_output(*inputs, chunk, chunks)
    assert output.dtype == torch.float32
    assert worst(output, in_float64(*inputs)) < 2e-6


@interpreted
@settings(max_examples=10)
@given(
    seeds, st.integers(1, 100), st.sampled_from([16, 32]), st.integers(1, 3), st.data()
)
def test_kernels_for_any_length_and_tile(seed, length, d, chunks, data):
    chunk = data.draw(st.sampled_from([16, 32]))
    inputs = random_inputs(seed, (1, 1), length, d, d, torch.float32)
    assert worst(triton_output(*inputs, chunk, chunks), in_float64(*inputs)) < 4e-6


@interpreted
def test_kernels_keep_batch_heads_and_strides_apart():
    generator = torch.Generator().manual_seed(0)
    packed = torch.randn(2, 40, 3, 3, 16, generator=generator)  # (b, t, 3, h, d)
    q, k, v = (x.transpose(1, 2) for x in packed.unbind(2))
    assert not q.is_contiguous()
    assert worst(triton_output(q, k, v, 16, 1), in_float64(q, k, v)) < 2e-6


@interpreted
def test_kernels_survive_large_inputs():
    q, k, v = random_inputs(0, (1, 1), 40, 16, 16, torch.float32)
    inputs = 1e4 * q, 1e4 * k, v
    assert worst(triton_output(*inputs, 16, 2), in_float64(*inputs)) < 1e-5


@interpreted
def test_kernels_have_tiles_of_their_own():
    from snippets.nlp.linear_attention import kernels

    inputs = random_inputs(0, (1, 1), 530, 16, 16, torch.float32)
    with torch.no_grad():
        wanting = [x.requires_grad_() for x in inputs]
        output = kernels.triton_linear_attention(*wanting)
    assert worst(output, in_float64(*inputs).detach()) < 2e-6


@interpreted
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda q: (q, q[:, :, :3], q), r"of one shape .* got \(1, 1, 4, 16\), \(1"),
        (lambda q: (q[0], q[0], q[0]), "of one shape"),
        (lambda q: (q[:, :, :0],) * 3, "of one shape"),
        (lambda q: (q[..., :12],) * 3, r"d must be one of \(16, 32, 64, 128\), got 12"),
        (lambda q: (q, q.half(), q), "need one dtype, got torch.float32, torch.fl"),
        (lambda q: (q.double(),) * 3, "dtype must be one of .* got torch.float64"),
        (lambda q: (q.half(),) * 3, "dtype must be one of .* got torch.float16"),
        (lambda q: (q, q.to("meta"), q), "on one CUDA GPU .* got cpu, meta, cpu"),
        (lambda q: (q.bfloat16(),) * 3, "in Triton's interpreter, got torch.bfloat16"),
        (lambda q: (q, q.clone().requires_grad_(), q), "forward only, got inputs that"),
    ],
)
def test_kernels_reject_what_they_cannot_do(change, message):
    from snippets.nlp.linear_attention.kernels import triton_linear_attention

    with pytest.raises(ValueError, match=message):
        triton_linear_attention(*change(torch.zeros(1, 1, 4, 16)))


@interpreted
@pytest.mark.parametrize("tile", [(8, 1), (24, 1), (16, 0)])
def test_kernels_reject_bad_tiles(tile):
    x = torch.zeros(1, 1, 4, 16)
    with pytest.raises(ValueError, match="need chunk a power of two >= 16, chunks >="):
        triton_output(x, x, x, *tile)


@needs_triton
@pytest.mark.timeout(120)
def test_kernels_compile_for_hopper_and_fit_its_shared_memory(tmp_path):
    # The interpreter knows no types and no sizes; the compiler needs no GPU.
    script = """
    import torch, triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource
    from snippets.nlp.linear_attention import kernels

    tile = kernels.default_tile(128, torch.bfloat16)
    constants = {"d": 128, "chunk": tile.chunk, "chunks": tile.chunks}
    constants |= {"precision": "ieee", "state_precision": "tf32"}
    for kernel in (kernels._segment_kernel, kernels._output_kernel):
        signature, values, hints = {}, {}, {}
        for i, name in enumerate(kernel.arg_names):
            if name in constants:
                signature[name], values[(i,)] = "constexpr", constants[name]
            elif name.endswith("_ptr"):
                state = name in ("outer_ptr", "key_ptr")
                signature[name] = "*fp32" if state else "*bf16"
                hints[(i,)] = [["tt.divisibility", 16]]
            else:
                signature[name] = "i32"
        result = triton.compile(
            ASTSource(kernel, signature, values, hints),
            target=GPUTarget("cuda", 90, 32),
            options={
                "num_warps": tile.num_warps,
                "num_stages": tile.num_stages,
                "enable_fp_fusion": True,
            },
        )
        print(result.metadata.shared, result.asm["ptx"].count("wgmma.mma_async"))
    q = torch.zeros(1, 1, 4, 16)
    try:
        kernels.triton_linear_attention(q, q, q)
    except ValueError as error:
        print(error)
    """
    *lines, refusal = lines_of_compiler(script, tmp_path)
    assert len(lines) == 2
    for line in lines:
        shared, tensor_core_products = map(int, line.split())
        assert shared <= 227 * 1024
        assert tensor_core_products > 0
    assert refusal.startswith("need tensors on one CUDA GPU")
    assert refusal.endswith("got cpu, cpu, cpu")


def test_the_benchmark_finds_where_a_curve_stays_below():
    from benchmarks.nlp.linear_attention import crossover

    lengths = [2, 4, 8, 16]
    assert crossover(lengths, [1.0, 1.0, 1.0, 1.0], [0.5, 2.0, 3.0, 4.0]) == 4
    assert crossover(lengths, [1.0, 1.0, 3.0, 3.0], [2.0, 2.0, 2.0, 4.0]) == 16
    assert crossover(lengths, [1.0] * 4, [2.0] * 4) == 2
    assert crossover(lengths, [1.0] * 4, [1.0] * 4) is None
    assert crossover(lengths, [1.0] * 4, [0.5, 2.0, None, None]) == 4


# Triton, on a GPU: `nox -s gpu`


def naive(q, k, v):
    """The quadratic form in the type of the inputs, features and weights included."""
    weights = (elu_feature_map(q) @ elu_feature_map(k).mT).tril()
    return weights @ v / weights.sum(-1, keepdim=True)


@pytest.mark.gpu
@pytest.mark.timeout(300)
@pytest.mark.parametrize("d", [16, 32, 64, 128])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_gpu_kernels_are_as_good_as_the_quadratic_form(dtype, d):
    from snippets.nlp.linear_attention.kernels import triton_linear_attention

    floor = 4e-6 if dtype == torch.float32 else 1e-4  # where rounding cancels to zero
    for length, seed in itertools.product((1, 127, 512, 513, 1100), (0, 1)):
        inputs = random_inputs(seed, (2, 3), length, d, d, dtype)
        inputs = [x.cuda() for x in inputs]
        exact = in_float64(*inputs)
        output = triton_linear_attention(*inputs)
        assert output.dtype == dtype
        bound = 2 * worst(naive(*inputs), exact) + floor
        assert worst(output, exact) <= bound, (length, seed)


@pytest.mark.gpu
@pytest.mark.timeout(300)
def test_gpu_kernels_keep_their_sums_over_65536_tokens():
    from snippets.nlp.linear_attention.kernels import triton_linear_attention

    inputs = random_inputs(0, (1, 2), 65536, 64, 64, torch.bfloat16)
    inputs = [x.cuda() for x in inputs]
    output = triton_linear_attention(*inputs)[..., -100:, :].double()
    doubles = (x.double() for x in inputs)
    exact = linear_attention_chunked(*doubles, True, 1024)[..., -100:, :]
    assert (output - exact).norm() / exact.norm() < 0.02


@pytest.mark.gpu
def test_gpu_kernels_reach_past_two_to_the_31_elements():
    # 2^31 + 2^21 elements: an index held in 32 bits would wrap in the last head.
    from snippets.nlp.linear_attention.kernels import triton_linear_attention

    x = torch.randn(1, 1025, 16384, 128, device="cuda", dtype=torch.bfloat16)
    last = x[:, -1:].contiguous()
    expected = triton_linear_attention(last, last, last)
    assert worst(triton_linear_attention(x, x, x)[:, -1:], expected) < 0.05
