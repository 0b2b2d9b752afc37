"""Oracles: plain loops in float64, torch's layers, a dense mixture of all experts.

Parameters are counted on modules built on the meta device; the miniature is written
once more for one image at a time.
"""

import cmath
import itertools
import math
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F

from snippets.nlp import kimi_vl
from snippets.nlp.kimi_vl import (
    IGNORE,
    IMAGE,
    Experts,
    MiniKimiVL,
    MLAParams,
    MLPProjector,
    MoonlightConfig,
    MoonViTConfig,
    block_mask,
    cache_numbers,
    fitted_size,
    grid_positions,
    llm_tokens,
    load_balance_loss,
    mla_attention,
    moe_forward,
    moonlight_param_count,
    moonvit_param_count,
    next_token_labels,
    pack,
    patchify,
    projector_param_count,
    resize_table,
    rope_2d,
    rotate,
    space_to_depth,
    topk_route,
    update_bias,
    varlen_attention,
)
from snippets.nlp.kimi_vl.packing import _segment_bounds

D64 = torch.float64
small = st.integers(1, 3)
seeds = st.integers(0, 99)


def draw(*shape: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=D64)


def close(got: Tensor, want: Tensor, atol: float = 1e-12) -> None:
    assert got.dtype == want.dtype
    torch.testing.assert_close(got, want, rtol=0, atol=atol)


def cu_of(lengths: list[int]) -> Tensor:
    ends = list(itertools.accumulate(lengths, initial=0))
    return torch.tensor(ends, dtype=torch.int32)


# Patches


@given(small, small, st.integers(1, 3), st.integers(1, 4))
def test_a_linear_map_of_patches_is_a_convolution_whose_stride_is_its_size(h, w, c, p):
    img, weight = draw(c, h * p, w * p), draw(5, c, p, p, seed=1)
    grid = patchify(img, p)
    assert grid.shape == (h, w, c * p * p)
    want = F.conv2d(img[None], weight, stride=p)[0].permute(1, 2, 0)
    close(grid @ weight.flatten(1).T, want)


def test_a_patch_by_hand():
    img = torch.arange(16).reshape(1, 4, 4)
    want = [[[0, 1, 4, 5], [2, 3, 6, 7]], [[8, 9, 12, 13], [10, 11, 14, 15]]]
    assert patchify(img, 2).tolist() == want
    assert patchify(img, 1).flatten().tolist() == list(range(16))
    assert patchify(img, 4)[0, 0].tolist() == list(range(16))


@pytest.mark.parametrize(
    ("shape", "p", "k", "message"),
    [
        ((3, 8, 8), 3, 1, r"H and W must be positive multiples of p \* k = 3, got"),
        ((3, 8, 6), 2, 2, r"multiples of p \* k = 4, got \(3, 8, 6\)"),
        ((3, 6, 8), 2, 2, r"multiples of p \* k = 4, got \(3, 6, 8\)"),
        ((3, 0, 8), 2, 1, "positive multiples"),
        ((3, 8, 0), 2, 1, "positive multiples"),
        ((0, 8, 8), 2, 1, "positive multiples"),
        ((8, 8), 2, 1, r"img must have shape \(c, H, W\), got \(8, 8\)"),
        ((1, 3, 8, 8), 2, 1, "img must have shape"),
        ((3, 8, 8), 0, 1, "p must be an integer >= 1, got 0"),
        ((3, 8, 8), 2, -1, "k must be an integer >= 1, got -1"),
    ],
)
def test_patchify_refuses(shape, p, k, message):
    with pytest.raises(ValueError, match=message):
        patchify(torch.zeros(shape), p, k)


# Packing


def test_packing_three_images_needs_152_scores_where_one_mask_over_all_needs_400():
    grids = [draw(2, 3, 4), draw(2, 2, 4, seed=1), draw(2, 5, 4, seed=2)]
    tokens, cu, hw = pack(grids)
    assert cu.tolist() == [0, 6, 10, 20]
    assert cu.dtype == torch.int32
    assert hw.tolist() == [[2, 3], [2, 2], [2, 5]]
    close(tokens[6:10], grids[1].reshape(4, 4), atol=0)
    close(tokens[4], grids[0][1, 1], atol=0)
    lengths = cu.diff()
    assert (lengths**2).sum() == 152
    assert block_mask(cu).sum() == 152
    assert len(tokens) ** 2 == 400
    assert 1 - len(tokens) / (len(grids) * lengths.max().item()) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ([], "pack needs at least one grid, got none"),
        ([(2, 2, 4), (2, 2, 3)], r"with one d, got \[\(2, 2, 4\), \(2, 2, 3\)\]"),
        ([(2, 2, 4), (0, 2, 4)], "grids must be"),
        ([(2, 0, 4)], "grids must be"),
        ([(2, 2, 0)], "grids must be"),
        ([(4, 4)], r"grids must be \(h, w, d\), not empty"),
    ],
)
def test_pack_refuses(shapes, message):
    with pytest.raises(ValueError, match=message):
        pack([torch.zeros(shape) for shape in shapes])


def test_pack_refuses_grids_of_two_types():
    with pytest.raises(
        ValueError, match=r"grids must share one type, got torch\.float"
    ):
        pack([torch.zeros(2, 2, 4), torch.zeros(2, 2, 4, dtype=D64)])


def by_hand(
    q: Tensor, k: Tensor, v: Tensor, lengths: list[int], causal: bool
) -> Tensor:
    """Softmax attention, one query, one head at a time."""
    out, start = torch.zeros_like(v), 0
    for length in lengths:
        for i, head in itertools.product(range(length), range(q.shape[1])):
            keys = range(start, start + (i + 1 if causal else length))
            query = q[start + i, head]
            scores = [(query * k[j, head]).sum() / math.sqrt(len(query)) for j in keys]
            weights = torch.softmax(torch.stack(scores), 0)
            terms = [w * v[j, head] for w, j in zip(weights, keys, strict=True)]
            out[start + i, head] = torch.stack(terms).sum(0)
        start += length
    return out


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.booleans())
def test_packed_attention_is_attention_by_hand_in_each_segment(lengths, causal):
    q, k, v = (draw(sum(lengths), 2, 3, seed=s) for s in range(3))
    cu = cu_of(lengths)
    got = varlen_attention(q, k, v, cu, causal)
    close(got, by_hand(q, k, v, lengths, causal))
    close(varlen_attention(q, k, v, cu.long(), causal), got, atol=0)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_packed_attention_is_attention_over_all_tokens_under_a_block_mask(lengths):
    q, k, v = (draw(sum(lengths), 2, 4, seed=s) for s in range(3))
    heads = [x.transpose(0, 1) for x in (q, k, v)]
    masked = F.scaled_dot_product_attention(
        *heads, attn_mask=block_mask(cu_of(lengths))
    )
    close(varlen_attention(q, k, v, cu_of(lengths)), masked.transpose(0, 1))


def test_without_a_mask_images_read_each_other_and_with_cu_seqlens_they_do_not():
    q, k, v = (draw(20, 2, 4, seed=s) for s in range(3))
    cu = cu_of([6, 4, 10])
    before = varlen_attention(q, k, v, cu)
    one = varlen_attention(q, k, v, cu_of([20]))
    assert (before - one).abs().max() > 0.1
    k[:6], v[:6] = 50.0, -50.0
    after = varlen_attention(q, k, v, cu)
    close(after[6:], before[6:], atol=0)
    assert (after[:6] != before[:6]).all()


