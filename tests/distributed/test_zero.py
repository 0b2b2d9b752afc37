"""Oracles: torch.optim.AdamW in one process, autograd's saved tensors, and gc.

Numbers of the calculator are the papers' or counted by hand. Tests marked
``distributed`` start real processes with gloo: three of them, asked everything at once,
and the page's own command.
"""

import math
import os
import re
import subprocess
import sys
from fractions import Fraction
from functools import partial
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn.functional import mse_loss, scaled_dot_product_attention, silu

from snippets.distributed.data_parallel import spawn_ddp
from snippets.distributed.zero import (
    AdamWSettings,
    Block,
    LlamaShape,
    ShardState,
    Wire,
    Zero,
    activation_bytes,
    adamw_,
    comm_volume,
    empty_state,
    llama_activation_bytes,
    llama_param_count,
    max_params,
    model_state_bytes,
    offload_bytes,
    saved_bytes,
    zero1_step,
)
from snippets.distributed.zero.launch import (
    SETTINGS,
    STEPS,
    _check,
    _optimizer_for,
    make_batch,
    make_layers,
    train_alone,
)
from snippets.distributed.zero.optimizer import _cut
from tests.distributed import zero_workers as workers

ROOT = Path(__file__).parents[2]
SCRIPT = "snippets.distributed.zero.launch"
W = 3
GB, GIB = 10**9, 2**30
SEVEN = 7 * GB  # parameters of "7B"


def spread(test):
    """Mark a test that starts processes, and give it time on a busy machine."""
    return pytest.mark.distributed(pytest.mark.timeout(300)(test))


def assert_same(actual, expected, atol=1e-12):
    torch.testing.assert_close(actual, expected, rtol=0, atol=atol)


# ----------------------------------------------------------------------- model states


def test_seven_billion_parameters_take_112_gigabytes():
    held = model_state_bytes(SEVEN, 0, 1)
    assert held == {
        "params": 14 * GB,
        "grads": 14 * GB,
        "optim": 84 * GB,
        "total": 112 * GB,
    }
    assert held["total"] / GIB == pytest.approx(104.308, abs=5e-4)
    assert 2 * SEVEN + 2 * SEVEN + 8 * SEVEN == 84 * GB  # without the 32-bit copy


@pytest.mark.parametrize(
    ("n", "gigabytes"),
    [
        (1, [120, 120, 120, 120]),
        (4, [120, 52.5, 41.25, 30]),
        (64, [120, 31.406, 16.641, 1.875]),
        (1024, [120, 30.09, 15.10, 0.117]),
    ],
)
def test_the_papers_model_of_seven_and_a_half_billion(n, gigabytes):
    for stage, expected in enumerate(gigabytes):
        total = model_state_bytes(7_500_000_000, stage, n)["total"] / GB
        assert total == pytest.approx(expected, abs=6e-3 if n == 1024 else 5.1e-4)


def test_each_stage_shards_one_part_more():
    rows = [list(model_state_bytes(8, stage, 4).values()) for stage in range(4)]
    assert rows == [
        [16, 16, 96, 128],
        [16, 16, 24, 56],
        [16, 4, 24, 44],
        [4, 4, 24, 32],
    ]


@given(st.integers(0, 10**12), st.integers(0, 3), st.integers(1, 5000))
def test_states_lie_between_all_and_an_even_share(n_params, stage, n):
    total = model_state_bytes(n_params, stage, n)["total"]
    assert 16 * n_params / n <= total * (1 + 1e-15)
    assert total <= 16 * n_params
    if stage < 3:
        assert model_state_bytes(n_params, stage + 1, n)["total"] <= total
    if stage == 1:
        assert total >= 4 * n_params  # so at most a quarter, with any number


def test_other_conventions_are_other_bytes():
    def per_parameter(param, grad, optim):
        return model_state_bytes(1, 0, 1, param, grad, optim)["total"]

    assert per_parameter(4, 4, 8) == 16  # 32 bits throughout
    assert per_parameter(2, 4, 12) == 18  # gradients accumulated in 32 bits
    assert per_parameter(2, 2, 4) == 8  # 16 bits throughout
    assert per_parameter(2, 2, 6) == 10
    halves = model_state_bytes(10, 2, 2, 0.5, 1.5, 2.5)
    assert list(halves.values()) == [5.0, 7.5, 12.5, 25.0]


def test_adamw_keeps_two_averages_and_a_step_count():
    weight = nn.Parameter(torch.ones(100, 100))
    optimizer = torch.optim.AdamW([weight])
    weight.grad = torch.ones_like(weight)
    optimizer.step()
    sizes = {
        k: x.element_size() * x.numel() for k, x in optimizer.state[weight].items()
    }
    assert sizes == {"exp_avg": 40_000, "exp_avg_sq": 40_000, "step": 4}
    assert model_state_bytes(10_000, 0, 1, 4, 4, 8)["optim"] == 80_000


