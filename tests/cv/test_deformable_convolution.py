"""Oracles: the paper's double sum as loops, torch, scipy and finite differences."""

import importlib
import itertools
import logging
import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage
from torch import nn
from torch.autograd import gradcheck
from torch.autograd.gradcheck import GradcheckError
from torch.utils._python_dispatch import TorchDispatchMode

from snippets.cv.deformable_convolution import (
    DeformConv2d,
    RingNet,
    bilinear_sample,
    deform_conv2d,
    learn_shift,
    random_maps,
    ring_scenes,
    sampling_points,
    trace_points,
    train_rings,
)

seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 3)


def assert_same(actual, expected, atol=1e-12):
    torch.testing.assert_close(actual, expected, rtol=0, atol=atol)


def generator(seed):
    return torch.Generator().manual_seed(seed)


def normal(*shape, seed=0, scale=1.0):
    return scale * torch.randn(shape, generator=generator(seed), dtype=torch.float64)


def whole(*shape, seed=0, reach=5):
    """Whole numbers in float64: sums of their products are exact in any order."""
    draws = torch.randint(-reach, reach + 1, shape, generator=generator(seed))
    return draws.double()


def off_the_grid(*shape, seed=0, reach=3):
    """Numbers with a fractional part from 0.1 to 0.9, away from the kinks."""
    fraction = torch.rand(shape, generator=generator(seed), dtype=torch.float64)
    return whole(*shape, seed=seed + 1, reach=reach) + 0.1 + 0.8 * fraction


def kernel_sum(image, y, x):
    """The paper's sum over all pixels q of G(q, p) x(q), for one channel."""
    total = 0.0
    for (qy, qx), value in np.ndenumerate(image.numpy()):
        total += max(0, 1 - abs(qy - y)) * max(0, 1 - abs(qx - x)) * value
    return total


def definition(x, offset, weight, stride, padding, dilation, mask=None):
    """Deformable convolution, one product at a time."""
    (n, c, *_), (o, _, kh, kw) = x.shape, weight.shape
    result = x.new_zeros(n, o, *offset.shape[2:])
    for b, i, j in itertools.product(range(n), *map(range, offset.shape[2:])):
        for a, e in itertools.product(range(kh), range(kw)):
            k = a * kw + e
            y = i * stride - padding + a * dilation + offset[b, 2 * k, i, j].item()
            z = j * stride - padding + e * dilation + offset[b, 2 * k + 1, i, j].item()
            m = 1.0 if mask is None else mask[b, k, i, j]
            for d in range(c):
                result[b, :, i, j] += weight[:, d, a, e] * m * kernel_sum(x[b, d], y, z)
    return result


def output_size(length, taps, stride, padding, dilation):
    """Counted, not computed: how many windows fit."""
    starts = range(-padding, length + padding, stride)
    return sum(s + dilation * (taps - 1) < length + padding for s in starts)


# Reading between pixels


def by_grid_sample(x, y, x_pos):
    """``F.grid_sample`` with zeros outside, called tap by tap."""
    height, width = x.shape[2:]
    result = []
    for k in range(y.shape[1]):
        gx = (2 * x_pos[:, k] + 1) / width - 1
        gy = (2 * y[:, k] + 1) / height - 1
        grid = torch.stack([gx, gy], -1)
        result.append(F.grid_sample(x, grid, padding_mode="zeros", align_corners=False))
    return torch.stack(result, 2)


def by_scipy(x, y, x_pos, mode="grid-constant"):
    result = x.new_zeros(*x.shape[:2], *y.shape[1:])
    for b, c in itertools.product(range(x.shape[0]), range(x.shape[1])):
        where = np.stack([y[b].numpy(), x_pos[b].numpy()])
        values = ndimage.map_coordinates(x[b, c].numpy(), where, order=1, mode=mode)
        result[b, c] = torch.from_numpy(values)
    return result


@given(seeds, sizes, sizes, st.integers(1, 6), st.integers(1, 6), sizes)
def test_reading_agrees_with_grid_sample_and_scipy(seed, n, c, height, width, k):
    x = normal(n, c, height, width, seed=seed)
    y, x_pos = normal(2, n, k, 3, 4, seed=seed + 1, scale=4)  # many lie outside
    ours = bilinear_sample(x, y, x_pos)
    assert ours.shape == (n, c, k, 3, 4)
    assert_same(ours, by_grid_sample(x, y, x_pos))
    assert_same(ours, by_scipy(x, y, x_pos))


def test_reading_follows_the_double_sum_of_the_paper():
    x = normal(1, 1, 4, 3)
    y, x_pos = normal(2, 1, 1, 5, 8, seed=1, scale=3)
    ours = bilinear_sample(x, y, x_pos).flatten()
    for value, p, q in zip(ours, y.flatten(), x_pos.flatten()):
        assert value.item() == pytest.approx(
            kernel_sum(x[0, 0], p.item(), q.item()), abs=1e-12
        )


def test_grid_sample_with_aligned_corners_has_the_same_border():
    x, y, x_pos = normal(1, 2, 5, 4), *normal(2, 1, 1, 9, 9, seed=1, scale=4)
    grid = torch.stack([2 * x_pos[:, 0] / 3 - 1, 2 * y[:, 0] / 4 - 1], -1)
    theirs = F.grid_sample(x, grid, padding_mode="zeros", align_corners=True)
    assert_same(bilinear_sample(x, y, x_pos)[:, :, 0], theirs)


def one_reading(x, y, x_pos):
    place = [torch.full((1, 1, 1, 1), float(p), dtype=x.dtype) for p in (y, x_pos)]
    return bilinear_sample(x, *place).item()


def test_the_border_fades_to_zero_over_one_pixel():
    x = torch.full((1, 1, 3, 5), 8.0, dtype=torch.float64)
    assert [one_reading(x, y, 1) for y in (-1, -0.75, -0.5, 0)] == [0, 2, 4, 8]
    assert [one_reading(x, y, 1) for y in (2, 2.5, 2.75, 3)] == [8, 4, 2, 0]
    assert [one_reading(x, 1, z) for z in (-1, -0.5, 0)] == [0, 4, 8]
    assert [one_reading(x, 1, z) for z in (4, 4.5, 5)] == [8, 4, 0]
    assert [one_reading(x, y, z) for y in (-0.5, 2.5) for z in (-0.5, 4.5)] == [2] * 4


