"""Oracles: matrix exponentials, autograd's Jacobian, scipy, averages over draws."""

import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats
from torch import nn

from snippets.generative.normalizing_flows import (
    Mixture,
    VelocityNet,
    cfm_loss,
    cfm_pairs,
    chain_log_prob,
    cnf_forward,
    euler_path,
    euler_sample,
    fit,
    flow_log_prob,
    gaussian_fm_velocity,
    gaussian_ot_velocity,
    hutchinson_trace,
    odeint_rk4,
    residual_log_det,
    score_from_velocity,
    standard_normal_log_prob,
    straightness,
)

M, S = 2.0, 0.5  # the Gaussian data of the note
SPIRAL = torch.tensor([[-0.1, -1.0], [1.0, 0.3]], dtype=torch.float64)
SYMMETRIC = torch.tensor(
    [
        [1.8, 1.5, 0.75, 0.75],
        [1.5, 0.6, 0.25, 0],
        [0.75, 0.25, -0.7, 0],
        [0.75, 0, 0, 0],
    ],
    dtype=torch.float64,
)
SKEW = torch.tensor(
    [[0, 1, 2, 0], [-1, 0, 1, -1], [-2, -1, 0, 3], [0, 1, -3, 0]], dtype=torch.float64
)
seeds = st.integers(0, 2**32 - 1)
dims = st.integers(1, 5)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def normal(*shape, seed=1):
    return torch.randn(shape, generator=seeded(seed), dtype=torch.float64)


def assert_same(actual, expected, atol=1e-12):
    torch.testing.assert_close(actual, expected, rtol=0, atol=atol)


def column(*values):
    return torch.tensor(values, dtype=torch.float64)[:, None]


def linear(matrix):
    return lambda x, t: x @ matrix.T


def fm(x, t):
    return gaussian_fm_velocity(x, t, M, S)


def ot(x, t):
    return gaussian_ot_velocity(x, t, M, S)


def smooth(dim, seed=0):
    """A velocity that is neither triangular nor a coupling, and depends on time."""
    net = VelocityNet(dim, hidden=8, generator=seeded(seed)).double()
    return net.requires_grad_(False)


def slogdet_at(function, point):
    jacobian = torch.autograd.functional.jacobian(lambda x: function(x[None])[0], point)
    return torch.linalg.slogdet(jacobian)


# The change of variables


def logarithm(x):
    return x.log(), -x.log().sum(1)


def standardise(x):
    return (x - M) / S, x.new_full((len(x),), -x.shape[1] * math.log(S))


def test_a_chain_of_two_maps_is_the_log_normal_density():
    x = column(0.1, 1.0, math.exp(M), 30.0)
    expected = stats.lognorm(S, scale=math.exp(M)).logpdf(x[:, 0].numpy())
    assert_same(chain_log_prob([logarithm, standardise], x), torch.from_numpy(expected))


def test_a_chain_in_the_plane_adds_up_over_coordinates():
    x = normal(6, 2).exp()
    one = [chain_log_prob([logarithm, standardise], x[:, [i]]) for i in (0, 1)]
    assert_same(chain_log_prob([logarithm, standardise], x), one[0] + one[1])


def test_an_empty_chain_is_the_prior_and_no_points_give_no_densities():
    x = normal(4, 3)
    expected = stats.multivariate_normal(np.zeros(3)).logpdf(x.numpy())
    assert_same(chain_log_prob([], x), torch.from_numpy(expected))
    assert_same(standard_normal_log_prob(x), torch.from_numpy(expected))
    assert chain_log_prob([logarithm], x[:0]).shape == (0,)


def test_in_sixteen_bits_the_density_is_rounded_once():
    x = torch.tensor([[40.0]], dtype=torch.float16)
    found = chain_log_prob([lambda x: (x, torch.full_like(x[:, 0], 800.5))], x)
    assert found.item() == pytest.approx(stats.norm.logpdf(40) + 800.5, rel=1e-3)


def test_the_density_carries_mass_one_and_without_the_determinant_it_does_not():
    def density(x):
        return chain_log_prob([logarithm, standardise], column(x)).exp().item()

    def without(x):
        z = standardise(logarithm(column(x))[0])[0]
        return standard_normal_log_prob(z).exp().item()

    assert integrate.quad(density, 0, 500, points=[5, 20])[0] == pytest.approx(1)
    assert integrate.quad(without, 0, 500, points=[5, 20])[0] > 4


# From the determinant to the trace


def test_residual_layers_tend_to_the_trace():
    found = [residual_log_det(SPIRAL, n).item() for n in (1, 10, 100, 1000)]
    assert found == pytest.approx([0.7747, 0.2927, 0.2095, 0.2009], abs=1e-4)
    assert torch.linalg.matrix_exp(SPIRAL).logdet().item() == pytest.approx(0.2)


@given(st.integers(1, 4), st.integers(1, 6), seeds)
def test_residual_log_det_is_that_of_the_composed_layers(dim, steps, seed):
    matrix = normal(dim, dim, seed=seed)
    layer = torch.eye(dim, dtype=torch.float64) + matrix / steps
    product = np.linalg.slogdet(np.linalg.matrix_power(layer.numpy(), steps))[1]
    assert residual_log_det(matrix, steps).item() == pytest.approx(product, abs=1e-8)


