"""Oracles: torch's own collectives and sampler, and one big batch.

Tests marked ``distributed`` start real processes with gloo. Starting them takes
seconds, so two fixtures ask each set of ranks everything at once.
"""

import math
import os
import re
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.functional import mse_loss
from torch.utils.data import DistributedSampler

from snippets.distributed.data_parallel import (
    RingCost,
    allreduce_cost,
    bucketize,
    launch,
    part_to_send,
    resume,
    ring_allreduce,
    ring_allreduce_sim,
    shard_indices,
    spawn_ddp,
    train,
)
from snippets.distributed.data_parallel.launch import _free_port
from snippets.distributed.data_parallel.train import (
    make_dataset,
    make_model,
    train_alone,
    train_ddp,
)
from tests.distributed import data_parallel_workers as workers

ROOT = Path(__file__).parents[2]
SCRIPT = "snippets.distributed.data_parallel.train"
MIB = 2**20


# Seconds on a busy machine. Together less than a test may take: were that shorter, its
# alarm would end a fixture that is only slow, and all tests that wait for it.
LIMIT, START_LIMIT, TEST_LIMIT = 130, 150, 300


def spread(test):
    """Mark a test that starts processes, and give it time on a busy machine."""
    return pytest.mark.distributed(pytest.mark.timeout(TEST_LIMIT)(test))


def spawn(*arguments) -> list[dict]:
    """What each rank saw, with the time of a busy machine."""
    assert LIMIT + START_LIMIT < TEST_LIMIT
    return spawn_ddp(*arguments, limit=LIMIT, start_limit=START_LIMIT)


def assert_same(actual, expected, atol=1e-12):
    torch.testing.assert_close(actual, expected, rtol=0, atol=atol)


# ---------------------------------------------------------------- the ring, simulated


@given(st.data())
def test_every_rank_ends_with_the_sum(data):
    W = data.draw(st.integers(1, 7))
    n = data.draw(st.integers(W, 30))
    generator = torch.Generator().manual_seed(data.draw(st.integers(0, 2**31)))
    chunks = [torch.randint(-999, 999, (n,), generator=generator) for _ in range(W)]
    before = [chunk.clone() for chunk in chunks]
    sums, _ = ring_allreduce_sim(chunks)
    assert len(sums) == W
    for held in sums:
        assert torch.equal(held, torch.stack(before).sum(0))
    assert all(torch.equal(chunk, copy) for chunk, copy in zip(chunks, before))


@pytest.mark.parametrize(("W", "sent"), [(1, 0), (2, 12), (3, 16), (4, 18), (12, 22)])
def test_elements_sent_are_two_w_minus_one_over_w_of_n(W, sent):
    assert ring_allreduce_sim([torch.ones(12)] * W)[1] == sent
    assert sent * W == 2 * (W - 1) * 12


@given(st.integers(2, 7), st.integers(0, 20))
def test_the_busiest_rank_of_uneven_parts_sends_all_but_two_parts_twice(W, more):
    n = W + more
    sizes = [n // W + (part < n % W) for part in range(W)]
    # A rank keeps its right neighbour's part once, and the next one's once.
    expected = max(2 * n - sizes[(r + 1) % W] - sizes[(r + 2) % W] for r in range(W))
    assert ring_allreduce_sim([torch.ones(n)] * W)[1] == expected


def test_replicas_stay_equal_bit_by_bit_although_rounding_depends_on_order():
    chunks = [workers.contribution(rank, 1001, torch.float32) for rank in range(4)]
    sums, _ = ring_allreduce_sim(chunks)
    assert all(torch.equal(held, sums[0]) for held in sums)
    assert not torch.equal(sums[0], torch.stack(chunks).sum(0))  # another order


def test_shape_and_dtype_are_kept():
    sums, _ = ring_allreduce_sim([torch.ones(3, 2, dtype=torch.float16)] * 3)
    assert all(held.shape == (3, 2) and held.dtype == torch.float16 for held in sums)


def test_a_short_tensor_works_once_padded_with_zeros():
    padded = [torch.tensor([5.0, 0.0, 0.0]), torch.tensor([7.0, 0.0, 0.0])]
    sums, _ = ring_allreduce_sim([*padded, torch.zeros(3)])
    assert [held[0].item() for held in sums] == [12.0] * 3


def test_one_rank_keeps_even_an_empty_tensor():
    sums, sent = ring_allreduce_sim([torch.ones(0)])
    assert sums[0].shape == (0,)
    assert sent == 0


@pytest.mark.parametrize("W", [2, 3, 4, 5])
def test_a_rank_passes_on_the_part_that_it_has_just_received(W):
    for rank in range(W):
        for step, after in pairwise(range(2 * (W - 1))):
            assert part_to_send((rank + 1) % W, after, W) == part_to_send(rank, step, W)
        assert part_to_send(rank, 0, W) == rank


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 0, 0), "W must be an integer >= 1, got 0"),
        ((-1, 0, 2), r"rank must be in 0 \.\. 1, got -1"),
        ((2, 0, 2), r"rank must be in 0 \.\. 1, got 2"),
        ((2.5, 0, 4), r"rank must be an integer, got 2\.5"),
        ((0, -1, 2), "step must be an integer >= 0, got -1"),
    ],
)
def test_bad_places_in_the_ring_are_rejected(arguments, message):
    with pytest.raises(ValueError, match=message):
        part_to_send(*arguments)


