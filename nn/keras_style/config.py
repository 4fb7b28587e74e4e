"""Keras' ``config``: the type of weights."""

from __future__ import annotations

from typing import NoReturn

from autograd.errors import OptionError
from nn.missing_names import refuse

_STATE = {"floatx": "float32"}


def floatx() -> str:
    """Return the type of the weights of new layers.

    Examples
    --------
    >>> floatx()
    'float32'
    """
    return _STATE["floatx"]


def set_floatx(value: str) -> None:
    """Set the type of the weights of new layers.

    Parameters
    ----------
    value : {"float16", "float32", "float64"}
        The type; at first it is "float32", as in Keras.

    Raises
    ------
    OptionError
        If it is something else.
    """
    if value not in ("float16", "float32", "float64"):
        raise OptionError(f'floatx must be "float16", "float32" or "float64", not {value!r}.')
    _STATE["floatx"] = value


def image_data_format() -> str:
    """Return where images have their channels: in the last axis."""
    return "channels_last"


def epsilon() -> float:
    """Return the small number of Keras' losses."""
    return 1e-7


def backend() -> str:
    """Return what computes."""
    return "numpy"


def __getattr__(name: str) -> NoReturn:
    refuse(f"nn.keras_style has no config.{name}; it has floatx and set_floatx.")
