"""Oracles: full enumeration, exact fractions, finite differences, chi-squared."""

import re
from fractions import Fraction
from itertools import product
from math import comb, exp, inf, isfinite, log, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from figures.nlp import decoding as figure
from snippets.nlp.decoding import (
    beam_search,
    greedy,
    min_p,
    sample,
    softmax,
    top_k,
    top_p,
)

P = np.array([0.5, 0.25, 0.15, 0.07, 0.03])
CLOSE = {"rtol": 0, "atol": 1e-12}


def entropy(p):
    return -sum(q * log(q) for q in p if q)


def model(seed, size=4, scale=1.5):
    """Each prefix has log probabilities of its own."""
    known = {}

    def step(tokens):
        if tokens not in known:
            z = scale * np.random.default_rng([seed, len(tokens), *tokens]).normal(
                size=size
            )
            known[tokens] = z - z.max() - np.log(np.exp(z - z.max()).sum())
        return known[tokens]

    return step


def all_texts(step, size, longest, eos=0):
    """Each text that ends with the end token, or is as long as may be, and its sum."""
    for length in range(1, longest + 1):
        for text in product(range(size), repeat=length):
            if eos in text[:-1] or (length < longest and text[-1] != eos):
                continue
            total = sum(float(step(text[:i])[text[i]]) for i in range(length))
            if isfinite(total):
                yield text, total


def table_step(table):
    def step(tokens):
        with np.errstate(divide="ignore"):
            return np.log(np.array(table.get(tokens, [1.0, 0.0, 0.0])))

    return step


GARDEN = table_step({(): [0, 0.6, 0.4], (1,): [0.3, 0.4, 0.3], (2,): [0.05, 0.9, 0.05]})


# Temperature


def test_a_temperature_sharpens_and_flattens():
    want = {
        0.5: ([0.733568, 0.183392, 0.066021, 0.014378, 0.002641], 0.794442),
        1.0: (P, 1.269060),
        2.0: ([0.347954, 0.246041, 0.190582, 0.130192, 0.085231], 1.503566),
    }
    for temperature, (probabilities, nats) in want.items():
        p = softmax(np.log(P), temperature)
        np.testing.assert_allclose(p, probabilities, rtol=0, atol=5e-7)
        assert entropy(p) == pytest.approx(nats, abs=5e-7)
        powers = P ** (1 / temperature)
        np.testing.assert_allclose(p, powers / powers.sum(), **CLOSE)


def test_the_ends_of_the_temperature_and_of_the_numbers():
    np.testing.assert_array_equal(softmax([1e5, 0, -1e5]), [1, 0, 0])
    np.testing.assert_array_equal(softmax([0, -inf]), [1, 0])
    np.testing.assert_array_equal(softmax([1e308, -1e308, 1e308]), [0.5, 0, 0.5])
    np.testing.assert_array_equal(softmax([2, 2, 1], 5e-324), [0.5, 0.5, 0])
    np.testing.assert_allclose(softmax([1, 2, 3], 1e9), [1 / 3] * 3, atol=1e-9)
    np.testing.assert_allclose(softmax([0, -inf, 1], 1e9), [0.5, 0, 0.5], atol=1e-9)
    np.testing.assert_array_equal(softmax([7]), [1])
    np.testing.assert_array_equal(softmax([[1e4, 0], [3, 3]]), [[1, 0], [0.5, 0.5]])


def test_the_entropy_rises_with_the_variance_of_the_logits_over_t_cubed():
    z = np.array([2.0, -1.0, 0.5, 0.5])
    for t in (0.3, 1.0, 4.0):
        p, h = softmax(z, t), 1e-5
        slope = (entropy(softmax(z, t + h)) - entropy(softmax(z, t - h))) / (2 * h)
        assert slope == pytest.approx((p @ z**2 - (p @ z) ** 2) / t**3, rel=1e-5)


