"""Oracles: torch.optim.lr_scheduler, simulated SGD, brute force, exact fractions."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.optim import lr_scheduler

from snippets.ml.learning_rate_schedules import (
    bowl_loss,
    cosine,
    greedy_lrs,
    inverse_sqrt,
    noise_scale,
    sgd_second_moment,
    stationary_variance,
    step_decay,
    wsd,
)

FIVE = np.array([(1, 0), (3, 1), (-2, 5), (0, 0), (4, 4)], float)
BOWL = np.logspace(-2, 0, 20)
PEAKS = np.geomspace(0.003, 1.5, 60)


def close(actual, expected, atol=1e-12):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=atol)


def of_torch(scheduler, steps, base=1.0):
    """The rates with which torch's optimizer makes its steps."""
    x = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([x], base)
    scheduler, rates = scheduler(optimizer), []
    for _ in range(steps):
        x.grad = torch.ones_like(x)
        before = x.item()
        optimizer.step()
        rates.append(before - x.item())
        scheduler.step()
    return np.array(rates)


def shape(rule, *args, total=1000, **kwargs):
    return np.array([rule(t, 1.0, *args, **kwargs) for t in range(total)])


def best(rates):
    """Smallest final loss over the peak rates, and the peak that has it."""
    losses = bowl_loss(PEAKS[:, None] * rates, BOWL, 0.5 * BOWL)
    return losses.min(), PEAKS[losses.argmin()]


SHAPES = {
    "constant": shape(wsd, 1000),
    "inverse root": shape(inverse_sqrt, 1),
    "WSD linear": shape(wsd, 1000, 0, 200),
    "WSD sqrt": shape(wsd, 1000, 0, 200, shape="sqrt"),
    "cosine to 10 %": shape(cosine, 1000, 0, 0.1),
    "linear": shape(wsd, 1000, 0, 1000),
    "cosine": shape(cosine, 1000),
}


# Shapes


def test_cosine_is_that_of_torch_and_of_the_hand():
    ours = [cosine(t, 1, 10, floor=0.1) for t in range(11)]
    wanted = [1, 0.977975, 0.914058, 0.814503, 0.689058, 0.55]
    wanted += [0.410942, 0.285497, 0.185942, 0.122025, 0.1]
    close(ours, wanted, 5e-7)
    theirs = of_torch(
        lambda o: lr_scheduler.CosineAnnealingLR(o, 10, eta_min=0.1), 21, 1.0
    )
    close(ours, theirs[:11])
    # Beyond its end torch's rises again; here the floor holds.
    close(theirs[[11, 20]], [0.122025, 1], 5e-7)
    assert [cosine(t, 1, 10, floor=0.1) for t in (11, 20, 10**9)] == [0.1] * 3


def test_warmup_and_cosine_are_torch_s_two_in_a_row():
    ours = [cosine(t, 0.3, 10, 4) for t in range(11)]
    wanted = [0.25, 0.5, 0.75, 1, 1, 0.933013, 0.75, 0.5, 0.25, 0.066987, 0]
    close(ours, 0.3 * np.array(wanted), 5e-7)

    def scheduler(o):
        rise = lr_scheduler.LinearLR(o, 1 / 4, 1, 3)
        return lr_scheduler.SequentialLR(
            o, [rise, lr_scheduler.CosineAnnealingLR(o, 6)], [4]
        )

    close(ours, of_torch(scheduler, 11, 0.3))


def test_wsd_by_hand_and_by_torch():
    ours = [wsd(t, 1, 10, 2, 4) for t in range(11)]
    close(ours, [0.5, 1, 1, 1, 1, 1, 1, 0.75, 0.5, 0.25, 0])

    def scheduler(o):
        rise = lr_scheduler.LinearLR(o, 1 / 2, 1, 1)
        fall = lr_scheduler.LinearLR(o, 1, 0, 4)
        return lr_scheduler.SequentialLR(o, [rise, fall], [6])

    close(ours, of_torch(scheduler, 11))
    root = [wsd(t, 1, 10, 2, 4, shape="sqrt") for t in range(6, 11)]
    close(root, [1, 0.5, 0.292893, 0.133975, 0], 5e-7)
    round_ = [wsd(t, 2, 10, 2, 4, 0.5, "cosine") for t in range(6, 11)]
    close(round_, [cosine(t, 2, 4, floor=0.5) for t in range(5)])
    assert [wsd(t, 3, 4, 1) for t in (0, 3, 4, 99)] == [3, 3, 3, 3]
    assert [wsd(t, 3, 4, 0, 1, 0.5) for t in (2, 3, 4, 99)] == [3, 3, 0.5, 0.5]


