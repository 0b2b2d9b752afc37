"""Oracles: closed forms, quadrature on a grid, scipy, torch's own cross-entropies."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats
from torch.nn import functional as F

from snippets.cv.deep_infomax import (
    LocalDIM,
    centroid_accuracy,
    dv,
    fit,
    gaussian_mi,
    gaussian_pairs,
    infonce,
    jsd_objective,
    local_dim_loss,
    nce_loss,
    nwj,
    optimal_critic,
    pca_codes,
    toy_patches,
)

EXACT = {"rtol": 0, "atol": 1e-12}


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def on_grid(rho: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights of P and of Q, and the log ratio, on a square grid, by scipy."""
    u = np.linspace(-8, 8, 801)
    points = np.stack(np.meshgrid(u, u, indexing="ij"), -1)
    area = (u[1] - u[0]) ** 2
    log_p = stats.multivariate_normal([0, 0], [[1, rho], [rho, 1]]).logpdf(points)
    log_q = stats.norm.logpdf(points).sum(-1)
    return np.exp(log_p) * area, np.exp(log_q) * area, log_p - log_q


# Gaussian pairs


@pytest.mark.parametrize(
    ("rho", "dim", "expected"),
    [
        (0.5, 1, 0.143841),
        (0.9, 1, 0.830366),
        (-0.9, 1, 0.830366),
        (0.9, 4, 3.321462),
        (0.9, 10, 8.303656),
        (0.0, 3, 0.0),
    ],
)
def test_gaussian_information_has_its_known_values(rho, dim, expected):
    assert gaussian_mi(rho, dim) == pytest.approx(expected, rel=0, abs=1e-6)


@pytest.mark.parametrize("rho", [0.5, -0.7, 0.9])
def test_gaussian_information_is_the_divergence_found_by_quadrature(rho):
    p, _, ratio = on_grid(rho)
    assert (p * ratio).sum() == pytest.approx(gaussian_mi(rho), rel=0, abs=1e-9)


def test_information_is_finite_up_to_the_last_correlation_below_one():
    assert gaussian_mi(math.nextafter(1, 0)) == pytest.approx(18.0218, abs=1e-4)
    assert gaussian_mi(1e-10) == pytest.approx(5e-21, rel=1e-6)


@given(st.integers(0, 4), st.integers(0, 4), st.integers(1, 3), st.floats(-0.95, 0.95))
def test_the_optimal_critic_is_the_log_ratio_of_the_densities(n, m, dim, rho):
    x, y = random(n, dim, seed=1), random(m, dim, seed=2)
    scores = optimal_critic(x, y, rho)
    assert scores.shape == (n, m)
    for i in range(n):
        for j in range(m):
            conditional = stats.norm(rho * x[i].numpy(), math.sqrt(1 - rho**2))
            ratio = conditional.logpdf(y[j]) - stats.norm.logpdf(y[j])
            assert scores[i, j].item() == pytest.approx(ratio.sum(), rel=0, abs=1e-9)


def test_drawn_pairs_have_unit_variance_and_the_correlation_asked_for():
    x, y = gaussian_pairs(200_000, -0.6, 2, torch.Generator().manual_seed(0))
    matrix = np.corrcoef(torch.cat([x, y], 1).T)
    expected = np.eye(4) - 0.6 * (np.eye(4, k=2) + np.eye(4, k=-2))
    np.testing.assert_allclose(matrix, expected, rtol=0, atol=0.01)
    np.testing.assert_allclose(y.std(0), [1, 1], rtol=0, atol=0.01)


# InfoNCE


@given(st.integers(2, 8), st.floats(0.1, 50))
def test_infonce_is_log_n_minus_the_cross_entropy_of_the_rows(n, scale):
    scores = scale * random(n, n)
    entropy = F.cross_entropy(scores, torch.arange(n))
    torch.testing.assert_close(infonce(scores), math.log(n) - entropy, **EXACT)


