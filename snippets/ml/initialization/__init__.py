"""Weight initialization: how large random weights must be for a deep net to start well.

Shapes of weights are PyTorch's, (outputs, inputs, *kernel). ``q`` is the mean square of
what enters an activation, in the limit of wide layers a variance.

Sources: Glorot and Bengio 2010, AISTATS 9:249; He et al. 2015, arXiv:1502.01852; Saxe
et al. 2014, arXiv:1312.6120; Poole et al. 2016, arXiv:1606.05340; Schoenholz et al.
2017, arXiv:1611.01232; Mezzadri 2007, arXiv:math-ph/0609050.
"""

from .moments import chi, gain, second_moment
from .paths import relu_correlation_path, variance_path
from .rotation import orthogonal
from .weights import fans, init_weight

__all__ = [
    "chi",
    "fans",
    "gain",
    "init_weight",
    "orthogonal",
    "relu_correlation_path",
    "second_moment",
    "variance_path",
]
