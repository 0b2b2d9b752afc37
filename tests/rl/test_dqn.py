"""Oracles: value iteration, PyTorch, closed forms, linear scans, hand counts."""

import copy
import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from snippets.rl.dqn import (
    ReplayBuffer,
    SumTree,
    dqn_targets,
    dueling,
    huber,
    importance_weights,
    train_linear_dqn,
    two_state_weights,
)
from snippets.rl.dqn.dqn_training import (
    QNetwork,
    blend,
    greedy_lengths,
    q_loss,
    train_cart_pole,
)
from snippets.rl.environments import (
    Tabular,
    cart_pole,
    cart_pole_start,
    cliff_walking,
    random_walk,
)

TOLERANCE = {"rtol": 0, "atol": 1e-12}
FROZEN = [[1, 5, 2], [0, -1, 3]]
ONLINE = [[9, 0, 1], [2, 7, 1]]
ON = [False, False]
CLIFF = cliff_walking(3, 5)


def rng(seed=0):
    return np.random.default_rng(seed)


def optimum(env, gamma):
    """Best action values by value iteration on the model."""
    q = np.zeros(env.R.shape)
    for _ in range(500):
        q = env.R + gamma * env.P @ q.max(axis=1)
    return q


def greedy_steps(W):
    s, n = CLIFF.start, 0
    while not CLIFF.terminal[s] and n < 50:
        s, n = CLIFF.step(s, int(W[s].argmax()), None)[0], n + 1
    return n


# Targets


def test_targets_by_hand_single_double_and_terminal():
    np.testing.assert_allclose(dqn_targets([1, 2], ON, FROZEN, 0.9), [5.5, 4.7])
    double = dqn_targets([1, 2], ON, FROZEN, 0.9, ONLINE)
    np.testing.assert_allclose(double, [1.9, 1.1])
    ended = dqn_targets([1, 2], [True, False], FROZEN, 0.9)
    np.testing.assert_allclose(ended, [1, 4.7])


def test_a_terminal_row_may_hold_infinity_or_nan():
    q = [[np.inf, np.nan], [1, 2]]
    want = [1, 3]
    assert dqn_targets([1, 2], [True, False], q, 0.5).tolist() == want
    assert dqn_targets([1, 2], [True, False], [[0, 0], [1, 2]], 0.5, q).tolist() == want


def test_of_equals_the_network_chooses_the_first():
    assert dqn_targets([0], [False], [[5, 7]], 1, [[2, 2]]).tolist() == [5]


def test_an_empty_batch_has_no_targets():
    assert dqn_targets([], np.zeros(0, bool), np.zeros((0, 2)), 0.5).shape == (0,)


tables = st.lists(st.tuples(*[st.integers(-9, 9)] * 3), min_size=2, max_size=2)


@given(tables, tables)
def test_double_is_never_above_single_and_equal_if_they_choose_alike(a, b):
    single, double = dqn_targets([1, 2], ON, a, 0.5), dqn_targets([1, 2], ON, a, 0.5, b)
    assert (double <= single).all()
    for k in range(2):
        if a[k][b[k].index(max(b[k]))] == max(a[k]):
            assert double[k] == single[k]


def test_a_wrong_end_at_a_time_limit_loses_the_future():
    q = [[60.0, 3.0]]
    assert dqn_targets([1], [False], q, 0.99)[0] == pytest.approx(60.4)
    assert dqn_targets([1], [True], q, 0.99).tolist() == [1]


# Loss and head


def test_huber_by_hand():
    assert huber([-3, -1, -0.5, 0, 0.5]).tolist() == [2.5, 0.5, 0.125, 0, 0.125]
    assert huber(1e200, 1.0) == 1e200
    assert huber([]).shape == (0,)


def test_dueling_by_hand_and_a_constant_in_the_advantages_falls_out():
    assert dueling([[2]], [[1, 3, 5]]).tolist() == [[0, 2, 4]]
    assert dueling([[2]], [[101, 103, 105]]).tolist() == [[0, 2, 4]]


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=5), st.integers(-9, 9))
def test_the_value_of_a_dueling_head_is_the_mean_of_its_action_values(a, v):
    assert dueling([v], a).mean() == pytest.approx(v, abs=1e-12)


# Replay


def test_the_newest_step_replaces_the_oldest():
    buffer = ReplayBuffer(3, (2,))
    slots = [buffer.add([k, k], k, k / 2, [k, -k], k == 3) for k in range(5)]
    assert slots == [0, 1, 2, 0, 1]
    assert len(buffer) == 3
    assert buffer.action.tolist() == [3, 4, 2]
    assert buffer.obs[:, 0].tolist() == [3, 4, 2]
    assert buffer.next_obs.tolist() == [[3, -3], [4, -4], [2, -2]]
    assert buffer.reward.tolist() == [1.5, 2, 1]
    assert buffer.terminated.tolist() == [True, False, False]
    assert buffer.capacity == 3
    assert buffer.obs_shape == (2,)


def test_a_sample_is_a_copy_of_stored_steps_only():
    buffer = ReplayBuffer(10)
    for k in range(4):
        buffer.add(k, k, -k, k + 1, k == 3)
    drawn = buffer.sample(200, rng())
    assert drawn["index"].dtype == np.intp
    assert set(drawn["index"].tolist()) == {0, 1, 2, 3}
    for name in ("obs", "action", "reward", "next_obs", "terminated"):
        np.testing.assert_array_equal(
            drawn[name], getattr(buffer, name)[drawn["index"]]
        )
        drawn[name][:] = 1
    assert buffer.obs[:4].tolist() == [0, 1, 2, 3]
    counts = np.bincount(buffer.sample(40_000, rng())["index"], minlength=4)
    assert (abs(counts / 40_000 - 0.25) < 0.02).all()


