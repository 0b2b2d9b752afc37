"""Oracles: enumeration of all episodes, finite differences, autograd, hand counts."""

import itertools
import re
from math import exp, log, sqrt

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from snippets.rl.environments import random_walk
from snippets.rl.policy_gradient import (
    exact_gradient,
    exact_value,
    fisher,
    natural_gradient,
    optimal_baseline,
    reinforce,
    score,
    softmax_policy,
)

P = np.zeros((3, 2, 3))
P[0] = [[0.5, 0.5, 0], [0, 0.2, 0.8]]
P[1] = [[0.3, 0, 0.7], [0, 0.9, 0.1]]
P[2, :, 2] = 1
R = np.array([[1.0, 0], [0, 2], [0, 0]])
THETA = np.array([[0.2, -0.3], [0.5, 0], [0, 0]])
GAMMA, START = 0.9, np.array([0.6, 0.4, 0])
MODEL = (P, R, THETA, GAMMA, START)
V = np.array([1.574906, 1.468998, 0])
TABLES = arrays(
    np.float64,
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    elements=st.floats(-50, 50),
)


def chances(theta):
    """The policy by Python's exp, one number at a time."""
    rows = [[exp(x - max(row)) for x in row] for row in np.asarray(theta).tolist()]
    return [[x / sum(row) for x in row] for row in rows]


def enumerate_episodes(theta, length):
    """All (chance, episode) of that length that can happen."""
    pi, found = chances(theta), []
    for states in itertools.product(range(3), repeat=length + 1):
        for actions in itertools.product(range(2), repeat=length):
            p, rewards = START[states[0]], []
            for s, a, t in zip(states, actions, states[1:], strict=False):
                p *= pi[s][a] * P[s, a, t]
                rewards.append(R[s, a])
            if p > 0:
                found.append((p, (states, actions, rewards)))
    return found


EPISODES = enumerate_episodes(THETA, 4)


def mean_and_variance(**options):
    chance = np.array([p for p, _ in EPISODES])
    each = np.array([reinforce(THETA, [e], GAMMA, **options) for _, e in EPISODES])
    mean = np.tensordot(chance, each, 1)
    return mean, chance @ ((each - mean) ** 2).sum(axis=(1, 2))


def differences(function, theta, h=1e-5):
    gradient = np.zeros_like(theta)
    for at in np.ndindex(theta.shape):
        step = np.zeros_like(theta)
        step[at] = h
        gradient[at] = (function(theta + step) - function(theta - step)) / (2 * h)
    return gradient


def short_value(theta):
    """Expected discounted return of the first four steps."""
    return sum(
        p * sum(GAMMA**t * r for t, r in enumerate(rewards))
        for p, (_, _, rewards) in enumerate_episodes(theta, 4)
    )


def torch_value(theta):
    pi = torch.softmax(theta, 1)
    p, r = torch.from_numpy(P), torch.from_numpy(R)
    system = torch.eye(3).double() - GAMMA * torch.einsum("sa,sat->st", pi, p)
    v = torch.linalg.solve(system, (pi * r).sum(1))
    return torch.from_numpy(START) @ v, v, pi


