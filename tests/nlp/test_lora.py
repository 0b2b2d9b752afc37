"""Oracles: dense sums, loops, autograd, the SVD of NumPy, published counts, hand."""

import copy
import math
from functools import cache

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from figures.nlp import lora as figure
from snippets.nlp.lora import (
    LoRALinear,
    best_rank_update,
    fit_planted,
    lora_forward,
    lora_parameters,
    merge,
)

sides = st.integers(1, 6)
seeds = st.integers(0, 10_000)
LLAMA2 = [*[(4096, 4096)] * 4, *[(11008, 4096)] * 2, (4096, 11008)] * 32
LLAMA3 = [
    *[(4096, 4096), (1024, 4096), (1024, 4096), (4096, 4096)],
    *[(14336, 4096), (14336, 4096), (4096, 14336)],
] * 32


def plain(value):
    return value.detach().numpy() if isinstance(value, torch.Tensor) else value


def close(actual, expected, atol=1e-12):
    np.testing.assert_allclose(plain(actual), plain(expected), rtol=0, atol=atol)


def drawn(seed, *shape):
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=rng, dtype=torch.float64)


def layer_of(
    o=4, i=5, rank=2, alpha=8.0, seed=0, dtype=torch.float64, trained=True, **kw
):
    base = nn.utils.skip_init(nn.Linear, i, o, dtype=dtype)
    base.weight.data, base.bias.data = (
        drawn(seed, o, i).to(dtype),
        drawn(seed, o).to(dtype),
    )
    rng = torch.Generator().manual_seed(seed)
    layer = LoRALinear(base, rank, alpha, generator=rng, **kw)
    if trained:
        layer.b.data = drawn(seed + 1, o, rank).to(dtype)
    return layer


# ---- the formula


def test_one_rank_by_hand():
    weight = torch.tensor([[1.0, 0, 0], [0, 1, 0]])
    a, b = torch.tensor([[1.0, -1, 2]]), torch.tensor([[1.0], [2]])
    x = torch.ones(3)
    assert lora_forward(x, weight, a, b, 2).tolist() == [5, 9]
    assert merge(weight, a, b, 2).tolist() == [[3, -2, 4], [4, -3, 8]]
    assert lora_forward(x, weight, a, b, 2, torch.tensor([1.0, 0])).tolist() == [6, 9]
    assert 2 * 3 + 2 * 2 == 10
    assert lora_parameters([(2, 3)], 1) == 5


@settings(max_examples=30)
@given(sides, sides, st.data(), seeds, st.lists(st.integers(1, 3), max_size=2))
def test_the_layer_is_a_sum_over_all_entries(o, i, data, seed, batch):
    r = data.draw(st.integers(1, min(o, i)))
    x, w, bias = drawn(seed, *batch, i), drawn(seed + 1, o, i), drawn(seed + 2, o)
    a, b, alpha = drawn(seed + 3, r, i), drawn(seed + 4, o, r), 0.5 + seed % 7
    dense = [
        [
            w[m, n] + alpha / r * sum(b[m, k] * a[k, n] for k in range(r))
            for n in range(i)
        ]
        for m in range(o)
    ]
    dense = torch.tensor(dense, dtype=torch.float64)
    close(merge(w, a, b, alpha), dense, 1e-11)
    close(lora_forward(x, w, a, b, alpha, bias), F.linear(x, dense, bias), 1e-11)
    close(lora_forward(x, w, a, b, alpha), F.linear(x, dense), 1e-11)


def test_gradients_are_the_two_products_of_the_page():
    x, w = drawn(0, 5), drawn(1, 4, 5)
    a, b, g = (
        drawn(2, 2, 5).requires_grad_(),
        drawn(3, 4, 2).requires_grad_(),
        drawn(4, 4),
    )
    for alpha in (2.0, 6.0):
        x = x.detach().requires_grad_()
        h = lora_forward(x, w, a, b, alpha)
        by_x, by_a, by_b = torch.autograd.grad(h, (x, a, b), g)
        close(by_x, (w + alpha / 2 * b @ a).T @ g)
        close(by_b, alpha / 2 * torch.outer(g, a @ x))
        close(by_a, alpha / 2 * torch.outer(b.T @ g, x))


