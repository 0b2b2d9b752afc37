"""Many runs of a policy at once, on arms that pay 0 or 1."""

import numpy as np
from numpy.random import Generator

from ._checks import _integer, _number, _row

POLICIES = ("greedy", "epsilon-greedy", "ucb1", "thompson")


# --8<-- [start:run]
def run_bandit(
    means: np.ndarray,
    policy: str,
    steps: int,
    rng: Generator,
    runs: int = 1,
    epsilon: float | np.ndarray = 0.1,
    c: float = 2.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Independent runs of a policy; each unplayed arm comes first, but for Thompson.

    Args:
        means: shape (k,), the probability that each arm pays 1, in [0, 1].
        policy: "greedy", "epsilon-greedy", "ucb1" or "thompson" (uniform priors).
        steps: pulls in a run, >= 1.
        rng: generator of choices and rewards.
        runs: how many runs, >= 1.
        epsilon: chance of a random arm in "epsilon-greedy", in [0, 1]: a number, or one
            for each step, shape (steps,).
        c: width of the bonus in "ucb1", >= 0; see ``ucb1_index``.

    Returns:
        Regret, shape (runs, steps): best mean minus mean pulled, summed up to each
        step; and counts, int64 of shape (runs, k). Of equal arms a random one is taken.

    Raises:
        ValueError: if an argument is not as above.
    """
    means = _row("means", means, 0, 1)
    if not isinstance(policy, str) or policy not in POLICIES:
        raise ValueError(f"policy must be one of {POLICIES}, got {policy!r}")
    if not isinstance(rng, Generator):
        raise ValueError(f"rng must be a numpy Generator, got {rng!r}")
    steps, runs = _integer("steps", steps, 1), _integer("runs", runs, 1)
    rates, c = _rates(epsilon, steps), _number("c", c, 0)
    every = np.arange(runs)
    counts = np.zeros((runs, len(means)), np.int64)
    sums = np.zeros(counts.shape)
    arms = np.empty((runs, steps), np.int64)
    for t in range(steps):
        if policy == "thompson":
            score = rng.beta(1 + sums, 1 + counts - sums)
        elif t < len(means):
            score = np.where(counts == 0, 1.0, 0.0)
        else:
            bonus = np.sqrt(c * np.log(t) / counts) if policy == "ucb1" else 0.0
            score = sums / counts + bonus
            if policy == "epsilon-greedy":
                score[rng.random(runs) < rates[t]] = 0.0  # all equal: a random arm
        best = score == score.max(axis=1, keepdims=True)
        arm = np.where(best, rng.random(counts.shape), -1.0).argmax(axis=1)
        counts[every, arm] += 1
        sums[every, arm] += rng.random(runs) < means[arm]
        arms[:, t] = arm
    return np.cumsum(means.max() - means[arms], axis=1), counts
    # --8<-- [end:run]


def _rates(epsilon: float | np.ndarray, steps: int) -> np.ndarray:
    if not isinstance(epsilon, list | tuple) and not getattr(epsilon, "ndim", 0):
        return np.full(steps, _number("epsilon", epsilon, 0, 1))
    rates = _row("epsilon", epsilon, 0, 1)
    if len(rates) != steps:
        raise ValueError(f"want an epsilon for each of {steps} steps, got {len(rates)}")
    return rates
