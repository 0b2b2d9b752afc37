"""Values forward and gradients backward in a 2-2-2 network; XOR; pieces and folds."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, ORANGE, PURPLE, new_figure
from snippets.ml.backpropagation_mlp import backward, forward, relu_interpolator

PARAMS = [
    (np.array([[0.15, 0.25], [0.2, 0.3]]), np.array([0.35, 0.35])),
    (np.array([[0.4, 0.5], [0.45, 0.55]]), np.array([0.6, 0.6])),
]
X, TARGET = np.array([[0.05, 0.1]]), np.array([[0.01, 0.99]])
XOR = [
    (np.ones((2, 2)), np.array([0.0, -1.0])),
    (np.array([[1.0], [-2.0]]), np.zeros(1)),
]
RATE = 0.5
TENT = np.array([[2.0], [-4.0]])  # 2 relu(t) - 4 relu(t - 1/2)


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def run() -> dict[str, Any]:
    """One pass forward and one backward, with squared error behind a sigmoid."""
    logits, cache = forward(PARAMS, X, "sigmoid")
    out = sigmoid(logits)
    loss = float(((out - TARGET) ** 2).sum() / 2)
    dlogits = (out - TARGET) * out * (1 - out)
    (gradients, _), layers = record(
        lambda: backward(PARAMS, cache, dlogits),
        backward,
        ["gradients.insert"],
        "i dZ dH",
    )
    deltas = {moment["i"]: moment["dZ"][0] for moment in layers}
    back = {moment["i"]: moment["dH"][0] for moment in layers}
    return {
        "X": X[0],
        "H": cache.inputs[1][0],
        "O": out[0],
        "loss": loss,
        "deltas": (deltas[0], deltas[1]),
        "arrives": back[1],
        "gradients": gradients,
    }


def graph() -> Figure:
    """Values above the nodes, gradients below; weight and gradient on each edge."""
    figure = new_figure(5.2, 3.6)
    axes: Axes = figure.subplots()
    axes.axis("off")
    axes.set_xlim(-0.6, 7.5)
    axes.set_ylim(-0.75, 2.75)
    seen = run()
    columns = [("x", 0.0, seen["X"]), ("h", 3.4, seen["H"]), ("o", 6.8, seen["O"])]
    heights = (2.0, 0.0)
    for layer in (0, 1):
        left, right = columns[layer][1], columns[layer + 1][1]
        for j, y0 in enumerate(heights):
            for k, y1 in enumerate(heights):
                start, end = np.array([left, y0]), np.array([right, y1])
                along = (end - start) / np.linalg.norm(end - start)
                a, b = start + 0.3 * along, end - 0.3 * along
                arrow = {
                    "arrowstyle": "-|>",
                    "color": GREY,
                    "lw": 1,
                    "shrinkA": 0,
                    "shrinkB": 0,
                }
                axes.annotate("", tuple(b), tuple(a), arrowprops=arrow)
                at = start + (0.5 if j == k else 0.27) * (end - start)
                across = np.array([-along[1], along[0]]) * 0.2
                turn = float(np.degrees(np.arctan2(along[1] * 3.5, along[0] * 2.4)))
                weight = number(PARAMS[layer][0][j, k], 2)
                slope = number(seen["gradients"][layer][0][j, k])
                for place, text, colour in (
                    (at + across, weight, BLUE),
                    (at - across, slope, ORANGE),
                ):
                    axes.text(
                        *place,
                        text,
                        color=colour,
                        size=9,
                        ha="center",
                        va="center",
                        rotation=turn,
                    )
    below = [None, *seen["deltas"]]
    for (name, x, values), slopes in zip(columns, below):
        for k, y in enumerate(heights):
            axes.text(x, y, f"${name}_{k + 1}$", size=12, ha="center", va="center")
            axes.text(
                x, y + 0.42, number(values[k]), color=BLUE, ha="center", va="center"
            )
            if slopes is not None:
                axes.text(
                    x,
                    y - 0.42,
                    number(slopes[k]),
                    color=ORANGE,
                    weight="bold",
                    ha="center",
                    va="center",
                )
    return figure


def xor() -> Figure:
    """The four points before and after the hidden layer, with the border of the output."""
    figure = new_figure(5.2, 2.5)
    plane, hidden = figure.subplots(1, 2)
    points = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
    H = forward(XOR, points)[1].inputs[1]
    labels = forward(XOR, points)[0][:, 0]
    grid = np.linspace(-0.4, 1.4, 181)
    U, V = np.meshgrid(grid, grid)
    out = forward(XOR, np.column_stack([U.ravel(), V.ravel()]))[0].reshape(U.shape)
    plane.contourf(U, V, out, [0.5, 2], colors=[ORANGE], alpha=0.2)
    hidden.fill_between([-0.4, 2.4], [-0.45, 0.95], -0.5, color=ORANGE, alpha=0.2, lw=0)
    for axes, places, name in ((plane, points, "x"), (hidden, H, "h")):
        for (u, v), label in zip(places, labels):
            axes.plot(u, v, "o", color=ORANGE if label > 0.5 else BLUE, markersize=9)
            axes.annotate(f"${label:.0f}$", (u, v), (7, 7), textcoords="offset points")
        axes.set_xlabel("$" + name + "_1$")
        axes.set_ylabel("$" + name + "_2$", rotation=0)
        axes.set_xticks([0, 1, 2] if name == "h" else [0, 1])
        axes.set_yticks([0, 1])
    plane.set_xlim(-0.4, 1.4)
    plane.set_ylim(-0.4, 1.4)
    hidden.set_xlim(-0.4, 2.4)
    hidden.set_ylim(-0.5, 1.4)
    return figure


def folds(t: np.ndarray, k: int) -> np.ndarray:
    """The tent, k times over: a network with k hidden layers of two units."""
    first = (np.ones((1, 2)), np.array([0.0, -0.5]))
    between = (TENT @ np.ones((1, 2)), np.array([0.0, -0.5]))
    return forward([first, *[between] * (k - 1), (TENT, np.zeros(1))], t[:, None])[0][
        :, 0
    ]


def pieces() -> Figure:
    """Left interpolants of a parabola, right one, two and four folds."""
    figure = new_figure(5.2, 2.6)
    parabola, tents = figure.subplots(1, 2)
    t = np.linspace(0, 1, 257)
    parabola.plot(t, t**2, color=GREY, linewidth=4, alpha=0.5)
    for n, colour in ((1, PURPLE), (2, ORANGE), (4, BLUE)):
        x = np.linspace(0, 1, n + 1)
        parabola.plot(
            t, forward(relu_interpolator(x, x**2), t[:, None])[0], color=colour
        )
        parabola.plot(x, x**2, "o", color=colour, markersize=4)
    parabola.set_title("relu_interpolator")
    for k, colour in ((1, GREEN), (2, ORANGE), (4, BLUE)):
        tents.plot(
            t, folds(t, k), color=colour, label=f"$k={k}$", linewidth=2.2 - 0.3 * k
        )
    tents.set_ylim(-0.02, 1.3)
    tents.legend(loc="upper center", ncols=3, handlelength=1.2, columnspacing=1)
    for axes in (parabola, tents):
        axes.set_xlabel("$t$")
        axes.set_xticks([0, 0.5, 1])
        axes.set_yticks([0, 0.5, 1])
    return figure


def draw() -> dict[str, Figure]:
    return {
        "backpropagation_mlp": graph(),
        "backpropagation_mlp_xor": xor(),
        "backpropagation_mlp_pieces": pieces(),
    }


COLUMNS, ROWS = {"x": 45, "h": 200, "o": 355}, (66, 166)
RADIUS = 17


def shown(
    values: dict[str, float],
    slopes: dict[str, float],
    kept: tuple[bool, bool] = (False, False),
    node: str = "",
    layer: int = -1,
    loss: str = "",
) -> Picture:
    """The network: values above, gradients below as known; the cache at the bottom."""
    picture = Picture()
    names = [(letter, k) for letter in "xho" for k in (0, 1)]
    for number_, (left, right) in enumerate((("x", "h"), ("h", "o"))):
        for y0 in ROWS:
            for y1 in ROWS:
                start, end = (COLUMNS[left], y0), (COLUMNS[right], y1)
                picture.arrow(
                    start,
                    end,
                    ORANGE if layer == number_ else GREY,
                    2.4 if layer == number_ else 1,
                    gap=RADIUS + 2,
                )
    for letter, k in names:
        name, x, y = f"{letter}{k + 1}", COLUMNS[letter], ROWS[k]
        colour = ORANGE if name in slopes else BLUE
        inside = 0.3 if name in values else 0
        picture.circle(x, y, RADIUS, colour, inside, colour, 3 if name == node else 1)
        picture.text(x, y, letter, italic=True, below=str(k + 1))
        if name in values:
            picture.text(x, y - 28, number(values[name]), size=13)
        if name in slopes:
            picture.text(x, y + 28, number(slopes[name]), size=13, bold=True)
    for k, place in enumerate((COLUMNS["x"], COLUMNS["h"])):
        picture.rect(
            place - 24,
            214,
            48,
            26,
            GREEN,
            0.35 if kept[k] else 0,
            GREEN,
            1,
            not kept[k],
        )
        if kept[k]:
            picture.text(place, 227, "H", italic=True, below=str(k))
    picture.text(COLUMNS["o"], 227, loss, size=13)
    return picture


def steps() -> dict[str, Steps]:
    """Node by node forward, then backward, in the order of ``backward``."""
    seen = run()
    names = [f"{letter}{k}" for letter in "xho" for k in (1, 2)]
    value = dict(zip(names, [*seen["X"], *seen["H"], *seen["O"]]))
    slope = dict(zip(names[2:], [*seen["deltas"][0], *seen["deltas"][1]]))
    target, loss = TARGET[0], number(seen["loss"], 6)
    has: dict[str, float] = {n: value[n] for n in ("x1", "x2")}
    frames = [
        Frame(
            shown(dict(has), {}, (True, False)),
            f"The features x₁ = {number(value['x1'])} and x₂ = {number(value['x2'])} are the "
            "input of the first layer. The cache keeps it as H₀, since the gradient of the "
            "weights will need it.",
            f"特征 x₁ = {number(value['x1'])}、x₂ = {number(value['x2'])} 是第一层的输入。缓存把它存为 "
            "H₀，因为求权重的梯度时要用到。",
        )
    ]
    for layer, (letter, before) in enumerate((("h", "x"), ("o", "h"))):
        W, b = PARAMS[layer]
        for k in (0, 1):
            name = f"{letter}{k + 1}"
            one, two = number(value[before + "1"]), number(value[before + "2"])
            v, w, bias = number(W[0, k], 2), number(W[1, k], 2), number(b[k], 2)
            z = float(
                value[before + "1"] * W[0, k] + value[before + "2"] * W[1, k] + b[k]
            )
            has[name] = value[name]
            full = k == 1 and letter == "h"
            said = f"z = {one} · {v} + {two} · {w} + {bias} = {number(z)}"
            kept = (True, full or layer == 1)
            en = f"Forward to {letter}{'₁₂'[k]}: {said}; the sigmoid makes {number(value[name])} of it."
            zh = f"前向到 {letter}{'₁₂'[k]}：{said}；sigmoid 把它变成 {number(value[name])}。"
            if full:
                en += " The hidden layer is complete, and is kept as H₁."
                zh += "隐藏层算完了，存为 H₁。"
            frames.append(Frame(shown(dict(has), {}, kept, name), en, zh))
    t1, t2 = number(target[0], 2), number(target[1], 2)
    frames.append(
        Frame(
            shown(has, {}, (True, True), loss=loss),
            f"The targets are {t1} and {t2}, so half the sum of squared errors is {loss}. "
            "Now the question is asked from the other end: how does it change with each z?",
            f"目标是 {t1} 和 {t2}，误差平方和的一半是 {loss}。现在从另一头问：每个 z 变化时，它怎么变？",
        )
    )
    known: dict[str, float] = {}
    for k in (0, 1):
        name = f"o{k + 1}"
        off, local = value[name] - target[k], value[name] * (1 - value[name])
        known[name] = slope[name]
        said = f"{number(off)} · {number(local)} = {number(slope[name])}"
        frames.append(
            Frame(
                shown(has, dict(known), (True, True), name, loss=loss),
                f"Backward to o{'₁₂'[k]}: output minus target comes in, times the slope of the "
                f"sigmoid, o(1 − o): {said}.",
                f"反向到 o{'₁₂'[k]}：传来的是输出减目标，乘以 sigmoid 的斜率 o(1 − o)：{said}。",
            )
        )
    dW, dV = (gradient[0] for gradient in seen["gradients"])
    frames.append(
        Frame(
            shown(has, dict(known), (True, True), layer=1, loss=loss),
            "Each weight between hidden layer and output: what came in forward, from H₁, times "
            f"the gradient behind it. From h₁ to o₁: {number(value['h1'])} · "
            f"{number(slope['o1'])} = {number(dV[0, 0])}. This was the last use of H₁ as an input.",
            "隐藏层到输出的每个权重：前向时从 H₁ 进来的值，乘以它后面的梯度。"
            f"从 h₁ 到 o₁：{number(value['h1'])} · {number(slope['o1'])} = {number(dV[0, 0])}。"
            "H₁ 作为输入，到此用完。",
        )
    )
    for k in (0, 1):
        name = f"h{k + 1}"
        known[name] = slope[name]
        W = PARAMS[1][0]
        local = value[name] * (1 - value[name])
        arrives = float(seen["arrives"][k])
        said = (
            f"{number(slope['o1'])} · {number(W[k, 0], 2)} + {number(slope['o2'])} · "
            f"{number(W[k, 1], 2)} = {number(arrives)}"
        )
        last = k == 1
        frames.append(
            Frame(
                shown(has, dict(known), (True, not last), name, loss=loss),
                f"Backward to h{'₁₂'[k]}: it fed both outputs, so two gradients come back and add "
                f"up, {said}. Times its slope {number(local)}: {number(slope[name], 6)}."
                + (" The slopes came from H₁, which can now be freed." if last else ""),
                f"反向到 h{'₁₂'[k]}：它影响两个输出，所以传回两个梯度，相加得 {said}。乘以它的斜率 "
                f"{number(local)}，得 {number(slope[name], 6)}。"
                + ("斜率由 H₁ 算出，现在可以释放它。" if last else ""),
            )
        )
    frames.append(
        Frame(
            shown(has, dict(known), (False, False), layer=0, loss=loss),
            f"The weights of the first layer: from x₁ to h₁ {number(value['x1'])} · "
            f"{number(slope['h1'], 6)} = {number(dW[0, 0], 6)}. With this H₀ is used up: the "
            "cache is empty, and every weight has its gradient.",
            f"第一层的权重：从 x₁ 到 h₁ 是 {number(value['x1'])} · {number(slope['h1'], 6)} = "
            f"{number(dW[0, 0], 6)}。H₀ 也用完了：缓存已空，每个权重都有了梯度。",
        )
    )
    moved = [(W - RATE * dW, b) for (W, b), (dW, _) in zip(PARAMS, seen["gradients"])]
    after = float(((sigmoid(forward(moved, X, "sigmoid")[0]) - TARGET) ** 2).sum() / 2)
    frames.append(
        Frame(
            shown(has, dict(known), (False, False), loss=number(after, 6)),
            f"A step of {number(RATE, 1)} against the gradients of the weights: the loss falls from {loss} to "
            f"{number(after, 6)}.",
            f"所有权重沿负梯度走一步，学习率 {number(RATE, 1)}，损失从 {loss} 降到 {number(after, 6)}。",
        )
    )
    return {"backpropagation_mlp_steps": Steps(400, 252, frames)}


def number(value: float, digits: int = 4) -> str:
    return f"{float(value):.{digits}f}".replace("-", "−")
