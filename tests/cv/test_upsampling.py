"""Oracles: torch's own layers, scipy's zoom, exact fractions, autograd, plain loops."""

import math
from fractions import Fraction

import numpy as np
import pytest
import scipy.ndimage
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from snippets.cv.upsampling import (
    bilinear_kernel,
    conv_matrix,
    conv_transpose2d,
    depth_to_space,
    icnr_,
    learn_bilinear,
    max_unpool2d,
    overlap_counts,
    pixel_shuffle,
    pixel_unshuffle,
    source_coordinates,
    subpixel_to_transposed,
    upsample_bilinear,
    upsample_nearest,
)

sizes = st.tuples(st.integers(1, 9), st.integers(1, 9))
seeds = st.integers(0, 5)


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def row(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64).view(1, 1, 1, -1)


def close(actual: torch.Tensor, expected: torch.Tensor | np.ndarray) -> None:
    expected = torch.as_tensor(expected)
    torch.testing.assert_close(actual, expected, rtol=0, atol=1e-12)


# Gradients and types of all


def by_tensorflow(x: torch.Tensor, r: int) -> torch.Tensor:
    n, channels, h, w = x.shape
    blocks = x.view(n, r * r, channels // r**2, h, w).transpose(1, 2)
    return F.pixel_shuffle(blocks.reshape(n, channels, h, w), r)


SAME = {
    "bilinear": (
        lambda x, w: upsample_bilinear(x, (9, 4)),
        lambda x, w: F.interpolate(x, (9, 4), mode="bilinear"),
    ),
    "nearest": (
        lambda x, w: upsample_nearest(x, (9, 4)),
        lambda x, w: F.interpolate(x, (9, 4)),
    ),
    "shuffle": (lambda x, w: pixel_shuffle(x, 2), lambda x, w: F.pixel_shuffle(x, 2)),
    "depth": (lambda x, w: depth_to_space(x, 2), lambda x, w: by_tensorflow(x, 2)),
    "unshuffle": (
        lambda x, w: pixel_unshuffle(x, 2),
        lambda x, w: F.pixel_unshuffle(x, 2),
    ),
    "transposed": (
        lambda x, w: conv_transpose2d(x, w, 2, 1, 1),
        lambda x, w: F.conv_transpose2d(x, w, None, 2, 1, 1),
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_gradients_are_those_of_torch(name):
    found = []
    for function in SAME[name]:
        x, w = noise(2, 4, 6, 6).requires_grad_(), noise(4, 3, 3, 3).requires_grad_()
        y = function(x, w)
        y.backward(noise(*y.shape, seed=1))
        found.append((y.detach(), x.grad, w.grad))
    for ours, theirs in zip(*found):
        assert (ours is None) == (theirs is None)
        if ours is not None:
            close(ours, theirs)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
@pytest.mark.parametrize("name", SAME)
def test_results_have_the_type_of_the_image(name, dtype):
    x, w = noise(2, 4, 6, 6).to(dtype), noise(4, 3, 3, 3).to(dtype)
    assert SAME[name][0](x, w).dtype == dtype


# Resizing


@pytest.mark.parametrize("align_corners", [False, True])
@given(before=sizes, after=sizes, seed=seeds)
def test_bilinear_is_what_interpolate_computes(align_corners, before, after, seed):
    x = noise(2, 3, *before, seed=seed)
    expected = F.interpolate(x, after, mode="bilinear", align_corners=align_corners)
    close(upsample_bilinear(x, after, align_corners), expected)


@pytest.mark.parametrize(
    ("align_corners", "options"),
    [(False, {"mode": "nearest", "grid_mode": True}), (True, {})],
)
def test_the_two_modes_are_the_two_grids_of_scipy_zoom(align_corners, options):
    x = noise(5, 7)
    expected = scipy.ndimage.zoom(x.numpy(), 2, order=1, **options)
    close(upsample_bilinear(x[None, None], (10, 14), align_corners)[0, 0], expected)


def test_four_pixels_become_eight_as_by_hand():
    x = row(0, 1, 2, 3)
    half = row(0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3)
    close(upsample_bilinear(x, (1, 8)), half)
    sevenths = torch.arange(8, dtype=torch.float64).view(1, 1, 1, 8) * 3 / 7
    close(upsample_bilinear(x, (1, 8), align_corners=True), sevenths)


def test_the_two_bilinear_layers_of_torch_nn_disagree():
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=torch.float64)[None, None]
    old = nn.UpsamplingBilinear2d(scale_factor=2)(x)
    new = nn.Upsample(scale_factor=2, mode="bilinear")(x)
    close(old[0, 0, 0], torch.tensor([3.0, 4, 5, 6], dtype=torch.float64) / 3)
    close(new[0, 0, 0], torch.tensor([1, 1.25, 1.75, 2], dtype=torch.float64))
    close(upsample_bilinear(x, (4, 4), align_corners=True), old)
    close(upsample_bilinear(x, (4, 4)), new)


def test_upsample_is_nearest_by_default():
    x = noise(1, 2, 3, 4)
    expected = upsample_nearest(x, (6, 8))
    close(nn.Upsample(scale_factor=2)(x), expected)
    close(nn.UpsamplingNearest2d(scale_factor=2)(x), expected)


@given(n=st.integers(1, 40), m=st.integers(1, 40), align_corners=st.booleans())
def test_coordinates_stay_inside_and_are_the_exact_fractions(n, m, align_corners):
    if align_corners:
        exact = [
            Fraction(i * (n - 1), m - 1) if m > 1 else Fraction(0) for i in range(m)
        ]
    else:
        exact = [Fraction(2 * i + 1, 2) * n / m - Fraction(1, 2) for i in range(m)]
        exact = [min(max(place, Fraction(0)), Fraction(n - 1)) for place in exact]
    places = source_coordinates(n, m, align_corners)
    assert places.dtype == torch.float64
    assert 0 <= places.min() <= places.max() <= n - 1
    if align_corners and m > 1:
        assert places[-1] == n - 1  # to the last bit
    np.testing.assert_allclose(places, [float(p) for p in exact], rtol=0, atol=1e-12)


def test_aligned_corners_move_the_grid_when_the_size_changes():
    # Neighbouring outputs read 1/2 apart in area mode, (n - 1)/(2 n - 1) apart else.
    for n in (2, 8, 100):
        assert source_coordinates(n, 2 * n)[1:3].diff().item() == pytest.approx(0.5)
        step = source_coordinates(n, 2 * n, align_corners=True)[1:3].diff().item()
        assert step == pytest.approx((n - 1) / (2 * n - 1))


@given(n=st.integers(1, 30), extra=st.integers(0, 60))
def test_the_two_grids_lie_less_than_half_a_pixel_apart(n, extra):
    places = [source_coordinates(n, n + extra, aligned) for aligned in (False, True)]
    assert (places[0] - places[1]).abs().max() < 0.5


@pytest.mark.parametrize("align_corners", [False, True])
def test_bilinear_keeps_constants_and_huge_numbers(align_corners):
    x = torch.full((1, 1, 3, 3), 1.5e308, dtype=torch.float64)
    x[0, 0, 1] *= -1
    y = upsample_bilinear(x, (7, 5), align_corners)
    assert y.isfinite().all()
    assert y.abs().max() <= 1.5e308
    for dtype in (torch.float32, torch.bfloat16):
        ones = upsample_bilinear(torch.ones(1, 1, 2, 2, dtype=dtype), (5, 7))
        assert ones.dtype == dtype
        torch.testing.assert_close(ones, torch.ones_like(ones))


def test_an_infinite_pixel_stays_at_its_own_border():
    x = row(math.inf, 1, 2)
    y = upsample_bilinear(x, (1, 6))
    assert y[0, 0, 0, 3:].isfinite().all()
    expected = F.interpolate(x, (1, 6), mode="bilinear")
    torch.testing.assert_close(y, expected, equal_nan=True)


def test_one_pixel_and_no_image():
    for align_corners in (False, True):
        one = upsample_bilinear(row(3.0), (2, 3), align_corners)
        close(one, torch.full((1, 1, 2, 3), 3.0, dtype=torch.float64))
    assert upsample_bilinear(noise(0, 2, 3, 3), (6, 6)).shape == (0, 2, 6, 6)
    assert upsample_nearest(noise(0, 2, 3, 3), (6, 6)).shape == (0, 2, 6, 6)


@given(before=sizes, after=sizes, exact=st.booleans())
def test_nearest_is_what_interpolate_computes_at_small_sizes(before, after, exact):
    x = torch.arange(math.prod(before), dtype=torch.float64).view(1, 1, *before)
    mode = "nearest-exact" if exact else "nearest"
    expected = F.interpolate(x, after, mode=mode)
    assert torch.equal(upsample_nearest(x, after, exact), expected)


@given(n=st.integers(1, 300), m=st.integers(1, 300), exact=st.booleans())
def test_nearest_is_exact_at_every_size(n, m, exact):
    shift = Fraction(1, 2) if exact else 0
    expected = [math.floor((i + shift) * n / m) for i in range(m)]
    y = upsample_nearest(torch.arange(n).view(1, 1, 1, n), (1, m), exact)
    assert y.flatten().tolist() == expected


def test_interpolate_by_a_fractional_factor_reads_another_grid_than_by_size():
    x, seven = row(0, 1, 2, 3, 4), torch.arange(7, dtype=torch.float64)
    by_factor = F.interpolate(x, scale_factor=(1, 1.5), mode="bilinear").flatten()
    close(by_factor, ((seven + 0.5) / 1.5 - 0.5).clamp(0, 4))
    assert by_factor[1].item() == pytest.approx(0.5)
    again = F.interpolate(
        x, scale_factor=(1, 1.5), mode="bilinear", recompute_scale_factor=True
    )
    close(again.flatten(), source_coordinates(5, 7))
    assert again.flatten()[1].item() == pytest.approx(4 / 7)


def test_the_two_grids_agree_at_the_border_and_part_just_inside_it():
    for n in range(2, 65):
        places = [source_coordinates(n, 2 * n, aligned) for aligned in (False, True)]
        apart = (places[0] - places[1]).abs()
        assert apart[0] == apart[-1] == 0
        assert apart[1].item() == pytest.approx(apart.max().item())
        assert apart.max() < 0.25
    many = [source_coordinates(1000, 64_000, aligned) for aligned in (False, True)]
    assert (many[0] - many[1]).abs().max() > 0.49
    few = [source_coordinates(2, 2000, aligned) for aligned in (False, True)]
    assert (few[0] - few[1]).abs().max() < 0.25


@pytest.mark.parametrize("half", [torch.bfloat16, torch.float16])
def test_bilinear_in_16_bits_is_as_good_as_interpolate(half):
    ours, theirs = 0.0, 0.0
    for seed in range(20):
        x = noise(1, 1, 16, 16, seed=seed).to(half)
        exact = upsample_bilinear(x.double(), (37, 37))
        library = F.interpolate(x, (37, 37), mode="bilinear", align_corners=False)
        ours = max(ours, (upsample_bilinear(x, (37, 37)) - exact).abs().max().item())
        theirs = max(theirs, (library - exact).abs().max().item())
    assert 0 < ours <= theirs


def test_bilinear_takes_the_fraction_before_it_rounds():
    # One bright pixel far from the start: float32 places there have 4 digits less.
    x = torch.zeros(1, 1, 1, 1500)
    x[..., 1000] = 1
    exact = (1 - (source_coordinates(1500, 3001) - 1000).abs()).clamp(0)
    assert (upsample_bilinear(x, (1, 3001)).flatten() - exact).abs().max() < 1e-7


def test_five_pixels_to_eight_tell_nearest_from_nearest_exact():
    x = torch.arange(5).view(1, 1, 1, 5)
    assert upsample_nearest(x, (1, 8)).flatten().tolist() == [0, 0, 1, 1, 2, 3, 3, 4]
    exact = upsample_nearest(x, (1, 8), exact=True).flatten().tolist()
    assert exact == [0, 0, 1, 2, 2, 3, 4, 4]


@given(n=st.integers(1, 9), factor=st.integers(1, 5))
def test_both_nearest_modes_agree_at_whole_factors(n, factor):
    x = noise(1, 1, 1, n)
    y = upsample_nearest(x, (1, n * factor))
    assert torch.equal(y, upsample_nearest(x, (1, n * factor), exact=True))
    assert torch.equal(y, x.repeat_interleave(factor, dim=3))


def test_interpolate_rounds_its_scale_and_misses_a_pixel():
    # Output 41 of 82 begins at 41 * 2 / 82 = 1 exactly; in float32 it falls below.
    x = row(10.0, 20.0)
    assert upsample_nearest(x, (1, 82))[0, 0, 0, 41] == 20
    assert F.interpolate(x, (1, 82), mode="nearest")[0, 0, 0, 41] == 10
    # So torch's two modes differ at a whole factor: 82 is 41 times 2.
    assert F.interpolate(x, (1, 82), mode="nearest-exact")[0, 0, 0, 41] == 20


def test_nearest_exact_of_torch_misses_a_pixel_too():
    # Output 20 of 41 has its centre at 20.5 * 2 / 41 = 1 exactly.
    x = row(10.0, 20.0)
    assert upsample_nearest(x, (1, 41), exact=True)[0, 0, 0, 20] == 20
    assert F.interpolate(x, (1, 41), mode="nearest-exact")[0, 0, 0, 20] == 10


def test_only_the_function_and_not_the_layer_has_antialias():
    image = torch.arange(16.0).view(1, 1, 4, 4)
    plain, smooth = (
        F.interpolate(image, (2, 2), mode="bicubic", antialias=a) for a in (False, True)
    )
    assert not torch.allclose(plain, smooth)
    with pytest.raises(TypeError, match="antialias"):
        nn.Upsample(size=(2, 2), mode="bicubic", antialias=True)


def test_autocast_rounds_the_products_of_the_transposed_convolution():
    x, w = noise(1, 8, 4, 4).float(), noise(8, 2, 3, 3, seed=1).float()
    exact = conv_transpose2d(x, w, 2)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        ours = conv_transpose2d(x, w, 2)
    assert ours.dtype == torch.float32
    bound = 4 * torch.finfo(torch.bfloat16).eps * exact.abs().max()
    assert 1e-4 < (ours - exact).abs().max() < bound


# PixelShuffle


@given(
    n=st.integers(0, 2),
    c=st.integers(1, 3),
    r=st.integers(1, 4),
    size=st.tuples(st.integers(0, 3), st.integers(0, 3)),
)
def test_pixel_shuffle_follows_its_formula_and_torch(n, c, r, size):
    h, w = size
    x = torch.arange(n * c * r * r * h * w).view(n, c * r * r, h, w)
    y = pixel_shuffle(x, r)
    assert y.shape == (n, c, h * r, w * r)
    for k, row_in, column in np.ndindex(c * r * r, h, w):
        channel, i, j = k // r**2, k % r**2 // r, k % r
        assert torch.equal(
            y[:, channel, row_in * r + i, column * r + j], x[:, k, row_in, column]
        )
    if n * h * w:
        assert torch.equal(y, F.pixel_shuffle(x, r))
        assert torch.equal(pixel_unshuffle(y, r), F.pixel_unshuffle(y, r))
    assert torch.equal(pixel_unshuffle(y, r), x)


@given(c=st.integers(1, 3), r=st.integers(1, 3))
def test_depth_to_space_lets_the_position_be_the_slow_index(c, r):
    x = torch.arange(c * r * r * 6).view(1, c * r * r, 2, 3)
    y = depth_to_space(x, r)
    for i, j, channel, h, w in np.ndindex(r, r, c, 2, 3):
        source = x[0, (i * r + j) * c + channel, h, w]
        assert y[0, channel, h * r + i, w * r + j] == source
    assert torch.equal(y, pixel_shuffle(x, r)) == (c == 1 or r == 1)


@given(
    k=st.integers(1, 4),
    r=st.integers(1, 3),
    channels=st.tuples(st.integers(1, 2), st.integers(1, 2)),
    data=st.data(),
)
def test_sub_pixel_convolution_is_one_transposed_convolution(k, r, channels, data):
    c_in, c_out = channels
    p = data.draw(st.integers(0, k - 1))
    x = noise(2, c_in, 4, 5, seed=1)
    weight = noise(c_out * r * r, c_in, k, k, seed=2)
    expected = F.pixel_shuffle(F.conv2d(x, weight, padding=p), r)
    kernel = subpixel_to_transposed(weight, r)
    assert kernel.shape == (c_in, c_out, k * r, k * r)
    close(F.conv_transpose2d(x, kernel, stride=r, padding=r * (k - 1 - p)), expected)


def test_sub_pixel_convolution_of_three_taps_and_factor_two():
    x, weight = noise(1, 3, 8, 8), noise(2 * 4, 3, 3, 3, seed=1)
    expected = pixel_shuffle(F.conv2d(x, weight, padding=1), 2)
    kernel = subpixel_to_transposed(weight, 2)
    assert kernel.shape[2:] == (6, 6)
    close(conv_transpose2d(x, kernel, stride=2, padding=2), expected)


def test_depth_to_space_keeps_the_images_of_a_batch_apart():
    x = torch.arange(16).reshape(2, 8, 1, 1)
    parts = [depth_to_space(x[i : i + 1], 2) for i in (0, 1)]
    assert torch.equal(depth_to_space(x, 2), torch.cat(parts))
    assert depth_to_space(x, 2)[1].tolist() == [
        [[8, 10], [12, 14]],
        [[9, 11], [13, 15]],
    ]


def test_two_filters_of_three_taps_interleave_backwards_to_one_of_six():
    first, second, x = noise(3), noise(3, seed=1), noise(1, 1, 1, 8, seed=2)
    weight = torch.stack([first, second]).view(2, 1, 1, 3)
    phases = F.conv2d(x, weight, padding=(0, 1))[0, :, 0]  # (2, 8)
    kernel = torch.stack([first.flip(0), second.flip(0)], 1).view(1, 1, 1, 6)
    whole = F.conv_transpose2d(x, kernel, stride=(1, 2), padding=(0, 2))
    close(whole.flatten(), phases.T.flatten())


@given(r=st.integers(1, 3), c_out=st.integers(1, 3))
def test_icnr_starts_as_a_convolution_and_a_nearest_resize(r, c_out):
    weight = noise(c_out * r * r, 2, 3, 3)
    bias = noise(c_out * r * r, seed=1)
    first, first_bias = weight[:: r * r].clone(), bias[:: r * r].clone()
    assert icnr_(weight, r) is weight
    icnr_(bias, r)
    x = noise(1, 2, 5, 5, seed=2)
    y = pixel_shuffle(F.conv2d(x, weight, bias, padding=1), r)
    expected = upsample_nearest(
        F.conv2d(x, first, first_bias, padding=1), (5 * r, 5 * r)
    )
    close(y, expected)


def test_icnr_changes_a_parameter_in_place_and_keeps_its_gradient_flag():
    layer = nn.Conv2d(2, 8, 3)
    icnr_(layer.weight, 2)
    assert layer.weight.requires_grad
    assert layer.weight.is_leaf
    groups = layer.weight.view(2, 4, -1)
    assert torch.equal(groups, groups[:, :1].expand_as(groups))
    assert not torch.equal(groups[0], groups[1])


def test_a_default_bias_undoes_icnr():
    torch.manual_seed(0)
    layer = nn.Conv2d(1, 4, 3, padding=1)
    icnr_(layer.weight, 2)
    flat = torch.ones(1, 1, 6, 6)
    with torch.no_grad():
        uneven = pixel_shuffle(layer(flat), 2)[0, 0, 4:-4, 4:-4].std()
        icnr_(layer.bias, 2)
        even = pixel_shuffle(layer(flat), 2)[0, 0, 4:-4, 4:-4].std()
    assert uneven > 0.01
    assert even < 1e-6


# Transposed convolution

layouts = st.tuples(
    st.integers(1, 4), st.integers(1, 4), st.integers(1, 3), st.integers(0, 2)
)


@given(layout=layouts, size=st.tuples(st.integers(1, 4), st.integers(1, 4)), op=seeds)
def test_transposed_convolution_is_what_torch_computes(layout, size, op):
    kh, kw, s, p = layout
    op = op % s
    shape = [(n - 1) * s - 2 * p + k + op for n, k in zip(size, (kh, kw))]
    x, w = noise(2, 3, *size), noise(3, 2, kh, kw, seed=1)
    if min(shape) < 1:
        with pytest.raises(ValueError, match="output must be at least 1 x 1, got"):
            conv_transpose2d(x, w, s, p, op)
        return
    y = conv_transpose2d(x, w, s, p, op)
    assert y.shape == (2, 2, *shape)
    close(y, F.conv_transpose2d(x, w, stride=s, padding=p, output_padding=op))


@given(layout=layouts, size=st.tuples(st.integers(1, 6), st.integers(1, 6)))
def test_transposed_convolution_is_the_gradient_of_the_convolution(layout, size):
    kh, kw, s, p = layout
    if min(size[0] + 2 * p - kh, size[1] + 2 * p - kw) < 0:
        return
    x = noise(1, 2, *size).requires_grad_()
    w = noise(3, 2, kh, kw, seed=1)  # of conv2d: (Co, Ci), so of the transpose (Ci, Co)
    y = F.conv2d(x, w, stride=s, padding=p)
    g = noise(*y.shape, seed=2)
    (expected,) = torch.autograd.grad(y, x, g)
    op = (size[0] + 2 * p - kh) % s
    if op == (size[1] + 2 * p - kw) % s:
        close(conv_transpose2d(g, w, s, p, op), expected)
    inner = (y * g).sum() - (x * expected).sum()
    assert abs(inner.item()) < 1e-12


@given(
    k=st.integers(1, 5), n=st.integers(1, 9), s=st.integers(1, 3), p=st.integers(0, 2)
)
def test_the_matrix_is_the_convolution_and_its_transpose_the_transposed(k, n, s, p):
    if n + 2 * p < k:
        return
    w, x = noise(k), noise(n, seed=1)
    matrix = conv_matrix(w, n, s, p)
    expected = F.conv1d(x[None, None], w[None, None], stride=s, padding=p)[0, 0]
    close(matrix @ x, expected)
    y = noise(len(expected), seed=2)
    assert abs((y @ (matrix @ x) - (matrix.T @ y) @ x).item()) < 1e-12  # the adjoint
    # Kernel k x 1 and width 1: rows only, and no padding to be cut off the one column.
    column = conv_transpose2d(y.view(1, 1, -1, 1), w.view(1, 1, k, 1), s)[0, 0, :, 0]
    column = F.pad(column, (0, n + 2 * p - len(column)))[p : p + n]
    close(matrix.T @ y, column)


@given(k=st.integers(1, 4), s=st.integers(1, 3), n=st.integers(1, 4))
def test_zeros_between_the_pixels_and_a_flipped_kernel_do_the_same(k, s, n):
    x, w = noise(1, 2, n, n), noise(2, 3, k, k, seed=1)
    spread = x.new_zeros(1, 2, (n - 1) * s + 1, (n - 1) * s + 1)
    spread[:, :, ::s, ::s] = x
    expected = F.conv2d(spread, w.flip(2, 3).transpose(0, 1), padding=k - 1)
    close(conv_transpose2d(x, w, s), expected)


def test_the_transpose_is_not_the_inverse():
    matrix = conv_matrix(torch.tensor([1.0, 2.0, 1.0], dtype=torch.float64), 5, 2, 1)
    expected = [[2, 1, 0, 0, 0], [0, 1, 2, 1, 0], [0, 0, 0, 1, 2]]
    assert matrix.tolist() == expected
    x = torch.tensor([3.0, 1, 4, 1, 5], dtype=torch.float64)
    assert (matrix @ x).tolist() == [7, 10, 11]
    assert (matrix.T @ (matrix @ x)).tolist() == [14, 17, 20, 21, 22]
    back = torch.linalg.pinv(matrix) @ (matrix @ x)
    assert (back - x).abs().max() > 0.5  # not even the best inverse returns to x


def test_output_padding_chooses_among_the_sizes_that_convolve_to_the_same():
    w = noise(1, 1, 3, 3)
    for n in (7, 8):
        assert F.conv2d(noise(1, 1, n, n), w, stride=2, padding=1).shape[2] == 4
        assert conv_transpose2d(noise(1, 1, 4, 4), w, 2, 1, n - 7).shape[2] == n


@given(p=st.integers(0, 2), op=st.integers(0, 2))
def test_output_padding_uncovers_pixels_and_is_zero_only_beyond_the_kernels(p, op):
    x, w = noise(1, 1, 3, 3), noise(1, 1, 3, 3, seed=1)
    full = conv_transpose2d(x, w, stride=3)  # nothing cut off
    padded = F.pad(full, (0, op, 0, op))
    y = conv_transpose2d(x, w, stride=3, padding=p, output_padding=op)
    end = full.shape[2] - p + op
    close(y, padded[:, :, p:end, p:end])
    fresh = y[0, 0, -1].abs().max()  # the last row
    assert (fresh == 0) == (op > p)


# Kernels


@pytest.mark.parametrize("factor", [1, 2, 3, 4, 5, 8])
def test_the_bilinear_kernel_is_the_response_to_one_bright_pixel(factor):
    k = 2 * factor - factor % 2
    x = torch.zeros(1, 1, 5, 5, dtype=torch.float64)
    x[0, 0, 2, 2] = 1
    y = F.interpolate(x, scale_factor=factor, mode="bilinear")[0, 0]
    start = 2 * factor - (k - factor) // 2
    window = slice(start, start + k)
    close(bilinear_kernel(k, torch.float64), y[window, window])
    assert y.sum().item() == pytest.approx(y[window, window].sum().item())


def test_the_bilinear_kernel_of_size_four():
    kernel = bilinear_kernel(4)
    assert kernel.dtype == torch.get_default_dtype()
    assert kernel[0, 0] == 0.0625
    assert kernel[1, 1] == 0.5625
    assert bilinear_kernel(1).tolist() == [[1.0]]


@pytest.mark.parametrize("factor", [2, 3, 4, 5])
def test_fcn_upsampling_is_bilinear_inside_and_fades_at_the_border(factor):
    k = 2 * factor - factor % 2
    p = (k - factor) // 2
    x = noise(1, 1, 6, 6)
    kernel = bilinear_kernel(k, torch.float64)[None, None]
    y = conv_transpose2d(x, kernel, factor, p)
    size = 6 * factor
    assert y.shape[2:] == (size, size)
    error = (y - F.interpolate(x, (size, size), mode="bilinear")).abs()[0, 0]
    inside = slice(factor, -factor)
    assert error[inside, inside].max() < 1e-12
    assert error.max() > 0.5


def test_fcn_32s_turns_16_pixels_into_512_and_darkens_the_corner():
    kernel = bilinear_kernel(64, torch.float64)[None, None]
    ones = torch.ones(1, 1, 16, 16, dtype=torch.float64)
    y = conv_transpose2d(ones, kernel, 32, 16)
    assert y.shape[2:] == (512, 512)
    assert y[0, 0, 0, 0].item() == pytest.approx((0.5 + 1 / 64) ** 2)
    assert y[0, 0, 256, 256].item() == pytest.approx(1)


def test_factor_two_leaves_nine_sixteenths_in_the_corner():
    kernel = bilinear_kernel(4, torch.float64)[None, None]
    y = conv_transpose2d(torch.ones(1, 1, 3, 3, dtype=torch.float64), kernel, 2, 1)
    assert y[0, 0, 0, :3].tolist() == [0.5625, 0.75, 0.75]
    assert y[0, 0, 1, 1] == 1


def test_the_bilinear_kernel_of_size_three_aligns_the_corners():
    x = noise(2, 1, 5, 6)
    y = conv_transpose2d(x, bilinear_kernel(3, torch.float64)[None, None], 2, 1)
    close(y, F.interpolate(x, (9, 11), mode="bilinear", align_corners=True))


# Checkerboard


@given(k=st.integers(1, 7), s=st.integers(1, 4), n=st.integers(1, 9))
def test_overlap_counts_are_a_transposed_convolution_of_ones(k, s, n):
    counts = overlap_counts(k, s, n)
    ones = torch.ones(1, 1, n, dtype=torch.float64)
    expected = F.conv_transpose1d(ones, ones.new_ones(1, 1, k), stride=s)[0, 0]
    assert counts.tolist() == expected.tolist()
    assert counts.sum() == n * k


def inner_overlap(k: int, s: int) -> torch.Tensor:
    counts = overlap_counts(k, s, 20)
    inner = counts[k - 1 : len(counts) - k + 1]
    return torch.outer(inner, inner)


@pytest.mark.parametrize(
    ("k", "s", "ratio"), [(3, 2, 4), (5, 2, 2.25), (5, 3, 4), (4, 2, 1), (6, 3, 1)]
)
def test_ratio_of_the_largest_to_the_smallest_overlap_in_the_plane(k, s, ratio):
    overlap = inner_overlap(k, s)
    assert overlap.max().item() / overlap.min().item() == ratio


@given(k=st.integers(1, 8), s=st.integers(1, 4))
def test_overlap_is_even_only_if_the_stride_divides_the_kernel(k, s):
    overlap = inner_overlap(k, s)
    assert (overlap.max() == overlap.min()).item() == (k % s == 0)


def test_the_gradient_of_a_strided_convolution_has_the_same_checkerboard():
    x = torch.zeros(1, 1, 21, 21, dtype=torch.float64, requires_grad=True)
    F.conv2d(x, torch.ones(1, 1, 3, 3, dtype=x.dtype), stride=2).sum().backward()
    line = overlap_counts(3, 2, 10).double()
    close(x.grad[0, 0], torch.outer(line, line))
    assert x.grad[0, 0, 10, 4:8].tolist() == [4, 2, 4, 2]
    assert x.grad[0, 0, 11, 4:8].tolist() == [2, 1, 2, 1]


def test_the_kernel_has_the_default_type_and_all_its_digits_in_16_bits():
    assert bilinear_kernel(4).dtype == torch.float32
    torch.set_default_dtype(torch.float64)
    try:
        assert bilinear_kernel(4).dtype == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
    exact = bilinear_kernel(600, torch.float64)
    assert torch.equal(bilinear_kernel(600, torch.bfloat16), exact.bfloat16())
    with pytest.raises(ValueError, match=r"floating point, got torch\.int64"):
        bilinear_kernel(4, torch.int64)


def test_transposed_convolution_refuses_other_types():
    x, w = torch.ones(1, 1, 2, 2), torch.ones(1, 1, 2, 2)
    match = "x and w must be numbers of one type"
    with pytest.raises(ValueError, match=match):
        conv_transpose2d(x, w.double())
    with pytest.raises(ValueError, match=match):
        conv_transpose2d(x.bool(), w.bool())
    assert conv_transpose2d(x.long(), w.long(), 2).sum() == 16


@pytest.mark.parametrize("half", [torch.bfloat16, torch.float16])
def test_transposed_convolution_sums_16_bits_in_float32(half):
    x = noise(1, 64, 8, 8).to(half)
    w = noise(64, 8, 4, 4, seed=1).to(half)
    exact = conv_transpose2d(x.double(), w.double(), 2, 1)
    library = F.conv_transpose2d(x, w, None, 2, 1)
    error = (conv_transpose2d(x, w, 2, 1) - exact).abs().max()
    assert error <= 2 * (library - exact).abs().max()
    assert error <= exact.abs().max() * torch.finfo(half).eps


def test_even_overlap_does_not_save_random_weights():
    flat = torch.ones(1, 1, 8, 8, dtype=torch.float64)
    y = conv_transpose2d(flat, noise(1, 1, 4, 4), stride=2)[0, 0, 3:-3, 3:-3]
    phases = noise(1, 1, 4, 4)[0, 0].unfold(0, 2, 2).unfold(1, 2, 2).sum((0, 1))
    close(y[1:3, 1:3], phases)  # y begins at an odd pixel, so 1 is an even one
    assert y.max() - y.min() > 1


def test_uneven_overlap_is_harmless_if_the_phases_have_equal_sums():
    kernel = bilinear_kernel(3, torch.float64)
    assert kernel[1].tolist() == [0.5, 1, 0.5]
    flat = torch.ones(1, 1, 8, 8, dtype=torch.float64)
    y = conv_transpose2d(flat, kernel[None, None], 2, 1)
    close(y, torch.ones_like(y))


@given(seed=seeds, k=st.sampled_from([1, 3, 5]), factor=st.integers(2, 3))
def test_resize_convolution_keeps_flat_regions_flat(seed, k, factor):
    flat = torch.ones(1, 1, 6, 6, dtype=torch.float64)
    resized = upsample_nearest(flat, (6 * factor, 6 * factor))
    y = F.conv2d(resized, noise(1, 1, k, k, seed=seed))
    close(y, torch.full_like(y, y[0, 0, 0, 0].item()))


def test_resize_convolution_is_a_transposed_convolution_with_tied_weights():
    x, w = noise(1, 1, 5, 5), noise(1, 1, 3, 3, seed=1)
    expected = F.conv2d(upsample_nearest(x, (10, 10)), w, padding=1)
    tied = F.conv2d(torch.ones(1, 1, 2, 2, dtype=torch.float64), w, padding=2)
    assert tied.shape[2:] == (4, 4)
    close(conv_transpose2d(x, tied, stride=2, padding=1), expected)
    phases = tied[0, 0].unfold(0, 2, 2).unfold(1, 2, 2).sum((0, 1))
    close(phases, torch.full((2, 2), w.sum().item(), dtype=torch.float64))


def test_three_ways_to_double_an_image_cost_the_same():
    x = torch.ones(1, 8, 16, 16)
    ways = {
        "sub-pixel": lambda: F.conv2d(x, torch.ones(4 * 8, 8, 3, 3), padding=1),
        "transposed": lambda: F.conv_transpose2d(
            x, torch.ones(8, 8, 6, 6), stride=2, padding=2
        ),
        "resize": lambda: F.conv2d(
            upsample_nearest(x, (32, 32)), torch.ones(8, 8, 3, 3), padding=1
        ),
    }
    for name, way in ways.items():
        with FlopCounterMode(display=False) as counter:
            way()
        products = counter.get_total_flops() / 2
        assert products / (16 * 16) / (8 * 8) == 36, name


# Unpooling


@given(
    size=st.tuples(st.integers(3, 8), st.integers(3, 8)),
    k=st.integers(1, 3),
    s=st.integers(1, 3),
    seed=seeds,
)
def test_unpooling_is_what_torch_computes(size, k, s, seed):
    x = noise(2, 3, *size, seed=seed)
    maxima, idx = F.max_pool2d(x, k, s, return_indices=True)
    y = max_unpool2d(maxima, idx, size)
    # torch wants to derive the size from k and s; with both 1 it accepts any indices.
    expected = x.new_zeros(2, 3, size[0] * size[1])
    for n, c in np.ndindex(2, 3):
        for place, value in zip(idx[n, c].flatten(), maxima[n, c].flatten()):
            expected[n, c, place] = value
    assert torch.equal(y, expected.view_as(x))
    if s == k:
        theirs = F.max_unpool2d(maxima, idx, k, s, output_size=size)
        assert torch.equal(y, theirs)
    assert torch.equal(y[y != 0], x[y != 0])  # what is back is at its old place


def test_unpooling_by_hand():
    x = torch.arange(1.0, 17).view(1, 1, 4, 4)
    maxima, idx = F.max_pool2d(x, 2, return_indices=True)
    assert idx.flatten().tolist() == [5, 7, 13, 15]
    y = max_unpool2d(maxima, idx, (4, 4))[0, 0].tolist()
    assert y == [[0, 0, 0, 0], [0, 6, 0, 8], [0, 0, 0, 0], [0, 14, 0, 16]]


def test_pooling_undoes_unpooling_only_for_maxima_that_are_not_negative():
    x = noise(1, 2, 8, 8)
    for image, same in ((x.abs(), True), (x - 2, False)):
        maxima, idx = F.max_pool2d(image, 2, return_indices=True)
        back = F.max_pool2d(max_unpool2d(maxima, idx, (8, 8)), 2)
        assert torch.equal(back, maxima) == same
        assert torch.equal(back, maxima.clamp(min=0))


def test_unpooling_sends_each_gradient_back_to_its_maximum():
    maxima, idx = F.max_pool2d(noise(1, 1, 4, 4), 2, return_indices=True)
    maxima.requires_grad_()
    g = noise(1, 1, 4, 4, seed=1)
    max_unpool2d(maxima, idx, (4, 4)).backward(g)
    expected = g.flatten()[idx.flatten()].view(1, 1, 2, 2)
    assert torch.equal(maxima.grad, expected)


def test_unpooling_nothing_gives_zeros():
    nothing = torch.zeros(1, 2, 0, 0)
    y = max_unpool2d(nothing, nothing.long(), (2, 3))
    assert torch.equal(y, torch.zeros(1, 2, 2, 3))


# The experiment


@pytest.mark.parametrize("seed", [0, 1])
def test_a_transposed_convolution_learns_bilinear_interpolation(seed):
    kernel, loss = learn_bilinear(seed=seed)
    close(kernel, bilinear_kernel(4, torch.float64))
    triangle = torch.tensor([0.25, 0.75, 0.75, 0.25], dtype=torch.float64)
    close(kernel, torch.outer(triangle, triangle))
    assert loss < 1e-20


def test_a_kernel_of_three_cannot_learn_it():
    # In each of the four phases, the taps it lacks leave the sum of their squares.
    present = [0.75**2, 0.75**2 + 0.25**2]  # even and odd pixels, along one axis
    total = 0.25**2 + 0.75**2
    assert total**2 == pytest.approx(0.391, abs=5e-4)  # the variance of the target
    floor = sum(total**2 - a * b for a in present for b in present) / 4
    assert floor == pytest.approx(0.038, abs=5e-4)
    _, loss = learn_bilinear(3, output_padding=1, steps=200)
    assert loss == pytest.approx(floor, rel=0.1)


def test_learning_is_gradient_descent_on_all_but_the_outermost_pixels():
    generator = torch.Generator().manual_seed(5)
    w = torch.randn(1, 1, 4, 4, generator=generator, dtype=torch.float64)
    losses = []
    for _ in range(20):
        x = torch.randn(8, 1, 12, 12, generator=generator, dtype=torch.float64)
        w = w.detach().requires_grad_()
        wanted = F.interpolate(x, scale_factor=2, mode="bilinear")
        error = F.conv_transpose2d(x, w, stride=2, padding=1) - wanted
        loss = (error[:, :, 1:23, 1:23] ** 2).sum() / (8 * 22 * 22)
        loss.backward()
        losses.append(loss.item())
        w = w - 0.3 * w.grad
    kernel, loss = learn_bilinear(steps=20, seed=5)
    close(kernel, w.detach()[0, 0])
    assert loss == pytest.approx((losses[-1] + losses[-2]) / 2, rel=1e-9)
    # A tenth of fewer than ten steps is the last one.
    assert learn_bilinear(steps=5, seed=5)[1] == pytest.approx(losses[4], rel=1e-9)


def test_one_step_of_learning_is_repeatable():
    first, second = (learn_bilinear(steps=1, seed=3)[0] for _ in range(2))
    assert torch.equal(first, second)
    assert not torch.equal(first, learn_bilinear(steps=1, seed=4)[0])


# On a GPU


def milliseconds(work) -> float:
    """Median time of a call, after a warm-up."""
    times = []
    for _ in range(12):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        work()
        end.record()
        torch.cuda.synchronize()
        times.append(start.elapsed_time(end))
    return sorted(times[2:])[5]


@pytest.mark.gpu
@pytest.mark.timeout(300)
def test_gpu_results_are_those_of_torch(record_property):
    generator = torch.Generator("cuda").manual_seed(0)
    x = torch.randn(16, 64, 128, 128, device="cuda", generator=generator)
    size = (256, 256)
    pairs = {
        "bilinear": (
            lambda: upsample_bilinear(x, size),
            lambda: F.interpolate(x, size, mode="bilinear"),
        ),
        "bilinear, corners aligned": (
            lambda: upsample_bilinear(x, size, align_corners=True),
            lambda: F.interpolate(x, size, mode="bilinear", align_corners=True),
        ),
        "nearest": (
            lambda: upsample_nearest(x, size),
            lambda: F.interpolate(x, size, mode="nearest"),
        ),
        "pixel_shuffle": (
            lambda: pixel_shuffle(x, 2),
            lambda: F.pixel_shuffle(x, 2),
        ),
    }
    for name, (ours, theirs) in pairs.items():
        torch.testing.assert_close(ours(), theirs(), rtol=0, atol=1e-5)
        ratio = milliseconds(ours) / milliseconds(theirs)
        record_property(f"time of {name}, over torch's", f"{ratio:.2f}")
        print(f"{name}: {ratio:.2f} times the time of torch's own")


# Bad input


@pytest.mark.parametrize("resize", [upsample_nearest, upsample_bilinear])
def test_resizing_refuses_other_shapes_and_sizes(resize):
    image = torch.ones(1, 1, 2, 2)
    for bad in (torch.ones(2, 2), torch.ones(1, 2, 2), torch.ones(1, 1, 0, 2)):
        with pytest.raises(ValueError, match=r"x must be \(N, C, H, W\), H, W >= 1"):
            resize(bad, (2, 2))
    for size in ((0, 2), (2, -1), (2,), (2, 2.5), (2, 2, 2)):
        with pytest.raises(ValueError, match="size must be two integers >= 1, got"):
            resize(image, size)


def test_bilinear_refuses_integers():
    with pytest.raises(ValueError, match=r"floating point, got torch\.int64"):
        upsample_bilinear(torch.ones(1, 1, 2, 2, dtype=torch.int64), (4, 4))


@pytest.mark.parametrize("shuffle", [pixel_shuffle, depth_to_space])
def test_shuffling_refuses_channels_that_do_not_divide(shuffle):
    with pytest.raises(ValueError, match="channels must be a multiple of 4, got 6"):
        shuffle(torch.ones(1, 6, 2, 2), 2)


@pytest.mark.parametrize(
    "function", [pixel_shuffle, depth_to_space, pixel_unshuffle, subpixel_to_transposed]
)
def test_shuffling_refuses_other_shapes_and_factors(function):
    with pytest.raises(ValueError, match=r"must have 4 axes, got \(4, 2, 2\)"):
        function(torch.ones(4, 2, 2), 2)
    for r in (0, -2, 1.5):
        with pytest.raises(ValueError, match=f"r must be an integer >= 1, got {r}"):
            function(torch.ones(1, 4, 2, 2), r)


def test_unshuffling_refuses_sizes_that_do_not_divide():
    for h, w in ((3, 4), (4, 3)):
        message = f"height and width must be multiples of 2, got {h} and {w}"
        with pytest.raises(ValueError, match=message):
            pixel_unshuffle(torch.ones(1, 1, h, w), 2)


def test_kernels_that_cannot_be_rearranged_are_refused():
    with pytest.raises(ValueError, match="weight must have square kernels, got 3 x 2"):
        subpixel_to_transposed(torch.ones(4, 1, 3, 2), 2)
    with pytest.raises(ValueError, match="weight must have square kernels, got 0 x 0"):
        subpixel_to_transposed(torch.ones(4, 1, 0, 0), 2)
    with pytest.raises(ValueError, match="channels must be a multiple of 4, got 3"):
        subpixel_to_transposed(torch.ones(3, 1, 3, 3), 2)
    with pytest.raises(ValueError, match="channels must be a multiple of 4, got 6"):
        icnr_(torch.ones(6, 1, 3, 3), 2)
    for r in (1, 2):
        with pytest.raises(ValueError, match="an axis of channels, got a scalar"):
            icnr_(torch.tensor(1.0), r)
    with pytest.raises(ValueError, match="r must be an integer >= 1, got 0"):
        icnr_(torch.ones(4, 1), 0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"stride": 0}, "stride must be an integer >= 1, got 0"),
        ({"stride": 1.5}, "stride must be an integer >= 1, got 1.5"),
        ({"padding": -1}, "padding must be an integer >= 0, got -1"),
        ({"output_padding": -1}, "output_padding must be an integer >= 0, got -1"),
        ({"output_padding": 1}, "output_padding must be < 1, got 1"),
        ({"stride": 2, "output_padding": 2}, "output_padding must be < 2, got 2"),
        ({"padding": 3}, "output must be at least 1 x 1, got -2 x -2"),
    ],
)
def test_transposed_convolution_refuses_options_out_of_range(options, message):
    with pytest.raises(ValueError, match=message):
        conv_transpose2d(torch.ones(1, 1, 2, 2), torch.ones(1, 1, 3, 3), **options)


