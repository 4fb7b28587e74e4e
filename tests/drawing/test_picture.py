import os
import re
import subprocess
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from drawing.drawings import AWKWARD, Read, needs_dot, network, neuron

import autograd
from autograd import Tensor, Value, scope
from autograd.drawing import dot, page
from autograd.drawing.view import View
from autograd.errors import (
    DataError,
    FormatError,
    FreedGraphError,
    GraphError,
    MissingProgramError,
)
from autograd.graph import Graph


def test_a_picture_has_boxes_operators_and_ordered_edges():
    read = Read(autograd.draw(neuron()).source)
    assert [read.boxes[f"n{i}"][0] for i in range(1, 6)] == ["x", "w", "v3", "v4", "y"]
    assert read.boxes["n1"] == ["x", "data", "2", "grad", "-0.002682"]
    assert read.signs == {"o3": "×", "o4": "+", "o5": "tanh"}
    assert read.into("o3") == ["n1", "n2"]
    assert read.into("o4") == ["n3", "n1"]
    assert read.into("n5") == ["o5"]
    assert len(read.edges) == 8


def test_a_node_used_twice_has_one_box_and_two_edges():
    x = Value(2.0)
    read = Read(autograd.draw(x * x).source)
    assert read.into("o2") == ["n1", "n1"]
    assert sorted(read.boxes) == ["n1", "n2"]


def test_constants_keep_their_argument_position():
    x = Value(2.0, label="x")
    read = Read(autograd.draw(3 - x**2).source)
    assert read.into("o2") == ["n1", "c2_1"]
    assert read.into("o3") == ["c3_0", "n2"]
    assert read.boxes["c3_0"] == ["3"]
    without = Read(autograd.draw(3 - x**2, show=["label", "data"]).source)
    assert without.into("o3") == ["n2"]
    assert "grad" not in without.boxes["n1"]


def test_each_kind_of_node_looks_different():
    w, c = Tensor([1.0, 2.0], label="w"), Tensor([3.0, 4.0], requires_grad=False)
    w.is_parameter = True
    x = Value(1.0, label="x")
    read = Read(autograd.draw((w * c * x).sum()).source)
    looks = {
        re.sub(r"<TR>.*</TR>", "", read.shapes[f"n{i}"]) for i in range(1, len(read.signs) + 4)
    }
    assert len(looks) == 5


def test_static_arguments_are_shown_beside_the_operator():
    t = Tensor(np.ones((2, 3)))
    read = Read(autograd.draw(t.sum(axis=1, keepdims=True)[0, 0]).source)
    assert sorted(read.signs.values()) == ["[ ] 0, 0", "Σ axis=1, keepdims=True"]


def test_tensors_show_shape_dtype_and_numbers_or_spread():
    small, large = Tensor([1.0, 2.5], label="a"), Tensor(np.arange(60.0, dtype="f4").reshape(30, 2))
    read = Read(autograd.draw((small * large).sum()).source)
    assert read.boxes["n1"] == ["a", "float64 2", "data", "[1, 2.5]"]
    found_text = read.boxes["n2"]
    assert found_text[1] == "float32 30×2"
    assert found_text[3:5] == ["29.5 ± 17.3", "0 … 59"]
    assert set(found_text[5]) <= set("▁▂▃▄▅▆▇█")
    bare = Read(autograd.draw(large.sum(), show=["label", "data"]).source)
    assert bare.boxes["n1"] == ["v1", "data"]


@pytest.mark.parametrize(
    "data",
    [
        np.zeros(0), np.zeros((3, 0, 2)), np.full(9, np.nan), np.array([np.inf, *range(8)]),
        np.zeros(20), np.full(20, 5e-324), np.array([1e308, -1e308] * 5), np.ones(9, "c16"),
        np.array(2.0), np.array([1, 2], "c8"), np.arange(9.0, dtype="f2"),
    ],
    ids=repr,
)  # fmt: skip
def test_any_array_can_be_drawn(data):
    t = Tensor(data, label="t")
    t.grad = data
    for shown in (autograd.draw(t * 0.5), autograd.draw(t)):
        assert Read(shown.source).boxes["n1"][0] == "t"
        assert "t" in shown.mermaid
        assert "t" in shown.text


def test_number_format_can_be_chosen():
    read = Read(autograd.draw(Value(2.0, label="x") * 3, number_format=".2f").source)
    assert read.boxes["n1"] == ["x", "data", "2.00", "grad", "0.00"]
    assert read.boxes["c2_1"] == ["3.00"]


