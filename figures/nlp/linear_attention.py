"""Operations per token against length, and the error of reading what was stored."""

import torch
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.nlp.linear_attention import (
    flops_chunked,
    flops_linear,
    flops_quadratic,
    recall,
)

D, CHUNK, WIDTH = 64, 64, 32
PAIRS = (1, 16, 32, 64, 96, 128, 192, 256)


def cost_and_recall() -> Figure:
    """Left: three orders of work. Right: a sum of outer products against softmax."""
    figure = new_figure(7, 3)
    cost, error = figure.subplots(1, 2)
    lengths = [2**e for e in range(3, 17)]
    curves = {
        "flops_quadratic(T, 64)": (flops_quadratic, (), GREY, "-"),
        "flops_chunked(T, 64, 64)": (flops_chunked, (CHUNK,), GREEN, "-"),
        "flops_linear(T, 64)": (flops_linear, (), BLUE, "--"),
    }
    for label, (count, rest, colour, style) in curves.items():
        values = [count(t, D, *rest) / t for t in lengths]
        cost.plot(lengths, values, style, color=colour, label=label)
    cost.axvline(D, ymax=0.7, linestyle=":", color=INK, linewidth=0.8)
    cost.text(D * 1.15, 2.5e3, "$T = d$")
    cost.set_xscale("log", base=2)
    cost.set_yscale("log")
    cost.set_xticks([2**e for e in (3, 6, 10, 16)], labels=["8", "64", "1k", "64k"])
    cost.minorticks_off()
    cost.set_xlabel("$T$")
    cost.set_title("FLOP / $T$")
    cost.legend(loc="upper left")

    for label, beta, colour in (
        ("recall(T, 32)", None, ORANGE),
        ("recall(T, 32, beta=50)", 50.0, BLUE),
    ):
        values = [
            recall(pairs, WIDTH, torch.Generator().manual_seed(0), beta).mse
            for pairs in PAIRS
        ]
        error.plot(PAIRS, values, "o", color=colour, markersize=5, label=label)
    line = [(pairs - 1) / WIDTH for pairs in PAIRS]
    error.plot(PAIRS, line, "-", color=GREY, label="(T - 1) / 32", zorder=0)
    error.set_xticks([1, 32, 64, 128, 192, 256])
    error.set_xlabel("$T$")
    error.set_title("mse")
    error.legend(loc="upper left")
    return figure


def draw() -> dict[str, Figure]:
    return {"linear_attention": cost_and_recall()}
