"""Calls that fall into a chain, a machine that trades, and three tables as they fill."""

from __future__ import annotations

from itertools import groupby
from math import inf
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.algorithms.dynamic_programming import (
    burst_balloons,
    climb_ways,
    fewest_coins,
    longest_increasing,
)

STAIRS = 5
COINS, AMOUNT = [1, 3, 4], 6
NUMBERS = [2, 5, 3, 7, 1]
BALLOONS = [3, 1, 5, 8]


# The figure


def calls(i: int, depth: int, left: float, known: set[int], found: list) -> float:
    """The plain recursion: (state, depth, x, x of the caller, whether it is repeated).

    Returns:
        The next free place to the right.
    """
    repeated = i in known
    known.add(i)
    index = len(found)
    found.append(None)
    start = left
    below = []
    if i > 1:
        for smaller in (i - 1, i - 2):
            below.append(len(found))
            left = calls(smaller, depth + 1, left, known, found)
        x = sum(found[b]["x"] for b in below) / 2
    else:
        x, left = start, left + 1
    found[index] = {"i": i, "depth": depth, "x": x, "below": below, "old": repeated}
    return left


def tree(axes: Axes) -> None:
    found: list[dict[str, Any]] = []
    calls(STAIRS, 0, 0, set(), found)
    assert sum(not node["below"] for node in found) == climb_ways(STAIRS)
    for node in found:
        for b in node["below"]:
            child = found[b]
            axes.add_patch(
                FancyArrowPatch(
                    (node["x"], -node["depth"]),
                    (child["x"], -child["depth"]),
                    arrowstyle="-",
                    shrinkA=8,
                    shrinkB=8,
                    color=GREY if child["old"] else BLUE,
                    lw=0.9 if child["old"] else 1.8,
                    ls=(0, (2, 2)) if child["old"] else "-",
                )
            )
    for node in found:
        colour = GREY if node["old"] else BLUE
        x, y = node["x"], -node["depth"]
        axes.plot(
            x,
            y,
            "o",
            ms=15,
            markerfacecolor="none" if node["old"] else BLUE,
            markeredgecolor=colour,
            zorder=3,
        )
        axes.text(
            x,
            y - 0.02,
            f"{node['i']}",
            ha="center",
            va="center_baseline",
            color=INK if node["old"] else "black",
            zorder=4,
        )
    axes.set_xlim(-0.6, 7.6)
    axes.set_ylim(-4.4, 0.5)
    axes.axis("off")


def chain(axes: Axes) -> None:
    for i in range(STAIRS + 1):
        y = i - STAIRS
        axes.plot(0, y, "o", ms=15, color=BLUE, zorder=3)
        axes.text(
            0, y - 0.02, f"{i}", ha="center", va="center_baseline", color="black"
        ).set_zorder(4)
        axes.text(0.55, y, f"${climb_ways(i)}$", ha="left", va="center", color=ORANGE)
        for step, bend in ((1, 0), (2, -0.45)):
            if i >= step:
                arrow = FancyArrowPatch(
                    (0, y - step),
                    (0, y),
                    connectionstyle=f"arc3,rad={bend}",
                    arrowstyle="-|>",
                    mutation_scale=8,
                    shrinkA=8,
                    shrinkB=8,
                    color=BLUE if step == 1 else GREEN,
                    lw=1.3,
                )
                axes.add_patch(arrow)
    axes.set_xlim(-0.9, 1.3)
    axes.set_ylim(-STAIRS - 0.5, 0.5)
    axes.axis("off")


