"""Programs of graphs: `Program.of`, their derivatives, and tools that take them."""

import linecache

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor, Trace, Value, checkpoint, jit, scope
from autograd.errors import (
    AutogradError,
    DataError,
    FreedGraphError,
    GraphError,
    GuardError,
    ShapeError,
)
from autograd.graph import Graph
from autograd.program import Program

W = np.array([1.0, 2.0])


def leaves():
    random = np.random.default_rng(0)
    w = Tensor(random.normal(size=(3, 2)), label="w")
    b = Tensor(random.normal(size=2), label="b")
    x = Tensor(random.normal(size=(4, 3)), label="x", requires_grad=False)
    return w, b, x


def network(w, b, x):
    with scope("layer"):
        h = np.tanh(x @ w + b)
    return np.sum(h * h) + np.mean(h[:, 0]) * 2.0


def test_a_program_has_the_leaves_as_inputs():
    w, b, x = leaves()
    with Trace():
        loss = network(w, b, x)
    program = Program.of(loss)
    assert [parameter.name for parameter in program.parameters] == ["x", "w", "b"]
    assert program(x, w, b) == loss.data
    assert program(x=x, w=w, b=b) == loss.data
    other = w.data * 2, b.data - 1
    assert program(x, *other) == network(*map(Tensor, other), x).data
    names = [instruction.name for instruction in program.instructions]
    assert names[:3] == ["matmul", "add", "tanh"]
    scopes = [instruction.scope for instruction in program.instructions]
    assert scopes[:3] == ["layer"] * 3
    assert scopes[3] == ""
    file, line = program.instructions[2].place
    assert file == __file__
    assert "tanh" in linecache.getline(file, line)
    assert program.instructions[2].primitive is not None
    assert program.graph.outputs == (loss,)
    assert "np.tanh(x @ w + b)" in program.source()


def test_the_program_of_the_derivatives_is_numpy():
    w, b, x = leaves()
    loss = network(w, b, x)
    gradient = Program.of(loss).backward()
    found = gradient(x, w, b)
    loss.backward()
    assert [g.tobytes() for g in found] == [w.grad.tobytes(), b.grad.tobytes()]
    other = Tensor(w.data * 2), Tensor(b.data - 1)
    network(*other, x).backward()
    found = gradient(x, *other)
    assert [g.tobytes() for g in found] == [t.grad.tobytes() for t in other]
    text = gradient.source()
    assert "Tensor" not in text
    assert "d_w" in text


def test_a_result_that_is_no_number_takes_a_cotangent():
    w = Tensor(np.arange(3.0), label="w")
    program = Program.of(np.sin(w) * w)
    g = np.array([1.0, 10.0, 100.0])
    y = np.sin(w) * w
    y.backward(g)
    assert program.backward()(w, g).tobytes() == w.grad.tobytes()


def test_values_are_floats():
    x, y = Value(0.5, label="x"), Value(2.0, label="y")
    z = (x * y + x.exp()).tanh() / y
    program = Program.of(z)
    assert program(0.5, 2.0) == z.data
    assert type(program(0.5, 2.0)) is float
    z.backward()
    assert program.backward()(0.5, 2.0) == (x.grad, y.grad)
    assert program(1, 3) == ((Value(1.0) * 3 + Value(1.0).exp()).tanh() / 3).data


def test_several_results_and_shared_parts():
    x = Tensor(np.arange(3.0), label="x")
    h = np.exp(x)
    program = Program.of(h, np.sum(h), x)
    found = program(np.ones(3))
    assert np.array_equal(found[0], np.exp(np.ones(3)))
    assert found[1] == np.sum(np.exp(np.ones(3)))
    assert len(program.instructions) == 2


def test_assignments_views_and_constants():
    x = Tensor(np.arange(4.0), label="x")
    y = Tensor(np.zeros(4), requires_grad=False)
    y[1:3] = x[:2] * 3
    y[0] = x[3]
    loss = np.sum(y * y * np.array([1.0, 2.0, 3.0, 4.0]))
    program = Program.of(loss)
    assert program(x) == loss.data
    found = program.backward()(x)
    loss.backward()
    assert found.tobytes() == x.grad.tobytes()


def test_modules_and_losses():
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    random = np.random.default_rng(0)
    x, labels = random.normal(size=(5, 3)), random.integers(0, 2, size=5)
    loss = (
        nn.functional.cross_entropy(model(x), labels)
        if hasattr(nn, "functional")
        else (model(x) ** 2).mean()
    )
    program = Program.of(loss)
    numbers = [leaf.data for leaf in program.graph.leaves if leaf.requires_grad]
    assert program(*numbers) == loss.data
    found = program.backward()(*numbers)
    loss.backward()
    wanted = [leaf.grad for leaf in program.graph.leaves if leaf.requires_grad]
    for one, other in zip(found, wanted, strict=True):
        assert one.tobytes() == other.tobytes()


