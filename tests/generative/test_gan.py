"""Oracles: numerical maximisation, autograd, SciPy, PyTorch, closed forms."""

import math
import re
from typing import ClassVar

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.spatial.distance import jensenshannon
from torch.nn.functional import binary_cross_entropy_with_logits as bce
from torch.nn.functional import mse_loss, relu

from snippets.generative.gan import (
    bilinear_game,
    dirac_gan_eigenvalues,
    discriminator_loss,
    gan_value,
    generator_loss,
    js_divergence,
    optimal_discriminator,
    tabular_generator_gradient,
)
from snippets.generative.gan.training import (
    _network,
    r1_penalty,
    ring_law,
    ring_samples,
    ring_shares,
    train_gan,
)

CLOSE = {"rtol": 0, "atol": 1e-12}
KINDS = ["saturating", "non_saturating", "least_squares", "hinge"]
P, Z = np.array([0.5, 0.3, 0.2]), np.array([0.3, -0.2, 0.9])


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def laws():
    """Two laws of one length, some outcomes impossible."""

    def pair(k):
        counts = st.lists(st.integers(0, 5), min_size=k, max_size=k).filter(any)
        return st.tuples(counts, counts)

    return (
        st.integers(1, 6)
        .flatmap(pair)
        .map(lambda ab: [np.array(c) / sum(c) for c in ab])
    )


# The value


def test_the_example_of_the_page():
    p, q = [0.7, 0.3], [0.2, 0.8]
    d = optimal_discriminator(p, q)
    np.testing.assert_allclose(d, [7 / 9, 3 / 11], **CLOSE)
    assert round(gan_value(p, q, d), 6) == -1.121283
    assert round(js_divergence(p, q), 6) == 0.132505


@settings(max_examples=30)
@given(laws())
def test_no_answer_beats_the_best_discriminator(pair):
    p, q = pair
    d = optimal_discriminator(p, q)
    for i in range(len(p)):
        if not p[i] + q[i]:
            assert d[i] == 0.5
            continue

        def loss(x, i=i):
            return -gan_value(p, q, np.where(np.arange(len(p)) == i, x, 0.5))

        found = minimize_scalar(loss, bounds=(0, 1), method="bounded")
        # The bounded search stays a little inside 0 and 1.
        np.testing.assert_allclose(d[i], found.x, atol=2e-5)
        assert loss(d[i]) <= found.fun + 1e-12


@given(laws())
def test_the_best_value_is_two_divergences_less_the_logarithm_of_four(pair):
    p, q = pair
    best = gan_value(p, q, optimal_discriminator(p, q))
    np.testing.assert_allclose(best, 2 * js_divergence(p, q) - math.log(4), **CLOSE)


@settings(max_examples=30)
@given(laws())
def test_the_divergence_is_the_square_of_scipys_root(pair):
    p, q = pair
    np.testing.assert_allclose(
        js_divergence(p, q), jensenshannon(p, q) ** 2, rtol=0, atol=1e-9
    )
    assert js_divergence(p, q) == js_divergence(q, p) >= 0


def test_equal_laws_and_disjoint_ones_are_the_two_ends():
    one, other = [1.0, 0.0], [0.0, 1.0]
    assert js_divergence(P, P) == 0
    assert js_divergence(one, other) == math.log(2)
    assert gan_value(one, other, optimal_discriminator(one, other)) == 0
    fair = gan_value(P, P, optimal_discriminator(P, P))
    np.testing.assert_allclose(fair, -1.386294, rtol=0, atol=1e-6)
    assert gan_value(one, other, [0.0, 0.0]) == -math.inf


def test_a_small_divergence_keeps_its_digits():
    # KL of a fair coin from its neighbours: e²/2 for a shift of e, up to e⁴.
    for e in (2.0**-14, 2.0**-27, 2.0**-40):  # powers of two: exact as inputs
        p, q = [0.5 + e, 0.5 - e], [0.5 - e, 0.5 + e]
        np.testing.assert_allclose(js_divergence(p, q), 2 * e * e, rtol=1e-7)


def test_laws_that_hardly_meet_and_answers_that_are_hardly_0():
    p, q = np.array([1 - 1e-4, 1e-4]), np.array([1e-4, 1 - 1e-4])
    want = math.log(2) + (p * np.log(p)).sum()  # entropy of ½, ½ less that of p
    np.testing.assert_allclose(js_divergence(p, q), want, **CLOSE)
    assert gan_value([1, 0], [0, 1], [1.0, 1e-20]) == -1e-20


