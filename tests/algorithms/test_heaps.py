"""Oracles: heapq, sorted, statistics.median, a dict, closed forms, all permutations."""

import bisect
import heapq
import itertools
import math
import random
import statistics
import tracemalloc
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippets.algorithms.heaps import (
    IndexedHeap,
    RunningMedian,
    heap_pop,
    heap_push,
    heap_remove,
    heap_replace,
    heapify,
    is_heap,
    merge_k,
    top_k,
)

small = st.lists(st.integers(-9, 9), max_size=25)


def in_order(a):
    """The definition, from the root: each child against its parent."""
    return all(
        not a[c] < a[i]
        for i in range(len(a))
        for c in (2 * i + 1, 2 * i + 2)
        if c < len(a)
    )


class Item:
    """Has ``<`` and no other order, counts its uses, and may carry a mark."""

    uses = 0
    __hash__ = None

    def __init__(self, value, mark=0):
        self.value, self.mark = value, mark

    def __lt__(self, other):
        Item.uses += 1
        return self.value < other.value

    def __eq__(self, other):
        raise AssertionError("compared with ==")


def counted(call):
    Item.uses = 0
    call()
    return Item.uses


def pushed(items):
    h = []
    for x in items:
        heap_push(h, x)
    return h


def shuffled(n, seed=0):
    xs = list(range(n))
    random.Random(seed).shuffle(xs)
    return xs


# The heap


def test_3000_random_arrays_with_ties():
    draw = random.Random(0)
    for _ in range(3000):
        xs = [draw.randint(-5, 5) for _ in range(draw.randint(0, 15))]
        a = xs.copy()
        assert is_heap(a) == in_order(a)
        heapify(a)
        assert in_order(a)
        assert is_heap(a)
        assert sorted(a) == sorted(xs)
        h = pushed(xs)
        assert in_order(h)
        assert sorted(h) == sorted(xs)
        assert [heap_pop(a) for _ in xs] == [heap_pop(h) for _ in xs] == sorted(xs)
        assert a == h == []
        k = draw.randint(0, 17)
        assert top_k(xs, k) == sorted(xs, reverse=True)[:k]
        parts = [sorted(draw.choices(range(-4, 5), k=draw.randint(0, 5))) for _ in xs]
        assert merge_k(parts) == sorted(itertools.chain(*parts))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-9, 9)), max_size=60))
def test_every_operation_leaves_a_heap_of_the_same_items_as_a_sorted_list(operations):
    h, held = [], []
    for operation, x in operations:
        if operation == 0 or not held:
            heap_push(h, x)
            held.append(x)
        elif operation == 1:
            assert heap_pop(h) == held.pop(0)
        elif operation == 2:
            assert heap_replace(h, x) == held.pop(0)
            held.append(x)
        else:
            i = abs(x) % len(h)
            gone = h[i]
            assert heap_remove(h, i) == gone
            held.remove(gone)
        held.sort()
        assert in_order(h)
        assert sorted(h) == held


@given(small)
def test_replace_is_what_heapq_s_is(xs):
    h, other = [0, *map(abs, xs)], [0, *map(abs, xs)]
    heapify(h)
    heapq.heapify(other)
    for x in xs:
        assert heap_replace(h, x) == heapq.heapreplace(other, x)
        assert in_order(h)
    assert sorted(h) == sorted(other)


@pytest.mark.parametrize("n", range(1, 9))
def test_the_heap_orders_of_n_values_are_n_factorial_over_the_subtree_sizes(n):
    orders = sum(is_heap(list(p)) for p in itertools.permutations(range(n)))
    sizes = [0] * (2 * n + 2)
    for i in reversed(range(n)):
        sizes[i] = 1 + sizes[2 * i + 1] + sizes[2 * i + 2]
    assert orders == math.factorial(n) // math.prod(sizes[:n])
    assert orders == [1, 1, 2, 3, 8, 20, 80, 210][n - 1]


def test_the_heights_add_up_to_n_less_its_ones():
    for n in range(2000):
        heights = [0] * (2 * n + 2)
        for i in reversed(range(n)):
            if 2 * i + 1 < n:
                heights[i] = 1 + heights[2 * i + 1]  # the left subtree is the higher
        assert sum(heights[:n]) == n - n.bit_count()


