import numpy as np
import pytest
from drawing.drawings import network

import autograd
from autograd import Tensor, Value, scope, summary
from autograd.errors import DataError
from nn import MLP


def test_each_row_shows_calls_shape_parameters_and_bytes():
    w, b = Tensor(np.ones((3, 4))), Tensor(np.zeros(4))

    def model(x):
        with scope("hidden"):
            h = np.tanh(x @ w + b)
        with scope("head"):
            return (h * h).sum()

    table = summary(model, np.ones((50, 3)))
    found_text = [
        (r.scope, r.operation, r.calls, r.shape, r.parameters, r.kept) for r in table.rows
    ]
    assert found_text == [
        ("hidden", "matmul", 1, (50, 4), 12, 1600),
        ("hidden", "add", 1, (50, 4), 4, 1600),
        ("hidden", "tanh", 1, (50, 4), 0, 1600),
        ("head", "multiply", 1, (50, 4), 0, 1600),
        ("head", "sum", 1, (), 0, 8),
    ]
    assert all(row.forward > 0 and row.backward > 0 for row in table.rows)
    total = table.total
    assert (total.calls, total.parameters, total.kept) == (5, 16, 6408)
    assert total.forward == sum(row.forward for row in table.rows)


def test_the_table_is_printed_by_scope_with_a_total():
    shown = str(summary(lambda x: network(2) * x, 2.0)).splitlines()
    assert shown[0].split() == list(autograd.drawing.table.TITLES)
    assert [line.split()[0] for line in shown if line.startswith("layers")] == [
        "layers.0",
        "layers.1",
    ]
    assert shown[-1].startswith("total")


def test_operations_outside_of_all_scopes_say_so():
    def model(x):
        with scope("hidden"):
            h = x * 2
        return (h * h).sum()

    lines = [line.split()[:2] for line in str(summary(model, np.ones(3))).splitlines()]
    assert lines[2:5] == [["hidden", "multiply"], ["(outside)", "multiply"], ["sum", "1"]]
    assert "(outside)" not in str(summary(lambda x: x * 2, 1.0))


def test_views_share_memory_and_constants_count_once():
    big = np.ones((100, 10))
    table = summary(lambda x: (x.T * big.T).reshape(1, 10, 100).sum(), np.ones((100, 10)))
    kept = {row.operation: row.kept for row in table.rows}
    assert kept["transpose"] == 0
    assert kept["multiply"] == 16_000
    assert kept["reshape"] == 0


def test_values_and_a_module_of_values():
    table = summary(MLP(2, [16, 16, 1]), [1.0, 2.0])
    assert table.total.parameters == 337
    assert sum(row.calls for row in table.rows if row.operation == "multiply") == 304
    assert all(row.backward > 0 for row in table.rows)


def test_inputs_are_not_parameters_and_grad_is_unchanged():
    x, w = Value(2.0), Value(3.0)
    table = summary(lambda a: a * w, x)
    assert table.total.parameters == 1
    assert (x.grad, w.grad) == (0.0, 0.0)


def test_results_can_have_any_shape_and_number():
    table = summary(lambda t: {"a": t * 2, "b": [t.sum()]}, np.ones(3))
    assert [row.operation for row in table.rows] == ["multiply", "sum"]


def test_a_function_returning_no_node_is_rejected():
    with pytest.raises(DataError, match="returned no node"):
        summary(lambda x: 3.0, 1.0)


def test_jupyter_shows_a_table_with_escaped_names():
    def model(x):
        with scope("<b>"):
            return x * 2

    shown = summary(model, 1.0)._repr_html_()
    assert "&lt;b&gt;" in shown
    assert shown.count("<tr>") == 3
