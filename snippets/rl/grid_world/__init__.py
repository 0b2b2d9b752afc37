"""Three ways to the best policy of a finite MDP, which differ in how they evaluate.

Value iteration evaluates by one sweep, policy iteration by solving, and truncated
policy iteration by as many sweeps as one likes. P, R, pi, v, q and ``terminal`` are
those of ``bellman.py``; the world itself is an environment that the topic shares.

References:
    Bellman, "A Markovian Decision Process", J. Math. Mech. 1957,
    doi:10.1512/iumj.1957.6.56038. Value iteration.
    Howard, "Dynamic Programming and Markov Processes", 1960. Policy iteration.
    Puterman, Shin, "Modified Policy Iteration Algorithms for Discounted Markov Decision
    Problems", Management Science 1978, doi:10.1287/mnsc.24.11.1127. Truncated.
"""

from ..environments import ACTIONS, GridWorld
from .bellman import bellman_backup, greedy, policy_evaluation
from .iteration import policy_iteration, truncated_policy_iteration, value_iteration

__all__ = [
    "ACTIONS",
    "GridWorld",
    "bellman_backup",
    "greedy",
    "policy_evaluation",
    "policy_iteration",
    "truncated_policy_iteration",
    "value_iteration",
]
