"""Exact ascent with both gradients on three arms, variance by baseline, one update."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.rl.policy_gradient import (
    exact_gradient,
    fisher,
    natural_gradient,
    optimal_baseline,
    reinforce,
    softmax_policy,
)

Q = np.array([1.0, 0.6, 0.0])
STARTS = ((0.02, 0.08, 0.9), (0.02, 0.9, 0.08))
P_ARMS = np.ones((1, 3, 1))  # one state, an episode of one step: gamma is 0


def path(start: tuple[float, ...], natural: bool, steps: int) -> np.ndarray:
    """Policies along exact ascent with step size 1: shape (steps + 1, 3)."""
    theta, found = np.log([start]), []
    for _ in range(steps + 1):
        found.append(softmax_policy(theta)[0])
        gradient = exact_gradient(P_ARMS, Q[None], theta, 0.0, [1.0])
        if natural:
            gradient = natural_gradient(gradient, fisher(theta, [1.0]))
        theta = theta + gradient
    return np.array(found)


def corner(pi: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where a policy is in the triangle with the best arm on top."""
    return pi[:, 1] + pi[:, 0] / 2, pi[:, 0] * np.sqrt(0.75)


def triangle(axes: Axes) -> None:
    x, y = corner(np.eye(3)[[0, 1, 2, 0]])
    axes.plot(x, y, color=GREY, lw=1)
    for start in STARTS:
        for natural, colour, steps in ((False, ORANGE, 400), (True, BLUE, 40)):
            x, y = corner(path(start, natural, steps))
            label = (r"$\nabla J$", r"$F^+\nabla J$")[natural]
            axes.plot(x, y, color=colour, label=label if start == STARTS[0] else None)
            shown = slice(0, None, 10) if not natural else slice(0, None)
            axes.plot(x[shown], y[shown], "o", ms=3.5, color=colour)
    places = ((0.5, 0.91), (1.04, -0.06), (-0.04, -0.06))
    for value, place in zip(Q, places, strict=True):
        axes.text(*place, f"$q = {value:g}$", ha="center", color=INK, fontsize=8)
    axes.set(aspect="equal", xlim=(-0.15, 1.15), ylim=(-0.1, 1))
    axes.axis("off")
    axes.legend(labelcolor=INK, loc="upper left")


def variances(axes: Axes) -> None:
    pi, q = np.array([0.9, 0.1]), np.array([1.0, 0.0])
    theta, b = np.log(pi)[None], np.linspace(-0.15, 1.05, 61)
    best = optimal_baseline(pi, q)

    def variance(value: float) -> float:
        found = [
            reinforce(theta, [([0], [a], [q[a]])], 0, baseline=[value])
            for a in range(2)
        ]
        mean = np.tensordot(pi, found, 1)
        return float(sum(p * ((g - mean) ** 2).sum() for p, g in zip(pi, found)))

    axes.plot(b, [variance(x) for x in b], color=GREY)
    for x, label, colour in (
        (0.0, "$0$", GREEN),
        (best, "$b^*$", BLUE),
        (float(pi @ q), "$v$", ORANGE),
    ):
        axes.plot([x], [variance(x)], "o", color=colour, label=label)
    axes.set(xlabel="$b$", ylabel=r"$\mathrm{Var}$")
    axes.legend(labelcolor=INK, loc="upper left")


def draw() -> dict[str, Figure]:
    figure = new_figure(7, 3)
    left, right = figure.subplots(1, 2, width_ratios=(1.1, 1))
    triangle(left)
    variances(right)
    return {"policy_gradient": figure}


# The steps: one update of REINFORCE

THETA = np.array([[0.2, -0.3], [0.5, 0.0], [0.0, 0.0]])
STATES, ACTIONS, REWARDS = [0, 0, 1, 1, 2], [0, 1, 1, 0], [1.0, 0.0, 2.0, 0.0]
GAMMA, BASELINE, ALPHA = 0.9, [1.5, 1.4, 0.0], 0.5
LEFT, APART, ROW = 60, 88, 40


def shown(value: float) -> str:
    return f"{round(float(value), 2) + 0.0:.2f}".replace("-", "−")