@given(TABLES)
def test_the_policy_is_a_softmax_of_each_row(theta):
    pi = softmax_policy(theta)
    np.testing.assert_allclose(pi, chances(theta), rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(softmax_policy(theta + 3), pi, rtol=1e-9, atol=1e-300)


def test_huge_numbers_give_chances_and_no_nan():
    assert softmax_policy([[1e4, -1e4], [0, 0]]).tolist() == [[1, 0], [0.5, 0.5]]
    assert softmax_policy([[1e308, -1e308]]).tolist() == [[1, 0]]
    assert score([[1e4, -1e4]], 0, 1).tolist() == [[-1, 1]]


@given(TABLES, st.data())
def test_the_score_is_the_gradient_of_the_log_chance(theta, data):
    s = data.draw(st.integers(0, theta.shape[0] - 1))
    a = data.draw(st.integers(0, theta.shape[1] - 1))
    leaf = torch.tensor(theta, requires_grad=True)
    torch.log_softmax(leaf, 1)[s, a].backward()
    np.testing.assert_allclose(score(theta, s, a), leaf.grad, rtol=0, atol=1e-12)


@pytest.mark.parametrize("alpha", [0.01, 1, 5])
def test_a_step_along_the_score_multiplies_a_rarer_chance_by_more(alpha):
    theta = np.log([[0.001, 0.1, 0.3, 0.599]])
    pi, factors = softmax_policy(theta)[0], []
    for a in range(4):
        moved = softmax_policy(theta + alpha * score(theta, 0, a))[0]
        factors.append(moved[a] / pi[a])
    assert factors == sorted(factors, reverse=True)
    assert factors[-1] > 1
    gains = [p * (f - 1) for p, f in zip(pi, factors, strict=True)]
    assert gains[0] < gains[1]  # the chance itself may rise by less


def test_the_naive_log_of_a_softmax_is_minus_infinity():
    theta = [[1000.0, 0.0]]
    with np.errstate(divide="ignore"):
        assert np.log(softmax_policy(theta))[0, 1] == -np.inf
    assert score(theta, 0, 1).tolist() == [[-1, 1]]


def test_the_exact_gradient_is_that_of_differences_and_autograd():
    assert abs(exact_value(*MODEL) - 1.532543) < 5e-7
    gradient = exact_gradient(*MODEL)
    want = [[0.542409, -0.542409], [-0.731498, 0.731498], [0, 0]]
    np.testing.assert_allclose(gradient, want, rtol=0, atol=5e-7)
    by_steps = differences(lambda x: exact_value(P, R, x, GAMMA, START), THETA)
    np.testing.assert_allclose(gradient, by_steps, rtol=0, atol=2e-9)
    leaf = torch.tensor(THETA, requires_grad=True)
    value, v, _ = torch_value(leaf)
    value.backward()
    np.testing.assert_allclose(gradient, leaf.grad, rtol=0, atol=1e-14)
    np.testing.assert_allclose(v.detach(), V, rtol=0, atol=5e-7)
    assert abs(exact_value(*MODEL) - value.item()) < 1e-14


@given(st.integers(1, 4), st.integers(1, 3), st.integers(0, 99))
def test_each_row_of_the_gradient_sums_to_zero(n, k, seed):
    rng = np.random.default_rng(seed)
    p, start = rng.dirichlet(np.ones(n), (n, k)), rng.dirichlet(np.ones(n))
    r, theta = rng.normal(size=(n, k)), rng.normal(size=(n, k))
    gradient = exact_gradient(p, r, theta, 0.7, start)
    np.testing.assert_allclose(gradient.sum(axis=1), 0, rtol=0, atol=1e-12)
    shifted = theta + rng.normal(size=(n, 1))
    again = exact_gradient(p, r, shifted, 0.7, start)
    np.testing.assert_allclose(again, gradient, rtol=0, atol=1e-12)


def test_the_exact_value_is_that_of_a_walk_by_hand():
    walk = random_walk(3)
    theta, start = np.zeros((5, 2)), np.eye(5)[2]
    # v1 = g v2 / 2, v3 = g v2 / 2 + 1 / 2, v2 = g (v1 + v3) / 2 = g^2 v2 / 2 + g / 4
    g = 0.8
    want = (g / 4) / (1 - g**2 / 2)
    assert abs(exact_value(walk.P, walk.R, theta, g, start) - want) < 1e-12


@pytest.mark.parametrize("to_go", [True, False])
@pytest.mark.parametrize("baseline", [None, V, [1.5, 2.5, 0], [-7, 40, 3]])
def test_the_mean_over_all_episodes_is_the_gradient(to_go, baseline):
    assert len(EPISODES) == 210
    mean, _ = mean_and_variance(to_go=to_go, baseline=baseline)
    np.testing.assert_allclose(
        mean[:, 0], [0.427212, -0.605013, 0], rtol=0, atol=5.1e-7
    )
    np.testing.assert_allclose(mean, differences(short_value, THETA), rtol=0, atol=1e-9)


def test_the_variance_falls_by_causality_and_more_by_a_baseline_that_is_not_v():
    found = [
        mean_and_variance(**options)[1]
        for options in (
            {"to_go": False},
            {},
            {"baseline": V},
            {"baseline": [1.5, 2.5, 0]},
        )
    ]
    np.testing.assert_allclose(found, [13.089, 5.507, 2.148, 1.392], atol=5e-4, rtol=0)


def test_the_value_of_the_steps_that_remain_is_not_the_best_baseline_either():
    pi, left = np.array(chances(THETA)), [np.zeros(3)]
    for _ in range(4):
        left.append((pi * (R + GAMMA * P @ left[-1])).sum(axis=1))
    chance, each = np.array([p for p, _ in EPISODES]), []
    for _, (states, actions, rewards) in EPISODES:
        total = np.zeros((3, 2))
        for t, (s, a) in enumerate(zip(states, actions, strict=False)):
            g = sum(GAMMA**k * r for k, r in enumerate(rewards[t:]))
            total += GAMMA**t * (g - left[4 - t][s]) * score(THETA, s, a)
        each.append(total)
    mean = np.tensordot(chance, each, 1)
    np.testing.assert_allclose(mean, mean_and_variance()[0], rtol=0, atol=1e-12)
    variance = chance @ ((np.array(each) - mean) ** 2).sum(axis=(1, 2))
    assert abs(variance - 2.425) < 5e-4


def test_without_the_discount_of_states_the_mean_is_another():
    mean, _ = mean_and_variance(discount_states=False)
    bias = mean - differences(short_value, THETA)
    assert abs(abs(bias).max() - 0.0643) < 5e-5


def test_the_direction_without_the_discount_is_no_gradient_of_any_function():
    # The Jacobian of a gradient is symmetric.
    def direction(flat, discounted):
        theta, total = flat.reshape(3, 2), np.zeros((3, 2))
        for p, e in enumerate_episodes(theta, 3):
            total += p * reinforce(theta, [e], 0.9, discount_states=discounted)
        return total.ravel()

    def gap(discounted):
        rows = []
        for step in 1e-4 * np.eye(6)[:4]:
            up = direction(THETA.ravel() + step, discounted)
            rows.append((up - direction(THETA.ravel() - step, discounted)) / 2e-4)
        jacobian = np.array(rows)[:, :4]
        return abs(jacobian - jacobian.T).max()

    assert gap(discounted=True) < 1e-7
    assert gap(discounted=False) > 1e-3


def test_one_episode_by_hand():
    theta = np.zeros((2, 2))
    episode = ([0, 1, 0], [0, 1], [1.0, 2.0])
    # Returns 1 + 0.5 * 2 = 2 and 2; discounted weights 2 and 1; scores +-1/2.
    want = [[1, -1], [-0.5, 0.5]]
    assert reinforce(theta, [episode], 0.5).tolist() == want
    short = ([0, 1], *episode[1:])
    assert reinforce(theta, [short], 0.5).tolist() == want
    both = reinforce(theta, [episode, ([1], [1], [0.0])], 0.5)
    assert both.tolist() == [[0.5, -0.5], [-0.25, 0.25]]
    full = reinforce(theta, [episode], 0.5, baseline=[1, 4], to_go=False)
    assert full.tolist() == [[0.5, -0.5], [0, 0]]  # 2 - 1, and 2 - 0.5 * 4
    plain = reinforce(theta, [episode], 0.5, [1, 4], discount_states=False)
    assert plain.tolist() == [[0.5, -0.5], [1, -1]]  # 2 - 1, and 2 - 4
    plain_full = reinforce(theta, [episode], 0.5, [1, 4], False, False)
    assert plain_full.tolist() == [[0.5, -0.5], [1, -1]]


def test_a_rewarded_action_may_become_less_likely_if_another_is_pushed_more():
    theta = np.zeros((1, 2))
    theta = theta + reinforce(theta, [([0, 0], [0, 1], [1, 1])], 1)
    assert softmax_policy(theta)[0, 1] < 0.3  # both pushed upwards, arm 0 twice


def test_autograd_of_the_surrogate_loss_is_minus_the_estimate():
    p_states, p_actions, p_rewards = EPISODES[17][1]
    b, leaf = torch.tensor(V), torch.tensor(THETA, requires_grad=True)
    loss = torch.zeros(())
    for t in range(4):
        g = sum(GAMMA**k * p_rewards[t + k] for k in range(4 - t))
        log_pi = torch.log_softmax(leaf, 1)[p_states[t], p_actions[t]]
        loss = loss - GAMMA**t * (g - b[p_states[t]]) * log_pi
    loss.backward()
    got = reinforce(THETA, [EPISODES[17][1]], GAMMA, baseline=V)
    np.testing.assert_allclose(got, -leaf.grad, rtol=0, atol=1e-12)


@pytest.mark.parametrize("n", [2, 3])
def test_centring_by_the_batch_shrinks_the_mean_estimate(n):
    # Episodes of one step, q = (1, 0), baseline: the mean of the batch.
    theta, q, pi = np.log([[0.3, 0.7]]), [1.0, 0.0], [0.3, 0.7]
    mean = np.zeros((1, 2))
    for actions in itertools.product(range(2), repeat=n):
        batch = [([0], [a], [q[a]]) for a in actions]
        centre = sum(q[a] for a in actions) / n
        chance = np.prod([pi[a] for a in actions])
        mean += chance * reinforce(theta, batch, 1, baseline=[centre])
    exact = exact_gradient(np.ones((1, 2, 1)), [q], theta, 0, [1])
    np.testing.assert_allclose(mean, exact * (1 - 1 / n), rtol=0, atol=1e-12)


def test_a_baseline_of_the_action_changes_the_mean():
    # With b(a) = q(a), every weight is 0, and so is the mean; the gradient is not.
    q = [1.0, 0.0]
    estimates = [
        reinforce([[0, 0]], [([0], [a], [q[a]])], 1, baseline=[q[a]]) for a in range(2)
    ]
    assert not np.any(estimates)
    assert exact_gradient(np.ones((1, 2, 1)), [q], [[0, 0]], 0, [1])[0, 0] == 0.25


def test_with_the_action_value_as_baseline_the_mean_is_0_though_returns_are_random():
    # Arm 0 pays 0 or 2, q = (1, 0): weights +-1, chances 1/4 each; arm 1 pays q.
    each = [
        reinforce([[0, 0]], [([0], [a], [r])], 1, baseline=[b])
        for a, r, b in ((0, 0, 1), (0, 2, 1), (1, 0, 0), (1, 0, 0))
    ]
    assert np.any(each[0])
    assert not np.any(np.mean(each, axis=0))


def test_a_constant_in_the_rewards_is_a_baseline_when_all_episodes_are_as_long():
    chance = np.array([p for p, _ in EPISODES])
    moved = [(s, a, np.add(r, 5)) for _, (s, a, r) in EPISODES]
    mean = np.tensordot(chance, [reinforce(THETA, [e], GAMMA) for e in moved], 1)
    np.testing.assert_allclose(mean, mean_and_variance()[0], rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("pi", "q", "want"),
    [
        ((0.2, 0.3, 0.5), (1, 5, 2), 2.816129),
        ((0.1, 0.9), (100, 101), 100.1),
        ((0.9, 0.1), (1, 0), 0.1),
        ((0.5, 0.5, 0), (1, 3, 99), 2),
        ((1 - 1e-12, 1e-12), (1, 0), 1e-12),
    ],
)
def test_the_best_baseline_has_the_least_variance(pi, q, want):
    best = optimal_baseline(pi, q)
    assert abs(best - want) < 5e-7

    def variance(b):
        each = (np.eye(len(pi)) - pi) * (np.subtract(q, b))[:, None]
        mean = np.array(pi) @ each
        return pi @ ((each - mean) ** 2).sum(axis=1)

    assert all(variance(best) <= variance(best + by) for by in (-0.1, 0.1))


@given(st.floats(0.01, 0.99), st.floats(-5, 5), st.floats(-5, 5))
def test_with_two_arms_the_best_baseline_swaps_the_chances(p, x, y):
    want = (1 - p) * x + p * y
    assert abs(optimal_baseline([p, 1 - p], [x, y]) - want) < 1e-12


@pytest.mark.parametrize("p", [1e-12, 1e-20, 1e-100])
def test_the_best_baseline_does_not_cancel_where_an_arm_is_almost_sure(p):
    # Exactly p with the chances (1 - p, p): the weights are p ** 2 and p, times 1 - p.
    assert abs(optimal_baseline([1 - p, p], [1, 0]) / p - 1) < 1e-11


def test_the_value_as_baseline_can_be_worse_than_none():
    pi, q = np.array([0.9, 0.1]), np.array([1.0, 0])
    theta = np.log(pi)[None]
    found = []
    for b in (0, 0.9, 0.1):
        each = [reinforce(theta, [([0], [a], [q[a]])], 1, [b]) for a in range(2)]
        mean = np.tensordot(pi, each, 1)
        found.append(pi @ ((np.array(each) - mean) ** 2).sum(axis=(1, 2)))
    np.testing.assert_allclose(found, [0.0018, 0.1152, 0], rtol=0, atol=1e-12)


def test_the_fisher_matrix_is_the_mean_of_squared_scores():
    weights, pi = [2.0, 0.5, 0.0], chances(THETA)
    want = np.zeros((6, 6))
    for s, a in np.ndindex(3, 2):
        leaf = torch.tensor(THETA, requires_grad=True)
        torch.log_softmax(leaf, 1)[s, a].backward()
        flat = leaf.grad.numpy().ravel()
        want += weights[s] * pi[s][a] * np.outer(flat, flat)
    np.testing.assert_allclose(fisher(THETA, weights), want, rtol=0, atol=1e-14)


def test_the_natural_gradient_is_the_centred_advantage():
    _, v, pi = torch_value(torch.tensor(THETA))
    p_pi = np.einsum("sa,sat->st", pi.numpy(), P)
    visits = sum(START @ np.linalg.matrix_power(GAMMA * p_pi, t) for t in range(400))
    assert abs(visits.sum() - 10) < 1e-10
    advantage = R + GAMMA * P @ v.numpy() - v.numpy()[:, None]
    want = advantage - advantage.mean(axis=1, keepdims=True)
    gradient = exact_gradient(*MODEL)
    got = natural_gradient(gradient, fisher(THETA, visits))
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-9)
    np.testing.assert_allclose(got[:, 0], [1.052669, -1.382332, 0], rtol=0, atol=5.1e-7)


