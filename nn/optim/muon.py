"""Muon, whose steps for matrices are nearly orthogonal."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd.errors import DataError, OptionError
from nn.arrays import plain
from nn.optim.one_by_one import OneByOne
from nn.optim.optimizer import given

#: How the rate depends on the numbers of rows and columns.
RATIOS: dict[str, Callable[[int, int], float]] = {
    "original": lambda rows, columns: math.sqrt(max(1, rows / columns)),
    "match_rms_adamw": lambda rows, columns: 0.2 * math.sqrt(max(rows, columns)),
}


class Muon(OneByOne):
    """Momentum whose matrices are made nearly orthogonal: all their singular values are about 1.

    ``v ← momentum·v + (1 - momentum)·g``, and ``p ← p - r·o(v)``, where o is a few steps of a
    polynomial that brings the singular values near 1, and r the rate times a ratio of the shape.
    Only the matrices of a network; the others are for another optimiser such as `AdamW`.

    Parameters
    ----------
    params : iterable of Tensor or of dict
        The parameters, which have two axes, or groups of them; see `Optimizer`.
    lr : float
        The learning rate.
    weight_decay : float
        ``p ← p - lr·weight_decay·p`` besides the step.
    momentum : float
        The share of v to keep.
    nesterov : bool
        Whether to take ``(1 - momentum)·g + momentum·v`` in place of v.
    ns_coefficients : (float, float, float)
        a, b and c of the polynomial ``a·x + b·x³ + c·x⁵``.
    eps : float
        The least size of a matrix.
    ns_steps : int
        How often to apply the polynomial.
    adjust_lr_fn : {"original", "match_rms_adamw"}, optional
        r is the rate times √max(1, rows/columns), or 0.2·√max(rows, columns).

    Raises
    ------
    OptionError
        If an option is out of range.
    DataError
        If a parameter is no matrix.

    References
    ----------
    Jordan et al.: Muon: an optimizer for hidden layers in neural networks, 2024.

    Examples
    --------
    >>> from autograd import Tensor
    >>> w = Tensor(np.diag([3.0, 0.5]))
    >>> optimizer = Muon([w], lr=0.1, weight_decay=0.0)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> np.round(np.diag(w.data), 1)
    array([2.9, 0.4])
    """

    decays_gradient = False
    takes_complex = False

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.775, 2.0315),
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
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
        if options["adjust_lr_fn"] not in (None, *RATIOS):
            raise OptionError(
                f"adjust_lr_fn={options['adjust_lr_fn']!r} must be {' or '.join(RATIOS)}."
            )
        super().add_param_group(group)
        for parameter in self.param_groups[-1]["params"]:
            if np.ndim(parameter.data) != 2:
                raise DataError(
                    f"Muon takes matrices, not a parameter of shape {np.shape(parameter.data)}: "
                    "update the others with another optimiser, such as AdamW."
                )

    def _step_of(self, parameter: Any, group: dict[str, Any]) -> None:
        state, g, momentum = self.state[parameter], plain(parameter.grad), group["momentum"]
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = np.zeros_like(g)
        v = state["momentum_buffer"]
        v += (1 - momentum) * (g - v)
        wanted = g + momentum * (v - g) if group["nesterov"] else v
        step = orthogonalised(wanted, group["ns_coefficients"], group["ns_steps"], group["eps"])
        ratio = RATIOS[group["adjust_lr_fn"] or "original"](*g.shape)
        parameter.data *= 1 - group["lr"] * group["weight_decay"]
        parameter.data -= group["lr"] * ratio * step


def orthogonalised(
    matrix: Any, coefficients: tuple[float, float, float], steps: int, eps: float,
    added: float = 0.0,
) -> Any:  # fmt: skip
    """Return a matrix of the same singular vectors, whose singular values are about 1.

    At first it is divided by its length, which is at least eps, and by what is added to that.

    Examples
    --------
    >>> found = orthogonalised(np.diag([3.0, 0.5]), (3.4445, -4.775, 2.0315), 5, 1e-7)
    >>> bool((abs(np.linalg.svd(found)[1] - 1) < 0.35).all())
    True
    """
    a, b, c = coefficients
    is_tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if is_tall else matrix
    x = x / (np.maximum(np.sqrt(np.sum(x * x)), eps) + added)
    for _ in range(steps):
        square = x @ x.T
        x = a * x + (b * square + c * (square @ square)) @ x
    return x.T if is_tall else x
