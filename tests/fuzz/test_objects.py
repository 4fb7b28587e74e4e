"""No operation on an object of the compiled engine crashes the process; see `objects.py`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import autograd

#: Multiplies the number of cases; `make fuzz` sets it.
FACTOR = float(os.environ.get("CHAINRULE_FUZZ", "1"))

DELETIONS = """
import autograd, inspect
from autograd.engine.node import Node
x, t = autograd.Value(2.0, label="x"), autograd.Tensor([1.0])
for item in (x, t, autograd.relu, x * x, t * t):
    for owner in type(item).__mro__:
        for name, member in vars(owner).items():
            if inspect.isdatadescriptor(member):
                for delete in (lambda: delattr(item, name), lambda: member.__delete__(item)):
                    try:
                        delete()
                    except (AttributeError, TypeError):
                        pass
                    else:
                        raise SystemExit(f"{owner.__name__}.{name} can be deleted")
assert (x.data, x.label, t.grad, t.requires_grad) == (2.0, "x", None, True)
"""

STEPS = {
    "setup": "hasattr(autograd.Value, '__internal_mypyc_setup') and 1 / 0",
    "new": "raises(TypeError, autograd.Value.__new__, autograd.Value)",
    "new of another class": "raises(TypeError, autograd.Node.__new__, autograd.Value)",
    "new tensor": "raises(AttributeError, repr, autograd.Tensor.__new__(autograd.Tensor))",
    "weak references": "try: autograd.no_grad()(len).__weakref__ = x\nexcept AttributeError: pass",
    "new of two classes": "raises(TypeError, type('S', (type('A', (autograd.Node,), {}), type('B', "
    "(autograd.Tensor.__base__,), {})), {}))",
    "init twice": "x.__init__(3.0); x.__init__(4.0, 'x'); assert y.data == 4.0; y.backward()",
    "a primitive of itself": "p.function = p.scalar = p; raises(RecursionError, p, 1.0)",
    "a primitive of another": "p.scalar = q; q.scalar = p; raises(RecursionError, p, x)",
    "a partial of itself": "p.partials = (p,); p.scalar = p; raises(RecursionError, p, x)",
    "a cycle": "raises(AttributeError, setattr, y, '_left', y); y.backward()",
    "an array of itself": "raises(AttributeError, setattr, t, '_contents', t); t.shape",
}


def run(*arguments, directory):
    return subprocess.run(
        [sys.executable, "-X", "faulthandler", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=directory,
        timeout=300,
    )


@pytest.mark.skipif(not autograd.COMPILED, reason="attributes of Python's classes can be deleted")
def test_properties_cannot_be_deleted(tmp_path):
    finished = run("-c", DELETIONS, directory=tmp_path)
    assert finished.returncode == 0, finished.stderr


@pytest.mark.skipif(not autograd.COMPILED, reason="only native code can crash")
def test_operations_that_could_crash_raise(tmp_path):
    before = """
import autograd
from pytest import raises as expect
def raises(error, function, *arguments):
    with expect(error):
        function(*arguments)
def begin():
    x, t = autograd.Value(2.0), autograd.Tensor([1.0])
    p, q = (autograd.elementwise(abs, None, 1.0, name="p") for _ in range(2))
    return {"x": x, "t": t, "y": x * x, "p": p, "q": q, "raises": raises, "autograd": autograd}
"""
    program = before + "".join(
        f"print({name!r}, flush=True); exec({step!r}, begin())\n" for name, step in STEPS.items()
    )
    finished = run("-c", program, directory=tmp_path)
    assert finished.returncode == 0, f"{finished.stdout}\n{finished.stderr}"


@pytest.mark.skipif(not autograd.COMPILED, reason="only native code can crash")
@pytest.mark.parametrize("seed", range(round(2 * FACTOR)))
def test_random_operations_on_objects_do_not_crash(seed, tmp_path):
    program, log = Path(__file__).with_name("objects.py"), tmp_path / "log"
    finished = run(program, seed, 1000, log, directory=tmp_path)
    last = log.read_text(errors="replace").splitlines()[:1] if log.exists() else []
    assert finished.returncode == 0, f"seed {seed}, at {last}\n{finished.stderr[-3000:]}"
