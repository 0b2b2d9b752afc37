"""Activation functions, from the perceptron's threshold to the gated layers of SwiGLU.

Those that are functions of one number act elementwise on floating-point tensors of any
shape and return the same shape and dtype. All but ``heaviside`` can be differentiated
by autograd; relu, leaky_relu, selu and, unless alpha is 1, elu have a kink at 0, where
the slope of the left side is taken. A gated linear unit is a layer. The GPU kernel of
its middle is in ``kernels.py``, imported only by who wants it.

References:
    Hendrycks, Gimpel, "Gaussian Error Linear Units", 2016, arXiv:1606.08415.
    Elfwing, Uchibe, Doya, 2017, arXiv:1702.03118 (SiLU).
    Klambauer et al., 2017, arXiv:1706.02515 (SELU). Clevert et al., 2015,
        arXiv:1511.07289 (ELU). Misra, 2019, arXiv:1908.08681 (Mish).
    So et al., "Primer", 2021, arXiv:2109.08668 (squared ReLU).
    He et al., 2015, arXiv:1502.01852 (gain of the initial weights).
"""

from .gain import constant_share, initial_gain, second_moment, slope_moment
from .glu import glu_ffn, glu_hidden_dim
from .perceptron import PerceptronFit, novikoff_bound, perceptron_fit
from .pointwise import (
    elu,
    gelu,
    heaviside,
    leaky_relu,
    mish,
    relu,
    relu2,
    selu,
    selu_constants,
    sigmoid,
    silu,
    tanh,
)
from .training import Activation, deep_loss, gradient_ratio, xor_loss

__all__ = [
    "Activation",
    "PerceptronFit",
    "constant_share",
    "deep_loss",
    "elu",
    "gelu",
    "glu_ffn",
    "glu_hidden_dim",
    "gradient_ratio",
    "heaviside",
    "initial_gain",
    "leaky_relu",
    "mish",
    "novikoff_bound",
    "perceptron_fit",
    "relu",
    "relu2",
    "second_moment",
    "selu",
    "selu_constants",
    "sigmoid",
    "silu",
    "slope_moment",
    "tanh",
    "xor_loss",
]
