"""Weights under noise gradients of two scales, and the decay at every scale."""

import numpy as np
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, INK, ORANGE, PURPLE, new_figure
from snippets.ml.adamw import effective_decay, noise_paths

LR, DECAY, STEPS, RUNS = 1e-3, 0.1, 2000, 200
COLOURS = {1.0: BLUE, 100.0: ORANGE}


def expected_path(scale: float, decoupled: bool) -> list[float]:
    """The weight if every step removed exactly its mean, ``effective_decay``."""
    theta = [1.0]
    for _ in range(STEPS):
        lost = effective_decay(theta[-1], scale, LR, DECAY, decoupled)
        theta.append(theta[-1] * (1 - lost))
    return theta


def adamw() -> Figure:
    """Mean paths and the spread of the runs, left and middle; the decay, right."""
    figure = new_figure(7.2, 2.9)
    coupled, decoupled, law = figure.subplots(1, 3, width_ratios=[1, 1, 1.05])
    t = np.arange(0, STEPS + 1, 40)
    for panel, is_decoupled in ((coupled, False), (decoupled, True)):
        paths = noise_paths(list(COLOURS), is_decoupled, DECAY, LR, STEPS, RUNS)
        for i, (scale, colour) in enumerate(COLOURS.items()):
            path = paths[::40, i].numpy()
            mean, spread = path.mean(1), path.std(1)
            # Where both scales agree, the second line shows through the first.
            dash = (0, (3, 3)) if is_decoupled and i else "solid"
            panel.fill_between(
                t, mean - spread, mean + spread, color=colour, alpha=0.2, linewidth=0
            )
            panel.plot(t, mean, color=colour, linestyle=dash, linewidth=2.2)
            theory = np.array(expected_path(scale, is_decoupled))[::200]
            panel.plot(t[::5], theory, color=INK, linestyle="none", marker=".")
        panel.set_ylim(0.74, 1.09)
        panel.set_xticks([0, 1000, 2000])
        panel.set_xlabel("$t$")
    coupled.set_ylabel("$θ_t$")
    coupled.set_title("decoupled=False")
    decoupled.set_title("decoupled=True")
    decoupled.set_yticklabels([])
    for label, t_label, y, colour in (("100", 950, 1.055, ORANGE), ("1", 0, 0.8, BLUE)):
        coupled.text(t_label, y, f"g_scale {label}", color=colour, fontsize=8.5)
    decoupled.text(950, 1.0, "g_scale 1, 100", fontsize=8.5)

    scales = np.logspace(-3, 3, 61)
    for is_decoupled, colour in ((False, PURPLE), (True, GREEN)):
        lost = [effective_decay(1.0, s, LR, DECAY, is_decoupled) for s in scales]
        law.loglog(scales, lost, color=colour)
    law.set_title("effective_decay")
    law.set_xlabel("g_scale")
    law.set_ylim(3e-8, 1e-2)
    law.text(1.2e3, 2e-4, "decoupled=True", color=GREEN, ha="right", fontsize=8.5)
    law.text(1.2e-3, 2e-3, "decoupled=False", color=PURPLE, fontsize=8.5)
    return figure


def draw() -> dict[str, Figure]:
    return {"adamw": adamw()}
