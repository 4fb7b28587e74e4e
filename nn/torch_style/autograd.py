"""PyTorch's ``torch.autograd``: `grad`, `Function`, and checks of gradients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import autograd
from autograd.errors import DataError, GraphError, OptionError, ShapeError
from nn.missing_names import refuse
from nn.torch_style import func as functions
from nn.torch_style import hints
from nn.torch_style.base import held, inside, made, numbers, outside
from nn.torch_style.custom import Function
from nn.torch_style.grad_mode import enable_grad, no_grad, set_grad_enabled
from nn.torch_style.joining import stack
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
    if is_grads_batched:
        options = (True, create_graph, only_inputs, allow_unused, False, materialize_grads)
        return _for_each(lambda row: grad(results, targets, row, *options), seeds)
    for target in targets:
        if not target.requires_grad:
            raise GraphError("One of the inputs requires no gradient: write x.requires_grad_().")
    keep = create_graph if retain_graph is None else retain_graph
    results, seeds = _joined(results, seeds)
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


def _joined(results: list[Any], seeds: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return one result with the derivatives of several, so that hooks see these once.

    Complex results, and factors with derivatives, are differentiated one after the other.
    """
    pairs = list(zip(results, seeds, strict=True))
    if len(pairs) == 1 or not all(_is_usual(result, seed) for result, seed in pairs):
        return results, seeds
    with autograd.enable_grad():
        parts = [(held(r) * (1.0 if s is None else numbers(s))).sum() for r, s in pairs]
        return [made(sum(parts[1:], parts[0]))], [None]


def _is_usual(result: Tensor, seed: Any) -> bool:
    """Return whether a result is real, and its factor a constant of the same shape."""
    if not result.requires_grad or result.is_complex():
        return False
    if seed is None:
        return result.numel() == 1
    return isinstance(seed, Tensor) and not seed.requires_grad and seed.shape == result.shape


def _for_each(derivatives: Callable[[Any], Any], seeds: list[Any]) -> tuple[Tensor, ...]:
    """Return the derivatives for each entry along the first axis of the seeds, stacked."""
    counts = {len(seed) for seed in seeds if seed is not None}
    if len(counts) != 1:
        raise ShapeError(
            f"is_grads_batched=True needs grad_outputs of one length, not {sorted(counts)}."
        )
    rows = [
        derivatives([None if seed is None else seed[i] for seed in seeds])
        for i in range(counts.pop())
    ]
    columns: Any = zip(*rows, strict=True)
    found: Any = [None if parts[0] is None else stack(parts) for parts in columns]
    return tuple(found)


def backward(
    tensors: Any, grad_tensors: Any = None, retain_graph: bool | None = None,
    create_graph: bool = False, grad_variables: Any = None, inputs: Any = None,
) -> None:  # fmt: skip
    """Call ``backward`` of some results; with ``inputs``, only these get a ``grad``."""
    grad_tensors = grad_variables if grad_tensors is None else grad_tensors
    results = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    seeds = list(grad_tensors) if isinstance(grad_tensors, Sequence) else [grad_tensors]
    seeds = seeds if len(seeds) == len(results) else seeds * len(results)
    results, seeds = _joined(results, seeds)
    for number, (result, seed) in enumerate(zip(results, seeds, strict=True)):
        keep = retain_graph or number < len(results) - 1 or create_graph
        result.backward(seed, retain_graph=keep, create_graph=create_graph, inputs=inputs)


def Variable(data: Tensor, requires_grad: bool = False, volatile: bool = False) -> Tensor:  # noqa: N802
    """Return a tensor itself: the older form of ``x.requires_grad_()``."""
    return data.requires_grad_() if requires_grad else data


def once_differentiable(fn: Any) -> Any:
    """Return the function: in PyTorch it could not be differentiated again."""
    return fn


def gradcheck(
    func: Any, inputs: Any, *, eps: float = 1e-6, atol: float = 1e-5, rtol: float = 1e-3,
    raise_exception: bool = True, nondet_tol: float = 0.0, check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False, check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False, check_forward_ad: bool = False,
    check_backward_ad: bool = True, fast_mode: bool = False, masked: Any = None,
) -> bool:  # fmt: skip
    """Check the derivatives of a function against finite differences; raise if they differ.

    Steps and tolerances follow from the precision of the numbers: `eps`, `atol` and `rtol` are
    accepted only, as is what asks for further checks.
    """
    modes = ["reverse"] * check_backward_ad + ["forward"] * check_forward_ad
    return _checked(func, inputs, 1, raise_exception, modes)


