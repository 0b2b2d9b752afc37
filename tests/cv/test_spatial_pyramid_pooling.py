"""Oracles: torch's adaptive pooling, scipy's maximum filter, fractions, unfolding."""

import dataclasses
import logging
import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import scipy.ndimage
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from snippets.cv.spatial_pyramid_pooling import (
    BarNet,
    Shorthand,
    bar_accuracy,
    bar_images,
    pyramid_bins,
    spatial_pyramid_pool,
    sppf,
    train_bars,
    window_stride_shorthand,
    yolo_spp,
)

# An axis of a cells, and n bins that fit.
axes = st.integers(1, 40).flatmap(lambda a: st.tuples(st.just(a), st.integers(1, a)))
seeds = st.integers(0, 5)
CASES = [(a, n) for n in (1, 2, 3, 4, 6) for a in range(n, 33)]


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def adaptive(x: torch.Tensor, levels: tuple[int, ...]) -> torch.Tensor:
    return torch.cat([F.adaptive_max_pool2d(x, m).flatten(1) for m in levels], 1)


def filtered(x: torch.Tensor, kernel: int, padding: float = -math.inf) -> torch.Tensor:
    size = (1, 1, kernel, kernel)
    result = scipy.ndimage.maximum_filter(
        x.numpy(), size=size, mode="constant", cval=padding
    )
    return torch.from_numpy(result)


def equal(actual: torch.Tensor, expected: torch.Tensor) -> None:
    """Maxima are chosen, not computed, so nothing is rounded."""
    torch.testing.assert_close(actual, expected, rtol=0, atol=0, equal_nan=True)


# Bins


def test_seven_cells_in_four_bins_by_hand():
    assert pyramid_bins(7, 4) == [(0, 2), (1, 4), (3, 6), (5, 7)]
    assert pyramid_bins(6, 3) == [(0, 2), (2, 4), (4, 6)]
    assert pyramid_bins(5, 1) == [(0, 5)]
    assert pyramid_bins(1, 1) == [(0, 1)]


@given(axis=axes)
def test_bins_are_the_paper_s_rule_in_exact_fractions(axis):
    a, n = axis
    # The paper counts i and the cells from 1, and includes the last cell.
    paper = [
        (math.floor(Fraction(i - 1, n) * a) + 1, math.ceil(Fraction(i, n) * a))
        for i in range(1, n + 1)
    ]
    assert [(first + 1, end) for first, end in pyramid_bins(a, n)] == paper


@given(axis=axes)
def test_bins_are_those_of_torch_s_adaptive_pooling(axis):
    a, n = axis
    cells = torch.arange(a, dtype=torch.float64)[None]
    last = F.adaptive_max_pool1d(cells, n)[0].int().tolist()
    first = (-F.adaptive_max_pool1d(-cells, n))[0].int().tolist()
    assert pyramid_bins(a, n) == [(u, v + 1) for u, v in zip(first, last)]


@given(axis=axes)
def test_bins_leave_no_cell_out_and_neighbours_share_at_most_one(axis):
    a, n = axis
    bins = pyramid_bins(a, n)
    assert {cell for first, end in bins for cell in range(first, end)} == set(range(a))
    reads = [sum(u <= cell < v for u, v in bins) for cell in range(a)]
    assert max(reads) <= 2
    shared = [end - first for (_, end), (first, _) in pairwise(bins)]
    assert set(shared) <= {0, 1}
    assert sum(end - first for first, end in bins) == a + n - math.gcd(a, n)


def test_bins_of_a_huge_axis_are_exact():
    a = 3 * 10**20 + 1
    ends = [10**20 + 1, 2 * 10**20 + 1, a]
    assert [end for _, end in pyramid_bins(a, 3)] == ends


# Pooling to one length


