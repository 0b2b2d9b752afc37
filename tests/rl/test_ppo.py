"""Oracles: torch autograd, scipy densities, exact sums, random worlds, by hand."""

import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from snippets.rl.actor_critic_gae import gae, normalise
from snippets.rl.environments import cliff_walking
from snippets.rl.policy_gradient import (
    exact_gradient,
    exact_value,
    fisher,
    reinforce,
    softmax_policy,
)
from snippets.rl.ppo import (
    clip_fraction,
    clipped_gradient,
    clipped_objective,
    kl_estimates,
    ppo_update,
    trpo_step,
    value_loss,
)

TOLERANCE = {"rtol": 0, "atol": 1e-12}
ACTIONS = [0, 0, 1, 1, 2, 2, 0, 1]
ADV = [1, 1, -1, -1, 0.5, 0.5, 1, -1]
STATES = [0] * 8
ZERO = [[0.0, 0, 0]]
BATCH = (STATES, ACTIONS, ADV)

numbers = st.floats(-3, 3)
clips = st.sampled_from([0.1, 0.2, 0.5, 0.9])


def ratios(theta):
    e = np.exp(theta[0] - theta[0].max())
    return 3 * e / e.sum()


# The objective


def test_the_six_cases_by_hand():
    logp = np.log([0.5, 1, 1.5])
    zero = [0] * 3
    for a, value, slope in (
        (1, (0.5, 1, 1.2), (0.5, 1, 0)),
        (-1, (-0.8, -1, -1.5), (0, -1, -1.5)),
    ):
        found = clipped_objective(logp, zero, [a] * 3)
        np.testing.assert_allclose(found, value, **TOLERANCE)
        found = clipped_gradient(logp, zero, [a] * 3)
        np.testing.assert_allclose(found, slope, **TOLERANCE)


@given(st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=6), clips)
def test_objective_and_gradient_are_those_of_autograd(rows, clip):
    new, old, adv = (np.array(column) for column in zip(*rows, strict=True))
    leaf = torch.tensor(new, requires_grad=True)
    r = torch.exp(leaf - torch.tensor(old))
    a = torch.tensor(adv)
    wanted = torch.minimum(r * a, torch.clamp(r, 1 - clip, 1 + clip) * a)
    wanted.sum().backward()
    found = clipped_objective(new, old, adv, clip)
    np.testing.assert_allclose(found, wanted.detach().numpy(), rtol=1e-12, atol=1e-12)
    ratio = np.exp(new - old)
    assert (found <= ratio * adv).all()
    clear = (np.abs(np.abs(ratio - 1) - clip) > 1e-9) & (np.abs(adv) > 1e-200)
    found = clipped_gradient(new, old, adv, clip)
    np.testing.assert_allclose(
        found[clear], leaf.grad.numpy()[clear], rtol=1e-12, atol=1e-12
    )


def test_without_the_minimum_the_gradient_is_lost_where_it_is_needed():
    for a, r, wrong, right in ((-1, 1.5, -1.2, -1.5), (1, 0.5, 0.8, 0.5)):
        assert np.clip(r, 0.8, 1.2) * a == pytest.approx(wrong)
        found = clipped_objective([math.log(r)], [0], [a])[0]
        assert found == pytest.approx(right)
        slope = clipped_gradient([math.log(r)], [0], [a])[0]
        assert slope == pytest.approx(right)


def test_on_the_edge_of_the_band_the_gradient_is_still_there():
    for r, a in ((1 + 0.5, 1), (1 - 0.5, -1)):
        assert math.exp(math.log(r)) == r
        assert clipped_gradient([math.log(r)], [0], [a], 0.5)[0] == r * a
        assert clip_fraction([math.log(r)], [0], 0.5) == 0


def test_the_band_is_a_fifth_wide_on_each_side_unless_told():
    for r, outside in ((1.19, 0), (1.21, 1), (0.81, 0), (0.79, 1)):
        a = 1 if r > 1 else -1
        one = [math.log(r)], [0]
        value = min(max(r, 0.8), 1.2) * a
        assert clipped_objective(*one, [a])[0] == pytest.approx(value)
        assert (clipped_gradient(*one, [a])[0] == 0) == outside
        assert clip_fraction(*one) == outside
        lr = abs(math.log(r / (2 - r)))  # one step of two equal actions leads to r
        _, log = ppo_update([[0.0, 0]], [0], [0], [a], lr, 1)
        assert log[0][1] == outside


def test_an_advantage_of_2_at_a_ratio_of_1_3():
    for a, value, slope in ((2, 2.4, 0), (-2, -2.6, -2.6)):
        one = [math.log(1.3)], [0], [a]
        assert clipped_objective(*one)[0] == pytest.approx(value)
        assert clipped_gradient(*one)[0] == pytest.approx(slope)


def test_no_advantage_no_objective_whatever_the_ratio():
    for d in (-800.0, -1, 0, 1, 800):
        assert clipped_objective([d], [0], [0])[0] == 0
        assert clipped_gradient([d], [0], [0])[0] == 0


