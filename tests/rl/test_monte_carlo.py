"""Oracles: linear solves, linprog, all episodes enumerated, lists of all returns."""

import itertools
import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import linprog

from snippets.rl.environments import ACTIONS, GridWorld
from snippets.rl.monte_carlo import (
    counted,
    coverage,
    episode,
    epsilon_soft,
    epsilon_soft_optimum,
    importance_ratio,
    importance_sampling,
    mc_basic,
    mc_epsilon_greedy,
    mc_error,
    mc_exploring_starts,
    mc_mean,
    returns,
)

FORBIDDEN = [(1, 1), (1, 2), (2, 2), (3, 1), (3, 3), (4, 1)]
TARGET = (3, 2)
GAMMA = 0.9
TOLERANCE = {"rtol": 0, "atol": 1e-12}

seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 4)


def world(r_forbidden=-1.0):
    return GridWorld(5, 5, FORBIDDEN, TARGET, r_forbidden=r_forbidden)


def small():
    return GridWorld(2, 2, [(0, 1)], (1, 1))


def generator(seed=0):
    return np.random.default_rng(seed)


def random_world(seed, n_states, n_actions):
    rng = generator(seed)
    chances = rng.random((n_states, n_actions, n_states)).round(1)
    chances[..., 0] += 0.1
    chances /= chances.sum(axis=-1, keepdims=True)
    return SimpleNamespace(P=chances, R=rng.normal(size=(n_states, n_actions)))


def random_policy(seed, n_states, n_actions):
    policy = generator(seed + 1).random((n_states, n_actions)) + 0.1
    return policy / policy.sum(axis=1, keepdims=True)


def exact_value(P, R, pi, gamma=GAMMA):
    """Value of a policy, by one linear solve."""
    P_pi = (pi[:, :, None] * P).sum(axis=1)
    return np.linalg.solve(np.eye(len(P)) - gamma * P_pi, (pi * R).sum(axis=1))


def exact_q(P, R, pi, gamma=GAMMA):
    return R + gamma * P @ exact_value(P, R, pi, gamma)


def optimum(env, gamma=GAMMA):
    """Optimal value, by value iteration until nothing moves."""
    v = np.zeros(len(env.P))
    for _ in range(500):
        v = (env.R + gamma * env.P @ v).max(axis=1)
    return v


def optimal_states(env, pi):
    """In how many states the policy earns the optimum, and its mean shortfall."""
    gap = optimum(env) - exact_value(env.P, env.R, pi)
    return int((gap < 1e-9).sum()), gap.mean()


def truncated_q(env, pi, gamma, T):
    """Mean return of T steps from each pair, from the model: backwards in time."""
    v = np.zeros(len(env.P))
    for _ in range(T):
        q = env.R + gamma * env.P @ v
        v = (pi * q).sum(axis=1)
    return q


# The mean of samples


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=20))
def test_the_mean_of_samples_is_their_sum_over_their_number(x):
    assert mc_mean(x) == pytest.approx(sum(x) / len(x), rel=0, abs=1e-12)


@pytest.mark.parametrize("scale", [5e-324, 1e-300, 1.0, 1e300, 1.7e308])
def test_the_mean_of_numbers_of_any_size_is_between_them(scale):
    assert mc_mean([scale, scale]) == scale
    assert mc_mean([scale, -scale, 0]) == 0
    assert mc_mean([scale] * 1000) == pytest.approx(scale, rel=1e-15)
    assert mc_mean([0.0, 0.0]) == 0
    assert mc_mean([scale] * 3) == scale
    uneven = [scale, scale, 0, 0]
    assert mc_mean(uneven) == pytest.approx(scale / 2, rel=1e-15, abs=5e-324)


def test_the_mean_keeps_a_small_number_beside_large_ones_that_cancel():
    assert mc_mean([1e308, -1e308, 3e-20]) == pytest.approx(1e-20, rel=1e-15)


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=20))
def test_the_standard_error_is_that_of_scipy(x):
    assert mc_error(x) == pytest.approx(stats.sem(x), rel=0, abs=1e-12)


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e300])
def test_the_standard_error_scales_with_the_samples(scale):
    assert mc_error([scale, -scale]) / scale == pytest.approx(1, rel=1e-15)
    assert mc_error([3e8 + 1, 3e8 - 1]) == pytest.approx(1, rel=1e-6)
    assert mc_error([0, 0]) == 0


def test_the_mean_of_n_coins_scatters_by_one_over_root_n():
    coins = generator().choice([-1, 1], size=(4000, 400))
    means = [mc_mean(x) for x in coins]
    assert np.std(means) == pytest.approx(0.05, abs=0.003)
    errors = [mc_error(x) for x in coins[:200]]
    np.testing.assert_allclose(errors, 0.05, rtol=0, atol=0.001)


@pytest.mark.parametrize("bad", [[], [[1.0]], 3.0, [math.nan], [math.inf, 1]])
def test_samples_that_are_not_a_finite_list_are_rejected(bad):
    with pytest.raises(
        ValueError, match=r"x must be finite, shape \(n,\), n >= 1, got"
    ):
        mc_mean(bad)
    with pytest.raises(
        ValueError, match=r"x must be finite, shape \(n,\), n >= 2, got"
    ):
        mc_error(bad)


def test_one_sample_has_a_mean_but_no_standard_error():
    assert mc_mean([4]) == 4
    with pytest.raises(ValueError, match=r"n >= 2, got shape \(1,\)"):
        mc_error([4])


# Episodes


@given(seeds, sizes, sizes, st.integers(1, 12))
def test_an_episode_follows_the_policy_and_the_moves_of_the_grid(seed, rows, cols, T):
    env = GridWorld(rows, cols, [], (rows - 1, cols - 1), r_step=-0.5)
    choice = generator(seed).integers(5, size=rows * cols)
    pi = np.eye(5)[choice]
    steps = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}
    first = seed % 5
    states, actions, rewards = episode(env, pi, 0, first, T, generator(seed))
    row = col = 0
    for i in range(T):
        assert states[i] == row * cols + col
        assert actions[i] == (choice[states[i]] if i else first)
        down, right = steps.get(ACTIONS[actions[i]], (0, 0))
        if 0 <= row + down < rows and 0 <= col + right < cols:
            row, col = row + down, col + right
            pay = 1 if (row, col) == env.target else -0.5
        else:
            pay = -1
        assert rewards[i] == pay
    assert len(states) == len(actions) == len(rewards) == T


