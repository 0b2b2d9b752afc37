"""The layer with a memory: batch statistics in training, running ones in evaluation."""

import numpy as np

from ._checks import _eps, _images, _integer, _number
from .norms import batch_norm, batch_statistics


# --8<-- [start:running]
class BatchNorm:
    """Batch norm that keeps running statistics, as ``torch.nn.BatchNorm2d`` does.

    Args:
        channels: C, at least 1.
        eps: added to the variance, under the root; positive.
        momentum: weight of the newest batch in the running statistics, from 0 to 1;
            None weighs all batches alike.

    Attributes:
        gamma: shape (C,), ones at first.
        beta: shape (C,), zeros at first.
        running_mean: shape (C,), zeros at first.
        running_var: shape (C,), ones at first; of unbiased variances.
        steps: batches seen in training.
        training: True at first; whether to use the batch, and to learn from it.

    Raises:
        ValueError: an argument is not as said above.
    """

    def __init__(
        self, channels: int, eps: float = 1e-5, momentum: float | None = 0.1
    ) -> None:
        channels = _integer("channels", channels, 1)
        self.eps = _eps(eps)
        self.momentum = (
            None if momentum is None else _number("momentum", momentum, 0, 1)
        )
        self.gamma, self.beta = np.ones(channels), np.zeros(channels)
        self.running_mean, self.running_var = np.zeros(channels), np.ones(channels)
        self.steps, self.training = 0, True

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Normalize ``x``, shape (N, C, ...); in training, update the running values.

        Raises:
            ValueError: as in ``batch_norm``, or x has another number of channels. The
                running values are then left alone.
        """
        images, _ = _images("x", x)
        channels = len(self.running_mean)
        if images.shape[1] != channels:
            raise ValueError(
                f"x must have {channels} channels, got shape {images.shape}"
            )
        if not self.training:
            seen = self.running_mean, self.running_var
            return batch_norm(x, self.gamma, self.beta, self.eps, *seen)
        y = batch_norm(x, self.gamma, self.beta, self.eps)
        mean, var = batch_statistics(x)
        n = images.size // channels
        self.steps += 1
        m = 1 / self.steps if self.momentum is None else self.momentum
        self.running_mean = (1 - m) * self.running_mean + m * mean
        self.running_var = (1 - m) * self.running_var + m * var * n / (n - 1)
        return y
        # --8<-- [end:running]
