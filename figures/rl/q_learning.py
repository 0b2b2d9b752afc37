"""Returns while learning beside the cliff; the bias of single and double estimators."""

import numpy as np
from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.rl.environments import cliff_walking
from snippets.rl.q_learning import maximisation_bias, q_learning, q_replay
from snippets.rl.temporal_difference import sarsa

RUNS, EPISODES, WINDOW = 20, 300, 25


def smooth(returns: np.ndarray) -> np.ndarray:
    """Means over WINDOW episodes, one after the other."""
    return returns.reshape(-1, WINDOW).mean(axis=1)


def draw() -> dict[str, Figure]:
    figure = new_figure(7, 2.9)
    left, right = figure.subplots(1, 2)
    env = cliff_walking()
    middle = np.arange(WINDOW / 2, EPISODES, WINDOW)
    for name, learn, more, color in (
        ("Q-learning", q_learning, {}, ORANGE),
        ("expected Sarsa", sarsa, {"expected": True}, BLUE),
    ):
        runs = np.array(
            [
                smooth(
                    learn(env, 0.5, 1, 0.1, EPISODES, np.random.default_rng(s), **more)[
                        1
                    ]
                )
                for s in range(RUNS)
            ]
        )
        mean, spread = runs.mean(axis=0), runs.std(axis=0)
        left.plot(middle, mean, color=color, label=name)
        left.fill_between(middle, mean - spread, mean + spread, color=color, alpha=0.2)
    for level in (-13, -20.7, -50.8):
        left.axhline(level, color=GREY, lw=1, ls="--")
        left.text(EPISODES + 3, level, f"${level}$", va="center", fontsize=8)
    left.set(xlabel="$k$", xlim=(0, EPISODES), ylim=(-120, -5))
    left.legend(labelcolor=INK, loc="lower right")
    gaps = np.linspace(0, 3, 61)
    both = np.array([maximisation_bias([0, gap]) for gap in gaps])
    right.axhline(0, color=GREY, lw=1)
    right.plot(gaps, both[:, 0], color=ORANGE, label="single")
    right.plot(gaps, both[:, 1], color=GREEN, label="double")
    right.set(xlabel=r"$\Delta$", xlim=(0, 3))
    right.legend(labelcolor=INK)
    return {"q_learning": figure}


CHAIN = [(0, 1, 0, 1, False), (1, 1, 0, 2, False), (2, 1, 1, 3, True)]
ALPHA, GAMMA = 0.5, 0.9
X, Y, WIDE, HIGH = 64, 52, 84, 34  # pixels: first column, row of action 1, a cell


def picture(old: np.ndarray, s: int, s2: int, done: bool, new: float) -> Picture:
    """The table, the pair that moves in orange, the cells of the maximum in blue."""
    shown = Picture()
    for a, y in ((1, Y), (0, Y + HIGH)):
        shown.text(X - 12, y + HIGH / 2, f"a = {a}", size=12, anchor="end")
        for i in range(4):
            x = X + i * WIDE
            fill, opacity = "none", 1.0
            if i == 3:
                fill, opacity = GREY, 0.25
            elif (i, a) == (s, 1):
                fill, opacity = ORANGE, 0.35
            elif i == s2:
                fill, opacity = BLUE, 0.25
            shown.rect(x, y, WIDE, HIGH, fill, opacity, edge=GREY)
            value = new if (i, a) == (s, 1) else old[i, a]
            shown.text(x + WIDE / 2, y + HIGH / 2, f"{value:.5g}")
    for i in range(4):
        shown.text(X + i * WIDE + WIDE / 2, Y + 2 * HIGH + 16, f"s = {i}", size=12)
    a, b = (X + i * WIDE + WIDE / 2 for i in (s, s2))
    shown.line([(a, Y - 6), (a, Y - 20), (b, Y - 20)], ORANGE, 1.8)
    shown.arrow((b, Y - 20), (b, Y - 4), ORANGE)
    shown.text((a + b) / 2, Y - 32, f"r = {1 if done else 0}", size=12)
    return shown


def steps() -> dict[str, Steps]:
    """Three passes forward from nought, then one pass backward from nought."""
    frames = []
    for order, transitions in ((0, CHAIN * 3), (1, CHAIN[::-1])):
        run = lambda t=transitions: q_replay(np.zeros((4, 2)), t, ALPHA, GAMMA)  # noqa: E731
        after, seen = record(
            run, q_replay, ["q[s, a] = "], "s a r s2 done target old q"
        )
        tables = [*[m["q"] for m in seen[1:]], after]
        for k, (one, follow) in enumerate(zip(seen, tables, strict=True)):
            s, s2, done = int(one["s"]), int(one["s2"]), bool(one["done"])
            old, target = float(one["old"]), float(one["target"])
            new = float(follow[s, 1])
            if done:
                sum_ = f"{one['r']:g}"
                why = "the end is worth 0", "终点的值是 0"
            else:
                top = float(one["q"][s2].max())
                sum_ = f"{one['r']:g} + {GAMMA} × {top:.5g} = {target:.5g}"
                why = (
                    f"the maximum in {s2} is {top:.5g}",
                    f"状态 {s2} 的最大值是 {top:.5g}",
                )
            passes = (f"Forward, pass {k // 3 + 1}", f"正序第 {k // 3 + 1} 遍")
            if order:
                passes = ("Backward", "倒序")
            move = f"{old:.5g} + {ALPHA} × ({target:.5g} − {old:.5g}) = {new:.5g}"
            if target == old:
                move = f"{new:.5g}"
            frames.append(
                Frame(
                    picture(one["q"], s, s2, done, new),
                    f"{passes[0]}, from {s} to {s2}: {why[0]}. Target {sum_}. Q({s}, 1): {move}.",
                    f"{passes[1]}，从 {s} 到 {s2}：{why[1]}。目标 {sum_}。Q({s}, 1)：{move}。",
                )
            )
    return {"q_learning_steps": Steps(424, 150, frames)}
