"""Oracles: scipy (cont2discrete, lfilter, expm, solve_ivp), quadrature, fractions.

The selective model is checked against plain loops over single numbers in Python. The
Triton kernel meets the float64 model: through the interpreter where there is no GPU,
compiled where there is one.
"""

import importlib.util
import math
import sys
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.linalg import expm
from scipy.signal import cont2discrete, lfilter
from scipy.special import eval_legendre

from snippets.nlp import state_space_models as module
from snippets.nlp.state_space_models import (
    discretize,
    fft_causal_conv,
    hippo_legs,
    join,
    legendre_reconstruct,
    legs_online,
    remember_marked,
    s4d_kernel,
    s4d_legs,
    scan_associative,
    scan_sequential,
    selective_copying,
    selective_ssm,
    ssm_kernel,
    ssm_recurrent,
    triton_selective_ssm,
)
from tests.triton_kernels import interpreted, lines_of_compiler, needs_triton

seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 5)
lengths = st.integers(1, 40)


def same(actual, expected, atol=1e-12):
    expected = torch.as_tensor(expected)
    torch.testing.assert_close(actual, expected, rtol=0, atol=atol)


def worst(actual, expected):
    return (actual.double() - expected.double()).abs().max().item()


def normal(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


# HiPPO


def two_tones(r):
    return np.sin(4 * np.pi * r) + 0.5 * np.cos(np.pi * r)


def middles(t):
    return (np.arange(t) + 0.5) / t


def basis(n, r):
    return math.sqrt(2 * n + 1) * eval_legendre(n, 2 * np.asarray(r) - 1)


def projected(f, N, left=0.0, right=1.0):
    """Integral of f times each basis polynomial over (left, right), by quadrature."""
    x, w = np.polynomial.legendre.leggauss(60)
    r = left + (x + 1) / 2 * (right - left)
    values = f(r) * w * (right - left) / 2
    return np.array([values @ basis(n, r) for n in range(N)])


def test_the_matrix_of_order_four_by_hand():
    A, B = hippo_legs(4)
    expected = [
        [-1, 0, 0, 0],
        [-math.sqrt(3), -2, 0, 0],
        [-math.sqrt(5), -math.sqrt(15), -3, 0],
        [-math.sqrt(7), -math.sqrt(21), -math.sqrt(35), -4],
    ]
    same(A, torch.tensor(expected, dtype=torch.float64))
    same(B, torch.tensor([1, 3, 5, 7], dtype=torch.float64).sqrt())
    printed = [-1.7321, -2.2361, -3.8730, -2.6458, -4.5826, -5.9161]
    same(A[np.tril_indices(4, -1)], torch.tensor(printed).double(), atol=5e-5)
    assert not torch.signbit(A[0, 1:]).any()


@pytest.mark.parametrize("N", [1, 2, 4, 16, 64])
def test_normal_plus_rank_one_and_the_constant_is_a_fixed_point(N):
    A, B = hippo_legs(N)
    M = A + torch.outer(B, B) / 2
    same((M + M.T) / 2, -torch.eye(N, dtype=torch.float64) / 2, atol=1e-13)
    same(M @ M.T, M.T @ M, atol=1e-12 * N**4)
    same(A[:, 0] + B, torch.zeros(N).double(), atol=0)
    same(A.triu(1), torch.zeros(N, N).double(), atol=0)  # so the diagonal is the
    same(A.diagonal(), -torch.arange(1, N + 1).double(), atol=0)  # spectrum


def eigenvector_condition(N):
    """Condition number of the unit eigenvectors of LegS, from exact fractions.

    A = S L S^-1 with S = diag(sqrt(2n + 1)) and L of integers, lower triangular.
    """
    size = range(N)
    L = [[-(2 * k + 1) if k < n else -(n + 1) * (k == n) for k in size] for n in size]
    V = [[Fraction(int(n == k)) for k in size] for n in size]
    inverse = [row[:] for row in V]
    for k in size:
        for n in range(k + 1, N):
            pulled = sum(L[n][j] * V[j][k] for j in range(k, n))
            V[n][k] = pulled / (n - k)  # eigenvalue -(k + 1) against -(n + 1)
    for k in size:
        for n in range(k + 1, N):
            inverse[n][k] = -sum(V[n][j] * inverse[j][k] for j in range(k, n))
    root = np.sqrt(2 * np.arange(N) + 1.0)
    V = np.array(V, dtype=float) * root[:, None]
    lengths = np.linalg.norm(V, axis=0)
    inverse = np.array(inverse, dtype=float) / root * lengths[:, None]
    return np.linalg.norm(V / lengths, 2) * np.linalg.norm(inverse, 2)


def test_eigenvectors_are_too_ill_conditioned_to_use():
    computed = np.linalg.cond(np.linalg.eig(hippo_legs(16)[0].numpy())[1])
    assert computed == pytest.approx(8.3e10, rel=0.01)
    assert eigenvector_condition(16) == pytest.approx(computed, rel=1e-3)
    assert eigenvector_condition(64) == pytest.approx(3.2e47, rel=0.01)


def test_legs_follows_its_differential_equation():
    A, B = (x.numpy() for x in hippo_legs(6))
    solved = solve_ivp(
        lambda t, c: (A @ c + B * two_tones(t)) / t,
        (0.01, 1.0),
        projected(lambda r: two_tones(0.01 * r), 6),
        rtol=1e-10,
        atol=1e-12,
    )
    same(torch.tensor(solved.y[:, -1]), projected(two_tones, 6), atol=1e-9)


@given(seeds, st.integers(1, 12), st.integers(1, 10))
def test_legs_is_the_exact_projection_of_a_staircase(seed, t, N):
    f = normal(t, seed=seed)
    parts = [projected(lambda r: 1.0 + 0 * r, N, k / t, (k + 1) / t) for k in range(t)]
    same(legs_online(f, N), f.numpy() @ np.array(parts), atol=1e-11)


def test_short_steps_of_legs_are_exact_to_rounding():
    # Steps in which torch's exponential of one matrix alone has a wrong coefficient.
    t, f = 400, normal(400)
    parts = [projected(lambda r: 1.0 + 0 * r, 2, k / t, (k + 1) / t) for k in range(t)]
    same(legs_online(f, 2), f.numpy() @ np.array(parts), atol=1e-14)


def test_legs_error_is_second_order_in_the_step():
    expected = torch.tensor(projected(two_tones, 16))
    errors = [
        worst(legs_online(torch.tensor(two_tones(middles(t))), 16), expected)
        for t in (250, 1000, 4000)
    ]
    assert errors[0] < 2e-4
    assert errors[0] / errors[1] == pytest.approx(16, rel=0.05)
    assert errors[1] / errors[2] == pytest.approx(16, rel=0.05)


def test_a_straight_line_by_hand():
    c = legs_online(torch.tensor(middles(2000)), 3)
    same(c, torch.tensor([0.5, 0.288675, 0.0]).double(), atol=1e-6)


def test_the_sampling_rate_does_not_matter():
    slow, fast = (
        legs_online(torch.tensor(two_tones(middles(t))), 16) for t in (500, 2000)
    )
    same(slow, fast, atol=1e-4)


def test_more_coefficients_reconstruct_better():
    r = torch.tensor(middles(2000))
    f = torch.tensor(two_tones(middles(2000)))
    assert f.std(correction=0).item() == pytest.approx(0.89, abs=5e-3)
    rmse = {
        N: (legendre_reconstruct(legs_online(f, N), r) - f)
        .square()
        .mean()
        .sqrt()
        .item()
        for N in (4, 8, 12, 16)
    }
    assert rmse[4] == pytest.approx(0.595, abs=1e-3)
    assert rmse[8] == pytest.approx(0.0382, abs=1e-4)
    assert rmse[12] == pytest.approx(2.9e-4, abs=1e-5)
    assert rmse[16] < 1e-5


def test_of_sixteen_coefficients_the_error_is_that_of_the_samples():
    r = middles(1000)
    f, grid = torch.tensor(two_tones(r)), torch.tensor(r)

    def rmse(c):
        return (legendre_reconstruct(c, grid) - f).square().mean().sqrt().item()

    exact = torch.tensor(projected(two_tones, 16))
    assert rmse(legs_online(f, 16)) == pytest.approx(2.5e-5, abs=5e-7)
    assert rmse(exact) == pytest.approx(5.8e-7, abs=5e-9)


@given(st.integers(1, 20), seeds)
def test_reconstruction_is_a_sum_of_legendre_polynomials(N, seed):
    c, grid = normal(N, seed=seed), torch.linspace(0, 1, 12).reshape(3, 4)
    expected = sum(c[n].item() * basis(n, grid.double().numpy()) for n in range(N))
    same(legendre_reconstruct(c, grid), expected, atol=1e-11)


def test_without_one_over_t_the_memory_is_exponentially_warped():
    A, B = (x.numpy() for x in hippo_legs(6))
    for tau in (0.0, 0.3, 2.0):
        warped = [math.exp(-tau) * basis(n, math.exp(-tau)) for n in range(6)]
        same(torch.tensor(expm(tau * A) @ B), np.array(warped))


def euler_peaks(A, B):
    """Largest coefficient after each of 200 steps of Euler's method on a sine."""
    c, peaks = torch.zeros(len(B), dtype=torch.float64), []
    for k in range(1, 201):
        c = c + (A @ c + B * math.sin(k / 9)) / k
        peaks.append(c.abs().max().item())
    return peaks


def test_euler_blows_legs_up_on_the_way():
    A, B = hippo_legs(64)
    peaks = euler_peaks(A, B)
    assert peaks.index(max(peaks)) + 1 == 45
    assert max(peaks) == pytest.approx(2e44, rel=0.01)
    assert peaks[-1] < 1  # 1 - (n + 1) / k is 0 at k = n + 1: it is wiped out
    f = torch.sin(torch.arange(1, 201).double() / 9)
    assert max(legs_online(f[:k], 64).abs().max() for k in (10, 45, 200)) < 1


@pytest.mark.parametrize("N", [0, -1, 2.0, True])
def test_bad_orders_are_rejected(N):
    for function in (hippo_legs, s4d_legs):
        with pytest.raises(ValueError, match=f"N must be an integer >= 1, got {N}"):
            function(N)


def test_bad_signals_and_coefficients_are_rejected():
    with pytest.raises(ValueError, match=r"f must have shape \(t,\), t >= 1, got \(0,"):
        legs_online(torch.zeros(0), 2)
    with pytest.raises(ValueError, match=r"f must have shape \(t,\).*got \(2, 2\)"):
        legs_online(torch.zeros(2, 2), 2)
    with pytest.raises(ValueError, match=r"c must have shape \(n,\).*got \(0,\)"):
        legendre_reconstruct(torch.zeros(0), torch.zeros(1))
    for bad in (-0.1, 1.1, math.nan):
        with pytest.raises(ValueError, match=rf"grid must .* \[0, 1\], got {bad}"):
            legendre_reconstruct(torch.zeros(1), torch.tensor([bad]))


# Constant models


def stable(n, seed):
    """A random A with eigenvalues left of 0, B and C."""
    A = normal(n, n, seed=seed)
    A = A - (torch.linalg.eigvals(A).real.max() + 0.1) * torch.eye(n)
    return A, normal(n, seed=seed + 1), normal(n, seed=seed + 2)


@given(seeds, sizes, st.floats(1e-3, 2), st.sampled_from(["zoh", "bilinear", "euler"]))
def test_discretizations_are_those_of_scipy(seed, n, dt, method):
    A, B, _ = stable(n, seed)
    system = A.numpy(), B[:, None].numpy(), np.eye(n), np.zeros((n, 1))
    expected = cont2discrete(system, dt, method)
    Abar, Bbar = discretize(A, B, dt, method)
    same(Abar, expected[0])
    same(Bbar, expected[1][:, 0])


def rotation(angle, dtype=torch.float64):
    """The skew-symmetric matrix whose exponential turns the plane by ``angle``."""
    return torch.tensor([[0.0, -angle], [angle, 0.0]], dtype=dtype)


def test_zoh_is_exact_where_torchs_exponential_of_one_matrix_is_not():
    for angle, dtype, worse in (
        (0.04, torch.float64, 5e-11),
        (0.5, torch.float32, 1e-5),
    ):
        M = rotation(angle, dtype)
        truth = torch.tensor(expm(rotation(angle).numpy() * (M[1, 0].item() / angle)))
        eps = torch.finfo(dtype).eps
        Abar, _ = discretize(M, torch.zeros(2, dtype=dtype), 1.0, "zoh")
        assert worst(Abar, truth) <= 2 * eps
        batch = torch.matrix_exp(torch.stack([M, M]))[0]
        assert worst(batch, truth) <= 2 * eps  # the control: only the batch differs
        if worst(torch.matrix_exp(M), truth) <= 2 * eps:
            pytest.skip("this torch has no wrong coefficient")
        assert worst(torch.matrix_exp(M), truth) > worse
    A, B = hippo_legs(1)
    truth = 0.04824 * np.array([[A.item(), B.item()], [0.0, 0.0]])
    Abar, Bbar = discretize(A, B, 0.04824, "zoh")
    same(torch.stack([Abar[0, 0], Bbar[0]]), expm(truth)[0], atol=4e-16)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("method", ["zoh", "bilinear", "euler"])
def test_sixteen_bits_round_the_result_and_nothing_before(dtype, method):
    A, B = (x.to(dtype) for x in hippo_legs(8))
    found = discretize(A, B, 0.1, method)
    truth = discretize(A.double(), B.double(), 0.1, method)
    for actual, expected in zip(found, truth):
        assert actual.dtype == dtype
        limit = torch.finfo(dtype).eps * expected.abs() + 1e-6
        assert ((actual.double() - expected).abs() <= limit).all()


def test_the_trapezoidal_rule_refuses_a_step_without_an_inverse():
    with pytest.raises(ValueError, match=r"I - dt/2 A must be invertible, got dt 2\.0"):
        discretize(torch.eye(2), torch.ones(2), 2.0, "bilinear")
    Abar, _ = discretize(torch.eye(2), torch.ones(2), 1.0, "bilinear")
    same(Abar, 3 * torch.eye(2), atol=1e-6)


@pytest.mark.parametrize("method", ["zoh", "bilinear"])
def test_discretized_hippo_is_that_of_scipy_to_the_last_digit(method):
    A, B = hippo_legs(8)
    system = A.numpy(), B[:, None].numpy(), np.eye(8), np.zeros((8, 1))
    expected = cont2discrete(system, 0.1, method)
    for actual, truth in zip(discretize(A, B, 0.1, method), expected):
        same(actual, truth.reshape(actual.shape), atol=2e-15)


def test_one_decaying_number_by_hand():
    A, B = -torch.ones(1, 1).double(), torch.ones(1).double()
    known = {
        "zoh": (0.904837, 0.095163),
        "bilinear": (0.904762, 0.095238),
        "euler": (0.9, 0.1),
    }
    for method, pair in known.items():
        Abar, Bbar = discretize(A, B, 0.1, method)
        assert (Abar.item(), Bbar.item()) == pytest.approx(pair, abs=5e-7)


def test_zoh_needs_no_inverse():
    Abar, Bbar = discretize(torch.zeros(1, 1), torch.ones(1), 0.25, "zoh")
    assert (Abar.item(), Bbar.item()) == (1.0, 0.25)


def test_spectral_radius_of_order_64():
    A, B = hippo_legs(64)
    for method, radius in {"bilinear": 0.9048, "euler": 5.4}.items():
        Abar, _ = discretize(A, B, 0.1, method)
        same(Abar.triu(1), torch.zeros(64, 64).double(), atol=1e-8)
        # Triangular: the eigenvalues are the diagonal.
        assert Abar.diagonal().abs().max().item() == pytest.approx(radius, abs=5e-5)


@given(seeds, sizes, lengths)
def test_recurrence_is_scipys_filter_and_the_convolution(seed, n, t):
    A, B, C = stable(n, seed)
    Abar, Bbar = discretize(A, B, 0.1, "zoh")
    u = normal(t, seed=seed + 3)
    y = ssm_recurrent(Abar, Bbar, C, u)
    kernel = ssm_kernel(Abar, Bbar, C, t)
    powers = [
        C.numpy() @ np.linalg.matrix_power(Abar.numpy(), i) @ Bbar.numpy()
        for i in range(t)
    ]
    same(kernel, np.array(powers))
    same(y, np.convolve(powers, u.numpy())[:t])
    same(fft_causal_conv(kernel, u), y)


@pytest.mark.parametrize("N", [1, 2, 16])
def test_s4d_is_legs_without_its_rank_one_part_in_the_eigenbasis(N):
    A, B = hippo_legs(N)
    a, V = s4d_legs(N)
    same(V.mH @ V, torch.eye(N).to(V.dtype))
    normal_part = A + torch.outer(B, B) / 2
    same(V @ torch.diag(a) @ V.mH, normal_part.to(V.dtype), atol=1e-13 * N**2)
    same(a.real, torch.full((N,), -0.5).double(), atol=0)
    spectrum = np.sort(np.linalg.eigvals(normal_part.numpy()).imag)
    same(a.imag.sort().values, spectrum, atol=1e-11 * N)
    C = normal(N, seed=N)
    dense = ssm_kernel(*discretize(normal_part, B, 0.05, "zoh"), C, 50)
    kernel = s4d_kernel(a, V.mH @ B.to(V.dtype), C.to(V.dtype) @ V, 0.05, 50)
    same(kernel, dense.to(V.dtype))


def test_imaginary_parts_of_s4d_legs_and_the_spectrum_that_mamba_starts_from():
    a, _ = s4d_legs(16)
    assert sorted(a.imag.tolist())[-2:] == pytest.approx([25.63, 80.97], abs=5e-3)
    same(hippo_legs(16)[0].diagonal(), -torch.arange(1, 17).double(), atol=0)


@given(seeds, sizes, lengths)
def test_a_real_diagonal_has_the_kernel_of_its_matrix(seed, n, t):
    a, B, C = -normal(n, seed=seed).abs(), normal(n, seed=seed + 1), normal(n, seed=2)
    a[0] = 0  # an integrator: no division by a
    dense = ssm_kernel(*discretize(torch.diag(a), B, 0.3, "zoh"), C, t)
    same(s4d_kernel(a, B, C, 0.3, t), dense, atol=1e-11)


def test_the_gradient_of_an_integrator_is_the_limit():
    a, one = torch.zeros(1).double().requires_grad_(), torch.ones(1).double()
    kernel = s4d_kernel(a, one, one, 0.3, 5)
    same(kernel.detach(), np.full(5, 0.3))
    for delay, value in enumerate(kernel):
        (slope,) = torch.autograd.grad(value, a, retain_graph=True)
        same(slope, np.array([(2 * delay + 1) * 0.3**2 / 2]))


def test_bad_diagonals_are_rejected():
    one = torch.ones(2)
    message = r"a, B and C of one shape \(n,\), n >= 1, got "
    for bad in ((one, one, one[:1]), (one[:0],) * 3, (one[None],) * 3, (one[0],) * 3):
        with pytest.raises(ValueError, match=message):
            s4d_kernel(*bad, 0.1, 3)
    with pytest.raises(ValueError, match="dt must be finite and > 0, got 'long'"):
        s4d_kernel(one, one, one, "long", 3)
    with pytest.raises(ValueError, match=r"L must be an integer >= 1, got 3\.5"):
        s4d_kernel(one, one, one, 0.1, 3.5)


def test_one_state_is_scipys_lfilter():
    u = normal(30)
    y = ssm_recurrent(
        *(torch.tensor(v, dtype=torch.float64) for v in ([[0.9]], [0.2], [3.0])), u
    )
    same(y, lfilter([0.6], [1, -0.9], u.numpy()))


@given(seeds, st.integers(1, 20), st.integers(1, 20))
def test_convolution_of_any_two_lengths(seed, k, t):
    kernel, u = normal(k, seed=seed), normal(t, seed=seed + 1)
    same(fft_causal_conv(kernel, u), np.convolve(kernel.numpy(), u.numpy())[:t])


def test_a_circle_of_t_wraps_the_end_onto_the_beginning():
    kernel, u = torch.tensor([1.0, 1.0]).double(), torch.tensor([1.0, 2, 3]).double()
    same(fft_causal_conv(kernel, u), torch.tensor([1.0, 3, 5]).double())
    circular = torch.fft.irfft(torch.fft.rfft(kernel, 3) * torch.fft.rfft(u, 3), 3)
    same(circular, torch.tensor([4.0, 3, 5]).double())


@pytest.mark.parametrize("dt", [0.0, -0.1, math.nan, math.inf])
def test_bad_steps_are_rejected(dt):
    with pytest.raises(ValueError, match=f"dt must be finite and > 0, got {dt}"):
        discretize(torch.zeros(1, 1), torch.zeros(1), dt, "zoh")


def test_lists_are_no_tensors():
    with pytest.raises(TypeError, match="ssm_kernel takes tensors, got list, list"):
        ssm_kernel([[0.5]], [1.0])


def test_bad_constant_models_are_rejected():
    one, square = torch.zeros(2), torch.zeros(2, 2)
    with pytest.raises(ValueError, match=r"one of \('zoh', .*got 'tustin'"):
        discretize(square, one, 0.1, "tustin")
    message = r"square matrix \(n, n\) and vectors \(n,\), got "
    for A, B in ((torch.zeros(2, 3), one), (square, torch.zeros(3)), (one, one)):
        with pytest.raises(ValueError, match=message):
            discretize(A, B, 0.1, "zoh")
    with pytest.raises(ValueError, match=message):
        discretize(torch.zeros(0, 0), torch.zeros(0), 0.1, "zoh")
    with pytest.raises(ValueError, match=message + r"\(2, 2\), \(2,\), \(3,\)"):
        ssm_recurrent(square, one, torch.zeros(3), one)
    with pytest.raises(ValueError, match=message):
        ssm_kernel(square, one, torch.zeros(3), 4)
    with pytest.raises(ValueError, match="L must be an integer >= 1, got 0"):
        ssm_kernel(square, one, one, 0)
    with pytest.raises(ValueError, match=r"u must be a real vector, .* got \(0,\)"):
        ssm_recurrent(square, one, one, torch.zeros(0))
    with pytest.raises(ValueError, match=r"k must be a real vector, .* got \(2, 2\)"):
        fft_causal_conv(square, one)
    with pytest.raises(ValueError, match=r"u must be a real vector, .* got \(0,\)"):
        fft_causal_conv(one, torch.zeros(0))
    with pytest.raises(ValueError, match=r"k must be a real vector.*complex64"):
        fft_causal_conv(torch.zeros(2, dtype=torch.complex64), one)


# Scans


@given(seeds, lengths)
def test_both_scans_are_the_loop_over_numbers(seed, t):
    a, b = normal(t, 2, 1, seed=seed).tanh(), normal(t, 2, 1, seed=seed + 1)
    expected = np.zeros((t, 2, 1))
    for c in range(2):
        x = 0.0
        for i in range(t):
            x = a[i, c, 0].item() * x + b[i, c, 0].item()
            expected[i, c, 0] = x
    same(scan_sequential(a, b), expected)
    same(scan_associative(a, b), expected)


@given(seeds)
def test_joining_is_associative_and_keeps_the_order(seed):
    p, q, r = ((normal(3, seed=seed + i), normal(3, seed=seed - i)) for i in range(3))
    left, right = join(join(r, q), p), join(r, join(q, p))
    same(left[0], right[0])
    same(left[1], right[1])
    for bad in ((p, (q[0][:2], q[1])), (p, (q[0], q[1][:, None]))):
        with pytest.raises(ValueError, match=r"a and b of one shape, got \(3,\), .*"):
            join(*bad)
    x = normal(3, seed=seed)
    same(join(q, p)[0] * x + join(q, p)[1], q[0] * (p[0] * x + p[1]) + q[1])


@pytest.mark.parametrize(
    ("tokens", "expected"), [(1, 0), (2, 1), (3, 2), (1000, 10), (1024, 10), (1025, 11)]
)
def test_the_rounds_are_the_logarithm_rounded_up(monkeypatch, tokens, expected):
    rounds = []
    monkeypatch.setattr(
        scan_associative.__globals__["torch"],
        "cat",
        lambda parts, cat=torch.cat: (rounds.append(1), cat(parts))[1],
    )
    scan_associative(torch.ones(tokens), torch.ones(tokens))
    assert len(rounds) == 2 * expected  # a and b are put together once a round


def test_factors_above_one_may_overflow_in_the_scan_alone():
    a, b = torch.full((4,), 1e30), torch.zeros(4)
    same(scan_sequential(a, b), torch.zeros(4), atol=0)
    assert not scan_associative(a, b).isfinite().all()


def test_gradients_agree():
    a, b = normal(9, 2).tanh(), normal(9, 2, seed=1)
    grads = []
    for scan in (scan_sequential, scan_associative):
        leaves = [z.clone().requires_grad_() for z in (a, b)]
        grads.append(torch.autograd.grad(scan(*leaves).square().sum(), leaves))
    for one, other in zip(*grads):
        same(one, other)


def test_the_ratio_of_cumulative_products_overflows_where_the_scan_does_not():
    a, b = torch.full((200,), 0.5), torch.ones(200)
    product = a.cumprod(0)
    assert not (product * (b / product).cumsum(0)).isfinite().all()
    same(scan_associative(a, b), 2 - 0.5 ** torch.arange(200.0), atol=1e-6)


@pytest.mark.parametrize("scan", [scan_sequential, scan_associative])
def test_scans_reject_what_does_not_fit(scan):
    for a, b in (((3,), (4,)), ((0, 2), (0, 2)), ((), ()), ((3,), (3, 1))):
        with pytest.raises(
            ValueError, match=r"a and b of one shape \(t, ...\), t >= 1"
        ):
            scan(torch.ones(a), torch.ones(b))


# The selective model


def inputs(b, t, d, n, seed=0, dtype=torch.float64):
    """u, delta, A, Bt, Ct, D; A and D stay in float32 for low precision."""
    u, z = normal(2, b, t, d, seed=seed)
    Bt, Ct = normal(2, b, t, n, seed=seed + 1)
    A, D = -normal(d, n, seed=seed + 2).exp(), normal(d, seed=seed + 3)
    rest = torch.promote_types(dtype, torch.float32)
    delta = torch.nn.functional.softplus(z - 1).to(dtype)
    return u.to(dtype), delta, A.to(rest), Bt.to(dtype), Ct.to(dtype), D.to(rest)


def by_numbers(x, delta, A, Bt, Ct, D, exact=False):
    """y from the definition, one number at a time."""
    y = torch.zeros(x.shape, dtype=torch.float64)
    for b in range(x.shape[0]):
        for d in range(x.shape[2]):
            h = [0.0] * A.shape[1]
            for t in range(x.shape[1]):
                u, step = x[b, t, d].item(), delta[b, t, d].item()
                y[b, t, d] = D[d].item() * u
                for n in range(len(h)):
                    a = A[d, n].item()
                    gain = math.expm1(step * a) / a if exact else step
                    h[n] = math.exp(step * a) * h[n] + gain * Bt[b, t, n].item() * u
                    y[b, t, d] += Ct[b, t, n].item() * h[n]
    return y


@settings(max_examples=25)
@given(seeds, sizes, st.integers(1, 9), sizes, sizes, st.sampled_from(["mamba", "zoh"]))
def test_the_selective_model_is_its_definition(seed, b, t, d, n, method):
    given_inputs = inputs(b, t, d, n, seed)
    expected = by_numbers(*given_inputs, exact=method == "zoh")
    for scan in (scan_sequential, scan_associative):
        same(selective_ssm(*given_inputs, scan=scan, method=method), expected)


def test_the_scan_that_is_named_is_the_one_that_runs():
    calls = []

    def spy(a, b):
        calls.append(a.shape)
        return scan_sequential(a, b)

    selective_ssm(*inputs(2, 3, 4, 5), scan=spy)
    assert calls == [(3, 2, 4, 5)]


def test_with_equal_steps_it_is_a_convolution_again():
    x, _, A, Bt, Ct, D = inputs(1, 20, 1, 3)
    Bt, Ct = (z[:, :1].expand(1, 20, 3) for z in (Bt, Ct))
    y = selective_ssm(x, torch.full_like(x, 0.3), A, Bt, Ct, D, method="zoh")[0, :, 0]
    Abar, Bbar = discretize(torch.diag(A[0]), Bt[0, 0], 0.3, "zoh")
    kernel = ssm_kernel(Abar, Bbar, Ct[0, 0], 20)
    same(y, fft_causal_conv(kernel, x[0, :, 0]) + D * x[0, :, 0])


def test_the_future_does_not_leak_into_the_past():
    before = inputs(1, 8, 2, 3)
    after = [z.clone() for z in before]
    for i in (0, 1, 3, 4):
        after[i][:, 5:] += 1
    change = selective_ssm(*after) - selective_ssm(*before)
    assert (change[:, :5] == 0).all()
    assert (change[:, 5:] != 0).all()


def test_a_step_of_zero_skips_the_token():
    x, delta, A, Bt, Ct, D = inputs(1, 6, 2, 3)
    delta[:, 3] = 0
    keep = [0, 1, 2, 4, 5]
    whole = selective_ssm(x, delta, A, Bt, Ct, D)[:, keep]
    same(
        whole,
        selective_ssm(
            *(z[:, keep] for z in (x, delta)), A, *(z[:, keep] for z in (Bt, Ct)), D
        ),
    )


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_zoh_keeps_its_digits_for_steps_of_almost_nothing(dtype):
    one, zero = torch.ones(1, 1, 1, dtype=dtype), torch.zeros(1, dtype=dtype)
    y = selective_ssm(one, 1e-9 * one, -one[0], one, one, zero, method="zoh")
    exact = -math.expm1(-1e-9)
    assert y.item() == pytest.approx(exact, rel=2 * torch.finfo(dtype).eps, abs=0)
    assert torch.tensor(-1e-9).exp() - 1 == 0  # in float32, without expm1


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("method", ["mamba", "zoh"])
def test_low_precision_only_rounds_y(dtype, method):
    arguments = inputs(2, 300, 3, 4, dtype=dtype)
    y = selective_ssm(*arguments, method=method)
    truth = selective_ssm(*(z.double() for z in arguments), method=method)
    assert y.dtype == dtype
    assert worst(y, truth) <= 2 * worst(truth.to(dtype), truth) + 1e-6
    a, b = torch.full((500,), 0.996).to(dtype), torch.ones(500).to(dtype)
    for scan in (scan_sequential, scan_associative):
        truth = scan(a.double(), b.double())
        assert worst(scan(a, b), truth) <= 2 * worst(truth.to(dtype), truth)


def test_huge_steps_forget_and_stay_finite():
    x, delta, A, Bt, Ct, D = inputs(1, 5, 1, 2)
    y = selective_ssm(x, delta * 1e6, A, Bt, Ct, D, method="zoh")
    alone = (Ct * -Bt / A[0]).sum(-1)[..., None] * x + D * x
    same(y, alone)


def test_the_step_is_a_gate_with_zoh_and_not_with_delta_b():
    z, x = normal(2, 1, 50, 1)
    ones, zero = torch.ones(1, 50, 1).double(), torch.zeros(1).double()
    arguments = x, torch.nn.functional.softplus(z), -ones[0, :1], ones, ones, zero
    h, expected = 0.0, []
    for z_i, x_i in zip(z.flatten().tolist(), x.flatten().tolist()):
        g = 1 / (1 + math.exp(-z_i))
        h = (1 - g) * h + g * x_i
        expected.append(h)
    y = selective_ssm(*arguments, method="zoh")[0, :, 0]
    same(y, np.array(expected))
    gap = torch.nn.functional.softplus(z) - torch.sigmoid(z)
    assert (gap > 0).all()
    assert gap.max() > 0.4
    assert (selective_ssm(*arguments)[0, :, 0] - y).abs().max() > 0.1


def test_selection_remembers_what_no_constant_filter_can():
    generator = torch.Generator().manual_seed(0)
    values, mark, target = selective_copying(500, 50, generator)
    assert (mark.sum(1) == 1).all()
    assert torch.equal(target, (values * mark).sum(1))
    assert (remember_marked(values, mark) - target).square().mean() < 1e-14
    signals = torch.cat([values, mark], 1).numpy()
    weights = np.linalg.lstsq(signals, target.numpy(), rcond=None)[0]
    train = np.mean((signals @ weights - target.numpy()) ** 2)
    assert train / target.square().mean().item() == pytest.approx(0.75, abs=0.03)
    many, where, answers = selective_copying(200_000, 50, generator)
    signals = torch.cat([many, where], 1).numpy()
    weights = np.linalg.lstsq(signals, answers.numpy(), rcond=None)[0]
    error = np.mean((signals @ weights - answers.numpy()) ** 2)
    assert error == pytest.approx(1 - 1 / 50, abs=0.015)
    # A product first, and the constant filter of ones has no error at all.
    assert torch.equal((many * where).sum(1), answers)


def test_bad_copying_tasks_are_rejected():
    generator = torch.Generator()
    with pytest.raises(ValueError, match="tokens must be an integer >= 1, got 0"):
        selective_copying(3, 0, generator)
    with pytest.raises(ValueError, match=r"sequences must be .* got 2\.5"):
        selective_copying(2.5, 3, generator)
    with pytest.raises(ValueError, match=r"values and mark must be \(b, t\), .*\(3,\)"):
        remember_marked(torch.ones(3), torch.ones(3).bool())


def test_everything_is_made_on_the_device_of_the_input():
    # Whatever forgets to ask lands on "meta" here, and cannot be mixed with the rest.
    A, B = hippo_legs(3)
    values, mark, _ = selective_copying(2, 5, torch.Generator().manual_seed(0))
    on_cpu = inputs(1, 3, 2, 2)
    with torch.device("meta"):
        found = [
            *(discretize(A, B, 0.1, m)[0] for m in ("zoh", "bilinear", "euler")),
            legendre_reconstruct(B, B / 9),
            remember_marked(values, mark),
            selective_ssm(*on_cpu, method="zoh"),
            s4d_kernel(A[0], B, B, 0.1, 4),
            fft_causal_conv(B, B),
            scan_associative(A, A),
            scan_sequential(A, A),
            ssm_recurrent(A, B, B, B),
            ssm_kernel(A, B, B, 3),
        ]
    assert {x.device.type for x in found} == {"cpu"}


def test_marks_reach_both_ends():
    _, mark, _ = selective_copying(400, 4, torch.Generator().manual_seed(0))
    assert mark.any(0).all()


@pytest.mark.parametrize(
    ("place", "change", "message"),
    [
        (0, lambda z: z[0], r"need u and delta \(b, t, d\).*got \(3, 2\), \(1, 3, 2\)"),
        (0, lambda z: z[:, :2], "need u and delta"),
        (1, lambda z: z[:, :, :1], "need u and delta"),
        (2, lambda z: z[:1], "need u and delta"),
        (2, lambda z: z[0], "need u and delta"),
        (3, lambda z: z[..., :1], "need u and delta"),
        (4, lambda z: z[:, :1], "need u and delta"),
        (5, lambda z: z[:1], "need u and delta"),
        (1, lambda z: -z, "delta must be >= 0, got -"),
        (1, lambda z: z * math.nan, "delta must be >= 0, got nan"),
        (2, lambda z: z * 0, "A must be < 0, got -?0.0"),
    ],
)
def test_bad_selective_models_are_rejected(place, change, message):
    arguments = list(inputs(1, 3, 2, 4))
    arguments[place] = change(arguments[place])
    with pytest.raises(ValueError, match=message):
        selective_ssm(*arguments)


def test_empty_axes_and_unknown_methods_are_rejected():
    for shape in ((0, 3, 2, 4), (1, 0, 2, 4), (1, 3, 0, 4), (1, 3, 2, 0)):
        with pytest.raises(ValueError, match="no axis empty"):
            selective_ssm(*inputs(*shape))
    with pytest.raises(ValueError, match=r"must be floating, got torch\.int64"):
        selective_ssm(*(z.long() for z in inputs(1, 2, 1, 1)))
    with pytest.raises(
        ValueError, match="method must be 'mamba' or 'zoh', got 'euler'"
    ):
        selective_ssm(*inputs(1, 2, 1, 1), method="euler")


# Triton, without a GPU


def test_the_reference_needs_no_triton(monkeypatch):
    monkeypatch.setitem(sys.modules, "triton", None)  # now `import triton` fails
    name = "fresh_state_space_models"
    spec = importlib.util.spec_from_file_location(name, module.__file__)
    fresh = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, fresh)  # where relative imports look
    spec.loader.exec_module(fresh)
    same(fresh.selective_ssm(*inputs(1, 3, 1, 1)), by_numbers(*inputs(1, 3, 1, 1)))
    with pytest.raises(ImportError, match="needs the package triton: pip install"):
        fresh.triton_selective_ssm(*inputs(1, 3, 1, 1, dtype=torch.float32))


