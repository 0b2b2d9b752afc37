"""Oracles: brute force over the subarrays that end at each number, sums of slices."""

import re
from collections import Counter

from tests.frames import captions, number, numbers, words

NAME = "algorithms/prefix_sums_hashing"
A, K = [1, -1, 5, -2, 3], 3
ENTRY = re.compile(r"(−?\d+): (\d+)")


def ending(i):
    """How many subarrays with sum K have number i as their last."""
    return sum(sum(A[left : i + 1]) == K for left in range(i + 1))


def table(index):
    """What the frame shows as the table."""
    found = [ENTRY.fullmatch(word) for word in words(NAME, index)]
    return {number(m[1]): int(m[2]) for m in found if m}


def count_shown(index):
    """The number below the word count."""
    shown = words(NAME, index)
    return number(shown[shown.index("count") + 1])


def test_there_are_two_frames_for_each_number_one_before_and_one_after():
    assert len(captions(NAME)) == 2 * len(A) + 2
    first = captions(NAME)[0]
    assert numbers(first) == [K, 0, 0, 1]
    assert table(0) == {0: 1}
    assert count_shown(0) == 0


def test_each_lookup_finds_the_subarrays_that_end_there():
    for i, x in enumerate(A):
        index, height = 2 * i + 1, sum(A[: i + 1])
        said = captions(NAME)[index]
        assert numbers(said)[:6] == [x, height, K, height, K, height - K]
        here = ending(i)
        assert ("none ends here" in said) == (here == 0)
        if here:
            assert numbers(said)[6] == here
            assert f"+{here}" in words(NAME, index)
        before = Counter(sum(A[:j]) for j in range(i + 1))
        assert table(index) == before  # it does not hold the newest sum
        assert before[height - K] == here
        assert count_shown(index) == sum(map(ending, range(i + 1)))
        shown = f"{height} − {K} = {height - K}".replace("= -", "= −")
        assert shown in words(NAME, index)


def test_each_sum_is_entered_after_its_lookup():
    for i in range(len(A)):
        index, height = 2 * i + 2, sum(A[: i + 1])
        after = Counter(sum(A[:j]) for j in range(i + 2))
        assert table(index) == after
        said = captions(NAME)[index]
        assert numbers(said)[:2] == [height, after[height]]
        assert ("times" in said) == (after[height] > 1)
        assert count_shown(index) == count_shown(index - 1)


def test_the_answer_is_that_of_all_15_subarrays():
    last = len(captions(NAME)) - 1
    total = sum(map(ending, range(len(A))))
    assert numbers(captions(NAME)[-1]) == [total, len(A), 15]
    assert count_shown(last) == total == 3
    assert table(last) == Counter(sum(A[:j]) for j in range(len(A) + 1))
