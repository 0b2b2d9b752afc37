"""The middle of SwiGLU, silu(a) * b, fused and not, on one GPU.

    python -m benchmarks.nlp.activation_functions \\
        --output records/nlp/activation-functions.json

Three ways to the same numbers: eager PyTorch, ``torch.compile``, and the Triton kernels
of the note; forward alone and backward alone. The arithmetic is negligible, so each
time stands beside the bytes that must move: 3 elements per output forward (5 in eager
mode, which sends silu(a) through memory), 5 backward (9 in eager mode). A record also
holds the bandwidth of a large copy on the same device. The run exits with 1 if the
kernels are less accurate than twice eager's error; speed is recorded, no more.
"""

import argparse
import itertools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch._functorch.config
import torch.nn.functional as F
from torch import Tensor

from benchmarks.gpu import TERABYTES_PER_S, median_ms
from benchmarks.record import describe, write

DTYPE = torch.bfloat16
TOKENS, WIDTHS = (1024, 4096, 16384), (11008, 14336)  # LLaMA-7B and Llama-3-8B
LEAST = {"forward": 3, "backward": 5}  # elements moved per output
EAGER = {"forward": 5, "backward": 9}

Product = Callable[[Tensor, Tensor], Tensor]


def eager(a: Tensor, b: Tensor) -> Tensor:
    """Two kernels forward, three backward."""
    return F.silu(a) * b


def ours(a: Tensor, b: Tensor) -> Tensor:
    """The kernels of the note."""
    from snippets.nlp.activation_functions.kernels import silu_mul

    return silu_mul(a, b)


def ways() -> dict[str, Product]:
    """The competitors, by name."""
    # The backward pass is timed on one graph again and again: keep what it saved.
    torch._functorch.config.donated_buffer = False
    compiled = torch.compile(eager, dynamic=False)
    return {"eager": eager, "compile": compiled, "triton": ours}


def inputs(tokens: int, width: int) -> list[Tensor]:
    """a and b that want gradients, and a gradient of the output."""
    generator = torch.Generator("cuda").manual_seed(0)
    draws = [
        torch.randn(tokens, width, generator=generator, device="cuda").to(DTYPE)
        for _ in range(3)
    ]
    return [x.requires_grad_(i < 2) for i, x in enumerate(draws)]


def errors(product: Product, tokens: int, width: int) -> list[float]:
    """Largest error of the output and both gradients against float64."""
    a, b, do = inputs(tokens, width)

    def run(f: Product, *tensors: Tensor) -> list[Tensor]:
        leaves = [x.detach().requires_grad_() for x in tensors[:2]]
        out = f(*leaves)
        return [out.detach(), *torch.autograd.grad(out, leaves, tensors[2])]

    truths = run(eager, *(x.double() for x in (a, b, do)))
    found = []
    for result, truth in zip(run(product, a, b, do), truths):
        error = (result.double() - truth).abs().max().item()
        found.append(error if error == error else float("inf"))
    return found


def times(product: Product, tokens: int, width: int) -> dict[str, float]:
    """Median milliseconds of the forward and of the backward pass alone."""
    a, b, do = inputs(tokens, width)
    with torch.no_grad():
        forward = median_ms(lambda: product(a, b))
    out = product(a, b)
    backward = median_ms(
        lambda: torch.autograd.grad(out, (a, b), do, retain_graph=True)
    )
    return {"forward": forward, "backward": backward}


def copy_terabytes_per_s() -> float:
    """What a copy of one gibibyte reaches: each byte read once and written once."""
    source = torch.zeros(2**30, dtype=torch.uint8, device="cuda")
    target = torch.empty_like(source)
    return 2 * source.numel() / median_ms(lambda: target.copy_(source)) / 1e9


def case(
    tokens: int, width: int, products: dict[str, Product], peak: float | None
) -> dict[str, Any]:
    """All figures of one setting."""
    wrong = {name: errors(f, tokens, width) for name, f in products.items()}
    measured = {name: times(f, tokens, width) for name, f in products.items()}
    result: dict[str, Any] = {
        "tokens": tokens,
        "width": width,
        "error": wrong,
        "accurate": all(
            mine <= 2 * theirs + 1e-6
            for mine, theirs in zip(wrong["triton"], wrong["eager"])
        ),
    }
    elements = tokens * width
    for way, least in LEAST.items():
        moved = least * elements * DTYPE.itemsize
        entry: dict[str, Any] = {
            "least_bytes": moved,
            "eager_bytes": EAGER[way] * elements * DTYPE.itemsize,
            "ms": {name: t[way] for name, t in measured.items()},
            # Of the bytes that must move, whatever a way really moves.
            "terabytes_per_s": {
                name: moved / t[way] / 1e9 for name, t in measured.items()
            },
            "speed_of_eager": measured["eager"][way] / measured["triton"][way],
            "speed_of_compile": measured["compile"][way] / measured["triton"][way],
            "limit_over_eager": EAGER[way] / least,
        }
        if peak:
            entry["roofline_ms"] = moved / peak / 1e9
            entry["share_of_roofline"] = entry["roofline_ms"] / measured["triton"][way]
        result[way] = entry
    return result


def line(result: dict[str, Any]) -> str:
    """One case as a line to read while the rest is running."""
    parts = [f"{result['tokens']:5} x {result['width']}"]
    for way in LEAST:
        entry = result[way]
        listed = " ".join(f"{name} {ms:.3f}" for name, ms in entry["ms"].items())
        parts.append(
            f"{way} ms: {listed}, {entry['terabytes_per_s']['triton']:.2f} TB/s, "
            f"{entry['speed_of_eager']:.2f} of eager"
        )
    return "  ".join([*parts, "ok" if result["accurate"] else "WRONG"])


def summary(cases: list[dict[str, Any]]) -> dict[str, str]:
    """The range of speeds for the page."""
    spans = {}
    for rival in ("eager", "compile"):
        shares = [case[way][f"speed_of_{rival}"] for case in cases for way in LEAST]
        spans[rival] = f"{min(shares):.2f}–{max(shares):.2f}"
    return {
        "en": f"fused silu(a)·b {spans['eager']} times as fast as eager and "
        f"{spans['compile']} times as fast as torch.compile in {len(cases)} settings",
        "zh": f"{len(cases)} 种设置下，融合的 silu(a)·b 速度为逐步执行的 "
        f"{spans['eager']} 倍、torch.compile 的 {spans['compile']} 倍",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="where to write the record, JSON")
    parser.add_argument("--quick", action="store_true", help="1024 tokens only")
    options = parser.parse_args()
    if not torch.cuda.is_available():
        sys.exit("This benchmark needs a CUDA GPU, and torch finds none.")
    peak = TERABYTES_PER_S.get(torch.cuda.get_device_name())
    copied = copy_terabytes_per_s()
    cases = []
    for tokens, width in itertools.product(
        TOKENS[:1] if options.quick else TOKENS, WIDTHS
    ):
        torch.compiler.reset()  # compiled anew for each shape, under no cache limit
        cases.append(case(tokens, width, ways(), peak))
        print(line(cases[-1]), flush=True)
    record = describe("nlp/activation-functions") | {
        "summary": [summary(cases)],
        "setting": {"dtype": str(DTYPE)},
        "terabytes_per_s": {"data_sheet": peak, "copy": copied},
        "cases": cases,
    }
    if options.output:
        write(options.output, record)
        print(f"wrote {options.output}")
    wrong = [c for c in cases if not c["accurate"]]
    if wrong:
        sys.exit(f"{len(wrong)} of {len(cases)} cases are inaccurate.")


if __name__ == "__main__":
    main()
