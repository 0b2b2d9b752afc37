"""Oracles: torch's conv2d, unfold, fold and autograd, scipy, plain loops, fractions."""

from fractions import Fraction

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import convolve2d, correlate2d

from figures.cv import convolution as figure
from snippets.cv.convolution import (
    _checks,
    col2im,
    conv2d,
    conv2d_backward,
    conv_cost,
    im2col,
    output_size,
    same_padding,
    winograd_f23,
)

NINE = np.arange(9.0).reshape(1, 1, 3, 3)
SQUARE = np.array([[[[0.0, 1.0], [2.0, 3.0]]]])


def close(actual, expected, atol=1e-12):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=atol)


def drawn(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape)


def random_setting(seed):
    """Shapes and options of a layer that fits, pairs where pairs are allowed."""
    rng = np.random.default_rng(seed)

    def two(low, high):
        return tuple(int(i) for i in rng.integers(low, high + 1, 2))

    kernel, stride, padding, dilation = two(1, 4), two(1, 3), two(0, 3), two(1, 3)
    groups = int(rng.integers(1, 4))
    size = [
        max(1, d * (k - 1) + 1 - 2 * p) + int(rng.integers(0, 6))
        for k, p, d in zip(kernel, padding, dilation, strict=True)
    ]
    n, ci, co = (int(i) for i in rng.integers(1, 4, 3))
    x = rng.standard_normal((n, ci * groups, *size))
    w = rng.standard_normal((co * groups, ci, *kernel))
    bias = rng.standard_normal(co * groups)
    how = {"stride": stride, "padding": padding, "dilation": dilation}
    return x, w, bias, how, groups


def tensors(*arrays):
    return [torch.tensor(a, requires_grad=True) for a in arrays]


# ---- forwards


@pytest.mark.parametrize("seed", range(100))
def test_output_and_gradients_are_those_of_torch_in_random_settings(seed):
    x, w, bias, how, groups = random_setting(seed)
    y = conv2d(x, w, bias, groups=groups, **how)
    tx, tw, tb = tensors(x, w, bias)
    ty = F.conv2d(tx, tw, tb, groups=groups, **how)
    assert y.shape == ty.shape
    close(y, ty.detach())
    dy = drawn(seed + 1000, *y.shape)
    ty.backward(torch.tensor(dy))
    dx, dw, db = conv2d_backward(dy, x, w, groups=groups, **how)
    for found, wanted, given_ in ((dx, tx, x), (dw, tw, w), (db, tb, bias)):
        assert found.shape == given_.shape
        close(found, wanted.grad, 3e-12)


def test_a_layer_by_plain_loops_over_the_formula():
    x, w, bias, how, groups = random_setting(5)
    y = conv2d(x, w, bias, groups=groups, **how)
    part, each = x.shape[1] // groups, w.shape[0] // groups
    assert groups > 1
    assert y.size
    for (n, o, i, j), found in np.ndenumerate(y):
        total = bias[o]
        for c, u, v in np.ndindex(*w.shape[1:]):
            row = i * how["stride"][0] + u * how["dilation"][0] - how["padding"][0]
            col = j * how["stride"][1] + v * how["dilation"][1] - how["padding"][1]
            if 0 <= row < x.shape[2] and 0 <= col < x.shape[3]:
                total += w[o, c, u, v] * x[n, o // each * part + c, row, col]
        assert abs(found - total) < 1e-12


def test_nine_numbers_and_a_square_kernel_by_hand():
    close(conv2d(NINE, SQUARE), [[[[19, 25], [37, 43]]]], 0)
    padded = conv2d(NINE, SQUARE, padding=1, stride=(3, 2))
    close(padded, [[[[0, 8], [6, 8]]]], 0)


def test_scipy_correlates_likewise_and_convolves_with_the_flipped_kernel():
    image, kernel = drawn(0, 6, 7), drawn(1, 3, 2)
    y = conv2d(image[None, None], kernel[None, None])[0, 0]
    close(y, correlate2d(image, kernel, mode="valid"))
    flipped = conv2d(image[None, None], kernel[None, None, ::-1, ::-1])[0, 0]
    close(flipped, convolve2d(image, kernel, mode="valid"))
    found = convolve2d(NINE[0, 0], SQUARE[0, 0], mode="valid")
    close(found, [[5, 11], [23, 29]], 0)
    close(conv2d(NINE, SQUARE[..., ::-1, ::-1])[0, 0], found, 0)


def test_true_convolution_commutes_and_cross_correlation_does_not():
    a, b = np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.0])
    close(np.convolve(a, b), np.convolve(b, a), 0)
    assert not np.array_equal(np.correlate(a, b, "full"), np.correlate(b, a, "full"))


