"""Oracles: complex numbers, loops, exact integers, twins of T5 and Llama in torch."""

import cmath
import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from figures.nlp import positional_encodings as figure
from snippets.nlp.positional_encodings import (
    alibi_bias,
    alibi_slopes,
    fit_distances,
    inverse_frequencies,
    rope,
    scaled_frequencies,
    sinusoidal,
    t5_bucket,
)

seeds = st.integers(0, 10_000)
halves = st.integers(1, 6)


def close(actual, expected, atol=1e-12):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=atol)


def drawn(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape)


def softmax(scores):
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    return weights / weights.sum(-1, keepdims=True)


# ---- absolute


@settings(max_examples=25)
@given(halves, st.floats(1.5, 1e6), st.lists(st.floats(-50, 5000), max_size=4))
def test_each_pair_of_the_table_is_sine_and_cosine_of_its_angle(half, base, positions):
    d = 2 * half
    table = sinusoidal(np.array(positions, dtype=float), d, base)
    assert table.shape == (len(positions), d)
    for row, at in zip(table, positions, strict=True):
        for g in range(half):
            angle = at / base ** (2 * g / d)
            close(row[2 * g : 2 * g + 2], [math.sin(angle), math.cos(angle)], 1e-9)


def test_the_vector_of_position_1_by_hand():
    expected = [0.841471, 0.540302, 0.099833, 0.995004, 0.01, 0.99995, 0.001, 1]
    close(sinusoidal([1], 8)[0], expected, 6e-7)
    close(inverse_frequencies(8), [1, 0.1, 0.01, 0.001])
    for hundred in (100, np.int64(100), np.float32(100), Fraction(100)):
        found = inverse_frequencies(4, hundred)
        assert found.dtype == np.float64
        close(found, [1, 0.1])


def test_a_shift_is_one_rotation_and_every_row_has_the_same_length():
    table = sinusoidal(np.arange(300), 8)
    close((table**2).sum(axis=1), np.full(300, 4.0))
    for n in (1, 3, 17):
        rotation = np.zeros((8, 8))
        for g in range(4):
            cos, sin = math.cos(n / 10**g), math.sin(n / 10**g)
            part = slice(2 * g, 2 * g + 2)
            rotation[part, part] = [[cos, sin], [-sin, cos]]
        close(table[n:], table[:-n] @ rotation.T)
        close(table[n:], rope(table[:-n], np.full(300 - n, -n)))


def test_a_turn_takes_six_positions_or_six_thousand():
    turns = 2 * math.pi / inverse_frequencies(8)
    close(turns[[0, -1]], [6.3, 6283], 0.5)
    assert round(turns[-1]) == 6283


def test_the_wrong_exponent_has_no_slow_hand():
    right = inverse_frequencies(128)[-1]
    assert round(2 * math.pi / right) == 54410
    assert round(2 * math.pi / 10000 ** (-63 / 128)) == 585


# ---- without positions


def test_attention_without_positions_permutes_with_its_tokens():
    q, k, v = drawn(0, 3, 5, 4)
    order = [3, 0, 4, 1, 2]
    out = softmax(q @ k.T / 2) @ v
    close(softmax(q[order] @ k[order].T / 2) @ v[order], out[order])


# ---- T5


def exact_bucket(relative, buckets, limit, bidirectional):
    """By integers alone: log(n/e)/log(M/e) * l >= j means n^l e^j >= M^j e^l."""
    start = 0
    if bidirectional:
        buckets //= 2
        start = buckets if relative > 0 else 0
        n = abs(relative)
    else:
        n = max(-relative, 0)
    e = buckets // 2
    if n < e:
        return start + n
    steps = buckets - e
    reached = [j for j in range(steps) if n**steps * e**j >= limit**j * e**steps]
    return start + e + max(reached)


def t5_of_the_library(relative, buckets, limit, bidirectional):
    """The rule of T5 as transformers has it, in float32."""
    relative = torch.tensor(relative)
    start = torch.zeros_like(relative)
    if bidirectional:
        buckets //= 2
        start = start + (relative > 0).long() * buckets
        relative = relative.abs()
    else:
        relative = -torch.min(relative, torch.zeros_like(relative))
    e = buckets // 2
    large = torch.log(relative.float() / e) / math.log(limit / e) * (buckets - e)
    large = (e + large.clamp(min=0).long()).clamp(max=buckets - 1)
    return (start + torch.where(relative < e, relative, large)).numpy()


