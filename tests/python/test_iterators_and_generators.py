"""Oracles: slices of lists, itertools, statistics, exact fractions, all draws tried."""

import gc
import itertools
import random
import statistics
import sys
import tracemalloc
from collections import Counter, deque
from fractions import Fraction
from math import comb, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.growth import exponent
from benchmarks.python import iterators_and_generators as bench
from snippets.python.iterators_and_generators import (
    CountDown,
    Peekable,
    batched,
    flatten,
    reservoir,
    round_robin,
    running_mean,
    windows,
)

NEW = sys.version_info >= (3, 12)  # has itertools.batched
items = st.lists(st.one_of(st.integers(), st.none(), st.text(max_size=2)), max_size=12)


class Source:
    """An iterator that counts how many items were taken, and fails if too many are."""

    def __init__(self, values, most=None):
        self.values, self.taken, self.most = iter(values), 0, most

    def __iter__(self):
        return self

    def __next__(self):
        if self.taken == self.most:
            raise AssertionError("one item too many was taken")
        value = next(self.values)
        self.taken += 1
        return value


class Item:
    """An object that knows how many of its kind exist, and how many did at most."""

    alive = peak = 0

    def __init__(self):
        Item.alive += 1
        Item.peak = max(Item.peak, Item.alive)

    def __del__(self):
        Item.alive -= 1


def held(way, n):
    """How many items exist at once, at most, while ``way`` reads n of them."""
    assert Item.alive == 0
    Item.peak = 0
    way(Item() for _ in range(n))
    assert Item.alive == 0
    return Item.peak


def read(stream):
    for _ in stream:
        pass


# --- the protocol ---------------------------------------------------------------------


def test_count_down_starts_anew_in_each_loop_and_in_nested_ones():
    count = CountDown(3)
    assert list(count) == list(count) == [3, 2, 1]
    assert [(a, b) for a in count for b in count] == [
        (a, b) for a in (3, 2, 1) for b in (3, 2, 1)
    ]
    assert iter(count) is not iter(count)
    assert list(CountDown(0)) == []
    assert count.n == 3


@given(st.integers(0, 50))
def test_count_down_is_a_reversed_range(n):
    assert list(CountDown(n)) == list(reversed(range(1, n + 1)))


def test_a_loop_that_is_under_way_does_not_see_a_new_n():
    count = CountDown(3)
    first = iter(count)
    assert next(first) == 3
    count.n = 1
    assert list(first) == [2, 1]
    assert list(count) == [1]


@given(items)
def test_a_peekable_gives_what_its_source_gives_however_it_is_looked_at(values):
    stream, found = Peekable(iter(values)), []
    while stream:
        assert stream.peek() is stream.peek(7) is values[len(found)]
        found.append(next(stream))
    assert found == values
    assert list(Peekable(values)) == values
    assert stream.peek(None) is None
    with pytest.raises(ValueError, match=r"^peek needs an item or a default, got nei"):
        stream.peek()
    with pytest.raises(StopIteration):
        next(stream)


def test_a_peekable_takes_one_item_ahead_and_only_when_it_is_asked():
    source = Source([None, 0, 2])
    stream = Peekable(source)
    assert source.taken == 0
    assert stream
    assert (source.taken, stream.peek(), bool(stream)) == (1, None, True)
    assert (next(stream), source.taken) == (None, 1)
    assert (next(stream), source.taken) == (0, 2)
    assert (stream.peek("none"), source.taken) == (2, 3)
    assert iter(stream) is stream
    assert list(stream) == [2]
    assert not stream
    assert stream.peek("none") == "none"


def test_a_peekable_takes_one_default():
    with pytest.raises(TypeError, match=r"^peek takes at most one default, got 2$"):
        Peekable([1]).peek(1, 2)


def test_a_peekable_of_an_infinite_stream_has_something_left():
    stream = Peekable(itertools.count())
    assert stream
    assert next(stream) == 0


# --- groups ---------------------------------------------------------------------------


def test_on_1000_random_lists_groups_are_slices():
    generator = random.Random(0)
    for _ in range(1000):
        values = [generator.randrange(9) for _ in range(generator.randrange(12))]
        n = generator.randrange(1, 6)
        slices = [tuple(values[i : i + n]) for i in range(0, len(values), n)]
        views = [tuple(values[i : i + n]) for i in range(len(values) - n + 1)]
        assert list(batched(iter(values), n)) == slices
        assert list(windows(iter(values), n)) == views


