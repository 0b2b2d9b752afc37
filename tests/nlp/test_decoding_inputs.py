"""Example calls of snippets.nlp.decoding."""

import numpy as np

from snippets.nlp import decoding as m
from tests.inputs import Example, Promises, example, normal

LOGITS = normal(2, 5).numpy()
P = np.array([[0.5, 0.25, 0.125, 0.125], [0.125, 0.125, 0.25, 0.5]])


def step(tokens: tuple[int, ...]) -> np.ndarray:
    """Tokens 0, 1, 2 with ½, ¼, ¼; after a 2, token 0 is impossible."""
    if tokens[-1:] == (2,):
        return np.array([-np.inf, np.log(0.5), np.log(0.5)])
    return np.log(np.array([0.5, 0.25, 0.25]))


def drawn(p: np.ndarray) -> int:
    return m.sample(p, np.random.default_rng(3))


EXAMPLES: list[Example] = [
    example(m.softmax, LOGITS, 2.0),
    example(m.top_k, P, 2),
    example(m.top_p, P, 0.75),
    example(m.min_p, P, 0.5),
    Example(drawn, (P[0],), {}, of=m.sample),
    example(m.greedy, step, (2, 1), 0, 3),
    example(m.beam_search, step, (2, 1), 0, 2, 3, 1.0),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