@given(st.integers(2, 40), st.floats(0, 1e300))
def test_infonce_is_never_above_log_n(n, scale):
    assert infonce(scale * torch.eye(n).double()) <= math.log(n) + 1e-9
    assert infonce(1e4 * random(n, n)) <= math.log(n) + 1e-9


def test_infonce_reaches_log_n_for_a_perfect_critic_and_0_for_a_useless_one():
    assert infonce(1e3 * torch.eye(64)).item() == pytest.approx(math.log(64), abs=1e-6)
    assert infonce(torch.full((64, 64), 7.0)).item() == pytest.approx(0, abs=1e-6)


def test_infonce_ignores_a_constant_per_row_but_not_per_column():
    scores, constant = random(5, 5), random(5, seed=3)
    torch.testing.assert_close(infonce(scores + constant[:, None]), infonce(scores))
    assert abs(infonce(scores + constant) - infonce(scores)) > 0.01


@pytest.mark.parametrize(
    ("count", "expected"), [(16, 2.757), (64, 4.090), (256, 5.306)]
)
def test_infonce_of_eight_nats_stays_just_below_log_n(count, expected):
    generator = torch.Generator().manual_seed(0)
    values = []
    for _ in range(50):
        x, y = gaussian_pairs(count, 0.9, 10, generator)
        values.append(infonce(optimal_critic(x, y, 0.9)))
    assert max(values) <= math.log(count) + 1e-9
    assert torch.stack(values).mean().item() == pytest.approx(expected, abs=0.04)


@pytest.mark.parametrize(("count", "expected"), [(16, 19.6), (64, 14.9)])
def test_infonce_without_its_diagonal_is_no_bound(count, expected):
    generator = torch.Generator().manual_seed(0)
    diagonal = torch.eye(count, dtype=torch.bool)
    with_it, without = [], []
    for _ in range(200):
        scores = optimal_critic(*gaussian_pairs(count, 0.9, 10, generator), 0.9)
        others = scores.masked_fill(diagonal, -math.inf)
        without.append((scores.diagonal() - others.logsumexp(1)).mean())
        with_it.append(infonce(scores))
    value = torch.stack(without).mean().item() + math.log(count)
    assert value == pytest.approx(expected, abs=0.1)
    assert value > gaussian_mi(0.9, 10) > torch.stack(with_it).mean()


# DV, NWJ, JSD


@given(st.integers(2, 6), st.integers(2, 4), st.integers(0, 99))
def test_every_bound_stays_below_the_information_of_a_table(n, m, seed):
    # All expectations are sums over a table of probabilities; the critic is arbitrary.
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.ones(n * m)).reshape(n, m)
    q = np.outer(p.sum(1), p.sum(0))
    critic = 3 * rng.standard_normal((n, m))
    information = (p * np.log(p / q)).sum()
    dv_exact = (p * critic).sum() - np.log((q * np.exp(critic)).sum())
    tilted = q * np.exp(critic) / (q * np.exp(critic)).sum()
    assert (p * np.log(p / tilted)).sum() == pytest.approx(information - dv_exact)
    nwj_exact = (p * critic).sum() - (q * np.exp(critic - 1)).sum()
    # InfoNCE with N = 2: a partner y and another y', drawn from p(y).
    first, second = critic[:, :, None], critic[:, None, :]
    share = np.log(2) - np.logaddexp(0, second - first)
    infonce_exact = (p[:, :, None] * p.sum(0) * share).sum()
    assert max(dv_exact, nwj_exact, infonce_exact) <= information + 1e-12
    assert nwj_exact <= dv_exact


def test_the_deviation_of_nwj_is_the_exact_one_where_it_can_be_sampled():
    generator = torch.Generator().manual_seed(0)
    off = ~torch.eye(16, dtype=torch.bool)
    means = []
    for _ in range(4000):
        scores = optimal_critic(*gaussian_pairs(16, 0.5, 1, generator), 0.5)
        means.append(scores[off].exp().mean())
    exact = math.sqrt((1 / (1 - 0.5**2) + 1 / (1 - 0.5**4) - 2) / (16 * 15))
    assert torch.stack(means).std().item() == pytest.approx(exact, rel=0.03)
    without_the_mirrored_pairs = math.sqrt((1 / (1 - 0.5**2) - 1) / (16 * 15))
    assert without_the_mirrored_pairs < 0.93 * torch.stack(means).std()
    _, q, ratio = on_grid(0.5)
    assert (q * np.exp(2 * ratio)).sum() == pytest.approx(1 / 0.75, abs=1e-8)


