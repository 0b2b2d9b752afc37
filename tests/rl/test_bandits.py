"""Oracles: exact fractions over all outcomes, scipy, differences, hand counts."""

import math
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, special, stats

from snippets.rl import bandits
from snippets.rl.bandits import (
    bayes_optimal,
    bernoulli_kl,
    gradient_bandit_step,
    kl_ucb_index,
    lai_robbins,
    run_bandit,
    ucb1_index,
)

MEANS = (0.9, 0.8)
CLOSE = {"rtol": 0, "atol": 1e-12}
shares = st.floats(0, 1)


def generator(seed=0):
    return np.random.default_rng(seed)


def ends(policy, seed=0, runs=300, means=MEANS, steps=2000, **options):
    regret, _ = run_bandit(means, policy, steps, generator(seed), runs, **options)
    return regret[:, -1]


def error(values):
    return np.std(values, ddof=1) / len(values) ** 0.5


# UCB1


def test_the_index_is_that_of_a_hand_count():
    index = ucb1_index(np.array([1, 2, 0]), np.array([1, 0, 0]))
    want = [1 + math.sqrt(2 * math.log(3)), math.sqrt(math.log(3)), math.inf]
    np.testing.assert_allclose(index, want, **CLOSE)
    np.testing.assert_allclose(index[:2], [2.482304, 1.048147], rtol=0, atol=5e-7)
    assert ucb1_index([0, 0], [0, 0]).tolist() == [math.inf, math.inf]
    assert ucb1_index([1], [0.5]).tolist() == [0.5]  # ln 1 = 0
    assert ucb1_index([0.5], [0.25]).tolist() == [0.5]  # ln ½ < 0 is no bonus


def test_whole_numbers_of_any_size_are_counts():
    found = ucb1_index([10**20, 1], [1, 1])
    want = math.sqrt(2 * math.log(1e20))
    np.testing.assert_allclose(found, [want / 1e10 + 1e-20, 1 + want], rtol=1e-12)


def test_the_bonus_makes_hoeffdings_bound_a_power_of_t():
    counts, c = np.array([3, 5, 12]), 1.5
    bonus = ucb1_index(counts, np.zeros(3), c)
    bound = np.exp(-2 * counts * bonus**2)
    np.testing.assert_allclose(bound, 20.0 ** (-2 * c), **CLOSE)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=5), st.floats(0, 4))
def test_the_index_agrees_with_one_arm_at_a_time(counts, c):
    sums = [0.5 * n for n in counts]
    t = sum(counts)
    for n, found in zip(counts, ucb1_index(counts, sums, c)):
        want = 0.5 + (c * math.log(t) / n) ** 0.5 if n else math.inf
        assert found == pytest.approx(want, abs=1e-12)


# KL


def test_the_divergence_is_scipys_and_known_values():
    for p, q in product(np.linspace(0, 1, 11), repeat=2):
        want = special.rel_entr(p, q) + special.rel_entr(1 - p, 1 - q)
        np.testing.assert_allclose(bernoulli_kl(p, q), want, **CLOSE)
    assert bernoulli_kl(0.5, 0.6) == pytest.approx(0.0204110, abs=5e-8)
    assert bernoulli_kl(0.5, 0) == bernoulli_kl(0.5, 1) == math.inf
    assert bernoulli_kl(0, 0) == bernoulli_kl(1, 1) == 0
    assert bernoulli_kl(1, 0) == bernoulli_kl(0, 1) == math.inf
    assert bernoulli_kl(1, 0.25) == pytest.approx(math.log(4), abs=1e-15)


@given(shares, shares)
def test_pinsker_holds_and_close_coins_do_not_round_to_nonsense(p, q):
    kl = bernoulli_kl(p, q)
    assert kl >= 2 * (p - q) ** 2 * (1 - 1e-9) - 1e-300
    assert (kl == 0) <= (abs(p - q) < 1e-100 or abs(p - q) <= 1e-7)


def divergence(p, q):
    """By Python's decimal arithmetic, with 80 digits."""
    with localcontext() as context:
        context.prec = 80
        x, y = Decimal(p), Decimal(q)
        return float(x * (x / y).ln() + (1 - x) * ((1 - x) / (1 - y)).ln())


@given(st.floats(0.01, 0.99), st.floats(-14, -0.1), st.sampled_from([-1, 1]))
def test_the_divergence_of_close_coins_keeps_its_digits(p, power, side):
    q = p + side * 10**power * min(p, 1 - p)
    assert bernoulli_kl(p, q) == pytest.approx(divergence(p, q), rel=1e-11, abs=0)


