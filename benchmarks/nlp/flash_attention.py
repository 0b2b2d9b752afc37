"""Triton FlashAttention against PyTorch's own, on one GPU.

    python -m benchmarks.nlp.flash_attention --output records/nlp/flash-attention.json
    python -m benchmarks.nlp.flash_attention --tune 64

The first measures and writes a record: for each case the errors, the median times, the
ratio to ``scaled_dot_product_attention`` under ``FLASH_ATTENTION``, TFLOP/s beside the
roofline, and the peak memory at T and 2T. It exits with 1 if a case is less accurate
than twice the built-in's error or its memory does not grow linearly; speed is
recorded, with the aim beside it, and does not fail the run. The second times tiles
for one head dimension and prints the best of them beside the table's.

FLOPs follow the papers' convention: 4 T^2 d per head forward (half under a causal mask)
and 2.5 times that backward, which has four products and computes the scores again. The
kernels here compute two more; these are not counted as achieved.
"""

import argparse
import functools
import itertools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from benchmarks.gpu import TERABYTES_PER_S, median_ms
from benchmarks.record import describe, write

BATCH, HEADS, DTYPE = 4, 16, torch.bfloat16
HEAD_DIMS, LENGTHS = (64, 128), (1024, 4096, 16384)
AIMS = {"forward": 0.9, "backward": 0.8}  # of the built-in's speed
# Dense bfloat16 TFLOP/s and TB/s of the data sheets; both chips compute alike.
PEAKS = {device: (989.0, bandwidth) for device, bandwidth in TERABYTES_PER_S.items()}

Attention = Callable[[Tensor, Tensor, Tensor, bool], Tensor]


def flops(length: int, head_dim: int, causal: bool, backward: bool) -> float:
    """Floating-point operations of one pass over all heads."""
    one_way = 4 * length**2 * head_dim * BATCH * HEADS / (2 if causal else 1)
    return one_way * (2.5 if backward else 1)


def least_bytes(length: int, head_dim: int, backward: bool) -> int:
    """Bytes that must move: Q, K, V in and O out; backward O, dO in and dQ, dK, dV out.

    The logsumexp, four bytes a row, is counted once either way.
    """
    tensors = 8 if backward else 4
    return BATCH * HEADS * length * (tensors * head_dim * DTYPE.itemsize + 4)


def inputs(length: int, head_dim: int, heads: int, seed: int = 0) -> list[Tensor]:
    """q, k, v that want gradients, and a gradient of the output."""
    generator = torch.Generator("cuda").manual_seed(seed)
    shape = (BATCH, heads, length, head_dim)
    draws = [
        torch.randn(shape, generator=generator, device="cuda").to(DTYPE)
        for _ in range(4)
    ]
    return [x.requires_grad_(i < 3) for i, x in enumerate(draws)]


def builtin(q: Tensor, k: Tensor, v: Tensor, causal: bool) -> Tensor:
    """What PyTorch calls FLASH_ATTENTION."""
    with sdpa_kernel(SDPBackend.FLASH_ATTENTION):
        return F.scaled_dot_product_attention(q, k, v, is_causal=causal)


def exact(q: Tensor, k: Tensor, v: Tensor, causal: bool) -> Tensor:
    """The definition, with scores in memory; for float32 copies of the inputs."""
    with sdpa_kernel(SDPBackend.MATH):
        return F.scaled_dot_product_attention(q, k, v, is_causal=causal)


def ours(q: Tensor, k: Tensor, v: Tensor, causal: bool) -> Tensor:
    """The kernels of the note."""
    from snippets.nlp.flash_attention import triton_flash_attention

    return triton_flash_attention(q, k, v, causal)


