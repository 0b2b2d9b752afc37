"""Example calls of snippets.cv.segmentation_metrics."""

from dataclasses import replace

import torch

from snippets.cv import segmentation_metrics as s
from tests.inputs import Example, Promises, example

MAPS = torch.tensor([[[0, 1, 2], [2, 9, 1]], [[0, 2, 2], [1, 0, 1]]])
C = torch.tensor([[5.0, 2, 1], [1, 3, 1], [2, 1, 4]], dtype=torch.float64)
LIST = [[5.0, 2.0], [1.0, 4.0]]
COUNTED = "counting needs the numbers"
NUMBER = "the result is a Python number"


def _streamed(target, pred, classes, ignore):
    stream = s.StreamingConfusion(classes, ignore)
    stream.update(target, pred)
    stream.update(target, pred)
    return stream.compute()


EXAMPLES: list[Example] = [
    replace(example(s.accuracy_per_class, C), gives="float64"),
    replace(example(s.confusion_matrix, *MAPS, 3, 9), meta=COUNTED),
    example(s.confusion_matrix, [[0, 1]], [[1, 1]], 2),
    replace(example(s.dice_per_class, C), gives="float64"),
    example(s.disc, 2, 8),
    replace(example(s.fw_iou, C), meta=NUMBER),
    replace(example(s.iou_per_class, C), gives="float64"),
    replace(example(s.mean_iou, C, "zero"), meta=NUMBER),
    example(s.mean_iou, LIST),
    replace(example(s.mean_pixel_accuracy, C, "one"), meta=NUMBER),
    replace(example(s.pixel_accuracy, C), meta=NUMBER),
    example(s.shrunken_disc, 2, 8),
    replace(example(_streamed, *MAPS, 3, 9), of=s.StreamingConfusion, meta=COUNTED),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
