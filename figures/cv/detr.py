"""A scene and its matching costs with both assignments; two scalars learning a set."""

from itertools import pairwise
from typing import Any

import numpy as np
import torch
from matplotlib import colormaps
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PINK, SEQUENTIAL, new_figure
from snippets.cv.detr import (
    box_cxcywh_to_xyxy,
    greedy_match,
    hungarian,
    matching_cost,
    two_queries,
)

# (cx, cy, w, h). Query 0 lies between objects 0 and 1, a little nearer to 0.
OBJECTS = [[0.30, 0.28, 0.26, 0.30], [0.60, 0.28, 0.26, 0.30], [0.72, 0.76, 0.36, 0.28]]
QUERIES = [
    [0.43, 0.26, 0.28, 0.26],
    [0.17, 0.34, 0.22, 0.32],
    [0.68, 0.73, 0.44, 0.32],
    [0.16, 0.80, 0.16, 0.16],
    [0.90, 0.30, 0.12, 0.20],
    [0.40, 0.62, 0.14, 0.14],
]
LABELS = [0, 0, 1]
CLASS_0 = [0.7, 0.6, 0.1, 0.2, 0.2, 0.3]  # the rest: half to class 1, half to no object


def scene_cost() -> torch.Tensor:
    """Matching costs of the scene, shape (6, 3)."""
    first = torch.tensor(CLASS_0, dtype=torch.float64)
    rest = (1 - first) / 2
    logits = torch.stack([first, rest, rest], dim=1).log()
    boxes, gt = (torch.tensor(x, dtype=torch.float64) for x in (QUERIES, OBJECTS))
    return matching_cost(logits, boxes, torch.tensor(LABELS), gt)


def detr() -> Figure:
    """Boxes, left; costs, circles for hungarian, crosses for greedy; paths, right."""
    figure = new_figure(7.4, 3.0)
    scene, heat, paths = figure.subplots(1, 3, width_ratios=[1.05, 0.75, 1.25])

    for boxes, colour, width in ((OBJECTS, ORANGE, 2.4), (QUERIES, BLUE, 1.2)):
        corners = box_cxcywh_to_xyxy(torch.tensor(boxes, dtype=torch.float64))
        for i, (x0, y0, x1, y1) in enumerate(corners.tolist()):
            outline = Rectangle(
                (x0, y0),
                x1 - x0,
                y1 - y0,
                fill=False,
                edgecolor=colour,
                linewidth=width,
            )
            scene.add_patch(outline)
            if colour == BLUE:
                scene.text(
                    x0 + 0.015,
                    (y0 + y1) / 2,
                    f"q{i}",
                    color=BLUE,
                    fontsize=9,
                    va="center",
                )
            else:
                scene.text(
                    x1 - 0.015,
                    y0 + 0.015,
                    f"k{i}",
                    color=ORANGE,
                    fontsize=9,
                    ha="right",
                    va="top",
                    fontweight="bold",
                )
    scene.set(xlim=(0, 1), ylim=(1, 0), aspect="equal", xticks=[], yticks=[])
    for spine in scene.spines.values():
        spine.set(visible=True, color=GREY)

    cost = scene_cost()
    low, high = cost.min().item(), cost.max().item()
    colours = colormaps[SEQUENTIAL]
    best, greedy = hungarian(cost), greedy_match(cost)
    circles, crosses = (set(zip(*map(Tensor.tolist, x))) for x in (best, greedy))
    for (q, k), value in np.ndenumerate(cost.numpy()):
        shade = (value - low) / (high - low)
        cell = Rectangle(
            (k - 0.5, q - 0.5), 1, 1, facecolor=colours(shade), edgecolor=GREY
        )
        heat.add_patch(cell)
        ink = "white" if shade < 0.45 else "black"
        heat.text(k, q, f"{value:.1f}", color=ink, ha="center", va="center", fontsize=8)
        if (q, k) in circles:
            heat.scatter(k, q, s=330, facecolors="none", edgecolors=ink, lw=1.6)
        if (q, k) in crosses:
            heat.scatter(k + 0.34, q - 0.3, s=26, marker="x", color=ink, lw=1.6)
    heat.set(xlim=(-0.5, 2.5), ylim=(5.5, -0.5), xticks=range(3), yticks=range(6))
    heat.set_xticklabels([f"k{k}" for k in range(3)])
    heat.set_yticklabels([f"q{q}" for q in range(6)])
    heat.tick_params(length=0)
    for spine in heat.spines.values():
        spine.set_visible(False)
    totals = [cost[pairs].sum().item() for pairs in (best, greedy)]
    heat.set_title(f"○ {totals[0]:.1f}   × {totals[1]:.1f}")

    t = np.arange(0, 121, 2)
    for matched, colour, style in ((True, BLUE, "solid"), (False, PINK, (0, (4, 2)))):
        path = two_queries(matched, steps=120).numpy()[::2]
        paths.plot(t, path, color=colour, linestyle=style)
    for target in (0.2, 0.8):
        paths.axhline(target, color=INK, linewidth=0.8, linestyle=":")
    paths.text(
        120, 0.83, "matched=True", color=BLUE, ha="right", va="bottom", fontsize=8
    )
    paths.text(
        120, 0.66, "matched=False", color=PINK, ha="right", va="bottom", fontsize=8
    )
    paths.set(
        ylim=(0.1, 0.95), yticks=[0.2, 0.5, 0.8], xlabel="$t$", title="two_queries"
    )
    return figure


