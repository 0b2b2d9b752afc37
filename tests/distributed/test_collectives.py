"""Oracles: torch's own collectives over gloo, numpy's sums, counted messages.

Tests marked ``distributed`` look at real processes. Starting them takes seconds, so
four are started once, asked everything, and two of them once more, alone.
"""

import os
import re
import subprocess
import sys
from fractions import Fraction
from functools import cache
from math import ceil, inf, log2, nan
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from snippets.distributed.collectives import (
    all_to_all,
    bus_bandwidth,
    cost,
    crossover_bytes,
    launch,
    ring_all_gather,
    ring_reduce_scatter,
    tree_all_reduce,
)
from snippets.distributed.data_parallel import spawn_ddp
from tests.distributed import collectives_workers as workers

ROOT = Path(__file__).parents[2]
SCRIPT = "snippets.distributed.collectives.launch"
# Seconds, for a busy machine: for what the ranks do, for starting, for a test.
LIMIT, START_LIMIT, TEST_LIMIT = 100, 150, 280


def spread(test):
    """Mark a test that starts processes, and give it time."""
    return pytest.mark.distributed(pytest.mark.timeout(TEST_LIMIT)(test))


def vectors(W: int, n: int, seed: int = 0) -> np.ndarray:
    """W vectors of whole numbers, whose sums are exact in any order."""
    return np.random.default_rng(seed).integers(-999, 999, (W, n)).astype(float)


BRIEF = [np.arange(8) * (r + 1) + r for r in range(4)]
SUM = [6, 16, 26, 36, 46, 56, 66, 76]


# ----------------------------------------------------------------- by hand, and numpy


def test_four_ranks_by_hand():
    shards, sent = ring_reduce_scatter(BRIEF)
    assert [s.tolist() for s in shards] == [[6, 16], [26, 36], [46, 56], [66, 76]]
    full, again = ring_all_gather(shards)
    assert [f.tolist() for f in full] == [SUM] * 4
    assert (sent, again) == (6, 6)
    assert all_to_all(BRIEF)[1].tolist() == [2, 3, 5, 7, 8, 11, 11, 15]


@given(st.integers(1, 9), st.integers(0, 4), st.integers(0, 99))
def test_a_rank_ends_with_its_chunk_of_the_sum_and_then_with_all_of_it(W, m, seed):
    parts = vectors(W, W * m, seed)
    before = parts.copy()
    shards, sent = ring_reduce_scatter(parts)
    total = before.sum(axis=0)
    assert [s.tolist() for s in shards] == total.reshape(W, m).tolist()
    full, again = ring_all_gather(shards)
    assert [f.tolist() for f in full] == [total.tolist()] * W
    assert sent == again == (W - 1) * m
    up, rounds = tree_all_reduce(parts)
    assert [f.tolist() for f in up] == [total.tolist()] * W
    assert rounds == 2 * ceil(log2(W))
    assert (parts == before).all()


@given(st.integers(1, 7), st.integers(0, 3), st.integers(0, 99))
def test_an_all_to_all_is_a_transpose_of_blocks_and_its_own_inverse(W, m, seed):
    parts = vectors(W, W * m, seed)
    got = all_to_all(parts)
    for r in range(W):
        for s in range(W):
            theirs = parts[s][r * m : (r + 1) * m]
            assert got[r][s * m : (s + 1) * m].tolist() == theirs.tolist()
    assert [g.tolist() for g in all_to_all(got)] == parts.tolist()


@given(st.integers(1, 9), st.integers(0, 99))
def test_a_rank_may_add_in_a_step_before_it_sends(W, seed):
    held = vectors(W, W, seed)
    want, _ = ring_reduce_scatter(held)
    for t in range(W - 1):
        for r in range(W):  # rank r has added by now what rank r - 1 sent
            c = (r - t - 1) % W
            held[(r + 1) % W][c] += held[r][c]
    assert [held[r][r] for r in range(W)] == [w[0] for w in want]