def test_a_typical_batch_of_nwj_is_too_high_and_its_deviation_hides():
    generator = torch.Generator().manual_seed(0)
    off = ~torch.eye(16, dtype=torch.bool)
    values = []
    for _ in range(3000):
        scores = optimal_critic(*gaussian_pairs(16, 0.9, 10, generator), 0.9)
        values.append(nwj(scores.diagonal() + 1, scores[off] + 1))
    values = torch.stack(values)
    truth = gaussian_mi(0.9, 10)
    assert 0.77 < (values > truth).double().mean() < 0.82
    assert values.median() > truth + 0.6
    assert values.min() < truth - 100
    exact = math.sqrt((0.19**-10 + (1 - 0.9**4) ** -10 - 2) / (16 * 15))
    assert exact == pytest.approx(261, abs=0.5)
    assert values[:200].std() < exact / 50


@pytest.fixture(scope="module")
def scores():
    """Optimal scores of 400,000 true and as many independent pairs, rho = 0.5."""
    generator = torch.Generator().manual_seed(0)
    x, y = gaussian_pairs(400_000, 0.5, 1, generator)
    other = gaussian_pairs(400_000, 0.5, 1, generator)[0]
    ratio = [
        stats.norm.logpdf(b, 0.5 * x, 0.75**0.5) - stats.norm.logpdf(b)
        for b in (y, other)
    ]
    return [torch.from_numpy(r[:, 0]) for r in ratio]


def test_dv_and_nwj_estimate_the_information_with_their_best_critics(scores):
    pos, neg = scores
    assert dv(pos, neg).item() == pytest.approx(0.1438, abs=0.003)
    assert nwj(pos + 1, neg + 1).item() == pytest.approx(0.1438, abs=0.003)
    assert nwj(pos, neg).item() == pytest.approx(0.1438 - 1 / math.e, abs=0.003)


def test_jsd_objective_is_largest_at_the_log_ratio(scores):
    pos, neg = scores
    best = jsd_objective(pos, neg).item()
    assert best == pytest.approx(-1.31169, abs=0.002)
    assert best / 2 + math.log(2) == pytest.approx(0.0369, abs=0.001)
    assert jsd_objective(pos / 2, neg / 2).item() == pytest.approx(-1.3280, abs=0.002)
    assert jsd_objective(1.5 * pos, 1.5 * neg).item() == pytest.approx(
        -1.3241, abs=0.002
    )
    assert jsd_objective(pos / 2, neg / 2) < best > jsd_objective(1.5 * pos, 1.5 * neg)


@pytest.mark.parametrize(
    ("rho", "expected"), [(0.1, 0.0013), (0.5, 0.03692), (0.9, 0.2146), (0.99, 0.4414)]
)
def test_jsd_grows_with_the_information_but_stays_below_log_2(rho, expected):
    u = torch.linspace(-8, 8, 1201, dtype=torch.float64)[:, None]
    critic = optimal_critic(u, u, rho).numpy()
    w = stats.norm.pdf(u.numpy()) * (16 / 1200)
    q = w * w.T
    p = q * np.exp(critic)
    objective = (p * -np.logaddexp(0, -critic) - q * np.logaddexp(0, critic)).sum()
    middle = (p + q) / 2
    kl = [
        np.where(r > 0, r * np.log(np.where(r > 0, r / middle, 1)), 0).sum()
        for r in (p, q)
    ]
    assert objective / 2 + math.log(2) == pytest.approx(sum(kl) / 2, abs=1e-9)
    assert sum(kl) / 2 == pytest.approx(expected, abs=6e-5)
    assert sum(kl) / 2 < math.log(2)


