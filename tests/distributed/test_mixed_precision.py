"""Oracles: torch casts, finfo, GradScaler, numpy float16, fractions, hand counts."""

import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from snippets.distributed import mixed_precision as note
from snippets.distributed.mixed_precision import (
    FORMATS,
    LossScaler,
    accumulate,
    limits,
    mixed_step,
    round_to,
    scaled_quantise,
    stochastic_round,
)

IEEE = [name for name in FORMATS if name != "float8_e4m3fn"]
EDGES = [0.0, -0.0, np.inf, -np.inf, np.nan, 65504, 65519, 65520, 61439, 61440, 57344]
EDGES += [448, 463, 464, 2**-24, 2**-25, 3 * 2**-25, 2**-133, 2**-134, 3 * 2**-134]
EDGES += [3.4e38, 3.39e38, 2**-149, 2**-10, 2**-17, 3 * 2**-17, 2**-126, 1 + 2**-8]


def numbers():
    rng = np.random.default_rng(0)
    sizes = 10 ** rng.uniform(-12, 6, 20_000) * rng.choice([-1, 1], 20_000)
    # torch goes from float64 to 16 and 8 bits by way of float32: begin there.
    return np.concatenate([sizes, EDGES]).astype(np.float32).astype(np.float64)


def cast(x, name):
    return torch.tensor(x).to(getattr(torch, name)).double().numpy()


def same(a, b):
    """Bit for bit, signs of zeros included; one NaN is as good as another."""
    a, b = np.asarray(a), np.asarray(b)
    np.testing.assert_array_equal(a, b)
    defined = ~np.isnan(a)
    np.testing.assert_array_equal(np.signbit(a)[defined], np.signbit(b)[defined])


@pytest.mark.parametrize("name", IEEE)
def test_rounding_is_that_of_torch_bit_for_bit(name):
    x = numbers()
    same(round_to(x, name), cast(x, name))


def test_e4m3fn_is_that_of_torch_up_to_448_and_saturates_or_gives_nan_beyond():
    x = numbers()
    inside = np.abs(x) <= 464
    for saturate in (False, True):
        got = round_to(x, "float8_e4m3fn", saturate)
        same(got[inside], cast(x, "float8_e4m3fn")[inside])
        assert got[inside].max() == 448
        beyond = ~inside & ~np.isnan(x)
        if saturate:
            same(got[beyond], np.copysign(448.0, x[beyond]))
        else:
            assert np.isnan(got[beyond]).all()
    library = cast([500.0, 1e9, np.inf, -500.0], "float8_e4m3fn")
    assert set(library[~np.isnan(library)]) <= {448.0, -448.0}
    if torch.__version__.startswith("2.13"):  # the page names the version
        assert library.tolist() == [448, 448, 448, -448]
        assert cast([500.0, 1e9], "float8_e5m2").tolist() == [512, np.inf]
        for name in ("float8_e4m3fn", "float8_e5m2"):
            assert np.isnan(cast([np.nan], name)).all()
    assert not np.isinf(round_to([1e9, np.inf], "float8_e4m3fn")).any()
    assert np.isnan(round_to([1e9, np.inf], "float8_e4m3fn")).all()


def test_what_float64_does_not_hold_is_refused_and_not_rounded_twice():
    kept = [-(2**63), 2**60 + 2**36, 2**53]
    assert round_to(np.array(kept), "float32").tolist() == [
        -(2.0**63),
        2.0**60,
        2.0**53,
    ]
    with pytest.raises(ValueError, match="that float64 holds"):
        round_to(2**60 + 2**36 + 1, "float32")  # a tie in float64
    wide = np.longdouble(1) + np.longdouble(2) ** -60
    if wide != 1:  # it is no wider than float64 on some machines
        with pytest.raises(ValueError, match="that float64 holds"):
            round_to([wide, 1], "float16")
        with pytest.raises(ValueError, match="that float64 holds"):
            round_to(np.finfo(np.longdouble).max, "float16")
    assert round_to(np.array([], dtype="U1"), "float16").shape == (0,)
    for fine in (1.5, np.nan, np.inf):
        same(round_to(np.longdouble(fine), "float16"), fine)


