"""Three cuts of two distributions, how often beams find the mode, and a beam search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, ORANGE, PURPLE, new_figure
from snippets.nlp.decoding import beam_search, min_p, top_k, top_p

Tokens = tuple[int, ...]
Step = Callable[[Tokens], np.ndarray]

SHAPES = (
    np.array([0.8, 0.06, 0.04, 0.03, 0.02, 0.02, 0.01, 0.01, 0.005, 0.005]),
    np.array([0.16, 0.14, 0.13, 0.12, 0.11, 0.10, 0.09, 0.07, 0.05, 0.03]),
)
CUTS: tuple[Callable[[np.ndarray], np.ndarray], ...] = (
    lambda p: top_k(p, 4),
    lambda p: top_p(p, 0.9),
    lambda p: min_p(p, 0.2),
)


# The figure


def random_model(seed: int) -> Step:
    """The page's experiment: each prefix has log probabilities of its own."""

    @cache
    def step(tokens: Tokens) -> np.ndarray:
        rng = np.random.default_rng([seed, len(tokens), *tokens])
        z = 1.5 * rng.normal(size=4)
        return np.asarray(z - z.max() - np.log(np.exp(z - z.max()).sum()))

    return step


def mode(
    step: Step,
    tokens: Tokens = (),
    total: float = 0.0,
    best: tuple[float, Tokens] = (-np.inf, ()),
) -> tuple[float, Tokens]:
    """The most probable text: a branch whose sum is no larger than the best is left."""
    if total <= best[0]:
        return best
    if len(tokens) == 5 or tokens[-1:] == (0,):
        return total, tokens
    log_probs = step(tokens)
    for i in np.argsort(-log_probs).tolist():
        best = mode(step, (*tokens, i), total + float(log_probs[i]), best)
    return best


def found(widths: Sequence[int]) -> tuple[list[float], list[float]]:
    """For each width the share of 200 modes that are found, and the mean loss."""
    shares, losses = np.zeros(len(widths)), np.zeros(len(widths))
    for seed in range(200):
        step = random_model(seed)
        best, text = mode(step)
        for at, beams in enumerate(widths):
            tokens, total = beam_search(step, (), 0, beams, 5)[0]
            shares[at] += (tokens == text) / 200
            losses[at] += max(best - total, 0) / 200
    return shares.tolist(), losses.tolist()


def lengths(widths: Sequence[int]) -> list[int]:
    """How long the best text is in which the end has .05 and ten tokens .095 each."""
    log_probs = np.log([0.05] + [0.095] * 10)
    return [
        len(beam_search(lambda _: log_probs, (), 0, beams, 20)[0][0])
        for beams in widths
    ]


def kept(axes: Axes, p: np.ndarray) -> None:
    place = np.arange(1, len(p) + 1)
    axes.bar(place, p, 0.7, color=BLUE)
    top = float(p.max())
    for row, (cut, name, colour) in enumerate(
        zip(CUTS, "kmr", (ORANGE, GREEN, PURPLE)), 1
    ):
        y = -0.14 * row * top
        stays = place[cut(p) > 0]
        axes.plot(stays, np.full(len(stays), y), "o", color=colour, ms=4)
        axes.text(0, y, f"${name}$", ha="right", va="center", color=colour)
    axes.set_xlim(-0.6, 10.6)
    axes.set_ylim(-0.5 * top, 1.08 * top)
    axes.set_yticks([0, round(top, 2)])
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_bounds(0, 1.08 * top)
    axes.set_title("$p_i$")


def draw() -> dict[str, Figure]:
    figure = new_figure(5.0, 4.2)  # two by two: legible on a telephone
    axes = figure.subplots(2, 2).ravel()
    for place, p in zip(axes[:2], SHAPES):
        kept(place, p)
    widths = [1, 2, 3, 4, 5]
    axes[2].plot(widths, found(widths)[0], "o-", color=BLUE, ms=4)
    axes[2].set_ylim(0, 1.05)
    axes[2].set_title("mode")
    axes[2].set_xticks(widths)
    widths = [1, 4, 7, 10, 11, 14]
    axes[3].plot(widths, lengths(widths), "o-", color=ORANGE, ms=4)
    axes[3].set_ylim(0, 21)
    axes[3].set_title(r"$|y|$")
    axes[3].set_xticks([1, 5, 10, 14])
    for place in axes[2:]:
        place.set_xlabel("$b$")
    return {"decoding": figure}


