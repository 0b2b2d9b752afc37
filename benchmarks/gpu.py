"""How work is timed on a GPU, and what the device could do at best."""

import statistics
from collections.abc import Callable
from typing import Any

import torch

# TB/s of the data sheets, by the device's name.
TERABYTES_PER_S = {"NVIDIA H200": 4.8, "NVIDIA H100 80GB HBM3": 3.35}


def median_ms(work: Callable[[], Any], repeats: int = 50, warm: int = 5) -> float:
    """Median time of ``work`` on the device, milliseconds, after warming up."""
    for _ in range(warm):
        work()
    pairs = []
    for _ in range(repeats):
        pair = [torch.cuda.Event(enable_timing=True) for _ in range(2)]
        flush_cache()
        pair[0].record()
        work()
        pair[1].record()
        pairs.append(pair)
    torch.cuda.synchronize()
    return statistics.median(start.elapsed_time(stop) for start, stop in pairs)


def flush_cache() -> None:
    """Write more than the second-level cache holds, so that no run finds it warm.

    A gibibyte also keeps the device busy while the host enqueues what is timed.
    """
    torch.empty(2**28, dtype=torch.float32, device="cuda").zero_()
