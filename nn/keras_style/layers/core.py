"""Keras' `Dense`, `Embedding` and layers that call a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import OptionError, ShapeError
from nn.arrays import plain
from nn.keras_style import activations, initializers, regularizers
from nn.keras_style.layers.layer import Layer
from nn.layers.linear import affine, indices_below


class Weighted(Layer):
    """The base class of layers with a kernel and a bias.

    Parameters
    ----------
    activation : str or callable, optional
        What to apply to the result; see `activations`.
    use_bias : bool
        Whether to add a bias.
    kernel_initializer, bias_initializer : str or callable
        The first numbers; see `initializers`.
    kernel_regularizer, bias_regularizer : str or callable, optional
        Penalties; see `regularizers`.
    **options
        Options of `Layer`.
    """

    autocast = "fiub"

    def __init__(
        self,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.activation, self.use_bias = activations.get(activation), use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel: Any = None
        self.bias: Any = None

    def make(self, kernel: tuple[int, ...], bias: tuple[int, ...]) -> None:
        """Make the kernel and the bias, of these shapes."""
        self.kernel = self.add_weight(
            kernel, self.kernel_initializer, regularizer=self.kernel_regularizer
        )
        if self.use_bias:
            self.bias = self.add_weight(
                bias, self.bias_initializer, regularizer=self.bias_regularizer
            )


class Dense(Weighted):
    """activation(x @ kernel + bias), along the last axis.

    Parameters
    ----------
    units : int
        The number of outputs.
    activation, use_bias, kernel_initializer, bias_initializer
        As for `Weighted`.
    kernel_regularizer, bias_regularizer
        As for `Weighted`.
    **options
        Options of `Layer`.

    Examples
    --------
    >>> layer = Dense(4, activation="relu")
    >>> layer(np.ones((2, 3))).shape, layer.kernel.shape
    ((2, 4), (3, 4))
    """

    supports_masking = True

    def __init__(self, units: int, activation: Any = None, **options: Any) -> None:
        super().__init__(activation, **options)
        self.units = units

    def build(self, input_shape: Any) -> None:
        """Make the weights.

        Parameters
        ----------
        input_shape : tuple
            The shape of the inputs.
        """
        if len(input_shape) < 2:
            raise ShapeError(
                f"Dense got inputs of shape {input_shape}; it takes (batch, ..., features)."
            )
        self.make((input_shape[-1], self.units), (self.units,))

    def call(self, inputs: Any) -> Any:
        """Return activation(x @ kernel + bias).

        Parameters
        ----------
        inputs : array_like, shape (batch, ..., features)
            The inputs.
        """
        if inputs.ndim < 2 or inputs.shape[-1] != self.kernel.shape[0]:
            raise ShapeError(
                f"{self.name} got inputs of shape {inputs.shape}; its kernel takes "
                f"{self.kernel.shape[0]} features."
            )
        kernel = np.transpose(self.kernel)
        y = affine(inputs, kernel) if self.bias is None else affine(inputs, kernel, self.bias)
        return y if self.activation is None else self.activation(y)


class Embedding(Layer):
    """A table of vectors, looked up by integers.

    Parameters
    ----------
    input_dim : int
        The number of vectors.
    output_dim : int
        The length of each.
    embeddings_initializer : str or callable
        The first numbers.
    embeddings_regularizer : str or callable, optional
        A penalty.
    embeddings_constraint : str or callable, optional
        What holds after each step; see `constraints`.
    mask_zero : bool
        Whether 0 stands for no token, which the layers that follow leave out.
    input_length : int, optional
        Ignored.
    **options
        Options of `Layer`.

    Examples
    --------
    >>> Embedding(10, 4)(np.array([[1, 2, 0]])).shape
    (1, 3, 4)
    """

    autocast = ""
    fixed = ("input_length",)

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        *,
        input_length: int | None = None,
        **options: Any,
    ) -> None:
        del input_length
        super().__init__(embeddings_constraint=embeddings_constraint, **options)
        self.input_dim, self.output_dim, self.mask_zero = input_dim, output_dim, mask_zero
        self.embeddings_constraint = self._constraints.get("embeddings")
        self.makes_mask = mask_zero
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings: Any = None

    def build(self, input_shape: Any = None) -> None:
        """Make the table.

        Parameters
        ----------
        input_shape : tuple, optional
            Not used.
        """
        self.embeddings = self.add_weight(
            (self.input_dim, self.output_dim),
            self.embeddings_initializer,
            regularizer=self.embeddings_regularizer,
        )

    def call(self, inputs: Any) -> Any:
        """Return the vectors.

        Parameters
        ----------
        inputs : array_like of int
            Which ones; numbers such as 3.0 are converted.
        """
        return self.embeddings[indices_below(self.input_dim, whole(inputs), self.name)]

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return where there is a token.

        Parameters
        ----------
        inputs : array_like of int
            The tokens.
        mask : None
            Not used.
        """
        return plain(inputs) != 0 if self.mask_zero else None