def test_sixteen_bit_messages_round_at_every_hop():
    W, dtype = 64, torch.bfloat16
    generator = torch.Generator().manual_seed(0)
    chunks = [torch.randn(640, generator=generator).to(dtype) for _ in range(W)]
    exact = torch.stack(chunks).double().sum(0)
    once = (exact.to(dtype).double() - exact).abs().mean()
    hops = (ring_allreduce_sim(chunks)[0][0].double() - exact).abs().mean()
    wide = ring_allreduce_sim([chunk.float() for chunk in chunks])[0][0].to(dtype)
    assert hops > 4 * once
    assert torch.equal(wide, exact.to(dtype))


@pytest.mark.parametrize(
    ("chunks", "message"),
    [
        ([], "chunks must hold one tensor per rank, got none"),
        ([torch.ones(4), torch.ones(1)], r"one shape and dtype, got .*\(4,\).*\(1,\)"),
        ([torch.ones(2, 2), torch.ones(4)], "one shape and dtype"),
        ([torch.ones(4), torch.ones(4, dtype=torch.float64)], "one shape and dtype"),
        ([torch.ones(2)] * 3, "need n >= W, or pad with zeros; got n=2, W=3"),
        ([torch.ones(0)] * 2, "got n=0, W=2"),
    ],
)
def test_bad_chunks_are_rejected(chunks, message):
    with pytest.raises(ValueError, match=message):
        ring_allreduce_sim(chunks)


# --------------------------------------------------------------------------- the cost


def test_seven_billion_half_precision_gradients_over_eight_ranks():
    cost = allreduce_cost(14e9, 8, alpha=0, beta=450e9)
    assert cost.steps == 14
    assert cost.bytes_sent == pytest.approx(24.5e9)
    assert cost.seconds == pytest.approx(0.0544, abs=5e-5)


def test_cost_is_the_simulated_traffic():
    for W in (1, 2, 3, 4, 6):
        _, sent = ring_allreduce_sim([torch.ones(12)] * W)
        assert allreduce_cost(48, W, 0, 1).bytes_sent == pytest.approx(4 * sent)


def test_latency_is_paid_once_a_step():
    assert allreduce_cost(0, 8, alpha=2e-6, beta=1) == RingCost(14, 0, 14 * 2e-6)
    assert allreduce_cost(8e9, 8, alpha=1, beta=1e9).seconds == pytest.approx(28)
    assert allreduce_cost(8e9, 1, alpha=1, beta=1e9) == RingCost(0, 0, 0)


