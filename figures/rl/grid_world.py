"""Best values and moves for three discounts; how the error falls for four solvers."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PINK, PURPLE, new_figure
from snippets.rl.grid_world import (
    GridWorld,
    bellman_backup,
    greedy,
    policy_iteration,
    truncated_policy_iteration,
    value_iteration,
)

FORBIDDEN = [(1, 1), (1, 2), (2, 2), (3, 1), (3, 3), (4, 1)]
WORLD = GridWorld(5, 5, FORBIDDEN, target=(3, 2))
ARROWS = np.array([(0, -1), (1, 0), (0, 1), (-1, 0), (0, 0)])  # x right, y down


def grid(axes: Axes, gamma: float) -> None:
    """One map: value as number and tint, best action as arrow, stay as dot."""
    v, pi, _ = policy_iteration(WORLD.P, WORLD.R, gamma)
    for s, (row, col) in enumerate(np.ndindex(5, 5)):
        cell = dict(xy=(col - 0.46, row - 0.46), width=0.92, height=0.92)
        strength = 0.55 * v[s] / v.max()
        axes.add_patch(Rectangle(**cell, facecolor=BLUE, alpha=strength, linewidth=0))
        edge, width = GREY, 0.5
        if (row, col) == WORLD.target:
            edge, width = GREEN, 1.8
        elif (row, col) in WORLD.forbidden:
            edge, width = PINK, 1.8
        axes.add_patch(Rectangle(**cell, fill=False, edgecolor=edge, linewidth=width))
        number = f"{v[s]:.{2 if gamma == 0.5 else 1}f}"
        axes.text(col, row - 0.18, number, ha="center", va="center", fontsize=8)
    x, y = np.meshgrid(range(5), range(5))
    u, w = 0.42 * ARROWS[pi.argmax(axis=1)].T
    stays = pi[:, 4] == 1
    axes.scatter(x.ravel()[stays], y.ravel()[stays] + 0.24, s=7, color=ORANGE)
    axes.quiver(
        x.ravel()[~stays] - u[~stays] / 2,
        y.ravel()[~stays] + 0.22 - w[~stays] / 2,
        u[~stays],
        w[~stays],
        color=ORANGE,
        angles="xy",
        scale_units="xy",
        scale=1,
        width=0.014,
        headwidth=4,
        headlength=4,
        headaxislength=3.5,
    )
    axes.set(xlim=(-0.55, 4.55), ylim=(4.55, -0.55), aspect="equal")
    axes.set_title(rf"$\gamma = {gamma:g}$")
    axes.axis("off")


def curves(by_count: Axes, by_work: Axes) -> None:
    """Error against the number of policies, and against the values computed."""
    best, _, rounds = policy_iteration(WORLD.P, WORLD.R, 0.9)

    def errors(history: np.ndarray) -> np.ndarray:
        return np.maximum(np.abs(history - best).max(axis=1), 1e-12)

    for sweeps, color in [(1, BLUE), (5, ORANGE), (20, GREEN), (100, PURPLE)]:
        _, _, history = truncated_policy_iteration(
            WORLD.P, WORLD.R, 0.9, tol=1e-10, sweeps=sweeps
        )
        error, count = errors(history), np.arange(len(history))
        thin = slice(None, None, 1 + len(history) // 60)
        by_count.plot(count[thin], error[thin], color=color, label=f"$j = {sweeps}$")
        by_work.plot((count * (5 + sweeps - 1))[thin], error[thin], color=color)
    by_count.plot(
        np.arange(len(rounds)), errors(rounds), "o", color=PINK, ms=4, label="solve"
    )
    by_count.set(xlabel="$k$", ylabel=r"$\Vert v_k - v^* \Vert_\infty$", xlim=(-1, 60))
    by_work.set(xlabel=r"$k\,(\vert A \vert + j - 1)$", xlim=(-10, 700))
    for axes in (by_count, by_work):
        axes.set(yscale="log", ylim=(3e-13, 40), yticks=[1, 1e-4, 1e-8, 1e-12])
        axes.minorticks_off()
    by_count.legend(labelcolor=INK, bbox_to_anchor=(1, 0.78), loc="upper right")


def draw() -> dict[str, Figure]:
    figure = new_figure(7, 5)
    top, bottom = figure.subfigures(2, 1, height_ratios=[1.15, 1])
    for axes, gamma in zip(top.subplots(1, 3), (0.9, 0.5, 0.0)):
        grid(axes, gamma)
    curves(*bottom.subplots(1, 2, sharey=True))
    return {"grid_world": figure}


GAMMA, TOLERANCE, SIDE = 0.9, 1e-10, 54  # of value iteration; pixels of a cell
SIGNS = ("↑", "→", "↓", "←", "•")
SHOWN = (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 15, 25, 50)  # sweeps, and the last one


def board(v: np.ndarray, pi: np.ndarray, was: np.ndarray | None = None) -> Picture:
    """Values as numbers and tint, moves as arrows; moves that changed are orange."""
    picture = Picture()
    for s, (row, col) in enumerate(np.ndindex(5, 5)):
        x, y = 4 + col * SIDE, 4 + row * SIDE
        strength = min(0.055 * abs(v[s]), 0.55)
        fill = BLUE if v[s] > 0 else PURPLE
        picture.rect(x, y, SIDE, SIDE, fill, round(strength, 2), GREY, 0.6)
        value = number(v[s])
        size = 13 if len(value) < 6 else 12  # the widest must stay inside the frame
        picture.text(x + SIDE / 2, y + 17, value, size=size)
        action = pi[s].argmax()
        new = was is not None and action != was[s].argmax()
        if new:
            picture.circle(x + SIDE / 2, y + 38, 11, ORANGE, 0.35, ORANGE)
        picture.text(x + SIDE / 2, y + 38, SIGNS[action], size=16, bold=new)
    for cells, colour in ((sorted(WORLD.forbidden), PINK), ([WORLD.target], GREEN)):
        for row, col in cells:
            x, y = 6 + col * SIDE, 6 + row * SIDE
            picture.rect(x, y, SIDE - 4, SIDE - 4, edge=colour, thick=2.5)
    return picture


def number(value: float) -> str:
    return f"{value:.2f}".replace("-", "−").replace("−0.00", "0.00")


def sweeps() -> list[Frame]:
    """Value iteration, sweep by sweep, with the policy that is greedy for each value."""
    P, R = WORLD.P, WORLD.R
    best, _, history = value_iteration(P, R, GAMMA, tol=TOLERANCE)
    last, target = len(history) - 1, WORLD.state(*WORLD.target)
    q = bellman_backup(P, R, best, GAMMA)
    optimal = q >= q.max(axis=1, keepdims=True) - 1e-6
    frames, was, error = [], None, 0.0
    for k in (*SHOWN, last):
        v = history[k]
        pi = greedy(bellman_backup(P, R, v, GAMMA))
        wins, error_was = bool(optimal[pi == 1].all()), error
        error = float(np.abs(best - v).max())
        new = 0 if was is None else int((pi.argmax(1) != was.argmax(1)).sum())
        en, zh = f"Sweep {k}: ", f"第 {k} 遍扫描："
        if k == 0:
            en += "all values are 0. The moves are greedy for them, so that only the next "
            en += f"reward counts. The largest error is {number(error)}."
            zh += "所有状态值都是 0。动作对它们贪心，所以只看下一步的奖励。"
            zh += f"最大误差是 {number(error)}。"
        elif k == last:
            en += f"no value changes by more than {TOLERANCE:g}, the tolerance. The target "
            en += (
                f"is worth {number(v[target])} = 1 / (1 − {GAMMA}): a reward of 1 for "
            )
            en += "ever."
            zh += f"状态值的变化都不超过容差 {TOLERANCE:g}，停止。目标格的值是 "
            zh += f"{number(v[target])} = 1 / (1 − {GAMMA})：以后每步都得奖励 1。"
        else:
            reward = f"{R[target, pi[target].argmax()]:g}"
            backup = f"{reward} + {GAMMA} × {number(history[k - 1][target])} = "
            backup += number(v[target])
            en += f"the target is now worth {backup}. The largest error falls from "
            en += f"{number(error_was)} to {number(error)}. "
            zh += f"目标格的值是 {backup}。最大误差从 {number(error_was)} 降到 "
            zh += f"{number(error)}。"
            moves = "1 move is" if new == 1 else f"{new} moves are"
            en += f"{moves} new." if new else "No move changes."
            zh += f"{new} 个动作变了。" if new else "动作都没有变。"
            if wins and new:
                en += " All are optimal from here on; only the values go on."
                zh += "从这里起动作都已最优，变的只是状态值。"
        frames.append(Frame(board(v, pi, was), en, zh))
        was = pi
    return frames


def rounds() -> list[Frame]:
    """Policy iteration: a policy, its exact value, and the moves that improve on it."""
    (best, *_), moments = record(
        lambda: policy_iteration(WORLD.P, WORLD.R, GAMMA),
        policy_iteration,
        ["stuck ="],
        "v pi better",
    )
    frames, made = [], 0
    for k, moment in enumerate(moments):
        v, pi, better = moment["v"], moment["pi"], moment["better"]
        new = int((better.argmax(1) != pi.argmax(1)).sum())
        error = number(np.abs(best - v).max())
        en, zh = f"Round {k}: ", f"第 {k} 轮："
        if k == 0:
            en += "the policy stays everywhere."
            zh += "策略处处不动。"
        else:
            en += f"{made} moves are new."
            zh += f"{made} 个动作是新的。"
        en += f" The exact value of the policy misses the best by up to {error}. "
        zh += f"这个策略的精确值离最优至多差 {error}。"
        if new:
            en += f"The greedy step, one move ahead, will change {new}."
            zh += f"往前看一步取贪心，要改 {new} 个动作，见下一帧。"
        else:
            en += "The greedy step changes nothing: the policy is optimal."
            zh += "贪心一步什么都不改：策略已最优。"
        was = moments[k - 1]["pi"] if k else None
        frames.append(Frame(board(v, pi, was), en, zh))
        made = new
    return frames


def steps() -> dict[str, Steps]:
    side = 5 * SIDE + 8
    return {
        "grid_world_value_steps": Steps(side, side, sweeps()),
        "grid_world_policy_steps": Steps(side, side, rounds()),
    }
