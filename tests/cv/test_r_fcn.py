"""Oracles: an integral image in exact fractions, torch, finite differences, counts."""

import importlib
import math
from fractions import Fraction

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import example, given
from hypothesis import strategies as st

from snippets.cv.r_fcn import (
    bins,
    box_map_channels,
    part_maps,
    psroi_pool,
    roi_avg_pool,
    score_map_channels,
    shifted_scores,
    smooth_l1,
    vote,
)

sixteenths = st.integers(-6 * 16, 18 * 16)  # the map is at most 12 wide: past both ends


def random_maps(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def boxes(*rows):
    return torch.tensor(rows, dtype=torch.float64)


def assert_same(actual, expected):
    expected = torch.as_tensor(expected, dtype=actual.dtype)
    torch.testing.assert_close(actual, expected, rtol=0, atol=1e-12)


def interval(start, end, k, j, size):
    """First and stop pixel of bin j, exactly, cut at the border of the map."""
    width = end - start
    first = math.floor(start + j * width / k)
    stop = math.ceil(start + (j + 1) * width / k)
    return min(max(first, 0), size), min(max(stop, 0), size)


def integral_pool(maps, rois, k, scale=1, last=None):
    """Position-sensitive pooling from an integral image; class-major channels.

    ``last`` cuts the bins elsewhere than at the border, to imitate other code.
    """
    maps = maps.numpy()
    _, channels, h, w = maps.shape
    table = np.zeros((*maps.shape[:2], h + 1, w + 1))
    table[:, :, 1:, 1:] = maps.cumsum(2).cumsum(3)
    out = np.zeros((len(rois), channels // k**2, k, k))
    for r, roi in enumerate(rois.tolist()):
        n = int(roi[0])
        x0, y0, x1, y1 = (Fraction(v) * Fraction(scale) for v in roi[1:])
        for c, i, j in np.ndindex(out.shape[1:]):
            top, bottom = interval(y0, y1, k, i, last or h)
            left, right = interval(x0, x1, k, j, last or w)
            area = (bottom - top) * (right - left)
            if area > 0:
                t = table[n, c * k * k + i * k + j]
                total = (
                    t[bottom, right] - t[top, right] - t[bottom, left] + t[top, left]
                )
                out[r, c, i, j] = total / area
    return out


# Position-sensitive pooling


def test_three_rois_of_a_random_map_equal_the_integral_image():
    maps = random_maps(1, 2 * 9, 12, 12)
    rois = boxes([0, 0, 0, 12, 12], [0, 1, 2, 10, 11], [0, 3.5, 2.25, 7.75, 9.5])
    assert_same(psroi_pool(maps, rois, 3), integral_pool(maps, rois, 3))


@given(
    corners=st.lists(st.tuples(*[sixteenths] * 4), min_size=1, max_size=3),
    k=st.integers(1, 4),
    h=st.integers(1, 12),
    w=st.integers(1, 12),
    scale=st.sampled_from([1, 0.5, 0.0625]),
)
@example(corners=[(-32, -32, 16, 16)], k=3, h=4, w=5, scale=1)  # over the first corner
@example(corners=[(32, 32, 160, 160)], k=3, h=4, w=5, scale=1)  # over the last corner
@example(corners=[(0, 0, 64, 80)], k=3, h=5, w=4, scale=1)  # all of the map
@example(corners=[(0, 192, 64, 256)], k=2, h=12, w=12, scale=1)  # just below the map
def test_any_box_at_inside_and_past_the_border_equals_the_integral_image(
    corners, k, h, w, scale
):
    maps = random_maps(2, 2 * k * k, h, w)
    rows = []
    for r, (a, b, c, d) in enumerate(corners):
        x0, x1, y0, y1 = min(a, c), max(a, c) + 1, min(b, d), max(b, d) + 1
        rows.append([r % 2, *(v / 16 / scale for v in (x0, y0, x1, y1))])
    rois = boxes(*rows)
    actual = psroi_pool(maps, rois, k, spatial_scale=scale)
    assert_same(actual, integral_pool(maps, rois, k, scale))


def test_constant_maps_come_out_in_class_major_order():
    channel = torch.arange(18, dtype=torch.float64)
    maps = channel.reshape(1, 18, 1, 1).expand(1, 18, 9, 9)
    pooled = psroi_pool(maps, boxes([0, 0, 0, 9, 9]), 3)
    assert_same(pooled[0, 0].flatten(), channel[:9])
    assert_same(pooled[0, 1].flatten(), channel[9:])
    bin_major = maps[0, :, 0, 0].reshape(9, 2)[:, 0]  # the popular mistake
    assert bin_major.tolist() == list(range(0, 18, 2))
    own = [m for m in bin_major.tolist() if m < 9]
    assert len(own) == 5
    wrong = [m for place, m in enumerate(bin_major.tolist()) if m < 9 and m != place]
    assert wrong == [2, 4, 6, 8]


def test_rows_are_y_and_columns_are_x():
    maps = torch.zeros(1, 4, 4, 6, dtype=torch.float64)
    maps[0, 1, 0, 5] = 8  # map (0, 1), top right
    pooled = psroi_pool(maps, boxes([0, 0, 0, 6, 4]), 2)
    assert_same(pooled, [[[[0, 8 / 6], [0, 0]]]])


def test_each_roi_reads_its_own_image():
    maps = torch.stack([torch.full((4, 3, 3), float(v)) for v in (5, 6, 7)])
    rois = boxes([2, 0, 0, 3, 3], [0, 0, 0, 2, 2], [1, 1, 1, 3, 3], [2, 0, 0, 1, 1])
    assert psroi_pool(maps, rois, 2).mean((1, 2, 3)).tolist() == [7, 5, 6, 7]


def test_a_bin_outside_the_map_is_zero_and_the_border_cuts_the_others():
    maps = torch.ones(1, 9, 6, 6, dtype=torch.float64)
    pooled = psroi_pool(maps, boxes([0, 3, 0, 12, 9]), 3)[0, 0]
    assert_same(pooled, [[1, 0, 0], [1, 0, 0], [0, 0, 0]])
    assert psroi_pool(maps, boxes([0, 6, 0, 9, 3]), 3).abs().sum() == 0
    assert psroi_pool(maps, boxes([0, -3, -3, 0, 0]), 3).abs().sum() == 0


def test_the_last_row_and_column_count():
    maps = torch.ones(1, 9, 3, 3, dtype=torch.float64)
    whole = boxes([0, 0, 0, 3, 3])
    assert_same(vote(psroi_pool(maps, whole, 3)), [[1]])
    # Cutting at H - 1 instead of H, as the forward kernel of torchvision does:
    assert_same(vote(torch.tensor(integral_pool(maps, whole, 3, last=2))), [[4 / 9]])


def test_an_inclusive_box_becomes_half_open_by_adding_one_to_its_end():
    maps = random_maps(1, 9, 9, 9)
    inclusive = maps[0].reshape(3, 3, 9, 9)
    expected = [
        [inclusive[i, j, 3 * i : 3 * i + 3, 3 * j : 3 * j + 3].mean() for j in range(3)]
        for i in range(3)
    ]
    box = boxes([0, 0, 0, 8, 8])  # pixels 0 to 8
    box[:, 3:] += 1
    assert_same(psroi_pool(maps, box, 3)[0, 0], expected)
    box[:, 3:] -= 1
    assert (psroi_pool(maps, box, 3)[0, 0] - torch.tensor(expected)).abs().max() > 0.1


def test_pooling_is_an_average_and_not_a_maximum():
    maps = torch.tensor([[[[1.0, 2.0], [3.0, 10.0]]]])
    assert psroi_pool(maps, boxes([0, 0, 0, 2, 2]), 1).item() == 4


def test_the_scale_takes_image_pixels_to_map_pixels():
    maps = random_maps(1, 4, 8, 8)
    image, small = boxes([0, 16, 32, 96, 128]), boxes([0, 1, 2, 6, 8])
    assert_same(psroi_pool(maps, image, 2, 1 / 16), psroi_pool(maps, small, 2))


def test_pooling_commutes_with_moving_map_and_box_together():
    maps = random_maps(1, 9, 10, 10)
    moved = torch.zeros(1, 9, 14, 14, dtype=torch.float64)
    moved[:, :, 3:13, 2:12] = maps
    here, there = boxes([0, 1, 1, 8, 9]), boxes([0, 3, 4, 10, 12])
    assert_same(psroi_pool(moved, there, 3), psroi_pool(maps, here, 3))


def test_no_rois_give_an_empty_result():
    assert psroi_pool(torch.ones(1, 8, 3, 3), torch.zeros(0, 5), 2).shape == (
        0,
        2,
        2,
        2,
    )
    assert roi_avg_pool(torch.ones(1, 8, 3, 3), torch.zeros(0, 5), 2).shape[:2] == (
        0,
        8,
    )


@pytest.mark.parametrize("bad", [math.inf, -math.inf, math.nan])
def test_what_is_not_finite_reaches_only_the_boxes_whose_bins_hold_it(bad):
    maps = random_maps(1, 2 * 9, 9, 9)
    rois = boxes([0, 0, 0, 9, 9], [0, 3, 3, 9, 9], [0, 0, 3, 9, 9], [0, 3, 0, 9, 9])
    clean = psroi_pool(maps, rois, 3)
    maps[0, 0, 0, 0] = bad  # map (0, 0) of class 0, in the first bin of the first box
    pooled = psroi_pool(maps, rois, 3)
    expected = clean.clone()
    expected[0, 0, 0, 0] = bad
    torch.testing.assert_close(pooled, expected, rtol=0, atol=1e-12, equal_nan=True)
    x = random_maps(1, 1, 9, 9)
    x[0, 0, 4, 4] = bad
    plain = F.adaptive_avg_pool2d(x, 3)
    ours = roi_avg_pool(x, rois[:1], 3)
    torch.testing.assert_close(ours, plain, rtol=0, atol=1e-12, equal_nan=True)
    both = torch.tensor([[[[math.inf, -math.inf]]]])
    assert roi_avg_pool(both, boxes([0, 0, 0, 2, 1]), 1).isnan().all()


def reference_edges(start, end, k, size):
    """The authors' kernel, in float32: divides before it multiplies, at least 0.1."""
    start, end = np.float32(start), np.float32(end)
    step = np.float32(max(end - start, np.float32(0.1)) / np.float32(k))
    edges = [np.float32(np.float32(j) * step) + start for j in range(k + 1)]
    low = [min(max(math.floor(edge), 0), size) for edge in edges[:-1]]
    high = [min(max(math.ceil(edge), 0), size) for edge in edges[1:]]
    return low, high


@pytest.mark.parametrize(("size", "count"), [(63, 6), (64, 7)])
def test_dividing_first_in_float32_moves_an_edge_in_6_of_2016_boxes(size, count):
    # On 63 pixels the border cuts the seventh, (6, 63), back to where it should end.
    pairs = [(a, b) for a in range(63) for b in range(a + 1, 64)]
    first, stop = bins(*torch.tensor(pairs).T, 7, size)
    differ = [
        pair
        for pair, low, high in zip(pairs, first.tolist(), stop.tolist())
        if reference_edges(*pair, 7, size) != (low, high)
    ]
    assert len(pairs) == 2016
    assert differ == [(a, a + 57) for a in range(count)]
    assert reference_edges(5, 62, 7, size)[1][-1] == 63
    assert stop[pairs.index((5, 62)), -1] == 62


@pytest.mark.parametrize("low", [torch.bfloat16, torch.float16])
def test_autocast_changes_no_mean(low):
    maps, rois = (
        random_maps(2, 9, 7, 7).float(),
        boxes([0, 0, 0, 7, 7], [1, 1, 2, 6, 5]),
    )
    maps[1, 4, 3, 3] = math.inf
    expected = psroi_pool(maps, rois, 3), roi_avg_pool(maps, rois, 3)
    with torch.autocast("cpu", dtype=low):
        ours = psroi_pool(maps, rois, 3), roi_avg_pool(maps, rois, 3)
    for a, b in zip(ours, expected):
        assert a.dtype == torch.float32
        assert torch.equal(a, b)


def test_smooth_l1_in_16_bits_is_rounded_once():
    for half in (torch.float16, torch.bfloat16):
        x = (3 * random_maps(500)).to(half)
        exact = smooth_l1(x.double(), 1 / 9).to(half)
        assert torch.equal(smooth_l1(x, 1 / 9), exact)
    tiny = smooth_l1(torch.tensor([0.5e-200], dtype=torch.float64), 1e-200)
    assert tiny.item() / 0.125e-200 == pytest.approx(1)  # near * near would be 0
    with pytest.raises(ValueError, match=r"^x must be floating point, got torch.int64"):
        smooth_l1(torch.tensor([1]))
    for beta in (1e-50, 1e39):  # 0 / 0 would be the slope, and infinity the turn
        with pytest.raises(
            ValueError, match=r"^beta must be a normal number of torch\.float32, got 1e"
        ):
            smooth_l1(torch.zeros(1), beta)


@pytest.mark.parametrize(
    ("start", "end"), [(3.0, 3.0), (5.0, 4.0), (math.nan, 1.0), (0.0, math.inf)]
)
def test_intervals_that_are_none_are_rejected(start, end):
    with pytest.raises(
        ValueError, match=r"^want finite start < end and width \* k, got"
    ):
        bins(torch.tensor([start]), torch.tensor([end]), 3, 9)
    with pytest.raises(ValueError, match=r"^start and end must both have shape \(R,\)"):
        bins(torch.tensor(start), torch.tensor([end]), 3, 9)


@pytest.mark.parametrize("bad", [0, 1.5, True])
def test_bad_settings_of_the_experiment_are_rejected(bad):
    for name in ("shifts", "k", "part"):
        with pytest.raises(ValueError, match=f"^{name} must be an integer >= 1, got"):
            shifted_scores(**{"shifts": 2, name: bad})
    with pytest.raises(ValueError, match=r"^margin must be an integer >= 0, got -1"):
        part_maps(2, 2, -1)


def test_a_map_without_pixels_gives_zeros():
    pooled = psroi_pool(torch.ones(1, 4, 0, 3), boxes([0, 0, 0, 2, 2]), 2)
    assert pooled.tolist() == [[[[0, 0], [0, 0]]]]


def test_the_largest_and_smallest_floats_do_not_overflow():
    largest, smallest = torch.finfo(torch.float32).max, torch.finfo(torch.float32).tiny
    for value in (largest / 2, smallest, -largest / 2):
        maps = torch.full((1, 4, 7, 7), value)
        pooled = psroi_pool(maps, boxes([0, 0, 0, 7, 7]), 2)
        torch.testing.assert_close(pooled, torch.full_like(pooled, value))
    far = boxes([0, -1e300, -1e300, 1e300, 1e300])
    assert vote(psroi_pool(torch.ones(1, 1, 4, 4), far, 1)).item() == 1
    for k, far in ((1, 1e308), (3, 5e307)):
        too_far = boxes([0, -far, 0, far, 1])
        with pytest.raises(
            ValueError, match=r"^want finite .* and width \* k, got -\d"
        ):
            psroi_pool(torch.ones(1, k * k, 4, 4), too_far, k)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_kept_and_as_close_as_the_builtin(dtype):
    maps = random_maps(1, 9, 12, 12)
    rois = boxes([0, 1, 0, 12, 11])
    pooled = psroi_pool(maps.to(dtype), rois, 3)
    assert pooled.dtype == dtype
    builtin = F.adaptive_avg_pool2d(maps[:, :, :11, 1:].to(dtype), 3)
    own_bin = builtin[0].flatten(1).diagonal().double()  # map m, bin m
    exact = psroi_pool(maps, rois, 3)[0, 0].flatten()
    error = (pooled[0, 0].flatten().double() - exact).abs().max()
    assert error <= 2 * (own_bin - exact).abs().max()


# Bins


@pytest.mark.parametrize(
    ("start", "end", "first", "stop"),
    [
        (0, 12, [0, 4, 8], [4, 8, 12]),
        (0, 13, [0, 4, 8], [5, 9, 13]),  # neighbours share a pixel
        (0, 2, [0, 0, 1], [1, 2, 2]),  # fewer pixels than bins
        (-2, 5, [0, 0, 2], [1, 3, 5]),
        (10, 16, [10, 12, 13], [12, 13, 13]),
        (5.25, 5.5, [5, 5, 5], [6, 6, 6]),
    ],
)
def test_bins_counted_by_hand(start, end, first, stop):
    low, high = bins(torch.tensor([start]), torch.tensor([end]), 3, 13)
    assert low.tolist() == [first]
    assert high.tolist() == [stop]


def test_a_box_of_29_pixels_does_not_reach_pixel_30():
    assert math.ceil(7 * (29 / 7)) == 30  # dividing first
    _, stop = bins(torch.tensor([0]), torch.tensor([29]), 7, 40)
    assert stop[0, -1] == 29


@given(start=st.integers(-96, 200), width=st.integers(1, 96), k=st.integers(1, 7))
def test_a_bin_inside_the_map_always_holds_a_pixel(start, width, k):
    low, high = bins(
        torch.tensor([40 + start / 16]),
        torch.tensor([40 + (start + width) / 16]),
        k,
        100,
    )
    assert (high > low).all()
    assert (high[:, :-1] >= low[:, 1:]).all()  # no pixel is left out between two


@pytest.mark.parametrize("start", [0.0, 5.0, 5.5])
def test_a_box_one_rounding_step_wide_still_holds_its_pixel(start):
    end = torch.tensor([math.nextafter(start, 9)], dtype=torch.float64)
    low, high = bins(torch.tensor([start], dtype=torch.float64), end, 3, 13)
    assert low.tolist() == [[int(start)] * 3]
    assert high.tolist() == [[int(start) + 1] * 3]


# Plain pooling


@pytest.mark.parametrize("size", [(12, 12), (13, 11), (2, 5)])
def test_equal_maps_leave_adaptive_average_pooling(size):
    x = random_maps(1, 2, *size)
    whole = boxes([0, 0, 0, size[1], size[0]])
    expected = F.adaptive_avg_pool2d(x, 3)
    assert_same(roi_avg_pool(x, whole, 3), expected)
    assert_same(psroi_pool(x.repeat_interleave(9, dim=1), whole, 3), expected)


@given(
    x0=st.integers(0, 8),
    y0=st.integers(0, 8),
    w=st.integers(1, 4),
    h=st.integers(1, 4),
    k=st.integers(1, 5),
)
def test_plain_pooling_of_a_box_is_adaptive_pooling_of_the_crop(x0, y0, w, h, k):
    x = random_maps(2, 3, 12, 12)
    crop = x[1:, :, y0 : y0 + h, x0 : x0 + w]
    box = boxes([1, 2 * x0, 2 * y0, 2 * (x0 + w), 2 * (y0 + h)])
    assert_same(roi_avg_pool(x, box, k, 0.5), F.adaptive_avg_pool2d(crop, k))


# Gradients

BORDER = ([0, 0, 0, 5, 6], [1, 2.5, 3, 7, 8], [0, -2, 1, 2, 3], [1, 5, 6, 9, 9])


def test_gradcheck_of_pooling_and_vote_with_boxes_over_the_border():
    maps = random_maps(2, 8, 6, 5).requires_grad_()
    rois = boxes(*BORDER)
    assert torch.autograd.gradcheck(lambda m: psroi_pool(m, rois, 2), maps)
    assert torch.autograd.gradcheck(lambda m: vote(psroi_pool(m, rois, 2)), maps)
    x = random_maps(2, 1, 6, 5).requires_grad_()
    assert torch.autograd.gradcheck(lambda m: roi_avg_pool(m, rois, 2), x)


def test_the_gradient_of_a_bin_stays_in_its_map_and_in_its_pixels():
    maps = random_maps(1, 18, 9, 9).requires_grad_()
    psroi_pool(maps, boxes([0, 0, 0, 9, 9]), 3)[0, 1, 0, 2].backward()
    expected = torch.zeros(18, 9, 9, dtype=torch.float64)
    expected[9 + 2, 0:3, 6:9] = 1 / 9
    assert_same(maps.grad[0], expected)


def test_boxes_get_no_gradient():
    maps = random_maps(1, 4, 4, 4).requires_grad_()
    rois = boxes([0, 0, 0, 4, 4]).requires_grad_()
    psroi_pool(maps, rois, 2).sum().backward()
    assert rois.grad is None


# Vote and softmax


def test_the_vote_is_the_mean_over_bins():
    pooled = random_maps(4, 3, 2, 2)
    expected = [[row.flatten().tolist() for row in roi] for roi in pooled]
    assert_same(vote(pooled), np.mean(expected, axis=2))


def test_a_mean_of_softmaxes_can_choose_another_class():
    pooled = torch.tensor([[[[6.0, 0.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 1.0]]]])
    assert vote(pooled).tolist() == [[1.5, 1.0]]
    assert vote(pooled).softmax(1)[0, 0] == pytest.approx(1 / (1 + math.exp(-0.5)))
    wrong = pooled.softmax(1).mean((-2, -1))[0]
    assert wrong[0] == pytest.approx(
        (1 / (1 + math.exp(-5)) + 3 / (1 + math.e)) / 4, rel=1e-6
    )
    assert wrong[0] < 0.5 < wrong[1]


# Losses and counts


@pytest.mark.parametrize("beta", [1.0, 1 / 9, 7.5])
def test_smooth_l1_is_that_of_torch(beta):
    x = torch.cat([random_maps(500), torch.tensor([0.0, beta, -beta, 1e6, -1e-9])])
    expected = F.smooth_l1_loss(x, torch.zeros_like(x), reduction="none", beta=beta)
    assert_same(smooth_l1(x, beta), expected)


def test_smooth_l1_by_hand_and_far_out():
    x = torch.tensor([0.5, -0.5, 1.0, -3.0], dtype=torch.float64)
    assert smooth_l1(x).tolist() == [0.125, 0.125, 0.5, 2.5]
    far = torch.tensor([1e300, -math.inf], dtype=torch.float64, requires_grad=True)
    loss = smooth_l1(far, 1 / 9)
    assert loss.tolist() == [1e300, math.inf]
    loss.sum().backward()
    assert far.grad.tolist() == [1, -1]


@pytest.mark.parametrize("beta", [1.0, 1 / 9])
def test_smooth_l1_passes_gradcheck_and_its_slope_is_at_most_one(beta):
    x = torch.linspace(-2.03, 2, 41, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda v: smooth_l1(v, beta), x)
    smooth_l1(x, beta).sum().backward()
    assert_same(x.grad, (x.detach() / beta).clamp(-1, 1))


def test_channel_counts_of_voc_and_coco():
    counts = [score_map_channels(c, k) for c in (20, 80) for k in (3, 7)]
    assert counts == [189, 1029, 729, 3969]
    assert score_map_channels(20, 3, background=False) == 180
    assert [box_map_channels(k) for k in (1, 3, 7)] == [4, 36, 196]


# The experiment


def test_half_overlap_is_no_overlap_to_the_vote_and_two_thirds_to_plain_pooling():
    scores = shifted_scores(4)
    assert_same(scores.sensitive, [1, 2 / 3, 1 / 3, 0])
    assert scores.sensitive[3] == 0
    assert_same(scores.plain, [1, 8 / 9, 7 / 9, 2 / 3])
    assert_same(scores.iou, [1, 0.8, 7 / 11, 0.5])


@given(k=st.integers(1, 4), part=st.integers(1, 4), shifts=st.integers(1, 20))
def test_the_slopes_are_one_part_and_one_object(k, part, shifts):
    scores, d = shifted_scores(shifts, k, part), torch.arange(shifts)
    assert_same(scores.sensitive, (1 - d.double() / part).clamp(min=0))
    assert_same(scores.plain, (1 - d.double() / (k * part)).clamp(min=0))
    union = [len({*range(k * part), *range(x, x + k * part)}) for x in d.tolist()]
    both = [max(k * part - x, 0) for x in d.tolist()]
    assert_same(scores.iou, np.divide(both, union))


def test_part_maps_tile_the_object():
    maps = part_maps(2, 3, margin=1)
    assert maps.shape == (1, 4, 8, 8)
    whole = torch.zeros(8, 8, dtype=torch.float64)
    whole[1:7, 1:7] = 1
    assert_same(maps[0].sum(0), whole)
    assert maps[0, 1, 1:4, 4:7].sum() == maps[0, 1].sum() == 9


# Bad input

MAPS, BOX = torch.ones(2, 9, 4, 4), [0, 0, 0, 2, 2]


@pytest.mark.parametrize("k", [0, -1, 2.0, True, "3"])
def test_bad_k_is_rejected(k):
    for call in (
        lambda: psroi_pool(MAPS, boxes(BOX), k),
        lambda: roi_avg_pool(MAPS, boxes(BOX), k),
        lambda: score_map_channels(20, k),
        lambda: box_map_channels(k),
    ):
        with pytest.raises(ValueError, match=r"^k must be an integer >= 1, got "):
            call()


@pytest.mark.parametrize("classes", [0, -2, 1.5, False])
def test_bad_class_counts_are_rejected(classes):
    with pytest.raises(ValueError, match=r"^num_classes must be an integer >= 1, got "):
        score_map_channels(classes, 3)


@pytest.mark.parametrize("channels", [0, 8, 10])
def test_channels_that_are_not_k_times_k_per_class_are_rejected(channels):
    match = rf"^channels must be a multiple of 9, got {channels}$"
    with pytest.raises(ValueError, match=match):
        psroi_pool(torch.ones(1, channels, 4, 4), boxes(BOX), 3)


def test_bad_maps_are_rejected():
    for pool, name in ((psroi_pool, "maps"), (roi_avg_pool, "x")):
        with pytest.raises(
            ValueError, match=rf"^{name} must be 4-D .*got \(9, 4, 4\)$"
        ):
            pool(MAPS[0], boxes(BOX), 3)
        match = rf"^{name} must be floating point, got torch.int64$"
        with pytest.raises(ValueError, match=match):
            pool(MAPS.long(), boxes(BOX), 3)


@pytest.mark.parametrize("shape", [(5,), (1, 4), (1, 5, 1), (0, 4)])
def test_rois_of_another_shape_are_rejected(shape):
    for pool in (psroi_pool, roi_avg_pool):
        with pytest.raises(ValueError, match=r"^rois must have shape \(R, 5\), got \("):
            pool(MAPS, torch.ones(shape), 3)


@pytest.mark.parametrize(
    "box",
    [
        [2, 0, 2, 2],
        [3, 0, 2, 2],
        [0, 2, 2, 2],
        [0, 3, 2, 2],
        [0, 0, math.nan, 2],
        [0, 0, 2, math.inf],
        [-math.inf, 0, 2, 2],
    ],
)
def test_empty_and_endless_boxes_are_rejected(box):
    match = r"^rois must have finite x0 < x1 and y0 < y1, got \["
    with pytest.raises(ValueError, match=match):
        psroi_pool(MAPS, boxes(BOX, [0, *box]), 3)


@pytest.mark.parametrize("image", [2, -1, 0.5, math.nan, math.inf])
def test_an_image_that_is_not_there_is_rejected(image):
    with pytest.raises(ValueError, match=r"^image of a RoI must be .* < 2, got "):
        psroi_pool(MAPS, boxes(BOX, [image, 0, 0, 1, 1]), 3)


@pytest.mark.parametrize("bad", [0, -0.5, math.nan, math.inf])
def test_scale_and_beta_must_be_positive_and_finite(bad):
    with pytest.raises(ValueError, match=r"^spatial_scale must be finite and > 0, got"):
        psroi_pool(MAPS, boxes(BOX), 3, bad)
    with pytest.raises(ValueError, match=r"^spatial_scale must be finite and > 0, got"):
        roi_avg_pool(MAPS, boxes(BOX), 3, bad)
    with pytest.raises(ValueError, match=r"^beta must be finite and > 0, got"):
        smooth_l1(torch.ones(1), bad)


def test_a_vote_on_another_shape_is_rejected():
    with pytest.raises(
        ValueError,
        match=r"^pooled must have shape .* got \(2, 3, 3\) of torch\.float32$",
    ):
        vote(torch.ones(2, 3, 3))
    with pytest.raises(ValueError, match=r"and floats, got .* of torch\.int64$"):
        vote(torch.ones(2, 3, 3, 3, dtype=torch.int64))


def test_weights_are_made_where_the_bins_are():
    pooling = importlib.import_module("snippets.cv.r_fcn.pooling")
    first = torch.zeros(2, 3, dtype=torch.int64, device="meta")
    weights = pooling._weights(first, first + 2, 5)
    assert weights.shape == (2, 3, 5)
    assert weights.is_meta