@pytest.mark.parametrize("first", [None, 1])
def test_episodes_come_up_as_often_as_the_product_of_their_chances(first):
    env, pi, n = random_world(3, 2, 2), random_policy(3, 2, 2), 5000
    rng = generator()
    found = {}
    for _ in range(n):
        states, actions, rewards = episode(env, pi, 1, first, 3, rng)
        np.testing.assert_array_equal(rewards, env.R[states, actions])
        key = (*states.tolist(), *actions.tolist())
        found[key] = found.get(key, 0) + 1
    expected = {}
    for s, t in itertools.product(range(2), repeat=2):
        for a, b, c in itertools.product(range(2), repeat=3):
            begin = pi[1, a] if first is None else float(a == first)
            chance = begin * env.P[1, a, s] * pi[s, b] * env.P[s, b, t] * pi[t, c]
            expected[(1, s, t, a, b, c)] = chance
    assert sum(expected.values()) == pytest.approx(1)
    for key, chance in expected.items():
        noise = math.sqrt(n * chance * (1 - chance))
        assert abs(found.get(key, 0) - n * chance) <= 4.5 * noise


class Fixed:
    """A generator that draws the same number for ever."""

    def __init__(self, number):
        self.number = number

    def random(self, shape):
        return np.full(shape, self.number)


def test_an_action_without_a_chance_is_not_taken_even_if_zero_is_drawn():
    pi = np.tile([0.0, 0.5, 0.5, 0, 0], (4, 1))
    _, actions, _ = episode(small(), pi, 0, None, 3, Fixed(0.0))
    np.testing.assert_array_equal(actions, 1)


def test_chances_that_sum_to_just_less_than_one_lead_to_the_last_with_a_chance():
    pi = np.tile([0.5, 0.25, 0.25 - 5e-10, 0, 0], (4, 1))
    _, actions, _ = episode(small(), pi, 0, None, 3, Fixed(1 - 2**-53))
    np.testing.assert_array_equal(actions, 2)


def test_an_episode_leaves_policy_and_world_as_they_were():
    env, pi = random_world(0, 3, 2), random_policy(0, 3, 2)
    before = env.P.copy(), env.R.copy(), pi.copy()
    episode(env, pi, 0, None, 5, generator())
    for now, then in zip((env.P, env.R, pi), before):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"T": 0}, "T must be an integer >= 1, got 0"),
        ({"T": 2.0}, r"T must be an integer >= 1, got 2\.0"),
        ({"s": 4}, r"s must be an integer in \[0, 4\), got 4"),
        ({"s": -1}, r"s must be an integer in \[0, 4\), got -1"),
        ({"a": 5}, r"a must be an integer in \[0, 5\), got 5"),
        ({"a": 0.5}, r"a must be an integer in \[0, 5\), got 0\.5"),
        ({"pi": np.ones((4, 4)) / 4}, r"pi must have shape \(4, 5\), got \(4, 4\)"),
        ({"pi": np.full(20, 0.2)}, r"pi must have shape \(4, 5\), got \(20,\)"),
        ({"pi": np.full((4, 5), 0.3)}, "rows of pi must be >= 0 with sum 1, got sums"),
        ({"pi": np.full((4, 5), 0.2 + 1e-8)}, "rows of pi must be >= 0 with sum 1"),
        ({"pi": np.tile([2.0, -1, 0, 0, 0], (4, 1))}, "sum 1, got .* least entry -1"),
    ],
)
def test_an_episode_that_cannot_be_walked_is_rejected(change, message):
    given = {"pi": np.full((4, 5), 0.2), "s": 0, "a": 0, "T": 1, **change}
    with pytest.raises(ValueError, match=message):
        episode(small(), rng=generator(), **given)


# Returns and visits


@given(
    st.lists(st.integers(-9, 9), max_size=12),
    st.sampled_from([0.0, 0.3, 0.9, 1.0]),
)
def test_returns_backwards_equal_the_forward_sums(rewards, gamma):
    g = returns(rewards, gamma)
    assert g.shape == (len(rewards),)
    for i in range(len(rewards)):
        forward = sum(gamma**j * r for j, r in enumerate(rewards[i:]))
        assert g[i] == pytest.approx(forward, rel=0, abs=1e-12)


@pytest.mark.parametrize("gamma", [-0.1, 1.1, math.nan])
def test_returns_reject_a_discount_outside_the_unit_interval(gamma):
    with pytest.raises(ValueError, match=rf"gamma must be in \[0, 1\], got {gamma}"):
        returns([1.0], gamma)


def test_arrays_with_another_number_of_axes_are_rejected():
    with pytest.raises(
        ValueError, match=r"rewards must be finite, shape \(T,\), got shape \(1, 2\)"
    ):
        returns([[1.0, 2.0]], 0.5)
    with pytest.raises(ValueError, match=r"visits must have shape \(T,\), got \(\)"):
        counted(3, "first")


@given(st.lists(st.integers(0, 4), max_size=12))
def test_a_first_visit_is_one_not_seen_before_and_every_visit_is_each(visits):
    first = [v not in visits[:i] for i, v in enumerate(visits)]
    np.testing.assert_array_equal(counted(visits, "first"), first)
    np.testing.assert_array_equal(counted(visits, "every"), [True] * len(visits))


def test_an_unknown_visit_is_rejected_everywhere():
    message = "visit must be 'first' or 'every', got 'last'"
    with pytest.raises(ValueError, match=message):
        counted([1], "last")
    with pytest.raises(ValueError, match=message):
        mc_exploring_starts(small(), 0.5, 1, 1, generator(), visit="last")
    with pytest.raises(ValueError, match=message):
        mc_epsilon_greedy(small(), 0.5, 0.1, 1, 1, 0.1, generator(), visit="last")


def chain_samples(length, visit):
    """Samples for the one state of a chain that paid 1 for each of its steps."""
    return returns(np.ones(length), 1)[counted(np.zeros(length, int), visit)]


def test_every_visit_is_biased_from_one_episode_and_consistent_when_pooled():
    lengths = generator().geometric(0.5, size=100_000)
    samples = {n: chain_samples(n, "every") for n in np.unique(lengths)}
    first = [chain_samples(n, "first")[0] for n in lengths[:5000]]
    np.testing.assert_array_equal(first, lengths[:5000])
    assert lengths.mean() == pytest.approx(2, abs=0.02)
    alone = [samples[n].mean() for n in lengths]
    assert np.mean(alone) == pytest.approx(1.5, abs=0.02)
    pooled = np.concatenate([samples[n] for n in lengths])
    assert pooled.mean() == pytest.approx(2, abs=0.03)


