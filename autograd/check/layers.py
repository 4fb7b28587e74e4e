"""`check_layer`: objects with `forward` and `backward` that keep gradients in attributes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograd.check.gradients import check_gradients, raise_unless_ok
from autograd.check.layer_calls import LayerCalls
from autograd.check.report import Report


def check_layer(
    layer: Any,
    *inputs: Any,
    forward: str | Callable[..., Any] = "forward",
    backward: str | Callable[..., Any] = "backward",
    parameters: Sequence[str] | None = None,
    gradients: Sequence[str] | None = None,
    args: Sequence[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
    **options: Any,
) -> Report:
    """Check the backward pass of an object against finite differences of its forward pass.

    The object is called as its users call it: ``y = layer.forward(*inputs)``, then
    ``layer.backward(g)`` with a derivative `g` in the structure of `y`. `backward` returns the
    derivatives of the inputs (an array, a tuple or a dict; None if it keeps them, as ``dx``), and
    leaves those of the parameters in the object, or returns them as well.

    Parameters are found by the names of their gradients: ``dW``, ``grad_W``, ``W_grad`` beside
    ``W``; ``W.grad``; ``grads["W"]`` for ``W`` or ``params["W"]``; lists ``params`` and ``grads``;
    methods ``parameters()`` and ``gradients()``; and the same in the layers inside. Gradients may
    be assigned or accumulated: they are set to zero before each backward pass. If `backward` takes
    a learning rate and changes the parameters, what it subtracts at a rate of 1 is their gradient.

    The layer is left as it was. Before each forward pass its state and the random generators are
    reset, so that dropout has the same mask in each.

    Parameters
    ----------
    layer : object
        The layer, loss or network.
    *inputs : array_like or containers of them
        The arguments of `forward`. Integers, such as labels, are constants.
    forward, backward : str or callable
        The names of its methods, or functions to call instead. An object without `forward` is
        called itself.
    parameters : sequence of str, optional
        The parameters, if they are not found: ``"W"``, ``"params['W']"``, ``"layers[0].W"``.
    gradients : sequence of str, optional
        Where the gradients of `parameters` are after `backward`, in the same order.
    args, kwargs
        Further arguments of `forward`, which are passed on unchanged: ``kwargs={"train": True}``.
    **options
        The keyword arguments of `check_gradients`: `method`, `projections`, `rtol`, `seed`,
        `explain`, `raises`, `vary`.

    Returns
    -------
    Report
        As from `check_gradients`, with the line of `backward` that is wrong.

    Raises
    ------
    GradientError
        If a derivative is wrong or cannot be checked.
    DataError
        If the object cannot be called in this way.

    Examples
    --------
    >>> import numpy as np
    >>> class Dense:
    ...     def __init__(self, W, b):
    ...         self.W, self.b = W, b
    ...
    ...     def forward(self, x):
    ...         self.x = x
    ...         return x @ self.W + self.b
    ...
    ...     def backward(self, dout):
    ...         self.dW = self.x.T @ dout
    ...         self.db = dout.mean(axis=0)
    ...         return dout @ self.W.T
    >>> layer = Dense(np.ones((3, 2)), np.zeros(2))
    >>> x = np.array([[1.0, 2.0, 3.0], [0.5, -1.0, 0.2], [0.1, 0.4, -0.7], [2.0, 0.3, 0.6]])
    >>> report = check_layer(layer, x, raises=False)
    >>> print(report.reasons[-1])
    The line of the backward pass with respect to b that is wrong:
        <doctest ...check_layer[...]>, line 11, in backward: self.db = dout.mean(axis=0)
        It should be: self.db = dout.sum(axis=0)
    """
    calls = LayerCalls(layer, inputs, forward, backward, args, dict(kwargs or {}))
    raises = options.pop("raises", True)
    with calls.kept():
        calls.probe(parameters, gradients)
        values, names, function, vjp = calls.checked()
        report = check_gradients(function, *values, vjp=vjp, names=names, raises=False, **options)
    report.notes += calls.notes
    if raises:
        raise_unless_ok(report)
    return report
