"""A small graph with its gradients; the errors of difference quotients by step."""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps, between
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.python.autograd import Node, adjoints, numeric_gradient

PLACES = {
    "x": (0.0, 1.7),
    "w": (0.0, 0.3),
    "a": (1.5, 1.0),
    "t": (3.0, 1.7),
    "y": (4.5, 1),
}
BELOW = {("w", "a"), ("a", "y")}  # edges with their number on the lower side


def graph(axes: Axes) -> None:
    """y = a tanh(a) with a = x w: values above, adjoints below, pullbacks on edges."""
    x, w = Node(2.0, requires_grad=True), Node(0.25, requires_grad=True)
    a = x * w
    t = a.tanh()
    y = a * t
    bar = adjoints(y, 1.0)
    nodes = {"x": x, "w": w, "a": a, "t": t, "y": y}
    slopes = {
        ("x", "a"): w.value,
        ("w", "a"): x.value,
        ("a", "t"): 1 - t.value**2,
        ("a", "y"): t.value,
        ("t", "y"): a.value,
    }
    axes.axis("off")
    axes.set_xlim(-0.6, 5.1)
    axes.set_ylim(-0.45, 2.45)
    for (start, end), slope in slopes.items():
        (x0, y0), (x1, y1) = PLACES[start], PLACES[end]
        length = math.hypot(x1 - x0, y1 - y0)
        dx, dy = (x1 - x0) / length * 0.27, (y1 - y0) / length * 0.27
        axes.annotate(
            "",
            (x1 - dx, y1 - dy),
            (x0 + dx, y0 + dy),
            arrowprops={"arrowstyle": "-|>", "color": BLUE, "shrinkA": 0, "shrinkB": 0},
        )
        axes.text(
            (x0 + x1) / 2,
            (y0 + y1) / 2 + (-0.2 if (start, end) in BELOW else 0.2),
            f"{slope:.3g}",
            color=BLUE,
            ha="center",
            va="center",
            size=8,
        )
    for name, (px, py) in PLACES.items():
        axes.text(px, py, f"${name}$", ha="center", va="center", size=12)
        axes.text(
            px, py + 0.42, f"{float(nodes[name].value):.3g}", ha="center", va="center"
        )
        axes.text(
            px,
            py - 0.42,
            f"{float(bar[nodes[name]]):.3g}",
            ha="center",
            va="center",
            color=ORANGE,
            weight="bold",
        )


def differences(axes: Axes) -> None:
    """Forward and central differences of e^x sin x at 1."""
    slope = math.e * (math.sin(1) + math.cos(1))
    steps = 10.0 ** np.arange(-13, 0.1, 0.25)
    for scheme, color in [("forward", ORANGE), ("central", GREEN)]:
        errors = [
            abs(
                numeric_gradient(lambda x: math.exp(x) * math.sin(x), 1.0, h, scheme)
                - slope
            )
            for h in steps
        ]
        axes.loglog(steps, np.maximum(errors, 1e-13), ".-", color=color, ms=4, lw=1)
    axes.text(4e-4, 1.2e-1, "forward", color=ORANGE, ha="center")
    axes.text(1.5e-2, 3e-9, "central", color=GREEN, ha="center")
    eps = float(np.finfo(float).eps)
    for power, color, name in [
        (2, ORANGE, r"\epsilon^{1/2}"),
        (3, GREEN, r"\epsilon^{1/3}"),
    ]:
        best = eps ** (1 / power)
        axes.axvline(best, color=color, lw=0.8, ls=(0, (4, 3)))
        axes.text(best, 2.0, f"${name}$", color=INK, ha="center", va="bottom", size=8)
    axes.set_xlabel("$h$")
    axes.set_ylim(1e-13, 1.5)
    axes.set_xticks([1e-12, 1e-8, 1e-4, 1])
    axes.set_yticks([1e-12, 1e-8, 1e-4, 1])
    axes.minorticks_off()


def draw() -> dict[str, Figure]:
    figure = new_figure(7.2, 2.9)
    left, right = figure.subplots(1, 2, width_ratios=[1.25, 1])
    graph(left)
    differences(right)
    return {"autograd": figure}


RULES = {"a": "x · w", "t": "tanh a", "y": "a · t"}
SLOPES = {"ax": "w", "aw": "x", "ta": "1 − t²", "ya": "t", "yt": "a"}  # a test checks


def spot(name: str) -> tuple[float, float]:
    x, y = PLACES[name]
    return 40 + 82 * x, 214 - 92 * y


