"""Oracles: value iteration, exact fractions, linear solves, scipy, hand counts."""

import itertools
import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats

from snippets.rl.environments import Tabular, cliff_walking, random_walk
from snippets.rl.q_learning import (
    double_q_target,
    linear_rate_error,
    maximisation_bias,
    q_learning,
    q_replay,
    q_target,
)
from snippets.rl.temporal_difference import sarsa

TOLERANCE = {"rtol": 0, "atol": 1e-12}
CLIFF = cliff_walking()
RIGHT = [(0, 1, 0, 1, False), (1, 1, 0, 2, False), (2, 1, 1, 3, True)]
A = [[1.0, 2.0], [0.0, 3.0]]
B = [[9.0, -5.0], [1.0, 1.0]]

gammas = st.sampled_from([0.0, 0.5, 0.9, 1.0])
alphas = st.sampled_from([0.1, 0.5, 1.0])
tables = st.lists(
    st.lists(st.integers(-8, 8), min_size=3, max_size=3), min_size=4, max_size=4
)
moves = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 2),
        st.integers(-4, 4),
        st.integers(0, 3),
        st.booleans(),
    ),
    max_size=8,
)


def optimum(env, gamma):
    """Best action values by value iteration on the model."""
    q = np.zeros(env.R.shape)
    for _ in range(2000):
        new = env.R + gamma * env.P @ q.max(axis=1)
        if np.array_equal(new, q):
            break
        q = new
    return q


def on_line(q, epsilon):
    """Exact return from the cliff's start, epsilon-greedy by q, ties alike."""
    best = np.isclose(q, q.max(axis=1, keepdims=True))
    pi = (1 - epsilon) * best / best.sum(axis=1, keepdims=True) + epsilon / 4
    P = np.einsum("sa,sat->st", pi, CLIFF.P)[:47, :47]
    return np.linalg.solve(np.eye(47) - P, (pi * CLIFF.R).sum(axis=1)[:47])[36]


def steps(q):
    """Length of the greedy path along the cliff; 100 if it does not arrive."""
    s, n = CLIFF.start, 0
    while not CLIFF.terminal[s] and n < 100:
        s, n = CLIFF.step(s, int(q[s].argmax()), None)[0], n + 1
    return n


def rng(seed=0):
    return np.random.default_rng(seed)


def one_choice(*rewards):
    """A state with an action for each reward; all lead to the end."""
    n = len(rewards)
    P = np.zeros((2, n, 2))
    P[:, :, 1] = 1
    return Tabular(P, np.array([rewards, [0.0] * n]), np.array([False, True]), 0)


# Targets


def test_a_terminal_state_is_worth_nothing_whatever_the_table_holds():
    q = [[100.0, 7.0], [0.0, 0.0]]
    assert q_target(q, 3.0, 0, 0.5, True) == 3
    assert q_target(q, 3.0, 0, 0.5, False) == 53
    assert double_q_target(q, q, 3.0, 0, 0.5, True) == 3


def test_numbers_and_truth_values_may_be_those_of_numpy():
    assert q_target(np.array(A, np.float16), np.float32(3), np.uint8(1), 1, False) == 6
    assert q_target(A, 3, 0, np.float64(0.5), np.True_) == 3


def test_one_table_chooses_and_the_other_values():
    assert double_q_target(A, B, 1.0, 0, 0.5, False) == -1.5
    assert double_q_target(B, A, 1.0, 0, 0.5, False) == 1.5


def test_a_fall_costs_a_hundred_at_once_with_a_step_size_of_one():
    q = q_replay(np.zeros((48, 4)), [(36, 1, -100, 36, False)], 1, 1)
    assert q[36, 1] == -100
    assert CLIFF.step(36, 1, rng()) == (36, -100, False)


def test_a_table_that_never_fell_chooses_the_fall_and_the_other_prices_it():
    assert double_q_target([[0, -3]], [[-100, -4]], -1, 0, 1, False) == -101


def test_of_equals_the_first_action_counts():
    assert double_q_target([[2, 2]], [[5, 7]], 0, 0, 1, False) == 5


@given(tables, st.integers(0, 3), st.integers(-4, 4), gammas)
def test_double_with_the_same_table_twice_is_single(q, s2, r, gamma):
    assert double_q_target(q, q, r, s2, gamma, False) == q_target(
        q, r, s2, gamma, False
    )


@given(tables, tables, st.integers(0, 3), gammas)
def test_a_double_target_is_never_above_the_single_one_of_the_other_table(
    a, b, s2, gamma
):
    double = double_q_target(a, b, 0, s2, gamma, False)
    assert double <= q_target(b, 0, s2, gamma, False)