def test_1x1_is_the_same_matrix_at_every_pixel():
    x, w = drawn(0, 2, 3, 4, 5), drawn(1, 6, 3, 1, 1)
    close(conv2d(x, w), np.einsum("nchw,oc->nohw", x, w[:, :, 0, 0]))


def test_depthwise_lets_no_channel_see_another():
    x, w = drawn(0, 1, 4, 6, 6), drawn(1, 4, 1, 3, 3)
    before = conv2d(x, w, groups=4)
    x[0, 2] += 1
    changed = np.abs(conv2d(x, w, groups=4) - before).max(axis=(0, 2, 3)) > 1e-9
    assert changed.tolist() == [False, False, True, False]


def test_a_batch_of_no_images_gives_none_and_zero_gradients():
    x, w = np.zeros((0, 4, 5, 5)), drawn(0, 6, 2, 3, 3)
    y = conv2d(x, w, np.ones(6), padding=1, groups=2)
    assert y.shape == (0, 6, 5, 5)
    dx, dw, db = conv2d_backward(y, x, w, padding=1, groups=2)
    assert dx.shape == x.shape
    assert dw.shape == w.shape
    assert not dw.any()
    assert not db.any()
    assert im2col(x, 3).shape == (0, 36, 9)


def test_ones_under_a_box_give_4_6_9_from_the_corner_to_the_middle():
    y = conv2d(np.ones((1, 1, 5, 5)), np.ones((1, 1, 3, 3)), padding=1)[0, 0]
    assert (y[0, 0], y[0, 2], y[2, 2]) == (4, 6, 9)
    assert y[0].tolist() == [4, 6, 6, 6, 4]


def test_one_image_and_its_output_in_integers_are_refused_and_floats_are_exact():
    ten = np.full((1, 1, 3, 3), 10, np.int8)
    with pytest.raises(ValueError, match="x must hold floats, got dtype int8"):
        conv2d(ten, ten)
    assert conv2d(ten.astype(np.float32), ten.astype(np.float32)).item() == 900
    assert ten.ravel() @ ten.ravel() == (ten * ten).sum(dtype=np.int8) == -124
    assert (ten * ten).sum() == 900
    small = torch.tensor(ten)
    assert F.conv2d(small, small).item() == -124


def test_float16_is_added_up_in_float32():
    x = np.full((1, 2048, 2, 2), 1.0, np.float16)
    w = np.full((1, 2048, 2, 2), 1.0, np.float16)
    assert conv2d(x, w).dtype == np.float16
    assert conv2d(x, w).item() == 8192
    many = np.ones((1, 1, 100, 100), np.float16)
    dy = np.ones((1, 1, 100, 100), np.float16)
    dx, dw, db = conv2d_backward(dy, many, np.ones((1, 1, 1, 1), np.float16))
    assert (dw.item(), db.item(), dx.dtype) == (10000, 10000, np.float16)
    x, w = np.ones((1, 2049, 1, 1), np.float16), np.ones((1, 2049, 1, 1), np.float16)
    assert conv2d(x, w, np.ones(1, np.float16)).item() == 2050  # 2049 is no float16
    x, w = np.ones((4096, 1, 1, 1), np.float16), np.ones((2, 1, 1, 1), np.float16)
    dy = np.ones((4096, 2, 1, 1), np.float16)
    assert conv2d_backward(dy, x, w)[2].tolist() == [4096, 4096]
    cols = np.full((1, 9, 100), 1000.1, np.float16)
    image = col2im(cols, 12, 3)
    assert image.dtype == np.float16
    close(image[0, 0, 5, 5], 9 * np.float64(np.float16(1000.1)), 4)


def test_sums_of_float16_take_twice_the_memory_not_four_times():
    half = np.ones(3, np.float16)
    assert _checks.wide(half).dtype == np.float32
    assert _checks.wide(half.astype(np.float64)).dtype == np.float64


def test_the_result_is_a_new_array_and_views_are_read_as_they_are():
    x = np.asfortranarray(drawn(0, 2, 3, 5, 6))[:, ::-1, :, ::2]
    w = drawn(1, 2, 3, 3, 2)
    close(conv2d(x, w), F.conv2d(torch.tensor(x.copy()), torch.tensor(w)))
    single = drawn(2, 1, 1, 3, 3)
    y = conv2d(single, np.ones((1, 1, 1, 1)))
    assert not np.shares_memory(y, single)
    assert not np.shares_memory(im2col(single, 1), single)
    cols = im2col(single, 1)
    assert not np.shares_memory(col2im(cols, 3, 1), cols)
    framed = im2col(single, 1, padding=2)
    assert col2im(framed, 3, 1, padding=2).flags.owndata  # not a view into the frame