def test_jsd_objective_is_minus_the_two_cross_entropies_of_a_classifier():
    pos, neg = random(7), 3 * random(5, seed=1)
    bce = F.binary_cross_entropy_with_logits
    expected = -bce(pos, torch.ones(7).double()) - bce(neg, torch.zeros(5).double())
    torch.testing.assert_close(jsd_objective(pos, neg), expected, **EXACT)


def test_a_useless_critic_has_known_values():
    zero = torch.zeros(9, dtype=torch.float64)
    assert jsd_objective(zero, zero).item() == pytest.approx(-1.386294, abs=1e-6)
    assert dv(zero + 5, zero + 5).item() == pytest.approx(0, abs=1e-12)
    assert nwj(zero + 1, zero + 1).item() == pytest.approx(0, abs=1e-12)


@given(st.integers(1, 6), st.integers(1, 6), st.floats(-3, 3))
def test_dv_and_nwj_match_their_definitions_and_dv_is_the_larger(n, m, shift):
    pos, neg = random(n) + shift, random(m, seed=1) + shift
    p, q = pos.numpy(), neg.numpy()
    np.testing.assert_allclose(
        dv(pos, neg), p.mean() - np.log(np.exp(q).mean()), **EXACT
    )
    np.testing.assert_allclose(
        nwj(pos, neg), p.mean() - np.exp(q).mean() / np.e, **EXACT
    )
    assert dv(pos, neg) >= nwj(pos, neg) - 1e-12
    np.testing.assert_allclose(dv(pos + 4, neg + 4), dv(pos, neg), **EXACT)


def test_weights_of_shuffled_pairs_in_the_three_gradients():
    neg = torch.tensor([9.0, 0, -1]).double().requires_grad_()
    pos = torch.zeros(2, dtype=torch.float64)
    for objective, weight in (
        (jsd_objective, neg.sigmoid() / 3),
        (nwj, (neg - 1).exp() / 3),
        (dv, neg.softmax(0)),
    ):
        slope = torch.autograd.grad(objective(pos, neg), neg)[0]
        torch.testing.assert_close(slope, -weight, **EXACT)


@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=6))
def test_the_weight_of_a_pair_in_the_jsd_gradient_is_bounded_by_its_share(scores):
    values = torch.tensor(scores, dtype=torch.float64, requires_grad=True)
    other = torch.zeros(1, dtype=torch.float64)
    for objective in (jsd_objective(values, other), jsd_objective(other, values)):
        slope = torch.autograd.grad(objective, values)[0]
        assert slope.abs().max() <= 1 / len(scores) + 1e-15


def test_one_pair_may_still_have_nearly_all_of_the_jsd_gradient():
    neg = torch.tensor([20.0, -20, -20]).double().requires_grad_()
    jsd_objective(neg.detach(), neg).backward()
    assert neg.grad[0] / neg.grad.sum() > 0.999
    rival = torch.tensor([20.0, -20, -20]).double().requires_grad_()
    nwj(rival.detach(), rival).backward()
    assert -rival.grad[0] > 1e7 > 1 > -neg.grad[0]


def test_one_large_score_makes_nwj_minus_infinity_in_float32():
    assert nwj(torch.zeros(1), torch.tensor([89.0])).isfinite()
    assert nwj(torch.zeros(1), torch.tensor([90.0])) == -math.inf


def test_large_scores_do_not_overflow():
    large = torch.tensor([1e4, -1e4])
    assert dv(large, large).item() == pytest.approx(-1e4 + math.log(2))
    assert jsd_objective(large, large).item() == pytest.approx(-1e4)
    assert infonce(torch.tensor([[1e4, 0], [0, -1e4]])).isfinite()


# NCE


