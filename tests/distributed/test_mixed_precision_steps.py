"""Oracles: numpy's float16, and the scale counted by hand."""

import re

import numpy as np

from tests.frames import captions, words

NAME = "distributed/mixed_precision"
SLOPES = np.array([3e-10, 2e-8, 5e-7, 4e-5, 1e-3, 0.05])
SCALES = [1.0, 2.0**21, 2.0**20, 2.0**20, 2.0**21]  # of each step
AFTER = ["", "2²⁰", "2²⁰", "2²¹", "2²⁰"]


def test_zeros_and_infinities_are_those_of_numpys_float16():
    found = captions(NAME)
    assert len(found) == 11
    for scale, said in zip(SCALES, found[1::2], strict=True):
        with np.errstate(over="ignore"):
            half = (SLOPES * scale).astype(np.float16)
        zeros, large = np.sum(half == 0), np.sum(np.isinf(half))
        assert f", zeros after the backward pass: {zeros}, infinities: {large}." in said
        assert ("All six" in said) == (zeros == large == 0)


def test_the_scale_and_the_last_weight_are_those_of_the_hand_count():
    taken = 0
    for at, said in enumerate(captions(NAME)[2::2]):
        overflow = SLOPES[-1] * SCALES[at] >= 65520
        if at == 1:
            taken = 0  # another run begins
        taken += not overflow
        assert ("skipped" in said) == bool(overflow)
        weight = re.search(r"last (?:one is|weight is now) ([\d.]+?)\. ", said)[1]
        assert float(weight) == round(1 - 0.05 * taken, 4)
        assert f"{AFTER[at]}." in said


def test_the_picture_names_the_scale_of_its_step():
    for at, scale in enumerate(SCALES):
        shown = "1" if scale == 1 else {21: "2²¹", 20: "2²⁰"}[int(np.log2(scale))]
        for frame in (2 * at + 1, 2 * at + 2):
            assert f"S g, S = {shown}" in words(NAME, frame)
        assert ("S g / S" in words(NAME, 2 * at + 2)) == (at not in (1, 4))
