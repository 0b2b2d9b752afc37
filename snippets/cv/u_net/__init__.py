"""A U-Net sees what is there at low resolution, and where from copies of the high one.

Sizes, parameters, tiles, soft Dice and border weights, in numpy; ``network`` has the
net itself, in PyTorch. Images are (h, w); masks p, t have the images as first axis.

References:
    Ronneberger, Fischer, Brox, "U-Net", MICCAI 2015, arXiv:1505.04597.
    Milletari, Navab, Ahmadi, "V-Net", 2016, arXiv:1606.04797 (Dice as a loss).
"""

from .borders import border_weights
from .dice import soft_dice
from .sizes import unet_parameters, unet_sizes, valid_inputs
from .tiles import center_crop, tile_predict

__all__ = [
    "border_weights",
    "center_crop",
    "soft_dice",
    "tile_predict",
    "unet_parameters",
    "unet_sizes",
    "valid_inputs",
]
