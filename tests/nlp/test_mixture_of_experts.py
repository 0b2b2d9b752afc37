"""Oracles: a dense sum with a gate matrix, plain loops, closed forms, hand counts.

Numbers of the page stand here with the rows they come from.
"""

import math
from itertools import combinations
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from snippets.nlp.mixture_of_experts import (
    Routing,
    balance_loss,
    dispatch,
    moe,
    route,
    update_bias,
    z_loss,
)

D64 = torch.float64
ROW = torch.tensor([[2, 1, 0, -1]], dtype=D64)
seeds = st.integers(0, 99)


def draw(*shape: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=D64)


def near(found: Tensor, wanted: Any, atol: float = 1e-12) -> None:
    want = torch.as_tensor(wanted, dtype=found.dtype)
    torch.testing.assert_close(found, want, rtol=0, atol=atol)


# Routing


@pytest.mark.parametrize(
    ("options", "experts", "weights"),
    [
        ({}, [0, 1], [0.731059, 0.268941]),
        ({"renormalise": False}, [0, 1], [0.643914, 0.236883]),
        ({"score": "sigmoid"}, [0, 1], [0.546449, 0.453551]),
        ({"bias": [-0.7, 0, 0, 0.5]}, [3, 1], [0.119203, 0.880797]),
        (
            {"score": "sigmoid", "bias": [-1, 0, 0, 1]},
            [3, 1],
            [0.268941, 0.731059],
        ),
        (
            {"score": "sigmoid", "renormalise": False},
            [0, 1],
            [1 / (1 + math.exp(-2)), 1 / (1 + math.exp(-1))],
        ),
    ],
)
def test_one_row_is_routed_as_by_hand(options, experts, weights):
    options = dict(options)
    if "bias" in options:
        options["bias"] = torch.tensor(options["bias"], dtype=D64)
    found = route(ROW, 2, **options)
    assert found.experts.tolist() == [experts]
    near(found.weights, [weights], atol=5e-7)


@given(st.integers(0, 5), st.integers(1, 6), seeds, st.data())
def test_routing_equals_a_loop_in_python(t, e, seed, data):
    k = data.draw(st.integers(1, e))
    score = data.draw(st.sampled_from(["softmax", "sigmoid"]))
    whole = data.draw(st.booleans())
    z, bias = draw(t, e, seed=seed), draw(e, seed=seed + 1)
    found = route(z, k, bias, score, whole)
    assert found.experts.shape == found.weights.shape == (t, k)
    assert found.experts.dtype == torch.int64
    assert found.probs.shape == (t, e)
    for row, picks, weights, probs in zip(z.tolist(), *found, strict=True):
        if score == "softmax":
            total = sum(math.exp(v) for v in row)
            s = [math.exp(v) / total for v in row]
        else:
            s = [1 / (1 + math.exp(-v)) for v in row]
        b = bias.tolist()
        order = sorted(range(e), key=lambda i: -(s[i] + b[i]))[:k]
        assert picks.tolist() == order
        near(probs, s)
        part = sum(s[i] for i in order) if whole else 1.0
        near(weights, [s[i] / part for i in order])


def test_the_softmax_over_the_picks_is_the_renormalised_softmax_over_all():
    z = draw(50, 7)
    found = route(z, 3)
    near(found.weights, z.topk(3).values.softmax(-1))
    near(found.weights.sum(-1), [1.0] * 50)


def test_a_bias_that_changes_the_company_changes_the_weight():
    bias = torch.tensor([-0.7, 0, 0, 0.5], dtype=D64)
    for options, same in (({}, False), ({"renormalise": False}, True)):
        before, after = route(ROW, 2, **options), route(ROW, 2, bias, **options)
        assert before.experts[0, 1] == after.experts[0, 1] == 1
        assert (abs(before.weights[0, 1] - after.weights[0, 1]) < 1e-12) == same


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("score", ["softmax", "sigmoid"])
def test_sixteen_bits_are_scored_in_float32_and_rounded_once(kind, score):
    z = (3 * draw(200, 16)).to(kind)
    for whole in (True, False):
        found = route(z, 4, score=score, renormalise=whole)
        wanted = route(z.float(), 4, score=score, renormalise=whole)
        assert torch.equal(found.experts, wanted.experts)
        assert torch.equal(found.weights, wanted.weights.to(kind))
        assert torch.equal(found.probs, wanted.probs.to(kind))


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16])
def test_the_z_loss_of_sixteen_bits_is_rounded_once(kind):
    for seed in range(5):
        z = (3 * draw(50, 8, seed=seed)).to(kind)
        assert torch.equal(z_loss(z), z_loss(z.float()).to(kind))