@pytest.mark.parametrize("far", [-1e300, -7.5, 99.5, 1e19, math.inf, -math.inf])
def test_far_away_there_is_nothing_and_no_gradient(far):
    x = normal(1, 1, 3, 3)
    for place in ((far, 1.0), (1.0, far), (far, far)):
        y, z = (
            torch.full((1, 1, 1, 1), p, dtype=torch.float64, requires_grad=True)
            for p in place
        )
        value = bilinear_sample(x, y, z)
        value.sum().backward()
        assert value.item() == y.grad.item() == z.grad.item() == 0


def test_pixels_that_are_not_read_cannot_spoil_the_result():
    x = torch.full((1, 1, 5, 5), math.nan, dtype=torch.float64)
    x[0, 0, 1:3, 1:3] = 2.0
    assert one_reading(x, 1.5, 1.25) == 2
    assert one_reading(x, -3.0, 1.0) == one_reading(x, 1.0, 7.0) == 0


def test_scipy_mode_constant_has_another_border():
    x = normal(1, 1, 6, 6)
    y, x_pos = normal(2, 1, 4, 6, 6, seed=1, scale=4)
    ours, theirs = bilinear_sample(x, y, x_pos), by_scipy(x, y, x_pos, "constant")
    inside = ((y >= 0) & (y <= 5) & (x_pos >= 0) & (x_pos <= 5)).unsqueeze(1)
    assert_same(ours[inside], theirs[inside])
    assert (ours - theirs).abs().max() > 1
    assert (theirs[~inside] == 0).all()


# Gradients


def test_gradients_of_reading_match_finite_differences_across_the_border():
    x = normal(2, 2, 4, 5).requires_grad_()
    y = off_the_grid(2, 3, 2, 3, seed=1).requires_grad_()
    x_pos = off_the_grid(2, 3, 2, 3, seed=2).requires_grad_()
    reach = torch.stack([y, x_pos]).detach()
    assert ((reach < 0) | (reach > 4)).any()
    assert gradcheck(bilinear_sample, (x, y, x_pos))


@pytest.mark.parametrize(("stride", "padding", "dilation"), [(1, 1, 1), (2, 3, 2)])
@pytest.mark.parametrize("modulated", [False, True])
def test_gradients_match_finite_differences(stride, padding, dilation, modulated):
    x, weight, bias = normal(2, 2, 5, 4), normal(2, 2, 3, 2, seed=1), normal(2, seed=2)
    size = [output_size(a, b, stride, padding, dilation) for a, b in ((5, 3), (4, 2))]
    offset = off_the_grid(2, 12, *size, seed=3)
    mask = normal(2, 6, *size, seed=5).sigmoid() if modulated else None
    inputs = [t.requires_grad_() for t in (x, offset, weight, bias)]
    if modulated:
        inputs.append(mask.requires_grad_())

    def conv(x, offset, weight, bias, mask=None):
        return deform_conv2d(x, offset, weight, bias, stride, padding, dilation, mask)

    assert gradcheck(conv, inputs)


def test_gradient_of_a_position_is_the_slope_between_pixels():
    x = normal(1, 1, 4, 4)
    y = torch.full((1, 1, 1, 1), 1.3, dtype=torch.float64, requires_grad=True)
    z = torch.full((1, 1, 1, 1), 2.6, dtype=torch.float64, requires_grad=True)
    bilinear_sample(x, y, z).backward()
    (a, b), (c, d) = x[0, 0, 1:3, 2:4]
    assert y.grad.item() == pytest.approx((0.4 * (c - a) + 0.6 * (d - b)).item())
    assert z.grad.item() == pytest.approx((0.7 * (b - a) + 0.3 * (d - c)).item())


def test_at_whole_numbers_the_gradient_is_one_sided_and_gradcheck_fails():
    x = torch.tensor([[[[1.0, 4.0, 9.0, 16.0]]]], dtype=torch.float64)
    y = torch.zeros(1, 1, 1, 1, dtype=torch.float64)
    z = torch.ones(1, 1, 1, 1, dtype=torch.float64, requires_grad=True)
    bilinear_sample(x, y, z).backward()
    assert z.grad.item() == 9 - 4
    with pytest.raises(GradcheckError, match="Jacobian mismatch"):
        gradcheck(bilinear_sample, (x, y, z))


@pytest.mark.parametrize("place", [(1.3, 2.6), (1.0, 2.6), (2.0, 1.0), (-0.5, 3.2)])
def test_the_slope_is_the_row_below_less_the_row_above(place):
    """The page's formula, with floor, holds at whole rows as well."""
    x = normal(1, 1, 4, 4)

    def pixel(row, column):
        return x[0, 0, row, column].item() if 0 <= row < 4 else 0.0

    below = math.floor(place[0]) + 1
    slope = sum(
        max(0, 1 - abs(q - place[1])) * (pixel(below, q) - pixel(below - 1, q))
        for q in range(4)
    )
    y, z = (
        torch.full((1, 1, 1, 1), p, dtype=torch.float64, requires_grad=True)
        for p in place
    )
    bilinear_sample(x, y, z).backward()
    assert y.grad.item() == pytest.approx(slope, abs=1e-12)


def test_a_constant_map_gives_offsets_no_gradient_but_at_its_border():
    x = torch.full((1, 2, 9, 9), 3.0, dtype=torch.float64)
    offset = off_the_grid(1, 18, 9, 9, reach=1).requires_grad_()
    deform_conv2d(x, offset, normal(2, 2, 3, 3), padding=1).sum().backward()
    assert offset.grad[:, :, 3:6, 3:6].abs().max() < 1e-12
    assert offset.grad.abs().max() > 1


# Sampling points


@pytest.mark.parametrize("kernel", [(2, 3), (3, 2), (1, 1)])
def test_sampling_points_are_the_plain_taps_plus_the_offset(kernel):
    kh, kw = kernel
    offset = normal(2, 2 * kh * kw, 3, 4)
    points = sampling_points(offset, 2, 3, 4, kernel)
    assert points.shape == (2, kh * kw, 2, 3, 4)
    for n, a, b, i, j in np.ndindex(2, kh, kw, 3, 4):
        k = a * kw + b
        y, x = points[n, k, :, i, j]
        assert_same(y, 2 * i - 3 + 4 * a + offset[n, 2 * k, i, j])
        assert_same(x, 2 * j - 3 + 4 * b + offset[n, 2 * k + 1, i, j])


