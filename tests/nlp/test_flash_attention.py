"""Oracles: torch's scaled_dot_product_attention with autograd, loops over all steps.

Masks, tile counts and IO counts are checked against dense masks and step-by-step
loops. The Triton kernels meet the same oracle: through the interpreter where there
is no GPU, compiled where there is one.
"""

import functools
import importlib
import importlib.util
import itertools
import math
import re
import sys
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from snippets.nlp import flash_attention as module
from snippets.nlp.flash_attention import (
    FlashAttention,
    flash_attention_backward,
    flash_attention_forward,
    io_flash1,
    io_flash2,
    io_standard,
    merge_stats,
    online_softmax,
    triton_flash_attention,
)
from tests.triton_kernels import interpreted, lines_of_compiler, needs_triton

seeds = st.integers(0, 2**32 - 1)
lengths = st.integers(1, 12)
blocks = st.integers(1, 14)
alignments = st.sampled_from(["top-left", "bottom-right"])


def normal(*shape, seed=0, count=4, dtype=torch.float64, device="cpu"):
    """``count`` tensors of standard normal numbers."""
    generator = torch.Generator().manual_seed(seed)
    draws = [torch.randn(shape, generator=generator, dtype=dtype) for _ in range(count)]
    return [x.to(device) for x in draws]


def mask_of(n, m, causal, align="top-left"):
    """True where query i may see key j, dense, one entry at a time."""
    shift = m - n if align == "bottom-right" else 0
    seen = [[not causal or j <= i + shift for j in range(m)] for i in range(n)]
    return torch.tensor(seen)


def by_sdpa(q, k, v, mask, scale=None, do=None):
    """Output, and gradients if do is given, of torch's own attention."""
    q, k, v = (x.detach().clone().requires_grad_() for x in (q, k, v))
    with sdpa_kernel(SDPBackend.MATH):
        o = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=scale)
    if do is None:
        return o.detach()
    return o.detach(), *torch.autograd.grad(o, (q, k, v), do)


def same(actual, expected, atol=1e-12):
    torch.testing.assert_close(actual, expected, rtol=0, atol=atol)


def worst(actual, expected):
    """Largest absolute difference, in float64; NaN counts as infinite."""
    difference = (actual.double() - expected.double()).abs().max().item()
    return math.inf if math.isnan(difference) else difference


# Online softmax and merging


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=12), blocks)
def test_online_softmax_gives_maximum_and_logsumexp(values, block):
    x = torch.tensor(values, dtype=torch.float64)
    m, total = online_softmax(x, block)
    assert m == x.max()
    same(m + total.log(), x.logsumexp(0), atol=1e-11)
    same(torch.exp(x - m) / total, x.softmax(0))


@pytest.mark.parametrize("block", [1, 2, 3, 4, 9])
def test_online_softmax_by_hand(block):
    m, total = online_softmax(torch.tensor([1.0, 3, 2, 5], dtype=torch.float64), block)
    assert m == 5
    assert total.item() == pytest.approx(1.2034379904932, abs=1e-13)
    assert (m + total.log()).item() == pytest.approx(5.1851824526, abs=1e-10)


def test_online_softmax_survives_scores_whose_exponentials_overflow():
    scores = torch.tensor([1000.0, 1000.0])
    values = torch.tensor([1.0, 3.0])
    naive = (scores.exp() * values).sum() / scores.exp().sum()
    assert naive.isnan()
    m, total = online_softmax(scores, 1)
    assert (torch.exp(scores - m) / total) @ values == 2.0


def test_a_block_of_minus_infinity_changes_nothing():
    x = torch.tensor([-math.inf, -math.inf, 1.0, -math.inf])
    for block in (1, 2, 4):
        assert [y.item() for y in online_softmax(x, block)] == [1.0, 1.0]
    m, total = online_softmax(torch.full((3,), -math.inf), 2)
    assert (m.item(), total.item()) == (-math.inf, 0.0)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("block", [1, 64])
def test_sums_of_16_bit_scores_go_past_what_16_bits_can_count(dtype, block):
    # bfloat16 cannot tell 257 from 256, so a sum of ones would stop there.
    m, total = online_softmax(torch.zeros(3000, dtype=dtype), block)
    assert (m.item(), total.item()) == (0, 3000)
    one = torch.zeros(1, dtype=dtype), torch.ones(1, dtype=dtype)
    stats = (*one, torch.ones(1, 1, dtype=dtype))
    for _ in range(11):
        stats = merge_stats(stats, stats)
    ones = merge_stats(stats, tuple(x.float() for x in (*one, torch.ones(1, 1))))
    assert ones[1].item() == 2049


def test_the_old_maximum_is_replaced_and_the_two_sums_are_rescaled():
    small = torch.tensor(1.0), torch.tensor(2.0), torch.tensor([3.0])
    large = torch.tensor(4.0), torch.tensor(1.0), torch.tensor([5.0])
    m, total, o = merge_stats(small, large)
    factor = math.exp(1 - 4)
    assert m == 4
    assert total.item() == pytest.approx(1 + 2 * factor)
    assert o.item() == pytest.approx(5 + 3 * factor)