def test_the_closest_coins_have_a_slope():
    close = math.nextafter(0.5, 0)
    assert bernoulli_kl(close, 0.5) == pytest.approx(
        divergence(close, 0.5), rel=1e-12, abs=0
    )
    assert lai_robbins([0.5, close]) == pytest.approx(0.5 / (0.5 - close), rel=1e-9)


def test_tiny_and_nearly_certain_coins_have_a_finite_divergence():
    assert bernoulli_kl(1e-20, 2e-20) == pytest.approx(1e-20 * (1 - math.log(2)))
    assert bernoulli_kl(5e-324, 0.5) == pytest.approx(math.log(2))
    top = math.nextafter(1, 0)
    assert bernoulli_kl(0.3, top) == pytest.approx(
        0.7 * math.log(0.7 / (1 - top)) + 0.3 * math.log(0.3), rel=1e-12
    )
    assert bernoulli_kl(1e-17, top) == pytest.approx(-math.log(1 - top), rel=1e-12)


@given(st.floats(0, 0.99), st.integers(1, 200), st.floats(0.001, 10))
def test_the_kl_bound_solves_its_equation_and_is_below_hoeffdings(mean, count, budget):
    index = kl_ucb_index(mean, count, budget)
    top = 1 - 1e-12

    def excess(q):
        kl = special.rel_entr(mean, q) + special.rel_entr(1 - mean, 1 - q)
        return count * kl - budget

    want = optimize.brentq(excess, mean, top, xtol=1e-14) if excess(top) > 0 else 1
    assert index == pytest.approx(want, abs=1e-8)
    assert mean <= index <= min(1, mean + math.sqrt(budget / (2 * count)) + 1e-12)


def test_the_kl_bound_of_known_records():
    assert kl_ucb_index(0.5, 10, math.log(100)) == pytest.approx(0.887909, abs=5e-7)
    hoeffding = 0.5 + math.sqrt(math.log(100) / 20)
    assert hoeffding == pytest.approx(0.979853, abs=5e-7)
    assert kl_ucb_index(0, 5, 1) == pytest.approx(1 - math.exp(-0.2), abs=1e-12)
    assert kl_ucb_index(1, 5, 1) == 1
    assert kl_ucb_index(0.3, 0, 2) == kl_ucb_index(0.3, 0, 0) == 1
    assert kl_ucb_index(0.3, 5, 0) == 0.3
    assert kl_ucb_index(0, 5, 0) == 0
    assert kl_ucb_index(0, 1e15, 1) == pytest.approx(1e-15, rel=0, abs=1e-18)


def test_the_slope_of_lai_and_robbins():
    assert lai_robbins([0.9, 0.8]) == pytest.approx(2.252100, abs=5e-7)
    assert lai_robbins([0.5, 0.6]) == pytest.approx(4.899320, abs=5e-7)
    assert lai_robbins([0.5, 0.45, 0.4]) == pytest.approx(14.949644, abs=5e-7)
    assert lai_robbins([0.3]) == lai_robbins([0.3, 0.3]) == 0
    assert type(lai_robbins([0.3])) is type(lai_robbins([0.9, 0.8])) is float
    assert lai_robbins([1, 0.5]) == 0  # one loss proves that an arm is not the sure one
    assert lai_robbins([0.5, 0.5, 0.4]) == pytest.approx(lai_robbins([0.4, 0.5]))


# The gradient bandit


def softmax(h):
    weights = np.exp(h - np.max(h))
    return weights / weights.sum()


def mean_step(h, means, baseline):
    steps = [
        gradient_bandit_step(h, a, means[a], baseline, 1) - h for a in range(len(h))
    ]
    return softmax(h) @ steps, np.array(steps)


def test_the_expected_step_is_the_gradient_whatever_the_constant_baseline():
    h, means = np.array([0.2, -0.5, 1.0]), np.array([1.0, 3.0, 2.0])
    eps = 1e-6
    slope = [
        (softmax(h + eps * e) @ means - softmax(h - eps * e) @ means) / (2 * eps)
        for e in np.eye(3)
    ]
    for baseline in (0, 2, 10, -3.5):
        step, _ = mean_step(h, means, baseline)
        np.testing.assert_allclose(step, slope, rtol=0, atol=1e-9)
        np.testing.assert_allclose(step, [-0.23233, 0.15146, 0.08087], atol=5e-6)


def test_a_baseline_of_the_pulled_arm_alone_takes_the_gradient_away():
    h, means = np.array([0.2, -0.5, 1.0]), np.array([1.0, 3.0, 2.0])
    steps = [gradient_bandit_step(h, a, means[a], means[a], 1) - h for a in range(3)]
    np.testing.assert_allclose(softmax(h) @ steps, 0, **CLOSE)


