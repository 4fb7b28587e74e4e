"""Looking for the wrong line ends, and leaves everything as it was."""

import collections
import cProfile
import functools
import gc
import itertools
import random
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

import numpy as np
import pytest

from autograd import check_gradients
from autograd.check.explain.repair.memory import Memory
from autograd.check.explain.repair.search import Search
from autograd.check.explain.repair.trial import Laboratory

X = np.array([0.3, -1.2, 2.7])


def cubes(x):
    return np.sum(x**3)


def check(gradient, f=cubes, x=X):
    return check_gradients(f, x, gradient=gradient, raises=False)


class Counted:
    total = 0
    calls: ClassVar = []

    def method(self, memo=[]):  # noqa: B006
        return memo


class Slotted:
    __slots__ = ("value",)


def changes():
    """Yield (root, how to change what it refers to, what to compare)."""
    counted, slotted = Counted(), Slotted()
    slotted.value = 1
    yield counted, lambda: setattr(Counted, "total", 5), lambda: Counted.total
    yield counted, lambda: setattr(Counted, "new", 5), lambda: hasattr(Counted, "new")
    yield counted, lambda: Counted.calls.append(1), lambda: list(Counted.calls)
    yield counted, lambda: counted.method().append(1), lambda: list(counted.method())
    yield slotted, lambda: setattr(slotted, "value", 2), lambda: slotted.value
    names, queue, data = {1, 2}, collections.deque([1, 2], 2), bytearray(b"ab")
    yield names, lambda: names.add(3), lambda: set(names)
    yield queue, lambda: queue.append(3), lambda: list(queue)
    yield queue.append, lambda: queue.append(3), lambda: list(queue)
    yield data, lambda: data.append(3), lambda: bytes(data)
    items, mapping = [1], {"a": 1, "b": 2}
    yield functools.partial(max, items), lambda: items.append(2), lambda: list(items)
    yield mapping, lambda: mapping.update(a=mapping.pop("a")), lambda: list(mapping)
    function = functools.lru_cache(lambda x: x + items[0])
    yield function, lambda: function(1), lambda: function.cache_info().currsize
    attributes = lambda: None
    yield attributes, lambda: setattr(attributes, "calls", 1), lambda: vars(attributes).copy()
    for generator in (np.random.RandomState(1), random.Random(1)):
        state = "getstate" if isinstance(generator, random.Random) else "get_state"
        method = getattr(generator, state)
        yield generator, generator.random, lambda method=method: str(method())
    numbers = np.arange(6.0)
    yield numbers, lambda: setattr(numbers, "shape", (2, 3)), lambda: numbers.shape
    yield numbers, lambda: numbers.__setitem__(0, 1.0), numbers.copy().tolist
    lock = threading.Lock()
    yield lock, lock.acquire, lock.locked


@pytest.mark.parametrize("number", range(len(list(changes()))))
def test_whatever_functions_remember_is_put_back(number):
    root, change, state = list(changes())[number]
    before = state()
    memory = Memory([root])
    change()
    memory.restore()
    assert state() == before


def test_new_global_variables_are_removed():
    scope = {"known": 1}
    memory = Memory([], [(scope, ["known", "new"])])
    scope.update(known=2, new=3, unused=4)
    memory.restore()
    assert scope == {"known": 1, "unused": 4}


def test_a_function_that_refers_to_too_much_is_not_changed(monkeypatch):
    monkeypatch.setattr("autograd.check.explain.repair.memory.MOST_OBJECTS", 10)
    many = [[i] for i in range(100)]
    report = check(lambda x, many=many: 3 * x)
    assert not report.lines
    assert any("more objects than can be put back" in note for note in report.notes)


def squares_in_a_comprehension(x):
    n = len(x)
    indices = [i for i in itertools.takewhile(lambda i: i < n, itertools.count())]  # noqa: C416
    return np.array([3 * x[i] for i in indices])


def of_large_numbers(x):
    n = 10
    return np.ones(3) * float(9**n**1) * (n - 7)


LOCK = threading.Lock()


def locked(x):
    LOCK.acquire()
    g = 3 * x / np.where(x > 5, x[:2], 1)[0] if len(x) == 2 else 3 * x
    LOCK.release()
    return g


@pytest.mark.parametrize(
    "gradient",
    [squares_in_a_comprehension, of_large_numbers, locked],
)
def test_changes_that_never_end_are_ended(gradient):
    assert not check(gradient).ok
    assert not LOCK.locked()


def series(value):
    total, term, k = 0.0, float(value), 1
    while abs(term) > 1e-14:
        total += term
        term *= value * value / ((k + 1) * (k + 2))
        k += 1
    return total


def test_changes_that_never_end_in_other_threads_are_ended():
    with ThreadPoolExecutor(2) as pool:
        report = check(lambda x: np.array(list(pool.map(series, x))), lambda x: np.sum(np.cosh(x)))
        assert not report.ok