def test_one_query_over_split_keys_is_the_whole():
    q, k, v = normal(1, 2, 1, 8, count=1)[0], *normal(1, 2, 40, 8, count=2, seed=1)
    parts = []
    for ks, vs in zip(k.split(10, 2), v.split(10, 2)):
        o, lse, _ = flash_attention_forward(q, ks, vs)
        parts.append((lse, torch.ones_like(lse), o))
    _, total, o = functools.reduce(merge_stats, parts)
    same(o / total[..., None], by_sdpa(q, k, v, None))


def test_statistics_of_two_types_or_of_integers_are_rejected():
    one = torch.zeros(1), torch.ones(1), torch.ones(1, 1)
    for bad in (tuple(x.double() for x in one), tuple(x.long() for x in one)):
        with pytest.raises(ValueError, match="need statistics of one float type, got"):
            merge_stats(bad, bad if bad[0].dtype == torch.int64 else one)


@given(seeds, st.integers(1, 4), st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_merging_parts_in_any_order_gives_the_whole(seed, d, sizes):
    def stats(s, v):
        m = s.max()
        return m, torch.exp(s - m).sum(), torch.exp(s - m) @ v

    (s,), (v,) = normal(sum(sizes), seed=seed, count=1), normal(sum(sizes), d, count=1)
    whole = stats(10 * s, v)
    parts = [stats(10 * a, b) for a, b in zip(s.split(sizes), v.split(sizes))]
    for order in (parts, parts[::-1]):
        merged = order[0]
        for part in order[1:]:
            merged = merge_stats(merged, part)
        for ours, theirs in zip(merged, whole):
            same(ours, theirs)


def test_merging_with_nothing_changes_nothing():
    empty = torch.tensor([-math.inf]), torch.zeros(1), torch.zeros(1, 2)
    some = torch.tensor([3.0]), torch.tensor([1.5]), torch.tensor([[1.0, -2.0]])
    for pair in ((empty, some), (some, empty)):
        assert all(torch.equal(x, y) for x, y in zip(merge_stats(*pair), some))
    assert all(torch.equal(x, y) for x, y in zip(merge_stats(empty, empty), empty))


@pytest.mark.parametrize("block", [0, -1, 1.0, True])
def test_bad_block_of_online_softmax_is_rejected(block):
    with pytest.raises(
        ValueError, match=f"^block must be an integer >= 1, got {block}"
    ):
        online_softmax(torch.ones(3), block)


@pytest.mark.parametrize("x", [torch.ones(0), torch.ones(2, 2), torch.ones(2).long()])
def test_online_softmax_wants_a_float_vector(x):
    with pytest.raises(ValueError, match="need floats of shape"):
        online_softmax(x, 1)


def test_merging_what_does_not_fit_is_rejected():
    one = torch.zeros(3), torch.zeros(3), torch.zeros(3, 2)
    with pytest.raises(ValueError, match="need m"):
        merge_stats(one, (torch.zeros(1), torch.zeros(1), torch.zeros(1, 2)))
    with pytest.raises(ValueError, match="need m"):
        merge_stats(*[(torch.zeros(3), torch.zeros(3), torch.zeros(2, 3))] * 2)


# The reference in torch


@given(
    seeds,
    lengths,
    lengths,
    st.integers(1, 5),
    blocks,
    blocks,
    st.booleans(),
    alignments,
)
def test_forward_and_backward_are_those_of_sdpa(
    seed, n, m, d, block_q, block_k, causal, align
):
    (q, do), (k, v) = (
        normal(1, 2, n, d, seed=seed, count=2),
        normal(1, 2, m, d, seed=seed + 1, count=2),
    )
    mask = mask_of(n, m, causal, align)
    settings = dict(causal=causal, block_q=block_q, block_k=block_k, align=align)
    o, lse, visited = flash_attention_forward(q, k, v, **settings)
    grads = flash_attention_backward(q, k, v, o, lse, do, **settings)

    alive = mask.any(1)  # SDPA has no answer for a query without keys; ours is zero
    rows = (slice(None), slice(None), alive)
    expected = by_sdpa(q[rows], k, v, mask[alive], do=do[rows])
    scores = d**-0.5 * q @ k.mT
    same(o[rows], expected[0])
    same(lse, scores.masked_fill(~mask, -math.inf).logsumexp(-1))
    same(grads[0][rows], expected[1])
    same(grads[1], expected[2])
    same(grads[2], expected[3])
    assert not o[:, :, ~alive].any()
    assert not grads[0][:, :, ~alive].any()

    tiles = [part.split(block_k, 1) for part in mask.split(block_q)]
    assert visited == sum(bool(tile.any()) for row in tiles for tile in row)


@pytest.mark.parametrize(
    ("n", "full", "cut"), [(1, 1, 1), (5, 1, 1), (33, 9, 6), (64, 16, 10)]
)
def test_published_errors_and_tile_counts(n, full, cut):
    q, k, v, do = normal(2, 3, n, 8)
    for causal, count in ((False, full), (True, cut)):
        settings = (causal, None, 16, 16)
        o, lse, visited = flash_attention_forward(q, k, v, *settings)
        expected = by_sdpa(q, k, v, mask_of(n, n, causal), do=do)
        assert visited == count
        assert worst(o, expected[0]) < 2e-15
        grads = flash_attention_backward(q, k, v, o, lse, do, *settings)
        assert max(map(worst, grads, expected[1:])) < 6e-15


def test_torch_aligns_its_causal_mask_at_the_top_left():
    q, k, v = normal(1, 1, 4, 3), normal(1, 1, 9, 3, seed=1), normal(1, 1, 9, 3, seed=2)
    q, k, v = q[0], k[0], v[0]
    builtin = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    same(flash_attention_forward(q, k, v, True, align="top-left").o, builtin)
    other = flash_attention_forward(q, k, v, True, align="bottom-right").o
    assert worst(other, builtin) > 0.1


@pytest.mark.parametrize("block", [1, 2, 3])
def test_no_tile_lies_past_the_last_key(block):
    (q, do), (k, v) = normal(1, 1, 9, 4, count=2), normal(1, 1, 3, 4, seed=1, count=2)
    mask = mask_of(9, 3, True)
    settings = (True, None, block, block, "top-left")
    o, lse, visited = flash_attention_forward(q, k, v, *settings)
    grads = flash_attention_backward(q, k, v, o, lse, do, *settings)
    for ours, theirs in zip((o, *grads), by_sdpa(q, k, v, mask, do=do)):
        same(ours, theirs)
    tiles = [part.split(block, 1) for part in mask.split(block)]
    assert visited == sum(bool(tile.any()) for row in tiles for tile in row)


def test_causal_tiles_are_a_triangle_of_them():
    for n, fraction in ((1024, 0.5625), (4096, 0.515625)):
        q, k, v = normal(1, 1, n, 1, count=3, dtype=torch.float32)
        settings = (True, None, 128, 128)
        visited = flash_attention_forward(q, k, v, *settings).blocks_visited
        tiles = n // 128
        assert visited == tiles * (tiles + 1) // 2
        assert visited / tiles**2 == fraction


@pytest.mark.parametrize("causal", [False, True])
def test_gradients_of_the_function_match_finite_differences(causal):
    inputs = [x.requires_grad_() for x in normal(1, 2, 5, 3, count=3)]

    def attention(q, k, v):
        return FlashAttention.apply(q, k, v, causal, None, 2, 3)

    assert torch.autograd.gradcheck(attention, inputs)


def test_the_function_passes_every_setting_on():
    q, k, v, do = normal(1, 1, 4, 3)
    k, v = torch.cat([k, k + 1], 2), torch.cat([v, v - 1], 2)
    inputs = [x.clone().requires_grad_() for x in (q, k, v)]
    o = FlashAttention.apply(*inputs, True, 0.3, 3, 2, "bottom-right")
    mask = mask_of(4, 8, True, "bottom-right")
    expected = by_sdpa(q, k, v, mask, 0.3, do)
    for ours, theirs in zip((o, *torch.autograd.grad(o, inputs, do)), expected):
        same(ours, theirs)


def test_a_second_derivative_is_refused():
    q, k, v = (x.requires_grad_() for x in normal(1, 1, 3, 2, count=3))
    o = FlashAttention.apply(q, k, v)
    (dq,) = torch.autograd.grad(o.square().sum(), q, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        dq.sum().backward()


def test_d_is_the_row_sum_of_do_times_o_and_of_p_times_dp():
    q, k, v, do = normal(2, 2, 40, 16)
    p = (q @ k.mT / 4).softmax(-1)
    o, dp = p @ v, do @ v.mT
    assert worst((do * o).sum(-1), (p * dp).sum(-1)) < 1e-14
    # Not o * dp: the shapes agree only if n = d, and then the numbers do not.
    q, k, v, do = normal(1, 1, 4, 4)
    p = (q @ k.mT / 2).softmax(-1)
    o, dp = p @ v, do @ v.mT
    assert worst((o * dp).sum(-1), (p * dp).sum(-1)) > 0.1


@pytest.mark.parametrize("scale", [-0.7, 0.0, 1, 2.5])
def test_any_finite_scale(scale):
    q, k, v, do = normal(1, 2, 9, 4)
    mask = mask_of(9, 9, True)
    o, lse, _ = flash_attention_forward(q, k, v, True, scale, 4, 2)
    grads = flash_attention_backward(q, k, v, o, lse, do, True, scale, 4, 2)
    for ours, theirs in zip((o, *grads), by_sdpa(q, k, v, mask, float(scale), do)):
        same(ours, theirs)


def test_huge_scores_stay_finite():
    q, k, v, do = normal(1, 1, 8, 4)
    o, lse, _ = flash_attention_forward(1e6 * q, k, v, block_q=3, block_k=3)
    same(o, by_sdpa(1e6 * q, k, v, None), atol=1e-8)
    grads = flash_attention_backward(1e6 * q, k, v, o, lse, do, block_q=3, block_k=3)
    assert all(x.isfinite().all() for x in (lse, *grads))


def test_equal_scores_average_the_values():
    _, k, v, _ = normal(1, 1, 6, 4)
    o = flash_attention_forward(torch.zeros_like(v), k, v, block_k=4).o
    same(o, v.mean(2, keepdim=True).expand_as(v))


def test_the_future_does_not_leak_into_the_past():
    q, k, v, _ = normal(1, 2, 9, 4)
    before = flash_attention_forward(q, k, v, True, None, 4, 4).o[:, :, :5]
    k[:, :, 5:], v[:, :, 5:] = 9.0, math.nan
    assert torch.equal(
        flash_attention_forward(q, k, v, True, None, 5, 5).o[:, :, :5].isnan(),
        torch.zeros_like(before, dtype=torch.bool),
    )
    # In a tile that holds both, a weight of 0 times infinity is NaN, in torch too.
    v[:, :, 5:] = math.inf
    for out in (
        flash_attention_forward(q, k, v, True, None, 9, 9).o,
        F.scaled_dot_product_attention(q, k, v, is_causal=True),
    ):
        assert out[:, :, :8].isnan().all()
        assert (out[:, :, 8] == math.inf).all()  # this row sees all of them
    v[:, :, 5:] = 1e6
    same(flash_attention_forward(q, k, v, True, None, 4, 4).o[:, :, :5], before)


@pytest.mark.parametrize("block", [1, 2, 4, 9])
def test_a_query_without_keys_gives_zero_and_harms_no_other(block):
    (q, do), (k, v) = normal(1, 2, 5, 3, count=2), normal(1, 2, 2, 3, seed=1, count=2)
    settings = (True, None, block, block, "bottom-right")
    o, lse, _ = flash_attention_forward(q, k, v, *settings)
    grads = flash_attention_backward(q, k, v, o, lse, do, *settings)
    last = by_sdpa(q[:, :, 3:], k, v, mask_of(2, 2, True), do=do[:, :, 3:])
    assert not o[:, :, :3].any()
    assert not grads[0][:, :, :3].any()
    assert (lse[:, :, :3] == -math.inf).all()
    ours = o[:, :, 3:], grads[0][:, :, 3:], *grads[1:]
    for mine, theirs in zip(ours, last):
        same(mine, theirs)


class Largest(TorchDispatchMode):
    """Elements of the largest tensor that any operation returned."""

    def __init__(self):
        super().__init__()
        self.elements = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        for x in result if isinstance(result, (tuple, list)) else [result]:
            if isinstance(x, torch.Tensor):
                self.elements = max(self.elements, x.numel())
        return result


@pytest.mark.parametrize("n", [64, 128, 256])
def test_no_tensor_ever_has_a_square_of_scores(n):
    inputs = [x.requires_grad_() for x in normal(1, 1, n, 2, count=3)]
    with Largest() as flash:
        FlashAttention.apply(*inputs, False, None, 16, 32).sum().backward()
    assert flash.elements == max(n * 2, 16 * 32)
    with Largest() as standard:
        by_sdpa(*inputs, None)
    assert standard.elements == n * n


def test_every_tiling_gives_the_same_result():
    q, k, v = normal(1, 2, 96, 16, count=3)
    tilings = [(1, 1), (7, 5), (16, 32), (32, 16), (96, 1), (1, 96)]
    results = [flash_attention_forward(q, k, v, True, None, *t).o for t in tilings]
    expected = by_sdpa(q, k, v, mask_of(96, 96, True))
    assert max(worst(o, expected) for o in results) < 2e-15


def test_float32_at_length_1024():
    q, k, v = normal(1, 4, 1024, 64, count=3, dtype=torch.float32)
    o = flash_attention_forward(q, k, v, False, None, 128, 128).o
    assert worst(o, F.scaled_dot_product_attention(q, k, v)) < 1e-6


def test_bfloat16_error_is_measured_against_the_rounded_inputs():
    exact = normal(1, 1, 512, 64, count=3)
    low = [x.bfloat16() for x in exact]
    rounded = by_sdpa(*low_to_double(low), None)
    builtin = worst(F.scaled_dot_product_attention(*low), rounded)
    ours = worst(flash_attention_forward(*low).o, rounded)
    inputs_alone = worst(rounded, by_sdpa(*exact, None))
    assert 5e-4 < builtin < 3e-3
    assert ours <= 2 * builtin
    assert inputs_alone > builtin  # rounding the inputs can cost more than the kernel


def low_to_double(tensors):
    return [x.double() for x in tensors]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_types_are_kept_and_sums_are_wider(dtype):
    q, k, v, do = (x.to(dtype) for x in normal(1, 2, 40, 8))
    o, lse, _ = flash_attention_forward(q, k, v, True, None, 16, 16)
    grads = flash_attention_backward(q, k, v, o, lse, do, True, None, 16, 16)
    assert {x.dtype for x in (o, *grads)} == {dtype}
    assert lse.dtype == torch.float32
    mask = mask_of(40, 40, True)
    exact = by_sdpa(*low_to_double([q, k, v]), mask, do=do.double())
    builtin = by_sdpa(q, k, v, mask, do=do)
    for ours, theirs, truth in zip((o, *grads), builtin, exact):
        assert worst(ours, truth) <= 2 * worst(theirs, truth)


good = [(2, 3, 4, 5), (2, 3, 6, 5), (2, 3, 6, 5)]


@pytest.mark.parametrize(
    "shapes",
    [
        [(2, 3, 4, 5), (2, 3, 6, 4), (2, 3, 6, 4)],  # head dims differ
        [(2, 3, 4, 5), (2, 3, 6, 5), (2, 3, 7, 5)],  # keys and values differ
        [(2, 3, 4, 5), (2, 1, 6, 5), (2, 1, 6, 5)],  # heads would broadcast
        [(1, 3, 4, 5), (2, 3, 6, 5), (2, 3, 6, 5)],  # so would the batch
        [(3, 4, 5), (3, 4, 5), (3, 4, 5)],  # no batch axis
        [(2, 3, 0, 5), (2, 3, 6, 5), (2, 3, 6, 5)],  # no query
        [(2, 3, 4, 5), (2, 3, 0, 5), (2, 3, 0, 5)],  # no key
    ],
)
def test_bad_shapes_are_rejected_and_named(shapes):
    inputs = [torch.zeros(shape) for shape in shapes]
    with pytest.raises(ValueError, match=re.escape(", ".join(map(str, shapes)))):
        flash_attention_forward(*inputs)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"block_q": 0}, "block_q must be an integer >= 1, got 0"),
        ({"block_k": -2}, "block_k must be an integer >= 1, got -2"),
        ({"block_k": 2.0}, "block_k must be an integer >= 1, got 2.0"),
        ({"scale": math.nan}, "scale must be finite, got nan"),
        ({"scale": math.inf}, "scale must be finite, got inf"),
        ({"causal": True}, "over 4 queries, 6 keys needs align, got None"),
        ({"align": "left"}, "align must be 'top-left' or 'bottom-right', got 'left'"),
    ],
)
def test_bad_settings_are_rejected(options, message):
    inputs = [torch.zeros(shape) for shape in good]
    with pytest.raises(ValueError, match=message):
        flash_attention_forward(*inputs, **options)
    o, lse = torch.zeros(good[0]), torch.zeros(good[0][:-1])
    with pytest.raises(ValueError, match=message):
        flash_attention_backward(*inputs, o, lse, o, **options)


