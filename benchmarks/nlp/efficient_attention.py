"""Error and time of every attention of this topic on the same random input, on a CPU.

    $ python -m benchmarks.nlp.efficient_attention --store

The error is that of the output against exact softmax attention under the same causal
mask (Linformer, which has no causal form: without one), in float64:
|O' - O| / |O|, and the same after O' is multiplied by the number that suits it best.
The time is one head in float32 on one thread, the median CPU time of several calls.
CPU time, not time by the clock: others may be using the machine. Memory once fetched
from the system is kept, so that no variant pays for another's page faults.

With ``--store`` the result goes to the JSON file beside this module, from which the
note's table and figure are taken; with ``--output`` it becomes a record.
"""

import argparse
import contextlib
import ctypes
import functools
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from benchmarks.record import describe, write
from snippets.nlp.efficient_attention import (
    block_local_attention,
    linformer_attention,
    local_mask,
    masked_attention,
    sparse_attention,
    sparse_mask,
    taylor_attention,
)
from snippets.nlp.flash_attention import flash_attention_forward
from snippets.nlp.gated_attention_unit import mixed_chunk_attention
from snippets.nlp.linear_attention import elu_feature_map, linear_attention_chunked
from snippets.nlp.performer import favor_attention, gaussian_orthogonal
from snippets.nlp.state_space_models import selective_ssm
from snippets.nlp.transnormer import diag_attention, norm_attention

STORED = Path(__file__).with_suffix(".json")
LENGTHS = (512, 1024, 2048, 4096)
FEATURES = 64
WINDOW = CHUNK = 64  # reach of local attention; tokens of a block or chunk
ROWS = 256  # of Linformer's projection
DIRECTIONS = 256  # of Performer
STATE = 16  # numbers a channel of the state space model

Attention = Callable[[Tensor, Tensor, Tensor], Tensor]


class Variant(NamedTuple):
    """A way to attend, one sequence of one head: three (t, d) tensors to one."""

    run: Attention
    causal: bool = True


def stride(tokens: int) -> int:
    """The least power of two that is not below the root of ``tokens``."""
    return 1 << ((tokens - 1).bit_length() + 1) // 2