def test_types_may_differ_and_the_sum_is_taken_in_the_widest():
    x, w = drawn(0, 3, 64).bfloat16(), drawn(1, 8, 64).half()
    a, b = drawn(2, 2, 64).float(), drawn(3, 8, 2).bfloat16()
    got = lora_forward(x, w, a, b, 3.0)
    want = lora_forward(*(t.double() for t in (x, w, a, b)), 3.0)
    assert got.dtype == torch.bfloat16
    assert (got.double() - want).abs().max() <= want.abs().max() * 2**-8
    assert merge(w, a, b, 3.0).dtype == torch.float16
    one = torch.ones(1, 1)
    thin = one.double() + 2**-40  # what float32 cannot tell from 1
    assert lora_forward(one, -one, thin, one, 1.0).item() == 2**-40
    assert merge(-one, thin, one, 1.0).item() == 2**-40


def test_float16_is_multiplied_and_added_up_in_float32():
    one, w, a = (torch.tensor([[z]], dtype=torch.float16) for z in (1.0, -703, 300))
    # 300 * 300 / 128 is 703.125, of which float16 keeps 703.
    assert lora_forward(one, w, a, a, 1 / 128).item() == 0.125
    assert merge(w, a, a, 1 / 128).item() == 0.125


# ---- the layer


def test_at_the_start_the_layer_is_its_base_and_only_b_has_a_gradient():
    for stabilised in (False, True):
        layer = layer_of(trained=False, rank_stabilised=stabilised)
        x = drawn(9, 3, 5)
        base = F.linear(x, layer.base.weight, layer.base.bias)
        close(layer(x), base, 1e-14)
        layer(x).square().sum().backward()
        assert not layer.a.grad.any()
        assert layer.b.grad.all()
        assert layer.base.weight.grad is None
        assert layer.base.bias.grad is None
        assert {n for n, p in layer.named_parameters() if p.requires_grad} == {"a", "b"}


def test_a_is_drawn_as_nn_linear_draws_its_weight_and_b_is_zero():
    layer = layer_of(o=400, i=300, rank=200, trained=False)
    bound = 1 / math.sqrt(300)
    assert 0.99 * bound < layer.a.max() <= bound
    assert -bound <= layer.a.min() < -0.99 * bound
    assert abs(layer.a.var().item() * 3 * 300 - 1) < 0.02
    assert not layer.b.any()
    twin = nn.Linear(300, 200, dtype=torch.float64)
    nn.init.kaiming_uniform_(
        twin.weight, a=math.sqrt(5), generator=torch.Generator().manual_seed(0)
    )
    close(layer.a, twin.weight, 0)


def test_if_both_factors_are_zero_nothing_ever_moves():
    layer = layer_of(trained=False)
    layer.a.data.zero_()
    optimiser = torch.optim.Adam([layer.a, layer.b], lr=0.1)
    for step in range(5):
        optimiser.zero_grad()
        layer(drawn(step, 3, 5)).square().sum().backward()
        optimiser.step()
    assert not layer.a.any()
    assert not layer.b.any()


def test_zeros_may_stand_in_a_instead_and_then_a_moves_first():
    layer = layer_of()
    layer.a.data.zero_()
    layer(drawn(9, 3, 5)).square().sum().backward()
    assert layer.a.grad.all()
    assert not layer.b.grad.any()


def test_if_both_are_random_the_model_is_another_from_the_start():
    layer = layer_of(512, 512, 8, 16.0, dtype=torch.float32)
    layer.base.weight.data /= math.sqrt(512)
    layer.base.bias.data.zero_()
    layer.b.data /= math.sqrt(8)
    x = drawn(5, 64, 512).float()
    base = F.linear(x, layer.base.weight)
    assert (layer(x) - base).norm() > 0.5 * base.norm()


def test_scales():
    assert layer_of(rank=4, alpha=8).scale == 2
    assert layer_of(rank=4, alpha=8, rank_stabilised=True).scale == 4
    assert layer_of(rank=4, alpha=8, rank_stabilised=np.True_).scale == 4
    assert layer_of(rank=2, alpha=8).scale == 4
    layer = layer_of(rank=4, alpha=8, rank_stabilised=True)
    x = drawn(3, 2, 5)
    close(
        layer(x),
        lora_forward(x, layer.base.weight, layer.a, layer.b, 16, layer.base.bias),
    )