def test_inverse_root_is_the_transformer_s():
    ours = [inverse_sqrt(t, 1, 4) for t in (0, 1, 3, 4, 15, 99)]
    close(ours, [0.25, 0.5, 1, 0.894427, 0.5, 0.2], 5e-7)

    def paper(t, d=512, w=4000):
        return d**-0.5 * min((t + 1) ** -0.5, (t + 1) * w**-1.5)

    peak = (512 * 4000) ** -0.5
    assert peak == pytest.approx(6.988e-4, abs=5e-8)
    for t in (0, 5, 3998, 3999, 4000, 10**6):
        assert inverse_sqrt(t, peak, 4000) == pytest.approx(paper(t), rel=1e-12)
    wide = (1024 * 8000) ** -0.5
    assert wide == pytest.approx(3.494e-4, abs=5e-8)
    assert inverse_sqrt(7999, wide, 8000) == pytest.approx(
        paper(7999, 1024, 8000), rel=1e-12
    )
    theirs = of_torch(lambda o: lr_scheduler.LambdaLR(o, lambda t: paper(t)), 9)
    close(theirs, [inverse_sqrt(t, peak, 4000) for t in range(9)])


def test_step_decay_is_that_of_torch():
    ours = [step_decay(t, 0.8, 0.5, 3) for t in range(10)]
    close(ours, of_torch(lambda o: lr_scheduler.StepLR(o, 3, 0.5), 10, 0.8))
    close(ours, [0.8] * 3 + [0.4] * 3 + [0.2] * 3 + [0.1])
    ours = [step_decay(t, 1, 0.9, 1) for t in range(5)]
    close(ours, of_torch(lambda o: lr_scheduler.ExponentialLR(o, 0.9), 5))
    assert step_decay(7, 0.3, 1, 1) == 0.3


def test_a_factor_that_is_t_over_w_makes_a_first_step_of_nothing():
    theirs = of_torch(lambda o: lr_scheduler.LambdaLR(o, lambda t: min(1, t / 5)), 6)
    close(theirs, [0, 0.2, 0.4, 0.6, 0.8, 1])
    close([wsd(t, 1, 6, 5) for t in range(6)], [0.2, 0.4, 0.6, 0.8, 1, 1])


def test_the_loop_of_the_page_takes_the_rates_of_the_schedule():
    total, warmup = 12, 3
    theirs = of_torch(
        lambda o: lr_scheduler.LambdaLR(o, lambda t: cosine(t, 1, total, warmup, 0.1)),
        total,
        0.25,
    )
    close(theirs, [cosine(t, 0.25, total, warmup, 0.025) for t in range(total)])


def test_scheduler_before_optimizer_loses_the_first_rate():
    x = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([x], 1.0)
    scheduler = lr_scheduler.LambdaLR(optimizer, lambda t: [1, 0.5, 0.25][t])
    x.grad = torch.ones(1)
    with pytest.warns(UserWarning, match=r"`optimizer.step\(\)` before"):
        scheduler.step()
    optimizer.step()
    assert x.item() == -0.5


def test_a_resumed_run_without_the_scheduler_s_state_begins_again():
    def fresh(base):
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], base)
        return optimizer, lr_scheduler.CosineAnnealingLR(optimizer, 10)

    optimizer, scheduler = fresh(1.0)
    for _ in range(8):
        optimizer.step()
        scheduler.step()
    assert scheduler.get_last_lr()[0] == pytest.approx(cosine(8, 1, 10))
    again, forgetful = fresh(1.0)
    assert forgetful.get_last_lr() == [1.0]
    forgetful.load_state_dict(scheduler.state_dict())
    again.load_state_dict(optimizer.state_dict())
    again.step()
    forgetful.step()
    assert again.param_groups[0]["lr"] == pytest.approx(cosine(9, 1, 10))


