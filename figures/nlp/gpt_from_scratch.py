"""A loss that falls to the entropy rate, a causal head, and generation step by step."""

from __future__ import annotations

from math import log
from typing import Any

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, ORANGE, new_figure
from snippets.nlp.gpt_from_scratch import GPT, GPTConfig, MarkovChain, generate, train
from snippets.nlp.gpt_from_scratch.model import Attention

TEXT = "the quick brown fox jumps over the lazy dog. "
LETTERS = sorted(set(TEXT))
PROMPT, ADDED, CONTEXT = "the", 12, 8


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def encoded(text: str) -> torch.Tensor:
    return torch.tensor([LETTERS.index(letter) for letter in text])


def learnt(context: int, layers: int, steps: int) -> GPT:
    """A model that knows the sentence."""
    torch.set_num_threads(1)
    config = GPTConfig(len(LETTERS), context, layers, 4, 32)
    model = GPT(config, seeded(0))
    train(model, encoded(TEXT * 40), steps, 16, generator=seeded(10))
    return model


# The figure


def falling(axes: Axes) -> None:
    chain = MarkovChain(8, seeded(123))
    model = GPT(GPTConfig(8, 16, 1, 2, 32), seeded(0))
    losses = train(
        model, chain.sample(10_000, seeded(7)), 300, 32, generator=seeded(10)
    )
    axes.plot(losses, color=BLUE, lw=1.2)
    alone, rate = chain.entropies()
    for level in (log(8), alone, rate):
        axes.axhline(level, color=GREY, ls="--", lw=1)
        axes.text(305, level, f"{level:.3f}", ha="left", va="center")
    axes.set_xlim(-8, 300)
    axes.set_ylim(1.1, 2.3)
    axes.set_xlabel("step")
    axes.set_title("loss")


def attending(axes: Axes) -> None:
    model, text = learnt(16, 2, 300), TEXT[4:20]
    _, moments = record(
        lambda: generate(model, encoded(text)[None], 1, 0),
        Attention.forward,
        ["mixed ="],
        "weights",
    )
    weights = moments[1]["weights"][0]  # of the second block, (h, t, s)
    past = weights.diagonal(-1, -2, -1).mean(-1)
    axes.imshow(weights[int(past.argmax())].numpy(), cmap="Blues", vmin=0, vmax=1)
    for ticks in (axes.set_xticks, axes.set_yticks):
        ticks(range(16), [letter.replace(" ", "␣") for letter in text], fontsize=8)
    axes.tick_params(length=0)


def draw() -> dict[str, Figure]:
    figure = new_figure(7.4, 3.3)
    left, right = figure.subplots(1, 2)
    falling(left)
    attending(right)
    return {"gpt_from_scratch": figure}


# The steps

BOX, TOP = 24, 14


def percent(share: float) -> str:
    if share < 0.01:
        return "<1%"
    return ">99%" if share > 0.99 else f"{share:.0%}"


def spelled(ids: list[int]) -> str:
    return "".join(LETTERS[i] for i in ids).replace(" ", "␣")


def picture(moment: dict[str, Any]) -> tuple[Picture, list[tuple[str, float]], str]:
    """The text, the window around what is read, and the three likeliest letters."""
    art = Picture()
    ids, window = moment["ids"][0].tolist(), moment["window"][0].tolist()
    p, pick = moment["p"][0], int(moment["pick"])
    start = len(ids) - len(window)
    for at, letter in enumerate(spelled(ids)):
        art.text(10 + at * BOX + BOX / 2, TOP + BOX / 2, letter, size=16)
    art.rect(10 + start * BOX, TOP, len(window) * BOX, BOX, edge=BLUE, thick=2)
    new = 10 + len(ids) * BOX
    art.rect(new + 2, TOP, BOX - 4, BOX, fill=ORANGE, opacity=0.25, edge=ORANGE)
    art.text(new + BOX / 2, TOP + BOX / 2, spelled([pick]), size=16, bold=True)
    order = p.argsort(descending=True)[:3].tolist()
    if pick not in order:
        order[-1] = pick
    best = [(spelled([i]), float(p[i])) for i in order]
    for row, (i, (letter, share)) in enumerate(zip(order, best, strict=True)):
        y = TOP + BOX + 30 + row * 26
        colour = ORANGE if i == pick else GREEN
        art.text(20, y, letter, size=16, bold=i == pick)
        art.rect(36, y - 8, max(share * 240, 0.8), 16, fill=colour, opacity=0.6)
        art.text(44 + share * 240, y, percent(share), size=13, anchor="start")
    return art, best, spelled([pick])


def steps() -> dict[str, Steps]:
    """Each new letter: what is read, what is likely, what is drawn."""
    model = learnt(CONTEXT, 1, 300)
    _, moments = record(
        lambda: generate(model, encoded(PROMPT)[None], ADDED, 1.0, seeded(1)),
        generate.__wrapped__,  # type: ignore[attr-defined]  # below no_grad
        ["ids = torch.cat"],
        "ids window p pick",
    )
    frames = []
    for moment in moments:
        art, best, pick = picture(moment)
        text = spelled(moment["ids"][0].tolist())
        window = spelled(moment["window"][0].tolist())
        shares = [f"{letter} {percent(share)}" for letter, share in best]
        gone = len(text) - len(window)
        en = f'The text is "{text}". The model reads "{window}"'
        zh = f"现在的文本是“{text}”。模型读“{window}”"
        if gone:
            en += f", the last {CONTEXT}: {gone} at the front {'is' if gone == 1 else 'are'} out of sight"
            zh += f"，即最后 {CONTEXT} 个，前面 {gone} 个已经看不到"
        en += f'. Next: {", ".join(shares)}. Drawn: "{pick}".'
        zh += f"。下一个的概率：{'、'.join(shares)}。抽到“{pick}”。"
        frames.append(Frame(art, en, zh))
    width = 20 + (len(PROMPT) + ADDED) * BOX
    return {"gpt_from_scratch_steps": Steps(width, TOP + BOX + 30 + 3 * 26, frames)}
