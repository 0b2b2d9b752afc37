"""Diffusion in continuous time: dx = f dt + g dw makes noise of data, and its score,
the gradient of the log density, is all that the way back needs.

Time t runs from 0 (data) to 1 (noise). Given x_0, x_t is normal with mean m x_0 and
standard deviation s in every coordinate; ``marginal`` gives (m, s). Shapes: n points, d
coordinates, k mixture components; points are (n, d), a time is a number or (n, 1).

References:
    Song et al., "Score-Based Generative Modeling through Stochastic Differential
    Equations", 2021, arXiv:2011.13456.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from snippets.generative.score_sde_sampling import (
    ode_log_likelihood as ode_log_likelihood,
)
from snippets.generative.score_sde_sampling import probability_flow as probability_flow
from snippets.generative.score_sde_sampling import (
    probability_flow_sample as probability_flow_sample,
)
from snippets.generative.score_sde_sampling import (
    reverse_sde_sample as reverse_sde_sample,
)
from snippets.generative.score_sde_training import EpsilonNet as EpsilonNet
from snippets.generative.score_sde_training import dsm_loss as dsm_loss
from snippets.generative.score_sde_training import fit as fit
from snippets.generative.score_sde_training import score_from_eps as score_from_eps
from snippets.generative.score_sde_training import score_from_v as score_from_v
from snippets.generative.score_sde_training import score_from_x0 as score_from_x0


# --8<-- [start:vp]
@dataclass(frozen=True)
class VPSDE:
    """Variance preserving: pull to zero and add noise, beta(t) from min to max.

    DDPM with betas beta(i / N) / N is its discretisation in N steps.

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
        return -0.5 * self._beta(_check_time(t, x)) * x

    def diffusion(self, t: float | Tensor) -> Tensor:
        """g(t), of the shape of t."""
        return self._beta(_check_time(t)).sqrt()

    def marginal(self, t: float | Tensor) -> tuple[Tensor, Tensor]:
        """Factor m of x_0 and standard deviation s of x_t, of the shape of t."""
        t = _check_time(t)
        log_m = -0.25 * t**2 * (self.beta_max - self.beta_min) - 0.5 * t * self.beta_min
        # expm1: 1 - exp(...) would lose all digits for small t.
        return log_m.exp(), (-torch.expm1(2 * log_m)).sqrt()

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
        sigma = self.sigma_min * torch.exp(_check_time(t) * self._log_ratio)
        return sigma * math.sqrt(2 * self._log_ratio)

    def marginal(self, t: float | Tensor) -> tuple[Tensor, Tensor]:
        """Factor 1 of x_0 and standard deviation s of x_t, of the shape of t."""
        t = _check_time(t)
        # sigma(t)^2 - sigma(0)^2 without the subtraction
        s = self.sigma_min * torch.expm1(2 * t * self._log_ratio).sqrt()
        return torch.ones_like(t), s

    def prior_std(self) -> float:
        """Standard deviation of the noise that sampling starts from."""
        return self.sigma_max

    # --8<-- [end:ve]


# --8<-- [start:gmm]
def gmm_score(
    x: Tensor,
    t: float | Tensor,
    sde: VPSDE | VESDE,
    weights: Tensor,
    means: Tensor,
    stds: Tensor,
) -> Tensor:
    """Score of p_t when the data are a mixture of round Gaussians, in closed form.

    Args:
        x: points (n, d), floating point.
        t: a number, or (n, 1).
        sde: the forward process.
        weights: (k,), not negative, summing to 1.
        means: (k, d).
        stds: (k,), positive; one for all coordinates of a component.

    Returns:
        Shape (n, d).

    Raises:
        ValueError: if a shape does not fit, x is not floating, t is outside [0, 1],
            weights do not sum to 1, or a std is not positive.
    """
    log_joint, offset, variance = _components(x, t, sde, weights, means, stds)
    share = log_joint.softmax(1)  # (n, k): which component x came from
    return (share[..., None] * offset / variance[..., None]).sum(1)
    # --8<-- [end:gmm]


def gmm_log_prob(
    x: Tensor,
    t: float | Tensor,
    sde: VPSDE | VESDE,
    weights: Tensor,
    means: Tensor,
    stds: Tensor,
) -> Tensor:
    """Log density of p_t at x in nats, shape (n,); arguments as in ``gmm_score``."""
    return _components(x, t, sde, weights, means, stds)[0].logsumexp(1)


def gmm_sample(
    n: int, weights: Tensor, means: Tensor, stds: Tensor, generator: torch.Generator
) -> Tensor:
    """Draw n points of the mixture, (n, d), in the dtype of ``means`` (k, d).

    Raises:
        ValueError: as ``gmm_score``, or if n is not an integer >= 1.
    """
    if not isinstance(n, int) or n < 1:
        raise ValueError(f"n must be an integer >= 1, got {n!r}")
    _check_mixture(weights, means, stds)
    which = torch.multinomial(weights, n, replacement=True, generator=generator)
    noise = torch.randn(n, means.shape[1], generator=generator, dtype=means.dtype)
    return means[which] + stds[which, None] * noise


def _components(
    x: Tensor,
    t: float | Tensor,
    sde: VPSDE | VESDE,
    weights: Tensor,
    means: Tensor,
    stds: Tensor,
) -> tuple[Tensor, Tensor, Tensor]:
    """Log of weight times density (n, k), mean minus x (n, k, d), variance (n, k)."""
    _check_mixture(weights, means, stds)
    d = means.shape[1]
    if x.ndim != 2 or x.shape[1] != d or not x.is_floating_point():
        came = f"{tuple(x.shape)} of {x.dtype}"
        raise ValueError(f"x must be (n, {d}), floating point, got {came}")
    _check_time(t, x)
    m, s = (value.reshape(-1, 1).to(x) for value in sde.marginal(t))  # 1 or n rows
    offset = m[..., None] * means - x[:, None]
    variance = ((m * stds) ** 2 + s**2).expand(len(x), -1)
    log_density = -0.5 * (
        offset.square().sum(2) / variance + d * torch.log(2 * math.pi * variance)
    )
    return weights.log() + log_density, offset, variance


def _check_mixture(weights: Tensor, means: Tensor, stds: Tensor) -> None:
    k = means.shape[:1]
    if means.ndim != 2 or weights.shape != k or stds.shape != k:
        came = ", ".join(str(tuple(part.shape)) for part in (weights, means, stds))
        raise ValueError(f"weights, means, stds must be (k,), (k, d), (k,), got {came}")
    if (weights < 0).any() or not math.isclose(weights.sum(), 1, abs_tol=1e-6):
        raise ValueError(f"weights must be >= 0 and sum to 1, got {weights.tolist()}")
    if not (stds > 0).all():
        raise ValueError(f"stds must be positive, got {stds.tolist()}")


def _check_time(t: float | Tensor, x: Tensor | None = None) -> Tensor:
    """t as a tensor, float64 if it came as a number."""
    # Times of shape (n,) would broadcast along the coordinates.
    if x is not None and isinstance(t, Tensor) and t.shape not in ((), (len(x), 1)):
        raise ValueError(f"t must be a number or ({len(x)}, 1), got {tuple(t.shape)}")
    if not isinstance(t, Tensor):
        t = torch.tensor(t, dtype=torch.float64)
    if not t.is_floating_point() or not ((t >= 0) & (t <= 1)).all():
        raise ValueError(f"t must be floating point, in [0, 1], got {t.tolist()}")
    return t
