"""Which package outside of the engine asks for something: it decides what an error advises."""

from __future__ import annotations

import sys
from typing import Any, Final

from autograd.engine import registry

#: Packages whose functions compute with C arrays: an array of objects only fails later in them.
NUMERICAL: Final = ("scipy.", "numpy.linalg", "numpy.fft", "numpy.random", "numpy.ma")

#: The packages of SciPy whose functions have counterparts in `autograd.scipy`.
SCIPY: Final = (
    "fft",
    "integrate",
    "interpolate",
    "linalg",
    "ndimage",
    "optimize",
    "signal",
    "sparse",
    "spatial",
    "special",
    "stats",
)


def numerical_caller() -> str:
    """Return the module that needs bare numbers and asks for an array; "" for any other."""
    frame: Any = sys._getframe()
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name.startswith(NUMERICAL):
            return name
        if not name.startswith(("autograd.engine.", "numpy.")):
            return ""
        frame = frame.f_back
    return ""


def is_asked_by_operator() -> bool:
    """Return whether an operator of another library asks, which gives way to that of the node."""
    registry.load_lazy_rules()
    frame: Any = sys._getframe()
    while frame is not None and str(frame.f_globals.get("__name__", "")).startswith(
        "autograd.engine."
    ):
        frame = frame.f_back
    return frame is not None and frame.f_code in registry.YIELDING


def depth() -> int:
    """Return the ``stacklevel`` of a warning that names the line that called the engine."""
    frame: Any = sys._getframe()
    count = 0  # a compiled function has no frame
    while frame is not None and str(frame.f_globals.get("__name__", "")).startswith(
        "autograd.engine."
    ):
        count += 1
        frame = frame.f_back
    return max(count, 1)


def hint(module: str) -> str:
    """Return what to call instead of a function of this module."""
    if module.startswith("scipy."):
        package = _package_of_scipy()
        if package in SCIPY:
            return f"Instead of scipy.{package} call the same function of autograd.scipy.{package}."
        return "autograd.scipy has some of SciPy's functions with derivatives."
    return "NumPy's functions take nodes, but no lists of nodes."


def hint_for_caller() -> str:
    """Return what to call instead of the function of SciPy that is running; "" if none is."""
    caller = numerical_caller()
    return f" {hint(caller)}" if caller.startswith("scipy.") else ""


def hint_for_solver() -> str:
    """Return what to call instead of SciPy, if it calls the function that runs; "" if it does not.

    Functions of `autograd.scipy` are called for each entry of a batch.
    """
    frame: Any = sys._getframe()
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name.startswith(("autograd.scipy.", "autograd.transforms.")):
            return ""
        if name.startswith("scipy."):
            return f" {hint(name)}"
        frame = frame.f_back
    return ""


def _package_of_scipy() -> str:
    """Return the public package of SciPy that was called, such as ``linalg``; "" if none was."""
    frame: Any = sys._getframe()
    while frame is not None:
        root, *inner = str(frame.f_globals.get("__name__", "")).split(".")
        if root == "scipy" and inner and not inner[0].startswith("_"):
            return str(inner[0])
        frame = frame.f_back
    return ""
