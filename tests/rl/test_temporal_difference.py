"""Oracles: exact fractions, linear solves, sums of all n-step returns, hand counts."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises.rl import temporal_difference as judged
from snippets.rl.environments import Tabular, cliff_walking, random_walk
from snippets.rl.temporal_difference import (
    batch_td,
    certainty_equivalence,
    lambda_targets,
    n_step_targets,
    sarsa,
    td0,
    td_lambda,
)

TOLERANCE = {"rtol": 0, "atol": 1e-12}
HALF = np.full(7, 0.5)
FIVE = ([0.0, 1, 2, 3, 9], [0, 1, 2, 3, 4], [1.0] * 4)
AB = [([0, 1, 2], [0, 0])] + [([1, 2], [1])] * 6 + [([1, 2], [0])]
CLIFF = cliff_walking()

shares = st.sampled_from([0.0, 0.25, 0.5, 0.9, 1.0])
steps_ = st.sampled_from([0.1, 0.5, 1.0])


@st.composite
def episodes(draw, n_states=5):
    T = draw(st.integers(1, 7))
    states = draw(
        st.lists(st.integers(0, n_states - 1), min_size=T + 1, max_size=T + 1)
    )
    rewards = draw(st.lists(st.integers(-4, 4), min_size=T, max_size=T))
    v = draw(st.lists(st.integers(-8, 8), min_size=n_states, max_size=n_states))
    return np.array(v) / 4, np.array(states), np.array(rewards, dtype=float)


def walk(rng, env):
    """An episode of the policy that goes either way with chance 1/2."""
    states, rewards, done = [env.start], [], False
    while not done:
        s, r, done = env.step(states[-1], int(rng.integers(2)), rng)
        states.append(s)
        rewards.append(r)
    return states, rewards


def walks(n, seed=0, env=None):
    rng = np.random.default_rng(seed)
    return [walk(rng, env or random_walk()) for _ in range(n)]


def n_step(v, states, rewards, t, n, gamma, terminal):
    """The definition: n rewards and a value, or what is left of the episode."""
    T = len(rewards)
    m = min(n, T - t)
    total = sum(gamma**k * rewards[t + k] for k in range(m))
    if t + m == T and terminal:
        return total
    return total + gamma**m * v[states[t + m]]


# TD(0)


@pytest.mark.parametrize(
    ("states", "rewards", "changed"),
    [
        ([3, 2, 1, 0], [0, 0, 0], {1: 0.45}),
        ([3, 4, 5, 6], [0, 0, 1], {5: 0.55}),
        ([3, 4, 3, 4, 5, 6], [0, 0, 0, 0, 1], {5: 0.55}),
    ],
)
def test_a_first_walk_changes_only_the_state_before_the_end(states, rewards, changed):
    v = td0(HALF, states, rewards, alpha=0.1, gamma=1)
    want = HALF.copy()
    for s, value in changed.items():
        want[s] = value
    np.testing.assert_allclose(v, want, **TOLERANCE)
    np.testing.assert_array_equal(HALF, 0.5)


def test_after_three_walks_to_the_right_the_values_are_these_fractions():
    v = [Fraction(1, 2)] * 7
    table = HALF
    for _ in range(3):
        for s in (3, 4, 5):
            after = Fraction(1) if s == 5 else v[s + 1]
            v[s] += Fraction(1, 10) * (after - v[s])
        table = td0(table, [3, 4, 5, 6], [0, 0, 1], 0.1, 1)
    np.testing.assert_allclose(table, [float(x) for x in v], **TOLERANCE)
    assert v[3] == Fraction(1, 2) + Fraction(1, 2000)


@given(episodes(), steps_, shares, st.booleans())
def test_td0_in_fractions_gives_the_same_table(given_, alpha, gamma, terminal):
    v, states, rewards = given_
    exact = [Fraction(float(x)) for x in v]
    for t, r in enumerate(rewards):
        s, s2 = states[t], states[t + 1]
        after = 0 if terminal and t == len(rewards) - 1 else exact[s2]
        gap = Fraction(float(r)) + Fraction(gamma) * after - exact[s]
        exact[s] += Fraction(alpha) * gap
    got = td0(v, states, rewards, alpha, gamma, terminal)
    np.testing.assert_allclose(got, [float(x) for x in exact], rtol=1e-12, atol=1e-12)


def test_the_table_of_a_terminal_state_does_not_matter_and_of_a_cut_one_does():
    v = np.array([0.0, 1, 9])
    assert td0(v, [0, 1, 2], [1, 1], 1, 0.5)[1] == 1
    assert td0(v, [0, 1, 2], [1, 1], 1, 0.5, terminal=False)[1] == 5.5
    for f in (td0, td_lambda):
        more = {"lam": 0.5} if f is td_lambda else {}
        a = f(v, [0, 1, 2], [1, 1], 0.5, 0.5, **more)
        b = f([0.0, 1, -3], [0, 1, 2], [1, 1], 0.5, 0.5, **more)
        np.testing.assert_array_equal(a[:2], b[:2])


def test_the_expected_td0_step_is_the_bellman_residual():
    """Mean increment of a state over all its transitions, against r + P v - v."""
    v = np.array([0, 0.2, 0.7, 0.1, 0.9, 0.4, 0])
    env = random_walk()
    P, r = env.P.mean(axis=1), env.R.mean(axis=1)
    for s in range(1, 6):
        gaps = []
        for s2, reward in ((s - 1, 0.0), (s + 1, float(s == 5))):
            after = td0(v, [s, s2], [reward], 1, 1, terminal=s2 in (0, 6))
            gaps.append(after[s] - v[s])
        assert np.mean(gaps) == pytest.approx((r + P @ v - v)[s], abs=1e-12)


# n steps and lambda


@pytest.mark.parametrize(
    ("terminal", "want"), [(True, [2, 2.25, 1.5, 1]), (False, [2, 2.25, 3.75, 5.5])]
)
def test_two_step_targets_of_five_states_are_these(terminal, want):
    got = n_step_targets(*FIVE, n=2, gamma=0.5, terminal=terminal)
    np.testing.assert_allclose(got, want, **TOLERANCE)


def test_lambda_targets_of_five_states_are_these():
    got = lambda_targets(*FIVE, lam=0.5, gamma=0.5)
    np.testing.assert_allclose(got, [1.75, 2, 2, 1], **TOLERANCE)


@given(episodes(), st.integers(1, 9), shares, st.booleans())
def test_n_step_targets_are_their_definition(given_, n, gamma, terminal):
    v, states, rewards = given_
    got = n_step_targets(v, states, rewards, n, gamma, terminal)
    want = [
        n_step(v, states, rewards, t, n, gamma, terminal) for t in range(len(rewards))
    ]
    np.testing.assert_allclose(got, want, **TOLERANCE)


@given(episodes(), shares, shares, st.booleans())
def test_lambda_targets_are_the_weighted_sum_of_n_step_returns(
    given_, lam, gamma, terminal
):
    v, states, rewards = given_
    T = len(rewards)
    want = []
    for t in range(T):
        g = [
            n_step(v, states, rewards, t, n, gamma, terminal)
            for n in range(1, T - t + 1)
        ]
        total = sum((1 - lam) * lam**k * x for k, x in enumerate(g[:-1]))
        want.append(total + lam ** (T - t - 1) * g[-1])
    got = lambda_targets(v, states, rewards, lam, gamma, terminal)
    np.testing.assert_allclose(got, want, **TOLERANCE)


@given(episodes(), shares)
def test_the_monte_carlo_error_is_the_discounted_sum_of_td_errors(given_, gamma):
    v, states, rewards = given_
    T = len(rewards)
    after = np.append(v[states[1:-1]], 0)
    delta = rewards + gamma * after - v[states[:-1]]
    g = n_step_targets(v, states, rewards, T, gamma)
    for t in range(T):
        total = sum(gamma**k * delta[t + k] for k in range(T - t))
        assert g[t] - v[states[t]] == pytest.approx(total, rel=0, abs=1e-12)


def running_errors(v, states, rewards, alpha):
    """TD errors of td0, each from the table as it was at that step."""
    now, found, T = np.array(v), [], len(rewards)
    for t, r in enumerate(rewards):
        after = 0 if t == T - 1 else now[states[t + 1]]
        found.append(r + after - now[states[t]])
        now = td0(now, states[t : t + 2], [r], alpha, 1, terminal=t == T - 1)
    return found


@given(episodes(), steps_)
def test_the_errors_of_a_running_td0_add_up_too_if_no_step_stays(given_, alpha):
    v, states, rewards = given_
    keep = np.append(states[1:] != states[:-1], True)
    states, rewards = states[keep], rewards[: keep.sum() - 1]
    if len(rewards):
        total = sum(running_errors(v, states, rewards, alpha))
        gap = sum(rewards) - v[states[0]]
        assert total == pytest.approx(gap, rel=0, abs=1e-12)


def test_a_step_that_stays_breaks_the_sum_of_running_errors():
    gaps = []
    for alpha in (0.5, 0.25):
        total = sum(running_errors([0.0, 0], [0, 0, 1], [1.0, 1], alpha))
        gaps.append(2 - total)
    np.testing.assert_allclose(gaps, [0.5, 0.25], **TOLERANCE)


def test_n_step_backups_contract_by_gamma_to_the_n():
    P = random_walk(3).P.mean(axis=1)[1:4, 1:4]
    for gamma, n in ((0.9, 1), (0.9, 3), (0.5, 2)):
        assert np.abs(gamma**n * np.linalg.matrix_power(P, n)).sum(1).max() <= gamma**n
    loop = np.eye(2)  # where nothing ends the bound is reached
    assert np.abs(0.9**3 * np.linalg.matrix_power(loop, 3)).sum(1).max() == 0.9**3


@pytest.mark.parametrize("n", [5, 19])
def test_the_walk_contracts_without_discount_by_this_cosine(n):
    P = random_walk(n).P.mean(axis=1)[1:-1, 1:-1]
    radius = np.abs(np.linalg.eigvals(P)).max()
    assert radius == pytest.approx(math.cos(math.pi / (n + 1)), abs=1e-12)
    assert np.abs(P).sum(axis=1).max() == 1
    if n == 19:
        assert round(radius, 5) == 0.98769
    else:
        assert round(radius, 3) == 0.866


def test_the_judge_expects_floats_so_that_floats_and_integers_pass():
    """An integer expected would refuse the same number as a float."""
    found = judged.n_step_targets([4], [0, 0, 0, 0], [2, -2, 3], 2, 0)
    assert [type(x) for x in found] == [float] * 3
    found = judged.td_lambda([4], [0, 0, 0, 0], [2, -2, 3], 1, 0, 0)
    assert [type(x) for x in found] == [float]


# Traces


@pytest.mark.parametrize(
    ("traces", "want"), [("accumulating", [1, 0.5, 0]), ("replacing", [0.5, 0.5, 0])]
)
def test_a_state_left_twice_is_corrected_twice_by_accumulating_traces(traces, want):
    got = td_lambda(np.zeros(3), [0, 0, 1, 2], [0, 0, 1], 0.5, 1, 1, traces)
    np.testing.assert_allclose(got, want, **TOLERANCE)


@given(episodes(), steps_, shares, st.booleans())
def test_lambda_zero_is_td0(given_, alpha, gamma, terminal):
    v, states, rewards = given_
    want = td0(v, states, rewards, alpha, gamma, terminal)
    for traces in ("accumulating", "replacing"):
        got = td_lambda(v, states, rewards, alpha, gamma, 0, traces, terminal)
        np.testing.assert_allclose(got, want, **TOLERANCE)


@given(episodes(), shares, shares, st.booleans())
def test_small_steps_with_traces_are_those_towards_the_lambda_targets(
    given_, lam, gamma, terminal
):
    v, states, rewards = given_
    alpha = 1e-7
    offline = np.zeros(5)
    g = lambda_targets(v, states, rewards, lam, gamma, terminal)
    for s, target in zip(states, g):
        offline[s] += target - v[s]
    online = td_lambda(v, states, rewards, alpha, gamma, lam, terminal=terminal)
    np.testing.assert_allclose((online - v) / alpha, offline, rtol=0, atol=1e-3)


def test_online_and_offline_differ_by_the_square_of_the_step():
    states, rewards = [3, 4, 3, 4, 5, 6], [0, 0, 0, 0, 1.0]
    v, gaps = np.array([0, 0.2, 0.1, 0.9, 0.4, 0.6, 0]), []
    for alpha in (0.01, 0.001):
        offline = v.copy()
        for s, g in zip(states, lambda_targets(v, states, rewards, 1, 1)):
            offline[s] += alpha * (g - v[s])
        online = td_lambda(v, states, rewards, alpha, 1, 1)
        gaps.append(np.abs(online - offline).max())
    assert gaps[0] / gaps[1] == pytest.approx(100, rel=0.1)


def test_with_replacing_traces_the_two_views_differ_even_for_small_steps():
    """A state left twice before the reward is paid once, forward twice."""
    states, rewards, alpha = [0, 0, 1, 2], [0, 0, 1.0], 1e-6
    forward = 2 * lambda_targets(np.zeros(3), states, rewards, 1, 1)[0]
    for traces, times in (("accumulating", 2), ("replacing", 1)):
        v = td_lambda(np.zeros(3), states, rewards, alpha, 1, 1, traces)
        assert v[0] / alpha == pytest.approx(times, rel=1e-4)
    assert forward == 2


@given(episodes(), steps_, shares, shares)
def test_replacing_and_accumulating_agree_where_no_state_comes_twice(
    given_, alpha, gamma, lam
):
    v, _, rewards = given_
    T = min(len(rewards), 4)
    path, r = np.arange(T + 1), rewards[:T]
    a, b = (
        td_lambda(v, path, r, alpha, gamma, lam, k)
        for k in ("accumulating", "replacing")
    )
    np.testing.assert_array_equal(a, b)


# Batches


def test_of_a_and_b_the_model_says_three_quarters_and_the_mean_says_nought():
    ce = certainty_equivalence(AB, 3, 1)
    np.testing.assert_allclose(ce, [0.75, 0.75, np.nan], **TOLERANCE)
    td = batch_td(AB, 3, 1, 0.05, 2000)
    np.testing.assert_allclose(td, [0.75, 0.75, 0], **TOLERANCE)


@given(st.lists(episodes(4), min_size=1, max_size=4), shares)
def test_certainty_equivalence_solves_the_bellman_equation_of_the_counts(given_, gamma):
    batch = [(states, rewards) for _, states, rewards in given_]
    v = certainty_equivalence(batch, 4, gamma)
    for s in range(4):
        found = [
            r + (gamma * v[states[t + 1]] if t + 1 < len(rewards) else 0)
            for states, rewards in batch
            for t, r in enumerate(rewards)
            if states[t] == s
        ]
        assert np.isnan(v[s]) == (not found)
        if found:
            assert v[s] == pytest.approx(np.mean(found), rel=1e-9, abs=1e-9)


@settings(max_examples=20)
@given(st.lists(episodes(4), min_size=1, max_size=3), st.sampled_from([0.0, 0.5]))
def test_batch_td_goes_to_certainty_equivalence(given_, gamma):
    batch = [(states, rewards) for _, states, rewards in given_]
    v = certainty_equivalence(batch, 4, gamma)
    td = batch_td(batch, 4, gamma, 0.04, 1500)
    np.testing.assert_allclose(td, np.nan_to_num(v), rtol=0, atol=1e-6)


def test_a_sweep_sums_the_increments_of_the_whole_batch():
    v = batch_td(AB, 3, 1, 0.05, 1)
    np.testing.assert_allclose(v, [0, 0.3, 0], **TOLERANCE)
    v = batch_td(AB, 3, 0.5, 0.05, 2)
    np.testing.assert_allclose(
        v, [0.05 * 0.5 * 0.3, 0.3 + 0.05 * (6 - 2.4), 0], **TOLERANCE
    )


def test_small_integers_of_numpy_count_like_those_of_python():
    for n in (np.int8(127), np.uint8(255)):
        for v in (certainty_equivalence(AB, n, 1), batch_td(AB, n, 1, 0.05, 2000)):
            assert v.shape == (int(n),)
            np.testing.assert_allclose(v[:2], 0.75, **TOLERANCE)


def test_states_of_any_integer_type_make_the_same_batch():
    for kind in (np.int8, np.uint8, np.uint64):
        batch = [(np.array(s, dtype=kind), r) for s, r in AB]
        v = certainty_equivalence(batch, 300, 1)
        np.testing.assert_allclose(v[:2], 0.75, **TOLERANCE)
        np.testing.assert_array_equal(batch_td(batch, 300, 1, 0.05, 9)[2:], 0)


def test_a_batch_whose_sums_overflow_is_refused():
    huge = 1.7e308
    batch = [([0, 1, 2], [huge, -huge]), ([0, 1, 2], [huge, -huge])]
    with pytest.raises(ValueError, match="the values must stay finite, got"):
        certainty_equivalence(batch, 3, 1)
    with pytest.raises(ValueError, match="the values must stay finite, got"):
        batch_td(batch, 3, 1, 1, 3)


def test_a_batch_td_with_too_large_a_step_says_so():
    with pytest.raises(ValueError, match="the values must stay finite, got"):
        batch_td(AB, 3, 1, 1, 10_000)


# Learning on the walk


def errors(runs, update, alpha, after):
    """RMS error over the five states after so many walks: shape (runs, len(after))."""
    true, out = np.arange(1, 6) / 6, []
    for run in runs:
        v, found = HALF, []
        for states, rewards in run:
            v = update(v, states, rewards, alpha)
            found.append(math.sqrt(np.mean((v[1:6] - true) ** 2)))
        out.append([found[k - 1] for k in after])
    return np.array(out)


def td(v, states, rewards, alpha):
    return td0(v, states, rewards, alpha, 1)


def monte_carlo(v, states, rewards, alpha):
    v = v.copy()
    for s, g in zip(states, lambda_targets(v, states, rewards, 1, 1)):
        v[s] += alpha * (g - v[s])
    return v


RUNS = [walks(100, seed) for seed in range(20)]
AFTER = (10, 25, 50, 100)


def test_td_is_closer_than_monte_carlo_each_with_its_best_step():
    best = {}
    for name, update, alphas in (
        ("td", td, (0.05, 0.1, 0.15, 0.3)),
        ("mc", monte_carlo, (0.01, 0.02, 0.03, 0.04, 0.1)),
    ):
        found = [errors(RUNS, update, a, AFTER) for a in alphas]
        means = np.array([e.mean(axis=0) for e in found])
        best[name] = means.min(axis=0)
        if name == "td":
            assert means[0, 3] < 0.06
        else:
            assert means[1, 3] > 0.06
    assert (best["td"] < 0.55 * best["mc"]).all()


def test_a_constant_step_leaves_noise_that_grows_with_it():
    long = [walks(300, seed) for seed in range(100, 106)]
    small, large = (errors(long, td, a, (250, 300)).mean() for a in (0.03, 0.2))
    assert small < 0.05
    assert large > 2 * small


def test_on_the_same_batch_the_model_is_closer_than_the_mean_return():
    true = np.arange(1, 6) / 6
    for k in AFTER:
        gaps = []
        for run in RUNS:
            model = certainty_equivalence(run[:k], 7, 1)[1:6]
            sums, visits = np.zeros(7), np.zeros(7)
            for states, rewards in run[:k]:
                for s in states[:-1]:
                    sums[s] += rewards[-1]
                    visits[s] += 1
            seen = visits[1:6] > 0
            mean = sums[1:6][seen] / visits[1:6][seen]
            gaps.append(
                [math.sqrt(np.mean((x - true[seen]) ** 2)) for x in (model[seen], mean)]
            )
        model, mean = np.mean(gaps, axis=0)
        assert model < 0.85 * mean
        worse = sum(x > y for x, y in gaps)
        assert 3 <= worse <= 7  # not in each run


# The cliff


def keeps_to(row):
    """Walk back to the row, then right along it, and down in the last column."""
    pi = np.ones(48, dtype=int)
    for s in range(48):
        if s % 12 == 11 or s // 12 < row:
            pi[s] = 2
        elif s // 12 > row:
            pi[s] = 0
    return pi


def value(pi, epsilon):
    """Exact values of an epsilon-greedy policy on the cliff, undiscounted."""
    chances = (1 - epsilon) * np.eye(4)[pi] + epsilon / 4
    P, r = np.einsum("sa,sat->st", chances, CLIFF.P), (chances * CLIFF.R).sum(axis=1)
    v, on = np.zeros(48), ~CLIFF.terminal
    v[on] = np.linalg.solve(np.eye(47) - P[np.ix_(on, on)], r[on])
    return v


@pytest.mark.parametrize(
    ("row", "greedy", "exploring"),
    [(2, -13, -51.8132), (1, -15, -21.0534), (0, -17, -22.2728)],
)
def test_the_three_paths_along_the_cliff_are_worth_this(row, greedy, exploring):
    assert value(keeps_to(row), 0)[36] == pytest.approx(greedy, abs=1e-9)
    assert value(keeps_to(row), 0.1)[36] == pytest.approx(exploring, abs=5e-5)


def test_the_order_of_the_paths_flips_at_these_chances():
    for closer, farther, flip in ((2, 1, 0.0076), (1, 0, 0.1527)):
        for epsilon, sign in ((flip - 5e-5, 1), (flip + 5e-5, -1)):
            gap = value(keeps_to(closer), epsilon) - value(keeps_to(farther), epsilon)
            assert np.sign(gap[36]) == sign


def test_the_best_policy_that_explores_keeps_one_row_off_the_edge():
    pi = keeps_to(1)
    for _ in range(50):
        v = value(pi, 0.1)
        q = CLIFF.R + CLIFF.P @ v
        pi = np.where(q[range(48), pi] > q.max(axis=1) - 1e-10, pi, q.argmax(axis=1))
    assert (CLIFF.R + CLIFF.P @ v).max(axis=1) == pytest.approx(
        q[range(48), pi], abs=1e-9
    )
    assert v[36] == pytest.approx(-20.7077, abs=5e-5)
    assert length(np.eye(4)[pi]) == (15, 1)


def length(q):
    """Steps of the greedy path, 100 if it does not arrive, and its top row."""
    s, n, top = CLIFF.start, 0, 3
    while not CLIFF.terminal[s] and n < 100:
        s, _, _ = CLIFF.step(s, int(q[s].argmax()), np.random.default_rng(0))
        n, top = n + 1, min(top, s // 12)
    return n, top


def learn(seeds, alpha, expected, episodes=400):
    runs = [
        sarsa(CLIFF, alpha, 1, 0.1, episodes, np.random.default_rng(k), expected)
        for k in range(seeds)
    ]
    returns = [r[-100:].mean() for _, r in runs]
    return np.mean(returns), np.std(returns), [length(q) for q, _ in runs]


def test_with_half_steps_sarsa_goes_over_the_top_and_expected_sarsa_does_not():
    sampled, _, paths = learn(10, 0.5, expected=False)
    assert -40 < sampled < -23.5
    assert all(n >= 17 and top == 0 for n, top in paths)
    assert sum(n == 17 for n, _ in paths) >= 4
    assert sum(n == 100 for n, _ in paths) >= 1
    mean, spread, paths = learn(10, 0.5, expected=True)
    assert -23 < mean < -19
    assert spread < 4
    assert paths == [(15, 1)] * 10


def test_with_a_fifth_of_the_step_sarsa_mostly_finds_the_row_one_off_the_edge():
    mean, _, paths = learn(10, 0.1, expected=False)
    assert -26 < mean < -20
    assert sum(path == (15, 1) for path in paths) >= 6
    assert all(n in (15, 17) for n, _ in paths)
    assert learn(2, 0.05, expected=False, episodes=1000)[2] == [(15, 1)] * 2


def test_with_full_steps_expected_sarsa_still_learns_and_sarsa_does_not():
    assert learn(5, 1, expected=True, episodes=200)[2] == [(15, 1)] * 5
    assert learn(3, 1, expected=False, episodes=200)[0] < -50


def chain(reward=1.0):
    """One step to the end, whichever of two actions."""
    P = np.zeros((2, 2, 2))
    P[:, :, 1] = 1
    return Tabular(
        P, np.array([[reward, 2 * reward], [0, 0]]), np.array([False, True]), 0
    )


class Recorder:
    """A world that notes which actions were taken."""

    def __init__(self, env):
        self.env, self.R, self.start, self.taken = env, env.R, env.start, []

    def step(self, s, a, rng):
        self.taken.append((s, a))
        return self.env.step(s, a, rng)


def test_one_step_of_sarsa_by_hand():
    for expected in (False, True):
        q, returns = sarsa(chain(), 0.5, 1, 1, 60, np.random.default_rng(0), expected)
        np.testing.assert_allclose(q, [[1, 2], [0, 0]], rtol=0, atol=1e-3)
        assert len(returns) == 60
        assert sorted(set(returns.tolist())) == [1, 2]


@pytest.mark.parametrize("expected", [False, True])
def test_each_update_uses_the_action_that_is_then_taken(expected):
    """Replays the moves with the update of the textbook, in another form."""
    env = Recorder(random_walk(3, left=-1.0, right=2.0))
    alpha, gamma, epsilon = 0.25, 0.5, 0.5
    q, returns = sarsa(
        env, alpha, gamma, epsilon, 20, np.random.default_rng(1), expected
    )
    table = {(s, a): 0.0 for s in range(5) for a in range(2)}
    total, paid = 0.0, []
    for i, (s, a) in enumerate(env.taken):
        s2 = s + (1 if a else -1)
        r = {0: -1.0, 4: 2.0}.get(s2, 0.0)
        total += r
        target = r
        if s2 in (0, 4):
            paid.append(total)
            total = 0.0
        else:
            both = [table[s2, b] for b in range(2)]
            mean = 0.75 * max(both) + 0.25 * min(both)
            ahead = env.taken[i + 1]
            assert ahead[0] == s2
            target += gamma * (mean if expected else table[ahead])
        table[s, a] = (1 - alpha) * table[s, a] + alpha * target
    for (s, a), x in table.items():
        assert q[s, a] == pytest.approx(x, rel=0, abs=1e-12)
    np.testing.assert_array_equal(returns, paid)
    assert {a for s, a in env.taken if s != env.start} == {0, 1}


def test_who_takes_the_first_of_equals_never_reaches_the_right_end():
    env, q = random_walk(), np.zeros((7, 2))
    for _ in range(50):
        s, done = env.start, False
        while not done:
            a = int(q[s].argmax())
            s2, r, done = env.step(s, a, None)
            q[s, a] += 0.5 * (r + (0 if done else q[s2].max()) - q[s, a])
            s = s2
        assert s == 0
    learnt, returns = sarsa(env, 0.5, 1, 0, 50, np.random.default_rng(0))
    assert returns[-1] == 1
    assert learnt[5, 1] > 0.9


def test_ties_are_drawn_and_not_always_the_first_action():
    env = Recorder(random_walk(1))
    for seed in range(200):
        sarsa(env, 0.1, 1, 0, 1, np.random.default_rng(seed))
    share = np.mean([a for _, a in env.taken])
    assert 0.38 < share < 0.62


def test_the_greedy_action_has_the_chance_one_minus_epsilon_and_its_share():
    env = Recorder(chain())
    sarsa(env, 1, 1, 0.5, 4000, np.random.default_rng(0))
    assert np.mean([a for _, a in env.taken[100:]]) == pytest.approx(0.75, abs=0.03)


def test_a_cut_episode_pays_what_it_paid_and_keeps_the_value_of_its_last_state():
    endless = Tabular(np.ones((1, 1, 1)), np.ones((1, 1)), np.array([False]), 0)
    q, returns = sarsa(endless, 0.5, 0.5, 0, 3, np.random.default_rng(0), max_steps=20)
    np.testing.assert_array_equal(returns, 20)
    assert q[0, 0] == pytest.approx(2, abs=1e-4)


# What is refused

EPISODE = {"v": np.zeros(3), "states": [0, 1, 2], "rewards": [0.0, 1.0], "gamma": 1}
CALLS = {
    td0: EPISODE | {"alpha": 0.5},
    td_lambda: EPISODE | {"alpha": 0.5, "lam": 0.5},
    n_step_targets: EPISODE | {"n": 1},
    lambda_targets: EPISODE | {"lam": 0.5},
    batch_td: {"episodes": AB, "n_states": 3, "gamma": 1, "alpha": 0.1, "sweeps": 1},
    certainty_equivalence: {"episodes": AB, "n_states": 3, "gamma": 1},
    sarsa: {
        "env": CLIFF,
        "alpha": 0.5,
        "gamma": 1,
        "epsilon": 0.1,
        "episodes": 1,
        "rng": np.random.default_rng(0),
    },
}
BAD = {
    "alpha": [
        (0, r"alpha must be in \(0, 1\], got 0"),
        (1.1, r"\(0, 1\], got 1.1"),
        (10**400, r"\(0, 1\], got 10"),
    ],
    "gamma": [(-0.1, r"gamma must be in \[0, 1\], got -0.1"), (1.1, "got 1.1")],
    "lam": [(-0.1, r"lam must be in \[0, 1\], got -0.1"), (1.1, "got 1.1")],
    "epsilon": [(-0.1, r"epsilon must be in \[0, 1\], got -0.1"), (math.nan, "nan")],
    "n": [(0, "n must be an integer >= 1, got 0"), (True, "got True")],
    "sweeps": [(0, "sweeps must be an integer >= 1, got 0"), (1.0, "got 1.0")],
    "n_states": [(0, "n_states must be an integer >= 1, got 0"), (2, "0 to 1")],
    "rewards": [
        ([0.0], r"states must have shape \(T \+ 1,\) = \(2,\), got \(3,\)"),
        ([], r"rewards must be finite, shape \(T,\), T >= 1, got shape \(0,\)"),
        ([0.0, math.inf], "rewards must be finite"),
        ([[0.0, 1.0]], r"got shape \(1, 2\)"),
        (np.array([1j, 0]), "rewards must be real numbers, got array"),
    ],
    "states": [
        ([0, 1, 3], "states must be integers from 0 to 2, got"),
        ([0, -1, 2], "states must be integers from 0 to 2, got"),
        ([0.0, 1.0, 2.0], "states must be integers from 0 to 2, got"),
        ([False, True, True], "states must be integers from 0 to 2, got"),
        ([0, 1], r"states must have shape \(T \+ 1,\) = \(3,\), got \(2,\)"),
    ],
    "v": [
        (np.zeros((1, 3)), r"shape \(S,\), S >= 1, got shape \(1, 3\)"),
        ([], r"shape \(S,\), S >= 1, got shape \(0,\)"),
        ([0, 0, math.nan], "v must be fin"),
        (np.array([1j, 0, 0]), "v must be real numbers, got array"),
        (["0", "1", "2"], "v must be real numbers, got"),
        ([0, 0, 10**400], "v must be real numbers, got"),
    ],
}


@pytest.mark.parametrize(
    ("call", "name", "bad", "message"),
    [
        (call, name, bad, message)
        for call, usual in CALLS.items()
        for name in usual
        for bad, message in BAD.get(name, [])
    ],
)
def test_a_bad_argument_is_refused_by_its_name(call, name, bad, message):
    with pytest.raises(ValueError, match=message):
        call(**CALLS[call] | {name: bad})


def test_other_bad_arguments_are_refused():
    with pytest.raises(ValueError, match=r"traces must be .* got 'dutch'"):
        td_lambda(**CALLS[td_lambda], traces="dutch")
    with pytest.raises(ValueError, match="episodes must be an integer >= 1, got 0"):
        sarsa(**CALLS[sarsa] | {"episodes": 0})
    with pytest.raises(ValueError, match="max_steps must be an integer >= 1, got 0"):
        sarsa(**CALLS[sarsa], max_steps=0)
    for call in (td0, td_lambda, n_step_targets, lambda_targets):
        with pytest.raises(ValueError, match="terminal must be True or False, got 'no"):
            call(**CALLS[call], terminal="no")
        call(**CALLS[call], terminal=np.True_)
    with pytest.raises(ValueError, match="expected must be True or False, got 1"):
        sarsa(**CALLS[sarsa], expected=1)
    with pytest.raises(TypeError, match="rng must be a numpy Generator, got int"):
        sarsa(**CALLS[sarsa] | {"rng": 0})
    for none in ([], [(1, 2, 3)], [1, 2], None, [AB[0], (1, 2, 3)]):
        with pytest.raises(ValueError, match="episodes must be one or more pairs"):
            certainty_equivalence(none, 3, 1)


@pytest.mark.parametrize("expected", [False, True])
def test_a_sarsa_that_overflows_says_so(expected):
    loop = np.array([[[1.0, 0]] * 2, [[0, 1.0]] * 2])
    huge = np.array([[1.7e308, -1.7e308], [0, 0]])
    env = Tabular(loop, huge, np.array([False, True]), 0)
    with pytest.raises(ValueError, match="the values must stay finite, got"):
        sarsa(env, 1, 1, 0.5, 2, np.random.default_rng(0), expected, 50)


@pytest.mark.parametrize("call", [td0, td_lambda, n_step_targets, lambda_targets])
def test_what_overflows_is_refused(call):
    huge = {"rewards": [1.7e308, 1.7e308], "v": np.array([-1.7e308, 1.7e308, 0])}
    with pytest.raises(ValueError, match="the values must stay finite, got"):
        call(**CALLS[call] | huge | ({"n": 2} if call is n_step_targets else {}))
