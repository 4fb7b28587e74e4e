import re

import pytest
from drawing.drawings import AWKWARD, network, neuron

import autograd
from autograd import Value, scope
from autograd.drawing import mermaid

NODE = re.compile(r'^ +(\w+)(?:\[\[|\(\[|\(\(|\[|\()"(.*)"(?:\]\]|\]\)|\)\)|\]|\)):::(\w+)$', re.M)
EDGE = re.compile(r'^ +(\w+) (-->|---|-\.->)(?:\|"[^"]*"\|)? (\w+)$', re.M)


def read(source):
    """Return the nodes with their lines and kinds, and the edges; check that nothing else is there."""
    nodes = {name: (text.split("<br/>"), kind) for name, text, kind in NODE.findall(source)}
    rest = EDGE.sub("", NODE.sub("", source)).replace(mermaid.CONFIGURATION + "\n", "")
    look = r'(classDef \w+|style g\d+|linkStyle default) [^"<]*'
    rest = re.sub(rf'^ +({look}|subgraph g\d+\["[^"<]*"\]|end)$', "", rest, flags=re.M)
    rest = re.sub(
        r'\A(---\ntitle: "(?:[^"\\\n]|\\.)*"\n---\n)?flowchart (LR|TB|RL|BT)$', "", rest, flags=re.M
    )
    assert rest.strip() == ""
    return nodes, [(a, b) for a, _, b in EDGE.findall(source)]


def test_mermaid_contains_the_same_nodes_and_edges():
    nodes, edges = read(autograd.draw(neuron()).mermaid)
    assert nodes["n1"] == (["x", "data 2", "grad -0.002682"], "leaf")
    assert nodes["o3"] == (["×"], "operation")
    assert nodes["n5"][1] == "output"
    assert [a for a, b in edges if b == "o4"] == ["n3", "n1"]
    assert len(edges) == 8


def test_mermaid_shows_constants_scopes_and_closed_scopes():
    nodes, edges = read(autograd.draw(network(3), collapse=["layers.1"]).mermaid)
    closed = [name for name, (_, kind) in nodes.items() if kind == "closed"]
    assert len(closed) == 1
    assert nodes[closed[0]][0][1] == "5 nodes · 20 parameters"
    assert len([a for a, b in edges if b == closed[0]]) == 1
    assert "subgraph" in autograd.draw(network(3)).mermaid


@pytest.mark.parametrize("label", AWKWARD, ids=lambda label: ascii(label[:14]))
def test_special_characters_in_labels_are_escaped(label):
    with scope(label):
        y = Value(1.0, label=label) * 2
    source = autograd.draw(y, title=label).mermaid
    nodes, edges = read(source)
    assert len(nodes) == 4
    assert len(edges) == 3
    read(autograd.draw(y, expand=False).mermaid)


def test_symbols_are_written_as_character_codes():
    assert mermaid.text('a"b<c>#&') == "a#34;b#60;c#62;#35;#38;"


def test_a_default_picture_fits_the_limits_of_github():
    source = autograd.draw(network(80)).mermaid
    assert len(source) < 50_000
    assert len(EDGE.findall(source)) < 500
