"""PyTorch's ``torch.nn.utils.rnn``: sequences of different lengths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd.errors import OptionError
from nn.missing_names import refuse
from nn.torch_style import hints
from nn.torch_style.calls import shown
from nn.utils import rnn
from nn.utils.rnn import PackedSequence

__all__ = [
    "PackedSequence", "pack_padded_sequence", "pack_sequence", "pad_packed_sequence",
    "pad_sequence", "unpack_sequence", "unpad_sequence",
]  # fmt: skip

_pad_sequence = shown(rnn.pad_sequence)
unpad_sequence = shown(rnn.unpad_sequence, "padded_sequences=padded lengths batch_first")
pack_padded_sequence = shown(rnn.pack_padded_sequence)
pad_packed_sequence = shown(rnn.pad_packed_sequence)
pack_sequence = shown(rnn.pack_sequence)


def pad_sequence(
    sequences: Any, batch_first: bool = False, padding_value: float = 0.0,
    padding_side: str = "right",
) -> Any:  # fmt: skip
    """Return sequences as one tensor, the shorter ones with padding at a side."""
    if padding_side == "right":
        return _pad_sequence(sequences, batch_first, padding_value)
    if padding_side != "left":
        raise OptionError(f'padding_side={padding_side!r} must be "left" or "right".')
    turned = _pad_sequence([x.flip(0) for x in sequences], batch_first, padding_value)
    return turned.flip(1 if batch_first else 0)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Any]:
    """Return the sequences of a packed one."""
    return unpad_sequence(*pad_packed_sequence(packed_sequences))  # type: ignore[return-value]


if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(hints.missing("torch.nn.utils.rnn", name, __all__))