@pytest.mark.parametrize(
    ("stage", "n", "expected"),
    [(0, 1, 5 * GB), (1, 4, 80 * GB // 7), (3, 8, 40 * GB), (2, 64, 36_056_338_028)],
)
def test_what_fits_into_eighty_gigabytes(stage, n, expected):
    assert max_params(80 * GB, stage, n) == expected


@given(st.integers(0, 10**21), st.integers(0, 3), st.integers(1, 5000))
def test_one_parameter_more_would_not_fit(mem, stage, n):
    def exact(n_params):
        kept, shared = [(16, 0), (4, 12), (2, 14), (0, 16)][stage]
        return n_params * (kept + Fraction(shared, n))

    best = max_params(mem, stage, n)
    assert exact(best) <= mem < exact(best + 1)


def test_max_params_of_other_bytes():
    assert max_params(120, 3, 2, 1, 1, 4) == 40
    assert max_params(120, 1, 2, 1, 2, 2) == 30
    assert max_params(0, 0, 1) == 0


def test_the_exercises_of_the_page():
    at_two = model_state_bytes(SEVEN, 1, 2)["total"]
    assert at_two == 70 * GB
    assert model_state_bytes(SEVEN, 1, 1)["total"] > 80 * GB
    assert model_state_bytes(70 * GB, 3, 8)["total"] == 140 * GB
    one = LlamaShape(hidden=8192, inner=28_672, layers=1, heads=64, kv_heads=8)
    layer = llama_param_count(one) - 2 * one.vocabulary * one.hidden
    assert layer == pytest.approx(0.856 * GB, rel=1e-3)
    room = 139 * GIB - 140 * GB
    needs = [
        activation_bytes(s, 1, 8192, 64, 80, "full")
        + llama_activation_bytes(one, s, 1)
        + 4 * layer  # gathered, and its gradient
        for s in (4096, 2048)
    ]
    assert needs[1] < room < needs[0]
    assert 34 * 4096 / (5 * 32) == 870.4


# ---------------------------------------------------------------- traffic and offload


def test_zero_3_sends_half_as_much_again():
    totals = [comm_volume(1000, stage)["total"] for stage in range(4)]
    assert totals == [2000, 2000, 2000, 3000]
    assert comm_volume(1000, 3) == {
        "reduce_scatter": 1000,
        "all_gather": 2000,
        "total": 3000,
    }
    assert comm_volume(1000, 1, 4) == {
        "reduce_scatter": 750,
        "all_gather": 750,
        "total": 1500,
    }
    assert comm_volume(1000, 3, 1)["total"] == 0
    assert comm_volume(0, 2)["total"] == 0


@given(st.integers(1, 9), st.integers(0, 3), st.integers(1, 64))
def test_accumulating_sends_what_a_walk_through_the_step_counts(k, stage, n):
    sent = {"reduce_scatter": 0, "all_gather": 0}
    for _ in range(k):
        if stage == 3:
            sent["all_gather"] += 2  # before the forward and before the backward pass
        if stage >= 2:
            sent["reduce_scatter"] += 1  # there is room for a shard only
    if stage < 2:
        sent["reduce_scatter"] += 1  # the whole gradient was held until now
    if stage < 3:
        sent["all_gather"] += 1  # gradients (stage 0) or new parameters
    found = comm_volume(1000, stage, n, k)
    for name, times in sent.items():
        assert found[name] == pytest.approx(times * 1000 * (n - 1) / n)


def test_eight_micro_batches_cost_two_nine_and_twenty_four():
    totals = [comm_volume(1, stage, micro_batches=8)["total"] for stage in range(4)]
    assert totals == [2, 2, 9, 24]


def test_offload_leaves_two_bytes_of_sixteen_on_the_device():
    assert offload_bytes(SEVEN) == {
        "device": 14 * GB,
        "host": 98 * GB,
        "to_host": 14 * GB,
        "to_device": 14 * GB,
    }
    assert offload_bytes(8, 4, 2, 4, 12) == {
        "device": 16,
        "host": 32,
        "to_host": 8,
        "to_device": 4,
    }


# -------------------------------------------------------------------------- parameters


def llama(shape: LlamaShape) -> nn.Module:
    """The modules of such a model, without any memory."""
    h, keys = shape.hidden, shape.kv_heads * (shape.hidden // shape.heads)
    with torch.device("meta"):
        layers = [
            nn.ModuleList(
                [
                    *(nn.Linear(h, m, bias=False) for m in (h, keys, keys)),
                    nn.Linear(h, h, bias=False),
                    *(nn.Linear(h, shape.inner, bias=False) for _ in range(2)),
                    nn.Linear(shape.inner, h, bias=False),
                    *(nn.RMSNorm(h) for _ in range(2)),
                ]
            )
            for _ in range(shape.layers)
        ]
        words = nn.Embedding(shape.vocabulary, h)
        head = nn.Linear(h, shape.vocabulary, bias=False)
        if shape.tied:
            head.weight = words.weight
        return nn.ModuleList([words, *layers, nn.RMSNorm(h), head])


@pytest.mark.parametrize(
    ("shape", "published"),
    [
        (LlamaShape(), 6_738_415_616),
        (LlamaShape(hidden=5120, inner=13_824, layers=40, heads=40, kv_heads=40), None),
        (
            LlamaShape(hidden=8192, inner=28_672, layers=80, heads=64, kv_heads=8),
            68_976_648_192,
        ),
        (LlamaShape(10, 6, 7, 1, 3, 1, tied=True), None),
    ],
)
def test_parameters_are_those_of_the_modules(shape, published):
    count = sum(p.numel() for p in llama(shape).parameters())
    assert llama_param_count(shape) == count
    assert published in (None, count)


def test_llama_2_7b_takes_less_than_seven_billion_would():
    total = model_state_bytes(llama_param_count(LlamaShape()), 0, 1)["total"]
    assert total / GB == pytest.approx(107.8, abs=0.05)


# ------------------------------------------------------------------------- activations


class LlamaBlock(nn.Module):
    """A layer of that model, written for this test: RoPE, SwiGLU, shared keys."""

    def __init__(self, shape, fused, norm):
        super().__init__()
        h, self.shape, self.fused = shape.hidden, shape, fused
        self.norms = nn.ModuleList(norm(h) for _ in range(2))
        widths = (h, shape.keys, shape.keys, h, shape.inner, shape.inner)
        self.maps = nn.ModuleList(nn.Linear(h, m, bias=False) for m in widths)
        self.down = nn.Linear(shape.inner, h, bias=False)

    def forward(self, x, cos, sin):
        def turned(z):
            first, second = z.chunk(2, -1)
            return z * cos + torch.cat([-second, first], -1) * sin

        query, key, value, out, gate, up = self.maps
        d = self.shape.hidden // self.shape.heads
        y = self.norms[0](x)
        q, k, v = (
            f(y).unflatten(-1, (-1, d)).transpose(1, 2) for f in (query, key, value)
        )
        q, k = turned(q), turned(k)
        if self.fused:
            mixed = scaled_dot_product_attention(q, k, v, enable_gqa=True)
        else:
            mixed = (q * d**-0.5 @ k.mT).softmax(-1) @ v
        x = x + out(mixed.transpose(1, 2).flatten(2))
        y = self.norms[1](x)
        return x + self.down(silu(gate(y)) * up(y))


@pytest.mark.parametrize(("fused", "keys"), [(False, 4), (True, 4), (True, 2)])
def test_autograd_keeps_what_the_llama_formula_says(fused, keys):
    shape = LlamaShape(hidden=64, inner=172, layers=1, heads=4, kv_heads=keys)
    s, b = 32, 2
    x = torch.randn(b, s, 64).bfloat16().requires_grad_()
    cos, sin = (torch.randn(s, 16).bfloat16() for _ in range(2))
    formula = llama_activation_bytes(shape, s, b, fused)

    def extra(norm):
        block = LlamaBlock(shape, fused, norm).bfloat16()
        return saved_bytes(block, x, cos, sin) - cos.nbytes - sin.nbytes - formula

    # One or two numbers per token and norm; fused, one per token and head.
    heads = 4 * 4 * s * b if fused else 0
    assert extra(lambda h: nn.LayerNorm(h, bias=False)) - heads in (
        8 * s * b,
        16 * s * b,
    )
    wide = extra(nn.RMSNorm) - heads  # computes in 32 bits: 12 more of s b h
    if wide > 0.5 * s * b * 64:  # the backward of a fused norm would keep none of it
        assert wide == pytest.approx(12 * s * b * 64, rel=0.02)


def test_activations_of_llama_2_7b():
    shape = LlamaShape()
    for s, eager, fused in ((2048, 17.375, 9.375), (4096, 50.75, 18.75)):
        assert llama_activation_bytes(shape, s, 1, False) / GIB == eager
        assert llama_activation_bytes(shape, s, 1) / GIB == fused
    per_layer = llama_activation_bytes(shape, 1000, 1) / 32 / (1000 * 4096)
    assert per_layer == 37.5
    assert llama_activation_bytes(shape, 5376, 1, False) < 80 * GIB
    assert llama_activation_bytes(shape, 5632, 1, False) > 80 * GIB


def test_activations_of_a_gpt_like_layer_of_that_size():
    shape = {"s": 2048, "b": 1, "h": 4096, "a": 32}
    assert activation_bytes(**shape, layers=1) / GIB == 0.890625
    assert activation_bytes(**shape, layers=32) / GIB == 28.5
    assert activation_bytes(**shape, layers=32, mode="selective") / GIB == 8.5
    assert activation_bytes(**shape, layers=32, mode="full") / GIB == 0.5
    assert activation_bytes(**shape, layers=0) == 0
    twice = activation_bytes(**(shape | {"s": 4096}), layers=32)
    assert twice / GIB == 97
    assert twice > 80 * GB


def test_selective_recomputation_saves_70_percent_for_gpt_3():
    shape = {"s": 2048, "b": 1, "h": 12_288, "a": 96, "layers": 96}
    kept = activation_bytes(**shape, mode="selective") / activation_bytes(**shape)
    assert 5 * 96 * 2048 / 12_288 == 80
    assert 1 - kept == pytest.approx(0.702, abs=5e-4)


@pytest.mark.parametrize("mode", ["none", "selective", "full"])
@pytest.mark.parametrize(("s", "b", "h", "a"), [(16, 2, 64, 4), (33, 1, 48, 3)])
def test_autograd_keeps_what_the_formula_says(mode, s, b, h, a):
    x = torch.randn(b, s, h, dtype=torch.bfloat16, requires_grad=True)
    kept = saved_bytes(Block(h, a, recompute=mode).bfloat16(), x)
    # Mean and scale of each token in two norms, in 16 or 32 bits, is all it leaves out.
    norms = {0} if mode == "full" else {8 * s * b, 16 * s * b}
    assert kept - activation_bytes(s, b, h, a, 1, mode) in norms


def test_several_layers_keep_several_times_as_much():
    x = torch.randn(1, 16, 32, dtype=torch.bfloat16, requires_grad=True)
    model = nn.Sequential(*(Block(32, 2) for _ in range(3))).bfloat16()
    kept = saved_bytes(model, x) - activation_bytes(16, 1, 32, 2, 3)
    assert kept in (3 * 8 * 16, 3 * 16 * 16)


def test_fused_attention_keeps_nothing_that_grows_with_s_squared():
    def kept(s, fused):
        x = torch.randn(1, s, 32, dtype=torch.bfloat16, requires_grad=True)
        return saved_bytes(Block(32, 2, fused=fused).bfloat16(), x)

    def bend(fused):  # 0 for a straight line
        return kept(96, fused) - 2 * kept(64, fused) + kept(32, fused)

    assert bend(fused=True) == 0
    assert bend(fused=False) == 5 * 2 * (96**2 - 2 * 64**2 + 32**2)


def gradients(block, x):
    torch.manual_seed(5)
    inputs = x.clone().requires_grad_()
    block.zero_grad()
    block(inputs).square().mean().backward()
    return [inputs.grad, *(p.grad.clone() for p in block.parameters())]


@pytest.mark.parametrize("mode", ["selective", "full"])
def test_recomputing_changes_no_bit_of_the_gradients(mode):
    block = Block(32, 4, dropout=0.2).double()
    x = torch.randn(2, 9, 32, dtype=torch.float64)
    kept = gradients(block, x)
    block.recompute = mode
    assert all(torch.equal(a, b) for a, b in zip(kept, gradients(block, x)))


def test_recomputing_with_other_random_numbers_changes_the_gradients(monkeypatch):
    block = Block(32, 4, dropout=0.2).double()
    x = torch.randn(2, 9, 32, dtype=torch.float64)
    kept = gradients(block, x)
    block.recompute = "full"
    module = sys.modules["snippets.distributed.zero.activations"]
    careless = partial(module.checkpoint, preserve_rng_state=False)
    monkeypatch.setattr(module, "checkpoint", careless)
    changed = gradients(block, x)
    assert max((a - b).abs().max() for a, b in zip(kept, changed)) > 1e-3


def test_the_block_is_torchs_encoder_layer():
    block = Block(12, 3, dropout=0).double()
    layer = nn.TransformerEncoderLayer(
        12, 3, 48, 0, "gelu", batch_first=True, norm_first=True, dtype=torch.float64
    )
    attention = layer.self_attn
    with torch.no_grad():
        attention.in_proj_weight.copy_(torch.cat([f.weight for f in block.qkv]))
        attention.in_proj_bias.copy_(torch.cat([f.bias for f in block.qkv]))
        pairs = [
            (attention.out_proj, block.out),
            (layer.linear1, block.up),
            (layer.linear2, block.down),
        ]
        for theirs, ours in pairs:
            theirs.load_state_dict(ours.state_dict())
    x = torch.randn(2, 5, 12, dtype=torch.float64)
    assert_same(block(x), layer(x))
    block.fused = True
    assert_same(block(x), layer(x))


def test_dropout_keeps_the_mean():
    block = Block(8, 2, dropout=0.25)
    torch.manual_seed(0)
    dropped = block.drop(torch.ones(100_000))
    assert sorted(set(dropped.tolist())) == pytest.approx([0, 4 / 3])
    assert dropped.mean().item() == pytest.approx(1, abs=0.01)


# ------------------------------------------------------------------- ZeRO-1, simulated


def random_like(tensors, generator):
    return [torch.randn(x.shape, generator=generator, dtype=x.dtype) for x in tensors]


@pytest.mark.parametrize("n", [1, 4, 7, 64])
def test_ten_sharded_steps_are_adamws_bit_by_bit(n):
    generator = torch.Generator().manual_seed(0)
    shapes = [(7, 5), (13,), (), (0, 3), (2, 3, 2)]
    params = random_like([torch.empty(s).double() for s in shapes], generator)
    before = [p.clone() for p in params]
    whole = [p.clone().requires_grad_() for p in params]
    optimizer = torch.optim.AdamW(whole, 0.01, (0.8, 0.95), 1e-6, 0.1)
    settings = AdamWSettings(0.01, (0.8, 0.95), 1e-6, 0.1)
    first, states = params, None
    for _ in range(10):
        grads = random_like(params, generator)
        for p, g in zip(whole, grads):
            p.grad = g
        optimizer.step()
        params, states = zero1_step(params, grads, n, states, settings)
    assert all(torch.equal(a, b) for a, b in zip(params, whole))
    assert all(torch.equal(a, b) for a, b in zip(first, before))
    assert len(states) == n
    assert all(s.m.numel() == s.v.numel() == -(-61 // n) for s in states)
    assert all(s.step == 10 for s in states)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_sixteen_bit_weights_without_a_copy_are_refused(dtype):
    one = torch.ones(4, dtype=dtype)
    assert one[0] - 1e-4 == 1  # the update that would be lost
    message = f"must be float32 or float64, got {dtype}"
    with pytest.raises(ValueError, match=message):
        zero1_step([one], [one], 2)
    with pytest.raises(ValueError, match=message):
        adamw_(one, one, empty_state(one), SETTINGS)


def test_a_gradient_of_nan_is_not_hidden_by_clipping():
    class Unit:
        def owned_grad(self):
            return torch.tensor([1.0, math.nan])

    zero = object.__new__(Zero)
    zero.units, zero.max_norm, zero.stage = [Unit()], 1.0, 0
    assert math.isnan(zero._clip_scale())


def test_the_defaults_are_pytorchs():
    p, g = torch.ones(3, dtype=torch.float64), torch.arange(3.0).double()
    whole = p.clone().requires_grad_()
    whole.grad = g
    torch.optim.AdamW([whole]).step()
    assert torch.equal(zero1_step([p], [g], 2)[0][0], whole)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=4), st.integers(1, 9))
def test_shards_are_even_and_lose_nothing(sizes, n):
    tensors = [torch.arange(1.0, k + 1) for k in sizes]
    shards = _cut(tensors, n)
    flat = torch.cat(shards)
    assert [len(x) for x in shards] == [-(-sum(sizes) // n)] * n
    assert torch.equal(flat[: sum(sizes)], torch.cat(tensors))
    assert not flat[sum(sizes) :].any()


def test_clipping_each_shard_by_its_own_norm_is_not_clipping():
    generator = torch.Generator().manual_seed(1)
    params = [torch.zeros(8, dtype=torch.float64)]
    states, wrong_states = None, None
    right = wrong = params
    for scale in (1.0, 5.0):  # a constant factor would drop out of Adam's ratio
        g = scale * torch.randn(8, generator=generator, dtype=torch.float64)
        clipped = g / max(1, g.norm().item())
        pieces = [piece / max(1, piece.norm().item()) for piece in g.chunk(4)]
        right, states = zero1_step(right, [clipped], 4, states)
        wrong, wrong_states = zero1_step(wrong, [torch.cat(pieces)], 4, wrong_states)
    assert (right[0] - wrong[0]).abs().max() > 1e-5


# ----------------------------------------------------------- stages 0 to 3, for real


@pytest.fixture(scope="module")
def ranks():
    """What three ranks saw."""
    return spawn_ddp(workers.everything, W, limit=150, start_limit=120)


@spread
def test_reduce_scatter_and_all_gather_are_torchs(ranks):
    for rank, seen in enumerate(ranks):
        for dtype, found in seen["collectives"].items():
            mean = (
                sum(workers.contribution(r, 15, dtype).double() for r in range(W)) / W
            )
            assert_same(found["library"], mean, atol=1e-9)
            bound = 2 * torch.finfo(dtype).eps * mean.abs().max().item()
            own = mean[5 * rank : 5 * rank + 5]
            assert_same(found["mean"].double(), own, atol=bound)
            assert found["mean"].dtype == dtype
            assert found["untouched"]
            everyone = [other["collectives"][dtype]["mean"] for other in ranks]
            assert torch.equal(found["whole"], torch.cat(everyone))
            size = dtype.itemsize
            assert found["sent"] == [10 * size, 20 * size]  # two of three shards each


@spread
def test_every_stage_ends_with_the_weights_of_one_process(ranks):
    alone = train_alone(workers.WIDTH)
    clipped = train_alone(workers.WIDTH, workers.CLIP)
    assert max((a - b).abs().max() for a, b in zip(alone, clipped)) > 1e-3
    for seen in ranks:
        for found in seen["exact"]:
            assert_same(found["plain"], alone)
            assert_same(found["loose"], alone)
            assert_same(found["clipped"], clipped)


def train_on_means(dtype):
    """Masters updated by torch's AdamW with the mean of three ranks' gradients."""
    model = nn.Sequential(*make_layers(dtype, workers.WIDTH))
    wide = torch.float64 if dtype == torch.float64 else torch.float32
    masters = [nn.Parameter(p.detach().to(wide, copy=True)) for p in model.parameters()]
    optimizer = _optimizer_for(masters)
    batch = [x.chunk(W) for x in make_batch(dtype, workers.WIDTH)]
    for _ in range(STEPS):
        sums = [torch.zeros_like(p) for p in masters]
        for inputs, targets in zip(*batch):
            model.zero_grad()
            mse_loss(model(inputs), targets).backward()
            for total, p in zip(sums, model.parameters()):
                total += p.grad.to(wide)
        for master, total in zip(masters, sums):
            master.grad = (total / W).to(dtype).to(wide)
        optimizer.step()
        with torch.no_grad():
            for p, master in zip(model.parameters(), masters):
                p.copy_(master)
    return [p.detach() for p in model.parameters()]


@spread
def test_every_stage_is_unsharded_adamw_on_the_mean_gradient_bit_by_bit(ranks):
    exact, mixed = train_on_means(torch.float64), train_on_means(torch.bfloat16)
    for seen in ranks:
        for stage in range(4):
            weights = seen["exact"][stage]["plain"]
            assert all(torch.equal(a, b) for a, b in zip(weights, exact, strict=True))
            weights = seen["census"][stage]["weights"]
            assert all(torch.equal(a, b) for a, b in zip(weights, mixed, strict=True))


@spread
def test_the_bytes_on_each_rank_are_the_calculators(ranks):
    padded = 4 * 57
    for seen in ranks:
        for stage, found in enumerate(seen["census"]):
            assert found["held"] == model_state_bytes(padded, stage, W)
            assert found["seen"] == found["held"]["total"]  # nothing else is alive
            assert found["after"] == found["held"]
            assert found["dtypes"] == {torch.bfloat16}
            assert found["states"] == {torch.float32}
            exact = seen["exact"][stage]["held"]
            assert exact == model_state_bytes(padded, stage, W, 8, 8, 16)


@spread
def test_sharding_more_means_holding_one_whole_layer_at_a_time(ranks):
    layer, shard = 2 * 57, 2 * 19
    for seen in ranks:
        extra = [f["peak"] - f["held"]["total"] for f in seen["census"]]
        # Stage 2 has one whole gradient, stage 3 that layer's parameters as well.
        assert extra == [0, 0, layer - shard, layer - shard + layer]
        assert seen["census"][3]["full"] == [0] * 4
        assert seen["census"][2]["full"] == [layer] * 4


@spread
def test_bytes_sent_are_the_calculators(ranks):
    for seen in ranks:
        for stage, found in enumerate(seen["census"]):
            elements = comm_volume(4 * 57, stage, W)["total"]
            assert found["sent"] == 2 * STEPS * elements


@spread
def test_replicas_are_equal_and_freed_parameters_are_empty(ranks):
    for stage in range(4):
        for seen in ranks:
            found = seen["exact"][stage]
            if stage == 3:
                assert all(x.numel() == 0 for x in found["replicas"])
            else:
                pairs = zip(found["replicas"], found["plain"], strict=True)
                assert all(torch.equal(a, b) for a, b in pairs)


@spread
def test_an_embedding_may_come_first(ranks):
    generator = torch.Generator().manual_seed(3)
    model = nn.Sequential(nn.Embedding(5, 3), nn.Linear(3, 2))
    with torch.no_grad():
        for p in model.parameters():
            p.normal_(generator=generator)
    model = model.double()
    optimizer = _optimizer_for(list(model.parameters()))
    for step in range(2):
        optimizer.zero_grad()
        loss = model(torch.arange(2 * W) % 5).square().mean()
        loss.backward()
        optimizer.step()
        mean = sum(seen["words"]["losses"][step] for seen in ranks) / W
        assert_same(mean, loss.detach())
    for seen in ranks:
        assert_same(seen["words"]["weights"], [p.detach() for p in model.parameters()])


@spread
def test_old_gradients_are_gone_before_activations_need_the_room(ranks):
    assert all(seen["words"]["grads"] == [0, 0] for seen in ranks)


@spread
def test_a_group_of_some_ranks_trains_by_itself(ranks):
    assert ranks[0]["pair"] is None
    for seen in ranks[1:]:
        assert_same(seen["pair"], train_alone(workers.WIDTH))


@spread
def test_fsdp2_on_gloo_ends_with_the_weights_of_one_process(ranks):
    # Seven rows on three ranks: 3, 3 and 1, of four layers, with the biases.
    elements = [4 * rows * (7 + 1) for rows in (3, 3, 1)]
    for seen, count in zip(ranks, elements):
        weights, held = seen["fsdp"]
        assert_same(weights, train_alone(workers.WIDTH))
        assert held["optim"] == 16 * count
    assert ranks[0]["fsdp"][1]["params"] == ranks[0]["fsdp"][1]["grads"] == 8 * 96


def printed_on(page: Path) -> str:
    """The text block after the page's torchrun command."""
    found = re.search(
        r"```console\n\$ torchrun[^\n]*\n```\n+```text\n(.*?)```",
        page.read_text(),
        re.S,
    )
    assert found, f"{page} shows no torchrun command with its output"
    return found[1]


@spread
def test_the_command_of_the_page_prints_what_the_page_says():
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    for _ in range(3):
        done = subprocess.run(
            [*command, "--nproc-per-node=4", "-m", SCRIPT],
            capture_output=True,
            text=True,
            timeout=150,
            cwd=ROOT,
            env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        )
        # gloo's thread may lose a race with the interpreter's end: pytorch #190489.
        if "terminate called without an active exception" not in done.stderr:
            break
    assert done.returncode == 0, done.stderr
    for language in ("en", "zh"):
        assert done.stdout == printed_on(ROOT / f"docs/{language}/distributed/zero.md")


# ---------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: model_state_bytes(7e9, 0, 1),
            "n_params must be an integer >= 0, got 7",
        ),
        (
            lambda: model_state_bytes(-1, 0, 1),
            "n_params must be an integer >= 0, got -1",
        ),
        (lambda: model_state_bytes(1, 4, 1), "stage must be 0, 1, 2 or 3, got 4"),
        (lambda: model_state_bytes(1, -1, 1), "stage must be 0, 1, 2 or 3, got -1"),
        (
            lambda: model_state_bytes(1, 0, 0),
            "n_devices must be an integer >= 1, got 0",
        ),
        (lambda: model_state_bytes(1, 0, 1.5), "n_devices must be an integer >= 1"),
        (
            lambda: model_state_bytes(1, 0, 1, -2),
            "bytes of params must be finite and >= 0, got -2",
        ),
        (
            lambda: model_state_bytes(1, 0, 1, 2, -1),
            "bytes of grads must be finite and >= 0",
        ),
        (
            lambda: model_state_bytes(1, 0, 1, 2, 2, -1),
            "bytes of optim must be finite and >= 0",
        ),
        (lambda: max_params(-1, 0, 1), "mem_bytes must be an integer >= 0, got -1"),
        (lambda: max_params(1.5, 0, 1), "mem_bytes must be an integer >= 0, got 1.5"),
        (lambda: max_params(1, 5, 1), "stage must be 0, 1, 2 or 3, got 5"),
        (lambda: max_params(1, 0, 0), "n_devices must be an integer >= 1, got 0"),
        (lambda: max_params(1, 0, 1, -1), "bytes of params must be an integer >= 0"),
        (lambda: max_params(1, 0, 1, 0, 0, 0), "a parameter must take some bytes"),
        (lambda: model_state_bytes(1, 1.0, 1), r"stage must be 0, .* got 1\.0"),
        (lambda: model_state_bytes(1, True, 1), "stage must be 0, 1, 2 or 3, got True"),
        (lambda: model_state_bytes(True, 1, 1), "n_params must be .* got True"),
        (lambda: comm_volume(1, 0, 1, 0), "micro_batches must be an integer >= 1"),
        (lambda: llama_activation_bytes(LlamaShape(), 0, 1), "s must be .* got 0"),
        (lambda: AdamWSettings(lr=-1), "lr must be finite and >= 0, got -1"),
        (lambda: AdamWSettings(lr=math.nan), "lr must be finite and >= 0, got nan"),
        (lambda: AdamWSettings(eps=math.inf), "eps must be finite and >= 0, got inf"),
        (
            lambda: AdamWSettings(betas=(1.5, 2)),
            r"betas\[0\] must .* \[0, 1\), got 1.5",
        ),
        (lambda: AdamWSettings(betas=0.9), r"betas must be two numbers, got 0\.9"),
        (
            lambda: ShardState(TWO[0], TWO[0], -1),
            "step must be an integer >= 0, got -1",
        ),
        (lambda: Block(8, 3), "a must divide h, got h=8, a=3"),
        (lambda: Block(8, 2, 1.0), r"dropout must be .* \[0, 1\), got 1\.0"),
        (lambda: Block(8, 2, recompute="some"), "recompute must be .* got 'some'"),
        (lambda: Block(8, 2)(TWO[0]), r"x must have shape \(b, s, 8\), .* got \(2,\)"),
        (lambda: Block(8, 2)(torch.ones(1, 0, 8)), r"not empty, got \(1, 0, 8\)"),
        (lambda: Zero([nn.Linear(2, 2)], 1, SETTINGS, -1.0), "max_norm must be finite"),
        (lambda: comm_volume(-1, 0), "n_params must be an integer >= 0, got -1"),
        (lambda: comm_volume(1, 7), "stage must be 0, 1, 2 or 3, got 7"),
        (lambda: comm_volume(1, 0, 0), "n_devices must be an integer >= 1, got 0"),
        (lambda: offload_bytes(-1), "n_params must be an integer >= 0, got -1"),
        (lambda: offload_bytes(1, 0), "n_devices must be an integer >= 1, got 0"),
        (
            lambda: llama_param_count(LlamaShape(layers=0)),
            "layers must be an integer >= 1, got 0",
        ),
        (lambda: llama_param_count(LlamaShape(heads=3)), "divide hidden .* heads=3"),
        (
            lambda: llama_param_count(LlamaShape(kv_heads=3)),
            "divide heads, .*kv_heads=3",
        ),
        (lambda: activation_bytes(0, 1, 8, 2, 1), "s must be an integer >= 1, got 0"),
        (
            lambda: activation_bytes(1, 1.0, 8, 2, 1),
            "b must be an integer >= 1, got 1.0",
        ),
        (lambda: activation_bytes(1, 1, 8, 3, 1), "a must divide h, got h=8, a=3"),
        (lambda: activation_bytes(1, 1, 8, 2, -1), "layers must be an integer >= 0"),
        (lambda: activation_bytes(1, 1, 8, 2, 1, "some"), "mode must be .* got 'some'"),
    ],
)
def test_bad_numbers_are_rejected(call, message):
    with pytest.raises(ValueError, match=message):
        call()


TWO = [torch.ones(2), torch.ones(3)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((TWO, TWO, 0), "n must be an integer >= 1, got 0"),
        (([], [], 1), "params must hold at least one tensor, got none"),
        ((TWO, TWO[:1], 1), "grads must be .* got"),
        ((TWO, TWO[::-1], 1), r"grads must be \[\(\(2,\), .* got \[\(\(3,\)"),
        ((TWO, [x.double() for x in TWO], 1), "grads must be .*float64"),
        (([TWO[0], TWO[1].half()], TWO, 1), "params must be .*float16"),
        ((TWO, TWO, 2, []), r"states must be one per rank, 2 of 3 elements, got \[\]"),
        ((TWO, TWO, 2, zero1_step(TWO, TWO, 5)[1]), r"got \[1, 1, 1, 1, 1\]"),
        ((TWO, TWO, 2, zero1_step(TWO[:1], TWO[:1], 2)[1]), r"elements, got \[1, 1\]"),
    ],
)
def test_bad_tensors_are_rejected(arguments, message):
    with pytest.raises(ValueError, match=message):
        zero1_step(*arguments)


def test_adamw_refuses_what_does_not_match():
    x, state = torch.ones(3), empty_state(torch.ones(3))
    message = "theta, g, m and v must have one shape and dtype, got"
    for g, other in (
        (torch.ones(1), state),
        (x.double(), state),
        (x, empty_state(torch.ones(1))),
        (x, empty_state(x.double())),
    ):
        with pytest.raises(ValueError, match=message):
            adamw_(x, g, other, SETTINGS)
    got = rf"{message} \[\(\(3,\), torch.float32\), \(\(1,\), torch.float32\)"
    with pytest.raises(ValueError, match=got):
        adamw_(x, torch.ones(1), state, SETTINGS)


def test_a_gradient_that_the_ranks_cannot_share_is_refused():
    wire = object.__new__(Wire)
    wire.N = 3
    for full in (torch.ones(4), torch.ones(0), torch.ones(3, 3), torch.ones(())):
        with pytest.raises(ValueError, match=r"^full must have shape \(N k,\), k >= 1"):
            wire.reduce_scatter(full)


@pytest.mark.parametrize("wrong", [1e-9, math.nan])
@pytest.mark.parametrize("place", [0, 1])
def test_the_script_fails_if_any_weight_is_not_that_of_one_process(place, wrong):
    alone = [torch.ones(3), torch.ones(2)]
    found = [x.double().clone() for x in alone]
    found[place][1] += wrong
    with pytest.raises(RuntimeError, match=r"^stage 2 is \S+ away from one process"):
        _check(found, alone, "stage 2")
    _check(alone, alone, "stage 2")


def frozen():
    return nn.Linear(2, 2).requires_grad_(False)


def twins():
    layer = nn.Linear(2, 2)
    return [layer, nn.Sequential(layer)]


@pytest.mark.parametrize(
    ("layers", "stage", "message"),
    [
        ([nn.Linear(2, 2)], 4, "stage must be 0, 1, 2 or 3, got 4"),
        ([], 0, "layers must hold at least one module, got none"),
        ([nn.Tanh()], 0, r"layer 0 must have one dtype, got \[\]"),
        (
            [nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2).double())],
            1,
            "layer 0 must have one dtype, got .*float32.*float64",
        ),
        ([nn.Linear(2, 2), frozen()], 2, "layer 1 must be trainable, got frozen"),
        (twins(), 3, "layer 1 must own its parameters, got shared ones"),
    ],
)
def test_bad_layers_are_rejected_before_any_message(layers, stage, message):
    with pytest.raises(ValueError, match=message):
        Zero(layers, stage, SETTINGS)