def test_float16_is_rounded_once_from_float64_as_numpy_does():
    with np.errstate(over="ignore"):
        x = np.random.default_rng(1).standard_normal(5000) * 10.0 ** np.arange(
            -10, 0
        ).repeat(500)
        same(round_to(x, "float16"), x.astype(np.float16).astype(np.float64))
    x = 1 + 2**-11 + 2**-40
    assert round_to(x, "float16") == 1 + 2**-10 == np.float16(x)
    assert round_to(round_to(x, "float32"), "float16") == 1


@given(
    st.floats(-1e6, 1e6) | st.floats(-1e-4, 1e-4),
    st.sampled_from(list(FORMATS)),
)
def test_no_number_of_the_format_is_nearer(x, name):
    exponent, fraction = FORMATS[name]
    got = float(round_to(x, name, saturate=True))
    if abs(x) >= limits(name)["max"]:
        assert abs(got) == limits(name)["max"]
        return
    # All numbers of the format in the binade of x and at its ends, by the definition.
    bias = 2 ** (exponent - 1) - 1
    power = max(math.frexp(x)[1] - 1, 1 - bias)
    unit = Fraction(2) ** (power - fraction)
    below = int(abs(Fraction(x)) / unit)
    near = [k * unit for k in (below, below + 1)]
    errors = [abs(abs(Fraction(x)) - v) for v in near]
    best = min(errors)
    want = [v for v, e in zip(near, errors) if e == best]
    if len(want) == 2:
        want = [v for v in want if (v / unit) % 2 == 0]
    assert abs(Fraction(got)) == want[0]
    assert math.copysign(1, got) == math.copysign(1, x)


def test_limits_are_those_of_finfo_and_of_the_hand_count():
    for name in FORMATS:
        info = torch.finfo(getattr(torch, name))
        known = limits(name)
        assert known["max"] == info.max
        assert known["min_normal"] == info.smallest_normal
        assert known["eps"] == info.eps
        least = known["min_subnormal"]
        assert cast([least], name)[0] == least
        assert cast([least / 2], name)[0] == 0
    assert list(limits("float16").values()) == [65504, 2**-14, 2**-24, 2**-10]
    assert list(limits("float8_e4m3fn").values()) == [448, 2**-6, 2**-9, 1 / 8]
    assert list(limits("float8_e5m2").values()) == [57344, 2**-14, 2**-16, 1 / 4]
    assert f"{limits('bfloat16')['max']:.5g}" == "3.3895e+38"
    assert limits("bfloat16")["eps"] == 2**-7


def test_formats_are_cut_from_wider_ones_and_e4m3_has_one_nan_of_each_sign():
    bits = torch.arange(256, dtype=torch.uint8)
    e5m2 = bits.view(torch.float8_e5m2).double().numpy()
    same(e5m2, (bits.numpy().astype(np.uint16) << 8).view(np.float16).astype(float))
    e4m3 = bits.view(torch.float8_e4m3fn).double().numpy()
    assert np.isnan(e4m3).sum() == 2
    assert not np.isinf(e4m3).any()
    for name, values in (("float8_e5m2", e5m2), ("float8_e4m3fn", e4m3)):
        same(round_to(values, name), values)
    brain = torch.tensor(np.random.default_rng(0).standard_normal(99)).bfloat16()
    upper = brain.float().view(torch.int32) & 0xFFFF
    assert not upper.any()  # the lower half of such a float32 is empty
    known = limits("float8_e4m3fn")
    assert 17.5 < math.log2(known["max"] / known["min_subnormal"]) < 18.5
    assert 26.5 < math.log2(10 / 1e-7) < 27.5
    known = limits("float8_e5m2")
    assert 31.5 < math.log2(known["max"] / known["min_subnormal"]) < 32.5
    assert round_to(1e-7, "float8_e5m2") == 0