def test_bytes_sent_approach_twice_the_tensor():
    assert allreduce_cost(1e9, 4, 0, 1e9).bytes_sent == pytest.approx(1.5e9)
    assert allreduce_cost(1e9, 10**6, 0, 1e9).bytes_sent == pytest.approx(2e9, rel=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1, 0, 0, 1), "W must be an integer >= 1, got 0"),
        ((-1, 2, 0, 1), "n_bytes must be finite and >= 0, got -1"),
        ((float("nan"), 2, 0, 1), "n_bytes must be finite and >= 0, got nan"),
        ((1, 2, -1, 1), "alpha must be finite and >= 0, got -1"),
        ((1, 2, 0, 0), "beta must be finite and > 0, got 0"),
        ((1, 2.5, 0, 1), r"W must be an integer >= 1, got 2\.5"),
        ((1, True, 0, 1), "W must be an integer >= 1, got True"),
        ((1, 2, 0, float("inf")), "beta must be finite and > 0, got inf"),
    ],
)
def test_bad_costs_are_rejected(arguments, message):
    with pytest.raises(ValueError, match=message):
        allreduce_cost(*arguments)


# ------------------------------------------------------------------------ the buckets


def library_buckets(sizes: list[int], limits: list[int]) -> list[list[int]]:
    assign = getattr(dist, "_compute_bucket_assignment_by_size", None)
    if assign is None:
        pytest.skip("this torch keeps its bucket assignment to itself")
    return assign([torch.empty(s, dtype=torch.uint8) for s in sizes], limits)[0]


@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=20),
    st.integers(1, 80),
    st.integers(1, 80),
)
def test_buckets_are_those_of_torch(sizes, first, cap):
    assert bucketize(sizes, first, cap) == library_buckets(sizes, [first, cap])


def test_thirty_parameters_of_four_megabytes():
    buckets = bucketize([4_000_000] * 30, MIB, 25 * MIB)
    assert [len(bucket) for bucket in buckets] == [1, 7, 7, 7, 7, 1]
    assert [i for bucket in buckets for i in bucket] == list(range(30))
    assert 25 * MIB < 7 * 4_000_000  # the cap is a threshold, not a maximum


def test_a_bucket_closes_when_it_reaches_its_limit_exactly():
    assert bucketize([5, 5, 5, 5], first=5, cap=10) == [[0], [1, 2], [3]]
    assert bucketize([], 1, 1) == []
    assert bucketize([0, 0], 1, 1) == [[0, 1]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1], 0, 1), "first must be an integer >= 1, got 0"),
        (([1], 1, 0), "cap must be an integer >= 1, got 0"),
        (([1], 1, -5), "cap must be an integer >= 1, got -5"),
        (([1, -2], 1, 1), r"param_bytes\[1\] must be an integer >= 0, got -2"),
        (([float("nan")], 1, 1), r"param_bytes\[0\] must be .* got nan"),
    ],
)
def test_bad_buckets_are_rejected(arguments, message):
    with pytest.raises(ValueError, match=message):
        bucketize(*arguments)


# ------------------------------------------------------------------------- the shards


@given(
    st.integers(0, 30),
    st.integers(1, 7),
    st.booleans(),
    st.integers(0, 9),
    st.integers(0, 9),
    st.booleans(),
)
def test_shards_are_those_of_the_sampler(n, W, shuffle, seed, epoch, drop_last):
    for rank in range(W):
        sampler = DistributedSampler(range(n), W, rank, shuffle, seed, drop_last)
        sampler.set_epoch(epoch)
        found = shard_indices(n, W, rank, shuffle, seed, epoch, drop_last)
        assert found == list(sampler)


def test_ten_items_over_four_ranks_without_the_last_two():
    shards = [shard_indices(10, 4, r, shuffle=False, drop_last=True) for r in range(4)]
    assert shards == [[0, 4], [1, 5], [2, 6], [3, 7]]


def test_ten_items_over_four_ranks_repeat_the_first_two():
    shards = [shard_indices(10, 4, rank, shuffle=False) for rank in range(4)]
    assert shards == [[0, 4, 8], [1, 5, 9], [2, 6, 0], [3, 7, 1]]


def test_fewer_items_than_half_the_ranks_are_read_more_than_twice():
    assert [shard_indices(1, 4, rank) for rank in range(4)] == [[0]] * 4


def test_without_set_epoch_every_epoch_has_the_same_order():
    sampler = DistributedSampler(range(24), 2, 0)
    first = list(sampler)
    assert list(sampler) == first == shard_indices(24, 2, 0)
    sampler.set_epoch(1)
    assert list(sampler) != first


