"""Vectors that are looked up in a table: `embedding` and `embedding_bag`."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from autograd.errors import OptionError
from nn import functional
from nn.layers.embedding_bag import EmbeddingBag
from nn.layers.linear import row_number
from nn.torch_style.base import held, made, numbers
from nn.torch_style.tensor import Tensor


def shorten(weight: Any, places: Any, max_norm: float, norm_type: float) -> None:
    """Let the rows of a table at some places be no longer than `max_norm`."""
    rows = np.unique(places)
    lengths = weight[rows].norm(norm_type, dim=-1, keepdim=True)
    weight[rows] = weight[rows] * (max_norm / (lengths + 1e-7)).clamp(max=1.0)


def by_frequency(vectors: Any, places: Any) -> Any:
    """Return vectors whose derivatives are divided by how often their place occurs."""
    _, which, counts = np.unique(places, return_inverse=True, return_counts=True)
    return by_counts(vectors, counts[which].reshape(places.shape))


def by_counts(vectors: Any, counts: Any) -> Any:
    """Return vectors whose derivatives are divided by numbers."""
    share = made((1 / np.maximum(counts, 1))[..., None].astype(vectors._held.dtype))
    fixed = vectors.detach()
    return fixed + (vectors - fixed) * share


def embedding(
    input: Any, weight: Any, padding_idx: Any = None, max_norm: Any = None, norm_type: float = 2.0,
    scale_grad_by_freq: bool = False, sparse: bool = False,
) -> Tensor:  # fmt: skip
    """Return the rows of a table at indices; that of `padding_idx` gets no derivative."""
    if max_norm is not None:
        with autograd.no_grad():
            shorten(weight, numbers(input), max_norm, norm_type)
    if padding_idx is not None:
        row = row_number(padding_idx, len(weight), "padding_idx")
        places = np.arange(len(weight)).reshape(-1, 1) == row
        weight = Tensor.where(weight.detach(), places, weight)
    found = made(functional.embedding(numbers(input), held(weight)))
    return by_frequency(found, numbers(input)) if scale_grad_by_freq else found  # type: ignore[no-any-return]


def embedding_bag(
    input: Any, weight: Any, offsets: Any = None, max_norm: Any = None, norm_type: float = 2.0,
    scale_grad_by_freq: bool = False, mode: str = "mean", sparse: bool = False,
    per_sample_weights: Any = None, include_last_offset: bool = False, padding_idx: Any = None,
) -> Tensor:  # fmt: skip
    """Return the sum, the mean or the largest of the rows of a table, for each bag of indices."""
    if scale_grad_by_freq and mode == "max":
        raise OptionError('scale_grad_by_freq=True needs mode="sum" or "mean".')
    if max_norm is not None:
        with autograd.no_grad():
            shorten(weight, numbers(input), max_norm, norm_type)
    bag = EmbeddingBag(
        *weight.shape, mode=mode, include_last_offset=include_last_offset, padding_idx=padding_idx
    )
    if scale_grad_by_freq:
        counts = np.bincount(numbers(input).ravel(), minlength=len(weight))
        weight = by_counts(weight, counts)
    vars(bag)["weight"] = held(weight)
    return made(bag.forward(numbers(input), numbers(offsets), held(per_sample_weights)))  # type: ignore[no-any-return]