def test_depth_shows_the_last_operations_and_says_more_exist():
    x = Value(1.0, label="x")
    y = x
    for _ in range(10):
        y = y.sin()
    read = Read(autograd.draw(y, depth=2).source)
    assert sorted(read.signs) == ["o10", "o11", "o9"]
    assert read.into("o9") == ["m9"]
    assert autograd.draw(y, depth=2).source.count("<TD>…</TD>") == 1
    assert len(Read(autograd.draw(y, depth=99).source).signs) == 10


def test_several_outputs_share_one_picture():
    x = Value(2.0, label="x")
    a, b = x * 2, x * 3
    read = Read(autograd.draw(a, b).source)
    assert sorted(read.signs.values()) == ["×", "×"]
    assert [name for name in read.boxes if name.startswith("n")] == ["n1", "n2", "n3"]


def test_a_second_order_graph_is_drawn_with_its_node():
    x = Value(2.0, label="x")
    y = (x * Tensor([1.0, 2.0], label="t")).sum() * x**3
    y.label = "y"
    y.backward(create_graph=True)
    read = Read(autograd.draw(y, x.grad, most=500).source)
    names = [words[0] for words in read.boxes.values()]
    assert names.count("x") == 1
    assert names.count("t") == 1
    assert "y" in names
    assert {"×", "Σ", "xʸ"} <= set(read.signs.values())


def test_title_and_direction_can_be_chosen():
    source = autograd.draw(neuron(), title="One <neuron>", direction="TB").source
    assert "One &lt;neuron&gt;" in source
    assert "rankdir=TB" in source


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"direction": "left"}, "'LR'"), ({"show": ["values"]}, "label, data"),
        ({"number_format": "4x"}, r"\.4g"), ({"depth": 0}, "1 or more"),
        ({"expand": ["no.such"]}, "no scope 'no.such'"), ({"collapse": "other"}, "no scope 'other'"),
    ],
)  # fmt: skip
def test_an_unknown_option_error_lists_the_known_ones(options, says):
    with pytest.raises((FormatError, GraphError), match=says):
        autograd.draw(neuron(), **options)


def test_only_nodes_can_be_drawn():
    for show in (autograd.draw, autograd.text, autograd.steps):
        with pytest.raises(DataError, match="not in float"):
            show(3.0)
    with pytest.raises(DataError, match="nothing to draw"):
        autograd.draw()


# -- shades --------------------------------------------------------------------------------------------


def test_shades_show_gradient_size_without_changing_grad():
    loss = network()
    source = autograd.draw(loss, shade=True, expand=True).source
    read = Read(source)
    colours = {re.search(r'grad</TD><TD[^>]*BGCOLOR="(#\w+)"', m) for m in read.shapes.values()}
    assert len(colours - {None}) > 2
    assert "|derivative|" in source
    assert "penwidth" in source
    assert all(leaf.grad is None for leaf in Graph.of(loss))


def test_kept_derivatives_of_a_freed_graph_are_shaded():
    w = Tensor([1.0, 2.0], label="w")
    loss = (w * w).sum()
    loss.backward()
    assert "|derivative|" in autograd.draw(w, shade=True).source
    with pytest.raises(GraphError, match=r"no derivatives to shade by.*retain_graph"):
        autograd.draw(loss, shade=True)


def test_zero_and_infinite_derivatives_have_distinct_colours():
    x, z = Value(0.0, label="x"), Value(-1.0, label="z")
    y = np.sqrt(x) + z.relu() + z * 3
    source = autograd.draw(y, shade=True).source
    from autograd.drawing.style import NOT_FINITE, ZERO

    assert NOT_FINITE in source
    assert ZERO in source


def test_listed_and_shaded_derivatives_are_the_same():
    x = Value(2.0, label="x")
    y = x * x * 3
    assert Read(autograd.draw(y, shade=True).source).boxes["n1"] == ["x", "data", "2", "grad", "12"]
    assert x.grad == 0.0


# -- scopes --------------------------------------------------------------------------------------------


def test_scopes_are_clusters_containing_their_own_weights():
    loss = network(2)
    source = autograd.draw(loss).source
    read = Read(source)
    assert read.clusters == ["layers", "layers.0", "layers.1"]
    inside = source[source.index("cluster layers.0") :]
    inside = inside[: inside.index("}")]
    assert len(re.findall(r"\tn\d+ \[", inside)) == 5


