"""For ProperDocs: parts of pages that are generated from the library.

A function here returns what is to stand in the place of ``<!-- generated: its name -->``.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import inspect
import sys
import types
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # use the sources

import numpy as np
import scipy.special

import autograd.numpy
import autograd.rules.lazy
from autograd import Value, draw
from autograd import __main__ as command_line
from autograd.check import command as check_command
from autograd.engine.primitive import Primitive
from autograd.engine.registry import DISPATCH, WITHOUT_DERIVATIVE, load_lazy_rules
from autograd.numpy import accept_lists
from autograd.rules import custom, table
from autograd.scipy import stats

load_lazy_rules()


def help_of_autograd() -> str:
    """Return what ``python -m autograd --help`` prints."""
    return _help(command_line._parser)


def help_of_check() -> str:
    """Return what ``python -m autograd check --help`` prints."""
    return _help(check_command._parser)


def _help(make_parser: Callable[[], argparse.ArgumentParser]) -> str:
    parser = make_parser()
    parser.formatter_class = functools.partial(argparse.HelpFormatter, width=80)
    return f"```text\n{parser.format_help().rstrip()}\n```"


# -- the interactive page -----------------------------------------------------------------------


def neuron_page() -> str:
    """Return the interactive page of the neuron in the tutorial."""
    x1, w1 = Value(2.0, label="x1"), Value(-3.0, label="w1")
    x2, w2 = Value(0.0, label="x2"), Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    y = np.tanh(x1 * w1 + x2 * w2 + b)
    y.label = "y"
    y.backward()
    return draw(y).html()


def live_neuron() -> str:
    """Show that page inside another."""
    return (
        '<iframe class="live" src="live/neuron.html" loading="lazy" '
        'title="A neuron as an interactive page"></iframe>\n\n'
        "[The page alone](live/neuron.html){ target=_blank }"
    )


#: Files of the site that are made when it is built, besides pages.
FILES: dict[str, Callable[[], str]] = {"live/neuron.html": neuron_page}


# -- functions, and modules made of them -------------------------------------------------------


def functions_of_autograd() -> str:
    """List the primitives that `autograd` exports."""
    rows = []
    for name in sorted(autograd.__all__):
        function = getattr(autograd, name)
        if isinstance(function, Primitive):
            shown = getattr(autograd.Node, name, function.function)
            rows.append((f"`{name}{_signature(function.function)}`", _first_line(shown)))
    return _table(("function", "what it does"), rows)


def _signature(function: Callable[..., Any]) -> str:
    """Return the arguments of a function, without their types."""
    try:
        found = inspect.signature(function)
    except ValueError:  # a ufunc
        return "(x)"
    plain = [p.replace(annotation=p.empty) for p in found.parameters.values()]
    return str(found.replace(parameters=plain, return_annotation=found.empty))


# -- functions of NumPy ------------------------------------------------------------------------


def functions_of_numpy() -> str:
    """List the functions of NumPy by the family of their rules."""
    return "\n\n".join(
        f"### `{module.__name__}`\n\n{_families(module)}" for module in (np, np.linalg, np.fft)
    )


def _families(module: types.ModuleType) -> str:
    families: dict[str, list[str]] = {}
    plain = []
    for name in sorted(dir(module), key=str.lower):
        function = getattr(module, name)
        if name.startswith("_") or not _is_function(function):
            continue
        if function in WITHOUT_DERIVATIVE:
            plain.append(name)
        elif function in DISPATCH:
            families.setdefault(_family(function), []).append(name)
    rows = [(title, _codes(names)) for title, names in sorted(families.items())]
    if plain:
        rows.append(("called on the plain data", _codes(plain)))
    return _table(("family", "functions"), rows)


def _is_function(thing: Any) -> bool:
    return isinstance(thing, np.ufunc) or hasattr(thing, "_implementation")


def _family(function: Any) -> str:
    """Return a link to the module that defines the rule for a NumPy function."""
    handler = DISPATCH[function]
    name = str(getattr(handler, "__module__", ""))
    if isinstance(handler, Primitive):
        name = next(n for n, m in _rules().items() if _holds(m, handler))
    if not name.startswith("autograd."):
        return "NumPy's own code, of functions in this table"
    return f"[{name.rpartition('.')[2]}](../../{name.replace('.', '/')}.py)"


def _holds(module: types.ModuleType, primitive: Primitive) -> bool:
    functions = [rule for rule in (*_rules_of(primitive), primitive.function) if rule is not None]
    if any(getattr(rule, "__module__", "") == module.__name__ for rule in functions):
        return True
    return any(thing is primitive for thing in vars(module).values())


def _rules_of(primitive: Primitive) -> Iterable[Any]:
    return primitive.partials or primitive.transposes or primitive.vjps or (primitive.variadic,)


def _rules() -> dict[str, types.ModuleType]:
    return {
        name: module
        for name, module in sorted(sys.modules.items())
        if name.startswith("autograd.rules.") and module not in (table, custom)
    }


def names_of_numpy() -> str:
    """List the names in `autograd.numpy` that are not NumPy's own."""
    rows = []
    for name in ("array", "asarray", "full", "where", "make_diagonal"):
        rows.append((f"`{name}`", _first_line(getattr(autograd.numpy, name))))
    for name in ("r_", "c_"):
        rows.append((f"`{name}[...]`", _first_line(type(getattr(autograd.numpy, name)))))
    rows.append(
        (_codes(sorted(accept_lists.JOINING)), "Take any iterable of arrays, and lists of nodes.")
    )
    rows.append(
        (_codes(sorted(accept_lists.FUNCTIONS)), "Take a list of nodes in place of an array.")
    )
    return _table(("name", "what it does"), rows)