def test_one_number_for_a_kernel_is_both_of_its_sides():
    offset = normal(1, 18, 2, 2)
    both = sampling_points(offset, 1, 1, 1, (3, 3))
    assert_same(sampling_points(offset, 1, 1, 1, 3), both, atol=0)


# The convolution


@given(
    seeds,
    st.tuples(sizes, sizes),
    st.tuples(st.integers(1, 6), st.integers(1, 6)),
    st.tuples(sizes, st.integers(0, 2), sizes),
    st.booleans(),
)
def test_the_convolution_follows_its_definition(seed, kernel, size, options, modulated):
    out = [output_size(s, k, *options) for s, k in zip(size, kernel)]
    if min(out) < 1:
        return
    out = [min(out[0], 3), min(out[1], 3)]  # so that the loops stay short
    size = [
        (o - 1) * options[0] + options[2] * (k - 1) + 1 - 2 * options[1]
        for o, k in zip(out, kernel)
    ]
    if min(size) < 1:
        return
    taps = math.prod(kernel)
    x, weight = normal(2, 2, *size, seed=seed), normal(3, 2, *kernel, seed=seed + 1)
    offset = normal(2, 2 * taps, *out, seed=seed + 2, scale=2)
    mask = normal(2, taps, *out, seed=seed + 3).sigmoid() if modulated else None
    stride, padding, dilation = options
    ours = deform_conv2d(x, offset, weight, None, *options, mask)
    assert_same(ours, definition(x, offset, weight, stride, padding, dilation, mask))


@given(
    seeds,
    st.tuples(sizes, sizes),
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.tuples(sizes, st.integers(0, 3), sizes),
)
def test_zero_offsets_give_the_plain_convolution_exactly(seed, kernel, size, options):
    out = [output_size(s, k, *options) for s, k in zip(size, kernel)]
    if min(out) < 1:
        return
    x, weight, bias = (
        whole(*shape, seed=seed + i)
        for i, shape in enumerate([(2, 3, *size), (4, 3, *kernel), (4,)])
    )
    offset = x.new_zeros(2, 2 * math.prod(kernel), *out)
    ours = deform_conv2d(x, offset, weight, bias, *options)
    assert_same(ours, F.conv2d(x, weight, bias, *options), atol=0)


@pytest.mark.parametrize("options", [(1, 1, 1), (2, 1, 1), (1, 2, 2)])
def test_zero_offsets_give_the_plain_convolution_of_random_numbers(options):
    x, weight = normal(2, 4, 9, 10), normal(5, 4, 3, 3, seed=1)
    plain = F.conv2d(x, weight, None, *options)
    offset = x.new_zeros(2, 18, *plain.shape[2:])
    assert_same(deform_conv2d(x, offset, weight, None, *options), plain)


def test_offsets_can_dilate_a_kernel():
    x, weight = whole(2, 3, 8, 7), whole(4, 3, 3, 3, seed=1)
    tap = torch.cartesian_prod(*[torch.tensor([-1.0, 0.0, 1.0]).double()] * 2)
    offset = tap.flatten()[None, :, None, None].expand(2, 18, 8, 7)
    ours = deform_conv2d(x, offset, weight, padding=1)
    assert_same(ours, F.conv2d(x, weight, padding=2, dilation=2), atol=0)


def test_a_mask_of_one_half_halves_the_convolution_but_not_its_bias():
    x, weight, bias = whole(1, 2, 6, 6), whole(3, 2, 3, 3, seed=1), whole(3, seed=2)
    offset = x.new_zeros(1, 18, 6, 6)
    half = deform_conv2d(x, offset, weight, bias, padding=1, mask=offset[:, :9] + 0.5)
    plain = F.conv2d(x, weight, padding=1)
    assert_same(half, plain / 2 + bias[:, None, None], atol=0)


def test_a_mask_weighs_the_taps_of_one_output_position():
    x, weight = whole(1, 2, 5, 5), whole(3, 2, 3, 3, seed=1)
    mask = torch.ones(1, 9, 5, 5, dtype=torch.float64)
    mask[0, 7, 2, 3] = 3.0
    ours = deform_conv2d(
        x, torch.zeros(1, 18, 5, 5).double(), weight, None, 1, 1, 1, mask
    )
    expected = F.conv2d(x, weight, padding=1)
    expected[0, :, 2, 3] += (
        2 * weight[:, :, 2, 1] @ x[0, :, 3, 3]
    )  # tap 7: row 2, column 1
    assert_same(ours, expected, atol=0)


