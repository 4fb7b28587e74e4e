"""Keras' ``initializers``: the first numbers of weights, by their names or as objects.

An initialiser is called with the shape of a weight, whose last two axes are its inputs and outputs,
those before it the positions of a kernel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from autograd.errors import OptionError, ShapeError
from nn import init
from nn.keras_style.config import floatx
from nn.keras_style.configured import (
    Configured,
    deserialize_keras_object,
    serialize_keras_object,
)
from nn.keras_style.named import looked_up
from nn.keras_style.naming import snake_case
from nn.missing_names import refuse
from nn.seeding import chosen

Shape = tuple[int, ...]

#: The standard deviation of a normal distribution that is cut off at two of them.
CUT = 0.87962566103423978


class Initializer(Configured):
    """The base class of initialisers: ``initializer(shape, dtype)`` returns an array.

    With a seed each call returns the same numbers, as in Keras.

    Examples
    --------
    >>> class Threes(Initializer):
    ...     def __call__(self, shape, dtype=None):
    ...         return np.full(shape, 3.0, dtype)
    >>> Threes()((2,), "float32")
    array([3., 3.], dtype=float32)
    """

    keras_module = "initializers"
    seed: int | None = None

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        """Return an array of a shape.

        Parameters
        ----------
        shape : tuple of int
            The shape.
        dtype : dtype, optional
            The type; by default `config.floatx`.
        """
        generator = None if self.seed is None else np.random.default_rng(self.seed)
        return np.asarray(self.drawn(tuple(shape), generator), dtype or floatx())

    def drawn(self, shape: Shape, generator: Any) -> Any:
        """Return the numbers.

        Parameters
        ----------
        shape : tuple of int
            The shape.
        generator : numpy.random.Generator or None
            Where random numbers come from.
        """
        raise NotImplementedError


class Zeros(Initializer):
    """Zeros."""

    def drawn(self, shape: Shape, generator: Any) -> Any:
        """Return the numbers."""
        return np.zeros(shape)


class Ones(Initializer):
    """Ones."""

    def drawn(self, shape: Shape, generator: Any) -> Any:
        """Return the numbers."""
        return np.ones(shape)


@dataclass
class Constant(Initializer):
    """One number, or an array."""

    value: Any = 0.0

    def drawn(self, shape: Shape, generator: Any) -> Any:
        """Return the numbers."""
        return np.broadcast_to(self.value, shape).copy()


@dataclass
class RandomNormal(Initializer):
    """A normal distribution."""

    mean: float = 0.0
    stddev: float = 0.05
    seed: int | None = None

    def drawn(self, shape: Shape, generator: Any) -> Any:
        """Return the numbers."""
        return self.mean + init.normal(shape, self.stddev, generator)


@dataclass
class TruncatedNormal(RandomNormal):
    """A normal distribution that is cut off at two standard deviations."""

    def drawn(self, shape: Shape, generator: Any) -> Any:
        """Return the numbers."""
        return self.mean + self.stddev * init.truncated_normal(shape, generator=generator)


@dataclass
class RandomUniform(Initializer):
    """A uniform distribution."""

    minval: float = -0.05
    maxval: float = 0.05
    seed: int | None = None

    def drawn(self, shape: Shape, generator: Any) -> Any:
        """Return the numbers."""
        return chosen(generator).uniform(self.minval, self.maxval, shape)


@dataclass
class VarianceScaling(Initializer):
    """Numbers with the variance scale / fan: of the inputs, the outputs, or their mean."""

    scale: float = 1.0
    mode: str = "fan_in"
    distribution: str = "truncated_normal"
    seed: int | None = None

    def drawn(self, shape: Shape, generator: Any) -> Any:
        """Return the numbers."""
        inputs, outputs = fans(shape)
        fan = {"fan_in": inputs, "fan_out": outputs, "fan_avg": (inputs + outputs) / 2}
        if self.mode not in fan:
            raise OptionError(f"mode={self.mode!r} must be one of {', '.join(fan)}.")
        std = math.sqrt(self.scale / max(1.0, fan[self.mode]))
        if self.distribution == "uniform":
            return init.uniform(shape, math.sqrt(3) * std, generator)
        if self.distribution in ("truncated_normal", "normal"):
            return std / CUT * init.truncated_normal(shape, generator=generator)
        if self.distribution == "untruncated_normal":
            return init.normal(shape, std, generator)
        raise OptionError(
            f"distribution={self.distribution!r} must be uniform, truncated_normal or "
            "untruncated_normal."
        )


@dataclass
class Orthogonal(Initializer):
    """A matrix with orthonormal rows or columns, times a factor."""

    gain: float = 1.0
    seed: int | None = None

    def drawn(self, shape: Shape, generator: Any) -> Any:
        """Return the numbers."""
        matrix = (math.prod(shape[:-1]), shape[-1])
        return init.orthogonal(matrix, self.gain, generator).reshape(shape)


@dataclass
class Identity(Initializer):
    """The identity matrix, times a factor."""

    gain: float = 1.0

    def drawn(self, shape: Shape, generator: Any) -> Any:
        """Return the numbers."""
        if len(shape) != 2:
            raise ShapeError(f"The identity has two axes, not the shape {shape}.")
        return self.gain * np.eye(*shape)


def _scaled(name: str, scale: float, mode: str, distribution: str) -> type[VarianceScaling]:
    """Return a class of initialisers with this variance, whose only setting is the seed."""

    def build(self: VarianceScaling, seed: int | None = None) -> None:
        VarianceScaling.__init__(self, scale, mode, distribution, seed)

    body = {"__init__": build, "__module__": __name__, "__doc__": f"Variance {scale} / {mode}."}
    return type(name, (VarianceScaling,), body)


GlorotUniform = _scaled("GlorotUniform", 1.0, "fan_avg", "uniform")
GlorotNormal = _scaled("GlorotNormal", 1.0, "fan_avg", "truncated_normal")
HeUniform = _scaled("HeUniform", 2.0, "fan_in", "uniform")
HeNormal = _scaled("HeNormal", 2.0, "fan_in", "truncated_normal")
LecunUniform = _scaled("LecunUniform", 1.0, "fan_in", "uniform")
LecunNormal = _scaled("LecunNormal", 1.0, "fan_in", "truncated_normal")

KINDS: tuple[type[Initializer], ...] = (
    Zeros, Ones, Constant, RandomNormal, TruncatedNormal, RandomUniform, VarianceScaling,
    Orthogonal, Identity, GlorotUniform, GlorotNormal, HeUniform, HeNormal, LecunUniform,
    LecunNormal,
)  # fmt: skip

#: The classes by the names that layers take.
NAMED: dict[str, type[Initializer]] = {
    **{snake_case(kind.__name__): kind for kind in KINDS},
    **{kind.__name__: kind for kind in KINDS},
    "uniform": RandomUniform,
    "normal": RandomNormal,
    "one": Ones,
    "zero": Zeros,
}


zeros, ones, constant, orthogonal, identity = Zeros, Ones, Constant, Orthogonal, Identity
random_normal, random_uniform, truncated_normal = RandomNormal, RandomUniform, TruncatedNormal
variance_scaling, glorot_uniform, glorot_normal = VarianceScaling, GlorotUniform, GlorotNormal
he_uniform, he_normal, lecun_uniform, lecun_normal = HeUniform, HeNormal, LecunUniform, LecunNormal
OrthogonalInitializer, IdentityInitializer = Orthogonal, Identity
serialize, deserialize = serialize_keras_object, deserialize_keras_object


def get(identifier: Any) -> Any:
    """Return an initialiser by its name; a class called; a function unchanged.

    Parameters
    ----------
    identifier : str, type or callable
        The name, such as "he_normal"; or a function of a shape and a type.

    Examples
    --------
    >>> get("ones")((2,))
    array([1., 1.], dtype=float32)
    """
    found = looked_up("initializer", identifier, NAMED)
    return found() if isinstance(found, type) else found


def fans(shape: Shape) -> tuple[int, int]:
    """Return the numbers of inputs and outputs of a weight in Keras' order of axes.

    Examples
    --------
    >>> fans((3, 3, 8, 16))
    (72, 144)
    """
    if len(shape) < 2:
        size = shape[0] if shape else 1
        return size, size
    window = math.prod(shape[:-2])
    return shape[-2] * window, shape[-1] * window


def __getattr__(name: str) -> NoReturn:
    refuse(
        f"nn.keras_style has no initializers.{name}; it has {', '.join(k.__name__ for k in KINDS)}."
    )