def draw() -> dict[str, Figure]:
    return {"detr": detr()}


WIDE, HIGH, LEFT, TOP = 54, 40, 84, 48  # of a cell; where the first one is


def number(value: float) -> str:
    return f"{value:.2f}".replace("-", "−").replace("−0.00", "0.00")


def rounded_cost() -> torch.Tensor:
    """The costs as they are shown, so that whoever adds them up gets what is said."""
    return scene_cost().round(decimals=2)


def matrix(
    seen: dict[str, Any],
    row_of: np.ndarray,
    path: list[tuple[int, int]] | None = None,
    distance: np.ndarray | None = None,
) -> Picture:
    """Costs with prices beside them; assigned pairs green, what is searched orange."""
    cost = rounded_cost().T.numpy()
    picture = Picture()
    for q in range(cost.shape[1]):
        x = LEFT + (q + 0.5) * WIDE
        picture.text(x, 12, f"q{q}", bold=True)
        picture.text(x, TOP - 16, number(seen["column_price"][q]), size=12)
        if distance is not None and np.isfinite(distance[q]):
            y = TOP + cost.shape[0] * HIGH + 16
            picture.text(x, y, number(distance[q]), size=12)
    if distance is not None:
        y = TOP + cost.shape[0] * HIGH + 16
        picture.text(LEFT - 10, y, "distance", size=12, anchor="end")
    for k, row in enumerate(cost):
        y = TOP + k * HIGH
        picture.text(12, y + HIGH / 2, f"k{k}", bold=True)
        price = number(seen["row_price"][k])
        picture.text(LEFT - 10, y + HIGH / 2, price, size=12, anchor="end")
        for q, value in enumerate(row):
            x = LEFT + q * WIDE
            own = row_of[q] == k
            picture.rect(x, y, WIDE, HIGH, GREEN, 0.3 if own else 0, GREY, 0.8)
            if (k, q) in (path or []):
                picture.rect(x + 2, y + 2, WIDE - 4, HIGH - 4, edge=ORANGE, thick=2.5)
            picture.text(x + WIDE / 2, y + HIGH / 2, number(value), size=13, bold=own)
    return picture