@pytest.mark.parametrize(("n", "k"), [(1, 3), (3, 2), (2, 5), (1, 40)])
def test_rounding_in_the_eigenvalue_0_does_not_reach_the_natural_gradient(n, k):
    rng = np.random.default_rng(n + k)
    for _ in range(40):
        theta, q = 2 * rng.normal(size=(n, k)), rng.normal(size=(n, k))
        pi, d = np.array(chances(theta)), rng.uniform(0.1, 1, n)
        advantage = q - (pi * q).sum(axis=1, keepdims=True)
        got = natural_gradient(d[:, None] * pi * advantage, fisher(theta, d))
        want = q - q.mean(axis=1, keepdims=True)
        np.testing.assert_allclose(got, want, rtol=0, atol=1e-9)


@pytest.mark.parametrize("gap", [1, 20, 36, 40, 300])
def test_the_fisher_matrix_does_not_cancel_where_an_action_is_almost_sure(gap):
    theta, p = [[0, gap]], exp(-gap) / (1 + exp(-gap)) ** 2
    F = fisher(theta, [1])
    np.testing.assert_allclose(F, [[p, -p], [-p, p]], rtol=1e-12, atol=0)
    gradient = exact_gradient(np.ones((1, 2, 1)), [[1, 0]], theta, 0, [1])
    got = natural_gradient(gradient, F)
    np.testing.assert_allclose(got, [[0.5, -0.5]], rtol=0, atol=1e-12)


