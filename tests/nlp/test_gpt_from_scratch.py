"""Oracles: torch's encoder layer and its FLOP counter, counts of text, closed forms."""

import math
import re
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from snippets.nlp.gpt_from_scratch import (
    GPT,
    GPTConfig,
    MarkovChain,
    batch,
    generate,
    language_model_loss,
    parameter_count,
    train,
    training_flops_per_token,
)

SMALL = GPTConfig(65, 32, 3, 4, 48)
TINY = GPTConfig(7, 5, 2, 2, 8)
PUBLISHED = {  # layers, heads, width: all, without embeddings
    (12, 12, 768): (124_439_808, 85_056_000),
    (24, 16, 1024): (354_823_168, 302_311_424),
    (36, 20, 1280): (774_030_080, 708_390_400),
    (48, 25, 1600): (1_557_611_200, 1_475_561_600),
}
TEXT = "the quick brown fox jumps over the lazy dog. "
LETTERS = sorted(set(TEXT))


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def encoded(text):
    return torch.tensor([LETTERS.index(letter) for letter in text])


def shaken(config, seed=0):
    """A model with large random weights, biases and gains, in float64."""
    model, generator = GPT(config, seeded(seed)).double(), seeded(seed)
    with torch.no_grad():
        for p in model.parameters():  # one after the other: no two are alike
            p.normal_(0, 0.4, generator=generator)
    return model


# The model


def library_logits(model, ids):
    """The same from torch's layers, with the weights copied."""
    config = model.config
    x = F.embedding(ids, model.token.weight) + model.position(
        torch.arange(ids.shape[1])
    )
    for block in model.blocks:
        layer = nn.TransformerEncoderLayer(
            config.width,
            config.heads,
            4 * config.width,
            dropout=0,
            activation=lambda z: F.gelu(z, approximate="tanh"),
            batch_first=True,
            norm_first=True,
            dtype=torch.float64,
        )
        pairs = (
            (layer.self_attn.in_proj_weight, block.attention.qkv.weight),
            (layer.self_attn.in_proj_bias, block.attention.qkv.bias),
            (layer.self_attn.out_proj.weight, block.attention.out.weight),
            (layer.self_attn.out_proj.bias, block.attention.out.bias),
            (layer.norm1.weight, block.norm_1.weight),
            (layer.norm1.bias, block.norm_1.bias),
            (layer.norm2.weight, block.norm_2.weight),
            (layer.norm2.bias, block.norm_2.bias),
            (layer.linear1.weight, block.up.weight),
            (layer.linear1.bias, block.up.bias),
            (layer.linear2.weight, block.down.weight),
            (layer.linear2.bias, block.down.bias),
        )
        with torch.no_grad():
            for mine, theirs in pairs:
                mine.copy_(theirs)
        mask = nn.Transformer.generate_square_subsequent_mask(
            ids.shape[1], dtype=torch.float64
        )
        x = layer(x, src_mask=mask, is_causal=True)
    x = F.layer_norm(x, (config.width,), model.norm.weight, model.norm.bias, 1e-5)
    return x @ model.head.weight.T


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("t", [1, 3, 5])
def test_logits_equal_those_of_torchs_own_layers(tied, t):
    model = shaken(GPTConfig(7, 5, 2, 2, 8, tied))
    ids = torch.randint(7, (3, t), generator=seeded(1))
    want = library_logits(model, ids)
    torch.testing.assert_close(model(ids), want, rtol=0, atol=1e-12)


def test_changing_token_10_moves_the_logits_from_there_on_alone():
    model = shaken(SMALL)
    ids = torch.randint(65, (1, 32), generator=seeded(1))
    other = ids.clone()
    other[0, 10] = (other[0, 10] + 1) % 65
    moved = (model(ids) - model(other)).abs().amax(-1)[0]
    assert (moved[:10] == 0).all()
    assert (moved[10:] > 1e-3).all()


def test_position_matters_and_a_longer_window_changes_nothing_before():
    model = shaken(TINY)
    ids = torch.tensor([[3, 3, 3, 3, 3]])
    logits = model(ids)[0]
    assert (logits[1:] - logits[:-1]).abs().amax(-1).min() > 1e-3
    torch.testing.assert_close(model(ids[:, :2])[0], logits[:2], rtol=0, atol=1e-12)


