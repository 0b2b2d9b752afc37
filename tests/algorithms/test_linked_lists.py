"""Oracles: Python's lists, sorted and OrderedDict, brute force, counts by hand."""

import copy
import random
import sys
import weakref
from collections import OrderedDict
from functools import reduce
from heapq import heapify, heappop
from itertools import product
from math import ceil, log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippets.algorithms.linked_lists import (
    LRUCache,
    Node,
    cycle_start,
    from_list,
    intersection,
    meeting,
    merge_sorted,
    middle,
    remove_nth_from_end,
    reverse,
    reverse_k_group,
    sort_list,
    to_list,
)
from snippets.algorithms.linked_lists.lru import _Link
from snippets.algorithms.linked_lists.merging import _merge

numbers = st.lists(st.integers(-5, 5), max_size=12)


def nodes_of(head, most=10_000):
    """The nodes, in order; whoever made a cycle by mistake is told."""
    found = []
    while head is not None:
        found.append(head)
        head = head.next
        assert len(found) <= most, "the list does not end"
    return found


def ids(head):
    return {id(node) for node in nodes_of(head)}


def link(nodes):
    """Nodes as a list, in this order."""
    for node, after in zip(nodes, [*nodes[1:], None]):
        node.next = after
    return nodes[0] if nodes else None


def rho(mu, length):
    return from_list(range(mu + length), cycle_at=mu)


# There and back


@given(numbers)
def test_there_and_back_gives_the_same_values(values):
    head = from_list(values)
    assert to_list(head) == values
    assert [node.value for node in nodes_of(head)] == values


def test_a_cycle_closes_at_the_index_asked_for():
    for n in range(1, 6):
        for at in range(n):
            head = from_list(range(n), cycle_at=at)
            steps = [head]
            for _ in range(n):
                steps.append(steps[-1].next)
            assert [node.value for node in steps] == [*range(n), at]
            assert steps[n] is steps[at]


def test_a_node_shows_its_value_and_not_the_rest():
    assert repr(from_list("ab", cycle_at=0)) == "Node('a')"


# Reversal


@given(numbers)
def test_reversal_is_that_of_a_list_and_keeps_the_nodes(values):
    head = from_list(values)
    before = nodes_of(head)
    assert nodes_of(reverse(head)) == before[::-1]


@given(numbers, st.integers(1, 14))
def test_groups_are_reversed_slices_and_the_short_rest_stays(values, k):
    want = []
    for start in range(0, len(values), k):
        part = values[start : start + k]
        want += part[::-1] if len(part) == k else part
    head = from_list(values)
    before = ids(head)
    head = reverse_k_group(head, k)
    assert to_list(head) == want
    assert ids(head) == before


def test_groups_of_the_problem_statement():
    assert to_list(reverse_k_group(from_list([1, 2, 3, 4, 5]), 2)) == [2, 1, 4, 3, 5]
    assert to_list(reverse_k_group(from_list([1, 2, 3, 4, 5]), 3)) == [3, 2, 1, 4, 5]
    assert to_list(reverse_k_group(from_list([1, 2]), 10**30)) == [1, 2]


# Cycles


@pytest.mark.parametrize("length", range(1, 30))
def test_the_pointers_meet_after_the_multiple_of_the_cycle_that_covers_the_tail(length):
    for mu in range(30):
        head = rho(mu, length)
        node, steps = meeting(head)
        assert steps == length * max(1, ceil(mu / length)) <= mu + length
        assert steps % length == 0
        # By hand: where a walker stands after that many links, and after twice as many.
        for walked in (steps, 2 * steps):
            place = walked if walked < mu else mu + (walked - mu) % length
            assert node.value == place
        assert cycle_start(head).value == mu


def test_meeting_steps_of_the_brief_examples():
    assert [meeting(rho(*at))[1] for at in [(2, 3), (5, 3), (7, 4)]] == [3, 6, 8]
    assert meeting(rho(7, 4))[0].value == 8


@given(numbers)
def test_a_list_that_ends_has_no_cycle_whatever_its_values(values):
    head = from_list(values)
    assert meeting(head) is None
    assert cycle_start(head) is None


