"""Updates of parameters: recording does not carry out those that nothing reads."""

import tracemalloc

import numpy as np
import pytest

from autograd import Tensor, jit


def whole(p, q, other):
    p.data -= 0.1 * other


def by_number(p, q, other):
    p.data *= 0.5


def by_ufunc(p, q, other):
    np.subtract(p.data, other, out=p.data)


def broadcast(p, q, other):
    p.data += other[..., :1]


def from_the_other(p, q, other):
    p.data -= q.data


def from_itself(p, q, other):
    p.data -= p.data[::-1]


def of_a_part(p, q, other):
    p.data[1:] *= other[1:]


def by_a_changed_array(p, q, other):
    change = 1.0 * other
    p.data -= change
    change *= 2.0
    q.data += change


def new_array(p, q, other):
    p.data = p.data - other


def read(p, q, other):
    return p.data.sum()


def read_a_part(p, q, other):
    return (p.data[1:] * other[:-1]).sum()


def asked(p, q, other):
    return float(p.data.sum())  # another value would be another recording


def printed(p, q, other):
    return len(str(p.data))


def differentiated(p, q, other):
    p.grad = None
    (p * p * q).sum().backward()
    return p.grad.sum()


STEPS = (
    whole, by_number, by_ufunc, broadcast, from_the_other, from_itself, of_a_part,
    by_a_changed_array, new_array, read, read_a_part, asked, printed, differentiated,
)  # fmt: skip


def step_of(chosen, shared):
    """Return a function of an array that updates two parameters, and these."""
    first, second = np.random.default_rng(3).standard_normal((2, 3, 3))
    p, q = Tensor(first), Tensor(second)
    if shared:
        q.data = p.data[::-1]

    def step(x):
        found = [part(*pair, x) for part, *pair in (pick(p, q) for pick in chosen)]
        return [x for x in found if x is not None]

    return step, (p, q)


def picked(part, swapped):
    return lambda p, q: (part, q, p) if swapped else (part, p, q)


@pytest.mark.parametrize("shared", [False, True])
def test_updates_and_reads_in_any_order(shared):
    generator = np.random.default_rng(7 + shared)
    for _ in range(40):
        chosen = [
            picked(STEPS[i], swapped)
            for i, swapped in zip(
                generator.integers(len(STEPS), size=5), generator.integers(2, size=5), strict=True
            )
        ]
        names = [pick(0, 1)[0].__name__ for pick in chosen]
        eager, expected = step_of(chosen, shared)
        step, held = step_of(chosen, shared)
        recorded = jit(step, backend="numpy")
        for _ in range(3):
            x = generator.standard_normal((3, 3))
            np.testing.assert_allclose(recorded(x), eager(x), 1e-9, err_msg=str(names))
            for p, q in zip(held, expected, strict=True):
                np.testing.assert_allclose(p.data, q.data, 1e-9, err_msg=str(names))


def test_recording_copies_no_parameter_before_its_update():
    w = Tensor(np.ones((200, 200)))

    @jit
    def step(x):
        loss = (x @ w).sum()
        loss.backward()
        w.data -= 1e-3 * w.grad
        w.grad = None
        return loss.item()

    x = np.ones((1, 200))
    step(np.ones((2, 200)))  # the modules are loaded
    tracemalloc.start()
    try:
        step(x)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2.9 * w.data.nbytes  # the derivative, and the change


def test_updates_that_fail_raise_what_they_raise_outside():
    w = Tensor(np.ones(3))
    w.data.flags.writeable = False

    @jit
    def step(x):
        w.data -= x

    with pytest.raises(ValueError, match="read-only"):
        step(np.ones(3))
    w.data.flags.writeable = True
    with pytest.raises(ValueError, match="broadcast"):
        step(np.ones((2, 3)))
    np.testing.assert_array_equal(w.data, np.ones(3))
