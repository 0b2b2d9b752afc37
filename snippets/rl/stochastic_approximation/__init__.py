"""Stochastic approximation: the root of g from noisy values of g alone.

Robbins-Monro: w_{k+1} = w_k - a_k (g(w_k) + eta_k), with k = 1, 2, ... and E[eta_k] = 0
whatever happened before. w may be an array: its entries are then independent runs, or
the coordinates of a vector if g mixes them.

References:
    Robbins, Monro, doi:10.1214/aoms/1177729586. Chung, doi:10.1214/aoms/1177728716.
    Zhao, "Mathematical Foundations of Reinforcement Learning", Springer 2025, ch. 6.
"""

from .convergence import asymptotic_variance, constant_step_variance, dvoretzky
from .mean import Steps, incremental_mean, sgd_mean
from .root import Noise, robbins_monro, step_conditions

__all__ = [
    "Noise",
    "Steps",
    "asymptotic_variance",
    "constant_step_variance",
    "dvoretzky",
    "incremental_mean",
    "robbins_monro",
    "sgd_mean",
    "step_conditions",
]
