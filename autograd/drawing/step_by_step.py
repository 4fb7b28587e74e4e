"""The backward pass as a lesson: every step of the chain rule, in formulas and in numbers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import numpy as np

from autograd.drawing.chain import Step, chain
from autograd.drawing.files import save
from autograd.drawing.graph import Graph, Item, formula, graph_of
from autograd.drawing.local_derivative import derivative, latex, latex_name, named
from autograd.drawing.numbers import FEW, check_format, numbers_of, short, spread
from autograd.engine import Node

FORMATS = (".txt", ".md", ".tex", ".gif", ".svg")
#: A lesson of more steps is cut short when it is shown.
MOST = 200

#: An array whose numbers take more room is told by mean and deviation.
MOST_CHARACTERS = 40


class Steps:
    """The steps of the backward pass, in order.

    ``print`` shows them as text; in Jupyter they are set as formulas; `save` writes them as text,
    Markdown or LaTeX, or as an animation of the derivatives flowing through the picture.

    Attributes
    ----------
    steps : list of Step
        One for each edge: `item` the operation, `argnum` which argument, `incoming`, `local`,
        `product`, and the derivative of the argument `before` and `after`.
    """

    def __init__(self, graph: Graph, steps: list[Step], number_format: str) -> None:
        self.graph = graph
        self.steps = steps
        self.number_format = number_format
        self._items = {item.number: item for item in graph.items}

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __getitem__(self, index: int) -> Step:
        return self.steps[index]

    def __repr__(self) -> str:
        return self.text()

    # -- in words -------------------------------------------------------------------------------

    def formula(self, step: Step) -> str:
        """Write the local derivative of a step, such as ``1 − y²``."""
        return named(derivative(step.item, step.argnum), self._items)

    def text(self, most: int = MOST) -> str:
        """Return the lesson as lines of text, its first `most` steps."""
        end = self.graph.roots[0]
        lines = [f"Backward from {end.name} = {self.number(end.data)}"]
        for item, group in self._by_operation(most):
            some = list(group)
            lines += ["", self._heading(item, some[0].incoming)]
            lines += self._table(some)
        if len(self.steps) > most:
            lines += ["", f"… and {len(self.steps) - most:,} steps more; .text(most=…) shows them."]
        return "\n".join(lines)

    def sentence(self, step: Step) -> str:
        """Write one step in one line."""
        return "   ".join(self._row(step))

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
        """Write the local derivative, the product, and what it is added to."""
        rule, added, parent = self.formula(step), self.number(step.product), step.parent.name
        if step.local is None:
            told, product = f"{parent} receives {rule}", f"= {added}"
        else:
            local = self.number(step.local)
            equal = "" if rule.replace("−", "-") == local else f" = {local}"
            told = f"∂{step.item.name}/∂{parent} = {rule}{equal}"
            product = f"times {self.number(step.incoming)} is {added}"
        if step.before is None:
            return told, product, f"→ {parent}"
        total = f"{self.number(step.before)} + {added} = {self.number(step.after)}"
        return told, product, f"→ {parent}: {total}"

    def number(self, x: Any) -> str:
        """Write a number; of an array that is large or long to write, mean and deviation."""
        if isinstance(x, np.ndarray) and (
            x.size > FEW or len(numbers_of(x, self.number_format)) > MOST_CHARACTERS
        ):
            return spread(x)
        number = float(x) if isinstance(x, int) else x
        return short(number, MOST_CHARACTERS, self.number_format)

    # -- as formulas ------------------------------------------------------------------------------

    def latex(self, most: int = MOST) -> str:
        r"""Return the lesson in LaTeX, one ``align*`` for each operation.

        Examples
        --------
        >>> from autograd import Value, steps
        >>> x = Value(3.0, label="x")
        >>> y = x * x
        >>> y.label = "y"
        >>> print(steps(y).latex())
        \begin{align*}
        \frac{\partial y}{\partial x} &= x = 3
            && 1 \cdot 3 = 3 \\
        \frac{\partial y}{\partial x} &= x = 3
            && 1 \cdot 3 = 3, \quad 3 + 3 = 6
        \end{align*}
        """
        return "\n".join(self._aligned(list(some)) for _, some in self._by_operation(most))

    def _by_operation(self, most: int) -> Iterator[tuple[Item, Iterator[Step]]]:
        return groupby(self.steps[:most], lambda step: step.item)

    def _aligned(self, steps: list[Step]) -> str:
        lines = " \\\\\n".join(map(self._line, steps))
        return f"\\begin{{align*}}\n{lines}\n\\end{{align*}}"

    def _line(self, step: Step) -> str:
        name, parent = latex_name(step.item), latex_name(step.parent)
        rule = latex(derivative(step.item, step.argnum), self._items)
        total = ""
        if step.before is not None:
            before, added = self._number_in_latex(step.before), self._factor(step.product)
            total = rf", \quad {before} + {added} = {self._number_in_latex(step.after)}"
        product = self._number_in_latex(step.product)
        if step.local is None:
            return rf"\bar{{{parent}}} &\mathrel{{+}}= {rule} && {product}{total}"
        local = self._number_in_latex(step.local)
        equal = "" if local == rule else f" = {local}"
        incoming, factor = self._factor(step.incoming), self._factor(step.local)
        return (
            rf"\frac{{\partial {name}}}{{\partial {parent}}} &= {rule}{equal}"
            "\n"
            rf"    && {incoming} \cdot {factor} = {product}{total}"
        )

    def _number_in_latex(self, x: Any) -> str:
        return latex(self.number(x).replace("-", "−"), self._items)

    def _factor(self, x: Any) -> str:
        """Write a number so that it may follow a sign."""
        text = self._number_in_latex(x)
        return f"({text})" if text.startswith("-") or "pm" in text else text

    def markdown(self, most: int = MOST) -> str:
        """Return the lesson in Markdown with formulas, as notebooks show it."""
        ending = latex_name(self.graph.roots[0])
        parts = []
        for item, group in self._by_operation(most):
            some = list(group)
            incoming = self._number_in_latex(some[0].incoming)
            name = latex_name(item)
            parts.append(
                f"`{formula(item)}` $\\;= {name} = {self._number_in_latex(item.data)}, "
                f"\\quad \\frac{{\\partial {ending}}}{{\\partial {name}}} = {incoming}$\n\n"
                f"$$\n{self._aligned(some).replace('align*', 'aligned')}\n$$"
            )
        if len(self.steps) > most:
            parts.append(f"… and {len(self.steps) - most:,} steps more.")
        return "\n\n".join(parts) + "\n"

    def _repr_markdown_(self) -> str:
        return self.markdown()

    # -- in a file ---------------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str], seconds: float = 1.2) -> str:
        """Write the lesson into a file, in the format that its name ends in.

        ``.txt``, ``.md`` and ``.tex`` hold the words and formulas. ``.gif`` and ``.svg`` are
        animations: the picture of the graph, in which the derivatives appear one after the other,
        each for so many seconds. An existing file is replaced only once the new one is complete.

        Raises
        ------
        FormatError
            If the name ends in anything else.
        GraphError
            If there are too many steps to be watched.
        MissingProgramError
            If the animation needs `dot` or Pillow, and it is not installed.
        """

        def content(kind: str) -> bytes:
            if kind in (".gif", ".svg"):
                from autograd.drawing import animation

                return animation.animate(self, kind, seconds)
            written = {".txt": self.text, ".md": self.markdown, ".tex": self.latex}[kind]
            return (written(len(self.steps)).rstrip("\n") + "\n").encode()

        return save(path, FORMATS, content)


def steps(node: Node, gradient: Any = None, number_format: str = ".4g") -> Steps:
    """Go through the backward pass of a node step by step; no ``grad`` is written.

    Parameters
    ----------
    node : Value or Tensor
        Where the graph ends.
    gradient : array_like, optional
        The derivative to begin with, of the shape of the node; 1 for one number.
    number_format : str
        How numbers are written, such as ".3f".

    Returns
    -------
    Steps
        Prints itself, shows itself in Jupyter as formulas, and saves itself as ``.txt``, ``.md``,
        ``.tex``, or as an animation, ``.gif`` or ``.svg``.

    Raises
    ------
    FreedGraphError
        If an earlier `backward` has let go of a part of the graph.
    GraphError
        If the node is a constant.
    ShapeError
        If it is not one number, and no `gradient` of its shape is given.
    DataError
        If the `gradient` is complex, and the node is real.

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
    check_format(number_format)
    graph = graph_of(node)
    return Steps(graph, chain(graph, gradient), number_format)
