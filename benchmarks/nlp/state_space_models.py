"""The Triton selective scan against a torch loop and the bandwidth, on one GPU.

    python -m benchmarks.nlp.state_space_models --output RECORD.json
    python -m benchmarks.nlp.state_space_models --tune

The first measures and writes a record. For each case: the error against float64, beside
that of rounding the exact result; the median time of the kernel, of a loop over
tokens in torch and, where its states fit, of torch's own associative scan; the bytes
that must move; and the share that the kernel reaches of the bandwidth of a plain copy,
measured in the same run, and of the data sheet's. It exits with 1 if a case is
inaccurate; speed is recorded and does not fail the run. The second times tiles
and numbers of segments.

Bytes are those of the mathematics: x, delta, B, C, A, D in and y out, each once. States
are not among them: the kernel does not store any. Nor is what segments read twice.
The number of exponentials, one for each state, stands beside the bytes, because the
arithmetic of exp, not the memory, may be the limit.
"""

import argparse
import itertools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from benchmarks.gpu import TERABYTES_PER_S, median_ms
from benchmarks.record import describe, write

CHANNELS, STATES = 2048, 16
# (batch, tokens): many sequences, and one long one that only segments can spread.
SHAPES = ((8, 1024), (8, 4096), (8, 16384), (1, 65536))
DTYPES = (torch.bfloat16, torch.float32)
BUILTIN_STATES = 2**31  # states that torch's own scan may hold

Inputs = tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]


def inputs(batch: int, tokens: int, dtype: torch.dtype, seed: int = 0) -> Inputs:
    """x, delta, A, Bt, Ct, D as Mamba starts: A_n = -(n + 1), small steps."""
    generator = torch.Generator("cuda").manual_seed(seed)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, device="cuda")

    x = normal(batch, tokens, CHANNELS).to(dtype)
    delta = torch.nn.functional.softplus(normal(batch, tokens, CHANNELS) - 4).to(dtype)
    A = -torch.arange(1.0, STATES + 1, device="cuda").repeat(CHANNELS, 1)
    Bt, Ct = (normal(batch, tokens, STATES).to(dtype) for _ in range(2))
    return x, delta, A, Bt, Ct, normal(CHANNELS)


def least_bytes(arguments: Inputs) -> int:
    """Bytes of all inputs and of y, each once."""
    return sum(z.nbytes for z in arguments) + arguments[0].nbytes


def loop(
    x: Tensor, delta: Tensor, A: Tensor, Bt: Tensor, Ct: Tensor, D: Tensor
) -> Tensor:
    """Token by token in torch; the state has the type of A, and none is kept."""
    h = A.new_zeros(x.shape[0], *A.shape)
    y = torch.empty_like(x)
    for t in range(x.shape[1]):
        step, u = delta[:, t, :, None].to(A.dtype), x[:, t, :, None].to(A.dtype)
        h = torch.exp(step * A) * h + step * u * Bt[:, t, None].to(A.dtype)
        y_t = (h * Ct[:, t, None].to(A.dtype)).sum(-1) + D * u[..., 0]
        y[:, t] = y_t.to(y.dtype)
    return y


def kernel(*arguments: Tensor) -> Tensor:
    """The kernel as a model calls it, less its checks, which wait for the GPU."""
    from snippets.nlp.state_space_models import kernels

    tile = kernels.default_tile(STATES)
    segments = kernels.default_segments(*arguments[0].shape, tile)
    return kernels.launch(*arguments, segments, tile)


def builtin() -> Callable[..., Tensor] | None:
    """The model with torch's own associative scan, compiled; None if there is none."""
    try:
        from torch._higher_order_ops.associative_scan import associative_scan
    except ImportError:
        return None
    from snippets.nlp.state_space_models import join

    def model(
        x: Tensor, delta: Tensor, A: Tensor, Bt: Tensor, Ct: Tensor, D: Tensor
    ) -> Tensor:
        step = delta[..., None].float() * A
        b = (delta * x)[..., None].float() * Bt[:, :, None].float()
        pairs = (step.exp(), b)
        # Without its cast, which has nothing to do: the pairs are float32 already.
        early_first = lambda early, late: join.__wrapped__(late, early)  # noqa: E731
        states = associative_scan(early_first, pairs, dim=1)[1]
        return ((states * Ct[:, :, None].float()).sum(-1) + D * x).to(x.dtype)

    return torch.compile(model)


