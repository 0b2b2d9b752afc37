"""Row sums of relu^2 weights against length; the matrix that mixed chunks make."""

import torch
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.style import BLUE, GREEN, GREY, ORANGE, PINK, new_figure
from snippets.nlp.gated_attention_unit import attention_weights, mixed_chunk_attention

LENGTHS = (32, 64, 128, 256, 512, 1024)
FEATURES, TOKENS, CHUNK = 128, 16, 4


def draw() -> dict[str, Figure]:
    figure = new_figure(7, 3.2)
    sums, matrix = figure.subplots(1, 2, width_ratios=(1.25, 1))
    generator = torch.Generator().manual_seed(0)
    totals: dict[str, list[float]] = {"softmax": [], "ns": [], "n": []}
    for tokens in LENGTHS:
        shape = (2, 4, tokens, FEATURES)
        q, k = torch.randn(shape, generator=generator, dtype=torch.float64)
        for norm, found in totals.items():
            weights = attention_weights(q, k, False, norm)
            found.append(weights.sum(-1).mean().item())
    for (norm, found), colour, dash in zip(
        totals.items(), (GREEN, ORANGE, BLUE), ("-", "--", "-.")
    ):
        sums.plot(LENGTHS, found, dash, color=colour, marker="o", markersize=4)
        sums.annotate(
            f'"{norm}"',
            (LENGTHS[-1], found[-1]),
            xytext=(0, 6) if norm != "n" else (0, 20),
            textcoords="offset points",
            ha="right",
        )
    sums.set_xscale("log", base=2)
    sums.set_yscale("log", base=2)
    sums.set_xticks(LENGTHS, labels=[str(x) for x in LENGTHS])
    ticks = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2)
    sums.set_yticks(ticks, labels=["1/16", "1/8", "1/4", "1/2", "1", "2"])
    sums.minorticks_off()
    sums.set_xlabel("$T$")
    sums.set_title(r"$\sum_j P_{ij}$")

    q_quad, k_quad, q_lin, k_lin = torch.randn(
        4, TOKENS, 4, generator=generator, dtype=torch.float64
    )
    eye = torch.eye(TOKENS, dtype=torch.float64)
    weights = mixed_chunk_attention(
        1.5 * q_quad, 1.5 * k_quad, q_lin, k_lin, eye, CHUNK, causal=True
    )
    for i in range(TOKENS):
        for j in range(i + 1):
            near = i // CHUNK == j // CHUNK
            colour = BLUE if near else ORANGE if weights[i, j] > 0 else PINK
            shade = min(1.0, (abs(weights[i, j].item()) / (3 if near else 6)) ** 0.5)
            cell = Rectangle((j, i), 1, 1, facecolor=colour, alpha=round(shade, 2))
            cell.set_linewidth(0)
            matrix.add_patch(cell)
    for edge in range(0, TOKENS + 1, CHUNK):
        matrix.axhline(edge, color=GREY, linewidth=0.6)
        matrix.axvline(edge, color=GREY, linewidth=0.6)
    matrix.set_xlim(0, TOKENS)
    matrix.set_ylim(TOKENS, 0)
    matrix.set_aspect("equal")
    matrix.set_xticks([])
    matrix.set_yticks([])
    matrix.set_xlabel("$j$")
    matrix.set_ylabel("$i$", rotation=0, labelpad=8)
    matrix.set_title("$T = 16$, $C = s = 4$")
    for spine in matrix.spines.values():
        spine.set_visible(False)
    return {"gated_attention_unit": figure}
