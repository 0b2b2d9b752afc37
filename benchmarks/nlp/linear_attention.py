"""Chunked linear attention in Triton against two quadratic rivals, on one GPU.

    python -m benchmarks.nlp.linear_attention --output records/nlp/linear-attention.json
    python -m benchmarks.nlp.linear_attention --tune

The first times causal forward passes with d = 64 from 2k to 64k tokens: the kernels of
the note, the same linear attention in its quadratic form (weights in memory, bfloat16,
plain torch), and ``scaled_dot_product_attention`` under ``FLASH_ATTENTION``. It records
the shortest length from which the kernels stay ahead of each. A length at which the
quadratic form runs out of memory has no time for it. It exits with 1 if an output is
further from float64 than twice the quadratic form's, at three lengths up to 16k; speed
is recorded and does not fail the run. The second times tiles.

Beside the measured ratio stands that of the operations, T / d, counted without a mask:
what a kernel limited by arithmetic alone could gain.
"""

import argparse
import functools
import itertools
import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from benchmarks.gpu import median_ms
from benchmarks.record import describe, write
from snippets.nlp.linear_attention import (
    elu_feature_map,
    flops_linear,
    flops_quadratic,
    linear_attention_chunked,
    linear_attention_recurrent,
)

BATCH, HEADS, HEAD_DIM, DTYPE = 1, 16, 64, torch.bfloat16
LENGTHS = (2048, 4096, 8192, 16384, 32768, 65536)
ACCURACY_LENGTHS = (2048, 8191, 16384)  # recurrent at the first; one is ragged
FLOOR = 1e-4  # absolute error always allowed, where rounding cancels to zero
TILES = list(itertools.product((32, 64, 128), (2, 4, 8, 16), (4, 8), (1, 2, 3)))

Attention = Callable[[Tensor, Tensor, Tensor], Tensor]


def inputs(length: int, heads: int = HEADS, seed: int = 0) -> list[Tensor]:
    """q, k, v on the GPU."""
    generator = torch.Generator("cuda").manual_seed(seed)
    shape = (BATCH, heads, length, HEAD_DIM)
    return [
        torch.randn(shape, generator=generator, device="cuda").to(DTYPE)
        for _ in range(3)
    ]


