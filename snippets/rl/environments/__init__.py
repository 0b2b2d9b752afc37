"""The worlds in which the notes on reinforcement learning act, each a model in arrays.

An environment is shared by the notes of this topic, so that they speak of one world:
``P``, shape (S, A, S), holds the chance that action a in state s leads to state t, and
``R``, shape (S, A), the reward of action a in state s. Machines with continuous states
are functions from a state and an action to the next state.

Reference:
    Zhao, "Mathematical Foundations of Reinforcement Learning", Springer 2025, ch. 1.
"""

from .control import (
    cart_pole,
    cart_pole_start,
    mountain_car,
    mountain_car_start,
    pendulum,
    pendulum_start,
)
from .grid_world import ACTIONS, MOVES, GridWorld
from .tabular import Tabular, cliff_walking, random_walk, windy_grid

__all__ = [
    "ACTIONS",
    "MOVES",
    "GridWorld",
    "Tabular",
    "cart_pole",
    "cart_pole_start",
    "cliff_walking",
    "mountain_car",
    "mountain_car_start",
    "pendulum",
    "pendulum_start",
    "random_walk",
    "windy_grid",
]