@pytest.mark.parametrize("tied", [True, False])
def test_weights_are_drawn_with_the_spread_of_gpt_2(tied):
    model = GPT(GPTConfig(500, 200, 8, 4, 64, tied), seeded(0))
    for name, p in model.named_parameters():
        if p.ndim == 1:
            want = 0.0 if name.endswith("bias") else 1.0
            assert (p == want).all(), name
        else:
            branch = name.endswith(("attention.out.weight", "down.weight"))
            want = 0.02 / 4 if branch else 0.02  # sqrt(2 * 8) = 4
            assert p.std().item() == pytest.approx(want, rel=0.05), name
            assert abs(p.mean().item()) < 0.002
    assert (model.head.weight is model.token.weight) == tied


def test_the_generator_decides_the_weights():
    one, same, other = (GPT(TINY, seeded(seed)) for seed in (0, 0, 1))
    assert torch.equal(one.token.weight, same.token.weight)
    assert torch.equal(one.blocks[1].down.weight, same.blocks[1].down.weight)
    assert not torch.equal(one.token.weight, other.token.weight)


# The loss


def test_the_first_loss_is_near_ln_65_in_five_seeds():
    for seed in range(5):
        x = torch.randint(65, (64, 33), generator=seeded(seed + 100))
        model = GPT(SMALL, seeded(seed))
        loss = language_model_loss(model(x[:, :-1]), x[:, 1:]).item()
        assert 4.17 < loss < 4.20
        # The head, tied to the embedding, prefers the token that it has just read.
        assert 3.5 < language_model_loss(model(x[:, :-1]), x[:, :-1]).item() < 3.7


def test_the_first_loss_exceeds_ln_v_by_half_the_variance_of_the_logits():
    for width in (48, 192, 768):
        model = GPT(GPTConfig(2000, 8, 1, 4, width, tied=False), seeded(0))
        x = torch.randint(2000, (128, 9), generator=seeded(1))
        with torch.no_grad():
            loss = language_model_loss(model(x[:, :-1]), x[:, 1:]).item()
        half = 0.02**2 * width / 2
        assert loss - math.log(2000) == pytest.approx(half, abs=0.02)
    # Of GPT-2 small: 0.154 above ln 50257 = 10.825.
    assert round(0.02**2 * 768 / 2, 3) == 0.154
    assert round(math.log(50257), 3) == 10.825


def test_the_first_loss_does_not_need_the_smaller_branches():
    x = torch.randint(65, (64, 33), generator=seeded(0))
    for layers in (3, 12):
        model, losses = GPT(GPTConfig(65, 32, layers, 4, 48), seeded(0)), []
        for _ in range(2):
            with torch.no_grad():
                losses.append(language_model_loss(model(x[:, :-1]), x[:, 1:]).item())
                for name, p in model.named_parameters():
                    if name.endswith(("out.weight", "down.weight")):
                        p.mul_(math.sqrt(2 * layers))
        assert losses[1] == pytest.approx(losses[0], abs=0.01)
        assert losses[1] != losses[0]


def test_an_untied_head_does_not_prefer_what_it_has_read():
    x = torch.randint(65, (64, 32), generator=seeded(0))
    prompt = encoded("the quick")[None]
    for seed in range(5):
        model = GPT(GPTConfig(65, 32, 3, 4, 48, tied=False), seeded(seed))
        with torch.no_grad():
            loss = language_model_loss(model(x), x).item()
        assert loss == pytest.approx(math.log(65), abs=0.04)
        model = GPT(GPTConfig(28, 16, 2, 4, 32, tied=False), seeded(seed))
        added = generate(model, prompt, 10, 0)[0, 9:].tolist()
        assert len(set(added)) > 3
        tied = GPT(GPTConfig(28, 16, 2, 4, 32), seeded(seed))
        assert int(generate(tied, prompt, 1, 0)[0, -1]) == int(prompt[0, -1])


def test_no_untrained_model_starts_at_0_4_unless_its_weights_are_large():
    x = torch.randint(65, (64, 33), generator=seeded(0))
    for tied in (True, False):
        model = GPT(GPTConfig(65, 32, 3, 4, 48, tied), seeded(0))
        with torch.no_grad():  # even the best targets: the most probable tokens
            p = model(x[:, :-1]).log_softmax(-1)
            assert (-p.amax(-1)).mean() > 2
            model.token.weight.mul_(50)
            if tied:
                large = language_model_loss(model(x[:, :-1]), x[:, :-1]).item()
                assert large < 0.4


def test_with_standard_normal_embeddings_and_a_tied_head_the_loss_starts_above_30():
    model = GPT(SMALL, seeded(0))
    with torch.no_grad():
        model.token.weight.normal_(generator=seeded(1))
        model.position.weight.normal_(generator=seeded(2))
    x = torch.randint(65, (64, 33), generator=seeded(3))
    logits = model(x[:, :-1])
    assert 30 < language_model_loss(logits, x[:, 1:]).item() < 37
    assert language_model_loss(logits, x[:, :-1]).item() < 0.2
    assert round(48 / math.sqrt(2), 1) == 33.9


