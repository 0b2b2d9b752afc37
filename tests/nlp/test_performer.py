"""Oracles: Monte Carlo over the maps, scipy's 1F1, softmax, dense masked weights.

Monte Carlo draws give the mean and the mean squared error that the formulas state;
numpy, one weight at a time, gives the attention.
"""

import importlib
import math
import re
from fractions import Fraction

import numpy as np
import pytest
import scipy.special
import scipy.stats
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils._python_dispatch import TorchDispatchMode

from snippets.nlp import performer
from snippets.nlp.performer import (
    attention_error,
    directions_for,
    favor_attention,
    favor_step,
    gaussian_orthogonal,
    hyperbolic_features,
    median_error,
    mse_hyperbolic,
    mse_orthogonal,
    mse_positive,
    mse_trig,
    positive_features,
    trig_features,
)
from snippets.nlp.performer import error as performer_error

seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 5)
MAPS = {
    "positive": (positive_features, mse_positive),
    "trig": (trig_features, mse_trig),
    "hyperbolic": (hyperbolic_features, mse_hyperbolic),
}


def normal(*shape, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=dtype)


def pair(norm, degrees, d=8):
    """Query and key of one length, at an angle."""
    q, k = torch.zeros(2, d, dtype=torch.float64)
    q[0] = norm
    k[0] = norm * math.cos(math.radians(degrees))
    k[1] = norm * math.sin(math.radians(degrees))
    return q, k


def estimates(kind, q, k, W):
    """The kernel as each row of W alone estimates it, shape (rows,)."""
    feature_map, _ = MAPS[kind]
    products = feature_map(q, W) * feature_map(k, W) * len(W)
    return products.reshape(-1, len(W)).sum(0)


def assert_same(actual, expected, atol=1e-12):
    torch.testing.assert_close(actual, expected, rtol=0, atol=atol)


# The maps: the right mean, and the error that the formula states


@pytest.mark.parametrize("kind", MAPS)
@pytest.mark.parametrize("degrees", [0, 60, 90, 180])
def test_the_product_of_features_has_the_kernel_as_its_mean(kind, degrees):
    q, k = pair(0.5, degrees)
    draws = estimates(kind, q, k, normal(200_000, 8, seed=1))
    error = float((draws.mean() - (q @ k).exp()).abs())
    assert error <= 4 * float(draws.std()) / len(draws) ** 0.5 + 1e-12


@pytest.mark.parametrize(
    ("kind", "printed"),
    [
        ("positive", [0.1771, 0.0896, 0.0405, 0.0]),
        ("trig", [0.0, 0.002521, 0.007977, 0.02059]),
        ("hyperbolic", [0.0560, 0.02365, 0.00798, 0.0]),
    ],
)
def test_errors_follow_the_closed_forms_within_five_percent(kind, printed):
    W = normal(16 * 50_000, 8, seed=2)
    for degrees, expected in zip((0, 60, 90, 180), printed):
        q, k = pair(0.5, degrees)
        formula = float(MAPS[kind][1](q, k, 16))
        assert formula == pytest.approx(expected, rel=2e-3, abs=1e-12)
        draws = estimates(kind, q, k, W).reshape(-1, 16)
        measured = float((draws.mean(1) - (q @ k).exp()).square().mean())
        assert measured == pytest.approx(formula, rel=0.05, abs=1e-12)


@given(seeds, sizes, st.integers(1, 9))
def test_the_formulas_are_the_variances_of_the_textbook(seed, d, m):
    q, k = normal(2, d, seed=seed).numpy()
    plus, minus = (q + k) @ (q + k), (q - k) @ (q - k)
    norms = q @ q + k @ k
    # Var[X] = E[X^2] - E[X]^2, each mean from E[e^{w.z}] = e^{|z|^2 / 2}
    positive = np.exp(2 * plus - norms) - np.exp(2 * q @ k)
    cosh = np.exp(-norms) * ((np.exp(2 * plus) + 1) / 2 - np.exp(plus))
    cosine = np.exp(norms) * ((np.exp(-2 * minus) + 1) / 2 - np.exp(-minus))
    q, k = torch.from_numpy(q), torch.from_numpy(k)
    for formula, variance in zip(
        (mse_positive, mse_hyperbolic, mse_trig), (positive, cosh, cosine)
    ):
        assert float(formula(q, k, m)) == pytest.approx(
            variance / m, rel=1e-9, abs=1e-12 * math.exp(2 * norms)
        )


@given(seeds, sizes)
def test_relative_errors_of_trig_and_hyperbolic_mirror_each_other(seed, d):
    q, k = 0.5 * normal(2, d, seed=seed)
    hyperbolic = mse_hyperbolic(q, k, 3) / (2 * q @ k).exp()
    trig = mse_trig(q, -k, 3) / (-2 * q @ k).exp()
    assert_same(hyperbolic, trig)
    s2 = (q + k).square().sum()
    assert_same(hyperbolic, 2 / 3 * (s2 / 2).sinh() ** 2)
    assert_same(mse_positive(q, k, 3) / (2 * q @ k).exp(), s2.expm1() / 3)


def test_opposite_vectors_are_exact_for_positive_features_equal_ones_for_trig():
    q = normal(5, seed=3)
    W = normal(1, 5, seed=4)
    norm = q.square().sum()
    assert_same(positive_features(q, W) @ positive_features(-q, W), (-norm).exp())
    assert_same(trig_features(q, W) @ trig_features(q, W), norm.exp(), 1e-10)
    assert mse_positive(q, -q, 1) == 0
    assert mse_hyperbolic(q, -q, 1) == 0
    assert mse_trig(q, q, 1) == 0


