"""Example calls of snippets.cv.resnet."""

from dataclasses import replace

import torch

from snippets.cv import resnet as r
from snippets.cv.resnet import blocks, network
from tests.inputs import Example, Promises, example, normal

X, IMAGE = normal(2, 4, 3, 4), normal(1, 3, 4, 5)


def _built(kind, *arguments):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = kind(*arguments).double().eval()
        for parameter in module.parameters():
            if parameter.ndim == 1:  # off the kinks of ReLU, where beta = 0 puts them
                torch.nn.init.uniform_(parameter, 0.5, 1.5)
        return module


def _run(module, x):
    return module(x)


def _outputs(kind):
    """What a block or net that is built from the numbers given makes of ones."""

    def call(*arguments):
        module = _built(kind, *arguments)
        c = 3 if kind is network.ResNet else arguments[0]
        return module(torch.ones(1, c, 8, 8, dtype=torch.float64))

    return call


KINDS = [
    (blocks.BasicBlock, (4, 3, 2, True), (4, 4), X, 8),
    (blocks.Bottleneck, (4, 2, 1, False), (4, 1), X, 10),
    (blocks.PreActBlock, (4, 3, 2), (4, 3), X, 8),
    (network.ResNet, (18, 5, 2, False), (18, 3, 1), IMAGE, 60),
]

EXAMPLES: list[Example] = [
    *(
        replace(example(_outputs(kind), *numbers), of=kind)
        for kind, numbers, *_ in KINDS
    ),
    *(
        replace(example(_run, _built(kind, *small), x), of=kind, rounds=rounds)
        for kind, _, small, x, rounds in KINDS
    ),
    example(r.line_gradient, 3, True, 0, 6, 9),
    example(r.path_length_law, 5, 0.25),
    example(r.residual_variance, 5, "free", 0.5),
    example(r.resnet_cost, 50, 10, 64, "1x1"),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