@pytest.mark.parametrize("n", [1, 2, 3, 7])
def test_groups_take_no_item_before_it_is_needed(n):
    for make, more in ((batched, n), (windows, 1)):
        source = Source(itertools.count())
        groups = make(source, n)
        assert source.taken == 0
        assert next(groups) == tuple(range(n))
        assert source.taken == n
        assert next(groups)[-1] == source.taken - 1 == n + more - 1


def test_a_full_last_batch_is_followed_by_nothing():
    assert list(batched("abcd", 2)) == [("a", "b"), ("c", "d")]
    assert list(batched("abcde", 2))[-1] == ("e",)
    assert list(batched("", 2)) == []
    assert list(windows("ab", 3)) == []
    assert list(windows("abc", 3)) == [("a", "b", "c")]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="itertools.batched is of 3.12")
@given(items, st.integers(1, 5))
def test_batched_is_that_of_itertools(values, n):
    assert list(batched(values, n)) == list(itertools.batched(values, n))


@given(items)
def test_windows_of_two_are_pairwise(values):
    assert list(windows(values, 2)) == list(itertools.pairwise(values))


def test_groups_larger_than_any_memory_are_what_there_is():
    assert list(batched([1, 2], 10**30)) == [(1, 2)]
    assert list(windows([1, 2], 10**30)) == []


def test_each_group_is_an_object_of_its_own():
    for make in (batched, windows):
        first, second = itertools.islice(make(range(9), 2), 2)
        assert first is not second
        assert isinstance(first, tuple)


# --- merging --------------------------------------------------------------------------


def nested(depth):
    """[1, [1, [1, ... []]]], with ``depth`` ones."""
    x = []
    for _ in range(depth):
        x = [1, x]
    return x


def by_recursion(x):
    """The items, and how often one was handed up from a level to the next."""
    if not isinstance(x, list | tuple):
        return [x], 0
    found, handed = [], 0
    for part in x:
        inner, below = by_recursion(part)
        found += inner
        handed += below + len(inner)
    return found, handed


trees = st.recursive(
    st.one_of(st.integers(), st.text(max_size=3), st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.lists(inner, max_size=4).map(tuple)
    ),
    max_leaves=12,
)


@given(trees)
def test_flatten_finds_what_recursion_finds(x):
    assert list(flatten(x)) == by_recursion(x)[0]


def test_flatten_by_hand():
    assert list(flatten([1, [2, (3, []), "ab"], 4])) == [1, 2, 3, "ab", 4]
    assert list(flatten("ab")) == ["ab"]
    assert list(flatten([])) == list(flatten(((), [[]]))) == []
    assert list(flatten([{1: 2}, {3}, range(2), None])) == [{1: 2}, {3}, range(2), None]


def test_flatten_is_as_deep_as_memory_and_recursion_is_not():
    deep = nested(100_000)
    try:
        assert sum(flatten(deep)) == 100_000
        with pytest.raises(RecursionError):
            by_recursion(deep)
    finally:
        while deep:  # taken apart from the outside: freeing it must not be deep either
            deep = deep[1]


def test_flatten_yields_before_it_has_seen_the_rest():
    assert next(flatten([1, [2, object]])) == 1
    seen = flatten([[1, 2], [3, Source([])]])
    assert [next(seen), next(seen), next(seen)] == [1, 2, 3]


def test_a_list_may_come_twice_but_not_contain_itself():
    twice = [1]
    assert list(flatten([twice, twice, [twice]])) == [1, 1, 1]
    loop = [1]
    loop.append([2, loop])
    walk = flatten(loop)
    assert [next(walk), next(walk)] == [1, 2]
    with pytest.raises(
        ValueError, match=r"^x must not contain itself, got a list that"
    ):
        next(walk)


def test_a_list_that_ended_inside_does_not_hide_the_one_around_it():
    loop = [[1], [[2], ()]]
    loop.append(loop)
    walk = flatten(loop)
    assert [next(walk), next(walk)] == [1, 2]
    with pytest.raises(ValueError, match="must not contain itself"):
        next(walk)