def test_the_next_steps_of_all_ranks_are_the_next_batch_of_one():
    order = shard_indices(96, 1, 0, seed=3)
    for rank in range(4):
        shard = shard_indices(96, 4, rank, seed=3)
        assert shard[:6] == order[:24][rank::4]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((4, 0, 0), "W must be an integer >= 1, got 0"),
        ((-1, 2, 0), "n must be an integer >= 0, got -1"),
        ((4, 2, 0.0), r"rank must be an integer, got 0\.0"),
        ((4, 2, 0, True, 1.5), r"seed must be an integer, got 1\.5"),
        ((4, 2, 2), r"rank must be in 0 \.\. 1, got 2"),
        ((4, 2, -1), r"rank must be in 0 \.\. 1, got -1"),
    ],
)
def test_bad_shards_are_rejected(arguments, message):
    with pytest.raises(ValueError, match=message):
        shard_indices(*arguments)


# ---------------------------------------------------------------------- real processes


@pytest.fixture(scope="module")
def two() -> list[dict]:
    """What each of two ranks saw."""
    return spawn(workers.two_ranks, 2)


@pytest.fixture(scope="module")
def four() -> list[dict]:
    """What each of four ranks saw."""
    return spawn(workers.four_ranks, 4)


def alone(items: slice = slice(None), steps: int = 0):
    """Weights after ``steps`` of plain SGD, and the gradient there, in one process."""
    model = workers.network(seed=0)
    inputs, targets = (x[items] for x in workers.batch())
    for step in range(steps + 1):
        model.zero_grad()
        mse_loss(model(inputs), targets).backward()
        if step < steps:
            with torch.no_grad():
                for parameter in model.parameters():
                    parameter -= workers.RATE * parameter.grad
    return workers.weights(model), workers.gradient(model)


@spread
def test_ranks_are_processes_that_know_their_place(two):
    assert [seen["rank"][:3] for seen in two] == [(0, 0, 2), (1, 1, 2)]
    assert len({os.getpid(), *(seen["rank"][3] for seen in two)}) == 3


@spread
@pytest.mark.parametrize("W", [2, 3])
def test_the_ring_over_gloo_is_all_reduce(two, four, W):
    seen = {2: [s["ring"] for s in two], 3: [s["ring of three"] for s in four[1:]]}[W]
    ranks = range(2) if W == 2 else range(1, 4)
    sums = [workers.contribution(r, 12, torch.float64) for r in ranks]
    for rank in seen:
        size = float(rank["library"].abs().max())
        assert_same(rank["ring"], rank["library"], atol=1e-15 * size)
        assert_same(rank["ring"], sum(sums), atol=1e-15 * size)
        assert rank["untouched"]


@spread
def test_the_ring_over_gloo_is_the_simulation_bit_by_bit(two, four):
    for ranks, name in ((two, "ring float32"), (four, "ring")):
        chunks = [
            workers.contribution(rank, 1001, torch.float32)
            for rank in range(len(ranks))
        ]
        for held, seen in zip(ring_allreduce_sim(chunks)[0], ranks):
            assert torch.equal(seen[name]["ring"], held)


def test_the_ring_of_processes_keeps_the_shape_and_cuts_the_graph():
    dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
    try:
        x = torch.ones(2, 3, requires_grad=True)
        held = ring_allreduce(x)
    finally:
        dist.destroy_process_group()
    assert held.shape == (2, 3)
    assert not held.requires_grad


@spread
def test_a_tensor_with_fewer_elements_than_ranks_is_rejected(four):
    for seen in four:
        assert seen["too short"] == "need n >= W, or pad with zeros; got n=3, W=4"


@spread
def test_even_shards_train_as_one_big_batch(two, four):
    expected, _ = alone(steps=workers.STEPS)
    by_world = {
        2: [seen["train"] for seen in two],
        3: [seen["train three"] for seen in four[1:]],
        4: [seen["train"] for seen in four],
    }
    for replicas in by_world.values():
        for replica in replicas:
            assert_same(replica, expected)
            assert torch.equal(replica, replicas[0])


@spread
def test_no_sync_and_accumulation_give_the_full_gradient(two):
    for seen in two:
        assert_same(seen["accumulate"], alone()[1])