def test_a_mask_of_two_segments_by_hand_and_a_segment_of_one_token():
    want = [[1, 1, 0], [1, 1, 0], [0, 0, 1]]
    mask = block_mask(cu_of([2, 1]))
    assert mask.int().tolist() == want
    assert mask.dtype == torch.bool
    v = draw(3, 1, 2)
    q = torch.full((3, 1, 2), 1e4, dtype=D64)
    close(varlen_attention(q, q, v, cu_of([1, 1, 1])), v)
    close(varlen_attention(q, q, v, cu_of([2, 1]))[2], v[2])


@pytest.mark.parametrize(
    "cu", [[0, 3], [1, 4], [0, 2, 2, 4], [0, 3, 2, 4], [0, 5], [4], [0], [], [0, 4, 5]]
)
def test_cumulative_lengths_must_cut_the_tokens(cu):
    x = torch.zeros(4, 1, 4)
    vector = torch.tensor(cu, dtype=torch.int32)
    with pytest.raises(ValueError, match=r"cu must rise strictly from 0 to t = 4, got"):
        varlen_attention(x, x, x, vector)


def test_attention_and_masks_refuse():
    x, cu = torch.zeros(4, 1, 4), torch.tensor([0, 4])
    with pytest.raises(ValueError, match=r"cu must be a vector of int32 or int64, got"):
        varlen_attention(x, x, x, torch.tensor([0.0, 4.0]))
    with pytest.raises(ValueError, match=r"got torch.int64 of shape \(1, 2\)"):
        _segment_bounds(cu[None], 4)
    for wrong in (x[:3], x[:, :, :2], torch.zeros(4, 2, 4)):
        with pytest.raises(ValueError, match="q, k, v must share one shape"):
            varlen_attention(x, wrong, x, cu)
        with pytest.raises(ValueError, match="q, k, v must share one shape"):
            varlen_attention(x, x, wrong, cu)
    with pytest.raises(ValueError, match="q, k, v must share one shape"):
        varlen_attention(x[:, 0], x[:, 0], x[:, 0], cu)
    for wrong in (torch.tensor([], dtype=torch.int32), torch.tensor([0, 3, 3])):
        with pytest.raises(ValueError, match="cu must rise strictly"):
            block_mask(wrong)


# Positions


@given(st.integers(1, 3), small, st.integers(1, 3), st.integers(0, 99))
def test_rotary_embedding_by_complex_numbers(t, heads, fours, seed):
    d = 4 * fours
    x = draw(t, heads, d, seed=seed)
    hw = torch.randint(0, 60, (t, 2), generator=torch.Generator().manual_seed(seed))
    got = rope_2d(x, hw, base=500.0)
    for i, head, g in itertools.product(range(t), range(heads), range(fours)):
        for part, axis in ((0, 1), (2, 0)):  # the column turns first, then the row
            first = 4 * g + part
            angle = hw[i, axis].item() * 500.0 ** (-4 * g / d)
            turned = complex(*x[i, head, first : first + 2].tolist())
            turned *= cmath.exp(1j * angle)
            assert complex(*got[i, head, first : first + 2].tolist()) == pytest.approx(
                turned, abs=1e-12
            )


def test_a_shift_of_the_image_keeps_all_scores_and_norms():
    q, k, hw = (
        draw(12, 2, 8),
        draw(12, 2, 8, seed=1),
        grid_positions(torch.tensor([[3, 4]])),
    )

    def scores(at: Tensor) -> Tensor:
        return torch.einsum("thd,shd->hts", rope_2d(q, at), rope_2d(k, at))

    moved = scores(hw + torch.tensor([3, 7]))
    assert (moved - scores(hw)).abs().max() < 2e-14
    assert (scores(hw.flip(1)) - scores(hw)).abs().max() > 0.1  # rows are not columns
    assert (scores(2 * hw) - scores(hw)).abs().max() > 0.1
    close(rope_2d(q, hw).norm(dim=-1), q.norm(dim=-1))
    close(rope_2d(q, hw)[0], q[0], atol=0)


def test_the_default_base_is_ten_thousand_and_far_positions_are_right_in_float32():
    x = torch.ones(1, 1, 8)
    at = torch.tensor([[0, 1_000_003]])
    got = rope_2d(x, at)[0, 0]
    for g, first in ((0, 0), (1, 4)):
        angle = 1_000_003 * 10000.0 ** (-4 * g / 8)
        want = (1 + 1j) * cmath.exp(1j * angle)
        assert complex(*got[first : first + 2].tolist()) == pytest.approx(
            want, abs=1e-6
        )
        assert got[first + 2 : first + 4].tolist() == [1.0, 1.0]  # row 0 does not turn
    assert got.dtype == torch.float32


def test_positions_count_rows_and_columns_anew_in_each_image():
    want = [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2], [0, 0], [1, 0]]
    assert grid_positions(torch.tensor([[2, 3], [2, 1]])).tolist() == want


def cubic(x: float, a: float = -0.75) -> float:
    """Keys' kernel, with the parameter that torch documents by its results."""
    x = abs(x)
    if x <= 1:
        return (a + 2) * x**3 - (a + 3) * x**2 + 1
    return a * (x**3 - 5 * x**2 + 8 * x - 4) if x < 2 else 0.0


def bicubic(size: int, rows: int) -> Tensor:
    """Weights of the table's rows for each row of the grid, borders repeated."""
    weights = torch.zeros(size, rows, dtype=D64)
    for i in range(size):
        centre = (i + 0.5) * rows / size - 0.5
        for j in range(math.floor(centre) - 1, math.floor(centre) + 3):
            weights[i, min(max(j, 0), rows - 1)] += cubic(centre - j)
    return weights


@given(st.integers(1, 7), st.integers(1, 7))
def test_the_position_table_is_stretched_by_bicubic_weights(h, w):
    table = draw(4, 5, 3)
    want = torch.einsum("hr,wc,rcd->hwd", bicubic(h, 4), bicubic(w, 5), table)
    close(resize_table(table, h, w), want.flatten(0, 1))


def test_a_grid_of_the_tables_size_gets_the_table_and_a_square_one_is_not_transposed():
    table = draw(4, 5, 3)
    close(resize_table(table, 4, 5), table.reshape(20, 3), atol=0)
    assert not torch.allclose(resize_table(table, 5, 4)[1], table.reshape(20, 3)[1])


def test_the_more_a_table_is_stretched_the_more_alike_are_neighbours():
    table, distances = draw(4, 4, 32), []
    for side in (4, 8, 16, 32):
        grid = resize_table(table, side, side).unflatten(0, (side, side))
        distances.append((grid[1:] - grid[:-1]).norm(dim=-1).mean().item())
    assert all(b < 0.7 * a for a, b in itertools.pairwise(distances))


