"""Example calls of snippets.cv.r_fcn."""

from dataclasses import replace

import torch

from snippets.cv import r_fcn as r
from tests.inputs import Example, Promises, example, normal

MAPS, ROIS = (
    normal(2, 8, 6, 5),
    torch.tensor([[0.0, 1, 2, 9, 11], [1, 0, 0, 5, 6], [0, 3, 5, 12, 8]]).double(),
)
ROWS = "which image a box reads is looked up in its numbers"

EXAMPLES: list[Example] = [
    example(r.bins, torch.tensor([0.0, 2.5]).double(), torch.tensor([7.0, 9.0]), 3, 8),
    example(r.box_map_channels, 7),
    example(r.part_maps, 2, 3, 1),
    replace(
        example(r.psroi_pool, MAPS, ROIS, 2, 0.5),
        meta=ROWS,
        differences="a box begins with the number of its image",
        moved=(0,),
    ),
    replace(
        example(r.roi_avg_pool, MAPS, ROIS, 2, 0.5),
        meta=ROWS,
        differences="a box begins with the number of its image",
        moved=(0,),
    ),
    example(r.score_map_channels, 20, 7),
    example(r.shifted_scores, 4, 2, 3),
    example(r.smooth_l1, 3 * normal(20), 1.0),
    example(r.smooth_l1, 3 * normal(20), 0.1),
    example(r.vote, normal(3, 2, 7, 7)),
]
SPARED: dict[str, str] = {"Shifted": "a record of what shifted_scores found"}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