def test_laws_of_float32_are_accepted_and_normalized():
    p = np.array([1, 2, 4], np.float32) / np.float32(7)
    assert js_divergence(p, np.array([1, 2, 4]) / 7) < 1e-14
    assert round(sum(optimal_discriminator(p, p)), 12) == 1.5


def test_a_sum_may_miss_one_by_a_millionth_and_no_more():
    assert js_divergence([0.5, 0.5 + 9e-7], [0.5, 0.5]) < 1e-12
    assert js_divergence([1 + 9e-7, 0.0], [1.0, 0.0]) < 1e-12
    with pytest.raises(ValueError, match="p must be >= 0 with the sum 1"):
        js_divergence([0.5, 0.5 + 2e-6], [0.5, 0.5])


# The losses


def test_the_losses_of_the_page():
    real, fake = [0.5, -0.5], [0.2]
    found = [discriminator_loss(real, fake, kind) for kind in KINDS]
    assert {type(loss) for loss in found} == {float}
    np.testing.assert_allclose(found, [1.522216, 1.522216, 0.645, 2.2], atol=5e-7)
    found = [generator_loss([0.2, -0.3], kind) for kind in KINDS]
    np.testing.assert_allclose(found, [-0.676247, 0.726247, 0.5825, 0.05], atol=5e-7)


@settings(max_examples=30)
@given(st.lists(st.floats(-30, 30), min_size=1, max_size=5), st.floats(-30, 30))
def test_the_losses_are_those_of_pytorch(real, fake):
    r, f = torch.tensor(real).double(), torch.tensor([fake]).double()
    one, zero = torch.ones_like, torch.zeros_like
    want = {
        "non_saturating": (bce(r, one(r)) + bce(f, zero(f)), bce(f, one(f))),
        "saturating": (bce(r, one(r)) + bce(f, zero(f)), -bce(f, zero(f))),
        "least_squares": (
            (mse_loss(r, one(r)) + mse_loss(f, zero(f))) / 2,
            mse_loss(f, one(f)) / 2,
        ),
        "hinge": (relu(1 - r).mean() + relu(1 + f).mean(), -f.mean()),
    }
    for kind, (d, g) in want.items():
        got = discriminator_loss(r.numpy(), f.numpy(), kind)
        np.testing.assert_allclose(got, d.item(), rtol=1e-12, atol=1e-12)
        got = generator_loss(f.numpy(), kind)
        np.testing.assert_allclose(got, g.item(), rtol=1e-12, atol=1e-12)


def test_the_default_is_the_non_saturating_loss():
    assert generator_loss([0.2, -0.3]) == generator_loss([0.2, -0.3], "non_saturating")
    assert discriminator_loss([0.5], [0.2]) == discriminator_loss(
        [0.5], [0.2], KINDS[1]
    )


def test_logits_of_a_thousand_give_finite_losses():
    assert generator_loss([-1000.0]) == 1000
    assert math.copysign(1, generator_loss([-1000.0], "saturating")) == 1
    assert generator_loss([-1000.0], "saturating") == 0
    assert discriminator_loss([-1000.0], [1000.0]) == 2000
    with np.errstate(divide="ignore"):  # the wrong formula of the page
        assert np.log(1 - 1 / (1 + np.exp(-1000.0))) == -math.inf
    # Squares beyond float64 are inf, without a warning; the others stay finite.
    assert discriminator_loss([1e200], [0.0], "least_squares") == math.inf
    assert generator_loss([1e200], "least_squares") == math.inf
    assert generator_loss([0.0], "hinge") == 0
    assert generator_loss([1e308] * 4, "hinge") == -1e308
    assert generator_loss([1e308, -1e308] * 64, "hinge") == 0
    assert math.copysign(1, generator_loss([0.0], "hinge")) == 1


def test_a_discriminator_that_knows_nothing_pays_the_logarithm_of_four():
    assert round(discriminator_loss([0.0] * 3, [0.0] * 2), 6) == 1.386294
    assert round(bce(torch.zeros(1), torch.ones(1)).item(), 6) == 0.693147


