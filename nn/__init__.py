"""Neural networks, a thin layer on top of `autograd`.

Modules hold parameters, which are Tensors. There are also networks of Values, to look inside.
"""

# fmt: off
# isort: off
import autograd.installation  # noqa: F401 - before all others
from autograd import relu, sigmoid, softmax
from nn import callbacks, functional, init, optim, utils
from nn.containers import Identity, ModuleDict, ModuleList, Residual, Sequential
from nn.data import (
    ConcatDataset, DataLoader, Dataset, Shards, Subset, TensorDataset, random_split,
    train_test_split,
)
from nn.functional_call import functional_call
from nn.layers.activation_modules import (
    CELU, GLU, SELU, Hardshrink, Hardsigmoid, Hardswish, Hardtanh, LogSigmoid, Mish, ReLU6,
    Softmax2d, Softmin, Softshrink, Softsign, Tanhshrink, Threshold,
)
from nn.layers.activations import (
    ELU, GELU, LeakyReLU, LogSoftmax, ReLU, Sigmoid, SiLU, Softmax, Softplus, Tanh, elu, gelu,
    leaky_relu, log_softmax, silu, softplus,
)
from nn.layers.adaptive_pooling import (
    AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveAvgPool3d, AdaptiveMaxPool1d,
    AdaptiveMaxPool2d, AdaptiveMaxPool3d,
)
from nn.layers.adaptive_softmax import AdaptiveLogSoftmaxWithLoss
from nn.layers.alpha_dropout import AlphaDropout, FeatureAlphaDropout
from nn.layers.attention import MultiheadAttention
from nn.layers.embedding_bag import EmbeddingBag
from nn.layers.cells import GRUCell, LSTMCell, RNNCell
from nn.layers.channel_layers import (
    ChannelShuffle, Dropout1d, Dropout2d, Dropout3d, PReLU,
)
from nn.layers.convolution import Conv1d, Conv2d, Conv3d
from nn.layers.group_norm import GroupNorm, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d
from nn.layers.linear import Dropout, Embedding, Flatten, Linear, Unflatten
from nn.layers.local_response_norm import LocalResponseNorm
from nn.layers.normalisation import (
    BatchNorm1d, BatchNorm2d, BatchNorm3d, LayerNorm, RMSNorm,
)
from nn.layers.padding import (
    CircularPad1d, CircularPad2d, CircularPad3d, ConstantPad1d, ConstantPad2d, ConstantPad3d,
    ReflectionPad1d, ReflectionPad2d, ReflectionPad3d, ReplicationPad1d, ReplicationPad2d,
    ReplicationPad3d, ZeroPad1d, ZeroPad2d, ZeroPad3d,
)
from nn.layers.pooling import (
    AvgPool1d, AvgPool2d, AvgPool3d, MaxPool1d, MaxPool2d, MaxPool3d,
)
from nn.layers.power_pooling import LPPool1d, LPPool2d, LPPool3d
from nn.layers.random_slopes import RReLU
from nn.layers.recurrent import GRU, LSTM, RNN
from nn.layers.resampling import PixelShuffle, PixelUnshuffle, Upsample
from nn.layers.transformer import Transformer, TransformerDecoder, TransformerEncoder
from nn.layers.transformer_blocks import (
    TransformerBlock, TransformerDecoderLayer, TransformerEncoderLayer,
)
from nn.layers.transposed import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from nn.layers.unfolding import Fold, Unfold
from nn.layers.unpooling import MaxUnpool1d, MaxUnpool2d, MaxUnpool3d
from nn.layers.vectors import Bilinear, CosineSimilarity, PairwiseDistance
from nn.losses import (
    binary_cross_entropy, binary_cross_entropy_with_logits, cosine_embedding, cross_entropy, ctc,
    gaussian_nll, hinge, hinge_embedding, huber, kl_divergence, mae, margin_ranking, mse,
    multi_margin, multilabel_soft_margin, nll, poisson_nll, smooth_l1, soft_margin, triplet_margin,
)
from nn.losses.modules import (
    BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, HingeLoss, HuberLoss, KLDivLoss, L1Loss,
    MSELoss, NLLLoss, SmoothL1Loss, TripletMarginLoss,
)
from nn.losses.likelihood_modules import CTCLoss, GaussianNLLLoss, PoissonNLLLoss
from nn.losses.margin_modules import (
    CosineEmbeddingLoss, HingeEmbeddingLoss, MarginRankingLoss, MultiLabelSoftMarginLoss,
    MultiMarginLoss, SoftMarginLoss,
)
from nn.module import Module
from nn.onnx_export import export_onnx
from nn.packed import PackedSequence
from nn.parameter import Parameter
from nn.scalar import MLP, Layer, Neuron
from nn.seeding import seed
from nn.training.diagnostics import GradientReport, gradient_report
from nn.training.early_stopping import EarlyStopping
from nn.training.history import History
from nn.training.loop import evaluate, fit
from nn.training.metrics import accuracy
from nn.training.nan import TerminateOnNaN
from nn.training.privacy import DPSGD, per_example_grads
from nn.weights import load, load_into, save