def test_a_state_that_is_mutated_later_stays_as_it_was_stored():
    buffer, state = ReplayBuffer(2, (1,)), np.array([1.0])
    buffer.add(state, 0, 0, state, False)
    state += 5
    assert buffer.obs[0] == buffer.next_obs[0] == 1


def test_a_refused_step_takes_no_slot():
    buffer = ReplayBuffer(2)
    with pytest.raises(ValueError, match="terminated must be True or False, got 1"):
        buffer.add(0, 0, 0, 0, 1)
    assert len(buffer) == 0
    assert not buffer.obs.any()


def test_uniform_replay_draws_a_step_eight_times_and_some_never():
    steps, capacity = 40_000, 2000
    drawn = np.zeros(steps, int)
    generator = rng()
    for t in range(4, steps + 1, 4):  # a batch of 32 each fourth step
        old = max(0, t - capacity)
        np.add.at(drawn, generator.integers(old, t, size=32), 1)
    inner = drawn[capacity:-capacity]  # the whole life of these was seen
    assert inner.mean() == pytest.approx(8, abs=0.05)
    assert drawn[:capacity].mean() == pytest.approx(12, abs=0.1)  # while it filled
    assert (1 - 32 / capacity / 32) ** (32 * capacity // 4) == pytest.approx(
        math.exp(-8), rel=0.01
    )
    assert 3e-5 < (inner == 0).mean() < 2e-3  # e^-8 = 3.4e-4, some 12 of 36,000
    assert math.exp(-8) == pytest.approx(3.4e-4, rel=0.02)


def test_a_million_atari_steps_take_these_bytes():
    frame = 84 * 84
    assert 2 * 4 * frame * 10**6 == 56_448_000_000  # two stacks of four
    assert frame * 10**6 == 7_056_000_000


# Priorities


def filled(priorities):
    tree = SumTree(len(priorities))
    for i, p in enumerate(priorities):
        tree.update(i, p)
    return tree


def test_the_tree_finds_by_hand():
    tree = filled([1, 0, 3, 2, 4])
    assert tree.total == 10
    found = [tree.find(u) for u in (0, 0.99, 1, 3.99, 4, 5.2, 5.99, 6, 9.999)]
    assert found == [0, 0, 2, 2, 3, 3, 3, 4, 4]


@given(st.lists(st.integers(0, 4), min_size=1, max_size=9), st.data())
def test_the_tree_finds_what_a_linear_scan_finds(priorities, data):
    tree = filled([7] * len(priorities))
    for i, p in enumerate(priorities):
        tree.update(i, p)
    assert tree.total == sum(priorities)
    if tree.total:
        u = data.draw(st.integers(0, 4 * sum(priorities) - 1)) / 4
        sums = np.cumsum(priorities)
        assert tree.find(u) == next(i for i, x in enumerate(sums) if x > u)


def test_draws_are_in_proportion_to_the_priorities():
    tree, generator = filled([1, 0, 3, 2, 4]), rng()
    found = [tree.find(u) for u in generator.uniform(0, 10, 100_000)]
    shares = np.bincount(found, minlength=5) / 100_000
    assert (abs(shares - np.array([0.1, 0, 0.3, 0.2, 0.4])) < 0.005).all()
    assert shares[1] == 0


@pytest.mark.parametrize("capacity", [1, 5, 8])
def test_with_all_priorities_nought_there_is_nothing_to_find(capacity):
    tree = SumTree(capacity)
    assert tree.total == 0
    assert tree.capacity == capacity
    with pytest.raises(ValueError, match=r"u must be in \[0, 0.0\), got 0"):
        tree.find(0)
    tree.update(capacity - 1, 2)
    assert tree.find(0) == tree.find(1.9) == capacity - 1


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=9), st.floats(0, 1))
def test_no_rounding_leads_to_a_leaf_of_priority_nought(priorities, at):
    tree = filled(priorities)
    u = min(at * tree.total, math.nextafter(tree.total, 0))
    if 0 <= u < tree.total:
        assert priorities[tree.find(u)] > 0


def test_the_last_number_below_the_total_finds_a_priority_above_nought():
    tree = filled([0.1, 0.2, 0.3, 0.0, 0.7, 0.1, 0.0, 0.0])
    assert tree.find(math.nextafter(tree.total, 0)) == 5
    # Here what is left of the number equals the sum on the left, by rounding.
    tree = filled([0.2, 0.2, 0.7, 0.1, 0.6, 0.8, 0.8, 0.0])
    assert tree.find(math.nextafter(tree.total, 0)) == 6


def test_sums_are_added_afresh_so_that_an_update_leaves_no_rounding_behind():
    tree = filled([1e16, 1.0])
    tree.update(0, 0)
    assert tree.total == 1


def test_an_update_that_overflows_changes_nothing():
    tree = filled([1e308, 1])
    with pytest.raises(ValueError, match="total must stay finite, got an overflow"):
        tree.update(1, 1.7e308)
    assert tree.total == 1e308 + 1
    assert tree.find(0) == 0
    tree.update(0, 0)
    assert tree.total == 1


def test_weights_by_hand_at_both_betas():
    P = [0.1, 0.3, 0.2, 0.4]
    np.testing.assert_allclose(importance_weights(P, 1), [1, 1 / 3, 1 / 2, 1 / 4])
    want = [1, 0.644394, 0.757858, 0.574349]
    np.testing.assert_allclose(importance_weights(P, 0.4), want, atol=5e-7, rtol=0)
    assert importance_weights(P, 0).tolist() == [1, 1, 1, 1]


