"""Oracles: torch's RNN, LSTM and GRU, autograd, a closed form, sums by hand."""

import math
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from figures.nlp import recurrent_networks as figure
from snippets.nlp.recurrent_networks import (
    clip_by_global_norm,
    gru,
    lstm,
    memory_half_life,
    remember,
    rnn,
    rnn_backward,
)

ONE, ZERO = torch.ones(1, 1).double(), torch.zeros(1).double()
ONES = torch.ones(1, 3, 1).double()
seeds = st.integers(0, 10**6)
small = st.integers(1, 4)


def close(one, other, atol=1e-12):
    one, other = (torch.as_tensor(v, dtype=torch.float64) for v in (one, other))
    torch.testing.assert_close(one, other, rtol=0, atol=atol)


def drawn(seed, *shape):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def layer(kind, features, d, seed):
    """PyTorch's, with drawn weights, and these in its order."""
    net = getattr(torch.nn, kind)(features, d, batch_first=True).double()
    with torch.no_grad():
        for n, weight in enumerate(net.parameters()):
            weight.copy_(drawn(seed + n, *weight.shape))
    return net, [weight.detach() for weight in net.parameters()]


def full_window(seed, b, t, features, d):
    """Arguments of rnn_backward, and of rnn, for a random network."""
    x, grad = drawn(seed, b, t, features), drawn(seed + 1, b, t, d)
    w_ih, w_hh = drawn(seed + 2, d, features), drawn(seed + 3, d, d) / d**0.5
    bias, h0 = drawn(seed + 4, d), drawn(seed + 5, b, d)
    return x, grad, w_ih, w_hh, bias, h0


# ---- forward


@settings(max_examples=15)
@given(seeds, small, small, small, small)
def test_the_three_networks_are_those_of_torch(seed, b, t, features, d):
    x, h0, c0 = (
        drawn(seed, b, t, features),
        drawn(seed + 7, b, d),
        drawn(seed + 8, b, d),
    )
    net, (w_ih, w_hh, b_ih, b_hh) = layer("RNN", features, d, seed)
    close(rnn(x, w_ih, w_hh, b_ih + b_hh, h0), net(x, h0[None])[0].detach())
    close(rnn(x, w_ih, w_hh, b_ih + b_hh), net(x)[0].detach())
    net, weights = layer("LSTM", features, d, seed)
    for ours, theirs in (
        (lstm(x, *weights, (h0, c0)), net(x, (h0[None], c0[None]))),
        (lstm(x, *weights), net(x)),
    ):
        close(ours[0], theirs[0].detach())
        close(ours[1][0], theirs[1][0][0].detach())
        close(ours[1][1], theirs[1][1][0].detach())
    net, weights = layer("GRU", features, d, seed)
    close(gru(x, *weights, h0), net(x, h0[None])[0].detach())
    close(gru(x, *weights), net(x)[0].detach())


def test_by_hand_three_ones_go_through_each_network():
    close(rnn(ONES, ONE, ONE / 2, ZERO)[0, :, 0], [0.761594, 0.881130, 0.893811], 1e-6)
    w, zeros = torch.ones(4, 1).double(), torch.zeros(4).double()
    out, (h, c) = lstm(ONES, w, 0 * w, zeros, zeros)
    close(out[0, :, 0], [0.369606, 0.545346, 0.622453], 1e-6)
    close(h, out[:, -1])
    close(c, [[1.261365]], 1e-6)
    out = gru(ONES, w[:3], 0 * w[:3], zeros[:3], zeros[:3])
    close(out[0, :, 0], [0.204824, 0.354563, 0.464030], 1e-6)


def test_a_sequence_in_two_parts_with_the_state_carried_on_is_the_sequence():
    x, _, w_ih, w_hh, bias, h0 = full_window(0, 2, 7, 3, 4)
    whole = rnn(x, w_ih, w_hh, bias, h0)
    second = rnn(x[:, 3:], w_ih, w_hh, bias, whole[:, 2])
    close(second, whole[:, 3:])
    _, weights = layer("LSTM", 3, 4, 0)
    whole, state = lstm(x, *weights)
    first, between = lstm(x[:, :3], *weights)
    second, last = lstm(x[:, 3:], *weights, between)
    close(torch.cat([first, second], 1), whole)
    close(torch.stack(last), torch.stack(state))


