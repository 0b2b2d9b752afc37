"""Oracles: torch's norms, fusion and autograd, numpy, closed forms, sums by hand."""

import math
import re

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from figures.cv import batch_norm as figure
from snippets.cv.batch_norm import (
    BatchNorm,
    batch_norm,
    batch_norm_backward,
    batch_statistics,
    fold,
    group_norm,
)

COLUMN = np.array([[1.0], [2.0], [3.0], [6.0]])
FIRST = np.array([[1.0], [0.0], [0.0], [0.0]])
ONE = np.ones(1)
places = st.lists(st.integers(1, 4), max_size=2).map(tuple)
seeds = st.integers(0, 10_000)


def close(actual, expected, atol=1e-12):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=atol)


def drawn(seed, *shape):
    rng = np.random.default_rng(seed)
    return rng.standard_normal(shape) * rng.integers(1, 9) + rng.integers(-3, 4)


def tensor(array):
    return torch.tensor(array, requires_grad=True)


def theirs(x, gamma=None, beta=None, eps=1e-5):
    gamma, beta = (None if p is None else torch.tensor(p) for p in (gamma, beta))
    x = torch.tensor(x) if isinstance(x, np.ndarray) else x
    return F.batch_norm(x, None, None, gamma, beta, training=True, eps=eps)


# ---- forward


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 5), st.integers(1, 4), places, seeds)
def test_batch_norm_is_that_of_torch(N, C, rest, seed):
    x, gamma, beta = drawn(seed, N, C, *rest), drawn(seed + 1, C), drawn(seed + 2, C)
    close(batch_norm(x, gamma, beta, 1e-3), theirs(x, gamma, beta, 1e-3), 1e-11)
    close(batch_norm(x), theirs(x), 1e-9)
    close(batch_norm(x, beta=beta), batch_norm(x) + beta.reshape(-1, *(1,) * len(rest)))


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 5), st.integers(1, 4), places, seeds)
def test_with_given_statistics_it_is_torchs_evaluation(N, C, rest, seed):
    x, mean, var = drawn(seed, N, C, *rest), drawn(seed + 1, C), drawn(seed, C) ** 2
    gamma, beta = drawn(seed + 2, C), drawn(seed + 3, C)
    stats = (torch.tensor(a) for a in (mean, var, gamma, beta))
    expected = F.batch_norm(torch.tensor(x), *stats, training=False, eps=1e-3)
    close(batch_norm(x, gamma, beta, 1e-3, mean, var), expected, 1e-10)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 5), st.integers(1, 4), places, seeds)
def test_statistics_are_those_of_numpy(N, C, rest, seed):
    x = drawn(seed, N, C, *rest)
    mean, var = batch_statistics(x)
    channels = np.moveaxis(x, 1, 0).reshape(C, -1)
    close(mean, [channel.mean() for channel in channels])
    close(var, [channel.var() for channel in channels], 1e-11)


def test_a_column_by_hand():
    mean, var = batch_statistics(COLUMN)
    close(mean, [3])
    close(var, [3.5])
    close(batch_norm(COLUMN).ravel(), [-1.069043, -0.534522, 0, 1.603565], 1e-6)
    close(batch_norm(COLUMN, eps=1e-30).ravel(), np.array([-2, -1, 0, 3]) / 3.5**0.5)


def test_two_images_two_channels_and_two_places_by_hand():
    x = np.array([[[1.0, 3.0], [10.0, 30.0]], [[5.0, 7.0], [50.0, 70.0]]])
    batch = batch_norm(x, eps=1e-30)
    close(batch[:, 0].ravel(), np.array([-3, -1, 1, 3]) / math.sqrt(5))
    close(batch[:, 1], batch[:, 0])
    close(group_norm(x, 2, eps=1e-30), np.broadcast_to([-1.0, 1.0], x.shape))
    layer = group_norm(x, 1, eps=1e-30)
    close(layer[0].ravel(), np.array([-10, -8, -1, 19]) / math.sqrt(131.5))
    close(layer[1].ravel(), np.array([-28, -26, 17, 37]) / math.sqrt(779.5))


def test_all_norms_of_one_image_are_those_of_torch():
    x, gamma, beta = drawn(0, 4, 6, 3, 5), drawn(1, 6), drawn(2, 6)
    t = torch.tensor(x)
    for groups in (1, 2, 3, 6):
        expected = F.group_norm(t, groups, torch.tensor(gamma), torch.tensor(beta))
        close(group_norm(x, groups, gamma, beta), expected, 1e-11)
    close(group_norm(x, 6), F.instance_norm(t))
    close(group_norm(x, 1), F.layer_norm(t, (6, 3, 5)))


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3), places, seeds)
def test_group_norm_of_any_shape_is_that_of_torch(N, groups, width, rest, seed):
    x = drawn(seed, N + 1, groups * width, *rest)
    expected = F.group_norm(torch.tensor(x), groups, eps=1e-3)
    close(group_norm(x, groups, eps=1e-3), expected, 1e-10)


