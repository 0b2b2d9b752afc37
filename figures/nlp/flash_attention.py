"""Elements moved through HBM against length, and the tiles a causal forward visits."""

import math
from typing import Any

import torch
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, new_figure
from snippets.nlp.flash_attention import (
    flash_attention_forward,
    io_flash1,
    io_flash2,
    io_standard,
)
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


TOKENS, BLOCK, SIDE = 6, 2, 38  # of the run that is stepped through; pixels of a cell
LEFT, TOP = 26, 28


def scores(done: list[tuple[int, int]], now: dict[str, Any] | None) -> Picture:
    """The T x T scores, of which only the tile at work exists."""
    picture = Picture()
    picture.text(LEFT + TOKENS * SIDE / 2, 10, "s = q · k / √d", italic=True)
    for n in range(TOKENS):
        picture.text(12, TOP + (n + 0.5) * SIDE, n, size=12)
    for i in range(0, TOKENS, BLOCK):
        for j in range(0, TOKENS, BLOCK):
            place = LEFT + j * SIDE, TOP + i * SIDE, BLOCK * SIDE, BLOCK * SIDE
            seen = (i, j) in done
            picture.rect(*place, BLUE, 0.2 if seen else 0, GREY, dashed=j > i)
            if seen:
                picture.line(
                    [
                        (place[0] + 26, place[1] + SIDE),
                        (place[0] + 34, place[1] + SIDE + 8),
                        (place[0] + 50, place[1] + SIDE - 10),
                    ],
                    BLUE,
                    3,
                )
    if now:
        i, j, tile = now["i"], now["j"], now["s"][0, 0]
        place = LEFT + j * SIDE, TOP + i * SIDE, BLOCK * SIDE, BLOCK * SIDE
        picture.rect(*place, ORANGE, 0.15, ORANGE, 2.5)
        for row in range(BLOCK):
            for column in range(BLOCK):
                x, y = place[0] + (column + 0.5) * SIDE, place[1] + (row + 0.5) * SIDE
                picture.text(x, y, short(float(tile[row, column])), size=12)
    return picture


def short(value: float) -> str:
    if math.isinf(value):
        return "−∞" if value < 0 else "∞"
    return f"{value:.2f}".replace("-", "−").replace("−0.00", "0.00")


def kept(
    picture: Picture, i: int, rows: list[tuple[float, ...]], fresh: bool, title: str
) -> None:
    """What is kept on chip of each row of the block: maximum, sum, weighted values."""
    columns = (280, 322, 368, 420)
    for x, head in zip(columns, ("", "m", "ℓ", title)):
        picture.text(x, TOP + 8, head, italic=True)
    for n, row in enumerate(rows):
        y = TOP + 34 + n * 28
        if fresh:
            picture.rect(264, y - 13, 186, 26, ORANGE, 0.15)
        picture.text(columns[0], y, i + n, size=12)
        for x, value in zip(columns[1:], (*row[:2], row[2:])):
            words = (
                " ".join(map(short, value))
                if isinstance(value, tuple)
                else short(value)
            )
            picture.text(x, y, words, size=12)


