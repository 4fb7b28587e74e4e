"""Loops of C that several threads carry out: the same numbers, warnings and errors."""

import multiprocessing
import threading
import warnings

import numpy as np
import pytest
from program.c_kernels import replayed
from program.saved_c import SANITIZERS

from autograd import errors, jit, value_and_grad
from autograd.program.backends.c import compiler
from autograd.program.backends.c.library import unavailable

needs_compiler = pytest.mark.skipif(unavailable() != "", reason=unavailable())

RANDOM = np.random.default_rng(0)
LONG = RANDOM.normal(size=300_001)
WIDE = RANDOM.normal(size=(1200, 33, 7))


@pytest.fixture(autouse=True, scope="module")
def own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        flags = [x.replace("-O3", "-O1") for x in compiler.FLAGS]
        patch.setattr(compiler, "FLAGS", (*flags, *SANITIZERS))
        patch.setenv("CHAINRULE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def chain(x):
    y = np.tanh(x) * np.sin(x) + np.exp(-x * x)
    return np.sum(y) / x.size + np.max(x) - np.min(y), y, np.sum(x > 0)


def normalised(x, w):
    m = x - np.mean(x, axis=-1, keepdims=True)
    y = m / np.sqrt(np.mean(m * m, axis=-1, keepdims=True) + 1e-5) * w
    return np.sum(np.where(y > 0, y, 0.1 * y) ** 2)


def along_rows(x):
    return np.sum(x * 2, axis=0), np.max(np.abs(x), axis=(0, 2)), np.sum(x + 1, axis=(1, 2))


def numbers(x):
    parts = x if isinstance(x, tuple) else (x,)
    return [y for part in parts for y in (numbers(part) if isinstance(part, tuple) else [part])]


PROGRAMS = {
    "long row": (chain, (LONG,)),
    "derivative": (value_and_grad(lambda x: np.sum(np.sin(x) * x)), (LONG.astype("f"),)),
    "rows": (value_and_grad(normalised, (0, 1)), (WIDE, np.ones(7))),
    "sums along rows": (along_rows, (WIDE,)),
    "transposed": (along_rows, (WIDE.T,)),
    "single precision": (value_and_grad(normalised), (WIDE.astype("f"), np.ones(7, "f"))),
    "few rows": (lambda x: np.sum(np.exp(-x * x), axis=1), (LONG[:300_000].reshape(3, -1),)),
    "not a number": (chain, (np.where(LONG > 3, np.nan, LONG),)),
    "truth values": (lambda x: (x > 0) & (x < 1) | (x != x), (LONG,)),
}


@needs_compiler
@pytest.mark.parametrize("name", PROGRAMS)
def test_numbers_do_not_depend_on_the_number_of_threads(name):
    function, arguments = PROGRAMS[name]
    with np.errstate(all="ignore"):
        wanted = numbers(replayed(function, *arguments)[0])
        plain = numbers(function(*arguments))
        for threads in (2, 7):
            jitted = jit(lambda *x: function(*x), backend="c", threads=threads)
            jitted(*arguments)
            found = numbers(jitted(*arguments))
            assert f"{threads} threads for" in jitted.summary()
            for one, other, numpy in zip(found, wanted, plain, strict=True):
                assert np.array_equal(one, other, equal_nan=True)
                assert np.allclose(one, numpy, rtol=1e-4, atol=1e-4, equal_nan=True)


@needs_compiler
def test_warnings_of_any_thread_are_those_of_numpy():
    for place in (0, 300_000):
        x = np.full(300_001, 2.0)
        x[place] = 0.0
        jitted = jit(lambda x: np.sqrt(1 / x) + 1, backend="c", threads=4)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            jitted(x)
        with pytest.warns(RuntimeWarning, match="divide by zero"):
            jitted(x)
        with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
            jitted(x)


@needs_compiler
def test_small_loops_begin_no_threads(monkeypatch):
    jitted = jit(lambda x: np.tanh(x) * x + 1, backend="c", threads=4)
    jitted(np.ones(100))
    assert np.array_equal(jitted(np.ones(100)), np.tanh(np.ones(100)) + 1)
    assert "no loop, for none is large" in jitted.summary()


@needs_compiler
def test_calls_in_threads_and_after_a_fork_agree():
    jitted = jit(lambda x: chain(x)[:2], backend="c", threads=3)
    jitted(LONG)
    wanted = jitted(LONG)
    found = [None] * 6

    def call(place):
        for _ in range(3):
            found[place] = jitted(LONG)

    threads = [threading.Thread(target=call, args=(k,)) for k in range(len(found))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    context = multiprocessing.get_context("fork")
    queue = context.SimpleQueue()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some versions of Python warn of threads that have ended
        child = context.Process(target=lambda: queue.put(float(jitted(LONG)[0])))
        child.start()
    assert queue.get() == wanted[0]
    child.join()
    for one in found:
        assert one[0] == wanted[0]
        assert np.array_equal(one[1], wanted[1])


def test_threads_must_be_a_small_number():
    for threads in (0, -1, 257, 2.0, True, "2", None):
        with pytest.raises(errors.OptionError, match="threads"):
            jit(np.sin, backend="c", threads=threads)
    with pytest.raises(errors.OptionError, match="threads= is for"):
        jit(np.sin, backend="numpy", threads=2)


def test_without_a_compiler_the_summary_says_that_numpy_runs(monkeypatch):
    monkeypatch.setattr(compiler, "found", lambda: None)
    jitted = jit(lambda x: chain(x), threads=4)
    assert jitted(LONG)[0] == jitted(LONG)[0]
    assert "NumPy runs" in jitted.summary()
    assert "no C kernels: no C compiler was found" in jitted.summary()