def test_equal_values_are_no_cycle():
    assert cycle_start(from_list([1, 1])) is None
    assert cycle_start(from_list([1, 1, 1], cycle_at=1)).value == 1


@pytest.mark.parametrize("seed", range(4))
def test_random_cycles_start_where_a_set_of_nodes_says(seed):
    draw = random.Random(seed)
    for _ in range(100):
        n = draw.randint(1, 10)
        head = from_list([draw.randint(0, 2) for _ in range(n)], draw.randrange(n))
        seen, node = set(), head
        while id(node) not in seen:
            seen.add(id(node))
            node = node.next
        assert cycle_start(head) is node


def phase_two(mu, length, start, cap=50):
    """Steps of the second phase if fast starts so many links ahead; None for never."""
    head = rho(mu, length)
    slow = fast = head
    for _ in range(start):
        fast = fast.next
    while slow is not fast:
        slow, fast = slow.next, fast.next.next
    if start == 0:
        slow, _ = meeting(head)
    other = head
    for steps in range(cap):
        if slow is other:
            return steps
        slow, other = slow.next, other.next
    return None


def test_with_fast_one_ahead_the_second_phase_never_meets():
    for mu, length in [(2, 3), (1, 2), (0, 3)]:
        assert phase_two(mu, length, 0) == mu
        assert phase_two(mu, length, 1) is None
    # A cycle of one node forgives it: every distance is a multiple of 1.
    assert [phase_two(mu, 1, 1) for mu in range(5)] == [0, 1, 2, 3, 4]
    for mu, length in product(range(1, 12), range(2, 12)):
        assert phase_two(mu, length, 1) is None


def test_the_reversal_of_a_list_with_a_cycle_would_come_back_to_its_head():
    # Refused here; without the check the walk goes round the cycle and back down the
    # tail, ends at the head, and the cycle has turned round.
    for mu, length in product(range(4), range(1, 5)):
        nodes, node = [], rho(mu, length)
        head = node
        for _ in range(mu + length):
            nodes.append(node)
            node = node.next
        before, at = None, head
        while at is not None:
            at.next, before, at = before, at, at.next
        if mu:
            assert before is head
            assert nodes[mu - 1].next is nodes[mu]
        with pytest.raises(ValueError, match="want a list that ends, got a cycle"):
            reverse(rho(mu, length))


# Places


@given(numbers)
def test_the_middle_is_the_second_of_two(values):
    head = from_list(values)
    nodes = nodes_of(head)
    assert middle(head) is (nodes[len(nodes) // 2] if nodes else None)


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=10), st.data())
def test_removal_is_that_of_a_list_and_lets_the_node_go(values, data):
    n = data.draw(st.integers(1, len(values)))
    head = from_list(values)
    nodes = nodes_of(head)
    gone = nodes.pop(-n)
    left = remove_nth_from_end(head, n)
    assert nodes_of(left) == nodes
    assert gone.next is None


def test_removal_in_the_problem_statement():
    assert to_list(remove_nth_from_end(from_list([1, 2, 3, 4, 5]), 2)) == [1, 2, 3, 5]
    assert remove_nth_from_end(from_list([1]), 1) is None


def test_lists_join_where_they_share_their_first_node():
    for a, b, shared in product(range(5), range(5), range(4)):
        tail = [Node(0) for _ in range(shared)]
        first = [Node(0) for _ in range(a)] + tail
        second = [Node(0) for _ in range(b)] + tail
        heads = link(first), link(second)
        want = tail[0] if tail else None
        assert intersection(*heads) is want
        assert nodes_of(heads[0]) == first


# Merging and sorting


@given(st.lists(st.lists(st.integers(-4, 4)).map(sorted), max_size=6))
def test_merging_keeps_the_nodes_and_the_order_of_the_lists(lists):
    heads = [from_list(values) for values in lists]
    every = [node for head in heads for node in nodes_of(head)]
    # A stable sort of all nodes, list after list, is the definition.
    want = sorted(every, key=lambda node: node.value)
    assert nodes_of(merge_sorted(heads)) == want


@given(numbers)
def test_sorting_is_stable_and_keeps_the_nodes(values):
    head = from_list(values)
    want = sorted(nodes_of(head), key=lambda node: node.value)
    assert nodes_of(sort_list(head)) == want


