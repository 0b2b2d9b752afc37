"""Oracles: torch's autograd on the model in one piece, gloo, DTensor, counted bytes.

Tests marked ``distributed`` look at real processes: four are started once and asked
everything, and two of them once more, alone.
"""

from functools import cache
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from snippets.distributed.data_parallel import spawn_ddp
from snippets.distributed.tensor_parallel import (
    activation_bytes,
    communication_bytes,
    mlp_backward,
    mlp_forward,
    operators,
    split_columns,
    split_heads,
    split_rows,
    vocab_parallel_cross_entropy,
)
from tests.distributed import tensor_parallel_workers as workers

# Seconds, for a busy machine: for what the ranks do, for starting, for a test.
LIMIT, START_LIMIT, TEST_LIMIT = 100, 150, 280
EXACT = {"rtol": 0, "atol": 1e-12}


def spread(test):
    """Mark a test that starts processes, and give it time."""
    return pytest.mark.distributed(pytest.mark.timeout(TEST_LIMIT)(test))


X = (np.arange(6.0).reshape(2, 3) - 2) / 2
A = (np.arange(12.0).reshape(3, 4) - 5) / 6
B = (np.arange(12.0).reshape(4, 3) - 6) / 5
Y = [[-0.995944, -0.708601, -0.421257], [0.468514, 1.032971, 1.597427]]
LOGITS = np.array([[1.0, 2, 3, 4], [1000, 999, 0, -1000]])


def silu(h):
    return h / (1 + np.exp(-h))


def autograd(x, a, b, grad):
    """y and the gradients of x, a, b, by torch, in one piece."""
    leaves = [torch.tensor(t, requires_grad=True) for t in (x, a, b)]
    y = F.silu(leaves[0] @ leaves[1]) @ leaves[2]
    y.backward(torch.tensor(grad))
    return y.detach().numpy(), *(t.grad.numpy() for t in leaves)


# ------------------------------------------------------------------------- the network


@pytest.mark.parametrize("W", [1, 2, 4])
def test_any_number_of_ranks_gives_the_numbers_of_the_page(W):
    y, partials = mlp_forward(X, A, B, W)
    assert np.abs(y - Y).max() < 5e-7
    assert len(partials) == W
    want = autograd(X, A, B, np.ones((2, 3)))
    np.testing.assert_allclose(y, want[0], rtol=0, atol=3e-16)
    grad_x, grads_a, grads_b = mlp_backward(X, A, B, W, np.ones((2, 3)))
    found = grad_x, np.hstack(grads_a), np.vstack(grads_b)
    for ours, theirs in zip(found, want[1:], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=2e-15)
    by_hand = [[2.224577, 0.987309, -0.249959], [0.962313, 1.239931, 1.517550]]
    assert np.abs(grad_x - by_hand).max() < 5e-7


def test_partial_sums_of_two_ranks():
    _, (first, second) = mlp_forward(X, A, B, 2)
    assert np.abs(first[0] - [-1.050101, -0.831034, -0.611967]).max() < 5e-7
    assert np.abs(second[0] - [0.054157, 0.122433, 0.190709]).max() < 5e-7


@given(
    st.integers(0, 4),
    st.integers(0, 4),
    st.integers(0, 3),
    st.integers(1, 5),
    st.integers(1, 4),
    st.integers(0, 99),
)
def test_split_networks_agree_with_autograd_on_the_whole(n, d, m, k, W, seed):
    rng = np.random.default_rng(seed)
    x, a = rng.normal(size=(n, d)), rng.normal(size=(d, m * W))
    b, grad = rng.normal(size=(m * W, k)), rng.normal(size=(n, k))
    kept = [t.copy() for t in (x, a, b, grad)]
    y, partials = mlp_forward(x, a, b, W)
    grad_x, grads_a, grads_b = mlp_backward(x, a, b, W, grad)
    want = autograd(x, a, b, grad)
    found = y, grad_x, np.hstack(grads_a), np.vstack(grads_b)
    for ours, theirs in zip(found, want, strict=True):
        np.testing.assert_allclose(ours, theirs, **EXACT)
    np.testing.assert_allclose(sum(partials), y, **EXACT)
    assert [p.shape for p in grads_a] == [(d, m)] * W
    assert all((t == u).all() for t, u in zip((x, a, b, grad), kept, strict=True))


