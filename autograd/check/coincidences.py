"""Numbers at which a wrong derivative may be right: zeros, ones, equal numbers, one sign only.

Where some were given, the derivative is compared at others as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograd import tree
from autograd.check.budget import Budget
from autograd.check.checked_function import CheckedFunction, is_part
from autograd.check.further import Further, lengthened, like, scaled, smaller
from autograd.check.report import Report
from autograd.check.settings import Options
from autograd.check.verdicts import VERDICTS, WRONG

#: Seconds for looking at other numbers, how many a call of the function may take, and how many
#: numbers are looked at alone.
SECONDS, SLOW, MOST_ALONE = 1.0, 0.05, 8

#: Checks a function, without and with reasons.
Look = Callable[[CheckedFunction, Options, bool], Report]


@dataclass(frozen=True)
class Special:
    """A number or an array with a property that may hide a mistake.

    Attributes
    ----------
    path : str
        Its name.
    what : str
        The property, as a predicate.
    other : any
        What is similar, but does not have it.
    accidental : bool
        Whether hardly any derivative relies on the property. Some are meant for symmetric matrices
        or positive numbers only.
    """

    path: str
    what: str
    other: Any
    accidental: bool = True

    def __str__(self) -> str:
        return f"{self.path} {self.what}"


def specials(path: str, value: Any, random: np.random.Generator, given: bool) -> Iterator[Special]:
    """Yield what is special about a number or an array.

    Parameters
    ----------
    path : str
        Its name.
    value : float or ndarray
        The number or array.
    random : numpy.random.Generator
        Random numbers for others.
    given : bool
        Whether the derivative is with respect to it. Otherwise zeros and ones among other numbers
        may stand for something, such as a mask, and stay.

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> [str(found) for found in specials("b", np.zeros(3), random, True)]
    ['b is 0 everywhere']
    >>> [str(found) for found in specials("A", np.array([[2.0, 0.3], [0.3, 1.5]]), random, False)]
    ['A is symmetric', 'A has no negative number']
    """
    array = np.asarray(value)
    if array.dtype.kind != "f" or not array.size or not np.isfinite(array).all():
        return
    if array.size == 1:
        number = float(array.reshape(-1)[0])
        if given and not (2 * number).is_integer():
            return
        yield Special(path, f"is {number:g}", like(value, np.full(array.shape, smaller(number))))
        return
    if np.all(array == array.flat[0]):
        number = float(array.flat[0])
        yield Special(
            path, f"is {number:g} everywhere", like(value, _unequal(array, random, given))
        )
        return
    if array.ndim == 2 and np.array_equal(array, array.T):
        yield Special(path, "is symmetric", like(value, scaled(array, random)), False)
    elif given and (np.any(array == 0) or len(np.unique(np.abs(array))) < array.size):
        yield Special(path, "has zeros or equal numbers", like(value, scaled(array, random)))
    if np.all(array >= 0) and (given or not np.array_equal(array, np.round(array))):
        signs = np.where(np.arange(array.size) % 2, 1.0, -1.0).reshape(array.shape)
        yield Special(path, "has no negative number", like(value, signs * array), False)


def _unequal(array: Any, random: np.random.Generator, given: bool) -> Any:
    """Return unequal numbers instead of equal ones; zeros and ones where they may be a mask."""
    if not given and array.flat[0] in (0, 1):
        other = np.zeros(array.size)
        other[random.permutation(array.size)[: (array.size + 1) // 2]] = 1.0
        return other.reshape(array.shape)
    return scaled(array, random)


class Coincidences:
    """The search for a mistake that the numbers given hide.

    Parameters
    ----------
    function : CheckedFunction
        The function, whose derivatives are right at these numbers.
    options : Options
        How they were checked.
    look : callable
        Checks a function, without and with reasons.
    """

    def __init__(self, function: CheckedFunction, options: Options, look: Look) -> None:
        self.function = function
        self.options = options
        self.look = look
        self.further: Further = options.further
        self.budget = Budget(SECONDS)
        self.quick = replace(
            options, method="projected", projections=2, progress=False, narrows=False
        )
        function.value(function.x)
        self.is_slow = self.budget.spent > SLOW
        self.found = [] if self.is_slow else list(self._found())

    def _found(self) -> Iterator[Special]:
        random = np.random.default_rng(11)
        function, own = self.function, {leaf.path for leaf in self.function.inputs}
        for leaf in function.inputs:
            if leaf.kind != "torch":
                value = float(leaf.data) if leaf.kind == "float" else leaf.data
                yield from specials(leaf.path, value, random, True)
        others = dict(self.further.numbers())
        for name, argument in zip(function.names, function.template, strict=True):
            for path, item in tree.leaves(argument, name):
                is_data = any(is_part(path, data) for data in function.data)
                if is_data and path not in own and isinstance(item, (float, np.ndarray)):
                    others[path] = item
        for path, item in others.items():
            yield from specials(path, item, random, False)

    # -- what the numbers hide --------------------------------------------------------------

    def report(self) -> Report | None:
        """Return a report about other numbers at which a derivative is wrong, if it is."""
        accidental = [special for special in self.found if special.accidental]
        if not accidental:
            return None
        together = self._is_wrong(accidental)
        guilty = [s for s in accidental[:MOST_ALONE] if self._is_wrong([s])]
        if not together and not guilty:
            return None
        changed = guilty or accidental
        report = self._looked(changed, self.options, True)
        if report is None or not _has_wrong(report):
            return None
        report.reasons.insert(0, _sentence(changed))
        return report

    def notes(self) -> list[str]:
        """Return what the derivatives rely on that may be meant so."""
        found = []
        for special in [s for s in self.found if not s.accidental][:MOST_ALONE]:
            report = self._looked([special], self.quick, False)
            if report is not None and _has_wrong(report):
                found.append(
                    f"The derivatives are right only because {special}. They are wrong, for "
                    f"example, at {special.path} = {_text(special.other)}."
                )
        grown = self._grown()
        return [*found, grown] if grown else found

    def _grown(self) -> str:
        """Return that derivatives are wrong for another number of examples, if they are."""
        if self.is_slow:
            return ""
        arrays = {p: a for p, a in self.further.numbers().items() if isinstance(a, np.ndarray)}
        for others in lengthened(arrays, np.random.default_rng(12)):
            report = self._looked([], self.quick, False, others)
            if report is not None and report.ok:
                return ""
            if report is not None and _has_wrong(report):
                shapes = " and ".join(
                    f"{path} has shape {np.shape(other)} instead of {np.shape(arrays[path])}"
                    for path, other in others.items()
                )
                return (
                    f"The derivatives are right only for these lengths. They are wrong if {shapes}."
                )
        return ""

    # -- other numbers ----------------------------------------------------------------------

    def _is_wrong(self, changed: Sequence[Special]) -> bool:
        report = self._looked(changed, self.quick, False)
        return report is not None and _has_wrong(report)

    def _looked(
        self,
        changed: Sequence[Special],
        options: Options,
        explain: bool,
        others: Any = None,
    ) -> Report | None:
        """Return the report about other numbers; None if the function is not defined there."""
        if not explain and self.budget.is_over():
            return None
        new = {**(others or {}), **{special.path: special.other for special in changed}}
        function = self.function
        template = [
            tree.replace(argument, lambda path, item: new.get(path, item), name)
            for name, argument in zip(function.names, function.template, strict=True)
        ]
        try:
            with self.further.replaced(new):
                moved = CheckedFunction(
                    function.f, template, False, function.names, data=function.data
                )
                return self.look(moved, options, explain)
        except Exception:  # outside of their domain
            return None


def _has_wrong(report: Report) -> bool:
    return VERDICTS[WRONG] in report.counts and "not finite" not in report.counts


def _sentence(changed: Sequence[Special]) -> str:
    by_path = {special.path: special for special in changed}
    reasons = ", ".join(map(str, by_path.values()))
    numbers = ", ".join(f"{path} = {_text(s.other)}" for path, s in by_path.items())
    return (
        f"At the numbers given, no derivative is wrong, but only because {reasons}. This report is "
        f"about other numbers: {numbers}."
    )


def _text(value: Any) -> str:
    """Return a number or array as text, the beginning of a long one."""
    if np.ndim(value) == 0:
        return f"{float(value):.4g}"
    return np.array2string(np.asarray(value), precision=3, threshold=6, edgeitems=2, separator=", ")
