"""How large the output is, what SAME padding adds, and what a layer costs."""

import numpy as np

from ._checks import Pair, integer, pair


# --8<-- [start:output_size]
def output_size(
    n: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> int:
    """Outputs along one axis: the multiples of stride where the whole window fits.

    Args:
        n: inputs along the axis.
        kernel: taps of the kernel.
        stride: inputs from one window to the next.
        padding: zeros added on each side.
        dilation: inputs from one tap to the next.

    Raises:
        ValueError: if a number is no integer or too small, or no window fits.
    """
    n, kernel = integer("n", n, 1), integer("kernel", kernel, 1)
    stride, padding = integer("stride", stride, 1), integer("padding", padding, 0)
    reach = integer("dilation", dilation, 1) * (kernel - 1) + 1
    if reach > n + 2 * padding:
        raise ValueError(
            f"the window must fit into {n + 2 * padding} inputs, got one of {reach}"
        )
    return (n + 2 * padding - reach) // stride + 1
    # --8<-- [end:output_size]


# --8<-- [start:same_padding]
def same_padding(
    n: int, kernel: int, stride: int = 1, dilation: int = 1
) -> tuple[int, int]:
    """Zeros (before, after) that TensorFlow's SAME adds: ceil(n / stride) outputs.

    Raises:
        ValueError: if a number is no integer >= 1.
    """
    n, kernel = integer("n", n, 1), integer("kernel", kernel, 1)
    stride, dilation = integer("stride", stride, 1), integer("dilation", dilation, 1)
    outputs = -(-n // stride)
    read = (outputs - 1) * stride + dilation * (kernel - 1) + 1
    missing = max(read - n, 0)
    return missing // 2, missing - missing // 2
    # --8<-- [end:same_padding]


# --8<-- [start:cost]
def conv_cost(
    c_in: int,
    c_out: int,
    kernel: int | Pair,
    size: int | Pair,
    groups: int = 1,
    bias: bool = False,
) -> tuple[int, int]:
    """Parameters of a layer, and its multiply-adds for one image.

    Args:
        c_in: input channels.
        c_out: output channels.
        kernel: taps along each axis.
        size: height and width of the output.
        groups: parts into which the channels are split.
        bias: whether there is one; adding it is not counted.

    Raises:
        ValueError: if a number is no integer >= 1, groups do not divide the channels,
            or bias is neither True nor False.
    """
    kh, kw = pair("kernel", kernel, 1)
    height, width = pair("size", size, 1)
    c_in, c_out = integer("c_in", c_in, 1), integer("c_out", c_out, 1)
    groups = integer("groups", groups, 1)
    if c_in % groups or c_out % groups:
        raise ValueError(f"groups must divide {c_in} and {c_out}, got {groups}")
    if not isinstance(bias, bool | np.bool_):
        raise ValueError(f"bias must be True or False, got {bias!r}")
    weights = c_out * (c_in // groups) * kh * kw
    return weights + c_out * bool(bias), weights * height * width
    # --8<-- [end:cost]
