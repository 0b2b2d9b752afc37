"""Oracles: Python's sort and a count of each run, for what frames say of four sorts."""

import re
from itertools import pairwise

import pytest

from figures.algorithms import sorting as drawn
from snippets.algorithms.sorting import (
    comparisons,
    heap_sort,
    insertion_sort,
    merge_sort,
    quick_sort,
)
from tests.frames import captions, numbers, words

RUNS = {
    "insertion": (insertion_sort, drawn.INSERTED),
    "merge": (merge_sort, drawn.MERGED),
    "quick": (quick_sort, drawn.PARTED),
    "heap": (heap_sort, drawn.HEAPED),
}
each_run = pytest.mark.parametrize("name", RUNS)
BELOW = re.compile(r"(\d+) < (\d+)( is false)?")


def file(name):
    return f"algorithms/sorting_{name}"


def counts(name):
    """The counter in the corner of each frame."""
    for index in range(len(captions(file(name)))):
        corner = [text for text in words(file(name), index) if text.startswith("< ×")]
        assert len(corner) == 1
        yield int(corner[0].removeprefix("< × "))


@each_run
def test_the_last_frame_is_sorted_and_has_counted_every_comparison(name):
    sort, a = RUNS[name]
    texts = captions(file(name))
    shown = [int(t) for t in words(file(name), len(texts) - 1) if t.isdigit()]
    assert shown == sorted(a)
    total = comparisons(sort, a)
    assert list(counts(name))[-1] == total == numbers(texts[-1])[0]
    assert texts[-1].startswith(f"Sorted, with {total} comparisons")


@each_run
def test_the_first_frame_is_the_input_before_any_comparison(name):
    _, a = RUNS[name]
    shown = [int(t) for t in words(file(name), 0) if t.isdigit()]
    assert shown[-len(a) :] == a
    assert next(counts(name)) == 0


@each_run
def test_the_counter_grows_by_what_each_frame_asks(name):
    seen = list(counts(name))
    steps = [b - a for a, b in pairwise(seen)]
    assert set(steps) <= ({0, 1} if name in ("insertion", "merge") else {0, 1, 2})
    for step, caption in zip(steps, captions(file(name))[1:]):
        asked = BELOW.search(caption) or "neither less nor greater" in caption
        assert bool(step) == bool(asked)


@each_run
def test_what_the_captions_say_of_two_elements_is_so(name):
    found = 0
    for caption in captions(file(name)):
        for a, b, false in BELOW.findall(caption):
            assert (int(a) < int(b)) != bool(false)
            found += 1
    assert found >= 9


@each_run
def test_every_frame_holds_all_elements(name):
    _, a = RUNS[name]
    for index in range(len(captions(file(name)))):
        shown = [int(t) for t in words(file(name), index) if t.isdigit()]
        assert sorted(shown[-len(a) :]) == sorted(a)


def test_the_moves_of_insertion_sort_are_the_inversions():
    a = drawn.INSERTED
    inversions = sum(x > y for i, x in enumerate(a) for y in a[i:])
    texts = captions(file("insertion"))
    assert sum("moves to the right" in text for text in texts) == inversions == 8
    assert numbers(texts[-1]) == [11, inversions, 3]
    assert sum("new minimum" in text for text in texts) == 2
    assert sum("stability" in text for text in texts) == 1


def test_the_merges_add_up_to_the_inversions():
    a = drawn.MERGED
    inversions = sum(x > y for i, x in enumerate(a) for y in a[i:])
    texts = captions(file("merge"))
    passed = [re.search(r"passes (\d+) .* more: (\d+)\.", text) for text in texts]
    total = 0
    for match in filter(None, passed):
        total += int(match[1])
        assert int(match[2]) == total
    assert total == inversions == numbers(texts[-1])[-1]
    assert sum("A tie goes to the left" in text for text in texts) == 1
    # Each of the seven merges uses up one half before the other.
    assert sum("One half is used up" in text for text in texts) == len(a) - 1


def test_each_pivot_of_quicksort_parts_what_is_on_its_sides():
    done = re.compile(r"Done with (\d+)")
    pivots = []
    for index, text in enumerate(captions(file("quick"))):
        if match := done.match(text):
            shown = [int(t) for t in words(file("quick"), index) if t.isdigit()]
            pivot, out = int(match[1]), shown[-len(drawn.PARTED) :]
            places = [k for k, x in enumerate(out) if x == pivot]
            assert places == [k for k, x in enumerate(sorted(out)) if x == pivot]
            pivots.append(pivot)
            assert f"pivot = {pivot}" in words(file("quick"), index)
    assert len(pivots) == len(set(pivots)) >= 4


def test_the_tops_of_the_heap_come_out_from_the_greatest_down():
    tops = [
        int(match[1])
        for text in captions(file("heap"))
        if (match := re.search(r"The top, (\d+),", text))
    ]
    assert tops == sorted(drawn.HEAPED, reverse=True)[:-1]
    built = [i for i, t in enumerate(captions(file("heap"))) if "A heap now" in t]
    assert len(built) == 1
    assert list(counts("heap"))[built[0] - 1] == 7
