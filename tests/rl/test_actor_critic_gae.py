"""Oracles: sums of n-step returns, Monte Carlo, torch, TD(λ), hand counts, replays."""

import math
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises.rl import actor_critic_gae as judged
from snippets.rl.actor_critic_gae import (
    actor_critic,
    expected_gae,
    explained_variance,
    gae,
    gae_variance,
    normalise,
    td_errors,
)
from snippets.rl.environments import Tabular, cliff_walking, random_walk
from snippets.rl.temporal_difference import lambda_targets

TOLERANCE = {"rtol": 0, "atol": 1e-12}
R4, V5 = [1.0, 0, 2, -1], [0.5, 1, -1, 2, 3]
NONE = [False] * 4
AT_1 = [False, True, False, False]
FINAL = [0.0, 7, 0, 0]
P = np.array(
    [
        [[0.5, 0.5, 0], [0, 0.2, 0.8]],
        [[0.3, 0, 0.7], [0, 0.9, 0.1]],
        [[0, 0, 1], [0, 0, 1]],
    ]
)
R = np.array([[1.0, 0], [0, 2], [0, 0]])
PI = np.array([[0.6, 0.4], [0.5, 0.5], [0.5, 0.5]])
BAD = np.array([0.0, 5, 0])
TRUE = np.array([1.80071101, 2.08923695, 0])
ADVANTAGE = np.array([[0.94976557, -1.42464836], [-1.60304498, 1.60304498], [0, 0]])

shares = st.sampled_from([0.0, 0.25, 0.5, 0.9, 1.0])


@st.composite
def rollouts(draw):
    T = draw(st.integers(1, 7))
    whole = st.integers(-4, 4)
    several = lambda n, kind: draw(st.lists(kind, min_size=n, max_size=n))  # noqa: E731
    return {
        "rewards": np.array(several(T, whole), float),
        "values": np.array(several(T + 1, whole), float) / 2,
        "terminated": np.array(several(T, st.booleans())),
        "truncated": np.array(several(T, st.booleans())),
        "final_values": np.array(several(T, whole), float),
    }


def n_step_advantage(run, t, n, gamma):
    """The definition: n rewards and a value, fewer where the episode ends before."""
    total, T = 0.0, len(run["rewards"])
    for k in range(n):
        i = t + k
        total += gamma**k * run["rewards"][i]
        if run["terminated"][i]:
            return total - run["values"][t]
        if run["truncated"][i]:
            after = run["final_values"][i]
            return total + gamma ** (k + 1) * after - run["values"][t]
        if i == T - 1:
            return total + gamma ** (k + 1) * run["values"][T] - run["values"][t]
    return total + gamma**n * run["values"][t + n] - run["values"][t]


# GAE


@given(rollouts(), shares, shares)
def test_gae_is_the_mixture_of_all_n_step_advantages(run, gamma, lam):
    T = len(run["rewards"])
    found = gae(**run, gamma=gamma, lam=lam)
    for t in range(T):
        each = [n_step_advantage(run, t, n, gamma) for n in range(1, T - t + 1)]
        weights = [(1 - lam) * lam**i for i in range(len(each) - 1)]
        weights.append(lam ** (len(each) - 1))
        np.testing.assert_allclose(found[t], np.dot(weights, each), **TOLERANCE)


@pytest.mark.parametrize(
    ("lam", "expected"),
    [
        (0.8, (2.408346, 1.40048, 4.584, -0.3)),
        (0, (1.4, -1.9, 4.8, -0.3)),
        (1, (3.3593, 2.177, 4.53, -0.3)),
    ],
)
def test_a_rollout_of_four_steps_by_hand(lam, expected):
    found = gae(R4, V5, NONE, 0.9, lam)
    np.testing.assert_allclose(found, expected, rtol=0, atol=5e-7)


