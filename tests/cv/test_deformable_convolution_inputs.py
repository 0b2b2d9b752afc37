"""Example calls of snippets.cv.deformable_convolution."""

from dataclasses import replace

import torch

from snippets.cv import deformable_convolution as d
from tests.inputs import Example, Promises, example, normal, uniform

MAPS = normal(2, 3, 6, 5)
OFFSET = uniform(2, 18, 3, 3, low=0.1, high=0.9, seed=1)
WEIGHT, BIAS = normal(4, 3, 3, 3, seed=2), normal(4, seed=3)
MASK = uniform(2, 9, 3, 3, seed=4)
ROWS, COLUMNS = (uniform(2, 3, 2, 2, low=-2, high=6, seed=s) for s in (5, 6))
FIELDS = [normal(18, 7, 7, seed=s) for s in (7, 8)]


def _moved(net: torch.nn.Module) -> torch.nn.Module:
    """With offsets that are not whole: at whole ones interpolation has kinks."""
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            if "branch" in name:
                parameter.add_(uniform(*parameter.shape, low=0.01, high=0.03))
    return net.to(torch.bfloat16).double()


def _net() -> torch.nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return _moved(d.RingNet(2))


def _layer(modulated: bool) -> torch.nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        layer = d.DeformConv2d(3, 4, modulated=modulated)
    return _moved(layer)


def _run(module: torch.nn.Module, x: torch.Tensor) -> torch.Tensor:
    return module(x)


EXAMPLES: list[Example] = [
    example(d.bilinear_sample, MAPS, ROWS, COLUMNS),
    example(d.deform_conv2d, MAPS, OFFSET, WEIGHT, BIAS, 2, 1, 1, MASK),
    example(d.deform_conv2d, MAPS, OFFSET, WEIGHT, None, 2, 1, 1),
    replace(example(d.sampling_points, OFFSET, 2, 1, 1, (3, 3)), gives="wide"),
    # The branch puts out offsets, and a mask, in the type of the input.
    replace(example(_run, _layer(False), MAPS), of=d.DeformConv2d, rounds=2),
    replace(example(_run, _layer(True), MAPS), of=d.DeformConv2d, rounds=3),
    example(d.DeformConv2d, 3, 4, 3, 1, True, 2, 1),
    replace(
        example(
            d.learn_shift, uniform(2, 1, 5, 5), uniform(2, 1, 5, 5, seed=1), 2, 0.05
        ),
        gives="wide",
        detached="a record of what training went through",
    ),
    example(d.random_maps, 2, 4, 1.0, 0),
    example(d.ring_scenes, 2, torch.Generator(), 8),
    replace(example(d.trace_points, FIELDS, (3.0, 2.5), 1), gives="float64"),
    example(d.train_rings, 1, 0, 0.02),
    replace(
        example(_run, _net(), uniform(2, 1, 8, 8)),
        of=d.RingNet,
        rounds=5,  # layers, each rounded
    ),
    example(d.RingNet, 2),
]
SPARED: dict[str, str] = {"ShiftRun": "a record of what learn_shift went through"}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
