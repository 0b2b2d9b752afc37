"""Which cells share a statistic, found by trying; and how noisy a small batch is."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.path import Path

from figures.style import BLUE, GREY, INK, new_figure
from snippets.cv.batch_norm import batch_norm, group_norm

SIZE = 4  # images, channels and places of each cube
CELL = (0, 2, 0)  # the output that is looked at: image, channel, place
BATCHES, SIZES = 100, (2, 8, 128)
CORNERS = ((0, 0), (1, 0), (1, 1), (0, 1))
Norm = Callable[[np.ndarray], np.ndarray]
NORMS: dict[str, Norm] = {
    "batch": batch_norm,
    "layer": lambda x: group_norm(x, 1),
    "instance": lambda x: group_norm(x, SIZE),
    "group": lambda x: group_norm(x, 2),
}


def seen(norm: Norm) -> np.ndarray:
    """Which inputs move the output in CELL, shape (N, C, HW)."""
    x = np.random.default_rng(0).standard_normal((SIZE, SIZE, SIZE))
    found = np.zeros(x.shape, dtype=bool)
    for cell in np.ndindex(x.shape):
        moved = x.copy()
        moved[cell] += 0.1
        found[cell] = norm(moved)[CELL] != norm(x)[CELL]
    return found


def place(image: float, channel: float, height: float) -> tuple[float, float]:
    """Oblique: channels to the right, places down, images backwards."""
    return channel + 0.5 * image, -height + 0.4 * image


def faces() -> list[tuple[tuple[int, int, int], list[tuple[float, float]]]]:
    """The cells of front, right side and top, each with its four corners."""
    found = []
    for a, b in np.ndindex(SIZE, SIZE):
        for cell, corners in (
            ((0, b, a), [(0, b + i, a + j) for i, j in CORNERS]),
            ((a, SIZE - 1, b), [(a + i, SIZE, b + j) for i, j in CORNERS]),
            ((a, b, 0), [(a + i, b + j, 0) for i, j in CORNERS]),
        ):
            found.append((cell, [place(*corner) for corner in corners]))
    return found


def cube(axes: Axes, filled: np.ndarray, title: str) -> None:
    inside = [Path(corners) for cell, corners in faces() if filled[cell]]
    whole = Path.make_compound_path(*inside)
    axes.add_collection(PathCollection([whole], facecolors=BLUE, edgecolors="none"))
    lines = []
    for k in range(SIZE + 1):
        lines += [
            [place(0, k, SIZE), place(0, k, 0), place(SIZE, k, 0)],
            [place(0, 0, k), place(0, SIZE, k), place(SIZE, SIZE, k)],
            [place(k, SIZE, SIZE), place(k, SIZE, 0), place(k, 0, 0)],
        ]
    axes.add_collection(LineCollection(lines, colors=GREY, linewidths=0.7))
    axes.set_title(title)
    axes.text(SIZE / 2, -SIZE - 0.3, "C", ha="center", va="top")
    axes.text(-0.2, -SIZE / 2, "HW", ha="right", va="center")
    axes.text(0.7, 1.0, "N", ha="right", va="center")
    axes.set_xlim(-1.2, 6.2)
    axes.set_ylim(-5.0, 1.8)
    axes.set_aspect("equal")
    axes.axis("off")


def cubes() -> Figure:
    figure = new_figure(7.2, 2.0)
    for axes, (name, norm) in zip(figure.subplots(1, 4), NORMS.items(), strict=True):
        cube(axes, seen(norm), name)
    return figure


def outputs(n: int) -> np.ndarray:
    """What becomes of 1 in batches with n - 1 draws from a standard normal."""
    batches = np.random.default_rng(n).standard_normal((n, BATCHES))
    batches[0] = 1
    return batch_norm(batches)[0]


def noise() -> Figure:
    figure = new_figure(6.4, 1.9)
    axes = figure.subplots()
    height = np.linspace(-0.32, 0.32, BATCHES)
    for row, n in enumerate(SIZES):
        axes.plot(outputs(n), height - row, ".", color=BLUE, markersize=2.5)
    axes.axvline(1, color=INK, linewidth=0.8, linestyle=":")
    axes.set_yticks([-row for row in range(len(SIZES))], [f"$n = {n}$" for n in SIZES])
    axes.set_xlabel("$\\hat x$")
    axes.tick_params(axis="y", length=0)
    return figure


def draw() -> dict[str, Figure]:
    return {"batch_norm": cubes(), "batch_norm_noise": noise()}