# Replays


@pytest.mark.parametrize(
    ("passes", "want"),
    [
        (1, [0, 0, 1 / 2]),
        (2, [0, 9 / 40, 3 / 4]),
        (3, [81 / 800, 9 / 20, 7 / 8]),
    ],
)
def test_forward_passes_of_the_chain_are_these_fractions(passes, want):
    q = q_replay(np.zeros((4, 2)), RIGHT * passes, 0.5, 0.9)
    np.testing.assert_allclose(q[:3, 1], want, **TOLERANCE)
    assert not q[:, 0].any()


def test_one_backward_pass_reaches_the_first_state():
    q = q_replay(np.zeros((4, 2)), RIGHT[::-1], 0.5, 0.9)
    np.testing.assert_allclose(q[:3, 1], [0.10125, 0.225, 0.5], **TOLERANCE)


def test_with_a_step_size_of_one_a_backward_pass_is_the_truth_and_forward_takes_three():
    truth = [0.81, 0.9, 1]
    q = q_replay(np.zeros((4, 2)), RIGHT[::-1], 1, 0.9)
    np.testing.assert_allclose(q[:3, 1], truth, **TOLERANCE)
    q = q_replay(np.zeros((4, 2)), RIGHT * 2, 1, 0.9)
    np.testing.assert_allclose(q[:3, 1], [0, 0.9, 1], **TOLERANCE)
    q = q_replay(q, RIGHT, 1, 0.9)
    np.testing.assert_allclose(q[:3, 1], truth, **TOLERANCE)


@given(tables, moves, alphas, gammas)
def test_replays_in_fractions_give_the_same_table(q, transitions, alpha, gamma):
    exact = [[Fraction(x) for x in row] for row in q]
    for s, a, r, s2, done in transitions:
        after = 0 if done else max(exact[s2])
        gap = r + Fraction(gamma) * after - exact[s][a]
        exact[s][a] += Fraction(alpha) * gap
    want = [[float(x) for x in row] for row in exact]
    got = q_replay(q, transitions, alpha, gamma)
    np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-12)


def test_a_replay_leaves_its_table_alone_and_takes_an_iterator():
    q = np.zeros((4, 2))
    got = q_replay(q, iter(RIGHT), 0.5, 0.9)
    assert not q.any()
    assert got.any()


def test_step_sizes_may_depend_on_the_visits_to_the_pair():
    seen = []

    def size(n):
        seen.append(n)
        return 1 / n

    paid = [(0, 0, 4, 1, True), (0, 1, 8, 1, True), (0, 0, 2, 1, True)]
    q = q_replay(np.ones((2, 2)), [*paid, (0, 0, 0, 1, True)], size, 0.9)
    assert seen == [1, 1, 2, 3]
    np.testing.assert_allclose(q, [[2, 8], [1, 1]], **TOLERANCE)


def test_a_one_step_target_knows_no_policy_but_two_steps_do():
    """From 0 to 1 for nothing; there one action pays 10, the other nothing."""
    q = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 0.0]])
    assert q_target(q, 0, 1, 1, False) == 10
    # A random walker's two-step return from 0 takes what it did in state 1.
    returns = [0 + one_choice(10, 0).step(0, a, rng())[1] for a in (0, 1)]
    assert np.mean(returns) == 5


@pytest.mark.parametrize("gamma", [0.9, 1.0])
def test_steps_of_a_random_walker_teach_the_best_values(gamma):
    env, draw = cliff_walking(3, 4), rng()
    s, seen = env.start, []
    for _ in range(6000):
        a = int(draw.integers(4))
        s2, r, done = env.step(s, a, draw)
        seen.append((s, a, r, s2, done))
        s = env.start if done else s2
    q = q_replay(np.zeros(env.R.shape), seen, 1, gamma)
    want = optimum(env, gamma)
    visited = sorted({(s, a) for s, a, *_ in seen})
    assert len(visited) == 9 * 4  # all cells but two of the cliff and the goal
    for pair in visited:
        assert q[pair] == pytest.approx(want[pair], rel=0, abs=1e-9)


# Learning


def test_the_best_values_of_the_cliff_are_these():
    q = optimum(CLIFF, 1)
    np.testing.assert_allclose(q[36], [-13, -113, -14, -14], **TOLERANCE)
    v = optimum(CLIFF, 0.9)[36].max()
    assert v == pytest.approx(-(1 - 0.9**13) / 0.1, rel=0, abs=1e-12)
    assert round(v, 6) == -7.458134