def test_a_layer_that_collapses_has_log_det_minus_infinity():
    assert residual_log_det(-torch.eye(1), 1) == -math.inf


def test_runge_kutta_errors_are_of_fourth_order():
    x = torch.tensor([[1.0, 2.0]], dtype=torch.float64)
    exact = x @ torch.linalg.matrix_exp(SPIRAL).T
    errors = [
        (odeint_rk4(linear(SPIRAL), x, 0, 1, n) - exact).abs().max().item()
        for n in (1, 2, 4, 8, 16)
    ]
    assert errors == pytest.approx([1.57e-2, 1.18e-3, 7.93e-5, 5.06e-6, 3.18e-7], 0.01)


@pytest.mark.parametrize(("t0", "t1"), [(0, 1), (0.5, 2), (1, 0)])
def test_runge_kutta_uses_the_right_times(t0, t1):
    # The derivative of t^3 - t depends on time alone: the rule is Simpson's, exact.
    moved = odeint_rk4(lambda x, t: 3 * t**2 - 1 + 0 * x, column(1.0), t0, t1, 3)
    assert moved.item() == pytest.approx(1 + (t1**3 - t1) - (t0**3 - t0), abs=1e-12)


def test_runge_kutta_agrees_with_scipy_where_time_and_place_matter():
    def slope(t, y):
        return np.sin(3 * y) + t * y

    there = integrate.solve_ivp(slope, (0.2, 1), [0.7], rtol=1e-12, atol=1e-12).y[0, -1]
    f = lambda x, t: torch.sin(3 * x) + t * x  # noqa: E731
    assert_same(odeint_rk4(f, column(0.7), 0.2, 1, 400), column(there), atol=1e-9)


def test_there_and_back_is_where_one_started():
    x = normal(50, 3)
    f = smooth(3)
    assert_same(odeint_rk4(f, odeint_rk4(f, x, 0, 1, 100), 1, 0, 100), x, atol=1e-11)


@pytest.mark.parametrize("dim", [1, 2, 5])
def test_the_integrated_trace_is_the_log_determinant_of_the_flow(dim):
    f, x = smooth(dim), normal(2, dim)
    z, log_det = cnf_forward(f, x, 40)
    assert_same(z, odeint_rk4(f, x, 0, 1, 40))
    for point, value in zip(x, log_det):
        sign, expected = slogdet_at(lambda p: odeint_rk4(f, p, 0, 1, 40), point)
        assert sign == 1
        assert abs(value - expected) < 1e-8


def test_with_many_steps_trace_and_determinant_agree_to_twelve_digits():
    f, x = smooth(3), normal(1, 3)
    _, expected = slogdet_at(lambda p: odeint_rk4(f, p, 0, 1, 200), x[0])
    assert abs(cnf_forward(f, x, 200)[1][0] - expected) < 4e-12


def test_backwards_the_log_determinant_changes_its_sign():
    f, x = smooth(2), normal(5, 2)
    z, out = cnf_forward(f, x, 60)
    back, home = cnf_forward(f, z, 60, t0=1.0, t1=0.0)
    assert_same(back, x, atol=1e-9)
    assert_same(home, -out, atol=1e-9)


def test_the_sign_of_the_trace_a_linear_flow_has_the_density_of_a_normal():
    # x = z e^a with z standard normal has the standard deviation e^a.
    x = column(-1.0, 0.3, 4.0)
    found = flow_log_prob(lambda x, t: 0.7 * x, x, 40)
    expected = stats.norm(0, math.exp(0.7)).logpdf(x[:, 0].numpy())
    assert_same(found, torch.from_numpy(expected), atol=1e-8)
    # A larger velocity spreads more, so the peak is lower: d log p / dt = - trace.
    peak = flow_log_prob(lambda x, t: 0.7 * x, column(0.0), 40).item()
    assert peak == pytest.approx(-math.log(2 * math.pi) / 2 - 0.7)


@pytest.mark.parametrize("trace", ["rademacher", "gaussian"])
def test_estimated_log_determinants_are_unbiased_and_do_not_move_the_points(trace):
    f = linear(SYMMETRIC / 4)
    x = normal(1, 4).expand(4000, 4)
    z, estimates = cnf_forward(f, x, 4, trace, seeded())
    assert_same(z, cnf_forward(f, x, 4)[0])
    error = estimates.std() / math.sqrt(4000)
    assert abs(estimates.mean() - SYMMETRIC.trace() / 4) < 4 * error
    # One probe the whole way: as uncertain as a single estimate of the trace.
    theory = {"rademacher": 13.75, "gaussian": 21.93}[trace] / 16
    assert estimates.var().item() == pytest.approx(theory, rel=0.1)


def test_rademacher_probes_are_exact_for_a_diagonal_and_gaussian_ones_are_not():
    f = linear(torch.diag(torch.tensor([1.0, -2, 0.5], dtype=torch.float64)))
    x = normal(5, 3)
    exact = torch.full((5,), -0.5, dtype=torch.float64)
    assert_same(cnf_forward(f, x, 3, "rademacher", seeded())[1], exact)
    assert (cnf_forward(f, x, 3, "gaussian", seeded())[1] - exact).abs().min() > 1e-3


