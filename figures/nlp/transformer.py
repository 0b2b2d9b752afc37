"""How gradients fade over distance, and what unscaled scores do to the softmax."""

import numpy as np
import torch
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PINK, PURPLE, new_figure
from snippets.nlp.transformer import rnn_forward, rnn_gradient_norms, softmax_statistics

STEPS = 100


def _rnn_norms(rho: float, linear: bool) -> np.ndarray:
    """Gradient norms of a network whose recurrent matrix is rho times a rotation."""
    generator = torch.Generator().manual_seed(0)

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    w = rho * torch.linalg.qr(draw(32, 32)).Q
    h = torch.zeros(STEPS, 32, dtype=torch.float64)
    if not linear:
        b = torch.zeros(32, dtype=torch.float64)
        h = rnn_forward(0.5 * draw(1, STEPS, 32), torch.eye(32).double(), w, b)[0]
    return rnn_gradient_norms(h, w).numpy()


def transformer() -> Figure:
    """Left: gradient norms by distance. Right: softmax with and without scaling."""
    figure = new_figure(7.2, 3.3)
    fade, soft = figure.subplots(1, 2, width_ratios=[1.35, 1])
    t = np.arange(1, STEPS + 1)
    lines = [
        ("ρ = 1.1", _rnn_norms(1.1, True), ORANGE, "-", 1),
        ("ρ = 0.9", _rnn_norms(0.9, True), ORANGE, "-", 1),
        ("tanh, ρ = 1.1", _rnn_norms(1.1, False), ORANGE, "--", 1),
        ("σ(5)", torch.sigmoid(torch.tensor(5.0)).item() ** t, BLUE, "-", 0.25),
        ("σ(1)", torch.sigmoid(torch.tensor(1.0)).item() ** t, BLUE, "-", 1),
        ("σ(0)", 0.5**t, BLUE, "-", 1),
        ("P = 1, ρ = 1", 1.0 * t**0, GREEN, "-", 4),
        ("P = 1/T", 1 / t, GREEN, "--", 0.12),
    ]
    for label, norms, colour, dash, lift in lines:
        shown = np.where(norms > 1e-17, norms, np.nan)
        fade.semilogy(t, shown, color=colour, linestyle=dash)
        last = np.flatnonzero(norms > 1e-17)[-1]
        at_end = last == STEPS - 1
        fade.annotate(
            label,
            (t[last], norms[last] * (lift if at_end else 1)),
            xytext=(5, 0) if at_end else (4, 8),
            textcoords="offset points",
            color=colour,
            va="center",
            fontsize=8,
            annotation_clip=False,
        )
    fade.set_xlim(0, STEPS)
    fade.set_ylim(1e-17, 1e6)
    fade.set_yticks([1e-16, 1e-12, 1e-8, 1e-4, 1, 1e4])
    fade.minorticks_off()
    fade.set_xlabel("$T$")
    fade.set_title("$\\Vert ∂h_T/∂h_0 \\Vert$")

    widths = [2**n for n in range(11)]
    for scaled, colour, name in ((False, PINK, "$τ=1$"), (True, PURPLE, "$τ=1/√d$")):
        rows = [softmax_statistics(d, scaled, queries=200) for d in widths]
        soft.plot(widths, [r.largest for r in rows], "--", color=colour)
        jacobians = [r.jacobian for r in rows]
        soft.plot(widths, jacobians, color=colour, marker="o", markersize=3)
        soft.annotate(
            name,
            (widths[-1], rows[-1].jacobian if scaled else rows[-1].largest),
            xytext=(0, 10),
            textcoords="offset points",
            ha="right",
            va="center",
            color=colour,
        )
    soft.plot([], [], "--", color=GREY, label="largest")
    soft.plot([], [], color=GREY, marker="o", markersize=3, label="jacobian")
    soft.legend(loc="upper left", labelcolor=INK)
    soft.set_xscale("log", base=2)
    soft.set_xticks([1, 8, 64, 512], labels=["1", "8", "64", "512"])
    soft.minorticks_off()
    soft.set_ylim(0, 1.08)
    soft.set_xlabel("$d$")
    soft.set_title("softmax_statistics")
    return figure


def draw() -> dict[str, Figure]:
    return {"transformer": transformer()}