@pytest.mark.parametrize("both", [True, False])
def test_all_buckets_from_minus_300_to_300_are_those_of_t5(both):
    relative = np.arange(-300, 301)
    found = t5_bucket(relative, bidirectional=both)
    assert found.tolist() == [exact_bucket(int(r), 32, 128, both) for r in relative]
    assert found.tolist() == t5_of_the_library(relative, 32, 128, both).tolist()


@settings(max_examples=40)
@given(st.integers(2, 12), st.integers(13, 300), st.booleans())
def test_other_tables_follow_the_same_rule(half, limit, both):
    relative = np.arange(-400, 401)
    found = t5_bucket(relative, 2 * half, limit, both)
    expected = [exact_bucket(int(r), 2 * half, limit, both) for r in relative]
    # An integer may lie just on a boundary, where float64 rounds either way.
    wrong = np.flatnonzero(found != expected)
    assert len(wrong) <= 4
    assert abs(found[wrong] - np.array(expected)[wrong]).max(initial=0) <= 1
    assert found.min() == 0
    assert found.max() == 2 * half - 1


def test_buckets_by_hand():
    relative = [0, -1, 1, -8, -12, -20, -1000, 128]
    assert t5_bucket(relative).tolist() == [0, 1, 17, 8, 9, 10, 15, 31]
    causal = t5_bucket([8, -15, -16, -20, -128], bidirectional=False)
    assert causal.tolist() == [0, 15, 16, 17, 31]
    assert t5_bucket(np.array(-5)).shape == ()
    assert t5_bucket(np.array(-5)) == 5
    assert t5_bucket(np.array([[2**63, 0]], dtype=np.uint64)).tolist() == [[31, 0]]
    assert t5_bucket([np.iinfo(np.int64).min]).tolist() == [15]
    assert t5_bucket([-(10**12), 1], max_distance=10**12).tolist() == [15, 17]
    assert t5_bucket([-3, 3], 2, 2, bidirectional=False).tolist() == [1, 0]
    assert t5_bucket([-3, 0, 3], 4, 2).tolist() == [1, 0, 3]
    far = 2**25 + 1  # which no float32 is
    assert t5_bucket([-far], 2**27, 2**27, bidirectional=False).tolist() == [far]


def test_the_last_bucket_starts_before_max_distance():
    near = np.arange(300)
    for both, first in ((True, 91), (False, 113)):
        found = t5_bucket(-near, bidirectional=both)
        assert found[first - 1] < found[-1] == found[first]


# ---- ALiBi


def authors_slopes(n):
    """Recursive, as in the authors' code."""
    if math.log2(n).is_integer():
        start = 2 ** (-(2 ** -(math.log2(n) - 3)))
        return [start * start**i for i in range(n)]
    lower = 2 ** math.floor(math.log2(n))
    return authors_slopes(lower) + authors_slopes(2 * lower)[0::2][: n - lower]


def test_slopes_are_those_of_the_authors():
    for heads in range(1, 70):
        close(alibi_slopes(heads), authors_slopes(heads))
    close(alibi_slopes(8), 2.0 ** -np.arange(1, 9))
    close(alibi_slopes(12)[8:], [0.707107, 0.353553, 0.176777, 0.088388], 6e-7)
    expected = [0.25, 0.0625, 0.015625, 0.00390625, 0.5, 0.125]
    assert alibi_slopes(6).tolist() == expected


def test_the_bias_is_minus_slope_times_distance_and_hides_the_future():
    bias = alibi_bias(3, 5)
    assert bias.shape == (3, 5, 5)
    for h, slope in enumerate(authors_slopes(3)):
        for i in range(5):
            for j in range(5):
                expected = -slope * (i - j) if j <= i else -math.inf
                assert bias[h, i, j] == pytest.approx(expected, abs=1e-15)


def test_in_a_causal_row_the_bias_equals_one_that_grows_with_the_key():
    scores = drawn(1, 4, 7, 7)
    column = alibi_slopes(4)[:, None, None] * np.arange(7)
    column = np.where(np.tri(7, dtype=bool), column, -np.inf)
    close(softmax(scores + alibi_bias(4, 7)), softmax(scores + column))


# ---- RoPE


