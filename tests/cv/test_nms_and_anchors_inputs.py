"""Example calls of snippets.cv.nms_and_anchors."""

import numpy as np

from snippets.cv import nms_and_anchors as m
from tests.inputs import Example, Promises, example

BOXES = np.array([[0.0, 0, 10, 10], [1, 0, 11, 10], [2, 0, 12, 12], [30, 30, 40, 44]])
OTHERS = np.array([[1.0, 1, 9, 9], [4, 0, 14, 10], [0, 0, 12, 10], [33, 33, 43, 43]])
SCORES = np.array([0.75, 0.5, 0.875, 0.25])
LABELS = np.array([0, 1, 0, 1])
DELTAS = np.array(
    [[0.25, 0.5, 0.125, -0.25], [0, 0, 1, 2], [1, -1, 8, 0], [0, 0, 0, 0]]
)
WEIGHTS = (2.0, 2.0, 1.0, 1.0)

EXAMPLES: list[Example] = [
    *(example(m.box_iou, BOXES, OTHERS, kind) for kind in ("iou", "giou", "diou")),
    example(m.box_iou, BOXES, OTHERS, "ciou"),
    example(m.make_anchors, (2, 3), 16.0, (32.0, 64.0), (0.5, 1.0)),
    example(m.match, BOXES, OTHERS, 0.75, 0.25),
    example(m.match, BOXES, OTHERS, 0.75, 0.25, False),
    example(m.encode, BOXES, OTHERS, WEIGHTS),
    example(m.decode, DELTAS, OTHERS, WEIGHTS, 4.0),
    example(m.nms, BOXES, SCORES, 0.5),
    example(m.batched_nms, BOXES, SCORES, LABELS, 0.5),
    example(m.soft_nms, BOXES, SCORES, "gaussian", 0.5),
    example(m.soft_nms, BOXES, SCORES, "linear", 0.5, 0.25, 0.0625),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
