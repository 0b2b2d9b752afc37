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


TOKENS, BLOCK, SIDE, SEED = 6, 2, 36, 358  # of the run that is stepped through
LEFT, TOP = 24, 44  # of the first score, in pixels; SIDE is that of a cell
Rows = dict[int, tuple[float, ...]]  # by query


def scores(
    done: list[tuple[int, int]], now: dict[str, Any] | None, v: torch.Tensor
) -> Picture:
    """The T x T scores, of which only the tile at work exists, and V below its keys."""
    picture = Picture()
    picture.text(LEFT + TOKENS * SIDE / 2, 10, "s = τ q · k", italic=True)
    for n in range(TOKENS):
        across = LEFT + (n + 0.5) * SIDE
        picture.text(10, TOP + (n + 0.5) * SIDE, n, size=12)
        picture.text(across, TOP - 10, n, size=12)
        for part, value in enumerate(v[n].tolist()):
            y = TOP + TOKENS * SIDE + 14 + 16 * part
            picture.text(across, y, short(value), size=12)
    picture.text(10, TOP + TOKENS * SIDE + 22, "V", italic=True)
    for i in range(0, TOKENS, BLOCK):
        for j in range(0, TOKENS, BLOCK):
            place = LEFT + j * SIDE, TOP + i * SIDE, BLOCK * SIDE, BLOCK * SIDE
            seen = (i, j) in done
            picture.rect(*place, BLUE, 0.2 if seen else 0, GREY, dashed=j > i)
            if seen:
                picture.line(
                    [
                        (place[0] + 24, place[1] + SIDE),
                        (place[0] + 32, place[1] + SIDE + 8),
                        (place[0] + 48, place[1] + SIDE - 10),
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


def beside(picture: Picture, kept: Rows, written: Rows) -> None:
    """In line with its query: what is kept on chip of a row, or what has left it."""
    left, right = LEFT + TOKENS * SIDE + 6, 410
    columns = (left + 22, left + 60, left + 100, left + 142)
    for x, head in zip((*columns[:2], left + 121), ("m", "ℓ", "acc")):
        picture.text(x, 10, head, italic=True)
    picture.rect(left, TOP - 19, right - left, 17, GREEN, 0.2)
    picture.text(left + 41, TOP - 11, "L", italic=True)
    picture.text(left + 121, TOP - 11, "O", italic=True)
    for n, row in kept.items():
        y = TOP + (n + 0.5) * SIDE
        picture.rect(left, y - 13, right - left, 26, ORANGE, 0.15)
        for x, value in zip(columns, row):
            picture.text(x, y, short(value), size=12)
    for n, row in written.items():
        y = TOP + (n + 0.5) * SIDE
        picture.rect(left, y - 13, right - left, 26, GREEN, 0.2)
        picture.text(left + 41, y, short(row[0]), size=12)
        picture.text(left + 121, y, " ".join(map(short, row[1:])), size=12)


def steps() -> dict[str, Steps]:
    """A causal forward pass: each tile, the statistics that it mends, the rows written."""
    generator = torch.Generator().manual_seed(SEED)
    q, k, v = 1.6 * torch.randn(3, 1, 1, TOKENS, 2, generator=generator).double()
    result, moments = record(
        lambda: flash_attention_forward(q, k, v, True, block_q=BLOCK, block_k=BLOCK),
        flash_attention_forward,
        ["visited += 1", "lse[:, :, i"],
        "i j s m p stats total acc o",
    )
    frames: list[Frame] = []
    done: list[tuple[int, int]] = []
    kept: Rows = {}
    written: Rows = {}
    for moment in moments:
        i = moment["i"]
        if moment["line"] == "visited += 1":
            m, total, acc = (x[0, 0] for x in moment["stats"])
            before, kept = kept, {}
            for r in range(BLOCK):
                kept[i + r] = (float(m[r]), float(total[r]), *map(float, acc[r]))
            added = moment["p"][0, 0].sum(-1).tolist()
            picture = scores(done, moment, v[0, 0])
            beside(picture, kept, written)
            said = tile_said(i, moment["j"], before, kept, added)
            frames.append(Frame(picture, *said))
            done.append((i, moment["j"]))
            continue
        for n in kept:
            out = moment["o"][0, 0, n].tolist()
            written[n] = (float(result.lse[0, 0, n]), *out)
        kept = {}
        picture = scores(done, None, v[0, 0])
        beside(picture, kept, written)
        rows = f"{i} and {i + BLOCK - 1}"
        en = f"Queries {rows} have seen all their keys: O = acc / ℓ is written, and "
        en += "L = m + ln ℓ for the backward pass; m, ℓ and acc are forgotten."
        zh = f"查询 {i} 和 {i + BLOCK - 1} 已经看完所有的键：写出 O = acc / ℓ，"
        zh += "再留下 L = m + ln ℓ 供反向传播用；m、ℓ、acc 不再需要。"
        if len(written) == TOKENS:
            en += (
                f" {result.blocks_visited} tiles in all; the dashed ones, right of the "
            )
            en += "diagonal, were never made."
            zh += f"一共算了 {result.blocks_visited} 个分块，对角线右边（虚线）的从未生成。"
        frames.append(Frame(picture, en, zh))
    high = TOP + TOKENS * SIDE + 40
    return {"flash_attention_steps": Steps(412, high, frames)}


def tile_said(
    i: int, j: int, before: Rows, kept: Rows, added: list[float]
) -> tuple[str, str]:
    """What a tile does to one of its rows: one whose maximum rises, if there is one."""
    rises = [n for n in kept if n in before and before[n][0] < kept[n][0]]
    n = rises[0] if rises else i + BLOCK - 1
    m, total, sum_ = short(kept[n][0]), short(kept[n][1]), short(added[n - i])
    en = f"Queries {i}–{i + BLOCK - 1}, keys {j}–{j + BLOCK - 1}. "
    zh = f"查询 {i}–{i + BLOCK - 1}，键 {j}–{j + BLOCK - 1}。"
    if i == j == 0:
        en += "−∞: a key after its query is masked. "
        zh += "−∞：键在查询之后，被掩码遮住。"
    en += f"Row {n}: "
    zh += f"第 {n} 行："
    if n not in before:
        en += (
            f"its first tile, so m is the largest score, {m}, ℓ the sum of e^(s − m), "
        )
        en += f"{total}, and acc the same sum with each term times its row of V."
        zh += f"第一个分块，m 是最大的分数 {m}，ℓ 是 e^(s − m) 之和 {total}，"
        zh += "acc 是同样的和，每项再乘 V 的对应行。"
    elif rises:
        factor = short(math.exp(before[n][0] - kept[n][0]))
        en += (
            f"m rises from {short(before[n][0])} to {m}, so all that was added up with "
        )
        en += f"the old m counts e^({short(before[n][0])} − {m}) = {factor} times: "
        en += f"ℓ = {factor} × {short(before[n][1])} + {sum_} = {total}, and acc likewise."
        zh += f"m 从 {short(before[n][0])} 升到 {m}，按旧的 m 累加的都要乘 "
        zh += f"e^({short(before[n][0])} − {m}) = {factor}："
        zh += f"ℓ = {factor} × {short(before[n][1])} + {sum_} = {total}，acc 也一样。"
    else:
        fresh = short(kept[n][1] - before[n][1])
        en += f"no score beats m = {m}, so the new terms are added as they are: "
        en += f"ℓ = {short(before[n][1])} + {fresh} = {total}, and acc likewise."
        zh += f"没有分数超过 m = {m}，新的项直接加上："
        zh += f"ℓ = {short(before[n][1])} + {fresh} = {total}，acc 也一样。"
    return en, zh
