"""Oracles: torch's dilated convolution, autograd, brute force over rates, hand counts.

An input is read if its gradient is not zero.
"""

import itertools
import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from snippets.cv.dilated_convolution import (
    center_only_fraction,
    coverage_2d,
    dilate_kernel,
    dilated_conv1d,
    effective_kernel,
    hdc_m,
    is_dense,
    learn_shift,
    path_counts,
    polyphase_dilated_conv2d,
    support_1d,
    valid_tap_fraction,
)

stacks = st.lists(st.integers(1, 9), min_size=1, max_size=4)
kernels = st.integers(1, 5)


def normal(*shape: int, seed: int = 0, device: str = "cpu") -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(*shape, generator=generator, dtype=torch.float64)
    return x.to(device)


def close(actual: torch.Tensor, expected: torch.Tensor) -> None:
    torch.testing.assert_close(actual, expected, rtol=0, atol=1e-12)


def gradient_of_ones(rates: list[int], kernel: int = 3) -> np.ndarray:
    """Gradient of one output of a 2-D stack with kernels of ones."""
    size = 1 + (kernel - 1) * sum(rates)
    x = torch.zeros(1, 1, size, size, dtype=torch.float64, requires_grad=True)
    y = x
    for rate in rates:
        y = F.conv2d(y, y.new_ones(1, 1, kernel, kernel), dilation=rate)
    assert y.numel() == 1
    y.sum().backward()
    return x.grad[0, 0].numpy()


# One layer


@given(
    length=st.integers(1, 30),
    k=st.integers(1, 4),
    rate=st.integers(1, 4),
    seed=st.integers(0, 9),
)
def test_the_definition_is_torchs_dilated_convolution(length, k, rate, seed):
    x, w = normal(length + (k - 1) * rate, seed=seed), normal(k, seed=seed + 10)
    expected = F.conv1d(x[None, None], w[None, None], dilation=rate)[0, 0]
    assert len(expected) == length
    close(dilated_conv1d(x, w, rate), expected)


def test_a_hand_count_reads_every_second_input_and_does_not_flip_the_kernel():
    x = torch.tensor([1, 2, 3, 4, 5, 6])
    y = dilated_conv1d(x, torch.tensor([1, 10, 100]), 2)
    assert y.tolist() == [531, 642]


def test_effective_kernels_by_hand():
    pairs = [(3, 1), (3, 2), (3, 4), (3, 6), (3, 12), (3, 24), (2, 4), (1, 9)]
    assert [effective_kernel(*p) for p in pairs] == [3, 5, 9, 13, 25, 49, 5, 1]


@given(
    k=st.integers(1, 3),
    rate=st.integers(1, 4),
    extra=st.tuples(st.integers(0, 5), st.integers(0, 5)),
)
def test_three_forms_of_the_two_dimensional_convolution_agree(k, rate, extra):
    needed = (k - 1) * rate + 1
    x, w = (
        normal(2, 3, needed + extra[0], needed + extra[1]),
        normal(4, 3, k, k, seed=1),
    )
    expected = F.conv2d(x, w, dilation=rate)
    close(F.conv2d(x, dilate_kernel(w, rate)), expected)
    close(polyphase_dilated_conv2d(x, w, rate), expected)


def test_the_spread_kernel_by_hand():
    spread = dilate_kernel(torch.tensor([[1, 2], [3, 4]]), 3)
    assert spread.tolist() == [[1, 0, 0, 2], [0] * 4, [0] * 4, [3, 0, 0, 4]]
    assert dilate_kernel(torch.ones(5, 0, 3, 3), 2).shape == (5, 0, 5, 5)


def test_equal_rates_never_mix_the_sub_grids():
    x = normal(1, 1, 30, 30)
    bumped = x.clone()
    bumped[:, :, 1::3, 2::3] += 1
    difference = bumped - x
    for seed in (1, 2):
        difference = F.conv2d(difference, normal(1, 1, 3, 3, seed=seed), dilation=3)
        touched = difference.abs() > 1e-12
        assert touched[:, :, 1::3, 2::3].all()
        touched[:, :, 1::3, 2::3] = False
        assert not touched.any()


def test_the_output_of_a_single_layer_has_no_holes():
    y = F.conv2d(torch.ones(1, 1, 9, 9), torch.ones(1, 1, 3, 3), dilation=4, padding=4)
    assert (y > 0).all()


