"""Policy gradients: raise the log-chance of each action by how well it turned out.

The policy is a softmax of a table ``theta``, shape (S, A), one row a state; every
gradient has that shape. A model is ``P``, shape (S, A, S), and ``R``, shape (S, A),
as in the environments of this topic; a terminal state leads to itself with the reward
0. An episode is ``states``, shape (T,) or (T + 1,), and ``actions`` and ``rewards``,
shape (T,): rewards[t] is paid for actions[t] in states[t].

References:
    Williams, "Simple Statistical Gradient-Following Algorithms for Connectionist
    Reinforcement Learning", Machine Learning 8, 1992, doi:10.1007/BF00992696.
    Sutton, McAllester, Singh, Mansour, "Policy Gradient Methods for Reinforcement
    Learning with Function Approximation", NIPS 12, 1999.
    Kakade, "A Natural Policy Gradient", NIPS 14, 2001.
"""

from .estimate import optimal_baseline, reinforce
from .exact import exact_gradient, exact_value
from .natural import fisher, natural_gradient
from .policy import score, softmax_policy

__all__ = [
    "exact_gradient",
    "exact_value",
    "fisher",
    "natural_gradient",
    "optimal_baseline",
    "reinforce",
    "score",
    "softmax_policy",
]
