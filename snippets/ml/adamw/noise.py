"""Weights that nothing but decay moves: the loss is flat, its gradient is pure noise.

Then the mean over many runs shows the decay, and the noise only its interplay with
Adam's division.
"""

import math
from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor

from ._checks import _integer
from .step import adam_step, empty_state


# --8<-- [start:paths]
def noise_paths(
    g_scales: Iterable[float],
    decoupled: bool,
    weight_decay: float = 0.1,
    lr: float = 1e-3,
    steps: int = 2000,
    runs: int = 200,
    seed: int = 0,
) -> Tensor:
    """Paths of weights that start at 1 and receive normal noise as their gradient.

    Returns:
        float64, shape (steps + 1, scales, runs). Run r receives the same noise under
        every scale, times that scale.

    Raises:
        ValueError: if a scale is not finite, ``steps`` or ``runs`` is no integer >= 1,
            ``seed`` none >= 0, or an option is one that ``adam_step`` refuses.
    """
    steps, runs = _integer("steps", steps, 1), _integer("runs", runs, 1)
    g_scales = [float(scale) for scale in g_scales]
    if not all(map(math.isfinite, g_scales)):
        raise ValueError(f"g_scales must be finite, got {g_scales}")
    noise = np.random.default_rng(_integer("seed", seed, 0))
    scale = torch.tensor(g_scales, dtype=torch.float64)[:, None]
    theta = torch.ones(len(g_scales), runs, dtype=torch.float64)
    state, path = empty_state(theta), [theta]
    for _ in range(steps):
        g = scale * torch.from_numpy(noise.standard_normal(runs))
        theta, state = adam_step(
            theta, g, state, lr, weight_decay=weight_decay, decoupled=decoupled
        )
        path.append(theta)
    return torch.stack(path)
    # --8<-- [end:paths]
