"""Budgets of time."""

import time

import pytest

from autograd.check.budget import IMPATIENCE, PATIENCE, Budget, patience_with


@pytest.fixture
def clock(monkeypatch):
    """Two clocks that stand still until they are set."""
    now = {"computed": 0.0, "passed": 0.0}
    monkeypatch.setattr(time, "thread_time", lambda: now["computed"])
    monkeypatch.setattr(time, "monotonic", lambda: now["passed"])
    return now


def test_computing_counts_and_waiting_counts_a_part(clock):
    budget = Budget(10.0)
    clock.update(computed=3.0, passed=4.0)
    assert (budget.spent, budget.left) == (3.0, 7.0)
    clock.update(passed=4.0 * PATIENCE)
    assert (budget.spent, budget.left) == (4.0, 6.0)


def test_a_part_ends_with_the_whole(clock):
    budget = Budget(10.0)
    clock.update(computed=7.0, passed=7.0)
    part = budget.part(8.0)
    assert part.left == 3.0
    clock.update(computed=10.5, passed=10.5)
    assert part.is_over()
    assert budget.is_over()
    assert budget.left == 0.0


def test_who_watches_the_whole_hears_of_its_parts(clock):
    told = []
    budget = Budget(10.0, told.append)
    inner = budget.part(5.0).part(2.0)
    told.clear()
    assert not inner.is_over()
    assert told == [budget]


def test_all_time_counts_if_calls_wait(clock):
    def call():
        clock["computed"] += computes
        clock["passed"] += passes

    computes, passes = 0.01, 0.011
    assert patience_with(call) == PATIENCE
    computes, passes = 0.01, 0.06
    assert patience_with(call) == IMPATIENCE


def test_a_part_is_as_patient_as_the_whole(clock):
    part = Budget(10.0, patience=2.0).part(5.0)
    clock.update(passed=4.0)
    assert part.left == 3.0
