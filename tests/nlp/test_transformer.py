"""Oracles: torch.nn's own RNN, cells, attention and layers, autograd, closed forms."""

import itertools
import math
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from snippets.nlp import transformer
from snippets.nlp.transformer import (
    EncoderParams,
    TinyLanguageModel,
    causal_mask,
    encoder_layer,
    experiments,
    gru_cell,
    layer_parameters,
    learn_reversal,
    lstm_cell,
    multi_head_attention,
    recall_accuracy,
    rnn_forward,
    rnn_gradient_norms,
    sdpa,
    sinusoidal_pe,
    softmax_statistics,
)
from snippets.nlp.transformer._checks import _check_float

D64 = torch.float64


def draw(*shape: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=D64)


def fill(module: nn.Module, seed: int = 0) -> Any:
    """The module in float64, all parameters drawn, also biases and gains."""
    generator = torch.Generator().manual_seed(seed)
    for p in module.double().parameters():
        p.data = torch.randn(p.shape, generator=generator, dtype=D64) * 0.3
    return module


def close(got: Tensor, want: Tensor, atol: float = 1e-12) -> None:
    assert got.dtype == want.dtype
    torch.testing.assert_close(got, want, rtol=0, atol=atol)


# Recurrent networks


@given(st.integers(1, 3), st.integers(1, 5), st.integers(1, 4), st.integers(1, 4))
def test_rnn_is_torchs_rnn(b, t, inputs, d):
    net = fill(nn.RNN(inputs, d, batch_first=True))
    x, h0 = draw(b, t, inputs, seed=1), draw(b, d, seed=2)
    bias = net.bias_ih_l0 + net.bias_hh_l0
    weights = (net.weight_ih_l0, net.weight_hh_l0, bias)
    close(rnn_forward(x, *weights), net(x)[0])
    close(rnn_forward(x, *weights, h0=h0), net(x, h0[None])[0])


@given(st.integers(0, 3), st.integers(1, 4), st.integers(1, 4))
def test_lstm_cell_is_torchs_lstm_cell(b, inputs, d):
    cell = fill(nn.LSTMCell(inputs, d))
    x, h, c = draw(b, inputs), draw(b, d, seed=1), draw(b, d, seed=2)
    bias = cell.bias_ih + cell.bias_hh
    got = lstm_cell(x, (h, c), cell.weight_hh, cell.weight_ih, bias)
    for ours, theirs in zip(got, cell(x, (h, c)), strict=True):
        close(ours, theirs)


@given(st.integers(0, 3), st.integers(1, 4), st.integers(1, 4))
def test_gru_cell_is_torchs_gru_cell_once_the_update_gate_is_negated(b, inputs, d):
    cell = fill(nn.GRUCell(inputs, d))
    sign = torch.ones(3 * d, dtype=D64)
    sign[d : 2 * d] = -1  # our z is the share of the new, PyTorch's that of the old
    both = cell.bias_hh.clone()
    both[2 * d :] = 0
    bias = sign * (cell.bias_ih + both)
    w, u = sign[:, None] * cell.weight_hh, sign[:, None] * cell.weight_ih
    x, h = draw(b, inputs), draw(b, d, seed=1)
    close(gru_cell(x, h, w, u, bias, b_n=cell.bias_hh[2 * d :]), cell(x, h))


def test_a_closed_update_gate_keeps_the_state_and_b_n_defaults_to_zero():
    h = draw(2, 3)
    w, u, b = torch.zeros(9, 3, dtype=D64), torch.zeros(9, 2, dtype=D64), draw(9)
    b[3:6] = -800.0
    close(gru_cell(draw(2, 2), h, w, u, b), h)
    b[3:6] = 800.0
    close(gru_cell(draw(2, 2), h, w, u, b), b[6:].tanh().expand(2, 3))


def test_gradient_norms_of_an_rnn_are_those_of_autograd_and_below_the_bound():
    wx, wh, b, x = draw(4, 3), draw(4, 4, seed=1), draw(4, seed=2), draw(1, 6, 3)
    h0 = draw(1, 4, seed=3)

    def states(start: Tensor) -> Tensor:
        return rnn_forward(x, wx, wh, b, h0=start[None])[0]

    jacobians = torch.autograd.functional.jacobian(states, h0[0])
    want = torch.stack([torch.linalg.svdvals(j)[0] for j in jacobians])
    norms = rnn_gradient_norms(states(h0[0]), wh)
    close(norms, want)
    bound = torch.linalg.svdvals(wh)[0] ** torch.arange(1, 7)
    assert (norms < bound).all()


@pytest.mark.parametrize(("rho", "want"), [(0.9, 2.656e-5), (1.0, 1.0), (1.1, 13780.6)])
def test_a_scaled_orthogonal_matrix_shrinks_or_grows_gradients_by_a_power(rho, want):
    q = torch.linalg.qr(draw(8, 8)).Q
    norms = rnn_gradient_norms(torch.zeros(100, 8, dtype=D64), rho * q)
    assert norms[-1].item() == pytest.approx(rho**100, rel=1e-10)
    assert norms[-1].item() == pytest.approx(want, rel=1e-4)


