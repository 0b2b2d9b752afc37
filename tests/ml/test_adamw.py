"""Oracles: torch.optim in float64, closed forms, and two steps by hand."""

import math
import re
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from snippets.ml.adamw import (
    AdamLite,
    AdamState,
    AdamWLite,
    adam_step,
    decay_groups,
    effective_decay,
    empty_state,
    noise_paths,
)

OPTIMIZERS = {False: torch.optim.Adam, True: torch.optim.AdamW}
below_one = st.sampled_from([0.0, 0.5, 0.9, 0.999])


def vector(*values, dtype=torch.float64):
    return torch.tensor(values, dtype=dtype)


def assert_same(actual, expected):
    torch.testing.assert_close(actual, expected, rtol=0, atol=1e-12, equal_nan=True)


def follow(theta, gradients, **options):
    """Parameter after one ``adam_step`` per gradient."""
    state = empty_state(theta)
    for g in gradients:
        theta, state = adam_step(theta, g, state, **options)
    return theta


def follow_torch(theta, gradients, decoupled=False, **options):
    """The same by torch.optim, for-loop implementation."""
    p = nn.Parameter(theta.clone())
    optimizer = OPTIMIZERS[decoupled]([p], foreach=False, **options)
    for g in gradients:
        p.grad = g.clone()
        optimizer.step()
    return p.detach()


def random_run(seed=0, shape=(3,), steps=5, dtype=torch.float64):
    """A parameter and a list of gradients."""
    noise = np.random.default_rng(seed).standard_normal((steps + 1, *shape))
    theta, *gradients = torch.from_numpy(noise).to(dtype)
    return theta, gradients


# The update itself


@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.lists(st.integers(0, 3), max_size=3),
    steps=st.integers(0, 5),
    lr=st.sampled_from([0.0, 1e-3, 0.5]),
    betas=st.tuples(below_one, below_one),
    eps=st.sampled_from([1e-8, 0.1]),
    weight_decay=st.sampled_from([0.0, 0.01, 1.0]),
    decoupled=st.booleans(),
    amsgrad=st.booleans(),
)
def test_every_setting_gives_what_torch_gives(seed, shape, steps, **options):
    theta, gradients = random_run(seed, tuple(shape), steps)
    expected = follow_torch(theta, gradients, **options)
    assert_same(follow(theta, gradients, **options), expected)


@pytest.mark.parametrize("decoupled", [False, True])
def test_fifty_steps_on_a_quadratic_match_torch_to_the_last_bits(decoupled):
    curvature, theta = vector(1.0, 10.0, 100.0), vector(1.0, -2.0, 3.0)
    p = nn.Parameter(theta.clone())
    optimizer = OPTIMIZERS[decoupled]([p], lr=0.01, weight_decay=0.1, foreach=False)
    state = empty_state(theta)
    for _ in range(50):
        p.grad = curvature * p.detach()
        optimizer.step()
        theta, state = adam_step(
            theta, curvature * theta, state, 0.01, weight_decay=0.1, decoupled=decoupled
        )
    torch.testing.assert_close(theta, p.detach(), rtol=0, atol=1e-15)


def test_two_steps_match_a_count_by_hand():
    # betas 1/2 and 3/4, gradients 1 then 3: m = 1/2, 7/4; v = 1/4, 39/16.
    theta, state = vector(0.0), empty_state(vector(0.0))
    theta, state = adam_step(theta, vector(1.0), state, 1.0, (0.5, 0.75), 0.0)
    assert_same(theta, vector(-1.0))
    theta, state = adam_step(theta, vector(3.0), state, 1.0, (0.5, 0.75), 0.0)
    assert_same(state.m, vector(7 / 4))
    assert_same(state.v, vector(39 / 16))
    assert_same(theta, vector(-1 - (7 / 3) / math.sqrt(39 / 7)))
    assert state.step == 2


def test_amsgrad_divides_by_the_largest_average_so_far():
    gradients = [vector(10.0), *[vector(0.1)] * 4]
    options = {"lr": 0.1, "betas": (0.5, 0.5)}
    expected = follow_torch(vector(1.0), gradients, amsgrad=True, **options)
    assert_same(follow(vector(1.0), gradients, amsgrad=True, **options), expected)
    assert follow(vector(1.0), gradients, **options) < expected  # plain Adam goes on


def test_nothing_is_changed_in_place():
    theta, gradients = random_run(steps=2)
    state = empty_state(theta)
    before = [x.clone() for x in (theta, gradients[0], state.m, state.v)]
    new, _ = adam_step(theta, gradients[0], state, weight_decay=0.1, amsgrad=True)
    assert not torch.equal(new, theta)
    for now, then in zip((theta, gradients[0], state.m, state.v), before):
        assert torch.equal(now, then)


def test_the_empty_state_has_the_shape_of_its_parameter_and_at_least_float32():
    single, double = torch.float32, torch.float64
    wide = {torch.bfloat16: single, torch.float16: single, single: single}
    for dtype, kept in {**wide, double: double}.items():
        state = empty_state(torch.ones(2, 3, dtype=dtype))
        assert (state.step, state.v_max) == (0, None)
        assert state.m.dtype == state.v.dtype == kept
        assert torch.equal(state.m, torch.zeros(2, 3, dtype=kept))
        assert torch.equal(state.v, torch.zeros(2, 3, dtype=kept))


@pytest.mark.parametrize("g", [1e-3, 5.0, -100.0])
def test_the_first_step_is_the_learning_rate_whatever_the_gradient(g):
    theta = follow(vector(0.0), [vector(g)], lr=0.01)
    assert theta.item() == pytest.approx(-math.copysign(0.01, g), rel=2e-5)


