"""Three grids below a normal distribution; output error of three methods over bits."""

import numpy as np
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, ORANGE, new_figure
from snippets.nlp.quantization import (
    compare_methods,
    dequantize,
    nf4_levels,
    quantize_absmax,
    quantize_affine,
)

BITS = range(2, 9)
COLOURS = {"rounding": GREY, "AWQ": ORANGE, "GPTQ": BLUE}


def grids() -> dict[str, np.ndarray]:
    """The points of each grid, from the codes of numbers that lie dense."""
    line = np.linspace(-1, 1, 2001)
    one_side = line[line >= -0.5]
    return {
        "int4": np.unique(dequantize(*quantize_absmax(line, 4))),
        "NF4": nf4_levels(),
        "affine": np.unique(dequantize(*quantize_affine(one_side, 4))),
    }


def quantization() -> Figure:
    figure = new_figure(5.8, 2.6)
    left, right = figure.subplots(1, 2, gridspec_kw={"width_ratios": (1.2, 1)})
    x = np.linspace(-1, 1, 61)
    left.plot(x, 3.4 + 2.6 * np.exp(-((3 * x) ** 2) / 2), color=GREY)
    for row, (name, points) in enumerate(grids().items()):
        height = 2.4 - row
        colour = (ORANGE, BLUE, GREEN)[row]
        left.plot(
            points, np.full(len(points), height), "|", color=colour, ms=11, mew=1.4
        )
        left.text(
            -1.12, height, name, ha="right", va="center", color=colour, fontsize=8
        )
    left.set_xlim(-1.6, 1.08)
    left.set_ylim(-0.1, 6.2)
    left.set_yticks([])
    left.set_xticks([-1, -0.5, 0, 0.5, 1])
    left.spines["left"].set_visible(False)

    errors = [compare_methods(bits, seed=0) for bits in BITS]
    for name, colour in COLOURS.items():
        right.semilogy(
            BITS, [e[name] for e in errors], "o-", ms=3, color=colour, label=name
        )
    right.set_xlabel("bits")
    right.set_title("$|X(w-v)|^2\\,/\\,|Xw|^2$")
    right.set_xticks(list(BITS))
    right.set_yticks([1e-6, 1e-4, 1e-2, 1])
    right.minorticks_off()
    right.legend(loc="upper right")
    return figure


def draw() -> dict[str, Figure]:
    return {"quantization": quantization()}
