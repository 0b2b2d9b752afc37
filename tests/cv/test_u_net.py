"""Oracles: torch, scikit-learn, SciPy's distances, enumeration, closed forms."""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.ndimage import distance_transform_edt
from sklearn.metrics import f1_score
from torch import nn
from torch.nn import functional as F

from snippets.cv.u_net import (
    border_weights,
    center_crop,
    soft_dice,
    tile_predict,
    unet_parameters,
    unet_sizes,
    valid_inputs,
)
from snippets.cv.u_net.network import UNet

# Sizes and weights


def recorded(net, n):
    """Sizes after each pair of convolutions of a net that runs on zeros."""
    sizes = []
    for pair in (*net.down, *net.up):
        pair.register_forward_hook(lambda _, __, y: sizes.append(y.shape[-1]))
    with torch.no_grad():
        out = net(torch.zeros(1, 1, n, n))
    return sizes, out.shape[-1]


@pytest.mark.parametrize(
    ("n", "depth", "padding"),
    [(572, 4, "valid"), (92, 3, "valid"), (48, 4, "same"), (18, 1, "valid")],
)
def test_sizes_are_those_of_a_net_that_runs(n, depth, padding):
    down, up = unet_sizes(n, depth, padding)
    sizes, out = recorded(UNet(1, depth, padding=padding), n)
    assert sizes == down + up
    assert out == up[-1]


def test_the_paper_s_572_pixels_become_388():
    down, up = unet_sizes(572)
    assert down == [568, 280, 136, 64, 28]
    assert up == [52, 100, 196, 388]


def test_admissible_sizes_are_12_modulo_16_and_lose_184():
    assert valid_inputs(1, 1000) == list(range(188, 1001, 16))
    assert valid_inputs(100, 300) == [188, 204, 220, 236, 252, 268, 284, 300]
    assert valid_inputs(573, 600) == [588]
    assert all(n - unet_sizes(n)[1][-1] == 184 for n in valid_inputs(1, 1000))
    assert valid_inputs(1, 64, padding="same") == [16, 32, 48, 64]


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5])
def test_the_margin_is_6_times_2_to_the_depth_minus_4(depth):
    for n in valid_inputs(1, 600, depth):
        assert n - unet_sizes(n, depth)[1][-1] == 2 * (6 * 2**depth - 4)


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_a_net_refuses_the_sizes_that_the_list_lacks(depth):
    net, took = UNet(1, depth), []
    convolved = nn.Sequential(*net.down[0])
    assert convolved(torch.zeros(1, 1, 20, 20)).shape[-1] == 16
    for n in range(1, 110):
        size, right = n, True
        for level in range(2 * depth + 1):  # the arithmetic, once more
            size -= 4
            right = right and size > 0 and (level >= depth or size % 2 == 0)
            size = size * 2 if level >= depth else size // 2
        took += [n] * right
    assert took == valid_inputs(1, 109, depth)


def test_weights_are_those_of_the_net():
    assert unet_parameters() == 31_030_658
    with torch.device("meta"):
        assert sum(p.numel() for p in UNet().parameters()) == 31_030_658
    for arguments in [(8, 2, 3, 5), (1, 1, 1, 1), (3, 3, 2, 4)]:
        net = UNet(*arguments)
        assert unet_parameters(*arguments) == sum(p.numel() for p in net.parameters())
    assert unet_parameters(8, 2, 3, 5) == 29_501


def test_channels_after_the_concatenation_are_twice_those_of_the_skip():
    net = UNet(8, 2)
    assert [pair[0].in_channels for pair in net.up] == [32, 16]


def test_the_paper_s_net_has_23_convolutions_and_two_hold_almost_half_the_weights():
    with torch.device("meta"):
        net = UNet()
    layers = [m for m in net.modules() if isinstance(m, nn.Conv2d | nn.ConvTranspose2d)]
    assert len(layers) == 23
    assert sum(isinstance(m, nn.ConvTranspose2d) for m in layers) == 4
    assert sum(m.kernel_size == (3, 3) for m in layers) == 18
    bottom = sum(p.numel() for p in net.down[-1].parameters())
    assert 0.45 < bottom / unet_parameters() < 0.46


