"""Oracles: numpy and scipy on the hard functions, quadrature, autograd's checks.

With two classes the Gumbel noise enters by a difference, which is logistic: integrals
over one variable then give the mean and the spread of every gradient estimate.
scikit-learn gives F1, ``torch.nn.functional.gumbel_softmax`` the samples of one seed.
"""

import itertools
import math
import re

import numpy as np
import pytest
import scipy.integrate
import scipy.special
import scipy.stats
import sklearn.metrics
import torch
from hypothesis import given
from hypothesis import strategies as st

from snippets.ml import smooth_approximations
from snippets.ml.smooth_approximations import (
    best_f1,
    gradient_bias,
    gumbel,
    gumbel_softmax,
    outlier_accuracies,
    rare_class_f1,
    sample_gumbel,
    smooth_accuracy,
    smooth_f1,
    smooth_macro_f1,
    smooth_max,
    smooth_step,
    soft_argmax,
    soft_one_hot,
    straight_through,
)

seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 6)
FLOAT = torch.float64
LOGITS = torch.tensor([1.0, 0.0, -1.0, 0.5], dtype=FLOAT)
W = torch.tensor([1.0, 2.0, 3.0], dtype=FLOAT)
THETA = torch.tensor([0.3, 0.6, 0.0], dtype=FLOAT)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def normal(*shape, seed=0):
    return torch.randn(shape, generator=generator(seed), dtype=FLOAT)


def vector(*entries):
    return torch.tensor(entries, dtype=FLOAT)


def assert_same(actual, expected, atol=1e-12):
    expected = torch.as_tensor(expected, dtype=actual.dtype)
    torch.testing.assert_close(actual, expected, rtol=0, atol=atol)


def logistic(z):
    """The density of the difference of two Gumbel variables."""
    return scipy.special.expit(z) * scipy.special.expit(-z)


def square(y):
    return (y @ W - 1.3).square()


# Max, argmax, one-hot, step


@given(seeds, sizes, sizes, st.integers(-2, 1), st.sampled_from([0.3, 1.0, 4.0]))
def test_max_and_argmax_follow_scipy_along_either_axis(seed, rows, columns, dim, k):
    x = normal(rows, columns, seed=seed)
    expected = scipy.special.logsumexp(k * x.numpy(), axis=dim) / k
    weights = scipy.special.softmax(k * x.numpy(), axis=dim)
    index = np.arange(x.shape[dim])
    index = index[:, None] if dim in (0, -2) else index
    assert_same(smooth_max(x, k, dim), expected)
    assert_same(soft_one_hot(x, k, dim), weights)
    assert_same(soft_argmax(x, k, dim), (weights * index).sum(dim))


@given(seeds, sizes, st.integers(1, 50))
def test_the_gap_lies_between_zero_and_log_n_over_k(seed, n, k):
    x = normal(n, seed=seed)
    gap = float(smooth_max(x, k, 0) - x.max())
    assert -1e-15 <= gap <= math.log(n) / k + 1e-15
    assert_same(smooth_max(torch.full_like(x, 2.5), k, 0) - 2.5, math.log(n) / k)


def test_the_gap_of_one_three_two():
    gaps = [float(smooth_max(vector(1, 3, 2), k, 0)) - 3 for k in (1, 10, 100)]
    assert gaps[0] == pytest.approx(0.407606, abs=5e-7)
    assert gaps[1] == pytest.approx(4.5e-6, abs=0.05e-6)
    assert gaps[2] == pytest.approx(0, abs=1e-12)
    # Two that tie for the maximum: log(2) / k, once the third has died out.
    assert_same(smooth_max(vector(2, 3, 3), 40, 0) - 3, math.log(2) / 40)


def test_the_slope_of_smooth_max_is_the_softmax():
    x = normal(3, 4, seed=1).requires_grad_()
    (slope,) = torch.autograd.grad(smooth_max(x, 2.5, 0).sum(), x)
    assert_same(slope, scipy.special.softmax(2.5 * x.detach().numpy(), axis=0))


@pytest.mark.parametrize("function", [smooth_max, soft_argmax, soft_one_hot])
def test_slopes_match_finite_differences(function):
    x = normal(2, 3, seed=2).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: function(x, 3.0, 1), x)


def test_huge_and_tiny_numbers_do_not_overflow():
    for x in (vector(1e300, -1e300, 0), torch.tensor([3e38, -3e38])):
        assert smooth_max(x, 100.0, 0) == x[0]
        assert soft_argmax(x, 100.0, 0) == 0
        assert_same(soft_one_hot(x, 100.0, 0), torch.eye(len(x))[0])
    assert_same(smooth_max(vector(1e6, 1e6), 1.0, 0) - 1e6, math.log(2), 1e-9)
    assert_same(soft_argmax(vector(1e-300, 0), 1.0, 0), 0.5)