def test_rows_are_each_their_own_distribution():
    z = np.random.default_rng(0).normal(size=(2, 3, 6))
    p = softmax(z, 0.7)
    for cut in (
        lambda p: top_k(p, 3),
        lambda p: top_p(p, 0.8),
        lambda p: min_p(p, 0.4),
    ):
        whole = cut(p)
        assert whole.shape == p.shape
        for i, j in product(range(2), range(3)):
            np.testing.assert_allclose(softmax(z[i, j], 0.7), p[i, j], **CLOSE)
            np.testing.assert_allclose(cut(p[i, j]), whole[i, j], **CLOSE)


# Cuts, against the rules in fractions


def by_hand(weights, keep):
    total = sum(w for i, w in enumerate(weights) if i in keep)
    return [
        float(Fraction(w, total)) if i in keep else 0 for i, w in enumerate(weights)
    ]


def ranked(weights):
    return sorted(range(len(weights)), key=lambda i: (-weights[i], i))


weights_of = st.lists(st.integers(0, 6), min_size=1, max_size=8).filter(any)


@given(weights_of, st.integers(1, 9))
def test_top_k_keeps_the_first_k_and_of_equals_the_lower_index(weights, k):
    got = top_k(np.array(weights) / sum(weights), k)
    np.testing.assert_allclose(got, by_hand(weights, ranked(weights)[:k]), **CLOSE)


@given(weights_of, st.integers(1, 48))
def test_top_p_keeps_the_shortest_head_that_reaches_the_mass(weights, part):
    mass = Fraction(min(part, sum(weights)), sum(weights))
    order = ranked(weights)
    heads = [order[: size + 1] for size in range(len(order))]
    reach = (
        h for h in heads if Fraction(sum(weights[i] for i in h), sum(weights)) >= mass
    )
    got = top_p(np.array(weights) / sum(weights), float(mass))
    np.testing.assert_allclose(got, by_hand(weights, next(reach)), **CLOSE)


@given(weights_of, st.integers(0, 6))
def test_min_p_keeps_what_is_large_enough_beside_the_peak(weights, part):
    scale = max(weights)  # in sixty-fourths, so that the comparison is exact
    ratio = Fraction(min(part, scale) * 10 + 1, scale * 10 + 7)
    keep = {i for i, w in enumerate(weights) if w >= ratio * scale}
    got = min_p(np.array(weights) / sum(weights), float(ratio))
    np.testing.assert_allclose(got, by_hand(weights, keep), **CLOSE)


def test_the_cuts_of_the_page():
    two, three = [2 / 3, 1 / 3, 0, 0, 0], [5 / 9, 2.5 / 9, 1.5 / 9, 0, 0]
    np.testing.assert_allclose(top_k(P, 2), two, **CLOSE)
    np.testing.assert_allclose(top_p(P, 0.75), two, **CLOSE)
    np.testing.assert_allclose(top_p(P, 0.76), three, **CLOSE)
    np.testing.assert_allclose(min_p(P, 0.2), three, **CLOSE)
    np.testing.assert_array_equal(top_p(P, 1e-9), [1, 0, 0, 0, 0])
    np.testing.assert_array_equal(top_p(P[::-1], 1e-13), [0, 0, 0, 0, 1])
    np.testing.assert_array_equal(top_k(P[::-1], 1), [0, 0, 0, 0, 1])
    for same in (top_k(P, 99), top_p(P, 1), min_p(P, 0), top_p([1.0], 0.5)):
        np.testing.assert_allclose(same, P if len(same) > 1 else [1], **CLOSE)
    np.testing.assert_array_equal(min_p([0.25, 0.375, 0.375], 1), [0, 0.5, 0.5])
    np.testing.assert_array_equal(top_k([0.25] * 4, 2), [0.5, 0.5, 0, 0])
    np.testing.assert_array_equal(top_p([0.25] * 4, 0.5), [0.5, 0.5, 0, 0])
    np.testing.assert_array_equal(top_k(np.uint8([0, 1]), 1), [0, 1])


