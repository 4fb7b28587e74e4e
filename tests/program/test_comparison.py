"""Comparing programs, and where infinities, NaNs and zero derivatives begin."""

import numpy as np
import pytest

import autograd
from autograd import Tensor, grad, trace
from autograd.program import compare
from autograd.program.instructions import Guard


def program(f, x=None):
    return trace(f)(np.arange(1.0, 4.0) if x is None else x)


def loss(x):
    return np.sum(np.sin(x) * x + np.exp(-x))


def test_a_program_is_the_same_as_itself():
    one, other = program(grad(loss)), program(grad(loss))
    found = compare(one, other, np.ones(3))
    assert found
    assert found.position is None
    assert found.largest == 0.0
    assert "are the same" in str(found)
    assert all(pair.equal for pair in found.pairs)


def test_derivatives_are_named_after_their_functions():
    def shifted(x):
        return loss(x + 1.0)

    first, second = str(compare(program(grad(loss, (0,))), program(grad(shifted)))).splitlines()[
        1:3
    ]
    assert first.startswith("  gradient_of_loss (1): ")
    assert second.startswith("  gradient_of_shifted (2): ")


def test_the_first_different_instruction_is_shown():
    one = program(lambda x: np.sum(np.exp(np.sin(x) * 2) + x))
    other = program(lambda x: np.sum(np.exp(np.sin(x) * 3) + x))
    found = compare(one, other, np.ones(3))
    assert not found
    assert found.position == 1
    text = str(found)
    assert "v2 = v1 * 2" in text
    assert "v2 = v1 * 3" in text
    assert "test_comparison.py" not in text
    assert "np.exp(np.sin(x) * 3)" in text
    assert found.largest > 0


def test_all_programs_equal_themselves_after_passes_by_number():
    for f in (loss, lambda x: np.sum(np.cumsum(x * 1.0) * (x * 1.0)), lambda x: np.max(x) * x[0]):
        one = program(grad(f))
        found = compare(one, one.optimised(), np.array([0.5, 2.0, -1.0]))
        assert found.largest == 0.0
        items = [pair.first for pair in found.pairs if pair.first is not None]
        assert items == one.items


def test_different_results_of_the_same_instructions_differ():
    one = program(lambda x: (np.sin(x), np.cos(x)))
    other = program(lambda x: (np.sin(x), np.cos(x))[::-1])
    assert not compare(one, other)
    assert "the results differ" in str(compare(one, other))


def test_guards_and_constants_count():
    big = program(lambda x: x * np.full(3, 2.0) if x[0] > 0 else x)
    assert compare(big, program(lambda x: x * np.full(3, 2.0) if x[0] > 0 else x))
    assert not compare(big, program(lambda x: x * np.full(3, 3.0) if x[0] > 0 else x))
    other = program(lambda x: x * np.full(3, 2.0))
    found = compare(big, other)
    assert isinstance(found.pairs[found.position].first, Guard) or found.position < 2


def test_assignments_make_a_difference():
    def assigning(x):
        y = x * 2
        y[0] = 0.0
        return y + y

    def without(x):
        y = x * 2
        return y + y

    assert not compare(program(assigning), program(without))
    assert compare(program(assigning), program(assigning))


def test_nan_origin_names_line_and_numbers():
    def f(x):
        y = np.log(x)
        return np.sum(y * x)

    findings = program(f).nan_origin([1.0, 0.0, 2.0])
    assert [finding.what for finding in findings] == ["infinity", "NaN"]
    text = str(findings)
    assert "y = np.log(x)" in text
    assert "x = [1., 0., 2.]" in text
    assert "the first at [1]" in text
    assert findings[0].instruction.name == "log"
    assert findings[1].instruction.name == "mul"
    assert np.isinf(findings[0].result[1])


def test_nan_origin_finds_inputs_and_zero_derivatives():
    findings = program(loss).nan_origin([1.0, np.nan, 1.0])
    assert findings[0].number == -1
    assert "an input: x" in str(findings)
    dead = program(grad(lambda x: np.sum(autograd.relu(x) * 2)))
    assert dead.nan_origin([1.0, 2.0, -1.0]) == []
    [finding] = dead.nan_origin([-1.0, -2.0, -1.0])
    assert finding.what == "zero derivative"
    assert "relu" in str(finding)


def test_nan_origin_changes_nothing():
    w = Tensor(np.ones(3))

    def step(x):
        w.grad = None
        np.sum(w * w * x).backward()
        w.data -= 0.1 * w.grad
        x += 1

    made = program(step)
    x = np.ones(3)
    assert made.nan_origin(x) == []
    assert x.tolist() == [1.0, 1.0, 1.0]
    assert w.data.tolist() == [1.0, 1.0, 1.0]
    made(x)
    assert x.tolist() == [2.0, 2.0, 2.0]
    np.testing.assert_allclose(w.data, 0.8)


@pytest.mark.parametrize("value", [np.inf, np.nan])
def test_nan_origin_in_the_backward_pass(value):
    made = program(grad(lambda x: np.sum(np.sqrt(x))))
    findings = made.nan_origin([0.0, 1.0, 4.0])
    assert findings[0].what == "infinity"
    assert findings[0].instruction.backward


def test_differences_of_bytes_truth_values_and_infinities():
    def largest(one, other, x):
        with np.errstate(all="ignore"):
            return compare(trace(one)(x), trace(other)(x), x).largest

    assert largest(lambda x: x + np.uint8(1), lambda x: x + np.uint8(2), np.zeros(2, "u1")) == 1.0
    assert largest(lambda x: x > 0, lambda x: x < 0, np.ones(2)) == 1.0
    x = np.array([0.0, 1.0])
    assert largest(lambda x: 1 / x, lambda x: 1 / x + 0.5 * (x > 0), x) == 0.5


def test_generators_of_compared_programs_stay_as_they_are():
    program = trace(lambda x, generator: x * generator.normal(size=3))(
        np.ones(3), np.random.default_rng(0)
    )
    generator = np.random.default_rng(0)
    state = generator.bit_generator.state
    assert compare(program, program, np.ones(3), generator).largest == 0.0
    assert "finite" in str(program.nan_origin(np.ones(3), generator))
    assert generator.bit_generator.state == state