@given(st.lists(st.floats(1e-6, 1), min_size=1, max_size=6), st.floats(0, 1))
def test_weights_are_the_formula_and_n_cancels(P, beta):
    for n in (1, 1000):
        want = (n * np.array(P)) ** -beta
        got = importance_weights(P, beta, n)
        np.testing.assert_allclose(got, want / want.max(), rtol=1e-9)
        assert got.max() == 1


@pytest.mark.parametrize(("beta", "mean"), [(0, 2.9), (0.4, 2.7575), (1, 2.5)])
def test_below_beta_one_the_weighted_mean_is_biased(beta, mean):
    """Priorities 1, 3, 2, 4 of the data 1, 2, 3, 4, whose plain mean is 2.5."""
    P = np.array([0.1, 0.3, 0.2, 0.4])
    w = importance_weights(P, beta)
    assert (P * w * [1, 2, 3, 4]).sum() / (P * w).sum() == pytest.approx(mean, abs=5e-5)


def test_dividing_by_the_largest_weight_of_a_sample_leaves_a_bias_at_beta_one():
    """All samples of two of the data 1, 2, 3, 4, each with its chance."""
    P, data = np.array([0.1, 0.3, 0.2, 0.4]), np.array([1.0, 2, 3, 4])
    of_all = importance_weights(P, 1)
    for own, mean in ((True, 2.8118), (False, 2.5)):
        above = below = 0.0
        for pair in map(list, itertools.product(range(4), repeat=2)):
            w = importance_weights(P[pair], 1) if own else of_all[pair]
            above += P[pair].prod() * (w * data[pair]).sum()
            below += P[pair].prod() * w.sum()
        assert above / below == pytest.approx(mean, abs=5e-5)


# The loop


def test_without_a_copy_double_changes_nothing():
    one, other = (
        train_linear_dqn(
            CLIFF, np.eye(15), 0.9, 0.3, 60, rng(), 1, target_period=1, double=double
        )[0]
        for double in (False, True)
    )
    assert (one == other).all()
    assert one.any()


@pytest.mark.parametrize("double", [False, True])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_with_one_hot_features_the_loop_finds_the_table(seed, double):
    W, returns = train_linear_dqn(
        CLIFF, np.eye(15), 0.9, 0.3, 1500, rng(seed), 1, target_period=20, double=double
    )
    q = optimum(CLIFF, 0.9)
    assert W[CLIFF.start].max() == pytest.approx(-4.68559, abs=1e-9)
    assert q[CLIFF.start].max() == pytest.approx(-4.68559, abs=1e-12)
    assert np.median(abs(W - q)) < 1e-2
    assert greedy_steps(W) == 6
    assert returns.max() == -6


@pytest.mark.parametrize(
    ("kind", "steps"),
    [({"capacity": 20}, 2500), ({"target_period": 1}, 1500)],
)
def test_a_small_buffer_and_a_copy_at_each_step_find_it_too(kind, steps):
    kind = {"target_period": 20} | kind
    W, _ = train_linear_dqn(CLIFF, np.eye(15), 0.9, 0.3, steps, rng(), 1, **kind)
    assert W[CLIFF.start].max() == pytest.approx(-4.68559, abs=1e-9)
    assert greedy_steps(W) == 6


def test_a_copy_that_is_renewed_late_is_late_to_know():
    """Between renewals the values look one step further; the goal is 6 steps away."""
    W, _ = train_linear_dqn(
        CLIFF, np.eye(15), 0.9, 0.3, 1500, rng(), 1, target_period=500
    )
    assert W[CLIFF.start].max() == pytest.approx(-1 - 0.9 - 0.81, abs=1e-3)


def test_a_large_step_explodes_while_the_buffer_is_small():
    """Half a step for each sample of 16, and one pair drawn more than four times."""
    with_few = train_linear_dqn(
        CLIFF, np.eye(15), 0.9, 0.3, 12, rng(1), 8, target_period=20
    )[0]
    assert abs(with_few).max() > 1e4
    later = train_linear_dqn(
        CLIFF, np.eye(15), 0.9, 0.3, 1500, rng(1), 8, target_period=20
    )[0]
    assert later[CLIFF.start].max() == pytest.approx(-4.68559, abs=1e-9)
    calm = train_linear_dqn(
        CLIFF, np.eye(15), 0.9, 0.3, 12, rng(1), 1, target_period=20
    )[0]
    assert abs(calm).max() <= 100


def loop(gamma, feature=2.0):
    """Both states lead to the second, for nothing; values are w and feature times w."""
    P = np.zeros((2, 1, 2))
    P[:, :, 1] = 1
    return Tabular(P, [[0.0], [1.0]], [False, False], 0), [[1.0], [feature]], gamma


@pytest.mark.parametrize("period", [1, 50])
def test_one_weight_for_two_states_diverges_with_a_copy_and_without(period):
    found = {}
    for gamma in (0.99, 0.6):
        for steps in (150, 300, 450):
            W, _ = train_linear_dqn(
                *(*loop(gamma), 0, steps, rng(), 0.05),
                target_period=period,
                max_steps=2,
            )
            found[gamma, steps] = W[0, 0]
    assert 1.4 < found[0.99, 150] < found[0.99, 300] / 1.3 < found[0.99, 450] / 1.69
    # At rest: 2 (1 + 1.2 w - 2 w) + (1.2 w - w) = 0.
    assert found[0.6, 450] == pytest.approx(2 / 1.4, rel=0.2)