def test_of_many_equal_tokens_the_first_are_kept():
    p = np.array([2, 1] * 100) / 300  # sorting must be stable beyond a few numbers
    kept = [True, True] * 50 + [True, False] * 50
    np.testing.assert_array_equal(top_k(p, 150) > 0, kept)
    np.testing.assert_array_equal(top_p(p, 250 / 300) > 0, kept)


def test_a_mass_that_rounding_misses_is_reached():
    assert 0.7 + 0.1 < 0.8
    np.testing.assert_array_equal(top_p([0.7, 0.1, 0.1, 0.1], 0.8) > 0, [1, 1, 0, 0])
    np.testing.assert_array_equal(top_p([0.8, 0.2], 0.8 + 1e-11) > 0, [1, 1])


def test_a_ratio_that_rounding_misses_is_reached():
    assert 0.05 * 0.8 > 0.04
    np.testing.assert_array_equal(min_p([0.8, 0.16, 0.04], 0.05) > 0, [1, 1, 1])
    np.testing.assert_array_equal(min_p([0.8, 0.16, 0.04], 0.05 + 1e-11) > 0, [1, 1, 0])


def test_programs_that_cut_from_the_other_end_keep_the_same():
    # vLLM sorts upwards, and cuts what sums to 1 - m or less; the last one stays.
    rng = np.random.default_rng(5)
    for _ in range(300):
        p, mass = softmax(2 * rng.normal(size=rng.integers(1, 9))), rng.uniform(0.01, 1)
        order = np.argsort(p)
        cut = np.cumsum(p[order]) <= 1 - mass
        cut[-1] = False
        want = set(order[~cut].tolist())
        assert set(np.flatnonzero(top_p(p, mass)).tolist()) == want


def test_a_flat_tail_fills_the_nucleus_and_not_min_p():
    p = np.full(50_000, 0.4 / 49_999)
    p[0] = 0.6
    for temperature, size, first in ((1, 37_501, 0.6), (2, 44_973, 0.005447)):
        warm = softmax(np.log(p), temperature)
        assert warm[0] == pytest.approx(first, abs=5e-7)
        assert (top_p(warm, 0.9) > 0).sum() == size
        assert (min_p(warm, 0.05) > 0).sum() == 1


def test_temperature_and_cut_do_not_commute_but_for_top_k():
    with np.errstate(divide="ignore"):
        first = top_p(softmax(np.log(P), 2), 0.7)
        last = softmax(np.log(top_p(P, 0.7)), 2)
        np.testing.assert_allclose(
            top_k(softmax(np.log(P), 2), 3), softmax(np.log(top_k(P, 3)), 2), **CLOSE
        )
        for r in (0.1, 0.3, 0.6):
            np.testing.assert_allclose(
                min_p(softmax(np.log(P), 2), r),
                softmax(np.log(min_p(P, r**2)), 2),
                **CLOSE,
            )
    np.testing.assert_allclose(first, [0.443493, 0.313597, 0.242911, 0, 0], atol=5e-7)
    np.testing.assert_allclose(last, [0.585786, 0.414214, 0, 0, 0], atol=5e-7)


# The draw


class Given:
    """A generator of chosen numbers."""

    def __init__(self, *numbers):
        self.numbers = list(numbers)

    def random(self):
        return self.numbers.pop(0)


def test_a_number_falls_into_the_part_of_its_token():
    p = [0.0, 0.25, 0.0, 0.5, 0.25, 0.0]
    below = np.nextafter(0.25, 0), np.nextafter(0.75, 0), np.nextafter(1.0, 0)
    for number, token in [(0.0, 1), (below[0], 1), (0.25, 3), (below[1], 3), (0.75, 4)]:
        rng = Given(number)
        assert sample(p, rng) == token
        assert rng.numbers == []  # one number
    assert sample(p, Given(below[2])) == 4
    assert type(sample(np.array([1.0]), Given(0.5))) is int
    short = np.array([0.5, 0.5 - 9e-7])  # what is missing is shared, not given to one
    assert sample(short, Given(below[2])) == 1