def machine(axes: Axes) -> None:
    places = {"F": (0.0, 0.0), "H": (2.0, 0.0), "C": (1.0, -1.75)}
    colours = {"F": BLUE, "H": ORANGE, "C": GREEN}
    for name, (x, y) in places.items():
        axes.add_patch(
            Circle((x, y), 0.33, facecolor=colours[name], edgecolor="none", alpha=0.9)
        )
        axes.text(
            x, y, f"${name}$", ha="center", va="center", color="black", fontsize=12
        )
    ways = [
        ("F", "H", "$-p$", (1.0, 0.17), "center", "bottom"),
        ("H", "C", "$+p-c$", (1.72, -1.02), "left", "center"),
        ("C", "F", "$d$", (0.3, -1.02), "right", "center"),
    ]
    for start, end, label, (x, y), across, along in ways:
        axes.add_patch(
            FancyArrowPatch(
                places[start],
                places[end],
                arrowstyle="-|>",
                mutation_scale=11,
                shrinkA=16,
                shrinkB=16,
                color=INK,
                lw=1.4,
            )
        )
        axes.text(x, y, label, ha=across, va=along, color=INK)
    for name in "FH":  # a day in which nothing is done
        x, y = places[name]
        axes.add_patch(
            FancyArrowPatch(
                (x - 0.16, y + 0.26),
                (x + 0.16, y + 0.26),
                connectionstyle="arc3,rad=-1.9",
                arrowstyle="-|>",
                mutation_scale=9,
                color=GREY,
                lw=1.2,
            )
        )
    axes.set_xlim(-0.6, 2.75)
    axes.set_ylim(-2.3, 1.1)
    axes.set_aspect("equal")
    axes.axis("off")


def draw() -> dict[str, Figure]:
    figure = new_figure(4.6, 5.4)  # narrow, so that a telephone need not shrink it
    grid = figure.add_gridspec(2, 2, width_ratios=[1, 2.2])
    tree(figure.add_subplot(grid[0, :]))
    chain(figure.add_subplot(grid[1, 0]))
    machine(figure.add_subplot(grid[1, 1]))
    return {"dynamic_programming": figure}


# The steps


def cell(
    picture: Picture,
    x: float,
    y: float,
    words: object,
    colour: str = GREY,
    fill: bool = False,
    size: tuple[float, float] = (46, 30),
) -> None:
    wide, high = size
    picture.rect(
        x,
        y,
        wide,
        high,
        fill=colour if fill else "none",
        opacity=0.22 if fill else 1,
        edge=colour,
        thick=2 if fill else 1,
    )
    if words != "":
        picture.text(x + wide / 2, y + high / 2, words, bold=fill)


def number(x: float) -> str:
    return "∞" if x == inf else f"{x:g}"


def listed(words: list[Any], conjunction: str) -> str:
    """1, 3 or 4."""
    texts = [str(word) for word in words]
    between = ", " if " " in conjunction else "、"
    return conjunction.join([between.join(texts[:-1])] * (len(texts) > 1) + texts[-1:])


def coin_row(
    fewest: list[float], last: list[int], now: int, sources: list[int], path: list[int]
) -> Picture:
    picture = Picture()
    top = 42
    for label, y in (("m", top + 15), ("j", top + 44), ("k", top + 68)):
        picture.text(12, y, label, size=13, italic=True)
    for j in range(AMOUNT + 1):
        x = 28 + 56 * j
        strong = j == now or j in path or j in sources
        colour = ORANGE if j == now else GREEN if j in path else BLUE
        cell(
            picture,
            x,
            top,
            number(fewest[j]) if j <= now else "",
            colour if strong else GREY,
            strong,
        )
        picture.text(x + 23, top + 44, j, size=12)
        if 0 < j <= now:
            picture.text(x + 23, top + 68, last[j], size=13)
    for rank, source in enumerate(sources):  # the nearest first: it arrives leftmost
        start = 28 + 56 * source + 23
        end = 28 + 56 * now + 23 + 14 * (rank - (len(sources) - 1) / 2)
        rise = 30 - 11 * rank
        picture.line([(start, top - 2), (start, rise), (end, rise)], BLUE, 1.4)
        picture.arrow((end, rise), (end, top - 1), BLUE, 1.4)
    return picture


