"""Who reads whom in a packed sequence."""

from itertools import pairwise

import numpy as np
import torch
from matplotlib.figure import Figure

from figures.style import BLUE, GREY, ORANGE, PURPLE, new_figure
from snippets.nlp.kimi_vl import block_mask, pack


def kimi_vl() -> Figure:
    """Block mask of three images."""
    figure = new_figure(3.1, 3.1)
    mask_axes = figure.subplots()
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
    return figure


def draw() -> dict[str, Figure]:
    return {"kimi_vl": kimi_vl()}