def test_mixed_and_integer_types_are_rejected():
    q, k, v = (torch.zeros(shape) for shape in good)
    with pytest.raises(ValueError, match=r"need one float type, got .*float64"):
        flash_attention_forward(q, k, v.double())
    with pytest.raises(ValueError, match=r"need one float type, got .*int64"):
        flash_attention_forward(q.long(), k.long(), v.long())


def test_backward_works_in_float32_even_if_the_logsumexp_is_in_16_bits():
    q, k, v, do = (x.half() for x in normal(1, 2, 40, 8))
    o, lse, _ = flash_attention_forward(q, k, v)
    grads = flash_attention_backward(q, k, v, o, lse.half(), do)
    truth = flash_attention_backward(
        *low_to_double([q, k, v, o, lse.half().double(), do])
    )
    for ours, exact in zip(grads, truth):
        assert (
            worst(ours, exact) < 2 * torch.finfo(torch.float16).eps * exact.abs().max()
        )


def test_backward_rejects_other_types():
    q, k, v = (torch.zeros(shape) for shape in good)
    o, lse = torch.zeros_like(q), torch.zeros(2, 3, 4)
    for bad in ((o.double(), lse, o), (o, lse, o.half()), (o, lse.long(), o)):
        with pytest.raises(ValueError, match=r"need o and do torch\.float32, lse of f"):
            flash_attention_backward(q, k, v, *bad)