def test_the_list_of_the_worked_example():
    h = [1, 3, 2, 7, 4, 5]
    heap_push(h, 0)
    assert h == [0, 3, 1, 7, 4, 5, 2]
    assert heap_pop(h) == 0
    assert h == [1, 3, 2, 7, 4, 5]
    assert heap_replace(h, 6) == 1
    assert h == [2, 3, 5, 7, 4, 6]


# Cost: comparisons


@pytest.mark.parametrize("n", [1, 2, 3, 10, 100, 1023, 1024, 4095, 16383])
def test_heapify_compares_fewer_than_2n_times(n):
    bound = 2 * (n - n.bit_count())
    for xs in (shuffled(n), range(n), range(n, 0, -1), [0] * n):
        assert counted(lambda xs=xs: heapify([*map(Item, xs)])) <= bound < 2 * n


@pytest.mark.parametrize("n", [1, 2, 3, 8, 100, 101])
def test_equal_items_do_not_change_places(n):
    items = [Item(0, mark) for mark in range(n)]
    # Each item but the root is compared once: with its sibling or with its parent.
    assert counted(lambda: heapify(items)) == n - 1
    assert counted(lambda: heap_push(items, Item(0, n))) == 1
    assert [x.mark for x in items] == [*range(n + 1)]
    queue = IndexedHeap()
    for mark in range(n):
        queue.push(mark, 0)
    assert [key for key, _ in queue._entries] == [*range(n)]
    queue.push(0, 0)
    assert [key for key, _ in queue._entries] == [*range(n)]


@pytest.mark.parametrize("n", range(1, 8))
def test_no_order_of_n_items_costs_more_than_twice_the_heights(n):
    most = max(
        counted(lambda p=p: heapify([*map(Item, p)]))
        for p in itertools.permutations(range(n))
    )
    # With an even number of items the last parent has one child: one comparison less.
    last = 0 if n % 2 else len(bin(n)) - 3
    assert 2 * (n - n.bit_count()) - last <= most <= 2 * (n - n.bit_count())


@pytest.mark.parametrize(("n", "total"), [(1023, 8194), (4095, 40962), (16383, 196610)])
def test_pushing_costs_n_log_n_only_in_the_worst_case(n, total):
    falling = counted(lambda: pushed(map(Item, range(n, 0, -1))))
    assert falling == total == sum(i.bit_length() - 1 for i in range(1, n + 1))
    assert counted(lambda: pushed(map(Item, range(n)))) == n - 1
    assert 2.1 < counted(lambda: pushed(map(Item, shuffled(n)))) / n < 2.5


def test_a_shuffled_item_climbs_little_more_than_one_level():
    n = 4095
    levels, h = 0, []
    for x in shuffled(n):
        heap_push(h, x)
        levels += len(h).bit_length() - (h.index(x) + 1).bit_length()
    assert 1.2 < levels / n < 1.35


@pytest.mark.parametrize("call", [heapify, is_heap])
def test_no_memory_is_taken_beside_the_list(call):
    xs = list(range(100_000, 0, -1))  # as a second list they would take 800,000 bytes
    tracemalloc.start()
    call(xs)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000


def test_shares_of_the_experiment():
    for n, least in ((1023, 1.98), (4095, 1.99), (16383, 1.998)):
        heap = counted(lambda n=n: heapify([*map(Item, shuffled(n))])) / n
        assert 1.85 < heap < 1.89
        falling = counted(lambda n=n: heapify([*map(Item, range(n, 0, -1))])) / n
        assert least < falling < 2


def test_heapq_s_pop_saves_nearly_half_the_comparisons():
    n = 4096
    ours, theirs = ([*map(Item, shuffled(n))] for _ in range(2))
    heapify(ours)
    heapq.heapify(theirs)
    textbook = counted(lambda: [heap_pop(ours) for _ in range(n)])
    library = counted(lambda: [heapq.heappop(theirs) for _ in range(n)])
    assert 77_500 < textbook < 78_500
    assert 43_700 < library < 44_000
    least = math.lgamma(n + 1) / math.log(2)
    assert 43_250 < least < 43_251
    build = counted(lambda: heapify([*map(Item, shuffled(n))]))
    assert 1.95 < (build + textbook) / least < 2
    build = counted(lambda: heapq.heapify([*map(Item, shuffled(n))]))
    assert 1.165 < (build + library) / least < 1.175