@spread
def test_no_sync_works_only_if_the_forward_pass_is_inside(two):
    own = [alone(half)[1] for half in (slice(12), slice(12, 24))]
    assert (own[0] - own[1]).abs().max() > 0.1
    for seen, gradient in zip(two, own):
        assert_same(seen["no_sync, forward inside"], gradient)
        assert_same(seen["no_sync, forward outside"], sum(own) / 2)


@spread
def test_join_lets_a_rank_run_out_of_batches(two):
    assert [seen["join"]["steps"] for seen in two] == [3, 2]
    assert torch.equal(two[0]["join"]["weights"], two[1]["join"]["weights"])


@spread
def test_a_collective_that_one_rank_skips_ends_at_the_groups_timeout(two):
    text, waited = two[0]["skipped"]
    assert text != "no error"
    assert 4.5 < waited < 60
    assert two[1]["skipped"][0] == "no error"


def test_torch_waits_for_half_an_hour_by_default():
    from torch.distributed.constants import default_pg_timeout

    assert default_pg_timeout.total_seconds() == 30 * 60


def test_a_batch_that_the_ranks_do_not_divide_is_refused(monkeypatch):
    monkeypatch.setattr(dist, "get_rank", lambda: 0)
    monkeypatch.setattr(dist, "get_world_size", lambda: 5)
    with pytest.raises(ValueError, match="W must divide the batch of 24, got W = 5"):
        train_ddp(make_dataset(), torch.device("cpu"))


@spread
def test_uneven_shards_need_weights(two):
    _, full = alone(slice(12))
    (_, first), (_, second) = alone(slice(8)), alone(slice(8, 12))
    for seen in two:
        assert_same(seen["uneven"], (first + second) / 2)
        assert (seen["uneven"] - full).norm() / full.norm() > 0.1
        assert_same(seen["weighed"], full)


@spread
def test_parameters_are_not_synchronised_at_each_step(two):
    difference = two[1]["drift"]["weights"] - two[0]["drift"]["weights"]
    tampered = torch.zeros_like(difference)
    tampered[-1] = 1  # what rank 1 added to its last bias is still there
    assert_same(difference, tampered)
    assert torch.equal(two[0]["drift"]["gradient"], two[1]["drift"]["gradient"])


@spread
def test_the_wrapper_prefixes_the_names_of_weights(two):
    wrapped, plain = two[0]["drift"]["names"]
    assert wrapped == [f"module.{name}" for name in plain]


@spread
def test_batch_norm_sees_its_own_batch_and_rank_zero_s_running_mean(two):
    # Batch means: 1 then 10 on rank 0, 2 then 20 on rank 1; momentum 1/2.
    (zero_1, zero_2), (one_1, one_2) = (seen["running means"] for seen in two)
    assert zero_1.item() == 0.5
    assert zero_2.item() == 0.5 * 0.5 + 0.5 * 10
    assert one_1.item() == 1.0
    assert one_2.item() == 0.5 * 0.5 + 0.5 * 20  # starts again from rank 0's 0.5


@spread
def test_the_first_iteration_has_one_bucket_and_no_overlap(two):
    for seen in two:
        marker, bucket = seen["buckets"][0]
        assert marker == [-1]  # the last gradient is ready before anything is sent
        assert sorted(bucket) == list(range(30))


@spread
def test_later_iterations_send_buckets_in_backward_order_during_backward(two):
    backward = list(range(29, -1, -1))
    expected = [
        [backward[i] for i in bucket] for bucket in bucketize([MIB] * 30, MIB, 25 * MIB)
    ]
    assert [len(bucket) for bucket in expected] == [1, 25, 4]
    for seen in two:
        trace = seen["buckets"][1]
        assert trace == [*expected[:2], [-1], expected[2]]  # two sent before the end


@spread
def test_find_unused_parameters_has_buckets_from_the_start(two):
    forward = bucketize(
        [MIB] * 30, MIB, 25 * MIB
    )  # cut in forward order, then reversed
    for seen in two:
        for trace in seen["buckets unused"]:
            sets = [set(bucket) for bucket in trace if bucket != [-1]]
            assert sets == [set(bucket) for bucket in reversed(forward)]


