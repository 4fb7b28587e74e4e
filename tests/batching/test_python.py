"""Plain Python in a batched function: the result of a loop over the entries, or an error."""

import collections
import dataclasses
import functools

import numpy as np
import pytest
from batching.ways import WAYS, compiled

from autograd import Tensor, grad, vmap
from autograd.errors import AutogradError, BatchError

pytestmark = pytest.mark.filterwarnings("ignore")

#: The entries of each batch.
BATCHES = {
    "floats": np.array([1.5, -0.5, 2.0]),
    "equal floats": np.array([1.5, 1.5]),
    "integers": np.array([1, 2, 0]),
    "truth values": np.array([True, False]),
    "single precision": np.array([1.5, -0.5], np.float32),
    "vectors": np.array([[1.5, -0.5], [2.0, 1.0]]),
    "arrays of one element": np.array([[1.5], [2.0]]),
}

#: A float of Python has another type than the numbers of a batch, which are equal.
TYPE_MAY_DIFFER = ("x ** 2", "pow(x, 2)", "x.item()", "x.tolist()")


def outcome(f, x):
    try:
        return f(x), None
    except Exception as error:
        return None, error


def part(found, place):
    """Return what one entry has, of the results of all entries."""
    if isinstance(found, (list, tuple)):
        return [part(each, place) for each in found]
    if isinstance(found, dict):
        return {key: part(each, place) for key, each in found.items()}
    return found[place] if isinstance(found, np.ndarray) and found.ndim else found


def is_same(a, b, strict):
    if isinstance(a, (list, tuple)):
        pairs = zip(a, b, strict=True) if isinstance(b, list) and len(a) == len(b) else [(0, 1)]
        return all(is_same(p, q, strict) for p, q in pairs)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(is_same(a[key], b[key], strict) for key in a)
    if a is None or isinstance(a, (str, bytes)):
        return a == b
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype.kind in "OU" or b.dtype.kind in "OU":
        return repr(a.tolist()) == repr(b.tolist())
    same = a.shape == b.shape and np.allclose(a, b, equal_nan=True)
    return same and (a.dtype == b.dtype or not strict)


def wrong(text, batch):
    """Return a description of how a batch differs from a loop; "" if it does not."""
    f = compiled(text)
    found, error = outcome(vmap(f), batch.copy())
    each = [outcome(f, x) for x in batch.copy()]
    if error is not None:
        return ""
    if batch.dtype == float and batch.ndim == 1:  # calls may get floats of Python
        plain = [outcome(f, x) for x in batch.tolist()]
        same = not any(e for _, e in plain)
        if same and all(is_same(r, part(found, i), False) for i, (r, _) in enumerate(plain)):
            return ""
    failures = [e for _, e in each if e is not None]
    if failures:
        return "" if text in SUPERSET else f"{text}: no error, but {failures[0]!r} in a loop"
    strict = not text.endswith(TYPE_MAY_DIFFER)
    same = [is_same(r, part(found, i), strict) for i, (r, _) in enumerate(each)]
    return "" if all(same) else f"{text}: {found!r}, but {[r for r, _ in each]!r} in a loop"


#: What a batch computes, though NumPy's numbers of some types raise an error.
SUPERSET = ("return math.trunc(x)", "return round(x)")


@pytest.mark.parametrize("name", BATCHES)
def test_plain_python_gives_the_result_of_a_loop_or_an_error(name):
    differences = [wrong(text, BATCHES[name]) for text in WAYS]
    assert not [text for text in differences if text]


def test_refusals_say_what_to_write():
    messages = set()
    for text in WAYS:
        f = compiled(text)
        _, error = outcome(vmap(f), BATCHES["floats"].copy())
        if error is None or any(outcome(f, x)[1] is not None for x in BATCHES["floats"]):
            continue
        known = [
            e for e in (error, error.__cause__, error.__context__) if isinstance(e, BatchError)
        ]
        if not known:
            messages.add(text.removeprefix("return "))
    # Python's own functions in C, which name the type
    of_python = (
        "float(str",
        "float.__add__",
        "bytes(x)",
        "decimal.",
        "json.",
        "struct.",
        "memoryview",
        "x @ x",
    )
    assert not [text for text in messages if not text.startswith(of_python)]


def test_printing_shows_the_numbers_of_all_entries(capsys):
    vmap(lambda x: print(x, f"{x!r}") or x)(np.array([1.5, 2.5]))
    assert capsys.readouterr().out.count("array([1.5, 2.5])") == 2


def test_errors_name_the_shapes_of_one_entry():
    batch = np.ones((5, 4))
    ways = [
        lambda x: x + np.ones(3), lambda x: np.add(x, np.ones(3)), lambda x: x[7], lambda x: x[0, 1],
        lambda x: np.concatenate([x, np.ones((2, 2))]), lambda x: np.broadcast_to(x, (3,)),
        lambda x: x.__setitem__(slice(0, 2), np.ones(3)), lambda x: np.dot(x, np.ones(3)),
        lambda x: np.take(x, 9), lambda x: x.transpose(1, 0), lambda x: np.where(x > 0, x, np.ones(3)),
        lambda x: np.vstack([x, np.ones(3)]),
    ]  # fmt: skip
    for f in ways:
        for function in (f, grad(lambda x, f=f: np.sum(f(x * 1.0)))):
            _, expected = outcome(function, batch[0].copy())
            _, found = outcome(vmap(function), batch.copy())
            assert str(found) == str(expected)


def test_derivatives_of_branches_are_those_of_each_entry():
    slopes = [[1.0, -1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 0.0, 2.0]]
    for f, slope in zip(
        (lambda x: x if x > 0 else -x, lambda x: max(x, 0.0), lambda x: x * int(x)),
        slopes,
        strict=True,
    ):
        try:
            assert vmap(grad(f))(BATCHES["floats"]).tolist() == slope
        except AutogradError:
            assert slope is slopes[2]  # int(Value) would lose the derivative
        with pytest.raises(AutogradError):
            vmap(f)(Tensor(BATCHES["floats"].astype(np.float32)))


def test_what_hides_arrays_of_the_batch_is_no_result():
    @dataclasses.dataclass
    class Pair:
        a: object

    hiding = [
        lambda x: Pair(x), lambda x: {"p": Pair([x])}, lambda x: (y for y in [x]), lambda x: lambda: x,
        lambda x: iter([x]), lambda x: np.array({"a": x}), lambda x: f"{x!r}", lambda x: slice(x),
        lambda x: functools.partial(np.add, x), lambda x: collections.deque([x]),
    ]  # fmt: skip
    for f in hiding:
        with pytest.raises(BatchError, match=r"Return|return x"):
            vmap(f)(BATCHES["floats"])
    assert vmap(lambda x: (None, "text", np.sin, Pair(1)))(BATCHES["floats"])[3] == Pair(1)
