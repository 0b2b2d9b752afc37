"""Example calls of snippets.generative.vae."""

import numpy as np

from snippets.generative import vae as v
from tests.inputs import Example, Promises, example, normal

X, W = normal(5, 3).numpy(), normal(3, 2, seed=1).numpy()
B, MEAN, LOG_VAR = np.array([0.5, -1.0, 0.25]), *normal(2, 5, 2, seed=2).numpy()


def squares(z: np.ndarray) -> np.ndarray:
    return (z**2).sum(axis=1)


def double(z: np.ndarray) -> np.ndarray:
    return 2 * z


EXAMPLES: list[Example] = [
    example(v.gaussian_kl, MEAN, LOG_VAR),
    example(v.gaussian_kl, MEAN, LOG_VAR, 0.5, LOG_VAR / 2),
    example(v.gaussian_log_density, X, B, 0.5),
    example(v.gradient_samples, squares, double, 1.0, 0.5, X, "pathwise"),
    example(v.gradient_samples, squares, double, B, 0.5, X, "score"),
    example(v.importance_bound, X),
    example(v.linear_elbo, X, W, B, 0.5, MEAN, LOG_VAR, 2.0),
    example(v.linear_optimum, 2.0, 0.5, 3.0),
    example(v.ppca_fit, X, 2),
    example(v.ppca_log_likelihood, X, W, B, 0.5),
    example(v.ppca_posterior, X, W, B, 0.5),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