def test_what_the_skips_cost_and_how_many_pixels_are_read_for_one():
    assert round(572**2 / unet_sizes(572)[1][-1] ** 2, 2) == 2.17
    assert 188**2 / unet_sizes(188)[1][-1] ** 2 == 2209
    assert round(64 * unet_sizes(572)[0][0] ** 2 * 4 / 1e6, 1) == 82.6
    x = np.arange(568.0 * 568).reshape(568, 568)
    assert center_crop(x, 392)[0, 0] == x[88, 88]


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_gradients_of_all_weights_and_of_the_image_are_finite_differences(padding):
    generator = torch.Generator().manual_seed(0)
    net = UNet(2, 1, padding=padding).double()
    n = 20 if padding == "valid" else 8

    def normal(*shape):
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    with torch.no_grad():
        for weights in net.parameters():
            weights.copy_(normal(*weights.shape) / 2)
    image, ways = normal(1, 1, n, n), [normal(*w.shape) for w in net.parameters()]
    moved = [image, *(w.detach().clone() for w in net.parameters())]
    ways = [normal(1, 1, n, n), *ways]
    names = [name for name, _ in net.named_parameters()]

    def loss(image, *weights):
        changed = dict(zip(names, weights, strict=True))
        return (torch.func.functional_call(net, changed, (image,)) ** 2).mean()

    inputs = [x.requires_grad_() for x in moved]
    slopes = torch.autograd.grad(loss(*inputs), inputs)
    for k, (slope, way) in enumerate(zip(slopes, ways, strict=True)):
        ends = []
        for step in (1e-6, -1e-6):
            there = [x + step * way if j == k else x for j, x in enumerate(inputs)]
            ends.append(loss(*there).item())
        wanted = (ends[0] - ends[1]) / 2e-6
        assert (slope != 0).any()
        assert (slope * way).sum().item() == pytest.approx(wanted, rel=1e-5, abs=1e-8)


def test_images_need_not_be_square():
    assert UNet(2, 1, 3, 5)(torch.zeros(2, 3, 20, 24)).shape == (2, 5, 4, 8)
    same = UNet(2, 2, padding="same")
    assert same(torch.zeros(1, 1, 8, 12)).shape == (1, 2, 8, 12)


