"""The state of linear attention, and the two ways to move it forward.

Axes: t token, d feature of query and key, m feature after the feature map, v feature of
the value, c position inside a chunk; any axes may stand in front, such as batch and
head. A step takes (state, new tokens) and gives (state, output), the order of a scan.

Reference:
    Katharopoulos, Vyas, Pappas, Fleuret, "Transformers are RNNs: Fast
    Autoregressive Transformers with Linear Attention", ICML 2020, arXiv:2006.16236.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from ._checks import _integer

FeatureMap = Callable[[Tensor], Tensor]
QKV = tuple[Tensor, Tensor, Tensor]


# --8<-- [start:feature_map]
def elu_feature_map(x: Tensor) -> Tensor:
    """phi(x) = elu(x) + 1, elementwise; positive down to x = -100 in float32.

    Raises:
        ValueError: if x is not floating point.
    """
    if not x.is_floating_point():
        raise ValueError(f"need a floating-point tensor, got {x.dtype}")
    # Not F.elu(x) + 1: in float32 that rounds to 0 for x below about -17.
    # The clamp keeps exp finite on the branch not taken, and so its gradient.
    return torch.where(x > 0, x + 1, x.clamp(max=0).exp())
    # --8<-- [end:feature_map]


# --8<-- [start:state]
class State(NamedTuple):
    """All that the past leaves behind; its size does not grow with the past."""

    outer_sum: Tensor  # M, (..., m, v), sum over the past of phi(k_j) v_j^T
    key_sum: Tensor  # z, (..., m), sum over the past of phi(k_j)


def empty_state(
    k: Tensor,
    v: Tensor,
    feature_map: FeatureMap = elu_feature_map,
    dtype: torch.dtype | None = None,
) -> State:
    """State before the first token of k (..., t, d) and v (..., t, v).

    ``dtype`` is that of the sums; None means float32, or float64 for float64 inputs.

    Raises:
        ValueError: if shapes or types do not fit, or there is no token.
    """
    _checked_inputs((k, k, v))
    dtype = dtype or torch.promote_types(k.dtype, torch.float32)
    m = feature_map(k[..., :1, :]).shape[-1]
    return State(
        outer_sum=v.new_zeros(*k.shape[:-2], m, v.shape[-1], dtype=dtype),
        key_sum=k.new_zeros(*k.shape[:-2], m, dtype=dtype),
    )
    # --8<-- [end:state]


# --8<-- [start:step]
def recurrent_step(
    state: State,
    qkv: QKV,
    feature_map: FeatureMap = elu_feature_map,
    allow_low_precision: bool = False,
) -> tuple[State, Tensor]:
    """One token, O(m v): q and k (..., d), v and output (..., v).

    Raises:
        ValueError: as ``linear_attention_quadratic``; or if the state is of other
            shapes, of no float type, or of 16 bits and ``allow_low_precision`` is not
            set.
    """
    qkv = _checked_inputs(qkv, axes=0)
    state = _checked_state(state, qkv, feature_map, allow_low_precision, axes=0)
    phi_q, phi_k, value = _features_of(qkv, feature_map, state, axes=0)
    state = State(
        outer_sum=state.outer_sum + torch.einsum("...m,...v->...mv", phi_k, value),
        key_sum=state.key_sum + phi_k,
    )
    numerator = torch.einsum("...m,...mv->...v", phi_q, state.outer_sum)
    denominator = torch.einsum("...m,...m->...", phi_q, state.key_sum)
    return state, _weighted_mean(numerator, denominator).to(qkv[2].dtype)
    # --8<-- [end:step]


# --8<-- [start:chunk]
def chunk_step(
    state: State,
    qkv: QKV,
    feature_map: FeatureMap = elu_feature_map,
    allow_low_precision: bool = False,
) -> tuple[State, Tensor]:
    """c tokens at once: q and k (..., c, d), v and output (..., c, v).

    Weights for pairs inside the chunk, the state for all that came before. Errors as
    for ``recurrent_step``.
    """
    qkv = _checked_inputs(qkv)
    state = _checked_state(state, qkv, feature_map, allow_low_precision, axes=1)
    phi_q, phi_k, values = _features_of(qkv, feature_map, state)
    weights = torch.einsum("...tm,...sm->...ts", phi_q, phi_k).tril()
    numerator = weights @ values + phi_q @ state.outer_sum
    before = torch.einsum("...tm,...m->...t", phi_q, state.key_sum)
    output = _weighted_mean(numerator, weights.sum(-1) + before)
    return _extended(state, phi_k, values), output.to(qkv[2].dtype)
    # --8<-- [end:chunk]


def prefill(
    state: State, qkv: QKV, chunk: int = 64, feature_map: FeatureMap = elu_feature_map
) -> tuple[State, Tensor]:
    """``chunk_step`` over a sequence: q and k (..., t, d), v and output (..., t, v).

    Args:
        state: what earlier tokens left behind, or ``empty_state(k, v)``.
        qkv: the new tokens.
        chunk: tokens per chunk; the last one may be shorter.
        feature_map: as for ``linear_attention_quadratic``.

    Raises:
        ValueError: as ``chunk_step``, or if chunk is below 1.
    """
    outputs, chunk = [], _integer("chunk", chunk, 1)
    for part in zip(*(x.split(chunk, -2) for x in _checked_inputs(qkv))):
        state, output = chunk_step(state, part, feature_map)
        outputs.append(output)
    return state, torch.cat(outputs, -2)


def _weighted_mean(numerator: Tensor, denominator: Tensor) -> Tensor:
    """numerator (..., v) over the sum of its weights (...), which must not be 0."""
    if (denominator == 0).any():
        raise ValueError("the weights of each query must have a sum > 0, got 0")
    return numerator / denominator[..., None]


def _extended(state: State, phi_k: Tensor, values: Tensor) -> State:
    """The state after c more tokens: phi_k (..., c, m), values (..., c, v)."""
    outer_sum = torch.einsum("...sm,...sv->...mv", phi_k, values)
    return State(state.outer_sum + outer_sum, state.key_sum + phi_k.sum(-2))


def _features_of(
    qkv: QKV,
    feature_map: FeatureMap,
    state: State | None = None,
    axes: int = 1,
    causal: bool = True,
) -> QKV:
    """phi(q), phi(k) and v, in the type of the state, at least float32 without one."""
    q, k, v = _checked_inputs(qkv, axes, causal)
    dtype = torch.promote_types(q.dtype, torch.float32)
    dtype = state.key_sum.dtype if state else dtype
    phi_q, phi_k = (feature_map(x.to(dtype)) for x in (q, k))
    least = min(phi_q.min(), phi_k.min())
    if least < 0:
        raise ValueError(f"features must be >= 0, got {least:.6g}")
    return phi_q, phi_k, v.to(dtype)


def _checked_inputs(qkv: QKV, axes: int = 1, causal: bool = True) -> QKV:
    """The same, if shapes and types agree; ``axes`` is how many count tokens.

    Queries may be more or fewer than keys if ``causal`` is False.
    """
    q, k, v = qkv
    shapes = [tuple(x.shape) for x in (q, k, v)]
    cross = axes == 1 and not causal
    tokens = slice(-2, -1) if cross else slice(0, 0)  # the axis that may differ
    agree = k.ndim == q.ndim > axes and k.shape[:-1] == v.shape[:-1]
    same = [list(x.shape) for x in (q, k)]
    for shape in same:
        del shape[tokens]
    if not agree or same[0] != same[1] or 0 in (*q.shape, *k.shape, *v.shape):
        need = "q and k (..., t, d), v (..., t, v)" if axes else "q and k (..., d), v"
        need = "q (..., t, d), k (..., s, d), v (..., s, v)" if cross else need
        got = ", ".join(map(str, shapes))
        raise ValueError(f"need {need}, no axis empty; got {got}")
    if not q.dtype == k.dtype == v.dtype or not q.is_floating_point():
        raise ValueError(f"need one float type, got {q.dtype}, {k.dtype}, {v.dtype}")
    return q, k, v


def _checked_state(
    state: State, qkv: QKV, feature_map: FeatureMap, low: bool, axes: int
) -> State:
    _, k, v = qkv
    if not axes:
        k, v = k[..., None, :], v[..., None, :]
    want = [tuple(x.shape) for x in empty_state(k, v, feature_map)]
    state = State(*state)
    got = [tuple(x.shape) for x in state]
    if want != got or state.outer_sum.dtype != state.key_sum.dtype:
        raise ValueError(f"need a state of shapes {want} and one type, got {got}")
    dtype = state.key_sum.dtype
    if not dtype.is_floating_point or (dtype.itemsize < 4 and not low):
        raise ValueError(
            "the state must be float32 or float64, or allow_low_precision=True, "
            f"got {dtype}"
        )
    return state
