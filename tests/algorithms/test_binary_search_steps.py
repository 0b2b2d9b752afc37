"""Oracles: bisect and enumeration of all cuts, for what frames say."""

import re
from bisect import bisect_left
from collections import Counter
from itertools import combinations, pairwise

from tests.frames import captions, numbers, words

VALUES, SOUGHT = [1, 3, 3, 4, 5, 7, 7, 7, 8, 8, 10, 12], 7
NUMS, PARTS = [7, 2, 5, 10, 8], 2


def marks(index):
    """The answers still possible that a frame shows, beside values and names."""
    shown = Counter(words("algorithms/binary_search", index))
    rest = shown - Counter(map(str, VALUES))
    return sorted(int(w) for w in rest.elements() if w.isdecimal())


def test_each_probe_tells_the_truth_about_its_value_and_keeps_the_answer():
    answer, before = bisect_left(VALUES, SOUGHT), list(range(len(VALUES) + 1))
    assert marks(0) == before
    for index, said in enumerate(captions("algorithms/binary_search")[1:-1], 1):
        mid, value = map(int, re.match(r"a\[(\d+)\] = (\d+) is", said).groups())
        assert VALUES[mid] == value
        assert f"mid = {mid}" in words("algorithms/binary_search", index)
        less = value < SOUGHT
        assert ("is less than" in said) == less != ("is not less than" in said)
        assert ("It is equal" in said) == (value == SOUGHT)
        left = [k for k in before if (k > mid if less else k <= mid)]
        assert marks(index) == left
        assert answer in left
        assert numbers(said)[-1] == len(left) < len(before)
        end = left[0] if less else left[-1]
        assert f"{end}. Answers left" in said
        before = left
    assert before == [answer]


def test_the_ends_meet_at_the_lower_bound_after_at_most_four_comparisons():
    said = captions("algorithms/binary_search")
    answer = bisect_left(VALUES, SOUGHT)
    assert said[-1].startswith(f"lo = hi = {answer}: one answer is left, after ")
    assert f"after {len(said) - 2} comparisons" in said[-1]
    assert len(said) - 2 <= len(VALUES).bit_length() == 4
    assert marks(-1) == [answer]
    assert said[0].count(str(len(VALUES) + 1)) == 1


def cut(parts):
    for places in combinations(range(1, len(NUMS)), parts - 1):
        yield [NUMS[i:j] for i, j in pairwise([0, *places, len(NUMS)])]


def fewest(limit):
    """Runs that are needed, by looking at all cuts."""
    return next(
        parts
        for parts in range(1, len(NUMS) + 1)
        if any(max(map(sum, runs)) <= limit for runs in cut(parts))
    )


def test_each_limit_needs_the_runs_that_are_said_and_shown():
    limits = list(range(max(NUMS), sum(NUMS) + 1))
    name = "algorithms/binary_search_answer"
    for index, said in enumerate(captions(name)[:-1]):
        limit, runs = map(int, re.search(r"Limit (\d+): .* (\d+) runs", said).groups())
        assert runs == fewest(limit)
        assert ("is allowed" in said) == (runs <= PARTS)
        sums = [int(w[4:]) for w in words(name, index) if w.startswith("Σ")]
        assert len(sums) == runs
        assert sum(sums) == sum(NUMS)
        assert max(sums) <= limit
        limits = [k for k in limits if (k <= limit if runs <= PARTS else k > limit)]
        name_of_end = "hi" if runs <= PARTS else "lo"
        end = limits[-1] if runs <= PARTS else limits[0]
        assert said.endswith(f"{name_of_end} = {end}.")
    assert limits == [min(max(map(sum, runs)) for runs in cut(PARTS))]


def test_the_last_frame_has_the_best_cut_and_counts_the_limits():
    said = captions("algorithms/binary_search_answer")
    best = min(max(map(sum, runs)) for runs in cut(PARTS))
    assert said[-1].startswith(f"lo = hi = {best}: ")
    shown = [
        [int(x) for x in run.split(" + ")] for run in re.findall(r"\((.*?)\)", said[-1])
    ]
    assert [x for run in shown for x in run] == NUMS
    assert len(shown) == PARTS
    assert max(map(sum, shown)) == best
    assert numbers(said[-1])[-2:] == [len(said) - 1, sum(NUMS) - max(NUMS) + 1]
