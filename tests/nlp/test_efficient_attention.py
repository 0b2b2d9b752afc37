"""Oracles: torch's masked attention, scipy's shortest paths, autograd, draws.

Masks are counted pair by pair in Python; errors of projections have a closed form.
"""

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse.csgraph import shortest_path
from torch.nn.functional import elu, scaled_dot_product_attention
from torch.utils._python_dispatch import TorchDispatchMode

from benchmarks.nlp import efficient_attention as benchmark
from snippets.nlp.efficient_attention import (
    atrous_mask,
    block_local_attention,
    hops_to_full,
    linformer_attention,
    local_mask,
    lsh_buckets,
    masked_attention,
    similarity_attention,
    sparse_attention,
    sparse_mask,
    taylor_attention,
    taylor_similarity,
)

ROOT = Path(__file__).parents[2]
seeds = st.integers(0, 2**32 - 1)
SIZES = ((64, 8), (256, 16), (1024, 32))


def normal(*shape, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=dtype)


def assert_same(actual, expected, atol=1e-12):
    torch.testing.assert_close(actual, expected, rtol=0, atol=atol)


def relative(output, exact):
    return float((output - exact).norm() / exact.norm())


class Largest(TorchDispatchMode):
    """The elements of the largest floating tensor that an operation makes."""

    numel = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        if isinstance(result, torch.Tensor) and result.is_floating_point():
            self.numel = max(self.numel, result.numel())
        return result


# Patterns: which pairs, how many, and how far they reach


@given(st.integers(1, 12), st.integers(0, 14), st.integers(1, 14), st.booleans())
def test_masks_hold_exactly_the_pairs_of_their_definitions(n, w, k, causal):
    local, atrous, union = (
        local_mask(n, w),
        atrous_mask(n, k),
        sparse_mask(n, k, causal),
    )
    assert local.shape == atrous.shape == union.shape == (n, n)
    for i in range(n):
        for j in range(n):
            near, apart = abs(i - j), abs(i - j) / k
            assert bool(local[i, j]) == (near <= w)
            assert bool(atrous[i, j]) == apart.is_integer()
            kept = near <= k or apart.is_integer()
            assert bool(union[i, j]) == (kept and not (causal and j > i))


@given(st.integers(1, 40), st.integers(0, 39))
def test_the_local_count_has_a_closed_form_while_w_is_below_n(n, w):
    if w < n:
        assert int(local_mask(n, w).sum()) == n * (2 * w + 1) - w * (w + 1)


def test_counts_and_densities_of_the_patterns():
    assert int(local_mask(64, 8).sum()) == 1016
    assert int(atrous_mask(64, 8).sum()) == 512
    assert int(local_mask(100, 3).sum()) == 688
    both = [(sparse_mask(n, k, True), sparse_mask(n, k, False)) for n, k in SIZES]
    counts = [int(causal.sum()) for causal, _ in both]
    assert counts == [708, 5896, 48144]
    growth = [count / n**1.5 for count, (n, _) in zip(counts, SIZES)]
    assert all(1.38 < x < 1.48 for x in growth)
    density = [float(mask.double().mean()) for _, mask in both]
    assert density == pytest.approx([0.330, 0.176, 0.091], abs=5e-4)


@pytest.mark.parametrize(("n", "k"), SIZES)
@pytest.mark.parametrize("causal", [False, True])
def test_the_union_reaches_everything_in_two_hops(n, k, causal):
    assert hops_to_full(sparse_mask(n, k, causal)) == 2


@given(seeds, st.integers(1, 9), st.floats(0.1, 0.9), st.booleans())
def test_hops_are_the_longest_of_the_shortest_paths(seed, n, density, causal):
    mask = torch.from_numpy(np.random.default_rng(seed).random((n, n)) < density)
    if causal:
        mask = mask.tril()
    steps = shortest_path(mask.numpy().astype(float), unweighted=True)
    if not mask.triu(1).any():
        steps = np.tril(steps)
    if np.isinf(steps).any():
        with pytest.raises(ValueError, match="path between any two tokens, got none"):
            hops_to_full(mask)
    else:
        assert hops_to_full(mask) == steps.max()


@given(st.integers(1, 40), st.integers(1, 8), st.booleans())
def test_a_window_needs_the_length_over_the_window(n, w, causal):
    mask = local_mask(n, w)
    assert hops_to_full(mask.tril() if causal else mask) == math.ceil((n - 1) / w)


def test_density_does_not_tell_reach():
    dense, thin = atrous_mask(1024, 2), sparse_mask(1024, 32, True)
    assert float(dense.double().mean()) == 0.5
    assert float(thin.double().mean()) < 0.05
    with pytest.raises(ValueError, match="got none 1 -> 0"):
        hops_to_full(dense)
    assert hops_to_full(thin) == 2


def test_a_global_token_in_front_relays_nothing_to_the_future():
    mask = local_mask(64, 2)
    mask[:, 0] = mask[0] = True
    assert hops_to_full(mask) == 2
    assert hops_to_full(mask.tril()) == 31  # one less than 32: 0 is next to everyone