def test_ranks_hold_copies_of_their_own():
    ones = [np.ones(2)] * 2
    for held in (
        ring_all_gather(ones)[0],
        tree_all_reduce(ones)[0],
        all_to_all(ones),
        ring_reduce_scatter(ones)[0],
        ring_reduce_scatter(ones[:1])[0],
        ring_all_gather(ones[:1])[0],
    ):
        before = [h.tolist() for h in held]
        held[0][:] = 7
        assert [h.tolist() for h in held[1:]] == before[1:]
        assert ones[0].tolist() == [1, 1]


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int16, np.float16])
def test_counts_and_small_types_are_summed_as_float64(dtype):
    full, _ = tree_all_reduce(np.ones((300, 1), dtype))
    assert full[299].dtype == float
    assert full[299].tolist() == [300.0]


def test_what_is_only_moved_keeps_the_sign_of_zero():
    for held in (ring_all_gather([[-0.0, 0.0]] * 2)[0], all_to_all([[-0.0, 0.0]] * 2)):
        signs = np.signbit(np.concatenate(held)).tolist()
        assert sorted(signs) == [False] * (len(signs) // 2) + [True] * (len(signs) // 2)


def test_five_ones_by_tree_take_six_rounds_and_one_rank_needs_none():
    full, rounds = tree_all_reduce([[1.0]] * 5)
    assert [f.tolist() for f in full] == [[5.0]] * 5
    assert rounds == 6
    assert tree_all_reduce([[3.0]])[1] == 0
    assert ring_reduce_scatter([[3.0]])[1] == ring_all_gather([[3.0]])[1] == 0


def test_the_ring_sums_each_chunk_in_another_order_and_the_tree_all_in_one():
    parts = [np.full(4, value) for value in workers.VALUES]
    assert sum(map(Fraction, workers.VALUES)) == 2
    full, _ = ring_all_gather(ring_reduce_scatter(parts)[0])
    assert [f.tolist() for f in full] == [[0.0, 1.0, 0.0, 1.0]] * 4
    assert [f.tolist() for f in tree_all_reduce(parts)[0]] == [[0.0] * 4] * 4
    # By hand: chunk c begins at rank c + 1 and ends at rank c.
    for c in range(4):
        total = 0.0
        for k in range(1, 5):
            total += workers.VALUES[(c + k) % 4]
        assert total == full[0][c]


def test_a_nan_on_one_rank_reaches_all_and_nothing_warns():
    parts = [[1.0, inf], [nan, -inf]]
    full, _ = ring_all_gather(ring_reduce_scatter(parts)[0])
    assert np.isnan(full).all()
    assert np.isnan(tree_all_reduce(parts)[0]).all()
    assert tree_all_reduce([[1e308], [1e308]])[0][1].tolist() == [inf]
    assert ring_reduce_scatter([[1e308] * 2] * 2)[0][1].tolist() == [inf]


def matrix(collective, W, m):
    """Of a linear map: all ranks' inputs joined, to all ranks' outputs joined."""
    columns = []
    for unit in np.eye(W * m):
        columns.append(np.concatenate(collective(unit.reshape(W, m))))
    return np.array(columns).T


def test_reduce_scatter_is_the_transpose_of_all_gather_and_all_to_all_of_itself():
    gather = matrix(lambda x: ring_all_gather(x)[0], 4, 2)
    scatter = matrix(lambda x: ring_reduce_scatter(x)[0], 4, 8)
    assert gather.shape == (32, 8)
    assert (scatter == gather.T).all()
    exchange = matrix(all_to_all, 4, 8)
    assert (exchange == exchange.T).all()
    assert (exchange @ exchange == np.eye(32)).all()
    # And the sum of all is its own, for each rank's loss counts.
    reduce = matrix(lambda x: tree_all_reduce(x)[0], 4, 2)
    assert (reduce == reduce.T).all()


def test_sums_of_rows_and_columns_of_nodes_are_the_sum_of_all():
    grid = vectors(12, 24).reshape(3, 4, 24)  # [node, place, element]
    inside = [ring_reduce_scatter(node)[0] for node in grid]
    across = [tree_all_reduce([node[r] for node in inside])[0] for r in range(4)]
    for a in range(3):
        full, _ = ring_all_gather([across[r][a] for r in range(4)])
        assert full[0].tolist() == grid.sum(axis=(0, 1)).tolist()


# ------------------------------------------------------------------------- the model


@pytest.mark.parametrize(
    ("W", "ring", "tree"),
    [(2, 1.2e-4, 2.2e-4), (8, 3.15e-4, 6.6e-4), (64, 1.456875e-3, 1.32e-3)],
)
def test_a_megabyte_by_ring_and_by_tree(W, ring, tree):
    args = ("all_reduce", 1e6, W, 1e-5, 1e-10)
    assert cost(*args) == pytest.approx(ring, rel=1e-12)
    assert cost(*args, algorithm="tree") == pytest.approx(tree, rel=1e-12)


def test_sixty_four_ranks_prefer_the_tree_for_small_tensors_only():
    times = [
        [cost("all_reduce", n, 64, 1e-5, 1e-10, a) for a in ("ring", "tree")]
        for n in (1e3, 1e6, 1e9)
    ]
    want = [[1260.2e-6, 121.2e-6], [1456.9e-6, 1320e-6], [0.1981, 1.2001]]
    np.testing.assert_allclose(times, want, rtol=1e-3)


@pytest.mark.parametrize(
    ("W", "n"), [(2, 0), (3, 0), (8, 188_235.2941), (64, 1_136_448.5981)]
)
def test_at_the_crossover_both_cost_the_same(W, n):
    found = crossover_bytes(W, 1e-5, 1e-10)
    assert found == pytest.approx(n, rel=1e-9)
    ring, tree = (
        cost("all_reduce", found, W, 1e-5, 1e-10, a) for a in ("ring", "tree")
    )
    assert ring == pytest.approx(tree, rel=1e-12)
    for factor in (0.5, 2):
        size = found * factor + (factor == 2)
        ring, tree = (
            cost("all_reduce", size, W, 1e-5, 1e-10, a) for a in ("ring", "tree")
        )
        assert (ring < tree) == (factor == 2)


def test_without_latency_the_ring_is_never_slower():
    assert crossover_bytes(64, 0.0, 1e-10) == 0


@given(st.integers(1, 70), st.integers(0, 5))
def test_messages_and_elements_of_the_model_are_those_counted(W, m):
    parts = vectors(W, W * m)
    shards, down = ring_reduce_scatter(parts)
    _, up = ring_all_gather(shards)
    n = W * m
    assert cost("reduce_scatter", n, W, 0, 1) == pytest.approx(down)
    assert cost("all_gather", n, W, 0, 1) == pytest.approx(up)
    assert cost("all_reduce", n, W, 0, 1) == pytest.approx(down + up)
    assert cost("all_reduce", 0, W, 1, 0) == 2 * (W - 1)
    assert cost("all_to_all", n, W, 1, 1) == pytest.approx((W - 1) * (1 + m))
    _, rounds = tree_all_reduce(parts)
    assert cost("all_reduce", n, W, 1, 0, "tree") == rounds
    assert cost("all_reduce", n, W, 0, 1, "tree") == rounds * n
    assert 2 * cost("broadcast", n, W, 1, 1, "tree") == rounds * (1 + n)


@pytest.mark.parametrize("W", [1, 2, 4, 8, 64])
def test_halves_between_partners_take_a_trees_rounds_and_send_a_rings_bytes(W):
    parts = vectors(W, 2 * W)
    total, held, n = parts.sum(axis=0), parts.copy(), 2 * W
    spans, sent, rounds, half = [(0, n)] * W, [0] * W, 0, W // 2
    while half:  # rank r and r ^ half: one keeps the left half of its span
        before, rounds = held.copy(), rounds + 1
        for r in range(W):
            first, last = spans[r]
            middle = (first + last) // 2
            spans[r] = (middle, last) if r & half else (first, middle)
            mine = slice(*spans[r])
            held[r, mine] = before[r, mine] + before[r ^ half, mine]
            sent[r] += last - first - (mine.stop - mine.start)
        half //= 2
    for r in range(W):
        assert spans[r] == (2 * r, 2 * r + 2)
        assert held[r, 2 * r : 2 * r + 2].tolist() == total[2 * r : 2 * r + 2].tolist()
    # The all-gather is the same backwards.
    assert 2 * rounds == cost("all_reduce", n, W, 1, 0, "tree")
    assert [2 * s for s in sent] == [cost("all_reduce", n, W, 0, 1)] * W


def test_depth_is_exact_where_the_logarithm_rounds():
    W = 2**49 + 1
    assert ceil(log2(W)) == 49  # and 2**49 < W
    assert cost("broadcast", 0, W, 1, 0, "tree") == 50


def test_the_ring_sends_nearly_twice_the_tensor_at_most():
    times = [cost("all_reduce", 1, W, 0, 1) for W in (2, 4, 1000, 10**6)]
    assert times == pytest.approx([1, 1.5, 1.998, 1.999998])


def test_seven_billion_gradients_in_sixteen_bits():
    assert cost("all_reduce", 14e9, 8, 0, 1 / 450e9) == pytest.approx(54.4e-3, rel=1e-3)


def test_more_ranks_cost_latency_for_small_tensors_and_little_for_large_ones():
    def ratio(n, *pairs):
        first, second = (cost("all_reduce", n, *pair) for pair in pairs)
        return first / second

    ring, tree = (64, 1e-5, 1e-10, "ring"), (64, 1e-5, 1e-10, "tree")
    assert 10 < ratio(1e3, ring, tree) < 11
    assert 1.125 < ratio(1e9, ring, (8, 1e-5, 1e-10)) < 1.14


def test_a_matrix_cut_by_columns_and_the_next_by_rows_leave_partial_sums():
    rng = np.random.default_rng(0)
    x, first, second = (rng.integers(-9, 9, (6, 8)).astype(float) for _ in range(3))
    second = second.T
    whole = x @ first.T @ second.T
    columns, rows = np.split(first.T, 3, axis=1), np.split(second.T, 3)
    partial = [(x @ a @ b).ravel() for a, b in zip(columns, rows)]
    assert tree_all_reduce(partial)[0][2].tolist() == whole.ravel().tolist()


def test_bus_bandwidth_of_a_gigabyte_in_ten_milliseconds():
    found = {
        kind: bus_bandwidth(kind, 1e9, 8, 0.01)
        for kind in (
            "all_reduce",
            "reduce_scatter",
            "all_gather",
            "all_to_all",
            "broadcast",
        )
    }
    assert list(found.values()) == pytest.approx([175e9, 87.5e9, 87.5e9, 87.5e9, 100e9])


@given(st.integers(2, 99), st.floats(1, 1e9), st.floats(1e-12, 1e-6))
def test_bus_bandwidth_of_a_ring_without_latency_is_that_of_the_link(W, n, beta):
    for kind in ("all_reduce", "reduce_scatter", "all_gather", "all_to_all"):
        seconds = cost(kind, n, W, 0, beta)
        assert bus_bandwidth(kind, n, W, seconds) * beta == pytest.approx(1)


def test_slow_links_carry_an_eighth_of_it_when_each_node_adds_first():
    fast, slow, n = 1 / 450e9, 1 / 50e9, 1e9
    flat = cost("all_reduce", n, 64, 1e-5, slow)
    inside = cost("reduce_scatter", n, 8, 1e-5, fast)
    inside += cost("all_gather", n, 8, 1e-5, fast)
    across = cost("all_reduce", n / 8, 8, 1e-5, slow)
    assert flat == pytest.approx(40.64e-3, rel=1e-3)
    assert inside + across == pytest.approx(8.544e-3, rel=1e-3)


# --------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    "collective", [ring_reduce_scatter, ring_all_gather, tree_all_reduce, all_to_all]
)
@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([], "must hold one vector per rank, got none"),
        ([[1.0], [1.0, 2.0]], r"vectors of one length, got shapes \[\(1,\), \(2,\)\]"),
        ([1.0], r"vectors of one length, got shapes \[\(\)\]"),
        ([[[1.0]]], r"vectors of one length, got shapes \[\(1, 1\)\]"),
        ([["a"]], r"must be vectors of real numbers, got \['a'\]"),
        ([[1j]], "must be vectors of real numbers, got"),
        ([[None]], "must be vectors of real numbers, got"),
        ([[[1.0], [1.0, 2.0]]], "must be vectors of real numbers, got"),
        (3, "must be a list of vectors, got 3"),
        (
            [torch.ones(1, requires_grad=True)],
            "must be vectors of real numbers, got tensor",
        ),
        (
            [torch.ones(1, device="meta")],
            "must be vectors of real numbers, got tensor",
        ),
    ],
)
def test_what_is_no_list_of_vectors_is_refused(collective, parts, message):
    name = "shards" if collective is ring_all_gather else "parts"
    with pytest.raises(
        ValueError, match=f"^{name} must be.*{message}|^{name} {message}"
    ):
        collective(parts)


