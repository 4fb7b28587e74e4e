"""What the steps of a graph and those of a program have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

Step = TypeVar("Step")


class StepSequence(Generic[Step]):
    """Steps in order, which print as text.

    Attributes
    ----------
    steps : list
        The steps.
    """

    steps: list[Step]

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __getitem__(self, index: int) -> Step:
        return self.steps[index]

    def __repr__(self) -> str:
        return self.text()

    def text(self) -> str:
        """Return the steps as text."""
        raise NotImplementedError