@given(data=st.data())
def test_rates_rise_then_fall_between_floor_and_base(data):
    total = data.draw(st.integers(1, 40))
    warmup = data.draw(st.integers(0, total))
    decay = data.draw(st.integers(0, total - warmup))
    base = data.draw(st.floats(0, 10))
    floor = data.draw(st.floats(0, base))
    kind = data.draw(st.sampled_from(["linear", "sqrt", "cosine"]))
    for rates, fall in (
        ([cosine(t, base, total, warmup, floor) for t in range(total + 3)], warmup),
        (
            [wsd(t, base, total, warmup, decay, floor, kind) for t in range(total + 3)],
            total - decay,
        ),
    ):
        tiny = 1e-12 * (1 + base)
        for t in range(warmup):
            assert rates[t] == pytest.approx(base * (t + 1) / warmup, abs=tiny)
        assert all(rate == base for rate in rates[warmup : min(fall + 1, total)])
        falling = itertools.pairwise(rates[fall:])
        assert all(a >= b - tiny for a, b in falling)
        assert all(floor - tiny <= rate <= base + tiny for rate in rates[fall:])
    assert rates[total:] == [floor if decay else base] * 3


def test_the_shortest_runs():
    assert [cosine(t, 2, 1, 0, 0.5) for t in (0, 1, 2)] == [2, 0.5, 0.5]
    assert [cosine(t, 2, 1, 1) for t in (0, 1, 2)] == [2, 0, 0]
    assert [cosine(t, 2, 4, 4) for t in range(6)] == [0.5, 1, 1.5, 2, 0, 0]
    assert [wsd(t, 2, 1, 0, 1) for t in (0, 1)] == [2, 0]
    assert [wsd(t, 2, 2, 1, 1) for t in range(3)] == [2, 2, 0]
    assert [wsd(t, 2, 2, 2) for t in range(4)] == [1, 2, 2, 2]
    assert cosine(5, 0, 9) == wsd(5, 0, 9) == inverse_sqrt(5, 0, 1) == 0
    assert cosine(2**62, 1, 5) == 0


def test_mean_rates():
    assert np.mean(SHAPES["cosine"]) == pytest.approx(0.5005, abs=1e-12)
    assert np.mean(SHAPES["WSD linear"]) == pytest.approx(0.9005, abs=1e-12)


# One curvature


@given(
    lrs=st.lists(st.floats(0, 3), max_size=6),
    h=st.floats(0.01, 3),
    noise=st.floats(0, 5),
    start=st.floats(0, 5),
)
def test_second_moments_are_those_of_exact_fractions(lrs, h, noise, start):
    v = Fraction(start)
    wanted = [v]
    for lr in map(Fraction, lrs):
        v = (1 - lr * Fraction(h)) ** 2 * v + lr**2 * Fraction(noise)
        wanted.append(v)
    ours = sgd_second_moment(lrs, h, noise, start)
    assert ours.shape == (len(lrs) + 1,)
    np.testing.assert_allclose(ours, [float(v) for v in wanted], rtol=1e-9, atol=1e-12)


def test_second_moments_are_those_of_simulated_sgd():
    rng, n = np.random.default_rng(0), 200_000
    lrs = [0.5, 0.3, 0.9, 0.05]
    x = np.full(n, 2.0)
    moments = [np.mean(x * x)]
    for lr in lrs:
        x = x - lr * (0.8 * x + math.sqrt(3) * rng.standard_normal(n))
        moments.append(np.mean(x * x))
    np.testing.assert_allclose(sgd_second_moment(lrs, 0.8, 3, 4), moments, rtol=0.02)