def by_hand(rows, targets, ignore):
    total = [
        math.log(sum(math.exp(z - max(row)) for z in row)) + max(row) - row[target]
        for row, target in zip(rows, targets, strict=True)
        if target != ignore
    ]
    return sum(total) / len(total)


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(-9, 9), min_size=3, max_size=3), st.integers(-1, 2)
        ),
        min_size=1,
        max_size=6,
    )
)
def test_the_loss_is_the_mean_of_log_sum_exp_minus_logit_over_what_counts(pairs):
    rows, targets = [list(row) for row, _ in pairs], [target for _, target in pairs]
    if set(targets) == {-1}:
        targets[0] = 0
    got = language_model_loss(
        torch.tensor(rows, dtype=torch.float64), torch.tensor(targets), ignore=-1
    )
    assert got.item() == pytest.approx(by_hand(rows, targets, -1), abs=1e-12)


def test_an_ignored_target_leaves_the_loss_of_the_other():
    logits = torch.randn(2, 5, generator=seeded(0), dtype=torch.float64)
    both = language_model_loss(logits, torch.tensor([3, -100]))
    assert both == language_model_loss(logits[:1], torch.tensor([3]))
    wide = language_model_loss(logits[None], torch.tensor([[3, 1]]))
    parts = [
        language_model_loss(logits[i], torch.tensor(t)) for i, t in ((0, 3), (1, 1))
    ]
    torch.testing.assert_close(wide, sum(parts) / 2, rtol=0, atol=1e-12)


def test_logits_of_ten_thousand_overflow_nothing():
    logits = torch.tensor([[1e4, -1e4, 0.0]], dtype=torch.float64)
    assert language_model_loss(logits, torch.tensor([0])).item() == 0
    assert language_model_loss(logits, torch.tensor([1])).item() == 20_000


def test_losses_in_float16_are_summed_in_float32():
    logits = torch.zeros(5000, 3, dtype=torch.float16)
    loss = language_model_loss(logits, torch.zeros(5000, dtype=torch.int64))
    assert loss.dtype == torch.float16
    assert loss.item() == pytest.approx(math.log(3), abs=1e-3)


@pytest.mark.parametrize(
    ("dtype", "far"), [(torch.bfloat16, 256.0), (torch.float16, 2048.0)]
)
def test_a_loss_in_16_bits_is_rounded_once_after_the_mean(dtype, far):
    # The losses far + ln 2 and ln 2. In 16 bits the first rounds to far itself, and
    # the mean to far / 2; the mean of the exact ones is nearer to far / 2 + 1.
    logits = torch.tensor([[-far, 0, 0], [0, 0, -far]], dtype=dtype)
    loss = language_model_loss(logits, torch.tensor([0, 0]))
    assert loss.dtype == dtype
    assert loss.item() == far / 2 + 1


def test_the_mean_of_perplexities_is_above_the_perplexity():
    assert round(math.exp((1 + 3) / 2), 2) == 7.39
    assert round((math.exp(1) + math.exp(3)) / 2, 2) == 11.40


def test_softmax_before_cross_entropy_keeps_the_loss_above_its_own_bound():
    bound = math.log(27 + math.e) - 1
    assert round(bound, 2) == 2.39
    sure = torch.full((1, 28), -1e4, dtype=torch.float64)
    sure[0, 5] = 1e4
    twice = language_model_loss(sure.softmax(-1), torch.tensor([5]))
    assert twice.item() == pytest.approx(bound, abs=1e-12)
    assert language_model_loss(sure, torch.tensor([5])).item() == 0
    even = torch.zeros(1, 28, dtype=torch.float64).softmax(-1)
    assert language_model_loss(even, torch.tensor([5])).item() == pytest.approx(
        math.log(28)
    )


def test_a_cached_prefix_and_is_causal_read_the_first_key_alone():
    q, k, v = (
        torch.randn(1, 1, n, 4, generator=seeded(n), dtype=torch.float64)
        for n in (1, 5, 6)
    )
    k, v = k, v[:, :, :5]
    got = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    torch.testing.assert_close(got, v[:, :, :1], rtol=0, atol=1e-12)


