"""Every exception a user of this library can meet.

All derive from `AutogradError`; each also derives from the built-in exception that
a NumPy or Python user would catch in its place.
"""

from __future__ import annotations


class AutogradError(Exception):
    """Base class of all errors raised by this library."""


class GradientLostError(AutogradError, TypeError):
    """An operation would have turned a node into a plain number or array, losing its derivative."""


class NoRuleError(AutogradError, NotImplementedError):
    """A function was called on a node, but nobody has said what its derivative is."""


class NoDerivativeError(AutogradError, ArithmeticError):
    """There is no derivative at these arguments: equal eigenvalues, a matrix without full rank."""


class ShapeError(AutogradError, ValueError):
    """Shapes do not fit each other."""


class ReadOnlyError(AutogradError, ValueError):
    """An assignment to a Tensor that is a read-only view, such as a diagonal."""


class DataError(AutogradError, TypeError):
    """The data of a node is not a number or an array of real or complex floating point numbers."""


class GraphError(AutogradError, RuntimeError):
    """`backward` was asked of something that has no graph to go back through."""


class FreedGraphError(GraphError):
    """The graph was let go of by an earlier `backward` without `retain_graph=True`."""


class NonFiniteError(AutogradError, FloatingPointError):
    """Inside `debug`, an operation or its derivative gave infinity or NaN."""


class GradientError(AutogradError, AssertionError):
    """A derivative disagrees with its finite difference; `report` holds the comparison."""

    def __init__(self, message: str, report: object = None) -> None:
        super().__init__(message)
        self.report = report


class ExpressionError(AutogradError, ValueError):
    """An expression given as text could not be understood, or is not allowed."""


class FormatError(AutogradError, ValueError):
    """A file name asks for a format that is not known."""


class MissingProgramError(AutogradError, RuntimeError):
    """A program or package that only some need (Graphviz's `dot`, matplotlib) is not installed."""


class OptionError(AutogradError, ValueError):
    """An argument has a value that makes no sense there."""


class WeightsError(AutogradError, ValueError):
    """A file of weights is damaged, or saved numbers do not fit what they are loaded into."""


def lost(what: str, advice: str) -> GradientLostError:
    """Build the error for `what`, an operation that would lose a derivative."""
    return GradientLostError(f"{what} would lose the derivative. {advice}")