def test_ties_go_to_even_and_edges_are_what_the_page_says():
    x = [1 + 2**-8, 1 + 3 * 2**-8, 257, 259]
    assert round_to(x, "bfloat16").tolist() == [1, 1.015625, 256, 260]
    assert round_to([2049, 2051, 65519.9], "float16").tolist() == [2048, 2052, 65504]
    assert np.isinf(round_to(65520, "float16"))
    assert round_to([2**-25, 3 * 2**-25], "float16").tolist() == [0, 2**-23]
    assert round_to(np.nextafter(2**-25, 1), "float16") == 2**-24
    assert round_to([0.1, 1e-8], "float16").tolist() == [819 / 8192, 0]
    tiny = round_to([-1e-9, 5e-324, -5e-324], "float16")
    assert not tiny.any()
    assert np.signbit(tiny).tolist() == [True, False, True]
    near_one = 1 + np.array([3.9e-3, -1e-3, -2e-3])
    assert (round_to(near_one, "bfloat16") - 1).tolist() == [0, 0, -1 / 256]
    assert round_to(np.ones((2, 0, 3)), "float32").shape == (2, 0, 3)
    assert round_to(7, "float32").shape == ()


@pytest.mark.parametrize("name", FORMATS)
def test_saturation_gives_the_largest_number_for_all_that_is_larger(name):
    most = limits(name)["max"]
    huge = np.finfo(np.float64).max  # times its own rounding, beyond float64
    x = np.array([np.inf, -np.inf, np.nan, most, huge])
    same(round_to(x, name, saturate=True), [most, -most, np.nan, most, most])
    end = np.nan if name == "float8_e4m3fn" else np.inf
    same(round_to(huge, name), end)
    same(stochastic_round(huge, name, np.random.default_rng(0)), end)
    same(accumulate([huge], name), end)


@pytest.mark.parametrize("name", FORMATS)
def test_one_number_is_rounded_as_arrays_are(name):
    x = numbers()[::7].tolist() + EDGES
    one = [accumulate([value], name) for value in x]
    # The sum begins at +0, and adds: -0 becomes +0.
    np.testing.assert_array_equal(one, round_to(x, name))


def test_a_stochastic_mean_is_the_number_itself():
    x = np.full(100_000, 1 + 2**-9)
    drawn = stochastic_round(x, "bfloat16", np.random.default_rng(0))
    assert set(drawn) == {1, 1 + 2**-7}
    # A quarter goes up: the standard error is 2**-7 * sqrt(3/16 / 1e5) = 1.1e-5.
    assert abs(drawn.mean() - x[0]) < 4.5e-5
    for value in (-0.3, 2**-24 * 0.25, 1e-3, 0.99):
        x = np.full(20_000, value)
        drawn = stochastic_round(x, "float16", np.random.default_rng(1))
        low, high = min(drawn), max(drawn)
        assert low < value < high
        share = np.mean(drawn == high)
        assert abs(share - (value - low) / (high - low)) < 0.015
        assert np.all(np.signbit(drawn) == (value < 0))


class Lowest(np.random.Generator):
    """Draws the least uniform number that there is."""

    def random(self, *args, **kwargs):
        return np.zeros(*args, **kwargs)


def test_stochastic_rounding_leaves_what_the_format_has_and_what_is_not_finite():
    rng = np.random.default_rng(0)
    for name in FORMATS:
        held = round_to(numbers(), name)
        same(stochastic_round(held, name, rng), held)
        low = Lowest(np.random.PCG64())
        same(stochastic_round(held, name, low), held)
    ends = stochastic_round(np.full(300, 65512.0), "float16", rng)
    assert set(ends) == {65504, np.inf}  # 65512 is a quarter of the way to 65536
    assert 40 < np.isinf(ends).sum() < 110
    assert np.isnan(stochastic_round(1e9, "float8_e4m3fn", rng))