@pytest.mark.parametrize(
    ("epsilon", "want"), [(0, -13.0), (0.001, -13.30), (0.01, -16.11), (0.1, -50.80)]
)
def test_who_knows_the_best_values_and_explores_earns_this(epsilon, want):
    assert round(on_line(optimum(CLIFF, 1), epsilon), 2) == want


def test_the_best_policy_that_explores_a_tenth_earns_twenty_point_seven():
    v = np.zeros(48)
    for _ in range(400):
        q = CLIFF.R + CLIFF.P @ v
        v = 0.9 * q.max(axis=1) + 0.1 * q.mean(axis=1)
    assert round(v[36], 2) == -20.71


def test_a_constant_step_leaves_noise_that_does_not_die_out():
    draw = rng()
    for alpha, want in ((0.1, 0.1 / 1.9), (lambda n: 1 / n, 0)):
        ends = []
        for _ in range(60):
            paid = [(0, 0, r, 0, True) for r in draw.normal(size=60)]
            ends.append(q_replay([[0.0]], paid, alpha, 1)[0, 0])
        assert np.mean(np.square(ends)) == pytest.approx(want, abs=0.025)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_with_a_step_size_of_one_the_shortest_path_has_its_exact_values(seed):
    q, returns = q_learning(CLIFF, 1, 1, 0.1, 300, rng(seed))
    assert steps(q) == 13
    best = optimum(CLIFF, 1).max(axis=1)
    np.testing.assert_array_equal(q[24:36].max(axis=1), best[24:36])
    assert q[36].max() == -13
    assert -75 < returns[-100:].mean() < -25
    assert not q[47].any()


def test_expected_sarsa_earns_more_while_learning_and_learns_a_longer_path():
    """Same step size, exploring and number of episodes; only the target differs."""
    ends, lengths = {}, {}
    for learn, more in ((q_learning, {}), (sarsa, {"expected": True})):
        runs = [learn(CLIFF, 0.5, 1, 0.1, 250, rng(seed), **more) for seed in range(6)]
        ends[learn] = np.array([returns[-150:].mean() for _, returns in runs])
        lengths[learn] = {steps(q) for q, _ in runs}
    gap = ends[sarsa] - ends[q_learning]
    assert gap.mean() > 18
    assert gap.min() > 8
    assert lengths == {q_learning: {13}, sarsa: {15}}


def test_zero_is_optimistic_for_costs_and_not_for_gains():
    """The same two choices, with 3 more or less for both, and no exploring."""
    found = {}
    for rewards in ((1.0, 2.0), (-2.0, -1.0)):
        env = one_choice(*rewards)
        found[rewards] = [
            q_learning(env, 0.5, 1, 0, 50, rng(seed))[1][-1] for seed in range(40)
        ]
    assert set(found[-2.0, -1.0]) == {-1.0}
    assert 8 <= found[1.0, 2.0].count(1.0) <= 32


def test_above_the_truth_a_tried_action_need_not_disappoint():
    """It pays 1, and what follows costs 10 and is still believed to be free."""
    q = q_replay(np.zeros((3, 1)), [(0, 0, 1, 1, False)], 0.5, 1)
    assert q[0, 0] == 0.5
    q = q_replay(q, [(1, 0, -10, 2, True), (0, 0, 1, 1, False)], 1, 1)
    assert q[0, 0] == -9


def test_without_exploring_the_costs_of_the_cliff_are_enough():
    q, returns = q_learning(CLIFF, 1, 1, 0, 150, rng())
    assert steps(q) == 13
    assert returns[-1] == -13


def test_a_world_of_one_action_is_evaluated():
    P = np.zeros((3, 1, 3))
    P[0, 0, 1] = P[1, 0, 2] = P[2, 0, 2] = 1
    env = Tabular(P, [[1.0], [2.0], [0.0]], np.array([False, False, True]), 0)
    for double in (False, True):
        q, returns = q_learning(env, 1, 0.5, 0.1, 30, rng(), double)
        np.testing.assert_allclose(q, [[2], [2], [0]], **TOLERANCE)
        assert set(returns) == {3.0}


def test_a_loop_without_reward_stays_at_nought_and_is_cut():
    env = Tabular(np.ones((1, 1, 1)), [[0.0]], np.array([False]), 0)
    q, returns = q_learning(env, 1, 1, 0, 3, rng(), max_steps=7)
    assert q.tolist() == [[0]]
    assert returns.tolist() == [0, 0, 0]


def test_a_cut_episode_bootstraps_from_where_it_was_cut():
    env = Tabular(np.ones((1, 1, 1)), [[1.0]], np.array([False]), 0)
    q, returns = q_learning(env, 1, 0.5, 0, 2, rng(), max_steps=3)
    assert q[0, 0] == pytest.approx(2 - 2 * 0.5**6, abs=1e-12)
    assert returns.tolist() == [3, 3]