def test_a_push_costs_log_n_and_a_pop_two_log_n():
    for n in (1, 2, 3, 7, 8, 100, 1000):
        items = [*map(Item, range(1, n + 1))]
        heapify(items)
        assert counted(lambda h=items: heap_push(h, Item(0))) == int(math.log2(n + 1))
        most = 2 * int(math.log2(n))  # n items are left
        assert counted(lambda h=items: heap_pop(h)) <= most


@pytest.mark.parametrize("n", [1, 2, 3, 4, 6, 7, 8, 15, 16, 40])
def test_a_removal_from_any_place_costs_two_log_n(n):
    bound = 2 * (n.bit_length() - 1)  # n items are left
    for seed, i in itertools.product(range(12), range(n + 1)):
        h = [*map(Item, shuffled(n + 1, seed))]
        heapify(h)
        held = [x.value for x in h]
        gone = []
        assert (
            counted(lambda h=h, i=i, gone=gone: gone.append(heap_remove(h, i))) <= bound
        )
        assert gone[0].value == held[i]
        assert is_heap([x.value for x in h])


@pytest.mark.parametrize("k", [2, 7, 63])
def test_in_rising_order_each_item_enters_the_k_best_and_sinks_to_a_leaf(k):
    n = 1000
    uses = counted(lambda: top_k(map(Item, range(n)), k))
    depth = (k + 1).bit_length() - 2  # of the nearest leaf, at least
    assert uses >= (n - k) * (1 + 2 * depth)


def test_an_item_equal_to_the_least_of_the_k_best_does_not_enter():
    n, k = 1000, 10
    assert counted(lambda: top_k([Item(0) for _ in range(n)], k)) < n + k


@pytest.mark.parametrize(("k", "expected"), [(10, 68.6), (100, 460.0)])
def test_a_shuffled_stream_replaces_the_root_k_times_a_difference_of_logarithms(
    k, expected
):
    n = 10_000
    exact = k * sum(1 / i for i in range(k + 1, n + 1))
    assert round(exact, 1) == expected
    replaced, seeds = 0, 20
    for seed in range(seeds):
        xs = shuffled(n, seed)
        best = sorted(xs[:k])  # kept sorted: no heap
        for x in xs[k:]:
            if x > best[0]:
                replaced += 1
                bisect.insort(best, x)
                del best[0]
        assert top_k(xs, k) == best[::-1]
    assert abs(replaced / seeds - exact) < 4 * math.sqrt(exact / seeds)


def test_a_top_k_of_many_costs_one_comparison_for_nearly_all_items():
    n, k = 10_000, 10
    uses = counted(lambda: top_k(map(Item, shuffled(n)), k))
    assert n - k < uses < n + 70 * 2 * 3.5 + 100


def test_twice_the_lists_cost_one_comparison_more_an_item():
    n, costs = 4096, []
    for k in (4, 8, 16, 32):
        parts = [[*map(Item, sorted(shuffled(n)[i::k]))] for i in range(k)]
        costs.append(counted(lambda parts=parts: merge_k(parts)) / n)
    for before, after in itertools.pairwise(costs):
        assert 1 < after - before < 4.2


# Top-k and merge


def test_leetcode_samples():
    assert top_k([3, 2, 1, 5, 6, 4], 2)[-1] == 5
    assert top_k([3, 2, 3, 1, 2, 4, 5, 5, 6], 4)[-1] == 4
    assert merge_k([[1, 4, 5], [1, 3, 4], [2, 6]]) == [1, 1, 2, 3, 4, 4, 5, 6]
    medians, stream = [], RunningMedian()
    for x in (1, 2, 3):
        stream.add(x)
        medians.append(stream.median())
    assert medians == [1.0, 1.5, 2.0]


