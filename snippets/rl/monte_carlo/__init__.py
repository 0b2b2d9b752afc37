"""Policy iteration without a model: action values are means of sampled returns.

Action values q and policies pi have shape (S, A). All episodes are cut after T steps,
so a return misses at most gamma^T / (1 - gamma) times the largest reward. Ties keep the
present action; the first policy takes the last action, which is "stay" in a GridWorld.

References:
    Sutton, Barto, "Reinforcement Learning: An Introduction", 2nd ed. 2018, ch. 5.
    Zhao, "Mathematical Foundations of Reinforcement Learning", Springer 2025, ch. 5.
"""

from .control import mc_basic, mc_epsilon_greedy, mc_exploring_starts
from .episodes import counted, episode, returns
from .exploration import coverage, epsilon_soft
from .off_policy import importance_ratio, importance_sampling
from .optimum import epsilon_soft_optimum
from .samples import mc_error, mc_mean

__all__ = [
    "counted",
    "coverage",
    "episode",
    "epsilon_soft",
    "epsilon_soft_optimum",
    "importance_ratio",
    "importance_sampling",
    "mc_basic",
    "mc_epsilon_greedy",
    "mc_error",
    "mc_exploring_starts",
    "mc_mean",
    "returns",
]
