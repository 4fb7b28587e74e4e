"""Write docs/derivatives.md: every primitive with its derivative, from the table of rules itself.

Run ``python docs/generate_derivatives.py`` after a change of a rule or of docs/kinks.md.
"""

from __future__ import annotations

import ast
import dis
import importlib
import importlib.util
import inspect
import math
import pkgutil
import re
import types
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import autograd
import autograd.rules
from autograd.drawing.formulas import formula
from autograd.drawing.source import body_of, names_of, parsed, resolve
from autograd.engine.primitive import DISPATCH, WITHOUT_DERIVATIVE, Primitive

DOCS = Path(__file__).resolve().parent

#: Where rules are kept; packages that are not there are passed over.
PACKAGES = (
    "autograd.rules",
    "autograd.scipy.rules",
    "autograd.scipy.linalg",
    "autograd.scipy.signal",
    "autograd.scipy.fft",
    "autograd.scipy.integrate",
)
#: What docs/kinks.md calls a function otherwise than NumPy does.
ALIASES = {"abs": "absolute", "x ** p": "power"}
#: Primitives that answer to operators and methods, not to functions.
WRITTEN = {
    "getitem": "x[index]",
    "setitem": "x[index] = item",
    "astype": "x.astype(dtype)",
    "add.reduceat": "np.add.reduceat",
}
#: Partial derivatives that are numbers.
CONSTANTS = {math.pi / 180: "π/180", 180 / math.pi: "180/π"}
#: The families that are read first; the others follow by name.
FIRST = ("elementwise", "special", "reductions", "shapes", "products")
#: Functions of ours that need no explanation.
EVIDENT = ("T", "H", "where", "conjugate")
#: What a distribution may have.
DISTRIBUTION_FUNCTIONS = (
    *("pdf", "logpdf", "pmf", "logpmf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf"),
    "entropy",
)
LONGEST = 90  # characters of a formula; beyond, words are easier to read

INTRODUCTION = """\
# The derivative of every function

<!-- Written by docs/generate_derivatives.py from the table of rules. Do not edit. -->

Each function of NumPy that has a rule of its own, by family, with the rule as it stands in the
source. `y` (or `z`, of two arguments) is the result.

- For a function of single numbers, the partial derivatives: `∂y/∂x`.
- For any other function, how the derivative `g` of something further on with respect to the
  result is carried back to the argument: `x̄` is its derivative with respect to `x`, and
  `bar(name)` that with respect to an argument of a longer name.
- `Aᵀ` is the transpose of a matrix, `Aᴴ` the conjugate transpose, and `A B` a matrix product.

What a rule calls besides NumPy's functions is explained below each table. The last column says
what is taken [at kinks and edges](kinks.md): where, and the value.
"""


class Kink:
    """A line of docs/kinks.md: the functions, where, and what derivative is taken there."""

    def __init__(self, functions: str, where: str, derivative: str) -> None:
        self.names = [ALIASES.get(name, name) for name in re.findall(r"`([^`]+)`", functions)]
        by = re.search(r"` (by \w+)", functions)
        self.where = where + (f" ({by[1]})" if by else "")
        self.derivative = derivative

    def __str__(self) -> str:
        return f"- {', '.join(map(code, self.names))} ({self.where}): {self.derivative}."