@pytest.mark.parametrize("depth", [1, 4, 20])
def test_recursion_hands_each_item_up_through_all_levels(depth):
    assert by_recursion(nested(depth))[1] == depth * (depth + 1) // 2


def test_round_robin_by_hand():
    assert "".join(round_robin("abc", "d", "ef")) == "adebfc"
    assert list(round_robin()) == list(round_robin([], "")) == []
    assert list(round_robin([], [1], [])) == [1]


@given(st.lists(items, max_size=5))
def test_round_robin_reads_a_table_by_columns(rows):
    hole = object()
    columns = itertools.zip_longest(*rows, fillvalue=hole)
    expected = [x for column in columns for x in column if x is not hole]
    assert list(round_robin(*map(iter, rows))) == expected


def test_round_robin_takes_no_item_before_it_is_its_turn():
    first, second = Source(itertools.count()), Source("ab")
    merged = round_robin(first, second)
    assert (first.taken, second.taken) == (0, 0)
    assert [next(merged), first.taken, second.taken] == [0, 1, 0]
    assert [next(merged), first.taken, second.taken] == ["a", 1, 1]
    assert list(itertools.islice(merged, 5)) == [1, "b", 2, 3, 4]


# --- streams --------------------------------------------------------------------------


def means(values):
    stream = running_mean()
    assert next(stream) is None
    return [stream.send(x) for x in values]


def test_running_mean_by_hand():
    assert means([10, 20, 60]) == [10.0, 15.0, 30.0]
    assert means([True, False]) == [1.0, 0.5]
    assert means([Fraction(1, 2), 1]) == [0.5, 0.75]


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=20))
def test_running_means_are_those_of_exact_fractions(values):
    for n, mean in enumerate(means(values), 1):
        assert mean == pytest.approx(
            float(Fraction(sum(values[:n]), n)), rel=0, abs=1e-9
        )


def test_running_mean_stays_near_large_equal_numbers():
    # Their sum is beyond the largest float from the second on.
    assert means([1e308] * 5) == [1e308] * 5


@pytest.mark.parametrize("bad", [nan, float("inf"), 10**400, "3", None, [1], 1j])
def test_what_has_no_mean_is_refused_and_ends_the_generator(bad):
    stream = running_mean()
    next(stream)
    stream.send(1.0)
    with pytest.raises(ValueError, match=r"x must be a finite real number.*got"):
        stream.send(bad)
    with pytest.raises(StopIteration):
        stream.send(1.0)


def test_a_mean_too_far_away_is_refused():
    with pytest.raises(ValueError, match="not too far from the mean 1e\\+308, got"):
        means([1e308, -1e308])


def test_the_first_send_must_be_a_next():
    with pytest.raises(TypeError, match="can't send non-None value"):
        running_mean().send(10)


class Fixed:
    """A generator of random numbers whose numbers are known beforehand."""

    def __init__(self, numbers):
        self.numbers, self.asked = iter(numbers), []

    def randrange(self, stop):
        self.asked.append(stop)
        return next(self.numbers)


def test_reservoir_follows_the_rule_and_asks_once_for_each_item_after_the_kth():
    rng = Fixed([1, 3, 0])
    # The item 2 goes to place 1, the item 3 nowhere, the item 4 to place 0.
    assert reservoir(iter(range(5)), 2, rng) == [4, 2]
    assert rng.asked == [3, 4, 5]


@pytest.mark.parametrize(("n", "k"), [(4, 1), (4, 2), (5, 2), (4, 4), (3, 5), (3, 0)])
def test_all_ways_of_drawing_give_each_set_equally_often(n, k):
    # Every sequence of draws is equally likely: try them all.
    stops = [range(i + 1) for i in range(min(k, n), n)]
    found = Counter(
        tuple(sorted(reservoir(iter(range(n)), k, Fixed(draws))))
        for draws in itertools.product(*stops)
    )
    assert len(found) == comb(n, min(k, n))
    assert len(set(found.values())) == 1