def test_merged_and_apart_agree_and_unmerging_restores_every_bit():
    for dtype, atol in ((torch.float64, 1e-14), (torch.bfloat16, 0.4)):
        layer = layer_of(16, 12, 3, dtype=dtype)
        x = drawn(7, 5, 12).to(dtype)
        before, apart = layer.base.weight.clone(), layer(x)
        twice = copy.deepcopy(layer)
        layer.merge()
        once = layer.base.weight.clone()
        assert layer.merged
        assert not torch.equal(once, before)
        close(layer(x).double(), apart.double(), atol)
        layer.merge()  # a second time it does nothing
        assert torch.equal(layer.base.weight, once)
        close(
            once.double(),
            merge(before, layer.a, layer.b, 8.0).double(),
            0,
        )
        layer.unmerge()
        layer.unmerge()
        assert not layer.merged
        assert layer.original is None
        assert torch.equal(layer.base.weight, before)
        assert torch.equal(layer(x), apart)
        twice.unmerge()  # never merged: nothing to do
        assert torch.equal(twice.base.weight, before)


def test_a_base_that_learns_again_is_merged_and_restored_all_the_same():
    layer = layer_of()
    layer.base.requires_grad_()
    before = layer.base.weight.detach().clone()
    layer.merge()
    assert not torch.equal(layer.base.weight, before)
    layer.unmerge()
    assert torch.equal(layer.base.weight, before)
    assert layer.base.weight.is_leaf


def test_a_merged_layer_takes_the_inputs_that_it_took_before():
    layer, x = layer_of(dtype=torch.bfloat16), drawn(0, 3, 5).float()
    apart = layer(x)
    layer.merge()
    assert layer(x).dtype == apart.dtype == torch.float32
    want = F.linear(x.double(), layer.base.weight.double(), layer.base.bias.double())
    close(layer(x).double(), want, 1e-5)
    bare = LoRALinear(nn.Linear(5, 4, bias=False), 2, 1.0)
    bare.merge()
    close(bare(x), F.linear(x, bare.base.weight), 1e-6)


def test_a_merged_layer_gives_its_factors_no_gradient_and_moves_as_a_module():
    layer = layer_of()
    layer.merge()
    x = drawn(0, 3, 5).requires_grad_()
    layer(x).sum().backward()
    assert x.grad.any()
    assert layer.a.grad is None
    other = copy.deepcopy(layer).to(torch.float32)
    other.unmerge()
    assert other.base.weight.dtype == torch.float32
    assert set(layer.state_dict()) == {"a", "b", "base.weight", "base.bias"}


def test_adapters_of_one_base_add_up_as_one_of_the_summed_rank():
    x, w = drawn(0, 3, 6), drawn(1, 6, 6)
    one, two = (drawn(2, 2, 6), drawn(3, 6, 2)), (drawn(4, 3, 6), drawn(5, 6, 3))
    apart = lora_forward(x, w, *one, 2.0) + lora_forward(x, w, *two, 3.0) - x @ w.T
    a, b = torch.cat([one[0], two[0]]), torch.cat([one[1], two[1]], dim=1)
    close(lora_forward(x, w, a, b, 5.0), apart, 1e-11)


def test_dropout_belongs_to_the_added_path_only():
    layer = layer_of(trained=False)
    x = drawn(0, 200, 5)
    rng = torch.Generator().manual_seed(0)
    dropped = x * (torch.rand(x.shape, generator=rng) < 0.9) / 0.9
    base = layer.base(x)
    on_thin_path = base + layer.scale * dropped @ layer.a.T @ layer.b.T
    close(on_thin_path, base, 0)
    assert (layer(dropped) - base).norm() > 0.2 * base.norm()  # the common wrong place


# ---- the gauge


def test_rescaled_factors_are_the_same_function_with_other_gradients():
    x, w, g = drawn(0, 5), drawn(1, 4, 5), drawn(2, 4)
    a, b = drawn(3, 2, 5), drawn(4, 4, 2)
    grads, outputs, steps = [], [], []
    for c in (1.0, 2.0):
        thin, tall = (a / c).requires_grad_(), (b * c).requires_grad_()
        h = lora_forward(x, w, thin, tall, 2.0)
        grads.append(torch.autograd.grad(h, (thin, tall), g))
        outputs.append(h)
        new = thin - 0.1 * grads[-1][0], tall - 0.1 * grads[-1][1]
        steps.append(lora_forward(x, w, *new, 2.0))
    close(outputs[0], outputs[1])
    close(grads[1][0], 2 * grads[0][0])
    close(grads[1][1], grads[0][1] / 2)
    assert (steps[0] - steps[1]).norm() > 0.1


