"""Schedules that combine others."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from autograd.errors import OptionError
from nn.optim.optimizer import Optimizer
from nn.optim.scheduler import Formula


class Combined(Formula):
    """The base class of schedules made of others, which start from the rates before these."""

    schedulers: list[Formula]

    def rate(self, lr: float, t: int) -> float:
        """Return the rate of the first group."""
        return self.rate_of(0, lr, t)

    @property
    def moves_momentum(self) -> bool:
        """Whether one of the schedules changes the momentum."""
        return any(schedule.moves_momentum for schedule in self.schedulers)

    def _first_rates(self) -> list[float]:
        return list(min(self.schedulers, key=lambda schedule: schedule.number).base_lrs)


class SequentialLR(Combined):
    """Several schedules one after the other; at each milestone the next one starts, with t = 0.

    Parameters
    ----------
    optimizer : Optimizer
        The optimiser, whose groups' learning rates are set.
    schedulers : sequence of Formula
        The schedules, all of the same optimiser.
    milestones : sequence of int
        The steps at which the second and later schedules start.

    Raises
    ------
    OptionError
        If the schedules cannot be combined, or the milestones do not fit.

    Examples
    --------
    >>> import nn
    >>> from nn.optim import ExponentialLR, LinearLR, StepLR
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=1.0)
    >>> parts = [LinearLR(optimizer, 0.5, total_iters=2), StepLR(optimizer, 1)]
    >>> schedule = SequentialLR(optimizer, parts, milestones=[2])
    >>> rates = []
    >>> for _ in range(4):
    ...     rates.append(round(optimizer.param_groups[0]["lr"], 3))
    ...     schedule.step()
    >>> rates
    [0.5, 0.75, 1.0, 0.1]
    """

    def __init__(
        self, optimizer: Optimizer, schedulers: Sequence[Formula], milestones: Sequence[int]
    ) -> None:
        self.schedulers, self.milestones = _combined(schedulers), list(milestones)
        wanted = len(self.schedulers) - 1
        if len(self.milestones) != wanted or self.milestones != sorted(self.milestones):
            raise OptionError(
                f"{wanted + 1} schedules need {wanted} milestones in increasing order, "
                f"not {self.milestones}."
            )
        super().__init__(optimizer)

    def rate_of(self, group: int, lr: float, t: int) -> float:
        """Return the rate of the schedule that is active at step t."""
        turn = bisect_right(self.milestones, t)
        begun = self.milestones[turn - 1] if turn else 0
        return self.schedulers[turn].rate_of(group, lr, t - begun)

    def momentum_of(self, t: int) -> float:
        """Return the momentum that the schedule at step t, or else the last before, has set."""
        begins, end = [0, *self.milestones], t
        for turn in range(bisect_right(self.milestones, t), -1, -1):
            if self.schedulers[turn].moves_momentum and end >= begins[turn]:
                return self.schedulers[turn].momentum_of(end - begins[turn])
            end = begins[turn] - 1
        moving = [schedule for schedule in self.schedulers if schedule.moves_momentum]
        return max(moving, key=lambda schedule: schedule.number).momentum_of(0)


class ChainedScheduler(Combined):
    """Several schedules at once: each is applied to the rate of the previous one.

    Parameters
    ----------
    schedulers : sequence of Formula
        The schedules, all of the same optimiser.

    Raises
    ------
    OptionError
        If the schedules cannot be combined.

    Examples
    --------
    >>> import nn
    >>> from nn.optim import ExponentialLR, LinearLR, StepLR
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=1.0)
    >>> schedule = ChainedScheduler([StepLR(optimizer, 2), ExponentialLR(optimizer, 0.5)])
    >>> rates = []
    >>> for _ in range(4):
    ...     rates.append(round(optimizer.param_groups[0]["lr"], 3))
    ...     schedule.step()
    >>> rates
    [1.0, 0.5, 0.025, 0.013]
    """

    def __init__(self, schedulers: Sequence[Formula]) -> None:
        self.schedulers = _combined(schedulers)
        super().__init__(self.schedulers[0].optimizer)

    def rate_of(self, group: int, lr: float, t: int) -> float:
        """Return the rate after all schedules."""
        for scheduler in self.schedulers:
            lr = scheduler.rate_of(group, lr, t)
        return lr

    def momentum_of(self, t: int) -> float:
        """Return the momentum that the last schedule with one sets."""
        return [s for s in self.schedulers if s.moves_momentum][-1].momentum_of(t)


def _combined(schedulers: Sequence[Formula]) -> list[Formula]:
    """Return schedules as a list; raise if they cannot be combined."""
    found = list(schedulers)
    wrong = [type(s).__name__ for s in found if not isinstance(s, Formula)]
    if wrong:
        raise OptionError(
            f"{wrong[0]} does not depend on t alone, so it cannot be combined with others."
        )
    if not found or any(s.optimizer is not found[0].optimizer for s in found):
        raise OptionError("Combine at least one schedule, all of the same optimiser.")
    return found