@pytest.mark.parametrize("size", [(13, 13), (10, 10), (7, 9), (5, 4), (16, 11)])
def test_three_levels_are_three_adaptive_poolings(size):
    x = noise(2, 3, *size)
    equal(spatial_pyramid_pool(x), adaptive(x, (1, 2, 4)))


@given(h=st.integers(1, 12), w=st.integers(1, 12), seed=seeds, data=st.data())
def test_any_levels_are_adaptive_poolings_in_that_order(h, w, seed, data):
    level = st.integers(1, min(h, w))
    levels = tuple(data.draw(st.lists(level, min_size=1, max_size=4)))
    x = noise(2, 2, h, w, seed=seed)
    equal(spatial_pyramid_pool(x, levels), adaptive(x, levels))


def test_the_length_depends_on_channels_and_levels_only():
    for size in ((13, 13), (10, 17), (6, 40)):
        x = noise(1, 256, *size)
        assert spatial_pyramid_pool(x).shape == (1, 5376)
        assert spatial_pyramid_pool(x, (1, 2, 3, 6)).shape == (1, 12800)
    assert 256 * 50 == 12800
    assert spatial_pyramid_pool(noise(1, 512, 6, 6), (1, 2, 3, 6)).shape == (1, 25600)


def test_the_order_is_level_channel_row_column_by_hand():
    x = torch.arange(8.0).view(1, 2, 2, 2)
    expected = [[3.0, 7, 0, 1, 2, 3, 4, 5, 6, 7]]
    assert spatial_pyramid_pool(x, (1, 2)).tolist() == expected


def test_bins_take_the_maximum_and_not_the_mean():
    x = noise(1, 2, 6, 6)
    means = F.adaptive_avg_pool2d(x, 2).flatten(1)
    assert (spatial_pyramid_pool(x, (2,)) - means).min() > 0.5


def test_the_gradient_goes_to_the_maxima_as_in_torch():
    ours, theirs = (noise(1, 3, 7, 9).requires_grad_() for _ in range(2))
    weights = noise(1, 63, seed=1)
    (spatial_pyramid_pool(ours) * weights).sum().backward()
    (adaptive(theirs, (1, 2, 4)) * weights).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad, rtol=0, atol=1e-12)


def test_extreme_maps_pool_as_they_should():
    assert spatial_pyramid_pool(noise(0, 3, 5, 5)).shape == (0, 63)
    assert spatial_pyramid_pool(torch.full((1, 1, 1, 1), -2.0), (1,)).item() == -2
    for value in (-math.inf, math.inf, -1e300, math.nan):
        x = torch.full((1, 1, 5, 5), value, dtype=torch.float64)
        equal(spatial_pyramid_pool(x), torch.full((1, 21), value, dtype=torch.float64))
        equal(yolo_spp(x), x.expand(1, 4, 5, 5))
    negative = -1 - noise(1, 2, 7, 7).abs()
    assert spatial_pyramid_pool(negative).max() <= -1


@pytest.mark.parametrize("kind", ["constant", "after a ReLU", "small integers"])
def test_maxima_that_tie_give_their_gradient_to_the_cell_that_torch_gives_it_to(kind):
    x = noise(2, 3, 7, 9).mul(1.5).round() if kind == "small integers" else None
    x = noise(2, 3, 7, 9).relu() if kind == "after a ReLU" else x
    x = torch.ones(2, 3, 7, 9, dtype=torch.float64) if kind == "constant" else x
    weights = noise(2, 63, seed=1)
    slopes = []
    for pool in (spatial_pyramid_pool, adaptive):
        leaf = x.clone().requires_grad_()
        (pool(leaf, (1, 2, 4)) * weights).sum().backward()
        slopes.append(leaf.grad)
    torch.testing.assert_close(*slopes, rtol=0, atol=1e-12)


# The shorthand


@given(axis=axes)
def test_outputs_are_the_windows_that_unfolding_finds(axis):
    a, n = axis
    win, stride, outputs = window_stride_shorthand(a, n)
    assert (win, stride) == (math.ceil(Fraction(a, n)), math.floor(Fraction(a, n)))
    assert outputs == len(torch.arange(a).unfold(0, win, stride))


