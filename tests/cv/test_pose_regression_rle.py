"""Oracles: torch.distributions, scipy, Jacobians by autograd, known heatmap centres."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import dblquad, quad
from scipy.optimize import minimize_scalar
from scipy.stats import norm
from torch.distributions import Laplace, Normal

from snippets.cv.pose_regression_rle import (
    RealNVP2d,
    cross_residuals,
    decode_argmax,
    decode_quarter,
    decode_taylor,
    fit_flow,
    gaussian_heatmap,
    gaussian_nll,
    laplace_nll,
    log_normalizer,
    position_error,
    rle_loss,
    rle_loss_released,
    soft_argmax,
)

DENSITIES = {"laplace": Laplace, "gaussian": Normal}


def double(values):
    return torch.as_tensor(values, dtype=torch.float64)


def assert_same(actual, expected, atol=1e-12):
    torch.testing.assert_close(double(actual), double(expected), rtol=0, atol=atol)


def batch(n=3, k=4, seed=0):
    """mu, sigma, target of shape (n, k, 2)."""
    draw = np.random.default_rng(seed).normal(size=(3, n, k, 2))
    mu, log_sigma, target = double(draw)
    return mu, log_sigma.exp(), target


def wild_flow(layers=3, seed=0):
    """A flow that is far from the identity: all weights random."""
    generator = torch.Generator().manual_seed(seed)
    flow = RealNVP2d(layers, 5, generator).double()
    with torch.no_grad():
        for parameter in flow.parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            parameter.copy_(0.5 * noise)
    return flow


def identity_flow():
    return RealNVP2d().double()


def laplace_quantiles(mean, n=500):
    """n residuals with the shape of a Laplace and mean absolute value ``mean``."""
    u = (np.arange(n) + 0.5) / n - 0.5
    e = -np.sign(u) * np.log1p(-2 * np.abs(u))
    return double(e * mean / np.abs(e).mean())


def best_sigma(loss, e):
    """Minimizer of ``loss`` over one sigma for all, with residuals e in x and in y."""
    target = torch.stack([e, e.flip(0).roll(7)], dim=1)[:, None]

    def at(sigma):
        return loss(0 * target, torch.full_like(target, sigma), target).item()

    return minimize_scalar(at, bounds=(0.05, 20), options={"xatol": 1e-9}).x


def integrate_square(f):
    """Mean of f over the unit square about 0."""
    return dblquad(f, -0.5, 0.5, -0.5, 0.5, epsabs=1e-9)[0]


# Heatmaps


def test_a_heatmap_is_a_product_of_normal_densities_scaled_to_height_1():
    centers = double([[2.25, 1.0], [-3.0, 7.5]])
    h = gaussian_heatmap(centers, (5, 6), 1.5)
    for k, (cx, cy) in enumerate(centers.tolist()):
        x, y = norm.pdf(np.arange(6), cx, 1.5), norm.pdf(np.arange(5), cy, 1.5)
        assert_same(h[k], np.outer(y, x) * 2 * math.pi * 1.5**2)
    assert gaussian_heatmap(double(np.zeros((0, 2))), (5, 6), 1.0).shape == (0, 5, 6)


@given(
    x=st.integers(1, 10),
    y=st.integers(1, 6),
    dx=st.floats(-0.49, 0.49),
    dy=st.floats(-0.49, 0.49),
    sigma=st.sampled_from([0.6, 1.0, 3.0]),
)
def test_argmax_rounds_quarter_halves_the_worst_error_and_taylor_is_exact(
    x, y, dx, dy, sigma
):
    center = double([[x + dx, y + dy]])
    h = gaussian_heatmap(center, (8, 12), sigma)
    assert decode_argmax(h).tolist() == [[x, y]]
    signs = [float(np.sign(d)) if abs(d) > 1e-9 else None for d in (dx, dy)]
    if None not in signs:
        expected = [x + 0.25 * signs[0], y + 0.25 * signs[1]]
        assert decode_quarter(h).tolist() == [expected]
    assert_same(decode_taylor(h), center, atol=1e-10)


def test_decoding_errors_over_400_random_centres():
    centers = double(np.random.default_rng(0).uniform(8, 56, (400, 2)))
    h = gaussian_heatmap(centers, (64, 64), 2.0)
    for decode, most, mean in (
        (decode_argmax, 0.5, 0.25),
        (decode_quarter, 0.25, 0.125),
        (decode_taylor, 1e-10, 0),
    ):
        error = (decode(h) - centers).abs()
        assert most - 0.001 < error.max() <= most
        assert abs(error.mean() - mean) < 0.01


def test_the_mean_distance_of_a_rounded_centre_is_0_3826():
    exact = (math.sqrt(2) + math.log(1 + math.sqrt(2))) / 6
    square = integrate_square(lambda x, y: math.hypot(x, y))
    assert square == pytest.approx(exact, abs=1e-7)
    assert exact == pytest.approx(0.3826, abs=5e-5)
    centers = double(np.random.default_rng(0).uniform(8, 56, (4000, 2)))
    h = gaussian_heatmap(centers, (64, 64), 2.0)
    distance = (decode_argmax(h) - centers).norm(dim=1).mean().item()
    assert distance == pytest.approx(exact, abs=0.01)
    assert 4 * exact == pytest.approx(1.53, abs=0.005)
    assert 16 * exact == pytest.approx(6.12, abs=0.005)


def test_a_step_that_leaves_the_peak_s_pixels_is_not_taken():
    h = double([[[0.60, 0.83, 0.52], [0.84, 0.88, 0.11], [0.63, 0.87, 0.12]]])
    (a, b, c), (d, e, f), (g, i, j) = h[0].log().numpy()
    hessian = np.array([[f - 2 * e + d, (j - g - c + a) / 4], [0, i - 2 * e + b]])
    hessian[1, 0] = hessian[0, 1]
    step = -np.linalg.solve(hessian, [(f - d) / 2, (i - b) / 2])
    assert (np.linalg.eigvalsh(hessian) < 0).all()
    np.testing.assert_allclose(step + 1, [-14.4, 85.0], rtol=0, atol=0.05)
    assert torch.equal(decode_taylor(h), decode_quarter(h))
    assert decode_quarter(h).tolist() == [[0.75, 1.25]]


def test_a_step_too_long_on_one_axis_alone_is_not_taken_either():
    h = double([[[0.38, 0.74, 0.40], [0.97, 0.98, 0.93], [0.10, 0.32, 0.24]]])
    (a, b, c), (d, e, f), (g, i, j) = h[0].log().numpy()
    mixed = (j - g - c + a) / 4
    hessian = np.array([[f - 2 * e + d, mixed], [mixed, i - 2 * e + b]])
    step = -np.linalg.solve(hessian, [(f - d) / 2, (i - b) / 2])
    np.testing.assert_allclose(step, [-2.56, -0.68], rtol=0, atol=0.005)
    assert decode_taylor(h).tolist() == decode_quarter(h).tolist() == [[0.75, 0.75]]


@given(seed=st.integers(0, 999))
def test_whatever_the_map_the_refined_peak_stays_within_a_pixel(seed):
    h = double(np.random.default_rng(seed).uniform(0.01, 1, (3, 5, 6)))
    for decode in (decode_quarter, decode_taylor):
        assert (decode(h) - decode_argmax(h)).abs().max() <= 1


@given(seed=st.integers(0, 99))
def test_quarter_is_a_loop_over_the_neighbours(seed):
    h = np.random.default_rng(seed).integers(0, 4, (2, 4, 5)).astype(float)
    for k, (x, y) in enumerate(decode_argmax(double(h)).long().tolist()):
        assert h[k].argmax() == 5 * y + x
        want = [x, y]
        if 0 < x < 4:
            want[0] += 0.25 * np.sign(h[k, y, x + 1] - h[k, y, x - 1])
        if 0 < y < 3:
            want[1] += 0.25 * np.sign(h[k, y + 1, x] - h[k, y - 1, x])
        assert decode_quarter(double(h))[k].tolist() == want


@pytest.mark.parametrize("decode", [decode_argmax, decode_quarter, decode_taylor])
def test_positions_on_a_bfloat16_map_are_not_rounded_to_8_bits(decode):
    h = gaussian_heatmap(double([[257.0, 300.0]]), (400, 400), 2.0) + 1e-6
    assert decode(h.bfloat16()).tolist() == [[257.0, 300.0]]


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_the_border_of_a_16_bit_map_is_where_it_is(dtype):
    # 519 and 257 are no bfloat16: a width rounded to 520 or 256 moves the border.
    for width, x, quarter in ((520, 519.0, 519.0), (258, 256.2, 256.25)):
        h = gaussian_heatmap(double([[x, 3.0]]), (7, width), 2.0) / 2 + 1e-6
        assert decode_quarter(h.to(dtype)).tolist() == [[quarter, 3.0]]
        assert decode_taylor(h.to(dtype))[0, 0].item() == pytest.approx(x, abs=0.02)


def test_what_is_made_is_made_on_the_device_of_the_input():
    h = torch.ones(2, 4, 5, device="meta")
    for decode in (decode_argmax, decode_quarter, decode_taylor, soft_argmax):
        assert decode(h).device.type == "meta"
    flow = RealNVP2d(2, 3).to("meta")
    assert flow.sample(3).device.type == "meta"
    assert log_normalizer(flow).device.type == "meta"
    assert gaussian_heatmap(h[0, :, :2], (3, 3), 1.0).device.type == "meta"


def test_a_million_random_centres_have_the_stated_mean_errors():
    error = np.random.default_rng(0).uniform(-0.5, 0.5, 1_000_000)
    assert abs(np.abs(error).mean() - 0.25) < 1e-3
    assert abs(np.sqrt((error**2).mean()) - 0.2887) < 1e-3
    assert abs(np.abs(np.abs(error) - 0.25).mean() - 0.125) < 1e-3


def test_ties_go_to_the_first_pixel_and_flat_or_border_peaks_stay():
    flat = torch.ones(1, 3, 4, dtype=torch.float64)
    ridge = flat.clone()
    ridge[0, 1] = 2.0
    corner = gaussian_heatmap(double([[0.3, 0.4], [2.7, 1.8]]), (3, 4), 1.0)
    for decode in (decode_argmax, decode_quarter, decode_taylor):
        assert decode(flat).tolist() == [[0.0, 0.0]]
        assert decode(ridge).tolist() == [[0.0, 1.0]]
        assert decode(corner).tolist() == [[0.0, 0.0], [3.0, 2.0]]
        assert decode(flat[:, :1, :1]).tolist() == [[0.0, 0.0]]
        assert decode(flat[:0]).shape == (0, 2)


def test_taylor_leaves_a_peak_alone_where_log_h_has_a_saddle():
    saddle = double(np.exp([[[-9.0, -1, 0], [-1.5, 0.1, -1], [0, -1, -9]]]))
    assert decode_taylor(saddle).tolist() == [[1.0, 1.0]]


def test_taylor_follows_the_mixed_derivative_of_a_tilted_gaussian():
    inverse = np.array([[0.5, 0.3], [0.3, 0.4]])
    y, x = np.mgrid[:9, :9]
    d = np.stack([x - 4.3, y - 3.8], axis=-1)
    h = double(np.exp(-0.5 * np.einsum("yxi,ij,yxj->yx", d, inverse, d)))[None]
    assert_same(decode_taylor(h), [[4.3, 3.8]], atol=1e-10)


def test_a_step_of_nearly_a_pixel_is_taken_and_lands_on_the_top():
    # So long and narrow a bump has its largest pixel nearly a pixel from its top.
    inverse = np.array([[0.29, 0.57], [0.57, 2.16]])
    y, x = np.mgrid[:9, :9]
    d = np.stack([x - 4.04, y - 4.44], axis=-1)
    h = double(np.exp(-0.5 * np.einsum("yxi,ij,yxj->yx", d, inverse, d)))[None]
    assert decode_argmax(h).tolist() == [[5.0, 4.0]]
    assert_same(decode_taylor(h), [[4.04, 4.44]], atol=1e-10)


def test_zeros_far_from_the_peak_do_not_matter_to_taylor():
    h = gaussian_heatmap(double([[3.2, 4.1]]), (200, 200), 2.0)
    assert h.min() == 0
    assert_same(decode_taylor(h), [[3.2, 4.1]], atol=1e-10)


def test_soft_argmax_needs_a_temperature():
    h = gaussian_heatmap(double([[10.0, 20.0]]), (64, 64), 2.0)
    for beta, expected in ((1, [31.33, 31.41]), (10, [11.32, 20.70])):
        assert_same(soft_argmax(h, beta), [expected], atol=0.005)
    for estimate in (soft_argmax(h, 50), soft_argmax(h, 200), soft_argmax(h.log())):
        assert_same(estimate, [[10, 20]], atol=1e-4)


def test_soft_argmax_is_pulled_inwards_at_the_border():
    h = gaussian_heatmap(double([[0.0, 32.0]]), (64, 64), 2.0)
    assert_same(soft_argmax(h.log()), [[1.302, 32.0]], atol=5e-4)
    assert abs(quad(lambda x: 2 * x * norm.pdf(x, 0, 2), 0, 64)[0] - 1.596) < 5e-4


@given(height=st.integers(1, 5), width=st.integers(1, 5), seed=st.integers(0, 99))
def test_soft_argmax_is_the_mean_by_numpy(height, width, seed):
    h = np.random.default_rng(seed).normal(size=(2, height, width))
    p = np.exp(3 * h) / np.exp(3 * h).sum((1, 2), keepdims=True)
    y, x = np.mgrid[:height, :width]
    expected = np.stack([(p * x).sum((1, 2)), (p * y).sum((1, 2))], axis=1)
    assert_same(soft_argmax(double(h), 3.0), expected)
    assert_same(soft_argmax(double(h) + 1e4, 3.0), expected, atol=1e-8)


# The flow


@pytest.mark.parametrize("layers", [1, 2, 5])
def test_log_prob_is_the_normal_density_times_the_jacobian_of_the_inverse(layers):
    flow = wild_flow(layers)
    z = double(np.random.default_rng(1).normal(size=(4, 2)))
    x = flow.push(z)
    base = Normal(double(0), double(1)).log_prob(z).sum(1)
    for i in range(4):
        jacobian = torch.autograd.functional.jacobian(
            lambda one: flow.push(one[None])[0], z[i]
        )
        expected = base[i] - torch.linalg.slogdet(jacobian).logabsdet
        assert_same(flow.log_prob(x[i : i + 1])[0].detach(), expected.detach())


def test_the_density_of_a_flow_integrates_to_1():
    line = torch.linspace(-30, 30, 601, dtype=torch.float64)
    with torch.no_grad():
        p = wild_flow(2).log_prob(torch.cartesian_prod(line, line)).exp()
    assert abs(p.sum() * (60 / 600) ** 2 - 1) < 1e-3


def test_a_new_flow_is_the_standard_normal_and_training_reaches_its_first_layers():
    x = double([[0.3, -2.0], [40.0, 0.0]])
    flow = identity_flow()
    assert_same(
        flow.log_prob(x).detach(), Normal(double(0), double(1)).log_prob(x).sum(1)
    )
    flow.log_prob(x[:1]).sum().backward()
    assert all(net[-1].weight.grad.abs().sum() > 0 for net in flow.nets)


def test_samples_repeat_with_the_seed_and_follow_the_density():
    flow = wild_flow(2)
    with torch.no_grad():
        x, again = (flow.sample(4000, torch.Generator().manual_seed(3)) for _ in "ab")
        assert torch.equal(x, again)
        entropy = -flow.log_prob(flow.sample(4000, torch.Generator().manual_seed(4)))
        z = Normal(double(0), double(1)).sample((0, 2))
        assert flow.sample(0).shape == z.shape
        # The mean log density of samples is the negative entropy, whatever the draw.
        assert abs(entropy.mean() + flow.log_prob(x).mean()) < 0.1
    first = RealNVP2d(2, 4, torch.Generator().manual_seed(1)).nets[0][0].weight
    same = RealNVP2d(2, 4, torch.Generator().manual_seed(1)).nets[0][0].weight
    assert torch.equal(first, same)


def test_a_sample_of_the_identity_flow_is_a_normal_sample():
    x = identity_flow().sample(5, torch.Generator().manual_seed(0)).detach()
    generator = torch.Generator().manual_seed(0)
    assert_same(x, torch.randn(5, 2, generator=generator, dtype=torch.float64))


# Losses


def test_simple_losses_are_those_of_torch_distributions():
    mu, sigma, target = batch()
    for loss, density in ((laplace_nll, Laplace), (gaussian_nll, Normal)):
        expected = -density(mu, sigma).log_prob(target).sum() / 3
        assert_same(loss(mu, sigma, target), expected)


@given(
    n=st.integers(1, 3),
    k=st.integers(1, 4),
    seed=st.integers(0, 99),
    q=st.sampled_from(["laplace", "gaussian"]),
)
def test_rle_with_the_identity_flow_counts_log_sigma_once(n, k, seed, q):
    mu, sigma, target = batch(n, k, seed)
    log_q = DENSITIES[q](mu, sigma).log_prob(target)
    log_g = Normal(mu, sigma).log_prob(target)
    # Each log density holds a -log sigma; the product density may hold only one.
    expected = -(log_q + log_g + sigma.log()).sum() / n
    assert_same(rle_loss(mu, sigma, target, identity_flow(), q).detach(), expected)
    direct = rle_loss(mu, sigma, target, identity_flow(), q, residual=False)
    assert_same(direct.detach(), -log_g.sum() / n)


@pytest.mark.parametrize("q", ["laplace", "gaussian"])
def test_the_loss_with_log_s_is_a_density_of_the_target(q):
    flow = wild_flow(2, seed=1)
    mu, sigma = double([0.5, -0.2]), double([0.4, 0.7])
    side = torch.linspace(-12, 12, 401, dtype=torch.float64)
    target = torch.cartesian_prod(side, side)[:, None]
    with torch.no_grad():
        log_s = log_normalizer(flow, q, points=150)
        x_bar = (target[:, 0] - mu) / sigma
        log_q = DENSITIES[q](double(0), double(1)).log_prob(x_bar).sum(1)
        log_p = log_q + flow.log_prob(x_bar) + log_s - sigma.log().sum()
        assert abs(log_p.exp().sum() * 0.06**2 - 1) < 6e-3
        shape = target.shape
        loss = rle_loss(
            mu.expand(shape), sigma.expand(shape), target, flow, q, log_s=log_s
        )
        assert_same(loss, -log_p.mean(), atol=1e-9)


def test_the_flow_sees_target_minus_prediction():
    mu, sigma, target = batch(2, 3)
    flow = wild_flow()
    log_g = flow.log_prob(((target - mu) / sigma).reshape(-1, 2)).sum() / 2
    expected = sigma.log().sum() / 2 - log_g
    direct = rle_loss(mu, sigma, target, flow, residual=False)
    assert_same(direct.detach(), expected.detach())


def test_the_normalizer_of_two_unit_densities():
    normals = quad(lambda x: norm.pdf(x) ** 2, -9, 9)[0]
    laplaces = 2 * quad(lambda x: 0.25 * math.exp(-2 * x), 0, 40)[0]
    assert abs(1 / normals - 3.544908) < 1e-6
    assert abs(1 / laplaces - 4) < 1e-6
    flow = identity_flow()
    s = log_normalizer(flow, "gaussian").exp().detach()
    assert_same(s, 4 * math.pi, atol=1e-10)
    mixed = quad(lambda x: math.exp(-x) * norm.pdf(x), 0, 20)[0]
    s = log_normalizer(flow, "laplace", points=200).exp().detach()
    assert_same(s, mixed**-2, atol=0.03)


def test_without_log_s_the_flow_learns_as_if_there_were_no_q():
    mu, sigma, target = batch()
    gradients = []
    for residual in (True, False):
        flow = wild_flow()
        rle_loss(mu, sigma, target, flow, residual=residual).backward()
        gradients.append(torch.cat([p.grad.flatten() for p in flow.parameters()]))
    assert_same(*gradients)
    assert gradients[0].abs().max() > 0.1


def test_key_points_without_a_label_neither_cost_nor_pull():
    mu, sigma, target = (x.requires_grad_() for x in batch(2, 3))
    weight = double([[1, 0, 1], [1, 1, 0]])
    hidden = target.detach().clone()
    hidden[0, 1], hidden[1, 2] = math.nan, math.inf
    flow = wild_flow()
    loss = rle_loss(mu, sigma, hidden, flow, weight=weight)
    total = 0.0
    for n in range(2):
        for k in range(3):
            if weight[n, k]:
                one = [x[n : n + 1, k : k + 1] for x in (mu, sigma, target)]
                total = total + rle_loss(*one, flow) / 2
    assert_same(loss.detach(), total.detach())
    loss.backward()
    assert mu.grad.isfinite().all()
    assert mu.grad[0, 1].abs().sum() == sigma.grad[1, 2].abs().sum() == 0
    with pytest.raises(ValueError, match="target must be finite, got 4 NaN or inf"):
        rle_loss(mu, sigma, hidden, flow)
    with pytest.raises(ValueError, match=r"weight must be \(N, K\) and >= 0, got"):
        rle_loss(mu, sigma, target, flow, weight=-weight)


def test_log_s_counts_once_for_each_key_point_and_by_its_weight():
    args, flow = batch(2, 3), identity_flow()
    weight = double([[1, 0, 2], [1, 1, 0]])
    for options, count in (({}, 3), ({"weight": weight}, 2.5)):
        without, with_it = (
            rle_loss(*args, flow, log_s=log_s, **options).detach() for log_s in (0, 0.7)
        )
        assert_same(without - with_it, 0.7 * count)


def test_gradients_reach_target_and_prediction_with_opposite_signs():
    mu, sigma, target = (x.requires_grad_() for x in batch(2, 3))
    rle_loss(mu, sigma, target, wild_flow()).backward()
    assert_same(target.grad, -mu.grad)
    assert target.grad.abs().min() > 0


# The released code


def test_the_released_loss_by_loops():
    mu, sigma, target = batch(2, 3)
    flow = wild_flow()
    for q in ("laplace", "gaussian", "official"):
        total = 0.0
        for mu_k, sigma_k, target_k in zip(
            *(x.view(-1, 2) for x in (mu, sigma, target))
        ):
            log_g = flow.log_prob(((mu_k - target_k) / sigma_k)[None]).item()
            for m, s, t in zip(mu_k.tolist(), sigma_k.tolist(), target_k.tolist()):
                r = abs(t - m) / s
                minus_log_q = {
                    "laplace": math.log(2 * s) + r,
                    "gaussian": math.log(s * math.sqrt(2 * math.pi)) + 0.5 * r * r,
                    "official": math.log(s * math.sqrt(2 * math.pi)) + r / math.sqrt(2),
                }[q]
                total += math.log(s) - log_g + minus_log_q
        assert_same(rle_loss_released(mu, sigma, target, flow, q).detach(), total / 2)


def test_the_released_loss_is_the_paper_s_loss_plus_that_of_the_flow_alone():
    mu, sigma, target = batch()
    flow = wild_flow()
    # Exchanging mu and target flips the residual, as the released code does.
    parts = [rle_loss(target, sigma, mu, flow, residual=r) for r in (True, False)]
    released = rle_loss_released(mu, sigma, target, flow)
    assert_same(released.detach(), sum(parts).detach())


def test_counting_log_sigma_twice_halves_the_scale_of_a_laplace():
    e = laplace_quantiles(1.696344)

    def doubled(mu, sigma, target):
        return laplace_nll(mu, sigma, target) + sigma.log().sum((1, 2)).mean()

    assert abs(best_sigma(laplace_nll, e) - 1.696344) < 1e-5
    assert abs(best_sigma(doubled, e) - 0.848172) < 1e-5


def test_best_sigmas_with_the_identity_flow_solve_their_quadratics():
    e = laplace_quantiles(1.696344)
    m1, m2 = e.abs().mean().item(), (e**2).mean().item()
    flow = identity_flow()

    def released(q):
        return lambda *args: rle_loss_released(*args, flow, q)

    def doubled(mu, sigma, target):
        return rle_loss(mu, sigma, target, flow) + sigma.log().sum((1, 2)).mean()

    def root(a, b, c):  # a sigma^2 - b sigma - c = 0
        return (b + math.sqrt(b * b + 4 * a * c)) / (2 * a)

    paper = best_sigma(lambda *args: rle_loss(*args, flow), e)
    assert abs(paper - root(1, m1, m2)) < 1e-5
    assert abs(paper - 3.396) < 0.02
    assert abs(best_sigma(doubled, e) - root(2, m1, m2)) < 1e-5
    assert abs(best_sigma(doubled, e) - 2.175) < 0.01
    assert abs(best_sigma(released("laplace"), e) - root(2, m1, 2 * m2)) < 1e-5
    official = root(2, m1 / math.sqrt(2), 2 * m2)
    assert abs(best_sigma(released("official"), e) - official) < 1e-5
    assert abs(best_sigma(released("gaussian"), e) - math.sqrt(1.5 * m2)) < 1e-5


def test_the_official_laplace_does_not_integrate_to_1():
    def q(x):
        return math.exp(-x / math.sqrt(2)) / math.sqrt(2 * math.pi)

    mass = 2 * quad(q, 0, 100)[0]
    assert abs(mass - 1.128) < 5e-4
    mu = torch.zeros(1, 1, 2, dtype=torch.float64)
    x = mu + 0.7
    flow = identity_flow()
    gap = rle_loss_released(mu, mu + 1, x, flow, "official") - 2 * rle_loss(
        mu, mu + 1, x, flow, residual=False
    )
    assert_same(gap.detach(), -2 * math.log(q(0.7)))


# The experiment


@pytest.fixture(scope="module")
def experiment():
    generator = torch.Generator().manual_seed(0)
    train, test = (cross_residuals(2000, generator) for _ in range(2))
    return train, test, fit_flow(train, 300, generator)


@pytest.mark.timeout(120)
def test_the_flow_fits_a_cross_that_laplace_and_gaussian_cannot(experiment):
    train, test, flow = experiment
    target = test[:, None]
    mu = torch.zeros_like(target)
    b = train.abs().mean(0).expand_as(target)
    deviation = train.square().mean(0).sqrt().expand_as(target)
    one = torch.ones_like(target)
    with torch.no_grad():
        gaussian = gaussian_nll(mu, deviation, target).item()
        laplace = laplace_nll(mu, b, target).item()
        learnt = rle_loss(mu, one, target, flow, residual=False).item()
        log_s = log_normalizer(flow, points=200)
        product = rle_loss(mu, one, target, flow, log_s=log_s).item()
    assert abs(gaussian - 2.92) < 0.03
    assert abs(laplace - 2.47) < 0.03
    assert learnt < laplace - 0.3 < gaussian
    assert abs(learnt - 1.66) < 0.15
    # The flow has learnt all of P, so multiplying by Q again makes it worse.
    assert product > learnt + 0.2
    assert abs(product - 2.02) < 0.15


def test_the_true_density_of_the_cross_has_the_yardstick_of_1_54(experiment):
    wide, narrow = norm(0, 1.5).logpdf, norm(0, 0.1).logpdf
    x, y = experiment[1].double().T.numpy()
    log_p = np.logaddexp(wide(x) + narrow(y), narrow(x) + wide(y)) - math.log(2)
    assert -log_p.mean() == pytest.approx(1.54, abs=0.005)


def test_the_learning_rate_of_the_flow_falls():
    generator = torch.Generator().manual_seed(0)
    x_bar = cross_residuals(500, generator)
    flow = fit_flow(x_bar, 150, generator)
    again = torch.Generator().manual_seed(0)
    x_bar = cross_residuals(500, again)
    expected = RealNVP2d(generator=again)
    optimizer = torch.optim.Adam(expected.parameters(), lr=0.01)
    mu, sigma = torch.zeros(256, 1, 2), torch.ones(256, 1, 2)
    for step in range(150):
        optimizer.param_groups[0]["lr"] = 0.01 * (1 - 0.99 * step / 150)
        rows = torch.randint(500, (256,), generator=again)
        optimizer.zero_grad()
        rle_loss(mu, sigma, x_bar[rows, None], expected, residual=False).backward()
        optimizer.step()
    with torch.no_grad():
        gap = flow.log_prob(x_bar) - expected.log_prob(x_bar)
    assert gap.abs().max() < 0.02


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", [0, 4, 7])
def test_rle_learns_positions_where_l1_depends_on_the_axes(seed):
    error = {
        (loss, diagonal): position_error(loss, diagonal, seed)
        for loss in ("L2", "L1", "RLE")
        for diagonal in (False, True)
    }
    assert error["L2", True] == pytest.approx(error["L2", False], rel=0.05)
    for diagonal in (False, True):
        assert error["RLE", diagonal] < 0.08 < 0.15 < error["L2", diagonal]
    assert error["L1", False] < 0.08
    assert error["L1", True] > 0.15


def test_gaussian_and_laplace_put_much_of_their_mass_off_the_arms(experiment):
    x = experiment[0].double().numpy()
    reach = 0.25  # 2.5 times the narrow deviation
    assert (np.abs(x).min(1) < reach).mean() > 0.98
    deviation, b = np.sqrt((x**2).mean()), np.abs(x).mean()
    gaussian = (2 * norm.sf(reach / deviation)) ** 2
    laplace = math.exp(-reach / b) ** 2
    assert gaussian == pytest.approx(2 / 3, abs=0.02)
    assert laplace == pytest.approx(0.46, abs=0.02)


def test_a_cross_is_uncorrelated_but_not_independent():
    x = cross_residuals(20000, torch.Generator().manual_seed(1))
    assert abs((x[:, 0] * x[:, 1]).mean()) < 0.02
    assert abs(x.square().mean() - (1.5**2 + 0.1**2) / 2) < 0.05
    assert abs(np.corrcoef(x.abs().T.numpy())[0, 1]) > 0.4


# Refusals


def test_bad_heatmaps_are_refused():
    h = torch.ones(1, 3, 3)
    for decode in (decode_argmax, decode_quarter, decode_taylor, soft_argmax):
        for bad in (h[0], h[:, :0], h.long()):
            with pytest.raises(
                ValueError, match=r"h must be floating .*\(K, H, W\), got"
            ):
                decode(bad)
        with pytest.raises(ValueError, match="h must hold no NaN, got 9"):
            decode(h * math.nan)
    with pytest.raises(
        ValueError, match="h must be > 0 and finite around its peak, got 0"
    ):
        decode_taylor(h * 0)
    with pytest.raises(ValueError, match="> 0 and finite around its peak, got inf"):
        decode_taylor(h * math.inf)
    for beta in (0, -1.0, math.nan):
        with pytest.raises(ValueError, match="beta must be > 0 and finite, got"):
            soft_argmax(h, beta)
    somewhere, nowhere = h.clone(), torch.full_like(h, -math.inf)
    somewhere[0, 0, 0] = math.inf
    for bad in (somewhere, nowhere):
        with pytest.raises(ValueError, match="h must be < inf, and > -inf somewhere"):
            soft_argmax(bad)
    for bad in (math.nan, math.inf):
        with pytest.raises(ValueError, match="centers must be finite, got"):
            gaussian_heatmap(double([[1.0, bad]]), (4, 4), 1.0)
    for bad in (torch.ones(2), torch.ones(1, 3), torch.ones(1, 2).long()):
        with pytest.raises(ValueError, match=r"centers must be .*\(K, 2\), got"):
            gaussian_heatmap(bad, (4, 4), 1.0)
    with pytest.raises(ValueError, match=r"H of size must be .* got 0"):
        gaussian_heatmap(torch.ones(1, 2), (0, 4), 1.0)
    for sigma in (0, -1, math.nan):
        with pytest.raises(ValueError, match="sigma must be > 0 and finite, got"):
            gaussian_heatmap(torch.ones(1, 2), (4, 4), sigma)


def test_bad_losses_and_flows_are_refused():
    mu, sigma, target = batch(2, 3)
    flow = identity_flow()
    losses = [laplace_nll, gaussian_nll]
    losses += [lambda *a, f=f: f(*a, flow) for f in (rle_loss, rle_loss_released)]
    for loss in losses:
        for bad in ((mu[:1], sigma, target), (mu[0], sigma[0], target[0])):
            with pytest.raises(
                ValueError, match=r"must share a shape \(N, K, 2\), got"
            ):
                loss(*bad)
        with pytest.raises(ValueError, match="must share a shape"):
            loss(*(x[..., :1] for x in (mu, sigma, target)))
        with pytest.raises(ValueError, match="must share a shape"):
            loss(*(x[:0] for x in (mu, sigma, target)))
        with pytest.raises(ValueError, match="sigma must be > 0, got 0"):
            loss(mu, sigma * 0, target)
        for bad in ((mu.long(), sigma), (mu, torch.ones_like(sigma).long())):
            with pytest.raises(ValueError, match="mu, sigma must be floating point"):
                loss(*bad, target)
    for f in (rle_loss, rle_loss_released):
        with pytest.raises(ValueError, match=r"q must be .* got 'cauchy'"):
            f(mu, sigma, target, flow, "cauchy")
    with pytest.raises(ValueError, match="q must be"):
        rle_loss(mu, sigma, target, flow, "cauchy", residual=False)
    with pytest.raises(
        ValueError, match=r"x must have shape \(N, 2\), .*float64, got \(3,\)"
    ):
        flow.log_prob(torch.ones(3))
    for wrong in (flow.log_prob, flow.push):
        with pytest.raises(ValueError, match=r"float64, got \(3, 2\), torch\.float32"):
            wrong(torch.ones(3, 2))
    with pytest.raises(ValueError, match="n must be an integer >= 0, got -1"):
        flow.sample(-1)
    with pytest.raises(ValueError, match="points must be an integer >= 1, got 0"):
        log_normalizer(flow, points=0)
    for bad in ((0, 3), (3, 0)):
        with pytest.raises(ValueError, match="must be an integer >= 1, got 0"):
            RealNVP2d(*bad)
