"""How the lower files of the engine call the higher ones.

Imports in the engine point downward. Where a lower file needs a higher one, a node that calls a
NumPy function for instance, it calls the functions here, and `dispatch`, the highest, installs
what they do.
"""

from __future__ import annotations

from typing import Any, Final, final


class Dispatcher:
    """What `dispatch` does for the files below it."""

    def tensor(self, data: Any, label: str, requires_grad: bool) -> Any:
        """Return a leaf, or a constant, with these numbers."""
        raise NotImplementedError

    def number(self, data: float) -> Any:
        """Return a leaf with this number."""
        raise NotImplementedError

    def call(self, primitive: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
        """Call a primitive on anything: floats, arrays, nodes."""
        raise NotImplementedError

    def apply(self, primitive: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
        """Call a primitive on arguments some of which are nodes; the result is a Tensor."""
        raise NotImplementedError

    def operator(self, primitive: Any, a: Any, b: Any) -> Any:
        """Carry out ``a`` operator ``b``; of neither numbers nor arrays, return NotImplemented."""
        raise NotImplementedError

    def ufunc(self, function: Any, method: str, inputs: Any, keywords: dict[str, Any]) -> Any:
        """Call a ufunc on nodes."""
        raise NotImplementedError

    def function(self, function: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
        """Call any other NumPy function on nodes."""
        raise NotImplementedError

    def array_of(self, node: Any, dtype: Any, copy: Any) -> Any:
        """Convert a node to an array."""
        raise NotImplementedError

    def restore(self, node: Any) -> None:
        """Compute the numbers of the arguments of a node again that have been let go."""
        raise NotImplementedError

    def outer_value(self, node: Any) -> Any:
        """Return a node without its dependence on the innermost transform."""
        raise NotImplementedError

    def newest_call(self, node: Any) -> float:
        """Return the number of the newest call of a transform that a node depends on."""
        raise NotImplementedError

    def is_asked_for(self, node: Any) -> bool:
        """Return whether a node depends on an argument of a running transform."""
        raise NotImplementedError


@final
class Installed:
    """Holds the one dispatcher."""

    def __init__(self) -> None:
        self.dispatcher: Dispatcher = Dispatcher()


INSTALLED: Final = Installed()


def tensor(data: Any, label: str = "", requires_grad: bool = True) -> Any:
    """Return a leaf, or a constant, with these numbers."""
    return INSTALLED.dispatcher.tensor(data, label, requires_grad)


def number(data: float) -> Any:
    """Return a leaf with this number."""
    return INSTALLED.dispatcher.number(data)


def call(primitive: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
    """Call a primitive on anything: floats, arrays, nodes."""
    return INSTALLED.dispatcher.call(primitive, arguments, keywords)


def apply(primitive: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
    """Call a primitive on arguments some of which are nodes; the result is a Tensor."""
    return INSTALLED.dispatcher.apply(primitive, arguments, keywords)


def operator(primitive: Any, a: Any, b: Any) -> Any:
    """Carry out ``a`` operator ``b``; of neither numbers nor arrays, return NotImplemented."""
    return INSTALLED.dispatcher.operator(primitive, a, b)
