"""Saved programs: they run without this library, and compute the same bits."""

import collections
import copy
import functools
import operator
import os
import pickle

import numpy as np
import pytest
from program.saved_modules import bits
from rules.samples import SAMPLES

from autograd import Tensor, Value, define, grad, trace, tree, value_and_grad
from autograd.errors import SourceError
from autograd.program.running import compiled
from autograd.program.source.saving import _dtype

R = np.random.default_rng(5)


def dense(w, b, x, y):
    h = np.tanh(x @ w + b)
    p = 1 / (1 + np.exp(-h))
    return np.mean((p - y) ** 2)


def masked(x):
    y = np.where(x > 0, x, 0.1 * x)
    y = y * (y > -0.05)
    return np.sum(np.sqrt(np.abs(y) + 1.0))


def assigned(x):
    y = np.zeros_like(x)
    y[0] = x[0]
    for i in range(1, len(x)):
        y[i] = y[i - 1] * x[i] + 1
    y[1:] += x[:-1]
    return np.sum(y * y)


def viewed(x):
    y = np.reshape(x * 2, (2, -1))
    row = y[0]
    total = np.sum(row)
    row[...] = row * 3
    return total + np.sum(y)


def several(x):
    total = np.zeros_like(x)
    for i in range(5):
        total = total + np.roll(x, i) ** (i + 1)
    a, b = np.split(total, 2)
    return np.max(a) + np.min(b) + np.linalg.norm(total)


def refused(x):
    y = x * 2
    try:
        y[len(x)] = x[0]
    except IndexError:
        y[0] = x[1]
    return np.sum(y * y)


def chosen(x):
    order = np.argsort(x)
    return np.sum(np.take(x, order[:2])) + np.sum(np.sort(x)[::-1] * x)


def special(x):
    return np.sum(np.logaddexp(x, 1.0) + np.arctan2(x, 2.0) + np.hypot(x, 0.5) + np.sinc(x))