def test_silu_neither_overflows_nor_warns_far_from_zero():
    x, a = np.array([[-1e4], [1e4]]), np.array([[1.0, -1.0]])
    y, partials = mlp_forward(x, a, np.eye(2), 2)
    assert y.tolist() == [[0, 1e4], [1e4, 0]]
    grad_x, _, _ = mlp_backward(x, a, np.eye(2), 2, np.ones((2, 2)))
    assert grad_x.tolist() == [[-1.0], [1.0]]
    partials[0][:] = 7  # the sum is not one of its parts
    assert y[0, 1] == 1e4
    alone, (only,) = mlp_forward(x, a, np.eye(2), 1)
    only[:] = 7
    assert alone[0, 1] == 1e4


def test_tensors_of_torch_are_matrices_and_stay_as_they_are(recwarn):
    w = torch.eye(2)
    first, _ = split_columns(w, 2)
    first[:] = 7
    assert w.tolist() == [[1, 0], [0, 1]]
    assert not recwarn.list


def test_blocks_are_neighbours_and_copies():
    w = np.arange(8.0).reshape(2, 4)
    assert [p.tolist() for p in split_columns(w, 2)] == [
        [[0, 1], [4, 5]],
        [[2, 3], [6, 7]],
    ]
    assert [p.tolist() for p in split_rows(w, 2)] == [[[0, 1, 2, 3]], [[4, 5, 6, 7]]]
    for part in (*split_columns(w, 4), *split_rows(w, 1)):
        part[:] = 9
    assert w.ravel().tolist() == list(range(8))


def test_a_row_split_before_the_activation_meets_partial_sums():
    parts = [X[:, :1] @ A[:1], X[:, 1:2] @ A[1:2]]
    whole = silu(sum(parts))[0]
    summed = sum(silu(p) for p in parts)[0]
    assert np.abs(whole - [0.654832, 0.440504, 0.251119, 0.090262]).max() < 5e-7
    assert np.abs(summed - [0.624285, 0.440504, 0.271298, 0.117785]).max() < 5e-7


def test_a_norm_of_the_hidden_columns_of_one_rank_is_another_than_that_of_all():
    # Elementwise is needed: what looks along the cut axis sees a block only.
    h = X @ A
    norm = lambda t: t / np.sqrt((t * t).mean(axis=1, keepdims=True))  # noqa: E731
    blocks = np.hstack([norm(p) for p in np.split(h, 2, axis=1)])
    assert np.abs(blocks - norm(h)).max() > 0.1
    np.testing.assert_allclose(
        np.hstack([silu(p) for p in np.split(h, 2, axis=1)]), silu(h), **EXACT
    )


# ---------------------------------------------------------------------------- the loss


@pytest.mark.parametrize("W", [1, 2, 4])
def test_losses_of_the_page(W):
    parts = iter(np.split(LOGITS, W, axis=1))  # any iterable
    losses, grads = vocab_parallel_cross_entropy(parts, [0, 1])
    assert np.abs(losses - [3.440190, 1.313262]).max() < 5e-7
    row = np.hstack(grads)[0]
    assert np.abs(row - [-0.967941, 0.087144, 0.236883, 0.643914]).max() < 5e-7
    assert len(grads) == W


