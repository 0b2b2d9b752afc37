"""What three ways of upsampling make of a flat image, with equal and random weights."""

import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.style import GREY, SEQUENTIAL, new_figure
from snippets.cv.upsampling import conv_transpose2d, upsample_nearest

TITLES = ("k = 3, s = 2", "k = 4, s = 2", "upsample_nearest, k = 3")


def outputs(weights: dict[int, torch.Tensor]) -> list[np.ndarray]:
    """Three images of 8 x 8 pixels, from one of 4 x 4 that is 1 everywhere."""
    flat = torch.ones(1, 1, 4, 4, dtype=torch.float64)
    three, four = (weights[k][None, None] for k in (3, 4))
    resized = upsample_nearest(flat, (8, 8))
    images = [
        conv_transpose2d(flat, three, stride=2, padding=1, output_padding=1),
        conv_transpose2d(flat, four, stride=2, padding=1),
        F.conv2d(resized, three, padding=1),
    ]
    return [image[0, 0].numpy() for image in images]


def show(axes: Axes, image: np.ndarray, low: float, high: float, numbers: bool) -> None:
    """Cells in colour, with their values if asked, light on dark and dark on light."""
    axes.pcolormesh(
        image, cmap=SEQUENTIAL, vmin=low, vmax=high, edgecolors=GREY, linewidth=0.3
    )
    axes.set_aspect("equal")
    axes.invert_yaxis()
    axes.axis("off")
    if numbers:
        for (row, column), value in np.ndenumerate(image):
            dark = (value - low) / (high - low) < 0.55
            axes.text(
                column + 0.5,
                row + 0.54,
                f"{value:.0f}",
                ha="center",
                va="center",
                fontsize=8,
                color="#ffffff" if dark else "#000000",
            )


def upsampling() -> Figure:
    """All weights 1, above, so values count overlaps; random ones below, no border."""
    figure = new_figure(7.2, 4.9)
    panels = figure.subplots(2, 3)
    generator = torch.Generator().manual_seed(0)
    ones = {k: torch.ones(k, k, dtype=torch.float64) for k in (3, 4)}
    drawn = {
        k: torch.randn(k, k, generator=generator, dtype=torch.float64) for k in (3, 4)
    }
    for axes, title, image in zip(panels[0], TITLES, outputs(ones)):
        show(axes, image, 0, 9, numbers=True)
        axes.set_title(title)
    random = [image[1:-1, 1:-1] for image in outputs(drawn)]
    reach = max(np.abs(image - image.mean()).max() for image in random)
    for axes, image in zip(panels[1], random):
        centre = image.mean()
        show(axes, image, centre - reach, centre + reach, numbers=False)
    for axes, label in zip(panels[:, 0], ("$w = 1$", "$w \\sim N(0, 1)$")):
        axes.text(
            -0.04,
            0.5,
            label,
            rotation=90,
            ha="right",
            va="center",
            transform=axes.transAxes,
        )
    return figure


def draw() -> dict[str, Figure]:
    return {"upsampling": upsampling()}