@pytest.mark.parametrize("mask", ["none", "wrong side", "after the softmax", "right"])
def test_each_wrong_mask_lets_token_10_move_what_is_before_it(mask):
    def attend(q, k):
        scores = q @ k.T
        future = torch.ones(32, 32, dtype=torch.bool).triu(1)
        if mask == "wrong side":
            future = future.T
        if mask in ("right", "wrong side"):
            scores = scores.masked_fill(future, -math.inf)
        weights = scores.softmax(-1)
        return weights.masked_fill(future, 0) @ k if mask[0] == "a" else weights @ k

    q, k = (torch.randn(32, 8, generator=seeded(i)).double() for i in (0, 1))
    other = k.clone()
    other[10] += 1
    before = (attend(q, k) - attend(q, other))[:10].abs().amax(-1)
    assert (before > 0).all() == (mask != "right")
    assert (before == 0).all() == (mask == "right")


# Windows


@settings(deadline=None)  # a busy machine is no failure
@given(st.integers(1, 6), st.integers(1, 8), st.integers(1, 5), st.integers(0, 99))
def test_targets_are_the_windows_one_token_later(context, more, size, seed):
    data = torch.arange(100, 100 + context + more)
    x, y = batch(data, context, size, seeded(seed))
    assert x.shape == y.shape == (size, context)
    assert torch.equal(y, x + 1)  # in this stream each token is one more than the last
    assert torch.equal(x[:, :1] + torch.arange(context), x)


def test_every_start_occurs_the_last_one_included():
    x, y = batch(torch.arange(10), 4, 600, seeded(0))
    assert Counter(x[:, 0].tolist()).keys() == set(range(6))
    assert min(Counter(x[:, 0].tolist()).values()) > 60
    assert int(y.max()) == 9
    x, y = batch(torch.arange(5), 4, 3, seeded(0))
    assert x.tolist() == [[0, 1, 2, 3]] * 3
    assert y.tolist() == [[1, 2, 3, 4]] * 3


# Training


def floor(text, context):
    """Mean entropy of the next letter in a cycle, after 1 to ``context`` letters."""
    n, total = len(text), 0.0
    for t in range(1, context + 1):
        pairs = [((text * 3)[i : i + t], (text * 3)[i + t]) for i in range(n)]
        alone = Counter(before for before, _ in pairs)
        for (before, _), times in Counter(pairs).items():
            total += times / n * math.log(alone[before] / times)
    return total / context


def test_a_window_of_the_sentence_has_a_floor_of_its_own():
    assert round(floor(TEXT, 1), 3) == 0.636
    assert round(floor(TEXT, 16), 3) == 0.047
    rest = [16 * floor(TEXT, 16), 5 * floor(TEXT, 5)]
    assert rest[0] == pytest.approx(rest[1])  # after six letters all is known


def test_one_window_is_learnt_by_heart():
    model = GPT(GPTConfig(28, 16, 2, 4, 32), seeded(0))
    losses = train(model, encoded(TEXT)[:17], 100, 1, generator=seeded(1))
    assert len(losses) == 100
    assert 3.2 < losses[0] < 3.5
    assert losses[-1] < 0.05


def test_the_sentence_is_learnt_and_goes_round():
    model = GPT(GPTConfig(28, 16, 2, 4, 32), seeded(0))
    prompt = encoded("the quick")[None]
    read = [LETTERS[i] for i in generate(model, prompt, 10, 0)[0]]
    assert "".join(read) == "the quick" + 10 * "k"
    losses = train(model, encoded(TEXT * 40), 300, 16, generator=seeded(10))
    assert losses[0] == pytest.approx(3.356, abs=0.01)
    assert 0.04 < sum(losses[-50:]) / 50 < 0.09
    read = "".join(LETTERS[i] for i in generate(model, prompt, 81, 0)[0])
    assert read == TEXT * 2


def test_without_the_shift_the_model_learns_to_repeat():
    model = GPT(GPTConfig(28, 16, 2, 4, 32), seeded(0))
    optimizer = torch.optim.AdamW(model.parameters(), 3e-3)
    data, generator = encoded(TEXT * 40), seeded(10)
    for _ in range(150):
        x, _ = batch(data, 16, 16, generator)
        loss = language_model_loss(model(x), x)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.05
    read = generate(model, encoded("the quick")[None], 10, 0)[0]
    assert "".join(LETTERS[i] for i in read) == "the quick" + 10 * "k"