def test_gradient_norms_past_the_range_of_numbers_are_not_finite_and_no_error():
    w = 1e200 * torch.eye(2, dtype=D64)
    norms = rnn_gradient_norms(torch.zeros(3, 2, dtype=D64), w)
    assert norms[:1].tolist() == [1e200]
    assert not norms[1:].isfinite().any()


def test_the_lstm_of_1997_had_no_forget_gate_and_its_memory_keeps_gradients_whole():
    # An open gate, f = 1, is a memory whose weight of itself is 1.
    c0 = torch.ones(1, 1, dtype=D64, requires_grad=True)
    state = torch.zeros(1, 1, dtype=D64), c0
    w, u = torch.zeros(4, 1, dtype=D64), torch.zeros(4, 1, dtype=D64)
    b = torch.tensor([0.0, 800.0, 0.3, 0.1], dtype=D64)
    for _ in range(100):
        state = lstm_cell(torch.ones(1, 1, dtype=D64), state, w, u, b)
    assert torch.autograd.grad(state[1].sum(), c0)[0].item() == 1


def test_tanh_can_make_gradients_vanish_where_the_bound_explodes():
    w = 1.1 * torch.linalg.qr(draw(32, 32)).Q
    inputs, zero = 0.5 * draw(1, 100, 32, seed=1), torch.zeros(32, dtype=D64)
    states = rnn_forward(inputs, torch.eye(32, dtype=D64), w, zero)[0]
    assert rnn_gradient_norms(states, w)[-1] < 1e-6


@pytest.mark.parametrize(("bias", "want"), [(0, 7.9e-31), (1, 2.5e-14), (5, 0.511)])
def test_the_memory_gradient_of_an_lstm_is_the_product_of_forget_gates(bias, want):
    c0 = torch.ones(1, 1, dtype=D64, requires_grad=True)
    state = torch.zeros(1, 1, dtype=D64), c0
    w, u = torch.zeros(4, 1, dtype=D64), torch.zeros(4, 1, dtype=D64)
    b = torch.tensor([0.0, bias, 0.3, 0.1], dtype=D64)
    for _ in range(100):
        state = lstm_cell(torch.ones(1, 1, dtype=D64), state, w, u, b)
    (gradient,) = torch.autograd.grad(state[1].sum(), c0)
    assert gradient.item() == pytest.approx((1 / (1 + math.exp(-bias))) ** 100)
    assert gradient.item() == pytest.approx(want, rel=1e-2)


# Attention


@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 4), st.integers(1, 3))
def test_attention_is_torchs(t, s, d, v):
    q, k, value = draw(2, 3, t, d), draw(2, 3, s, d, seed=1), draw(2, 3, s, v, seed=2)
    generator = torch.Generator().manual_seed(t * 5 + s)
    mask = torch.rand(2, 1, t, s, generator=generator) < 0.5
    mask[..., 0] = True
    torchs = F.scaled_dot_product_attention
    close(sdpa(q, k, value), torchs(q, k, value))
    close(sdpa(q, k, value, causal=True), torchs(q, k, value, is_causal=True))
    close(sdpa(q, k, value, mask), torchs(q, k, value, attn_mask=mask))
    both = mask & torch.ones(t, s, dtype=torch.bool).tril()
    close(sdpa(q, k, value, mask, True), torchs(q, k, value, attn_mask=both))


def test_attention_by_hand():
    q = torch.tensor([[2.0, 0, 0, 0]], dtype=D64)
    k = torch.tensor([[math.log(3), 0, 0, 0], [0, 0, 0, 0]], dtype=D64)
    v = torch.tensor([[8.0], [4.0]], dtype=D64)
    # The scores are 2 ln 3 / sqrt(4) = ln 3 and 0, so the weights 3/4 and 1/4.
    close(sdpa(q, k, v), torch.tensor([[7.0]], dtype=D64))


def test_the_causal_mask_counts_from_the_top_left_as_torch_does():
    want = [[True, False, False, False, False], [True, True, False, False, False]]
    assert causal_mask(2, 5).tolist() == want
    q, k, v = draw(2, 3), draw(5, 3, seed=1), draw(5, 3, seed=2)
    torchs = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    close(sdpa(q, k, v, causal=True), torchs)
    close(torchs[0], v[0])  # one new query beside a cache reads the oldest key alone
    bottom_right = torch.ones(2, 5, dtype=torch.bool).tril(3)
    assert (sdpa(q, k, v, bottom_right) - torchs).abs().max() > 0.1
    assert causal_mask(0, 3).shape == (0, 3)
    assert causal_mask(3, 1).all()


def test_the_future_does_not_leak_into_the_past():
    q, k, v = draw(6, 4), draw(6, 4, seed=1), draw(6, 4, seed=2)
    before = sdpa(q, k, v, causal=True)
    k[4:], v[4:] = 100.0, -100.0
    after = sdpa(q, k, v, causal=True)
    close(after[:4], before[:4], atol=0)
    assert (after[4:] != before[4:]).any()


def test_huge_scores_neither_overflow_nor_give_nan():
    v = torch.tensor([[1.0], [2.0]], dtype=D64)
    q, k = torch.tensor([[1e4]], dtype=D64), torch.tensor([[1e4], [-1e4]], dtype=D64)
    close(sdpa(q, k, v), torch.ones(1, 1, dtype=D64))
    # 4 * 180 * 180 is more than float16 can hold, half of it is not.
    half = torch.full((1, 4), 180.0, dtype=torch.float16)
    close(sdpa(half, half, half), half, atol=0)