# -------------------------------------------------------------------------------- GPU


@pytest.mark.gpu
def test_gpu_states_of_350_million_parameters_take_16_bytes_each():
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    base = torch.cuda.memory_allocated()
    with torch.device("cuda"):
        model = nn.Sequential(*(Block(1024, 16) for _ in range(28))).bfloat16()
    masters = [nn.Parameter(p.detach().float()) for p in model.parameters()]
    optimizer = torch.optim.AdamW(masters, foreach=False)  # whose temporaries are small
    x = torch.randn(1, 16, 1024, dtype=torch.bfloat16, device="cuda")
    for _ in range(2):
        model.zero_grad(set_to_none=True)
        model(x).square().mean().backward()
        for master, p in zip(masters, model.parameters()):
            # One at a time, or 32-bit gradients would make it 20 bytes.
            master.grad = p.grad.float()
            optimizer.step()  # passes by all without a gradient
            master.grad = None
            with torch.no_grad():
                p.copy_(master)
    n = sum(p.numel() for p in masters)
    assert 340e6 < n < 360e6
    states = torch.cuda.memory_allocated() - base
    assert states == pytest.approx(model_state_bytes(n, 0, 1)["total"], rel=0.03)


def gpu_growth(s, **options):
    """Bytes that the forward pass of four blocks leaves on the device."""
    with torch.device("cuda"):
        model = nn.Sequential(
            *(Block(1024, 16, **options) for _ in range(4))
        ).bfloat16()
        x = torch.randn(1, s, 1024, dtype=torch.bfloat16, requires_grad=True)
    model(x).sum().backward()  # workspaces are allocated once
    model.zero_grad(set_to_none=True)
    x.grad = None
    before = torch.cuda.memory_allocated()
    result = model(x)
    grown = torch.cuda.memory_allocated() - before
    del result
    return grown


@pytest.mark.gpu
@pytest.mark.parametrize("mode", ["none", "selective", "full"])
def test_gpu_activations_grow_as_the_formula_says(mode):
    for s in (512, 1024, 2048):
        expected = activation_bytes(s, 1, 1024, 16, 4, mode)
        assert gpu_growth(s, recompute=mode) == pytest.approx(expected, rel=0.05)


@pytest.mark.gpu
def test_gpu_fused_attention_grows_with_s_and_not_its_square():
    short, long = gpu_growth(1024, fused=True), gpu_growth(4096, fused=True)
    assert long / short == pytest.approx(4, rel=0.02)
    assert long < 0.5 * activation_bytes(4096, 1, 1024, 16, 4)