@pytest.mark.parametrize("trace", ["exact", "rademacher", "gaussian"])
def test_probes_lie_on_the_device_of_the_points(trace):
    x = normal(3, 2).to("meta")
    for tensor in cnf_forward(smooth(2).to("meta"), x, 1, trace, seeded()):
        assert tensor.device.type == "meta"
    assert residual_log_det(SPIRAL.to("meta"), 1).device.type == "meta"


def test_a_smooth_velocity_that_grows_too_fast_reaches_infinity():
    # dx/dt = x^2 from 2 is at 2 / (1 - 2 t): the flow ends at t = 1/2.
    x = column(2.0)
    there = odeint_rk4(lambda x, t: x**2, x, 0, 0.45, 2000)
    assert there.item() == pytest.approx(2 / (1 - 0.9), rel=1e-6)
    assert not odeint_rk4(lambda x, t: x**2, x, 0, 1, 2000).isfinite().all()


def test_the_log_likelihood_can_be_trained_through_the_solver():
    scale = torch.tensor(0.1, dtype=torch.float64, requires_grad=True)
    x = column(-1.0, 2.0)
    flow_log_prob(lambda x, t: scale * x, x, 20).sum().backward()
    # log N(x; 0, e^2a) has the derivative x^2 e^-2a - 1 by a.
    assert scale.grad.item() == pytest.approx(5 * math.exp(-0.2) - 2, abs=1e-7)


def test_densities_come_without_gradients_too():
    wanted = flow_log_prob(fm, column(1.0, -0.5), 50)
    with torch.no_grad():
        got = flow_log_prob(fm, column(1.0, -0.5), 50)
    assert not got.requires_grad
    assert_same(got, wanted.detach())


# Hutchinson


@pytest.mark.parametrize(
    ("dist", "variance"), [("rademacher", 13.75), ("gaussian", 21.93)]
)
def test_hutchinson_has_the_variance_of_the_formula(dist, variance):
    frobenius, diagonal = SYMMETRIC.square().sum(), SYMMETRIC.diag().square().sum()
    theory = 2 * (frobenius - diagonal) if dist == "rademacher" else 2 * frobenius
    assert theory.item() == pytest.approx(variance)
    matrix = SYMMETRIC + SKEW  # the skew part has no say
    found = hutchinson_trace(lambda e: e @ matrix.T, 4, 200_000, dist, seeded())
    assert found.shape == (200_000,)
    assert found.mean().item() == pytest.approx(1.7, abs=0.04)
    assert found.var().item() == pytest.approx(variance, rel=0.02)


@given(st.integers(1, 6), seeds)
def test_a_diagonal_needs_one_rademacher_probe(dim, seed):
    diagonal = normal(dim, seed=seed)
    found = hutchinson_trace(lambda e: e * diagonal, dim, 3, "rademacher", seeded(seed))
    assert_same(found, diagonal.sum().expand(3))


# Flow matching


def test_the_gaussian_velocity_at_the_points_worked_by_hand():
    x = column(0.3, 0.8, 1.2)
    assert_same(fm(x, 0.4), column(2.625, 2.0, 1.5))
    assert_same(fm(x, torch.full_like(x, 0.4)), column(2.625, 2.0, 1.5))


@pytest.mark.parametrize(("x", "velocity"), [(0.3, 2.625), (0.8, 2.0), (1.2, 1.5)])
def test_the_gaussian_velocity_is_a_conditional_mean(x, velocity):
    x0, z = normal(2, 2_000_000, seed=3)
    x1 = M + S * z
    near = ((0.6 * x0 + 0.4 * x1) - x).abs() < 0.01
    assert (x1 - x0)[near].mean().item() == pytest.approx(velocity, abs=0.02)


@pytest.mark.parametrize(("m", "s"), [(M, S), (0.0, 1.0), (-300.0, 1e-3), (0.0, 50.0)])
def test_both_gaussian_flows_map_z_to_m_plus_s_z(m, s):
    z = torch.linspace(-2, 2, 9, dtype=torch.float64)[:, None]
    end = euler_path(lambda x, t: gaussian_ot_velocity(x, t, m, s), z, 1)[-1]
    assert_same(end, m + s * z)

    def velocity(t, y):
        x = torch.from_numpy(y)[:, None]
        return gaussian_fm_velocity(x, t, m, s)[:, 0].numpy()

    there = integrate.solve_ivp(
        velocity, (0, 1), z[:, 0].numpy(), rtol=1e-10, atol=1e-10
    )
    assert_same(torch.from_numpy(there.y[:, -1])[:, None], m + s * z, atol=1e-5)


def test_the_ode_of_the_gaussian_carries_likelihoods():
    x = column(0.3, 1.3, 2.0, 3.7)
    expected = torch.from_numpy(stats.norm(M, S).logpdf(x[:, 0].numpy()))
    for velocity in (fm, ot):
        assert_same(flow_log_prob(velocity, x, 100), expected, atol=1e-7)


def test_the_optimal_velocity_is_constant_along_its_lines():
    z = column(-2.0, 0.0, 1.5)
    for t in (0.0, 0.3, 1.0):
        assert_same(ot((1 - t) * z + t * (M + S * z), t), M + (S - 1) * z)


