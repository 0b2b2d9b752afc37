"""Example calls of snippets.nlp.kv_cache."""

from dataclasses import replace

import numpy as np

from snippets.nlp import kv_cache as m
from tests.inputs import Example, Promises, example, normal

Q, K, V = (
    normal(2, 4).numpy(),
    normal(5, 4, seed=1).numpy(),
    normal(5, 3, seed=2).numpy(),
)


def cached(
    q: np.ndarray, k: np.ndarray, v: np.ndarray, capacity: int, n: int
) -> np.ndarray:
    """Five tokens, cut back to n, and what two queries read."""
    cache = m.KVCache(capacity, q.shape[1], v.shape[1])
    cache.append(k, v)
    cache.truncate(n)
    return cache.attend(q)


def paged(blocks: int, size: int, n: int, more: int) -> tuple[int, ...]:
    allocator = m.PagedAllocator(blocks, size)
    allocator.extend("a", n)
    allocator.fork("a", "b")
    allocator.extend("b", more)
    allocator.release("a")
    return tuple(allocator.slot("b", i) for i in range(n + more))


EXAMPLES: list[Example] = [
    replace(example(m.causal_attention, Q, K, V, 3), gives="same"),
    replace(example(m.causal_attention, Q, K, V), gives="same"),
    Example(cached, (Q, K, V, 6, 4), {}, of=m.KVCache, gives="same"),
    example(m.cache_bytes, 2, 3, 4, 5, 6, 2.0),
    Example(paged, (6, 4, 6, 3), {}, of=m.PagedAllocator),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
