"""Oracles: sums of windows by plain loops, and a mirror counted by hand."""

from tests.frames import captions, number, numbers, words

NAME = "cv/u_net"
IMAGE = [
    [1, 0, 0, 2, 1, 0, 3, 0],
    [0, 4, 1, 0, 0, 2, 0, 1],
    [2, 0, 3, 0, 1, 0, 0, 2],
    [0, 1, 0, 2, 0, 3, 1, 0],
    [1, 0, 2, 0, 4, 0, 0, 1],
]
ROWS, COLUMNS, TILE, MARGIN = 5, 8, 3, 2


def mirrored(k, size):
    """The place that a place outside reads, the border counted once; None for fill."""
    if k >= size + MARGIN:
        return None
    return -k if k < 0 else 2 * (size - 1) - k if k >= size else k


def pixel(i, j):
    row, column = mirrored(i, ROWS), mirrored(j, COLUMNS)
    return 0 if row is None or column is None else IMAGE[row][column]


def output(i, j):
    around = range(-MARGIN, MARGIN + 1)
    return sum(pixel(i + a, j + b) for a in around for b in around)


STARTS = [(i, j) for i in (0, 3) for j in (0, 3, 6)]


def test_each_caption_counts_what_is_mirrored_what_is_fill_and_what_is_kept():
    found = captions(NAME)
    assert len(found) == len(STARTS)
    for (i, j), caption in zip(STARTS, found, strict=True):
        outside = fill = 0
        for a in range(i - MARGIN, i + TILE + MARGIN):
            for b in range(j - MARGIN, j + TILE + MARGIN):
                if a >= ROWS + MARGIN or b >= COLUMNS + MARGIN:
                    fill += 1
                elif not (0 <= a < ROWS and 0 <= b < COLUMNS):
                    outside += 1
        kept = min(TILE, ROWS - i) * min(TILE, COLUMNS - j)
        assert numbers(caption) == [i, j, 49, outside, fill, kept]


def test_each_frame_shows_the_image_its_mirror_and_the_outputs_so_far():
    image = [pixel(i, j) for i in range(-2, 8) for j in range(-2, 11)]
    for n in range(len(STARTS)):
        done = [
            output(a, b)
            for i, j in STARTS[: n + 1]
            for a in range(i, min(i + TILE, ROWS))
            for b in range(j, min(j + TILE, COLUMNS))
        ]
        shown = [number(word) for word in words(NAME, n)]
        assert sorted(shown) == sorted([*image, *done])