def test_any_finite_sharpness_and_temperature_will_do():
    x = torch.tensor([1.0, 2.0, 2.0], requires_grad=True)
    for k in (1e-300, 1e39, 1e300):
        assert smooth_max(x, k, 0).isfinite() == (k > 1)  # else log(3) / k overflows
        assert soft_one_hot(x, k, 0).isfinite().all()
        assert smooth_step(x, k).isfinite().all()
        assert smooth_step(torch.zeros(1), k) == 0.5
    assert smooth_max(x, 1e39, 0) == 2
    (slope,) = torch.autograd.grad(smooth_max(x, 1e300, 0), x)
    assert slope.tolist() == [0.0, 0.5, 0.5]
    for dtype, tau in ((torch.float32, 1e-38), (torch.float16, 1e-5), (FLOAT, 5e-324)):
        logits = torch.zeros(3, dtype=dtype, requires_grad=True)
        y = gumbel_softmax(logits, tau, False, generator())
        assert sorted(y.tolist()) == [0, 0, 1]
        (slope,) = torch.autograd.grad(y[0], logits)
        assert slope.isfinite().all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_sixteen_bits_do_not_round_the_index(dtype):
    x = torch.zeros(1000, dtype=dtype)
    x[[257, 261, 265]] = 20.0
    expected = soft_argmax(x.double(), 1.0, 0)
    assert soft_argmax(x, 1.0, 0) == expected.to(dtype)
    assert_same(expected, 261.0, 1e-3)


def test_one_entry_is_its_own_maximum():
    assert smooth_max(vector(-7), 0.1, 0) == -7
    assert soft_argmax(vector(-7), 0.1, -1) == 0
    assert soft_one_hot(vector(-7), 0.1, 0) == 1


def test_ties_share_the_one_hot_and_two_peaks_have_their_mean_between_them():
    assert_same(soft_one_hot(vector(3, 3, 1), 100.0, 0), [0.5, 0.5, 0.0])
    assert_same(soft_argmax(vector(5, 0, 0, 0, 5), 1.0, 0), 2.0)
    assert_same(soft_argmax(vector(5, 0, 0, 0, 5), 1e4, 0), 2.0)
    assert soft_argmax(vector(5, 0, 5, 0, 0), 1.0, 0) > 1.01  # the others pull too
    assert_same(soft_argmax(vector(5, 0, 5, 0, 0), 1e4, 0), 1.0)
    assert soft_argmax(vector(5, 0, 0, 0, 4.9), 1.0, 0) == pytest.approx(1.90, abs=0.01)
    assert_same(soft_argmax(vector(5, 0, 0, 0, 4.9), 1e4, 0), 0.0)


def test_the_mean_weighted_by_softmax_is_below_the_maximum():
    x = normal(9, seed=3)
    for k in (0.5, 2.0, 8.0):
        mean = (x * soft_one_hot(x, k, 0)).sum()
        assert mean < x.max() < smooth_max(x, k, 0)


@given(seeds, st.sampled_from([0.5, 3.0, 20.0]))
def test_a_step_is_the_one_hot_of_two(seed, k):
    x = normal(5, seed=seed)
    pairs = torch.stack([x, torch.zeros_like(x)], dim=-1)
    assert_same(smooth_step(x, k), soft_one_hot(pairs, k, -1)[:, 0])
    error = (smooth_step(x, k) - (x > 0).double()).abs()
    assert_same(error, scipy.special.expit(-k * x.abs().numpy()))
    assert (error <= (-k * x.abs()).exp() + 1e-15).all()


def test_the_slope_of_the_step_is_a_quarter_of_k_at_zero_and_gone_far_off():
    x = torch.tensor([0.0, 3.0], dtype=FLOAT, requires_grad=True)
    (slope,) = torch.autograd.grad(smooth_step(x, 10.0).sum(), x)
    assert_same(slope[0], 2.5)
    assert 0 < slope[1] < 1e-11


@pytest.mark.parametrize("k", [0.5, 3.0, 40.0])
def test_bounds_of_the_functions_made_of_max_and_step(k):
    x = torch.linspace(-9, 9, 20_001, dtype=FLOAT)

    def soft_plus(x):
        return smooth_max(torch.stack([x, torch.zeros_like(x)]), k, 0)

    def worst(smooth, hard):
        return float((smooth - hard).abs().max())

    assert_same(soft_plus(x), torch.nn.functional.softplus(x, k, threshold=1e9))
    assert worst(soft_plus(x), x.relu()) == pytest.approx(math.log(2) / k)
    size = smooth_max(torch.stack([x, -x]), k, 0)
    assert worst(size, x.abs()) == pytest.approx(math.log(2) / k)
    assert worst((x.square() + k**2).sqrt(), x.abs()) == pytest.approx(k)
    smaller = -smooth_max(-torch.stack([x, torch.zeros_like(x)]), k, 0)
    assert worst(smaller, x.clamp(max=0)) == pytest.approx(math.log(2) / k)
    clip = -1 + soft_plus(x + 1) - soft_plus(x - 2)
    assert worst(clip, x.clamp(-1, 2)) <= math.log(2) / k
    sign = torch.tanh(k * x)
    assert_same(sign, 2 * smooth_step(x, 2 * k) - 1)
    error = 1 - torch.tanh(k * x.abs())
    assert_same((sign - x.sign()).abs()[x != 0], error[x != 0])