@pytest.mark.parametrize("stride", [2, 3])
def test_a_stride_moved_into_the_rate_keeps_the_old_outputs(stride):
    x = normal(1, 2, 29, 29)
    first, second = normal(3, 2, 3, 3, seed=1), normal(1, 3, 3, 3, seed=2)
    coarse = F.conv2d(F.conv2d(x, first, stride=stride), second)
    fine = F.conv2d(F.conv2d(x, first), second, dilation=stride)
    kept = fine[:, :, ::stride, ::stride]
    close(kept[:, :, : coarse.shape[2], : coarse.shape[3]], coarse)


@pytest.mark.gpu
def test_gpu_dilation_agrees_with_the_spread_kernel():
    x = normal(2, 8, 40, 40, device="cuda")
    w = normal(8, 8, 3, 3, seed=1, device="cuda")
    expected = F.conv2d(x, dilate_kernel(w, 4))
    torch.testing.assert_close(F.conv2d(x, w, dilation=4), expected, rtol=0, atol=1e-11)
    torch.testing.assert_close(
        polyphase_dilated_conv2d(x, w, 4), expected, rtol=0, atol=1e-11
    )


# What a stack reads


@given(rates=stacks.filter(lambda r: sum(r) < 20), kernel=st.sampled_from([1, 2, 3, 4]))
def test_path_counts_and_support_are_the_gradient_of_ones(rates, kernel):
    gradient = gradient_of_ones(rates, kernel)
    counts = path_counts(rates, kernel)
    np.testing.assert_array_equal(np.outer(counts, counts), gradient)
    offsets, span = support_1d(rates, kernel)
    assert span == len(gradient)
    row = gradient[np.flatnonzero(counts)[0]]
    zero = (
        (kernel - 1) // 2 * sum(rates)
    )  # an even kernel has one more tap on the right
    assert offsets == (np.flatnonzero(row) - zero).tolist()
    assert coverage_2d(rates, kernel) == pytest.approx((gradient > 0).mean(), abs=1e-12)


@pytest.mark.parametrize(
    ("rates", "read", "span"),
    [
        ([1, 2, 4], 15, 15),
        ([2, 2, 2], 7, 13),
        ([1, 2, 3], 13, 13),
        ([1, 2, 5], 17, 17),
        ([1, 2, 9], 21, 25),
        ([2, 3, 4], 17, 19),
        ([1, 4], 9, 11),
        ([1, 2, 4, 8], 31, 31),
        ([2, 4, 8], 15, 29),
        ([1, 3, 9], 27, 27),
        ([1], 3, 3),
    ],
)
def test_known_stacks(rates, read, span):
    offsets, size = support_1d(rates)
    assert (len(offsets), size) == (read, span)
    assert np.count_nonzero(gradient_of_ones(rates)) == read**2
    assert coverage_2d(rates) == pytest.approx((read / span) ** 2, abs=1e-12)
    assert is_dense(rates) == (read == span)


def test_coverages_to_four_digits():
    stacks = [2, 2, 2], [1, 2, 9], [2, 4, 8]
    assert [round(coverage_2d(s), 4) for s in stacks] == [0.2899, 0.7056, 0.2675]


def test_the_context_module_sees_67():
    rates = [1, 1, 2, 4, 8, 16, 1]
    spans = [support_1d(rates[:n])[1] for n in range(1, 8)]
    assert spans == [3, 5, 9, 17, 33, 65, 67]


def test_doubling_rates_see_two_to_the_i_plus_2_less_1():
    # F_{i+1} of Yu and Koltun: after the layers with rates 1, 2, ..., 2^i.
    for i in range(8):
        assert support_1d([2**j for j in range(i + 1)])[1] == 2 ** (i + 2) - 1


@given(rates=stacks, kernel=kernels)
def test_the_order_of_the_rates_does_not_matter(rates, kernel):
    assert support_1d(rates, kernel) == support_1d(sorted(rates), kernel)
    assert is_dense(rates, kernel) == is_dense(rates[::-1], kernel)
    reference = path_counts(sorted(rates), kernel)
    np.testing.assert_array_equal(path_counts(rates, kernel), reference)


