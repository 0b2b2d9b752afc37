"""What exploring costs, state by state; what it buys in pairs; what a cut costs."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PINK,
    PURPLE,
    new_figure,
)
from snippets.rl.environments import GridWorld
from snippets.rl.monte_carlo import (
    counted,
    coverage,
    episode,
    epsilon_soft,
    epsilon_soft_optimum,
    mc_basic,
    returns,
)

FORBIDDEN = [(1, 1), (1, 2), (2, 2), (3, 1), (3, 3), (4, 1)]
WORLD = GridWorld(5, 5, FORBIDDEN, target=(3, 2))
HARSH = GridWorld(5, 5, FORBIDDEN, target=(3, 2), r_forbidden=-10)
ARROWS = np.array([(0, -1), (1, 0), (0, 1), (-1, 0), (0, 0)])  # x right, y down


def grid(axes: Axes, epsilon: float) -> None:
    """One map: value as number and tint, greedy action as arrow, stay as dot."""
    best, q = epsilon_soft_optimum(HARSH.P, HARSH.R, 0.9, 0)
    optimal = q >= best[:, None] - 1e-9
    v, q = epsilon_soft_optimum(HARSH.P, HARSH.R, 0.9, epsilon)
    tied = q >= q.max(axis=1, keepdims=True) - 1e-9
    for s, (row, col) in enumerate(np.ndindex(5, 5)):
        cell = dict(xy=(col - 0.46, row - 0.46), width=0.92, height=0.92)
        tint = dict(facecolor=BLUE if v[s] > 0 else PURPLE, linewidth=0)
        axes.add_patch(Rectangle(**cell, **tint, alpha=0.055 * min(abs(v[s]), 10)))
        edge, width = GREY, 0.5
        if (row, col) == HARSH.target:
            edge, width = GREEN, 1.8
        elif (row, col) in HARSH.forbidden:
            edge, width = PINK, 1.8
        axes.add_patch(Rectangle(**cell, fill=False, edgecolor=edge, linewidth=width))
        axes.text(col, row - 0.18, f"{v[s]:.1f}", ha="center", va="center", fontsize=8)
        action = tied[s].argmax()
        color = INK if optimal[s, action] else ORANGE
        dx, dy = 0.4 * ARROWS[action]
        if action == 4:
            axes.plot(col, row + 0.24, ".", color=color, ms=6)
        else:
            axes.annotate(
                "",
                xy=(col + dx / 2, row + 0.22 + dy / 2),
                xytext=(col - dx / 2, row + 0.22 - dy / 2),
                arrowprops=dict(
                    arrowstyle="->",
                    color=color,
                    linewidth=1.1 if optimal[s, action] else 1.8,
                    shrinkA=0,
                    shrinkB=0,
                    mutation_scale=7,
                ),
            )
    axes.set(xlim=(-0.55, 4.55), ylim=(4.55, -0.55), aspect="equal")
    axes.set_title(rf"$\varepsilon = {epsilon:g}$")
    axes.axis("off")


def pairs(axes: Axes) -> None:
    """Different pairs seen by three walks for each epsilon."""
    best, q = epsilon_soft_optimum(WORLD.P, WORLD.R, 0.9, 0)
    pi = np.eye(5)[(q >= best[:, None] - 1e-9).argmax(axis=1)]
    steps = np.unique(np.geomspace(1, 10_000, 32).astype(int))
    for epsilon, color in [(1, BLUE), (0.5, ORANGE), (0.1, GREEN)]:
        for seed in range(3):
            seen = coverage(WORLD, pi, epsilon, 10_000, rng=np.random.default_rng(seed))
            label = rf"$\varepsilon = {epsilon:g}$" if seed == 0 else None
            axes.plot(steps, seen[steps - 1], color=color, lw=1.2, label=label)
    axes.axhline(125, color=GREY, lw=0.8, ls=":")
    axes.set(xscale="log", xlabel="$T$", ylabel="$(s, a)$", yticks=[0, 25, 75, 125])
    axes.minorticks_off()
    axes.legend(labelcolor=INK, loc="upper left")


def cut(axes: Axes) -> None:
    """Error of MC Basic against the length of its episodes, and the bound."""
    best, _ = epsilon_soft_optimum(WORLD.P, WORLD.R, 0.9, 0)
    lengths = np.array([1, 2, 4, 8, 15, 30, 60])
    errors = []
    for T in lengths:
        q, _ = mc_basic(WORLD, 0.9, T, iters=6)
        errors.append(np.abs(q.max(axis=1) - best).max())
    axes.plot(
        lengths, 0.9**lengths / 0.1, color=GREY, label=r"$\gamma^T / (1 - \gamma)$"
    )
    axes.plot(
        lengths,
        errors,
        "o",
        color=PINK,
        ms=4.5,
        label=r"$\Vert \hat v - v^* \Vert_\infty$",
    )
    axes.set(yscale="log", xlabel="$T$", ylim=(0.01, 20))
    axes.minorticks_off()
    axes.legend(labelcolor=INK)


def draw() -> dict[str, Figure]:
    figure = new_figure(7, 5)
    top, bottom = figure.subfigures(2, 1, height_ratios=[1.15, 1])
    for axes, epsilon in zip(top.subplots(1, 3), (0, 0.1, 0.2)):
        grid(axes, epsilon)
    left, right = bottom.subplots(1, 2)
    pairs(left)
    cut(right)
    return {"monte_carlo": figure}


LENGTH, SEED, GAMMA, EPSILON = 9, 12, 0.9, 0.2  # of the episode that is stepped through
SIDE, ROW = 38, 22  # pixels of a cell of the map; of a line of the table
SIGNS = ("↑", "→", "↓", "←", "•")
MOVES = (
    ("up", "上"),
    ("right", "右"),
    ("down", "下"),
    ("left", "左"),
    ("stay", "不动"),
)


def walk(states: list[int], now: int | None) -> Picture:
    """The map with the cells that were walked through."""
    picture = Picture()
    for s, (row, col) in enumerate(np.ndindex(5, 5)):
        x, y = 4 + col * SIDE, 24 + row * SIDE
        been = s in states
        picture.rect(x, y, SIDE, SIDE, BLUE, 0.25 if been else 0, GREY, 0.6)
        for cells, colour in ((WORLD.forbidden, PINK), ({WORLD.target}, GREEN)):
            if (row, col) in cells:
                picture.rect(x + 2, y + 2, SIDE - 4, SIDE - 4, edge=colour, thick=2)
        if s == now:
            picture.circle(x + SIDE / 2, y + SIDE / 2, 8, ORANGE)
    return picture


def table(
    picture: Picture,
    steps_: list[tuple[int, int, float]],
    g: dict[int, float],
    marked: set[int],
) -> None:
    """A line for each step: its number, cell, action, reward, and return if known."""
    columns = (228, 268, 312, 352, 402)
    heads = ("i", "s", "a", "r", "G")
    for x, head in zip(columns, heads):
        picture.text(x, 14, head, italic=True)
    for i, (s, a, r) in enumerate(steps_):
        y = 36 + i * ROW
        if i in marked:
            picture.rect(212, y - ROW / 2, 222, ROW, ORANGE, 0.25)
        cell = f"({s // 5}, {s % 5})"
        shown = minus(f"{g[i]:.2f}") if i in g else ""
        for x, words in zip(columns, (i, cell, SIGNS[a], minus(f"{r:g}"), shown)):
            if words != "":
                picture.text(x, y, words, size=13)


def minus(number: str) -> str:
    return number.replace("-", "−")


def steps() -> dict[str, Steps]:
    """One episode as it is walked, its returns from the end, and what each visit counts."""
    best, q = epsilon_soft_optimum(WORLD.P, WORLD.R, GAMMA, 0)
    greedy = np.eye(5)[(q >= best[:, None] - 1e-9).argmax(axis=1)]
    (states, actions, rewards) = episode(
        WORLD,
        epsilon_soft(greedy, EPSILON),
        WORLD.state(0, 1),
        None,
        LENGTH,
        np.random.default_rng(SEED),
    )
    lines = [(int(s), int(a), float(r)) for s, a, r in zip(states, actions, rewards)]
    usual = greedy.argmax(axis=1)
    frames = [walked(lines[: i + 1], usual) for i in range(LENGTH)]
    g, moments = record(
        lambda: returns(rewards, GAMMA), returns, ["g[i] = ahead"], "i ahead"
    )
    known: dict[int, float] = {}
    for moment, follow in zip(moments, [*moments[1:], {"ahead": float(g[0])}]):
        i, ahead, now = moment["i"], moment["ahead"], follow["ahead"]
        known[i] = now
        reward = minus(f"{lines[i][2]:g}")
        sum_ = f"{reward} + {GAMMA} × {minus(f'{ahead:.2f}')} = {minus(f'{now:.2f}')}"
        picture = walk([s for s, _, _ in lines], lines[i][0])
        table(picture, lines, known, {i})
        en = (
            f"From the end, step {i}: G = {sum_}, its reward and the discounted return "
        )
        en += f"of step {i + 1}."
        zh = f"从后往前，第 {i} 步：G = {sum_}，即这一步的奖励，加上折扣后的第 {i + 1} 步的回报。"
        if ahead == 0 and i == LENGTH - 1:
            en = f"From the end: after step {i} the episode is cut, so its return G is its "
            en += f"reward alone, {minus(f'{now:.2f}')}. What would follow is missing."
            zh = f"从后往前：第 {i} 步之后回合被截断，它的回报 G 只有奖励本身，"
            zh += f"{minus(f'{now:.2f}')}，后面本来还有的都没算。"
        frames.append(Frame(picture, en, zh))
    return {
        "monte_carlo_steps": Steps(
            438, 30 + LENGTH * ROW, [*frames, *visits(lines, known)]
        )
    }


def walked(lines: list[tuple[int, int, float]], usual: np.ndarray) -> Frame:
    """The last of these steps; ``usual`` holds the greedy action of each cell."""
    i = len(lines) - 1
    s, a, r = lines[-1]
    picture = walk([state for state, _, _ in lines], s)
    table(picture, lines, {}, {i})
    cell, reward = f"({s // 5}, {s % 5})", minus(f"{r:g}")
    en = f"Step {i}: in cell {cell} the policy draws “{MOVES[a][0]}”"
    zh = f"第 {i} 步：在格子 {cell}，策略抽到“{MOVES[a][1]}”"
    if a != usual[s]:
        en += f", by chance and not the greedy “{MOVES[usual[s]][0]}”"
        zh += f"，这是随机一步，贪心动作是“{MOVES[usual[s]][1]}”"
    return Frame(picture, f"{en}; the reward is {reward}.", f"{zh}；奖励是 {reward}。")


def visits(lines: list[tuple[int, int, float]], g: dict[int, float]) -> list[Frame]:
    """Which returns first visit and every visit take for the pair that comes most often."""
    pairs = [5 * s + a for s, a, _ in lines]
    most = max(pairs, key=pairs.count)
    s, a = divmod(most, 5)
    cell = f"({s // 5}, {s % 5})"
    frames = []
    for visit in ("first", "every"):
        mask = counted(pairs, visit)
        taken = [i for i, pair in enumerate(pairs) if mask[i] and pair == most]
        mean = minus(f"{np.mean([g[i] for i in taken]):.2f}")
        left = [str(len(lines) - i) for i in taken]
        picture = walk([state for state, _, _ in lines], s)
        table(picture, lines, g, set(taken))
        if visit == "first":
            en = f"First visit: cell {cell} with “{MOVES[a][0]}” came up "
            en += f"{pairs.count(most)} times. Only the return of the first, step "
            en += f"{taken[0]}, is a sample: the mean is {mean}."
            zh = f"首次访问：状态-动作对 {cell}、“{MOVES[a][1]}”出现了 {pairs.count(most)} 次，"
            zh += f"只取第一次即第 {taken[0]} 步的回报作样本，均值 {mean}。"
        else:
            en = (
                f"Every visit: all {len(taken)} returns are samples, although parts of "
            )
            en += f"one walk. Before the cut they hold {', '.join(left)} rewards: the "
            en += f"mean is {mean}."
            zh = f"每次访问：{len(taken)} 个回报都作样本，尽管它们是同一段路的一部分。"
            zh += f"到截断为止，它们各含 {'、'.join(left)} 个奖励，均值 {mean}。"
        frames.append(Frame(picture, en, zh))
    return frames