VECTOR = R.normal(size=6)
FUNCTIONS = {
    "dense": (dense, (R.normal(size=(3, 2)), R.normal(size=2), R.normal(size=(5, 3)), 0.5)),
    "masked": (masked, (VECTOR,)),
    "assigned": (assigned, (VECTOR,)),
    "viewed": (viewed, (VECTOR,)),
    "several": (several, (VECTOR,)),
    "refused": (refused, (VECTOR,)),
    "chosen": (chosen, (VECTOR,)),
    "special": (special, (VECTOR,)),
    "einsum": (lambda a: np.sum(np.einsum("ij,jk->ik", a, a) ** 2), (R.normal(size=(3, 3)),)),
    "solve": (lambda a: np.sum(np.linalg.solve(a + 5 * np.eye(3), a)), (R.normal(size=(3, 3)),)),
    "fft": (lambda x: np.sum(np.abs(np.fft.fft(x)) ** 2), (VECTOR,)),
    "0-d": (lambda x: np.sum(np.tanh(x)), (np.array(0.3),)),
    "empty": (lambda x: np.sum(x * 2), (np.zeros((0, 3)),)),
    "float": (lambda x: x**3 - 2 / x, (1.7,)),
    "scalar": (lambda x: x * x, (np.float64(1.7),)),
    "cumulative": (lambda x: np.sum(np.cumsum(x) * np.cumprod(x)), (VECTOR,)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_value_and_gradient_are_the_same_bits(name, run):
    f, arguments = FUNCTIONS[name]
    for function in (f, grad(f) if name == "scalar" else value_and_grad(f)):
        program = trace(function)(*arguments)
        assert run(program, *arguments) == ("result", bits(function(*arguments)))


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_other_precisions(dtype, run):
    x = VECTOR.astype(dtype)
    for f in (masked, assigned, several):
        program = trace(grad(f))(x)
        assert run(program, x) == ("result", bits(grad(f)(x)))


def test_complex_numbers(run):
    z = R.normal(size=4) + 1j * R.normal(size=4)

    def f(z):
        return np.sum(np.abs(z * z - (1 - 2j)) ** 2)

    assert run(trace(grad(f))(z), z) == ("result", bits(grad(f)(z)))


def test_constants_of_all_layouts(run):
    constants = [
        R.normal(size=(20, 30)),
        np.asfortranarray(R.normal(size=(20, 30))),
        R.normal(size=(40, 60))[::2, ::-2],
        R.normal(size=(30, 20)).T,
        np.broadcast_to(R.normal(size=30), (20, 30)),
        R.normal(size=(20, 30)).astype(np.float32),
        np.full((20, 30), np.nan),
    ]

    def f(x):
        return [x @ c.T for c in constants], [np.sum(x * c) for c in constants]

    x = R.normal(size=(20, 30))
    assert run(trace(f)(x), x) == ("result", bits(f(x)))


def test_large_constants_lie_beside_the_module(run, tmp_path):
    table = R.normal(size=200_000)

    def f(x):
        return x * table

    assert run(trace(f)(2.0), 3.0) == ("result", bits(f(3.0)))
    assert os.path.getsize(tmp_path / "saved.py") < 5_000
    assert (tmp_path / "saved.npz").exists()


def test_another_file_of_constants_is_refused(run, tmp_path, server):
    table, changed = R.normal(size=(2, 200_000))
    program = trace(lambda x: x * table)(2.0)
    run(program, 2.0)
    other = trace(lambda x: x * changed)(2.0)
    other.save(tmp_path / "other.py", "saved")
    os.replace(tmp_path / "other.npz", tmp_path / "saved.npz")
    pickle.dump((str(tmp_path / "saved.py"), "saved", "", (2.0,), {}), server.stdin)
    server.stdin.flush()
    kind, message = pickle.load(server.stdout)
    assert kind == "ValueError"
    assert "does not belong" in message


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf, -0.0, 1e-320, 0.1])
def test_numbers_in_the_code(number, run):
    program = trace(lambda x: (np.maximum(x, number), x * number, np.full(2, number) + x))(
        VECTOR[:2]
    )
    assert run(program, VECTOR[:2]) == (
        "result",
        bits((np.maximum(VECTOR[:2], number), VECTOR[:2] * number, number + VECTOR[:2])),
    )


def test_a_constant_that_is_returned_is_a_copy(tmp_path):
    table = R.normal(size=100)
    trace(lambda x: (x, table))(2.0).save(tmp_path / "saved.py", "saved")
    space = {}
    exec((tmp_path / "saved.py").read_text(), space)
    space["saved"](1.0)[1][...] = 0
    assert bits(space["saved"](1.0)[1]) == bits(table)


# -- arguments --------------------------------------------------------------------------------

Layer = collections.namedtuple("Layer", "w b")


def net(params, x, *, scale, power=2):
    for layer in params["layers"]:
        x = np.tanh(x @ layer.w + layer.b)
    return scale * np.mean(x**power) + params[0] * params["b c"]


NET = {
    "layers": [Layer(R.normal(size=(3, 3)), R.normal(size=3)) for _ in range(2)],
    0: 2.0,
    "b c": 3.0,
}