def test_draws_come_as_often_as_they_should_and_cut_tokens_never():
    p, rng = top_p(P, 0.9), np.random.default_rng(7)
    counts = np.bincount([sample(p, rng) for _ in range(20_000)], minlength=5)
    assert not counts[3:].any()
    expected = 20_000 * p[:3]
    assert chi2.sf((((counts[:3] - expected) ** 2) / expected).sum(), 2) > 0.001


def test_the_largest_noisy_logit_is_a_draw():
    z = np.log(P) / 2  # T = 2
    u = np.random.default_rng(0).random((200_000, 5))
    shares = np.bincount(np.argmax(z - np.log(-np.log(u)), axis=1)) / 200_000
    np.testing.assert_allclose(shares, softmax(np.log(P), 2), rtol=0, atol=0.004)
    # vLLM's form: probabilities over exponential noise.
    np.testing.assert_array_equal(
        np.argmax(softmax(np.log(P), 2) / -np.log(u[:99]), axis=1),
        np.argmax(z - np.log(-np.log(u[:99])), axis=1),
    )


# Search


def test_the_garden_path():
    tokens, total = greedy(GARDEN, (), 0, 3)
    assert (tokens, exp(total)) == ((1, 1, 0), pytest.approx(0.24))
    found = beam_search(GARDEN, (), 0, 2, 3)
    assert [tokens for tokens, _ in found] == [(2, 1, 0), (1, 1, 0)]
    assert [exp(total) for _, total in found] == pytest.approx([0.36, 0.24])


@pytest.mark.parametrize("seed", range(8))
def test_a_beam_as_wide_as_the_tree_is_enumeration(seed):
    step = model(seed, 3, 2.0)
    for longest, alpha in product((1, 2, 4), (0.0, 0.7, 1.0)):
        want = sorted(
            all_texts(step, 3, longest), key=lambda t: -t[1] / len(t[0]) ** alpha
        )
        got = beam_search(step, (), 0, 3**longest, longest, alpha)
        assert [text for text, _ in got] == [text for text, _ in want]
        np.testing.assert_allclose([s for _, s in got], [s for _, s in want], **CLOSE)


def slow_beam(step, size, beams, longest):
    """Which prefixes live, told by counting those that are better."""
    live, ended = {(): 0.0}, {}
    for _ in range(longest):
        new = {
            (*text, i): total + float(step(text)[i])
            for text, total in live.items()
            for i in range(size)
        }
        kept = {
            text: total
            for text, total in new.items()
            if sum((-s, t) < (-total, text) for t, s in new.items()) < beams
        }
        ended |= {text: s for text, s in kept.items() if text[-1] == 0}
        live = {text: s for text, s in kept.items() if text[-1] != 0}
    return ended | live


@pytest.mark.parametrize("beams", [1, 2, 3, 6])
def test_the_best_of_all_extensions_survive(beams):
    for seed in range(6):
        step = model(seed)
        kept = slow_beam(step, 4, beams, 5)
        for alpha in (0.0, 1.0):
            want = sorted(kept, key=lambda t: (-kept[t] / len(t) ** alpha, t))[:beams]
            got = beam_search(step, (), 0, beams, 5, alpha)
            assert [text for text, _ in got] == want
            assert [s for _, s in got] == pytest.approx([kept[t] for t in want])


def test_one_beam_is_greedy_and_the_prompt_counts_neither_way():
    for seed in range(30):
        step = model(seed)
        assert beam_search(step, (3, 0), 0, 1, 5) == [greedy(step, (3, 0), 0, 5)]
        [(tokens, total)] = beam_search(step, (1, 2), 0, 1, 4, 1.0)
        assert tokens[:2] == (1, 2)
        steps = range(2, len(tokens))
        assert total == pytest.approx(sum(step(tokens[:i])[tokens[i]] for i in steps))


