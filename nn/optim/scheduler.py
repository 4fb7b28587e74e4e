"""The base classes of learning rate schedules."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

from autograd.errors import OptionError
from autograd.program import State, call, follow
from nn.optim.optimizer import Optimizer

_NUMBERS = itertools.count()


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
        return self._rates()

    def _rates(self) -> list[float]:
        return [group["lr"] for group in self.optimizer.param_groups]


def of_group(setting: Any, group: int) -> Any:
    """Return the setting of a group: an item of a list, or the setting of all groups."""
    return setting[group] if isinstance(setting, (list, tuple)) else setting


def for_groups(optimizer: Optimizer, name: str, setting: Any) -> Any:
    """Return a setting, of all groups or a list of one for each; raise if the number is another."""
    count = len(optimizer.param_groups)
    if isinstance(setting, (list, tuple)) and len(setting) != count:
        raise OptionError(f"{name}= has {len(setting)} items for {count} groups of parameters.")
    return setting


class Formula(Scheduler):
    """The base class of schedules whose rate depends on the number of steps and the initial rate.

    Subclasses define ``rate(lr, t)``. The rates are set at once, for t = 0, and in each step. If
    a rate was changed since the last step, by hand or by another schedule of the same optimiser,
    the schedule goes on from the new rate: a step then does to it what the formula does to a rate
    in this step. So several schedules multiply, as in PyTorch.

    Parameters
    ----------
    optimizer : Optimizer
        The optimiser, whose groups' learning rates are set.

    Attributes
    ----------
    base_lrs : list of float
        The initial learning rate of each group.

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
        self.number = next(_NUMBERS)  # a schedule made later has a larger one
        self.base_lrs = self._first_rates()
        self._bases = list(self.base_lrs)  # the initial rates that would lead to the present ones
        self._written = self._rates()
        self._write()

    def _first_rates(self) -> list[float]:
        """Return the initial rate of each group."""
        return self._rates()

    def rate(self, lr: float, t: int) -> float:
        """Return the learning rate after some steps; of the form a(t) · lr + b(t).

        Parameters
        ----------
        lr : float
            The initial learning rate.
        t : int
            The number of steps.
        """
        raise NotImplementedError

    def rate_of(self, group: int, lr: float, t: int) -> float:
        """Return the learning rate of a group after some steps; by default that of all groups.

        Parameters
        ----------
        group : int
            The number of the group.
        lr : float
            Its initial learning rate.
        t : int
            The number of steps.
        """
        return self.rate(lr, t)

    @property
    def moves_momentum(self) -> bool:
        """Whether the momentum changes, too."""
        return False

    def momentum_of(self, t: int) -> float:
        """Return the momentum after some steps, if it changes.

        Parameters
        ----------
        t : int
            The number of steps.
        """
        raise NotImplementedError

    def step(self) -> None:
        """Take one step.

        Raises
        ------
        OptionError
            If a rate was changed that the formula does not depend on, so the change would be lost.
        """
        follow(self)
        self.last_epoch += 1
        self._write()

    def _write(self) -> None:
        groups = self.optimizer.param_groups
        for group in groups[len(self.base_lrs) :]:  # added since
            self.base_lrs.append(group["lr"])
            self._bases.append(group["lr"])
            self._written.append(math.nan)
        for i, group in enumerate(groups):
            rates = (group["lr"], self._written[i], self._bases[i], self.base_lrs[i])
            self._bases[i] = call(self._base, i, *rates, self.last_epoch)
            group["lr"] = self._written[i] = call(self.rate_of, i, self._bases[i], self.last_epoch)
        if self.moves_momentum:
            write_momentum(self.optimizer, call(self.momentum_of, self.last_epoch))

    def _base(self, i: int, lr: float, written: float, base: float, first: float, t: int) -> float:
        """Return the initial rate from which `lr` follows at t - 1, at first the real one."""
        if lr == written and base == first:
            return base
        shift = self.rate_of(i, 0.0, t - 1)
        scale = self.rate_of(i, 1.0, t - 1) - shift
        if scale == 0:
            return self._resumed(lr, written, base, first, t)
        return base if lr == written else (lr - shift) / scale

    def _resumed(self, lr: float, written: float, base: float, first: float, t: int) -> float:
        """Return the initial rate to go on with, if the rate at t - 1 does not depend on it."""
        if lr == written:
            return base
        raise OptionError(
            f"{type(self).__name__} set the learning rate to {written:.6g}, whatever it was "
            f"before. Now it is {lr:.6g}, set by hand or by another schedule, and this step would "
            "undo that. Use one of the two, or nn.optim.SequentialLR."
        )

    def state_dict(self) -> dict[str, Any]:
        """Return the state as plain numbers, which JSON can represent."""
        return {
            "last_epoch": self.last_epoch,
            "base_lrs": list(self.base_lrs),
            "bases": list(self._bases),
            "written": list(self._written),
            "lrs": self._rates(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore a state.

        Parameters
        ----------
        state : dict
            A result of `state_dict`.
        """
        self.last_epoch = state["last_epoch"]
        self.base_lrs, self._bases = list(state["base_lrs"]), list(state["bases"])
        self._written = list(state["written"])
        for group, lr in zip(self.optimizer.param_groups, state["lrs"], strict=True):
            group["lr"] = lr


def write_momentum(optimizer: Any, momentum: float) -> None:
    """Set the momentum of all groups, or the first of their betas."""
    for group in optimizer.param_groups:
        if "betas" in group:
            group["betas"] = (momentum, group["betas"][1])
        elif "momentum" in group:
            group["momentum"] = momentum