# ---- columns


@pytest.mark.parametrize("seed", range(40))
def test_columns_are_torchs_unfold_and_their_sums_its_fold(seed):
    x, w, _, how, _ = random_setting(seed + 300)
    kernel = w.shape[2:]
    cols = im2col(x, kernel, **how)
    tx = torch.tensor(x)
    np.testing.assert_array_equal(cols, F.unfold(tx, kernel, **how).numpy())
    c = drawn(seed, *cols.shape)
    image = col2im(c, x.shape[2:], kernel, **how)
    close(image, F.fold(torch.tensor(c), x.shape[2:], kernel, **how))
    # The transpose: one number, two ways.
    close((cols * c).sum(), (x * image).sum(), 1e-10)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 4), st.integers(1, 3), st.integers(0, 2), st.integers(1, 2))
def test_col2im_of_im2col_multiplies_each_pixel_by_its_windows(k, s, p, d):
    n = d * (k - 1) + 3
    x = drawn(k + s, 1, 2, n, n)
    counts = np.zeros(n + 2 * p)
    for i in range(output_size(n, k, s, p, d)):
        counts[i * s : i * s + d * (k - 1) + 1 : d] += 1
    counts = counts[p : p + n]
    back = col2im(im2col(x, k, s, p, d), n, k, s, p, d)
    close(back, x * np.outer(counts, counts))


def test_the_first_column_of_nine_numbers():
    cols = im2col(NINE, 2)
    assert cols[0].T.tolist() == [
        [0, 1, 3, 4],
        [1, 2, 4, 5],
        [3, 4, 6, 7],
        [4, 5, 7, 8],
    ]
    two = im2col(np.concatenate([NINE, NINE + 10], axis=1), 2)
    assert two[0, :, 0].tolist() == [0, 1, 3, 4, 10, 11, 13, 14]


def test_columns_of_a_3x3_kernel_take_nine_times_the_memory():
    x = np.zeros((1, 64, 56, 56), np.float32)
    assert (x.nbytes, im2col(x, 3, padding=1).nbytes) == (802816, 9 * 802816)


# ---- backwards


def test_gradients_are_those_of_finite_differences():
    x, w, bias, how, groups = random_setting(11)
    dy = drawn(12, *conv2d(x, w, bias, groups=groups, **how).shape)
    found = conv2d_backward(dy, x, w, groups=groups, **how)

    def loss():
        return (conv2d(x, w, bias, groups=groups, **how) * dy).sum()

    for array, gradient in zip((x, w, bias), found, strict=True):
        for at in np.ndindex(*array.shape):
            kept = array[at]
            array[at] = kept + 1e-3
            above = loss()
            array[at] = kept - 1e-3
            below = loss()
            array[at] = kept
            assert abs((above - below) / 2e-3 - gradient[at]) < 1e-9


def test_the_gradient_of_the_bias_is_a_sum_not_a_mean():
    x, w, dy = drawn(0, 2, 1, 4, 4), drawn(1, 1, 1, 3, 3), np.ones((2, 1, 2, 2))
    _, _, db = conv2d_backward(dy, x, w)
    assert db.tolist() == [8]


def test_pixels_that_no_window_reads_get_no_gradient():
    x, w = np.ones((1, 1, 1, 6)), np.ones((1, 1, 1, 3))
    dy = np.ones((1, 1, 1, output_size(6, 3, 2)))
    dx, _, _ = conv2d_backward(dy, x, w, stride=(1, 2))
    assert dx[0, 0, 0].tolist() == [1, 1, 2, 1, 1, 0]


def test_the_gradient_of_the_input_is_a_transposed_convolution():
    x, w = drawn(0, 2, 3, 7, 7), drawn(1, 4, 3, 3, 3)
    dy = drawn(2, 2, 4, 4, 4)
    dx, _, _ = conv2d_backward(dy, x, w, stride=2, padding=1)
    back = F.conv_transpose2d(torch.tensor(dy), torch.tensor(w), stride=2, padding=1)
    close(dx, back)
    # With stride 1: the full correlation with the flipped kernel.
    dy = drawn(3, 2, 4, 5, 5)
    dx, _, _ = conv2d_backward(dy, x, w)
    turned = w[:, :, ::-1, ::-1].swapaxes(0, 1)
    close(dx, conv2d(dy, turned, padding=2))
    assert np.abs(dx - conv2d(dy, w.swapaxes(0, 1), padding=2)).max() > 0.1
    # With padding p and dilation d: under d (k - 1) - p zeros.
    dy = drawn(4, 2, 4, 5, 5)
    dx, _, _ = conv2d_backward(dy, x, w, padding=1, dilation=2)
    close(dx, conv2d(dy, turned, padding=2 * (3 - 1) - 1, dilation=2))


