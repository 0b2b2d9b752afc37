"""Regression losses are densities of the residual; RLE learns that density by a flow.

The residual is x_bar = (target - mu) / sigma, coordinate by coordinate. RLE models its
density as s Q(x_bar) G(x_bar): Q a fixed Laplace or Gaussian of scale 1, G a flow,
s what makes the product integrate to 1. The flow serves training only.

Axes: N images, K key points, 2 coordinates x and y. Every loss is summed over
key points and coordinates and averaged over images.

References:
    Li et al., "Human Pose Regression with Residual Log-likelihood Estimation",
    ICCV 2021, arXiv:2107.11291. Its released code computes another loss, see
    ``rle_loss_released``.
    Dinh, Sohl-Dickstein, Bengio, "Density estimation using Real NVP", ICLR 2017,
    arXiv:1605.08803.
"""

import math

import torch
from torch import Tensor, nn

from snippets.cv.pose_regression_rle_heatmap import decode_argmax as decode_argmax
from snippets.cv.pose_regression_rle_heatmap import decode_quarter as decode_quarter
from snippets.cv.pose_regression_rle_heatmap import decode_taylor as decode_taylor
from snippets.cv.pose_regression_rle_heatmap import gaussian_heatmap as gaussian_heatmap
from snippets.cv.pose_regression_rle_heatmap import soft_argmax as soft_argmax

LOG_ROOT_2PI = 0.5 * math.log(2 * math.pi)