def test_terminated_and_truncated_differ_by_the_discounted_final_value():
    ended = gae(R4, V5, AT_1, 0.9, 0.8)
    cut = gae(R4, V5, NONE, 0.9, 0.8, AT_1, FINAL)
    np.testing.assert_allclose(ended, (0.68, -1, 4.584, -0.3), **TOLERANCE)
    np.testing.assert_allclose(cut, (5.216, 5.3, 4.584, -0.3), **TOLERANCE)
    assert cut[1] - ended[1] == pytest.approx(0.9 * 7)
    one_flag = gae(R4, V5, [False] * 4, 0.9, 0.8, AT_1, V5[1:])
    assert not np.allclose(one_flag, cut)  # the value of the next episode's start


def test_a_terminated_flag_wins_over_a_truncated_one():
    both = gae(R4, V5, AT_1, 0.9, 0.8, AT_1, FINAL)
    np.testing.assert_array_equal(both, gae(R4, V5, AT_1, 0.9, 0.8))
    np.testing.assert_array_equal(
        td_errors(R4, V5, AT_1, 0.9, AT_1, FINAL), td_errors(R4, V5, AT_1, 0.9)
    )


@given(rollouts(), shares)
def test_lambda_0_is_the_td_error(run, gamma):
    np.testing.assert_array_equal(
        gae(**run, gamma=gamma, lam=0), td_errors(**run, gamma=gamma)
    )


def test_lambda_1_telescopes_to_return_minus_value():
    found = gae(R4, V5, NONE, 0.9, 1)
    for t in range(4):
        ahead = sum(0.9**k * R4[t + k] for k in range(4 - t)) + 0.9 ** (4 - t) * 3
        assert found[t] == pytest.approx(ahead - V5[t], abs=1e-12)


def test_columns_are_environments():
    rng = np.random.default_rng(0)
    r, v, last = (rng.normal(size=(n, 2, 3)) for n in (5, 6, 5))
    ended, cut = rng.random((2, 5, 2, 3)) < 0.3
    found = gae(r, v, ended, 0.9, 0.7, cut, last)
    deltas = td_errors(r, v, ended, 0.9, cut, last)
    for i in np.ndindex(2, 3):
        at = (slice(None), *i)
        alone = (r[at], v[at], ended[at], 0.9)
        np.testing.assert_array_equal(found[at], gae(*alone, 0.7, cut[at], last[at]))
        np.testing.assert_array_equal(deltas[at], td_errors(*alone, cut[at], last[at]))


@settings(max_examples=40)
@given(rollouts(), shares, shares, st.booleans())
def test_value_plus_gae_is_the_lambda_return(run, gamma, lam, terminal):
    T = len(run["rewards"])
    ended = np.zeros(T, bool)
    ended[-1] = terminal
    found = gae(run["rewards"], run["values"], ended, gamma, lam)
    expected = lambda_targets(
        run["values"], np.arange(T + 1), run["rewards"], lam, gamma, terminal
    )
    np.testing.assert_allclose(run["values"][:-1] + found, expected, **TOLERANCE)


def test_nothing_crosses_the_end_of_an_episode():
    later = ([1.0, 0, 50, 60], [0.5, 1, 70, 80, 90])
    for flags in ((AT_1, 0.9, 0.8), (NONE, 0.9, 0.8, AT_1, FINAL)):
        before = gae(R4, V5, *flags)
        after = gae(*later, *flags)
        np.testing.assert_array_equal(before[:2], after[:2])
        assert not np.allclose(before[2:], after[2:])


def test_a_horizon_of_20_steps_at_gamma_99():
    T, lam = 800, 0.9596
    found = gae(np.ones(T), np.zeros(T + 1), [False] * T, 0.99, lam)
    assert found[0] == pytest.approx(20, abs=0.01)