def test_the_order_in_memory_changes_no_result():
    x, dy = drawn(0, 4, 6, 3), drawn(1, 4, 6, 3)
    other, upper = np.asfortranarray(x), np.asfortranarray(dy)
    close(batch_norm(other), batch_norm(x))
    close(group_norm(other, 2), group_norm(x, 2))
    close(batch_norm_backward(upper, other)[0], batch_norm_backward(dy, x)[0])


def test_each_row_of_the_table_names_the_axes_of_one_mean():
    x = drawn(0, 4, 6, 3, 5)

    def normed(axes):
        return (x - x.mean(axes, keepdims=True)) / np.sqrt(
            x.var(axes, keepdims=True) + 1e-5
        )

    close(batch_norm(x), normed((0, 2, 3)))
    close(group_norm(x, 1), normed((1, 2, 3)))
    close(group_norm(x, 6), normed((2, 3)))


def test_scale_s_and_shift_mean_undo_it():
    x = drawn(0, 4, 3, 2)
    mean, var = batch_statistics(x)
    close(batch_norm(x, np.sqrt(var + 1e-5), mean), x)


def test_constant_channels_become_beta_and_ones_far_from_zero_keep_their_digits():
    x = np.stack([np.full(6, 0.1), np.arange(6.0) + 2.0**40], axis=1)
    y = batch_norm(x, beta=np.array([0.5, 0.0]))
    close(y[:, 0], np.full(6, 0.5), 0)
    close(y[:, 1], batch_norm(np.arange(6.0)[:, None])[:, 0])
    large = 1e100 * COLUMN / 6
    close(batch_norm(large), batch_norm(COLUMN, eps=1e-30))


def test_a_batch_of_two_keeps_only_the_order():
    for d, expected in ((0.1, 0.998006), (1.0, 0.99998), (100.0, 1.0)):
        close(batch_norm(np.array([[0.0], [d]])).ravel(), [-expected, expected], 5e-7)
        close(batch_norm(np.array([[0.0], [d]]), eps=1e-30).ravel(), [-1, 1])


def test_two_values_closer_than_the_root_of_eps_keep_some_of_their_distance():
    close(batch_norm(np.array([[0.0], [0.001]])).ravel(), [-0.156, 0.156], 5e-4)
    close(math.sqrt(1e-5), 0.003, 5e-4)


@pytest.mark.parametrize("eps", [1e-5, 0.3])
def test_the_variance_of_what_is_normalized_falls_short_of_one_by_eps(eps):
    x = drawn(4, 6, 3, 2)
    _, var = batch_statistics(x)
    close(batch_statistics(batch_norm(x, eps=eps))[1], var / (var + eps))
    half = math.sqrt(eps) * np.array([[1.0], [-1.0]])
    close(batch_statistics(batch_norm(half, eps=eps))[1], [0.5])


def test_only_with_given_statistics_the_size_of_the_input_is_seen():
    x = drawn(5, 4, 6, 2)
    zeros, ones = np.zeros(6), np.ones(6)
    close(batch_norm(10 * x, eps=1e-30), batch_norm(x, eps=1e-30))
    for groups in (1, 2, 6):
        close(group_norm(10 * x, groups, eps=1e-30), group_norm(x, groups, eps=1e-30))
    evaluated = batch_norm(x, mean=zeros, var=ones)
    close(batch_norm(10 * x, mean=zeros, var=ones), 10 * evaluated, 1e-11)


def test_batch_norm_of_one_image_is_instance_norm():
    x, gamma, beta = drawn(0, 1, 6, 3, 5), drawn(1, 6), drawn(2, 6)
    close(batch_norm(x, gamma, beta), group_norm(x, 6, gamma, beta))


def test_how_many_gammas_the_norms_of_torch_have():
    assert torch.nn.LayerNorm([4, 3, 5]).weight.shape == (4, 3, 5)
    assert torch.nn.GroupNorm(1, 4).weight.shape == (4,)
    assert torch.nn.InstanceNorm2d(4).weight is None


def test_torch_refuses_one_value_a_channel_but_not_one_image_of_several_places():
    module = torch.nn.BatchNorm2d(3).double()
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        module(torch.tensor(drawn(0, 1, 3, 1, 1)))
    x = drawn(0, 1, 3, 2, 2)
    close(batch_norm(x), module(torch.tensor(x)).detach())


