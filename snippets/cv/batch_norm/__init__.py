"""Batch normalization: each channel centred and scaled, as its values in the batch say.

Inputs have shape (N, C, ...): batch, channels, then any number of places. All is
computed in float64 and rounded once, to the dtype of the input; statistics stay in
float64, since in float16 the variance of (300, -300) would be infinite. A result that
the dtype cannot hold becomes infinite, with numpy's warning.

Sources: Ioffe, Szegedy 2015, arXiv:1502.03167 (batch norm); Wu, He 2018,
arXiv:1803.08494 (group norm, and layer and instance norm as its ends).
"""

from .backward import batch_norm_backward
from .folding import fold
from .norms import batch_norm, batch_statistics, group_norm
from .running import BatchNorm

__all__ = [
    "BatchNorm",
    "batch_norm",
    "batch_norm_backward",
    "batch_statistics",
    "fold",
    "group_norm",
]
