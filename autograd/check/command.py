"""The command ``python -m autograd check module:function --at x=[1,2,3]``."""

from __future__ import annotations

import argparse
import ast
import contextlib
import difflib
import importlib
import importlib.util
import os
import re
import sys
import traceback
import types
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from autograd.check.accuracy.check import check_precision
from autograd.check.accuracy.report import PrecisionReport
from autograd.check.explain.repair.sources import is_users
from autograd.check.gradients import check_gradients
from autograd.check.layers import check_layer
from autograd.check.report import Report
from autograd.errors import AutogradError, ExpressionError

Checked = TypeVar("Checked", Report, PrecisionReport)

DESCRIPTION = """\
Check the derivatives of a function against finite differences. Without --gradient and --vjp, check
the derivatives by this library; of a function or module of PyTorch or JAX, theirs. Exit code: 0 if
all are right, 1 if any is wrong or cannot be compared, 2 for bad input.
"""

EPILOG = """\
Values are numbers (x=2), arrays (x=[1,2,3]; integers such as labels: y=int[0,2,1]), .npy files
(x=weights.npy), or random normal numbers of a shape (W=normal(3,2), the same in every run).
"""

#: Options that may not be combined with --precision, and with --layer.
WITHOUT_PRECISION = ("gradient", "vjp", "layer", "hints", "plot", "rtol")
WITHOUT_LAYER = ("gradient", "vjp", "wrt")


def main(arguments: list[str]) -> int:
    """Run the command; return its exit code."""
    options = _parser().parse_args(arguments)
    if options.precision:
        _refuse(options, WITHOUT_PRECISION, "has no meaning with --precision")
        measured = _measured(options)
        print(measured)
        _write_page(options, measured)
        return 0
    report = _checked(options)
    print(report.table(options.rows) if options.hints is None else report.hint(options.hints))
    if options.plot:
        report.plot().savefig(options.plot)
        print(f"The figure is in {options.plot}")
    _write_page(options, report)
    return 0 if report.ok else 1


def _write_page(options: argparse.Namespace, report: Report | PrecisionReport) -> None:
    if options.html:
        Path(options.html).write_text(report.html(options.function), encoding="utf-8")
        print(f"The page is in {options.html}")


def _checked(options: argparse.Namespace) -> Report:
    values = [value(text) for text in options.at]
    inputs = [number for _, number in values]
    shared: dict[str, Any] = {"method": options.method, "rtol": options.rtol, "raises": False}
    if options.layer:
        _refuse(options, WITHOUT_LAYER, "is for functions: a layer has its own backward")
        layer = _made(load(options.function, any_object=True), options.function)
        return _run(options, lambda: check_layer(layer, *inputs, **shared))
    both = options.gradient == "True"
    gradient = load(options.gradient) if options.gradient and not both else both or None
    function = load(options.function)
    return _run(
        options,
        lambda: check_gradients(
            function,
            *inputs,
            gradient=gradient,
            vjp=load(options.vjp) if options.vjp else None,
            order=options.order,
            modes=tuple(options.modes.split(",")),
            names=[name for name, _ in values],
            wrt=options.wrt.split(",") if options.wrt else None,
            vary=options.vary,
            **shared,
        ),
    )


def _measured(options: argparse.Namespace) -> PrecisionReport:
    function = load(options.function)
    values = [value(text) for text in options.at]
    names, inputs = zip(*values, strict=True)
    wrt = options.wrt.split(",") if options.wrt else None
    return _run(options, lambda: check_precision(function, *inputs, names=names, wrt=wrt))


def _run(options: argparse.Namespace, check: Callable[[], Checked]) -> Checked:
    try:
        return check()
    except AutogradError:
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise ExpressionError(f"{options.function} failed: {reason}{_place_of(error)}") from error


