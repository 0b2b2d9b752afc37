"""A mixture of experts: of many networks, each token uses the few that a router picks.

Axes: t token, k pick of a token, the best first, e expert, d feature. Sequences lie end
to end: there is no batch axis. 16-bit inputs are computed in float32.

References:
    Shazeer et al., "Outrageously Large Neural Networks", 2017, arXiv:1701.06538.
    Fedus, Zoph, Shazeer, "Switch Transformers", 2021, arXiv:2101.03961 (balance loss,
    capacity).
    Wang et al., "Auxiliary-Loss-Free Load Balancing Strategy for Mixture-of-Experts",
    2024, arXiv:2408.15664 (bias).
"""

from .balance import balance_loss, update_bias, z_loss
from .layer import dispatch, moe
from .routing import Routing, route

__all__ = [
    "Routing",
    "balance_loss",
    "dispatch",
    "moe",
    "route",
    "update_bias",
    "z_loss",
]