def kinks() -> list[Kink]:
    """Read the tables of docs/kinks.md that say where which derivative is taken."""
    found = []
    wanted = False
    for line in (DOCS / "kinks.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            wanted = False
        elif cells == ["function", "where", "derivative"]:
            wanted = True
        if wanted and line.startswith("|") and len(cells) == 3 and "`" in cells[0]:
            found.append(Kink(*cells))
    return found


# -- the primitives and what they are called --------------------------------------------------


def modules() -> list[types.ModuleType]:
    """Import all modules that hold rules."""
    found = []
    for name in PACKAGES:
        try:
            if importlib.util.find_spec(name) is None:
                continue
        except ImportError:  # SciPy is not there
            continue
        package = importlib.import_module(name)
        names = [m.name for m in pkgutil.iter_modules(getattr(package, "__path__", []))]
        inner = [n for n in FIRST if n in names] + sorted(set(names) - set(FIRST))
        found += [importlib.import_module(f"{name}.{module}") for module in inner] or [package]
    return found


def within(thing: Any) -> Iterator[Primitive]:
    """Find a primitive, or those that a function refers to from outside."""
    if isinstance(thing, Primitive):
        yield thing
    for cell in getattr(thing, "__closure__", None) or ():
        if isinstance(cell.cell_contents, Primitive):
            yield cell.cell_contents


def primitives_of(module: types.ModuleType) -> dict[str, Primitive]:
    """Return the primitives whose rows stand in a module, by their name there."""
    found = {}
    for statement in parsed(inspect.getsourcefile(module) or "").body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        for name in [target.id for target in targets if isinstance(target, ast.Name)]:
            for primitive in within(getattr(module, name)):
                found[name] = primitive
        if isinstance(statement, ast.FunctionDef):
            maker = getattr(module, statement.name, None)
            if hasattr(maker, "cache_info") and "Primitive" in str(maker.__annotations__["return"]):
                orders = list(inspect.signature(maker).parameters)
                family_of = f"{statement.name}({', '.join(orders)})"
                found[family_of] = maker(*[1 for _ in orders])  # a family of functions
    return found


def rules(primitive: Primitive) -> list[tuple[Any, int]]:
    """Return the rule for each argument, with how many arguments come before those of the call."""
    if primitive.partials is not None:
        return [(partial, 1) for partial in primitive.partials]
    if primitive.transposes is not None:
        return [(transpose, 1) for transpose in primitive.transposes]
    if primitive.vjps is not None:
        return [(vjp, 2) for vjp in primitive.vjps]
    return [(primitive.variadic, 3)]


def public_name(key: Any) -> str:
    """Name a function of NumPy as its users do, and say that of a method of a ufunc."""
    if isinstance(key, tuple):
        return f"{public_name(key[0])}.{key[1]}"
    module = (getattr(key, "__module__", None) or "numpy").replace("numpy._core", "numpy")
    if isinstance(key, np.ufunc):
        module = "numpy" if getattr(np, key.__name__, None) is key else "special"
    module = module.split("._")[0]
    return f"{module.replace('numpy', 'np', 1)}.{key.__name__}"


def answers_to(primitive: Primitive, variable: str, module: str) -> list[str]:
    """Return the names under which a primitive, of a module of rules, is called."""
    if module.startswith("autograd.scipy.") and not module.startswith("autograd.scipy.rules"):
        return [f"{module.removeprefix('autograd.scipy.')}.{primitive.name}"]
    found = {public_name(key) for key, handler in DISPATCH.items() if handler is primitive}
    for key, handler in DISPATCH.items():
        name = public_name(key)
        by_closure = any(p is primitive for p in within(handler))
        if by_closure and short(name).endswith(primitive.name):
            found.add(name)
        if name.rpartition(".")[2] == primitive.name and calls(handler, variable, module):
            found.add(name)
    if getattr(autograd, primitive.name, None) is primitive:
        found.add(f"autograd.{primitive.name}")
    return sorted(found)


def calls(handler: Any, variable: str, module: str) -> bool:
    """Say whether a function refers to something of a module, which is its own, by this name."""
    if not isinstance(handler, types.FunctionType) or handler.__module__ != module:
        return False
    return any(
        step.opname == "LOAD_GLOBAL" and step.argval == variable
        for step in dis.get_instructions(handler)
    )


def label(primitive: Primitive, variable: str, module: str) -> str:
    """Write the names of a primitive for the first column."""
    names = answers_to(primitive, variable, module)
    if names:
        return ", ".join(map(code, names))
    if primitive.name in WRITTEN:
        return code(WRITTEN[primitive.name])
    return code(variable) if "(" in variable else f"{code(primitive.name)}, within rules"


# -- the rule in symbols ----------------------------------------------------------------------


def bar(name: str) -> str:
    """Write the derivative with respect to an argument."""
    return f"{name}\u0304" if len(name) == 1 else f"bar({name})"


def parameters(primitive: Primitive) -> list[str]:
    """Return the names of what the rules are called with, from the one that names most."""
    named = [list(inspect.signature(r).parameters) for r, _ in rules(primitive) if callable(r)]
    return max(named, key=len, default=list("zxy" if len(rules(primitive)) > 1 else "yx"))


def of_rule(primitive: Primitive, rule: Any, argnum: int, before: int) -> str:
    """Write the derivative with respect to one argument."""
    names = parameters(primitive)
    for cell in getattr(rule, "__closure__", None) or ():
        if getattr(cell.cell_contents, "__name__", "").endswith("_vjp"):
            rule = cell.cell_contents  # of a decomposition, with all its results
    if before == 3:
        return f"each argument: {words(rule)} ({code(rule.__name__)})"
    wanted = names[before + argnum]
    left = bar(wanted) if primitive.partials is None else f"∂{names[0]}/∂{wanted}"
    if isinstance(rule, int | float):
        value = CONSTANTS.get(rule, f"{rule:.6g}").replace("-", "−")
        return code(f"{left} = {value}")
    body = body_of(rule)
    text = None if body is None else formula(body, names_of(rule))
    if text is not None and len(text) <= LONGEST:
        return code(f"{left} = {text}")
    return f"{code(left)}: {words(rule)} ({code(rule.__name__)})"


def words(rule: Any) -> str:
    """Return the first line of a function's docstring, as a part of a sentence."""
    first = (inspect.getdoc(rule) or "see the source.").splitlines()[0]
    first = first.removeprefix("Return ").removesuffix(".").replace("`", "")
    return first[0].lower() + first[1:] if first[1:2].islower() else first


def code(text: str) -> str:
    """Mark as code, safely within a table."""
    text = re.sub(r"(?<!\w)_(?=[A-Za-z])", "", text)  # names that a module keeps to itself
    return "`" + text.replace("|", "\\|") + "`"


# -- the page ---------------------------------------------------------------------------------


def of_primitive(primitive: Primitive) -> str:
    """Write the derivatives with respect to all arguments, alike ones once."""
    found = [of_rule(primitive, rule, i, n) for i, (rule, n) in enumerate(rules(primitive))]
    return "<br>".join(dict.fromkeys(found))


def helpers(primitives: Iterable[Primitive]) -> list[str]:
    """Explain the functions of ours that formulas call, by their docstrings."""
    explained = {}
    for rule in [rule for primitive in primitives for rule, _ in rules(primitive)]:
        body = body_of(rule) if isinstance(rule, types.FunctionType) else None
        names = {} if body is None else names_of(rule)
        if body is None or len(formula(body, names)) > LONGEST:
            continue
        for node in ast.walk(body):
            name = node.func.id if _calls_a_name(node) else ""
            thing = resolve(node.func, names) if name else None
            ours = isinstance(thing, types.FunctionType) and "engine" not in thing.__module__
            if ours and name not in EVIDENT:
                call = f"{name}({', '.join(inspect.signature(thing).parameters)})"
                explained[name] = f"- {code(call)}: {words(thing)}."
    return [explained[name] for name in sorted(explained)]


def _calls_a_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name)


