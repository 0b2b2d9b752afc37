"""Oracles: torch's conv2d, unfold, fold, interpolate and encoder, FLOPs, loops."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from snippets.cv.vision_transformer import (
    patchify,
    relative_position_index,
    resize_positions,
    shifted_window_mask,
    unpatchify,
    vit_cost,
    window_partition,
    window_reverse,
)
from snippets.cv.vision_transformer.network import Block, ViT

small = st.integers(1, 4)


def close(actual, expected, atol=1e-12):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=atol)


def drawn(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape)


# Patches


def test_the_first_patch_of_two_channels_counted_by_hand():
    tokens = patchify(np.arange(32).reshape(1, 2, 4, 4), 2)
    assert tokens.shape == (1, 4, 8)
    assert tokens[0, 0].tolist() == [0, 1, 4, 5, 16, 17, 20, 21]
    assert tokens[0, 1].tolist() == [2, 3, 6, 7, 18, 19, 22, 23]
    assert tokens[0, 2].tolist() == [8, 9, 12, 13, 24, 25, 28, 29]


@given(n=st.integers(0, 3), c=small, rows=small, columns=small, p=small)
def test_patches_are_those_of_unfold_and_fold_puts_them_back(n, c, rows, columns, p):
    x = drawn(0, n, c, rows * p, columns * p)
    tokens = patchify(x, p)
    assert tokens.shape == (n, rows * columns, c * p * p)
    if n:
        wanted = F.unfold(torch.from_numpy(x), p, stride=p)
        assert np.array_equal(tokens, wanted.transpose(1, 2).numpy())
        folded = F.fold(wanted, (rows * p, columns * p), p, stride=p).numpy()
        assert np.array_equal(unpatchify(tokens, p, x.shape[2:]), folded)
    assert np.array_equal(unpatchify(tokens, p, x.shape[2:]), x)


def test_the_patch_embedding_is_a_convolution_with_its_weight_laid_flat():
    x, w, b = drawn(0, 2, 3, 12, 8), drawn(1, 5, 3, 4, 4), drawn(2, 5)
    wanted = F.conv2d(*map(torch.from_numpy, (x, w, b)), stride=4)
    got = patchify(x, 4) @ w.reshape(5, -1).T + b
    close(got, wanted.flatten(2).transpose(1, 2).numpy())
    channel_last = w.transpose(0, 2, 3, 1).reshape(5, -1)
    assert np.abs(patchify(x, 4) @ channel_last.T + b - got).max() > 1


def test_channel_last_order_is_a_permutation_and_a_plain_reshape_is_none():
    x = np.arange(96).reshape(1, 3, 4, 8)
    ours = patchify(x, 2)
    theirs = x.reshape(1, 3, 2, 2, 4, 2).transpose(0, 2, 4, 3, 5, 1).reshape(1, 8, 12)
    assert np.array_equal(np.sort(theirs, axis=-1), np.sort(ours, axis=-1))
    assert not np.array_equal(theirs, ours)
    plain = x.reshape(1, 8, 12)
    assert not np.array_equal(np.sort(plain, axis=-1), np.sort(ours, axis=-1))


@pytest.mark.parametrize("dtype", [np.uint8, np.float16, np.float32, bool])
def test_cutting_keeps_the_type(dtype):
    x = np.ones((1, 1, 2, 4), dtype)
    assert patchify(x, 2).dtype == unpatchify(patchify(x, 2), 2, (2, 4)).dtype == dtype
    windows = window_partition(x.reshape(1, 2, 4, 1), 2)
    assert windows.dtype == window_reverse(windows, 2, (2, 4)).dtype == dtype


def test_tokens_follow_a_shift_by_a_patch_and_not_one_by_a_pixel():
    x = drawn(5, 1, 3, 8, 16)
    tokens = patchify(x, 4).reshape(2, 4, 48)
    by_patch = patchify(np.roll(x, 4, axis=3), 4).reshape(2, 4, 48)
    assert np.array_equal(by_patch, np.roll(tokens, 1, axis=1))
    by_pixel = patchify(np.roll(x, 1, axis=3), 4).reshape(2, 4, 48)
    distance = np.abs(by_pixel[:, :, None] - tokens[:, None]).max(axis=-1)
    assert distance.min() > 1  # none of the new tokens is one of the old


def test_a_list_is_a_pair_and_a_tensor_with_a_gradient_is_refused():
    assert unpatchify(np.ones((1, 6, 4)), 2, [4, 6]).shape == (1, 1, 4, 6)
    with pytest.raises(ValueError, match=r"got a Tensor: .* requires grad"):
        patchify(torch.ones(1, 1, 2, 2, requires_grad=True), 2)


def test_what_is_cut_may_be_a_view_and_a_resized_table_is_none():
    x = np.ones((1, 1, 4, 4))
    assert np.shares_memory(patchify(x, 4), x)
    table = np.ones((4, 1))
    assert not np.shares_memory(resize_positions(table, 2, 0), table)


# Cost

NETWORKS = [
    ({"dim": 192}, 5_717_416, 1_253_683_200),
    ({"dim": 384}, 22_050_664, 4_598_882_304),
    ({}, 86_567_656, 17_563_828_224),
    ({"patch": 32}, 88_224_232, 4_409_186_304),
    ({"dim": 1024, "depth": 24}, 304_326_632, 61_554_712_576),
    ({"patch": 14, "dim": 1280, "depth": 32}, 632_045_800, 167_295_109_120),
    ({"image": 384}, 86_859_496, 55_484_350_464),
    (
        {"image": 6, "patch": 2, "dim": 8, "depth": 2, "mlp": 5, "classes": 3}
        | {"channels": 2},
        1_029,
        10_520,
    ),
]


class Plain(nn.Module):
    """A ViT of torch's parts, its attention written as two products."""

    def __init__(self, image, patch, dim, depth, mlp, classes, channels):
        super().__init__()
        self.embed = nn.Conv2d(channels, dim, patch, patch)
        self.cls = nn.Parameter(torch.empty(1, 1, dim))
        self.table = nn.Parameter(torch.empty(1, 1 + (image // patch) ** 2, dim))
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(dim, 1, mlp, batch_first=True)
            for _ in range(depth)
        )
        self.norm, self.head = nn.LayerNorm(dim), nn.Linear(dim, classes)

    def forward(self, x):
        x = self.embed(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls, x], 1) + self.table
        for layer in self.layers:
            a = layer.self_attn
            qkv = F.linear(layer.norm1(x), a.in_proj_weight, a.in_proj_bias)
            q, k, v = qkv.chunk(3, -1)
            x = x + a.out_proj((q @ k.mT).softmax(-1) @ v)
            x = x + layer.linear2(F.gelu(layer.linear1(layer.norm2(x))))
        return self.head(self.norm(x)[:, 0])


@pytest.mark.parametrize(("how", "parameters", "adds"), NETWORKS)
def test_the_cost_is_what_torch_counts_in_a_plain_vit(how, parameters, adds):
    size = {"image": 224, "patch": 16, "dim": 768, "depth": 12, "classes": 1000}
    size |= {"channels": 3} | how
    size.setdefault("mlp", 4 * size["dim"])
    with torch.device("meta"):
        net = Plain(**size)
        x = torch.empty(1, size["channels"], size["image"], size["image"])
        with FlopCounterMode(display=False) as counter:
            net(x)
    assert sum(p.numel() for p in net.parameters()) == parameters
    assert counter.get_total_flops() == 2 * adds
    assert vit_cost(**how) == (parameters, adds)


def test_torchvision_publishes_the_same_numbers():
    # num_params and GFLOPS of vit_b_16 and vit_l_16 in its documentation
    published = [
        ({}, 86567656, 17.56),
        ({"dim": 1024, "depth": 24}, 304326632, 61.55),
    ]
    for how, parameters, giga in published:
        found = vit_cost(**how)
        assert (found[0], round(found[1] / 1e9, 2)) == (parameters, giga)


def score_share(tokens, dim):
    """Of the products of a block: scores and averages, beside those with weights."""
    return 2 * tokens**2 * dim / (tokens * 12 * dim**2 + 2 * tokens**2 * dim)


def test_the_share_of_the_scores_in_a_block():
    shares = [score_share(tokens, 768) for tokens in (197, 577, 4097)]
    assert [round(100 * share, 1) for share in shares] == [4.1, 11.1, 47.1]
    close(shares, [t / (6 * 768 + t) for t in (197, 577, 4097)])
    assert score_share(4608, 768) == 0.5
    # the same from the cost of a thirteenth block
    for image, share in ((224, shares[0]), (384, shares[1]), (1024, shares[2])):
        block = vit_cost(image, depth=13)[1] - vit_cost(image)[1]
        tokens = (image // 16) ** 2 + 1
        close((block - tokens * 12 * 768**2) / block, share)


def test_a_larger_image_costs_768_parameters_a_token():
    assert vit_cost(384)[0] - vit_cost()[0] == 768 * (576 - 196) == 291_840
    assert vit_cost(classes=10)[0] == 85_806_346


def test_windows_cost_a_fourteenth_of_global_attention_on_swins_first_map():
    h = w = 56
    c, m = 96, 7
    x = torch.empty(1, h * w, c, device="meta")
    weight = torch.empty(c, c, device="meta")

    def attention(x):
        q, k, v = (x @ weight for _ in range(3))
        return (q @ k.mT @ v) @ weight

    found = []
    for tokens in (x, x.reshape(64, 49, c)):
        with FlopCounterMode(display=False) as counter:
            attention(tokens)
        found.append(counter.get_total_flops() // 2)
    assert found == [2_003_828_736, 145_108_992]
    assert found[1] == 4 * h * w * c**2 + 2 * m**2 * h * w * c
    assert found[0] == 4 * h * w * c**2 + 2 * (h * w) ** 2 * c


# Positions


@given(
    g=st.integers(1, 6),
    rows=st.integers(1, 9),
    columns=st.integers(1, 9),
    prefix=st.integers(0, 3),
)
def test_resizing_is_torchs_bilinear_interpolation(g, rows, columns, prefix):
    table = drawn(0, prefix + g * g, 3)
    new = resize_positions(table, (rows, columns), prefix)
    grid = torch.from_numpy(table[prefix:]).reshape(1, g, g, 3).permute(0, 3, 1, 2)
    wanted = F.interpolate(
        grid, (rows, columns), mode="bilinear", align_corners=False
    ).flatten(2)[0]
    assert new.shape == (prefix + rows * columns, 3)
    close(new[prefix:], wanted.T.numpy())
    assert np.array_equal(new[:prefix], table[:prefix])


def test_a_table_too_long_and_cut_to_fit_is_one_place_off():
    # added before the class token stands in front, as a pitfall of the page says
    table, patches = drawn(6, 10, 4), np.zeros((9, 4))
    added = patches + table[:9]
    assert np.array_equal(added[0], table[0])  # the class token's row
    assert np.array_equal(added[1:], table[1:9])  # each next one the row before its own
    with pytest.raises(ValueError, match="broadcast"):
        patches + table


def test_the_same_grid_leaves_the_table_as_it_is():
    table = drawn(1, 17, 5)
    assert np.array_equal(resize_positions(table, 4), table)
    new = resize_positions(table, 4)
    new[:] = 0
    assert table.any()


def test_two_places_become_four_by_hand():
    table = np.array([[9.0], [0.0], [4.0], [0.0], [4.0]])  # rows equal: 0 4 over 0 4
    new = resize_positions(table, 4)
    assert new[0, 0] == 9
    assert new[1:5, 0].tolist() == [0, 1, 3, 4]
    aligned = F.interpolate(
        torch.tensor([[[0.0, 4.0]]]), 4, mode="linear", align_corners=True
    )
    close(aligned[0, 0].numpy(), [0, 4 / 3, 8 / 3, 4], atol=1e-6)


def test_scipys_zoom_lays_corner_on_corner():
    # what the released code of ViT calls
    grid = drawn(0, 3, 3, 2)
    zoomed = ndimage.zoom(grid, (7 / 3, 7 / 3, 1), order=1)
    image = torch.from_numpy(grid).permute(2, 0, 1)[None]
    wanted = F.interpolate(image, (7, 7), mode="bilinear", align_corners=True)
    close(zoomed, wanted[0].permute(1, 2, 0).numpy())
    ours = resize_positions(grid.reshape(9, 2), 7, 0).reshape(7, 7, 2)
    assert np.abs(ours - zoomed).max() > 0.1


def kept(g, new):
    """Variance of each new place, for independent entries of variance 1."""
    return (resize_positions(np.eye(g * g), new, 0) ** 2).sum(axis=1).reshape(new, new)


def test_interpolation_shrinks_independent_entries():
    doubled = kept(32, 64)
    close(doubled[1:-1, 1:-1], 0.390625)
    assert doubled[0, 0] == 1
    assert round(kept(14, 24).mean(), 3) == 0.480
    table = np.random.default_rng(3).standard_normal((32 * 32, 64))
    inside = resize_positions(table, 64, 0).reshape(64, 64, 64)[1:-1, 1:-1]
    assert abs(inside.var() - 0.39) < 0.01


def test_a_smooth_table_keeps_its_variance():
    x = np.arange(14) + 0.5
    wave = np.cos(np.pi * x / 14)
    table = (wave[:, None] * wave).reshape(-1, 1)
    new = resize_positions(table, 24, 0)
    assert 0.976 < new.var() / table.var() < 0.984


def test_interpolating_the_class_row_too_is_refused_or_shifts_the_rest():
    with pytest.raises(ValueError, match=r"prefix \+ g² rows .* got 197 rows"):
        resize_positions(drawn(0, 197, 2), 24, prefix=0)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_short_floats_are_rounded_once(dtype):
    table = drawn(2, 10, 64).astype(dtype)
    new = resize_positions(table, 7)
    assert new.dtype == dtype
    exact = resize_positions(table.astype(np.float64), 7)
    assert np.array_equal(new, exact.astype(dtype))
    in_short = resize_positions(np.eye(9), 7, 0).astype(dtype) @ table[1:]
    assert not np.array_equal(new[1:], in_short)


# Windows


@given(n=st.integers(0, 3), c=small, rows=small, columns=small, m=small)
def test_windows_are_read_row_by_row_and_put_back(n, c, rows, columns, m):
    x = drawn(0, n, rows * m, columns * m, c)
    windows = window_partition(x, m)
    wanted = [
        image[m * i : m * (i + 1), m * j : m * (j + 1)].reshape(m * m, c)
        for image in x
        for i in range(rows)
        for j in range(columns)
    ]
    assert windows.shape == (n * rows * columns, m * m, c)
    assert np.array_equal(windows, np.array(wanted).reshape(windows.shape))
    assert np.array_equal(window_reverse(windows, m, (rows * m, columns * m)), x)


def true_windows(length, m, shift):
    """For each place of the rolled axis, the window of the shifted grid it is from."""
    places = [(i + shift) % length for i in range(length)]
    return [-1 if place < shift else (place - shift) // m for place in places]


@given(rows=small, columns=small, m=small, data=st.data())
@settings(max_examples=60)
def test_a_token_attends_to_its_own_window_of_the_shifted_grid(rows, columns, m, data):
    shift = data.draw(st.integers(0, m - 1))
    h, w = rows * m, columns * m
    mask = shifted_window_mask((h, w), m, shift)
    assert mask.shape == (rows * columns, m * m, m * m)
    assert mask.dtype == bool
    down, right = true_windows(h, m, shift), true_windows(w, m, shift)
    for window in range(rows * columns):
        i, j = divmod(window, columns)
        tokens = [
            (down[i * m + u], right[j * m + v]) for u in range(m) for v in range(m)
        ]
        wanted = [[one == other for other in tokens] for one in tokens]
        assert mask[window].tolist() == wanted


def test_pairs_allowed_on_a_map_of_eight_by_eight():
    mask = shifted_window_mask(8, 4, 2)
    assert mask.sum(axis=(1, 2)).tolist() == [256, 128, 128, 64]
    assert shifted_window_mask(8, 4, 0).all()
    # on a map of one window a shift only forbids pairs
    assert not shifted_window_mask(4, 4, 1).all()


def attend(tokens, mask=None):
    """Softmax of dot products, tokens as queries, keys and values."""
    scores = tokens @ tokens.swapaxes(-1, -2)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True) @ tokens


def test_rolled_and_masked_windows_are_the_windows_of_the_shifted_grid():
    x = drawn(0, 8, 12, 3)
    m, shift = 4, 2
    wanted = np.empty_like(x)
    for up, down in pairwise([0, 2, 6, 8]):
        for left, right in pairwise([0, 2, 6, 10, 12]):
            part = x[up:down, left:right]
            wanted[up:down, left:right] = attend(part.reshape(-1, 3)).reshape(
                part.shape
            )
    rolled = np.roll(x, (-shift, -shift), axis=(0, 1))[None]
    windows = window_partition(rolled, m)
    for mask, right in ((shifted_window_mask((8, 12), m, shift), True), (None, False)):
        out = window_reverse(attend(windows, mask), m, (8, 12))[0]
        found = np.abs(np.roll(out, (shift, shift), axis=(0, 1)) - wanted).max()
        assert found < 1e-12 if right else found > 0.5


@given(m=st.integers(1, 8))
def test_two_pairs_share_a_bias_if_and_only_if_their_offset_is_the_same(m):
    index = relative_position_index(m)
    offsets = {}
    for i in range(m * m):
        for j in range(m * m):
            offset = (i // m - j // m, i % m - j % m)
            assert offsets.setdefault(offset, index[i, j]) == index[i, j]
    assert sorted(offsets.values()) == list(range((2 * m - 1) ** 2))


def test_the_index_by_hand_and_the_wrong_one_that_collides():
    wanted = [[4, 3, 1, 0], [5, 4, 2, 1], [7, 6, 4, 3], [8, 7, 5, 4]]
    assert relative_position_index(2).tolist() == wanted
    seven = relative_position_index(7)
    assert len(np.unique(seven)) == 169
    assert seven.max() == 168
    row, column = np.divmod(np.arange(4), 2)
    wrong = (row[:, None] - row + 1) * 2 + column[:, None] - column + 1
    assert len(np.unique(wrong)) == 7
    assert wrong[0, 3] == 0
    assert wrong[1, 2] == wrong[0, 1] == 2  # offsets (-1, 1) and (0, -1) are one


def test_minus_infinity_beyond_the_range_of_float16():
    with np.errstate(over="ignore"):
        assert np.isinf(np.float16(-1e9))
    with pytest.raises(RuntimeError, match="without overflow"):
        torch.zeros(1, dtype=torch.half).masked_fill(torch.tensor([True]), -1e9)
    assert torch.tensor(-1e9).bfloat16().isfinite()
    row = torch.full((2,), -1e9).half()
    assert row.softmax(0).isnan().all()
    row[1] = 3
    assert row.softmax(0).tolist() == [0, 1]
    assert np.float16(-100) == -100
    assert np.exp(np.float32(-100)) < 1e-43
    # a score of 100 above the rest comes back through a mask of -100
    logits = np.array([0.0, 100.0]) + np.array([0.0, -100.0])
    close(np.exp(logits) / np.exp(logits).sum(), [0.5, 0.5])


# The network


def tiny(**how):
    torch.manual_seed(0)
    size = {"image": 12, "patch": 4, "dim": 8, "depth": 2, "heads": 2, "classes": 3}
    return ViT(**(size | how)).double()


def test_the_network_has_as_many_parameters_as_the_formula_says():
    for registers in (0, 4):
        net = tiny(registers=registers, channels=2)
        wanted = vit_cost(12, 4, 8, 2, classes=3, channels=2)[0] + 8 * registers
        assert sum(p.numel() for p in net.parameters()) == wanted


@pytest.mark.parametrize("registers", [0, 3])
def test_the_network_is_torchs_encoder_between_embedding_and_head(registers):
    net = tiny(registers=registers)
    x = torch.randn(2, 3, 12, 12, dtype=torch.float64)
    tokens = torch.from_numpy(patchify(x.numpy(), 4))
    tokens = tokens @ net.embed.weight.flatten(1).T + net.embed.bias
    tokens = torch.cat([net.cls.expand(2, 1, 8), tokens], 1) + net.table
    tokens = torch.cat([tokens, net.registers.expand(2, registers, 8)], 1)
    for block in net.blocks:
        layer = nn.TransformerEncoderLayer(
            8, 2, 32, 0.0, "gelu", batch_first=True, norm_first=True
        ).double()
        pairs = (
            (layer.self_attn.out_proj, block.out),
            (layer.linear1, block.up),
            (layer.linear2, block.down),
            (layer.norm1, block.norm_1),
            (layer.norm2, block.norm_2),
        )
        for theirs, ours in pairs:
            theirs.load_state_dict(ours.state_dict())
        with torch.no_grad():
            layer.self_attn.in_proj_weight.copy_(block.qkv.weight)
            layer.self_attn.in_proj_bias.copy_(block.qkv.bias)
        tokens = layer(tokens)
    wanted, got = net.head(net.norm(tokens)[:, 0]), net(x)
    torch.testing.assert_close(got, wanted, rtol=0, atol=1e-12)
    first = (net.table, net.cls, net.registers, net.embed.weight)
    slopes, theirs = (
        torch.autograd.grad(y.square().sum(), first) for y in (got, wanted)
    )
    for ours, other in zip(slopes, theirs, strict=True):
        torch.testing.assert_close(ours, other, rtol=0, atol=1e-12)


def moved(net, x, order):
    """By how much the scores change when the patches change places."""
    tokens = patchify(x.numpy(), 4)
    shuffled = torch.from_numpy(unpatchify(tokens[:, order], 4, 12))
    return (net(shuffled) - net(x)).abs().max().item()


def test_without_positions_the_order_of_the_patches_is_lost():
    x = torch.randn(2, 3, 12, 12, dtype=torch.float64)
    order = np.random.default_rng(0).permutation(9)
    assert moved(tiny(positions=False), x, order) < 1e-12
    assert moved(tiny(), x, order) > 1e-4


def test_shuffling_patches_and_table_alike_changes_nothing():
    x = torch.randn(2, 3, 12, 12, dtype=torch.float64)
    order = np.random.default_rng(0).permutation(9)
    net = tiny()
    before = net(x)
    net.table.data[1:] = net.table.data[1:][order]
    tokens = patchify(x.numpy(), 4)[:, order]
    after = net(torch.from_numpy(unpatchify(tokens, 4, 12)))
    torch.testing.assert_close(after, before, rtol=0, atol=1e-12)


def test_each_parameter_of_the_network_gets_a_gradient():
    net = tiny(registers=2)
    net(torch.randn(2, 3, 12, 12, dtype=torch.float64)).square().sum().backward()
    for name, parameter in net.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().max() > 0, name


def test_the_network_starts_small_and_each_run_of_a_seed_is_the_same():
    net = ViT(16, 4, 64, 1, 4, 2, registers=4)
    for part in (net.cls, net.table, net.registers):
        assert 0.01 < part.std() < 0.03
    assert ViT(16, 4, 64, 1, 4, 2).registers.shape == (0, 64)
    assert ViT(16, 4, 64, 1, 4, 2, positions=False).table is None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: patchify(np.ones((1, 3, 4)), 2), r"shape \(n, c, h, w\).*\(1, 3, 4\)"),
        (lambda: patchify(np.ones((1, 0, 4, 4)), 2), "none empty but the first"),
        (lambda: patchify(np.ones((1, 1, 4, 6)), 4), "p must divide .* 4 for 4 x 6"),
        (lambda: patchify(np.ones((1, 1, 6, 4)), 4), "p must divide .* 4 for 6 x 4"),
        (lambda: patchify(np.ones((1, 1, 4, 4)), 0), "p must be an integer >= 1"),
        (lambda: patchify(np.ones((1, 1, 4, 4)), True), "p must .* got True"),
        (lambda: patchify([[[["a"]]]], 1), "images must hold numbers, got dtype"),
        (lambda: patchify([[1], [1, 2]], 1), "images must hold numbers, got a list"),
        (
            lambda: patchify(np.ma.ones((1, 1, 2, 2)), 1),
            "images must hold numbers, got a masked array",
        ),
        (
            lambda: unpatchify(np.ones((1, 3, 4)), 2, 4),
            r"shape \(n, 4, c \* 4\), got \(1, 3, 4\)",
        ),
        (lambda: unpatchify(np.ones((1, 4, 6)), 2, 4), r"c \* 4\), got \(1, 4, 6\)"),
        (lambda: unpatchify(np.ones((1, 8, 4)), 2, 4), r"\(n, 4, c .* \(1, 8, 4\)"),
        (lambda: unpatchify(np.ones((4, 4)), 2, 4), "tokens must have shape"),
        (lambda: unpatchify(np.ones((1, 4, 4)), 2, (4, 5)), "p must divide"),
        (lambda: unpatchify(np.ones((1, 4, 4)), 2, (4, 4, 4)), r"\(height, width\)"),
        (lambda: unpatchify(np.ones((1, 4, 4)), 0, 4), "p must be an integer >= 1"),
        (lambda: unpatchify(np.ones((1, 4, 4)), 2, 0), "size must be an integer >= 1"),
        (lambda: vit_cost(225), "patch must divide image, got 16 for 225"),
        (lambda: vit_cost(0), "image must be an integer >= 1"),
        (lambda: vit_cost(patch=0), "patch must be an integer >= 1"),
        (lambda: vit_cost(dim=0), "dim must be an integer >= 1"),
        (lambda: vit_cost(depth=0), "depth must be an integer >= 1"),
        (lambda: vit_cost(mlp=0), "mlp must be an integer >= 1"),
        (lambda: vit_cost(classes=0), "classes must be an integer >= 1"),
        (lambda: vit_cost(channels=0), "channels must be an integer >= 1"),
        (lambda: resize_positions(np.ones((6, 2)), 3), r"got 6 rows for prefix 1"),
        (lambda: resize_positions(np.ones((1, 2)), 3), r"got 1 rows for prefix 1"),
        (lambda: resize_positions(np.ones((1, 2)), 3, 2), r"got 1 rows for prefix 2"),
        (lambda: resize_positions(np.ones(5), 3), "table must have shape"),
        (lambda: resize_positions(np.ones((5, 2), int), 3), "table must hold floats"),
        (lambda: resize_positions(np.full((5, 2), np.nan), 3), "table must be finite"),
        (lambda: resize_positions(np.array([[0.0], [np.inf]]), 1), "must be finite"),
        (lambda: resize_positions(np.array([[np.nan], [0.0]]), 1), "must be finite"),
        (lambda: resize_positions(np.ones((5, 2)), 0), "new_grid must .* >= 1, got 0"),
        (lambda: resize_positions(np.ones((5, 2)), (2,)), r"\(rows, columns\)"),
        (lambda: resize_positions(np.ones((5, 2)), 3, -1), "prefix must .* >= 0"),
        (lambda: window_partition(np.ones((1, 4, 4)), 2), r"x must have shape"),
        (lambda: window_partition(np.ones((1, 4, 5, 1)), 2), "m must divide"),
        (lambda: window_partition(np.ones((1, 4, 4, 1)), 0), "m must be an integer"),
        (
            lambda: window_reverse(np.ones((3, 4, 1)), 2, 4),
            r"shape \(n \* 4, 4, c\), got \(3, 4, 1\)",
        ),
        (lambda: window_reverse(np.ones((4, 5, 1)), 2, 4), r"got \(4, 5, 1\)"),
        (lambda: window_reverse(np.ones((4, 4)), 2, 4), "windows must have shape"),
        (lambda: window_reverse(np.ones((4, 4, 1)), 2, 5), "m must divide"),
        (lambda: window_reverse(np.ones((4, 4, 1)), 0, 4), "m must be an integer"),
        (lambda: shifted_window_mask(8, 4, 4), "shift must be less than m = 4, got 4"),
        (lambda: shifted_window_mask(8, 4, -1), "shift must be an integer >= 0"),
        (lambda: shifted_window_mask(8, 3, 0), "m must divide"),
        (lambda: shifted_window_mask(8, 0, 0), "m must be an integer >= 1"),
        (lambda: shifted_window_mask((8, 0), 4, 0), "size must be an integer >= 1"),
        (lambda: relative_position_index(0), "m must be an integer >= 1, got 0"),
        (lambda: Block(8, 3, 4), "heads must divide dim, got 3 for 8"),
        (lambda: Block(8, 2, 0), "hidden must be an integer >= 1"),
        (lambda: Block(0, 2, 1), "dim must be an integer >= 1"),
        (lambda: Block(8, 0, 1), "heads must be an integer >= 1"),
        (lambda: Block(8, 1, 4)(torch.ones(5, 8)), r"\(n, tokens, 8\), got \(5, 8\)"),
        (lambda: Block(8, 2, 4)(torch.ones(1, 2, 3, 8)), r"got \(1, 2, 3, 8\)"),
        (lambda: Block(8, 2, 4)(torch.ones(2, 5, 4)), r"got \(2, 5, 4\)"),
        (lambda: tiny(image=13), "patch must divide image, got 4 for 13"),
        (lambda: tiny(image=0), "image must be an integer >= 1"),
        (lambda: tiny(patch=0), "patch must be an integer >= 1"),
        (lambda: tiny(dim=0), "dim must be an integer >= 1"),
        (lambda: tiny(depth=0), "depth must be an integer >= 1"),
        (lambda: tiny(classes=0), "classes must be an integer >= 1"),
        (lambda: tiny(channels=0), "channels must be an integer >= 1"),
        (lambda: tiny(registers=-1), "registers must be an integer >= 0"),
        (lambda: tiny()(torch.ones(1, 3, 12, 8)), r"\(n, 3, 12, 12\), got"),
        (lambda: tiny()(torch.ones(3, 12, 12)), r"\(n, 3, 12, 12\), got \(3, 12, 12\)"),
    ],
)
def test_what_is_wrong_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_patch_fourteen_makes_256_tokens_of_224_pixels():
    assert math.isqrt(patchify(np.ones((1, 1, 224, 224)), 14).shape[1]) == 16
    assert patchify(np.ones((1, 1, 224, 224)), 16).shape[1] == 196
