"""Example calls of snippets.cv.mean_average_precision."""

from dataclasses import replace

import numpy as np

from snippets.cv import mean_average_precision as m
from tests.inputs import Example, Promises, example

BOXES = np.array([[0.0, 0, 10, 10], [4, 0, 14, 10], [20, 20, 24, 28]])
OBJECTS = np.array([[1.0, 0, 10, 10], [5, 0, 14, 9]])
RECALL, PRECISION = np.array([0.25, 0.25, 0.5]), np.array([1.0, 0.5, 0.625])
LEVELS = np.array([0.0, 0.25, 0.375, 0.75])
HITS = np.array([1, 0, 1])
DETECTIONS = [{"boxes": BOXES, "scores": np.array([0.5, 0.75, 0.25]), "labels": HITS}]
TRUTHS = [{"boxes": OBJECTS, "labels": np.array([1, 0])}]


def _tabled(match, boxes, objects, *rest):
    dets = [{"boxes": boxes, "scores": [3.0, 2.0, 1.0][: len(boxes)], "labels": None}]
    dets[0]["labels"] = [0] * len(dets[0]["boxes"])
    truths = [{"boxes": objects, "labels": [0] * len(objects)}]
    tables = m.tables(dets, truths)[:2]
    return match(*tables, *rest)


EXAMPLES: list[Example] = [
    example(m.ap_11, RECALL, PRECISION),
    example(m.ap_101, RECALL, PRECISION),
    example(m.ap_all_point, RECALL, PRECISION),
    example(m.ap_trapezoid, RECALL, PRECISION),
    example(m.evaluate, DETECTIONS, TRUTHS),
    example(m.evaluate, DETECTIONS, TRUTHS, "voc10"),
    example(m.interpolated_precision, RECALL, PRECISION, LEVELS),
    example(m.iou_matrix, BOXES, OBJECTS),
    example(m.iou_matrix, [[0.0, 0.0, 2.0, 1.0]], OBJECTS, True),
    replace(
        example(
            _tabled,
            m.match_all_coco,
            BOXES,
            OBJECTS,
            np.array([0.5, 0.75]),
            np.array([[True], [False]]),
        ),
        of=m.match_all_coco,
    ),
    replace(example(_tabled, m.match_all_voc, BOXES, OBJECTS, 0.5), of=m.match_all_voc),
    example(m.match_coco, BOXES, OBJECTS, 0.5),
    example(m.match_voc, BOXES, OBJECTS, 0.5),
    example(m.pr_curve, HITS, 2),
    example(m.tables, DETECTIONS, TRUTHS),
]
SPARED: dict[str, str] = {
    "Detections": "a table, which only tables() makes",
    "Objects": "a table, which only tables() makes",
}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