def test_extreme_ratios_are_finite_or_refused():
    assert clipped_objective([-800.0], [0], [1])[0] == 0
    assert clipped_objective([-800.0], [0], [-1])[0] == pytest.approx(-0.8)
    assert clipped_gradient([-800.0], [0], [1])[0] == 0
    assert clipped_objective([800.0], [0], [1])[0] == pytest.approx(1.2)
    assert clipped_gradient([800.0], [0], [1])[0] == 0
    with pytest.raises(ValueError, match="the objective must stay finite"):
        clipped_objective([800.0], [0], [-1])
    with pytest.raises(ValueError, match="the gradient must stay finite"):
        clipped_gradient([800.0], [0], [-1])
    with pytest.raises(ValueError, match="the objective must stay finite"):
        clipped_objective([1.0], [0], [1.7e308])  # 1.2 A overflows
    assert clipped_gradient([1.0], [0], [1.7e308])[0] == 0
    assert clipped_objective([-1.0], [0], [-1.7e308])[0] == pytest.approx(-1.36e308)


def test_shapes_pass_through_and_fractions_are_numbers():
    block = np.zeros((2, 3, 1))
    assert clipped_objective(block, block, block + 1).shape == (2, 3, 1)
    assert clipped_gradient(block, block, block + 1).shape == (2, 3, 1)
    assert value_loss(block, block, block).shape == (2, 3, 1)
    found = clipped_objective([Fraction(0)], [0], [Fraction(1, 2)])
    assert found.tolist() == [0.5]


# The critic


def test_the_clipped_value_loss_is_the_larger_of_two():
    v, old, target = [1, 3, 0.1, 2], [0] * 4, [2] * 4
    found = value_loss(v, old, target)
    np.testing.assert_allclose(found, (0.5, 0.5, 1.805, 0), **TOLERANCE)
    found = value_loss(v, old, target, 0.2)
    np.testing.assert_allclose(found, (1.62, 1.62, 1.805, 1.62), **TOLERANCE)
    moved = value_loss(np.array(v) + 1e-3, old, target, 0.2)
    flat = np.array([True, True, False, True])  # stopped, not pulled back
    np.testing.assert_array_equal(moved == found, flat)


@given(numbers, numbers, numbers, st.sampled_from([0.1, 1.0, 2.5]))
def test_the_clipped_loss_is_never_below_the_plain_one(v, old, target, clip):
    plain = value_loss([v], [old], [target])[0]
    assert plain == pytest.approx((v - target) ** 2 / 2)
    clipped = value_loss([v], [old], [target], clip)[0]
    near = min(max(v, old - clip), old + clip)
    assert clipped == pytest.approx(max(plain, (near - target) ** 2 / 2))


# How far it went


def test_exact_expectations_of_the_estimates():
    old, new = np.array([0.5, 0.3, 0.2]), np.array([0.4, 0.4, 0.2])
    each = [kl_estimates([math.log(q)], [math.log(p)]) for p, q in zip(old, new)]
    k1, k2, k3 = old @ np.array(each)
    true = stats.entropy(old, new)
    assert true == pytest.approx(0.025267, abs=5e-7)
    assert (k1, k3) == pytest.approx((true, true), abs=1e-12)
    assert k2 == pytest.approx(0.024862, abs=5e-7)


def test_a_million_draws_of_a_normal_distribution():
    x = np.random.default_rng(0).normal(size=1_000_000)
    old = stats.norm.logpdf(x)
    for shift, wanted, spread in (
        (0.1, (0.0049, 0.0050187, 0.0050065), (0.100, 0.0071)),
        (1, (0.4990, 0.6252, 0.5005), (1.0007, 0.8484)),
    ):
        new = stats.norm.logpdf(x, shift)
        assert kl_estimates(new, old) == pytest.approx(wanted, rel=2e-3)
        d = new - old
        assert d.std() == pytest.approx(spread[0], rel=2e-3)
        assert (np.expm1(d) - d).std() == pytest.approx(spread[1], rel=5e-3)
    near = stats.norm.logpdf(x, 0.1) - old
    assert (near > 0).mean() == pytest.approx(0.480, abs=5e-4)
    assert near.std() / (np.expm1(near) - near).std() == pytest.approx(14.1, abs=0.1)


def test_with_new_samples_the_roles_swap():
    old, new = np.array([0.7, 0.2, 0.1]), np.array([0.2, 0.3, 0.5])
    each = [
        kl_estimates([math.log(p)], [math.log(q)])[2]
        for p, q in zip(old, new, strict=True)
    ]
    assert new @ each == pytest.approx(stats.entropy(new, old))
    assert abs(stats.entropy(new, old) - stats.entropy(old, new)) > 0.04


def test_with_old_samples_the_gradients_of_k1_and_k3_are_that_of_the_divergence():
    old = torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64)
    z = torch.tensor([0.3, -0.4, 1.0], dtype=torch.float64, requires_grad=True)
    d = torch.log_softmax(z, 0) - old.log()
    each = -d, d**2 / 2, torch.expm1(d) - d
    values = [kl_estimates([x], [0]) for x in d.tolist()]
    for k, (one, ours) in enumerate(zip(each, zip(*values, strict=True), strict=True)):
        assert one.tolist() == pytest.approx(ours)
        (slope,) = torch.autograd.grad((old * one).sum(), z, retain_graph=True)
        true = torch.softmax(z, 0) - old
        assert torch.allclose(slope, true, rtol=0, atol=1e-12) == (k != 1)


