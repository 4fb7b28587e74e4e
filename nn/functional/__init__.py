"""PyTorch's ``torch.nn.functional``: functions with its names and arguments, on Tensors and arrays.

The same functions are in `nn` with NumPy's ``axis=``. Here ``dim=`` names an axis.
"""

# fmt: off
import numpy as np

from autograd import relu, sigmoid
from nn.functional.attention import dropout, linear, scaled_dot_product_attention
from nn.functional.vectors import (
    cosine_similarity,
    embedding,
    layer_norm,
    log_softmax,
    normalize,
    one_hot,
    softmax,
)
from nn.functional.windows import (
    avg_pool1d,
    avg_pool2d,
    conv1d,
    conv2d,
    max_pool1d,
    max_pool2d,
)
from nn.layers.activations import elu, gelu, leaky_relu, silu, softplus
from nn.layers.padding import pad
from nn.layers.resampling import interpolate
from nn.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
)
from nn.losses import huber as huber_loss
from nn.losses import kl_divergence as kl_div
from nn.losses import mae as l1_loss
from nn.losses import mse as mse_loss
from nn.losses import nll as nll_loss
from nn.losses import smooth_l1 as smooth_l1_loss
from nn.losses import triplet_margin as triplet_margin_loss

tanh = np.tanh

__all__ = [
    "avg_pool1d", "avg_pool2d", "binary_cross_entropy", "binary_cross_entropy_with_logits",
    "conv1d", "conv2d", "cosine_similarity", "cross_entropy", "dropout", "elu", "embedding",
    "gelu", "huber_loss", "interpolate", "kl_div", "l1_loss", "layer_norm", "leaky_relu", "linear",
    "log_softmax", "max_pool1d", "max_pool2d", "mse_loss", "nll_loss", "normalize", "one_hot",
    "pad", "relu", "scaled_dot_product_attention", "sigmoid", "silu", "smooth_l1_loss", "softmax",
    "softplus", "tanh", "triplet_margin_loss",
]
