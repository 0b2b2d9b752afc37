"""Mixed chunk attention against PyTorch's causal softmax attention, on one GPU.

    python -m benchmarks.nlp.gated_attention_unit --output FILE.json

Both are causal and of one model width, 768: FLASH's attention with chunks of 256, one
head, s = 128 and e = 1536, and ``scaled_dot_product_attention`` under
``FLASH_ATTENTION`` with 12 heads of 64. Projections and gates are left out of both. The
record has, for each length, the error of the chunked form beside that of dense masks
in the same type, the median times of a forward pass and of a backward pass, the time
per token, and the peak memory. It exits with 1 if the chunked form errs more than twice
as much as the dense one, or if a doubled length takes its time or memory past 2.3
times; how the two compare in speed is recorded and does not fail the run.

What is timed is the note's code as it stands, plain matrix products in PyTorch, which
it takes in float32 although the inputs are bfloat16. The model it stands for, FLASH, is
not FlashAttention, which the built-in backend is named after.
"""

import argparse
import itertools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from benchmarks.gpu import median_ms
from benchmarks.record import describe, write

BATCH, DTYPE = 4, torch.bfloat16
CHUNK, FEATURES, EXPANDED = 256, 128, 1536  # C, s, e
HEADS, HEAD_DIM = 12, 64
LENGTHS = (2048, 4096, 8192, 16384, 32768)
LIMIT = 2.3  # of time and memory, when the length doubles

Attention = Callable[..., Tensor]


def draws(*shapes: tuple[int, ...], seed: int = 0) -> list[Tensor]:
    """Tensors that want gradients; queries and keys have scores of size 1."""
    generator = torch.Generator("cuda").manual_seed(seed)
    return [
        (torch.randn(shape, generator=generator, device="cuda") * shape[-1] ** -0.25)
        .to(DTYPE)
        .requires_grad_()
        for shape in shapes
    ]


def chunk_inputs(length: int, batch: int = BATCH) -> list[Tensor]:
    """q_quad, k_quad, q_lin, k_lin, v."""
    features = (batch, length, FEATURES)
    return draws(*[features] * 4, (batch, length, EXPANDED))


def softmax_inputs(length: int) -> list[Tensor]:
    """q, k, v."""
    return draws(*[(BATCH, HEADS, length, HEAD_DIM)] * 3)


def chunked(*inputs: Tensor) -> Tensor:
    """The note's linear-time form."""
    from snippets.nlp.gated_attention_unit import mixed_chunk_attention

    return mixed_chunk_attention(*inputs, CHUNK, causal=True)


def builtin(*inputs: Tensor) -> Tensor:
    """What PyTorch calls FLASH_ATTENTION."""
    with sdpa_kernel(SDPBackend.FLASH_ATTENTION):
        return F.scaled_dot_product_attention(*inputs, is_causal=True)


def errors(length: int = 2048) -> dict[str, float]:
    """Largest error against dense masks in float64, chunked and dense in ``DTYPE``."""
    from snippets.nlp.gated_attention_unit import mixed_chunk_reference

    with torch.no_grad():
        inputs = chunk_inputs(length, batch=1)
        exact = mixed_chunk_reference(*(x.double() for x in inputs), CHUNK, True)
        found = {
            "chunked": chunked(*inputs),
            "dense": mixed_chunk_reference(*inputs, CHUNK, True),
        }
        worst = {
            name: (out.double() - exact).abs().max().item()
            for name, out in found.items()
        }
    return {name: x if x == x else float("inf") for name, x in worst.items()}


