"""Mean regret of five policies, where greedy ends, and UCB1 on three arms."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PINK, PURPLE, new_figure
from snippets.rl.bandits import lai_robbins, run_bandit

MEANS, T, RUNS = (0.9, 0.8), 2000, 500
POLICIES: dict[str, tuple[str, dict[str, Any], str]] = {
    "greedy": ("greedy", {}, GREY),
    "UCB1": ("ucb1", {}, ORANGE),
    r"$\varepsilon = 0.1$": ("epsilon-greedy", {"epsilon": 0.1}, BLUE),
    "UCB, $c = 0.5$": ("ucb1", {"c": 0.5}, PINK),
    "Thompson": ("thompson", {}, GREEN),
}


def curves(axes: Axes) -> None:
    """The mean of 500 runs, and two standard errors on either side."""
    shown = np.unique(np.geomspace(1, T, 40).astype(int)) - 1
    for label, (policy, options, colour) in POLICIES.items():
        rng = np.random.default_rng(0)
        regret, _ = run_bandit(MEANS, policy, T, rng, RUNS, **options)
        mean = regret[:, shown].mean(axis=0)
        room = 2 * regret[:, shown].std(axis=0, ddof=1) / np.sqrt(RUNS)
        axes.fill_between(
            shown + 1, mean - room, mean + room, color=colour, alpha=0.25, lw=0
        )
        axes.plot(shown + 1, mean, color=colour, label=label)
    bound = lai_robbins(MEANS) * np.log(shown + 1)
    axes.plot(shown + 1, bound, "--", color=PURPLE, lw=1, label=r"$2.25\,\ln t$")
    axes.set(xscale="log", xlabel="$t$", ylabel="$R_t$", ylim=(0, 58))
    axes.legend(labelcolor=INK, loc="upper left")


def ends(axes: Axes) -> None:
    rng = np.random.default_rng(0)
    regret, _ = run_bandit(MEANS, "greedy", T, rng, RUNS)
    axes.hist(regret[:, -1], bins=np.linspace(0, 200, 21).tolist(), color=GREY)
    axes.axvline(regret[:, -1].mean(), color=ORANGE, lw=1.5)
    axes.set(xlabel="$R_T$", title="greedy, $T = 2000$")


def draw() -> dict[str, Figure]:
    figure = new_figure(7, 3.4)
    left, right = figure.subplots(1, 2, width_ratios=(1.5, 1))
    curves(left)
    ends(right)
    return {"bandits": figure}


# The steps

ARMS, PULLS, SEED = (0.2, 0.5, 0.8), 14, 6
COLOURS = (BLUE, ORANGE, GREEN)
UNIT, BASE, FIRST, APART, WIDE = 74, 206, 76, 118, 54


def run() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Before and after each pull: the variables of one run of UCB1."""
    rng = np.random.default_rng(SEED)
    _, seen = record(
        lambda: run_bandit(ARMS, "ucb1", PULLS, rng),
        run_bandit,
        ["counts[every, arm]", "arms[:, t]"],
        "t counts sums score arm",
    )
    return list(zip(seen[::2], seen[1::2]))


def shown(value: float) -> str:
    return f"{value:.2f}"


def picture_of(before: dict[str, Any], reward: int) -> Picture:
    picture = Picture()
    picture.line([(30, BASE), (400, BASE)])
    for height in (1, 2):
        y = BASE - height * UNIT
        picture.line([(30, y), (400, y)], GREY, 0.6, dashed=True)
        picture.text(24, y, str(height), size=12, anchor="end")
    picture.text(24, BASE, "0", size=12, anchor="end")
    counts, sums = before["counts"][0], before["sums"][0]
    chosen = int(before["arm"][0])
    for arm, (n, total) in enumerate(zip(counts.tolist(), sums.tolist())):
        x, colour = FIRST + arm * APART, COLOURS[arm]
        if n:
            mean = total / n
            picture.rect(x, BASE - mean * UNIT, WIDE, mean * UNIT, fill=colour)
            if before["t"] >= len(ARMS):
                top = float(before["score"][0, arm])
                y, high = BASE - top * UNIT, (top - mean) * UNIT
                picture.rect(x, y, WIDE, high, fill=colour, opacity=0.25)
                picture.text(x + WIDE / 2, y - 9, shown(top), bold=arm == chosen)
        picture.text(x + WIDE / 2, BASE + 56, f"a = {arm}", size=12)
        words = f"{total:.0f} / {n}"
        picture.text(x + WIDE / 2, BASE + 14, words, size=13)
        if arm == chosen:
            picture.rect(x - 5, BASE + 3, WIDE + 10, 40, edge=colour, thick=2)
            picture.text(x + WIDE / 2, BASE + 32, f"+ {reward}", size=13, bold=True)
    return picture


def steps() -> dict[str, Steps]:
    """One frame a pull: means, bonuses, the arm that is chosen and what it pays."""
    frames = []
    for before, after in run():
        chosen = int(before["arm"][0])
        reward = int(after["sums"][0, chosen] - before["sums"][0, chosen])
        picture = picture_of(before, reward)
        frames.append(Frame(picture, *said(before, chosen, reward)))
    return {"bandits_steps": Steps(420, 272, frames)}


def said(before: dict[str, Any], chosen: int, reward: int) -> tuple[str, str]:
    t = int(before["t"])
    if t < len(ARMS):
        return (
            f"Pull {t + 1}: an arm without pulls has the index ∞, so arm {chosen} is "
            f"tried. It pays {reward}.",
            f"第 {t + 1} 次：没有拉过的臂指标为 ∞，所以试臂 {chosen}。它付 {reward}。",
        )
    n, total = int(before["counts"][0, chosen]), float(before["sums"][0, chosen])
    mean, index = total / n, float(before["score"][0, chosen])
    means = before["sums"][0] / before["counts"][0]
    ties = [arm for arm, score in enumerate(before["score"][0]) if score == index]
    also = f" (arm {sum(ties) - chosen} has the same; chance decides)" * (len(ties) > 1)
    auch = f"（臂 {sum(ties) - chosen} 与它相同，随机选定）" * (len(ties) > 1)
    parts = f"{shown(mean)} + {shown(index - mean)} = {shown(index)}"
    if mean < means.max():
        why = "another arm has a larger mean, but fewer pulls give this one more bonus"
        grund = "均值更大的臂另有一个，但它拉的次数少，奖励项更大"
    else:
        why, grund = "no arm has a larger mean", "没有哪个臂的均值比它大"
    return (
        f"Pull {t + 1}: arm {chosen} has the largest index, {parts}{also}; {why}. "
        f"It pays {reward}.",
        f"第 {t + 1} 次：臂 {chosen} 的指标最大，{parts}{auch}；{grund}。它付 {reward}。",
    )
