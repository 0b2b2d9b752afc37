"""Oracles: brute force, for what frames say."""

import itertools
import re

from tests.frames import captions, words


def best(volumes, values, capacity):
    """Most value of any subset that fits."""
    sums = [
        (sum(v for v, _ in chosen), sum(w for _, w in chosen))
        for size in range(len(volumes) + 1)
        for chosen in itertools.combinations(zip(volumes, values), size)
    ]
    return max(value for volume, value in sums if volume <= capacity)


def test_each_cell_of_the_knapsack_is_what_the_best_subset_is_worth():
    volumes, values = [1, 2, 3, 4], [2, 4, 4, 5]
    said = captions("algorithms/knapsack")
    seen = []
    for caption in said[1:19]:
        [(i, where)] = re.findall(r"^Item (\d), j = ([\d, ]+): ", caption)
        [result] = re.findall(
            r"(?:above it: ([\d, ]+)\.|Equal: (\d+) either|larger is (\d+):)",
            caption,
        )
        results = "".join(result).split(", ")
        for j, value in zip(where.split(", "), results, strict=True):
            seen.append((int(i), int(j)))
            assert int(value) == best(volumes[: int(i)], values[: int(i)], int(j))
    assert seen == [(i, j) for i in range(1, 5) for j in range(6)]
    assert said[-1].endswith(f"= {best(volumes, values, 5)}, the last cell.")
    table = [int(word) for word in words("algorithms/knapsack", -1) if word.isdigit()]
    filled = [best(volumes[:i], values[:i], j) for i in range(5) for j in range(6)]
    assert sorted(table) == sorted([*filled, *range(6), 0])  # and the margins