def test_a_mean_with_the_present_reward_shortens_the_step_by_one_minus_one_over_t():
    h, rewards = np.array([0.2, -0.5, 1.0]), [1.0, 0.0, 1.0, 1.0, 0.5]
    t = len(rewards)
    right = gradient_bandit_step(h, 1, rewards[-1], np.mean(rewards[:-1]), 0.3) - h
    late = gradient_bandit_step(h, 1, rewards[-1], np.mean(rewards), 0.3) - h
    np.testing.assert_allclose(late, (1 - 1 / t) * right, **CLOSE)


def test_preferences_of_any_size_do_not_overflow():
    step = gradient_bandit_step([1e4, 0.0], 1, 1, 0, 0.5)
    np.testing.assert_array_equal(step, [1e4 - 0.5, 0.5])
    assert gradient_bandit_step([1e308, -1e308], 0, 1, 0, 1).tolist() == [1e308, -1e308]
    h = np.array([0.0, 0.0])
    assert gradient_bandit_step(h, 0, 1, 0, 1).tolist() == [0.5, -0.5]
    assert h.tolist() == [0, 0]


def test_rewards_may_be_of_any_size():
    step = gradient_bandit_step([0.0, 0.0], 0, -1e9, 1e9, 1e-9)
    np.testing.assert_allclose(step, [-1, 1], rtol=0, atol=1e-9)
    assert gradient_bandit_step([0.0], 0, 1e300, -1e300, 1e6).tolist() == [0.0]
    step = gradient_bandit_step([-1e9, -1e9 + 1], 0, 1, 0, 1e-300)
    assert step.tolist() == [-1e9, -1e9 + 1]


def test_no_step_size_makes_up_for_a_missing_baseline():
    """300 runs at once, drawn by the inverse of the distribution function."""
    every, means = np.arange(300), np.array([0.2, 0.5, 0.8])
    best = {}
    for alpha in (0.02, 0.1, 0.2, 0.4, 1.6):
        for name in ("none", "mean") if alpha == 0.4 else ("none",):
            rng, h, total = generator(2), np.zeros((300, 3)), np.zeros(300)
            for t in range(101):
                pi = np.exp(h - h.max(axis=1, keepdims=True))
                pi /= pi.sum(axis=1, keepdims=True)
                a = (np.cumsum(pi, axis=1)[:, :2] < rng.random((300, 1))).sum(axis=1)
                r = 4.0 + (rng.random(300) < means[a])
                baseline = total / t if t and name == "mean" else np.zeros(300)
                h += (alpha * (r - baseline))[:, None] * (np.eye(3)[a] - pi)
                total += r
            best[name, alpha] = pi[every, 2].mean()
    assert max(best[key] for key in best if key[0] == "none") < 0.53
    assert best["mean", 0.4] > 0.8


def test_a_baseline_near_the_rewards_learns_more_than_none():
    found = {}
    for name in ("none", "mean"):
        rng, last = generator(1), []
        for _ in range(60):
            h, total = np.zeros(3), 0.0
            for t in range(100):
                a = int(np.searchsorted(np.cumsum(softmax(h)), rng.random()))
                r = 4.0 + (rng.random() < (0.2, 0.5, 0.8)[a])
                baseline = total / t if t and name == "mean" else 0.0
                h, total = gradient_bandit_step(h, a, r, baseline, 0.4), total + r
            last.append(softmax(h)[2])
        found[name] = last
    gap = np.mean(found["mean"]) - np.mean(found["none"])
    assert gap > 3 * math.hypot(error(found["mean"]), error(found["none"]))


# Bayes-optimal play


def exact(left, *arms):
    """All outcomes, in fractions, without a table."""
    best = Fraction(0)
    for i in range(len(arms) if left else 0):
        a, b = arms[i]
        win = exact(left - 1, *arms[:i], (a + 1, b), *arms[i + 1 :])
        loss = exact(left - 1, *arms[:i], (a, b + 1), *arms[i + 1 :])
        best = max(best, (a * (1 + win) + b * loss) / Fraction(a + b))
    return best


def test_thompson_gains_by_being_greedy_in_the_last_pulls():
    @cache
    def value(late, left, a=1, b=1, c=1, d=1):
        """Reward of Thompson sampling that is greedy in its last pulls."""
        if not left:
            return 0.0
        x, y = a / (a + b), c / (c + d)
        sure = (x > y) + 0.5 * (x == y)
        p = sure if left <= late else beats(a, b, c, d)
        one = x * (1 + value(late, left - 1, a + 1, b, c, d))
        one += (1 - x) * value(late, left - 1, a, b + 1, c, d)
        two = y * (1 + value(late, left - 1, a, b, c + 1, d))
        two += (1 - y) * value(late, left - 1, a, b, c, d + 1)
        return p * one + (1 - p) * two

    @cache
    def beats(a, b, c, d):
        """P(Beta(a, b) > Beta(c, d)), integers: E of the polynomial cdf."""
        n = c + d - 1
        return sum(
            math.comb(n, j) * special.beta(a + j, b + n - j) for j in range(c, n + 1)
        ) / special.beta(a, b)

    assert value(0, 10) == pytest.approx(5.7045, abs=5e-5)
    assert value(5, 10) == pytest.approx(5.86, abs=0.005)
    assert value(10, 10) == pytest.approx(6.0058, abs=5e-5)
    gains = [value(late, 10) for late in range(10)]
    assert gains == sorted(gains)


