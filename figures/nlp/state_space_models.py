"""A past rebuilt from 4, 8 and 16 numbers, and what S4's state weighs the past with."""

import torch
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, ORANGE, PINK, PURPLE, new_figure
from snippets.nlp.state_space_models import (
    hippo_legs,
    legendre_reconstruct,
    legs_online,
)

SAMPLES = 1000


def memory() -> Figure:
    """Left: reconstructions of two tones. Right: exp(tau A) B, four of its rows."""
    figure = new_figure(7, 2.9)
    past, kernels = figure.subplots(1, 2, width_ratios=[3, 2])
    r = (torch.arange(SAMPLES).double() + 0.5) / SAMPLES
    f = torch.sin(4 * torch.pi * r) + 0.5 * torch.cos(torch.pi * r)
    grid = torch.linspace(0, 1, 90).double()
    exact = torch.sin(4 * torch.pi * grid) + 0.5 * torch.cos(torch.pi * grid)
    past.plot(grid, exact, color=GREY, linewidth=5, alpha=0.45, label="$f$")
    for N, colour, style in ((4, ORANGE, "-"), (8, BLUE, "-"), (16, PINK, ":")):
        c = legs_online(f, N)
        rebuilt = legendre_reconstruct(c, grid)
        past.plot(grid, rebuilt, style, color=colour, label=f"$N = {N}$")
    past.set_xlabel("$r = s / t$")
    past.set_ylim(-2.1, 2.1)
    past.legend(ncols=4, loc="upper center", columnspacing=1, handlelength=1.5)

    A, B = hippo_legs(4)
    tau = torch.linspace(0, 4, 80).double()
    rows = torch.linalg.matrix_exp(tau[:, None, None] * A) @ B
    for n, colour in enumerate((GREY, ORANGE, GREEN, PURPLE)):
        kernels.plot(tau, rows[:, n], color=colour, label=f"$n = {n}$")
    kernels.axhline(0, color=GREY, linewidth=0.6)
    kernels.set_xlabel(r"$\tau$")
    kernels.set_ylabel(r"$(e^{\tau A} B)_n$")
    kernels.legend()
    return figure


def draw() -> dict[str, Figure]:
    return {"state_space_models": memory()}