def test_rewards_of_a_billion_change_nothing_but_the_scale():
    small, large = random_walk(), random_walk(right=1e9)
    for double in (False, True):
        a, x = q_learning(small, 0.5, 0.9, 0.5, 40, rng(), double)
        b, y = q_learning(large, 0.5, 0.9, 0.5, 40, rng(), double)
        np.testing.assert_allclose(b, 1e9 * a, rtol=1e-12)
        np.testing.assert_allclose(y, 1e9 * x, rtol=1e-12)


def test_rewards_whose_sum_overflows_are_still_told_apart():
    env = one_choice(-1.6e308, -1.1e308, -1.7e308)
    for double in (False, True):
        for seed in range(5):
            _, returns = q_learning(env, 1, 1, 0, 30, rng(seed), double)
            assert set(returns[-10:]) == {-1.1e308}


def test_what_overflows_is_refused():
    env = one_choice(-1.7e308, -1.7e308)
    big = Tabular(np.ones((1, 1, 1)), [[1.7e308]], np.array([False]), 0)
    with pytest.raises(ValueError, match="values must stay finite, got inf"):
        q_learning(big, 1, 1, 0, 1, rng(), max_steps=3)
    with pytest.raises(ValueError, match="values must stay finite, got inf"):
        q_learning(big, 1e-9, 0, 0, 1, rng(), max_steps=3)  # the sum of rewards
    assert q_learning(env, 1, 1, 0, 1, rng())[1][0] == -1.7e308
    with pytest.raises(ValueError, match="values must stay finite, got inf"):
        q_target([[1.7e308]], 1.7e308, 0, 1, False)
    with pytest.raises(ValueError, match="values must stay finite, got inf"):
        double_q_target([[0]], [[1.7e308]], 1.7e308, 0, 1, False)
    with pytest.raises(ValueError, match="values must stay finite, got inf"):
        q_replay([[-1.7e308]], [(0, 0, 1.7e308, 0, True)], 1, 1)


def test_the_count_of_visits_is_that_of_the_table_that_is_updated():
    seen = []

    def size(n):
        seen.append(n)
        return 1.0

    q_learning(one_choice(1.0), size, 1, 0, 20, rng())
    assert seen == list(range(1, 21))
    seen.clear()
    q_learning(one_choice(1.0), size, 1, 0, 20, rng(), double=True)
    most = seen.count(1)
    assert most == 2
    assert max(seen) < 20
    assert len(seen) == 20


class Gamble:
    """Sutton and Barto's two states as ten actions: five to the right, five left."""

    R, start = np.zeros((3, 10)), 0

    def step(self, s, a, rng):
        if s == 0:
            return (2, 0.0, True) if a < 5 else (1, 0.0, False)
        return 2, float(rng.normal(-0.1, 1)), True


def test_double_q_learning_goes_left_less_often():
    """All that is paid comes from the gamble, and its mean is -0.1."""
    shares = {}
    for double in (False, True):
        runs = []
        for seed in range(60):
            seen = []

            class Watched(Gamble):
                def step(self, s, a, rng, seen=seen):
                    seen.append(s)
                    return super().step(s, a, rng)

            q_learning(Watched(), 0.1, 1, 0.1, 100, rng(seed), double)
            runs.append(seen.count(1) / 100)
        shares[double] = np.array(runs)
    gap = shares[False] - shares[True]
    assert gap.mean() > 0.15
    assert gap.mean() > 4 * gap.std() / math.sqrt(60)


def test_an_action_is_random_with_the_chance_epsilon():
    _, returns = q_learning(one_choice(-3.0, -1.0), 1, 1, 0.5, 4000, rng())
    assert np.mean(returns == -3) == pytest.approx(0.25, abs=0.03)


def test_the_coin_between_the_tables_is_fair():
    seen = []

    def size(n):
        seen.append(n)
        return 1.0

    q_learning(one_choice(1.0), size, 1, 0, 4000, rng(), double=True)
    assert 2000 <= max(seen) < 2130  # four standard deviations


def test_the_count_of_visits_is_that_of_the_pair():
    seen = []

    def size(n):
        seen.append(n)
        return 1.0

    q_learning(one_choice(1.0, 1.0, 1.0), size, 1, 1, 30, rng())
    assert seen.count(1) == 3
    assert max(seen) < 30


class Coins(np.random.Generator):
    """Never explores, and throws these coins: below 1/2 for table B."""

    def __init__(self, coins):
        super().__init__(np.random.PCG64(0))
        self.thrown = [x for coin in coins for x in (0.9, coin)]

    def random(self):
        return self.thrown.pop(0)