def test_at_equal_norms_of_2_the_failures_are_opposite():
    near, far = pair(2.0, 0), pair(2.0, 180)

    def relative(formula, pair):
        return float(formula(*pair, 128).sqrt() / (pair[0] @ pair[1]).exp())

    assert relative(mse_positive, near) == pytest.approx(263.5, rel=1e-3)
    assert relative(mse_trig, far) == pytest.approx(186.3, rel=1e-3)
    assert relative(mse_positive, far) < 1e-15
    assert relative(mse_trig, near) == 0


def test_tiny_inputs_keep_their_digits():
    q, k = pair(1e-6, 0)
    assert float(mse_positive(q, k, 1)) == pytest.approx(4e-12, rel=1e-6)
    assert float(mse_hyperbolic(q, k, 1)) == pytest.approx(8e-24, rel=1e-6)
    assert float(mse_trig(q, -k, 1)) == pytest.approx(8e-24, rel=1e-6)


@pytest.mark.parametrize("length", [1e-6, 1e-3, 0.1, 1.0, 8.0])
def test_the_orthogonal_formula_keeps_the_digits_of_the_gain(length):
    q, k = pair(length, 0, 4)
    # In fractions, term by term: the gain is of order s2^2 beside 1.
    s2 = 4 * Fraction(length) ** 2
    if s2 < 100:
        other = term = power = exp = Fraction(1)
        for n in range(60):
            term *= s2 / 2 * (4 + n) / ((2 + n) * (n + 1))
            power *= s2 / (n + 1)
            other, exp = other + term, exp + power
        ratio = float(1 + 3 * (other / exp - 1) / (exp - 1))
    else:
        ratio = 1.0
    for a, b in ((q, k), (torch.stack([q, 9 * q]), torch.stack([k, 9 * k]))):
        gain = mse_orthogonal(a, b, 4) / mse_positive(a, b, 4)
        assert float(gain.flatten()[0]) == pytest.approx(ratio, rel=1e-13)


def test_the_median_of_an_even_number_of_seeds_is_between_the_middle_two():
    errors = [attention_error(0.5, 4, seed) for seed in range(4)]
    assert median_error(0.5, 4, seeds=4) == pytest.approx(np.median(errors), rel=1e-14)


def test_shapes_of_features_and_of_errors():
    x, W = normal(2, 3, 7, 4), normal(6, 4)
    assert positive_features(x, W).shape == (2, 3, 7, 6)
    assert trig_features(x, W).shape == hyperbolic_features(x, W).shape == (2, 3, 7, 12)
    for formula in (mse_positive, mse_trig, mse_hyperbolic, mse_orthogonal):
        assert formula(x[..., :1, :], x, 2).shape == (2, 3, 7)
        assert_same(formula(x, x, 2)[1, 2, 3], formula(x[1, 2, 3], x[1, 2, 3], 2), 1e-6)


def test_positive_features_are_positive_and_trig_ones_give_negative_weights():
    def share(norm):
        q, k = torch.nn.functional.normalize(normal(2, 64, 16, seed=5), dim=-1) * norm
        W = normal(256, 16, seed=6)
        assert positive_features(q, W).min() > 0
        return float((trig_features(q, W) @ trig_features(k, W).mT < 0).double().mean())

    assert 0.2 < share(2.0) < 0.35
    assert 0.45 < share(4.0) < 0.55


def test_half_of_the_trig_row_sums_are_negative_at_scale_3():
    q, k = 3 * 16**-0.25 * normal(2, 64, 16, seed=7)
    W = normal(256, 16, seed=8)
    sums = (trig_features(q, W) @ trig_features(k, W).mT).sum(-1)
    assert 20 <= int((sums < 0).sum()) <= 44


@given(seeds, sizes, sizes)
def test_stabilisers_divide_by_one_number_a_query_and_by_one_for_all_keys(seed, t, m):
    x, W = normal(2, t, 3, seed=seed), normal(m, 3, seed=seed + 1)
    plain = positive_features(x, W)
    query, key = (positive_features(x, W, stabilize=s) for s in ("query", "key"))
    top = torch.tensor(m**-0.5, dtype=torch.float64)
    assert_same(query.amax(-1), top.expand(2, t))
    assert_same(key.amax((-2, -1)), top.expand(2))
    by_query, by_key = (plain / x for x in (query, key))
    torch.testing.assert_close(by_query, by_query[..., :1].expand_as(by_query))
    torch.testing.assert_close(by_key, by_key[:, :1, :1].expand_as(by_key))


@pytest.mark.parametrize("stabilize", ["query", "key"])
def test_stabilised_features_survive_norms_that_overflow_plain_ones(stabilize):
    x = torch.tensor([[300.0], [299.9]])
    W = torch.tensor([[301.0], [300.9]])
    assert positive_features(x, W).isinf().all()
    features = positive_features(x, W, stabilize=stabilize)
    assert features.isfinite().all()
    assert features.max() == pytest.approx(2**-0.5)


# Orthogonal directions


@pytest.mark.parametrize("d", [1, 4, 5])
@pytest.mark.parametrize("m", [1, 3, 5, 8, 12])
def test_rows_are_orthogonal_inside_blocks_and_only_there(m, d):
    W = gaussian_orthogonal(m, d, torch.Generator().manual_seed(m), torch.float64)
    assert W.shape == (m, d)
    gram = W @ W.mT
    block = torch.arange(m) // d
    same = block[:, None] == block[None]
    off = ~torch.eye(m, dtype=torch.bool)
    assert gram[same & off].abs().sum() < 1e-12 * m * m
    assert (gram[~same].abs() > 1e-9).all()