@pytest.mark.parametrize(
    ("lr", "wanted"), [(0.1, 0.0526), (0.5, 0.3333), (1, 1), (1.5, 3)]
)
def test_a_constant_rate_settles_at_the_stationary_variance(lr, wanted):
    assert stationary_variance(lr, 1, 1) == pytest.approx(wanted, abs=5e-5)
    for start in (0, 7):
        end = sgd_second_moment([lr] * 400, 1, 1, start)[-1]
        assert end == pytest.approx(stationary_variance(lr, 1, 1), abs=1e-12)
    rng = np.random.default_rng(1)
    x = np.zeros(20_000)
    for _ in range(60):
        x = x - lr * (x + rng.standard_normal(x.size))
    assert np.mean(x * x) == pytest.approx(wanted, rel=0.05)
    assert stationary_variance(lr, 1, 1e9) == pytest.approx(wanted * 1e9, rel=1e-3)
    # Other units: h = 4 and noise 3 are lr h = 4 lr, and 3 / 16 of the variance.
    other = stationary_variance(lr / 4, 4, 3)
    assert other == pytest.approx(wanted * 3 / 16, abs=5e-5)


def test_numbers_of_the_first_section():
    for lr, wanted in (
        (0.5, [9, 0.3418, 0.3333, 0.3333, 0.3333]),
        (0.1, [9, 3.1724, 1.1404, 0.1849, 0.0546]),
    ):
        moments = sgd_second_moment([lr] * 40, 1, 1, 9)
        close(moments[[0, 5, 10, 20, 40]], wanted, 5e-5)
    both = sgd_second_moment([0.5] * 5 + [0.1] * 35, 1, 1, 9)
    assert both[10] < min(
        sgd_second_moment([0.5] * 10, 1, 1, 9)[-1],
        sgd_second_moment([0.1] * 10, 1, 1, 9)[-1],
    )


def test_greedy_rates_by_hand():
    rates = greedy_lrs(50, 2, 3, 5)
    close(rates[:3], [0.434783, 0.232558, 0.158730], 5e-7)
    end = sgd_second_moment(rates, 2, 3, 5)[-1]
    assert end == pytest.approx(0.0149551, abs=5e-8)
    assert end == pytest.approx(1 / (0.2 + 50 * 4 / 3), rel=1e-12)


@given(
    h=st.floats(0.1, 5),
    noise=st.floats(0.01, 9),
    start=st.floats(0.01, 9),
    steps=st.integers(0, 30),
)
def test_greedy_rates_are_a_harmonic_law(h, noise, start, steps):
    # 1 / v grows by h^2 / noise a step, and the next rate is h v over the sum.
    v = [1 / (1 / start + t * h * h / noise) for t in range(steps + 1)]
    rates = greedy_lrs(steps, h, noise, start)
    wanted = [h * v[t] / (h * h * v[t] + noise) for t in range(steps)]
    np.testing.assert_allclose(rates, wanted, rtol=1e-9)
    moments = sgd_second_moment(rates, h, noise, start)
    np.testing.assert_allclose(moments, v, rtol=1e-9)


def test_no_two_rates_on_a_grid_beat_the_greedy_ones():
    h, noise, start = 1.3, 0.7, 2.0
    rates = greedy_lrs(2, h, noise, start)
    least = sgd_second_moment(rates, h, noise, start)[-1]
    grid = np.linspace(0, 1.6, 641)
    first = (1 - grid * h) ** 2 * start + grid**2 * noise
    both = (1 - grid * h) ** 2 * first[:, None] + grid**2 * noise
    assert least < both.min() < least + 1e-4
    a, b = np.unravel_index(both.argmin(), both.shape)
    close([grid[a], grid[b]], rates, 0.003)
    # h = 2, noise 3, start 5: the two best steps leave 0.3488.
    assert sgd_second_moment(greedy_lrs(1, 2, 3, 5), 2, 3, 5)[-1] == pytest.approx(
        0.6522, abs=5e-5
    )
    assert sgd_second_moment(greedy_lrs(2, 2, 3, 5), 2, 3, 5)[-1] == pytest.approx(
        0.3488, abs=5e-5
    )


