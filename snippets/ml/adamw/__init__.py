"""Adam with L2 regularization and AdamW differ in one line: who sees the decay.

Adam + L2 adds ``weight_decay * theta`` to the gradient, so the decay is averaged and
divided like every gradient. AdamW shrinks ``theta`` directly, past both moments.
As in PyTorch, the shrinkage per step is ``lr * weight_decay``; the paper leaves its
step size out of it (its value is this one times the step size).

References:
    Kingma, Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015,
    arXiv:1412.6980.
    Loshchilov, Hutter, "Decoupled Weight Decay Regularization", ICLR 2019,
    arXiv:1711.05101.
    Reddi, Kale, Kumar, "On the Convergence of Adam and Beyond", ICLR 2018,
    arXiv:1904.09237 (AMSGrad).
"""

from .decay import decay_groups, effective_decay
from .noise import noise_paths
from .optimizers import AdamLite, AdamWLite
from .step import AdamState, adam_step, empty_state

__all__ = [
    "AdamLite",
    "AdamState",
    "AdamWLite",
    "adam_step",
    "decay_groups",
    "effective_decay",
    "empty_state",
    "noise_paths",
]