@given(seed=st.integers(0, 2**32 - 1), scale=st.sampled_from([1e-3, 7.0, 1e6]))
def test_without_decay_adam_ignores_the_scale_of_the_gradient(seed, scale):
    theta, gradients = random_run(seed)
    scaled = follow(theta, [scale * g for g in gradients], eps=0.0)
    assert_same(scaled, follow(theta, gradients, eps=0.0))


def test_after_one_step_the_corrected_second_moment_is_the_squared_gradient():
    _, state = adam_step(vector(0.0), vector(3.0), empty_state(vector(0.0)))
    assert_same(state.v / (1 - 0.999**1), vector(9.0))


def test_after_two_steps_the_corrected_second_moment_is_a_weighted_mean():
    state = AdamState(1, vector(0.0), 0.001 * vector(9.0))
    _, state = adam_step(vector(0.0), vector(5.0), state)
    expected = (0.999 * vector(9.0) + vector(25.0)) / 1.999
    torch.testing.assert_close(state.v / (1 - 0.999**2), expected, rtol=0, atol=1e-11)


def test_without_bias_correction_the_first_step_is_three_times_too_long():
    _, state = adam_step(vector(0.0), vector(3.0), empty_state(vector(0.0)))
    uncorrected = state.m / (state.v.sqrt() + 1e-8)
    assert uncorrected.item() == pytest.approx(0.1 / math.sqrt(0.001), rel=1e-6)
    assert uncorrected.item() == pytest.approx(3.162, abs=1e-3)


def moves_after_silence(gradients):
    """Steps in learning rates, after 20,000 steps without a gradient."""
    zero = vector(0.0)
    theta, state, found = zero, AdamState(20_000, zero, zero), []
    for g in gradients:
        new, state = adam_step(theta, vector(g), state, lr=1.0, eps=0.0)
        found.append((theta - new).item())
        theta = new
    return found


def test_one_large_gradient_after_silence_moves_thirty_learning_rates_in_all():
    moves = moves_after_silence([5.0] + [0.0] * 2000)
    assert moves[0] == pytest.approx(0.1 / math.sqrt(0.001), rel=1e-6)
    assert moves[0] == pytest.approx(3.162, abs=1e-3)
    assert sum(moves[:11]) == pytest.approx(21.7, abs=0.05)
    assert sum(moves) == pytest.approx(31.8, abs=0.05)


def test_no_step_is_longer_than_seven_point_two_seven_learning_rates():
    bound = 0.1 / math.sqrt(0.001 * (1 - 0.9**2 / 0.999))
    assert bound == pytest.approx(7.27, abs=0.005)
    equal = moves_after_silence([5.0] * 40)
    assert equal[:3] == pytest.approx([3.16, 4.25, 4.95], abs=0.005)
    assert max(equal) == pytest.approx(6.57, abs=0.005)
    growing = moves_after_silence([(0.999 / 0.9) ** t for t in range(300)])
    assert max(growing) == pytest.approx(bound, rel=1e-6)
    for moves in (equal, growing, moves_after_silence([1.0, -5.0, 9.0] * 20)):
        assert max(map(abs, moves)) <= bound * (1 + 1e-12)


def test_adam_leaves_the_best_point_of_a_convex_problem_and_amsgrad_finds_it():
    # Reddi et al., theorem 1: slopes C, -1, -1, C, ... on [-1, 1]; best is -1.
    for amsgrad, end in ((False, 1.0), (True, -1.0)):
        x = vector(0.0)
        state = empty_state(x)
        for t in range(1, 3001):
            g = vector(4.0 if t % 3 == 1 else -1.0)
            options = {"betas": (0.0, 1 / 17), "amsgrad": amsgrad}
            x, state = adam_step(x, g, state, 0.1 / math.sqrt(t), **options)
            x = x.clamp(-1, 1)
        assert x.item() == pytest.approx(end, abs=0.01)


def test_by_default_the_divisor_may_fall_again():
    gradients = [vector(g) for g in (1.0, 0.0, 0.0, 0.0)]
    expected = follow_torch(vector(1.0), gradients)
    assert_same(follow(vector(1.0), gradients), expected)
    assert expected != follow_torch(vector(1.0), gradients, amsgrad=True)
    for ours in (AdamLite, AdamWLite):
        assert ours([nn.Parameter(vector(1.0))]).amsgrad is False


# Decay


@pytest.mark.parametrize(
    ("weight_decay", "coupled", "decoupled"),
    [
        (1e-4, 0.90036, 0.99999),
        (1e-2, 0.90035, 0.99900),
        (1.0, 0.90035, 0.90438),
    ],
)
def test_without_a_loss_the_strength_of_l2_is_lost_in_adam(
    weight_decay, coupled, decoupled
):
    silence, options = [vector(0.0)] * 10, {"lr": 0.01, "weight_decay": weight_decay}
    adam = follow(vector(1.0), silence, decoupled=False, **options)
    adamw = follow(vector(1.0), silence, decoupled=True, **options)
    assert adam.item() == pytest.approx(coupled, abs=5e-6)
    assert adamw.item() == pytest.approx(decoupled, abs=5e-6)
    assert_same(adamw, vector((1 - 0.01 * weight_decay) ** 10))


def test_decoupled_decay_leaves_no_trace_in_the_moments():
    theta, gradients = random_run()
    zero = empty_state(theta)
    _, plain = adam_step(theta, gradients[0], zero)
    _, adamw = adam_step(theta, gradients[0], zero, weight_decay=0.5, decoupled=True)
    _, adam = adam_step(theta, gradients[0], zero, weight_decay=0.5)
    assert torch.equal(plain.m, adamw.m)
    assert torch.equal(plain.v, adamw.v)
    assert not torch.equal(plain.m, adam.m)