def test_greedy_rates_at_the_ends():
    assert greedy_lrs(0, 1, 1, 1).shape == (0,)
    assert greedy_lrs(3, 2, 0, 5).tolist() == [0.5, 0, 0]
    assert greedy_lrs(3, 2, 1, 0).tolist() == [0, 0, 0]
    rates = greedy_lrs(3, 1e-150, 1e150, 1e-150)
    assert rates.tolist() == [0, 0, 0]
    assert sgd_second_moment([], 1, 1, 4).tolist() == [4]


# Many curvatures


def test_bowl_loss_is_the_sum_over_its_directions():
    rng = np.random.default_rng(0)
    lrs, h, s = rng.random((3, 7)), rng.random(4) + 0.1, rng.random(4)
    wanted = [
        sum(0.5 * a * sgd_second_moment(row, a, b, 2)[-1] for a, b in zip(h, s))
        for row in lrs
    ]
    close(bowl_loss(lrs, h, s, 2), wanted)
    assert bowl_loss(np.zeros((2, 0)), [2, 4], [1, 1], 3).tolist() == [9, 9]
    assert bowl_loss(np.zeros((1, 1)), [2], [0]).tolist() == [1]


@pytest.mark.parametrize(
    ("name", "loss", "peak"),
    [
        ("constant", 0.03585, 0.038),
        ("inverse root", 0.02425, 0.797),
        ("WSD linear", 0.02045, 0.079),
        ("WSD sqrt", 0.01836, 0.087),
        ("cosine to 10 %", 0.01472, 0.133),
        ("linear", 0.01409, 0.182),
        ("cosine", 0.01291, 0.203),
    ],
)
def test_best_loss_of_each_schedule(name, loss, peak):
    found = best(SHAPES[name])
    assert found[0] == pytest.approx(loss, abs=1e-4)
    assert found[1] == pytest.approx(peak, abs=6e-4)


def test_at_the_constant_schedule_s_rate_the_cosine_looks_worse():
    losses = {
        name: bowl_loss(0.0376 * rates[None], BOWL, 0.5 * BOWL)[0]
        for name, rates in SHAPES.items()
    }
    assert losses["constant"] == pytest.approx(0.0359, abs=1e-4)
    assert losses["cosine"] == pytest.approx(0.0444, abs=1e-4)
    assert losses["WSD sqrt"] == pytest.approx(0.0272, abs=1e-4)


def test_a_geometric_fall_beats_the_cosine_on_this_bowl():
    loss, peak = best(shape(step_decay, 0.001**0.001, 1))
    assert loss == pytest.approx(0.0095, abs=1e-4)
    assert peak == pytest.approx(1.215, abs=1e-3)
    assert best(shape(step_decay, 0.1**0.001, 1))[0] == pytest.approx(0.0172, abs=1e-4)


def test_the_best_next_step_ends_above_the_best_constant_rate():
    v, lrs = np.ones(20), []
    for _ in range(1000):
        trials = np.linspace(0, 1, 3)  # three points fix the parabola
        losses = [
            0.5 * (BOWL * ((1 - a * BOWL) ** 2 * v + a * a * BOWL / 2)).sum()
            for a in trials
        ]
        bend, slope, _ = np.polyfit(trials, losses, 2)
        lrs.append(-slope / bend / 2)
        v = (1 - lrs[-1] * BOWL) ** 2 * v + lrs[-1] ** 2 * BOWL / 2
    loss = bowl_loss([lrs], BOWL, BOWL / 2)[0]
    assert loss == pytest.approx(0.0463, abs=1e-4)
    assert loss > best(SHAPES["constant"])[0]


def test_start_and_noise_at_the_best_rates():
    for name, start, noise in (
        ("constant", 0.0141, 0.0218),
        ("cosine", 0.0017, 0.0112),
    ):
        loss, peak = best(SHAPES[name])
        alone = bowl_loss(peak * SHAPES[name][None], BOWL, 0 * BOWL)[0]
        assert alone == pytest.approx(start, abs=1e-4)
        assert loss - alone == pytest.approx(noise, abs=1e-4)