def test_what_float16_cannot_hold_becomes_infinite_with_a_warning():
    x = np.array([[1], [-1]], dtype=np.float16)
    with pytest.warns(RuntimeWarning, match="overflow"):
        y = batch_norm(x, gamma=np.array([1e6]))
    assert np.isinf(y).all()


def test_float16_does_not_overflow_on_the_way():
    x = np.array([[300], [-300], [300], [-300]], dtype=np.float16)
    with np.errstate(over="ignore"):
        assert np.isinf(x[0, 0] * x[0, 0])
    y = batch_norm(x)
    assert y.dtype == np.float16
    close(y.astype(float), [[1], [-1], [1], [-1]], 0)
    mean, var = batch_statistics(x)
    assert mean.dtype == var.dtype == np.float64
    close(var, [90_000])


def test_instance_norm_of_one_place_is_zero_and_only_torchs_instance_norm_refuses():
    x = drawn(0, 2, 3, 1, 1)
    close(group_norm(x, 3), np.zeros(x.shape), 0)
    close(F.group_norm(torch.tensor(x), 3), np.zeros(x.shape), 0)
    close(group_norm(x, 3, beta=np.arange(3.0)).sum(axis=0).ravel(), [0, 2, 4], 0)
    for training in (True, False):
        module = torch.nn.InstanceNorm2d(3).train(training)
        with pytest.raises(ValueError, match="more than 1 spatial element"):
            module(torch.tensor(x))


# ---- backward


def test_the_gradient_of_a_column_by_hand():
    dx, dgamma, dbeta = batch_norm_backward(FIRST, COLUMN)
    close(dx.ravel(), [0.248171, -0.20999, -0.13363, 0.09545], 1e-6)
    close(dgamma, [-1.069043], 1e-6)
    close(dbeta, [1])
    normed = batch_norm(COLUMN).ravel()
    bracket = FIRST.ravel() - 0.25 - normed * (normed[0] / 4)
    close(bracket, [0.464, -0.393, -0.25, 0.179], 5e-4)
    close(normed[0] / 4, -0.267, 5e-4)


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 5), st.integers(1, 4), places, seeds)
def test_gradients_are_those_of_autograd(N, C, rest, seed):
    x, gamma, beta = (
        tensor(drawn(seed + i, *s)) for i, s in enumerate(((N, C, *rest), (C,), (C,)))
    )
    dy = drawn(seed + 3, N, C, *rest)
    y = F.batch_norm(x, None, None, gamma, beta, training=True, eps=1e-3)
    y.backward(torch.tensor(dy))
    ours = batch_norm_backward(dy, x.detach().numpy(), gamma.detach().numpy(), 1e-3)
    scale = max(1, float(abs(x.grad).max()))
    for got, expected in zip(ours, (x.grad, gamma.grad, beta.grad), strict=True):
        close(got / scale, expected / scale, 1e-10)


def test_without_gamma_the_gradient_is_that_with_ones():
    x, dy = drawn(0, 4, 6, 3, 5), drawn(1, 4, 6, 3, 5)
    for plain, said in zip(
        batch_norm_backward(dy, x),
        batch_norm_backward(dy, x, np.ones(6), 1e-5),
        strict=True,
    ):
        close(plain, said, 0)


def test_gradients_sum_to_zero_and_are_orthogonal_to_the_output_but_for_eps():
    rng = np.random.default_rng(0)
    x, dy = rng.standard_normal((2, 4, 6, 3, 5))
    gamma = rng.standard_normal(6)
    dx = batch_norm_backward(dy, x, gamma)[0]
    close(dx.sum(axis=(0, 2, 3)), np.zeros(6))
    along = (dx * batch_norm(x)).sum(axis=(0, 2, 3))
    assert 1e-8 < abs(along).max() < 1e-4
    exact = batch_norm_backward(dy, x, gamma, 1e-30)[0]
    close((exact * batch_norm(x, eps=1e-30)).sum(axis=(0, 2, 3)), np.zeros(6))


def test_what_is_constant_or_along_the_output_sends_nothing_back():
    x = drawn(3, 7, 2)
    close(batch_norm_backward(np.full((7, 2), 3.0), x)[0], np.zeros((7, 2)))
    close(
        batch_norm_backward(batch_norm(x, eps=1e-30), x, eps=1e-30)[0], np.zeros((7, 2))
    )
    wrong = batch_norm(x) / x.std(axis=0)  # mean and size as constants
    assert abs(wrong - batch_norm_backward(batch_norm(x), x)[0]).max() > 0.1


