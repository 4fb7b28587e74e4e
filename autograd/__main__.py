"""The command line: ``python -m autograd "tanh(w*x + b)" w=-3 x=2 b=6.88``."""

from __future__ import annotations

import argparse
import ast
import sys
from typing import Any

import numpy as np

import autograd.installation  # noqa: F401 - first, to report overwritten files
from autograd import Tensor, Value, expression, shell, trace, value_and_grad
from autograd.check import check_gradients, command
from autograd.drawing import draw, steps, text
from autograd.errors import ExpressionError

DESCRIPTION = """\
Compute an expression and its derivative with respect to each variable, and compare every
derivative with a finite difference. Give numbers as name=number, arrays as name=[1,2,3] or
name=[[1,2],[3,4]]. The result must be a single number.
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code.

    0 if all derivatives are right, 1 if one is wrong or cannot be compared, 2 for bad input.
    """
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["check"] and len(given) > 1:
        return shell.run("autograd check", lambda: command.main(given[1:]))
    return shell.run("autograd", lambda: _main(given))


def _main(arguments: list[str]) -> int:
    parser = _parser()
    options = parser.parse_args(_shielded(arguments, parser))
    tree = expression.parse(options.expression)
    variables = _variables(options.values, expression.names_in(tree))
    with np.errstate(all="ignore"):
        return _run(tree, variables, options)


def _shielded(arguments: list[str], parser: argparse.ArgumentParser) -> list[str]:
    """Put a space before an expression that begins with a minus, which is not an option."""
    known = parser._option_string_actions
    return [f" {a}" if a[:1] == "-" and a.partition("=")[0] not in known else a for a in arguments]


def _parser() -> argparse.ArgumentParser:
    functions = ", ".join(sorted(expression.FUNCTIONS))
    parser = argparse.ArgumentParser(
        prog="python -m autograd",
        description=DESCRIPTION,
        allow_abbrev=False,
        epilog="To check your own function: python -m autograd check --help. "
        f"Operators: + - * / % ** @. Constants: pi, e. Functions: {functions}.",
    )
    parser.add_argument("expression", help='such as "tanh(w*x + b)"')
    parser.add_argument("values", nargs="*", metavar="name=value", help="a number or an array")
    parser.add_argument(
        "--draw",
        metavar="FILE",
        action="append",
        default=[],
        help="save the graph: .svg, .png, .pdf, .dot, .mmd (Mermaid), .html (interactive) or .txt; "
        "may be repeated",
    )
    parser.add_argument("--steps", action="store_true", help="print the chain rule step by step")
    parser.add_argument(
        "--formula", action="store_true", help="print value and derivatives as formulas, in LaTeX"
    )
    parser.add_argument("--text", action="store_true", help="print the graph as text")
    return parser


def _variables(values: list[str], names: list[str]) -> dict[str, Any]:
    """Return a node for each name=value."""
    found: dict[str, Any] = {}
    for value in values:
        name, sign, number = value.partition("=")
        name = name.strip()
        if not sign or not name.isidentifier():
            raise ExpressionError(f"{value!r:.60} does not have the form name=number")
        if name in found:
            raise ExpressionError(f"{name} has two values")
        if name not in names:
            raise ExpressionError(f"{name} does not occur in the expression")
        found[name] = _node(name, number)
    missing = [n for n in names if n not in found and n not in expression.CONSTANTS]
    if missing:
        raise ExpressionError(
            f"no value for {', '.join(missing)}: add " + " ".join(f"{n}=NUMBER" for n in missing)
        )
    return found


def _node(name: str, text: str) -> Value | Tensor:
    try:
        if not text.strip().startswith("["):
            return Value(float(text), label=name)
        if len(text) > 100_000:
            raise ValueError
        return Tensor(np.array(ast.literal_eval(text.strip()), dtype=float), label=name)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        raise ExpressionError(
            f"{name}={text[:40]} is neither a number nor an array such as [1,2,3]"
        ) from None


def _run(tree: ast.expr, variables: dict[str, Any], options: argparse.Namespace) -> int:
    def compute(*nodes: Any) -> Any:
        return expression.evaluate(tree, dict(zip(variables, nodes, strict=True)))

    result = compute(*variables.values())
    if np.shape(result) != ():
        raise ExpressionError(
            f"the result has shape {np.shape(result)}; "
            "reduce it to a number with sum(...) or mean(...)"
        )
    if not isinstance(result, (Value, Tensor)):
        print(f"{ast.unparse(tree)} = {result:.12g}\nThe expression contains no variables.")
        return 0
    if isinstance(result, Tensor):
        result.backward(retain_graph=True)
    else:
        result.backward()
    result.label = result.label or "result"
    print(f"{ast.unparse(tree)} = {float(result.data):.12g}\n")
    wrong = _print_derivatives(compute, variables)
    if options.formula:
        print(f"\n{_formulas(compute, variables)}")
    if options.text:
        print("\n" + text(result))
    if options.steps:
        print(f"\n{steps(result)}")
    for path in options.draw:
        print(f"\nSaved the graph as {draw(result).save(path)}")
    return 1 if wrong else 0


def _formulas(compute: Any, variables: dict[str, Any]) -> str:
    inputs = [node.data for node in variables.values()]
    program = trace(value_and_grad(compute, tuple(range(len(inputs)))))(*inputs)
    for variable, name in zip(program.inputs, variables, strict=True):
        variable.hint = name
    return program.latex()


def _print_derivatives(compute: Any, variables: dict[str, Any]) -> bool:
    inputs = [node.data for node in variables.values()]
    report = check_gradients(compute, *inputs, names=list(variables), raises=False)
    print(report.table(rows=30))
    return not report.ok


if __name__ == "__main__":
    sys.exit(main())
