"""What a query reads in prefill and decode, bytes over tokens, and blocks step by step."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.nlp.kv_cache import KVCache, PagedAllocator, cache_bytes

PROMPT, TOKENS = 6, 8
WEIGHTS = 2 * 8_030_261_248  # bytes; Llama 3.1 8B
LATENT = 576  # numbers a token and layer: a vector of 512, a key of 64


def passes() -> list[tuple[int, np.ndarray]]:
    """Of each pass the first new token and the weights, read off by values that are 1."""
    cache = KVCache(TOKENS, 2, TOKENS)
    found = []
    for start, stop in ((0, PROMPT), (PROMPT, PROMPT + 1), (PROMPT + 1, TOKENS)):
        cache.append(np.zeros((stop - start, 2)), np.eye(TOKENS)[start:stop])
        found.append((start, cache.attend(np.zeros((stop - start, 2)))))
    return found


def draw() -> dict[str, Figure]:
    figure = new_figure(7.0, 2.9)
    left, right = figure.subplots(1, 2, width_ratios=[1, 1.35])
    for start, weights in passes():
        colour = BLUE if start == 0 else ORANGE
        for row, seen in enumerate(weights):
            for j in np.flatnonzero(seen):
                new = j >= start
                cell = Rectangle(
                    (j - 0.44, start + row - 0.44),
                    0.88,
                    0.88,
                    facecolor=colour if new else GREY,
                    alpha=1 if new else 0.45,
                )
                left.add_patch(cell)
    left.set_xlim(-0.6, TOKENS - 0.4)
    left.set_ylim(TOKENS - 0.4, -0.6)
    left.set_aspect("equal")
    left.set_xticks(range(TOKENS))
    left.set_yticks(range(TOKENS))
    left.tick_params(length=0)
    left.set_xlabel("$j$")
    left.set_ylabel("$i$", rotation=0, labelpad=8)
    left.spines[:].set_visible(False)

    tokens = 2 ** np.arange(10, 18)
    sets = (
        ("MHA", 32, 128, BLUE),
        ("GQA 8", 8, 128, ORANGE),
        ("MLA", 1, LATENT // 2, GREEN),
    )
    for name, heads, width, colour in sets:
        sizes = [cache_bytes(32, heads, width, int(t)) / 2**30 for t in tokens]
        right.loglog(tokens, sizes, color=colour, base=2)
        right.annotate(
            name,
            (tokens[1], sizes[1]),
            xytext=(0, 6),
            textcoords="offset points",
            ha="right",
            color=colour,
        )
    right.axhline(WEIGHTS / 2**30, color=INK, ls="--", lw=1)
    right.set_xlabel("$T$")
    right.set_ylabel("GiB")
    right.set_xticks([2**10, 2**12, 2**14, 2**16], ["1024", "4096", "16384", "65536"])
    right.set_yticks([2.0**-4, 0.5, 4, 32], ["1/16", "1/2", "4", "32"])
    right.set_xlim(2**10, 2**17.1)
    right.minorticks_off()
    return {"kv_cache": figure}


# The steps: an allocator of 8 blocks of 4 tokens, and what is done with it.

BLOCKS, SIZE = 8, 4
COLOURS = {"a": BLUE, "b": ORANGE, "c": GREEN}
CELL, LEFT, TOP, GAP = 18, 34, 26, 14  # pixels


@dataclass(frozen=True)
class Call:
    """One call of the allocator, and the allocator before and after it."""

    name: str
    seq: str
    other: str | int
    moved: tuple[int, int] | None
    before: PagedAllocator
    after: PagedAllocator


def run() -> list[Call]:
    """A sequence grows, is forked, copies its last block, and all end."""
    paged = PagedAllocator(BLOCKS, SIZE)
    calls: list[tuple[str, str, str | int]] = [
        ("extend", "a", 6),
        ("fork", "a", "b"),
        ("extend", "b", 1),
        ("extend", "a", 1),
        ("extend", "a", 1),
        ("fork", "a", "c"),
        ("extend", "c", 1),
        ("release", "a", ""),
        ("release", "b", ""),
        ("release", "c", ""),
    ]
    found = []
    for name, seq, other in calls:
        before = copy.deepcopy(paged)
        arguments = (seq,) if other == "" else (seq, other)
        moved = getattr(paged, name)(*arguments)
        found.append(Call(name, seq, other, moved, before, copy.deepcopy(paged)))
    return found


def listed(numbers: list[int], last: str) -> str:
    words = [str(n) for n in numbers]
    joint = ", " if last == " and " else "、"
    return last.join(filter(None, [joint.join(words[:-1]), words[-1]]))


def said(call: Call) -> tuple[str, str]:
    """What happens, in both languages; all numbers are those of the run."""
    seq, before, after = call.seq, call.before, call.after
    left = len(after.free)
    if call.name == "fork":
        tokens, last = after.lengths[seq], after.tables[seq][-1]
        en = f"fork({seq}, {call.other}): {call.other} begins with the {tokens} tokens of {seq}. "
        zh = (
            f"fork({seq}, {call.other})：{call.other} 以 {seq} 的 {tokens} 个词元开头。"
        )
        if tokens % SIZE:
            en += f"Both tables name the same blocks, and no block is taken: {left} are free."
            zh += f"两个块表指向相同的块，没有占用新块：空闲块仍有 {left} 个。"
        else:
            en += f"Block {last}, the last one, is full. No block is taken: {left} are free."
            zh += f"最后一块 {last} 已满。没有占用新块：空闲块仍有 {left} 个。"
        return en, zh
    if call.name == "release":
        freed = [n for n in after.free if n not in before.free]
        en, zh = f"release({seq}): ", f"release({seq})："
        if freed:
            plural = "blocks" if len(freed) > 1 else "block"
            verb = "are" if len(freed) > 1 else "is"
            en += f"{plural} {listed(freed, ' and ')}, which no other table names, {verb} free again. "
            zh += f"块 {listed(freed, '、')} 不在别的块表里，重新变为空闲。"
            kept = [n for n in before.tables[seq] if n not in freed]
            if kept:
                en += f"Block {listed(kept, ' and ')} stays: another table names it. "
                zh += f"块 {listed(kept, '、')} 还在别的块表里，保留。"
            return en + f"Free: {left}.", zh + f"空闲块：{left} 个。"
        en += f"blocks {listed(before.tables[seq], ' and ')} stay, for other tables name them. Free: {left}, as before."
        zh += f"块 {listed(before.tables[seq], '、')} 还在别的块表里，都保留。空闲块仍是 {left} 个。"
        return en, zh
    table, count = after.tables[seq], call.other
    en, zh = f"extend({seq}, {count}): ", f"extend({seq}, {count})："
    if call.moved:
        old, new = call.moved
        en += f"block {old} has room, but others use it too. So {seq} gets block {new}, the content of {old} is copied there, and the new token is written into the copy. Free: {left}."
        zh += f"块 {old} 还有空位，但是别的序列也在用。所以 {seq} 得到块 {new}，{old} 的内容复制过去，新词元写进副本。空闲块：{left} 个。"
    elif len(table) > len(before.tables.get(seq, [])):
        fresh = table[len(before.tables.get(seq, [])) :]
        if seq in before.tables:
            en += f"the last block is full, so nothing has to be copied. The new token goes to a new block, {fresh[0]}. Free: {left}."
            zh += f"最后一块已满，所以什么都不用复制。新词元写进新块 {fresh[0]}。空闲块：{left} 个。"
        else:
            en += f"a new sequence of {count} tokens, {SIZE} to a block, gets blocks {listed(fresh, ' and ')}. Free: {left}; the last one of the list is handed out next."
            zh += f"新序列有 {count} 个词元，每块 {SIZE} 个，得到块 {listed(fresh, '、')}。空闲块：{left} 个；列表末尾的下一个分出去。"
    else:
        en += f"block {table[-1]} has room and is in no other table: the token is written there, without a copy. Free: {left}."
        zh += f"块 {table[-1]} 有空位，又不在别的块表里：词元直接写进去，不用复制。空闲块：{left} 个。"
    return en, zh


def frame(call: Call) -> Frame:
    picture, paged = Picture(), call.after
    for block in range(BLOCKS):
        x = LEFT + (block % 4) * (SIZE * CELL + GAP)
        y = TOP + (block // 4) * (CELL + 34)
        picture.text(x + SIZE * CELL / 2, y - 10, block, size=12)
        owners = [seq for seq in paged.tables if block in paged.tables[seq]]
        for owner_at, seq in enumerate(owners):
            place = paged.tables[seq].index(block) * SIZE
            filled = min(SIZE, paged.lengths[seq] - place)
            height = CELL / len(owners)
            picture.rect(
                x,
                y + owner_at * height,
                filled * CELL,
                height,
                fill=COLOURS[seq],
                opacity=0.75,
            )
        for cell in range(SIZE):
            picture.rect(x + cell * CELL, y, CELL, CELL, edge=GREY)
    for row, seq in enumerate(COLOURS):
        y = TOP + 2 * (CELL + 34) + 12 + 24 * row
        if seq not in paged.tables:
            continue
        picture.rect(LEFT, y - 6, 12, 12, fill=COLOURS[seq], opacity=0.75)
        table = " ".join(map(str, paged.tables[seq]))
        words = f"{seq}: {table}  ({paged.lengths[seq]})"
        picture.text(LEFT + 20, y, words, anchor="start")
    y = TOP + 2 * (CELL + 34) + 12 + 24 * 3
    free = " ".join(map(str, paged.free))
    picture.text(LEFT, y, f"free: {free}", anchor="start")
    return Frame(picture, *said(call))


def steps() -> dict[str, Steps]:
    """The blocks, the tables and the free list after each call."""
    return {"kv_cache_steps": Steps(400, 226, [frame(call) for call in run()])}