def written(picture: Picture, outputs: dict[int, tuple[float, ...]]) -> None:
    """Rows of O that have left the chip."""
    picture.text(358, TOP + 112, "O", italic=True)
    for i, row in outputs.items():
        x, y = 264 + 96 * (i % 2), TOP + 136 + 28 * (i // 2)
        picture.rect(x, y - 12, 90, 24, GREEN, 0.2)
        picture.text(x + 10, y, i, size=12)
        picture.text(x + 52, y, " ".join(map(short, row)), size=12)


def steps() -> dict[str, Steps]:
    """A causal forward pass: each tile, the statistics that it mends, the rows written."""
    generator = torch.Generator().manual_seed(4)
    q, k, v = 1.6 * torch.randn(3, 1, 1, TOKENS, 2, generator=generator).double()
    result, moments = record(
        lambda: flash_attention_forward(q, k, v, True, block_q=BLOCK, block_k=BLOCK),
        flash_attention_forward,
        ["visited += 1", "lse[:, :, i"],
        "i j s m stats total acc o",
    )
    frames: list[Frame] = []
    done: list[tuple[int, int]] = []
    outputs: dict[int, tuple[float, ...]] = {}
    before: list[tuple[float, ...]] = [(-math.inf, 0.0, 0.0, 0.0)] * BLOCK
    for moment in moments:
        i = moment["i"]
        if moment["line"] == "visited += 1":
            j = moment["j"]
            m, total, acc = (x[0, 0] for x in moment["stats"])
            rows = [
                (float(m[r]), float(total[r]), *map(float, acc[r]))
                for r in range(BLOCK)
            ]
            picture = scores(done, moment)
            kept(picture, i, rows, True, "acc")
            written(picture, outputs)
            frames.append(Frame(picture, *tile_said(i, j, before, rows)))
            done.append((i, j))
            before = rows
        else:
            block = moment["o"][0, 0, i : i + BLOCK]
            for r in range(BLOCK):
                outputs[i + r] = tuple(map(float, block[r]))
            picture = scores(done, None)
            kept(picture, i, before, False, "acc")
            written(picture, outputs)
            last = i + BLOCK == TOKENS
            rows_of = f"{i} and {i + BLOCK - 1}"
            tiles = result.blocks_visited
            en = (
                f"Queries {rows_of} have seen all their keys: acc / ℓ is written to O, "
            )
            en += "and m + log ℓ for the backward pass."
            zh = f"查询 {i} 和 {i + BLOCK - 1} 已经看完所有的键：把 acc / ℓ 写入 O，"
            zh += "再留下 m + log ℓ 供反向传播用。"
            if last:
                en += f" {tiles} tiles in all; those right of the diagonal were never made."
                zh += f"一共算了 {tiles} 个分块，对角线右边的从未生成。"
            frames.append(Frame(picture, en, zh))
            before = [(-math.inf, 0.0, 0.0, 0.0)] * BLOCK
    return {"flash_attention_steps": Steps(456, TOP + TOKENS * SIDE + 4, frames)}


def tile_said(
    i: int, j: int, before: list[tuple[float, ...]], rows: list[tuple[float, ...]]
) -> tuple[str, str]:
    """What a tile does to one of its rows: one whose maximum rises, if there is one."""
    rises = [r for r in range(BLOCK) if before[r][0] < rows[r][0]]
    r = (rises or [0])[0]
    was, now = before[r], rows[r]
    en = f"Queries {i}–{i + BLOCK - 1}, keys {j}–{j + BLOCK - 1}. Row {i + r}: "
    zh = f"查询 {i}–{i + BLOCK - 1}，键 {j}–{j + BLOCK - 1}。第 {i + r} 行："
    if math.isinf(was[0]):
        en += f"the first tile, maximum {short(now[0])}, sum of e^(s − m) {short(now[1])}."
        zh += f"第一个分块，最大值 {short(now[0])}，e^(s − m) 之和 {short(now[1])}。"
    elif rises:
        factor = math.exp(was[0] - now[0])
        en += (
            f"the maximum rises from {short(was[0])} to {short(now[0])}, so the old ℓ "
        )
        en += f"and acc count {short(factor)} times: ℓ = {short(now[1])}."
        zh += f"最大值从 {short(was[0])} 升到 {short(now[0])}，"
        zh += f"旧的 ℓ 和 acc 先乘 {short(factor)}：ℓ = {short(now[1])}。"
    else:
        en += f"no score beats the maximum {short(now[0])}; ℓ grows from "
        en += f"{short(was[1])} to {short(now[1])}."
        zh += f"没有更大的分数，最大值仍是 {short(now[0])}；"
        zh += f"ℓ 从 {short(was[1])} 增加到 {short(now[1])}。"
    return en, zh