@given(rates=stacks, kernel=kernels)
def test_dense_means_that_the_support_fills_its_span(rates, kernel):
    offsets, span = support_1d(rates, kernel)
    assert is_dense(rates, kernel) == (len(offsets) == span)


@given(rates=stacks, kernel=kernels)
def test_powers_of_the_kernel_read_each_position_once(rates, kernel):
    powers = [kernel**j for j in range(len(rates))]
    assert (path_counts(powers, kernel) == 1).all()
    assert is_dense(powers, kernel)
    if kernel > 1:
        assert not is_dense([*powers, kernel ** len(powers) + 1], kernel)


def test_the_rule_holds_for_every_kernel_and_every_stack_of_three_up_to_8():
    for kernel in (2, 3, 4):
        for rates in itertools.product(range(1, 9), repeat=3):
            offsets, span = support_1d(rates, kernel)
            assert is_dense(rates, kernel) == (len(offsets) == span)


def test_causal_layers_of_two_taps_read_the_last_positions_and_no_other():
    # WaveNet pads on the left only; its output i reads inputs i - span + 1 to i.
    x = torch.zeros(1, 1, 40, dtype=torch.float64, requires_grad=True)
    y = x
    for rate in (1, 2, 4, 8):
        y = F.conv1d(F.pad(y, (rate, 0)), y.new_ones(1, 1, 2), dilation=rate)
    y[0, 0, 30].backward()
    offsets, span = support_1d([1, 2, 4, 8], kernel=2)
    read = np.flatnonzero(x.grad[0, 0].numpy())
    assert read.tolist() == [30 - span + 1 + o for o in offsets]
    assert (len(offsets), span) == (16, 16)


def test_counts_are_exact_or_refused():
    exact = [1]
    for layers in range(1, 40):
        exact = [sum(exact[max(0, i - 2) : i + 1]) for i in range(len(exact) + 2)]
        assert path_counts([1] * layers).tolist() == exact
    with pytest.raises(ValueError, match=r"^rates must have fewer .*, got 3\*\*40$"):
        path_counts([1] * 40)
    assert path_counts([1] * 62, kernel=2).sum() == 2**62
    with pytest.raises(ValueError, match=r"^rates must have fewer .*, got 2\*\*63$"):
        path_counts([1] * 63, kernel=2)


def test_a_layer_of_rate_1_fills_the_gaps_of_2_from_either_side():
    assert is_dense([2, 2, 2, 1])
    assert np.all(gradient_of_ones([2, 2, 2, 1]) > 0)
    assert is_dense([1, 2, 3] * 2)


@given(rates=stacks, kernel=st.integers(3, 5))
def test_the_distances_are_bounds_of_the_gaps(rates, kernel):
    needed = rates[-1]  # the recursion without its second term
    for i in reversed(range(len(rates))):
        if i < len(rates) - 1:
            needed = max(needed - 2 * rates[i], rates[i])
        offsets, _ = support_1d(rates[i:], kernel)
        assert np.diff(offsets).max() <= needed <= hdc_m(rates)[i]


@given(
    rates=st.lists(st.integers(1, 40), min_size=1, max_size=3),
    kernel=st.integers(3, 6),
)
def test_the_goal_with_a_first_rate_of_1_leaves_no_holes_from_three_taps_on(
    rates, kernel
):
    if hdc_m([1, *rates])[1] <= kernel:
        assert is_dense([1, *rates], kernel)


def test_with_two_taps_the_distances_are_no_bounds_and_the_goal_is_not_enough():
    assert hdc_m([1, 4])[0] == 2
    assert np.diff(support_1d([1, 4], kernel=2)[0]).max() == 3
    assert hdc_m([1, 2, 6])[1] == hdc_m([1, 2, 4])[1] == 2
    assert support_1d([1, 2, 6], kernel=2) == ([0, 1, 2, 3, 6, 7, 8, 9], 10)
    assert not is_dense([1, 2, 6], kernel=2)
    assert is_dense([1, 2, 4], kernel=2)


