"""Example calls of snippets.generative.gan."""

import numpy as np

from snippets.generative import gan as m
from tests.inputs import Example, Promises, example

P, Q = np.array([0.5, 0.25, 0.25]), np.array([0.125, 0.375, 0.5])
REAL, FAKE = np.array([0.5, -0.5]), np.array([0.25, -1.5, 2.0])

EXAMPLES: list[Example] = [
    example(m.optimal_discriminator, P, Q),
    example(m.gan_value, P, Q, np.array([0.5, 0.25, 0.75])),
    example(m.js_divergence, P, Q),
    *[
        example(m.discriminator_loss, REAL, FAKE, kind)
        for kind in ("saturating", "least_squares", "hinge")
    ],
    *[
        example(m.generator_loss, FAKE, kind)
        for kind in ("saturating", "non_saturating", "least_squares", "hinge")
    ],
    example(m.tabular_generator_gradient, P, FAKE, "saturating"),
    example(m.tabular_generator_gradient, P, FAKE, "non_saturating"),
    example(m.bilinear_game, "alternating", 3, 0.25, (1.0, 0.5)),
    example(m.bilinear_game, "extragradient", 3, 0.25, (1.0, 0.5)),
    example(m.dirac_gan_eigenvalues, 0.5),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
