"""A multilayer perceptron whose gradients are written out by hand, four lines a layer.

Rows are examples: ``Z = H @ W + b`` with W of shape (in, out), the transpose of the
weight of ``torch.nn.Linear``. The activation stands between layers, not after the last;
the loss is a mean over the rows. The slope of the ReLU at 0 is 0, as in torch.

References:
    Rumelhart, Hinton, Williams, "Learning representations by back-propagating errors",
    1986, doi:10.1038/323533a0.
    Telgarsky, "Benefits of depth in neural networks", 2016, arXiv:1602.04485 (folds).
"""

from .differences import numerical_gradient
from .loss import softmax_cross_entropy
from .network import Cache, backward, forward, init_mlp
from .piecewise import relu_interpolator

__all__ = [
    "Cache",
    "backward",
    "forward",
    "init_mlp",
    "numerical_gradient",
    "relu_interpolator",
    "softmax_cross_entropy",
]