@pytest.mark.parametrize("n", [1, 2])
def test_pooling_n_episodes_leaves_a_bias_of_one_over_n_plus_one(n):
    total = {k: chain_samples(k, "every").sum() for k in range(1, 45)}
    mean = 0.0
    for lengths in itertools.product(total, repeat=n):
        pooled = sum(total[k] for k in lengths) / sum(lengths)
        mean += 0.5 ** sum(lengths) * pooled
    assert mean == pytest.approx(2 - 1 / (n + 1), abs=1e-9)


@pytest.mark.parametrize("n", [1, 2, 7])
def test_the_mean_of_the_returns_of_one_run_of_n_ones_is_half_of_n_plus_one(n):
    assert mc_mean(chain_samples(n, "every")) == n * (n + 1) / (2 * n)


@pytest.mark.parametrize(("T", "mean"), [(30, 7.127), (100, 9.100)])
def test_every_visit_to_a_cut_stay_at_the_target_has_this_mean(T, mean):
    g = returns(np.ones(T), GAMMA)
    closed = 10 * (1 - GAMMA * (1 - GAMMA**T) / (T * (1 - GAMMA)))
    assert g.mean() == pytest.approx(closed, rel=0, abs=1e-12)
    assert g.mean() == pytest.approx(mean, abs=5e-4)


# MC Basic


@pytest.mark.parametrize(
    ("T", "error", "nonzero"),
    [
        (1, 9.0, 5),
        (2, 8.1, 7),
        (4, 6.561, 18),
        (5, 5.9049, 22),
        (6, 5.31441, 25),
        (7, 4.78297, 25),
        (8, 4.30467, 25),
        (15, 2.05891, 25),
        (30, 0.42391, 25),
    ],
)
def test_mc_basic_misses_the_optimum_by_what_a_cut_return_misses(T, error, nonzero):
    env = world()
    q, pi = mc_basic(env, GAMMA, T, iters=6)
    v, best = q.max(axis=1), optimum(env)
    worst = np.abs(v - best).max()
    assert worst == pytest.approx(GAMMA**T / (1 - GAMMA), rel=0, abs=1e-11)
    assert worst == pytest.approx(error, abs=5e-6)
    assert (np.abs(v) > 1e-12).sum() == nonzero
    assert (optimal_states(env, pi)[0] == 25) is (T >= 6)


@pytest.mark.parametrize(("T", "nonzero"), [(1, 5), (2, 7), (4, 9), (14, 24), (15, 25)])
def test_with_a_fine_of_ten_the_last_corner_sees_the_target_at_fifteen(T, nonzero):
    env = world(-10)
    q, pi = mc_basic(env, GAMMA, T, iters=16)
    v, best = q.max(axis=1), optimum(env)
    assert (np.abs(v) > 1e-12).sum() == nonzero
    assert np.abs(v - best).max() == pytest.approx(10 * GAMMA**T, rel=0, abs=1e-11)
    seen = np.abs(v) > 1e-12
    np.testing.assert_allclose(v[seen], best[seen] - 10 * GAMMA**T, rtol=0, atol=1e-11)
    if T == 14:
        np.testing.assert_array_equal(np.flatnonzero(~seen), [env.state(4, 0)])
    assert (optimal_states(env, pi)[0] == 25) is (T == 15)


@pytest.mark.parametrize(("r_forbidden", "rounds", "T"), [(-1, 5, 100), (-10, 15, 50)])
def test_long_episodes_make_mc_basic_policy_iteration(r_forbidden, rounds, T):
    env = world(r_forbidden)
    choice = np.full(25, 4)
    for _ in range(rounds):
        exact = exact_q(env.P, env.R, np.eye(5)[choice])
        better = exact.max(axis=1) > exact[range(25), choice] + 1e-9
        choice = np.where(
            better, (exact > exact.max(1, keepdims=True) - 1e-9).argmax(1), choice
        )
    q, pi = mc_basic(env, GAMMA, T, iters=rounds)
    cut = GAMMA**T / (1 - GAMMA) * np.abs(env.R).max()
    np.testing.assert_allclose(q, exact, rtol=0, atol=cut + 1e-11)
    assert optimal_states(env, pi)[0] == optimal_states(env, np.eye(5)[choice])[0] == 25
    _, before = mc_basic(env, GAMMA, T, iters=rounds - 1)
    assert optimal_states(env, before)[0] < 25


def test_one_round_of_mc_basic_evaluates_staying():
    env = world()
    q, pi = mc_basic(env, GAMMA, T=7, iters=1)
    stay = np.eye(5)[[4] * 25]
    np.testing.assert_allclose(q, truncated_q(env, stay, GAMMA, 7), **TOLERANCE)
    assert (q * pi).sum() == pytest.approx(q.max(axis=1).sum())


def test_in_a_random_world_mc_basic_averages_its_episodes():
    env, n = random_world(5, 3, 2), 2000
    last = np.eye(2)[[1] * 3]
    expected = truncated_q(env, last, 0.5, 4)
    q, _ = mc_basic(env, 0.5, T=4, iters=1, episodes=n, rng=generator(1))
    widest = 2 * np.abs(env.R).max()  # no return of gamma = 1/2 is larger
    np.testing.assert_allclose(q, expected, rtol=0, atol=4 * widest / math.sqrt(n))
    one, _ = mc_basic(env, 0.5, T=4, iters=1, episodes=1, rng=generator(1))
    assert np.abs(one - expected).max() > 5 * np.abs(q - expected).max()


def test_mc_basic_without_a_generator_repeats_itself():
    env = random_world(5, 3, 2)
    first, again = (mc_basic(env, 0.5, 4, 2)[0] for _ in range(2))
    np.testing.assert_array_equal(first, again)
    seed_zero = mc_basic(env, 0.5, 4, 2, rng=generator(0))[0]
    np.testing.assert_array_equal(first, seed_zero)
    assert (mc_basic(env, 0.5, 4, 2, rng=generator(1))[0] != first).any()


def test_ties_keep_the_present_action():
    env = SimpleNamespace(P=np.ones((1, 3, 1)), R=np.array([[1.0, 1.0, 1.0]]))
    assert mc_basic(env, 0.5, 5, 2)[1].argmax() == 2
    env.R = np.array([[0.3, 0.1 + 0.2, 0.3 - 1e-16]])  # equal but for rounding
    assert mc_basic(env, 0.0, 1, 2)[1].argmax() == 2
    env.R = np.array([[1.0, 1 + 1e-9, 1.0]])
    assert mc_basic(env, 0.5, 5, 2)[1].argmax() == 1


