import linecache
import pathlib
import re
import shutil
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from drawing.drawings import AWKWARD, needs_dot, network, neuron
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import Tensor, Value, steps
from autograd.engine.observers import Observer
from autograd.errors import (
    DataError,
    FormatError,
    GraphError,
    MissingProgramError,
    ShapeError,
)


def test_each_step_shows_formula_numbers_and_accumulation():
    w, x = Value(-3.0, label="w"), Value(2.0, label="x")
    y = w * x + x
    y.label = "y"
    shown = str(steps(y))
    assert shown.splitlines() == [
        "Backward from y = -4",
        "",
        "y = v3 + x = -4        ∂y/∂y = 1",
        "    ∂y/∂v3 = 1                        times 1 is 1   → v3",
        "    ∂y/∂x along the second term = 1   times 1 is 1   → x",
        "",
        "v3 = w × x = -6        ∂y/∂v3 = 1",
        "    ∂v3/∂w = x = 2    times 1 is 2    → w",
        "    ∂v3/∂x = w = -3   times 1 is -3   → ∂y/∂x = 1 + (-3) = -2",
    ]


@pytest.mark.parametrize(
    ("function", "formula"),
    [
        (np.tanh, "1 − y²"), (lambda x: x**2, "2 · x"), (lambda x: x**3, "3 · x²"),
        (lambda x: x**-1.5, "−1.5 · x^(−2.5)"), (lambda x: 2**x, "y · log(2)"),
        (lambda x: 1 / x, "−y / x"), (np.sqrt, "1 / (2 · y)"), (np.log, "1 / x"), (np.sin, "cos(x)"),
        (abs, "1"), (lambda x: np.maximum(x, 9.0), "0"), (lambda x: np.maximum(x, 0.7), "1/2"),
        (lambda x: -x, "−1"), (autograd.sigmoid, "y · (1 − y)"), (lambda x: x * x, "x"),
        (lambda x: x.relu(), "1 if x > 0 else 0"), (autograd.erf, "2/√π · exp(−x²)"),
    ],
)  # fmt: skip
def test_formulas_use_textbook_notation_and_node_labels(function, formula):
    x = Value(0.7, label="x")
    y = function(x)
    y.label = "y"
    explanation = steps(y)
    assert explanation.formula(explanation[0]) == formula


def test_array_rules_are_shown_in_symbols_or_words():
    a, b = Tensor(np.ones((2, 3)), label="A"), Tensor(np.ones((3, 2)), label="B")
    explanation = steps((a @ b).sum())
    assert [explanation.formula(step) for step in explanation] == [
        "g for every element",
        "g Bᵀ",
        "Aᵀ g",
    ]
    inverse = Tensor(np.eye(2) * 2, label="M")
    explanation = steps(np.linalg.inv(inverse).sum())
    assert explanation.formula(explanation[1]) == "−v2ᵀ g v2ᵀ"


def test_a_custom_rule_is_shown_from_its_source():
    bump = autograd.elementwise(lambda x: 1 / (1 + x * x), None, lambda y, x: -2 * x * y * y)
    x = Value(1.0, label="x")
    explanation = steps(bump(x))
    assert explanation.formula(explanation[0]) == "−2 · x · v2²"


def test_a_rule_from_a_notebook_is_shown_from_its_cell(monkeypatch):
    cell = "rule = lambda y, x: (\n    -2 * x * y * y  # of 1 / (1 + x²)\n)\n"
    monkeypatch.setitem(
        linecache.cache, "<cell>", (len(cell), None, cell.splitlines(True), "<cell>")
    )
    names = {}
    exec(compile(cell, "<cell>", "exec"), names)
    bump = autograd.elementwise(lambda x: 1 / (1 + x * x), None, names["rule"])
    explanation = steps(bump(Value(1.0, label="x")))
    assert explanation.formula(explanation[0]) == "−2 · x · v2²"


def test_a_rule_without_source_is_shown_by_name():
    function = eval("lambda x: 3 * x")
    rule = eval("lambda y, x: 3 + 0 * x")
    triple = autograd.elementwise(function, None, rule, name="triple")
    explanation = steps(triple(Value(1.0)))
    assert explanation.formula(explanation[0]) == "tripleᵀ(g)"
    assert explanation[0].local == 3.0


# -- the numbers are those of backward ------------------------------------------------------------------


def mixed(a, b):
    """A graph of Values and Tensors, with nodes used twice."""
    t = Tensor(np.array([[1.0, 2.0], [3.0, -1.0]]), label="t")
    c = (a * b).tanh() + a**2
    u = t * c + np.sin(t) @ t
    return (u * b).sum() + np.exp(a) * u[0, 1], [a, b, t]


@settings(max_examples=30, deadline=None)
@given(st.floats(-2, 2), st.floats(-2, 2))
def test_the_final_sums_equal_the_gradients(a, b):
    result, leaves = mixed(Value(a), Value(b))
    explanation = steps(result)
    assert all(leaf.grad is None or np.all(leaf.grad == 0) for leaf in leaves)
    found = {id(step.parent.node): step.after for step in explanation}
    result.backward()
    for leaf in leaves:
        np.testing.assert_allclose(found[id(leaf)], leaf.grad, rtol=1e-12, atol=1e-12)