def test_the_loss_on_new_text_comes_close_to_the_entropy_rate():
    chain = MarkovChain(8, seeded(123))
    data, test = chain.sample(10_000, seeded(7)), chain.sample(5001, seeded(8))
    model = GPT(GPTConfig(8, 16, 1, 2, 32), seeded(0))
    train(model, data, 400, 32, generator=seeded(10))
    x, y = batch(test, 16, 500, seeded(9))
    with torch.no_grad():
        gap = language_model_loss(model(x), y).item() + chain.p[x, y].log().mean()
    assert 0 < gap < 0.05


def test_training_clips_long_gradients_and_steps_by_adamw():
    for lr in (0.01, 1.0):  # the second weight follows from a clipped gradient
        model, twin = (GPT(TINY, seeded(0)).double() for _ in range(2))
        for net in (model, twin):
            with torch.no_grad():
                net.token.weight.mul_(100)
        data = torch.randint(7, (40,), generator=seeded(1))
        losses = train(model, data, 2, 3, lr, seeded(2))
        left = torch.stack([p.grad.norm() for p in model.parameters()]).norm()
        assert left.item() == pytest.approx(1, abs=1e-3)  # clipped to 1, not to 2
        optimizer, generator = torch.optim.AdamW(twin.parameters(), lr), seeded(2)
        for step in range(2):
            starts = torch.randint(35, (3, 1), generator=generator)
            x = torch.stack([data[s : s + 5] for s in starts[:, 0]])
            y = torch.stack([data[s + 1 : s + 6] for s in starts[:, 0]])
            twin.zero_grad()
            loss = F.cross_entropy(twin(x).flatten(0, 1), y.flatten())
            assert losses[step] == pytest.approx(loss.item(), rel=1e-5)
            loss.backward()
            norm = torch.stack([p.grad.norm() for p in twin.parameters()]).norm()
            assert norm > 1
            for p in twin.parameters():
                p.grad /= norm
            optimizer.step()
        for mine, theirs in zip(model.parameters(), twin.parameters(), strict=True):
            torch.testing.assert_close(mine, theirs, rtol=0, atol=1e-4 * lr)


# The source


def test_the_entropies_are_those_of_the_chain():
    chain = MarkovChain(8, seeded(123))
    assert torch.allclose(chain.p.sum(-1), torch.ones(8, dtype=torch.float64))
    values, vectors = torch.linalg.eig(chain.p.T)
    share = vectors[:, values.real.argmax()].real
    share = share / share.sum()
    alone, known = chain.entropies()
    assert alone == pytest.approx(float(-(share * share.log()).sum()), abs=1e-9)
    rows = -(chain.p * chain.p.log()).sum(-1)
    assert known == pytest.approx(float((share * rows).sum()), abs=1e-9)
    assert (round(math.log(8), 3), round(alone, 3), round(known, 3)) == (
        2.079,
        1.890,
        1.243,
    )


def test_symbols_follow_each_other_as_often_as_the_chain_says():
    chain = MarkovChain(3, seeded(1))
    text = chain.sample(30_000, seeded(2)).tolist()
    pairs, alone = Counter(pairwise(text)), Counter(text[:-1])
    for i in range(3):
        for j in range(3):
            assert pairs[i, j] / alone[i] == pytest.approx(
                float(chain.p[i, j]), abs=0.02
            )
    want = -sum(math.log(chain.p[i, j]) for i, j in pairwise(text)) / (len(text) - 1)
    assert chain.loss(torch.tensor(text)) == pytest.approx(want, abs=1e-9)
    firsts = Counter(int(chain.sample(1, seeded(seed))) for seed in range(300))
    assert min(firsts[i] for i in range(3)) > 70
    assert chain.sample(0).shape == (0,)


def test_a_draw_on_an_edge_is_the_symbol_above_it(monkeypatch):
    draws = torch.tensor([0.5, 0.5, 0.25, 0.0])
    monkeypatch.setattr(torch, "rand", lambda n, generator: draws[:n])
    chain = MarkovChain(2, seeded(0))
    chain.p = torch.tensor([[0.0, 1.0], [0.5, 0.5]], dtype=torch.float64)
    assert chain.sample(4).tolist() == [1, 1, 0, 1]  # what has no share never comes


# Generation


def test_greedy_generation_keeps_the_prompt_and_slides_the_window():
    model = shaken(TINY)
    prompt = torch.tensor([[1, 2, 3], [4, 5, 6]])
    got = generate(model, prompt, 9, 0)
    assert torch.equal(got, generate(model, prompt, 9, 0))
    for row, start in zip(got.tolist(), prompt.tolist(), strict=True):
        text = start
        for _ in range(9):
            logits = model(torch.tensor([text[-5:]]))[0, -1].tolist()
            text = [*text, logits.index(max(logits))]
        assert row == text


