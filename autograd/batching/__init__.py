"""Batched arrays, and the batch rules of NumPy's functions: what `vmap` is made of."""

from autograd.batching import functions as functions
from autograd.batching import ufuncs as ufuncs
from autograd.batching.array import batched
from autograd.batching.level import Level, innermost, is_in
from autograd.batching.loops import looped

__all__ = ["Level", "batched", "innermost", "is_in", "looped"]
