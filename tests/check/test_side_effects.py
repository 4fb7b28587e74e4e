"""What a gradient reads, waits for and writes stays the user's while its line is searched for."""

import io
import itertools
import os
import queue
import signal
import sqlite3
import sys
import threading
import time

import numpy as np
import pytest

from autograd import check_gradients

X = np.array([0.3, -1.2, 2.7])


def check(gradient):
    report = check_gradients(lambda x: np.sum(x**3), X, gradient=gradient, raises=False)
    assert not report.ok
    return report


def notes(report):
    return " ".join(report.notes)


def numbers():
    while True:
        yield 3.0


@pytest.mark.parametrize(
    "stream",
    [
        numbers(),
        map(float, itertools.repeat(3)),
        itertools.cycle([3.0]),
        iter([3.0] * 10_000),
        itertools.count(3.0, 0.0),
    ],
    ids=lambda stream: type(stream).__name__,
)
def test_an_iterator_is_not_used_up(stream):
    turns = 0

    def gradient(x):
        nonlocal turns
        turns += 1
        return next(stream) * x

    report = check(gradient)
    assert turns < 60
    assert "an iterator" in notes(report) or report.lines


def test_a_counter_that_is_not_used_does_not_stop_the_search():
    ids = itertools.count()

    def gradient(x, ids=ids):
        return 3 * x

    assert check(gradient).lines
    assert next(ids) == 0


def test_a_queue_that_a_thread_serves_stays_in_step():
    tasks, results = queue.Queue(), queue.Queue()

    def work():
        while (task := tasks.get()) is not None:
            results.put(task)

    thread = threading.Thread(target=work)
    thread.start()

    def gradient(x):
        tasks.put(x)
        answer = results.get()
        return 3 * answer

    report = check(gradient)
    assert "through a queue" in notes(report)
    assert np.array_equal(gradient(X), 3 * X)
    tasks.put(None)
    thread.join()


def test_a_file_is_read_as_often_as_without_a_search(tmp_path):
    (tmp_path / "data").write_text("3.0\n" * 1000, encoding="utf-8")
    with open(tmp_path / "data", encoding="utf-8") as lines:

        def gradient(x):
            return float(lines.readline()) * x

        report = check(gradient)
        assert len(lines.readlines()) > 940
    assert "reads from a file that is open" in notes(report)


def test_rows_are_inserted_as_often_as_without():
    base = sqlite3.connect(":memory:")
    base.execute("create table calls (x)")

    def gradient(x):
        base.execute("insert into calls values (1)")
        return 3 * x

    report = check(gradient)
    assert base.execute("select count(*) from calls").fetchone()[0] < 60
    assert "a connection" in notes(report)
    base.close()


class Terminal(io.TextIOWrapper):
    def seekable(self):
        return False


def test_a_stream_that_was_kept_is_muted():
    raw = io.BytesIO()
    log = Terminal(raw, encoding="utf-8", write_through=True)

    def gradient(x):
        print("called", file=log)
        return 3 * x

    assert check(gradient).lines
    assert raw.getvalue().count(b"called") < 60
    log.write("on")
    assert raw.getvalue().endswith(b"on")


def test_nothing_is_asked_on_the_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("3\n" * 60))

    def gradient(x):
        return float(input()) * x

    check(gradient)
    assert sys.stdin.read()


def test_a_long_sleep_is_not_waited_for():
    def gradient(x):
        delay = 1 if len(x) == 3 else 100_000
        time.sleep(0.001 * delay)
        return 3 * x

    started = time.monotonic()
    assert check(gradient).lines
    assert time.monotonic() - started < 100


GATE = threading.Semaphore(1)


def guarded(x):
    GATE.acquire()
    n = len(x)
    if n != 3:
        GATE.acquire()
    g = 3 * x * GATE._value if n == 2 else 3 * x
    GATE.release()
    return g


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="this system has no signals")
def test_what_waits_forever_is_interrupted():
    before = signal.getsignal(signal.SIGALRM)
    assert not check(guarded).ok
    assert GATE._value == 1
    assert signal.getsignal(signal.SIGALRM) is before


def test_another_thread_changes_nothing_that_may_wait():
    found = []
    thread = threading.Thread(target=lambda: found.append(check(guarded)))
    thread.start()
    thread.join()
    assert "only the main thread can interrupt" in notes(found[0])
    assert GATE._value == 1


def test_a_low_level_file_is_not_written(tmp_path):
    def gradient(x):
        out = os.open(tmp_path / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(out, b"called\n")
        os.close(out)
        return 3 * x

    check(gradient)
    assert (tmp_path / "log").read_bytes().count(b"called") < 60