def flash(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """The tiled reference, whose tensors have batch and head axes."""
    q, k, v = (x[None, None] for x in (q, k, v))
    return flash_attention_forward(q, k, v, causal=True).o[0, 0]


@functools.cache
def causal_mask(tokens: int, sparse: bool) -> Tensor:
    """All keys j <= i, or those of the sparse pattern; made once, outside the time."""
    if sparse:
        return sparse_mask(tokens, stride(tokens), causal=True)
    return local_mask(tokens, tokens).tril()


def linformer(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Each row of E averages neighbouring tokens, one of the paper's choices."""
    each = len(k) // ROWS
    pool = torch.eye(ROWS, dtype=q.dtype).repeat_interleave(each, 1) / each
    return linformer_attention(q, k, v, pool, pool)


def favor(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """The directions are drawn anew, the same ones each time."""
    generator = torch.Generator().manual_seed(1)
    directions = gaussian_orthogonal(DIRECTIONS, q.shape[-1], generator, q.dtype)
    return favor_attention(q, k, v, directions, causal=True)


def norm(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """TransNormer's linear part with its feature map."""
    return norm_attention(elu_feature_map(q), elu_feature_map(k), v, causal=True)


def mixed_chunk(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """One pair of queries and keys for both parts, scaled as the paper's weights."""
    scale = q.shape[-1] ** -0.5
    return mixed_chunk_attention(q, k, scale * q, k / len(q), v, CHUNK, causal=True)


def state_space(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Values as inputs, some features of keys as B and of queries as C, equal steps."""
    tokens, channels = v.shape
    delta = torch.full_like(v, 1 / tokens)
    A = -torch.arange(1, STATE + 1, dtype=v.dtype).expand(channels, STATE)
    inputs = (v, delta, k[:, :STATE], q[:, :STATE])
    x, delta, B, C = (tensor[None] for tensor in inputs)
    return selective_ssm(x, delta, A, B, C, torch.zeros_like(v[0]))[0]


def running_mean(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """The average of all values so far: what an attention blind to queries gives."""
    return v.cumsum(0) / torch.arange(1, len(v) + 1, dtype=v.dtype)[:, None]


VARIANTS = {
    "softmax": Variant(
        lambda q, k, v: masked_attention(q, k, v, causal_mask(len(q), False))
    ),
    "flash": Variant(flash),
    "fused": Variant(
        lambda q, k, v: F.scaled_dot_product_attention(
            *(x[None, None] for x in (q, k, v)), is_causal=True
        )[0, 0]
    ),
    "sparse_masked": Variant(
        lambda q, k, v: masked_attention(q, k, v, causal_mask(len(q), True))
    ),
    "sparse": Variant(
        lambda q, k, v: sparse_attention(q, k, v, stride(len(q)), causal=True)
    ),
    "local": Variant(
        lambda q, k, v: block_local_attention(q, k, v, WINDOW, causal=True)
    ),
    "diag": Variant(lambda q, k, v: diag_attention(q, k, v, CHUNK, causal=True)),
    "linformer": Variant(linformer, causal=False),
    "linear": Variant(
        lambda q, k, v: linear_attention_chunked(q, k, v, causal=True, chunk=CHUNK)
    ),
    "taylor": Variant(
        lambda q, k, v: taylor_attention(q, k, v, causal=True, chunk=CHUNK)
    ),
    "favor": Variant(favor),
    "norm": Variant(norm),
    "mixed_chunk": Variant(mixed_chunk),
    "state_space": Variant(state_space),
    "mean": Variant(running_mean),
}


def inputs(tokens: int, dtype: torch.dtype) -> list[Tensor]:
    """Standard normal q, k, v of shape (t, d), the same ones for every variant."""
    generator = torch.Generator().manual_seed(0)
    shape = (3, tokens, FEATURES)
    q, k, v = torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype)
    return [q.clone(), k.clone(), v.clone()]  # each in memory of its own


class Largest(TorchDispatchMode):
    """The number of elements of the largest floating tensor that an operation makes."""

    numel = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        if isinstance(result, Tensor) and result.is_floating_point():
            # A view may repeat its elements; what it holds is its storage.
            held = result.untyped_storage().nbytes() // result.element_size()
            self.numel = max(self.numel, held)
        return result


def errors(name: str, tokens: int) -> dict[str, float]:
    """Error against softmax attention, as it is and after the best multiple."""
    q, k, v = inputs(tokens, torch.float64)
    variant = VARIANTS[name]
    exact = F.scaled_dot_product_attention(q, k, v, is_causal=variant.causal)
    with Largest() as largest:
        output = variant.run(q, k, v)
    best = (output * exact).sum() / output.square().sum()
    return {
        "error": float((output - exact).norm() / exact.norm()),
        "best_multiple_error": float((best * output - exact).norm() / exact.norm()),
        "largest_tensor": largest.numel,
    }


def keep_freed_memory() -> None:
    """Have glibc reuse large blocks, or whoever allocates first pays page faults."""
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(-4, 0)  # M_MMAP_MAX: no block straight from the system
        libc.mallopt(-1, 2**31 - 1)  # M_TRIM_THRESHOLD: give nothing back


def milliseconds(name: str, tokens: int, repeats: int) -> float:
    """Median CPU time of a call; two more before it are not counted."""
    q, k, v = inputs(tokens, torch.float32)
    times = []
    for _ in range(repeats + 2):
        start = time.process_time()
        VARIANTS[name].run(q, k, v)
        times.append(1e3 * (time.process_time() - start))
    return statistics.median(times[2:])


def measure(lengths: tuple[int, ...], repeats: int) -> dict[str, dict]:
    """Per variant and length: errors, largest tensor, milliseconds."""
    rows: dict[str, dict] = {}
    for name in VARIANTS:
        rows[name] = {}
        for tokens in lengths:
            took = {"milliseconds": milliseconds(name, tokens, repeats)}
            rows[name][str(tokens)] = errors(name, tokens) | took
    return rows


def processor() -> str:
    """The model of the processor, where the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    models = [x.split(":", 1)[1].strip() for x in lines if x.startswith("model name")]
    return models[0] if models else platform.machine()


def record(rows: dict[str, dict], repeats: int) -> dict:
    """The whole record, ready to be written as JSON."""
    made = describe("nlp/efficient-attention")
    made["device"] = f"{processor()}, one thread"
    longest = max(map(int, rows["softmax"]))
    dense, local = (
        rows[name][str(longest)]["milliseconds"] for name in ("softmax", "local")
    )
    en = f"block-local attention {local:.1f} ms, softmax attention {dense:.1f} ms"
    zh = f"分块局部注意力 {local:.1f} ms，softmax 注意力 {dense:.1f} ms"
    return made | {
        "summary": [{"en": f"T = {longest}: {en}", "zh": f"T = {longest}：{zh}"}],
        "figures": {"features": FEATURES, "repeats": repeats, "variants": rows},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="JSON file to write")
    parser.add_argument("--store", action="store_true", help=f"write {STORED.name}")
    parser.add_argument("--repeats", type=int, default=15)
    arguments = parser.parse_args()
    if arguments.repeats < 1:
        sys.exit(f"--repeats must be >= 1, got {arguments.repeats}")
    torch.set_num_threads(1)
    keep_freed_memory()
    rows = measure(LENGTHS, arguments.repeats)
    print(f"{'':13}" + "".join(f"{tokens:>10}" for tokens in LENGTHS) + "  ms; error")
    for name, row in rows.items():
        times = "".join(f"{row[str(t)]['milliseconds']:10.2f}" for t in LENGTHS)
        error = row[str(LENGTHS[1])]
        print(
            f"{name:13}{times}  {error['error']:.4g} {error['best_multiple_error']:.4g}"
        )
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    print(f"load of the machine: {load}")
    for path in [arguments.output] + [STORED] * arguments.store:
        if path:
            write(path, record(rows, arguments.repeats))


if __name__ == "__main__":
    main()