def test_the_score_is_the_gradient_of_the_log_density():
    for t in (0.0, 0.4, 0.9):
        x = normal(20, 2).requires_grad_()
        variance = t**2 * S**2 + (1 - t) ** 2
        log_p = -((x - t * M) ** 2).sum() / (2 * variance)
        expected = torch.autograd.grad(log_p, x)[0]
        found = score_from_velocity(fm(x.detach(), t), x.detach(), t)
        assert_same(found, expected)


def test_the_score_of_the_mixture_too_at_a_time_for_each_point():
    mixture = Mixture()
    x, t = (
        normal(30, 1).requires_grad_(),
        torch.rand(30, 1, generator=seeded()).double(),
    )
    expected = torch.autograd.grad(mixture.log_prob(x, t).sum(), x)[0]
    x = x.detach()
    assert_same(score_from_velocity(mixture.velocity(x, t), x, t), expected, atol=1e-10)


def test_the_flow_is_the_probability_flow_of_a_diffusion():
    # Time of the diffusion: r = 1 - t. dx = -x / (1 - r) dr + sqrt(2 r / (1 - r)) dw.
    x, r = normal(20, 1), 0.6
    score = -(x - (1 - r) * M) / ((1 - r) ** 2 * S**2 + r**2)
    drift, g_squared = -x / (1 - r), 2 * r / (1 - r)
    assert_same(-(drift - g_squared / 2 * score), fm(x, 1 - r))
    # The whole g^2, which belongs into the reverse SDE, is another velocity.
    assert (-(drift - g_squared * score) - fm(x, 1 - r)).abs().max() > 0.1


def test_that_diffusion_noises_the_data_along_the_straight_path():
    generator, steps = seeded(4), 300
    x = M + S * normal(20_000, seed=5)
    for i in range(steps):
        r, dr = 0.6 * i / steps, 0.6 / steps
        noise = torch.randn(len(x), generator=generator, dtype=torch.float64)
        x = x - x / (1 - r) * dr + math.sqrt(2 * r / (1 - r) * dr) * noise
    assert x.mean().item() == pytest.approx(0.4 * M, abs=0.02)
    assert x.std().item() == pytest.approx(math.sqrt(0.4), abs=0.02)


@given(st.integers(1, 6), dims, seeds)
def test_pairs_lie_on_the_line_from_noise_to_data(n, dim, seed):
    x1, x0 = normal(n, dim, seed=seed), normal(n, dim, seed=seed + 1)
    xt, t, target = cfm_pairs(x1, seeded(seed), x0)
    assert_same(target, x1 - x0)
    assert_same(xt, x0 + t * (x1 - x0))
    assert t.shape == (n, 1)
    assert ((t >= 0) & (t < 1)).all()
    xt, t, target = cfm_pairs(x1, seeded(seed))
    assert_same(xt + (1 - t) * target, x1)


def test_noise_and_times_of_the_pairs_have_their_distributions():
    x1 = torch.zeros(20_000, 1, dtype=torch.float64)
    _, t, target = cfm_pairs(x1, seeded())
    assert stats.kstest(-target[:, 0].numpy(), "norm").pvalue > 0.01
    assert stats.kstest(t[:, 0].numpy(), "uniform").pvalue > 0.01
    assert abs(np.corrcoef(t[:, 0], target[:, 0])[0, 1]) < 0.03


def test_the_loss_is_the_squared_distance_summed_over_coordinates():
    x1, x0 = normal(7, 3), normal(7, 3, seed=2)
    found = cfm_loss(lambda x, t: torch.zeros_like(x), x1, seeded(), x0)
    expected = np.mean(np.sum((x1 - x0).numpy() ** 2, axis=1))
    assert found.item() == pytest.approx(expected, abs=1e-12)
    assert found.ndim == 0


def test_the_least_loss_is_not_zero_but_half_pi_s():
    def conditional_variance(t):
        return S**2 / (t**2 * S**2 + (1 - t) ** 2)

    assert integrate.quad(conditional_variance, 0, 1)[0] == pytest.approx(
        math.pi * S / 2
    )
    x1 = M + S * normal(1_000_000, 1, seed=8)
    loss = cfm_loss(fm, x1, seeded(9)).item()
    assert loss == pytest.approx(math.pi / 4, abs=0.004)
    for factor in (0.9, 1.1):
        other = cfm_loss(lambda x, t, k=factor: k * fm(x, t), x1, seeded(9)).item()
        assert other > loss + 0.02


def test_one_seed_for_data_and_noise_pairs_them_and_lowers_the_loss():
    x1 = M + S * torch.randn(100_000, 1, generator=seeded(1), dtype=torch.float64)
    assert cfm_loss(fm, x1, seeded(1)).item() == pytest.approx(0.286, abs=0.004)
    assert cfm_loss(fm, x1, seeded(2)).item() > 0.75


def test_with_the_optimal_pairing_the_least_loss_is_zero():
    x0 = normal(1000, 1)
    assert cfm_loss(ot, M + S * x0, seeded(), x0).item() == pytest.approx(0, abs=1e-12)