def test_the_first_state_of_the_three_by_three_world_by_hand():
    env = GridWorld(3, 3, [(1, 2), (2, 0)], (2, 2))
    moves = ["up", "down", "left", "right", "down", "down", "right", "right", "stay"]
    pi = np.eye(5)[[ACTIONS.index(m) for m in moves]]
    g = [
        returns(episode(env, pi, 0, a, 300, generator())[2], GAMMA)[0] for a in range(5)
    ]
    reached = GAMMA**3 / (1 - GAMMA)
    by_hand = [
        -1 / (1 - GAMMA),
        reached,
        reached,
        -1 / (1 - GAMMA),
        -GAMMA / (1 - GAMMA),
    ]
    np.testing.assert_allclose(g, by_hand, rtol=0, atol=1e-11)
    np.testing.assert_allclose(by_hand, [-10, 7.29, 7.29, -10, -9], **TOLERANCE)
    assert optimum(env)[0] == pytest.approx(7.29, rel=0, abs=1e-12)


# Control from episodes


def by_lists(env, gamma, epsilon, episodes, T, alpha, rng, visit, exploring):
    """The textbook's loop: all returns kept in lists, as forward sums."""
    n_states, n_actions = env.R.shape
    kept = {pair: [] for pair in np.ndindex(n_states, n_actions)}
    best = [n_actions - 1] * n_states
    q = np.zeros((n_states, n_actions))
    for _ in range(episodes):
        start = (0, None)
        if exploring:
            start = rng.integers(n_states), rng.integers(n_actions)
        pi = np.full((n_states, n_actions), epsilon / n_actions)
        pi[range(n_states), best] = 1 - epsilon * (n_actions - 1) / n_actions
        states, actions, rewards = episode(env, pi, *start, T, rng)
        pairs = list(zip(states.tolist(), actions.tolist()))
        for i in range(T - 1, -1, -1):
            if visit == "every" or pairs[i] not in pairs[:i]:
                tail = sum(gamma**j * r for j, r in enumerate(rewards[i:]))
                kept[pairs[i]].append(tail)
        for pair, tails in kept.items():
            n = len(tails)
            if alpha is None:
                q[pair] = sum(tails) / n if n else 0.0
            else:
                q[pair] = sum(
                    alpha * (1 - alpha) ** (n - 1 - k) * g for k, g in enumerate(tails)
                )
        for s in range(n_states):
            if q[s].max() > q[s, best[s]] + 1e-9:
                best[s] = int(q[s].argmax())
    return q, np.eye(n_actions)[best]


@given(
    seed=seeds,
    n_states=sizes,
    n_actions=sizes,
    alpha=st.sampled_from([None, 0.3, 1.0]),
    visit=st.sampled_from(["first", "every"]),
)
def test_exploring_starts_is_the_loop_that_keeps_all_returns(
    seed, n_states, n_actions, alpha, visit
):
    env = random_world(seed, n_states, n_actions)
    q, pi = mc_exploring_starts(env, 0.7, 8, 6, generator(seed), visit, alpha)
    oracle = by_lists(env, 0.7, 0.0, 8, 6, alpha, generator(seed), visit, True)
    np.testing.assert_allclose(q, oracle[0], **TOLERANCE)
    np.testing.assert_array_equal(pi, oracle[1])


@given(
    seed=seeds,
    n_states=sizes,
    n_actions=sizes,
    epsilon=st.sampled_from([0.0, 0.4, 1.0]),
    alpha=st.sampled_from([None, 0.3, 1.0]),
    visit=st.sampled_from(["first", "every"]),
)
def test_epsilon_greedy_is_the_loop_that_keeps_all_returns(
    seed, n_states, n_actions, epsilon, alpha, visit
):
    env = random_world(seed, n_states, n_actions)
    q, pi = mc_epsilon_greedy(env, 0.7, epsilon, 6, 8, alpha, generator(seed), visit)
    oracle = by_lists(env, 0.7, epsilon, 6, 8, alpha, generator(seed), visit, False)
    np.testing.assert_allclose(q, oracle[0], **TOLERANCE)
    np.testing.assert_array_equal(pi, oracle[1])


def test_defaults_are_first_visits_and_plain_means_then_every_visit():
    env = random_world(1, 3, 2)
    plain = mc_exploring_starts(env, 0.7, 9, 12, generator())[0]
    told = mc_exploring_starts(env, 0.7, 9, 12, generator(), "first", None)[0]
    np.testing.assert_array_equal(plain, told)
    plain = mc_epsilon_greedy(env, 0.7, 0.5, 9, 12, 0.3, generator())[0]
    told = mc_epsilon_greedy(env, 0.7, 0.5, 9, 12, 0.3, generator(), "every")[0]
    np.testing.assert_array_equal(plain, told)


def test_with_epsilon_one_the_estimates_are_the_values_of_the_uniform_policy():
    env = small()
    q, _ = mc_epsilon_greedy(env, 0.6, 1.0, 1, 40_000, None, generator())
    expected = exact_q(env.P, env.R, np.full((4, 5), 0.2), 0.6)
    np.testing.assert_allclose(q, expected, rtol=0, atol=0.1)


@pytest.mark.parametrize("seed", range(3))
def test_exploring_starts_with_the_latest_return_finds_the_exact_optimum(seed):
    env = world()
    q, pi = mc_exploring_starts(env, GAMMA, 1000, 100, generator(seed), alpha=1.0)
    assert optimal_states(env, pi) == (25, pytest.approx(0, abs=1e-9))
    np.testing.assert_allclose(q.max(axis=1), optimum(env), rtol=0, atol=0.05)


@pytest.mark.parametrize("seed", range(3))
def test_means_over_the_returns_of_old_policies_lag_behind(seed):
    env = world()
    _, pi = mc_exploring_starts(env, GAMMA, 1000, 100, generator(seed))
    right, gap = optimal_states(env, pi)
    assert 10 <= right < 25
    assert 0 < gap < 1


@pytest.mark.parametrize("seed", range(3))
def test_epsilon_greedy_from_one_corner_comes_near_the_optimum_only(seed):
    env = world()
    q, pi = mc_epsilon_greedy(env, GAMMA, 0.3, 200, 500, 0.02, generator(seed))
    right, gap = optimal_states(env, pi)
    assert gap < 1.5
    assert 10 <= right < 25
    soft, _ = epsilon_soft_optimum(env.P, env.R, GAMMA, 0.3)
    earned = exact_value(env.P, env.R, epsilon_soft(pi, 0.3))
    assert (earned <= soft + 1e-12).all()
    assert (soft - earned).mean() < 1
    assert q.max() < 9  # and not 10: the estimate is of a policy that explores


