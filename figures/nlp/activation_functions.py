"""Five activation functions with their slopes, and gradients through many of them."""

import numpy as np
import torch
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, ORANGE, PINK, PURPLE, new_figure
from snippets.nlp.activation_functions import (
    gelu,
    gradient_ratio,
    heaviside,
    initial_gain,
    relu,
    sigmoid,
    silu,
    tanh,
)

CURVES = {
    "heaviside": (heaviside, GREY),
    "sigmoid": (sigmoid, PINK),
    "relu": (relu, BLUE),
    "gelu": (gelu, ORANGE),
    "silu": (silu, GREEN),
}
DEPTHS = (2, 4, 7, 10, 15, 20, 30)
SEEDS = range(3)


def functions() -> Figure:
    """Values and slopes on [-4, 4], and the gradient ratio against depth."""
    figure = new_figure(7, 3.1)
    values, slopes, ratios = figure.subplots(1, 3)
    grid = torch.arange(-48, 49, dtype=torch.float64) / 12  # holds 0 exactly
    for name, (f, colour) in CURVES.items():
        x = grid.clone().requires_grad_()
        y = f(x)
        flat = torch.zeros_like(x)
        slope = torch.autograd.grad(y.sum(), x)[0] if y.requires_grad else flat
        shown = y.detach().numpy(), slope.numpy()
        # A jump is drawn upright, at 0.
        styles = {
            "heaviside": ("steps-post", "default"),
            "relu": ("default", "steps-pre"),
        }.get(name, ("default", "default"))
        for axes, curve, style in zip((values, slopes), shown, styles):
            axes.plot(grid, curve, color=colour, drawstyle=style)
    values.set_ylim(-0.6, 3)
    slopes.set_ylim(-0.25, 1.25)
    values.set_title("$f(z)$")
    slopes.set_title("$df/dz$")
    for axes in (values, slopes):
        axes.set_xlim(-4, 4)
        axes.set_xticks([-4, -2, 0, 2, 4])
        axes.set_xlabel("$z$")
    for row, (name, (_, colour)) in enumerate(CURVES.items()):
        values.text(-3.8, 2.75 - 0.3 * row, name, color=colour)

    gains = {
        "sigmoid": (sigmoid, initial_gain(sigmoid), PINK),
        "tanh": (tanh, initial_gain(tanh), PURPLE),
        "relu": (relu, initial_gain(relu), BLUE),
        "gelu": (gelu, initial_gain(gelu), ORANGE),
    }
    for f, gain, colour in gains.values():
        logs = [
            np.mean([np.log10(gradient_ratio(f, gain, depth, seed)) for seed in SEEDS])
            for depth in DEPTHS
        ]
        ratios.plot(DEPTHS, 10.0 ** np.array(logs), color=colour, marker="o", ms=3)
    ratios.set_yscale("log")
    ratios.set_ylim(1e-13, 1e4)
    ratios.set_yticks([1e-12, 1e-8, 1e-4, 1])
    ratios.minorticks_off()
    ratios.set_xticks([2, 10, 20, 30])
    ratios.set_xlabel("depth")
    ratios.set_title("gradient_ratio")
    ratios.text(3, 1e-9, "sigmoid", color=PINK)
    for row, name in enumerate(("tanh", "gelu", "relu")):
        ratios.text(20, 10.0 ** (-1.8 - 1.2 * row), name, color=gains[name][2])
    return figure


def draw() -> dict[str, Figure]:
    return {"activation_functions": functions()}
