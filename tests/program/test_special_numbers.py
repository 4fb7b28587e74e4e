"""Every function of floats at special numbers: the same result or error in each kind of program."""

import math
import shlex
import subprocess
import sys

import numpy as np
import pytest
from program.saved_c import COMPILERS, SANITIZERS, STRICT, Compiled
from program.special_functions import KINDS, function, outcome

from autograd import Value, jit, trace
from autograd.errors import ReplayError, SourceError
from autograd.program.backends.tape import with_tapes

pytestmark = pytest.mark.filterwarnings("ignore")

FIRST = (0.3, 1.7)


@pytest.mark.parametrize("backend", ["numpy", "tape"])
@pytest.mark.parametrize("kind", KINDS)
def test_replays_give_the_same_at_special_numbers(kind, backend, monkeypatch):
    monkeypatch.setattr(sys.modules["autograd.program.backends"], "PASSES", [with_tapes])
    faults = []
    for text in KINDS[kind]:
        f, points = function(text, kind)
        replayed = jit(f, backend="c" if backend == "tape" else "numpy")
        outcome(replayed, FIRST[: len(points[0])])
        for x in points[:: 1 if len(points[0]) == 1 else 7]:
            if outcome(replayed, x) != outcome(f, x):
                faults.append((text, x, outcome(replayed, x), outcome(f, x)))
    assert not faults


def close(a, b):
    return a == b or (a != a and b != b) or abs(a - b) <= 2e-15 * max(abs(a), abs(b)) + 1e-322


@pytest.mark.skipif(not COMPILERS, reason="there is no C compiler")
@pytest.mark.parametrize("kind", ["floats", "Values"])
def test_saved_c_returns_a_code_where_python_raises(kind, tmp_path):
    saved = []
    for number, text in enumerate(KINDS[kind]):
        f, points = function(text, kind)
        path = tmp_path / f"f{number}.c"
        try:
            trace(f)(*FIRST[: len(points[0])]).save(path, name=f"f{number}")
        except (SourceError, ValueError):  # it cannot be written, or is not defined there
            continue
        saved.append((text, f, points, path))
    assert len(saved) > len(KINDS[kind]) // 2
    library = tmp_path / "all.so"
    sources = [str(path) for *_, path in saved]
    command = [
        *shlex.split(COMPILERS[0]),
        *STRICT,
        *SANITIZERS,
        "-O0",
        "-shared",
        "-fPIC",
        "-o",
        str(library),
        *sources,
        "-lm",
    ]
    subprocess.run(command, check=True)
    faults = []
    for text, f, points, path in saved:
        compiled = Compiled(path, library=library)
        for x in points[:: 1 if len(points[0]) == 1 else 3]:
            wanted = outcome(f, x)
            code, results = compiled(*x)
            is_error = isinstance(wanted, type) or wanted[0][0] is complex
            if is_error or code:  # abs(x**0.5) is right with a complex number between
                same = code != 0 and (is_error or code > 0 or "x**0.5" in text)
            else:
                with np.errstate(all="ignore"):
                    same = not results or close(float(results[0]), float(f(*x)))
            if not same:
                faults.append((text, x, code, results, wanted))
    assert not faults


def test_errors_that_numbers_do_not_explain_are_not_hidden():
    f = jit(lambda x: math.sin(x) * 2)
    assert f(0.5) == math.sin(0.5) * 2
    ((path,),) = f._cache.values()

    def broken(*arguments):
        raise KeyError("broken")

    path.run = broken
    with pytest.raises(ReplayError, match="KeyError"):
        f(0.5)
    path.run, f._route = math.gamma, None
    assert f(-1.0) == math.sin(-1.0) * 2
    assert "where it raises ValueError, <lambda> itself runs" in f.summary()
    with pytest.raises(TypeError):
        jit(lambda x: len(x))(0.5)


def test_powers_of_values_are_real():
    def slope(x):
        v = Value(x)
        (v**0.5).backward()
        return v.grad

    replayed = jit(slope)
    for x in (0.3, -1.0, -2.0, 0.0, -0.0, -math.inf):
        found, wanted = replayed(x), slope(x)
        assert type(found) is float
        assert found == wanted or (found != found and wanted != wanted)
    assert math.copysign(1.0, (Value(-0.0) ** 0.5).data) == 1.0