def test_one_beam_differs_from_greedy_where_a_sum_rounds_two_tokens_together():
    def step(tokens):
        return np.array([-1 - 3e-16, -1, -3]) if tokens else np.array([-40, -inf, -inf])

    assert greedy(step, (), 9, 2) == ((0, 1), -41)
    assert beam_search(step, (), 9, 1, 2) == [((0, 0), -41)]


def test_the_largest_alpha_prefers_length_and_is_no_overflow():
    two = np.log([0.6, 0.4])
    texts = [t for t, _ in beam_search(lambda _: two, (), 0, 4, 500, 10)]
    assert texts[:2] == [(1,) * 499 + (0,), (1,) * 500]
    assert [len(t) for t in texts[2:]] == [499, 498]


def test_a_long_prompt_does_not_undo_the_normalization():
    step = table_step({(1,) * 99: [0.3, 0.7, 0], (1,) * 100: [0.7, 0.3, 0]})
    found = beam_search(step, (1,) * 99, 0, 3, 2, 1.0)
    assert [len(tokens) - 99 for tokens, _ in found] == [2, 2, 1]
    assert exp(found[0][1]) == pytest.approx(0.49)


def test_a_search_ends_with_its_last_live_text():
    def step(tokens):
        return np.array([-1.0, -2.0 if len(tokens) < 3 else -inf])

    found = beam_search(step, (), 0, 9, 10**12)
    assert [len(tokens) for tokens, _ in found] == [1, 2, 3, 4]


def test_no_new_token_leaves_the_prompt():
    assert greedy(GARDEN, [4, 5], 0, 0) == ((4, 5), 0.0)
    assert beam_search(GARDEN, iter([4, 5]), 0, 3, 0, 1.0) == [((4, 5), 0.0)]


def test_nothing_follows_the_end_and_the_impossible_is_not_taken():
    seen = []

    def step(tokens):
        seen.append(tokens)
        return np.array([-1.0, -inf, -0.5])

    texts = beam_search(step, (0,), 0, 50, 3)
    assert len(texts) == 4
    assert all(1 not in tokens and 0 not in tokens[1:-1] for tokens, _ in texts)
    assert all(0 not in tokens[1:] for tokens in seen)
    assert len(seen) == 3
    seen.clear()
    assert greedy(step, (0,), 2, 9) == ((0, 2), -0.5)
    assert len(seen) == 1
    assert len(greedy(step, (0,), 0, 9)[0]) == 10  # the end never is the best here


def test_finished_texts_are_compared_with_unfinished_ones():
    step = table_step({(): [0.4, 0.6, 0], (1,): [0.3, 0.35, 0.35]})
    assert [t for t, _ in beam_search(step, (), 0, 2, 2)] == [(0,), (1, 1)]
    assert [t for t, _ in beam_search(step, (), 0, 3, 2)] == [(0,), (1, 1), (1, 2)]


def other_beam(step, beams, longest, alpha, early):
    """Finished texts keep their place among the beams; or it stops when ahead."""
    live, done = [((), 0.0)], []
    for _ in range(longest):
        new = [
            ((*text, i), total + float(value))
            for text, total in live
            if text[-1:] != (0,)
            for i, value in enumerate(step(text))
        ]
        if early:
            live = sorted(new, key=lambda t: (-t[1], t[0]))[:beams]
            done += [t for t in live if t[0][-1] == 0]
            live = [t for t in live if t[0][-1] != 0]
            scores = [s / len(t) ** alpha for t, s in done]
            if done and all(s / len(t) ** alpha <= max(scores) for t, s in live):
                break
        else:
            new += [t for t in live if t[0][-1:] == (0,)]
            live = sorted(new, key=lambda t: (-t[1], t[0]))[:beams]
    return max(live + done, key=lambda t: t[1] / len(t[0]) ** alpha)[0]


def test_an_early_stop_is_the_same_for_sums_and_not_for_means():
    differ = {0.0: 0, 1.0: 0}
    for seed, alpha in product(range(60), differ):
        step = model(seed)
        best = beam_search(step, (), 0, 2, 5, alpha)[0][0]
        differ[alpha] += best != other_beam(step, 2, 5, alpha, early=True)
    assert differ[0.0] == 0
    assert differ[1.0] > 0