def test_backward_rejects_what_the_forward_pass_did_not_make():
    q, k, v = (torch.zeros(shape) for shape in good)
    o, lse = torch.zeros_like(q), torch.zeros(2, 3, 4)
    for bad in ((o[:1], lse, o), (o, lse[:1], o), (o, lse, o[..., :1])):
        with pytest.raises(ValueError, match=r"need o and do \(2, 3, 4, 5\), lse"):
            flash_attention_backward(q, k, v, *bad)


# IO counts


def moved_by_steps(n, d, sram):
    """FlashAttention-1, Algorithm 1, counting each load and store."""
    block_k, moved = sram // (4 * d), 0
    for j in range(0, n, block_k):
        moved += 2 * d * len(range(j, min(j + block_k, n)))  # load K_j, V_j
        for _row in range(n):
            moved += d + d + 2  # load Q_i, O_i, l_i, m_i
            moved += d + 2  # store O_i, l_i, m_i
    return moved


@given(st.integers(1, 40), st.integers(1, 8), st.integers(0, 60))
def test_flash1_count_is_that_of_its_algorithm(n, d, extra):
    assert io_flash1(n, d, 4 * d + extra) == moved_by_steps(n, d, 4 * d + extra)


@given(st.integers(1, 40), st.integers(1, 8), blocks)
def test_flash2_count_is_that_of_its_algorithm(n, d, block_q):
    moved = 0
    for i in range(0, n, block_q):
        rows = len(range(i, min(i + block_q, n)))
        moved += rows * d + n * d + n * d + rows * d + rows  # Q_i, K, V; O_i, L_i
    assert io_flash2(n, d, block_q) == moved


