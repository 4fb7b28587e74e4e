"""Integers computed from the inputs: as operands, and where they decide shape, memory or axes."""

import contextlib

import numpy as np
import pytest
from program.agreement import alike, array, difference, paths

from autograd import Tensor, Value, grad, jit
from autograd.errors import ImpureFunctionError

MATRIX = np.arange(12.0).reshape(3, 4) * 0.1
SCORES = [array(5, 1, 2, 0), array(1, 5, 2, 0), array(0, 1, 5, 0), array(0, 0, 0, 1)]

#: Functions of a matrix and an integer below 4 that is computed; whatever it decides.
DECIDING = {
    "slice": lambda x, n: np.exp(np.sin(x.ravel()[: n + 1]) * 2) * x.ravel()[: n + 1],
    "slice of columns": lambda x, n: np.sum(np.tanh(x[:, n:]) ** 2, axis=1),
    "step": lambda x, n: x.ravel()[:: n + 1] * 2,
    "axis": lambda x, n: np.exp(np.sum(x, axis=n % 2) * 2),
    "axis of a method": lambda x, n: np.exp(x.sum(n % 2) * 2),
    "axis of a ufunc": lambda x, n: np.exp(np.add.reduce(x, axis=n % 2) * 2),
    "kept axes": lambda x, n: np.sum(x, axis=1, keepdims=bool(n)) * 2 + x[0, 0],
    "tile": lambda x, n: np.tile(x, n + 1) * 2,
    "tile twice": lambda x, n: np.tile(x, (n + 1, 2)) * 2,
    "repeat": lambda x, n: np.repeat(x, n + 1) * 2,
    "reshape": lambda x, n: x.reshape(n + 1, -1) * 2,
    "eye": lambda x, n: np.eye(n + 1) * x[0, 0],
    "ones": lambda x, n: np.ones(n + 1) * x[0, 0],
    "arange": lambda x, n: np.arange(n + 2) * x[0, 0],
    "linspace": lambda x, n: np.linspace(0, 1, n + 2) * x[0, 0],
    "pad": lambda x, n: np.pad(x, ((0, n), (n, 0))) * 2,
    "diff": lambda x, n: np.diff(x.ravel(), n=n + 1) * 2,
    "triangle": lambda x, n: np.triu(x, n) * 2,
    "diagonal": lambda x, n: np.diag(x, n - 1) * 2,
    "split": lambda x, n: np.split(x.ravel(), [n + 1])[0] * 2,
    "equal parts": lambda x, n: np.array_split(x.ravel(), n + 1)[0] * 2,
    "new axis": lambda x, n: np.expand_dims(x, n % 3) * 2,
    "moved axis": lambda x, n: np.moveaxis(x, n % 2, 0) * 2,
    "swapped axes": lambda x, n: np.swapaxes(x, 0, n % 2) * 2,
    "order of axes": lambda x, n: np.transpose(x, (n % 2, 1 - n % 2)) * 2,
    "row or column": lambda x, n: np.take(x, n % 3, axis=n % 2) * 2,
    "concatenation": lambda x, n: np.concatenate([x, x], axis=n % 2) * 2,
    "stack": lambda x, n: np.stack([x, x], axis=n % 3) * 2,
    "broadcast": lambda x, n: np.broadcast_to(x[0], (n + 1, 4)) * 2,
    "grid": lambda x, n: np.meshgrid(x[0], x[0, : n + 1])[0] * 2,
    "rotation": lambda x, n: np.rot90(x, n) * 2,
    "power of a matrix": lambda x, n: np.linalg.matrix_power(x[:3, :3], n) * 2,
    "sums over axes": lambda x, n: np.tensordot(x, x, axes=n % 2 * 0 + 2) * 2,
    "transform": lambda x, n: np.abs(np.fft.fft(x.ravel() + 1, n=n + 2)) * 2,
    "sorted axis": lambda x, n: np.sort(-x, axis=n % 2) * 2,
    "quantile": lambda x, n: np.quantile(x, [0.1, 0.6], axis=n % 2) * 2,
    "deleted": lambda x, n: np.delete(x, n % 3, axis=n % 2) * 2,
    "exponent": lambda x, n: (x + 1) ** n * 2**n,
    "new axes": lambda x, n: x[(None,) * int(n)] * 2,
    "range": lambda x, n: sum(x * i for i in range(n)) + x,
    "list": lambda x, n: [x, x * 2, x[0], x[:, 0]][n] * 2,
}
#: The same for what only computes with the integer: one program is enough.
COMPUTING = {
    "row": lambda x, n: x[n % 3] * 2,
    "element": lambda x, n: x[n % 3, n] * 2,
    "taken": lambda x, n: np.take(x, n) * n,
    "rolled": lambda x, n: np.roll(x, n) * 2,
    "between": lambda x, n: np.linspace(0, n, 4) * x,
    "arithmetic": lambda x, n: (x * n + n) / (n + 1),
    "limits": lambda x, n: np.clip(x, n * 0.1, n * 0.2) + np.maximum(x, n),
    "chosen": lambda x, n: np.where(x > n * 0.1, x, n),
    "array": lambda x, n: np.array([n, 1.0, 2.0, 3.0]) * x + np.stack([n, n, n, n]),
}


def halved(n):
    steps = 0
    while n > 0:
        n, steps = n // 2, steps + 1
        if n % 3 == 0:
            steps += 2
    return steps


