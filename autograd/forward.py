"""Forward mode: push tangents through a recorded graph, from its leaves to its results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd.engine import Node, Primitive, Tensor
from autograd.topology import nodes_below


def push_forward(outputs: Sequence[Node], tangents: Mapping[Any, Any]) -> list[Any]:
    """Return the change of some nodes when leaves below them move along tangents.

    Parameters
    ----------
    outputs : sequence of Node
        The results of a recorded computation.
    tangents : mapping of Node to array_like
        For each leaf that moves its tangent, an array like its data.

    Returns
    -------
    list
        For each output the Jacobian times the tangents, an array like its data.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import Tensor
    >>> x = Tensor([1.0, 2.0])
    >>> push_forward([x * x], {x: np.array([1.0, 10.0])})
    [array([ 2., 40.])]
    """
    moving: dict[int, Any] = {id(leaf): tangent for leaf, tangent in tangents.items()}
    for node in nodes_below(*outputs):
        arguments = node.arguments
        carried = [
            (argnum, moving[id(argument)])
            for argnum, argument in enumerate(arguments)
            if isinstance(argument, Node) and id(argument) in moving
        ]
        if not carried or id(node) in moving:
            continue
        plain = [a.data if isinstance(a, Node) else a for a in arguments]  # type: ignore[attr-defined]
        total: Any = 0.0
        for argnum, tangent in carried:
            total = total + pushed(
                node.primitive, argnum, tangent, node.data, plain, dict(node.keywords)
            )
        moving[id(node)] = _like(total, node.data)
    return [moving.get(id(node), np.zeros_like(node.data)) for node in outputs]  # type: ignore[attr-defined]


def pushed(
    primitive: Primitive,
    argnum: int,
    tangent: Any,
    y: Any,
    arguments: Sequence[Any],
    keywords: dict[str, Any],
) -> Any:
    """Return the Jacobian of one primitive, in one argument, times a tangent.

    Elementwise primitives multiply by their partial derivative, and a function linear in its
    only argument is its own derivative. Anything else has a vjp, which is linear in the
    cotangent: the transpose of that, found by going backward through it, is the Jacobian.
    """
    if primitive.partials is not None:
        partial = primitive.partials[argnum]
        if callable(partial):  # with NumPy's numbers: Python's raise where there is infinity
            partial = partial(*[np.float64(a) if type(a) is float else a for a in (y, *arguments)])
        moved = tangent * partial
        # Where nothing moves there is no change, even at an infinite slope.
        return moved if np.all(np.isfinite(moved)) else np.where(tangent == 0, 0.0, moved)
    if primitive.transposes is not None and primitive.arity == 1:
        return primitive.function(tangent, *arguments[1:], **keywords)
    cotangent = Tensor(np.zeros_like(y))
    pulled = primitive.pullback(argnum, cotangent, y, list(arguments), keywords)
    if not isinstance(pulled, Node):
        return np.zeros_like(y)
    along = np.real(pulled * tangent).sum()  # type: ignore[call-overload]
    if not along.requires_grad:
        return np.zeros_like(y)
    along.backward()
    return np.zeros_like(y) if cotangent.grad is None else cotangent.grad


def _like(tangent: Any, data: Any) -> Any:
    """Give a tangent the shape and kind of the result it belongs to."""
    if isinstance(data, float):
        return float(np.real(tangent))
    if np.iscomplexobj(tangent) and data.dtype.kind != "c":
        tangent = np.real(tangent)
    return np.broadcast_to(np.asarray(tangent, data.dtype), data.shape)