def test_a_cut_episode_still_bootstraps():
    """A step that leads back for 1 is worth 1 / (1 - gamma), cut or not."""
    P, R = np.ones((1, 1, 1)), np.ones((1, 1))
    env = Tabular(P, R, np.array([False]), 0)
    W, returns = train_linear_dqn(
        env, [[1.0]], 0.5, 0, 200, rng(), 1, target_period=2, max_steps=3
    )
    assert W[0, 0] == pytest.approx(2, abs=1e-9)
    assert returns.tolist() == [3] * 66


def test_a_terminal_state_is_worth_nothing_even_with_features_of_its_own():
    W, returns = train_linear_dqn(
        random_walk(1), np.ones((3, 1)), 1, 1, 400, rng(), 0.5, target_period=1
    )
    np.testing.assert_allclose(W, [[0, 1]], **TOLERANCE)
    assert len(returns) == 400


def test_the_mean_gradient_is_that_of_half_the_squared_error():
    """One pair, drawn sixteen times: a step of lr towards the target, here the 1."""
    W, _ = train_linear_dqn(
        random_walk(1, 1.0, 1.0), np.ones((3, 1)), 1, 0, 1, rng(), 0.25
    )
    assert sorted(W[0].tolist()) == [0, 0.25]


def test_greedy_ties_are_drawn():
    firsts = {
        tuple(train_linear_dqn(random_walk(1), np.ones((3, 1)), 1, 0, 1, rng(k))[0][0])
        for k in range(20)
    }
    assert len(firsts) == 2


# The copy does not cure


def growth(gamma, period, periods, alpha=0.1):
    w = frozen = 1.0
    for _ in range(periods):
        for _ in range(period):
            w += alpha * ((2 * gamma * frozen - w) + 2 * (2 * gamma * frozen - 2 * w))
        frozen = w
    return w


def test_a_frozen_target_does_not_move_the_threshold():
    for period, want in ((1, 14.8), (10, 174.8), (100, 175.6)):
        w = two_state_weights(0.99, period, 30 * period)
        assert w[-1] == pytest.approx(want, abs=0.05)
        assert w[-1] == pytest.approx(growth(0.99, period, 30))
    assert two_state_weights(0.99, 1, 1)[1] == pytest.approx(1 + 0.1 * (6 * 0.99 - 5))
    assert two_state_weights(0.99, 1000, 1000)[-1] == pytest.approx(6 * 0.99 / 5)
    for period in (1, 10, 100):
        low, same, high = (
            two_state_weights(5 / 6 + x, period, 30 * period)[-1]
            for x in (-0.01, 0, 0.01)
        )
        assert low < 1 < high
        assert same == pytest.approx(1)
    assert growth(0.9, 1000, 1) == pytest.approx(1.08)
    assert two_state_weights(0.5, 3, 0).tolist() == [1]


@given(st.floats(0, 1), st.integers(1, 5), st.integers(0, 20), st.floats(0.01, 0.3))
def test_each_period_multiplies_the_weight_by_a_closed_form(gamma, period, n, alpha):
    rest, left = 6 * gamma / 5, (1 - 5 * alpha) ** period
    got = two_state_weights(gamma, period, n * period, alpha)[::period]
    want = (rest + (1 - rest) * left) ** np.arange(n + 1)
    np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-12)


def test_with_a_second_weight_a_long_frozen_copy_cures_what_a_short_one_does_not():
    """Values w and 2w + v: after K updates the weights are a linear map of the copy."""
    phi, after = np.array([[1.0, 0.0], [2.0, 1.0]]), np.array([[2.0, 1.0], [2.0, 1.0]])
    size = {}
    for K in (1, 1000):
        forget = np.eye(2) - 0.1 * phi.T @ phi
        take = 0.1 * 0.99 * phi.T @ after
        one = np.eye(2)  # the map from the copy to the weights, update by update
        for _ in range(K):
            one = forget @ one + take
        size[K] = max(abs(np.linalg.eigvals(one)))
    assert size[1] > 1.05
    assert size[1000] == pytest.approx(0.99, abs=1e-3)


def test_a_copy_can_make_diverge_what_converges_without():
    """Only the first state is learnt; its successor is valued at -2w."""
    ends = {}
    for K in (1, 100):
        w = frozen = 1.0
        for t in range(1, 30 * K + 1):
            w += 0.1 * (0.99 * -2 * frozen - w)
            if t == 1:
                assert w == pytest.approx(0.702)
            if t % K == 0:
                frozen = w
        ends[K] = abs(w) ** (1 / 30)
    assert ends[1] == pytest.approx(0.702)
    assert ends[100] == pytest.approx(1.98, abs=1e-3)


def test_the_example_converges_if_the_first_state_is_seldom_updated():
    for share, grows in ((0.5, True), (0.01, False)):
        first, second = 2 * 0.99 * 1 - 1, 2 * (2 * 0.99 - 2)
        assert (share * first + (1 - share) * second > 0) == grows


def test_a_gradient_through_the_target_draws_values_to_what_came_before():
    """State 0 leads by chance to 1, which pays 1 and ends, or to 2, which pays 0."""
    s, after = torch.tensor([0, 0, 1, 2]), torch.tensor([1, 2, 3, 3])
    reward = torch.tensor([0.0, 0, 1, 0], dtype=torch.float64)
    for through, want in ((True, [0.5, 0.75, 0.25]), (False, [0.5, 1, 0])):
        v = torch.zeros(3, dtype=torch.float64, requires_grad=True)
        for _ in range(300):
            ahead = torch.cat([v, v.new_zeros(1)])[after]
            target = reward + (ahead if through else ahead.detach())
            ((v[s] - target) ** 2).mean().backward()
            with torch.no_grad():
                v -= v.grad
                v.grad = None
        np.testing.assert_allclose(v.detach(), want, rtol=0, atol=1e-6)