def test_calls_of_jitted_functions_are_written_out():
    w = Tensor(np.array([1.0, 2.0]), label="w")
    pair = jit(lambda x: (np.sin(x) * w, np.sum(x)))
    f = jit(lambda x: np.sum(np.cos(x) * w))
    for _ in range(3):
        x = Tensor(np.array([0.5, 0.6]), label="x")
        first, second = pair(x)
        loss = np.sum(first) * second + f(x) ** 2
        program = Program.of(loss)
        assert [parameter.name for parameter in program.parameters] == ["x", "w"]
        assert program(x, w) == loss.data
        found = program.backward()(x, w)
        w.grad = None
        loss.backward()
        np.testing.assert_allclose(found[0], x.grad, rtol=1e-15)
        np.testing.assert_allclose(found[1], w.grad, rtol=1e-15)
        assert "np.cos" in program.source()


def test_checkpoints_are_written_out():
    w = Tensor(np.array([1.0, 2.0]), label="w")
    loss = np.sum(checkpoint(lambda w: np.sin(w) * w)(w))
    program = Program.of(loss)
    assert program(w) == loss.data


@pytest.mark.parametrize(
    ("arguments", "keywords", "message"),
    [
        ((W,), {}, r"Call the program as gradient_of_square\(w, x\): missing .* 'x'"),
        ((W, 2.0, 3.0), {}, "too many positional arguments"),
        ((W, 2.0), {"x": 1.0}, "multiple values for argument 'x'"),
        ((W[:1], 2.0), {}, r"w has shape \(1,\), .* shape \(2,\). Record it again"),
        ((W * 1j, 2.0), {}, r"complex128.*write w.real.astype\('float64'\)"),
        (("a", 2.0), {}, r"w is str; pass an array of shape \(2,\) and type float64"),
        ((["a", "b"], 2.0), {}, "w does not become an array"),
        ((W, None), {}, "x is NoneType; pass a float"),
        ((W, 2j), {}, r"write x.real"),
    ],
)
def test_wrong_arguments_say_what_to_write(arguments, keywords, message):
    def square(w, x):
        return np.sum((w * x) ** 2)

    program = autograd.trace(autograd.grad(square, (0, 1)))(W, 2.0)
    with pytest.raises(AutogradError, match=message):
        program(*arguments, **keywords)


def test_errors_say_what_is_wrong():
    w, b, x = leaves()
    loss = network(w, b, x)
    program = Program.of(loss)
    with pytest.raises(ShapeError, match=r"w has shape \(2, 3\)"):
        program(x, w.data.T, b)
    with pytest.raises(DataError, match="float32"):
        program(x, w.data.astype("f4"), b)
    loss.backward()
    with pytest.raises(FreedGraphError):
        Program.of(loss)
    with pytest.raises(DataError):
        Program.of(3.0)
    with pytest.raises(GraphError, match="trace"):
        autograd.trace(lambda x: x)(1.0).backward()


def test_guards_say_their_condition_in_words():
    program = autograd.trace(lambda x, n: x * n if x[0] > 0 else x)(np.ones(2), 2)
    assert program([1.0, 2.0], 2).tolist() == [2.0, 4.0]
    with pytest.raises(GuardError, match=r"x\[0\] > 0"):
        program([-1.0, 2.0], 2)
    with pytest.raises(GuardError, match="n is 3"):
        program([1.0, 2.0], 3)


def test_traced_programs_read_nodes_at_each_call():
    w = Tensor(np.ones(2))
    program = autograd.trace(lambda t, p: {"a": np.sum(t * w) * p["k"][0]})(
        Tensor(np.ones(2)), {"k": [Value(3.0)]}
    )
    assert program(np.ones(2), {"k": [3.0]}) == {"a": 6.0}
    w.data = np.full(2, 2.0)
    assert program(Tensor(np.ones(2)), {"k": [Value(1.0)]}) == {"a": 4.0}
    with pytest.raises(ShapeError, match="structure"):
        program(np.ones(2), {"j": [3.0]})


def test_tools_for_graphs_take_programs_of_graphs():
    w, b, x = leaves()
    loss = network(w, b, x)
    program = Program.of(loss)
    assert Graph.of(program).nodes == Graph.of(loss).nodes
    assert "tanh" in autograd.text(program)
    assert "tanh" in str(autograd.steps(program, x, w, b))


def test_graphs_with_jitted_calls_can_be_shown():
    w = Tensor(np.array([1.0, 2.0]), label="w")
    f = jit(lambda x: np.sum(np.cos(x) * w))
    y = f(Tensor(np.ones(2), label="x")) ** 2
    assert "<lambda>(x, w, …)" in autograd.text(y)
    assert "receives" in str(autograd.steps(y))
