"""Example calls of snippets.cv.convolution; ``tests/inputs.py`` says what must hold."""

from dataclasses import replace

from snippets.cv import convolution as c
from tests.inputs import Example, Promises, example, normal

X, DY = normal(2, 4, 5, 6).numpy(), normal(2, 2, 3, 2, seed=1).numpy()
W, BIAS = normal(2, 2, 3, 2, seed=2).numpy(), normal(2, seed=3).numpy()
COLS = normal(2, 8, 6, seed=4).numpy()
TILES, TAPS = normal(3, 4, seed=5).numpy(), normal(3, seed=6).numpy()
HOW = {"stride": (2, 3), "padding": (1, 1), "dilation": (1, 2), "groups": 2}

EXAMPLES: list[Example] = [
    example(c.output_size, 7, 3, 2, 1, 1),
    example(c.same_padding, 7, 3, 2, 1),
    example(c.conv_cost, 4, 6, (3, 2), (7, 8), 2, True),
    example(c.conv_cost, 4, 6, 3, 7),
    replace(example(c.im2col, X, (3, 2), 2, (1, 0), (1, 2)), gives="same"),
    replace(example(c.col2im, COLS, (4, 3), (2, 2), 1, 0), gives="same"),
    replace(example(c.conv2d, X, W, BIAS, **HOW), gives="same"),
    replace(example(c.conv2d, X, W, groups=2), gives="same"),
    replace(example(c.conv2d_backward, DY, X, W, **HOW), gives="same"),
    replace(example(c.winograd_f23, TILES, TAPS), gives="same"),
]
SPARED: dict[str, str] = {}  # public names, and why there is nothing to try


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