@given(rates=stacks.map(sorted), kernel=kernels)
def test_the_goal_unrolled_is_a_bound_of_each_rate(rates, kernel):
    if len(rates) > 1:
        goal = [rates[j] <= kernel + 2 * sum(rates[1:j]) for j in range(1, len(rates))]
        assert (hdc_m(rates)[1] <= kernel) == all(goal)
    if kernel == 3 and rates[0] == 1:
        field = [1 + 2 * sum(rates[:j]) for j in range(1, len(rates))]
        assert field == [3 + 2 * sum(rates[1:j]) for j in range(1, len(rates))]


@pytest.mark.parametrize("half", [torch.float16, torch.bfloat16])
def test_sixteen_bits_are_summed_in_float32(half):
    x, w = torch.ones(1000, dtype=half), torch.ones(999, dtype=half)
    assert dilated_conv1d(x, w, 1).tolist() == [torch.tensor(999.0).to(half).item()] * 2


@given(rate=st.integers(1, 9), layers=st.integers(1, 3), kernel=st.sampled_from([3, 5]))
def test_one_ordinary_layer_fills_gaps_up_to_its_kernel(rate, layers, kernel):
    offsets, span = support_1d([1] + [rate] * layers, kernel)
    assert (len(offsets) == span) == (rate <= kernel)


def test_padding_of_the_rate_keeps_the_size():
    x, w = torch.ones(1, 1, 9, 9), torch.ones(1, 1, 3, 3)
    assert F.conv2d(x, w, padding=4, dilation=4).shape == x.shape
    assert F.conv2d(x, w, padding=1, dilation=4).shape[2:] == (3, 3)


# Hybrid dilated convolution


def test_distances_by_hand():
    assert hdc_m([1, 2, 5]) == [1, 2, 5]
    assert hdc_m([1, 2, 9]) == [3, 5, 9]
    assert hdc_m([2, 2, 2]) == [2, 2, 2]
    assert hdc_m([2, 3, 4])[1] == 3
    assert hdc_m([1, 3, 2]) == [2, 4, 2]
    assert hdc_m([7]) == [7]


@given(rates=stacks)
def test_the_middle_term_is_the_one_the_paper_prints(rates):
    m = hdc_m(rates)
    assert m[-1] == rates[-1]
    for rate, here, above in zip(rates, m, m[1:]):
        assert here == max(above - 2 * rate, above - 2 * (above - rate), rate)


def test_for_sorted_triples_dense_is_a_first_rate_of_1_and_m2_at_most_3():
    triples = list(itertools.combinations_with_replacement(range(1, 13), 3))
    assert len(triples) == 364
    dense = 0
    for rates in triples:
        offsets, span = support_1d(rates)
        filled = len(offsets) == span
        assert filled == (rates[0] == 1 and hdc_m(rates)[1] <= 3)
        dense += filled
    assert dense == 5 + 6 + 7  # second rate 1, 2, 3