# Accuracy and F1


@pytest.mark.parametrize("seed", range(3))
def test_the_expected_reinforce_gradient_of_accuracy_is_that_of_smooth_accuracy(seed):
    logits = normal(4, 3, seed=seed).requires_grad_()
    y = torch.tensor([0, 2, 2, 1])
    (slope,) = torch.autograd.grad(smooth_accuracy(logits, y), logits)
    p, expected = logits.detach().softmax(-1), torch.zeros(4, 3, dtype=FLOAT)
    for i, drawn in itertools.product(range(4), range(3)):
        score = torch.eye(3, dtype=FLOAT)[drawn] - p[i]  # gradient of log p(drawn)
        expected[i] += p[i, drawn] * float(drawn == y[i]) * score / 4
    assert_same(slope, expected)


def test_seventy_thousand_float16_probabilities_are_counted():
    p = torch.ones(70_000, dtype=torch.float16, requires_grad=True)
    score = smooth_f1(p, torch.ones(70_000))
    assert score == 1
    assert torch.autograd.grad(score, p)[0].isfinite().all()
    y = torch.arange(140_000) % 2
    logits = (100 * torch.nn.functional.one_hot(y)).half()
    assert smooth_macro_f1(logits, y) == 1


def test_a_mean_of_16_bit_probabilities_is_rounded_once():
    y = torch.arange(40) % 4
    for seed in range(50):
        logits = normal(40, 4, seed=seed).half()
        want = smooth_accuracy(logits.double(), y).half()
        assert smooth_accuracy(logits, y) == want


@given(seeds, st.integers(1, 9), st.integers(1, 4))
def test_macro_f1_of_sure_predictions_is_that_of_scikit_learn(seed, n, c):
    y, predicted = torch.randint(c, (2, n), generator=generator(seed))
    logits = 1e4 * torch.nn.functional.one_hot(predicted, c).double()
    expected = sklearn.metrics.f1_score(
        y, predicted, labels=range(c), average="macro", zero_division=0.0
    )
    assert_same(smooth_macro_f1(logits, y), expected)


def test_macro_f1_is_the_mean_of_the_f1_of_each_class():
    logits, y = normal(6, 3, seed=8), torch.tensor([0, 2, 2, 1, 0, 2])
    p = logits.softmax(-1)
    each = [smooth_f1(p[:, c], y == c) for c in range(3)]
    assert_same(smooth_macro_f1(logits, y), torch.stack(each).mean())


@given(seeds, st.integers(1, 8), st.integers(1, 5))
def test_smooth_accuracy_follows_the_definition_and_tends_to_accuracy(seed, n, c):
    logits = normal(n, c, seed=seed)
    y = torch.randint(c, (n,), generator=generator(seed))
    p = scipy.special.softmax(logits.numpy(), axis=1)
    expected = np.mean([p[i, y[i]] for i in range(n)])
    assert_same(smooth_accuracy(logits, y), expected)
    hard = sklearn.metrics.accuracy_score(y, logits.argmax(1))
    assert_same(smooth_accuracy(1e7 * logits, y), hard, 1e-3)


def test_smooth_scores_of_five_samples_by_hand():
    p, y = vector(0.9, 0.2, 0.6, 0.4, 0.1), torch.tensor([1, 0, 1, 1, 0])
    logits = torch.stack([1 - p, p], dim=1).log()
    hard = (p > 0.5).long()
    assert sklearn.metrics.accuracy_score(y, hard) == pytest.approx(0.8)
    assert_same(smooth_accuracy(logits, y), (0.9 + 0.8 + 0.6 + 0.4 + 0.9) / 5)
    assert sklearn.metrics.f1_score(y, hard) == pytest.approx(0.8)
    assert_same(smooth_f1(p, y), 2 * 1.9 / (2.2 + 3))
    assert float(smooth_f1(p, y)) == pytest.approx(0.730769, abs=5e-7)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=9))
def test_smooth_f1_of_hard_predictions_is_f1(pairs):
    p, y = (torch.tensor(z) for z in zip(*pairs))
    if not (p.any() or y.any()):
        with pytest.raises(ValueError, match=r"a positive label or a p > 0"):
            smooth_f1(p.double(), y)
        return
    expected = sklearn.metrics.f1_score(y, p, zero_division=0.0)
    assert_same(smooth_f1(p.double(), y), expected)
    assert_same(smooth_f1(p.double(), y.double()), expected)


def test_scores_of_nothing_predicted_are_zero_and_their_slopes_are_not():
    p = torch.zeros(2, dtype=FLOAT, requires_grad=True)
    score = smooth_f1(p, torch.tensor([1, 0]))
    (slope,) = torch.autograd.grad(score, p)
    assert score == 0
    assert_same(slope, [2.0, 0.0])


