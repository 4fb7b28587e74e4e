"""Random programs on arrays of a device and on Dask's: NumPy's derivatives, or a refusal.

`test_programs` compares the same programs with finite differences of NumPy's own results.
"""

import os

import numpy as np
import pytest
from devices import strict
from fuzz import programs

from autograd import Tensor, grad, make_jvp, no_grad
from autograd.errors import AutogradError

AT = np.array([0.3, -0.7, 0.55, 1.1, -0.2, 0.9])
FACTOR = float(os.environ.get("CHAINRULE_FUZZ", "1"))


class Device:
    """Arrays that refuse what those of a GPU refuse."""

    count, step, share, np = round(20 * FACTOR), 7, 0.9, strict.NumPyThere()
    moved = staticmethod(strict.on_device)

    @staticmethod
    def read(found):
        return [x.get() for x in found]


class Dask:
    """Arrays in chunks."""

    count, step, share = round(3 * FACTOR), 14, 0.3

    def __init__(self):
        self.da = pytest.importorskip("dask.array")
        self.np = self

    def __getattr__(self, name):
        function = getattr(np, name)
        constant = name in ("zeros", "ones", "linspace")
        return (lambda *arguments: self.moved(function(*arguments))) if constant else function

    def moved(self, x):
        chunks = tuple(4 if n > 8 else max(2, n // 2) for n in x.shape)
        return self.da.from_array(np.array(x), chunks=chunks)

    @staticmethod
    def read(found):
        import dask

        return dask.compute(*found, scheduler="synchronous")


def function_there(source, place):
    def zeros(n):
        return Tensor(place.moved(np.zeros(n)), requires_grad=False)

    names = {"np": place.np, "no_grad": no_grad, "zeros": zeros}
    exec(compile(source, "<program>", "exec"), names)
    return names["f"]


def fault(source, place, second):
    """Return what is wrong with a program there; "refused" if an error says so, "" if it is right."""
    here, there, v = programs.function(source, True), function_there(source, place), np.cos(AT)
    with np.errstate(all="ignore"):
        wanted = grad(here)(AT.copy())
        expected = [float(here(Tensor(AT.copy())).data), wanted, wanted @ v]
        if second:
            expected.append(grad(lambda x: np.sum(grad(here)(x) * v))(AT.copy()))
    x, w = place.moved(AT), place.moved(v)
    try:
        found = [there(Tensor(x)).data, grad(there)(x), make_jvp(there)(x)(w)[1]]
        if second:
            found.append(grad(lambda x: np.sum(grad(there)(x) * w))(x))
        numbers = place.read(found)
    except (AutogradError, IndexError) as error:  # an index that Dask does not take
        return "refused" if place.share < 0.5 else str(error)
    for a, b in zip(numbers, expected, strict=True):
        if not np.allclose(a, b, rtol=1e-7, atol=1e-8 * (1 + np.max(np.abs(b))), equal_nan=True):
            return f"{a} for {b}"
    return ""


@pytest.mark.parametrize("kind", [Device, pytest.param(Dask, marks=pytest.mark.slow)])
@pytest.mark.filterwarnings("ignore:.*not implemented by Dask array:FutureWarning")
@pytest.mark.filterwarnings("ignore:.*imaginary part")  # in Dask's own functions
def test_random_programs_are_right_elsewhere_or_refused(kind):
    place, right = kind(), 0
    for number in range(place.count):
        seed = number * place.step
        source = programs.program(seed)
        found = fault(source, place, second=number % 8 == 7)
        assert found in ("", "refused"), f"seed {seed}: {found}\n{source}"
        right += not found
    assert right >= place.share * place.count
