"""Example calls of snippets.cv.u_net; ``tests/inputs.py`` says what must hold."""

from dataclasses import replace

import numpy as np

from snippets.cv import u_net as u
from tests.inputs import Example, Promises, example

P = np.array([[0.75, 0.5, 0.125, 0.0], [0.25, 1.0, 0.5, 0.5]])
T = np.array([[1, 1, 0, 0], [0, 1, 0, 1]])
LABELS = np.array([[1, 0, 0, 2], [0, 0, 3, 0]])
IMAGE = np.arange(30.0).reshape(5, 6) / 4


def inner(patch):
    """What is left of a patch without a margin of 1."""
    return patch[1:-1, 1:-1]


EXAMPLES: list[Example] = [
    example(u.unet_sizes, 20, 1),
    example(u.unet_sizes, 16, 2, "same"),
    example(u.valid_inputs, 15, 30, 1),
    example(u.unet_parameters, 4, 2, 3, 5),
    replace(example(u.center_crop, IMAGE, (3, 4)), gives="same"),
    example(u.tile_predict, IMAGE, inner, 2, 1),
    example(u.soft_dice, P, T),
    example(u.soft_dice, P, T, 1.0, True, "batch"),
    example(u.border_weights, LABELS, 10.0, 5.0),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