def test_the_slope_of_f1_changes_sign_where_the_posterior_is_half_of_f1():
    p = torch.rand(7, generator=generator(), dtype=FLOAT).requires_grad_()
    y = torch.tensor([1, 0, 0, 1, 0, 1, 0])
    score = smooth_f1(p, y)
    (slope,) = torch.autograd.grad(score, p)
    assert_same(slope, ((2 * y - score) / (p.sum() + y.sum())).detach())
    assert torch.autograd.gradcheck(lambda p: smooth_f1(p, y), p)


def test_the_absolute_error_of_softmax_is_twice_one_minus_smooth_accuracy():
    logits, y = normal(6, 4, seed=9), torch.tensor([0, 3, 3, 1, 0, 2])
    one_hot = torch.nn.functional.one_hot(y, 4).double()
    error = (logits.softmax(-1) - one_hot).abs().sum(-1).mean()
    assert_same(2 * (1 - smooth_accuracy(logits, y)), error)


def test_smooth_accuracy_forgets_what_is_wrong_with_confidence():
    logits = vector(math.log(0.01), math.log(0.99))[None].requires_grad_()
    y = torch.tensor([0])
    (slope,) = torch.autograd.grad(smooth_accuracy(logits, y), logits)
    assert_same(slope, [[0.0099, -0.0099]])
    loss = torch.nn.functional.cross_entropy(logits, y)
    (slope,) = torch.autograd.grad(loss, logits)
    assert_same(slope, [[-0.99, 0.99]])


def test_cross_entropy_halves_while_accuracy_falls_to_a_third():
    before, after = [0.51] * 3 + [0.1], [0.49] * 3 + [0.9]
    entropies = [-np.mean(np.log(p)) for p in (before, after)]
    assert entropies == pytest.approx([1.081, 0.561], abs=5e-4)
    assert [np.mean(np.array(p) > 0.5) for p in (before, after)] == [0.75, 0.25]


def test_the_mean_of_batch_f1_is_not_the_f1_of_all():
    p, y = vector(1, 0, 1, 1, 1, 1), torch.tensor([1, 0, 1, 0, 0, 0])
    halves = [smooth_f1(p[:2], y[:2]), smooth_f1(p[2:], y[2:])]
    assert_same(torch.stack(halves), [1.0, 0.4])
    assert_same(smooth_f1(p, y), 4 / 7)


# Gumbel noise and samples


def test_gumbel_noise_has_its_mean_variance_and_law():
    noise = sample_gumbel((1000, 1000), generator(), FLOAT)
    assert noise.shape == (1000, 1000)
    assert float(noise.mean()) == pytest.approx(np.euler_gamma, abs=0.005)
    assert float(noise.var()) == pytest.approx(math.pi**2 / 6, abs=0.015)
    law = scipy.stats.kstest(noise[:20].flatten().numpy(), "gumbel_r")
    assert law.pvalue > 0.01
    assert sample_gumbel((2,), generator()).dtype == torch.float32
    assert sample_gumbel((10**6,), generator()).isfinite().all()


def test_the_argmax_has_the_softmax_distribution_at_every_temperature():
    rows = LOGITS.expand(200_000, -1)
    pi = scipy.special.softmax(LOGITS.numpy())
    assert pi == pytest.approx([0.4740, 0.1744, 0.0641, 0.2875], abs=5e-5)
    means, winners = [], []
    for tau in (0.1, 1.0, 5.0):
        y = gumbel_softmax(rows, tau, False, generator())
        means.append(float(y[:, 0].mean()))
        winners.append(y.argmax(-1))
    assert torch.equal(winners[0], winners[1])
    assert torch.equal(winners[0], winners[2])
    shares = torch.bincount(winners[0]) / 200_000
    assert shares.tolist() == pytest.approx(pi, abs=0.004)
    assert means == pytest.approx([0.472, 0.408, 0.294], abs=0.004)


def test_the_mean_soft_sample_of_two_classes_follows_quadrature():
    rows = vector(1.2, 0).expand(100_000, -1)
    for tau in (0.2, 1.0, 3.0):
        y = gumbel_softmax(rows, tau, False, generator(1))

        def integrand(z, tau=tau):
            return scipy.special.expit((1.2 + z) / tau) * logistic(z)

        expected = scipy.integrate.quad(integrand, -40, 40, points=[-1.2])[0]
        assert float(y[:, 0].mean()) == pytest.approx(expected, abs=0.005)


def test_uniform_noise_never_draws_a_class_that_is_one_logit_behind():
    noise = torch.rand(200_000, 4, generator=generator(), dtype=FLOAT)
    shares = torch.bincount((LOGITS + noise).argmax(-1), minlength=4) / 200_000
    assert shares.tolist() == pytest.approx([0.875, 0, 0, 0.125], abs=0.004)


@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize("tau", [0.3, 1.0, 4.0])
def test_samples_equal_those_of_torch_at_the_same_seed(tau, hard):
    logits = normal(7, 5, seed=4)
    ours, theirs = (logits.clone().requires_grad_() for _ in range(2))
    with torch.random.fork_rng():
        torch.manual_seed(11)
        expected = torch.nn.functional.gumbel_softmax(theirs, tau, hard)
    y = gumbel_softmax(ours, tau, hard, generator(11))
    assert_same(y.detach(), expected.detach())
    weights = normal(7, 5, seed=5)
    (y * weights).sum().backward()
    (expected * weights).sum().backward()
    assert_same(ours.grad, theirs.grad)