def test_transposed_convolution_refuses_shapes_that_disagree():
    message = r"need x \(N, Ci, H, W\) and w \(Ci, Co, kh, kw\), got"
    x, w = torch.ones(1, 2, 2, 2), torch.ones(2, 1, 3, 3)
    for bad in ((x[0], w), (x, w[0]), (x[:, :, :0], w), (x, w[..., :0])):
        with pytest.raises(ValueError, match=message):
            conv_transpose2d(*bad)
    with pytest.raises(ValueError, match="w must have Ci = 2, got 1"):
        conv_transpose2d(x, torch.ones(1, 2, 3, 3))


def test_the_matrix_refuses_what_has_no_convolution():
    w = torch.ones(3)
    for bad in (torch.ones(1, 3), torch.ones(0)):
        with pytest.raises(ValueError, match=r"w must be \(k,\) with k >= 1, got"):
            conv_matrix(bad, 5)
    with pytest.raises(ValueError, match="n must be an integer >= 1, got 0"):
        conv_matrix(w, 0)
    with pytest.raises(ValueError, match="stride must be an integer >= 1, got 0"):
        conv_matrix(w, 5, stride=0)
    with pytest.raises(ValueError, match="padding must be an integer >= 0, got -1"):
        conv_matrix(w, 5, padding=-1)
    with pytest.raises(ValueError, match=r"need n \+ 2 \* padding >= k, got 2"):
        conv_matrix(w, 2)


