"""Example calls of snippets.generative.ddpm."""

from dataclasses import replace

import numpy as np

from snippets.generative import ddpm as d
from tests.inputs import Example, Promises, example, normal

BETAS = np.array([0.125, 0.25, 0.375, 0.5])
FOUR = d.Schedule(BETAS)
X0, XT = normal(2, 3, 2).numpy()
T = np.array([0, 3, 1])


def shares(betas: np.ndarray) -> np.ndarray:
    return d.Schedule(betas).alphas_bar


def sampled(start: float) -> np.ndarray:
    return d.ancestral_sample(
        lambda x, t: d.gaussian_eps(x, t, FOUR, start),
        (3,),
        FOUR,
        np.random.default_rng(0),
    )


def predicted(x: np.ndarray) -> np.ndarray:
    return d.Denoiser(2, 4, np.random.default_rng(0))(x, 3)


def trained(rate: float) -> np.ndarray:
    rng = np.random.default_rng(0)
    net = d.train_denoiser(
        lambda n, rng: rng.random((n, 2)), FOUR, 2, rng, "v", 4, rate
    )
    return net(X0, T)


EXAMPLES: list[Example] = [
    replace(example(shares, BETAS), of=d.Schedule),
    example(d.linear_betas, 4, 0.125, 0.5),
    example(d.cosine_betas, 4, 0.125, 0.5),
    example(d.q_sample, X0, T, XT, FOUR),
    example(d.posterior, X0, XT, T, FOUR),
    example(d.convert, X0, "eps", "v", XT, T, FOUR),
    example(d.gaussian_eps, XT, 2, FOUR, X0, 0.5),
    example(d.loss_weights, FOUR, "posterior"),
    example(d.gaussian_bound, FOUR, 0.5, "beta"),
    replace(example(sampled, 0.5), of=d.ancestral_sample),
    replace(example(predicted, X0), of=d.Denoiser),
    replace(example(trained, 0.5), of=d.train_denoiser),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