@pytest.mark.parametrize("collective", [ring_reduce_scatter, all_to_all])
def test_a_length_that_ranks_do_not_divide_is_refused(collective):
    message = r"divisible by W = 2, or pad with zeros; got 3"
    with pytest.raises(ValueError, match=message):
        collective([[1, 2, 3]] * 2)
    assert len(collective([[1, 2, 3, 0]] * 2)) == 2


GOOD = {"n_bytes": 1e6, "W": 8, "alpha": 1e-5, "beta": 1e-10}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"kind": "gather"},
            "kind of ring must be one of all_gather, all_reduce, all_t",
        ),
        ({"kind": "broadcast"}, "kind of ring must be one of .*, got 'broadcast'"),
        (
            {"kind": "all_gather", "algorithm": "tree"},
            "kind of tree must be one of all_r",
        ),
        ({"kind": 3}, "kind of ring must be one of .*, got 3"),
        ({"algorithm": np.array(["ring"])}, "algorithm must be one of ring, tree, got"),
        ({"algorithm": "star"}, "algorithm must be one of ring, tree, got 'star'"),
        (
            {"algorithm": ["ring"]},
            r"algorithm must be one of ring, tree, got \['ring'\]",
        ),
        ({"W": 0}, "W must be an integer >= 1, got 0"),
        ({"W": 2.0}, "W must be an integer >= 1, got 2.0"),
        ({"W": True}, "W must be an integer >= 1, got True"),
        ({"W": 2**53 + 1}, r"W must be at most 2\*\*53, got 9007199254740993"),
        ({"alpha": 1e308}, "the time must be finite, got inf"),
        ({"alpha": 1e308, "algorithm": "tree"}, "the time must be finite, got inf"),
        (
            {"n_bytes": 1e300, "beta": 1e300, "W": 1},
            "the time must be finite, got nan",
        ),
        ({"n_bytes": -1}, "n_bytes must be finite and >= 0, got -1"),
        ({"n_bytes": True}, "n_bytes must be finite and >= 0, got True"),
        ({"n_bytes": "1"}, "n_bytes must be finite and >= 0, got '1'"),
        ({"n_bytes": 10**400}, "n_bytes must be finite and >= 0, got 1000"),
        ({"alpha": nan}, "alpha must be finite and >= 0, got nan"),
        ({"beta": inf}, "beta must be finite and >= 0, got inf"),
    ],
)
def test_costs_of_nonsense_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        cost(**({"kind": "all_reduce"} | GOOD | change))


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("reduce", 1e9, 8, 0.01), "kind must be one of .*, broadcast, .*got 'reduce'"),
        (("all_reduce", -1, 8, 0.01), "n_bytes must be finite and >= 0, got -1"),
        (("all_reduce", 1, 0, 0.01), "W must be an integer >= 1, got 0"),
        (("all_reduce", 1, 8, 0), "seconds must be finite and > 0, got 0"),
        (("all_reduce", 1e300, 8, 1e-300), "the bandwidth must be finite, got inf"),
    ],
)
def test_bandwidths_of_nonsense_are_refused(args, message):
    with pytest.raises(ValueError, match=message):
        bus_bandwidth(*args)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((1, 1e-5, 1e-10), "W must be an integer >= 2, got 1"),
        ((8, -1e-5, 1e-10), "alpha must be finite and >= 0, got -1e-05"),
        ((8, 1e-5, 0.0), "beta must be finite and > 0, got 0.0"),
        ((8, 1e300, 1e-300), "the size must be finite, got inf"),
        ((8, 1, True), "beta must be finite and > 0, got True"),
    ],
)
def test_crossovers_of_nonsense_are_refused(args, message):
    with pytest.raises(ValueError, match=message):
        crossover_bytes(*args)