@pytest.mark.parametrize("shift", [0.1, 1, 1.5, 2])
def test_far_out_k3_is_noisier_than_k1(shift):
    # E_old of r^2 is exp(shift^2), of (ln r)^2 from the normal, and of r ln r the KL
    x, w = np.polynomial.hermite_e.hermegauss(120)
    w = w / w.sum()
    d = stats.norm.logpdf(x, shift) - stats.norm.logpdf(x)
    k1, k3 = np.array([kl_estimates([v], [0])[::2] for v in d]).T
    spread = [math.sqrt(w @ k**2 - (w @ k) ** 2) for k in (k1, k3)]
    wanted = math.sqrt(math.expm1(shift**2) - shift**2)
    assert spread == pytest.approx((shift, wanted), rel=1e-6)
    assert (spread[1] > spread[0]) == (shift > 1.12)
    assert shift != 2 or wanted == pytest.approx(7.04, abs=5e-3)


def test_a_million_draws_miss_the_tail_of_k3():
    x = np.random.default_rng(0).normal(size=1_000_000)
    d = 2 * x - 2
    assert (d > 0).mean() == pytest.approx(0.16, abs=5e-3)
    assert kl_estimates(d, 0 * d) == pytest.approx((1.998, 3.9987, 2.0009), abs=5e-4)
    assert (np.expm1(d) - d).std() == pytest.approx(6.44, abs=5e-3)


@pytest.mark.parametrize("d", [1e-5, -1e-9, 1e-12, 3e-14])
def test_the_relative_error_of_k3_is_that_of_the_docstring(d):
    exact = sum(Fraction(d) ** k / math.factorial(k) for k in range(2, 9))
    found = kl_estimates([d], [0])[2]
    assert abs(Fraction(found) / exact - 1) <= 4e-16 / abs(d) + 1e-15


def test_k3_keeps_its_digits_near_0():
    assert kl_estimates([1e-9], [0])[2] == pytest.approx(5e-19, rel=1e-6)
    lost = math.exp(1e-9) - 1 - 1e-9
    assert lost == pytest.approx(8.27e-17, rel=1e-2)


@given(st.floats(-30, 30).filter(lambda d: abs(d) > 1e-3))
def test_k3_is_never_negative(d):
    k1, k2, k3 = kl_estimates([d], [0])
    assert (k1, k2) == (-d, pytest.approx(d * d / 2))
    assert k3 > 0
    assert k3 == pytest.approx(math.exp(d) - 1 - d, rel=1e-8)


def test_estimates_are_means_and_overflow_is_refused():
    found = kl_estimates([[0.0, 1], [-1, 2]], np.zeros((2, 2)))
    k3 = (math.e - 2 + 1 / math.e + math.e**2 - 3) / 4
    assert found == pytest.approx((-0.5, 0.75, k3))
    assert kl_estimates([-800.0], [0]) == pytest.approx((800, 320_000, 799))
    with pytest.raises(ValueError, match="the means must stay finite"):
        kl_estimates([800.0], [0])
    with pytest.raises(ValueError, match="ln r must stay finite"):
        kl_estimates([1e308], [-1e308])


def test_the_clip_fraction_counts_both_sides():
    logp = np.log([0.79, 0.81, 1, 1.19, 1.21])
    assert clip_fraction(logp, np.zeros(5)) == pytest.approx(0.4)
    assert clip_fraction(logp, np.zeros(5), 0.1) == pytest.approx(0.8)
    assert clip_fraction([800.0, -800], [0, 0]) == 1


@given(
    st.lists(st.floats(0.01, 1), min_size=2, max_size=5),
    st.lists(st.floats(0.01, 1), min_size=5, max_size=5),
)
def test_the_divergence_is_at_most_c_tanh_of_half_c(p, q):
    p, q = np.array(p) / sum(p), np.array(q[: len(p)]) / sum(q[: len(p)])
    d = np.log(q / p)
    c = abs(d).max()
    each = [kl_estimates([x], [0])[2] for x in d]
    assert p @ each <= c * math.tanh(c / 2) + 1e-12
    assert c * math.tanh(c / 2) <= c * c / 2
    c = -math.log(0.8)
    assert (c, c * math.tanh(c / 2)) == pytest.approx((0.223, 0.0248), abs=5e-4)


def test_averaging_six_parts_hides_a_ratio_of_3():
    assert math.exp(math.log(3) / 6) == pytest.approx(1.2, abs=1e-3)
    parts = np.full(6, math.log(3) / 6)
    assert clip_fraction([parts.sum()], [0]) == 1
    assert clip_fraction([0.99 * parts.mean()], [0]) == 0


# TRPO


def test_trpo_on_a_softmax_is_the_advantage_scaled():
    theta, q = np.array([[0.2, -0.5, 1]]), np.array([1.0, 3, 2])
    pi = softmax_policy(theta)[0]
    grad, F = pi * (q - pi @ q), fisher(theta, [1])
    for max_kl, size, true, gain in (
        (0.01, 0.228281, 0.0100378, 0.088074),
        (0.1, 0.721889, 0.100687, 0.278894),
        (1, 2.282814, 0.968004, 0.797635),
    ):
        step = trpo_step(grad, F, max_kl)
        np.testing.assert_allclose(step, (-size, size, 0), rtol=0, atol=1e-6)
        assert step @ F @ step / 2 == pytest.approx(max_kl)
        new = softmax_policy(theta + step)[0]
        assert stats.entropy(pi, new) == pytest.approx(true, abs=1e-6)
        assert (new - pi) @ q == pytest.approx(gain, abs=1e-6)