def test_a_batch_of_two_sends_nothing_back_but_for_eps():
    x, dy = drawn(0, 2, 50), drawn(1, 2, 50)
    close(batch_norm_backward(dy, x, eps=1e-30)[0], np.zeros((2, 50)))
    sent = abs(batch_norm_backward(dy, 100 * x)[0]).max()
    assert 0 < sent < 1e-3


def test_two_equal_values_send_back_a_gradient_over_the_root_of_eps():
    dx = batch_norm_backward(np.array([[1.0], [0.0]]), np.array([[3.0], [3.0]]))[0]
    close(dx.ravel(), np.array([0.5, -0.5]) / math.sqrt(1e-5))
    close(dx.ravel(), [158, -158], 0.2)


def test_the_bias_before_it_has_no_gradient_in_training_and_one_in_evaluation():
    rng = np.random.default_rng(0)
    h, w, dy = (
        rng.standard_normal((8, 3)),
        rng.standard_normal((3, 2)),
        rng.standard_normal((8, 2)),
    )
    bias = tensor(rng.standard_normal(2))
    theirs(torch.tensor(h @ w) + bias).backward(torch.tensor(dy))
    close(bias.grad, [0, 0])
    close(batch_norm_backward(dy, h @ w)[0].sum(axis=0), [0, 0])
    fixed = tensor(np.zeros(2))
    mean, var = torch.zeros(2).double(), torch.full((2,), 4.0).double()
    F.batch_norm(torch.tensor(h @ w) + fixed, mean, var, eps=1e-30).backward(
        torch.tensor(dy)
    )
    close(fixed.grad, dy.sum(axis=0) / 2)


def test_a_bias_before_an_activation_counts_again():
    h = drawn(0, 20, 3)
    one, other = (batch_norm(np.maximum(h + bias, 0)) for bias in (0.0, 1.0))
    assert abs(one - other).max() > 0.1


# ---- scale


def loss(w, h, target, eps=1e-30):
    off = theirs(h @ w, eps=eps) - target
    return (off**2).mean()


def test_the_loss_ignores_the_length_of_the_weights_before_it():
    rng = np.random.default_rng(1)
    h, target = (
        torch.tensor(rng.standard_normal((40, 5))),
        torch.tensor(rng.standard_normal((40, 3))),
    )
    w = tensor(rng.standard_normal((5, 3)))
    ten = tensor(10 * w.detach().numpy())
    one, other = loss(w, h, target), loss(ten, h, target)
    one.backward()
    other.backward()
    close(one.detach(), other.detach())
    close(10 * ten.grad, w.grad)
    close((w * w.grad).sum(axis=0).detach(), np.zeros(3))
    step = w.detach() - 0.1 * w.grad
    squares = (w**2).sum(axis=0).detach() + 0.01 * (w.grad**2).sum(axis=0)
    close((step**2).sum(axis=0), squares)


def descended(w, lr, adam):
    """Loss after 20 steps, and how much longer the weights became."""
    rng = np.random.default_rng(0)
    h, target = (torch.tensor(rng.standard_normal((32, c))) for c in (5, 1))
    start, first, second = w, 0, 0
    for step in range(1, 21):
        here = tensor(w)
        loss(here, h, target).backward()
        g = here.grad.numpy()
        first, second = 0.9 * first + 0.1 * g, 0.999 * second + 0.001 * g * g
        size = np.sqrt(second / (1 - 0.999**step))
        w = w - lr * (first / (1 - 0.9**step) / size if adam else g)
    longer = np.linalg.norm(w) / np.linalg.norm(start)
    return np.array([loss(torch.tensor(w), h, target), longer])


def test_ten_times_the_weights_want_a_hundred_times_the_rate_but_ten_times_with_adam():
    w = np.random.default_rng(1).standard_normal((5, 1))
    for adam, lr, right, wrong in ((False, 0.5, 100, 10), (True, 0.05, 10, 100)):
        plain = descended(w, lr, adam)
        close(descended(10 * w, right * lr, adam), plain, 1e-9)
        assert abs(descended(10 * w, wrong * lr, adam) - plain).max() > 0.05


# ---- running statistics


def test_ten_passes_over_4_and_6():
    batch, layer = np.array([[4.0], [6.0]]), BatchNorm(1)
    for _ in range(10):
        y = layer(batch)
    close(y.ravel(), [-0.999995, 0.999995], 1e-6)
    close(layer.running_mean, [5 * (1 - 0.9**10)])
    close(layer.running_mean, [3.256608], 1e-6)
    close(layer.running_var, [2 - 0.9**10])
    close(layer.running_var, [1.651322], 1e-6)
    assert layer.steps == 10
    layer.training = False
    close(layer(batch).ravel(), [0.578497, 2.134867], 1e-6)
    assert layer.steps == 10
    close(layer.running_mean, [3.256608], 1e-6)
    close([0.9**10, 0.9**22], [0.349, 0.098], 5e-4)
    close(64 * 28 * 28 / (64 * 28 * 28 - 1), 1.00002, 1e-6)