def test_a_masked_key_has_no_weight_however_low_the_others_score():
    q, k = torch.tensor([[1e4]], dtype=D64), torch.tensor([[-1e4], [-1e4]], dtype=D64)
    v = torch.tensor([[1.0], [2.0]], dtype=D64)
    close(sdpa(q, k, v, torch.tensor([[True, False]])), v[:1])


def test_attention_of_no_query_or_one_key():
    assert sdpa(draw(0, 4), draw(3, 4), draw(3, 2)).shape == (0, 2)
    v = draw(1, 2)
    close(sdpa(draw(3, 4), draw(1, 4), v), v.expand(3, 2))


def test_a_row_without_a_key_is_refused_where_torch_returns_zeros_or_nan():
    q, k, v = draw(2, 3), draw(4, 3, seed=1), draw(4, 3, seed=2)
    mask = torch.ones(2, 4, dtype=torch.bool)
    mask[1] = False
    silent = F.scaled_dot_product_attention(q[None], k[None], v[None], mask[None])
    assert (silent[0, 1] == 0).all()
    plain = (q @ k.T).masked_fill(~mask, -math.inf).softmax(-1)
    assert plain[1].isnan().all()
    with pytest.raises(ValueError, match="every query must have a key to read"):
        sdpa(q, k, v, mask)
    with pytest.raises(ValueError, match="every query must have a key to read"):
        sdpa(q, k[:0], v[:0])


@given(st.integers(1, 3), st.integers(1, 4), st.integers(1, 3), st.integers(1, 4))
def test_multi_head_attention_is_torchs(heads, d_head, t, s):
    d = heads * d_head
    net = fill(nn.MultiheadAttention(d, heads, batch_first=True))
    weights = (net.in_proj_weight, net.in_proj_bias, net.out_proj.weight)
    weights = (*weights, net.out_proj.bias, heads)
    x, memory = draw(2, t, d), draw(2, s, d, seed=1)
    close(multi_head_attention(x, *weights), net(x, x, x)[0])
    drop = ~causal_mask(t, t)  # torch's mask says what is left out
    causal = multi_head_attention(x, *weights, causal=True)
    close(causal, net(x, x, x, attn_mask=drop)[0])
    cross = multi_head_attention(x, *weights, memory=memory)
    close(cross, net(x, memory, memory)[0])
    keep = torch.ones(2, 1, t, s, dtype=torch.bool)
    keep[1, :, :, 1:] = False
    masked = multi_head_attention(x, *weights, mask=keep, memory=memory)
    padding = ~keep[:, 0, 0]
    close(masked, net(x, memory, memory, key_padding_mask=padding)[0])


def test_a_boolean_mask_keeps_in_sdpa_and_drops_in_multihead_attention():
    mask = torch.tensor([[False, True, True], [False] * 3, [False] * 3])
    net = nn.MultiheadAttention(4, 1, batch_first=True).double()
    x = draw(1, 3, 4)
    weights = net(x, x, x, attn_mask=mask)[1][0, 0]
    close(weights, torch.tensor([1.0, 0.0, 0.0], dtype=D64))
    eye = torch.eye(3, dtype=D64)
    kept = F.scaled_dot_product_attention(x, x, eye[None], attn_mask=mask[:1])[0, 0]
    assert kept[0] == 0
    assert kept[1:].sum() == pytest.approx(1)


def test_heads_do_not_change_the_number_of_parameters_but_the_function():
    counts = {
        sum(p.numel() for p in nn.MultiheadAttention(64, n).parameters())
        for n in (1, 2, 8, 64)
    }
    assert counts == {4 * 64 * 64 + 4 * 64}
    x, weights = draw(1, 3, 4), (draw(12, 4), draw(12), draw(4, 4), draw(4))
    one, two = (multi_head_attention(x, *weights, n_heads=n) for n in (1, 2))
    assert (one - two).abs().max() > 0.1


def test_without_positions_attention_is_blind_to_order_and_a_causal_mask_sees_it():
    x, weights = draw(1, 6, 4), (draw(12, 4), draw(12), draw(4, 4), draw(4), 2)
    order = torch.tensor([3, 0, 4, 1, 2, 5])  # the last token stays the last

    def layer(y: Tensor, causal: bool) -> Tensor:
        return multi_head_attention(y, *weights, causal=causal)

    close(layer(x[:, order], False), layer(x, False)[:, order])
    once = layer(x[:, order], True) - layer(x, True)[:, order]
    assert once.abs().max() > 0.1
    # One causal layer still shows the last token a set; a second one sees the order.
    assert once[:, -1].abs().max() < 1e-12
    twice = (
        layer(layer(x[:, order], True), True) - layer(layer(x, True), True)[:, order]
    )
    assert twice[:, -1].abs().max() > 0.01


# The root of d


def test_the_variance_of_a_dot_product_is_d_and_of_a_scaled_one_1():
    generator = torch.Generator().manual_seed(0)
    q, k = torch.randn(2, 200_000, 64, generator=generator)
    product = (q * k).sum(-1)
    assert product.var().item() == pytest.approx(64, rel=0.02)
    assert (product / 8).var().item() == pytest.approx(1, rel=0.02)
    assert (product / 64).var().item() == pytest.approx(1 / 64, rel=0.02)  # a mean


