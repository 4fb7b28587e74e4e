import numpy as np
from drawing.drawings import neuron

import autograd
from autograd import Tensor, Value, scope


def test_text_lists_nodes_formulas_values_and_derivatives():
    lines = [line.split() for line in autograd.text(neuron()).splitlines()]
    assert lines[0] == ["1", "x", "data", "2", "grad", "-0.0026819"]
    assert lines[2][:6] == ["3", "v3", "=", "x", "×", "w"]
    assert lines[4][:4] == ["5", "y", "=", "tanh(v4)"]


def test_numbers_are_aligned_in_columns():
    lines = autograd.text(neuron()).splitlines()
    assert len({line.index("data") for line in lines}) == 1
    assert len({line.index("grad") for line in lines}) == 1


def test_formulas_contain_constants_and_keywords():
    t = Tensor([[1.0, 2.0]], label="t")
    shown = autograd.text((2 - t).sum(axis=1, keepdims=True) ** -1.5)
    assert "= 2 - t" in shown
    assert "keepdims=True" in shown
    assert "** -1.5" in shown


def test_indices_are_written_as_in_python():
    t = Tensor(np.ones((9, 9)), label="t")
    for index, shown in (
        (0, "t[0]"),
        ((slice(1, 3), Ellipsis), "t[1:3, Ellipsis]"),
        ((slice(None, None, 2), np.arange(9)), "t[::2, int64 9]"),
    ):
        assert shown in autograd.text(t[index])


def test_tensors_show_numbers_or_shape_and_spread():
    t, large = Tensor([1.0, 2.0], label="t"), Tensor(np.ones((30, 4), np.float32), label="large")
    y = (t.sum() * large).sum()
    shown = autograd.text(y)
    assert "[1, 2]" in shown
    assert "float32 30×4 1" in shown
    y.backward()
    assert "grad" in autograd.text(t)
    assert "(freed)" in autograd.text(y)


def test_duplicate_labels_are_numbered():
    shown = autograd.text(Value(1.0, label="x") * Value(2.0, label="x"))
    assert "= x#1 × x#2" in shown


def test_lines_end_with_their_scope():
    x = Value(2.0, label="x")
    with scope("a.b"):
        y = x * 3
    lines = autograd.text(y + 1).splitlines()
    assert [line.endswith("in a.b") for line in lines] == [False, True, False]


def test_a_long_graph_is_abbreviated_without_recursion():
    x = Value(1.0)
    for _ in range(20_000):
        x = x + 1
    x.backward()
    shown = autograd.text(x)
    lines = shown.splitlines()
    assert len(lines) < 40
    assert lines[0].startswith("20,001 nodes; text(node, most=20001) lists them all.")
    parts = [line.split() for line in lines if line.startswith("part")]
    assert sum(int(part[2].replace(",", "")) for part in parts) == 20_001
    assert lines[-1].split()[0] == "20001"
    assert len(autograd.text(x, most=20_001).splitlines()) == 20_001


def test_each_version_of_an_assigned_tensor_shows_its_own_data():
    t = Tensor(np.array([1.0, 2.0]), label="t")
    u = t * 3
    t[0] = Value(9.0)
    shown = autograd.text(u, t)
    assert "t#1" in shown
    assert "data [1, 2]" in shown
    assert "data [9, 2]" in shown


def test_a_primitive_named_like_a_builtin_is_shown_as_itself():
    t, x = Tensor([1.0, 2.0], label="t"), Value(2.0, label="x")
    one = {
        name: autograd.elementwise(lambda x: 1 - x, None, -1.0, name=name)
        for name in ("negative", "square", "sum", "reshape", "astype", "transpose", "stack")
    }
    two = {
        name: autograd.elementwise(lambda x, y: x + y * 2, None, 1.0, 2.0, name=name)
        for name in ("power", "matmul", "add", "getitem", "setitem", "dot", "concatenate", "einsum")
    }
    rules = [(name, rule, [t]) for name, rule in one.items()]
    rules += [(name, rule, [t, t]) for name, rule in two.items()]
    rules += [(name, rule, [x] * len(given)) for name, rule, given in rules]
    first = autograd.linear(lambda x: x[0], lambda g, x: g * np.array([1.0, 0.0]), name="getitem")
    for name, rule, given in [*rules, ("getitem", first, [t])]:
        y = rule(*given)
        shown = f"{name}({', '.join([given[0].label] * len(given))})"
        assert shown in autograd.text(y)
        lesson = str(autograd.steps(y if y.shape == () else (y * y)[0]))
        assert shown in lesson
        assert f"∂v2/∂{given[0].label} = " in lesson or rule is first
        assert name in autograd.draw(y).source