def test_no_step_of_that_length_gains_more():
    rng = np.random.default_rng(0)
    root = rng.normal(size=(3, 3))
    F, grad = root @ root.T, rng.normal(size=3)
    best = trpo_step(grad, F, 0.3)
    assert best @ F @ best / 2 == pytest.approx(0.3)
    for direction in rng.normal(size=(2000, 3)):
        other = direction * math.sqrt(0.6 / (direction @ F @ direction))
        assert grad @ other <= grad @ best + 1e-12


def test_what_changes_nothing_gives_a_step_of_zeros():
    np.testing.assert_array_equal(trpo_step([0, 0], np.eye(2), 1), (0, 0))
    np.testing.assert_array_equal(trpo_step([1, 2], np.zeros((2, 2)), 1), (0, 0))
    flat = [[1.0, 0], [0, 0]]
    np.testing.assert_array_equal(trpo_step([0, 5], flat, 1), (0, 0))
    np.testing.assert_allclose(trpo_step([3, 5], flat, 2), (2, 0), **TOLERANCE)
    np.testing.assert_allclose(trpo_step([3, 0], np.eye(2), 2), (2, 0), **TOLERANCE)


def test_a_small_part_of_the_gradient_counts_where_the_policy_hardly_changes():
    step = trpo_step([1, 1e-11], np.diag([1, 1e-12]), 0.5)
    assert step == pytest.approx(np.array([1, 10]) / math.sqrt(1 + 1e-10), rel=1e-12)


def test_rounding_in_the_null_space_is_no_step():
    for theta in ([0.2, -0.5, 1], [0.1, 0.2, 0.3], [2, -1, 0]):
        F = fisher(np.array([theta], dtype=float), [1])
        np.testing.assert_array_equal(trpo_step([0.3] * 3, F, 0.1), (0, 0, 0))
        part = trpo_step([0.3 + 1e-9, 0.3, 0.3], F, 0.1)  # small, but no rounding
        assert part @ F @ part / 2 == pytest.approx(0.1)
        alone = trpo_step([1, 0, 0], F, 0.1)
        np.testing.assert_allclose(part, alone, rtol=0, atol=1e-5)


@pytest.mark.parametrize("scale", [1e-290, 1e-8, 1e8, 1e300])
def test_the_step_does_not_depend_on_the_length_of_the_gradient(scale):
    F = [[2.0, 1], [1, 3]]
    once = trpo_step([1, -2], F, 0.1)
    np.testing.assert_allclose(trpo_step([scale, -2 * scale], F, 0.1), once, rtol=1e-9)
    wide = trpo_step([1, -2], np.array(F) * scale, 0.1)
    np.testing.assert_allclose(wide * math.sqrt(scale), once, rtol=1e-9)


def worlds(seed):
    rng = np.random.default_rng(seed)
    P = rng.dirichlet([0.4] * 4, (4, 3))
    R = rng.normal(size=(4, 3))
    start = rng.dirichlet([1] * 4)
    theta = rng.normal(size=(4, 3))
    return P, R, start, theta, theta + rng.normal(size=(4, 3)) * rng.choice([0.1, 1])


def test_the_bound_holds_in_random_worlds_and_its_factor_is_large():
    worst, least, gamma = math.inf, math.inf, 0.5
    for seed in range(60):
        P, R, start, theta, other = worlds(seed)
        pi, new = softmax_policy(theta), softmax_policy(other)
        move = np.einsum("sa,sat->st", pi, P)
        v = np.linalg.solve(np.eye(4) - gamma * move, (pi * R).sum(1))
        A = R + gamma * P @ v - v[:, None]
        d = np.linalg.solve(np.eye(4) - gamma * move.T, start)
        before = exact_value(P, R, theta, gamma, start)
        # the mean of r A: visits times 1 - gamma are chances, and r pi_old is pi
        surrogate = (1 - gamma) * d @ (new * A).sum(1)
        C = 4 * gamma * abs(A).max() / (1 - gamma) ** 2
        kl = max(stats.entropy(p, q) for p, q in zip(pi, new, strict=True))
        gain = exact_value(P, R, other, gamma, start) - before
        assert gain >= surrogate / (1 - gamma) - C * kl
        assert surrogate <= abs(A).max() * math.sqrt(2 * kl)  # Pinsker
        worst = min(worst, gain - surrogate / (1 - gamma))
        least = min(least, gain + before - surrogate + C * kl)
        # over the new policy's visits the same mean is the gain itself
        moved = np.einsum("sa,sat->st", new, P)
        visits = np.linalg.solve(np.eye(4) - gamma * moved.T, start)
        mean = (1 - gamma) * visits @ (new * A).sum(1)
        assert gain == pytest.approx(mean / (1 - gamma), abs=1e-12)
        assert (pi * A).sum(1) == pytest.approx(np.zeros(4), abs=1e-12)
    assert worst < 0  # without the penalty it is no bound
    assert least < 0  # nor is it one of the return itself, or without 1 - gamma
    C = 4 * 0.99 / (1 - 0.99) ** 2
    assert pytest.approx(39_600) == C
    # positive needs sqrt(2 KL) / (1 - gamma) > C KL
    assert pytest.approx(1.3e-5, rel=0.02) == 2 / (0.01 * C) ** 2


