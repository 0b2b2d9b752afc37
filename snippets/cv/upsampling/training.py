"""Can a transposed convolution learn bilinear interpolation, if nobody tells it how?

The input is white noise, the target its bilinear upsampling by 2. The outermost pixels
are left out of the loss: there interpolation repeats the border, while the transposed
convolution fades to 0. Torch's own transposed convolution runs here, for speed.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from ._checks import integer
from .resample import upsample_bilinear


# --8<-- [start:learn]
def learn_bilinear(
    k: int = 4, output_padding: int = 0, steps: int = 400, seed: int = 0
) -> tuple[Tensor, float]:
    """Fit a k x k kernel, stride 2, padding 1, by gradient descent on fresh noise.

    Args:
        k: size of the kernel, 4 without or 3 with output padding 1: then the output is
            twice the input.
        output_padding: as for ``conv_transpose2d``.
        steps: of gradient descent.
        seed: of the first kernel and of the noise.

    Returns:
        The kernel, shape (k, k), and the mean loss of the last tenth of the steps.

    Raises:
        ValueError: if the output is not twice the input, or a number is out of range.
    """
    k, output_padding = integer("k", k, 1), integer("output_padding", output_padding, 0)
    if (k, output_padding) not in ((4, 0), (3, 1)):
        got = f"{k} and {output_padding}"
        raise ValueError(f"k and output_padding must be 4 and 0, or 3 and 1, got {got}")
    steps = integer("steps", steps, 1)
    generator = torch.Generator().manual_seed(integer("seed", seed, 0))
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
