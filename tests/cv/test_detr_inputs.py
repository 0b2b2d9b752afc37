"""Example calls of snippets.cv.detr."""

from dataclasses import replace

import numpy as np
import torch

from snippets.cv import detr as d
from tests.inputs import Example, Promises, example, normal, uniform

LOGITS, COST = normal(4, 3), normal(4, 3, seed=1)
LABELS, TWO = torch.tensor([1, 0]), torch.tensor([0])
BOXES = torch.cat(
    [uniform(4, 2, low=0.3, high=0.7), uniform(4, 2, low=0.1, high=0.4, seed=1)], 1
)
GT = torch.cat(
    [
        uniform(2, 2, low=0.3, high=0.7, seed=2),
        uniform(2, 2, low=0.1, high=0.4, seed=3),
    ],
    1,
)
CORNERS = torch.tensor([[0.0, 0, 2, 2], [1, 1, 3, 4], [0.25, 0.5, 0.5, 0.75]]).double()
ON_CPU = "the assignment is found on the CPU"
torch.manual_seed(0)
MODEL = d.TinyDETR(2, 3, 8, 8, 1).double()


def _model(classes, queries, size, width, layers):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = d.TinyDETR(classes, queries, size, width, layers).double()
    return model(torch.ones(2, 1, 8, 8, dtype=torch.float64))


def _parts(losses):
    return {k: v for k, v in losses.items() if k != "indices"}, losses["indices"]


def _batch(logits, boxes, labels, gt, *rest):
    targets = [(labels, gt), (labels[:0], gt[:0])]
    return _parts(d.batch_criterion(logits, boxes, targets, *rest))


def _drawn(rng, count):
    images, targets = d.draw_shapes(rng, count)
    return images, [x for target in targets for x in target]


def _trained(steps, batch, seed):
    return d.train(steps, batch, seed).query


def _scored(images, labels, gt, eos):
    model = d.TinyDETR(2, 3, 8, 8, 1).to(images.dtype)
    with torch.no_grad():
        for p in model.parameters():
            p.fill_(0.125)
    return tuple(d.score(model, images, [(labels, gt)] * len(images), eos))


EXAMPLES: list[Example] = [
    replace(example(_model, 2, 3, 8, 8, 1), of=d.TinyDETR),
    replace(
        example(lambda model, x: model(x), MODEL, normal(2, 1, 8, 8)),
        of=d.TinyDETR,
        rounds=20,  # of some twenty operations of the layers, one after another
    ),
    replace(
        example(_batch, normal(2, 4, 3), torch.stack([BOXES, BOXES]), LABELS, GT, 0.5),
        of=d.batch_criterion,
        meta=ON_CPU,
        gives="wide",
    ),
    replace(
        example(
            _batch,
            normal(2, 4, 3),
            torch.stack([BOXES, BOXES]),
            LABELS,
            GT,
            1.0,
            (1.0, 5.0, 2.0),
            3.0,
        ),
        of=d.batch_criterion,
        meta=ON_CPU,
        gives="wide",
    ),
    example(d.box_cxcywh_to_xyxy, BOXES),
    replace(
        example(d.detections, LOGITS, BOXES, 48.0, 64.0),
        gives="wide",
        detached="boxes are drawn, not trained",
    ),
    replace(example(_drawn, np.random.default_rng(0), 3), of=d.draw_shapes),
    example(d.generalized_iou, CORNERS, CORNERS + 0.25),
    replace(example(d.greedy_match, COST), meta=ON_CPU),
    replace(example(d.hungarian, COST), meta=ON_CPU),
    replace(
        example(d.matching_cost, LOGITS, BOXES, LABELS, GT, (1.0, 5.0, 2.0)),
        detached="a matching has no gradient",
    ),
    replace(
        example(_scored, normal(2, 1, 8, 8), LABELS, GT, 0.5),
        of=d.score,
        meta=ON_CPU,
    ),
    replace(
        example(lambda *a: _parts(d.set_criterion(*a)), LOGITS, BOXES, LABELS, GT, 0.5),
        of=d.set_criterion,
        meta=ON_CPU,
        gives="wide",
    ),
    replace(example(_trained, 2, 4, 0), of=d.train),
    example(d.two_queries, True, 3, 0),
]
SPARED: dict[str, str] = {"Score": "a record of results"}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