def test_actor_and_critic_by_hand():
    found = judged.actor_critic_step([0, 0], 0.5, 2, 1, 1, False, 0.5, 0.2, 0.1)
    assert found == pytest.approx([-0.075, 0.075, 0.8])
    assert td_errors([1], [0.5, 2], [False], 0.5)[0] == 1.5


# Means, variances, batches


def simulate(values, lam, n, seed=0):
    """GAE of the first step of n episodes from (0, 0), one move at a time."""
    rng = np.random.default_rng(seed)
    s, a = np.zeros(n, int), np.zeros(n, int)
    total, scale = np.zeros(n), 1.0
    for _ in range(400):
        s2 = (rng.random(n)[:, None] > P[s, a].cumsum(1)).sum(1)
        total += scale * (R[s, a] + 0.9 * values[s2] - values[s])
        s, scale = s2, scale * 0.9 * lam
        if (s == 2).all() or not scale:
            break
        a = (rng.random(n) > PI[s, 0]).astype(int)
    return total


def test_sampled_episodes_have_the_exact_mean_and_variance():
    for values, lam in ((BAD, 0.9), (BAD, 0.5), (TRUE, 1.0)):
        total = simulate(values, lam, 40_000)
        mean = expected_gae(P, R, PI, values, 0.9, lam)[0, 0]
        variance = gae_variance(P, R, PI, values, 0.9, lam)[0, 0]
        assert abs(total.mean() - mean) < 4 * math.sqrt(variance / 40_000)
        assert total.var() == pytest.approx(variance, rel=0.04)


@pytest.mark.parametrize(
    ("lam", "expected", "bias"),
    [
        (0, (3.25, 0.9, -5, 1.05), 1.42196),
        (0.5, (3.234094, 0.694012, -4.700562, 0.123055), 0.80876),
        (0.9, (2.926576, 0.456581, -4.528926, -0.945387), 0.18872),
        (0.95, (2.846318, 0.417910, -4.519074, -1.119405), 0.09679),
        (1, (2.750477, 0.376063, -4.513808, -1.307718), 0),
    ],
)
def test_a_wrong_critic_biases_actions_unless_lambda_is_1(lam, expected, bias):
    found = expected_gae(P, R, PI, BAD, 0.9, lam)
    np.testing.assert_allclose(found[:2].ravel(), expected, rtol=0, atol=5e-7)
    off = found - ADVANTAGE
    off -= (PI * off).sum(axis=1, keepdims=True)
    assert abs(off).max() == pytest.approx(bias, abs=6e-6)


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=2), shares)
def test_lambda_1_is_unbiased_for_every_critic_and_the_truth_for_every_lambda(v, lam):
    off = expected_gae(P, R, PI, [*v, 0], 0.9, 1) - ADVANTAGE
    np.testing.assert_allclose(off, off[:, :1] + 0 * off, rtol=0, atol=2e-8)
    exact = np.zeros(3)
    move, pay = np.einsum("sa,sat->st", PI, P), (PI * R).sum(1)
    exact[:2] = np.linalg.solve(np.eye(2) - 0.9 * move[:2, :2], pay[:2])
    np.testing.assert_allclose(exact, TRUE, rtol=0, atol=1e-8)
    found = expected_gae(P, R, PI, exact, 0.9, lam)
    np.testing.assert_allclose(found, ADVANTAGE, rtol=0, atol=1e-8)


def test_less_lambda_is_less_variance_for_a_good_critic_alone():
    wanted = {
        "bad": (BAD, (5.0625, 2.67021, 3.40041, 4.03565)),
        "true": (TRUE, (0.01686, 0.55755, 2.70605, 4.03565)),
    }
    for values, expected in wanted.values():
        found = [
            gae_variance(P, R, PI, values, 0.9, lam)[0, 0] for lam in (0, 0.5, 0.9, 1)
        ]
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