def coin_steps() -> Steps:
    taken, moments = record(
        lambda: fewest_coins(COINS, AMOUNT),
        fewest_coins,
        ["if coin <= j and", "if fewest[amount] == inf", "taken.append"],
        "j coin kinds fewest last amount",
    )
    tries = [m for m in moments if m["line"].startswith("if coin")]
    table = next(m for m in moments if m["line"].startswith("if fewest"))
    fewest, last = table["fewest"], table["last"]
    frames = [
        Frame(
            coin_row(fewest, last, 0, [], []),
            f"Coins {listed(COINS, ' and ')}: how few of them make {AMOUNT}? Amount {0} needs {0} coins: the start. "
            "m is the least number, k the coin that was added last.",
            f"硬币有 {listed(COINS, '、')}，凑出 {AMOUNT} 最少要几枚？金额 {0} 需要 {0} 枚，这是起点。m 是最少枚数，k 是最后加上的一枚。",
        )
    ]
    for j, group in groupby(tries, key=lambda m: m["j"]):
        tried = [
            (m["coin"], m["fewest"][j - m["coin"]]) for m in group if m["coin"] <= j
        ]
        sums = [f"{number(before)} + {1}" for _, before in tried]
        names = [coin for coin, _ in tried]
        rests = [j - coin for coin in names]
        if len(tried) > 1:
            en = f"Amount {j}: the last coin is {listed(names, ' or ')}, which leaves {listed(rests, ' or ')}. That takes {listed(sums, ' or ')} coins; the least is {number(fewest[j])}, with coin {last[j]} last."
            zh = f"金额 {j}：最后一枚是 {listed(names, ' 或 ')}，剩下 {listed(rests, ' 或 ')}，分别要 {listed(sums, ' 或 ')} 枚；最少 {number(fewest[j])} 枚，最后一枚记 {last[j]}。"
        else:
            en = f"Amount {j}: only coin {names[0]} fits, and leaves {rests[0]}. That takes {sums[0]} = {number(fewest[j])} coins."
            zh = f"金额 {j}：只有面值 {names[0]} 可用，剩下 {rests[0]}，要 {sums[0]} = {number(fewest[j])} 枚。"
        frames.append(Frame(coin_row(fewest, last, j, rests, []), en, zh))
    walk = [m["amount"] for m in moments if m["line"].startswith("taken")]
    for n, j in enumerate(walk):
        coin, path = last[j], [AMOUNT, *[i - last[i] for i in walk[: n + 1]]]
        en = f"Back from {j}: its last coin was {coin}, so go to {j - coin}."
        zh = f"从 {j} 往回走：最后一枚是 {coin}，走到 {j - coin}。"
        if n == len(walk) - 1:
            sum_ = " + ".join(map(str, taken or []))
            en += f" Done: {sum_} = {AMOUNT}. Taking the largest coin first would have ended with {4} + {1} + {1}."
            zh += f"到头了：{sum_} = {AMOUNT}。若每次先取最大的，得到的是 {4} + {1} + {1}。"
        frames.append(Frame(coin_row(fewest, last, AMOUNT, [], path), en, zh))
    return Steps(28 + 56 * (AMOUNT + 1), 122, frames)


def lis_picture(
    now: int, tails: list[float], ends: list[int], changed: int, chosen: list[int]
) -> Picture:
    picture = Picture()
    picture.text(14, 25, "a", size=13, italic=True)
    picture.text(14, 100, "tails", size=12, italic=True, anchor="start")
    for i, x in enumerate(NUMBERS):
        strong = i == now or i in chosen
        cell(
            picture,
            60 + 58 * i,
            10,
            x,
            GREEN if i in chosen else ORANGE if i == now else BLUE if i < now else GREY,
            strong,
        )
    for k, x in enumerate(tails):
        cell(
            picture,
            60 + 58 * k,
            84,
            f"{x:g}",
            ORANGE if k == changed else BLUE,
            k == changed,
        )
        picture.text(83 + 58 * k, 126, k + 1, size=12)
        if k == changed:
            start = (83 + 58 * now, 42)
            picture.arrow(start, (83 + 58 * k, 82), ORANGE, 1.5)
    return picture