def test_slopes_at_minus_five_are_those_of_the_page():
    slope = 1 / (1 + math.exp(-5.0))
    e = 1e-5
    for kind, want in (("non_saturating", -slope), ("saturating", slope - 1)):
        up, down = generator_loss([-5 + e], kind), generator_loss([-5 - e], kind)
        np.testing.assert_allclose((up - down) / (2 * e), want, rtol=0, atol=1e-8)
    assert (round(slope, 4), round(1 - slope, 4)) == (0.9933, 0.0067)


# The generator's gradient


def divergences(p, z):
    """KL(q || p) and JSD of q = softmax(z) by torch, with a graph."""
    p, q = torch.tensor(p), torch.softmax(z, 0)
    m = (p + q) / 2
    kl = (q * (q / p).log()).sum()
    js = ((p * (p / m).log()).sum() + (q * (q / m).log()).sum()) / 2
    return kl, js


@settings(max_examples=30)
@given(st.lists(st.integers(1, 9), min_size=2, max_size=5), st.integers(0, 99))
def test_the_gradients_are_those_of_two_known_divergences(counts, seed):
    p = np.array(counts) / sum(counts)
    z = np.random.default_rng(seed).normal(size=len(p))
    for kind in KINDS[:2]:
        t = torch.tensor(z, requires_grad=True)
        kl, js = divergences(p, t)
        (2 * js if kind == "saturating" else kl - 2 * js).backward()
        got = tabular_generator_gradient(p, z, kind)
        np.testing.assert_allclose(got, t.grad.numpy(), **CLOSE)
        assert abs(got.sum()) < 1e-15


def test_the_gradients_of_the_page():
    want = {
        "non_saturating": [-0.129968, -0.078122, 0.208089],
        "saturating": [-0.105615, -0.062852, 0.168467],
    }
    for kind, numbers in want.items():
        got = tabular_generator_gradient(P, Z, kind)
        np.testing.assert_allclose(got, numbers, rtol=0, atol=6e-7)


def test_a_mode_that_is_not_made_sends_hardly_any_signal():
    want = {1e-2: -0.010614, 1e-4: -1.0982e-4, 1e-6: -1.0986e-6}
    for q, slope in want.items():
        got = tabular_generator_gradient(
            [0.5, 0.5], np.log([1 - q, q]), "non_saturating"
        )
        np.testing.assert_allclose(got[1], slope, rtol=2e-4)
        # ... of the order q, and of the order q ln q with the saturating loss
        got = tabular_generator_gradient([0.5, 0.5], np.log([1 - q, q]), "saturating")
        assert 0.6 < got[1] / (q * math.log(q)) < 1


def steps_until(kind, q, wanted):
    z, steps = np.log([1 - q, q]), 0
    while softmax(z)[1] < wanted:
        z = z - tabular_generator_gradient([0.5, 0.5], z, kind)
        steps += 1
    return steps


def test_the_saturating_loss_finds_a_missing_mode_sooner():
    assert (steps_until(KINDS[0], 0.01, 0.4), steps_until(KINDS[1], 0.01, 0.4)) == (
        28,
        58,
    )
    assert steps_until(KINDS[0], 1e-4, 0.4) == 735
    assert steps_until(KINDS[1], 1e-4, 0.4) == 4575


def test_impossible_outcomes_and_extreme_logits():
    got = tabular_generator_gradient([1.0, 0.0], [0.0, 0.0], "saturating")
    # f is ln(1/3) and 0, q is ½ and ½
    np.testing.assert_allclose(got, np.array([-1, 1]) * math.log(3) / 4, **CLOSE)
    for z in ([0.0, -1e4], [0.0, 1e4], [0.0, -1e308], [1e308, -1e308]):
        for kind in KINDS[:2]:
            got = tabular_generator_gradient([0.5, 0.5], z, kind)
            np.testing.assert_array_equal(got, [0, 0])


@pytest.mark.parametrize(("kind", "wanted"), [(KINDS[0], 35), (KINDS[1], 57)])
def test_descent_with_the_best_discriminator_lowers_the_divergence(kind, wanted):
    p, z = np.full(8, 1 / 8), 2 * np.random.default_rng(0).normal(size=8)
    path = []
    for _ in range(301):
        path.append(js_divergence(p, softmax(z)))
        z = z - tabular_generator_gradient(p, z, kind)
    assert round(path[0], 6) == 0.128463
    assert abs(next(i for i, js in enumerate(path) if js < 0.01) - wanted) <= 1
    assert max(np.diff(path)) < 1e-14
    assert path[-1] < 1e-12