def test_two_uniform_arms_are_worth_known_fractions():
    want = ["0", "1/2", "13/12", "5/3", "41/18", "26/9"]
    for horizon, value in enumerate(want):
        assert bayes_optimal(horizon) == pytest.approx(
            float(Fraction(value)), abs=1e-14
        )
        assert exact(horizon, (1, 1), (1, 1)) == Fraction(value)
    assert bayes_optimal(10) == pytest.approx(16861 / 2800, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 4),
    st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=3),
)
def test_the_table_agrees_with_all_outcomes(horizon, priors):
    want = float(exact(horizon, *priors))
    assert bayes_optimal(horizon, priors) == pytest.approx(want, abs=1e-12)


def test_the_unknown_arm_is_tried_though_its_mean_is_lower():
    value = bayes_optimal(2, [(1, 1), (51, 49)])
    assert value == pytest.approx(1.088333, abs=5e-7)
    assert value == pytest.approx(float(Fraction(5, 6) + Fraction(51, 200)), abs=1e-14)
    greedy = 2 * 0.51  # E of a mean after a pull of the known arm is its mean
    assert greedy < value


def test_a_prior_may_count_half_a_win():
    half = Fraction(1, 2)
    want = float(exact(3, (half, half), (half, half)))
    found = bayes_optimal(3, [(0.5, 0.5), (0.5, 0.5)])
    assert found == pytest.approx(want, abs=1e-12)


def test_one_arm_is_worth_its_mean_times_the_horizon():
    assert bayes_optimal(200, [(1.5, 0.5)]) == pytest.approx(150, abs=1e-9)
    assert bayes_optimal(0) == 0
    assert isinstance(bayes_optimal(0), float)


def test_there_are_as_many_states_as_the_page_says():
    seen = [s for s in product(range(10), repeat=4) if sum(s) < 10]
    assert len(seen) == math.comb(10 + 3, 4) == 715


# Runs


@pytest.mark.parametrize("policy", ["greedy", "epsilon-greedy", "ucb1", "thompson"])
def test_regret_is_the_gap_of_each_pull_and_counts_add_up(policy):
    means = np.array([0.25, 0.75, 0.5])
    regret, counts = run_bandit(means, policy, 30, generator(), runs=7)
    assert regret.shape == (7, 30)
    assert counts.shape == (7, 3)
    assert counts.dtype == np.int64
    assert counts.sum(axis=1).tolist() == [30] * 7
    np.testing.assert_allclose(regret[:, -1], counts @ (0.75 - means), **CLOSE)
    steps = np.diff(regret, axis=1, prepend=0)
    assert set(steps.ravel().round(9)) <= {0.0, 0.25, 0.5}
    again, _ = run_bandit(means, policy, 30, generator(), runs=7)
    np.testing.assert_array_equal(regret, again)


@pytest.mark.parametrize("policy", ["greedy", "epsilon-greedy", "ucb1"])
def test_each_arm_comes_once_before_any_comes_twice(policy):
    _, counts = run_bandit([0.1, 0.5, 0.9, 0.2], policy, 4, generator(), 50, epsilon=1)
    assert (counts == 1).all()


def test_the_order_of_the_first_pulls_is_random():
    regret, _ = run_bandit([1.0, 0.0], "greedy", 1, generator(), runs=2000)
    assert abs(regret.mean() - 0.5) < 5 * 0.5 / 2000**0.5


def test_thompsons_second_pull_has_the_probability_of_being_best():
    # After a win Beta(2, 1) meets Beta(1, 1): the arm stays with probability ⅔.
    _, counts = run_bandit([1.0, 1.0], "thompson", 2, generator(), runs=20_000)
    stays = (counts == 2).any(axis=1).mean()
    assert abs(stays - 2 / 3) < 5 * math.sqrt(2 / 9 / 20_000)
    # After a loss Beta(1, 2) meets Beta(1, 1): it stays with probability ⅓.
    _, counts = run_bandit([0.0, 0.0], "thompson", 2, generator(), runs=20_000)
    stays = (counts == 2).any(axis=1).mean()
    assert abs(stays - 1 / 3) < 5 * math.sqrt(2 / 9 / 20_000)


