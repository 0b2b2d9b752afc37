"""Exercises on the Vision Transformer: cut patches, and sum over shifted windows."""

from collections.abc import Iterator
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

cut = Exercise(
    en=Words(
        title="Cut an image into patches",
        statement="""\
Cut an image into squares of `p` × `p` pixels. Return one list for each square, the squares row
by row. In a list stand the square's pixels of the first channel, row by row, then those of the
second, and so on.

- `x`: $c \\ge 1$ channels; each is a list of $h \\ge 0$ rows of $w \\ge 1$ integers, of any sign.
- `p`: an integer $\\ge 1$ that divides $h$ and $w$.
- Return a list of $hw/p^2$ lists of $cp^2$ numbers; without rows, `[]`. `x` stays as it is.
""",
        hints=(
            "Six loops would do, or four loops and a slice. Which comes first: the row of"
            " squares, the square, the channel, the row in it?",
            "For `top` in `range(0, h, p)`, for `left` in `range(0, w, p)`: for each"
            " channel, for each of its rows from `top` to `top + p`, add"
            " `row[left : left + p]`.",
        ),
    ),
    zh=Words(
        title="把图像切成块",
        statement="""\
把图像切成 `p` × `p` 像素的方块。每个方块返回一个列表，方块逐行排列。列表里先是第一个通道在这个方块里的像素，逐行排列，然后是第二个通道的，依此类推。

- `x`：$c \\ge 1$ 个通道；每个通道是 $h \\ge 0$ 行，每行 $w \\ge 1$ 个整数，可正可负。
- `p`：整数，$\\ge 1$，整除 $h$ 和 $w$。
- 返回 $hw/p^2$ 个列表，每个有 $cp^2$ 个数；没有行时返回 `[]`。`x` 保持不变。
""",
        hints=(
            "六重循环可以，四重循环加切片也可以。由外到内应是什么次序：方块的行、方块、通道、方块里的行？",
            "`top` 取遍 `range(0, h, p)`，`left` 取遍 `range(0, w, p)`：对每个通道，对它从 `top` 到 `top + p` 的每一行，加上 `row[left : left + p]`。",
        ),
    ),
    examples="""\
>>> patchify([[[0, 1, 2, 3], [4, 5, 6, 7]]], 2)
[[0, 1, 4, 5], [2, 3, 6, 7]]
>>> patchify([[[1, 2]], [[3, 4]]], 1)
[[1, 3], [2, 4]]
""",
)


@cut.solution
def patchify(x: list[list[list[int]]], p: int) -> list[list[int]]:
    found = []
    height = len(x[0])
    width = len(x[0][0]) if height else 0
    for top in range(0, height, p):
        for left in range(0, width, p):
            patch = []
            for channel in x:
                for row in channel[top : top + p]:
                    patch += row[left : left + p]
            found.append(patch)
    return found


@cut.wrong(
    en="A plain reshape: the numbers are cut in the order in which they lie.",
    zh="直接改形状：按存放的次序把数切成段。",
)
def patchify_reshape(x: list[list[list[int]]], p: int) -> list[list[int]]:
    flat = [value for channel in x for row in channel for value in row]
    size = len(x) * p * p
    return [flat[i : i + size] for i in range(0, len(flat), size)]


@cut.wrong(
    en="Channels last: for each pixel all its channels.",
    zh="通道排在最后：每个像素的各个通道相邻。",
)
def patchify_channels_last(x: list[list[list[int]]], p: int) -> list[list[int]]:
    height = len(x[0])
    width = len(x[0][0]) if height else 0
    return [
        [
            channel[i][j]
            for i in range(top, top + p)
            for j in range(left, left + p)
            for channel in x
        ]
        for top in range(0, height, p)
        for left in range(0, width, p)
    ]


@cut.wrong(
    en="The squares go column by column.",
    zh="方块按列排列了。",
)
def patchify_by_columns(x: list[list[list[int]]], p: int) -> list[list[int]]:
    height = len(x[0])
    width = len(x[0][0]) if height else 0
    return [
        [
            value
            for channel in x
            for row in channel[top : top + p]
            for value in row[left : left + p]
        ]
        for left in range(0, width, p)
        for top in range(0, height, p)
    ]


@cut.wrong(
    en="Height and width are taken for the same.",
    zh="把宽当成了高。",
)
def patchify_square(x: list[list[list[int]]], p: int) -> list[list[int]]:
    height = len(x[0])
    return [
        [
            value
            for channel in x
            for row in channel[top : top + p]
            for value in row[left : left + p]
        ]
        for top in range(0, height, p)
        for left in range(0, height, p)
    ]