def test_an_eigenvalue_of_rounding_counts_as_0_and_a_larger_one_does_not():
    for small, want in ((1e-13, 1.0), (1e-16, 0.0)):
        got = natural_gradient([1.0, small], np.diag([1.0, small]))
        np.testing.assert_allclose(got, [1, want], rtol=0, atol=1e-12)


def test_damping_solves_another_system_and_goes_to_the_pseudo_inverse():
    F, gradient = fisher(THETA, [1, 2, 3]), exact_gradient(*MODEL)
    x = natural_gradient(gradient, F, damping=0.5)
    back = (F @ x.ravel() + 0.5 * x.ravel()).reshape(3, 2)
    np.testing.assert_allclose(back, gradient, rtol=0, atol=1e-12)
    near = natural_gradient(gradient, F, damping=1e-9)
    np.testing.assert_allclose(near, natural_gradient(gradient, F), rtol=0, atol=1e-6)
    assert natural_gradient([2.0], [[4.0]]).tolist() == [0.5]
    assert natural_gradient([0.0], [[0.0]]).tolist() == [0]
    assert natural_gradient([2.0], [[4.0]], damping=4).tolist() == [0.25]
    assert natural_gradient([2.0], [[0.0]], damping=4).tolist() == [0.5]


def climb(chance, natural, until=0.9, q=(1.0, 0.0), most=10_000):
    theta = np.log([chance])
    for n in range(most):
        pi = softmax_policy(theta)[0]
        if pi[0] >= until:
            return n
        gradient = exact_gradient(np.ones((1, len(q), 1)), [q], theta, 0, [1])
        if natural:
            gradient = natural_gradient(gradient, fisher(theta, [1]))
        theta = theta + gradient
    return most