# ---- sizes


@pytest.mark.parametrize(
    ("numbers", "size"),
    [
        ((224, 7, 2, 3), 112),
        ((28, 5, 1, 0), 24),
        ((5, 3, 2, 0), 2),
        ((6, 3, 2, 1), 3),
        ((7, 3, 1, 2, 2), 7),
        ((7, 3, 2, 1), 4),
        ((8, 3, 2, 1), 4),
        ((6, 3, 2, 0), 2),
        ((32, 5, 2, 2), 16),
        ((1, 1), 1),
        ((1, 3, 1, 1), 1),
    ],
)
def test_sizes_by_hand(numbers, size):
    assert output_size(*numbers) == size


@given(
    st.integers(1, 30),
    st.integers(1, 6),
    st.integers(1, 5),
    st.integers(0, 4),
    st.integers(1, 4),
)
def test_the_size_counts_the_windows_that_fit(n, k, s, p, d):
    fits = [a for a in range(0, n + 2 * p, s) if a + d * (k - 1) < n + 2 * p]
    if not fits:
        with pytest.raises(ValueError, match="the window must fit"):
            output_size(n, k, s, p, d)
    else:
        assert output_size(n, k, s, p, d) == len(fits)


@pytest.mark.parametrize(
    ("numbers", "zeros"),
    [
        ((224, 7, 2), (2, 3)),
        ((5, 2, 1), (0, 1)),
        ((5, 3, 2), (1, 1)),
        ((3, 1, 2), (0, 0)),
        ((6, 3, 2), (0, 1)),
        ((7, 3, 1, 2), (2, 2)),
        ((1, 3, 5), (1, 1)),
    ],
)
def test_same_padding_by_hand(numbers, zeros):
    assert same_padding(*numbers) == zeros


