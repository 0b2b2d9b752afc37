"""The noise schedule of Stable Diffusion, and its repair at the last step.

An array of alphas holds the *cumulative* products, written with a bar in the note:
entry t, counted from 0, is the share of the variance that is still signal after t + 1
steps of noising, z_t = sqrt(alphas[t]) z_0 + sqrt(1 - alphas[t]) noise. Data have 1.

References:
    Lin, Liu, Li, Yang, "Common Diffusion Noise Schedules and Sample Steps are Flawed",
    2023, arXiv:2305.08891; the values of v1-inference.yaml in CompVis/stable-diffusion.
"""

import torch
from torch import Tensor

from ._checks import _integer, _wide


# --8<-- [start:schedule]
def scaled_linear_alphas(
    T: int = 1000, start: float = 0.00085, end: float = 0.012
) -> Tensor:
    """Stable Diffusion's schedule: the square roots of the betas are equally spaced.

    Args:
        T: number of noising steps, >= 1.
        start: first beta, the variance of the noise that one step adds.
        end: last beta.

    Returns:
        Cumulative alphas, shape (T,), float64, decreasing.

    Raises:
        ValueError: unless T >= 1 and 0 < start <= end < 1.
    """
    T = _integer("T", T)
    if not 0 < start <= end < 1:
        raise ValueError(f"want 0 < start <= end < 1, got {start}, {end}")
    roots = torch.linspace(start**0.5, end**0.5, T, dtype=torch.float64)
    return (1 - roots**2).cumprod(0)


def rescale_zero_terminal_snr(alphas: Tensor) -> Tensor:
    """Move and stretch sqrt(alphas) so that the last is 0 and the first stays.

    Args:
        alphas: cumulative, shape (T,), T >= 2, decreasing.

    Returns:
        Cumulative alphas, shape (T,). Where they are 0, the noise predicted says
        nothing about the data: a model for these must predict v or the data.

    Raises:
        ValueError: if alphas are not (T,), strictly decreasing, in (0, 1], or T < 2.
    """
    _check_alphas(alphas)
    if len(alphas) < 2:
        raise ValueError(f"at least 2 alphas are wanted, got {len(alphas)}")
    roots = _wide(alphas).sqrt()
    stretch = roots[0] / (roots[0] - roots[-1])
    return (((roots - roots[-1]) * stretch) ** 2).to(alphas.dtype)
    # --8<-- [end:schedule]


def _check_alphas(alphas: Tensor) -> None:
    """Refuse what is no schedule of cumulative alphas.

    Raises:
        ValueError: if alphas are not (T,) floating, strictly decreasing, in (0, 1].
    """
    if alphas.ndim != 1 or not alphas.is_floating_point() or len(alphas) == 0:
        came = f"{tuple(alphas.shape)} of {alphas.dtype}"
        raise ValueError(f"alphas must be (T,), floating point, got {came}")
    inside = (alphas > 0).all() and (alphas <= 1).all()
    if not inside or not (alphas.diff() < 0).all():
        first, last = alphas[0].item(), alphas[-1].item()
        raise ValueError(f"alphas must decrease within (0, 1], got {first} to {last}")