@cut.wrong(
    en="The pixels of a square go column by column.",
    zh="方块里的像素按列排列了。",
)
def patchify_turned(x: list[list[list[int]]], p: int) -> list[list[int]]:
    height = len(x[0])
    width = len(x[0][0]) if height else 0
    return [
        [
            channel[i][j]
            for channel in x
            for j in range(left, left + p)
            for i in range(top, top + p)
        ]
        for top in range(0, height, p)
        for left in range(0, width, p)
    ]


@cut.drive
def cut_drive(patchify: Any, x: list[list[list[int]]], p: int) -> Any:
    before = [[list(row) for row in channel] for channel in x]
    result = patchify(x, p)
    if x != before:
        raise ValueError("x must stay as it is, and was changed")
    return result


def _image(random: Random, c: int, h: int, w: int) -> list[list[list[int]]]:
    return [
        [[random.randint(-99, 99) for _ in range(w)] for _ in range(h)]
        for _ in range(c)
    ]


@cut.canonical
def cut_canonical(result: Any) -> list[list[float]]:
    # whole numbers that came as floats are right, and so is a list of arrays
    return [[float(value) for value in patch] for patch in result]


@cut.cases
def cut_cases(random: Random) -> Iterator[tuple[list[list[list[int]]], int]]:
    yield [[]], 1
    yield [[], []], 2
    yield [[[7]]], 1
    yield [[[-7]], [[7]]], 1
    yield [[[3, 3], [3, 3]]], 2
    yield [[[0, 1], [2, 3]]], 2
    for _ in range(40):
        p = random.randint(1, 3)
        size = p * random.randint(1, 3), p * random.randint(1, 3)
        yield _image(random, random.randint(1, 3), *size), p


@cut.large
def cut_large(random: Random) -> Iterator[tuple[list[list[list[int]]], int]]:
    yield _image(random, 3, 64, 96), 16
    yield _image(random, 1, 84, 56), 14