@settings(max_examples=30)
@given(seeds, halves, st.lists(st.floats(-30, 300), min_size=1, max_size=3))
def test_rope_multiplies_by_complex_numbers(seed, half, positions):
    t, d = len(positions), 2 * half
    x, speeds = drawn(seed, 2, t, d), abs(drawn(seed + 1, half))
    got = rope(x, np.array(positions), speeds)
    other = rope(x, np.array(positions), speeds, layout="half")
    for b in range(2):
        for n, at in enumerate(positions):
            for g in range(half):
                turn = cmath.exp(1j * at * speeds[g])
                z = complex(x[b, n, 2 * g], x[b, n, 2 * g + 1]) * turn
                close(got[b, n, 2 * g : 2 * g + 2], [z.real, z.imag], 1e-11)
                z = complex(x[b, n, g], x[b, n, g + half]) * turn
                close(other[b, n, [g, g + half]], [z.real, z.imag], 1e-11)


def test_rope_is_that_of_gpt_j_and_of_llama():
    x, at = torch.tensor(drawn(3, 2, 5, 8)), torch.arange(5).double()
    angles = at[:, None] * torch.tensor([1, 0.1, 0.01, 0.001], dtype=torch.float64)
    every_two = torch.stack((-x[..., 1::2], x[..., ::2]), dim=-1).flatten(-2)
    cos, sin = (f.repeat_interleave(2, -1) for f in (angles.cos(), angles.sin()))
    close(rope(x.numpy(), at.numpy()), x * cos + every_two * sin)
    rotate_half = torch.cat((-x[..., 4:], x[..., :4]), dim=-1)
    cos, sin = (torch.cat((f, f), -1) for f in (angles.cos(), angles.sin()))
    close(rope(x.numpy(), at.numpy(), layout="half"), x * cos + rotate_half * sin)


def test_the_layouts_by_hand_and_the_permutation_between_them():
    x = np.array([[1.0, 2.0, 3.0, 4.0]])
    close(rope(x, [1]), [[-1.14264, 1.92208, 2.95985, 4.02980]], 6e-6)
    close(rope(x, [1], layout="half"), [[-1.98411, 1.95990, 2.46238, 4.01980]], 6e-6)
    x = drawn(4, 3, 6, 10)
    order = [*range(0, 10, 2), *range(1, 10, 2)]
    got = rope(x[..., order], np.arange(6), layout="half")
    assert (got == rope(x, np.arange(6))[..., order]).all()


@settings(max_examples=25)
@given(seeds, st.integers(-500, 500), st.integers(-50, 50), st.integers(0, 1000))
def test_scores_depend_on_the_distance_alone(seed, i, distance, far):
    q, k = drawn(seed, 2, 1, 8)
    score = (rope(q, [i]) * rope(k, [i - distance])).sum()
    close((rope(q, [i + far]) * rope(k, [i - distance + far])).sum(), score, 1e-10)
    close((rope(q, [distance]) * k).sum(), score, 1e-10)
    close((q * rope(k, [-distance])).sum(), score, 1e-10)
    close(np.linalg.norm(rope(q, [i])), np.linalg.norm(q))


def test_scores_by_hand():
    x = np.array([[1.0, 0.0, 1.0, 0.0]])
    for i, j, score in (
        (3, 1, 0.583653),
        (103, 101, 0.583653),
        (10, 0, 0.155933),
        (200, 0, 0.071041),
    ):
        got = (rope(x, [i]) * rope(x, [j])).sum()
        close(got, score, 6e-7)
        close(got, math.cos(i - j) + math.cos((i - j) / 100))
    x, clock = np.array([[1.0, 0.0]]), np.array([math.pi / 6])
    for i, j in ((3, 1), (103, 101)):
        close((rope(x, [i], clock) * rope(x, [j], clock)).sum(), 0.5)


def test_a_turned_value_would_give_the_output_an_absolute_position():
    q, k, v = drawn(5, 3, 4, 6)
    outs, turned = [], []
    for start in (0, 100):
        at = np.arange(4) + start
        weights = softmax(rope(q, at) @ rope(k, at).T)
        outs.append(weights @ v)
        turned.append(weights @ rope(v, at))
    close(outs[0], outs[1], 1e-10)
    assert abs(turned[0] - turned[1]).max() > 0.1


