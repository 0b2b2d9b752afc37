"""Exact bias and variance of GAE against lambda; what bootstraps; a run of it."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PINK, new_figure
from snippets.rl.actor_critic_gae import expected_gae, gae, gae_variance

P = np.array(
    [
        [[0.5, 0.5, 0], [0, 0.2, 0.8]],
        [[0.3, 0, 0.7], [0, 0.9, 0.1]],
        [[0, 0, 1], [0, 0, 1]],
    ]
)
R = np.array([[1.0, 0], [0, 2], [0, 0]])
PI = np.array([[0.6, 0.4], [0.5, 0.5], [0.5, 0.5]])
GAMMA, WRONG = 0.9, np.array([0, 5.0, 0])


def true_values() -> np.ndarray:
    move, pay = np.einsum("sa,sat->st", PI, P), (PI * R).sum(axis=1)
    return np.append(np.linalg.solve(np.eye(2) - GAMMA * move[:2, :2], pay[:2]), 0)


def curves(bias: Axes, variance: Axes) -> None:
    true = true_values()
    advantage = expected_gae(P, R, PI, true, GAMMA, 0)
    lams = np.linspace(0, 1, 41)
    for values, color, name in (
        (true, BLUE, r"$v_\pi$"),
        (WRONG, ORANGE, "$(0, 5, 0)$"),
    ):
        offs, spreads = [], []
        for lam in lams:
            off = expected_gae(P, R, PI, values, GAMMA, lam) - advantage
            off -= (PI * off).sum(axis=1, keepdims=True)
            offs.append(abs(off).max())
            spreads.append(gae_variance(P, R, PI, values, GAMMA, lam)[0, 0])
        bias.plot(lams, offs, color=color, label=name, clip_on=False)
        variance.plot(lams, spreads, color=color, label=name)
    bias.set(xlabel=r"$\lambda$", ylabel="bias", xlim=(0, 1), ylim=(0, 1.6))
    variance.set(xlabel=r"$\lambda$", ylabel="var", xlim=(0, 1), ylim=(0, 5.5))
    bias.legend(labelcolor=INK, loc="upper right", title="$V$")


def timeline(axes: Axes) -> None:
    """Two environments over six steps; the episode ends after step 2."""
    for row, color, end in ((1, GREEN, "■"), (0, PINK, "□")):
        for t in range(7):
            axes.plot(t, row, "o", ms=5, color=color if t < 3 else GREY)
            if t < 6 and t != 2:
                axes.annotate(
                    "",
                    xy=(t + 0.85, row),
                    xytext=(t + 0.15, row),
                    arrowprops=dict(arrowstyle="->", color=GREY, lw=1),
                )
        axes.text(2.5, row, end, ha="center", va="center", fontsize=11)
        axes.text(-0.55, row, f"${1 - row}$", ha="right", va="center")
        axes.annotate(
            "$V$",
            xy=(6, row + 0.08),
            xytext=(6, row + 0.42),
            ha="center",
            arrowprops=dict(arrowstyle="->", color=ORANGE, lw=1.6),
        )
    axes.text(2.5, 1.34, "$0$", ha="center")
    axes.plot(3, -0.55, "o", ms=5, color=PINK)
    axes.annotate(
        "",
        xy=(2.94, -0.45),
        xytext=(2.1, -0.08),
        arrowprops=dict(arrowstyle="->", color=PINK, lw=1),
    )
    axes.annotate(
        "$V$",
        xy=(3.15, -0.55),
        xytext=(3.9, -0.55),
        va="center",
        arrowprops=dict(arrowstyle="->", color=ORANGE, lw=1.6),
    )
    axes.set(xlim=(-0.9, 6.4), ylim=(-0.85, 1.7))
    axes.set_xticks(range(7))
    axes.set_yticks([])
    axes.set_xlabel("$t$")
    axes.spines["left"].set_visible(False)


def draw() -> dict[str, Figure]:
    figure = new_figure(8, 2.6)
    left, middle, right = figure.subplots(1, 3, width_ratios=[1, 1, 1.25])
    curves(left, middle)
    timeline(right)
    return {"actor_critic_gae": figure}


REWARDS, VALUES = [1.0, 0, 2, -1], [0.5, 1, -1, 2, 3]
ON, END, FINAL, LAMBDA = [False] * 4, [False, True, False, False], [0.0, 7, 0, 0], 0.8
X, BASE, HIGH = 100, 130, 17  # pixels: a step's width, the axis, a unit


def bar(shown: Picture, x: float, value: float, colour: str, opacity: float) -> None:
    top = min(BASE, BASE - HIGH * value)
    shown.rect(x, top, 24, HIGH * abs(value), colour, opacity)


def picture(
    deltas: list[float], passed: dict, found: dict, t: int, cut: bool
) -> Picture:
    """For each step done: its TD error, what was carried to it, and their sum."""
    shown = Picture()
    shown.line([(6, BASE), (414, BASE)])
    for i in range(4):
        x = 10 + i * X
        shown.text(x + 44, BASE + 62, i, italic=True)
        if i < t:
            continue
        bar(shown, x + 4, deltas[i], BLUE, 0.7)
        bar(shown, x + 32, passed[i], ORANGE, 0.7)
        bar(shown, x + 60, found[i], GREEN, 0.7)
        above = max(deltas[i], passed[i], found[i], 0)
        shown.text(x + 44, BASE - HIGH * above - 12, f"{found[i]:.4g}", size=13)
    if cut:
        edge = 10 + 2 * X - 5
        shown.line([(edge, 8), (edge, BASE + 50)], PINK, 2, dashed=True)
        shown.text(edge, BASE + 62, "✂")
    if t < 3 and passed[t]:
        start, end = 10 + (t + 1) * X + 72, 10 + t * X + 44
        shown.arrow((start, BASE + 44), (end, BASE + 44), ORANGE)
    return shown


def steps() -> dict[str, Steps]:
    """One rollout twice: its first episode terminates, then is truncated."""
    frames = []
    for name, name_zh, arguments in (
        ("Terminated at step 1", "第 1 步终止", (END, GAMMA, LAMBDA)),
        ("Truncated at step 1", "第 1 步截断", (ON, GAMMA, LAMBDA, END, FINAL)),
    ):
        _, seen = record(
            lambda arguments=arguments: gae(REWARDS, VALUES, *arguments),
            gae,
            ["advantages[t] ="],
            "t delta passed carried cut",
        )
        passed: dict[int, float] = {}
        found: dict[int, float] = {}
        for one in seen:
            t, deltas = one["t"], one["delta"].tolist()
            passed[t], found[t] = float(one["passed"]), float(one["carried"])
            cut = bool(one["cut"][t])
            d, p, a = deltas[t], passed[t], found[t]
            en, zh = (
                f"{name}. Step {t}: δ = {d:.4g}",
                f"{name_zh}。第 {t} 步：δ = {d:.4g}",
            )
            if cut and arguments[0] is END:
                en += ", with the next value 0. Nothing is carried over the cut: "
                zh += "，下一个值取 0。剪断处什么也不带过来："
            elif cut:
                en += f", with the next value {FINAL[t]:g}. Nothing is carried over the cut: "
                zh += f"，下一个值取 {FINAL[t]:g}。剪断处什么也不带过来："
            elif t == 3:
                en += f", with the next value {VALUES[4]:g}. Nothing comes after it: "
                zh += f"，下一个值取 {VALUES[4]:g}。后面没有了："
            else:
                en += f". Carried from step {t + 1}: {GAMMA * LAMBDA:.2f} × {found[t + 1]:.4g} = {p:.4g}. "
                zh += f"。从第 {t + 1} 步带来：{GAMMA * LAMBDA:.2f} × {found[t + 1]:.4g} = {p:.4g}。"
            en, zh = en + f"A = {a:.4g}.", zh + f"A = {a:.4g}。"
            shown = picture(deltas, passed, found, t, t <= 1)
            frames.append(Frame(shown, en, zh))
    return {"actor_critic_gae_steps": Steps(420, 210, frames)}