def test_the_gradient_does_not_see_the_floor():
    # Regression on x1 - x0 and on its conditional mean: same gradient, other value.
    k = torch.tensor(0.8, dtype=torch.float64, requires_grad=True)
    x1 = M + S * normal(400_000, 1, seed=8)
    xt, t, target = cfm_pairs(x1, seeded(9))
    grads, losses = [], []
    for wanted in (target, fm(xt, t)):
        loss = (k * fm(xt, t) - wanted).square().mean()
        grads.append(torch.autograd.grad(loss, k)[0].item())
        losses.append(loss.item())
    assert grads[0] == pytest.approx(grads[1], abs=0.02)
    assert losses[0] - losses[1] == pytest.approx(math.pi / 4, abs=0.01)


def test_noise_that_made_the_data_lets_the_loss_fall_to_zero():
    x0 = normal(400_000, 1, seed=8)
    x1 = M + S * x0  # one seed for data and noise
    assert cfm_loss(ot, x1, seeded(9), x0).item() == pytest.approx(0, abs=1e-24)
    independent = cfm_loss(fm, x1, seeded(9), x0).item()
    assert independent == pytest.approx(0.29, abs=0.01)  # a network would learn ot
    net, generator = VelocityNet(1, generator=seeded()), seeded(2)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    for _ in range(300):
        some = torch.randint(len(x0), (256,), generator=generator)
        loss = cfm_loss(net, x1[some].float(), generator, x0[some].float())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.02


def test_paths_of_the_mixture_bend_most_where_they_part():
    z = torch.linspace(-2.5, 2.5, 501, dtype=torch.float64)[:, None]
    path = euler_path(Mixture().velocity, z, 400)
    bends = [straightness(path[:, [i]]).item() for i in range(len(z))]
    most = z[int(np.argmax(bends)), 0].item()
    assert most == pytest.approx(stats.norm.ppf(0.3), abs=0.05)


# Steps against error


def test_euler_errors_of_the_independent_and_the_optimal_coupling():
    z = torch.linspace(-2, 2, 41, dtype=torch.float64)[:, None]
    errors = [
        (euler_path(fm, z, n)[-1] - (M + S * z)).abs().max().item()
        for n in (1, 2, 5, 10, 50)
    ]
    assert errors == pytest.approx([1.0, 0.6, 0.2615, 0.1384, 0.0292], abs=1e-4)
    assert_same(euler_path(ot, z, 1)[-1], M + S * z)


def test_one_euler_step_gives_the_mean_of_the_data():
    assert_same(
        euler_path(fm, normal(9, 1), 1)[-1], torch.full((9, 1), M, dtype=torch.float64)
    )
    mixture = Mixture()
    mean = 0.3 * -2 + 0.7 * 1.5
    end = euler_path(mixture.velocity, normal(9, 1), 1)[-1]
    assert_same(end, torch.full((9, 1), mean, dtype=torch.float64))


@given(st.integers(1, 6), st.integers(0, 4), dims, seeds)
def test_the_path_visits_every_time_once(steps, n, dim, seed):
    x0, times = normal(n, dim, seed=seed), []

    def v(x, t):
        assert t.shape == (n, 1)
        times.extend(t[:1, 0].tolist())
        return x + t

    path = euler_path(v, x0, steps)
    assert path.shape == (steps + 1, n, dim)
    assert_same(path[0], x0)
    expected = x0
    for i in range(steps):
        expected = expected + (expected + i / steps) / steps
        assert_same(path[i + 1], expected)
    assert times == [i / steps for i in range(steps)] * bool(n)


def test_samples_are_the_ends_of_paths_from_the_generators_noise():
    noise = torch.randn(5, 2, generator=seeded(7), dtype=torch.float64)
    found = euler_sample(fm, 5, 2, 4, seeded(7), torch.float64)
    assert_same(found, euler_path(fm, noise, 4)[-1])
    assert euler_sample(fm, 0, 3, 4).shape == (0, 3)
    assert euler_sample(fm, 2, 3, 4).dtype == torch.float32
    net = smooth(2).requires_grad_(True)
    assert not euler_sample(net, 2, 2, 3, seeded(), torch.float64).requires_grad


def test_straightness_is_zero_for_lines_and_positive_for_the_independent_coupling():
    z = normal(4000, 1, seed=3)
    assert straightness(euler_path(ot, z, 20)).item() == pytest.approx(0, abs=1e-20)

    def speed(t):  # of the standard deviation, squared
        return (t * S**2 - (1 - t)) ** 2 / (t**2 * S**2 + (1 - t) ** 2)

    theory = integrate.quad(speed, 0, 1)[0] - (S - 1) ** 2
    found = straightness(euler_path(fm, z, 500)).item()
    assert found == pytest.approx(theory * z.square().mean().item(), rel=0.01)
    assert round(theory, 2) == 0.21


def test_straightness_of_a_corner_by_hand():
    path = torch.tensor([[[0.0, 0.0]], [[1.0, 0.0]], [[1.0, 1.0]]])
    # Velocities (2, 0) and (0, 2), chord (1, 1): distance 2 squared, both times.
    assert straightness(path) == 2


# The mixture and the experiment