def test_one_good_number_does_not_hide_a_bad_one():
    with pytest.raises(ValueError, match="want load >= 0"):
        update_bias(torch.zeros(2), torch.tensor([-5, 2]), 1)
    scores = torch.tensor([[1.0, 1], [0, 0]])
    with pytest.raises(ValueError, match="want probs >= 0, not all 0"):
        balance_loss(scores, torch.zeros(2, 1, dtype=torch.int64))


def test_unnormalised_weights_may_sum_to_little():
    sums = route(draw(40, 6), 2, renormalise=False).weights.sum(-1)
    assert 0.33 < sums.min() < 0.6
    assert sums.max() < 1


def test_of_equal_experts_the_lower_index_wins():
    for bias in (None, torch.zeros(5, dtype=D64)):
        assert route(torch.zeros(2, 5, dtype=D64), 3, bias).experts.tolist() == [
            [0, 1, 2],
            [0, 1, 2],
        ]
    found = route(torch.tensor([[0.0, 1, 1, 0, 1]]), 4).experts
    assert found.tolist() == [[1, 2, 4, 0]]


def test_without_a_bias_saturated_scores_still_have_their_order():
    z = torch.tensor([[2000.0, 0.0, 5.0]], dtype=D64)
    assert route(z, 2).experts.tolist() == [[0, 2]]
    assert route(z + 40, 3, score="sigmoid").experts.tolist() == [[0, 2, 1]]


def test_renormalised_weights_survive_scores_that_underflow():
    z = torch.tensor([[-2000.0, -2001.0, -3000.0]], dtype=D64, requires_grad=True)
    found = route(z, 2, score="sigmoid")
    near(found.weights, [[0.731059, 0.268941]], atol=5e-7)
    found.weights[0, 0].backward()
    assert z.grad.isfinite().all()


def test_a_router_with_one_renormalised_pick_learns_nothing():
    for whole, first in ((True, 0.0), (False, 0.643914 * (1 - 0.643914))):
        z = ROW.clone().requires_grad_()
        weights = route(z, 1, renormalise=whole).weights
        near(weights.detach(), [[1.0 if whole else 0.643914]], atol=5e-7)
        weights.sum().backward()
        assert z.grad[0, 0].item() == pytest.approx(first, abs=1e-6)
        assert (z.grad == 0).all() == whole


def test_the_bias_gets_no_gradient_and_changes_no_weight_of_the_same_picks():
    bias = torch.tensor([0.1, 0.3, 0, 0], dtype=D64, requires_grad=True)
    z = ROW.clone().requires_grad_()
    found = route(z, 2, bias)
    assert torch.equal(found.weights, route(z, 2).weights)
    assert torch.equal(found.probs, route(z, 2).probs)
    (gradient,) = torch.autograd.grad(found.weights.sum(), bias, allow_unused=True)
    assert gradient is None
    # The mistake: weights from score plus bias.
    wrong = (found.probs + bias)[0, :2]
    assert abs(wrong[0] / wrong.sum() - found.weights[0, 0]) > 0.01