def test_finished_texts_that_compete_for_places_can_be_lost():
    late = {(1, 1): [1e-3] * 3, (1, 2): [1e-3] * 3}
    step = table_step({(): [0.1, 0.9, 0], (1,): [0, 0.5, 0.5], **late})
    assert beam_search(step, (), 0, 2, 3)[0][0] == (0,)
    assert other_beam(step, 2, 3, 0.0, early=False) == (1, 1, 0)


def test_of_equal_sums_the_smaller_tuple_comes_first():
    half = np.log([0.5, 0.5])
    assert greedy(lambda _: half, (), 1, 3)[0] == (0, 0, 0)
    found = [t for t, _ in beam_search(lambda _: half, (), 9, 3, 2)]
    assert found == [(0, 0), (0, 1), (1, 0)]
    last = [t for t, _ in beam_search(lambda _: half, (), 0, 2, 1)]
    assert last == [(0,), (1,)]


def test_the_smaller_tuple_comes_first_though_its_parent_is_less_probable():
    scores = {(): [-9, -2, -1], (1,): [-9, -1, -9], (2,): [-9, -2, -1]}
    found = beam_search(lambda t: np.array(scores[t]), (), 0, 2, 2)
    assert found == [((2, 2), -2.0), ((1, 1), -3.0)]  # and not (2, 1), also with -3
    scores[(2,)] = [-2, -9, -9]
    found = beam_search(lambda t: np.array(scores[t]), (), 0, 2, 2)
    assert found == [((1, 1), -3.0), ((2, 0), -3.0)]


def test_a_wide_search_finds_that_the_best_text_is_empty():
    log_probs = np.log([0.05] + [0.095] * 10)
    for beams, alpha, length, total in [
        (1, 0, 20, -47.078),
        (5, 0, 20, -47.078),
        (10, 0, 20, -47.078),
        (11, 0, 1, -2.996),
        (30, 0, 1, -2.996),
        (11, 1, 20, -47.078),
    ]:
        tokens, found = beam_search(lambda _: log_probs, (), 0, beams, 20, alpha)[0]
        assert (len(tokens), round(found, 3)) == (length, total)
    two = np.log([0.1, 0.9])
    for longest, length in ((21, 21), (22, 1)):
        assert len(beam_search(lambda _: two, (), 0, 2, longest)[0][0]) == length
    assert 21 < log(0.1) / log(0.9) < 22


def test_a_wider_beam_may_find_a_worse_text():
    totals = [beam_search(model(8, 6, 1.0), (), 0, b, 6)[0][1] for b in (1, 2, 3, 4)]
    want = [-3.580711, -3.598440, -3.598440, -2.497926]
    assert totals == pytest.approx(want, abs=5e-7)


def test_wider_beams_find_the_mode_more_often_and_lose_less():
    shares, losses = figure.found((1, 2, 3, 5))
    counts = [round(200 * share) for share in shares]
    assert 90 <= counts[0] <= 140
    assert counts[1] > 170
    assert counts[2] > 185
    assert counts[3] >= 198
    assert losses[0] > 0.2 > losses[1] > losses[2] > losses[3] >= 0
    best = [max(all_texts(model(s), 4, 5), key=lambda t: t[1]) for s in range(20)]
    assert [figure.mode(figure.random_model(s)) for s in range(20)] == [
        (pytest.approx(total), text) for text, total in best
    ]


def test_the_figure_shows_the_numbers_of_the_page():
    kept = [[int((cut(p) > 0).sum()) for cut in figure.CUTS] for p in figure.SHAPES]
    assert kept == [[4, 3, 1], [4, 8, 9]]
    assert figure.lengths((1, 10, 11, 12)) == [20, 20, 1, 1]


# What the page says in passing