def test_io_of_the_worked_example():
    sram = 100 * 1024 // 2  # 100 KiB of float16
    assert sram // (4 * 64) == 200
    assert io_standard(1024, 64) == 4_456_448
    assert io_flash1(1024, 64, sram) == 1_335_296
    assert io_standard(1024, 64) / io_flash1(1024, 64, sram) == pytest.approx(
        3.34, abs=0.005
    )
    assert io_standard(8192, 64) / io_flash1(8192, 64, sram) == pytest.approx(
        4.05, abs=0.005
    )
    assert io_standard(8192, 64) / io_flash2(8192, 64, 128) == pytest.approx(
        3.97, abs=0.005
    )
    assert 32 * 8192**2 * 2 / 2**30 == 4.0  # scores of 32 heads in float16, GiB
    # The order is M / d^2; with the constants of the count it is a third of that.
    assert sram / 64**2 == 12.5
    assert sram / (3 * 64**2) == pytest.approx(4.17, abs=0.005)
    gain = io_standard(2**24, 64) / io_flash1(2**24, 64, sram)
    assert gain == pytest.approx(sram / (3 * 64**2), rel=0.025)


def test_with_too_little_memory_flash_moves_more_than_standard():
    assert io_flash1(1024, 64, 4 * 64) > 40 * io_standard(1024, 64)
    # And with M > T d the formula T^2 d^2 / M falls below reading Q, K and V at all.
    sram = 64 * 1024 * 64
    formula = 1024**2 * 64**2 / sram
    assert formula < 3 * 1024 * 64 < io_flash1(1024, 64, sram)


