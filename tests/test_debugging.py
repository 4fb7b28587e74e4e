import sys
import threading
import types

import numpy as np
import pytest

import autograd
from autograd import Tensor, Value, debug, no_grad
from autograd.debugging import Place
from autograd.engine.grad_mode import GRAD_MODE
from autograd.errors import NonFiniteError


def here():
    import inspect

    return inspect.currentframe().f_back.f_lineno


@pytest.mark.parametrize(
    ("start", "step", "shown"),
    [
        (0.0, lambda x: 1 / x, "divide gave inf, from 1.0, 0.0"),
        (1e3, lambda x: np.exp(x), "exp gave inf, from 1000.0"),
        (-1.0, lambda x: np.log(x), "log gave nan, from -1.0"),
        (np.array([1.0, 0.0, -1.0]), lambda x: np.log(x), "log gave -inf at [1] (2 of 3 elements)"),
        (np.array([1.0, np.inf]), lambda x: x - x, "(an argument was already not finite)"),
    ],
)
def test_the_first_infinity_in_forward_raises_naming_its_line(start, step, shown):
    x = Value(start) if isinstance(start, float) else Tensor(start)
    y = x * 1.0 if np.isfinite(start).all() else x
    with debug(), pytest.raises(NonFiniteError) as caught:
        step(y)
    message = str(caught.value)
    assert shown in message
    assert "test_debugging.py, line" in message
    assert "lambda x:" in message
    assert isinstance(caught.value, FloatingPointError)


def test_the_first_infinity_in_backward_raises_and_keeps_grad():
    x = Value(0.0)
    x.grad = 5.0
    with debug():
        y = np.sqrt(x) + x
        with pytest.raises(NonFiniteError, match="backward, the derivative of sqrt is inf"):
            y.backward()
    assert x.grad == 5.0
    t = Tensor(np.array([4.0, 0.0]))
    with debug():
        z = np.sqrt(t).sum()
        with pytest.raises(NonFiniteError, match=r"sqrt is inf at \[1\]") as caught:
            z.backward()
    assert "z = np.sqrt(t).sum()" in str(caught.value)
    assert t.grad is None


def test_gradients_of_a_value_are_summed_before_checking():
    x = Value(2.0)
    with debug():
        y = x * x
        (y * y + 3 * y).backward()
    assert x.grad == pytest.approx(4 * 8 + 3 * 4)


def test_infinity_can_be_allowed():
    scores = Tensor(np.array([1.0, 2.0, 3.0]))
    with debug(allow_infinity=True):
        masked = np.where(np.array([True, True, False]), scores, -np.inf)
        p = autograd.softmax(masked)
        p[0].backward()
    assert np.isfinite(scores.grad).all()
    with debug(allow_infinity=True), pytest.raises(NonFiniteError, match="nan"):
        np.subtract(masked, masked)


def test_it_reports_where_a_node_was_made():
    outside = Value(1.0) * 2
    with debug() as trace:
        x = Value(1.0)
        y, line = np.tanh(x), here()
        t = Tensor(np.ones(2)) @ np.ones(2)
    assert trace.where(y).line == line
    assert trace.where(y).function == "test_it_reports_where_a_node_was_made"
    assert "y, line = np.tanh(x), here()" in str(trace.where(y))
    assert "Tensor(np.ones(2)) @ np.ones(2)" in trace.where(t).text
    assert trace.where(x) is None
    assert trace.where(outside) is None


def test_a_line_in_a_cell_is_named_by_cell_number(monkeypatch):
    cells = types.SimpleNamespace(format_code_name={"/tmp/42.py": ("Cell", "In[3]")}.get)
    shell = types.SimpleNamespace(compile=cells)
    ipython = types.SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    assert str(Place("/tmp/42.py", 2, "f")) == "In[3], line 2, in f"
    assert str(Place("/tmp/other.py", 2, "f")) == "other.py, line 2, in f"


def test_the_reported_line_is_outside_this_library():
    with debug() as trace:
        y = Tensor(np.ones((2, 3))).var(axis=0).mean()
    assert trace.where(y).file == __file__
    assert {trace.where(node).file for node in trace.nodes} == {__file__}


def test_debugging_ends_with_the_block_even_on_error():
    with pytest.raises(ZeroDivisionError), debug():
        divmod(1, 0)
    assert GRAD_MODE.interventions == 0
    assert (Value(0.0) * np.inf).data != 0.0


def test_debug_blocks_nest_and_combine_with_no_grad():
    with debug() as outer:
        a = Value(1.0) * 2
        with debug() as inner:
            b = a * 3
        with no_grad():
            c = a * 4
    assert outer.nodes == [a, b]
    assert inner.nodes == [b]
    assert c.parents == ()


def test_other_threads_are_not_affected():
    results = []
    with debug():
        thread = threading.Thread(target=lambda: results.append(np.exp(Value(1e4))))
        thread.start()
        thread.join()
    assert results[0].data == np.inf