def test_a_mask_of_zeros_is_not_a_mask_of_minus_infinity():
    zeros = torch.tensor([2.0, 1, 0, 0], dtype=D64).softmax(-1)
    near(zeros, [0.610296, 0.224515, 0.082595, 0.082595], atol=5e-7)
    near(route(ROW, 2).weights[0, 0], 0.731059, atol=5e-7)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: route(ROW[0], 2), r"want logits of shape \(t, e\), got \(4,\)"),
        (lambda: route(ROW[:, :0], 1), r"shape \(t, e\), got \(1, 0\)"),
        (lambda: route(ROW.long(), 2), "logits a tensor of floats, got torch.int64"),
        (lambda: route([[1.0]], 1), "logits a tensor of floats, got list"),
        (lambda: route(ROW / 0, 2), "want logits finite, got NaN or an infinity"),
        (lambda: route(ROW, 0), "want k an integer >= 1 and <= 4, got 0"),
        (lambda: route(ROW, 5), "want k an integer >= 1 and <= 4, got 5"),
        (lambda: route(ROW, True), "got True"),
        (lambda: route(ROW, 1.0), r"got 1\.0"),
        (lambda: route(ROW, 1, score="relu"), "'softmax' or 'sigmoid', got 'relu'"),
        (lambda: route(ROW, 1, ROW), r"want bias of shape \(e,\), got \(1, 4\)"),
        (lambda: route(ROW, 1, ROW[0, :3]), r"bias of shape \(4,\), got \(3,\)"),
        (lambda: route(ROW, 1, ROW[0] / 0), "want bias finite"),
        (lambda: route(ROW, 1, torch.tensor([1, 2, 3, 4])), "bias a tensor of floats"),
    ],
)
def test_route_refuses(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# Dispatch


@pytest.mark.parametrize(
    ("picks", "capacity", "wanted"),
    [
        ([[0, 1], [0, 1], [0, 2], [1, 0]], 2, ["TT", "TF", "FT", "TF"]),
        ([[0, 1], [0, 1], [0, 2], [1, 0]], 1, ["TF", "FF", "FT", "TF"]),
        ([[0, 1], [1, 0]], 1, ["TF", "TF"]),
        # A later token's first choice takes the place of an earlier one's second.
        ([[0, 1], [1, 2], [2, 0]], 1, ["TF", "TF", "TF"]),
        ([[0, 1], [1, 2], [1, 0]], 1, ["TF", "TT", "FF"]),
    ],
)
def test_places_as_by_hand(picks, capacity, wanted):
    keep = dispatch(torch.tensor(picks), capacity, 3)
    assert ["".join("FT"[v] for v in row) for row in keep.tolist()] == wanted


@given(st.integers(0, 6), st.integers(1, 4), st.integers(1, 4), seeds, st.data())
def test_places_equal_a_running_count_of_one_hot_columns(t, e, capacity, seed, data):
    k = data.draw(st.integers(1, e))
    picks = draw(t, e, seed=seed).argsort(-1)[:, :k]
    queue = np.eye(e, dtype=int)[picks.numpy().T.ravel()]
    before = (queue.cumsum(0) - queue)[np.arange(t * k), picks.numpy().T.ravel()]
    wanted = (before < capacity).reshape(k, t).T
    assert (dispatch(picks, capacity, e).numpy() == wanted).all()


@given(st.integers(1, 6), st.integers(1, 3), seeds)
def test_with_one_choice_no_token_sees_later_ones(t, capacity, seed):
    picks = draw(t, 3, seed=seed).argmax(-1, keepdim=True)
    whole = dispatch(picks, capacity, 3)
    for n in range(t):
        assert torch.equal(whole[:n], dispatch(picks[:n], capacity, 3))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p: dispatch(p, 0, 3), "want capacity an integer >= 1, got 0"),
        (lambda p: dispatch(p, 1, 0), "want n_experts an integer >= 1, got 0"),
        (lambda p: dispatch(p, 1, 2), "want experts from 0 to 1, got 1 to 2"),
        (lambda p: dispatch(p - 2, 1, 2), "want experts from 0 to 1, got -1 to 0"),
        (lambda p: dispatch(p[0], 1, 3), r"of shape \(t, k\), got \(2,\)"),
        (lambda p: dispatch(p[:, :0], 1, 3), r"of shape \(t, k\), got \(1, 0\)"),
        (lambda p: dispatch(p.double(), 1, 3), "int32 or int64, got torch.float64"),
        (lambda p: dispatch([[1]], 1, 3), "int32 or int64, got list"),
    ],
)
def test_dispatch_refuses(call, message):
    with pytest.raises(ValueError, match=message):
        call(torch.tensor([[1, 2]]))


def share_exact(tokens: int, factor: float) -> float:
    """Of random picks, 2 of 8, by a binomial distribution."""
    capacity = math.ceil(factor * tokens * 2 / 8)
    exact = sum(
        (n - capacity)
        * math.exp(
            math.lgamma(tokens + 1)
            - math.lgamma(n + 1)
            - math.lgamma(tokens - n + 1)
            + n * math.log(1 / 4)
            + (tokens - n) * math.log(3 / 4)
        )
        for n in range(capacity + 1, tokens + 1)
    )
    return exact * 8 / (tokens * 2)