@pytest.mark.parametrize("count", [io_standard, io_flash1, io_flash2])
@pytest.mark.parametrize("bad", [0, -3, 1.5])
def test_io_counts_reject_bad_sizes(count, bad):
    rest = () if count is io_standard else (64,)
    with pytest.raises(ValueError, match=f"^n must be an integer >= 1, got {bad}"):
        count(bad, 4, *rest)
    with pytest.raises(ValueError, match=f"^d must be an integer >= 1, got {bad}"):
        count(4, bad, *rest)
    if rest:
        with pytest.raises(ValueError, match=f"must be an integer >= 1, got {bad}"):
            count(4, 4, bad)


def test_sram_must_hold_a_row_of_each():
    assert io_flash1(5, 4, 16) > 0
    with pytest.raises(ValueError, match="sram must hold 4 d = 16 elements, got 15"):
        io_flash1(5, 4, 15)


def test_standard_attention_does_d_over_2_operations_a_byte():
    operations = 4 * 8192**2 * 64
    assert operations / (2 * 4 * 8192**2) == 64 / 2  # S and P alone, in float16
    assert operations / (2 * io_standard(8192, 64)) == pytest.approx(32, rel=0.01)


def flops(call, *args):
    with FlopCounterMode(display=False) as counter:
        result = call(*args)
    return result, counter.get_total_flops()


def test_the_backward_pass_repeats_one_product_of_five_and_the_kernels_three_of_seven():
    n, d = 8, 4
    q, k, v, do = normal(1, 1, n, d)
    (o, lse, _), forward = flops(flash_attention_forward, q, k, v)
    _, backward = flops(flash_attention_backward, q, k, v, o, lse, do)
    assert (forward, backward) == (4 * n * n * d, 10 * n * n * d)
    q, k, v = (x.requires_grad_() for x in (q, k, v))
    standard = (q @ k.mT).softmax(-1) @ v
    _, backward = flops(torch.autograd.grad, standard, (q, k, v), do)
    assert backward == 2 * forward
    source = (Path(module.__file__).parent / "kernels.py").read_text()
    bodies = source.split("@triton.jit")
    products = {
        name: next(b for b in bodies if f"def {name}(" in b).count("tl.dot(")
        for name in ("_dkdv_blocks", "_dq_blocks")
    }
    assert products == {"_dkdv_blocks": 4, "_dq_blocks": 3}


# Triton, without a GPU


def test_the_reference_needs_no_triton(monkeypatch):
    monkeypatch.setitem(sys.modules, "triton", None)  # now `import triton` fails
    name = "fresh_flash_attention"
    spec = importlib.util.spec_from_file_location(name, module.__file__)
    fresh = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, fresh)  # where relative imports look
    spec.loader.exec_module(fresh)
    q, k, v = normal(1, 1, 3, 16, count=3)
    same(fresh.flash_attention_forward(q, k, v).o, by_sdpa(q, k, v, None))
    with pytest.raises(ImportError, match=r"needs the package triton: pip install"):
        fresh.triton_flash_attention(q, k, v)


def triton_results(q, k, v, do, causal, tile, scale=None):
    from snippets.nlp.flash_attention import kernels

    tile = kernels.Tile(*tile, 4, 1)
    inputs = [x.clone().requires_grad_() for x in (q, k, v)]
    tiles = kernels.Tiles(tile, tile, tile)
    o = kernels.triton_flash_attention(*inputs, causal, scale, tiles)
    return o.detach(), *torch.autograd.grad(o, inputs, do)


@interpreted
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("tile", [(16, 16), (32, 16), (16, 32)])
@pytest.mark.parametrize("n", [1, 37, 64])
def test_kernels_in_float32_follow_sdpa(n, tile, causal):
    q, k, v, do = normal(1, 2, n, 16, dtype=torch.float32)
    ours = triton_results(q, k, v, do, causal, tile)
    mask = mask_of(n, n, causal)
    exact = by_sdpa(*low_to_double([q, k, v]), mask, do=do.double())
    assert worst(ours[0], exact[0]) < 1e-6
    assert max(map(worst, ours[1:], exact[1:])) < 4e-6