def test_without_positions_a_sliding_cache_fits_the_first_block_alone():
    model = shaken(TINY)
    with torch.no_grad():
        model.position.weight.zero_()
        read = []
        for block in model.blocks:
            block.attention.qkv.register_forward_hook(
                lambda _module, _args, out: read.append(out[0])
            )
        ids = torch.tensor([[1, 2, 3, 4, 5]])
        model(ids)
        model(ids[:, 1:])
    torch.testing.assert_close(read[0][1:], read[2], rtol=0, atol=1e-12)
    assert (read[1][1:] - read[3]).abs().amax(-1).min() > 1e-3


def test_with_learnt_positions_no_key_fits_once_the_window_slides():
    model, read = shaken(TINY), []
    model.blocks[0].attention.qkv.register_forward_hook(
        lambda _module, _args, out: read.append(out[0])
    )
    ids = torch.tensor([[1, 2, 3, 4, 5]])
    with torch.no_grad():
        model(ids)
        model(ids[:, 1:])
    assert (read[0][1:] - read[1]).abs().amax(-1).min() > 1e-3


@pytest.mark.parametrize("temperature", [0, 1.0])
@pytest.mark.parametrize("gain", [math.nan, 1e200])
def test_a_model_that_is_broken_writes_nothing(temperature, gain):
    model = shaken(TINY)
    with torch.no_grad():
        model.norm.weight.fill_(gain)
        model.head.weight.mul_(1e200)
    with pytest.raises(ValueError, match="logits must be finite, got NaN or infinity"):
        generate(model, torch.tensor([[1]]), 1, temperature)


def test_a_single_logit_that_is_no_number_is_refused():
    model = GPT(GPTConfig(7, 5, 2, 2, 8, tied=False), seeded(0))
    with torch.no_grad():
        model.head.weight[3] = math.nan
    with pytest.raises(ValueError, match="logits must be finite"):
        generate(model, torch.tensor([[1]]), 1, 0)


@pytest.mark.parametrize("temperature", [0, 1.0])
def test_no_prompts_give_no_texts(temperature):
    none = torch.zeros(0, 3, dtype=torch.int64)
    assert generate(shaken(TINY), none, 2, temperature).shape == (0, 5)


def test_generation_reads_the_last_tokens_up_to_the_context():
    model, read = shaken(TINY), []
    model.register_forward_pre_hook(lambda _module, args: read.append(args[0]))
    text = generate(model, torch.tensor([[1, 2, 3]]), 5, 1.0, seeded(0))
    assert [window.shape[1] for window in read] == [3, 4, 5, 5, 5]
    for end, window in zip(range(3, 8), read, strict=True):
        assert torch.equal(window, text[:, max(end - 5, 0) : end])


def test_no_steps_return_a_copy_of_the_prompt():
    prompt = torch.tensor([[1, 2, 3]])
    got = generate(shaken(TINY), prompt, 0)
    got[0, 0] = 6
    assert prompt.tolist() == [[1, 2, 3]]


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_tokens_are_drawn_as_often_as_the_softmax_says(temperature):
    model = shaken(TINY)
    prompts = torch.tensor([[1, 2]]).expand(20_000, 2)
    drawn = generate(model, prompts, 1, temperature, seeded(0))[:, -1]
    share = torch.bincount(drawn, minlength=7) / 20_000
    want = (model(prompts[:1])[0, -1] / temperature).softmax(-1)
    torch.testing.assert_close(share.double(), want.detach(), rtol=0, atol=0.015)


def test_a_tiny_temperature_is_greedy():
    model = shaken(TINY)
    prompt = torch.tensor([[1, 2, 3]])
    for temperature in (1e-6, 1e-300, 5e-324):
        got = generate(model, prompt, 8, temperature, seeded(0))
        assert torch.equal(got, generate(model, prompt, 8, 0))


def test_a_tiny_temperature_is_greedy_in_float32_too():
    model = shaken(TINY).float()
    prompt = torch.tensor([[1, 2, 3]])
    got = generate(model, prompt, 4, 1e-300, seeded(0))
    assert torch.equal(got, generate(model, prompt, 4, 0))


def test_the_generator_decides_what_is_drawn():
    model, prompt = GPT(TINY, seeded(0)), torch.tensor([[1, 2, 3]])
    one, same = (generate(model, prompt, 30, 1.0, seeded(5)) for _ in range(2))
    assert torch.equal(one, same)
    one, same = (MarkovChain(4, seeded(1)).sample(50, seeded(2)) for _ in range(2))
    assert torch.equal(one, same)