@pytest.mark.parametrize("modulated", [False, True])
def test_fractional_offsets_agree_with_grid_sample_and_scipy(modulated):
    x, weight = normal(2, 3, 8, 9), normal(4, 3, 3, 3, seed=1)
    offset = normal(2, 18, 8, 9, seed=2, scale=2)
    mask = normal(2, 9, 8, 9, seed=3).sigmoid() if modulated else None
    rows = torch.arange(8.0).double()[:, None]
    columns = torch.arange(9.0).double()
    y = torch.stack([rows + k // 3 - 1 + offset[:, 2 * k] for k in range(9)], 1)
    z = torch.stack([columns + k % 3 - 1 + offset[:, 2 * k + 1] for k in range(9)], 1)
    ours = deform_conv2d(x, offset, weight, padding=1, mask=mask)
    for read in (by_grid_sample, by_scipy):
        values = read(x, y, z) * (1 if mask is None else mask[:, None])
        total = sum(
            torch.einsum("nchw,oc->nohw", values[:, :, k], weight[:, :, k // 3, k % 3])
            for k in range(9)
        )
        assert_same(ours, total)


def test_swapping_x_and_y_runs_and_is_wrong():
    x, weight = normal(1, 2, 8, 8), normal(3, 2, 3, 3, seed=1)
    offset = normal(1, 18, 8, 8, seed=2, scale=2)
    swapped = offset.view(1, 9, 2, 8, 8).flip(2).flatten(1, 2)
    blocks = offset.view(1, 9, 2, 8, 8).transpose(1, 2).flatten(1, 2)  # all dy, all dx
    right = deform_conv2d(x, offset, weight, padding=1)
    for wrong in (swapped, blocks):
        assert (deform_conv2d(x, wrong, weight, padding=1) - right).abs().max() > 1


def test_the_first_channel_moves_down_and_the_second_right():
    x, one = whole(1, 1, 4, 5), torch.ones(1, 1, 1, 1).double()
    offset = torch.zeros(1, 2, 4, 5).double()
    offset[:, 0], offset[:, 1] = 1, 2
    expected = F.pad(x[:, :, 1:, 2:], (0, 2, 0, 1))
    assert_same(deform_conv2d(x, offset, one), expected, atol=0)


def test_an_offset_belongs_to_one_position_and_all_channels():
    x, weight = normal(1, 3, 6, 6), normal(2, 3, 3, 3, seed=1)
    offset = torch.zeros(1, 18, 6, 6).double()
    offset[0, 8:10, 2, 4] = torch.tensor([1.0, -2.0])  # tap 4, the middle
    change = deform_conv2d(x, offset, weight, padding=1) - F.conv2d(
        x, weight, padding=1
    )
    expected = torch.zeros_like(change)
    expected[0, :, 2, 4] = weight[:, :, 1, 1] @ (x[0, :, 3, 2] - x[0, :, 2, 4])
    assert_same(change, expected)


HALVES = [torch.bfloat16, torch.float16]


def test_bfloat16_loses_the_fraction_of_a_position_from_128_on():
    positions = torch.tensor([130.25, 127.5], dtype=torch.bfloat16)
    assert positions.tolist() == [130, 127.5]
    assert torch.tensor([130.25]).item() == 130.25


@pytest.mark.parametrize("half", HALVES)
def test_zero_offsets_read_every_column_of_a_wide_map_in_16_bits(half):
    x, one = normal(1, 1, 1, 2100).to(half), torch.ones(1, 1, 1, 1, dtype=half)
    offset = torch.zeros(1, 2, 1, 2100, dtype=half)
    assert torch.equal(deform_conv2d(x, offset, one), x)
    assert torch.equal(deform_conv2d(x, offset.float(), one), x)


def test_an_offset_wider_than_the_map_keeps_its_fraction():
    x = torch.arange(300.0).bfloat16().view(1, 1, 1, 300)
    place = torch.full((1, 1, 1, 1), 130.25)
    expected = (0.75 * x[..., 130] + 0.25 * x[..., 131]).flatten()
    ours = bilinear_sample(x, torch.zeros_like(place), place)
    assert ours.dtype == torch.bfloat16
    assert torch.equal(ours.flatten(), expected)
    points = sampling_points(torch.full((1, 2, 1, 140), 0.25).bfloat16(), 1, 0, 1, 1)
    assert points[0, 0, 1, 0, 130].item() == 130.25
    bright, one = (
        torch.zeros(1, 1, 1, 300).bfloat16(),
        torch.ones(1, 1, 1, 1).bfloat16(),
    )
    bright[..., 101] = 1
    offset = torch.zeros(1, 2, 1, 300)
    offset[:, 1] = 100.3  # 100.5 in bfloat16
    ours = deform_conv2d(bright, offset, one)[0, 0, 0, 0]
    assert ours.item() == pytest.approx(0.3, rel=0.01)


def test_an_offset_and_a_mask_wider_than_the_map_are_not_rounded_to_its_type():
    x, one = torch.zeros(1, 1, 1, 2100), torch.ones(1, 1, 1, 1)
    x[..., 2001] = 1
    offset = torch.zeros(1, 2, 1, 2100).double()
    offset[:, 1] = 2000.3  # float32: off by 5e-5
    assert deform_conv2d(x, offset, one)[0, 0, 0, 0].item() == pytest.approx(0.3, 1e-6)
    x, one = normal(1, 1, 20, 20).bfloat16(), one.bfloat16()
    mask, still = normal(1, 1, 20, 20, seed=1).sigmoid(), torch.zeros(1, 2, 20, 20)
    ours = deform_conv2d(x, still, one, mask=mask.float())
    once = (x.double() * mask.float()).bfloat16()
    assert torch.equal(ours, once)


@pytest.mark.parametrize("half", HALVES)
def test_a_new_layer_in_16_bits_is_the_plain_convolution_on_a_wide_map(half):
    torch.manual_seed(0)
    layer, x = DeformConv2d(1, 1).to(half), normal(1, 1, 8, 400).to(half)
    exact = F.conv2d(x.double(), layer.weight.double(), layer.bias.double(), padding=1)
    builtin = F.conv2d(x, layer.weight, layer.bias, padding=1)
    assert (layer(x) - exact).abs().max() <= 2 * (builtin - exact).abs().max()


@pytest.mark.parametrize("modulated", [False, True])
@pytest.mark.parametrize("x_type", [torch.float32, torch.bfloat16])
def test_a_layer_runs_under_autocast_and_keeps_its_positions(modulated, x_type):
    torch.manual_seed(0)
    layer = DeformConv2d(2, 3, modulated=modulated)
    x = normal(1, 2, 4, 400).to(x_type)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        ours = layer(x)
    ours.float().sum().backward()
    assert ours.dtype == x_type
    assert layer.branch.weight.grad.isfinite().all()
    plain = F.conv2d(x.float(), layer.weight, padding=1) / (2 if modulated else 1)
    error = (ours - plain - layer.bias[:, None, None]).abs()
    assert error.max() < 0.05  # positions in bfloat16: above 1
    assert error[..., 300:].max() < 0.05


def test_autocast_rounds_the_product_with_the_weights_and_no_position():
    x, weight = normal(1, 8, 3, 300).float(), normal(4, 8, 1, 1, seed=1).float()
    offset = torch.full((1, 2, 3, 300), 0.25)
    exact = deform_conv2d(x, offset, weight)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        ours = deform_conv2d(x, offset, weight)
    error = (ours - exact).abs().max()
    bound = 3 * torch.finfo(torch.bfloat16).eps * exact.abs().max()
    assert 1e-3 < error < bound  # positions in bfloat16 would err by whole values
    assert ours.dtype == torch.float32


def test_another_type_than_the_layer_is_refused_outside_autocast():
    match = r"x must be torch.float32 like the layer, outside autocast, got torch.bf"
    with pytest.raises(ValueError, match=match):
        DeformConv2d(1, 1)(torch.zeros(1, 1, 4, 4, dtype=torch.bfloat16))


@pytest.mark.parametrize("bad", [math.inf, -math.inf, math.nan])
def test_what_is_not_finite_spoils_only_the_outputs_whose_taps_are_on_it(bad):
    x, weight = normal(1, 1, 7, 7), normal(1, 1, 3, 3, seed=1)
    x[0, 0, 3, 3] = bad
    ours = deform_conv2d(x, torch.zeros(1, 18, 7, 7).double(), weight, padding=1)
    plain = F.conv2d(x, weight, padding=1)
    torch.testing.assert_close(ours, plain, rtol=0, atol=1e-12, equal_nan=True)
    assert (~ours.isfinite()).sum() == 9
    assert math.isfinite(one_reading(x, 2, 2))
    assert not math.isfinite(one_reading(x, 2, 2.5) + one_reading(x, 2.5, 2.5))


def test_float32_is_as_good_as_the_built_in_convolution():
    x, weight = normal(2, 16, 12, 12), normal(8, 16, 3, 3, seed=1)
    exact = F.conv2d(x, weight, padding=1)
    offset = torch.zeros(2, 18, 12, 12)
    ours = deform_conv2d(x.float(), offset, weight.float(), padding=1)
    builtin = F.conv2d(x.float(), weight.float(), padding=1)
    assert ours.dtype == torch.float32
    assert (ours - exact).abs().max() <= 2 * (builtin - exact).abs().max()


@pytest.mark.parametrize("empty", [(0, 2, 4, 4), (2, 0, 4, 4)])
def test_no_images_or_no_channels_are_fine(empty):
    x, weight = torch.zeros(empty).double(), torch.zeros(3, empty[1], 3, 3).double()
    result = deform_conv2d(x, torch.zeros(empty[0], 18, 2, 2).double(), weight)
    assert_same(result, torch.zeros(empty[0], 3, 2, 2).double())


def test_one_pixel_is_enough():
    x = torch.full((1, 1, 1, 1), 6.0).double()
    offset = torch.full((1, 2, 1, 1), 0.5).double()
    assert deform_conv2d(x, offset, torch.full_like(x, 2.0)).item() == 6 * 0.25 * 2


# The layer


@pytest.mark.parametrize("modulated", [False, True])
@pytest.mark.parametrize(
    ("kernel", "padding", "stride", "dilation"),
    [(3, 1, 1, 1), (3, 2, 2, 2), (1, 0, 1, 1)],
)
def test_a_new_layer_is_the_plain_convolution(
    modulated, kernel, padding, stride, dilation
):
    layer = DeformConv2d(2, 5, kernel, padding, modulated, stride, dilation).double()
    x = normal(2, 2, 8, 9)
    plain = F.conv2d(x, layer.weight, None, stride, padding, dilation)
    factor = 0.5 if modulated else 1.0
    assert_same(layer(x), factor * plain + layer.bias[:, None, None])
    assert layer.branch.out_channels == (3 if modulated else 2) * kernel**2
    offset, mask = layer.offset_and_mask(x)
    assert offset.shape == (2, 2 * kernel**2, *plain.shape[2:])
    assert not offset.any()
    if modulated:
        assert mask.shape == (2, kernel**2, *plain.shape[2:])
        assert (mask == 0.5).all()
    else:
        assert mask is None


def test_the_layer_draws_its_weights_as_a_plain_layer_does():
    torch.manual_seed(0)
    ours = DeformConv2d(3, 4)
    torch.manual_seed(0)
    plain = nn.Conv2d(3, 4, 3)
    assert torch.equal(ours.weight, plain.weight)
    assert torch.equal(ours.bias, plain.bias)
    assert ours.branch.out_channels == 18  # v1, unless asked for v2


@pytest.mark.parametrize("modulated", [False, True])
def test_the_branch_is_a_convolution_of_the_input_with_the_same_window(modulated):
    layer = DeformConv2d(2, 3, 3, 2, modulated, 2, 2).double()
    layer.branch.weight.data = normal(*layer.branch.weight.shape, scale=0.3)
    layer.branch.bias.data = normal(*layer.branch.bias.shape, seed=1)
    x = normal(2, 2, 9, 8, seed=2)
    fields = F.conv2d(x, layer.branch.weight, layer.branch.bias, 2, 2, 2)
    mask = 1 / (1 + torch.exp(-fields[:, 18:])) if modulated else None
    expected = definition(x, fields[:, :18].detach(), layer.weight, 2, 2, 2, mask)
    assert_same(layer(x), expected + layer.bias[:, None, None])
    if modulated:
        _, ours = layer.offset_and_mask(x)
        assert (ours.sum(1) - 1).abs().min() > 0.5  # no softmax: the sum is free


@pytest.mark.parametrize("modulated", [False, True])
def test_the_branch_learns_from_the_first_step(modulated):
    torch.manual_seed(0)
    layer = DeformConv2d(2, 3, modulated=modulated).double()
    layer(normal(2, 2, 6, 6)).square().sum().backward()
    gradient = layer.branch.weight.grad.flatten(1).abs().amax(1)
    assert (gradient > 0).all()


# Bad input


def valid(modulated=True):
    return {
        "x": normal(2, 3, 6, 5),
        "offset": normal(2, 18, 3, 3),
        "weight": normal(4, 3, 3, 3),
        "bias": normal(4),
        "stride": 2,
        "padding": 1,
        "dilation": 1,
        "mask": normal(2, 9, 3, 3) if modulated else None,
    }


def test_the_valid_call_of_these_tests_is_valid():
    assert deform_conv2d(**valid()).shape == (2, 4, 3, 3)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("x", normal(3, 6, 5), r"x must have 4 axes, got shape \(3, 6, 5\)"),
        ("offset", normal(18, 3, 3), "offset must have 4 axes"),
        ("weight", normal(4, 3, 9), "weight must have 4 axes"),
        ("mask", normal(9, 3, 3), "mask must have 4 axes"),
        ("weight", normal(4, 2, 3, 3), "weight must have 3 channels, got 2"),
        ("offset", normal(2, 9, 3, 3), "offset must have 18 channels, got 9"),
        ("offset", normal(2, 27, 3, 3), "offset must have 18 channels, got 27"),
        ("mask", normal(2, 18, 3, 3), "mask must have 9 channels, got 18"),
        ("mask", normal(2, 1, 3, 3), "mask must have 9 channels, got 1"),
        (
            "offset",
            normal(2, 18, 6, 5),
            r"offset must have shape \(2, 18, 3, 3\), got \(2, 18, 6, 5\)",
        ),
        ("offset", normal(1, 18, 3, 3), "offset must have shape"),
        ("offset", normal(2, 18, 1, 1), "offset must have shape"),
        ("mask", normal(2, 9, 1, 1), r"mask must have shape \(2, 9, 3, 3\), got"),
        ("mask", normal(1, 9, 3, 3), "mask must have shape"),
        ("bias", normal(1), r"bias must have shape \(4,\), got \(1,\)"),
        ("x", whole(2, 3, 6, 5).long(), "x must be floating point, got torch.int64"),
        ("weight", whole(4, 3, 3, 3).long(), "weight must be floating point"),
        ("mask", whole(2, 9, 3, 3).bool(), "mask must be floating point"),
        ("offset", whole(2, 18, 3, 3).long(), "offset must be floating point"),
        ("x", normal(2, 3, 6, 5).float(), "must be torch.float32 like x"),
        ("weight", normal(4, 3, 3, 3).half(), "weight must be torch.float64 like x"),
        ("bias", normal(4).float(), "bias must be torch.float64 like x"),
        ("stride", 0, "stride must be an integer >= 1, got 0"),
        ("stride", (2, 2), "stride must be an integer >= 1"),
        ("padding", -1, "padding must be an integer >= 0, got -1"),
        ("padding", "same", "padding must be an integer >= 0, got 'same'"),
        ("dilation", 0, "dilation must be an integer >= 1, got 0"),
        ("dilation", True, "dilation must be an integer >= 1, got True"),
        (
            "dilation",
            4,
            r"padded map must hold the kernel \(9, 9\), got \(8, 7\)",
        ),
        ("weight", normal(4, 3, 0, 3), "kernel height must be an integer >= 1, got 0"),
        ("weight", normal(4, 3, 3, 0), "kernel width must be an integer >= 1, got 0"),
    ],
)
def test_bad_input_is_refused_by_name(name, value, message):
    with pytest.raises(ValueError, match=message):
        deform_conv2d(**{**valid(), name: value})


def test_positions_that_are_not_numbers_are_refused():
    x, place = normal(1, 1, 3, 3), torch.zeros(1, 1, 1, 1).double()
    for positions in ((place + math.nan, place), (place, place + math.nan)):
        with pytest.raises(ValueError, match="positions must be numbers, got NaN"):
            bilinear_sample(x, *positions)


@pytest.mark.parametrize(
    ("y", "x_pos", "message"),
    [
        ((2, 1, 1, 1), (2, 1, 1, 2), "need x nchw, y and x_pos nkyx of one shape"),
        ((1, 1, 1, 1), (1, 1, 1, 1), r"got \(2, 1, 3, 3\), \(1, 1, 1, 1\)"),
        ((2, 1, 1), (2, 1, 1), "y must have 4 axes"),
    ],
)
def test_positions_of_another_shape_are_refused(y, x_pos, message):
    with pytest.raises(ValueError, match=message):
        bilinear_sample(normal(2, 1, 3, 3), normal(*y), normal(*x_pos))


def test_reading_refuses_other_dtypes_and_axes():
    x, place = normal(1, 1, 3, 3), normal(1, 1, 2, 2)
    with pytest.raises(ValueError, match="x must have 4 axes"):
        bilinear_sample(x[0], place, place)
    with pytest.raises(ValueError, match=r"y must be floating point, got torch\.int64"):
        bilinear_sample(x, place.long(), place)
    with pytest.raises(ValueError, match="x_pos must be floating point"):
        bilinear_sample(x, place, place.long())
    with pytest.raises(ValueError, match="x must be floating point"):
        bilinear_sample(x.long(), place, place)


def test_sampling_points_refuse_what_does_not_fit():
    with pytest.raises(ValueError, match="offset must have 18 channels, got 8"):
        sampling_points(normal(1, 8, 2, 2), 1, 0, 1, 3)
    with pytest.raises(ValueError, match="offset must be floating point"):
        sampling_points(normal(1, 8, 2, 2).long(), 1, 0, 1, 2)
    with pytest.raises(ValueError, match=r"stride must be an integer >= 1, got 1\.5"):
        sampling_points(normal(1, 8, 2, 2), 1.5, 0, 1, 2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"in_channels": 0}, "in_channels must be an integer >= 1, got 0"),
        ({"out_channels": 0}, "out_channels must be an integer >= 1, got 0"),
        ({"kernel_size": 0}, "kernel_size must be an integer >= 1, got 0"),
        ({"kernel_size": (3, 5)}, r"kernel_size must be an integer >= 1, got \(3, 5\)"),
        ({"padding": -1}, "padding must be an integer >= 0, got -1"),
        ({"stride": 0}, "stride must be an integer >= 1, got 0"),
        ({"dilation": 0}, "dilation must be an integer >= 1, got 0"),
    ],
)
def test_bad_layers_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        DeformConv2d(**{"in_channels": 1, "out_channels": 1, **options})