def test_one_rank_costs_nothing_and_numpy_counts():
    assert cost("all_reduce", np.float32(8), np.int64(1), 1, 1) == 0
    assert cost("all_reduce", 8, 1, 1, 1, "tree") == 0
    assert bus_bandwidth("all_gather", 8, 1, 1.0) == 0
    assert crossover_bytes(np.int64(2), 1, 1) == 0
    assert crossover_bytes(2, 1, 5e-324) == 0
    assert cost("broadcast", 0, 2**53, 1, 0, "tree") == 53


# -------------------------------------------------------------------- real processes


def inputs(W: int) -> list[list[float]]:
    return [(np.arange(2 * W) * (r + 1) + r).astype(float).tolist() for r in range(W)]


@cache  # a fixture with parameters would start them anew in another order of tests
def asked() -> list[dict]:
    assert LIMIT + START_LIMIT < TEST_LIMIT
    xs = {W: inputs(W) for W in (2, 4)}
    with TemporaryDirectory() as folder:
        return spawn_ddp(
            workers.four_and_two, 4, xs, folder, limit=LIMIT, start_limit=START_LIMIT
        )


@pytest.fixture(params=[2, 4])
def ranks(request) -> list[dict]:
    """What each of 2, and each of 4, real ranks saw."""
    W = request.param
    return [seen[W] for seen in asked()[:W]]


