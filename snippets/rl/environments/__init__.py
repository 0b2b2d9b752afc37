"""The worlds in which the notes on reinforcement learning act, each a model in arrays.

An environment is shared by the notes of this topic, so that they speak of one world:
``P``, shape (S, A, S), holds the chance that action a in state s leads to state t, and
``R``, shape (S, A), the reward of action a in state s.

Reference:
    Zhao, "Mathematical Foundations of Reinforcement Learning", Springer 2025, ch. 1.
"""

from .grid_world import ACTIONS, MOVES, GridWorld

__all__ = ["ACTIONS", "MOVES", "GridWorld"]
