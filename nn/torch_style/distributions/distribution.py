"""The base class of distributions."""

from __future__ import annotations

import copy
import math
from typing import TYPE_CHECKING, Any, ClassVar, Final, NoReturn

import numpy as np

from autograd.errors import OptionError, ShapeError
from nn.optional_imports import require
from nn.torch_style.base import TensorBase, made, numbers
from nn.torch_style.creation import as_tensor, tensor
from nn.torch_style.joining import broadcast_tensors
from nn.torch_style.random import GENERATOR
from nn.torch_style.tensor import Tensor
from nn.torch_style.types import Size


def as_float(x: Any) -> Any:
    """Return a number as a tensor, and a tensor as it is."""
    return x if isinstance(x, TensorBase) else tensor(float(x)) if np.ndim(x) == 0 else as_tensor(x)


def together(*parameters: Any) -> list[Tensor]:
    """Return parameters in one shape; numbers get the type of the first tensor."""
    kinds = [x.dtype for x in parameters if isinstance(x, Tensor)]
    found = [as_float(x) for x in parameters]
    if kinds and kinds[0].is_floating_point:
        given = zip(parameters, found, strict=True)
        found = [x if isinstance(old, TensorBase) else x.to(kinds[0]) for old, x in given]
    return list(broadcast_tensors(*found))


def drawn(name: str, shape: Any, like: Tensor, *parameters: Any) -> Tensor:
    """Return random numbers of a method of NumPy's generator, which draws from our own bits."""
    generator = np.random.Generator(GENERATOR.bit_generator)
    found = getattr(generator, name)(*[p.detach().numpy() for p in parameters], size=tuple(shape))
    found = made(np.asarray(found).astype(like.held.dtype))
    return found  # type: ignore[no-any-return]


def check(what: str, is_valid: Any, validated: bool = True) -> None:
    """Raise if not all parameters or values are valid."""
    if validated and not np.all(numbers(is_valid)):
        raise OptionError(f"{what}, or validate_args=False.")


def check_member(what: str, given: Any, constraint: Any) -> None:
    """Raise if numbers are not in a set, with the first of them."""
    valid = numbers(constraint.check(given))
    if np.all(valid):
        return
    found = numbers(given)
    first = found[tuple(np.argwhere(~valid)[0])] if np.ndim(valid) == np.ndim(found) else found
    wanted = constraint.words or f"in {constraint}"
    raise OptionError(f"{what} must be {wanted}, not {first}; validate_args=False accepts it.")


def gamma_noise(concentration: Any, shape: Any) -> Tensor:
    """Return gamma-distributed numbers, with the derivatives of quantiles."""
    stats = require("autograd.scipy.stats", "rsample of gamma-distributed numbers", "scipy")
    generator = np.random.Generator(GENERATOR.bit_generator)
    found = stats.gamma.rvs(concentration._held, size=tuple(shape), random_state=generator)
    return made(found).to(concentration.dtype)  # type: ignore[no-any-return]


def enumerated(values: Any, shape: Any, expand: bool) -> Tensor:
    """Return values along a new first axis in front of the axes of a batch."""
    event = values.shape[1:]
    found = values.view(-1, *[1] * len(shape), *event)
    return found.expand(-1, *shape, *event) if expand else found  # type: ignore[no-any-return]


_FORMULA: Final = "its formula, or see scipy.stats, whose functions autograd.scipy differentiates"

#: What PyTorch's distributions have, and not all have here: by name what to write.
LACKING: Final = {
    "icdf": _FORMULA,
    "mean": _FORMULA,
    "mode": _FORMULA,
    "support": "torch.distributions.constraints",
    "variance": _FORMULA,
}


class Distribution:
    """The base class of distributions.

    Parameters
    ----------
    batch_shape : torch.Size
        How many distributions these are.
    event_shape : torch.Size
        The shape of a sample of one of them.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> normal = torch.distributions.Normal(0.0, 1.0)
    >>> normal.expand((3,)).sample().shape, normal.support
    (torch.Size([3]), Real())
    """

    _shape: Any = ()
    _event: Any = ()
    _validate_args = True
    has_rsample = False
    has_enumerate_support = False
    arg_constraints: ClassVar[dict[str, Any]] = {}

    def __init__(
        self, batch_shape: Any = (), event_shape: Any = (), validate_args: Any = None
    ) -> None:
        self._shape, self._event = tuple(batch_shape), tuple(event_shape)
        if validate_args is not None:
            self._validate_args = bool(validate_args)
        for name, constraint in self.arg_constraints.items() if self._validate_args else ():
            given = vars(self).get(name)
            if isinstance(given, TensorBase):
                check_member(f"{name} of {type(self).__name__}", given, constraint)

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Set whether parameters and values are checked where ``validate_args=`` is not given."""
        Distribution._validate_args = bool(value)

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

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """Return as many distributions, by repeating these along new axes or axes of length 1."""
        found, n = copy.copy(self), len(self._shape)
        for name, part in vars(self).items():
            if isinstance(part, Distribution):
                vars(found)[name] = part.expand((*batch_shape, *part.batch_shape[n:]))
            elif isinstance(part, TensorBase) and name not in SHARED:
                tensor: Any = part
                if tuple(tensor.shape[:n]) == tuple(self._shape):
                    vars(found)[name] = tensor.expand(*batch_shape, *tensor.shape[n:])
        found._shape = tuple(batch_shape)
        return found

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """Return all values along a new first axis."""
        return self._lacks("enumerate_support")

    def sample_n(self, n: int) -> Tensor:
        """Return n samples."""
        return self.sample((n,))

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
        value = as_float(value)
        if self._validate_args:
            self._check_value(value)
        return self._log_prob(value)

    def _log_prob(self, value: Any) -> Tensor:
        raise NotImplementedError(f"Define log_prob of {type(self).__name__}.")

    def _check_value(self, value: Any) -> None:
        """Raise if a value has another shape, or is not among those that there are."""
        shape, expected = tuple(value.shape), (*self._shape, *self._event)
        count = len(self._event)
        try:
            fits = shape[len(shape) - count :] == self._event
            np.broadcast_shapes(shape, expected)
        except ValueError:
            fits = False
        if not fits:
            raise ShapeError(
                f"The value has the shape {shape}, which does not fit {type(self).__name__} of "
                f"batch_shape {self._shape} and event_shape {self._event}."
            )
        support = getattr(self, "support", None)
        if support is not None:
            check_member(f"The value for {type(self).__name__}", value, support)

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
        found = [(name, vars(self)[name]) for name in self.arg_constraints if name in vars(self)]
        shown = [f"{name}: {x.item() if x.numel() == 1 else x.shape}" for name, x in found]
        return f"{type(self).__name__}({', '.join(shown)})"


#: Parameters that all distributions of a batch share.
SHARED: Final = {"temperature"}

LOG_2PI = math.log(2 * math.pi)