def test_unscaled_scores_saturate_the_softmax_and_kill_its_jacobian():
    raw, scaled = (softmax_statistics(512, scaled) for scaled in (False, True))
    assert raw.largest == pytest.approx(0.936, abs=0.01)
    assert scaled.largest == pytest.approx(0.165, abs=0.01)
    assert raw.jacobian == pytest.approx(0.084, abs=0.012)
    assert scaled.jacobian == pytest.approx(0.242, abs=0.005)
    assert raw.variance == pytest.approx(512, rel=0.05)
    assert scaled.variance == pytest.approx(1, rel=0.05)


def test_softmax_statistics_agree_with_autograd():
    got = softmax_statistics(3, True, keys=4, queries=5, seed=7)
    generator = torch.Generator().manual_seed(7)
    q = torch.randn(5, 1, 3, generator=generator)
    k = torch.randn(5, 4, 3, generator=generator)
    rows = [(k[i] @ q[i, 0]).double() / math.sqrt(3) for i in range(5)]
    norms = [
        torch.autograd.functional.jacobian(lambda s: s.softmax(0), row).norm().item()
        for row in rows
    ]
    assert got.jacobian == pytest.approx(sum(norms) / 5, abs=1e-6)
    largest = [row.softmax(0).max().item() for row in rows]
    assert got.largest == pytest.approx(sum(largest) / 5, abs=1e-6)
    assert got.variance == pytest.approx(torch.stack(rows).var().item(), abs=1e-6)


# Positions


@given(st.integers(0, 6), st.integers(1, 5))
def test_position_vectors_follow_the_definition(t, pairs):
    pe = sinusoidal_pe(t, 2 * pairs, D64)
    assert pe.shape == (t, 2 * pairs)
    for i, g in itertools.product(range(t), range(pairs)):
        angle = i / 10000 ** (2 * g / (2 * pairs))
        assert pe[i, 2 * g].item() == pytest.approx(math.sin(angle), abs=1e-12)
        assert pe[i, 2 * g + 1].item() == pytest.approx(math.cos(angle), abs=1e-12)


def test_position_vectors_have_known_values_equal_norms_and_a_toeplitz_gram_matrix():
    pe = sinusoidal_pe(50, 8, D64)
    want = torch.tensor([0.84147, 0.54030, 0.09983, 0.99500], dtype=D64)
    close(pe[1, :4], want, atol=5e-6)
    close(pe.square().sum(1), torch.full((50,), 4.0, dtype=D64))
    gram = pe @ pe.T
    close(gram[1:, 1:], gram[:-1, :-1])


def test_a_shift_rotates_each_pair_whatever_the_position():
    pe, shift = sinusoidal_pe(40, 6, D64).unflatten(1, (3, 2)), 7
    for g in range(3):
        angle = shift * 10000 ** (-2 * g / 6)
        c, s = math.cos(angle), math.sin(angle)
        rotation = torch.tensor([[c, s], [-s, c]], dtype=D64)
        close(pe[shift:, g], pe[:-shift, g] @ rotation.T)


def test_far_positions_are_right_in_float32():
    # The angle itself has an error of up to 0.03 at position 1e6 in float32.
    pe = sinusoidal_pe(1_000_003, 4)
    assert pe.dtype == torch.float32
    # 10^(-2) is the frequency of the second pair.
    assert pe[1_000_001, 0].item() == pytest.approx(math.sin(1_000_001), abs=1e-6)
    assert pe[1_000_001, 3].item() == pytest.approx(math.cos(10000.01), abs=1e-6)


# The layer


def torchs_layer(d: int, heads: int, hidden: int, norm_first: bool) -> Any:
    layer = nn.TransformerEncoderLayer(
        d, heads, hidden, dropout=0.0, batch_first=True, norm_first=norm_first
    )
    return fill(layer).train()  # eval mode would take another path


def params_of(layer: Any) -> EncoderParams:
    attention = layer.self_attn
    return EncoderParams(
        attention.in_proj_weight,
        attention.in_proj_bias,
        attention.out_proj.weight,
        attention.out_proj.bias,
        layer.linear1.weight,
        layer.linear1.bias,
        layer.linear2.weight,
        layer.linear2.bias,
        layer.norm1.weight,
        layer.norm1.bias,
        layer.norm2.weight,
        layer.norm2.bias,
        attention.num_heads,
    )


@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 5), st.booleans())
def test_the_layer_is_torchs_in_both_orders(heads, d_head, t, norm_first):
    layer = torchs_layer(heads * d_head, heads, 5, norm_first)
    params, x = params_of(layer), draw(2, t, heads * d_head)
    close(encoder_layer(x, params, norm_first), layer(x))
    drop = ~causal_mask(t, t)
    causal = encoder_layer(x, params, norm_first, causal=True)
    close(causal, layer(x, src_mask=drop))
    close(encoder_layer(x, params, norm_first, mask=~drop), causal)


def test_a_large_mean_does_not_spoil_the_normalization():
    layer = torchs_layer(4, 2, 5, norm_first=True)
    x = draw(1, 3, 4) + 3000
    close(encoder_layer(x, params_of(layer), True), layer(x), atol=1e-9)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("size", [1, 100, 300])