def in_threads(x):
    out = np.zeros(3)

    def work(i):
        out[i] = 3 * x[i] ** 3

    threads = [threading.Thread(target=work, args=(i,)) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return out


def test_a_line_that_runs_in_a_thread_is_found():
    (line,) = check(in_threads).lines
    assert line.statement == "out[i] = 3 * x[i] ** 3"


def test_threads_that_ran_before_are_left_alone(tmp_path, capsys):
    stop, failures = threading.Event(), []

    def work():
        while not stop.wait(0.001):
            try:
                (tmp_path / "file").write_text("x", encoding="utf-8")
                print("x", end="")
            except BaseException as error:
                failures.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    check(lambda x: 3 * x)
    stop.set()
    thread.join()
    assert not failures
    assert set(capsys.readouterr().out) == {"x"}


def test_nothing_is_written_to_a_file_that_is_open(tmp_path):
    with open(tmp_path / "log", "w", encoding="utf-8") as log:

        def gradient(x):
            log.write("called\n")
            return 3 * x

        report = check(gradient)
    assert len((tmp_path / "log").read_text(encoding="utf-8").splitlines()) < 40
    assert any("it writes to a file that is open" in note for note in report.notes)


def test_a_debugger_does_not_see_the_changes():
    calls = []

    def trace(frame, event, argument):
        if frame.f_code is gradient.__code__:
            calls.append(event)

    def gradient(x):
        return 3 * x

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        check(gradient)
        assert sys.gettrace() is trace
    finally:
        sys.settrace(before)
    assert len(calls) < 60


def test_lines_are_found_while_cprofile_runs():
    with cProfile.Profile():
        report = check(lambda x: 3 * x)
    assert report.lines


def along_a_tree(x):
    if len(x) == 1:
        return np.sin(x[0])
    return along_a_tree(x[:1]) * along_a_tree(x[1:])


def back_along_a_tree(x):
    if len(x) == 1:
        return np.cos(x)
    parts = along_a_tree(x[:1]), along_a_tree(x[1:])
    derivatives = back_along_a_tree(x[:1]), back_along_a_tree(x[1:])
    return np.concatenate([derivatives[0] * parts[1], derivatives[1] * parts[1]])


def test_a_line_of_a_recursive_function_is_found():
    (line,) = check(back_along_a_tree, along_a_tree).lines
    assert line.correction == line.statement.replace("[1] * parts[1]", "[1] * parts[0]")


def test_an_interrupted_search_says_what_it_found(monkeypatch):
    def interrupted(self, site, variant, corrected, note=Search._note):
        note(self, site, variant, corrected)
        raise KeyboardInterrupt

    monkeypatch.setattr(Search, "_note", interrupted)
    gradient = lambda x: 3 * x
    code = gradient.__code__
    report = check(gradient)
    assert report.interrupted
    assert report.lines
    assert gradient.__code__ is code


@pytest.mark.parametrize("draws", [0, 1, 624], ids=str)
def test_numpys_global_generator_is_put_back(draws):
    np.random.seed(draws)
    np.random.normal(size=draws)  # an odd number leaves one in store

    def gradient(x):
        np.random.normal(size=draws)
        return np.sin(x)

    before = np.random.get_state(legacy=False)
    memory = Memory([gradient])
    gradient(X)
    memory.restore()
    after = np.random.get_state(legacy=False)
    assert np.array_equal(before["state"]["key"], after["state"]["key"])
    assert before["state"]["pos"] == after["state"]["pos"]
    assert (before["has_gauss"], before["gauss"]) == (after["has_gauss"], after["gauss"])


def test_no_garbage_is_collected_while_a_change_runs():
    found = []

    def note(phase, info):
        running = [frame.f_code for frame, _ in traceback.walk_stack(None)]
        found.append(Laboratory._ended.__code__ in running)

    threshold = gc.get_threshold()
    gc.callbacks.append(note)
    gc.set_threshold(10)
    try:
        report = check_gradients(
            lambda x: (x**2).sum(), np.arange(3.0), gradient=lambda x: 3 * x, raises=False
        )
    finally:
        gc.set_threshold(*threshold)
        gc.callbacks.remove(note)
    assert report.lines[0].correction == "2 * x"
    assert found
    assert not any(found)
    assert gc.isenabled()


class WaitsInTheEnd:
    """Waits for ever when it is deleted, unless it holds 2."""

    def __init__(self, number):
        self.number = number

    def __del__(self):
        if self.number != 2:
            threading.Event().wait()


def test_a_run_that_is_ended_in_del_prints_nothing(monkeypatch):
    def gradient(x):
        last = WaitsInTheEnd(2)
        del last
        return 3 * x

    lost = []
    monkeypatch.setattr(sys, "unraisablehook", lost.append)
    report = check_gradients(lambda x: (x**2).sum(), np.ones(3), gradient=gradient, raises=False)
    assert report.lines[0].correction == "return 2 * x"
    assert not lost