def test_positions_refuse():
    hw = torch.zeros(2, 2)
    for d in (0, 2, 6, 5):
        with pytest.raises(
            ValueError, match=f"positive multiple of 4, got .2, 1, {d}."
        ):
            rope_2d(torch.zeros(2, 1, d), hw)
    with pytest.raises(ValueError, match="x must be"):
        rope_2d(torch.zeros(2, 4), hw)
    for wrong in (hw[:1], hw[:, :1], torch.zeros(2, 3)):
        with pytest.raises(ValueError, match=r"hw must have shape \(2, 2\), got"):
            rope_2d(torch.zeros(2, 1, 4), wrong)
    for shape in ((2,), (2, 3), (0, 2)):
        with pytest.raises(ValueError, match=r"grid_hw must have shape \(images, 2\)"):
            grid_positions(torch.ones(shape, dtype=torch.int64))
    for x, angle in (((2, 1, 5), (2, 2)), ((2, 1, 4), (1, 2)), ((2, 4), (2, 2))):
        with pytest.raises(ValueError, match=r"x must be .* with d even and angle"):
            rotate(torch.zeros(x), torch.zeros(angle))
    for shape, h, w, message in (
        ((4, 4), 2, 2, r"table must be .* none empty, got \(4, 4\)"),
        ((4, 4, 1), 0, 2, "h must be an integer >= 1, got 0"),
        ((4, 4, 1), 2, 0, "w must be an integer >= 1, got 0"),
    ):
        with pytest.raises(ValueError, match=message):
            resize_table(torch.zeros(shape), h, w)
    with pytest.raises(ValueError, match="x must be a tensor of floats, got"):
        rope_2d(torch.ones(2, 1, 4, dtype=torch.int64), hw)  # would turn by 0 or 1
    with pytest.raises(ValueError, match="grid_hw must be int32 or int64, got"):
        grid_positions(torch.ones(1, 2))
    with pytest.raises(ValueError, match=r"grid_hw must be >= 1, got \[\[2, 0\]\]"):
        grid_positions(torch.tensor([[2, 0]]))


# Space to depth and the projector


@given(small, small, st.integers(1, 3), st.integers(1, 3))
def test_space_to_depth_is_pixel_unshuffle_with_the_channels_in_another_order(
    h, w, k, d
):
    x = draw(h * k, w * k, d)
    ours = space_to_depth(x, k)
    torchs = F.pixel_unshuffle(x.permute(2, 0, 1), k).permute(1, 2, 0)
    assert ours.shape == torchs.shape == (h, w, k * k * d)
    close(ours.unflatten(2, (k * k, d)), torchs.unflatten(2, (d, k * k)).mT, atol=0)
    assert torch.equal(ours, torchs) == (k == 1 or d == 1)
    close(ours.sort(2).values, torchs.sort(2).values, atol=0)


def test_space_to_depth_by_hand():
    x = torch.tensor([[[1, -1], [2, -2]], [[3, -3], [4, -4]]])
    assert space_to_depth(x, 2).tolist() == [[[1, -1, 2, -2, 3, -3, 4, -4]]]
    torchs = F.pixel_unshuffle(x.permute(2, 0, 1), 2)
    assert torchs.flatten().tolist() == [1, 2, 3, 4, -1, -2, -3, -4]
    for shape, k in (((3, 2, 1), 2), ((2, 3, 1), 2), ((2, 2), 2), ((0, 2, 1), 2)):
        with pytest.raises(ValueError, match=r"x must be .* multiples of k, got"):
            space_to_depth(torch.zeros(shape), k)
    with pytest.raises(ValueError, match="k must be an integer >= 1, got 0"):
        space_to_depth(torch.zeros(2, 2, 1), 0)


def fill(module: nn.Module, seed: int = 0) -> Any:
    """The module in float64, all parameters drawn, also biases and gains."""
    generator = torch.Generator().manual_seed(seed)
    for p in module.double().parameters():
        p.data = torch.randn(p.shape, generator=generator, dtype=D64) * 0.4
    return module


def test_the_projector_normalizes_each_patch_then_merges_then_maps_twice():
    net = fill(MLPProjector(3, 5, 2))
    grids = [draw(2, 4, 3), draw(4, 2, 3, seed=1)]
    tokens, _, hw = pack(grids)
    rows = []
    for grid, y, x in (
        (grids[0], 0, 0), (grids[0], 0, 2), (grids[1], 0, 0), (grids[1], 2, 0),
    ):  # fmt: skip
        patches = [grid[y, x], grid[y, x + 1], grid[y + 1, x], grid[y + 1, x + 1]]
        normed = []
        for patch in patches:
            centred = patch - patch.mean()
            unit = centred / (centred.square().mean() + 1e-5).sqrt()
            normed.append(unit * net.norm.weight + net.norm.bias)
        hidden = net.linear_1.weight @ torch.cat(normed) + net.linear_1.bias
        hidden = hidden * (1 + torch.erf(hidden / math.sqrt(2))) / 2
        rows.append(net.linear_2.weight @ hidden + net.linear_2.bias)
    close(net(tokens, hw), torch.stack(rows))


def test_the_projector_refuses_grids_that_do_not_fit():
    net = MLPProjector(3, 5, 2)
    with pytest.raises(ValueError, match=r"must hold all tokens of 3, got \[\[2, 4"):
        net(torch.zeros(4, 3), torch.tensor([[2, 4]]))
    with pytest.raises(ValueError, match="multiples of k"):
        net(torch.zeros(6, 3), torch.tensor([[2, 3]]))
    with pytest.raises(ValueError, match=r"for tokens \(8, 4\)"):
        net(torch.zeros(8, 4), torch.tensor([[2, 4]]))
    with pytest.raises(ValueError, match="grid_hw must have shape"):
        net(torch.zeros(8, 3), torch.tensor([2, 4]))


# Latent attention


def mla_params(h=2, n=3, r=4, d=5, c=6, v=2, seed=0):
    shapes = (h, n + r, d), (c + r, d), (h, n, c), (h, v, c), (d, h, v)
    return MLAParams(*(draw(*s, seed=seed + i) for i, s in enumerate(shapes)))


def mla_by_hand(x: Tensor, p: MLAParams, n: int, c: int, base: float) -> Tensor:
    """One query and one head at a time; keys and values made, rotations complex."""
    rows = []
    down = [p.down @ row for row in x]
    latent = [y[:c] / (y[:c].square().mean() + 2.22e-16).sqrt() for y in down]

    def turned(y: Tensor, at: int) -> list[complex]:
        pairs = y.reshape(-1, 2).tolist()
        return [
            complex(*pair) * cmath.exp(1j * at * base ** (-g / len(pairs)))
            for g, pair in enumerate(pairs)
        ]

    for t, row in enumerate(x):
        out = torch.zeros(len(row), dtype=D64)
        for h in range(len(p.query)):
            q, scores = p.query[h] @ row, []
            for s in range(t + 1):
                score = (q[:n] @ (p.key[h] @ latent[s])).item()
                pairs = zip(turned(q[n:], t), turned(down[s][c:], s), strict=True)
                scores.append(score + sum((a * b.conjugate()).real for a, b in pairs))
            scaled = torch.tensor(scores, dtype=D64) / math.sqrt(len(q))
            for w, z in zip(torch.softmax(scaled, 0), latent, strict=False):
                out += p.out[:, h] @ (w * (p.value[h] @ z))
        rows.append(out)
    return torch.stack(rows)


@given(st.integers(1, 5), st.integers(1, 3), st.integers(1, 2), st.booleans(), seeds)
def test_latent_attention_by_hand_and_with_its_maps_moved(t, h, pairs, absorb, seed):
    x, p = draw(t, 5, seed=seed), mla_params(h=h, r=2 * pairs, seed=seed)
    got = mla_attention(x, p, absorb, base=100.0)
    close(got, mla_by_hand(x, p, 3, 6, 100.0), atol=1e-11)
    close(got, mla_attention(x, p, not absorb, base=100.0), atol=1e-11)
    moonlights = mla_by_hand(x, p, 3, 6, 50_000.0)  # rope_theta of its configuration
    close(mla_attention(x, p, absorb), moonlights, atol=1e-11)


def test_latent_attention_is_causal_and_has_the_right_gradients():
    x, p = draw(6, 5), mla_params()
    changed = x.clone()
    changed[4:] = draw(2, 5, seed=9)
    before, after = (mla_attention(y, p, absorb=True) for y in (x, changed))
    close(before[:4], after[:4], atol=0)
    inputs = [y.requires_grad_() for y in (x[:3], *p)]
    assert torch.autograd.gradcheck(
        lambda x, *p: mla_attention(x, MLAParams(*p), True), inputs
    )