def short(name: str) -> str:
    """Return a name as docs/kinks.md writes it."""
    return name.removeprefix("np.").removeprefix("autograd.")


def family(module: types.ModuleType, lines: list[Kink]) -> str:
    """Write the section of one module of rules."""
    found = primitives_of(module)
    rows = []
    for variable, primitive in found.items():
        called = {short(name) for name in answers_to(primitive, variable, module.__name__)} | {
            primitive.name
        }
        at = "; ".join(f"{k.where}: {k.derivative}" for k in lines if called & set(k.names))
        names = label(primitive, variable, module.__name__)
        rows.append((names, of_primitive(primitive), at))
    made = composed(module, found)
    if not rows and not made:
        return ""
    title = (module.__doc__ or module.__name__).strip().splitlines()[0].removesuffix(".")
    paragraphs = [f"## {title}", f"In {code(module.__name__.replace('.', '/') + '.py')}."]
    if rows:
        table = ["| function | derivative | at kinks |", "|---|---|---|"]
        ordered = sorted(rows, key=lambda row: row[0].replace("`", ""))
        paragraphs.append("\n".join([*table, *[f"| {' | '.join(row)} |" for row in ordered]]))
    paragraphs.append("\n".join(helpers(found.values())))
    if made:
        names = ", ".join(map(code, made))
        paragraphs.append(f"Written out with functions that have rules: {names}.")
        shortened = {short(name) for name in made}
        at = [kink for kink in lines if shortened & set(kink.names)]
        paragraphs.append("\n".join(map(str, at)))
    paragraphs.append(methods(module))
    return "\n\n".join(part for part in paragraphs if part) + "\n"