def beats(a, b, c, d):
    """P(Beta(a, b) > Beta(c, d)) by an integral."""
    return integrate.quad(
        lambda x: stats.beta.pdf(x, a, b) * stats.beta.cdf(x, c, d), 0, 1
    )[0]


def test_the_pages_formula_for_one_beta_above_another_is_the_integral():
    for a, b, c, d in product(range(1, 3), repeat=4):
        n, m = a + b - 1, c + d - 1
        ways = [
            math.comb(a - 1 + j, j) * math.comb(b - 1 + m - j, m - j)
            for j in range(c, m + 1)
        ]
        want = sum(ways) / math.comb(n + m, m)
        assert want == pytest.approx(beats(a, b, c, d), abs=1e-7)
    assert beats(3, 2, 1, 4) == pytest.approx(13 / 14, abs=1e-8)
    # Win rates instead of counts: the worse arm keeps a large share.
    assert beats(1.8, 1.2, 1.9, 1.1) == pytest.approx(0.46, abs=0.005)


def greedy_tree(steps, means):
    """Expected regret of greedy by all outcomes; ties by halves."""

    def go(left, n, s):
        if not left:
            return Fraction(0)
        fresh = [i for i in (0, 1) if n[i] == 0]
        rates = [Fraction(s[i], n[i]) if n[i] else None for i in (0, 1)]
        choice = fresh or [i for i in (0, 1) if rates[i] == max(rates)]
        total = Fraction(0)
        for i in choice:
            m = tuple(n[j] + (j == i) for j in (0, 1))
            won = tuple(s[j] + (j == i) for j in (0, 1))
            p = means[i]
            value = max(means) - p + p * go(left - 1, m, won)
            total += (value + (1 - p) * go(left - 1, m, s)) / len(choice)
        return total

    return float(go(steps, (0, 0), (0, 0)))


def test_greedy_has_the_regret_of_all_outcomes():
    want = greedy_tree(9, (Fraction(9, 10), Fraction(4, 10)))
    found = ends("greedy", runs=8000, means=(0.9, 0.4), steps=9)
    assert abs(found.mean() - want) < 5 * error(found)


def test_greedy_is_locked_for_ever_with_the_probability_of_the_page():
    regret, counts = run_bandit(MEANS, "greedy", 60, generator(), runs=8000)
    locked = (counts[:, 0] == 1).mean()
    assert locked > 0.08 - 5 * math.sqrt(0.08 * 0.92 / 8000)
    assert regret[:, -1].mean() > 0.08 * 0.1 * 58


def test_greedys_mean_hides_two_humps():
    for seed in (0, 1):
        end = ends("greedy", seed, runs=500)
        assert 38 < end.mean() < 65
        assert end.std(ddof=1) > 70
        assert np.median(end) < 2
        assert (end < 20).mean() > 0.65
        assert (end > 180).mean() > 0.17
        assert ((end >= 20) & (end <= 180)).mean() < 0.04


def test_policies_differ_by_many_standard_errors():
    for seed in (0, 1):
        end = {
            "thompson": ends("thompson", seed),
            "half": ends("ucb1", seed, c=0.5),
            "epsilon": ends("epsilon-greedy", seed),
            "ucb1": ends("ucb1", seed),
        }
        for one, other in (
            ("thompson", "epsilon"),
            ("epsilon", "ucb1"),
            ("thompson", "half"),
            ("half", "ucb1"),
        ):
            gap = end[other].mean() - end[one].mean()
            assert gap > 4 * math.hypot(error(end[one]), error(end[other]))
        assert end["thompson"].mean() < 11 < end["epsilon"].mean() < 20
        assert 35 < end["ucb1"].mean() < 43
        assert end["half"].mean() < end["ucb1"].mean() / 2
        assert end["ucb1"].std() < 12 < 50 < ends("greedy", seed).std()
        # Half of the slope of Lai and Robbins at this time.
        assert end["thompson"].mean() < 0.65 * lai_robbins(MEANS) * math.log(2000)


def test_only_thompsons_regret_has_become_a_logarithm():
    late = {}
    for name, policy, options in (
        ("greedy", "greedy", {}),
        ("epsilon", "epsilon-greedy", {}),
        ("ucb1", "ucb1", {}),
        ("half", "ucb1", {"c": 0.5}),
        ("thompson", "thompson", {}),
    ):
        regret, _ = run_bandit(MEANS, policy, 2000, generator(), 300, **options)
        first, second, third = np.diff(regret.mean(axis=0)[[249, 499, 999, 1999]])
        late[name] = first, second, third
    for name in ("greedy", "epsilon", "ucb1", "half"):
        assert late[name][0] < late[name][1] < late[name][2]
    assert max(late["thompson"]) < 1.6 * min(late["thompson"])