@given(rates=st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_for_sorted_stacks_of_any_depth_too(rates):
    rates = sorted([1, *rates])
    assert is_dense(rates) == (hdc_m(rates)[1] <= 3)


def test_m2_alone_proves_nothing():
    assert hdc_m([2, 2, 2])[1] <= 3
    assert not is_dense([2, 2, 2])
    assert math.gcd(2, 3, 4) == 1
    assert hdc_m([2, 3, 4])[1] <= 3
    assert not is_dense([2, 3, 4])
    assert hdc_m([1, 3, 2])[1] > 3
    assert is_dense([1, 3, 2])
    assert max(2 - 2 * 3, 3) == 3  # M_2 without its second term
    assert hdc_m([1, 5, 25])[1] == 15
    assert is_dense([1, 5, 25], kernel=5)
    assert len(support_1d([1, 5, 25], 5)[0]) == 125


# Large rates


@given(size=st.integers(1, 12), rate=st.integers(1, 14))
def test_valid_taps_are_counted_by_a_convolution_of_ones(size, rate):
    x = torch.ones(1, 1, size, size)
    count = F.conv2d(x, torch.ones(1, 1, 3, 3), padding=rate, dilation=rate)
    assert valid_tap_fraction(size, rate) == pytest.approx(count.mean().item() / 9)
    center = (count == 1).float().mean().item()
    assert center_only_fraction(size, rate) == pytest.approx(center)


def test_at_rate_63_of_65_the_kernel_is_nearly_1_by_1():
    assert center_only_fraction(65, 63) == pytest.approx((61 / 65) ** 2, abs=1e-12)
    assert round(center_only_fraction(65, 63), 2) == 0.88
    assert valid_tap_fraction(65, 63) == pytest.approx((69 / 195) ** 2, abs=1e-12)
    assert center_only_fraction(65, 65) == 1
    assert valid_tap_fraction(65, 65) == pytest.approx(1 / 9, abs=1e-12)


# The experiment


@pytest.mark.parametrize("seed", [0, 1])
def test_only_a_stack_that_reads_five_back_learns_to_copy_it(seed):
    assert learn_shift([1, 2, 4], seed=seed) < 0.05
    for rates in ([1, 1, 1], [2, 2, 2], [4, 4, 4]):
        assert -5 not in support_1d(rates)[0]
        assert 0.8 < learn_shift(rates, seed=seed) < 1.2


def test_the_experiment_learns_exactly_the_shifts_that_are_read():
    assert learn_shift([4, 4, 4], shift=4) < 0.05
    assert learn_shift([1], shift=0, steps=200) < 0.05
    assert learn_shift([1], shift=1, steps=200) < 0.05
    assert learn_shift([1], shift=1, steps=1) > 0.3
    assert learn_shift([1], shift=9, steps=50) > 0.8


def test_the_error_is_that_of_64_signals_without_the_margins(monkeypatch):
    shapes, draw = [], torch.randn

    def randn(*shape, **options):
        shapes.append(shape)
        return draw(*shape, **options)

    monkeypatch.setattr(torch, "randn", randn)
    learn_shift([1, 2], shift=5, steps=2)
    assert shapes[:2] == [(4, 1, 3), (1, 4, 3)]  # four channels between two layers
    assert shapes[2:] == [(4, 1, 74), (4, 1, 74), (64, 1, 74)]  # 64 + 2 * 5
    shapes.clear()
    learn_shift([4, 4], shift=2, steps=1)  # the stack reads further than the shift
    assert shapes[2:] == [(4, 1, 80), (64, 1, 80)]  # 64 + 2 * 8


def test_the_experiment_is_descent_with_momentum_towards_the_shifted_signal():
    rates, shift, steps, margin = [1, 2], 2, 5, 3
    generator = torch.Generator().manual_seed(7)

    def noise(*shape):
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    layers = torch.nn.Sequential(
        torch.nn.Conv1d(1, 4, 3, padding=1, bias=False),
        torch.nn.Conv1d(4, 1, 3, padding=2, dilation=2, bias=False),
    ).double()
    with torch.no_grad():
        layers[0].weight.copy_(noise(4, 1, 3) / math.sqrt(3))
        layers[1].weight.copy_(noise(1, 4, 3) / math.sqrt(12))
    optimizer = torch.optim.SGD(layers.parameters(), lr=0.01, momentum=0.9)

    def loss(signals):
        x = noise(signals, 1, 64 + 2 * margin)
        inside = slice(margin, margin + 64)
        wanted = torch.roll(x, shift, -1)
        return F.mse_loss(layers(x)[:, :, inside], wanted[:, :, inside])

    for _ in range(steps):
        optimizer.zero_grad()
        loss(4).backward()
        optimizer.step()
    expected = loss(64).item()
    found = learn_shift(rates, shift, steps, seed=7)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


# Bad inputs


@pytest.mark.parametrize("bad", [0, -1, 1.5, True, "2", None])
def test_bad_rates_are_rejected(bad):
    match = r"^rate must be an integer >= 1, got"
    one, grid = torch.ones(9), torch.ones(1, 1, 9, 9)
    with pytest.raises(ValueError, match=match):
        effective_kernel(3, bad)
    with pytest.raises(ValueError, match=match):
        dilated_conv1d(one, one[:3], bad)
    with pytest.raises(ValueError, match=match):
        dilate_kernel(grid, bad)
    with pytest.raises(ValueError, match=match):
        polyphase_dilated_conv2d(grid, grid[..., :3, :3], bad)
    with pytest.raises(ValueError, match=match):
        valid_tap_fraction(9, bad)
    with pytest.raises(ValueError, match=match):
        center_only_fraction(9, bad)
    for function in (support_1d, coverage_2d, path_counts, hdc_m, is_dense):
        with pytest.raises(ValueError, match=match):
            function([1, bad])


@pytest.mark.parametrize("function", [support_1d, coverage_2d, path_counts, is_dense])
def test_bad_stacks_are_rejected(function):
    with pytest.raises(ValueError, match=r"^rates must not be empty, got no rate"):
        function([])
    for kernel in (0, -3, 1.0, True):
        match = f"^kernel must be an integer >= 1, got {kernel}"
        with pytest.raises(ValueError, match=match):
            function([1], kernel)


def test_bad_sizes_are_rejected():
    with pytest.raises(ValueError, match=r"^rates must not be empty, got no rate"):
        hdc_m([])
    for function in (valid_tap_fraction, center_only_fraction):
        with pytest.raises(ValueError, match=r"^size must be an integer >= 1, got 0"):
            function(0, 1)
    for kernel in (0, True):
        with pytest.raises(ValueError, match=r"^kernel must be an integer >= 1, got"):
            effective_kernel(kernel, 1)


def test_an_input_shorter_than_the_spread_kernel_is_rejected():
    w = torch.ones(3)
    assert dilated_conv1d(torch.ones(5), w, 2).tolist() == [3]
    with pytest.raises(ValueError, match=r"^input must be at least 5 long, got 4"):
        dilated_conv1d(torch.ones(4), w, 2)
    with pytest.raises(ValueError, match=r"^input must be at least 5 long, got 4"):
        polyphase_dilated_conv2d(torch.ones(1, 1, 9, 4), torch.ones(1, 1, 3, 3), 2)


def test_bad_shapes_are_rejected():
    one, grid = torch.ones(9), torch.ones(1, 2, 9, 9)
    with pytest.raises(ValueError, match=r"^x and w must have .*\(9, 1\) and \(9,\)"):
        dilated_conv1d(one[:, None], one, 1)
    with pytest.raises(ValueError, match=r"^x and w must have .*\(9,\) and \(\)"):
        dilated_conv1d(one, one[0], 1)
    for w in (one, torch.ones(3, 2), torch.ones(3, 1)):
        with pytest.raises(
            ValueError, match=r"^w must have shape \(\.\.\., k, k\), got"
        ):
            dilate_kernel(w, 1)
    for x, w in [
        (grid[0], grid),
        (grid, grid[0]),
        (grid, grid[:, :1]),  # would broadcast over the channels
    ]:
        with pytest.raises(ValueError, match=r"^need x \(n, c, h, v\) and w"):
            polyphase_dilated_conv2d(x, w, 1)
    with pytest.raises(ValueError, match=r"^w must have shape \(o, c, k, k\), got"):
        polyphase_dilated_conv2d(grid, grid[..., :3, :1], 1)
    with pytest.raises(ValueError, match=r"^kernel must be an integer >= 1, got 0"):
        dilated_conv1d(one, one[:0], 1)


def test_types_that_differ_and_no_channels_are_rejected():
    x, grid = torch.ones(9), torch.ones(1, 1, 9, 9)
    with pytest.raises(ValueError, match=r"^w must be torch.float32 like x, got"):
        dilated_conv1d(x, x[:3].double(), 1)
    with pytest.raises(ValueError, match=r"^w must be torch.float32 like x, got"):
        polyphase_dilated_conv2d(grid, grid.double(), 1)
    with pytest.raises(ValueError, match=r"^x must be floating point, got torch.int64"):
        polyphase_dilated_conv2d(grid.long(), grid.long(), 1)
    for w in (grid[:, :0], grid[:0]):
        x = grid[:, : w.shape[1]]
        with pytest.raises(ValueError, match=r"^w must have channels in and out, got"):
            polyphase_dilated_conv2d(x, w, 1)


@pytest.mark.parametrize("rates", [[1, 0], [1, 2.0, 4]])
def test_the_experiment_rejects_bad_rates(rates):
    with pytest.raises(ValueError, match=r"^rate must be an integer >= 1, got"):
        learn_shift(rates)


@pytest.mark.parametrize(
    ("bad", "least"), [({"shift": -1}, 0), ({"steps": 0}, 1), ({"seed": 0.5}, 0)]
)
def test_the_experiment_rejects_bad_settings(bad, least):
    (name,) = bad
    match = f"^{name} must be an integer >= {least}, got"
    with pytest.raises(ValueError, match=match):
        learn_shift([1], **bad)