@spread
def test_gloo_gives_what_the_simulation_gives(ranks):
    W = len(ranks)
    parts = inputs(W)
    shards, _ = ring_reduce_scatter(parts)
    full, _ = ring_all_gather(shards)
    blocks = all_to_all(parts)
    assert [launch.make_input(r, W).tolist() for r in range(W)] == parts
    for r, seen in enumerate(ranks):
        calls = seen["calls"]
        assert calls["broadcast"] == parts[1]
        assert calls["reduce"] == (full[0].tolist() if r == 0 else None)
        assert calls["all_reduce"] == calls["all_gather"] == full[r].tolist()
        assert calls["reduce_scatter"] == shards[r].tolist()
        assert calls["scatter"] == parts[0][2 * r : 2 * r + 2]
        assert calls["gather"] == (parts[0] if r == 0 else None)
        assert calls["all_to_all"] == blocks[r].tolist()


@spread
def test_messages_and_bytes_on_the_wire_are_those_of_the_model(ranks):
    W, n = len(ranks), 2 * len(ranks) * 8
    total = np.sum(inputs(W), axis=0).tolist()
    shards, sent = ring_reduce_scatter(inputs(W))
    for r, seen in enumerate(ranks):
        ring, exchange = seen["ring"], seen["exchange"]
        assert ring["sum"].tolist() == seen["tree"]["sum"].tolist() == total
        assert ring["shard"].tolist() == shards[r].tolist()
        assert exchange["got"].tolist() == all_to_all(inputs(W))[r].tolist()
        for counted, kind in (
            (ring["half"], "reduce_scatter"),
            (ring["all"], "all_reduce"),
            (exchange["all"], "all_to_all"),
        ):
            assert counted["messages"] == counted["rounds"] == cost(kind, n, W, 1, 0)
            assert counted["bytes"] == cost(kind, n, W, 0, 1)
        assert ring["half"]["bytes"] == 8 * sent
        assert seen["tree"]["all"]["rounds"] == cost("all_reduce", n, W, 1, 0, "tree")
    # In a tree not all send in each round, but somebody does, and all of it.
    messages = [seen["tree"]["all"]["messages"] for seen in ranks]
    assert sum(messages) == 2 * (W - 1)
    assert all(seen["tree"]["all"]["bytes"] % n == 0 for seen in ranks)