def test_sums_stall_where_half_a_spacing_is_no_less_than_the_term():
    assert accumulate([1e-3] * 10_000, "bfloat16") == 0.5
    assert accumulate([1e-3] * 10_000, "float16") == 4
    assert accumulate([1] * 3000, "bfloat16") == 256
    assert accumulate([1] * 3000, "float16") == 2048
    assert accumulate(iter([1] * 20), "float8_e4m3fn") == 16
    term, total = torch.tensor(1e-3).bfloat16(), torch.tensor(0.0).bfloat16()
    for _ in range(3000):
        total = total + term
    assert total.item() == 0.5
    assert accumulate([], "float16") == 0
    for values in ([], [1.5], [np.inf], np.array([np.inf, 2])):
        assert type(accumulate(values, "float16")) is float
    assert accumulate([65504, 100], "float16") == np.inf


def test_kahan_makes_up_for_what_is_lost():
    assert accumulate([1e-3] * 10_000, "bfloat16", compensated=True) == 9.9375
    assert accumulate([1e-3] * 10_000, "float16", compensated=True) == 10
    # The same in torch, which rounds after each operation.
    for name in ("bfloat16", "float16"):
        kind = getattr(torch, name)
        values = torch.rand(300, generator=torch.Generator().manual_seed(0)).to(kind)
        total = lost = torch.zeros((), dtype=kind)
        for value in values:
            term = value - lost
            grown = total + term
            lost = (grown - total) - term
            total = grown
        assert accumulate(values.double().numpy(), name, True) == total.item()


@pytest.mark.parametrize("name", ["bfloat16", "float16"])
def test_kahan_rounds_each_operation_also_where_terms_outgrow_the_sum(name):
    kind = getattr(torch, name)
    rng = np.random.default_rng(0)
    for _ in range(30):
        given = rng.standard_normal(40) * 10 ** rng.uniform(-2, 2, 40)
        values = torch.tensor(given).to(kind)
        total = lost = torch.zeros((), dtype=kind)
        for value in values:
            term = value - lost
            grown = total + term
            lost = (grown - total) - term
            total = grown
        held = values.double().numpy()
        assert accumulate(held, name, True) == total.item()
        # And it rounds what is given before it takes off what was lost.
        given = given.astype(np.float32).astype(np.float64)
        assert accumulate(given, name, True) == accumulate(
            round_to(given, name), name, True
        )


def test_a_block_of_eight_bits_by_hand():
    got, scale = scaled_quantise([896.0, 0.5, -3.0, 0.001], "float8_e4m3fn")
    assert scale.tolist() == [2]
    assert got.tolist() == [896, 0.5, -3, 0]
    got, scale = scaled_quantise([448.0, 0.0, 0.0, 0.0], "float8_e4m3fn", 2)
    assert scale.tolist() == [1, 1]
    assert got.tolist() == [448, 0, 0, 0]
    got, scale = scaled_quantise(np.array([5e-324, -1e-320]), "float8_e4m3fn")
    assert scale.tolist() == [1]
    assert not got.any()
    # A scale that is just normal is used, the next smaller one is not.
    tiny = np.finfo(np.float64).tiny
    assert scaled_quantise([448 * tiny], "float8_e4m3fn")[0] == 448 * tiny
    got, scale = scaled_quantise([224 * tiny], "float8_e4m3fn")
    assert scale == 1
    assert got == 0
    assert np.isfinite(scaled_quantise([1e300, -1e300], "float8_e5m2")[0]).all()


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6), st.integers(1, 3))
def test_blocks_do_not_know_of_each_other(values, count):
    x = np.concatenate([np.array(values) * 10**k for k in range(count)])
    got, scales = scaled_quantise(x, "float8_e5m2", len(values))
    assert got.shape == x.shape
    assert scales.shape == (count,)
    for k, part in enumerate(x.reshape(count, -1)):
        one, scale = scaled_quantise(part, "float8_e5m2")
        np.testing.assert_array_equal(one, got.reshape(count, -1)[k])
        assert scale[0] == scales[k]