# The steps

TABLE: dict[Tokens, list[float]] = {
    (): [0.0, 0.6, 0.4],
    (1,): [0.4, 0.35, 0.25],
    (2,): [0.05, 0.9, 0.05],
    (2, 1): [0.5, 0.3, 0.2],
    (2, 1, 1): [0.9, 0.06, 0.04],
}
BEAMS, LONGEST = 2, 4
COLUMN, ROW, WIDE, HIGH, LISTED = 104, 27, 88, 22, 196
Text = tuple[Tokens, float]


def step(tokens: Tokens) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(TABLE[tokens]))


def spelled(tokens: Tokens) -> str:
    return "".join("·ab"[token] for token in tokens) or "∅"


def number(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def run(alpha: float) -> tuple[list[Text], list[dict[str, Any]]]:
    """The result, and for each round what lived, all extensions, and what was kept."""
    return record(
        lambda: beam_search(step, (), 0, BEAMS, LONGEST, alpha),
        beam_search,
        ["finished +="],
        "live extensions kept finished",
    )


def box(picture: Picture, x: float, y: float, text: Text, look: str) -> None:
    colour = {"live": BLUE, "end": GREEN, "cut": GREY, "new": GREY}[look]
    strong = look in ("live", "end")
    picture.rect(
        x,
        y,
        WIDE,
        HIGH,
        fill=colour if strong else "none",
        opacity=0.2 if strong else 1,
        edge=colour,
        thick=1.5 if strong else 1,
        dashed=look == "cut",
    )
    picture.text(x + 6, y + HIGH / 2, spelled(text[0]), size=13, anchor="start")
    picture.text(x + WIDE - 5, y + HIGH / 2, number(text[1]), size=12, anchor="end")


class Tree:
    """Where each text stands: a column for each length, the best on top."""

    def __init__(self, moments: list[dict[str, Any]]) -> None:
        self.place: dict[Tokens, tuple[float, float]] = {(): (4, 8 + 2.5 * ROW)}
        for at, moment in enumerate(moments):
            order = sorted(moment["extensions"], key=lambda text: (-text[1], text[0]))
            for row, (tokens, _) in enumerate(order):
                top = 1.5 if len(order) < 4 else 0
                self.place[tokens] = 64 + at * COLUMN, 8 + (row + top) * ROW

    def draw(
        self, picture: Picture, moments: list[dict[str, Any]], open_: bool
    ) -> None:
        x, y = self.place[()]
        picture.rect(x, y, 34, HIGH, fill=BLUE, opacity=0.2, edge=BLUE, thick=1.5)
        picture.text(x + 17, y + HIGH / 2, "∅", size=13)
        for at, moment in enumerate(moments):
            names = {tokens for tokens, _ in moment["kept"]}
            for tokens, total in moment["extensions"]:
                x, y = self.place[tokens]
                u, v = self.place[tokens[:-1]]
                u += WIDE if tokens[:-1] else 34
                ended = "end" if tokens[-1] == 0 else "live"
                look = ended if tokens in names else "cut"
                if open_ and at == len(moments) - 1:
                    look = "new"
                strong = look in ("live", "end")
                picture.line(
                    [(u, v + HIGH / 2), (x, y + HIGH / 2)],
                    BLUE if strong else GREY,
                    1.5 if strong else 0.8,
                )
                box(picture, x, y, (tokens, total), look)


def listed(picture: Picture, texts: list[str], best: int = -1) -> None:
    for at, words in enumerate(texts):
        x = 4 + at * 116
        picture.rect(
            x,
            LISTED,
            112,
            24,
            edge=ORANGE if at == best else GREEN,
            thick=2 if at == best else 1,
        )
        picture.text(x + 56, LISTED + 12, words, size=13, bold=at == best)


def steps() -> dict[str, Steps]:
    """Each round twice, all extensions and those that survive; then two rankings."""
    results, moments = run(0.0)
    tree = Tree(moments)
    frames = []
    for at, moment in enumerate(moments):
        for open_ in (True, False):
            picture = Picture()
            tree.draw(picture, moments[: at + 1], open_)
            done = list(moment["finished"])
            if not open_:
                done += [text for text in moment["kept"] if text[0][-1] == 0]
            listed(picture, [f"{spelled(t)}  {number(s)}" for t, s in done])
            frames.append(
                Frame(picture, *(expanded if open_ else selected)(at + 1, moment))
            )
    every = [text for text in moments[-1]["kept"] if text[0][-1] != 0]
    every = sorted(
        moments[-1]["finished"]
        + [text for text in moments[-1]["kept"] if text[0][-1] == 0]
        + every,
        key=lambda text: len(text[0]),
    )
    for alpha, ranking in ((0.0, results), (1.0, run(1.0)[0])):
        picture = Picture()
        tree.draw(picture, moments, False)
        scores = [total / len(tokens) ** alpha for tokens, total in every]
        winner = [tokens for tokens, _ in every].index(ranking[0][0])
        listed(
            picture,
            [f"{spelled(t)}  {number(s)}" for (t, _), s in zip(every, scores)],
            winner,
        )
        frames.append(Frame(picture, *ranked(alpha, every, scores, winner)))
    return {"decoding_steps": Steps(64 + 3 * COLUMN + WIDE + 4, LISTED + 28, frames)}


def expanded(at: int, moment: dict[str, Any]) -> tuple[str, str]:
    names = [spelled(tokens) for tokens, _ in moment["live"]]
    count = len(moment["extensions"])
    en = (
        f"Round {at}: each live text is extended by each possible token: {', '.join(names)} "
        + (f"give {count} texts." if len(names) > 1 else f"gives {count} texts.")
    )
    zh = f"第 {at} 轮：每个存活的候选接上每个可能的词元，{'、'.join(names)} 得到 {count} 个候选。"
    if at == 1:
        en += " The end is impossible here (log 0), so it is no extension."
        zh += "这里不可能结束（概率为零，对数为负无穷），所以不算一个扩展。"
    else:
        en += " A sum is that of the parent and the new log probability."
        zh += "得分是父结点的得分加上新词元的对数概率。"
    return en, zh


def selected(at: int, moment: dict[str, Any]) -> tuple[str, str]:
    kept_ = [f"{spelled(tokens)} ({number(total)})" for tokens, total in moment["kept"]]
    dropped = len(moment["extensions"]) - len(moment["kept"])
    ended = [spelled(tokens) for tokens, _ in moment["kept"] if tokens[-1] == 0]
    en = f"The {len(kept_)} largest sums of all survive, whoever the parent: {' and '.join(kept_)}."
    zh = f"不论父结点是谁，得分最大的 {len(kept_)} 个存活：{'、'.join(kept_)}。"
    if dropped:
        en += f" {dropped} {'is' if dropped == 1 else 'are'} dropped for good."
        zh += f"其余 {dropped} 个就此丢弃。"
    if ended:
        en += (
            f" {', '.join(ended)} has ended: it is put aside, since nothing may follow."
        )
        zh += f"{'、'.join(ended)} 已经结束，后面不能再接，所以放到一边。"
    return en, zh


def ranked(
    alpha: float, every: list[Text], scores: list[float], winner: int
) -> tuple[str, str]:
    pairs = [f"{spelled(t)} {number(s)}" for (t, _), s in zip(every, scores)]
    first = spelled(every[winner][0])
    if alpha:
        return (
            f"Each sum divided by its number of tokens, alpha = {alpha:g}: {', '.join(pairs)}. "
            f"Now {first} is first, because a long text no longer pays for being long.",
            f"每个得分除以词元数，alpha = {alpha:g}：{'、'.join(pairs)}。这时 {first} 排在第一，因为较长的候选不再因为长而吃亏。",
        )
    return (
        f"After {LONGEST} rounds unfinished texts count too. By the sum, alpha = {alpha:g}: "
        f"{', '.join(pairs)}. {first} is first: it has the fewest terms, each at most 0.",
        f"{LONGEST} 轮之后，没有结束的候选也参与排名。按得分排，alpha = {alpha:g}：{'、'.join(pairs)}。{first} 排在第一：它的项最少，而每一项最大为 0。",
    )