@given(st.integers(1, 40), st.integers(1, 7), st.integers(1, 5), st.integers(1, 3))
def test_same_padding_is_the_least_that_gives_a_size_over_stride(n, k, s, d):
    before, after = same_padding(n, k, s, d)
    wanted = -(-n // s)

    def outputs(zeros):
        return (n + zeros - d * (k - 1) - 1) // s + 1

    assert outputs(before + after) >= wanted
    assert before + after == 0 or outputs(before + after - 1) < wanted
    assert after - before in (0, 1)
    if before + after:
        assert outputs(before + after) == wanted
    if s == 1:
        assert before + after == d * (k - 1)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
def test_torchs_same_padding_puts_the_odd_zero_at_the_end_too():
    x, w = drawn(0, 1, 1, 5, 5), drawn(1, 1, 1, 2, 4)
    rows, columns = same_padding(5, 2), same_padding(5, 4)
    ours = conv2d(np.pad(x, ((0, 0), (0, 0), rows, columns)), w)
    close(ours, F.conv2d(torch.tensor(x), torch.tensor(w), padding="same"))


def test_same_and_padding_1_read_different_pixels_at_stride_2():
    x = np.arange(6.0).reshape(1, 1, 1, 6)
    w = np.array([[[[1.0, 0.0, 0.0]]]])
    before, after = same_padding(6, 3, 2)
    same = conv2d(np.pad(x, ((0, 0), (0, 0), (0, 0), (before, after))), w, stride=2)
    assert same.ravel().tolist() == [0, 2, 4]
    even = conv2d(x, w, stride=(1, 2), padding=(0, 1))
    assert even.ravel().tolist() == [0, 1, 3]


# ---- what shifts with the image


def shifted(stride=1):
    """Columns of the output that differ when the image goes round by one pixel."""
    x, w = drawn(0, 1, 1, 8, 8), drawn(1, 1, 1, 3, 3)
    y = conv2d(x, w, stride=stride, padding=1)
    moved = conv2d(np.roll(x, 1, axis=3), w, stride=stride, padding=1)
    return y, moved


def test_a_shift_round_the_edge_changes_columns_0_1_and_7_only():
    y, moved = shifted()
    differ = np.abs(moved - np.roll(y, 1, axis=3)).max(axis=(0, 1, 2)) > 1e-9
    assert np.flatnonzero(differ).tolist() == [0, 1, 7]


def test_at_stride_2_only_a_shift_of_the_image_by_2_shifts_the_output():
    y, moved = shifted(2)
    for by in range(4):
        rolled = np.roll(y, by, axis=3)
        assert np.abs(moved - rolled).max(axis=(0, 1, 2)).min() > 1e-3
    x, w = drawn(0, 1, 1, 8, 8), drawn(1, 1, 1, 3, 3)
    twice = conv2d(np.roll(x, 2, axis=3), w, stride=2, padding=1)
    close(twice[..., 2:4], y[..., 1:3])


def test_circular_padding_makes_the_shift_exact():
    x, w = drawn(0, 1, 1, 8, 8), drawn(1, 1, 1, 3, 3)

    def round_the_edge(image):
        return conv2d(np.pad(image, ((0, 0), (0, 0), (1, 1), (1, 1)), "wrap"), w)

    y, moved = round_the_edge(x), round_the_edge(np.roll(x, 1, axis=3))
    close(moved, np.roll(y, 1, axis=3))


@pytest.mark.parametrize(
    ("padding", "stride", "columns"),
    [
        ("zeros", 1, [0, 1, 7]),
        ("wrap", 1, []),
        ("wrap", 2, [0, 1, 2, 3]),
        ("zeros", 2, [0, 1, 2, 3]),
    ],
)
def test_the_figure_fills_whole_columns(padding, stride, columns):
    differ = figure.moved(stride, padding)
    assert np.flatnonzero(differ.any(axis=0)).tolist() == columns
    assert (differ.any(axis=0) == differ.all(axis=0)).all()


def test_a_flip_of_the_image_flips_the_output_only_under_a_kernel_that_is_symmetric():
    x, w = drawn(0, 1, 1, 6, 6), drawn(1, 1, 1, 3, 3)
    assert np.abs(conv2d(x[..., ::-1], w) - conv2d(x, w)[..., ::-1]).max() > 0.1
    even = w + w[..., ::-1]
    close(conv2d(x[..., ::-1], even), conv2d(x, even)[..., ::-1])


def test_with_weights_of_its_own_for_each_place_no_output_shifts_along():
    x, own = drawn(0, 8, 8), drawn(1, 8, 8, 3, 3)

    def layer(image, weights):
        padded = np.pad(image, 1, "wrap")
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3))
        return (windows * weights).sum(axis=(2, 3))

    def differences(weights):
        moved = layer(np.roll(x, 1, axis=1), weights)
        return np.abs(moved - np.roll(layer(x, weights), 1, axis=1))

    assert differences(own).min() > 1e-3
    assert differences(own[0, 0]).max() < 1e-12


def test_round_the_edge_a_stride_of_2_lets_shifts_by_2_and_no_others_through():
    x, w = drawn(0, 1, 1, 8, 8), drawn(1, 1, 1, 3, 3)

    def layer(image):
        padded = np.pad(image, ((0, 0), (0, 0), (1, 1), (1, 1)), "wrap")
        return conv2d(padded, w, stride=2)

    y = layer(x)
    for by in range(8):
        found = layer(np.roll(x, by, axis=3))
        apart = [np.abs(found - np.roll(y, r, axis=3)).max() for r in range(4)]
        assert (min(apart) < 1e-12) == (by % 2 == 0)


def test_two_convolutions_in_a_row_are_one_with_a_larger_kernel():
    x, first, second = drawn(0, 1, 2, 9, 9), drawn(1, 3, 2, 3, 3), drawn(2, 4, 3, 3, 3)
    turned = second[:, :, ::-1, ::-1]
    both = conv2d(first.swapaxes(0, 1), turned, padding=2).swapaxes(0, 1)
    assert both.shape == (4, 2, 5, 5)
    close(conv2d(conv2d(x, first), second), conv2d(x, both))


def test_mean_pooling_is_a_depthwise_convolution_if_zeros_of_the_padding_count():
    x = drawn(0, 2, 3, 8, 8)
    box = np.full((3, 1, 3, 3), 1 / 9)
    y = conv2d(x, box, stride=2, padding=1, groups=3)
    close(y, F.avg_pool2d(torch.tensor(x), 3, 2, 1))
    without = F.avg_pool2d(torch.tensor(x), 3, 2, 1, count_include_pad=False).numpy()
    close(y[..., 1:, 1:], without[..., 1:, 1:])
    assert np.abs(y - without).max() > 0.1


def test_max_pooling_is_padded_with_less_than_any_number():
    assert F.max_pool2d(torch.full((1, 1, 2, 2), -1.0), 3, 1, 1).max() == -1