@given(st.lists(st.integers(0, 4), min_size=1, max_size=5), st.data())
def test_uneven_parts_of_a_vocabulary_agree_with_autograd(widths, data):
    V = sum(widths)
    n = data.draw(st.integers(0, 4)) if V else 0
    targets = data.draw(st.lists(st.integers(0, max(V, 1) - 1), min_size=n, max_size=n))
    scale = data.draw(st.sampled_from([1.0, 1e3]))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    logits = rng.normal(size=(n, V)) * scale
    parts = np.split(logits, np.cumsum(widths)[:-1], axis=1)
    losses, grads = vocab_parallel_cross_entropy(parts, targets)
    assert [g.shape for g in grads] == [(n, width) for width in widths]
    if n:
        leaf = torch.tensor(logits, requires_grad=True)
        want = F.cross_entropy(leaf, torch.tensor(targets), reduction="none")
        want.sum().backward()
        np.testing.assert_allclose(losses, want.detach(), rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(np.hstack(grads), leaf.grad, **EXACT)


def test_a_softmax_of_each_part_is_no_loss_of_the_whole():
    own = vocab_parallel_cross_entropy([LOGITS[:1, :2]], [0])[0]
    assert own[0] == pytest.approx(1.313262, abs=5e-7)


def test_what_lies_below_the_output_layer_needs_the_sum_of_all_parts():
    rng = np.random.default_rng(0)
    x, w, targets = rng.normal(size=(3, 5)), rng.normal(size=(5, 8)), [7, 0, 3]
    leaf = torch.tensor(x, requires_grad=True)
    F.cross_entropy(
        leaf @ torch.tensor(w), torch.tensor(targets), reduction="sum"
    ).backward()
    blocks = split_columns(w, 2)
    _, grads = vocab_parallel_cross_entropy([x @ b for b in blocks], targets)
    parts = [g @ b.T for g, b in zip(grads, blocks, strict=True)]
    np.testing.assert_allclose(sum(parts), leaf.grad, **EXACT)
    assert min(np.abs(p - leaf.grad.numpy()).max() for p in parts) > 0.1


def test_logits_far_below_zero_do_not_vanish():
    losses, _ = vocab_parallel_cross_entropy([[[-2000.0]], [[-2000.0]]], [0])
    assert losses[0] == pytest.approx(np.log(2), abs=1e-12)


def test_logits_at_the_ends_of_the_type_give_no_warning():
    losses, grads = vocab_parallel_cross_entropy([[[1e308]], [[-1e308]]], [0])
    assert losses.tolist() == [0]
    assert np.hstack(grads).tolist() == [[0, 0]]


# --------------------------------------------------------------------------- the heads


def test_heads_of_the_page():
    assert split_heads(32, 8, 4)[1] == (range(8, 16), range(2, 4))
    assert split_heads(32, 8, 16)[3] == (range(6, 8), range(1, 2))


def test_the_remainder_names_the_right_head_of_the_first_and_last_rank_only():
    right = [keys[0] for _, keys in split_heads(32, 8, 16)]
    assert right == [r // 2 for r in range(16)]
    assert [r for r in range(16) if r % 8 == right[r]] == [0, 15]


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 12))
def test_each_query_head_finds_its_keys_on_its_own_rank(n_kv, group, W):
    n_q = n_kv * group
    if n_q % W or (n_kv % W and W % n_kv):
        with pytest.raises(ValueError, match="divi"):
            split_heads(n_q, n_kv, W)
        return
    heads = split_heads(n_q, n_kv, W)
    assert [i for queries, _ in heads for i in queries] == list(range(n_q))
    for queries, keys in heads:
        assert sorted({i // group for i in queries}) == list(keys)


# --------------------------------------------------------------------------- operators


class TwoAlike:
    """In place of torch.distributed: as if another rank had the same."""

    @staticmethod
    def all_reduce(x: torch.Tensor) -> None:
        x.mul_(2)


def test_operators_add_on_one_side_and_write_to_nobody_elses_tensors(monkeypatch):
    monkeypatch.setattr(operators, "dist", TwoAlike)
    u, v, w = (torch.ones(2, requires_grad=True) for _ in range(3))
    entered = operators.EnterSplit.apply(u)
    assert entered.tolist() == [1, 1]
    gradient = torch.ones(2)
    (entered + v).backward(gradient)  # both get this one gradient
    assert u.grad.tolist() == [2, 2]
    assert v.grad.tolist() == gradient.tolist() == [1, 1]
    left = operators.LeaveSplit.apply(w)
    assert left.tolist() == [2, 2]
    assert w.tolist() == [1, 1]
    left.backward(torch.full((2,), 3.0))
    assert w.grad.tolist() == [3, 3]


# ------------------------------------------------------------------------------- costs


def test_bytes_of_the_page():
    assert communication_bytes(1, 4096, 8192, 8) == 469_762_048
    gib = [activation_bytes(2048, 1, 12288, 96, t) / 2**30 for t in (1, 2, 8)]
    assert gib == [2.671875, 1.453125, 0.5390625]
    gib = [activation_bytes(2048, 1, 12288, 96, t, True) / 2**30 for t in (1, 2, 8)]
    assert gib == [2.671875, 1.3359375, 0.333984375]
    assert communication_bytes(3, 5, 7, 1) == 0
    assert communication_bytes(1, 1, 1, 3) == pytest.approx(8 * 2 / 3 * 2)
    assert communication_bytes(2, 3, 5, 4, 8) == 4 * 2 * 3 / 4 * 30 * 8


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 9), st.integers(1, 9))
def test_activations_by_the_terms_of_the_formula(s, b, h, W):
    a, s = 3 * W, s * W
    plain = s * b * h * (10 + 24 / W + 5 * a * s / (h * W))
    assert activation_bytes(s, b, h, a, W) == pytest.approx(plain, rel=1e-12)
    cut = s * b * h / W * (34 + 5 * a * s / h)
    assert activation_bytes(s, b, h, a, W, True) == pytest.approx(cut, rel=1e-12)


