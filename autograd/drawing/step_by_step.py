"""The backward pass step by step: every use of the chain rule, in formulas and numbers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import groupby
from typing import Any, overload

import numpy as np

from autograd.drawing.animation import animate, check_length
from autograd.drawing.chain import Step, chain
from autograd.drawing.files import save
from autograd.drawing.graph import Graph, Item, formula, graph_of
from autograd.drawing.latex import latex, latex_name
from autograd.drawing.local_derivative import derivative, named
from autograd.drawing.numbers import FEW, check_format, numbers_of, short, spread
from autograd.drawing.paths import Paths
from autograd.drawing.program_graph import check_nodes
from autograd.drawing.program_steps import ProgramSteps, program_steps
from autograd.drawing.step_sequence import StepSequence
from autograd.drawing.view import Frame, Options
from autograd.drawing.viewing import view_of
from autograd.engine import Node
from autograd.program import Program

ANIMATIONS = (".gif", ".svg")
FORMATS = (".txt", ".md", ".tex", *ANIMATIONS)
#: The most steps to display.
MOST = 200

#: Sums of more derivatives are written as the sum so far, and the last.
MOST_TERMS = 4
#: Arrays that take more room are summarised as mean ± standard deviation.
MOST_CHARACTERS = 40


class Steps(StepSequence[Step]):
    """The steps of the backward pass, in order.

    ``print`` shows them as text, Jupyter as formulas. `save` writes text, Markdown or LaTeX, or an
    animation of the derivatives appearing in the picture of the graph.

    Parameters
    ----------
    graph : Graph
        The graph, which `autograd.steps` prepares.
    steps : list of Step
        The steps.
    number_format : str
        How to format numbers, such as ``".4g"``.

    Attributes
    ----------
    steps : list of Step
        One for each edge: the operation `item`, the argument number `argnum`, the derivatives
        `incoming`, `local` and `product`, and that of the argument `before` and `after`.

    Examples
    --------
    >>> from autograd import Value, steps
    >>> len(steps(Value(2.0) * Value(3.0)))
    2
    """

    def __init__(self, graph: Graph, steps: list[Step], number_format: str) -> None:
        self.graph = graph
        self.steps = steps
        self.number_format = number_format
        self._items = {item.number: item for item in graph.items}
        self._paths = Paths(graph, steps)

    # -- in words -------------------------------------------------------------------------------

    def formula(self, step: Step) -> str:
        """Return the local derivative of a step as a formula, such as ``1 − y²``.

        Parameters
        ----------
        step : Step
            The step.
        """
        return named(derivative(step.item, step.argnum), self._items)

    def text(self, most: int = MOST) -> str:
        """Return the first steps as text.

        Parameters
        ----------
        most : int
            The number of steps.
        """
        end = self.graph.roots[0]
        lines = [f"Backward from {end.name} = {self.number(end.data)}"]
        for item, group in self._by_operation(most):
            steps = list(group)
            lines += ["", self._heading(item, steps[0].incoming)]
            lines += self._table(steps)
        if len(self.steps) > most:
            lines += ["", f"… and {len(self.steps) - most:,} more steps; .text(most=…) shows them."]
        return "\n".join(lines)

    def sentence(self, step: Step) -> str:
        """Return one step as a line of text.

        Parameters
        ----------
        step : Step
            The step.
        """
        derived, product, receiver = self._row(step)
        names_receiver = step.local is None and step.before is None
        return "   ".join([derived, product] if names_receiver else [derived, product, receiver])

    def _heading(self, item: Item, incoming: Any) -> str:
        end = self.graph.roots[0].name
        return (
            f"{item.name} = {formula(item)} = {self.number(item.data)}"
            f"        ∂{end}/∂{item.name} = {self.number(incoming)}"
        )

    def _table(self, steps: list[Step]) -> list[str]:
        rows = [self._row(step) for step in steps]
        widths = [max(len(row[i]) for row in rows) for i in range(2)]
        return [f"    {a:{widths[0]}}   {b:{widths[1]}}   {c}".rstrip() for a, b, c in rows]

    def _row(self, step: Step) -> tuple[str, str, str]:
        """Write the local derivative, the product, and the derivative that it is added to."""
        rule, added, parent = self.formula(step), self.number(step.product), step.parent.name
        role = self._paths.role(step)
        if step.local is None:
            as_role = f" as the {role}" if role else ""
            derived, product = f"{parent} receives{as_role} {rule}", f"= {added}"
        else:
            local = self.number(step.local)
            equal = "" if rule.replace("−", "-") == local else f" = {local}"
            along = f" along the {role}" if role else ""
            derived = f"∂{step.item.name}/∂{parent}{along} = {rule}{equal}"
            product = f"times {self.number(step.incoming)} is {added}"
        if step.before is None:
            return derived, product, f"→ {parent}"
        terms, is_last = self._terms(step)
        total = f"{' + '.join(map(_in_brackets, terms))} = {self.number(step.after)}"
        if is_last:
            return derived, product, f"→ ∂{self.graph.roots[0].name}/∂{parent} = {total}"
        return derived, product, f"→ {parent}: {total} so far"

    def _terms(self, step: Step) -> tuple[list[str], bool]:
        """Return what a node has received, and whether this step is the last to it."""
        steps, is_last = self._paths.received(step)
        if is_last and len(steps) <= MOST_TERMS:
            return [self.number(each.product) for each in steps], True
        return [self.number(step.before), self.number(step.product)], is_last

    def number(self, x: Any) -> str:
        """Return a number or a short array as text; a longer one as mean ± standard deviation.

        Parameters
        ----------
        x : number or array
            The number or array.
        """
        if isinstance(x, np.ndarray) and (
            x.size > FEW or len(numbers_of(x, self.number_format)) > MOST_CHARACTERS
        ):
            return spread(x)
        number = float(x) if isinstance(x, int) else x
        return short(number, MOST_CHARACTERS, self.number_format)

    # -- as formulas ------------------------------------------------------------------------------

    def latex(self, most: int = MOST) -> str:
        r"""Return the first steps in LaTeX, one ``align*`` for each operation.

        Parameters
        ----------
        most : int
            The number of steps.

        Examples
        --------
        >>> from autograd import Value, steps
        >>> x = Value(3.0, label="x")
        >>> y = x * x
        >>> y.label = "y"
        >>> print(steps(y).latex())
        \begin{align*}
        \left. \frac{\partial y}{\partial x} \right|_{\text{first factor}} &= x = 3
            && 1 \cdot 3 = 3 \\
        \left. \frac{\partial y}{\partial x} \right|_{\text{second factor}} &= x = 3
            && 1 \cdot 3 = 3, \quad \frac{\partial y}{\partial x} = 3 + 3 = 6
        \end{align*}
        """
        return "\n".join(self._aligned(list(steps)) for _, steps in self._by_operation(most))

    def _by_operation(self, most: int) -> Iterator[tuple[Item, Iterator[Step]]]:
        return groupby(self.steps[:most], lambda step: step.item)

    def _aligned(self, steps: list[Step]) -> str:
        lines = " \\\\\n".join(map(self._line, steps))
        return f"\\begin{{align*}}\n{lines}\n\\end{{align*}}"

    def _line(self, step: Step) -> str:
        name, parent = latex_name(step.item), latex_name(step.parent)
        role = self._paths.role(step)
        rule = latex(derivative(step.item, step.argnum), self._items)
        total = ""
        if step.before is not None:
            terms, is_last = self._terms(step)
            written = " + ".join(self._in_latex(_in_brackets(term)) for term in terms)
            end = latex_name(self.graph.roots[0])
            whole = rf"\frac{{\partial {end}}}{{\partial {parent}}} = " if is_last else ""
            total = rf", \quad {whole}{written} = {self._number_in_latex(step.after)}"
        product = self._number_in_latex(step.product)
        if step.local is None:
            said = rf" \quad \text{{({role})}}" if role else ""
            return rf"\bar{{{parent}}} &\mathrel{{+}}= {rule}{said} && {product}{total}"
        local = self._number_in_latex(step.local)
        equal = "" if local == rule else f" = {local}"
        incoming, factor = self._factor(step.incoming), self._factor(step.local)
        slope = rf"\frac{{\partial {name}}}{{\partial {parent}}}"
        if role:
            slope = rf"\left. {slope} \right|_{{\text{{{role}}}}}"
        return (
            rf"{slope} &= {rule}{equal}"
            "\n"
            rf"    && {incoming} \cdot {factor} = {product}{total}"
        )

    def _number_in_latex(self, x: Any) -> str:
        return self._in_latex(self.number(x))

    def _in_latex(self, number: str) -> str:
        return latex(number.replace("-", "−"), self._items)

    def _factor(self, x: Any) -> str:
        """Write a number as a factor, in brackets if it has a sign."""
        text = self._number_in_latex(x)
        return f"({text})" if text.startswith("-") or "pm" in text else text

    def markdown(self, most: int = MOST) -> str:
        """Return the first steps in Markdown with formulas, as notebooks display them.

        Parameters
        ----------
        most : int
            The number of steps.
        """
        ending = latex_name(self.graph.roots[0])
        parts = []
        for item, group in self._by_operation(most):
            steps = list(group)
            incoming = self._number_in_latex(steps[0].incoming)
            name = latex_name(item)
            parts.append(
                f"`{formula(item)}` $\\;= {name} = {self._number_in_latex(item.data)}, "
                f"\\quad \\frac{{\\partial {ending}}}{{\\partial {name}}} = {incoming}$\n\n"
                f"$$\n{self._aligned(steps).replace('align*', 'aligned')}\n$$"
            )
        if len(self.steps) > most:
            parts.append(f"… and {len(self.steps) - most:,} more steps.")
        return "\n\n".join(parts) + "\n"

    def _repr_markdown_(self) -> str:
        return self.markdown()

    # -- in a file ---------------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str], seconds: float = 1.2) -> str:
        """Save the steps, in the format that the file extension names.

        Parameters
        ----------
        path : str or path-like
            ``.txt``, ``.md`` and ``.tex`` hold text and formulas. ``.gif`` and ``.svg`` are
            animations: the picture of the graph, in which the derivatives appear one by one. An
            existing file is replaced once the new one is complete.
        seconds : float
            How long an animation shows each step.

        Returns
        -------
        str
            The path.

        Raises
        ------
        FormatError
            If the extension is another one.
        GraphError
            If there are too many steps for an animation.
        MissingProgramError
            If an animation needs `dot` or Pillow and it is not installed.
        """

        def content(kind: str) -> bytes:
            if kind in ANIMATIONS:
                check_length(len(self))
                options = Options(expand=True, number_format=self.number_format)
                view = view_of(self.graph, options)
                return animate(view, list(self._frames()), kind, seconds)
            written = {".txt": self.text, ".md": self.markdown, ".tex": self.latex}[kind]
            return (written(len(self.steps)).rstrip("\n") + "\n").encode()

        return save(path, FORMATS, content)

    def _frames(self) -> Iterator[Frame]:
        """Yield the pictures of an animation: the seed, every step, and the final derivatives."""
        end = self.graph.roots[0]
        seed = self.number(self.steps[0].incoming if self.steps else 1.0)
        arrived = {end.number: seed}
        yield Frame(dict(arrived), f"∂{end.name}/∂{end.name} = {seed}", end.number)
        for step in self.steps:
            arrived[step.parent.number] = self.number(step.after)
            active = step.item.number
            yield Frame(dict(arrived), self.sentence(step), active, (active, step.position))
        yield Frame(dict(arrived), f"All derivatives of {end.name}")


def _in_brackets(number: str) -> str:
    """Write a number as a term of a sum, in brackets if it has a sign or is a spread."""
    return f"({number})" if number.startswith("-") or "±" in number else number


@overload
def steps(node: Program, *arguments: Any, number_format: str = ".4g") -> ProgramSteps: ...


@overload
def steps(node: Node, gradient: Any = None, number_format: str = ".4g") -> Steps: ...


def steps(
    node: Any, *arguments: Any, gradient: Any = None, number_format: str = ".4g"
) -> Steps | ProgramSteps:
    """List the steps of the backward pass from a node, or those of a program.

    Parameters
    ----------
    node : Value, Tensor or Program
        The result to differentiate; no ``grad`` is written. A program is run, and each of its
        instructions is listed with what it computes.
    *arguments : any
        The arguments of a program.
    gradient : array_like, optional
        The derivative to start with, of the shape of the node; by default 1.
    number_format : str
        Format of numbers, such as ".3f".

    Returns
    -------
    Steps
        Printed as text and displayed in Jupyter as formulas. ``.save()`` writes ``.txt``,
        ``.md`` or ``.tex``, or an animation, ``.gif`` or ``.svg``. Of a program `ProgramSteps`, a
        table that is saved as ``.txt`` or ``.md``.

    Raises
    ------
    FreedGraphError
        If an earlier `backward` has freed a part of the graph.
    GraphError
        If the node is a constant.
    ShapeError
        If the node is not a single number and there is no `gradient`, or one of another shape.
    DataError
        If the `gradient` is complex and the node real.

    Examples
    --------
    >>> from autograd import Value, steps
    >>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
    >>> y = (w * x).tanh()
    >>> y.label = "y"
    >>> steps(y)
    Backward from y = 0.7616
    <BLANKLINE>
    y = tanh(v3) = 0.7616        ∂y/∂y = 1
        ∂y/∂v3 = 1 − y² = 0.42   times 1 is 0.42   → v3
    <BLANKLINE>
    v3 = w × x = 1        ∂y/∂v3 = 0.42
        ∂v3/∂w = x = 2     times 0.42 is 0.8399   → w
        ∂v3/∂x = w = 0.5   times 0.42 is 0.21     → x
    """
    if isinstance(node, Program):
        return program_steps(node, arguments, number_format)
    if arguments:
        gradient, *arguments_left = arguments
        number_format = arguments_left[0] if arguments_left else number_format
    check_format(number_format)
    check_nodes(node)
    graph = graph_of(node)
    return Steps(graph, chain(graph, gradient), number_format)
