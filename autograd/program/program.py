"""`Program`: a recorded computation as an object, which can be read, run and saved."""

from __future__ import annotations

import copy
import html
import inspect
import os
from collections.abc import Callable, Mapping
from typing import Any

from autograd.program.garbage import FEWER_SEARCHES
from autograd.program.instructions import (
    Constant,
    Guard,
    Instruction,
    Variable,
    substituted,
)
from autograd.program.structure import Parameter

#: Functions from a program to one that computes the same with less: `autograd.program.passes`.
PASSES: list[Callable[[Program], Program]] = []

#: What does the work of a method, by its name: modules that need `Program` themselves.
METHODS: dict[str, Callable[..., Any]] = {}

#: What writes programs as text, by the name of the method: `autograd.program.source`.
WRITERS: dict[str, Callable[..., Any]] = {}


def kind_of(path: str | os.PathLike[str]) -> str:
    """Return the name of what writes a file, by its ending."""
    return "save C" if os.fspath(path).endswith(".c") else "save"


class Store:
    """What a program stores in a node, or in the state of another object, when it has run.

    Attributes
    ----------
    node : Value, Tensor or Cell
        The node; or the entry of the dict or list that the state is in.
    what : str
        ``"data"`` or ``"grad"``.
    value : Variable, Constant or None
        What it stores.
    """

    __slots__ = ("node", "value", "what")

    def __init__(self, node: Any, what: str, value: Any) -> None:
        self.node = node
        self.what = what
        self.value = value


class Load:
    """An input that a program reads from a node, or from the state of another object.

    Attributes
    ----------
    node : Value, Tensor or Cell
        The node; or the entry of the dict or list that the state is in.
    what : str
        ``"data"`` or ``"grad"``.
    variable : Variable or None
        The input; None for a ``grad`` that must be None.
    """

    __slots__ = ("node", "variable", "what")

    def __init__(self, node: Any, what: str, variable: Variable | None) -> None:
        self.node = node
        self.what = what
        self.variable = variable


