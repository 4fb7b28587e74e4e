"""Programs of graphs: what was computed for some nodes, and their derivatives, as NumPy."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd.engine import Node, Tensor, Value, dispatch
from autograd.engine import tracing as hooks
from autograd.engine.backward import freed_error
from autograd.errors import GraphError
from autograd.graph import Graph, contents
from autograd.program import bundles
from autograd.program.environment import Environment
from autograd.program.instructions import Constant, Guard, Instruction, substituted
from autograd.program.interpreting import bind
from autograd.program.naming import function_name
from autograd.program.program import METHODS, Program
from autograd.program.replay import derivatives_of
from autograd.program.stand_ins import Kind
from autograd.program.structure import Parameter, identifier
from autograd.program.tracing import record


def program_of(*nodes: Any) -> Program:
    """Return the program of a graph; see `Program.of`."""
    graph = Graph.of(*nodes)
    for node in graph:
        if isinstance(node, Tensor) and node.freed:
            raise freed_error(node)
    inputs = [node for node in graph.leaves if _is_input(node)]

    def evaluate(*numbers: Any) -> Any:
        values = _evaluated(graph, dict(zip(map(id, inputs), numbers, strict=True)), _on_numbers)
        found = [values[id(node)] for node in graph.outputs]
        return found[0] if len(found) == 1 else tuple(found)

    return _recorded(evaluate, graph, inputs, f"compute_{_name_of(graph)}")


def backward_of(program: Program) -> Program:
    """Return the program of the derivatives; see `Program.backward`."""
    graph = program.graph
    if graph is None:
        raise GraphError(
            f"{function_name(program.name)} was traced, so it has no graph. Trace the derivative "
            "itself: trace(grad(f))."
        )
    inputs = [node for node in graph.leaves if _is_input(node)]
    roots = [node for node in graph.outputs if node.primitive is not None or _is_input(node)]
    seeds = [] if _is_one_number(roots) else [np.ones_like(contents(root)) for root in roots]
    kinds = [Kind(node) for node in inputs]
    wanted = [k for k, node in enumerate(inputs) if isinstance(node, Value) or node._requires_grad]

    def evaluate(*numbers: Any) -> Any:
        leaves = [kind.leaf(number) for kind, number in zip(kinds, numbers, strict=False)]
        values = _evaluated(graph, dict(zip(map(id, inputs), leaves, strict=True)), _on_nodes)
        ends = [values[id(root)] for root in roots]
        given = numbers[len(inputs) :]
        cotangents = list(given) if given else [_one(end) for end in ends]
        moving = [
            (end, g) for end, g in zip(ends, cotangents, strict=True) if isinstance(end, Node)
        ]
        targets = [leaves[k] for k in wanted]
        found = derivatives_of([e for e, _ in moving], [g for _, g in moving], targets, False)
        found = [
            np.zeros_like(contents(target)) if one is None else one
            for one, target in zip(found, targets, strict=True)
        ]
        return found[0] if len(found) == 1 else tuple(found)

    made = _recorded(evaluate, graph, inputs, f"derivatives_of_{_name_of(graph)}", seeds)
    made.graph = None
    return made


METHODS["of"] = program_of
METHODS["backward"] = backward_of


def _is_input(node: Any) -> bool:
    """Return whether a leaf is an input, and not a constant."""
    return isinstance(node, Value) or bool(node._requires_grad or node.label)


def _is_one_number(roots: list[Any]) -> bool:
    return len(roots) == 1 and np.size(contents(roots[0])) == 1


def _one(root: Any) -> Any:
    """Return the cotangent 1, as `backward` begins with it."""
    if isinstance(root, Value):
        return 1.0
    data = contents(root)
    return data.dtype.type(1) if data.shape == () else np.ones(data.shape, data.dtype)


def _name_of(graph: Graph) -> str:
    first = graph.outputs[0]
    return identifier(first.label or "result")


def _recorded(
    evaluate: Callable[..., Any], graph: Graph, inputs: list[Any], name: str, seeds: Any = ()
) -> Program:
    """Record a function of the numbers in the leaves."""
    numbers = (*[contents(node) for node in inputs], *seeds)
    nothing = Environment(lambda: None)
    program = record(evaluate, numbers, {}, nothing, isolated=True).program
    names = _unique([node.label for node in inputs] + ["g"] * len(seeds))
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    for x, one in zip(program.inputs, names, strict=True):
        x.hint = one
    program.parameters = [
        Parameter(one, kind, x) for x, one in zip(program.inputs, names, strict=True)
    ]
    program.name = name
    program.graph = graph
    return program


def _unique(labels: Iterable[str]) -> list[str]:
    """Return names for inputs, made of labels, each of them once."""
    names: list[str] = []
    for number, label in enumerate(labels):
        wanted = identifier(label) if label else f"x{number}"
        name, count = wanted, 1
        while name in names:
            count += 1
            name = f"{wanted}_{count}"
        names.append(name)
    return names


# -- evaluation ---------------------------------------------------------------------------------


def _evaluated(graph: Graph, values: dict[int, Any], call: Callable[..., Any]) -> dict[int, Any]:
    """Compute all nodes of a graph from the values of its leaves."""
    recorder = hooks.tracer()
    for node in graph:
        if id(node) in values:
            continue
        if node.primitive is None:
            values[id(node)] = contents(node)
            continue
        start = len(recorder.items)
        arguments = [values[id(x)] if isinstance(x, Node) else x for x in node.arguments]
        if node.primitive.function is bundles.single:
            values[id(node)] = _of_call(arguments[-1], arguments[:-1], call)[0]
        elif node.primitive is bundles.ARGUMENTS:
            values[id(node)] = (node._contents.call, arguments[:-1])
        elif node.primitive is bundles.PROGRAM:
            held, parts = arguments[0]
            values[id(node)] = _of_call(held, parts, call)
        elif node.primitive.function is bundles.part:
            values[id(node)] = arguments[0][arguments[1]]
        else:
            values[id(node)] = call(node.primitive, tuple(arguments), node.keywords, node)
        _annotate(recorder.items[start:], node)
    return values


def _on_numbers(primitive: Any, arguments: Any, keywords: Any, node: Any) -> Any:
    found = hooks.here().call(primitive, arguments, keywords)
    if isinstance(node, Tensor) and getattr(found, "dtype", node.dtype).kind in "biu":
        return np.asarray(found).astype(node.dtype)
    return found


def _on_nodes(primitive: Any, arguments: Any, keywords: Any, node: Any) -> Any:
    return dispatch.call(primitive, arguments, keywords)


def _annotate(items: list[Any], node: Any) -> None:
    """Give the instructions of a node what is known of the node."""
    place = None if node.place is None else (node.place.file, node.place.line)
    for item in items:
        item.place, item.scope = place, node.scope
        if isinstance(item, Instruction):
            item.primitive = item.primitive or node.primitive
    made = [x for item in items if isinstance(item, Instruction) for x in item.makes()]
    if made and node.label:
        made[-1].hint = identifier(node.label)


def _of_call(call: Any, parts: list[Any], compute: Callable[..., Any]) -> list[Any]:
    """Compute the results of a call of a jitted function, instruction by instruction."""
    replay = call.replay
    replay.require_repeatable(call, "written as a program")
    program, values = replay.program, {}
    nodes = {id(p): x for p, x in zip(replay.parents, parts, strict=False) if isinstance(p, Node)}
    for x, given in zip(program.inputs, replay.inputs_of(call, parts), strict=True):
        values[x] = given
    for load in program.loads:
        if load.variable is not None:
            known = nodes.get(id(load.node))
            values[load.variable] = getattr(load.node, load.what) if known is None else known
    recorder = hooks.tracer()

    def of(x: Any) -> Any:
        return x.value if isinstance(x, Constant) else values[x]

    for item in program.items:
        if isinstance(item, Guard):
            continue
        arguments = substituted(item.arguments, of)
        keywords = substituted(item.keywords, of)
        if item.name == "asarray" and isinstance(arguments[0], Node):
            found = arguments[0]
        elif item.writes is not None or compute is _on_nodes:
            function = item.primitive if item.primitive is not None else item.function
            found = function(*arguments, **keywords)
        else:
            found = recorder.emit(item.function, arguments, keywords, item.primitive)
        bind(values, item.result, found)
    flat = program.outputs
    return [of(flat[number]) for number in replay.results.connected]
