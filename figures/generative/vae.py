"""What a direction costs; a posterior and its diagonal stand-in; samples of a ring."""

import math

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, new_figure
from snippets.generative.vae import linear_optimum, ppca_posterior
from snippets.generative.vae.network import VAE, train_vae

VARIANCES = {2.0: BLUE, 1.0: ORANGE, 0.5: GREEN}
NOISE = 0.5  # sigma^2 of the first panel
W = np.array([[2.0, 0.0], [0.0, 1.0], [0.0, 0.0]])


def ring(n: int, generator: torch.Generator) -> torch.Tensor:
    """Points near the unit circle, shape (n, 2)."""
    turn = torch.rand(n, generator=generator) * math.tau
    noise = 0.1 * torch.randn(n, 2, generator=generator)
    return torch.stack([turn.cos(), turn.sin()], dim=1) + noise


def ring_model(beta: float, seed: int, steps: int) -> tuple[VAE, torch.Tensor]:
    """A net trained on a ring, and 500 draws from the prior, decoded."""
    generator = torch.Generator().manual_seed(seed)
    x = ring(500, generator)
    net = train_vae(
        x, 2, steps, generator, 32, beta=beta, sigma=0.1, learning_rate=0.02
    )
    return net, net.sample(500, generator)


def share(_: VAE, drawn: torch.Tensor) -> float:
    """How many of the draws lie within 0.3 of the circle."""
    return float(((drawn.norm(dim=1) - 1).abs() < 0.3).float().mean())


def costs(axes: Axes) -> None:
    betas = np.linspace(0.05, 5, 199)
    for variance, colour in VARIANCES.items():
        rate = [linear_optimum(variance, math.sqrt(NOISE), b)[2] for b in betas]
        error = np.minimum(betas * NOISE, variance)
        axes.plot(betas, rate, color=colour)
        axes.plot(betas, error, color=colour, linestyle="--", linewidth=1)
        axes.plot([variance / NOISE], [0], "o", color=colour, markersize=4)
        name = f"$\\lambda = {variance:g}$"
        axes.text(5.1, variance, name, color=colour, va="center", fontsize=8)
    axes.set_ylim(-0.08, 2.4)
    axes.set_xlim(0, 5)
    axes.set_xlabel("$\\beta$")
    axes.set_xticks([0, 1, 2, 4])


def ellipse(covariance: np.ndarray) -> np.ndarray:
    turn = np.linspace(0, math.tau, 60)
    return np.linalg.cholesky(covariance) @ np.stack([np.cos(turn), np.sin(turn)])


def stand_ins(axes: Axes) -> None:
    for place, degrees in ((0.0, 0), (1.3, 45)):
        turn = math.radians(degrees)
        R = np.array(
            [[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]]
        )
        covariance = ppca_posterior(np.zeros((1, 3)), W @ R, np.zeros(3), 0.5)[1]
        best = np.diag(1 / np.diag(np.linalg.inv(covariance)))
        x, y = ellipse(covariance)
        axes.plot(x + place, y, color=BLUE, linewidth=3, alpha=0.6)
        x, y = ellipse(best)
        axes.plot(x + place, y, color=ORANGE, linewidth=1.4)
        axes.text(place, 0.55, f"{degrees}°", ha="center")
    axes.text(-0.45, -0.72, "$p(z\\,|\\,x)$", color=BLUE)
    axes.text(1.0, -0.72, "$q(z\\,|\\,x)$", color=ORANGE)
    axes.set_aspect("equal")
    axes.set_xlim(-0.6, 1.9)
    axes.set_ylim(-0.8, 0.75)
    axes.set_axis_off()


def clouds(axes: Axes, beta: float, colour: str) -> None:
    _, drawn = ring_model(beta, 1, 800)
    turn = np.linspace(0, math.tau, 100)
    axes.plot(*drawn[:150].T.numpy(), ".", color=colour, markersize=3)
    axes.plot(np.cos(turn), np.sin(turn), color=INK, linewidth=0.9)
    axes.set_title(f"$\\beta = {beta:g}$")
    axes.set_aspect("equal")
    axes.set_xlim(-2.4, 2.4)
    axes.set_ylim(-2.0, 2.0)
    axes.set_xticks([-1, 0, 1])
    axes.set_yticks([-1, 0, 1])
    axes.spines[:].set_color(GREY)


def vae() -> Figure:
    figure = new_figure(5.6, 4.8)
    (left, right), (plain, bound) = figure.subplots(2, 2)
    costs(left)
    stand_ins(right)
    clouds(plain, 0.0, PURPLE)
    clouds(bound, 1.0, BLUE)
    return figure


def draw() -> dict[str, Figure]:
    return {"vae": vae()}
