"""Model states of LLaMA-2-7B per device, and its activations against tokens."""

from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, new_figure
from snippets.distributed.zero import (
    LlamaShape,
    activation_bytes,
    llama_activation_bytes,
    llama_param_count,
    model_state_bytes,
)

DEVICES = [1, 4, 16, 64]
PARTS = {"params": BLUE, "grads": GREEN, "optim": ORANGE}
SHAPE = LlamaShape()
CARDS = (23_034 / 1024, 80, 139)  # GiB: an L4, an A100, an H200


def kept(mode: str, s: int) -> float:
    """Bytes of activations of one sequence of s tokens."""
    if mode == "full":
        return activation_bytes(s, 1, SHAPE.hidden, SHAPE.heads, SHAPE.layers, mode)
    return llama_activation_bytes(SHAPE, s, 1, fused=mode == "fused")


def memory() -> Figure:
    """Left: stacked bars by stage and number of devices. Right: activations."""
    figure = new_figure(7.4, 3.1)
    states, activations = figure.subplots(1, 2, width_ratios=[3.4, 2])
    n_params = llama_param_count(SHAPE)
    for stage in range(4):
        for place, n in enumerate(DEVICES):
            x, bottom = 5 * stage + place, 0.0
            held = model_state_bytes(n_params, stage, n)
            for part, colour in PARTS.items():
                height = held[part] / 1e9
                states.bar(x, height, 0.8, bottom, color=colour)
                bottom += height
            label = f"{bottom:.0f}" if bottom >= 10 else f"{bottom:.1f}"
            above = 26 if 17 < bottom < 25 else bottom + 2  # not on the line
            states.text(x, above, label, ha="center", fontsize=7)
    for gib in CARDS:
        limit = gib * 2**30 / 1e9
        states.axhline(limit, color=GREY, linestyle="--", linewidth=1, zorder=0)
        y = limit + 2 if gib > 30 else limit - 7  # not on a bar's number
        states.text(19.3, y, f"{gib:.0f} GiB", ha="right", color=INK, fontsize=8)
    for x, (part, colour) in zip((0, 4, 7.5), PARTS.items()):
        states.text(x, 123, part, color=colour, fontsize=8)
    states.set_xticks([5 * stage + 1.5 for stage in range(4)])
    states.set_xticklabels([f"stage {stage}" for stage in range(4)])
    states.tick_params(axis="x", length=0)
    states.set_xlim(-0.8, 19.4)
    states.set_ylim(0, 163)
    states.set_yticks([0, 50, 100, 150])
    states.set_xlabel("N = 1, 4, 16, 64")
    states.set_ylabel("GB")

    lengths = [256 * k for k in range(1, 33)]
    ends = {
        "eager": (ORANGE, 6200, 165),
        "fused": (GREEN, 8192, 48),
        "full": (BLUE, 8192, 8),
    }
    for mode, (colour, x, y) in ends.items():
        activations.plot(lengths, [kept(mode, s) / 1e9 for s in lengths], color=colour)
        activations.text(x, y, mode, ha="right", color=colour, fontsize=8)
    activations.axhline(
        80 * 2**30 / 1e9, color=GREY, linestyle="--", linewidth=1, zorder=0
    )
    activations.text(300, 90, "80 GiB", color=INK, fontsize=8)
    crossing = 37.5 * 4096 / (2 * 32)  # the weights outgrow all else
    activations.axvline(crossing, color=PURPLE, linestyle=":", linewidth=1)
    activations.text(crossing + 120, 185, "$2as/h=37.5$", color=PURPLE, fontsize=8)
    activations.set_xticks([0, 2048, 4096, 8192])
    activations.set_xlim(0, 8300)
    activations.set_ylim(0, 200)
    activations.set_xlabel("$s$")
    activations.set_ylabel("GB")
    return figure


def draw() -> dict[str, Figure]:
    return {"zero": memory()}
