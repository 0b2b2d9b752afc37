"""Sampling a class with a gradient: Gumbel noise, softmax, and straight-through.

The argmax of logits + Gumbel noise has exactly the softmax distribution. Replacing the
argmax by a softmax of temperature tau gives a gradient, which is biased.

Axes, in shapes: C class; ``...`` samples or any others.

References:
    Gumbel, "Statistical Theory of Extreme Values", 1954.
    Bengio et al., "Estimating or Propagating Gradients Through Stochastic Neurons",
    2013, arXiv:1308.3432 (straight-through).
    Jang et al., "Categorical Reparameterization with Gumbel-Softmax", ICLR 2017,
    arXiv:1611.01144.
    Maddison et al., "The Concrete Distribution", ICLR 2017, arXiv:1611.00712.
"""

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

import torch
from torch import Generator, Tensor

from ._checks import _finite, _integer, _positive, _wide


# --8<-- [start:sample]
def sample_gumbel(
    shape: Iterable[int], generator: Generator, dtype: torch.dtype = torch.float32
) -> Tensor:
    """Draws of -log(-log U), U uniform on (0, 1); on the device of the generator.

    -log U is exponential with mean 1. PyTorch draws that directly and never returns 0;
    ``torch.rand`` may, and two logarithms of it are infinite. For 16 bits the draws
    are float32's, rounded.

    Raises:
        ValueError: if ``dtype`` is not floating point, or ``shape`` holds anything but
            integers >= 0.
    """
    if not dtype.is_floating_point:
        raise ValueError(f"dtype must be floating point, got {dtype}")
    shape = [_integer("an entry of shape", n, 0) for n in shape]
    wide = torch.promote_types(dtype, torch.float32)
    noise = torch.empty(shape, dtype=wide, device=generator.device)
    return -noise.exponential_(generator=generator).log().to(dtype)


def gumbel_softmax(
    logits: Tensor, tau: float, hard: bool, generator: Generator
) -> Tensor:
    """A class drawn from softmax(logits), as a soft or hard one-hot with a gradient.

    Args:
        logits: shape (..., C), C >= 1, floating point, finite.
        tau: temperature, > 0.
        hard: False for softmax((logits + G) / tau), inside the simplex; True for the
            one-hot of its argmax, with the gradient of the soft sample.
        generator: of the noise G, independent in every entry; float32 at least.

    Returns:
        Shape (..., C), sums to 1 along the last axis.

    Raises:
        ValueError: if tau is not finite and > 0, or the logits are not as above.
    """
    _check(logits, tau)
    noise = sample_gumbel(logits.shape, generator, _wide(logits).dtype)
    noisy = logits.double() + noise.to(logits.device)
    top, winner = noisy.max(-1, keepdim=True)
    soft = torch.softmax((noisy - top.detach()) / tau, dim=-1).to(logits.dtype)
    if not hard:
        return soft
    # The winner is taken here: the entries of a rounded softmax may tie.
    return straight_through(torch.zeros_like(soft).scatter(-1, winner, 1.0), soft)
    # --8<-- [end:sample]


# --8<-- [start:straight]
def straight_through(hard: Tensor, soft: Tensor) -> Tensor:
    """The value of ``hard`` with the gradient of ``soft``; any shape, both the same.

    Raises:
        ValueError: if the shapes differ, or ``soft`` is not floating point and finite.
    """
    _finite("soft", soft)
    if hard.shape != soft.shape:
        shapes = f"{tuple(hard.shape)}, {tuple(soft.shape)}"
        raise ValueError(f"hard and soft must have one shape, got {shapes}")
    # The difference first: it is exactly 0. (hard - soft) + soft rounds to 0 where
    # hard is 1 and soft is 1e20, as in a step with the identity behind it.
    return hard.detach() + (soft - soft.detach())
    # --8<-- [end:straight]


class GradientBias(NamedTuple):
    """A gradient estimator beside the gradient it estimates; all of shape (C,)."""

    true: Tensor  # gradient of E[f(one-hot sample)], by enumeration
    mean: Tensor  # of the estimates, each from one sample
    std: Tensor  # of the estimates, from one sample to the next

    @property
    def bias(self) -> Tensor:
        """``mean - true``; up to sampling error, what more samples do not remove."""
        return self.mean - self.true


# --8<-- [start:bias]
def gradient_bias(
    f: Callable[[Tensor], Tensor],
    logits: Tensor,
    tau: float,
    generator: Generator,
    estimator: Literal["soft", "hard", "reinforce"] = "soft",
    samples: int = 10_000,
) -> GradientBias:
    """Mean and spread of estimates of the gradient of E[f(y)] by the logits.

    Args:
        f: maps (n, C) to (n,), row by row; y is a one-hot row drawn from the logits,
            float32 at least. For "soft", f must take soft rows as well.
        logits: shape (C,), floating point, finite.
        tau: temperature, > 0; unused by "reinforce".
        generator: of the noise.
        estimator: "soft" or "hard" as in ``gumbel_softmax``; "reinforce" is
            f(y) times the gradient of log P(y), without a baseline.
        samples: estimates to draw, an integer >= 2.

    Raises:
        ValueError: if an argument is not as above.
    """
    _check(logits, tau)
    samples = _integer("samples", samples, 2)
    if logits.ndim != 1:
        raise ValueError(f"logits must have shape (C,), got {tuple(logits.shape)}")
    if estimator not in ("soft", "hard", "reinforce"):
        wanted = f"soft, hard, or reinforce, got {estimator!r}"
        raise ValueError(f"estimator must be {wanted}")
    wide = _wide(logits.detach())
    pi = wide.softmax(-1)
    values = f(torch.eye(len(pi), dtype=pi.dtype, device=pi.device)).detach()
    if values.shape != pi.shape:
        got = f"{tuple(pi.shape * 2)} to {tuple(values.shape)}"
        raise ValueError(f"f must map (n, C) to (n,), got {got}")
    rows = wide.expand(samples, -1).clone().requires_grad_()
    if estimator == "reinforce":
        y = gumbel_softmax(rows.detach(), 1.0, True, generator)
        each = f(y)[:, None] * (y - pi)
    else:
        y = gumbel_softmax(rows, tau, estimator == "hard", generator)
        (each,) = torch.autograd.grad(f(y).sum(), rows)
    found = (pi * (values - pi @ values), each.mean(0), each.std(0))
    return GradientBias(*(x.to(logits.dtype) for x in found))
    # --8<-- [end:bias]


def _check(logits: Tensor, tau: float) -> None:
    _positive("tau", tau)
    if not logits.is_floating_point() or logits.ndim == 0 or logits.shape[-1] == 0:
        got = f"{logits.dtype}, {tuple(logits.shape)}"
        raise ValueError(f"logits must be floating, (..., C), C >= 1; got {got}")
    _finite("logits", logits)