def test_the_plateau_costs_one_over_the_chance_and_the_natural_gradient_a_logarithm():
    assert [climb((p, 1 - p), True) for p in (1e-3, 1e-4)] == [10, 12]
    assert climb((1e-3, 1 - 1e-3), False) == 516


def test_on_the_way_to_the_best_arm_the_figure_counts_these_steps():
    q = (1.0, 0.6, 0.0)
    starts = ((0.02, 0.08, 0.9), (0.02, 0.9, 0.08))
    assert [climb(s, False, q=q) for s in starts] == [76, 197]
    assert [climb(s, True, q=q) for s in starts] == [10, 16]
    for start, plain, natural in zip(starts, (0.86, 0.97), (0.31, 0.93), strict=True):
        for way, want in ((False, plain), (True, natural)):
            theta, most = np.log([start]), 0.0
            for _ in range(200):
                pi = softmax_policy(theta)[0]
                most = max(most, pi[1])
                theta = theta + (np.array(q) if way else pi * (q - pi @ q))
            assert round(most, 2) == want


def test_numpy_refuses_float32_chances_once_they_are_converted():
    rng, refused = np.random.default_rng(0), 0
    for _ in range(50):
        e = np.exp(rng.normal(size=50)).astype(np.float32)
        pi = e / e.sum()
        rng.choice(50, p=pi.astype(np.float64) / pi.astype(np.float64).sum())
        np.random.default_rng(0).choice(50, p=pi)
        try:
            rng.choice(50, p=pi.tolist())
        except ValueError:
            refused += 1
    assert refused > 10