def test_sums_of_the_page():
    assert pytest.approx(0.634, abs=5e-4) == 1 - 0.99**100
    assert pytest.approx(3.7e-5, abs=5e-7) == 0.6**20
    assert sum(comb(20, h) * 0.6**h * 0.4 ** (20 - h) for h in range(9, 16)) > 0.885
    wrong = softmax(P)  # of probabilities instead of logits
    np.testing.assert_array_equal(wrong.round(2), [0.27, 0.21, 0.19, 0.17, 0.17])


def test_a_masked_text_is_valid_but_not_the_models():
    # Tokens: 1 is a, 2 is b, then 0 ends; 3 stands for all that is not valid.
    raw = {(): [0, 0.5, 0.5, 0], (1,): [0.01, 0, 0, 0.99], (2,): [0.9, 0, 0, 0.1]}

    def masked(tokens):
        with np.errstate(divide="ignore"):
            z = np.log(raw[tokens])
            z[3] = -inf
            return np.log(softmax(z))

    texts = {t: exp(s) for t, s in beam_search(masked, (), 0, 9, 2)}
    assert texts == {(1, 0): pytest.approx(0.5), (2, 0): pytest.approx(0.5)}
    valid = {i: raw[()][i] * raw[(i,)][0] for i in (1, 2)}
    assert valid[1] / sum(valid.values()) == pytest.approx(0.005 / 0.455)


def test_a_draft_that_is_accepted_or_redrawn_is_distributed_like_the_large_model():
    rng = np.random.default_rng(1)
    for _ in range(20):
        p, q = softmax(rng.normal(size=(2, 6)))
        refused = 1 - np.minimum(p, q).sum()
        rest = np.maximum(0, p - q)
        mixed = q * np.minimum(1, p / q) + refused * rest / rest.sum()
        np.testing.assert_allclose(mixed, p, **CLOSE)


