"""Window layers of well-known networks.

Only layers with windows are listed. ReLU and batch normalization at inference see
one position; of the branches of a residual block the one with the convolutions sees
most. Padding is that of PyTorch models, the same on both sides; it moves windows and
leaves sizes alone.

References:
    Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural
    Networks", Distill 2019, doi:10.23915/distill.00021; table in
    https://github.com/google-research/receptive_field.
    Krizhevsky, "One weird trick for parallelizing convolutional neural networks",
    2014, arXiv:1404.5997. Simonyan, Zisserman (VGG), 2014, arXiv:1409.1556. He,
    Zhang, Ren, Sun (ResNet), CVPR 2016, arXiv:1512.03385. Howard et al.
    (MobileNets), 2017, arXiv:1704.04861.
"""

from collections.abc import Iterable

from ._checks import integer
from .fields import Layer, ReceptiveField, _stack, receptive_field


def alexnet_layers() -> list[Layer]:
    """AlexNet up to pool5, in the one-column form."""
    return [
        Layer(11, stride=4, padding=2, name="conv1"),
        Layer(3, stride=2, name="pool1"),
        Layer(5, padding=2, name="conv2"),
        Layer(3, stride=2, name="pool2"),
        Layer(3, padding=1, name="conv3"),
        Layer(3, padding=1, name="conv4"),
        Layer(3, padding=1, name="conv5"),
        Layer(3, stride=2, name="pool5"),
    ]


def vgg16_layers(upto: str = "conv5_3") -> list[Layer]:
    """VGG-16 up to the layer named ``upto``; fc6 is the last name.

    fc6 reads all of a 7 x 7 map, which is what a convolution with 7 taps does.

    Raises:
        ValueError: for a name that is no layer.
    """
    layers = []
    for stage, depth in enumerate((2, 2, 3, 3, 3), start=1):
        for i in range(1, depth + 1):
            layers.append(Layer(3, padding=1, name=f"conv{stage}_{i}"))
        layers.append(Layer(2, stride=2, name=f"pool{stage}"))
    layers.append(Layer(7, name="fc6"))
    names = [layer.name for layer in layers]
    if upto not in names:
        raise ValueError(f"upto must be one of {', '.join(names)}, got {upto!r}")
    return layers[: names.index(upto) + 1]


def resnet_layers(
    blocks: Iterable[int], stride_in: str = "3x3", bottleneck: bool = True
) -> list[Layer]:
    """ResNet up to its global pooling, along the branches with the convolutions.

    Args:
        blocks: residual blocks of each stage, such as (3, 4, 6, 3) for ResNet-50.
        stride_in: which convolution of a stage's first block has stride 2: the first
            "1x1", as in the paper, or the "3x3", as in torchvision ("v1.5").
        bottleneck: blocks of 1x1, 3x3, 1x1 (ResNet-50 and deeper), or else of two 3x3
            (ResNet-18 and ResNet-34), whose stride is always in the first of the two.

    Raises:
        ValueError: if ``blocks`` is empty or not of integers >= 1, or ``stride_in``
            names no convolution of the block.
    """
    blocks = tuple(blocks)
    try:
        counts = [integer("block", count, 1) for count in blocks]
    except ValueError:
        counts = []
    if not counts:
        raise ValueError(f"blocks must be integers >= 1, got {blocks!r}")
    places = ("1x1", "3x3") if bottleneck else ("3x3",)
    if stride_in not in places:
        raise ValueError(f"stride_in must be {' or '.join(places)}, got {stride_in!r}")
    layers = [Layer(7, 2, 3, name="conv1"), Layer(3, 2, 1, name="pool1")]
    for stage, count in enumerate(counts, start=2):
        for block in range(1, count + 1):
            stride = 2 if stage > 2 and block == 1 else 1  # pool1 halved the first
            at_1x1, at_3x3 = (stride, 1) if stride_in == "1x1" else (1, stride)
            name = f"conv{stage}_{block}"
            if bottleneck:
                layers.append(Layer(1, at_1x1, name=f"{name}a"))
                layers.append(Layer(3, at_3x3, padding=1, name=f"{name}b"))
                layers.append(Layer(1, name=f"{name}c"))
            else:
                layers.append(Layer(3, at_3x3, padding=1, name=f"{name}a"))
                layers.append(Layer(3, padding=1, name=f"{name}b"))
    return layers


def mobilenet_v1_layers() -> list[Layer]:
    """MobileNet-v1 up to its global pooling."""
    layers = [Layer(3, stride=2, padding=1, name="conv0")]
    strides = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)
    for i, stride in enumerate(strides, start=1):
        layers.append(Layer(3, stride, padding=1, name=f"conv{i}_depthwise"))
        layers.append(Layer(1, name=f"conv{i}_pointwise"))
    return layers


def fields_by_layer(layers: Iterable[Layer]) -> list[ReceptiveField]:
    """Field of an output of each layer in turn; the last is that of the whole stack."""
    stack = _stack(layers)
    return [receptive_field(stack[: n + 1]) for n in range(len(stack))]