@pytest.mark.parametrize(("coin", "want"), [(0.9, 0.5), (0.1, 0.0)])
def test_the_table_that_is_not_updated_gives_the_value(coin, want):
    """Table B learns state 1; then state 0 of A sees it, and state 0 of B does not."""

    class Road:
        R, start = np.zeros((3, 1)), 0

        def step(self, s, a, rng):
            return s + 1, float(s), s == 1

    draw = Coins([0.1, 0.1, coin, 0.1])
    q, _ = q_learning(Road(), 1, 1, 0.5, 2, draw, double=True)
    assert q[:, 0].tolist() == [want, 0.5, 0]


@pytest.mark.parametrize("coin", [0.1, 0.9])
def test_both_tables_choose_the_action_though_one_alone_is_updated(coin):
    env = one_choice(-1.0, -2.0, -2.0)
    _, returns = q_learning(env, 1, 1, 0.5, 40, Coins([coin] * 40), double=True)
    assert set(returns[-30:]) == {-1.0}


def test_double_draws_among_the_ties_of_the_table_that_chooses():
    """One table knows that action 1 of state 1 pays, the other one holds (0, 0)."""
    P = np.zeros((3, 2, 3))
    P[0, :, 1] = P[1, :, 2] = P[2, :, 2] = 1
    env = Tabular(P, [[0, 0], [0, 1], [0, 0]], np.array([False, False, True]), 0)
    runs = [q_learning(env, 1, 1, 0, 4, rng(seed), True)[0] for seed in range(80)]
    half = [q[0].max() > 0 for q in runs if q[1, 1] == 0.5]
    assert 0 < sum(half) < len(half)


def test_double_q_learning_of_one_step_returns_the_mean_of_its_tables():
    q, _ = q_learning(one_choice(8.0), 1, 1, 0, 1, rng(), double=True)
    assert q[0, 0] == 4  # one of the tables, and nought


def test_double_q_learning_finds_the_best_values_of_a_certain_world():
    env = cliff_walking(3, 4)
    q, _ = q_learning(env, 1, 1, 0.5, 600, rng(), double=True)
    want = optimum(env, 1)
    np.testing.assert_allclose(q[[8, 4, 5, 6, 7]], want[[8, 4, 5, 6, 7]], **TOLERANCE)


def lefts(double, runs=1000, episodes=300):
    """Share of "left" in Sutton and Barto's two states: shape (episodes, runs)."""
    draw, each = rng(1), np.arange(runs)
    a, b = np.zeros((2, runs, 2)), np.zeros((2, runs, 10))

    def best(q):
        top = q == q.max(axis=1, keepdims=True)
        return np.where(top, draw.random(q.shape), -1).argmax(axis=1)

    def act(q):
        n, free = q.shape[2], draw.random(runs) < 0.1
        return np.where(free, draw.integers(n, size=runs), best(q.sum(axis=0)))

    found = np.zeros((episodes, runs))
    for k in range(episodes):
        one = draw.integers(2, size=runs) if double else 0 * each
        other = 1 - one if double else one
        move = found[k] = act(a)
        move = move.astype(int)
        target = move * b[other, each, best(b[one, each])]
        a[one, each, move] += 0.1 * (target - a[one, each, move])
        one = draw.integers(2, size=runs) if double else one
        arm, paid = act(b), draw.normal(-0.1, 1, runs)
        b[one, each, arm] += found[k] * 0.1 * (paid - b[one, each, arm])
    return found


def test_single_goes_left_nine_times_in_ten_at_its_peak_and_double_does_not():
    single, double = (lefts(x).mean(axis=1) for x in (False, True))
    assert 0.65 < single[:10].mean() < 0.75
    assert 0.42 < double[:10].mean() < 0.54
    assert single.max() > 0.9
    assert double.max() < 0.6
    assert 0.05 < double[-50:].mean() < single[-50:].mean() - 0.02


# The bias of a maximum


@pytest.mark.parametrize(
    ("k", "want"),
    [
        (1, 0),
        (2, 1 / math.sqrt(math.pi)),
        (3, 1.5 / math.sqrt(math.pi)),
        (5, 1.162964),
        (10, 1.538753),
        (100, 2.507594),
    ],
)
def test_the_largest_of_equal_arms_is_too_large_and_double_is_right(k, want):
    single, double = maximisation_bias([3.0] * k)
    assert single == pytest.approx(want, abs=1e-6 if k > 3 else 1e-12)
    assert double == 0


def test_with_the_means_nought_and_one_double_is_lower_by_more_than_single_is_higher():
    single, double = maximisation_bias([0, 1])
    assert round(single, 6) == 0.199641
    assert round(double, 6) == -0.239750


