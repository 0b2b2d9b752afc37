"""Oracles: brute force, for what frames say."""

import itertools
import re

import numpy as np
import pytest

from tests.frames import captions, number, numbers, words


def test_the_assignment_is_the_cheapest_of_all():
    texts = [number(w) for w in words("cv/detr", 0) if "." in w]
    cost = np.array([t for t in texts if t != 0]).reshape(3, 6)
    total = min(
        sum(cost[range(3), columns]) for columns in itertools.permutations(range(6), 3)
    )
    pairs, prices, greedy, *_ = numbers(captions("cv/detr")[-1])
    assert pairs == prices == pytest.approx(total, abs=1e-9)  # of what is shown
    assert greedy > pairs + 1


def test_each_distance_is_the_sum_that_stands_before_it():
    """Costs of the picture minus prices of the picture, to the last decimal."""
    searches = [s for s in captions("cv/detr") if "at distance" in s]
    sums = []
    for said in searches:
        [way] = re.findall(r"at distance ([^:]*):", said)
        if "=" in way:
            left, far = way.split(" = ")
            sums.append(way)
            assert eval(left.replace("−", "-")) == pytest.approx(float(far), abs=1e-9)
    assert sums == ["2.24 + 2.43 − 1.81 = 2.86"]


def test_prices_bound_all_costs_and_meet_those_of_the_pairs():
    for index, said in enumerate(captions("cv/detr")):
        if "The prices follow" not in said:
            continue
        found = [number(w) for w in words("cv/detr", index) if "." in w]
        # Six prices of queries, then rows of a price and six costs.
        columns, rows = np.array(found[:6]), np.array(found[6:]).reshape(3, 7)
        slack = rows[:, 1:] - rows[:, :1] - columns
        assert slack.min() > -1e-9
        pairs = re.findall(r"k(\d) → q(\d)", said)
        assert pairs
        assert all(abs(slack[int(k), int(q)]) < 1e-9 for k, q in pairs)
