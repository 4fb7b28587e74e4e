"""`Function`: functions with a derivative of your own, in PyTorch's form."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from autograd.errors import DataError, GraphError, TraceError
from autograd.program import is_tracing
from nn.torch_style.base import TensorBase, held, made, numbers, outside


class Context:
    """What ``forward`` leaves for ``backward``: the argument ``ctx`` of both."""

    def __init__(self, needs: tuple[bool, ...]) -> None:
        self.needs_input_grad = needs
        self._saved: tuple[Any, ...] = ()
        self._shown: dict[int, Any] = {}  # what saved inputs and outputs are in this pass
        self._constant: set[int] = set()
        self._materialize = True

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep inputs and outputs for ``backward``."""
        self._saved = tensors

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What `save_for_backward` was given."""
        return tuple(self._shown.get(id(held(x)), x) for x in self._saved)

    def mark_non_differentiable(self, *outputs: Any) -> None:
        """Make outputs constants."""
        self._constant |= {id(x) for x in outputs}

    def mark_dirty(self, *inputs: Any) -> None:
        """Raise: inputs are not changed in place here."""
        raise GraphError("forward cannot change its inputs in place here: return new tensors.")

    def set_materialize_grads(self, value: bool) -> None:
        """Set whether missing gradients are zeros; otherwise None."""
        self._materialize = value


class Function:
    """The base class of functions with ``forward(ctx, *inputs)`` and ``backward(ctx, *grads)``.

    ``apply`` calls them. A derivative that is itself to be differentiated is what the operations
    of ``backward`` give.

    Examples
    --------
    >>> import nn.torch_style as torch
    >>> class Square(torch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x**2
    ...
    ...     @staticmethod
    ...     def backward(ctx, grad_output):
    ...         (x,) = ctx.saved_tensors
    ...         return grad_output * 2 * x
    >>> x = torch.tensor([3.0], requires_grad=True)
    >>> Square.apply(x).backward()
    >>> x.grad
    tensor([6.])
    """

    @staticmethod
    def forward(*inputs: Any, **options: Any) -> Any:
        """Compute the result; subclasses define it."""
        raise NotImplementedError("Define forward(ctx, *inputs).")

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        """Return the derivative for each input, None for those without; subclasses define it."""
        raise NotImplementedError("Define backward(ctx, *grad_outputs).")

    @classmethod
    def apply(cls, *inputs: Any) -> Any:
        """Call the function."""
        if is_tracing():
            raise TraceError(
                f"{cls.__name__} keeps what forward computed in ctx, which a program cannot "
                "repeat. Inside torch.compile and jit write the function with autograd.define."
            )
        needs = tuple(isinstance(x, TensorBase) and x.requires_grad for x in inputs)  # type: ignore[attr-defined]
        ctx = Context(needs)
        with autograd.no_grad():
            outputs = cls._computed(ctx, inputs)
        is_many = isinstance(outputs, (tuple, list))
        results = list(outputs) if is_many else [outputs]
        if any(needs) and autograd.is_recording():
            results = _recorded(cls, ctx, inputs, results)
        return tuple(results) if is_many else results[0]

    @classmethod
    def _computed(cls, ctx: Context, inputs: Any) -> Any:
        setup = getattr(cls, "setup_context", None)
        if setup is None:
            return cls.forward(ctx, *inputs)
        outputs = cls.forward(*inputs)
        setup(ctx, inputs, outputs)
        return outputs


def _recorded(kind: Any, ctx: Context, inputs: Any, results: list[Any]) -> list[Any]:
    """Return the results as nodes whose derivative ``backward`` gives.

    They are parts of one node, so that ``backward`` is called once.
    """
    places = [i for i, needed in enumerate(ctx.needs_input_grad) if needed]
    flowing = [
        i for i, result in enumerate(results)
        if isinstance(result, TensorBase) and id(result) not in ctx._constant
        and result._held.dtype.kind in "fc"
    ]  # fmt: skip
    if not flowing:
        return results
    arrays = [np.array(results[i].detach()._held) for i in flowing]
    ends = np.cumsum([array.size for array in arrays]).tolist()
    shapes = [array.shape for array in arrays]
    last: list[Any] = [None, ()]
    computed = list(results)

    def derivatives(g: Any, y: Any, arguments: Any) -> Any:
        """Call backward, once for each cotangent."""
        if last[0] is not g:
            parts = _split(g, ends, shapes)
            given = zip(places, arguments, strict=True)
            ctx._shown = {id(held(inputs[i])): made(x) for i, x in given}
            outs = _split(y, ends, shapes)
            ctx._shown |= {id(held(computed[i])): x for i, x in zip(flowing, outs, strict=True)}
            grads: list[Any] = [
                made(np.zeros(held(r).shape, held(r).dtype)) if isinstance(r, TensorBase) else None
                for r in computed
            ]
            for i, part in zip(flowing, parts, strict=True):
                grads[i] = part
            found = kind.backward(ctx, *grads)
            found = found if isinstance(found, tuple) else (found,)
            found = _fitting(kind, ctx, found, inputs)
            last[0], last[1] = g, [held(part) for part in found]
        return last[1]

    def vjp(argnum: int, g: Any, y: Any, *arguments: Any) -> Any:
        found = derivatives(g, y, arguments)[places[argnum]]
        return np.zeros_like(_array(arguments[argnum])) if found is None else found

    joined = np.concatenate([array.reshape(-1) for array in arrays])
    primitive = autograd.define(lambda *_: joined.copy(), variadic=vjp, name=kind.__name__)
    node = primitive(*[held(inputs[i]) for i in places])
    for i, part in zip(flowing, _split(node, ends, shapes), strict=True):
        results[i] = part
    return results


def _array(x: Any) -> Any:
    return numbers(x)


def _split(x: Any, ends: list[int], shapes: list[Any]) -> list[Any]:
    """Return the parts of a vector in their shapes."""
    starts = [0, *ends[:-1]]
    return [
        outside(np.reshape(x[start:end], shape))
        for start, end, shape in zip(starts, ends, shapes, strict=True)
    ]


def _fitting(kind: Any, ctx: Context, found: tuple[Any, ...], inputs: Any) -> list[Any]:
    """Return what ``backward`` returned, None for inputs that need no derivative.

    A derivative of a shape that the input's broadcasts to is summed. Raises if there are too few
    or too many derivatives, or one has another shape.
    """
    if len(found) < len(inputs) or any(part is not None for part in found[len(inputs) :]):
        raise DataError(
            f"{kind.__name__}.backward returned {len(found)} derivatives for {len(inputs)} inputs; "
            "return one for each input, None for those without."
        )
    parts: list[Any] = []
    for i, (part, x) in enumerate(zip(found, inputs, strict=False)):
        if not ctx.needs_input_grad[i]:
            part = None
        elif isinstance(part, TensorBase) and part._held.shape != x._held.shape:
            part = _summed(kind, i, part, x)
        parts.append(part)
    return parts


def _summed(kind: Any, place: int, part: Any, x: Any) -> Any:
    """Return a derivative summed to the shape of its input."""
    shape, wanted = part._held.shape, x._held.shape
    pairs = zip(reversed(wanted), reversed(shape), strict=False)
    if len(wanted) > len(shape) or any(n not in (1, m) for n, m in pairs):
        raise DataError(
            f"{kind.__name__}.backward returned shape {shape} for input {place} of shape {wanted}; "
            "they must be the same."
        )
    return part.sum_to_size(wanted)
