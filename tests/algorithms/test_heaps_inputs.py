"""Example calls of snippets.algorithms.heaps."""

from snippets.algorithms import heaps as m
from tests.inputs import Example, Promises, example

XS = [5, 3, 8, 1, 9, 2]


def _heapified(xs):
    h = list(xs)
    m.heapify(h)
    return h


def _pushed(xs, x):
    h = _heapified(xs)
    m.heap_push(h, x)
    return h


def _popped(xs):
    h = _heapified(xs)
    return m.heap_pop(h), h


def _replaced(xs, x):
    h = _heapified(xs)
    return m.heap_replace(h, x), h


def _removed(xs, i):
    h = _heapified(xs)
    return m.heap_remove(h, i), h


def _medians(xs):
    stream, found = m.RunningMedian(), []
    for x in xs:
        stream.add(x)
        found.append(stream.median())
    return found


def _in_order(keys, priorities):
    heap = m.IndexedHeap()
    for key, priority in zip(keys, priorities, strict=True):
        heap.push(key, priority)
    return [heap.pop()[1] for _ in range(len(heap))]


EXAMPLES: list[Example] = [
    Example(_heapified, ([0.5, -1.5, 3.0],), {}, of=m.heapify),
    Example(_pushed, ([0.5, -1.5, 3.0], 2.0), {}, of=m.heap_push),
    Example(_popped, ([0.5, -1.5, 3.0],), {}, of=m.heap_pop),
    Example(_replaced, ([0.5, -1.5, 3.0], 2.0), {}, of=m.heap_replace),
    Example(_removed, ([0.5, -1.5, 3.0, 2.5], 1), {}, of=m.heap_remove),
    example(m.is_heap, [0.5, 3.0, 2.5]),
    example(m.top_k, [0.5, -1.5, 3.0, 2.5], 2),
    example(m.merge_k, [[0.5, 3.0], [2.5]]),
    Example(_medians, ([0.5, -1.5, 3.0],), {}, of=m.RunningMedian),
    Example(_in_order, ("abc", [0.5, -1.5, 3.0]), {}, of=m.IndexedHeap),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