def test_zero_decay_makes_the_two_the_same():
    theta, gradients = random_run()
    assert torch.equal(
        follow(theta, gradients, decoupled=False),
        follow(theta, gradients, decoupled=True),
    )


def test_a_constant_gradient_settles_at_one_over_the_decay():
    options = {"lr": 0.01, "weight_decay": 0.5, "decoupled": True}
    theta = follow(vector(0.0), [vector(-3.0)] * 5000, **options)
    assert theta.item() == pytest.approx(2.0, abs=5e-5)


def test_with_learning_rates_of_finite_sum_adamw_may_stop_where_no_kkt_point_is():
    ends = {}
    for name, rate in (("finite", 0.97), ("constant", 1.0)):
        theta = vector(0.0)
        state = empty_state(theta)
        for t in range(4000):
            options = {"weight_decay": 0.1, "decoupled": True}
            slope = 2 * (theta - 1)  # of (theta - 1)^2, its minimum inside the box
            theta, state = adam_step(theta, slope, state, 0.01 * rate**t, **options)
        ends[name] = theta.item()
    assert ends["finite"] == pytest.approx(0.314, abs=1e-3)
    assert 2 * (ends["finite"] - 1) == pytest.approx(-1.37, abs=0.005)
    assert ends["constant"] == pytest.approx(1.0, abs=0.01)


def test_a_penalty_far_below_epsilon_does_not_decay_at_full_speed():
    lost = {
        weight_decay: 1
        - follow(vector(1.0), [vector(0.0)], lr=1.0, weight_decay=weight_decay).item()
        for weight_decay in (1e-4, 1e-8, 1e-10)
    }
    assert lost[1e-4] == pytest.approx(1, abs=2e-4)
    assert lost[1e-8] == pytest.approx(1 / 2, abs=1e-6)
    assert lost[1e-10] == pytest.approx(1 / 101, abs=1e-6)


def test_under_noise_adamw_settles_at_the_root_of_lr_over_twice_the_decay():
    for lr, weight_decay in ((1e-2, 0.1), (1e-2, 0.3), (3e-3, 1.0)):
        timescale = round(1 / (lr * weight_decay))
        path = noise_paths([1.0], True, weight_decay, lr, 6 * timescale, runs=200)
        size = path[4 * timescale :].square().mean().sqrt().item()
        assert size == pytest.approx(math.sqrt(lr / 2 / weight_decay), rel=0.05)
        assert size < 0.05 / weight_decay


def test_decay_alone_leaves_the_exponential_of_the_summed_learning_rates():
    steps, highest, weight_decay = 2000, 1e-3, 0.1
    cosine = [highest * (1 + math.cos(math.pi * t / steps)) / 2 for t in range(steps)]
    theta, state = vector(1.0), empty_state(vector(1.0))
    options = {"weight_decay": weight_decay, "decoupled": True}
    for lr in cosine:
        theta, state = adam_step(theta, vector(0.0), state, lr, **options)
    assert sum(cosine) == pytest.approx(steps * highest / 2, rel=1e-3)
    assert theta.item() == pytest.approx(
        math.exp(-weight_decay * sum(cosine)), rel=1e-5
    )


def test_adamw_is_an_average_of_updates_with_timescale_one_over_lr_times_decay():
    # From 0 under a unit update: theta_t = (1 - (1 - lr * wd)^t) / wd.
    options = {"lr": 0.01, "weight_decay": 0.5, "decoupled": True, "eps": 0.0}
    theta = follow(vector(0.0), [vector(-3.0)] * 200, **options)  # 200 = 1/(lr * wd)
    assert_same(theta, vector((1 - (1 - 0.005) ** 200) / 0.5))
    assert theta.item() == pytest.approx(2 * (1 - math.exp(-1)), abs=0.01)


def test_adamw_is_the_paper_with_its_decay_divided_by_the_step_size():
    # arXiv:1711.05101, Algorithm 2: theta -= eta * (alpha * u + decay * theta).
    theta, gradients = random_run(steps=6)
    alpha, decay, schedule = 0.02, 3e-3, [0.2, 0.6, 1.0, 0.7, 0.4, 0.1]
    ours, state, paper = theta, empty_state(theta), theta
    for eta, g in zip(schedule, gradients):
        ours, state = adam_step(
            ours, g, state, eta * alpha, weight_decay=decay / alpha, decoupled=True
        )
        u = (state.m / (1 - 0.9**state.step)) / (
            (state.v / (1 - 0.999**state.step)).sqrt() + 1e-8
        )
        paper = paper - eta * (alpha * u + decay * paper)
    assert_same(ours, paper)


def test_torch_scales_the_decay_by_the_learning_rate():
    silence, options = [vector(0.0)], {"decoupled": True, "weight_decay": 0.1}
    lost = [1 - follow_torch(vector(1.0), silence, lr=lr, **options) for lr in (1, 0.5)]
    assert_same(lost[0], 2 * lost[1])


def test_decay_before_or_after_the_step_differs_in_second_order_only():
    theta, gradients = random_run(steps=1)
    lr, decay = 1e-3, 0.1
    plain = follow(theta, gradients, lr=lr)
    before = follow(theta, gradients, lr=lr, weight_decay=decay, decoupled=True)
    after = (1 - lr * decay) * plain
    assert_same(before - after, lr * decay * (plain - theta))
    assert (before - after).abs().max() < 1.001 * lr**2 * decay
    path = noise_paths([1.0], True, decay, lr, runs=50)
    by_updates = (1 - lr * decay) * path[:-1] - path[1:]  # lr * u
    size = lr * decay * by_updates.square().mean().sqrt()
    assert size.item() == pytest.approx(2.3e-8, rel=0.05)