def lis_steps() -> Steps:
    found, moments = record(
        lambda: longest_increasing(NUMBERS),
        longest_increasing,
        ["tails[k", "chain: list", "chain.append"],
        "i x k tails ends before chain",
    )
    frames = [
        Frame(
            lis_picture(-1, [], [], -1, []),
            f"The longest increasing subsequence of {len(NUMBERS)} numbers. Below each length stands the least number with which one of that length ends: the least, since most later numbers can go on from it.",
            f"求 {len(NUMBERS)} 个数的最长递增子序列。每种长度只记一个数：这种长度的递增子序列，末尾最小是几。末尾越小，后面能接的数越多。",
        )
    ]
    for m in [m for m in moments if m["line"].startswith("tails")]:
        i, x, k, tails, ends = m["i"], m["x"], m["k"], m["tails"], m["ends"]
        after, places = [*tails[:k], x, *tails[k + 1 :]], [*ends[:k], i, *ends[k + 1 :]]
        if k == len(tails):
            en = f"{x} is larger than every tail: it goes on from the last one, and there is a subsequence of length {k + 1}. "
            zh = f"{x} 比所有末尾都大：接在最后一个的后面，第一次有了长度 {k + 1}。"
            if not tails:
                en = f"{x} is the first number: a subsequence of length {1} ends with it."
                zh = f"{x} 是第一个数：长度为 {1} 的子序列以它结尾。"
        else:
            en = f"The first tail that is not smaller than {x} is {tails[k]}: a subsequence of length {k + 1} can end with {x} instead, so {x} replaces it. "
            zh = f"第一个不小于 {x} 的末尾是 {tails[k]}：长度 {k + 1} 的子序列可以改用 {x} 结尾，所以换成 {x}。"
        if k:
            en += f"Before it stands {tails[k - 1]}, which is kept for the way back."
            zh += f"它的前一个是 {tails[k - 1]}，记下来，回溯时用。"
        elif tails:
            en += "Nothing stands before it."
            zh += "它的前面没有别的数。"
        frames.append(Frame(lis_picture(i, after, places, k, []), en, zh))
    end = next(m for m in moments if m["line"].startswith("chain: list"))
    walk = [m["i"] for m in moments if m["line"].startswith("chain.append")]
    numbers = ", ".join(f"{x:g}" for x in found)
    tails = ", ".join(f"{x:g}" for x in end["tails"])
    frames.append(
        Frame(
            lis_picture(len(NUMBERS), end["tails"], end["ends"], -1, walk),
            f"Back from the last tail, from each number to the one before it: {numbers}. The tails {tails} are no subsequence: {NUMBERS[-1]} comes last.",
            f"从最后一个末尾出发，每次走到记下的前一个，得到 {numbers.replace(', ', '、')}。末尾 {tails.replace(', ', '、')} 本身不是子序列：{NUMBERS[-1]} 排在最后面。",
        )
    )
    return Steps(60 + 58 * len(NUMBERS), 136, frames)