# Which points feed one output


def test_three_layers_without_offsets_read_49_pixels_in_729_ways():
    fields = [torch.zeros(18, 9, 9)] * 3
    points = trace_points(fields, (4, 4))
    assert points.shape == (729, 2)
    places, counts = points.unique(dim=0, return_counts=True)
    assert len(places) == 49
    paths = torch.tensor([1, 3, 6, 7, 6, 3, 1])
    assert counts.tolist() == torch.outer(paths, paths).flatten().tolist()
    dilated = trace_points(fields, (4, 4), dilation=2)
    assert_same(dilated - 4, 2 * (points - 4), atol=0)


def test_whole_offsets_are_traced_as_the_gradient_finds_them():
    fields = [whole(18, 13, 13, seed=i, reach=1) for i in range(2)]
    x = torch.zeros(1, 1, 13, 13, dtype=torch.float64, requires_grad=True)
    y, one = x, torch.ones(1, 1, 3, 3, dtype=torch.float64)
    for field in fields:
        y = deform_conv2d(y, field[None], one, padding=1)
    y[0, 0, 6, 5].backward()
    counts = torch.zeros(13, 13, dtype=torch.float64)
    for row, column in trace_points(fields, (6, 5)).long():
        counts[row, column] += 1
    assert_same(counts, x.grad[0, 0], atol=0)


