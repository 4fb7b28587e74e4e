"""The layers of `nn` on sequences, in PyTorch's style."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

import nn
from autograd.errors import OptionError
from nn.torch_style.base import inside, numbers, outside
from nn.torch_style.calls import ANY
from nn.torch_style.creation import full
from nn.torch_style.nn.face import Face, twin
from nn.torch_style.tensor import Tensor


class RNNBase(Face):
    """The base class of recurrent layers."""

    def __new__(cls, *arguments: Any, **options: Any) -> Any:
        """Return a layer of a derived class."""
        if cls is RNNBase:
            raise OptionError("RNNBase is the base of nn.RNN, nn.LSTM and nn.GRU: write those.")
        return super().__new__(cls)

    called = ("input", "hx")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.extra_repr()})"

    def flatten_parameters(self) -> None:
        """Do nothing: it is for GPUs."""


class RNNCellBase(Face):
    """The base class of the cells of recurrent layers."""

    called = ("input", "hx")


class GRUCell(RNNCellBase, plain=nn.GRUCell):
    """`nn.GRUCell` on tensors in PyTorch's style."""


class LSTMCell(RNNCellBase, plain=nn.LSTMCell):
    """`nn.LSTMCell` on tensors in PyTorch's style."""

    if TYPE_CHECKING:

        def __call__(self, *inputs: Any, **options: Any) -> tuple[Tensor, Any]: ...  # type: ignore[override] # noqa: D102


class RNNCell(RNNCellBase, plain=nn.RNNCell):
    """`nn.RNNCell` on tensors in PyTorch's style."""


class GRU(RNNBase, plain=nn.GRU):
    """`nn.GRU` on tensors in PyTorch's style."""

    lacking: ClassVar[dict[str, Any]] = {"proj_size": 0}

    if TYPE_CHECKING:

        def __call__(self, *inputs: Any, **options: Any) -> tuple[Tensor, Any]: ...  # type: ignore[override] # noqa: D102


class LSTM(RNNBase, plain=nn.LSTM):
    """`nn.LSTM` on tensors in PyTorch's style."""

    if TYPE_CHECKING:

        def __call__(self, *inputs: Any, **options: Any) -> tuple[Tensor, Any]: ...  # type: ignore[override] # noqa: D102


class RNN(RNNBase, plain=nn.RNN):
    """`nn.RNN` on tensors in PyTorch's style."""

    if TYPE_CHECKING:

        def __call__(self, *inputs: Any, **options: Any) -> tuple[Tensor, Any]: ...  # type: ignore[override] # noqa: D102


class MultiheadAttention(Face, plain=nn.MultiheadAttention):
    """`nn.MultiheadAttention` on tensors in PyTorch's style."""

    order = (
        "embed_dim", "num_heads", "dropout", "bias", "add_bias_kv", "add_zero_attn", "kdim", "vdim",
        "batch_first", "device", "dtype",
    )  # fmt: skip

    @property
    def dropout(self) -> float:
        """The share of the attention weights to drop, a number as in PyTorch."""
        return float(vars(self)["dropout"].p)

    @dropout.setter
    def dropout(self, p: float) -> None:
        vars(self)["dropout"].p = float(p)

    @property
    def head_dim(self) -> int:
        """The number of features of a head."""
        return int(self.embed_dim // self.num_heads)

    def forward(
        self, query: Any, key: Any, value: Any, key_padding_mask: Any = None,
        need_weights: bool = True, attn_mask: Any = None, average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> Any:  # fmt: skip
        """Return the attended values, and the attention weights or None."""
        return outside(
            twin(self).forward(
                *inside((query, key, value)),
                key_padding_mask=numbers(key_padding_mask),
                attn_mask=inside(attn_mask),
                is_causal=is_causal,
                need_weights=need_weights,
                average_attn_weights=average_attn_weights,
            )
        )

    if TYPE_CHECKING:

        def __call__(self, *inputs: Any, **options: Any) -> tuple[Tensor, Any]: ...  # type: ignore[override] # noqa: D102


class TransformerEncoderLayer(Face, plain=nn.TransformerEncoderLayer):
    """`nn.TransformerEncoderLayer` on tensors in PyTorch's style."""


class TransformerDecoderLayer(Face, plain=nn.TransformerDecoderLayer):
    """`nn.TransformerDecoderLayer` on tensors in PyTorch's style."""


class TransformerEncoder(Face, plain=nn.TransformerEncoder):
    """`nn.TransformerEncoder` on tensors in PyTorch's style."""

    order = ("encoder_layer=layer", "num_layers", "norm", "enable_nested_tensor", "mask_check")
    lacking: ClassVar[dict[str, Any]] = {"enable_nested_tensor": ANY, "mask_check": ANY}


class TransformerDecoder(Face, plain=nn.TransformerDecoder):
    """`nn.TransformerDecoder` on tensors in PyTorch's style."""

    order = ("decoder_layer=layer", "num_layers", "norm")


class Transformer(Face, plain=nn.Transformer):
    """`nn.Transformer` on tensors in PyTorch's style."""

    order = (
        "d_model", "nhead", "num_encoder_layers", "num_decoder_layers", "dim_feedforward",
        "dropout", "activation", "custom_encoder", "custom_decoder", "layer_norm_eps",
        "batch_first", "norm_first", "bias", "device", "dtype",
    )  # fmt: skip
    lacking: ClassVar[dict[str, Any]] = {"custom_encoder": None, "custom_decoder": None}

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = None) -> Tensor:
        """Return a matrix of 0, and -inf above the diagonal, to be added to attention scores."""
        return full((sz, sz), -math.inf, device=device, dtype=dtype).triu(1)