def test_generation_keeps_no_graph():
    model, kept = shaken(TINY), []
    model.register_forward_hook(lambda _m, _args, out: kept.append(out.requires_grad))
    assert not generate(model, torch.tensor([[1]]), 2).requires_grad
    assert kept == [False, False]


# Counting


@pytest.mark.parametrize("shape", PUBLISHED)
def test_parameters_of_the_gpt_2_models(shape):
    config = GPTConfig(50257, 1024, *shape)
    both = parameter_count(config), parameter_count(config, embeddings=False)
    assert both == PUBLISHED[shape]


def test_an_untied_head_of_gpt_2_small_counts_once_more():
    config = GPTConfig(50257, 1024, 12, 12, 768, tied=False)
    assert parameter_count(config) == 163_037_184
    assert parameter_count(config, False) == 85_056_000


@settings(deadline=None)  # a busy machine is no failure
@given(*(st.integers(1, 4) for _ in range(5)), st.booleans())
def test_the_formula_counts_what_the_module_has(
    vocab, context, layers, heads, part, tied
):
    config = GPTConfig(vocab, context, layers, heads, heads * part, tied)
    model = GPT(config)
    assert parameter_count(config) == sum(p.numel() for p in model.parameters())
    left_out = ("token.weight", "position.weight", "head.weight")
    inner = [p.numel() for n, p in model.named_parameters() if n not in left_out]
    assert parameter_count(config, embeddings=False) == sum(inner)


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("sizes", [(65, 32, 3, 4, 48), (11, 5, 2, 3, 6)])
def test_flops_are_those_that_torch_counts(sizes, tied):
    config = GPTConfig(*sizes, tied)
    model, size = GPT(config), 3
    x = torch.zeros(size, config.context, dtype=torch.int64)
    with FlopCounterMode(display=False) as counter:
        language_model_loss(model(x), x).backward()
    want = size * config.context * training_flops_per_token(config)
    assert counter.get_total_flops() == want


def test_numbers_of_the_page_on_gpt_2_small():
    config = GPTConfig(50257, 1024, 12, 12, 768)
    total = training_flops_per_token(config)
    assert total == 854_438_400
    assert round(100 * 12 * 12 * 1024 * 768 / total, 1) == 13.3
    assert round(100 * 6 * parameter_count(config) / total) == 87
    assert round(100 * 6 * parameter_count(config, False) / total) == 60


# What is refused


@pytest.mark.parametrize("name", ["vocab", "context", "layers", "heads", "width"])
@pytest.mark.parametrize("bad", [0, -1, 2.0, "3", True, torch.tensor(True)])
def test_sizes_must_be_integers_from_1(name, bad):
    sizes = {"vocab": 7, "context": 5, "layers": 2, "heads": 2, "width": 8, name: bad}
    with pytest.raises(
        ValueError, match=re.escape(f"{name} must be an integer >= 1, got {bad!r}")
    ):
        GPTConfig(**sizes)


def test_heads_must_divide_the_width_and_tied_is_a_truth_value():
    with pytest.raises(ValueError, match="heads must divide width 8, got 3"):
        GPTConfig(7, 5, 2, 3, 8)
    with pytest.raises(ValueError, match="tied must be True or False, got 1"):
        GPTConfig(7, 5, 2, 2, 8, 1)


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (torch.zeros(1, 6, dtype=torch.int64), "must have 1 to 5 tokens, got 6"),
        (torch.zeros(1, 0, dtype=torch.int64), "must have 1 to 5 tokens, got 0"),
        (torch.zeros(3, dtype=torch.int64), r"int64 with 2 axes, got .* shape \(3,\)"),
        (torch.zeros(1, 3, dtype=torch.int32), "ids must be int64 .* got torch.int32"),
        (torch.tensor([[0, 7]]), "ids must be from 0 to 6, got 0 to 7"),
        (torch.tensor([[-1, 6]]), "ids must be from 0 to 6, got -1 to 6"),
        ([[1, 2]], "ids must be int64 with 2 axes, got list"),
    ],
)
def test_ids_are_checked(ids, message):
    with pytest.raises(ValueError, match=message):
        GPT(TINY)(ids)


def test_the_ends_of_the_vocabulary_are_fine():
    assert GPT(TINY)(torch.tensor([[0, 6, 0, 6, 0]])).shape == (1, 5, 7)