@spread
def test_all_ranks_agree_with_each_other_whatever_the_order_of_the_sum(ranks):
    W = len(ranks)
    parts = [np.full(W, workers.VALUES[r % 4]) for r in range(W)]
    ours, _ = ring_all_gather(ring_reduce_scatter(parts)[0])
    for seen in ranks:
        assert seen["order"]["ring"].tolist() == ours[0].tolist()
        assert torch.equal(seen["order"]["library"], ranks[0]["order"]["library"])


@spread
def test_two_sums_in_another_order_on_one_rank_are_mixed_up_without_an_error(ranks):
    W = len(ranks)
    x, y = W * (W + 1) / 2, 5.0 * W * (W + 1)  # the sums that all meant
    first, second = 1 + (y - 10), 10 + (x - 1)  # x of rank 0 meets the others' y
    assert ranks[0]["swapped"] == ([first], [second])
    for seen in ranks[1:]:
        assert seen["swapped"] == ([second], [first])
    assert {first, second}.isdisjoint({x, y})


@spread
def test_gloo_writes_past_the_places_of_a_strided_output_without_an_error(ranks):
    W = len(ranks)
    for r, seen in enumerate(ranks):
        out, whole = seen["strided"]
        assert whole == [2 * r + 1, 2 * r + 2] * W
        assert out == [2 * r + 1] * W + [0] * W


