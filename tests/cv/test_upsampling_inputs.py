"""Example calls of snippets.cv.upsampling."""

from dataclasses import replace

import torch
from torch.nn import functional

from snippets.cv import upsampling as u
from tests.inputs import Example, Promises, example, normal

IMAGE = normal(2, 4, 3, 5)
KERNEL = normal(4, 2, 3, 3, seed=1)

EXAMPLES: list[Example] = [
    example(u.bilinear_kernel, 2, dtype=torch.float64),
    example(u.conv_matrix, normal(3), 6, 2, 1),
    replace(
        example(u.conv_transpose2d, IMAGE, KERNEL, 2, 1),
        library=lambda x, w, s, p: functional.conv_transpose2d(x, w, None, s, p),
    ),
    example(u.overlap_counts, 3, 2, 4),
    example(u.depth_to_space, IMAGE, 2),
    example(u.pixel_shuffle, IMAGE, 2),
    example(u.pixel_unshuffle, normal(2, 3, 4, 6), 2),
    example(u.source_coordinates, 3, 7),
    example(u.subpixel_to_transposed, normal(8, 2, 3, 3), 2),
    replace(
        example(u.icnr_, normal(8, 2, 3, 3), 2),
        writes="it initializes a weight in place",
        differences="an initialization has no gradient",
    ),
    example(u.upsample_bilinear, IMAGE, (7, 9)),
    example(u.upsample_nearest, IMAGE, (7, 9)),
    example(u.learn_bilinear, 4, 0, 2, 0),
    example(
        u.max_unpool2d, normal(1, 1, 2, 2), torch.tensor([[[[0, 3], [9, 15]]]]), (4, 4)
    ),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
