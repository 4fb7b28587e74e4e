"""PyTorch's ``torch.nn.functional``: functions with its names and arguments, on Tensors and arrays.

The same functions are in `nn` with NumPy's ``axis=``. Here ``dim=`` names an axis.
"""

# fmt: off
import numpy as np

from autograd import relu, sigmoid
from nn.functional.attention import dropout, linear, scaled_dot_product_attention
from nn.functional.grids import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_avg_pool3d,
    adaptive_max_pool1d,
    adaptive_max_pool2d,
    adaptive_max_pool3d,
    conv_transpose1d,
    conv_transpose2d,
    conv_transpose3d,
    fold,
    group_norm,
    local_response_norm,
    pixel_shuffle,
    pixel_unshuffle,
    prelu,
    unfold,
)
from nn.functional.pooling import (
    lp_pool1d,
    lp_pool2d,
    lp_pool3d,
    max_unpool1d,
    max_unpool2d,
    max_unpool3d,
)
from nn.functional.vectors import (
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
    avg_pool3d,
    conv1d,
    conv2d,
    conv3d,
    max_pool1d,
    max_pool2d,
    max_pool3d,
)
from nn.layers.activation_functions import above as threshold
from nn.layers.activation_functions import (
    celu,
    glu,
    hardshrink,
    hardsigmoid,
    hardswish,
    hardtanh,
    logsigmoid,
    mish,
    relu6,
    selu,
    softmin,
    softshrink,
    softsign,
    tanhshrink,
)
from nn.layers.activations import elu, gelu, leaky_relu, silu, softplus
from nn.layers.padding import pad
from nn.layers.resampling import interpolate
from nn.layers.vectors import cosine_similarity, pairwise_distance
from nn.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
)
from nn.losses import cosine_embedding as cosine_embedding_loss
from nn.losses import ctc as ctc_loss
from nn.losses import gaussian_nll as gaussian_nll_loss
from nn.losses import hinge_embedding as hinge_embedding_loss
from nn.losses import huber as huber_loss
from nn.losses import kl_divergence as kl_div
from nn.losses import mae as l1_loss
from nn.losses import margin_ranking as margin_ranking_loss
from nn.losses import mse as mse_loss
from nn.losses import multi_margin as multi_margin_loss
from nn.losses import multilabel_soft_margin as multilabel_soft_margin_loss
from nn.losses import nll as nll_loss
from nn.losses import poisson_nll as poisson_nll_loss
from nn.losses import smooth_l1 as smooth_l1_loss
from nn.losses import soft_margin as soft_margin_loss
from nn.losses import triplet_margin as triplet_margin_loss

tanh = np.tanh

__all__ = [
    "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d", "adaptive_max_pool1d",
    "adaptive_max_pool2d", "adaptive_max_pool3d", "avg_pool1d", "avg_pool2d", "avg_pool3d",
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "celu", "conv1d", "conv2d",
    "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "cosine_embedding_loss",
    "cosine_similarity", "cross_entropy", "ctc_loss", "dropout", "elu", "embedding", "fold",
    "gaussian_nll_loss", "gelu", "glu", "group_norm", "hardshrink", "hardsigmoid", "hardswish",
    "hardtanh", "hinge_embedding_loss", "huber_loss", "interpolate", "kl_div", "l1_loss",
    "layer_norm", "leaky_relu", "linear", "local_response_norm", "log_softmax", "logsigmoid",
    "lp_pool1d", "lp_pool2d", "lp_pool3d", "margin_ranking_loss", "max_pool1d", "max_pool2d",
    "max_pool3d", "max_unpool1d", "max_unpool2d", "max_unpool3d", "mish", "mse_loss",
    "multi_margin_loss", "multilabel_soft_margin_loss", "nll_loss", "normalize", "one_hot", "pad",
    "pairwise_distance", "pixel_shuffle", "pixel_unshuffle", "poisson_nll_loss", "prelu", "relu",
    "relu6", "scaled_dot_product_attention", "selu", "sigmoid", "silu", "smooth_l1_loss",
    "soft_margin_loss", "softmax", "softmin", "softplus", "softshrink", "softsign", "tanh",
    "tanhshrink", "threshold", "triplet_margin_loss", "unfold",
]