# --8<-- [start:flow]
class RealNVP2d(nn.Module):
    """Density of 2-D points: a standard normal seen through affine couplings.

    Each layer keeps one coordinate and shifts and scales the other. A new flow is
    the identity, so its density is the standard normal.

    Args:
        layers: couplings, alternating between the coordinates, >= 1.
        hidden: width of the networks that give shift and scale, >= 1.
        generator: source of the initial weights.
    """

    def __init__(
        self,
        layers: int = 4,
        hidden: int = 32,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        if layers < 1 or hidden < 1:
            raise ValueError(f"need layers and hidden >= 1, got {layers}, {hidden}")
        self.nets = nn.ModuleList()
        for _ in range(layers):
            net = nn.Sequential(
                *(nn.Linear(1, hidden), nn.Tanh(), nn.Linear(hidden, hidden)),
                *(nn.Tanh(), nn.Linear(hidden, 2)),
            )
            nn.init.normal_(net[0].weight, std=2.0, generator=generator)
            nn.init.normal_(net[0].bias, std=1.0, generator=generator)
            nn.init.normal_(net[2].weight, std=hidden**-0.5, generator=generator)
            for parameter in (net[2].bias, net[4].weight, net[4].bias):
                nn.init.zeros_(parameter)
            self.nets.append(net)

    def _coupling(self, layer: int, kept: Tensor) -> tuple[Tensor, Tensor]:
        log_scale, shift = self.nets[layer](kept).split(1, dim=1)
        return 2 * torch.tanh(log_scale), shift  # bounded: exp cannot overflow

    def log_prob(self, x: Tensor) -> Tensor:
        """Log density: x of shape (N, 2) to shape (N,)."""
        if x.ndim != 2 or x.shape[1] != 2:
            raise ValueError(f"x must have shape (N, 2), got {tuple(x.shape)}")
        z = list(x.split(1, dim=1))
        log_det = x.new_zeros(len(x))
        for layer in reversed(range(len(self.nets))):
            kept, moved = layer % 2, 1 - layer % 2
            log_scale, shift = self._coupling(layer, z[kept])
            z[moved] = (z[moved] - shift) * torch.exp(-log_scale)
            log_det = log_det - log_scale[:, 0]
        normal = -0.5 * (z[0] ** 2 + z[1] ** 2)[:, 0] - 2 * LOG_ROOT_2PI
        return normal + log_det

    def push(self, z: Tensor) -> Tensor:
        """From the standard normal's side to the residual's: (N, 2) to (N, 2)."""
        x = list(z.split(1, dim=1))
        for layer in range(len(self.nets)):
            kept, moved = layer % 2, 1 - layer % 2
            log_scale, shift = self._coupling(layer, x[kept])
            x[moved] = x[moved] * torch.exp(log_scale) + shift
        return torch.cat(x, dim=1)

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """Draw ``n`` points, shape (n, 2)."""
        if n < 0:
            raise ValueError(f"n must be >= 0, got {n}")
        like = next(self.parameters())
        return self.push(torch.randn(n, 2, generator=generator, dtype=like.dtype))
        # --8<-- [end:flow]


# --8<-- [start:simple]
def _minus_log_q(x_bar: Tensor, q: str) -> Tensor:
    """-log Q of scale 1, elementwise."""
    if q == "laplace":
        return x_bar.abs() + math.log(2)
    if q == "gaussian":
        return 0.5 * x_bar**2 + LOG_ROOT_2PI
    raise ValueError(f"q must be 'laplace' or 'gaussian', got {q!r}")


def laplace_nll(mu: Tensor, sigma: Tensor, target: Tensor) -> Tensor:
    """L1 with a learnt scale; sigma is the b of the Laplace. All of shape (N, K, 2)."""
    x_bar = _residual(mu, sigma, target)
    return (_minus_log_q(x_bar, "laplace") + sigma.log()).sum((1, 2)).mean()


def gaussian_nll(mu: Tensor, sigma: Tensor, target: Tensor) -> Tensor:
    """L2 with a learnt scale, sigma the standard deviation. All of shape (N, K, 2)."""
    x_bar = _residual(mu, sigma, target)
    return (_minus_log_q(x_bar, "gaussian") + sigma.log()).sum((1, 2)).mean()
    # --8<-- [end:simple]


# --8<-- [start:rle]
def log_normalizer(flow: RealNVP2d, q: str = "laplace", points: int = 64) -> Tensor:
    """log s = -log of the integral of Q G over the plane, by the midpoint rule.

    The integral is the mean of Q under G, so the grid is laid over the standard normal,
    from -7 to 7 on each axis, and pushed through the flow: fine where G is narrow.

    Args:
        flow: G.
        q: "laplace" or "gaussian".
        points: grid points per axis, >= 1.

    Returns:
        A scalar.
    """
    if points < 1:
        raise ValueError(f"points must be >= 1, got {points}")
    like = next(flow.parameters())
    step = 14 / points
    line = (torch.arange(points, dtype=like.dtype) + 0.5) * step - 7
    z = torch.cartesian_prod(line, line)
    minus_log = 0.5 * (z**2).sum(1) + _minus_log_q(flow.push(z), q).sum(1)
    return 2 * LOG_ROOT_2PI - 2 * math.log(step) - torch.logsumexp(-minus_log, 0)


def rle_loss(
    mu: Tensor,
    sigma: Tensor,
    target: Tensor,
    flow: RealNVP2d,
    q: str = "laplace",
    residual: bool = True,
    log_s: Tensor | float = 0.0,
) -> Tensor:
    """The paper's -log P(target), summed over key points, averaged over images.

    Args:
        mu, sigma, target: shape (N, K, 2); sigma > 0.
        flow: G, shared by all key points.
        q: "laplace" or "gaussian", of scale 1.
        residual: without it the flow alone is the density of x_bar.
        log_s: from ``log_normalizer``. It depends on the flow but not on mu and sigma;
            at 0 the loss is off by it, and the flow learns all of P.

    Returns:
        A scalar.

    Raises:
        ValueError: if shapes differ, sigma is not > 0, or q is unknown.
    """
    x_bar = _residual(mu, sigma, target)
    minus_log_q = _minus_log_q(x_bar, q).sum(2)  # (N, K)
    loss = sigma.log().sum(2) - flow.log_prob(x_bar.reshape(-1, 2)).view(mu.shape[:2])
    if residual:
        loss = loss + minus_log_q - log_s
    return loss.sum(1).mean()
    # --8<-- [end:rle]


# --8<-- [start:released]
def rle_loss_released(
    mu: Tensor, sigma: Tensor, target: Tensor, flow: RealNVP2d, q: str = "laplace"
) -> Tensor:
    """What the released code computes, for comparison only: not a likelihood.

    log sigma enters twice, and log G, of shape (N, K, 1), is broadcast over the two
    coordinates before the sum and so enters twice as well.

    Args:
        mu, sigma, target, flow: as for ``rle_loss``.
        q: "laplace" or "gaussian" as in MMPose, "official" for the authors' Laplace:
            1 / sqrt(2 pi) in front of exp(-abs(x) / sqrt(2)).
    """
    x_bar = _residual(mu, sigma, target)
    if q == "official":
        minus_log_q = x_bar.abs() / math.sqrt(2) + LOG_ROOT_2PI
    else:
        minus_log_q = _minus_log_q(x_bar, q)
    flow_term = sigma.log() - flow.log_prob(-x_bar.reshape(-1, 2)).view(
        *mu.shape[:2], 1
    )
    q_term = sigma.log() + minus_log_q
    return (flow_term + q_term).sum((1, 2)).mean()
    # --8<-- [end:released]


def _residual(mu: Tensor, sigma: Tensor, target: Tensor) -> Tensor:
    same = mu.shape == sigma.shape == target.shape
    if not same or mu.ndim != 3 or mu.shape[2] != 2 or mu.shape[0] == 0:
        shapes = ", ".join(str(tuple(x.shape)) for x in (mu, sigma, target))
        raise ValueError(
            f"mu, sigma, target must share a shape (N, K, 2), got {shapes}"
        )
    if not (sigma > 0).all():
        raise ValueError(f"sigma must be > 0, got {sigma.min():g}")
    return (target - mu) / sigma