def errors(length: int, head_dim: int, causal: bool) -> dict[str, dict[str, float]]:
    """Largest error of o, dq, dk, dv against float32, ours and the built-in's.

    One head at a time, so that the float32 scores of 16k rows fit into memory.
    """
    names = ("o", "dq", "dk", "dv")
    found = {name: {"triton": 0.0, "builtin": 0.0} for name in names}
    q, k, v, do = (x.detach()[:1] for x in inputs(length, head_dim, heads=2))

    def run(attention: Attention, *tensors: Tensor) -> list[Tensor]:
        leaves = [x.clone().requires_grad_() for x in tensors[:3]]
        o = attention(*leaves, causal)
        return [o.detach(), *torch.autograd.grad(o, leaves, tensors[3])]

    results = {"triton": run(ours, q, k, v, do), "builtin": run(builtin, q, k, v, do)}
    for head in range(q.shape[1]):
        one = [x[:, head : head + 1].float() for x in (q, k, v, do)]
        truths = run(exact, *one)
        for who, tensors in results.items():
            for name, tensor, truth in zip(names, tensors, truths):
                error = (tensor[:, head : head + 1].float() - truth).abs().max().item()
                if error != error:
                    error = float("inf")
                found[name][who] = max(found[name][who], error)
    return found


def times(
    attention: Attention, length: int, head_dim: int, causal: bool
) -> dict[str, float]:
    """Median milliseconds of the forward and of the backward pass alone."""
    q, k, v, do = inputs(length, head_dim, HEADS)
    repeats = 50 if length < 10_000 else 15
    with torch.no_grad():
        forward = median_ms(lambda: attention(q, k, v, causal), repeats)
    o = attention(q, k, v, causal)
    backward = median_ms(
        lambda: torch.autograd.grad(o, (q, k, v), do, retain_graph=True), repeats
    )
    return {"forward": forward, "backward": backward}


def peak_bytes(attention: Attention, length: int, head_dim: int, causal: bool) -> int:
    """Most memory held at once by a forward and backward pass, beyond its inputs."""
    q, k, v, do = inputs(length, head_dim, HEADS)
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    torch.autograd.grad(attention(q, k, v, causal), (q, k, v), do)
    torch.cuda.synchronize()
    return torch.cuda.max_memory_allocated() - before


def case(
    length: int, head_dim: int, causal: bool, peaks: tuple[float, float] | None
) -> dict[str, Any]:
    """All figures of one setting."""
    accuracy = errors(length, head_dim, causal)
    mine = times(ours, length, head_dim, causal)
    theirs = times(builtin, length, head_dim, causal)
    result: dict[str, Any] = {
        "length": length,
        "head_dim": head_dim,
        "causal": causal,
        "error": accuracy,
        "accurate": all(
            e["triton"] <= 2 * e["builtin"] + 1e-6 for e in accuracy.values()
        ),
    }
    for way in ("forward", "backward"):
        operations = flops(length, head_dim, causal, way == "backward")
        entry = {
            "triton_ms": mine[way],
            "builtin_ms": theirs[way],
            "speed_of_builtin": theirs[way] / mine[way],
            "reaches_aim": theirs[way] / mine[way] >= AIMS[way],
            "triton_tflops": operations / mine[way] / 1e9,
            "builtin_tflops": operations / theirs[way] / 1e9,
        }
        if peaks:
            moved = least_bytes(length, head_dim, way == "backward")
            compute_ms = operations / peaks[0] / 1e9
            memory_ms = moved / peaks[1] / 1e9
            entry["roofline_ms"] = max(compute_ms, memory_ms)
            entry["bound_by"] = "compute" if compute_ms >= memory_ms else "memory"
            entry["share_of_roofline"] = entry["roofline_ms"] / mine[way]
        result[way] = entry
    once, twice = (peak_bytes(ours, n, head_dim, causal) for n in (length, 2 * length))
    result["peak_bytes"] = {"n": once, "2n": twice, "ratio": twice / once}
    result["linear_memory"] = twice / once < 2.3
    return result


def line(result: dict[str, Any]) -> str:
    """One case as a line to read while the rest is running."""
    name = f"d {result['head_dim']:3}  T {result['length']:5}"
    mask = "causal" if result["causal"] else "full  "
    ways = "  ".join(
        f"{way} {e['triton_ms']:8.3f} ms {e['triton_tflops']:4.0f} TFLOP/s "
        f"{e['speed_of_builtin']:.2f} of built-in"
        for way, e in ((w, result[w]) for w in ("forward", "backward"))
    )
    checks = "ok" if result["accurate"] and result["linear_memory"] else "WRONG"
    memory = result["peak_bytes"]["ratio"]
    return f"{name}  {mask}  {ways}  memory x{memory:.2f}  {checks}"


