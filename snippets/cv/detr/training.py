"""Two experiments in seconds: two scalars that learn a set, a detector of drawn boxes.

The first compares the set loss with a loss that trusts the order of the targets; the
second trains ``TinyDETR`` from scratch and counts what it finds in new images.
"""

import math
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ._checks import _integer
from .assignment import hungarian
from .boxes import box_cxcywh_to_xyxy, generalized_iou
from .losses import batch_criterion
from .model import TinyDETR

Target = tuple[Tensor, Tensor]  # labels (K,) and boxes (K, 4), (cx, cy, w, h)


# --8<-- [start:two]
def two_queries(matched: bool, steps: int = 200, seed: int = 0) -> Tensor:
    """Paths of two scalars trained towards the set {0.2, 0.8}, shuffled every step.

    Plain gradient descent on the mean squared distance, from 0.45 and 0.55.

    Args:
        matched: True pairs by ``hungarian``; False pairs in the order given.
        steps: updates.
        seed: of the shuffling.

    Returns:
        float64, shape (steps + 1, 2).

    Raises:
        ValueError: if a number is no integer >= 0.
    """
    steps, seed = _integer("steps", steps, 0), _integer("seed", seed, 0)
    order = np.random.default_rng(seed)
    query = torch.tensor([0.45, 0.55], dtype=torch.float64)
    path = [query]
    for _ in range(steps):
        target = torch.from_numpy(order.permutation([0.2, 0.8]))
        if matched:
            cost = (query[:, None] - target[None]) ** 2
            target = target[hungarian(cost)[1]]
        query = query - 0.1 * (query - target)  # the gradient of the mean, step 0.1
        path.append(query)
    return torch.stack(path)
    # --8<-- [end:two]


def draw_shapes(rng: np.random.Generator, count: int) -> tuple[Tensor, list[Target]]:
    """Noisy images with at most one rectangle in each half, bright (0) or dark (1).

    Returns:
        Images, shape (count, 1, 16, 16), and for each its labels and boxes, none,
        one or two of them, in random order.

    Raises:
        ValueError: if ``count`` is no integer >= 0.
    """
    count = _integer("count", count, 0)
    images = 0.1 * rng.standard_normal((count, 1, 16, 16))
    targets = []
    for image in images[:, 0]:
        halves = rng.permutation(2)[: rng.integers(0, 3)]
        labels = rng.integers(0, 2, len(halves))
        boxes = np.zeros((len(halves), 4))
        for i, half in enumerate(halves):
            w, h = rng.integers(4, 8, 2)
            x, y = 8 * half + rng.integers(0, 9 - w), rng.integers(0, 17 - h)
            image[y : y + h, x : x + w] += 1 - 2 * labels[i]
            boxes[i] = x + w / 2, y + h / 2, w, h
        targets.append((torch.from_numpy(labels), torch.from_numpy(boxes / 16).float()))
    return torch.from_numpy(images).float(), targets


# --8<-- [start:train]
def train(steps: int = 300, batch: int = 16, seed: int = 0) -> TinyDETR:
    """A detector of the images of ``draw_shapes``, from nothing, in a few seconds.

    The CPU's global random state is left as it was.

    Raises:
        ValueError: if ``steps`` or ``batch`` is no integer >= 1, or ``seed`` none >= 0.
    """
    steps, batch = _integer("steps", steps, 1), _integer("batch", batch, 1)
    seed = _integer("seed", seed, 0)
    rng = np.random.default_rng(seed)
    images, targets = draw_shapes(rng, 1024)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)  # manual_seed: GPUs too
        model = TinyDETR()
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps)
    for _ in range(steps):
        chosen = rng.integers(0, len(images), batch)
        logits, boxes = model(images[chosen])
        loss = batch_criterion(logits, boxes, [targets[i] for i in chosen])["total"]
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    return model
    # --8<-- [end:train]


class Score(NamedTuple):
    """Counts over a set of images."""

    objects: int  # true boxes
    found: int  # of these, with a detection of the right class and GIoU > 0.5
    detections: int  # queries whose most probable class is not "no object"


@torch.no_grad()
def score(
    model: TinyDETR, images: Tensor, targets: list[Target], eos: float = 1.0
) -> Score:
    """What ``model`` finds, without any suppression of duplicates.

    A detection serves one object. ``eos`` below 1 undoes that weight: the probability
    of "no object" is divided by it, since the loss multiplied its share by it.

    Raises:
        ValueError: if ``eos`` is not > 0, or the numbers of images differ.
    """
    if not 0 < eos < math.inf:
        raise ValueError(f"eos must be > 0, got {eos}")
    if not isinstance(targets, list | tuple) or len(targets) != len(images):
        got = len(targets) if isinstance(targets, list | tuple) else type(targets)
        raise ValueError(f"need a target for each of {len(images)} images, got {got}")
    for labels, gt in targets:
        if labels.ndim != 1 or gt.shape != (len(labels), 4):
            shapes = f"{tuple(labels.shape)} and {tuple(gt.shape)}"
            raise ValueError(f"targets must be (K,) and (K, 4), got {shapes}")
    logits, boxes = model(images)
    logits[..., -1] -= math.log(eos)
    objects = found = detections = 0
    for predicted, box, (labels, gt) in zip(logits.argmax(-1), boxes, targets):
        kept = predicted < logits.shape[-1] - 1
        giou = generalized_iou(box_cxcywh_to_xyxy(box[kept]), box_cxcywh_to_xyxy(gt))
        right = (giou > 0.5) & (predicted[kept][:, None] == labels)
        objects += len(labels)
        found += int(right[hungarian(-right.double())].sum())
        detections += int(kept.sum())
    return Score(objects, found, detections)