def test_an_outlier_hurts_integers_more_than_floats():
    x = np.random.default_rng(0).standard_normal(4096)
    x[0] = 1000

    def int8(block):
        blocks = x.reshape(-1, block)
        step = abs(blocks).max(axis=1, keepdims=True) / 127
        return (np.rint(blocks / step) * step).reshape(-1)

    def error(y):
        return np.linalg.norm((y - x)[1:]) / np.linalg.norm(x[1:])

    one, blocks = (scaled_quantise(x, "float8_e4m3fn", b)[0] for b in (None, 32))
    assert 0.026 < error(one) < 0.0275
    assert 0.0015 < np.mean(one == 0) < 0.003
    assert 0.0235 < error(blocks) < 0.025
    assert np.mean(blocks == 0) == 0
    assert error(int8(4096)) == 1
    assert 0.06 < error(int8(32)) < 0.085
    # Whom the outlier hurts: in int8 its own block, in E4M3 nobody.
    assert abs(x[1:]).max() < 1000 / 254
    assert not int8(32)[1:32].any()
    assert 0.0045 < np.linalg.norm((int8(32) - x)[32:]) / np.linalg.norm(x[32:]) < 0.006
    one, blocks = error(one), error(blocks)
    x[0] = 1
    for block, with_it in ((None, one), (32, blocks)):
        without = error(scaled_quantise(x, "float8_e4m3fn", block)[0])
        assert abs(with_it - without) < 1e-3


def test_the_loss_scale_goes_down_at_once_and_up_after_the_interval():
    scaler, scales, steps = LossScaler(8, interval=3), [], []
    for flag in (0, 0, 0, 1, 0, 0, 1, 1):
        steps.append(scaler.update(bool(flag)))
        scales.append(scaler.scale)
    assert scales == [8, 8, 16, 8, 8, 8, 4, 2]
    assert steps == [True, True, True, False, True, True, False, False]
    scaler = LossScaler(6, growth=3, backoff=0.25, interval=1)
    scaler.update(np.bool_(False))
    assert scaler.scale == 18
    scaler.update(True)
    assert scaler.scale == 4.5


def test_it_is_the_scaler_of_torch():
    ours, theirs = LossScaler(), torch.amp.GradScaler("cpu")
    assert ours.scale == theirs.get_scale() == 65536
    assert ours.growth == theirs.get_growth_factor() == 2
    assert ours.backoff == theirs.get_backoff_factor() == 0.5
    assert ours.interval == theirs.get_growth_interval() == 2000
    ours = LossScaler(64, 4, 0.25, 3)
    theirs = torch.amp.GradScaler("cpu", 64.0, 4.0, 0.25, 3)
    weight = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=1.0)
    flags, seen = np.random.default_rng(0).random(40) < 0.2, set()
    for flag in flags.tolist():
        before = weight.item()
        optimizer.zero_grad()
        theirs.scale(weight.sum() * (math.inf if flag else 1.0)).backward()
        theirs.step(optimizer)
        theirs.update()
        assert ours.update(flag) == (weight.item() != before)
        assert ours.scale == theirs.get_scale()
        seen.add(ours.scale)
    assert len(seen) > 2


def test_a_scale_stays_positive_and_finite():
    small = LossScaler(5e-324)
    small.update(True)
    assert small.scale == 5e-324
    large = LossScaler(1e308, interval=1)
    large.update(False)
    assert large.scale == 1e308
    far = LossScaler(1e300, interval=1)  # beyond float32, and it still grows
    far.update(False)
    assert far.scale == 2e300
    growing = LossScaler(8, interval=2)
    large = LossScaler(1.5, growth=1.5, interval=2)
    for _ in range(4):
        growing.update(False)
        large.update(False)
    assert growing.scale == 32
    assert large.scale == 3.375