def test_the_rate_of_epsilon_decides():
    t = np.arange(1, 2001)
    quick = ends("epsilon-greedy", 1, epsilon=np.minimum(1, 20 / t))
    safe = ends("epsilon-greedy", 1, epsilon=np.minimum(1, 200 / t))
    small = ends("epsilon-greedy", 1, epsilon=0.01)
    assert quick.mean() < 12
    assert safe.mean() - quick.mean() > 10 * error(quick)
    # The exact loss of the random arms, and hardly any other.
    assert abs(safe.mean() - 0.05 * np.minimum(1, 200 / t).sum()) < 0.5
    assert small.std() > 40
    assert 0.05 < (small > 100).mean() < 0.35


def test_epsilon_greedy_takes_the_greedy_arm_also_by_chance():
    # Ten arms, the first pays always: once seen, it is the greedy arm.
    means = [1.0] + [0.0] * 9
    _, counts = run_bandit(means, "epsilon-greedy", 2010, generator(), 50, epsilon=0.1)
    share = (counts[:, 0] - 1) / 2000
    assert abs(share.mean() - 0.91) < 5 * math.sqrt(0.91 * 0.09 / 100_000)


def test_epsilon_loses_its_share_in_the_long_run():
    regret, _ = run_bandit(MEANS, "epsilon-greedy", 3000, generator(), runs=100)
    late = (regret[:, -1] - regret[:, 1999]) / 1000
    assert abs(late.mean() - 0.005) < 5 * error(late)


def test_epsilon_may_change_from_step_to_step():
    # No exploring but in the last step, in which all is random.
    rates = np.zeros(50)
    rates[-1] = 1.0
    regret, _ = run_bandit(
        [1.0, 0.0], "epsilon-greedy", 50, generator(), 4000, epsilon=rates
    )
    last = regret[:, -1] - regret[:, -2]
    assert (regret[:, 1] == 1).all()
    assert (regret[:, -2] == 1).all()
    assert abs(last.mean() - 0.5) < 5 * 0.5 / 4000**0.5


def test_no_bonus_and_no_exploring_are_greedy():
    greedy = ends("greedy", runs=300, steps=300)
    for policy, options in (("ucb1", {"c": 0}), ("epsilon-greedy", {"epsilon": 0})):
        other = ends(policy, 5, runs=300, steps=300, **options)
        assert abs(other.mean() - greedy.mean()) < 5 * math.hypot(
            error(other), error(greedy)
        )
    # Rewards in cents: the bonus is a hundredth of what it should be.
    assert ends("ucb1", c=2 / 100**2).mean() > 38


def test_ucb1_follows_its_index():
    """The pulls of one run are the largest indices of the public function."""
    rng = generator(3)
    _, counts = run_bandit([0.0, 1.0, 0.5], "ucb1", 60, rng)
    _, before = run_bandit([0.0, 1.0, 0.5], "ucb1", 59, generator(3))
    assert (counts - before).sum() == 1
    # Without luck the pulls can be counted: arms that pay 0 and 1.
    n, s = np.array([1, 1]), np.array([0.0, 1.0])
    for _ in range(58):
        a = int(np.argmax(ucb1_index(n, s)))
        n[a] += 1
        s[a] += a
    _, counts = run_bandit([0.0, 1.0], "ucb1", 60, generator())
    np.testing.assert_array_equal(counts[0], n)


def test_ucb1_takes_the_logarithm_of_the_pulls_made_so_far():
    """Arms that pay 0 and 1 leave nothing to chance but the order of the first two."""
    for c in (0.5, 2):
        regret, _ = run_bandit([0.0, 1.0], "ucb1", 1500, generator(), c=c)
        pulled = 1 - np.diff(regret[0]).round().astype(int)
        n = np.array([1, 1])
        for arm in pulled[1:]:
            assert arm == np.argmax(ucb1_index(n, [0, n[1]], c))
            n[arm] += 1


def test_each_run_explores_for_itself():
    regret, _ = run_bandit(
        [1.0, 0.0], "epsilon-greedy", 3, generator(), 4000, epsilon=0.5
    )
    share = (regret[:, 2] - regret[:, 1]).mean()
    assert abs(share - 0.25) < 5 * math.sqrt(0.25 * 0.75 / 4000)


class Attached:
    """An array that cannot be had, as a tensor with a gradient cannot."""

    dtype = np.dtype(float)

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError


def test_realised_rewards_scatter_even_for_a_perfect_player():
    assert math.sqrt(2000 * 0.9 * 0.1) == pytest.approx(13.4, abs=0.05)