def copy_bandwidth() -> float:
    """TB/s of copying two gibibytes: bytes read and bytes written, by the time."""
    source = torch.ones(2**29, dtype=torch.float32, device="cuda")
    target = torch.empty_like(source)
    return 2 * source.nbytes / median_ms(lambda: target.copy_(source), 20, warm=3) / 1e9


def errors(dtype: torch.dtype) -> dict[str, float]:
    """Largest errors of kernel and loop, and of rounding the exact result to dtype."""
    arguments = inputs(2, 4096, dtype)
    some = 64  # channels whose states fit in float64, scanned all at once
    from snippets.nlp.state_space_models import selective_ssm

    x, delta, A, Bt, Ct, D = (z.double() for z in arguments)
    exact = selective_ssm(x[..., :some], delta[..., :some], A[:some], Bt, Ct, D[:some])
    found = {
        "kernel": kernel(*arguments)[..., :some],
        "loop": loop(*arguments)[..., :some],
        "rounding": exact.to(dtype),
    }
    result = {k: (v.double() - exact).abs().max().item() for k, v in found.items()}
    result["largest"] = exact.abs().max().item()
    return {k: v if v == v else float("inf") for k, v in result.items()}


def case(
    batch: int,
    tokens: int,
    dtype: torch.dtype,
    copy: float,
    peak: float | None,
    compiled: Callable[..., Tensor] | None,
) -> dict[str, Any]:
    """All figures of one setting."""
    from snippets.nlp.state_space_models import kernels

    arguments = inputs(batch, tokens, dtype)
    moved = least_bytes(arguments)
    tile = kernels.default_tile(STATES)
    states = batch * tokens * CHANNELS * STATES
    mine = median_ms(lambda: kernel(*arguments), 30, warm=3)
    theirs = median_ms(lambda: loop(*arguments), 3, warm=1)
    result: dict[str, Any] = {
        "batch": batch,
        "tokens": tokens,
        "dtype": str(dtype).removeprefix("torch."),
        "segments": kernels.default_segments(batch, tokens, CHANNELS, tile),
        "triton_ms": mine,
        "loop_ms": theirs,
        "speed_of_loop": theirs / mine,
        "bytes": moved,
        "exponentials": states,
        "terabytes_per_s": moved / mine / 1e9,
        "share_of_copy": moved / mine / 1e9 / copy,
        "share_of_peak": peak and moved / mine / 1e9 / peak,
        "exponentials_per_s": states / mine * 1e3,
        "builtin_ms": None,
    }
    if compiled and states <= BUILTIN_STATES:
        try:
            with torch.no_grad():
                result["builtin_ms"] = median_ms(
                    lambda: compiled(*arguments), 10, warm=3
                )
        except Exception as error:  # a prototype in torch: record why, and go on
            result["builtin_error"] = f"{type(error).__name__}: {error}"[:300]
    return result


def line(result: dict[str, Any]) -> str:
    """One case as a line to read while the rest is running."""
    name = f"{result['dtype']:8}  b {result['batch']}  T {result['tokens']:5}"
    own = result["builtin_ms"]
    own = "     none" if own is None else f"{own:6.3f} ms"
    return (
        f"{name}  segments {result['segments']:2}  {result['triton_ms']:7.3f} ms  "
        f"loop {result['loop_ms']:9.2f} ms (x{result['speed_of_loop']:.0f})  "
        f"torch's scan {own}  {result['terabytes_per_s']:.2f} TB/s, "
        f"{result['share_of_copy']:.2f} of copy"
    )