# The games


def test_simultaneous_steps_multiply_the_squared_radius():
    points = bilinear_game("simultaneous", 100, 0.1)
    squares = (points**2).sum(1)
    np.testing.assert_allclose(squares, 2 * 1.01 ** np.arange(101), rtol=1e-12)
    assert round(squares[-1], 6) == 5.409628


def test_the_radius_has_doubled_after_140_steps():
    squares = (bilinear_game("simultaneous", 140, 0.1) ** 2).sum(1)
    assert squares[139] < 8 <= squares[140]
    assert math.ceil(math.log(4) / math.log(1.01)) == 140


@given(st.floats(0.01, 1.9), st.floats(-3, 3), st.floats(-3, 3))
def test_alternating_steps_stay_on_an_ellipse(rate, x, y):
    points = bilinear_game("alternating", 50, rate, (x, y))
    kept = (points**2).sum(1) - rate * points.prod(1)
    np.testing.assert_allclose(kept, kept[0], rtol=0, atol=1e-9)
    # x² + y² - rate x y is at least (1 - rate / 2)(x² + y²)
    assert ((points**2).sum(1) <= kept[0] / (1 - rate / 2) + 1e-6).all()


def test_alternating_steps_of_the_page():
    squares = (bilinear_game("alternating", 100, 0.1) ** 2).sum(1)
    assert round(squares.min(), 4) == 1.8095
    assert squares.max() == 2
    assert (bilinear_game("alternating", 60, 2.1) ** 2).sum(1)[-1] > 1e6
    np.testing.assert_array_equal(bilinear_game("alternating", 1, 0.5)[1], [0.5, 1.25])


@given(st.floats(0.01, 1.5))
def test_extragradient_shrinks_below_a_rate_of_one(rate):
    squares = (bilinear_game("extragradient", 20, rate) ** 2).sum(1)
    factor = (1 - rate**2) ** 2 + rate**2
    np.testing.assert_allclose(squares, 2 * factor ** np.arange(21), rtol=1e-9)
    assert (factor < 1) == (rate < 1) or abs(rate - 1) < 1e-6


def test_extragradient_of_the_page():
    points = bilinear_game("extragradient", 100, 0.1)
    assert round((points[-1] ** 2).sum(), 6) == 0.739496
    # By hand at rate ½: it would go to (½, 1½), whose slopes are 1½ and ½.
    hand = bilinear_game("extragradient", 1, 0.5)[1]
    np.testing.assert_array_equal(hand, [0.25, 1.25])


def test_games_without_steps_and_beyond_float64():
    np.testing.assert_array_equal(bilinear_game("alternating", 0, 1, [2, 3]), [[2, 3]])
    assert not np.isfinite(bilinear_game("simultaneous", 9, 1e100)[-1]).any()


def jacobian(gamma, saturating):
    """Of the flow of the Dirac-GAN at its equilibrium, by autograd."""

    def flow(state):
        theta, psi = state
        zero = torch.zeros((), dtype=torch.double)
        logit = psi * theta
        d_loss = (
            torch.nn.functional.softplus(-psi * zero)
            + torch.nn.functional.softplus(logit)
            + gamma / 2 * psi**2
        )
        sp = torch.nn.functional.softplus
        g_loss = -sp(logit) if saturating else sp(-logit)
        (by_psi,) = torch.autograd.grad(d_loss, psi, create_graph=True)
        (by_theta,) = torch.autograd.grad(g_loss, theta, create_graph=True)
        return torch.stack([-by_theta, -by_psi])

    at = torch.zeros(2, dtype=torch.double)
    return torch.autograd.functional.jacobian(flow, at).numpy()


@pytest.mark.parametrize("saturating", [True, False])
@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0, 7.0])
def test_the_eigenvalues_are_those_of_the_jacobian(gamma, saturating):
    want = np.linalg.eigvals(jacobian(gamma, saturating))
    got = dirac_gan_eigenvalues(gamma)
    np.testing.assert_allclose(np.sort(got), np.sort(want), rtol=0, atol=1e-7)


