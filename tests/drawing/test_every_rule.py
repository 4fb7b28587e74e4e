"""Every function with a rule can be drawn and explained step by step."""

import numpy as np
import pytest
from drawing.drawings import Read, data_of
from rules.checks import quiet
from rules.samples import SAMPLES

import autograd
from autograd import Tensor, Value
from autograd.drawing import mermaid
from autograd.engine import Node


def leaves(sample):
    for x in sample.inputs:
        data = np.asarray(x)
        if data.dtype.kind not in "fc":
            yield x
        else:
            yield Value(float(x)) if np.shape(x) == () and data.dtype.kind == "f" else Tensor(x)


def one_number(result):
    """Return a real number that depends on every part of a result."""
    parts = result if isinstance(result, (tuple, list)) else [result]
    numbers = [p for p in parts if isinstance(p, Node)]
    return sum(np.sum(np.real(p) * 1.5) for p in numbers)


def cases():
    """Yield all samples: the first of every third function, and for `make gallery` the others."""
    seen = set()
    for sample in SAMPLES:
        name = str(sample).partition("[")[0]
        taken = name not in seen and len(seen) % 3 == 0
        yield pytest.param(sample, marks=[] if taken else [pytest.mark.gallery])
        seen.add(name)


@pytest.mark.each("sample", list(cases()))
@quiet
def test_it_can_be_drawn_and_its_steps_sum_to_the_gradient(sample):
    nodes = list(leaves(sample))
    end = one_number(sample.function(*nodes, **sample.keywords))
    if not isinstance(end, Node) or not end.op or not getattr(end, "requires_grad", True):
        pytest.skip("no derivative flows")
    picture = autograd.draw(end, most=10_000)
    signs = {
        f"o{item.number}": picture.view.sign(item) for item in picture.view.graph.items if item.op
    }
    assert Read(picture.source).signs == signs
    for name, sign in signs.items():
        shape = '(("{}"))' if len(sign) <= 2 else '(["{}"])'
        assert f"{name}{shape.format(mermaid.text(sign))}:::operation" in picture.mermaid
    explanation = autograd.steps(end)
    assert explanation.text(len(explanation)).count("→") == len(explanation)
    assert explanation.latex(len(explanation)).count("&&") == len(explanation)
    assert len(data_of(picture.html())["steps"]) == len(explanation)
    arrived = {id(step.parent.node): step.after for step in explanation}
    if isinstance(end, Value):
        end.backward()
    else:
        end.backward(retain_graph=True)
    for node in nodes:
        if isinstance(node, Node) and id(node) in arrived:
            np.testing.assert_allclose(arrived[id(node)], node.grad, rtol=1e-9, atol=1e-12)
