"""Example calls of snippets.ml.smooth_approximations."""

from dataclasses import replace

import torch

from snippets.ml import smooth_approximations as s
from tests.inputs import Example, Promises, example, normal, uniform

X = normal(3, 4)
LABELS = torch.tensor([2, 0, 3])
BITS = torch.tensor([1, 0, 1, 1, 0])
NOISE = "the noise is drawn in float32 there and in float64 here"


def generator():
    return torch.Generator().manual_seed(0)


def bias(logits, tau, generator, estimator, samples):
    return tuple(
        s.gradient_bias(
            lambda y: y[:, 0] ** 2 - y[:, 1], logits, tau, generator, estimator, samples
        )
    )


EXAMPLES: list[Example] = [
    example(s.smooth_max, X, 2.0, 1),
    example(s.soft_one_hot, X, 2.0, 0),
    example(s.soft_argmax, X, 2.0, -1),
    example(s.smooth_step, X, 2.0),
    example(s.smooth_accuracy, X, LABELS),
    example(s.smooth_macro_f1, X, LABELS),
    example(s.smooth_f1, uniform(5), BITS),
    replace(
        example(s.best_f1, uniform(5), BITS), meta="the result is two Python floats"
    ),
    replace(example(s.sample_gumbel, (2, 3), generator()), drawn=NOISE),
    replace(example(s.gumbel_softmax, X, 2.0, False, generator()), drawn=NOISE),
    replace(
        example(s.gumbel_softmax, X, 2.0, True, generator()),
        drawn=NOISE,
        differences="its forward is a step, its gradient the soft one's",
    ),
    replace(
        example(s.straight_through, normal(2, 3).round(), normal(2, 3)),
        differences="its gradient is another's by design",
    ),
    *(
        replace(
            example(bias, normal(3), 2.0, generator(), kind, 5),
            of=s.gradient_bias,
            drawn=NOISE,
            detached="means of gradients, compared",
        )
        for kind in ("soft", "hard", "reinforce")
    ),
    example(s.outlier_accuracies, 0, 2.0, 3),
    example(s.rare_class_f1, 0, 3),
]
SPARED: dict[str, str] = {
    "GradientBias": "a record of results",
    "RareClass": "a record of results",
}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
