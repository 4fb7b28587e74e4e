"""The data of the interactive page."""

import re

import numpy as np
import pytest
from drawing.drawings import AWKWARD, data_of, network, neuron

import autograd
from autograd import Tensor, Value, scope
from autograd.drawing.graph import clean


def test_the_page_is_one_self_contained_file():
    page = autograd.draw(neuron()).html()
    ours = page[: page.index('<script type="module">')]
    assert "default-src 'none'" in ours
    assert not re.search(r'(?:src|href)="(?!data:|#)', ours)
    assert page.count("</script>") == 3


def test_the_page_contains_nodes_formulas_and_steps():
    found = data_of(autograd.draw(neuron(), title="A neuron").html())
    assert found["title"] == "A neuron"
    y = found["items"][-1]
    assert (y["name"], y["formula"], y["kind"]) == ("y", "tanh(v4)", "output")
    assert y["arguments"] == [{"node": 4, "rule": "1 − y²"}]
    assert [step["number"] for step in found["steps"]] == [5, 4, 4, 3, 3]
    assert found["steps"][0]["sentence"].startswith("∂y/∂v4 = 1 − y² = ")


def test_a_node_used_as_two_arguments_has_two_rules():
    x = Value(3.0, label="x")
    (power,) = data_of(autograd.draw(x**x).html())["items"][1:]
    rules = [argument["rule"] for argument in power["arguments"]]
    assert rules == ["x · x^(x − 1)", "v2 · log(x)"]


def test_a_picture_made_before_backward_keeps_its_steps():
    t = Tensor(np.ones(3), label="t")
    loss = (np.tanh(t) * t).sum()
    drawn = autograd.draw(loss)
    before = data_of(drawn.html())
    loss.backward()
    assert data_of(drawn.html()) == before


def test_the_page_shows_traced_source_lines():
    with autograd.Trace():
        y = Value(2.0, label="x") * 3
    found = data_of(autograd.draw(y).html())
    assert "y = Value(2.0" in found["items"][-1]["place"]


def test_the_page_of_a_freed_graph_says_so():
    t = Tensor(np.ones(3), label="t")
    y = (t * t).sum()
    y.backward()
    page = autograd.draw(y).html()
    found = data_of(page)
    assert "inputs cannot be changed here: backward() has freed a part of the graph" in page
    assert found["steps"] == []
    assert "retain_graph" in found["beginning"]
    assert "freed" in found["notes"][0]


def test_scopes_nest_and_large_scopes_start_closed():
    found = data_of(autograd.draw(network(40)).html())
    assert found["whole"]["groups"][0]["path"] == "layers"
    (run,) = found["whole"]["groups"][0]["groups"]
    assert run["name"] == "0…39"
    assert len(run["groups"]) == 40
    assert "layers.3" not in found["open"]


@pytest.mark.parametrize("label", AWKWARD, ids=lambda label: ascii(label[:14]))
def test_labels_are_embedded_as_data_only(label):
    with scope(label):
        y = Value(1.0, label=label) * 2
    page = autograd.draw(y, title=label).html()
    assert page.count("<script") == 3
    assert page.count("</script>") == 3
    assert data_of(page)["items"][0]["name"][:50] == clean(label)[:50]