def test_a_world_without_chance_has_no_variance():
    env = random_walk(2)
    always = np.tile([0.0, 1.0], (4, 1))
    found = gae_variance(env.P, env.R, always, [0, 0.1, 0.7, 0], 0.9, 0.8)
    np.testing.assert_allclose(found, 0, **TOLERANCE)
    assert (found >= 0).all()


@pytest.mark.parametrize("shift", [0, 1e6, 1e8])
@pytest.mark.parametrize("lam", [0, 0.9])
def test_a_large_mean_does_not_drown_a_small_variance(shift, lam):
    # a coin each step: TD errors are -shift plus 0.9 times the coin minus the last one
    coin = np.full((2, 1, 2), 0.5)
    pay, values = np.full((2, 1), -float(shift)), [0, 1.0]
    found = gae_variance(coin, pay, np.ones((2, 1)), values, 0.9, lam)
    k = 0.9 * lam  # each later coin counts 0.9 k^i - k^(i+1)
    expected = (0.9 - k) ** 2 / 4 / (1 - k**2)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_the_variance_counts_the_next_action_too():
    start = np.zeros((3, 2, 3))  # 0 to 1 to the end, whatever the actions
    start[0, :, 1], start[1, :, 2], start[2, :, 2] = 1, 1, 1
    pay = np.array([[0.0, 0], [0, 4], [0, 0]])
    half = np.full((3, 2), 0.5)
    found = gae_variance(start, pay, half, np.zeros(3), 1, 0.5)
    np.testing.assert_allclose(found, [[1, 1], [0, 0], [0, 0]], **TOLERANCE)


def test_a_state_that_pays_or_that_one_can_leave_may_have_a_value():
    one = [[1.0]]
    found = expected_gae([one], one, one, [10], 0.9, 0.5)
    np.testing.assert_allclose(found, [[0]], **TOLERANCE)
    door = np.zeros((2, 2, 2))
    door[0, 0, 0] = door[0, 1, 1] = 1
    door[1, :, 1] = 1
    found = expected_gae(door, np.zeros((2, 2)), np.full((2, 2), 0.5), [2, 0], 0.5, 0)
    np.testing.assert_allclose(found, [[-1, -2], [0, 0]], **TOLERANCE)


def test_a_mean_may_be_finite_where_its_square_is_not():
    found = expected_gae(P, 1e200 * R, PI, np.zeros(3), 0.9, 0)
    np.testing.assert_array_equal(found, 1e200 * R)
    with pytest.raises(ValueError, match="variances must stay finite"):
        gae_variance(P, 1e200 * R, PI, np.zeros(3), 0.9, 0.5)


def test_a_wrong_critic_may_still_give_the_advantage():
    off = np.array([3.0, -7])
    # a critic that is wrong only at the state itself: a baseline
    for s in (0, 1):
        moved = TRUE.copy()
        moved[s] += off[s]
        walk = np.array(P)
        for a in (0, 1):  # nothing returns to s at once
            if walk[s, a, s]:
                walk[s, a, 2] += walk[s, a, s]
                walk[s, a, s] = 0
        right, found = (expected_gae(walk, R, PI, v, 0.9, 0)[s] for v in (TRUE, moved))
        np.testing.assert_allclose(found - right, -off[s], **TOLERANCE)


@given(st.floats(0, 1), st.floats(0, 1))
def test_with_the_true_values_a_smaller_lambda_has_a_smaller_variance(one, other):
    exact = np.zeros(3)
    move, pay = np.einsum("sa,sat->st", PI, P), (PI * R).sum(1)
    exact[:2] = np.linalg.solve(np.eye(2) - 0.9 * move[:2, :2], pay[:2])
    less, more = (
        gae_variance(P, R, PI, exact, 0.9, lam) for lam in sorted((one, other))
    )
    assert (less <= more + 1e-12).all()