@settings(max_examples=5)
@given(
    st.lists(st.integers(-12, 12), min_size=1, max_size=3),
    st.sampled_from([0.5, 1.0, 3.0]),
)
def test_both_biases_are_those_of_scipys_quadrature(quarters, sigma):
    means = np.array(quarters) / 4
    phi = [stats.norm(m, sigma) for m in means]
    top, spread = means.max(), 12 * sigma

    def chosen(x, k):
        others = [phi[j].cdf(x) for j in range(len(means)) if j != k]
        return phi[k].pdf(x) * math.prod(others)

    single = double = -top
    for k, mean in enumerate(means):
        args = {"args": (k,), "epsabs": 1e-11, "limit": 200}
        # Split at the arms, so that no peak is missed.
        ends = [means.min() - spread, *sorted(set(means)), top + spread]
        for low, high in itertools.pairwise(ends):
            part = integrate.quad(lambda x, k: x * chosen(x, k), low, high, **args)
            single += part[0]
            double += mean * integrate.quad(chosen, low, high, **args)[0]
    got = maximisation_bias(means, sigma)
    np.testing.assert_allclose(got, (single, double), rtol=0, atol=1e-8)


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=5), st.floats(0.01, 10))
def test_single_is_never_too_low_and_double_never_too_high(means, sigma):
    single, double = maximisation_bias(means, sigma)
    assert single >= -1e-15 * sigma
    assert double <= 0


def test_noise_that_cannot_change_the_best_brings_no_curse():
    np.testing.assert_allclose(maximisation_bias([0, 30]), 0, **TOLERANCE)


def test_a_lone_good_arm_is_underrated_by_double():
    assert maximisation_bias([1] + [0] * 9)[1] < -0.5


def test_with_all_the_data_one_table_is_better_at_a_gap_of_one():
    """Two tables share the steps: each has sqrt(2) times the deviation of one."""
    single, _ = maximisation_bias([0, 1], 1 / math.sqrt(2))
    assert round(single, 2) == 0.08
    assert round(maximisation_bias([0, 0], 1 / math.sqrt(2))[0], 2) == 0.40


def test_double_is_off_by_more_than_single_from_a_gap_of_about_0_87():
    def surplus(gap):
        single, double = maximisation_bias([0, gap])
        return single + double

    assert surplus(0.865) > 0 > surplus(0.866)
    assert all(surplus(gap) > 0 for gap in np.arange(0, 0.86, 0.1))
    assert all(surplus(gap) < 0 for gap in np.arange(0.95, 6, 0.2))


def test_the_bias_scales_with_sigma_and_ignores_a_shift():
    np.testing.assert_allclose(
        maximisation_bias([0, 2], 2),
        2 * np.array(maximisation_bias([5, 6])),
        **TOLERANCE,
    )
    assert maximisation_bias([0, 0], 2)[0] == pytest.approx(2 / math.sqrt(math.pi))


def test_far_arms_do_not_matter_and_extremes_stay_finite():
    np.testing.assert_allclose(maximisation_bias([0, -1e308, -60.0]), 0, **TOLERANCE)
    assert np.isfinite(maximisation_bias([1e308, -1e308], 1e-300)).all()
    with pytest.raises(ValueError, match="values must stay finite, got inf"):
        maximisation_bias([0] * 1000, 1.7e308)


# Step sizes of 1 / n


