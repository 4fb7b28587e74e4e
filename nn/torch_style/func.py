"""PyTorch's ``torch.func``: the transforms of `autograd` on functions of tensors."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import autograd
from autograd.errors import OptionError
from nn import functional_call as call_with
from nn.arrays import plain
from nn.missing_names import refuse
from nn.torch_style import hints
from nn.torch_style.base import inside, outside
from nn.torch_style.joining import stack
from nn.torch_style.tensor import Tensor

__all__ = [
    "functional_call", "grad", "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp",
    "linearize", "stack_module_state", "vjp", "vmap",
]  # fmt: skip


def _plain(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of Tensors and arrays that calls one of tensors."""

    @functools.wraps(f)
    def call(*inputs: Any, **options: Any) -> Any:
        return inside(f(*outside(inputs), **outside(options)))

    return call


def _shown(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of tensors that calls one of Tensors and arrays."""

    @functools.wraps(f)
    def call(*inputs: Any, **options: Any) -> Any:
        return outside(f(*_arguments(inputs), **_arguments(options)))

    return call


def _arguments(x: Any) -> Any:
    """Return what tensors hold; of constants the arrays, with respect to which we differentiate."""
    found = inside(x)
    return tree_mapped(found, lambda leaf: leaf if _flows(leaf) else plain(leaf))


def _flows(x: Any) -> bool:
    return isinstance(x, autograd.Tensor) and x.requires_grad


def tree_mapped(x: Any, function: Callable[[Any], Any]) -> Any:
    """Return tuples, lists and dicts with ``function(leaf)`` for each leaf."""
    if isinstance(x, (tuple, list)):
        return type(x)([tree_mapped(item, function) for item in x])
    if isinstance(x, dict):
        return {name: tree_mapped(item, function) for name, item in x.items()}
    return function(x)


def _first(func: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of the first of two results."""

    @functools.wraps(func)
    def call(*inputs: Any, **options: Any) -> Any:
        result, _ = func(*inputs, **options)
        return result

    return call


def _and_aux(func: Callable[..., Any], transform: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of a transform of the first result, and the second as it is."""
    computed = transform(_first(func))

    def call(*inputs: Any, **options: Any) -> Any:
        return computed(*inputs, **options), func(*inputs, **options)[1]

    return call


class _SeveralResultsError(Exception):
    """A function has returned a tuple, a list or a dict."""


def _of_each_result(func: Callable[..., Any], transform: Any) -> Callable[..., Any]:
    """Return a function of the transforms of all results, in the structure of the results."""
    found: list[Any] = []

    def only(*inputs: Any, **options: Any) -> Any:
        result = func(*inputs, **options)
        if isinstance(result, (tuple, list, dict)):
            found[:] = [result]
            raise _SeveralResultsError
        return result

    def part(place: int) -> Any:
        return transform(lambda *inputs, **options: _leaves(func(*inputs, **options))[place])

    @functools.wraps(func)
    def call(*inputs: Any, **options: Any) -> Any:
        try:
            return transform(only)(*inputs, **options)
        except _SeveralResultsError:
            places = iter(range(len(_leaves(found[0]))))
        return tree_mapped(found.pop(), lambda leaf: part(next(places))(*inputs, **options))

    return call


def _leaves(x: Any) -> list[Any]:
    """Return the leaves of nested tuples, lists and dicts."""
    found: list[Any] = []
    tree_mapped(x, found.append)
    return found


def grad(func: Callable[..., Any], argnums: Any = 0, has_aux: bool = False) -> Callable[..., Any]:
    """Return a function that computes the gradient.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> torch.func.grad(lambda x: (x**3).sum())(torch.tensor([1.0, 2.0]))
    tensor([ 3., 12.])
    """
    if has_aux:
        return _shown(autograd.grad_and_aux(_plain(func), argnums))
    return _shown(autograd.grad(_plain(func), argnums))


def grad_and_value(
    func: Callable[..., Any], argnums: Any = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """Return a function that computes the gradient and the value, which may have a second part."""
    both = _shown(autograd.value_and_grad(_plain(_first(func) if has_aux else func), argnums))

    def call(*inputs: Any, **options: Any) -> Any:
        value, gradient = both(*inputs, **options)
        if has_aux:
            return gradient, (value, func(*inputs, **options)[1])
        return gradient, value

    return call


def jacrev(
    func: Callable[..., Any], argnums: Any = 0, *, has_aux: bool = False, chunk_size: Any = None
) -> Callable[..., Any]:
    """Return a function that computes the Jacobian, and perhaps a second result as it is."""
    del chunk_size  # all rows at once
    if has_aux:
        return _and_aux(func, functools.partial(jacrev, argnums=argnums))
    return _of_each_result(func, lambda f: _shown(autograd.jacobian(_plain(f), argnums)))


def jacfwd(
    func: Callable[..., Any], argnums: Any = 0, has_aux: bool = False, *,
    randomness: str = "error", chunk_size: Any = None,
) -> Callable[..., Any]:  # fmt: skip
    """Return a function that computes the Jacobian: the same as `jacrev`."""
    del randomness, chunk_size
    return jacrev(func, argnums, has_aux=has_aux)


def hessian(func: Callable[..., Any], argnums: Any = 0) -> Callable[..., Any]:
    """Return a function that computes the Hessian; of several tensors, one for each pair."""
    of_one = _of_each_result(func, lambda f: _shown(autograd.hessian(_plain(f), argnums)))
    of_pairs = jacrev(jacrev(func, argnums), argnums)

    @functools.wraps(func)
    def call(*inputs: Any, **options: Any) -> Any:
        is_one = isinstance(argnums, int) and isinstance(inputs[argnums], Tensor)
        return (of_one if is_one else of_pairs)(*inputs, **options)

    return call


def vmap(
    func: Callable[..., Any], in_dims: Any = 0, out_dims: Any = 0, randomness: Any = "error", *,
    chunk_size: Any = None,
) -> Callable[..., Any]:  # fmt: skip
    """Return a function that calls `func` for all entries of a batch."""
    del chunk_size  # all at once
    return _shown(autograd.vmap(_plain(func), in_dims, out_dims, randomness=randomness))


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """Return the result, and the function that computes the vector-Jacobian product."""
    if has_aux:
        return (*vjp(_first(func), *primals), func(*primals)[1])
    numbers = tuple(range(len(primals)))
    pull, result = autograd.make_vjp(_plain(func), numbers)(*_arguments(primals))

    def call(cotangent: Any) -> Any:
        found = outside(pull(inside(cotangent)))
        return tuple(found)

    return outside(result), call


def jvp(
    func: Callable[..., Any], primals: Any, tangents: Any, *, strict: bool = False,
    has_aux: bool = False,
) -> Any:  # fmt: skip
    """Return the result, and the Jacobian-vector product."""
    del strict
    if has_aux:
        return (*jvp(_first(func), primals, tangents), func(*primals)[1])
    push = autograd.make_jvp(_plain(func), tuple(range(len(primals))))(*_arguments(tuple(primals)))
    return tuple(outside(push(_arguments(tuple(tangents)))))


def linearize(func: Callable[..., Any], *primals: Any) -> Any:
    """Return the result, and a function of tangents: the Jacobian-vector products there."""

    def push(*tangents: Any) -> Any:
        return jvp(func, primals, tangents)[1]

    return func(*primals), push


def functional_call(
    module: Any, parameter_and_buffer_dicts: Any, args: Any = None, kwargs: Any = None,
    *, tie_weights: bool = True, strict: bool = False,
) -> Any:  # fmt: skip
    """Call a module with other parameters and buffers: a dict, or several."""
    parts = parameter_and_buffer_dicts
    parts = list(parts) if isinstance(parts, (tuple, list)) else [parts]
    given = () if args is None else args if isinstance(args, tuple) else (args,)
    found = {name: tensor for part in parts for name, tensor in dict(part).items()}
    if not tie_weights:
        raise OptionError("tie_weights=False: here shared weights stay shared; name both of them.")
    missing = [name for name in module.state_dict() if name not in found] if strict else []
    if missing:
        raise OptionError(f"strict=True, but these are missing: {', '.join(missing)}.")
    return call_with(module, inside(found), *given, **(kwargs or {}))


def stack_module_state(models: Any) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Return the parameters and the buffers of several models, stacked, for `vmap`.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> models = [torch.nn.Linear(2, 3) for _ in range(4)]
    >>> parameters, buffers = torch.func.stack_module_state(models)
    >>> parameters["weight"].shape
    torch.Size([4, 3, 2])
    """
    models = list(models)
    found = []
    for kind in ("named_parameters", "named_buffers"):
        listed = [dict(getattr(model, kind)()) for model in models]
        stacked = {
            name: stack([each[name].detach() for each in listed]).requires_grad_(
                listed[0][name].requires_grad
            )
            for name in listed[0]
        }
        found.append(stacked)
    return found[0], found[1]


if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(hints.missing("torch.func", name, __all__))
