"""What a ResNet costs: parameters, and multiply-adds for one image."""

from ._checks import choice, integer
from ._stages import stages


# --8<-- [start:cost]
def resnet_cost(
    depth: int, classes: int = 1000, size: int = 224, stride_in: str = "3x3"
) -> tuple[int, int]:
    """Parameters (those of batch norm and head too), multiply-adds of one image.

    Args:
        depth: 18, 34, 50, 101 or 152.
        classes: outputs of the head.
        size: height and width of the image.
        stride_in: the layer of a bottleneck that strides, "3x3" (v1.5) or "1x1" (v1).

    Raises:
        ValueError: for another depth or ``stride_in``, or a number below 1.
    """
    blocks, bottleneck = stages(depth)
    classes, n = integer("classes", classes, 1), integer("size", size, 1)
    stride_in = choice("stride_in", stride_in, ("3x3", "1x1"))
    parameters = multiply_adds = 0

    def conv(c_in: int, c_out: int, kernel: int, places: int) -> None:
        nonlocal parameters, multiply_adds
        weights = c_in * c_out * kernel * kernel
        parameters += weights + 2 * c_out  # no bias, but gamma and beta
        multiply_adds += weights * places * places

    n = (n + 1) // 2  # what stride 2 leaves of n, here and below
    conv(3, 64, 7, n)
    n, c = (n + 1) // 2, 64  # max pooling
    for stage, count in enumerate(blocks):
        width = 64 * 2**stage
        for block in range(count):
            m = (n + 1) // 2 if stage and not block else n
            c_out = 4 * width if bottleneck else width
            if bottleneck:
                conv(c, width, 1, m if stride_in == "1x1" else n)
                conv(width, width, 3, m)
                conv(width, c_out, 1, m)
            else:
                conv(c, width, 3, m)
                conv(width, width, 3, m)
            if m != n or c != c_out:
                conv(c, c_out, 1, m)  # the projection
            n, c = m, c_out
    return parameters + (c + 1) * classes, multiply_adds + c * classes
    # --8<-- [end:cost]
