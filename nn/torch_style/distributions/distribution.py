"""The base class of distributions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NoReturn

import numpy as np

from autograd.errors import DataError, OptionError
from nn.torch_style.base import TensorBase, made, numbers
from nn.torch_style.creation import as_tensor, tensor
from nn.torch_style.random import GENERATOR
from nn.torch_style.tensor import Tensor
from nn.torch_style.types import Size


def as_float(x: Any) -> Any:
    """Return a number as a tensor, and a tensor as it is."""
    return x if isinstance(x, TensorBase) else tensor(float(x)) if np.ndim(x) == 0 else as_tensor(x)


def drawn(name: str, shape: Any, like: Tensor, *parameters: Any) -> Tensor:
    """Return random numbers of a method of NumPy's generator, which draws from our own bits."""
    generator = np.random.Generator(GENERATOR.bit_generator)
    found = getattr(generator, name)(*[p.detach().numpy() for p in parameters], size=tuple(shape))
    found = made(np.asarray(found).astype(like.held.dtype))
    return found  # type: ignore[no-any-return]


def check(what: str, is_valid: Any, validate_args: Any = None) -> None:
    """Raise if a parameter or a value is not what it must be, or NaN."""
    if validate_args is not False and not np.all(numbers(is_valid)):
        raise DataError(f"{what}, or validate_args=False.")


_FORMULA: Final = "its formula, or see scipy.stats, whose functions autograd.scipy differentiates"

#: What PyTorch's distributions have, and not all have here: by name what to write.
LACKING: Final = {
    "arg_constraints": "torch.distributions.constraints for the parameters of your own",
    "enumerate_support": "torch.arange of the values",
    "expand": "the parameters expanded, as in Normal(loc.expand(shape), scale.expand(shape))",
    "icdf": _FORMULA,
    "mean": _FORMULA,
    "mode": _FORMULA,
    "support": "torch.distributions.constraints",
    "variance": _FORMULA,
}


class Distribution:
    """The base class of distributions."""

    _shape: Any = ()
    _event: Any = ()
    has_rsample = False

    @property
    def batch_shape(self) -> Size:
        """How many distributions these are."""
        return Size(self._shape)

    @property
    def event_shape(self) -> Size:
        """The shape of a sample of one of them."""
        return Size(self._event)

    def _extended(self, sample_shape: Any) -> Any:
        """Return the shape of samples."""
        return (*sample_shape, *self._shape, *self._event)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers, as constants."""
        return self.rsample(sample_shape).detach()

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Return random numbers through which derivatives flow to the parameters."""
        raise OptionError(
            f"{type(self).__name__} has no rsample here: write sample, whose numbers are "
            "constants, and the derivative by log_prob."
        )

    def log_prob(self, value: Any) -> Tensor:
        """Return the logarithm of the probability, or of the density."""
        raise NotImplementedError

    def entropy(self) -> Tensor:
        """Return the average of -log_prob."""
        return self._lacks("entropy")

    def cdf(self, value: Any) -> Tensor:
        """Return the probability of a smaller number."""
        return self._lacks("cdf")

    if not TYPE_CHECKING:  # a type checker is to find wrong names

        def __getattr__(self, name: str) -> NoReturn:
            if name in LACKING:
                raise AttributeError(
                    f"{type(self).__name__} has no {name} in nn.torch_style: write {LACKING[name]}."
                )
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _lacks(self, name: str) -> NoReturn:
        raise OptionError(
            f"{type(self).__name__} has no {name} here: write its formula, or see scipy.stats, "
            "whose functions autograd.scipy differentiates."
        )

    def perplexity(self) -> Tensor:
        """Return e to the power of the entropy."""
        return self.entropy().exp()

    @property
    def stddev(self) -> Any:
        """The standard deviation."""
        return self.variance.sqrt()  # type: ignore[attr-defined]

    def __repr__(self) -> str:
        return f"{type(self).__name__}(batch_shape={self.batch_shape})"


LOG_2PI = math.log(2 * math.pi)