@spread
def test_a_cap_of_one_s_own_also_sets_the_first_bucket(two):
    for seen in two:
        lengths = [len(b) for b in seen["buckets of 3 MiB"][1] if b != [-1]]
        assert lengths == [3] * 10


@pytest.mark.gpu
@spread
def test_one_gpu_and_nccl_train_as_one_process():
    (seen,) = spawn_ddp(workers.nccl_step, 1, backend="nccl")
    assert_same(seen["weights"], alone(steps=workers.STEPS)[0])
    assert seen["total"].tolist() == [1.0] * 4


@pytest.mark.gpu
@spread
def test_two_gpus_and_nccl_train_as_one_process():
    if torch.cuda.device_count() < 2:
        pytest.skip("needs two CUDA GPUs: NCCL gives each rank one of its own")
    for seen in spawn_ddp(workers.nccl_step, 2, backend="nccl"):
        assert_same(seen["weights"], alone(steps=workers.STEPS)[0])
        assert seen["total"].tolist() == [2.0] * 4


# ---------------------------------------------------------------- hangs and other ends


def children(of: int | None = None) -> set[int]:
    """Processes below ``of`` (this one by default), not counting zombies."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = entry.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue  # it ended meanwhile
        if state != "Z":
            parents[int(entry.parent.name)] = int(parent)
    found = {of or os.getpid()}
    while more := {p for p, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {of or os.getpid()}


@pytest.fixture
def nothing_left():
    """Fail if the test leaves a child process behind."""
    if not Path("/proc/self/stat").exists():
        pytest.skip("looks for processes in /proc")
    before = children()
    yield
    # multiprocessing's own resource tracker may stay, it serves the whole session.
    left = {
        pid: Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        for pid in children() - before
    }
    left = {pid: line for pid, line in left.items() if "resource_tracker" not in line}
    assert left == {}


@spread
@pytest.mark.usefixtures("nothing_left")
def test_a_hang_names_the_rank_the_limit_and_the_line():
    # Were it left to the parent, the wait would outlast this test's own time limit.
    with pytest.raises(TimeoutError) as caught:
        spawn_ddp(workers.hang_on_rank_one, 2, limit=3, start_limit=600)
    text = str(caught.value)
    assert text.startswith("rank 1 of 2 did not finish within the limit of 3 s;")
    assert "in wait_for_a_message_that_never_comes" in text


@spread
@pytest.mark.usefixtures("nothing_left")
def test_a_deadlock_inside_torch_is_ended_too():
    with pytest.raises(TimeoutError, match=r"^ranks? [01, ]+of 2 .* limit of 1\.5 s"):
        spawn_ddp(workers.wait_for_each_other, 2, limit=1.5)


@spread
@pytest.mark.usefixtures("nothing_left")
def test_ranks_that_never_start_are_killed_by_the_parent():
    with pytest.raises(TimeoutError, match=r"^ranks 0, 1 of 2 .*1 s \+ 0\.01 s to st"):
        spawn_ddp(workers.two_ranks, 2, limit=0.1, start_limit=0.01)


@spread
@pytest.mark.usefixtures("nothing_left")
def test_the_rank_that_failed_first_is_named_with_its_traceback():
    with pytest.raises(RuntimeError, match=r"^rank 1 of 3 raised\n(.|\n)*the data of"):
        spawn_ddp(workers.fail_on_rank_one, 3, limit=30, init="tcp")


@spread
@pytest.mark.usefixtures("nothing_left")
def test_a_rank_that_dies_without_a_word_is_named_with_its_exit_code():
    with pytest.raises(RuntimeError, match=r"^rank 0 of 1 died with exit code -9$"):
        spawn_ddp(workers.die, 1)


@spread
@pytest.mark.usefixtures("nothing_left")
def test_no_rank_begins_before_all_are_connected():
    (_, began), (connected, _) = spawn(workers.times, 2, workers.SlowToConnect())
    assert connected <= began  # or it could be gone while the other still calls it


@spread
@pytest.mark.usefixtures("nothing_left")
def test_a_rank_that_has_reported_may_die_without_costing_the_others_their_results():
    assert spawn(workers.abort_after_the_report, 2) == [0, 1]


@spread
@pytest.mark.usefixtures("nothing_left")
def test_an_interrupted_parent_takes_its_ranks_along(monkeypatch):
    def interrupt(*_):
        assert len(children()) >= 2
        raise KeyboardInterrupt

    monkeypatch.setattr("snippets.distributed.data_parallel.launch._wait", interrupt)
    with pytest.raises(KeyboardInterrupt):
        spawn_ddp(workers.two_ranks, 2, limit=100)


class Rank:
    """A process as the parent sees it: ended or not."""

    sentinel = 0

    def __init__(self, exitcode: int | None) -> None:
        self.exitcode = exitcode


@pytest.mark.parametrize(
    ("ended", "time_left"),
    [(None, 50.0), (0, 50.0), (1, launch._GRACE)],
    ids=["all run", "one is done", "one failed"],
)
def test_the_others_get_a_grace_once_a_rank_failed_and_all_the_time_before(
    monkeypatch, tmp_path, ended, time_left
):
    ranks, asked = [Rank(ended), Rank(None)], []
    if ended == 0:
        (tmp_path / "0.result").touch()

    def wait(sentinels, timeout):
        asked.append(timeout)
        ranks[0].exitcode = ranks[1].exitcode = 0

    monkeypatch.setattr(launch.time, "monotonic", lambda: 7.0)
    monkeypatch.setattr(launch, "wait", wait)
    launch._wait(ranks, tmp_path, 50.0)
    assert asked == [time_left]


@pytest.mark.parametrize(
    ("fn", "options", "message"),
    [
        (workers.die, {"W": 0}, "W must be an integer >= 1, got 0"),
        (
            workers.die,
            {"W": 1, "limit": 0},
            "limit must be finite and > 0 seconds, got 0",
        ),
        (
            workers.die,
            {"W": 1, "start_limit": math.inf},
            "must be finite and > 0 seconds",
        ),
        (
            workers.die,
            {"W": 1, "init": "udp"},
            "init must be 'file' or 'tcp', got 'udp'",
        ),
        (
            lambda rank, W: None,
            {"W": 1},
            "fn must be importable by name, got <function",
        ),
    ],
)
def test_bad_launches_are_rejected_before_anything_starts(fn, options, message):
    with pytest.raises(ValueError, match=message):
        spawn_ddp(fn, **options)


def test_a_free_port_can_be_bound():
    assert 1024 <= _free_port() < 2**16


# ---------------------------------------------------------------------------- torchrun


def torchrun(W: int, *script: str, limit: float) -> tuple[int, str, str]:
    """Run a script, or ``-m`` a module, under torchrun; end all at the limit."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        [*command, f"--nproc-per-node={W}", *script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=ROOT,
    )
    try:
        out, err = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        family = children(process.pid)
        raise TimeoutError(
            f"{script[-1]} on {W} ranks did not finish within {limit:g} s; "
            f"ended {len(family)} processes below torchrun"
        ) from None
    finally:
        # The workers live in sessions of their own, so find them before they are
        # orphans.
        family = children(process.pid) if process.poll() is None else set()
        for pid in family | ({process.pid} if process.poll() is None else set()):
            os.kill(pid, signal.SIGKILL)
        process.communicate()
    return process.returncode, out, err


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
@pytest.mark.usefixtures("nothing_left")
def test_the_script_of_the_page_prints_what_the_page_says():
    for _ in range(3):
        code, out, err = torchrun(2, "-m", SCRIPT, limit=90)
        # gloo's thread may lose a race with the interpreter's end: pytorch #190489.
        if "terminate called without an active exception" not in err:
            break
    assert code == 0, err
    assert out.splitlines()[1] == "weights as in one process, to 1e-12"
    for language in ("en", "zh"):
        page = ROOT / f"docs/{language}/distributed/data-parallel.md"
        assert out == printed_on(page)