def test_the_mixture_has_scipys_density_and_distribution():
    mixture = Mixture()
    x = torch.linspace(-4, 4, 17, dtype=torch.float64)[:, None]
    left, right = stats.norm(-2, 0.3), stats.norm(1.5, 0.4)
    values = x.numpy()
    assert_same(
        mixture.log_prob(x),
        torch.from_numpy(np.log(0.3 * left.pdf(values) + 0.7 * right.pdf(values)))[
            :, 0
        ],
    )
    expected = torch.from_numpy(0.3 * left.cdf(values) + 0.7 * right.cdf(values))
    assert_same(mixture.cdf(x), expected)
    sample = mixture.sample(20_000, seeded())
    assert sample.shape == (20_000, 1)
    ks = stats.kstest(
        sample[:, 0].numpy(), lambda v: mixture.cdf(column(*v))[:, 0].numpy()
    )
    assert ks.pvalue > 0.01


def test_the_mixture_in_between_is_the_blurred_one():
    def blurred(y, x):  # density of 0.4 x1 = y and 0.6 x0 = x - y
        of_data = 0.3 * stats.norm.pdf(y, -0.8, 0.12) + 0.7 * stats.norm.pdf(
            y, 0.6, 0.16
        )
        return of_data * stats.norm.pdf(x - y, 0, 0.6)

    for x in (-1.0, 0.2, 1.1):
        expected = integrate.quad(blurred, -4, 4, args=(x,), points=[-0.8, 0.6])[0]
        found = Mixture().log_prob(column(x), 0.4).exp().item()
        assert found == pytest.approx(expected, abs=1e-9)


def test_one_component_is_the_gaussian():
    x = normal(10, 1)
    found = Mixture((1.0,), (M,), (S,)).velocity(x, 0.3)
    assert_same(found, fm(x, 0.3))


def test_the_mixture_stays_finite_far_out():
    x = column(-1e6, 1e6, 0.0)
    for t in (0.0, 0.5, 1.0):
        assert Mixture().velocity(x, t).isfinite().all()
        assert Mixture().log_prob(x, t).isfinite().all()


def test_the_flow_of_the_mixture_keeps_order_and_so_matches_quantiles():
    mixture = Mixture()
    z = torch.linspace(-2, 2, 9, dtype=torch.float64)[:, None]
    end = odeint_rk4(mixture.velocity, z, 0, 1, 400)
    assert_same(mixture.cdf(end), torch.special.ndtr(z), atol=1e-6)
    assert (end.diff(dim=0) > 0).all()


@pytest.mark.parametrize("seed", [0, 1])
def test_the_trained_network_samples_the_mixture(seed):
    torch.set_num_threads(1)
    mixture = Mixture()
    data = mixture.sample(20_000, seeded(10 + seed)).float()
    net = VelocityNet(1, generator=seeded(seed))
    losses = fit(net, data, 800, seeded(20 + seed))
    assert len(losses) == 800
    drawn = euler_sample(net, 10_000, 1, 100, seeded(30 + seed)).double()
    assert abs((drawn < -0.25).double().mean().item() - 0.3) < 0.04
    ks = stats.kstest(
        drawn[:, 0].numpy(), lambda v: mixture.cdf(column(*v))[:, 0].numpy()
    )
    assert ks.statistic < 0.05
    # The loss stays above the floor, which is that of the true velocity.
    test = mixture.sample(100_000, seeded(40)).float()
    net.requires_grad_(False)
    floor = cfm_loss(mixture.velocity, test, seeded(50)).item()
    excess = cfm_loss(net, test, seeded(50)).item() - floor
    assert floor == pytest.approx(2.1, abs=0.03)
    assert 0 < excess < 0.1
    # Trained without a likelihood, it has one.
    nll = -flow_log_prob(net, test[:1000], 20).mean().item()
    assert nll == pytest.approx(-mixture.log_prob(test[:1000]).mean().item(), abs=0.08)


def test_fitting_lowers_the_rate_along_half_a_cosine_and_takes_batches():
    class Constant(nn.Module):
        def __init__(self):
            super().__init__()
            self.c = nn.Parameter(torch.zeros(1))

        def forward(self, x, t):
            sizes.append(len(x))
            places.append(self.c.item())
            return self.c.expand_as(x)

    sizes, places = [], []
    net = Constant()
    losses = fit(net, 1000 + torch.zeros(5, 1), 4, seeded(), batch=3, learning_rate=0.1)
    assert sizes == [3] * 4
    assert losses[0] == pytest.approx(1e6, rel=0.02)
    # With such a far goal Adam moves by its step size.
    moved = np.diff([*places, net.c.item()])
    rates = [0.1 * (1 + math.cos(math.pi * i / 4)) / 2 for i in range(4)]
    assert moved == pytest.approx(rates, rel=0.01)
    assert fit(net, torch.zeros(1, 1), 0, seeded()) == []


def test_fitting_draws_from_all_the_data_and_a_step_of_zero_moves_nothing():
    class Keeper(nn.Module):
        def __init__(self):
            super().__init__()
            self.c = nn.Parameter(torch.ones(1))

        def forward(self, x, t):
            seen.append(x)
            return self.c * x

    seen, net = [], Keeper()
    data = column(-1e6, 0.0, 1e6).float()
    fit(net, data, 20, seeded(), batch=30, learning_rate=0)
    assert net.c.item() == 1
    x = torch.cat(seen)  # t times the data, and a little noise
    assert min((x < -100).sum(), (x.abs() < 10).sum(), (x > 100).sum()) > 100