@pytest.mark.parametrize("name", ["k", "s", "n"])
def test_overlap_refuses_numbers_below_one(name):
    with pytest.raises(ValueError, match=f"^{name} must be an integer >= 1, got 0"):
        overlap_counts(**{"k": 3, "s": 2, "n": 4, name: 0})


def test_an_empty_bilinear_kernel_is_refused():
    with pytest.raises(ValueError, match="k must be an integer >= 1, got 0"):
        bilinear_kernel(0)


def test_unpooling_refuses_places_outside_and_shapes_that_disagree():
    x = torch.ones(1, 1, 1, 2)
    for places, got in (([0, 4], "0 to 4"), ([-1, 0], "-1 to 0")):
        idx = torch.tensor(places).view(1, 1, 1, 2)
        with pytest.raises(ValueError, match=rf"idx must be in \[0, 4\), got {got}"):
            max_unpool2d(x, idx, (2, 2))
    idx = torch.zeros(1, 1, 1, 2, dtype=torch.int64)
    for bad in ((x, idx[..., :1]), (x[0], idx[0]), (x, idx.int())):
        with pytest.raises(ValueError, match="need x and int64 idx, both"):
            max_unpool2d(*bad, (2, 2))
    with pytest.raises(ValueError, match=r"size must be two integers >= 1, got \(0"):
        max_unpool2d(x, idx, (0, 2))
    with pytest.raises(ValueError, match=r"size must be two integers >= 1, got \(.*0"):
        max_unpool2d(x, idx, (2, 0))
    with pytest.raises(ValueError, match="size must be two integers >= 1, got"):
        max_unpool2d(x, idx, (2,))
    with pytest.raises(ValueError, match=r">= 1, got \(2, 0\)"):
        max_unpool2d(x, idx, iter([2, 0]))


def test_learning_refuses_sizes_that_do_not_double():
    match = "k and output_padding must be 4 and 0, or 3 and 1, got 3 and 0"
    with pytest.raises(ValueError, match=match):
        learn_bilinear(3)
    with pytest.raises(ValueError, match="steps must be an integer >= 1, got 0"):
        learn_bilinear(steps=0)
