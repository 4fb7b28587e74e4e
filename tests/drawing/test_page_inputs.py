"""Inputs that can be changed in the interactive page, in a real browser."""

import math

import numpy as np
import pytest
from drawing.drawings import neuron
from drawing.in_browser import names

import autograd
from autograd import Tensor, Value, draw, trace
from autograd.drawing.numbers import short


def numbers(page, node):
    return page.eval_on_selector_all(
        f"#{node} .value:not(.unknown)", "all => all.map((e) => e.textContent)"
    )


def shown(*values):
    return [short(float(value), number_format=".4g") for value in values]


def test_a_changed_input_changes_all_values_and_derivatives(visit):
    page = visit(autograd.draw(neuron()))  # tanh(x · w + x) at x = 2, w = -3
    page.fill("#input-0-0", "0.5")
    x, w = 0.5, -3.0
    y = math.tanh(x * w + x)
    slope = 1 - y * y
    assert numbers(page, "n1") == shown(x, slope * (w + 1))
    assert numbers(page, "n2") == shown(w, slope * x)
    assert numbers(page, "n3") == shown(x * w, slope)
    assert numbers(page, "n5") == shown(y, 1)
    check = page.locator(".check").first.inner_text()
    assert check == f"derivative {slope * (w + 1):.5g} · finite difference {slope * (w + 1):.5g}"
    page.keyboard.press("Tab")
    page.click("#next")
    assert page.inner_text("#sentence").startswith(f"∂y/∂v4 = 1 − y² = {short(slope, 40, '.4g')}")
    page.click("#first")
    page.click("#reset")
    assert numbers(page, "n1") == shown(2, -0.002681900677)
    page.click("#n1")
    page.locator("#input-0-0 >> xpath=.. >> input[type=range]").fill("1")
    assert numbers(page, "n1")[0] == "1"
    assert "1" in page.inner_text("#details dd >> nth=1")


def test_no_finite_difference_is_shown_at_a_pole(visit):
    page = visit(draw(1 / Value(2.0, label="x") ** 2))
    page.fill("#input-0-0", "0")
    assert page.locator(".check").inner_text().endswith("finite difference not defined here")


def test_elements_of_small_arrays_can_be_changed(visit):
    t, v = Tensor([[1.0, -2.0], [0.5, 3.0]], label="t"), Tensor(np.arange(9.0), label="v")
    loss = np.log(np.sum(np.exp(t @ t))) + np.sum(v * v)
    page = visit(autograd.draw(loss))
    page.click("#inputs summary >> nth=0")
    page.wait_for_selector("#input-0-3")
    assert page.locator("#inputs label >> visible=true").all_inner_texts() == [
        "t[0, 0]", "t[0, 1]", "t[1, 0]", "t[1, 1]",
    ]  # fmt: skip
    page.fill("#input-0-2", "-1.5")
    t = Tensor([[1.0, -2.0], [-1.5, 3.0]], label="t")
    again = np.log(np.sum(np.exp(t @ t))) + np.sum(v * v)
    found = {name: numbers(page, name) for name in names(page, ".node[id^=n]")}
    for item in autograd.draw(again).view.graph.items:
        lines = draw(again).view.data(item)
        assert found[f"n{item.number}"][: len(lines)] == lines
    again.backward(retain_graph=True)
    check = page.locator(".check >> nth=2").inner_text()
    assert check.startswith(f"derivative {t.grad[1, 0]:.5g} · finite difference ")
    assert float(check.split()[-1]) == pytest.approx(t.grad[1, 0], rel=1e-3)


def test_outside_the_recorded_branch_the_page_says_so(visit):
    def f(x):
        return np.sin(x) if x > 1 else x * x

    page = visit(draw(trace(f)(2.0), 2.0))
    page.fill("#input-0-0", "1.5")
    assert numbers(page, "n4") == shown(math.sin(1.5))
    page.fill("#input-0-0", "0.5")
    assert "recorded for x > 1" in page.inner_text("#branch")
    assert page.get_attribute("#branch", "role") == "alert"
    assert page.locator("#stage.stale").count() == 1
    assert numbers(page, "n4") == shown(math.sin(1.5))  # pale, and not a wrong number
    page.fill("#input-0-0", "2.5")
    assert page.is_hidden("#branch")
    assert numbers(page, "n4") == shown(math.sin(2.5))


def test_what_a_step_says_holds_for_other_inputs(visit):
    x = Value(2.0, label="x")
    page = visit(draw(abs(x) + x * x - x**3))
    page.fill("#input-0-0", "-1")
    page.keyboard.press("Escape")
    said = []
    page.focus("#slider")
    for _ in range(int(page.get_attribute("#slider", "max"))):
        page.keyboard.press("ArrowRight")
        said.append(page.inner_text("#sentence"))
    assert any(
        sentence.startswith("∂v2/∂x") and "= -1 times 1 is -1" in sentence for sentence in said
    )
    assert any("= 3 · x² = 3 times -1 is -3" in sentence for sentence in said)
    assert said[-1].endswith("∂v6/∂x = (-3) + (-1) + (-1) + (-1) = -6")


def test_fixed_inputs_come_with_a_reason(visit):
    page = visit(draw(np.linalg.svd(Tensor(np.eye(3), label="A"))[1].sum()))
    assert "no formula for svd" in page.inner_text("#inputs")
    assert page.locator("#inputs input").count() == 0


def test_longer_numbers_get_larger_boxes(visit):
    t = Tensor([1.0, 2.0], label="t")
    page = visit(draw((t * t).sum()))
    page.click("#inputs summary")
    width = page.eval_on_selector("#n1", "e => e.getBBox().width")
    page.fill("#input-0-0", "-0.000123456")
    page.wait_for_timeout(400)
    assert page.eval_on_selector("#n1", "e => e.getBBox().width") > width
    assert numbers(page, "n1")[0] == "[-0.0001235, 2]"