def test_the_paper_s_windows_on_13_cells_are_its_bins():
    x = noise(1, 4, 13, 13)
    for n, pair in {3: (5, 4), 2: (7, 6), 1: (13, 13)}.items():
        win, stride, outputs = window_stride_shorthand(13, n)
        assert (win, stride, outputs) == (*pair, n)
        equal(F.max_pool2d(x, win, stride), F.adaptive_max_pool2d(x, n))


@pytest.mark.parametrize(
    ("a", "n", "outputs"), [(5, 3, 4), (7, 4, 6), (11, 4, 5), (10, 6, 9)]
)
def test_the_shorthand_makes_too_many_outputs(a, n, outputs):
    assert window_stride_shorthand(a, n).outputs == outputs
    win, stride, _ = window_stride_shorthand(a, n)
    assert F.max_pool1d(torch.zeros(1, a), win, stride).shape[1] == outputs


def test_of_149_axes_14_have_the_wrong_count_and_27_an_unread_end():
    wrong = unread = right = 0
    for a, n in CASES:
        win, stride, outputs = window_stride_shorthand(a, n)
        windows = torch.arange(a).unfold(0, win, stride).tolist()
        if outputs != n:
            wrong += 1
        elif windows[-1][-1] != a - 1:
            unread += 1
        else:
            right += windows == [list(range(*b)) for b in pyramid_bins(a, n)]
    assert len(CASES) == 149
    assert (wrong, unread, right) == (14, 27, 108)


@given(axis=axes)
def test_quotient_and_remainder_decide_when_the_shorthand_holds(axis):
    a, n = axis
    q, r = divmod(a, n)
    win, stride, outputs = window_stride_shorthand(a, n)
    assert outputs == n + max(0, math.ceil(Fraction(r, q)) - 1)
    assert (outputs == n) == (r <= q)
    windows = [(i * stride, i * stride + win) for i in range(outputs)]
    assert (windows == pyramid_bins(a, n)) == (r <= 1)
    if 1 < r <= q:
        assert a - windows[-1][1] == r - 1  # cells that nobody reads


def test_the_shorthand_ignores_a_peak_in_the_last_of_14_cells():
    x = torch.zeros(1, 14)
    x[0, 13] = 1
    win, stride, outputs = window_stride_shorthand(14, 4)
    assert (win, stride, outputs) == (4, 3, 4)
    assert F.max_pool1d(x, win, stride).max() == 0
    assert F.adaptive_max_pool1d(x, 4).max() == 1
    assert window_stride_shorthand(14, 4) == Shorthand(4, 3, 4)


# YOLO's


@given(h=st.integers(1, 9), w=st.integers(1, 9), seed=seeds, data=st.data())
def test_yolo_spp_is_scipy_s_maximum_filter(h, w, seed, data):
    odd = st.sampled_from([1, 3, 5, 9, 13])
    kernels = tuple(data.draw(st.lists(odd, min_size=1, max_size=3)))
    x = noise(2, 2, h, w, seed=seed)
    equal(yolo_spp(x, kernels), torch.cat([x, *(filtered(x, k) for k in kernels)], 1))


def test_yolo_spp_keeps_the_size_and_makes_four_times_the_channels():
    for size in ((20, 20), (13, 19), (2, 3)):
        x = noise(1, 6, *size)
        assert yolo_spp(x).shape == sppf(x).shape == (1, 24, *size)
        equal(yolo_spp(x)[:, :6], x)
    assert yolo_spp(noise(0, 2, 4, 4)).shape == sppf(noise(0, 2, 4, 4)).shape


