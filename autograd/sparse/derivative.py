"""`sparse_jacobian` and `sparse_hessian`: matrices of which only few entries are not zero."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import tree
from autograd.engine import Node, tracing
from autograd.errors import DataError, GradientLostError, OptionError, SparsityError
from autograd.program import structure
from autograd.sparse.pattern import Pattern, pattern_of
from autograd.sparse.plans import EPSILONS, Plan, StarPlan, epsilon_of, plan_of
from autograd.sparse.products import Products, pulled, pushed, pushed_gradients, structured
from autograd.sparse.sets import scipy_sparse
from autograd.transforms.naming import transform
from autograd.variables import Argnum, Function, Variable, plain

_MODES = ("auto", "forward", "reverse")

#: How often the vector of a product that does not fit is split in two, to see what adds up.
SPLITS = 8

#: How well, relative to what is missing.
ADDING = 0.1

#: How much larger rounding errors may be at other numbers.
NOISE = 100.0


class _OtherSizeError(Exception):
    """The result has another size than that of the plan: it depends on the data."""


class SparseDerivative:
    """A function that computes a sparse matrix of derivatives: what `sparse_jacobian` returns.

    The pattern and the colouring are computed at the first call for each kind of arguments, and
    reused.

    Parameters
    ----------
    function : callable
        What is differentiated.
    argnum : int or sequence of int
        The positional argument with respect to which it is.
    mode : str
        "auto", "forward" or "reverse".
    verify : bool
        Whether to compare a product with each result.

    Attributes
    ----------
    function : callable
        What is differentiated.
    argnum : int or sequence of int
        The positional argument with respect to which it is.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import sparse_jacobian
    >>> J = sparse_jacobian(lambda x: x[1:] * x[:-1])
    >>> J(np.array([1.0, 2.0, 3.0])).nnz
    4
    """

    def __init__(self, function: Function, argnum: Argnum, mode: str, verify: bool) -> None:
        self.function = function
        self.argnum = argnum
        self._mode = mode
        self._verify = verify
        self._single = isinstance(argnum, (int, np.integer))
        self._forward = Products(self._pushing(function, argnum))
        self._reverse = Products(pulled(function, argnum))
        self._plans: dict[Any, Plan] = {}
        self._last: tuple[Plan, Any] | None = None
        self._complex = False

    #: What makes the products with tangents.
    _pushing: Callable[[Function, Argnum], Function] = staticmethod(pushed)
    #: The name in messages.
    _what = "sparse_jacobian"

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Return the derivative as a `scipy.sparse.csr_array`; a tuple for several arguments."""
        given = self._given(arguments)
        plan = self._plan(given, arguments, keywords)
        try:
            matrix = self._matrix(plan, given, arguments, keywords)
        except _OtherSizeError:
            plan = self._replaced(plan, self._structure(given, arguments, keywords), given)
            matrix = self._matrix(plan, given, arguments, keywords)
        return self._split(self._of_type(matrix, given), given)

    def _of_type(self, matrix: Any, given: Any) -> Any:
        """Return a matrix in the type of the argument, as `jacobian` does."""
        kinds = [np.asarray(plain(x)).dtype for x in tree.flat(given)]
        dtype = np.result_type(*[kind if kind.kind == "f" else float for kind in kinds])
        return matrix if self._complex or matrix.dtype == dtype else matrix.astype(dtype)

    def pattern(self, *arguments: Any, **keywords: Any) -> Any:
        """Return which entries may be other than zero, as a `scipy.sparse.csr_array` of booleans.

        Parameters
        ----------
        *arguments, **keywords
            Arguments of the function; without any, those of the last call.

        Returns
        -------
        csr_array or tuple of csr_array
            For example for the parameter ``jac_sparsity`` of SciPy's functions.

        Examples
        --------
        >>> import numpy as np
        >>> from autograd import sparse_jacobian
        >>> sparse_jacobian(np.diff).pattern(np.ones(4)).toarray().astype(int)
        array([[1, 1, 0, 0],
               [0, 1, 1, 0],
               [0, 0, 1, 1]])
        """
        plan, given = self._planned(arguments, keywords)
        return self._split(plan.filled(np.ones(plan.sets.count, bool)), given)

    def colors(self, *arguments: Any, **keywords: Any) -> Any:
        """Return the colour of each column, or of each row if `summary` says so.

        Parameters
        ----------
        *arguments, **keywords
            Arguments of the function; without any, those of the last call.

        Returns
        -------
        ndarray of int
            One product computes all columns of a colour.

        Examples
        --------
        >>> import numpy as np
        >>> from autograd import sparse_jacobian
        >>> sparse_jacobian(np.diff).colors(np.ones(4))
        array([0, 1, 0, 1])
        """
        return self._planned(arguments, keywords)[0].colors.copy()

    def summary(self, *arguments: Any, **keywords: Any) -> str:
        """Return a text: the size of the pattern, the number of products, what counts as dense.

        Parameters
        ----------
        *arguments, **keywords
            Arguments of the function; without any, those of the last call.

        Examples
        --------
        >>> import numpy as np
        >>> from autograd import sparse_jacobian
        >>> print(sparse_jacobian(np.diff).summary(np.ones(1000)))
        999 × 1000 with 1998 entries (0.2 %), at most 2 in a row and 2 in a column
        2 products in forward mode, for 2 colours of columns, and one to verify
        """
        plan = self._planned(arguments, keywords)[0]
        rows, columns = plan.shape
        count = plan.sets.count
        share = 100 * count / max(rows * columns, 1)
        in_row = int(np.diff(plan.sets.indptr).max(initial=0))
        in_column = int(np.bincount(plan.sets.indices, minlength=1).max(initial=0))
        what = f"{plan.count} colour{'s' * (plan.count != 1)} of {plan.what}"
        lines = [
            f"{rows} × {columns} with {count} entries ({share:.2g} %), at most {in_row} in a row "
            f"and {in_column} in a column",
            f"{plan.count} product{'s' * (plan.count != 1)} in {plan.mode} mode, for {what}"
            + ", and one to verify" * self._verify,
        ]
        if plan.pattern.dense:
            lines.append(f"counted as dense: {', '.join(sorted(plan.pattern.dense))}")
        if plan.pattern.claimed:
            lines.append(f"as sparsity= says: {', '.join(sorted(plan.pattern.claimed))}")
        return "\n".join(lines)

    # -- the pattern ------------------------------------------------------------------------

    def _given(self, arguments: Any) -> Any:
        """Return the arguments that are differentiated."""
        numbers = [self.argnum] if self._single else list(self.argnum)  # type: ignore[arg-type]
        for number in numbers:
            if not -len(arguments) <= number < len(arguments):  # type: ignore[operator]
                raise DataError(
                    f"argnum={self.argnum} is out of range: {self._name} was called with "
                    f"{len(arguments)} positional arguments. Pass the differentiated argument by "
                    "position."
                )
        chosen = [arguments[number] for number in numbers]  # type: ignore[call-overload]
        return chosen[0] if self._single else tuple(chosen)

    @property
    def _name(self) -> str:
        """The name of the function in messages."""
        return str(getattr(self.function, "__name__", "the function"))

    def _require_numbers(self, given: Any, arguments: Any) -> None:
        """Raise an error for arguments that do not give a matrix of plain real numbers."""
        nested = any(isinstance(x, Node) for x in tree.flat(arguments))
        if nested or tracing.any_followed(arguments):
            raise GradientLostError(
                f"{self._what} returns a matrix of SciPy, which carries no derivative and cannot "
                "be traced. Call it with plain arrays, or use jacobian or make_hvp."
            )
        for node in Variable(given, f"argument {self.argnum} of {self._name}").nodes:
            if np.iscomplexobj(node.data):
                raise DataError(
                    f"{self._what} needs real arguments, but argument {self.argnum} of "
                    f"{self._name} contains complex numbers. Use jacobian, or pass real and "
                    "imaginary part."
                )

    def _plan(self, given: Any, arguments: Any, keywords: Any) -> Plan:
        """Return the plan for arguments of these types and shapes."""
        key: list[Any] = []
        structure.flatten((arguments, keywords), [], key)
        signature = tuple(key)
        plan = self._plans.get(signature)
        if plan is None:
            self._require_numbers(given, arguments)
            pattern = self._structure(given, arguments, keywords)
            plan = self._plans[signature] = self._planned_for(pattern, given)
        self._last = (plan, given)
        return plan

    def _planned(self, arguments: Any, keywords: Any) -> tuple[Plan, Any]:
        """Return the plan for some arguments, or the last one, and the arguments."""
        if arguments or keywords:
            given = self._given(arguments)
            return self._plan(given, arguments, keywords), given
        if self._last is None:
            raise DataError("No pattern has been computed yet: pass arguments of the function.")
        return self._last

    def _structure(self, given: Any, arguments: Any, keywords: Any) -> Pattern:
        """Return the pattern, from a program of one product."""
        count = sum(np.size(plain(x)) for x in tree.flat(given))
        probe = np.random.default_rng(1).uniform(0.5, 1.5, count)
        program = self._forward.program(structured(probe, given), arguments, keywords)
        self._require_array(program.output)
        return pattern_of(program, len(tree.flat(given)))

    def _require_array(self, result: Any) -> None:
        """Raise an error if the result of the function is not an array or a number."""
        if isinstance(result, (tuple, list, dict)):
            raise DataError(
                f"{self._what} needs a function that returns an array, but it returned "
                f"{type(result).__name__}. Join the results with np.concatenate."
            )
        kind = getattr(result, "kind", type(result))
        dtype = getattr(getattr(result, "value", result), "dtype", None)
        letter = np.dtype(kind if dtype is None else dtype).kind
        if letter not in "fc":
            raise DataError(
                f"{self._what} needs a function that returns floating point numbers, but its "
                f"derivative is of type {kind.__name__ if dtype is None else dtype}."
            )
        self._complex = letter == "c"
        if self._complex and self._mode == "reverse":
            raise DataError(
                "sparse_jacobian of a complex function in reverse mode would lose the imaginary "
                "part. Use forward mode."
            )

    def _planned_for(self, pattern: Pattern, given: Any) -> Plan:
        """Return the plan for a pattern."""
        return plan_of(pattern, _shape_of(given), "forward" if self._complex else self._mode)

    def _split(self, matrix: Any, given: Any) -> Any:
        """Return the columns that belong to each argument, if there are several."""
        if self._single:
            return matrix
        sizes = [sum(np.size(x) for x in tree.flat(part)) for part in given]
        ends = [*itertools.accumulate(sizes)]
        return tuple([matrix[:, b - n : b] for n, b in zip(sizes, ends, strict=True)])

    # -- the entries ------------------------------------------------------------------------

    def _matrix(self, plan: Plan, given: Any, arguments: Any, keywords: Any) -> Any:
        """Return the derivative; find a larger pattern, if the plan's is not the right one here."""
        matrix, product = self._computed(plan, given, arguments, keywords)
        if product is None:
            return matrix
        epsilon = epsilon_of(product)
        errors = plan.errors(matrix, product)
        if np.all(errors <= np.maximum(plan.tolerance, EPSILONS * epsilon)):
            return matrix
        both = plan.pattern.with_entries_of(self._structure(given, arguments, keywords))
        if both is not plan.pattern:
            larger = self._replaced(plan, both, given)
            matrix, product = self._computed(larger, given, arguments, keywords)
            errors, plan = larger.errors(matrix, product), larger
        if np.max(errors, initial=0.0) > epsilon**0.25:
            noisy = self._rounding(plan, matrix, product, (given, arguments, keywords))
            plan.noise = np.maximum(plan.noise, noisy)
            errors = plan.errors(matrix, product)
        worst = np.max(errors, initial=0.0)
        claimed = sorted(plan.pattern.claimed)
        if claimed and worst > epsilon**0.5:
            raise SparsityError(
                f"The entries that {self._what} has found do not fit a product with a vector: "
                f"they differ by {worst:.1g}, relative to the terms. What sparsity= of "
                f"{', '.join(claimed)} returned lacks entries: correct it, or leave it out."
            )
        if worst > epsilon**0.25:
            raise SparsityError(
                f"The entries that {self._what} has found do not fit a product with a vector: "
                f"they differ by {worst:.1g}, relative to the terms. Either rounding errors are "
                "that large, or the pattern lacks entries. Use jacobian or make_jvp."
            )
        plan.tolerance = np.maximum(plan.tolerance, 4 * errors)  # rounding: the pattern is right
        return matrix

    def _rounding(self, plan: Plan, matrix: Any, product: Any, call: Any) -> Any:
        """Return how far each number of a product may be from the product with the matrix.

        Terms that cancel, such as those of sqrt(x)², leave rounding errors, to which no terms of
        the matrix compare. What entries that a pattern lacks contribute to products adds up,
        however the vector is split in two; rounding errors do not.
        """
        given, arguments, keywords = call
        forward = plan.mode == "forward"
        products = self._forward if forward else self._reverse
        like = given if forward else self._result(arguments, keywords)
        parts = np.random.default_rng(1).uniform(-1, 1, (SPLITS, plan.test.size)) * plan.test
        vectors = np.concatenate([parts, plan.test - parts])
        found = products([structured(vectors, like)], arguments, keywords)
        with np.errstate(all="ignore"):
            missing = product - plan.times(matrix, plan.test)
            left = found - np.array([plan.times(matrix, vector) for vector in vectors])
            apart = np.abs(left[:SPLITS] + left[SPLITS:] - missing)
            adds_up = np.all(apart <= ADDING * np.abs(missing), axis=0)
        return np.where(adds_up | ~np.isfinite(missing), 0.0, NOISE * np.abs(missing))

    def _replaced(self, plan: Plan, pattern: Pattern, given: Any) -> Plan:
        """Return the plan for another pattern, and use it from now on."""
        found = self._planned_for(pattern, given)
        for key, known in list(self._plans.items()):
            if known is plan:
                self._plans[key] = found
        self._last = (found, given)
        return found

    def _computed(self, plan: Plan, given: Any, arguments: Any, keywords: Any) -> tuple[Any, Any]:
        """Return the derivative, and its product with a vector to verify it."""
        forward = plan.mode == "forward"
        products = self._forward if forward else self._reverse
        like = given if forward else self._result(arguments, keywords)
        if not forward and np.size(plain(like)) != plan.shape[0]:
            raise _OtherSizeError
        found = products(plan.blocks(like, self._verify or not plan.count), arguments, keywords)
        if forward and found.shape[1] != plan.shape[0]:
            raise _OtherSizeError
        return plan.matrix(found), found[-1] if self._verify else None

    def _result(self, arguments: Any, keywords: Any) -> Any:
        """Return what the function returns."""
        return self.function(*arguments, **keywords)


