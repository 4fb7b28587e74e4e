"""Initial values of parameters.

Each function returns an array, to be made a `Parameter`; those with a trailing underscore write
into a parameter, as PyTorch's do. The shape of a weight is (outputs, inputs), or
(outputs, inputs, *kernel) for a convolution.
"""

# fmt: off
from nn.init.arrays import (
    GAINS,  # noqa: F401 - for calculate_gain
    calculate_gain,
    constant,
    dirac,
    fans,
    kaiming_normal,
    kaiming_uniform,
    normal,
    ones,
    orthogonal,
    sparse,
    truncated_normal,
    uniform,
    weight_and_bias,
    xavier_normal,
    xavier_uniform,
    zeros,
)
from nn.init.in_place import (
    constant_,
    dirac_,
    eye_,
    kaiming_normal_,
    kaiming_uniform_,
    normal_,
    ones_,
    orthogonal_,
    sparse_,
    trunc_normal_,
    uniform_,
    xavier_normal_,
    xavier_uniform_,
    zeros_,
)

__all__ = [
    "calculate_gain", "constant", "constant_", "dirac", "dirac_", "eye_", "fans",
    "kaiming_normal", "kaiming_normal_", "kaiming_uniform", "kaiming_uniform_", "normal",
    "normal_", "ones", "ones_", "orthogonal", "orthogonal_", "sparse", "sparse_",
    "trunc_normal_", "truncated_normal", "uniform", "uniform_", "weight_and_bias",
    "xavier_normal", "xavier_normal_", "xavier_uniform", "xavier_uniform_", "zeros", "zeros_",
]