def test_between_pixels_the_offsets_are_interpolated():
    rows = torch.arange(15.0).double()[:, None].expand(15, 15)
    field = torch.zeros(18, 15, 15).double()
    field[0::2], field[1::2] = 0.25 * rows - 1, 0.5 * rows.T - 3  # linear in y and x
    # The tap is added to the point, and the offset is that of the point without it.
    expected = [
        (y + b + 0.25 * y - 1, x + e + 0.5 * x - 3)
        for b, e, c, f in itertools.product((-1, 0, 1), repeat=4)
        for y, x in [(6 + c + 0.25 * 6 - 1, 7 + f + 0.5 * 7 - 3)]
    ]
    ours = trace_points([field, field], (6, 7))
    # By coordinate: the pairs are a product, and rounding must not decide the order.
    expected = torch.tensor(expected, dtype=torch.float64)
    assert_same(ours.sort(0).values, expected.sort(0).values)
    assert_same((ours[:, 0] * ours[:, 1]).sum(), (expected.prod(1)).sum(), atol=1e-9)


def test_with_fractional_offsets_more_pixels_feed_an_output_than_are_traced():
    fields = [normal(18, 15, 15, seed=i) for i in range(2)]
    x = torch.zeros(1, 1, 15, 15, dtype=torch.float64, requires_grad=True)
    y, one = x, torch.ones(1, 1, 3, 3, dtype=torch.float64)
    for field in fields:
        y = deform_conv2d(y, field[None], one, padding=1)
    y[0, 0, 7, 7].backward()
    points = trace_points(fields, (7, 7))
    reads = torch.zeros(1, 1, 15, 15, dtype=torch.float64, requires_grad=True)
    rows, columns = (p.reshape(1, -1, 1, 1) for p in points.T)
    bilinear_sample(reads, rows, columns).sum().backward()
    assert (x.grad != 0).sum() > (reads.grad != 0).sum()
    assert (x.grad - reads.grad).abs().max() > 0.2 * x.grad.abs().max()


