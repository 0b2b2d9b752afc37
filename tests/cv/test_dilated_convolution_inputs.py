"""Example calls of snippets.cv.dilated_convolution."""

from dataclasses import replace

from torch.nn import functional

from snippets.cv import dilated_convolution as d
from tests.inputs import Example, Promises, example, normal

IMAGE = normal(2, 3, 8, 9)
KERNEL = normal(4, 3, 3, 3, seed=1)

EXAMPLES: list[Example] = [
    example(d.center_only_fraction, 9, 6),
    example(d.coverage_2d, [1, 2, 9]),
    example(d.dilate_kernel, KERNEL, 2),
    example(d.dilated_conv1d, normal(12), normal(3, seed=1), 2),
    example(d.effective_kernel, 3, 4),
    example(d.hdc_m, [1, 2, 9]),
    example(d.is_dense, [1, 2, 9], 3),
    example(d.learn_shift, [1, 2], 1, 2, 0),
    example(d.path_counts, [1, 2, 9]),
    replace(
        example(d.polyphase_dilated_conv2d, IMAGE, KERNEL, 2),
        library=lambda x, w, rate: functional.conv2d(x, w, dilation=rate),
    ),
    example(d.support_1d, [1, 2, 9], 2),
    example(d.valid_tap_fraction, 9, 6),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
