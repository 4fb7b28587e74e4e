import threading

import numpy as np
import pytest

import autograd
from autograd import Tensor, Value, scope
from autograd.errors import DataError


def test_nodes_record_the_path_of_their_scopes():
    x, t = Value(2.0, label="x"), Tensor([1.0, 2.0])
    with scope("outer"):
        y = x * x
        with scope("inner"):
            z, u = y + 1, np.tanh(t)
        w = z * y
    assert (y.scope, z.scope, u.scope, w.scope) == ("outer", "outer.inner", "outer.inner", "outer")
    assert (x.scope, t.scope, (x * 2).scope) == ("", "", "")


def test_leaves_made_inside_belong_to_the_scope():
    with scope("a"):
        assert (Value(1.0).scope, Tensor([1.0], label="t").scope) == ("a", "a")


def test_labels_and_gradients_are_not_shared_between_nodes():
    x = Value(2.0)
    with scope("a"):
        y, z = x * x, x + 1
        named = Value(1.0, label="named")
    y.label = "y"
    assert (y.label, z.label, named.label) == ("y", "", "named")
    assert (y.scope, z.scope, named.scope) == ("a", "a", "a")
    (y * z).backward(create_graph=True)
    assert y.grad.data == 3.0
    assert z.grad.data == 4.0
    y.label = "other"
    assert (y.label, y.scope, y.grad.data) == ("other", "a", 3.0)


def test_scopes_do_not_change_derivatives():
    def derivatives():
        x, t = Value(0.5), Tensor([1.0, 2.0, 3.0])
        (np.tanh(x * t[:2]).sum() + x**3).backward()
        return x.grad, *t.grad

    outside = derivatives()
    with scope("a"):
        assert derivatives() == outside


def test_an_error_closes_the_scope():
    with pytest.raises(ZeroDivisionError), scope("a"), scope("b"):
        1 / 0  # noqa: B018
    assert Value(1.0).scope == ""


def test_a_scope_can_be_reentered_inside_itself():
    block = scope("a")
    with block, block:
        assert Value(1.0).scope == "a.a"
    with block:
        assert Value(1.0).scope == "a"


def test_scope_works_as_a_decorator():
    @scope("square")
    def square(x):
        "Return x²."
        return x * x

    assert square(Value(2.0)).scope == "square"
    assert square.__name__ == "square"


@pytest.mark.parametrize("name", ["", ".", "..", None, 3, b"a"])
def test_invalid_scope_names_are_rejected(name):
    with pytest.raises(DataError, match="needs a name"):
        scope(name)


def test_scopes_of_different_threads_do_not_mix():
    start, found = threading.Barrier(4), {}

    def work(name):
        start.wait()
        seen = set()
        for _ in range(300):
            with scope(name):
                seen.add((Value(1.0) * 2).scope)
                seen.add(Tensor([1.0]).scope)
            seen.add((Value(1.0) * 2).scope)
        found[name] = seen

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {name: {name, ""} for name in "abcd"}
    assert Value(1.0).scope == ""


def test_a_thread_starts_in_the_scope_that_started_it(run_python):
    # In a new process, because progress bars of other tests leave a thread.
    found = run_python(
        "import threading\n"
        "from autograd import Value, scope\n"
        "with scope('a'):\n"
        "    thread = threading.Thread(target=lambda: print(Value(1.0).scope))\n"
        "    thread.start()\n"
        "    thread.join()\n"
    )
    assert found.stdout.strip() == "a"


def test_no_grad_nodes_and_assigned_elements_have_a_scope():
    t = Tensor(np.zeros(3), label="t")
    with scope("a"):
        with autograd.no_grad():
            assert (Value(1.0) * 2).scope == "a"
        t[0] = Value(2.0)
    assert t.label == "t"


def test_trace_records_the_source_line_in_the_node():
    with autograd.Trace() as trace:
        y = Value(2.0, label="x") * 3
    assert "y = Value(2.0" in y.place.text
    assert trace.where(y) is y.place
    assert y.parents[0].place is None
