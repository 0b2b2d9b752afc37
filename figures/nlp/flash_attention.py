"""Elements moved through HBM against length, and the tiles a causal forward visits."""

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, new_figure
from snippets.nlp.flash_attention import io_flash1, io_flash2, io_standard
from snippets.nlp.flash_attention.forward import _key_blocks

D, SRAM, BLOCK_Q = 64, 100 * 1024 // 2, 128  # float16 elements in 100 KiB
TILES = 6


def traffic_and_tiles() -> Figure:
    """Left: three counts and their floor. Right: tiles in the order of the loops."""
    figure = new_figure(7, 3)
    counts, tiles = figure.subplots(1, 2, width_ratios=[3, 2])
    lengths = [2**e for e in range(7, 18)]
    curves = {
        "io_standard(T, 64)": (io_standard, (), GREY, "-"),
        "io_flash2(T, 64, 128)": (io_flash2, (BLOCK_Q,), GREEN, "-"),
        "io_flash1(T, 64, 51200)": (io_flash1, (SRAM,), PURPLE, "--"),
    }
    for label, (count, rest, colour, style) in curves.items():
        values = [count(n, D, *rest) for n in lengths]
        counts.plot(lengths, values, style, color=colour, label=label)
    floor = [4 * n * D for n in lengths]
    counts.plot(lengths, floor, ":", color=BLUE, label="4 T d")
    counts.set_xscale("log", base=2)
    counts.set_yscale("log")
    counts.set_xlabel("T")
    counts.legend()

    order = 0
    for row in range(TILES):
        visited = _key_blocks(row + 1, TILES, 1, 0)
        for column in range(TILES):
            seen = column in visited
            colour = GREY if not seen else ORANGE if column == row else BLUE
            cell = Rectangle((column, row), 1, 1, facecolor="none", edgecolor=GREY)
            tiles.add_patch(cell)
            if not seen:
                continue
            inner = Rectangle((column + 0.08, row + 0.08), 0.84, 0.84, color=colour)
            inner.set_alpha(0.35)
            tiles.add_patch(inner)
            order += 1
            tiles.text(
                column + 0.5,
                row + 0.52,
                str(order),
                color=INK,
                ha="center",
                va="center",
            )
    tiles.set_xlim(-0.05, TILES + 0.05)
    tiles.set_ylim(TILES + 0.05, -0.05)
    tiles.set_aspect("equal")
    tiles.set_xticks(
        [i + 0.5 for i in range(TILES)], [f"$K_{i}$" for i in range(TILES)]
    )
    tiles.set_yticks(
        [i + 0.5 for i in range(TILES)], [f"$Q_{i}$" for i in range(TILES)]
    )
    tiles.tick_params(length=0)
    tiles.xaxis.tick_top()
    tiles.spines[["left", "bottom"]].set_visible(False)
    return figure


def draw() -> dict[str, Figure]:
    return {"flash_attention": traffic_and_tiles()}