def test_merging_in_the_problem_statement():
    heads = [from_list(values) for values in ([1, 4, 5], [1, 3, 4], [2, 6])]
    assert to_list(merge_sorted(heads)) == [1, 1, 2, 3, 4, 4, 5, 6]
    assert merge_sorted([]) is None
    assert merge_sorted([None, None]) is None
    assert to_list(merge_sorted(iter([None, Node(1)]))) == [1]


def test_3000_random_lists():
    draw = random.Random(0)
    for _ in range(3000):
        values = [draw.randint(-9, 9) for _ in range(draw.randint(0, 10))]
        assert to_list(reverse(from_list(values))) == values[::-1]
        assert to_list(sort_list(from_list(values))) == sorted(values)
        k = draw.randint(1, 11)
        cut = len(values) // k * k
        groups = [values[i : i + k][::-1] for i in range(0, cut, k)]
        want = [x for group in groups for x in group] + values[cut:]
        assert to_list(reverse_k_group(from_list(values), k)) == want
        parts = [sorted(values[i::3]) for i in range(3)]
        assert to_list(merge_sorted(map(from_list, parts))) == sorted(values)
        if values:
            n = draw.randint(1, len(values))
            left = values[: len(values) - n] + values[len(values) - n + 1 :]
            assert to_list(remove_nth_from_end(from_list(values), n)) == left


def test_a_merge_hangs_the_rest_on_by_one_link():
    left, right = (watched(values) for values in ([1, 4], [2, 3, 5, 6, 7, 8]))
    assert to_list(_merge(left, right)) == [1, 2, 3, 4, 5, 6, 7, 8]
    Watched.writes = 0
    _merge(watched([1, 4]), watched(range(5, 50)))
    # 4 behind 1, and all the rest behind 4: the first hangs on the dummy.
    assert Watched.writes == 2


class Ranked:
    """A value that knows ``<`` and nothing else."""

    def __init__(self, rank, name):
        self.rank, self.name = rank, name

    def __lt__(self, other):
        return self.rank < other.rank


def test_ties_of_values_without_equality_are_sorted_in_order_but_merged_in_any():
    values = [Ranked(n % 2, name) for n, name in enumerate("abcdefghij")]

    def shown(head):
        return [(value.rank, value.name) for value in to_list(head)]

    stable = [(rank, name) for rank in (0, 1) for name in "abcdefghij"[rank::2]]
    assert shown(sort_list(from_list(values))) == stable
    merged = shown(merge_sorted(map(Node, values)))
    assert [rank for rank, _ in merged] == [rank for rank, _ in stable]
    assert sorted(merged) == stable
    assert merged != stable  # heapq asks tuples, and tuples ask ==


def test_a_nan_spoils_the_order_and_loses_no_node():
    nan = float("nan")
    got = to_list(sort_list(from_list([3.0, 5.0, nan, 1.0])))
    assert got[:2] == [3.0, 5.0]
    assert got[2] != got[2]
    assert got[3] == 1.0


def test_the_pointers_of_the_worked_example_meet_after_six_steps():
    shared = from_list([8, 9])
    heads = Node(1, Node(2, shared)), Node(5, shared)
    one, other = heads
    passed = [(1, 5)]
    while one is not other:
        one = heads[1] if one is None else one.next
        other = heads[0] if other is None else other.next
        passed.append(tuple(None if at is None else at.value for at in (one, other)))
    assert [a for a, _ in passed] == [1, 2, 8, 9, None, 5, 8]
    assert [b for _, b in passed] == [5, 8, 9, None, 1, 2, 8]
    assert len(passed) - 1 == 2 + 1 + 2 + 1


def test_a_node_without_its_predecessor_can_pass_for_the_next_one_if_there_is_one():
    def delete(node):  # LeetCode 237
        node.value, node.next = node.next.value, node.next.next

    head = from_list([4, 5, 1, 9])
    delete(head.next)
    assert to_list(head) == [4, 1, 9]
    with pytest.raises(AttributeError, match="'NoneType' object has no attribute"):
        delete(head.next.next)