def test_milliseconds_of_the_page():
    sent = communication_bytes(1, 4096, 8192, 8)
    assert sent / 450e9 * 1e3 == pytest.approx(1.04, abs=0.005)
    assert sent / 50e9 * 1e3 == pytest.approx(9.4, abs=0.05)
    s, h = 4096, 8192
    flops = 3 * (24 * s * h * h + 4 * s * s * h) / 8
    assert flops / 400e12 * 1e3 == pytest.approx(6.7, abs=0.05)
    # Sequence parallelism that gathers the two inputs again: two halves more on eight.
    assert sent * (8 + 2) / 8 == 587_202_560


# ------------------------------------------------------------------------- experiments


def train(W, reduced=True, steps=200, rate=0.02):
    """SGD on a layer and a split network above; weights put together, first losses."""
    rng = np.random.default_rng(0)
    data, want = rng.normal(size=(16, 5)), rng.normal(size=(16, 3))
    below = [rng.normal(size=(5, 6)) / 2] * W  # a copy on each rank
    a, b = rng.normal(size=(6, 8)) / 2, rng.normal(size=(8, 3)) / 2
    a, b = split_columns(a, W), split_rows(b, W)
    first = None
    for _ in range(steps):
        xs = [data @ w for w in below]
        y = sum(mlp_forward(x, u, v, 1)[0] for x, u, v in zip(xs, a, b, strict=True))
        first = ((y - want) ** 2).mean() if first is None else first
        grad = 2 * (y - want) / y.size
        back = [mlp_backward(x, u, v, 1, grad) for x, u, v in zip(xs, a, b)]
        total = sum(grad_x for grad_x, _, _ in back)
        parts = [total if reduced else grad_x for grad_x, _, _ in back]
        below = [w - rate * data.T @ g for w, g in zip(below, parts)]
        a = [u - rate * back[r][1][0] for r, u in enumerate(a)]
        b = [v - rate * back[r][2][0] for r, v in enumerate(b)]
    return first, below, np.hstack(a), np.vstack(b)


def test_200_steps_on_four_ranks_are_those_on_one_and_without_f_are_not():
    loss, (below,), a, b = train(1)
    other, copies, a4, b4 = train(4)
    assert other == pytest.approx(loss, abs=1e-12)
    for copy in copies:
        assert np.abs(copy - below).max() < 1e-10
    assert max(np.abs(a - a4).max(), np.abs(b - b4).max()) < 1e-10
    other, copies, _, _ = train(4, reduced=False)
    assert other == pytest.approx(loss, abs=1e-12)  # the first loss tells nothing
    assert min(np.abs(copy - below).max() for copy in copies) > 1e-3
    assert np.abs(copies[0] - copies[1]).max() > 1e-3


