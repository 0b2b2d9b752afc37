"""Example calls of snippets.cv.receptive_field."""

import torch

from snippets.cv import receptive_field as r
from snippets.cv.receptive_field import gradients
from tests.inputs import Example, Promises, example

LAYERS = [r.Layer(3, 2, 1), r.Layer(5, dilation=2)]
FIELD = r.receptive_field(LAYERS)

EXAMPLES: list[Example] = [
    example(r.Layer, 3, 2, 1, 2),
    example(r.ReceptiveField, 3, 2, 1),
    example(r.alexnet_layers),
    example(r.effective_std, 5, 3),
    example(r.fields_by_layer, LAYERS),
    example(r.mobilenet_v1_layers),
    example(r.path_shares, LAYERS),
    example(r.receptive_field, LAYERS),
    example(r.receptive_field_topdown, LAYERS),
    example(r.region, FIELD, 3),
    example(r.resnet_layers, (3, 4, 6, 3)),
    example(r.vgg16_layers, "conv5_3"),
    example(gradients.empirical_receptive_field, LAYERS, 40),
    example(gradients.random_shares, 3, torch.Generator(), 2, 4),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
