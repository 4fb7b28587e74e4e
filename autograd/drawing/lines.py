"""The graph as lines of text, for a terminal."""

from __future__ import annotations

from autograd.drawing.graph import formula, has_gradient, names_of, short
from autograd.engine import Node
from autograd.topology import nodes_below


def text(node: Node, most: int = 300) -> str:
    """Return the graph below a node as numbered lines, parents before children.

    Parameters
    ----------
    node : Value or Tensor
        Where the graph ends.
    most : int
        Of a longer graph, the lines in the middle are left out.

    Examples
    --------
    >>> from autograd import Value, text
    >>> x = Value(3.0, label="x")
    >>> y = x * x + 1
    >>> y.backward()
    >>> print(text(y))
    1  x              data 3   grad 6
    2  v2  = x × x    data 9   grad 1
    3  v3  = v2 + 1   data 10  grad 1
    """
    nodes = nodes_below(node)
    names = names_of(nodes)
    rows = []
    for number, each in enumerate(nodes, start=1):
        made = formula(each, names)
        rows.append(
            (
                str(number),
                names[id(each)],
                f"= {made}" if made else "",
                f"data {short(each.data)}",
                f"grad {short(each.grad)}" if has_gradient(each) else "",
            )
        )
    left_out = len(rows) - most
    if left_out > 0:
        rows = rows[: most // 2] + rows[len(rows) - (most - most // 2) :]
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    lines = [
        f"{row[0]:>{widths[0]}}  {row[1]:{widths[1]}}  {row[2]:{widths[2]}}   "
        f"{row[3]:{widths[3]}}  {row[4]}".rstrip()
        for row in rows
    ]
    if left_out > 0:
        lines.insert(most // 2, f"… {left_out} lines left out …")
    return "\n".join(lines)