# -- functions of SciPy ------------------------------------------------------------------------


def functions_of_scipy() -> str:
    """List the functions of SciPy that have derivatives."""
    ufuncs = [
        name
        for name in dir(scipy.special)
        if isinstance(getattr(scipy.special, name), np.ufunc)
        and getattr(scipy.special, name) in DISPATCH
    ]
    rows = [("`scipy.special`, as it is", _codes(sorted(ufuncs, key=str.lower)))]
    for short in (
        *("special", "linalg", "integrate", "interpolate", "optimize"),
        *("signal", "fft", "ndimage", "sparse", "sparse.linalg", "spatial.distance"),
    ):
        module = importlib.import_module(f"autograd.scipy.{short}")
        names = [n for n, thing in vars(module).items() if _is_ours(n, thing, module)]
        rows.append((f"`autograd.scipy.{short}`", _codes(sorted(names, key=str.lower))))
    return _table(("where", "functions"), rows)


def _is_ours(name: str, thing: Any, module: types.ModuleType) -> bool:
    inner = inspect.unwrap(thing) if callable(thing) else thing
    where = str(getattr(inner, "__module__", ""))
    if name.startswith("_") or isinstance(thing, type | types.ModuleType):
        return False
    return isinstance(inner, Primitive) or f"{where}.".startswith(f"{module.__name__}.")


def distributions_of_scipy() -> str:
    """List the distributions of `autograd.scipy.stats` and the functions of each."""
    rows = []
    for name in sorted(stats.__all__):
        module = getattr(stats, name)
        if isinstance(module, type):  # gaussian_kde, which has its own documentation
            continue
        functions = [n for n, thing in vars(module).items() if _is_function_of(n, thing, module)]
        rows.append((f"`{name}`", _codes(functions)))
    return _table(("distribution", "functions with derivatives"), rows)


def _is_function_of(name: str, thing: Any, module: types.ModuleType) -> bool:
    ours = str(getattr(thing, "__module__", "")).startswith("autograd.scipy.stats")
    return ours and callable(thing) and not name.startswith("_") and not isinstance(thing, type)


# -- tables -----------------------------------------------------------------------------------


def _first_line(thing: Any) -> str:
    return (inspect.getdoc(thing) or "").partition("\n")[0].replace("|", "\\|")


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(heads: tuple[str, str], rows: Iterable[tuple[str, str]]) -> str:
    lines = [f"| {' | '.join(heads)} |", "|---|---|"]
    return "\n".join([*lines, *[f"| {' | '.join(row)} |" for row in rows]])