def test_nan_is_chosen_by_numpy_and_by_python_as_the_order_has_it():
    index = ucb1_index([0, 5], [0, 4])
    assert int(np.argmax(index)) == 0  # what the index gives instead of NaN
    assert int(np.argmax([0.9, math.nan, 1.5])) == 1
    assert max([0.9, math.nan]) == 0.9
    assert math.isnan(max([math.nan, 0.9]))


def test_the_guarantee_of_ucb1_is_above_the_worst_regret_here():
    assert 8 * math.log(2000) / 0.1 == pytest.approx(608, abs=0.5)
    assert 2000 * 0.1 < 608
    assert math.sqrt(2 * math.log(2000)) < 4  # the largest bonus, of one pull
    assert math.sqrt(2 * math.log(3000)) > 4
    start = optimize.brentq(lambda T: 8 * math.log(T) / 0.1 - 0.1 * T, 2000, 1e5)
    assert start == pytest.approx(7100, abs=10)
    for T in (10, 2000, 10**6):
        gaps = np.geomspace(1e-6, 1, 2001)
        lost = np.minimum(gaps * T, 8 * math.log(T) / gaps).max()
        assert lost <= math.sqrt(8 * T * math.log(T))


def test_the_theorems_rate_is_random_choice_for_a_thousand_pulls():
    t = np.arange(1, 2001)
    rate = np.minimum(1, 5 * 2 / (0.1**2 * t))
    assert (rate[:1000] >= 1 - 1e-12).all()
    assert rate[1000] < 1


def committed(m, T):
    """Explore-then-commit on (.9, .8), by all pairs of sums."""
    good, bad = (
        stats.binom.pmf(range(m + 1), m, 0.9),
        stats.binom.pmf(range(m + 1), m, 0.8),
    )
    both = np.outer(good, bad)
    wrong = np.triu(both, 1).sum() + np.trace(both) / 2
    return 0.1 * (m + (T - 2 * m) * wrong)


def test_the_best_exploring_before_a_commitment():
    for T, best, regret, one in (
        (1000, 74, 11.04, 45.01),
        (10_000, 169, 21.31, 450.01),
    ):
        assert min(range(1, 301), key=lambda m: committed(m, T)) == best
        assert committed(best, T) == pytest.approx(regret, abs=0.005)
        assert committed(1, T) == pytest.approx(one, abs=0.005)


def test_ten_pulls_by_simulation():
    rng, total = generator(), []
    for means in rng.random((400, 2)):
        _, counts = run_bandit(means, "thompson", 10, rng, runs=40)
        total.append((counts @ means).mean())
    assert abs(np.mean(total) - 5.7045) < 5 * error(total)