def test_networks_of_one_seed_are_the_same_and_bounded_by_the_fan_in():
    one, two = (VelocityNet(2, 16, seeded(3)) for _ in range(2))
    for a, b in zip(one.parameters(), two.parameters()):
        assert torch.equal(a, b)
    assert one.layers[0].weight.abs().max() <= 3**-0.5
    assert one.layers[2].weight.abs().max() <= 16**-0.5
    assert one.layers[2].weight.abs().max() > 0.9 * 16**-0.5
    x = torch.randn(4, 2, generator=seeded())
    assert one(x, torch.zeros(4, 1)).shape == (4, 2)
    assert (one(x, torch.zeros(4, 1)) - one(x, torch.ones(4, 1))).abs().min() > 0


# Refusals


@pytest.mark.parametrize("steps", [0, -1, 1.5, True])
def test_steps_below_one_are_refused(steps):
    x = normal(2, 2)
    wanted = f"^steps must be an integer >= 1, got {re.escape(repr(steps))}$"
    for call in (
        lambda: odeint_rk4(fm, x, 0, 1, steps),
        lambda: cnf_forward(fm, x, steps),
        lambda: euler_path(fm, x, steps),
        lambda: euler_sample(fm, 2, 2, steps),
        lambda: residual_log_det(SPIRAL, steps),
    ):
        with pytest.raises(ValueError, match=wanted):
            call()


@pytest.mark.parametrize("bad", [torch.zeros(3), torch.ones(2, 2).int()])
def test_points_of_another_shape_or_kind_are_refused(bad):
    wanted = r"^points must be \(n, d\), floating point, got .* of torch\."
    for call in (
        lambda: odeint_rk4(fm, bad, 0, 1, 2),
        lambda: cnf_forward(fm, bad, 2),
        lambda: chain_log_prob([], bad),
    ):
        with pytest.raises(ValueError, match=wanted):
            call()


def test_a_velocity_that_changes_the_shape_is_refused():
    x = normal(3, 2)

    def narrow(x, t):
        return x[:, :1]

    for call in (
        lambda: odeint_rk4(narrow, x, 0, 1, 2),
        lambda: cnf_forward(narrow, x, 2),
    ):
        with pytest.raises(
            ValueError, match=r"^f must return shape \(3, 2\), got \(3, 1\)"
        ):
            call()
    for call in (
        lambda: euler_path(narrow, x, 2),
        lambda: cfm_loss(narrow, x, seeded()),
    ):
        with pytest.raises(
            ValueError, match=r"^v must return shape \(3, 2\), got \(3, 1\)"
        ):
            call()
    with pytest.raises(
        ValueError, match=r"^matvec must return shape \(3, 2\), got \(3, 1\)"
    ):
        hutchinson_trace(lambda e: e[:, :1], 2, 3)
    for f in (lambda x: (x, x), lambda x: (x[:, :1], x[:, 0])):
        with pytest.raises(ValueError, match=r"^a map must return points and log-dets"):
            chain_log_prob([f], x)


@pytest.mark.parametrize(("t0", "t1"), [(0.0, math.inf), (math.nan, 1.0)])
def test_times_that_are_not_finite_are_refused(t0, t1):
    wanted = f"^t0 and t1 must be finite, got {t0} and {t1}$"
    with pytest.raises(ValueError, match=wanted):
        odeint_rk4(fm, normal(2, 2), t0, t1, 2)


def test_unknown_traces_and_sizes_are_refused():
    with pytest.raises(
        ValueError, match=r"^trace must be exact, rademacher or gaussian, got 'full'"
    ):
        cnf_forward(fm, normal(2, 2), 2, "full")
    with pytest.raises(
        ValueError, match=r"^dist must be rademacher or gaussian, got 'exact'"
    ):
        hutchinson_trace(lambda e: e, 2, 2, "exact")
    for dim, n, name in ((0, 2, "dim"), (2, 0, "n"), (2, 1.5, "n")):
        with pytest.raises(ValueError, match=f"^{name} must be an integer >= 1, got"):
            hutchinson_trace(lambda e: e, dim, n)
    with pytest.raises(ValueError, match=r"^jacobian must be \(d, d\), got \(2, 3\)"):
        residual_log_det(torch.zeros(2, 3), 1)
    with pytest.raises(ValueError, match=r"points must have d >= 1 coordinates, got"):
        cnf_forward(fm, torch.zeros(2, 0), 2)


def test_whole_numbers_in_tensors_are_refused():
    whole = torch.ones(2, 2).long()
    for call in (
        lambda: residual_log_det(whole, 1),
        lambda: straightness(whole[:, None]),
        lambda: gaussian_fm_velocity(normal(2, 2), whole[:, :1], M, S),
        lambda: gaussian_ot_velocity(normal(2, 2), 0.5, whole[0], S),
    ):
        with pytest.raises(ValueError, match=r"must be floating point, got torch\.int"):
            call()