def test_nested_arguments_and_results(run):
    x = R.normal(size=(4, 3))
    program = trace(value_and_grad(net))(NET, x, scale=0.5, power=3)
    lists = {**NET, "layers": [tuple(layer) for layer in NET["layers"]]}
    setup = (
        "({**arguments[0], 'layers': [__import__('collections').namedtuple('Layer', 'w b')(*layer)"
        " for layer in arguments[0]['layers']]}, arguments[1])"
    )
    found = run(program, lists, x, setup=setup, scale=0.5, power=3)
    assert found == ("result", bits(value_and_grad(net)(NET, x, scale=0.5, power=3)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a, k: a.__setitem__(1, a[1][:2]), r"x must be an array float64 (4, 3)"),
        (lambda a, k: a.__setitem__(1, a[1].astype(np.float32)), r"not float32 (4, 3)"),
        (lambda a, k: a.__setitem__(1, a[1].tolist()), "not list"),
        (lambda a, k: k.update(scale=2), "scale must be of type float, not int"),
        (lambda a, k: k.update(power=2), "power must be 3, as recorded, not 2"),
        (lambda a, k: a[0].pop("b c"), "list(params) must be ['layers', 0, 'b c']"),
        (lambda a, k: a[0]["layers"].pop(), "must be 2, as recorded, not 1"),
        (lambda a, k: a[0].update({0: "2"}), "params[0] must be of type float, not str"),
    ],
)
def test_other_arguments_are_refused(change, message, run):
    x = R.normal(size=(4, 3))
    params = {**NET, "layers": [tuple(layer) for layer in NET["layers"]]}

    def f(params, x, *, scale, power):
        for w, b in params["layers"]:
            x = np.tanh(x @ w + b)
        return scale * np.mean(x**power) + params[0] * params["b c"]

    program = trace(f)(params, x, scale=0.5, power=3)
    arguments, keywords = [{**params, "layers": [*params["layers"]]}, x], {"scale": 0.5, "power": 3}
    change(arguments, keywords)
    kind, found = run(program, *arguments, **keywords)
    assert kind == "ValueError"
    assert message in found


def test_variable_numbers_of_arguments(run):
    def f(*xs, **named):
        return sum(xs) * named["a"]

    program = trace(f)(1.0, 2.0, a=3.0)
    assert run(program, 4.0, 5.0, a=6.0) == ("result", bits(54.0))
    assert run(program, 4.0, a=6.0)[0] == "ValueError"
    assert run(program, 4.0, 5.0, a=6.0, b=1.0)[0] == "ValueError"


def test_a_generator_as_an_argument(run):
    def f(x, rng):
        return x * rng.normal(size=3) + rng.uniform()

    program = trace(f)(2.0, np.random.default_rng(1))
    found = run(program, 3.0, np.random.default_rng(7))
    assert found == ("result", bits(f(3.0, np.random.default_rng(7))))
    assert run(program, 3.0, 7)[0] == "ValueError"


# -- guards -----------------------------------------------------------------------------------


def test_a_guard_raises_with_the_condition(run):
    def f(x):
        if np.sum(x) > 0:
            return x * 2
        return -x

    program = trace(f)(np.ones(3))
    assert run(program, np.ones(3)) == ("result", bits(2 * np.ones(3)))
    kind, message = run(program, -np.ones(3))
    assert kind == "ValueError"
    assert message.startswith("this program was recorded for np.sum(x) > 0, test_saved.py:")


@pytest.mark.parametrize(
    ("f", "same", "other"),
    [
        (lambda x: [x] * int(x), 2.5, 3.5),
        (lambda x: x * float(str(x)), 2.5, 2.0),
        (lambda x: x * x.__float__(), 2.5, 2.25),
        (lambda x: x * x.__float__(), -0.0, 0.0),
        (lambda x: x * x.__float__(), np.nan, 0.0),
        (lambda x: x[x > 0], np.array([1.0, -1.0]), np.array([1.0, 1.0])),
        (lambda x: x * x.tolist()[0], np.array([1.0, -1.0]), None),
        (lambda x: x if x > 0 and x < 1 else -x, 0.5, 1.5),
        (lambda x: x if not x > 1 else -x, 0.5, 1.5),
    ],
)
def test_guards_of_all_kinds(f, same, other, run):
    program = trace(f)(same)
    assert run(program, same) == ("result", bits(f(same)))
    if other is not None:
        assert run(program, other)[0] == "ValueError"


# -- nodes ------------------------------------------------------------------------------------


