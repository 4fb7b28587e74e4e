"""Programs as the text of a function."""

import collections

import numpy as np
import pytest

from autograd import Tensor, Value, grad, trace, value_and_grad
from autograd.program.source.constants import literal
from autograd.program.source.wrapping import wrapped

R = np.random.default_rng(3)


def bits(x):
    """Return what identifies a result: its types, shapes and numbers."""
    if isinstance(x, dict):
        return {key: bits(item) for key, item in x.items()}
    if isinstance(x, (tuple, list)):
        return (type(x).__name__, [bits(item) for item in x])
    if x is None:
        return None
    array = np.asarray(x)
    return (type(x).__name__, array.dtype.str, array.shape, array.tobytes())


def run(program, *arguments, **keywords):
    """Run the source of a program."""
    environment = {}
    source = program.source("written")
    exec(compile(source, "<source>", "exec"), environment)
    return environment["written"](*arguments, **keywords)


def assert_same(function, *arguments, **keywords):
    """Assert that the source of a function computes the same bits, and return the source."""
    program = trace(function)(*arguments, **keywords)
    copied = [x.copy() if isinstance(x, np.ndarray) else x for x in arguments]
    assert bits(run(program, *copied, **keywords)) == bits(function(*arguments, **keywords))
    return str(program)


# -- what it computes -------------------------------------------------------------------------


def dense(w, b, x, y):
    h = np.tanh(x @ w + b)
    p = 1 / (1 + np.exp(-h))
    error = p - y
    return np.mean(error**2)


DENSE = (R.normal(size=(3, 2)), R.normal(size=2), R.normal(size=(5, 3)), R.normal(size=(5, 2)))


def test_value_and_gradient_are_the_same_bits():
    assert_same(value_and_grad(dense, (0, 1)), *DENSE)


def test_float32_stays_float32():
    arguments = [x.astype(np.float32) for x in DENSE]
    assert_same(value_and_grad(dense, (0, 1)), *arguments)


def test_assignment_to_elements():
    def loop(x):
        y = np.zeros_like(x)
        y[0] = x[0]
        for i in range(1, 3):
            y[i] = y[i - 1] * x[i]
        return y

    source = assert_same(loop, np.arange(1.0, 4.0))
    assert "copy" not in source


def test_a_read_before_a_write_is_not_moved_behind_it():
    def f(x):
        y = x * 2
        z = y + 1
        y[0] = 100.0
        return z * y

    assert_same(f, np.arange(3.0))


def test_a_view_of_what_is_written_later():
    def f(x):
        y = x * 2
        head = y[:2]
        before = head.copy()
        y[0] = 7.0
        return head + before

    assert_same(f, np.arange(3.0))


def test_a_result_is_not_the_argument_itself():
    source = run(trace(lambda x: x.copy())(x := np.arange(3.0)), x)
    assert source is not x


def test_two_results_stay_two_arrays():
    def f(x):
        y = x * 2
        return y, y.copy()

    a, b = run(trace(f)(np.arange(3.0)), np.arange(3.0))
    assert a is not b


def test_dead_code_is_left_out():
    def f(x):
        np.exp(x)
        return x * 2

    assert "exp" not in assert_same(f, np.arange(3.0))


def test_nested_arguments():
    Layer = collections.namedtuple("Layer", "w b")

    def net(params, x):
        for layer in params["layers"]:
            x = np.maximum(x @ layer.w + layer.b, 0)
        return np.mean(x) * params["scale"]

    layers = [Layer(R.normal(size=(3, 4)), R.normal(size=4)) for _ in range(1)]
    program = trace(net)({"layers": layers, "scale": 2.0}, DENSE[2])
    assert 'w, b = params["layers"][0]' in program.source()
    assert bits(run(program, {"layers": layers, "scale": 2.0}, DENSE[2])) == bits(
        net({"layers": layers, "scale": 2.0}, DENSE[2])
    )


def test_keywords_and_fixed_arguments():
    def f(x, n=2, *, scale):
        return x**n * scale

    program = trace(f)(np.arange(3.0), 3, scale=0.5)
    assert "(x, n, *, scale):" in str(program)
    assert bits(run(program, np.arange(3.0), 3, scale=4.0)) == bits(f(np.arange(3.0), 3, scale=4.0))


def test_keywords_are_named_after_their_parameters():
    def f(x, a, b):
        return x * a - b

    program = trace(f)(2.0, b=1.0, a=3.0)
    assert "return x * a - b" in str(program)


# -- names ------------------------------------------------------------------------------------


def test_the_users_names():
    source = str(trace(value_and_grad(dense, (0, 1)))(*DENSE))
    for line in ("h = np.tanh(", "p = 1 / ", "error = p - y", "d_h = ", "d_w = x.T @ ", "d_b = "):
        assert f"    {line}" in source


def test_names_from_assignments_of_arguments():
    def net(params, x):
        w, b = params
        return np.tanh(x @ w + b)

    source = str(trace(net)([DENSE[0], DENSE[1]], DENSE[2]))
    assert "w, b = params" in source
    assert "np.tanh(x @ w + b)" in source


def test_names_of_what_a_function_refers_to():
    table, weight = R.normal(size=(50, 3)), Tensor(np.ones(3))

    def f(x):
        return (table @ weight) * x

    source = str(trace(f)(2.0))
    assert "(x, *, weight):" in source
    assert "table @ weight * x" in source


