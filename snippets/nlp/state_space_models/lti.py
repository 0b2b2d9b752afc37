"""A linear state space model with constant matrices: recurrence and convolution.

The system is linear and time-invariant (LTI).

Continuous time: dx/dt = A x + B u, y = C x. Discrete time, from x_{-1} = 0:
x_i = Abar x_{i-1} + Bbar u_i, y_i = C x_i; the input of step i already counts in y_i.

Axes: n (and k) state number, t token. One input, one output: one channel.

References:
    Gu, Goel, Ré, "Efficiently Modeling Long Sequences with Structured State Spaces",
    2021, arXiv:2111.00396 (S4).
    Gu, Gupta, Goel, Ré, 2022, arXiv:2206.11893 (S4D).
"""

import torch
from torch import Tensor

from ._checks import _in_32_bits, _integer, _positive

_METHODS = ("zoh", "bilinear", "euler")


# --8<-- [start:discretize]
@_in_32_bits
def discretize(A: Tensor, B: Tensor, dt: float, method: str) -> tuple[Tensor, Tensor]:
    """Abar and Bbar of one step of length dt.

    Args:
        A: shape (n, n), may be singular.
        B: shape (n,).
        dt: step > 0.
        method: "zoh" (exact for an input that is constant during the step),
            "bilinear" (the trapezoidal rule, also called Tustin) or "euler".

    Returns:
        Abar, shape (n, n), and Bbar, shape (n,).

    Raises:
        ValueError: if A is not square, B does not fit, dt is not finite and > 0,
            method is unknown, or 2 / dt is an eigenvalue of A ("bilinear" only).
    """
    n = _check(A, B)
    dt = _positive("dt", dt)
    eye = torch.eye(n, dtype=A.dtype, device=A.device)
    if method == "zoh":  # exp of [[A, B], [0, 0]] holds both, without A^-1
        block = torch.nn.functional.pad(torch.column_stack([A, B]), (0, 0, 0, 1))
        both = _matrix_exp(dt * block)
        return both[:n, :n], both[:n, n]
    if method == "bilinear":
        both, singular = torch.linalg.solve_ex(
            eye - dt / 2 * A, torch.column_stack([eye + dt / 2 * A, dt * B])
        )
        if not singular.is_meta and singular:
            raise ValueError(f"I - dt/2 A must be invertible, got dt {dt}, {A}")
        return both[:, :n], both[:, n]
    if method == "euler":
        return eye + dt * A, dt * B
    raise ValueError(f"method must be one of {_METHODS}, got {method!r}")
    # --8<-- [end:discretize]


def _matrix_exp(M: Tensor) -> Tensor:
    """e^M, of a batch of two: torch 2.13 is some 1e-10 off for one small matrix alone.

    Its polynomial of degree 8 has a wrong coefficient (pytorch issue 196592), which a
    batch does not use.
    """
    return torch.matrix_exp(torch.stack([M, M]))[0]


# --8<-- [start:two_forms]
@_in_32_bits
def ssm_recurrent(Abar: Tensor, Bbar: Tensor, C: Tensor, u: Tensor) -> Tensor:
    """Outputs token by token: Abar (n, n), Bbar and C (n,), u and result (t,).

    Raises:
        ValueError: if shapes disagree or u is empty.
    """
    _check(Abar, Bbar, C)
    _check_signals(u=u)
    x, y = torch.zeros_like(Bbar), []
    for u_i in u:
        x = Abar @ x + Bbar * u_i
        y.append(C @ x)
    return torch.stack(y)


@_in_32_bits
def ssm_kernel(Abar: Tensor, Bbar: Tensor, C: Tensor, L: int) -> Tensor:
    """C Abar^l Bbar for l = 0 to L - 1, shape (L,): the response to 1, 0, 0, ...

    Raises:
        ValueError: if shapes disagree or L is not an integer >= 1.
    """
    _check(Abar, Bbar, C)
    x, kernel = Bbar, []
    for _ in range(_integer("L", L)):
        kernel.append(C @ x)
        x = Abar @ x
    return torch.stack(kernel)


@_in_32_bits
def fft_causal_conv(k: Tensor, u: Tensor) -> Tensor:
    """y_i = sum over l <= i of k_l u_{i-l}: k (l,), u and result (t,).

    Raises:
        ValueError: if one of them is not a real vector or is empty.
    """
    _check_signals(k=k, u=u)
    size = len(k) + len(u) - 1  # a circle this long: no output wraps onto another
    product = torch.fft.rfft(k, size) * torch.fft.rfft(u, size)
    return torch.fft.irfft(product, size)[: len(u)]
    # --8<-- [end:two_forms]


def _check(A: Tensor, *vectors: Tensor) -> int:
    n = A.shape[-1] if A.ndim else 0
    if A.shape != (n, n) or n == 0 or any(v.shape != (n,) for v in vectors):
        shapes = ", ".join(str(tuple(x.shape)) for x in (A, *vectors))
        raise ValueError(f"need a square matrix (n, n) and vectors (n,), got {shapes}")
    return n


def _check_signals(**signals: Tensor) -> None:
    for name, signal in signals.items():
        if signal.ndim != 1 or len(signal) == 0 or signal.is_complex():
            got = f"{tuple(signal.shape)} {signal.dtype}"
            raise ValueError(f"{name} must be a real vector, not empty, got {got}")
