"""PPO and TRPO: how far one batch may move a policy before it must act again.

Objectives are maximised, losses minimised. ``logp_new`` and ``logp_old`` are the
log-probabilities that the policy being changed and the one that acted give the actions
taken; for an action of several parts, the sum over its parts.

References:
    Schulman, Wolski, Dhariwal, Radford, Klimov, "Proximal Policy Optimization
    Algorithms", 2017, arXiv:1707.06347.
    Schulman, Levine, Moritz, Jordan, Abbeel, "Trust Region Policy Optimization", 2015,
    arXiv:1502.05477.
"""

from .measures import clip_fraction, kl_estimates
from .objective import clipped_gradient, clipped_objective, value_loss
from .trust import trpo_step
from .update import ppo_update

__all__ = [
    "clip_fraction",
    "clipped_gradient",
    "clipped_objective",
    "kl_estimates",
    "ppo_update",
    "trpo_step",
    "value_loss",
]