def found(env, episodes, T, alpha, epsilon=None):
    """Optimal states of 25 found with each of four seeds, sorted."""
    counts = []
    for seed in range(4):
        if epsilon is None:
            run = mc_exploring_starts(
                env, GAMMA, episodes, T, generator(seed), alpha=alpha
            )
        else:
            run = mc_epsilon_greedy(
                env, GAMMA, epsilon, episodes, T, alpha, generator(seed), "first"
            )
        counts.append(optimal_states(env, run[1])[0])
    return sorted(counts)


def test_what_start_split_and_step_size_change_when_they_change_alone():
    env = world()
    starts = found(env, 1000, 100, None)
    assert found(env, 200, 500, None)[-1] < starts[0]  # fewer starts teach less
    corner = found(env, 1000, 100, None, 0.3)
    assert sum(corner) >= sum(starts)  # the corner is no handicap
    assert found(env, 200, 500, None, 0.3)[0] > 14  # the walk explores at each step
    assert found(env, 1000, 100, 1.0) == [25] * 4  # no chance in world and policy
    assert found(env, 1000, 100, 1.0, 0.3)[-1] < starts[0]  # chance in the policy


def test_without_exploring_a_corner_start_learns_nothing():
    env = world()
    q, pi = mc_epsilon_greedy(env, GAMMA, 0.0, 20, 50, 0.1, generator())
    np.testing.assert_array_equal(q, 0)
    np.testing.assert_array_equal(pi.argmax(axis=1), 4)


# Exploring policies


@given(seeds, sizes, sizes, st.sampled_from([0.0, 0.125, 0.5, 1.0]))
def test_a_soft_policy_is_the_mixture_written_out(seed, n_states, n_actions, epsilon):
    pi = random_policy(seed, n_states, n_actions)
    soft = epsilon_soft(pi, epsilon)
    for s, a in np.ndindex(pi.shape):
        chance = (1 - epsilon) * pi[s, a] + epsilon * (1 / n_actions)
        assert soft[s, a] == pytest.approx(chance, rel=0, abs=1e-12)


@pytest.mark.parametrize(("epsilon", "chance"), [(0.5, 0.6), (0.125, 0.9), (1, 0.2)])
def test_the_greedy_action_gets_one_minus_four_fifths_of_epsilon(epsilon, chance):
    soft = epsilon_soft(np.eye(5)[[2]], epsilon)
    assert soft[0, 2] == pytest.approx(chance, rel=0, abs=1e-15)
    assert soft[0, 2] == pytest.approx(1 - 4 / 5 * epsilon, rel=0, abs=1e-15)
    others = np.delete(soft[0], 2)
    np.testing.assert_allclose(others, epsilon / 5, rtol=0, atol=1e-15)


@pytest.mark.parametrize("bad", [-0.1, 1.1, math.nan])
def test_an_epsilon_outside_the_unit_interval_is_rejected_everywhere(bad):
    env = small()
    for call in (
        lambda: epsilon_soft(np.ones((1, 1)), bad),
        lambda: mc_epsilon_greedy(env, 0.5, bad, 1, 1, 0.1, generator()),
        lambda: epsilon_soft_optimum(env.P, env.R, 0.5, bad),
        lambda: coverage(env, np.full((4, 5), 0.2), bad, 1, generator()),
    ):
        with pytest.raises(
            ValueError, match=rf"epsilon must be in \[0, 1\], got {bad}"
        ):
            call()


@pytest.mark.parametrize("bad", [np.ones(3), np.ones((0, 2)), np.ones((2, 0))])
def test_a_policy_without_rows_or_columns_cannot_be_softened(bad):
    with pytest.raises(ValueError, match=r"pi must have shape \(S, A\), got"):
        epsilon_soft(bad, 0.5)


def by_linear_program(P, R, gamma, epsilon):
    """Best value under exploring: the least v no action improves on."""
    n_states, n_actions, _ = P.shape
    P = (1 - epsilon) * P + epsilon * P.mean(axis=1, keepdims=True)
    R = (1 - epsilon) * R + epsilon * R.mean(axis=1, keepdims=True)
    identity = np.repeat(np.eye(n_states), n_actions, axis=0)
    rows = gamma * P.reshape(-1, n_states) - identity
    result = linprog(np.ones(n_states), rows, -R.ravel(), bounds=(None, None))
    assert result.success
    return result.x


@given(seeds, sizes, sizes, st.sampled_from([0.0, 0.2, 0.7, 1.0]))
def test_the_soft_optimum_is_the_optimum_of_a_world_that_errs(
    seed, n_states, n_actions, epsilon
):
    env = random_world(seed, n_states, n_actions)
    v, q = epsilon_soft_optimum(env.P, env.R, 0.7, epsilon)
    expected = by_linear_program(env.P, env.R, 0.7, epsilon)
    np.testing.assert_allclose(v, expected, rtol=0, atol=1e-7)
    backup = (1 - epsilon) * q.max(axis=1) + epsilon / n_actions * q.sum(axis=1)
    np.testing.assert_allclose(v, backup, **TOLERANCE)
    np.testing.assert_allclose(q, env.R + 0.7 * env.P @ v, **TOLERANCE)


@given(seeds, st.integers(1, 3), st.integers(1, 3), st.sampled_from([0.0, 0.3]))
def test_no_soft_policy_beats_the_soft_optimum(seed, n_states, n_actions, epsilon):
    env = random_world(seed, n_states, n_actions)
    v, _ = epsilon_soft_optimum(env.P, env.R, 0.7, epsilon)
    every = [
        exact_value(
            env.P, env.R, epsilon_soft(np.eye(n_actions)[list(choice)], epsilon), 0.7
        )
        for choice in itertools.product(range(n_actions), repeat=n_states)
    ]
    np.testing.assert_allclose(v, np.max(every, axis=0), **TOLERANCE)


