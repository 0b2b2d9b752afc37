"""One layer, three ways to quantize it, judged on inputs that none of them has seen."""

import numpy as np

from ._checks import _integer
from .activations import awq_search
from .grid import dequantize, quantize_absmax
from .second_order import gptq


# --8<-- [start:layer]
def compare_methods(bits: int, seed: int) -> dict[str, float]:
    """Relative output error of rounding, AWQ and GPTQ on a layer with an outlier.

    The layer has 32 x 64 normal weights. Its inputs have 8 directions, noise of size
    0.3 in all 64, and one column times 10. 512 rows are for calibration, 512 to judge.

    Args:
        bits: of a code, 2 to 16.
        seed: of all draws, an integer >= 0.

    Returns:
        For "rounding", "AWQ" and "GPTQ": |X (Q - W)^T|^2 / |X W^T|^2.

    Raises:
        ValueError: bits or seed are out of range.
    """
    rng = np.random.default_rng(_integer("seed", seed, 0))
    W = rng.standard_normal((32, 64))
    X = rng.standard_normal((1024, 8)) @ rng.standard_normal((8, 64))
    X += 0.3 * rng.standard_normal((1024, 64))
    X[:, 5] *= 10
    seen, unseen = X[:512], X[512:]
    _, s, _ = awq_search(W, seen, bits)
    candidates = {
        "rounding": dequantize(*quantize_absmax(W, bits, axis=1)),
        "AWQ": dequantize(*quantize_absmax(W * s, bits, axis=1)) / s,
        "GPTQ": gptq(W, seen.T @ seen, bits),
    }
    whole = np.sum((unseen @ W.T) ** 2)
    return {
        name: float(np.sum((unseen @ (Q - W).T) ** 2) / whole)
        for name, Q in candidates.items()
    }
    # --8<-- [end:layer]