def gradgradcheck(
    func: Any, inputs: Any, grad_outputs: Any = None, *, eps: float = 1e-6, atol: float = 1e-5,
    rtol: float = 1e-3, gen_non_contig_grad_outputs: bool = False, raise_exception: bool = True,
    nondet_tol: float = 0.0, check_undefined_grad: bool = True, check_grad_dtypes: bool = False,
    check_batched_grad: bool = False, check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True, fast_mode: bool = False, masked: bool = False,
) -> bool:  # fmt: skip
    """Check the second derivatives of a function against finite differences; see `gradcheck`."""
    if grad_outputs is not None:
        raise OptionError("grad_outputs= is drawn at random here: leave it out.")
    return _checked(func, inputs, 2, raise_exception)


def _checked(
    func: Any, inputs: Any, order: int, raises: bool, modes: Sequence[str] = ("reverse",)
) -> bool:
    given = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    arrays = [x.detach().numpy() if isinstance(x, Tensor) else x for x in given]
    if not any(isinstance(x, Tensor) and x.requires_grad for x in given):
        raise DataError("gradcheck: none of the inputs requires a gradient.")
    report = autograd.check_gradients(
        lambda *values: inside(func(*outside(values))), *arrays, order=order, modes=modes,
        raises=raises,
    )  # fmt: skip
    return bool(report.ok)


def detect_anomaly(check_nan: bool = True) -> Any:
    """Raise where infinity or NaN appears, inside a block."""
    return autograd.debug() if check_nan else nullcontext()


def set_detect_anomaly(mode: bool, check_nan: bool = True) -> Any:
    """Raise where infinity or NaN appears, inside a ``with`` block."""
    return autograd.debug() if mode and check_nan else nullcontext()


class functional:  # noqa: N801 - PyTorch's name of a module
    """``torch.autograd.functional``: derivatives of functions at tensors."""

    @staticmethod
    def jacobian(
        func: Any, inputs: Any, create_graph: bool = False, strict: bool = False,
        vectorize: bool = False, strategy: str = "reverse-mode",
    ) -> Any:  # fmt: skip
        """Return the Jacobian of a function."""
        _refuse_strict(strict)
        transform = functions.jacfwd if strategy == "forward-mode" else functions.jacrev
        return _result(_of_all(transform, func, inputs), create_graph)

    @staticmethod
    def hessian(
        func: Any, inputs: Any, create_graph: bool = False, strict: bool = False,
        vectorize: bool = False, outer_jacobian_strategy: str = "reverse-mode",
    ) -> Any:  # fmt: skip
        """Return the Hessian of a function."""
        _refuse_strict(strict)
        return _result(_of_all(functions.hessian, func, inputs), create_graph)

    @staticmethod
    def vjp(
        func: Any, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
    ) -> Any:
        """Return the result of a function, and `v` times its Jacobian."""
        _refuse_strict(strict)
        many, given = isinstance(inputs, tuple), _tuple(inputs)
        found, back = functions.vjp(func, *given)
        slopes = back(_ones(found) if v is None else v)
        return _result((found, slopes if many else slopes[0]), create_graph)

    @staticmethod
    def jvp(
        func: Any, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
    ) -> Any:
        """Return the result of a function, and its Jacobian times `v`."""
        _refuse_strict(strict)
        given = _tuple(inputs)
        return _result(functions.jvp(func, given, _along(given, v)), create_graph)

    @staticmethod
    def hvp(
        func: Any, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
    ) -> Any:
        """Return the result of a function, and its Hessian times `v`."""
        _refuse_strict(strict)
        many, given = isinstance(inputs, tuple), _tuple(inputs)
        gradient = functions.grad(func, tuple(range(len(given))))
        _, slopes = functions.jvp(gradient, given, _along(given, v))
        return _result((func(*given), slopes if many else slopes[0]), create_graph)

    vhp = hvp


def _tuple(inputs: Any) -> tuple[Any, ...]:
    return inputs if isinstance(inputs, tuple) else (inputs,)


def _ones(like: Any) -> Any:
    """Return the factor 1 of a single number; raise for more numbers."""
    if like.numel() != 1:
        raise ShapeError(f"v= is needed where there is more than one number: {tuple(like.shape)}.")
    return like.new_ones(*like.shape)


def _along(given: tuple[Any, ...], v: Any) -> tuple[Any, ...]:
    """Return the direction: by default 1 for a single number."""
    return tuple(map(_ones, given)) if v is None else _tuple(v)


def _of_all(transform: Any, func: Any, inputs: Any) -> Any:
    """Return what a transform finds for one input, or for all in a tuple."""
    if not isinstance(inputs, tuple):
        return transform(func)(inputs)
    return transform(func, tuple(range(len(inputs))))(*inputs)


def _result(found: Any, create_graph: bool) -> Any:
    """Return results without a graph, unless it is wanted."""
    if isinstance(found, tuple):
        return tuple([_result(part, create_graph) for part in found])
    return found if create_graph else found.detach()


def _refuse_strict(strict: bool) -> None:
    if strict:
        raise OptionError("strict=True: results that do not depend on inputs are zeros here.")


if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        refuse(hints.missing("torch.autograd", name, __all__))
