"""Functions of PyTorch and JAX, with the derivative that their framework computes.

Neither is imported: who passes one of their functions or arrays has imported it.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import tree
from autograd.check.arrays import as_array, plain
from autograd.check.checked_function import argument_names


@dataclass
class Adapted:
    """A function of a framework, as a function and a backward pass for the checker.

    Attributes
    ----------
    f, vjp, inputs, names
        As `check_gradients` takes them.
    asked : list of str or None
        The inputs to differentiate; None for all.
    """

    f: Callable[..., Any]
    vjp: Callable[..., Any]
    inputs: tuple[Any, ...]
    names: list[str]
    asked: list[str] | None = None


def adapted(
    f: Any,
    inputs: Sequence[Any],
    names: Sequence[str] | None,
    args: Sequence[Any],
    kwargs: Mapping[str, Any] | None,
) -> Adapted | None:
    """Return a function of PyTorch or JAX with its own derivative; None if it is of neither."""
    leaves = tree.flat([*inputs, *args])
    torch, jax = sys.modules.get("torch"), sys.modules.get("jax")
    if torch is not None and hasattr(torch, "nn"):  # it may be half imported
        special = isinstance(f, torch.nn.Module) or _owner(torch, f) is not None
        if special or any(isinstance(leaf, torch.Tensor) for leaf in leaves):
            return TorchCalls(torch, f, inputs, names, args, kwargs).adapted()
    if jax is not None and hasattr(jax, "custom_vjp"):
        kinds = (jax.custom_vjp, jax.custom_jvp, type(jax.jit(abs)))
        if isinstance(f, kinds) or any(isinstance(leaf, jax.Array) for leaf in leaves):
            return JaxCalls(jax, f, inputs, names, args, kwargs).adapted()
    return None


# -- PyTorch ------------------------------------------------------------------------------------


def _owner(torch: Any, f: Any) -> Any:
    """Return the `autograd.Function` that is given, or whose `apply` is; else None."""
    owner = getattr(f, "__self__", f)
    is_function = isinstance(owner, type) and issubclass(owner, torch.autograd.Function)
    return owner if is_function else None


class TorchCalls:
    """Calls of a function of PyTorch: of a module, its parameters are inputs as well."""

    def __init__(
        self,
        torch: Any,
        f: Any,
        inputs: Sequence[Any],
        names: Sequence[str] | None,
        args: Sequence[Any],
        kwargs: Mapping[str, Any] | None,
    ) -> None:
        self.torch, self.f = torch, f
        self.args, self.kwargs = tuple(args), dict(kwargs or {})
        self.parameters: dict[str, Any] = {}
        self.owner = _owner(torch, f)
        if isinstance(f, torch.nn.Module):
            self.parameters = {n: p for n, p in f.named_parameters() if p.requires_grad}
        dtype = next((p.dtype for p in self.parameters.values()), None)
        self.inputs = tuple(tree.mapped(x, lambda leaf: self._tensor(leaf, dtype)) for x in inputs)
        self.names = list(names) if names is not None else self._names()

    def _names(self) -> list[str]:
        count = len(self.inputs)
        if self.parameters or isinstance(self.f, self.torch.nn.Module):
            return argument_names(self.f.forward, count)
        if self.owner is None:
            return argument_names(self.f, count)
        base = self.torch.autograd.Function
        old = self.owner.setup_context is base.setup_context  # then forward takes the context
        return argument_names(self.owner.forward, count + old)[old:]

    def _tensor(self, leaf: Any, dtype: Any) -> Any:
        """Convert an array or number of the inputs."""
        if isinstance(leaf, (np.ndarray, np.generic)):
            leaf = self.torch.as_tensor(np.array(leaf))
            return leaf.to(dtype) if dtype is not None and leaf.is_floating_point() else leaf
        if isinstance(leaf, float):
            return self.torch.tensor(leaf, dtype=dtype or self.torch.float64)
        return leaf

    def adapted(self) -> Adapted:
        """Return the function and its backward pass."""
        owner, module = self.owner, self.f  # a search for the user's code looks at these

        def function(*arguments: Any) -> Any:
            with self.torch.random.fork_rng(devices=[]):  # each call has the same dropout
                self.torch.manual_seed(0)
                return self._call(arguments, owner.apply if owner is not None else module)

        def vjp(g: Any, *arguments: Any) -> Any:
            with self.torch.enable_grad():
                return self._pulled(function, g, arguments)

        parameters = {n: p.detach() for n, p in self.parameters.items()}
        inputs = (*self.inputs, *parameters.values())
        if parameters:
            inputs = self._in_double(function, inputs)
        return Adapted(function, vjp, inputs, [*self.names, *parameters], self._asked())

    def _in_double(self, function: Callable[..., Any], inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the inputs of a module in double precision, if it accepts that.

        Its dropout draws other masks in other precisions: so it has one in all calls.
        """
        double = tuple(tree.mapped(x, self._doubled) for x in inputs)
        try:
            function(*double)
        except Exception:  # it holds tensors of single precision that are neither
            return inputs
        return double

    def _doubled(self, leaf: Any) -> Any:
        single = self.torch.is_tensor(leaf) and leaf.dtype == self.torch.float32
        return leaf.double() if single else leaf

    def _asked(self) -> list[str] | None:
        """Return the inputs of a function that require a gradient, if any does."""
        found = [
            name
            for name, item in zip(self.names, self.inputs, strict=True)
            if any(getattr(leaf, "requires_grad", False) for leaf in tree.flat(item))
        ]
        return found if found and not self.parameters else None

    def _call(self, arguments: Sequence[Any], call: Callable[..., Any]) -> Any:
        count = len(self.inputs)
        inputs = (*arguments[:count], *self.args)
        if not isinstance(self.f, self.torch.nn.Module):
            return call(*inputs, **self.kwargs)
        state = dict(zip(self.parameters, arguments[count:], strict=True))
        dtype = next((p.dtype for p in state.values()), None)
        for name, held in (*self.f.named_parameters(), *self.f.named_buffers()):
            if name not in state:  # copies: they may be statistics
                same = dtype is None or not held.is_floating_point()
                state[name] = held.detach().to(held.dtype if same else dtype, copy=True)
        return self.torch.func.functional_call(self.f, state, inputs, self.kwargs)

    def _pulled(self, function: Callable[..., Any], g: Any, arguments: Sequence[Any]) -> Any:
        """Return the vector-Jacobian products; PyTorch's gradients are the conjugates of ours."""
        torch = self.torch
        leaves: list[Any] = []

        def leaf_of(item: Any) -> Any:
            if isinstance(item, torch.Tensor) and (item.is_floating_point() or item.is_complex()):
                item = item.detach().clone().requires_grad_()
                leaves.append(item)
            return item

        # Copies of the leaves, so that functions may change their arguments in place.
        moved = [tree.mapped(argument, leaf_of) for argument in arguments]
        result = function(
            *(tree.mapped(x, lambda t: t.clone() if torch.is_tensor(t) else t) for x in moved)
        )
        pairs = [
            (y, w.conj() if torch.is_tensor(w) else torch.as_tensor(w, dtype=y.dtype))
            for y, w in zip(tree.flat(result), tree.flat(g), strict=True)
            if torch.is_tensor(y) and y.requires_grad
        ]
        found: Sequence[Any] = [None] * len(leaves)
        if pairs:
            ys, weights = zip(*pairs, strict=True)
            found = torch.autograd.grad(ys, leaves, weights, allow_unused=True)
        whole = [
            torch.zeros_like(leaf) if d is None else d.conj().to_dense()
            for leaf, d in zip(leaves, found, strict=True)
        ]
        return _filled(moved, leaves, whole)


