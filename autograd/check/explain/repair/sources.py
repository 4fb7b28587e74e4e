"""The user's functions that a call executes: their source, their lines, the values at hand."""

from __future__ import annotations

import ast
import contextlib
import gc
import inspect
import linecache
import os
import sys
import sysconfig
import threading
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from autograd.check.explain.repair.recompile import Choice, Ticking, recompiled

#: How often the variables of one line are looked at, and how many functions did not run.
MOST_LOOKS, MOST_RELATED = 3, 50

#: How many functions of one argument may be what is missing.
MOST_BESIDE = 12

_FOREIGN = tuple(
    os.path.join(os.path.abspath(folder), "")
    for folder in (
        os.path.dirname(sys.modules["autograd"].__file__ or ""),
        os.path.join(
            os.path.dirname(os.path.dirname(sys.modules["autograd"].__file__ or "")), "nn"
        ),
        os.path.dirname(np.__file__),
        *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
    )
)


@dataclass
class Executed:
    """What one call executed in a function of the user.

    Attributes
    ----------
    code : code
        The function's code.
    order : int
        When it was called first, among all functions.
    names : dict
        For each executed line, the variables before it.
    turns : dict
        How often each line was executed.
    scope : dict
        The global variables.
    """

    code: types.CodeType
    order: int
    scope: dict[str, Any]
    names: dict[int, dict[str, Any]] = field(default_factory=dict)
    turns: dict[int, int] = field(default_factory=dict)


def is_users(path: str, own: frozenset[str] = frozenset()) -> bool:
    """Return whether a file belongs to the user: not to Python, a package or this library."""
    if path in own:
        return True
    return not path.startswith((*_FOREIGN, "<frozen", "<__array_function__", "<string>"))


def watch(run: Callable[[], Any], own: frozenset[str] = frozenset()) -> list[Executed]:
    """Run something; return the user's functions that it executes, in the order of their calls.

    Parameters
    ----------
    run : callable
        What to run.
    own : set of str
        Files that belong to the user, wherever they are.
    """
    found: dict[types.CodeType, Executed] = {}

    def enter(frame: types.FrameType, event: str, argument: Any) -> Any:
        code = frame.f_code
        if not is_users(code.co_filename, own):
            return None
        executed = found.setdefault(code, Executed(code, len(found), frame.f_globals))

        def step(frame: types.FrameType, event: str, argument: Any) -> Any:
            if event == "line":
                turns = executed.turns.get(frame.f_lineno, 0)
                executed.turns[frame.f_lineno] = turns + 1
                if turns < MOST_LOOKS:
                    executed.names[frame.f_lineno] = dict(frame.f_locals)
            return step

        return step

    with traced(enter):
        run()
    return list(found.values())


@contextlib.contextmanager
def traced(enter: Any) -> Iterator[None]:
    """Trace what runs inside the block, also in the threads that it starts."""
    before, elsewhere = sys.gettrace(), threading.gettrace()
    threading.settrace(enter)
    sys.settrace(enter)
    try:
        yield
    finally:
        sys.settrace(before)
        threading.settrace(elsewhere)


def related(executed: Sequence[Executed], own: frozenset[str]) -> list[Executed]:
    """Return the user's functions that others name, but that did not run where they were watched.

    They may run when the others are changed, or did so in threads that there were already.
    """
    waiting, known = list(executed), {item.code for item in executed}
    found: list[Executed] = []
    while waiting and len(found) < MOST_RELATED:
        item = waiting.pop()
        for name in (*sorted(names_in(item.code)), *functions_of_one(item.scope)):
            value = inspect.unwrap(item.scope.get(name))  # type: ignore[arg-type]
            code = getattr(value, "__code__", None)
            if not isinstance(value, types.FunctionType) or code in known:
                continue
            if is_users(value.__code__.co_filename, own):
                known.add(value.__code__)
                found.append(Executed(value.__code__, 0, value.__globals__))
                waiting.append(found[-1])
    return found