def test_the_order_is_that_of_backward():
    class Log(Observer):
        def __init__(self):
            self.pulled_back = []

        def pulled(self, node, argnum, cotangent):
            self.pulled_back.append((id(node), argnum))

    result, _ = mixed(Value(0.5), Value(-1.0))
    expected = [
        (id(s.item.node), s.argnum) for s in steps(result) if isinstance(s.item.node, Tensor)
    ]
    log = Log()
    log.watch()
    try:
        result.backward(retain_graph=True)
    finally:
        log.leave()
    assert log.pulled_back == expected


def test_a_node_is_processed_after_all_its_contributions():
    result, _ = mixed(Value(0.5), Value(-1.0))
    gone = set()
    for step in steps(result):
        gone.add(step.item.number)
        assert step.parent.number not in gone
        product = step.product if step.before is None else step.before + step.product
        np.testing.assert_array_equal(step.after, product)


def test_a_node_used_twice_gets_two_contributions():
    x = Value(3.0, label="x")
    explanation = steps(x * x)
    assert [(step.argnum, step.before, step.after) for step in explanation] == [
        (0, None, 3.0),
        (1, 3.0, 6.0),
    ]


def test_the_initial_gradient_can_be_given():
    t = Tensor([1.0, 2.0], label="t")
    explanation = steps(t * 3, gradient=[1.0, 10.0])
    np.testing.assert_array_equal(explanation[0].after, [3.0, 30.0])
    assert steps(Value(2.0) * 3, gradient=5.0)[0].after == 15.0
    explanation = steps(t * 3, gradient=Tensor([1.0, 10.0]))
    np.testing.assert_array_equal(explanation[0].after, [3.0, 30.0])
    assert steps(Value(2.0) * 3, gradient=Value(5.0))[0].after == 15.0


def test_steps_through_an_infinite_slope_do_not_raise():
    x, zero = Tensor([1.0, 2.0]), Value(0.0)
    with np.errstate(all="ignore"):
        to_x, to_zero = steps(x / zero, gradient=np.ones(2))
    assert np.all(to_x.local == np.inf)
    assert np.all(to_zero.local == -np.inf)


def test_constants_get_no_derivative_and_a_leaf_has_no_steps():
    t, c = Tensor([1.0], label="t"), Tensor([2.0], requires_grad=False)
    explanation = steps((t * c).sum())
    assert {step.parent.name for step in explanation} == {"t", "v3"}
    assert len(steps(Value(1.0, label="x"))) == 0
    assert "Backward from x" in str(steps(Value(1.0, label="x")))


def test_invalid_outputs_and_gradients_are_rejected():
    t = Tensor([1.0, 2.0])
    with pytest.raises(ShapeError, match="gradient="):
        steps(t * 2)
    with pytest.raises(ShapeError, match=r"\(3,\)"):
        steps(t * 2, gradient=np.ones(3))
    with pytest.raises(ShapeError):
        steps(Value(1.0) * 2, gradient=[1.0, 2.0])
    with pytest.raises(ShapeError, match="complex"):
        steps(Tensor(1 + 2j) * 2)
    with pytest.raises(DataError, match="complex"):
        steps(t * 2, gradient=[1.0, 2j])
    with pytest.raises(GraphError, match="constant"):
        steps((Tensor([1.0], requires_grad=False) * 2).sum())
    with pytest.raises(DataError):
        steps("x")
    with autograd.no_grad():
        inside = Value(1.0) * 2
    with pytest.raises(GraphError, match="constant"):
        steps(inside)


def test_a_long_explanation_is_abbreviated_when_displayed():
    x = Value(0.5)
    for _ in range(1000):
        x = x.sin()
    shown = str(steps(x))
    assert shown.endswith("… and 800 more steps; .text(most=…) shows them.")
    assert len(steps(x)) == 1000


@needs_dot
def test_an_animation_shows_the_graph_as_it_was(tmp_path):
    t = Tensor([1.0, 2.0], label="t")
    loss = (t * t).sum()
    explanation = steps(loss)
    before = explanation.save(tmp_path / "before.svg")
    loss.backward()
    t.data = np.array([7.0, 7.0])
    after = explanation.save(tmp_path / "after.svg")
    assert pathlib.Path(after).read_bytes() == pathlib.Path(before).read_bytes()


def test_steps_do_not_change_after_backward():
    t = Tensor(np.ones((2, 2)), label="t")
    loss = (np.tanh(t @ t) * t).sum()
    explanation = steps(loss)
    before = explanation.text(), explanation.latex(), explanation.markdown()
    loss.backward()
    assert (explanation.text(), explanation.latex(), explanation.markdown()) == before


# -- LaTeX and Markdown -------------------------------------------------------------------------------------


def braces_match(text):
    depth = 0
    for sign in re.sub(r"\\[{}]", "", text):
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    return depth == 0