def sgd(theta, gradients, decoupled, lr, decay, momentum=0.0):
    """Gradient descent by torch with L2, or with a shrinkage of our own before it."""
    p = nn.Parameter(theta.clone())
    l2 = 0.0 if decoupled else decay
    optimizer = torch.optim.SGD([p], lr, momentum, weight_decay=l2, foreach=False)
    for g in gradients:
        if decoupled:
            p.data *= 1 - lr * decay
        p.grad = g.clone()
        optimizer.step()
    return p.detach()


def test_for_sgd_l2_and_decay_are_the_same():
    theta, gradients = random_run(steps=20)
    coupled, decoupled = (sgd(theta, gradients, d, 0.1, 0.3) for d in (False, True))
    assert_same(coupled, decoupled)


def test_momentum_already_parts_l2_from_decay():
    theta, gradients = random_run(steps=20)
    coupled, decoupled = (
        sgd(theta, gradients, d, 0.1, 0.3, 0.9) for d in (False, True)
    )
    assert (coupled - decoupled).abs().max() > 0.1


def test_torch_adam_can_decouple_too():
    theta, gradients = random_run()
    p = nn.Parameter(theta.clone())
    options = {"weight_decay": 0.1, "foreach": False}
    adam = torch.optim.Adam([p], decoupled_weight_decay=True, **options)
    for g in gradients:
        p.grad = g.clone()
        adam.step()
    assert_same(p.detach(), follow_torch(theta, gradients, True, weight_decay=0.1))


def test_default_decay_is_zero_for_adam_and_one_percent_for_adamw():
    p = nn.Parameter(torch.ones(1))
    for ours, theirs in ((AdamLite, torch.optim.Adam), (AdamWLite, torch.optim.AdamW)):
        default = theirs([p]).defaults["weight_decay"]
        assert ours([p]).weight_decay == default == (ours is AdamWLite) * 0.01


# Numerics


def test_epsilon_inside_the_root_is_a_far_larger_epsilon():
    g, eps = 1e-5, 1e-8
    outside = -follow(vector(0.0), [vector(g)], lr=1.0).item()
    assert outside == pytest.approx(0.999, abs=1e-3)
    assert g / math.sqrt(g**2 + eps) == pytest.approx(0.0995, abs=1e-4)


def test_epsilon_before_the_bias_correction_is_another_epsilon():
    # theta -= lr * sqrt(1 - beta2) / (1 - beta1) * m / (sqrt(v) + eps) at step 1.
    g = eps = 1e-8
    outside = -follow(vector(0.0), [vector(g)], lr=1.0).item()
    _, state = adam_step(vector(0.0), vector(g), empty_state(vector(0.0)))
    hat = math.sqrt(0.001) / 0.1 * state.m / (state.v.sqrt() + eps)
    assert outside == pytest.approx(0.5, abs=1e-6)
    assert hat.item() == pytest.approx(0.0307, abs=1e-4)


def test_without_epsilon_a_gradient_that_was_always_zero_gives_nan_as_in_torch():
    run = vector(1.0), [vector(0.0)]
    assert follow(*run, eps=0.0).isnan().all()
    assert follow_torch(*run, eps=0.0).isnan().all()


@pytest.mark.parametrize("g", [1e21, 1e20, 1e-23, 0.0])
def test_extreme_gradients_in_float32_do_what_they_do_in_torch(g):
    theta = vector(1.0, dtype=torch.float32)
    gradients = [torch.full_like(theta, g)] * 2
    expected = follow_torch(theta, gradients)
    torch.testing.assert_close(follow(theta, gradients), expected, rtol=0, atol=1e-7)
    assert (expected == 1) == (g != 1e20)  # 1e20 squared overflows, a part of it not


def test_a_gradient_whose_square_overflows_freezes_the_weight():
    theta = vector(1.0, dtype=torch.float32)
    gradients = [torch.full_like(theta, g) for g in (1e21, 1.0, 1.0)]
    assert follow(theta, gradients) == follow_torch(theta, gradients) == 1.0


@pytest.mark.parametrize("step", [follow, follow_torch])
def test_bfloat16_weights_do_not_decay_at_usual_settings(step):
    silence, options = 1000, {"lr": 1e-3, "weight_decay": 0.1, "decoupled": True}
    for dtype, expected in ((torch.bfloat16, 1.0), (torch.float32, 0.9048)):
        theta = torch.ones(1, dtype=dtype)
        end = step(theta, [torch.zeros_like(theta)] * silence, **options)
        assert end.item() == pytest.approx(expected, abs=1e-4)


def test_a_step_in_bfloat16_rounds_once():
    theta = torch.ones(1, dtype=torch.bfloat16)  # 0.0015 alone is lost, twice is not
    options = {"lr": 0.0015, "decoupled": True}
    assert follow(theta, [theta], **options) == 1
    assert follow(theta, [0 * theta], weight_decay=1.0, **options) == 1
    assert follow(theta, [theta], weight_decay=1.0, **options) == 1 - 2**-8


def test_bfloat16_loses_changes_below_a_fifth_of_a_percent():
    theta = torch.arange(128, 256).to(torch.bfloat16) / 128  # all from 1 to below 2
    for rate, kept in ((0.0019, True), (0.008, False)):
        g, options = torch.zeros_like(theta), {"lr": 1.0, "decoupled": True}
        after = follow(theta, [g], weight_decay=rate, **options)
        assert torch.equal(after == theta, torch.full_like(theta, kept).bool())


def test_in_float16_the_default_epsilon_is_zero_and_torch_loses_the_weight():
    theta, g = torch.ones(2).half(), torch.tensor([1e-4, 0.0]).half()
    assert torch.tensor(1e-8).half() == 0
    lost = follow_torch(theta, [g])
    assert lost[0] == -math.inf
    assert lost[1].isnan()
    exact = follow(theta.double(), [g.double()])
    assert torch.equal(follow(theta, [g]), exact.half())
    for ours in (AdamLite, AdamWLite):
        p = nn.Parameter(theta.clone())
        p.grad = g
        ours([p], weight_decay=0.0).step()
        assert torch.equal(p.detach(), exact.half())


