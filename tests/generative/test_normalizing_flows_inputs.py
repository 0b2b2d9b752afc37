"""Example calls of snippets.generative.normalizing_flows."""

from dataclasses import replace

import torch
from torch import Tensor

from snippets.generative import normalizing_flows as f
from tests.inputs import Example, Promises, example, normal, uniform


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


X, T = normal(5, 2), uniform(5, 1, high=0.75)
LINE = normal(5, 1)
MATRIX = normal(3, 3, seed=1) / 4
NET = f.VelocityNet(2, 8, seeded()).double()
MIXTURE = f.Mixture((0.25, 0.75), (-2.0, 1.5), (0.5, 0.25))


def halve(x: Tensor) -> tuple[Tensor, Tensor]:
    return x / 2, x.new_full((len(x),), -1.0)


def swirl(x: Tensor, t: Tensor) -> Tensor:
    return x.flip(1) * t + x.sin()


def cdf(mixture: f.Mixture, x: Tensor) -> Tensor:
    return mixture.cdf(x)


def log_prob(mixture: f.Mixture, x: Tensor, t: float) -> Tensor:
    return mixture.log_prob(x, t)


def velocity(mixture: f.Mixture, x: Tensor, t: float) -> Tensor:
    return mixture.velocity(x, t)


def sample(mixture: f.Mixture, n: int, generator: torch.Generator) -> Tensor:
    return mixture.sample(n, generator)


def forward(net: f.VelocityNet, x: Tensor, t: Tensor) -> Tensor:
    return net(x, t)


SOLVED = "points must be float32 or float64, got"
CHECKED = "the values are checked"

EXAMPLES: list[Example] = [
    example(f.Mixture, (0.25, 0.75), (-2.0, 1.5), (0.5, 0.25)),
    replace(example(cdf, MIXTURE, LINE), of=f.Mixture),
    replace(example(log_prob, MIXTURE, LINE, 0.5), of=f.Mixture, meta=CHECKED),
    replace(example(velocity, MIXTURE, LINE, 0.5), of=f.Mixture, meta=CHECKED),
    replace(example(sample, MIXTURE, 4, seeded()), of=f.Mixture),
    example(f.VelocityNet, 2, 8, seeded()),
    replace(example(forward, NET, X, T), of=f.VelocityNet, rounds=6),
    replace(example(f.cfm_loss, swirl, X, seeded(), normal(5, 2)), refuses=SOLVED),
    replace(
        example(f.cfm_pairs, X, seeded()),
        refuses=SOLVED,
        detached="times are drawn",
        attached=(0, 2),
    ),
    example(f.chain_log_prob, [halve, halve], X),
    replace(example(f.cnf_forward, swirl, X, 2), refuses=SOLVED),
    replace(
        example(f.cnf_forward, swirl, X, 2, "rademacher", seeded()), refuses=SOLVED
    ),
    replace(example(f.euler_path, swirl, X, 3), refuses=SOLVED),
    example(f.euler_sample, swirl, 4, 2, 3, seeded(), torch.float64),
    replace(
        example(f.fit, NET, X, 2, seeded(), 3, 0.25),
        refuses="weights must be float32 or float64, got",
        meta="losses are returned as numbers",
        writes="it trains the net",
    ),
    replace(
        example(f.flow_log_prob, swirl, X, 2, "gaussian", seeded()), refuses=SOLVED
    ),
    example(f.gaussian_fm_velocity, X, 0.5, 2.0, 0.25),
    replace(example(f.gaussian_fm_velocity, X, T, X + 3, 0.5), meta=CHECKED),
    example(f.gaussian_ot_velocity, X, 0.5, 2.0, 0.25),
    example(f.hutchinson_trace, torch.sin, 3, 4, "gaussian", seeded()),
    replace(example(f.odeint_rk4, swirl, X, 0.0, 1.0, 2), refuses=SOLVED),
    example(f.residual_log_det, MATRIX, 3),
    example(f.score_from_velocity, X, X + 1, 0.5),
    replace(example(f.score_from_velocity, X, X + 1, T), meta=CHECKED),
    example(f.standard_normal_log_prob, X),
    example(f.straightness, normal(4, 3, 2)),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