def test_shares_of_3_of_10_in_20_000_runs():
    counts = Counter(
        x
        for seed in range(20_000)
        for x in reservoir(iter(range(10)), 3, random.Random(seed))
    )
    shares = [counts[x] / 20_000 for x in range(10)]
    assert (f"{min(shares):.3f}", f"{max(shares):.3f}") == ("0.293", "0.304")


def test_reservoir_keeps_no_more_than_k_items():
    assert held(lambda s: reservoir(s, 5, random.Random(1)), 1000) == 7
    assert reservoir("abc", 9, random.Random(0)) == ["a", "b", "c"]


# --- what is refused, and when --------------------------------------------------------


@pytest.mark.parametrize("bad", [0, -1, 2.0, 2.5, "3", None, True, np.True_, [1]])
@pytest.mark.parametrize("make", [batched, windows])
def test_sizes_are_refused_by_the_call_and_not_by_the_first_next(make, bad):
    source = Source([1, 2])
    with pytest.raises(ValueError, match=r"^n must be an integer >= 1, got"):
        make(source, bad)
    assert source.taken == 0


@pytest.mark.parametrize("bad", [-1, 2.0, "3", None, False, np.False_])
def test_counts_are_refused(bad):
    with pytest.raises(ValueError, match=r"^n must be an integer >= 0, got"):
        CountDown(bad)
    with pytest.raises(ValueError, match=r"^k must be an integer >= 0, got"):
        reservoir([1], bad, random.Random(0))


def test_integers_of_numpy_are_integers():
    assert list(CountDown(np.int64(2))) == [2, 1]
    assert type(next(iter(CountDown(np.int64(2))))) is int
    assert list(batched("abc", np.uint8(2))) == [("a", "b"), ("c",)]
    assert list(windows("abc", np.int8(2))) == [("a", "b"), ("b", "c")]
    assert reservoir("abc", np.int8(1), Fixed([1, 0])) == ["c"]


@pytest.mark.parametrize(
    "call",
    [
        lambda: batched(5, 2),
        lambda: windows(5, 2),
        lambda: round_robin([1], 5),
        lambda: Peekable(5),
        lambda: reservoir(5, 2, random.Random(0)),
    ],
)
def test_what_is_no_iterable_is_refused_by_the_call(call):
    with pytest.raises(TypeError, match="'int' object is not iterable"):
        call()


def test_a_generator_of_numpy_is_refused():
    with pytest.raises(
        TypeError, match=r"^rng must be a random\.Random, got Generator"
    ):
        reservoir([1], 1, np.random.default_rng(0))


# --- what the note says of Python -----------------------------------------------------


def test_how_many_items_exist_at_once():
    def tee_in_step(stream):
        for _ in zip(*itertools.tee(stream), strict=True):
            pass

    def tee_one_by_one(stream):
        a, b = itertools.tee(stream)
        del stream
        read(a)
        read(b)

    for n in (200, 2000):
        assert held(lambda s: read(list(s)), n) == n
        assert held(read, n) == 2
        assert held(lambda s: read(batched(s, 16)), n) == 32
        assert held(lambda s: read(windows(s, 16)), n) == 17
        assert held(tee_in_step, n) == 58
        assert held(tee_one_by_one, n) == n


def test_what_streams_hold_themselves_where_the_caller_keeps_nothing():
    def drop(stream):
        while next(stream, None) is not None:
            pass

    def look_and_drop(stream):
        stream = Peekable(stream)
        while stream:
            stream.peek()
            next(stream)

    for n in (200, 2000):
        assert held(lambda s: drop(batched(s, 16)), n) == 2 * 16
        # The item that passes, and the new one while it is made, are not the stream's.
        assert held(lambda s: drop(windows(s, 16)), n) == 16 + 1
        assert held(lambda s: drop(round_robin(s, ())), n) == 0 + 2
        assert held(lambda s: reservoir(s, 16, random.Random(0)), n) == 16 + 2
        assert held(look_and_drop, n) == 1
        counts = {held(lambda s: drop(itertools.batched(s, 16)), n)} if NEW else {16}
        assert counts == {16}  # nothing to count before 3.12


@pytest.mark.skipif(sys.maxsize < 2**32, reason="sizes are those of 64 bits")
def test_sizes_of_a_list_a_generator_and_a_range():
    n = 10**6
    assert sys.getsizeof([x for x in range(n)]) == 8_448_728
    assert sys.getsizeof(x for x in range(n)) <= 200
    assert sys.getsizeof(range(n)) == 48