__all__ = [  # noqa: RUF022 - grouped by kind
    "Identity", "Module", "ModuleDict", "ModuleList", "Parameter", "Residual", "Sequential",
    "functional_call",
    "AdaptiveLogSoftmaxWithLoss", "Bilinear", "CosineSimilarity", "Dropout", "Embedding",
    "EmbeddingBag", "Flatten", "Fold", "Linear", "PairwiseDistance", "Unflatten", "Unfold",
    "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d",
    "AvgPool1d", "AvgPool2d", "AvgPool3d", "MaxPool1d", "MaxPool2d", "MaxPool3d", "LPPool1d",
    "LPPool2d", "LPPool3d", "MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d", "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d", "AdaptiveAvgPool3d", "AdaptiveMaxPool1d", "AdaptiveMaxPool2d",
    "AdaptiveMaxPool3d", "PixelShuffle", "PixelUnshuffle", "Upsample", "CircularPad1d",
    "CircularPad2d", "CircularPad3d", "ConstantPad1d", "ConstantPad2d", "ConstantPad3d",
    "ReflectionPad1d", "ReflectionPad2d", "ReflectionPad3d", "ReplicationPad1d",
    "ReplicationPad2d", "ReplicationPad3d", "ZeroPad1d", "ZeroPad2d", "ZeroPad3d", "Dropout1d",
    "Dropout2d", "Dropout3d", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d", "AlphaDropout",
    "FeatureAlphaDropout",
    "ChannelShuffle", "GRUCell", "LSTMCell", "RNNCell", "GroupNorm", "PReLU",
    "GRU", "LSTM", "RNN", "PackedSequence", "MultiheadAttention", "Transformer", "TransformerBlock",
    "TransformerDecoder", "TransformerDecoderLayer", "TransformerEncoder",
    "TransformerEncoderLayer",
    "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "LayerNorm", "LocalResponseNorm", "RMSNorm",
    "CELU", "GLU", "Hardshrink", "Hardsigmoid", "Hardswish", "Hardtanh", "LogSigmoid", "Mish",
    "RReLU", "ReLU6", "SELU", "Softmax2d", "Softmin", "Softshrink", "Softsign", "Tanhshrink",
    "Threshold",
    "ELU", "GELU", "LeakyReLU", "LogSoftmax", "ReLU", "SiLU", "Sigmoid", "Softmax", "Softplus",
    "Tanh", "elu", "gelu", "leaky_relu", "log_softmax", "relu", "sigmoid", "silu", "softmax",
    "softplus",
    "BCELoss", "BCEWithLogitsLoss", "CrossEntropyLoss", "HingeLoss", "HuberLoss", "KLDivLoss",
    "L1Loss", "MSELoss", "NLLLoss", "SmoothL1Loss", "TripletMarginLoss",
    "CTCLoss", "CosineEmbeddingLoss", "GaussianNLLLoss", "HingeEmbeddingLoss",
    "MarginRankingLoss", "MultiLabelSoftMarginLoss", "MultiMarginLoss", "PoissonNLLLoss",
    "SoftMarginLoss",
    "binary_cross_entropy", "binary_cross_entropy_with_logits",
    "cosine_embedding", "cross_entropy", "ctc", "gaussian_nll", "hinge", "hinge_embedding",
    "huber", "kl_divergence", "mae", "margin_ranking", "mse", "multi_margin",
    "multilabel_soft_margin", "nll", "poisson_nll", "smooth_l1", "soft_margin", "triplet_margin",
    "MLP", "Layer", "Neuron",
    "callbacks", "functional", "init", "optim", "seed", "utils",
    "DataLoader", "EarlyStopping", "History", "TerminateOnNaN", "accuracy", "evaluate", "fit",
    "train_test_split", "ConcatDataset", "Dataset", "Subset", "TensorDataset", "random_split",
    "Shards", "export_onnx", "load", "load_into", "save",
    "GradientReport", "gradient_report", "DPSGD", "per_example_grads",
]


def __dir__() -> list[str]:
    return sorted(__all__)