# What is refused


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ucb1_index([], []), "counts must be a row of finite numbers >= 0"),
        (lambda: ucb1_index([[1]], [[1]]), "counts must be a row"),
        (lambda: ucb1_index(np.ones((2, 2)), [1, 1]), "counts must be a row"),
        (lambda: ucb1_index(Attached(), [1, 1]), "counts must be a row"),
        (lambda: ucb1_index(np.array([True]), [1]), "counts must be a row"),
        (lambda: ucb1_index([-1], [0]), "counts must be a row of finite numbers >= 0"),
        (lambda: ucb1_index(["1"], [0]), "counts must be a row"),
        (lambda: ucb1_index(3, [0]), "counts must be a row"),
        (
            lambda: ucb1_index([1], [math.nan]),
            "sums must be a row of finite numbers, g",
        ),
        (
            lambda: ucb1_index([1], [1, 2]),
            "want as many sums as counts, got 2 sums and",
        ),
        (lambda: ucb1_index([0, 1], [1, 1]), "without pulls must have the sum 0"),
        (lambda: ucb1_index([1], [1], -1), "c must be a finite number >= 0, got -1"),
        (
            lambda: ucb1_index([1], [1], True),
            "c must be a finite number >= 0, got True",
        ),
        (lambda: ucb1_index([True, 2], [1, 1]), "counts must be a row of finite"),
        (lambda: ucb1_index([1e308, 1e308], [0, 0]), "that float64 can hold"),
        (lambda: ucb1_index([5e-324, 3], [0, 0]), "want indices that float64 can hold"),
        (lambda: ucb1_index([1e-308, 1], [1e308, 0]), "want indices that float64"),
        (lambda: lai_robbins([5e-324, 1e-323]), "must be equal or further apart"),
        (
            lambda: gradient_bandit_step([0, 0], 0, 1e308, -1e308, 1),
            "want preferences that float64 can hold",
        ),
        (lambda: gradient_bandit_step([0], 0, 1e308, -1e308, 1), "want preferences"),
        (lambda: bayes_optimal(2, [(1e308, 1e308)]), "must have a finite sum, got"),
        (lambda: bayes_optimal(2, [(1, 1), (1e308, 1e308)]), "must have a finite sum"),
        (lambda: run_bandit([0.5], "ucb1", 1, 0), "rng must be a numpy Generator, got"),
        (lambda: run_bandit([0.5], np.array(["ucb1"] * 2), 1, generator()), "policy m"),
        (
            lambda: run_bandit([0.5], "greedy", 2, generator(), 1, [[1], 2]),
            "epsilon must be a row",
        ),
        (lambda: bernoulli_kl(-0.1, 0), r"p must be a number in \[0, 1\], got -0.1"),
        (lambda: bernoulli_kl(0, 1.1), r"q must be a number in \[0, 1\], got 1.1"),
        (lambda: bernoulli_kl(math.nan, 0), r"p must be a number in \[0, 1\], got nan"),
        (lambda: kl_ucb_index(2, 1, 1), r"mean must be a number in \[0, 1\], got 2"),
        (lambda: kl_ucb_index(0, -1, 1), "count must be a finite number >= 0, got -1"),
        (lambda: kl_ucb_index(0, 1, -1), "budget must be a finite number >= 0, got -1"),
        (lambda: kl_ucb_index(0, 1, math.inf), "budget must be a finite number >= 0"),
        (lambda: kl_ucb_index(0, 1, 10**400), "budget must be a finite number >= 0"),
        (lambda: lai_robbins([]), r"means must be a row of numbers in \[0, 1\], got"),
        (
            lambda: lai_robbins([0.5, 1.5]),
            r"means must be a row of numbers in \[0, 1\]",
        ),
        (lambda: lai_robbins([0.5, -0.5]), r"means must be a row of numbers in \[0"),
        (lambda: lai_robbins([math.nan]), r"means must be a row of numbers in \[0"),
        (lambda: gradient_bandit_step([], 0, 1, 0, 1), "h must be a row of finite n"),
        (
            lambda: gradient_bandit_step([0], 1, 1, 0, 1),
            "a must be an integer from 0 t",
        ),
        (lambda: gradient_bandit_step([0], -1, 1, 0, 1), "0 to 0, got -1"),
        (lambda: gradient_bandit_step([0], True, 1, 0, 1), "0 to 0, got True"),
        (lambda: gradient_bandit_step([0], 0.0, 1, 0, 1), "0 to 0, got 0.0"),
        (
            lambda: gradient_bandit_step([0], 0, math.inf, 0, 1),
            "r must be a finite num",
        ),
        (lambda: gradient_bandit_step([0], 0, 1, "b", 1), "baseline must be a finite"),
        (
            lambda: gradient_bandit_step([0], 0, 1, 0, 0),
            "alpha must be a finite number > 0, got 0",
        ),
        (lambda: bayes_optimal(-1), "horizon must be an integer >= 0, got -1"),
        (lambda: bayes_optimal(1.0), "horizon must be an integer >= 0, got 1.0"),
        (lambda: bayes_optimal(1, []), "priors must be at least one pair"),
        (lambda: bayes_optimal(1, [(1, 1, 1)]), "priors must be at least one pair"),
        (lambda: bayes_optimal(1, 5), "priors must be pairs of numbers, got 5"),
        (
            lambda: bayes_optimal(1, [(1, 0)]),
            "a prior must be a finite number > 0, got",
        ),
        (lambda: run_bandit([], "ucb1", 1, generator()), "means must be a row"),
        (lambda: run_bandit([2], "ucb1", 1, generator()), "means must be a row"),
        (lambda: run_bandit([1], "ucb", 1, generator()), "policy must be one of"),
        (
            lambda: run_bandit([1], "ucb1", 0, generator()),
            "steps must be an integer >= 1",
        ),
        (
            lambda: run_bandit([1], "ucb1", 1, generator(), 0),
            "runs must be an integer ",
        ),
        (
            lambda: run_bandit([1], "ucb1", 1, generator(), c=-1),
            "c must be a finite num",
        ),
        (
            lambda: run_bandit([1], "greedy", 1, generator(), epsilon=2),
            "epsilon must be "
            r"a number in \[0, 1\], got 2",
        ),
        (
            lambda: run_bandit([1], "greedy", 2, generator(), epsilon=[0.1, 2]),
            "epsilon "
            r"must be a row of numbers in \[0, 1\]",
        ),
        (
            lambda: run_bandit([1], "greedy", 2, generator(), epsilon=[0.1]),
            "want an epsilon for each of 2 steps, got 1",
        ),
    ],
)
def test_what_is_refused_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_front_door_lists_what_there_is():
    assert all(callable(getattr(bandits, name)) for name in bandits.__all__)
