"""Oracles: scipy, torch, scikit-learn, quadrature, exact fractions, brute force."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, optimize, special, stats
from sklearn.metrics import (
    brier_score_loss,
    log_loss,
    mean_pinball_loss,
    mutual_info_score,
)

from snippets.ml.loss_functions_and_information import (
    brier_score,
    cross_entropy,
    divergences,
    entropy,
    focal_loss,
    focal_minimiser,
    forward_fit,
    js_divergence,
    kl_divergence,
    kl_estimators,
    mutual_information,
    pinball_loss,
    reverse_fit,
)

FOUR = [0.5, 0.25, 0.125, 0.125]
EVEN = [0.25] * 4
COIN, BENT = [0.5, 0.5], [0.9, 0.1]
MEANS, SD = [-2.0, 2.0], 0.5
NAN, INF = math.nan, math.inf

weights = st.lists(st.integers(0, 50), min_size=2, max_size=6).filter(sum)


def close(actual, expected, atol=1e-12):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=atol)


def share(counts):
    return np.array(counts) / sum(counts)


# Entropy, cross-entropy, divergences


def test_the_four_letter_code():
    close(entropy(FOUR, 2), 1.75)
    close(cross_entropy(FOUR, EVEN, 2), 2)
    close([kl_divergence(FOUR, EVEN, 2), kl_divergence(EVEN, FOUR, 2)], 0.25)
    close(js_divergence(FOUR, EVEN, 2), 0.061278, 5e-7)


def test_two_coins_by_hand():
    # ln(1/2 / 0.9) / 2 + ln(1/2 / 0.1) / 2, and 0.9 ln 1.8 + 0.1 ln 0.2
    close(kl_divergence(COIN, BENT), 0.510826, 5e-7)
    close(kl_divergence(BENT, COIN), 0.368064, 5e-7)
    close(kl_divergence(COIN, BENT), (math.log(5 / 9) + math.log(5)) / 2)
    close(
        cross_entropy(COIN, BENT), math.log(2) + math.log(5 / 3)
    )  # entropy and excess
    close(js_divergence(COIN, BENT), js_divergence(BENT, COIN))


def test_what_cannot_happen():
    left, right = [1, 0], [0, 1]
    assert kl_divergence(left, right) == cross_entropy(left, right) == INF
    close(js_divergence(left, right), math.log(2))
    close(js_divergence(left, right, 2), 1)
    assert kl_divergence(COIN, left) == cross_entropy(COIN, left, 2) == INF
    close(kl_divergence(left, COIN), math.log(2))
    close(cross_entropy(left, COIN), math.log(2))
    assert kl_divergence([0.5, 0.5, 0], [0.5, 0.5, 0]) == 0
    close(js_divergence([1, 0, 0], [0.5, 0.5, 0]), 0.75 * math.log(4 / 3), 1e-12)


@given(weights, st.data())
def test_scipy_finds_the_same(counts, data):
    k = len(counts)
    other = data.draw(st.lists(st.integers(0, 50), min_size=k, max_size=k).filter(sum))
    p, q = share(counts), share(other)
    for base in (None, 2, 10.0):
        close(entropy(p, base), stats.entropy(p, base=base))
        close(kl_divergence(p, q, base), stats.entropy(p, q, base=base), 1e-11)
        unit = math.log(base or math.e)
        cross = -special.xlogy(p, q).sum() / unit
        close(cross_entropy(p, q, base), cross, 1e-11)
        m = (p + q) / 2
        js = (special.rel_entr(p, m) + special.rel_entr(q, m)).sum() / 2 / unit
        close(js_divergence(p, q, base), js)
    if kl_divergence(p, q) < INF:
        excess = entropy(p) + kl_divergence(p, q)
        close(cross_entropy(p, q), excess, 1e-11)
    assert kl_divergence(p, q) >= 0
    assert kl_divergence(p, p) == 0 == js_divergence(p, p)
    assert 0 <= js_divergence(p, q) <= math.log(2) + 1e-15


@given(weights, st.data())
def test_pinsker_bounds_the_total_variation(counts, data):
    k = len(counts)
    other = data.draw(st.lists(st.integers(0, 50), min_size=k, max_size=k).filter(sum))
    p, q = share(counts), share(other)
    apart = np.abs(p - q).sum() / 2
    assert apart <= math.sqrt(kl_divergence(p, q) / 2) + 1e-12


def test_pinsker_on_the_coins():
    close(np.abs(np.subtract(COIN, BENT)).sum() / 2, 0.4)
    assert math.sqrt(kl_divergence(COIN, BENT) / 2) > 0.4
    assert math.sqrt(kl_divergence(COIN, BENT) / 2) == pytest.approx(0.505, abs=5e-4)


def test_one_outcome_says_nothing():
    for p in ([1.0], [0.0, 1.0, 0.0]):
        assert entropy(p) == cross_entropy(p, p) == kl_divergence(p, p) == 0
        assert (
            math.copysign(1, entropy(p)) == math.copysign(1, cross_entropy(p, p)) == 1
        )


def test_a_detour_can_be_shorter():
    first, second = kl_divergence(COIN, [0.7, 0.3]), kl_divergence([0.7, 0.3], BENT)
    close([first, second], [0.087, 0.154], 5e-4)
    assert first + second < kl_divergence(COIN, BENT)


def test_a_base_may_be_large():
    assert entropy(COIN, 1e9) == pytest.approx(math.log(2) / math.log(1e9), rel=1e-12)


def test_any_shape_is_a_distribution():
    square = np.array(FOUR).reshape(2, 2)
    assert entropy(square, 2) == entropy(FOUR, 2)
    assert type(entropy(square)) is type(kl_divergence(square, square)) is float
    assert entropy(np.float64(1.0)) == 0
    close(kl_divergence(square.T, np.reshape(EVEN, (2, 2)), 2), 0.25)


def test_close_distributions_keep_their_digits():
    # For (1/2 + e, 1/2 - e) against (1/2, 1/2) the divergence is 2 e^2 + O(e^4).
    for e in (1e-3, 1e-6, 1e-9):
        got = kl_divergence([0.5 + e, 0.5 - e], COIN)
        assert got == pytest.approx(2 * e**2 + 4 / 3 * e**4, rel=1e-6, abs=0)
    plain = sum(a * math.log(a / 0.5) for a in (0.5 + 1e-9, 0.5 - 1e-9))
    assert abs(plain / 2e-18 - 1) > 0.1  # what the usual formula makes of it


def test_rounding_shrinks_with_the_distance_of_close_distributions():
    for e in (1e-3, 1e-6, 1e-9, 1e-12):
        p = [0.5 + e, 0.5 - e]
        d = (Fraction(p[0]) - Fraction(p[1])) / 2
        series = 2 * d**2 + d**4 * 4 / 3 + d**6 * 32 / 15
        assert abs(Fraction(kl_divergence(p, COIN)) - series) < e * 1e-15


def huffman(p):
    """Mean bits a block of the best code, by merging the two rarest."""
    heap, length = sorted(p), 0.0
    while len(heap) > 1:
        joined = heap[0] + heap[1]
        heap, length = sorted([*heap[2:], joined]), length + joined
    return length


def test_letters_in_pairs_come_closer_to_the_entropy():
    pairs = np.outer(BENT, BENT).ravel()
    close([huffman(BENT), huffman(pairs) / 2], [1, 0.645])
    assert entropy(BENT, 2) < huffman(pairs) / 2


@given(weights)
def test_huffman_is_at_most_a_bit_above_the_entropy(counts):
    p = share(counts)
    assert entropy(p, 2) - 1e-12 <= huffman(p) <= entropy(p, 2) + 1 + 1e-12


def test_sums_of_float32_are_divided_out():
    p = np.array([0.1, 0.2, 0.7], np.float32)
    for off in (-1e-7, 1e-7, 9e-7):
        close(entropy(p * (1 + off)), stats.entropy([0.1, 0.2, 0.7]), 1e-7)
        assert kl_divergence(p, np.float64(p) * (1 + off)) == pytest.approx(
            0, abs=1e-30
        )
        assert entropy([1 + off]) == 0
    with pytest.raises(ValueError, match="p must be >= 0 with the sum 1"):
        entropy([0.5, 0.5 + 2e-6])
    assert entropy([0.5, 0.5 + 5e-7]) <= math.log(2)


def test_tiny_probabilities_neither_overflow_nor_vanish():
    tiny = 1e-320
    close(kl_divergence([0.5, 0.5], [1.0, tiny]), 0.5 * (-math.log(4) - math.log(tiny)))
    close(kl_divergence([1.0, tiny], COIN), math.log(2))
    assert js_divergence([0.0, 1.0], [5e-324, 1.0]) == 0
    far = mutual_information([[1e-200, 0], [0, 1]])  # the product of margins is 0 here
    assert far == pytest.approx(1e-200 * (1 + 200 * math.log(10)), rel=1e-9, abs=0)


# Mutual information


def test_mutual_information_of_a_noisy_bit():
    joint = [[0.4, 0.1], [0.1, 0.4]]
    close(mutual_information(joint, 2), 0.278072, 5e-7)
    close(mutual_information(joint, 2), 1 - entropy([0.8, 0.2], 2))


@given(
    st.lists(
        st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=1, max_size=4
    )
)
def test_mutual_information_is_three_entropies(rows):
    counts = np.array(rows)
    if not counts.sum():
        return
    joint = counts / counts.sum()
    three = entropy(joint.sum(0)) + entropy(joint.sum(1)) - entropy(joint)
    close(mutual_information(joint), three)
    first, second = np.repeat(
        np.indices(counts.shape).reshape(2, -1), counts.ravel(), 1
    )
    close(mutual_information(joint), mutual_info_score(first, second))
    close(mutual_information(joint), mutual_information(joint.T))


def test_independence_has_no_information():
    joint = np.outer([0.2, 0.3, 0.5], [0.9, 0.1])
    assert 0 <= mutual_information(joint) < 1e-30
    assert mutual_information([[0.5, 0.5]]) == 0


# Maximum likelihood


def test_the_mean_loss_of_rows_is_the_cross_entropy_with_their_shares():
    rows = np.array([0, 0, 1, 2, 0, 1])
    q = np.array([0.5, 0.2, 0.3])
    close(-np.log(q[rows]).mean(), cross_entropy(np.bincount(rows) / 6, q))


def test_a_uniform_choice_of_50257():
    loss = cross_entropy(np.eye(5)[0], np.full(5, 0.2))
    close(math.exp(loss), 5)
    uniform = np.full(50_257, 1 / 50_257)
    close(entropy(uniform), 10.825, 5e-4)
    close(math.exp(entropy(uniform)), 50_257, 1e-6)


def test_entropy_of_the_standard_normal_in_bits():
    assert stats.norm.entropy() / math.log(2) == pytest.approx(2.047096, abs=5e-7)
    # That of cells of width h is larger by log2(1/h): the limit has no code length.
    x = np.arange(-10, 10, 1 / 64)
    cells = stats.norm.cdf(x + 1 / 64) - stats.norm.cdf(x)
    close(entropy(cells / cells.sum(), 2), 2.047096 + 6, 1e-4)


def test_smoothed_labels_have_a_floor():
    close(entropy([0.91] + [0.01] * 9), 0.5003, 5e-5)


def test_the_entropy_of_a_density_can_be_negative():
    close(stats.norm(0, 0.1).entropy() / math.log(2), -1.275, 5e-4)


def test_tokens_of_another_length_make_another_perplexity():
    close([math.exp(20 / 10), math.exp(20 / 25)], [7.389, 2.226], 5e-4)


# One Gaussian for two


def ln_p(x):
    return np.logaddexp(
        stats.norm.logpdf(x, -2, 0.5), stats.norm.logpdf(x, 2, 0.5)
    ) - math.log(2)


def integral(f):
    return integrate.quad(f, -26, 26, points=(-2, 0, 2), limit=400, epsabs=1e-11)[0]


def test_the_forward_fit_has_the_moments():
    mean, width = forward_fit(MEANS, SD)
    close([mean, width**2], [0, 4.25])
    found = divergences(MEANS, SD, mean, width)
    close(found[0], 0.7236, 5e-5)
    q = stats.norm(mean, width)
    close(
        found[0], integral(lambda x: math.exp(ln_p(x)) * (ln_p(x) - q.logpdf(x))), 1e-9
    )
    close(found[1], integral(lambda x: q.pdf(x) * (q.logpdf(x) - ln_p(x))), 1e-9)
    best = optimize.minimize(
        lambda a: divergences(MEANS, SD, a[0], math.exp(a[1]))[0], [0.4, 0]
    )
    close([best.x[0], math.exp(best.x[1])], [mean, width], 1e-4)


@pytest.mark.parametrize(
    ("start", "mean", "width", "value"),
    [
        (1, 1.9998, 0.5004, 0.69305),
        (-1, -1.9998, 0.5004, 0.69305),
        (0.25, 0, 1.736, 1.871),
    ],
)
def test_the_reverse_fit_depends_on_the_start(start, mean, width, value):
    found = reverse_fit(MEANS, SD, start, 1 if abs(start) == 1 else 1.7)
    close(found, [mean, width], 4e-4)
    assert divergences(MEANS, SD, *found)[1] == pytest.approx(value, abs=4e-4)
    best = optimize.minimize(
        lambda a: divergences(MEANS, SD, a[0], math.exp(a[1]))[1],
        [found[0] + 0.05, math.log(found[1]) + 0.05],
        tol=1e-9,
    )
    close([best.x[0], math.exp(best.x[1])], found, 1e-4)  # a minimum, if a local one
    near = [
        divergences(MEANS, SD, found[0] + a, found[1] + b)[1]
        for a in (-0.05, 0.05)
        for b in (-0.05, 0.05)
    ]
    assert min(near) > divergences(MEANS, SD, *found)[1]


def test_fits_and_minimisers_are_floats():
    found = [*forward_fit(MEANS, SD), *divergences(MEANS, SD, 0, 1), focal_minimiser(1)]
    found += [
        *reverse_fit(MEANS, SD, 0, 1, 1),
        focal_minimiser(0.5),
        js_divergence([1], [1]),
    ]
    found += [mutual_information([[1.0]]), cross_entropy([1], [1], 2), entropy([1], 10)]
    assert {type(x) for x in found} == {float}


def test_fits_of_one_gaussian_are_that_gaussian():
    close(forward_fit([3.0], 0.7), [3, 0.7])
    close(forward_fit([1.0, 2.0, 6.0], 1), [3, math.sqrt(1 + 14 / 3)])
    close(reverse_fit([3.0], 0.7, 0, 2), [3, 0.7], 1e-6)
    close(divergences([3.0], 0.7, 3, 0.7), [0, 0])
    for far in (-900, 900):
        close(divergences([far], 2, far, 2), [0, 0])
    # KL of two Gaussians in closed form, both ways
    close(
        divergences([0.0], 1, 1, 2),
        [math.log(2) + 2 / 8 - 0.5, -math.log(2) + 5 / 2 - 0.5],
        1e-9,
    )


def test_steps_of_the_descent_by_hand():
    # From N(1, 1) to N(0, 1): the slope by the mean is the mean, the width is right.
    for steps in (1, 2, 3):
        close(reverse_fit([0.0], 1, 1, 1, steps), [0.5**steps, 1], 1e-9)
    # From N(0, 4): by ln width the slope is -1 + 4, the rate 0.2 / (1 + 4 / 4).
    close(reverse_fit([0.0], 1, 0, 2, 1), [0, 2 * math.exp(-0.3)], 1e-9)


def test_numbers_of_any_width_count_as_float64():
    for half in (Fraction(1, 2), np.float16(0.5)):
        assert focal_minimiser(half + half / 2, 2 + half * 0) == focal_minimiser(
            0.75, 2
        )
        assert focal_loss([0.3], [1], half)[0] == focal_loss([0.3], [1], 0.5)[0]
        assert pinball_loss([0.3], [1.0], half)[0] == pinball_loss([0.3], [1.0], 0.5)[0]
        assert entropy([0.3, 0.7], half + 1) == entropy([0.3, 0.7], 1.5)
        assert forward_fit([0.1, 0.2], half) == forward_fit([0.1, 0.2], 0.5)
        narrow = reverse_fit([0.1, 0.2], half, half, half, 3)
        assert narrow == reverse_fit([0.1, 0.2], 0.5, 0.5, 0.5, 3)
        assert type(narrow[0]) is type(narrow[1]) is float


def test_descent_is_at_rest_after_the_default_steps():
    for start, width in ((40, 30), (-7, 0.01), (0.5, 12), (0.05, 0.3), (900, 900)):
        mean, sd = reverse_fit(MEANS, SD, start, width)
        assert (round(abs(mean), 3), round(sd, 3)) in {(2, 0.5), (0, 1.736)}
        close(reverse_fit(MEANS, SD, mean, sd, 1), [mean, sd], 1e-9)


# Which loss asks for what


def test_five_numbers_under_four_losses():
    y = np.array([1.0, 2, 3, 4, 100])
    grid = np.arange(0, 101, 0.5)

    def best(loss):
        values = np.array([loss(np.full(5, q)).sum() for q in grid])
        return grid[np.isclose(values, values.min(), rtol=0, atol=1e-9)]

    assert best(lambda q: (y - q) ** 2).tolist() == [22]
    assert best(lambda q: np.abs(y - q)).tolist() == [3]
    huber = F.huber_loss(
        torch.tensor(y), torch.full((5,), 3.0).double(), reduction="sum"
    )
    assert huber == 1.5 + 0.5 + 0 + 0.5 + 96.5
    assert best(
        lambda q: np.where(np.abs(y - q) < 1, (y - q) ** 2 / 2, np.abs(y - q) - 0.5)
    ).tolist() == [3]
    flat = best(lambda q: pinball_loss(y, q, 0.8))
    assert (flat[0], flat[-1], len(flat)) == (4, 100, 193)
    close(pinball_loss(y, np.full(5, 50.0), 0.8).sum(), 78)
    close(pinball_loss(y, np.full(5, 3.0), 0.8).sum(), 79)
    close(pinball_loss(np.array([5.0, 1.0]), np.array([3.0, 3.0]), 0.8), [1.6, 0.4])
    for tau in (0.2, 0.8):
        assert not np.signbit(pinball_loss([3.0], [3.0], tau)).any()


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=8), st.integers(1, 9))
def test_pinball_is_scikit_learns_and_minimal_at_the_quantile(values, tenths):
    y, tau = np.array(values, float), tenths / 10
    losses = {}
    for q in sorted(set(values)):
        loss = pinball_loss(y, np.full(len(y), float(q)), tau).mean()
        close(loss, mean_pinball_loss(y, np.full(len(y), q), alpha=tau))
        losses[q] = loss
    place = math.ceil(Fraction(tenths, 10) * len(values)) - 1
    close(losses[sorted(values)[place]], min(losses.values()))


def test_farther_apart_than_float64_reaches():
    with np.errstate(all="raise"):
        assert pinball_loss(np.array([1e308]), np.array([-1e308]), 0.25).tolist() == [
            INF
        ]
        assert pinball_loss(np.array([-1e308]), np.array([1e308]), 0.25).tolist() == [
            INF
        ]


def test_brier_by_hand_and_by_scikit_learn():
    probs = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]])
    close(brier_score(probs, [0, 2]), (0.09 + 0.04 + 0.01 + 0.01 + 0.64 + 0.81) / 2)
    close(brier_score(probs, [0, 2]), 0.8)
    close(brier_score(probs, [0, 2]), brier_score_loss([0, 2], probs, labels=[0, 1, 2]))
    two = np.array([[0.3, 0.7], [0.6, 0.4]])
    halved = brier_score_loss([1, 1], two[:, 1], pos_label=1)
    close([brier_score(two, [1, 1]), halved], [(0.18 + 0.72) / 2, (0.09 + 0.36) / 2])
    # Two columns are halved as well, three are not.
    close(brier_score(two, [0, 1]) / 2, brier_score_loss([0, 1], two))
    assert type(brier_score(probs, [0, 2])) is float
    assert probs[0, 0] == 0.7


@pytest.mark.parametrize("p", [0.1, 0.3, 0.5, 0.8])
def test_log_and_brier_are_proper_and_two_others_are_not(p):
    q = np.linspace(0.001, 0.999, 999)
    log = -p * np.log(q) - (1 - p) * np.log(1 - q)
    brier = p * (1 - q) ** 2 + (1 - p) * q**2
    assert q[log.argmin()] == q[brier.argmin()] == pytest.approx(p)
    focal = p * focal_loss(q, np.ones(999, int)) + (1 - p) * focal_loss(
        q, np.zeros(999, int)
    )
    close(q[focal.argmin()], focal_minimiser(p), 6e-4)
    assert (abs(q[focal.argmin()] - p) > 0.02) == (p != 0.5)
    score = np.linspace(-3, 3, 601)
    hinge = p * np.maximum(0, 1 - score) + (1 - p) * np.maximum(0, 1 + score)
    if p != 0.5:  # whatever p is below 1 and above 0, 1 or -1
        assert score[hinge.argmin()] == pytest.approx(1 if p > 0.5 else -1)


@pytest.mark.parametrize(
    ("p", "found"),
    [(0.8, (0.6858, 0.6266, 0.5619)), (0.95, (0.8384, 0.7498, 0.6292))],
)
def test_the_focal_loss_asks_for_less_than_the_truth(p, found):
    for gamma, expected in zip((1, 2, 5), found, strict=True):
        q = focal_minimiser(p, gamma)
        close(q, expected, 5e-5)
        close(focal_minimiser(1 - p, gamma), 1 - q)

        def risk(u, gamma=gamma):
            return -p * (1 - u) ** gamma * math.log(u) - (1 - p) * u**gamma * math.log(
                1 - u
            )

        best = optimize.minimize_scalar(
            risk, bounds=(1e-6, 1 - 1e-6), method="bounded", options={"xatol": 1e-10}
        )
        close(q, best.x, 1e-6)


def test_focal_minimisers_keep_the_order_and_the_side():
    p = np.linspace(0, 1, 201)
    for gamma in (0, 0.25, 1, 2, 5, 50):
        q = np.array([focal_minimiser(u, gamma) for u in p])
        assert (np.diff(q) > 0).all()
        assert ((q > 0.5) == (p > 0.5))[p != 0.5].all()
        assert (q[0], q[-1]) == (0, 1)
        if gamma == 0:
            close(q, p)
        else:
            assert (q[(p > 0.5) & (p < 1)] < p[(p > 0.5) & (p < 1)]).all()
    assert focal_minimiser(0.9, 1e6) == pytest.approx(0.5, abs=1e-5)
    for u in (5e-324, 1e-309, 0.1, 0.3, 0.9):
        assert focal_minimiser(u, 0) == u
        close(focal_minimiser(u, 1e-9), u, 1e-7)  # as the search finds it
    assert 0 < focal_minimiser(1e-300) < 1e-100


def test_the_true_probability_is_found_from_the_focal_one():
    for p in (0.05, 0.3, 0.8, 0.95):
        q = focal_minimiser(p, 1)
        up, down = -math.log(q) + (1 - q) / q, -math.log(1 - q) + q / (1 - q)
        close(down / (up + down), p)


def test_a_larger_exponent_asks_for_less():
    q = [focal_minimiser(0.8, gamma) for gamma in np.arange(0, 8, 0.1)]
    assert (np.diff(q) < 0).all()
    for p in (0.51, 0.6, 0.99, 1 - 1e-9, 1 - 1e-15):  # down to one half, never below
        q = [focal_minimiser(p, gamma) for gamma in (0, 1e-3, 0.1, 0.5, 1, 3, 50, 500)]
        assert (np.diff(q) <= 0).all()
        assert q[-1] >= 0.5


def test_focal_loss_by_hand():
    close(
        focal_loss([0.9, 0.9], [1, 0], 2),
        [0.01 * -math.log(0.9), 0.81 * -math.log(0.1)],
    )
    close(
        focal_loss([0.3, 0.6], [1, 0], 0),
        F.binary_cross_entropy(
            torch.tensor([0.3, 0.6], dtype=torch.float64),
            torch.tensor([1.0, 0], dtype=torch.float64),
            reduction="none",
        ),
    )
    close(focal_loss([0.9], [1]), focal_loss([0.9], [1], 2))
    for gamma in (0, 2):
        assert focal_loss([1.0, 0.0, 0.0, 1.0], [1, 0, 1, 0], gamma).tolist() == [
            0,
            0,
            INF,
            INF,
        ]
    assert not np.signbit(focal_loss([1.0, 0.0], [1, 0])).any()
    small = focal_loss([1e-20], [0], 1)[0]
    assert small == pytest.approx(1e-40, rel=1e-12, abs=0)


# From samples


def plug_in(K, n):
    """Expected entropy of the shares of n draws from K equal outcomes, exactly."""
    j = np.arange(1, n + 1)
    return K * (stats.binom.pmf(j, n, 1 / K) * -(j / n) * np.log(j / n)).sum()


def test_the_plug_in_entropy_is_too_small():
    close([plug_in(10, 20), math.log(10)], [2.0428, 2.3026], 5e-5)
    close([plug_in(1000, 1000), math.log(1000)], [6.3347, 6.9078], 5e-5)
    total = 0.0
    for draws in itertools.product(range(3), repeat=4):  # brute force, and our entropy
        total += entropy(np.bincount(draws, minlength=3) / 4) / 81
    close(total, plug_in(3, 4))
    assert abs(math.log(10) - 9 / 40 - plug_in(10, 20)) < 0.04


def test_independent_tables_seem_to_inform():
    rng = np.random.default_rng(0)
    found = []
    for _ in range(2000):
        table = np.zeros((10, 10))
        np.add.at(table, tuple(rng.integers(10, size=(2, 200))), 1)
        found.append(mutual_information(table / 200))
    mean = float(np.mean(found))
    assert 0.22 < mean < 0.25
    exact = 2 * plug_in(10, 200) - plug_in(100, 200)
    close(exact, 0.237, 5e-4)
    assert abs(mean - exact) < 4 * np.std(found) / math.sqrt(2000)
    assert abs(mean - 81 / 400) < 0.06
    close(exact - 81 / 400, 0.034, 1e-3)


@pytest.mark.parametrize(
    ("shift", "means", "deviations"),
    [
        (0.1, (0.005, 0.0050125, 0.005), (0.1, None, 0.00708)),
        (1.0, (0.5, 0.625, 0.5), (1, None, 0.8475)),
    ],
)
def test_moments_of_the_estimators(shift, means, deviations):
    def moment(i, power):
        def f(x):
            logs = (np.array([-(x**2) / 2]), np.array([-((x - shift) ** 2) / 2]))
            return stats.norm.pdf(x) * kl_estimators(*logs)[i][0] ** power

        return integrate.quad(f, -20, 20, epsabs=1e-13, limit=400)[0]

    for i in range(3):
        close(moment(i, 1), means[i], 1e-7)
        if deviations[i] is not None:
            close(
                math.sqrt(moment(i, 2) - means[i] ** 2),
                deviations[i],
                5e-4 * deviations[i] + 4e-6,
            )


def test_the_variance_of_k3_can_be_infinite():
    def second(i, far):
        def f(x):
            logq = -(x**2) / 8 - math.log(2)
            k = kl_estimators(np.array([-(x**2) / 2]), np.array([logq]))[i][0]
            return stats.norm.pdf(x) * k**2

        return 2 * integrate.quad(f, 0, far, limit=400)[0]

    assert second(2, 8) > 1e4
    assert second(2, 12) > 1e6 * second(2, 8)
    assert second(0, 12) == pytest.approx(second(0, 8), rel=1e-9, abs=0)


def test_k3_is_never_below_zero():
    d = np.concatenate(
        [np.geomspace(1e-18, 700, 400), -np.geomspace(1e-18, 1e300, 400)]
    )
    k1, k2, k3 = kl_estimators(-d, np.zeros(800))
    assert (k3 >= -1e-15).all()
    assert (k1 == -d).all()
    near = np.abs(d) < 1e-4
    some = near & (np.abs(d) > 1e-7)
    series = d[some] ** 2 / 2 + d[some] ** 3 / 6
    np.testing.assert_allclose(k3[some], series, rtol=1e-6)
    np.testing.assert_allclose(k2[near], d[near] ** 2 / 2, rtol=1e-12)
    close(kl_estimators([0.0], [math.log(2)])[2], [1 - math.log(2)])


def test_samples_where_q_is_nothing():
    with np.errstate(all="raise"):
        assert [k.tolist() for k in kl_estimators([0.5], [-INF])] == [
            [INF],
            [INF],
            [INF],
        ]
        assert kl_estimators([-800.0], [0.0])[2].tolist() == [INF]
        far = kl_estimators([-1e308], [1e308])
        assert [k.tolist() for k in far] == [[-INF], [INF], [INF]]


def test_the_mean_of_k3_misses_what_q_has_elsewhere():
    # p = (1, 0), q = (1/2, 1/2): every sample has r = 1/2, and KL is ln 2.
    k1, _, k3 = kl_estimators([0.0], [-math.log(2)])
    close(k1, [math.log(2)])
    close(k3, [math.log(2) - 0.5])


# The libraries


def test_the_arguments_of_kl_div():
    p = torch.tensor([[0.5, 0.25, 0.25], [0.1, 0.2, 0.7]], dtype=torch.float64)
    q = torch.tensor([[0.2, 0.3, 0.5], [0.3, 0.3, 0.4]], dtype=torch.float64)
    mine = np.mean(
        [kl_divergence(a, b) for a, b in zip(p.numpy(), q.numpy(), strict=True)]
    )
    close(mine, 0.220027, 5e-7)
    close(mine, F.kl_div(q.log(), p, reduction="batchmean").item())
    close(F.kl_div(p.log(), q, reduction="batchmean").item(), 0.2227, 5e-5)
    close(F.kl_div(q, p, reduction="batchmean").item(), -1.2558, 5e-5)
    with pytest.warns(UserWarning, match="batchmean"):
        close(F.kl_div(q.log(), p, reduction="mean").item(), 0.0733, 5e-5)
    close(mine / 3, 0.0733, 5e-5)


def test_what_the_losses_of_the_libraries_take():
    z = torch.tensor([[2.0, 0.0, -1.0], [0.5, 1.5, 0.0]], dtype=torch.float64)
    y = torch.tensor([0, 2])
    p = z.softmax(1)
    mine = np.mean(
        [
            cross_entropy(np.eye(3)[c], row)
            for c, row in zip(y.tolist(), p.numpy(), strict=True)
        ]
    )
    close(mine, F.cross_entropy(z, y).item())
    close(mine, F.nll_loss(z.log_softmax(1), y).item())
    close(mine, F.nll_loss(p.log(), y).item())
    close(mine, log_loss(y.numpy(), p.numpy(), labels=[0, 1, 2]))
    zero = torch.zeros(1, dtype=torch.float64)
    assert F.binary_cross_entropy(zero, zero + 1) == 100  # its logarithm is clamped
    close(F.smooth_l1_loss(z, z + 3).item(), F.huber_loss(z, z + 3).item())
    one, label = z[:, 0], torch.tensor([1.0, 0], dtype=torch.float64)
    close(
        F.binary_cross_entropy_with_logits(one, label).item(),
        F.binary_cross_entropy(one.sigmoid(), label).item(),
    )


def test_the_log_of_the_softmax_in_float32():
    z = torch.tensor([0.0, 200.0])
    assert z.softmax(0).log()[0] == -INF
    assert z.log_softmax(0)[0] == -200
    plain = np.log(
        np.exp(np.float32([0, 80])) / np.exp(np.float32([0, 80])).sum()
        + np.float32(1e-8)
    )
    assert plain[0] == pytest.approx(-18.42, abs=5e-3)  # truth: -80


def test_more_right_answers_and_a_larger_loss():
    before, after = np.full(3, 0.45), np.array([0.6, 0.6, 0.001])
    assert ((before > 0.5).mean(), (after > 0.5).mean()) == (0, pytest.approx(2 / 3))
    close([-np.log(before).mean(), -np.log(after).mean()], [0.80, 2.64], 5e-3)


# What is refused

BAD = [
    (lambda: entropy([]), "p must be finite numbers, at least one"),
    (lambda: entropy([-0.5, 1.5]), "p must be >= 0"),
    (lambda: entropy([1e308, 1e308]), "p must be >= 0 with the sum 1"),
    (lambda: focal_minimiser([0.5]), r"p must be a number in \[0, 1\]"),
    (lambda: entropy([NAN, 1]), "p must be finite"),
    (lambda: entropy([INF, 1]), "p must be finite"),
    (lambda: entropy([0.5, 0.4]), "p must be >= 0 with the sum 1"),
    (lambda: entropy([0.0, 0.0]), "p must be >= 0 with the sum 1"),
    (lambda: entropy(["a"]), "p must be an array of numbers"),
    (lambda: entropy([1j]), "p must be an array of numbers"),
    (lambda: entropy(np.array(["1"], object)), "p must be an array of numbers"),
    (lambda: entropy(np.array([b"1", 0], object)), "p must be an array of numbers"),
    (lambda: entropy(COIN, 10**400), "base must be"),
    (lambda: focal_minimiser(10**400), "p must be a number"),
    (lambda: focal_loss([0.5], [1], 10**400), "gamma must be finite"),
    (lambda: pinball_loss([1.0], [1.0], 10**400), "tau must be a number"),
    (lambda: forward_fit([1.0], 10**400), "sd must be a number"),
    (lambda: reverse_fit([0.0], 1, 0, 1, 100_001), "steps must be an integer"),
    (lambda: reverse_fit([0.0], 1, 0, 1, 1.0), "steps must be an integer"),
    (lambda: entropy(np.array([1], "M8[D]")), "p must be an array of numbers"),
    (lambda: entropy(np.array([1], "m8[D]")), "p must be an array of numbers"),
    (lambda: entropy(COIN, 1), "base must be a finite number > 1"),
    (lambda: entropy(COIN, 0.5), "base must be"),
    (lambda: entropy(COIN, NAN), "base must be"),
    (lambda: entropy(COIN, INF), "base must be"),
    (lambda: entropy(COIN, "2"), "base must be"),
    (
        lambda: cross_entropy(COIN, FOUR),
        r"p and q must have one shape, got \(2,\) and \(4,\)",
    ),
    (lambda: kl_divergence(np.reshape(FOUR, (2, 2)), FOUR), "one shape"),
    (lambda: kl_divergence(COIN, [0.5, 0.6]), "q must be >= 0"),
    (lambda: js_divergence(COIN, [1.0]), "one shape"),
    (lambda: mutual_information(FOUR), r"joint must have shape \(a, b\), got \(4,\)"),
    (lambda: mutual_information([[0.5, 0.6]]), "joint must be >= 0"),
    (lambda: brier_score([0.5, 0.5], [0]), r"probs must be \(n, K\)"),
    (lambda: brier_score([[0.5, 0.4]], [0]), "rows with the sum 1"),
    (lambda: brier_score([[0.5, 0.5], [0.5, 0.4]], [0, 0]), "rows with the sum 1"),
    (lambda: brier_score([[0.5, 0.5]], [2]), r"y must be integers in 0..1"),
    (lambda: brier_score([[0.5, 0.5]], [-1]), "y must be integers"),
    (lambda: brier_score([[0.5, 0.5]], [0.5]), "y must be integers"),
    (
        lambda: brier_score([[0.5, 0.5]], [0, 1]),
        r"y must have shape \(1,\), got \(2,\)",
    ),
    (
        lambda: brier_score(np.zeros((0, 2)), []),
        "probs must be finite numbers, at least",
    ),
    (lambda: brier_score([[1.5, -0.5]], [0]), r"probs must lie in \[0, 1\]"),
    (lambda: focal_loss([1.1], [1]), r"p must lie in \[0, 1\]"),
    (lambda: focal_loss([-0.1], [1]), r"p must lie in \[0, 1\]"),
    (lambda: focal_loss([0.5, -0.1], [1, 1]), r"p must lie in \[0, 1\]"),
    (lambda: focal_loss([0.5, 1.1], [1, 1]), r"p must lie in \[0, 1\]"),
    (lambda: focal_loss([0.5, 0.5], [1, 0.5]), "y must be integers in 0..1"),
    (lambda: forward_fit([0.0, -2e3], 1), "from -1000 to 1000"),
    (lambda: focal_loss([0.5], [2]), "y must be integers in 0..1"),
    (lambda: focal_loss([0.5], [1], -1), "gamma must be finite and >= 0"),
    (lambda: focal_loss([0.5], [1], INF), "gamma must be finite"),
    (lambda: focal_loss([0.5, 0.5], [1]), "p and y must have one shape"),
    (lambda: focal_minimiser(1.5), r"p must be a number in \[0, 1\]"),
    (lambda: focal_minimiser(0.5, NAN), "gamma must be finite"),
    (lambda: pinball_loss([1.0], [1.0], 0), r"tau must be a number in \(0, 1\)"),
    (lambda: pinball_loss([1.0], [1.0], 1), "tau must be"),
    (lambda: pinball_loss([1.0], [1.0, 2.0], 0.5), "y and q must have one shape"),
    (lambda: pinball_loss([NAN], [1.0], 0.5), "y must be finite"),
    (lambda: kl_estimators([-INF], [0.0]), "logp must be finite"),
    (lambda: kl_estimators([0.0], [INF]), "logq must be numbers or minus infinity"),
    (lambda: kl_estimators([0.0], [NAN]), "logq must be numbers"),
    (lambda: kl_estimators([0.0, 0.0], [0.0, INF]), "logq must be numbers"),
    (lambda: kl_estimators([0.0], [0.0, 1.0]), "logp and logq must have one shape"),
    (lambda: forward_fit([[0.0]], 1), r"means must have shape \(k,\)"),
    (lambda: forward_fit([2e3], 1), "from -1000 to 1000"),
    (lambda: forward_fit([0.0], 0), "sd must be a number in"),
    (lambda: forward_fit([0.0], 1e3), "sd must be a number in"),
    (lambda: forward_fit([0.0], 1e-3), "sd must be a number in"),
    (lambda: divergences([0.0], 1, 0, 1e3), "width must be a number in"),
    (lambda: divergences([0.0], 1, 1e3, 1), "mean must be a number in"),
    (lambda: divergences([0.0], 1, -1e3, 1), "mean must be a number in"),
    (lambda: divergences([0.0], 1, 0, 0), "width must be a number in"),
    (lambda: divergences([0.0], 1, NAN, 1), "mean must be a number in"),
    (lambda: reverse_fit([0.0], 1, 0, 1, 0), "steps must be an integer in 1..100000"),
    (
        lambda: reverse_fit([0.0], 1, 0, 1, True),
        "steps must be an integer in 1..100000",
    ),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
