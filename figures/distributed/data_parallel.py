"""The part that each of four ranks sends at each step, and what the busiest sends."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, new_figure
from snippets.distributed.data_parallel import allreduce_cost, part_to_send

W = 4
COLOURS = [BLUE, ORANGE, GREEN, PURPLE]


def ring() -> Figure:
    """Left: the schedule of the ring. Right: its traffic against all-to-one."""
    figure = new_figure(7, 2.8)
    table, cost = figure.subplots(1, 2, width_ratios=[3, 2.2])
    steps = 2 * (W - 1)
    for step in range(steps):
        for rank in range(W):
            part = part_to_send(rank, step, W)
            box = Rectangle(
                (step - 0.44, rank - 0.42),
                0.88,
                0.84,
                facecolor=COLOURS[part],
                alpha=0.25,
            )
            edge = Rectangle(
                (step - 0.44, rank - 0.42),
                0.88,
                0.84,
                fill=False,
                edgecolor=COLOURS[part],
                linewidth=1.2,
            )
            table.add_patch(box)
            table.add_patch(edge)
            sign = "+" if step < W - 1 else "="
            table.text(step, rank, f"{sign} {part}", ha="center", va="center")
    table.axvline(W - 1.5, color=GREY, linestyle="--", linewidth=1)
    table.set_xlim(-0.6, steps - 0.4)
    table.set_ylim(W - 0.4, -0.6)
    table.set_xticks(range(steps))
    table.set_yticks(range(W))
    table.set_xlabel("step")
    table.set_ylabel("rank")
    table.tick_params(length=0)
    for side in ("left", "bottom"):
        table.spines[side].set_visible(False)

    ranks = np.arange(2, 17)
    ring_bytes = [allreduce_cost(1, int(w), 0, 1).bytes_sent for w in ranks]
    cost.plot(ranks, ranks - 1, color=ORANGE)
    cost.plot(ranks, ring_bytes, color=BLUE)
    cost.axhline(2, color=GREY, linestyle=":", linewidth=1)
    cost.text(10.4, 11.2, "$W-1$", ha="right", color=INK)
    cost.text(16, 3, "$2(W-1)/W$", ha="right", color=INK)
    cost.set_xticks([2, 4, 8, 12, 16])
    cost.set_yticks([0, 2, 5, 10, 15])
    cost.set_ylim(0, 15.5)
    cost.set_xlabel("$W$")
    cost.set_ylabel("sent / $n$")
    return figure


def draw() -> dict[str, Figure]:
    return {"data_parallel": ring()}