@given(st.integers(1, 5), st.integers(1, 4))
def test_nce_is_logistic_regression_with_prior_odds_one_to_k(n, k):
    log_p, log_q = random(n), random(n, seed=1)
    noise_p, noise_q = random(n * k, seed=2), random(n * k, seed=3)
    loss = 0.0
    for a, b in zip(log_p, log_q):
        loss -= math.log(math.exp(a) / (math.exp(a) + k * math.exp(b))) / n
    for a, b in zip(noise_p, noise_q):
        loss -= math.log(k * math.exp(b) / (math.exp(a) + k * math.exp(b))) / n
    value = nce_loss(log_p, log_q, noise_p, noise_q, k)
    assert value.item() == pytest.approx(loss, rel=0, abs=1e-12)


@given(st.integers(1, 6), st.integers(0, 99))
def test_nce_of_pairs_with_one_noise_sample_is_minus_the_jsd_objective(n, seed):
    a, b, c, d = random(4, n, seed=seed)
    torch.testing.assert_close(
        nce_loss(a, b, c, d, 1), -jsd_objective(a - b, c - d), **EXACT
    )


@pytest.mark.parametrize("k", [1, 10])
def test_nce_recovers_mean_width_and_normalizer_of_a_gaussian(k):
    generator = torch.Generator().manual_seed(1)
    data = 1 + 0.7 * torch.randn(20_000, generator=generator, dtype=torch.float64)
    noise = 2 * torch.randn(20_000 * k, generator=generator, dtype=torch.float64)
    theta = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    q = torch.distributions.Normal(torch.zeros(1).double(), 2.0)

    def log_p(x):
        return theta[2] - ((x - theta[0]) / theta[1].exp()) ** 2 / 2

    def closure():
        optimizer.zero_grad()
        loss = nce_loss(
            log_p(data), q.log_prob(data), log_p(noise), q.log_prob(noise), k
        )
        loss.backward()
        return loss

    optimizer = torch.optim.LBFGS([theta], line_search_fn="strong_wolfe")
    optimizer.step(closure)
    mean, width, constant = theta[0].item(), theta[1].exp().item(), theta[2].item()
    assert mean == pytest.approx(1, abs=0.02)
    assert width == pytest.approx(0.7, abs=0.02)
    unnormalized = integrate.quad(lambda x: math.exp(-((x - 1) ** 2) / 0.98), -9, 11)[0]
    assert constant == pytest.approx(-math.log(unnormalized), abs=0.03)
    assert -math.log(unnormalized) == pytest.approx(-0.5623, abs=1e-4)


# Local Deep InfoMax


@given(st.integers(2, 4), st.integers(1, 3), st.integers(1, 3))
def test_the_local_loss_counts_every_code_with_every_patch(n, p, h):
    g, l = random(n, h), random(n, p, h, seed=1)  # noqa: E741
    pos, neg = [], []
    for i in range(n):
        for j in range(n):
            for q in range(p):
                (pos if i == j else neg).append(float(g[i] @ l[j, q]))
    expected = np.logaddexp(0, -np.array(pos)).mean()
    expected += np.logaddexp(0, np.array(neg)).mean()
    assert local_dim_loss(g, l).item() == pytest.approx(expected, rel=0, abs=1e-12)


def test_the_local_loss_of_zero_scores_is_two_log_two():
    loss = local_dim_loss(torch.zeros(3, 4), torch.ones(3, 2, 4))
    assert loss.item() == pytest.approx(1.386294, abs=1e-6)


def test_the_model_gives_global_and_local_features_and_ignores_patch_order():
    model = fit(torch.zeros(2, 3, 6), steps=0, seed=0)
    patches = random(5, 3, 6).float()
    g, l = model(patches)  # noqa: E741
    assert (g.shape, l.shape) == ((5, 16), (5, 3, 16))
    assert model.encode(patches).shape == (5, 2)
    swapped, moved = model(patches[:, [2, 0, 1]])
    torch.testing.assert_close(swapped, g)
    torch.testing.assert_close(moved, l[:, [2, 0, 1]])
    other = patches.clone()
    other[0, 0] += 1
    assert not torch.equal(model(other)[0][0], g[0])
    torch.testing.assert_close(model(other)[1][0, 1:], l[0, 1:])


