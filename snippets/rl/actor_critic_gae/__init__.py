"""Actor-critic: a policy that acts, and a table of values that judges each action.

Time is axis 0: ``rewards[t]`` is paid for step t, ``values[t]`` is the critic's value
of the state that step t leaves, and ``values[T]`` that of the state after the last
step. Any axes behind are a batch, of environments for example. ``terminated`` says that
nothing follows, ``truncated`` that the episode was only cut.

References:
    Schulman, Moritz, Levine, Jordan, Abbeel, "High-Dimensional Continuous Control Using
    Generalized Advantage Estimation", 2015, arXiv:1506.02438.
    Sutton, Barto, "Reinforcement Learning: An Introduction", 2nd ed. 2018, 13.5.
"""

from .advantages import gae, td_errors
from .exact import expected_gae, gae_variance
from .judging import explained_variance, normalise
from .learning import actor_critic

__all__ = [
    "actor_critic",
    "expected_gae",
    "explained_variance",
    "gae",
    "gae_variance",
    "normalise",
    "td_errors",
]
