"""Fixtures of the checker's tests."""

import pytest

LINES = "autograd.check.explain.repair.outcomes.SECONDS"
VALUES = "autograd.check.explain.values.search.MOST_SECONDS"


@pytest.fixture
def brief(monkeypatch):
    """Search for lines briefly: for tests of the reasons that are found before."""
    with monkeypatch.context() as patch:
        patch.setattr(LINES, 0.1)
        patch.setattr(VALUES, 0.1)
        yield patch
