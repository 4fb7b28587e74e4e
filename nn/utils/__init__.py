"""Functions of PyTorch's ``torch.nn.utils``."""

from nn.optim import clip_grad_norm as clip_grad_norm_
from nn.optim import clip_grad_value as clip_grad_value_
from nn.utils import parametrizations, parametrize, rnn
from nn.utils.parametrizations import spectral_norm, weight_norm
from nn.utils.vectors import parameters_to_vector, vector_to_parameters

__all__ = [
    "clip_grad_norm_",
    "clip_grad_value_",
    "parameters_to_vector",
    "parametrizations",
    "parametrize",
    "rnn",
    "spectral_norm",
    "vector_to_parameters",
    "weight_norm",
]
