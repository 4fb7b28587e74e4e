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
    """No derivative rule is registered for a function that was called on a node."""


class NoDerivativeError(AutogradError, ArithmeticError):
    """The derivative does not exist here, as at equal eigenvalues or at a matrix of lower rank."""


class SolutionError(AutogradError, ArithmeticError):
    """A point does not solve its equation, or the solver did not converge."""


class ShapeError(AutogradError, ValueError):
    """Shapes do not match."""


class ReadOnlyError(AutogradError, ValueError, AttributeError):
    """An assignment to a Tensor that is a read-only view, or to a read-only attribute."""


class DataError(AutogradError, TypeError):
    """The data of a node is not a number or an array of real or complex floating point numbers."""


class SchedulerLostError(AutogradError, ConnectionError):
    """The scheduler of a cluster does not answer any more."""


class GraphError(AutogradError, RuntimeError):
    """An operation on the graph that is not possible, such as `backward` of a constant."""


class FreedGraphError(GraphError):
    """An earlier `backward` without `retain_graph=True` has freed the graph."""


class TraceError(AutogradError, TypeError):
    """A function that is traced does something that a program cannot repeat."""


class ImpureFunctionError(TraceError):
    """A traced function depends on something else than its arguments, such as random numbers."""


class SparsityError(AutogradError, ArithmeticError):
    """The entries of a sparse derivative do not fit a product with a vector."""


class BatchError(AutogradError, ValueError):
    """A function that `vmap` calls does something that differs between the calls of a batch."""


class BareNumberError(BatchError):
    """A function that `vmap` calls needs the number of each call, and has an array for all."""


class BatchNumberError(BatchError, TypeError):
    """A batched number is used as an array."""


class GuardError(AutogradError, ValueError):
    """A program was called with inputs for which the traced function would take another branch."""


class ReplayError(AutogradError, RuntimeError):
    """A program that `jit` has recorded raises an error which the function does not: our fault."""


class SourceError(AutogradError, TypeError):
    """A program contains something that cannot be written as source."""


class NonFiniteError(AutogradError, FloatingPointError):
    """An operation inside `debug`, or its derivative, returned infinity or NaN."""


class GradientError(AutogradError, AssertionError):
    """A derivative disagrees with finite differences; `report` holds the comparison."""

    def __init__(self, message: str, report: object = None) -> None:
        super().__init__(message)
        self.report = report


class ExpressionError(AutogradError, ValueError):
    """The text of an expression cannot be parsed, or contains something that is not allowed."""


class FormatError(AutogradError, ValueError):
    """The extension of a file name stands for no known format."""


class MissingProgramError(AutogradError, RuntimeError):
    """An optional program or package is not installed: Graphviz's `dot`, matplotlib."""


class OptionError(AutogradError, ValueError):
    """An argument has a value that is not allowed."""


class WeightsError(AutogradError, ValueError, RuntimeError):
    """A file of weights is damaged, or does not match the module it is loaded into."""


def lost(what: str, advice: str) -> GradientLostError:
    """Return the error for an operation that would lose a derivative.

    Parameters
    ----------
    what : str
        The operation.
    advice : str
        What to write instead.

    Examples
    --------
    >>> print(lost("float(x)", "Write x.data."))
    float(x) would lose the derivative. Write x.data.
    """
    return GradientLostError(f"{what} would lose the derivative. {advice}")