def _place_of(error: BaseException) -> str:
    """Return the last line of the user's code that an error passed; empty if there is none."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if is_users(frame.filename)]
    return f" ({os.path.basename(own[-1].filename)}, line {own[-1].lineno})" if own else ""


def _refuse(options: argparse.Namespace, names: Sequence[str], reason: str) -> None:
    for name in names:
        if getattr(options, name):
            raise ExpressionError(f"--{name} {reason}")


def _made(found: Any, where: str) -> Any:
    """Return a layer, made by a class or function if that is given."""
    if not isinstance(found, (type, types.FunctionType)):
        return found
    try:
        return found()
    except TypeError as error:
        raise ExpressionError(
            f"{where} cannot be called without arguments ({error}); name a layer, or a function "
            "that makes one"
        ) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m autograd check", description=DESCRIPTION, epilog=EPILOG
    )
    parser.add_argument("function", help="module:function or path/to/file.py:function")
    parser.add_argument(
        "--at", nargs="+", required=True, metavar="name=value", help="the inputs, in order"
    )
    parser.add_argument(
        "--gradient",
        help="module:function of a gradient to check; True if the function returns both",
    )
    parser.add_argument("--vjp", help="module:function of a backward pass (g, *inputs) to check")
    parser.add_argument(
        "--layer",
        action="store_true",
        help="check an object with forward and backward, or what makes one",
    )
    parser.add_argument("--wrt", metavar="NAMES", help="the inputs to differentiate: w,b")
    parser.add_argument(
        "--order", type=int, default=1, help="the highest order of derivatives to check"
    )
    parser.add_argument("--modes", default="reverse", help="reverse, forward or reverse,forward")
    parser.add_argument("--method", choices=("auto", "full", "projected"), default="auto")
    parser.add_argument(
        "--vary",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="compare a right derivative from elsewhere at other numbers too, if those given may "
        "hide a mistake",
    )
    parser.add_argument("--rtol", type=float, help="relative difference to accept")
    parser.add_argument(
        "--precision",
        action="store_true",
        help="count the right digits instead, and find the lines that lose the others",
    )
    parser.add_argument("--rows", type=int, default=20, help="number of rows to print")
    parser.add_argument(
        "--hints",
        type=int,
        choices=range(1, 6),
        help="what to print: 1 the verdict, 2 the wrong elements, 3 the line, 4 the kind of "
        "mistake, 5 everything",
    )
    parser.add_argument("--html", metavar="FILE", help="write the report as a page")
    parser.add_argument("--plot", metavar="FILE", help="write a figure of the errors")
    return parser


def load(where: str, any_object: bool = False) -> Any:
    """Import a function, or any object, from a module or a file.

    Raises
    ------
    ExpressionError
        If the name does not have the form ``module:function``, is not found, or is not a function.
    """
    module_name, colon, name = where.rpartition(":")
    if not colon or not module_name or not name:
        raise ExpressionError(f"{where!r} is not of the form module:function")
    try:
        module = _from_file(module_name) if module_name.endswith(".py") else _module(module_name)
    except AutogradError:
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise ExpressionError(f"{module_name} failed: {reason}{_place_of(error)}") from error
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            public = [other for other in vars(found) if not other.startswith("_")]
            near = difflib.get_close_matches(part, public, 1)
            hint = f"; is it {near[0]}?" if near else ""
            raise ExpressionError(f"{module_name} has no attribute {part!r}{hint}")
        found = getattr(found, part)
    if not any_object and not callable(found):
        raise ExpressionError(f"{where} is {type(found).__name__}, not a function")
    return found


def _module(name: str) -> Any:
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    return importlib.import_module(name)


def _from_file(path: str) -> Any:
    """Import a file once: functions and gradients share what it remembers."""
    if not os.path.exists(path):
        raise ExpressionError(f"there is no file {path}")
    name = "checked:" + os.path.abspath(path)
    if name in sys.modules:
        return sys.modules[name]
    specification = importlib.util.spec_from_file_location(name, path)
    if specification is None or specification.loader is None:
        raise ExpressionError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    try:
        with _beside(path):
            specification.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


@contextlib.contextmanager
def _beside(path: str) -> Iterator[None]:
    """Let a file import others in its folder, as if it were run."""
    folder = os.path.dirname(os.path.abspath(path))
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


def value(text: str) -> tuple[str, Any]:
    """Parse ``name=value``."""
    name, sign, written = text.partition("=")
    name, written = name.strip(), written.strip()
    if not sign or not name.isidentifier():
        raise ExpressionError(f"{text!r:.60} is not of the form name=value")
    if written.endswith(".npy"):
        return name, np.load(written, allow_pickle=False)
    kind: type = int if written.startswith("int[") else float
    written = written.removeprefix("int") if kind is int else written
    random = re.fullmatch(r"normal\(([\d,\s]*)\)", written)
    if random:
        shape = tuple(int(n) for n in random[1].replace(" ", "").split(",") if n)
        return name, np.random.default_rng(len(name)).normal(size=shape)
    try:
        read = ast.literal_eval(written)
        if isinstance(read, (list, tuple)):
            return name, np.array(read, dtype=kind)
        return name, float(read)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        raise ExpressionError(
            f"{name}={written[:40]} is not a number, an array such as [1,2,3], a .npy file or "
            "normal(3,2)"
        ) from None