def functions_of_one(scope: Mapping[str, Any]) -> list[str]:
    """Return the names of the first functions of one argument in Python."""
    found = (name for name, value in [*scope.items()] if isinstance(value, types.FunctionType))
    return list(islice((n for n in found if scope[n].__code__.co_argcount == 1), MOST_BESIDE))


def names_in(code: types.CodeType) -> set[str]:
    """Return the names of the global variables and attributes in code, also of inner functions."""
    found = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found |= names_in(constant)
    return found


@dataclass
class Source:
    """A function of the user: what was executed, and its syntax tree.

    Attributes
    ----------
    executed : Executed
        Its own execution.
    tree : ast.FunctionDef or ast.Lambda
        Its syntax tree.
    classes : tuple of str
        The names of the classes around it.
    names : dict
        For each executed line, also of functions inside it, the variables before it.
    functions : list of function
        The function objects that run this code; several if it is a closure.
    holders : list of function
        Functions that make this one each time they run, but are right themselves.
    """

    executed: Executed
    tree: Any
    classes: tuple[str, ...]
    names: dict[int, dict[str, Any]]
    functions: list[types.FunctionType]
    holders: list[types.FunctionType]

    @property
    def path(self) -> str:
        """The file."""
        return self.executed.code.co_filename

    @property
    def lines(self) -> list[str]:
        """The lines of the file."""
        return linecache.getlines(self.path)

    def carriers(self, code: types.CodeType) -> list[tuple[types.FunctionType, types.CodeType]]:
        """Return the functions to run other code in, each with its code then."""
        own = self.executed.code
        holding = [(holder, _with_inner(holder.__code__, own, code)) for holder in self.holders]
        return [*((function, code) for function in self.functions), *holding]

    def changed(self, tree: Any, choice: Choice) -> types.CodeType | None:
        """Return the code of a changed tree; None if it cannot replace the original."""
        return recompiled(tree, self.executed.code, self.classes, choice, self._ticking)

    @cached_property
    def _ticking(self) -> Ticking:
        return Ticking(self.tree)


def functions_by_code(codes: Iterable[types.CodeType]) -> dict[int, list[types.FunctionType]]:
    """Return the functions that run each code, by its identity.

    They are found in one pass through all objects: of a large process one takes a second.
    """
    wanted = {id(code): code for code in codes}
    found: dict[int, list[types.FunctionType]] = {number: [] for number in wanted}
    for holder in gc.get_referrers(*wanted.values()) if wanted else ():
        if isinstance(holder, types.FunctionType) and id(holder.__code__) in wanted:
            found[id(holder.__code__)].append(holder)
    return found


def _with_inner(outer: types.CodeType, old: types.CodeType, new: types.CodeType) -> types.CodeType:
    """Return the code of a function that makes functions with new code in place of old."""

    def place(code: types.CodeType) -> tuple[str, int]:
        return code.co_name, code.co_firstlineno

    constants: list[Any] = []
    for constant in outer.co_consts:
        if isinstance(constant, types.CodeType):
            mine = place(constant) == place(old) and constant.co_freevars == new.co_freevars
            constant = new if mine else _with_inner(constant, old, new)
        constants.append(constant)
    return outer.replace(co_consts=tuple(constants))