def test_a_sum_of_squares_over_a_list_takes_thousands_of_times_the_memory():
    def peak(work):
        tracemalloc.start()
        try:
            work()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    n = 10**5
    with_list = peak(lambda: sum([i * i for i in range(n)]))
    with_generator = peak(lambda: sum(i * i for i in range(n)))
    assert 3.5e6 < with_list < 4.5e6
    assert with_generator < 2000
    assert with_list > 50 * with_generator


def test_a_range_is_no_iterator():
    numbers = range(3)
    assert (len(numbers), numbers[1], 2 in numbers) == (3, 1, True)
    assert list(numbers) == list(numbers)
    with pytest.raises(TypeError, match="is not an iterator"):
        next(numbers)


def test_zip_loses_an_item_of_the_first_if_the_second_is_shorter():
    a, b = iter([1, 2, 3]), iter([10])
    assert list(zip(a, b)) == [(1, 10)]
    assert list(a) == [3]
    a, b = iter([1, 2, 3]), iter([10])
    assert list(zip(b, a)) == [(10, 1)]
    assert list(a) == [2, 3]
    # Strict, it tells; what it took is lost all the same.
    a, b = iter([1, 2, 3]), iter([10])
    with pytest.raises(ValueError, match="shorter"):
        list(zip(a, b, strict=True))
    assert list(a) == [3]


def test_in_consumes_up_to_the_hit():
    numbers = iter([1, 2, 3, 4])
    assert 2 in numbers
    assert list(numbers) == [3, 4]


