"""The roof of an H200 with seven computations; tokens/s of decoding over the batch."""

import numpy as np
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.distributed.roofline import (
    attainable,
    decode_tokens_per_second,
    matmul_intensity,
    ridge,
)

PEAK, BANDWIDTH = 989e12, 4.8e12
WEIGHTS = 6_607_077_376  # of LLaMA-2-7B: all matrices but the embedding table
CACHE = (
    2**31
)  # bytes: 4096 tokens, 32 layers, keys and values of 4096 numbers of 2 bytes
BATCHES = [2**i for i in range(11)]

# FLOPs and bytes of an element, or of a key and its value with 128 features a head.
POINTS = {
    "x+1": 1 / 4,
    "q@K.T, p@V": (4 * 128) / (2 * 128 * 2),
    "LN": 7 / 4,
    "1×4096²": matmul_intensity(1, 4096, 4096),
    "32×4096²": matmul_intensity(32, 4096, 4096),
    "230×4096²": matmul_intensity(230, 4096, 4096),
    "4096³": matmul_intensity(4096, 4096, 4096),
}
PLACES = {
    "x+1": (8, -8),
    "q@K.T, p@V": (9, -16),
    "LN": (7, -6),
    "1×4096²": (-9, 4),
    "32×4096²": (8, -8),
    "230×4096²": (-8, 7),
    "4096³": (0, -13),
}


def speeds(cache: float) -> list[float]:
    """Tokens/s of decoding for each batch."""
    return [
        decode_tokens_per_second(2 * WEIGHTS, cache, size, BANDWIDTH, WEIGHTS, PEAK)
        for size in BATCHES
    ]


def roofline() -> Figure:
    figure = new_figure(3.9, 5.2)
    above, below = figure.subplots(2, 1)
    line = np.array([0.1, ridge(PEAK, BANDWIDTH), 4000])
    roof = [attainable(x, PEAK, BANDWIDTH) / 1e12 for x in line]
    above.loglog(line, roof, color=INK)
    above.axvline(line[1], color=GREY, lw=1, ls=":")
    above.text(line[1] * 1.15, 0.45, f"{line[1]:.0f}", color=GREY, fontsize=8)
    for name, x in POINTS.items():
        product = "×" in name or "³" in name
        y = attainable(x, PEAK, BANDWIDTH) / 1e12
        ring = {"ms": 9, "mfc": "none"} if "@" in name else {"ms": 4.5}
        above.plot(x, y, "o", color=BLUE if product else ORANGE, **ring)
        offset = PLACES[name]
        side = "left" if offset[0] > 0 else "right" if offset[0] < 0 else "center"
        above.annotate(
            name,
            (x, y),
            offset,
            textcoords="offset points",
            ha=side,
            fontsize=7.5,
            color=BLUE if product else ORANGE,
        )
    above.set_ylim(0.3, 2500)
    above.set_xlabel("FLOP/byte")
    above.set_ylabel("TFLOP/s")

    for cache, colour, label in ((0, GREEN, "0"), (CACHE, ORANGE, "2 GiB")):
        below.loglog(
            BATCHES, speeds(cache), "o-", ms=3, color=colour, label=f"$c$ = {label}"
        )
    below.axhline(BANDWIDTH / CACHE, color=GREY, lw=1, ls=":")
    below.text(1, BANDWIDTH / CACHE * 1.15, r"$\beta/c$", color=GREY, fontsize=8)
    below.axvline(ridge(PEAK, BANDWIDTH), color=GREY, lw=1, ls=":")
    below.set_xlabel("$B$")
    below.set_ylabel("tokens/s")
    below.set_xticks([1, 8, 64, 512], ["1", "8", "64", "512"])
    below.minorticks_off()
    below.legend(loc="upper left")
    return figure


def draw() -> dict[str, Figure]:
    return {"roofline": roofline()}