def test_the_cached_vectors_of_latent_attention_are_those_counted():
    config = MoonlightConfig(
        width=5, heads=2, nope_dim=3, rope_dim=4, value_dim=2, kv_rank=6
    )
    p = mla_params()
    compressed, expanded = cache_numbers(config)
    assert p.down.shape[0] == compressed  # 6 + 4
    assert expanded == 2 * (3 + 4 + 2)
    layer = moonlight_param_count(config)["attention"] / config.layers
    assert layer == sum(w.numel() for w in p)


def test_latent_attention_refuses():
    x, p = draw(4, 5), mla_params()
    for name, w in p._asdict().items():
        with pytest.raises(ValueError, match=r"params must be"):
            mla_attention(x, p._replace(**{name: w[:-1]}))
    with pytest.raises(ValueError, match=r"x must be \(t, d\), none empty, got \(0, 5"):
        mla_attention(x[:0], p)
    with pytest.raises(ValueError, match="r even"):
        mla_attention(x, mla_params(r=3))
    with pytest.raises(ValueError, match="base must be > 0 and finite, got 0"):
        mla_attention(x, p, base=0.0)


# Routing


@given(st.integers(1, 4), st.integers(1, 6), st.booleans(), st.integers(0, 99))
def test_routing_sorts_score_plus_bias_and_weighs_by_score(t, e, normalize, seed):
    scores, bias = draw(t, e, seed=seed).sigmoid(), draw(e, seed=seed + 1)
    for k in range(1, e + 1):
        experts, weights = topk_route(scores, bias, k, normalize)
        for i in range(t):
            biased = [(-(scores[i, j] + bias[j]).item(), j) for j in range(e)]
            best = [j for _, j in sorted(biased)][:k]
            assert experts[i].tolist() == best
            want = scores[i, best]
            close(weights[i], want / want.sum() if normalize else want)


def test_ties_go_to_the_first_experts():
    experts, weights = topk_route(torch.full((2, 5), 0.5), torch.zeros(5), 3)
    assert experts.tolist() == [[0, 1, 2]] * 2
    many = topk_route(torch.full((3, 500), 0.5), torch.zeros(500), 40).experts
    assert many.tolist() == [list(range(40))] * 3
    close(weights, torch.full((2, 3), 1 / 3), atol=1e-7)


def test_the_bias_moves_the_choice_and_not_the_scores_it_is_weighed_by():
    scores = torch.tensor([[0.9, 0.8, 0.5]], dtype=D64)
    bias = torch.tensor([0.0, -0.2, 0.2], dtype=D64)
    experts, weights = topk_route(scores, bias, 2, normalize=False)
    assert experts.tolist() == [[0, 2]]
    assert weights.tolist() == [[0.9, 0.5]]  # a weight of 0.7 would hold the bias
    # Normalized, a weight depends on who else is picked.
    assert topk_route(scores, bias, 2).weights[0, 0].item() == pytest.approx(9 / 14)
    same = topk_route(scores, bias * 1e-3, 2)
    close(
        same.weights, topk_route(scores, torch.zeros(3, dtype=D64), 2).weights, atol=0
    )
    close(
        topk_route(scores, bias + 7.0, 2).weights, topk_route(scores, bias, 2).weights
    )


def test_no_gradient_reaches_the_bias():
    scores, bias = draw(5, 4).sigmoid().requires_grad_(), draw(4).requires_grad_()
    weights = topk_route(scores, bias, 2).weights
    grads = torch.autograd.grad(
        (weights * draw(5, 2)).sum(), [scores, bias], allow_unused=True
    )
    assert grads[0].abs().max() > 0.01
    assert grads[1] is None


def test_scores_of_any_size_give_no_nan():
    scores = torch.tensor([[-800.0, -900.0, -1000.0]], dtype=D64).sigmoid()
    route = topk_route(scores, torch.zeros(3, dtype=D64), 2)
    assert route.weights.tolist() == [[0.0, 0.0]]
    # Not zero, but below the smallest normal number of the type: still shares.
    small = torch.tensor([[3e-40, 1e-40, 0.0]])
    weights = topk_route(small, torch.zeros(3), 2).weights
    assert weights.tolist() == [pytest.approx([0.75, 0.25], abs=1e-4)]
    large = torch.tensor([[3e38, 3e38, 1e38]])
    assert topk_route(large, torch.zeros(3), 2).weights.tolist() == [[0.5, 0.5]]
    half = torch.tensor([[3.0, 1.0, 0.0]]).half() * 2.0**-24
    weights = topk_route(half, torch.zeros(3).half(), 2).weights
    assert weights.tolist() == [[0.75, 0.25]]


def experts_of(e: int, f: int, d: int, seed: int) -> Experts:
    shapes = (e, f, d), (e, f, d), (e, d, f)
    return Experts(*(draw(*s, seed=seed + n) for n, s in enumerate(shapes)))


@given(st.integers(0, 5), st.integers(1, 5), st.integers(0, 2), st.integers(0, 99))
def test_gather_and_scatter_give_the_dense_sum_over_all_experts(t, e, n_shared, seed):
    x, router, bias = (
        draw(t, 4, seed=seed),
        draw(e, 4, seed=seed + 1),
        draw(e, seed=seed),
    )
    routed, shared = experts_of(e, 3, 4, seed), experts_of(n_shared, 3, 4, seed + 9)
    k = 1 + seed % e

    def every(w: Experts) -> Tensor:  # (t, e, d)
        gate = torch.einsum("td,efd->tef", x, w.gate)
        hidden = gate / (1 + (-gate).exp()) * torch.einsum("td,efd->tef", x, w.up)
        return torch.einsum("tef,edf->ted", hidden, w.down)

    scores = 1 / (1 + (-torch.einsum("td,ed->te", x, router)).exp())
    chosen = torch.zeros(t, e, dtype=D64)
    for i in range(t):
        order = sorted(range(e), key=lambda j: -(scores[i, j] + bias[j]).item())
        chosen[i, order[:k]] = 1
    weights = scores * chosen
    for normalize in (False, True):
        if normalize:
            weights = weights / weights.sum(1, keepdim=True)
        dense = 2.5 * torch.einsum("te,ted->td", weights, every(routed))
        dense = dense + every(shared).sum(1)
        got = moe_forward(x, router, bias, routed, shared, k, 2.5, normalize)
        close(got.output, dense, atol=1e-11)
        assert got.load.tolist() == chosen.sum(0).tolist()


def test_two_shared_experts_are_one_of_twice_the_width():
    x, router, bias = (
        draw(6, 4),
        torch.zeros(3, 4, dtype=D64),
        torch.zeros(3, dtype=D64),
    )
    routed, two = experts_of(3, 2, 4, 0), experts_of(2, 3, 4, 5)
    one = Experts(
        two.gate.reshape(1, 6, 4),
        two.up.reshape(1, 6, 4),
        torch.cat([two.down[0], two.down[1]], 1)[None],
    )
    outputs = [moe_forward(x, router, bias, routed, s, 2).output for s in (two, one)]
    close(*outputs)