def test_near_the_end_the_plain_gradient_halves_the_gap_in_twice_the_time():
    odds = 0.0  # the difference of the two numbers, written out
    for _ in range(20_000):
        p = 1 / (1 + exp(-odds))
        odds += 2 * p * (1 - p)
    assert abs(20_000 * (1 - p) - 0.5) < 0.005
    theta = np.array([[odds / 2, -odds / 2]])
    gradient = exact_gradient(np.ones((1, 2, 1)), [[1, 0]], theta, 0, [1])
    assert abs(gradient[0, 0] * 20_000 - 0.5) < 0.01


def corridor_value(p):
    """Of the start: three states, the middle one reversed, -1 a step."""
    moves = np.array([[1 - p, p, 0], [p, 0, 1 - p], [0, 1 - p, 0]])
    return np.linalg.solve(np.eye(3) - moves, -np.ones(3))[0]


def test_in_the_corridor_a_mixed_policy_is_best():
    grid = np.linspace(0.01, 0.99, 981)
    values = [corridor_value(p) for p in grid]
    assert abs(grid[np.argmax(values)] - (2 - sqrt(2))) < 1e-3
    for p, want in ((2 - sqrt(2), -11.6569), (0.05, -82.105), (0.95, -44.211)):
        assert abs(corridor_value(p) - want) < 5e-4
        assert abs((2 * p - 4) / (p * (1 - p)) - want) < 5e-4


def test_who_counts_steps_leaves_the_corridor_in_three_without_chance():
    s = 0
    for right in (True, False, True):
        s = max(0, s + (1 if right != (s == 1) else -1))
    assert s == 3


