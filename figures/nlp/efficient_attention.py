"""Four patterns; singular values of two attentions; time of every variant by length."""

import json
from pathlib import Path as File

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from torch import Tensor

from figures.style import BLUE, GREEN, GREY, ORANGE, PINK, PURPLE, new_figure
from snippets.nlp.efficient_attention import (
    atrous_mask,
    hops_to_full,
    local_mask,
    sparse_mask,
)

STORED = File(__file__).parents[2] / "benchmarks/nlp/efficient_attention.json"
LINES = {
    "softmax": (BLUE, "-"),
    "sparse_masked": (PINK, "--"),
    "fused": (BLUE, ":"),
    "state_space": (GREY, "-"),
    "favor": (PURPLE, "-"),
    "linear": (GREEN, "-"),
    "sparse": (PINK, "-"),
    "local": (ORANGE, "-"),
}
SHIFTS = {"softmax": 10, "state_space": -7}  # points, where labels would collide


def cells(axes: Axes, mask: Tensor, colour: str) -> None:
    """One square for each True."""
    corners, codes = [], []
    for i, j in mask.nonzero().tolist():
        a, b, c, d = j + 0.1, j + 0.9, i + 0.1, i + 0.9
        corners += [(a, c), (b, c), (b, d), (a, d), (a, c)]
        codes += [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    axes.add_patch(PathPatch(Path(corners, codes), facecolor=colour, linewidth=0))


def patterns() -> Figure:
    """Causal patterns on 16 tokens with window and stride 4: entries and hops."""
    n, k = 16, 4
    union = sparse_mask(n, k, causal=True)
    closure = union.float() @ union.float() > 0
    shown = {
        "local_mask": (local_mask(n, k).tril(), BLUE),
        "atrous_mask": (atrous_mask(n, k).tril(), ORANGE),
        "sparse_mask": (union, GREEN),
        "sparse_mask²": (closure, PURPLE),
    }
    figure = new_figure(7, 2.3)
    for panel, (name, (mask, colour)) in zip(figure.subplots(1, 4), shown.items()):
        cells(panel, mask, colour)
        try:
            hops = str(hops_to_full(mask))
        except ValueError:
            hops = r"$\infty$"
        panel.set_title(f"{name}\n{int(mask.sum())}, {hops}")
        panel.set_xlim(-0.3, n + 0.3)
        panel.set_ylim(n + 0.3, -0.3)
        panel.set_aspect("equal")
        panel.set_xticks([])
        panel.set_yticks([])
        for side in ("top", "right", "bottom", "left"):
            panel.spines[side].set_color(GREY)
            panel.spines[side].set_visible(True)
    return figure


def energy() -> Figure:
    """Singular values of softmax and elu + 1 weights, 256 random tokens, d = 16."""
    generator = torch.Generator().manual_seed(0)
    q, k = torch.randn(2, 256, 16, generator=generator, dtype=torch.float64)
    phi_q, phi_k = (torch.nn.functional.elu(x) + 1 for x in (q, k))
    linear = phi_q @ phi_k.mT
    weights = {
        r"softmax": ((q @ k.mT / 4).softmax(-1), BLUE),
        r"elu + 1": (linear / linear.sum(-1, keepdim=True), GREEN),
    }
    figure = new_figure(7, 2.8)
    shares, values = figure.subplots(1, 2)
    at = [*range(1, 33), *range(36, 257, 4)]
    for name, (matrix, colour) in weights.items():
        sigma = torch.linalg.svdvals(matrix)
        share = sigma.square().cumsum(0) / sigma.square().sum()
        shares.plot(at, [float(share[r - 1]) for r in at], color=colour, label=name)
        kept = [r for r in at if sigma[r - 1] > 1e-12]
        values.plot(kept, [float(sigma[r - 1]) for r in kept], color=colour)
        if len(kept) < len(at):
            last = float(sigma[kept[-1] - 1])
            values.plot([kept[-1]] * 2, [last, 1e-5], ":", color=colour)
    for r in (32, 128):
        shares.axvline(r, color=GREY, linewidth=0.8, linestyle=":")
    shares.set_ylim(0, 1.03)
    shares.set_title(r"$\sum_{i \leq r} \sigma_i^2 \; / \; \sum_i \sigma_i^2$")
    shares.legend(loc="lower right")
    values.set_yscale("log")
    values.set_ylim(1e-5, 2)
    values.set_title(r"$\sigma_r$")
    for panel in (shares, values):
        panel.set_xticks([1, 16, 32, 64, 128, 256])
        panel.set_xticklabels(["1", "", "32", "64", "128", "256"])
        panel.set_xlabel("$r$")
    return figure


def speed() -> Figure:
    """Milliseconds by length, as stored by ``benchmarks.nlp.efficient_attention``."""
    variants = json.loads(STORED.read_text(encoding="utf-8"))["figures"]["variants"]
    figure = new_figure(7, 3.6)
    panel = figure.subplots()
    for name, (colour, style) in LINES.items():
        row = {int(t): x["milliseconds"] for t, x in variants[name].items()}
        panel.plot(row.keys(), row.values(), style, color=colour, marker="o", ms=3)
        panel.annotate(
            name,
            (max(row), row[max(row)]),
            xytext=(6, SHIFTS.get(name, 0)),
            textcoords="offset points",
            va="center",
            color=colour,
        )
    panel.set_xscale("log", base=2)
    panel.set_yscale("log")
    lengths = [int(t) for t in variants["softmax"]]
    panel.set_xticks(lengths, labels=[str(t) for t in lengths])
    panel.set_xlim(lengths[0] * 0.93, lengths[-1] * 1.9)
    panel.minorticks_off()
    panel.set_xlabel("$T$")
    panel.set_title("ms")
    return figure


def draw() -> dict[str, Figure]:
    return {
        "efficient_attention": patterns(),
        "efficient_attention_energy": energy(),
        "efficient_attention_speed": speed(),
    }
