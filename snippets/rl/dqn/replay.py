"""A ring of stored steps: the newest replaces the oldest, and samples are copies.

Reference: Lin, "Self-Improving Reactive Agents Based on Reinforcement Learning,
Planning and Teaching", Machine Learning 8, 1992, doi:10.1007/BF00992699.
"""

import numpy as np
from numpy import ndarray
from numpy.random import Generator
from numpy.typing import ArrayLike

from ._checks import generator, integer, numbers, real, truth

_LARGEST = int(np.iinfo(np.intp).max)


# --8<-- [start:buffer]
class ReplayBuffer:
    """The last ``capacity`` steps, each in its slot.

    Args:
        capacity: slots, >= 1.
        obs_shape: shape of an observation; () for the number of a state.

    Attributes:
        obs, next_obs: float64, shape (capacity, *obs_shape).
        action: integers, shape (capacity,).
        reward: float64, shape (capacity,).
        terminated: whether next_obs is terminal, bool, shape (capacity,).

    Raises:
        ValueError: if an argument is not as above.
    """

    def __init__(self, capacity: int, obs_shape: tuple[int, ...] = ()) -> None:
        self.capacity = integer("capacity", capacity, 1)
        if not isinstance(obs_shape, tuple | list):
            raise ValueError(f"obs_shape must be a tuple, got {obs_shape!r}")
        self.obs_shape = tuple(integer("obs_shape", n, 1) for n in obs_shape)
        self.obs = np.zeros((self.capacity, *self.obs_shape))
        self.next_obs = np.zeros_like(self.obs)
        self.action = np.zeros(self.capacity, dtype=np.intp)
        self.reward = np.zeros(self.capacity)
        self.terminated = np.zeros(self.capacity, dtype=bool)
        self._added = 0

    def __len__(self) -> int:
        return min(self._added, self.capacity)

    def add(
        self,
        obs: ArrayLike,
        action: int,
        reward: float,
        next_obs: ArrayLike,
        terminated: bool,
    ) -> int:
        """Store a step, in place of the oldest if all slots are taken.

        Returns:
            The slot, 0 to capacity - 1.

        Raises:
            ValueError: if a shape is not obs_shape, a number is not finite, action no
                integer >= 0, or terminated not True or False.
        """
        step = (
            self._observed("obs", obs),
            integer("action", action, 0, _LARGEST),
            real("reward", reward),
            self._observed("next_obs", next_obs),
            truth("terminated", terminated),
        )
        slot = self._added % self.capacity
        self.obs[slot], self.action[slot], self.reward[slot] = step[:3]
        self.next_obs[slot], self.terminated[slot] = step[3:]
        self._added += 1
        return slot

    def sample(self, batch: int, rng: Generator) -> dict[str, ndarray]:
        """Copies of steps drawn uniformly, with replacement; slots under ``index``.

        Raises:
            ValueError: if batch is no integer >= 1, or nothing is stored yet.
        """
        batch, rng = integer("batch", batch, 1), generator(rng)
        if not self._added:
            raise ValueError("want a step stored before a sample, got an empty buffer")
        index = rng.integers(len(self), size=batch).astype(np.intp)
        names = ("obs", "action", "reward", "next_obs", "terminated")
        return {"index": index} | {name: getattr(self, name)[index] for name in names}
        # --8<-- [end:buffer]

    def _observed(self, name: str, value: ArrayLike) -> ndarray:
        array = numbers(name, value)
        if array.shape != self.obs_shape:
            raise ValueError(
                f"{name} must have the shape {self.obs_shape}, got {array.shape}"
            )
        return array
