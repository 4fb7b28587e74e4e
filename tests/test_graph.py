"""`Graph`: the recorded graph in an order in which it can run."""

import numpy as np
import pytest

from autograd import Tensor, Value
from autograd.errors import DataError
from autograd.graph import Graph


def position(program):
    return {id(node): i for i, node in enumerate(program)}


def random_graph(seed):
    """Return nodes of both kinds, each computed from earlier ones."""
    random = np.random.default_rng(seed)
    values = [Value(0.5), Value(-1.5)]
    tensors = [Tensor(np.ones(2)), Tensor(np.full(2, 0.3))]
    for _ in range(40):
        a, b = random.integers(len(values), size=2)
        values.append(values[a] * values[b] if random.random() < 0.5 else values[a] - 2.0)
        t, u = random.integers(len(tensors), size=2)
        made = (
            lambda t=t, u=u: tensors[t] + tensors[u],
            lambda t=t, a=a: tensors[t] * values[a],
            lambda t=t: np.tanh(tensors[t]),
            lambda t=t, u=u: np.concatenate([tensors[t], tensors[u]])[:2],
        )
        tensors.append(made[random.integers(4)]())
    return values, tensors


def below(node):
    """List what a node depends on, by the definition."""
    found = {id(node): node}
    for parent in node.parents:
        found.update(below(parent))
    return found


@pytest.mark.parametrize("seed", range(5))
def test_arguments_come_before_results_and_nothing_twice(seed):
    values, tensors = random_graph(seed)
    outputs = (tensors[-1], values[-1], tensors[-2], tensors[-1])
    program = Graph.of(*outputs)
    places = position(program)
    assert len(places) == len(program) == len(program.nodes)
    assert set(places) == {key for output in outputs for key in below(output)}
    for node in program:
        assert all(places[id(parent)] < places[id(node)] for parent in node.parents)
    assert [*reversed(program)] == program.nodes[::-1]
    assert {id(n) for n in program.leaves} == {id(n) for n in program if not n.parents}
    assert len(program.leaves) + len(program.operations) == len(program)


def test_nodes_follow_the_order_of_the_arguments():
    a, b, c = Value(1.0, label="a"), Value(2.0, label="b"), Value(3.0, label="c")
    assert [n.label for n in Graph.of((a - b) * c).leaves] == ["a", "b", "c"]
    assert [n.label for n in Graph.of(c * (b - a)).leaves] == ["c", "b", "a"]
    joined = np.concatenate([Tensor([1.0]) * c, Tensor([1.0]) * a])
    assert [n.label for n in Graph.of(joined).leaves if n.label] == ["c", "a"]


def test_edges_and_consumers_name_every_use():
    x, y = Value(2.0), Value(3.0)
    p = x * x
    q = p - y
    program = Graph.of(q)
    assert [(n.op, i, a) for n, i, a in program.edges()] == [
        ("multiply", 0, x),
        ("multiply", 1, x),
        ("subtract", 0, p),
        ("subtract", 1, y),
    ]
    consumers = program.consumers()
    assert consumers[id(x)] == [(p, 0), (p, 1)]
    assert consumers[id(q)] == []


def test_cotangents_add_up_over_all_uses():
    values, _ = random_graph(3)
    end = values[-1] * values[-2]

    def pull(node, g):
        for argnum, argument in enumerate(node.arguments):
            if isinstance(argument, Value):
                plain = [a.data if isinstance(a, Value) else a for a in node.arguments]
                yield argument, node.primitive.pullback(argnum, g, node.data, plain, {})

    arrived = Graph.of(end).pull_back({id(end): 1.0}, pull)
    end.backward()
    for leaf in values[:2]:
        assert arrived.get(id(leaf), 0.0) == pytest.approx(leaf.grad, rel=1e-12)


def test_a_stopped_node_is_a_leaf():
    x = Tensor([1.0, 2.0])
    y = np.sin(x)
    z = np.exp(y) * x
    assert Graph.of(z, stop=[y]).nodes == [y, z.parents[0], x, z]
    assert Graph.of(y, stop=[y]).nodes == [y]


def test_a_tensor_assigned_to_stands_for_its_current_elements():
    x = Tensor(np.ones(3))
    y = x * 2
    y[0] = 5.0
    program = Graph.of(y)
    assert program.outputs[0].op == program.nodes[-1].op != "multiply"
    assert [n.op for n in program.operations].count("multiply") == 1
    assert [n.op for n in Graph.as_recorded(y).operations] == ["multiply"]


def test_deep_and_wide_graphs_need_no_recursion():
    y = x = Value(1.0)
    for _ in range(20_000):
        y = y + 1.0
    assert len(Graph.of(y)) == 20_001
    assert Graph.of(y).nodes[0] is x
    parts = [Tensor([float(i)]) for i in range(5_000)]
    assert Graph.of(np.concatenate(parts)).leaves == parts


def test_only_nodes_have_a_program():
    with pytest.raises(DataError, match="not in ndarray"):
        Graph.of(np.ones(3))
    assert len(Graph.of()) == 0