def test_a_closed_scope_is_one_box_with_its_inputs_and_outputs():
    read = Read(autograd.draw(network(3), collapse=["layers.1"]).source)
    assert read.boxes["group layers.1"] == [
        "1", "5 nodes · 20 parameters", "1 @, 1 +, 1 tanh",
    ]  # fmt: skip
    assert len(read.into("group layers.1")) == 1
    outer = Read(autograd.draw(network(3), collapse="layers").source)
    assert outer.clusters == []
    assert outer.boxes["group layers"][1] == "15 nodes · 60 parameters"


def test_large_scopes_are_closed_unless_opened():
    loss = network(40)
    read = Read(autograd.draw(loss).source)
    assert len([name for name in read.boxes if name.startswith("group")]) in (1, 40)
    assert len(read.boxes) < 60
    opened = Read(autograd.draw(loss, expand=["layers.7"]).source)
    assert "layers.7" in opened.clusters
    assert "group layers.8" in opened.boxes
    everything = Read(autograd.draw(loss, expand=True).source)
    assert len(everything.signs) == 40 * 3 + 2
    assert not Read(autograd.draw(network(3), show=["label"], expand=True).source).clusters


def test_a_repeated_scope_shows_its_count():
    x = Value(0.5, label="x")
    y = x
    for _ in range(7):
        with scope("cell"):
            y = (y * x).tanh()
    read = Read(autograd.draw(y, collapse=["cell"]).source)
    assert read.boxes["group cell"][1] == "14 nodes · 7 calls"


def test_edges_between_two_closed_scopes_merge_with_a_count():
    t = [Value(float(i)) for i in range(5)]
    with scope("a"):
        u = [v * 2 for v in t]
    with scope("b"):
        s = sum(u)
    source = autograd.draw(s, collapse=["a", "b"]).source
    assert re.search(r'"group a" -> "group b" \[penwidth=1.4, label=<.*<TD>5</TD>', source)


def test_a_huge_graph_without_scopes_is_drawn_in_a_few_parts():
    x = [Value(0.1 * i) for i in range(10)]
    y = x
    for _ in range(500):
        y = [(a * b + c).tanh() for a, b, c in zip(y, [*y[1:], y[0]], x, strict=True)]
    total = sum(y)
    graph = autograd.draw(total)
    read = Read(graph.source)
    assert 2 <= len(read.boxes) <= 12
    sizes = [
        int(box[1].split()[0].replace(",", "")) for box in read.boxes.values() if "nodes" in box[1]
    ]
    assert sum(sizes) == 10 + 500 * 30 + 10
    # Between levels only the ten values of a level and the ten leaves pass.
    assert max(int(n) for n in re.findall(r"-> .*<TD>(\d+)</TD>", graph.source)) <= 30


def test_a_closed_group_is_measured_once_for_its_nodes(monkeypatch):
    measured, closed = [], View.closed
    monkeypatch.setattr(
        View, "closed", lambda view, group: measured.append(1) or closed(view, group)
    )
    y = Value(0.5)
    for _ in range(5000):
        y = np.sin(y)
    picture = autograd.draw(y)
    assert "nodes" in picture.source
    assert len(measured) < 100


def test_a_very_wide_graph_is_cut():
    total = np.sum(np.stack([Value(1.0) for _ in range(5000)]))
    assert len(Read(autograd.draw(total).source).boxes) < 20


@pytest.mark.slow
def test_a_thousand_nested_scopes_can_be_drawn():
    def factorial(n, x):
        with scope("factorial"):
            return x if n == 0 else n * factorial(n - 1, x)

    y = factorial(300, Value(1e-300, label="x"))
    for drawn in (autograd.draw(y), autograd.draw(y, expand=True), autograd.draw(y, expand=False)):
        assert drawn.source
        assert drawn.mermaid
        assert drawn.html()


# -- freed graphs ---------------------------------------------------------------------------------------


def test_a_partly_freed_graph_is_drawn_with_a_note():
    x = Tensor([1.0, 2.0], label="x")
    y = np.tanh(x).sum()
    y.label = "y"
    y.backward()
    drawn = autograd.draw(y * 2)
    read = Read(drawn.source)
    assert read.into("o1") == ["m1"]
    assert "backward() freed the graph of y" in drawn.source
    assert "freed" in drawn.mermaid
    assert "sum(freed)" in drawn.text
    with pytest.raises(FreedGraphError, match="retain_graph"):
        autograd.steps(y)


# -- labels -------------------------------------------------------------------------------------------------


