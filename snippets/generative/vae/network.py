"""A VAE of two small networks, and its training; needs torch.

With ``hidden=0`` both networks are linear: the best ELBO is then the likelihood of
probabilistic PCA, a number to compare with.
"""

import math
import operator
from numbers import Real

import torch
from torch import Tensor, nn


# --8<-- [start:vae]
class VAE(nn.Module):
    """Encoder q(z | x), decoder p(x | z) = N(decode(z), sigma^2 I), prior N(0, I).

    Args:
        d: numbers of a point, >= 1.
        k: numbers of a code, >= 1.
        hidden: width of the one hidden layer (tanh) of both networks; 0 for none.
    """

    def __init__(self, d: int, k: int, hidden: int = 0) -> None:
        super().__init__()
        d, k = _integer("d", d), _integer("k", k)
        hidden = _integer("hidden", hidden, least=0)
        self.d, self.k = d, k
        self.encoder, self.decoder = _layers(d, 2 * k, hidden), _layers(k, d, hidden)
        self.log_sigma = nn.Parameter(torch.zeros(()))

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of q(z | x), (n, k) each, for x of shape (n, d)."""
        mean, log_var = self.encoder(_rows("x", x, self.d)).chunk(2, dim=-1)
        return mean, log_var

    def decode(self, z: Tensor) -> Tensor:
        """Mean of p(x | z), shape (n, d), for z of shape (n, k). It is no sample."""
        mean: Tensor = self.decoder(_rows("z", z, self.k))
        return mean

    def terms(self, x: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """Both terms of the ELBO, from one draw of z for each point.

        Args:
            x: shape (n, d).
            noise: standard normal, shape (n, k): each point has its own.

        Returns:
            ln p(x | z), shape (n,), and the KL of each number of the code, (n, k).
        """
        mean, log_var = self.encode(x)
        z = mean + (0.5 * log_var).exp() * _rows("noise", noise, self.k, len(x))
        error = ((x - self.decode(z)) / self.log_sigma.exp()).square().sum(dim=1)
        fit = -0.5 * error - self.d * (self.log_sigma + 0.5 * math.log(math.tau))
        kl = 0.5 * (mean.square() + log_var.exp() - 1 - log_var)
        return fit, kl

    @torch.no_grad()
    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        """n draws from p(x), shape (n, d): a code, its mean, and the noise as well."""
        n = _integer("n", n)
        z = _normal((n, self.k), generator, self.log_sigma)
        noise = _normal((n, self.d), generator, self.log_sigma)
        return self.decode(z) + self.log_sigma.exp() * noise

    # --8<-- [end:vae]


# --8<-- [start:train]
@torch.enable_grad()
def train_vae(
    x: Tensor,
    k: int,
    steps: int,
    generator: torch.Generator,
    hidden: int = 0,
    beta: float = 1.0,
    sigma: float | None = None,
    warm_up: int = 0,
    free: float = 0.0,
    learning_rate: float = 0.05,
) -> VAE:
    """Maximise the ELBO with Adam, all points and one draw for each at every step.

    Args:
        x: float32 or float64, shape (n, d).
        k: numbers of a code, >= 1.
        steps: of Adam, >= 1.
        generator: decides the initial weights and the draws.
        hidden: as for ``VAE``.
        beta: weight of the KL term, >= 0; with 0 only the error counts, and the
            variances of q shrink as far as the steps allow.
        sigma: of the decoder, from 1e-30 to 1e30; None learns it.
        warm_up: steps over which the weight rises from 0 to beta, >= 0.
        free: nats that the mean KL of each number of the code may have for nothing;
            like beta and the learning rate at most 1e30.
        learning_rate: at the start; it falls to 0 along a cosine.

    Raises:
        ValueError: if x has not that shape or type, an integer is too small, a number
            is out of its range, or the loss is not finite.
    """
    floats = (torch.float32, torch.float64)
    if (
        not isinstance(x, Tensor)
        or x.ndim != 2
        or not x.numel()
        or x.dtype not in floats
    ):
        came = f"{tuple(x.shape)} of {x.dtype}" if isinstance(x, Tensor) else type(x)
        raise ValueError(f"x must be a tensor (n, d), float32 or float64, got {came}")
    x = x.detach()  # or its gradient would be written
    steps, warm_up = _integer("steps", steps), _integer("warm_up", warm_up, least=0)
    for name, value in (
        ("beta", beta),
        ("free", free),
        ("learning_rate", learning_rate),
    ):
        _number(name, value, 0.0)
    if sigma is not None:
        _number("sigma", sigma, 1e-30)
    device = _device(generator)
    seed = int(torch.randint(2**31, (), generator=generator, device=device))
    with torch.random.fork_rng(devices=[]):  # leave the global generator alone
        torch.default_generator.manual_seed(seed)
        model = VAE(x.shape[1], k, hidden).to(x)
    if sigma is not None:
        model.log_sigma.requires_grad_(False).fill_(math.log(sigma))
    optimizer = torch.optim.Adam(model.parameters(), learning_rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for step in range(steps):
        noise = _normal((len(x), model.k), generator, x)
        fit, kl = model.terms(x, noise)
        weight = beta * min(1.0, step / warm_up) if warm_up else beta
        loss = weight * kl.mean(dim=0).clamp(min=free).sum() - fit.mean()
        if not math.isfinite(loss.item()):
            raise ValueError(f"losses must be finite, got {loss.item()} at step {step}")
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        schedule.step()
    return model.requires_grad_(False)
    # --8<-- [end:train]


def _layers(inputs: int, outputs: int, hidden: int) -> nn.Module:
    if hidden == 0:
        return nn.Linear(inputs, outputs)
    inner = nn.Linear(inputs, hidden)
    return nn.Sequential(inner, nn.Tanh(), nn.Linear(hidden, outputs))


def _normal(shape: tuple[int, int], generator: torch.Generator, like: Tensor) -> Tensor:
    options = {"generator": generator, "device": _device(generator)}
    return torch.randn(shape, dtype=like.dtype, **options).to(like.device)


def _device(generator: torch.Generator) -> torch.device:
    if not isinstance(generator, torch.Generator):
        raise ValueError(f"generator must be a torch.Generator, got {generator!r}")
    return generator.device


def _rows(name: str, values: Tensor, width: int, n: int | None = None) -> Tensor:
    if not isinstance(values, Tensor):
        raise ValueError(f"{name} must be a tensor, got {type(values)}")
    if values.ndim != 2 or values.shape[1] != width or n not in (None, len(values)):
        wanted, came = f"({'n' if n is None else n}, {width})", tuple(values.shape)
        raise ValueError(f"{name} must have shape {wanted}, got {came}")
    return values


def _number(name: str, value: float, least: float) -> None:
    known = isinstance(value, Real) and not isinstance(value, bool)
    if not known or not least <= value <= 1e30:
        raise ValueError(f"{name} must be from {least:g} to 1e30, got {value!r}")


def _integer(name: str, value: int, least: int = 1) -> int:
    try:
        number = least - 1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return number
