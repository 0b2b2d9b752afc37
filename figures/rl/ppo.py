"""The six cases of clipping, and the ratios of one batch over epochs, epoch by epoch."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PINK, new_figure
from snippets.rl.ppo import clipped_gradient, clipped_objective, ppo_update

ACTIONS = np.array([0, 0, 1, 1, 2, 2, 0, 1])
ADV = np.array([1, 1, -1, -1, 0.5, 0.5, 1, -1])
CLIP, COLOURS = 0.2, (BLUE, ORANGE, GREEN)


def cases(axes: Axes) -> None:
    r = np.linspace(0.4, 1.6, 241)
    for a, colour in ((1, BLUE), (-1, ORANGE)):
        value = clipped_objective(np.log(r), 0 * r, 0 * r + a, CLIP)
        slope = clipped_gradient(np.log(r), 0 * r, 0 * r + a, CLIP)
        still, flat = (
            np.where(slope != 0, value, np.nan),
            np.where(slope, np.nan, value),
        )
        axes.plot(r, still, color=colour, lw=2)
        axes.plot(r, flat, color=colour, lw=2, ls=(0, (2, 1.5)))
        axes.plot(1, a, "o", ms=4, color=colour)
        axes.text(1.02, a - 0.1 * a, f"$A = {a}$", va="top" if a > 0 else "bottom")
    axes.axvspan(1 - CLIP, 1 + CLIP, color=GREY, alpha=0.18, lw=0)
    axes.axhline(0, color=GREY, lw=0.8)
    axes.set(xlabel="$r$", ylabel="$L$", xlim=(0.4, 1.6), ylim=(-1.7, 1.5))
    axes.set_xticks([0.5, 0.8, 1, 1.2, 1.5])


def path(clip: float | None, lr: float, epochs: int) -> np.ndarray:
    """The ratios before and after each epoch, shape (epochs + 1, 3)."""
    _, seen = record(
        lambda: ppo_update([[0, 0, 0]], 0 * ACTIONS, ACTIONS, ADV, lr, epochs, clip),
        ppo_update,
        ["log.append("],
        "theta",
    )
    rows = np.array([[0.0, 0, 0], *(one["theta"][0] for one in seen)])
    pi = np.exp(rows - rows.max(axis=1, keepdims=True))
    return 3 * pi / pi.sum(axis=1, keepdims=True)


def over_epochs(axes: Axes) -> None:
    for clip, style in ((CLIP, "-"), (None, ":")):
        for a, line in enumerate(path(clip, 1, 30).T):
            label = f"$a = {a}$" if clip else None
            axes.plot(line, style, color=COLOURS[a], label=label)
    axes.axhspan(1 - CLIP, 1 + CLIP, color=GREY, alpha=0.18, lw=0)
    axes.set_yscale("log")
    axes.set(xlabel="epoch", ylabel="$r$", xlim=(0, 30), ylim=(0.01, 4))
    axes.set_yticks([0.01, 0.1, 1], ["0.01", "0.1", "1"])
    axes.legend(labelcolor=INK, loc="lower left", ncols=3, columnspacing=1)


def draw() -> dict[str, Figure]:
    figure = new_figure(7.6, 2.8)
    left, right = figure.subplots(1, 2)
    cases(left)
    over_epochs(right)
    return {"ppo": figure}


BASE, HIGH, X = 190, 50, 120  # pixels: the axis, a ratio of 1, an action's width


def picture(r: np.ndarray, live: np.ndarray) -> Picture:
    """Three bars, the band behind them, and the samples above as circles."""
    shown = Picture()
    top, low = BASE - HIGH * (1 + CLIP), BASE - HIGH * (1 - CLIP)
    shown.rect(30, top, 3 * X, low - top, GREY, 0.22)
    shown.line([(30, BASE), (30 + 3 * X, BASE)])
    for a in range(3):
        middle = 30 + X * a + X / 2
        shown.rect(middle - 24, BASE - HIGH * r[a], 48, HIGH * r[a], COLOURS[a], 0.75)
        shown.text(middle, BASE - HIGH * r[a] - 11, f"{r[a]:.3g}", size=13)
        shown.text(middle, BASE + 16, a, italic=True)
        mine = np.flatnonzero(a == ACTIONS)
        for k, i in enumerate(mine):
            x = middle + 30 * (k - (len(mine) - 1) / 2)
            on = bool(live[i])
            shown.circle(x, 20, 12, PINK if on else "none", 0.35, PINK if on else GREY)
            shown.text(x, 20, "+" if ADV[i] > 0 else "−", size=13)
    return shown


def steps() -> dict[str, Steps]:
    """The batch at step size 1 until nothing moves, then at 10."""
    frames = []
    for lr, epochs in ((1, 8), (10, 5)):
        for epoch, r in enumerate(path(CLIP, lr, epochs)):
            live = clipped_gradient(np.log(r[ACTIONS]), 0 * ADV, ADV, CLIP) != 0
            outside = [a for a in range(3) if abs(r[a] - 1) > CLIP]
            values = ", ".join(f"{x:.3g}" for x in r)
            en = f"Step size {lr}, epoch {epoch}: ratios {values}. "
            zh = f"步长 {lr}，第 {epoch} 轮：概率比 {values}。"
            if outside:
                names = " and ".join(str(a) for a in outside)
                en += f"Outside the band: {names}. "
                zh += f"在区间之外：{'、'.join(str(a) for a in outside)}。"
            else:
                en += "All are inside the band. "
                zh += "都在区间之内。"
            if live.any():
                en += f"{live.sum()} of {len(ADV)} samples have a gradient."
                zh += f"{len(ADV)} 个样本中有 {live.sum()} 个还有梯度。"
            else:
                en += "No sample has a gradient: nothing moves any more."
                zh += "没有样本有梯度：再也不动了。"
            frames.append(Frame(picture(r, live), en, zh))
    return {"ppo_steps": Steps(420, 220, frames)}