def test_a_name_that_is_taken_gets_a_number():
    def f(x):
        for _ in range(3):
            x = np.tanh(x)
        return x

    source = str(trace(f)(np.arange(3.0)))
    assert "x_4 = np.tanh(x_3)" in source


def test_the_targets_of_a_tuple():
    def f(x):
        a, b = np.exp(x), np.sin(x)
        q, r = np.linalg.qr(np.reshape(a * b, (2, 2)))
        return q, r, a + b

    source = assert_same(f, np.arange(1.0, 5.0))
    for line in ("a = np.exp(x)", "b = np.sin(x)", "q, r = np.linalg.qr("):
        assert f"    {line}" in source


def test_the_user_of_a_function_does_not_name_its_arguments():
    def inner(z):
        return np.tanh(z) * z

    def f(x):
        y = inner(x + 1)
        return y * y

    assert "y = x + 1" not in str(trace(f)(np.arange(3.0)))


def test_names_of_modules_and_builtins_stay_free():
    def f(np_, sum):
        float = sum * 2
        return float + np_ * float

    source = assert_same(f, np.arange(3.0), 2.0)
    assert "(np_, sum):" in source
    assert "float_2 = sum * 2" in source


@pytest.mark.parametrize("label", ["import os", "a\nb", "ｎｐ", "x", "lambda", "é", "1w", '"""'])
def test_labels_do_not_become_code(label):
    w = Tensor(np.arange(3.0), label=label)
    program = trace(lambda x: w * x * w)(2.0)
    tree = compile(program.source(), "<source>", "exec")
    assert tree is not None


# -- form -------------------------------------------------------------------------------------


def test_comments_quote_lines_that_were_split():
    source = str(trace(value_and_grad(dense, (0, 1)))(*DENSE))
    assert "# h = np.tanh(x @ w + b)  (test_source.py:" in source
    assert "# error = p - y" not in source


def test_lines_are_short():
    def f(xs):
        return np.stack([x * 2 + 1 for x in xs])

    source = assert_same(f, [float(i) for i in range(40)])
    assert max(map(len, source.split("\n"))) <= 88


def test_a_guard_raises_with_the_condition():
    def f(x):
        if np.sum(x) > 3:
            return x * 2
        return x

    program = trace(f)(np.arange(4.0))
    assert bits(run(program, np.arange(4.0))) == bits(f(np.arange(4.0)))
    with pytest.raises(ValueError, match=r"for np.sum\(x\) > 3, test_source.py"):
        run(program, np.zeros(4))


def test_a_guard_of_the_other_branch():
    program = trace(lambda x: x * 2 if x > 0 else -x)(-1.0)
    assert run(program, -3.0) == 3.0
    with pytest.raises(ValueError, match=r"not x > 0"):
        run(program, 1.0)


def test_a_step_returns_what_it_stores():
    w = Tensor(np.arange(3.0), label="w")

    def step(x):
        w.grad = None
        loss = np.sum((w * x) ** 2)
        loss.backward()
        w.data -= 0.1 * w.grad

    program = trace(step)(np.ones(3))
    before = w.data.copy()
    result, stored = run(program, np.ones(3), w=before.copy())
    step(np.ones(3))
    assert result is None
    assert bits(stored["w"]) == bits(w.data)


def test_values():
    a = Value(2.0, label="a")

    def f(x):
        return (a * x + 1) * a

    program = trace(f)(3.0)
    assert run(program, 3.0, a=2.0) == 14.0


def test_second_derivatives():
    assert_same(grad(grad(lambda x: x * x * x)), 2.0)


# -- parts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "array",
    [
        np.array(0.1),
        np.array([1.0, np.nan, np.inf, -np.inf, -0.0]),
        np.float32([0.1, 1e-45, 3.4e38]),
        np.float16([0.1, 65504]),
        np.array([1 - 2j, complex(-0.0, np.inf)]),
        np.complex64([0.1 + 0.2j]),
        np.array([True, False]),
        np.arange(5),
        np.arange(5, dtype=np.uint8),
        np.zeros((0, 3)),
        np.full((2, 3), 0.25),
        np.full((20, 3), -0.0),
        np.eye(3),
        np.ones((100, 100), np.float32),
        np.arange(6.0).reshape(2, 3).T,
        np.broadcast_to(0.1, (3, 4)),
        np.array([2**62, -1]),
    ],
    ids=str,
)
def test_literals_are_exact(array):
    found = eval(literal(array), {"np": np})
    assert bits(found) == bits(array)
    assert found.strides == array.strides


def test_large_arrays_have_no_literal():
    assert literal(np.arange(1000.0) ** 2) is None


def test_breaking_lines_leaves_text_alone():
    line = f'x = f("a, (b", {"y, " * 30}z)'
    assert "".join(part.strip() for part in wrapped(line, 40)).count('"a, (b"') == 1


def test_passes_leave_the_program_they_get_as_it_is():
    def f(x):
        a = np.tanh(x)
        a[0] = 2.0 * x[1]
        return np.sum(a * a)

    program = trace(value_and_grad(f))(np.array([1.0, 2.0]))
    source = program.source()
    program.optimised()
    assert program.source() == source