# Epochs on one batch


@pytest.mark.parametrize(
    ("epochs", "wanted"),
    [
        (1, (1.332642, 0.629495, 1.037863)),
        (4, (1.488495, 0.523479, 0.988026)),
        (100, (1.231952, 0.488437, 1.27961)),
    ],
)
def test_the_eight_samples(epochs, wanted):
    theta, log = ppo_update(ZERO, *BATCH, lr=1, epochs=epochs)
    np.testing.assert_allclose(ratios(theta), wanted, rtol=0, atol=1e-6)
    assert len(log) == epochs
    assert log[0] == (pytest.approx(0.051854, abs=1e-6), 0.75)
    if epochs == 1:
        np.testing.assert_allclose(theta, [[1 / 3, -5 / 12, 1 / 12]], **TOLERANCE)


def test_without_clipping_they_go_to_the_corner():
    theta, log = ppo_update(ZERO, *BATCH, lr=1, epochs=100, clip=None)
    np.testing.assert_allclose(
        ratios(theta), (2.981, 0.0046, 0.0144), rtol=0, atol=5e-4
    )
    assert ratios(theta)[0] / 3 > 0.99
    assert ratios(theta)[0] > 2.9
    assert all(fraction == 0 for _, fraction in log)
    assert log[-1][0] == pytest.approx(2.794, abs=1e-3)


def test_ratios_leave_the_band_and_stay():
    for lr, first, last in (
        (0.1, None, 0.593),
        (1, None, 0.4884),
        (10, 0.0015, 0.0029),
    ):
        theta, log = ppo_update(ZERO, *BATCH, lr=lr, epochs=100)
        assert log[-1][1] == 1
        assert ratios(theta)[1] == pytest.approx(last, abs=5e-5)
        early, _ = ppo_update(ZERO, *BATCH, lr=lr, epochs=20 if lr >= 1 else 60)
        np.testing.assert_array_equal(theta, early)
        if first:
            jumped, log = ppo_update(ZERO, *BATCH, lr=lr, epochs=1)
            wanted = (2.771, first, 0.227)
            np.testing.assert_allclose(ratios(jumped), wanted, rtol=0, atol=5e-4)
            assert log[0][0] == pytest.approx(2.515, abs=1e-3)
            exact = stats.entropy([1, 1, 1], ratios(jumped))
            assert exact == pytest.approx(2.31, abs=5e-3)


def test_the_other_samples_push_one_that_has_no_gradient_of_its_own():
    fifth, sixth, early = (
        ppo_update(ZERO, *BATCH, lr=0.1, epochs=n)[0] for n in (5, 6, 10)
    )
    assert ratios(fifth)[1] > 0.8 > ratios(sixth)[1] > ratios(early)[1]
    # the same descent from epoch to epoch, with the other samples silenced or not
    for others, moves in ((1, True), (0, False)):
        theta = early[0].copy()
        for _ in range(90):
            r = ratios(theta[None])
            w = np.array(ADV) * r[ACTIONS] / 8
            w[(np.array(ADV) > 0) & (r[ACTIONS] > 1.2)] = 0
            w[(np.array(ADV) < 0) & (r[ACTIONS] < 0.8)] = 0
            assert not w[np.array(ACTIONS) == 1].any()
            w *= others
            theta += 0.1 * (np.bincount(ACTIONS, w, 3) - w.sum() * r / 3)
        assert (ratios(theta[None])[1] < 0.6) == moves
        assert (ratios(theta[None])[1] == ratios(early)[1]) != moves


def test_adam_moves_on_when_no_sample_has_a_gradient():
    z = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    adam, adv = torch.optim.Adam([z], lr=0.1, maximize=True), torch.tensor(ADV)
    for epoch in range(101):
        r = 3 * torch.softmax(z, 0)
        kept = torch.minimum(r[ACTIONS] * adv, r[ACTIONS].clamp(0.8, 1.2) * adv)
        adam.zero_grad()
        kept.mean().backward()
        assert z.grad.any() == (epoch < 6)
        if epoch in (6, 100):
            wanted = 0.492 if epoch == 6 else 0.194
            assert r[1].item() == pytest.approx(wanted, abs=5e-4)
        adam.step()


def test_a_sample_may_get_its_gradient_back():
    live = []
    for epochs in (1, 2, 3):
        r = ratios(ppo_update(ZERO, *BATCH, epochs=epochs)[0])
        live.append(clipped_gradient(np.log(r[ACTIONS]), STATES, ADV)[0] != 0)
    assert live == [False, False, True]


def test_target_kl_stops_after_the_epoch_that_exceeds_it():
    theta, log = ppo_update(ZERO, *BATCH, target_kl=0.02)
    assert len(log) == 1
    np.testing.assert_allclose(theta, [[1 / 3, -5 / 12, 1 / 12]], **TOLERANCE)
    whole = ppo_update(ZERO, *BATCH, epochs=10)[1]
    most = max(kl for kl, _ in whole)
    assert ppo_update(ZERO, *BATCH, epochs=10, target_kl=most)[1] == whole
    third = ppo_update(ZERO, *BATCH, epochs=10, target_kl=most * 0.999)[1]
    assert third == whole[: len(third)]
    assert third[-1][0] == most  # equal is not above, and the epoch counts


