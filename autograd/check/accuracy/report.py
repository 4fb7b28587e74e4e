"""The result of a precision check, as it is shown."""

from __future__ import annotations

from dataclasses import dataclass

from autograd.check.accuracy.findings import PrecisionFindings
from autograd.check.accuracy.page import page


@dataclass(repr=False)
class PrecisionReport(PrecisionFindings):
    """How many decimal digits of a result and of its gradient are right.

    Attributes
    ----------
    results : dict of str to array
        The right digits of each number of the result, by its path; ``result`` if it is one.
    gradient_digits : dict of str to array
        The right digits of the derivatives with respect to each input, by its path; NaN for
        elements that were not sampled, or where the function has no derivative. Of several
        results, those of a sum with fixed weights.
    allowed : float
        The digits that remain if the inputs are themselves rounded numbers: with fewer right
        digits in an input, no formula has more in the result.
    full : float
        The digits of a correctly rounded result.
    lines : list of LosingLine
        The lines that lose digits of the result.
    gradient_lines : list of LosingLine
        Other lines that lose digits of the gradient.
    improved, gradient_improved : float
        The digits of the result and of the gradient with all suggestions; NaN without any.
    unknown : list of str
        Operations without an exact function: they count as exact.
    notes : list of str
        What was left out.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import check_precision
    >>> check_precision(lambda x: 1 - np.cos(x), 1.0).lines
    []
    """

    def __repr__(self) -> str:
        return str(self)

    def html(self, title: str = "Precision check") -> str:
        """Return a page of its own, with the lines and the digits of each element.

        Parameters
        ----------
        title : str
            The title of the page.
        """
        return page(self, title)