@pytest.mark.parametrize("wrong", [1e-9, math.nan])
@pytest.mark.parametrize("name", ["weight", "bias"])
def test_the_script_fails_if_any_weight_is_not_that_of_one_process(
    monkeypatch, name, wrong
):
    def alone(dataset):
        model = train_alone(dataset)
        with torch.no_grad():
            getattr(model, name).view(-1)[0] += wrong
        return model

    place = {"RANK": 0, "LOCAL_RANK": 0, "WORLD_SIZE": 1, "LOCAL_WORLD_SIZE": 1}
    meet = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": _free_port()}
    for key, value in (place | meet).items():
        monkeypatch.setenv(key, str(value))
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(train, "train_alone", alone)
    try:
        with pytest.raises(RuntimeError, match=r"^rank 0 is \S+ away from one process"):
            train.main()
    finally:
        if dist.is_initialized():
            dist.destroy_process_group()


@spread
@pytest.mark.usefixtures("nothing_left")
def test_a_script_that_hangs_under_torchrun_leaves_no_process(tmp_path):
    script = tmp_path / "hang.py"
    script.write_text(
        "import os, time\n"
        "open(f'{os.path.dirname(__file__)}/{os.environ[\"RANK\"]}', 'w').close()\n"
        "time.sleep(600)\n"
    )
    for limit in (8, 30, 120):  # a busy machine takes longer to start the ranks
        with pytest.raises(TimeoutError, match=rf"hang.py .* within {limit} s; ended"):
            torchrun(2, str(script), limit=limit)
        if len(list(tmp_path.iterdir())) == 3:
            break
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "1", "hang.py"]


