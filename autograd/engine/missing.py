"""Names of PyTorch and SciPy that Tensors lack. Not compiled: see `setup.py`."""

from __future__ import annotations

from typing import Any

from autograd.engine import callers

#: What to write for other methods and attributes of PyTorch's tensors.
HINTS = {
    "add_": "x = x + y, or x.data += y after backward",
    "bool": "x != 0",
    "byte": "x.data.astype(np.uint8)",
    "chunk": "np.array_split(x, n, axis=dim)",
    "copy_": "x.data[...] = y",
    "cuda": "nothing: arrays are in the processor's memory",
    "data_ptr": "x.data.ctypes.data",
    "detach_": "x = x.detach()",
    "div_": "x = x / y, or x.data /= y after backward",
    "element_size": "x.dtype.itemsize",
    "eq": "x == y",
    "expand_as": "np.broadcast_to(x, y.shape)",
    "fill_": "x.data[...] = number",
    "gather": "np.take_along_axis(x, index, axis=dim)",
    "ge": "x >= y",
    "grad_fn": "x.primitive",
    "gt": "x > y",
    "index_select": "np.take(x, index, axis=dim)",
    "isnan": "np.isnan(x)",
    "le": "x <= y",
    "log_softmax": "nn.log_softmax(x, axis=dim)",
    "logsumexp": "autograd.logsumexp(x, axis=dim)",
    "lt": "x < y",
    "masked_fill_": "x = x.masked_fill(mask, number)",
    "masked_select": "x[mask]",
    "movedim": "np.moveaxis(x, source, destination)",
    "mul_": "x = x * y, or x.data *= y after backward",
    "narrow": "np.take(x, range(start, start + length), axis=dim)",
    "ne": "x != y",
    "new_ones": "np.ones(shape, x.dtype)",
    "new_zeros": "np.zeros(shape, x.dtype)",
    "norm": "np.linalg.norm(x)",
    "normal_": "nn.init.normal_(x)",
    "pin_memory": "x itself",
    "requires_grad_": "x.requires_grad = True",
    "reshape_as": "x.reshape(y.shape)",
    "roll": "np.roll(x, shifts, axis=dims)",
    "scatter": "np.put_along_axis(x, index, source, axis=dim)",
    "scatter_": "np.put_along_axis(x, index, source, axis=dim)",
    "softmax": "nn.softmax(x, axis=dim)",
    "split": "np.split(x, range(size, len(x), size))",
    "stride": "x.data.strides, in bytes",
    "sub_": "x = x - y, or x.data -= y after backward",
    "tile": "np.tile(x, counts)",
    "topk": "np.sort(x, axis=dim) and np.argsort(x, axis=dim)",
    "tril": "np.tril(x)",
    "triu": "np.triu(x)",
    "type": "x.astype(dtype)",
    "unbind": "list(x), along the first axis",
    "unfold": "np.lib.stride_tricks.sliding_window_view(x, size)",
    "uniform_": "nn.init.uniform_(x, low, high)",
    "view_as": "x.reshape(y.shape)",
    "zero_": "x.data[...] = 0",
    "zero_grad": "x.grad = None",
}


class Missing:
    """An attribute that a Tensor lacks: reading it raises an error that says what to write."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.__doc__ = f"PyTorch's name: write {HINTS[name]}."

    def __repr__(self) -> str:
        return f"<not here: write {HINTS[self.name]}>"

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        raise AttributeError(
            f"A Tensor has NumPy's methods, not PyTorch's {self.name}: write {HINTS[self.name]}.",
            name=self.name,
            obj=instance,
        )


class OfArrays:
    """An attribute that SciPy asks for where it computes with numbers: a node has none of it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.__doc__ = "Not here: SciPy's functions that ask for it compute with numbers."

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        caller = callers.numerical_caller()
        if caller.startswith("scipy."):
            raise callers.lost_in(caller, f"Computing with the {self.name} of a Tensor", "")
        raise AttributeError(
            f"A Tensor has no attribute {self.name!r}", name=self.name, obj=instance
        )


def explain_missing(kind: Any) -> None:
    """Let objects of a class say what to write for each name in `HINTS`."""
    for name in HINTS:
        setattr(kind, name, Missing(name))
    for name in ("flags", "matvec", "setflags", "strides"):
        setattr(kind, name, OfArrays(name))
