"""The gap of smooth_max by sharpness; bias and spread of gradients by temperature."""

import numpy as np
import torch
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, ORANGE, PINK, new_figure
from snippets.ml.smooth_approximations import gradient_bias, smooth_max

W = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
LOGITS = torch.tensor([0.3, 0.6, 0.0], dtype=torch.float64)
TAUS = (0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0)


def smooth_approximations() -> Figure:
    """Left: gap and bound. Middle and right: length of the bias and of the spread."""
    figure = new_figure(7.2, 2.9)
    gap, bias, spread = figure.subplots(1, 3)
    ks = np.logspace(-1, 1.5, 51)
    for entries, colour in (((1, 3, 2), BLUE), ((2, 3, 3), ORANGE), ((3, 3, 3), GREEN)):
        x = torch.tensor(entries, dtype=torch.float64)
        gaps = [float(smooth_max(x, float(k), 0)) - 3 for k in ks]
        gap.loglog(ks, gaps, color=colour, label=f"{entries}")
    gap.loglog(ks, np.log(3) / ks, ":", color=GREY, linewidth=3, label=r"$\ln 3\,/\,K$")
    gap.set_ylim(1e-6, 30)
    gap.set_xlabel("$K$")
    gap.set_title(r"smooth_max $-$ max")
    gap.legend(loc="lower left")

    for kind, colour in (("soft", BLUE), ("hard", ORANGE)):
        results = [
            gradient_bias(
                lambda y: (y @ W - 1.3).square(),
                LOGITS,
                tau,
                torch.Generator().manual_seed(0),
                kind,
                100_000,
            )
            for tau in TAUS
        ]
        label = f'"{kind}"'
        bias.plot(TAUS, [r.bias.norm() for r in results], "o-", color=colour)
        spread.plot(
            TAUS, [r.std.norm() for r in results], "o-", color=colour, label=label
        )
    reference = gradient_bias(
        lambda y: (y @ W - 1.3).square(),
        LOGITS,
        1.0,
        torch.Generator().manual_seed(0),
        "reinforce",
        100_000,
    )
    bias.axhline(0, color=PINK, linestyle="--")
    spread.axhline(
        float(reference.std.norm()), color=PINK, linestyle="--", label='"reinforce"'
    )
    bias.set_title(r"$\|$bias$\|$")
    spread.set_title(r"$\|$std$\|$")
    spread.set_yscale("log")
    spread.legend(loc="lower left")
    for panel in (bias, spread):
        panel.set_xscale("log")
        panel.set_xticks([0.1, 0.3, 1, 3], labels=["0.1", "0.3", "1", "3"])
        panel.minorticks_off()
        panel.set_xlabel(r"$\tau$")
    return figure


def draw() -> dict[str, Figure]:
    return {"smooth_approximations": smooth_approximations()}