def test_restarts_cost_on_this_bowl():
    for cycles, wanted in ((1, 0.0129), (2, 0.0184), (4, 0.0251)):
        length = 1000 // cycles
        rates = np.array([cosine(t % length, 1, length) for t in range(1000)])
        assert best(rates)[0] == pytest.approx(wanted, abs=1e-4)


def test_half_of_a_long_cosine_is_no_result_for_half_the_length():
    long, short = shape(cosine, 1000)[:500], shape(cosine, 500, total=500)
    cut, own = bowl_loss(0.3 * np.array([long, short]), BOWL, 0.5 * BOWL)
    assert cut == pytest.approx(0.0947, abs=1e-4)
    assert own == pytest.approx(0.0235, abs=1e-4)
    trunk = shape(wsd, 500, 0, 100, shape="sqrt", total=500)
    branch = bowl_loss(0.0873 * trunk[None], BOWL, 0.5 * BOWL)[0]
    assert branch == pytest.approx(0.0346, abs=1e-4)
    assert branch < cut


# Batches


def test_noise_scale_of_five_gradients_is_exact():
    # The mean of |g|^2 over all ordered batches, drawn with replacement.
    found = []
    for size in (1, 4):
        means = [
            FIVE[list(i)].mean(0) for i in itertools.product(range(5), repeat=size)
        ]
        found.append(np.mean([m @ m for m in means]))
    close(found, [14.4, 7.68])
    G, centred = FIVE.mean(0), FIVE - FIVE.mean(0)
    signal, trace, ratio = noise_scale(found[0], 1, found[1], 4)
    close((signal, trace), (G @ G, (centred**2).sum() / 5))
    close((signal, trace, ratio), (5.44, 8.96, 1.647059), 5e-7)


@given(
    signal=st.floats(0.01, 9),
    trace=st.floats(0, 9),
    small=st.integers(1, 50),
    more=st.integers(1, 50),
)
def test_noise_scale_solves_the_two_equations(signal, trace, small, more):
    big = small + more
    found = noise_scale(signal + trace / small, small, signal + trace / big, big)
    np.testing.assert_allclose(found, (signal, trace, trace / signal), 1e-6, 1e-7)


def test_estimates_of_nothing_but_noise_may_be_negative():
    assert noise_scale(4, 1, 1, 4)[2] == math.inf
    signal, trace, ratio = noise_scale(4, 1, 0.5, 4)
    assert signal < 0 < trace
    assert ratio == math.inf
    signal, trace, ratio = noise_scale(1, 1, 2, 2)
    assert (signal, trace) == (3, -2)
    assert ratio == pytest.approx(-2 / 3)


def test_best_rate_for_a_batch_is_one_over_one_plus_scale_over_size():
    h, G, scatter = 2.0, np.array([1.0, -2.0]), np.array([3.0, 4.0])
    squares = [G @ G + scatter.sum() / batch for batch in (1, 4)]
    scale = noise_scale(squares[0], 1, squares[1], 4)[2]
    assert scale == pytest.approx(7 / 5)

    def fall(lr, batch):
        x = G / h  # where the gradient is G
        v = x**2 * (1 - lr * h) ** 2 + lr**2 * scatter / batch
        return 0.5 * h * (x @ x - v.sum())

    grid = np.linspace(0, 0.6, 3001)
    for share in (1 / 16, 1 / 4, 1, 4, 16):
        batch = share * scale
        falls = [fall(lr, batch) for lr in grid]
        assert grid[np.argmax(falls)] == pytest.approx(
            1 / h / (1 + 1 / share), abs=2e-4
        )
        assert max(falls) == pytest.approx(G @ G / (2 * h) / (1 + 1 / share), rel=1e-6)