@needs_dot
@pytest.mark.parametrize("label", AWKWARD, ids=lambda label: ascii(label[:14]))
def test_any_label_can_be_drawn_literally(label):
    y = Value(1.0, label=label) * 2
    drawn = autograd.draw(y, title=label)
    svg = drawn.svg()
    root = ET.fromstring(svg.encode())
    texts = " ".join(t.text or "" for t in root.iter("{http://www.w3.org/2000/svg}text"))
    expected = re.sub(
        "[^\t -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", " ".join(label.split())
    )
    assert expected[:39] in texts.replace("\xa0", " ")
    assert "<script" not in svg
    with scope(label.strip(".") or "x"):
        z = y * 3
    assert len(ET.fromstring(autograd.draw(z).svg().encode())) > 0
    assert len(ET.fromstring(autograd.draw(z, expand=False).svg().encode())) > 0


# -- files ---------------------------------------------------------------------------------------------------


@needs_dot
@pytest.mark.parametrize("magic", [b"svg<?xml", b"png\x89PNG", b"pdf%PDF"])
def test_a_picture_is_saved_as_an_image(tmp_path, magic):
    ending, magic = magic[:3].decode(), magic[3:]
    target = tmp_path / f"g.{ending}"
    target.write_text("old")
    assert autograd.draw(neuron()).save(target) == str(target)
    assert target.read_bytes().startswith(magic)
    assert [path.name for path in tmp_path.iterdir()] == [f"g.{ending}"]


def test_sources_and_pages_are_saved_without_graphviz(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    drawn = autograd.draw(neuron())
    for name, begins in (
        ("g.dot", "digraph"), ("g.gv", "digraph"), ("g.mmd", "%%{init"), ("g.MMD", "%%{init"),
        ("g.html", "<!doctype html>"), ("g.txt", "1  x"),
    ):  # fmt: skip
        drawn.save(tmp_path / name)
        assert (tmp_path / name).read_text().startswith(begins)


@pytest.mark.parametrize("name", ["README.md", "g.gif", "g.svg.txtx", "g"])
def test_an_unknown_format_is_rejected_and_the_file_kept(tmp_path, name):
    (tmp_path / name).write_text("precious")
    with pytest.raises(FormatError, match=r"\.svg"):
        autograd.draw(neuron()).save(tmp_path / name)
    assert (tmp_path / name).read_text() == "precious"


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "g.dot"
    target.write_text("old")
    monkeypatch.setattr(os, "replace", lambda *a: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        autograd.draw(neuron()).save(target)
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["g.dot"]


@needs_dot
def test_a_picture_renders_in_jupyter():
    bundle = autograd.draw(neuron())._repr_mimebundle_(include=None)
    assert "<svg" in bundle["image/svg+xml"]
    assert bundle["text/plain"] == "<picture of y: 5 nodes>"


def test_without_dot_it_explains_and_shows_a_page_and_text(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    drawn = autograd.draw(neuron())
    for show in (lambda: drawn.save(tmp_path / "g.svg"), drawn.svg):
        with pytest.raises(MissingProgramError, match=r"apt install graphviz.*g\.html") as raised:
            show()
        assert "\n" not in str(raised.value)
    assert not (tmp_path / "g.svg").exists()
    bundle = drawn._repr_mimebundle_()
    assert bundle["text/html"].startswith("<iframe srcdoc=")
    assert "x × w" in bundle["text/plain"]
    monkeypatch.setattr(page, "MOST_IN_NOTEBOOK", 1000)  # as if it were a large graph
    assert "\nflowchart" in drawn._repr_mimebundle_()["text/vnd.mermaid"]


@needs_dot
def test_dot_accepts_the_picture_without_a_warning():
    for drawn in (
        autograd.draw(neuron(), shade=True, title="t"), autograd.draw(network(12), shade=True),
        autograd.draw(network(3), direction="TB"),
    ):  # fmt: skip
        finished = subprocess.run(
            ["dot", "-Tsvg"], input=drawn.source, capture_output=True, text=True, check=True
        )
        assert finished.stderr == ""


def test_a_picture_is_a_snapshot_of_the_numbers():
    x = Value(2.0, label="x")
    drawn = autograd.draw(x * 3)
    source, mermaid, text = drawn.source, drawn.mermaid, drawn.text
    x.data = 5.0
    assert dot.source(drawn.view) == source  # written again
    assert (drawn.mermaid, drawn.text) == (mermaid, text)


def test_the_text_of_a_picture_lists_the_same_nodes():
    x = Value(1.0, label="x")
    drawn = autograd.draw(x.sin().cos().exp(), depth=1)
    assert [line.split()[:4] for line in drawn.text.splitlines()] == [
        ["3", "v3", "=", "cos(…)"],
        ["4", "v4", "=", "exp(v3)"],
    ]
