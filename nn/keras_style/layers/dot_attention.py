"""Keras' `Attention` and `AdditiveAttention`, which have no weights but a scale."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import OptionError, ShapeError
from nn import functional
from nn.keras_style.layers.layer import Layer
from nn.keras_style.layers.noise import kept


class Attention(Layer):
    """The means of values, weighted by the products of queries and keys.

    Parameters
    ----------
    use_scale : bool
        Whether to multiply the products by a number that is trained.
    score_mode : {"dot", "concat"}
        Whether queries and keys are compared by their products, or by the sums of
        tanh(query + key), times a number that is trained.
    dropout : float
        The share of the weights that are 0 in training.
    seed : int, optional
        Ignored.
    **options
        Options of `Layer`.

    Examples
    --------
    >>> x = np.ones((2, 5, 6))
    >>> Attention()([x, x]).shape
    (2, 5, 6)
    """

    supports_masking = True
    fixed: tuple[str, ...] = ("seed",)

    def __init__(
        self, use_scale: bool = False, score_mode: str = "dot", dropout: float = 0.0,
        seed: int | None = None, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(**options)
        del seed
        if score_mode not in ("dot", "concat"):
            raise OptionError(f"score_mode={score_mode!r} must be 'dot' or 'concat'.")
        self.use_scale, self.score_mode, self.dropout = use_scale, score_mode, dropout
        self.scale: Any = None
        self.concat_score_weight: Any = None

    def build(self, input_shape: Any) -> None:
        """Make the scale.

        Parameters
        ----------
        input_shape : list of tuple
            The shapes of the inputs.
        """
        if self.use_scale:
            self.scale = self.add_weight((), "ones")
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight((), "ones")

    def scores(self, query: Any, key: Any) -> Any:
        """Return how queries and keys fit, of shape (batch, queries, keys)."""
        if self.score_mode == "concat":
            both = query[:, :, None] + key[:, None]
            both = np.tanh(both if self.scale is None else both * self.scale)
            return self.concat_score_weight * np.sum(both, axis=-1)
        found = np.matmul(query, np.swapaxes(key, 1, 2))
        return found if self.scale is None else found * self.scale

    def call(
        self, inputs: Any, mask: Any = None, return_attention_scores: bool = False,
        training: bool = False, use_causal_mask: bool = False,
    ) -> Any:  # fmt: skip
        """Return the mean of the values for each query.

        Parameters
        ----------
        inputs : list of array_like
            Queries, values and perhaps keys, which else are the values.
        mask : list of array of bool, optional
            Which queries, and which values count.
        return_attention_scores : bool
            Whether to return also the weights.
        training : bool
            Whether to train.
        use_causal_mask : bool
            Whether a query sees no later key.
        """
        if not isinstance(inputs, (list, tuple)) or len(inputs) not in (2, 3):
            raise ShapeError(f"{self.name} takes a list [query, value] or [query, value, key].")
        query, value = inputs[0], inputs[1]
        scores = self.scores(query, inputs[2] if len(inputs) == 3 else value)
        of_queries, of_values = (*(mask or (None, None)), None)[:2]
        seen: Any = True if of_values is None else np.asarray(of_values, bool)[:, None, :]
        if use_causal_mask:
            seen = seen & np.tri(*scores.shape[-2:]).astype(bool)[None]
        if seen is not True:
            large = 65504.0 if scores.dtype == "f2" else 1e9
            scores = scores - np.asarray(large * ~seen, scores.dtype)
        weights = functional.softmax(scores, -1)
        if training and self.dropout:
            weights = weights * kept(weights.shape, self.dropout, weights.dtype)
        result = np.matmul(weights, value)
        if of_queries is not None:
            result = result * np.asarray(of_queries, result.dtype)[..., None]
        return (result, weights) if return_attention_scores else result

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return the mask of the queries.

        Parameters
        ----------
        inputs : list of array
            The inputs.
        mask : list of array of bool, optional
            Their masks.
        """
        return mask[0] if isinstance(mask, (list, tuple)) else None


class AdditiveAttention(Attention):
    """The means of values, weighted by the sums of tanh(query + key).

    Source: Bahdanau, Cho and Bengio, "Neural machine translation by jointly learning to align and
    translate", 2015.

    Parameters
    ----------
    use_scale : bool
        Whether to multiply the parts of the sums by numbers that are trained.
    dropout : float
        The share of the weights that are 0 in training.
    **options
        Options of `Layer`.
    """

    fixed = ("seed", "score_mode")

    def __init__(self, use_scale: bool = True, dropout: float = 0.0, **options: Any) -> None:
        super().__init__(use_scale, dropout=dropout, **options)

    def build(self, input_shape: Any) -> None:
        """Make the scale.

        Parameters
        ----------
        input_shape : list of tuple
            The shapes of the inputs.
        """
        if self.use_scale:
            self.scale = self.add_weight((input_shape[0][-1],), "glorot_uniform")

    def scores(self, query: Any, key: Any) -> Any:
        """Return how queries and keys fit, of shape (batch, queries, keys)."""
        both = np.tanh(query[:, :, None] + key[:, None])
        return np.sum(both if self.scale is None else both * self.scale, axis=-1)