def test_the_duplicate_is_the_value_that_both_predecessors_of_the_start_hold():
    # LeetCode 287, all arrays of 1 to 5 values with one value that is repeated.
    tried = 0
    for n in range(1, 5):
        for values in product(range(1, n + 1), repeat=n + 1):
            again = [x for x in set(values) if values.count(x) > 1]
            if len(again) > 1:
                continue
            nodes = [Node(i) for i in range(n + 1)]
            for node, value in zip(nodes, values):
                node.next = nodes[value]
            assert cycle_start(nodes[0]).value == again[0]
            tried += 1
    assert tried > 300


def test_strings_and_floats_and_numpy_numbers_are_values():
    assert to_list(sort_list(from_list("banana"))) == sorted("banana")
    inf = float("inf")
    assert to_list(sort_list(from_list([0.5, -inf, inf, -0.5]))) == [
        -inf,
        -0.5,
        0.5,
        inf,
    ]
    assert to_list(sort_list(from_list(np.array([3, 1, 2])))) == [1, 2, 3]


# Cost: an observer in the place of a node, or of a value


class Watched(Node):
    """A node that counts how often its link is read, and written."""

    __slots__ = ()
    reads = writes = 0

    @property
    def next(self):
        Watched.reads += 1
        return Node.next.__get__(self)

    @next.setter
    def next(self, node):
        Watched.writes += 1
        Node.next.__set__(self, node)


def watched(values, cycle_at=None):
    nodes = [Watched(value) for value in values]
    head = link(nodes)
    if cycle_at is not None:
        nodes[-1].next = nodes[cycle_at]
    Watched.reads = Watched.writes = 0
    return head


class Weighed:
    """A value that counts comparisons."""

    count = 0

    def __init__(self, number):
        self.number = number

    def __lt__(self, other):
        Weighed.count += 1
        return self.number < other.number

    def __eq__(self, other):
        return self.number == other.number

    __hash__ = None


@pytest.mark.parametrize("n", [1, 2, 7, 50, 51])
def test_reversal_writes_each_link_once(n):
    reverse(watched(range(n)))
    assert Watched.writes == n


@pytest.mark.parametrize("k", [1, 2, 3, 10])
def test_groups_write_each_link_once_and_one_more_a_group(k):
    reverse_k_group(watched(range(30)), k)
    assert Watched.writes == 30 + 30 // k - 1  # the dummy's own link is not watched


def test_groups_write_no_link_of_a_short_rest():
    reverse_k_group(watched(range(30)), 7)
    assert Watched.writes == 28 + 4 - 1
    Watched.writes = 0
    reverse_k_group(watched(range(6)), 7)
    assert Watched.writes == 0


def test_removal_writes_two_links():
    remove_nth_from_end(watched(range(20)), 7)
    assert Watched.writes == 2


@pytest.mark.parametrize(("mu", "length"), [(0, 1), (0, 9), (7, 4), (30, 7), (1, 40)])
def test_each_step_towards_the_meeting_reads_four_links(mu, length):
    head = watched(range(mu + length), cycle_at=mu)
    _, steps = meeting(head)
    # Slow reads one link; fast asks for the next one, and reads it and the one after.
    assert Watched.reads == 4 * steps
    assert steps <= mu + length


def comparisons(work):
    Weighed.count = 0
    work()
    return Weighed.count


@pytest.mark.parametrize("n", [1, 2, 3, 7, 8, 100, 1000])
def test_merge_sort_compares_at_most_as_often_as_the_formula_says(n):
    levels = ceil(log2(n))
    worst = n * levels - 2**levels + 1
    for seed in range(3):
        values = random.Random(seed).sample(range(n), n)
        head = from_list(map(Weighed, values))
        assert comparisons(lambda head=head: sort_list(head)) <= worst
    if n == 8:  # the worst order of eight, found by trying them: it is reached
        head = from_list(map(Weighed, [0, 4, 2, 6, 1, 5, 3, 7]))
        assert comparisons(lambda: sort_list(head)) == worst


def test_of_an_odd_number_the_first_half_has_one_node_more():
    # Rising values: two to compare, then the third with both; 1 and 2 would need 1 + 1.
    assert comparisons(lambda: sort_list(from_list(map(Weighed, [1, 2, 3])))) == 1 + 2