def share_dropped(tokens: int, factor: float) -> tuple[float, float]:
    """The same, and by drawing."""
    capacity = math.ceil(factor * tokens * 2 / 8)
    rng = np.random.default_rng(0)
    over = 0
    trials = 400_000 // tokens
    for _ in range(trials):
        picks = np.argsort(rng.random((tokens, 8)), axis=1)[:, :2]
        over += np.maximum(np.bincount(picks.ravel(), minlength=8) - capacity, 0).sum()
    return share_exact(tokens, factor), over / (trials * tokens * 2)


@pytest.mark.parametrize(
    ("tokens", "factor", "percent"),
    [(1024, 1.0, 2.2), (64, 1.0, 8.6), (1024, 1.25, 0.0), (64, 1.25, 1.4)],
)
def test_even_routers_drop_tokens_by_chance(tokens, factor, percent):
    exact, drawn = share_dropped(tokens, factor)
    assert 100 * exact == pytest.approx(percent, abs=0.05)
    assert drawn == pytest.approx(exact, rel=0.06, abs=1e-5)


def test_below_a_few_tokens_a_smaller_batch_may_drop_less():
    """The places are rounded up: one token never loses a pick."""
    found = [share_exact(tokens, 1.0) for tokens in (1, 2, 4, 5, 16)]
    wanted = [0, 0.125, 0.316, 0.096, 0.169]
    assert found == pytest.approx(wanted, abs=5e-4)


def test_the_capacity_of_a_longer_batch_lets_an_earlier_token_keep_its_pick():
    """With one choice no later token is seen, but their number is."""
    picks = torch.tensor([[0], [0], [1], [1]])
    for tokens, kept in ((2, [True, False]), (4, [True, True])):
        places = math.ceil(1.0 * tokens / 2)
        assert dispatch(picks[:tokens], places, 2)[:2, 0].tolist() == kept


def test_token_by_token_an_expert_would_see_no_later_token():
    """The control: it is the order of service that breaks causality."""

    def served(rows: list[list[int]]) -> list[bool]:
        taken, keep = [0] * 3, []
        for e in (e for row in rows for e in row):
            keep.append(taken[e] < 1)
            taken[e] += keep[-1]
        return keep

    head = [[0, 1], [1, 2]]
    assert served([*head, [2, 0]])[:4] == served([*head, [1, 0]])[:4]
    by_columns = [dispatch(torch.tensor([*head, r]), 1, 3) for r in ([2, 0], [1, 0])]
    assert not torch.equal(by_columns[0][:2], by_columns[1][:2])


def test_what_dispatch_drops_is_the_excess_over_the_capacity():
    picks = draw(64, 8).argsort(-1)[:, :2]
    over = (picks.flatten().bincount(minlength=8) - 16).clamp(min=0).sum()
    assert (~dispatch(picks, 16, 8)).sum() == over > 0


# The layer


def networks(e: int, d: int) -> list[nn.Module]:
    generator = torch.Generator().manual_seed(9)
    made = []
    for _ in range(e):
        layer = nn.Linear(d, d).double()
        for p in layer.parameters():
            nn.init.normal_(p, generator=generator)
        made.append(nn.Sequential(layer, nn.Tanh()))
    return made


@given(st.integers(0, 6), st.integers(1, 5), seeds, st.data())
def test_the_layer_equals_a_dense_sum_with_a_gate_matrix(t, e, seed, data):
    k = data.draw(st.integers(1, e))
    kept = data.draw(st.sampled_from([None, 1, 2]))
    x, nets = draw(t, 3, seed=seed), networks(e, 3)
    routing = route(draw(t, e, seed=seed + 1), k)
    keep = None if kept is None else dispatch(routing.experts, kept, e)
    gates = torch.zeros(t, e, dtype=D64)
    for i in range(t):
        for j in range(k):
            if keep is None or keep[i, j]:
                gates[i, routing.experts[i, j]] = routing.weights[i, j]
    dense = torch.stack([net(x) for net in nets], 1)  # (t, e, d)
    near(moe(x, nets, routing, keep), (gates[..., None] * dense).sum(1).detach())