@pytest.mark.parametrize("start", [(math.nan, 0.0), (0.0, math.inf), (1.0,), 3.0])
def test_a_start_that_is_no_position_is_refused(start):
    with pytest.raises(ValueError, match=r"^start must be (finite|\(y, x\)), got"):
        trace_points([torch.zeros(18, 4, 4)], start)


def test_no_layers_leave_the_output_itself_and_other_fields_are_refused():
    assert trace_points([], (2, 3.5)).tolist() == [[2, 3.5]]
    for bad in (torch.zeros(1, 18, 4, 4), torch.zeros(9, 4, 4)):
        with pytest.raises(ValueError, match=r"need fields \(18, H, W\), got"):
            trace_points([bad], (0, 0))


# Experiments


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.timeout(30)
def test_a_shift_is_recovered_from_smooth_maps(seed):
    maps = random_maps(64, 24, 2.0, seed)
    target = ndimage.shift(
        maps.numpy(), (0, 0, -1.5, 2.0), order=1, mode="grid-constant"
    )
    run = learn_shift(maps, torch.from_numpy(target))
    assert run.losses.shape == run.weights.shape == (201,)
    assert run.offsets.shape == (201, 2)
    assert run.offsets[0].tolist() == [0, 0]
    assert run.weights[0] == 1
    assert (run.offsets[-1] - torch.tensor([1.5, -2.0])).abs().max() < 0.01
    assert abs(run.weights[-1] - 1) < 0.01
    assert run.losses[0] > 0.3
    assert run.losses[-1] < 1e-6


def test_a_shift_is_learned_in_the_wider_of_the_two_types():
    maps = random_maps(2, 8, 1.0, seed=0)
    exact = learn_shift(maps.float().double(), maps.flip(3), steps=2)
    ours = learn_shift(maps.float(), maps.flip(3), steps=2)
    for a, b in zip(ours, exact):
        assert_same(a, b, atol=0)


def test_every_step_is_taken_and_recorded():
    maps = random_maps(2, 8, 1.0, seed=0)
    short, long = (learn_shift(maps, maps.flip(3), steps=n) for n in (2, 3))
    for a, b in zip(short, long):
        assert len(a) == 3
        assert torch.equal(b[:3], a)
        assert not torch.equal(b[3], b[2])
    nothing = learn_shift(maps, maps.flip(3), steps=0)
    assert_same(nothing.losses, (maps - maps.flip(3)).square().mean().view(1))


def test_a_shift_is_not_recovered_from_noise():
    maps = random_maps(16, 24, 0, seed=0)
    target = ndimage.shift(
        maps.numpy(), (0, 0, -1.5, 2.0), order=1, mode="grid-constant"
    )
    run = learn_shift(maps, torch.from_numpy(target))
    assert (run.offsets[-1] - torch.tensor([1.5, -2.0])).abs().max() > 1
    assert abs(run.weights[-1]) < 0.2
    assert run.losses[-1] > 0.3
    assert ((run.offsets[-1] > 0.3) & (run.offsets[-1] < 0.9)).all()
    y, z = run.offsets[-1].view(2, 1, 1, 1, 1).expand(2, 16, 1, 1, 1)
    between = bilinear_sample(maps, y + 10, z + 10)
    assert between.var() < 0.6 * maps.var()  # a mean of four pixels


def test_random_maps_have_the_scale_and_the_blur_asked_for():
    for sigma in (0, 1.0, 2.0):
        maps = random_maps(200, 24, sigma, seed=0)
        assert maps.shape == (200, 1, 24, 24)
        assert maps.square().mean().item() == pytest.approx(1)
        neighbours = (maps[..., 1:] * maps[..., :-1]).mean().item()
        below = (maps[..., 1:, :] * maps[..., :-1, :]).mean().item()
        expected = math.exp(-1 / (4 * sigma**2)) if sigma else 0
        assert neighbours == pytest.approx(expected, abs=0.02)
        assert below == pytest.approx(expected, abs=0.02)
    assert not torch.equal(random_maps(1, 4, 0, 0), random_maps(1, 4, 0, 1))


def test_the_blur_is_that_of_scipy():
    noise = normal(2, 1, 25, 25, seed=3).numpy()  # 9 pixels and 8 on either side
    blurred = ndimage.gaussian_filter(noise, (0, 0, 2, 2), truncate=4)[..., 8:17, 8:17]
    expected = torch.from_numpy(blurred / np.sqrt((blurred**2).mean()))
    assert_same(random_maps(2, 9, 2.0, seed=3), expected)


def test_a_blur_far_below_a_pixel_is_none():
    assert torch.equal(random_maps(1, 4, 1e-200, 0), random_maps(1, 4, 0.0, 0))


@pytest.mark.parametrize("half", HALVES)
def test_a_shift_is_learned_in_16_bits_as_in_float32(half):
    maps = random_maps(4, 12, 2.0, 0).to(half)
    target = maps.roll(1, 3)
    ours, wide = (
        learn_shift(m, t, 20)
        for m, t in ((maps, target), (maps.float(), target.float()))
    )
    for a, b in zip(ours, wide):
        assert torch.equal(a, b)
        assert a.isfinite().all()