def test_edges_of_top_k_and_merge():
    assert top_k([], 3) == top_k([4, 5], 0) == merge_k([]) == merge_k([[], []]) == []
    assert top_k([4, 5], 9) == [5, 4]
    assert top_k(iter([4, 5, 6]), np.int64(2)) == [6, 5]
    assert merge_k([[], [1], [], [0, 2]]) == [0, 1, 2]
    assert merge_k(iter([iter([1, 3]), range(4)])) == [0, 1, 1, 2, 3, 3]
    assert top_k(np.array([3, -1, 7], dtype=np.int8), 2) == [7, 3]
    assert top_k(["b", "a", "c"], 2) == ["c", "b"]


def test_a_stream_is_read_once_and_a_k_of_it_is_held():
    alive = Counter()

    class Tracked:
        def __init__(self, value):
            self.value = value
            alive["now"] += 1
            alive["most"] = max(alive["most"], alive["now"])

        def __lt__(self, other):
            return self.value < other.value

        def __del__(self):
            alive["now"] -= 1

    best = top_k((Tracked(x) for x in shuffled(2000)), 5)
    assert [t.value for t in best] == [1999, 1998, 1997, 1996, 1995]
    assert alive["most"] <= 5 + 3


@given(st.lists(st.lists(st.integers(0, 4), max_size=6).map(sorted), max_size=8))
def test_the_merge_is_stable_and_needs_only_less_than(parts):
    marked = [[Item(x, (i, j)) for j, x in enumerate(xs)] for i, xs in enumerate(parts)]
    merged = [(x.value, x.mark) for x in merge_k(marked)]
    assert merged == sorted(
        ((x.value, x.mark) for xs in marked for x in xs), key=lambda pair: pair[0]
    )


@given(small, st.integers(0, 30))
def test_top_k_needs_only_less_than(xs, k):
    found = [x.value for x in top_k(map(Item, xs), k)]
    assert found == heapq.nlargest(k, xs)


# The running median

floats = st.floats(allow_nan=False)