def measure(attention: Attention, inputs: list[Tensor], length: int) -> dict[str, Any]:
    """Times of both passes, time per token, and most memory beyond the inputs."""
    repeats = 50 if length < 10_000 else 15
    with torch.no_grad():
        forward = median_ms(lambda: attention(*inputs), repeats)
    out = attention(*inputs)
    grad = torch.ones_like(out)
    backward = median_ms(
        lambda: torch.autograd.grad(out, inputs, grad, retain_graph=True), repeats
    )
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    torch.autograd.grad(attention(*inputs), inputs, grad)
    torch.cuda.synchronize()
    return {
        "forward_ms": forward,
        "backward_ms": backward,
        "forward_ns_per_token": forward * 1e6 / (BATCH * length),
        "backward_ns_per_token": backward * 1e6 / (BATCH * length),
        "peak_bytes": torch.cuda.max_memory_allocated() - before,
    }


def growth(cases: list[dict[str, Any]], who: str) -> list[dict[str, float]]:
    """Factors of time and memory from each length to the next, which is twice it."""
    return [
        {
            "from": before["length"],
            **{
                name: after[who][name] / before[who][name]
                for name in ("forward_ms", "backward_ms", "peak_bytes")
            },
        }
        for before, after in itertools.pairwise(cases)
    ]


def line(case: dict[str, Any]) -> str:
    """One length as a line to read while the rest is running."""
    columns = "   ".join(
        f"{who} {case[who]['forward_ms']:8.3f} + {case[who]['backward_ms']:8.3f} ms, "
        f"{case[who]['forward_ns_per_token']:7.1f} ns/token"
        for who in ("chunked", "builtin")
    )
    return f"T {case['length']:5}  {columns}"


def summary(cases: list[dict[str, Any]]) -> dict[str, str]:
    """Forward times per token at the shortest and the longest length, for the page."""
    first, last = cases[0], cases[-1]
    spans = {
        who: f"{first[who]['forward_ns_per_token']:.0f} → "
        f"{last[who]['forward_ns_per_token']:.0f} ns"
        for who in ("chunked", "builtin")
    }
    lengths = f"{first['length']} → {last['length']}"
    return {
        "en": f"forward time per token at {lengths} tokens: {spans['chunked']} for "
        f"mixed chunks, {spans['builtin']} for the built-in softmax attention",
        "zh": f"序列长度 {lengths} 时每个词元的前向时间：混合分块 {spans['chunked']}，"
        f"内置 softmax 注意力 {spans['builtin']}",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="where to write the record, JSON")
    parser.add_argument("--quick", action="store_true", help="lengths up to 8192 only")
    options = parser.parse_args()
    if not torch.cuda.is_available():
        sys.exit("This benchmark needs a CUDA GPU, and torch finds none.")
    accuracy = errors()
    accurate = accuracy["chunked"] <= 2 * accuracy["dense"]
    print(f"largest error {accuracy}  {'ok' if accurate else 'WRONG'}", flush=True)
    cases: list[dict[str, Any]] = []
    for length in LENGTHS[:3] if options.quick else LENGTHS:
        cases.append(
            {
                "length": length,
                "chunked": measure(chunked, chunk_inputs(length), length),
                "builtin": measure(builtin, softmax_inputs(length), length),
            }
        )
        print(line(cases[-1]), flush=True)
    growths = {who: growth(cases, who) for who in ("chunked", "builtin")}
    linear = all(
        step[name] < LIMIT
        for step in growths["chunked"]
        for name in ("forward_ms", "backward_ms", "peak_bytes")
    )
    record = describe("nlp/gated-attention-unit") | {
        "summary": [summary(cases)],
        "setting": {
            "batch": BATCH,
            "dtype": str(DTYPE),
            "chunk": CHUNK,
            "s": FEATURES,
            "e": EXPANDED,
            "heads": HEADS,
            "head_dim": HEAD_DIM,
        },
        "error": accuracy,
        "accurate": accurate,
        "growth": growths,
        "linear": linear,
        "cases": cases,
    }
    if options.output:
        write(options.output, record)
        print(f"wrote {options.output}")
    if not (accurate and linear):
        sys.exit(f"accurate: {accurate}, linear in the length: {linear}")


if __name__ == "__main__":
    main()