def exact(tensors):
    return selective_ssm(*(z.double() for z in tensors), scan=scan_sequential)


def small_tile(block_t, block_d):
    from snippets.nlp.state_space_models.kernels import Tile

    return Tile(block_t, block_d, 4, 1)


@interpreted
@pytest.mark.parametrize("segments", [1, 2, 5])
@pytest.mark.parametrize(("t", "tile"), [(1, (4, 2)), (8, (4, 8)), (13, (2, 4))])
def test_the_kernel_in_float32_is_the_model(t, tile, segments):
    from snippets.nlp.state_space_models.kernels import triton_selective_ssm as kernel

    arguments = inputs(2, t, 5, 3, dtype=torch.float32)
    y = kernel(*arguments, segments=segments, tile=small_tile(*tile))
    assert y.dtype == torch.float32
    assert worst(y, exact(arguments)) < 4e-6


@interpreted
@settings(max_examples=8)
@given(
    seeds,
    st.integers(1, 2),
    st.integers(1, 11),
    st.integers(1, 4),
    st.integers(1, 5),
    st.integers(1, 4),
)
def test_the_kernel_for_any_shape_and_number_of_segments(seed, b, t, d, n, segments):
    from snippets.nlp.state_space_models.kernels import triton_selective_ssm as kernel

    arguments = inputs(b, t, d, n, seed, dtype=torch.float32)
    y = kernel(*arguments, segments=segments, tile=small_tile(2, 2))
    truth = exact(arguments)
    assert worst(y, truth) < 4e-6 * max(1, truth.abs().max().item())