def whole(x: Any) -> Any:
    """Return floats that are whole numbers as integers; anything else unchanged."""
    x = plain(x)
    if getattr(getattr(x, "dtype", None), "kind", "") != "f":
        return x
    found = x.astype(np.int64)
    return found if (found == x).all() else x


class Masking(Layer):
    """Leaves out the steps of a sequence in which all features have one value.

    Parameters
    ----------
    mask_value : float
        The value.
    **options
        Options of `Layer`.
    """

    makes_mask = True

    def __init__(self, mask_value: float = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.mask_value = mask_value

    def call(self, inputs: Any) -> Any:
        """Return the inputs, with zeros in the steps that are left out.

        Parameters
        ----------
        inputs : array_like, shape (batch, steps, features)
            The inputs.
        """
        return np.where(self.compute_mask(inputs)[..., None], inputs, 0.0)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return which steps count.

        Parameters
        ----------
        inputs : array_like
            The inputs.
        mask : None
            Not used.
        """
        return (plain(inputs) != self.mask_value).any(axis=-1)


class Activation(Layer):
    """An activation as a layer.

    Parameters
    ----------
    activation : str or callable
        Its name, or a function.
    **options
        Options of `Layer`.

    Examples
    --------
    >>> Activation("relu")(np.array([-1.0, 2.0]))
    array([0., 2.], dtype=float32)
    """

    supports_masking = True

    def __init__(self, activation: Any, **options: Any) -> None:
        super().__init__(**options)
        self.activation = activations.get(activation)

    def call(self, inputs: Any) -> Any:
        """Apply the activation.

        Parameters
        ----------
        inputs : array_like
            The inputs.
        """
        return self.activation(inputs)


class Lambda(Layer):
    """A function as a layer.

    Parameters
    ----------
    function : callable
        The function of the inputs; it consists of NumPy's functions and operators.
    output_shape : None
        Ignored: the shape is found by calling the function.
    mask : None
        Not here.
    arguments : dict, optional
        Options of the function.
    **options
        Options of `Layer`.
    """

    fixed = ("function", "output_shape", "mask")

    def __init__(
        self, function: Callable[..., Any], output_shape: Any = None, mask: None = None,
        arguments: Any = None, **options: Any,
    ) -> None:  # fmt: skip
        del output_shape
        if mask is not None:
            raise OptionError("Lambda has no mask= here: derive a class from Layer.")
        super().__init__(**options)
        self.function, self.arguments = function, dict(arguments or {})

    def get_config(self) -> dict[str, Any]:
        """Return the function and its options."""
        return {**super().get_config(), "function": self.function}

    def call(self, inputs: Any) -> Any:
        """Call the function.

        Parameters
        ----------
        inputs : array_like
            The inputs.
        """
        return self.function(inputs, **self.arguments)


class Identity(Layer):
    """Returns its inputs."""

    supports_masking = True

    def call(self, inputs: Any) -> Any:
        """Return the inputs.

        Parameters
        ----------
        inputs : array_like
            The inputs.
        """
        return inputs


class ActivityRegularization(Identity):
    """Returns its inputs, of whose size there is a penalty.

    Parameters
    ----------
    l1, l2 : float
        The factors of the magnitudes and of the squares.
    **options
        Options of `Layer`.
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **options: Any) -> None:
        options.pop("activity_regularizer", None)
        super().__init__(activity_regularizer=regularizers.L1L2(l1, l2), **options)
        self.l1, self.l2 = l1, l2
