"""Example calls of snippets.cv.deep_infomax."""

from dataclasses import replace

import torch

from snippets.cv import deep_infomax as d
from tests.inputs import Example, Promises, example, normal

MODEL = d.LocalDIM(3, hidden=8, features=4).double()
PATCHES = normal(6, 2, 3)
LABELS = torch.tensor([0, 1, 0, 1, 1, 0])


def _forward(patch_dim: int, code_dim: int, hidden: int, features: int) -> list:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = d.LocalDIM(patch_dim, code_dim, hidden, features).double()
    return [model.encode(PATCHES), *model(PATCHES)]


EXAMPLES: list[Example] = [
    replace(example(_forward, 3, 2, 8, 4), of=d.LocalDIM),
    replace(
        example(lambda m, x: [m.encode(x), *m(x)], MODEL, PATCHES),
        of=d.LocalDIM,
        rounds=8,  # of two to four layers, each followed by others
    ),
    replace(
        example(d.centroid_accuracy, normal(6, 2), LABELS),
        meta="which classes there are is read off the labels",
    ),
    example(d.dv, normal(5), normal(7, seed=1)),
    replace(
        example(lambda *a: d.fit(*a).encode(a[0]), PATCHES, 2, 0, 4),
        of=d.fit,
        refuses="float32 or float64",
        differences="it trains a net on the patches, and only the last encoding counts",
    ),
    example(d.gaussian_mi, 0.5, 3),
    example(d.gaussian_pairs, 4, 0.5, 2, torch.Generator().manual_seed(0)),
    example(d.infonce, normal(5, 5)),
    example(d.jsd_objective, normal(5), normal(7, seed=1)),
    example(d.local_dim_loss, normal(4, 3), normal(4, 2, 3, seed=1)),
    example(
        d.nce_loss, normal(2), normal(2, seed=1), normal(6, seed=2), normal(6), k=3
    ),
    example(d.nwj, normal(5), normal(7, seed=1)),
    example(d.optimal_critic, normal(4, 2), normal(3, 2, seed=1), 0.5),
    example(d.pca_codes, normal(6, 2, 3), 2),
    example(d.toy_patches, 4, torch.Generator().manual_seed(0), 3),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
