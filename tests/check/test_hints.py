"""Reports in stages, and as pages: what each shows, and what it keeps back."""

import html
import re

import numpy as np
import pytest

from autograd import check_gradients, check_layer
from autograd.check.hints import hint
from autograd.errors import DataError, GradientError

random = np.random.default_rng(0)
X = random.normal(size=(6, 3))
W, b = random.normal(size=(3, 4)), random.normal(size=4)


def loss(W, b):
    return np.mean(np.tanh(X @ W + b) ** 2)


def gradient(W, b):
    h = np.tanh(X @ W + b)
    d = 2 * h * (1 - h) / h.size
    return X.T @ d, d.sum(axis=0)


def last_row_wrong(W, b):
    h = np.tanh(X @ W + b)
    d = 2 * h * (1 - h**2) / h.size
    dW = X.T @ d
    dW[2] *= 2
    return dW, d.sum(axis=0)


@pytest.fixture(scope="module")
def report():
    return check_gradients(loss, W, b, gradient=gradient, raises=False)


#: What the stages reveal, in order.
SECRETS = ["16 wrong", "W: all 12 elements", "line 24", "What is wrong there", "should be"]


@pytest.mark.parametrize("stage", range(1, 6))
def test_each_stage_reveals_one_thing_more(report, stage):
    text = report.hint(stage)
    assert SECRETS[stage - 1] in text or stage == 5
    assert not [secret for secret in SECRETS[stage:] if secret in text]


def test_the_last_stage_is_the_whole_report(report):
    assert report.hint(5) == report.table()
    assert "1 - h**2" in report.hint(5)
    assert "1 - h**2" not in report.hint(4)


def test_elements_that_are_wrong_are_listed():
    report = check_gradients(loss, W, b, gradient=last_row_wrong, raises=False)
    assert "W: 4 of 12 elements: [2, 0], [2, 1], [2, 2], [2, 3]" in report.hint(2)
    assert "b" not in report.hint(2).split("\n", 1)[1]


def test_hints_limit_what_an_error_and_a_notebook_show():
    with pytest.raises(GradientError) as caught:
        check_gradients(loss, W, b, gradient=gradient, hints=2)
    assert "line" not in str(caught.value)
    assert "analytic" not in str(caught.value)
    assert "line" not in caught.value.report._repr_html_()
    assert "should be" in caught.value.report.hint(5)


def test_hints_of_a_right_gradient_and_of_projections():
    right = check_gradients(loss, W, b, gradient=lambda W, b: None if W is None else _right(W, b))
    assert right.hint(1) == right.table()
    report = check_gradients(
        loss, W, b, gradient=gradient, method="projected", raises=False, explain=False
    )
    assert "direction" in hint(report, 2)
    assert "not known" in report.hint(4)


def _right(W, b):
    h = np.tanh(X @ W + b)
    d = 2 * h * (1 - h**2) / h.size
    return X.T @ d, d.sum(axis=0)


@pytest.mark.parametrize("stage", [0, 6, "2"])
def test_a_stage_that_does_not_exist_is_refused(stage, report):
    with pytest.raises(DataError, match="1 the verdict, 2 the wrong elements"):
        report.hint(stage)
    with pytest.raises(DataError):
        check_gradients(loss, W, b, hints=stage)


def test_hints_work_for_layers():
    class Layer:
        forward = staticmethod(np.sin)

        def backward(self, g):
            return g

    report = check_layer(Layer(), X, hints=1, raises=False)
    assert str(report) == report.hint(1)


# -- pages --------------------------------------------------------------------------------------


def test_a_page_marks_the_line_and_the_elements(report):
    page = report.html("a < b")
    assert "<title>a &lt; b</title>" in page
    assert re.search(r"class='wrong'>  24 .*1 - h\)", page)
    assert re.search(r"class='right'>.*1 - h\*\*2\)", page)
    assert page.count("<rect") == 16
    assert page.count(": WRONG</title>") == 16
    assert not re.search(r"(src|href)=|https?:|@import|url\(", page)


@pytest.mark.parametrize("size", [1, 3000])
def test_a_page_without_pictures(size):
    x = np.linspace(0.1, 1, size)
    page = check_gradients(lambda x: np.sum(x**2), x, gradient=lambda x: 2 * x).html()
    assert "none wrong" in html.unescape(page)
    assert "<svg" not in page


def test_a_page_of_complex_inputs_and_special_verdicts():
    z = np.array([1 + 2j, 0.5j])
    page = check_gradients(lambda z: np.sum(z**2), z, gradient=lambda z: 2 * z).html()
    assert page.count("<rect") == 2
    page = check_gradients(
        lambda x: np.sum(np.abs(x)), np.array([0.0, 1.0]), gradient=np.sign
    ).html()
    assert "x[0]: kink" in page
