"""PyTorch's ``torch.nn``: modules whose parameters and results are tensors in its style.

Names, arguments and defaults are PyTorch's; the layers are those of `nn`.
"""

# fmt: off
# isort: off
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nn as plain_nn
from nn.module import Module as PlainModule
from nn.torch_style import hints
from nn.torch_style.nn import functional, init, parallel, parameter, utils
from nn.torch_style.nn.layers import (
    AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveLogSoftmaxWithLoss, AdaptiveMaxPool1d,
    AdaptiveMaxPool2d, AvgPool1d, AvgPool2d, BatchNorm1d, BatchNorm2d, Bilinear, CircularPad1d,
    CircularPad2d, ConstantPad1d, ConstantPad2d, Conv1d, Conv2d, ConvTranspose1d, ConvTranspose2d,
    CosineSimilarity, Dropout, Dropout1d, Dropout2d, Embedding, EmbeddingBag, Flatten, Fold,
    GroupNorm, InstanceNorm1d, InstanceNorm2d, LayerNorm, Linear, LocalResponseNorm, MaxPool1d,
    MaxPool2d, PReLU, PairwiseDistance, PixelShuffle, PixelUnshuffle, RMSNorm, ReflectionPad1d,
    ReflectionPad2d, ReplicationPad1d, ReplicationPad2d, Unflatten, Unfold, Upsample, ZeroPad1d,
    ZeroPad2d,
)
from nn.torch_style.nn.sequences import (
    GRU, GRUCell, LSTM, LSTMCell, MultiheadAttention, RNN, RNNCell, Transformer,
    TransformerDecoder, TransformerDecoderLayer, TransformerEncoder, TransformerEncoderLayer,
)
from nn.torch_style.nn.activations import (
    CELU, ELU, GELU, GLU, Hardshrink, Hardsigmoid, Hardswish, Hardtanh, LeakyReLU, LogSigmoid,
    LogSoftmax, Mish, ReLU, ReLU6, SELU, SiLU, Sigmoid, Softmax, Softmin, Softplus, Softshrink,
    Softsign, Tanh, Tanhshrink, Threshold,
)
from nn.torch_style.nn.losses import (
    BCELoss, BCEWithLogitsLoss, CTCLoss, CosineEmbeddingLoss, CrossEntropyLoss, GaussianNLLLoss,
    HingeEmbeddingLoss, HuberLoss, KLDivLoss, L1Loss, MSELoss, MarginRankingLoss,
    MultiLabelSoftMarginLoss, MultiMarginLoss, NLLLoss, PoissonNLLLoss, SmoothL1Loss,
    SoftMarginLoss, TripletMarginLoss,
)
from nn.torch_style.nn.containers import (
    Identity, ModuleDict, ModuleList, ParameterDict, ParameterList, Sequential,
)
from nn.torch_style.nn.module import Module, face_class
from nn.torch_style.nn.parallel import DataParallel
from nn.torch_style.nn.parameter import Parameter

__all__ = [  # noqa: RUF022 - without regard to case
    "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveLogSoftmaxWithLoss", "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d", "AvgPool1d", "AvgPool2d", "BCELoss", "BCEWithLogitsLoss", "BatchNorm1d",
    "BatchNorm2d", "Bilinear", "CELU", "CTCLoss", "CircularPad1d", "CircularPad2d",
    "ConstantPad1d", "ConstantPad2d", "Conv1d", "Conv2d", "ConvTranspose1d", "ConvTranspose2d",
    "CosineEmbeddingLoss", "CosineSimilarity", "CrossEntropyLoss", "DataParallel", "Dropout",
    "Dropout1d", "Dropout2d", "ELU", "Embedding", "EmbeddingBag", "Flatten", "Fold", "GELU",
    "GLU", "GRU", "GRUCell", "GaussianNLLLoss", "GroupNorm", "Hardshrink", "Hardsigmoid",
    "Hardswish", "Hardtanh", "HingeEmbeddingLoss", "HuberLoss", "Identity", "InstanceNorm1d",
    "InstanceNorm2d", "KLDivLoss", "L1Loss", "LSTM", "LSTMCell", "LayerNorm", "LeakyReLU",
    "Linear", "LocalResponseNorm", "LogSigmoid", "LogSoftmax", "MSELoss", "MarginRankingLoss",
    "MaxPool1d", "MaxPool2d", "Mish", "Module", "ModuleDict", "ModuleList",
    "MultiLabelSoftMarginLoss", "MultiMarginLoss", "MultiheadAttention", "NLLLoss", "PReLU",
    "PairwiseDistance", "Parameter", "ParameterDict", "ParameterList", "PixelShuffle",
    "PixelUnshuffle", "PoissonNLLLoss", "RMSNorm", "RNN", "RNNCell", "ReLU", "ReLU6",
    "ReflectionPad1d", "ReflectionPad2d", "ReplicationPad1d", "ReplicationPad2d", "SELU",
    "Sequential", "SiLU", "Sigmoid", "SmoothL1Loss", "SoftMarginLoss", "Softmax", "Softmin",
    "Softplus", "Softshrink", "Softsign", "Tanh", "Tanhshrink", "Threshold", "Transformer",
    "TransformerDecoder", "TransformerDecoderLayer", "TransformerEncoder",
    "TransformerEncoderLayer", "TripletMarginLoss", "Unflatten", "Unfold", "Upsample",
    "ZeroPad1d", "ZeroPad2d", "functional", "init", "parallel", "parameter", "utils",
]

if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        found = getattr(plain_nn, name, None)
        if name in plain_nn.__all__ and isinstance(found, type) and issubclass(found, PlainModule):
            return face_class(found)
        raise AttributeError(hints.missing("torch.nn", name, __all__))
