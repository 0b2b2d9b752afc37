"""Paths of the forward SDE, the reverse SDE and the ODE over the density p_t."""

import math

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.style import BLUE, GREY, INK, ORANGE, PINK, new_figure
from snippets.generative.score_sde import (
    VPSDE,
    gmm_log_prob,
    gmm_score,
    probability_flow,
    reverse_sde_sample,
)

SDE = VPSDE()
MIXTURE = (
    torch.tensor([0.3, 0.7], dtype=torch.float64),
    torch.tensor([[-2.0], [1.5]], dtype=torch.float64),
    torch.tensor([0.3, 0.4], dtype=torch.float64),
)
STEPS = 400
SHOWN = slice(None, None, 8)  # every eighth step is enough for the eye


class Recorder:
    """The exact score, which remembers where and when it was asked."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.points: list[np.ndarray] = []

    def __call__(self, x: torch.Tensor, t: float) -> torch.Tensor:
        self.times.append(t)
        self.points.append(x[:, 0].numpy())
        return gmm_score(x, t, SDE, *MIXTURE)

    def paths(self, end: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
        """Times (steps,) and points (steps, n), the last at t = 0."""
        times = np.array([*self.times, 0.0])[SHOWN]
        return times, np.stack([*self.points, end[:, 0].numpy()])[SHOWN]


def forward() -> tuple[np.ndarray, np.ndarray]:
    """Euler-Maruyama on the forward SDE, three points from each mode."""
    generator = torch.Generator().manual_seed(2)
    x = torch.tensor([-2.2, -2.0, -1.7, 1.1, 1.5, 1.9], dtype=torch.float64)[:, None]
    path = [x]
    for k in range(STEPS):
        noise = torch.randn(x.shape, generator=generator, dtype=torch.float64)
        t = k / STEPS
        x = x + SDE.drift(x, t) / STEPS + SDE.diffusion(t) * noise / math.sqrt(STEPS)
        path.append(x)
    return np.arange(STEPS + 1)[SHOWN] / STEPS, torch.cat(path, 1).T.numpy()[SHOWN]


def backward() -> tuple[np.ndarray, np.ndarray]:
    score = Recorder()
    generator = torch.Generator().manual_seed(13)
    return score.paths(reverse_sde_sample(score, SDE, 6, 1, STEPS, generator))


def flow() -> tuple[np.ndarray, np.ndarray]:
    score = Recorder()
    x = torch.linspace(-1.5, 1.5, 6, dtype=torch.float64)[:, None]
    return score.paths(probability_flow(x, score, SDE, STEPS, method="euler"))


def shade(panel: Axes) -> None:
    """p_t(x) in steps of its square root, since p_0 is much taller than p_1."""
    times, points = np.linspace(0, 1, 41), torch.linspace(-3.2, 3.2, 61)
    x = points[:, None].double()
    density = np.stack([gmm_log_prob(x, t, SDE, *MIXTURE).exp() for t in times], 1)
    for level in (0.05, 0.15, 0.3, 0.5):
        panel.contourf(
            times, points, density, levels=[level, 9], colors=[BLUE], alpha=0.16
        )


def draw() -> dict[str, Figure]:
    torch.set_num_threads(1)
    figure = new_figure(7.4, 2.9)
    panels = figure.subplots(1, 3, sharey=True)
    titles = (
        "$f\\,dt + g\\,dw$",
        "$[f - g^2\\nabla \\log p_t]\\,dt + g\\,d\\bar{w}$",
        "$[f - \\frac{1}{2}g^2\\nabla \\log p_t]\\,dt$",
    )
    arrows = ("$t \\to$", "$\\leftarrow t$", "$\\leftrightarrow t$")
    for panel, title, arrow, run in zip(
        panels, titles, arrows, (forward, backward, flow)
    ):
        shade(panel)
        times, points = run()
        for column in points.T:
            home = PINK if column[np.argmin(times)] < 0 else ORANGE
            panel.plot(times, column, color=home, linewidth=1)
        panel.axhline(0, color=GREY, linewidth=0.6, linestyle=(0, (4, 3)))
        panel.set_title(title, color=INK)
        panel.set_xlabel(arrow)
        panel.set_xticks([0, 0.5, 1])
        panel.set_xlim(0, 1)
    panels[0].set_ylabel("$x_t$")
    panels[0].set_ylim(-3.2, 3.2)
    return {"score_sde": figure}