def test_more_partial_sums_in_16_bits_are_further_from_the_sum():
    rng = np.random.default_rng(0)
    terms = rng.standard_normal((256, 4096)) * rng.standard_normal(4096) / 64
    errors = {}
    for W in (1, 2, 8):
        parts = terms.reshape(256, W, -1).sum(axis=2)
        y = parts[:, 0].astype(np.float16)
        for r in range(1, W):
            y = y + parts[:, r].astype(np.float16)
        assert y.dtype == np.float16
        errors[W] = np.sqrt(np.mean((y - terms.sum(axis=1)) ** 2))
    assert [round(1e4 * error, 1) for error in errors.values()] == [2.0, 2.8, 4.6]


def test_equal_seeds_make_equal_columns_and_different_ones_break_what_is_replicated():
    blocks = [np.random.default_rng(0).normal(size=(3, 2)) for _ in range(4)]
    assert all((block == blocks[0]).all() for block in blocks)
    assert np.linalg.matrix_rank(np.hstack(blocks)) == 2
    masks = [np.random.default_rng(r).random(64) < 0.9 for r in range(2)]
    assert (masks[0] != masks[1]).any()


def test_a_fused_qkv_in_contiguous_blocks_gives_rank_0_queries_only():
    names = np.repeat(["q", "k", "v"], 4)  # 4 columns each, two heads of width 2
    blocks = np.split(names, 2)
    assert blocks[0].tolist() == ["q"] * 4 + ["k"] * 2
    for W in (3, 4, 6):  # from 3 on there is no more in it than queries
        assert set(np.split(names, W)[0].tolist()) == {"q"}
    for n_kv in (1, 2, 4):  # 8 query heads that share key-value heads: from 2 on
        names = np.repeat(["q", "k", "v"], [8 * 4, n_kv * 4, n_kv * 4])
        assert set(np.array_split(names, 2)[0].tolist()) == {"q"}


def test_a_gradient_norm_counts_replicated_parameters_once():
    sharded, replicated = [9.0, 16.0], 11.0  # squares, by rank; on both ranks
    assert sum(sharded) + replicated == 36
    assert sum(square + replicated for square in sharded) == 47


def test_a_bias_over_tokens_that_are_cut_gets_a_part_of_its_gradient_on_each_rank():
    x = torch.randn(6, 3, generator=torch.Generator().manual_seed(0)).double()
    grads = []
    for tokens in (x, *x.chunk(2)):
        bias = torch.ones(3, dtype=torch.float64, requires_grad=True)
        (tokens + bias).pow(3).sum().backward()
        grads.append(bias.grad)
    whole, *parts = grads
    torch.testing.assert_close(parts[0] + parts[1], whole, **EXACT)
    assert min((part - whole).abs().max() for part in parts) > 0.1


# --------------------------------------------------------------------- what is refused