def test_the_first_step_is_the_policy_gradient():
    rng = np.random.default_rng(3)
    theta = rng.normal(size=(2, 3))
    s, a, adv = rng.integers(0, 2, 20), rng.integers(0, 3, 20), rng.normal(size=20)
    found, _ = ppo_update(theta, s, a, adv, lr=0.3, epochs=1)
    wanted = reinforce(theta, [([x], [y], [z]) for x, y, z in zip(s, a, adv)], 1)
    np.testing.assert_allclose(found, theta + 0.3 * wanted, **TOLERANCE)
    # and its expectation, with exact advantages and visits, is the exact gradient
    P, R, start, theta, _ = worlds(0)
    pi = softmax_policy(theta)
    exact = exact_gradient(P, R, theta, 0, start)
    weights = start[:, None] * pi
    A = R - (pi * R).sum(1, keepdims=True)
    cells = [(i, j) for i in range(4) for j in range(3)]
    each = [
        (ppo_update(theta, [i], [j], [A[i, j]], 1, 1)[0] - theta) * weights[i, j]
        for i, j in cells
    ]
    np.testing.assert_allclose(sum(each), exact, **TOLERANCE)


def by_torch(theta, s, a, adv, lr, epochs, clip, parts):
    """Descent on the loss by autograd; parts: the samples of each step."""
    z = torch.tensor(theta, requires_grad=True)
    s, a, adv = torch.tensor(s), torch.tensor(a), torch.tensor(adv)
    old = torch.log_softmax(z, 1)[s, a].detach()
    for epoch in range(epochs):
        for i in parts[epoch]:
            new = torch.log_softmax(z, 1)[s[i], a[i]]
            r = (new - old[i]).exp()
            both = r * adv[i], r.clamp(1 - clip, 1 + clip) * adv[i]
            (g,) = torch.autograd.grad(torch.minimum(*both).mean(), z)
            z = (z + lr * g).detach().requires_grad_()
    return z.detach().numpy()


@settings(max_examples=25)
@given(st.integers(0, 1000), st.sampled_from([None, 1, 3, 5, 99]))
def test_updates_are_those_of_autograd(seed, minibatch):
    rng = np.random.default_rng(seed)
    theta = rng.normal(size=(3, 4))
    s, a, adv = rng.integers(0, 3, 7), rng.integers(0, 4, 7), rng.normal(size=7)
    found, log = ppo_update(
        theta, s, a, adv, 0.7, 3, 0.1, minibatch, np.random.default_rng(seed)
    )
    again, size = np.random.default_rng(seed), minibatch or 7
    parts = []
    for _ in range(3):
        order = again.permutation(7) if minibatch else np.arange(7)
        parts.append([order[i : i + size] for i in range(0, 7, size)])
    wanted = by_torch(theta, s, a, adv, 0.7, 3, 0.1, parts)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-9)
    new, old = (np.log(softmax_policy(t))[s, a] for t in (found, theta))
    k3 = kl_estimates(new, old)[2]
    assert log[-1] == (pytest.approx(k3), clip_fraction(new, old, 0.1))


def test_one_sample_no_advantage_and_large_preferences():
    found, log = ppo_update([[0.0, 0]], [0], [1], [2], lr=1, epochs=1)
    np.testing.assert_allclose(found, [[-1, 1]], **TOLERANCE)
    assert log[0][1] == 1
    same, log = ppo_update(ZERO, STATES, ACTIONS, [0] * 8)
    np.testing.assert_array_equal(same, ZERO)
    assert log == [(0, 0)] * 4
    steep = np.array([[1e3, -1e3], [-1e3, 1e3]])
    found, log = ppo_update(steep, [0, 1, 1], [1, 1, 0], [1, 1, -1])
    assert np.isfinite(found).all()
    assert (found[0] == (1e3 - 1, -1e3 + 1)).all() or found[0, 1] > -1e3
    assert np.isfinite(log).all()
    # a row is not judged by the size of another
    far, alone = (ppo_update([[t, 0], [0, 0]], [1], [0], [1])[0] for t in (2e3, 0))
    np.testing.assert_array_equal(far[1], alone[1])


def test_a_bandit_of_one_action_does_not_move():
    found, log = ppo_update([[3.0]], [0, 0], [0, 0], [1, -2])
    assert found.tolist() == [[3]]
    assert log[-1] == (0, 0)


def test_the_input_is_left_alone_and_overflow_refused():
    theta = np.zeros((1, 3))
    ppo_update(theta, *BATCH)
    assert not theta.any()
    with pytest.raises(ValueError, match="theta must stay finite"):
        ppo_update(ZERO, [0, 0], [0, 1], [4, 4], 1.79e308, 1)
    with pytest.raises(ValueError, match="ln r must stay finite"):
        ppo_update([[0.0, 0]], [0], [1], [1e308], 1e300, 1, None)
    with pytest.raises(ValueError, match="k3 must stay finite"):
        ppo_update([[0.0, 2000]], [0], [0], [1], 2000, 1)
    with pytest.raises(ValueError, match="log-probabilities must stay finite"):
        ppo_update([[1e308, -1e308]], [0], [1], [1])


# What the page says of penalties and of learning


