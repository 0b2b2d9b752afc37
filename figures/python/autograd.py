"""A small graph with its gradients; the errors of difference quotients by step."""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, INK, ORANGE, new_figure
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
