"""Samples of rules with random axes, containers, sizes and transforms, compared with a loop."""

import os
import random
from typing import NamedTuple

import numpy as np
import pytest
from batching.against_loops import SIZE
from rules.checks import quiet
from rules.samples import SAMPLES

from autograd import (
    Node,
    checkpoint,
    grad,
    jacobian,
    jit,
    make_hvp,
    make_jvp,
    make_vjp,
    value_and_grad,
    vmap,
)
from autograd.errors import BatchError

COUNT = round(8 * float(os.environ.get("CHAINRULE_FUZZ", "1")))
KNOWN = [sample for sample in SAMPLES if sample.reference is None]


class Pair(NamedTuple):
    first: object
    others: object


#: How arguments are packed, and unpacked.
CONTAINERS = {
    "arguments": (lambda x: x, lambda p: p),
    "list": (lambda x: ([*x],), lambda p: p[0]),
    "dict": (lambda x: ({f"x{i}": each for i, each in enumerate(x)},), lambda p: [*p[0].values()]),
    "nested": (lambda x: ((x[0], {"more": [*x[1:]]}),), lambda p: [p[0][0], *p[0][1]["more"]]),
    "named tuple": (lambda x: (Pair(x[0], (*x[1:],)),), lambda p: [p[0].first, *p[0].others]),
}

#: Functions whose results have shapes that depend on the data.
OF_DATA = ("polydiv", "union1d", "setxor1d", "setdiff1d", "intersect1d", "trim_zeros", "unique")


def plain(x):
    return x.data if isinstance(x, Node) else x


def flat(x):
    if isinstance(x, (tuple, list)) and not isinstance(x, Node):
        return [leaf for part in x for leaf in flat(part)]
    return [np.asarray(plain(x))]


def total(f):
    """Return a smooth function of one number: a sum of all floating point results."""

    def of(*x):
        found = f(*x)
        parts = found if isinstance(found, (tuple, list)) else [found]
        numbers = [y for y in parts if np.asarray(plain(y)).dtype.kind in "fc"]
        return sum(np.sum(np.sin(0.3 * (np.real(y) + 0.5 * np.imag(y)))) for y in numbers)

    return of


def like(x):
    return np.ones_like(plain(x))


#: Of a function of one number and the position of an argument, transforms of it.
TRANSFORMS = {
    "grad": grad,
    "value_and_grad": value_and_grad,
    "jvp": lambda f, i: lambda *x: make_jvp(f, i)(*x)(like(x[i])),
    "vjp": lambda f, i: lambda *x: make_vjp(f, i)(*x)[0](1.0),
    "jacobian": lambda f, i: lambda *x: jacobian(lambda *y: np.ravel(y[i]) * f(*y), i)(*x),
    "checkpoint": lambda f, i: grad(checkpoint(f), i),
    "hvp": lambda f, i: lambda *x: make_hvp(f, i)(*x)[0](like(x[i])),
    "gradient of gradient": lambda f, i: grad(lambda *x: np.sum(grad(f, i)(*x) ** 2), i),
}
SECOND = ("hvp", "gradient of gradient")


class Case:
    """A random sample, transform, container, axes and size."""

    def __init__(self, seed):
        self.random = rnd = random.Random(seed)
        self.sample = rnd.choice(KNOWN)
        self.single = rnd.random() < 0.25
        self.inputs = [np.asarray(x) for x in self.sample.inputs]
        if self.single:
            self.inputs = [x.astype(np.float32) if x.dtype == float else x for x in self.inputs]
        self.size = rnd.choice([1, 2, SIZE])
        self.axes = [rnd.choice([None, *range(-x.ndim - 1, x.ndim + 1)]) for x in self.inputs]
        if set(self.axes) == {None}:
            self.axes[rnd.randrange(len(self.axes))] = 0
        self.container = rnd.choice([*CONTAINERS])
        floats = [i for i, x in enumerate(self.inputs) if x.dtype.kind == "f"]
        names = [
            n for n in TRANSFORMS if n not in SECOND or (self.sample.smooth and not self.single)
        ]
        self.transform = rnd.choice(["value", "jit", *names]) if floats else "value"
        self.argument = rnd.choice(floats) if floats else 0
        self.batches = [self._batch(x, a) for x, a in zip(self.inputs, self.axes, strict=True)]

    def _batch(self, x, axis):
        if axis is None:
            return x
        factors = [1 + 0.02 * self.random.uniform(-1, 1) for _ in range(self.size)]
        entries = [x if x.dtype.kind not in "fc" else np.asarray(x * f, x.dtype) for f in factors]
        return np.stack(entries, axis)

    def row(self, i):
        pairs = zip(self.batches, self.axes, strict=True)
        return [b if a is None else np.moveaxis(b, a, 0)[i] for b, a in pairs]

    def function(self):
        def f(*x):
            return self.sample.function(*x, **self.sample.keywords)

        if self.transform in TRANSFORMS:
            f = TRANSFORMS[self.transform](total(f), self.argument)
        unpack = CONTAINERS[self.container][1]
        return lambda *packed: f(*unpack(packed))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", range(COUNT))
@quiet
def test_random_calls_match_a_loop(seed):
    for number in range(12):
        check(Case(1000 * seed + number))


def check(case):
    pack = CONTAINERS[case.container][0]
    f = case.function()
    try:
        expected = [flat(f(*pack(case.row(i)))) for i in range(case.size)]
    except Exception:  # NumPy refuses the numbers in this type
        return
    shapes = [[y.shape for y in each] for each in expected]
    if any(each != shapes[0] for each in shapes) or any(
        y.dtype.kind not in "fciub" for y in expected[0]
    ):
        return
    least = min([len(shape) for shape in shapes[0]], default=0)
    out = case.random.choice([*range(-least - 1, least + 1)])
    batched = vmap(f, pack(case.axes), out)
    run = jit(batched) if case.transform == "jit" else batched
    try:
        found = flat(run(*pack(case.batches)))
    except BatchError:
        assert str(case.sample).startswith(OF_DATA)
        return
    for y, each in zip(found, zip(*expected, strict=True), strict=True):
        wanted = np.stack(each, out)
        assert (y.shape, y.dtype) == (wanted.shape, wanted.dtype)
        rtol = 1e-3 if case.single or y.dtype.char in "efF" else 1e-7
        scale = np.max(np.abs(wanted[np.isfinite(wanted)]), initial=1e-3)
        np.testing.assert_allclose(y, wanted, rtol=rtol, atol=rtol * scale)


@pytest.mark.filterwarnings("ignore")
@quiet
def test_empty_batches_have_the_shapes_of_one_call():
    for sample in KNOWN[::4]:
        inputs = [np.asarray(x) for x in sample.inputs]
        floats = [i for i, x in enumerate(inputs) if x.dtype.kind == "f"]
        if str(sample).startswith(OF_DATA):
            continue

        def f(*x, sample=sample):
            return sample.function(*x, **sample.keywords)

        nothing = [np.zeros((0, *x.shape), x.dtype) for x in inputs]
        found, one = flat(vmap(f)(*nothing)), flat(f(*inputs))
        assert [y.shape for y in found] == [(0, *y.shape) for y in one], str(sample)
        if floats:
            slopes = vmap(grad(total(f), floats[0]))(*nothing)
            assert slopes.shape == (0, *inputs[floats[0]].shape), str(sample)


def test_empty_batches_of_shapes_that_depend_on_data_are_refused():
    with pytest.raises(BatchError, match="at least one entry"):
        vmap(np.unique)(np.zeros((0, 5)))