def test_float16_is_turned_in_float64_and_rounded_once():
    x = np.array([[1, 1]], dtype=np.float16)
    got = rope(x, [65000])
    assert got.dtype == np.float16
    close(got.astype(float), [[0.4683, 1.335]], 5e-4)
    z = (1 + 1j) * cmath.exp(65000j)
    assert got.tolist() == [[float(np.float16(z.real)), float(np.float16(z.imag))]]
    assert rope(x.astype(np.float32), [1]).dtype == np.float32


def test_large_numbers_are_turned_too():
    close(rope([[1e150, 0.0]], [0.0])[0], [1e150, 0], 0)
    with pytest.raises(ValueError, match="x must hold finite numbers of at most 1e"):
        rope([[1.1e150, 0.0]], [0.0])
    close(sinusoidal([-1e12], 2)[0], [-math.sin(1e12), math.cos(1e12)], 1e-6)
    after, _ = scaled_frequencies("yarn", 4, 2, beta_slow=1e-6)
    close(after, yarn_by_hand(4, 2, 1e4, 2048, 32, 1e-6))


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_a_turned_feature_that_the_dtype_cannot_hold_is_refused(dtype):
    x = np.full((1, 2), np.finfo(dtype).max, dtype)
    assert (rope(x, [0]) == x).all()
    with pytest.raises(ValueError, match=r"x must hold floats that float.. can hold"):
        rope(x, [0.785])


def test_what_is_empty_stays_empty():
    assert rope(np.zeros((2, 0, 4)), np.zeros(0)).shape == (2, 0, 4)
    assert sinusoidal([], 4).shape == (0, 4)


# ---- what is said of distance


def test_the_mean_cosine_falls_in_waves_but_random_scores_keep_their_spread():
    speeds = [10000 ** (-2 * g / 128) for g in range(64)]
    for distance, mean in (
        (0, 1),
        (1, 0.9702),
        (16, 0.6203),
        (256, 0.3207),
        (4096, -0.0529),
    ):
        close(sum(math.cos(distance * w) for w in speeds) / 64, mean, 6e-5)
        rotation = rope(np.eye(128)[:, None], [distance])[:, 0]
        close(rotation @ rotation.T, np.eye(128))  # so the variance stays d
    assert round(math.sqrt(128), 1) == 11.3


def test_scores_in_the_two_layouts_hardly_correlate_further_away():
    eye = np.eye(128)[:, None]
    for distance, expected in ((1, 0.95), (16, 0.40), (256, 0.13)):
        one, other = (
            rope(eye, [distance], layout=n)[:, 0] for n in ("interleaved", "half")
        )
        close((one * other).sum() / 128, expected, 0.005)


# ---- beyond the training length


def test_how_many_pairs_do_not_finish_a_turn():
    for base, length, count in ((10000, 2048, 23), (5e5, 8192, 29)):
        turns = length * inverse_frequencies(128, base) / (2 * math.pi)
        assert (turns < 1).sum() == count


@pytest.mark.parametrize("seed", range(6))
def test_a_fit_to_short_distances_explodes_beyond_them_unless_interpolated(seed):
    inside, beyond, interpolated, coefficient = fit_distances(seed)
    assert inside < 1
    assert beyond > 100
    assert interpolated < 1
    assert coefficient > 30


@pytest.mark.parametrize("seed", range(6))
def test_neither_few_turns_nor_many_pairs_are_to_blame_but_hands_that_hardly_part(seed):
    speeds = inverse_frequencies(128)
    assert fit_distances(seed, speeds[:41]).beyond > 100
    fast = fit_distances(seed, speeds[:28])
    slowest = fit_distances(seed, np.append(speeds[:28], speeds[-1]))
    assert max(fast.beyond, slowest.beyond) < 1
    close_by = fit_distances(seed, np.linspace(1, 0.9, 64))
    apart = fit_distances(seed, np.linspace(1, 0.5, 64))
    assert close_by.beyond > 500
    assert apart.beyond < 1
    assert close_by.coefficient > 50 > 1 > apart.coefficient


@pytest.mark.parametrize("d", [128, 256])
def test_hands_that_part_by_a_turn_stay_tame_and_those_of_a_quarter_do_not(d):
    speeds = inverse_frequencies(d)
    parting = 2048 * -np.diff(speeds) / (2 * math.pi)
    for seed in range(3):
        assert fit_distances(seed, speeds[: (parting >= 1).sum() + 1]).beyond < 1.1
    near = speeds[: (parting >= 0.25).sum() + 1]
    assert max(fit_distances(seed, near).beyond for seed in range(3)) > 100