def one_by_one(heads):
    return reduce(lambda done, head: merge_sorted([done, head]), heads)


def in_pairs(heads):
    while len(heads) > 1:
        heads = [merge_sorted(heads[i : i + 2]) for i in range(0, len(heads), 2)]
    return heads[0]


@pytest.mark.parametrize(
    ("way", "merges", "links"),
    [(one_by_one, 63, 20_790), (in_pairs, 63, 3840), (merge_sorted, 1, 640)],
)
def test_one_by_one_writes_the_first_links_again_and_again(way, merges, links):
    draw = random.Random(0)
    rows = [sorted(draw.randrange(10**6) for _ in range(10)) for _ in range(64)]
    heads = [watched(row) for row in rows]
    Watched.writes = 0
    head = way(heads)
    # The link of each merge's dummy is written, too, and is not watched.
    assert Watched.writes + merges == links
    assert to_list(head) == sorted(x for row in rows for x in row)


@pytest.mark.parametrize("k", [2, 8, 64])
def test_merging_by_a_heap_writes_each_link_once_and_compares_n_log_k_times(k):
    m = 20
    draw = random.Random(k)
    parts = [sorted(draw.random() for _ in range(m)) for _ in range(k)]
    heads = [watched(map(Weighed, part)) for part in parts]
    Weighed.count = Watched.writes = 0
    merge_sorted(heads)
    assert Watched.writes == k * m - 1  # all but the first, which the dummy points at
    # Python's heap goes down to a leaf and up again: less than 2 log2(k) a node.
    assert Weighed.count <= 2 * k * m * max(1, log2(k))


# Depth and size


def test_long_lists_need_no_deep_recursion():
    n = 20_000
    assert n > 10 * sys.getrecursionlimit()
    head = reverse(from_list(range(n)))
    assert head.value == n - 1
    head = sort_list(head)
    assert to_list(head) == list(range(n))
    assert middle(head).value == n // 2
    assert to_list(merge_sorted([head])) == list(range(n))


def test_what_recurses_over_the_links_fails_on_long_lists():
    def recursive(head):
        if head is None or head.next is None:
            return head
        last = recursive(head.next)
        head.next.next, head.next = head, None
        return last

    assert to_list(recursive(from_list(range(100)))) == list(range(100))[::-1]
    with pytest.raises(RecursionError):
        recursive(from_list(range(5000)))
    with pytest.raises(RecursionError):
        copy.deepcopy(from_list(range(5000)))


@pytest.mark.skipif(sys.maxsize < 2**32, reason="sizes are those of 64 bits")
def test_a_node_takes_six_times_the_memory_of_a_cell():
    assert sys.getsizeof(Node(None)) == 48
    assert sys.getsizeof([None] * 100) - sys.getsizeof([None] * 99) == 8


# The cache


@pytest.mark.parametrize("capacity", [1, 2, 3, 7])
def test_the_cache_is_an_ordered_dict_that_moves_to_its_end(capacity):
    draw = random.Random(capacity)
    cache, model = LRUCache(capacity), OrderedDict()
    for step in range(3000):
        key = draw.randrange(2 * capacity + 1)
        if draw.random() < 0.5:
            cache.put(key, step)
            model[key] = step
            model.move_to_end(key)
            if len(model) > capacity:
                model.popitem(last=False)
        else:
            if key in model:
                model.move_to_end(key)
            assert cache.get(key, "none") == model.get(key, "none")


def test_the_cache_in_the_problem_statement():
    cache, got = LRUCache(2), []
    cache.put(1, 1)
    cache.put(2, 2)
    got.append(cache.get(1, -1))
    cache.put(3, 3)
    got.append(cache.get(2, -1))
    cache.put(4, 4)
    got += [cache.get(1, -1), cache.get(3, -1), cache.get(4, -1)]
    assert got == [1, -1, -1, 3, 4]


