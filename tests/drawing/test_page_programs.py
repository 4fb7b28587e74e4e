"""The interactive page of a program, in a real browser."""

import math

import numpy as np
import pytest
from drawing.in_browser import is_seen, names

from autograd import draw, trace, value_and_grad


def loss(w, x):
    p = np.tanh(x @ w)
    return np.mean(p**2)


W, X = np.array([0.3, -0.8]), np.array([[1.0, 2.0], [-1.0, 0.5], [0.0, 1.0]])


def numbers(page):
    """Return the numbers that are shown of each node."""
    return page.eval_on_selector_all(
        ".node[id^=n]",
        "all => Object.fromEntries(all.map(e => [e.getAttribute('aria-label').split(',')[0],"
        "[...e.querySelectorAll('.value:not(.unknown)')].map(t => t.textContent).join(' ')]))",
    )


def test_a_program_runs_one_instruction_after_the_other(visit):
    program = trace(loss)(W, X)
    page = visit(draw(program, W, X))
    assert page.inner_text("#title") == "The program loss"
    assert page.inner_text("#chain-title") == "The program"
    assert page.inner_text("#sentence").startswith("The program loss: press ▶")
    last = numbers(page)
    page.click("#next")
    assert page.inner_text("#sentence").splitlines()[0] == "v2 = x @ w"
    shown = numbers(page)
    assert shown["v2"] == "[-1.3, -0.7, -0.8]"
    assert shown["p"] == ""
    assert shown["w"] == "[0.3, -0.8]"
    assert names(page, ".node.active") == ["n3", "o3"]
    assert names(page, ".flowing") == ["e3_0", "e3_1"]
    assert "data" not in page.get_attribute("#n4", "aria-label")
    page.keyboard.press("End")
    assert numbers(page) == last
    assert str(round(float(loss(W, X)), 4)) in page.inner_text("#sentence")
    assert is_seen(page, names(page, ".node.active[id^=n]")[0])
    page.fill("#slider", "1")
    assert page.inner_text("#progress").startswith("1 of ")


def test_a_program_without_numbers_runs_too(visit):
    page = visit(draw(trace(lambda x: np.sin(x) if x > 1 else x * x)(2.0)))
    assert page.inner_text("#title") == "The program"
    page.click("#next")
    page.click("#next")
    assert page.inner_text("#sentence").startswith("x > 1, as when it was recorded")
    page.click("#play")
    assert page.get_attribute("#play", "aria-label") == "Pause"


def test_derivatives_of_a_program_stand_beside_differences(visit):
    program = trace(value_and_grad(loss))(W, X)
    page = visit(draw(program, W, X))
    for summary in page.locator("#inputs summary").all():
        summary.click()
    page.wait_for_selector("#input-1-5")
    page.fill("#input-0-1", "-0.5")
    value, slope = value_and_grad(loss)(np.array([0.3, -0.5]), X)
    said = page.locator(".check").all_inner_texts()
    name = draw(program).view.graph.roots[0].name
    assert said[1] == f"derivative {slope[1]:.5g} · finite difference of {name} {slope[1]:.5g}"
    assert said[2].startswith(f"finite difference of {name} ")  # x: the program has no derivative
    page.keyboard.press("Escape")
    page.focus("#slider")
    page.keyboard.press("End")
    assert any(f"{value:.4g}" == shown for shown in numbers(page).values())


@pytest.mark.parametrize(("x", "said"), [(0.0, "-1 below and 1 above: a kink"), (2.0, "1")])
def test_a_kink_has_a_difference_on_either_side(visit, x, said):
    page = visit(draw(trace(lambda x: math.copysign(1.0, 2.0) * abs(x))(x), x))
    assert page.locator(".check").inner_text().endswith(said)