def test_the_code_that_is_kept_is_the_one_that_was_trained():
    model, patches = LocalDIM(3).double(), random(4, 5, 3)
    code = model.to_code(model.patch_net(patches).mean(1))
    torch.testing.assert_close(model.encode(patches), code, **EXACT)
    g, l = model(patches)  # noqa: E741
    torch.testing.assert_close(g, model.global_head(code), **EXACT)
    assert g.dtype == l.dtype == torch.float64


def test_fitting_is_reproducible_and_leaves_the_global_generator_alone():
    patches, _ = toy_patches(50, torch.Generator().manual_seed(0))
    before = torch.random.get_rng_state()
    first, second = (fit(patches, 3, seed=1).encode(patches) for _ in range(2))
    torch.testing.assert_close(first, second)
    assert torch.equal(before, torch.random.get_rng_state())


def test_fitting_does_not_seed_the_gpus(monkeypatch):
    seeded = []
    monkeypatch.setattr(torch.cuda, "manual_seed_all", seeded.append)
    torch.manual_seed(3)
    assert seeded == [3]
    fit(torch.zeros(2, 3, 6), 0, seed=1)
    assert seeded == [3]


def test_batches_have_the_size_asked_for_and_follow_the_seed():
    patches, _ = toy_patches(50, torch.Generator().manual_seed(0))
    expected, generator = fit(patches, 0, seed=3), torch.Generator().manual_seed(3)
    optimizer = torch.optim.Adam(expected.parameters(), lr=0.01)
    for _ in range(2):
        chosen = torch.randint(50, (4,), generator=generator)
        optimizer.zero_grad()
        local_dim_loss(*expected(patches[chosen])).backward()
        optimizer.step()
    actual = fit(patches, 2, seed=3, batch=4).encode(patches)
    torch.testing.assert_close(actual, expected.encode(patches))


