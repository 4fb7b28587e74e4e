"""A tape computes the same bits as Python: results, derivatives, errors, and which branch."""

import os

import numpy as np
import pytest
from program.agreement import Outcome, alike
from program.tapes.scalar_programs import function, inputs, source

from autograd import Value, jit, trace, value_and_grad
from autograd.errors import GuardError
from autograd.program.backends.tape.built import machine
from autograd.program.backends.tape.lanes import lanes

pytestmark = [
    pytest.mark.skipif(machine is None, reason="tapes were not built"),
    pytest.mark.filterwarnings("ignore"),
]

#: The number of functions; `make fuzz` multiplies it.
COUNT = round(96 * float(os.environ.get("CHAINRULE_FUZZ", "1")))

PARTS = 8


def compare(f, plain, text, seed, uses):
    """Compare a function on a tape with the function itself; return whether there was a tape."""
    taped = jit(f, backend="c")
    for arguments in inputs(seed):
        with np.errstate(all="ignore"):
            wanted, found = Outcome(plain, arguments, {}), Outcome(taped, arguments, {})
        fault = found.difference(wanted, warned=False)
        assert fault is None, f"seed {seed}: {arguments}: {fault}\n{text}"
    uses.append("tape: " in taped.summary())


@pytest.mark.parametrize("part", range(PARTS))
def test_random_functions_of_floats_give_the_same_bits(part):
    uses = []
    for seed in range(part, COUNT, PARTS):
        text = source(seed)
        f = function(text)
        compare(f, f, text, seed, uses)
    assert sum(uses) > 0.8 * len(uses)


@pytest.mark.parametrize("part", range(PARTS))
def test_gradients_of_random_functions_give_the_same_bits(part):
    uses = []
    for seed in range(1000 + part, 1000 + COUNT, PARTS):
        text = source(seed, differentiable=True).replace("math.", "np.")
        text = (
            text.replace("np.gamma", "np.sin")
            .replace("np.erf", "np.cos")
            .replace("round", "np.round")
        )
        for name, new in (("atan", "arctan"), ("copysign(", "copysign("), ("pow", "power")):
            text = text.replace(f"np.{name}", f"np.{new}").replace("arcarc", "arc")
        f = value_and_grad(function(text), (0, 1, 2))
        compare(f, jit(f, backend="numpy"), text, seed, uses)
    assert sum(uses) > 0.8 * len(uses)


def test_steps_on_values_give_the_same_bits():
    for seed in range(0, COUNT, 8):
        text = (
            source(seed, differentiable=True).replace("math.", "np.").replace("np.gamma", "np.sin")
        )
        text = (
            text.replace("np.erf", "np.cos")
            .replace("round(", "np.round(")
            .replace("np.atan", "np.arctan")
        )
        f = function(text)
        models = [[Value(a) for a in inputs(seed)[0]] for _ in range(2)]

        def step(values, f=f):
            for v in values:
                v.grad = 0.0
            y = f(*values)
            y.backward()
            for v in values:
                v.data -= 0.1 * v.grad
            return y.data

        taped = jit(lambda values=models[0]: step(values), backend="c")
        plain = jit(lambda values=models[1]: step(values), backend="numpy")
        for _ in range(3):
            with np.errstate(all="ignore"):
                wanted, found = Outcome(plain, (), {}), Outcome(taped, (), {})
            assert alike(found.result, wanted.result), (text, found.error, wanted.error)
            assert (found.error is None) == (wanted.error is None), (text, found.error)
            states = [[(v.data, v.grad) for v in values] for values in models]
            assert alike(*states), text


def test_batches_of_random_programs_give_the_same_bits():
    found = 0
    for seed in range(2000, 2000 + COUNT // 2):
        text = source(seed)
        f = function(text)
        usual = inputs(seed, 30)
        try:
            program = trace(f)(*usual[0])
        except Exception:  # it raises an error there
            continue
        run = lanes(program)
        if run is None:
            continue
        found += 1
        examples = [np.array(x) for x in zip(*usual, strict=True)]
        try:
            results, failed = run(len(usual), examples)
        except (ArithmeticError, ValueError, TypeError):  # one of them raises an error
            continue
        for i, arguments in enumerate(usual):
            with np.errstate(all="ignore"):
                try:
                    one = program(*arguments)
                except GuardError:
                    assert failed[i], (seed, text)
                    continue
            assert not failed[i]
            alone = one if isinstance(one, tuple) else (one,)
            assert alike(
                list(results[:, np.count_nonzero(failed[:i] == 0)]), [np.float64(x) for x in alone]
            ), (
                seed,
                text,
                arguments,
            )
    assert found > COUNT // 16
