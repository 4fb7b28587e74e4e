"""PyTorch's ``torch.nn.utils.rnn``: sequences of different lengths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn.missing_names import refuse
from nn.torch_style import hints
from nn.torch_style.calls import shown
from nn.utils import rnn
from nn.utils.rnn import PackedSequence

__all__ = [
    "PackedSequence", "pack_padded_sequence", "pack_sequence", "pad_packed_sequence",
    "pad_sequence", "unpad_sequence",
]  # fmt: skip

pad_sequence = shown(rnn.pad_sequence)
unpad_sequence = shown(rnn.unpad_sequence)
pack_padded_sequence = shown(rnn.pack_padded_sequence)
pad_packed_sequence = shown(rnn.pad_packed_sequence)
pack_sequence = shown(rnn.pack_sequence)

if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(hints.missing("torch.nn.utils.rnn", name, __all__))
