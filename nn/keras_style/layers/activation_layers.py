"""Keras' `ReLU`, `LeakyReLU`, `ELU`, `Softmax` and `PReLU`."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import ShapeError
from nn.keras_style import activations, initializers, regularizers
from nn.keras_style.layers.layer import Layer


class Settled(Layer):
    """The base class of activations with settings."""

    supports_masking = True

    fixed = ("settings",)

    def __init__(self, settings: dict[str, Any], **options: Any) -> None:
        super().__init__(**options)
        self.settings = tuple(settings)
        for name, setting in settings.items():
            setattr(self, name, setting)

    def call(self, inputs: Any) -> Any:
        """Apply the activation.

        Parameters
        ----------
        inputs : array_like
            The inputs.
        """
        return self.function(inputs, **{name: getattr(self, name) for name in self.settings})

    @staticmethod
    def function(x: Any, **settings: Any) -> Any:
        """Return the activation of x."""
        raise NotImplementedError


class ReLU(Settled):
    """x above a threshold, at most `max_value`; below it a slope times x - threshold.

    Parameters
    ----------
    max_value : float, optional
        The largest result.
    negative_slope, threshold : float
        The slope and the threshold.
    **options
        Options of `Layer`.
    """

    function = staticmethod(activations.relu)

    def __init__(
        self, max_value: float | None = None, negative_slope: float = 0.0, threshold: float = 0.0,
        **options: Any,
    ) -> None:  # fmt: skip
        settings = {
            "negative_slope": negative_slope, "max_value": max_value, "threshold": threshold,
        }  # fmt: skip
        super().__init__(settings, **options)


class LeakyReLU(Settled):
    """x, and below 0 a slope times x.

    Parameters
    ----------
    negative_slope : float
        The slope.
    **options
        Options of `Layer`.

    Examples
    --------
    >>> LeakyReLU()(np.array([-1.0, 2.0]))
    array([-0.3,  2. ], dtype=float32)
    """

    function = staticmethod(activations.leaky_relu)

    def __init__(self, negative_slope: float = 0.3, **options: Any) -> None:
        slope = options.pop("alpha", negative_slope)  # its name in Keras 2, which Keras 3 takes
        super().__init__({"negative_slope": slope}, **options)


class ELU(Settled):
    """x, and below 0 alpha (exp(x) - 1).

    Parameters
    ----------
    alpha : float
        The factor.
    **options
        Options of `Layer`.
    """

    function = staticmethod(activations.elu)

    def __init__(self, alpha: float = 1.0, **options: Any) -> None:
        super().__init__({"alpha": alpha}, **options)


class Softmax(Settled):
    """Positive shares whose sum is 1.

    Parameters
    ----------
    axis : int
        The axis.
    **options
        Options of `Layer`.
    """

    function = staticmethod(activations.softmax)

    def __init__(self, axis: int = -1, **options: Any) -> None:
        super().__init__({"axis": axis}, **options)

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Return the shares.

        Parameters
        ----------
        inputs : array_like
            The inputs.
        mask : array of bool, optional
            Which inputs count; the others have the share 0. A mask of the steps of sequences
            changes nothing.

        Raises
        ------
        ShapeError
            If it does not fit the inputs.
        """
        if mask is None:
            return super().call(inputs)
        shape, given = np.shape(inputs), np.shape(mask)
        if len(given) < len(shape) and given == shape[: len(given)]:
            return super().call(inputs)
        pairs = zip(given[::-1], shape[::-1], strict=False)
        if len(given) > len(shape) or any(n not in (1, m) for n, m in pairs):
            raise ShapeError(f"{self.name} got inputs of shape {shape}, but a mask of {given}.")
        seen = np.asarray(mask) > 0.5
        low = np.asarray(-3e4 if inputs.dtype == "f2" else -1e9, inputs.dtype)
        return super().call(np.where(seen, inputs, low)) * seen.astype(inputs.dtype)


class PReLU(Layer):
    """x, and below 0 a slope times x; the slopes are trained.

    Parameters
    ----------
    alpha_initializer : str or callable
        The first slopes.
    alpha_regularizer : str or callable, optional
        A penalty.
    shared_axes : int or tuple of int, optional
        Axes along which there is one slope.
    **options
        Options of `Layer`.
    """

    supports_masking = True

    def __init__(
        self, alpha_initializer: Any = "zeros", alpha_regularizer: Any = None, *,
        shared_axes: Any = (), **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(**options)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        axes = (shared_axes,) if isinstance(shared_axes, int) else tuple(shared_axes or ())
        self.shared_axes = axes
        self.alpha: Any = None

    def build(self, input_shape: Any) -> None:
        """Make the slopes.

        Parameters
        ----------
        input_shape : tuple
            The shape of the inputs.
        """
        shape = [1 if axis in self.shared_axes else n for axis, n in enumerate(input_shape)][1:]
        self.alpha = self.add_weight(
            tuple(shape), self.alpha_initializer, regularizer=self.alpha_regularizer
        )

    def call(self, inputs: Any) -> Any:
        """Apply it.

        Parameters
        ----------
        inputs : array_like
            The inputs.
        """
        return np.maximum(inputs, 0) - self.alpha * np.maximum(-inputs, 0)