def test_a_bad_critic_may_have_the_least_variance_at_lambda_0():
    found = [
        gae_variance(P, R, PI, np.zeros(3), 0.9, lam)[0, 0]
        for lam in (0, 0.5, 0.9, 0.95, 1)
    ]
    expected = (0, 0.24246, 2.19309, 2.95218, 4.03565)
    np.testing.assert_allclose(found, expected, rtol=0, atol=6e-5)


def test_normalised_advantages_have_mean_0_and_deviation_1():
    wanted = (-1.341641, -0.447214, 0.447214, 1.341641)
    np.testing.assert_allclose(normalise([1, 2, 3, 4]), wanted, rtol=0, atol=5e-7)
    x = torch.tensor([1.0, 2, 3, 4], dtype=torch.float64)
    sample = (x - x.mean()) / x.std()
    assert float(sample[3]) == pytest.approx(1.161895, abs=5e-7)
    with pytest.warns(UserWarning, match="degrees of freedom"):
        alone = torch.tensor([3.0]).std()
    assert torch.isnan(alone)
    np.testing.assert_allclose(
        normalise([[1, 2], [3, 5]], 0.5),
        (np.array([[1, 2], [3, 5]]) - 2.75) / (np.sqrt(2.1875) + 0.5),
        **TOLERANCE,
    )


def test_fractions_are_real_numbers_too():
    found = normalise([Fraction(1, 2), Fraction(3, 2)], 0)
    np.testing.assert_array_equal(found, (-1, 1))


def test_equal_advantages_become_zeros_whatever_eps():
    for adv in ([3.0], [0.1] * 3, [[2.0, 2.0]]):
        for eps in (0, 1e-8):
            found = normalise(adv, eps)
            np.testing.assert_array_equal(found, np.zeros_like(adv))
    np.testing.assert_allclose(normalise([0, 2e-200], 0), (-1, 1), **TOLERANCE)
    np.testing.assert_allclose(normalise([-1e300, 1e300]), (-1, 1), **TOLERANCE)


def test_explained_variance_is_blind_to_a_shift():
    found = [
        explained_variance(v, [1, 2, 3]) for v in ([2, 2, 2], [11, 12, 13], [3, 2, 1])
    ]
    assert found == pytest.approx([0, 1, -3], abs=1e-12)
    assert math.isnan(explained_variance([1, 2], [0.1, 0.1]))
    assert math.isnan(explained_variance([1], [5]))
    assert isinstance(explained_variance([[1, 2]], [[1, 3]]), float)
    for scale in (1e-200, 1e-160, 1e160, 1e300):
        found = explained_variance([0, 0.5 * scale], [0, scale])
        assert found == pytest.approx(0.75)


def test_the_gradients_of_the_a2c_loss_are_those_of_torch():
    z = torch.tensor([0.2, -0.1, 0.4], dtype=torch.float64, requires_grad=True)
    v = torch.tensor(1.5, dtype=torch.float64, requires_grad=True)
    adv, target = 2.0, 3.5
    logp = torch.log_softmax(z, 0)
    entropy = -(logp.exp() * logp).sum()
    loss = -logp[1] * adv + 0.5 * (v - target) ** 2 - 0.1 * entropy
    loss.backward()
    p = np.exp([0.2, -0.1, 0.4]) / np.exp([0.2, -0.1, 0.4]).sum()
    h = -(p * np.log(p)).sum()
    by_hand = -adv * (np.eye(3)[1] - p) + 0.1 * p * (np.log(p) + h)
    np.testing.assert_allclose(z.grad.numpy(), by_hand, **TOLERANCE)
    assert v.grad.item() == pytest.approx(2 * 0.5 * (1.5 - 3.5))
    # GAE, not detached, would push the next value too
    v2 = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    leak = 0.7 * (0.3 + 0.9 * v2 - 0.5)
    leak.backward()
    assert v2.grad.item() != 0
    values = [0.5, 1.0]
    assert gae([0.3], values, [False], 0.9, 1)[0] == pytest.approx(0.7)


# Learning


