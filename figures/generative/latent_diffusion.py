"""Four guidance scales: samples of three clusters, images of the small model."""

import math

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.style import BLUE, GREY, INK, ORANGE, new_figure
from snippets.generative.latent_diffusion import (
    CENTERS,
    COLORS,
    SHAPES,
    SPREAD,
    LatentDiffusion,
    draw_shapes,
    guided_samples,
    tokenize,
    train_autoencoder,
    train_diffusion,
)

SCALES = (0, 1, 3, 7.5)
POINTS = 80


def clusters(panel: Axes, scale: float) -> None:
    """Samples of the wanted cluster 0; a circle of radius SPREAD at each centre."""
    points = guided_samples(scale, POINTS).numpy()
    angle = torch.linspace(0, 2 * math.pi, 33, dtype=torch.float64)
    circle = SPREAD * torch.stack([angle.cos(), angle.sin()], 1)
    for center, color in zip(CENTERS, (INK, GREY, GREY)):
        panel.plot(*(center + circle).T.numpy(), color=color, linewidth=1)
    panel.scatter(*points.T, s=6, color=BLUE, linewidths=0)
    panel.axvline(points[:, 0].mean(), color=ORANGE, linewidth=1.2)
    panel.set_title(f"$s$ = {scale}")
    panel.set_aspect("equal")
    panel.set_xlim(-3.4, 5.2)
    panel.set_ylim(-3.6, 3.6)
    panel.set_xticks([-1, 2])
    panel.set_yticks([])
    panel.spines["left"].set_visible(False)


def train() -> LatentDiffusion:
    """The pipeline of the note, as its tests train it."""
    generator = torch.Generator().manual_seed(5)
    images, captions = draw_shapes(4000, generator)
    autoencoder = train_autoencoder(images, 300, generator)
    return train_diffusion(autoencoder, images, captions, 400, generator)


def gallery(panel: Axes, model: LatentDiffusion, scale: float) -> None:
    """One image for each colour and shape, sides alternating."""
    texts = [
        f"{color} {shape} {('left', 'right')[(i + j) % 2]}"
        for i, shape in enumerate(SHAPES)
        for j, color in enumerate(COLORS)
    ]
    captions = torch.stack([tokenize(text) for text in texts])
    images = model.generate(captions, scale, torch.Generator().manual_seed(2))
    tiles = torch.nn.functional.pad(images.clamp(-1, 1), (1, 1, 1, 1), value=0.0)
    rows = tiles.unflatten(0, (3, 3)).permute(
        0, 3, 1, 4, 2
    )  # row, y, column, x, channel
    picture = rows.flatten(2, 3).flatten(0, 1)
    picture = ((picture + 1) * 7.5).round() * 17  # 16 levels: the SVG stays small
    panel.imshow(picture.byte().numpy(), interpolation="none")
    panel.axis("off")


def draw() -> dict[str, Figure]:
    torch.set_num_threads(1)  # the matrices are too small for more
    model = train()
    figure = new_figure(7.4, 3.9)
    panels = figure.subplots(2, 4)
    for (above, below), scale in zip(panels.T, SCALES):
        clusters(above, scale)
        gallery(below, model, scale)
    return {"latent_diffusion": figure}
