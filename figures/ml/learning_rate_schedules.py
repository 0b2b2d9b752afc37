"""The shapes of a schedule; the final loss of each against its peak rate."""

import numpy as np
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, ORANGE, PURPLE, new_figure
from snippets.ml.learning_rate_schedules import bowl_loss, cosine, inverse_sqrt, wsd

TOTAL = 1000
CURVATURES = np.logspace(-2, 0, 20)
PEAKS = np.geomspace(0.003, 1.5, 60)


def shapes() -> dict[str, tuple[str, np.ndarray]]:
    """Colour and rates, for a base of 1, of what is drawn."""
    steps = range(TOTAL)
    rules = {
        "constant": (GREY, [wsd(t, 1, TOTAL) for t in steps]),
        "inverse_sqrt": (PURPLE, [inverse_sqrt(t, 1, 1) for t in steps]),
        "wsd": (GREEN, [wsd(t, 1, TOTAL, 0, 200, shape="sqrt") for t in steps]),
        "linear": (ORANGE, [wsd(t, 1, TOTAL, 0, TOTAL) for t in steps]),
        "cosine": (BLUE, [cosine(t, 1, TOTAL) for t in steps]),
    }
    return {name: (colour, np.array(rates)) for name, (colour, rates) in rules.items()}


def learning_rate_schedules() -> Figure:
    """Above the shapes, below the losses: a phone shows both large."""
    figure = new_figure(4.6, 5.8)
    above, below = figure.subplots(2, 1)
    for colour, rates in shapes().values():
        t = np.unique(np.r_[:12, 12:TOTAL:20, 800:840:2, TOTAL - 1])
        above.plot(t, rates[t], color=colour, linewidth=1.6)
        losses = bowl_loss(PEAKS[:, None] * rates, CURVATURES, 0.5 * CURVATURES)
        below.plot(PEAKS, losses, color=colour)
        k = losses.argmin()
        below.plot(PEAKS[k], losses[k], "o", color=colour, markersize=4.5)
    above.text(560, 1.05, "constant", color=GREY)
    above.text(838, 0.62, "wsd", color=GREEN)
    above.text(330, 0.82, "cosine", color=BLUE)
    above.text(215, 0.62, "linear", color=ORANGE, ha="right")
    above.text(90, 0.16, "inverse_sqrt", color=PURPLE)
    above.set_xlim(0, TOTAL)
    above.set_ylim(0, 1.15)
    above.set_xlabel("$t$")
    above.set_title("$η_t/b$")
    below.text(0.36, 0.16, "constant", color=GREY)
    below.text(0.07, 0.27, "inverse_sqrt", color=PURPLE)
    below.text(1.4, 0.063, "wsd", color=GREEN, ha="right")
    below.text(0.16, 0.0112, "linear", color=ORANGE, ha="right")
    below.text(0.6, 0.0128, "cosine", color=BLUE)
    below.set_xscale("log")
    below.set_yscale("log")
    below.set_xlim(0.008, 1.5)
    below.set_ylim(0.01, 0.4)
    ticks = [0.01, 0.03, 0.1, 0.3, 1]
    below.set_xticks(ticks, [str(x) for x in ticks])
    below.set_yticks(ticks[:4], [str(x) for x in ticks[:4]])
    below.minorticks_off()
    below.set_xlabel("$b$")
    below.set_title("bowl_loss")
    return figure


def draw() -> dict[str, Figure]:
    return {"learning_rate_schedules": learning_rate_schedules()}
