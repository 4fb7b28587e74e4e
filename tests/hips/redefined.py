"""Give every function other rules, and print what does not follow them. Run in a separate process.

For each sample: with another forward rule, reverse mode is what it was and forward mode is the
new one; with another vjp, it is the other way round.
"""

import contextlib
import sys

import numpy as np
from rules.samples import SAMPLES
from scipy_rules.samples import SAMPLES as SCIPY

import autograd
import autograd.rules.lazy  # all rules there are: what comes later would be undone
import autograd.scipy.rules
from autograd import make_jvp, make_vjp, tree
from autograd.engine import Node
from autograd.engine.registry import DISPATCH
from autograd.errors import NoRuleError
from autograd.extend import defjvp_argnum, defvjp_argnum
from autograd.hips import redefinition
from autograd.hips.user_primitive import primitive_jvps, primitive_vjps
from autograd.rules import redefinable
from autograd.scipy import linalg
from autograd.scipy.integrate.recurrence import recurrence

#: Their vjps call the function itself, and forward mode goes back through that.
CALLING_THEMSELVES = (np.linalg.solve, linalg.solve, recurrence)


TABLES = (DISPATCH, redefinable.REDEFINED, primitive_vjps, primitive_jvps)


@contextlib.contextmanager
def restoring():
    """Undo all redefinitions in the end."""
    before = [dict(table) for table in TABLES]
    rows = dict(redefinition._ORIGINALS)  # those that other tests have redefined for good
    contents_of_rows = {row: fields_of(row) for row in rows}
    try:
        yield
    finally:
        for table, contents in zip(TABLES, before, strict=True):
            table.clear()
            table.update(contents)
        for row, was in redefinition._ORIGINALS.items():
            for name, field in contents_of_rows.get(row, fields_of(was)).items():
                setattr(row, name, field)
        redefinition._ORIGINALS.clear()
        redefinition._ORIGINALS.update(rows)


def fields_of(row):
    rules = ("partials", "transposes", "vjps", "variadic", "jvp")
    return {name: getattr(row, name) for name in (*rules, "fresh_results", "reads_data", "arity")}


def constant(x, number):
    return tree.mapped(x, lambda leaf: np.full(np.shape(leaf), number, np.result_type(leaf)))


def plain(x):
    return [np.asarray(leaf) for leaf in tree.flat(x)]


def same(a, b):
    return len(a) == len(b) and all(
        np.allclose(x, y, rtol=1e-6, atol=1e-8, equal_nan=True) for x, y in zip(a, b, strict=True)
    )


def derivatives(sample):
    """Return both derivatives by the first argument, with cotangent and tangent of ones."""

    def function(x):
        result = sample.function(x, *sample.inputs[1:], **sample.keywords)
        return result if isinstance(result, Node) else [r for r in result if isinstance(r, Node)]

    x = sample.inputs[0]
    vjp, y = make_vjp(function)(x)
    return plain(vjp(constant(y, 1.0))), plain(make_jvp(function)(x)(constant(x, 1.0))[1])


def problem_of(sample):
    reverse, forward = derivatives(sample)
    results = len(forward)
    found = []
    try:
        with restoring():
            defjvp_argnum(sample.function, lambda argnum, g, ans, args, kwargs: constant(ans, 7.0))
            now = derivatives(sample)
        found += [] if same(now[0], reverse) else ["defjvp changed reverse mode"]
        found += [] if all(np.all(x == 7) for x in now[1]) else ["defjvp is ignored"]
        with restoring():
            defvjp_argnum(
                sample.function,
                lambda argnum, ans, args, kwargs: lambda g: constant(args[argnum], 7.0),
            )
            now = derivatives(sample)
        if sample.function not in CALLING_THEMSELVES:
            found += [] if same(now[1], forward) else ["defvjp changed forward mode"]
        found += [] if all(np.all(x == 7 * results) for x in now[0]) else ["defvjp is ignored"]
    except NoRuleError as error:
        if "operators of Values" not in str(error):
            found.append(repr(error)[:200])
    except Exception as error:
        found.append(repr(error)[:200])
    return found


def is_function(f):
    """Return whether this takes rules; an expression made of several functions does not."""
    known = isinstance(f, (np.ufunc, autograd.Primitive)) or hasattr(f, "_implementation")
    return known or f in redefinable.BODIES


if __name__ == "__main__":
    checked = 0
    for sample in (*SAMPLES, *SCIPY):
        if is_function(sample.function) and all(np.size(leaf) for leaf in tree.flat(sample.inputs)):
            checked += 1
            for problem in problem_of(sample):
                print(f"{sample}: {problem}")
    print(f"{checked} checked", file=sys.stderr)