@cut.brute
def cut_brute(x: list[list[list[int]]], p: int) -> list[list[int]]:
    # Each pixel is asked which place it has; the places are then read in order.
    places = {}
    for c, channel in enumerate(x):
        for i, row in enumerate(channel):
            for j, value in enumerate(row):
                places[i // p, j // p, c, i % p, j % p] = value
    found: dict[tuple[int, int], list[int]] = {}
    for place in sorted(places):
        found.setdefault(place[:2], []).append(places[place])
    return list(found.values())


shifted = Exercise(
    en=Words(
        title="Sums over shifted windows",
        statement="""\
Shifted windows in one dimension. The tokens $x_0, \\dots, x_{n-1}$ are cut before the places
`shift`, `shift + m`, `shift + 2m` and so on: windows of `m` tokens, but for the first and the
last, which may be shorter. Replace each token by the sum of its window.

- `x`: a list of $n \\ge 0$ integers, of any sign; $n$ is a multiple of `m`.
- `m`: an integer $\\ge 1$. `shift`: an integer, $0 \\le$ `shift` $<$ `m`.
- Return the list of the $n$ sums; `x` stays as it is.

The first window and the last are two, though a rolled list would put them side by side.
""",
        hints=(
            "With `shift` 0 there are $n/m$ windows, otherwise one more. Where does each"
            " begin, and where does it end?",
            "The cuts are `[0, *range(shift, n, m), n]`, the window between two"
            " neighbouring cuts is a slice; an empty one does no harm.",
        ),
    ),
    zh=Words(
        title="移动窗口内求和",
        statement="""\
一维的移动窗口。词元 $x_0, \\dots, x_{n-1}$ 在位置 `shift`、`shift + m`、`shift + 2m` 等处之前切开：每个窗口有 `m` 个词元，只有第一个和最后一个可能更短。把每个词元换成它所在窗口的总和。

- `x`：$n \\ge 0$ 个整数的列表，可正可负；$n$ 是 `m` 的倍数。
- `m`：整数，$\\ge 1$。`shift`：整数，$0 \\le$ `shift` $<$ `m`。
- 返回 $n$ 个总和组成的列表；`x` 保持不变。

第一个窗口和最后一个窗口是两个，尽管滚动之后它们会挨在一起。
""",
        hints=(
            "`shift` 为 0 时有 $n/m$ 个窗口，否则多一个。每个窗口从哪里开始，到哪里结束？",
            "切点是 `[0, *range(shift, n, m), n]`，相邻两个切点之间的切片就是一个窗口；空的切片没有妨碍。",
        ),
    ),
    examples="""\
>>> window_sums([1, 2, 3, 4, 5, 6, 7, 8], 4, 0)
[10, 10, 10, 10, 26, 26, 26, 26]
>>> window_sums([1, 2, 3, 4, 5, 6, 7, 8], 4, 1)
[1, 14, 14, 14, 14, 21, 21, 21]
""",
)


@shifted.solution
def window_sums(x: list[int], m: int, shift: int) -> list[int]:
    cuts = [0, *range(shift, len(x), m), len(x)]
    found: list[int] = []
    for k in range(1, len(cuts)):
        window = x[cuts[k - 1] : cuts[k]]
        found += [sum(window)] * len(window)
    return found


@shifted.wrong(
    en="No mask: the first tokens and the last, side by side after the roll, are added.",
    zh="没有掩码：滚动之后挨在一起的开头与末尾被加到了一起。",
)
def window_sums_unmasked(x: list[int], m: int, shift: int) -> list[int]:
    rolled = x[shift:] + x[:shift]
    found: list[int] = []
    for start in range(0, len(x), m):
        found += [sum(rolled[start : start + m])] * m
    return found[len(x) - shift :] + found[: len(x) - shift]


@shifted.wrong(
    en="The sums are not rolled back.",
    zh="求和之后没有滚动回来。",
)
def window_sums_not_back(x: list[int], m: int, shift: int) -> list[int]:
    cuts = [0, *range(shift, len(x), m), len(x)]
    found: list[int] = []
    for k in range(1, len(cuts)):
        window = x[cuts[k - 1] : cuts[k]]
        found += [sum(window)] * len(window)
    return found[shift:] + found[:shift]


@shifted.wrong(
    en="The shift goes the other way: the first window has m - shift tokens.",
    zh="方向反了：第一个窗口有 m - shift 个词元。",
)
def window_sums_other_way(x: list[int], m: int, shift: int) -> list[int]:
    cuts = [0, *range((m - shift) % m, len(x), m), len(x)]
    found: list[int] = []
    for k in range(1, len(cuts)):
        window = x[cuts[k - 1] : cuts[k]]
        found += [sum(window)] * len(window)
    return found


@shifted.wrong(
    en="The shift is forgotten.",
    zh="忘了平移。",
)
def window_sums_still(x: list[int], m: int, shift: int) -> list[int]:
    found: list[int] = []
    for start in range(0, len(x), m):
        found += [sum(x[start : start + m])] * m
    return found


@shifted.wrong(
    en="The list that was given is rolled for good.",
    zh="传入的列表被就地滚动，改掉了。",
)
def window_sums_in_place(x: list[int], m: int, shift: int) -> list[int]:
    cuts = [0, *range(shift, len(x), m), len(x)]
    found: list[int] = []
    for k in range(1, len(cuts)):
        window = x[cuts[k - 1] : cuts[k]]
        found += [sum(window)] * len(window)
    x[:] = x[shift:] + x[:shift]
    return found


@shifted.drive
def shifted_drive(window_sums: Any, x: list[int], m: int, shift: int) -> Any:
    before = list(x)
    result = window_sums(x, m, shift)
    if x != before:
        raise ValueError("x must stay as it is, and was changed")
    return result


def _tokens(random: Random, n: int) -> list[int]:
    return [random.randint(-99, 99) for _ in range(n)]


@shifted.canonical
def shifted_canonical(result: Any) -> list[float]:
    return [float(total) for total in result]  # whole numbers may come as floats


@shifted.cases
def shifted_cases(random: Random) -> Iterator[tuple[list[int], int, int]]:
    yield [], 1, 0
    yield [], 3, 2
    yield [5], 1, 0
    yield [4, 4], 2, 1
    yield [-1, 2, 4], 3, 1
    yield [1, 2, 4, 8], 2, 1
    for _ in range(50):
        m = random.randint(1, 5)
        yield _tokens(random, m * random.randint(1, 4)), m, random.randrange(m)


@shifted.large
def shifted_large(random: Random) -> Iterator[tuple[list[int], int, int]]:
    yield _tokens(random, 7 * 300), 7, 3
    yield _tokens(random, 2000), 50, 49


@shifted.brute
def shifted_brute(x: list[int], m: int, shift: int) -> list[int]:
    # Two tokens share a window if their places, counted from the shift, do.
    def window(place: int) -> int:
        return (place - shift) // m

    return [
        sum(value for j, value in enumerate(x) if window(j) == window(i))
        for i in range(len(x))
    ]