class Sources:
    """The source of all that a call executed.

    Parameters
    ----------
    executed : list of Executed
        What it executed.
    makers : list of Executed
        Functions that are right, but may make others that are not.

    Attributes
    ----------
    executed : list of Executed
        All functions that it executed.
    found : list of Source
        The outermost functions whose source was found: the functions inside them are part of them.
    missing : list of Executed
        Those without source.
    """

    def __init__(self, executed: list[Executed], makers: Sequence[Executed] = ()) -> None:
        self.executed = executed
        self.found: list[Source] = []
        self._modules: dict[str, ast.Module | None] = {}
        self._functions: dict[str, list[tuple[Any, tuple[str, ...]]]] = {}
        right = {item.code for item in makers}
        own = {item.code for item in executed}
        located = [(item, self._locate(item.code)) for item in executed]
        self.missing = [item for item, place in located if place is None]
        known = [(item, *place) for item, place in located if place is not None]
        for item in makers:
            place = None if item.code in own else self._locate(item.code)
            known += [] if place is None else [(item, *place)]
        functions = functions_by_code(item.code for item, *_ in known)
        for item, tree, classes in known:
            if item.code not in own:
                continue
            path = item.code.co_filename
            near = [k for k in known if k[0] is not item and k[0].code.co_filename == path]
            around = [k for k in near if _contains(k[1], tree)]
            mine = item.code in right
            if any((k[0].code in right) == mine for k in around):
                continue
            names = dict(item.names)
            for inner, other, _ in near:
                if _contains(tree, other) and (inner.code in right) == mine:
                    names.update(inner.names)
            holders = [f for k in around for f in functions[id(k[0].code)]]
            source = Source(item, tree, classes, names, functions[id(item.code)], holders)
            if source.carriers(item.code) and source.changed(tree, Choice()) is not None:
                self.found.append(source)
            else:
                self.missing.append(item)

    def _locate(self, code: types.CodeType) -> tuple[Any, tuple[str, ...]] | None:
        """Return the syntax tree of a function and the classes around it."""
        module = self._module(code.co_filename)
        if module is None:
            return None
        if code.co_filename not in self._functions:
            self._functions[code.co_filename] = list(_functions(module))
        candidates = [
            (node, classes)
            for node, classes in self._functions[code.co_filename]
            if _is_code_of(node, code)
        ]
        return min(candidates, key=lambda pair: _extent(pair[0]), default=None)

    def _module(self, path: str) -> ast.Module | None:
        if path not in self._modules:
            linecache.checkcache(path)
            try:
                self._modules[path] = ast.parse("".join(linecache.getlines(path)))
            except (SyntaxError, ValueError):
                self._modules[path] = None
        return self._modules[path]


def _functions(node: ast.AST, classes: tuple[str, ...] = ()) -> Any:
    """Yield the functions in a tree, each with the names of the classes right around it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield child, classes
            yield from _functions(child)
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, (*classes, child.name))
        else:
            yield from _functions(child, classes)


def _is_code_of(node: Any, code: types.CodeType) -> bool:
    if isinstance(node, ast.Lambda):
        if code.co_name != "<lambda>" or node.lineno != code.co_firstlineno:
            return False
        inside = [place for place in code.co_positions() if place[2] and place[0] is not None]
        return bool(inside) and all(
            (node.lineno, node.col_offset) <= (place[0], place[2])
            and (place[1], place[3]) <= (node.end_lineno, node.end_col_offset)
            for place in inside
        )
    first = min([node.lineno, *(item.lineno for item in node.decorator_list)])
    if code.co_name != node.name or first != code.co_firstlineno:
        return False
    lines = [line for _, _, line in code.co_lines() if line]
    return bool(max(lines, default=0) <= node.end_lineno)


def _extent(node: Any) -> tuple[int, int]:
    return node.end_lineno - node.lineno, node.end_col_offset - node.col_offset


def _contains(outer: Any, inner: Any) -> bool:
    start, end = (outer.lineno, outer.col_offset), (outer.end_lineno, outer.end_col_offset)
    within = start <= (inner.lineno, inner.col_offset)
    return bool(within and (inner.end_lineno, inner.end_col_offset) <= end)


def code_files(function: Any) -> frozenset[str]:
    """Return the files of the code that a callable runs first."""
    seen: list[Any] = [function]
    files: set[str] = set()
    for item in seen:
        code = getattr(item, "__code__", None)
        if isinstance(code, types.CodeType) and not code.co_filename.startswith(_FOREIGN[:3]):
            files.add(code.co_filename)
        if len(seen) < 20:
            inner = [getattr(item, name, None) for name in ("__func__", "__wrapped__", "func")]
            cells = getattr(item, "__closure__", None) or ()
            seen += [x for x in inner if callable(x)]
            seen += [c.cell_contents for c in cells if callable(_content(c))]
    return frozenset(files)


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return None
