"""A word as a tree of merges, bytes per token, and ten merges as they are learnt."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREY, ORANGE, new_figure
from snippets.nlp.bpe_tokenization import encode, train_bpe

WORDS = {"low": 5, "lower": 2, "newest": 6, "widest": 3}
TEXT = " ".join(word for word, n in WORDS.items() for _ in range(n))
MERGES = 10
Cut = tuple[bytes, ...]


def shown(symbol: bytes) -> str:
    return symbol.decode().replace(" ", "␣")


def speech() -> tuple[str, str]:
    """Two texts of one made-up language, of 3,000 words each: the page's experiment."""
    draw = Random(0)
    syllables = [c + v for c in "bdgklmnrst" for v in "aeo"]
    lexicon: list[str] = []
    while len(lexicon) < 200:
        word = "".join(draw.choices(syllables, k=draw.randint(1, 4)))
        if word not in lexicon:
            lexicon.append(word)
    weights = [1 / rank for rank in range(1, 201)]
    first, second = (" ".join(draw.choices(lexicon, weights, k=3000)) for _ in "ab")
    return first, second


# The figure


def tree(axes: Axes) -> None:
    """The word of most letters, from its bytes to one token."""
    word = b" newest"
    nodes = [(float(x), 0, bytes([b])) for x, b in enumerate(word)]
    placed = list(nodes)
    height = 0
    for rank, pair in enumerate(train_bpe(TEXT, MERGES)):
        symbols = [node[2] for node in nodes]
        for i in range(len(symbols) - 1):
            if (symbols[i], symbols[i + 1]) == pair:
                height += 1
                (x, y, a), (u, v, b) = nodes[i], nodes[i + 1]
                top = ((x + u) / 2, height, a + b)
                for foot_x, foot_y in ((x, y), (u, v)):
                    axes.plot(
                        [foot_x, foot_x, top[0]],
                        [foot_y + (0.85 if foot_y else 0.35), height, height],
                        color=GREY,
                        lw=1.1,
                    )
                axes.text(
                    top[0],
                    height - 0.32,
                    f"{rank}",
                    ha="center",
                    va="center",
                    fontsize=9,
                    color=ORANGE,
                )
                nodes[i : i + 2] = [top]
                placed.append(top)
                break
    for x, y, symbol in placed:
        axes.text(
            x,
            y + 0.4 if y else y,
            shown(symbol),
            ha="center",
            va="center",
            fontsize=10,
        )
    axes.set_xlim(-0.5, len(word) - 0.3)
    axes.set_ylim(-0.4, height + 0.8)
    axes.axis("off")


def curve(axes: Axes) -> None:
    texts = speech()
    merges = train_bpe(texts[0], 500)
    sizes = [0, 5, 10, 20, 35, 50, 75, 100, 150, 200, 300, 500]
    sizes = sorted({min(size, len(merges)) for size in sizes})
    for text, colour, style in zip(texts, (BLUE, ORANGE), ("-", "--")):
        ratios = [
            len(text.encode()) / len(encode(text, merges[:size])) for size in sizes
        ]
        axes.plot(sizes, ratios, style, color=colour, marker="o", ms=3)
    axes.set_xlabel("merges")
    axes.set_ylabel("$B / N$")
    axes.set_ylim(bottom=0)


def draw() -> dict[str, Figure]:
    figure = new_figure(4.6, 5.0)  # one above the other: legible on a phone
    above, below = figure.subplots(2, 1)
    tree(above)
    curve(below)
    return {"bpe_tokenization": figure}


# The steps

LEFT, ROW, UNIT, TABLE = 34, 27, 16, 236  # pixels


def run() -> tuple[list[tuple[bytes, bytes]], list[dict[str, Any]]]:
    """The merges, and the words, their cuts and the counts before each of them."""
    learnt, moments = record(
        lambda: train_bpe(TEXT, MERGES),
        train_bpe,
        ["learnt.append(best)"],
        "words cuts pairs best",
    )
    return learnt, moments


