"""Oracles: brute force, for what frames say."""

import itertools
import re

from tests.frames import captions


def test_the_search_tree_ends_with_all_combinations_and_nodes():
    candidates, target = [2, 3, 6, 7], 7
    paths = [
        path
        for size in range(4)
        for path in itertools.combinations_with_replacement(candidates, size)
        if sum(path) <= target
    ]
    last = captions("algorithms/combination_sum")[-1]
    [listed] = re.findall(f" of {target}: (.*);", last)
    found = [" + ".join(map(str, path)) for path in paths if sum(path) == target]
    assert sorted(listed.split(" and ")) == sorted(found)
    assert f"{len(paths)} nodes were visited" in last
