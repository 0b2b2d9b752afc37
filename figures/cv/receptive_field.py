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
LENGTH, UNIT, LEVEL, TOP = (
    20,
    18,
    46,
    40,
)  # of the input; pixels of a position, a level, and above


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
        return 70 + x * UNIT, TOP + (top - depth) * LEVEL

    picture.text(58, 10, "l: k / s", size=13, anchor="end", italic=True)

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
            look = (ORANGE, 1, ORANGE) if inside else (BLUE, 0.2, BLUE)
            picture.circle(*place(depth, unit), 5.5, *look)
        label = f"{depth}"
        if depth:
            layer = TOWER[depth - 1]
            label = f"{depth}: {layer.kernel} / {layer.stride}"
        picture.text(58, TOP + (top - depth) * LEVEL, label, size=13, anchor="end")
    return picture


def low(number: int) -> str:
    """The number as an index, below the line."""
    return str(number).translate({48 + digit: 0x2080 + digit for digit in range(10)})


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
            f"One output of layer l = {top}, the top: R{low(top)} = 1. Beside each layer "
            "stand its kernel k and its stride s; layer 0 is the input.",
            f"最上面的第 l = {top} 层的一个输出：R{low(top)} = 1。每层左边写着核大小 k 和步幅 s；"
            "第 0 层是输入。",
        )
    ]
    sizes = [moment["size"] for moment in moments[1:]] + [size]
    for depth, (moment, grown) in zip(range(top - 1, -1, -1), zip(moments, sizes)):
        was, reach, stride = moment["size"], moment["reach"], moment["layer"].stride
        upper = depth + 1
        sum_ = f"R{low(depth)} = ({was} − 1) × {stride} + {reach} = {grown}"
        en = f"Layer {upper} has k = {reach} and s = {stride}. Its {was} windows on layer "
        en += f"{depth} begin s apart, and the last is k long: {sum_}."
        zh = f"第 {upper} 层的 k = {reach}，s = {stride}。它的 {was} 个窗口在第 {depth} 层上依次错开 s，"
        zh += f"最后一个长 k：{sum_}。"
        if was == 1:
            en = f"Layer {upper} has k = {reach} and s = {stride}. Its one window on layer "
            en += f"{depth} is k long: {sum_}."
            zh = f"第 {upper} 层的 k = {reach}，s = {stride}。它在第 {depth} 层上只有一个窗口，长 k："
            zh += f"{sum_}。"
        frames.append(Frame(tower(depth, 0), en, zh))
    field = receptive_field(TOWER)
    first, last = field.span(1)
    frames.append(
        Frame(
            tower(0, 1),
            f"The next output sees the inputs {first} to {last}: again F = R{low(0)} = "
            f"{size}, shifted by {field.stride}, the product of all strides. The two share "
            f"{size - field.stride} inputs.",
            f"下一个输出看到输入 {first} 到 {last}：同样 F = R{low(0)} = {size}，"
            f"平移了 {field.stride}，即各层步幅之积。两个窗口共用 {size - field.stride} 个输入。",
        )
    )
    return {
        "receptive_field_steps": Steps(
            70 + LENGTH * UNIT, TOP + 14 + top * LEVEL, frames
        )
    }