def _filled(arguments: Sequence[Any], leaves: Sequence[Any], derivatives: Sequence[Any]) -> Any:
    """Return the derivatives in the structure of the arguments, None for constants."""
    known = {id(leaf): d for leaf, d in zip(leaves, derivatives, strict=True)}
    return tuple(tree.mapped(argument, lambda leaf: known.get(id(leaf))) for argument in arguments)


# -- JAX ----------------------------------------------------------------------------------------


class JaxCalls:
    """Calls of a function of JAX, in double precision if its inputs have that."""

    def __init__(
        self,
        jax: Any,
        f: Any,
        inputs: Sequence[Any],
        names: Sequence[str] | None,
        args: Sequence[Any],
        kwargs: Mapping[str, Any] | None,
    ) -> None:
        self.jax, self.f, self.inputs = jax, f, tuple(inputs)
        self.args, self.kwargs = tuple(args), dict(kwargs or {})
        self.names = list(names) if names is not None else argument_names(f, len(inputs))

    def adapted(self) -> Adapted:
        """Return the function and its backward pass."""
        f = self.f  # a search for the user's code looks at it

        def function(*arguments: Any) -> Any:
            with self._precision(arguments):
                arrays = [tree.mapped(a, self._array) for a in arguments]
                return tree.mapped(f(*arrays, *self.args, **self.kwargs), self._plain)

        def vjp(g: Any, *arguments: Any) -> Any:
            with self._precision(arguments):
                return self._pulled(f, g, arguments)

        return Adapted(function, vjp, self.inputs, self.names)

    def _precision(self, arguments: Sequence[Any]) -> Any:
        """Return a context in which JAX keeps double precision, if the arguments have it."""
        arrays = [as_array(leaf) for leaf in tree.flat(list(arguments))]
        double = any(array is not None and array.dtype.itemsize >= 8 for array in arrays)
        if double and hasattr(self.jax, "enable_x64"):
            return self.jax.enable_x64(True)
        return contextlib.nullcontext()

    def _array(self, leaf: Any) -> Any:
        return leaf if as_array(leaf) is None else self.jax.numpy.asarray(leaf)

    def _plain(self, leaf: Any) -> Any:
        return np.asarray(leaf) if isinstance(leaf, self.jax.Array) else leaf

    def _pulled(self, f: Callable[..., Any], g: Any, arguments: Sequence[Any]) -> Any:
        leaves = [a for a in tree.flat(list(arguments)) if as_array(a) is not None]

        def of_leaves(*moved: Any) -> Any:
            parts = iter(moved)
            full = [
                tree.mapped(a, lambda leaf: leaf if as_array(leaf) is None else next(parts))
                for a in arguments
            ]
            return f(*full, *self.args, **self.kwargs)

        result, pullback = self.jax.vjp(of_leaves, *map(self._array, leaves))
        weights = [
            self.jax.numpy.asarray(w, y.dtype)
            for y, w in zip(tree.flat(result), tree.flat(g), strict=True)
        ]
        found = iter([np.asarray(plain(d)) for d in pullback(tree.filled(result, weights))])
        return tuple(
            tree.mapped(a, lambda leaf: None if as_array(leaf) is None else next(found))
            for a in arguments
        )
