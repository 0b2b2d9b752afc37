"""A deep Q-network learns action values from stored steps, towards a frozen copy.

This is all but the network itself, in numpy: replay, targets, priorities, and the same
loop with a linear network. ``dqn_training`` has the network, in PyTorch. ``terminated``
says that the state entered is terminal; a time limit is no terminal state.

References:
    Mnih et al., "Human-level control through deep reinforcement learning", Nature 2015,
    doi:10.1038/nature14236.
    van Hasselt, Guez, Silver, "Deep Reinforcement Learning with Double Q-learning",
    2015, arXiv:1509.06461.
    Wang et al., "Dueling Network Architectures for Deep Reinforcement Learning", 2015,
    arXiv:1511.06581.
    Schaul et al., "Prioritized Experience Replay", 2015, arXiv:1511.05952.
"""

from .divergence import two_state_weights
from .linear import train_linear_dqn
from .priorities import SumTree, importance_weights
from .replay import ReplayBuffer
from .targets import dqn_targets, dueling, huber

__all__ = [
    "ReplayBuffer",
    "SumTree",
    "dqn_targets",
    "dueling",
    "huber",
    "importance_weights",
    "train_linear_dqn",
    "two_state_weights",
]