def test_routing_refuses():
    scores, bias = torch.ones(2, 4), torch.zeros(4)
    for k in (0, 5, -1):
        with pytest.raises(
            ValueError, match=f"k must be an integer >= 1 and <= 4, got {k}"
        ):
            topk_route(scores, bias, k)
    for wrong in (scores[0], scores[:, :3], scores[None]):
        with pytest.raises(
            ValueError, match=r"scores must be \(t, e\) and bias \(e,\)"
        ):
            topk_route(wrong, bias, 1)
    for value in (-0.1, math.nan, math.inf):
        with pytest.raises(ValueError, match="scores must be >= 0 and finite, got"):
            topk_route(torch.full((2, 4), value), bias, 1)
    for value in (math.nan, math.inf, -math.inf):
        with pytest.raises(ValueError, match=r"bias must be finite, got \["):
            topk_route(scores, torch.tensor([0, value, 0, 0]), 1)


def test_the_mixture_refuses():
    good: dict[str, Any] = {
        "x": draw(2, 4),
        "router": draw(3, 4),
        "bias": draw(3),
        "routed": experts_of(3, 2, 4, 0),
        "shared": experts_of(1, 2, 4, 5),
        "k": 2,
    }
    moe_forward(**good)
    for name in ("routed", "shared"):
        for part in ("gate", "up", "down"):
            weights = good[name]._replace(**{part: getattr(good[name], part)[:, :1]})
            with pytest.raises(ValueError, match=rf"{name} must be \("):
                moe_forward(**good | {name: weights})
    with pytest.raises(ValueError, match="routed must be"):
        moe_forward(**good | {"router": draw(2, 4)})
    with pytest.raises(ValueError, match=r"router \(e, d\), got \(2, 4\) and \(3, 3\)"):
        moe_forward(**good | {"router": draw(3, 3)})
    for name in ("x", "router"):
        with pytest.raises(ValueError, match=r"x must be \(t, d\) and router"):
            moe_forward(**good | {name: draw(4)})
    with pytest.raises(ValueError, match="scores must be"):
        moe_forward(**good | {"bias": draw(2)})
    with pytest.raises(ValueError, match="k must be an integer >= 1 and <= 3, got 4"):
        moe_forward(**good | {"k": 4})
    for scale in (math.nan, math.inf):
        with pytest.raises(ValueError, match=f"scale must be finite, got {scale}"):
            moe_forward(**good, scale=scale)


# Balancing


def test_the_bias_steps_by_the_sign_of_what_is_missing():
    bias = torch.tensor([0.0, 0.5, -0.5, 0.0], dtype=D64)
    load = torch.tensor([1, 10, 4, 5])  # mean 5
    want = torch.tensor([0.1, 0.4, -0.4, 0.0], dtype=D64)
    close(update_bias(bias, load, 0.1), want)
    close(update_bias(bias, load * 100, 0.1), want)
    close(update_bias(bias, load, 0.0), bias, atol=0)
    assert bias[0] == 0  # the old bias is not touched


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 99))
def test_the_balance_loss_by_counting(t, e, seed):
    scores = draw(t, e, seed=seed).sigmoid()
    k = 1 + seed % e
    experts = topk_route(scores, torch.zeros(e, dtype=D64), k).experts
    want = 0.0
    for j in range(e):
        picks = sum(row.tolist().count(j) for row in experts) / (t * k)
        share = sum((row[j] / row.sum()).item() for row in scores) / t
        want += e * picks * share
    assert load_balance_loss(scores, experts).item() == pytest.approx(want, abs=1e-12)


@pytest.mark.parametrize(
    ("e", "k", "largest"), [(8, 1, 8.0), (8, 2, 4.0), (64, 6, 64 / 6)]
)
def test_the_balance_loss_is_at_most_e_over_k_since_a_token_picks_an_expert_once(
    e, k, largest
):
    scores = torch.zeros(100, e, dtype=D64)
    scores[:, :k] = torch.rand(100, k, dtype=D64) + 0.1
    experts = topk_route(scores, torch.zeros(e, dtype=D64), k).experts
    loss = load_balance_loss(scores, experts).item()
    assert loss == pytest.approx(largest)
    assert load_balance_loss(torch.ones(100, e), experts).item() == pytest.approx(1)


def test_the_balance_loss_does_not_depend_on_the_size_of_the_scores():
    scores = draw(5, 4).sigmoid().float()
    experts = topk_route(scores, torch.zeros(4), 2).experts
    want = load_balance_loss(scores, experts)
    for size in (1e-42, 3e38):
        got = load_balance_loss(size * scores, experts)
        close(got, want, atol=1e-2 if size < 1 else 1e-6)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_loads_past_what_a_short_type_counts_still_move_the_bias(dtype):
    for load in ([257, 256, 255, 256], [70_001, 70_000, 69_999, 70_000]):
        got = update_bias(torch.zeros(4, dtype=dtype), torch.tensor(load), 0.5)
        assert got.tolist() == [-0.5, 0.0, 0.5, 0.0]


def test_the_balance_loss_is_1_when_even_and_e_when_one_expert_takes_all():
    even = torch.eye(8, dtype=D64)
    assert load_balance_loss(even, torch.arange(8)[:, None]) == 1
    flat = torch.softmax(draw(4000, 8), 1)
    loss = load_balance_loss(flat, flat.argmax(1, keepdim=True))
    assert loss.item() == pytest.approx(1.001, abs=2e-3)
    logits = torch.zeros(100, 8, dtype=D64)
    logits[:, 0] = 10
    collapsed = torch.softmax(logits, 1)
    loss = load_balance_loss(collapsed, collapsed.argmax(1, keepdim=True))
    assert loss.item() == pytest.approx(8 / (1 + 7 * math.exp(-10)))
    assert loss.item() == pytest.approx(7.997, abs=1e-3)


def test_the_balance_loss_lowers_the_score_of_the_busy_expert():
    logits = torch.zeros(6, 3, dtype=D64, requires_grad=True)
    experts = torch.tensor([[0]] * 5 + [[1]])
    load_balance_loss(logits.sigmoid(), experts).backward()
    assert (logits.grad[:, 0] > 0).all()  # descent goes down
    assert (logits.grad[:, 2] < 0).all()


def test_scores_and_bias_share_one_type():
    message = "scores, bias must share one type, got torch.float32 and torch.float64"
    with pytest.raises(ValueError, match=message):
        topk_route(torch.ones(2, 4), torch.zeros(4, dtype=D64), 1)


def test_balancing_refuses():
    bias, load = torch.zeros(4), torch.ones(4)
    for args in (
        (bias, load[:3], 0.1),
        (bias[None], load[None], 1),
    ):
        with pytest.raises(ValueError, match=r"bias and load must be \(e,\), e >= 1"):
            update_bias(*args)
    for rate in (-0.1, math.nan, math.inf):
        with pytest.raises(ValueError, match="rate must be > 0 and finite, got"):
            update_bias(bias, load, rate)
    scores, experts = torch.ones(2, 4), torch.zeros(2, 1, dtype=torch.int64)
    for wrong in ((scores[0], experts), (scores, experts[0]), (scores, experts[:1])):
        with pytest.raises(ValueError, match=r"scores must be \(t, e\) and experts"):
            load_balance_loss(*wrong)
    with pytest.raises(ValueError, match=r"t and k must be >= 1, got \(0, 1\)"):
        load_balance_loss(scores[:0], experts[:0])
    with pytest.raises(ValueError, match=r"t and k must be >= 1, got \(2, 0\)"):
        load_balance_loss(scores, experts[:, :0])
    for e in (-1, 4):
        with pytest.raises(ValueError, match="experts must be in 0 to 3, got"):
            load_balance_loss(scores, torch.tensor([[0], [e]]))
    for zeros in (torch.zeros(2, 4), torch.tensor([[1.0, 1], [0, 0]])):
        picks = torch.zeros(2, 1, dtype=torch.int64)
        with pytest.raises(ValueError, match="scores must be >= 0, finite, not all 0"):
            load_balance_loss(zeros, picks)  # a share of nothing would be NaN
    with pytest.raises(ValueError, match="experts must be int32 or int64, got"):
        load_balance_loss(scores, torch.zeros(2, 1))


