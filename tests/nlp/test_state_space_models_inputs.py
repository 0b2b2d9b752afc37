"""Example calls of snippets.nlp.state_space_models."""

from dataclasses import replace

import torch

from snippets.nlp import state_space_models as s
from tests.inputs import Example, Promises, example, normal, uniform

A = normal(3, 3) - 3 * torch.eye(3, dtype=torch.float64)
B, C = normal(3, seed=1), normal(3, seed=2)
SIGNAL = normal(7, seed=3)
FORGET = uniform(6, 2, low=-0.9, high=0.9)
MODEL = (
    normal(2, 5, 3),
    uniform(2, 5, 3, low=0.1),
    -uniform(3, 2, low=0.5, high=2.0),
    normal(2, 5, 2, seed=1),
    normal(2, 5, 2, seed=2),
    normal(3, seed=3),
)
MARK = torch.tensor([[False, True, False], [True, False, False]])
LOOKS = "looks at its input: steps, signs or the grid have a range"

EXAMPLES: list[Example] = [
    *(example(s.discretize, A, B, 0.1, m) for m in ("zoh", "bilinear", "euler")),
    example(s.fft_causal_conv, SIGNAL[:4], SIGNAL),
    example(s.hippo_legs, 3),
    example(s.join, (FORGET, FORGET + 1), (FORGET - 1, FORGET)),
    replace(
        example(s.legendre_reconstruct, B, uniform(4, high=1.0)),
        meta=LOOKS,
        gives="float64",
    ),
    replace(example(s.legs_online, SIGNAL, 3), gives="float64"),
    replace(
        example(s.remember_marked, normal(2, 3), MARK, 2.0),
        meta=LOOKS,
    ),
    example(s.s4d_kernel, -uniform(3, low=0.2), B, C, 0.1, 5),
    replace(
        example(s.s4d_kernel, torch.complex(-C.abs(), B), B, C, 0.1, 5),
        gives="complex128",  # the poles have it
    ),
    example(s.s4d_legs, 3),
    example(s.scan_associative, FORGET, FORGET + 1),
    example(s.scan_sequential, FORGET, FORGET + 1),
    example(s.selective_copying, 3, 4, torch.Generator().manual_seed(0)),
    replace(example(s.selective_ssm, *MODEL), meta=LOOKS),
    replace(example(s.selective_ssm, *MODEL, s.scan_sequential, "zoh"), meta=LOOKS),
    example(s.ssm_kernel, A / 9, B, C, 5),
    example(s.ssm_recurrent, A / 9, B, C, SIGNAL),
]
SPARED: dict[str, str] = {
    "triton_selective_ssm": "for a GPU or Triton's interpreter, and takes no float64: "
    "its tests compare it with selective_ssm in each type that it takes"
}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