def test_eigenvalues_of_the_page():
    want = {
        0: [0.5j, -0.5j],
        0.5: [-0.25 + 0.433013j, -0.25 - 0.433013j],
        1: [-0.5, -0.5],
        2: [-0.133975, -1.866025],
    }
    for gamma, values in want.items():
        got = dirac_gan_eigenvalues(gamma)
        np.testing.assert_allclose(got, values, rtol=0, atol=5e-7)
        assert got.dtype == np.complex128
    assert math.copysign(1, dirac_gan_eigenvalues(0)[0].real) == 1
    slow = dirac_gan_eigenvalues(1e200)
    np.testing.assert_allclose(slow.real, [-2.5e-201, -1e200], rtol=1e-12)


def test_the_weight_one_damps_fastest():
    gammas = np.arange(0, 4001) / 1000
    slowest = [dirac_gan_eigenvalues(g).real.max() for g in gammas]
    assert gammas[int(np.argmin(slowest))] == 1
    assert all(rate < 0 for rate in slowest[1:])


# The loop


def test_shares_of_many_samples_are_the_law():
    law = ring_law()
    np.testing.assert_allclose(law.sum(), 1, **CLOSE)
    points = ring_samples(200_000, torch.Generator().manual_seed(4))
    assert points.dtype == torch.float32
    assert abs(ring_shares(points) - law).max() < 0.003


def test_shares_by_hand():
    points = torch.tensor(
        [[1.0, 0.0], [0.71, 0.0], [0.69, 0.0], [0.0, -1.0], [float("nan"), 0.0]]
    )
    np.testing.assert_array_equal(
        ring_shares(points), np.array([2, 0, 0, 0, 0, 0, 1, 0, 2]) / 5
    )


def test_r1_is_the_squared_slope_of_a_plane():
    x = torch.randn(7, 3).requires_grad_()
    w = torch.tensor([[1.0], [-2.0], [2.0]])
    assert r1_penalty(x @ w, x, 0.5).item() == pytest.approx(0.25 * 9)
    assert r1_penalty(x @ w, x, 0.0).item() == 0
    # No slope is asked for, so that none can be missing or infinite.
    assert r1_penalty(torch.zeros(len(x), 1), x, 0.0).item() == 0
    w.requires_grad_()
    r1_penalty(x @ w, x, 0.5).backward()  # the weights feel it
    np.testing.assert_allclose(w.grad.numpy(), 0.5 * w.detach().numpy(), rtol=1e-6)


def test_r1_of_images_sums_over_all_of_an_image_and_r1_of_halves_does_not_overflow():
    x = torch.randn(5, 3, 4, 4).requires_grad_()
    logits = 2 * x.sum((1, 2, 3))[:, None]
    assert r1_penalty(logits, x, 1.0).item() == 4 * 48 / 2
    assert r1_penalty(logits, x, 0.0).shape == ()
    for dtype in (torch.float16, torch.bfloat16):
        h = torch.ones(3, 2, dtype=dtype).requires_grad_()
        got = r1_penalty((256 * h).sum(1, keepdim=True), h, 1.0)
        assert (got.item(), got.dtype) == (256**2, torch.float32)
        assert r1_penalty(h.sum(1, keepdim=True), h, 0.0).dtype == torch.float32


def test_what_is_no_tensor_of_floats_is_refused():
    for points in (torch.ones(3, 2, dtype=torch.int64), np.ones((3, 2))):
        with pytest.raises(TypeError, match="points must be a tensor of floats, got"):
            ring_shares(points)
        with pytest.raises(TypeError, match="real must be a tensor of floats, got"):
            r1_penalty(torch.ones(3, 1), points, 1.0)


def test_a_run_is_repeated_by_its_seed_and_leaves_the_global_one_alone():
    torch.manual_seed(5)
    before = torch.get_rng_state()
    runs = [train_gan(3, seed, 0.1) for seed in (1, 1, 2)]
    assert torch.equal(before, torch.get_rng_state())
    assert runs[0].losses.shape == (3, 2)
    np.testing.assert_array_equal(runs[0].losses, runs[1].losses)
    assert (runs[0].losses != runs[2].losses).all()
    assert len(train_gan(0, 0).losses) == 0