def test_equal_experts_are_one_expert():
    x, net = draw(40, 5), networks(1, 5)[0]
    near(moe(x, [net] * 6, route(draw(40, 6, seed=1), 2)), net(x).detach())


def test_an_expert_sees_its_own_tokens_only_and_is_not_called_without_any():
    seen: dict[int, list[float]] = {}

    def expert(e: int) -> Any:
        def run(rows: Tensor) -> Tensor:
            assert e not in seen
            seen[e] = rows[:, 0].tolist()
            return rows

        return run

    picks = torch.tensor([[0, 3], [3, 0], [1, 3]])
    routing = Routing(picks, torch.full((3, 2), 0.5, dtype=D64), torch.zeros(3, 4))
    x = torch.tensor([[1.0], [2.0], [3.0]], dtype=D64)
    near(moe(x, [expert(e) for e in range(4)], routing), x)
    assert seen == {0: [1, 2], 1: [3], 3: [1, 2, 3]}
    seen.clear()
    keep = dispatch(picks, 1, 4)  # rows TF, TF, TF
    near(moe(x, [expert(e) for e in range(4)], routing, keep), x / 2)
    assert seen == {0: [1], 1: [3], 3: [2]}


def test_tokens_without_a_place_give_zeros():
    x, routing = draw(4, 3), route(draw(4, 2), 1)
    keep = torch.zeros(4, 1, dtype=torch.bool)
    assert (moe(x, networks(2, 3), routing, keep) == 0).all()


def test_only_picked_experts_and_the_router_get_gradients():
    nets, z = networks(4, 3), ROW.clone().requires_grad_()
    moe(draw(1, 3), nets, route(z, 2)).square().sum().backward()
    for e, net in enumerate(nets):
        assert all((p.grad is not None) == (e in (0, 1)) for p in net.parameters())
    assert (z.grad[0, :2] != 0).all()
    assert (z.grad[0, 2:] == 0).all()


def test_all_scores_of_a_softmax_get_gradients_without_renormalisation():
    z = ROW.clone().requires_grad_()
    moe(draw(1, 3), networks(4, 3), route(z, 2, renormalise=False)).sum().backward()
    assert (z.grad != 0).all()


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16])
def test_sixteen_bits_are_summed_in_float32(kind):
    x = torch.full((1, 1), 1.0, dtype=kind)
    n = 2100 if kind == torch.float16 else 272  # past where adding 1 does nothing
    picks = torch.arange(n)[None]
    weights = torch.ones(1, n, dtype=kind)
    routing = Routing(picks, weights, weights)
    found = moe(x, [lambda rows: rows] * n, routing)
    assert found.dtype == kind
    assert found.item() == torch.tensor(float(n)).to(kind).item()


def test_the_layer_refuses_what_does_not_fit():
    x, nets, routing = draw(4, 3), networks(2, 3), route(draw(4, 2), 1)
    keep = torch.ones(4, 1, dtype=torch.bool)
    for call, message in (
        (lambda: moe(x[0], nets, routing), r"want x of shape \(t, d\), got \(3,\)"),
        (lambda: moe(x / 0, nets, routing), "want x finite"),
        (lambda: moe(x[:3], nets, routing), r"experts of shape \(3, 1\), got \(4, 1\)"),
        (
            lambda: moe(x, nets, routing._replace(weights=x)),
            r"weights of shape \(4, 1\), got \(4, 3\)",
        ),
        (
            lambda: moe(x, nets, routing._replace(weights=x[:, :1] / 0)),
            "want weights finite",
        ),
        (lambda: moe(x, nets, tuple(routing)), "want routing a Routing, got tuple"),
        (lambda: moe(x, [], routing), "want at least one expert, got none"),
        (
            lambda: moe(x, nets, routing._replace(weights=[[1.0]] * 4)),
            "weights a tensor of floats, got list",
        ),
        (lambda: moe(x, nets, routing, [[True]] * 4), "tensor of bools, got list"),
        (
            lambda: moe(x, [lambda rows: None] * 2, routing),
            "want expert 0 to return a tensor of floats, got NoneType",
        ),
        (
            lambda: moe(x, [lambda rows: rows + 0j] * 2, routing),
            "to return a tensor of floats, got torch.complex128",
        ),
        (lambda: moe(x, nets, routing, keep[:2]), r"torch.bool and \(2, 1\)"),
        (lambda: moe(x, nets, routing, keep.long()), r"torch.int64 and \(4, 1\)"),
        (
            lambda: moe(x, nets, routing._replace(experts=routing.experts + 2)),
            "want experts from 0 to 1, got 2 to 3",
        ),
        (
            lambda: moe(x, [lambda rows: rows.sum(0)] * 2, routing),
            r"want expert 0 to return \(\d, 3\), got \(3,\)",
        ),
    ):
        with pytest.raises(ValueError, match=message):
            call()


