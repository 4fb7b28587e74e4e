"""The choice of what runs a program, and what `summary` says of it."""

import pickle

import numpy as np
import pytest

from autograd import Tensor, errors, jit, value_and_grad


def square(x):
    return x * x


@pytest.mark.parametrize("name", [None, "numpy", "c"])
def test_every_backend_gives_the_same(name):
    f = jit(value_and_grad(lambda x, y: x * y if x > 0 else y / x), backend=name)
    for x in (2.0, -0.5):
        assert f(x, 3.0) == f.function(x, 3.0)


def test_unknown_backends_are_refused():
    with pytest.raises(errors.OptionError, match="backend is 'C'; write one of 'numpy', 'c'"):
        jit(square, backend="C")


def test_unknown_backends_in_the_environment(monkeypatch):
    monkeypatch.setenv("CHAINRULE_BACKEND", "fortran")
    with pytest.raises(errors.OptionError, match="CHAINRULE_BACKEND is 'fortran'"):
        jit(square)
    assert jit(square, backend="numpy")(3.0) == 9.0  # what is written counts


def test_the_environment_chooses(monkeypatch):
    monkeypatch.setenv("CHAINRULE_BACKEND", "numpy")
    f = jit(square)
    assert f(3.0) == 9.0
    assert "NumPy runs it" in f.summary()


def test_summaries_say_why_there_is_no_program():
    t = Tensor([1.0, 2.0])
    view = jit(lambda: t[:1])
    view()
    assert view.not_followed
    assert (
        view.summary()
        == "<lambda>: runs without a program, because it returns a view of another node"
    )


def test_copies_keep_the_backend():
    f = jit(square, backend="numpy")
    again = pickle.loads(pickle.dumps(f))
    assert again.backend.name == "numpy"
    assert np.isclose(again(3.0), 9.0)


def test_methods_have_summaries():
    class Model:
        @jit
        def double(self, x):
            return x * 2.0

    model = Model()
    model.double(2.0)
    assert "1 instruction" in model.double.summary()