@interpreted
def test_float16_loses_only_the_rounding_of_the_result():
    dtype = torch.float16
    arguments = inputs(1, 13, 3, 4, dtype=dtype)
    y = triton_selective_ssm(*arguments)
    truth = exact(arguments)
    assert y.dtype == dtype
    assert worst(y, truth) <= 2 * worst(truth.to(dtype), truth) + 4e-6


@interpreted
def test_strided_inputs_and_default_sizes():
    from snippets.nlp.state_space_models import kernels

    x, delta, A, Bt, Ct, D = inputs(2, 6, 3, 2, dtype=torch.float32)
    turned = [z.mT.contiguous().mT for z in (x, delta)]
    columns = [torch.stack([z, z], -1)[..., 0] for z in (Bt, Ct)]
    skip = torch.stack([D, 9 * D], -1)[:, 0]
    y = triton_selective_ssm(*turned, A.mT.contiguous().mT, *columns, skip)
    assert worst(y, exact((x, delta, A, Bt, Ct, D))) < 4e-6
    assert [kernels.default_tile(n).block_t for n in (1, 16, 17, 64)] == [16, 16, 8, 4]
    tile = kernels.Tile()
    assert kernels.default_segments(8, 4096, 2048, tile) == 1
    assert kernels.default_segments(1, 65536, 2048, tile) == 8
    assert kernels.default_segments(1, 100, 32, tile) == 1
    assert kernels.default_segments(1, 10, 32, tile) == 1