# The optimizers


def train(make, steps=8):
    """Parameters of a small model after a few steps, one of them never used."""
    generator = torch.Generator().manual_seed(0)
    x, y = torch.randn(2, 16, 3, generator=generator, dtype=torch.float64)
    weight = torch.randn(3, 3, generator=generator, dtype=torch.float64)
    bias, unused = torch.zeros(3), torch.ones(2)
    params = [nn.Parameter(p.double()) for p in (weight, bias, unused)]
    optimizer = make(params)
    for _ in range(steps):
        optimizer.zero_grad()
        ((x @ params[0] + params[1] - y) ** 2).mean().backward()
        optimizer.step()
    return [p.detach() for p in params]


@pytest.mark.parametrize("amsgrad", [False, True])
@pytest.mark.parametrize(
    ("ours", "theirs"), [(AdamLite, torch.optim.Adam), (AdamWLite, torch.optim.AdamW)]
)
def test_a_model_trains_as_under_torch(ours, theirs, amsgrad):
    options = {
        "lr": 0.05,
        "betas": (0.8, 0.9),
        "eps": 1e-3,
        "weight_decay": 0.2,
        "amsgrad": amsgrad,
    }
    mine = train(lambda params: ours(params, **options))
    expected = train(lambda params: theirs(params, **options))
    for a, b in zip(mine, expected):
        assert_same(a, b)
    assert_same(mine[2], torch.ones(2, dtype=torch.float64))  # no gradient, no decay


def test_the_defaults_are_those_of_torch():
    for ours, theirs in ((AdamLite, torch.optim.Adam), (AdamWLite, torch.optim.AdamW)):
        for a, b in zip(train(ours), train(theirs)):
            assert_same(a, b)


def test_a_refused_gradient_leaves_every_parameter_as_it_was():
    params = [nn.Parameter(torch.ones(2)) for _ in range(2)]
    params[0].grad, params[1].grad = torch.ones(2), torch.tensor([1.0, math.nan])
    optimizer = AdamWLite(iter(params))
    with pytest.raises(ValueError, match="g must be finite"):
        optimizer.step()
    assert all(torch.equal(p, torch.ones(2)) for p in params)
    assert [state.step for state in optimizer.states] == [0, 0]


def test_a_gradient_that_is_left_moves_a_frozen_parameter_as_in_torch():
    ends = []
    for make in (AdamLite, torch.optim.Adam):
        p = nn.Parameter(vector(1.0))
        p.grad = vector(1.0)
        p.requires_grad_(False)
        make([p], betas=[0.9, 0.999]).step()
        ends.append(p)
    assert_same(*ends)
    assert ends[0] != 1


def test_zero_grad_forgets():
    p = nn.Parameter(torch.ones(2))
    p.grad = torch.ones(2)
    optimizer = AdamLite([p])
    optimizer.zero_grad()
    assert p.grad is None
    optimizer.step()
    assert torch.equal(p, torch.ones(2))


def test_no_parameters_are_refused():
    for empty in ([], torch.ones(2)):
        with pytest.raises(ValueError, match="params must hold at least one tensor"):
            AdamLite(empty)


def test_a_parameter_given_twice_or_of_another_kind_is_refused():
    p = nn.Parameter(torch.ones(1))
    with pytest.raises(ValueError, match="each tensor once, got one twice"):
        AdamLite([p, p])
    for bad in (torch.ones(1, dtype=torch.int64), "weight"):
        with pytest.raises(ValueError, match="must be floating point tensors, got"):
            AdamWLite([p, bad])


# Which weights decay, and how much


