"""A banana on its way through four couplings and a scaling, samples, and the losses."""

import math

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.generative.nice import NICE, banana, fit

POINTS = 70
STEPS = 150


def train(scaling: bool) -> tuple[NICE, list[float]]:
    """The model of the note's experiment, and its loss at each step."""
    generator = torch.Generator().manual_seed(0)
    model = NICE(2, hidden=32, prior="gaussian", generator=generator).double()
    model.log_scale.requires_grad_(scaling)
    data = banana(1000, torch.Generator().manual_seed(1))
    losses = fit(model, data, STEPS, learning_rate=0.02)
    return model.requires_grad_(False), losses


def crescent() -> torch.Tensor:
    """The curve inside which 1 - exp(-2) = 86 % of the data lie; area 0.8 pi."""
    angle = torch.linspace(0, 2 * math.pi, 61, dtype=torch.float64)
    x, noise = 2 * angle.cos(), 2 * angle.sin()
    return torch.stack([x, x**2 - 1 + 0.2 * noise], dim=1)


def area(curve: np.ndarray) -> float:
    """Shoelace formula for a closed polygon, (n, 2), whose last point is its first."""
    x, y = curve.T
    return abs(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2


def frame(panel: Axes, title: str, curve: np.ndarray) -> None:
    """Draw the curve in a window of fixed size around it, so that areas compare."""
    panel.plot(*curve.T, color=INK, linewidth=1)
    panel.set_title(title)
    panel.set_aspect("equal")
    low, high = curve.min(0), curve.max(0)
    for limits, middle in zip((panel.set_xlim, panel.set_ylim), (low + high) / 2):
        limits(middle - 2.9, middle + 2.9)
    panel.axis("off")


def show(panel: Axes, name: str, points: torch.Tensor, curve: torch.Tensor) -> None:
    """Dots, blue where they came from a small x_0, and the image of the crescent."""
    halves = points.chunk(2)
    for half, color in zip(halves, (BLUE, ORANGE)):
        panel.scatter(*half.T.numpy(), s=5, color=color, linewidths=0)
    frame(panel, f"{name}   $A$ = {area(curve.numpy()):.2f}", curve.numpy())


def flow() -> Figure:
    figure = new_figure(7.4, 4.2)
    *maps, sampled, curves = figure.subplots(2, 4).flat
    model, losses = train(scaling=True)
    _, frozen = train(scaling=False)

    points = banana(POINTS, torch.Generator().manual_seed(4))
    points = points[points[:, 0].argsort()]
    stages = [("$x$", points, crescent())]
    for number, coupling in enumerate(model.couplings, start=1):
        _, points, curve = stages[-1]
        stages.append((f"$h_{number}$", coupling(points), coupling(curve)))
    scale = model.log_scale.exp()
    stages.append(("$z$", stages[-1][1] * scale, stages[-1][2] * scale))
    for panel, stage in zip(maps, stages):
        show(panel, *stage)

    samples = model.sample(2 * POINTS, torch.Generator().manual_seed(5))
    sampled.scatter(*samples.T.numpy(), s=5, color=GREEN, linewidths=0)
    frame(sampled, f"sample({2 * POINTS})", crescent().numpy())

    for values, color in ((frozen, GREY), (losses, BLUE)):
        curves.plot(range(0, STEPS, 3), values[::3], color=color)
    # The two limits that the text derives.
    for limit in (math.log(2 * math.pi) + 0.2, 1 + math.log(2 * math.pi * 0.2)):
        curves.axhline(limit, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
    curves.text(150, 2.09, "$s = 0$", ha="right", color=INK)
    curves.set_ylim(1, 3)
    curves.set_yticks([1, 1.23, 2.04, 3])
    curves.set_xticks([0, 75, 150])
    curves.set_title("$-$log_prob")
    return figure


def draw() -> dict[str, Figure]:
    torch.set_num_threads(1)  # the matrices are too small for more
    return {"nice": flow()}