class Program:
    """The instructions that a function carried out, and what they read and return.

    `trace` makes programs.

    Parameters
    ----------
    name : str
        The name of the function.
    inputs : list of Variable
        The arrays and numbers among the arguments.
    loads : list of Load
        What is read from nodes that the function closes over.
    items : list of Instruction and Guard
        What runs, in order.
    output : any
        The variables and constants that are returned, nested.
    stores : list of Store
        What is stored in nodes that the function closes over.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import trace
    >>> program = trace(lambda x, y: x + np.sin(y))(1.0, 2.0)
    >>> [instruction.name for instruction in program.instructions]
    ['sin', 'add']

    Attributes
    ----------
    name : str
        The name of the function.
    inputs : list of Variable
        The arrays and numbers among the arguments, in order.
    loads : list of Load
        What is read from nodes that the function closes over.
    items : list of Instruction and Guard
        In the order in which they run.
    output : any
        The variables and constants that it returns, in the structure of the function's result.
    stores : list of Store
        What is stored in nodes that the function closes over.
    constants : list of Constant
        The plain arrays that it refers to.
    parameters : list of Parameter
        The parameters of the function that arguments were passed for.
    function : callable or None
        The function.
    derived : list of Variable
        The variables that backward passes derive, in the order of the passes.
    gradients : dict
        For a derivative of the result, the variables with respect to which: several, where one
        passes it on to the next as it is.
    graph : Graph or None
        The graph that `of` was given.
    """

    def __init__(
        self,
        name: str,
        inputs: list[Variable],
        loads: list[Load],
        items: list[Any],
        output: Any,
        stores: list[Store],
        parameters: list[Parameter] | None = None,
    ) -> None:
        self.name = name
        self.inputs = inputs
        self.loads = loads
        self.items = items
        self.output = output
        self.stores = stores
        if parameters is None:
            kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
            parameters = [Parameter(x.hint or f"x{x.number}", kind, x) for x in inputs]
        self.parameters = parameters
        self.function: Any = None
        self.derived: list[Variable] = []
        self.gradients: dict[Variable, tuple[Variable, ...]] = {}
        self.graph: Any = None

    @classmethod
    def of(cls, *nodes: Any) -> Program:
        """Return the program of a graph: what was computed for some nodes.

        Its inputs are the leaves, by their labels; Tensors without derivative and label are
        constants. Calls of functions that `jit` has returned are written out.

        Parameters
        ----------
        *nodes : Value or Tensor
            The results.

        Returns
        -------
        Program
            A function of the numbers in the leaves, with the graph as its attribute.

        Raises
        ------
        FreedGraphError
            If `backward` has freed a part of the graph.

        Examples
        --------
        >>> import numpy as np
        >>> from autograd import Tensor
        >>> from autograd.program import Program
        >>> w = Tensor([1.0, 2.0], label="w")
        >>> program = Program.of(np.sum(w * w))
        >>> program([3.0, 4.0])
        np.float64(25.0)
        >>> program.backward()([3.0, 4.0])
        array([6., 8.])
        """
        return METHODS["of"](*nodes)  # type: ignore[no-any-return]

    def backward(self) -> Program:
        """Return the program of the derivatives of a graph with respect to its leaves.

        It takes the same inputs as this one, and for results that are more than one number their
        cotangents. It returns the derivative for each input that requires one, in order.

        Raises
        ------
        GraphError
            If this program is not one of a graph, which `of` makes.
        """
        return METHODS["backward"](self)  # type: ignore[no-any-return]

    @property
    def instructions(self) -> list[Instruction]:
        """The instructions, without the guards."""
        return [item for item in self.items if isinstance(item, Instruction)]

    @property
    def guards(self) -> list[Guard]:
        """The conditions under which the program is what the function does."""
        return [item for item in self.items if isinstance(item, Guard)]

    @property
    def outputs(self) -> list[Any]:
        """The variables and constants that it returns."""
        found: list[Any] = []
        substituted(self.output, found.append)
        return found

    @property
    def constants(self) -> list[Constant]:
        """The plain arrays that it refers to."""
        found: dict[Constant, None] = {}

        def note(x: Any) -> None:
            if isinstance(x, Constant):
                found[x] = None

        for item in self.instructions:
            substituted(item.arguments, note)
            substituted(item.keywords, note)
        substituted(self.output, note)
        return list(found)

    def __len__(self) -> int:
        return len(self.items)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Run the program, with arguments like those with which it was recorded.

        Parameters
        ----------
        *arguments, **keywords : any
            The arguments of the function: other numbers, of the same shapes and types. Instead of
            an array there may be a list, a Tensor or a Value.

        Returns
        -------
        any
            What the function returns, with arrays and numbers in the place of nodes.

        Raises
        ------
        GuardError
            If the function would take another branch, or a fixed argument is another one.
        ShapeError, DataError
            If an argument has another shape, structure or type.

        Examples
        --------
        >>> import autograd
        >>> program = autograd.trace(lambda x: x * x if x > 0 else -x)(2.0)
        >>> program(3.0)
        9.0
        >>> program(-3.0)
        Traceback (most recent call last):
            ...
        autograd.errors.GuardError: program was recorded for x > 0...
        """
        return METHODS["call"](self, arguments, keywords)

    def nan_origin(self, *arguments: Any, **keywords: Any) -> Any:
        """Return where a NaN, an infinity or a zero derivative begins.

        Parameters
        ----------
        *arguments, **keywords : any
            The arguments of the function. The program runs with copies of them, without storing
            anything, and goes on where a guard does not hold.

        Returns
        -------
        list of Finding
            The first instruction of each kind, with its source line and the numbers it was given.
            As text, a report.

        Examples
        --------
        >>> import numpy as np
        >>> import autograd
        >>> program = autograd.trace(lambda x: np.sum(np.log(x) * x))(np.ones(2))
        >>> findings = program.nan_origin(np.array([1.0, 0.0]))
        >>> [(finding.what, finding.text) for finding in findings]
        [('infinity', 'v1 = np.log(x)'), ('NaN', 'v2 = v1 * x')]
        """
        return METHODS["nan_origin"](self, arguments, keywords)

    def __repr__(self) -> str:
        return (
            f"<Program {self.name}: {len(self.instructions)} instructions, "
            f"{len(self.inputs) + len(self.loads)} inputs, {len(self.guards)} guards>"
        )

    def with_items(self, items: list[Any]) -> Program:
        """Return the same program with other instructions.

        Parameters
        ----------
        items : list of Instruction and Guard
            What runs, in order.
        """
        program = copy.copy(self)
        program.items = items
        return program

    def latex(self) -> str:
        r"""Return the program as formulas in LaTeX, in the notation of a textbook.

        Products of matrices stand side by side, :math:`\circ` multiplies element by element, and
        functions, powers and fractions of arrays are meant element by element as well. What is
        used again gets a name. The formulas are simplified by identities, so they say what the
        program computes and not in which order; they hold for finite numbers.

        Returns
        -------
        str
            Lines of an ``aligned`` environment, which Jupyter displays.

        Examples
        --------
        >>> import numpy as np
        >>> from autograd import trace
        >>> print(trace(lambda w, x: 1 / (1 + np.exp(-x @ w)))(np.ones(2), np.ones((3, 2))).latex())
        \begin{aligned}
        y &= \sigma\left(x w\right)
        \end{aligned}
        """
        found: str = WRITERS["latex"](self)
        return found

    def optimised(self) -> Program:
        """Return a program that computes the same with less; this one stays as it is."""
        program = self
        with FEWER_SEARCHES:
            for one in PASSES:
                program = one(program)
        return program

    def replaced(self, items: list[Any], value_of: Callable[[Any], Any]) -> Program:
        """Return a program with other instructions and results.

        Parameters
        ----------
        items : list of Instruction and Guard
            What runs, in order.
        value_of : callable
            Returns what takes the place of a variable or constant that is returned or stored.
        """
        program = self.with_items(items)
        program.output = substituted(self.output, value_of)
        program.stores = [
            Store(store.node, store.what, substituted(store.value, value_of))
            for store in self.stores
        ]
        program.derived = substituted(self.derived, value_of)
        return program

    def source(self, name: str = "") -> str:
        """Return the program as a function of NumPy, which a person could have written.

        Parameters
        ----------
        name : str
            The name of the function; by default it is made of the name of the traced one.

        Returns
        -------
        str
            Imports and one function.

        Examples
        --------
        >>> import autograd
        >>> program = autograd.trace(autograd.grad(lambda x: x * x))(3.0)
        >>> program.source("slope").splitlines()[-2:]
        ['    d_x = x + x + 0.0', '    return d_x']
        """
        return str(WRITERS["source"]([self], name))

    def save(
        self, path: str | os.PathLike[str], name: str = "", sources: Mapping[Any, Any] | None = None
    ) -> None:
        """Save the program as a module with one function, which needs nothing but NumPy; or as C.

        The function computes the same bits, for arrays that lie in memory as when the program was
        recorded. It raises a ValueError for arguments of other types and shapes, and for those for
        which the traced function would take another branch. What the program reads from nodes, it
        takes as keyword arguments; if it stores something in nodes, it returns a pair of the result
        and a dict of what would be stored.

        A path that ends in ``.c`` gets a function in C99 and a header beside it, for elementwise
        functions, sums, maxima, indexing, assignments and matrix products. Its numbers agree as
        `jit` says of C. It returns 0, or the number of the branch that it would not take, or -2
        where Python raises an error for floats, as for ``1 / 0``, or makes a complex number. Where
        Values and arrays go on with infinity or NaN, so does C.

        Parameters
        ----------
        path : str or path_like
            The file. Large constants are saved beside it, in a file that ends in ``.npz``.
        name : str
            The name of the function; by default it is made of the name of the traced one.
        sources : mapping, optional
            For functions that are not NumPy's, such as those of `autograd.define`: the text of a
            function, or a function that the module is to import.

        Raises
        ------
        SourceError
            If the program needs something whose source is not known.
        FileNotFoundError
            If the folder does not exist.

        Examples
        --------
        >>> import tempfile
        >>> from pathlib import Path
        >>> import autograd
        >>> path = Path(tempfile.mkdtemp(), "slope.py")
        >>> autograd.trace(autograd.grad(lambda x: x * x))(3.0).save(path)
        >>> "autograd" in path.read_text()
        False
        """
        WRITERS[kind_of(path)]([self], path, name, sources)

    def _repr_html_(self) -> str:
        lines = html.escape(self.source()).split("\n")
        faint = '<span style="opacity:0.6">{}</span>'
        shown = [faint.format(line) if line.strip()[:1] == "#" else line for line in lines]
        return f"<pre>{chr(10).join(shown)}</pre>"

    def __str__(self) -> str:
        return self.source()
