"""Oracles: plain loops and all distances, for what frames say."""

import math
import re

import numpy as np
import pytest

from snippets.ml.datasets import three_groups
from tests.frames import captions, numbers, words

LLOYD = "ml/k_means_and_knn_lloyd"
TREE = "ml/k_means_and_knn_tree"


def test_the_costs_of_both_half_steps_are_those_of_plain_loops():
    points = three_groups(8).X.tolist()
    centers = [[1.0, 1.0], [2.0, 1.0], [3.0, 1.0]]
    first, *middle, last = captions(LLOYD)
    assert numbers(first) == [24, 3]
    labels, cost = [-1] * 24, 0.0
    for assigned, moved in zip(middle[::2], middle[1::2], strict=True):
        before, after = labels, []
        for x in points:
            off = [math.dist(x, c) for c in centers]
            after.append(off.index(min(off)))
        labels = after
        was = cost
        cost = sum(math.dist(x, centers[j]) ** 2 for x, j in zip(points, labels))
        if before[0] < 0:
            assert numbers(assigned) == pytest.approx([1, cost], abs=0.00501)
        else:
            changed = sum(a != b for a, b in zip(before, labels, strict=True))
            said = [changed, 24, was, cost]
            assert numbers(assigned)[1:] == pytest.approx(said, abs=0.00501)
        for j in range(3):
            own = [x for x, label in zip(points, labels, strict=True) if label == j]
            centers[j] = [sum(column) / len(own) for column in zip(*own, strict=True)]
        was = cost
        cost = sum(math.dist(x, centers[j]) ** 2 for x, j in zip(points, labels))
        assert numbers(moved)[1:] == pytest.approx([was, cost], abs=0.00501)
    rounds = len(middle) // 2 + 1
    assert numbers(last) == pytest.approx([rounds, 0, cost], abs=0.00501)
    assert f"J = {cost:.2f}" in words(LLOYD, -1)
    # The labels of the last frame are final: every point is with its nearest centre.
    for x, label in zip(points, labels, strict=True):
        assert math.dist(x, centers[label]) == min(math.dist(x, c) for c in centers)


def test_the_search_names_true_distances_and_ends_at_the_least():
    X = np.random.default_rng(3).integers(5, 96, (14, 2)) / 10
    q = (5.6, 4.7)
    off = sorted(math.dist(x, q) for x in X)
    said = captions(TREE)
    compared = [
        float(d)
        for s in said
        for d in re.findall(r"ce (\d\.\d\d)\.|: (\d\.\d\d), ", s)
        for d in d
        if d
    ]
    assert all(min(abs(d - o) for o in off) < 0.00501 for d in compared)
    visited, n, least = numbers(said[-1])[-3:]
    assert n == len(X)
    assert visited == len(compared) < n
    assert least == pytest.approx(off[0], abs=0.00501)
    assert min(compared) == least
    skipped = [numbers(s)[:2] for s in said if s.startswith("Back")]
    assert len(skipped) >= 3
    assert all(away > radius >= least for away, radius in skipped)