def test_the_biases_of_an_lstm_act_as_their_sum_and_those_of_a_gru_do_not():
    x = drawn(0, 2, 4, 3)
    _, (w_ih, w_hh, b_ih, b_hh) = layer("LSTM", 3, 4, 1)
    both = lstm(x, w_ih, w_hh, b_ih, b_hh)[0]
    close(lstm(x, w_ih, w_hh, b_ih + b_hh, 0 * b_hh)[0], both)
    _, (w_ih, w_hh, b_ih, b_hh) = layer("GRU", 3, 4, 1)
    both = gru(x, w_ih, w_hh, b_ih, b_hh)
    assert abs(gru(x, w_ih, w_hh, b_ih + b_hh, 0 * b_hh) - both).max() > 0.1


def test_parameters_are_as_one_to_three_to_four():
    for kind, count in (("RNN", 24832), ("GRU", 74496), ("LSTM", 99328)):
        weights = getattr(torch.nn, kind)(64, 128).parameters()
        assert sum(weight.numel() for weight in weights) == count


def test_without_batch_first_the_shape_fits_and_sequences_run_into_each_other():
    net = torch.nn.RNN(3, 4).double()  # our layers are (b, t, x), as with batch_first
    x = drawn(0, 2, 5, 3).requires_grad_()
    out, (w_ih, w_hh, b_ih, b_hh) = net(x)[0], net.parameters()
    ours = rnn(x, w_ih, w_hh, b_ih + b_hh)
    assert out.shape == ours.shape
    close(out, rnn(x.transpose(0, 1), w_ih, w_hh, b_ih + b_hh).transpose(0, 1))
    (slope,) = torch.autograd.grad(out[1, -1].sum(), x)
    assert slope[0, -1].abs().max() > 0  # the other sequence
    assert slope[:, :-1].abs().max() == 0  # the last step only


# ---- back through time


@settings(max_examples=15)
@given(seeds, small, st.integers(1, 7), small, small)
def test_the_gradients_are_those_of_autograd(seed, b, t, features, d):
    x, grad, *weights, h0 = full_window(seed, b, t, features, d)
    inputs = [v.requires_grad_() for v in (x, *weights)]
    states = rnn(*inputs, h0)
    expected = torch.autograd.grad(states, inputs, grad)
    found = rnn_backward(
        grad, x.detach(), states.detach(), *(w.detach() for w in weights[:2]), h0
    )
    for ours, theirs in zip(found, expected, strict=True):
        close(ours, theirs)


@settings(max_examples=15)
@given(seeds, small, st.integers(1, 7), small)
def test_a_window_is_a_loop_that_detaches_the_state_and_carries_it_on(seed, b, t, k):
    x, grad, *weights, h0 = full_window(seed, b, t, 2, 3)
    inputs = [v.requires_grad_() for v in (x, *weights)]
    h, parts = h0, []
    for start in range(0, t, k):
        parts.append(rnn(x[:, start : start + k], *weights, h))
        h = parts[-1][:, -1].detach()
    states = torch.cat(parts, 1)
    expected = torch.autograd.grad(states, inputs, grad)
    found = rnn_backward(
        grad,
        x.detach(),
        states.detach(),
        *(w.detach() for w in weights[:2]),
        h0,
        window=k,
    )
    for ours, theirs in zip(found, expected, strict=True):
        close(ours, theirs)


def test_by_hand_the_gradient_of_the_last_of_three_states():
    states = rnn(ONES, ONE, ONE / 2, ZERO)
    grad = torch.tensor([0.0, 0.0, 1.0]).double()[None, :, None]
    gx, gw_ih, gw_hh, gb = rnn_backward(grad, ONES, states, ONE, ONE / 2)
    close(gx[0, :, 0], [0.004721, 0.022484, 0.201101], 1e-6)
    close([gw_ih.item(), gw_hh.item(), gb.item()], [0.228307, 0.194320, 0.228307], 1e-6)
    grad[0, 1] = 1.0  # the second exercise
    close(rnn_backward(grad, ONES, states, ONE, ONE / 2)[2], [[0.3646]], 5e-5)


def test_a_gradient_grows_or_shrinks_as_the_power_of_the_radius():
    for rho in (0.9, 1.0, 1.1):
        close([v / rho**n for n, v in enumerate(figure.lengths(rho))], [1.0] * 60)


