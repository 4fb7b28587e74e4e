"""Random mistakes of one operation on the lines of a backward pass."""

import ast
import sys
from functools import cache

import numpy as np
from check.gallery.cases import Edit, calls, fresh, loaded, right_source

OPERATORS = {
    ast.Add: ("-",),
    ast.Sub: ("+",),
    ast.Mult: ("/",),
    ast.Div: ("*",),
}
OTHER_FUNCTIONS = {
    "sum": "mean",
    "mean": "sum",
    "sin": "cos",
    "cos": "sin",
    "exp": "expm1",
    "tanh": "sin",
    "sqrt": "square",
    "zeros_like": "ones_like",
    "zeros": "ones",
    "log": "exp",
}


def executed_lines(path, function):
    """Return the lines of a file that run in a call."""
    lines = set()

    def trace(frame, event, argument):
        if frame.f_code.co_filename != path:
            return None
        if event == "line":
            lines.add(frame.f_lineno)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(before)
    return lines


@cache
def backward_lines(program):
    """Return, for each case of a program, the lines that run in the derivative only."""
    found = {}
    with loaded(program) as module:
        for name, call in calls(module, 1).items():
            forward = executed_lines(module.__file__, call.value)
            if call.gradient is True:
                found[name] = forward
                continue
            both = set()
            for options in call.derivatives:
                rule = next(iter(options.values()))
                first = [call.value()] if "vjp" in options else []
                both |= executed_lines(
                    module.__file__,
                    lambda rule=rule, first=first, call=call: rule(*first, *fresh(call.inputs)),
                )
            found[name] = both - forward
    return found


def replaced(text, node, new):
    """Return a line whose part that is `node` reads `new`; positions count bytes."""
    data = text.encode()
    return (data[: node.col_offset] + new.encode() + data[node.end_col_offset :]).decode()


def source_of(text, node):
    return text.encode()[node.col_offset : node.end_col_offset].decode()


def wrapped(text, node):
    """Return the source of an operand that takes the place of its operation."""
    return f"({source_of(text, node)})"


def changes_of_operation(text, node):
    left, right = source_of(text, node.left), source_of(text, node.right)
    between = text.encode()[node.left.end_col_offset : node.right.col_offset].decode()
    for operator in OPERATORS.get(type(node.op), ()):
        sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}[type(node.op)]
        yield left + between.replace(sign, operator, 1) + right
    if isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div):
        yield wrapped(text, node.left)
    if isinstance(node.op, ast.Add | ast.Mult):
        yield wrapped(text, node.right)
    if isinstance(node.op, ast.MatMult):
        yield f"{wrapped(text, node.right)} @ {wrapped(text, node.left)}"
    if isinstance(node.op, ast.Pow):
        yield wrapped(text, node.left)
        if isinstance(node.right, ast.Constant):
            yield f"{left} ** {node.right.value + 1}"


def changes_of_call(text, node):
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name in OTHER_FUNCTIONS:
        whole = source_of(text, node)
        yield whole.replace(f".{name}(", f".{OTHER_FUNCTIONS[name]}(", 1)
    if name in ("dot", "outer", "matmul", "cross") and len(node.args) == 2:
        function, one, two = (source_of(text, part) for part in (node.func, *node.args))
        yield f"{function}({two}, {one})"
    for keyword in node.keywords:
        if keyword.arg == "axis" and isinstance(keyword.value, ast.Constant):
            whole, old = source_of(text, node), f"axis={keyword.value.value}"
            yield whole.replace(old, f"axis={1 - keyword.value.value}", 1)


def changes_of_index(text, node):
    index = node.slice
    value = source_of(text, node.value)
    if isinstance(index, ast.BinOp) and isinstance(index.op, ast.Add | ast.Sub):
        yield f"{value}[{source_of(text, index.left)}]"
    elif isinstance(index, ast.Name) and isinstance(node.ctx, ast.Load):
        yield f"{value}[{index.id} - 1]"
    elif isinstance(index, ast.Constant) and isinstance(index.value, int):
        yield f"{value}[{1 - index.value if index.value in (0, 1) else index.value - 1}]"


def changes_of(text, node, names):
    """Yield what a mistake could write instead of a node of the syntax tree."""
    whole = source_of(text, node)
    if isinstance(node, ast.BinOp):
        yield from changes_of_operation(text, node)
    elif isinstance(node, ast.Call):
        yield from changes_of_call(text, node)
    elif isinstance(node, ast.Subscript):
        yield from changes_of_index(text, node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield source_of(text, node.operand)
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield source_of(text, node.value)
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        for old, new in (("<=", ">"), (">=", "<"), ("<", ">"), (">", "<")):
            if old in whole:
                yield whole.replace(old, new, 1)
                break
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield repr(2 * node.value if node.value else 1)
    elif isinstance(node, ast.AugAssign):
        target, value = source_of(text, node.target), source_of(text, node.value)
        sign = "-" if isinstance(node.op, ast.Add) else "+"
        yield f"{target} {sign}= {value}"
        yield f"{target} = {value}"
        yield ""
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        yield from (name for name in sorted(names) if name != node.id)


def local_names(function):
    """Return the names that a function binds."""
    stored = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return stored | {argument.arg for argument in function.args.args} - {"self"}


def functions_of(tree):
    """Yield the functions of a program, without `cases`, which says how they are checked."""
    for item in tree.body:
        if not (isinstance(item, ast.FunctionDef) and item.name == "cases"):
            yield from (node for node in ast.walk(item) if isinstance(node, ast.FunctionDef))


def mutants_of(program, name, seed=0):
    """Yield edits of single lines of a backward pass, in random order, each kind as likely."""
    lines = right_source(program)
    allowed = backward_lines(program)[name]
    tree = ast.parse("\n".join(lines))
    found = {}
    for function in functions_of(tree):
        names = local_names(function)
        for node in ast.walk(function):
            number = getattr(node, "lineno", None)
            if number not in allowed or node.end_lineno != number:
                continue
            text = lines[number - 1]
            for new in changes_of(text, node, names):
                line = replaced(text, node, new) if new else ""
                if line.strip() != text.strip():
                    found.setdefault(type(node), {})[Edit(program, number, line)] = None
    random = np.random.default_rng(seed)
    kinds = [list(edits) for edits in found.values()]
    while kinds:
        edits = kinds[random.integers(len(kinds))]
        yield edits.pop(random.integers(len(edits)))
        kinds = [edits for edits in kinds if edits]