#: Functions of an array and an integer argument; the first ones only compute with it.
COUNTING = {
    "unused": lambda x, n: x * 2,
    "rate": lambda x, n: x / (1 - 0.9 ** (n + 1)),
    "arithmetic": lambda x, n: (n, n * 2, n // 3, n / 7, -n, abs(n), n**2, float(n), n & 1, [n]),
    "types": lambda x, n: (x * isinstance(n, int), np.float32(2) * n, x.astype(np.float32) * n),
    "powers": lambda x, n: (2**n, x if isinstance(2**n, int) else x * 2),
    "element": lambda x, n: x[n % 3],
    "arrays": lambda x, n: (np.array([n, 1]), np.full(3, n), np.where(x > n, x, n), x.clip(0, n)),
    "in place": lambda x, n: x.__iadd__(n),
    "error": lambda x, n: 1 / (n - 20),
    "derivative": lambda x, n: grad(lambda v: np.sum(np.sin(v) * n))(x) / (n + 1),
    "nodes": lambda x, n: [backward(lambda t, k: np.sum(t * t * k) / (k + 1), x, n)[0].grad],
    "branch": lambda x, n: x * 2 if n % 5 == 0 else x,
    "warm-up": lambda x, n: x * min(1.0, (n + 1) / 5),
    "axis": lambda x, n: np.sum(np.outer(x, x), axis=n % 2),
    "number of times": lambda x, n: sum([x] * n, x),
    "digits": lambda x, n: x * halved(abs(n)),
    "text": lambda x, n: f"step {n}",
    "generator": lambda x, n: np.random.default_rng(n).normal(size=3) + x,
}
MANY = [(array(1, 2, 3) * (n % 3 + 1), n) for n in range(24)]


@pytest.mark.parametrize("name", COUNTING)
def test_the_number_of_a_step_may_be_an_argument(name):
    f = COUNTING[name]
    assert difference(f, *MANY) is None
    assert difference(lambda x, step: f(x, step), *[(x, n * (-1) ** n) for x, n in MANY]) is None
    replayed = jit(f)
    for x, n in MANY:
        with contextlib.suppress(ZeroDivisionError):
            replayed(x.copy(), n)
    decides = list(COUNTING).index(name) >= list(COUNTING).index("number of times")
    assert (len(replayed.programs) > 12) == decides


def test_what_the_trial_with_integer_inputs_changes_is_undone():
    log = []

    def f(x, n):
        if n == 8:
            log.append(n)
        return x * n

    replayed = jit(f)
    for n in range(8):
        replayed(2.0, n)
    with pytest.raises(ImpureFunctionError):
        replayed(2.0, 8)
    assert log == []


@pytest.mark.parametrize("make", [Tensor, Value])
def test_nodes_keep_their_derivatives_where_integers_are_inputs(make):
    def f(x, n):
        return np.sum(x**3 * n) / (n + 1)

    replayed = jit(f)
    for number in range(1, 16):
        data = 1.0 + number if make is Value else array(1, number, 3)
        found, wanted = make(data), make(data)
        replayed(found, number).backward()
        f(wanted, number).backward()
        assert alike(found.grad, wanted.grad)
        second = grad(lambda x, n: np.sum(grad(replayed)(x, n)))(data, number)
        np.testing.assert_allclose(second, 6 * np.array(data) * number / (number + 1), 1e-14)
    assert len(replayed.programs) <= 18  # nine for each of `backward` and `grad`


def decided(f):
    return lambda x, scores: f(x, np.argmax(scores))


CALLS = [(MATRIX + number, scores) for number, scores in enumerate(SCORES)]


@pytest.mark.each("name", [*DECIDING, *COMPUTING])
def test_integers_from_the_inputs_decide_at_each_call(name):
    f = decided((DECIDING | COMPUTING)[name])
    assert difference(f, *CALLS) is None
    assert difference(grad(lambda x, scores: np.sum(np.sin(f(x * 1, scores)))), *CALLS) is None


@pytest.mark.parametrize("name", COMPUTING)
def test_integers_to_compute_with_need_one_program(name):
    replayed = jit(decided(COMPUTING[name]))
    for arguments in CALLS:
        replayed(*arguments)
    assert len(paths(replayed)) == 1


def test_what_depends_on_memory_and_values_is_asked_again():
    calls = [(array(1, 2), array(1, 2)), (array(300, 2), array(1, 2))]
    assert difference(lambda x, y: np.min_scalar_type(int(x[0])), *calls) is None
    shared = jit(lambda x, y: np.shares_memory(x, y))
    x = array(1, 2)
    assert [shared(x, x.copy()), shared(x, x), shared(x, x.copy())] == [False, True, False]


@pytest.mark.parametrize("kind", [float, np.float64, np.float32, np.array])
def test_ties_with_limits_from_the_inputs_have_one_slope(kind):
    def f(x, low, high):
        return np.sum(np.clip(x, low, high) ** 2)

    x = array(0, 1, 2, 3)
    calls = [(x, kind(low), kind(high)) for low, high in ((1.0, 2.0), (0.0, 3.0), (-1.0, 0.5))]
    assert difference(grad(f), *calls) is None
    assert difference(lambda *a: [v.grad for v in backward(f, *a)], *calls) is None


def backward(f, x, *limits):
    t = Tensor(x)
    f(t, *limits).backward()
    return [t]