def test_a_gradient_can_explode_though_the_radius_is_zero():
    u = torch.tensor([[2.0, -2.0], [2.0, -2.0]]).double()
    assert torch.equal(u @ u, 0 * u)
    h = torch.tensor([0.0, 0.9**0.5]).double()  # slopes of tanh: 1 and 0.1
    x = (torch.atanh(h) - u @ h).expand(1, 20, 2).clone().requires_grad_()
    states = rnn(x, torch.eye(2).double(), u, torch.zeros(2).double(), h[None])
    close(states.detach(), h.expand(1, 20, 2))
    (slope,) = torch.autograd.grad(states[0, -1, 0], x)
    lengths = slope[0].norm(dim=1)
    close(lengths[:-2] / lengths[1:-1], [1.8] * 18, 1e-6)


@pytest.mark.parametrize(
    ("retain", "step", "message"),
    [
        (False, False, "backward through the graph a second time"),
        (False, True, "backward through the graph a second time"),
        (True, True, "modified by an inplace operation"),
        (True, False, None),
    ],
)
def test_a_state_that_is_not_detached_fails_in_the_second_window(retain, step, message):
    net = torch.nn.RNN(2, 3, batch_first=True)
    optimizer = torch.optim.SGD(net.parameters(), 0.1)

    def window(h):
        out, h = net(torch.ones(1, 4, 2), h)
        out.sum().backward(retain_graph=retain)
        if step:
            optimizer.step()
        return h

    h = window(None)
    window(h.detach())
    if message is None:
        window(h)
        return
    with pytest.raises(RuntimeError, match=message):
        window(h)


def test_torch_starts_a_plain_network_forgetful():
    for seed in range(5):
        with torch.random.fork_rng():
            torch.default_generator.manual_seed(seed)
            weights = torch.nn.RNN(64, 128).weight_hh_l0.detach().double()
        assert abs(weights).max() <= 128**-0.5
        assert 0.53 < torch.linalg.eigvals(weights).abs().max() < 0.68


# ---- clipping


@settings(max_examples=25)
@given(
    seeds, st.lists(small, min_size=1, max_size=4), st.sampled_from([0.5, 2.0, 50.0])
)
def test_clipping_is_that_of_torch_without_its_1e_6(seed, sizes, limit):
    grads = [drawn(seed + n, size, 2) for n, size in enumerate(sizes)]
    expected = math.sqrt(sum(float((g**2).sum()) for g in grads))
    clipped, norm = clip_by_global_norm(grads, limit)
    close(norm, expected)
    for ours, g in zip(clipped, grads, strict=True):
        close(ours, g * min(1.0, limit / expected))
    weights = [torch.nn.Parameter(torch.zeros_like(g)) for g in grads]
    for weight, g in zip(weights, grads, strict=True):
        weight.grad = g.clone()
    close(torch.nn.utils.clip_grad_norm_(weights, limit), norm)
    for ours, weight in zip(clipped, weights, strict=True):
        close(ours, weight.grad, 1e-5 * limit)


def test_by_hand_three_and_four_are_five_long():
    grads = [torch.tensor([3.0, 0.0]), torch.tensor([4.0])]
    clipped, norm = clip_by_global_norm(grads, 1)
    close(torch.cat(clipped), [0.6, 0, 0.8], 1e-7)
    assert norm == 5
    clipped, norm = clip_by_global_norm(grads, 5)
    assert torch.equal(torch.cat(clipped), torch.cat(grads))
    clipped[0][0] = 7.0
    assert grads[0][0] == 3  # new tensors, even where nothing is clipped
    clipped, norm = clip_by_global_norm([torch.zeros(2), torch.zeros(0)], 1)
    assert [g.tolist() for g in clipped] == [[0, 0], []]
    assert norm == 0
    zero = torch.zeros(2)
    clip_by_global_norm([zero], 1)[0][0][0] = 7.0
    assert zero[0] == 0


def test_one_negative_number_and_a_norm_that_is_the_limit():
    clipped, norm = clip_by_global_norm([torch.tensor([-2.0])], 1)
    assert norm == 2
    assert clipped[0].item() == -1
    for seed in range(20):  # to the last bit: there is nothing to clip
        g = drawn(seed, 5)
        _, norm = clip_by_global_norm([g], 1e9)
        assert torch.equal(clip_by_global_norm([g], norm)[0][0], g)