# Balance


def test_the_loss_is_one_for_even_scores_and_e_over_k_for_collapse():
    t, e = 12, 8
    even = torch.full((t, e), 1 / e, dtype=D64)
    near(balance_loss(even, torch.arange(t)[:, None] % e), 1.0)
    near(balance_loss(even, torch.zeros(t, 1, dtype=torch.int64)), 1.0)
    one = torch.eye(e, dtype=D64)[[0] * t]
    near(balance_loss(one, torch.zeros(t, 1, dtype=torch.int64)), 8.0)
    two = (torch.eye(e, dtype=D64)[[0] * t] + torch.eye(e, dtype=D64)[[1] * t]) / 2
    near(balance_loss(two, torch.tensor([[0, 1]] * t)), 4.0)
    near(balance_loss(draw(t, e).softmax(-1), torch.arange(t * e).reshape(t, e) % e), 1)


def test_the_loss_of_an_uneven_router_may_be_below_one():
    p = torch.tensor([[0.6, 0.4]] * 3 + [[0.01, 0.99]], dtype=D64)
    near(balance_loss(p, p.argmax(-1, keepdim=True)), 0.9525)


@given(st.integers(1, 5), st.integers(2, 5), seeds, st.data())
def test_the_gradient_pushes_down_what_is_overloaded(t, e, seed, data):
    k = data.draw(st.integers(1, e))
    z = draw(t, e, seed=seed).requires_grad_()
    routing = route(z, k)
    balance_loss(routing.probs, routing.experts).backward()
    p = z.detach().softmax(-1)
    f = torch.zeros(e, dtype=D64)
    for row in routing.experts.tolist():
        for expert in row:
            f[expert] += e / (k * t)
    near(z.grad, p * (f - p @ f[:, None]) / t, atol=1e-14)


def test_hugging_face_counts_the_same_loss_k_times():
    z = draw(64, 8)
    routing = route(z, 2)
    mask = torch.nn.functional.one_hot(routing.experts, 8).double()  # (t, k, e)
    theirs = (mask.mean(0) * z.softmax(-1).mean(0)).sum() * 8
    near(theirs, 2 * balance_loss(routing.probs, routing.experts))


def test_scores_of_a_sigmoid_are_divided_by_their_sum():
    routing = route(draw(20, 4), 2, score="sigmoid")
    share = routing.probs / routing.probs.sum(-1, keepdim=True)
    near(balance_loss(routing.probs, routing.experts), balance_loss(share, routing[0]))
    tiny = torch.full((3, 4), 5e-324, dtype=D64)
    near(balance_loss(tiny, routing.experts[:3]), 1.0)
    near(balance_loss(torch.full((3, 4), 1e308, dtype=D64), routing.experts[:3]), 1.0)


def test_means_over_micro_batches_are_not_the_loss_of_the_batch():
    p = torch.tensor([[0.99, 0.01]] * 4 + [[0.01, 0.99]] * 4, dtype=D64)
    picks = p.argmax(-1, keepdim=True)
    near(balance_loss(p, picks), 1.0)
    near(balance_loss(p[:4], picks[:4]), 1.98)
    near(balance_loss(p[4:], picks[4:]), 1.98)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p, i: balance_loss(p[0], i), r"probs of shape \(t, e\), got \(4,\)"),
        (lambda p, i: balance_loss(p, i[:2]), "the same t >= 1, got 3 and 2"),
        (lambda p, i: balance_loss(p[:0], i[:0]), "the same t >= 1, got 0 and 0"),
        (lambda p, i: balance_loss(p, i + 4), "want experts from 0 to 3, got 4 to 4"),
        (lambda p, i: balance_loss(-p, i), "want probs >= 0, not all 0, got -1.0"),
        (lambda p, i: balance_loss(0 * p, i), "want probs >= 0, not all 0, got 0.0"),
        (lambda p, i: balance_loss(p / 0, i), "want probs finite"),
    ],
)
def test_the_loss_refuses(call, message):
    with pytest.raises(ValueError, match=message):
        call(torch.ones(3, 4, dtype=D64), torch.zeros(3, 1, dtype=torch.int64))


