"""Example calls of snippets.cv.face_recognition."""

from dataclasses import replace

import numpy as np
import torch

from snippets.cv import face_recognition as f
from tests.inputs import Example, Promises, example, normal, uniform

RNG = np.random.default_rng(0)
SRC, DST = normal(4, 2).numpy(), normal(4, 2, seed=1).numpy()
COS, Y = uniform(3, 4, low=-0.95, high=0.95), torch.tensor([0, 3, 1])
GENUINE, IMPOSTOR = normal(9, seed=2).numpy() + 2, normal(9, seed=3).numpy()
IMAGES, POINTS, _ = f.draw_photos(np.random.default_rng(0), 1, 2)
IMAGES, POINTS = IMAGES.astype(np.float16).astype(float), POINTS.round()
LABELS = np.array([0, 1, 0, 1, 1, 0, 1, 0, 1])
M = np.array([[0.5, -0.25, 1.0], [0.25, 0.5, 0.0]])


def _pipeline(threshold, size, image, points):
    def net(crop):
        return torch.stack([crop.sum((1, 2, 3)), crop.square().sum((1, 2, 3))], 1)

    system = f.FacePipeline(net, threshold, size)
    one = system.embed(image, points)
    return one, system.verify(one, one), system.identify(one, np.stack([-one, one]))


def _decide(one, other, gallery):
    system = f.FacePipeline(lambda crop: crop, 0.5)
    return system.verify(one, other), system.identify(one, gallery)


def _built(far, people, steps, others):
    system = f.build_pipeline(np.random.default_rng(0), far, people, steps, others)
    return system.threshold, system.embed(IMAGES[0], POINTS[0])


def _trained(crops, y, m, steps, seed):
    return f.train_net(crops, y, m, steps, seed)(crops)


EXAMPLES: list[Example] = [
    example(f.align, IMAGES[0], POINTS[0], 14),
    replace(example(f.arcface_cosine, COS, 0.5), gives="wide"),
    example(f.best_threshold_kfold, GENUINE, LABELS, 3),
    replace(example(_built, 0.5, 1, 1, 2), of=f.build_pipeline),
    replace(example(f.crops_of, IMAGES, POINTS), gives="float32"),
    example(f.draw_photos, RNG, 1, 2),
    example(f.eer, GENUINE, IMPOSTOR),
    example(f.estimate_similarity_lstsq, SRC, DST),
    replace(
        example(_pipeline, 0.5, 14, IMAGES[0], POINTS[0]),
        of=f.FacePipeline,
        gives="float32",
    ),
    replace(
        example(_decide, SRC[:, 0], DST[:, 0], SRC.T.copy()),
        of=f.FacePipeline,
    ),
    replace(example(f.margin_logits, COS, Y, "arcface", 0.5, 16.0), gives="wide"),
    replace(example(f.margin_logits, COS, Y, "cosface", 1.0, 16.0), gives="wide"),
    replace(example(f.margin_logits, COS, Y, "sphereface", 3.0, 16.0), gives="wide"),
    example(f.pair_scores, SRC, np.array([0, 1, 0, 1])),
    example(f.plane_angle, 0.5, 0, 2),
    # Without the first threshold, which is infinite.
    replace(
        example(lambda g, i: [x[1:] for x in f.roc(g, i)], list(GENUINE), IMPOSTOR),
        of=f.roc,
    ),
    example(f.scale_lower_bound, 10, 0.9),
    replace(example(f.sphereface_psi, COS, 3), gives="wide"),
    example(f.tar_at_far, GENUINE, IMPOSTOR, 0.5),
    example(f.threshold_at_far, GENUINE, IMPOSTOR, 0.5),
    replace(
        example(_trained, normal(4, 1, 28, 28), torch.tensor([0, 1, 1, 0]), 0.5, 2, 0),
        of=f.train_net,
        differences="it trains a net on the crops, and only the last code counts",
        refuses="float32 or float64",
        meta="how many classes there are is read off the labels",
    ),
    example(f.umeyama, SRC, DST),
    example(f.warp, IMAGES[0], M, (6, 7)),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