def test_a_training_step_takes_and_returns_nodes(run):
    w, b = Tensor(R.normal(size=(3, 2)), label="w"), Value(0.5, label="b")

    def step(x):
        w.grad, b.grad = None, 0.0
        loss = np.mean((x @ w + b) ** 2)
        loss.backward()
        w.data = w.data - 0.1 * w.grad
        b.data -= 0.1 * b.grad
        return loss.data

    x = R.normal(size=(4, 3))
    program = trace(step)(x)
    kind, found = run(program, x, w=w.data.copy(), b=b.data)
    result = step(x)
    assert kind == "result"
    assert found[1][0] == bits(result)
    assert found[1][1]["w"] == bits(w.data)
    assert found[1][1]["b"] == bits(b.data)


# -- functions that are not NumPy's -----------------------------------------------------------


def cube_of(x):
    return x**3


cube = define(cube_of, lambda g, y, x: g * 3 * x**2)


def test_functions_of_unknown_source_are_refused(tmp_path):
    program = trace(grad(lambda x: np.sum(cube(x))))(VECTOR)
    with pytest.raises(SourceError, match=r'sources=\{cube_of: "def cube_of'):
        program.save(tmp_path / "saved.py")
    assert not any(tmp_path.iterdir())


def test_the_source_of_a_function(run):
    f = grad(lambda x: np.sum(cube(x) * cube(x)))
    source = "def power(x):\n    return x**3\n"
    found = run(trace(f)(VECTOR), VECTOR, sources={cube_of: source})
    assert found == ("result", bits(f(VECTOR)))


def test_what_functions_refer_to_is_defined_by_name():
    source = trace(grad(lambda x: np.sum(np.tanh(x))))(VECTOR).source()
    assert "\nCANCELLED = {" in source
    assert 'CANCELLED["d"]' in source


def test_a_function_to_import(run):
    program = trace(lambda x: cube(x))(VECTOR)
    assert run(program, VECTOR, sources={cube_of: np.cbrt})[0] == "result"


@pytest.mark.parametrize("source", ["x = 1", "def f(:", ""])
def test_a_source_without_function_is_refused(source, tmp_path):
    program = trace(lambda x: cube(x))(VECTOR)
    with pytest.raises(SourceError):
        program.save(tmp_path / "saved.py", sources={cube_of: source})


# -- files ------------------------------------------------------------------------------------


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "saved.py"
    trace(lambda x: x * 2)(1.0).save(path)
    before = path.read_text()
    program = trace(lambda x: cube(x))(VECTOR)
    with pytest.raises(SourceError):
        program.save(path)
    assert path.read_text() == before
    assert os.listdir(tmp_path) == ["saved.py"]


@pytest.mark.parametrize(
    "name", ['x"""', "x'", "os.system('x')", "a\nb", "a\\", "\N{RIGHT-TO-LEFT OVERRIDE}", "ｎｐ"]
)
def test_names_do_not_become_code(name, tmp_path):
    w = Tensor(np.arange(40.0), label=name)

    def f(params):
        return params[name] * w

    f.__name__ = name
    program = trace(f)({name: 2.0})
    path = tmp_path / "saved.py"
    program.save(path)
    space = {}
    exec(path.read_text(encoding="utf-8"), space)
    (function,) = [x for key, x in space.items() if callable(x) and not key.startswith("_")]
    (parameter,) = function.__kwdefaults__ or function.__code__.co_varnames[1:2]
    assert bits(function({name: 2.0}, **{parameter: w.data})) == bits(2.0 * w.data)


def test_names_of_classes_do_not_become_code(tmp_path):
    Point = collections.namedtuple("Point", "x y")
    Point.__name__ = "Point', 'x')\nimport os\n#"
    program = trace(lambda x: Point(x, -x))(1.0)
    program.save(tmp_path / "saved.py", "saved")
    text = (tmp_path / "saved.py").read_text()
    assert "import os" not in text.split("\n")
    space = {}
    exec(text, space)
    assert space["saved"](2.0) == (2.0, -2.0)