def test_huge_and_tiny_gradients_keep_their_norm():
    for size in (1e200, 1e-200):
        grads = [torch.tensor([3 * size, 4 * size], dtype=torch.float64)]
        clipped, norm = clip_by_global_norm(grads, size)
        close(norm / size, 5)
        close(clipped[0] / size, [0.6, 0.8])
    half = [torch.tensor([3e4, 4e4], dtype=torch.float16)]
    clipped, norm = clip_by_global_norm(half, 1)
    assert norm == 50000 or abs(norm - 5e4) < 50
    close(clipped[0].double(), [0.6, 0.8], 1e-3)


# ---- how long


@pytest.mark.parametrize(
    ("bias", "steps"),
    [(-2, 0.326), (0, 1), (1, 2.213), (2, 5.461), (3, 14.266), (5, 103.218)],
)
def test_half_lives_halve_a_memory(bias, steps):
    close(memory_half_life(bias), steps, 5e-4)
    forget = 1 / (1 + math.exp(-bias))
    close(forget ** memory_half_life(bias), 0.5)


def test_half_lives_at_the_ends_of_the_floats():
    close(memory_half_life(-1000.0) * 1000 / math.log(2), 1)
    assert memory_half_life(1000.0) == math.inf
    close(memory_half_life(40.0) / math.log(2) / math.exp(40), 1)
    close(memory_half_life(4.968), 100, 0.05)


def test_chrono_initialization_leaves_one_over_e():
    close((1 / (1 + math.exp(-math.log(99)))) ** 100, 0.366, 5e-4)


# ---- the experiment


@cache
def last(model, seed, bias=None, length=60, width=16):
    accuracy = remember(model, seed, bias, length, width=width)
    assert len(accuracy) == 100
    return sum(accuracy[-20:]) / 20


@pytest.mark.parametrize("seed", [0, 1])
def test_gates_that_start_open_learn_to_remember_and_others_do_not(seed):
    assert last("gru", seed, 4.0) > 0.95
    assert last("gru", seed) < 0.65
    assert last("lstm", seed) < 0.65


def test_an_lstm_with_an_open_gate_learns_it_with_most_seeds_and_not_with_all():
    assert 2 <= sum(last("lstm", seed, 4.0) > 0.95 for seed in range(4)) <= 3


def test_a_plain_network_does_not_learn_it_though_it_can_hold_a_sign():
    assert max(last("rnn", seed) for seed in range(3)) < 0.65
    x = torch.zeros(1, 100, 1).double()
    x[0, 0] = -1
    states = rnn(x, ONE, 1.5 * ONE, ZERO)[0, :, 0]
    close(states[-1], -0.859, 5e-4)
    close(states[-1], math.tanh(1.5 * states[-1]))


def test_twice_as_wide_a_plain_network_learns_it_with_one_seed_and_not_with_all():
    assert last("rnn", 0, width=32) > 0.95
    assert last("rnn", 1, width=32) < 0.65
    assert last("lstm", 0, width=32) < 0.65
    assert last("gru", 0, width=32) < 0.65


def test_at_a_distance_of_ten_the_default_networks_learn_it():
    assert min(last(model, 0, length=10) for model in ("rnn", "lstm", "gru")) > 0.95


@pytest.mark.parametrize(("model", "kind"), [("lstm", "LSTM"), ("gru", "GRU")])
@pytest.mark.parametrize("bias", [None, 3.0])
def test_an_experiment_changes_one_block_of_torch_s_biases(
    monkeypatch, model, kind, bias
):
    seen = []

    def spy(weights, lr, adam=torch.optim.Adam):
        seen.extend(weight.detach().clone() for weight in weights)
        assert lr == 0.01
        return adam(weights, lr=lr)

    monkeypatch.setattr(torch.optim, "Adam", spy)
    remember(model, 5, bias, steps=0)
    with torch.random.fork_rng():
        torch.default_generator.manual_seed(5)
        net, read = getattr(torch.nn, kind)(1, 16), torch.nn.Linear(16, 1)
    expected = [weight.detach() for weight in (*net.parameters(), *read.parameters())]
    if bias is not None:
        expected[2][16:32], expected[3][16:32] = bias, 0
    for ours, theirs in zip(seen, expected, strict=True):
        assert torch.equal(ours, theirs)