def test_matrices_decay_and_biases_and_gains_do_not():
    model = nn.Sequential(nn.Embedding(5, 4), nn.Linear(4, 4), nn.LayerNorm(4))
    model.append(nn.Conv1d(4, 2, 3))
    model.register_parameter("temperature", nn.Parameter(torch.tensor(1.0)))
    decay, no_decay = decay_groups(model.named_parameters())
    assert [p.ndim for p in decay] == [2, 2, 3]
    assert [p.ndim for p in no_decay] == [0, 1, 1, 1, 1]
    assert decay[0] is model[0].weight
    groups = [{"params": decay}, {"params": no_decay, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=0.1, weight_decay=0.5)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    for p in model.parameters():
        p.grad = torch.zeros_like(p)
    optimizer.step()
    for name, p in model.named_parameters():
        factor = 0.95 if p.ndim >= 2 else 1.0
        torch.testing.assert_close(p.detach(), factor * before[name])


def test_what_has_two_axes_and_should_not_decay_must_be_named():
    model = nn.Sequential(nn.Linear(5, 5), nn.LayerNorm((4, 5)))
    model.register_parameter("class_token", nn.Parameter(torch.zeros(1, 1, 5)))
    decay, _ = decay_groups(model.named_parameters())
    assert [tuple(p.shape) for p in decay] == [(1, 1, 5), (5, 5), (4, 5), (4, 5)]
    spare = ["class_token", "1.weight", "1.bias"]
    decay, no_decay = decay_groups(model.named_parameters(), spare)
    assert [tuple(p.shape) for p in decay] == [(5, 5)]
    assert len(no_decay) == 4
    with pytest.raises(ValueError, match=r"must hold names of .*, got \['token'\]"):
        decay_groups(model.named_parameters(), "token")


def test_parameters_without_names_are_refused():
    with pytest.raises(ValueError, match="need pairs of name and tensor, got <class"):
        decay_groups(nn.Linear(2, 2).parameters())
    with pytest.raises(ValueError, match="need pairs of name and tensor, got <class"):
        decay_groups([("weight", 1.0)])


def test_before_a_normalization_the_size_of_a_weight_changes_nothing():
    x, weight = (
        torch.from_numpy(np.random.default_rng(s).random((4, 4))) for s in (1, 2)
    )
    normalize = nn.LayerNorm(4, eps=0.0, dtype=torch.float64)
    assert_same(normalize(x @ (7 * weight)), normalize(x @ weight))


def test_frozen_parameters_are_in_no_group():
    layer = nn.Linear(2, 2)
    layer.weight.requires_grad_(False)
    decay, no_decay = decay_groups(layer.named_parameters())
    assert decay == []
    assert len(no_decay) == 1
    assert no_decay[0] is layer.bias
    assert decay_groups([]) == ([], [])
    assert decay_groups(layer.named_parameters(), ["weight"])[0] == []
    with pytest.raises(ValueError, match="each parameter once, got 'a' and 'b'"):
        decay_groups([("a", layer.weight), ("b", layer.weight)])


def test_a_parameter_under_two_names_is_refused():
    tied = nn.Parameter(torch.ones(2, 2))
    with pytest.raises(ValueError, match="each parameter once, got 'a' and 'b'"):
        decay_groups([("a", tied), ("b", tied)])


@pytest.mark.parametrize("weight_decay", [1e-4, 0.01, 1.0])
@pytest.mark.parametrize("theta", [1.0, -3.0])
def test_effective_decay_is_exact_for_a_first_step_without_noise(theta, weight_decay):
    after = follow(vector(theta), [vector(0.0)], lr=0.01, weight_decay=weight_decay)
    fraction = effective_decay(theta, 0.0, lr=0.01, weight_decay=weight_decay)
    assert 1 - after.item() / theta == pytest.approx(fraction, rel=0, abs=1e-12)


@pytest.mark.parametrize("weight_decay", [0.3, 1.0])
def test_effective_decay_is_the_mean_step_under_noise(weight_decay):
    lr, steps = 1e-7, 4000  # so small that the weight stays at 1
    path = noise_paths([1.0], False, weight_decay, lr, steps, runs=400, seed=3)
    mean_step = (path[1000] - path[-1]).mean().item() / (steps - 1000)
    expected = effective_decay(1.0, 1.0, lr=lr, weight_decay=weight_decay)
    assert mean_step == pytest.approx(expected, rel=0.02)


def lost_to_decay(chance, weight_decay, steps=20_000, settle=10_000, pairs=200):
    """Mean loss per step of a weight at 1, in formulas, under gradients that are rare.

    Root mean square 1. Each run has a twin with the opposite gradients, so that their
    mean moves by the decay alone.
    """
    noise, lr = np.random.default_rng(0), 1e-6
    theta = torch.ones(2, pairs, dtype=torch.float64)
    state = AdamState(settle, torch.zeros_like(theta), torch.ones_like(theta))
    for t in range(steps):
        if t == settle:
            start = theta
        hit = torch.from_numpy((noise.random(pairs) < chance) / math.sqrt(chance))
        g = torch.stack([hit, -hit])
        theta, state = adam_step(theta, g, state, lr, weight_decay=weight_decay)
    mean = (start - theta).mean().item() / (steps - settle)
    return mean / effective_decay(1.0, 1.0, lr, weight_decay)


@pytest.mark.parametrize(
    ("chance", "weight_decay", "times"),
    [(1e-4, 0.01, 36), (1e-3, 0.01, 1.5), (0.01, 0.3, 1.0)],
)
def test_effective_decay_is_far_too_small_where_gradients_are_rare(
    chance, weight_decay, times
):
    assert lost_to_decay(chance, weight_decay) == pytest.approx(times, rel=0.15)


def test_effective_decay_falls_with_the_gradient_under_adam_only():
    coupled = [effective_decay(1.0, s, 1e-3, 0.1) for s in (1.0, 100.0)]
    decoupled = [effective_decay(1.0, s, 1e-3, 0.1, True) for s in (1.0, 100.0)]
    assert coupled[0] / coupled[1] == pytest.approx(100, rel=0.006)
    assert decoupled == [1e-4, 1e-4]
    assert effective_decay(1.0, 1e200) == pytest.approx(1e-205)


@pytest.mark.parametrize("name", ["g_scale", "lr", "weight_decay", "eps"])
@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_effective_decay_refuses_what_it_cannot_use(name, bad):
    with pytest.raises(ValueError, match=f"^{name} must be finite and >= 0, got {bad}"):
        effective_decay(**{"theta": 1.0, "g_scale": 1.0, name: bad})


def test_effective_decay_refuses_a_weight_that_is_no_number_and_a_zero_divisor():
    with pytest.raises(ValueError, match="theta must be finite, got nan"):
        effective_decay(math.nan, 1.0)
    with pytest.raises(ValueError, match="above 0, got all 0"):
        effective_decay(0.0, 0.0, eps=0.0)
    assert effective_decay(0.0, 0.0, eps=0.5, lr=1.0, weight_decay=0.1) == 0.2


# The experiment


def test_large_gradients_switch_off_the_decay_of_adam_but_not_of_adamw():
    ends = {d: noise_paths([1.0, 100.0], d)[-1].mean(1).tolist() for d in (False, True)}
    theory = (1 - 1e-4) ** 2000
    assert theory == pytest.approx(0.81872, abs=5e-6)
    assert math.exp(-1e-3 * 0.1 * 2000 / 100) == pytest.approx(0.99800, abs=5e-6)
    room = 0.012  # four standard errors of a mean over 200 runs
    assert ends[False] == pytest.approx([0.8189, 0.9995], abs=room)
    assert ends[True] == pytest.approx([0.8183, 0.8200], abs=room)
    assert ends[True] == pytest.approx([theory] * 2, abs=room)
    ratio = {d: abs(math.log(b)) / abs(math.log(a)) for d, (a, b) in ends.items()}
    assert ratio[False] < 0.1
    assert 0.9 < ratio[True] < 1.1


def test_the_ratios_hold_with_separate_noise_for_each_scale():
    def loss(scale, decoupled, seed):
        return -noise_paths([scale], decoupled, seed=seed)[-1].mean().log().item()

    assert abs(loss(100.0, False, 1) / loss(1.0, False, 2)) < 0.1
    assert 0.9 < loss(100.0, True, 1) / loss(1.0, True, 2) < 1.1


def test_two_thousand_runs_follow_the_effective_decay():
    ends = noise_paths([1.0, 100.0], False, runs=2000)[-1].mean(1).tolist()
    for scale, end in zip((1.0, 100.0), ends):
        theta = 1.0
        for _ in range(2000):
            theta *= 1 - effective_decay(theta, scale, 1e-3, 0.1)
        assert end == pytest.approx(theta, abs=0.004)


def test_the_experiment_is_of_two_thousand_steps_and_two_hundred_runs():
    assert noise_paths([1.0], True).shape == (2001, 1, 200)


def test_under_the_same_noise_adamw_takes_the_same_path_at_every_scale():
    path = noise_paths([1.0, 100.0], True, steps=200, runs=3)
    assert path.shape == (201, 2, 3)
    assert torch.equal(path[0], torch.ones(2, 3, dtype=torch.float64))
    torch.testing.assert_close(path[:, 0], path[:, 1], rtol=0, atol=1e-6)
    assert not torch.equal(path[-1, 0, 0], path[-1, 0, 1])


def test_the_seed_decides_the_noise():
    first, again, other = (
        noise_paths([1.0], True, steps=3, runs=2, seed=seed) for seed in (5, 5, 6)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first[1:], other[1:])


def test_half_life_of_a_weight_at_common_settings():
    one, nothing = vector(1.0), vector(0.0)
    settings = {"lr": 3e-4, "weight_decay": 0.1, "decoupled": True}
    theta, _ = adam_step(one, nothing, empty_state(one), **settings)
    factor = theta.item()
    assert factor**23_105 <= 0.5 < factor**23_104


# Memory


def test_state_is_eight_bytes_a_parameter_and_four_a_tensor():
    p = nn.Parameter(torch.ones(1000))
    p.grad = torch.ones_like(p)
    optimizer = torch.optim.AdamW([p])
    optimizer.step()
    state = optimizer.state[p]
    assert sum(x.numel() * x.element_size() for x in state.values()) == 8 * 1000 + 4


def test_amsgrad_adds_four_bytes_a_parameter():
    p = nn.Parameter(torch.ones(1000))
    p.grad = torch.ones_like(p)
    optimizer = torch.optim.AdamW([p], amsgrad=True)
    optimizer.step()
    state = optimizer.state[p]
    assert sum(x.numel() * x.element_size() for x in state.values()) == 12 * 1000 + 4


class Traffic(TorchDispatchMode):
    """Bytes that each operation would read and write with no cache between them."""

    total = 0
    passes = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        flat = [x for a in args for x in (a if isinstance(a, list) else [a])]
        read = {id(x): x for x in flat}.values()  # one operand twice is read once
        written = args[0] if out is None else out  # foreach in place returns nothing
        written = written if isinstance(written, list | tuple) else [written]
        both = (*read, *written)
        big = [x for x in both if isinstance(x, torch.Tensor) and x.numel() > 1]
        self.total += sum(x.numel() * x.element_size() for x in big)
        self.passes += bool(big)
        return out


def test_foreach_is_the_default_on_a_gpu_and_takes_the_memory_of_the_parameters():
    documented = " ".join(torch.optim.AdamW.__doc__.split())
    assert "try to use foreach over the for-loop implementation on CUDA" in documented
    assert "sizeof(params) more peak memory than the for-loop" in documented


@pytest.mark.parametrize("foreach", [False, True])
def test_the_loop_and_foreach_move_eighty_bytes_a_parameter(foreach):
    p = nn.Parameter(torch.ones(1000))
    optimizer = torch.optim.AdamW([p], foreach=foreach, fused=False)
    p.grad = torch.ones_like(p)
    optimizer.step()  # creates the state
    with Traffic() as traffic:
        optimizer.step()
    assert traffic.total == 80 * 1000
    assert traffic.passes == 8


@pytest.mark.gpu
@pytest.mark.parametrize(
    "way", [{"fused": True}, {"foreach": True}, {"foreach": False}]
)
@pytest.mark.parametrize("decoupled", [False, True])
def test_fused_foreach_and_loop_on_the_gpu_give_the_same_step(way, decoupled):
    theta, gradients = random_run(0, (1000,), 20)
    options = {"lr": 1e-2, "weight_decay": 0.1}
    exact = follow(theta, gradients, decoupled=decoupled, **options)

    def error(device, **more):
        p = nn.Parameter(theta.to(device, torch.float32))
        optimizer = OPTIMIZERS[decoupled]([p], **options, **more)
        for g in gradients:
            p.grad = g.to(device, torch.float32)
            optimizer.step()
        return (p.detach().cpu().double() - exact).abs().max().item()

    assert error("cuda", **way) <= 2 * error("cpu", foreach=False)


# Bad input


@pytest.mark.parametrize("name", ["lr", "eps", "weight_decay"])
@pytest.mark.parametrize("bad", [-1e-9, math.nan, math.inf])
def test_an_option_out_of_range_is_refused_by_name(name, bad):
    message = f"^{name} must be finite and >= 0, got {bad}"
    with pytest.raises(ValueError, match=message):
        adam_step(vector(1.0), vector(1.0), empty_state(vector(1.0)), **{name: bad})
    for optimizer in (AdamLite, AdamWLite):
        with pytest.raises(ValueError, match=message):
            optimizer([nn.Parameter(torch.ones(1))], **{name: bad})


def test_an_option_that_is_no_number_is_refused_by_name():
    message = "^lr must be finite and >= 0, got "
    for bad in ("0.1", None, 1j):
        with pytest.raises(ValueError, match=message):
            adam_step(vector(1.0), vector(1.0), empty_state(vector(1.0)), lr=bad)


@pytest.mark.parametrize(
    "bad", [(1.0, 0.999), (0.9, 1.0), (-0.1, 0.9), (0.9, math.nan), (0.9,), 0.9]
)
def test_betas_outside_the_half_open_interval_are_refused(bad):
    message = re.escape(f"betas must be two numbers in [0, 1), got {bad}")
    with pytest.raises(ValueError, match=message):
        adam_step(vector(1.0), vector(1.0), empty_state(vector(1.0)), betas=bad)
    with pytest.raises(ValueError, match=message):
        AdamLite([nn.Parameter(torch.ones(1))], betas=bad)


@pytest.mark.parametrize("g", [vector(1.0), vector(1.0, 2.0, 3.0)[:, None]])
def test_a_gradient_that_would_broadcast_is_refused(g):
    theta = vector(1.0, 2.0, 3.0)
    message = re.escape(f"g must have the shape of theta, (3,), got {tuple(g.shape)}")
    with pytest.raises(ValueError, match=message):
        adam_step(theta, g, empty_state(theta))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"m": vector(0.0)}, r"m must have the shape of theta, \(3,\), got \(1,\)"),
        ({"v": vector(0.0)}, r"v must have the shape of theta, \(3,\), got \(1,\)"),
        ({"v_max": vector(0.0)}, r"v_max must have the shape of theta, .*\(1,\)"),
        ({"v": vector(0.0, 0.0, -1.0)}, r"v must be >= 0, got -1.0"),
        ({"v": vector(0.0, 0.0, math.nan)}, r"v must be >= 0, got nan"),
        ({"v_max": vector(0.0, 0.0, -1.0)}, r"v_max must be >= 0, got -1.0"),
        ({"step": -1}, "state.step must be an integer >= 0, got -1"),
        ({"step": 1.0}, "state.step must be an integer >= 0, got 1.0"),
        ({"step": True}, "state.step must be an integer >= 0, got True"),
    ],
)
def test_a_state_that_no_step_left_behind_is_refused(change, message):
    theta = vector(1.0, 2.0, 3.0)
    with pytest.raises(ValueError, match=message):
        adam_step(theta, theta, empty_state(theta)._replace(**change))


