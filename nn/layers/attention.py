"""Attention: `MultiheadAttention`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import Tensor
from autograd.devices import as_array, beside, full, like
from autograd.errors import DataError, OptionError, ShapeError
from nn import init
from nn.arrays import plain, shape_of
from nn.layers.attention_kernels import Kept, attended
from nn.layers.linear import Dropout, Linear, affine
from nn.layers.masked_softmax import attention_weights
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
    add_bias_kv : bool
        Whether to add a trained key and value to those of the sequence.
    add_zero_attn : bool
        Whether to add a key and a value of zeros.
    kdim, vdim : int, optional
        The numbers of features of keys and values; by default `embed_dim`.

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
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        generator: np.random.Generator | None = None,
    ) -> None:
        if num_heads < 1 or embed_dim % num_heads:
            raise OptionError(f"num_heads={num_heads} must divide embed_dim={embed_dim}.")
        self.embed_dim, self.num_heads, self.batch_first = embed_dim, num_heads, batch_first
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self.add_zero_attn = add_zero_attn

        out_proj = Linear(embed_dim, embed_dim, bias, generator)  # PyTorch draws its weight first

        def weight(rows: int, columns: int) -> Parameter:
            return Parameter(init.xavier_uniform((rows, columns), generator=generator))

        self.in_proj_weight: Parameter | None = None
        if self.kdim == self.vdim == embed_dim:
            self.in_proj_weight = weight(3 * embed_dim, embed_dim)
        else:
            self.q_proj_weight = weight(embed_dim, embed_dim)
            self.k_proj_weight = weight(embed_dim, self.kdim)
            self.v_proj_weight = weight(embed_dim, self.vdim)
        self.in_proj_bias = Parameter(init.zeros((3 * embed_dim,))) if bias else None
        self.bias_k: Parameter | None = None
        self.bias_v: Parameter | None = None
        if add_bias_kv:
            self.bias_k, self.bias_v = (
                Parameter(init.xavier_normal((1, 1, embed_dim), generator=generator))
                for _ in range(2)
            )
        self.out_proj = out_proj
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

        The weights of a query are 0 if all keys are masked.

        Parameters
        ----------
        query, key, value : array_like, shape (steps, batch, embed_dim)
            Of shape (batch, steps, embed_dim) if `batch_first`; of shape (steps, embed_dim) for one
            sequence. By default the key is the query, and the value the key. The query may have
            another number of steps.
        key_padding_mask : array_like, shape (batch, key steps), optional
            True for keys that are padding, and are ignored; or numbers to add to the scores.
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
        widths = {"query": self.embed_dim, "key": self.kdim, "value": self.vdim}
        alone = len(shape_of(query)) == 2
        for x, (what, width) in zip((query, key, value), widths.items(), strict=True):
            if len(shape_of(x)) != 3 - alone or shape_of(x)[-1] != width:
                order = "batch, steps" if self.batch_first else "steps, batch"
                raise ShapeError(
                    f"MultiheadAttention got a {what} of shape {shape_of(x)}; it takes ({order}, "
                    f"{width}), or (steps, {width}) for one sequence."
                )
        if alone:
            query, key, value = _with_batch(int(not self.batch_first), query, key, value)
            if key_padding_mask is not None:
                key_padding_mask = as_array(plain(key_padding_mask))[None]
        parts = self._projected(query, key, value)
        shape = self._shape(parts, (query, key, value))
        hidden, added = [
            None if mask is None else beside(mask, parts[0])
            for mask in self._mask(shape, key_padding_mask, attn_mask, is_causal)
        ]
        if need_weights or added is not None or self._changes():
            y, weights = self._by_steps(parts, hidden, added)
        else:
            if hidden is not None and hidden.ndim == 2:
                hidden = hidden[None, None]
            sizes = self.num_heads, self._scale(), int(not self.batch_first)
            y, weights = attended(*parts, hidden, *sizes, Kept()), None
        y = self.out_proj(y)
        if need_weights and average_attn_weights:
            weights = np.mean(weights, axis=1)
        if alone:
            y, weights = y.squeeze(0 if self.batch_first else 1), weights[0]
        return y, weights if need_weights else None

    def _changes(self) -> bool:
        """Return whether weights are dropped, or keys added."""
        drops = self.dropout.training and self.dropout.p > 0
        return drops or self.bias_k is not None or self.add_zero_attn

    def _scale(self) -> float:
        return 1 / math.sqrt(self.embed_dim // self.num_heads)

    def _by_steps(self, parts: Any, hidden: Any, added: Any) -> tuple[Any, Any]:
        """Return the result before the last projection, and the weights, step by step."""
        if parts[1] is None:
            width = self.embed_dim
            parts = [parts[0][..., i * width : (i + 1) * width] for i in range(3)]
        q, k, v = (self._heads(x) for x in parts)
        k, v = self._extended(k, self.bias_k), self._extended(v, self.bias_v)
        hidden, added = (_widened(mask, shape_of(k)[2]) for mask in (hidden, added))
        scores = (q * self._scale()) @ k.swapaxes(-1, -2)
        weights = self.dropout(attention_weights(scores, hidden, added))
        return self._joined(weights @ v), weights

    def _shape(self, parts: Any, given: Any) -> tuple[int, ...]:
        """Return the shape of the weights.

        Raises
        ------
        ShapeError
            If queries, keys and values do not fit.
        """
        of_batch = int(not self.batch_first)
        queries, keys, values = (shape_of(parts[0] if x is None else x)[:2] for x in parts)
        if keys != values or keys[of_batch] != queries[of_batch]:
            query, key, value = map(shape_of, given)
            raise ShapeError(
                f"Query, key and value have shapes {query}, {key} and {value}; they must have the "
                "same batch, and key and value the same steps."
            )
        return (queries[of_batch], self.num_heads, queries[1 - of_batch], keys[1 - of_batch])

    def _projected(self, query: Any, key: Any, value: Any) -> Any:
        """Return the projections of query, key and value; or one array of all, None and None."""
        weight, bias, width = self.in_proj_weight, self.in_proj_bias, self.embed_dim
        if query is key and key is value and weight is not None:  # one matrix product suffices
            y = affine(query, weight) if bias is None else affine(query, weight, bias)
            return y, None, None
        parts = [slice(i * width, (i + 1) * width) for i in range(3)]
        matrices: list[Any]
        if weight is None:
            matrices = [self.q_proj_weight, self.k_proj_weight, self.v_proj_weight]
        else:
            matrices = [weight[part] for part in parts]
        biases = [()] * 3 if bias is None else [(bias[part],) for part in parts]
        projected = zip((query, key, value), matrices, biases, strict=True)
        return [affine(x, matrix, *more) for x, matrix, more in projected]

    def _extended(self, x: Any, trained: Any) -> Any:
        """Return keys or values with those that are added to the sequence."""
        batch, heads, _, width = shape_of(x)
        added = []
        if trained is not None:
            row = trained.reshape((1, heads, 1, width))
            added.append(row * full((batch, 1, 1, 1), 1, x.dtype, x))
        if self.add_zero_attn:
            added.append(np.zeros((batch, heads, 1, width), dtype=x.dtype, like=like(x)))
        return np.concatenate([x, *added], axis=2) if added else x

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
            padding = as_array(plain(key_padding_mask))
            if padding.dtype.kind not in "bf" or padding.shape != (shape[0], shape[3]):
                raise ShapeError(
                    f"key_padding_mask= has shape {padding.shape} and type {padding.dtype}; it "
                    f"must be an array of bool, or of numbers to add to the scores, of shape "
                    f"{(shape[0], shape[3])}."
                )
            padding = padding[:, None, None, :]
            if padding.dtype != bool:
                added = padding
            else:
                hidden = padding if hidden is None else hidden | padding
        if attn_mask is not None:
            mask = as_array(plain(attn_mask))
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
                added = mask if added is None else added + mask
            else:
                hidden = mask if hidden is None else hidden | mask
        return hidden, added


def _with_batch(axis: int, *given: Any) -> list[Any]:
    """Return sequences with an axis for a batch of one; equal ones stay the same."""
    found = {id(x): np.expand_dims(x, axis) for x in given}
    return [found[id(x)] for x in given]


def _widened(mask: Any, keys: int) -> Any:
    """Return a mask with zeros for the keys that are added to the sequence."""
    if mask is None or mask.shape[-1] == keys:
        return mask
    return np.pad(mask, [(0, 0)] * (mask.ndim - 1) + [(0, keys - mask.shape[-1])])
