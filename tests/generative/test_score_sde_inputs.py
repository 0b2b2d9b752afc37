"""Example calls of snippets.generative.score_sde."""

from dataclasses import replace

import torch
from torch import Tensor

from snippets.generative import score_sde as s
from tests.inputs import Example, Promises, example, normal, uniform


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


VP, VE = s.VPSDE(0.5, 10.0), s.VESDE(0.125, 4.0)
X, T = normal(5, 2), uniform(5, 1, low=0.25, high=0.75)
MIXTURE = (
    torch.tensor([0.25, 0.75], dtype=torch.float64),
    normal(2, 2, seed=3),
    torch.tensor([0.5, 0.25], dtype=torch.float64),
)
NET = s.EpsilonNet(2, VP, 8, seeded()).double()


def pull(x: Tensor, t: float) -> Tensor:
    return (1 - t) - x


def noise(x: Tensor, t: Tensor) -> Tensor:
    return x * t


def drift(sde: s.SDE, x: Tensor, t: Tensor) -> Tensor:
    return sde.drift(x, t)


def at_time(sde: s.SDE, t: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    return sde.diffusion(t), sde.marginal(t)


def forward(net: s.EpsilonNet, x: Tensor, t: Tensor) -> Tensor:
    return net(x, t)


def score(net: s.EpsilonNet, x: Tensor, t: float) -> Tensor:
    return net.score(x, t)


CHECKED = "the values are checked"
SOLVED = "points must be float32 or float64, got"

EXAMPLES: list[Example] = [
    example(s.VPSDE, 0.5, 10.0),
    example(s.VESDE, 0.5, 10.0),
    replace(example(drift, VP, X, T), of=s.VPSDE, meta=CHECKED),
    replace(
        example(drift, VE, X, T),
        of=s.VESDE,
        meta=CHECKED,
        detached="this process has no drift",
    ),
    replace(example(at_time, VP, T), of=s.VPSDE, meta=CHECKED),
    replace(
        example(at_time, VE, T),
        of=s.VESDE,
        meta=CHECKED,
        detached="the mean keeps the whole of x",
        attached=(0, 2),
    ),
    example(s.EpsilonNet, 2, VP, 8, seeded()),
    replace(example(forward, NET, X, T), of=s.EpsilonNet, meta=CHECKED, rounds=8),
    replace(example(score, NET, X, 0.5), of=s.EpsilonNet, meta=CHECKED, rounds=8),
    replace(example(s.dsm_loss, noise, X, VP, seeded()), refuses=SOLVED, meta=CHECKED),
    replace(
        example(s.fit, NET, X, VP, 2, seeded(), 3, 0.25),
        refuses=SOLVED,
        meta=CHECKED,
        writes="it trains the net",
    ),
    replace(
        example(s.gmm_log_prob, X, 0.5, VP, *MIXTURE),
        meta=CHECKED,
        differences="weights sum to 1",
        moved=(0, 2, 3),
    ),
    replace(
        example(s.gmm_score, X, T, VE, *MIXTURE),
        meta=CHECKED,
        differences="weights sum to 1",
        moved=(0, 1, 3, 4),
    ),
    replace(
        example(s.gmm_sample, 4, *MIXTURE, seeded()),
        meta=CHECKED,
        differences="weights sum to 1",
        moved=(1, 2),
    ),
    replace(
        example(s.ode_log_likelihood, X, pull, VP, steps=2),
        refuses=SOLVED,
        detached="divergences are taken by autograd, point by point",
    ),
    replace(example(s.probability_flow, X, pull, VP, 2, 1.0, 0.25), refuses=SOLVED),
    example(s.probability_flow_sample, pull, VP, 4, 2, 3, seeded()),
    example(s.reverse_sde_sample, pull, VE, 4, 2, 3, seeded()),
    example(s.score_from_eps, X, 0.5),
    replace(example(s.score_from_eps, X, T), meta=CHECKED),
    replace(example(s.score_from_v, X, X + 1, T, T), meta=CHECKED),
    replace(example(s.score_from_x0, X, X + 1, T, T), meta=CHECKED),
]
SPARED: dict[str, str] = {"SDE": "a protocol: what samplers ask of a process"}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