def test_a_hard_sample_has_the_slope_of_the_soft_one_and_exact_zeros_and_ones():
    logits = normal(50, 9, seed=6).requires_grad_()
    soft = gumbel_softmax(logits, 0.7, False, generator(2))
    hard = gumbel_softmax(logits, 0.7, True, generator(2))
    weights = normal(50, 9, seed=7)
    slopes = [torch.autograd.grad((y * weights).sum(), logits)[0] for y in (soft, hard)]
    assert torch.equal(*slopes)
    assert torch.equal(hard, torch.nn.functional.one_hot(soft.argmax(-1), 9).double())
    assert soft.max() < 1
    assert soft.min() > 0
    assert_same(soft.sum(-1).detach(), torch.ones(50))


def test_straight_through_is_exact_where_the_usual_order_rounds():
    x = torch.tensor([0.3, -2.0, 1e20], dtype=torch.float32, requires_grad=True)
    step = (x > 0).float()
    y = straight_through(step, x)
    assert y.tolist() == [1, 0, 1]
    assert torch.equal(torch.autograd.grad(y.sum(), x)[0], torch.ones(3))
    usual = (step - x).detach() + x
    assert usual.tolist()[2] == 0
    scaled = straight_through(3 * x, x)  # no gradient by way of the hard value
    assert torch.equal(torch.autograd.grad(scaled.sum(), x)[0], torch.ones(3))


@pytest.mark.parametrize(
    ("dtype", "tau"),
    [(torch.bfloat16, 100.0), (torch.float16, 100.0), (torch.float32, 1e6)],
)
def test_hard_samples_of_a_rounded_softmax_are_still_drawn_evenly(dtype, tau):
    rows = torch.zeros(200_000, 4, dtype=dtype)
    shares = gumbel_softmax(rows, tau, True, generator()).double().mean(0)
    assert shares.tolist() == pytest.approx([0.25] * 4, abs=0.004)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_the_noise_of_sixteen_bit_logits_is_float32(dtype):
    rows = torch.zeros(10_000, 4)
    single = gumbel_softmax(rows, 1.0, True, generator())
    assert torch.equal(gumbel_softmax(rows.to(dtype), 1.0, True, generator()), single)


def test_torchs_hard_samples_prefer_the_first_of_tied_classes():
    rows = torch.zeros(200_000, 4, dtype=torch.bfloat16)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        hard = torch.nn.functional.gumbel_softmax(rows, 100.0, hard=True)
    known = [0.32, 0.26, 0.22, 0.19]
    assert hard.double().mean(0).tolist() == pytest.approx(known, abs=0.01)


def test_noise_follows_the_generators_device_and_samples_that_of_the_logits():
    y = gumbel_softmax(torch.zeros(2, 3, device="meta"), 1.0, True, generator())
    assert y.device.type == "meta"


def test_one_class_is_always_drawn():
    for hard in (False, True):
        assert (
            gumbel_softmax(vector(-3).expand(4, 1), 0.5, hard, generator()) == 1
        ).all()


def test_extreme_logits_and_temperatures_stay_on_the_simplex():
    for logits in (vector(1e300, -1e300), vector(-1e30, -1e30)):
        for tau in (1e-3, 1e3):
            y = gumbel_softmax(logits, tau, False, generator())
            assert_same(y.sum(), 1.0)


# Gradients


def test_the_true_gradient_and_three_estimates_of_it():
    def result(estimator, tau):
        return gradient_bias(square, THETA, tau, generator(), estimator, 200_000)

    known = {
        ("reinforce", 1.0): [-0.2731, -0.1949, 0.4680],
        ("soft", 0.1): [-0.283, -0.169, 0.452],
        ("soft", 1.0): [-0.250, -0.038, 0.288],
        ("hard", 1.0): [-0.221, -0.067, 0.288],
    }
    for (estimator, tau), mean in known.items():
        r = result(estimator, tau)
        assert_same(r.true, [-0.27368, -0.19472, 0.46840], 5e-6)
        tolerance = 5 * float(r.std.max()) / 200_000**0.5
        assert r.mean.tolist() == pytest.approx(mean, abs=tolerance)
        assert_same(r.bias, r.mean - r.true)
    free = result("reinforce", 1.0)
    assert (free.bias.abs() < 5 * free.std / 200_000**0.5).all()
    assert result("soft", 1.0).bias.norm() > 0.2
    assert result("hard", 1.0).bias.norm() > 0.2
    # Below some temperature the soft gradient is noisier than REINFORCE.
    assert result("soft", 0.1).std.norm() > 1.5 * free.std.norm()
    assert result("soft", 1.0).std.norm() < 0.5 * free.std.norm()