@given(st.lists(floats, min_size=1, max_size=30))
def test_the_running_median_is_that_of_statistics(xs):
    stream = RunningMedian()
    for n, x in enumerate(xs, start=1):
        stream.add(x)
        assert len(stream) == n
        got, want = stream.median(), statistics.median(xs[:n])
        ordered = sorted(xs[:n])
        middle = ordered[(n - 1) // 2], ordered[n // 2]
        if all(map(math.isfinite, middle)):
            exact = (Fraction(middle[0]) + Fraction(middle[1])) / 2
            assert math.isclose(got, exact, rel_tol=1e-15, abs_tol=5e-324)
        else:
            assert got == want or (math.isnan(got) and math.isnan(want))


def test_the_halves_of_the_worked_stream():
    stream, seen = RunningMedian(), []
    for x in (5, 2, 8, 3):
        stream.add(x)
        low, high = sorted(-y for y in stream._low), sorted(stream._high)
        seen.append((low, high, stream.median()))
    assert seen == [
        ([5], [], 5),
        ([2], [5], 3.5),
        ([2, 5], [8], 5),
        ([2, 3], [5, 8], 4),
    ]


def test_medians_near_the_ends_of_float64():
    stream = RunningMedian()
    for x in (1.7e308, 1.7e308):
        stream.add(x)
    assert stream.median() == 1.7e308
    stream.add(-math.inf)
    assert stream.median() == 1.7e308
    tiny = RunningMedian()
    for x in (5e-324, 5e-324):
        tiny.add(x)
    assert tiny.median() == 5e-324
    both = RunningMedian()
    for x in (-math.inf, math.inf):
        both.add(x)
    assert math.isnan(both.median())


def test_a_median_takes_numbers_of_all_kinds():
    stream = RunningMedian()
    for x in (np.float16(0.5), np.int8(-128), Fraction(1, 4), 3):
        stream.add(x)
    assert stream.median() == 0.375
    assert type(stream.median()) is float


# The indexed heap


@given(
    st.lists(
        st.one_of(
            st.none(), st.tuples(st.sampled_from("abcdefgh"), st.integers(-5, 5))
        ),
        max_size=80,
    )
)
def test_the_indexed_heap_is_a_dict_from_which_the_least_is_taken(operations):
    heap, known = IndexedHeap(), {}
    for operation in operations:
        if operation:
            heap.push(*operation)
            known[operation[0]] = operation[1]
        elif known:
            key, priority = heap.pop()
            assert priority == min(known.values())
            assert known.pop(key) == priority
        assert len(heap) == len(known)
    left = [heap.pop() for _ in known]
    assert [p for _, p in left] == sorted(known.values())
    assert dict(left) == known


def test_keys_of_the_indexed_heap_are_not_compared():
    heap = IndexedHeap()
    for key, priority in ((1, 2), ("a", 1), (None, 2), ((3,), 0)):
        heap.push(key, priority)
    assert heap.pop() == ((3,), 0)
    assert heap.pop() == ("a", 1)
    assert {heap.pop()[0], heap.pop()[0]} == {1, None}


@pytest.mark.parametrize("n", [127, 1023])
def test_a_change_of_priority_costs_a_logarithm(n):
    heap = IndexedHeap()
    for key in range(n):
        heap.push(key, Item(key))
    levels = n.bit_length() - 1
    up = counted(lambda: heap.push(n - 1, Item(-1)))
    assert up == levels + 2  # and two at the root: nothing to do downwards
    assert counted(lambda: heap.push(n - 1, Item(n))) <= 2 * levels
    assert heap.pop()[0] == 0


def dijkstra_lazy(graph, source):
    distance, heap, pushes, most = {source: 0}, [(0, source)], 1, 1
    while heap:
        d, v = heapq.heappop(heap)
        if d > distance[v]:
            continue
        for w, length in graph[v]:
            if w not in distance or d + length < distance[w]:
                distance[w] = d + length
                heapq.heappush(heap, (d + length, w))
                pushes += 1
                most = max(most, len(heap))
    return distance, pushes, most


def dijkstra_indexed(graph, source):
    distance, heap, most = {}, IndexedHeap(), 1
    heap.push(source, 0)
    best = {source: 0}
    while heap:
        v, d = heap.pop()
        distance[v] = d
        for w, length in graph[v]:
            if w not in best or d + length < best[w]:
                best[w] = d + length
                heap.push(w, d + length)
                most = max(most, len(heap))
    return distance, most


def test_both_dijkstras_find_the_distances_of_floyd_and_warshall():
    draw = random.Random(0)
    for _ in range(60):
        n = draw.randint(1, 9)
        graph = {
            v: [(w, draw.randint(0, 9)) for w in range(n) if draw.random() < 0.4]
            for v in range(n)
        }
        table = [[math.inf] * n for _ in range(n)]
        for v in range(n):
            table[v][v] = 0
            for w, length in graph[v]:
                table[v][w] = min(table[v][w], length)
        for k, i, j in itertools.product(range(n), repeat=3):
            table[i][j] = min(table[i][j], table[i][k] + table[k][j])
        want = {w: d for w, d in enumerate(table[0]) if d < math.inf}
        lazy, pushes, most = dijkstra_lazy(graph, 0)
        assert lazy == dijkstra_indexed(graph, 0)[0] == want
        assert most <= pushes <= 1 + sum(map(len, graph.values()))


def test_negative_lengths_push_more_than_one_entry_for_an_edge():
    graph = {0: [(1, 5), (2, 6)], 1: [(3, 1)], 2: [(1, -3)], 3: []}
    distance, pushes, _ = dijkstra_lazy(graph, 0)
    assert distance == {0: 0, 1: 3, 2: 6, 3: 4}
    assert pushes == 6 > 1 + 4


def test_lazy_deletion_holds_many_entries_for_a_vertex_but_at_most_one_for_an_edge():
    n = 50
    graph = {i: [(j, 2 * (j - i) - 1) for j in range(i + 1, n)] for i in range(n)}
    lazy, pushes, most = dijkstra_lazy(graph, 0)
    indexed, held = dijkstra_indexed(graph, 0)
    assert lazy == indexed == {i: i for i in range(n)}
    assert pushes == 1 + n * (n - 1) // 2
    assert most == 817 < pushes
    assert held == n - 1


# Schedules


def shortest(names, rest):
    """All orders, each task as soon as it may run."""
    times = []
    for order in set(itertools.permutations(names)):
        time, free = 0, {}
        for name in order:
            time = max(time, free.get(name, 0)) + 1
            free[name] = time + rest
        times.append(time)
    return min(times)


def by_most_left(names, rest):
    """The greedy rule, on this note's heap."""
    ready, resting, time = [-c for c in Counter(names).values()], [], 0
    heapify(ready)
    while ready or resting:
        while resting and resting[0][0] <= time:
            heap_push(ready, resting.pop(0)[1])
        left = heap_pop(ready) + 1 if ready else 0
        if left:
            resting.append((time + rest + 1, left))
        time += 1
    return time


def test_the_schedule_s_formula_and_the_greedy_rule_are_the_shortest():
    assert by_most_left("AAABBB", 2) == 8
    draw = random.Random(0)
    for _ in range(150):
        names = draw.choices("ABCD"[: draw.randint(1, 4)], k=draw.randint(1, 6))
        rest = draw.randint(0, 3)
        counts = [*Counter(names).values()]
        m, t = max(counts), counts.count(max(counts))
        formula = max(len(names), (m - 1) * (rest + 1) + t)
        assert formula == by_most_left(names, rest) == shortest(names, rest)


# Wrong versions, each with the input that gives it away


def sift_down(a, i):
    """Written again, so that the wrong versions share nothing with the code."""
    while 2 * i + 1 < len(a):
        c = min(range(2 * i + 1, min(2 * i + 3, len(a))), key=a.__getitem__)
        if a[i] <= a[c]:
            return
        a[i], a[c] = a[c], a[i]
        i = c


def test_heapify_from_the_front_leaves_no_heap():
    a = [1, 2, 3, 0]
    for i in range(len(a) // 2):
        sift_down(a, i)
    assert a == [1, 0, 3, 2]
    assert not is_heap(a)
    right = [1, 2, 3, 0]
    heapify(right)
    assert right == [0, 1, 3, 2]


def test_deleting_in_the_middle_with_a_way_down_only_leaves_no_heap():
    a = [0, 10, 1, 11, 12, 2, 3]
    assert is_heap(a)
    right = a.copy()
    a[3] = a.pop()
    sift_down(a, 3)
    assert a == [0, 10, 1, 3, 12, 2]
    assert not is_heap(a)
    assert heap_remove(right, 3) == 11
    assert right == [0, 3, 1, 10, 12, 2]


def test_a_change_in_place_goes_unnoticed():
    h = [5, 6, 7]
    h[0] = 9
    assert heap_pop(h) == 9


def test_a_median_without_the_exchange_mixes_the_halves():
    low, high = [], []
    for x in (1, 2, 3):
        if len(low) > len(high):
            heapq.heappush(high, x)
        else:
            heapq.heappush(low, -x)
    assert -low[0] == 3


def test_a_max_heap_that_drops_its_root_loses_the_best():
    best = []
    for x in [3, 2, 1, 5, 6, 4]:
        heapq.heappush(best, -x)
        if len(best) > 2:
            heapq.heappop(best)
    assert sorted(-x for x in best) == [1, 2]


def test_ties_of_priorities_compare_what_stands_behind():
    heap = [(1, {"job": "a"})]
    with pytest.raises(TypeError):
        heap_push(heap, (1, {"job": "b"}))
    named = pushed([(1, "zoe"), (1, "adam")])
    assert heap_pop(named) == (1, "adam")
    counter = itertools.count()
    queued = pushed((1, next(counter), name) for name in ("zoe", "adam"))
    assert heap_pop(queued)[2] == "zoe"


def test_fixed_width_integers_cannot_all_be_negated():
    with np.errstate(over="ignore"):
        assert -np.array([-128], dtype=np.int8) == -128
        assert -np.array([3], dtype=np.uint8) == 253


def test_a_heap_is_not_sorted():
    h = [3, 1, 2, 0, 4]
    heapify(h)
    assert h == [0, 1, 2, 3, 4]
    h = [0, 5, 1, 7, 6, 3, 2]
    assert is_heap(h)
    assert h != sorted(h)


def test_heapq_lets_nan_in_and_then_pops_out_of_order():
    h = [1.0, math.nan, 3.0, 2.0]
    heapq.heapify(h)
    assert [heapq.heappop(h), heapq.heappop(h)] == [2.0, 1.0]


# Bad input


@pytest.mark.parametrize("nan", [math.nan, np.float16("nan"), np.float32("nan")])
def test_nan_has_no_order_and_is_refused(nan):
    h = [1.0, 2.0]
    calls = [
        lambda: heap_push(h, nan),
        lambda: heap_replace(h, nan),
        lambda: heapify([1.0, nan]),
        lambda: is_heap([nan]),
        lambda: top_k([1.0, nan], 2),
        lambda: top_k([1.0, nan], 1),
        lambda: top_k([nan], 0),
        lambda: merge_k([[nan]]),
        lambda: merge_k([[1.0, nan]]),
        lambda: IndexedHeap().push("a", nan),
    ]
    for call in calls:
        with pytest.raises(ValueError, match=r"items that have an order, got .*nan"):
            call()
    assert h == [1.0, 2.0]
    stream = RunningMedian()
    with pytest.raises(ValueError, match="float64 can hold, got"):
        stream.add(nan)
    assert len(stream) == 0


def test_nan_inside_an_item_is_not_looked_for():
    h = []
    heap_push(h, (math.nan, 1))
    heapify(h)
    assert is_heap(h)
    assert top_k(h, 1) == h


def test_a_wider_float_does_not_become_infinity():
    wide = np.longdouble("1e4000")
    if wide < np.inf:  # not where a longdouble is a float64
        with pytest.raises(ValueError, match="float64 can hold, got"):
            RunningMedian().add(wide)
    stream = RunningMedian()
    for x in (np.longdouble("1.5"), np.float16("inf"), -math.inf):
        stream.add(x)
    assert stream.median() == 1.5


@pytest.mark.parametrize("bad", [None, "1", 1j, True, Decimal(1), 10**400])
def test_what_is_no_real_number_has_no_median(bad):
    with pytest.raises(ValueError, match="float64 can hold, got"):
        RunningMedian().add(bad)


@pytest.mark.parametrize("k", [-1, True, 2.0, "2", None])
def test_a_k_that_is_no_count_is_refused(k):
    with pytest.raises(ValueError, match=f"k must be an integer >= 0, got {k!r}"):
        top_k([1, 2], k)


@pytest.mark.parametrize("i", [-1, 1.5, False])
def test_a_place_that_is_none_is_refused(i):
    with pytest.raises(ValueError, match=f"place must be an integer >= 0, got {i}"):
        heap_remove([1, 2], i)


def test_nothing_comes_out_of_nothing():
    with pytest.raises(IndexError, match="an item to pop, got an empty one"):
        heap_pop([])
    with pytest.raises(IndexError, match="an item to replace, got an empty one"):
        heap_replace([], 1)
    with pytest.raises(IndexError, match="a place below 2, got 2"):
        heap_remove([1, 2], 2)
    with pytest.raises(IndexError, match="a key to pop, got an empty one"):
        IndexedHeap().pop()
    with pytest.raises(ValueError, match="one number for a median, got none"):
        RunningMedian().median()


@pytest.mark.parametrize(
    "call",
    [
        heapify,
        is_heap,
        heap_pop,
        lambda h: heap_push(h, 1),
        lambda h: heap_replace(h, 1),
        lambda h: heap_remove(h, 0),
    ],
)
@pytest.mark.parametrize("bad", [(1, 2), np.array([1, 2]), range(2), {1: 2}])
def test_a_heap_is_a_list(call, bad):
    with pytest.raises(TypeError, match=f"a heap in a list, got {type(bad).__name__}"):
        call(bad)


def test_lists_that_are_not_sorted_are_not_merged():
    with pytest.raises(ValueError, match="want sorted lists, got 1 after 3"):
        merge_k([[2], [3, 1]])


def test_long_lists_need_no_deep_recursion():
    h = list(range(50_000, 0, -1))
    heapify(h)
    assert is_heap(h)
    assert h[0] == 1


def test_a_refused_priority_leaves_no_key_behind():
    heap = IndexedHeap()
    with pytest.raises(ValueError, match="have an order"):
        heap.push("a", math.nan)
    heap.push(None, 2)
    heap.push("a", 1)
    assert [heap.pop(), len(heap)] == [("a", 1), 1]
    heap.push(None, 3)
    assert [heap.pop(), len(heap)] == [(None, 3), 0]