# Parameters


def linear(inputs: int, outputs: int) -> nn.Linear:
    return nn.Linear(inputs, outputs, bias=False)


def size(*modules: nn.Module) -> int:
    return sum(p.numel() for m in modules for p in m.parameters())


def layers_of(c: MoonlightConfig) -> dict[str, int]:
    """Parameters of the modules of one layer of each kind."""
    with torch.device("meta"):
        queries = linear(c.width, c.heads * (c.nope_dim + c.rope_dim))
        cached = linear(c.width, c.kv_rank + c.rope_dim)
        expanded = linear(c.kv_rank, c.heads * (c.nope_dim + c.value_dim))
        out = linear(c.heads * c.value_dim, c.width)
        norms = nn.RMSNorm(c.width), nn.RMSNorm(c.width), nn.RMSNorm(c.kv_rank)
        ffn = [
            size(linear(c.width, f), linear(c.width, f), linear(f, c.width))
            for f in (c.dense_width, c.expert_width)
        ]
        router = size(
            nn.Linear(c.width, c.experts)
        )  # its bias stands for the balancing
    attention = size(queries, cached, expanded, out, *norms)
    routed = router + (c.experts + c.shared) * ffn[1]
    picked = router + (c.k + c.shared) * ffn[1]
    return {
        "dense": attention + ffn[0],
        "routed": attention + routed,
        "active": attention + picked,
    }


@pytest.mark.parametrize(
    "cfg",
    [
        MoonlightConfig(),
        MoonlightConfig(5, 3, 4, 2, 7, 6, 1, 2, 11, 2, 13, 17, 19, 23),
        MoonlightConfig(dense_layers=0, shared=0, k=64),
    ],
)
def test_the_language_model_has_the_parameters_of_its_modules(cfg):
    count, one = moonlight_param_count(cfg), layers_of(cfg)
    routed_layers = cfg.layers - cfg.dense_layers
    table, dense = cfg.vocab * cfg.width, cfg.dense_layers * one["dense"]
    body = dense + routed_layers * one["routed"] + cfg.width
    active = dense + routed_layers * one["active"] + cfg.width
    assert count["body"] == body
    assert count["total"] == body + 2 * table
    assert count["active"] == active
    assert count["active_output"] == active + table
    assert count["active_both"] == active + 2 * table
    assert count["total"] == sum(list(count.values())[:8])


def test_moonlight_has_15_96_billion_parameters_and_no_way_to_count_gives_2_8_active():
    count = moonlight_param_count()
    billions = {name: round(n / 1e9, 3) for name, n in count.items()}
    assert billions["total"] == 15.960
    assert billions["body"] == 15.289
    assert billions["active"] == 2.244
    assert billions["active_output"] == 2.579
    assert billions["active_both"] == 2.915
    assert round(count["active"] / count["body"], 3) == 0.147
    assert round(2 * count["total"] / 1e9, 1) == 31.9  # bytes in bfloat16
    vision = moonvit_param_count() + projector_param_count()
    with_vision = [
        count[n] + vision for n in ("active", "active_output", "active_both")
    ]
    assert [round(n / 1e9, 2) for n in with_vision] == [2.69, 3.03, 3.36]
    assert round((count["total"] + vision) / 1e9, 2) == 16.41


def test_eight_shared_experts_or_384_routed_ones_would_give_other_numbers():
    eight = moonlight_param_count(MoonlightConfig(shared=8))
    assert round(eight["active"] / 1e9, 2) == 3.59
    k2 = moonlight_param_count(MoonlightConfig(experts=384, k=8))
    assert k2["body"] > 80e9
    # The size of the vocabulary and of the dense layer hide in the rounding.
    smaller = moonlight_param_count(MoonlightConfig(vocab=151_936, dense_width=10_944))
    assert round(smaller["body"] / 1e9, 2) == 15.29
    assert round(smaller["active"] / 1e9, 2) == 2.24


def test_moonvit_has_417_million_parameters_and_the_projector_31():
    c = MoonViTConfig()
    with torch.device("meta"):
        block = size(
            nn.MultiheadAttention(c.width, 16),
            nn.Linear(c.width, c.hidden),
            nn.Linear(c.hidden, c.width),
            nn.LayerNorm(c.width),
            nn.LayerNorm(c.width),
        )
        ends = size(nn.Conv2d(3, c.width, 14), nn.LayerNorm(c.width))
        table = size(nn.Embedding(64 * 64, c.width))
        projector = size(MLPProjector())
    assert moonvit_param_count() == ends + table + 27 * block
    assert round(moonvit_param_count() / 1e6, 1) == 416.9
    assert projector_param_count() == projector == 30_679_808
    odd = MoonViTConfig(width=6, layers=2, hidden=5, patch=3, channels=2, table=7)
    attention = nn.MultiheadAttention(6, 1)
    mlp = nn.Linear(6, 5), nn.Linear(5, 6)
    block = size(attention, *mlp, nn.LayerNorm(6), nn.LayerNorm(6))
    ends = size(nn.Conv2d(2, 6, 3), nn.LayerNorm(6), nn.Embedding(49, 6))
    assert moonvit_param_count(odd) == ends + 2 * block
    assert projector_param_count(3, 5, 3) == size(MLPProjector(3, 5, 3))


@pytest.mark.parametrize(
    ("height", "width", "patches", "tokens"),
    [(448, 448, 1024, 256), (1792, 1792, 16_384, 4096), (896, 1344, 6144, 1536)],
)
def test_an_image_costs_one_token_for_28_by_28_pixels(height, width, patches, tokens):
    grid = patchify(torch.zeros(1, height, width), 14, 2)
    assert grid.shape[0] * grid.shape[1] == patches
    merged = space_to_depth(torch.zeros(*grid.shape[:2], 1), 2)
    assert llm_tokens(height, width) == merged[..., 0].numel() == tokens


def test_tokens_of_other_patches_and_of_the_exercise():
    assert llm_tokens(1008, 756) == 36 * 27 == 972
    assert llm_tokens(12, 6, p=2, k=3) == 2
    assert llm_tokens(7, 5, p=1, k=1) == 35


def by_the_processor(height: int, width: int, limit: int) -> tuple[int, int]:
    """The rule step by step: a scale by area, then up to whole squares of 28."""
    rows, columns = height // 14, width // 14
    if rows * columns > limit:
        scale = math.sqrt(limit / (rows * columns))
        height, width = int(height * scale), int(width * scale)
    while height % 28:
        height += 1
    while width % 28:
        width += 1
    return height, width


@given(st.integers(1, 4000), st.integers(1, 4000), st.sampled_from([64, 4096, 16_384]))
def test_images_are_shrunk_by_the_processors_rule(height, width, limit):
    got = fitted_size(height, width, limit=limit)
    assert got == by_the_processor(max(1, height), max(1, width), limit)
    assert llm_tokens(*got) >= 1


