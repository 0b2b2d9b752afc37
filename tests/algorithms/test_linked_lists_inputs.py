"""Example calls of snippets.algorithms.linked_lists; values are floats there."""

from snippets.algorithms import linked_lists as m
from tests.inputs import Example, Promises, example

VALUES = [3.0, 1.0, 2.0, 1.0]


def _there_and_back(values):
    return m.to_list(m.from_list(values))


def _reverse(values):
    return m.to_list(m.reverse(m.from_list(values)))


def _groups(values, k):
    return m.to_list(m.reverse_k_group(m.from_list(values), k))


def _start(values, at):
    return m.cycle_start(m.from_list(values, at)).value


def _meeting(values, at):
    node, steps = m.meeting(m.from_list(values, at))
    return node.value, float(steps)


def _middle(values):
    return m.middle(m.from_list(values)).value


def _remove(values, n):
    return m.to_list(m.remove_nth_from_end(m.from_list(values), n))


def _joined(values):
    tail = m.from_list(values)
    return m.intersection(m.Node(0.0, tail), tail).value


def _merge(first, second):
    heads = [m.sort_list(m.from_list(values)) for values in (first, second)]
    return m.to_list(m.merge_sorted(heads))


def _sort(values):
    return m.to_list(m.sort_list(m.from_list(values)))


def _cache(capacity, values):
    cache = m.LRUCache(capacity)
    for key, value in enumerate(values):
        cache.put(key, value)
    return [cache.get(key) for key in range(4)]


EXAMPLES: list[Example] = [
    example(m.from_list, VALUES, 1),
    Example(_there_and_back, (VALUES,), {}, of=m.to_list),
    Example(_reverse, (VALUES,), {}, of=m.reverse),
    Example(_groups, (VALUES, 3), {}, of=m.reverse_k_group),
    Example(_start, (VALUES, 1), {}, of=m.cycle_start),
    Example(_meeting, (VALUES, 1), {}, of=m.meeting),
    Example(_middle, (VALUES,), {}, of=m.middle),
    Example(_remove, (VALUES, 2), {}, of=m.remove_nth_from_end),
    Example(_joined, (VALUES,), {}, of=m.intersection),
    Example(_merge, (VALUES, VALUES), {}, of=m.merge_sorted),
    Example(_sort, (VALUES,), {}, of=m.sort_list),
    Example(_cache, (2, VALUES), {}, of=m.LRUCache),
    example(m.Node, 1.0),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