@pytest.mark.parametrize(
    ("g", "got"),
    [
        (torch.ones(2).to_sparse(), "torch.sparse_coo"),
        (torch.ones(2, dtype=torch.complex64), "torch.complex64"),
        (torch.ones(2, dtype=torch.float64), "torch.float64"),
    ],
)
def test_a_sparse_complex_or_wider_gradient_is_refused(g, got):
    theta = torch.ones(2)
    message = f"g must be dense, and torch.float32 as theta is, got .*{got}"
    with pytest.raises(ValueError, match=message):
        adam_step(theta, g, empty_state(theta))


def test_a_state_of_another_dtype_is_refused():
    theta = torch.ones(2)
    with pytest.raises(
        ValueError, match=r"m must be torch.float32 .*got torch.float64"
    ):
        adam_step(theta, theta, empty_state(theta.double()))
    short = AdamState(0, theta.half(), theta.half())
    with pytest.raises(
        ValueError, match=r"m must be torch.float32 .*got torch.float16"
    ):
        adam_step(theta.half(), theta.half(), short)


@pytest.mark.parametrize("name", ["steps", "runs"])
@pytest.mark.parametrize("bad", [0, -1, 2.5, "3", True])
def test_noise_paths_refuse_what_is_no_count(name, bad):
    with pytest.raises(
        ValueError, match=f"{name} must be an integer >= 1, got {bad!r}"
    ):
        noise_paths([1.0], True, **{name: bad})