@pytest.mark.parametrize(
    ("r_forbidden", "at_target", "flipped"),
    [
        (-1, [10, 8.56, 7.06, 2.40], [0, 0, 1]),
        (-10, [10, 3.34, -2.61, -9.25], [0, 0, 11]),
    ],
)
def test_soft_optima_of_the_grid_and_where_their_greedy_part_fails(
    r_forbidden, at_target, flipped
):
    env = world(r_forbidden)
    best = optimum(env)
    allowed = env.R + GAMMA * env.P @ best >= best[:, None] - 1e-9
    for epsilon, value in zip((0, 0.1, 0.2, 0.5), at_target):
        v, _ = epsilon_soft_optimum(env.P, env.R, GAMMA, epsilon)
        assert v[env.state(*TARGET)] == pytest.approx(value, abs=5e-3)
    for epsilon, count in zip((0, 0.1, 0.2), flipped):
        _, q = epsilon_soft_optimum(env.P, env.R, GAMMA, epsilon)
        assert (~allowed[range(25), q.argmax(axis=1)]).sum() == count


def test_exploring_makes_the_target_the_worst_state_and_then_one_to_flee():
    env = world(-10)
    target = env.state(*TARGET)
    q = env.R + GAMMA * env.P @ optimum(env)
    greedy = np.eye(5)[(q > q.max(axis=1, keepdims=True) - 1e-9).argmax(axis=1)]
    v = exact_value(env.P, env.R, epsilon_soft(greedy, 0.5))
    assert v.argmin() == target
    assert v[target] == pytest.approx(-16.88, abs=5e-3)
    soft_v, soft_q = epsilon_soft_optimum(env.P, env.R, GAMMA, 0.2)
    assert (soft_v < 0).all()
    assert ACTIONS[soft_q[target].argmax()] == "stay"
    _, soft_q = epsilon_soft_optimum(env.P, env.R, GAMMA, 0.5)
    assert ACTIONS[soft_q[target].argmax()] == "down"
    # With its three forbidden neighbours allowed, and nothing else changed, it stays.
    safe = GridWorld(5, 5, [(1, 1), (1, 2), (4, 1)], TARGET, r_forbidden=-10)
    _, soft_q = epsilon_soft_optimum(safe.P, safe.R, GAMMA, 0.5)
    assert ACTIONS[soft_q[target].argmax()] == "stay"


@pytest.mark.parametrize("r_forbidden", [-1e11, -1e12, -1e15, -1e300])
def test_without_exploring_a_penalty_that_nobody_pays_changes_nothing(r_forbidden):
    env = world(r_forbidden)
    v, _ = epsilon_soft_optimum(env.P, env.R, GAMMA, 0)
    assert v[0] == pytest.approx(10 * GAMMA**10, rel=0, abs=1e-11)
    np.testing.assert_allclose(v, optimum(world(-10)), rtol=0, atol=1e-11)


@pytest.mark.parametrize("epsilon", [0.0, 0.1])
@pytest.mark.parametrize("shift", [-1.0, -0.1, 0.3])
def test_the_soft_optimum_is_one_where_values_cancel_to_zero(shift, epsilon):
    env = world()
    v, q = epsilon_soft_optimum(env.P, env.R + shift, GAMMA, epsilon)
    backup = (1 - epsilon) * q.max(axis=1) + epsilon * q.mean(axis=1)
    np.testing.assert_allclose(v, backup, rtol=0, atol=1e-12)


def test_without_exploring_a_small_value_is_still_a_value():
    env = GridWorld(1, 60, [], (0, 59))
    v, _ = epsilon_soft_optimum(env.P, env.R, 0.5, 0)
    by_hand = 2 * 0.5 ** np.maximum(58.0 - np.arange(60), 0)
    np.testing.assert_allclose(v, by_hand, rtol=1e-13, atol=0)


def test_a_better_action_is_judged_by_its_own_row():
    env = SimpleNamespace(P=np.eye(2)[:, None, :] * np.ones((1, 2, 1)))
    env.R = np.array([[1e13, 0.0], [1.0, 0.5]])
    _, pi = mc_basic(env, 0.0, 1, 1)
    np.testing.assert_array_equal(pi.argmax(axis=1), 0)


@pytest.mark.parametrize("gamma", [0.0, 0.999999, 1 - 1e-12])
@pytest.mark.parametrize("seed", range(5))
def test_the_soft_optimum_ends_when_rounding_decides(gamma, seed):
    env = random_world(seed, 4, 4)
    env.P[:, 2:], env.R[:, 2:] = env.P[:, :2], env.R[:, :2]  # every action has a twin
    env.R += generator(seed).choice([-1e-16, 0, 1e-16], size=env.R.shape)
    v, q = epsilon_soft_optimum(env.P, env.R, gamma, 0.1)
    backup = 0.9 * q.max(axis=1) + 0.1 * q.mean(axis=1)
    np.testing.assert_allclose(v, backup, rtol=1e-9)


def test_the_soft_optimum_ends_where_values_rise_no_more(monkeypatch):
    scope = epsilon_soft_optimum.__globals__
    monkeypatch.setitem(scope, "_improved", lambda q, best: 1 - best)
    v, _ = epsilon_soft_optimum(np.ones((1, 2, 1)), np.ones((1, 2)), 0.5, 0.1)
    np.testing.assert_allclose(v, [2], **TOLERANCE)
    monkeypatch.setitem(scope, "_rises", lambda *values: True)
    with pytest.raises(ValueError, match="must be kept at last, got 1002 in a row"):
        epsilon_soft_optimum(np.ones((1, 2, 1)), np.ones((1, 2)), 0.5, 0.1)


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 3), (2, 2, 2), (0, 3, 0), (2, 0, 2)])
def test_a_model_of_another_shape_is_rejected(shape):
    rewards = np.ones((2, 3)) if 0 not in shape else np.ones(shape[:2])
    with pytest.raises(ValueError, match=r"P, R must be \(S, A, S\), \(S, A\), got"):
        epsilon_soft_optimum(np.ones(shape), rewards, 0.5, 0.1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda P, R: (1.05 * P, R), "rows of P must be >= 0 with sum 1, got sums 1"),
        (lambda P, R: (-P, R), "rows of P must be >= 0 with sum 1, got sums -1"),
        (lambda P, R: (P * math.nan, R), "rows of P must be >= 0 with sum 1, got"),
        (lambda P, R: (P, R * math.nan), "R must be finite, got"),
        (lambda P, R: (P, R - math.inf), "R must be finite, got"),
    ],
)
def test_a_model_that_is_none_is_rejected_and_loops_nowhere(change, message):
    P, R = change(np.array(small().P), np.array(small().R))
    with pytest.raises(ValueError, match=message):
        epsilon_soft_optimum(P, R, 0.5, 0.1)
    with pytest.raises(ValueError, match=message):
        mc_basic(SimpleNamespace(P=P, R=R), 0.5, 3, 1)


# Off-policy