def test_an_experiment_is_the_recipe_that_it_tells(monkeypatch):
    kept, inputs = [], []

    def spy(weights, lr, adam=torch.optim.Adam):
        kept.extend(weights)
        return adam(kept, lr=lr)

    def look(module, given):
        if isinstance(module, torch.nn.RNNBase):
            inputs.append(given[0])

    hook = torch.nn.modules.module.register_module_forward_pre_hook(look)
    with monkeypatch.context() as patch:
        patch.setattr(torch.optim, "Adam", spy)
        found = remember("gru", 3, length=8, steps=20, width=200)
    remember("gru", 4, length=8, steps=1)
    hook.remove()
    assert not torch.equal(inputs.pop(), inputs[0])  # the seed is that of the data too
    x = torch.stack(inputs)
    assert x.shape == (20, 32, 8, 1)
    assert torch.equal(x[:, :, 0].abs(), torch.ones(20, 32, 1))
    assert abs(x[:, :, 0].mean()) < 0.15
    assert abs(x[:, :, 1:].std() - 0.1) < 0.005
    assert abs(x[:, :, 1:].mean()) < 0.005
    with torch.random.fork_rng():
        torch.default_generator.manual_seed(3)
        net, read = torch.nn.GRU(1, 200, batch_first=True), torch.nn.Linear(200, 1)
    weights = [*net.parameters(), *read.parameters()]
    adam, norms = torch.optim.Adam(weights, lr=0.01), []
    for batch, right in zip(x, found, strict=True):
        wanted = batch[:, 0, 0]
        score = read(net(batch)[1][0])[:, 0]
        assert (score * wanted > 0).double().mean() == right
        loss = torch.nn.functional.softplus(-wanted * score).mean()
        grads, norm = clip_by_global_norm(torch.autograd.grad(loss, weights), 1)
        norms.append(float(norm))
        for weight, g in zip(weights, grads, strict=True):
            weight.grad = g
        adam.step()
    assert max(norms) > 1.05  # so that clipping matters
    for ours, theirs in zip(kept, weights, strict=True):
        close(ours.detach(), theirs.detach(), 1e-4)


def test_an_experiment_leaves_the_global_seed_alone_and_repeats():
    before = torch.get_rng_state()
    one, other = (remember("rnn", 3, length=5, steps=3) for _ in range(2))
    assert one == other
    assert torch.equal(before, torch.get_rng_state())
    assert remember("rnn", 3, steps=0) == []


# ---- what is refused