@pytest.mark.parametrize("t", [1.0, -0.1, 1.5, math.nan, column(0.5, 1.0)])
def test_the_score_is_refused_where_there_is_none(t):
    with pytest.raises(ValueError, match=r"^t must be in \[0, 1\), got"):
        score_from_velocity(column(1.0, 1.0), column(1.0, 1.0), t)


@pytest.mark.parametrize("s", [0, -1.0, math.nan, torch.tensor([1.0, 0.0])])
def test_deviations_that_are_not_positive_are_refused(s):
    for velocity in (gaussian_fm_velocity, gaussian_ot_velocity):
        with pytest.raises(ValueError, match=r"^s must be positive and finite, got"):
            velocity(normal(2, 2), 0.5, M, s)


def test_bad_data_and_bad_pairings_are_refused():
    for bad in (torch.zeros(3), torch.zeros(0, 2), torch.ones(2, 2).int()):
        with pytest.raises(ValueError, match=r"^x1 must be \(n, d\), n >= 1, floating"):
            cfm_pairs(bad, seeded())
    with pytest.raises(
        ValueError, match=r"^x0 must be \(3, 2\) of torch.float64, got \(3, 1\)"
    ):
        cfm_pairs(normal(3, 2), seeded(), normal(3, 1))
    for bad in (torch.zeros(1, 3, 2), torch.zeros(3, 2)):
        with pytest.raises(ValueError, match=r"^path must be \(k \+ 1, n, d\), k >= 1"):
            straightness(bad)
    for steps, batch, n, rate, wanted in (
        (-1, 1, 1, 0.1, "steps must be an integer >= 0, got -1"),
        (1, 0, 1, 0.1, "batch must be an integer >= 1, got 0"),
        (1, 1, 0, 0.1, r"data must be \(n, d\), n >= 1, floating point, got"),
        (1, 1, 1, math.inf, "learning_rate must be finite, >= 0, got inf"),
    ):
        with pytest.raises(ValueError, match=f"^{wanted}"):
            fit(VelocityNet(1), torch.zeros(n, 1), steps, seeded(), batch, rate)
    with pytest.raises(ValueError, match=r"^losses must be finite, got nan at step 0"):
        fit(VelocityNet(1), torch.full((2, 1), math.nan), 1, seeded())


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (((0.5, 0.5), (0.0,), (1.0, 1.0)), "weights, means, stds must be equally many"),
        (((0.5, 0.6), (0, 1), (1, 1)), "weights must be positive and sum to 1"),
        (((1.5, -0.5), (0, 1), (1, 1)), "weights must be positive and sum to 1"),
        (((), (), ()), "weights must be positive and sum to 1"),
        (((0.5, 0.5), (0, 1), (1, 0)), "stds must be positive and finite"),
        (((0.5, 0.5), (0, math.nan), (1, 1)), "means must be finite"),
        (((math.nan, 0.5), (0, 1), (1, 1)), "weights must be positive and sum to 1"),
    ],
)
def test_mixtures_that_are_none_are_refused(arguments, wanted):
    with pytest.raises(ValueError, match=f"^{wanted}, got"):
        Mixture(*arguments)


def test_a_fit_that_fails_leaves_the_weights_as_they_were():
    net = VelocityNet(1, 4, generator=seeded())
    before = [weight.detach().clone() for weight in net.parameters()]
    with pytest.raises(ValueError, match="losses must be finite, got nan at step 0"):
        fit(net, torch.full((3, 1), math.nan), 2, seeded())
    for weight, old in zip(net.parameters(), before):
        assert torch.equal(weight, old)


@pytest.mark.parametrize("shape", [(2,), (1, 2), (2, 2), (3, 1), (1,)])
def test_a_time_that_is_not_one_a_row_does_not_broadcast(shape):
    x, t = torch.zeros(2, 2), torch.full(shape, 0.5)
    for call in (
        lambda: gaussian_fm_velocity(x, t, 1.0, 0.5),
        lambda: gaussian_ot_velocity(x, t, 1.0, 0.5),
        lambda: score_from_velocity(x, x, t),
        lambda: Mixture().log_prob(x[:, :1], t),
        lambda: Mixture().velocity(x[:, :1], t),
    ):
        with pytest.raises(ValueError, match=r"t must be a number or \(2, 1\), got \("):
            call()


def test_both_signs_of_a_probe_come_up_as_often():
    seen = []

    def keep(e):
        seen.append(e)
        return e

    hutchinson_trace(keep, 1, 1_000_000, "rademacher", seeded())
    assert set(seen[0].unique().tolist()) == {-1.0, 1.0}
    assert abs(seen[0].mean().item()) < 4e-3  # four standard errors


@pytest.mark.parametrize("trace", ["rademacher", "gaussian"])
def test_the_density_of_a_flow_takes_the_trace_that_was_asked_for(trace):
    x = normal(5, 3)

    def mixing(x, t):
        return x.roll(1, dims=1) * (1 + t)

    estimated = flow_log_prob(mixing, x, 4, trace, seeded())
    z, log_det = cnf_forward(mixing, x, 4, trace, seeded(), t0=1.0, t1=0.0)
    assert torch.equal(estimated, standard_normal_log_prob(z) + log_det)
    assert (estimated - flow_log_prob(mixing, x, 4)).abs().max() > 0.1
