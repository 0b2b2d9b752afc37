"""Model states of LLaMA-2-7B per device, and its activations against tokens."""

from typing import Any

import torch
from matplotlib.figure import Figure
from torch.nn.functional import mse_loss

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, new_figure
from snippets.distributed.data_parallel import spawn_ddp
from snippets.distributed.zero import (
    LlamaShape,
    Zero,
    activation_bytes,
    llama_activation_bytes,
    llama_param_count,
    model_state_bytes,
)
from snippets.distributed.zero.launch import SETTINGS, make_batch, make_layers

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


RANKS, WIDTH = 2, 8  # of the step that is looked at: processes; units of a layer
MOMENTS = {  # lines of ``Zero.step``, and what has just happened there
    "y = unit.layer(x)": "fetched",
    "trail.append((x, y))": "dropped",
    "y.backward(upstream)": "again",
    "if self.stage >= 2": "gradient",
    "scale = self": "reduced",
    "return loss.detach()": "updated",
}


def watched_step(rank: int, W: int) -> list[dict[str, Any]]:
    """One step of ZeRO-3 in bfloat16 on this rank, and what it holds at each moment."""
    torch.set_num_threads(1)
    zero = Zero(make_layers(torch.bfloat16, WIDTH), 3, SETTINGS)
    inputs, targets = (x.chunk(W)[rank] for x in make_batch(torch.bfloat16, WIDTH))

    def look(seen: dict[str, Any]) -> dict[str, Any]:
        units = zero.units
        layer = next((n for n, u in enumerate(units) if u is seen["unit"]), 0)
        whole = [u.width * W for u in units]
        return {
            "layer": layer,
            "params": [u.full.untyped_storage().nbytes() > 0 for u in units],
            "rank": zero.wire.rank,
            "own": [len(u.part) / n for u, n in zip(units, whole)],
            "grads": [len(u.grad) / n for u, n in zip(units, whole)],
            "optim": [len(u.state.m) / n for u, n in zip(units, whole)],
            "bytes": zero.held()["total"],
            "sent": zero.wire.sent,
            "copy": units[layer].full.untyped_storage().nbytes(),
        }

    _, moments = record(
        lambda: zero.step(inputs, lambda y: mse_loss(y, targets)),
        Zero.step,
        list(MOMENTS),
        look,
    )
    return moments


def holdings(moments: list[dict[str, Any]], now: bool) -> Picture:
    """What each rank holds of each layer: halves of parameters, gradients and states."""
    picture = Picture()
    for column, head in enumerate(PARTS):
        for rank in range(RANKS):
            picture.text(86 + 190 * rank + 60 * column, 36, head, size=12.5)
    for rank, moment in enumerate(moments):
        left = 60 + 190 * rank
        picture.text(left + 86, 14, f"rank {rank}: {moment['bytes']} B", bold=True)
        for n, gathered in enumerate(moment["params"]):
            y = 50 + 34 * n
            if now and n == moment["layer"]:
                picture.rect(left - 4, y - 5, 180, 32, edge=PURPLE, thick=2)
            shares = {part: moment[part][n] for part in ("grads", "optim")}
            shares["params"] = 1 if gathered else moment["own"][n]
            held = {
                part: halves(share, moment["rank"]) for part, share in shares.items()
            }
            for column, (part, colour) in enumerate(PARTS.items()):
                for half in range(RANKS):
                    x = left + 60 * column + 26 * half
                    full = 0.75 if half in held[part] else 0
                    picture.rect(x, y, 26, 22, colour, full, GREY, 0.8)
    for n in range(len(moments[0]["params"])):
        picture.text(27, 61 + 34 * n, f"units[{n}]", size=12.5)
    return picture


def halves(share: float, rank: int) -> set[int]:
    """Which halves a share is: none, all, or this rank's own."""
    return set(range(RANKS)) if share == 1 else {rank} if share else set()


def steps() -> dict[str, Steps]:
    """A step of ZeRO-3 on two processes, as each of them saw it."""
    ranks = spawn_ddp(watched_step, RANKS, limit=60.0, start_limit=100.0)
    frames = []
    for both in zip(*ranks):
        first = both[0]
        n, held, sent = first["layer"], first["bytes"], first["sent"]
        what = MOMENTS[first["line"]]
        on_layer = what in ("fetched", "dropped", "again", "gradient")
        en, zh = SAID[what]
        numbers = {"n": n, "held": held, "sent": sent, "copy": first["copy"]}
        frames.append(
            Frame(
                holdings(list(both), on_layer),
                en.format(**numbers),
                zh.format(**numbers),
            )
        )
    return {"zero_steps": Steps(440, 50 + 34 * 4, frames)}


SAID = {
    "fetched": (
        "Forward, layer {n}: the ranks send each other their halves, and each puts a copy "
        "of the whole layer together, {copy} bytes beside its own half. Each holds {held} "
        "bytes and has sent {sent}.",
        "前向，第 {n} 层：两个进程互发各自那一半参数，各自拼出整层的副本，除自己那一半外再占 {copy} 字节。"
        "每个持有 {held} 字节，已发送 {sent} 字节。",
    ),
    "dropped": (
        "Layer {n} has computed its output, and the copy is dropped at once: {held} bytes, "
        "so one whole layer exists at a time.",
        "第 {n} 层算出输出，副本立刻丢掉：{held} 字节。任何时刻只有一层是完整的。",
    ),
    "again": (
        "Backward, layer {n}: its parameters are gathered again, since they were dropped, "
        "and its whole gradient gets room: {held} bytes, {sent} sent.",
        "反向，第 {n} 层：参数已丢，须再收集一次，还要给整层的梯度留出空间：{held} 字节，已发送 {sent} 字节。",
    ),
    "gradient": (
        "The gradient of layer {n} is there, from this rank's part of the batch; the copy "
        "of the parameters is dropped: {held} bytes. Next the ranks average it, and each "
        "keeps its half.",
        "第 {n} 层的梯度已算出，只来自本进程那部分批次；参数的副本丢掉：{held} 字节。"
        "接着两个进程求平均，各留一半。",
    ),
    "reduced": (
        "All gradients are averaged; each rank keeps its half of each: {held} bytes, "
        "{sent} sent.",
        "所有梯度都已求平均，每个进程各留一半：{held} 字节，已发送 {sent} 字节。",
    ),
    "updated": (
        "AdamW updates on each rank the half that it owns. Nothing is sent: still {sent} "
        "bytes; the next step gathers the new parameters. Each rank holds {held} bytes.",
        "AdamW 在每个进程上只更新它拥有的那一半，不必通信，仍是 {sent} 字节；新参数到下一步才收集。"
        "每个进程持有 {held} 字节。",
    ),
}
