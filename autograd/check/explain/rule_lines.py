"""Find the wrong line in a rule that a user has written for a function of theirs."""

from __future__ import annotations

import os
import types
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

import autograd
from autograd.check.findings import WrongLine
from autograd.engine import Primitive

#: How the report on a backward pass begins the reasons that name lines, and those on a rule.
_OF_PASS, _OF_RULE = "of the backward pass", "of its rule"

_PACKAGE = os.path.join(os.path.dirname(os.path.abspath(autograd.__file__ or "")), "")


def lines_of_rule(
    node: Any, argnum: int, plain: list[Any], check_gradients: Callable[..., Any]
) -> tuple[list[str], list[WrongLine]]:
    """Check a rule as a backward pass by hand; return the reasons that name its lines, and these.

    Parameters
    ----------
    node : Node
        The result of the operation.
    argnum : int
        The argument whose derivative is wrong.
    plain : list of array
        The recorded arguments.
    check_gradients : callable
        The function `autograd.check_gradients`.
    """
    primitive, keywords = node.primitive, node.keywords
    if not any(map(_is_users, _rules_of(primitive, argnum))):
        return [], []

    def with_argument(x: Any) -> list[Any]:
        return [*plain[:argnum], x, *plain[argnum + 1 :]]

    def function(x: Any) -> Any:
        return primitive.function(*with_argument(x), **keywords)

    def rule(g: Any, x: Any) -> Any:
        given = with_argument(x)
        return primitive.pullback(argnum, g, function(x), tuple(given), keywords)

    report = check_gradients(
        function, np.asarray(plain[argnum]), vjp=rule, raises=False, progress=False, vary=False
    )
    reasons = [
        reason.replace(_OF_PASS, _OF_RULE)
        for reason in report.reasons
        if _OF_PASS in reason.partition("\n")[0] and "\n" in reason
    ]
    lines = [replace(line, text=line.text.replace(_OF_PASS, _OF_RULE)) for line in report.lines]
    return reasons, lines


def _rules_of(primitive: Primitive, argnum: int) -> list[Any]:
    """Return what the derivative by an argument may be computed by."""
    found = [primitive.variadic]
    for rules in (primitive.partials, primitive.transposes, primitive.vjps):
        found += list(rules[argnum : argnum + 1] if rules is not None else ())
    return found


def _is_users(rule: Any) -> bool:
    """Return whether a rule is Python that is not part of this package."""
    rule = getattr(getattr(rule, "__self__", None), "f_raw", rule)  # of `defvjp`
    return isinstance(rule, types.FunctionType) and not rule.__code__.co_filename.startswith(
        _PACKAGE
    )
