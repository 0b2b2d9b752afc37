"""Two ways to make noise of data: VP shrinks the data as it adds noise, VE only adds.

Time t runs from 0 (data) to 1 (noise). Given x_0, x_t is normal with mean m x_0 and
standard deviation s in every coordinate; ``marginal`` gives (m, s). Shapes: n points, d
coordinates; points are (n, d), a time is a number or (n, 1).

References:
    Song et al., "Score-Based Generative Modeling through Stochastic Differential
    Equations", 2021, arXiv:2011.13456.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from ._checks import _wide


# --8<-- [start:vp]
@dataclass(frozen=True)
class VPSDE:
    """Variance preserving: pull to zero and add noise, beta(t) from min to max.

    DDPM with betas beta((i - 1) / (N - 1)) / N, i = 1, ..., N, is its discretisation.

    Raises:
        ValueError: unless 0 < beta_min <= beta_max.
    """

    beta_min: float = 0.1
    beta_max: float = 20.0

    def __post_init__(self) -> None:
        if not 0 < self.beta_min <= self.beta_max < math.inf:
            came = f"{self.beta_min} and {self.beta_max}"
            raise ValueError(f"betas must be 0 < beta_min <= beta_max, got {came}")

    def _beta(self, t: Tensor) -> Tensor:
        return self.beta_min + t * (self.beta_max - self.beta_min)

    def drift(self, x: Tensor, t: float | Tensor) -> Tensor:
        """f(x, t), shape (n, d); t is a number or (n, 1)."""
        t = _wide(_check_time(t, x))
        return (-0.5 * self._beta(t) * _wide(x)).to(x.dtype)

    def diffusion(self, t: float | Tensor) -> Tensor:
        """g(t), of the shape of t."""
        t = _check_time(t)
        return self._beta(_wide(t)).sqrt().to(t.dtype)

    def marginal(self, t: float | Tensor) -> tuple[Tensor, Tensor]:
        """Factor m of x_0 and standard deviation s of x_t, of the shape of t."""
        t = _check_time(t)
        u = _wide(t)
        log_m = -0.25 * u**2 * (self.beta_max - self.beta_min) - 0.5 * u * self.beta_min
        # expm1: 1 - exp(...) would lose all digits for small t.
        return log_m.exp().to(t.dtype), (-torch.expm1(2 * log_m)).sqrt().to(t.dtype)

    def prior_std(self) -> float:
        """Standard deviation of the noise that sampling starts from."""
        return 1.0

    # --8<-- [end:vp]


# --8<-- [start:ve]
@dataclass(frozen=True)
class VESDE:
    """Variance exploding: add noise only, sigma(t) growing geometrically.

    Raises:
        ValueError: unless 0 < sigma_min < sigma_max.
    """

    sigma_min: float = 0.01
    sigma_max: float = 50.0

    def __post_init__(self) -> None:
        if not 0 < self.sigma_min < self.sigma_max < math.inf:
            came = f"{self.sigma_min} and {self.sigma_max}"
            raise ValueError(f"sigmas must be 0 < sigma_min < sigma_max, got {came}")

    @property
    def _log_ratio(self) -> float:
        return math.log(self.sigma_max / self.sigma_min)

    def drift(self, x: Tensor, t: float | Tensor) -> Tensor:
        """f(x, t) = 0, shape (n, d); t is a number or (n, 1)."""
        _check_time(t, x)
        return torch.zeros_like(x)

    def diffusion(self, t: float | Tensor) -> Tensor:
        """g(t), of the shape of t."""
        t = _check_time(t)
        sigma = self.sigma_min * torch.exp(_wide(t) * self._log_ratio)
        return (sigma * math.sqrt(2 * self._log_ratio)).to(t.dtype)

    def marginal(self, t: float | Tensor) -> tuple[Tensor, Tensor]:
        """Factor 1 of x_0 and standard deviation s of x_t, of the shape of t."""
        t = _check_time(t)
        # sigma(t)^2 - sigma(0)^2 without the subtraction
        s = self.sigma_min * torch.expm1(2 * _wide(t) * self._log_ratio).sqrt()
        return torch.ones_like(t), s.to(t.dtype)

    def prior_std(self) -> float:
        """Standard deviation of the noise that sampling starts from."""
        return self.sigma_max

    # --8<-- [end:ve]


def _check_time(t: float | Tensor, x: Tensor | None = None) -> Tensor:
    """t as a tensor, float64 if it came as a number."""
    # Times of shape (n,) would broadcast along the coordinates.
    if x is not None and (x.ndim != 2 or not x.is_floating_point()):
        came = f"{tuple(x.shape)} of {x.dtype}"
        raise ValueError(f"x must be (n, d), floating point, got {came}")
    if x is not None and isinstance(t, Tensor) and t.shape not in ((), (len(x), 1)):
        raise ValueError(f"t must be a number or ({len(x)}, 1), got {tuple(t.shape)}")
    if not isinstance(t, Tensor):
        t = torch.tensor(t, dtype=torch.float64)
    if not t.is_floating_point() or not ((t >= 0) & (t <= 1)).all():
        raise ValueError(f"t must be floating point, in [0, 1], got {t.tolist()}")
    return t