def test_a_gradient_through_the_target_does_not_diverge_in_the_example():
    w = 1.0
    for _ in range(300):
        error = np.array([w, 2 * w]) - 0.99 * 2 * w
        w -= 0.1 * error @ (np.array([1, 2]) - 0.99 * 2)
    assert abs(w) < 1e-10


# The network, in PyTorch


def networks(duel=False, seed=0):
    torch.manual_seed(seed)
    return (QNetwork(4, 3, 8, duel).double() for _ in range(2))


def batch(n=5):
    generator = torch.Generator().manual_seed(1)
    return {
        "obs": torch.randn(n, 4, generator=generator).double(),
        "next_obs": torch.randn(n, 4, generator=generator).double(),
        "action": torch.arange(n) % 3,
        "reward": 3 * torch.randn(n, generator=generator).double(),
        "terminated": torch.arange(n) == 2,
    }


def lost(**kind):
    return q_loss(*networks(), batch() | kind, 0.9)


@pytest.mark.parametrize("double", [False, True])
def test_the_loss_is_that_of_the_numpy_targets(double):
    online, frozen = networks()
    data = batch()
    with torch.no_grad():
        q = online(data["obs"]).numpy()[np.arange(5), data["action"].numpy()]
        y = dqn_targets(
            data["reward"].numpy(),
            data["terminated"].numpy(),
            frozen(data["next_obs"]).numpy(),
            0.9,
            online(data["next_obs"]).numpy() if double else None,
        )
    loss = q_loss(online, frozen, data, 0.9, double)
    assert float(loss.detach()) == pytest.approx(huber(q - y).mean(), abs=1e-12)
    assert (abs(q - y) > 1).any()  # the line of the loss is in play
    assert (abs(q - y) < 1).any()


@pytest.mark.parametrize("double", [False, True])
def test_no_gradient_flows_through_the_target(double):
    online, frozen = networks()
    data = batch()
    q_loss(online, frozen, data, 0.9, double).backward()
    got = online.advantage.bias.grad.clone()
    assert all(p.grad is None for p in frozen.parameters())
    with torch.no_grad():
        q = online(data["obs"]).numpy()[np.arange(5), data["action"].numpy()]
        y = dqn_targets(
            data["reward"].numpy(),
            data["terminated"].numpy(),
            frozen(data["next_obs"]).numpy(),
            0.9,
            online(data["next_obs"]).numpy() if double else None,
        )
    want = np.zeros(3)
    np.add.at(want, data["action"].numpy(), np.clip(q - y, -1, 1) / 5)
    np.testing.assert_allclose(got.numpy(), want, rtol=0, atol=1e-12)


def test_a_terminal_row_of_the_copy_may_be_infinite():
    online, frozen = networks()
    data = batch()
    data["next_obs"][2] = torch.inf
    assert torch.isfinite(q_loss(online, frozen, data, 0.9, False))


def test_the_mean_over_the_actions_of_a_dueling_head_is_its_value():
    net, _ = networks(duel=True)
    obs = batch()["obs"]
    value = net.value(net.body(obs))[:, 0]
    torch.testing.assert_close(net(obs).mean(1), value, rtol=0, atol=1e-12)
    plain, _ = networks()
    assert plain.value is None
    assert plain(obs).shape == (5, 3)


def test_a_gather_without_its_axis_broadcasts_to_a_square():
    q, y = torch.zeros(5, 3), torch.arange(5.0)
    kept = q.gather(1, torch.zeros(5, 1, dtype=torch.long))
    assert (kept - y).shape == (5, 5)
    assert (kept[:, 0] - y).shape == (5,)


def test_the_copy_moves_the_share_tau_and_tau_one_copies():
    online, frozen = networks()
    before = copy.deepcopy(frozen)
    blend(frozen, online, 0.25)
    for now, old, new in zip(
        frozen.parameters(), before.parameters(), online.parameters(), strict=True
    ):
        torch.testing.assert_close(now, 0.75 * old + 0.25 * new)
    blend(frozen, online, 1.0)
    for now, new in zip(frozen.parameters(), online.parameters(), strict=True):
        assert torch.equal(now, new)
        assert now is not new
    with pytest.raises(ValueError, match=r"tau must be in \[0, 1\], got 1.5"):
        blend(frozen, online, 1.5)


@pytest.mark.parametrize("delta", [0.5, 1, 2])
def test_huber_is_that_of_pytorch(delta):
    x = np.linspace(-5, 5, 101)
    zeros = torch.zeros(101, dtype=torch.float64)
    want = torch.nn.functional.huber_loss(
        torch.from_numpy(x), zeros, reduction="none", delta=delta
    )
    np.testing.assert_allclose(huber(x, delta), want.numpy(), rtol=0, atol=1e-12)
    smooth = torch.nn.functional.smooth_l1_loss(
        torch.from_numpy(x), zeros, reduction="none", beta=delta
    )
    np.testing.assert_allclose(
        huber(x, delta), delta * smooth.numpy(), rtol=0, atol=1e-12
    )


def test_clamping_before_squaring_kills_the_gradient_of_large_errors():
    x = torch.tensor([-3.0, -0.5, 0.5, 3.0], requires_grad=True)
    (x.clamp(-1, 1) ** 2 / 2).sum().backward()
    assert x.grad.tolist() == [0, -0.5, 0.5, 0]
    x.grad = None
    torch.nn.functional.huber_loss(x, torch.zeros(4), reduction="sum").backward()
    assert x.grad.tolist() == [-1, -0.5, 0.5, 1]