def test_a_layer_in_16_bits_errs_at_most_twice_as_much_as_torchs(
    dtype, norm_first, size
):
    layer = torchs_layer(16, 2, 32, norm_first).to(dtype)
    x = (size * draw(2, 5, 16)).to(dtype)
    exact = torchs_layer(16, 2, 32, norm_first)
    with torch.no_grad():
        for ours, theirs in zip(exact.parameters(), layer.parameters(), strict=True):
            ours.copy_(theirs)
        want = exact(x.double())
        got = encoder_layer(x, params_of(layer), norm_first)
        torchs = (layer(x).double() - want).abs().max()
    assert got.dtype == dtype
    assert (got.double() - want).abs().max() <= 2 * torchs


def test_every_weight_of_the_layer_and_its_input_get_the_gradients_of_torchs():
    for norm_first in (False, True):
        layer = torchs_layer(4, 2, 5, norm_first)
        x = draw(2, 3, 4).requires_grad_()
        weight = draw(2, 3, 4, seed=1)
        wanted = [x, *layer.parameters()]
        want = torch.autograd.grad((layer(x) * weight).sum(), wanted)
        out = encoder_layer(x, params_of(layer), norm_first)
        got = torch.autograd.grad((out * weight).sum(), wanted)
        for ours, theirs in zip(got, want, strict=True):
            close(ours, theirs)


def test_projections_cut_into_heads_are_the_formula():
    x, w, b = draw(1, 5, 6), draw(18, 6), torch.zeros(18, dtype=D64)
    w_o = draw(6, 6, seed=1)
    q, k, v = (x[0] @ w[i : i + 6].T for i in (0, 6, 12))  # X W_Q, X W_K, X W_V
    heads = [
        ((q[:, c] @ k[:, c].T) / math.sqrt(2)).softmax(-1) @ v[:, c]
        for c in (slice(0, 2), slice(2, 4), slice(4, 6))
    ]
    want = torch.cat(heads, -1) @ w_o.T
    close(multi_head_attention(x, w, b, w_o, b[:6], 3)[0], want)


def test_a_token_added_to_a_cache_of_keys_gets_the_last_row_of_the_causal_whole():
    q, k, v = draw(6, 4), draw(6, 4, seed=1), draw(6, 4, seed=2)
    close(sdpa(q[-1:], k, v), sdpa(q, k, v, causal=True)[-1:])


def test_pre_and_post_norm_differ_and_only_post_norm_ends_normalized():
    params = params_of(torchs_layer(4, 2, 8, norm_first=False))
    ones, zeros = torch.ones(4, dtype=D64), torch.zeros(4, dtype=D64)
    params = params._replace(gain_1=ones, shift_1=zeros, gain_2=ones, shift_2=zeros)
    x = 10 * draw(1, 5, 4)
    post, pre = (encoder_layer(x, params, first) for first in (False, True))
    close(post.mean(-1), torch.zeros(1, 5, dtype=D64))
    close(post.var(-1, correction=0), torch.ones(1, 5, dtype=D64), atol=1e-3)
    assert (pre.var(-1, correction=0) > 2).all()


