"""What is left of a gradient over time; which networks learn; a walk back, step by step."""

import torch
from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, ORANGE, PINK, PURPLE, new_figure
from snippets.nlp.recurrent_networks import remember, rnn, rnn_backward

FAR, SEED = 60, 0
RUNS = {
    "RNN": ("rnn", None, GREY, "-"),
    "LSTM": ("lstm", None, BLUE, "-"),
    "LSTM, $\\beta$ = 4": ("lstm", 4.0, BLUE, "--"),
    "GRU": ("gru", None, ORANGE, "-"),
    "GRU, $\\beta$ = 4": ("gru", 4.0, ORANGE, "--"),
}


def lengths(rho: float) -> list[float]:
    """Gradient by the input of each step, newest first, in a linear network."""
    draw = torch.Generator().manual_seed(SEED)
    square = torch.randn(16, 16, generator=draw, dtype=torch.float64)
    w_hh = rho * torch.linalg.qr(square).Q
    zeros = torch.zeros(1, FAR, 16, dtype=torch.float64)  # tanh'(0) = 1: linear
    grad = zeros.clone()
    grad[0, -1, 0] = 1.0
    eye = torch.eye(16, dtype=torch.float64)
    gx = rnn_backward(grad, zeros, zeros, eye, w_hh)[0]
    return [float(norm) for norm in gx[0].norm(dim=1).flip(0)]


def smooth(values: list[float], over: int = 10) -> list[float]:
    """Means of ``over`` values side by side, none of them twice."""
    return [
        sum(values[i : i + over]) / over for i in range(0, len(values) - over + 1, over)
    ]


def overview() -> Figure:
    figure = new_figure(7, 3)
    left, right = figure.subplots(1, 2)
    for rho, colour in ((0.9, BLUE), (1.0, GREY), (1.1, ORANGE)):
        left.plot(lengths(rho), color=colour, label=f"$\\rho$ = {rho}")
    for bias, colour in ((0.0, PINK), (2.0, PURPLE), (4.0, GREEN)):
        forget = float(torch.tensor(bias, dtype=torch.float64).sigmoid())
        rest = [forget**k for k in range(0, FAR, 3)]
        label = f"$\\beta$ = {bias:.0f}"
        left.plot(range(0, FAR, 3), rest, "--", color=colour, label=label)
    left.set_yscale("log")
    left.set_ylim(1e-8, 1e3)
    left.set_xlabel("$T - t$")
    left.legend(ncols=2, loc="lower right")
    for label, (model, bias, colour, dash) in RUNS.items():
        accuracy = smooth(remember(model, SEED, bias))  # type: ignore[arg-type]
        places = [10 * i + 5 for i in range(len(accuracy))]
        right.plot(places, accuracy, dash, color=colour, label=label)
    right.set_ylim(0.3, 1.03)
    right.legend(loc="center right")
    return figure


def draw() -> dict[str, Figure]:
    return {"recurrent_networks": overview()}


INPUTS, WEIGHT = (1.0, -0.5, 0.5, 1.0, 0.25), 0.8  # of the run that is stepped through
GAP, HIGH = 80, 190  # between steps, in pixels; of a frame


def short(value: float) -> str:
    text = f"{value:.3f}".replace("-", "−")
    return text.removeprefix("−") if text == "−0.000" else text


def network(states: list[float], gradients: dict[int, float], now: int) -> Picture:
    """States from left to right; below each its gradient, as far as it is known."""
    picture = Picture()
    for n, h in enumerate(states):
        x = 46 + GAP * n
        picture.text(x, 12, "t = " + str(n + 1), size=12)
        picture.rect(x - 26, 26, 52, 28, GREEN, 0.2, ORANGE if n == now else GREY)
        picture.text(x, 40, short(h), size=12)
        picture.text(x, 92, "x = " + f"{INPUTS[n]:g}".replace("-", "−"), size=12)
        picture.arrow((x, 82), (x, 56), GREY)
        if n:
            picture.arrow((x - GAP + 27, 40), (x - 27, 40), GREY)
        if n in gradients:
            colour = ORANGE if n == now else BLUE
            picture.rect(x - 26, 116, 52, 28, colour, 0.2, colour)
            picture.text(x, 130, short(gradients[n]), size=12)
            if n:
                picture.arrow((x - 27, 130), (x - GAP + 27, 130), colour)
    picture.text(12, 40, "h", italic=True)
    picture.text(12, 130, "a", italic=True)
    return picture


def steps() -> dict[str, Steps]:
    """The loss is the last state: one frame for each step back, and one for the sum."""
    x = torch.tensor(INPUTS, dtype=torch.float64)[None, :, None]
    one = torch.ones(1, 1, dtype=torch.float64)
    states = rnn(x, one, WEIGHT * one, torch.zeros(1, dtype=torch.float64))
    grad = torch.zeros_like(states)
    grad[0, -1] = 1.0
    _, moments = record(
        lambda: rnn_backward(grad, x, states, one, WEIGHT * one),
        rnn_backward,
        ["later = a @"],
        "t a gw_hh later",
    )
    h = states[0, :, 0].tolist()
    frames: list[Frame] = []
    known: dict[int, float] = {}
    for moment in moments:
        t, a = moment["t"], float(moment["a"])
        known[t] = a
        total = float(moment["gw_hh"])
        picture = network(h, known, t)
        picture.text(206, 172, f"Σ a h = {short(total)}")
        frames.append(Frame(picture, *said(t, a, float(moment["later"]), h, total)))
    return {"recurrent_networks_steps": Steps(412, HIGH, frames)}


def said(
    t: int, a: float, later: float, h: list[float], total: float
) -> tuple[str, str]:
    """What happens at step t + 1, in both languages."""
    slope, before = short(1 - h[t] ** 2), short(h[t - 1] if t else 0.0)
    if t == len(h) - 1:
        en = "The loss is the last state, so its gradient is 1. "
        zh = "损失就是最后的状态，所以它的梯度是 1。"
        into = "1"
    else:
        en = f"Step {t + 2} hands back {WEIGHT} × its a = {short(later)}. "
        zh = f"第 {t + 2} 步传回 {WEIGHT} × 它的 a = {short(later)}。"
        into = short(later)
    en += f"Through tanh, times 1 − h² = {slope}: a = {into} × {slope} = {short(a)}. "
    zh += f"穿过 tanh 要乘 1 − h² = {slope}：a = {into} × {slope} = {short(a)}。"
    en += f"The weight {WEIGHT} met the state before, {before}: {short(a)} × {before} is added "
    en += f"to its gradient, now {short(total)}."
    zh += f"权重 {WEIGHT} 乘过前一状态 {before}，它的梯度加上 {short(a)} × {before}，"
    zh += f"现在是 {short(total)}。"
    if t == 0:
        en += " Before the first step the state is zero, so this adds nothing."
        zh += "第一步之前的状态是零，这一项为零。"
    return en, zh