def penalised(theta, beta, steps):
    old, adv = np.full(3, 1 / 3), np.array(ADV)
    for _ in range(steps):
        pi = np.exp(theta) / np.exp(theta).sum()
        w = (pi / old)[ACTIONS] * adv / 8
        theta = theta + np.bincount(ACTIONS, w, 3) - w.sum() * pi - beta * (pi - old)
    return theta


def test_a_penalty_has_a_force_back_and_clipping_has_none():
    far = ppo_update(ZERO, *BATCH, lr=10, epochs=1)[0][0]
    for start in (far, np.zeros(3)):
        found = ratios(penalised(start, 3, 200)[None])
        np.testing.assert_allclose(found, (4 / 3, 2 / 3, 1), rtol=0, atol=1e-9)
    # its slope is that of autograd
    z = torch.tensor(far, requires_grad=True)
    pi = torch.softmax(z, 0)
    third = torch.full((3,), 1 / 3, dtype=torch.float64)
    kl = (third * (third / pi).log()).sum()
    value = (3 * pi[ACTIONS] * torch.tensor(ADV)).mean() - 3 * kl
    value.backward()
    np.testing.assert_allclose(
        penalised(far, 3, 1) - far, z.grad.numpy(), rtol=0, atol=1e-12
    )
    # clipped, from the same place, action 1 has no gradient though its ratio is .0015
    r = ratios(far[None])
    slopes = clipped_gradient(np.log(r[ACTIONS]), np.zeros(8), ADV)
    assert not slopes[np.array(ACTIONS) == 1].any()
    assert r[1] < 0.002


def test_normalising_a_batch_is_undone_by_normalising_its_minibatches():
    adv = np.random.default_rng(0).normal(3, 5, 64)
    twice = normalise(normalise(adv)[:16], eps=0)
    np.testing.assert_allclose(twice, normalise(adv[:16], eps=0), **TOLERANCE)


def test_an_inverted_ratio_makes_good_actions_rarer():
    logp = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    wrong = torch.exp(torch.zeros(1, dtype=torch.float64) - logp) * 1.0
    wrong.backward()
    assert logp.grad.item() < 0 < clipped_gradient([0], [0], [1])[0]


def learn(seed, epochs, clip, lr):
    """The loop of the page; the exact value after each round."""
    env, rng = cliff_walking(3, 5), np.random.default_rng(seed)
    n, k = env.R.shape
    theta, v, s, found = np.zeros((n, k)), np.zeros(n), np.full(16, env.start), []
    land = env.P.argmax(axis=2)
    for _ in range(12):
        bounds, rows = softmax_policy(theta).cumsum(axis=1)[:, :-1], []
        for _ in range(16):
            a = (bounds[s] < rng.random((16, 1))).sum(axis=1)
            s2 = land[s, a]
            rows.append((s, a, env.R[s, a], env.terminal[s2]))
            s = np.where(env.terminal[s2], env.start, s2)
        S, a, rewards, ended = (np.array(x) for x in zip(*rows, strict=True))
        adv = gae(rewards, v[np.vstack([S, s])], ended, 0.95, 0.95)
        flat, target = S.ravel(), (adv + v[S]).ravel()
        count = np.maximum(np.bincount(flat, minlength=n), 1)
        v += 0.5 * (np.bincount(flat, target - v[flat], n) / count)
        batch = flat, a.ravel(), normalise(adv).ravel()
        theta, _ = ppo_update(theta, *batch, lr, epochs, clip, 64, rng)
        pi = softmax_policy(theta)
        move = np.einsum("sa,sat->st", pi, env.P) * ~env.terminal[:, None]
        pay = (pi * env.R).sum(axis=1)
        found.append(np.linalg.solve(np.eye(n) - 0.95 * move, pay)[env.start])
    return np.array(found)


def test_clipped_epochs_learn_faster_and_unclipped_ones_get_stuck():
    once, clipped, free, long = (
        np.array([learn(seed, epochs, clip, lr)[-1] for seed in range(10)])
        for epochs, clip, lr in ((1, 0.2, 3), (8, 0.2, 3), (8, None, 3), (1, 0.2, 24))
    )
    best = -sum(0.95**t for t in range(6))
    assert best == pytest.approx(-5.30, abs=5e-3)
    assert clipped.mean() > -12
    assert clipped.mean() > once.mean() + 6
    assert clipped.mean() > free.mean() + 2.5
    assert clipped.std() < 3 < free.std()
    assert [(x < -19).sum() for x in (clipped, free, long)] == [0, 7, 4]
    assert free.max() > clipped.max()
    assert (clipped[:5] > -11).all()
    assert (free[:5] > clipped[:5].max()).sum() == 1
    assert (long[:5] > clipped[:5].max()).sum() == 4
    assert (free[:5] < -20).sum() == 4
    assert -20.5 < long[0] < -19.5


def test_clipping_is_no_law():
    small, free, large = (
        np.array([learn(seed, 8, clip, lr) for seed in range(7)])
        for lr, clip in ((1, 0.2), (1, None), (30, 0.2))
    )
    assert free[:, -1].mean() > small[:, -1].mean() + 2
    assert (large[:, -1] < -19).sum() >= 2
    assert (np.diff(large, axis=1) < 0).any(axis=1).sum() >= 3  # no monotone progress


