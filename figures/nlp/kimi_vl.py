"""Who reads whom in a packed sequence, and expert loads before and after balancing."""

from itertools import pairwise

import numpy as np
import torch
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, new_figure
from snippets.nlp.kimi_vl import balance_experiment, block_mask, pack


def kimi_vl() -> Figure:
    """Left: block mask of three images. Right: load of eight experts."""
    figure = new_figure(7.2, 3.1)
    mask_axes, load_axes = figure.subplots(1, 2, width_ratios=[1, 1.45])
    grids = [torch.zeros(h, w, 1) for h, w in ((2, 3), (2, 2), (2, 5))]
    cu = pack(grids).cu_seqlens
    mask, ends = block_mask(cu), cu.tolist()
    image = np.searchsorted(ends, np.arange(len(mask)), side="right") - 1
    colours = [BLUE, ORANGE, PURPLE]
    for i, row in enumerate(mask):
        seen = row.nonzero()[:, 0].tolist()
        runs = [(seen[0], len(seen))]
        mask_axes.broken_barh(runs, (i, 1), color=colours[image[i]], linewidth=0.3)
    for end in ends[1:-1]:
        mask_axes.axhline(end, color=GREY, linewidth=0.8)
        mask_axes.axvline(end, color=GREY, linewidth=0.8)
    for start, end in pairwise(ends):
        middle, side = (start + end) / 2, end - start
        mask_axes.text(
            middle, middle, f"{side}²", ha="center", va="center", color="white", size=12
        )
    mask_axes.set_xlim(0, ends[-1])
    mask_axes.set_ylim(ends[-1], 0)
    mask_axes.set_aspect("equal")
    mask_axes.set_xticks(ends)
    mask_axes.set_yticks(ends)
    mask_axes.spines[["top", "right"]].set_visible(True)
    mask_axes.set_xlabel("$j$")
    mask_axes.set_ylabel("$i$")
    mask_axes.set_title("block_mask(cu_seqlens)")

    run, expert = balance_experiment(), np.arange(8)
    for shift, load, colour, name in (
        (-0.2, run.before, ORANGE, "before"),
        (0.2, run.after, GREEN, "after"),
    ):
        load_axes.bar(expert + shift, load.numpy(), 0.36, color=colour, label=name)
    load_axes.axhline(1, color=INK, linewidth=1)
    for e, bias in enumerate(run.bias.tolist()):
        shown = f"{bias + 0.0:+.2f}" if abs(bias) > 1e-9 else "0.00"
        load_axes.text(e, 1.93, shown, ha="center", fontsize=8, color=GREEN)
    load_axes.text(-0.72, 1.93, "$b_e$", ha="right", fontsize=9, color=GREEN)
    load_axes.set_ylim(0, 2.05)
    load_axes.set_yticks([0, 0.5, 1, 1.5])
    load_axes.set_xlim(-0.6, 7.6)
    load_axes.set_xticks(expert)
    load_axes.set_xlabel("$e$")
    load_axes.legend(loc="upper left", bbox_to_anchor=(0, 0.93))
    load_axes.set_title("balance_experiment()")
    return figure


def draw() -> dict[str, Figure]:
    return {"kimi_vl": kimi_vl()}