class Adam:
    """Adam without a first moment, by hand: rate 3e-3, decay .99."""

    def __init__(self, weights):
        self.weights, self.steps = list(weights), 0
        self.squares = [torch.zeros_like(w) for w in self.weights]

    def descend(self, loss):
        self.steps += 1
        slopes = torch.autograd.grad(loss, self.weights)
        with torch.no_grad():
            for w, v, slope in zip(self.weights, self.squares, slopes):
                v.mul_(0.99).add_(0.01 * slope**2)
                scale = (v / (1 - 0.99**self.steps)).sqrt() + 1e-8
                w.sub_(3e-3 * slope / scale)


@pytest.mark.parametrize(
    ("gamma", "kind"), [(0.0, KINDS[1]), (0.7, KINDS[1]), (0.0, KINDS[0])]
)
def test_the_loop_is_that_of_a_second_one_with_slopes_asked_for_by_name(gamma, kind):
    rng = torch.Generator().manual_seed(3)
    g, d = _network(2, rng), _network(1, rng)
    g_adam, d_adam = Adam(g.parameters()), Adam(d.parameters())
    one, zero = torch.ones(128, 1), torch.zeros(128, 1)
    want = []
    for _ in range(4):
        real = ring_samples(128, rng).requires_grad_()
        with torch.no_grad():
            fake = g(torch.randn(128, 2, generator=rng))
        d_loss = bce(d(real), one) + bce(d(fake), zero)
        (slopes,) = torch.autograd.grad(d(real).sum(), real, create_graph=True)
        d_adam.descend(d_loss + gamma * (slopes**2).sum() / 256)
        logits = d(g(torch.randn(128, 2, generator=rng)))
        g_loss = bce(logits, one) if kind == KINDS[1] else -bce(logits, zero)
        g_adam.descend(g_loss)
        want.append([d_loss.item(), g_loss.item()])
    run = train_gan(4, 3, gamma, kind)
    np.testing.assert_allclose(run.losses, want, rtol=0, atol=2e-5)
    for got, weights in zip(run.generator.parameters(), g.parameters()):
        np.testing.assert_allclose(
            got.detach().numpy(), weights.detach().numpy(), rtol=0, atol=2e-4
        )


def test_the_step_of_the_discriminator_leaves_no_slopes_on_the_generator(monkeypatch):
    class Spy(torch.optim.Adam):
        made: ClassVar[list] = []
        seen: ClassVar[list] = []

        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.made.append(self)

        def step(self, *args):
            of_generator = self.made[0].param_groups[0]["params"]
            self.seen.append(
                [w.grad if w.grad is None else w.grad.clone() for w in of_generator]
            )
            return super().step(*args)

    monkeypatch.setattr(torch.optim, "Adam", Spy)
    train_gan(2, 0, 1.0)
    first_d, first_g, second_d, second_g = Spy.seen
    assert first_d == [None] * 6
    assert all(torch.equal(a, b) for a, b in zip(first_g, second_d))
    assert not any(torch.equal(a, b) for a, b in zip(first_g, second_g))


def test_networks_have_two_hidden_layers_of_32_and_weights_of_the_usual_size():
    layers = [m for m in train_gan(0, 5).generator if isinstance(m, torch.nn.Linear)]
    assert [tuple(m.weight.shape) for m in layers] == [(32, 2), (32, 32), (2, 32)]
    for layer in layers:
        bound = 1 / math.sqrt(layer.in_features)
        for weights in (layer.weight, layer.bias):
            assert abs(weights).max() <= bound
        assert layer.weight.min() < -0.8 * bound < 0.8 * bound < layer.weight.max()


NOISE = torch.randn(10_000, 2, generator=torch.Generator().manual_seed(99))


def quality(run):
    """Distance of the shares from the law, and the share of each mode."""
    shares = ring_shares(run.generator(NOISE))
    return js_divergence(ring_law(), shares), shares[:-1]


@pytest.mark.parametrize("seed", [1, 2])  # the page has seed 0
def test_with_r1_all_modes_are_found_though_the_loss_looks_the_same(seed):
    before, _ = quality(train_gan(0, seed))
    run = train_gan(300, seed, gamma=1.0)
    after, shares = quality(run)
    assert before > 0.6
    assert 0.03 < after < 0.15
    assert shares.min() > 0.03
    # The discriminator's loss is at its equilibrium; the samples are not.
    assert abs(run.losses[-100:, 0].mean() - math.log(4)) < 0.01


def test_without_r1_a_second_seed_finds_all_modes_as_well():
    # Seed 0 does not (the figure): R1 is no condition, and one run is no rate.
    _, shares = quality(train_gan(300, 1))
    assert shares.min() > 0.02


