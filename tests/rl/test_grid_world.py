"""Oracles: a walk on a walled map, power series, brute force, scipy, hand counts."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from snippets.rl.grid_world import (
    ACTIONS,
    GridWorld,
    bellman_backup,
    greedy,
    policy_evaluation,
    policy_iteration,
    truncated_policy_iteration,
    value_iteration,
)

FORBIDDEN = [(1, 1), (1, 2), (2, 2), (3, 1), (3, 3), (4, 1)]
TARGET = (3, 2)
TOLERANCE = {"rtol": 0, "atol": 1e-12}

sizes = st.integers(1, 4)
seeds = st.integers(0, 2**32 - 1)
gammas = st.sampled_from([0.0, 0.3, 0.7])


def world(r_forbidden=-1.0, **rewards):
    return GridWorld(5, 5, FORBIDDEN, TARGET, r_forbidden=r_forbidden, **rewards)


def at_target(env):
    """Mask of the target, for use as ``terminal``."""
    return np.arange(len(env.P)) == env.state(*env.target)


def random_model(seed, n_states, n_actions):
    """P with a zero now and then, R of both signs, and a random policy."""
    rng = np.random.default_rng(seed)
    chances = rng.random((n_states, n_actions, n_states)).round(1)
    chances[..., 0] += 0.1
    chances /= chances.sum(axis=-1, keepdims=True)
    policy = rng.random((n_states, n_actions)) + 0.1
    policy /= policy.sum(axis=1, keepdims=True)
    return chances, rng.normal(size=(n_states, n_actions)), policy


def series(P, R, pi, gamma, terms=120):
    """Value of a policy as the discounted sum of expected rewards, time by time."""
    states = range(len(P))
    value = [0.0] * len(P)
    for start in states:
        where = {start: 1.0}
        for time in range(terms):
            ahead = dict.fromkeys(states, 0.0)
            for s, chance in where.items():
                for a, p in enumerate(pi[s]):
                    value[start] += gamma**time * chance * p * R[s, a]
                    for t in states:
                        ahead[t] += chance * p * P[s, a, t]
            where = ahead
    return np.array(value)


def by_linear_program(P, R, gamma):
    """Optimal values: the least v with v >= r + gamma P v for every action."""
    n_states, n_actions, _ = P.shape
    identity = np.repeat(np.eye(n_states), n_actions, axis=0)
    flat = P.reshape(-1, n_states)
    result = linprog(
        np.ones(n_states), gamma * flat - identity, -R.ravel(), bounds=(None, None)
    )
    assert result.success
    return result.x


# The environment


def walk(rows, forbidden, target, rewards, row, col, action):
    """One move read from a text map with a wall around it: next cell and reward."""
    n_cols = len(rows[0])
    inner = [
        "".join(
            "T" if (r, c) == target else "F" if (r, c) in forbidden else "."
            for c in range(n_cols)
        )
        for r in range(len(rows))
    ]
    padded = ["#" * (n_cols + 2), *(f"#{line}#" for line in inner), "#" * (n_cols + 2)]
    down = {"up": -1, "down": 1}.get(action, 0)
    right = {"left": -1, "right": 1}.get(action, 0)
    sign = padded[row + 1 + down][col + 1 + right]
    if sign == "#":
        return (row, col), rewards["#"]
    return (row + down, col + right), rewards[sign]


@given(sizes, sizes, seeds)
def test_each_move_is_what_a_walk_on_a_walled_map_gives(n_rows, n_cols, seed):
    cells = list(itertools.product(range(n_rows), range(n_cols)))
    rng = np.random.default_rng(seed)
    target = cells[rng.integers(len(cells))]
    forbidden = [c for c in cells if c != target and rng.random() < 0.4]
    rewards = {"#": -2.0, "F": -7.0, "T": 5.0, ".": 0.25}
    env = GridWorld(n_rows, n_cols, forbidden, target, -2.0, -7.0, 5.0, 0.25)
    assert env.P.shape == (len(cells), 5, len(cells))
    assert env.P.dtype == env.R.dtype == np.float64
    for row, col in cells:
        for a, action in enumerate(ACTIONS):
            entered, reward = walk(
                [" " * n_cols] * n_rows, forbidden, target, rewards, row, col, action
            )
            expected = np.zeros(len(cells))
            expected[cells.index(entered)] = 1
            np.testing.assert_array_equal(env.P[env.state(row, col), a], expected)
            assert env.R[env.state(row, col), a] == reward


def test_defaults_pay_minus_one_for_wall_and_forbidden_one_for_target_zero_else():
    env = GridWorld(2, 2, [(0, 1)], (1, 1))
    hand = [
        [-1, -1, 0, -1, 0],
        [-1, -1, 1, 0, -1],
        [0, 1, -1, -1, 0],
        [-1, -1, -1, 0, 1],
    ]
    np.testing.assert_array_equal(env.R, hand)


def test_a_wall_costs_the_boundary_reward_even_beside_the_target():
    env = GridWorld(1, 1, [], (0, 0))
    np.testing.assert_array_equal(env.R, [[-1, -1, -1, -1, 1]])
    np.testing.assert_array_equal(env.P, np.ones((1, 5, 1)))
    v, pi, _ = policy_iteration(env.P, env.R, 0.9)
    assert v[0] == pytest.approx(10)
    assert ACTIONS[pi[0].argmax()] == "stay"


def test_the_model_cannot_be_changed_behind_the_environment():
    with pytest.raises(ValueError, match="read-only"):
        world().R[0, 0] = 5
    with pytest.raises(ValueError, match="read-only"):
        world().P[0, 0, 0] = 5


def test_cells_may_be_lists_and_worlds_with_equal_cells_are_equal():
    assert GridWorld(2, 2, [[0, 1]], [1, 1]) == GridWorld(2, 2, {(0, 1)}, (1, 1))
    assert GridWorld(2, 2, [[0, 1]], [1, 1]).R[0, 1] == -1


@pytest.mark.parametrize("name", ["n_rows", "n_cols"])
@pytest.mark.parametrize("bad", [0, -1, 2.5, "3", True])
def test_a_bad_size_is_rejected_by_name(name, bad):
    size = {"n_rows": 5, "n_cols": 5, name: bad}
    with pytest.raises(
        ValueError, match=f"^{name} must be an integer >= 1, got {bad!r}"
    ):
        GridWorld(**size, forbidden=[], target=(0, 0))


def test_small_integers_of_numpy_do_not_overflow():
    env = GridWorld(np.int8(12), np.int8(12), [], (np.int8(11), np.int8(11)))
    assert env.state(np.int8(11), np.int8(11)) == 143
    assert env.P.shape == (144, 5, 144)


@pytest.mark.parametrize("cell", [3, (1,), (1, 2, 3)])
def test_a_cell_that_is_no_pair_is_rejected(cell):
    with pytest.raises(ValueError, match=r"cell must be \(row, col\), got"):
        GridWorld(5, 5, [], cell)
    with pytest.raises(ValueError, match=r"cell must be \(row, col\), got"):
        GridWorld(5, 5, [cell], (0, 0))


@pytest.mark.parametrize("cell", [(5, 0), (0, 5), (-1, 0), (0, -1), (0.0, 0)])
def test_a_cell_off_the_grid_is_rejected_as_target_forbidden_or_state(cell):
    message = "^cell must be on the 5 x 5 grid, got "
    with pytest.raises(ValueError, match=message):
        GridWorld(5, 5, [], cell)
    with pytest.raises(ValueError, match=message):
        GridWorld(5, 5, [cell], (0, 0))
    with pytest.raises(ValueError, match=message):
        world().state(*cell)


def test_a_forbidden_target_is_rejected():
    with pytest.raises(ValueError, match=r"target must not be forbidden, got \(1, 1\)"):
        GridWorld(5, 5, [(1, 1)], (1, 1))


@pytest.mark.parametrize("name", ["r_boundary", "r_forbidden", "r_target", "r_step"])
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_reward_that_is_not_finite_is_rejected_by_name(name, bad):
    with pytest.raises(ValueError, match=f"^{name} must be finite, got {bad}"):
        GridWorld(2, 2, [], (0, 0), **{name: bad})


# The value of a policy


@given(seeds, sizes, st.integers(1, 3), gammas)
def test_policy_evaluation_is_the_discounted_sum_of_expected_rewards(
    seed, n_states, n_actions, gamma
):
    P, R, pi = random_model(seed, n_states, n_actions)
    value = policy_evaluation(P, R, pi, gamma)
    np.testing.assert_allclose(value, series(P, R, pi, gamma), **TOLERANCE)


@pytest.mark.parametrize(("down", "first"), [(1, 9), (0, 8), (0.5, 8.5)])
def test_three_policies_of_the_two_by_two_world_by_hand(down, first):
    env = GridWorld(2, 2, [(0, 1)], (1, 1))
    pi = np.zeros((4, 5))
    pi[0, ACTIONS.index("down")], pi[0, ACTIONS.index("right")] = down, 1 - down
    pi[1, ACTIONS.index("down")] = 1
    pi[2, ACTIONS.index("right")] = 1
    pi[3, ACTIONS.index("stay")] = 1
    value = policy_evaluation(env.P, env.R, pi, 0.9)
    np.testing.assert_allclose(value, [first, 10, 10, 10], **TOLERANCE)


@given(seeds, sizes, st.integers(1, 3), gammas)
def test_backup_weighs_reward_and_next_values_one_number_at_a_time(
    seed, n_states, n_actions, gamma
):
    P, R, _ = random_model(seed, n_states, n_actions)
    v = np.random.default_rng(seed).normal(size=n_states)
    q = bellman_backup(P, R, v, gamma)
    for s, a in np.ndindex(R.shape):
        ahead = sum(P[s, a, t] * v[t] for t in range(n_states))
        assert q[s, a] == pytest.approx(R[s, a] + gamma * ahead, rel=0, abs=1e-12)


@given(seeds, gammas)
def test_paying_for_leaving_is_that_reward_plus_gamma_times_the_right_value(
    seed, gamma
):
    P, _, pi = random_model(seed, 4, 2)
    cell_reward = np.random.default_rng(seed).normal(size=4)
    entering = policy_evaluation(P, P @ cell_reward, pi, gamma)
    leaving = policy_evaluation(P, np.tile(cell_reward[:, None], 2), pi, gamma)
    np.testing.assert_allclose(leaving, cell_reward + gamma * entering, **TOLERANCE)


def test_paying_for_leaving_makes_the_cell_beside_the_target_worth_eight():
    env = world()
    pays = np.zeros(25)
    pays[[env.state(*cell) for cell in FORBIDDEN]] = -1
    pays[env.state(*TARGET)] = 1
    leaving, _, _ = policy_iteration(env.P, np.tile(pays[:, None], 5), 0.9)
    entering, _, _ = policy_iteration(env.P, env.R, 0.9)
    beside = env.state(3, 1)
    assert (leaving[beside], entering[beside]) == pytest.approx(
        (8, 10), rel=0, abs=1e-12
    )


def sutton_world():
    """Example 3.5: from A (0, 1) to A' for 10, from B (0, 3) to B' for 5; no stay."""
    env = GridWorld(5, 5, [], (4, 4), r_boundary=-1, r_target=0)
    P, R = env.P[:, :4].copy(), env.R[:, :4].copy()
    for leave, arrive, reward in [((0, 1), (4, 1), 10), ((0, 3), (2, 3), 5)]:
        P[env.state(*leave)] = np.eye(25)[env.state(*arrive)]
        R[env.state(*leave)] = reward
    return P, R


def test_example_3_5_of_sutton_and_barto():
    P, R = sutton_world()
    value = policy_evaluation(P, R, np.full((25, 4), 0.25), 0.9)
    np.testing.assert_array_equal(value[:5].round(1), [3.3, 8.8, 4.4, 5.3, 1.5])


def test_example_3_8_of_sutton_and_barto():
    P, R = sutton_world()
    value, _, _ = policy_iteration(P, R, 0.9)
    np.testing.assert_array_equal(value[:5].round(1), [22.0, 24.4, 22.0, 19.4, 17.5])
    assert value[1] == pytest.approx(10 / (1 - 0.9**5), rel=0, abs=1e-12)
    assert value[1] == pytest.approx(24.4194, abs=5e-5)


def corner_world():
    """Example 4.1: two corners end the task, every move costs 1; no stay."""
    env = GridWorld(4, 4, [], (0, 0), -1, -1, -1, -1)
    return env.P[:, :4], env.R[:, :4], np.isin(np.arange(16), [0, 15])


def test_example_4_1_of_sutton_and_barto_without_discount():
    P, R, ends = corner_world()
    value = policy_evaluation(P, R, np.full((16, 4), 0.25), 1, ends)
    table = [
        [0, -14, -20, -22],
        [-14, -18, -20, -20],
        [-20, -20, -18, -14],
        [-22, -20, -14, 0],
    ]
    np.testing.assert_allclose(value.reshape(4, 4), table, rtol=0, atol=1e-11)
    q = bellman_backup(P, R, value, 1, ends)  # without discount as well
    np.testing.assert_allclose(q.mean(axis=1), value, rtol=0, atol=1e-11)


def test_without_discount_a_policy_that_may_never_end_is_rejected():
    P, R, ends = corner_world()
    up = np.eye(4)[[0] * 16]
    with pytest.raises(ValueError, match=r"none from states \[1, 2, 3, 5, 6, 7, 9"):
        policy_evaluation(P, R, up, 1, ends)


def test_without_discount_a_long_chain_that_ends_at_last_is_accepted():
    env = GridWorld(1, 7, [], (0, 6), r_step=-1, r_target=-1)
    right = np.eye(5)[[1] * 7]
    value = policy_evaluation(env.P, env.R, right, 1, at_target(env))
    np.testing.assert_allclose(value, [-6, -5, -4, -3, -2, -1, 0], **TOLERANCE)


@given(seeds, st.integers(2, 4), st.integers(1, 3), gammas)
def test_terminal_is_a_state_that_leads_to_itself_for_nothing(
    seed, n_states, n_actions, gamma
):
    P, R, pi = random_model(seed, n_states, n_actions)
    ends = np.arange(n_states) == n_states - 1
    trap, free = P.copy(), R.copy()
    trap[-1], free[-1] = np.eye(n_states)[-1], 0
    v = np.random.default_rng(seed).normal(size=n_states) * ~ends
    for marked, built in [
        (
            policy_evaluation(P, R, pi, gamma, ends),
            policy_evaluation(trap, free, pi, gamma),
        ),
        (
            bellman_backup(P, R, v, gamma, ends),
            bellman_backup(trap, free, v, gamma),
        ),
        (
            value_iteration(P, R, gamma, 1e-13, ends)[0],
            value_iteration(trap, free, gamma, 1e-13)[0],
        ),
        (
            policy_iteration(P, R, gamma, ends)[0],
            policy_iteration(trap, free, gamma)[0],
        ),
        (
            truncated_policy_iteration(P, R, gamma, 1e-13, 3, ends)[0],
            truncated_policy_iteration(trap, free, gamma, 1e-13, 3)[0],
        ),
    ]:
        np.testing.assert_allclose(marked, built, **TOLERANCE)
        assert np.all(marked[-1] == 0)


def test_the_arguments_are_left_as_they_were():
    P, R, pi = random_model(1, 3, 2)
    before = P.copy(), R.copy(), pi.copy()
    policy_evaluation(P, R, pi, 0.5, np.array([True, False, False]))
    policy_iteration(P, R, 0.5, np.array([True, False, False]))
    for now, then in zip((P, R, pi), before):
        np.testing.assert_array_equal(now, then)


# The greedy policy


def test_greedy_takes_the_largest_and_breaks_ties_as_told():
    q = np.array([[1.0, 3, 2], [5, 5, 5], [4, 4, 1], [-2, -3, -2]])
    np.testing.assert_array_equal(greedy(q).argmax(axis=1), [1, 2, 0, 2])
    np.testing.assert_array_equal(greedy(q, tie="first").argmax(axis=1), [1, 0, 0, 0])
    np.testing.assert_array_equal(greedy(q).sum(axis=1), 1)


def test_greedy_sees_a_tie_through_rounding_but_not_a_difference():
    rounding = 0.1 + 0.2 - 0.3  # 5.6e-17
    assert greedy([[0.3 + rounding, 1, 0.3 + 2 * rounding]]).argmax() == 1
    assert greedy([[1 + 4e-16, 1 + 2e-16, 1.0]], tie="first").argmax() == 0
    assert greedy([[1 + 4e-16, 1.0]]).argmax() == 1
    assert greedy([[1 + 1e-9, 1.0]]).argmax() == 0
    assert greedy([[1e-20, 0.0]]).argmax() == 0  # small, yet not a tie
    assert greedy([[1e300, 1e300 * (1 + 1e-9), 0.0]]).argmax() == 1


@pytest.mark.parametrize(
    "bad",
    [np.zeros(3), np.zeros((0, 2)), np.zeros((2, 0)), [[math.nan, 1]], [[-math.inf]]],
)
def test_greedy_rejects_what_is_not_a_finite_table(bad):
    with pytest.raises(
        ValueError, match=r"q must be finite, shape \(S, A\), got shape"
    ):
        greedy(bad)


def test_greedy_judges_each_row_by_its_own_best():
    q = np.array([[1.0, 0.5], [1e13, 0.0], [-1.0, -1e13], [2e-20, 1e-20]])
    for tie in ("first", "stay"):
        np.testing.assert_array_equal(greedy(q, tie).argmax(axis=1), 0)


def test_greedy_rejects_an_unknown_tie_break():
    with pytest.raises(ValueError, match="tie must be 'stay' or 'first', got 'last'"):
        greedy([[1.0]], tie="last")


# The best policy

SOLVERS = {
    "value": lambda P, R, gamma: value_iteration(P, R, gamma, 1e-13),
    "policy": policy_iteration,
    "truncated": lambda P, R, gamma: truncated_policy_iteration(P, R, gamma, 1e-13, 4),
}


@pytest.mark.parametrize("solver", SOLVERS.values(), ids=SOLVERS)
@given(seed=seeds, n_states=st.integers(1, 3), n_actions=st.integers(1, 3))
def test_no_deterministic_policy_beats_the_solver(solver, seed, n_states, n_actions):
    P, R, _ = random_model(seed, n_states, n_actions)
    gamma = 0.6
    every = [
        np.linalg.matrix_power(
            np.block(
                [
                    [
                        gamma * P[range(n_states), choice],
                        R[range(n_states), choice, None],
                    ],
                    [np.zeros((1, n_states)), np.ones((1, 1))],
                ]
            ),
            128,
        )[:-1, -1]
        for choice in itertools.product(range(n_actions), repeat=n_states)
    ]
    v, pi, _ = solver(P, R, gamma)
    np.testing.assert_allclose(v, np.max(every, axis=0), **TOLERANCE)
    np.testing.assert_allclose(policy_evaluation(P, R, pi, gamma), v, **TOLERANCE)


@pytest.mark.parametrize("solver", SOLVERS.values(), ids=SOLVERS)
@pytest.mark.parametrize("r_forbidden", [-1, -10])
@pytest.mark.parametrize("gamma", [0.9, 0.5, 0.0])
def test_the_five_by_five_values_are_those_of_the_linear_program(
    solver, r_forbidden, gamma
):
    env = world(r_forbidden)
    v, _, _ = solver(env.P, env.R, gamma)
    best = by_linear_program(env.P, env.R, gamma)
    np.testing.assert_allclose(v, best, rtol=0, atol=1e-9)  # linprog's own tolerance


TABLES = {
    -1: """5.8 5.6 6.2 6.5 5.8
           6.5 7.2 8.0 7.2 6.5
           7.2 8.0 10.0 8.0 7.2
           8.0 10.0 10.0 10.0 8.0
           7.2 9.0 10.0 9.0 8.1""",
    -10: """3.5 3.9 4.3 4.8 5.3
            3.1 3.5 4.8 5.3 5.9
            2.8 2.5 10.0 5.9 6.6
            2.5 10.0 10.0 10.0 7.3
            2.3 9.0 10.0 9.0 8.1""",
}


@pytest.mark.parametrize("r_forbidden", TABLES)
def test_the_five_by_five_values_are_the_published_ones(r_forbidden):
    env = world(r_forbidden)
    v, _, _ = policy_iteration(env.P, env.R, 0.9)
    table = np.array(TABLES[r_forbidden].split(), dtype=float)
    np.testing.assert_array_equal(v.round(1), table)


def test_the_corner_pays_one_fine_or_makes_a_detour_of_eleven_moves():
    through, around = 0.9**4 * 10 - 0.9**3, 0.9**10 * 10
    assert (through, around) == pytest.approx((5.832, 3.487), abs=5e-4)
    for r_forbidden, by_hand in [(-1, through), (-10, around)]:
        v, _, _ = policy_iteration(world(r_forbidden).P, world(r_forbidden).R, 0.9)
        assert v[0] == pytest.approx(by_hand, rel=0, abs=1e-12)
    v, _, _ = policy_iteration(world().P, world().R, 0.5)
    assert v[0] == pytest.approx(0.5**10 * 2, rel=0, abs=1e-12)  # fine: 2/16 - 1/8 = 0


@pytest.mark.parametrize("r_forbidden", [-1e11, -3e11, -1e12, -1e15, -1e300])
@pytest.mark.parametrize("solver", SOLVERS.values(), ids=SOLVERS)
def test_a_penalty_that_nobody_pays_changes_nothing_however_large(solver, r_forbidden):
    env, mild = world(r_forbidden), world(-10)
    v, pi, _ = solver(env.P, env.R, 0.9)
    assert v[0] == pytest.approx(10 * 0.9**10, rel=0, abs=1e-11)
    best, _, _ = policy_iteration(mild.P, mild.R, 0.9)
    np.testing.assert_allclose(v, best, rtol=0, atol=1e-11)
    value = policy_evaluation(env.P, env.R, pi, 0.9)
    np.testing.assert_allclose(value, best, rtol=0, atol=1e-11)


@pytest.mark.parametrize(
    ("rows", "cols", "gamma"),
    [(1, 20, 0.1), (1, 60, 0.5), (20, 20, 0.3), (1, 9, 1e-30)],
)
def test_far_away_a_small_value_is_still_a_value(rows, cols, gamma):
    env = GridWorld(rows, cols, [], (rows - 1, cols - 1))
    v, pi, _ = policy_iteration(env.P, env.R, gamma)
    row, col = np.divmod(np.arange(rows * cols), cols)
    moves = rows - 1 - row + cols - 1 - col
    by_hand = gamma ** np.maximum(moves - 1.0, 0) / (1 - gamma)
    np.testing.assert_allclose(v, by_hand, rtol=1e-13, atol=0)
    assert np.flatnonzero(pi[:, 4]).tolist() == [rows * cols - 1]  # only there it stays


def test_a_value_is_exact_beside_values_of_another_size():
    up = np.eye(5)[[0] * 25]
    for r_forbidden in (-1e12, -1e100, -1e300):
        env = world(r_forbidden)
        value = policy_evaluation(env.P, env.R, up, 0.9)
        top = [0, 1, 2, 3, 4]  # they bump into the wall for ever
        np.testing.assert_allclose(value[top], -10, rtol=1e-14, atol=0)
        assert value[env.state(2, 1)] == pytest.approx(r_forbidden - 8.1, rel=1e-14)


@pytest.mark.parametrize("shift", [-1.0, -0.1, 0.0, 0.3])
@pytest.mark.parametrize("r_forbidden", [-1, -10])
@pytest.mark.parametrize("ends", [False, True])
def test_policy_iteration_is_optimal_where_values_cancel_to_zero(
    shift, r_forbidden, ends
):
    env = world(r_forbidden)
    terminal = at_target(env) if ends else None
    v, pi, _ = policy_iteration(env.P, env.R + shift, 0.9, terminal)
    backup = bellman_backup(env.P, env.R + shift, v, 0.9, terminal)
    np.testing.assert_allclose(backup.max(axis=1), v, rtol=0, atol=1e-12)
    np.testing.assert_allclose((pi * backup).sum(axis=1), v, rtol=0, atol=1e-12)


@given(seeds, st.integers(1, 8), st.integers(1, 4), st.sampled_from([0.0, 0.9, 0.999]))
def test_policy_iteration_is_optimal_with_ties_and_rewards_of_many_sizes(
    seed, n_states, n_actions, gamma
):
    rng = np.random.default_rng(seed)
    P = np.eye(n_states)[rng.integers(n_states, size=(n_states, n_actions))]
    R = rng.choice([-1, 0, 1, 2, -0.5], size=(n_states, n_actions))
    R = R * 10.0 ** rng.choice([0, 0, 3, -6, 9], size=(n_states, 1))
    v, _, _ = policy_iteration(P, R, gamma)
    size = np.abs(R).max(axis=1)
    for _ in range(n_states):  # of the largest reward that the state can reach
        size = np.maximum(size, (P @ size[:, None])[..., 0].max(axis=1))
    gain = bellman_backup(P, R, v, gamma).max(axis=1) - v
    assert (gain <= 1e-9 * size / (1 - gamma)).all()


def test_each_state_settles_by_its_own_size():
    P = np.eye(3)[[2, 1, 2]][:, None]  # 0 is paid once and ends, 1 is paid for ever
    R, ends = [[1e15], [1.0], [0.0]], np.array([False, False, True])
    for solve in (value_iteration, truncated_policy_iteration):
        v, _, _ = solve(P, R, 0.9, terminal=ends)
        np.testing.assert_allclose(v, [1e15, 10, 0], rtol=1e-9, atol=0)


@pytest.mark.parametrize(("r_forbidden", "farthest"), [(-1, 5), (-10, 15)])
def test_a_cell_has_its_final_value_after_as_many_rounds_as_its_best_way_has_moves(
    r_forbidden, farthest
):
    env = world(r_forbidden)
    v, pi, values = policy_iteration(env.P, env.R, 0.9)
    after = env.P[range(25), pi.argmax(axis=1)].argmax(axis=1)  # the next cell
    moves, here = np.zeros(25, dtype=int), np.arange(25)
    for _ in range(25):
        moves += here != env.state(*TARGET)
        here = after[here]
    assert moves.max() == farthest == len(values) - 1
    assert moves[env.state(4, 0)] == {-1: 3, -10: 15}[r_forbidden]
    for k, value in enumerate(values):
        final = np.abs(value - v) < 1e-9
        assert final[moves <= k].all()
    early = [(np.abs(x - v) < 1e-9) & (moves > k) for k, x in enumerate(values)]
    assert np.sum(early) == {-1: 1, -10: 2}[r_forbidden]  # hardly ever sooner


def test_two_by_two_world_by_hand():
    env = GridWorld(2, 2, [(0, 1)], (1, 1))
    v, _, _ = policy_iteration(env.P, env.R, 0.9)
    np.testing.assert_allclose(v, [9, 10, 10, 10], **TOLERANCE)


@pytest.mark.parametrize(("r_forbidden", "rounds"), [(-1, 6), (-10, 16)])
def test_value_iteration_and_policy_iteration_agree_after_many_and_few_rounds(
    r_forbidden, rounds
):
    env = world(r_forbidden)
    v, pi, iterates = value_iteration(env.P, env.R, 0.9, 1e-12)
    best, best_pi, values = policy_iteration(env.P, env.R, 0.9)
    assert len(iterates) - 1 == 264
    assert len(values) == rounds
    assert np.abs(v - best).max() < 9e-12
    np.testing.assert_array_equal(pi, best_pi)
    np.testing.assert_array_equal(iterates[0], 0)
    np.testing.assert_array_equal(iterates[-1], v)
    np.testing.assert_array_equal(values[-1], best)
    np.testing.assert_allclose(values[0][env.state(*TARGET)], 10, **TOLERANCE)


def test_the_error_of_value_iteration_shrinks_by_gamma_each_sweep():
    env = world()
    best, _, _ = policy_iteration(env.P, env.R, 0.9)
    _, _, iterates = value_iteration(env.P, env.R, 0.9, 1e-12)
    errors = np.abs(iterates - best).max(axis=1)
    assert errors[0] == pytest.approx(10, rel=0, abs=1e-12)
    assert errors[20] == pytest.approx(10 * 0.9**20, rel=0, abs=1e-12)
    assert errors[20] == pytest.approx(1.21577, abs=5e-6)
    assert np.all(errors[1:] <= 0.9 * errors[:-1] + 1e-14)
    assert errors[65] > 0.01 > errors[66]  # the guarantee of 66 sweeps is tight here
    assert math.ceil(math.log(0.001) / math.log(0.9)) == 66


@given(seeds, sizes, st.integers(1, 3), st.sampled_from([0.0, 0.5, 0.99]))
def test_the_optimal_backup_is_a_contraction(seed, n_states, n_actions, gamma):
    P, R, _ = random_model(seed, n_states, n_actions)
    v, w = np.random.default_rng(seed).normal(size=(2, n_states)) * 100
    change = bellman_backup(P, R, v, gamma).max(1) - bellman_backup(P, R, w, gamma).max(
        1
    )
    assert np.abs(change).max() <= gamma * np.abs(v - w).max() + 1e-12


@given(seeds, sizes, st.integers(1, 3), st.sampled_from([0.5, 0.9]))
def test_the_last_change_bounds_the_error_of_value_and_policy(
    seed, n_states, n_actions, gamma
):
    P, R, _ = random_model(seed, n_states, n_actions)
    tol = 1e-3
    v, pi, iterates = value_iteration(P, R, gamma, tol)
    changes = np.abs(np.diff(iterates, axis=0)).max(axis=1)
    assert changes[-1] <= tol
    assert np.all(changes[:-1] > tol)
    best, _, _ = policy_iteration(P, R, gamma)
    bound = gamma / (1 - gamma) * changes[-1] + 1e-12
    assert np.abs(v - best).max() <= bound
    assert np.abs(policy_evaluation(P, R, pi, gamma) - best).max() <= 2 * bound


def test_the_bound_on_the_error_is_reached_on_the_grid():
    env = world()
    best, _, _ = policy_iteration(env.P, env.R, 0.9)
    v, _, iterates = value_iteration(env.P, env.R, 0.9, 1e-3)
    change = np.abs(iterates[-1] - iterates[-2]).max()
    assert np.abs(v - best).max() == pytest.approx(9 * change, rel=1e-9)
    assert np.abs(v - best).max() > 1e-3  # so tol itself is no bound


def test_iterates_started_above_the_optimum_are_the_value_of_no_policy():
    env = world()
    best, _, _ = policy_iteration(env.P, env.R, 0.9)
    v = np.full(25, 100.0)
    for _ in range(30):
        v = bellman_backup(env.P, env.R, v, 0.9).max(axis=1)
        assert np.all(v > best)


@given(seeds, sizes, st.integers(2, 3))
def test_policy_iteration_never_loses_value_from_round_to_round(
    seed, n_states, n_actions
):
    P, R, _ = random_model(seed, n_states, n_actions)
    _, _, values = policy_iteration(P, R, 0.9)
    assert np.all(np.diff(values, axis=0) >= -1e-12)
    last = np.eye(n_actions)[[-1] * n_states]
    start = policy_evaluation(P, R, last, 0.9)
    np.testing.assert_allclose(values[0], start, **TOLERANCE)
    assert np.all(values[:-1].sum(axis=1) < values[1:].sum(axis=1) + 1e-9)


@given(seeds, sizes, st.integers(1, 3), gammas)
def test_one_sweep_of_truncated_policy_iteration_is_value_iteration(
    seed, n_states, n_actions, gamma
):
    P, R, _ = random_model(seed, n_states, n_actions)
    for ours, theirs in zip(
        truncated_policy_iteration(P, R, gamma, 1e-6, 1),
        value_iteration(P, R, gamma, 1e-6),
    ):
        np.testing.assert_allclose(ours, theirs, **TOLERANCE)


@given(seeds, sizes, st.integers(1, 3))
def test_many_sweeps_evaluate_the_policy_of_the_round(seed, n_states, n_actions):
    P, R, _ = random_model(seed, n_states, n_actions)
    _, _, values = truncated_policy_iteration(P, R, 0.5, 1e-9, 60)
    for old, new in itertools.pairwise(values):
        pi = greedy(bellman_backup(P, R, old, 0.5))
        np.testing.assert_allclose(new, policy_evaluation(P, R, pi, 0.5), **TOLERANCE)


def test_more_sweeps_need_fewer_policies_but_more_sweeps_in_all():
    env = world()
    best, _, _ = policy_iteration(env.P, env.R, 0.9)
    sweeps = np.array([1, 2, 5, 20, 100])
    policies = []
    for j in sweeps:
        v, _, history = truncated_policy_iteration(env.P, env.R, 0.9, 1e-10, int(j))
        policies.append(len(history) - 1)
        assert np.abs(v - best).max() < 1e-9
    assert policies == [220, 114, 48, 13, 6]
    assert list(sweeps * policies) == [220, 228, 240, 260, 600]
    values = (sweeps + 4) * policies  # greedy costs |A| = 5 values, a further sweep 1
    assert list(values) == [1100, 684, 432, 312, 624]


def test_evaluating_a_poor_policy_well_is_wasted_work():
    env = world(-10)
    tried = []
    for j in (20, 100):
        _, _, history = truncated_policy_iteration(env.P, env.R, 0.9, 1e-10, j)
        tried.append(
            [greedy(bellman_backup(env.P, env.R, v, 0.9)) for v in history[:-1]]
        )
    np.testing.assert_array_equal(*tried)
    assert len(tried[0]) == 16  # at 24 or 104 values per state each


def still_best(pi, P, R, gamma, terminal=None):
    """In which states the actions of ``pi`` are among the best for other rewards."""
    v, _, _ = policy_iteration(P, R, gamma, terminal)
    q = bellman_backup(P, R, v, gamma, terminal)
    return (pi * q).sum(axis=1) >= q.max(axis=1) - 1e-9


@given(seeds, st.integers(2, 4), st.integers(1, 3), gammas, st.booleans())
def test_shaping_by_a_potential_subtracts_it_from_every_value(
    seed, n_states, n_actions, gamma, with_end
):
    P, R, pi = random_model(seed, n_states, n_actions)
    terminal = np.arange(n_states) == 0 if with_end else None
    phi = 5 * np.random.default_rng(seed).normal(size=n_states)
    phi *= 1 if terminal is None else ~terminal
    shaped = R + gamma * P @ phi - phi[:, None]
    for old, new in [
        (
            policy_evaluation(P, R, pi, gamma, terminal),
            policy_evaluation(P, shaped, pi, gamma, terminal),
        ),
        (
            policy_iteration(P, R, gamma, terminal)[0],
            policy_iteration(P, shaped, gamma, terminal)[0],
        ),
    ]:
        np.testing.assert_allclose(new, old - phi, rtol=0, atol=1e-11)
    _, best, _ = policy_iteration(P, R, gamma, terminal)
    assert still_best(best, P, shaped, gamma, terminal).all()


def test_a_reward_for_coming_closer_that_is_no_potential_changes_the_policy():
    env = world()
    phi = -np.abs(np.divmod(np.arange(25), 5) - np.array([[3], [2]])).sum(axis=0)
    closer = np.maximum(env.P @ phi - phi[:, None], 0)  # nothing to pay for going back
    _, pi, _ = policy_iteration(env.P, env.R, 0.9)
    assert not still_best(pi, env.P, env.R + 2 * closer, 0.9).all()
    shaped = env.R + 2 * (0.9 * env.P @ phi - phi[:, None])
    assert still_best(pi, env.P, shaped, 0.9).all()


@given(seeds, sizes, st.integers(1, 3), gammas)
def test_policy_improvement_loses_nowhere_and_ends_only_at_the_optimum(
    seed, n_states, n_actions, gamma
):
    P, R, pi = random_model(seed, n_states, n_actions)
    v = policy_evaluation(P, R, pi, gamma)
    better = greedy(bellman_backup(P, R, v, gamma))
    gain = policy_evaluation(P, R, better, gamma) - v
    assert gain.min() >= -1e-12
    best = by_linear_program(P, R, gamma)
    if gain.max() < 1e-12:
        np.testing.assert_allclose(v, best, rtol=0, atol=1e-8)


@given(st.sampled_from([0.5, 2.0, 1e-6]), st.sampled_from([-3.0, -1.0, 0.0, 3.0]))
def test_scaled_and_shifted_rewards_keep_the_policy_of_an_endless_task(scale, shift):
    env = world()
    v, pi, _ = policy_iteration(env.P, env.R, 0.9)
    new_v, new_pi, _ = policy_iteration(env.P, scale * env.R + shift, 0.9)
    np.testing.assert_allclose(new_v, scale * v + shift * 10, rtol=0, atol=1e-11)
    if shift == 0 or scale > 1e-3:  # else the differences drown in the shift
        np.testing.assert_array_equal(new_pi, pi)


def test_value_iteration_gives_the_affine_rule_to_its_tolerance():
    env = world()
    v, pi, _ = value_iteration(env.P, env.R, 0.9, 1e-12)
    new_v, new_pi, _ = value_iteration(env.P, 2 * env.R + 3, 0.9, 1e-12)
    assert np.abs(new_v - (2 * v + 30)).max() < 2e-11
    np.testing.assert_array_equal(new_pi, pi)


def test_a_bonus_per_step_makes_the_agent_avoid_a_target_that_ends_the_task():
    env = world()
    ends = at_target(env)
    v, pi, _ = policy_iteration(env.P, env.R, 0.9, ends)
    new_v, new_pi, _ = policy_iteration(env.P, env.R + 1, 0.9, ends)
    assert v[env.state(3, 1)] == v[env.state(2, 2)] == pytest.approx(1)
    np.testing.assert_allclose(new_v[~ends], 10, **TOLERANCE)
    # The policies share 3 actions only, but most of the old ones are as good.
    assert np.count_nonzero(np.all(pi == new_pi, axis=1)) == 3
    kept = still_best(pi, env.P, env.R + 1, 0.9, ends)
    entered = np.einsum("sa,sa->s", pi, env.P[:, :, env.state(*TARGET)]) > 0
    np.testing.assert_array_equal(~kept, entered & ~ends)
    assert kept.sum() == 21
    assert still_best(pi, env.P, env.R - 1, 0.9, ends).sum() == 13
    entering = new_pi @ np.ones(5) - np.einsum("sa,sat->st", new_pi, env.P)[
        :, ~ends
    ].sum(1)
    assert np.all(entering[~ends] == 0)


def test_no_discount_in_an_endless_task_leaves_the_value_open():
    env = world()
    stay = np.einsum("sat->st", env.P[:, 4:])
    assert np.linalg.matrix_rank(np.eye(25) - stay) == 0  # v = v says nothing
    for solve in (policy_iteration, value_iteration, truncated_policy_iteration):
        with pytest.raises(ValueError, match=r"gamma must be in \[0, 1\), got 1"):
            solve(env.P, env.R, 1)
        with pytest.raises(ValueError, match=r"gamma must be in \[0, 1\), got 1"):
            solve(env.P, env.R, 1, terminal=at_target(env))


@pytest.mark.parametrize(("gamma", "target"), [(0.9, 10), (0.5, 2), (0.0, 1)])
def test_a_target_that_pays_forever_is_worth_one_over_one_minus_gamma(gamma, target):
    env = world()
    v, _, _ = policy_iteration(env.P, env.R, gamma)
    assert v[env.state(*TARGET)] == pytest.approx(target, rel=0, abs=1e-12)


@pytest.mark.parametrize(
    ("gamma", "first", "moves"), [(0.6, 3, True), (0.4, 5 / 3, False)]
)
def test_the_two_state_chain_moves_when_gamma_exceeds_one_half(gamma, first, moves):
    P = np.array([[[1.0, 0], [0, 1]], [[0, 1], [0, 1]]])
    R = np.array([[1.0, 0], [2, 2]])
    v, pi, _ = policy_iteration(P, R, gamma)
    np.testing.assert_allclose(v, [first, 2 / (1 - gamma)], **TOLERANCE)
    assert bool(pi[0, 1]) is moves


# Ties, extremes, and stopping


def test_comparing_policies_with_random_ties_does_not_settle_in_forty_rounds():
    env = world()
    rng = np.random.default_rng(0)
    pi = np.eye(5)[[4] * 25]
    policies = []
    for _ in range(40):
        q = bellman_backup(env.P, env.R, policy_evaluation(env.P, env.R, pi, 0.9), 0.9)
        tied = q >= q.max(axis=1, keepdims=True) - 1e-9
        pi = np.eye(5)[(tied * rng.random(tied.shape)).argmax(axis=1)]
        policies.append(pi)
    last = policies[-20:]
    assert not any(np.array_equal(a, b) for a, b in itertools.pairwise(last))
    best, _, _ = policy_iteration(env.P, env.R, 0.9)
    for pi in last:  # although each is optimal
        value = policy_evaluation(env.P, env.R, pi, 0.9)
        np.testing.assert_allclose(value, best, **TOLERANCE)


@pytest.mark.parametrize("gamma", [0.999999, 1 - 1e-12])
@pytest.mark.parametrize("seed", range(20))
def test_policy_iteration_ends_when_rounding_decides(gamma, seed):
    P, R, _ = random_model(seed, 5, 4)
    P[:, 2:], R[:, 2:] = P[:, :2], R[:, :2]  # every action has a twin
    R += np.random.default_rng(seed).choice([-1e-16, 0, 1e-16], size=R.shape)
    v, _, values = policy_iteration(P, R, gamma)
    assert np.isfinite(v).all()
    assert len(values) < 20


@pytest.mark.parametrize("solver", [value_iteration, truncated_policy_iteration])
@pytest.mark.parametrize("tol", [math.inf, 0.5])
def test_the_policy_is_greedy_for_the_value_returned_however_rough(solver, tol):
    env = world()
    v, pi, _ = solver(env.P, env.R, 0.9, tol)
    np.testing.assert_array_equal(pi, greedy(bellman_backup(env.P, env.R, v, 0.9)))


@pytest.mark.parametrize("solver", [value_iteration, truncated_policy_iteration])
def test_a_solver_that_does_not_settle_says_so(solver, monkeypatch):
    monkeypatch.setitem(solver.__globals__, "_MOST", 20)
    env = world()
    with pytest.raises(ValueError, match=r"must fall to 1e-10 in 20 steps, got [01]\."):
        solver(env.P, env.R, 0.99)


def test_a_rise_no_larger_than_another_fall_is_rounding():
    rises = policy_iteration.__globals__["_rises"]
    old, size = np.array([1.0, 1.0, 0.0]), np.array([1.0, 2.0, 0.0])
    for rise, gained in [(0.5, True), (2**-49, True), (2**-50, False), (0.0, False)]:
        new = old + np.array([rise, -(2**-49), 0.0])  # the fall counts by its size, 2
        assert rises(old, new, size, size / 2) is gained
    assert rises(old, old, size, size) is False


def test_policy_iteration_that_keeps_no_policy_says_so(monkeypatch):
    scope = policy_iteration.__globals__
    monkeypatch.setitem(scope, "_rises", lambda *values: True)
    flips = itertools.cycle([np.array([[1.0, 0, 0]]), np.array([[0.0, 1, 0]])])
    monkeypatch.setitem(scope, "greedy", lambda q: next(flips))
    with pytest.raises(ValueError, match="must be kept at last, got 1003 in a row"):
        policy_iteration(np.ones((1, 3, 1)), [[1.0, 1.0, 0.0]], 0.5)


def test_policy_iteration_ends_where_values_rise_no_more(monkeypatch):
    # A greedy step that flips between twins for ever, as rounding could make it do.
    flips = itertools.cycle([np.array([[1.0, 0, 0]]), np.array([[0.0, 1, 0]])])
    monkeypatch.setitem(policy_iteration.__globals__, "greedy", lambda q: next(flips))
    v, _, values = policy_iteration(np.ones((1, 3, 1)), [[1.0, 1.0, 0.0]], 0.5)
    np.testing.assert_array_equal(values, [[0], [2], [2]])
    np.testing.assert_array_equal(v, [2])


def test_a_discount_near_one_takes_the_steps_that_it_needs():
    P, R = np.ones((1, 1, 1)), [[1.0]]  # the change of sweep k is gamma ** (k - 1)
    v, _, history = value_iteration(P, R, 0.9999, 1e-5)
    assert len(history) - 1 == 1 + math.ceil(math.log(1e-5) / math.log(0.9999))
    assert len(history) > 100_000
    assert v[0] == pytest.approx(1e4, rel=0, abs=0.1)


@given(
    seeds,
    st.sampled_from([0.0, 1e-300, 0.3, 0.9, 0.99]),
    st.sampled_from([1e-300, 1.0, 1e300]),
    st.sampled_from([1e-320, 1e-10, 1e10]),
    st.integers(1, 4),
)
def test_the_bound_on_the_steps_refuses_nothing_that_converges(
    seed, gamma, scale, tol, j
):
    P, R, _ = random_model(seed, 3, 3)
    P[0], R = np.eye(3)[0], scale * R
    best, _, _ = policy_iteration(P, R, gamma)
    for v, _, _ in (
        value_iteration(P, R, gamma, tol),
        truncated_policy_iteration(P, R, gamma, tol, j),
    ):
        np.testing.assert_allclose(v, best, rtol=0, atol=100 * tol + 1e-10 * scale)


@pytest.mark.parametrize("solver", [value_iteration, truncated_policy_iteration])
def test_steps_stop_where_the_contraction_promises_an_end(solver, monkeypatch):
    monkeypatch.setitem(solver.__globals__, "_settled", lambda *args: False)
    for scale, tol, steps in [(1, 1e-10, 256), (1e-3, 1e-10, 190), (1, math.inf, 2)]:
        with pytest.raises(ValueError, match=f" in {steps} steps, got"):
            solver(world().P, scale * world().R, 0.9, tol)
    with pytest.raises(ValueError, match=" in 2 steps, got"):
        solver(world().P, world().R, 0)


@pytest.mark.parametrize("j", [1, 2, 3, 5])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_an_action_almost_as_good_as_the_best_does_not_keep_the_values_moving(share, j):
    # To stay misses less than the slack of a tie, but more than tol.
    leave = 0.9 * 1e7
    stay = leave * (1 - 0.9) - share * 1e-12 * leave
    P, R = [[[0, 1], [1, 0]], [[0, 1], [0, 1]]], [[0, stay], [1e6, 1e6]]
    v, _, _ = truncated_policy_iteration(P, R, 0.9, 1e-10, j)
    np.testing.assert_allclose(v, [leave, 1e7], rtol=1e-13, atol=0)


@pytest.mark.parametrize("slack", [-1e-9, 1, math.nan])
def test_greedy_rejects_a_slack_that_is_no_share(slack):
    with pytest.raises(ValueError, match=rf"slack must be in \[0, 1\), got {slack}"):
        greedy([[1.0]], slack=slack)


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e15, 1e200])
def test_solvers_end_for_rewards_of_any_size(scale):
    env = world(-3)
    best, pi, _ = policy_iteration(env.P, env.R, 0.9)
    tol = 1e-13 * min(scale, 1.0)
    for v, policy, _ in (
        value_iteration(env.P, scale * env.R, 0.9, tol),
        truncated_policy_iteration(env.P, scale * env.R, 0.9, tol, 7),
        policy_iteration(env.P, scale * env.R, 0.9),
    ):
        np.testing.assert_allclose(v / scale, best, rtol=0, atol=1e-11)
        np.testing.assert_array_equal(policy, pi)


def test_a_tolerance_below_rounding_stops_where_rounding_begins():
    env = world()
    best, _, _ = policy_iteration(env.P, env.R, 0.9)
    for solve in (value_iteration, truncated_policy_iteration):
        v, _, history = solve(env.P, env.R, 0.9, 1e-300)
        assert 0 < np.abs(history[-1] - history[-2]).max() < 1e-12
        np.testing.assert_allclose(v, best, rtol=0, atol=1e-11)


def test_a_model_without_rewards_is_worth_nothing():
    P = np.ones((1, 1, 1))
    for solver in SOLVERS.values():
        v, pi, _ = solver(P, np.zeros((1, 1)), 0.9)
        assert v == 0
        assert pi == 1


# Bad input

P2, R2, PI2 = random_model(0, 2, 3)
CALLS = {
    "evaluation": lambda P, R, g: policy_evaluation(P, R, PI2, g),
    "backup": lambda P, R, g: bellman_backup(P, R, np.zeros(2), g),
    "value": value_iteration,
    "policy": policy_iteration,
    "truncated": truncated_policy_iteration,
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
class TestBadModels:
    @pytest.mark.parametrize("gamma", [-0.1, 1, 1.5, math.nan, math.inf])
    def test_a_discount_outside_the_half_open_interval_is_rejected(self, call, gamma):
        with pytest.raises(
            ValueError, match=rf"gamma must be in \[0, 1\).*, got {gamma}"
        ):
            call(P2, R2, gamma)

    @pytest.mark.parametrize(
        "shape", [(2, 3), (2, 3, 3), (2, 2, 2), (0, 3, 0), (2, 0, 2)]
    )
    def test_chances_of_another_shape_are_rejected(self, call, shape):
        rewards = R2 if 0 not in shape else np.ones(shape[:2])
        with pytest.raises(
            ValueError, match=r"P, R must be \(S, A, S\), \(S, A\), got"
        ):
            call(np.ones(shape), rewards, 0.5)

    @pytest.mark.parametrize("change", [0.01, -0.01, math.nan, 1e-8])
    def test_chances_that_do_not_sum_to_one_are_rejected(self, call, change):
        P = P2.copy()
        P[1, 2, 0] += change
        with pytest.raises(
            ValueError, match="rows of P must be >= 0 with sum 1, got sums"
        ):
            call(P, R2, 0.5)

    def test_a_negative_chance_is_rejected_even_if_the_sum_is_one(self, call):
        P = P2.copy()
        P[0, 0] = [1.5, -0.5]
        with pytest.raises(ValueError, match=r"sum 1, got .*least entry -0\.5"):
            call(P, R2, 0.5)

    def test_rewards_whose_sum_would_overflow_are_rejected(self, call):
        message = r"R / \(1 - gamma\) must be finite, got 1e\+308 / \(1 - 0.9\)"
        with pytest.raises(ValueError, match=message):
            call(P2, np.full_like(R2, 1e308), 0.9)

    @pytest.mark.parametrize("bad", [math.nan, math.inf])
    def test_a_reward_that_is_not_finite_is_rejected(self, call, bad):
        R = R2.copy()
        R[0, 1] = bad
        with pytest.raises(ValueError, match="R must be finite, got"):
            call(P2, R, 0.5)


@pytest.mark.parametrize("bad", [[True], [0, 1], np.array([[True, False]])])
def test_a_terminal_mask_of_another_shape_or_type_is_rejected(bad):
    message = r"terminal must be bool, shape \(2,\), got"
    with pytest.raises(ValueError, match=message):
        policy_evaluation(P2, R2, PI2, 0.5, bad)
    with pytest.raises(ValueError, match=message):
        bellman_backup(P2, R2, np.zeros(2), 0.5, bad)
    for solve in (value_iteration, policy_iteration, truncated_policy_iteration):
        with pytest.raises(ValueError, match=message):
            solve(P2, R2, 0.5, terminal=bad)


def test_a_policy_that_is_none_is_rejected():
    with pytest.raises(ValueError, match=r"pi must have shape \(2, 3\), got \(2, 2\)"):
        policy_evaluation(P2, R2, PI2[:, :2], 0.5)
    with pytest.raises(
        ValueError, match="rows of pi must be >= 0 with sum 1, got sums"
    ):
        policy_evaluation(P2, R2, 1.1 * PI2, 0.5)
    with pytest.raises(ValueError, match=r"rows of pi .* least entry -1"):
        policy_evaluation(P2, R2, np.array([[2.0, -1, 0], [1, 0, 0]]), 0.5)


@pytest.mark.parametrize("shape", [(3,), (2, 1), (1, 2), ()])
def test_a_value_of_another_shape_does_not_broadcast(shape):
    with pytest.raises(ValueError, match=r"v must be finite, shape \(2,\), got"):
        bellman_backup(P2, R2, np.zeros(shape), 0.5)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_value_that_is_not_finite_is_rejected(bad):
    with pytest.raises(ValueError, match=r"v must be finite, shape \(2,\), got"):
        bellman_backup(P2, R2, np.array([0.0, bad]), 0.5)


def test_rewards_whose_sum_is_just_in_range_are_accepted():
    v, _, _ = policy_iteration(np.ones((1, 1, 1)), [[1.6e308]], 0.1)
    assert v[0] == pytest.approx(1.6e308 / 0.9, rel=1e-14)


@pytest.mark.parametrize("tol", [0, -1e-9, math.nan])
def test_a_tolerance_that_is_not_positive_is_rejected(tol):
    for solve in (value_iteration, truncated_policy_iteration):
        with pytest.raises(ValueError, match=f"tol must be > 0, got {tol}"):
            solve(P2, R2, 0.5, tol)


@pytest.mark.parametrize("sweeps", [0, -1, 1.5, None, True])
def test_a_number_of_sweeps_below_one_is_rejected(sweeps):
    with pytest.raises(
        ValueError, match=f"sweeps must be an integer >= 1, got {sweeps}"
    ):
        truncated_policy_iteration(P2, R2, 0.5, 1e-6, sweeps)


def test_chances_and_rewards_may_be_fractions():
    P = [[[Fraction(1, 2), Fraction(1, 2)]], [[Fraction(1, 4), Fraction(3, 4)]]]
    R, pi = [[Fraction(1)], [Fraction(0)]], [[1], [1]]
    # v0 = 1 + (v0 + v1) / 4 and v1 = (v0 + 3 v1) / 8, which 10 / 7 and 2 / 7 solve.
    v = policy_evaluation(P, R, pi, 0.5)
    np.testing.assert_allclose(v, [10 / 7, 2 / 7], **TOLERANCE)
