"""The command ``python -m autograd check module:function --at x=[1,2,3]``."""

from __future__ import annotations

import argparse
import ast
import importlib
import importlib.util
import os
import re
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.check.gradients import check_gradients
from autograd.check.report import Report
from autograd.errors import AutogradError, ExpressionError

DESCRIPTION = """\
Check the derivatives of a function against finite differences. Without --gradient, check the
derivatives by this library. Exit code: 0 if all are right, 1 if any is wrong or cannot be
compared, 2 for bad input.
"""

EPILOG = """\
Values are numbers (x=2), arrays (x=[1,2,3]), .npy files (x=weights.npy), or random normal
numbers of a shape (W=normal(3,2), the same in every run).
"""


def main(arguments: list[str]) -> int:
    """Run the command; return its exit code."""
    options = _parser().parse_args(arguments)
    report = _checked(options)
    print(report.table(options.rows))
    if options.plot:
        report.plot().savefig(options.plot)
        print(f"The figure is in {options.plot}")
    return 0 if report.ok else 1


def _checked(options: argparse.Namespace) -> Report:
    function = load(options.function)
    gradient = load(options.gradient) if options.gradient else None
    values = [value(text) for text in options.at]
    try:
        return check_gradients(
            function,
            *[number for _, number in values],
            gradient=gradient,
            order=options.order,
            modes=tuple(options.modes.split(",")),
            method=options.method,
            rtol=options.rtol,
            names=[name for name, _ in values],
            raises=False,
        )
    except AutogradError:
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise ExpressionError(f"{options.function} failed: {reason}") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m autograd check", description=DESCRIPTION, epilog=EPILOG
    )
    parser.add_argument("function", help="module:function or path/to/file.py:function")
    parser.add_argument(
        "--at", nargs="+", required=True, metavar="name=value", help="the inputs, in order"
    )
    parser.add_argument("--gradient", help="module:function of a gradient to check instead")
    parser.add_argument(
        "--order", type=int, default=1, help="the highest order of derivatives to check"
    )
    parser.add_argument("--modes", default="reverse", help="reverse, forward or reverse,forward")
    parser.add_argument("--method", choices=("auto", "full", "projected"), default="auto")
    parser.add_argument("--rtol", type=float, help="relative difference to accept")
    parser.add_argument("--rows", type=int, default=20, help="number of rows to print")
    parser.add_argument("--plot", metavar="FILE", help="write a figure of the errors")
    return parser


def load(where: str) -> Callable[..., Any]:
    """Import a function from a module or a file.

    Raises
    ------
    ExpressionError
        If the name does not have the form ``module:function``, or is not a function.
    """
    module_name, colon, name = where.rpartition(":")
    if not colon or not module_name or not name:
        raise ExpressionError(f"{where!r} is not of the form module:function")
    if module_name.endswith(".py"):
        module = _from_file(module_name)
    else:
        if os.getcwd() not in sys.path:
            sys.path.insert(0, os.getcwd())
        module = importlib.import_module(module_name)
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part)
    if not callable(found):
        raise ExpressionError(f"{where} is {type(found).__name__}, not a function")
    return found  # type: ignore[no-any-return]


def _from_file(path: str) -> Any:
    if not os.path.exists(path):
        raise ExpressionError(f"there is no file {path}")
    specification = importlib.util.spec_from_file_location("checked", path)
    if specification is None or specification.loader is None:
        raise ExpressionError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(specification)
    sys.modules["checked"] = module
    specification.loader.exec_module(module)
    return module


def value(text: str) -> tuple[str, Any]:
    """Parse ``name=value``."""
    name, sign, written = text.partition("=")
    name, written = name.strip(), written.strip()
    if not sign or not name.isidentifier():
        raise ExpressionError(f"{text!r:.60} is not of the form name=value")
    if written.endswith(".npy"):
        return name, np.load(written, allow_pickle=False)
    random = re.fullmatch(r"normal\(([\d,\s]*)\)", written)
    if random:
        shape = tuple(int(n) for n in random[1].replace(" ", "").split(",") if n)
        return name, np.random.default_rng(len(name)).normal(size=shape)
    try:
        read = ast.literal_eval(written)
        if isinstance(read, (list, tuple)):
            return name, np.array(read, dtype=float)
        return name, float(read)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        raise ExpressionError(
            f"{name}={written[:40]} is not a number, an array such as [1,2,3], a .npy file or "
            "normal(3,2)"
        ) from None