@interpreted
@pytest.mark.parametrize(
    ("place", "change", "message"),
    [
        (
            0,
            lambda z: z.half(),
            r"need one dtype of .* got torch.float16, torch.float32",
        ),
        (1, lambda z: -z, "delta must be >= 0"),
        (
            3,
            lambda z: z.bfloat16(),
            "need one dtype .*got torch.bfloat16, torch.float32",
        ),
        *[
            (i, lambda z: z.clone().requires_grad_(), "forward only, got a tensor that")
            for i in range(6)
        ],
        (
            5,
            lambda z: z.to("meta"),
            "one CUDA GPU .* got cpu, cpu, cpu, cpu, cpu, meta",
        ),
    ],
)
def test_the_kernel_rejects_what_it_cannot_do(place, change, message):
    arguments = list(inputs(1, 3, 2, 2, dtype=torch.float32))
    arguments[place] = change(arguments[place])
    with pytest.raises(ValueError, match=message):
        triton_selective_ssm(*arguments)


@interpreted
def test_the_kernel_rejects_doubles_many_states_and_no_segment():
    from snippets.nlp.state_space_models.kernels import triton_selective_ssm as kernel

    with pytest.raises(ValueError, match=r"need one dtype of .* got torch.float64"):
        kernel(*inputs(1, 3, 2, 2))
    with pytest.raises(
        ValueError, match=r"torch.float32 in .*interpreter, got torch.b"
    ):
        kernel(*inputs(1, 3, 2, 2, dtype=torch.bfloat16))
    with pytest.raises(ValueError, match="n must be <= 64, got 65"):
        kernel(*inputs(1, 1, 1, 65, dtype=torch.float32))
    with pytest.raises(ValueError, match="segments must be an integer >= 1, got 0"):
        kernel(*inputs(1, 1, 1, 1, dtype=torch.float32), segments=0)


