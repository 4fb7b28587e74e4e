"""The schedule `ReduceLROnPlateau`, which depends on a measurement."""

from __future__ import annotations

import math
from typing import Any

from autograd.errors import OptionError, TraceError
from autograd.program import is_tracing
from nn.optim.optimizer import Optimizer
from nn.optim.scheduler import Scheduler, for_groups, of_group


class ReduceLROnPlateau(Scheduler):
    """Multiplies the learning rate by a factor when a measurement no longer improves.

    Parameters
    ----------
    optimizer : Optimizer
        The optimiser, whose groups' learning rates are set.
    mode : {"min", "max"}
        Whether smaller or larger measurements are better.
    factor : float
        The factor of a reduction, between 0 and 1.
    patience : int
        The number of steps without improvement before a reduction.
    threshold : float
        The smallest change that counts as an improvement.
    threshold_mode : {"rel", "abs"}
        Whether `threshold` is a share of the best measurement, or a difference.
    cooldown : int
        The number of steps after a reduction in which the patience is not used up.
    min_lr : float, or list of float
        The smallest learning rate, of all groups or of each.
    eps : float
        Smaller changes of the rate are not made.

    Raises
    ------
    OptionError
        If `mode`, `threshold_mode` or `factor` is invalid.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=1.0)
    >>> schedule = ReduceLROnPlateau(optimizer, patience=0, factor=0.5)
    >>> rates = []
    >>> for _ in range(4):
    ...     rates.append(round(optimizer.param_groups[0]["lr"], 3))
    ...     schedule.step(1.0)
    >>> rates
    [1.0, 1.0, 0.5, 0.25]
    """

    _changing = ("best", "bad_steps", "cooling", "last_epoch")

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: Any = 0.0,
        eps: float = 1e-8,
    ) -> None:
        if mode not in ("min", "max") or threshold_mode not in ("rel", "abs"):
            raise OptionError(
                f"mode={mode!r} must be 'min' or 'max', threshold_mode={threshold_mode!r} "
                "'rel' or 'abs'."
            )
        if not 0 < factor < 1:
            raise OptionError(f"factor={factor!r} must be between 0 and 1.")
        super().__init__(optimizer)
        self.mode, self.factor, self.patience = mode, factor, patience
        self.threshold, self.threshold_mode = threshold, threshold_mode
        self.cooldown, self.eps = cooldown, eps
        self.min_lr = for_groups(optimizer, "min_lr", min_lr)
        self.best = math.inf if mode == "min" else -math.inf
        self.bad_steps = self.cooling = 0

    def step(self, metrics: float) -> None:
        """Take one step.

        Parameters
        ----------
        metrics : float
            The measurement.

        Raises
        ------
        TraceError
            In a function that is traced.
        """
        if is_tracing():
            raise TraceError(
                "ReduceLROnPlateau compares measurements in Python. Call its step outside of the "
                "function that is traced, with the loss that this returns."
            )
        self.last_epoch += 1
        if self._better(metrics):
            self.best, self.bad_steps = float(metrics), 0
        else:
            self.bad_steps += 1
        if self.cooling > 0:
            self.cooling, self.bad_steps = self.cooling - 1, 0
        if self.bad_steps > self.patience:
            self.cooling, self.bad_steps = self.cooldown, 0
            for i, group in enumerate(self.optimizer.param_groups):
                reduced = max(group["lr"] * self.factor, of_group(self.min_lr, i))
                if group["lr"] - reduced > self.eps:
                    group["lr"] = reduced

    def _better(self, metrics: float) -> bool:
        sign = 1 if self.mode == "min" else -1
        margin = self.threshold
        if self.threshold_mode == "rel" and math.isfinite(self.best):
            margin *= self.best
        return sign * metrics < sign * self.best - margin

    def state_dict(self) -> dict[str, Any]:
        """Return the state as plain numbers, which JSON can represent."""
        return {name: getattr(self, name) for name in self._changing} | {"lrs": self._rates()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore a state.

        Parameters
        ----------
        state : dict
            A result of `state_dict`.
        """
        vars(self).update({name: state[name] for name in self._changing})
        for group, lr in zip(self.optimizer.param_groups, state["lrs"], strict=True):
            group["lr"] = lr