def test_a_step_by_hand():
    scaler = LossScaler(1024.0)
    master, copy = mixed_step([1.0, 2.0], [2**-30, 0.5], scaler, lr=0.25)
    # 2**-30 * 1024 = 2**-20 is a float16; the master weight has no room for 2**-32.
    assert master.tolist() == [1, 1.875]
    assert copy.tolist() == [1, 1.875]
    master, copy = mixed_step([1.0], [2**-12], LossScaler(), lr=1.0)
    assert master[0] == 1 - 2**-12
    assert copy[0] == 1
    skipped = LossScaler(2.0)
    master, copy = mixed_step([0.1], [40_000.0], skipped, lr=1.0)
    assert master == np.float32(0.1)
    assert copy == np.float16(0.1)
    assert skipped.scale == 1
    master, _ = mixed_step([1.0], [1e300], LossScaler(1e300), lr=1.0)  # no warning
    assert master == 1
    assert mixed_step([0.0], [60.0], LossScaler(1.0), lr=1.7e308)[0] == -np.inf
    master, copy = mixed_step([65520.0, 1.0], [0.0, 0.0], LossScaler(), lr=1.0)
    assert master.tolist() == [65520, 1]  # its copy overflows, and that can be seen
    assert copy.tolist() == [np.inf, 1]


def test_clipping_finds_the_norm_of_gradients_whose_squares_leave_float64():
    for size in (1e-200, 1e200):
        scaler = LossScaler(1 / size)
        g = [3 * size, -4 * size]
        master, _ = mixed_step([0.0, 0.0], g, scaler, 1 / size, "float32", size)
        np.testing.assert_allclose(master, [-0.6, 0.8], rtol=1e-6)
    assert mixed_step([1.0], [0.0], LossScaler(), 1.0, clip=1.0)[0] == 1
    assert mixed_step([], [], LossScaler(), 1.0, clip=1.0)[0].shape == (0,)


def test_clipping_is_of_the_unscaled_gradient():
    g = np.array([3e-4, 4e-4])
    near = {"rtol": 2e-3, "atol": 0}
    for clip, want in ((None, g), (1.0, g), (5.1e-4, g), (1e-4, g / 5)):
        master, _ = mixed_step(np.zeros(2), g, LossScaler(), lr=1.0, clip=clip)
        np.testing.assert_allclose(-master, want, **near)
    scaled = 65536 * g  # the wrong order, as the page has it
    wrong = scaled / max(1, np.linalg.norm(scaled)) / 65536
    assert 32.7 < np.linalg.norm(scaled) < 32.8
    assert 32.7 < np.linalg.norm(g) / np.linalg.norm(wrong) < 32.8


def test_a_third_of_the_gradients_is_flushed_and_a_scale_saves_them():
    g = 10 ** np.random.default_rng(0).normal(-7, 1, 100_000)
    assert 0.294 < np.mean(round_to(g, "float16") == 0) < 0.304
    # The closed form: log10 of the largest that goes to 0.
    place = (math.log10(2**-25) + 7) / math.sqrt(2)
    assert abs((1 + math.erf(place)) / 2 - 0.2995) < 5e-5
    scaled = round_to(g * 65536, "float16")
    assert (scaled > 0).all()
    assert np.isfinite(scaled).all()
    assert (round_to(g, "bfloat16") > 0).all()
    assert np.mean(round_to(g * 65536, "float8_e5m2") == 0) < 0.003
    assert 0.19 < np.mean(round_to(g * 65536, "float8_e4m3fn") == 0) < 0.22
    saved = [s for s in range(1, 64) if round_to(1e-9 * s, "float16") > 0]
    assert saved[0] == 30
    assert 1e-9 * 32 > 2**-25 > 1e-9 * 16
    assert 0 < round_to(1e-9 * 2.0**45, "float16") < np.inf
    assert np.isinf(round_to(1e-9 * 2.0**46, "float16"))