def test_windows_alone_leave_118_million_weights_and_sharing_9408():
    weights, products = conv_cost(3, 64, 7, 112)
    assert 64 * 112**2 * 3 * 7**2 == products == 118_013_952
    assert weights == 9408


# ---- cost


def test_costs_by_hand():
    assert conv_cost(3, 64, 7, 112) == (9408, 118_013_952)
    assert conv_cost(256, 256, 3, 56) == (589_824, 1_849_688_064)
    assert conv_cost(64, 64, 3, 1)[0] * 2 == 73_728
    assert conv_cost(64, 64, 5, 1)[0] == 102_400
    assert conv_cost(4, 6, (3, 2), (7, 8), groups=2, bias=True) == (78, 72 * 56)
    assert conv_cost(4, 6, (3, 2), (7, 8), groups=2) == (72, 72 * 56)
    assert conv_cost(4, 6, (3, 2), (7, 8), groups=2, bias=np.True_)[0] == 78
    assert 2 * 256 * 56**2 == 1_605_632


def test_parameters_are_those_of_torchs_layer():
    for groups, bias in ((1, True), (3, False), (6, True)):
        layer = torch.nn.Conv2d(6, 12, (3, 2), groups=groups, bias=bias)
        wanted = sum(p.numel() for p in layer.parameters())
        assert conv_cost(6, 12, (3, 2), 5, groups, bias)[0] == wanted


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 9))
def test_depthwise_and_pointwise_cost_1_over_c_plus_1_over_k_squared(ci, co, k):
    depthwise, pointwise = conv_cost(ci, ci, k, 8, ci)[1], conv_cost(ci, co, 1, 8)[1]
    full = conv_cost(ci, co, k, 8)[1]
    assert Fraction(depthwise + pointwise, full) == Fraction(1, co) + Fraction(1, k * k)


def test_depthwise_and_pointwise_in_place_of_256_to_256():
    depthwise, pointwise = (
        conv_cost(256, 256, 3, 56, 256)[1],
        conv_cost(256, 256, 1, 56)[1],
    )
    assert depthwise + pointwise == 212_746_240
    assert round((depthwise + pointwise) / 1_849_688_064, 6) == 0.115017
    assert round(depthwise / (depthwise + pointwise), 3) == 0.034


# ---- Winograd


def test_winograd_by_hand_and_against_the_sum():
    found = winograd_f23(np.array([1.0, 2, 3, 4]), np.array([1.0, 0, -1]))
    assert found.tolist() == [-2, -2]
    d, g = drawn(0, 1000, 4), drawn(1, 1000, 3)
    direct = np.stack([(d[:, i : i + 3] * g).sum(axis=1) for i in (0, 1)], axis=1)
    close(winograd_f23(d, g), direct)
    close(winograd_f23(d, g[0])[7], winograd_f23(d[7], g[0]), 0)
    assert winograd_f23(np.zeros((0, 4)), g[0]).shape == (0, 2)


def test_winograd_of_each_single_input_and_tap_is_that_of_the_sum():
    d, g = np.eye(4), np.eye(3)
    table = np.array([[winograd_f23(a, b) for b in g] for a in d])
    wanted = np.zeros((4, 3, 2))
    for i in range(2):
        for t in range(3):
            wanted[i + t, t, i] = 1
    close(table, wanted, 0)


def test_winograd_loses_a_number_beside_a_large_one_and_the_sum_does_not():
    d, g = np.array([1.0, 1.0, 1e17, 1.0]), np.array([1.0, 0.0, 0.0])
    assert np.correlate(d, g, "valid").tolist() == [1, 1]
    assert winograd_f23(d, g).tolist() == [0, 0]


def test_winograd_in_float16_rounds_once():
    d, g = drawn(0, 200, 4).astype(np.float16), drawn(1, 200, 3).astype(np.float16)
    found = winograd_f23(d, g)
    assert found.dtype == np.float16
    exact = winograd_f23(d.astype(float), g.astype(float))
    close(found, exact, np.abs(exact).max() * 2.0**-11 + 1e-6)


# ---- an experiment


def learnt(x, steps=200, rate=0.2):
    target = x[..., :-1] - x[..., 1:]
    w = np.random.default_rng(1).standard_normal((1, 1, 1, 2))
    loss = np.inf
    for _ in range(steps):
        error = conv2d(x, w) - target
        loss = (error**2).mean()
        _, dw, _ = conv2d_backward(2 * error / error.size, x, w)
        w = w - rate * dw
    return w.ravel(), loss


@pytest.mark.parametrize("seed", range(5))
def test_gradient_descent_finds_the_edge_kernel(seed):
    w, loss = learnt(drawn(seed, 4, 1, 6, 8))
    close(w, [1, -1], 1e-3)
    assert loss < 1e-6


