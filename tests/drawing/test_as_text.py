import sys

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


def test_lines_fit_the_terminal_but_are_whole_in_a_file(monkeypatch):
    with scope("a_scope_with_a_rather_long_name"):
        t = Tensor(np.arange(60.0).reshape(20, 3), label="a rather long name for a Tensor")
        y = np.tanh(t * np.arange(60.0).reshape(20, 3)).sum(axis=(0, 1), keepdims=True)
    whole = autograd.text(y)
    assert "…" not in whole
    assert max(map(len, whole.splitlines())) > 100
    for columns in (60, 80, 100):
        lines = autograd.text(y, width=columns).splitlines()
        assert max(map(len, lines)) <= columns
        assert [line.split()[0] for line in lines] == ["1", "2", "3", "4"]
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "72")
    assert max(map(len, autograd.text(y).splitlines())) <= 72
    long = y
    for _ in range(400):
        long = np.tanh(long)
    assert max(map(len, autograd.text(long.sum()).splitlines())) <= 72
    assert autograd.draw(y).text == whole  # which may be saved


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