def total(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


@given(st.integers(1, 3), st.integers(1, 4), st.integers(1, 9))
def test_counts_are_those_of_torchs_layers(heads, d_head, hidden):
    d = heads * d_head
    encoder = nn.TransformerEncoderLayer(d, heads, hidden, batch_first=True)
    decoder = nn.TransformerDecoderLayer(d, heads, hidden, batch_first=True)
    assert layer_parameters(d, hidden) == total(encoder)
    assert layer_parameters(d, hidden, cross=True) == total(decoder)


def test_the_base_model_has_44_million_parameters_and_torchs_two_norms_more():
    encoder, decoder = layer_parameters(512, 2048), layer_parameters(512, 2048, True)
    assert (encoder, decoder) == (3_152_384, 4_204_032)
    stack = 6 * (encoder + decoder)
    module = nn.Transformer(batch_first=True, device="meta")
    assert stack == 44_138_496
    assert total(module) == 44_140_544 == stack + 2 * 2 * 512


# Exercises and the experiment


def flops(call: Any, *args: Any) -> int:
    with FlopCounterMode(display=False) as counter:
        call(*args)
    return counter.get_total_flops()


@given(st.integers(1, 6), st.integers(1, 3))
def test_a_layer_costs_24_t_d2_and_4_t2_d_with_a_hidden_width_of_4_d(t, d):
    layer = torchs_layer(d, 1, 4 * d, norm_first=True)
    got = flops(encoder_layer, draw(1, t, d), params_of(layer), True)
    assert got == 24 * t * d**2 + 4 * t**2 * d


@given(st.integers(1, 6), st.integers(1, 6))
def test_attention_costs_8_t_d2_and_4_t2_d_where_an_lstm_costs_16_t_d2(t, d):
    x, weights = draw(1, t, d), (draw(3 * d, d), draw(3 * d), draw(d, d), draw(d), 1)
    scores, projections = 4 * t**2 * d, 8 * t * d**2
    assert flops(sdpa, x, x, x) == scores
    assert flops(multi_head_attention, x, *weights) == scores + projections
    rnn = flops(rnn_forward, x, draw(d, d), draw(d, d), draw(d))
    assert rnn == 4 * t * d**2
    state, w = (draw(1, d), draw(1, d)), draw(4 * d, d)
    assert t * flops(lstm_cell, x[:, 0], state, w, w, draw(4 * d)) == 16 * t * d**2


def test_scores_and_projections_cost_the_same_at_twice_the_width():
    tokens, width = 1024, 512
    assert 4 * tokens**2 * width == 8 * tokens * width**2 == 2_147_483_648


@pytest.mark.parametrize("seed", [0, 3, 4])
def test_attention_recalls_the_first_token_in_200_steps_if_it_has_positions(seed):
    assert recall_accuracy("attention", seed) > 0.5
    assert recall_accuracy("no positions", seed) < 0.3


@pytest.mark.parametrize("seed", [0, 3, 4])
@pytest.mark.parametrize("model", ["rnn", "lstm", "gru"])
def test_recurrent_networks_stay_at_chance_in_200_steps(model, seed):
    assert recall_accuracy(model, seed) < 0.2


@pytest.mark.parametrize("seed", [0, 3, 4])
def test_an_open_forget_gate_carries_the_credit_and_a_bias_of_1_does_not(seed):
    assert recall_accuracy("lstm", seed, forget_bias=1.0) < 0.2
    assert recall_accuracy("lstm", seed, forget_bias=5.0) > 0.5


def test_gradients_are_clipped_where_a_forget_bias_is_set(monkeypatch):
    limits, clip = [], nn.utils.clip_grad_norm_

    def spy(parameters: Any, limit: float) -> Tensor:
        limits.append(limit)
        return clip(parameters, limit)

    monkeypatch.setattr(nn.utils, "clip_grad_norm_", spy)
    for bias in (None, 5.0):
        recall_accuracy("lstm", 0, bias, steps=1)
    assert limits == [math.inf, 1.0]


def test_the_two_biases_of_torchs_forget_gate_sum_to_the_one_that_is_set():
    layer: Any = experiments._Recurrent("lstm", 5.0).layer
    both = (layer.bias_ih_l0 + layer.bias_hh_l0).unflatten(0, (4, 32))
    assert (both[1] == 5).all()  # PyTorch's order: input, forget, candidate, output
    assert not (both[[0, 2, 3]] == 5).any()


def test_a_causal_model_learns_to_reverse_and_decodes_without_a_mistake():
    result = learn_reversal(0)
    assert result.accuracy == 1
    assert result.reversed_loss < 0.1
    # No past tells a random token: ln 8 nats is the least, but for the 500 drawn.
    assert 2.05 < result.random_loss < 2.15
    assert result.withheld_loss == pytest.approx(result.random_loss, abs=1e-5)
    assert math.log(8) == pytest.approx(2.08, abs=0.005)


def test_without_the_mask_a_model_reads_its_answers_and_errs_where_they_are_withheld():
    result = learn_reversal(0, causal=False)
    assert result.random_loss < 0.05
    assert result.withheld_loss > 4  # worse than chance, which is 2.1
    assert result.accuracy < 0.5


def test_losses_that_withhold_the_future_are_those_of_each_prefix():
    # Nothing learnt: every guess of the causal model is the same in both.
    result = learn_reversal(3, steps=0)
    assert result.withheld_loss == pytest.approx(result.random_loss, abs=1e-5)
    other = learn_reversal(3, steps=0, causal=False)
    assert abs(other.withheld_loss - other.random_loss) > 1e-3


def test_scaled_scores_hardly_depend_on_the_width():
    rows = [softmax_statistics(2**n, True, queries=200) for n in range(11)]
    assert all(0.13 < row.largest < 0.18 for row in rows)
    assert all(0.21 < row.jacobian < 0.26 for row in rows)


def test_a_forget_gate_that_reads_its_input_needs_more_than_a_bias():
    # No recurrent weight, yet the gate is not sigmoid(bias).
    c0 = torch.ones(1, 1, dtype=D64, requires_grad=True)
    state = torch.zeros(1, 1, dtype=D64), c0
    w, u = torch.zeros(4, 1, dtype=D64), torch.tensor([[0.0], [-3], [0], [0]]).double()
    b = torch.tensor([0.0, 4.968, 0.3, 0.1], dtype=D64)
    for _ in range(100):
        state = lstm_cell(torch.ones(1, 1, dtype=D64), state, w, u, b)
    assert torch.autograd.grad(state[1].sum(), c0)[0] < 1e-5


def test_the_count_of_the_paper_leaves_out_the_projections():
    # T^2 D against T D^2 is cheaper below T = D; with the projections, never.
    for t, d in ((1, 8), (4, 8), (7, 8)):
        assert t**2 * d < t * d**2
        assert 8 * t * d**2 + 4 * t**2 * d > 4 * t * d**2


def test_an_untrained_model_is_at_chance_and_its_future_does_not_leak():
    model = TinyLanguageModel(0)
    tokens = torch.randint(9, (2, 10), generator=torch.Generator().manual_seed(1))
    before, tokens[:, 6:] = model.logits(tokens), 8
    torch.testing.assert_close(model.logits(tokens)[:, :6], before[:, :6])
    assert model.generate(tokens, 3).shape == (2, 13)
    assert learn_reversal(0, steps=0).accuracy < 0.01


def test_the_model_is_torchs_layers_between_a_scaled_embedding_and_its_transpose():
    model = TinyLanguageModel(0)
    tokens = torch.randint(9, (2, 7), generator=torch.Generator().manual_seed(1))
    stream = model.embedding[tokens] * math.sqrt(32) + sinusoidal_pe(7, 32)
    for params in model.layers:
        layer: Any = torchs_layer(32, 2, 128, norm_first=True).float()
        with torch.no_grad():
            for theirs, ours in zip(params_of(layer)[:-1], params[:-1], strict=True):
                theirs.copy_(ours)
        stream = layer(stream, src_mask=~causal_mask(7, 7))
    want = F.layer_norm(stream, (32,)) @ model.embedding.T
    torch.testing.assert_close(model.logits(tokens), want, rtol=0, atol=1e-4)


def test_the_loss_of_the_reversal_is_that_of_its_last_six_tokens():
    symbols = torch.randint(8, (500, 6), generator=torch.Generator().manual_seed(103))
    separator = torch.full((500, 1), 8)
    tokens = torch.cat([symbols, separator, symbols.flip(1)], 1)
    chances = TinyLanguageModel(3).logits(tokens)[:, 6:-1].log_softmax(-1)
    want = -chances.gather(2, tokens[:, 7:, None]).mean()
    got = learn_reversal(3, steps=0).reversed_loss
    assert got == pytest.approx(want.item(), rel=1e-5)


def test_the_sequences_to_recall_have_40_tokens():
    assert experiments._LENGTH == 40


def test_the_experiment_leaves_the_global_seed_alone_and_repeats():
    before = torch.get_rng_state()
    first, again = (recall_accuracy("attention", 3, steps=20) for _ in range(2))
    assert first == again
    assert recall_accuracy("attention", 4, steps=20) != first
    assert torch.equal(before, torch.get_rng_state())


# Bad input


X, WX, WH, B = draw(2, 3, 4), draw(5, 4), draw(5, 5), draw(5)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((X.long(), WX, WH, B), "x must be floating point, got torch.int64"),
        ((X[0], WX, WH, B), r"x must have shape \(any, any, any\), got \(3, 4\)"),
        ((X[:, :0], WX, WH, B), "x must have at least one step, got t = 0"),
        ((X, WX.T, WH, B), r"Wx must have shape \(5, 4\), got \(4, 5\)"),
        ((X, WX, WH[:1], B), r"Wh must have shape \(5, 5\), got \(1, 5\)"),
        ((X, WX, WH, B[None]), "must have shape"),
        ((X, WX, WH, B.float()), "b must be torch.float64, got torch.float32"),
        ((X, WX, WH, B, draw(1, 5)), r"h0 must have shape \(2, 5\), got \(1, 5\)"),
    ],
)
def test_rnn_refuses(args, message):
    with pytest.raises(ValueError, match=message):
        rnn_forward(*args)


