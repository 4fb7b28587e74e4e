"""When callbacks save: after epochs, or after some steps."""

from __future__ import annotations

from autograd.errors import OptionError


class Frequency:
    """When to save: after each epoch, or after a number of steps.

    Parameters
    ----------
    save_freq : "epoch" or int
        Which.

    Examples
    --------
    >>> every = Frequency(2)
    >>> [every.ends_with_step() for _ in range(4)]
    [False, True, False, True]
    """

    def __init__(self, save_freq: str | int) -> None:
        is_count = isinstance(save_freq, int) and not isinstance(save_freq, bool)
        if save_freq != "epoch" and not (is_count and int(save_freq) > 0):
            raise OptionError(f"save_freq={save_freq!r} must be 'epoch' or a number of steps.")
        self.steps = int(save_freq) if is_count else 0
        self.since = 0

    def ends_with_step(self) -> bool:
        """Count a step; return whether to save after it."""
        self.since = (self.since + 1) % self.steps if self.steps else 1
        return self.since == 0
