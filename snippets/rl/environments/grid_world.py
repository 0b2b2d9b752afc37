"""A grid world as a Markov decision process: one array of chances, one of rewards.

The reward belongs to the move. It is paid for the cell that the move enters, and to
stay is to enter the same cell again. The target ends nothing: it pays as long as one
stays. Cells are (row, col) from 0 at the top left; cell (row, col) is state
row * n_cols + col.

Reference:
    Zhao, "Mathematical Foundations of Reinforcement Learning", Springer 2025, ch. 1.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from numbers import Integral, Real

import numpy as np

ACTIONS = ("up", "right", "down", "left", "stay")
"""Names of the actions, in the order of the action axis."""
MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1), (0, 0))
"""What each action adds to (row, col)."""


@dataclass(frozen=True)
class GridWorld:
    """A rectangle of cells with five actions; all moves are certain.

    Attributes:
        n_rows, n_cols: size of the grid, both >= 1.
        forbidden: cells that may be entered, at a price.
        target: the cell to reach.
        r_boundary: reward for a move off the grid, which leaves the cell unchanged.
        r_forbidden, r_target, r_step: reward for entering, or staying in, a forbidden
            cell, the target, any other cell.

    Raises:
        ValueError: if a size is not an integer >= 1, a cell is off the grid, the target
            is forbidden, or a reward is not finite.
    """

    n_rows: int
    n_cols: int
    forbidden: Iterable[tuple[int, int]]
    target: tuple[int, int]
    r_boundary: float = -1.0
    r_forbidden: float = -1.0
    r_target: float = 1.0
    r_step: float = 0.0

    def __post_init__(self) -> None:
        for name in ("n_rows", "n_cols"):
            size = getattr(self, name)
            if not _is_integer(size) or size < 1:
                raise ValueError(f"{name} must be an integer >= 1, got {size!r}")
            object.__setattr__(self, name, int(size))  # np.int8 would overflow
        for name in ("r_boundary", "r_forbidden", "r_target", "r_step"):
            reward = getattr(self, name)
            if not isinstance(reward, Real) or not math.isfinite(reward):
                raise ValueError(f"{name} must be finite, got {reward!r}")
        # Tuples and a set, so that a list of lists means the same cells.
        object.__setattr__(
            self, "forbidden", frozenset(map(self._cell, self.forbidden))
        )
        object.__setattr__(self, "target", self._cell(self.target))
        if self.target in self.forbidden:
            raise ValueError(f"target must not be forbidden, got {self.target} as both")

    def state(self, row: int, col: int) -> int:
        """Index of a cell on the state axis; ValueError if the cell is off the grid."""
        sizes = ((row, self.n_rows), (col, self.n_cols))
        if not all(_is_integer(i) and 0 <= i < n for i, n in sizes):
            grid = f"{self.n_rows} x {self.n_cols} grid"
            raise ValueError(f"cell must be on the {grid}, got {(row, col)}")
        return int(row) * self.n_cols + int(col)

    def _cell(self, cell: Iterable[int]) -> tuple[int, int]:
        pair = tuple(cell) if isinstance(cell, Iterable) else (cell,)
        if len(pair) != 2:
            raise ValueError(f"cell must be (row, col), got {cell!r}")
        self.state(*pair)
        return int(pair[0]), int(pair[1])

    @property
    def P(self) -> np.ndarray:  # noqa: N802
        """Chance that action a in state s leads to t: shape (S, A, S), float64."""
        return self._model[0]

    @property
    def R(self) -> np.ndarray:  # noqa: N802
        """Reward of action a in state s: shape (S, A), float64."""
        return self._model[1]

    # --8<-- [start:model]
    @cached_property
    def _model(self) -> tuple[np.ndarray, np.ndarray]:
        cells = list(np.ndindex(self.n_rows, self.n_cols))
        chances = np.zeros((len(cells), len(MOVES), len(cells)))
        rewards = np.zeros((len(cells), len(MOVES)))
        for s, cell in enumerate(cells):
            for a, move in enumerate(MOVES):
                entered = (cell[0] + move[0], cell[1] + move[1])
                if entered not in cells:
                    entered, reward = cell, self.r_boundary  # whatever cell that is
                elif entered in self.forbidden:
                    reward = self.r_forbidden
                else:
                    reward = self.r_target if entered == self.target else self.r_step
                chances[s, a, self.state(*entered)] = 1
                rewards[s, a] = reward
        chances.flags.writeable = rewards.flags.writeable = False
        return chances, rewards
        # --8<-- [end:model]


def _is_integer(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)
