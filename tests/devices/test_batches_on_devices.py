"""`vmap` of derivatives on arrays of a device, compared with NumPy's."""

import numpy as np
import pytest
from devices import strict
from devices.strict import DeviceArray, on_device
from devices.test_jit_on_devices import _NoList
from devices.test_rules_on_devices import Place, number
from rules.checks import quiet
from rules.samples import SAMPLES

import autograd as ag

X = np.random.default_rng(0).normal(size=(3, 4, 2))


def slopes(place, move):
    """Return the derivatives of a rule for two sets of arguments at once."""
    floats = tuple(i for i, x in enumerate(place.inputs) if x.dtype.kind == "f")

    def total(*arguments):
        found = place.call(list(arguments))
        parts = found if isinstance(found, tuple | list) else [found]
        return sum(np.sum(np.real(x) * np.cos(np.real(x))) for x in parts)

    axes = tuple(0 if i in floats else None for i in range(len(place.inputs)))
    given = [np.stack([x, 1.01 * x]) if i in floats else x for i, x in enumerate(place.inputs)]
    return ag.vmap(ag.grad(total, floats), axes)(*map(move, given))


REAL = [s for s in SAMPLES if any(np.asarray(x).dtype.kind == "f" for x in s.inputs)]


@pytest.mark.parametrize("sample", REAL[5::14], ids=str)
@quiet
@pytest.mark.filterwarnings("ignore:The result does not depend:UserWarning")
def test_a_rule_is_batched_on_a_device(sample, monkeypatch):
    monkeypatch.setattr(strict, "transfers", _NoList())
    there = Place(sample, True)
    if there.is_refused():
        pytest.skip("CuPy lacks this function")
    try:
        expected = slopes(Place(sample, False), np.array)
    except (TypeError, ValueError):
        pytest.skip("vmap refuses this sample")
    for a, b in zip(slopes(there, on_device), expected, strict=True):
        assert isinstance(a, DeviceArray)
        np.testing.assert_allclose(number(a), b, 1e-9, 1e-11)


CONSTANT = np.arange(8.0).reshape(4, 2)
PLACES = np.array([[0, 1], [3, 0]])

FUNCTIONS = {
    "a constant on the left": lambda c, i: lambda x: np.sum(c * x**2),
    "a reduction": lambda c, i: lambda x: np.max(x),
    "an index": lambda c, i: lambda x: np.sum(x[i] ** 2),
    "a constant result": lambda c, i: lambda x: np.sum(np.trunc(x)),
    "a product": lambda c, i: lambda x: np.sum((c @ x.T) ** 2),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_constant_meets_batched_arrays(name):
    expected = ag.vmap(ag.grad(FUNCTIONS[name](CONSTANT, PLACES)))(X)
    moved = map(on_device, (CONSTANT, PLACES))
    strict.transfers.clear()
    found = ag.vmap(ag.grad(FUNCTIONS[name](*moved)))(on_device(X))
    assert strict.transfers == []
    np.testing.assert_allclose(found.get(), expected, 1e-12)