def test_what_is_said_of_turns_and_parting():
    speeds = inverse_frequencies(128)
    turns = 2048 * speeds / (2 * math.pi)
    assert turns[40] > 1 > turns[41]
    close(speeds[1:] / speeds[:-1], np.full(63, 0.87), 0.005)  # 13% slower
    assert 2048 * 0.9 / (2 * math.pi) > 293


def test_the_fit_is_that_of_a_ridge_regression():
    seed, length, samples = 3, 50, 40
    rng = np.random.default_rng(seed)
    distances, values = rng.integers(0, length, samples), rng.uniform(-1, 1, samples)
    speeds = [1.0, 0.3]

    def row(at):
        return [f(at * w) for w in speeds for f in (math.cos, math.sin)]

    # The ridge as more rows of a least squares problem.
    rows = [row(at) for at in distances] + (1e-3 * np.eye(4)).tolist()
    weights = np.linalg.lstsq(np.array(rows), [*values, 0, 0, 0, 0])[0]
    sizes = [
        max(abs(np.dot(row(at), weights)) for at in part)
        for part in (range(50), range(50, 100), [n / 2 for n in range(50, 100)])
    ]
    found = fit_distances(seed, np.array(speeds), length, samples)
    close(found, [*sizes, abs(weights).max()], 1e-7)
    assert fit_distances(0) == fit_distances(0, inverse_frequencies(128))
    assert fit_distances(0, [1.0], 1, 1).inside <= 1


