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
    figure = new_figure(3.8, 4.8)
    above, below = figure.subplots(2, 1, gridspec_kw={"height_ratios": (1, 1.2)})
    x = np.linspace(-1, 1, 61)
    above.plot(x, 3.4 + 2.6 * np.exp(-((3 * x) ** 2) / 2), color=GREY)
    for row, (name, points) in enumerate(grids().items()):
        height = 2.4 - row
        colour = (ORANGE, BLUE, GREEN)[row]
        above.plot(
            points, np.full(len(points), height), "|", color=colour, ms=11, mew=1.4
        )
        above.text(
            -1.12, height, name, ha="right", va="center", color=colour, fontsize=8
        )
    above.set_xlim(-1.6, 1.08)
    above.set_ylim(-0.1, 6.2)
    above.set_yticks([])
    above.set_xticks([-1, -0.5, 0, 0.5, 1])
    above.spines["left"].set_visible(False)

    errors = [compare_methods(bits, seed=0) for bits in BITS]
    for name, colour in COLOURS.items():
        below.semilogy(
            BITS, [e[name] for e in errors], "o-", ms=3, color=colour, label=name
        )
    below.set_xlabel("bits")
    below.set_title("$|X(w-v)|^2\\,/\\,|Xw|^2$")
    below.set_xticks(list(BITS))
    below.set_yticks([1e-6, 1e-4, 1e-2, 1])
    below.minorticks_off()
    below.legend(loc="upper right")
    return figure


def draw() -> dict[str, Figure]:
    return {"quantization": quantization()}