def test_importance_sampling_is_unbiased_over_all_episodes():
    env, pi, b = random_world(3, 2, 2), random_policy(3, 2, 2), random_policy(8, 2, 2)
    g, rho, chance = [], [], []
    for s, t in itertools.product(range(2), repeat=2):
        for a, c, d in itertools.product(range(2), repeat=3):
            states, actions = [1, s, t], [a, c, d]
            moves = env.P[1, a, s] * env.P[s, c, t]
            chance.append(b[1, a] * b[s, c] * b[t, d] * moves)
            rho.append(importance_ratio(pi, b, states, actions))
            g.append(returns(env.R[states, actions], 0.7)[0])
    g, rho, chance = map(np.array, (g, rho, chance))
    assert chance.sum() == pytest.approx(1)
    v = (pi * truncated_q(env, pi, 0.7, 3)).sum(axis=1)
    assert chance @ (rho * g) == pytest.approx(v[1], rel=0, abs=1e-12)
    assert chance @ rho == pytest.approx(1, rel=0, abs=1e-12)


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 9)), min_size=1))
def test_both_kinds_of_importance_sampling_by_hand(pairs):
    g, rho = map(list, zip(*pairs))
    total = sum(x * r for x, r in pairs)
    ordinary = importance_sampling(g, rho, weighted=False)
    assert ordinary == pytest.approx(total / len(g), rel=0, abs=1e-12)
    if sum(rho):
        weighted = importance_sampling(g, rho)
        assert weighted == pytest.approx(total / sum(rho), rel=0, abs=1e-12)
        assert min(g) - 1e-12 <= weighted <= max(g) + 1e-12
    else:
        with pytest.raises(ValueError, match=r"some ratio must be > 0, got"):
            importance_sampling(g, rho)


def test_the_weighted_mean_of_one_kind_of_episode_is_exact_and_the_ordinary_scatters():
    env, T = world(), 6
    pi = greedy_for(env)
    b, rng = epsilon_soft(pi, 0.5), generator()
    g, rho = [], []
    for _ in range(2000):
        states, actions, rewards = episode(env, b, 0, None, T, rng)
        g.append(returns(rewards, GAMMA)[0])
        rho.append(importance_ratio(pi, b, states, actions))
    exact = (pi * truncated_q(env, pi, GAMMA, T)).sum(axis=1)[0]
    assert exact == pytest.approx(-(0.9**3) + 0.9**4 + 0.9**5, rel=0, abs=1e-12)
    assert set(np.round(rho, 9)) == {0, round(0.6**-6, 9)}
    assert importance_sampling(g, rho) == pytest.approx(exact, rel=0, abs=1e-12)
    one = exact / 0.6**6 * np.sqrt(0.6**6 * (1 - 0.6**6))  # deviation of one episode
    ordinary = importance_sampling(g, rho, weighted=False)
    assert 0 < abs(ordinary - exact) <= 4 * one / math.sqrt(2000)


def test_a_part_of_the_product_may_overflow_or_vanish():
    pi = np.array([[1, 0, 0.0], [1e-300, 1 - 1e-300, 0]])
    b = np.array([[1e-300, 0.5, 0.5], [1, 0, 0]])
    walk = [0, 0, 1, 1]  # 1e300 twice, then 1e-300 twice
    assert importance_ratio(pi, b, walk, [0] * 4) == pytest.approx(1, rel=1e-12)
    assert importance_ratio(pi, b, walk[::-1], [0] * 4) == pytest.approx(1, rel=1e-12)
    assert importance_ratio(pi, b, [0, 0, 0], [0, 0, 1]) == 0  # infinity times 0 is NaN
    assert importance_ratio(pi, b, [1, 1], [0, 0]) == 0  # below the least float
    tiny = np.array([[5e-324, 1.0]])
    assert importance_ratio(tiny, tiny, [0] * 3, [0] * 3) == 1
    assert importance_ratio(pi, b, [], []) == 1


def test_an_episode_that_does_not_count_hides_no_small_return():
    for weighted, expected in [(False, 1e-20), (True, 2e-20)]:
        found = importance_sampling([1e308, 2e-20], [0, 1], weighted)
        assert found == pytest.approx(expected, rel=1e-15, abs=0)


@pytest.mark.parametrize("n", range(1, 9))
def test_the_weighted_mean_of_equal_returns_is_that_return_to_the_last_bit(n):
    for seed in range(50):
        g = [generator(seed).random()] * n
        assert importance_sampling(g, generator(seed + 50).random(n)) == g[0]


def test_what_overflows_is_refused_and_what_only_passes_by_is_not():
    large = [1e308, 1e308, 1e308]
    assert importance_sampling(large, [1, 1, 1], weighted=False) == pytest.approx(1e308)
    assert importance_sampling([1e-300], [1e308], weighted=False) == pytest.approx(1e8)
    assert importance_sampling([0.0], [1e308], weighted=False) == 0
    with pytest.raises(ValueError, match="the mean must be finite, got inf from rho"):
        importance_sampling(large, [2, 2, 2], weighted=False)
    for rewards in (large, [-1e308, 1e308, 1e308]):
        with pytest.raises(ValueError, match="the sum of rewards must be finite, got"):
            returns(rewards, 0.99)
    for gamma, reward in [(0.9, 1e308), (1 - 1e-12, 1e300)]:
        message = r"R / \(1 - gamma\) must be finite, got 1e\+30[08] / \(1 - "
        with pytest.raises(ValueError, match=message):
            epsilon_soft_optimum(np.ones((1, 1, 1)), [[reward]], gamma, 0.1)


def test_huge_ratios_do_not_overflow_the_mean_and_a_product_that_does_is_rejected():
    assert importance_sampling([1, 2], [1e308, 1e308]) == 1.5
    ordinary = importance_sampling([1, 2], [1e308, 1e300], False)
    assert ordinary == pytest.approx(5e307 * (1 + 2e-8), rel=1e-15)
    pi, b = np.array([[1.0, 0]]), np.array([[0.5, 0.5]])
    assert importance_ratio(pi, b, [0] * 1023, [0] * 1023) == 2.0**1023
    with pytest.raises(
        ValueError, match=r"the ratio must be < 2\*\*1024, got 0.5 \* 2\*\*1101"
    ):
        importance_ratio(pi, b, [0] * 1100, [0] * 1100)