def shown(
    values: dict[str, float],
    bar: dict[str, float],
    edge: tuple[str, str] | None = None,
    node: str = "",
) -> Picture:
    """The graph: values above, adjoints below as far as they are known."""
    picture = Picture()
    for start, end in (("x", "a"), ("w", "a"), ("a", "t"), ("a", "y"), ("t", "y")):
        known = start in values and end in values
        if (start, end) == edge:
            picture.arrow(spot(end), spot(start), ORANGE, 2.6, gap=19)
        elif known:
            picture.arrow(spot(start), spot(end), GREY, 1.4, gap=19)
        else:
            ends = between(spot(start), spot(end), 19)
            picture.line(ends, GREY, 1, dashed=True)
    for name in PLACES:
        x, y = spot(name)
        full = name in bar
        colour = ORANGE if full else BLUE
        opacity = 0.3 if name in values else 0
        picture.circle(x, y, 16, colour, opacity, colour, 2.5 if name == node else 1)
        picture.text(x, y, name, italic=True, size=15)
        if name in values:
            picture.text(x, y - 28, f"{values[name]:.3g}")
        if full:
            picture.text(x, y + 28, f"{bar[name]:.3g}", bold=True)
    return picture


def steps() -> dict[str, Steps]:
    """Forward, node by node; then backward, edge by edge, as ``adjoints`` walks them."""
    x, w = Node(2.0, requires_grad=True), Node(0.25, requires_grad=True)
    a = x * w
    t = a.tanh()
    y = a * t
    nodes = {"x": x, "w": w, "a": a, "t": t, "y": y}
    names = {node: name for name, node in nodes.items()}
    value = {name: float(node.value) for name, node in nodes.items()}
    known = {"x": value["x"], "w": value["w"]}
    frames = [
        Frame(
            shown(known, {}),
            f"Two leaves: x = {value['x']:.3g} and w = {value['w']:.3g}.",
            f"两个叶子：x = {value['x']:.3g}，w = {value['w']:.3g}。",
        )
    ]
    for name, rule in RULES.items():
        known[name] = value[name]
        inputs = " and ".join(names[parent] for parent, _ in nodes[name].edges or ())
        frames.append(
            Frame(
                shown(dict(known), {}, node=name),
                f"{name} = {rule} = {value[name]:.3g} is computed, and remembers that it "
                f"came from {inputs}.",
                f"算出 {name} = {rule} = {value[name]:.3g}，并记住它来自 "
                f"{inputs.replace(' and ', ' 和 ')}。",
            )
        )

    def look(seen: dict[str, object]) -> dict[str, object]:
        bar: dict[Node, np.ndarray] = seen["bar"]  # type: ignore[assignment]
        return {
            "node": names[seen["node"]],  # type: ignore[index]
            "parent": names[seen["parent"]],  # type: ignore[index]
            "g": float(seen["g"]),  # type: ignore[arg-type]
            "bar": {names[n]: float(g) for n, g in bar.items()},
        }

    result, moments = record(
        lambda: adjoints(y, 1.0), adjoints, ["bar[parent] = "], look
    )
    final = {names[n]: float(g) for n, g in result.items()}
    start = moments[0]["bar"]
    frames.append(
        Frame(
            shown(known, start, node="y"),
            f"Backward. The adjoint of y is ∂y/∂y = {start['y']:.3g}. Users are visited "
            "before their inputs, so that an adjoint is complete before it moves on.",
            f"反向开始：y 的伴随是 ∂y/∂y = {start['y']:.3g}。先访问使用者，再访问它的输入，"
            "这样一个伴随累加完了才往下传。",
        )
    )
    for moment, after in zip(moments, [m["bar"] for m in moments[1:]] + [final]):
        node, parent, g = moment["node"], moment["parent"], moment["g"]
        own = moment["bar"][node]
        slope = f"the local derivative ∂{node}/∂{parent} = {SLOPES[node + parent]} = {g / own:.3g}"
        slope_zh = slope.replace("the local derivative", "局部导数")
        en = f"Along {node} → {parent}: {slope}, so the pullback turns {own:.3g} into "
        en += f"{g:.3g}. "
        zh = f"沿 {node} → {parent}：{slope_zh}，拉回把 {own:.3g} 变成 {g:.3g}。"
        if parent in moment["bar"]:
            was = moment["bar"][parent]
            en += f"{parent} has {was:.3g} from its other user: they add up to "
            en += f"{after[parent]:.3g}."
            zh += (
                f"{parent} 已从另一个使用者得到 {was:.3g}，相加得 {after[parent]:.3g}。"
            )
        else:
            en += f"{parent} had none so far."
            zh += f"{parent} 此前还没有伴随。"
        frames.append(Frame(shown(known, after, (parent, node), node), en, zh))
    y.backward()
    frames.append(
        Frame(
            shown(known, final),
            f"Done: the adjoints of the leaves are x.grad = {float(x.grad):.3g} and w.grad "
            f"= {float(w.grad):.3g}. Each edge was walked once.",
            f"结束：叶子的伴随就是 x.grad = {float(x.grad):.3g}，w.grad = {float(w.grad):.3g}。"
            "每条边只走一次。",
        )
    )
    return {"autograd_steps": Steps(450, 232, frames)}