def test_steps_render_as_latex_and_markdown():
    y = neuron()
    written = steps(y).latex()
    assert r"\frac{\partial y}{\partial v_{4}} &= 1 - y^{2} = 0.001341" in written
    assert r"1 \cdot 0.001341" in written
    assert written.count(r"\begin{align*}") == 3
    assert steps(y)._repr_markdown_().count("$$") == 6


@pytest.mark.parametrize("label", AWKWARD, ids=lambda label: ascii(label[:14]))
def test_latex_is_well_formed_for_any_label(label):
    y = np.sqrt(Value(2.0, label=label)) * 3
    explanation = steps(y)
    assert braces_match(explanation.latex())
    assert braces_match(re.sub("`[^`\n]*`", "", explanation.markdown())) or "`" in label
    assert explanation.text()


def test_arrays_show_numbers_or_mean_and_deviation():
    short, long = Tensor([[1.0, 2.0], [3.0, 4.0]]), Tensor(np.arange(6.0).reshape(2, 3) / 7)
    assert "[[1, 2], [3, 4]]" in steps((short * short).sum()).latex()
    explanation = steps((long * long).sum())
    assert r"0.3571  \pm  0.244" in explanation.latex()
    assert "float64" not in explanation.latex() + explanation.text()


def test_roots_powers_and_tiny_numbers_use_textbook_notation():
    x = Value(1e-12, label="x")
    assert r"\sqrt{1 - x^{2}}" in steps(np.arcsin(x)).latex()
    assert r"1 \cdot 10^{-12}" in steps(x * 2 * x).latex()


@pytest.mark.slow
def test_matplotlib_can_render_the_formulas():
    mathtext = pytest.importorskip("matplotlib.mathtext")
    parser = mathtext.MathTextParser("path")
    result, _ = mixed(Value(0.5, label="a"), Value(-1.0, label="b_1"))
    for line in steps(np.arctan2(result, 2.0)).latex().splitlines():
        if line.startswith(("\\begin", "\\end")):
            continue
        for part in line.replace(r"\\", "").split("&"):
            if part.strip():
                part = part.replace(r"\text", r"\mathrm").replace(r"\top", "T")
                part = part.replace(r"\mathrel{+}", "+")
                parser.parse(f"${part}$")


# -- files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "begins"), [("s.txt", "Backward"), ("s.md", "`tanh"), ("s.tex", "\\begin")]
)
def test_steps_are_saved_as_text(tmp_path, name, begins):
    assert steps(neuron()).save(tmp_path / name) == str(tmp_path / name)
    assert (tmp_path / name).read_text().startswith(begins)


@needs_dot
@pytest.mark.slow
def test_a_gif_has_a_frame_per_step_and_a_fixed_layout(tmp_path):
    image = pytest.importorskip("PIL.Image")
    explanation = steps(neuron())
    explanation.save(tmp_path / "s.gif", seconds=0.5)
    with image.open(tmp_path / "s.gif") as gif:
        assert gif.n_frames == len(explanation) + 2
        assert gif.info["duration"] == 500
        first = np.asarray(gif.convert("L"), float)
        gif.seek(3)
        later = np.asarray(gif.convert("L"), float)
    below = slice(first.shape[0] // 4, None)  # the caption stands above
    changed = np.abs(first[below] - later[below]) > 60
    assert 0 < changed.mean() < 0.2


@needs_dot
def test_an_svg_shows_each_frame_in_turn(tmp_path):
    explanation = steps(neuron())
    explanation.save(tmp_path / "s.svg")
    root = ET.parse(tmp_path / "s.svg").getroot()
    frames = [g for g in root if g.get("class") == "frame"]
    assert [g.get("id") for g in frames] == [f"frame{i}" for i in range(len(explanation) + 2)]
    texts = [" ".join(t.text or "" for t in g.iter() if t.tag.endswith("text")) for g in frames]
    assert texts[0].count("grad") == 5
    assert "0.001341" not in texts[0]
    assert "0.001341" in texts[1]
    style = next(e.text for e in root if e.tag.endswith("style"))
    assert style.count("@keyframes") == len(frames)


@needs_dot
def test_tensors_and_scopes_can_be_animated(tmp_path):
    explanation = steps(network(2))
    explanation.save(tmp_path / "s.svg")
    assert ET.parse(tmp_path / "s.svg").getroot() is not None


def test_unsaveable_animations_raise_and_leave_no_file(tmp_path, monkeypatch):
    explanation = steps(neuron())
    with pytest.raises(FormatError, match=r"\.gif"):
        explanation.save(tmp_path / "s.mp4")
    with pytest.raises(FileNotFoundError):
        explanation.save(tmp_path / "no" / "s.txt")
    x = Value(0.5)
    for _ in range(300):
        x = x.sin()
    with pytest.raises(GraphError, match="too long to watch"):
        steps(x).save(tmp_path / "s.gif")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingProgramError, match="apt install graphviz"):
        explanation.save(tmp_path / "s.svg")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(shutil.which("dot") is None, reason="dot is not installed")
def test_a_gif_without_pillow_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(MissingProgramError, match="pip install pillow"):
        steps(neuron()).save(tmp_path / "s.gif")
