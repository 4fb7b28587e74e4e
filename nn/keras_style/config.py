"""Keras' ``config``: the type of weights, and what programs set at their beginning."""

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


def set_image_data_format(data_format: str) -> None:
    """Say where images have their channels, as programs do at their beginning.

    Parameters
    ----------
    data_format : {"channels_last"}
        In the last axis.

    Raises
    ------
    OptionError
        If it is something else: layers take ``data_format="channels_first"``.
    """
    if data_format != "channels_last":
        raise OptionError(
            f'The data format is "channels_last", not {data_format!r}: write '
            'data_format="channels_first" in the layers of such images.'
        )


def set_epsilon(value: float) -> None:
    """Say which small number losses have, as programs do at their beginning.

    Parameters
    ----------
    value : float
        10⁻⁷, as in Keras.

    Raises
    ------
    OptionError
        If it is another.
    """
    if value != epsilon():
        raise OptionError(f"The small number of losses is {epsilon()}, not {value!r}.")


def disable_traceback_filtering() -> None:
    """Show whole tracebacks, as they are always shown here."""


def enable_traceback_filtering() -> None:
    """Do nothing: whole tracebacks are shown."""


def disable_interactive_logging() -> None:
    """Do nothing: ``verbose=0`` keeps `fit` silent."""


def enable_interactive_logging() -> None:
    """Do nothing: ``verbose=`` says what `fit` shows."""


def epsilon() -> float:
    """Return the small number of Keras' losses."""
    return 1e-7


def backend() -> str:
    """Return what computes."""
    return "numpy"


def __getattr__(name: str) -> NoReturn:
    refuse(f"nn.keras_style has no config.{name}; it has floatx and set_floatx.")