@pytest.mark.parametrize(
    ("states", "actions", "message"),
    [
        ([0, 1], [0], "states and actions must be as many, got 2 and 1"),
        ([2], [0], r"states must be in \[0, 2\), got \[2\]"),
        ([0], [-1], r"actions must be in \[0, 2\), got \[-1\]"),
        ([0.0], [0], r"states must be integers of shape \(T,\), got"),
        ([0], [1], "b must be > 0 for the actions taken, got"),
    ],
)
def test_episodes_that_the_behaviour_cannot_make_have_no_ratio(
    states, actions, message
):
    pi, b = np.full((2, 2), 0.5), np.array([[1.0, 0], [0, 1]])
    with pytest.raises(ValueError, match=message):
        importance_ratio(pi, b, states, actions)


def test_returns_and_ratios_that_do_not_fit_are_rejected():
    message = r"g, rho must be \(n,\), \(n,\), rho >= 0, got"
    for g, rho in (([1.0], [1.0, 2.0]), ([1.0], [-1.0])):
        with pytest.raises(ValueError, match=message):
            importance_sampling(g, rho)


# Coverage


def greedy_for(env):
    q = env.R + GAMMA * env.P @ optimum(env)
    return np.eye(5)[(q > q.max(axis=1, keepdims=True) - 1e-9).argmax(axis=1)]


def expected_coverage(env, soft, T):
    """The chance that a walk on the pairs meets a pair, summed over pairs."""
    n_pairs = env.R.size
    # Pair (s, a) leads to pair (t, b) with chance P(t | s, a) pi(b | t).
    step = np.einsum("sat,tb->satb", env.P, soft).reshape(n_pairs, n_pairs)
    begin = np.zeros(n_pairs)
    begin[: env.R.shape[1]] = soft[0]
    met = 0.0
    for pair in range(n_pairs):
        avoid = step.copy()
        avoid[:, pair] = 0
        start = begin.copy()
        start[pair] = 0
        met += 1 - (start @ np.linalg.matrix_power(avoid, T - 1)).sum()
    return met


@pytest.mark.parametrize("epsilon", [0.0, 0.3, 1.0])
def test_coverage_is_on_average_what_the_walk_on_pairs_says(epsilon):
    env, T, runs = small(), 12, 400
    base = np.eye(5)[[2, 2, 1, 4]]
    rng = generator()
    found = np.array([coverage(env, base, epsilon, T, rng) for _ in range(runs)])
    assert found.shape == (runs, T)
    for steps in (1, 5, 12):
        noise = found[:, steps - 1].std() / math.sqrt(runs)
        expected = expected_coverage(env, epsilon_soft(base, epsilon), steps)
        assert abs(found[:, steps - 1].mean() - expected) <= 4 * noise + 1e-12


@given(seeds, st.integers(1, 40))
def test_coverage_counts_different_pairs_one_step_at_a_time(seed, T):
    env, base = random_world(seed, 3, 2), random_policy(seed, 3, 2)
    found = coverage(env, base, 0.5, T, generator(seed))
    soft = epsilon_soft(base, 0.5)
    states, actions, _ = episode(env, soft, 0, None, T, generator(seed))
    pairs = list(zip(states.tolist(), actions.tolist()))
    np.testing.assert_array_equal(found, [len(set(pairs[: i + 1])) for i in range(T)])


@pytest.mark.parametrize(
    ("epsilon", "ranges"),
    [
        (1, [(40, 75), (118, 125), (125, 125)]),
        (0.5, [(20, 50), (60, 90), (100, 122)]),
        (0.1, [(5, 30), (15, 35), (30, 55)]),
    ],
)
def test_coverage_of_the_grid_shrinks_with_epsilon(epsilon, ranges):
    env = world()
    for seed in range(3):
        found = coverage(env, greedy_for(env), epsilon, 10_000, generator(seed))
        for steps, (low, high) in zip((100, 1000, 10_000), ranges):
            assert low <= found[steps - 1] <= high


@pytest.mark.parametrize(("r_forbidden", "most"), [(-1, 298_098), (-10, 205_328)])
def test_half_exploring_visits_the_pairs_of_the_grid_very_unevenly(r_forbidden, most):
    env = world(r_forbidden)
    soft = epsilon_soft(greedy_for(env), 0.5)
    walk = np.einsum("sa,sat->st", soft, env.P)
    share = np.linalg.matrix_power(walk, 4096)[0][:, None] * soft * 1e6
    assert share.max() == pytest.approx(most, abs=1)
    if r_forbidden == -1:
        assert (share < 1000).sum() == 58
        assert (share < 100).sum() == 16


# Bad settings

CALLS = {
    "basic": lambda gamma=0.5, T=1, count=1, alpha=1: mc_basic(
        small(), gamma, T, count
    ),
    "starts": lambda gamma=0.5, T=1, count=1, alpha=1: mc_exploring_starts(
        small(), gamma, count, T, generator(), alpha=alpha
    ),
    "greedy": lambda gamma=0.5, T=1, count=1, alpha=1: mc_epsilon_greedy(
        small(), gamma, 0.1, count, T, alpha, generator()
    ),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
class TestBadSettings:
    @pytest.mark.parametrize("gamma", [-0.1, 1, 1.5, math.nan])
    def test_a_discount_outside_the_half_open_interval_is_rejected(self, call, gamma):
        with pytest.raises(
            ValueError, match=rf"gamma must be in \[0, 1\), got {gamma}"
        ):
            call(gamma=gamma)

    @pytest.mark.parametrize("T", [0, -1, 1.5, True])
    def test_an_episode_without_steps_is_rejected(self, call, T):
        with pytest.raises(ValueError, match=f"T must be an integer >= 1, got {T}"):
            call(T=T)

    @pytest.mark.parametrize("count", [0, 2.0, True])
    def test_no_iterations_or_episodes_are_rejected(self, call, count):
        message = f"(iters|episodes) must be an integer >= 1, got {count}"
        with pytest.raises(ValueError, match=message):
            call(count=count)


@pytest.mark.parametrize("alpha", [0, -0.1, 1.1, math.nan])
def test_a_step_size_outside_the_half_open_interval_is_rejected(alpha):
    for call in (CALLS["starts"], CALLS["greedy"]):
        message = rf"alpha must be in \(0, 1\] or None, got {alpha}"
        with pytest.raises(ValueError, match=message):
            call(alpha=alpha)


def test_mc_basic_without_episodes_and_optima_without_discount_are_rejected():
    with pytest.raises(ValueError, match="episodes must be an integer >= 1, got 0"):
        mc_basic(small(), 0.5, 1, 1, episodes=0)
    with pytest.raises(ValueError, match=r"gamma must be in \[0, 1\), got 1"):
        epsilon_soft_optimum(np.ones((1, 1, 1)), np.ones((1, 1)), 1, 0.1)