@pytest.mark.parametrize("split", [split_columns, split_rows])
@pytest.mark.parametrize(
    ("w", "W", "message"),
    [
        ([1.0, 2.0], 1, r"w must be a matrix, got shape \(2,\)"),
        ([["a"]], 1, r"w must be a matrix of real numbers, got \[\['a'\]\]"),
        ([[1j]], 1, "w must be a matrix of real numbers, got"),
        ([[1.0], [1.0, 2.0]], 1, "w must be a matrix of real numbers, got"),
        (torch.ones(1, 1, requires_grad=True), 1, "matrix of real numbers, got tensor"),
        ([[np.inf]], 1, "w must be finite, got"),
        (np.eye(3), 0, "W must be an integer >= 1, got 0"),
        (np.eye(3), 1.0, "W must be an integer >= 1, got 1.0"),
        (np.eye(3), True, "W must be an integer >= 1, got True"),
        (np.eye(3), torch.tensor(True), "W must be an integer >= 1, got tensor"),
        (np.eye(3), torch.tensor(1, device="meta"), "W must be an integer >= 1, got"),
        (
            np.eye(3),
            2,
            "the number of (columns|rows) must be divisible by W = 2, got 3",
        ),
    ],
)
def test_what_cannot_be_cut_is_refused(split, w, W, message):
    with pytest.raises(ValueError, match=message):
        split(w, W)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((X, A[:2], B, 2), "rows of a must be 3, as x has it, got 2"),
        ((X, A, B[:3], 2), "rows of b must be 4, as a has it, got 3"),
        ((X, A, B, 3), "the number of columns must be divisible by W = 3, got 4"),
        ((X[0], A, B, 2), r"x must be a matrix, got shape \(3,\)"),
        ((X, A * np.nan, B, 2), "a must be finite, got"),
        ((X, A, None, 2), "b must be a matrix of real numbers, got None"),
        ((X, A, B, 0), "W must be an integer >= 1, got 0"),
    ],
)
def test_networks_that_do_not_fit_are_refused(args, message):
    with pytest.raises(ValueError, match=message):
        mlp_forward(*args)
    with pytest.raises(ValueError, match=message):
        mlp_backward(*args, np.ones((2, 3)))


@pytest.mark.parametrize(
    ("grad", "message"),
    [
        (np.ones((1, 3)), "rows of grad_y must be 2, as x has it, got 1"),
        (np.ones((2, 1)), "columns of grad_y must be 3, as b has it, got 1"),
        (np.ones(3), r"grad_y must be a matrix, got shape \(3,\)"),
    ],
)
def test_gradients_of_another_shape_are_refused(grad, message):
    with pytest.raises(ValueError, match=message):
        mlp_backward(X, A, B, 2, grad)


@pytest.mark.parametrize(
    ("parts", "targets", "message"),
    [
        ([], [], "logit_parts must hold one matrix per rank, got none"),
        (3, [], "logit_parts must be a list of matrices, got 3"),
        ([[1.0]], [0], r"logit_parts\[0\] must be a matrix, got shape \(1,\)"),
        ([[[1.0]], [[np.nan]]], [0], r"logit_parts\[1\] must be finite, got"),
        (
            [[[1.0]], [[1.0], [2.0]]],
            [0],
            r"rows of logit_parts\[1\] must be 1, as logit_parts\[0\] has it, got 2",
        ),
        ([[[1.0]]], [1], "targets must be from 0 to 0, got 1"),
        ([[[1.0]]], [-1], "targets must be from 0 to 0, got -1"),
        (
            [[[1.0]]],
            [0, 0],
            "number of targets must be 1, as logit_parts has it, got 2",
        ),
        ([[[1.0]]], [0.0], r"targets must be integers, got \[0.0\]"),
        ([[[1.0]]], [False], r"targets must be integers, got \[False\]"),
        ([[[1.0]]], np.array([False]), "targets must be integers, got"),
        ([[[1.0]]], 0, "targets must be integers, got 0"),
        ([[[1.0, 2.0]]], torch.tensor([True]), "targets must be integers, got tensor"),
        ([[[1.0, 2.0]]], torch.tensor([[1]]), "targets must be integers, got tensor"),
        (
            [[[1.0]]],
            torch.zeros(1, dtype=int, device="meta"),
            "targets must be integers, got tensor",
        ),
    ],
)
def test_losses_of_nonsense_are_refused(parts, targets, message):
    with pytest.raises(ValueError, match=message):
        vocab_parallel_cross_entropy(parts, targets)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((6, 4, 1), "n_q must be divisible by n_kv = 4, got 6"),
        ((6, 3, 4), "n_q must be divisible by W = 4, got 6"),
        ((12, 4, 6), "of n_kv and W one must divide the other, got 4, 6"),
        ((0, 1, 1), "n_q must be an integer >= 1, got 0"),
        ((1, 0, 1), "n_kv must be an integer >= 1, got 0"),
        ((1, 1, 1.5), "W must be an integer >= 1, got 1.5"),
    ],
)
def test_heads_that_cannot_be_shared_are_refused(args, message):
    with pytest.raises(ValueError, match=message):
        split_heads(*args)


