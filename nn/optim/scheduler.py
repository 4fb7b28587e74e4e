"""The base classes of learning rate schedules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograd.program import State, call, follow
from nn.optim.optimizer import Optimizer


class Scheduler:
    """The base class of learning rate schedules.

    Parameters
    ----------
    optimizer : Optimizer
        The optimiser, whose groups' learning rates are set.

    Attributes
    ----------
    last_epoch : int
        The number of steps so far.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=0.5)
    >>> Scheduler(optimizer).get_last_lr()
    [0.5]
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer = optimizer
        self.last_epoch = 0

    def __program_state__(self) -> Iterator[State]:
        """Yield the number of steps and the rates, for programs that `autograd.jit` records."""
        yield State(vars(self), numbers=("last_epoch",))
        yield from self.optimizer.__program_state__()

    def get_last_lr(self) -> list[float]:
        """Return the learning rate of each group."""
        return [group["lr"] for group in self.optimizer.param_groups]


class Formula(Scheduler):
    """The base class of schedules whose rate depends on the number of steps only.

    Subclasses define ``rate(lr, t)``. The rates are set at once, for t = 0, and in each step.

    Parameters
    ----------
    optimizer : Optimizer
        The optimiser, whose groups' learning rates are set.

    Examples
    --------
    >>> import nn
    >>> class Reciprocal(Formula):
    ...     def rate(self, lr, t):
    ...         return lr / (1 + t)
    >>> schedule = Reciprocal(nn.optim.SGD([nn.Parameter([1.0])], lr=0.5))
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.25]
    """

    def __init__(self, optimizer: Optimizer) -> None:
        super().__init__(optimizer)
        for group in optimizer.param_groups:
            group.setdefault("initial_lr", group["lr"])
        self._write()

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate after some steps.

        Parameters
        ----------
        lr : float
            The initial learning rate.
        t : int
            The number of steps.
        """
        raise NotImplementedError

    def step(self) -> None:
        """Take one step."""
        follow(self)
        self.last_epoch += 1
        self._write()

    def _write(self) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = call(self.rate, group["initial_lr"], self.last_epoch)

    def state_dict(self) -> dict[str, Any]:
        """Return the state as plain numbers, which JSON can represent."""
        lrs = [group["initial_lr"] for group in self.optimizer.param_groups]
        return {"last_epoch": self.last_epoch, "initial_lrs": lrs}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore a state.

        Parameters
        ----------
        state : dict
            A result of `state_dict`.
        """
        self.last_epoch = state["last_epoch"]
        for group, lr in zip(self.optimizer.param_groups, state["initial_lrs"], strict=True):
            group["initial_lr"] = lr
        self._write()
