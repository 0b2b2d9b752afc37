"""Example calls of snippets.python.iterators_and_generators."""

from random import Random

from snippets.python import iterators_and_generators as m
from tests.inputs import Example, Promises


def _counted(n):
    return list(m.CountDown(n))


def _batches(xs, n):
    return list(m.batched(xs, n))


def _views(xs, n):
    return list(m.windows(xs, n))


def _flat(x, y):
    return list(m.flatten([x, [y, (x,)], "ab"]))


def _turns(xs, ys):
    return list(m.round_robin(xs, ys))


def _peeked(xs):
    stream = m.Peekable(xs)
    return stream.peek(0.0), bool(stream), list(stream)


def _means(x, y):
    stream = m.running_mean()
    next(stream)
    return stream.send(x), stream.send(y)


def _sample(xs, k):
    return m.reservoir(xs, k, Random(0))


XS = [5.0, 3.0, 8.0, 1.0, 9.0]  # items may be anything

EXAMPLES: list[Example] = [
    Example(_counted, (3,), {}, of=m.CountDown),
    Example(_batches, (XS, 2), {}, of=m.batched),
    Example(_views, (XS, 2), {}, of=m.windows),
    Example(_flat, (1.0, 2.0), {}, of=m.flatten),
    Example(_turns, (XS, [1.0, 2.0]), {}, of=m.round_robin),
    Example(_peeked, (XS,), {}, of=m.Peekable),
    Example(_means, (10.0, 20.0), {}, of=m.running_mean),
    Example(_sample, (XS, 2), {}, of=m.reservoir),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