def test_gradient_norms_refuse():
    with pytest.raises(ValueError, match="h must have at least one step"):
        rnn_gradient_norms(torch.zeros(0, 5, dtype=D64), WH)
    with pytest.raises(ValueError, match=r"Wh must have shape \(4, 4\)"):
        rnn_gradient_norms(draw(3, 4), WH)
    with pytest.raises(ValueError, match="h must have shape"):
        rnn_gradient_norms(draw(4), WH)


@pytest.mark.parametrize("blocks", [3, 4])
def test_cells_refuse(blocks):
    x, h = draw(2, 4), draw(2, 5)
    good = {"W": draw(blocks * 5, 5), "U": draw(blocks * 5, 4), "b": draw(blocks * 5)}

    def cell(x: Tensor = x, h: Tensor = h, **changed: Tensor) -> object:
        state: Any = h if blocks == 3 else (h, h)
        step: Any = gru_cell if blocks == 3 else lstm_cell
        return step(x, state, **(good | changed))

    cell()
    for name, tensor in good.items():
        with pytest.raises(ValueError, match=f"{name} must have shape"):
            cell(**{name: tensor[:1]})
    with pytest.raises(ValueError, match="x must be floating point"):
        cell(x=x.long())
    with pytest.raises(ValueError, match=r"h must have shape \(2, any\), got \(1, 5\)"):
        cell(h=h[:1])


def test_single_extras_of_the_cells_refuse():
    x, h = draw(2, 4), draw(2, 5)
    with pytest.raises(ValueError, match=r"c must have shape \(2, 5\), got \(2, 1\)"):
        lstm_cell(x, (h, h[:, :1]), draw(20, 5), draw(20, 4), draw(20))
    with pytest.raises(ValueError, match=r"b_n must have shape \(5,\), got \(1,\)"):
        gru_cell(x, h, draw(15, 5), draw(15, 4), draw(15), draw(1))
    with pytest.raises(ValueError, match="y must be floating point"):
        _check_float("y", torch.ones(2, dtype=torch.bool), (2,))
    with pytest.raises(ValueError, match=r"y must have shape \(1,\), got \(2,\)"):
        _check_float("y", torch.ones(2), (1,))


