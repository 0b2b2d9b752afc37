"""How much noise each step adds, and all that follows from it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from ._checks import _array, _count, _number


# --8<-- [start:betas]
def linear_betas(T: int = 1000, start: float = 1e-4, end: float = 0.02) -> np.ndarray:
    """Variances of the noise, equally spaced; the defaults are those of DDPM.

    Args:
        T: number of steps, at least 1; one step has the variance ``start``.
        start: of step 0, between 0 and 1.
        end: of step T - 1, from ``start`` on and below 1.

    Returns:
        Shape (T,).

    Raises:
        ValueError: if a number is out of its range.
    """
    T = _count("T", T)
    tiny, top = 1e-30, np.nextafter(1, 0)
    start, end = _number("start", start, tiny, top), _number("end", end, tiny, top)
    if start > end:
        raise ValueError(f"start must not exceed end, got {start} and {end}")
    return np.linspace(start, end, T)


def cosine_betas(
    T: int = 1000, s: float = 0.008, max_beta: float = 0.999
) -> np.ndarray:
    """Variances for which the share of the signal falls like a squared cosine.

    Args:
        T: number of steps, at least 1.
        s: offset that keeps the first variances from vanishing, from 0 to 1.
        max_beta: larger variances are cut to it, between 0 and 1.

    Returns:
        Shape (T,).

    Raises:
        ValueError: if a number is out of its range.
    """
    T, s = _count("T", T), _number("s", s, 0, 1)
    max_beta = _number("max_beta", max_beta, 1e-30, np.nextafter(1, 0))
    share = np.cos((np.arange(T + 1) / T + s) / (1 + s) * math.pi / 2) ** 2
    return np.minimum(1 - share[1:] / share[:-1], max_beta)
    # --8<-- [end:betas]


# --8<-- [start:schedule]
@dataclass(frozen=True, eq=False)
class Schedule:
    """The variances of T steps and what follows from them, arrays of shape (T,).

    Step t, counted from 0, makes level t of noise; "before step 0" is the data.

    Attributes:
        betas: variance of the noise that step t adds, from 1e-30 to below 1.
        alphas: 1 - betas.
        alphas_bar: share of the signal's variance left after step t, in (0, 1].
        noise_bar: 1 - alphas_bar, computed without cancellation.
        previous: alphas_bar before step t; 1 before step 0.
        posterior_variance: of the point before step t, given the data and the point
            after it; 0 at t = 0.

    Raises:
        ValueError: if betas are not T >= 1 numbers from 1e-30 to below 1, or if the
            share of the signal that they leave is below e^-600.
    """

    betas: np.ndarray
    alphas: np.ndarray = field(init=False, repr=False)
    alphas_bar: np.ndarray = field(init=False, repr=False)
    noise_bar: np.ndarray = field(init=False, repr=False)
    previous: np.ndarray = field(init=False, repr=False)
    posterior_variance: np.ndarray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        betas = _array("betas", self.betas)
        if betas.ndim != 1 or not len(betas):
            raise ValueError(f"betas must have shape (T,), T >= 1, got {betas.shape}")
        wrong = ~((betas >= 1e-30) & (betas < 1))
        if wrong.any():
            raise ValueError(f"betas must lie in [1e-30, 1), got {betas[wrong][0]}")
        logs = np.cumsum(np.log1p(-betas))
        if logs[-1] < -600:
            raise ValueError(
                f"betas must leave a share of signal of at least e^-600, got"
                f" e^{logs[-1]:.0f}"
            )
        noise_bar = -np.expm1(logs)
        before = np.concatenate([[0.0], noise_bar[:-1]])
        arrays = {
            "betas": betas,
            "alphas": 1 - betas,
            "alphas_bar": np.exp(logs),
            "noise_bar": noise_bar,
            "previous": np.concatenate([[1.0], np.exp(logs[:-1])]),
            "posterior_variance": before / noise_bar * betas,
        }
        for name, array in arrays.items():
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    def __len__(self) -> int:
        return len(self.betas)
        # --8<-- [end:schedule]


def _schedule(schedule: Schedule) -> Schedule:
    if not isinstance(schedule, Schedule):
        raise ValueError(f"schedule must be a Schedule, got {schedule!r}")
    return schedule
