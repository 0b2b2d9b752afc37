"""Oracles: the chain rule in plain floats and autograd, for what frames say."""

import math

import torch

from tests.frames import captions, numbers, words

INPUTS, WEIGHT = (1.0, -0.5, 0.5, 1.0, 0.25), 0.8


def by_hand():
    """States with the start before them, and the gradient that enters each tanh."""
    states = [0.0]
    for value in INPUTS:
        states.append(math.tanh(value + WEIGHT * states[-1]))
    entering, back = [], 1.0
    for h in states[:0:-1]:
        entering.append(back * (1 - h * h))
        back = entering[-1] * WEIGHT
    return states, entering[::-1]


def test_each_frame_has_the_gradient_of_its_step_and_the_sum_so_far():
    states, entering = by_hand()
    said = captions("nlp/recurrent_networks")
    assert len(said) == 5
    for frame, caption in enumerate(said):
        t = 5 - frame  # from 1
        total = sum(entering[n - 1] * states[n - 1] for n in range(t, 6))
        found = numbers(caption)
        assert abs(found[-1] - total) < 5.01e-4
        texts = words("nlp/recurrent_networks", frame)
        shown = [numbers(text)[-1] for text in texts if "Σ" in text]
        assert shown == [found[-1]]
        part = caption.split("a = ")[-1].split(". ")[0]
        assert abs(numbers(part)[-1] - entering[t - 1]) < 5.01e-4
        written = [f"{a:.3f}" for a in entering[t - 1 :]]
        assert all(a in texts for a in written)
        for h in states[1:]:
            assert f"{h:.3f}".replace("-", "−") in texts


def test_the_last_frame_has_the_whole_gradient():
    u = torch.tensor(WEIGHT, dtype=torch.float64, requires_grad=True)
    h = torch.zeros((), dtype=torch.float64)
    for value in INPUTS:
        h = torch.tanh(value + u * h)
    h.backward()
    assert (
        abs(numbers(captions("nlp/recurrent_networks")[-1])[-1] - u.grad.item()) < 6e-4
    )


def test_what_is_handed_back_is_the_weight_times_the_gradient_of_the_next_step():
    _, entering = by_hand()
    said = captions("nlp/recurrent_networks")
    for frame in range(1, 5):
        handed = numbers(said[frame].split("its a = ")[1])[0]
        assert abs(handed - WEIGHT * entering[5 - frame]) < 5.01e-4