class Coin(torch.nn.Module):
    """Values drawn anew each time: a random policy."""

    def __init__(self, seed):
        super().__init__()
        self.generator = torch.Generator().manual_seed(seed)

    def forward(self, obs):
        return torch.rand(len(obs), 2, generator=self.generator)


class Left(torch.nn.Module):
    def forward(self, obs):
        return torch.tensor([1.0, 0.0]).expand(len(obs), 2)


def test_a_random_policy_lasts_about_22_steps_and_pushing_left_about_9():
    coin = greedy_lengths(Coin(0), np.random.default_rng(0), 2000)
    assert coin.mean() == pytest.approx(22, abs=1)
    left = greedy_lengths(Left(), np.random.default_rng(0), 2000)
    assert left.mean() == pytest.approx(9.3, abs=0.3)
    assert greedy_lengths(Left(), np.random.default_rng(0), 5, 3).tolist() == [3] * 5


def test_cart_pole_is_learnt_well_beyond_chance():
    """Greedy means of 100 starts, limit 500; chance gives 22."""
    state = torch.get_rng_state()
    means = []
    for seed in range(3):
        net, lengths = train_cart_pole(seed, 2000)
        greedy = greedy_lengths(net, np.random.default_rng(99))
        means.append(greedy.mean())
        assert lengths[:10].mean() < 40
    assert min(means) > 45
    assert np.mean(means) > 70
    assert torch.equal(state, torch.get_rng_state())


@pytest.mark.parametrize("double", [True, False])
def test_training_is_what_a_list_of_steps_and_a_plain_loss_give(double):
    """The same draws, with the steps in a list and the loss written out."""
    net, lengths = train_cart_pole(4, 210, double=double, target_period=203)
    draws = np.random.default_rng(4)
    torch.manual_seed(4)
    online = QNetwork(4, 2)
    frozen = copy.deepcopy(online)
    adam = torch.optim.Adam(online.parameters(), lr=1e-3)
    memory, ends, begun, state = [], [], 0, cart_pole_start(draws)
    for t in range(1, 211):
        if draws.random() < 1 - t / 1000:
            action = int(draws.integers(2))
        else:
            left, right = online(torch.tensor(state).float()).tolist()
            action = int(right > left)
        after, _, fallen = cart_pole(state, action)
        memory.append((state, action, after, fallen))
        state = after
        if fallen:
            ends.append(t - begun)
            begun, state = t, cart_pole_start(draws)
        if t in (200, 202, 204, 206, 208, 210):
            loss = torch.zeros(())
            for k in draws.integers(t, size=64):
                old, chosen, new, over = memory[k]
                with torch.no_grad():
                    here, there = (
                        f(torch.tensor(new).float()) for f in (online, frozen)
                    )
                best = here.argmax() if double else there.argmax()
                y = 1.0 if over else 1 + 0.99 * float(there[best])
                error = online(torch.tensor(old).float())[chosen] - y
                small = abs(float(error.detach())) < 1
                loss = loss + (error**2 / 2 if small else abs(error) - 0.5) / 64
            adam.zero_grad()
            loss.backward()
            adam.step()
        if t == 203:
            frozen = copy.deepcopy(online)
    assert lengths.tolist() == ends
    assert len(ends) > 3
    for a, b in zip(net.parameters(), online.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-5)


def test_the_network_is_two_layers_of_64_with_negative_numbers_cut_off():
    net = QNetwork(4, 3).double()
    (w1, b1), (w2, b2), (w3, b3) = (
        (layer.weight.detach().numpy(), layer.bias.detach().numpy())
        for layer in (net.body[0], net.body[2], net.advantage)
    )
    assert w1.shape == (64, 4)
    assert w2.shape == (64, 64)
    obs = batch()["obs"]
    seen = np.maximum(np.maximum(obs.numpy() @ w1.T + b1, 0) @ w2.T + b2, 0)
    np.testing.assert_allclose(net(obs).detach(), seen @ w3.T + b3, **TOLERANCE)


def test_the_loss_is_that_of_double_dqn_if_nothing_else_is_said():
    online, frozen = networks()
    single, double = (q_loss(online, frozen, batch(), 0.9, x) for x in (False, True))
    assert q_loss(online, frozen, batch(), 0.9) == double
    assert single != double


def test_the_first_update_comes_with_the_two_hundredth_step():
    nets = [train_cart_pole(0, steps)[0] for steps in (1, 199, 200)]
    first, before, after = (list(net.parameters()) for net in nets)
    assert all(map(torch.equal, first, before))
    assert not all(map(torch.equal, before, after))


def test_the_same_seed_trains_the_same_network_also_a_dueling_one():
    one, lengths = train_cart_pole(3, 240, duel=True, target_period=205)
    other, again = train_cart_pole(3, 240, duel=True, target_period=205)
    assert lengths.tolist() == again.tolist()
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(a, b)
    assert one.value is not None


# Bad input


