"""TD errors along a rollout, and their discounted sum from behind: GAE."""

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from ._checks import finite, flags, real, share


# --8<-- [start:td_errors]
def td_errors(
    rewards: ArrayLike,
    values: ArrayLike,
    terminated: ArrayLike,
    gamma: float,
    truncated: ArrayLike | None = None,
    final_values: ArrayLike | None = None,
) -> ndarray:
    """Reward plus discounted next value minus this value, for each step.

    Args:
        rewards: shape (T, ...), T >= 1.
        values: of the states that the steps leave, and of the one after the last step:
            shape (T + 1, ...).
        terminated: bool, shape (T, ...): nothing follows, the next value is 0.
        gamma: discount factor in [0, 1].
        truncated: bool, shape (T, ...): only cut; the next value is ``final_values``. A
            step that has both flags is terminated.
        final_values: values of the states in which episodes were cut, shape (T, ...);
            read only where truncated, but finite everywhere.

    Returns:
        TD errors, shape (T, ...).

    Raises:
        ValueError: if an argument is not as above, truncated comes without
            final_values, or a result overflows.
    """
    return _errors(rewards, values, terminated, gamma, truncated, final_values)[0]
    # --8<-- [end:td_errors]


# --8<-- [start:gae]
def gae(
    rewards: ArrayLike,
    values: ArrayLike,
    terminated: ArrayLike,
    gamma: float,
    lam: float,
    truncated: ArrayLike | None = None,
    final_values: ArrayLike | None = None,
) -> ndarray:
    """Generalised advantage estimates, shape (T, ...).

    Args:
        rewards, values, terminated, gamma, truncated, final_values: as in
            ``td_errors``.
        lam: weight of later TD errors in [0, 1]; 0 is the TD error alone.

    Raises:
        ValueError: as in ``td_errors``, or if lam is not in [0, 1].
    """
    lam = share("lam", lam)
    delta, cut = _errors(rewards, values, terminated, gamma, truncated, final_values)
    advantages = np.empty_like(delta)
    carried = np.zeros(delta.shape[1:])
    with np.errstate(over="ignore", invalid="ignore"):
        for t in reversed(range(len(delta))):
            passed = np.where(cut[t], 0.0, gamma * lam * carried)
            carried = delta[t] + passed
            advantages[t] = carried
    return finite("advantages", advantages)
    # --8<-- [end:gae]


# --8<-- [start:errors]
def _errors(
    rewards: ArrayLike,
    values: ArrayLike,
    terminated: ArrayLike,
    gamma: float,
    truncated: ArrayLike | None,
    final_values: ArrayLike | None,
) -> tuple[ndarray, ndarray]:
    """The TD errors, and after which steps nothing is carried back."""
    gamma, rewards = share("gamma", gamma), real("rewards", rewards)
    shape = rewards.shape
    if not shape or not shape[0]:
        raise ValueError(f"rewards must have the shape (T, ...), T >= 1, got {shape}")
    values = real("values", values, (shape[0] + 1, *shape[1:]))
    terminated = flags("terminated", terminated, shape)
    after, cut = values[1:].copy(), terminated
    if truncated is not None:
        truncated = flags("truncated", truncated, shape)
        if final_values is None:
            raise ValueError("truncated needs final_values, got None")
        after = np.where(truncated, real("final_values", final_values, shape), after)
        cut = terminated | truncated
    after[terminated] = 0.0  # last, so that this flag wins
    with np.errstate(over="ignore"):
        return finite("TD errors", rewards + gamma * after - values[:-1]), cut
    # --8<-- [end:errors]
