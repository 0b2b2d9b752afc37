"""What the figure of Wasserstein GAN: duality, clipping, gradient penalty, spectral norm shows."""

from matplotlib.figure import Figure

from figures.style import new_figure
from snippets.generative.wasserstein_gan import first_result


def draw() -> dict[str, Figure]:
    """The figure of the note."""
    figure = new_figure(6, 3)
    axes = figure.subplots()
    sizes = range(1, 11)
    axes.plot(sizes, [first_result(size) for size in sizes], marker="o")
    axes.set_xlabel("size")
    return {"wasserstein_gan": figure}
