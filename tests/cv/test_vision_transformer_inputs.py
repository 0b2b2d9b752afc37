"""Example calls of snippets.cv.vision_transformer; see ``tests/inputs.py``."""

from dataclasses import replace

from snippets.cv import vision_transformer as m
from tests.inputs import Example, Promises, example, normal

IMAGES, TOKENS = normal(2, 3, 4, 6).numpy(), normal(2, 6, 12, seed=1).numpy()
TABLE = normal(5, 3, seed=2).numpy()
MAP, WINDOWS = normal(2, 4, 6, 3, seed=3).numpy(), normal(12, 4, 3, seed=4).numpy()

EXAMPLES: list[Example] = [
    replace(example(m.patchify, IMAGES, 2), gives="same"),
    replace(example(m.unpatchify, TOKENS, 2, (4, 6)), gives="same"),
    example(m.vit_cost, 8, 4, 8, 2, 16, 3, 2),
    replace(example(m.resize_positions, TABLE, (3, 4), 1), gives="same"),
    replace(example(m.window_partition, MAP, 2), gives="same"),
    replace(example(m.window_reverse, WINDOWS, 2, (4, 6)), gives="same"),
    example(m.shifted_window_mask, (4, 6), 2, 1),
    example(m.relative_position_index, 2),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
