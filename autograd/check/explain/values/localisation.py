"""What the values of a backward pass tell about its wrong line."""

from __future__ import annotations

from autograd.check.explain.values.judging import Judge
from autograd.check.explain.values.search import ValueSearch
from autograd.check.explain.values.substitution import Substitution


class Localisation(ValueSearch):
    """The search for the first wrong value, and for the line that made it.

    The parameters and attributes are those of `ValueSearch`.
    """

    def chosen(self, found: Substitution) -> Substitution:
        """Return the substitution where the wrong value was made, with the other suspects."""
        only_line = self.lines is not None and len(self.lines) == 1
        return found if only_line else Judge(self).judged(found)