def corridor_run(seed, alpha, learned, episodes=300, most=1000):
    rng, theta = np.random.default_rng(seed), np.array([[log(19), 0.0]])
    lengths, b = [], 0.0
    for _ in range(episodes):
        right, s, actions = softmax_policy(theta)[0, 1], 0, []
        while s < 3 and len(actions) < most:
            a = int(rng.random() < right)
            actions.append(a)
            s = max(0, s + (1 if (a == 1) != (s == 1) else -1))
        n = len(actions)
        episode = ([0] * n, actions, [-1.0] * n)
        theta = theta + alpha * reinforce(theta, [episode], 1, [b])
        b += learned * (-(n + 1) / 2 - b)
        lengths.append(n)
    return lengths, softmax_policy(theta)[0, 1]


@pytest.mark.parametrize("learned", [0, 0.1])
def test_reinforce_learns_the_mixed_policy(learned):
    runs = [corridor_run(seed, 2**-9, learned) for seed in range(100, 112)]
    lengths = np.array([lengths for lengths, _ in runs])
    last = lengths[:, -50:].mean(axis=1)
    assert 25 < lengths[:, :10].mean() < 110
    assert 11 < last.mean() < 14.5
    assert last.std(ddof=1) / sqrt(12) < 0.9
    assert 0.5 < np.mean([p for _, p in runs]) < 0.68