def triton(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """The kernels of the note."""
    from snippets.nlp.linear_attention.kernels import triton_linear_attention

    return triton_linear_attention(q, k, v)


def quadratic(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """The same function with its T x T weights in memory, in the type of the inputs."""
    weights = (elu_feature_map(q) @ elu_feature_map(k).mT).tril_()
    return weights @ v / weights.sum(-1, keepdim=True)


def sdpa(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Causal softmax attention: another function, the one to be replaced."""
    with sdpa_kernel(SDPBackend.FLASH_ATTENTION):
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)


RIVALS: dict[str, Attention] = {"quadratic": quadratic, "sdpa": sdpa}


def crossover(
    lengths: Sequence[int],
    ours: Sequence[float | None],
    theirs: Sequence[float | None],
) -> int | None:
    """The shortest length from which ours is the faster at every longer one too.

    Who has no time (None) ran out of memory and counts as slowest. None if ours is not
    the faster at the longest length.
    """
    found = None
    for length, *times in reversed(list(zip(lengths, ours, theirs))):
        mine, rival = (math.inf if ms is None else ms for ms in times)
        if mine >= rival:
            break
        found = length
    return found


def errors(length: int) -> dict[str, Any]:
    """Largest error of the kernels and of the quadratic form, against float64."""
    q, k, v = inputs(length, heads=2)
    doubles = [x.double() for x in (q, k, v)]
    if length == ACCURACY_LENGTHS[0]:
        exact = linear_attention_recurrent(*doubles, True)
    else:
        exact = linear_attention_chunked(*doubles, True, 256)

    def worst(output: Tensor) -> float:
        error = (output.double() - exact).abs().max().item()
        return error if error == error else float("inf")

    found = {"triton": worst(triton(q, k, v)), "quadratic": worst(quadratic(q, k, v))}
    accurate = found["triton"] <= 2 * found["quadratic"] + FLOOR
    return {"length": length, "error": found, "accurate": accurate}


def time_ms(attention: Attention, length: int) -> float | None:
    """Median milliseconds of a forward pass, None where memory does not suffice."""
    q, k, v = inputs(length)
    try:
        with torch.no_grad():
            return median_ms(lambda: attention(q, k, v), 50 if length < 10_000 else 15)
    except torch.OutOfMemoryError:
        return None
    finally:
        torch.cuda.empty_cache()


def case(length: int) -> dict[str, Any]:
    """The times of one length, and what counting operations promises."""
    mine = time_ms(triton, length)
    theirs = {name: time_ms(rival, length) for name, rival in RIVALS.items()}
    return {
        "length": length,
        "triton_ms": mine,
        **{f"{name}_ms": ms for name, ms in theirs.items()},
        "speedup": {name: ms and mine and ms / mine for name, ms in theirs.items()},
        "operations_ratio": flops_quadratic(length, HEAD_DIM)
        / flops_linear(length, HEAD_DIM),
    }


def line(result: dict[str, Any]) -> str:
    """One case as a line to read while the rest is running."""

    def show(ms: float | None) -> str:
        return "out of memory" if ms is None else f"{ms:9.3f} ms"

    times = (f"{name} {show(result[f'{name}_ms'])}" for name in ("triton", *RIVALS))
    return f"T {result['length']:5}  " + "  ".join(times)


def tune(lengths: Sequence[int] = (4096, 65536)) -> None:
    """Time candidate tiles; print the best of them beside the default."""
    from snippets.nlp.linear_attention import kernels

    for length in lengths:
        q, k, v = inputs(length)
        default = kernels.default_tile(HEAD_DIM, DTYPE)
        found = {}
        for tile in {default, *(kernels.Tile(*sizes) for sizes in TILES)}:
            call = functools.partial(kernels.triton_linear_attention, q, k, v, tile)
            try:
                found[tile] = median_ms(call, 10)
            except Exception as error:  # more shared memory or registers than there are
                print(f"  {tuple(tile)}: {type(error).__name__}")
        print(f"T {length}: {found.get(default, float('nan')):.3f} ms {default}")
        for tile in sorted(found, key=found.__getitem__)[:4]:
            print(f"  {found[tile]:.3f} ms {tile}", flush=True)


def summary(starts: dict[str, int | None], longest: dict[str, Any]) -> dict[str, str]:
    """Where the kernels start to win, for the page."""
    names = {"quadratic": ("the quadratic form", "平方形式"), "sdpa": ("SDPA", "SDPA")}
    english, chinese = [], []
    for name, start in starts.items():
        en, zh = names[name]
        if start is None:
            english.append(f"not faster than {en} at any length up to {LENGTHS[-1]:,}")
            chinese.append(f"直到 {LENGTHS[-1]:,} 个 token 都不比 {zh}快")
            continue
        gain = longest["speedup"][name]
        english.append(
            f"faster than {en} from {start:,} tokens on"
            + (f" ({gain:.1f} times at {LENGTHS[-1]:,})" if gain else "")
        )
        chinese.append(
            f"从 {start:,} 个 token 起快于 {zh}"
            + (f"（{LENGTHS[-1]:,} 时为 {gain:.1f} 倍）" if gain else "")
        )
    return {
        "en": "chunked kernels, d = 64, causal forward: " + "; ".join(english),
        "zh": "分块核函数，d = 64，因果前向：" + "；".join(chinese),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="where to write the record, JSON")
    parser.add_argument("--tune", action="store_true", help="time tiles instead")
    options = parser.parse_args()
    if not torch.cuda.is_available():
        sys.exit("This benchmark needs a CUDA GPU, and torch finds none.")
    if options.tune:
        tune()
        return
    accuracy = [errors(length) for length in ACCURACY_LENGTHS]
    for result in accuracy:
        print(result, flush=True)
    cases = []
    for length in LENGTHS:
        cases.append(case(length))
        print(line(cases[-1]), flush=True)
    starts = {
        name: crossover(
            LENGTHS,
            [c["triton_ms"] for c in cases],
            [c[f"{name}_ms"] for c in cases],
        )
        for name in RIVALS
    }
    record = describe("nlp/linear-attention") | {
        "summary": [summary(starts, cases[-1])],
        "setting": {
            "batch": BATCH,
            "heads": HEADS,
            "head_dim": HEAD_DIM,
            "dtype": str(DTYPE),
            "pass": "forward, causal",
        },
        "accuracy": accuracy,
        "faster_from": starts,
        "cases": cases,
    }
    print(record["summary"][0]["en"])
    if options.output:
        write(options.output, record)
        print(f"wrote {options.output}")
    wrong = [result["length"] for result in accuracy if not result["accurate"]]
    if wrong:
        sys.exit(f"inaccurate at {', '.join(map(str, wrong))} tokens.")


if __name__ == "__main__":
    main()