Q, K, V = draw(2, 3, 4), draw(2, 5, 4), draw(2, 5, 6)
KEEP = torch.ones(3, 5, dtype=torch.bool)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((Q.long(), K.long(), V.long()), "share one floating point type"),
        ((Q, K.float(), V), "share one floating point type"),
        ((Q, K[..., :1], V), r"same features, >= 1, got \(2, 3, 4\), \(2, 5, 1\)"),
        ((Q[..., :0], K[..., :0], V), "same features, >= 1"),
        ((Q, K, V[:, :1]), "same length"),
        ((Q, K[:1], V[:1]), "alike"),
        ((Q, K, V[:1]), "alike"),
        ((Q[0, 0], K[0, 0], V[0, 0]), "alike"),
        ((Q, K, V, KEEP.double()), "mask must be boolean, got torch.float64"),
        ((Q, K, V, KEEP.T), r"mask must broadcast to \(2, 3, 5\), got \(5, 3\)"),
        ((Q, K, V, KEEP[None, None]), "mask must broadcast"),
        ((Q, K, V, KEEP[:, :4]), "mask must broadcast"),
        ((Q, K, V, KEEP[[0] * 5]), "mask must broadcast"),
    ],
)
def test_attention_refuses(args, message):
    with pytest.raises(ValueError, match=message):
        sdpa(*args)


def test_causal_mask_refuses():
    for bad in (-1, 2.0, True, "2"):
        with pytest.raises(ValueError, match="s must be an integer >= 0, got"):
            causal_mask(2, bad)
        with pytest.raises(ValueError, match="t must be an integer >= 0, got"):
            causal_mask(bad, 2)


def test_multi_head_attention_refuses():
    good: dict[str, Any] = {
        "x": draw(2, 3, 4),
        "w_qkv": draw(12, 4),
        "b_qkv": draw(12),
        "w_o": draw(4, 4),
        "b_o": draw(4),
        "n_heads": 2,
    }
    with pytest.raises(ValueError, match="n_heads must divide d = 4, got 3"):
        multi_head_attention(**good | {"n_heads": 3})
    for n_heads in (0, -2, 2.0, True):
        with pytest.raises(ValueError, match="n_heads must be an integer >= 1, got"):
            multi_head_attention(**good | {"n_heads": n_heads})
    for name in ("w_qkv", "b_qkv", "w_o", "b_o"):
        with pytest.raises(ValueError, match=f"{name} must have shape"):
            multi_head_attention(**good | {name: good[name][:1]})
    with pytest.raises(ValueError, match=r"x must be floating point, got torch\.int64"):
        multi_head_attention(**good | {"x": good["x"].long()})
    with pytest.raises(ValueError, match="x must have shape"):
        multi_head_attention(**good | {"x": good["x"][0]})
    with pytest.raises(ValueError, match=r"memory must have shape \(2, any, 4\)"):
        multi_head_attention(**good, memory=draw(1, 5, 4))
    with pytest.raises(
        ValueError, match=r"memory must be torch\.float64, got torch\.f"
    ):
        multi_head_attention(**good, memory=draw(2, 5, 4).float())


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((-1, 4, D64), "t must be an integer >= 0, got -1"),
        ((2.5, 4, D64), "t must be an integer >= 0, got 2.5"),
        ((3, 0, D64), "d must be an integer >= 2, got 0"),
        ((3, 5, D64), "d must be even, dtype floating point, got 5"),
        ((3, 4, torch.int64), "dtype floating point, got 4, torch.int64"),
    ],
)
def test_positions_refuse(args, message):
    with pytest.raises(ValueError, match=message):
        sinusoidal_pe(*args)


def test_the_layer_refuses():
    params = params_of(torchs_layer(4, 2, 5, True))
    x = draw(1, 3, 4)
    for name in params._fields[4:-1]:
        wrong = torch.cat([getattr(params, name)] * 2, -1)
        with pytest.raises(ValueError, match=f"{name} must have shape"):
            encoder_layer(x, params._replace(**{name: wrong}), True)
    with pytest.raises(ValueError, match="w_o must have shape"):
        encoder_layer(x, params._replace(w_o=params.w_o[:1]), True)
    with pytest.raises(ValueError, match="x must be floating point"):
        encoder_layer(x.long(), params, True)
    with pytest.raises(ValueError, match="x must have shape"):
        encoder_layer(x[0], params, True)


def test_counts_and_experiments_refuse():
    with pytest.raises(ValueError, match="d must be an integer >= 1, got 0"):
        layer_parameters(0, 4)
    with pytest.raises(ValueError, match="hidden must be an integer >= 1, got 0"):
        layer_parameters(4, 0)
    with pytest.raises(ValueError, match="queries must be an integer >= 2, got 1"):
        softmax_statistics(4, True, queries=1)
    with pytest.raises(ValueError, match="d must be an integer >= 1, got 0"):
        softmax_statistics(0, True)
    with pytest.raises(ValueError, match="steps must be an integer >= 0, got -1"):
        recall_accuracy("rnn", 0, steps=-1)
    with pytest.raises(ValueError, match="forget_bias must be finite, got nan"):
        recall_accuracy("lstm", 0, math.nan)
    with pytest.raises(ValueError, match="model must be one of"):
        recall_accuracy("mamba", 0)
    with pytest.raises(ValueError, match="forget_bias needs model 'lstm', got 'gru'"):
        recall_accuracy("gru", 0, forget_bias=1.0)


def test_the_recurrent_functions_can_be_imported_from_the_main_module():
    for name in ("rnn_forward", "lstm_cell", "gru_cell"):
        assert callable(getattr(transformer, name))
