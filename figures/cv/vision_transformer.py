"""What the figure of Vision Transformer: patches, positions and Swin windows shows."""

from matplotlib.figure import Figure

from figures.style import new_figure
from snippets.cv.vision_transformer import first_result


def draw() -> dict[str, Figure]:
    """The figure of the note."""
    figure = new_figure(6, 3)
    axes = figure.subplots()
    sizes = range(1, 11)
    axes.plot(sizes, [first_result(size) for size in sizes], marker="o")
    axes.set_xlabel("size")
    return {"vision_transformer": figure}