@pytest.mark.parametrize("gamma", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_the_closed_form_is_the_product(gamma):
    left = 1.0
    for n in range(1, 3001):
        left *= 1 - (1 - gamma) / n
        if n < 130 or n % 500 == 0:
            got = linear_rate_error(gamma, n)
            assert got == pytest.approx(left, rel=1e-12, abs=0)
    assert linear_rate_error(gamma, 0) == 1


def test_a_tiny_discount_is_not_lost_in_the_first_factor():
    assert linear_rate_error(1e-300, 1) == 1e-300
    assert linear_rate_error(1e-300, 10**6) == pytest.approx(1e-306, rel=1e-10)
    assert linear_rate_error(0, 10**6) == 0


@pytest.mark.parametrize("n", [64, 65, 10**4, 10**9, 10**15])
@pytest.mark.parametrize("gamma", [0.25, 0.9, 0.99])
def test_large_counts_are_those_of_the_beta_function(gamma, n):
    want = special.beta(n + gamma, 1 - gamma) * math.sin(math.pi * gamma) / math.pi
    assert linear_rate_error(gamma, n) == pytest.approx(want, rel=1e-10)


@pytest.mark.parametrize(
    ("gamma", "n", "want"),
    [
        (0.9, 100, 0.590171),
        (0.9, 10**4, 0.372539),
        (0.9, 10**6, 0.235057),
        (0.5, 100, 0.056348),
        (0.99, 10**4, 0.906686),
        (0.99, 10**6, 0.865879),
    ],
)
def test_published_shares_of_the_error(gamma, n, want):
    assert round(linear_rate_error(gamma, n), 6) == want


def test_a_hundredth_takes_fifty_billion_billion_updates():
    assert (
        linear_rate_error(0.9, 4 * 10**19) > 0.01 > linear_rate_error(0.9, 6 * 10**19)
    )
    small = linear_rate_error(0.9, 10**300)
    assert small == pytest.approx(10**-30 / math.gamma(0.9), rel=1e-10)


def test_a_replay_of_the_loop_leaves_this_error():
    loop = [(0, 0, 0, 0, False)]
    q = q_replay([[1.0]], loop * 200, lambda n: 1 / n, 0.9)
    assert q[0, 0] == pytest.approx(linear_rate_error(0.9, 200), rel=1e-12)


def test_a_slower_decay_leaves_less_of_the_error():
    left = math.prod(1 - 0.1 * k**-0.77 for k in range(1, 10_001))
    assert round(left, 4) == 0.0388


def test_a_constant_forgets_fastest_in_the_end_only():
    """As in the text: 1/1000 leaves 37 % of the loop's error, no less than n^-0.77."""
    loop = [(0, 0, 0, 0, False)]
    left = [q_replay([[1.0]], loop * 10_000, a, 0.9)[0, 0] for a in (0.001, 0.01)]
    assert round(left[0], 2) == 0.37
    assert left[1] < 1e-4


# Bad input

TARGET = {"q": A, "r": 1.0, "s2": 0, "gamma": 0.5, "done": False}
DOUBLE = {"q_a": A, "q_b": B, "r": 1.0, "s2": 0, "gamma": 0.5, "done": False}
REPLAY = {"q": A, "transitions": [(0, 0, 1.0, 1, False)], "alpha": 0.5, "gamma": 0.5}
LEARN = {
    "env": random_walk(3),
    "alpha": 0.5,
    "gamma": 0.5,
    "epsilon": 0.1,
    "episodes": 1,
    "rng": np.random.default_rng(0),
}
NAN = math.nan


@pytest.mark.parametrize(
    ("call", "good", "bad", "message"),
    [
        (q_target, TARGET, {"q": [1.0]}, r"q must be finite, shape \(S, A\), got"),
        (q_target, TARGET, {"q": [[NAN]]}, r"q must be finite, shape \(S, A\), got"),
        (q_target, TARGET, {"q": np.zeros((0, 2))}, r"got shape \(0, 2\)"),
        (q_target, TARGET, {"q": [["1", "2"]]}, "q must be real numbers, got <U1"),
        (
            q_target,
            TARGET,
            {"q": np.ones((2, 2)) * 1j},
            "q must be real numbers, got c",
        ),
        (q_target, TARGET, {"q": [[10**400]]}, "q must be finite, got an integer too"),
        (q_target, TARGET, {"r": 10**400}, "r must be a finite number, got 10+"),
        (q_target, TARGET, {"gamma": 10**400}, r"gamma must be in \[0, 1\], got 10+"),
        (
            q_replay,
            REPLAY,
            {"gamma": 5, "transitions": []},
            r"gamma must be in \[0, 1\], got 5",
        ),
        (q_learning, LEARN, {"rng": 0}, "rng must be a numpy Generator, got 0"),
        (q_target, TARGET, {"r": NAN}, "r must be a finite number, got nan"),
        (q_target, TARGET, {"r": "1"}, "r must be a finite number, got '1'"),
        (q_target, TARGET, {"s2": 2}, "s2 must be an integer from 0 to 1, got 2"),
        (q_target, TARGET, {"s2": -1}, "s2 must be an integer from 0 to 1, got -1"),
        (q_target, TARGET, {"s2": True}, "s2 must be an integer from 0 to 1, got True"),
        (q_target, TARGET, {"gamma": 1.1}, r"gamma must be in \[0, 1\], got 1.1"),
        (q_target, TARGET, {"gamma": -0.1}, r"gamma must be in \[0, 1\], got -0.1"),
        (q_target, TARGET, {"done": 1}, "done must be True or False, got 1"),
        (double_q_target, DOUBLE, {"q_a": [1.0]}, "q_a must be finite, shape"),
        (double_q_target, DOUBLE, {"q_b": [1.0]}, "q_b must be finite, shape"),
        (
            double_q_target,
            DOUBLE,
            {"q_b": [[1.0, 2.0]]},
            r"q_b must have the shape \(2, 2\), got \(1, 2\)",
        ),
        (
            double_q_target,
            DOUBLE,
            {"s2": 2},
            "s2 must be an integer from 0 to 1, got 2",
        ),
        (
            double_q_target,
            DOUBLE,
            {"r": math.inf},
            "r must be a finite number, got inf",
        ),
        (double_q_target, DOUBLE, {"gamma": 2}, r"gamma must be in \[0, 1\], got 2"),
        (
            double_q_target,
            DOUBLE,
            {"done": None},
            "done must be True or False, got None",
        ),
        (q_replay, REPLAY, {"q": [1.0]}, "q must be finite, shape"),
        (q_replay, REPLAY, {"alpha": 0}, r"alpha must be in \(0, 1\], got 0"),
        (q_replay, REPLAY, {"alpha": 1.5}, r"alpha must be in \(0, 1\], got 1.5"),
        (
            q_replay,
            REPLAY,
            {"alpha": lambda n: 2 * n},
            r"alpha\(1\) must be in \(0, 1\], got 2",
        ),
        (
            q_replay,
            REPLAY,
            {"transitions": [(2, 0, 1, 0, True)]},
            "s must be an integer from 0 to 1, got 2",
        ),
        (
            q_replay,
            REPLAY,
            {"transitions": [(0, 2, 1, 0, True)]},
            "a must be an integer from 0 to 1, got 2",
        ),
        (q_replay, REPLAY, {"gamma": NAN}, r"gamma must be in \[0, 1\], got nan"),
        (q_learning, LEARN, {"alpha": NAN}, r"alpha must be in \(0, 1\], got nan"),
        (q_learning, LEARN, {"alpha": "1"}, r"alpha must be in \(0, 1\], got '1'"),
        (
            q_learning,
            LEARN,
            {"alpha": lambda n: 0},
            r"alpha\(1\) must be in \(0, 1\], got 0",
        ),
        (q_learning, LEARN, {"gamma": 1.01}, r"gamma must be in \[0, 1\], got 1.01"),
        (q_learning, LEARN, {"epsilon": -1}, r"epsilon must be in \[0, 1\], got -1"),
        (q_learning, LEARN, {"epsilon": 2}, r"epsilon must be in \[0, 1\], got 2"),
        (q_learning, LEARN, {"episodes": 0}, "episodes must be an integer >= 1, got 0"),
        (
            q_learning,
            LEARN,
            {"max_steps": 0},
            "max_steps must be an integer >= 1, got 0",
        ),
        (q_learning, LEARN, {"double": 2}, "double must be True or False, got 2"),
    ],
)
def test_bad_input_is_refused_with_what_came(call, good, bad, message):
    with pytest.raises(ValueError, match=message):
        call(**good | bad)
    assert call(**good) is not None


@pytest.mark.parametrize(
    ("means", "sigma", "message"),
    [
        ([], 1, r"means must be finite, shape \(K,\), K >= 1, got shape \(0,\)"),
        ([[1.0]], 1, r"means must be finite, .* got shape \(1, 1\)"),
        ([1.0, NAN], 1, "means must be finite, shape"),
        (["1", "2"], 1, "means must be real numbers, got <U1"),
        ([1, 1j], 1, "means must be real numbers, got complex128"),
        ([1.0], 0, "sigma must be > 0, got 0"),
        ([1.0], -1, "sigma must be > 0, got -1"),
        ([1.0], NAN, "sigma must be a finite number, got nan"),
    ],
)
def test_bad_arms_are_refused(means, sigma, message):
    with pytest.raises(ValueError, match=message):
        maximisation_bias(means, sigma)


@pytest.mark.parametrize(
    ("gamma", "n", "message"),
    [
        (1, 5, r"gamma must be in \[0, 1\), got 1"),
        (-0.1, 5, r"gamma must be in \[0, 1\), got -0.1"),
        (0.5, -1, "n must be an integer from 0 to 10+, got -1"),
        (0.5, 2.5, "n must be an integer from 0 to 10+, got 2.5"),
        (0.5, 10**301, "n must be an integer from 0 to 10+, got 10+"),
    ],
)
def test_bad_rates_are_refused(gamma, n, message):
    with pytest.raises(ValueError, match=message):
        linear_rate_error(gamma, n)


def test_an_environment_that_is_shared_is_not_changed():
    env = replace(CLIFF)
    q_learning(env, 1, 1, 0.1, 2, rng())
    np.testing.assert_array_equal(env.R, CLIFF.R)
    np.testing.assert_array_equal(env.P, CLIFF.P)
