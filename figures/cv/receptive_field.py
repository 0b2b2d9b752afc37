"""Cones and path shares of three stacks; sizes of three networks; the narrow bell."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, ORANGE, new_figure
from snippets.cv.receptive_field import (
    Layer,
    alexnet_layers,
    fields_by_layer,
    path_shares,
    receptive_field,
    receptive_field_topdown,
    resnet_layers,
    vgg16_layers,
)

STACKS = {
    "d = 1, 1, 1": [Layer(3)] * 3,
    "d = 2, 2, 2": [Layer(3, dilation=2)] * 3,
    "d = 1, 2, 3": [Layer(3, dilation=d) for d in (1, 2, 3)],
}


def cones() -> Figure:
    """The connections of one output, and below each input its share of the paths."""
    figure = new_figure(7, 3)
    widths = [receptive_field(layers).size for layers in STACKS.values()]
    panels = figure.subplots(2, 3, width_ratios=widths, sharex="col")
    for (label, layers), (cone, bars) in zip(STACKS.items(), panels.T):
        edges, units = [], {0}
        for depth in range(len(layers), 0, -1):
            layer = layers[depth - 1]
            # Centre each layer: unit u of a stack of size r sits at u + (r - 1) / 2.
            here, below = (
                (receptive_field(layers[:n]).size - 1) / 2 for n in (depth, depth - 1)
            )
            taps = [(u, u + t * layer.dilation) for u in units for t in range(3)]
            edges += [[(u + here, depth), (v + below, depth - 1)] for u, v in taps]
            units = {v for _, v in taps}
        cone.add_collection(LineCollection(edges, colors=GREY, linewidths=0.8))
        ends = np.unique(np.reshape(edges, (-1, 2)), axis=0)
        cone.scatter(*ends.T, s=16, color=BLUE, zorder=2)
        shares = path_shares(layers)
        inputs = np.arange(len(shares))
        missed = shares == 0
        fill = np.where(missed, "none", ORANGE)
        cone.scatter(
            inputs, 0 * inputs, s=16, facecolors=fill, edgecolors=ORANGE, zorder=3
        )
        bars.bar(inputs, shares, width=0.6, color=ORANGE)
        bars.set_ylim(0, 0.35)
        cone.set_title(label)
        cone.axis("off")
    for bars in panels[1]:
        bars.set_xticks([])
        bars.spines["left"].set_visible(False)
        bars.set_yticks([])
    return figure


def networks() -> Figure:
    """Sizes by layer in three networks, and the shares of four depths in their box."""
    figure = new_figure(7, 3.2)
    sizes, bells = figure.subplots(1, 2)
    for name, layers, colour, align in (
        ("AlexNet", alexnet_layers(), BLUE, "center"),
        ("VGG-16", vgg16_layers(upto="pool5"), ORANGE, "left"),
        ("ResNet-50", resnet_layers((3, 4, 6, 3)), GREEN, "right"),
    ):
        r = [1] + [field.size for field in fields_by_layer(layers)]
        sizes.step(range(len(r)), r, where="post", color=colour)
        sizes.plot(len(r) - 1, r[-1], "o", color=colour, markersize=4)
        sizes.annotate(
            f"{name}  {r[-1]}",
            (len(r) - 1, r[-1]),
            xytext=(0, 5),
            textcoords="offset points",
            ha=align,
        )
    sizes.set_yscale("log", base=2)
    sizes.set_yticks([1, 4, 16, 64, 256], labels=["1", "4", "16", "64", "256"])
    sizes.minorticks_off()
    sizes.set_ylim(0.9, 900)
    sizes.set_xlabel("$l$")
    sizes.set_title("$F$")

    for row, depth in enumerate((5, 10, 20, 40)):
        shares = path_shares([Layer(3)] * depth)
        offset = np.arange(-depth, depth + 1)
        base = -row
        box = bells.fill_between(offset, base, base + 0.8, color=GREY, alpha=0.3)
        box.set_linewidth(0)
        bell = base + 0.8 * shares / shares.max()
        bells.fill_between(offset, base, bell, color=ORANGE, alpha=0.55, linewidth=0)
        bells.plot(offset, bell, color=ORANGE)
        bells.text(-depth - 2, base + 0.4, f"$n = {depth}$", ha="right", va="center")
    bells.set_xlim(-56, 44)
    bells.set_xticks([-40, -20, 0, 20, 40])
    bells.set_yticks([])
    bells.spines["left"].set_visible(False)
    bells.set_title("$F = 2n + 1$")
    return figure


def draw() -> dict[str, Figure]:
    return {"receptive_field": cones(), "receptive_field_networks": networks()}


TOWER = [Layer(3), Layer(2, stride=2), Layer(3), Layer(3, stride=2)]
LENGTH, UNIT, LEVEL = 20, 20, 46  # of the input; pixels of a position and of a level


def counts() -> list[int]:
    """Positions on the input and on each layer, which pads nothing."""
    found = [LENGTH]
    for layer in TOWER:
        found.append((found[-1] - layer.kernel) // layer.stride + 1)
    return found


def window(depth: int, output: int) -> tuple[int, int]:
    """First and last position of a level that one output of the top sees."""
    return receptive_field(TOWER[depth:]).span(output)


def tower(reached: int, output: int) -> Picture:
    """All levels, the top one above; the window of an output down to a level."""
    picture = Picture()
    top = len(TOWER)

    def place(depth: int, unit: int) -> tuple[float, float]:
        x = receptive_field(TOWER[:depth]).center(unit)
        return 64 + x * UNIT, 24 + (top - depth) * LEVEL

    for depth in range(top, reached, -1):
        layer = TOWER[depth - 1]
        first, last = window(depth, output)
        for unit in range(first, last + 1):
            for tap in range(layer.kernel):
                below = unit * layer.stride + tap * layer.dilation
                ends = place(depth, unit), place(depth - 1, below)
                picture.line(ends, GREY, 1)
    for depth, number in enumerate(counts()):
        first, last = window(depth, output) if depth >= reached else (0, -1)
        for unit in range(number):
            inside = first <= unit <= last
            picture.circle(
                *place(depth, unit), 6, ORANGE if inside else BLUE, 1 if inside else 0.3
            )
        label = f"{depth}"
        if depth:
            layer = TOWER[depth - 1]
            label = f"{depth}: {layer.kernel} / {layer.stride}"
        picture.text(60, 24 + (top - depth) * LEVEL, label, size=13, anchor="end")
    return picture


def steps() -> dict[str, Steps]:
    """The window of one output, grown back layer by layer; then that of its neighbour."""
    size, moments = record(
        lambda: receptive_field_topdown(TOWER),
        receptive_field_topdown,
        ["size = (size"],
        "size reach layer",
    )
    top = len(TOWER)
    frames = [
        Frame(
            tower(top, 0),
            f"One output of layer {top}, the top. Beside each layer stands its kernel / "
            "stride.",
            f"最上面的第 {top} 层的一个输出。每层左边写着“卷积核 / 步幅”。",
        )
    ]
    sizes = [moment["size"] for moment in moments[1:]] + [size]
    for depth, (moment, grown) in zip(range(top - 1, -1, -1), zip(moments, sizes)):
        was, reach, stride = moment["size"], moment["reach"], moment["layer"].stride
        en = f"On layer {depth}: the {was} windows of {reach} positions begin {stride} "
        en += f"apart, ({was} − 1) × {stride} + {reach} = {grown}."
        if was == 1:
            en = f"On layer {depth}: the 1 window is {reach} positions long."
        zh = f"第 {depth} 层：{was} 个窗口各长 {reach}，起点相隔 {stride}，"
        zh += f"({was} − 1) × {stride} + {reach} = {grown}。"
        if was == 1:
            zh = f"第 {depth} 层：1 个窗口，长 {reach}。"
        if depth == 0:
            en = en.replace("On layer 0", "On the input, 0")
            zh = zh.replace("第 0 层", "输入（第 0 层）")
        frames.append(Frame(tower(depth, 0), en, zh))
    field = receptive_field(TOWER)
    first, last = field.span(1)
    frames.append(
        Frame(
            tower(0, 1),
            f"The next output sees positions {first} to {last}: again {size}, shifted by "
            f"{field.stride}, the product of all strides.",
            f"下一个输出看到位置 {first} 到 {last}：同样是 {size} 个，"
            f"平移了 {field.stride}，即各层步幅之积。",
        )
    )
    return {
        "receptive_field_steps": Steps(72 + LENGTH * UNIT, 44 + top * LEVEL, frames)
    }