@pytest.mark.parametrize("momentum", [0.1, 0.7, 0, 1, None])
def test_running_statistics_are_those_of_torch(momentum):
    ours = BatchNorm(3, eps=1e-3, momentum=momentum)
    module = torch.nn.BatchNorm1d(3, eps=1e-3, momentum=momentum).double()
    ours.gamma, ours.beta = drawn(5, 3), drawn(6, 3)
    module.weight.data, module.bias.data = (
        torch.tensor(ours.gamma),
        torch.tensor(ours.beta),
    )
    for seed in range(3):
        x = drawn(seed, 4, 3, 2)
        close(ours(x), module(torch.tensor(x)).detach(), 1e-11)
    close(ours.running_mean, module.running_mean)
    close(ours.running_var, module.running_var, 1e-11)
    ours.training = False
    module.eval()
    x = drawn(9, 1, 3, 1)
    close(ours(x), module(torch.tensor(x)).detach(), 1e-11)


def test_without_momentum_all_batches_weigh_alike():
    layer = BatchNorm(1, momentum=None)
    for v in (0.0, 3.0, 6.0):
        layer(np.array([[v], [v + 2]]))
    close(layer.running_mean, [4])
    close(layer.running_var, [2])


def test_a_layer_begins_as_said():
    layer = BatchNorm(2)
    assert (layer.eps, layer.momentum, layer.steps, layer.training) == (
        1e-5,
        0.1,
        0,
        True,
    )
    close([layer.gamma, layer.running_var], np.ones((2, 2)), 0)
    close([layer.beta, layer.running_mean], np.zeros((2, 2)), 0)
    layer.training = False
    x = drawn(0, 3, 2)
    close(layer(x), x / math.sqrt(1 + 1e-5))


def test_what_is_refused_leaves_the_running_statistics_alone():
    layer = BatchNorm(2)
    for bad in (np.ones((1, 2)), np.ones((3, 3)), np.array([[1.0, math.nan]] * 3)):
        with pytest.raises(ValueError, match="x must"):
            layer(bad)
    assert layer.steps == 0
    close([layer.running_mean, layer.running_var], [[0, 0], [1, 1]], 0)


def test_frozen_gamma_and_beta_do_not_freeze_the_running_statistics():
    module, layer = torch.nn.BatchNorm1d(2).double().requires_grad_(False), BatchNorm(2)
    x = drawn(1, 8, 2) + 5
    module(torch.tensor(x))
    layer(x)
    close(layer.running_mean, module.running_mean)
    assert (abs(layer.running_mean) > 0.1).all()


def test_without_gradients_the_running_statistics_move_all_the_same():
    module, x = torch.nn.BatchNorm1d(2).double(), torch.tensor(drawn(1, 8, 2) + 5)
    with torch.no_grad():
        y = module(x)
    close(y, theirs(x))
    assert (abs(module.running_mean) > 0.1).all()


# ---- folding


def test_folding_by_hand():
    w, b = fold(
        np.array([[2.0, -1.0]]),
        np.array([0.5]),
        ONE,
        4 * ONE,
        3 * ONE,
        0.25 * ONE,
        1e-30,
    )
    close(w, [[3, -1.5]])
    close(b, [-0.5])
    w, b = fold(np.array([[2.0]]), None, ONE, 0 * ONE, ONE, 0 * ONE, 0.25)
    close(w, [[4]])
    close(b, [-2])


@settings(max_examples=15, deadline=None)
@given(seeds, st.booleans(), st.integers(1, 3))
def test_folding_is_that_of_torch_and_changes_no_output(seed, biased, kernel):
    rng = np.random.default_rng(seed)
    w, x = (
        rng.standard_normal((4, 3, kernel, kernel)),
        rng.standard_normal((2, 3, 5, 6)),
    )
    bias = rng.standard_normal(4) if biased else None
    mean, gamma, beta = rng.standard_normal((3, 4))
    var = rng.uniform(0, 2, 4)
    t = [
        None if a is None else torch.tensor(a)
        for a in (w, bias, mean, var, gamma, beta)
    ]
    new_w, new_b = fold(w, bias, mean, var, gamma, beta, 1e-3)
    expected = torch.nn.utils.fuse_conv_bn_weights(*t[:4], 1e-3, *t[4:])
    for ours, other in zip((new_w, new_b), expected, strict=True):
        close(ours, other.detach())
    before = F.conv2d(torch.tensor(x), t[0], t[1], padding=1).numpy()
    after = F.conv2d(
        torch.tensor(x), torch.tensor(new_w), torch.tensor(new_b), padding=1
    )
    close(after, batch_norm(before, gamma, beta, 1e-3, mean, var), 1e-11)


