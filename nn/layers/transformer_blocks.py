"""The blocks of transformers.

Source: Vaswani et al., "Attention is all you need", 2017.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import Tensor, relu
from autograd.errors import OptionError
from nn.arrays import shape_of
from nn.layers.activations import gelu
from nn.layers.attention import MultiheadAttention
from nn.layers.linear import Dropout, Linear
from nn.layers.normalisation import LayerNorm
from nn.module import Module

#: Activations by PyTorch's names.
ACTIVATIONS: dict[str, Callable[[Any], Any]] = {"relu": relu, "gelu": gelu}


class Part(Module):
    """The base class of blocks: attention to itself and a feed-forward network, with shortcuts."""

    norms = 2

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int,
        dropout: float,
        activation: Callable[[Any], Any] | str,
        layer_norm_eps: float,
        batch_first: bool,
        norm_first: bool,
        bias: bool,
        generator: np.random.Generator | None,
    ) -> None:
        if isinstance(activation, str):
            if activation not in ACTIVATIONS:
                raise OptionError(
                    f"activation={activation!r} must be one of {', '.join(ACTIVATIONS)}, or a "
                    "function."
                )
            activation = ACTIVATIONS[activation]

        def attention() -> MultiheadAttention:
            return MultiheadAttention(
                d_model, nhead, dropout, bias, batch_first=batch_first, generator=generator
            )

        self.self_attn = attention()
        if self.norms == 3:
            self.multihead_attn = attention()
        self.linear1 = Linear(d_model, dim_feedforward, bias, generator)
        self.linear2 = Linear(dim_feedforward, d_model, bias, generator)
        for number in range(1, self.norms + 1):
            setattr(self, f"norm{number}", LayerNorm(d_model, layer_norm_eps, bias=bias))
        self.dropout = Dropout(dropout, generator=generator)
        self.activation, self.norm_first = activation, norm_first

    norm1: LayerNorm
    norm2: LayerNorm
    norm3: LayerNorm

    def _added(self, x: Any, norm: LayerNorm, part: Callable[[Any], Any]) -> Tensor:
        """Return x plus a part of the block, with the norm before or after it."""
        y: Tensor = x + part(norm(x)) if self.norm_first else norm(x + part(x))
        return y

    def _encoded(self, x: Any, masks: dict[str, Any]) -> Tensor:
        x = self._added(x, self.norm1, lambda y: self._attended(self.self_attn, y, y, masks))
        return self._added(x, self.norm2, self._mapped)

    def _attended(
        self, attention: MultiheadAttention, x: Any, source: Any, masks: dict[str, Any]
    ) -> Any:
        y = attention(x, source, **masks)[0]
        drops = self.dropout.training and self.dropout.p > 0
        if not drops or not attention.batch_first or len(shape_of(y)) < 3:
            return self.dropout(y)
        by_steps = self.dropout(np.swapaxes(y, 0, 1))  # in PyTorch's order of random numbers
        return np.swapaxes(by_steps, 0, 1)

    def _mapped(self, x: Any) -> Any:
        hidden = self.dropout(self.activation(self.linear1(x)))
        return self.dropout(self.linear2(hidden))


class TransformerBlock(Part):
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
        super().__init__(
            d_model, nhead, dim_feedforward, dropout, activation, 1e-5, batch_first, norm_first,
            True, generator,
        )  # fmt: skip

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
        return self._encoded(x, masks)


class TransformerEncoderLayer(Part):
    """A block of an encoder: `TransformerBlock` with PyTorch's arguments.

    Parameters
    ----------
    d_model : int
        The number of features of each step.
    nhead : int
        The number of attention heads.
    dim_feedforward : int
        The number of hidden units of the feed-forward network.
    dropout : float
        The probability of zeroing an element, in training mode.
    activation : {"relu", "gelu"} or callable
        The activation function of the feed-forward network.
    layer_norm_eps : float
        Added to the variance in the norms.
    batch_first : bool
        Whether arrays have shape (batch, steps, d_model) instead of (steps, batch, d_model).
    norm_first : bool
        Whether to normalise the input of each part instead of its output.
    bias : bool
        Whether linear maps and norms have biases.
    generator : numpy.random.Generator, optional
        The generator for the initial weights and dropout; by default the one that `nn.seed` sets.

    Raises
    ------
    OptionError
        If `nhead` does not divide `d_model`, or the activation is not known.

    Examples
    --------
    >>> TransformerEncoderLayer(8, 2, 16)(np.zeros((7, 2, 8))).shape
    (7, 2, 8)
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Callable[[Any], Any] | str = relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        generator: np.random.Generator | None = None,
    ) -> None:
        super().__init__(
            d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first,
            norm_first, bias, generator,
        )  # fmt: skip

    def forward(
        self,
        src: Any,
        src_mask: Any = None,
        src_key_padding_mask: Any = None,
        is_causal: bool = False,
    ) -> Tensor:
        """Return the result of the block, of the shape of src.

        Parameters
        ----------
        src : array_like, shape (steps, batch, d_model)
            The sequences.
        src_mask, src_key_padding_mask, is_causal
            The masks of `MultiheadAttention`.
        """
        masks = {
            "attn_mask": src_mask,
            "key_padding_mask": src_key_padding_mask,
            "is_causal": is_causal,
        }
        return self._encoded(src, masks)


