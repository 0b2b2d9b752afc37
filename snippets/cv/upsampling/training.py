"""Can a transposed convolution learn bilinear interpolation, if nobody tells it how?

The input is white noise, the target its bilinear upsampling by 2. The outermost pixels
are left out of the loss: there interpolation repeats the border, while the transposed
convolution fades to 0. Torch's own transposed convolution runs here, for speed.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from .resample import upsample_bilinear


# --8<-- [start:learn]
def learn_bilinear(
    k: int = 4, output_padding: int = 0, steps: int = 400, seed: int = 0
) -> tuple[Tensor, float]:
    """Fit a k x k kernel, stride 2, padding 1, by gradient descent on fresh noise.

    Args:
        k: size of the kernel; the output must be twice the input, which is so for
            k = 4 without and k = 3 with output padding 1.
        output_padding: as for ``conv_transpose2d``.
        steps: of gradient descent.
        seed: of the first kernel and of the noise.

    Returns:
        The kernel, shape (k, k), and the mean loss of the last tenth of the steps.

    Raises:
        ValueError: if the output is not twice the input, or steps is below 1.
    """
    if k + output_padding != 4:
        raise ValueError(f"need k + output_padding = 4, got {k} + {output_padding}")
    if steps < 1:
        raise ValueError(f"steps must be >= 1, got {steps}")
    generator = torch.Generator().manual_seed(seed)
    w = torch.randn(1, 1, k, k, generator=generator, dtype=torch.float64)
    losses = []
    for _ in range(steps):
        x = torch.randn(8, 1, 12, 12, generator=generator, dtype=torch.float64)
        w.requires_grad_()
        y = F.conv_transpose2d(x, w, None, 2, 1, output_padding)
        error = (y - upsample_bilinear(x, (24, 24)))[:, :, 1:-1, 1:-1]
        loss = error.square().mean()
        (slope,) = torch.autograd.grad(loss, w)
        w = w.detach() - 0.3 * slope
        losses.append(loss.item())
    last = losses[-max(steps // 10, 1) :]
    return w[0, 0], sum(last) / len(last)
    # --8<-- [end:learn]
