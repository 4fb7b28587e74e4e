"""Each wrong gradient of one gallery is found, and no right one of the other is reported."""

import numpy as np
import pytest
from check.right.table import single
from check.right_gradients import RIGHT
from check.wrong_gradients import MISTAKES

from autograd import Tensor, Value, check_gradients, no_grad, tree
from autograd.check.analytic import RecordedCall
from autograd.check.arrays import as_reals
from autograd.check.checked_function import CheckedFunction
from autograd.debugging import Place


@pytest.fixture
def _without_source(monkeypatch):
    """Hide source lines from the reasons, because they contain the words to look for."""
    monkeypatch.setattr(Place, "text", "")


def words_of(mistake):
    return (mistake.words,) if isinstance(mistake.words, str) else mistake.words or ()


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_each_wrong_gradient_is_found(mistake):
    options = {"gradient": mistake.gradient, "raises": False, "explain": False}
    report = check_gradients(mistake.f, *mistake.inputs, **options)
    assert not report.ok
    assert not report.worst.ok


def explained():
    """Yield mistakes that have a reason: every third one, and for `make gallery` the others."""
    for number, mistake in enumerate(filter(words_of, MISTAKES)):
        yield pytest.param(mistake, marks=[pytest.mark.gallery] if number % 3 else [])


@pytest.mark.parametrize("mistake", list(explained()), ids=str)
@pytest.mark.usefixtures("_without_source")
def test_the_reason_of_a_wrong_gradient_is_named(mistake, brief):
    options = {"gradient": mistake.gradient, "raises": False}
    report = check_gradients(mistake.f, *mistake.inputs, **options)
    if not all(words in " ".join(report.reasons) for words in words_of(mistake)):
        brief.undo()  # it takes the line
        report = check_gradients(mistake.f, *mistake.inputs, **options)
    for words in words_of(mistake):
        assert words in " ".join(report.reasons)


@pytest.mark.gallery
@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_each_is_found_in_single_precision(mistake):
    inputs = tree.mapped(tuple(mistake.inputs), single)
    options = {"gradient": mistake.gradient, "raises": False, "explain": False}
    assert {"WRONG", "wrong shape"} & set(check_gradients(mistake.f, *inputs, **options).counts)


def test_most_wrong_gradients_are_explained():
    assert len(MISTAKES) >= 75
    assert sum(bool(words_of(mistake)) for mistake in MISTAKES) >= 65


@pytest.mark.parametrize("right", RIGHT, ids=str)
def test_a_right_gradient_passes(right):
    report = check_gradients(right.f, *right.inputs, **right.options, raises=False)
    assert report.ok, report


def cases():
    """Yield the right gradients; those of very many inputs are left to `make gallery`."""
    for right in RIGHT:
        if not right.options:
            large = any(np.size(x) > 20_000 for _, x in tree.leaves(right.inputs, ""))
            yield pytest.param(right, marks=[pytest.mark.gallery] if large else [])


@pytest.mark.parametrize("right", list(cases()), ids=str)
def test_the_same_gradient_made_wrong_is_found(right):
    """The tolerance for hard functions must not accept everything."""
    function = CheckedFunction(right.f, right.inputs, True)
    recorded_call = RecordedCall(function)
    if function.size > 1000 or any(leaf.complex for leaf in function.inputs):
        pytest.skip("a large Jacobian, or a complex one")
    matrix = recorded_call.reverse(np.eye(function.size))
    natural = np.abs(as_reals(np.asarray(function.outputs[0].data))).max(initial=0.0)
    if not np.any(np.abs(matrix * function.scales()) > 1e-9 * natural):
        pytest.skip("its gradient is zero")
    outer = function.outputs[0].data.shape
    spoilt = [
        1.5 * matrix[:, leaf.slice].reshape(outer + leaf.data.shape) for leaf in function.inputs
    ]
    nested = isinstance(right.inputs[0], tuple)

    def plainly(*arguments):
        with no_grad():
            return right.f(*tree.replace(arguments, lambda _, a: as_node(a))).data

    given = (tuple(spoilt),) if nested else tuple(spoilt)
    report = check_gradients(
        plainly, *right.inputs, gradient=given, names=function.names, raises=False, explain=False
    )
    assert not report.ok


def as_node(x):
    return Value(x) if isinstance(x, float) else Tensor(x)