def test_sppf_and_spp_may_differ_in_the_sign_of_a_zero_and_in_nothing_else():
    x = torch.full((1, 1, 9, 9), -1.0)
    x[0, 0, 0, 8], x[0, 0, 1, 0] = -0.0, 0.0
    series, parallel = sppf(x, 5, 2), yolo_spp(x, (5, 9))
    equal(series, parallel)
    signs = [result[0, 2, 4, 4].signbit().item() for result in (series, parallel)]
    assert signs == [False, True]


def test_sppf_is_spp():
    for dtype in (torch.float32, torch.float64):
        x = noise(2, 8, 20, 20).to(dtype)
        equal(sppf(x), yolo_spp(x))
        equal(sppf(x, kernel=3), yolo_spp(x, (3, 5, 7)))
        assert not torch.equal(sppf(x), yolo_spp(x, (5, 7, 9)))


def test_gradients_of_yolo_s_pools_match_finite_differences():
    x = torch.randperm(50, generator=torch.Generator().manual_seed(0)).double()
    x = x.view(1, 2, 5, 5).requires_grad_()  # no ties
    assert torch.autograd.gradcheck(lambda m: yolo_spp(m, (3, 5)), x)
    assert torch.autograd.gradcheck(lambda m: sppf(m, 3, 2), x)
    one = torch.zeros(1, 1, 5, 5)
    one[0, 0, 2, 2] = 1
    for pool in (lambda m: yolo_spp(m, (5,)), lambda m: sppf(m, 5, 1)):
        leaf = one.clone().requires_grad_()
        pool(leaf).sum().backward()
        assert leaf.grad[0, 0, 2, 2] == 26  # itself, and the pool of every cell


def test_where_maxima_tie_sppf_gives_gradients_to_other_cells_than_spp():
    draws = torch.randint(3, (1, 1, 20, 20), generator=torch.Generator().manual_seed(0))
    slopes = []
    for pool in (sppf, yolo_spp):
        x = draws.double().requires_grad_()
        result = pool(x)
        (result * noise(*result.shape, seed=1)).sum().backward()
        slopes.append(x.grad)
    equal(sppf(draws.double()), yolo_spp(draws.double()))
    assert (slopes[0] - slopes[1]).abs().max() > 1
    assert slopes[0].sum().item() == pytest.approx(slopes[1].sum().item())


@pytest.mark.parametrize("dtype", [torch.int64, torch.uint8, torch.bool])
def test_yolo_s_pools_refuse_what_has_no_infinity(dtype):
    for pool in (yolo_spp, sppf):
        with pytest.raises(ValueError, match=f"^x must be floating point, got {dtype}"):
            pool(torch.zeros(1, 1, 4, 4, dtype=dtype))


@given(
    h=st.integers(1, 9),
    w=st.integers(1, 9),
    kernel=st.sampled_from([1, 3, 5, 7]),
    repeats=st.integers(1, 4),
)
def test_pools_in_series_span_what_the_formula_says(h, w, kernel, repeats):
    x = noise(1, 2, h, w)
    spans = [1 + i * (kernel - 1) for i in range(1, repeats + 1)]
    expected = torch.cat([x, *(filtered(x, k) for k in spans)], 1)
    equal(sppf(x, kernel, repeats), expected)


@given(first=st.integers(0, 3), second=st.integers(0, 3), seed=seeds)
def test_two_max_pools_are_one_with_the_sum_of_the_windows_less_one(
    first, second, seed
):
    k1, k2 = 2 * first + 1, 2 * second + 1
    x = noise(1, 1, 6, 8, seed=seed)
    equal(filtered(filtered(x, k1), k2), filtered(x, k1 + k2 - 1))