@interpreted
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(("n", "d", "tile"), [(37, 16, (16, 32)), (50, 64, (32, 16))])
def test_kernels_in_float16_are_as_good_as_the_builtin(n, d, tile, causal):
    q, k, v, do = (x.half() for x in normal(1, 2, n, d))
    mask = mask_of(n, n, causal)
    exact = by_sdpa(*low_to_double([q, k, v]), mask, do=do.double())
    inputs = [x.clone().requires_grad_() for x in (q, k, v)]
    with sdpa_kernel(SDPBackend.FLASH_ATTENTION):  # it, too, rounds the weights
        o = F.scaled_dot_product_attention(*inputs, is_causal=causal)
    builtin = o.detach(), *torch.autograd.grad(o, inputs, do)
    ours = triton_results(q, k, v, do, causal, tile)
    for mine, theirs, truth in zip(ours, builtin, exact):
        assert mine.dtype == torch.float16
        assert worst(mine, truth) <= 2 * worst(theirs, truth)


@interpreted
@settings(max_examples=10)
@given(seeds, st.integers(1, 70), st.sampled_from([16, 32]), st.booleans(), st.data())
def test_kernels_for_any_length_and_tile(seed, n, d, causal, data):
    tile = [data.draw(st.sampled_from([16, 32, 64])) for _ in range(2)]
    q, k, v, do = normal(1, 1, n, d, seed=seed, dtype=torch.float32)
    ours = triton_results(q, k, v, do, causal, tile)
    mask = mask_of(n, n, causal)
    exact = by_sdpa(*low_to_double([q, k, v]), mask, do=do.double())
    assert max(map(worst, ours, exact)) < 8e-6


@interpreted
@pytest.mark.parametrize("scale", [-0.3, 0.0, 1, 3.0])
def test_kernels_for_any_finite_scale(scale):
    q, k, v, do = normal(2, 1, 37, 16, dtype=torch.float32)
    ours = triton_results(q, k, v, do, True, (16, 16), scale)
    mask = mask_of(37, 37, True)
    exact = by_sdpa(*low_to_double([q, k, v]), mask, float(scale), do.double())
    builtin = by_sdpa(q, k, v, mask, float(scale), do)
    for mine, theirs, truth in zip(ours, builtin, exact):
        assert worst(mine, truth) < 2 * worst(theirs, truth) + 2e-5


@interpreted
def test_kernels_keep_batch_heads_and_strides_apart():
    generator = torch.Generator().manual_seed(0)
    packed = torch.randn(2, 20, 3, 3, 16, generator=generator)  # (b, n, 3, h, d)
    q, k, v = (x.transpose(1, 2) for x in packed.unbind(2))
    assert not q.is_contiguous()
    same(
        triton_flash_attention(q, k, v, True),
        by_sdpa(q, k, v, mask_of(20, 20, True)),
        1e-6,
    )


@interpreted
def test_kernels_survive_huge_scores():
    q, k, v, do = normal(1, 1, 20, 16, dtype=torch.float32)
    ours = triton_results(1e4 * q, k, v, do, True, (16, 16))
    mask = mask_of(20, 20, True)
    exact = by_sdpa(*low_to_double([1e4 * q, k, v]), mask, do=do.double())
    assert worst(ours[0], exact[0]) < 1e-3
    assert all(x.isfinite().all() for x in ours)


@interpreted
def test_kernels_take_a_gradient_of_any_layout():
    q, k, v, do = normal(1, 2, 37, 16, dtype=torch.float32)
    turned = do.mT.contiguous().mT
    assert not turned.is_contiguous()
    ours = triton_results(q, k, v, turned, True, (16, 16))
    for mine, theirs in zip(ours, by_sdpa(q, k, v, mask_of(37, 37, True), do=do)):
        same(mine, theirs, 1e-5)


@interpreted
def test_kernels_survive_huge_scores_under_a_negative_scale():
    # The running maximum is scale * max(s), which a negative scale makes a minimum.
    q, k, v, do = normal(1, 1, 40, 16, dtype=torch.float32)
    o = triton_results(100 * q, k, v, do, False, (16, 16), -1.0)[0]
    exact = by_sdpa(*low_to_double([100 * q, k, v]), None, -1.0)
    assert worst(o, exact) < 1e-3


@interpreted
def test_the_kernel_leaves_the_natural_logsumexp():
    from snippets.nlp.flash_attention import kernels

    q, k, v = normal(1, 2, 37, 16, count=3, dtype=torch.float32)
    o, lse = kernels.triton_forward(q, k, v, True, 0.25, kernels.Tile(16, 16, 4, 1))
    expected = flash_attention_forward(q.double(), k.double(), v.double(), True, 0.25)
    assert worst(o, expected.o) < 1e-6
    assert worst(lse, expected.lse) < 2e-6


@interpreted
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda q: (q, q[:, :, :3], q), r"of one shape .* got \(1, 1, 4, 16\), \(1"),
        (lambda q: (q[0], q[0], q[0]), "of one shape"),
        (lambda q: (q[:, :, :0],) * 3, "of one shape"),
        (lambda q: (q[..., :12],) * 3, r"d must be one of \(16, 32, 64, 128\), got 12"),
        (
            lambda q: (q, q.half(), q),
            "need one dtype, got torch.float32, torch.float16",
        ),
        (lambda q: (q.double(),) * 3, "dtype must be one of .* got torch.float64"),
        (lambda q: (q, q.to("meta"), q), "on one CUDA GPU .* got cpu, meta, cpu"),
        (lambda q: (q.bfloat16(),) * 3, "in Triton's interpreter, got torch.bfloat16"),
    ],
)
def test_kernels_reject_what_they_cannot_do(change, message):
    with pytest.raises(ValueError, match=message):
        triton_flash_attention(*change(torch.zeros(1, 1, 4, 16)))