# What is refused


@pytest.mark.parametrize("call", [clipped_objective, clipped_gradient])
def test_bad_samples_are_refused(call):
    with pytest.raises(ValueError, match=r"logp_old must have the shape \(2,\)"):
        call([0, 0], [0], [1, 1])
    with pytest.raises(ValueError, match=r"adv must have the shape \(2,\), got \(2, 1"):
        call([0, 0], [0, 0], [[1], [1]])
    with pytest.raises(ValueError, match="logp_new must have at least one number"):
        call([], [], [])
    with pytest.raises(ValueError, match="adv must be finite real numbers"):
        call([0], [0], [math.nan])
    with pytest.raises(ValueError, match="logp_new must be finite real numbers"):
        call([-math.inf], [0], [1])
    with pytest.raises(ValueError, match="logp_new must be finite real numbers"):
        call([1j], [0], [1])
    with pytest.raises(ValueError, match="adv must be finite real numbers"):
        call([0], [0], ["1"])
    for flag in ([True], np.array([True], dtype=object)):
        with pytest.raises(ValueError, match="adv must be finite real numbers"):
            call([0], [0], flag)
    for clip in (0, 1, -0.2, math.nan, "0.2", True, None):
        with pytest.raises(ValueError, match=r"clip must be in \(0, 1\), got"):
            call([0], [0], [1], clip)


def test_bad_values_and_measures_are_refused():
    for clip in (0, -1, math.inf, "1", True, 10**400):
        with pytest.raises(ValueError, match="clip must be a finite number > 0, got"):
            value_loss([1], [1], [1], clip)
    with pytest.raises(ValueError, match="v_old must have the shape"):
        value_loss([1], [1, 2], [1])
    with pytest.raises(ValueError, match="target must have the shape"):
        value_loss([1], [1], [1, 2])
    with pytest.raises(ValueError, match="the loss must stay finite"):
        value_loss([1e200], [0], [0])
    with pytest.raises(ValueError, match=r"clip must be in \(0, 1\), got 2"):
        clip_fraction([0], [0], 2)
    with pytest.raises(ValueError, match="logp_old must have the shape"):
        kl_estimates([0, 1], [0])


def test_bad_trust_regions_are_refused():
    with pytest.raises(ValueError, match=r"grad must have one axis, got shape \(1, 2"):
        trpo_step([[1, 2]], np.eye(2), 1)
    with pytest.raises(ValueError, match=r"F must have the shape \(2, 2\), got \(3, 3"):
        trpo_step([1, 2], np.eye(3), 1)
    with pytest.raises(ValueError, match="F must be symmetric, got another"):
        trpo_step([1, 2], [[1, 1e-5], [0, 1]], 1)
    with pytest.raises(ValueError, match="F must be positive semidefinite, got"):
        trpo_step([1, 2], [[1, 0], [0, -1e-5]], 1)
    rounded = [[1, 1e-7], [0, -1e-7]]
    np.testing.assert_allclose(trpo_step([1, 0], rounded, 0.5), (1, 0), atol=1e-6)
    for max_kl in (0, -1, math.nan):
        with pytest.raises(ValueError, match="max_kl must be a finite number > 0"):
            trpo_step([1, 2], np.eye(2), max_kl)
    with pytest.raises(ValueError, match="the step must stay finite"):
        trpo_step([1, 2], np.eye(2) * 5e-324, 1e308)


def test_bad_updates_are_refused():
    rng = np.random.default_rng(0)
    for changed, message in (
        ({"theta": [0.0, 0]}, r"theta must have the shape \(S, A\), got \(2,"),
        ({"states": [0, 1]}, "states must be integers from 0 to 0, got"),
        ({"states": [0.0, 0]}, "states must be integers from 0 to 0, got"),
        ({"states": [-1, 0]}, "states must be integers from 0 to 0, got"),
        ({"states": []}, "states must have one axis and at least one entry"),
        ({"states": [[0, 0]]}, "states must have one axis and at least one entry"),
        ({"actions": [0]}, r"actions must have shape \(2,\), got shape \(1,\)"),
        ({"actions": [0, 2]}, "actions must be integers from 0 to 1, got"),
        ({"adv": [1]}, r"adv must have the shape \(2,\), got \(1,"),
        ({"lr": 0}, "lr must be a finite number > 0, got 0"),
        ({"epochs": 0}, "epochs must be an integer >= 1, got 0"),
        ({"epochs": True}, "epochs must be an integer >= 1, got True"),
        ({"epochs": 1.5}, "epochs must be an integer >= 1, got 1.5"),
        ({"clip": 1}, r"clip must be in \(0, 1\), got 1"),
        ({"minibatch": 0, "rng": rng}, "minibatch must be an integer >= 1, got 0"),
        ({"minibatch": 1}, "want an rng to draw minibatches, got None"),
        ({"target_kl": 0}, "target_kl must be a finite number > 0, got 0"),
    ):
        good = {"theta": [[0.0, 0]], "states": [0, 0], "actions": [0, 1], "adv": [1, 2]}
        with pytest.raises(ValueError, match=message):
            ppo_update(**{**good, **changed})
    with pytest.raises(TypeError, match="rng must be a numpy Generator, got int"):
        ppo_update([[0.0, 0]], [0], [0], [1], minibatch=1, rng=3)
