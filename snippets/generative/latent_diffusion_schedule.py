"""The noise schedule of Stable Diffusion, and DDIM, which visits few of its steps.

An array of alphas holds the *cumulative* products, written with a bar in the note:
entry t, counted from 0, is the share of the variance that is still signal after t + 1
steps of noising, z_t = sqrt(alphas[t]) z_0 + sqrt(1 - alphas[t]) noise. Data have 1.

References:
    Song, Meng, Ermon, "Denoising Diffusion Implicit Models", 2020, arXiv:2010.02502;
    Lin, Liu, Li, Yang, "Common Diffusion Noise Schedules and Sample Steps are Flawed",
    2023, arXiv:2305.08891; the values of v1-inference.yaml in CompVis/stable-diffusion.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor


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
    _check_count("T", T)
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
    check_alphas(alphas)
    if len(alphas) < 2:
        raise ValueError(f"at least 2 alphas are wanted, got {len(alphas)}")
    roots = alphas.sqrt()
    stretch = roots[0] / (roots[0] - roots[-1])
    return ((roots - roots[-1]) * stretch) ** 2
    # --8<-- [end:schedule]


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
    _check_count("T", T)
    if not isinstance(steps, int) or not 1 <= steps <= T:
        raise ValueError(f"steps must be an integer within 1 to {T}, got {steps!r}")
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
    clean = (z - math.sqrt(1 - a_t) * eps) / math.sqrt(a_t)
    along = math.sqrt(max(1 - a_prev - sigma**2, 0.0))  # rounding may say -1e-17
    moved = math.sqrt(a_prev) * clean + along * eps
    return moved if noise is None else moved + sigma * noise
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
        ValueError: if alphas are not (T,), strictly decreasing, in (0, 1], or any other
            argument is out of its range.
    """
    check_alphas(alphas)
    visited = ddim_timesteps(len(alphas), steps, spacing).tolist()
    levels = [*alphas[visited].tolist(), 1.0]

    def draw() -> Tensor:
        return torch.randn(
            *shape, generator=generator, dtype=alphas.dtype, device=alphas.device
        )

    z = draw()
    for t, (a_t, a_prev) in zip(visited, pairwise(levels), strict=True):
        noise = draw() if eta > 0 else None
        z = ddim_step(z, eps_fn(z, t), a_t, a_prev, eta, noise)
    return z
    # --8<-- [end:sample]


def check_alphas(alphas: Tensor) -> None:
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


def _check_count(name: str, value: int) -> None:
    if not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} must be an integer >= 1, got {value!r}")