def test_sizes_of_the_page():
    assert fitted_size(448, 448) == (448, 448)
    assert fitted_size(1792, 1792) == (896, 896)  # a quarter of the pixels
    assert llm_tokens(896, 896) == 1024
    assert fitted_size(1792, 1792, limit=16_384) == (1792, 1792)
    assert round(1792**2 / 1e6, 1) == 3.2  # what the later release takes
    assert fitted_size(100, 30) == (112, 56)
    assert fitted_size(14, 4000, limit=1) == (28, 252)  # no side is shrunk to nothing
    assert (8000 // 14) * (100 // 14) <= 4096  # within the budget, and too long
    for height, width in ((28, 7200), (7200, 28), (8000, 100), (7141, 28)):
        with pytest.raises(ValueError, match="fewer than 512 patches, got"):
            fitted_size(height, width)
    assert fitted_size(7140, 28) == (7140, 28)  # 510 patches in a column
    for args in ((0, 28), (28, 28, 14, 2, 0), (28, 28, 0)):
        with pytest.raises(ValueError, match="must be an integer >= 1, got 0"):
            fitted_size(*args)


def test_the_compressed_cache_is_an_eighth_and_less():
    compressed, expanded = cache_numbers()
    assert (compressed, expanded) == (576, 5120)
    assert round(expanded / compressed, 1) == 8.9
    odd = MoonlightConfig(heads=3, nope_dim=5, rope_dim=7, value_dim=11, kv_rank=13)
    assert cache_numbers(odd) == (20, 3 * 23)


def test_parameters_refuse():
    for name in ("vocab", "width", "layers", "experts", "k", "heads", "kv_rank"):
        with pytest.raises(ValueError, match=f"{name} must be an integer >= 1, got 0"):
            MoonlightConfig(**{name: 0})
    for name in ("dense_layers", "shared"):
        with pytest.raises(ValueError, match=f"{name} must be an integer >= 0, got -1"):
            MoonlightConfig(**{name: -1})
    with pytest.raises(ValueError, match="got 65 of 64, 1 of 27"):
        MoonlightConfig(k=65)
    with pytest.raises(ValueError, match="got 6 of 64, 28 of 27"):
        MoonlightConfig(dense_layers=28)
    for name in ("width", "layers", "hidden", "patch", "channels", "table"):
        with pytest.raises(ValueError, match=f"{name} must be an integer >= 1, got 0"):
            MoonViTConfig(**{name: 0})
    for args in ((0, 1, 1), (1, 0, 1), (1, 1, 0)):
        with pytest.raises(ValueError, match="must be an integer >= 1, got 0"):
            projector_param_count(*args)
    for args in ((14, 28), (28, 14), (28, 30)):
        with pytest.raises(ValueError, match="sizes must be positive multiples"):
            llm_tokens(*args)
    for args in ((0, 28), (28, 28, 0), (28, 28, 14, 0)):
        with pytest.raises(ValueError, match="must be an integer >= 1, got 0"):
            llm_tokens(*args)


# The miniature


def norm(x: Tensor, layer: Any) -> Tensor:
    centred = x - x.mean(-1, keepdim=True)
    unit = centred / (centred.square().mean(-1, keepdim=True) + layer.eps).sqrt()
    return unit * layer.weight + layer.bias


def rms(x: Tensor, layer: Any) -> Tensor:
    eps = torch.finfo(x.dtype).eps  # torch's own choice
    return x / (x.square().mean(-1, keepdim=True) + eps).sqrt() * layer.weight


def turn(x: Tensor, angles: Tensor) -> Tensor:
    """Rotary embedding of (t, h, d) by complex numbers."""
    z = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())
    z = z * torch.polar(torch.ones_like(angles), angles)[:, None]
    return torch.view_as_real(z).flatten(2)


def attend(q: Tensor, k: Tensor, v: Tensor, causal: bool) -> Tensor:
    scores = torch.einsum("thd,shd->hts", q, k) / math.sqrt(q.shape[2])
    if causal:
        future = torch.ones(scores.shape[1:], dtype=torch.bool).triu(1)
        scores = scores.masked_fill(future, -math.inf)
    return torch.einsum("hts,shd->thd", scores.softmax(-1), v).flatten(1)


def one_sequence(m: Any, ids: Tensor, images: list[Tensor]) -> Tensor:
    """The miniature for one text and its images, nothing packed, all experts run."""
    seen = []
    for image in images:
        weight = m.patch.weight.reshape(16, 3, 2, 2)
        x = F.conv2d(image[None], weight, m.patch.bias, stride=2)[0]  # (16, h, w)
        _, h, w = x.shape
        table = torch.einsum("hr,wc,rcd->dhw", bicubic(h, 4), bicubic(w, 4), m.table)
        x = (x + table).flatten(1).T
        row, column = torch.arange(h * w) // w, torch.arange(h * w) % w
        slow = 10000.0 ** (-torch.arange(0, 8, 4).double() / 8)
        angles = torch.stack([column[:, None] * slow, row[:, None] * slow], -1).flatten(
            1
        )
        b = m.block
        q, k, v = (y.reshape(-1, 2, 8) for y in b.qkv(norm(x, b.norm_1)).split(16, -1))
        x = x + b.out(attend(turn(q, angles), turn(k, angles), v, False))
        x = x + b.down(F.gelu(b.up(norm(x, b.norm_2)), approximate="tanh"))
        x = norm(norm(x, m.vision_norm), m.projector.norm)
        planes = F.pixel_unshuffle(x.T.unflatten(1, (h, w)), 2)  # (16 * 4, h/2, w/2)
        merged = planes.unflatten(0, (16, 4)).transpose(0, 1).flatten(0, 1).flatten(1).T
        hidden = m.projector.linear_1(merged)
        seen.append(
            m.projector.linear_2(hidden * 0.5 * (1 + torch.erf(hidden / 2**0.5)))
        )
    stream, tokens = [], iter(torch.cat(seen) if seen else [])
    for i in ids.tolist():
        stream.append(next(tokens) if i == IMAGE else m.embedding.weight[i])
    x, b = torch.stack(stream), m.decoder
    angles = torch.arange(len(x)).double()[:, None] * 800_000.0 ** (
        -torch.arange(0, 12, 2).double() / 12
    )
    q, k, v = (y.reshape(-1, 2, 12) for y in b.qkv(rms(x, b.norm_1)).split(24, -1))
    x = x + b.out(attend(turn(q, angles), turn(k, angles), v, True))
    y = rms(x, b.norm_2)
    scores = torch.sigmoid(y @ b.router.T)
    top = (scores + b.bias).topk(2).indices
    chosen = torch.zeros_like(scores).scatter(1, top, 1.0) * scores
    chosen = 2.446 * chosen / chosen.sum(1, keepdim=True)
    for w, (gate, up, down) in [
        *((chosen[:, e, None], [p[e] for p in b.routed]) for e in range(8)),
        *((1.0, [p[e] for p in b.shared]) for e in range(2)),
    ]:
        x = x + w * ((F.silu(y @ gate.T) * (y @ up.T)) @ down.T)
    logits: Tensor = m.head(rms(x, m.norm))
    return logits


def sample() -> tuple[list[Tensor], list[Tensor]]:
    """Three texts with two images, one, and none."""
    images = [draw(3, 8, 12), draw(3, 8, 4, seed=1), draw(3, 16, 16, seed=2)]
    texts = [[5, *[IMAGE] * 6, 7, *[IMAGE] * 2, 9], [*[IMAGE] * 16, 3, 4], [1, 2, 31]]
    return [torch.tensor(t) for t in texts], images


def test_the_packed_miniature_is_the_miniature_for_one_image_at_a_time():
    model, (texts, images) = fill(MiniKimiVL()), sample()
    model.decoder.bias += draw(8)
    logits, load = model(texts, images)
    apart = [
        one_sequence(model, texts[0], images[:2]),
        one_sequence(model, texts[1], images[2:]),
        one_sequence(model, texts[2], []),
    ]
    close(logits, torch.cat(apart), atol=1e-11)
    assert load.sum() == 2 * len(logits)
    alone = [
        model(texts[:1], images[:2]),
        model(texts[1:2], images[2:]),
        model(texts[2:], []),
    ]
    close(logits, torch.cat([o.logits for o in alone]), atol=1e-11)
    assert torch.equal(load, sum(o.load for o in alone))