def test_minus_one_is_a_gauge_in_which_the_next_step_is_the_same():
    x, w, g = drawn(0, 5), drawn(1, 4, 5), drawn(2, 4)
    after = []
    for c in (1.0, -1.0):
        a, b = drawn(3, 2, 5) / c, drawn(4, 4, 2) * c
        a, b = a.requires_grad_(), b.requires_grad_()
        by_a, by_b = torch.autograd.grad(lora_forward(x, w, a, b, 2.0), (a, b), g)
        after.append((b - 0.1 * by_b) @ (a - 0.1 * by_a))
    close(after[0], after[1])


def test_weight_decay_on_the_factors_decays_the_update_twice():
    layer = layer_of(5, 4)
    before = (layer.b @ layer.a).detach()
    optimiser = torch.optim.AdamW([layer.a, layer.b], lr=0.1, weight_decay=0.1)
    for factor in (layer.a, layer.b):
        factor.grad = torch.zeros_like(factor)
    optimiser.step()  # takes 1 % from each
    close(layer.b @ layer.a, (1 - 0.0199) * before)


def test_an_optimiser_of_all_parameters_keeps_states_of_the_trained_ones_only():
    layer = layer_of()
    optimiser = torch.optim.AdamW(layer.parameters(), lr=0.1)
    before = layer.base.weight.clone()
    layer(drawn(0, 3, 5)).sum().backward()
    optimiser.step()
    assert set(optimiser.state) == {layer.a, layer.b}
    close(layer.base.weight, before, 0)


@settings(max_examples=20)
@given(st.integers(2, 6), st.integers(2, 6), seeds)
def test_balanced_factors_have_the_least_squares_sum_twice_the_nuclear_norm(o, i, seed):
    delta, rank = drawn(seed, o, i), min(o, i)
    a, b, error = best_rank_update(delta, rank)
    assert error == 0
    close(b @ a, delta, 1e-12)
    close(a @ a.T, b.T @ b, 1e-12)
    nuclear = np.linalg.svd(delta.numpy(), compute_uv=False).sum()
    close((a.square().sum() + b.square().sum()).item(), 2 * nuclear, 1e-11)
    mix = torch.eye(rank, dtype=torch.float64) + 0.3 * drawn(seed + 1, rank, rank)
    if abs(torch.linalg.det(mix)) > 0.1:
        other = torch.linalg.solve(mix, a), b @ mix
        close(other[1] @ other[0], delta, 1e-9)
        assert other[0].square().sum() + other[1].square().sum() > 2 * nuclear - 1e-9


# ---- the bound


def test_a_diagonal_by_hand():
    delta = torch.diag(torch.tensor([5.0, 4, 3], dtype=torch.float64))
    for rank, error in ((1, 5), (2, 3), (3, 0)):
        a, b, distance = best_rank_update(delta, rank)
        kept = torch.diag(torch.tensor([5.0, 4 * (rank > 1), 3 * (rank > 2)]))
        close(b @ a, kept.double())
        close(distance, float(error))
    a, b, _ = best_rank_update(delta[[2, 0, 1]], 1)
    close(a, [[math.sqrt(5), 0, 0]])
    close(b, [[0], [math.sqrt(5)], [0]])
    a, b, _ = best_rank_update(-delta, 2)
    close(a, [[math.sqrt(5), 0, 0], [0, 2, 0]])
    close(b, [[-math.sqrt(5), 0], [0, -2], [0, 0]])


@settings(max_examples=25)
@given(sides, sides, st.data(), seeds)
def test_no_factors_come_nearer_than_the_cut_svd(o, i, data, seed):
    rank = data.draw(st.integers(1, min(o, i)))
    delta = drawn(seed, o, i)
    a, b, error = best_rank_update(delta, rank)
    assert (a.shape, b.shape, error.shape) == ((rank, i), (o, rank), ())
    tail = np.linalg.svd(delta.numpy(), compute_uv=False)[rank:]
    close(error, math.sqrt(np.sum(tail**2)))
    close(torch.linalg.matrix_norm(delta - b @ a), error)
    rows = range(rank)
    assert all(a[k, a[k].abs().argmax()] > 0 for k in rows)
    close(a @ a.T, b.T @ b)
    close(a @ a.T, torch.diag(torch.diag(a @ a.T)))
    near = (a + 0.1 * drawn(seed + 1, rank, i), b + 0.1 * drawn(seed + 2, o, rank))
    assert torch.linalg.matrix_norm(delta - near[1] @ near[0]) >= error - 1e-12