def test_the_first_source_of_a_generator_expression_is_evaluated_at_once():
    x, k = [1, 2, 3], 1
    g = (k * y for y in x)
    x, k = [9], 5
    assert list(g) == [5, 10, 15]
    with pytest.raises(ZeroDivisionError):
        (y for y in 1 // 0)
    late = (1 // 0 for _ in [0])
    with pytest.raises(ZeroDivisionError):
        next(late)
    x = [1, 2]
    g = (y for y in x)
    x.append(3)  # the list that was evaluated, and that is read now
    assert list(g) == [1, 2, 3]
    x, z = [1, 2], [3]
    pairs = ((a, b) for a in x for b in z)
    x, z = [7], [4]
    assert list(pairs) == [(1, 4), (2, 4)]


def test_a_generator_ends_with_the_first_exception_that_leaves_it():
    g = (1 / x for x in [1, 0, 2])
    assert next(g) == 1.0
    with pytest.raises(ZeroDivisionError):
        next(g)
    assert list(g) == []


@pytest.mark.parametrize("end", ["raise", "next"])
def test_stop_iteration_inside_a_generator_is_a_runtime_error(end):
    def bad():
        yield 1
        if end == "raise":
            raise StopIteration
        next(iter([]))

    with pytest.raises(RuntimeError, match=r"^generator raised StopIteration$"):
        list(bad())


def test_a_list_changed_while_it_is_read_skips_items():
    numbers = [1, 2, 3, 4]
    for x in numbers:
        if x == 1 or x % 2 == 0:
            numbers.remove(x)  # the point
    assert numbers == [2, 3]


def test_groups_of_groupby_are_empty_once_the_next_group_was_asked_for():
    assert [list(group) for _, group in list(itertools.groupby("aab"))] == [[], []]
    assert [k for k, _ in itertools.groupby("aba")] == ["a", "b", "a"]


def test_windows_that_share_one_deque_all_show_its_last_state():
    def shared(iterable, n):
        window = deque(maxlen=n)
        for item in iterable:
            window.append(item)
            if len(window) == n:
                yield window

    assert [list(w) for w in list(shared([1, 2, 3, 4], 2))] == [[3, 4]] * 3
    assert [list(w) for w in shared([1, 2, 3, 4], 2)] == [[1, 2], [2, 3], [3, 4]]


def test_close_runs_finally_and_only_if_the_generator_has_begun():
    log = []

    def opened():
        try:
            yield 1
        finally:
            log.append("closed")

    g = opened()
    g.close()
    assert log == []
    g = opened()
    next(g)
    g.close()
    assert log == ["closed"]


def test_the_mean_of_a_stream_agrees_with_statistics():
    values = [random.Random(2).random() for _ in range(100)]
    assert means(values)[-1] == pytest.approx(statistics.fmean(values), rel=1e-13)


def test_a_second_pass_over_a_generator_finds_nothing():
    g = (x for x in [3, 1, 2])
    assert (max(g), sum(g), list(g)) == (3, 0, [])
    g = (x for x in [3, 1, 2])
    max(g)
    with pytest.raises(ValueError, match="empty"):
        min(g)


def test_the_truth_of_a_generator_says_nothing():
    g = (x for x in [])
    assert g
    assert not Peekable(g)


def test_break_leaves_a_generator_open_until_it_is_freed():
    log = []

    def opened():
        try:
            yield 1
        finally:
            log.append("closed")

    g = opened()
    for _ in g:
        break
    assert log == []
    del g
    gc.collect()
    assert log == ["closed"]


def test_the_value_of_return_is_in_the_stop_iteration():
    def inner():
        yield 1
        return 7

    g = inner()
    next(g)
    with pytest.raises(StopIteration) as caught:
        next(g)
    assert caught.value.value == 7


@pytest.mark.skipif(sys.version_info < (3, 13), reason="close gives it since 3.13")
def test_close_gives_what_the_generator_returns_when_it_is_closed():
    def inner():
        try:
            yield 1
        except GeneratorExit:
            return 7

    g = inner()
    next(g)
    assert g.close() == 7


def test_takewhile_takes_the_first_item_that_does_not_fit():
    it = iter([1, 2, 9, 3])
    assert list(itertools.takewhile(lambda x: x < 5, it)) == [1, 2]
    assert list(it) == [3]


def test_a_stop_iteration_thrown_into_round_robin_is_not_taken_for_an_end():
    merged = round_robin([1, 2], [3])
    next(merged)
    with pytest.raises(RuntimeError, match=r"^generator raised StopIteration$"):
        merged.throw(StopIteration())


def test_workers_that_share_by_number_still_read_everything():
    sources = [Source(range(6)) for _ in range(2)]
    shares = [itertools.islice(s, w, None, 2) for w, s in enumerate(sources)]
    assert list(round_robin(*shares)) == list(range(6))
    assert [source.taken for source in sources] == [6, 6]


def test_out_of_a_buffer_of_100_no_item_comes_more_than_99_places_early():
    rng, buffer, out = random.Random(0), [], []
    for item in range(20_000):
        buffer.append(item)
        if len(buffer) == 100:
            out.append(buffer.pop(rng.randrange(100)))
    rng.shuffle(buffer)
    out += buffer
    early = [item - place for place, item in enumerate(out)]
    assert 90 < max(early) <= 99
    assert min(early) < -99  # late, as the draws will have it
    assert statistics.correlation(range(20_000), out) > 0.999


def test_an_object_with_getitem_only_is_iterable_as_well():
    class Old:
        def __getitem__(self, i):
            return "ab"[i]

    assert list(iter(Old())) == ["a", "b"]
    assert list(windows(Old(), 2)) == [("a", "b")]


def test_lambdas_made_in_a_comprehension_see_its_last_value():
    assert [f() for f in [lambda: i for i in range(3)]] == [2, 2, 2]  # noqa: B023


def test_the_counts_of_the_benchmark_have_the_exponents_that_the_note_says():
    def fitted(name):
        sizes, way = bench.SIZES[:3], bench.WAYS[name]
        return f"{abs(exponent(sizes, [bench.held(way, n) for n in sizes])):.2f}"

    linear = {"list first", "tee, then tee"}
    assert {name: fitted(name) for name in bench.WAYS} == {
        name: "1.00" if name in linear else "0.00" for name in bench.WAYS
    }
    nests = [bench.nested(depth) for depth in bench.DEPTHS]
    up = [bench.handed_up_by_recursion(nest) for nest in nests]
    assert up == [d * (d + 1) // 2 for d in bench.DEPTHS]
    assert f"{exponent(bench.DEPTHS, up):.2f}" == "1.99"
    assert [bench.handed_up_by_stack(nest) for nest in nests] == list(bench.DEPTHS)