def steps() -> dict[str, Steps]:
    """The Hungarian method on the scene of the figure: objects search for queries."""
    cost = rounded_cost()
    (queries, objects), moments = record(
        lambda: hungarian(cost),
        hungarian,
        ["distance, came_from =", "if row_of[column] < 0", "return _as_pairs"],
        "start row distance came_from column travelled row_price column_price row_of",
    )
    first = moments[0]
    frames = [
        Frame(
            matrix(first, first["row_of"]),
            f"Costs of {cost.shape[1]} objects, k, and {cost.shape[0]} queries, q, "
            "rounded. All prices are 0, and no object has a query.",
            f"{cost.shape[1]} 个目标 k 与 {cost.shape[0]} 个查询 q 的代价，已经四舍五入。"
            "价格都是 0，还没有目标分到查询。",
        )
    ]
    for moment, follow in pairwise(moments):
        if moment["line"] != "if row_of[column] < 0":
            continue
        start, column = moment["start"], moment["column"]
        owner = moment["row_of"][column]
        trail = trace(moment)
        picture = matrix(moment, moment["row_of"], trail, moment["distance"])
        way = length(moment, trail)
        en = f"k{start} searches. The nearest query not yet looked at is q{column}, at "
        en += f"distance {way}: each cost on the way minus its two prices."
        zh = f"k{start} 开始查找。还没看过的查询里最近的是 q{column}，距离 {way}，"
        zh += "即沿途各项代价减去它的行价和列价。"
        if owner >= 0:
            en += f" But k{owner} has it, so the search goes on from k{owner}, at no cost: "
            en += "an assigned pair costs just its prices."
            zh += f"但它已分给 k{owner}，于是从 k{owner} 接着找，这一步距离为 0，"
            zh += "因为已配的一对，代价等于两价之和。"
        else:
            en += " It is free: the search ends."
            zh += "它空着，查找结束。"
        frames.append(Frame(picture, en, zh))
        if owner < 0:
            moved = [k for k in dict.fromkeys(k for k, _ in trail)]
            now = {k: int(np.flatnonzero(follow["row_of"] == k)[0]) for k in moved}
            pairs = [f"k{k} → q{q}" for k, q in now.items()]
            en = (
                f"Along the path each object takes its next query: {', '.join(pairs)}. "
            )
            en += "The prices follow: a pair costs just its two prices, and no cost is "
            en += "below the sum of its two."
            zh = f"沿着这条路，每个目标换到下一个查询：{'、'.join(pairs)}。"
            zh += "价格随之调整：已配的一对，代价等于行价与列价之和；其余代价都不低于两价之和。"
            picture = matrix(follow, follow["row_of"], list(now.items()))
            frames.append(Frame(picture, en, zh))
    last = moments[-1]
    total = float(cost[queries, objects].sum())
    prices = float(last["row_price"].sum() + last["column_price"].sum())
    greedy = float(cost[greedy_match(cost)].sum())
    pairs_of = [
        list(zip(found[0].tolist(), found[1].tolist()))
        for found in ((queries, objects), greedy_match(cost))
    ]
    # What greedy matching takes first of all that is not in the best assignment.
    wrong = [pair for pair in pairs_of[1] if pair not in pairs_of[0]]
    taken, holder = min(wrong, key=lambda pair: float(cost[pair]))
    frames.append(
        Frame(
            matrix(last, last["row_of"], list(zip(objects.tolist(), queries.tolist()))),
            f"The pairs cost {number(total)}, and all prices add up to {number(prices)}: "
            f"nothing can be cheaper. Greedy matching would pay {number(greedy)}, since it "
            f"never takes q{taken} back from k{holder}.",
            f"总代价 {number(total)}，所有价格之和也是 {number(prices)}，不可能更低。"
            f"贪心匹配要付 {number(greedy)}：它把 q{taken} 给了 k{holder}，就不再收回。",
        )
    )
    height = TOP + cost.shape[1] * HIGH + 30
    return {"detr_steps": Steps(LEFT + cost.shape[0] * WIDE + 4, height, frames)}


def length(moment: dict[str, Any], trail: list[tuple[int, int]]) -> str:
    """The sum that is the distance: costs on the way, minus prices that are not 0."""
    cost, terms = rounded_cost().T.numpy(), ""
    for k, q in trail:
        prices = moment["row_price"][k], moment["column_price"][q]
        for value in (cost[k, q], *(-price for price in prices)):
            if round(float(value), 2):
                sign = "−" if value < 0 else "+"
                terms += f" {sign} {number(abs(float(value)))}"
    terms, far = terms.removeprefix(" + "), number(moment["travelled"])
    return far if terms == far else f"{terms} = {far}"


def trace(moment: dict[str, Any]) -> list[tuple[int, int]]:
    """The path of the search back from its column: pairs of row and column."""
    column, pairs = moment["column"], []
    held = {int(k): q for q, k in enumerate(moment["row_of"]) if k >= 0}
    while True:
        row = int(moment["came_from"][column])
        pairs.append((row, int(column)))
        if row == moment["start"]:
            return pairs[::-1]
        column = held[row]