def distances(name, scale, keep):
    """Of two draws of targets: how far the weights end from them."""
    target = np.random.default_rng(1).standard_normal((2, 200))
    master = weights = np.zeros((2, 200))
    scaler = LossScaler(scale)
    for _ in range(500):
        start = master if keep else weights
        gradients = 1e-7 * (weights - target)
        master, weights = mixed_step(start, gradients, scaler, 2e5, name)
    return np.sqrt(np.mean((weights - target) ** 2, axis=1))


def test_float16_needs_both_and_bfloat16_only_the_master_weights():
    neither, master, scale, both = (
        distances("float16", S, keep) for S in (1, 65536) for keep in (False, True)
    )
    brain = distances("bfloat16", 1, False)
    for stuck in (neither, master):
        assert ((stuck > 0.2) & (stuck < 0.32)).all()
    assert ((scale > 0.01) & (scale < 0.03)).all()
    assert (both < 1e-3).all()
    assert (brain > 3 * scale).all()
    assert (distances("bfloat16", 1, True) < 5e-3).all()
    # What both repairs leave is little more than the rounding of the copy.
    target = np.random.default_rng(0).standard_normal(200)
    for name, rms in (("float16", 0.00018), ("bfloat16", 0.0017)):
        off = np.sqrt(np.mean((round_to(target, name) - target) ** 2))
        assert float(f"{off:.2g}") == rms
    # A loss scale that is a power of two changes nothing where nothing underflows.
    same(distances("bfloat16", 65536, False), brain)
    same(distances("bfloat16", 65536, True), distances("bfloat16", 1, True))


def test_steps_too_small_for_bfloat16_are_lost_unless_rounded_by_lot():
    nearest = 1.0
    drawn, rng = np.ones(400), np.random.default_rng(0)
    for _ in range(1000):
        nearest = float(round_to(nearest - 1e-3, "bfloat16"))
        drawn = stochastic_round(drawn - 1e-3, "bfloat16", rng)
    assert nearest == 1
    assert (drawn != 0).all()  # not one is right,
    assert (abs(drawn) < 0.5).all()  # and none is stuck
    assert abs(drawn.mean()) < 0.01
    assert 0.03 < drawn.std() < 0.05


def adam(gradients, dtype, steps):
    weight = torch.zeros(len(gradients), dtype=dtype, requires_grad=True)
    optimizer = torch.optim.Adam([weight], lr=0.01)
    for _ in range(steps):
        weight.grad = torch.tensor(gradients, dtype=dtype)
        optimizer.step()
    return weight.detach()


def test_adam_hides_a_gradient_that_is_33_times_too_short():
    full = adam([3e-4, -4e-4], torch.float32, 20)
    short = adam([3e-4 / 33, -4e-4 / 33], torch.float32, 20)
    torch.testing.assert_close(full, short, rtol=0.01, atol=0)


def test_adam_in_float16_divides_zero_and_small_gradients_by_zero():
    found = adam([0.0, 1e-3, 0.5], torch.float16, 1)
    assert found[0].isnan()
    assert found[1].isinf()
    assert found[2].isfinite()