def test_folding_forwards_is_wrong_at_the_border_of_a_padded_convolution():
    rng = np.random.default_rng(0)
    w, x = rng.standard_normal((4, 3, 3, 3)), rng.standard_normal((2, 3, 6, 6))
    mean, gamma, beta = rng.standard_normal((3, 3))
    var = rng.uniform(0.5, 2, 3)
    normed = torch.tensor(batch_norm(x, gamma, beta, 1e-5, mean, var))
    right = F.conv2d(normed, torch.tensor(w), padding=1).numpy()
    factor = gamma / np.sqrt(var + 1e-5)
    bias = np.einsum("ocij,c->o", w, beta - factor * mean)
    forwards = torch.tensor(w * factor[:, None, None]), torch.tensor(bias)
    folded = F.conv2d(torch.tensor(x), *forwards, padding=1).numpy()
    off = abs(folded - right)
    assert (abs(beta - factor * mean) > 0.01).all()  # what the norm makes of a zero
    close(off[:, :, 1:-1, 1:-1], np.zeros((2, 4, 4, 4)))
    assert off[:, :, 0].max() > 0.1
    # Padded by what the norm makes 0 of, not by 0, it would be right there too.
    zero = mean - beta / factor
    padded = np.pad(x - zero[:, None, None], ((0, 0), (0, 0), (1, 1), (1, 1)))
    padded = torch.tensor(padded + zero[:, None, None])
    close(F.conv2d(padded, *forwards), right)


# ---- noise and neighbours


def test_the_spread_of_one_output_is_that_of_the_batch():
    rng = np.random.default_rng(0)
    for n, spread, mean in ((4, 0.503, 0.95), (16, 0.308, 1.01), (64, 0.155, 1.0)):
        batches = rng.standard_normal((n, 20_000))
        batches[0] = 1
        y = batch_norm(batches)[0]
        assert abs(y.std() / spread - 1) < 0.05
        assert abs(y.mean() - mean) < 0.02
        assert n == 4 or abs(y.std() / math.sqrt(1.5 / n) - 1) < 0.05


def test_mean_and_size_bring_1_and_a_half_over_n():
    rng = np.random.default_rng(0)
    n = 256
    x = rng.standard_normal((n, 10_000))
    x[0] = 1
    mean, var = batch_statistics(x)
    assert abs(mean.var() * n - 1) < 0.05
    assert abs(np.sqrt(var).var() * n - 0.5) < 0.05
    assert abs(batch_norm(x)[0].var() * n - 1.5) < 0.05
    assert abs(np.corrcoef(mean, np.sqrt(var))[0, 1]) < 0.05
    mean, var = batch_statistics(rng.exponential(size=(n, 5_000)))
    assert np.corrcoef(mean, np.sqrt(var))[0, 1] > 0.5  # not so where data are skewed


def test_neighbours_change_an_output_in_batch_norm_only():
    x = drawn(0, 3, 4, 2)
    other = x.copy()
    other[1:] += 5 * drawn(1, 2, 4, 2)
    assert abs(batch_norm(x)[0] - batch_norm(other)[0]).max() > 0.1
    for groups in (1, 2, 4):
        close(group_norm(x, groups)[0], group_norm(other, groups)[0], 0)


def test_statistics_of_equal_shards_add_up_to_those_of_all():
    shards = [drawn(seed, 6, 3, 2) for seed in range(4)]
    means, variances = zip(*map(batch_statistics, shards), strict=True)
    mean, var = batch_statistics(np.concatenate(shards))
    close(mean, np.mean(means, axis=0))
    close(var, np.mean(variances, axis=0) + np.var(means, axis=0), 1e-11)
    assert (np.var(means, axis=0) > 0.1).any()


def test_accumulated_gradients_are_not_those_of_the_whole_batch():
    x, dy = drawn(0, 32, 2), drawn(1, 32, 2)
    parts = [
        batch_norm_backward(d, p)[0]
        for d, p in zip(np.split(dy, 4), np.split(x, 4), strict=True)
    ]
    assert abs(np.concatenate(parts) - batch_norm_backward(dy, x)[0]).max() > 0.01