def test_noise_paths_take_an_iterator_and_refuse_an_infinite_scale():
    path = noise_paths(iter([1.0, 2.0]), True, steps=2, runs=2)
    assert_same(path, noise_paths([1.0, 2.0], True, steps=2, runs=2))
    with pytest.raises(ValueError, match=r"g_scales must be finite, got \[1.0, inf\]"):
        noise_paths([1.0, math.inf], True, steps=2, runs=2)


@pytest.mark.parametrize("dtype", [torch.complex64, torch.int64])
def test_a_parameter_that_is_no_real_float_is_refused(dtype):
    theta = torch.ones(2, dtype=dtype)
    with pytest.raises(ValueError, match=f"must be real floating point, got {dtype}"):
        adam_step(theta, theta, empty_state(theta))


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_gradient_that_is_no_number_is_refused(bad):
    theta = vector(1.0, 1.0)
    with pytest.raises(ValueError, match="g must be finite, got 1 NaN or infinite"):
        adam_step(theta, vector(1.0, bad), empty_state(theta))


def test_scales_of_noise_are_real_numbers_of_any_kind():
    kinds = [Fraction(1, 2), np.float32(0.5), torch.tensor(0.5)]
    path = noise_paths(kinds, True, steps=3, runs=2)
    assert torch.equal(path, noise_paths([0.5] * 3, True, steps=3, runs=2))