def one(values):
    return lambda _: np.array(values)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: softmax([]), "logits must hold a number at least"),
        (lambda: softmax(np.zeros((2, 0))), "logits must hold a number at least"),
        (lambda: softmax(3.0), "logits must hold a number at least"),
        (lambda: softmax([0, nan]), "logits must be finite or -inf"),
        (lambda: softmax([0, inf]), "logits must be finite or -inf"),
        (lambda: softmax([[0, 1], [-inf, -inf]]), "logits must not all be -inf"),
        (lambda: softmax(["a"]), "logits must be an array of numbers, got ['a']"),
        (lambda: softmax([True]), "logits must be an array of numbers"),
        (lambda: softmax([[1], [1, 2]]), "logits must be an array of numbers"),
        (lambda: softmax([1j]), "logits must be an array of numbers"),
        (lambda: softmax([0], 0), "temperature must be a finite number > 0, got 0"),
        (lambda: softmax([0], -1.0), "temperature must be a finite number > 0"),
        (lambda: softmax([0], inf), "temperature must be a finite number > 0"),
        (lambda: softmax([0], nan), "temperature must be a finite number > 0"),
        (lambda: softmax([0], True), "temperature must be a finite number > 0"),
        (lambda: softmax([0], "1"), "temperature must be a finite number > 0"),
        (lambda: top_k([0.5, 0.4], 1), "p must be >= 0 with the sum 1"),
        (lambda: top_k([0.5, 0.500002], 1), "p must be >= 0 with the sum 1"),
        (lambda: top_p([[0.5, 0.5], [0.5, 0.6]], 1), "p must be >= 0 with the sum 1"),
        (lambda: min_p([1.5, -0.5], 1), "p must be >= 0 with the sum 1"),
        (lambda: min_p([1e308, 1e308], 1), "p must be >= 0 with the sum 1"),
        (lambda: min_p([nan, 1], 1), "p must be finite or -inf"),
        (lambda: sample([-inf, 1], Given(0)), "p must be >= 0 with the sum 1"),
        (lambda: sample([[1.0]], Given(0)), "p must have one axis, got shape (1, 1)"),
        (lambda: sample([], Given(0)), "p must hold a number at least"),
        (lambda: top_k([1.0], 0), "k must be an integer >= 1, got 0"),
        (lambda: top_k([1.0], 1.0), "k must be an integer >= 1, got 1.0"),
        (lambda: top_k([1.0], True), "k must be an integer >= 1, got True"),
        (lambda: top_p([1.0], 0), "mass must be a number in (0, 1], got 0"),
        (lambda: top_p([1.0], 1.1), "mass must be a number in (0, 1], got 1.1"),
        (lambda: top_p([1.0], nan), "mass must be a number in (0, 1], got nan"),
        (lambda: top_p([1.0], True), "mass must be a number in (0, 1], got True"),
        (lambda: min_p([1.0], -0.1), "ratio must be a number in [0, 1], got -0.1"),
        (lambda: min_p([1.0], 1.1), "ratio must be a number in [0, 1], got 1.1"),
        (lambda: min_p([1.0], nan), "ratio must be a number in [0, 1], got nan"),
        (lambda: greedy(one([0.0]), (), 0, -1), "max_new must be an integer >= 0"),
        (lambda: greedy(one([0.0]), (), -1, 1), "eos must be an integer >= 0, got -1"),
        (lambda: greedy(one([0.0]), (-1,), 0, 1), "a token must be an integer >= 0"),
        (lambda: greedy(one([0.0]), ("a",), 0, 1), "a token must be an integer >= 0"),
        (lambda: greedy(one([0.0]), 3, 0, 1), "start must be a tuple of tokens, got 3"),
        (lambda: greedy(one([]), (), 0, 1), "log probabilities must hold a number"),
        (lambda: greedy(one([nan]), (), 0, 1), "log probabilities must be finite"),
        (lambda: greedy(one([-inf]), (), 0, 1), "log probabilities must not all be"),
        (lambda: greedy(one([0.1]), (), 0, 1), "must be one row of numbers <= 0"),
        (lambda: greedy(one([[0.0]]), (), 0, 1), "must be one row of numbers <= 0"),
        (lambda: beam_search(one([inf]), (), 0, 1, 1), "must be finite or -inf"),
        (lambda: beam_search(one([-inf]), (), 0, 1, 1), "must not all be -inf"),
        (lambda: beam_search(one([1.0]), (), 0, 1, 1), "one row of numbers <= 0"),
        (lambda: beam_search(one([0.0]), (), 0, 0, 1), "beams must be an integer >= 1"),
        (lambda: beam_search(one([0.0]), (), 0, 1, -1), "max_new must be an integer"),
        (lambda: beam_search(one([0.0]), (), 0.0, 1, 1), "eos must be an integer >= 0"),
        (lambda: beam_search(one([0.0]), (), 0, 1, 1, -1), "alpha must be a number in"),
        (lambda: beam_search(one([0.0]), (), 0, 1, 1, 11), "alpha must be a number in"),
        (lambda: beam_search(one([0.0]), (), 0, 1, 1, inf), "in [0, 10], got inf"),
        (lambda: beam_search(one([0.0]), (), 0, 1, 1, nan), "in [0, 10], got nan"),
        (
            lambda: beam_search(one([0.0]), (), 0, 1, 1, "1"),
            "alpha must be a number in",
        ),
        (lambda: beam_search(one([0.0]), (), 0, 1, 1, True), "in [0, 10], got True"),
        (
            lambda: beam_search(one([0.0]), (), 0, 1, 1, 10**400),
            "alpha must be a number",
        ),
        (lambda: softmax([0], 10**400), "temperature must be a finite number > 0"),
        (lambda: softmax([0], -(10**400)), "temperature must be a finite number > 0"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()


def test_what_float32_leaves_over_is_borne():
    p = np.float32([0.1] * 10)
    assert p.sum() != 1 or p.astype(float).sum() != 1
    assert top_p(p, 0.95).dtype == float
    assert greedy(one(np.float32([1e-7, -20])), (), 0, 1)[0] == (0,)
    assert sample(np.float32([0.1] * 10), Given(0.95)) == 9
