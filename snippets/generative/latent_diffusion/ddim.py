"""DDIM visits few of the steps of the schedule, with noise or without.

An array of alphas holds the *cumulative* products, as in ``schedule``; data have 1.

Reference:
    Song, Meng, Ermon, "Denoising Diffusion Implicit Models", 2020, arXiv:2010.02502.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor

from ._checks import _check_precise, _integer, _wide
from .schedule import _check_alphas


# --8<-- [start:timesteps]
def ddim_timesteps(T: int, steps: int, spacing: str = "leading") -> Tensor:
    """Which of the T time steps a sampler of few steps visits.

    Args:
        T: steps that the model was trained on.
        steps: how many to visit, 1 to T.
        spacing: "leading" counts up from 0 in strides of T // steps and so may never
            see the noisiest steps; "trailing" counts down from T - 1 in strides of
            T / steps; "linspace" includes both ends (0 alone if steps is 1).

    Returns:
        Time steps counted from 0, shape (steps,), int64, decreasing. Stable Diffusion
        adds 1 to the leading ones.

    Raises:
        ValueError: if steps is not within 1 to T, or spacing is unknown.
    """
    T = _integer("T", T)
    steps = _integer("steps", steps, 1, T)
    i = torch.arange(steps, dtype=torch.float64)
    if spacing == "leading":
        t = i.flip(0) * (T // steps)
    elif spacing == "trailing":
        t = (T - i * T / steps).round() - 1
    elif spacing == "linspace":
        t = i.flip(0) * (T - 1) / max(steps - 1, 1)
    else:
        known = "'leading', 'trailing' or 'linspace'"
        raise ValueError(f"spacing must be {known}, got {spacing!r}")
    return t.round().long()
    # --8<-- [end:timesteps]


# --8<-- [start:step]
def ddim_sigma(a_t: float, a_prev: float, eta: float) -> float:
    """Standard deviation of the fresh noise in a step from a_t to a_prev.

    Raises:
        ValueError: unless 0 < a_t <= a_prev <= 1 and 0 <= eta <= 1.
    """
    if not 0 < a_t <= a_prev <= 1:
        raise ValueError(f"want 0 < a_t <= a_prev <= 1, got {a_t}, {a_prev}")
    if not 0 <= eta <= 1:
        raise ValueError(f"eta must be within 0 to 1, got {eta}")
    if a_prev == 1:
        return 0.0  # the last step ends on data, even if a_t is 1 too
    return eta * math.sqrt((1 - a_prev) / (1 - a_t) * (1 - a_t / a_prev))


def ddim_step(
    z: Tensor,
    eps: Tensor,
    a_t: float,
    a_prev: float,
    eta: float = 0.0,
    noise: Tensor | None = None,
) -> Tensor:
    """One step from noise level a_t to a_prev, the *next visited* level.

    Args:
        z: noisy latents, any shape.
        eps: predicted noise, of z's shape.
        a_t: cumulative alpha of z.
        a_prev: cumulative alpha to reach, >= a_t; 1 for data.
        eta: 0 is deterministic, 1 is DDPM's ancestral sampling.
        noise: standard normal, of z's shape; needed if eta > 0.

    Returns:
        The latents at a_prev, of z's shape.

    Raises:
        ValueError: if shapes differ, eta is outside 0 to 1, noise is missing, or not
            0 < a_t <= a_prev <= 1.
    """
    a_t, a_prev = float(a_t), float(a_prev)
    sigma = ddim_sigma(a_t, a_prev, eta)
    if eps.shape != z.shape:
        got = f"{tuple(eps.shape)}, {tuple(z.shape)}"
        raise ValueError(f"eps must have the shape of z, got {got}")
    if eta > 0 and (noise is None or noise.shape != z.shape):
        got = None if noise is None else tuple(noise.shape)
        raise ValueError(f"eta > 0 wants noise of shape {tuple(z.shape)}, got {got}")
    wide = _wide(eps)
    clean = (_wide(z) - math.sqrt(1 - a_t) * wide) / math.sqrt(a_t)
    along = math.sqrt(max(1 - a_prev - sigma**2, 0.0))  # rounding may say -1e-17
    moved = math.sqrt(a_prev) * clean + along * wide
    if noise is not None:
        moved = moved + sigma * _wide(noise)
    return moved.to(z.dtype)
    # --8<-- [end:step]


# --8<-- [start:sample]
@torch.no_grad()
def ddim_sample(
    eps_fn: Callable[[Tensor, int], Tensor],
    shape: Sequence[int],
    alphas: Tensor,
    steps: int,
    eta: float = 0.0,
    generator: torch.Generator | None = None,
    spacing: str = "leading",
) -> Tensor:
    """Start from pure noise and walk down to data in few steps.

    Args:
        eps_fn: (latents, t) to the predicted noise, of the latents' shape.
        shape: of the latents to draw.
        alphas: cumulative, shape (T,), of the model's training.
        steps: calls of eps_fn, 1 to T.
        eta: as in ``ddim_step``.
        generator: source of the noise; the global one if None.
        spacing: as in ``ddim_timesteps``.

    Returns:
        Latents of the given shape, in the dtype and on the device of alphas.

    Raises:
        ValueError: if alphas are not (T,), strictly decreasing, in (0, 1], float32 or
            float64, or any other argument is out of its range.
    """
    _check_alphas(alphas)
    _check_precise("alphas", alphas.dtype)
    size = torch.Size([_integer("a side of shape", side, 0) for side in shape])
    visited = ddim_timesteps(len(alphas), steps, spacing).tolist()
    levels = [*alphas[visited].tolist(), 1.0]

    def draw() -> Tensor:
        where = alphas.device if generator is None else generator.device
        options = {"generator": generator, "dtype": alphas.dtype, "device": where}
        return torch.randn(size, **options).to(alphas.device)

    z = draw()
    for t, (a_t, a_prev) in zip(visited, pairwise(levels), strict=True):
        noise = draw() if eta > 0 else None
        z = ddim_step(z, eps_fn(z, t), a_t, a_prev, eta, noise)
    return z
    # --8<-- [end:sample]
