"""Oracles: autograd's Jacobian with slogdet, scipy's densities, and quadrature."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats
from torch import nn

from snippets.generative.nice import (
    NICE,
    AdditiveCoupling,
    banana,
    bits_per_dimension,
    dequantize,
    fit,
    jacobian_support,
    logistic_log_prob,
)

dims = st.integers(2, 7)
depths = st.integers(1, 5)
parities = st.integers(0, 1)
seeds = st.integers(0, 2**32 - 1)
priors = st.sampled_from(["logistic", "gaussian"])

BANANA_ENTROPY = 1 + math.log(2 * math.pi) + math.log(0.2)
SCIPY = {"logistic": stats.logistic, "gaussian": stats.norm}


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def normal(*shape, seed=1):
    return torch.randn(shape, generator=seeded(seed), dtype=torch.float64)


def random_coupling(dim, parity, seed=0):
    return AdditiveCoupling(dim, parity, hidden=8, generator=seeded(seed)).double()


def random_nice(dim, layers=4, prior="logistic", seed=0):
    """A model in float64 whose scales are not 1."""
    model = NICE(dim, layers, hidden=8, prior=prior, generator=seeded(seed)).double()
    with torch.no_grad():
        model.log_scale.copy_(0.5 * normal(dim, seed=seed + 1))
    return model.requires_grad_(False)


def jacobian_at(function, point):
    """Jacobian, (d, d), at one point (d,)."""
    return torch.autograd.functional.jacobian(lambda x: function(x[None])[0], point)


def assert_same(actual, expected):
    torch.testing.assert_close(actual, expected, rtol=0, atol=1e-12)


class Parabola(nn.Module):
    """The shift 1 - x^2 that straightens the banana."""

    def forward(self, x):
        return 1 - x**2


class Staircase(nn.Module):
    """A shift with jumps: neither continuous nor invertible."""

    def forward(self, x):
        return torch.floor(3 * x)


class One(nn.Module):
    def forward(self, x):
        return torch.ones_like(x)


def banana_solved_by_hand():
    model = NICE(2, layers=1, prior="gaussian").double().requires_grad_(False)
    model.couplings[0].shift = Parabola()
    model.log_scale[1] = -math.log(0.2)
    return model


def banana_log_density(x):
    x = x.numpy()
    given_first = stats.norm.logpdf(x[:, 1], x[:, 0] ** 2 - 1, 0.2)
    return torch.from_numpy(stats.norm.logpdf(x[:, 0]) + given_first)


# One coupling layer


@given(dims, parities, seeds)
def test_a_coupling_has_jacobian_determinant_one(dim, parity, seed):
    coupling = random_coupling(dim, parity, seed)
    sign, log_det = torch.linalg.slogdet(jacobian_at(coupling, normal(dim, seed=seed)))
    assert sign == 1
    assert abs(log_det) < 1e-12


@pytest.mark.parametrize("dim", [2, 5, 6])
def test_determinant_is_one_at_the_sizes_worked_by_hand(dim):
    jacobian = jacobian_at(random_coupling(dim, 0), normal(dim))
    assert torch.linalg.det(jacobian).item() == pytest.approx(1, rel=0, abs=1e-12)
    assert (jacobian - torch.eye(dim)).abs().max() > 1e-3  # yet no identity


@given(dims, parities, seeds)
def test_a_coupling_undoes_itself_in_both_orders(dim, parity, seed):
    coupling = random_coupling(dim, parity, seed)
    x = normal(5, dim, seed=seed)
    assert_same(coupling.inverse(coupling(x)), x)
    assert_same(coupling(coupling.inverse(x)), x)


@given(dims, parities, seeds)
def test_kept_coordinates_pass_and_alone_decide_the_shift(dim, parity, seed):
    coupling = random_coupling(dim, parity, seed)
    kept = np.arange(dim) % 2 == parity
    x, other = normal(4, dim, seed=seed), normal(4, dim, seed=seed + 1)
    other[:, kept] = x[:, kept]
    assert torch.equal(coupling(x)[:, kept], x[:, kept])
    shift = (coupling(x) - x)[:, ~kept]
    assert_same((coupling(other) - other)[:, ~kept], shift)
    assert shift.abs().min() > 0


def test_the_shift_is_the_network_of_the_kept_coordinates():
    coupling = random_coupling(5, 1)
    x = normal(3, 5)
    first, _, second, _, third = coupling.shift

    def silu(v):
        return v / (1 + np.exp(-v))

    v = x[:, [1, 3]].numpy()
    for linear in (first, second):
        v = silu(v @ linear.weight.detach().numpy().T + linear.bias.detach().numpy())
    v = v @ third.weight.detach().numpy().T + third.bias.detach().numpy()
    expected = x.clone()
    expected[:, [0, 2, 4]] += torch.from_numpy(v)
    assert_same(coupling(x), expected)


def test_the_shift_needs_no_inverse_and_no_derivative():
    coupling = random_coupling(2, 0)
    coupling.shift = Staircase()
    x = normal(200, 2)
    assert_same(coupling.inverse(coupling(x)), x)
    assert_same(coupling(x)[:, 1], x[:, 1] + torch.floor(3 * x[:, 0]))


def test_a_coupling_leaves_its_input_alone():
    coupling, x = random_coupling(3, 0), normal(4, 3)
    before = x.clone()
    coupling(x), coupling.inverse(x)
    assert torch.equal(x, before)


def test_initial_weights_fill_the_range_of_one_over_root_fan_in():
    coupling = AdditiveCoupling(32, 0, hidden=64, generator=seeded())
    for linear in coupling.shift[::2]:
        bound = linear.in_features**-0.5
        assert 0.9 * bound < linear.weight.max() <= bound
        assert -bound <= linear.weight.min() < -0.9 * bound
        assert 0.7 * bound < linear.bias.abs().max() <= bound


def test_a_generator_decides_the_weights_and_spares_the_global_one():
    state = torch.get_rng_state()
    first, second = NICE(4, generator=seeded(3)), NICE(4, generator=seeded(3))
    assert torch.equal(torch.get_rng_state(), state)
    assert len(first.couplings) == 4
    for a, b in zip(first.parameters(), second.parameters()):
        assert torch.equal(a, b)
    shapes = [tuple(p.shape) for p in first.couplings[0].shift.parameters()]
    assert shapes == [(64, 2), (64,), (64, 64), (64,), (2, 64), (2,)]


# The model


@given(dims, depths, priors, seeds)
def test_decoding_undoes_encoding_and_the_reverse(dim, layers, prior, seed):
    model = random_nice(dim, layers, prior, seed)
    x = normal(5, dim, seed=seed)
    assert_same(model.decode(model.encode(x)), x)
    assert_same(model.encode(model.decode(x)), x)
    assert torch.equal(model(x), model.encode(x))


def test_in_float32_a_small_coordinate_beside_a_large_shift_comes_back_as_zero():
    coupling = AdditiveCoupling(2, 0)
    coupling.shift = One()
    x = torch.tensor([[0.0, 1e-8]])
    assert coupling.inverse(coupling(x))[0, 1] == 0


def test_round_trip_is_exact_to_a_few_units_of_rounding():
    model = NICE(6, generator=seeded()).double()
    x = normal(5, 6)
    assert (model.decode(model.encode(x)) - x).abs().max() < 1e-15


@given(dims, depths, seeds)
def test_the_log_determinant_of_the_model_is_the_sum_of_its_log_scales(
    dim, layers, seed
):
    model = random_nice(dim, layers, seed=seed)
    jacobian = jacobian_at(model.encode, normal(dim, seed=seed))
    sign, log_det = torch.linalg.slogdet(jacobian)
    assert sign == 1
    assert_same(log_det, model.log_scale.sum())


@given(dims, depths, priors, seeds)
def test_log_prob_is_the_change_of_variables_of_scipys_density(
    dim, layers, prior, seed
):
    model = random_nice(dim, layers, prior, seed)
    x = normal(3, dim, seed=seed)
    for point, log_prob in zip(x, model.log_prob(x)):
        log_prior = SCIPY[prior].logpdf(model.encode(point[None]).numpy()).sum()
        log_det = torch.linalg.slogdet(jacobian_at(model.encode, point))[1]
        assert_same(log_prob, log_prior + log_det)


def test_layers_alternate_and_the_scale_comes_last():
    model, x = random_nice(5, layers=3), normal(4, 5)
    assert [c.kept.start for c in model.couplings] == [0, 1, 0]
    h = x
    for coupling in model.couplings:
        h = coupling(h)
    scale = torch.from_numpy(np.exp(model.log_scale.numpy()))
    assert_same(model.encode(x), h * scale)


def mass(log_density, half_width, spacing):
    """Midpoint rule over a square."""
    axis = torch.arange(-half_width + spacing / 2, half_width, spacing)
    axis = axis.to(torch.float64)
    total = 0.0
    for column in axis.split(64):
        total += log_density(torch.cartesian_prod(column, axis)).exp().sum().item()
    return total * spacing**2


def test_the_density_integrates_to_one():
    assert mass(random_nice(2).log_prob, 25, 0.125) == pytest.approx(1, abs=1e-6)
    gaussian = random_nice(2, prior="gaussian")
    assert mass(gaussian.log_prob, 12, 0.125) == pytest.approx(1, abs=1e-6)


def test_the_wrong_sign_of_log_s_gives_a_density_of_the_wrong_mass():
    model = random_nice(2, prior="gaussian")
    log_det = model.log_scale.sum().item()
    wrong = mass(lambda x: model.log_prob(x) - 2 * log_det, 12, 0.125)
    assert wrong == pytest.approx(math.exp(-2 * log_det), abs=1e-6)
    assert abs(wrong - 1) > 0.1


def test_one_coupling_and_one_scale_are_the_banana():
    model, x = banana_solved_by_hand(), banana(100, seeded())
    assert_same(model.log_prob(x), banana_log_density(x))
    z = model.sample(100_000, seeded())
    assert z.mean(0).tolist() == pytest.approx([0, 0], abs=0.02)
    assert z.var(0).tolist() == pytest.approx([1, 2.04], abs=0.06)


@pytest.mark.parametrize("prior", ["logistic", "gaussian"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_samples_encode_to_the_prior(prior, dtype):
    model = random_nice(3, prior=prior).to(dtype)
    x = model.sample(4000, seeded())
    assert x.shape == (4000, 3)
    assert x.dtype == dtype
    for code in model.encode(x).T.numpy():
        assert stats.kstest(code, SCIPY[prior].cdf).pvalue > 0.01
    assert torch.equal(x, model.sample(4000, seeded()))


def test_samples_carry_no_gradient_and_may_be_none():
    model = NICE(3, generator=seeded())
    assert not model.sample(2, seeded()).requires_grad
    assert model.sample(0).shape == (0, 3)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_uniform_draw_of_exactly_zero_gives_a_finite_sample(monkeypatch, dtype):
    def zeros(shape, generator=None, **options):
        return torch.zeros(shape, **options)

    monkeypatch.setattr(torch, "rand", zeros)
    x = random_nice(2).to(dtype).sample(1)
    assert x.isfinite().all()


def test_gradients_of_log_prob_match_finite_differences():
    model = NICE(3, 2, hidden=3, generator=seeded()).double()
    x = normal(2, 3).requires_grad_()
    parameters = list(model.parameters())

    def log_prob(x, *_):
        return model.log_prob(x)

    assert torch.autograd.gradcheck(log_prob, (x, *parameters))


def test_no_points_and_far_points_are_fine():
    model = random_nice(3)
    empty = torch.zeros(0, 3, dtype=torch.float64)
    assert model.log_prob(empty).shape == (0,)
    assert model.decode(model.encode(empty)).shape == (0, 3)
    far = 1e8 * normal(5, 3)
    assert ((model.decode(model.encode(far)) - far).abs() < 1e-5).all()
    assert model.log_prob(far).isfinite().all()


def test_backward_passes_through_inverse_and_decode():
    coupling, model, y = random_coupling(3, 0), random_nice(3), normal(3)
    forth = jacobian_at(coupling, coupling.inverse(y[None])[0].detach())
    assert_same(jacobian_at(coupling.inverse, y) @ forth, torch.eye(3).double())
    forth = jacobian_at(model.encode, model.decode(y[None])[0])
    assert_same(jacobian_at(model.decode, y) @ forth, torch.eye(3).double())


def identity_nice(prior, dtype):
    """A model that moves nothing: all weights are 0."""
    model = NICE(2, layers=1, hidden=4, prior=prior, generator=seeded())
    for weight in model.parameters():
        weight.detach().zero_()
    return model.to(dtype)


def test_in_sixteen_bits_a_square_beyond_the_range_does_not_overflow():
    x = torch.tensor([[300.0, 0.0]])
    exact = stats.norm.logpdf(x.numpy()).sum()
    for dtype in (torch.float16, torch.bfloat16):
        log_prob = identity_nice("gaussian", dtype).log_prob(x.to(dtype))
        assert log_prob.item() == pytest.approx(exact, rel=2 * torch.finfo(dtype).eps)


def test_in_sixteen_bits_the_scales_are_added_up_before_they_are_rounded():
    model = NICE(100, layers=1, hidden=4, prior="gaussian", generator=seeded())
    for weight in model.parameters():
        weight.detach().zero_()
    model.log_scale.detach().fill_(0.91796875)
    zero = torch.zeros(1, 100, dtype=torch.bfloat16)
    exact = 100 * (0.91796875 - math.log(2 * math.pi) / 2)  # -0.097: they cancel
    found = model.bfloat16().log_prob(zero).item()
    assert found == pytest.approx(exact, abs=1e-3)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_tails_of_a_sample_end_where_a_uniform_number_does(monkeypatch, dtype):
    def zeros(shape, generator=None, **options):
        return torch.zeros(shape, **options)

    monkeypatch.setattr(torch, "rand", zeros)
    x = identity_nice("logistic", dtype).sample(1)
    ends = math.log(torch.finfo(dtype).eps)
    assert x.flatten().tolist() == pytest.approx([ends, ends], rel=1e-6)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_in_sixteen_bits_samples_still_have_the_tails_of_the_prior(dtype):
    x = identity_nice("logistic", dtype).sample(20_000, seeded()).double()
    for bound in (5, 7):  # bfloat16 draws would end at 4.9, those of float16 at 6.9
        share = (x.abs() > bound).double().mean().item()
        exact = 2 * stats.logistic.sf(bound)
        assert share == pytest.approx(exact, abs=4 * math.sqrt(exact / 40_000))


# The logistic prior


def test_logistic_log_prob_matches_scipy_everywhere():
    h = torch.linspace(-60, 60, 4001, dtype=torch.float64)
    expected = torch.from_numpy(stats.logistic.logpdf(h.numpy()))
    assert_same(logistic_log_prob(h), expected)


def test_logistic_log_prob_at_zero_and_at_seven_tenths():
    h = torch.tensor([0.0, 0.7], dtype=torch.float64)
    at_zero, at_seven_tenths = logistic_log_prob(h).tolist()
    assert at_zero == pytest.approx(-2 * math.log(2), rel=0, abs=1e-12)
    assert at_zero == pytest.approx(-1.386294, abs=5e-7)
    assert at_seven_tenths == pytest.approx(-1.506372, abs=5e-7)


def test_logistic_density_integrates_to_one():
    def density(h):
        return logistic_log_prob(torch.tensor(h, dtype=torch.float64)).exp().item()

    assert integrate.quad(density, -50, 50)[0] == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("h", [-1e30, -1e4, 1e4, 1e30])
def test_logistic_log_prob_falls_linearly_far_out(h, dtype):
    h = torch.tensor(h, dtype=dtype, requires_grad=True)
    log_prob = logistic_log_prob(h)
    log_prob.backward()
    assert log_prob == -h.abs()
    assert h.grad == -h.sign()


def test_logistic_gradient_is_minus_tanh_of_half():
    h = torch.linspace(-30, 30, 61, dtype=torch.float64, requires_grad=True)
    logistic_log_prob(h).sum().backward()
    assert_same(h.grad, -torch.tanh(h.detach() / 2))


def test_softplus_with_its_threshold_would_be_two_billionths_off():
    h = torch.tensor(20.001, dtype=torch.float64)
    naive = -nn.functional.softplus(h) - nn.functional.softplus(-h)
    assert 1e-9 < naive - stats.logistic.logpdf(20.001) < 3e-9


# Which output sees which input


def expected_support(dim, parity_of_layers):
    """Reachability: a product of matrices of zeros and ones."""
    reach = np.eye(dim, dtype=int)
    for parity in parity_of_layers:
        kept = np.arange(dim) % 2 == parity
        layer = np.eye(dim, dtype=int) + np.outer(~kept, kept)
        reach = layer @ reach
    return torch.from_numpy(reach > 0)


@given(dims, depths, seeds)
def test_support_follows_the_paths_through_the_layers(dim, layers, seed):
    support = jacobian_support(
        random_nice(dim, layers, seed=seed), normal(3, dim, seed=seed)
    )
    expected = expected_support(dim, [i % 2 for i in range(layers)])
    assert torch.equal(support, expected)


@pytest.mark.parametrize(
    ("layers", "share"), [(1, 15 / 36), (2, 30 / 36), (3, 1), (4, 1)]
)
def test_full_dependence_of_six_coordinates_takes_three_layers(layers, share):
    support = jacobian_support(random_nice(6, layers), normal(2, 6))
    assert support.double().mean().item() == pytest.approx(share)


@pytest.mark.parametrize(("dim", "needed"), [(2, 2), (3, 2), (4, 3), (5, 3), (20, 3)])
def test_two_layers_suffice_while_the_first_moves_one_coordinate(dim, needed):
    x = normal(2, dim)
    full = [jacobian_support(random_nice(dim, n), x).all() for n in (1, 2, 3, 4)]
    assert full.index(True) + 1 == needed


def test_four_layers_of_one_parity_see_no_more_than_one_layer():
    same = nn.Sequential(*(random_coupling(6, 0, seed) for seed in range(4)))
    support = jacobian_support(same, normal(2, 6))
    assert torch.equal(support, jacobian_support(same[0], normal(2, 6)))
    assert support.double().mean().item() == pytest.approx(0.4167, abs=5e-5)


def test_support_reads_rows_as_outputs_and_unites_the_points():
    def model(x):  # output 0 sees input 1 only where x_1 > 0
        return torch.stack([x[:, 1].relu(), 2 * x[:, 1]], dim=1)

    minus, plus = torch.tensor([[0.0, -1.0]]), torch.tensor([[0.0, 1.0]])
    assert jacobian_support(model, minus).tolist() == [[False, False], [False, True]]
    both = torch.cat([plus, minus])
    assert jacobian_support(model, both).tolist() == [[False, True], [False, True]]
    assert jacobian_support(model, both.flip(0)).equal(jacobian_support(model, both))


# Errors printed elsewhere


def test_an_inverse_with_a_plus_sign_is_no_inverse():
    model, x = NICE(6, generator=seeded()).double(), normal(5, 6)
    h = model.encode(x)
    for coupling in reversed(model.couplings):
        h = coupling(h)  # x_2 = y_2 + m(y_1): adds once more
    assert (h - x).abs().mean() > 0.1


def test_unit_jacobian_does_not_mean_an_unchanged_density():
    model = NICE(2, prior="gaussian", generator=seeded()).double()
    x = normal(100, 2)
    before = torch.from_numpy(stats.norm.logpdf(x.numpy()).sum(1))
    assert (model.log_prob(x) - before).abs().mean() > 0.1


# Pixels and bits


def test_a_uniform_model_costs_eight_bits_and_the_paper_four():
    assert bits_per_dimension(torch.zeros(3), dim=784).tolist() == [8, 8, 8]
    paper = bits_per_dimension(torch.tensor(1980.50, dtype=torch.float64), 784)
    assert paper.item() == pytest.approx(8 - 1980.50 / (784 * math.log(2)))
    assert paper.item() == pytest.approx(4.3556, abs=1e-4)


def test_in_sixteen_bits_almost_no_bits_keep_their_digits():
    log_prob = torch.tensor([5.5], dtype=torch.float16)
    exact = 8 - 5.5 / math.log(2)
    assert bits_per_dimension(log_prob, 1).item() == pytest.approx(exact, rel=1e-3)


@given(st.integers(1, 9), st.integers(1, 5), seeds)
def test_bits_of_the_true_histogram_are_its_entropy(levels, dim, seed):
    weights = np.random.default_rng(seed).uniform(0.1, 1, levels)
    pmf = weights / weights.sum()
    # d equal pixels of density levels * pmf on each bin, averaged over the pmf
    log_prob = torch.from_numpy(dim * np.log(levels * pmf))
    bits = bits_per_dimension(log_prob, dim, levels) @ torch.from_numpy(pmf)
    assert bits.item() == pytest.approx(stats.entropy(pmf, base=2), abs=1e-12)


@given(st.integers(1, 300), seeds)
def test_dequantized_pixels_stay_in_their_bins(levels, seed):
    pixels = torch.randint(levels, (4, 5), generator=seeded(seed))
    x = dequantize(pixels, seeded(seed), levels)
    assert x.dtype == torch.float64
    assert ((pixels / levels <= x) & (x <= (pixels + 1) / levels) & (x < 1)).all()


@pytest.mark.parametrize("levels", [1, 3, 256, 65_536])
def test_noise_just_below_one_does_not_round_up_to_one(monkeypatch, levels):
    def just_below(size, generator, dtype, device):
        return torch.full(size, 1 - 2.0**-53, dtype=dtype, device=device)

    monkeypatch.setattr(torch, "rand", just_below)
    x = dequantize(torch.tensor([levels - 1]), seeded(), levels)
    assert 1 - 1e-4 / levels < x < 1
    if levels == 256:  # nor up to the next grey value, below the last
        pixels = torch.arange(256)
        assert (dequantize(pixels, seeded()) < (pixels.double() + 1) / 256).all()


def test_dequantization_noise_is_uniform_and_repeatable():
    black = torch.zeros(4000, dtype=torch.uint8)
    x = dequantize(black, seeded())
    assert stats.kstest((256 * x).numpy(), "uniform").pvalue > 0.01
    assert torch.equal(x, dequantize(black, seeded()))
    assert dequantize(torch.tensor([255]), seeded()) < 1
    assert dequantize(black[:0], seeded()).shape == (0,)


# Training


class Normal(nn.Module):
    """A density whose maximum likelihood is known: the sample mean and deviation."""

    def __init__(self):
        super().__init__()
        self.mean = nn.Parameter(torch.zeros(1, dtype=torch.float64))
        self.log_std = nn.Parameter(torch.zeros(1, dtype=torch.float64))

    def log_prob(self, x):
        return torch.distributions.Normal(
            self.mean, self.log_std.exp(), validate_args=False
        ).log_prob(x)[:, 0]


def test_fit_finds_the_sample_mean_and_deviation():
    model, data = Normal(), 2 + 0.5 * normal(200, 1)
    fit(model, data, steps=400, learning_rate=0.05)
    assert model.mean.item() == pytest.approx(data.mean().item(), abs=1e-3)
    deviation = data.std(correction=0).item()
    assert model.log_std.exp().item() == pytest.approx(deviation, abs=1e-3)


def test_fit_is_adam_with_torchs_cosine_schedule():
    data = normal(50, 1)
    ours, theirs = Normal(), Normal()
    losses = fit(ours, data, steps=7, learning_rate=0.1)
    optimizer = torch.optim.Adam(theirs.parameters(), lr=0.1)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=7)
    for ours_loss in losses:
        loss = -theirs.log_prob(data).mean()
        assert ours_loss == pytest.approx(loss.item(), rel=0, abs=1e-12)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    assert len(losses) == 7
    assert_same(ours.mean, theirs.mean)
    assert fit(ours, data, steps=0) == []


def test_a_step_size_of_zero_leaves_the_weights_and_no_points_may_be_drawn():
    model = Normal()
    assert len(fit(model, normal(5, 1), steps=2, learning_rate=0)) == 2
    assert model.mean.item() == model.log_std.item() == 0
    assert banana(0, seeded()).shape == (0, 2)


def test_the_default_learning_rate_is_a_hundredth():
    model = Normal()
    fit(model, normal(50, 1) + 5, steps=1)
    assert model.mean.item() == pytest.approx(0.01)  # Adam's first step has that size


def test_the_banana_has_the_density_it_claims():
    x = banana(20_000, seeded())
    assert x.shape == (20_000, 2)
    assert x.dtype == torch.float64
    assert torch.equal(x, banana(20_000, seeded()))
    noise = (x[:, 1] - x[:, 0] ** 2 + 1) / 0.2
    for sample in (x[:, 0], noise):
        assert stats.kstest(sample.numpy(), "norm").pvalue > 0.01
    assert abs(stats.pearsonr(x[:, 0].abs().numpy(), noise.numpy())[0]) < 0.03
    entropy = -banana_log_density(x).mean().item()
    assert entropy == pytest.approx(BANANA_ENTROPY, abs=0.03)
    assert abs(BANANA_ENTROPY - 1.22844) < 5e-6


@pytest.fixture(scope="module")
def trained():
    """NICE on the banana, with the scaling learnt and with the scaling frozen."""
    models = {}
    for scaling in (True, False):
        model = NICE(2, hidden=32, prior="gaussian", generator=seeded()).double()
        model.log_scale.requires_grad_(scaling)
        losses = fit(model, banana(2000, seeded(1)), steps=200, learning_rate=0.02)
        models[scaling] = model.requires_grad_(False), losses
    return models


def test_nice_comes_close_to_the_entropy_of_the_banana(trained):
    model, losses = trained[True]
    test_data = banana(200_000, seeded(3))
    nll = -model.log_prob(test_data).mean().item()
    truth = -banana_log_density(test_data).mean().item()
    assert truth < nll < truth + 0.05
    assert nll < 1.45
    assert losses[0] > 3 > 1.3 > losses[-1]
    assert len(losses) == 200


def test_the_training_points_of_the_figure_are_likely_ones_and_hardly_overfitted():
    train = banana(1000, seeded(1))
    model = NICE(2, hidden=32, prior="gaussian", generator=seeded()).double()
    losses = fit(model, train, steps=150, learning_rate=0.02)
    easy = BANANA_ENTROPY + banana_log_density(train).mean().item()
    overfitted = -banana_log_density(train).mean().item() - losses[-1]
    assert easy == pytest.approx(0.0090, abs=1e-4)  # without any fitting
    assert overfitted == pytest.approx(0.0044, abs=2e-3)
    assert losses[-1] == pytest.approx(1.215, abs=2e-3)
    new = banana(20_000, seeded(3))
    worse = (banana_log_density(new) - model.log_prob(new)).mean().item()
    assert worse == pytest.approx(0.0108, abs=2e-3)


def test_the_best_gaussian_is_two_nats_worse():
    # The coordinates are uncorrelated, with variances 1 and 2 + 0.04.
    best = 1 + math.log(2 * math.pi) + 0.5 * math.log(2.04)
    assert best == pytest.approx(3.19435, abs=5e-6)
    sample = np.cov(banana(500_000, seeded()).numpy().T)
    np.testing.assert_allclose(sample, [[1, 0], [0, 2.04]], rtol=0, atol=0.03)


def test_the_learnt_scaling_makes_up_for_the_entropy(trained):
    gap = 1 + math.log(2 * math.pi) - BANANA_ENTROPY  # of the standard normal
    assert gap == pytest.approx(-math.log(0.2))
    assert trained[True][0].log_scale.sum().item() == pytest.approx(gap, abs=0.05)


def test_without_scaling_the_likelihood_stops_at_the_bound(trained):
    model, losses = trained[False]
    assert torch.equal(model.log_scale, torch.zeros(2, dtype=torch.float64))
    nll = -model.log_prob(banana(200_000, seeded(3))).mean().item()
    bound = math.log(2 * math.pi) + 0.2
    assert nll > 1.83
    assert bound < nll < bound + 0.03
    assert losses[-1] > math.log(2 * math.pi)


def test_couplings_keep_an_area_and_the_scaling_multiplies_it(trained):
    def area(curve):
        x, y = curve.T
        return abs((x * y.roll(-1) - x.roll(-1) * y).sum().item()) / 2

    angle = torch.linspace(0, 2 * math.pi, 4001, dtype=torch.float64)[:-1]
    u = 2 * angle.cos()
    curve = torch.stack([u, u**2 - 1 + 0.4 * angle.sin()], dim=1)
    assert area(curve) == pytest.approx(0.8 * math.pi, abs=1e-4)
    model, _ = trained[True]
    for coupling in model.couplings:
        curve = coupling(curve)
        assert area(curve) == pytest.approx(0.8 * math.pi, abs=1e-3)
    stretch = math.exp(model.log_scale.sum())
    scaled = area(curve * model.log_scale.exp())
    assert scaled == pytest.approx(0.8 * math.pi * stretch, abs=5e-3)


def test_the_outline_in_the_figure_holds_86_percent_of_the_data():
    u, v = banana(100_000, seeded()).unbind(1)
    inside = u**2 + ((v - u**2 + 1) / 0.2) ** 2 < 4
    assert inside.double().mean().item() == pytest.approx(1 - math.exp(-2), abs=0.005)
    assert abs(1 - math.exp(-2) - 0.86) < 0.005


def test_a_volume_preserving_density_stays_below_the_peak_of_its_prior():
    x = 3 * normal(2000, 2)
    for prior, peak in (("gaussian", 1 / (2 * math.pi)), ("logistic", 1 / 16)):
        model = NICE(2, prior=prior, generator=seeded()).double()
        assert model.log_prob(x).max().exp() <= peak + 1e-12


def test_the_scaled_gaussian_reaches_the_bound():
    # Of all densities with the banana's entropy, N(0, 0.2 I) lies nearest N(0, I).
    spread = stats.multivariate_normal(cov=0.2 * np.eye(2))
    assert spread.entropy() == pytest.approx(BANANA_ENTROPY)
    cross = math.log(2 * math.pi) + 0.2  # -E log N(z; 0, I) = log 2 pi + E|z|^2 / 2
    z = spread.rvs(200_000, random_state=0)
    assert -stats.norm.logpdf(z).sum(1).mean() == pytest.approx(cross, abs=0.003)


# Refusals


@pytest.mark.parametrize("bad", [1, 0, -2, 2.0, None])
def test_bad_dim_is_refused(bad):
    for build in (lambda: AdditiveCoupling(bad, 0), lambda: NICE(bad)):
        with pytest.raises(
            ValueError, match=f"^dim must be an integer >= 2, got {bad}"
        ):
            build()


@pytest.mark.parametrize("bad", [2, -1, 0.5, 1.0, "even", None])
def test_bad_parity_is_refused(bad):
    with pytest.raises(ValueError, match=f"^parity must be 0 or 1, got {bad!r}"):
        AdditiveCoupling(4, bad)


@pytest.mark.parametrize("bad", [0, -1, 1.5])
def test_bad_layers_hidden_and_n_are_refused(bad):
    with pytest.raises(ValueError, match=f"^layers must be an integer >= 1, got {bad}"):
        NICE(4, layers=bad)
    with pytest.raises(ValueError, match=f"^hidden must be an integer >= 1, got {bad}"):
        NICE(4, hidden=bad)
    with pytest.raises(ValueError, match=r"^n must be an integer >= 0, got -1"):
        NICE(4).sample(-1)


def test_unknown_prior_is_refused():
    with pytest.raises(
        ValueError, match=r"^prior must be 'logistic' or 'gaussian', got 'cauchy'"
    ):
        NICE(4, prior="cauchy")


@pytest.mark.parametrize(
    "bad",
    [torch.zeros(3, 5), torch.zeros(4), torch.zeros(1, 3, 4), torch.ones(3, 4).int()],
)
def test_points_of_another_shape_or_kind_are_refused(bad):
    model = NICE(4)
    coupling = model.couplings[0]
    wanted = r"^points must be \(n, 4\), floating point, got .* of torch\."
    for function in (
        coupling,
        coupling.inverse,
        model,
        model.encode,
        model.decode,
        model.log_prob,
    ):
        with pytest.raises(ValueError, match=wanted):
            function(bad)


def test_support_and_logistic_refuse_what_has_no_derivative():
    with pytest.raises(
        ValueError, match=r"^h must be floating point, got torch\.int64"
    ):
        logistic_log_prob(torch.tensor([1]))
    for bad in (torch.zeros(4), torch.zeros(2, 4).int()):
        with pytest.raises(ValueError, match=r"^x must be floating, \(n, d\), got"):
            jacobian_support(NICE(4), bad)


@pytest.mark.parametrize(
    "bad", [torch.tensor([256]), torch.tensor([-1]), torch.tensor([0, 300])]
)
def test_pixels_out_of_range_are_refused(bad):
    with pytest.raises(ValueError, match=r"^pixels must be in \[0, 256\), got"):
        dequantize(bad, seeded())


@pytest.mark.parametrize("bad", [torch.tensor([0.5]), torch.tensor([True])])
def test_pixels_that_are_no_integers_are_refused(bad):
    with pytest.raises(ValueError, match=f"^pixels must be integers, got {bad.dtype}"):
        dequantize(bad, seeded())


def test_bad_sizes_of_bits_and_fit_are_refused():
    for dim, levels in ((0, 256), (3, 0), (2.5, 256), (3, True)):
        wanted = "^(dim|levels) must be an integer >= 1, got (0|2.5|True)"
        with pytest.raises(ValueError, match=wanted):
            bits_per_dimension(torch.zeros(1), dim, levels)
    with pytest.raises(ValueError, match=r"^steps must be an integer >= 0, got -1"):
        fit(Normal(), normal(2, 1), -1)
    with pytest.raises(ValueError, match=r"^data must be n >= 1 points, got 0"):
        fit(Normal(), normal(0, 1), 1)
    with pytest.raises(ValueError, match=r"^learning_rate must be finite, >= 0, got"):
        fit(Normal(), normal(2, 1), 1, -0.1)
    with pytest.raises(ValueError, match=r"^weights must be float32 or float64, got"):
        fit(Normal().half(), normal(2, 1), 1)
    with pytest.raises(ValueError, match=r"^log_prob must be finite, got nan at 0"):
        fit(Normal(), normal(2, 1) * math.nan, 1)
    with pytest.raises(ValueError, match=r"^log_prob must be finite, got inf at 0"):
        fit(Normal(), normal(2, 1) * 1e200, 1)


def test_a_fit_that_fails_leaves_the_weights_as_they_were():
    model = NICE(2, hidden=4, generator=seeded())
    before = [weight.detach().clone() for weight in model.parameters()]
    with pytest.raises(ValueError, match="log_prob must be finite, got nan at 0"):
        fit(model, torch.full((3, 2), math.nan), steps=2)
    for weight, old in zip(model.parameters(), before):
        assert torch.equal(weight, old)


@pytest.mark.parametrize("parity", [True, False])
def test_a_parity_is_no_truth_value(parity):
    with pytest.raises(ValueError, match=f"parity must be 0 or 1, got {parity}"):
        AdditiveCoupling(4, parity)


def test_complex_pixels_are_no_integers():
    with pytest.raises(ValueError, match=r"pixels must be integers, got torch.complex"):
        dequantize(torch.zeros(2, dtype=torch.complex64), seeded())