def test_autocast_leaves_the_weights_as_they_are():
    layer = torch.nn.Linear(3, 2)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = layer(torch.ones(1, 3))
        loss = torch.nn.functional.mse_loss(out, torch.zeros(1, 2))
    loss.backward()
    assert layer.weight.dtype == layer.weight.grad.dtype == torch.float32
    assert (out.dtype, loss.dtype) == (torch.bfloat16, torch.float32)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: limits("fp16"), "name must be one of float32, .*, got 'fp16'"),
        (lambda: limits(["float16"]), "name must be one of"),
        (lambda: round_to(["a"], "float16"), "x must be numbers, got"),
        (lambda: round_to([[1], [1, 2]], "float16"), "x must be numbers, got"),
        (lambda: round_to([True], "float16"), "x must be numbers, got"),
        (
            lambda: round_to(torch.ones(2, dtype=torch.bfloat16), "float16"),
            "x must be numbers that numpy reads, got tensor",
        ),
        (lambda: round_to(np.ma.array([1.0]), "float16"), "got a masked array"),
        (lambda: round_to([1], "float16", 1), "saturate must be True or False, got 1"),
        (lambda: stochastic_round([1], "float16", 0), "rng must be a numpy Generator"),
        (lambda: accumulate([[1]], "float16"), "values must have one axis, got"),
        (lambda: accumulate("12", "float16"), "values must be numbers, got '12'"),
        (lambda: accumulate(b"12", "float16"), "values must be numbers, got b'12'"),
        (lambda: accumulate(torch.tensor(3.0), "float16"), "values must have one axis"),
        (lambda: round_to(2**53 + 1, "float32"), "x must be numbers that float64 hol"),
        (lambda: round_to([1, 2**63 - 1], "float32"), "numbers that float64 holds"),
        (lambda: accumulate([1], "float16", None), "compensated must be True or False"),
        (lambda: accumulate(3, "float16"), "values must have one axis, got shape"),
        (lambda: scaled_quantise([], "float16"), "x must have one axis, not empty"),
        (lambda: scaled_quantise([[1]], "float16"), "x must have one axis, not empty"),
        (lambda: scaled_quantise([np.nan], "float16"), "x must be finite numbers"),
        (lambda: scaled_quantise([2e300], "float16"), "of at most 1e\\+300 in size"),
        (
            lambda: scaled_quantise([1, 2], "float16", 0),
            "block must be an integer >= 1",
        ),
        (lambda: scaled_quantise([1, 2], "float16", True), "block must be an integer"),
        (lambda: scaled_quantise([1, 2, 3], "float16", 2), "divide 3 numbers, got 2"),
        (lambda: LossScaler(0), "scale must be a number between 0 and inf, got 0"),
        (lambda: LossScaler(10**400), "scale must be a number between 0 and inf"),
        (lambda: LossScaler(True), "scale must be a number between 0 and inf, got T"),
        (lambda: LossScaler(1, 1), "growth must be a number between 1 and inf, got 1"),
        (
            lambda: LossScaler(1, 2, 1),
            "backoff must be a number between 0 and 1, got 1",
        ),
        (
            lambda: LossScaler(1, 2, 0),
            "backoff must be a number between 0 and 1, got 0",
        ),
        (lambda: LossScaler(1, interval=0), "interval must be an integer >= 1, got 0"),
        (lambda: LossScaler().update(1), "found_inf must be True or False, got 1"),
        (lambda: mixed_step([1], [[1]], LossScaler(), 1), r"shape of master, \(1,\)"),
        (
            lambda: mixed_step([1], [1], None, 1),
            "scaler must be a LossScaler, got None",
        ),
        (lambda: mixed_step([1], [1], LossScaler(), 0), "lr must be a number between"),
        (
            lambda: mixed_step([1], [1], LossScaler(), 1, clip=0),
            "clip must be a number",
        ),
        (lambda: mixed_step([1], [1], LossScaler(), 1, "half"), "name must be one of"),
        (
            lambda: mixed_step([1], [np.inf], LossScaler(), 1),
            "gradients must be finite",
        ),
        (lambda: mixed_step([np.nan], [1], LossScaler(), 1), "master must be finite"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_refused_step_leaves_the_scaler_as_it_was():
    scaler = LossScaler(8.0, interval=1)
    with pytest.raises(ValueError, match="clip"):
        mixed_step([1], [1], scaler, 1, clip=-1)
    assert scaler.scale == 8


def test_the_formats_cannot_be_changed_by_mistake():
    with pytest.raises(TypeError):
        note.FORMATS["float16"] = (8, 7)
    assert set(note.__all__) >= {"FORMATS", "mixed_step"}