def yarn_by_hand(d, scale, base, length, fast, slow):
    """Pair by pair, from the turns that each makes."""

    def index(turns):  # base^(2 index / d) = length / (2 pi turns)
        return d / 2 * math.log(length / (2 * math.pi * turns), base)

    low, high = max(math.floor(index(fast)), 0), min(math.ceil(index(slow)), d - 1)
    found = []
    for g in range(d // 2):
        speed = base ** (-2 * g / d)
        share = 0 if g <= low else 1 if g >= high else (g - low) / (high - low)
        found.append(speed * (1 - share) + share * speed / scale)
    return found


def test_scaled_frequencies_by_hand():
    before = inverse_frequencies(128)
    after, factor = scaled_frequencies("yarn", 128, 4)
    close(factor, 1.138629, 6e-7)
    expected = [1, 1.030928, 1.724138, 3.571429, 4]
    close((before / after)[[16, 17, 30, 40, 45]], expected, 6e-7)
    after, factor = scaled_frequencies("ntk", 128, 4)
    assert factor == 1
    close((before / after)[[0, -1]], [1, 4], 1e-10)
    close(10000 * 4 ** (128 / 126), 40889.942, 6e-4)
    close(after, 40889.94243248622 ** (-np.arange(0, 128, 2) / 128))
    after, factor = scaled_frequencies("linear", 128, 4)
    assert factor == 1
    close(after, before / 4)
    close(50 ** (126 / 128), 47.03, 0.006)


@settings(max_examples=40)
@given(
    st.integers(2, 40),
    st.floats(1, 50),
    st.sampled_from([500.0, 1e4, 5e5]),
    st.integers(300, 200_000),
)
def test_yarn_is_computed_pair_by_pair(half, scale, base, length):
    d = 2 * half
    after, factor = scaled_frequencies("yarn", d, scale, base, length)
    expected = np.array(yarn_by_hand(d, scale, base, length, 32, 1))
    np.testing.assert_allclose(after, expected, rtol=1e-10)
    close(factor, 1 + math.log(scale) / 10)
    ntk, _ = scaled_frequencies("ntk", d, scale, base)
    g = np.arange(half)
    expected = base ** (-2 * g / d) * scale ** (-2 * g / (d - 2))
    np.testing.assert_allclose(ntk, expected, rtol=1e-10)


def test_yarn_takes_other_turns_and_extreme_lengths():
    got, _ = scaled_frequencies("yarn", 32, 8, 1e4, 4096, 16, 2)
    close(got, yarn_by_hand(32, 8, 1e4, 4096, 16, 2))
    before = inverse_frequencies(32)
    got, _ = scaled_frequencies("yarn", 32, 8, original_length=1e11)
    close(got, before)  # all turn more than 32 times
    got, _ = scaled_frequencies("yarn", 32, 8, original_length=6.3)
    close(got[0], 1)
    close(got[1:], before[1:] / 8)
    got, factor = scaled_frequencies("yarn", 2, 8, beta_fast=1, beta_slow=1)
    close(got, [1])
    close(factor, 1 + math.log(8) / 10)
    got, _ = scaled_frequencies("yarn", 4, 2, original_length=3.2, beta_slow=0.5)
    close(got, yarn_by_hand(4, 2, 1e4, 3.2, 32, 0.5))


# ---- precision


def test_sixteen_bits_cannot_hold_positions():
    assert np.float16(2049) == 2048
    assert np.spacing(np.float16(1024)) == 1  # a sixth of a turn of 2 pi
    assert torch.tensor(257, dtype=torch.bfloat16) == 256
    speeds = inverse_frequencies(128)
    for dtype, length, low, high in (
        (np.float16, 2048, 0.87, 0.89),
        (np.float32, 2048, 1e-4, 1.2e-4),
        (np.float32, 131_072, 7.6e-3, 7.8e-3),
    ):
        at = np.arange(length)
        angles = at.astype(dtype)[:, None] * speeds.astype(dtype)
        error = abs(np.cos(angles.astype(float)) - np.cos(at[:, None] * speeds)).max()
        assert low < error < high


# ---- what is refused

X = np.ones((2, 4))
AT = np.arange(2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: inverse_frequencies(3), "d must be even, got 3"),
        (lambda: inverse_frequencies(0), "d must be an integer >= 2, got 0"),
        (lambda: inverse_frequencies(True), "d must be an integer >= 2, got True"),
        (lambda: inverse_frequencies(4.0), "d must be an integer >= 2, got 4.0"),
        (lambda: inverse_frequencies(4, 1), "base must be a number > 1"),
        (lambda: inverse_frequencies(4, True), "base must be a number > 1"),
        (lambda: inverse_frequencies(4, math.nan), "base must be a number > 1"),
        (lambda: inverse_frequencies(4, 10**400), "base must be a number > 1"),
        (lambda: inverse_frequencies(4, "9"), "base must be a number > 1"),
        (lambda: sinusoidal(3, 4), r"positions must have shape \(t,\), got \(\)"),
        (lambda: sinusoidal([[1]], 4), r"positions must have shape \(t,\)"),
        (lambda: sinusoidal([math.nan], 4), "positions must hold finite.*got nan"),
        (lambda: sinusoidal([-1.1e12], 4), "finite numbers of at most 1e.12 in size"),
        (lambda: sinusoidal([True], 4), "positions must hold numbers, got dtype bool"),
        (lambda: sinusoidal(["1"], 4), "positions must hold numbers, got dtype"),
        (lambda: sinusoidal([[1], [1, 2]], 4), "positions must hold numbers, got"),
        (lambda: sinusoidal(np.ma.masked_array([1.0]), 4), "got a masked array"),
        (lambda: rope(np.ones((2, 3)), AT), "d must be even, got 3"),
        (lambda: rope(np.ones(4), AT), r"x must have shape \(..., t, d\) with t = 2"),
        (lambda: rope(X, [1]), r"with t = 1 positions, got \(2, 4\)"),
        (lambda: rope(np.ones((2, 4), int), AT), "x must hold floats, got dtype int64"),
        (lambda: rope(X * math.inf, AT), "x must hold finite numbers"),
        (
            lambda: rope(X, AT, np.ones(1)),
            r"inv_freq must have shape \(2,\), got \(1,\)",
        ),
        (lambda: rope(X, AT, np.ones(4)), r"inv_freq must have shape \(2,\)"),
        (lambda: rope(X, AT, [math.nan, 1.0]), "inv_freq must hold finite numbers"),
        (lambda: rope(X, AT, layout="neox"), "layout must be 'interleaved' or 'half'"),
        (lambda: alibi_slopes(0), "heads must be an integer >= 1, got 0"),
        (lambda: alibi_slopes(True), "heads must be an integer >= 1, got True"),
        (lambda: fit_distances(True), "seed must be an integer >= 0, got True"),
        (lambda: alibi_bias(1, 0), "t must be an integer >= 1, got 0"),
        (lambda: alibi_bias(0, 1), "heads must be an integer >= 1"),
        (lambda: t5_bucket([1.0]), "relative must hold integers, got dtype float64"),
        (lambda: t5_bucket([True]), "relative must hold integers, got dtype bool"),
        (lambda: t5_bucket([1], 31), "buckets must be even, got 31"),
        (lambda: t5_bucket([1], 2), "buckets must be an integer >= 4, got 2"),
        (
            lambda: t5_bucket([1], 1, bidirectional=False),
            "buckets must be an integer >= 2",
        ),
        (
            lambda: t5_bucket([1], max_distance=8),
            "max_distance must be an integer >= 9",
        ),
        (
            lambda: t5_bucket([1], max_distance=10**12 + 1),
            "max_distance must be at most 1e.12, got 1000000000001",
        ),
        (
            lambda: t5_bucket([1], max_distance=16, bidirectional=False),
            "max_distance must be an integer >= 17, got 16",
        ),
        (
            lambda: scaled_frequencies("dynamic", 4, 2),
            "method must be 'linear', 'ntk' or",
        ),
        (
            lambda: scaled_frequencies("ntk", 2, 2),
            "d must be at least 4 for method 'ntk'",
        ),
        (lambda: scaled_frequencies("linear", 5, 2), "d must be even"),
        (lambda: scaled_frequencies("linear", 4, 0.99), "scale must be a number >= 1"),
        (lambda: scaled_frequencies("yarn", 4, 2, 1.0), "base must be a number > 1"),
        (
            lambda: scaled_frequencies("yarn", 4, 2, original_length=6),
            "original_length must be a number with beta_slow turns",
        ),
        (
            lambda: scaled_frequencies("yarn", 4, 2, original_length=7, beta_slow=2),
            "original_length must be a number with beta_slow turns",
        ),
        (
            lambda: scaled_frequencies("yarn", 4, 2, beta_fast=0.5),
            "beta_fast must be a number >= beta_slow",
        ),
        (
            lambda: scaled_frequencies("yarn", 4, 2, beta_slow=0.0),
            "beta_slow must be a number >= 1e-6",
        ),
        (
            lambda: scaled_frequencies("yarn", 4, 2, beta_slow=0.99e-6),
            "beta_slow must be a number >= 1e-6",
        ),
        (lambda: fit_distances(-1), "seed must be an integer >= 0, got -1"),
        (lambda: fit_distances(0, length=0), "length must be an integer >= 1"),
        (lambda: fit_distances(0, samples=0), "samples must be an integer >= 1"),
        (lambda: fit_distances(0, []), r"speeds must have shape \(n,\), n >= 1, got"),
        (lambda: fit_distances(0, [[1.0]]), r"n >= 1, got \(1, 1\)"),
        (lambda: fit_distances(0, 1.0), r"speeds must have shape \(n,\)"),
        (lambda: fit_distances(0, [1]), "speeds must hold floats, got dtype int64"),
        (lambda: fit_distances(0, [math.nan]), "speeds must hold finite numbers"),
    ],
)
def test_what_is_not_wanted_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---- the figures


