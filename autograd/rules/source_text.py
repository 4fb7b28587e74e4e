"""Functions that a user supplies as source text, in the place of those that have none."""

from __future__ import annotations

import ast
import textwrap
from typing import Any

from autograd.errors import SourceError


def defined_in(text: str, name: str) -> str:
    r"""Return the name of the function that a text defines last.

    Parameters
    ----------
    text : str
        The text.
    name : str
        What it is for, in messages.

    Raises
    ------
    SourceError
        If it is not Python, or defines no function.

    Examples
    --------
    >>> defined_in("def double(x):\n    return 2 * x", "f")
    'double'
    """
    try:
        tree = ast.parse(textwrap.dedent(text))
    except (SyntaxError, ValueError) as error:
        raise SourceError(f"The source for {name} is not valid Python: {error}.") from None
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    if not functions:
        raise SourceError(f'The source for {name} defines no function. Write "def {name}(x): ...".')
    return functions[-1].name


def checked(source: Any, name: str) -> Any:
    """Return a source that a user supplies: a text that defines a function, or a function."""
    if isinstance(source, str):
        defined_in(source, name)
    elif source is not None and not callable(source):
        raise SourceError(
            f"source= of {name} is {source!r}; write the text of a function of NumPy, or give a "
            "function that saved programs can import."
        )
    return source