def mean_pool(x: torch.Tensor, kernel: int) -> torch.Tensor:
    return F.avg_pool2d(x, kernel, 1, kernel // 2, count_include_pad=False)


def test_two_mean_pools_are_not_one():
    x = noise(1, 8, 20, 20)
    twice = mean_pool(mean_pool(x, 5), 5)
    inside = (..., slice(4, -4), slice(4, -4))
    assert (twice - mean_pool(x, 9))[inside].abs().max() > 0.2
    spike = torch.zeros(1, 1, 1, 19, dtype=torch.float64)
    spike[..., 9] = 25
    row = F.avg_pool2d(F.avg_pool2d(spike, (1, 5), 1), (1, 5), 1)[0, 0, 0]
    assert row.round().tolist() == [0, 1, 2, 3, 4, 5, 4, 3, 2, 1, 0]


def test_zero_padding_is_wrong_for_negatives_and_sppf_does_not_notice():
    x = -1 - noise(1, 4, 12, 12).abs()
    zero = torch.cat([x, *(filtered(x, k, 0) for k in (5, 9, 13))], 1)
    assert zero.max() == 0
    assert yolo_spp(x).max() < -1
    series = [x]
    for _ in range(3):
        series.append(filtered(series[-1], 5, 0))
    equal(torch.cat(series, 1), zero)
    positive = -x
    padded = torch.cat([positive, *(filtered(positive, k, 0) for k in (5, 9, 13))], 1)
    equal(padded, yolo_spp(positive))


def test_cells_read_per_output_are_75_against_275():
    assert 3 * 5**2 == 75
    assert sum(k**2 for k in (5, 9, 13)) == 275
    # Windows of ones count what they read.
    ones = torch.ones(1, 1, 31, 31)
    reads = [F.avg_pool2d(ones, k, 1, divisor_override=1).max() for k in (5, 9, 13)]
    assert sum(reads) == 275


# The experiment


@pytest.mark.parametrize("seed", [0, 1])
def test_a_pyramid_trained_at_16_works_at_other_sizes(seed):
    net = train_bars("spp", seed)
    for size in (12, 16, 23, 32):
        assert bar_accuracy(net, size) >= 0.95


def test_a_flat_head_trained_at_16_works_there_only():
    net = train_bars("flatten")
    assert bar_accuracy(net, 16) >= 0.95
    for size in (12, 23):
        match = f"^the matrix wants 2048 numbers per image, got {8 * size**2}$"
        with pytest.raises(ValueError, match=match):
            bar_accuracy(net, size)


def test_a_flat_head_has_a_row_for_every_cell_of_its_own_size():
    net = train_bars("flatten", steps=0, size=12)
    assert net.matrix.shape == (8 * 12 * 12, 2)
    assert 0 <= bar_accuracy(net, 12, count=4) <= 1


def test_logits_have_the_type_of_the_weights():
    net = train_bars("spp", steps=0)
    names = ("first", "second", "matrix")
    wide = {name: getattr(net, name).double() for name in names}
    net = dataclasses.replace(net, **wide)
    assert net(torch.zeros(1, 1, 8, 8, dtype=torch.float64)).dtype == torch.float64


def test_accuracy_is_the_share_of_the_images_of_that_seed():
    net = train_bars("spp", steps=10)
    for seed, count in ((1, 7), (2, 31)):
        images, labels = bar_images(count, 11, torch.Generator().manual_seed(seed))
        right = (net(images).argmax(1) == labels).sum().item()
        assert bar_accuracy(net, 11, seed, count) == right / count  # in float64


def test_an_untrained_net_guesses():
    assert 0.3 < bar_accuracy(train_bars("spp", steps=0), 16) < 0.7


def test_training_repeats_and_leaves_the_global_generator_alone():
    before = torch.get_rng_state()
    first, second = (train_bars("spp", steps=2) for _ in range(2))
    assert torch.equal(before, torch.get_rng_state())
    assert torch.equal(first.matrix, second.matrix)
    assert not torch.equal(first.matrix, train_bars("spp", 1, steps=2).matrix)


def test_the_first_step_of_adam_moves_all_weights_by_32_images():
    generator = torch.Generator().manual_seed(3)
    start = [
        torch.randn(*shape, generator=generator) * (2 / fan) ** 0.5
        for shape, fan in (((8, 1, 3, 3), 9), ((8, 8, 3, 3), 72), ((168, 2), 168))
    ]
    leaves = [w.clone().requires_grad_() for w in start]
    images, labels = bar_images(32, 16, generator)
    logits = BarNet(*leaves, "spp")(images).log_softmax(1)
    slopes = torch.autograd.grad(-logits[range(32), labels].mean(), leaves)
    net = train_bars("spp", seed=3, steps=1)
    for w, slope, moved in zip(start, slopes, (net.first, net.second, net.matrix)):
        expected = w - 0.01 * slope / (slope.abs() + 1e-8)
        torch.testing.assert_close(moved.detach(), expected, rtol=0, atol=1e-4)


def test_a_bar_is_one_bright_row_or_column():
    images, labels = bar_images(200, 9, torch.Generator().manual_seed(0))
    assert images.shape == (200, 1, 9, 9)
    assert set(labels.tolist()) == {0, 1}
    bright = images[:, 0].mean(2)[labels == 0].argmax(1)
    assert set(bright.tolist()) == set(range(9))  # a bar may be any row
    rows = images[:, 0].mean(2).amax(1) > images[:, 0].mean(1).amax(1)
    assert (rows == (labels == 0)).double().mean() > 0.99
    assert images.mean().item() == pytest.approx(1 / 9, abs=0.02)
    assert images.std().item() == pytest.approx(math.sqrt(0.09 + 8 / 81), abs=0.02)


def test_logits_are_convolutions_a_pyramid_and_a_matrix():
    net = train_bars("spp", steps=1)
    assert isinstance(net, BarNet)
    images, _ = bar_images(3, 11, torch.Generator().manual_seed(0))
    x = F.conv2d(images, net.first, padding=1).clamp(min=0)
    x = F.conv2d(x, net.second, padding=1).clamp(min=0)
    expected = np.asarray((adaptive(x, (1, 2, 4)) @ net.matrix).detach())
    np.testing.assert_allclose(net(images).detach(), expected, rtol=0, atol=1e-5)


# On a GPU: `nox -s gpu`


@pytest.mark.gpu
@pytest.mark.timeout(120)
def test_gpu_series_is_equal_and_not_slower():
    x = torch.randn(
        8, 256, 20, 20, device="cuda", generator=torch.Generator("cuda").manual_seed(0)
    )

    def milliseconds(run):
        times = []
        for _ in range(30):
            start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            start.record()
            run(x)
            end.record()
            torch.cuda.synchronize()
            times.append(start.elapsed_time(end))
        return sorted(times[5:])[12]

    equal(sppf(x), yolo_spp(x))
    ratio = milliseconds(sppf) / milliseconds(yolo_spp)
    logging.getLogger(__name__).info("sppf takes %.2f of the time of spp", ratio)
    assert ratio < 1.1


# Bad input


@pytest.mark.parametrize("pool", [spatial_pyramid_pool, yolo_spp, sppf])
@pytest.mark.parametrize(
    "shape", [(), (5, 5), (3, 5, 5), (1, 1, 1, 5, 5), (1, 0, 5, 5), (1, 1, 0, 5)]
)
def test_maps_of_another_shape_are_refused(pool, shape):
    with pytest.raises(ValueError, match=r"^x must be \(N, C, H, W\) with .* got \("):
        pool(torch.zeros(shape))


@pytest.mark.parametrize("bad", [0, -1, 5, 1.0, True, "2", None])
def test_levels_that_do_not_fit_are_refused(bad):
    with pytest.raises(ValueError, match=r"^level must be an integer from 1 to 4, got"):
        spatial_pyramid_pool(torch.zeros(1, 1, 4, 6), (1, bad))
    with pytest.raises(ValueError, match=r"^level must be an integer from 1 to 4, got"):
        spatial_pyramid_pool(torch.zeros(1, 1, 6, 4), (bad,))
    with pytest.raises(ValueError, match=r"^n must be an integer from 1 to 4, got"):
        pyramid_bins(4, bad)
    with pytest.raises(ValueError, match=r"^n must be an integer from 1 to 4, got"):
        window_stride_shorthand(4, bad)


def test_a_level_above_the_map_is_refused_though_torch_takes_it():
    x = noise(1, 1, 5, 5)
    assert F.adaptive_max_pool2d(x, 6).shape == (1, 1, 6, 6)
    with pytest.raises(
        ValueError, match=r"^level must be an integer from 1 to 5, got 6"
    ):
        spatial_pyramid_pool(x, (1, 2, 3, 6))


@pytest.mark.parametrize("bad", [0, -1, 1.0, True, None])
def test_axes_without_cells_are_refused(bad):
    with pytest.raises(ValueError, match=r"^length must be an integer >= 1, got"):
        pyramid_bins(bad, 1)
    with pytest.raises(ValueError, match=r"^a must be an integer >= 1, got"):
        window_stride_shorthand(bad, 1)


def test_empty_lists_are_refused():
    with pytest.raises(ValueError, match=r"^levels must have at least one .* got \(\)"):
        spatial_pyramid_pool(torch.zeros(1, 1, 4, 4), ())
    with pytest.raises(ValueError, match=r"^kernels must have at least .* got \[\]"):
        yolo_spp(torch.zeros(1, 1, 4, 4), [])


def test_bad_kernels_and_repeats_are_refused():
    x = torch.zeros(1, 1, 4, 4)
    for even in (2, 4):
        with pytest.raises(ValueError, match=f"^kernel must be odd, got {even}"):
            yolo_spp(x, (5, even))
        with pytest.raises(ValueError, match=f"^kernel must be odd, got {even}"):
            sppf(x, even)
    for bad in (0, -1, 3.0, True):
        with pytest.raises(ValueError, match=r"^kernel must be an integer >= 1, got"):
            yolo_spp(x, (bad,))
        with pytest.raises(ValueError, match=r"^repeats must be an integer >= 1, got"):
            sppf(x, 3, bad)


@pytest.mark.parametrize("shape", [(1, 8, 8), (1, 2, 8, 8), (1, 1, 3, 8), (1, 1, 8, 3)])
def test_images_of_another_shape_or_type_are_refused(shape):
    net = train_bars("spp", steps=0)
    with pytest.raises(ValueError, match=r"^images must be \(N, 1, H, W\) with .* got"):
        net(torch.zeros(shape))
    with pytest.raises(ValueError, match=r"^images must be torch.float32, got torch.f"):
        net(torch.zeros(1, 1, 8, 8, dtype=torch.float64))


def test_weights_of_another_shape_are_refused():
    first, second = torch.zeros(8, 1, 3, 3), torch.zeros(8, 8, 3, 3)
    matrix = torch.zeros(168, 2)
    for bad, name in (
        ((first[:0], second, matrix), "first"),
        ((first, second[:, :4], matrix), "second"),
        ((first, second, matrix[:, :1]), "matrix"),
    ):
        with pytest.raises(ValueError, match=rf"^{name} must have shape \(.*, got \("):
            BarNet(*bad, "spp")


@pytest.mark.parametrize(("name", "bad"), [("steps", -1), ("size", 3), ("seed", 0.5)])
def test_bad_settings_of_the_training_are_refused(name, bad):
    with pytest.raises(ValueError, match=f"^{name} must be an integer >= ., got {bad}"):
        train_bars("spp", **{name: bad})


def test_an_unknown_head_is_refused():
    match = r"^head must be 'spp' or 'flatten', got 'a'"
    with pytest.raises(ValueError, match=match):
        train_bars("a")
    net = train_bars("spp", steps=0)
    with pytest.raises(ValueError, match=match):
        BarNet(net.first, net.second, net.matrix, "a")