def test_huge_entries_do_not_overflow_on_the_way():
    for dtype, size in ((torch.float32, 3e38), (torch.float16, 6e4)):
        delta = torch.full((2, 2), size, dtype=dtype)
        a, b, error = best_rank_update(delta, 1)
        assert error <= 1e-6 * size
        want = delta.double()
        assert ((b.double() @ a.double()) / want - 1).abs().max() < 1e-3


def test_a_matrix_of_zeros_and_one_number():
    a, b, error = best_rank_update(torch.zeros(3, 2), 1)
    assert not a.any()
    assert not b.any()
    assert not error
    a, b, error = best_rank_update(torch.tensor([[-4.0]]), 1)
    assert (a.item(), b.item(), error.item()) == (2, -2, 0)
    assert not best_rank_update(torch.ones(2, 2, requires_grad=True), 1)[
        0
    ].requires_grad


def test_where_inputs_differ_in_size_another_matrix_is_best():
    delta, sizes = torch.diag(torch.tensor([5.0, 4, 3])), torch.tensor([1.0, 1, 2])
    a, b, _ = best_rank_update(delta * sizes, 1)
    close(b @ a / sizes, torch.diag(torch.tensor([0.0, 0, 3])), 1e-6)


def test_a_rank_takes_back_as_little_of_rounding_as_of_noise():
    weight = 0.02 * drawn(0, 512, 512)
    groups = weight.view(-1, 64)
    step = groups.abs().amax(dim=1, keepdim=True) / 7
    lost = weight - (step * torch.round(groups / step)).view(512, 512)
    shares = [
        1 - (best_rank_update(m, 16)[2] / m.norm()) ** 2
        for m in (lost, drawn(1, 512, 512))
    ]
    assert abs(shares[0] - shares[1]) < 0.005
    assert abs(shares[0] - 0.114) < 0.003
    assert abs(lost.norm() / (0.028 * weight.norm()) - 3.9) < 0.1


def test_an_adapter_of_a_rounded_base_may_be_nearer_to_its_goal_on_the_original():
    weight, update = 0.02 * drawn(0, 512, 512), drawn(1, 512, 8) @ drawn(2, 8, 512)
    update *= 0.028 * weight.norm() / update.norm()
    groups = weight.view(-1, 64)
    step = groups.abs().amax(dim=1, keepdim=True) / 7
    base = (step * torch.round(groups / step)).view(512, 512)
    a, b, error = best_rank_update(weight + update - base, 16)
    assert abs(error / update.norm() - 3.7) < 0.05  # on the codes' weights
    assert abs((b @ a - update).norm() / update.norm() - 1.2) < 0.05  # original


@cache
def fitted(rank, seed):
    return fit_planted(rank, seed)


def test_training_finds_the_bound_and_never_passes_it():
    for seed, rank in ((0, 1), (0, 2), (0, 4), (1, 1), (1, 2)):
        distance, bound, whole = fitted(rank, seed)
        assert bound - 1e-5 <= distance <= 1.03 * bound + 1e-3
        assert (bound < 1e-9) == (rank >= 4)
        assert 3 < whole < 7
    for value, published in zip(fitted(1, 0), (2.49, 2.49, 4.21)):
        assert abs(value - published) < 0.02


def test_the_run_does_not_depend_on_global_switches():
    want, state = fit_planted(1, 0, 2), torch.get_rng_state()
    torch.set_default_dtype(torch.float64)
    try:
        with torch.no_grad():
            got = fit_planted(1, 0, 2)
    finally:
        torch.set_default_dtype(torch.float32)
    assert got == want
    assert torch.equal(torch.get_rng_state(), state)


def test_each_step_has_inputs_of_its_own(monkeypatch):
    forward, read = LoRALinear.forward, []
    monkeypatch.setattr(
        LoRALinear, "forward", lambda layer, x: read.append(x) or forward(layer, x)
    )
    fit_planted(1, 0, 3)
    assert [tuple(x.shape) for x in read] == [(128, 32)] * 3
    assert len({x[0, 0].item() for x in read}) == 3


