"""Example calls of snippets.ml.adamw."""

from dataclasses import replace

from torch import nn

from snippets.ml import adamw as a
from tests.inputs import Example, Promises, example, normal

THETA, G, NEXT = normal(2, 3), normal(2, 3, seed=1), normal(2, 3, seed=2)
OPTIONS = {"lr": 0.25, "eps": 0.125, "weight_decay": 0.5}


def two_steps(theta, first, second, amsgrad, **options):
    """From the empty state: its averages are wider than 16-bit parameters."""
    state = a.empty_state(theta)
    theta, state = a.adam_step(theta, first, state, amsgrad=amsgrad, **options)
    return a.adam_step(theta, second, state, amsgrad=amsgrad, **options)


def optimizer(make):
    def call(theta, **options):
        p = nn.Parameter(theta.detach().clone())
        optimizer = make([p], **options)
        for factor in (1, -2):
            p.grad = factor * theta.detach()
            optimizer.step()
        return p.detach()

    return replace(example(call, THETA, **OPTIONS), of=make)


def groups(model, spare):
    decay, no_decay = a.decay_groups(model.named_parameters(), spare)
    return [p.detach() for p in decay], [p.detach() for p in no_decay]


EXAMPLES: list[Example] = [
    replace(example(a.empty_state, THETA), gives="wide", detached="a new state"),
    replace(
        example(two_steps, THETA, G, NEXT, False, **OPTIONS),
        of=a.adam_step,
        gives=("", "wide", "wide"),
    ),
    replace(
        example(two_steps, THETA, G, NEXT, True, decoupled=True, **OPTIONS),
        of=a.adam_step,
        gives=("", "wide", "wide", "wide"),
    ),
    example(
        a.adam_step,
        THETA,
        G,
        a.AdamState(3, normal(2, 3, seed=2), normal(2, 3, seed=3).square()),
        **OPTIONS,
    ),
    replace(optimizer(a.AdamLite), detached="a step of the optimizer"),
    replace(optimizer(a.AdamWLite), detached="a step of the optimizer"),
    replace(
        example(groups, nn.LayerNorm((4, 5)).double(), ["weight"]), of=a.decay_groups
    ),
    example(a.effective_decay, 1.0, 2.0, 0.5, 0.25),
    example(a.noise_paths, [1.0, 2.0], True, 0.5, 0.25, 3, 2, 0),
]
EXAMPLES[3] = replace(EXAMPLES[3], refuses="must be torch.float32 for")
SPARED: dict[str, str] = {"AdamState": "a record that adam_step checks"}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
