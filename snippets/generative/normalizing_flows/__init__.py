"""A flow is an invertible map, and its log density is the prior's, at the mapped point,
plus the log-determinant; in continuous time the determinant becomes a trace.

Velocities are functions v(x, t) of points (n, d) and times (n, 1), each row on its own.
Time runs from 0 (noise) to 1 (data), the other way round than in diffusion models.
Shapes: n points, d coordinates.

References:
    Rezende, Mohamed, "Variational Inference with Normalizing Flows", 2015,
    arXiv:1505.05770, for chains of maps.
    Chen, Rubanova, Bettencourt, Duvenaud, "Neural Ordinary Differential Equations",
    2018, arXiv:1806.07366, for the trace in place of the determinant.
    Grathwohl et al., "FFJORD", 2018, arXiv:1810.01367, for the estimated trace.
"""

from .chain import chain_log_prob, residual_log_det, standard_normal_log_prob
from .continuous import Velocity, cnf_forward, flow_log_prob, odeint_rk4
from .euler import euler_path, euler_sample, straightness
from .hutchinson import hutchinson_trace
from .matching import (
    cfm_loss,
    cfm_pairs,
    gaussian_fm_velocity,
    gaussian_ot_velocity,
    score_from_velocity,
)
from .training import Mixture, VelocityNet, fit

__all__ = [
    "Mixture",
    "Velocity",
    "VelocityNet",
    "cfm_loss",
    "cfm_pairs",
    "chain_log_prob",
    "cnf_forward",
    "euler_path",
    "euler_sample",
    "fit",
    "flow_log_prob",
    "gaussian_fm_velocity",
    "gaussian_ot_velocity",
    "hutchinson_trace",
    "odeint_rk4",
    "residual_log_det",
    "score_from_velocity",
    "standard_normal_log_prob",
    "straightness",
]