def test_without_steps_nothing_is_learnt_and_the_seed_counts():
    distance, bound, whole = fit_planted(1, 0, 0)
    assert abs(distance - whole) < 1e-6
    assert 0 < bound < whole
    assert fit_planted(1, 1, 0)[2] != whole
    assert fit_planted(1, 0, 3) == fit_planted(1, 0, 3)
    assert fit_planted(1, 0, 3)[0] != distance


# ---- alpha


def first_change(rank, power, adam):
    """How far one token's output moves in the first step on it; the mean of many."""
    x = drawn(0, 64, 512)
    direction = F.normalize(drawn(1, 512), dim=0)
    layer = layer_of(512, 512, rank, rank ** (1 - power), seed=2, trained=False)
    moved = []
    for token in x:
        layer.b.data.zero_()
        rule = torch.optim.Adam if adam else torch.optim.SGD
        optimiser = rule([layer.b], lr=0.001 if adam else 1.0)
        optimiser.zero_grad()
        before = layer(token)
        (before @ direction).backward()
        optimiser.step()
        moved.append((layer(token) - before).norm().item())
    return sum(moved) / len(moved)


def test_with_sgd_the_first_change_falls_as_one_over_rank_unless_stabilised():
    for rank in (4, 16, 64, 256):
        assert abs(first_change(rank, 1, False) * 3 * rank - 1) < 0.2
        assert abs(first_change(rank, 0.5, False) * 3 - 1) < 0.2


def test_with_adam_it_is_the_other_way_round():
    for rank in (4, 16, 64, 256):
        usual, stabilised = (first_change(rank, power, True) for power in (1, 0.5))
        assert abs(usual / 0.0103 - 1) < 0.2
        assert abs(stabilised / (0.0103 * math.sqrt(rank)) - 1) < 0.2


# ---- counts and bytes


def test_published_counts():
    q_and_v = lora_parameters([(4096, 4096)] * 64, 8)
    assert q_and_v == 4_194_304
    assert round(100 * q_and_v / 6_738_415_616, 3) == 0.062
    assert lora_parameters(LLAMA2, 16) == 39_976_960
    assert lora_parameters(LLAMA3, 16) == 41_943_040
    assert lora_parameters([(4096, 4096)], 8) == 65_536
    assert lora_parameters([], 3) == 0
    assert lora_parameters([(512, 512)], 256) == 512**2
    assert (
        sum(o * i for o, i in LLAMA3) + 2 * 128_256 * 4096 + 65 * 4096 == 8_030_261_248
    )


@settings(max_examples=20)
@given(st.lists(st.tuples(sides, sides), min_size=1, max_size=3))
def test_the_count_is_what_a_layer_trains(shapes):
    rank = min(min(pair) for pair in shapes)
    trained = 0
    for o, i in shapes:
        parameters = layer_of(o, i, rank).parameters()
        trained += sum(p.numel() for p in parameters if p.requires_grad)
    assert lora_parameters(iter(shapes), rank) == trained


def rounded_merge():
    weight = (0.02 * drawn(0, 512, 512)).bfloat16()
    update = drawn(1, 512, 8) @ drawn(2, 8, 512)
    update *= 0.028 * weight.double().norm() / update.norm()
    a, b, error = best_rank_update(update, 8)
    assert error < 1e-12
    return weight, a, b, update


def test_merging_in_sixteen_bits_rounds_the_update():
    weight, a, b, update = rounded_merge()
    merged = merge(weight, a, b, 8.0)
    stay = (merged == weight).double().mean().item()
    wrong = (merged.double() - weight.double() - update).norm() / update.norm()
    assert abs(stay - 0.07) < 0.003
    assert abs(wrong - 0.058) < 0.002
    off = merge(merged, a, -b, 8.0)
    assert 0.02 < (off != weight).double().mean() < 0.04
    small = merge(weight, a / 10, b, 8.0).double() - weight.double() - update / 10
    assert 0.45 < small.norm() / (update / 10).norm() < 0.55
    wide = merge(weight.float(), a, b, 8.0)
    assert (wide.double() - weight.double() - update).norm() < 1e-5 * update.norm()


