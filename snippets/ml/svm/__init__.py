"""The widest street between two classes, and the few points that hold its kerbs.

Labels are -1 and +1. The soft margin minimises half the squared norm of the weights
plus C times the *sum* of the hinge losses max(0, 1 - y f(x)); the intercept b is not
penalised. Its dual needs inner products of rows alone, so a kernel can replace them.

Sources: Cortes and Vapnik 1995, doi:10.1007/BF00994018; Platt 1998, MSR-TR-98-14, for
SMO; Keerthi et al. 2001, doi:10.1162/089976601300014493, for the pair that violates
most; Shalev-Shwartz et al. 2011, doi:10.1007/s10107-010-0420-4, for Pegasos.
"""

from .kernels import poly_kernel, rbf_kernel
from .objectives import decision, dual_objective, kkt_violation, primal_objective
from .pairs import smo
from .subgradient import pegasos

__all__ = [
    "decision",
    "dual_objective",
    "kkt_violation",
    "pegasos",
    "poly_kernel",
    "primal_objective",
    "rbf_kernel",
    "smo",
]
