"""Every rule on arrays that mix with no array of NumPy and refuse to be converted."""

import numpy as np
import pytest
from devices import strict
from devices.strict import DeviceArray, DeviceError, on_device
from rules import checks
from rules.checks import quiet
from rules.samples import SAMPLES

import autograd
from autograd import Tensor

#: Functions that read more than one truth value of a guard, each for a reason: NumPy alone computes
#: the gamma function, the shape of the result depends on the numbers, or a user's index is sent.
READ_MORE = {"get", "sent", "int", "bool"}

STAND_IN = pytest.mark.skipif(strict.CUPY, reason="the transfers of CuPy are not counted")


def number(x):
    """Return an array of NumPy of any array or node."""
    x = getattr(x, "data", x) if not isinstance(x, np.ndarray) else x
    return x.get() if isinstance(x, DeviceArray) else np.asarray(x)


class Place:
    """Where a sample is computed: here, or on the device."""

    def __init__(self, sample, there):
        self.move = on_device if there else np.array
        self.function = strict.with_constants_there(sample.function) if there else sample.function
        self.keywords = on_device(sample.keywords) if there else sample.keywords
        self.inputs = [np.array(x) for x in sample.inputs]

    def call(self, nodes):
        return self.function(*nodes, **self.keywords)

    def nodes(self):
        return [Tensor(self.move(x)) for x in self.inputs]

    def is_refused(self):
        """Return whether the library refuses to compute this with its arrays themselves."""
        try:
            self.call([self.move(x) for x in self.inputs])
        except (TypeError, NotImplementedError, AttributeError):
            return True
        return False

    def first(self, weights):
        nodes = self.nodes()
        result = self.call(nodes)
        result.backward(self.move(weights))
        return [result, *(node.grad for node in nodes)]

    def second(self, weights):
        nodes = self.nodes()
        np.sum(np.real(self.call(nodes) * self.move(weights))).backward(create_graph=True)
        slopes = [node.grad for node in nodes]
        total = sum(np.sum(np.real(g * g)) for g in slopes if isinstance(g, Tensor))
        if not isinstance(total, Tensor) or not total.requires_grad:
            return slopes
        for node in nodes:
            node.grad = None
        total.backward()
        return [node.grad for node in nodes]

    def forward(self):
        varying = [i for i, x in enumerate(self.inputs) if x.dtype.kind in "fc"]
        arguments = [self.move(x) for x in self.inputs]

        def function(*given):
            whole = dict(enumerate(arguments)) | dict(zip(varying, given, strict=True))
            return self.call(list(whole.values()))

        tangents = tuple(self.move(np.ones_like(self.inputs[i])) for i in varying)
        jvp = autograd.make_jvp(function, tuple(range(len(varying))))
        return list(jvp(*[arguments[i] for i in varying])(tangents))


def compare(there, here):
    for on_device_, expected in zip(there, here, strict=True):
        assert (on_device_ is None) == (expected is None)
        if expected is not None:
            assert isinstance(getattr(on_device_, "data", on_device_), DeviceArray)
            np.testing.assert_allclose(number(on_device_), number(expected), 1e-10, 1e-10)
            assert on_device_.dtype == expected.dtype


@pytest.mark.each("sample", SAMPLES)
@quiet
@pytest.mark.filterwarnings("ignore:The result does not depend:UserWarning")
def test_each_rule_works_on_arrays_of_a_device(sample):
    here, there = Place(sample, False), Place(sample, True)
    weights = checks.weights_like(here.call(here.nodes()))
    strict.transfers.clear()
    try:
        found = there.first(weights)
    except (TypeError, NotImplementedError, AttributeError):
        if there.is_refused():
            return  # with the error of the library, or ours
        raise
    reads = [read for read in strict.transfers if read not in READ_MORE]
    assert len(reads) <= 12, reads
    compare(found, here.first(weights))
    compare(there.forward(), here.forward())
    if sample.smooth:
        compare(there.second(weights), here.second(weights))


@STAND_IN
def test_most_rules_read_nothing():
    reading = set()
    for sample in SAMPLES[::3]:
        place = Place(sample, True)
        with np.errstate(all="ignore"):
            weights = checks.weights_like(Place(sample, False).call(Place(sample, False).nodes()))
            if place.is_refused():
                continue
            strict.transfers.clear()
            place.first(weights)
        if strict.transfers:
            reading.add(str(sample))
    assert len(reading) < 0.15 * len(SAMPLES[::3]), reading


@STAND_IN
@quiet
def test_the_library_refuses_few_of_the_samples():
    refused = [str(sample) for sample in SAMPLES if Place(sample, True).is_refused()]
    assert len(refused) < 0.15 * len(SAMPLES), refused


@STAND_IN
def test_the_stand_in_refuses_what_devices_refuse():
    x = on_device(np.ones(3))
    with pytest.raises(DeviceError, match="Implicit conversion"):
        np.asarray(x)
    with pytest.raises(DeviceError, match="Unsupported type"):
        x + np.ones(3)
    with pytest.raises(DeviceError, match="Unsupported type"):
        np.concatenate([x, np.ones(3)])