def test_swapped_shapes_show_only_where_the_sides_differ():
    w, a, b = drawn(0, 4, 4), drawn(1, 2, 4), drawn(2, 4, 2)
    swapped = merge(w, b.T.contiguous(), a.T.contiguous(), 2.0)
    assert (swapped - merge(w, a, b, 2.0)).norm() > 1  # no error, another matrix
    close(swapped - w, (merge(w, a, b, 2.0) - w).T)
    with pytest.raises(ValueError, match=r"a and b must have shapes \(r, 4\)"):
        merge(w[:3], b.T, a.T, 2.0)


# ---- the figure


def test_the_figure_is_drawn_to_scale_and_from_the_runs(monkeypatch):
    monkeypatch.setattr(
        figure, "fit_planted", lambda rank, seed: (9.0 - rank, 8.0 - rank, 9.0)
    )
    drawn_figure = figure.draw()["lora"]
    left, right = drawn_figure.axes
    sizes = sorted((p.get_width(), p.get_height()) for p in left.patches)
    assert sizes == sorted([(32, 32), (4, 32), (32, 4)])
    lines = {line.get_label(): line.get_ydata() for line in right.lines}
    ranks = list(figure.RANKS)
    assert [list(v) for v in lines.values()] == [
        [8.0 - r for r in ranks],
        [9.0 - r for r in ranks],
    ]


# ---- what is refused

GOOD = {
    "x": torch.ones(2, 3),
    "weight": torch.ones(4, 3),
    "a": torch.ones(2, 3),
    "b": torch.ones(4, 2),
    "alpha": 1.0,
    "bias": torch.ones(4),
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": torch.ones(2, 4)}, r"x must have shape \(\.\.\., 3\), got \(2, 4\)"),
        ({"x": torch.tensor(1.0)}, r"x must have shape \(\.\.\., 3\), got \(\)"),
        (
            {"x": torch.ones(2, 3).long()},
            "x must be a tensor of floats >= 16 bits, got torch.int64",
        ),
        ({"weight": [[1.0]]}, "weight must be a tensor of floats >= 16 bits, got list"),
        ({"weight": torch.ones(3)}, r"weight must have 2 axes, got shape \(3,\)"),
        ({"a": torch.ones(2, 4)}, r"got \(2, 4\) and \(4, 2\)"),
        ({"a": torch.ones(1, 3)}, r"got \(1, 3\) and \(4, 2\)"),
        ({"b": torch.ones(3, 2)}, r"got \(2, 3\) and \(3, 2\)"),
        (
            {"a": torch.ones(0, 3), "b": torch.ones(4, 0)},
            r"r from 1 to 3, got \(0, 3\) and \(4, 0\)",
        ),
        ({"a": torch.ones(4, 3), "b": torch.ones(4, 4)}, r"got \(4, 3\) and \(4, 4\)"),
        ({"bias": torch.ones(3)}, r"bias must have shape \(4,\), got \(3,\)"),
        ({"bias": torch.ones(4).long()}, "bias must be a tensor of floats"),
        (
            {"x": torch.ones(2, 3).to(torch.float8_e4m3fn)},
            "x must be a tensor of floats >= 16 bits, got torch.float8_e4m3fn",
        ),
        (
            {"b": torch.ones(4, 2).to(torch.float8_e4m3fn)},
            "b must be a tensor of floats >= 16 bits, got torch.float8_e4m3fn",
        ),
        ({"a": torch.ones(2, 3, device="meta")}, "one device, got .*'a': 'meta'"),
        ({"b": torch.ones(4, 2, device="meta")}, "one device, got .*'b': 'meta'"),
        ({"x": torch.ones(2, 3, device="meta")}, "one device, got .*'x': 'meta'"),
        ({"bias": torch.ones(4, device="meta")}, "one device, got .*'bias': 'meta'"),
        ({"alpha": 0.0}, "alpha must be a finite number > 0, got 0.0"),
        ({"alpha": math.nan}, "alpha must be a finite number > 0, got nan"),
        ({"alpha": math.inf}, "alpha must be a finite number > 0, got inf"),
        ({"alpha": 10**400}, "alpha must be a finite number > 0, got 1000"),
        ({"alpha": True}, "alpha must be a finite number > 0, got True"),
        ({"alpha": "3"}, "alpha must be a finite number > 0, got '3'"),
    ],
)
def test_bad_arguments_are_refused(change, message):
    given_ = {**GOOD, **change}
    with pytest.raises(ValueError, match=message):
        lora_forward(**given_)
    if not {"x", "bias"} & set(change):
        with pytest.raises(ValueError, match=message):
            merge(given_["weight"], given_["a"], given_["b"], given_["alpha"])