def tune() -> None:
    """Time tiles and numbers of segments; print the best beside the defaults."""
    from snippets.nlp.state_space_models import kernels

    default = kernels.default_tile(STATES)
    for (batch, tokens), dtype in itertools.product(((8, 4096), (1, 65536)), DTYPES):
        arguments = inputs(batch, tokens, dtype)
        standard = kernels.default_segments(batch, tokens, CHANNELS, default)
        found = {}
        for block_t, block_d, warps, stages, segments in itertools.product(
            (4, 8, 16, 32), (16, 32, 64), (1, 2, 4, 8), (1, 2, 3), (1, 2, 4, 8, 16)
        ):
            per_thread = block_t * block_d * STATES // (32 * warps)
            if not 16 <= per_thread <= 128 or (batch > 1 and segments > 2):
                continue
            tile = kernels.Tile(block_t, block_d, warps, stages)

            def work(
                tile: Any = tile, segments: int = segments, inputs: Any = arguments
            ) -> None:
                kernels.launch(*inputs, segments, tile)

            try:
                found[tile, segments] = median_ms(work, 5, warm=1)
            except Exception as error:  # more shared memory or registers than there are
                print(f"  {tuple(tile)} {segments}: {type(error).__name__}")
        now = found.get((default, standard), float("nan"))
        print(f"b {batch} T {tokens} {dtype}: {now:.3f} ms {default} {standard}")
        for key in sorted(found, key=found.__getitem__)[:6]:
            print(
                f"  {found[key]:.3f} ms {tuple(key[0])} segments {key[1]}", flush=True
            )


def summary(cases: list[dict[str, Any]]) -> dict[str, str]:
    """Range of the shares of the copy bandwidth, and of the gain over the loop."""
    share = [case["share_of_copy"] for case in cases]
    gain = [case["speed_of_loop"] for case in cases]
    shares = f"{min(share):.2f}–{max(share):.2f}"
    gains = f"{min(gain):.0f}–{max(gain):.0f}"
    return {
        "en": f"{shares} of a copy's bandwidth and {gains} times the speed of a torch "
        f"loop over tokens, in {len(cases)} settings",
        "zh": f"{len(cases)} 种设置下，达到纯拷贝带宽的 {shares} 倍，"
        f"速度是逐词元 torch 循环的 {gains} 倍",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="where to write the record, JSON")
    parser.add_argument("--tune", action="store_true", help="try tiles and segments")
    parser.add_argument("--quick", action="store_true", help="up to 4096 tokens only")
    options = parser.parse_args()
    if not torch.cuda.is_available():
        sys.exit("This benchmark needs a CUDA GPU, and torch finds none.")
    if options.tune:
        tune()
        return
    peak, copy = TERABYTES_PER_S.get(torch.cuda.get_device_name()), copy_bandwidth()
    print(f"copy {copy:.2f} TB/s" + (f" of {peak} on the data sheet" if peak else ""))
    accuracy = {str(dtype).removeprefix("torch."): errors(dtype) for dtype in DTYPES}
    for name, error in accuracy.items():
        print(name, {k: f"{v:.2g}" for k, v in error.items()})
    # float32 has no rounding to compare with: the loop's error takes its place.
    wrong = [
        name
        for name, e in accuracy.items()
        if not e["kernel"] <= 2 * max(e["rounding"], e["loop"]) + 2e-5 * e["largest"]
    ]
    compiled, cases = builtin(), []
    shapes = [s for s in SHAPES if s[1] <= 4096] if options.quick else SHAPES
    for dtype, (batch, tokens) in itertools.product(DTYPES, shapes):
        cases.append(case(batch, tokens, dtype, copy, peak, compiled))
        print(line(cases[-1]), flush=True)
    record = describe("nlp/state-space-models") | {
        "summary": [summary(cases)],
        "setting": {"channels": CHANNELS, "states": STATES},
        "peak": peak and {"terabytes_per_s": peak},
        "copy_terabytes_per_s": copy,
        "error": accuracy,
        "cases": cases,
    }
    if options.output:
        write(options.output, record)
        print(f"wrote {options.output}")
    if wrong:
        sys.exit(f"inaccurate in {', '.join(wrong)}")


if __name__ == "__main__":
    main()