def test_bias_grows_and_spread_falls_with_the_temperature():
    for estimator in ("soft", "hard"):
        results = [
            gradient_bias(square, THETA, tau, generator(), estimator, 50_000)
            for tau in (0.2, 0.5, 1.0, 2.0, 5.0)
        ]
        biases = [float(r.bias.norm()) for r in results]
        spreads = [float(r.std.norm()) for r in results]
        assert biases == sorted(biases)
        assert spreads == sorted(spreads, reverse=True)


def test_for_other_logits_the_bias_may_fall_again_as_the_temperature_grows():
    biases = []
    for tau in (0.2, 2.0, 8.0):
        logits = vector(4, 0)
        r = gradient_bias(lambda y: y[:, 0], logits, tau, generator(), "soft", 50_000)
        biases.append(float(r.bias.norm()))
    assert biases[0] < biases[2] < biases[1] / 2


@pytest.mark.parametrize("estimator", ["soft", "hard"])
@pytest.mark.parametrize("tau", [0.4, 1.5])
def test_estimates_of_two_classes_follow_quadrature(estimator, tau):
    a, n = 0.8, 100_000

    def slope(y):  # of f(y, 1 - y) = y^3 - 2 y
        return 3 * y**2 - 2

    def estimate(z):
        y = scipy.special.expit((a + z) / tau)
        at = y if estimator == "soft" else float(y > 0.5)
        return slope(at) * y * (1 - y) / tau

    def moment(power):
        def integrand(z):
            return estimate(z) ** power * logistic(z)

        return scipy.integrate.quad(integrand, -40, 40, points=[-a], limit=200)[0]

    mean, second = moment(1), moment(2)
    r = gradient_bias(
        lambda y: y[:, 0] ** 3 - 2 * y[:, 0],
        vector(a, 0),
        tau,
        generator(3),
        estimator,
        n,
    )
    spread = math.sqrt(second - mean**2)
    assert r.mean.tolist() == pytest.approx([mean, -mean], abs=5 * spread / n**0.5)
    assert r.std.tolist() == pytest.approx([spread, spread], rel=0.02)
    p = scipy.special.expit(a)
    assert_same(r.true, [-p * (1 - p), p * (1 - p)])  # f(1) - f(0) = -1


def test_the_soft_gradient_is_right_for_the_relaxed_loss():
    # The mean over fixed noise is a function of the logits; differences give its slope.
    def relaxed(theta):
        y = gumbel_softmax(theta.expand(2000, -1), 0.7, False, generator(4))
        return square(y).mean()

    r = gradient_bias(square, THETA, 0.7, generator(4), "soft", 2000)
    for i in range(3):
        h = 1e-5 * torch.eye(3, dtype=FLOAT)[i]
        difference = (relaxed(THETA + h) - relaxed(THETA - h)) / 2e-5
        assert_same(r.mean[i], difference, 1e-8)


def test_reinforce_has_the_spread_of_its_finitely_many_values():
    p = scipy.special.softmax(THETA.numpy())
    f = square(torch.eye(3, dtype=FLOAT)).numpy()
    values = f[:, None] * (np.eye(3) - p)
    spread = np.sqrt(p @ values**2 - (p @ values) ** 2)
    r = gradient_bias(square, THETA, 1.0, generator(5), "reinforce", 100_000)
    assert r.std.tolist() == pytest.approx(spread, rel=0.02)
    again = gradient_bias(square, THETA, 9.0, generator(5), "reinforce", 100_000)
    assert torch.equal(r.mean, again.mean)  # tau does not enter


def test_the_spread_of_two_estimates_is_their_distance_over_root_two():
    p = THETA.softmax(0)
    values = square(torch.eye(3, dtype=FLOAT))[:, None] * (torch.eye(3) - p)
    found = set()
    for seed in range(9):
        r = gradient_bias(square, THETA, 1.0, generator(seed), "reinforce", 2)
        i, j = min(
            itertools.product(range(3), repeat=2),
            key=lambda ij: float((values[list(ij)].mean(0) - r.mean).norm()),
        )
        assert_same(r.std, (values[i] - values[j]).abs() / math.sqrt(2))
        found.add(i == j)
    assert found == {True, False}


@pytest.mark.parametrize("estimator", ["soft", "hard", "reinforce"])
def test_the_logits_of_a_model_get_no_gradient_by_way_of_the_result(estimator):
    logits = THETA.clone().requires_grad_()
    result = gradient_bias(square, logits, 1.0, generator(), estimator, 9)
    assert not any(x.requires_grad for x in result)


def test_a_constant_reward_has_no_soft_gradient_and_a_noisy_reinforce_one():
    def one(y):
        return y.sum(-1)

    assert_same(gradient_bias(one, THETA, 1.0, generator(), "soft", 99).std, [0.0] * 3)
    r = gradient_bias(one, THETA, 1.0, generator(), "reinforce", 99)
    assert_same(r.true, [0.0] * 3)
    assert (r.std > 0.4).all()


# The experiments


