"""Oracles: F.cross_entropy, autograd, scipy's optimizers, the enumerated optimum.

Also random search, and chains of token probabilities multiplied by hand.
"""

import copy
import math
from itertools import pairwise

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize

from snippets.nlp.direct_preference_optimization import (
    ANSWERS,
    IGNORE,
    PROMPTS,
    ToyLM,
    answer_logps,
    bt_fit,
    bt_probability,
    compare,
    demonstrate,
    demonstrator,
    dpo,
    dpo_loss,
    draw,
    expected_wins,
    fine_tune,
    fit_reward,
    ipo_loss,
    kl_estimators,
    kl_objective,
    optimal_policy,
    policy_gradient,
    sequence_logps,
    total_variation,
    true_reward,
)

EXACT = {"rtol": 0, "atol": 1e-12}


def tensor(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


R, REF, BETA = tensor(1, 2, 0, -1), tensor(0.4, 0.1, 0.3, 0.2), 0.5


def off_diagonal(k: int) -> tuple[torch.Tensor, torch.Tensor]:
    return (~torch.eye(k, dtype=torch.bool)).nonzero(as_tuple=True)


# Bradley-Terry


def test_seventy_wins_to_thirty_are_a_gap_of_log_seven_thirds():
    r = bt_fit(torch.tensor([[0, 70], [30, 0]]))
    gap = r[0] - r[1]
    assert gap.item() == pytest.approx(0.8473, abs=5e-5)
    torch.testing.assert_close(gap, tensor(7 / 3)[0].log(), **EXACT)
    torch.testing.assert_close(bt_probability(r[0], r[1]), tensor(0.7)[0], **EXACT)
    torch.testing.assert_close(r.sum(), tensor(0.0)[0], **EXACT)


@given(k=st.integers(2, 5), seed=st.integers(0, 10**6))
def test_the_fit_wins_as_many_games_as_it_expects(k, seed):
    rng = np.random.default_rng(seed)
    wins = rng.integers(1, 50, (k, k)) * (1 - np.eye(k, dtype=int))
    r = bt_fit(torch.tensor(wins)).numpy()
    expected = (wins + wins.T) / (1 + np.exp(r[None, :] - r[:, None]))
    np.testing.assert_allclose(wins.sum(1), expected.sum(1), rtol=0, atol=1e-9)


def test_the_fit_maximizes_the_likelihood_found_by_scipy():
    wins = np.array([[0, 9, 3, 0], [2, 0, 7, 1], [4, 1, 0, 6], [1, 0, 2, 0]])

    def loss(r):
        return (wins * np.logaddexp(0, r[None, :] - r[:, None])).sum()

    found = minimize(loss, np.zeros(4), method="BFGS", options={"gtol": 1e-9}).x
    np.testing.assert_allclose(
        bt_fit(torch.tensor(wins)), found - found.mean(), rtol=0, atol=1e-6
    )


def test_the_fit_survives_lopsided_counts_and_long_chains():
    n = 10**6
    r = bt_fit(torch.tensor([[0, n], [1, 0]]))
    assert (r[0] - r[1]).item() == pytest.approx(math.log(n), abs=1e-9)
    chain = torch.zeros(8, 8, dtype=torch.long)
    for i in range(7):
        chain[i, i + 1], chain[i + 1, i] = 1000, 1
    torch.testing.assert_close(
        -bt_fit(chain).diff(),
        torch.full((7,), math.log(1000), dtype=torch.float64),
        rtol=0,
        atol=1e-8,
    )


def test_the_fit_does_not_overshoot_where_full_newton_steps_diverge():
    rows = [[0, 17588, 58, 0], [7, 0, 1, 61559], [36, 0, 0, 6409], [0, 42, 2, 0]]
    wins = np.array(rows)
    r = bt_fit(torch.tensor(wins)).numpy()
    expected = (wins + wins.T) / (1 + np.exp(r[None, :] - r[:, None]))
    np.testing.assert_allclose(wins.sum(1), expected.sum(1), rtol=0, atol=1e-6)


def test_a_chain_of_two_hundred_lopsided_answers_is_fitted_to_its_whole_span():
    k, odds = 200, 10_000
    chain = torch.zeros(k, k, dtype=torch.long)
    i = torch.arange(k - 1)
    chain[i, i + 1], chain[i + 1, i] = odds, 1
    gaps = -bt_fit(chain).diff()
    expected = torch.full((k - 1,), math.log(odds)).double()
    torch.testing.assert_close(gaps, expected, rtol=0, atol=1e-6)
    assert gaps.sum().item() == pytest.approx(1833, abs=0.5)


@pytest.mark.parametrize("scale", [1, 10**3, 10**16])
def test_the_fit_depends_on_shares_and_not_on_how_many_games(scale):
    wins = scale * torch.tensor([[0, 10, 1], [1, 0, 4], [2, 1, 0]])
    torch.testing.assert_close(bt_fit(wins), bt_fit(wins // scale), **EXACT)
    r = bt_fit(torch.tensor([[0, 10 * scale], [scale, 0]]))
    assert (r[0] - r[1]).item() == pytest.approx(math.log(10), abs=1e-12)


def test_a_fit_that_does_not_converge_is_no_answer(monkeypatch):
    monkeypatch.setattr(torch.linalg, "solve", lambda hessian, b: torch.ones_like(b))
    with pytest.raises(ValueError, match=r"1000 steps fit, got a last step of 1\.0"):
        bt_fit(torch.tensor([[0, 3], [1, 0]]))


def test_one_answer_has_reward_zero():
    assert bt_fit(torch.zeros(1, 1, dtype=torch.long)).tolist() == [0.0]


def test_a_cycle_of_equal_wins_gives_equal_rewards():
    wins = torch.tensor([[0, 5, 0], [0, 0, 5], [5, 0, 0]])
    torch.testing.assert_close(bt_fit(wins), tensor(0, 0, 0), **EXACT)


@pytest.mark.parametrize(
    ("wins", "message"),
    [
        (torch.zeros(2, 3, dtype=torch.long), r"shape \(K, K\), got \(2, 3\)"),
        (torch.zeros(2, dtype=torch.long), r"shape \(K, K\), got \(2,\)"),
        (torch.zeros(0, 0, dtype=torch.long), r"shape \(K, K\), got \(0, 0\)"),
        (torch.zeros(2, 2), "integer counts, got torch.float32"),
        (torch.ones(2, 2, dtype=torch.bool), "integer counts, got torch.bool"),
        (torch.tensor([[0, -1], [1, 0]]), ">= 0 with diagonal 0"),
        (torch.tensor([[1, 1], [1, 0]]), ">= 0 with diagonal 0"),
        (torch.tensor([[0, 1], [0, 0]]), "no chain from 1 to 0"),
        (
            torch.tensor([[0, 1, 9], [1, 0, 9], [0, 0, 0]]),
            "no chain from 2 to 0: the rewards would be infinite",
        ),
        (
            torch.tensor([[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]),
            "no chain from 0 to 2: the rewards would be infinite or undetermined",
        ),
    ],
)
def test_wins_without_a_finite_fit_are_refused(wins, message):
    with pytest.raises(ValueError, match=message):
        bt_fit(wins)


def test_a_chain_of_wins_through_all_answers_is_enough():
    k = 9
    ring = torch.zeros(k, k, dtype=torch.long)
    ring[torch.arange(k), (torch.arange(k) + 1) % k] = 1
    torch.testing.assert_close(bt_fit(ring), torch.zeros(k).double(), **EXACT)


def test_probabilities_are_stable_symmetric_and_blind_to_a_common_shift():
    rw, rl = tensor(1, -3, 1e4), tensor(2, 5, -1e4)
    p = bt_probability(rw, rl)
    torch.testing.assert_close(p + bt_probability(rl, rw), torch.ones(3).double())
    torch.testing.assert_close(bt_probability(rw + 7, rl + 7), p, **EXACT)
    assert p[0].item() == pytest.approx(1 / (1 + math.e), abs=1e-15)
    for other in (rl[:1], rl[:, None]):
        with pytest.raises(ValueError, match=r"same shape, got \(3,\) and \("):
            bt_probability(rw, other)


# The optimum


def test_the_optimum_of_the_table_has_the_known_numbers():
    pi, log_z = optimal_policy(R, REF, BETA)
    known = tensor(0.338075, 0.624514, 0.034315, 0.003096)
    torch.testing.assert_close(pi, known, rtol=0, atol=5e-7)
    assert log_z.exp().item() == pytest.approx(8.742505, abs=1e-6)
    assert (BETA * log_z).item() == pytest.approx(1.084098, abs=5e-7)
    torch.testing.assert_close(kl_objective(pi, R, REF, BETA), BETA * log_z, **EXACT)


def test_no_random_policy_beats_the_optimum():
    draws = np.random.default_rng(0).dirichlet(np.ones(4), 100_000)
    _, log_z = optimal_policy(R, REF, BETA)
    rows = torch.tensor(draws)
    best = kl_objective(rows, R.expand_as(rows), REF.expand_as(rows), BETA).max()
    assert 1.083 < best.item() < (BETA * log_z).item()


def test_scipy_finds_the_same_optimum():
    def loss(logits):
        pi = np.exp(logits - np.logaddexp.reduce(logits))
        r, ref = R.numpy(), REF.numpy()
        return -(pi @ r - BETA * pi @ np.log(pi / ref))

    x = minimize(loss, np.zeros(4), method="BFGS", options={"gtol": 1e-10}).x
    pi = np.exp(x - np.logaddexp.reduce(x))
    found, _ = optimal_policy(R, REF, BETA)
    np.testing.assert_allclose(found, pi, rtol=0, atol=1e-6)


def test_the_loss_of_objective_is_beta_times_the_divergence_from_the_optimum():
    pi, log_z = optimal_policy(R, REF, BETA)
    other = tensor(0.1, 0.2, 0.7, 0.0)
    gap = BETA * log_z - kl_objective(other, R, REF, BETA)
    seen = other > 0
    divergence = (other[seen] * (other[seen] / pi[seen]).log()).sum()
    torch.testing.assert_close(gap, BETA * divergence, **EXACT)


def test_the_policy_implies_its_reward_up_to_one_constant():
    pi, log_z = optimal_policy(R, REF, BETA)
    constant = R - BETA * (pi / REF).log()
    torch.testing.assert_close(constant, (BETA * log_z).expand(4), **EXACT)
    assert constant.tolist() == pytest.approx([1.084098] * 4, abs=5e-7)


def test_rewards_that_differ_by_a_constant_have_the_same_optimum():
    pi, log_z = optimal_policy(R, REF, BETA)
    shifted, log_z_shifted = optimal_policy(R + 3, REF, BETA)
    torch.testing.assert_close(shifted, pi, **EXACT)
    torch.testing.assert_close(log_z_shifted, log_z + 3 / BETA, **EXACT)


def test_small_beta_is_greedy_and_large_beta_stays_at_the_reference():
    greedy, _ = optimal_policy(R, REF, 1e-4)
    torch.testing.assert_close(greedy, tensor(0, 1, 0, 0), **EXACT)
    still, _ = optimal_policy(R, REF, 1e9)
    torch.testing.assert_close(still, REF, rtol=0, atol=1e-8)


def test_a_common_shift_costs_no_digits_and_the_smallest_beta_is_greedy():
    r, ref = torch.tensor([1e6, 1e6 + 0.5]), torch.tensor([0.5, 0.5])
    pi, _ = optimal_policy(r, ref, 0.5)
    assert pi[1].item() == pytest.approx(1 / (1 + math.exp(-1)), abs=1e-6)
    pi, _ = optimal_policy(r, ref, 1e-40)  # r / beta alone would be infinite
    assert pi.tolist() == [0, 1]


def test_ties_share_in_proportion_to_the_reference():
    pi, log_z = optimal_policy(torch.full((4,), 5.0).double(), REF, 0.1)
    torch.testing.assert_close(pi, REF, **EXACT)
    torch.testing.assert_close(log_z, tensor(50)[0], **EXACT)


def test_prompts_are_optimized_one_by_one():
    r, ref = torch.stack([R, -R]), torch.stack([REF, REF.flip(0)])
    pi, log_z = optimal_policy(r, ref, BETA)
    for row in range(2):
        alone = optimal_policy(r[row], ref[row], BETA)
        torch.testing.assert_close((pi[row], log_z[row]), alone, **EXACT)


def test_the_turned_divergence_has_another_optimum():
    # Stationary points of <pi, r> - beta KL(ref || pi): pi = beta ref / (c - r).
    r, ref = R.numpy(), REF.numpy()
    c = brentq(lambda c: (BETA * ref / (c - r)).sum() - 1, 2 + 1e-9, 50)
    turned = torch.tensor(BETA * ref / (c - r))
    pi, _ = optimal_policy(R, REF, BETA)
    assert turned.tolist() == pytest.approx([0.187, 0.708, 0.072, 0.033], abs=5e-4)
    assert kl_objective(turned, R, REF, BETA).item() == pytest.approx(1.030, abs=5e-4)
    assert total_variation(turned[None], pi[None]) == pytest.approx(0.15, abs=5e-3)


@pytest.mark.parametrize("function", [optimal_policy, kl_objective])
@pytest.mark.parametrize(
    ("r", "ref", "beta", "message"),
    [
        (R, REF, 0.0, "beta must be positive and finite, got 0.0"),
        (R, REF, -1.0, "beta must be positive"),
        (R, REF, math.inf, "beta must be positive and finite, got inf"),
        (R, REF, math.nan, "beta must be positive"),
        (R, tensor(0.5, 0.5, 0.0, 0.0), 1.0, "ref must be > 0, got 0.0"),
        (R, tensor(0.6, 0.6, -0.3, 0.1), 1.0, "ref must be > 0, got -0.3"),
        (R, tensor(0.4, 0.1, 0.3, 0.3), 1.0, "ref must sum to 1"),
        (R[:3], REF, 1.0, r"one shape \(..., K\), got .*\(3,\).*\(4,\)"),
        (R.long(), REF, 1.0, "floating tensors .* torch.int64"),
        (R[:0], REF[:0], 1.0, r"one shape .*\(0,\)"),
    ],
)
def test_bad_optimization_problems_are_refused(function, r, ref, beta, message):
    arguments = [r, ref, beta]
    if function is kl_objective:
        arguments.insert(0, torch.full_like(r, 1 / max(1, len(r))))
    with pytest.raises(ValueError, match=message):
        function(*arguments)


def test_how_far_from_one_a_sum_may_be_depends_on_the_type():
    for dtype, wrong in ((torch.float64, 1e-6), (torch.float32, 1e-2)):
        ref, r = torch.tensor([0.5, 0.5 + wrong], dtype=dtype), torch.zeros(2)
        with pytest.raises(ValueError, match="ref must sum to 1"):
            optimal_policy(r.to(dtype), ref, 1.0)
    rounded = torch.full((1000,), 1e-3).bfloat16()  # sums to 1.0004
    optimal_policy(torch.zeros(1000), rounded, 1.0)


def test_infinite_rewards_and_policies_that_are_no_distribution_are_refused():
    half = tensor(0.5, 0.5)
    for bad in (math.inf, -math.inf, math.nan):
        with pytest.raises(ValueError, match="rewards must be finite"):
            optimal_policy(tensor(1, bad), half, 1.0)
        with pytest.raises(ValueError, match="rewards must be finite"):
            kl_objective(half, tensor(1, bad), half, 1.0)
    with pytest.raises(ValueError, match="pi must sum to 1"):
        kl_objective(2 * REF, R, REF, 1.0)
    last = tensor(0.2, 0.2, 0.2, 0.2, 0.3, -0.1)
    with pytest.raises(ValueError, match=r"pi must be >= 0, got -0\.1"):
        kl_objective(last, last, torch.full((6,), 1 / 6).double(), 1.0)
    with pytest.raises(ValueError, match=r"pi must be >= 0, got -0\.5"):
        kl_objective(tensor(1.5, -0.5), R[:2], tensor(0.5, 0.5), 1.0)


# Log-probabilities of answers


@given(
    b=st.integers(1, 4),
    t=st.integers(2, 6),
    v=st.integers(1, 7),
    seed=st.integers(0, 10**6),
)
def test_sequence_logps_are_the_shifted_cross_entropy_of_torch(b, t, v, seed):
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(b, t, v, generator=generator, dtype=torch.float64)
    labels = torch.randint(v, (b, t), generator=generator)
    masked = torch.rand(b, t, generator=generator) < 0.4
    masked[:, -1] = False
    labels[masked] = -100
    logps = sequence_logps(logits, labels)
    for row in range(b):
        loss = F.cross_entropy(logits[row, :-1], labels[row, 1:], reduction="sum")
        torch.testing.assert_close(logps[row], -loss, **EXACT)


def test_sequence_logps_by_hand():
    p = tensor(0.2, 0.3, 0.5).log().expand(1, 4, 3)
    labels = torch.tensor([[0, -100, 2, 1]])  # the first label has no predictor
    assert sequence_logps(p, labels).exp().item() == pytest.approx(0.5 * 0.3)
    labels = torch.tensor([[0, 9, 2, 1]])
    assert sequence_logps(p, labels, ignore_index=9).exp().item() == pytest.approx(0.15)


def test_masked_tokens_and_the_last_logits_have_no_gradient():
    logits = torch.randn(1, 4, 3, generator=torch.Generator().manual_seed(0))
    logits.requires_grad_()
    sequence_logps(logits, torch.tensor([[1, -100, 2, 0]])).sum().backward()
    touched = logits.grad[0].abs().sum(-1) > 0
    assert touched.tolist() == [False, True, True, False]


def test_words_that_cannot_occur_do_not_spoil_what_is_masked():
    logits = torch.zeros(1, 3, 3, dtype=torch.float64)
    logits[..., 0] = -math.inf  # the padding of a vocabulary, say
    logits.requires_grad_()
    logps = sequence_logps(logits, torch.tensor([[1, -100, 2]]))
    assert logps.item() == pytest.approx(math.log(0.5))
    logps.sum().backward()
    assert logits.grad.isfinite().all()


def test_huge_logits_do_not_overflow():
    logits = tensor(1e4, 0.0, -1e4).expand(1, 2, 3)
    assert sequence_logps(logits, torch.tensor([[0, 2]])).item() == -2e4


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_sums_over_many_tokens_of_sixteen_bits_keep_their_margin(dtype):
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(2, 513, 1000, generator=generator).to(dtype)
    labels = torch.randint(1000, (2, 513), generator=generator)
    found, exact = (
        sequence_logps(logits, labels),
        sequence_logps(logits.double(), labels),
    )
    assert found.dtype == torch.float32
    torch.testing.assert_close(found.double(), exact, rtol=1e-6, atol=0)
    short = logits[:, :-1].log_softmax(-1).gather(-1, labels[:, 1:, None])
    off = short.sum((1, 2)).double().diff() - exact.diff()
    assert off.abs() > 0.5  # what summing in 16 bits would do to the margin
    pw, pl, rw, rl = (x[None] for x in (*found.to(dtype), *found.to(dtype).flip(0)))
    for loss in (dpo_loss, ipo_loss):
        got, want = (
            loss(*(x.to(t) for x in (pw, pl, rw, rl)), 0.1)[0].double()
            for t in (dtype, torch.float64)
        )
        torch.testing.assert_close(got, want, rtol=1e-6, atol=0)


def test_twenty_thousand_half_precision_tokens_do_not_overflow():
    logits = torch.zeros(1, 20_001, 20, dtype=torch.float16)
    labels = torch.zeros(1, 20_001, dtype=torch.long)
    expected = -20_000 * math.log(20)
    assert sequence_logps(logits, labels).item() == pytest.approx(expected, rel=1e-6)


def test_a_mean_over_tokens_can_turn_the_order_of_two_answers():
    short, long = tensor(0.4).log(), tensor(0.6, 0.6).log()
    assert short.sum() > long.sum()
    assert short.mean() < long.mean()


@pytest.mark.parametrize(
    ("logits", "labels", "message"),
    [
        (torch.zeros(1, 2, 3), torch.zeros(2, 2).long(), r"\(1, 2, 3\) and \(2, 2\)"),
        (torch.zeros(2, 3), torch.zeros(2, 3).long(), r"need logits \(b, t, v\)"),
        (torch.zeros(1, 2, 3), torch.zeros(1, 2), "long labels, got .* torch.float32"),
        (
            torch.zeros(1, 2, 3).long(),
            torch.zeros(1, 2).long(),
            "need floating logits",
        ),
        (torch.zeros(1, 2, 3), torch.tensor([[1, -100]]), "got none in row 0"),
        (
            torch.zeros(2, 2, 3),
            torch.tensor([[-100, 1], [1, -100]]),
            "got none in row 1",
        ),
        (torch.zeros(1, 1, 3), torch.tensor([[1]]), "got none in row 0"),
        (torch.zeros(1, 2, 3), torch.tensor([[0, 3]]), r"in 0..2, got 3 to 3"),
        (torch.zeros(1, 2, 3), torch.tensor([[0, -1]]), r"in 0..2, got -1 to -1"),
    ],
)
def test_bad_sequences_are_refused(logits, labels, message):
    with pytest.raises(ValueError, match=message):
        sequence_logps(logits, labels)


def test_no_sequences_have_no_log_probabilities():
    empty = sequence_logps(torch.zeros(0, 3, 5), torch.zeros(0, 3).long())
    assert empty.shape == (0,)


# The losses


def test_dpo_of_one_pair_has_the_known_loss_and_gradients():
    pw, pl = tensor(-10).requires_grad_(), tensor(-12).requires_grad_()
    loss, chosen, rejected = dpo_loss(pw, pl, tensor(-11), tensor(-11.5), 0.1)
    assert loss.item() == pytest.approx(0.6209570, abs=5e-8)
    assert chosen.item() == pytest.approx(0.1, abs=1e-12)
    assert rejected.item() == pytest.approx(-0.05, abs=1e-12)
    loss.backward()
    assert pw.grad.item() == pytest.approx(-0.0462570, abs=5e-8)
    assert pl.grad.item() == pytest.approx(0.0462570, abs=5e-8)
    weight = 1 / (1 + math.exp(0.15))  # sigma of rejected minus chosen
    assert pl.grad.item() == pytest.approx(0.1 * weight, abs=1e-12)
    assert not chosen.requires_grad
    assert not rejected.requires_grad


def test_at_the_reference_the_loss_is_log_two_and_the_weight_one_half():
    logps = tensor(-3, -40, 0)
    policy = logps.clone().requires_grad_()
    other = tensor(-5, -2, -9)
    loss, _, _ = dpo_loss(policy, other, logps, other, 0.3)
    torch.testing.assert_close(loss, tensor(2, 2, 2).log(), **EXACT)
    loss.sum().backward()
    torch.testing.assert_close(policy.grad, tensor(-0.15, -0.15, -0.15), **EXACT)


def test_extreme_margins_neither_overflow_nor_lose_the_loss():
    zero = tensor(0, 0)
    loss, _, _ = dpo_loss(tensor(1e5, -1e5), zero, zero, zero, 1.0)
    assert loss.tolist() == [0.0, 1e5]
    loss, _, _ = dpo_loss(tensor(50), tensor(0), tensor(0), tensor(0), 1.0)
    assert loss.item() == pytest.approx(math.exp(-50), rel=1e-12)


def test_smoothing_is_the_expected_loss_under_flipped_labels():
    generator = torch.Generator().manual_seed(0)
    pw, pl, rw, rl = torch.randn(4, 5, generator=generator, dtype=torch.float64)
    smooth, *rewards = dpo_loss(pw, pl, rw, rl, 0.7, label_smoothing=0.2)
    right, *same = dpo_loss(pw, pl, rw, rl, 0.7)
    wrong, *_ = dpo_loss(pl, pw, rl, rw, 0.7)
    torch.testing.assert_close(smooth, 0.8 * right + 0.2 * wrong, **EXACT)
    torch.testing.assert_close(rewards, same, **EXACT)


def test_with_smoothing_one_sided_preferences_have_a_finite_margin():
    beta, flipped = 0.1, 0.1
    gap = tensor(math.log((1 - flipped) / flipped) / beta).requires_grad_()
    zero = tensor(0)
    loss, chosen, rejected = dpo_loss(gap, zero, zero, zero, beta, flipped)
    loss.sum().backward()
    assert (chosen - rejected).item() == pytest.approx(math.log(9))
    torch.testing.assert_close(gap.grad, zero, **EXACT)
    # So the loser of two answers keeps 1 / (1 + 9^10) of the probability.
    assert torch.sigmoid(-gap).item() == pytest.approx(2.9e-10, rel=0.02)


def test_z_cancels_only_between_answers_to_one_prompt():
    pi_a, log_z_a = optimal_policy(R, REF, BETA)
    pi_b, log_z_b = optimal_policy(R + tensor(3, 0, 0, 0), REF, BETA)
    a, b, ref = pi_a.log(), pi_b.log(), REF.log()
    one = dpo_loss(a[:1], a[1:2], ref[:1], ref[1:2], BETA)
    torch.testing.assert_close(one[1] - one[2], R[:1] - R[1:2], **EXACT)
    two = dpo_loss(a[:1], b[1:2], ref[:1], ref[1:2], BETA)
    off = BETA * (log_z_b - log_z_a)
    assert off.item() > 1
    torch.testing.assert_close(two[1] - two[2] - (R[:1] - R[1:2]), off[None], **EXACT)


def test_ipo_pulls_the_gap_to_half_over_beta_and_no_further():
    zero = tensor(0, 0, 0)
    gap = tensor(4, 5, 6).requires_grad_()
    loss, chosen, rejected = ipo_loss(gap, zero, zero, zero, 0.1)
    torch.testing.assert_close(loss, tensor(1, 0, 1), **EXACT)
    torch.testing.assert_close(chosen, tensor(0.4, 0.5, 0.6), **EXACT)
    torch.testing.assert_close(rejected, zero, **EXACT)
    assert not chosen.requires_grad
    assert not ipo_loss(zero, gap, zero, zero, 0.1)[2].requires_grad
    loss.sum().backward()
    torch.testing.assert_close(gap.grad, tensor(-2, 0, 2), **EXACT)
    loss, chosen, rejected = ipo_loss(
        tensor(-1), tensor(-2), tensor(-4), tensor(-7), 0.5
    )
    assert loss.item() == pytest.approx((3 - 5 - 1) ** 2)
    assert (chosen.item(), rejected.item()) == pytest.approx((1.5, 2.5))


def test_ipo_under_noisy_labels_stops_at_a_gap_linear_in_the_probability():
    p, beta = 0.8, 0.25
    gap = torch.linspace(-3, 3, 6001, dtype=torch.float64)
    zero = torch.zeros_like(gap)
    loss = p * ipo_loss(gap, zero, zero, zero, beta)[0]
    loss = loss + (1 - p) * ipo_loss(zero, gap, zero, zero, beta)[0]
    assert gap[loss.argmin()].item() == pytest.approx((p - 0.5) / beta, abs=1e-3)


@pytest.mark.parametrize("loss", [dpo_loss, ipo_loss])
@pytest.mark.parametrize(
    ("index", "value", "message"),
    [
        (1, tensor(0, 0, 0), r"one shape \(b,\), got .*pl \(3,\)"),
        (3, tensor(0), r"rl \(1,\)"),
        (0, torch.zeros(2).long(), "floating .* torch.int64"),
        (4, 0.0, "beta must be positive"),
        (4, -0.1, "beta must be positive"),
    ],
)
def test_bad_pairs_are_refused(loss, index, value, message):
    arguments = [tensor(0, 0) for _ in range(4)] + [0.1]
    arguments[index] = value
    with pytest.raises(ValueError, match=message):
        loss(*arguments)


@pytest.mark.parametrize("smoothing", [-0.1, 0.5, 1.0, math.nan])
def test_smoothing_outside_its_range_is_refused(smoothing):
    with pytest.raises(ValueError, match=r"label_smoothing must be in \[0, 0.5\)"):
        dpo_loss(*[tensor(0)] * 4, 0.1, label_smoothing=smoothing)


def test_a_batch_must_be_flat_and_may_be_empty():
    with pytest.raises(ValueError, match=r"one shape \(b,\)"):
        dpo_loss(*[tensor(0)[None]] * 4, 0.1)
    assert [x.shape for x in dpo_loss(*[tensor()] * 4, 0.1)] == [(0,)] * 3


# Estimators of the divergence


def test_both_estimators_are_unbiased_and_one_is_fourteen_times_calmer():
    p, q = tensor(0.5, 0.3, 0.2), tensor(0.4, 0.4, 0.2)
    k1, k3 = kl_estimators(p.log(), q.log())
    kl = (p * (p / q).log()).sum().item()
    assert kl == pytest.approx(0.025267, abs=5e-7)
    for estimate, std in ((k1, 0.2216), (k3, 0.0159)):
        mean = (p * estimate).sum().item()
        assert mean == pytest.approx(kl, abs=1e-12)
        spread = math.sqrt((p * (estimate - mean) ** 2).sum().item())
        assert spread == pytest.approx(std, abs=1e-4)
    assert (k1 < 0).any()
    assert (k3 >= 0).all()


def test_far_from_the_reference_the_other_one_is_the_calmer():
    p, q = tensor(0.99, 0.01), tensor(0.5, 0.5)
    k1, k3 = (
        (p * k.square()).sum() - (p * k).sum() ** 2
        for k in kl_estimators(p.log(), q.log())
    )
    assert (k3 / k1).sqrt().item() == pytest.approx(9.8, abs=0.05)


def test_as_losses_k1_does_nothing_and_k3_follows_the_turned_divergence():
    logits, ref = tensor(0.3, -0.5, 0.1, 0.4).requires_grad_(), REF.log()
    logps = logits.log_softmax(0)
    k1, k3 = kl_estimators(logps, ref)
    weight = logps.exp().detach()  # samples of the policy, weighted exactly

    def slope(value):
        return torch.autograd.grad(value.sum(), logits, retain_graph=True)[0]

    forward = slope(logps.exp() * (logps - ref))
    turned = slope(ref.exp() * (ref - logps))
    assert (forward - turned).abs().max() > 0.01
    torch.testing.assert_close(slope(weight * k1), tensor(0, 0, 0, 0), **EXACT)
    assert (slope(k1[0]).abs() > 0.1).all()  # of one sample: noise, not nothing
    torch.testing.assert_close(slope(weight * k1**2 / 2), forward, **EXACT)
    torch.testing.assert_close(slope(weight * k3), turned, **EXACT)
    # What the samples' own dependence adds back: k3 times the ratio to who sampled.
    ratio = (logps - logps.detach()).exp()
    torch.testing.assert_close(slope(weight * ratio * k3), forward, **EXACT)
    # And the score function with the log-ratio in the reward.
    torch.testing.assert_close(slope(weight * k1.detach() * logps), forward, **EXACT)


@given(x=st.floats(-700, 700), logp=st.floats(-50, 0))
def test_k3_is_never_negative(x, logp):
    k1, k3 = kl_estimators(tensor(logp), tensor(logp + x))
    assert k3.item() >= 0
    assert k1.item() == pytest.approx(-x, abs=1e-12)


def test_k3_keeps_its_digits_when_the_policies_nearly_agree():
    _, k3 = kl_estimators(tensor(0.0), tensor(1e-7))
    assert k3.item() == pytest.approx(0.5e-14, rel=1e-6, abs=0)
    assert math.exp(1e-7) - 1 - 1e-7 != pytest.approx(0.5e-14, rel=1e-3, abs=0)


def test_unequal_samples_are_refused():
    with pytest.raises(ValueError, match=r"of one shape, got \(2,\).*\(1,\)"):
        kl_estimators(tensor(0, 0), tensor(0))
    with pytest.raises(ValueError, match="must be floating"):
        kl_estimators(torch.zeros(2).long(), tensor(0, 0))


# DPO on a table of four answers


def tabular_dpo(weight, start=REF, steps=500):
    """Adam on the logits of four answers; weight (4, 4) of the outcome i beats j."""
    i, j = weight.nonzero(as_tuple=True)
    logits, ref = start.log().clone().requires_grad_(), REF.log()
    optimizer = torch.optim.Adam([logits], lr=0.05)
    for _ in range(steps):
        logps = logits.log_softmax(0)
        loss = dpo_loss(logps[i], logps[j], ref[i], ref[j], BETA)[0]
        optimizer.zero_grad()
        (weight[i, j] * loss).sum().backward()
        optimizer.step()
    return logits.detach().softmax(0)


def population(ref=REF):
    weight = ref[:, None] * ref * torch.sigmoid(R[:, None] - R)
    return weight * (1 - torch.eye(4))


def sampled_wins(pairs, seed):
    rng = np.random.default_rng(seed)
    first, second = rng.choice(4, (2, pairs), p=REF.numpy())
    r = R.numpy()
    first_wins = rng.random(pairs) < 1 / (1 + np.exp(r[second] - r[first]))
    winner = np.where(first_wins, first, second)
    loser = np.where(first_wins, second, first)
    wins = np.zeros((4, 4), dtype=int)
    np.add.at(wins, (winner, loser), 1)
    np.fill_diagonal(wins, 0)
    return torch.tensor(wins)


def test_on_all_pairs_dpo_converges_to_the_optimum():
    found = tabular_dpo(population())
    torch.testing.assert_close(
        found, optimal_policy(R, REF, BETA)[0], rtol=0, atol=1e-9
    )


def test_sampled_pairs_leave_an_error_in_the_optimum():
    pi, _ = optimal_policy(R, REF, BETA)
    errors = []
    for seed in range(30):
        fitted, _ = optimal_policy(bt_fit(sampled_wins(20_000, seed)), REF, BETA)
        errors.append(total_variation(fitted[None], pi[None]))
    assert 0.01 < np.mean(errors) < 0.03
    assert min(errors) < 0.01
    assert 0.03 < max(errors) < 0.08


def test_on_the_same_pairs_dpo_is_the_optimum_of_the_fitted_reward():
    wins = sampled_wins(20_000, seed=0)
    i, j = off_diagonal(4)
    weight = torch.zeros(4, 4, dtype=torch.float64)
    weight[i, j] = wins[i, j].double() / wins.sum()
    fitted, _ = optimal_policy(bt_fit(wins), REF, BETA)
    torch.testing.assert_close(tabular_dpo(weight), fitted, rtol=0, atol=1e-8)


def test_an_answer_that_is_never_compared_is_left_where_it_started():
    weight = population()
    weight[3], weight[:, 3] = 0, 0
    near, far = (
        tabular_dpo(weight, start=start) for start in (REF, tensor(0.1, 0.1, 0.1, 0.7))
    )
    pi, _ = optimal_policy(R, REF, BETA)
    for found in (near, far):
        seen = found[:3] / found[:3].sum()
        torch.testing.assert_close(seen, pi[:3] / pi[:3].sum(), rtol=0, atol=1e-8)
    assert far[3] > near[3] + 0.2


def one_sided(loss, beta, lr, steps):
    """Gradient descent when the first of two answers always wins; pi(y_l), losses."""
    logits = torch.zeros(2, dtype=torch.float64)
    ref = logits.log_softmax(0)
    losses, path = [], []
    for _ in range(steps):
        logits.requires_grad_()
        logps = logits.log_softmax(0)
        value = loss(logps[:1], logps[1:], ref[:1], ref[1:], beta)[0].mean()
        (gradient,) = torch.autograd.grad(value, logits)
        logits = (logits - lr * gradient).detach()
        losses.append(value.item())
        path.append(logits.softmax(0)[1].item())
    return path, losses


def test_one_sided_preferences_drive_the_loser_to_zero_without_end():
    path, losses = one_sided(dpo_loss, 0.1, 50, 1001)
    assert all(b < a for a, b in pairwise(path))
    assert all(b < a for a, b in pairwise(losses))
    for step, value in ((11, 5.8e-11), (101, 1.1e-20), (1001, 1.0e-30)):
        assert path[step - 1] == pytest.approx(value, rel=0.05)
    # Ten times the steps divide it by 10^(1 / beta).
    assert math.log10(path[99] / path[999]) == pytest.approx(10, abs=0.1)


def test_a_larger_beta_slows_the_collapse_but_does_not_stop_it():
    path, _ = one_sided(dpo_loss, 1.0, 1.0, 1000)
    assert all(b < a for a, b in pairwise(path))
    assert math.log10(path[99] / path[999]) == pytest.approx(1, abs=0.1)


def test_a_larger_beta_may_fall_faster_at_first_and_its_factor_is_smaller_later():
    small, large = (one_sided(dpo_loss, b, 1.0, 1000)[0] for b in (0.1, 1.0))
    assert large[9] < small[9]
    assert large[999] > small[999]


def test_ipo_stops_on_one_sided_preferences():
    path, _ = one_sided(ipo_loss, 0.1, 0.1, 1000)
    assert path[-1] == pytest.approx(1 / (1 + math.exp(5)), abs=1e-12)


def test_both_log_probabilities_can_fall_while_the_loss_does():
    features = tensor(1, 2, -1)  # chosen, rejected, an answer nobody compared
    theta = tensor(0.0)
    ref = (theta * features).log_softmax(0)
    losses, paths = [], []
    for _ in range(20):
        theta.requires_grad_()
        logps = (theta * features).log_softmax(0)
        loss, *_ = dpo_loss(logps[:1], logps[1:2], ref[:1], ref[1:2], 0.5)
        (gradient,) = torch.autograd.grad(loss.sum(), theta)
        theta = (theta - gradient).detach()
        losses.append(loss.item())
        paths.append(logps.detach())
    chosen, rejected, third = torch.stack(paths).T
    assert (torch.tensor(losses).diff() < 0).all()
    assert (rejected.diff() < 0).all()
    assert (third.diff() > 0).all()
    assert chosen[-1] < chosen[0] - 1


# The toy language


@pytest.fixture(scope="module")
def tuned():
    """The fine-tuned toy model, its log-probabilities, and the demonstrations."""
    generator = torch.Generator().manual_seed(0)
    model = ToyLM(generator)
    counts = demonstrate(2000, generator)
    fine_tune(model, counts)
    return model, answer_logps(model).detach(), counts


def test_the_answers_are_all_that_the_rules_allow():
    words = ["".join(str(t) for t in y if t != IGNORE) for y in ANSWERS.tolist()]
    assert sorted(words) == sorted(
        ["0", "10", "20", "110", "120", "210", "220"]
        + [a + b + c for a in "12" for b in "12" for c in "12"]
    )


def test_rewards_and_demonstrations_by_hand():
    at = {tuple(y): k for k, y in enumerate(ANSWERS.tolist())}
    reward, p = true_reward(), demonstrator()
    torch.testing.assert_close(p.sum(1), tensor(1, 1), **EXACT)
    for y, r, likely in (
        ((1, 1, 1), 1.5, 0.4**3),
        ((2, 0, IGNORE), -0.5, 0.3 * 0.3),
        ((1, 2, 0), 0.0, 0.4 * 0.3 * 0.3),
        ((0, IGNORE, IGNORE), 0.0, 0.3),
    ):
        assert reward[:, at[y]].tolist() == [r, -r]
        assert p[0, at[y]].item() == pytest.approx(likely, abs=1e-12)
    assert p[1, at[2, 2, 2]].item() == pytest.approx(0.4**3, abs=1e-12)


def test_the_log_probability_of_an_answer_is_a_chain_over_its_tokens():
    model = ToyLM(torch.Generator().manual_seed(3))
    logps = answer_logps(model)
    torch.testing.assert_close(logps.exp().sum(1), tensor(1, 1), **EXACT)
    for x, prompt in enumerate(PROMPTS):
        for k, y in enumerate(ANSWERS.tolist()):
            tokens, total = [prompt], 0.0
            for token in y:
                if token == IGNORE:
                    break
                p = model(torch.tensor([tokens]))[0, -1].softmax(-1)
                total += math.log(p[token].item())
                tokens.append(token)
            assert logps[x, k].item() == pytest.approx(total, abs=1e-12)


def test_draws_follow_the_probabilities():
    p = torch.stack([tensor(0, 0.25, 0.75), tensor(0.5, 0.5, 0)])
    sample = draw(p, 100_000, torch.Generator().manual_seed(0))
    for row in range(2):
        share = torch.bincount(sample[row], minlength=3) / 100_000
        torch.testing.assert_close(share.double(), p[row], rtol=0, atol=0.007)
    assert (sample[0] > 0).all()
    assert (sample[1] < 2).all()


def test_a_sum_a_little_below_one_is_shared_by_all_answers_that_can_occur():
    p = torch.tensor([[0.53, 0.45, 0.0]], dtype=torch.float16)  # within its rounding
    sample = draw(p, 100_000, torch.Generator().manual_seed(0))
    assert sample.max() == 1
    share = (sample == 0).double().mean().item()
    assert share == pytest.approx(0.53 / 0.98, abs=0.005)


def test_a_draw_of_exactly_zero_skips_answers_without_probability(monkeypatch):
    monkeypatch.setattr(torch, "rand", lambda *size, **_: torch.zeros(size).double())
    sample = draw(tensor(0, 0.25, 0.75)[None], 3, torch.Generator())
    assert sample.tolist() == [[1, 1, 1]]


def test_expected_wins_are_made_where_the_policy_is():
    with torch.device("meta"):  # what is made by default has no numbers
        wins = expected_wins(torch.full((2, 15), 1 / 15, device="cpu"))
    assert wins.device.type == "cpu"
    assert wins.diagonal(dim1=1, dim2=2).abs().max() == 0


def test_annotated_pairs_have_the_expected_frequencies(tuned):
    ref = tuned[1].exp()
    pairs = 100_000
    wins = compare(ref, pairs, torch.Generator().manual_seed(0))
    expected = expected_wins(ref)
    both = 1 - (ref**2).sum(1)  # the two answers of a pair differ
    torch.testing.assert_close(expected.sum((1, 2)), both, **EXACT)
    error = (wins - pairs * expected) / (pairs * expected).clamp(min=1).sqrt()
    assert error.abs().max() < 5
    odds = expected / expected.mT
    reward = true_reward()
    gap = reward[:, :, None] - reward[:, None]
    off = ~torch.eye(15, dtype=torch.bool)
    torch.testing.assert_close(odds[:, off].log(), gap[:, off], **EXACT)


def test_fine_tuning_reproduces_the_demonstrations(tuned):
    _, logps, counts = tuned
    assert total_variation(logps.exp(), counts / 2000) < 1e-4
    assert 0.01 < total_variation(logps.exp(), demonstrator()) < 0.06


def test_on_all_pairs_dpo_turns_the_toy_model_into_the_enumerated_optimum(tuned):
    model, logps, _ = tuned
    star, _ = optimal_policy(true_reward(), logps.exp(), BETA)
    policy = copy.deepcopy(model)
    dpo(policy, logps, expected_wins(logps.exp()), BETA)
    found = answer_logps(policy).detach()
    assert total_variation(logps.exp(), star) > 0.4
    assert total_variation(found.exp(), star) < 1e-4
    assert (star * (star.log() - found)).sum(1).max() < 1e-6
    implied = BETA * (found - logps)
    constant = true_reward() - implied
    assert (constant - constant.mean(1, keepdim=True)).abs().max() < 1e-2


def test_on_sampled_pairs_dpo_is_reward_model_plus_enumeration(tuned):
    model, logps, _ = tuned
    star, _ = optimal_policy(true_reward(), logps.exp(), BETA)
    wins = compare(logps.exp(), 5000, torch.Generator().manual_seed(1))
    two_steps, _ = optimal_policy(fit_reward(wins), logps.exp(), BETA)
    policy = copy.deepcopy(model)
    dpo(policy, logps, wins, BETA)
    found = answer_logps(policy).detach().exp()
    assert total_variation(found, two_steps) < 1e-4
    assert 0.01 < total_variation(found, star) < 0.2


def test_more_pairs_bring_the_fitted_optimum_nearer(tuned):
    ref = tuned[1].exp()
    star, _ = optimal_policy(true_reward(), ref, BETA)
    errors = []
    for pairs in (2000, 50_000):
        found = [
            fit_reward(compare(ref, pairs, torch.Generator().manual_seed(s)))
            for s in range(10)
        ]
        distances = [
            total_variation(optimal_policy(r, ref, BETA)[0], star) for r in found
        ]
        errors.append(np.mean(distances))
    # 25 times the pairs, about a fifth of the error.
    assert 3 < errors[0] / errors[1] < 8


@pytest.mark.timeout(60)
def test_policy_gradient_reaches_the_optimum_and_its_score_turns_constant(tuned):
    model, logps, _ = tuned
    star, log_z = optimal_policy(true_reward(), logps.exp(), BETA)
    policy = copy.deepcopy(model)
    generator = torch.Generator().manual_seed(2)
    policy_gradient(policy, logps, true_reward(), BETA, generator)
    found = answer_logps(policy).detach()
    assert total_variation(found.exp(), star) < 0.02
    score = true_reward() - BETA * (found - logps)
    mean = (found.exp() * score).sum(1)
    torch.testing.assert_close(mean, BETA * log_z, rtol=0, atol=1e-3)
    objective = kl_objective(found.exp(), true_reward(), logps.exp(), BETA)
    torch.testing.assert_close(objective, mean, **EXACT)


def test_the_baseline_makes_a_constant_in_the_reward_vanish(tuned):
    model, logps, _ = tuned
    found = []
    for constant in (tensor(0.0, 0.0), tensor(10.0, -5.0)):  # one for each prompt
        policy = copy.deepcopy(model)
        generator = torch.Generator().manual_seed(2)
        reward = true_reward() + constant[:, None]
        policy_gradient(policy, logps, reward, BETA, generator, steps=20, batch=64)
        found.append(answer_logps(policy).detach())
    torch.testing.assert_close(found[0], found[1], rtol=0, atol=1e-8)


def test_two_thousand_pairs_err_most_where_the_reference_rarely_samples(tuned):
    _, logps, _ = tuned
    ref = logps.exp()
    star, _ = optimal_policy(true_reward(), ref, BETA)
    wins = compare(ref, 2000, torch.Generator().manual_seed(1))
    error = (optimal_policy(fit_reward(wins), ref, BETA)[0] - star)[0].abs()
    worst = error.topk(2).indices
    assert set(worst.tolist()) == set((star - ref)[0].topk(2).indices.tolist())
    assert (error[worst] > 0.1).all()
    assert error.sort(descending=True).values[2] < 0.02
    assert (ref[0, worst] < 0.07).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda g: draw(tensor(-0.1, 1.1)[None], 3, g), "p must be >= 0, got -0.1"),
        (lambda g: draw(tensor(0.5, 0.6)[None], 3, g), "p must sum to 1, got"),
        (lambda g: draw(tensor(0.5, math.nan)[None], 3, g), "p must be >= 0, got nan"),
        (lambda g: draw(tensor(1, 0), 3, g), r"shape \(x, K\), got p \(2,\)"),
        (lambda g: draw(tensor(1, 0)[None], 2.5, g), "n must be .* >= 0, got 2.5"),
        (lambda g: demonstrate(True, g), "n must be an integer >= 0, got True"),
        (lambda g: ToyLM(g, 0), "width must be an integer >= 1, got 0"),
        (lambda g: ToyLM(g)(torch.zeros(1, 0).long()), r"t >= 1, got \(1, 0\)"),
        (lambda g: total_variation(tensor(1)[None], tensor(1)), r"got p \(1, 1\)"),
        (lambda g: fit_reward(torch.zeros(0, 2, 2).long()), r"got \(0, 2, 2\)"),
        (lambda g: compare(REF[None], 3, g), r"ref .* shape \(2, 15\), got \(1, 4\)"),
        (lambda g: expected_wins(REF[None]), r"ref .* shape \(2, 15\), got \(1, 4\)"),
        (
            lambda g: fine_tune(ToyLM(g), torch.zeros(2, 15)),
            "finite sum > 0, got sum 0",
        ),
        (lambda g: fine_tune(ToyLM(g), torch.ones(2, 3)), r"\(2, 15\), got \(2, 3\)"),
        (
            lambda g: policy_gradient(ToyLM(g), -true_reward(), true_reward(), 0.0, g),
            "beta must be positive and finite, got 0",
        ),
        (
            lambda g: policy_gradient(
                ToyLM(g), -true_reward(), true_reward(), 1.0, g, batch=1
            ),
            "batch must be an integer >= 2, got 1",
        ),
        (
            lambda g: fine_tune(ToyLM(g), torch.ones(2, 15) - 2 * torch.eye(15)[:2]),
            "counts must be >= 0 with a finite sum > 0, got sum 26",
        ),
        (
            lambda g: compare(torch.ones(2, 15).long(), 3, g),
            r"ref must be floating, of shape \(2, 15\), got \(2, 15\) torch.int64",
        ),
        (
            lambda g: dpo(ToyLM(g), -true_reward(), torch.ones(2, 15, 14), 1.0),
            r"wins must have shape \(2, 15, 15\), got \(2, 15, 14\)",
        ),
        (
            lambda g: dpo(ToyLM(g), true_reward() / 0, torch.ones(2, 15, 15), 1.0),
            "ref_logps must be finite, got nan",
        ),
    ],
)
def test_bad_toy_experiments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(torch.Generator().manual_seed(0))


def test_everything_is_made_on_the_device_of_the_input():
    # Whatever forgets to ask lands on "meta" here, and cannot be mixed with the rest.
    table, logps = true_reward().softmax(1), tensor(-1, -2)
    wins = torch.tensor([[0, 3], [1, 0]])
    labels = torch.tensor([[-100, 1, 0]])
    logits, generator = torch.zeros(1, 3, 2), torch.Generator().manual_seed(0)
    with torch.device("meta"):
        found = [
            bt_fit(wins),
            *optimal_policy(R, REF, 1.0),
            kl_objective(REF, R, REF, 1.0),
            sequence_logps(logits, labels),
            *dpo_loss(logps, logps, logps, logps, 1.0, 0.1),
            *kl_estimators(logps, logps),
            draw(table, 3, generator),
        ]
    assert {x.device.type for x in found} == {"cpu"}


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_total_variation_sums_sixteen_bits_in_float32(dtype):
    generator = torch.Generator().manual_seed(0)
    p, q = torch.randn(2, 1, 500, generator=generator).softmax(-1).to(dtype)
    exact = 0.5 * (p.double() - q.double()).abs().sum().item()
    assert total_variation(p, q) == pytest.approx(exact, rel=1e-6)


def test_total_variation_takes_the_worst_prompt():
    p = torch.stack([tensor(1, 0), tensor(0.5, 0.5)])
    q = torch.stack([tensor(0.9, 0.1), tensor(0, 1)])
    assert total_variation(p, q) == pytest.approx(0.5)


def test_the_initial_weights_come_from_the_generator_alone():
    first, second = (ToyLM(torch.Generator().manual_seed(7)) for _ in range(2))
    other = ToyLM(torch.Generator().manual_seed(8))
    assert torch.equal(first.head.weight, second.head.weight)
    assert not torch.equal(first.head.weight, other.head.weight)