def test_the_saturating_loss_is_trained_as_well():
    one, other = (train_gan(1, 0, kind=kind).losses[0] for kind in KINDS[:2])
    assert one[0] == other[0]
    assert one[1] < 0 < other[1]


# Pitfalls


def test_without_detach_the_two_players_pull_the_generator_apart():
    g, d = torch.nn.Linear(2, 2), torch.nn.Linear(2, 1)
    fake = g(torch.randn(16, 2, generator=torch.Generator().manual_seed(1)))
    sp = torch.nn.functional.softplus
    sp(d(fake)).mean().backward(retain_graph=True)  # the discriminator's loss
    assert g.weight.grad.abs().sum() > 0
    (-sp(d(fake)).mean()).backward()  # the saturating loss, without zero_grad
    assert g.weight.grad.abs().max() == 0


def test_without_detach_the_non_saturating_loss_stops_at_half():
    # As if its loss were sp(l) + sp(-l): the slope is tanh(l / 2).
    logit = torch.tensor([-5.0, -1.0, 0.0, 2.0], requires_grad=True)
    sp = torch.nn.functional.softplus
    sp(logit).sum().backward()
    sp(-logit).sum().backward()
    want = np.tanh(np.array([-2.5, -0.5, 0.0, 1.0]))
    np.testing.assert_allclose(logit.grad.numpy(), want, rtol=0, atol=1e-6)


def test_the_first_nan_of_the_wrong_formula():
    logit = torch.tensor([1000.0], requires_grad=True)
    loss = torch.log(1 - torch.sigmoid(logit))
    loss.backward()
    assert loss.item() == -math.inf
    assert math.isnan(logit.grad.item())


def test_two_sigmoids_leave_a_floor():
    logit = torch.tensor([-50.0, 50.0]).sigmoid()  # what the loss takes for logits
    floor = bce(logit[1], torch.tensor(1.0)) + bce(logit[0], torch.tensor(0.0))
    assert round(floor.item(), 4) == 1.0064


# Sizes of the DCGAN


def test_each_transposed_convolution_doubles_the_side():
    def layer(kernel, stride, padding):
        return torch.nn.ConvTranspose2d(1, 1, kernel, stride, padding)

    image, sides = torch.zeros(1, 1, 1, 1), []
    for setting in [(4, 1, 0)] + [(4, 2, 1)] * 4:
        image = layer(*setting)(image)
        kernel, stride, padding = setting
        before = sides[-1] if sides else 1
        sides.append(image.shape[-1])
        assert sides[-1] == (before - 1) * stride - 2 * padding + kernel
    assert sides == [4, 8, 16, 32, 64]


# What is refused