def test_without_a_bias_the_input_and_the_weight_must_share_a_device_too():
    x, weight, a, b = (GOOD[name] for name in ("x", "weight", "a", "b"))
    with pytest.raises(ValueError, match=r"one device, got .*'weight': 'cpu'"):
        lora_forward(x.to("meta"), weight, a, b, 1.0)
    weight, a, b = (t.to("meta") for t in (weight, a, b))
    with pytest.raises(ValueError, match=r"one device, got .*'weight': 'meta'"):
        lora_forward(x, weight, a, b, 1.0)


def test_alpha_may_be_of_any_size():
    one = torch.ones(1, 1, dtype=torch.float64)
    for alpha in (1e-300, 1e300):
        assert lora_forward(one, 0 * one, one, one, alpha).item() == alpha
        assert merge(0 * one, one, one, alpha).item() == alpha


def test_one_entry_that_is_not_finite_is_refused():
    for bad in (math.nan, math.inf, -math.inf):
        delta = torch.ones(3, 2)
        delta[2, 0] = bad
        with pytest.raises(ValueError, match="delta must be finite"):
            best_rank_update(delta, 1)


def test_bad_layers_ranks_and_shapes_are_refused():
    base = nn.Linear(3, 4)
    with pytest.raises(
        ValueError, match=r"base must be an nn\.Linear of floats, got Conv1d"
    ):
        LoRALinear(nn.Conv1d(1, 1, 1), 1, 1.0)
    with pytest.raises(
        ValueError, match=r"base must be an nn\.Linear of floats, got None"
    ):
        LoRALinear(None, 1, 1.0)
    for rank in (0, 4, True, 2.0, "1"):
        message = f"rank must be an integer from 1 to 3, got {rank!r}"
        with pytest.raises(ValueError, match=message):
            LoRALinear(base, rank, 1.0)
        with pytest.raises(ValueError, match=message):
            best_rank_update(torch.ones(3, 4), rank)
    with pytest.raises(ValueError, match="alpha must be a finite number > 0, got -1"):
        LoRALinear(base, 1, -1)
    with pytest.raises(TypeError, match="generator"):
        LoRALinear(base, 1, 1.0, generator=3)
    assert base.weight.requires_grad  # what was refused is left as it was
    with pytest.raises(ValueError, match=r"must be an nn\.Linear of floats"):
        LoRALinear(nn.Linear(3, 4).to(torch.float8_e4m3fn), 1, 1.0)
    layer = LoRALinear(base, np.int64(2), np.float32(1))
    for merged in (False, True):
        if merged:
            layer.merge()
        with pytest.raises(
            ValueError, match=r"x must have shape \(\.\.\., 3\), got \(4,\)"
        ):
            layer(torch.ones(4))
    for bad in (math.nan, math.inf):
        with pytest.raises(
            ValueError, match="delta must be finite, got NaN or infinity"
        ):
            best_rank_update(torch.full((2, 2), bad), 1)
    with pytest.raises(ValueError, match=r"delta must have 2 axes, got shape \(3,\)"):
        best_rank_update(torch.ones(3), 1)
    for shapes, message in (
        (3, r"shapes must hold pairs \(o, i\), got 3"),
        ([3], r"shapes must hold pairs \(o, i\), got 3"),
        ([(3, 4, 5)], r"shapes must hold pairs \(o, i\), got \(3, 4, 5\)"),
        ([(3, 0)], "i must be an integer >= 1, got 0"),
        ([(2.5, 3)], "o must be an integer >= 1, got 2.5"),
        ([(9, 9), (1, 9)], "rank must be an integer from 1 to 1, got 2"),
    ):
        with pytest.raises(ValueError, match=message):
            lora_parameters(shapes, 2)
    with pytest.raises(ValueError, match="rank must be an integer >= 1, got 0"):
        lora_parameters([], 0)
    for arguments, message in (
        ((33,), "rank must be an integer from 1 to 32, got 33"),
        ((1, -1), "seed must be an integer from 0 to"),
        ((1, 0, -1), "steps must be an integer >= 0, got -1"),
    ):
        with pytest.raises(ValueError, match=message):
            fit_planted(*arguments)
