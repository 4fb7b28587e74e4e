"""Adafactor, which keeps a row and a column for each matrix of squared gradients."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.errors import OptionError
from autograd.program import call
from nn.arrays import plain
from nn.optim.one_by_one import OneByOne
from nn.optim.optimizer import given


class Adafactor(OneByOne):
    """Adam's steps with little memory: means of g² over rows and columns, not g² itself.

    In step t, with ``w = t^beta2_decay``, the means of g² over the last axis and the one before
    are averaged with the weight w of the new ones; v is their product over the mean of all. Vectors
    and numbers keep the average of g² itself. With ``u = g/√v``, divided by ``max(1, |u|/d)``,
    ``p ← p - min(lr, 1/√t) · max(eps₂, |p|) · u``, where || is the root of the mean square.

    Parameters
    ----------
    params : iterable of Tensor or Value, or of dict
        The parameters, or groups of them; see `Optimizer`.
    lr : float
        The largest rate, in units of the parameter's size.
    beta2_decay : float
        The power of t that weighs the new squares.
    eps : (float or None, float)
        eps₁, the least divisor √v, by default the distance of 1 from the next number; and eps₂, the
        least size of a parameter.
    d : float
        The largest size of u, at least 1.
    weight_decay : float
        ``p ← p - lr·weight_decay·p`` besides the step.
    maximize : bool
        Whether to go uphill: to maximise instead of to minimise.

    Raises
    ------
    OptionError
        If d is below 1.
    DataError
        If a parameter is complex.

    References
    ----------
    Shazeer, Stern: Adafactor: adaptive learning rates with sublinear memory cost, ICML 2018.

    Examples
    --------
    >>> from autograd import Tensor
    >>> w = Tensor(np.ones((3, 4)))
    >>> optimizer = Adafactor([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> np.round(w.data[0], 6)
    array([0.9, 0.9, 0.9, 0.9])
    >>> {name: np.shape(x) for name, x in optimizer.state_dict()["state"][0].items()}
    {'step': (), 'row_var': (3, 1), 'col_var': (1, 4)}
    """

    decays_gradient = False
    takes_complex = False

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(**given(locals()))

    def add_param_group(self, group: dict[str, Any]) -> None:
        """Add a group of parameters.

        Parameters
        ----------
        group : dict
            The parameters under ``"params"``, and options that differ from the defaults.
        """
        options = {**self.defaults, **group}
        if not options["d"] >= 1:
            raise OptionError(f"d={options['d']!r} must be at least 1.")
        super().add_param_group(group)

    def _step_of(self, parameter: Any, group: dict[str, Any]) -> None:
        state, p, g = self.state[parameter], plain(parameter.data), plain(parameter.grad)
        state["step"] = state.get("step", 0) + 1
        least, smallest = group["eps"]
        if least is None:
            least = float(np.finfo(np.result_type(p)).eps)
        weight = state["step"] ** group["beta2_decay"]
        size = np.maximum(smallest, _size(p)) * call(_rate, group["lr"], state["step"])
        u = g / np.sqrt(np.maximum(_variance(state, g * g, weight, least), least * least))
        u *= size / np.maximum(1.0, _size(u) / group["d"])
        if group["maximize"]:
            u = -u
        if group["weight_decay"]:
            u += group["lr"] * group["weight_decay"] * p
        parameter.data -= u


def _variance(state: dict[str, Any], squares: Any, weight: Any, least: float) -> Any:
    """Average the squares, or their means over rows and columns; return what these stand for."""
    if np.ndim(squares) < 2:
        return _averaged(state, "variance", squares, weight)
    rows = _averaged(state, "row_var", np.mean(squares, axis=-1, keepdims=True), weight)
    columns = _averaged(state, "col_var", np.mean(squares, axis=-2, keepdims=True), weight)
    return rows @ columns / np.maximum(np.mean(rows, axis=-2, keepdims=True), least)


def _averaged(state: dict[str, Any], name: str, item: Any, weight: Any) -> Any:
    if name not in state:
        state[name] = np.zeros_like(item)
    state[name] += weight * (item - state[name])
    return state[name]


def _size(x: Any) -> Any:
    return np.sqrt(np.mean(x * x))


def _rate(lr: float, step: int) -> float:
    return min(lr, 1 / math.sqrt(step))
