"""Wrong lines in less usual code: named tuples, subscripts, closures, counters, parts of arrays."""

from collections import namedtuple
from dataclasses import dataclass

import numpy as np
import pytest

from autograd import check_gradients

random = np.random.default_rng(5)
Pair = namedtuple("Pair", "a b")
A, B, C = random.normal(size=3), random.normal(size=(3, 4, 4)), random.normal(size=4)


def corrections(f, *inputs, **derivative):
    report = check_gradients(f, *inputs, **derivative, raises=False)
    assert report.lines, report
    plain = {"return (": "return ", "b)": "b", "k.c)": "k.c"}  # Python 3.12 and before
    texts = [line.correction for line in report.lines]
    for old, new in plain.items():
        texts = [text.replace(old, new) for text in texts]
    return texts


def product(x, y):
    return np.sum(x * np.sin(y))


def by_named_tuple(x, y):
    outer = Pair(np.sin(y), x * np.cos(y))
    inner = Pair(outer.a, outer.b)
    return inner.a, inner.a


@dataclass(slots=True)
class Slots:
    s: np.ndarray
    c: np.ndarray


def by_slots(x, y):
    k = Slots(np.sin(y), np.cos(y))
    return k.s, x * k.s


def contraction(a, c):
    return np.einsum("a,abc,b,c->", a, B, c, c)


def by_subscripts(a, c):
    dc = np.einsum("a,abc,c->b", a, B, c)
    dc += np.einsum("a,abc,c->b", a, B, c)
    return np.einsum("abc,b,c->a", B, c, c), dc


def springs(x):
    return sum((x[i] ** 2) * x[j] for i, j in ((0, 1), (1, 3), (2, 0)))


def by_elements(x):
    g = np.zeros(4)
    for i, j in ((0, 1), (1, 3), (2, 0)):
        g[i] += x[i] * x[j]
        g[i] += x[i] * x[j]
        g[j] += x[i] * x[j]
    return g


def centred(x):
    return np.sum(np.exp(x)) + np.sum(x[1:-1] ** 2)


def by_slices(x):
    g = np.exp(x)
    inner = 2 * x
    g[1:] += inner[1:]
    return g


CALLS = 0


def counting(x):
    global CALLS
    CALLS += 1
    return np.cos(x)


def scaled_rows(w):
    return np.sum((w * A[:, None]) ** 3) + w[:, 0] @ A


def by_columns(w):
    g = 3 * (w * A[:, None]) ** 2
    g[:, 0] += A
    return g


def normalised(x):
    return np.sum(C * x / np.sqrt((x**2).mean(1, keepdims=True)))


def by_means(x):
    s = np.sqrt((x**2).mean(1, keepdims=True))
    y = x / s
    m = (C * y).mean(1, keepdims=True)
    d = (C - m) / s
    return d


def by_sigmoid(x):
    y = np.tanh(x)
    return A * y * (1 - y)


def windows(x):
    return np.array([[x[0, i : i + 2, j].sum() for j in range(3)] for i in range(2)])


def by_windows(g, x):
    d = np.zeros_like(x)
    for i in range(2):
        for j in range(3):
            d[0, i : i + 2, j] = g[i, j]
    return d


def test_a_line_with_indices_and_slices():
    (correction,) = corrections(windows, random.normal(size=(1, 3, 3)), vjp=by_windows)
    assert correction == "d[0, i:i + 2, j] += g[i, j]"


@pytest.mark.parametrize(
    ("f", "inputs", "gradient", "correction"),
    [
        (lambda x: np.sum(A * np.tanh(x)), (C[:3],), by_sigmoid, "return A * (1 - y**2)"),
        (normalised, (B[0],), by_means, "d = (C - m * y) / s"),
        (product, (A, C[:3]), by_named_tuple, "return inner.a, inner.b"),
        (product, (A, C[:3]), by_slots, "return k.s, x * k.c"),
        (contraction, (A, C), by_subscripts, None),
        (springs, (C,), by_elements, "g[j] += x[i] * x[i]"),
        (centred, (C,), by_slices, "g[1:-1] += inner[1:-1]"),
        (np.sum, (A,), counting, None),
        (scaled_rows, (random.normal(size=(3, 2)),), by_columns, None),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_correction_of_a_line(f, inputs, gradient, correction):
    found = corrections(f, *inputs, gradient=gradient)
    assert correction in (None, *found)


def beside_other_statements(x):
    import math
    from contextlib import nullcontext as context

    global CALLS
    CALLS += 1
    left: float
    first, *others = len(x), math.pi, 2
    cache = {"a": 1, "b": 2}
    with np.errstate(all="ignore"), context(2) as two:
        (cache["a"], cache["c"]), other = (1, 3), two
    try:
        raise ValueError(f"{first=}")
    except (TypeError, ValueError) as error:
        left = len(str(error))
    else:
        left = 1.0
    finally:
        del cache["a"]

    class Local:
        number = 1

        def method(self, *, k=1):
            return self.number + k

    match Local().method():
        case 2 | 3 if n := len(others):
            left -= n
        case [_, *_] | {"k": _}:
            assert other, "never"
        case _:
            pass
    while left > 0:
        left -= 1
        if left == 2:
            continue
    else:
        del Local, cache, others
    g = 3 * x if first else x[..., ::-1]
    del first, other
    return g


def test_a_line_beside_statements_of_all_kinds():
    (correction,) = corrections(lambda x: x @ x, A, gradient=beside_other_statements)
    assert correction == "g = 2 * x if first else x[..., ::-1]"


def steps():
    """Return a function whose result holds the rest of the derivative, and its backward pass."""

    def forward(x, w):
        h = np.tanh(w * x)

        def pull(g):
            a = g * (1 - h)
            return a * w, a * x

        return h, pull

    return forward, lambda g, pull: pull(g)


def test_a_line_of_a_closure_that_the_function_returns():
    forward, backward = steps()
    (correction,) = corrections(forward, A, C[:3], vjp=backward)
    assert correction == "a = g * (1 - h**2)"


def test_a_line_of_a_function_that_counts_its_calls():
    turns = 0

    def gradient(x):
        nonlocal turns
        turns += 1
        return np.sin(x)

    assert corrections(lambda x: np.sum(np.sin(x)), A, gradient=gradient) == ["return np.cos(x)"]
