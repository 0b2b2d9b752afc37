"""Straight lines that cross, the flow that does not, optimal lines, and errors."""

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.generative.normalizing_flows import (
    Mixture,
    Velocity,
    euler_path,
    gaussian_fm_velocity,
    gaussian_ot_velocity,
    odeint_rk4,
)

LINES = 30
STEPS = 400
COUNTS = (1, 2, 4, 8, 16, 32, 64, 128)
M, S = 2.0, 0.5


def independent(x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
    return gaussian_fm_velocity(x, t, M, S)


def optimal(x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
    return gaussian_ot_velocity(x, t, M, S)


def colours(x1: torch.Tensor) -> list[str]:
    return [ORANGE if value < 0 else BLUE for value in x1.flatten().tolist()]


def show(panel: Axes, path: torch.Tensor, title: str) -> None:
    """Draw each point's way (k + 1, n, 1) over time, noise left, data right."""
    times = np.linspace(0, 1, len(path))
    for way, colour in zip(path[:, :, 0].T.numpy(), colours(path[-1])):
        panel.plot(times, way, color=colour, linewidth=0.8)
    panel.set_title(title)
    panel.set_xticks([0, 1])
    panel.set_xlabel("$t$", labelpad=-6)
    panel.set_xlim(-0.02, 1.02)
    panel.set_ylim(-3.2, 3.2)
    panel.set_yticks([-2, 0, 1.5])


def errors(panel: Axes) -> None:
    z = torch.linspace(-2, 2, 41, dtype=torch.float64)[:, None]

    def worst(end: torch.Tensor) -> float:
        return (end - (M + S * z)).abs().max().item()

    def euler(v: Velocity) -> list[float]:
        return [worst(euler_path(v, z, n)[-1]) for n in COUNTS]

    rk4 = [worst(odeint_rk4(independent, z, 0, 1, n)) for n in COUNTS]
    # Zero has no place on a logarithmic axis: it is drawn at one unit of rounding.
    exact = np.maximum(euler(optimal), 2.2e-16)
    panel.loglog(COUNTS, euler(independent), "o-", color=BLUE, markersize=3)
    panel.loglog(COUNTS, rk4, "s-", color=GREY, markersize=3)
    panel.loglog(COUNTS, exact, "^-", color=GREEN, markersize=3)
    panel.text(128, 0.06, "Euler", color=INK, ha="right", va="bottom")
    panel.text(128, 3e-8, "RK4", color=INK, ha="right", va="bottom")
    panel.text(128, 1e-13, "Euler, OT", color=INK, ha="right", va="bottom")
    panel.set_xticks([1, 10, 100], ["1", "10", "100"])
    panel.set_yticks([1, 1e-5, 1e-10, 1e-15])
    panel.minorticks_off()
    panel.set_ylim(1e-17, 30)
    panel.set_xlabel("steps", labelpad=2)
    panel.set_title("max error")


def draw() -> dict[str, Figure]:
    torch.set_num_threads(1)  # the arrays are too small for more
    figure = new_figure(7.4, 2.8)
    lines, flow, straight, steps = figure.subplots(1, 4)
    mixture = Mixture()

    generator = torch.Generator().manual_seed(1)
    x1 = mixture.sample(LINES, generator)
    x0 = torch.randn(x1.shape, generator=generator, dtype=torch.float64)
    show(lines, torch.stack([x0, x1]), r"$x_0 \to x_1$")

    # Evenly spaced quantiles: as many on the left as the weight of the left component.
    quantiles = (torch.arange(LINES, dtype=torch.float64) + 0.5) / LINES
    z = torch.special.ndtri(quantiles)[:, None]
    path = euler_path(mixture.velocity, z, STEPS)
    show(flow, path[:: STEPS // 20], "$v$")
    show(straight, path[[0, -1]], "OT")
    errors(steps)
    return {"normalizing_flows": figure}