@needs_triton
@pytest.mark.timeout(120)
def test_the_kernel_compiles_for_hopper(tmp_path):
    # The interpreter knows no types and no sizes; the compiler needs no GPU.
    script = """
    import torch, triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource
    from snippets.nlp.state_space_models import kernels

    kernel = kernels._selective_kernel
    cases = ((16, "bf16", False), (16, "fp32", True), (64, "fp16", False))
    for n, type_, reduce in cases:
        tile = kernels.default_tile(n)
        constants = {
            "n": n, "n_padded": n, "reduce": reduce, "block_t": tile.block_t,
            "block_d": tile.block_d, "stages": tile.num_stages,
        }
        signature, values, hints = {}, {}, {}
        for i, name in enumerate(kernel.arg_names):
            if name in constants:
                signature[name], values[(i,)] = "constexpr", constants[name]
            elif name.endswith("_ptr"):
                low = name in ("u_ptr", "delta_ptr", "bt_ptr", "ct_ptr", "y_ptr")
                signature[name] = "*" + (type_ if low else "fp32")
                hints[(i,)] = [["tt.divisibility", 16]]
            else:
                signature[name] = "i32"
        result = triton.compile(
            ASTSource(kernel, signature, values, hints),
            target=GPUTarget("cuda", 90, 32),
            options={"num_warps": tile.num_warps, "enable_fp_fusion": True},
        )
        print(result.metadata.shared)
    one = torch.ones(1, 1, 1)
    try:
        kernels.triton_selective_ssm(one, one, -one[0], one, one, one[0, 0])
    except ValueError as error:
        print(error)
    """
    *shared, refusal = lines_of_compiler(script, tmp_path)
    assert len(shared) == 3
    assert all(int(size) <= 48 * 1024 for size in shared)
    assert refusal.startswith("need tensors on one CUDA GPU")


