"""Oracles: numpy, for what frames say."""

import math
import re

import numpy as np
import torch

from tests.frames import captions, numbers, words


def test_the_rows_written_are_those_of_causal_attention():
    generator = torch.Generator().manual_seed(358)
    q, k, v = (
        x[0, 0].double().numpy()
        for x in 1.6 * torch.randn(3, 1, 1, 6, 2, generator=generator)
    )
    scores = np.where(np.tri(6) > 0, q @ k.T / math.sqrt(2), -np.inf)
    weights = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    texts = words("nlp/flash_attention", -1)
    written = texts[texts.index("O") + 1 :]
    rows = [numbers(text) for text in written if " " in text]
    np.testing.assert_allclose(rows, weights @ v, rtol=0, atol=0.00501)
    said = captions("nlp/flash_attention")
    assert "6 tiles in all" in said[-1]
    # What a caption adds up is right to the decimals that it shows.
    rises = [
        found
        for s in said
        for found in re.findall(r"ℓ = (\S+) × (\S+) \+ (\S+) = (\S+),", s)
    ]
    stays = [
        found for s in said for found in re.findall(r"ℓ = (\S+) \+ (\S+) = (\S+),", s)
    ]
    assert len(rises) >= 2
    assert stays
    for factor, before, added, total in rises:
        assert f"{float(factor) * float(before) + float(added):.2f}" == total
    for before, added, total in stays:
        assert f"{float(before) + float(added):.2f}" == total
