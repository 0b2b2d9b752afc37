"""Loads with and without balancing, touched experts, and picks that look for a place."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, ORANGE, PURPLE, new_figure
from snippets.nlp.mixture_of_experts import balance_loss, dispatch, route, update_bias

# The figure


def loads(how: str) -> np.ndarray:
    """The page's experiment: loads over the mean, of the last 50 of 300 batches."""
    generator = torch.Generator().manual_seed(0)
    skew = torch.linspace(1.5, -1.5, 8, dtype=torch.float64)
    bias, shift = torch.zeros(2, 8, dtype=torch.float64)
    counts = []
    for _ in range(300):
        shift = shift.detach().requires_grad_()
        noise = torch.randn(256, 8, generator=generator, dtype=torch.float64)
        routing = route(skew + noise + shift, 2, bias)
        counts.append(routing.experts.flatten().bincount(minlength=8))
        if how == "bias":
            bias = update_bias(bias, counts[-1], 0.002)
        if how == "loss":
            loss = balance_loss(routing.probs, routing.experts)
            shift = shift - 0.5 * torch.autograd.grad(loss, shift)[0]
    total = torch.stack(counts[-50:]).sum(0).double()
    return (total / total.mean()).numpy()


def draw() -> dict[str, Figure]:
    figure = new_figure(6.4, 2.7)
    left, right = figure.subplots(1, 2)
    place = np.arange(8)
    left.bar(place - 0.2, loads("none"), 0.4, color=ORANGE)
    left.bar(place + 0.2, loads("bias"), 0.4, color=BLUE)
    left.axhline(1, color=GREY, lw=1, ls="--")
    left.set_xticks(place)
    left.set_xlabel("$e$")
    left.set_title("$f_e$")
    tokens = np.arange(1, 129)
    for (e, k), colour in zip(((8, 2), (256, 8)), (GREEN, PURPLE)):
        right.plot(tokens, 1 - (1 - k / e) ** tokens, color=colour)
    right.text(9, 0.78, "$E = 8$, $k = 2$", color=GREEN)
    right.text(11, 0.1, "$E = 256$, $k = 8$", color=PURPLE)
    right.set_xscale("log", base=2)
    right.set_xticks([1, 8, 32, 128], ["1", "8", "32", "128"])
    right.set_ylim(0, 1.05)
    right.set_xlabel("$B$")
    right.set_title("$1 - (1 - k/E)^B$")
    return {"mixture_of_experts": figure}


# The steps

PICKS = [[0, 1], [0, 2], [1, 0], [0, 1], [0, 3], [0, 1]]
CAPACITY, EXPERTS = 3, 4
ROW, BOX, PLACE, TOP = 30, 34, 50, 26
ORDER = ("first", "second")
ORDINAL = ("首选", "次选")


def run() -> tuple[torch.Tensor, list[dict[str, Any]]]:
    """What is kept, and for each pick how many places were taken before it."""
    return record(
        lambda: dispatch(torch.tensor(PICKS), CAPACITY, EXPERTS),
        dispatch,
        ["if taken[expert] < capacity:"],
        "column token expert taken keep",
    )


def scene(keep: torch.Tensor, done: int, now: int) -> Picture:
    """Left the choices of each token, right the places of each expert."""
    picture = Picture()
    order = [(j, i) for j in range(2) for i in range(len(PICKS))]
    queues: list[list[tuple[int, int]]] = [[] for _ in range(EXPERTS)]
    for i in range(len(PICKS)):
        picture.text(16, TOP + i * ROW + 12, "t", italic=True, below=str(i))
    for at, (j, i) in enumerate(order):
        expert = PICKS[i][j]
        kept = at < done and bool(keep[i, j])
        colour = (BLUE, GREEN)[j]
        if kept:
            queues[expert].append((i, j))
        look: dict[str, Any] = {"edge": GREY, "dashed": at < done and not kept}
        if kept:
            look = {"edge": colour, "fill": colour, "opacity": 0.25}
        if at == now:
            look |= {"edge": ORANGE, "thick": 2.5}
        x, y = 38 + j * (BOX + 6), TOP + i * ROW
        picture.rect(x, y, BOX, 24, **look)
        gone = at < done and not kept
        picture.text(x + BOX / 2, y + 12, "×" if gone else expert)
    for e, queue in enumerate(queues):
        y = TOP + 8 + e * 44
        picture.text(176, y + 15, "e", italic=True, below=str(e))
        for slot in range(CAPACITY):
            x = 198 + slot * (PLACE + 6)
            if slot < len(queue):
                i, j = queue[slot]
                colour = (BLUE, GREEN)[j]
                picture.rect(x, y, PLACE, 30, fill=colour, opacity=0.25, edge=colour)
                picture.text(x + PLACE / 2, y + 15, "t", italic=True, below=str(i))
            else:
                picture.rect(x, y, PLACE, 30, edge=GREY)
    return picture


def steps() -> dict[str, Steps]:
    """One frame for each pick, one before and one after."""
    result, moments = run()
    frames = [
        Frame(
            scene(result, 0, -1),
            f"Six tokens, on the left with the experts they choose, the best first. Each of "
            f"the {EXPERTS} experts, on the right, has {CAPACITY} places: {len(PICKS[0])} · {len(PICKS)} / {EXPERTS}.",
            f"左边是六个词元和它们所选的专家，最好的在前。右边是 {EXPERTS} 个专家，每个有 {CAPACITY} 个名额：{len(PICKS[0])} · {len(PICKS)} / {EXPERTS}。",
        )
    ]
    for at, moment in enumerate(moments):
        token, expert = moment["token"], moment["expert"]
        j, taken = moment["column"], moment["taken"][expert]
        en = f"The {ORDER[j]} choice of token {token} is expert {expert}, where {taken} of {CAPACITY} places are taken: "
        zh = f"词元 {token} 的{ORDINAL[j]}是专家 {expert}，{taken} / {CAPACITY} 个名额已占用："
        if result[token, j]:
            en, zh = en + "it is kept.", zh + "保留。"
        else:
            en, zh = en + "it is dropped.", zh + "丢弃。"
        if j == 1 and token == 0:
            en += " Second choices come only now, after all first ones."
            zh += "所有首选处理完，才轮到次选。"
        frames.append(Frame(scene(result, at + 1, at), en, zh))
    kept = int(result.sum())
    lost = [i for i in range(len(PICKS)) if not result[i].any()]
    frames.append(
        Frame(
            scene(result, len(moments), -1),
            f"{kept} of {result.numel()} choices are kept, and {CAPACITY * EXPERTS - kept} places stay "
            f"empty. Token {lost[0]} has none: the layer gives 0 for it, and the residual "
            "connection passes it on.",
            f"{result.numel()} 个选择保留了 {kept} 个，{CAPACITY * EXPERTS - kept} 个名额空着。词元 {lost[0]} 一个也没有：这一层给它的输出是 0，由残差连接原样传下去。",
        )
    )
    return {"mixture_of_experts_steps": Steps(364, TOP + 6 * ROW + 8, frames)}