def tune(head_dim: int, length: int = 4096) -> None:
    """Time candidate tiles of every kernel, the others at the table's; print the best.

    The backward kernels are timed inside the whole backward pass.
    """
    from snippets.nlp.flash_attention import kernels

    table, scale = kernels.default_tiles(head_dim, DTYPE), head_dim**-0.5
    q, k, v, do = (x.detach() for x in inputs(length, head_dim, HEADS))
    sizes = {
        "forward": ((64, 64), (128, 64), (64, 128), (128, 128)),
        "dkdv": ((32, 128), (64, 128), (64, 64), (128, 128)),
        "dq": ((128, 32), (128, 64), (64, 64), (128, 128)),
    }
    for causal, kernel in itertools.product((False, True), sizes):
        o, lse = kernels.triton_forward(q, k, v, causal, scale, table.forward)

        def work(tiles: Any, kernel: str, causal: bool, o: Tensor, lse: Tensor) -> None:
            if kernel == "forward":
                kernels.triton_forward(q, k, v, causal, scale, tiles.forward)
            else:
                arguments = (q, k, v, o, lse, do, causal, scale)
                kernels.triton_backward(*arguments, tiles.dkdv, tiles.dq)

        found = {}
        for size, warps, stages in itertools.product(sizes[kernel], (4, 8), (2, 3)):
            tile = kernels.Tile(*size, warps, stages)
            tiles = table._replace(**{kernel: tile})
            call = functools.partial(work, tiles, kernel, causal, o, lse)
            try:
                found[tile] = median_ms(call, 10)
            except Exception as error:  # more shared memory or registers than there are
                print(f"  {kernel} {tuple(tile)}: {type(error).__name__}")
        now = getattr(table, kernel)
        mask = "causal" if causal else "full"
        print(
            f"d {head_dim} {mask} {kernel}: {found.get(now, float('nan')):.3f} ms {now}"
        )
        for tile in sorted(found, key=found.__getitem__)[:4]:
            print(f"  {found[tile]:.3f} ms {tile}", flush=True)


def summary(cases: list[dict[str, Any]]) -> dict[str, str]:
    """The range of speeds, as a share of the built-in kernel's, for the page."""
    shares = {
        way: [case[way]["speed_of_builtin"] for case in cases]
        for way in ("forward", "backward")
    }
    low_high = {way: f"{min(x):.2f}–{max(x):.2f}" for way, x in shares.items()}
    return {
        "en": f"forward {low_high['forward']} and backward {low_high['backward']} "
        f"of the built-in kernel's speed in {len(cases)} settings",
        "zh": f"{len(cases)} 种设置下，速度为内置核函数的 "
        f"{low_high['forward']} 倍（前向）、{low_high['backward']} 倍（反向）",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="where to write the record, JSON")
    parser.add_argument(
        "--tune", type=int, choices=HEAD_DIMS, help="try tiles for this head dimension"
    )
    parser.add_argument("--quick", action="store_true", help="lengths up to 4096 only")
    options = parser.parse_args()
    if not torch.cuda.is_available():
        sys.exit("This benchmark needs a CUDA GPU, and torch finds none.")
    if options.tune:
        tune(options.tune)
        return
    device = torch.cuda.get_device_name()
    peaks = PEAKS.get(device)
    lengths = LENGTHS[:2] if options.quick else LENGTHS
    cases = []
    for head_dim, length, causal in itertools.product(
        HEAD_DIMS, lengths, (False, True)
    ):
        cases.append(case(length, head_dim, causal, peaks))
        print(line(cases[-1]), flush=True)
    record = describe("nlp/flash-attention") | {
        "summary": [summary(cases)],
        "setting": {"batch": BATCH, "heads": HEADS, "dtype": str(DTYPE)},
        "peak": peaks and {"bfloat16_tflops": peaks[0], "terabytes_per_s": peaks[1]},
        "aims": AIMS,
        "cases": cases,
    }
    if options.output:
        write(options.output, record)
        print(f"wrote {options.output}")
    wrong = [c for c in cases if not (c["accurate"] and c["linear_memory"])]
    if wrong:
        sys.exit(f"{len(wrong)} of {len(cases)} cases are inaccurate or not linear.")


if __name__ == "__main__":
    main()
