"""Gradients against the size of the scores, mass by key, and who sees whom."""

import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.style import BLUE, GREEN, GREY, ORANGE, PINK, new_figure
from snippets.nlp.transnormer import largest_gradients, top_mass


def draw() -> dict[str, Figure]:
    figure = new_figure(7, 2.9)
    steep, mass, mask = figure.subplots(1, 3, width_ratios=[1.15, 1, 0.9])

    scales = np.logspace(-8, 1, 28)
    for rule, colour, label, place in (
        ("scaled", ORANGE, r"$s/\Sigma s$", (6e-7, 4e7)),
        ("rms", BLUE, r"$\epsilon = 10^{-6}$", (1.2e-8, 4e4)),
        ("raw", GREEN, "$sV$", (2.2e-8, 3e1)),
        ("softmax", GREY, "softmax", (1.2e-8, 8e-2)),
    ):
        gradients = largest_gradients(list(scales), rule)
        steep.loglog(scales, gradients, color=colour)
        steep.text(*place, label, color=colour, fontsize=8)
    loose = largest_gradients(list(scales), "rms", eps=1e-2)
    steep.loglog(scales, loose, color=PINK, linestyle="--")
    steep.text(1.2e-8, 4e2, r"$\epsilon = 10^{-2}$", color=PINK, fontsize=8)
    steep.set_ylim(1e-2, 1e9)
    steep.set_xticks([1e-8, 1e-5, 1e-2, 10])
    steep.set_yticks([1e-1, 1e2, 1e5, 1e8])
    steep.minorticks_off()
    steep.set_xlabel("$c$")
    steep.set_title(r"$\max\ |\partial L / \partial s_{ij}|$")

    q, k = (
        3 * torch.randn(256, 16, generator=torch.Generator().manual_seed(i))
        for i in range(2)
    )
    fractions = np.linspace(1 / 40, 1, 40)
    for weights, colour, label, place in (
        ((q @ k.mT / 4).softmax(-1), GREY, "softmax", (0.12, 0.93)),
        ((F.elu(q) + 1) @ (F.elu(k) + 1).mT, ORANGE, "elu + 1", (0.06, 0.5)),
        (torch.ones(256, 256), PINK, "$1/T$", (0.6, 0.45)),
    ):
        shares = [0] + [top_mass(weights, f) for f in fractions]
        mass.plot([0, *fractions], shares, color=colour)
        mass.text(*place, label, color=colour, fontsize=8)
    mass.set_ylim(0, 1.03)
    mass.set_xticks([0, 0.5, 1])
    mass.set_yticks([0, 0.5, 1])
    mass.set_xlabel("fraction")
    mass.set_title("top_mass")

    seen, window = [], []
    for i in range(12):
        for j in range(i + 1):
            cell = Rectangle((j + 0.1, i + 0.1), 0.8, 0.8)
            if i // 4 == j // 4:
                seen.append(cell)
            elif i - j < 4:
                window.append(cell)
    mask.add_collection(PatchCollection(seen, facecolor=BLUE, edgecolor="none"))
    mask.add_collection(PatchCollection(window, facecolor="none", edgecolor=GREY))
    mask.set(xlim=(0, 12), ylim=(12, 0), aspect="equal")
    mask.set_xticks([0.5, 4.5, 8.5], labels=["0", "4", "8"])
    mask.set_yticks([0.5, 4.5, 8.5], labels=["0", "4", "8"])
    mask.set_xlabel("$j$")
    mask.set_ylabel("$i$", rotation=0, labelpad=8)
    mask.set_title("block = 4")
    return {"transnormer": figure}