BAD = [
    (lambda: js_divergence([0.5, 0.6], [0.5, 0.5]), "p must be >= 0 with the sum 1"),
    (lambda: js_divergence([0.5, 0.5], [-0.5, 1.5]), "q must be >= 0 with the sum 1"),
    (
        lambda: js_divergence([1e308, 1e308], [0.5, 0.5]),
        "p must be >= 0 with the sum 1",
    ),
    (lambda: js_divergence([3.0, -2.0], [0.5, 0.5]), "p must be >= 0 with the sum 1"),
    (lambda: js_divergence([np.nan, 0.5], [0.5, 0.5]), "p must be a row of finite"),
    (lambda: js_divergence([[0.5, 0.5]], [0.5, 0.5]), "p must be a row of finite"),
    (lambda: js_divergence([], []), "p must be a row of finite"),
    (lambda: js_divergence(["1"], [1]), "p must be a row of finite"),
    (lambda: js_divergence([1], [True]), "q must be a row of finite"),
    (
        lambda: js_divergence([1], [0.5, 0.5]),
        "p and q must have one length, got 1 and 2",
    ),
    (lambda: optimal_discriminator([1], [2]), "q must be >= 0 with the sum 1"),
    (lambda: gan_value([1], [1], [1.5]), r"d must lie in \[0, 1\]"),
    (lambda: gan_value([1], [1], [-0.1]), r"d must lie in \[0, 1\]"),
    (lambda: gan_value([1], [1], [0.5, 0.5]), "p and d must have one length"),
    (lambda: discriminator_loss([], [1.0]), "real_logits must be a row of finite"),
    (lambda: discriminator_loss([1.0], [np.inf]), "fake_logits must be a row"),
    (
        lambda: discriminator_loss([1.0], [1.0], "wgan"),
        "kind must be one of saturating, ",
    ),
    (lambda: generator_loss([]), "fake_logits must be a row of finite"),
    (
        lambda: generator_loss([1.0], 3),
        "kind must be one of saturating, non_saturating",
    ),
    (
        lambda: tabular_generator_gradient(P, Z, "hinge"),
        "kind must be one of saturating",
    ),
    (
        lambda: tabular_generator_gradient(P, Z[:2], "saturating"),
        "p and logits must have",
    ),
    (
        lambda: tabular_generator_gradient(P, [np.inf] * 3, "saturating"),
        "logits must be",
    ),
    (
        lambda: tabular_generator_gradient([1.0, 0.0], [0, 0], "non_saturating"),
        "p must be > 0 where -ln D is taken",
    ),
    (lambda: bilinear_game("newton", 1, 0.1), "method must be one of simultaneous, "),
    (lambda: bilinear_game("alternating", -1, 0.1), "steps must be an integer >= 0"),
    (lambda: bilinear_game("alternating", True, 0.1), "steps must be an integer >= 0"),
    (lambda: bilinear_game("alternating", 1.5, 0.1), "steps must be an integer >= 0"),
    (lambda: bilinear_game("alternating", 1, 0), "rate must be a finite number > 0"),
    (
        lambda: bilinear_game("alternating", 1, np.inf),
        "rate must be a finite number > 0",
    ),
    (lambda: bilinear_game("alternating", 1, "1"), "rate must be a finite number > 0"),
    (lambda: bilinear_game("alternating", 1, True), "rate must be a finite number > 0"),
    (
        lambda: bilinear_game("alternating", 1, 1, (1, 2, 3)),
        "start must be two numbers",
    ),
    (lambda: dirac_gan_eigenvalues(-1), "gamma must be a finite number >= 0, got -1"),
    (lambda: dirac_gan_eigenvalues(10**400), "gamma must be a finite number >= 0"),
    (lambda: ring_samples(0, torch.Generator()), "n must be an integer >= 1, got 0"),
    (
        lambda: ring_shares(torch.zeros(3)),
        r"points must have shape \(n, 2\), got \(3,\)",
    ),
    (lambda: ring_shares(torch.zeros(2, 3)), r"points must have shape \(n, 2\)"),
    (lambda: ring_shares(torch.zeros(0, 2)), r"points must have shape \(n, 2\)"),
    (
        lambda: ring_shares(torch.zeros(2, 2, device="meta")),
        "points must have values, got",
    ),
    (
        lambda: r1_penalty(torch.zeros(2), torch.zeros(2, 2).requires_grad_(), 1.0),
        r"logits must have shape \(2, 1\), got \(2,\)",
    ),
    (
        lambda: r1_penalty(torch.zeros(2, 1), torch.zeros(2).requires_grad_(), 1.0),
        r"real must have shape \(n, ...\), got \(2,\)",
    ),
    (
        lambda: r1_penalty(torch.zeros(0, 1), torch.zeros(0, 2), 1.0),
        r"real must have shape \(n, ...\), got \(0, 2\)",
    ),
    (
        lambda: r1_penalty(torch.zeros(2, 1), torch.zeros(2, 2), 1.0),
        "real must require grad, got",
    ),
    (
        lambda: js_divergence(torch.tensor([0.5, 0.5], requires_grad=True), [1]),
        "p must be a row of finite",
    ),
    (
        lambda: generator_loss(np.array([np.longdouble("1e400")])),
        "fake_logits must be a row of finite",
    ),
    (lambda: train_gan(-1, 0), "steps must be an integer >= 0"),
    (lambda: train_gan(0, -1), "seed must be an integer >= 0"),
    (lambda: train_gan(0, 0, -0.1), "gamma must be a finite number >= 0"),
    (lambda: train_gan(0, 0, 0.1, "hinge"), "kind must be one of saturating, non_sat"),
    (
        lambda: r1_penalty(torch.zeros(1, 1), torch.zeros(1, 1), -1.0),
        "gamma must be a finite number >= 0",
    ),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input_is_refused_with_what_was_wanted_and_what_came(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call()
    assert re.search(r", got |length", str(caught.value))