def test_the_z_loss_is_a_squared_logarithm_and_does_not_overflow():
    near(z_loss(torch.zeros(3, 8, dtype=D64)), 4.324077, atol=5e-7)
    near(z_loss(torch.zeros(3, 8, dtype=D64)), math.log(8) ** 2)
    near(z_loss(torch.tensor([[1000.0, 0.0]], dtype=D64)), 1e6)
    z = torch.tensor([[1.0, 2], [0, -1]], dtype=D64)
    logs = [math.log(math.exp(1) + math.exp(2)), math.log(1 + math.exp(-1))]
    near(z_loss(z), (logs[0] ** 2 + logs[1] ** 2) / 2)
    # A shift changes no probability, but the loss.
    near(z.softmax(-1), (z + 9).softmax(-1))
    assert z_loss(z + 9) > z_loss(z) + 100


@pytest.mark.parametrize(
    ("logits", "message"),
    [
        (torch.ones(3), r"logits of shape \(t, e\), got \(3,\)"),
        (torch.ones(0, 3), r"want t >= 1, got logits of shape \(0, 3\)"),
        (torch.ones(2, 3) / 0, "want logits finite"),
    ],
)
def test_the_z_loss_refuses(logits, message):
    with pytest.raises(ValueError, match=message):
        z_loss(logits)


def test_the_bias_rises_below_the_mean_load_and_falls_above_it():
    bias = torch.tensor([0.5, 0, 0, -0.5], dtype=D64)
    found = update_bias(bias, torch.tensor([4, 0, 2, 2]), 0.25)
    assert found.tolist() == [0.25, 0.25, 0, -0.5]
    assert bias.tolist() == [0.5, 0, 0, -0.5]
    assert update_bias(bias, torch.tensor([4, 0, 2, 2]), 0).tolist() == bias.tolist()
    half = torch.zeros(2, dtype=torch.bfloat16)
    found = update_bias(half, torch.tensor([257, 256]), 1)
    assert found.tolist() == [-1, 1]
    assert found.dtype == torch.bfloat16
    thirds = torch.tensor([7, 7, 7])  # a mean load without rounding
    assert update_bias(torch.zeros(3), thirds, 1.0).tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda b: update_bias(b[None], b, 1), r"bias of shape \(e,\), got \(1, 3\)"),
        (lambda b: update_bias(b[:0], b[:0], 1), r"bias of shape \(e,\), got \(0,\)"),
        (lambda b: update_bias(b, b[:2], 1), r"load of shape \(3,\), got \(2,\)"),
        (lambda b: update_bias(b, [1, 2, 3], 1), r"load of shape \(3,\), got list"),
        (
            lambda b: update_bias(b, b / 0, 1),
            "want load >= 0, its sum finite, got .inf",
        ),
        (lambda b: update_bias(b, b * math.nan, 1), "its sum finite, got .nan"),
        (
            lambda b: update_bias(b, -b, 1),
            r"want load >= 0, its sum finite, got .-1\.0",
        ),
        (lambda b: update_bias(b, 1e308 * b.double(), 1), "its sum finite, got .1e"),
        (lambda b: update_bias(b, b > 0, 1), "load a tensor of counts, got torch.bool"),
        (lambda b: update_bias(b, b + 0j, 1), "of counts, got torch.complex64"),
        (lambda b: update_bias(b, b, 10**400), "rate a finite number >= 0, got 1000"),
        (lambda b: update_bias(b, b, math.nan), "rate a finite number >= 0, got nan"),
        (
            lambda b: update_bias(b.long(), b, 1),
            "bias a tensor of floats, got torch.int",
        ),
        (lambda b: update_bias(b, b, -0.1), r"rate a finite number >= 0, got -0\.1"),
        (lambda b: update_bias(b, b, math.inf), "got inf"),
        (lambda b: update_bias(b, b, "1"), "got '1'"),
        (lambda b: update_bias(b, b, True), "got True"),
    ],
)
def test_the_bias_refuses(call, message):
    with pytest.raises(ValueError, match=message):
        call(torch.ones(3))


