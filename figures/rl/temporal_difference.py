"""Values and errors of the walk as episodes go by; three paths along the cliff."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PINK, PURPLE, new_figure
from snippets.rl.environments import cliff_walking, random_walk
from snippets.rl.temporal_difference import lambda_targets, td0, td_lambda

WALK, CLIFF = random_walk(), cliff_walking()
TRUE = np.arange(1, 6) / 6
RUNS, WALKS = 100, 100


def walk(rng: np.random.Generator) -> tuple[list[int], list[float]]:
    states, rewards, done = [WALK.start], [], False
    while not done:
        s, r, done = WALK.step(states[-1], int(rng.integers(2)), rng)
        states.append(s)
        rewards.append(r)
    return states, rewards


def tables(runs: list, alpha: float, monte_carlo: bool) -> np.ndarray:
    """The five values after each number of walks: shape (RUNS, WALKS + 1, 5)."""
    found = np.full((len(runs), WALKS + 1, 7), 0.5)
    for i, run in enumerate(runs):
        for k, (states, rewards) in enumerate(run):
            v = found[i, k].copy()
            if monte_carlo:
                for s, g in zip(states, lambda_targets(v, states, rewards, 1, 1)):
                    v[s] += alpha * (g - v[s])
            else:
                v = td0(v, states, rewards, alpha, 1)
            found[i, k + 1] = v
    return found[..., 1:6]


def curves(values: Axes, errors: Axes) -> None:
    runs = [
        [walk(rng) for _ in range(WALKS)]
        for rng in map(np.random.default_rng, range(RUNS))
    ]
    td = tables(runs, 0.05, monte_carlo=False)
    values.plot(range(1, 6), TRUE, color=GREY, lw=1, ls="--", label=r"$s/6$")
    for k, color in ((0, PURPLE), (1, PINK), (10, ORANGE), (100, BLUE)):
        values.errorbar(
            range(1, 6),
            td[:, k].mean(0),
            td[:, k].std(0),
            color=color,
            marker="o",
            ms=3,
            lw=1.2,
            label=str(k),
        )
    values.set(xlabel="$s$", ylabel="$V(s)$", xticks=range(1, 6), ylim=(0, 1))
    values.legend(labelcolor=INK, loc="upper left")
    for name, alpha, color in (
        ("TD", 0.05, BLUE),
        ("TD", 0.15, GREEN),
        ("MC", 0.02, ORANGE),
        ("MC", 0.04, PINK),
    ):
        found = tables(runs, alpha, name == "MC")
        error = np.sqrt(((found - TRUE) ** 2).mean(-1))[:, ::4]
        at, mean, spread = range(0, WALKS + 1, 4), error.mean(0), error.std(0)
        errors.plot(at, mean, color=color, label=rf"{name}, $\alpha = {alpha}$")
        errors.fill_between(at, mean - spread, mean + spread, color=color, alpha=0.15)
    errors.set(xlabel="$k$", ylabel="RMS", ylim=(0, 0.26))
    errors.legend(labelcolor=INK, ncols=2, loc="upper right", columnspacing=1)


def start_value(path: int, epsilon: float) -> float:
    """Exact value of the start under the policy that keeps to a row."""
    row, col = np.divmod(np.arange(48), 12)
    greedy = np.where(row > path, 0, 1)
    greedy[(row < path) | (col == 11)] = 2
    pi = (1 - epsilon) * np.eye(4)[greedy] + epsilon / 4
    on = ~CLIFF.terminal
    P = np.einsum("sa,sat->st", pi, CLIFF.P)[np.ix_(on, on)]
    return float(np.linalg.solve(np.eye(47) - P, (pi * CLIFF.R).sum(1)[on])[36])


def cliff(axes: Axes) -> None:
    for s in range(48):
        row, col = divmod(s, 12)
        over = row == 3 and 0 < col < 11
        axes.add_patch(
            Rectangle(
                (col - 0.5, row - 0.5),
                1,
                1,
                facecolor=PINK if over else "none",
                alpha=0.5 if over else 1,
                edgecolor=GREY,
                linewidth=0.6,
            )
        )
    axes.text(0, 3, "S", ha="center", va="center")
    axes.text(11, 3, "G", ha="center", va="center")
    for path, color, x in ((2, ORANGE, 0.0), (1, GREEN, -0.12), (0, BLUE, -0.24)):
        axes.annotate(
            "",
            xy=(11 - x, 2.7),
            xytext=(11 - x, path),
            arrowprops=dict(arrowstyle="->", color=color, lw=1.6),
        )
        axes.plot([x, x, 11 - x], [2.7, path, path], color=color, lw=1.6)
        free, soft = start_value(path, 0), start_value(path, 0.1)
        label = f"${free:.0f}$,  ${soft:.2f}$"
        axes.text(11.8, path, label, color=color, va="center", fontsize=9)
    axes.text(11.8, -0.9, r"$\varepsilon = 0$,  $0.1$", va="center", fontsize=9)
    axes.set(xlim=(-0.6, 15.2), ylim=(3.55, -1.2), aspect="equal")
    axes.axis("off")


def draw() -> dict[str, Figure]:
    figure = new_figure(7, 5)
    top, bottom = figure.subfigures(2, 1, height_ratios=[1.25, 1])
    curves(*top.subplots(1, 2))
    cliff(bottom.subplots())
    return {"temporal_difference": figure}


PATH, PAID, ALPHA, LAMBDA = [3, 4, 3, 4, 5, 6], [0, 0, 0, 0, 1], 0.5, 0.9
X, BASE, HIGH = 60, 150, 110  # pixels: a state's width, the axis, a value of 1


def picture(
    old: list[float], new: list[float], s: int, s2: int, e: list[float] | None
) -> Picture:
    """Bars of the table, what this step changed, and where the walker goes."""
    shown = Picture()
    for i in range(7):
        x = 10 + i * X
        end = i in (0, 6)
        shown.rect(x, BASE + 6, X - 12, 24, edge=GREY, fill=GREY if end else "none")
        shown.text(x + 24, BASE + 18, i)
        if not end:
            shown.rect(x + 8, BASE - HIGH * old[i], 32, HIGH * old[i], BLUE, 0.35)
            if abs(new[i] - old[i]) > 1e-12:
                rise = HIGH * (new[i] - old[i])
                shown.rect(x + 8, BASE - HIGH * new[i], 32, rise, ORANGE, 0.8)
            shown.text(x + 24, BASE - HIGH * new[i] - 10, f"{new[i]:.3g}", size=12)
            if e and e[i] > 0:
                shown.rect(x + 8, BASE + 58, 32, 28 * e[i], GREEN, 0.6)
                shown.text(x + 24, BASE + 50, f"{e[i]:.2f}", size=12)
    a, b = (10 + i * X + 24 for i in (s, s2))
    shown.circle(a, BASE + 37, 3, ORANGE)
    shown.arrow((a, BASE + 37), (b, BASE + 37), ORANGE)
    return shown


def steps() -> dict[str, Steps]:
    """The same walk twice without traces, then once with them."""
    frames = []
    v = np.full(7, 0.5)
    for time in (1, 2):
        run = lambda v=v: td0(v, PATH, PAID, ALPHA, 1)  # noqa: E731
        after, seen = record(run, td0, ["v[s] += "], "t s s2 r delta v")
        for one, follow in zip(seen, [*[m["v"] for m in seen[1:]], after.tolist()]):
            s, s2, delta = one["s"], one["s2"], one["delta"]
            ahead = 0 if s2 == 6 else one["v"][s2]
            sum_ = f"{one['r']:g} + {ahead:g} − {one['v'][s]:g} = {delta:g}"
            en = f"TD(0), walk {time}: from {s} to {s2}, δ = {sum_}. "
            zh = f"TD(0)，第 {time} 次：从 {s} 到 {s2}，δ = {sum_}。"
            if delta:
                en += f"V({s}) moves by {ALPHA} δ, to {follow[s]:g}."
                zh += f"V({s}) 移动 {ALPHA} δ，变成 {follow[s]:g}。"
            else:
                en += "The two guesses agree: nothing moves."
                zh += "前后两个估计一致，什么也不动。"
            frames.append(Frame(picture(one["v"], follow, s, s2, None), en, zh))
        v = after
    start = np.full(7, 0.5)
    after, seen = record(
        lambda: td_lambda(start, PATH, PAID, ALPHA, 1, LAMBDA),
        td_lambda,
        ["v += "],
        "s s2 r delta v e",
    )
    for one, follow in zip(seen, [*[m["v"] for m in seen[1:]], after]):
        s, s2, delta = int(one["s"]), int(one["s2"]), float(one["delta"])
        e = one["e"].tolist()
        en = f"TD(λ) from the start, λ = {LAMBDA}: from {s} to {s2}, δ = {delta:g}. "
        zh = f"TD(λ)，从头开始，λ = {LAMBDA}：从 {s} 到 {s2}，δ = {delta:g}。"
        if delta:
            en += f"It reaches every state passed: V({s}) by {ALPHA} × {e[s]:g}, "
            en += f"V({PATH[0]}) by {ALPHA} × {e[PATH[0]]:.2f} of it."
            zh += f"经过的状态都分到：V({s}) 得它的 {ALPHA} × {e[s]:g}，"
            zh += f"V({PATH[0]}) 得它的 {ALPHA} × {e[PATH[0]]:.2f}。"
        else:
            en += f"All traces have faded by {LAMBDA}; that of {s} grew by 1, to {e[s]:.2f}."
            zh += f"资格迹都乘以 {LAMBDA}；{s} 的再加 1，变成 {e[s]:.2f}。"
        frames.append(
            Frame(picture(one["v"].tolist(), follow.tolist(), s, s2, e), en, zh)
        )
    return {"temporal_difference_steps": Steps(434, 305, frames)}