def test_each_row_is_standard_normal_in_every_entry():
    rows = gaussian_orthogonal(
        24_000, 6, torch.Generator().manual_seed(0), torch.float64
    )
    for place in (0, 3, 5):
        row = rows[place::6]
        lengths = row.norm(dim=-1)
        assert scipy.stats.kstest(lengths, scipy.stats.chi(6).cdf).pvalue > 1e-3
        for entry in (0, 1, 5):
            assert scipy.stats.kstest(row[:, entry], "norm").pvalue > 1e-3
    assert abs(float(torch.corrcoef(rows.norm(dim=-1).reshape(-1, 6).T)[0, 1])) < 0.06


def test_without_the_signs_the_estimate_is_biased():
    z = torch.zeros(8, dtype=torch.float64)
    z[0] = 1.0
    blocks = normal(20_000, 8, 8, seed=9)
    raw = torch.linalg.qr(blocks).Q.mT
    lengths = normal(20_000, 8, 8, seed=10).norm(dim=-1)
    assert (raw[:, 0, 0] <= 0).all()
    biased = float((lengths * (raw @ z) - 0.5).exp().mean())
    assert biased == pytest.approx(0.915, abs=0.01)
    ours = gaussian_orthogonal(160_000, 8, torch.Generator().manual_seed(9), z.dtype)
    assert float((ours @ z - 0.5).exp().mean()) == pytest.approx(1, abs=0.015)


def test_orthogonal_beats_independent_at_m_equal_d():
    q, k = pair(0.5, 90)
    kernel = (q @ k).exp()
    rows = gaussian_orthogonal(
        8 * 40_000, 8, torch.Generator().manual_seed(11), q.dtype
    )
    ours = estimates("positive", q, k, rows).reshape(-1, 8).mean(1) - kernel
    theirs = estimates("positive", q, k, normal(8 * 40_000, 8, seed=12))
    theirs = theirs.reshape(-1, 8).mean(1) - kernel
    gain = theirs.square() - ours.square()
    assert float(gain.mean()) > 4 * float(gain.std()) / len(gain) ** 0.5
    formula = float(mse_orthogonal(q, k, 8))
    assert formula / float(mse_positive(q, k, 8)) == pytest.approx(0.876, abs=5e-4)
    assert float(ours.square().mean()) == pytest.approx(formula, rel=0.05)


def test_the_orthogonal_formula_holds_for_a_part_of_a_block():
    q, k = pair(0.5, 30, d=3)
    rows = gaussian_orthogonal(
        6 * 40_000, 3, torch.Generator().manual_seed(13), q.dtype
    )
    draws = estimates("positive", q, k, rows).reshape(-1, 6)[:, :5].mean(1)
    measured = float((draws - (q @ k).exp()).square().mean())
    assert measured == pytest.approx(float(mse_orthogonal(q, k, 5)), rel=0.04)
    assert measured < 0.93 * float(mse_positive(q, k, 5))
    one = q[:1], k[:1]  # d = 1: a block has no pairs
    assert mse_orthogonal(*one, 5) == mse_positive(*one, 5)