def test_the_figures_show_what_the_functions_give():
    hands = figure.hands().axes[0].lines
    assert len(hands) == 4 * 17
    for n, line in enumerate(hands):
        g, i = divmod(n, 17)
        x, y = line.get_xdata(), line.get_ydata()
        angle = i / 10**g
        close(np.diff(x), 0.4 * math.sin(angle))
        close(np.diff(y), 0.4 * math.cos(angle))
    left, middle, right = figure.curves().axes
    for line, both in zip(left.lines, (False, True), strict=False):
        places, rows = line.get_xdata(), line.get_ydata()
        for (start, stop), row in zip(pairwise(places), rows, strict=False):
            for at in range(int(start), int(stop)):
                assert exact_bucket(-at, 32, 128, both) == row
    for line, base in zip(middle.lines, (1e4, 5e5), strict=False):
        for at, mean in list(zip(*line.get_data(), strict=True))[::20]:
            cosines = [math.cos(at * base ** (-2 * g / 128)) for g in range(64)]
            close(mean, sum(cosines) / 64, 1e-9)
    close(right.lines[0].get_ydata(), np.full(64, 4.0))
    close(right.lines[1].get_ydata(), 4 ** (np.arange(64) / 63), 1e-9)
    expected = inverse_frequencies(128) / yarn_by_hand(128, 4, 1e4, 2048, 32, 1)
    close(right.lines[2].get_ydata(), expected, 1e-9)
    assert set(right.lines[3].get_xdata()) == {40}