@pytest.mark.parametrize("name", ["import os", "np", "lambda", "_array", "float"])
def test_no_name_for_a_function_is_refused(name, tmp_path):
    with pytest.raises(SourceError):
        trace(lambda x: x * R.normal(size=50))(1.0).save(tmp_path / "saved.py", name)


def test_records_with_gaps_keep_their_type(run):
    kind = np.dtype([("a", np.int8), ("b", [("c", np.float64, 2)])], align=True)
    records = np.zeros(3, kind)
    records["a"] = [3, 1, 2]

    program = trace(lambda x: x[np.argsort(records)])(np.arange(3.0))
    assert run(program, np.arange(3.0)) == ("result", bits(np.array([1.0, 2.0, 0.0])))
    assert np.dtype(_dtype(kind)) == kind


def test_parameters_keep_the_names_of_builtins(tmp_path):
    def sum(sum, max, input):
        return sum * max + input

    program = trace(sum)(1.0, 2.0, 3.0)
    program.save(tmp_path / "saved.py")
    space = {}
    exec((tmp_path / "saved.py").read_text(), space)
    assert space["sum"](sum=1.0, max=2.0, input=4.0) == 6.0


# -- random programs --------------------------------------------------------------------------

UNARY = [np.tanh, np.sin, np.exp, np.abs, np.square, lambda x: -x, lambda x: x.T.T, np.ravel]
BINARY = [np.add, np.multiply, np.subtract, np.maximum, lambda a, b: a / (np.abs(b) + 1)]


def random_function(seed):
    """Return a random function of an array of six elements."""

    def f(x):
        rng = np.random.default_rng(seed)
        known = [x, x * 0.5]
        for _ in range(rng.integers(2, 12)):
            kind = rng.integers(5)
            a, b = (known[rng.integers(len(known))] for _ in range(2))
            if kind == 0:
                known.append(UNARY[rng.integers(len(UNARY))](a * 0.5))
            elif kind == 1:
                known.append(BINARY[rng.integers(len(BINARY))](a, b))
            elif kind == 2:
                y = a * 1.0
                y[rng.integers(6)] = b[rng.integers(6)]
                known.append(y)
            elif kind == 3:
                known.append(np.where(a > b, a, b * 0.1))
            else:
                y = a + 0.0
                y[1:4] += b[2:5]
                known.append(y * y[rng.integers(6)])
        return np.sum(known[-1]) + np.sum(known[len(known) // 2])

    return f


@pytest.mark.parametrize("seed", range(20))
def test_random_programs(seed, run):
    f = value_and_grad(random_function(seed))
    x = np.random.default_rng(seed).normal(size=6)
    program = trace(f)(x)
    other = np.random.default_rng(seed + 100).normal(size=6)
    for argument in (x, other):
        assert run(program, argument) == ("result", bits(f(argument)))


# -- all rules --------------------------------------------------------------------------------


def total_of(sample):
    """Return the value and the gradient of the sum of what a sample computes, and its inputs."""

    def total(*inputs):
        found = sample.function(*inputs, **sample.keywords)
        parts = [np.sum(np.real(part)) for part in tree.flat(found)]
        return functools.reduce(operator.add, parts)

    numbers = [
        i
        for i, x in enumerate(sample.inputs)
        if type(x) in (float, complex) or (isinstance(x, np.ndarray) and x.dtype.kind in "fc")
    ]
    return grad(total, numbers)


@pytest.mark.gallery
@pytest.mark.parametrize("sample", SAMPLES, ids=str)
@pytest.mark.filterwarnings("ignore")
def test_the_derivatives_of_all_rules(sample, run):
    inputs = copy.deepcopy(sample.inputs)
    with np.errstate(all="ignore"):
        program = trace(total_of(sample))(*sample.inputs)
        expected = compiled(program)(*sample.inputs)
    assert run(program, *inputs) == ("result", bits(expected))
