"""PyTorch's ``torch.autograd``: `grad`, `Function`, and checks of gradients."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import autograd
from autograd.errors import DataError, GraphError
from nn.missing_names import refuse
from nn.torch_style import func as functions
from nn.torch_style import hints
from nn.torch_style.base import held, inside, made, outside
from nn.torch_style.custom import Function
from nn.torch_style.grad_mode import enable_grad, no_grad, set_grad_enabled
from nn.torch_style.tensor import Tensor

__path__: list[str] = []  # PyTorch's is a package: see `submodules`

__all__ = [
    "Function", "Variable", "backward", "detect_anomaly", "enable_grad", "functional", "grad",
    "gradcheck", "gradgradcheck", "no_grad", "once_differentiable",
    "set_detect_anomaly", "set_grad_enabled",
]  # fmt: skip


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor, ...]:
    """Return the derivatives of the sum of some results with respect to some tensors.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> (slope,) = torch.autograd.grad(x**3, x, create_graph=True)
    >>> torch.autograd.grad(slope, x)
    (tensor(18.),)
    """
    results = [outputs] if isinstance(outputs, Tensor) else list(outputs)
    targets = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    seeds = list(grad_outputs) if isinstance(grad_outputs, Sequence) else [grad_outputs]
    seeds = seeds if len(seeds) == len(results) else seeds * len(results)
    for target in targets:
        if not target.requires_grad:
            raise GraphError("One of the inputs requires no gradient: write x.requires_grad_().")
    keep = create_graph if retain_graph is None else retain_graph
    totals: list[Any] = [None] * len(targets)
    for number, (result, seed) in enumerate(zip(results, seeds, strict=True)):
        found = autograd.gradients(
            held(result),
            inside(targets),
            held(seed),
            create_graph=create_graph,
            retain_graph=keep or number < len(results) - 1,
        )
        totals = [
            part if total is None else total if part is None else total + part
            for total, part in zip(totals, found, strict=True)
        ]
    for place, total in enumerate(totals):
        if total is None and materialize_grads:
            totals[place] = targets[place].detach()._held * 0
        elif total is None and not allow_unused:
            raise GraphError(
                f"The outputs do not depend on input {place}, of shape "
                f"{tuple(targets[place].shape)}; allow_unused=True returns None for it."
            )
    return tuple(None if total is None else made(total) for total in totals)  # type: ignore[misc]


def backward(
    tensors: Any, grad_tensors: Any = None, retain_graph: bool | None = None,
    create_graph: bool = False, grad_variables: Any = None, inputs: Any = None,
) -> None:  # fmt: skip
    """Call ``backward`` of some results; with ``inputs``, only these get a ``grad``."""
    grad_tensors = grad_variables if grad_tensors is None else grad_tensors
    results = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    seeds = list(grad_tensors) if isinstance(grad_tensors, Sequence) else [grad_tensors]
    seeds = seeds if len(seeds) == len(results) else seeds * len(results)
    for number, (result, seed) in enumerate(zip(results, seeds, strict=True)):
        keep = retain_graph or number < len(results) - 1 or create_graph
        result.backward(seed, retain_graph=keep, create_graph=create_graph, inputs=inputs)


def Variable(data: Tensor, requires_grad: bool = False, volatile: bool = False) -> Tensor:  # noqa: N802
    """Return a tensor itself: the older form of ``x.requires_grad_()``."""
    return data.requires_grad_() if requires_grad else data


def once_differentiable(fn: Any) -> Any:
    """Return the function: in PyTorch it could not be differentiated again."""
    return fn


def gradcheck(func: Any, inputs: Any, **options: Any) -> bool:
    """Check the derivatives of a function against finite differences; raise if they differ."""
    return _checked(func, inputs, 1, options)


def gradgradcheck(func: Any, inputs: Any, grad_outputs: Any = None, **options: Any) -> bool:
    """Check the second derivatives of a function against finite differences."""
    return _checked(func, inputs, 2, options)


def _checked(func: Any, inputs: Any, order: int, options: dict[str, Any]) -> bool:
    given = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    arrays = [x.detach().numpy() if isinstance(x, Tensor) else x for x in given]
    if not any(isinstance(x, Tensor) and x.requires_grad for x in given):
        raise DataError("gradcheck: none of the inputs requires a gradient.")
    raises = options.pop("raise_exception", True)
    report = autograd.check_gradients(
        lambda *values: inside(func(*outside(values))), *arrays, order=order
    )
    if not report.ok and raises:
        raise AssertionError(str(report))
    return bool(report.ok)


def detect_anomaly(check_nan: bool = True) -> Any:
    """Raise where infinity or NaN appears, inside a block."""
    return autograd.debug()


def set_detect_anomaly(mode: bool, check_nan: bool = True) -> Any:
    """Raise where infinity or NaN appears, inside a ``with`` block."""
    return autograd.debug() if mode else nullcontext()


class functional:  # noqa: N801 - PyTorch's name of a module
    """``torch.autograd.functional``: derivatives of functions at tensors."""

    @staticmethod
    def jacobian(func: Any, inputs: Any, **options: Any) -> Any:
        """Return the Jacobian of a function."""
        return functions.jacrev(func)(inputs)

    @staticmethod
    def vjp(func: Any, inputs: Any, v: Any = None, **options: Any) -> Any:
        """Return the result of a function, and `v` times its Jacobian."""
        many = isinstance(inputs, tuple)
        found, back = functions.vjp(func, *(inputs if many else (inputs,)))
        slopes = back(found.new_ones(*found.shape) if v is None else v)
        if not options.get("create_graph"):
            slopes = tuple(slope.detach() for slope in slopes)
        return found, slopes if many else slopes[0]

    @staticmethod
    def jvp(func: Any, inputs: Any, v: Any = None, **options: Any) -> Any:
        """Return the result of a function, and its Jacobian times `v`."""
        many = isinstance(inputs, tuple)
        return functions.jvp(func, inputs if many else (inputs,), v if many else (v,))

    @staticmethod
    def hvp(func: Any, inputs: Any, v: Any = None, **options: Any) -> Any:
        """Return the result of a function, and its Hessian times `v`."""
        many = isinstance(inputs, tuple)
        given, along = (inputs, v) if many else ((inputs,), (v,))
        gradient = functions.grad(func, tuple(range(len(given))))
        _, slopes = functions.jvp(gradient, given, along)
        return func(*given), slopes if many else slopes[0]

    vhp = hvp

    @staticmethod
    def hessian(func: Any, inputs: Any, **options: Any) -> Any:
        """Return the Hessian of a function."""
        return functions.hessian(func)(inputs)


if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(hints.missing("torch.autograd", name, __all__))
