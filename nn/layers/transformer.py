"""Transformers: stacks of blocks."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import Tensor, relu
from autograd.errors import OptionError
from nn import init
from nn.containers import ModuleList
from nn.layers.normalisation import LayerNorm
from nn.layers.transformer_blocks import TransformerDecoderLayer, TransformerEncoderLayer
from nn.module import Module


class Stack(Module):
    """The base class of `TransformerEncoder` and `TransformerDecoder`."""

    def __init__(self, layer: Module, num_layers: int, norm: Module | None = None) -> None:
        if num_layers < 1:
            raise OptionError(f"num_layers={num_layers!r} must be at least 1.")
        self.layers = ModuleList(copy.deepcopy(layer) for _ in range(num_layers))
        self.norm = norm

    def _through(self, x: Any, *sources: Any, **masks: Any) -> Tensor:
        for layer in self.layers:
            x = layer(x, *sources, **masks)
        y: Tensor = x if self.norm is None else self.norm(x)
        return y


class TransformerEncoder(Stack):
    """Blocks of an encoder, one after the other.

    Parameters
    ----------
    layer : TransformerEncoderLayer
        The block, of which copies are made; they start with the same weights.
    num_layers : int
        The number of blocks.
    norm : Module, optional
        Normalises the result.

    Raises
    ------
    OptionError
        If there is no layer.

    Examples
    --------
    >>> encoder = TransformerEncoder(TransformerEncoderLayer(8, 2, 16), 2)
    >>> encoder(np.zeros((7, 2, 8))).shape
    (7, 2, 8)
    """

    def forward(
        self,
        src: Any,
        mask: Any = None,
        src_key_padding_mask: Any = None,
        is_causal: bool = False,
    ) -> Tensor:
        """Return the result of all blocks, of the shape of src.

        Parameters
        ----------
        src : array_like, shape (steps, batch, d_model)
            The sequences.
        mask, src_key_padding_mask, is_causal
            The masks of `MultiheadAttention`.
        """
        return self._through(
            src,
            src_mask=mask,
            src_key_padding_mask=src_key_padding_mask,
            is_causal=bool(is_causal),
        )


class TransformerDecoder(Stack):
    """Blocks of a decoder, one after the other.

    Parameters
    ----------
    layer : TransformerDecoderLayer
        The block, of which copies are made; they start with the same weights.
    num_layers : int
        The number of blocks.
    norm : Module, optional
        Normalises the result.

    Raises
    ------
    OptionError
        If there is no layer.

    Examples
    --------
    >>> decoder = TransformerDecoder(TransformerDecoderLayer(8, 2, 16), 2)
    >>> decoder(np.zeros((7, 2, 8)), np.zeros((5, 2, 8))).shape
    (7, 2, 8)
    """

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
        """Return the result of all blocks, of the shape of tgt.

        Parameters
        ----------
        tgt, memory : array_like, shape (steps, batch, d_model)
            The sequences, and what the encoder made of its own.
        tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask : optional
            The masks of `TransformerDecoderLayer`.
        tgt_is_causal, memory_is_causal : bool
            As in `TransformerDecoderLayer`.
        """
        return self._through(
            tgt,
            memory,
            tgt_mask=tgt_mask,
            memory_mask=memory_mask,
            tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask,
            tgt_is_causal=bool(tgt_is_causal),
            memory_is_causal=bool(memory_is_causal),
        )


class Transformer(Module):
    """An encoder and a decoder.

    Parameters
    ----------
    d_model : int
        The number of features of each step.
    nhead : int
        The number of attention heads.
    num_encoder_layers, num_decoder_layers : int
        The numbers of blocks.
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
    >>> model = Transformer(8, 2, 1, 1, 16)
    >>> model(np.zeros((5, 2, 8)), np.zeros((7, 2, 8))).shape
    (7, 2, 8)
    """

    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Callable[[Any], Any] | str = relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        generator: np.random.Generator | None = None,
    ) -> None:
        options = (
            d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first,
            norm_first, bias, generator,
        )  # fmt: skip
        norms = [LayerNorm(d_model, layer_norm_eps, bias=bias) for _ in range(2)]
        self.encoder = TransformerEncoder(
            TransformerEncoderLayer(*options), num_encoder_layers, norms[0]
        )
        self.decoder = TransformerDecoder(
            TransformerDecoderLayer(*options), num_decoder_layers, norms[1]
        )
        for parameter in self.parameters():  # the copies of a block begin alike otherwise
            if parameter.ndim > 1:
                parameter.data[...] = init.xavier_uniform(parameter.shape, generator=generator)

    def forward(
        self,
        src: Any,
        tgt: Any,
        src_mask: Any = None,
        tgt_mask: Any = None,
        memory_mask: Any = None,
        src_key_padding_mask: Any = None,
        tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None,
        src_is_causal: bool = False,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Return what the decoder makes of tgt and the encoded src, of the shape of tgt.

        Parameters
        ----------
        src, tgt : array_like, shape (steps, batch, d_model)
            The sequences of the encoder and of the decoder.
        src_mask, tgt_mask, memory_mask, src_key_padding_mask, tgt_key_padding_mask
            The masks of `MultiheadAttention`.
        memory_key_padding_mask, src_is_causal, tgt_is_causal, memory_is_causal
            The others.
        """
        memory = self.encoder(src, src_mask, src_key_padding_mask, src_is_causal)
        return self.decoder(
            tgt,
            memory,
            tgt_mask=tgt_mask,
            memory_mask=memory_mask,
            tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask,
            tgt_is_causal=tgt_is_causal,
            memory_is_causal=memory_is_causal,
        )

    @staticmethod
    def generate_square_subsequent_mask(size: int) -> Any:
        """Return the mask that hides later steps: minus infinity above the diagonal, else 0.

        Parameters
        ----------
        size : int
            The number of steps.
        """
        return np.triu(np.full((size, size), -np.inf), 1)