@interpreted
@pytest.mark.parametrize("scale", [math.nan, math.inf])
def test_kernels_reject_a_scale_that_is_not_finite(scale):
    q = torch.zeros(1, 1, 4, 16)
    with pytest.raises(ValueError, match=f"scale must be finite, got {scale}"):
        triton_flash_attention(q, q, q, scale=scale)


@needs_triton
@pytest.mark.timeout(120)
def test_kernels_compile_for_hopper_and_fit_its_shared_memory(tmp_path):
    # The interpreter knows no types and no sizes; the compiler needs no GPU.
    script = """
    import torch, triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource
    from snippets.nlp.flash_attention import kernels

    tiles = kernels.default_tiles(128, torch.bfloat16)
    chosen = [
        (kernels._forward_kernel, tiles.forward),
        (kernels._dkdv_kernel, tiles.dkdv),
        (kernels._dq_kernel, tiles.dq),
    ]
    for kernel, tile in chosen:
        constants = {"d": 128, "causal": True, **tile._asdict()}
        signature, values, hints = {}, {}, {}
        for i, name in enumerate(kernel.arg_names):
            if name in constants:
                signature[name], values[(i,)] = "constexpr", constants[name]
            elif name.endswith("_ptr"):
                small = name in ("lse_ptr", "delta_ptr")
                signature[name] = "*fp32" if small else "*bf16"
                hints[(i,)] = [["tt.divisibility", 16]]
            else:
                signature[name] = "i32" if name == "length" else "fp32"
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
        kernels.triton_flash_attention(q, q, q)
    except ValueError as error:
        print(error)
    """
    *lines, refusal = lines_of_compiler(script, tmp_path)
    assert len(lines) == 3
    for line in lines:
        shared, tensor_core_products = map(int, line.split())
        assert shared <= 227 * 1024
        assert tensor_core_products > 0
    assert refusal.startswith("need tensors on one CUDA GPU")
    assert refusal.endswith("got cpu, cpu, cpu")


# Triton, on a GPU: `nox -s gpu`


@pytest.mark.gpu
@pytest.mark.timeout(300)
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("d", [16, 64, 128])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_gpu_kernels_are_as_good_as_the_builtin(dtype, d, causal):
    fast = SDPBackend.FLASH_ATTENTION
    backend = SDPBackend.MATH if dtype == torch.float32 else fast
    floor = 4e-6 if dtype == torch.float32 else 1e-5  # where rounding cancels to zero
    for n, seed in itertools.product((1, 127, 257, 1000, 1024), (0, 1)):
        q, k, v, do = (
            x.to(dtype) for x in normal(2, 3, n, d, seed=seed, device="cuda")
        )
        mask = mask_of(n, n, causal).cuda() if causal else None
        exact = by_sdpa(*low_to_double([q, k, v]), mask, do=do.double())
        inputs = [x.clone().requires_grad_() for x in (q, k, v)]
        with sdpa_kernel(backend):
            o = F.scaled_dot_product_attention(*inputs, is_causal=causal)
            builtin = o.detach(), *torch.autograd.grad(o, inputs, do)
        o = triton_flash_attention(*inputs, causal)
        ours = o.detach(), *torch.autograd.grad(o, inputs, do)
        for name, mine, theirs, truth in zip(
            ("o", "dq", "dk", "dv"), ours, builtin, exact
        ):
            bound = 2 * worst(theirs, truth) + floor
            assert worst(mine, truth) <= bound, (name, n, seed)


@pytest.mark.gpu
@pytest.mark.timeout(300)
def test_gpu_memory_grows_linearly():
    def peak(attention, n):
        inputs = [
            x.bfloat16().requires_grad_() for x in normal(1, 8, n, 64, device="cuda")
        ][:3]
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
        start = torch.cuda.memory_allocated()
        attention(*inputs).sum().backward()
        return torch.cuda.max_memory_allocated() - start

    def math_backend(q, k, v):
        with sdpa_kernel(SDPBackend.MATH):
            return F.scaled_dot_product_attention(q, k, v)

    def ratio(attention):
        peak(attention, 2048)  # compile, and let libraries take their workspaces
        return peak(attention, 4096) / peak(attention, 2048)

    assert ratio(triton_flash_attention) < 2.3
    assert ratio(math_backend) > 3


@pytest.mark.gpu
def test_gpu_kernels_reach_past_two_to_the_31_elements():
    # 2^31 + 2^21 elements: an index held in 32 bits would wrap in the last head.
    q = torch.randn(1, 1025, 16384, 128, device="cuda", dtype=torch.bfloat16)
    with torch.no_grad():
        o = triton_flash_attention(q, q, q, True)
        last = (x[:, -1:] for x in (q, q, q))
        with sdpa_kernel(SDPBackend.FLASH_ATTENTION):
            expected = F.scaled_dot_product_attention(*last, is_causal=True)
    assert worst(o[:, -1:], expected) < 0.05


def test_a_bound_from_above_is_itself_allowed():
    checks = importlib.import_module("snippets.nlp.flash_attention._checks")
    assert checks._integer("n", 5, 1, 5) == 5
    for bad in (0, 6):
        with pytest.raises(ValueError, match=f"n must be .* got {bad}"):
            checks._integer("n", bad, 1, 5)