@pytest.mark.parametrize(
    ("name", "at"),
    [("batch", 0), ("seq", 1), ("hidden", 2), ("W", 3), ("bytes_per", 4)],
)
def test_sizes_that_are_none_are_refused(name, at):
    args = [1, 1, 1, 1, 1]
    args[at] = 0
    with pytest.raises(ValueError, match=f"{name} must be an integer >= 1, got 0"):
        communication_bytes(*args)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((0, 1, 1, 1), "seq must be an integer >= 1, got 0"),
        ((1, 0, 1, 1), "batch must be an integer >= 1, got 0"),
        ((1, 1, 0, 1), "hidden must be an integer >= 1, got 0"),
        ((1, 1, 1, 0), "heads must be an integer >= 1, got 0"),
        ((1, 1, 1, 1, 0), "W must be an integer >= 1, got 0"),
        ((2, 1, 1, 3, 2), "heads must be divisible by W = 2, got 3"),
        ((3, 1, 1, 2, 2, True), "seq must be divisible by W = 2, got 3"),
        ((2, 1, 1, 2, 2, 1), "sequence_parallel must be True or False, got 1"),
    ],
)
def test_layers_of_nonsense_are_refused(args, message):
    with pytest.raises(ValueError, match=message):
        activation_bytes(*args)


def test_without_sequence_parallelism_any_length_will_do():
    assert activation_bytes(3, 1, 2, 2, np.int64(2)) == 3 * (20 + 24 + 15)


# ---------------------------------------------------------------------- real processes


@cache  # a fixture with parameters would start them anew in another order of tests
def asked() -> list[dict]:
    assert LIMIT + START_LIMIT < TEST_LIMIT
    arrays = {"x": X, "a": A, "b": B, "logits": LOGITS, "targets": np.array([0, 1])}
    tensors = {name: torch.tensor(array) for name, array in arrays.items()}
    with TemporaryDirectory() as folder:
        return spawn_ddp(
            workers.four_and_two,
            4,
            tensors,
            folder,
            limit=LIMIT,
            start_limit=START_LIMIT,
        )


@pytest.fixture(params=[2, 4])
def ranks(request) -> list[dict]:
    """What each of 2, and each of 4, real ranks saw."""
    return [seen[request.param] for seen in asked()[: request.param]]


@spread
def test_gloo_gives_what_the_simulation_gives(ranks):
    W = len(ranks)
    y, _ = mlp_forward(X, A, B, W)
    grad_x, grads_a, grads_b = mlp_backward(X, A, B, W, np.ones((2, 3)))
    for r, seen in enumerate(ranks):
        found = seen["small"]["with f"]
        for ours, theirs in zip((y, grad_x, grads_a[r], grads_b[r]), found):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=2e-15)


@spread
def test_without_f_the_output_is_right_and_so_are_the_layers_gradients_but_not_x(ranks):
    grads = []
    for seen in ranks:
        right, wrong = seen["small"]["with f"], seen["small"]["without f"]
        for place in (0, 2, 3):
            assert torch.equal(right[place], wrong[place])
        assert (right[1] - wrong[1]).abs().max() > 0.1
        grads.append(wrong[1])
    np.testing.assert_allclose(sum(grads), ranks[0]["small"]["with f"][1], **EXACT)


@spread
def test_a_bias_before_the_all_reduce_counts_once_a_rank(ranks):
    assert [seen["small"]["bias"].tolist() for seen in ranks] == [
        [float(len(ranks))] * 3
    ] * len(ranks)


def whole_layer() -> dict[str, torch.Tensor]:
    """The layer of the workers in one piece, by autograd."""
    w = workers.matrices()
    leaves = {k: t.clone().requires_grad_() for k, t in w.items() if k != "grad"}
    mid = leaves["x"] + workers.attend(leaves["x"], leaves, workers.N_Q, workers.N_KV)
    y = mid + F.silu(mid @ leaves["a"]) @ leaves["b"]
    y.backward(w["grad"])
    return {"y": y.detach(), **{k: t.grad for k, t in leaves.items()}}