@pytest.mark.parametrize("seed", range(5))
def test_images_without_edges_teach_only_that_the_weights_add_up_to_0(seed):
    rows = np.repeat(drawn(seed, 4, 1, 6, 1), 8, axis=3)
    w, loss = learnt(rows)
    assert loss < 1e-6
    assert abs(w.sum()) < 1e-3
    start = np.random.default_rng(1).standard_normal(2)
    close(w[0] - w[1], start[0] - start[1], 1e-9)


# ---- bad input

ONE = np.ones((1, 1, 3, 3))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: output_size(0, 1), "n must be an integer >= 1, got 0"),
        (lambda: output_size(3, 0), "kernel must be an integer >= 1, got 0"),
        (lambda: output_size(3, 1, 0), "stride must be an integer >= 1, got 0"),
        (lambda: output_size(3, 1, 1, -1), "padding must be an integer >= 0, got -1"),
        (lambda: output_size(3, 1, 1, 0, 0), "dilation must be an integer >= 1, got 0"),
        (lambda: output_size(3, True), "kernel must be an integer >= 1, got True"),
        (lambda: output_size(3.0, 1), "n must be an integer >= 1, got 3.0"),
        (
            lambda: output_size(4, 3, dilation=2),
            "the window must fit into 4 inputs, got one of 5",
        ),
        (lambda: same_padding(0, 1), "n must be an integer >= 1, got 0"),
        (lambda: same_padding(1, 0), "kernel must be an integer >= 1, got 0"),
        (lambda: same_padding(1, 1, 0), "stride must be an integer >= 1, got 0"),
        (lambda: same_padding(1, 1, 1, 0), "dilation must be an integer >= 1, got 0"),
        (lambda: conv_cost(0, 4, 3, 8), "c_in must be an integer >= 1, got 0"),
        (lambda: conv_cost(4, 0, 3, 8), "c_out must be an integer >= 1, got 0"),
        (lambda: conv_cost(4, 4, 0, 8), "kernel must be an integer >= 1, got 0"),
        (lambda: conv_cost(4, 4, 3, (8, 0)), "size must be an integer >= 1, got 0"),
        (lambda: conv_cost(4, 4, 3, 8, 0), "groups must be an integer >= 1, got 0"),
        (lambda: conv_cost(4, 6, 3, 8, 4), "groups must divide 4 and 6, got 4"),
        (lambda: conv_cost(6, 4, 3, 8, 4), "groups must divide 6 and 4, got 4"),
        (lambda: conv_cost(4, 4, 3, 8, 1, 1), "bias must be True or False, got 1"),
        (lambda: im2col(ONE[0], 2), r"x must have shape \(N, C, H, W\), got \(1, 3, 3"),
        (lambda: im2col(ONE, (2, 2, 2)), r"kernel must be \(height, width\), got \(2"),
        (lambda: im2col(ONE, 2, (1, 0)), "stride must be an integer >= 1, got 0"),
        (lambda: im2col(ONE, 2, 1, -1), "padding must be an integer >= 0, got -1"),
        (lambda: im2col(ONE, 2, 1, 0, 0), "dilation must be an integer >= 1, got 0"),
        (lambda: im2col(ONE, 4), "the window must fit into 3 inputs, got one of 4"),
        (lambda: im2col(ONE[:, :0], 1), "x must have no empty axis but N, got"),
        (
            lambda: col2im(np.ones((1, 5, 4)), 3, 2),
            r"cols must have shape \(N, C \* 4, 4\), got \(1, 5, 4\)",
        ),
        (
            lambda: col2im(np.ones((1, 8, 5)), 3, 2),
            r"cols must have shape \(N, C \* 4, 4\), got \(1, 8, 5\)",
        ),
        (lambda: col2im(np.ones((1, 0, 4)), 3, 2), r"cols must have shape \(N, C \* 4"),
        (lambda: col2im(np.ones((8, 4)), 3, 2), r"cols must have shape \(N, C \* kh"),
        (lambda: col2im(np.ones((1, 4, 4)), 0, 2), "size must be an integer >= 1"),
        (lambda: col2im(np.ones((1, 4, 4)), 3, 2, 0), "stride must be an integer >= 1"),
        (lambda: col2im(np.ones((1, 4, 4)), 3, 4), "the window must fit into 3 inputs"),
        (lambda: conv2d(ONE, ONE[0]), r"w must have shape \(Co, Ci / groups, kh, kw\)"),
        (lambda: conv2d(ONE, ONE[:0]), "groups must divide the channels of x and w"),
        (lambda: conv2d(ONE, ONE[:, :, :0]), "w must have no empty axis"),
        (lambda: conv2d(ONE, ONE, groups=0), "groups must be an integer >= 1, got 0"),
        (
            lambda: conv2d(ONE, ONE, groups=2),
            "groups must divide the channels of x and w, got 2 for 1 and 1",
        ),
        (
            lambda: conv2d(np.ones((1, 4, 3, 3)), np.ones((3, 2, 3, 3)), groups=2),
            "got 2 for 4 and 3",
        ),
        (
            lambda: conv2d(np.ones((1, 4, 3, 3)), np.ones((2, 4, 3, 3)), groups=2),
            r"w must have Ci / groups = 2 as its second axis, got shape \(2, 4, 3, 3\)",
        ),
        (
            lambda: conv2d(ONE, ONE.astype(np.float32)),
            "x, w must have one dtype, got",
        ),
        (lambda: conv2d(ONE, ONE, np.ones(2)), r"bias must have shape \(1,\), got"),
        (lambda: conv2d(ONE, ONE, np.ones((1, 1))), r"bias must have shape \(Co,\)"),
        (
            lambda: conv2d(ONE, np.ones((2, 1, 3, 3)), np.ones(1)),
            r"bias must have shape \(2,\), got \(1,\)",
        ),
        (
            lambda: conv2d(ONE, ONE, np.ones(1, np.float32)),
            "x, bias must have one dtype, got",
        ),
        (lambda: conv2d(ONE, ONE, stride=0), "stride must be an integer >= 1, got 0"),
        (lambda: conv2d(ONE, ONE, padding=-1), "padding must be an integer >= 0"),
        (lambda: conv2d(ONE, ONE, dilation=2), "the window must fit into 3 inputs"),
        (lambda: conv2d(ONE > 0, ONE), "x must hold floats, got dtype bool"),
        (lambda: conv2d(np.ma.array(ONE), ONE), "x must hold floats, got a masked"),
        (lambda: conv2d([[1.0], [1.0, 2.0]], ONE), "x must hold floats, got a list: "),
        (
            lambda: conv2d(torch.empty(1, 1, 3, 3, device="meta"), ONE),
            "x must hold floats, got a Tensor: ",
        ),
        (
            lambda: conv2d(torch.tensor(ONE, requires_grad=True), ONE),
            "x must hold floats, got a Tensor: .*requires grad",
        ),
        (
            lambda: conv2d_backward(np.ones((1, 1, 2, 2)), ONE, ONE),
            r"dy must have shape \(1, 1, 1, 1\), got \(1, 1, 2, 2\)",
        ),
        (
            lambda: conv2d_backward(np.ones((2, 1, 1, 1)), ONE, ONE),
            r"dy must have shape \(1, 1, 1, 1\), got \(2, 1, 1, 1\)",
        ),
        (
            lambda: conv2d_backward(np.ones((1, 1)), ONE, ONE),
            r"dy must have shape \(N, Co, Ho, Wo\), got \(1, 1\)",
        ),
        (
            lambda: conv2d_backward(np.ones((1, 1, 1, 1), np.float32), ONE, ONE),
            "x, dy must have one dtype",
        ),
        (
            lambda: winograd_f23(np.ones(3), np.ones(3)),
            r"d must have shape \(..., 4\), got \(3,\)",
        ),
        (lambda: winograd_f23(np.ones(4), np.ones(4)), r"g must have shape \(..., 3"),
        (
            lambda: winograd_f23(np.float64(1), np.ones(3)),
            r"d must have shape \(..., 4",
        ),
        (
            lambda: winograd_f23(np.ones((2, 4)), np.ones((3, 3))),
            r"g must have shape \(3,\) or \(2, 3\), got \(3, 3\)",
        ),
        (
            lambda: winograd_f23(np.ones((2, 1, 4)), np.ones((2, 3))),
            r"g must have shape \(3,\) or \(2, 1, 3\), got \(2, 3\)",
        ),
        (
            lambda: winograd_f23(np.ones(4), np.ones((2, 3))),
            r"g must have shape \(3,\) or \(3,\), got \(2, 3\)",
        ),
        (
            lambda: winograd_f23(np.ones(4), np.ones(3, np.float32)),
            "d and g must have one dtype, got float64 and float32",
        ),
        (lambda: winograd_f23(np.ones(4, int), np.ones(3)), "d must hold floats, got"),
    ],
)
def test_bad_input_is_refused_with_what_is_wanted_and_what_came(call, message):
    with pytest.raises(ValueError, match=message):
        call()
