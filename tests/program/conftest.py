"""What holds for all tests of programs."""

import pytest

#: Errors that code written by `running` never raises, and that a call of the function would hide.
WRONG = (NameError, AttributeError, SyntaxError)


@pytest.fixture(autouse=True)
def replays_are_well_formed(monkeypatch):
    """Check that no replay fails because its code is wrong."""
    import sys

    found = []
    jit = sys.modules["autograd.program.jit"]
    compile_ = jit.compiled

    def compiled(*programs):
        run = compile_(*programs)

        def watched(*inputs):
            try:
                return run(*inputs)
            except WRONG as error:
                found.append(error)
                raise

        watched.source = run.source
        return watched

    monkeypatch.setattr(jit, "compiled", compiled)
    yield
    assert not found, found
