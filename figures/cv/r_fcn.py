"""A box that slides off a 3 x 3 object, and what two kinds of pooling score it."""

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.cv.r_fcn import shifted_scores

K, PART, SHIFT = 3, 3, 2


def draw() -> dict[str, Figure]:
    figure = new_figure(7, 3.1)
    box, curves = figure.subplots(1, 2, width_ratios=[1, 1.25])

    # Left: the parts of the object, the box moved by SHIFT, and the bins' own shares.
    for i in range(K):
        for j in range(K):
            x, y = j * PART, i * PART
            box.add_patch(
                Rectangle((x, y), PART, PART, fc=GREY, ec=GREY, alpha=0.22, lw=0)
            )
            box.add_patch(Rectangle((x, y), PART, PART, fill=False, ec=GREY, lw=1))
            box.add_patch(
                Rectangle(
                    (x + SHIFT, y), PART - SHIFT, PART, fc=ORANGE, alpha=0.75, lw=0
                )
            )
            box.add_patch(
                Rectangle((x + SHIFT, y), PART, PART, fill=False, ec=BLUE, lw=1.4)
            )
            box.text(
                x + SHIFT + PART - 0.2,
                y + 0.3,
                f"{i}, {j}",
                ha="right",
                va="top",
                fontsize=8,
                color=INK,
            )
    box.set_xlim(-0.3, K * PART + SHIFT + 0.3)
    box.set_ylim(K * PART + 0.3, -0.3)
    box.set_aspect("equal")
    box.axis("off")
    box.set_title(f"$d = {SHIFT}$")

    scores = shifted_scores(8)
    d = range(len(scores.iou))
    for values, name, colour, mark in (
        (scores.plain, "roi_avg_pool", BLUE, "s"),
        (scores.iou, "IoU", GREEN, "^"),
        (scores.sensitive, "psroi_pool", ORANGE, "o"),
    ):
        curves.plot(d, values.tolist(), mark + "-", color=colour, ms=4.5, label=name)
    curves.set_xlabel("$d$")
    curves.set_xticks(list(d))
    curves.set_yticks([0, 1 / 3, 0.5, 2 / 3, 1], labels=["0", "1/3", "1/2", "2/3", "1"])
    curves.axvline(3, color=GREY, lw=0.8, ls=":")
    curves.legend()
    return {"r_fcn": figure}