# Triton, on a GPU: `nox -s gpu`


@pytest.mark.gpu
@pytest.mark.timeout(300)
@pytest.mark.parametrize("n", [1, 16, 33, 64])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_gpu_kernel_is_the_model(dtype, n):
    from snippets.nlp.state_space_models.kernels import triton_selective_ssm as kernel

    for t, d, segments in ((1, 7, 1), (1000, 96, None), (257, 33, 4), (512, 64, 1)):
        arguments = [z.cuda() for z in inputs(2, t, d, n, seed=t, dtype=dtype)]
        y, truth = kernel(*arguments, segments=segments), exact(arguments)
        floor = 2e-5 * truth.abs().max().item()  # sums of n, and exp2 of the hardware
        assert y.dtype == dtype
        assert worst(y, truth) <= 2 * worst(truth.to(dtype), truth) + floor, (t, d)


@pytest.mark.gpu
def test_gpu_kernel_never_stores_the_states():
    arguments = [z.cuda() for z in inputs(1, 2048, 512, 16, dtype=torch.float32)]
    triton_selective_ssm(*arguments)  # compile
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    triton_selective_ssm(*arguments)
    torch.cuda.synchronize()
    extra = torch.cuda.max_memory_allocated() - before
    assert extra < 4 * arguments[0].nbytes  # all states would be 16 times x


@pytest.mark.gpu
@pytest.mark.timeout(300)
def test_gpu_kernel_reaches_past_two_to_the_31_elements():
    t, d = 2**20 + 4096, 2048  # an index held in 32 bits would wrap near the end
    generator = torch.Generator("cuda").manual_seed(0)
    x = torch.randn(1, t, d, generator=generator, device="cuda", dtype=torch.bfloat16)
    weights = torch.randn(2, 1, t, 1, generator=generator, device="cuda").bfloat16()
    A, D = -torch.ones(d, 1, device="cuda"), torch.ones(d, device="cuda")
    y = triton_selective_ssm(x, torch.ones_like(x), A, *weights, D)
    # The state forgets e times a token: the last tokens do not depend on the first.
    last = [z[:, -4096:].contiguous() for z in (x, torch.ones_like(x), *weights)]
    expected = triton_selective_ssm(*last[:2], A, *last[2:], D)
    assert worst(y[:, -64:], expected[:, -64:]) < 0.05