def triangle(
    a: list[int],
    best: list[list[int]],
    known: set[tuple[int, int]],
    now: tuple[int, int] | None,
    reads: list[tuple[int, int]],
) -> Picture:
    picture = Picture()
    n = len(a)
    for c, value in enumerate(a):
        x = 34 + 54 * c
        outer = now and c in now
        inner = now and now[0] < c < now[1]
        if outer:
            picture.circle(x + 23, 20, 15, ORANGE, 0.25, ORANGE, 2)
        elif inner:
            picture.circle(x + 23, 20, 15, BLUE, 0.2, BLUE, 1.5)
        else:
            picture.circle(x + 23, 20, 15, "none", 1, GREY)
        picture.text(x + 23, 20, value, bold=bool(outer))
        picture.text(x + 23, 48, c, size=12)
    for i in range(n - 1):
        y = 60 + 30 * i
        picture.text(20, y + 14, i, size=12)
        for j in range(i + 1, n):
            here = (i, j)
            shown = best[i][j] if here in known or j == i + 1 else ""
            colour = ORANGE if here == now else BLUE if here in reads else GREY
            cell(
                picture,
                34 + 54 * j,
                y,
                shown,
                colour,
                here == now or here in reads,
                (48, 28),
            )
    return picture


def interval_steps() -> Steps:
    answer, moments = record(
        lambda: burst_balloons(BALLOONS),
        burst_balloons,
        ["best[i][j] = max", "return"],
        "a best i j k paid",
    )
    tries = [m for m in moments if m["line"].startswith("best")]
    table = moments[-1]["best"]
    a = moments[-1]["a"]
    known: set[tuple[int, int]] = set()
    frames = [
        Frame(
            triangle(a, table, known, None, []),
            f"Balloons {listed(BALLOONS, ' and ')}, with a {1} beyond each end. The cell of row i and column j will hold the best for all balloons strictly between i and j. Between neighbours there is none: {0}.",
            f"气球 {listed(BALLOONS, '、')}，两端外各补一个 {1}。第 i 行第 j 列的格子，将存放 i、j 之间（不含两端）的气球全部戳破的最大得分。相邻两个之间没有气球，得分 {0}。",
        )
    ]
    for (i, j), group in groupby(tries, key=lambda m: (m["i"], m["j"])):
        options = list(group)
        known.add((i, j))
        best = max(m["paid"] for m in options)
        last = next(m["k"] for m in options if m["paid"] == best)
        reads = [p for m in options for p in ((i, m["k"]), (m["k"], j))]
        paid = [m["paid"] for m in options]
        product = f"{a[i]} · {a[last]} · {a[j]}"
        sum_ = f"{table[i][last]} + {table[last][j]} + {product}"
        if len(options) > 1:
            en = f"Between {i} and {j}, with {len(options)} balloons: the last one burst is {listed([a[m['k']] for m in options], ' or ')}, for {listed(paid, ' or ')}. Best is {a[last]} last: {sum_} = {best}. Both parts are shorter intervals, filled before."
            zh = f"{i} 与 {j} 之间有 {len(options)} 个气球：最后戳破的是 {listed([a[m['k']] for m in options], ' 或 ')}，得分 {listed(paid, ' 或 ')}。最后戳 {a[last]} 最好：{sum_} = {best}。用到的两段都更短，前面已经填好。"
        else:
            en = f"Between {i} and {j} there is {len(options)} balloon, {a[last]}; it pays {product} = {best}."
            zh = f"{i} 与 {j} 之间只有 {len(options)} 个气球 {a[last]}，得分 {product} = {best}。"
        frames.append(Frame(triangle(a, table, set(known), (i, j), reads), en, zh))
    frames.append(
        Frame(
            triangle(a, table, set(known), (0, len(a) - 1), []),
            f"The answer is {answer}. {len(known)} intervals were filled, diagonal by diagonal, with {len(tries)} choices in all.",
            f"答案是 {answer}。沿对角线一共填了 {len(known)} 个区间，总共试了 {len(tries)} 种选择。",
        )
    )
    return Steps(34 + 54 * len(a), 62 + 30 * (len(a) - 1), frames)


def steps() -> dict[str, Steps]:
    """A row of amounts, the tails of subsequences, and a triangle of intervals."""
    return {
        "dynamic_programming_coins_steps": coin_steps(),
        "dynamic_programming_rising_steps": lis_steps(),
        "dynamic_programming_balloons_steps": interval_steps(),
    }