def _shape_of(given: Any) -> tuple[int, ...]:
    """Return the shape of an argument; that of all numbers in a row for nested containers."""
    parts = tree.flat(given)
    return np.shape(parts[0]) if len(parts) == 1 else (sum(map(np.size, parts)),)


class _SparseHessian(SparseDerivative):
    """The same for second derivatives, which are symmetric."""

    _pushing = staticmethod(pushed_gradients)
    _what = "sparse_hessian"

    def _planned_for(self, pattern: Pattern, given: Any) -> Plan:
        return StarPlan(pattern, _shape_of(given))


def _checked(mode: str) -> None:
    scipy_sparse()
    if mode not in _MODES:
        raise OptionError(f"mode={mode!r} must be one of {', '.join(_MODES)}.")


@transform
def sparse_jacobian(
    f: Function, argnum: Argnum = 0, *, mode: str = "auto", verify: bool = True
) -> SparseDerivative:
    """Return a function that computes the Jacobian of `f` as a sparse matrix, by few products.

    The first call finds out which entries may be other than zero, from the functions that `f`
    calls, and colours the columns: those without a common row have the same colour, and one
    product computes them together.

    Parameters
    ----------
    f : callable
        Returns one array or number. `jit` must be able to follow it.
    argnum : int or sequence of int
        The positional argument to differentiate; a sequence gives a tuple of matrices.
    mode : str
        "forward" colours columns, "reverse" rows; "auto" takes what needs fewer products.
    verify : bool
        Whether to compare the product with one more vector at each call. If the pattern does not
        fit, because of another branch or other constants, it is found again.

    Returns
    -------
    SparseDerivative
        Takes the arguments of `f`; returns a `scipy.sparse.csr_array` with a row for each element
        of the result and a column for each number of the argument, in C order. Its methods
        `pattern`, `colors` and `summary` tell more.

    Raises
    ------
    DataError
        When called, if `f` returns several arrays, or the argument is complex.
    ShapeError
        When called, if the pattern has more than 10⁸ entries.
    SparsityError
        When called, if the entries do not fit a product with a vector.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import sparse_jacobian
    >>> J = sparse_jacobian(lambda x: x[1:] * x[:-1])
    >>> J(np.array([1.0, 2.0, 3.0])).toarray()
    array([[2., 1., 0.],
           [0., 3., 2.]])
    """
    _checked(mode)
    return SparseDerivative(f, argnum, mode, verify)


@transform
def sparse_hessian(f: Function, argnum: int = 0, *, verify: bool = True) -> SparseDerivative:
    """Return a function that computes the Hessian of `f` as a sparse matrix, by few products.

    As `sparse_jacobian` of the gradient, with a colouring that makes use of symmetry.

    Parameters
    ----------
    f : callable
        Returns one real number. `jit` must be able to follow it and its gradient.
    argnum : int
        The positional argument to differentiate.
    verify : bool
        As for `sparse_jacobian`.

    Returns
    -------
    SparseDerivative
        Takes the arguments of `f`; returns a symmetric `scipy.sparse.csr_array` with a row and a
        column for each number of the argument, in C order.

    Raises
    ------
    ShapeError
        When called, if `f` returns more than one number, or the pattern has more than 10⁸ entries.
    DataError, SparsityError
        As for `sparse_jacobian`.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import sparse_hessian
    >>> H = sparse_hessian(lambda x: np.sum(x[1:] * x[:-1] ** 2))
    >>> H(np.array([1.0, 2.0, 3.0])).toarray()
    array([[4., 2., 0.],
           [2., 6., 4.],
           [0., 4., 0.]])
    """
    _checked("auto")
    return _SparseHessian(f, argnum, "auto", verify)