def stacked(mask, layers):
    """The gradient of the last token by the first, through residual attention."""
    x = normal(64, 8, seed=1).requires_grad_()
    y = x
    for _ in range(layers):
        y = y + masked_attention(y, y, y, mask)
        y = y / y.detach().norm(dim=-1, keepdim=True)
    (gradient,) = torch.autograd.grad(y[-1].sum(), x)
    return float(gradient[0].abs().max())


@pytest.mark.parametrize("causal", [False, True])
def test_the_gradient_confirms_the_hops_of_a_stack(causal):
    window, union = local_mask(64, 2), sparse_mask(64, 8, causal)
    window = window.tril() if causal else window
    assert hops_to_full(window) == 32
    assert stacked(window, 31) == 0 < stacked(window, 32)
    assert stacked(union, 1) == 0 < stacked(union, 2)


# Attention under a pattern


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("name", ["local", "atrous", "sparse"])
def test_masked_attention_is_the_built_in_one_under_each_mask(name, causal):
    q, k, v = normal(3, 2, 3, 24, 5)
    mask = {"local": local_mask(24, 3), "atrous": atrous_mask(24, 4)}.get(name)
    mask = sparse_mask(24, 4, causal) if mask is None else mask
    mask = mask.tril() if causal else mask
    expected = scaled_dot_product_attention(q, k, v, attn_mask=mask)
    assert_same(masked_attention(q, k, v, mask), expected)
    assert_same(masked_attention(q[0, 0], k[0, 0], v[0, 0], mask), expected[0, 0])


def test_masked_attention_takes_more_keys_than_queries():
    q, k, v = normal(4, 3), normal(7, 3, seed=1), normal(7, 2, seed=2)
    mask = torch.rand(4, 7, generator=torch.Generator().manual_seed(0)) < 0.6
    expected = scaled_dot_product_attention(q, k, v, attn_mask=mask)
    assert_same(masked_attention(q, k, v, mask), expected)


@given(seeds, st.integers(0, 6), st.integers(1, 5), st.booleans())
def test_blocks_give_what_the_local_mask_gives(seed, w, blocks, causal):
    t = blocks * max(w, 1)
    q, k, v = normal(3, 2, t, 3, seed=seed)
    mask = local_mask(t, w)
    mask = mask.tril() if causal else mask
    expected = scaled_dot_product_attention(q, k, v, attn_mask=mask)
    assert_same(block_local_attention(q, k, v, w, causal), expected)


@given(seeds, st.integers(1, 6), st.integers(1, 6), st.booleans())
def test_blocks_and_columns_give_what_the_sparse_mask_gives(seed, stride, rows, causal):
    t = rows * stride
    q, k = normal(2, 2, t, 3, seed=seed)
    v = normal(2, t, 4, seed=seed + 1)
    mask = sparse_mask(t, stride, causal)
    expected = scaled_dot_product_attention(q, k, v, attn_mask=mask)
    assert_same(sparse_attention(q, k, v, stride, causal), expected)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_attention_in_16_bits_is_the_rounded_exact_one(dtype):
    q, k, v = (2 * normal(3, 256, 16, seed=7)).to(dtype)
    E, F = (normal(2, 32, 256, seed=8) / 16).to(dtype)
    mask = sparse_mask(256, 16, causal=True)
    for attend in (
        lambda q, k, v, E, F: masked_attention(q, k, v, mask),
        lambda q, k, v, E, F: block_local_attention(q, k, v, 64, True),
        lambda q, k, v, E, F: sparse_attention(q, k, v, 16, True),
        linformer_attention,
        lambda q, k, v, E, F: similarity_attention(q, k, v, taylor_similarity),
    ):
        exact = attend(*(x.double() for x in (q, k, v, E, F)))
        ours = attend(q, k, v, E, F)
        rounding = torch.finfo(dtype).eps * float(exact.abs().max())
        assert ours.dtype == dtype
        assert float((ours.double() - exact).abs().max()) <= rounding


def test_large_scores_of_either_sign_do_not_overflow():
    q, k, v = normal(3, 32, 4, dtype=torch.float32)
    for causal in (False, True):
        for output, mask in (
            (block_local_attention(1e4 * q, k, v, 4, causal), local_mask(32, 4)),
            (sparse_attention(1e4 * q, k, v, 4, causal), sparse_mask(32, 4, False)),
        ):
            mask = mask.tril() if causal else mask
            exact = scaled_dot_product_attention(
                1e4 * q.double(), k.double(), v.double(), attn_mask=mask
            )
            assert_same(output.double(), exact, 1e-2)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_slopes_of_huge_scores_err_no_more_than_twice_the_built_in_ones(dtype):
    factors = torch.tensor([40, 40, 1]).double()[:, None, None, None]
    inputs = (factors * normal(3, 2, 8, 3)).to(dtype)
    towards, mask = normal(2, 8, 3, seed=1), torch.ones(8, 8).bool().tril(1)

    def slopes(attend, kind):
        qkv = [x.to(kind).requires_grad_() for x in inputs]
        loss = (attend(*qkv) * towards.to(dtype).to(kind)).sum()
        return [x.double() for x in torch.autograd.grad(loss, qkv)]

    def builtin(q, k, v):
        return scaled_dot_product_attention(q, k, v, attn_mask=mask)

    exact = slopes(builtin, torch.float64)
    ours = slopes(lambda *qkv: masked_attention(*qkv, mask), dtype)
    for x, y, z in zip(ours, slopes(builtin, dtype), exact):
        assert (x - z).abs().max() <= 2 * (y - z).abs().max()


