"""A Vision Transformer reads an image as a row of patches, all at once or in windows.

Images have shape (n, c, h, w), feature maps (n, h, w, c). Patches and windows are
numbered row by row; inside a patch the order is channel, row, column, as in a
convolution's weight. Where a height and a width are wanted, one integer stands for
both. What is cut or put back may be a view of what came in, as after numpy's
reshape. This needs numpy only; ``network``, a small ViT, needs torch, and is imported
by its own name.

References:
    Dosovitskiy et al., "An Image is Worth 16x16 Words: Transformers for Image
    Recognition at Scale", 2020, arXiv:2010.11929.
    Liu et al., "Swin Transformer: Hierarchical Vision Transformer using Shifted
    Windows", 2021, arXiv:2103.14030.
"""

from .cost import vit_cost
from .patches import patchify, unpatchify
from .positions import resize_positions
from .windows import (
    relative_position_index,
    shifted_window_mask,
    window_partition,
    window_reverse,
)

__all__ = [
    "patchify",
    "relative_position_index",
    "resize_positions",
    "shifted_window_mask",
    "unpatchify",
    "vit_cost",
    "window_partition",
    "window_reverse",
]
