"""Keras' `MultiHeadAttention`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.errors import ShapeError
from nn.keras_style import initializers, regularizers
from nn.keras_style.layers.core import Weighted
from nn.keras_style.layers.layer import Layer
from nn.keras_style.layers.noise import Dropout


class Projection(Weighted):
    """An affine map from the last axes to others: the heads, or back.

    Parameters
    ----------
    shape : tuple of int
        The lengths of the new axes.
    axes : int
        How many of the last axes to replace.
    **options
        Options of `Weighted` and `Layer`.
    """

    supports_masking = True

    def __init__(self, shape: tuple[int, ...], axes: int = 1, **options: Any) -> None:
        super().__init__(**options)
        self.shape, self.axes = shape, axes

    def build(self, input_shape: Any) -> None:
        """Make the weights.

        Parameters
        ----------
        input_shape : tuple
            The shape of the inputs.
        """
        self.make((*input_shape[-self.axes :], *self.shape), self.shape)

    def call(self, inputs: Any) -> Any:
        """Return the map of the inputs.

        Parameters
        ----------
        inputs : array_like
            The inputs.
        """
        y = np.tensordot(inputs, self.kernel, self.axes)
        return y if self.bias is None else y + self.bias


class MultiHeadAttention(Layer):
    """Attention: each query takes the mean of the values, weighted by how its keys fit.

    Source: Vaswani et al., "Attention is all you need", 2017.

    Parameters
    ----------
    num_heads : int
        The number of heads.
    key_dim : int
        The width of the queries and keys of a head.
    value_dim : int, optional
        The width of its values; by default `key_dim`.
    dropout : float
        The share of the weights that are 0 in training.
    use_bias : bool
        Whether to add biases.
    output_shape : int or tuple of int, optional
        The widths of the outputs; by default that of the queries.
    kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer
        As for `Dense`.
    **options
        Options of `Layer`.

    Examples
    --------
    >>> x = np.ones((2, 5, 6))
    >>> MultiHeadAttention(num_heads=2, key_dim=4)(x, x).shape
    (2, 5, 6)
    """

    supports_masking = True
    builds_parts = True
    fixed = ("output_shape",)

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: Any = None,
        *,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.num_heads, self.key_dim = num_heads, key_dim
        self.value_dim = key_dim if value_dim is None else value_dim
        self.use_bias, self.dropout = use_bias, dropout
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self._settings = {
            "use_bias": use_bias, "kernel_initializer": self.kernel_initializer,
            "bias_initializer": self.bias_initializer,
            "kernel_regularizer": self.kernel_regularizer,
            "bias_regularizer": self.bias_regularizer, "dtype": self.dtype,
        }  # fmt: skip
        self._width = (output_shape,) if isinstance(output_shape, int) else output_shape
        heads = (num_heads, key_dim)
        self.query_dense = Projection(heads, name="query", **self._settings)
        self.key_dense = Projection(heads, name="key", **self._settings)
        self.value_dense = Projection((num_heads, self.value_dim), name="value", **self._settings)
        self.output_dense: Any = None
        self.drop = Dropout(dropout)

    def get_config(self) -> dict[str, Any]:
        """Return the options with which to make such a layer again."""
        return {**super().get_config(), "output_shape": self._width}

    def build(self, query_shape: Any, value_shape: Any = None, key_shape: Any = None) -> None:
        """Make the map of the outputs.

        Parameters
        ----------
        query_shape, value_shape, key_shape : tuple
            The shapes of the queries, values and keys.
        """
        width = tuple(self._width or query_shape[-1:])
        self.output_dense = Projection(width, 2, name="attention_output", **self._settings)

    def call(
        self, query: Any, value: Any, key: Any = None, query_mask: Any = None,
        value_mask: Any = None, key_mask: Any = None, attention_mask: Any = None,
        return_attention_scores: bool = False, use_causal_mask: bool = False, mask: Any = None,
    ) -> Any:  # fmt: skip
        """Return the mean of the values for each query.

        Parameters
        ----------
        query : array_like, shape (batch, queries, features)
            The queries.
        value : array_like, shape (batch, keys, features)
            The values.
        key : array_like, shape (batch, keys, features), optional
            The keys; by default the values.
        query_mask, value_mask, key_mask : array of bool, shape (batch, steps), optional
            Which steps of these count.
        attention_mask : array of bool, shape (batch, queries, keys), optional
            Which keys a query may see.
        return_attention_scores : bool
            Whether to return also the weights, of shape (batch, heads, queries, keys).
        use_causal_mask : bool
            Whether a query sees no later key.
        mask : array of bool, optional
            The mask of the queries, as layers before pass it on.
        """
        key = value if key is None else key
        if query.ndim != 3 or value.ndim != 3 or key.shape[1] != value.shape[1]:
            raise ShapeError(
                f"{self.name} got queries, keys and values of shapes {query.shape}, {key.shape} "
                f"and {value.shape}; it takes (batch, steps, features), as many keys as values."
            )
        q, k, v = self.query_dense(query), self.key_dense(key), self.value_dense(value)
        scores = np.einsum("bqhd,bkhd->bhqk", q / math.sqrt(self.key_dim), k)
        query_mask = mask if query_mask is None else query_mask
        allowed = [
            None if query_mask is None else np.asarray(query_mask)[:, :, None],
            None if value_mask is None else np.asarray(value_mask)[:, None, :],
            None if key_mask is None else np.asarray(key_mask)[:, None, :],
            None if attention_mask is None else np.asarray(attention_mask, bool),
            np.tri(*scores.shape[-2:]).astype(bool)[None] if use_causal_mask else None,
        ]
        seen: Any = True
        for one in allowed:
            seen = seen if one is None else seen & one
        if seen is not True:
            seen = seen[:, None] if seen.ndim == 3 else seen
            scores = scores + np.where(seen, 0.0, -3e4 if scores.dtype == "f2" else -1e9).astype(
                scores.dtype
            )
        weights = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
        weights = weights / np.sum(weights, axis=-1, keepdims=True)
        y = self.output_dense(np.einsum("bhqk,bkhd->bqhd", self.drop(weights), v))
        return (y, weights) if return_attention_scores else y