def busiest(how: str, seed: int) -> tuple[float, float]:
    """Largest over mean load: of the last 50 batches together, and of one alone."""
    generator = torch.Generator().manual_seed(seed)
    skew = torch.linspace(1.5, -1.5, 8, dtype=D64)
    bias, shift = torch.zeros(8, dtype=D64), torch.zeros(8, dtype=D64)
    loads = []
    for _ in range(300):
        noise = torch.randn(256, 8, generator=generator, dtype=D64)
        shift.requires_grad_()
        logits = (0 if how == "chance" else skew) + noise + shift
        routing = route(logits, 2, bias)
        loads.append(routing.experts.flatten().bincount(minlength=8).double())
        if how == "bias":
            bias = update_bias(bias, loads[-1], 0.002)
        loss = balance_loss(routing.probs, routing.experts)
        (slope,) = torch.autograd.grad(loss, shift)
        shift = (shift - (0.5 if how == "loss" else 0) * slope).detach()
    last = torch.stack(loads[-50:])
    single = (last.max(-1).values / 64).mean()
    return (last.sum(0).max() / last.sum(0).mean()).item(), single.item()


@pytest.mark.parametrize("seed", range(3))
def test_bias_and_loss_both_even_out_a_router_with_favourites(seed):
    found = {how: busiest(how, seed) for how in ("none", "bias", "loss", "chance")}
    assert 2.7 < found["none"][0] < 3.0
    assert found["bias"][0] < 1.1
    assert found["loss"][0] < 1.1
    # In one batch chance alone makes some expert busier than the mean.
    assert 1.1 < found["chance"][1] < found["bias"][1] < 1.3
    assert 1.1 < found["loss"][1] < 1.3


def test_results_lie_on_the_device_of_the_input_whatever_the_default_is():
    z, picks, bias = draw(4, 3), torch.tensor([[0], [1], [2], [0]]), draw(3)
    load, rows = torch.tensor([2, 1, 1]), draw(4, 5)

    def everything() -> list[Tensor]:
        routing = route(z, 2, bias)
        keep = dispatch(picks, 1, 3)
        one = Routing(picks, z[:, :1], z)
        nets = [torch.sin, torch.cos, torch.tanh]
        found = [*routing, keep, moe(rows, nets, one, keep), moe(rows, nets, one)]
        losses = [balance_loss(routing.probs, routing.experts), z_loss(z)]
        return [*found, *losses, update_bias(bias, load, 0.5)]

    wanted = everything()
    with torch.device("meta"):
        found = everything()
    assert all(map(torch.equal, found, wanted))


# Arithmetic of the page


@pytest.mark.parametrize(
    ("e", "k", "tokens", "wanted"),
    [
        *((8, 2, b, w) for b, w in ((1, 2.0), (8, 7.2), (32, 8.0))),
        *((256, 8, b, w) for b, w in ((1, 8), (8, 57.4), (32, 163), (128, 252))),
    ],
)
def test_few_tokens_touch_few_experts_and_many_nearly_all(e, k, tokens, wanted):
    formula = e * (1 - (1 - k / e) ** tokens)
    assert formula == pytest.approx(wanted, abs=0.5 if wanted > 100 else 0.05)
    rng = np.random.default_rng(1)
    picks = np.argsort(rng.random((200, tokens, e)), axis=-1)[..., :k]
    touched = [len(np.unique(trial)) for trial in picks]
    assert abs(np.mean(touched) - formula) < 0.02 * formula


def test_a_small_case_of_touched_experts_by_enumeration():
    pairs = list(combinations(range(4), 2))
    mean = sum(len({*a, *b}) for a in pairs for b in pairs) / len(pairs) ** 2
    assert mean == pytest.approx(4 * (1 - (1 - 2 / 4) ** 2))
