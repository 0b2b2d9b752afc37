"""One map in four orders of work, from all pairs at once to one token at a time.

Axes, in shapes and einsum alike: t token (of the query side), s token of the key side,
d feature of query and key, m feature after the feature map, v feature of the value. Any
axes may stand in front, such as batch and head.

References:
    Katharopoulos, Vyas, Pappas, Fleuret, "Transformers are RNNs: Fast
    Autoregressive Transformers with Linear Attention", ICML 2020, arXiv:2006.16236.
    Shen et al., "Efficient Attention: Attention with Linear Complexities", 2018,
    arXiv:1812.01243.
"""

import torch
from torch import Tensor

from ._checks import _integer
from .state import (
    FeatureMap,
    _checked_inputs,
    _extended,
    _features_of,
    _weighted_mean,
    elu_feature_map,
    empty_state,
    prefill,
    recurrent_step,
)


# --8<-- [start:quadratic]
def linear_attention_quadratic(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    causal: bool,
    feature_map: FeatureMap = elu_feature_map,
) -> Tensor:
    """(phi(Q) phi(K)^T) V, the weights first: O(t s (m + v)) operations.

    Args:
        q: shape (..., t, d).
        k: shape (..., s, d); s = t if causal.
        v: shape (..., s, v).
        causal: token i sees tokens j <= i only; False means all.
        feature_map: (..., t, d) to (..., t, m), nowhere negative.

    Returns:
        Shape (..., t, v), the weighted means of the values. A value that is not finite
        spoils earlier rows too, here and in chunks: its weight there is 0, and 0 times
        inf is NaN.

    Raises:
        ValueError: if shapes or types disagree, an axis is empty, a feature is
            negative, or the weights of a query sum to 0.
    """
    phi_q, phi_k, values = _features_of((q, k, v), feature_map, causal=causal)
    weights = torch.einsum("...tm,...sm->...ts", phi_q, phi_k)
    if causal:
        weights = weights.tril()
    return _weighted_mean(weights @ values, weights.sum(-1)).to(v.dtype)
    # --8<-- [end:quadratic]


# --8<-- [start:prefix]
def linear_attention_prefix_sums(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    causal: bool,
    feature_map: FeatureMap = elu_feature_map,
) -> Tensor:
    """phi(Q) (phi(K)^T V), the state first: O((t + s) m v) operations.

    All tokens at once. If causal, each has a state of its own, a prefix sum, and all of
    them are in memory: t m v numbers. Arguments as for ``linear_attention_quadratic``.
    """
    phi_q, phi_k, values = _features_of((q, k, v), feature_map, causal=causal)
    if causal:
        outer_sum = torch.einsum("...tm,...tv->...tmv", phi_k, values).cumsum(-3)
        numerator = torch.einsum("...tm,...tmv->...tv", phi_q, outer_sum)
        denominator = (phi_q * phi_k.cumsum(-2)).sum(-1)
    else:
        outer_sum = torch.einsum("...sm,...sv->...mv", phi_k, values)
        numerator = phi_q @ outer_sum
        denominator = torch.einsum("...tm,...m->...t", phi_q, phi_k.sum(-2))
    return _weighted_mean(numerator, denominator).to(v.dtype)
    # --8<-- [end:prefix]


def linear_attention_chunked(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    causal: bool,
    chunk: int = 64,
    feature_map: FeatureMap = elu_feature_map,
) -> Tensor:
    """``chunk_step`` if causal: O(t (chunk (m + v) + m v)), t / chunk steps.

    Arguments as for ``linear_attention_quadratic``; chunk is at least 1, and the last
    chunk may be shorter. If not causal, one pass writes the state and a second one
    reads it, chunk by chunk.
    """
    _checked_inputs((q, k, v), causal=causal)
    chunk = _integer("chunk", chunk, 1)
    if causal:
        state = empty_state(k, v, feature_map)
        return prefill(state, (q, k, v), chunk, feature_map)[1]
    return _two_passes(q, k, v, chunk, feature_map)


def linear_attention_recurrent(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    causal: bool,
    feature_map: FeatureMap = elu_feature_map,
) -> Tensor:
    """``recurrent_step`` if causal: O(t m v), t steps, one state (autograd keeps all).

    Arguments as for ``linear_attention_quadratic``. If not causal, one pass writes the
    state and a second one reads it.
    """
    _checked_inputs((q, k, v), causal=causal)
    if not causal:
        return _two_passes(q, k, v, 1, feature_map)
    state, outputs = empty_state(k, v, feature_map), []
    for token in zip(*(x.unbind(-2) for x in (q, k, v))):
        state, output = recurrent_step(state, token, feature_map)
        outputs.append(output)
    return torch.stack(outputs, -2)


# --8<-- [start:efficient]
def efficient_attention(
    q: Tensor, k: Tensor, v: Tensor, causal: bool = False
) -> Tensor:
    """Shen et al.: softmax over the features of each query, and over all tokens of K.

    Args:
        q: shape (..., t, d).
        k: shape (..., s, d).
        v: shape (..., s, v).
        causal: must be False; it is here to be refused.

    Returns:
        Shape (..., t, v); each query's weights sum to 1.

    Raises:
        ValueError: if causal, since the softmax over tokens reads the future, if shapes
            or types disagree, or an axis is empty.
    """
    if causal:
        raise ValueError("causal must be False: softmax over tokens reads the future")
    kind, wide = v.dtype, torch.promote_types(v.dtype, torch.float32)
    q, k, v = (x.to(wide) for x in _checked_inputs((q, k, v), causal=False))
    return (q.softmax(-1) @ (k.softmax(-2).mT @ v)).to(kind)
    # --8<-- [end:efficient]


def _two_passes(
    q: Tensor, k: Tensor, v: Tensor, chunk: int, feature_map: FeatureMap
) -> Tensor:
    state, outputs = empty_state(k, v, feature_map), []
    for keys, values in zip(k.split(chunk, -2), v.split(chunk, -2)):
        _, phi_k, values = _features_of((keys, keys, values), feature_map)
        state = _extended(state, phi_k, values)
    for queries in q.split(chunk, -2):
        phi_q = _features_of((queries, queries, queries), feature_map)[0]
        denominator = torch.einsum("...tm,...m->...t", phi_q, state.key_sum)
        outputs.append(_weighted_mean(phi_q @ state.outer_sum, denominator))
    return torch.cat(outputs, -2).to(v.dtype)
