"""The size of what enters layer l, and how far products of matrices stretch."""

import numpy as np
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, ORANGE, new_figure
from snippets.ml.initialization import init_weight, orthogonal, variance_path

WIDTH, DEPTH = 200, 30


def products() -> tuple[np.ndarray, np.ndarray]:
    """Singular values of 30 normal and 30 orthogonal matrices, multiplied; seed 0."""
    rng = np.random.default_rng(0)
    shape = (WIDTH, WIDTH)
    gauss, turned = np.eye(WIDTH), np.eye(WIDTH)
    for _ in range(DEPTH):
        gauss = init_weight(shape, "lecun", rng) @ gauss
        turned = orthogonal(shape, rng) @ turned
    return (
        np.linalg.svd(gauss, compute_uv=False),
        np.linalg.svd(turned, compute_uv=False),
    )


def initialization() -> Figure:
    figure = new_figure(5.6, 2.7)
    sizes, stretch = figure.subplots(1, 2)
    layers = np.arange(DEPTH + 1)
    for w2, label, colour in (
        (2, "$2/n$", BLUE),
        (1, "$1/n$", ORANGE),
        (1 / 3, "$1/(3n)$", GREEN),
    ):
        path = variance_path("relu", w2, DEPTH)
        sizes.semilogy(layers, path, color=colour)
        sizes.text(
            19,
            path[19] * (300 if w2 == 2 else 30),
            label,
            color=colour,
            ha="left" if w2 < 2 else "center",
        )
    sizes.set_ylim(1e-25, 1e4)
    sizes.set_xlabel("$l$")
    sizes.set_ylabel("$q_l$", rotation=0)
    sizes.set_yticks([1, 1e-8, 1e-16, 1e-24])

    rank = np.arange(1, WIDTH + 1)
    gauss, turned = products()
    for values, label, colour, at, every in (
        (turned, "orthogonal", BLUE, (104, 4), WIDTH - 1),
        (gauss, "lecun", ORANGE, (104, 1e-4), 5),
    ):
        stretch.semilogy(rank[::every], values[::every], color=colour)
        stretch.text(*at, label, color=colour)
    stretch.axvline(WIDTH / 2, color=GREY, lw=0.8, linestyle=(0, (3, 3)))
    stretch.set_ylim(1e-10, 1e2)  # below, the values are rounding
    stretch.set_xlabel("$k$")
    stretch.set_ylabel("$s_k$", rotation=0)
    stretch.set_yticks([1, 1e-5, 1e-10])
    stretch.set_xticks([1, 100, 200])
    stretch.set_xlim(-6, 206)
    return figure


def draw() -> dict[str, Figure]:
    return {"initialization": initialization()}