X, W, U, B = drawn(0, 2, 3, 4), drawn(1, 5, 4), drawn(2, 5, 5), drawn(3, 5)
S = drawn(4, 2, 3, 5)
W3, U3, B3 = drawn(1, 15, 4), drawn(2, 15, 5), drawn(3, 15)
W4, U4, B4 = drawn(1, 20, 4), drawn(2, 20, 5), drawn(3, 20)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rnn(X.long(), W, U, B), "x must be floating point, got torch.int64"),
        (lambda: rnn(X[:, :0], W, U, B), "at least one step, got t = 0"),
        (lambda: rnn(X[0], W, U, B), r"x must have shape \(any, any, any\)"),
        (lambda: rnn([1.0], W, U, B), "x must be a tensor, got list"),
        (
            lambda: rnn(X, W[:, :3], U, B),
            r"w_ih must have shape \(5, 4\), got \(5, 3\)",
        ),
        (lambda: rnn(X, W, U[:4], B), r"w_hh must have shape \(5, 5\), got \(4, 5\)"),
        (lambda: rnn(X, W, U, B[:1]), r"b must have shape \(5,\), got \(1,\)"),
        (lambda: rnn(X, W, U, B.float()), "b must be torch.float64, got torch.float32"),
        (lambda: rnn(X, W.float(), U, B), "w_ih must be torch.float64"),
        (lambda: rnn(X, W, U.float(), B), "w_hh must be torch.float64"),
        (lambda: rnn(X, W, U, B, S[:1, 0]), r"h0 must have shape \(2, 5\)"),
        (lambda: rnn(X, W, U, B, S[:, 0].float()), "h0 must be torch.float64"),
        (lambda: lstm(X, W3, U4, B4, B4), r"w_ih must have shape \(20, 4\)"),
        (lambda: lstm(X, W4, U3, B4, B4), r"w_hh must have shape \(20, 5\)"),
        (lambda: lstm(X, W4, U4, B4, B3), r"b_hh must have shape \(20,\)"),
        (lambda: lstm(X, W4, U4, B3, B4), r"b_ih must have shape \(20,\)"),
        (
            lambda: lstm(X, W4, U4, B4, B4, (S[:, 0], S[0])),
            r"c must have shape \(2, 5\)",
        ),
        (lambda: lstm(X, W4, U4, B4, B4, (S[0], S[:, 0])), "h must have shape"),
        (lambda: gru(X, W3, U4, B3, B3), r"w_hh must have shape \(15, 5\)"),
        (lambda: gru(X, W3, U3, B3, B4), r"b_hh must have shape \(15,\)"),
        (lambda: gru(X, W3, U3, B3, B3, S), "h0 must have shape"),
        (
            lambda: rnn_backward(S[:, :2], X, S, W, U),
            r"grad must have shape \(2, 3, 5\), got \(2, 2, 5\)",
        ),
        (lambda: rnn_backward(S, X, S[:, :2], W, U), "states must have shape"),
        (lambda: rnn_backward(S, X, S.float(), W, U), "states must be torch.float64"),
        (lambda: rnn_backward(S.float(), X, S, W, U), "grad must be torch.float64"),
        (
            lambda: rnn_backward(S, X, S, W, U, window=0),
            "window must be an integer >= 1",
        ),
        (lambda: rnn_backward(S, X, S, W, U, window=2.0), "window must be an integer"),
        (lambda: rnn_backward(S, X, S, W, U, window=True), "window must be an integer"),
        (lambda: rnn_backward(S, X, S, W, U, S), "h0 must have shape"),
        (lambda: clip_by_global_norm([], 1), "at least one tensor, got none"),
        (
            lambda: clip_by_global_norm([B], 0),
            "limit must be a finite number > 0, got 0",
        ),
        (lambda: clip_by_global_norm([B], math.nan), "limit must be a finite number"),
        (lambda: clip_by_global_norm([B], math.inf), "limit must be a finite number"),
        (lambda: clip_by_global_norm([B], "1"), "limit must be a finite number"),
        (lambda: clip_by_global_norm([B], True), "limit must be a finite number"),
        (lambda: clip_by_global_norm([B.long()], 1), r"grads\[0\] must be floating"),
        (lambda: clip_by_global_norm([B, 1.0], 1), r"grads\[1\] must be a tensor"),
        (lambda: clip_by_global_norm([B * math.nan], 1), "a finite norm, got nan"),
        (lambda: clip_by_global_norm([B * math.inf], 1), "a finite norm"),
        (lambda: memory_half_life(math.inf), "bias must be a finite number, got inf"),
        (lambda: memory_half_life(10**400), "bias must be a finite number"),
        (lambda: clip_by_global_norm([B], np.True_), "limit must be a finite number"),
        (lambda: clip_by_global_norm([B], bytearray(b"1")), "limit must be a finite"),
        (lambda: clip_by_global_norm([B], B > 9), "limit must be a finite number"),
        (lambda: clip_by_global_norm([B], B), "limit must be a finite number"),
        (lambda: clip_by_global_norm([U.to_sparse()], 1), r"grads\[0\] must be dense"),
        (
            lambda: clip_by_global_norm([B.to(torch.float8_e4m3fn)], 1),
            r"grads\[0\] must have 16 bits at least",
        ),
        (
            lambda: rnn_backward(S, X, S, W, U, window=torch.tensor(True)),
            "window must be an integer",
        ),
        (lambda: memory_half_life(np.True_), "bias must be a finite number"),
        (lambda: remember("gru", 0, 1e39), "bias must fit the weights' type, got 1e"),
        (lambda: remember("gru", 2**64), r"seed must be an integer < 2\*\*64"),
        (lambda: remember("gru", 0, width=0), "width must be an integer >= 1, got 0"),
        (lambda: remember("mlp", 0), "model must be one of"),
        (lambda: remember("rnn", 0, 1.0), "bias needs a model with gates"),
        (lambda: remember("gru", 0, math.nan), "bias must be a finite number"),
        (lambda: remember("gru", -1), "seed must be an integer >= 0, got -1"),
        (lambda: remember("gru", 0, length=0), "length must be an integer >= 1"),
        (lambda: remember("gru", 0, steps=-1), "steps must be an integer >= 0"),
    ],
)
def test_what_is_not_wanted_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_sixteen_bits_are_computed_in_float32():
    x, w_ih, w_hh, b = (v.bfloat16() for v in (X, W, U, B))
    exact = rnn(*(v.float() for v in (x, w_ih, w_hh, b)))
    found = rnn(x, w_ih, w_hh, b)
    assert found.dtype == torch.bfloat16
    assert torch.equal(found, exact.bfloat16())
