"""Oracles: torch's conv2d, and windows read by plain loops."""

import torch
import torch.nn.functional as F

from tests.frames import captions, number, numbers, words

NAME = "cv/convolution"
IMAGE = [
    [2, 1, 0, 3, 1],
    [0, 2, 4, 1, 0],
    [1, 3, 2, 0, 2],
    [4, 0, 1, 2, 1],
    [0, 1, 3, 1, 2],
]
KERNEL = [[1, 0, -1], [2, 0, -2], [1, 0, -1]]
OUTPUT = (
    F.conv2d(
        torch.tensor([[IMAGE]], dtype=torch.float64),
        torch.tensor([[KERNEL]], dtype=torch.float64),
        stride=2,
        padding=1,
    )[0, 0]
    .int()
    .tolist()
)


def read(i, j):
    """Where the window of an output starts, its inputs, and how many are padding."""
    up, left = 2 * i - 1, 2 * j - 1
    inputs, zeros = [], 0
    for row in range(up, up + 3):
        for column in range(left, left + 3):
            inside = 0 <= row < 5 and 0 <= column < 5
            inputs.append(IMAGE[row][column] if inside else 0)
            zeros += not inside
    return up, left, inputs, zeros


def test_each_caption_says_where_the_window_starts_and_what_it_adds_up_to():
    found = captions(NAME)
    assert len(found) == 9
    for n, caption in enumerate(found):
        i, j = divmod(n, 3)
        up, left, _, zeros = read(i, j)
        middle = [zeros] if zeros else []
        assert numbers(caption) == [i, j, up, left, *middle, OUTPUT[i][j]]
        assert ("inside" in caption) == (zeros == 0)


def test_each_frame_shows_the_image_the_kernel_the_products_and_the_outputs_so_far():
    image = [0] * 49
    for i in range(5):
        image[7 * (i + 1) + 1 : 7 * (i + 1) + 6] = IMAGE[i]
    kernel = [value for row in KERNEL for value in row]
    outputs = [value for row in OUTPUT for value in row]
    for n in range(9):
        _, _, inputs, _ = read(*divmod(n, 3))
        products = [a * b for a, b in zip(kernel, inputs, strict=True)]
        said = words(NAME, n)
        total = next(word for word in said if word.startswith("Σ"))
        assert number(total.removeprefix("Σ = ")) == outputs[n] == sum(products)
        wanted = [*image, *kernel, *products, *outputs[: n + 1]]
        shown = [number(w) for w in said if w.removeprefix("−").isdigit()]
        assert sorted(shown) == sorted(wanted)