def test_smooth_accuracy_gives_up_the_outliers_that_cross_entropy_follows():
    for seed in range(3):
        entropy, smooth = outlier_accuracies(seed)
        assert 60 < 220 * (smooth - entropy) < 90
        assert 0.9 < smooth < 0.91
        assert smooth == pytest.approx(200 / 220)


def test_the_same_wrong_labels_do_little_harm_where_they_are_not_far():
    for seed in range(3):
        entropy, smooth = outlier_accuracies(seed, distance=2.0)
        assert 0 <= round(220 * (smooth - entropy)) <= 6
        assert smooth == pytest.approx(200 / 220)


def test_the_gain_of_smooth_f1_is_the_place_of_the_threshold():
    at_half = [(0.324, 0.436), (0.457, 0.499), (0.291, 0.435)]
    for seed in range(3):
        entropy, smooth = rare_class_f1(seed)
        found = (entropy.at_half, smooth.at_half)
        assert found == pytest.approx(at_half[seed], abs=0.005)
        assert smooth.at_half > entropy.at_half + 0.03
        assert entropy.tuned == pytest.approx(smooth.tuned, abs=0.01)
        assert entropy.tuned > smooth.at_half
        assert entropy.threshold == pytest.approx(entropy.tuned / 2, abs=0.06)


@given(seeds, st.integers(1, 12))
def test_the_best_f1_is_that_of_every_threshold_tried(seed, n):
    p = torch.rand(n, generator=generator(seed), dtype=FLOAT)
    y = torch.randint(2, (n,), generator=generator(seed + 1)).double()
    best, threshold = best_f1(p, y)
    tried = [sklearn.metrics.f1_score(y, p >= t, zero_division=0.0) for t in p.tolist()]
    assert best == pytest.approx(max(tried), abs=1e-12)
    at = sklearn.metrics.f1_score(y, p >= threshold, zero_division=0.0)
    assert at == pytest.approx(best, abs=1e-12)


def test_equal_probabilities_stay_on_one_side_of_the_threshold():
    p, y = vector(0.9, 0.5, 0.5, 0.5, 0.1), torch.tensor([1, 1, 0, 0, 1])
    best, threshold = best_f1(p, y)
    tried = [sklearn.metrics.f1_score(y, p >= t) for t in p.tolist()]
    assert best == pytest.approx(max(tried))
    assert best == sklearn.metrics.f1_score(y, p >= threshold)


def test_the_best_f1_counts_beyond_what_sixteen_bits_can():
    p = torch.linspace(0, 1, 9000).half().requires_grad_()
    y = (p > 0.4).half()
    assert best_f1(p, y)[0] == 1.0


def test_how_sharp_for_a_gap_of_a_hundredth_among_a_thousand():
    assert math.log(1000) / 0.01 == pytest.approx(690.8, abs=0.05)
    x = torch.zeros(1000, dtype=FLOAT)
    assert smooth_max(x, 691, 0) < 0.01 < smooth_max(x, 690, 0)


# Refusals

X = torch.zeros(2, 3)


