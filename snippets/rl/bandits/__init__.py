"""Multi-armed bandits: which arm to pull next, when only pulls tell what arms pay.

Arms count from 0. Regret is the best mean minus the mean of the arm that was pulled,
summed over the steps ("pseudo-regret"): the luck of single rewards enters only through
the arms that it makes a policy choose.

References:
    Thompson, doi:10.1093/biomet/25.3-4.285 (posterior sampling).
    Lai, Robbins, doi:10.1016/0196-8858(85)90002-8 (the lower bound).
    Auer, Cesa-Bianchi, Fischer, doi:10.1023/A:1013689704352 (UCB1).
    Garivier, Cappé, arXiv:1102.2490 (KL-UCB).
    Sutton, Barto, "Reinforcement Learning: An Introduction", 2nd ed. 2018, ch. 2
    (gradient bandits).
"""

from .bayes import bayes_optimal
from .bounds import bernoulli_kl, kl_ucb_index, lai_robbins, ucb1_index
from .gradient import gradient_bandit_step
from .running import run_bandit

__all__ = [
    "bayes_optimal",
    "bernoulli_kl",
    "gradient_bandit_step",
    "kl_ucb_index",
    "lai_robbins",
    "run_bandit",
    "ucb1_index",
]