def learn(**kind):
    given = {"env": CLIFF, "features": np.eye(15), "gamma": 0.9, "epsilon": 0.3}
    return train_linear_dqn(**(given | {"steps": 3, "rng": rng()} | kind))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ReplayBuffer(0), "capacity must be an integer >= 1, got 0"),
        (lambda: ReplayBuffer(True), "capacity must be an integer >= 1, got True"),
        (lambda: ReplayBuffer(2, 3), "obs_shape must be a tuple, got 3"),
        (lambda: ReplayBuffer(2, (0,)), "obs_shape must be an integer >= 1, got 0"),
        (lambda: ReplayBuffer(2).sample(1, rng()), "got an empty buffer"),
        (lambda: ReplayBuffer(2).sample(0, rng()), "batch must be an integer >= 1"),
        (lambda: ReplayBuffer(2).sample(1, 0), "rng must be a numpy Generator, got 0"),
        (
            lambda: ReplayBuffer(2, (2,)).add([1], 0, 0, [1, 1], False),
            r"obs must have the shape \(2,\), got \(1,\)",
        ),
        (
            lambda: ReplayBuffer(2, (2,)).add([1, 2], 0, 0, 1, False),
            r"next_obs must have the shape \(2,\), got \(\)",
        ),
        (
            lambda: ReplayBuffer(2).add(math.nan, 0, 0, 1, False),
            "obs must be finite, got NaN or infinity",
        ),
        (
            lambda: ReplayBuffer(2).add("1", 0, 0, 1, False),
            "obs must be real numbers, got <U1",
        ),
        (
            lambda: ReplayBuffer(2).add(0, -1, 0, 1, False),
            "action must be an integer from 0 to",
        ),
        (
            lambda: ReplayBuffer(2).add(0, 0, math.inf, 1, False),
            "reward must be a finite number, got inf",
        ),
        (
            lambda: ReplayBuffer(2).add(0, 0, 10**400, 1, False),
            "reward must be a finite number, got 1000",
        ),
        (lambda: SumTree(0), "capacity must be an integer >= 1, got 0"),
        (lambda: SumTree(2).update(2, 1), "i must be an integer from 0 to 1, got 2"),
        (lambda: SumTree(2).update(-1, 1), "i must be an integer from 0 to 1, got -1"),
        (lambda: SumTree(2).update(0, -1), "p must be a finite number >= 0, got -1"),
        (lambda: SumTree(2).update(0, math.nan), "p must be a finite number >= 0"),
        (lambda: filled([1, 2]).find(3), r"u must be in \[0, 3.0\), got 3"),
        (lambda: filled([1, 2]).find(-0.1), r"u must be in \[0, 3.0\), got -0.1"),
        (lambda: filled([1, 2]).find(math.nan), r"u must be in \[0, 3.0\), got nan"),
        (lambda: importance_weights([0.5], 1.1), r"beta must be in \[0, 1\], got 1.1"),
        (lambda: importance_weights([0.0], 1), r"probabilities must be in \(0, 1\]"),
        (lambda: importance_weights([1.5], 1), r"probabilities must be in \(0, 1\]"),
        (lambda: importance_weights([], 1), r"got shape \(0,\)"),
        (lambda: importance_weights([[1.0]], 1), r"got shape \(1, 1\)"),
        (lambda: importance_weights([0.5], 1, 0), "n must be an integer >= 1, got 0"),
        (lambda: huber(1, 0), "delta must be a finite number > 0, got 0"),
        (lambda: huber(math.nan), "x must be finite, got NaN or infinity"),
        (lambda: huber(1e300, 1e300), "the loss must stay finite, got an overflow"),
        (lambda: huber([[1], [1, 2]]), "x must be real numbers"),
        (lambda: huber(np.array(["1"], dtype=object)), "x must be real numbers"),
        (lambda: huber(np.array([b"1"], dtype=object)), "x must be real numbers"),
        (
            lambda: huber(torch.ones(2, requires_grad=True)),
            "x must be real numbers, got tensor",
        ),
        (
            lambda: dueling(2, [1]),
            r"value must have the shape \(..., 1\), got \(\)",
        ),
        (
            lambda: dueling([1, 2], [1, 2]),
            r"value must have the shape \(..., 1\), got \(2,\)",
        ),
        (
            lambda: dueling([[1], [2]], [1, 2]),
            r"advantage must have the shape \(2,\) with A >= 1 at the end, got \(2,\)",
        ),
        (lambda: dueling([[1]], np.zeros((1, 0))), "advantage must have the shape"),
        (lambda: dueling([1e308], [1e308, -1e308]), "values must stay finite"),
        (lambda: dqn_targets([[1]], [False], [[1]], 1), r"reward must have the shape"),
        (lambda: dqn_targets([1], [0], [[1]], 1), "terminated must be 1 truth values"),
        (lambda: dqn_targets([1], ON, [[1]], 1), "terminated must be 1 truth values"),
        (
            lambda: dqn_targets([1], [False], [1, 2], 1),
            r"q_next_target must have the shape \(1, A\), A >= 1, got \(2,\)",
        ),
        (
            lambda: dqn_targets([1, 2], ON, [[1, 2]], 1),
            r"q_next_target must have the shape \(2, A\), A >= 1, got \(1, 2\)",
        ),
        (
            lambda: dqn_targets([1], [False], [[1, 2]], 1, [[1]]),
            r"q_next_online must have the shape \(1, 2\), got \(1, 1\)",
        ),
        (
            lambda: dqn_targets([1], [False], [[math.inf]], 1),
            "q_next_target must be finite where not terminated",
        ),
        (lambda: dqn_targets([1], [False], [[1]], 1.5), r"gamma must be in \[0, 1\]"),
        (lambda: dqn_targets([1], [False], [[1]], "1"), r"gamma must be in \[0, 1\]"),
        (lambda: dqn_targets([1e308], [False], [[1e308]], 1), "targets must stay"),
        (lambda: two_state_weights(2, 1, 1), r"gamma must be in \[0, 1\], got 2"),
        (lambda: two_state_weights(1, 0, 1), "target_period must be an integer >= 1"),
        (lambda: two_state_weights(1, 1, -1), "updates must be an integer >= 0"),
        (lambda: two_state_weights(1, 1, 1, 0), "alpha must be a finite number > 0"),
        (lambda: two_state_weights(1, 1, 20_000), "w must stay finite, got an over"),
        (lambda: learn(features=np.eye(3)), r"features must have the shape \(15, F\)"),
        (lambda: learn(features=np.ones(15)), r"features must have the shape"),
        (lambda: learn(features=np.ones((15, 0))), r"features must have the shape"),
        (lambda: learn(env=None), "env must be a Tabular, got None"),
        (
            lambda: learn(features=np.eye(15) * 1e200, steps=50),
            "must stay finite, got an overflow",
        ),
        (lambda: learn(gamma=-0.1), r"gamma must be in \[0, 1\], got -0.1"),
        (lambda: learn(epsilon=2), r"epsilon must be in \[0, 1\], got 2"),
        (lambda: learn(steps=0), "steps must be an integer >= 1, got 0"),
        (lambda: learn(rng=None), "rng must be a numpy Generator, got None"),
        (lambda: learn(lr=0), "lr must be a finite number > 0, got 0"),
        (lambda: learn(batch=0), "batch must be an integer >= 1, got 0"),
        (lambda: learn(capacity=0), "capacity must be an integer >= 1, got 0"),
        (lambda: learn(target_period=0), "target_period must be an integer >= 1"),
        (lambda: learn(double=1), "double must be True or False, got 1"),
        (lambda: learn(max_steps=0), "max_steps must be an integer >= 1, got 0"),
        (lambda: learn(lr=1e200, steps=20), "W must stay finite, got an overflow"),
    ],
)
def test_bad_input_is_refused_with_what_is_wanted_and_what_came(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_numbers_may_be_those_of_numpy_and_inputs_stay_as_they_were():
    q, done = np.array(FROZEN, np.float16), np.array([True, False])
    before = q.copy()
    got = dqn_targets(np.array([1, 2], np.int8), done, q, np.float32(0.5))
    assert got.dtype == np.float64
    assert got.tolist() == [1, 3.5]
    assert (q == before).all()
    tree = SumTree(np.int64(2))
    tree.update(np.int8(1), np.float32(2))
    assert tree.find(np.int32(1)) == 1


def test_a_refused_blend_moves_nothing():
    frozen, online = QNetwork(4, 2, 8), QNetwork(4, 2, 8, True)
    before = copy.deepcopy(frozen.state_dict())
    with pytest.raises(ValueError, match="frozen must have parameters of shapes"):
        blend(frozen, online, 0.5)
    for name, old in before.items():
        assert torch.equal(frozen.state_dict()[name], old)


def test_the_world_may_be_changed_by_replace_and_is_not_written_to():
    env = replace(CLIFF, start=0)
    before = env.R.copy()
    train_linear_dqn(env, np.eye(15), 0.9, 0.3, 20, rng())
    assert (before == env.R).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: QNetwork(0, 2), "n_obs must be an integer >= 1, got 0"),
        (lambda: QNetwork(4, 0), "n_actions must be an integer >= 1, got 0"),
        (lambda: QNetwork(4, 2, 0), "hidden must be an integer >= 1, got 0"),
        (lambda: QNetwork(4, 2, 8, 1), "duel must be True or False, got 1"),
        (lambda: q_loss(*networks(), batch(), 2), r"gamma must be in \[0, 1\], got 2"),
        (lambda: q_loss(*networks(), batch(), 1, 1), "double must be True or False"),
        (lambda: train_cart_pole(-1), "seed must be an integer from 0 to .*, got -1"),
        (lambda: train_cart_pole(2**63), "seed must be an integer from 0 to"),
        (lambda: train_cart_pole(0, 1, double=1), "double must be True or False"),
        (lambda: train_cart_pole(0, 1, duel=1), "duel must be True or False, got 1"),
        (lambda: greedy_lengths(Left(), 0), "rng must be a numpy Generator, got 0"),
        (
            lambda: blend(QNetwork(4, 2, 8), QNetwork(4, 2, 9), 0.5),
            r"frozen must have parameters of shapes \[\(9, 4\),.*, got \[\(8, 4\)",
        ),
        (lambda: lost(reward=torch.zeros(5, 1)), r"reward must have the shape \(5,\)"),
        (lambda: lost(reward=torch.zeros(())), r"reward .* \(5,\), got \(\)"),
        (
            lambda: lost(terminated=torch.zeros(1, dtype=torch.bool)),
            r"terminated must have the shape \(5,\), got \(1,\)",
        ),
        (lambda: lost(terminated=torch.zeros(5)), "terminated must be bool, got"),
        (lambda: lost(action=torch.zeros(2).long()), r"action must have the shape"),
        (lambda: lost(action=torch.zeros(5)), "action must be int64, got"),
        (
            lambda: lost(next_obs=torch.zeros(1, 4)),
            r"next_obs must have the shape \(5, 4\), got \(1, 4\)",
        ),
        (
            lambda: q_loss(*networks(), batch(0), 0.9),
            r"obs must hold steps, B >= 1, got \(0, 4\)",
        ),
        (lambda: train_cart_pole(0, 0), "steps must be an integer >= 1, got 0"),
        (
            lambda: train_cart_pole(0, 9, target_period=0),
            "target_period must be an integer >= 1, got 0",
        ),
        (
            lambda: greedy_lengths(Left(), np.random.default_rng(0), 0),
            "n must be an integer >= 1, got 0",
        ),
        (
            lambda: greedy_lengths(Left(), np.random.default_rng(0), 1, 0),
            "limit must be an integer >= 1, got 0",
        ),
    ],
)
def test_bad_input_to_the_network_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
