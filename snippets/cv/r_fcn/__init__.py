"""R-FCN: channels that know their place in the box, and no weights after the RoI layer.

Axes: r RoI, c class, i bin row, j bin column, h and w rows and columns of the map.
Channels are class-major: map (c, i, j) is channel (c * k + i) * k + j. G groups of
k * k maps are the C + 1 classes, background first, or the 4 offsets of a box. A RoI is
[image, x0, y0, x1, y1], half-open: a box of whole pixels 0 to 8 is written 0, 9. The
reference code writes it 0, 8 and adds the 1 itself.

References:
    Dai, Li, He, Sun, "R-FCN: Object Detection via Region-based Fully Convolutional
    Networks", NIPS 2016, arXiv:1605.06409.
    The authors' kernel, rfcn/operator_cxx/psroi_pooling.cu in
    github.com/msracver/Deformable-ConvNets.
    Girshick, "Fast R-CNN", ICCV 2015, arXiv:1504.08083 (smooth L1).
"""

from .box_loss import smooth_l1
from .pooling import (
    bins,
    box_map_channels,
    psroi_pool,
    roi_avg_pool,
    score_map_channels,
    vote,
)
from .shift import Shifted, part_maps, shifted_scores

__all__ = [
    "Shifted",
    "bins",
    "box_map_channels",
    "part_maps",
    "psroi_pool",
    "roi_avg_pool",
    "score_map_channels",
    "shifted_scores",
    "smooth_l1",
    "vote",
]