@pytest.mark.parametrize("attend", [block_local_attention, sparse_attention])
def test_block_attention_has_right_gradients(attend):
    inputs = [x.requires_grad_() for x in normal(3, 6, 2, seed=3)]
    assert torch.autograd.gradcheck(lambda q, k, v: attend(q, k, v, 2), inputs)
    assert torch.autograd.gradcheck(lambda q, k, v: attend(q, k, v, 2, True), inputs)


def test_the_future_does_not_leak_through_blocks():
    q, k, v = normal(3, 24, 4, seed=4)
    for attend in (
        lambda *x: block_local_attention(*x, 4, True),
        lambda *x: sparse_attention(*x, 4, True),
        lambda *x: taylor_attention(*x, True, 5),
        lambda *x: similarity_attention(*x, taylor_similarity, True),
    ):
        before = attend(q, k, v)
        later = [x.clone() for x in (q, k, v)]
        for x in later:
            x[13:] += 1
        assert_same(attend(*later)[:13], before[:13], 0)


def test_only_blocks_shrink_the_largest_tensor():
    t, k = 1024, 32
    qkv = normal(3, t, 16, dtype=torch.float32)
    calls = {
        t * t: lambda *x: masked_attention(*x, sparse_mask(t, k, True)),
        t * 2 * k: lambda *x: block_local_attention(*x, k, True),
        t * 3 * k: lambda *x: block_local_attention(*x, k),
        t * (2 * k + t // k): lambda *x: sparse_attention(*x, k, True),
        t * 17: lambda *x: taylor_attention(*x, True),
    }
    for expected, attend in calls.items():
        with Largest() as largest:
            attend(*(x.clone() for x in qkv))
        assert largest.numel == expected


def test_blocks_of_128_keep_more_than_the_window_asks_for():
    mask = local_mask(2048, 256).tril()
    tiles = mask.unflatten(0, (-1, 128)).unflatten(2, (-1, 128))
    kept = tiles.any(3).any(1)
    assert int(kept.sum()) == 3 * 16 - 3
    n, w, rows = 16384, 256, 128
    assert (3 * rows - 3, rows * (rows + 1) // 2) == (381, 8256)
    tiles_saved = 8256 / 381
    assert tiles_saved == pytest.approx(21.7, abs=0.05)
    ideal = (n * (n + 1) / 2) / (n * (w + 1) - w * (w + 1) / 2)
    assert ideal == pytest.approx(32.1, abs=0.05)


# Linformer


@given(seeds, st.integers(1, 6), st.integers(1, 6), st.integers(1, 4))
def test_linformer_is_softmax_attention_to_mixtures(seed, t, s, r):
    q, k, v = normal(2, t, 3, seed=seed), normal(2, s, 3, seed=1), normal(2, s, 5)
    E, F = normal(2, r, s, seed=2)
    keys, values = (torch.einsum("rs,bsd->brd", p, x) for p, x in ((E, k), (F, v)))
    expected = scaled_dot_product_attention(q, keys, values)
    assert_same(linformer_attention(q, k, v, E, F), expected)


def test_linformer_with_the_identity_is_exact():
    q, k, v = normal(3, 2, 16, 4)
    eye = torch.eye(16, dtype=torch.float64)
    exact = masked_attention(q, k, v, torch.ones(16, 16, dtype=torch.bool))
    assert_same(linformer_attention(q, k, v, eye, eye), exact, 1e-15)


def test_linformer_lets_the_first_token_see_the_last_key():
    q, k, v = normal(3, 16, 4)
    E, F = normal(2, 4, 16, seed=1)
    changed = k.clone()
    changed[-1] += 1
    first = [linformer_attention(q, x, v, E, F)[0] for x in (k, changed)]
    assert (first[0] - first[1]).abs().max() > 1e-2


def test_a_random_projection_of_the_values_has_the_closed_error():
    # Isserlis: E[(p E'E x - p x)^2] = (|p|^2 |x|^2 + (p x)^2) / r, entries N(0, 1/r).
    q, k, v = normal(3, 256, 64)
    P = (q @ k.mT / 8).softmax(-1)
    output = P @ v
    scale = P.square().sum() * v.square().sum() / output.square().sum() + 1
    known = {16: 3.88, 64: 1.88, 256: 0.966}
    for r, expected in known.items():
        closed = float((scale / r).sqrt())
        generator = torch.Generator().manual_seed(r)
        draws = torch.randn(
            30, r, 256, generator=generator, dtype=torch.float64
        ) / math.sqrt(r)
        found = ((P @ draws.mT) @ (draws @ v) - output).square().sum((-2, -1)).mean()
        assert float((found / output.square().sum()).sqrt()) == pytest.approx(
            closed, rel=0.1
        )
        assert closed == pytest.approx(expected, rel=0.05)


def test_the_closed_error_is_that_of_gaussian_entries():
    # One key, its own value: Gaussian entries err by 2 / r, random signs not at all.
    draws = normal(100_000, 4, seed=8) / 2
    gauss, signs = ((x.square().sum(-1) - 1) for x in (draws, draws.sign() / 2))
    assert float(gauss.square().mean()) == pytest.approx(2 / 4, rel=0.05)
    assert_same(signs, torch.zeros_like(signs))


def test_averages_of_neighbours_can_be_masked_and_a_full_projection_cannot():
    pool = torch.eye(4, dtype=torch.float64).repeat_interleave(4, 1) / 4
    full = normal(4, 16, seed=1)
    first = torch.zeros(16).double()
    first[-1] = 1  # the last token's share in each mixture
    assert ((pool @ first) != 0).tolist() == [False, False, False, True]
    assert ((full @ first) != 0).all()


def test_random_softmax_weights_are_of_full_rank_with_a_fast_start():
    q, k = normal(2, 256, 16)
    P = (q @ k.mT / 4).softmax(-1)
    energy = torch.linalg.svdvals(P).square().cumsum(0)
    share = energy / energy[-1]
    assert float(share[31]) == pytest.approx(0.907, abs=0.01)
    assert float(share[127]) == pytest.approx(0.996, abs=0.002)
    assert int(torch.linalg.matrix_rank(P)) == 256
    q, k = normal(2, 256, 64)
    energy = torch.linalg.svdvals((q @ k.mT / 8).softmax(-1)).square().cumsum(0)
    assert float(energy[31] / energy[-1]) == pytest.approx(0.75, abs=0.01)
    weights = (elu(q) + 1) @ (elu(k) + 1).mT
    assert int(torch.linalg.matrix_rank(weights)) == 64
    # The figure's second matrix: one direction, nearly the mean of the values.
    q, k = normal(2, 256, 16)
    weights = (elu(q) + 1) @ (elu(k) + 1).mT
    weights = weights / weights.sum(-1, keepdim=True)
    left, sigma, right = torch.linalg.svd(weights)
    assert float(sigma[0] ** 2 / sigma.square().sum()) == pytest.approx(0.99, abs=0.005)
    assert min(left[:, 0].sum().abs(), right[0].sum().abs()) / 16 > 0.98


def test_memory_ratio_of_a_projection_to_256_rows():
    assert [n // 256 for n in (512, 4096, 65536)] == [2, 16, 256]


# Any similarity


@given(seeds, st.integers(1, 6), st.booleans())
def test_the_exponential_similarity_is_softmax(seed, t, causal):
    q, k, v = normal(3, 2, t, 4, seed=seed)
    output = similarity_attention(q, k, v, lambda q, k: (q @ k.mT / 2).exp(), causal)
    assert_same(output, scaled_dot_product_attention(q, k, v, is_causal=causal))


def test_half_of_raw_products_are_negative_and_outputs_leave_the_values():
    q, k, v = normal(3, 256, 16)
    raw = q @ k.mT
    assert float((raw < 0).double().mean()) == pytest.approx(0.498, abs=0.005)
    with pytest.raises(ValueError, match="sim must be finite and >= 0, got -"):
        similarity_attention(q, k, v, lambda q, k: q @ k.mT)
    divided = raw / raw.sum(-1, keepdim=True) @ v
    assert divided.abs().max() > 10 * v.abs().max()
    fine = similarity_attention(q, k, v, taylor_similarity)
    assert fine.abs().max() <= v.abs().max()


@given(seeds, st.integers(1, 9), st.integers(1, 9), st.integers(1, 12), st.booleans())
def test_taylor_attention_is_its_quadratic_form(seed, t, s, chunk, causal):
    s = t if causal else s
    q, k = normal(2, t, 3, seed=seed), normal(2, s, 3, seed=seed + 1)
    v = normal(2, s, 4, seed=seed + 2)
    cosine = torch.nn.functional.cosine_similarity(
        q[:, :, None], k[:, None], dim=-1, eps=0
    )
    weights = (1 + cosine).tril() if causal else 1 + cosine
    if weights.sum(-1).min() < 1e-9:
        return
    expected = (weights / weights.sum(-1, keepdim=True)) @ v
    assert_same(taylor_attention(q, k, v, causal, chunk), expected, 1e-11)
    assert_same(
        similarity_attention(q, k, v, taylor_similarity, causal), expected, 1e-11
    )


def test_taylor_similarity_is_never_negative_at_any_magnitude():
    x = normal(1000, 3, seed=5)
    assert (taylor_similarity(x, -x) >= 0).all()
    assert_same(taylor_similarity(x, -x).diagonal(), torch.zeros(1000).double())
    assert_same(taylor_similarity(x, x).diagonal(), torch.full((1000,), 2.0).double())
    for scale in (1e-300, 1e300):
        assert_same(taylor_similarity(scale * x, x), taylor_similarity(x, x))
    q, k, v = normal(3, 4, 3)
    mean = v.mean(0).expand(4, 3)
    assert_same(taylor_attention(torch.zeros_like(q), k, v), mean)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
@pytest.mark.parametrize("t", [1, 16, 300])
def test_taylor_attention_takes_any_length_in_any_type(dtype, t):
    # A row that sees one key has weights of sum 2 at most, however many keys follow.
    x = normal(t, 4, seed=2).to(dtype)
    q, k, v = normal(3, t, 4, seed=1).to(dtype)
    for causal in (False, True):
        for query, key in ((x, x), (q, k)):
            exact = similarity_attention(
                *(y.double() for y in (query, key, v)), taylor_similarity, causal
            )
            ours = taylor_attention(query, key, v, causal)
            assert ours.dtype == dtype
            error = (ours.double() - exact).abs().max()
            assert error <= 2 * torch.finfo(dtype).eps * v.abs().max()


def test_taylor_attention_refuses_a_sum_of_rounding_errors_only():
    q, _, v = normal(3, 4, 3, dtype=torch.float32)
    with pytest.raises(ValueError, match="a sum > 0, got about 0"):
        taylor_attention(q[:1], -q[:1].expand(4, 3), v)
    # A million keys at right angles, or one a hair from opposite, are no such sum.
    many = torch.zeros(2**20, 2)
    many[:, 1] = 1
    ahead = torch.tensor([[1.0, 0.0]])
    assert taylor_attention(ahead, many, many)[0, 1] == pytest.approx(1)
    near = torch.tensor([[-1.0, 0.05]])
    assert_same(taylor_attention(ahead, near, v[:1]), v[:1], 1e-3)


@pytest.mark.parametrize("keys", [1, 16, 1000, 100_000])
def test_any_number_of_opposite_keys_is_refused(keys):
    for seed in range(5):
        q, v = normal(1, 3, seed=seed).float(), normal(keys, 2, seed=seed).float()
        lengths = torch.linspace(0.1, 1, keys)[:, None]
        with pytest.raises(ValueError, match="a sum > 0, got about 0"):
            taylor_attention(q, -q * lengths, v)


def test_an_early_small_weight_is_judged_by_its_own_rounding():
    # 1 + cos = 1e-3, less than the rounding of 4,096 weights but not of one.
    q, k, v = normal(3, 4096, 2, dtype=torch.float32)
    angle = math.pi - math.acos(1 - 1e-3)
    q[0] = torch.tensor([1.0, 0.0])
    k[0] = torch.tensor([math.cos(angle), math.sin(angle)])
    assert_same(taylor_attention(q, k, v, True)[0], v[0], 1e-3)


def test_taylor_linear_equals_quadratic_at_the_size_of_the_page():
    q, k, v = normal(3, 256, 16)
    for causal in (False, True):
        quadratic = similarity_attention(q, k, v, taylor_similarity, causal)
        assert relative(taylor_attention(q, k, v, causal), quadratic) < 2e-15


# Hashing


def test_one_direction_collides_with_one_minus_the_angle_over_pi():
    x = torch.zeros(200_000, 2, 3, dtype=torch.float64)
    for theta, printed in ((0.1, 0.9682), (0.5, 0.8408), (1.0, 0.6817)):
        x[:, 0, 0], x[:, 1, 0], x[:, 1, 1] = 5, math.cos(theta), math.sin(theta)
        buckets = lsh_buckets(x, 1, torch.Generator().manual_seed(0))
        found = float((buckets[:, 0] == buckets[:, 1]).double().mean())
        assert 1 - theta / math.pi == pytest.approx(printed, abs=6e-5)
        assert found == pytest.approx(printed, abs=4 * (0.25 / 200_000) ** 0.5)


def test_buckets_have_the_largest_product_with_signed_directions():
    x = normal(2, 50, 4, seed=6)
    buckets = lsh_buckets(x, 5, torch.Generator().manual_seed(3))
    drawn = torch.randn(
        2, 4, 5, generator=torch.Generator().manual_seed(3), dtype=torch.float64
    )
    for b in range(2):
        signed = np.concatenate([drawn[b].T.numpy(), -drawn[b].T.numpy()])
        for token in range(50):
            products = [float(row @ x[b, token].numpy()) for row in signed]
            assert int(buckets[b, token]) == int(np.argmax(products))
    opposite = lsh_buckets(-x, 5, torch.Generator().manual_seed(3))
    assert torch.equal(opposite, (buckets + 5) % 10)
    assert torch.equal(lsh_buckets(9 * x, 5, torch.Generator().manual_seed(3)), buckets)


def same_bucket(q, k, n_rot, seed):
    """Shares of queries in the bucket of their best key, and of a random one."""
    both = torch.cat([q, k])
    buckets = lsh_buckets(both, n_rot, torch.Generator().manual_seed(seed))
    mine, theirs = buckets[: len(q)], buckets[len(q) :]
    scores = q @ k.mT
    if q is k:
        scores = scores.fill_diagonal_(-math.inf)
    best = scores.argmax(-1)
    hit = (mine == theirs[best]).double().mean()
    return float(hit), float((mine[:, None] == theirs).double().mean())


def test_a_bucket_says_as_much_of_separate_queries_as_of_shared_ones():
    for n_rot, expected in ((1, 0.61), (8, 0.17)):
        shares = {}
        for shared in (False, True):
            found = []
            for seed in range(20):
                k = torch.nn.functional.normalize(normal(256, 64, seed=seed), dim=-1)
                q = k if shared else normal(256, 64, seed=seed + 100)
                found.append(same_bucket(q, k, n_rot, seed))
            shares[shared] = np.mean(found, axis=0)
        assert shares[False][0] == pytest.approx(expected, abs=0.02)
        assert shares[False][0] == pytest.approx(shares[True][0], abs=0.02)
        assert shares[False][0] > 1.2 * shares[False][1]


def test_16_bits_fall_into_the_buckets_of_the_numbers_that_they_hold():
    for dtype in (torch.float16, torch.bfloat16):
        x = normal(500, 8, seed=9).to(dtype)
        ours, exact = (
            lsh_buckets(y, 40, torch.Generator().manual_seed(0))
            for y in (x, x.double())
        )
        assert torch.equal(ours, exact)


# The table: stored, printed, recomputed


def stored():
    record = json.loads(benchmark.STORED.read_text(encoding="utf-8"))
    return record["figures"]["variants"]


@pytest.mark.parametrize("tokens", [512, 1024])
def test_errors_computed_now_are_the_stored_ones(tokens):
    kept = stored()
    assert list(kept) == list(benchmark.VARIANTS)
    for name, row in kept.items():
        now = benchmark.errors(name, tokens)
        for key, value in now.items():
            assert value == pytest.approx(row[str(tokens)][key], rel=1e-6, abs=1e-12)


def test_exact_variants_are_exact_and_no_estimate_beats_the_mean_by_much():
    rows = {name: row["1024"] for name, row in stored().items()}
    for name in ("softmax", "flash", "fused"):
        assert rows[name]["error"] < 1e-14
    assert rows["sparse"]["error"] == pytest.approx(rows["sparse_masked"]["error"])
    others = [row["best_multiple_error"] for row in list(rows.values())[3:]]
    assert 0.9 * rows["mean"]["error"] < min(others)
    assert max(others) < 1


def test_without_a_mask_the_mean_is_farther_and_linformer_not_a_tenth_nearer():
    q, k, v = benchmark.inputs(1024, torch.float64)
    exact = scaled_dot_product_attention(q, k, v)
    mean = v.mean(0).expand_as(v)
    mean = mean * (mean * exact).sum() / mean.square().sum()
    assert relative(mean, exact) == pytest.approx(0.80, abs=0.005)
    linformer = benchmark.errors("linformer", 1024)["best_multiple_error"]
    assert 0.9 * relative(mean, exact) < linformer < relative(mean, exact)


def test_the_mean_explains_46_percent_and_equal_reach_favours_the_union():
    rows = {name: row["1024"] for name, row in stored().items()}
    mean = rows["mean"]["best_multiple_error"]
    assert 1 - mean**2 == pytest.approx(0.46, abs=0.01)
    q, k, v = benchmark.inputs(1024, torch.float64)
    exact = scaled_dot_product_attention(q, k, v, is_causal=True)
    assert (benchmark.stride(1024), benchmark.stride(4096)) == (32, 64)
    for reach, window, union in ((32, 1.99, 1.66), (64, 1.38, 1.30)):
        local = block_local_attention(q, k, v, reach, True)
        both = sparse_attention(q, k, v, reach, True)
        assert relative(local, exact) == pytest.approx(window, abs=0.005)
        assert relative(both, exact) == pytest.approx(union, abs=0.005)


def test_the_stored_run_has_the_order_that_the_page_tells():
    took = {
        n: {t: x["milliseconds"] for t, x in r.items()} for n, r in stored().items()
    }
    assert took["fused"]["1024"] < min(took[n]["1024"] for n in ("favor", "linear"))
    assert took["fused"]["4096"] > max(took[n]["4096"] for n in ("favor", "linear"))
    for tokens in ("1024", "4096"):
        assert 0.7 < took["sparse_masked"][tokens] / took["softmax"][tokens] < 1.3
        assert took["sparse"][tokens] < took["sparse_masked"][tokens] / 5


def test_the_largest_tensor_grows_as_the_table_says():
    growth = {
        name: row["2048"]["largest_tensor"] / row["512"]["largest_tensor"]
        for name, row in stored().items()
    }
    assert {name for name, x in growth.items() if x == 16} == {
        "softmax",
        "sparse_masked",
    }
    assert growth.pop("sparse") == pytest.approx(8)
    assert {x for x in growth.values()} == {4, 16}


def printed(language):
    page = (ROOT / f"docs/{language}/nlp/efficient-attention.md").read_text("utf-8")
    section = page.split("{ #comparison }")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (.*) \|$", section, flags=re.M)[2:]
    return [[cell.strip() for cell in row.split(" | ")] for row in rows]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_table_prints_the_stored_numbers(language):
    rows = printed(language)
    assert len(rows) == len(benchmark.VARIANTS)
    for cells, row in zip(rows, stored().values()):
        errors = [row["1024"][key] for key in ("error", "best_multiple_error")]
        times = [row[t]["milliseconds"] for t in ("1024", "4096")]
        expected = [f"{x:.2f}" for x in errors]
        expected += [f"{x:.1f}" if x < 9.95 else f"{x:.0f}" for x in times]
        assert cells[-4:] == expected


@pytest.mark.parametrize("name", list(benchmark.VARIANTS))
def test_every_causal_variant_is_blind_to_the_future(name):
    variant = benchmark.VARIANTS[name]
    inputs = benchmark.inputs(256, torch.float64)
    changed = [x.clone() for x in inputs]
    for x in changed:
        x[200:] += 1
    same = relative(variant.run(*changed)[:200], variant.run(*inputs)[:200]) < 1e-12
    assert same == variant.causal


def test_a_benchmark_times_and_stores(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(benchmark, "STORED", tmp_path / "x.json")
    monkeypatch.setattr(benchmark, "LENGTHS", (512, 1024, 2048, 4096)[:2])
    monkeypatch.setattr(benchmark, "keep_freed_memory", lambda: None)
    few = {name: benchmark.VARIANTS[name] for name in ("softmax", "local")}
    monkeypatch.setattr(benchmark, "VARIANTS", few)
    monkeypatch.setattr("sys.argv", ["x", "--store", "--repeats", "1"])
    benchmark.main()
    record = json.loads((tmp_path / "x.json").read_text("utf-8"))
    assert set(record["figures"]["variants"]["local"]) == {"512", "1024"}
    assert record["device"].endswith("one thread")
    assert "softmax" in capsys.readouterr().out


@pytest.mark.gpu
@pytest.mark.timeout(300)
def test_gpu_flex_attention_under_a_window_is_masked_attention():
    from torch.nn.attention.flex_attention import create_block_mask, flex_attention

    w = 256

    def window(b, h, i, j):
        return (i >= j) & (i - j <= w)

    q, k, v = (x.to("cuda", torch.bfloat16) for x in normal(3, 1, 2, 2048, 64))
    blocks = create_block_mask(window, None, None, 2048, 2048, device="cuda")
    ours = torch.compile(flex_attention)(q, k, v, block_mask=blocks)
    mask = local_mask(2048, w).tril().cuda()
    exact = masked_attention(q.double(), k.double(), v.double(), mask)
    builtin = scaled_dot_product_attention(q, k, v, attn_mask=mask)
    error, bound = ((x.double() - exact).abs().max() for x in (ours, builtin))
    assert error <= 2 * bound


@pytest.mark.gpu
def test_gpu_block_attention_is_as_good_as_the_built_in_one():
    q, k, v = normal(3, 2, 4, 1024, 64)
    for causal in (False, True):
        window = local_mask(1024, 32)
        for attend, mask in (
            (block_local_attention, window.tril() if causal else window),
            (sparse_attention, sparse_mask(1024, 32, causal)),
        ):
            exact = masked_attention(q, k, v, mask)
            gpu = [x.float().cuda() for x in (q, k, v)]
            builtin = scaled_dot_product_attention(*gpu, attn_mask=mask.cuda())
            bound = 2 * (builtin.cpu().double() - exact).abs().max() + 1e-5
            ours = attend(*gpu, 32, causal)
            assert (ours.cpu().double() - exact).abs().max() <= bound


# Refusals

X = torch.zeros(4, 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: local_mask(4, -1), "w must be an integer >= 0, got -1"),
        (lambda: local_mask(4, 1.5), "w must be an integer >= 0, got 1.5"),
        (lambda: local_mask(0, 1), "n must be an integer >= 1, got 0"),
        (lambda: atrous_mask(4, 0), "stride must be an integer >= 1, got 0"),
        (lambda: sparse_mask(4, 0, True), "stride must be an integer >= 1, got 0"),
        (
            lambda: sparse_mask(4, True, True),
            "stride must be an integer >= 1, got True",
        ),
        (lambda: hops_to_full(torch.ones(2, 2)), "got torch.float32 (2, 2)"),
        (lambda: hops_to_full(torch.ones(2, 3).bool()), "got torch.bool (2, 3)"),
        (lambda: hops_to_full(torch.ones(0, 0).bool()), "got torch.bool (0, 0)"),
        (lambda: block_local_attention(X, X, X, -1), "w must be an integer >= 0"),
        (lambda: block_local_attention(X, X, X, 3), "multiple of w = 3, got 4"),
        (lambda: block_local_attention(X, X, X, 8), "multiple of w = 8, got 4"),
        (lambda: sparse_attention(X, X, X, 0), "stride must be an integer >= 1, got 0"),
        (lambda: sparse_attention(X, X, X, 3), "multiple of stride = 3, got 4"),
        (lambda: block_local_attention(X, X[:2], X[:2], 2), "got (4, 2), (2, 2)"),
        (lambda: sparse_attention(X, X[:2], X[:2], 2), "got (4, 2), (2, 2)"),
        (
            lambda: masked_attention(X, X, X, torch.ones(4, 4)),
            "shape (4, 4), got torch.float32",
        ),
        (
            lambda: masked_attention(X, X, X, torch.ones(1, 4).bool()),
            "got torch.bool (1, 4)",
        ),
        (
            lambda: masked_attention(X, X, X, torch.ones(4, 4).bool().tril(-1)),
            "got none for query 0",
        ),
        (
            lambda: linformer_attention(X, X, X, X.mT, X.mT, causal=True),
            "causal must be False",
        ),
        (
            lambda: linformer_attention(X, X, X, torch.ones(2, 5), torch.ones(2, 5)),
            "E must have shape (r, 4)",
        ),
        (
            lambda: linformer_attention(X, X, X, torch.ones(2, 4), torch.ones(3, 4)),
            "F must have shape (r, 4)",
        ),
        (
            lambda: linformer_attention(X, X, X, torch.ones(0, 4), torch.ones(0, 4)),
            "got (0, 4)",
        ),
        (
            lambda: linformer_attention(X, X, X, X.mT, X.mT.double()),
            "F must be torch.float32, as q, k, v, got torch.float64",
        ),
        (
            lambda: linformer_attention(*[X.half()] * 3, X.mT, X.mT),
            "E must be torch.float16, as q, k, v, got torch.float32",
        ),
        (
            lambda: similarity_attention(X, X, X, lambda q, k: q @ k.mT - 1),
            "sim must be finite and >= 0, got -1.0",
        ),
        (
            lambda: similarity_attention(X, X, X, lambda q, k: q @ k.mT + torch.inf),
            "sim must be finite",
        ),
        (
            lambda: similarity_attention(X, X, X, lambda q, k: q @ k.mT),
            "a finite sum > 0, got 0",
        ),
        (
            lambda: similarity_attention(X, X, X, lambda q, k: q @ k.mT + 3e38),
            "a finite sum > 0, got inf",
        ),
        (
            lambda: similarity_attention(X, X, X, lambda q, k: q),
            "return shape (4, 4), got (4, 2)",
        ),
        (
            lambda: similarity_attention(X, X[:2], X[:2], taylor_similarity, True),
            "k (..., t, d)",
        ),
        (
            lambda: taylor_attention(X, X, X, True, 0),
            "chunk must be an integer >= 1, got 0",
        ),
        (lambda: taylor_attention(X, X[:2], X[:2], True), "got (4, 2), (2, 2)"),
        (lambda: taylor_attention(X + 1, -X - 1, X), "a sum > 0, got about 0"),
        (lambda: lsh_buckets(X, 0, torch.Generator()), "n_rot must be an integer >= 1"),
        (lambda: lsh_buckets(X[0], 1, torch.Generator()), "torch.float32 (2,)"),
        (lambda: lsh_buckets(X.long(), 1, torch.Generator()), "torch.int64 (4, 2)"),
        (lambda: lsh_buckets(X[:0], 1, torch.Generator()), "torch.float32 (0, 2)"),
    ],
)
def test_bad_input_is_refused_with_what_is_wanted_and_what_came(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()


@pytest.mark.parametrize(
    ("shapes", "dtypes"),
    [
        ([(4, 2), (4, 3), (4, 2)], None),  # features differ
        ([(4, 2), (4, 2), (5, 2)], None),  # a value without a key
        ([(2, 4, 2), (1, 4, 2), (2, 4, 2)], None),  # would broadcast
        ([(4, 2), (4, 2), (4, 0)], None),
        ([(2,), (4, 2), (4, 2)], None),
        ([(4, 2)] * 3, (torch.float32, torch.float64, torch.float32)),
        ([(4, 2)] * 3, (torch.int64,) * 3),
    ],
)
def test_bad_queries_keys_and_values_are_refused(shapes, dtypes):
    dtypes = dtypes or (torch.float32,) * 3
    q, k, v = (torch.zeros(s, dtype=d) for s, d in zip(shapes, dtypes))
    eye = torch.eye(4)
    for attend in (
        lambda: masked_attention(q, k, v, torch.ones(4, 4, dtype=torch.bool)),
        lambda: block_local_attention(q, k, v, 2),
        lambda: sparse_attention(q, k, v, 2),
        lambda: linformer_attention(q, k, v, eye, eye),
        lambda: similarity_attention(q, k, v, taylor_similarity),
        lambda: taylor_attention(q, k, v),
    ):
        with pytest.raises(ValueError, match=r"need q|one float type"):
            attend()


def test_one_token_sees_itself():
    x = normal(1, 3)
    everything = torch.ones(1, 1, dtype=torch.bool)
    for output in (
        masked_attention(x, x, x, everything),
        block_local_attention(x, x, x, 0),
        block_local_attention(x, x, x, 1, True),
        sparse_attention(x, x, x, 1),
        taylor_attention(x, x, x, True),
    ):
        assert_same(output, x)
    assert hops_to_full(everything) == 0