# ---- numbers of the pitfalls


def test_the_short_formula_for_the_variance_loses_all_digits():
    for first, n, short, right in ((10_000, 4, 0, 1.25), (30_000, 3, -64, 2 / 3)):
        total = squares = np.float32(0)
        for value in np.arange(first, first + n, dtype=np.float32):
            total, squares = total + value, squares + value * value
        mean = total / np.float32(n)
        assert squares / np.float32(n) - mean * mean == short
        column = np.arange(first, first + n, dtype=np.float32)[:, None]
        close(batch_statistics(column)[1], [right])


def test_eps_outside_the_root_is_another_function():
    x = np.array([[1e-5], [-1e-5]])
    close(x[0] / (x.std() + 1e-5), [0.5])
    close(batch_norm(x)[0], [0.003], 5e-4)


def test_group_norm_by_hand_without_a_spread_is_beta():
    close(
        group_norm(np.full((2, 4, 3), 7.0), 2, beta=np.arange(4.0)),
        np.tile(np.arange(4.0)[:, None], (2, 1, 3)),
        0,
    )


# ---- what is refused


X = np.arange(12.0).reshape(3, 4)
FOLDED = (np.ones((2, 3)), None, np.zeros(2), np.ones(2), np.ones(2), np.zeros(2))


def changed(at, value):
    return fold(*FOLDED[:at], value, *FOLDED[at + 1 :])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: batch_norm(np.arange(4).reshape(2, 2)), "floats, got dtype int"),
        (lambda: batch_norm([[1.0], [1.0, 2.0]]), "x must be an array of floats"),
        (lambda: batch_norm(tensor(X)), "x must be an array of floats"),
        (lambda: batch_norm(np.ma.masked_array([[1.0], [2.0]])), "a masked array"),
        (lambda: batch_norm(np.array([[1j], [2]])), "dtype complex"),
        (
            lambda: batch_norm(np.ones(3)),
            "shape (N, C, ...) with no empty axis, got shape (3,)",
        ),
        (lambda: batch_norm(np.ones((0, 3))), "got shape (0, 3)"),
        (lambda: group_norm(np.ones((2, 0)), 1), "got shape (2, 0)"),
        (lambda: batch_statistics(np.ones((2, 3, 0))), "got shape (2, 3, 0)"),
        (lambda: batch_norm(np.ones((1, 3))), "two values or more in each channel"),
        (
            lambda: batch_norm_backward(np.ones((1, 3, 1)), np.ones((1, 3, 1))),
            "got shape (1, 3, 1)",
        ),
        (lambda: BatchNorm(3)(np.ones((1, 3))), "two values or more"),
        (lambda: batch_norm(X * math.nan), "from -1e+100 to 1e+100, got nan"),
        (lambda: batch_norm(X + math.inf), "got inf"),
        (lambda: batch_norm(X * -1.1e100), "got -1.1e+100"),
        (lambda: batch_norm(X, np.ones(3)), "gamma must have shape (4,), got (3,)"),
        (lambda: batch_norm(X, None, np.ones((1, 4))), "beta must have shape (4,)"),
        (lambda: group_norm(X, 2, np.ones(1)), "gamma must have shape (4,)"),
        (lambda: group_norm(X, 2, beta=np.ones(2)), "beta must have shape (4,)"),
        (lambda: batch_norm_backward(np.ones((3, 1)), X), "dy must have shape (3, 4)"),
        (lambda: batch_norm_backward(X, X, np.ones(3)), "gamma must have shape (4,)"),
        (
            lambda: batch_norm(X, eps=0),
            "eps must be a number from 1e-100 to 1e+100, got 0",
        ),
        (lambda: batch_norm(X, eps=True), "eps must"),
        (lambda: batch_norm(X, eps="1"), "eps must"),
        (lambda: batch_norm(X, eps=10**400), "eps must"),
        (lambda: group_norm(X, 2, eps=-1e-5), "eps must"),
        (lambda: batch_norm_backward(X, X, eps=math.nan), "eps must"),
        (lambda: BatchNorm(2, eps=0.0), "eps must"),
        (lambda: changed(5, np.zeros(3)), "beta must have shape (2,)"),
        (lambda: fold(*FOLDED, eps=0.0), "eps must"),
        (
            lambda: batch_norm(X, mean=np.zeros(4)),
            "must come together, got mean without var",
        ),
        (
            lambda: batch_norm(X, var=np.ones(4)),
            "must come together, got var without mean",
        ),
        (
            lambda: batch_norm(X, mean=np.zeros(3), var=np.ones(4)),
            "mean must have shape",
        ),
        (
            lambda: batch_norm(X, mean=np.zeros(4), var=np.ones(1)),
            "var must have shape",
        ),
        (
            lambda: batch_norm(X, mean=np.zeros(4), var=-np.ones(4)),
            "var must hold numbers from 0",
        ),
        (lambda: group_norm(X, 3), "groups must divide the 4 channels, got 3"),
        (
            lambda: group_norm(np.ones((2, 3, 4)), 2),
            "groups must divide the 3 channels, got 2",
        ),
        (lambda: group_norm(X, 8), "groups must divide the 4 channels, got 8"),
        (lambda: group_norm(X, 0), "groups must be an integer >= 1, got 0"),
        (lambda: group_norm(X, True), "groups must be an integer"),
        (lambda: group_norm(X, 2.0), "groups must be an integer"),
        (lambda: BatchNorm(0), "channels must be an integer >= 1, got 0"),
        (
            lambda: BatchNorm(2, momentum=1.1),
            "momentum must be a number from 0 to 1, got 1.1",
        ),
        (lambda: BatchNorm(2, momentum=-0.1), "momentum must"),
        (lambda: BatchNorm(2, momentum=True), "momentum must"),
        (lambda: BatchNorm(3)(X), "x must have 3 channels, got shape (3, 4)"),
        (lambda: changed(0, np.ones(())), "w must have shape (C, ...)"),
        (lambda: changed(0, np.ones((2, 0))), "w must have shape (C, ...)"),
        (lambda: changed(0, np.ones((2, 3), int)), "w must be an array of floats"),
        (lambda: changed(1, np.ones(3)), "bias must have shape (2,)"),
        (lambda: changed(2, np.ones(1)), "mean must have shape (2,)"),
        (
            lambda: changed(3, np.array([1.0, -1.0])),
            "var must hold numbers from 0 to 1e+250, got -1.0",
        ),
        (lambda: changed(4, np.ones((2, 1))), "gamma must have shape (2,)"),
    ],
)
def test_what_is_not_wanted_is_refused(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()


def test_the_extremes_of_what_is_allowed_give_numbers():
    x = np.array([[1e100], [-1e100], [0.0]])
    y = batch_norm(x, eps=1e-100)
    close(y.ravel(), np.array([1, -1, 0]) * math.sqrt(1.5))
    layer = BatchNorm(1, momentum=1)
    layer(x)
    layer.training = False
    assert np.isfinite(layer(x)).all()
    tiny = batch_norm_backward(1e100 * FIRST, np.full((4, 1), 2.0), 1e100 * ONE, 1e-100)
    assert all(np.isfinite(part).all() for part in tiny)
    folded = fold(
        1e100 * ONE, 1e100 * ONE, -1e100 * ONE, 0 * ONE, 1e100 * ONE, ONE, 1e-100
    )
    assert all(np.isfinite(part).all() for part in folded)
    close(group_norm(np.ones((1, 1)), 1), [[0]], 0)
    close(batch_statistics(np.array([[3.0]]))[1], [0], 0)


def test_folding_takes_weights_of_a_depthwise_scale_too():
    w, b = fold(
        np.array([2.0, 3.0]),
        None,
        *(np.array(a) for a in ([1.0, 0.0], [3.0, 8.0], [2.0, 3.0], [0.0, 1.0])),
        eps=1.0,
    )
    close(w, [2, 3])
    close(b, [-1, 1])


# ---- the figures


def test_the_cubes_show_the_axes_of_each_mean():
    shapes = {name: figure.seen(norm) for name, norm in figure.NORMS.items()}
    image, channel, _ = figure.CELL
    for name, (images, channels) in {
        "batch": (slice(None), channel),
        "layer": (image, slice(None)),
        "instance": (image, channel),
        "group": (image, slice(2, 4)),
    }.items():
        expected = np.zeros((4, 4, 4), dtype=bool)
        expected[images, channels] = True
        assert (shapes[name] == expected).all()
    titles = [axes.get_title() for axes in figure.cubes().axes]
    assert titles == ["batch", "layer", "instance", "group"]


def test_the_dots_are_outputs_of_batches_that_grow_less_noisy():
    rows = figure.noise().axes[0].lines[:3]
    assert all(len(row.get_xdata()) == figure.BATCHES == 100 for row in rows)
    for row, n in zip(rows, figure.SIZES, strict=True):
        close(row.get_xdata(), figure.outputs(n))
    two, eight, many = (figure.outputs(n) for n in figure.SIZES)
    assert (abs(abs(two) - 1) < 0.02).all()
    assert {-1, 1} == set(np.sign(two))
    assert eight.std() > 2 * many.std()