def test_toy_patches_hide_a_quiet_corner_in_loud_noise():
    x, label = toy_patches(4000, torch.Generator().manual_seed(0))
    assert x.shape == (4000, 6, 6)
    assert label.bincount().tolist() == pytest.approx([1000] * 4, abs=120)
    for c in range(4):
        own = x[label == c].flatten(0, 1)
        corner = [2 * (c % 2) - 1, 2 * (c // 2) - 1, 0, 0, 0, 0]
        np.testing.assert_allclose(own.mean(0), corner, rtol=0, atol=0.2)
        np.testing.assert_allclose(own.std(0), [1, 1, 4, 4, 4, 4], rtol=0.05)


@pytest.fixture(scope="module")
def accuracies():
    rows = []
    for seed in range(3):
        patches, label = toy_patches(1000, torch.Generator().manual_seed(seed))
        whole = patches.flatten(1)[:, None]
        quiet = patches / torch.tensor([1.0, 1, 16, 16, 16, 16])
        with torch.no_grad():
            untrained = fit(patches, 0, seed).encode(patches)
        trained = fit(patches, 150, seed).encode(patches).detach()
        one = fit(whole, 150, seed).encode(whole).detach()
        codes = trained, untrained, pca_codes(patches), one, pca_codes(quiet)
        rows.append([centroid_accuracy(c, label) for c in codes])
    return np.array(rows)


def test_local_dim_finds_the_classes_where_pca_and_a_random_net_do_not(accuracies):
    trained, untrained, pca, _, _ = accuracies.T
    assert trained.min() > 0.9
    assert untrained.max() < 0.6
    assert pca.max() < 0.5


def test_neither_one_patch_for_the_image_nor_loud_noise_shows_the_classes(accuracies):
    _, _, loud, whole, quiet = accuracies.T
    assert whole.max() < 0.5  # the same data, objective and steps
    assert loud.max() < 0.5
    assert quiet.min() > 0.9


def codes_paired_with(patches, seed, inputs, features):
    """Codes of LocalDIM(inputs), trained on pairs with 16 features of other inputs.

    Args:
        patches: images as patches.
        seed: of weights and batches.
        inputs: how many numbers the encoder takes: 6, a patch, or 36, the whole image.
        features: how many numbers the features are of, likewise.
    """
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = LocalDIM(inputs)
        net = torch.nn.Sequential(
            *(torch.nn.Linear(features, 32), torch.nn.ReLU(), torch.nn.Linear(32, 16))
        )

    def seen(x, numbers):
        return x if numbers == 6 else x.flatten(1)[:, None]

    generator = torch.Generator().manual_seed(seed)
    learnt = [*model.parameters(), *net.parameters()]
    optimizer = torch.optim.Adam(learnt, lr=0.01)
    for _ in range(150):
        x = patches[torch.randint(len(patches), (128,), generator=generator)]
        loss = local_dim_loss(model(seen(x, inputs))[0], net(seen(x, features)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model.encode(seen(patches, inputs)).detach()


def test_of_local_dim_the_encoder_alone_does_not_find_the_classes(accuracies):
    for seed in range(3):
        patches, label = toy_patches(1000, torch.Generator().manual_seed(seed))
        code = codes_paired_with(patches, seed, inputs=6, features=36)
        assert centroid_accuracy(code, label) < 0.8 < accuracies[seed, 0]


def test_paired_with_patches_the_global_encoder_finds_the_classes():
    for seed in range(3):
        patches, label = toy_patches(1000, torch.Generator().manual_seed(seed))
        code = codes_paired_with(patches, seed, inputs=36, features=6)
        assert centroid_accuracy(code, label) > 0.9


def test_pca_codes_match_scikit_learn():
    from sklearn.decomposition import PCA

    patches = random(20, 3, 6)
    expected = PCA(2).fit_transform(patches.mean(1).numpy())
    np.testing.assert_allclose(
        pca_codes(patches).abs(), abs(expected), rtol=0, atol=1e-10
    )


def test_centroid_accuracy_learns_on_the_first_half_and_scores_the_second():
    codes = torch.tensor([[0.0], [2.0], [10.0], [10.0], [0.5], [9.0], [4.0], [6.5]])
    labels = torch.tensor([3, 3, 7, 7, 3, 7, 7, 7])
    assert centroid_accuracy(codes, labels) == 0.75
    # Of an odd number the middle one belongs to the second half.
    odd = torch.tensor([[0.0], [10], [9], [0.5], [1]])
    assert centroid_accuracy(odd, torch.tensor([0, 1, 0, 0, 0])) == 2 / 3


def test_arguments_given_by_name_are_widened_too():
    pos, neg = torch.tensor([400.0]).half(), torch.tensor([12.2, -10]).half()
    value = nwj(pos=pos, neg=neg)
    assert value.dtype == torch.float16
    assert value.item() == nwj(pos, neg).item() > -math.inf
    assert nwj(pos, neg.float()).dtype == torch.float32


# Bad input


@pytest.mark.parametrize("rho", [1, -1, 1.5, math.nan])
def test_a_correlation_outside_the_open_interval_is_rejected(rho):
    message = r"rho must be inside \(-1, 1\), got"
    with pytest.raises(ValueError, match=message):
        gaussian_mi(rho)
    with pytest.raises(ValueError, match=message):
        optimal_critic(random(2, 1), random(2, 1), rho)
    with pytest.raises(ValueError, match=message):
        gaussian_pairs(2, rho, 1, torch.Generator())


def test_a_dimension_below_one_is_rejected():
    with pytest.raises(ValueError, match="dim must be an integer >= 1, got 0"):
        gaussian_mi(0.5, 0)


@pytest.mark.parametrize(
    "shapes", [((3,), (3, 1)), ((3, 1), (3,)), ((3, 1), (3, 2)), ((3, 0), (3, 0))]
)
def test_unlike_samples_are_rejected(shapes):
    with pytest.raises(ValueError, match="x and y must be"):
        optimal_critic(random(*shapes[0]), random(*shapes[1]), 0.5)


@pytest.mark.parametrize("shape", [(3, 4), (4,), (1, 1), (0, 0), (2, 2, 2)])
def test_scores_that_are_not_square_or_too_few_are_rejected(shape):
    with pytest.raises(
        ValueError, match=r"scores must be \(N, N\) with N >= 2, float.* got"
    ):
        infonce(random(*shape))


def test_scores_of_whole_numbers_are_rejected():
    with pytest.raises(ValueError, match=r"floating point, got \(2, 2\), torch.int64"):
        infonce(torch.ones(2, 2).long())


@pytest.mark.parametrize("bound", [dv, nwj, jsd_objective])
@pytest.mark.parametrize("shape", [(0,), (2, 2), ()])
def test_scores_that_are_not_a_vector_are_rejected_by_name(bound, shape):
    with pytest.raises(
        ValueError, match=r"^pos must be a non-empty vector of floats, got"
    ):
        bound(random(*shape), random(3))
    with pytest.raises(
        ValueError, match=r"^neg must be a non-empty vector of floats, got"
    ):
        bound(random(3), random(*shape))


def test_bad_noise_is_rejected():
    def call(n=2, q=2, m=4, mq=4, k=2):
        nce_loss(random(n), random(q), random(m), random(mq), k)

    call()
    with pytest.raises(ValueError, match="k must be an integer >= 1, got 0"):
        call(k=0, m=0, mq=0)
    with pytest.raises(ValueError, match="log_p and log_q must both be"):
        call(q=1)
    with pytest.raises(ValueError, match="log_p and log_q must both be"):
        call(n=0, q=0, m=0, mq=0)
    for wrong in ({"m": 3, "mq": 3}, {"m": 3}, {"mq": 1}):
        with pytest.raises(ValueError, match=r"noise_log_q must both be \(4,\), got"):
            call(**wrong)


@pytest.mark.parametrize(
    ("g", "l"),
    [
        ((1, 3), (1, 2, 3)),
        ((2, 3), (3, 2, 3)),
        ((2, 3), (2, 2, 4)),
        ((2, 3), (2, 0, 3)),
        ((2, 3), (2, 3)),
        ((2, 2, 3), (2, 2, 3)),
    ],
)
def test_features_that_do_not_fit_are_rejected(g, l):  # noqa: E741
    with pytest.raises(ValueError, match="g and l must be"):
        local_dim_loss(random(*g), random(*l))


@pytest.mark.parametrize("shape", [(2, 3), (2, 0, 6), (2, 3, 5)])
def test_patches_of_the_wrong_shape_are_rejected(shape):
    model = LocalDIM(6)
    for call in (model, model.encode):
        with pytest.raises(ValueError, match=r"patches must be \(N, M, 6\)"):
            call(torch.zeros(shape))


def test_codes_and_labels_that_do_not_fit_are_rejected():
    with pytest.raises(
        ValueError, match=r"\(N, c\) and \(N,\), got \(1, 2\) and \(8,\)"
    ):
        centroid_accuracy(torch.zeros(1, 2), torch.arange(8))
    with pytest.raises(ValueError, match=r"\(N, c\) and \(N,\), got \(4, 0\)"):
        centroid_accuracy(torch.zeros(4, 0), torch.zeros(4).long())
    with pytest.raises(ValueError, match=r"in the first half, got \[2\] in the second"):
        centroid_accuracy(torch.zeros(4, 2), torch.tensor([0, 1, 2, 1]))


def test_training_wants_float32_or_float64_and_two_images_a_batch():
    with pytest.raises(ValueError, match=r"float32 or float64 to train, got .*float16"):
        fit(torch.zeros(4, 2, 3).half(), 1, 0)
    for bad in (math.nan, math.inf):
        with pytest.raises(ValueError, match="patches must be finite, got NaN or inf"):
            fit(torch.full((4, 2, 3), bad), 1, 0)
        with pytest.raises(ValueError, match="codes must be finite, got NaN or inf"):
            centroid_accuracy(torch.full((4, 2), bad), torch.tensor([0, 1, 0, 1]))
    with pytest.raises(ValueError, match="batch must be an integer >= 2, got 1"):
        fit(torch.zeros(4, 2, 3), 1, 0, batch=1)
    with pytest.raises(ValueError, match="components must be at most 3, got 4"):
        pca_codes(torch.zeros(5, 2, 3), 4)