@given(seeds, st.integers(1, 9), st.integers(1, 30))
def test_the_orthogonal_formula_is_a_confluent_hypergeometric_function(seed, d, m):
    q, k = normal(2, d, seed=seed)
    s2, norms = float((q + k).square().sum()), float(q @ q + k @ k)
    pairs = sum(i != j and i // d == j // d for i in range(m) for j in range(m))
    mean = scipy.special.hyp1f1(d, d / 2, s2 / 2)
    variance = (np.exp(s2) - 1) * m * np.exp(s2) + pairs * (mean - np.exp(s2))
    expected = np.exp(-norms) * variance / m**2
    assert float(mse_orthogonal(q, k, m)) == pytest.approx(expected, rel=1e-9)
    assert float(mse_orthogonal(q, k, m)) <= float(mse_positive(q, k, m))


def test_the_gain_is_largest_at_multiples_of_d_and_smaller_in_between():
    q, k = pair(1.5**0.5 / 2, 0, 64)
    ratios = {
        m: float(mse_orthogonal(q, k, m) / mse_positive(q, k, m)) for m in (64, 96, 128)
    }
    assert ratios[96] == pytest.approx(0.756, abs=5e-4)
    assert ratios[64] == pytest.approx(ratios[128], abs=1e-12)
    for m in range(1, 200):
        ratio = float(mse_orthogonal(q, k, m) / mse_positive(q, k, m))
        assert ratio > ratios[64] + 1e-6 or m % 64 == 0


def test_whole_blocks_gain_alike_so_the_gain_outlives_m_equal_d():
    q, k = pair(0.5, 60)
    ratios = [
        float(mse_orthogonal(q, k, m) / mse_positive(q, k, m)) for m in (8, 16, 80)
    ]
    assert ratios == pytest.approx([ratios[0]] * 3, abs=1e-12)
    assert ratios[0] == pytest.approx(0.845, abs=5e-4)
    q, k = pair(0.5, 0)
    ratio = float(mse_orthogonal(q, k, 8) / mse_positive(q, k, 8))
    assert ratio == pytest.approx(0.828, abs=5e-4)
    assert mse_orthogonal(q, k, 1) == mse_positive(q, k, 1)


def gain(s2, d):
    """MSE with orthogonal directions over that with independent ones, m = d."""
    q, k = pair(s2**0.5 / 2, 0, d)
    return float(mse_orthogonal(q, k, d) / mse_positive(q, k, d))


def test_the_gain_at_width_64_reaches_29_percent_and_is_gone_where_vectors_are_long():
    for d, best in ((8, 0.824), (16, 0.771), (64, 0.707), (128, 0.693)):
        least = min(gain(s2, d) for s2 in np.arange(0.1, 9, 0.1))
        assert least == pytest.approx(best, abs=2e-3)
    assert gain(1.5, 64) == pytest.approx(0.707, abs=5e-4)
    assert gain(2, 64) == pytest.approx(0.722, abs=5e-4)
    assert gain(4, 64) == pytest.approx(0.879, abs=5e-4)
    assert gain(8, 64) == pytest.approx(0.993, abs=5e-4)
    assert gain(0.5, 64) == pytest.approx(0.819, abs=5e-4)
    # By draws, too: 64 orthogonal directions, where the tails are light.
    q, k = pair(0.5**0.5 / 2, 0, 64)
    rows = gaussian_orthogonal(64 * 2500, 64, torch.Generator().manual_seed(3), q.dtype)
    draws = estimates("positive", q, k, rows).reshape(-1, 64).mean(1)
    measured = float((draws - (q @ k).exp()).square().mean())
    assert measured / float(mse_positive(q, k, 64)) == pytest.approx(0.819, abs=0.06)


def test_errors_of_far_apart_norms_are_finite_where_the_truth_is():
    # kernel^2 is 0 and e^(s2) infinite in floating point; their product is e^-200.
    q, k = torch.tensor([30.0]).double(), torch.tensor([-10.0]).double()
    for formula, share in ((mse_positive, 1), (mse_hyperbolic, 0.5)):
        assert formula(q, k, 1).log().item() == pytest.approx(-200 + math.log(share))
        assert formula(q.float(), k.float(), 1) == 0
        assert formula(2 * q, 2 * k, 1).isfinite().all()
    assert mse_orthogonal(2 * q, 2 * k, 1).isfinite().all()
    assert mse_trig(1e3 * q, 1e3 * q, 1) == 0


def test_the_gain_is_gone_where_vectors_are_long_at_any_angle():
    q, k = pair(2.0, 0)
    assert float(mse_orthogonal(q, k, 8) / mse_positive(q, k, 8)) > 0.9999
    for length in (15.0, 20.0, 1e200):
        q, k = pair(length, 0)
        for m in (1, 8):
            assert mse_orthogonal(q, k, m) == mse_positive(q, k, m) == math.inf
    q, k = pair(15.0, 150)
    assert float(mse_orthogonal(q, k, 8) / mse_positive(q, k, 8)) > 0.9999


def test_draws_repeat_with_the_seed_and_agree_across_dtypes():
    draws = [
        gaussian_orthogonal(5, 4, torch.Generator().manual_seed(1), dtype)
        for dtype in (torch.float64, torch.float32, torch.float64)
    ]
    assert draws[0].equal(draws[2])
    assert draws[1].equal(draws[0].float())
    assert gaussian_orthogonal(1, 1, torch.Generator()).dtype == torch.float32


# Attention


def definition(q, k, v, W, causal):
    """Weights from one product of features a pair, one number at a time."""
    q, k, v, W = (x.numpy() for x in (q, k, v, W))
    root = q.shape[-1] ** -0.25
    output = np.zeros((*q.shape[:-1], v.shape[-1]))
    for head in np.ndindex(*q.shape[:-2]):
        for i in range(q.shape[-2]):
            x, total = q[head][i] * root, 0.0
            for j in range(i + 1 if causal else k.shape[-2]):
                y = k[head][j] * root
                weight = np.mean(np.exp(W @ (x + y) - (x @ x + y @ y) / 2))
                output[head][i] += weight * v[head][j]
                total += weight
            output[head][i] /= total
    return torch.from_numpy(output)


@given(seeds, sizes, sizes, sizes, sizes, st.integers(1, 4))
def test_attention_follows_the_definition(seed, t, s, d, m, width):
    q, k, v = (
        normal(2, *x, seed=seed + i) for i, x in enumerate([(t, d), (s, d), (s, width)])
    )
    W = normal(m, d, seed=seed + 3)
    assert_same(favor_attention(q, k, v, W), definition(q, k, v, W, False))


@given(seeds, st.integers(1, 9), sizes, sizes, st.integers(1, 12))
def test_causal_attention_in_chunks_follows_the_definition(seed, t, d, m, chunk_size):
    q, k, v = normal(3, 2, t, d, seed=seed)
    W = normal(m, d, seed=seed + 1)
    output = favor_attention(q, k, v, W, causal=True, chunk_size=chunk_size)
    assert_same(output, definition(q, k, v, W, True))


def test_causal_attention_equals_the_dense_lower_triangle():
    q, k, v = normal(3, 2, 3, 200, 16, seed=14)
    W = normal(32, 16, seed=15)
    phi_q, phi_k = (positive_features(x / 2, W) for x in (q, k))  # 16^(1/4) = 2
    weights = (phi_q @ phi_k.mT).tril()
    dense = weights @ v / weights.sum(-1, keepdim=True)
    for chunk_size in (1, 64, 128, 1000):
        assert_same(favor_attention(q, k, v, W, True, chunk_size), dense)
    assert_same(favor_attention(q, k, v, W, True), dense)
    assert_same(favor_attention(q, k, v, W, causal=True)[..., 0, :], v[..., 0, :])


def test_the_last_causal_output_is_the_full_one_and_a_prefix_stands_alone():
    q, k, v = normal(3, 20, 6, seed=16)
    W = normal(8, 6, seed=17)
    causal = favor_attention(q, k, v, W, causal=True, chunk_size=7)
    assert_same(causal[-1], favor_attention(q, k, v, W)[-1])
    prefix = favor_attention(q[:9], k[:9], v[:9], W, causal=True, chunk_size=7)
    assert_same(causal[:9], prefix)


def logsumexp_definition(q, k, v, W, causal):
    """All exponents of all pairs at once, in float64: nothing under- or overflows."""
    q, k, v, W = (x.double() for x in (q, k, v, W))
    a, e = ((x @ W.mT) - x.square().sum(-1, keepdim=True) / 2 for x in (
        q * q.shape[-1] ** -0.25,
        k * q.shape[-1] ** -0.25,
    ))  # fmt: skip
    scores = (a[:, None] + e[None]).logsumexp(-1)
    if causal:
        future = torch.ones(len(q), len(k)).triu(1).bool()
        scores = scores.masked_fill(future, -math.inf)
    return scores.softmax(-1) @ v


@pytest.mark.parametrize("chunk_size", [1, 16, 128])
def test_a_later_key_changes_nothing_before_it_however_much_it_outweighs(chunk_size):
    # 63 long keys, whose features are tiny, then one short key.
    q, k, v = normal(3, 64, 64, seed=33)
    k[:63] *= 6
    W = gaussian_orthogonal(256, 64, torch.Generator().manual_seed(0), q.dtype)
    low = [x.float() for x in (q, k, v, W)]
    whole = favor_attention(*low, True, chunk_size)
    prefix = favor_attention(*(x[:63] for x in low[:3]), low[3], True, chunk_size)
    exact = logsumexp_definition(*low, True)
    assert (whole[:63] - prefix).abs().max() < 1e-5
    assert (whole.double() - exact).abs().max() < 1e-4


@given(seeds, st.integers(1, 9), sizes, sizes, st.integers(1, 12))
def test_keys_of_any_norm_give_what_logarithms_give(seed, t, d, m, chunk_size):
    q, k, v = normal(3, t, d, seed=seed)
    generator = torch.Generator().manual_seed(seed)
    k = k * 10 ** (3 * torch.rand(t, 1, generator=generator, dtype=q.dtype) - 1)
    W = normal(m, d, seed=seed + 1)
    for causal in (False, True):
        output = favor_attention(q, k, v, W, causal, chunk_size)
        assert_same(output, logsumexp_definition(q, k, v, W, causal), 1e-9)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_decoding_step_by_step_gives_the_causal_outputs(dtype):
    q, k, v = normal(3, 2, 20, 6, seed=34)
    k = k * torch.linspace(20, 1, 20, dtype=k.dtype)[:, None]
    W = normal(8, 6, seed=35)
    q, k, v, W = (x.to(dtype) for x in (q, k, v, W))
    expected = favor_attention(q, k, v, W, causal=True)
    state = None
    for i in range(20):
        state, output = favor_step(state, q[:, i], k[:, i], v[:, i], W)
        assert output.dtype == dtype
        torch.testing.assert_close(output, expected[:, i], rtol=0.02, atol=1e-5)
    assert {x.dtype for x in state} <= {torch.float32, torch.float64}
    assert [tuple(x.shape) for x in state] == [(2, 8), (2, 8, 7)]


def test_a_step_refuses_a_state_of_another_head():
    q, k, v = normal(3, 6, seed=36)
    W = normal(8, 6, seed=35)
    state, _ = favor_step(None, q, k, v, W)
    with pytest.raises(
        ValueError, match=r"need a state of torch.float64 \[\(3,\), \(3, 7"
    ):
        favor_step(state, q, k, v, W[:3])
    with pytest.raises(ValueError, match=r"got \[torch.float32, torch.float32\]"):
        favor_step(tuple(x.float() for x in state), q, k, v, W)
    with pytest.raises(ValueError, match=r"need q \(..., t, d\)"):
        favor_step(state, q[0], k[0], v[0], W)


def test_hyperbolic_attention_is_positive_attention_with_both_signs():
    q, k, v = normal(3, 2, 9, 4, seed=37)
    W = normal(5, 4, seed=38)
    for causal in (False, True):
        ours = favor_attention(q, k, v, W, causal, hyperbolic=True)
        assert_same(ours, favor_attention(q, k, v, torch.cat([W, -W]), causal))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_attention_in_16_bits_is_the_rounded_exact_one(dtype):
    q, k, v = (4 * normal(3, 2, 64, 16, seed=39)).to(dtype)
    W = gaussian_orthogonal(64, 16, torch.Generator().manual_seed(0), dtype)
    for causal in (False, True):
        exact = favor_attention(*(x.double() for x in (q, k, v, W)), causal)
        ours = favor_attention(q, k, v, W, causal)
        rounding = torch.finfo(dtype).eps * float(exact.abs().max())
        assert float((ours.double() - exact).abs().max()) <= rounding


class Largest(TorchDispatchMode):
    """The number of elements of the largest tensor that any operation makes."""

    numel = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        if isinstance(result, torch.Tensor):
            self.numel = max(self.numel, result.numel())
        return result


def _is_column(x):
    return isinstance(x, torch.Tensor) and x.shape[-1:] == (1,)


class Smallest(TorchDispatchMode):
    """The least number that anything of one column was divided by."""

    least = math.inf

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        if function is torch.ops.aten.div.Tensor and _is_column(args[1]):
            self.least = min(self.least, float(args[1].min()))
        return function(*args, **(kwargs or {}))


def test_a_chunk_is_halved_for_late_features_and_not_for_early_ones(monkeypatch):
    module = importlib.import_module("snippets.nlp.performer.attention")
    real, calls = module._chunk, []
    monkeypatch.setattr(module, "_chunk", lambda *a: calls.append(1) or real(*a))
    q, k, v = normal(3, 64, 16, seed=40, dtype=torch.float32)
    W = gaussian_orthogonal(64, 16, torch.Generator().manual_seed(1))
    for short, halved in ((63, True), (0, False)):
        long = 12 * k
        long[short] = 0
        calls.clear()
        favor_attention(q, long, v, W, True, 32)
        assert (len(calls) > 2) == halved, len(calls)


def test_denominators_are_at_least_1_and_in_a_chunk_do_not_underflow():
    q, k, v = normal(3, 32, 16, seed=40, dtype=torch.float32)
    W = gaussian_orthogonal(64, 16, torch.Generator().manual_seed(1))
    k = k * torch.linspace(6, 1, 32)[:, None]  # late keys have the larger features
    for causal, chunk in ((False, 1), (True, 1), (True, 32)):
        with Smallest() as smallest:
            favor_attention(q, k, v, W, causal, chunk)
        if chunk == 1:
            assert 1 <= smallest.least < math.inf
        else:
            assert torch.finfo(torch.float32).tiny ** 0.6 < smallest.least < 1e-9


def test_no_tensor_is_larger_than_tokens_times_features():
    t, d, m = 1024, 16, 24
    q, k, v = normal(3, t, d, seed=18)
    for causal in (False, True):
        with Largest() as largest:
            favor_attention(q, k, v, normal(m, d), causal)
        assert largest.numel == t * m  # not t * t, and not t * m * d


@pytest.mark.parametrize("causal", [False, True])
def test_gradients_match_finite_differences(causal):
    inputs = [x.requires_grad_() for x in normal(3, 5, 3, seed=19)]
    W = normal(4, 3, seed=20)
    assert torch.autograd.gradcheck(
        lambda q, k, v: favor_attention(q, k, v, W, causal, 2), inputs
    )


def test_gradients_of_single_steps_are_those_of_the_whole():
    given = [*normal(3, 5, 3, seed=19), normal(4, 3, seed=20)]
    found = []
    for by_steps in (False, True):
        q, k, v, W = (x.clone().requires_grad_() for x in given)
        if by_steps:
            state, rows = None, []
            for i in range(len(q)):
                state, row = favor_step(state, q[i], k[i], v[i], W)
                rows.append(row)
            output = torch.stack(rows)
        else:
            output = favor_attention(q, k, v, W, causal=True)
        weights = normal(5, 3, seed=21)
        found.append(torch.autograd.grad((weights * output).sum(), (q, k, v, W)))
    for steps, whole in zip(*found):
        assert_same(steps, whole, 1e-10)


def test_attention_tends_to_softmax_attention_scores_over_root_d():
    q, k, v = 0.3 * normal(3, 12, 4, seed=21)
    W = gaussian_orthogonal(200_000, 4, torch.Generator().manual_seed(0), q.dtype)
    for causal in (False, True):
        exact = torch.nn.functional.scaled_dot_product_attention(
            q[None], k[None], v[None], is_causal=causal
        )[0]
        assert_same(favor_attention(q, k, v, W, causal), exact, 2e-3)
    uniform = v.mean(0).expand_as(v)
    assert (favor_attention(q, k, v, W) - uniform).abs().max() > 1e-2


def test_one_direction_cannot_tell_queries_apart():
    # So the mean over draws is one row for all queries, which softmax is not.
    q, k, v = normal(3, 6, 4, seed=22)
    output = favor_attention(q, k, v, normal(1, 4, seed=23))
    assert_same(output, output[:1].expand_as(output))
    causal = favor_attention(q, k, v, normal(1, 4, seed=23), causal=True)
    assert (causal - output).abs().amax(-1).min() < 1e-12  # the last sees all keys
    assert (causal[0] - output[0]).abs().max() > 0.1


def test_float32_is_close_to_float64_at_large_norms():
    q, k, v = 3 * normal(3, 2, 64, 16, seed=24)
    W = gaussian_orthogonal(64, 16, torch.Generator().manual_seed(0), q.dtype)
    for causal in (False, True):
        low = favor_attention(*(x.float() for x in (q, k, v, W)), causal)
        exact = favor_attention(q, k, v, W, causal)
        assert (low - exact).abs().max() < 1e-3


def test_huge_norms_do_not_underflow_and_endless_ones_are_refused():
    q, k, v = 100 * normal(3, 8, 4, seed=25, dtype=torch.float32)
    W = normal(16, 4, seed=26, dtype=torch.float32)
    for causal in (False, True):
        exact = logsumexp_definition(q, k, v, W, causal)
        output = favor_attention(q, k, v, W, causal)
        assert (output.double() - exact).abs().max() < 0.02 * v.abs().max()
    with pytest.raises(ValueError, match="squared norms of q and k must be finite"):
        favor_attention(q * 1e20, k, v, W)
    with pytest.raises(ValueError, match="W x and squared norms"):
        favor_attention(q * 1e10, k, v, W * 1e30)


@pytest.mark.gpu
def test_gpu_causal_attention_in_float32_is_as_good_as_the_dense_form():
    q, k, v = normal(3, 2, 4, 1000, 64, seed=27)
    W = gaussian_orthogonal(256, 64, torch.Generator().manual_seed(0), q.dtype)
    exact = favor_attention(q, k, v, W, causal=True)
    q, k, v, W = (x.float().cuda() for x in (q, k, v, W))
    root = 64**-0.25
    phi_q = positive_features(root * q, W, stabilize="query")
    phi_k = positive_features(root * k, W, stabilize="key")
    weights = (phi_q @ phi_k.mT).tril()
    dense = weights @ v / weights.sum(-1, keepdim=True)
    bound = 2 * (dense.cpu().double() - exact).abs().max() + 1e-5
    for chunk_size in (1, 64, 127, 1000):
        ours = favor_attention(q, k, v, W, True, chunk_size)
        assert ours.device.type == "cuda"
        assert (ours.cpu().double() - exact).abs().max() <= bound, chunk_size


@pytest.mark.gpu
def test_gpu_directions_live_where_the_generator_does():
    W = gaussian_orthogonal(
        20, 8, torch.Generator("cuda").manual_seed(0), torch.float32
    )
    assert W.device.type == "cuda"
    gram = W[:8] @ W[:8].mT
    assert (gram - gram.diagonal().diag()).abs().max() < 1e-4


# The pitfalls


def weights_of(phi_q, phi_k):
    weights = phi_q @ phi_k.mT
    return weights / weights.sum(-1, keepdim=True)


def test_leaving_out_the_norm_is_harmless_for_queries_and_reweighs_keys():
    q, k = 0.5 * normal(2, 6, 4, seed=28)
    W = gaussian_orthogonal(100_000, 4, torch.Generator().manual_seed(1), q.dtype)
    right = weights_of(positive_features(q, W), positive_features(k, W))
    bare_q, bare_k = ((x @ W.mT).exp() for x in (q, k))
    assert_same(weights_of(bare_q, positive_features(k, W)), right)
    wrong = weights_of(positive_features(q, W), bare_k)
    assert (wrong - right).abs().max() > 0.04
    tilted = torch.softmax(q @ k.mT + k.square().sum(-1) / 2, dim=-1)
    assert_same(wrong, tilted, 0.02)


def test_scaling_one_side_alone_keeps_the_kernel_and_blows_up_the_error():
    q, k = normal(2, 1000, 16, seed=29)
    both = (q / 2 + k / 2).square().sum(-1).mean()
    one = (q / 4 + k).square().sum(-1).mean()
    assert float(both) == pytest.approx(8, rel=0.05)
    assert float(one) == pytest.approx(17, rel=0.05)
    worse = mse_positive(q / 4, k, 1) > mse_positive(q / 2, k / 2, 1)
    assert float(worse.double().mean()) > 0.9
    assert_same((q / 4 * k).sum(-1), (q / 2 * (k / 2)).sum(-1))


def test_a_constant_for_each_key_changes_the_weights():
    q, k = normal(2, 6, 4, seed=30)
    W = normal(16, 4, seed=31)
    right = weights_of(positive_features(q, W), positive_features(k, W))
    query = positive_features(q, W, stabilize="query")
    assert_same(weights_of(query, positive_features(k, W, stabilize="key")), right)
    wrong = weights_of(query, positive_features(k, W, stabilize="query"))
    assert (wrong - right).abs().max() > 0.05


def test_redrawn_directions_forget_which_key_is_which():
    q, k = pair(1.0, 0, d=4)
    W, later = normal(2, 400_000, 4, seed=32)
    products = positive_features(q, later) * positive_features(k, W) * len(W)
    assert float(products.sum() / len(W)) == pytest.approx(1, abs=0.02)
    assert float((q @ k).exp()) == pytest.approx(2.718, abs=1e-3)


def test_the_errors_at_scale_one_half_are_those_of_the_page():
    errors = [median_error(0.5, m) for m in (16, 64, 256, 1024, 4096)]
    assert errors == pytest.approx([0.411, 0.238, 0.145, 0.088, 0.049], abs=1e-3)
    growth = [e * m**0.5 for e, m in zip(errors, (16, 64, 256, 1024, 4096))]
    assert growth == sorted(growth)
    assert growth[-1] > 1.5 * growth[0]
    assert median_error(0.25, 256) > 3 * median_error(0.25, 256, "trig")
    assert median_error(0.5, 1, "mean") == pytest.approx(0.246, abs=0.01)


def test_64_directions_and_the_plain_mean_are_a_draw_and_256_win():
    wins = {
        m: sum(
            attention_error(0.5, m, seed) < attention_error(0.5, 1, seed, "mean")
            for seed in range(60)
        )
        for m in (64, 256)
    }
    assert wins == {64: 31, 256: 57}


def test_hyperbolic_features_err_less_than_as_many_positive_ones():
    for q, k in ((pair(1.0, 0)), (pair(0.3, 70)), (pair(1.5, 120))):
        s2 = (q + k).square().sum()
        ratio = mse_hyperbolic(q, k, 8) / mse_positive(q, k, 16)
        assert_same(ratio, 1 - (-s2).exp())
    for m in (16, 64, 256, 1024):
        assert median_error(0.5, m // 2, "hyperbolic") < median_error(0.5, m)


def test_at_scale_one_the_mean_of_the_values_beats_256_directions():
    mean, elu = (median_error(1.0, 1, kind) for kind in ("mean", "elu"))
    assert mean == pytest.approx(0.78, abs=0.02)
    assert elu == pytest.approx(0.74, abs=0.02)
    assert median_error(1.0, 1024) > mean > median_error(1.0, 4096)
    assert 0.5 < median_error(1.0, 4096) < 0.8
    assert 0.5 < median_error(1.0, 4096, "trig") < 0.9
    assert median_error(1.0, 16, "trig") > 10


def test_the_experiment_measures_against_softmax():
    # The average of all values is the softmax at scale 0, and so is every kernel.
    for kind in ("positive", "trig", "elu", "mean"):
        assert attention_error(0.0, 4, 0, kind) < 1e-12


def test_exercise_three():
    q, k = pair(math.sqrt(2), 0)
    assert float(mse_positive(q, k, 1) / (2 * q @ k).exp()) == pytest.approx(
        2979.96, abs=0.01
    )


# Refusals

X, W0 = torch.zeros(3, 4), torch.ones(2, 4)


@pytest.mark.parametrize("feature_map", [m for m, _ in MAPS.values()])
@pytest.mark.parametrize(
    ("x", "W", "message"),
    [
        (X, torch.ones(2, 5), "got (3, 4), (2, 5)"),
        (X, torch.ones(4), "got (3, 4), (4,)"),
        (X, torch.ones(0, 4), "got (3, 4), (0, 4)"),
        (X[:0], W0, "no axis empty; got (0, 4), (2, 4)"),
        (torch.tensor(1.0), torch.ones(2, 1), "got (), (2, 1)"),
        (X.double(), W0, "one floating dtype, got torch.float64, torch.float32"),
        (X.long(), W0.long(), "one floating dtype, got torch.int64, torch.int64"),
        (X + torch.inf, W0, "x and W must be finite"),
        (X, W0 * torch.nan, "x and W must be finite"),
    ],
)
def test_bad_features_are_refused(feature_map, x, W, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        feature_map(x, W)


def test_bad_stabilisers_are_refused():
    with pytest.raises(ValueError, match="None, query, or key, got 'keys'"):
        positive_features(X, W0, stabilize="keys")
    with pytest.raises(ValueError, match=re.escape("need a token axis, got x (4,)")):
        positive_features(X[0], W0, stabilize="key")


@pytest.mark.parametrize("bad", [0, -1, 2.0, True])
def test_bad_counts_are_refused(bad):
    message = f"must be an integer >= 1, got {bad!r}"
    generator = torch.Generator()
    for call in (
        lambda: gaussian_orthogonal(bad, 4, generator),
        lambda: gaussian_orthogonal(4, bad, generator),
        lambda: mse_positive(X, X, bad),
        lambda: mse_trig(X, X, bad),
        lambda: mse_hyperbolic(X, X, bad),
        lambda: mse_orthogonal(X, X, bad),
    ):
        with pytest.raises(ValueError, match=message):
            call()


@pytest.mark.parametrize(
    "formula", [mse_positive, mse_trig, mse_hyperbolic, mse_orthogonal]
)
def test_bad_pairs_are_refused(formula):
    with pytest.raises(ValueError, match=re.escape("got (3, 4), (3, 1)")):
        formula(X, X[:, :1], 2)
    with pytest.raises(ValueError, match=re.escape("got (), (3, 4)")):
        formula(torch.tensor(1.0), X, 2)
    with pytest.raises(ValueError, match="last axis must not be empty"):
        formula(X[:, :0], X[:, :0], 2)
    with pytest.raises(
        ValueError, match=re.escape("must broadcast, got (3, 4), (2, 4)")
    ):
        formula(X, X[:2], 2)
    with pytest.raises(
        ValueError, match=r"one float type, got torch.int64, torch.int64"
    ):
        formula(X.long(), X.long(), 2)
    for q, k in ((X, X + torch.nan), (X + torch.inf, X)):
        with pytest.raises(ValueError, match="q and k must be finite"):
            formula(q, k, 2)


@pytest.mark.parametrize(
    ("shapes", "causal"),
    [
        ([(5, 4), (5, 3), (5, 2)], False),  # features differ
        ([(5, 4), (5, 4), (6, 2)], False),  # keys without a value
        ([(2, 5, 4), (1, 5, 4), (2, 5, 2)], False),  # would broadcast
        ([(5, 4), (5, 4), (5, 0)], False),
        ([(4,), (5, 4), (5, 2)], False),
        ([(4, 4), (5, 4), (5, 2)], True),  # which keys are in the past?
    ],
)
def test_bad_shapes_of_attention_are_refused_and_named(shapes, causal):
    inputs = [torch.zeros(shape) for shape in shapes]
    with pytest.raises(ValueError, match=re.escape(", ".join(map(str, shapes)))):
        favor_attention(*inputs, W0, causal)


def test_other_bad_arguments_of_attention_are_refused():
    with pytest.raises(ValueError, match="chunk_size must be an integer >= 1, got 0"):
        favor_attention(X, X, X, W0, chunk_size=0)
    with pytest.raises(ValueError, match=r"torch\.float32, got torch\.float64"):
        favor_attention(X, X, X.double(), W0)
    with pytest.raises(ValueError, match="v must be finite"):
        favor_attention(X, X, X + torch.inf, W0)


def test_directions_are_counted_for_a_budget_of_features():
    assert [directions_for(kind, 256) for kind in MAPS] == [256, 128, 128]
    assert directions_for("positive", 3) == 3
    for bad in (0, -2, 2.0, True):
        with pytest.raises(ValueError, match="features must be an integer >= 1, got"):
            directions_for("trig", bad)
    for kind, features in (("hyperbolic", 3), ("trig", 7)):
        with pytest.raises(ValueError, match=f"features of kind {kind} .*{features}"):
            directions_for(kind, features)
    with pytest.raises(ValueError, match="hyperbolic, got 'elu'"):
        directions_for("elu", 2)
    with pytest.raises(ValueError, match="elu, or mean, got 'relu'"):
        attention_error(1.0, 2, 0, "relu")


def test_the_main_module_offers_the_formulas_too():
    for name in ("mse_positive", "mse_trig", "mse_hyperbolic", "mse_orthogonal"):
        assert getattr(performer, name) is getattr(performer_error, name)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_errors_have_the_type_of_the_queries(dtype):
    q, k = normal(2, 3, 4, seed=24).to(dtype)
    for error in (mse_positive, mse_hyperbolic, mse_trig, mse_orthogonal):
        assert error(q, k, 4).dtype == dtype