@pytest.mark.parametrize(
    ("k", "wanted"), [(1, 0.00506), (4, 0.00513), (16, 0.00545), (64, 0.00735)]
)
def test_linear_rule_holds_while_the_steps_are_short(k, wanted):
    end = sgd_second_moment([0.01 * k] * (512 // k), 1, 1 / k, 1)[-1]
    assert end == pytest.approx(wanted, abs=6e-6)


# Adam and warm-up


def test_adam_s_first_steps_under_noise_are_longer_than_later_ones():
    torch.manual_seed(0)
    x = torch.zeros(20_000, dtype=torch.float64, requires_grad=True)
    optimizer, sizes = torch.optim.Adam([x], 1.0), []
    for _ in range(100):
        before = x.detach().clone()
        x.grad = torch.randn_like(x)
        optimizer.step()
        sizes.append((x.detach() - before).square().mean().sqrt().item())
    wanted = [1, 0.71, 0.45, 0.26, 0.23]
    close([sizes[t - 1] for t in (1, 2, 5, 20, 100)], wanted, 0.011)
    assert sizes[-1] == pytest.approx(math.sqrt(0.1 / 1.9), abs=0.01)


@pytest.mark.parametrize(
    ("start", "warmup", "finite"), [(1, 0, True), (3, 0, False), (3, 10, True)]
)
def test_a_rate_for_the_minimum_diverges_where_it_is_steep(start, warmup, finite):
    x = start
    for t in range(40):
        x = x - wsd(t, 0.3, 100, warmup) * (x**3 + x)
        if abs(x) > 1e6:
            break
    assert (abs(x) < 0.01) == finite


def test_a_range_test_without_noise_sees_the_limit_too_late():
    lrs = 1e-3 * 10 ** (np.arange(200) / 50)
    for noise, wanted in ((0.0, 9.55), (0.01, 0.794)):
        losses = sum(
            0.5 * h * sgd_second_moment(lrs, h, noise * h, 1) for h in (1.0, 0.1)
        )
        assert lrs[np.argmin(losses[:200])] == pytest.approx(wanted, abs=0.005)


def test_decay_of_adamw_follows_the_sum_of_the_rates():
    for rates, wanted in ((SHAPES["constant"], 0.90483), (SHAPES["cosine"], 0.95118)):
        assert np.prod(1 - 1e-3 * rates * 0.1) == pytest.approx(wanted, abs=5e-6)
        x = torch.ones(1, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.AdamW([x], 1e-3, weight_decay=0.1)
        scheduler = lr_scheduler.LambdaLR(optimizer, lambda t, r=rates: r[min(t, 999)])
        for _ in range(1000):
            x.grad = torch.zeros_like(x)
            optimizer.step()
            scheduler.step()
        assert x.item() == pytest.approx(wanted, abs=5e-6)


# What is refused


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cosine(-1, 1, 4), "t must be an integer >= 0, got -1"),
        (lambda: cosine(0.5, 1, 4), "t must be an integer >= 0, got 0.5"),
        (lambda: cosine(True, 1, 4), "t must be an integer >= 0, got True"),
        (lambda: cosine(2**63, 1, 4), "t must be below"),
        (lambda: cosine(0, -1, 4), r"base must be in \[0, 1e\+150\], got -1"),
        (lambda: cosine(0, math.nan, 4), "base must be in"),
        (lambda: cosine(0, 10**400, 4), "base must be in"),
        (lambda: cosine(0, 1, 0), "total must be an integer >= 1, got 0"),
        (lambda: cosine(0, 1, 4, 5), "warmup must be <= total = 4, got 5"),
        (lambda: cosine(0, 1, 4, -1), "warmup must be an integer >= 0, got -1"),
        (lambda: cosine(0, 1, 4, 0, 1.5), "floor must be in .*1.0.*, got 1.5"),
        (lambda: cosine(0, 1, 4, 0, -0.1), "floor must be in .*, got -0.1"),
        (lambda: wsd(-1, 1, 4), "t must be an integer"),
        (lambda: wsd(0, 1, 4, 5), "warmup must be <= total = 4, got 5"),
        (lambda: wsd(0, 1, 4, 3, 2), "must be <= total = 4, got 3 [+] 2"),
        (lambda: wsd(0, 1, 4, 0, -1), "decay must be an integer >= 0, got -1"),
        (lambda: wsd(0, 1, 4, 0, 1, 2), "floor must be in"),
        (lambda: wsd(0, 1, 4, shape="exp"), "one of linear, sqrt, cosine, got 'exp'"),
        (lambda: wsd(0, 1, 4, shape=["linear"]), "shape must be one of"),
        (lambda: inverse_sqrt(-1, 1, 4), "t must be an integer"),
        (lambda: inverse_sqrt(0, -1, 4), "base must be in"),
        (lambda: inverse_sqrt(0, 1, 0), "warmup must be an integer >= 1, got 0"),
        (lambda: step_decay(-1, 1, 0.5, 1), "t must be an integer"),
        (lambda: step_decay(0, math.inf, 0.5, 1), "base must be in"),
        (lambda: step_decay(0, 1, 0, 1), r"gamma must be in \(0, 1\], got 0"),
        (lambda: step_decay(0, 1, 1.1, 1), "gamma must be in .*, got 1.1"),
        (lambda: step_decay(0, 1, 0.5, 0), "every must be an integer >= 1, got 0"),
        (lambda: sgd_second_moment([-0.1], 1, 1, 1), "lrs must be in"),
        (lambda: sgd_second_moment([math.nan], 1, 1, 1), "lrs must be in"),
        (lambda: sgd_second_moment(0.1, 1, 1, 1), r"shape \(len,\), got \(\)"),
        (lambda: sgd_second_moment(["a"], 1, 1, 1), "lrs must be real numbers"),
        (lambda: sgd_second_moment([True], 1, 1, 1), "lrs must be real numbers"),
        (lambda: sgd_second_moment([0.1], 0, 1, 1), "curvature must be > 0.*got 0"),
        (lambda: sgd_second_moment([0.1], 1, -1, 1), "noise must be in .*, got -1"),
        (lambda: sgd_second_moment([0.1], 1, 1, -1), "start must be in .*, got -1"),
        (lambda: sgd_second_moment([1e150] * 3, 1, 1, 1), "stay finite, got inf, s"),
        (lambda: stationary_variance(0, 1, 1), r"lr must be in \(0, .* = 2\), got 0"),
        (lambda: stationary_variance(2, 1, 1), r"lr must be in \(0, .* = 2\), got 2"),
        (lambda: stationary_variance(0.1, -1, 1), "curvature must be > 0"),
        (lambda: stationary_variance(0.1, 1, -1), "noise must be in"),
        (lambda: stationary_variance(1e150, 1e-150, 1e150), "stay finite, got inf"),
        (lambda: greedy_lrs(-1, 1, 1, 1), "steps must be an integer >= 0, got -1"),
        (lambda: greedy_lrs(1, 0, 1, 1), "curvature must be > 0"),
        (lambda: greedy_lrs(1, 1, -1, 1), "noise must be in"),
        (lambda: greedy_lrs(1, 1, 1, -1), "start must be in"),
        (lambda: bowl_loss([0.1], [1], [1]), r"lrs must have shape \(k, len\), got"),
        (lambda: bowl_loss([[0.1]], [], []), "curvature must be > 0, at least one"),
        (lambda: bowl_loss([[0.1]], [0], [1]), "curvature must be > 0, at least one"),
        (lambda: bowl_loss([[0.1]], [1, 2], [1]), r"noise must have shape \(2,\), got"),
        (lambda: bowl_loss([[0.1]], [1], [1], -1), "start must be in"),
        (lambda: bowl_loss([[1e150] * 3], [1], [1]), "losses must stay finite"),
        (lambda: bowl_loss([[0.1] * 3, [1e150] * 3], [1], [1]), "stay finite, got"),
        (lambda: noise_scale(-1, 1, 1, 2), "sq_small must be in .*, got -1"),
        (lambda: noise_scale(1, 1, -1, 2), "sq_big must be in .*, got -1"),
        (lambda: noise_scale(1, 0, 1, 2), "b_small must be an integer >= 1, got 0"),
        (lambda: noise_scale(1, 2, 1, 2), "b_small must be < b_big = 2, got 2"),
        (lambda: noise_scale(1, 3, 1, 2), "b_small must be < b_big = 2, got 3"),
    ],
)
def test_bad_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