@spread
def test_gloo_leaves_partial_sums_where_a_reduce_has_no_result(ranks):
    W = len(ranks)
    assert ranks[0]["left over"] == [W * (W + 1) / 2] * 4
    for r, seen in enumerate(ranks[1:], 1):  # sums with its own number and some others
        assert len(seen["left over"]) == 4
        assert seen["left over"] != [r + 1.0] * 4
        assert all(r + 1 <= x <= W * (W + 1) / 2 for x in seen["left over"])


@spread
def test_debugging_finds_a_swap_of_names_shapes_or_types_but_not_of_equal_calls():
    for rank, seen in enumerate(asked()):
        texts = seen["debug"]
        assert texts.pop("nothing") == "no error"
        assert set(texts) == {"name", "shape", "type"}
        for text in texts.values():
            assert "Detected mismatch between collectives on ranks" in text
            assert f"Rank {rank} is running collective" in text


@spread
@pytest.mark.skipif(
    tuple(map(int, torch.__version__.split(".")[:2])) < (2, 13), reason="AVG in gloo"
)
def test_gloo_of_torch_2_13_has_the_mean_and_warns_of_two_old_names(ranks):
    W = len(ranks)
    assert [seen["mean"] for seen in ranks] == [(W + 1) / 2] * W
    for seen in ranks:
        for text, new in zip(seen["warned"], ("reduce_scatter", "all_gather")):
            assert f"use `torch.distributed.{new}_single` instead" in text
        assert len(seen["warned"]) == 2


@spread
def test_src_is_a_rank_of_the_world_and_group_src_one_of_the_group(ranks):
    for r, seen in enumerate(ranks):
        text, heard = seen["group"]
        assert ("rank 0 is not part of group" in text) == (r > 0)
        assert heard == min(r, 1)


@spread
def test_an_all_to_all_may_have_chunks_of_different_sizes(ranks):
    W = len(ranks)
    for r, seen in enumerate(ranks):
        assert seen["uneven"] == [10 * s + r for s in range(W) for _ in range(r + 1)]


@spread
def test_columns_that_are_gathered_lie_below_each_other(ranks):
    W = len(ranks)
    want = torch.arange(6 * W).reshape(3, 2 * W)
    for seen in ranks:
        rows = seen["strips"]
        assert not torch.equal(rows.reshape(3, 2 * W), want)
        assert torch.equal(torch.cat(rows.chunk(W), dim=1), want)


def printed_on(page: Path) -> str:
    """The text block after the page's torchrun command."""
    found = re.search(
        r"```console\n\$ torchrun[^\n]*\n```\n+```text\n(.*?)```",
        page.read_text(),
        re.S,
    )
    assert found, f"{page} shows no torchrun command with its output"
    return found[1]


@spread
def test_the_script_of_the_page_prints_what_the_page_says():
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    for _ in range(3):
        done = subprocess.run(
            [*command, "--nproc-per-node=4", "-m", SCRIPT],
            capture_output=True,
            text=True,
            timeout=150,
            cwd=ROOT,
            env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        )
        # gloo's thread may lose a race with the interpreter's end: pytorch #190489.
        if "terminate called without an active exception" not in done.stderr:
            break
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    for language in ("en", "zh"):
        page = ROOT / f"docs/{language}/distributed/collectives.md"
        assert done.stdout == printed_on(page)
