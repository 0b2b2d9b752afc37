"""Oracles: equations of motion as a linear system, moves on a drawn map, by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippets.rl.environments import (
    Tabular,
    cart_pole,
    cart_pole_start,
    cliff_walking,
    mountain_car,
    mountain_car_start,
    pendulum,
    pendulum_start,
    random_walk,
    windy_grid,
)


def best(env, gamma=1.0, sweeps=500):
    """Values of the best policy, by value iteration."""
    v = np.zeros(len(env.R))
    for _ in range(sweeps):
        v = np.where(env.terminal, 0, (env.R + gamma * env.P @ v).max(1))
    return v


WORLDS = (
    random_walk(),
    random_walk(1),
    cliff_walking(),
    cliff_walking(2, 3),
    windy_grid(),
    windy_grid(stochastic=True, king=True),
)


# ------------------------------------------------------------------------------ tabular


@pytest.mark.parametrize("env", WORLDS)
def test_rows_are_distributions_and_an_end_leads_to_itself_for_nothing(env):
    np.testing.assert_allclose(env.P.sum(-1), 1, rtol=0, atol=1e-15)
    ends = np.flatnonzero(env.terminal)
    assert len(ends)
    assert not env.terminal[env.start]
    for end in ends:
        assert (env.P[end, :, end] == 1).all()
        assert not env.R[end].any()


def test_the_random_policy_wins_the_walk_in_proportion_to_the_place():
    env = random_walk()
    within = env.P.mean(1)[1:6, 1:6]
    v = np.linalg.solve(np.eye(5) - within, env.R.mean(1)[1:6])
    np.testing.assert_allclose(v, np.arange(1, 6) / 6, rtol=0, atol=1e-15)
    assert (env.start, env.P.shape) == (3, (7, 2, 7))


def test_a_walk_of_one_state_pays_at_both_ends():
    env = random_walk(1, left=-2, right=3)
    assert env.R.tolist() == [[0, 0], [-2, 3], [0, 0]]
    rng = np.random.default_rng(0)
    assert env.step(1, 0, rng) == (0, -2.0, True)
    assert env.step(1, 1, rng) == (2, 3.0, True)
    assert random_walk(4).start == 2  # the left of two in the middle


@given(st.integers(2, 6), st.integers(3, 8))
def test_each_step_on_the_cliff_is_that_of_a_drawn_map(rows, cols):
    drawn = ["." * cols for _ in range(rows - 1)] + ["S" + "#" * (cols - 2) + "G"]
    env = cliff_walking(rows, cols)
    assert drawn[env.start // cols][env.start % cols] == "S"
    assert [divmod(s, cols) for s in np.flatnonzero(env.terminal)] == [
        (rows - 1, cols - 1)
    ]
    for s in range(rows * cols):
        r, c = divmod(s, cols)
        if drawn[r][c] == "G":
            continue
        around = [
            (r - 1, c) if r > 0 else (r, c),
            (r, c + 1) if c + 1 < cols else (r, c),
            (r + 1, c) if r + 1 < rows else (r, c),
            (r, c - 1) if c > 0 else (r, c),
        ]
        for a, (y, x) in enumerate(around):
            fell = drawn[y][x] == "#"
            s2 = (rows - 1) * cols if fell else y * cols + x
            assert env.P[s, a, s2] == 1
            assert env.R[s, a] == (-100 if fell else -1)


def test_the_cliff_by_hand():
    env, rng = cliff_walking(), np.random.default_rng(0)
    assert (env.start, env.P.shape) == (36, (48, 4, 48))
    assert env.step(36, 0, rng) == (24, -1.0, False)
    assert env.step(36, 1, rng) == (36, -100.0, False)  # the episode goes on
    assert env.step(30, 2, rng) == (36, -100.0, False)
    assert env.step(35, 2, rng) == (47, -1.0, True)
    assert best(env)[36] == -13


def test_the_wind_makes_ways_of_the_known_length():
    assert best(windy_grid())[30] == -15
    assert best(windy_grid(king=True))[30] == -7


def test_the_wind_by_hand():
    env, rng = windy_grid(), np.random.default_rng(0)
    assert (env.start, env.P.shape) == (30, (70, 4, 70))
    assert env.step(30, 1, rng) == (31, -1.0, False)  # no wind
    assert env.step(33, 1, rng) == (24, -1.0, False)  # one up
    assert env.step(36, 2, rng) == (26, -1.0, False)  # down, against two
    assert env.step(6, 0, rng) == (6, -1.0, False)  # the rim
    assert env.step(38, 3, rng) == (27, -1.0, False)  # the wind of the column it leaves
    assert env.step(48, 3, rng) == (37, -1.0, True)
    assert windy_grid(king=True).step(48, 7, rng) == (27, -1.0, False)


def test_a_gust_is_one_weaker_or_stronger_a_third_of_the_time_each():
    env = windy_grid(stochastic=True)
    row, col = 3, 4
    for gust in (0, 1, 2):
        assert env.P[row * 10 + col, 1, (row - gust) * 10 + col + 1] == 1 / 3
    assert env.P[30, 1, 31] == 1  # none where no wind blows
    assert env.P[4, 1, 5] == 1  # at the rim all three lead to one cell


def test_steps_come_as_often_as_the_chances_say():
    rows = [[[0.2, 0.5, 0.3]], [[0, 0, 1]], [[0, 0, 1]]]
    env = Tabular(
        np.array(rows), np.ones((3, 1)) * [[7], [0], [0]], [0 > 1, 0 > 1, 1 > 0], 0
    )
    rng = np.random.default_rng(1)
    drawn = [env.step(0, 0, rng) for _ in range(20_000)]
    counts = np.bincount([s for s, *_ in drawn], minlength=3) / len(drawn)
    np.testing.assert_allclose(counts, [0.2, 0.5, 0.3], rtol=0, atol=0.015)
    assert all(r == 7 and done == (s == 2) for s, r, done in drawn)


def test_a_step_without_chance_asks_for_no_number():
    rng = np.random.default_rng(3)
    before = rng.bit_generator.state
    cliff_walking().step(36, 0, rng)
    assert rng.bit_generator.state == before


def test_a_world_keeps_what_it_was_given():
    P = random_walk().P.copy()
    env = Tabular(P, random_walk().R, random_walk().terminal, np.int8(3))
    P[:] = 5
    assert env.P.max() == 1
    assert type(env.start) is int
    with pytest.raises(ValueError, match="read-only"):
        env.P[0] = 1


def made(**other):
    env = random_walk(2)
    parts = {"P": env.P, "R": env.R, "terminal": env.terminal, "start": 1}
    return Tabular(**(parts | other))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"P": np.ones((4, 2))}, r"P must have the shape \(S, A, S\), got \(4, 2\)"),
        ({"P": np.ones((4, 2, 3))}, r"P must have the shape \(S, A, S\)"),
        ({"P": np.ones((0, 2, 0))}, r"P must have the shape \(S, A, S\)"),
        ({"R": np.ones(4)}, r"R must have the shape \(4, 2\), got \(4,\)"),
        ({"R": np.full((4, 2), np.nan)}, "rewards must be finite, got NaN"),
        ({"terminal": [0, 0, 0, 1]}, "terminal must be 4 truth values, got int64"),
        ({"terminal": [True]}, "terminal must be 4 truth values"),
        ({"P": np.full((4, 2, 4), 0.5)}, "chances that sum to 1"),
        ({"P": 1.5 * random_walk(2).P - 0.125}, "chances that sum to 1"),
        ({"P": np.full((4, 2, 4), np.nan)}, "chances that sum to 1"),
        ({"R": np.ones((4, 2))}, "a terminal state must lead to itself"),
        ({"terminal": [True] * 4}, "a terminal state must lead to itself"),
        ({"start": 4}, "start must be 0 to 3, got 4"),
        ({"start": -1}, "start must be 0 to 3, got -1"),
        ({"start": 1.0}, "start must be 0 to 3, got 1.0"),
        ({"start": True}, "start must be 0 to 3, got True"),
    ],
)
def test_what_is_no_world_is_refused(wrong, says):
    with pytest.raises(ValueError, match=says):
        made(**wrong)


@pytest.mark.parametrize(
    ("s", "a", "says"),
    [
        (7, 0, "state must be 0 to 6, got 7"),
        (-1, 0, "state must be 0 to 6, got -1"),
        (1.0, 0, "state must be 0 to 6, got 1.0"),
        (1, 2, "action must be 0 to 1, got 2"),
        (1, True, "action must be 0 to 1, got True"),
        (6, 0, "want a state that goes on, got 6, which is terminal"),
    ],
)
def test_what_is_no_step_is_refused(s, a, says):
    with pytest.raises(ValueError, match=says):
        random_walk().step(s, a, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: random_walk(0), "n must be an integer >= 1, got 0"),
        (lambda: random_walk(2.0), "n must be an integer >= 1, got 2.0"),
        (lambda: random_walk(left=np.inf), "rewards must be finite"),
        (lambda: cliff_walking(1), "rows must be an integer >= 2, got 1"),
        (lambda: cliff_walking(cols=2), "cols must be an integer >= 3, got 2"),
        (lambda: cliff_walking(True), "rows must be an integer >= 2, got True"),
    ],
)
def test_sizes_that_make_no_world_are_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()


# ------------------------------------------------------------------------------ control


def close(got, want):
    for g, w in zip(got, want, strict=True):
        np.testing.assert_allclose(g, w, rtol=0, atol=5e-9)


def test_one_step_of_each_machine_by_hand():
    close(mountain_car([-0.5, 0], 2), ([-0.49917684, 0.00082316], -1, False))
    close(cart_pole([0] * 4, 1), ([0, 0.19512195, 0, -0.29268293], 1, False))
    state, reward, done = pendulum([np.pi, 0], 1.0)
    close((state, done), ([3.14909265, 0.15], False))
    np.testing.assert_allclose(reward, -9.870604, rtol=0, atol=5e-7)
    close(pendulum([0, 0], 3.0), ([0.015, 0.3], -0.004, False))


def test_the_pole_obeys_the_equations_of_motion():
    # (M + m) x'' + m l (a'' cos a - a'^2 sin a) = F; 4/3 l a'' + x'' cos a = g sin a.
    rng = np.random.default_rng(5)
    states, actions = (
        rng.normal(size=(200, 4)) * (1, 1, 0.3, 1),
        rng.integers(0, 2, 200),
    )
    moved, reward, fallen = cart_pole(states, actions)
    for (x, dx, angle, spin), a, new in zip(states, actions, moved, strict=True):
        left = [[1.1, 0.05 * np.cos(angle)], [np.cos(angle), 0.5 * 4 / 3]]
        force = 10 if a else -10
        right = [force + 0.05 * spin**2 * np.sin(angle), 9.8 * np.sin(angle)]
        ddx, turn = np.linalg.solve(left, right)
        want = [x + 0.02 * dx, dx + 0.02 * ddx, angle + 0.02 * spin, spin + 0.02 * turn]
        np.testing.assert_allclose(new, want, rtol=0, atol=1e-13)
    far = (np.abs(moved[:, 0]) > 2.4) | (np.abs(moved[:, 2]) > 12 * 2 * np.pi / 360)
    assert (fallen == far).all()
    assert 20 < far.sum() < 180
    assert (reward == 1).all()


def test_the_car_keeps_to_its_valley():
    states = [[-1.2, -0.07], [-1.19, -0.07], [0.49, 0.02], [0.49, -0.02], [0.6, 0.07]]
    moved, reward, done = mountain_car(states, 1)
    assert moved[:2].tolist() == [[-1.2, 0], [-1.2, 0]]  # the wall takes the speed
    assert done.tolist() == [False, False, True, False, True]
    assert (reward == -1).all()
    assert moved[4, 0] == 0.6
    assert (abs(moved[:, 1]) <= 0.07).all()
    # Far up on the right and rolling back: not done, however far.
    assert not mountain_car([0.6, -0.05], 0)[2]
    # Slope and push, one at a time.
    still = np.pi / 6  # where the slope is 0
    assert mountain_car([-still, 0], 2)[0][1] == pytest.approx(0.001, abs=1e-15)
    assert mountain_car([-still, 0], 0)[0][1] == pytest.approx(-0.001, abs=1e-15)
    assert mountain_car([0, 0], 1)[0][1] == -0.0025


def test_the_pendulum_turns_in_circles_and_pays_for_the_nearer_way_up():
    for turns in (-2, -1, 1, 3):
        a = pendulum([0.7 + 2 * np.pi * turns, 0.3], 0.5)
        b = pendulum([0.7, 0.3], 0.5)
        np.testing.assert_allclose(a[1], b[1], rtol=0, atol=1e-12)
        np.testing.assert_allclose(a[0][1], b[0][1], rtol=0, atol=1e-12)
    worst = -(np.pi**2 + 0.1 * 64 + 0.001 * 4)
    assert pendulum([np.pi, 8], -9)[1] == pytest.approx(worst, abs=1e-12)
    assert pendulum([np.pi / 2, 8], 2)[0][1] == 8  # the speed is clipped
    assert pendulum([0, 0], -5)[0].tolist() == pendulum([0, 0], -2)[0].tolist()


@pytest.mark.parametrize(
    ("f", "size", "actions"),
    [(mountain_car, 2, 3), (cart_pole, 4, 2), (pendulum, 2, 2)],
)
def test_a_batch_is_its_rows_and_nothing_is_written_into(f, size, actions):
    rng = np.random.default_rng(2)
    states = rng.normal(size=(3, 5, size)) * 0.3
    chosen = rng.integers(0, actions, (3, 5))
    kept = states.copy()
    together = f(states, chosen)
    for i in np.ndindex(3, 5):
        for whole, one in zip(together, f(states[i], chosen[i]), strict=True):
            np.testing.assert_array_equal(whole[i], one)
    assert (states == kept).all()
    one_for_all = f(states, 1)
    np.testing.assert_array_equal(one_for_all[0], f(states, np.ones((3, 5), int))[0])
    assert [part.dtype.kind for part in together] == ["f", "f", "b"]
    assert f(states[:0], chosen[:0])[1].shape == (0, 5)
    assert f(states.astype(np.float32), chosen)[0].dtype == np.float64


@pytest.mark.parametrize(
    ("f", "low", "high"),
    [
        (mountain_car_start, [-0.6, 0], [-0.4, 0]),
        (cart_pole_start, [-0.05] * 4, [0.05] * 4),
        (pendulum_start, [-np.pi, -1], [np.pi, 1]),
    ],
)
def test_starts_fill_their_box(f, low, high):
    starts = f(np.random.default_rng(0), 2000)
    assert starts.shape == (2000, len(low))
    assert (starts >= low).all()
    assert (starts <= high).all()
    middle, wide = (np.add(low, high) / 2), np.subtract(high, low)
    np.testing.assert_allclose(starts.mean(0), middle, rtol=0, atol=0.03 * wide.max())
    np.testing.assert_allclose(
        starts.std(0), wide / 12**0.5, rtol=0, atol=0.02 * wide.max()
    )
    assert f(np.random.default_rng(0)).shape == (len(low),)
    with pytest.raises(ValueError, match="n must be None or an integer >= 1, got 0"):
        f(np.random.default_rng(0), 0)
    with pytest.raises(ValueError, match=r"got 2\.0"):
        f(np.random.default_rng(0), 2.0)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (
            lambda: mountain_car([0, 0], 3),
            "action must be an integer from 0 to 2, got 3",
        ),
        (lambda: mountain_car([0, 0], -1), "from 0 to 2, got -1"),
        (lambda: cart_pole([0] * 4, 2), "from 0 to 1, got 2"),
        (lambda: cart_pole([0] * 4, 1.0), r"from 0 to 1, got 1\.0"),
        (lambda: cart_pole([0] * 4, True), "from 0 to 1, got True"),
        (lambda: cart_pole([0] * 3, 1), r"4 on its last axis, got \(3,\)"),
        (lambda: pendulum(0.0, 1.0), r"2 on its last axis, got \(\)"),
        (lambda: pendulum([0, 0], np.nan), "torque must be finite, got NaN"),
        (lambda: pendulum([0, 0], np.inf), "torque must be finite"),
        (lambda: pendulum([np.nan, 0], 0), "state must be finite"),
        (lambda: pendulum("ab", 0), "state must be numbers, got 'ab'"),
        (
            lambda: mountain_car([[0, 0]], [1, 1]),
            r"shape \(1,\) of the states, got \(2,\)",
        ),
        (lambda: mountain_car([0, 0], [1]), r"shape \(\) of the states, got \(1,\)"),
    ],
)
def test_bad_input_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()
