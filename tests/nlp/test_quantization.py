"""Oracles: brute force, explicit refits, torch's floats and quantiles, closed forms."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises.nlp import quantization as exercises
from figures.nlp import quantization as figure
from snippets.nlp.quantization import (
    awq_search,
    bits_per_weight,
    compare_methods,
    dequantize,
    gptq,
    nf4_levels,
    nf4_quantize,
    quantize_absmax,
    quantize_affine,
    round_float,
)

X8 = np.array([1.2, -0.5, -4.3, 1.2, -3.1, 0.8, 2.4, 5.4])
# bitsandbytes' constants, as they stand in its sources.
NF4 = [
    -1.0,
    -0.6961928009986877,
    -0.5250730514526367,
    -0.39491748809814453,
    -0.28444138169288635,
    -0.18477343022823334,
    -0.09105003625154495,
    0.0,
    0.07958029955625534,
    0.16093020141124725,
    0.24611230194568634,
    0.33791524171829224,
    0.44070982933044434,
    0.5626170039176941,
    0.7229568362236023,
    1.0,
]
seeds = st.integers(0, 10_000)


def close(actual, expected, atol=1e-12):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=atol)


def drawn(seed, *shape):
    rng = np.random.default_rng(seed)
    return rng.standard_normal(shape) * rng.integers(1, 9) + rng.integers(-3, 4)


def correlated(seed, n, rows=64):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((rows, 2)) @ rng.standard_normal((2, n))
    return X + 0.3 * rng.standard_normal((rows, n))


def nearest(values, points):
    """Distance of each value to the nearest point of a grid, by trying all."""
    return np.abs(np.subtract.outer(values, points)).min(axis=-1)


def square(e, H):
    return float(e @ H @ e)


# ---- the grid


def test_eight_numbers_by_hand():
    q, scale = quantize_absmax(X8)
    assert q.tolist() == [28, -12, -101, 28, -73, 19, 56, 127]
    assert (q.dtype, scale.dtype, scale.shape) == (np.int32, np.float64, (1,))
    close(scale, 5.4 / 127)
    close(scale, 0.0425197, 5e-8)
    q, scale, zero = quantize_affine(X8)
    assert q.tolist() == [145, 100, 0, 145, 32, 134, 176, 255]
    assert (q.dtype, zero.dtype, zero.tolist()) == (np.int32, np.int32, [113])
    close(scale, 9.7 / 255)
    q, scale, zero = quantize_affine(np.array([2.2, 3, 4]), 4)
    assert (q.tolist(), zero.tolist()) == ([8, 11, 15], [0])
    q, scale, zero = quantize_affine(np.array([-1, 0, 2]), 2)
    assert (q.tolist(), scale.tolist(), zero.tolist()) == ([0, 1, 3], [1.0], [1])
    close(dequantize(q, scale, zero), [-1, 0, 2], 0)
    q, scale = quantize_absmax(np.array([0.9, -0.2, 0.5]), 3)
    assert q.tolist() == [3, -1, 2]
    close(dequantize(q, scale), [0.9, -0.3, 0.6])


@settings(max_examples=40)
@given(st.integers(2, 8), st.integers(1, 3), st.integers(1, 6), seeds)
def test_every_code_is_a_nearest_point_of_its_grid(bits, rows, n, seed):
    x = drawn(seed, rows, n)
    for axis, parts in ((None, [x]), (1, list(x)), (0, list(x.T)), (-1, list(x))):
        q, scale = quantize_absmax(x, bits, axis)
        back = dequantize(q, scale)
        kept = (1, 1) if axis is None else ((1, n) if axis == 0 else (rows, 1))
        assert scale.shape == kept
        for part, got in zip(
            parts, [back] if axis is None else list(back.T if axis == 0 else back)
        ):
            top = 2 ** (bits - 1) - 1
            points = np.arange(-top, top + 1) * np.abs(part).max() / top
            close(np.abs(got - part), nearest(part, points))
    q, scale, zero = quantize_affine(x, bits, axis=1)
    back = dequantize(q, scale, zero)
    assert q.min() >= 0
    assert q.max() < 2**bits
    for row, got, z in zip(x, back, zero[:, 0], strict=True):
        step = (max(row.max(), 0) - min(row.min(), 0)) / (2**bits - 1)
        points = (np.arange(2**bits) - z) * step
        assert 0 in points
        close(np.abs(got - row), nearest(row, points))
        assert abs(points[0] - min(row.min(), 0)) <= step / 2 + 1e-12


@settings(max_examples=20)
@given(seeds)
def test_groups_are_rows_of_their_own(seed):
    x = drawn(seed, 2, 3, 12)
    q, scale = quantize_absmax(x, 4, group=4)
    assert (q.shape, scale.shape) == ((2, 3, 12), (2, 3, 3))
    rows = x.reshape(-1, 4)
    q_rows, s_rows = quantize_absmax(rows, 4, axis=1)
    assert (q.reshape(-1, 4) == q_rows).all()
    close(scale.reshape(-1), s_rows[:, 0], 0)
    close(dequantize(q, scale, group=4).reshape(-1, 4), q_rows * s_rows, 0)
    close(
        dequantize(q, scale, np.full((2, 3, 3), 1), group=4).reshape(-1, 4),
        (q_rows - 1) * s_rows,
        0,
    )


def test_several_axes_share_one_scale():
    x = drawn(0, 2, 3, 4)
    _q, scale = quantize_absmax(x, axis=(0, 2))
    assert scale.shape == (1, 3, 1)
    close(scale[0, :, 0] * 127, [abs(x[:, i]).max() for i in range(3)])


def test_zero_is_exact_in_the_affine_grid_and_in_zeros():
    for x in ([2.0, 3, 4], [-4.0, -3], [-1.7, 0, 0.3], [5.0], [-5.0]):
        with_zero = np.array([*x, 0.0])
        assert dequantize(*quantize_affine(with_zero, 3))[-1] == 0
    for function in (quantize_absmax, quantize_affine):
        q, scale, *zero = function(np.zeros((2, 3)), axis=1)
        assert not q.any()
        assert (scale == 1).all()
        assert not np.any(zero)
    # Near the smallest float the step is rounded down, and the code is clipped.
    for sign in (1, -1):
        tiny = np.array([sign * 130 * 5e-324, 0])
        assert quantize_absmax(tiny)[0].tolist() == [sign * 127, 0]
    for low in (-357, -130, -5):
        q, scale, zero = quantize_affine(np.array([low * 5e-324, 0]))
        assert dequantize(q, scale, zero)[1] == 0
        assert 0 <= zero[0] <= 255
    q, scale = quantize_absmax(np.array([5e-324, 0]))
    assert (q.tolist(), scale.tolist()) == ([0, 0], [1.0])


def test_one_number_and_negative_ones_only():
    assert quantize_absmax(np.float64(-3))[0] == -127
    assert quantize_absmax(np.array([-2.0, -1]), 4)[0].tolist() == [-7, -4]
    q, _scale, zero = quantize_affine(np.array([-2.0, -1]), 4)
    assert (q.tolist(), zero.tolist()) == ([0, 7], [15])  # -7.5 goes to -8
    assert quantize_affine(np.float64(7))[0] == 255


def test_float16_near_its_end_is_computed_in_float64():
    x = np.array([60000, -60000, 30000], dtype=np.float16)
    q, scale, zero = quantize_affine(x)  # the range, 120000, is no float16
    close(scale, 120000 / 255)
    assert q.tolist() == [255, 0, 192]  # 127.5 goes to 128, the even one
    assert zero == 128
    q, scale = quantize_absmax(x, 16)
    assert q.tolist() == [32767, -32767, 16384]


def test_what_goes_wrong_with_other_rounding_and_other_ends():
    assert np.int64(128).astype(np.int8) == -128
    assert np.rint([0.5, 2.5]).tolist() == [0, 2]
    assert np.array([63.5, -0.9]).astype(np.int8).tolist() == [63, 0]
    assert quantize_absmax(np.array([1, 0.5]))[0].tolist() == [127, 64]
    assert quantize_absmax(np.array([1, 0.6]))[0].tolist() == [127, 76]


def test_the_error_is_a_twelfth_of_the_squared_step():
    x = np.random.default_rng(0).uniform(-1, 1, 200_000)
    for bits, db in ((4, 22.9), (6, 35.8), (8, 48.1)):
        q, scale = quantize_absmax(x, bits)
        noise = np.mean((dequantize(q, scale) - x) ** 2)
        assert abs(noise / (scale[0] ** 2 / 12) - 1) < 0.005
        close(10 * math.log10(np.mean(x**2) / noise), db, 0.05)


def test_bits_of_a_weight():
    assert bits_per_weight(4, 128) == 4.125
    assert bits_per_weight(4, 64, 32) == 4.5
    assert (
        bits_per_weight(4, 128, zero_bits=4)
        == bits_per_weight(4, 128, 16, 4)
        == 4.15625
    )
    close(bits_per_weight(4, 64, 32, double_group=256), 4 + 8 / 64 + 32 / 64 / 256)
    close(bits_per_weight(4, 64, 32, 0, 256, 6), 4 + 6 / 64 + 32 / 64 / 256)
    assert bits_per_weight(2, 1, 1) == 3
    assert bits_per_weight(2, 1, 64, 64) == 130
    assert bits_per_weight(2, 1, 64, 0, 1, 64) == 130
    assert bits_per_weight(4, 10**400) == 4


def test_the_integer_product_has_four_sums():
    rng = np.random.default_rng(0)
    (q, s, z), (p, t, y) = (quantize_affine(v) for v in (rng.random(99), drawn(1, 99)))
    four = q @ p - y * q.sum() - z * p.sum() + 99 * z * y
    close(four * s * t, dequantize(q, s, z) @ dequantize(p, t, y), 1e-10)
    assert abs(q @ p * s * t - four * s * t) > 1


def test_an_end_halfway_between_two_points_of_the_affine_grid_is_clipped():
    # 1.5 steps below 0 and 13.5 above: the zero point is 2, and 14 + 2 is no code.
    q, scale, zero = quantize_affine(np.array([-1.5, 13.5]), 4)
    assert (q.tolist(), scale.tolist(), zero.tolist()) == ([0, 15], [1.0], [2])


# ---- floats of few bits


def test_e4m3_is_off_by_a_seventeenth_at_most():
    x = np.concatenate([np.geomspace(2**-6, 448, 20_001), [17 / 16, 17 / 64]])
    off = np.abs(round_float(x, 4, 3, 448) - x) / x
    close(off.max(), 1 / 17)
    assert (off[20_001:] == off.max()).all()
    small = np.array([0.0012, 2**-10])  # below, the share has no such bound
    assert (np.abs(round_float(small, 4, 3, 448) - small) / small > 0.6).all()


@pytest.mark.parametrize(
    ("sizes", "dtype"),
    [
        ((4, 3, 448), torch.float8_e4m3fn),
        ((5, 10, 65504), torch.float16),
        ((8, 7, 3.3895313892515355e38), torch.bfloat16),
        ((5, 2, 57344), torch.float8_e5m2),
    ],
)
def test_small_floats_are_those_of_torch(sizes, dtype):
    rng = np.random.default_rng(0)
    x = rng.standard_normal(3000) * 2.0 ** rng.integers(-30, 9, 3000)
    x = np.concatenate([x, [0, -0.0, 1.0625, 1.1875, 2**-9, 2**-10, 3 * 2**-10, 440]])
    x = torch.tensor(x).float().clamp(-sizes[2], sizes[2])
    close(round_float(x.numpy(), *sizes), x.to(dtype).double(), 0)
    assert round_float(np.array([1e39, -1e39]), *sizes).tolist() == [
        sizes[2],
        -sizes[2],
    ]
    assert torch.finfo(dtype).max == sizes[2]


def test_the_fifteen_numbers_of_fp4():
    x = np.linspace(-7, 7, 1401) + 1e-5
    points = np.array([0, 0.5, 1, 1.5, 2, 3, 4, 6])
    points = np.concatenate([-points, points])
    y = round_float(x, 2, 1, 6)
    assert set(np.abs(y)) == {0, 0.5, 1, 1.5, 2, 3, 4, 6}
    close(np.abs(y - x), nearest(x, points))
    assert round_float(np.array([0.25, 0.75, 2.5, 5]), 2, 1, 6).tolist() == [0, 1, 2, 4]


def test_formats_of_four_bits_on_normal_numbers():
    x = np.random.default_rng(0).standard_normal(2**16)
    points = np.array([0, 0.5, 1, 1.5, 2, 3, 4, 6])
    points = np.concatenate([-points, points])

    def fp4(block, scale_of):
        blocks = x.reshape(-1, block)
        scales = np.array([scale_of(max(abs(b))) for b in blocks])[:, None]
        inside = np.clip(blocks / scales, -6, 6)
        best = points[np.abs(inside[..., None] - points).argmin(axis=-1)]
        return np.mean((scales * best - blocks) ** 2)

    def e4m3(top):
        wanted = torch.tensor(top / 6 / whole, dtype=torch.float32)
        return whole * float(wanted.to(torch.float8_e4m3fn))

    whole = abs(x).max() / 6 / 448
    close(fp4(32, lambda top: 2.0 ** (math.floor(math.log2(top)) - 2)), 0.0132, 2e-4)
    close(fp4(16, e4m3), 0.0091, 2e-4)
    for group, error in ((32, 0.0095), (16, 0.0073)):
        y = dequantize(*quantize_absmax(x, 4, group=group), group=group)
        close(np.mean((y - x) ** 2), error, 1e-4)


# ---- NF4


def test_levels_are_the_published_ones_and_torchs_quantiles():
    close(nf4_levels(), NF4, 1.1e-7)

    def outwards(n):
        steps = torch.linspace(0.5, 0.9677083, n, dtype=torch.float64)
        return torch.special.ndtri(steps)[1:].tolist()

    above, below = outwards(9), [-v for v in outwards(8)]
    close(nf4_levels(), np.sort([*above, 0, *below]) / max(above))
    assert nf4_levels(0.9).shape == (16,)
    exact = nf4_levels(Fraction(9, 10))
    assert exact.dtype == np.float64
    close(exact, nf4_levels(0.9), 0)
    assert round_float(1.0, 4, 3, Fraction(448)).dtype == np.float64
    assert nf4_levels(0.9)[1] < nf4_levels()[1]


@settings(max_examples=20)
@given(st.integers(1, 5), st.integers(1, 4), seeds)
def test_codes_of_nf4_name_a_nearest_level(block, rows, seed):
    x = drawn(seed, rows, block)
    codes, absmax = nf4_quantize(x.reshape(-1), block)
    assert (codes.dtype, codes.shape, absmax.shape) == (
        np.uint8,
        (rows, block),
        (rows,),
    )
    close(absmax, np.abs(x).max(axis=1), 0)
    for row, code, m in zip(x, codes, absmax, strict=True):
        close(
            np.abs(np.array(NF4)[code] * m - row), nearest(row, np.array(NF4) * m), 1e-5
        )


def test_a_block_of_zeros_has_the_code_of_zero():
    codes, absmax = nf4_quantize(np.array([[0.0, 0], [-2, 1]]), 2)
    assert codes.tolist() == [[7, 7], [0, 12]]
    assert absmax.tolist() == [0, 2]
    assert nf4_quantize(np.zeros(64))[0].shape == (1, 64)


def test_nf4_wins_on_normal_numbers_and_loses_on_uniform_ones():
    rng = np.random.default_rng(0)
    normal, uniform = rng.standard_normal(2**18), rng.uniform(-1, 1, 2**18)

    def errors(x, block):
        codes, absmax = nf4_quantize(x, block)
        nf4 = (np.array(NF4)[codes] * absmax[:, None]).reshape(-1)
        int4 = dequantize(*quantize_absmax(x, 4, group=block), group=block)
        return np.mean((nf4 - x) ** 2), np.mean((int4 - x) ** 2)

    found = [errors(normal, block) for block in (16, 64, 256, 1024)]
    expected = [(0.0066, 0.0073), (0.0084, 0.0116), (0.0097, 0.0159), (0.0109, 0.0204)]
    np.testing.assert_allclose(found, expected, rtol=0.02)
    np.testing.assert_allclose(errors(uniform, 64), (0.00278, 0.00163), rtol=0.02)
    used = np.bincount(nf4_quantize(normal)[0].reshape(-1)) / 2**18
    close([used.min(), used.max()], [0.017, 0.093], 0.002)


def test_q4_0_uses_all_codes_and_beats_nf4_in_small_blocks():
    x = np.random.default_rng(0).standard_normal(2**18)
    for block, error in ((16, 0.0058), (64, 0.0091)):
        parts = x.reshape(-1, block)
        first = np.abs(parts).argmax(axis=1)[:, None]
        step = np.take_along_axis(parts, first, 1) / -8
        codes = np.clip(np.floor(parts / step + 0.5), -8, 7)
        assert sorted(set(codes.reshape(-1))) == list(range(-8, 8))
        found = np.mean((codes * step - parts) ** 2)
        close(found, error, 5e-5)
        nf4, absmax = nf4_quantize(x, block)
        other = np.mean((np.array(NF4)[nf4] * absmax[:, None] - parts) ** 2)
        assert (found < other) == (block == 16)


# ---- outliers


def test_one_large_column_spoils_the_others_unless_it_is_spread():
    X = np.random.default_rng(1).standard_normal((512, 128))
    X[:, 7] *= 60
    others = np.arange(128) != 7

    def error(axis):
        q, scale = quantize_absmax(X, axis=axis)
        e = (dequantize(q, scale) - X)[:, others]
        return math.sqrt(np.mean(e**2)), np.mean(q[:, others] == 0)

    close(error(None), [0.365, 0.476], 0.0006)
    close(error(1)[0], 0.136, 0.0006)
    close(error(0)[0], 0.0075, 0.00006)
    i = np.arange(128)
    parity = np.vectorize(lambda v: v.bit_count() % 2)(i[:, None] & i)
    R = (1 - 2.0 * parity) / math.sqrt(128)
    close(R @ R.T, np.eye(128))
    e = dequantize(*quantize_absmax(X @ R, axis=1)) @ R.T - X
    close(math.sqrt(np.mean(e**2)), 0.0170, 0.00006)


def test_a_scale_moves_across_the_product():
    X, W, s = drawn(0, 5, 7), drawn(1, 3, 7), np.exp(drawn(2, 7) / 5)
    close((X / s) @ (s * W).T, X @ W.T, 1e-11)
    close((X / 3) @ (3 * W).T, X @ W.T, 1e-12)


def test_smoothing_helps_most_when_the_difficulty_is_shared():
    rng = np.random.default_rng(1)
    X, W = rng.standard_normal((512, 128)), rng.standard_normal((32, 128))
    X[:, 7] *= 60

    def rounded(M):
        step = np.abs(M).max(axis=1, keepdims=True) / 127
        return step * np.rint(M / step)

    def error(s):
        e = rounded(X / s) @ rounded(W * s).T - X @ W.T
        return np.sum(e**2) / np.sum((X @ W.T) ** 2)

    x, w = np.abs(X).max(axis=0), np.abs(W).max(axis=0)
    errors = [error(x**b / w ** (1 - b)) for b in (0.25, 0.5, 0.75, 1)]
    plain = error(np.ones(128))
    assert min(errors) == errors[1] < plain / 20
    assert errors[3] > 10 * errors[1]


# ---- GPTQ


def refit(W, H, bits, damp):
    """Round a column; then the rest is the minimum of the loss, solved each time."""
    n = len(H)
    H = H + damp * np.trace(H) / n * np.eye(n)
    Q = np.zeros(W.shape)
    top = 2 ** (bits - 1) - 1
    for row, out in zip(W, Q, strict=True):
        step = max(np.abs(row)) / top or 1.0
        for j in range(n):
            done, rest = slice(0, j), slice(j, n)
            move = np.linalg.solve(H[rest, rest], H[rest, done] @ (row - out)[done])
            out[j] = step * min(max(round((row[j] + move[0]) / step), -top), top)
    return Q


@settings(max_examples=25)
@given(st.integers(1, 7), st.integers(1, 4), st.sampled_from([2, 3, 4, 8]), seeds)
def test_gptq_is_an_explicit_refit_after_each_column(n, rows, bits, seed):
    W, X = drawn(seed, rows, n), correlated(seed + 1, n)
    for damp in (0, 0.01, 0.5):
        Q = gptq(W, X.T @ X, bits, damp)
        close(Q, refit(W, X.T @ X, bits, damp))
    close(gptq(W, X.T @ X), refit(W, X.T @ X, 4, 0.01))
    close(gptq(W, 7 * X.T @ X, bits), gptq(W, X.T @ X, bits))
    plain = dequantize(*quantize_absmax(W, bits, axis=1))
    close(gptq(W, np.diag(1.0 + np.arange(n)), bits), plain)
    close(gptq(W, X.T @ X, bits)[:, 0], plain[:, 0])


def test_three_weights_by_hand():
    w = np.array([1, 0.4, 0.3])
    H = np.array([[1, 0.9, 0.8], [0.9, 1, 0.9], [0.8, 0.9, 1]])
    plain = dequantize(*quantize_absmax(w, 2))
    assert plain.tolist() == [1, 0, 0]
    close(square(w - plain, H), 0.466)
    v = gptq(w[None], H, 2, 0)[0]
    assert v.tolist() == [1, 0, 1]
    close(square(w - v, H), 0.146)
    losses = {c: square(w - c, H) for c in itertools.product((-1, 0, 1), repeat=3)}
    best = min(losses, key=losses.get)
    assert best == (1, 1, 0)
    close(losses[best], 0.126)


def test_gptq_is_greedy():
    rng, total, found, worse = np.random.default_rng(0), np.zeros(3), 0, 0
    codes = np.array(list(itertools.product(range(-3, 4), repeat=4)))
    for _ in range(200):
        w = rng.standard_normal(4)
        X = rng.standard_normal((64, 2)) @ rng.standard_normal((2, 4))
        X = X + 0.3 * rng.standard_normal((64, 4))
        H = X.T @ X / 64
        e = w - abs(w).max() / 3 * codes
        best = np.einsum("ij,jk,ik->i", e, H, e).min()
        plain = square(w - dequantize(*quantize_absmax(w, 3)), H)
        greedy = square(w - gptq(w[None], H, 3, 0)[0], H)
        assert greedy > best - 1e-9
        total += plain, greedy, best
        found, worse = found + (greedy < best + 1e-9), worse + (greedy > plain + 1e-9)
    close(total, [23.7, 14.6, 8.9], 0.05)
    assert (found, worse) == (131, 9)


def test_from_back_to_front_it_is_babais_nearest_plane():
    tried = 0
    for seed in range(60):
        w, X = np.random.default_rng(seed).standard_normal(5), correlated(seed, 5)
        H = X.T @ X
        step = abs(w).max() / 127
        basis = np.linalg.cholesky(H).T
        target, code = basis @ w / step, np.zeros(5)
        for j in range(4, -1, -1):
            code[j] = round((target[j] - basis[j] @ code) / basis[j, j])
        if abs(code).max() > 127:  # GPTQ would clip, the lattice has no end
            continue
        tried += 1
        ours = gptq(w[None, ::-1], H[::-1, ::-1], 8, 0)[0, ::-1]
        close(ours / step, code, 1e-9)
    assert tried > 20


def test_a_dead_column_needs_damping():
    X = correlated(0, 4)
    X[:, 2] = 0
    W = drawn(0, 2, 4)
    with pytest.raises(ValueError, match="positive definite after damping, got damp 0"):
        gptq(W, X.T @ X, damp=0)
    close(gptq(W, X.T @ X)[:, 2], dequantize(*quantize_absmax(W, 4, axis=1))[:, 2])
    close(gptq(np.zeros((2, 4)), X.T @ X), np.zeros((2, 4)), 0)


def test_float16_sums_make_h_infinite():
    X = np.full((3, 2), 300, dtype=np.float16)
    with np.errstate(over="ignore"):
        assert np.isinf(X.T @ X).all()
        with pytest.raises(ValueError, match="H must hold finite numbers"):
            gptq(np.ones((1, 2)), X.T @ X)


def test_columns_with_large_inputs_go_first():
    for seed in range(9):
        rng = np.random.default_rng(seed)
        W, X = rng.standard_normal((32, 64)), rng.standard_normal((1024, 8))
        X = X @ rng.standard_normal((8, 64)) + 0.3 * rng.standard_normal((1024, 64))
        X[:, 5] *= 10
        H = X[:512].T @ X[:512]

        falling, found = np.argsort(-np.diag(H)), []
        for order in (np.arange(64), falling, falling[::-1]):
            e = gptq(W[:, order], H[np.ix_(order, order)]) - W[:, order]
            found.append(np.sum((X[512:, order] @ e.T) ** 2))
        assert 1.5 < found[0] / found[1] < 2.6
        assert 6 < found[2] / found[0] < 32


# ---- AWQ


@settings(max_examples=15)
@given(seeds, st.sampled_from([None, 2, 3]), st.sampled_from([1, 5, 20]))
def test_the_search_finds_the_smallest_error_of_its_grid(seed, group, grid):
    W, X = drawn(seed, 3, 6), correlated(seed, 6) * np.array([1, 1, 9, 1, 1, 0.2])
    alpha, s, error = awq_search(W, X, 3, group, grid)
    errors = []
    for k in range(grid + 1):
        a = np.array([np.mean(np.abs(column)) for column in X.T]) ** (k / grid)
        a /= math.sqrt(a.max() * a.min())
        V = np.array(W)
        for row in V:
            for first in range(0, 6, group or 6):
                cut = slice(first, first + (group or 6))
                step = max(abs(row[cut] * a[cut])) / 3
                row[cut] = step * np.rint(row[cut] * a[cut] / step) / a[cut]
        errors.append(np.mean((X @ V.T - X @ W.T) ** 2))
        if math.isclose(k / grid, alpha):
            close(s, a)
    np.testing.assert_allclose(error, min(errors), rtol=1e-9)
    np.testing.assert_allclose(errors[round(alpha * grid)], min(errors), rtol=1e-9)


def test_of_equal_columns_nothing_is_moved():
    W, X = drawn(0, 3, 4), np.ones((5, 4))
    assert awq_search(W, X)[0] == 0
    alpha, s, error = awq_search(W, np.zeros((5, 4)))
    assert type(error) is float
    assert (alpha, s.tolist(), error) == (0, [1, 1, 1, 1], 0)


def test_a_column_of_zeros_is_scaled_as_the_smallest_other():
    X = correlated(1, 4) * np.array([5, 1, 0, 20])
    alpha, s, _ = awq_search(drawn(3, 3, 4), X, 3)
    assert alpha > 0
    assert s[2] == min(s[[0, 1, 3]]) == s.min()
    X[:, 1] = 1e-300
    alpha, s, error = awq_search(drawn(3, 3, 4), X, 3)
    assert np.isfinite(s).all()
    assert math.isfinite(error)
    close(s.max() * s.min(), 1, 1e-9)
    np.testing.assert_allclose(s.max() / s.min(), 1e12**alpha, rtol=1e-9)
    assert alpha > 0


def test_defaults_are_four_bits_a_row_and_twenty_steps():
    W, X = drawn(5, 3, 6), correlated(5, 6) * np.array([1, 4, 9, 1, 1, 0.2])
    for ours, theirs in zip(awq_search(W, X), awq_search(W, X, 4, None, 20)):
        close(ours, theirs, 0)
    for function in (quantize_absmax, quantize_affine):
        close(function(W)[0], function(W, 8, None)[0], 0)


# ---- the experiment


@pytest.fixture(scope="module")
def layer():
    return {(b, s): compare_methods(b, s) for b in (2, 4) for s in range(9)}


def test_gptq_beats_awq_and_awq_beats_rounding_in_all_draws(layer):
    ratios = []
    for errors in layer.values():
        assert {type(e) for e in errors.values()} == {float}
        assert errors["GPTQ"] < errors["AWQ"] < errors["rounding"]
        ratios.append(errors["rounding"] / errors["GPTQ"])
    close([min(ratios), max(ratios)], [12.6, 38.5], 0.2)
    close(
        [layer[4, 0][k] for k in ("rounding", "AWQ", "GPTQ")],
        [0.0099, 0.0079, 0.00064],
        5e-5,
    )


def test_the_errors_are_those_of_an_explicit_refit_on_unseen_rows(layer):
    rng = np.random.default_rng(3)
    W, Z, A = (rng.standard_normal(shape) for shape in ((32, 64), (1024, 8), (8, 64)))
    X = Z @ A + 0.3 * rng.standard_normal((1024, 64))
    X[:, 5] = 10 * X[:, 5]
    Q = refit(W, X[:512].T @ X[:512], 4, 0.01)
    P = np.array([np.abs(r).max() / 7 * np.rint(r * 7 / np.abs(r).max()) for r in W])
    wanted = {"GPTQ": Q, "rounding": P}
    for name, V in wanted.items():
        error = np.linalg.norm(X[512:] @ (V - W).T) / np.linalg.norm(X[512:] @ W.T)
        np.testing.assert_allclose(layer[4, 3][name], error**2, rtol=1e-8)
    s = awq_search(W, X[:512], 4)[1]
    V = dequantize(*quantize_absmax(W * s, 4, axis=1)) / s
    error = np.linalg.norm(X[512:] @ (V - W).T) / np.linalg.norm(X[512:] @ W.T)
    np.testing.assert_allclose(layer[4, 3]["AWQ"], error**2, rtol=1e-8)


def gains(seed, large, correlated_columns, bits=4, on_seen=False):
    """The experiment with or without each of its two causes, on unseen rows."""
    rng = np.random.default_rng(seed)
    W, X = rng.standard_normal((32, 64)), rng.standard_normal((1024, 64))
    if correlated_columns:
        X = rng.standard_normal((1024, 8)) @ rng.standard_normal((8, 64)) + 0.3 * X
    if large:
        X[:, 5] *= 10
    seen, unseen = X[:512], X[512:]
    judged = seen if on_seen else unseen
    s = awq_search(W, seen, bits)[1]
    plain, awq, ours = (
        np.sum((judged @ (V - W).T) ** 2)
        for V in (
            dequantize(*quantize_absmax(W, bits, axis=1)),
            dequantize(*quantize_absmax(W * s, bits, axis=1)) / s,
            gptq(W, seen.T @ seen, bits),
        )
    )
    return plain / awq, plain / ours


def test_gptq_lives_on_correlation_and_awq_on_unequal_columns():
    def found(large, correlated_columns):
        return np.array([gains(s, large, correlated_columns) for s in range(9)])

    neither, size, correlation = found(0, 0), found(1, 0), found(0, 1)
    assert 0.95 < neither[:, 0].min() < neither[:, 0].max() < 1.05
    assert 1.05 < (1 / neither[:, 1]).min() < (1 / neither[:, 1]).max() < 1.10
    assert all(gains(s, 0, 0, on_seen=True)[1] > 1.03 for s in range(9))
    assert 1.3 < size[:, 0].min() < size[:, 0].max() < 2.2
    assert 1.06 < (1 / size[:, 1]).min() < (1 / size[:, 1]).max() < 1.16
    assert 7 < correlation[:, 1].min() < correlation[:, 1].max() < 15
    assert np.median(correlation[:, 0]) < np.median(size[:, 0])


def test_with_uncorrelated_columns_there_is_nothing_to_repair():
    rng = np.random.default_rng(0)
    W, X = rng.standard_normal((32, 64)), rng.standard_normal((8192, 64))
    plain = np.sum((X @ (dequantize(*quantize_absmax(W, 4, axis=1)) - W).T) ** 2)
    ours = np.sum((X @ (gptq(W, X.T @ X) - W).T) ** 2)
    assert 0.97 < ours / plain < 1.03
    error = awq_search(W, X)[2]
    assert 0.97 < error * 8192 * 32 / plain <= 1


# ---- what is refused

ONE = np.ones((2, 4))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: quantize_absmax(np.zeros(0)),
            r"at least one number, got shape \(0,\)",
        ),
        (lambda: quantize_absmax([1, math.nan]), "finite numbers of at most.*got nan"),
        (lambda: quantize_affine([1, -math.inf]), "x must hold finite.*got -inf"),
        (lambda: quantize_absmax([2e150]), "finite numbers of at most 1e.150"),
        (lambda: quantize_absmax([[1], [1, 2]]), "x must be an array of numbers"),
        (lambda: quantize_absmax(np.array([True])), "numbers, got dtype bool"),
        (lambda: quantize_absmax(np.array([1j])), "dtype complex"),
        (lambda: quantize_absmax(np.ma.masked_array([1.0])), "a masked array"),
        (lambda: quantize_absmax(np.ma.masked_array([True])), "dtype bool"),
        (
            lambda: quantize_absmax(ONE, 1),
            "bits must be an integer from 2 to 16, got 1",
        ),
        (lambda: quantize_absmax(ONE, 17), "bits must be an integer from 2 to 16"),
        (lambda: quantize_affine(ONE, 4.0), "bits must be an integer"),
        (lambda: quantize_affine(ONE, True), "bits must be an integer"),
        (lambda: quantize_affine(ONE, 1), "bits must be an integer"),
        (lambda: quantize_affine(ONE, 17), "bits must be an integer"),
        (lambda: quantize_absmax(ONE, axis=2), "axis must be an integer from -2 to 1"),
        (lambda: quantize_absmax(ONE, axis=-3), "axis must be an integer from -2 to 1"),
        (lambda: quantize_absmax(ONE, axis=(0, -2)), "axis must name each axis once"),
        (lambda: quantize_absmax(ONE, axis=()), r"or None, got \(\)"),
        (lambda: quantize_absmax(ONE, group=3), "group must divide.*got 3 and 4"),
        (lambda: quantize_absmax(ONE, group=0), "group must be an integer >= 1"),
        (lambda: quantize_absmax(ONE, axis=0, group=2), "without axis, got axis 0"),
        (lambda: quantize_absmax(1.0, group=1), "group must cut a last axis"),
        (lambda: dequantize(ONE, np.ones(3)), r"scale must fit q, got shape \(3,\)"),
        (lambda: dequantize(ONE, np.ones((1, 2, 4))), "scale must fit q"),
        (lambda: dequantize(ONE, np.ones(1), np.ones(3)), "zero_point must fit q"),
        (lambda: dequantize(ONE, np.ones((2, 1)), group=2), "scale must fit q"),
        (lambda: dequantize(ONE, np.ones((1, 2)), group=2), "scale must fit q"),
        (lambda: dequantize(ONE, math.nan), "scale must hold finite"),
        (lambda: dequantize(ONE, 1, math.nan), "zero_point must hold finite"),
        (
            lambda: round_float(ONE, 1, 3, 4),
            "exponent_bits must be an integer from 2 to 8",
        ),
        (lambda: round_float(ONE, 9, 3, 4), "exponent_bits must"),
        (
            lambda: round_float(ONE, 4, 0, 4),
            "mantissa_bits must be an integer from 1 to 10",
        ),
        (lambda: round_float(ONE, 4, 11, 4), "mantissa_bits must"),
        (lambda: round_float(ONE, 4, 3, 0), "largest must be a number between 0 and"),
        (lambda: round_float(ONE, 4, 3, "4"), "largest must be a number"),
        (lambda: round_float(ONE, 4, 3, 449), "a number of the type, got 449"),
        (lambda: round_float(ONE, 4, 3, 2**-10), "a number of the type"),
        (lambda: round_float(ONE, 4, 3, True), "largest must be a number"),
        (lambda: round_float(ONE, 4, 3, 10**400), "largest .* between 0 and 1e.39"),
        (lambda: round_float(ONE, 5, 10, 10**400), "largest .* between 0 and"),
        (lambda: nf4_levels(0.5), "offset must be a number between 0.5 and 1, got 0.5"),
        (lambda: nf4_levels(1), "offset must be a number between 0.5 and 1, got 1"),
        (lambda: nf4_levels(math.nan), "offset must be a number"),
        (lambda: nf4_quantize(np.ones(6), 4), "block must divide.*got 4 and 6"),
        (lambda: nf4_quantize(np.ones(0)), "at least one number"),
        (
            lambda: gptq(np.ones(3), np.eye(3)),
            r"W must have 2 axes, none empty, got shape",
        ),
        (lambda: gptq(np.ones((2, 0)), np.eye(2)), "W must have 2 axes"),
        (lambda: gptq(ONE, np.eye(3)), r"H must have shape \(4, 4\), got \(3, 3\)"),
        (lambda: gptq(ONE, np.triu(np.ones((4, 4)))), "H must be symmetric"),
        (lambda: gptq(ONE, np.zeros((4, 4))), "positive definite after damping"),
        (lambda: gptq(ONE, np.diag([1.0, 1, 1, -1])), "positive definite"),
        (lambda: gptq(ONE, -np.eye(4)), "positive definite"),
        (lambda: gptq(ONE, np.eye(4), 1), "bits must be an integer"),
        (
            lambda: gptq(ONE, np.eye(4), damp=-0.1),
            "damp must be a number between 0 and 1",
        ),
        (lambda: gptq(ONE, np.eye(4), damp=1.1), "damp must be a number"),
        (
            lambda: awq_search(ONE, np.ones((3, 5))),
            r"as many columns, got shapes \(2, 4\)",
        ),
        (lambda: awq_search(ONE, ONE, group=3), "group must divide"),
        (lambda: awq_search(ONE, ONE, grid=0), "grid must be an integer from 1 to"),
        (lambda: awq_search(ONE, ONE, grid=1001), "grid must be an integer from 1 to"),
        (lambda: awq_search(ONE, np.full((2, 4), 2e70)), "X must hold finite.*1e.70"),
        (lambda: bits_per_weight(1, 64), "bits must be an integer from 2 to 16"),
        (lambda: bits_per_weight(17, 64), "bits must"),
        (lambda: bits_per_weight(4, 0), "group must be an integer >= 1"),
        (lambda: bits_per_weight(4, 64, 0), "scale_bits must be an integer from 1"),
        (lambda: bits_per_weight(4, 64, 16, -1), "zero_bits must be an integer from 0"),
        (lambda: bits_per_weight(4, 1, 65), "scale_bits must be .* 1 to 64, got 65"),
        (lambda: bits_per_weight(4, 1, 16, 65), "zero_bits must be .* 0 to 64"),
        (lambda: bits_per_weight(4, 1, 16, 0, 2, 65), "double_bits must be .* 64"),
        (lambda: bits_per_weight(4, 64, 16, 0, 0), "double_group must"),
        (lambda: bits_per_weight(4, 64, 16, 0, 2, 0), "double_bits must"),
        (lambda: compare_methods(1, 0), "bits must"),
        (lambda: compare_methods(4, -1), "seed must be an integer >= 0"),
    ],
)
def test_what_is_not_wanted_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_limits_themselves_are_allowed():
    close(dequantize(*quantize_absmax([1e150, -1e150], 16)) / 1e150, [1, -1])
    assert quantize_affine([0.3], 16)[0] == 65535
    assert gptq(ONE, np.eye(4), damp=1).shape == ONE.shape
    assert math.isfinite(awq_search(np.full((2, 4), 1e70), np.full((2, 4), 1e70))[2])
    assert awq_search(ONE, ONE, grid=1)[0] == 0
    for off, allowed in ((5e-7, True), (2e-6, False)):
        nearly = 8 * np.eye(4)
        nearly[0, 1] = 8 * off
        if allowed:
            close(gptq(ONE, nearly), ONE)
        else:
            with pytest.raises(ValueError, match="H must be symmetric"):
                gptq(ONE, nearly)


# ---- the figure


def test_the_figure_shows_the_grids_and_the_experiment(layer):
    grids = figure.grids()
    assert [len(points) for points in grids.values()] == [15, 16, 16]
    close(grids["int4"], np.arange(-7, 8) / 7)
    close(grids["affine"], np.arange(-5, 11) / 10)
    right = figure.quantization().axes[1]
    shown = {line.get_label(): line.get_ydata() for line in right.lines}
    assert list(shown) == ["rounding", "AWQ", "GPTQ"]
    for bits in (2, 4):
        for name, y in shown.items():
            assert y[figure.BITS.index(bits)] == layer[bits, 0][name]
    # With b bits GPTQ is better than rounding with one more.
    assert (shown["GPTQ"][:-1] < shown["rounding"][1:]).all()


# ---- the exercises


def test_no_case_of_the_exercises_lies_between_two_codes():
    # So that halves may go up, down or to the even one.
    for x, bits in exercises.absmax.all_cases():
        values = np.array(x) / (max(np.abs(x)) or 1) * (2 ** (bits - 1) - 1)
        assert (np.abs(np.abs(values) % 1 - 0.5) > 1e-6).all()
    for w, H, step, top in exercises.row.all_cases():
        assert np.linalg.eigvalsh(np.array(H)).min() > 1 - 1e-9
        for j in range(len(w)):
            moved = w - step * np.array(exercises.gptq_row(w, H, step, top))
            block = np.array(H)[j:, j:], np.array(H)[j:, :j] @ moved[:j]
            value = (w[j] + np.linalg.solve(*block)[0]) / step
            assert abs(abs(value) % 1 - 0.5) > 9e-4