def test_to_leave_a_ring_takes_two_links_and_to_join_it_four():
    written = []

    class Link(_Link):
        __slots__ = ()

        def __setattr__(self, name, value):
            written.append(name)
            super().__setattr__(name, value)

    first, second, third = Link(), Link(), Link()
    second.insert_before(first)
    written.clear()
    third.insert_before(first)
    assert sorted(written) == ["after", "after", "before", "before"]
    ring = [first, first.after, first.after.after, first.after.after.after]
    assert ring == [first, second, third, first]
    written.clear()
    second.remove()
    assert sorted(written) == ["after", "before"]
    assert first.after is third
    assert third.before is first


@pytest.mark.parametrize("n", [1, 2, 5])
def test_a_cache_lets_go_of_what_it_displaces(n):
    class Value:
        pass

    cache, values = LRUCache(n), [Value() for _ in range(2 * n)]
    seen = [weakref.ref(value) for value in values]
    for key, value in enumerate(values):
        cache.put(key, value)
    del value, values
    assert [at() is None for at in seen] == [True] * n + [False] * n


def test_keys_must_be_hashable_and_a_refused_one_changes_nothing():
    cache = LRUCache(1)
    cache.put("a", 1)
    for call in (lambda: cache.get([1]), lambda: cache.put([1], 2)):
        with pytest.raises(TypeError, match="unhashable type: 'list'"):
            call()
    assert cache.get("a") == 1


def test_a_cache_holds_none_as_a_value_and_gives_none_by_default():
    cache = LRUCache(1)
    cache.put("a", None)
    assert cache.get("a", "missing") is None
    assert cache.get("b") is None
    assert cache.capacity == 1


# Wrong solutions, each with the input that gives it away


def test_a_lost_rest_leaves_one_node():
    head, before = from_list([1, 2, 3]), None
    while head is not None:
        head.next = before
        before, head = head, head.next
    assert to_list(before) == [1]


def test_targets_of_an_assignment_are_written_from_left_to_right():
    def wrong(head, before=None):
        while head is not None:
            head, head.next, before = head.next, before, head
        return before

    def right(head, before=None):
        while head is not None:
            head.next, before, head = before, head, head.next
        return before

    with pytest.raises(AttributeError, match="no attribute 'next'"):
        wrong(from_list([1, 2]))
    assert to_list(right(from_list([1, 2]))) == [2, 1]


def test_recursion_that_leaves_the_old_arrow_makes_a_cycle():
    def recursive(head):
        if head is None or head.next is None:
            return head
        last = recursive(head.next)
        head.next.next = head
        return last

    last = recursive(from_list([1, 2, 3]))
    with pytest.raises(ValueError, match="want a list that ends, got a cycle"):
        to_list(last)


def test_without_a_dummy_the_first_node_cannot_be_removed():
    def remove(head, n):
        ahead = before = head
        for _ in range(n):
            ahead = ahead.next
        while ahead.next is not None:
            ahead, before = ahead.next, before.next
        before.next = before.next.next
        return head

    assert to_list(remove(from_list([1, 2, 3]), 2)) == [1, 3]
    with pytest.raises(AttributeError):
        remove(from_list([1, 2]), 2)


def test_the_loop_that_asks_fast_next_first_fails_on_the_empty_list():
    def upper_middle(head):
        slow = fast = head
        while fast.next and fast.next.next:
            slow, fast = slow.next, fast.next.next
        return slow

    assert upper_middle(from_list([1, 2, 3, 4])).value == 2  # the first of the two
    with pytest.raises(AttributeError):
        upper_middle(None)


def test_a_cut_that_starts_at_the_head_leaves_two_nodes_whole():
    head = from_list([2, 1])
    slow = fast = head
    while fast is not None and fast.next is not None:
        slow, fast = slow.next, fast.next.next
    # To be sorted: [2, 1] itself, once more, and nothing behind it.
    right, slow.next = slow.next, None
    assert (to_list(head), right) == ([2, 1], None)


def test_a_heap_of_nodes_cannot_break_ties():
    heap = [(1, Node(1)), (1, Node(1))]
    with pytest.raises(
        TypeError, match="'<' not supported between instances of 'Node'"
    ):
        heapify(heap)