@spread
def test_a_layer_split_by_heads_and_columns_is_the_layer_in_one_piece(ranks):
    W, want = len(ranks), whole_layer()
    for r, seen in enumerate(ranks):
        found = seen["layer"]
        torch.testing.assert_close(found["y"], want["y"], **EXACT)
        torch.testing.assert_close(found["x"], want["x"], **EXACT)
        for name, axis in (("q", 1), ("o", 0), ("a", 1), ("b", 0)):
            mine = want[name].chunk(W, dim=axis)[r]
            torch.testing.assert_close(found["grads"][name], mine, **EXACT)
    for name in ("k", "v"):  # on 4 ranks two hold each head, with parts of its gradient
        copies = max(1, W // workers.N_KV)
        grads = [seen["layer"]["grads"][name] for seen in ranks]
        heads = [sum(grads[i : i + copies]) for i in range(0, W, copies)]
        torch.testing.assert_close(torch.cat(heads, dim=1), want[name], **EXACT)
        if copies > 1:
            assert (grads[0] - heads[0]).abs().max() > 1e-3


@spread
def test_a_rank_sends_the_bytes_of_the_formula_in_two_and_two_all_reduces(ranks):
    W = len(ranks)
    for seen in ranks:
        assert seen["layer"]["calls"] == (2, 4)
        want = communication_bytes(workers.B, workers.S, workers.H, W, 8)
        assert seen["layer"]["bytes"] == want


@spread
def test_the_loss_takes_three_numbers_a_token_and_faults_show(ranks):
    W = len(ranks)
    want, _ = vocab_parallel_cross_entropy(np.split(LOGITS, W, axis=1), [0, 1])
    for seen in ranks:
        found = seen["vocabulary"]
        np.testing.assert_allclose(found["losses"], want, rtol=0, atol=1e-14)
        assert found["sent"] == [2, 2, 2]
        assert (found["clamped"] - found["losses"]).abs().max() > 0.5
        assert found["sum of maxima"][0] > 4
        assert found["embedded"].tolist() == [[0, 1], [2, 3]]


@spread
def test_with_sequence_parallelism_gains_have_partial_gradients(ranks):
    w, W = workers.matrices(), len(ranks)
    x = w["x"].view(-1, workers.H).clone().requires_grad_()
    gain = torch.ones(workers.H, dtype=torch.float64, requires_grad=True)
    a = w["a"].clone().requires_grad_()
    y = F.silu(F.layer_norm(x, (workers.H,), gain) @ a) @ w["b"]
    y.backward(w["grad"].view(-1, workers.H))
    for r, seen in enumerate(ranks):
        found = seen["sequence"]
        torch.testing.assert_close(found["y"], y.detach().chunk(W)[r], **EXACT)
        torch.testing.assert_close(found["x"], x.grad.chunk(W)[r], **EXACT)
        torch.testing.assert_close(found["a"], a.grad.chunk(W, dim=1)[r], **EXACT)
        torch.testing.assert_close(found["gain summed"], gain.grad, **EXACT)
        assert (found["gain"] - gain.grad).abs().max() > 1e-2


@spread
def test_a_plan_of_dtensor_gives_the_same_network():
    w = workers.matrices()
    x = w["x"].clone().requires_grad_()
    a, b = w["a"].clone().requires_grad_(), w["b"].clone().requires_grad_()
    y = F.silu(x @ a) @ b
    y.backward(w["grad"])
    for r, seen in enumerate(asked()[:2]):
        found = seen["library"]
        torch.testing.assert_close(found["y"], y.detach(), **EXACT)
        torch.testing.assert_close(found["x"], x.grad, **EXACT)
        torch.testing.assert_close(found["up"], a.grad.T.chunk(2)[r], **EXACT)
        down = b.grad.T.chunk(2, dim=1)[r]
        torch.testing.assert_close(found["down"], down, **EXACT)
        assert found["shapes"] == [(32, 16), (16, 32)]