def cells(picture: Picture, words: dict[str, int], cuts: dict[str, Cut]) -> None:
    for row, (word, symbols) in enumerate(cuts.items()):
        y = 8 + row * ROW
        picture.text(LEFT - 12, y + 11, words[word], anchor="end")
        x = float(LEFT)
        for symbol in symbols:
            wide = UNIT * len(symbol) + 2
            several = len(symbol) > 1
            picture.rect(
                x,
                y,
                wide,
                22,
                fill=BLUE if several else "none",
                opacity=0.2,
                edge=BLUE if several else GREY,
            )
            picture.text(x + wide / 2, y + 11, shown(symbol))
            x += wide + 4


def mark(picture: Picture, cuts: dict[str, Cut], pair: tuple[bytes, bytes]) -> None:
    """A frame around each pair that is about to be merged."""
    for row, symbols in enumerate(cuts.values()):
        x, skip = float(LEFT), False
        for i, symbol in enumerate(symbols):
            wide = UNIT * len(symbol) + 2
            if skip:
                skip = False
            elif symbols[i : i + 2] == pair:
                both = wide + UNIT * len(symbols[i + 1]) + 6
                picture.rect(x - 2, 6 + row * ROW, both + 4, 26, edge=ORANGE, thick=2)
                skip = True
            x += wide + 4


def table(picture: Picture, moment: dict[str, Any]) -> None:
    pairs = moment["pairs"]
    order = sorted(pairs, key=lambda pair: (-pairs[pair], pair))[:5]
    for row, pair in enumerate(order):
        y = 8 + row * ROW
        if pair == moment["best"]:
            picture.rect(TABLE - 8, y - 2, 148, 26, edge=ORANGE, thick=2)
        picture.text(
            TABLE, y + 11, " + ".join(map(shown, pair)), anchor="start", bold=row == 0
        )
        picture.text(TABLE + 130, y + 11, pairs[pair], anchor="end", bold=row == 0)


def merging(rank: int, moment: dict[str, Any]) -> Frame:
    words, cuts, pairs, best = (moment[k] for k in ("words", "cuts", "pairs", "best"))
    picture = Picture()
    cells(picture, words, cuts)
    mark(picture, cuts, best)
    table(picture, moment)
    name = " + ".join(map(shown, best))
    holds = [word for word, symbols in cuts.items() if best in pairwise(symbols)]
    places = " + ".join(str(words[word]) for word in holds)
    total = f"{places} = {pairs[best]}" if len(holds) > 1 else places
    ties = sum(count == pairs[best] for count in pairs.values())
    en = f"Merge {rank}: {name} stands at {total} places, counted with how often each word occurs. "
    zh = f"合并 {rank}：{name} 出现 {total} 次，每个词按出现次数计。"
    if ties > 1:
        en += f"{ties} pairs are as frequent; it is the smallest of them, as bytes compare. "
        zh += f"同样频繁的有 {ties} 对，其中它按字节比较最小。"
    else:
        en += "No other pair is as frequent. "
        zh += "没有别的对同样频繁。"
    token = shown(best[0] + best[1])
    en += f"So {token} becomes a token, with the id {256 + rank}."
    zh += f"于是 {token} 成为词元，编号 {256 + rank}。"
    return Frame(picture, en, zh)


def steps() -> dict[str, Steps]:
    """Before each merge what is counted, and at the end the words as they are cut."""
    learnt, moments = run()
    frames = [merging(rank, moment) for rank, moment in enumerate(moments)]
    words = moments[-1]["words"]
    # The state after the last merge, from a run that goes one merge further.
    _, more = record(
        lambda: train_bpe(TEXT, MERGES + 1),
        train_bpe,
        ["learnt.append(best)"],
        "cuts",
    )
    cuts = more[-1]["cuts"]
    picture = Picture()
    cells(picture, words, cuts)
    whole = sum(words[word] for word, symbols in cuts.items() if len(symbols) == 1)
    count, used = (
        sum(words.values()),
        sum(words[word] * len(cuts[word]) for word in words),
    )
    frames.append(
        Frame(
            picture,
            f"After {len(learnt)} merges {whole} of the {count} words are one token each, and the "
            f"{len(TEXT)} bytes are {used} tokens. Rare words are still in pieces.",
            f"{len(learnt)} 次合并之后，{count} 个词里有 {whole} 个各是一个词元，{len(TEXT)} 个字节变成 {used} 个词元。少见的词仍是几段。",
        )
    )
    return {"bpe_tokenization_steps": Steps(TABLE + 146, 8 + 5 * ROW + 2, frames)}