def test_nodes_that_can_be_compared_lose_the_order_of_ties():
    class Ordered(Node):
        __slots__ = ()

        def __lt__(self, other):
            return self.value < other.value

    nodes = [Ordered(1) for _ in range(6)]
    heap = [(node.value, node) for node in nodes]
    heapify(heap)
    popped = [heappop(heap)[1] for _ in nodes]
    assert set(popped) == set(nodes)
    assert popped != nodes


# Bad input


@pytest.mark.parametrize(
    "call",
    [
        to_list,
        reverse,
        middle,
        sort_list,
        lambda head: reverse_k_group(head, 2),
        lambda head: remove_nth_from_end(head, 1),
        lambda head: intersection(head, None),
        lambda head: intersection(None, head),
        lambda head: merge_sorted([None, head]),
    ],
)
def test_lists_without_an_end_and_what_is_no_list_are_refused(call):
    with pytest.raises(ValueError, match="want a list that ends, got a cycle"):
        call(rho(2, 3))
    with pytest.raises(TypeError, match=r"head must be a Node or None, got \[1, 2\]"):
        call([1, 2])


@pytest.mark.parametrize("call", [meeting, cycle_start])
def test_what_is_no_list_has_no_cycle_to_be_found(call):
    with pytest.raises(TypeError, match="head must be a Node or None, got 3"):
        call(3)


@pytest.mark.parametrize("bad", [0, -1, True, 2.5, "3", None, np.float64(2)])
def test_sizes_and_places_are_integers_from_one(bad):
    for name, call in [
        ("k", lambda: reverse_k_group(from_list([1, 2]), bad)),
        ("n", lambda: remove_nth_from_end(from_list([1, 2]), bad)),
        ("capacity", lambda: LRUCache(bad)),
    ]:
        with pytest.raises(ValueError, match=f"{name} must be an integer >= 1, got"):
            call()


@pytest.mark.parametrize(("values", "n"), [([], 1), ([1, 2], 3), ([1, 2], 10**9)])
def test_there_is_nothing_to_remove_beyond_the_length(values, n):
    head = from_list(values)
    message = f"n must be at most the length, {len(values)}; got {n}"
    with pytest.raises(ValueError, match=message):
        remove_nth_from_end(head, n)
    assert to_list(head) == values


@pytest.mark.parametrize(("values", "at"), [([], 0), ([1], 1), ([1, 2], 7)])
def test_a_cycle_needs_a_node_to_close_at(values, at):
    message = f"cycle_at must be the index of one of {len(values)} nodes, got {at}"
    with pytest.raises(ValueError, match=message):
        from_list(values, cycle_at=at)


@pytest.mark.parametrize("at", [-1, True, 0.0, "0"])
def test_a_cycle_closes_at_an_index(at):
    with pytest.raises(ValueError, match="cycle_at must be an integer >= 0, got"):
        from_list([1, 2], cycle_at=at)


def test_numpy_integers_are_integers():
    assert from_list([1, 2], np.int8(1)).next.next.value == 2
    assert to_list(reverse_k_group(from_list([1, 2]), np.uint8(2))) == [2, 1]
    assert remove_nth_from_end(from_list([1]), np.int64(1)) is None
    assert LRUCache(np.int32(2)).capacity == 2


def test_a_node_is_followed_by_a_node():
    with pytest.raises(TypeError, match="next must be a Node or None, got 2"):
        Node(1, 2)


def test_lists_that_share_nodes_are_not_merged():
    a = from_list([1, 2, 3])
    for heads in ([a, a], [a, a.next], [Node(0, a.next.next), None, a]):
        with pytest.raises(ValueError, match="want lists that share no nodes, got two"):
            merge_sorted(heads)
    assert to_list(a) == [1, 2, 3]


def test_values_that_cannot_be_compared_are_python_s_error():
    with pytest.raises(TypeError, match="'<' not supported"):
        sort_list(from_list([1, "a"]))
    with pytest.raises(TypeError, match="'<' not supported"):
        merge_sorted([Node(1), Node("a")])


def test_a_merge_that_fails_on_the_way_leaves_the_lists_linked_to_each_other():
    a, b = from_list([1, 3]), from_list([2, "x"])
    with pytest.raises(TypeError, match="'<' not supported"):
        merge_sorted([a, b])
    assert to_list(a) == [1, 2, "x"]
