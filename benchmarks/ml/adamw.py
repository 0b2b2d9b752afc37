"""Time of one AdamW step on a GPU, beside what its memory traffic alone must take.

    $ python -m benchmarks.ml.adamw --output records/ml/adamw.json

A step must read the parameter, its gradient and both averages, and write all but the
gradient: 28 bytes per float32 parameter. No implementation can be faster than those
bytes over the bandwidth, so the ratio to that time is the figure to look at. The
bandwidth is the one on the data sheet, if the device is in the table below, and also
the one that a large copy reaches here.
"""

import argparse
import statistics
import sys
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from benchmarks.record import describe, write
from snippets.ml.adamw import AdamWLite

BYTES_PER_PARAMETER = 28
DATA_SHEET = {"H200": 4.8e12}  # bytes per second, by a part of the device's name
OPTIONS = {"lr": 1e-3, "weight_decay": 0.1}
WAYS: dict[str, Callable[[list[nn.Parameter]], object]] = {
    "fused": lambda params: torch.optim.AdamW(params, fused=True, **OPTIONS),
    "foreach": lambda params: torch.optim.AdamW(params, foreach=True, **OPTIONS),
    "for-loop": lambda params: torch.optim.AdamW(params, foreach=False, **OPTIONS),
    "AdamWLite": lambda params: AdamWLite(params, **OPTIONS),
}


def parameters(count: int, tensors: int) -> list[nn.Parameter]:
    """``count`` float32 parameters in ``tensors`` equal pieces, with gradients."""
    generator = torch.Generator("cuda").manual_seed(0)
    size = count // tensors
    made = []
    for _ in range(tensors):
        theta, g = torch.randn(2, size, generator=generator, device="cuda")
        p = nn.Parameter(theta.clone())
        p.grad = g.clone()
        made.append(p)
    return made


def milliseconds(
    work: Callable[[], object], warmup: int = 5, repeats: int = 30
) -> dict:
    """Median and extremes of single calls, timed by events on the device."""
    for _ in range(warmup):
        work()
    times = []
    for _ in range(repeats):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        torch.cuda.synchronize()
        start.record()
        work()
        end.record()
        end.synchronize()
        times.append(start.elapsed_time(end))
    return {
        "median_ms": statistics.median(times),
        "min_ms": min(times),
        "max_ms": max(times),
        "repeats": repeats,
    }


def copy_bandwidth(count: int) -> float:
    """Bytes per second of a copy: each float32 read once and written once."""
    a, b = (torch.empty(count, device="cuda") for _ in range(2))
    return 8 * count / (milliseconds(lambda: b.copy_(a))["median_ms"] / 1e3)


def data_sheet_bandwidth(device: str) -> float | None:
    """Bytes per second by the data sheet, or None where it is not in the table."""
    return next((b for part, b in DATA_SHEET.items() if part in device), None)


def largest_difference(count: int, tensors: int, steps: int = 3) -> float:
    """Largest difference of any way to the first one, after a few steps."""
    ends = []
    for make in WAYS.values():
        params = parameters(count, tensors)
        optimizer = make(params)
        for _ in range(steps):
            optimizer.step()
        ends.append(torch.cat([p.detach() for p in params]))
    return max((end - ends[0]).abs().max().item() for end in ends[1:])


def figures(count: int, tensors: int, limits: dict[str, float]) -> list[dict]:
    """One row per way to do the step: its time, also in multiples of the limits."""
    rows = []
    for name, make in WAYS.items():
        optimizer = make(parameters(count, tensors))
        timing = milliseconds(optimizer.step)
        ratios = {f"times_{k}": timing["median_ms"] / v for k, v in limits.items()}
        rows.append({"way": name, "tensors": tensors, **timing, **ratios})
        del optimizer
        torch.cuda.empty_cache()
    return rows


def measure(count: int) -> dict:
    """The whole record, ready to be written as JSON."""
    device = torch.cuda.get_device_name()
    moved = BYTES_PER_PARAMETER * count
    bandwidths = {
        "copy": copy_bandwidth(count),
        "data_sheet": data_sheet_bandwidth(device),
    }
    limits = {f"{k}_limit": 1e3 * moved / b for k, b in bandwidths.items() if b}
    difference = largest_difference(1_000_000, 100)
    if not difference <= 1e-5:
        sys.exit(f"the ways must agree to 1e-5 before they are timed, got {difference}")
    rows = [row for n in (1, 100, 1000) for row in figures(count, n, limits)]
    fused = next(row for row in rows if row["way"] == "fused")
    least = min(limits.values())
    return describe("ml/adamw") | {
        "summary": [
            {
                "en": f"fused step on {count / 1e6:.0f}M parameters "
                f"{fused['median_ms']:.2f} ms, memory limit {least:.2f} ms",
                "zh": f"{count / 1e6:.0f}M 参数的融合更新用时 "
                f"{fused['median_ms']:.2f} ms，显存带宽下限 {least:.2f} ms",
            }
        ],
        "figures": {
            "parameters": count,
            "bytes_per_parameter": BYTES_PER_PARAMETER,
            "bandwidth_bytes_per_s": bandwidths,
            "limits_ms": limits,
            "largest_difference": difference,
            "steps": rows,
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--parameters", type=int, default=100_000_000)
    arguments = parser.parse_args()
    if arguments.parameters < 1000 or arguments.parameters % 1000:
        sys.exit(f"--parameters must be a multiple of 1000, got {arguments.parameters}")
    if not torch.cuda.is_available():
        sys.exit("benchmarks.ml.adamw needs a CUDA GPU, and PyTorch finds none here")
    record = measure(arguments.parameters)
    write(arguments.output, record)
    for row in record["figures"]["steps"]:
        print(f"{row['way']:10} {row['tensors']:5} tensors  {row['median_ms']:8.3f} ms")


if __name__ == "__main__":
    main()
