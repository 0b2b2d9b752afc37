"""ResNet: blocks that add what they compute to what they were given.

A depth counts the layers with weights on the longest way, projections left out. Costs
are those of convolutions and the last layer; a multiply-add is one operation.

This needs numpy only. ``blocks`` and ``network``, the layers themselves, need torch,
and are imported by their own names.

Sources: He et al. 2015, arXiv:1512.03385 (ResNet); Veit et al. 2016, arXiv:1605.06431
(paths); De, Smith 2020, arXiv:2002.10444 (variance with a norm); Balduzzi et al. 2017,
arXiv:1702.08591 (shattered gradients).
"""

from .cost import resnet_cost
from .depth import path_length_law, residual_variance
from .shattering import line_gradient

__all__ = ["line_gradient", "path_length_law", "residual_variance", "resnet_cost"]