class TransformerDecoderLayer(Part):
    """A block of a decoder: attention to itself and to a memory, and a feed-forward network.

    Parameters
    ----------
    d_model : int
        The number of features of each step.
    nhead : int
        The number of attention heads.
    dim_feedforward : int
        The number of hidden units of the feed-forward network.
    dropout : float
        The probability of zeroing an element, in training mode.
    activation : {"relu", "gelu"} or callable
        The activation function of the feed-forward network.
    layer_norm_eps : float
        Added to the variance in the norms.
    batch_first : bool
        Whether arrays have shape (batch, steps, d_model) instead of (steps, batch, d_model).
    norm_first : bool
        Whether to normalise the input of each part instead of its output.
    bias : bool
        Whether linear maps and norms have biases.
    generator : numpy.random.Generator, optional
        The generator for the initial weights and dropout; by default the one that `nn.seed` sets.

    Raises
    ------
    OptionError
        If `nhead` does not divide `d_model`, or the activation is not known.

    Examples
    --------
    >>> TransformerDecoderLayer(8, 2, 16)(np.zeros((7, 2, 8)), np.zeros((5, 2, 8))).shape
    (7, 2, 8)
    """

    norms = 3

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Callable[[Any], Any] | str = relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        generator: np.random.Generator | None = None,
    ) -> None:
        super().__init__(
            d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first,
            norm_first, bias, generator,
        )  # fmt: skip

    def forward(
        self,
        tgt: Any,
        memory: Any,
        tgt_mask: Any = None,
        memory_mask: Any = None,
        tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Return the result of the block, of the shape of tgt.

        Parameters
        ----------
        tgt, memory : array_like, shape (steps, batch, d_model)
            The sequences, and what the encoder made of its own.
        tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask
            The masks of `MultiheadAttention`, for attention to itself and to the memory.
        tgt_is_causal, memory_is_causal : bool
            Whether to ignore later steps.
        """
        own = {
            "attn_mask": tgt_mask,
            "key_padding_mask": tgt_key_padding_mask,
            "is_causal": tgt_is_causal,
        }
        other = {
            "attn_mask": memory_mask,
            "key_padding_mask": memory_key_padding_mask,
            "is_causal": memory_is_causal,
        }
        x = self._added(tgt, self.norm1, lambda y: self._attended(self.self_attn, y, y, own))
        x = self._added(
            x, self.norm2, lambda y: self._attended(self.multihead_attn, y, memory, other)
        )
        return self._added(x, self.norm3, self._mapped)