@pytest.mark.parametrize("function", [smooth_max, soft_argmax, soft_one_hot])
@pytest.mark.parametrize(
    ("x", "dim", "message"),
    [
        (X.long(), 0, "got torch.int64, shape (2, 3), dim 0"),
        (X, 2, "got torch.float32, shape (2, 3), dim 2"),
        (X, -3, "dim -3"),
        (X[:0], 0, "not empty along dim, got torch.float32, shape (0, 3)"),
        (X[0, 0], 0, "shape (), dim 0"),
        (X + torch.inf, 0, "x must be finite"),
        (X * torch.nan, 1, "x must be finite"),
        (torch.where(torch.eye(2, 3) > 0, torch.nan, X), 1, "x must be finite"),
        (X, True, "dim True"),
    ],
)
def test_bad_inputs_are_refused(function, x, dim, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        function(x, 1.0, dim)


@pytest.mark.parametrize("bad", [0, -1.0, math.nan, math.inf])
def test_a_sharpness_or_temperature_that_is_not_positive_is_refused(bad):
    for call in (
        lambda: smooth_max(X, bad, 0),
        lambda: soft_argmax(X, bad, 0),
        lambda: soft_one_hot(X, bad, 0),
        lambda: smooth_step(X, bad),
    ):
        with pytest.raises(ValueError, match=f"k must be finite and > 0, got {bad}"):
            call()
    for call in (
        lambda: gumbel_softmax(X, bad, False, generator()),
        lambda: gradient_bias(square, THETA, bad, generator()),
    ):
        with pytest.raises(ValueError, match=f"tau must be finite and > 0, got {bad}"):
            call()


@pytest.mark.parametrize(
    ("logits", "y", "message"),
    [
        (X, torch.tensor([0, 3]), "labels must lie in 0..2, got 3"),
        (X, torch.tensor([-1, 5]), "labels must lie in 0..2, got -1"),
        (X, torch.tensor([0]), "got (2, 3), (1,)"),
        (X[0], torch.tensor([0, 0, 0]), "got (3,), (3,)"),
        (X[:0], torch.tensor([], dtype=torch.long), "got (0, 3), (0,)"),
        (X[:, :0], torch.tensor([0, 0]), "got (2, 0), (2,)"),
        (X.long(), torch.tensor([0, 0]), "got torch.int64, torch.int64"),
        (X, torch.tensor([0.0, 0.0]), "got torch.float32, torch.float32"),
        (X * torch.nan, torch.tensor([0, 0]), "logits must be finite"),
        (
            torch.where(torch.eye(2, 3) > 0, torch.nan, X),
            torch.tensor([0, 0]),
            "logits must be finite",
        ),
    ],
)
def test_bad_accuracies_are_refused(logits, y, message):
    for function in (smooth_accuracy, smooth_macro_f1):
        with pytest.raises(ValueError, match=re.escape(message)):
            function(logits, y)


@pytest.mark.parametrize(
    ("p", "y", "message"),
    [
        (vector(0.5, 1.01), vector(0, 1), "p must lie in [0, 1]"),
        (vector(-0.01, 1), vector(0, 1), "p must lie in [0, 1]"),
        (vector(math.nan, 1), vector(0, 1), "p must lie in [0, 1]"),
        (vector(0.5, 1), vector(0, 2), "y must hold 0 and 1 only"),
        (vector(0.5, 1), vector(0.5, 1), "y must hold 0 and 1 only"),
        (vector(0.5, 1), vector(1), "got (2,), (1,), torch.float64"),
        (vector(0.5)[None], vector(1)[None], "got (1, 1), (1, 1)"),
        (torch.tensor([1]), torch.tensor([1]), "torch.int64"),
        (vector(0, 0), vector(0, 0), "a positive label or a p > 0, got neither"),
        (vector(), vector(), "a positive label or a p > 0, got neither"),
    ],
)
def test_bad_f1s_are_refused(p, y, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        smooth_f1(p, y)


def test_bad_samples_are_refused():
    with pytest.raises(ValueError, match=r"floating point, got torch\.int64"):
        sample_gumbel((2,), generator(), torch.int64)
    for logits, message in (
        (X.long(), "got torch.int64, (2, 3)"),
        (X[0, 0], "C >= 1; got torch.float32, ()"),
        (X[:, :0], "got torch.float32, (2, 0)"),
        (X + torch.inf, "logits must be finite"),
        (torch.where(torch.eye(2, 3) > 0, torch.nan, X), "logits must be finite"),
    ):
        with pytest.raises(ValueError, match=re.escape(message)):
            gumbel_softmax(logits, 1.0, False, generator())
    for shape in ((-1,), (2.5,), ("3",), (True,)):
        with pytest.raises(ValueError, match="shape must be an integer >= 0, got"):
            sample_gumbel(shape, generator())
    with pytest.raises(ValueError, match=re.escape("got (2, 3), (3,)")):
        straight_through(X, X[0])
    with pytest.raises(ValueError, match="soft must be finite, got inf or nan"):
        straight_through(X, X + torch.inf)
    with pytest.raises(
        ValueError, match=r"soft must be floating point, got torch\.int"
    ):
        straight_through(X, X.long())


def test_bad_steps_and_experiments_are_refused():
    with pytest.raises(ValueError, match="x must be finite, got inf or nan"):
        smooth_step(X * torch.nan, 1.0)
    with pytest.raises(ValueError, match=r"x must be floating point, got torch\.int64"):
        smooth_step(X.long(), 1.0)
    with pytest.raises(ValueError, match=r"distance must be in \[0, 1000\], got nan"):
        outlier_accuracies(0, math.nan)
    for seed in (-1, 2.5, True):
        for experiment in (outlier_accuracies, rare_class_f1):
            with pytest.raises(ValueError, match=f"an integer >= 0, got {seed}"):
                experiment(seed)
    with pytest.raises(ValueError, match="at least one probability, got none"):
        best_f1(vector(), vector())
    with pytest.raises(ValueError, match="need floating p and y, both"):
        best_f1(torch.tensor(0.5), torch.tensor(1))
    with pytest.raises(ValueError, match="y must hold 0 and 1 only, got another"):
        best_f1(vector(0.5), vector(2))


def test_bad_gradients_are_refused():
    with pytest.raises(ValueError, match=re.escape("shape (C,), got (2, 3)")):
        gradient_bias(square, X, 1.0, generator())
    for bad in (1, 2.5, True):
        with pytest.raises(ValueError, match=f"samples must be .* >= 2, got {bad}"):
            gradient_bias(square, THETA, 1.0, generator(), samples=bad)
    with pytest.raises(ValueError, match=re.escape("got (3, 3) to (3, 3)")):
        gradient_bias(lambda y: y, THETA, 1.0, generator())
    with pytest.raises(ValueError, match="soft, hard, or reinforce, got 'st'"):
        gradient_bias(square, THETA, 1.0, generator(), "st")


def test_the_main_module_offers_all_names():
    for name in (
        "GradientBias",
        "gradient_bias",
        "gumbel_softmax",
        "sample_gumbel",
        "straight_through",
    ):
        ours = getattr(smooth_approximations, name)
        assert ours is getattr(gumbel, name)