@pytest.mark.parametrize(
    ("logits", "targets", "message"),
    [
        (torch.zeros(2, 3), torch.zeros(3, dtype=torch.int64), r"got \(2, 3\) and"),
        (torch.tensor(1.0), torch.tensor(1), r"want logits \(..., vocab\)"),
        (torch.zeros(2, 3), torch.zeros(2), "targets of int64, got torch.float32 and"),
        (torch.zeros(2, 3).long(), torch.zeros(2).long(), "want logits of floats"),
        (torch.zeros(2, 3), torch.tensor([-100, -100]), "one target that counts"),
        (torch.zeros(0, 3), torch.zeros(0).long(), "one target that counts"),
        (torch.zeros(2, 3), torch.tensor([0, 3]), "must be from 0 to 2, got 0 to 3"),
        (torch.zeros(2, 3), torch.tensor([-1, 2]), "must be from 0 to 2, got -1 to 2"),
    ],
)
def test_what_the_loss_refuses(logits, targets, message):
    with pytest.raises(ValueError, match=message):
        language_model_loss(logits, targets)


def test_other_bad_arguments():
    data, model = torch.arange(5), GPT(TINY)
    ids = torch.tensor([[1]])
    with pytest.raises(ValueError, match="data must have more than 5 tokens, got 5"):
        batch(data, 5, 1)
    with pytest.raises(ValueError, match="context must be an integer >= 1, got 0"):
        batch(data, 0, 1)
    with pytest.raises(ValueError, match="size must be an integer >= 1, got 0"):
        batch(data, 2, 0)
    with pytest.raises(ValueError, match="data must be int64 with 1 axes, got"):
        batch(data[None], 2, 1)
    with pytest.raises(ValueError, match="steps must be an integer >= 0, got -1"):
        train(model, data, -1, 1)
    with pytest.raises(ValueError, match="lr must be a finite number >= 0, got -1"):
        train(model, data, 1, 1, -1)
    with pytest.raises(ValueError, match="steps must be an integer >= 0, got -1"):
        generate(model, ids, -1)
    not_numbers = ("1", True, np.True_, torch.tensor(True), None, 1j, torch.ones(2))
    for bad in (-0.5, math.nan, math.inf, 10**400, *not_numbers):
        with pytest.raises(
            ValueError, match="temperature must be a finite number >= 0"
        ):
            generate(model, ids, 1, bad)
    with pytest.raises(ValueError, match="the prompt must have a token, got none"):
        generate(model, ids[:, :0], 1)
    with pytest.raises(ValueError, match="ids must be from 0 to 6, got 9 to 9"):
        generate(model, ids + 8, 0)
    with pytest.raises(ValueError, match="symbols must be an integer >= 1, got 0"):
        MarkovChain(0)
    with pytest.raises(ValueError, match="n must be an integer >= 0, got -1"):
        MarkovChain(2).sample(-1)
    with pytest.raises(ValueError, match="at least 2 symbols, got 1"):
        MarkovChain(2).loss(torch.tensor([1]))
    with pytest.raises(ValueError, match="ids must be from 0 to 1, got 2 to 2"):
        MarkovChain(2).loss(torch.tensor([2, 2]))
    for bad in (2**63, 2**70):
        with pytest.raises(ValueError, match=r"ignore must be an integer < 2\*\*63"):
            language_model_loss(torch.zeros(1, 2), torch.tensor([1]), bad)
    with pytest.raises(ValueError, match="must be tensors, got list and Tensor"):
        language_model_loss([[0.0]], torch.tensor([0]))
    with pytest.raises(ValueError, match="must be tensors, got Tensor and list"):
        language_model_loss(torch.zeros(1, 1), [0])
    with pytest.raises(ValueError, match="ignore must be an integer"):
        language_model_loss(torch.zeros(1, 2), torch.tensor([1]), 0.5)


@pytest.mark.parametrize("steps", [0, 1])
def test_training_looks_at_its_arguments_before_the_first_step(steps):
    model = GPT(TINY, seeded(0))
    rare = torch.cat([torch.zeros(5000, dtype=torch.int64), torch.tensor([99])])
    with pytest.raises(ValueError, match="data must be from 0 to 6, got 0 to 99"):
        train(model, rare, steps, 1)
    with pytest.raises(ValueError, match="data must have more than 5 tokens, got 5"):
        train(model, torch.arange(5), steps, 1)
    with pytest.raises(ValueError, match="size must be an integer >= 1, got 0"):
        train(model, torch.arange(7), steps, 0)


def test_no_training_changes_nothing():
    model = GPT(TINY, seeded(0))
    before = [p.clone() for p in model.parameters()]
    assert train(model, torch.arange(7), 0, 1) == []
    for p, was in zip(model.parameters(), before, strict=True):
        assert torch.equal(p, was)