def picture_of(
    g: list[float], weights: list[float], now: int, gradient: Any, pi: Any, old: Any
) -> Picture:
    """The episode, the returns and weights known so far, gradient and policy below.

    ``g`` holds the last returns, ``weights`` the first weights.
    """
    picture = Picture()
    for t, s in enumerate(STATES):
        x = LEFT + t * APART
        if t < len(ACTIONS):
            picture.arrow((x + 16, ROW), (x + APART - 16, ROW), INK_OF[ACTIONS[t]])
            middle = x + APART / 2
            picture.text(middle, ROW - 22, f"a = {ACTIONS[t]}", size=12)
            picture.text(middle, ROW + 16, f"{REWARDS[t]:g}", size=13, bold=True)
        picture.circle(x, ROW, 15, edge=GREY, thick=3 if t == now else 1.2)
        picture.text(x, ROW, str(s))
    for y, name in ((92, "G"), (124, "w")):
        picture.text(12, y, name, italic=True, anchor="start")
    for t in range(len(ACTIONS)):
        x, known = LEFT + t * APART, len(ACTIONS) - len(g)
        if t >= known:
            picture.text(x, 92, shown(g[t - known]), bold=t == now and not weights)
        if t < len(weights):
            picture.text(x, 124, shown(weights[t]), bold=t == now)
    for s in range(2):
        x = 70 + s * 190
        picture.text(x + 60, 254, f"s = {s}", size=12)
        for a in range(2):
            height, was = 70 * float(pi[s, a]), 70 * float(old[s, a])
            picture.rect(x + a * 70, 222 - height, 44, height, INK_OF[a], 0.75)
            top = 212 - max(height, was)
            picture.text(x + a * 70 + 22, top, shown(pi[s, a]), size=12)
            if pi is not old:
                ends = [(x + a * 70 + by, 222 - was) for by in (-4, 48)]
                picture.line(ends, GREY, 1, True)
            picture.text(x + a * 70 + 22, 236, shown(gradient[s, a]), size=12)
    return picture


INK_OF = (BLUE, ORANGE)


def steps() -> dict[str, Steps]:
    """One update: the returns from the right, the scores from the left, the policy."""
    result, seen = record(
        lambda: reinforce(THETA, [(STATES, ACTIONS, REWARDS)], GAMMA, BASELINE),
        reinforce,
        ["gradient[s] -= w * pi[s]", "return finite(gradient / len(parts))"],
        "gradient s a w g weight",
    )
    pi = softmax_policy(THETA)
    g = [float(x) for x in seen[0]["g"]]
    weights = [float(x) for x in seen[0]["weight"]]
    zero = np.zeros_like(pi)
    frames = [
        Frame(
            picture_of([], [], -1, zero, pi, pi),
            "An episode: states in circles, actions and rewards at the arrows. Below, "
            "the policy in states 0 and 1; under each bar, the gradient so far.",
            "一个回合：圆圈里是状态，箭头旁是动作和奖励。下方是状态 0 和 1 上的策略；每根柱下是到此为止的梯度。",
        )
    ]
    for t in reversed(range(len(ACTIONS))):
        after = g[t + 1] if t + 1 < len(g) else 0.0
        sum_ = f"{REWARDS[t]:g} + {GAMMA} · {shown(after)} = {shown(g[t])}"
        frames.append(
            Frame(
                picture_of(g[t:], [], t, zero, pi, pi),
                f"Step {t}: the return is {sum_}.",
                f"第 {t} 步：回报为 {sum_}。",
            )
        )
    for t, after_step in enumerate(seen[1:]):
        s, a, w = STATES[t], ACTIONS[t], weights[t]
        sum_ = f"{shown(GAMMA**t)} · ({shown(g[t])} − {BASELINE[s]:g}) = {shown(w)}"
        up, hoch = ("rises", "上升") if w > 0 else ("falls", "下降")
        frames.append(
            Frame(
                picture_of(g, weights[: t + 1], t, after_step["gradient"], pi, pi),
                f"Step {t}: the weight is {sum_}, so action {a} of state {s} {up}, and "
                "the other goes the other way by as much.",
                f"第 {t} 步：权重为 {sum_}，所以状态 {s} 的动作 {a} {hoch}，另一个动作反方向变化同样多。",
            )
        )
    new = softmax_policy(THETA + ALPHA * result)
    changes = [f"{shown(pi[s, 0])} → {shown(new[s, 0])}" for s in range(2)]
    frames.append(
        Frame(
            picture_of(g, weights, -1, result, new, pi),
            f"A step of size {ALPHA} along the gradient. Action 0: {changes[0]} in state 0, "
            f"{changes[1]} in state 1; dashed, the policy before.",
            f"沿梯度走步长 {ALPHA} 的一步。动作 0：状态 0 上 {changes[0]}，状态 1 上 {changes[1]}；虚线是之前的策略。",
        )
    )
    return {"policy_gradient_steps": Steps(430, 270, frames)}
