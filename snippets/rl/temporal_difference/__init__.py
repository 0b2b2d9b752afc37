"""Temporal-difference learning: correct a guess by a later guess, before the outcome.

An episode is ``states``, shape (T + 1,), integers, and ``rewards``, shape (T,), where
rewards[t] is paid for the step from states[t] to states[t + 1]. Sutton and Barto write
R_{t+1} for it. ``terminal=True`` says that the episode is over: what follows is worth
0, whatever the table holds for the last state. ``terminal=False`` says that it was only
cut: the last state keeps its value.

References:
    Sutton, "Learning to Predict by the Methods of Temporal Differences", Machine
    Learning 3, 1988, doi:10.1007/BF00115009.
    Sutton, Barto, "Reinforcement Learning: An Introduction", 2nd ed. 2018, ch. 6, 7
    and 12.
"""

from .batch import batch_td, certainty_equivalence
from .control import sarsa
from .prediction import td0
from .targets import lambda_targets, n_step_targets
from .traces import td_lambda

__all__ = [
    "batch_td",
    "certainty_equivalence",
    "lambda_targets",
    "n_step_targets",
    "sarsa",
    "td0",
    "td_lambda",
]