class _Gathered(TorchDispatchMode):
    """Counts the numbers that are read at computed places."""

    def __init__(self):
        super().__init__()
        self.numbers = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        if function is torch.ops.aten.gather.default:
            self.numbers += result.numel()
        return result


@pytest.mark.parametrize("size", [5, 40])
def test_each_number_of_the_input_is_gathered_36_times(size):
    x, weight = normal(1, 4, size, size), normal(3, 4, 3, 3, seed=1)
    with _Gathered() as gathered:
        deform_conv2d(x, torch.zeros(1, 18, size, size), weight, padding=1)
    assert gathered.numbers == 36 * x.numel()


def test_bad_experiments_are_refused():
    for bad, name in (((0, 4, 1.0), "count"), ((1, 0, 1.0), "size")):
        with pytest.raises(ValueError, match=f"{name} must be an integer >= 1, got 0"):
            random_maps(*bad, seed=0)
    for sigma in (-1.0, math.nan, math.inf):
        match = f"sigma must be a finite number >= 0, got {sigma}"
        with pytest.raises(ValueError, match=match):
            random_maps(1, 4, sigma, seed=0)
    with pytest.raises(ValueError, match=r"maps must have shape \(N, 1, H, W\), not"):
        learn_shift(normal(0, 1, 4, 4), normal(0, 1, 4, 4))
    with pytest.raises(ValueError, match="lr must be a finite number > 0, got nan"):
        train_rings(1, lr=math.nan)
    with pytest.raises(ValueError, match="maps and target must have one shape"):
        learn_shift(normal(2, 1, 4, 4), normal(1, 1, 4, 4))
    for count, size, name in ((0, 20, "count"), (1, 7, "size")):
        with pytest.raises(ValueError, match=f"^{name} must be an integer >= "):
            ring_scenes(count, generator(0), size)


def test_a_disc_ends_at_its_ring():
    images, discs = ring_scenes(50, generator(0))
    assert images.shape == discs.shape == (50, 1, 20, 20)
    assert ((images >= 0) & (images <= 1)).all()
    area = discs.sum((1, 2, 3))
    assert area.min() > math.pi * 4.3**2
    assert area.max() < math.pi * 5.7**2
    # A pixel of the disc with a neighbour outside is within 1 of the ring.
    edge = (discs > 0) & (-F.max_pool2d(-discs, 3, 1, 1) < 1)
    outer = (discs == 0) & (F.max_pool2d(discs, 3, 1, 1) > 0)
    core = -F.max_pool2d(-discs, 7, 1, 3) > 0
    assert images[edge].min() > math.exp(-((math.sqrt(2) / 0.85) ** 2))
    assert images[outer].min() > math.exp(-((math.sqrt(2) / 0.85) ** 2))
    assert images[core].max() < 0.1
    # Beyond the ring there is one more bright spot.
    away = F.max_pool2d(discs, 5, 1, 2) == 0
    assert ((images * away).amax((1, 2, 3)) > 0.3).all()


@pytest.mark.timeout(60)
def test_learned_offsets_reach_from_the_middle_of_a_ring_to_the_ring():
    net = train_rings(steps=60)
    images, discs = ring_scenes(16, generator(99))
    with torch.no_grad():
        inside = net(images) > 0
        fields = net.offsets(images)
    union = (inside | (discs > 0)).sum()
    assert (inside & (discs > 0)).sum() / union > 0.75
    assert all(field.shape == (16, 18, 20, 20) for field in fields)
    reach = []
    for i in range(16):
        middle = discs[i, 0].nonzero().double().mean(0).round().tolist()
        points = trace_points([field[i] for field in fields], tuple(middle))
        reach.append((points - torch.tensor(middle)).norm(dim=1).max())
    assert min(reach) > 5.5  # no ring is larger; a plain stack ends at 3 sqrt(2) = 4.2


def test_a_new_ring_net_has_no_offsets():
    fields = RingNet().double().offsets(ring_scenes(2, generator(0))[0])
    assert len(fields) == 3
    assert not any(field.any() for field in fields)


def test_training_depends_on_its_seed_and_leaves_the_global_one_alone():
    nets = []
    for outside, seed in ((1, 0), (2, 0), (2, 1)):
        torch.manual_seed(outside)
        expected = torch.rand(1, generator=generator(outside))
        nets.append(train_rings(1, seed).stem.weight.detach())
        assert torch.rand(1) == expected
    assert torch.equal(nets[0], nets[1])
    assert not torch.equal(nets[0], nets[2])


# On a GPU: `nox -s gpu`


@pytest.mark.gpu
@pytest.mark.timeout(120)
def test_gpu_gathering_against_the_plain_convolution():
    # Whole numbers, so that convolutions in TF32 are exact as well.
    x = whole(4, 64, 128, 128).float().cuda()
    weight = whole(64, 64, 3, 3, seed=1).float().cuda()
    offset = torch.zeros(4, 18, 128, 128, device="cuda")

    def milliseconds(run):
        for _ in range(3):
            run()
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        for _ in range(10):
            run()
        end.record()
        torch.cuda.synchronize()
        return start.elapsed_time(end) / 10

    with torch.no_grad():
        plain = F.conv2d(x, weight, padding=1)
        ours = deform_conv2d(x, offset, weight, padding=1)
        assert_same(ours, plain, atol=1e-4)
        ratio = milliseconds(
            lambda: deform_conv2d(x, offset, weight, padding=1)
        ) / milliseconds(lambda: F.conv2d(x, weight, padding=1))
    logging.getLogger(__name__).info("deform_conv2d takes %.1f times as long", ratio)
    assert math.isfinite(ratio)


def test_an_offset_of_other_channels_is_refused_by_name():
    x, weight = torch.ones(1, 2, 5, 5), torch.ones(3, 2, 3, 3)
    for channels in (2, 17, 20):
        offset = torch.zeros(1, channels, 5, 5)
        with pytest.raises(ValueError, match=f"^offset must have 18 .* got {channels}"):
            deform_conv2d(x, offset, weight, padding=1)


def test_a_finite_number_may_be_large():
    checks = importlib.import_module("snippets.cv.deformable_convolution._checks")
    assert checks.positive("lr", 1e300) == 1e300
    for bad in (0, math.inf, math.nan):
        with pytest.raises(ValueError, match=f"^lr must be a finite .* got {bad}"):
            checks.positive("lr", bad)
