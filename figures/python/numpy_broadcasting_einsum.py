"""Views of one memory, the cube of an einsum; broadcasting and einsum step by step."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREY, INK, ORANGE, new_figure
from snippets.python.numpy_broadcasting_einsum import (
    broadcast_shape,
    broadcast_strides,
    contiguous_strides,
    einsum_loops,
    einsum_terms,
)

A = np.array([[1, 2, 3], [4, 5, 6]])
B = np.array([[1, 0], [0, 1], [2, 2]])
SPEC = "ij,jk->ik"
MEET = (8, 1, 6, 1), (7, 1, 5)
CLASH = (2, 3), (2,)


def views() -> Figure:
    x = np.arange(12, dtype=np.float64).reshape(3, 4)
    named = {
        "x": x,
        "x.T": x.T,
        "x[:, ::2]": x[:, ::2],
        "broadcast_to(x[0], (3, 4))": np.broadcast_to(x[0], (3, 4)),
    }
    figure = new_figure(5.2, 5.8)
    axes = figure.subplots()
    for row, (name, view) in enumerate(named.items()):
        memory(axes, -4.6 * row, name, view)
    axes.set_xlim(-0.1, 16.4)
    axes.set_ylim(-4.6 * 3 - 1.6, 3)
    axes.set_aspect("equal")
    axes.axis("off")
    return figure


def memory(axes: Axes, y: float, name: str, view: np.ndarray) -> None:
    """One name: what it reads of the memory, how it steps, and what that is."""
    read = {int(number) for number in view.ravel()}
    for cell in range(12):
        shade = (*_rgb(BLUE), 0.3) if cell in read else "none"
        box = Rectangle((cell, y - 0.5), 1, 1, facecolor=shade, edgecolor=GREY, lw=0.8)
        axes.add_patch(box)
        axes.text(cell + 0.5, y, f"{cell}", ha="center", va="center_baseline")
    axes.text(0, y + 2.3, name, family="monospace", va="center", fontweight="bold")
    axes.text(12, y + 2.3, f"{view.strides}", ha="right", va="center")
    start = int(view[0, 0])
    for axis, colour in ((1, BLUE), (0, ORANGE)):
        step = view.strides[axis] // 8
        tail, head = start + 0.5, start + step + 0.5
        shape = f"arc3,rad={-0.75 if step == 1 else -0.42}"
        if step == 0:  # back to the same cell
            tail, head, shape = start + 0.06, start + 0.4, "arc3,rad=-2.4"
        arrow = {"arrowstyle": "-|>", "color": colour, "lw": 1.6, "shrinkA": 0}
        arrow |= {"shrinkB": 0, "connectionstyle": shape, "mutation_scale": 9}
        axes.annotate("", (head, y + 0.55), (tail, y + 0.55), arrowprops=arrow)
    rows, columns = view.shape
    high = 0.78
    for i, j in np.ndindex(rows, columns):
        left, top = 13 + high * j, y + 1.4 - high * i
        axes.add_patch(
            Rectangle(
                (left, top - high), high, high, facecolor="none", edgecolor=GREY, lw=0.8
            )
        )
        axes.text(left + high / 2, top - high / 2, f"{view[i, j]:.0f}", fontsize=8.5,
                  ha="center", va="center_baseline")  # fmt: skip


def _rgb(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))


def cube() -> Figure:
    c = einsum_loops(SPEC, A, B)
    figure = new_figure(4.6, 3.4)
    axes = figure.subplots()

    def place(i: float, j: float, k: float) -> tuple[float, float]:
        return k - 0.62 * j, -i + 0.5 * j

    def face(corners: list[tuple[float, float, float]], words: Any, on: bool) -> None:
        points = [place(*corner) for corner in corners]
        shade = (*_rgb(ORANGE), 0.35) if on else "none"
        axes.add_patch(Polygon(points, facecolor=shade, edgecolor=GREY, lw=1))
        x, y = (sum(z) / 4 for z in zip(*points))
        axes.text(x, y, f"{words}", ha="center", va="center_baseline",
                  fontweight="bold" if on else "normal")  # fmt: skip

    for i, j in np.ndindex(A.shape):
        face([(i, j, 0), (i, j + 1, 0), (i + 1, j + 1, 0), (i + 1, j, 0)], A[i, j],
             i == 1)  # fmt: skip
    for j, k in np.ndindex(B.shape):
        face([(0, j, k), (0, j, k + 1), (0, j + 1, k + 1), (0, j + 1, k)], B[j, k],
             k == 1)  # fmt: skip
    for i, k in np.ndindex(c.shape):
        face([(i, 0, k), (i, 0, k + 1), (i + 1, 0, k + 1), (i + 1, 0, k)], c[i, k],
             (i, k) == (1, 1))  # fmt: skip
    for name, at in (
        ("$A$", place(1, 3.75, 0)),
        ("$B$", place(-0.35, 3.2, 1)),
        ("$C$", (2.3, -1)),
    ):
        axes.text(*at, name, ha="center", va="center", fontsize=13)
    for name, tail, head in (
        ("i", (2.3, -0.25), (2.3, -0.7)),
        ("k", (0.6, -2.3), (1.2, -2.3)),
        ("j", place(2.35, 0.9, 0), place(2.35, 1.7, 0)),
    ):
        arrow = {"arrowstyle": "-|>", "color": INK, "lw": 1, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", head, tail, arrowprops=arrow)
        axes.text(
            tail[0] - 0.35 * (head[0] - tail[0]),
            tail[1] - 0.35 * (head[1] - tail[1]),
            f"${name}$",
            ha="center",
            va="center",
        )
    axes.set_xlim(-2.5, 2.7)
    axes.set_ylim(-2.6, 2.1)
    axes.set_aspect("equal")
    axes.axis("off")
    return figure


def draw() -> dict[str, Figure]:
    return {
        "numpy_broadcasting_einsum": views(),
        "numpy_broadcasting_einsum_cube": cube(),
    }


BOX, STEP, FIRST = 36, 64, 142  # pixels: of a size, from column to column, the first


def shapes_seen(
    shapes: tuple[tuple[int, ...], ...],
    done: list[int],
    now: int,
    last: str = "",
    strides: tuple[tuple[int, ...], ...] = (),
) -> Picture:
    """Shapes one below the other, aligned at the right, and the result so far.

    Args:
        shapes: two shapes.
        done: the result from the right, as far as it is known.
        now: the axis that is being compared, counted from the right, or 0.
        last: what stands in place of the result of that axis.
        strides: to be shown beside the sizes.
    """
    picture = Picture()
    rank = max(map(len, shapes))
    for row, (name, shape) in enumerate(zip("ab", shapes)):
        y = 20 + 58 * row
        picture.text(FIRST - 24, y + BOX / 2, f"{name}: {shape}", anchor="end")
        for axis in range(1, rank + 1):
            x = FIRST + STEP * (rank - axis)
            there = axis <= len(shape)
            size = shape[-axis] if there else 1
            edge = ORANGE if axis == now else GREY
            thick = 2.5 if axis == now else 1
            # A size of 1 is filled once it is stretched.
            known = axis <= len(done) and size == 1 != done[axis - 1]
            picture.rect(x, y, BOX, BOX, fill=ORANGE if known else "none", opacity=0.3,
                         edge=edge, thick=thick, dashed=not there)  # fmt: skip
            picture.text(x + BOX / 2, y + BOX / 2, size, bold=axis == now)
            if strides:
                picture.text(x + BOX + 14, y + BOX / 2, strides[row][-axis], size=13)
    y = 20 + 58 * 2 + 8
    picture.line([(20, y - 10), (FIRST + STEP * rank - 10, y - 10)], GREY, 1)
    for axis in range(1, rank + 1):
        x = FIRST + STEP * (rank - axis)
        words = f"{done[axis - 1]}" if axis <= len(done) else last * (axis == now)
        if words:
            picture.rect(x, y, BOX, BOX, fill=BLUE, opacity=0.3, edge=BLUE)
            picture.text(x + BOX / 2, y + BOX / 2, words, bold=axis == now)
    return picture


def shape_frames() -> list[Frame]:
    result, moments = record(
        lambda: broadcast_shape(*MEET),
        broadcast_shape,
        ["result.insert"],
        "axis column sizes wanted result",
    )
    frames = [
        Frame(
            shapes_seen(MEET, [], 0),
            "Two shapes, aligned at the right. The second has one place fewer; it counts "
            "as a 1 (dashed). Each column is compared for itself, from the right.",
            "两个形状靠右对齐。第二个少一位，缺的一位算作 1（虚线）。从右往左，一列一列单独比较。",
        )
    ]
    done: list[int] = []
    for moment in moments:
        axis, column = moment["axis"], moment["column"]
        (size,) = moment["wanted"] or {1}
        done.append(size)
        one = "ab"[column.index(1)]
        missing = axis > len(MEET[column.index(1)])
        en = f"Axis −{axis}: {column[0]} and {column[1]}. Only {size} is not 1, so the result has {size}. "
        zh = f"轴 −{axis} 上是 {column[0]} 和 {column[1]}。不是 1 的只有 {size}，结果就取 {size}。"
        if missing:
            en += f"{one} has no such axis and is repeated whole, {size} times."
            zh += f"{one} 没有这个轴，整个重复 {size} 次。"
        else:
            en += f"The only element of {one} along this axis is read {size} times."
            zh += f"{one} 在这个轴上只有一个元素，读 {size} 次。"
        frames.append(Frame(shapes_seen(MEET, done, axis), en, zh))
    strides = tuple(
        broadcast_strides(s, contiguous_strides(s, 8), result) for s in MEET
    )
    frames.append(
        Frame(
            shapes_seen(MEET, done, 0, strides=strides),
            f"The result has shape {result}. The small numbers are the strides by which "
            f"float64 arrays are read, in bytes: a by {strides[0]}, b by {strides[1]}. "
            "Where an axis is repeated the stride is 0, so nothing is copied.",
            f"结果的形状是 {result}。小字是读取 float64 数组的步长，以字节计：a 是 {strides[0]}，b 是 {strides[1]}。"
            "重复的轴步长为 0，所以什么也不用复制。",
        )
    )
    return frames


def clash_frames() -> list[Frame]:
    error = ""

    def refused() -> None:
        nonlocal error
        try:
            broadcast_shape(*CLASH)
        except ValueError as problem:
            error = str(problem)

    _, moments = record(refused, broadcast_shape, ["wanted ="], "axis column")
    axis, column = moments[-1]["axis"], moments[-1]["column"]
    assert error.endswith(f"got {column}")
    high, low = column
    return [
        Frame(
            shapes_seen(CLASH, [], axis, "?"),
            f"Shapes {CLASH[0]} and {CLASH[1]}: the {low} meets the {high} in axis −{axis}, since "
            f"alignment is at the right. Neither is 1, so this is an error. That the {low} "
            "would fit the other axis does not help: b[:, None] would put it there.",
            f"形状 {CLASH[0]} 和 {CLASH[1]}：靠右对齐，所以 {low} 在轴 −{axis} 上遇到 {high}，两者都不是 1，报错。"
            f"{low} 和另一个轴相等也没有用；要对齐那个轴，就写 b[:, None]。",
        )
    ]


SIDE = 36


def grids(
    at: dict[str, int] | None,
    c: Any,
    factors: tuple[int, ...] = (),
    finished: int = 0,
) -> Picture:
    """Both matrices and the result; what takes part in this pass has an orange edge."""
    picture = Picture()
    for name, letters, table, x in (
        ("A", "ij", A, 40),
        ("B", "jk", B, 204),
        ("C", "ik", c, 338),
    ):
        rows, columns = np.shape(table)
        y = 108 - SIDE * rows / 2
        picture.text(x + SIDE * columns / 2, 18, name, bold=True)
        picture.text(x + SIDE * columns / 2, y - 10, letters[1], size=13, italic=True)
        picture.text(x - 12, y + SIDE * rows / 2, letters[0], size=13, italic=True)
        for row, column in np.ndindex(rows, columns):
            on = at is not None and (at[letters[0]], at[letters[1]]) == (row, column)
            whole = name == "C" and row * columns + column < finished
            left, top = x + SIDE * column, y + SIDE * row
            picture.rect(left, top, SIDE, SIDE, fill=BLUE if whole else "none",
                         opacity=0.3, edge=GREY)  # fmt: skip
            if on:
                picture.rect(
                    left + 2, top + 2, SIDE - 4, SIDE - 4, edge=ORANGE, thick=3
                )
            picture.text(left + SIDE / 2, top + SIDE / 2, table[row][column], bold=on)
    picture.text(168, 108, "·", size=20)
    picture.text(304, 108, "→", size=18)
    if at is not None:
        said = ", ".join(f"{letter} = {at[letter]}" for letter in "ikj")
        picture.text(92, 190, said)
        picture.text(
            252, 190, f"{factors[0]} · {factors[1]} = {factors[0] * factors[1]}"
        )
    return picture


def einsum_frames() -> list[Frame]:
    result, moments = record(
        lambda: einsum_loops(SPEC, A, B),
        einsum_loops,
        ["result[cell] +="],
        lambda known: {
            "result": known["result"].tolist(),
            "factors": known["factors"],
            "cell": known["cell"],
        },
    )
    terms = list(einsum_terms(SPEC, A, B))
    assert [t.factors for t in terms] == [m["factors"] for m in moments]
    after = [*(m["result"] for m in moments[1:]), result.tolist()]
    per_cell = len(terms) // result.size
    sizes = f"{A.shape[0]} · {B.shape[1]} · {A.shape[1]}"
    frames = [
        Frame(
            grids(None, moments[0]["result"]),
            f"{SPEC}: the column letter of A is the row letter of B, j. The output has i "
            "and k, one cell for each pair, and begins with zeros. j is missing there: "
            f"its {per_cell} values all go to the same cell.",
            f"{SPEC}：A 的列与 B 的行用同一个字母 j。输出有 i 和 k，每对取值一个格子，一开始全为零。"
            f"输出里没有 j，它的 {per_cell} 个取值都加到同一个格子里。",
        )
    ]
    for number, (term, c) in enumerate(zip(terms, after), 1):
        (left, right), cell = term.factors, list(term.cell)
        i, j, k = (term.at[letter] for letter in "ijk")
        en = f"A[{i}, {j}] · B[{j}, {k}] = {left} · {right} = {left * right} "
        zh = f"A[{i}, {j}] · B[{j}, {k}] = {left} · {right} = {left * right}，"
        value = c[cell[0]][cell[1]]
        en += f"is added to C{cell}, which is now {value}."
        zh += f"加到 C{cell} 上，它现在是 {value}。"
        if number % per_cell == 0:
            en += f" j has had all its values: C{cell} is finished."
            zh += f"j 的取值都用过了，C{cell} 算完。"
        elif number == 1:
            en += (
                " j is one index in both: a step to the right in A is a step down in B."
            )
            zh += "j 在两边是同一个下标：在 A 里右移一格，在 B 里就下移一格。"
        frames.append(
            Frame(grids(term.at, c, term.factors, number // per_cell), en, zh)
        )
    frames.append(
        Frame(
            grids(None, result.tolist(), finished=result.size),
            f"{len(terms)} passes, {sizes}, one for each combination of i, k and j, each "
            "with one multiplication: the product of the sizes of all letters.",
            f"一共 {len(terms)} 次，即 {sizes}：i、k、j 的每种组合一次，每次一个乘法，总数就是所有字母的长度之积。",
        )
    )
    return frames


def steps() -> dict[str, Steps]:
    """Broadcasting axis by axis, and an einsum pass by pass."""
    return {
        "numpy_broadcasting_einsum_shapes_steps": Steps(
            FIRST + STEP * 4 + 6, 196, shape_frames() + clash_frames()
        ),
        "numpy_broadcasting_einsum_steps": Steps(424, 206, einsum_frames()),
    }
