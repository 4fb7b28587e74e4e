"""Load the programs of the gallery, as they are and with a mistake in them.

A program is a module in `programs/` as people write it: functions with a backward pass by hand, and
`cases(r)`, which yields (name, how to check it) with data from the random generator `r`. The text
after `#~` on a line is what a mistake makes of this line; several are possible. If it is empty, the
line is missing. A line that has nothing before `#~` is one too many. The marks are removed before a
program is run, and a line keeps its number with every mistake.
"""

import ast
import importlib
import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

PROGRAMS = Path(__file__).parent / "programs"
MARK = "#~"
SEEDS = (1, 2)


@dataclass(frozen=True)
class Edit:
    """A line of a program and the text that replaces it: a mistake, or a correction."""

    program: str
    line: int
    text: str


def indentation(line):
    return line[: len(line) - len(line.lstrip())]


@cache
def right_source(program):
    """Return the lines of a program without marks; line n is element n - 1."""
    lines = (PROGRAMS / f"{program}.py").read_text(encoding="utf-8").splitlines()
    return [line.partition(MARK)[0].rstrip() for line in lines]


def edited(program, edits):
    """Return the lines of a program after some edits."""
    lines = list(right_source(program))
    for edit in edits:
        if edit.program == program:
            lines[edit.line - 1] = edit.text
    return lines


@cache
def planted(program):
    """Return the mistakes noted in a program."""
    edits = []
    lines = (PROGRAMS / f"{program}.py").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        _, *wrong = line.split(MARK)
        for text in wrong:
            text = text.strip()
            edits.append(Edit(program, number, indentation(line) + text if text else ""))
    return edits


#: Programs that were written apart from the code that finds lines.
INDEPENDENT = frozenset(
    (
        *("chemistry", "coursework", "desk", "language", "likelihoods", "mechanics", "sensing"),
        *("notebook", "studio", "tapes", "workbench"),
    )
)


def program_names():
    return sorted(path.stem for path in PROGRAMS.glob("*.py"))


def needed_by(program):
    """Return a program and those that it imports."""
    found, waiting = [], [program]
    while waiting:
        name = waiting.pop()
        found.append(name)
        for node in ast.walk(ast.parse("\n".join(right_source(name)))):
            if isinstance(node, ast.ImportFrom) and node.module in program_names():
                waiting.append(node.module)
    return found


@contextmanager
def loaded(program, *edits):
    """Import a program after some edits, from a folder of its own that is removed afterwards."""
    names = needed_by(program)
    with TemporaryDirectory(prefix="gallery") as folder:
        for name in names:
            text = "\n".join(edited(name, edits)) + "\n"
            Path(folder, f"{name}.py").write_text(text, encoding="utf-8")
        sys.path.insert(0, folder)
        importlib.invalidate_caches()
        try:
            yield importlib.import_module(program)
        finally:
            sys.path.remove(folder)
            for name in names:
                sys.modules.pop(name, None)


@dataclass(frozen=True)
class Call:
    """How to check one backward pass."""

    name: str
    f: object
    inputs: list
    gradient: object = None
    vjp: object = None

    @property
    def derivatives(self):
        """The options of `check_gradients` to check this with, one after the other."""
        given = {"gradient": self.gradient, "vjp": self.vjp}
        return [{kind: rule} for kind, rule in given.items() if rule is not None]

    def kind(self, options):
        """Return "vjp", "jacobian" or "gradient"."""
        if "vjp" in options:
            return "vjp"
        return "gradient" if flat(self.value()).size == 1 else "jacobian"

    def value(self):
        result = self.f(*fresh(self.inputs))
        return result[0] if self.gradient is True else result


def calls(module, seed):
    """Return how to check each backward pass of a loaded program, by name."""
    r = np.random.default_rng(seed)
    return {name: Call(name, **how) for name, how in module.cases(r)}


# -- numbers ----------------------------------------------------------------------------------


def leaves(values) -> Iterator[np.ndarray]:
    """Yield the arrays of nested containers."""
    if isinstance(values, dict):
        values = [values[key] for key in sorted(values)]
    if isinstance(values, list | tuple):
        for value in values:
            yield from leaves(value)
    else:
        yield np.asarray(values, dtype=float)


def keys_of(values):
    """Return the keys of the dicts in nested containers."""
    if isinstance(values, dict):
        return [*sorted(values), *keys_of([values[key] for key in sorted(values)])]
    if isinstance(values, list | tuple):
        return [key for value in values for key in keys_of(value)]
    return []


def flat(values):
    return np.concatenate([leaf.reshape(-1) for leaf in leaves(values)] or [np.zeros(0)])


def rebuilt(values, vector):
    """Return containers like `values` with the numbers of a vector."""
    if isinstance(values, dict):
        keys = sorted(values)
        return dict(zip(keys, rebuilt([values[key] for key in keys], vector), strict=True))
    if isinstance(values, list | tuple):
        parts, start = [], 0
        for value in values:
            size = flat(value).size
            parts.append(rebuilt(value, vector[start : start + size]))
            start += size
        return type(values)(parts)
    if isinstance(values, float):
        return float(vector[0])
    return np.reshape(vector, np.shape(values)).copy()


def fresh(values):
    return rebuilt(values, flat(values))


def numerical_jacobian(call):
    """Return the Jacobian of a call's function by central differences of fourth order."""
    x = flat(call.inputs)
    columns = []
    for i in range(x.size):
        h = 1e-3 * max(1.0, abs(x[i])) * 0.1
        column = 0.0
        for step, weight in ((1, 8), (-1, -8), (2, -1), (-2, 1)):
            moved = x.copy()
            moved[i] += step * h
            result = call.f(*rebuilt(call.inputs, moved))
            result = result[0] if call.gradient is True else result
            column = column + weight * flat(result) / (12 * h)
        columns.append(column)
    return np.stack(columns, axis=1)


def analytic_matrix(call, options, cotangents):
    """Return the rows of a call's derivative, multiplied by the cotangents."""
    inputs = fresh(call.inputs)
    if "vjp" in options:
        value = call.value()
        rows = [call.vjp(rebuilt(value, row), *fresh(call.inputs)) for row in cotangents]
        return np.stack([flat(row) for row in rows])
    given = call.f(*inputs)[1] if call.gradient is True else call.gradient(*inputs)
    if isinstance(given, dict) and not isinstance(call.inputs[0], dict):
        given = [given[name] for name in inspect.signature(call.f).parameters]
    if keys_of(given) != keys_of(call.inputs):
        raise KeyError("The gradient has other keys than the inputs.")
    size = flat(call.value()).size
    parts = given if isinstance(given, tuple | list | dict) else (given,)
    return cotangents @ np.concatenate(
        [np.reshape(leaf, (size, -1)) for leaf in leaves(parts)], axis=1
    )


def cotangents_of(call):
    size = flat(call.value()).size
    return np.random.default_rng(3).normal(size=(min(size, 3), size))


def largest_difference(call, options, jacobian):
    """Return the largest difference of a derivative from the numerical one, relative to its row."""
    cotangents = cotangents_of(call)
    expected = cotangents @ jacobian
    try:
        got = analytic_matrix(call, options, cotangents)
    except Exception:
        return np.inf
    if got.shape != expected.shape or not np.isfinite(got).all():
        return np.inf
    return float(np.max(np.abs(got - expected)) / np.max(np.abs(expected)))