def composed(module: types.ModuleType, found: dict[str, Primitive]) -> list[str]:
    """Name the functions that a module writes out with others, and has no row for."""
    in_table = {name for v, p in found.items() for name in answers_to(p, v, module.__name__)}
    names = {
        public_name(key)
        for key, handler in DISPATCH.items()
        if not isinstance(handler, Primitive | tuple)
        and handler.__module__ == module.__name__
        and not isinstance(key, tuple)
    }
    return sorted(names - in_table)


def methods(module: types.ModuleType) -> str:
    """Name the methods of ufuncs that a module writes out, and of which ufuncs."""
    by_ufunc: dict[str, list[str]] = {}
    for key, handler in DISPATCH.items():
        if isinstance(key, tuple) and _module_of(handler) == module.__name__ and key[1] != "axes":
            by_ufunc.setdefault(public_name(key[0]), []).append(key[1])
    groups: dict[str, list[str]] = {}
    for name in sorted(by_ufunc):
        groups.setdefault(", ".join(map(code, sorted(by_ufunc[name]))), []).append(code(name))
    return "\n\n".join(f"{group} of {', '.join(groups[group])}." for group in sorted(groups))


def _module_of(handler: Any) -> str:
    """Return where a handler was registered; all that are made for a ufunc, in ufunc_methods."""
    module = str(getattr(handler, "__module__", ""))
    return module if module != "autograd.rules.inplace" else "autograd.rules.ufunc_methods"


def distributions(lines: list[Kink]) -> str:
    """Write the section of `scipy.stats`, whose functions are formulas in functions with rules."""
    try:
        package = importlib.import_module("autograd.scipy.stats")
    except ImportError:  # SciPy is not there
        return ""
    rows = []
    for name in package.__all__:
        named = vars(getattr(package, name))
        functions = [code(n) for n in DISTRIBUTION_FUNCTIONS if n in named]
        if functions and not isinstance(getattr(package, name), type):
            rows.append(f"| {code('stats.' + name)} | {', '.join(functions)} |")
    at = [str(kink) for kink in lines if any(n.startswith("stats") for n in kink.names)]
    return "\n".join(
        [
            "## Distributions of `scipy.stats`, with derivatives by all of their parameters",
            "\nIn `autograd/scipy/stats`: formulas written out with functions that have rules.\n",
            *["| distribution | functions |", "|---|---|", *sorted(rows), ""],
            *[*at, ""],
        ]
    )


def page() -> str:
    """Write the whole page."""
    lines = kinks()
    sections = [*[family(module, lines) for module in modules()], distributions(lines)]
    without = sorted(code(public_name(function)) for function in WITHOUT_DERIVATIVE)
    last = f"## Functions without a derivative\n\nCalled on the plain data: {', '.join(without)}.\n"
    return "\n".join([INTRODUCTION, *[s for s in sections if s], last])


if __name__ == "__main__":
    (DOCS / "derivatives.md").write_text(page(), encoding="utf-8")