ONE = np.ones((1, 1, 1))
APART = np.eye(2)[:, None]  # a value that overflows counts 0 times
BAD = [
    (softmax_policy, ([[np.nan, 0]],), "theta must be finite"),
    (softmax_policy, ([0.0, 1],), r"theta must have shape (>= 1, >= 1), got (2,)"),
    (softmax_policy, (np.zeros((0, 2)),), "theta must have shape"),
    (softmax_policy, ([["a"]],), "theta must be real numbers"),
    (softmax_policy, (np.array([[1j]]),), "theta must be real numbers"),
    (softmax_policy, ([[None]],), "theta must be finite"),
    (softmax_policy, (np.array([[{}]]),), "theta must be real numbers"),
    (score, (THETA, 3, 0), "s must be an integer from 0 to 2, got 3"),
    (score, (THETA, 0, -1), "a must be an integer from 0 to 1, got -1"),
    (score, (THETA, True, 0), "s must be an integer"),
    (score, (THETA, 0, 2), "a must be an integer from 0 to 1, got 2"),
    (exact_value, (P, R, THETA, 1, START), "gamma must be in [0, 1), got 1"),
    (exact_value, (P, R, THETA, -0.1, START), "gamma must be in [0, 1)"),
    (exact_value, (P, R, THETA, 10**400, START), "gamma must be a finite number"),
    (exact_value, (P, R, THETA, "0.5", START), "gamma must be a finite number"),
    (exact_value, (P, R[:2], THETA, 0.5, START), "R must have shape (3, 2)"),
    (exact_value, (P[:2], R, THETA, 0.5, START), "P must have shape (3, 2, 3)"),
    (exact_value, (P / 2, R, THETA, 0.5, START), "each P[s, a] must be chances"),
    (exact_gradient, (1 - 2 * P, R, THETA, 0.5, START), "each P[s, a] must be"),
    (exact_gradient, (P, R, THETA, 0.5, START / 2), "start must be chances"),
    (exact_gradient, (P, R, THETA, 0.5, [2, -1, 0]), "start must be chances"),
    (exact_gradient, (P, R, THETA, 0.5, [1]), "start must have shape (3)"),
    (exact_gradient, (ONE, [[1e308]], [[0]], 0.99, [1]), "the result must stay"),
    (exact_value, (ONE, [[1e308]], [[0]], 0.99, [1]), "the result must stay"),
    (exact_value, (APART, [[1], [1e308]], [[0]] * 2, 0.99, [1, 0]), "the result must"),
    (reinforce, (THETA, [], 1), "episodes must be one or more triples"),
    (reinforce, (THETA, 3, 1), "episodes must be one or more triples"),
    (reinforce, (THETA, [([0], [0])], 1), "episodes must be one or more triples"),
    (reinforce, (THETA, [1], 1), "episodes must be one or more triples"),
    (reinforce, (THETA, [([], [], [])], 1), "rewards must have shape (>= 1)"),
    (reinforce, (THETA, [([0], [0, 1], [1, 2])], 1), "states must have shape (2,) or"),
    (reinforce, (THETA, [([0, 1], [0], [1, 2])], 1), "actions must have shape (2,)"),
    (reinforce, (THETA, [([3], [0], [1])], 1), "states must be integers from 0 to 2"),
    (reinforce, (THETA, [([0], [2], [1])], 1), "actions must be integers from 0 to 1"),
    (reinforce, (THETA, [([0], [-1], [1])], 1), "actions must be integers"),
    (reinforce, (THETA, [([0.0], [0], [1])], 1), "states must be integers"),
    (reinforce, (THETA, [([0], [0], [np.inf])], 1), "rewards must be finite"),
    (reinforce, (THETA, [([0], [0], [1])], 1.1), "gamma must be in [0, 1], got 1.1"),
    (reinforce, (THETA, [([0], [0], [1])], -1), "gamma must be in [0, 1]"),
    (reinforce, (THETA, [([0], [0], [1])], 1, [1]), "baseline must have shape (3)"),
    (reinforce, (THETA, [([0], [0], [1])], 1, None, 1), "to_go must be True or False"),
    (
        reinforce,
        (THETA, [([0], [0], [1])], 1, None, True, "no"),
        "discount_states must be True or False",
    ),
    (reinforce, (THETA, [([0, 0], [0, 0], [1e308] * 2)], 1), "the result must stay"),
    (optimal_baseline, ([1, 0], [1, 2]), "want a policy with two possible actions"),
    (optimal_baseline, ([1], [1]), "want a policy with two possible actions"),
    (optimal_baseline, ([0.5, 0.5], [1]), "q must have shape (2)"),
    (optimal_baseline, ([0.5, 0.6], [1, 2]), "pi must be chances that sum to 1"),
    (fisher, (THETA, [1, -1, 0]), "weights must be >= 0"),
    (fisher, (THETA, [1]), "weights must have shape (3)"),
    (natural_gradient, ([1, 2], np.eye(3)), "F must have shape (2, 2)"),
    (natural_gradient, ([1, 2], np.eye(2), -1), "damping must be >= 0, got -1"),
    (natural_gradient, ([1, 2], [[1, 1], [0, 1]]), "F must be symmetric"),
    (natural_gradient, ([1], [[-2]], 2), "F must be positive semidefinite"),
    (natural_gradient, ([1], [[-2]]), "F must be positive semidefinite"),
    (natural_gradient, ([1, 2], [[1, 2], [2, 1]], 5), "F must be positive semidef"),
    (natural_gradient, ([1, 2], [[1, 1e308], [-1e308, 1]]), "F must be symmetric"),
    (natural_gradient, ([1, 2], [[1, 0], [1, 1]]), "F must be symmetric"),
    (natural_gradient, ([1, 2], [[1e-9, 1e-9], [0, 1e-9]]), "F must be symmetric"),
    (optimal_baseline, ([0.5, 0.50001], [1, 2]), "pi must be chances that sum to 1"),
    (exact_value, (P * 1.00001, R, THETA, 0.5, START), "each P[s, a] must be chances"),
    (natural_gradient, ([np.nan], [[1]]), "grad must be finite"),
    (natural_gradient, ([1e300], [[1e-300]]), "the result must stay finite"),
]


@pytest.mark.parametrize(("function", "arguments", "message"), BAD)
def test_bad_input_is_refused_with_what_is_wanted(function, arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        function(*arguments)


def test_rounding_is_no_error_in_the_sums_and_the_symmetry():
    thirds = np.full(3, 1 / 3, np.float32) * np.float32(1 + 4e-7)
    assert abs(optimal_baseline(thirds, [1, 1, 1]) - 1) < 1e-12
    got = natural_gradient([1e9, 1e9], [[1e9, 1.0], [0.0, 1e9]])
    np.testing.assert_allclose(got, [1, 1], rtol=0, atol=1e-8)


def test_what_is_given_is_left_as_it_was():
    theta, baseline = THETA.copy(), V.copy()
    reinforce(theta, [EPISODES[3][1]], 0.9, baseline)
    assert (theta == THETA).all()
    assert (baseline == V).all()
