"""Example calls of snippets.cv.spatial_pyramid_pooling."""

from dataclasses import replace

import torch

from snippets.cv import spatial_pyramid_pooling as s
from tests.inputs import Example, Promises, example, normal, uniform

MAPS = normal(2, 3, 7, 5)
WEIGHTS = (0.3 * normal(8, 1, 3, 3), 0.1 * normal(8, 8, 3, 3, seed=1))
NET = s.BarNet(*WEIGHTS, 0.1 * normal(168, 2, seed=2), "spp")


def _logits(net: s.BarNet, images: torch.Tensor) -> torch.Tensor:
    return net(images)


EXAMPLES: list[Example] = [
    replace(
        example(_logits, NET, uniform(2, 1, 6, 7)),
        of=s.BarNet,
        rounds=3,  # two convolutions and a product, each rounded
    ),
    replace(
        example(s.bar_accuracy, NET, 6, 1, 4),
        meta="the result is a number",
    ),
    example(s.bar_images, 3, 5, torch.Generator()),
    example(s.pyramid_bins, 7, 4),
    example(s.spatial_pyramid_pool, MAPS, (1, 2, 4)),
    example(s.sppf, MAPS, 3, 2),
    example(s.train_bars, "spp", 0, 1, 6),
    example(s.window_stride_shorthand, 14, 4),
    example(s.yolo_spp, MAPS, (3, 5)),
]
SPARED: dict[str, str] = {
    "Shorthand": "a record of what window_stride_shorthand found",
}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
