"""A check shows how far it is, and an interrupted one says what it knows."""

import io
import sys
import time

import numpy as np
import pytest

from autograd import check_gradients
from autograd.check.gradients import assert_gradients
from autograd.check.progress import LENGTH, PATIENCE, Progress


def interrupted_at(call, f=lambda x: float(np.sum(np.sin(x)))):
    """Return a function whose user presses Ctrl-C in a call, counted from 1."""
    calls = []

    def g(x):
        if type(x) is not np.ndarray:
            raise TypeError("only arrays")
        calls.append(x)
        if len(calls) == call:
            raise KeyboardInterrupt
        return f(x)

    return g


def check(call, gradient=np.cos, size=8, **options):
    f = interrupted_at(call)
    return check_gradients(f, np.arange(1.0, size + 1), gradient=gradient, raises=False, **options)


def test_an_interrupt_before_anything_is_known_passes_on():
    for call in (1, 2, 3, 4, 5):
        with pytest.raises(KeyboardInterrupt):
            check(call)


def test_an_interrupted_comparison_keeps_what_it_found():
    report = check(12)
    assert report.interrupted
    assert not report.ok
    assert set(report.counts) == {"ok", "not compared"}
    assert 1 <= report.counts["ok"] < 8
    assert [c.verdict for c in report.comparisons] == sorted(
        (c.verdict for c in report.comparisons), reverse=True
    )
    assert "not compared (the check was interrupted before)" in str(report)
    assert "The user interrupted the check" in str(report)


def test_an_interrupt_at_any_call_loses_no_wrong_derivative():
    whole = check(0, lambda x: 1.5 * np.cos(x), size=3, explain=False)
    assert whole.counts == {"WRONG": 3}
    for call in range(6, whole.evaluations + 4):
        try:
            report = check(call, lambda x: 1.5 * np.cos(x), size=3, explain=False)
        except KeyboardInterrupt:
            continue
        assert not report.ok
        assert report.interrupted or report.counts == whole.counts
        assert {c.verdict for c in report.comparisons} <= {"WRONG", "not compared"}


def test_an_interrupt_among_many_inputs_keeps_the_directions():
    whole = check(0, lambda x: 1.5 * np.cos(x), size=2000, explain=False)
    report = check(whole.evaluations - 20, lambda x: 1.5 * np.cos(x), size=2000, explain=False)
    assert report.interrupted
    assert report.counts["WRONG"] >= 4
    assert report.method == whole.method


def test_an_interrupted_explanation_leaves_the_verdicts():
    def gradient(x):
        gradient.calls += 1
        if gradient.calls == 12:
            raise KeyboardInterrupt
        return np.cos(x) + x * np.sin(x)

    gradient.calls = 0
    report = check_gradients(
        lambda x: np.sum(np.sin(x)), np.arange(1.0, 5.0), gradient=gradient, raises=False
    )
    assert report.interrupted
    assert report.counts == {"WRONG": 4}


def test_an_interrupt_ends_programs_and_shows_the_report():
    f = interrupted_at(12)
    for call in (check_gradients, assert_gradients):
        with pytest.raises(KeyboardInterrupt, match=r"interrupted(.|\n)*not compared"):
            call(f, np.arange(1.0, 9.0), gradient=np.cos)
        f = interrupted_at(12)


def test_no_higher_order_is_checked_after_an_interrupt(monkeypatch):
    from autograd.check import compare

    def stop(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(compare.Comparator, "_accept_noise", stop)
    report = check_gradients(np.sin, 0.5, order=3, raises=False)
    assert report.interrupted
    assert {batch.order for batch in report.batches} == {1}


# -- the bar ----------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_the_bar_appears_after_a_while_and_goes(clock, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    progress = Progress()
    progress.begin("Comparing", 4)
    progress.advance()
    assert sys.stderr.getvalue() == ""
    clock[0] = PATIENCE
    progress.advance()
    bar = "#" * (LENGTH // 2) + "." * (LENGTH // 2)
    assert sys.stderr.getvalue() == f"\rComparing [{bar}]  50%, 2 s (Ctrl-C stops)"
    progress.advance()  # not drawn again at once
    progress.close()
    assert sys.stderr.getvalue().split("\r")[2].strip() == ""


@pytest.mark.parametrize(
    ("stream", "shown", "appears"),
    [
        (Terminal, None, True),
        (Terminal, False, False),
        (io.StringIO, None, False),
        (io.StringIO, True, True),
        (type(None), None, False),
    ],
)
def test_the_bar_is_for_people_unless_asked(clock, monkeypatch, stream, shown, appears):
    monkeypatch.setattr(sys, "stderr", stream())
    assert Progress(shown).shown == appears


def test_a_slow_check_shows_its_stages(monkeypatch):
    texts = []
    monkeypatch.setattr(Progress, "_write", lambda self, text: texts.append(text))
    now = [0.0]

    def later():
        now[0] += 1.0
        return now[0]

    monkeypatch.setattr(time, "monotonic", later)
    check(0, lambda x: 1.5 * np.cos(x), progress=True, explain=False)
    stages = {text.split(" [")[0] for text in texts}
    assert stages >= {"Comparing", "Comparing again"}
    texts.clear()
    check(0, lambda x: 1.5 * np.cos(x), progress=False, explain=False)
    assert not texts
