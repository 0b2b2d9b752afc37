"""A weight and its two factors, to scale; distance over rank, and the least possible."""

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.style import BLUE, GREY, INK, ORANGE, new_figure
from snippets.nlp.lora import fit_planted

D, R, RANKS, SEED = 32, 4, (1, 2, 3, 4), 0


def draw() -> dict[str, Figure]:
    figure = new_figure(6.6, 2.7)
    left, right = figure.subplots(1, 2, gridspec_kw={"width_ratios": (1.25, 1)})
    blocks = (
        ("$W$", 0, 0, D, D, GREY),
        ("$B$", 42, 0, R, D, ORANGE),
        ("$A$", 50, D - R, D, R, BLUE),
    )
    for name, x, y, width, height, colour in blocks:
        left.add_patch(
            Rectangle(
                (x, y), width, height, facecolor=colour, alpha=0.35, edgecolor=colour
            )
        )
        above = height == R
        left.text(
            x + width / 2,
            y + height / 2 - 6 * above,
            name,
            ha="center",
            va="center",
            color=INK,
        )
    left.text(37, D / 2, "+", ha="center", va="center", color=INK, fontsize=12)
    left.text(D / 2, -3, "$i$", ha="center", va="center", color=INK)
    left.text(-3, D / 2, "$o$", ha="center", va="center", color=INK)
    left.text(44, -3, "$r$", ha="center", va="center", color=INK)
    left.text(84.5, D - R / 2, "$r$", ha="center", va="center", color=INK)
    left.text(66, D + 3, "$i$", ha="center", va="center", color=INK)
    left.set_xlim(-5, 88)
    left.set_ylim(-6, D + 6)
    left.set_aspect("equal")
    left.axis("off")

    runs = [fit_planted(rank, SEED) for rank in RANKS]
    right.plot(RANKS, [run[1] for run in runs], "-", color=GREY, label="SVD")
    right.plot(RANKS, [run[0] for run in runs], "o", ms=5, color=BLUE, label="LoRA")
    right.set_xlabel("$r$")
    right.set_title(r"$\Vert\Delta - BA\Vert^2$")
    right.set_ylim(-0.1, None)
    right.set_xticks(RANKS)
    right.legend(loc="upper right")
    return {"lora": figure}
