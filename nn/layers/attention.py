"""Attention: `MultiheadAttention`, and the `TransformerBlock` built on it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import Tensor, relu, softmax
from autograd.errors import DataError, OptionError, ShapeError
from nn import init
from nn.arrays import shape_of
from nn.layers.linear import Dropout, Linear, affine
from nn.layers.normalisation import LayerNorm
from nn.module import Module
from nn.parameter import Parameter


class MultiheadAttention(Module):
    """Multi-head attention: softmax(q kᵀ / √d) v in each head, for projections q, k and v.

    Source: Vaswani et al., "Attention is all you need", 2017.

    Parameters
    ----------
    embed_dim : int
        The number of features of each step.
    num_heads : int
        The number of heads. Each attends to embed_dim / num_heads features, the d of the formula.
    dropout : float
        The probability of dropping an attention weight, in training mode.
    bias : bool
        Whether the projections have biases.
    batch_first : bool
        Whether inputs and outputs have shape (batch, steps, embed_dim) instead of (steps, batch,
        embed_dim).
    generator : numpy.random.Generator, optional
        The generator for the initial weights and dropout; by default the one that `nn.seed` sets.

    Raises
    ------
    OptionError
        If `num_heads` does not divide `embed_dim`.

    Examples
    --------
    >>> x = np.zeros((7, 2, 8))
    >>> outputs, weights = MultiheadAttention(8, 2)(x, need_weights=True)
    >>> outputs.shape, weights.shape
    ((7, 2, 8), (2, 7, 7))
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        batch_first: bool = False,
        generator: np.random.Generator | None = None,
    ) -> None:
        if num_heads < 1 or embed_dim % num_heads:
            raise OptionError(f"num_heads={num_heads} must divide embed_dim={embed_dim}.")
        self.embed_dim, self.num_heads, self.batch_first = embed_dim, num_heads, batch_first
        shape = (3 * embed_dim, embed_dim)
        self.in_proj_weight = Parameter(init.xavier_uniform(shape, generator=generator))
        self.in_proj_bias = Parameter(init.zeros(shape[:1])) if bias else None
        self.out_proj = Linear(embed_dim, embed_dim, bias, generator)
        if self.out_proj.bias is not None:
            self.out_proj.bias.data[...] = 0.0
        self.dropout = Dropout(dropout, generator=generator)

    def forward(
        self,
        query: Any,
        key: Any = None,
        value: Any = None,
        key_padding_mask: Any = None,
        attn_mask: Any = None,
        is_causal: bool = False,
        need_weights: bool = False,
        average_attn_weights: bool = True,
    ) -> tuple[Tensor, Any]:
        """Return the attended values, and the attention weights or None.

        If all keys are masked, the weights are equal.

        Parameters
        ----------
        query, key, value : array_like, shape (steps, batch, embed_dim)
            Of shape (batch, steps, embed_dim) if `batch_first`. By default the key is the query,
            and the value the key. The query may have another number of steps.
        key_padding_mask : array_like of bool, shape (batch, key steps), optional
            True for keys that are padding, and are ignored.
        attn_mask : array_like, shape (steps, key steps) or (batch * heads, steps, key steps)
            True for keys that are ignored; or numbers to add to the scores.
        is_causal : bool
            Whether to ignore the keys of later steps.
        need_weights : bool
            Whether to return the attention weights.
        average_attn_weights : bool
            Whether to average the weights over heads.

        Returns
        -------
        outputs : Tensor
            Of the shape of the query.
        weights : Tensor or None
            Of shape (batch, steps, key steps), or (batch, heads, steps, key steps) if they are not
            averaged; None unless `need_weights`.

        Raises
        ------
        ShapeError
            If shapes do not fit.
        DataError
            If `attn_mask` holds integers, which may mean either.
        """
        key = query if key is None else key
        value = key if value is None else value
        for what, x in (("query", query), ("key", key), ("value", value)):
            if len(shape_of(x)) != 3 or shape_of(x)[-1] != self.embed_dim:
                order = "batch, steps" if self.batch_first else "steps, batch"
                raise ShapeError(
                    f"MultiheadAttention got a {what} of shape {shape_of(x)}; it takes ({order}, "
                    f"{self.embed_dim})."
                )
        q, k, v = (self._heads(x) for x in self._projected(query, key, value))
        if shape_of(k) != shape_of(v) or shape_of(k)[0] != shape_of(q)[0]:
            raise ShapeError(
                f"Query, key and value have shapes {shape_of(query)}, {shape_of(key)} and "
                f"{shape_of(value)}; they must have the same batch, and key and value the same "
                "steps."
            )
        scores = (q * (1 / math.sqrt(self.embed_dim // self.num_heads))) @ k.swapaxes(-1, -2)
        hidden, added = self._mask(shape_of(scores), key_padding_mask, attn_mask, is_causal)
        if added is not None:
            scores = scores + added.astype(scores.dtype)
        if hidden is not None:
            scores = np.where(hidden, np.finfo(scores.dtype).min, scores)
        weights = self.dropout(softmax(scores, axis=-1))
        y = self.out_proj(self._joined(weights @ v))
        if not need_weights:
            return y, None
        return y, np.mean(weights, axis=1) if average_attn_weights else weights

    def _projected(self, query: Any, key: Any, value: Any) -> list[Any]:
        """Return the projections of query, key and value."""
        weight, bias, width = self.in_proj_weight, self.in_proj_bias, self.embed_dim
        if query is key and key is value:  # one matrix product suffices
            y = affine(query, weight) if bias is None else affine(query, weight, bias)
            return [y[..., i * width : (i + 1) * width] for i in range(3)]
        parts = [slice(i * width, (i + 1) * width) for i in range(3)]
        given = [(weight[p],) if bias is None else (weight[p], bias[p]) for p in parts]
        return [affine(x, *g) for x, g in zip((query, key, value), given, strict=True)]

    def _heads(self, x: Any) -> Any:
        """Split the last axis into heads: return shape (batch, heads, steps, width)."""
        x = x.reshape((*shape_of(x)[:2], self.num_heads, self.embed_dim // self.num_heads))
        return x.transpose((0, 2, 1, 3) if self.batch_first else (1, 2, 0, 3))

    def _joined(self, x: Any) -> Any:
        """Join the heads along the last axis."""
        x = x.transpose((0, 2, 1, 3) if self.batch_first else (2, 0, 1, 3))
        return x.reshape((*shape_of(x)[:2], self.embed_dim))

    def _mask(
        self, shape: tuple[int, ...], key_padding_mask: Any, attn_mask: Any, is_causal: bool
    ) -> tuple[Any, Any]:
        """Return which scores are masked, and what to add to the scores."""
        hidden: Any = np.triu(np.ones(shape[2:], bool), 1) if is_causal else None
        added = None
        if key_padding_mask is not None:
            padding = np.asarray(key_padding_mask)
            if padding.dtype != bool or padding.shape != (shape[0], shape[3]):
                raise ShapeError(
                    f"key_padding_mask= has shape {padding.shape} and type {padding.dtype}; it "
                    f"must be an array of bool of shape {(shape[0], shape[3])}."
                )
            padding = padding[:, None, None, :]
            hidden = padding if hidden is None else hidden | padding
        if attn_mask is not None:
            mask = np.asarray(attn_mask)
            if mask.shape not in (shape[2:], (shape[0] * shape[1], *shape[2:])):
                raise ShapeError(
                    f"attn_mask= has shape {mask.shape}; it must be {shape[2:]}, or "
                    f"{(shape[0] * shape[1], *shape[2:])}, with one for each example and head."
                )
            if mask.dtype.kind not in "bf":
                raise DataError(
                    f"attn_mask= has type {mask.dtype}. Write mask.astype(bool) if it marks the "
                    "keys that are ignored, mask.astype(float) to add it to the scores."
                )
            mask = mask.reshape(shape) if mask.ndim == 3 else mask
            if mask.dtype != bool:
                added = mask
            else:
                hidden = mask if hidden is None else hidden | mask
        return hidden, added


class TransformerBlock(Module):
    """Self-attention and a feed-forward network, each with a shortcut, dropout and `LayerNorm`.

    The encoder layer of Vaswani et al., "Attention is all you need", 2017; called with
    ``is_causal=True``, the block of a language model. Parameters have the names of PyTorch's
    TransformerEncoderLayer.

    Parameters
    ----------
    d_model : int
        The number of features of each step.
    nhead : int
        The number of attention heads.
    dim_feedforward : int
        The number of hidden units of the feed-forward network.
    dropout : float
        The probability of zeroing an element, in training mode: of the attention weights, of the
        hidden units, and of the outputs of both parts.
    activation : callable
        The activation function of the feed-forward network.
    norm_first : bool
        Whether to normalise the input of each part instead of its output, which makes deep stacks
        easier to train.
    batch_first : bool
        Whether inputs and outputs have shape (batch, steps, d_model) instead of (steps, batch,
        d_model).
    generator : numpy.random.Generator, optional
        The generator for the initial weights and dropout; by default the one that `nn.seed` sets.

    Raises
    ------
    OptionError
        If `nhead` does not divide `d_model`.

    Examples
    --------
    >>> block = TransformerBlock(8, 2, dim_feedforward=16)
    >>> block(np.zeros((7, 2, 8)), is_causal=True).shape
    (7, 2, 8)
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Callable[[Any], Any] = relu,
        norm_first: bool = False,
        batch_first: bool = False,
        generator: np.random.Generator | None = None,
    ) -> None:
        self.self_attn = MultiheadAttention(
            d_model, nhead, dropout, batch_first=batch_first, generator=generator
        )
        self.linear1 = Linear(d_model, dim_feedforward, generator=generator)
        self.linear2 = Linear(dim_feedforward, d_model, generator=generator)
        self.norm1, self.norm2 = LayerNorm(d_model), LayerNorm(d_model)
        self.dropout = Dropout(dropout, generator=generator)
        self.activation, self.norm_first = activation, norm_first

    def forward(
        self,
        x: Any,
        key_padding_mask: Any = None,
        attn_mask: Any = None,
        is_causal: bool = False,
    ) -> Tensor:
        """Return the result of the block, of the shape of x.

        Parameters
        ----------
        x : array_like, shape (steps, batch, d_model)
            Of shape (batch, steps, d_model) if `batch_first`.
        key_padding_mask, attn_mask, is_causal
            The masks, as for `MultiheadAttention`.
        """
        masks = {
            "key_padding_mask": key_padding_mask,
            "attn_mask": attn_mask,
            "is_causal": is_causal,
        }
        if self.norm_first:
            x = x + self._attended(self.norm1(x), masks)
            y: Tensor = x + self._mapped(self.norm2(x))
            return y
        x = self.norm1(x + self._attended(x, masks))
        return self.norm2(x + self._mapped(x))

    def _attended(self, x: Any, masks: dict[str, Any]) -> Any:
        return self.dropout(self.self_attn(x, **masks)[0])

    def _mapped(self, x: Any) -> Any:
        hidden = self.dropout(self.activation(self.linear1(x)))
        return self.dropout(self.linear2(hidden))
