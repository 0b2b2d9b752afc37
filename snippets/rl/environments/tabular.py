"""Small worlds, a row of states or a grid, each a model in arrays that one can walk.

``P``, shape (S, A, S), is the chance that action a in state s leads to t, and ``R``,
shape (S, A), the reward of a in s, whatever t is. An episode ends in a terminal state,
which the arrays show as one that leads to itself with the reward 0. Cells of a grid are
(row, col) from 0 at the top left; cell (row, col) is state row * cols + col.

Reference:
    Sutton & Barto, "Reinforcement Learning", 2nd ed., MIT Press 2018, examples 6.2
    (random walk), 6.5 (windy grid, with exercises 6.9 and 6.10) and 6.6 (cliff
    walking).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .grid_world import _is_integer

STEPS = ((-1, 0), (0, 1), (1, 0), (0, -1))
"""What up, right, down and left add to (row, col)."""
KING = (*STEPS, (-1, 1), (1, 1), (1, -1), (-1, -1))
"""The same with the diagonals."""
WIND = (0, 0, 0, 1, 1, 1, 2, 2, 1, 0)
"""Cells by which each column of the windy grid pushes up whoever leaves it."""


@dataclass(frozen=True)
class Tabular:
    """A finite Markov decision process with a start.

    Attributes:
        P: chances, shape (S, A, S); each row of the last axis sums to 1.
        R: rewards, shape (S, A).
        terminal: which states end an episode, shape (S,), bool.
        start: the state in which an episode begins.

    Raises:
        ValueError: if a shape does not fit, a row of P is no distribution, a reward is
            not finite, a terminal state leads elsewhere or pays, or start is no state.
    """

    P: np.ndarray
    R: np.ndarray
    terminal: np.ndarray
    start: int

    def __post_init__(self) -> None:
        P, R = (np.array(a, dtype=np.float64) for a in (self.P, self.R))
        if P.ndim != 3 or P.shape[0] != P.shape[2] or 0 in P.shape:
            raise ValueError(f"P must have the shape (S, A, S), got {P.shape}")
        if R.shape != P.shape[:2]:
            raise ValueError(f"R must have the shape {P.shape[:2]}, got {R.shape}")
        terminal = np.array(self.terminal)
        if terminal.shape != P.shape[:1] or terminal.dtype != bool:
            raise ValueError(
                f"terminal must be {len(P)} truth values, "
                f"got {terminal.dtype} of shape {terminal.shape}"
            )
        if not (P >= 0).all() or not np.allclose(P.sum(-1), 1, rtol=0, atol=1e-9):
            raise ValueError("each P[s, a] must be chances that sum to 1, got others")
        if not np.isfinite(R).all():
            raise ValueError("rewards must be finite, got NaN or infinity in R")
        ends = np.flatnonzero(terminal)
        if (P[ends, :, ends] != 1).any() or R[ends].any():
            raise ValueError("a terminal state must lead to itself with the reward 0")
        if not _is_integer(self.start) or not 0 <= self.start < len(P):
            raise ValueError(f"start must be 0 to {len(P) - 1}, got {self.start!r}")
        for name, array in (("P", P), ("R", R), ("terminal", terminal)):
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        object.__setattr__(self, "start", int(self.start))

    @cached_property
    def _next(self) -> list[list[tuple[np.ndarray, np.ndarray]]]:
        """For each state and action: where it may lead, and the sums of the chances."""
        found = [[np.flatnonzero(row) for row in rows] for rows in self.P]
        return [
            [(t, row[t].cumsum()) for t, row in zip(ts, rows, strict=True)]
            for ts, rows in zip(found, self.P, strict=True)
        ]

    # --8<-- [start:step]
    def step(self, s: int, a: int, rng: np.random.Generator) -> tuple[int, float, bool]:
        """Go one step: the next state, the reward, and whether that state is terminal.

        Args:
            s: the state, 0 to S - 1, not terminal.
            a: the action, 0 to A - 1.
            rng: asked for one number if the action may lead to several states.

        Raises:
            ValueError: if there is no such state or action, or s is terminal.
        """
        for name, index, n in zip(
            ("state", "action"), (s, a), self.R.shape, strict=True
        ):
            if not _is_integer(index) or not 0 <= index < n:
                raise ValueError(f"{name} must be 0 to {n - 1}, got {index!r}")
        if self.terminal[s]:
            raise ValueError(f"want a state that goes on, got {s}, which is terminal")
        states, sums = self._next[s][a]
        # The last sum may be a little below 1: the last state takes the rest.
        bounds = sums[:-1]
        s2 = int(
            states[bounds.searchsorted(rng.random(), "right") if bounds.size else 0]
        )
        return s2, float(self.R[s, a]), bool(self.terminal[s2])
        # --8<-- [end:step]


# --8<-- [start:walk]
def random_walk(n: int = 5, left: float = 0.0, right: float = 1.0) -> Tabular:
    """A row of n states between two ends; action 0 goes left, 1 right, without chance.

    The walk is random because its policy is. States are 0 to n + 1, both ends terminal,
    the start is the middle, (n + 1) // 2.

    Args:
        n: states between the ends, >= 1.
        left, right: reward of the step into that end; all others pay 0.

    Raises:
        ValueError: if n is not an integer >= 1, or a reward is not finite.
    """
    n = _size("n", n, 1)
    P, R = np.zeros((n + 2, 2, n + 2)), np.zeros((n + 2, 2))
    for s in range(1, n + 1):
        P[s, 0, s - 1] = P[s, 1, s + 1] = 1
    R[1, 0], R[n, 1] = left, right
    return _ending(P, R, [0, n + 1], (n + 1) // 2)
    # --8<-- [end:walk]


# --8<-- [start:cliff]
def cliff_walking(rows: int = 4, cols: int = 12) -> Tabular:
    """A grid with a cliff along its bottom row, between the start and the goal.

    Actions: 0 up, 1 right, 2 down, 3 left; off the grid one stays. Each step pays -1.
    One into the cliff pays -100 and leads back to the start; the episode goes on. The
    start is bottom left, the goal, the only terminal state, bottom right. Nobody is
    ever in a cell of the cliff; its rows of P are those of any other cell.

    Raises:
        ValueError: if rows < 2, cols < 3, or either is not an integer.
    """
    rows, cols = _size("rows", rows, 2), _size("cols", cols, 3)
    start, goal = (rows - 1) * cols, rows * cols - 1
    P, R = np.zeros((rows * cols, 4, rows * cols)), np.full((rows * cols, 4), -1.0)
    for s in range(rows * cols):
        for a, (down, right) in enumerate(STEPS):
            row, col = s // cols + down, s % cols + right
            t = min(max(row, 0), rows - 1) * cols + min(max(col, 0), cols - 1)
            if start < t < goal:
                t, R[s, a] = start, -100
            P[s, a, t] = 1
    return _ending(P, R, [goal], start)
    # --8<-- [end:cliff]


# --8<-- [start:windy]
def windy_grid(stochastic: bool = False, king: bool = False) -> Tabular:
    """A grid of 7 x 10 cells over which a wind blows upwards, stronger in the middle.

    A step from a column adds that column's ``WIND`` to the move. Actions: 0 up, 1
    right, 2 down, 3 left. Each step pays -1; at the rim one stays inside. From (3, 0)
    to (3, 7).

    Args:
        stochastic: where it blows, the wind is 1 weaker, as said, or 1 stronger, with
            chance 1/3 each.
        king: four more actions: up right, down right, down left, up left.
    """
    rows, cols = 7, len(WIND)
    moves = KING if king else STEPS
    P = np.zeros((rows * cols, len(moves), rows * cols))
    for s in range(rows * cols):
        wind = WIND[s % cols]
        gusts = (wind - 1, wind, wind + 1) if stochastic and wind else (wind,)
        for a, (down, right) in enumerate(moves):
            col = min(max(s % cols + right, 0), cols - 1)
            for gust in gusts:
                row = min(max(s // cols + down - gust, 0), rows - 1)
                P[s, a, row * cols + col] += 1 / len(gusts)
    return _ending(P, np.full(P.shape[:2], -1.0), [3 * cols + 7], 3 * cols)
    # --8<-- [end:windy]


def _ending(P: np.ndarray, R: np.ndarray, ends: list[int], start: int) -> Tabular:
    P[ends], R[ends] = 0, 0
    P[ends, :, ends] = 1
    terminal = np.zeros(len(P), dtype=bool)
    terminal[ends] = True
    return Tabular(P, R, terminal, start)


def _size(name: str, value: int, least: int) -> int:
    if not _is_integer(value) or value < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return int(value)