@dataclass(frozen=True)
class Watched(Tabular):
    seen: list = field(default_factory=list)

    def step(self, s, a, rng):
        found = super().step(s, a, rng)
        self.seen.append((s, a, *found))
        return found


def watch(env):
    return Watched(env.P, env.R, env.terminal, env.start)


@pytest.mark.parametrize(
    ("lam", "gamma", "limit"), [(0, 1, 30), (0.7, 0.9, 5), (1, 1, 30)]
)
def test_tables_are_those_of_dense_traces_along_the_same_steps(lam, gamma, limit):
    env = watch(cliff_walking(3, 4))
    theta, v, returns = actor_critic(
        env, 0.1, 0.05, gamma, lam, 6, np.random.default_rng(3), limit
    )
    h, w = np.zeros((12, 4)), np.zeros(12)
    e_h, e_w = np.zeros_like(h), np.zeros_like(w)
    totals, steps = [0.0], 0
    for s, a, s2, r, done in env.seen:
        pi = np.exp(h[s]) / np.exp(h[s]).sum()
        delta = r + (0 if done else gamma * w[s2]) - w[s]
        e_h, e_w = e_h * gamma * lam, e_w * gamma * lam
        e_h[s] += np.eye(4)[a] - pi
        e_w[s] += 1
        h, w = h + 0.05 * delta * e_h, w + 0.1 * delta * e_w
        totals[-1], steps = totals[-1] + r, steps + 1
        if done or steps == limit:
            e_h, e_w, steps = np.zeros_like(h), np.zeros_like(w), 0
            totals.append(0.0)
    np.testing.assert_allclose(theta, h, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(v, w, rtol=1e-9, atol=1e-9)
    assert totals[:-1] == returns.tolist()
    assert len(returns) == 6


def test_actions_are_drawn_from_the_softmax():
    env = watch(random_walk(1, left=-1.0))
    actor_critic(env, 0.5, 0.5, 1, 0, 60, np.random.default_rng(1))
    draws, h, v = np.random.default_rng(1), np.zeros(2), 0.0
    for _, a, _, r, _ in env.seen:
        p = np.exp(h) / np.exp(h).sum()
        assert a == int(draws.random() >= p[0])
        delta = r - v
        v += 0.5 * delta
        h += 0.5 * delta * (np.eye(2)[a] - p)
    assert len({a for _, a, *_ in env.seen}) == 2


def test_one_step_by_hand():
    env = watch(random_walk(1, left=2.0, right=2.0))
    theta, v, returns = actor_critic(env, 0.5, 0.1, 1, 0.9, 1, np.random.default_rng(0))
    a = env.seen[0][1]
    assert v.tolist() == [0, 1, 0]
    assert returns.tolist() == [2]
    assert theta[1, a] == pytest.approx(0.1)
    assert theta[1, 1 - a] == pytest.approx(-0.1)
    assert not theta[[0, 2]].any()


def test_a_cut_episode_bootstraps():
    P2 = np.array([[[0.0, 1]], [[1.0, 0]]])
    env = Tabular(P2, np.array([[0.0], [1.0]]), np.zeros(2, bool), 0)
    v = actor_critic(env, 0.5, 0.1, 0.5, 0, 200, np.random.default_rng(0), 2)[1]
    np.testing.assert_allclose(v, [2 / 3, 4 / 3], rtol=0, atol=1e-6)


CLIFF = cliff_walking(3, 5)


def ends(lam, alpha_v, alpha_pi, episodes, limit, seeds=5):
    """Mean return of the last 50 episodes, for each seed."""
    return np.array(
        [
            actor_critic(
                CLIFF,
                alpha_v,
                alpha_pi,
                1,
                lam,
                episodes,
                np.random.default_rng(k),
                limit,
            )[2][-50:].mean()
            for k in range(seeds)
        ]
    )


def test_without_traces_the_cliff_is_learnt():
    returns = [
        actor_critic(CLIFF, 0.2, 0.1, 1, 0, 500, np.random.default_rng(k))[2]
        for k in range(3)
    ]
    first = [g[:50].mean() for g in returns]
    last = [g[-50:].mean() for g in returns]
    assert max(first) < -15
    assert min(last) > -10


def test_the_step_of_the_actor_gets_runs_stuck_that_of_the_critic_does_not():
    assert (ends(0.9, 0.2, 0.1, 70, 60) <= -60).sum() >= 2
    assert (ends(0.9, 0.02, 0.1, 70, 60) <= -60).sum() >= 4
    assert (ends(0.9, 0.2, 0.01, 70, 60) > -40).all()
    assert (ends(0, 0.2, 1, 70, 60) <= -60).sum() >= 4
    assert (ends(0, 0.2, 0.1, 70, 60) > -20).all()


def test_stuck_runs_are_soon_sure_of_one_action_at_the_start():
    def surest(lam, alpha_v, alpha_pi, seed):
        rng = np.random.default_rng(seed)
        h = actor_critic(CLIFF, alpha_v, alpha_pi, 1, lam, 15, rng, 60)[0][CLIFF.start]
        return np.exp(h - h.max()).max() / np.exp(h - h.max()).sum()

    stuck = [(0, 0.2, 1, k) for k in range(5)]
    stuck += [(0.9, 0.2, 0.1, k) for k in (1, 3, 4)]
    stuck += [(0.9, 0.02, 0.1, k) for k in range(5)]
    assert min(surest(*run) for run in stuck) > 0.99
    assert max(surest(0, 0.2, 0.1, k) for k in range(5)) < 0.93


# Errors

GOOD = {"rewards": R4, "values": V5, "terminated": NONE, "gamma": 0.9, "lam": 0.8}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"rewards": []},
            r"rewards must have the shape \(T, \.\.\.\), T >= 1, got \(0,\)",
        ),
        ({"rewards": 1.0}, r"T >= 1, got \(\)"),
        ({"rewards": [1j] * 4}, "rewards must be finite real numbers"),
        ({"rewards": [math.nan] * 4}, "rewards must be finite real numbers"),
        ({"values": V5[:4]}, r"values must have the shape \(5,\), got \(4,\)"),
        (
            {"values": [[x] for x in V5]},
            r"values must have the shape \(5,\), got \(5, 1\)",
        ),
        (
            {"terminated": [0, 1, 0, 0]},
            r"terminated must be truth values of shape \(4,\)",
        ),
        ({"terminated": [False]}, r"got bool of shape \(1,\)"),
        ({"truncated": AT_1}, "truncated needs final_values, got None"),
        (
            {"truncated": [True], "final_values": FINAL},
            "truncated must be truth values",
        ),
        ({"truncated": AT_1, "final_values": [7]}, r"final_values must have the shape"),
        ({"gamma": 1.1}, r"gamma must be in \[0, 1\], got 1.1"),
        ({"gamma": "1"}, r"gamma must be in \[0, 1\], got '1'"),
        ({"gamma": 10**400}, r"gamma must be in \[0, 1\]"),
        ({"lam": -0.1}, r"lam must be in \[0, 1\], got -0.1"),
        ({"rewards": [1e308] * 4, "values": [-1e308] * 5}, "must stay finite"),
        (
            {"rewards": [1e308] * 4, "values": [0] * 5, "gamma": 1, "lam": 1},
            "advantages must stay",
        ),
    ],
)
def test_bad_rollouts_are_refused(changed, message):
    with pytest.raises(ValueError, match=message):
        gae(**(GOOD | changed))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((P, R, PI, BAD, 1, 1), r"gamma \* lam must be < 1, got 1"),
        ((P[:2], R, PI, BAD, 0.9, 1), r"P must have the shape \(S, A, S\)"),
        ((P[0], R, PI, BAD, 0.9, 1), r"P must have the shape \(S, A, S\)"),
        ((P, R.T, PI, BAD, 0.9, 1), r"R must have the shape \(3, 2\)"),
        ((2 * P, R, PI, BAD, 0.9, 1), "P must hold chances that sum to 1"),
        ((P, R, R, BAD, 0.9, 1), "pi must hold chances"),
        ((P, R, PI + 3e-9, BAD, 0.9, 1), "pi must hold chances"),
        ((P, R, [[1.5, -0.5]] * 3, BAD, 0.9, 1), "pi must hold chances"),
        ((P, R, PI, BAD[:2], 0.9, 1), r"values must have the shape \(3,\)"),
        ((P, R, PI, 1.7e308 * np.array([-1, 1, 0]), 0.9, 1), "must stay finite"),
        (([[[1]]], [[1.7e308]], [[1]], [-1.7e308], 0, 0), "means must stay finite"),
        ((P, R, PI, [0, 0, 3], 0.9, 1), r"terminal states must be 0, got \[3"),
    ],
)
def test_bad_worlds_are_refused(arguments, message):
    for function in (expected_gae, gae_variance):
        with pytest.raises(ValueError, match=message):
            function(*arguments)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: normalise([]), "adv must have at least one number"),
        (lambda: normalise([1, math.inf]), "adv must be finite"),
        (
            lambda: normalise(np.array(["1", 2], dtype=object)),
            "adv must be finite real",
        ),
        (lambda: normalise(np.array([1j, 2], dtype=object)), "adv must be finite real"),
        (lambda: normalise([1, 2], -1), "eps must be a finite number >= 0, got -1"),
        (lambda: normalise([1, 2], math.inf), "eps must be a finite number >= 0"),
        (lambda: normalise([1.7e308, 1.7e308, 0]), "must stay finite"),
        (lambda: explained_variance([], []), "want at least one return"),
        (lambda: explained_variance([1], [1, 2]), r"values must have the shape \(2,\)"),
        (
            lambda: explained_variance([1e300, 2], [1, 2]),
            "the variances must stay finite",
        ),
    ],
)
def test_bad_batches_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"alpha_v": 0}, "alpha_v must be a finite number > 0, got 0"),
        ({"alpha_pi": -1}, "alpha_pi must be a finite number > 0"),
        ({"alpha_pi": math.inf}, "alpha_pi must be a finite number > 0"),
        ({"gamma": 2}, "gamma must be in"),
        ({"lam": 2}, "lam must be in"),
        ({"episodes": 0}, "episodes must be an integer >= 1, got 0"),
        ({"episodes": True}, "episodes must be an integer >= 1, got True"),
        ({"max_steps": 0}, "max_steps must be an integer >= 1"),
        ({"alpha_v": 1e300}, "the TD error must stay finite"),
        ({"alpha_pi": 1e308}, "theta must stay finite"),
    ],
)
def test_bad_settings_are_refused(changed, message):
    good = dict(alpha_v=0.1, alpha_pi=0.1, gamma=1, lam=0.9, episodes=2, max_steps=9)
    with pytest.raises(ValueError, match=message):
        actor_critic(CLIFF, rng=np.random.default_rng(0), **(good | changed))


def test_an_environment_is_wanted():
    with pytest.raises(TypeError, match="env must be a Tabular, got NoneType"):
        actor_critic(None, 0.1, 0.1, 1, 0, 1, np.random.default_rng(0))


def test_a_generator_is_wanted():
    with pytest.raises(TypeError, match="rng must be a numpy Generator, got int"):
        actor_critic(CLIFF, 0.1, 0.1, 1, 0, 1, 0)


def test_one_fits_all_episode_counts_of_numpy():
    found = actor_critic(
        CLIFF, 0.1, 0.1, 1, 0, np.int64(3), np.random.default_rng(0), np.int8(2)
    )
    assert found[2].shape == (3,)