def test_poolings_forget_the_place_and_the_skip_keeps_it():
    images = torch.zeros(4, 1, 4, 4)
    for k, image in enumerate(images):
        image[0, k // 2, k % 2] = 1
    pooled = F.max_pool2d(images, 2)
    assert (pooled == pooled[0]).all()
    assert len(torch.unique(images, dim=0)) == 4


def test_the_skip_reaches_the_output_from_the_middle_of_its_map():
    net = UNet(2, 1).double()
    with torch.no_grad():
        for weights in net.parameters():
            weights.zero_()
        one = (0, 0, 1, 1)
        net.down[0][0].weight[one] = net.down[0][2].weight[one] = 1
        net.up[0][0].weight[one] = net.up[0][2].weight[one] = 1  # reads the skip
        net.head.weight[0, 0] = 1
    image = torch.rand(1, 1, 22, 24, dtype=torch.float64)
    out = net(image)[:, 0]
    assert torch.equal(out, torch.as_tensor(center_crop(image[:, 0].numpy(), (6, 8))))


def test_from_below_comes_the_largest_of_four_pixels_repeated():
    net = UNet(2, 1).double()
    with torch.no_grad():
        for weights in net.parameters():
            weights.zero_()
        one = (0, 0, 1, 1)
        for layer in (net.down[0][0], net.down[0][2], net.down[1][0], net.down[1][2]):
            layer.weight[one] = 1
        net.enlarge[0].weight[0, 0] = 1
        net.up[0][0].weight[0, 2, 1, 1] = 1  # the skip has maps 0 and 1
        net.up[0][2].weight[one] = net.head.weight[0, 0] = 1
    image = torch.rand(1, 1, 20, 24, dtype=torch.float64)
    pooled = image[0, 0, 2:-2, 2:-2].numpy().reshape(8, 2, 10, 2).max(axis=(1, 3))
    wanted = pooled[2:-2, 2:-2].repeat(2, axis=0).repeat(2, axis=1)[2:-2, 2:-2]
    assert np.array_equal(net(image)[0, 0].detach().numpy(), wanted)


# Tiles


def whole_net(depth, seed=0):
    """A net whose weights are small integers: sums are exact in any order."""
    generator = torch.Generator().manual_seed(seed)
    net = UNet(2, depth, classes=1).double()
    with torch.no_grad():
        for weights in net.parameters():
            drawn = torch.randint(-1, 2, weights.shape, generator=generator)
            weights.copy_(drawn)

    def f(patch):
        with torch.no_grad():
            return net(torch.as_tensor(patch)[None, None])[0, 0].numpy()

    return f


@pytest.mark.parametrize("tile", [4, 6, 12])
def test_tiles_equal_the_whole_image(tile):
    f = whole_net(1)
    image = np.random.default_rng(0).integers(0, 9, (24, 36)).astype(float)
    whole = f(np.pad(image, 8, mode="reflect"))
    assert np.ptp(whole) > 0
    assert np.array_equal(tile_predict(image, f, tile, 8), whole)


def test_the_last_tiles_are_filled_and_cut_off():
    f = whole_net(1)
    image = np.random.default_rng(1).integers(0, 9, (10, 14)).astype(float)
    whole = f(np.pad(image, 8, mode="reflect"))
    assert np.array_equal(tile_predict(image, f, 4, 8), whole)


def test_tiles_of_depth_3_need_starts_at_multiples_of_8():
    f = whole_net(3, seed=0)
    image = np.random.default_rng(2).integers(0, 9, (60, 60)).astype(float)
    whole = f(np.pad(image, 44, mode="reflect"))
    assert np.ptp(whole) > 0
    assert not np.array_equal(tile_predict(image, f, 12, 44), whole)
    image = image[:48, :48]
    whole = center_crop(f(np.pad(image, 46, mode="reflect")), 48)
    cut = tile_predict(image, lambda patch: center_crop(f(patch), 8), 8, 46)
    assert np.array_equal(cut, whole)


def test_with_depth_4_tiles_are_exact_if_4_pixels_of_each_output_are_cut_off():
    assert 572 == 384 + 2 * 94
    assert unet_sizes(572)[1][-1] == 388
    f = whole_net(4)
    image = np.random.default_rng(2).integers(0, 9, (100, 100)).astype(float)
    whole = f(np.pad(image, 92, mode="reflect"))
    assert 0 < np.abs(whole).max() < 2**53
    assert np.ptp(whole) > 0
    assert not np.array_equal(tile_predict(image, f, 20, 92), whole)
    image = image[:96, :96]
    whole = center_crop(f(np.pad(image, 94, mode="reflect")), 96)
    cut = tile_predict(image, lambda patch: center_crop(f(patch), 16), 16, 94)
    assert np.array_equal(cut, whole)


def interval_net(n, depth):
    """First and last pixel of the input that each output in a row depends on."""
    row, skips = [(i, i) for i in range(n)], []

    def pair(row):
        return [(a, b) for (a, _), (_, b) in zip(row, row[4:], strict=False)]

    for _ in range(depth):
        row = pair(row)
        skips.append(row)
        row = [(a, b) for (a, _), (_, b) in zip(row[::2], row[1::2], strict=True)]
    row = pair(row)
    for skip in reversed(skips):
        row = [ends for ends in row for _ in range(2)]
        cut = (len(skip) - len(row)) // 2
        both = zip(row, skip[cut : len(skip) - cut], strict=True)
        row = pair([(min(a, c), max(b, d)) for (a, b), (c, d) in both])
    return row


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_an_output_sees_up_to_2_to_the_depth_minus_1_beyond_the_margin(depth):
    margin = 6 * 2**depth - 4
    row = interval_net(valid_inputs(300, 400, depth)[0], depth)
    places = list(enumerate(row, margin))
    assert max(place - first for place, (first, _) in places) == margin + 2**depth - 1
    assert max(last - place for place, (_, last) in places) == margin + 2**depth - 1


@pytest.mark.parametrize(("side", "seen"), [(704, False), (700, True)])
def test_the_fill_is_seen_if_the_image_is_no_multiple_of_16(side, seen):
    zeros = side + 2 * 94 - 384  # where they begin in the patch of the last tile
    kept = interval_net(572, 4)[2:-2][: side - 384]
    assert (max(last for _, last in kept) >= zeros) == seen


@pytest.mark.parametrize(("side", "same"), [(32, True), (28, True), (27, False)])
def test_the_last_outputs_are_those_of_the_whole_image_if_the_sides_fit(side, same):
    f = whole_net(2)
    image = np.random.default_rng(3).integers(1, 9, (side, 32)).astype(float)
    padded = np.pad(image, 22, mode="reflect")
    more = -side % 4
    padded = np.pad(padded, ((0, more), (0, 0)), mode="edge")
    whole = f(padded)[2 : 2 + side, 2:-2]
    tiles = tile_predict(image, lambda x: center_crop(f(x), 8), 8, 22)
    assert np.array_equal(tiles, whole) == same


@pytest.mark.parametrize(
    ("depth", "tile", "margin", "same"),
    [(1, 8, 8, True), (2, 8, 20, False), (2, 8, 24, True), (4, 32, 96, True)],
)
def test_a_net_that_pads_is_exact_with_margin_enough(depth, tile, margin, same):
    generator = torch.Generator().manual_seed(0)
    net = UNet(2, depth, classes=1, padding="same").double()
    with torch.no_grad():
        for weights in net.parameters():
            weights.copy_(torch.randint(-1, 2, weights.shape, generator=generator))

    def f(patch):
        with torch.no_grad():
            return net(torch.as_tensor(patch)[None, None])[0, 0].numpy()

    side = 4 * tile
    image = np.random.default_rng(0).integers(0, 9, (side, side)).astype(float)
    whole = center_crop(f(np.pad(image, margin, mode="reflect")), side)
    assert 0 < np.ptp(whole) < 2**53
    tiles = tile_predict(image, lambda x: center_crop(f(x), tile), tile, margin)
    assert np.array_equal(tiles, whole) == same


@pytest.mark.parametrize("depth", [3, 4, 5])
def test_from_depth_3_on_no_whole_output_is_a_multiple_of_2_to_the_depth(depth):
    outputs = {unet_sizes(n, depth)[1][-1] for n in valid_inputs(1, 900, depth)}
    assert {out % 2**depth for out in outputs} == {4}


def test_a_shift_by_one_pixel_changes_the_shared_outputs_and_by_two_does_not():
    f = whole_net(1)
    image = np.random.default_rng(0).integers(0, 9, (40, 40)).astype(float)
    first = f(image[:36, :36])
    one, two = f(image[1:37, :36]), f(image[2:38, :36])
    assert not np.array_equal(first[1:], one[:-1])
    assert np.array_equal(first[2:], two[:-2])


def test_zeros_in_place_of_the_mirror_change_only_a_band_along_the_border():
    f = whole_net(1)
    image = np.random.default_rng(0).integers(1, 9, (30, 30)).astype(float)
    mirrored, zeros = (f(np.pad(image, 8, mode=m)) for m in ("reflect", "constant"))
    differ = mirrored != zeros
    assert differ.any()
    assert not differ[8:-8, 8:-8].any()
    # An odd side: a row and a column of zeros complete the last poolings.
    image = np.random.default_rng(0).integers(1, 9, (31, 31)).astype(float)
    mirrored, zeros = (
        f(np.pad(np.pad(image, 8, mode=m), ((0, 1), (0, 1))))[:31, :31]
        for m in ("reflect", "constant")
    )
    differ = mirrored != zeros
    assert differ[8:-9, -9].any()
    assert not differ[8:-9, 8:-9].any()


def test_masks_may_be_of_truth_values_labels_and_numbers_may_not():
    mask = np.array([[True, False, True]])
    assert soft_dice(mask, mask) == 1
    with pytest.raises(ValueError, match="smooth must be a number >= 0, got"):
        soft_dice(mask, mask, smooth=np.True_)
    with pytest.raises(ValueError, match="labels must"):
        border_weights(mask)
    with pytest.raises(ValueError, match="differ by an even number, got 3"):
        center_crop(np.ones((10, 10)), 3)


def test_f_gets_a_copy_of_the_mirrored_image():
    image = np.arange(9.0).reshape(3, 3)
    seen = []

    def f(patch):
        seen.append(patch.copy())
        patch[:] = -1
        return seen[-1][2:-2, 2:-2]

    assert np.array_equal(tile_predict(image, f, 3, 2), image)
    assert np.array_equal(seen[0], np.pad(image, 2, mode="reflect"))
    assert np.array_equal(tile_predict(image, f, 2, 2), image)


def test_integers_reach_f_as_float64_and_the_result_is_no_view():
    kinds = []

    def f(patch):
        kinds.append(patch.dtype)
        return patch

    result = tile_predict(np.ones((3, 3), dtype=np.uint8), f, 2, 0)
    assert set(kinds) == {np.dtype("float64")}
    assert result.dtype == np.float64
    assert result.base is None


def test_beyond_the_mirror_stand_zeros():
    seen = []

    def f(patch):
        seen.append(patch)
        return patch[1:-1, 1:-1]

    tile_predict(np.ones((2, 3)), f, 2, 1)
    assert len(seen) == 2
    assert (seen[0] == 1).all()
    assert np.array_equal(seen[1], [[1, 1, 1, 0]] * 4)


def test_without_a_margin_the_tiles_are_the_image():
    image = np.arange(35.0).reshape(5, 7)
    assert np.array_equal(tile_predict(image, lambda x: 2 * x, 3, 0), 2 * image)


@given(st.integers(0, 4), st.integers(0, 4), st.integers(1, 5), st.integers(1, 5))
def test_a_crop_leaves_as_much_on_both_sides(up, left, height, width):
    x = np.random.default_rng(0).random((2, height + 2 * up, width + 2 * left))
    cut = center_crop(x, (height, width))
    assert np.array_equal(cut, x[:, up : up + height, left : left + width])
    cut[:] = -1
    assert (x >= 0).all()


# Dice


def test_the_four_pixels_of_the_page():
    p, t = np.array([[0.8, 0.6, 0.1, 0]]), np.array([[1, 1, 0, 0]])
    assert_allclose(soft_dice(p, t), 2 * 1.4 / 3.5, rtol=0, atol=1e-12)
    assert_allclose(soft_dice(p, t, squared=True), 2.8 / 3.01, rtol=0, atol=1e-12)
    assert_allclose(soft_dice(p, t, 1), 3.8 / 4.5, rtol=0, atol=1e-12)
    assert_allclose(0.8 / (2 - 0.8), 1.4 / 2.1, rtol=0, atol=1e-12)  # IoU of D


def test_for_hard_masks_it_is_f1():
    rng = np.random.default_rng(0)
    for _ in range(50):
        p, t = rng.integers(0, 2, (2, 1, 12))
        wanted = f1_score(t[0], p[0], zero_division=1.0)
        assert soft_dice(p, t) == pytest.approx(wanted, rel=0, abs=1e-15)
        assert soft_dice(p, t, squared=True) == soft_dice(p, t)


@given(st.integers(1, 3), st.integers(1, 6), st.integers(0, 99))
@settings(max_examples=60)
def test_it_is_the_sum_over_pixels_in_plain_python(images, pixels, seed):
    rng = np.random.default_rng(seed)
    p, t = rng.random((images, pixels)), rng.integers(0, 2, (images, pixels))

    def dice(pairs, smooth, power):
        pairs = list(pairs)
        above = 2 * math.fsum(a * b for a, b in pairs) + smooth
        return above / (math.fsum(a**power + b for a, b in pairs) + smooth)

    for smooth, squared in [(0.0, False), (0.5, True), (2.0, False)]:
        rows = [dice(zip(*row, strict=True), smooth, 1 + squared) for row in zip(p, t)]
        mean = soft_dice(p, t, smooth, squared)
        assert_allclose(mean, math.fsum(rows) / images, rtol=0, atol=1e-12)
        wanted = dice(zip(p.ravel(), t.ravel(), strict=True), smooth, 1 + squared)
        both = soft_dice(p, t, smooth, squared, per="batch")
        assert_allclose(both, wanted, rtol=0, atol=1e-12)


def test_per_image_and_per_batch_differ():
    p = np.array([[1, 1, 0, 0], [0, 0, 0, 0.5]])
    t = np.array([[1, 1, 0, 0], [0, 0, 0, 1]])
    assert_allclose(soft_dice(p, t), 5 / 6, rtol=0, atol=1e-12)
    assert_allclose(soft_dice(p, t, per="batch"), 10 / 11, rtol=0, atol=1e-12)
    images = p.reshape(2, 2, 2), t.reshape(2, 2, 2)
    assert soft_dice(*images) == soft_dice(p, t)


def test_sixteen_bits_are_added_up_in_float64():
    p, t = np.full((1, 9000), 0.1, dtype=np.float16), np.ones((1, 9000), dtype=np.uint8)
    wanted = 2 * 9000 * float(p[0, 0]) / (9000 * float(p[0, 0]) + 9000)
    assert_allclose(soft_dice(p, t), wanted, rtol=0, atol=1e-12)


def test_an_empty_target():
    p, t = np.full((1, 4), 0.01), np.zeros((1, 4))
    assert soft_dice(p, t) == 0
    assert_allclose(soft_dice(p, t, 1), 1 / 1.04, rtol=0, atol=1e-12)
    assert soft_dice(t, t) == 1
    x = torch.full((4,), 0.01, requires_grad=True)
    (2 * (x * 0).sum() / x.sum()).backward()
    assert x.grad.tolist() == [0] * 4


def test_pulls_balance_under_dice_and_not_under_cross_entropy():
    p = torch.full((1000,), 0.5, dtype=torch.float64, requires_grad=True)
    t = torch.zeros(1000, dtype=torch.float64)
    t[:10] = 1
    (slope,) = torch.autograd.grad(1 - 2 * (p * t).sum() / (p.sum() + t.sum()), p)
    pulls = slope[:10].sum().item(), slope[10:].sum().item()
    assert pulls == pytest.approx((-0.0388, 0.0381), abs=5e-5)
    (slope,) = torch.autograd.grad(F.binary_cross_entropy(p, t), p)
    pulls = slope[:10].sum().item(), slope[10:].sum().item()
    assert pulls == pytest.approx((-0.02, 1.98), abs=1e-12)


@pytest.mark.parametrize(
    ("on", "dice", "entropy"),
    [(0.01, (-0.995, 0.495), (-1, 1)), (0.9, (-0.4765, 21.336), None)],
)
def test_elsewhere_the_balance_is_another_one(on, dice, entropy):
    t = torch.zeros(1000, dtype=torch.float64)
    t[:10] = 1
    p = (0.01 + (on - 0.01) * t).requires_grad_()
    (slope,) = torch.autograd.grad(1 - 2 * (p * t).sum() / (p.sum() + t.sum()), p)
    pulls = slope[:10].sum().item(), slope[10:].sum().item()
    assert pulls == pytest.approx(dice, rel=1e-4)
    if entropy:
        (slope,) = torch.autograd.grad(F.binary_cross_entropy(p, t), p)
        pulls = slope[:10].sum().item(), slope[10:].sum().item()
        assert pulls == pytest.approx(entropy, abs=1e-12)


@pytest.mark.parametrize("smooth", [1e-5, 0.01, 1.0, 100.0])
def test_with_any_epsilon_the_best_for_a_lone_pixel_is_the_likelier_truth(smooth):
    grid = np.arange(101) / 100
    for chance in (0.01, 0.3, 0.49, 0.51, 0.9):
        values = [expected([q], [chance], smooth) for q in grid]
        assert grid[int(np.argmax(values))] == (chance > 0.5)


def test_a_p_whose_square_is_zero_is_still_an_answer():
    p, t = np.full((2, 3), 1e-200), np.zeros((2, 3))
    p[1] = 0
    assert soft_dice(p[:1], t[:1], squared=True) == 0
    assert soft_dice(p[1:], t[1:], squared=True) == 1
    assert soft_dice(p, t, squared=True) == 0.5
    assert soft_dice(p, t, squared=True, per="batch") == 0
    assert soft_dice(p, t, 1.0, squared=True) == 1
    assert soft_dice([[1e-13]], [[0]], 1e-13) == 0.5


def expected(answer, chances, smooth=0.0, squared=False):
    """Mean Dice of an answer over all masks, pixels independent."""
    total = 0.0
    for mask in itertools.product((0, 1), repeat=len(chances)):
        weight = math.prod(
            c if m else 1 - c for c, m in zip(chances, mask, strict=True)
        )
        total += weight * soft_dice(
            np.array([answer]), np.array([mask]), smooth, squared
        )
    return total


def test_the_best_answer_for_a_lone_pixel_is_not_its_probability():
    grid = np.arange(1, 101) / 100
    for squared in (False, True):
        values = [expected([q], [0.01], 0, squared) for q in grid]
        assert grid[int(np.argmax(values))] == 1
        assert (np.diff(values) > 0).all()
    assert expected([0], [0.01]) > max(values)  # 0/0 counts as 1, for exactly 0 alone
    loss = [-(0.01 * np.log(q) + 0.99 * np.log1p(-q)) for q in grid[:-1]]
    assert grid[int(np.argmin(loss))] == 0.01
    grid = np.arange(101) / 100
    for smooth in (0.1, 1.0):
        for chance, best in [(0.01, 0), (0.49, 0), (0.51, 1)]:
            values = [expected([q], [chance], smooth) for q in grid]
            assert grid[int(np.argmax(values))] == best
    assert expected([0.51], [0.01], 1e-5) > expected([0.5], [0.01], 1e-5)
    assert expected([0], [0.01], 1e-5) > expected([1], [0.01], 1e-5)


@pytest.mark.parametrize("first", [0.9, 1.0, 0.6])
def test_the_second_of_two_pixels_is_switched_on_above_half_the_first(first):
    for second in np.arange(1, 20) / 20 * first:
        chances = [first, second]
        on, off = expected([1, 1], chances), expected([1, 0], chances)
        assert (on > off) == (second > first / 2 + 1e-12)
        if second < first / 2 - 1e-9:
            assert off > on
        grid = [expected([1, q], chances) for q in np.arange(21) / 20]
        assert max(grid) <= max(on, off) + 1e-12


def test_the_best_threshold_is_half_the_best_dice():
    best, dice = (3 - math.sqrt(5)) / 2, 3 - math.sqrt(5)
    chances = np.sort(np.random.default_rng(0).random(100_000))[::-1]
    found = 2 * chances.cumsum() / (np.arange(1, 100_001) + chances.sum())
    k = int(found.argmax())
    assert abs(found[k] - dice) < 0.005
    assert abs(chances[k] - best) < 0.005
    assert abs(found[(chances > 0.5).sum() - 1] - 0.75) < 0.005
    cuts = np.linspace(0, 1, 100_001)
    assert abs(cuts[((1 - cuts**2) / (1.5 - cuts)).argmax()] - best) < 1e-4


# Borders


def test_a_row_of_border_weights():
    found = border_weights(np.array([[1, 0, 0, 0, 2, 0, 0]]))
    wanted = [0, 7.261490, 7.261490, 7.261490, 0, 4.867523, 2.780373]
    assert_allclose(found[0], wanted, rtol=0, atol=1e-6)


def test_border_weights_are_those_of_distance_transforms():
    rng = np.random.default_rng(0)
    for objects in (2, 3, 5):
        labels = rng.integers(-6, objects + 1, (6, 7)).clip(0)
        away = [distance_transform_edt(labels != k) for k in range(1, objects + 1)]
        near = np.sort(
            [d for k, d in enumerate(away, 1) if (labels == k).any()], axis=0
        )
        wanted = 4 * np.exp(-((near[0] + near[1]) ** 2) / (2 * 2.5**2))
        wanted[labels > 0] = 0
        assert_allclose(border_weights(labels, 4, 2.5), wanted, rtol=0, atol=1e-12)


def test_the_width_may_be_tiny_or_huge():
    labels = np.array([[1, 0, 2]])
    assert border_weights(labels, 10, 5e-324).tolist() == [[0, 0, 0]]
    assert border_weights(labels, 10, 1e308).tolist() == [[0, 10, 0]]
    assert border_weights(labels, 0).tolist() == [[0, 0, 0]]


@pytest.mark.parametrize("labels", [[[0, 0]], [[3, 0]], [[1, 1]]])
def test_fewer_than_two_objects_have_no_border(labels):
    assert (border_weights(np.array(labels)) == 0).all()


# What is refused


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: unet_sizes(0), "n must be an integer >= 1, got 0"),
        (lambda: unet_sizes(True), "n must be an integer >= 1, got True"),
        (lambda: unet_sizes(572, 0), "depth must be an integer >= 1, got 0"),
        (lambda: unet_sizes(573), "even before a pooling, got 569"),
        (lambda: unet_sizes(576), "even before a pooling, got 137"),
        (lambda: unet_sizes(4), "must leave a pixel after each pair, got n = 4"),
        (lambda: unet_sizes(16, 1), "must leave a pixel after each pair, got n = 16"),
        (lambda: unet_sizes(20, padding="full"), "padding must be one of"),
        (lambda: valid_inputs(0, 5), "low must be an integer >= 1, got 0"),
        (lambda: valid_inputs(9, 5), "high must be an integer >= 9, got 5"),
        (lambda: valid_inputs(1, 5, 0), "depth must be an integer >= 1, got 0"),
        (lambda: valid_inputs(1, 5, 1, "x"), "padding must be one of"),
        (lambda: unet_parameters(0), "base must be an integer >= 1, got 0"),
        (lambda: unet_parameters(1, 0), "depth must be an integer >= 1, got 0"),
        (lambda: unet_parameters(1, 1, 0), "channels must be an integer >= 1, got 0"),
        (lambda: unet_parameters(1, 1, 1, 0), "classes must be an integer >= 1, got 0"),
        (lambda: center_crop(np.ones(3), 1), r"x must have shape \(..., h, w\)"),
        (lambda: center_crop(np.ones((3, 3)), 5), "at most 3 .*, got 5"),
        (lambda: center_crop(np.ones((3, 3)), 2), "even number, got 2"),
        (lambda: center_crop(np.ones((3, 3)), 0), "size must be an integer >= 1"),
        (lambda: center_crop(np.ones((3, 3)), (1,)), r"\(height, width\), got \(1,\)"),
        (lambda: center_crop(np.ma.ones((3, 3)), 1), "x must hold real numbers"),
        (lambda: center_crop([[1], [1, 2]], 1), "x must hold numbers, got a list"),
        (
            lambda: tile_predict(np.ones(3), abs, 1, 0),
            r"image must have shape \(h, w\)",
        ),
        (lambda: tile_predict(np.ones((0, 3)), abs, 1, 0), "image must have shape"),
        (lambda: tile_predict(np.ones((4, 2)), abs, 1, 2), "larger than margin 2"),
        (lambda: tile_predict(np.ones((2, 2)), abs, 0, 0), "tile must be an integer"),
        (
            lambda: tile_predict(np.ones((2, 2)), abs, 1, -1),
            "margin must be an integer",
        ),
        (
            lambda: tile_predict(np.ones((2, 2)), abs, 2, 1),
            r"f must give \(2, 2\), got",
        ),
        (
            lambda: tile_predict(np.array([[1, np.nan]]), abs, 2, 0),
            "image must be finite",
        ),
        (lambda: soft_dice([[0.5]], [[1, 0]]), "p and t must be"),
        (lambda: soft_dice([0.5], [1]), "p and t must be"),
        (lambda: soft_dice(np.ones((0, 2)), np.ones((0, 2))), "p and t must be"),
        (lambda: soft_dice([[1.5]], [[1]]), "p must be from 0 to 1"),
        (lambda: soft_dice([[-0.5]], [[1]]), "p must be from 0 to 1"),
        (lambda: soft_dice([[-1e-300]], [[1]]), "p must be from 0 to 1"),
        (lambda: soft_dice([[1 + 2**-52]], [[1]]), "p must be from 0 to 1"),
        (lambda: soft_dice([[0.5, 1.5]], [[1, 1]]), "p must be from 0 to 1"),
        (lambda: soft_dice([[0.5, 0]], [[1, 2]]), "t must be 0 or 1"),
        (lambda: soft_dice([[math.nan]], [[1]]), "p must be from 0 to 1"),
        (lambda: soft_dice([[0.5]], [[0.5]]), "t must be 0 or 1"),
        (lambda: soft_dice([[0.5]], [[1]], -1), "smooth must be a number >= 0, got -1"),
        (lambda: soft_dice([[0.5]], [[1]], math.inf), "smooth must be a number >= 0"),
        (lambda: soft_dice([[0.5]], [[1]], "1"), "smooth must be a number >= 0"),
        (lambda: soft_dice([[0.5]], [[1]], None), "smooth must be a number >= 0"),
        (lambda: soft_dice([[0.5]], [[1]], 0, 1), "squared must be True or False"),
        (lambda: soft_dice([[0.5]], [[1]], per="pixel"), "per must be one of"),
        (
            lambda: border_weights(np.ones((2, 2))),
            "integers >= 0, got 1.0 of dtype float",
        ),
        (
            lambda: border_weights(np.array([[1, -1]])),
            "integers >= 0, got -1 of dtype int",
        ),
        (lambda: border_weights(np.array([1])), r"labels must have shape \(h, w\)"),
        (lambda: border_weights(np.ones((0, 1), int)), "labels must have shape"),
        (lambda: border_weights([[1]], -1), "w0 must be a number >= 0, got -1"),
        (lambda: border_weights([[1]], 1, 0), "sigma must be a number > 0, got 0"),
        (lambda: UNet(0), "base must be an integer >= 1, got 0"),
        (lambda: UNet(1, 0), "depth must be an integer >= 1, got 0"),
        (lambda: UNet(1, 1, 0), "channels must be an integer >= 1, got 0"),
        (lambda: UNet(1, 1, 1, 0), "classes must be an integer >= 1, got 0"),
        (lambda: UNet(1, 1, padding="x"), "padding must be one of"),
        (
            lambda: UNet(1, 1)(torch.zeros(1, 2, 20, 20)),
            r"x must be a tensor \(n, 1, h, w\), got \(1, 2, 20, 20\)",
        ),
        (
            lambda: UNet(1, 1)(torch.zeros(1, 20, 20)),
            r"x must be a tensor \(n, 1, h, w\), got \(1, 20, 20\)",
        ),
        (lambda: UNet(1, 1)(np.zeros((1, 1, 20, 20))), r"a tensor .*, got ndarray"),
        (lambda: UNet(1, 1)(None), r"a tensor \(n, 1, h, w\), got NoneType"),
        (
            lambda: UNet(1, 1)(torch.zeros(1, 1, 20, 21)),
            "even before a pooling, got 17",
        ),
    ],
)
def test_bad_input_is_refused_with_what_is_wanted(call, message):
    with pytest.raises(ValueError, match=message):
        call()
