"""Flow matching: learn the mean direction of the lines from noise to data, follow it.

Time is 0 at the noise, 1 at the data (in diffusion it is the other way round).
A small net is trained, with torch, in ``training.py``.

References:
    Lipman et al., "Flow Matching for Generative Modeling", 2022, arXiv:2210.02747.
    Liu, Gong, Liu, "Flow Straight and Fast: Learning to Generate and Transfer Data
    with Rectified Flow", 2022, arXiv:2209.03003.
    Esser et al., "Scaling Rectified Flow Transformers for High-Resolution Image
    Synthesis", 2024, arXiv:2403.03206, for logit-normal times and the shift.
"""

from .path import data_velocity, gaussian_velocity, interpolate
from .prediction import convert
from .solver import integrate
from .times import logit_normal_density, shift_time

__all__ = [
    "convert",
    "data_velocity",
    "gaussian_velocity",
    "integrate",
    "interpolate",
    "logit_normal_density",
    "shift_time",
]