def test_training_alone_finds_the_rule():
    model = train_alone(make_dataset(), epochs=30)
    assert_same(model.weight.detach(), torch.ones(1, 8).double(), atol=0.1)
    assert not torch.equal(make_model(0).weight, make_model(1).weight)


# ------------------------------------------------------------------------- resumed


@pytest.fixture
def a_group_of_one():
    dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
    yield
    dist.destroy_process_group()


@pytest.mark.usefixtures("a_group_of_one")
def test_training_in_two_parts_gives_the_bits_of_training_in_one(tmp_path):
    whole = resume.train(tmp_path / "whole.pt", 5)
    first = resume.train(tmp_path / "parts.pt", 2)
    assert resume.digest(first) != resume.digest(whole)
    assert resume.digest(resume.train(tmp_path / "parts.pt", 5)) == resume.digest(whole)
    again = resume.train(tmp_path / "parts.pt", 5)  # nothing is left to do
    assert resume.digest(again) == resume.digest(whole)


@pytest.mark.usefixtures("a_group_of_one")
def test_resumable_training_is_momentum_written_out(tmp_path):
    model = resume.train(tmp_path / "last.pt", 3)
    inputs, targets = make_dataset().tensors
    alone = make_model(seed=0)
    w, b = alone.weight.detach().clone(), alone.bias.detach().clone()
    speed = [torch.zeros_like(w), torch.zeros_like(b)]
    for epoch in range(3):
        order = shard_indices(96, 1, 0, epoch=epoch)
        for batch in (order[i : i + 24] for i in range(0, 96, 24)):
            x = inputs[batch]
            error = 2 / 24 * (x @ w.T + b - targets[batch])
            speed[0] = 0.9 * speed[0] + error.T @ x
            speed[1] = 0.9 * speed[1] + error.sum(0)
            w, b = w - 0.01 * speed[0], b - 0.01 * speed[1]
    assert_same(model.weight.detach(), w)
    assert_same(model.bias.detach(), b)


@spread
def test_four_ranks_started_again_end_with_the_bits_of_four_that_were_not(four):
    for seen in four:
        assert seen["resumed"] == {1: True, 2: True, 5: True, 10: True}


def test_a_checkpoint_is_the_old_one_until_the_new_one_is_whole(tmp_path, monkeypatch):
    path, model = tmp_path / "last.pt", make_model(seed=0)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    assert resume.load(path, model, optimizer) == 0
    resume.save(path, model, optimizer, 3)
    before = path.read_bytes()

    def power_cut(state, file):
        Path(file).write_bytes(b"half of")
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", power_cut)
    with pytest.raises(KeyboardInterrupt):
        resume.save(path, model, optimizer, 4)
    assert path.read_bytes() == before
    other = make_model(seed=1)
    assert resume.load(path, other, optimizer) == 3
    assert resume.digest(other) == resume.digest(model)


def test_a_digest_is_of_every_bit():
    model = make_model(seed=0)
    before = resume.digest(model)
    with torch.no_grad():
        model.bias.view(torch.int64)[0] ^= 1
    assert resume.digest(model) != before