def test_text_before_an_image_does_not_see_it_and_text_after_does():
    model, (texts, images) = fill(MiniKimiVL()), sample()
    before = model(texts, images).logits
    images[1] = -images[1]  # stands at places 8 and 9 of the first text
    after = model(texts, images).logits
    changed = (after - before).abs().amax(1) > 1e-9
    assert changed[8:11].all()
    assert not changed[:8].any()
    assert not changed[11:].any()  # other sequences


def test_gradients_reach_every_parameter_and_those_of_one_are_right():
    model, (texts, images) = fill(MiniKimiVL()), sample()
    labels = torch.randint(32, (32,), generator=torch.Generator().manual_seed(0))

    def loss() -> Tensor:
        return F.cross_entropy(model(texts, images).logits, labels)

    loss().backward()
    for name, p in model.named_parameters():
        assert p.grad is not None, name
        assert p.grad.isfinite().all(), name
        assert p.grad.abs().max() > 1e-6, name
    assert "decoder.bias" not in dict(model.named_parameters())
    assert "decoder.bias" in model.state_dict()
    for p in (model.table, model.patch.weight, model.decoder.router):
        flat = p.data.view(-1)
        at = int(p.grad.abs().argmax())
        steps = []
        for step in (1e-5, -2e-5):
            flat[at] += step
            steps.append(loss().item())
        flat[at] += 1e-5
        slope = (steps[0] - steps[1]) / 2e-5
        assert p.grad.view(-1)[at].item() == pytest.approx(slope, rel=1e-4)


def test_balancing_the_miniature_evens_its_load_without_touching_its_weights():
    model = MiniKimiVL().double()
    text = torch.randint(1, 32, (400,), generator=torch.Generator().manual_seed(0))
    weights = [p.clone() for p in model.parameters()]
    with torch.no_grad():
        first = model([text], []).load.double()
        for _ in range(100):
            model.decoder.balance(model([text], []).load, 0.01)
        last = model([text], []).load.double()
    assert first.max() / first.mean() > 1.3
    assert last.max() / last.mean() < 1.2
    assert all(map(torch.equal, weights, model.parameters()))


def test_the_miniature_has_a_seed_and_leaves_the_global_one_alone():
    before = torch.get_rng_state()
    models = [MiniKimiVL(seed) for seed in (3, 3, 4)]
    assert torch.equal(before, torch.get_rng_state())
    first, same, other = (m.head.weight for m in models)
    assert torch.equal(first, same)
    assert not torch.equal(first, other)


def test_the_miniature_refuses():
    model, image = MiniKimiVL(), torch.zeros(3, 4, 8)
    for texts in ([], [torch.tensor([1]), torch.tensor([], dtype=torch.int64)]):
        with pytest.raises(
            ValueError, match="texts must be vectors of ids, none empty"
        ):
            model(texts, [])
    with pytest.raises(ValueError, match="got 1 for 2 image tokens"):
        model([torch.tensor([1, IMAGE])], [image])
    with pytest.raises(ValueError, match="got 1 for 0 image tokens"):
        model([torch.tensor([1, IMAGE])], [])
    with pytest.raises(ValueError, match=r"multiples of p \* k = 4"):
        model([torch.tensor([IMAGE])], [image[:, :, :6]])
    with pytest.raises(ValueError, match="pack needs at least one grid"):
        model.see([])
    for ids in ([1, 32], [-1, 2]):
        with pytest.raises(ValueError, match="ids must be in 0 to 31, got"):
            model([torch.tensor(ids)], [])
    with pytest.raises(ValueError, match="texts must be vectors of ids"):
        model([torch.tensor([[1, 2]])], [])
    with pytest.raises(ValueError, match="texts must be vectors of ids"):
        model([torch.tensor([1.0])], [])
    cu = torch.tensor([0, 3])
    with pytest.raises(ValueError, match=r"x must have shape \(t, 24\)"):
        model.decoder(torch.zeros(3, 16), cu)
    with pytest.raises(ValueError, match=r"cu must rise strictly from 0 to t = 3"):
        model.decoder(torch.zeros(3, 24), torch.tensor([0, 2, 1, 2]))
    with pytest.raises(ValueError, match=r"x must have shape \(t, 16\)"):
        model.block(torch.zeros(3, 24), cu, torch.zeros(3, 2))
    with pytest.raises(ValueError, match=r"x must have shape \(t, 16\), t >= 1, got"):
        model.block(torch.zeros(0, 16), cu, torch.zeros(0, 2))


def test_labels_skip_the_ends_of_texts_and_the_places_of_images():
    texts = [torch.tensor([5, *[IMAGE] * 7, 9]), torch.tensor([3, IMAGE, IMAGE, 8])]
    labels = next_token_labels(texts)
    out = IGNORE
    want = [out, *[out] * 6, 9, out, out, out, 8, out]
    assert labels.tolist() == want
    # What the shifted ids of the pack would teach as well: text 1 to predict text 2.
    shifted = torch.cat(texts)[1:].tolist()
    assert shifted[8] == 3
    assert shifted.count(IMAGE) == 9
    assert next_token_labels([torch.tensor([4], dtype=torch.int32)]).tolist() == [out]
    with pytest.raises(ValueError, match=r"texts must be vectors of ids.* got \[\]"):
        next_token_labels([])


def test_a_loss_with_these_labels_does_not_join_two_texts():
    model, (texts, images) = fill(MiniKimiVL()), sample()
    labels = next_token_labels(texts)

    def loss(texts, images):
        logits = model(texts, images).logits
        return F.cross_entropy(logits, next_token_labels(texts), reduction="sum")

    apart = [
        loss(texts[:1], images[:2]),
        loss(texts[1:2], images[2:]),
        loss(texts[2:], []),
    ]
    together = F.cross_entropy(model(texts, images).logits, labels, reduction="sum")
    close(together, sum(apart), atol=1e-10)


def test_the_parts_can_be_imported_from_the_main_module():
    for name in (
        "patchify", "pack", "varlen_attention", "rope_2d", "space_to_depth",
        "MLPProjector", "topk_route", "moe_forward", "update_bias", "load_balance_loss",
        "moonlight_param_count", "block_mask", "Experts",
    ):  # fmt: skip
        assert callable(getattr(kimi_vl, name))


# On a GPU


@pytest.mark.gpu
@pytest.mark.timeout(300)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_gpu_packed_attention_is_as_good_as_a_masked_builtin(dtype):
    lengths = [1, 64, 333, 130, 512]
    q, k, v = (draw(sum(lengths), 4, 64, seed=s).cuda().to(dtype) for s in range(3))
    cu = cu_of(lengths).cuda()
    mask = block_mask(cu)
    assert mask.is_cuda

    def masked(*inputs: Tensor) -> Tensor:
        heads = (x.transpose(0, 1)[None] for x in inputs)
        out = F.scaled_dot_product_attention(*heads, attn_mask=mask)
        return out[0].transpose(0, 1)

    exact = masked(q.double(), k.double(), v.double())
    got = varlen_attention(q, k, v, cu)
    assert got.dtype == dtype
    theirs = (masked(q, k, v).double() - exact).abs().max()
    floor = 4e-6 if dtype == torch.float32 else 1e-5  # where rounding cancels to zero
    assert (got.double() - exact).abs().max() <= 2 * theirs + floor
