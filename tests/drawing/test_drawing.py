import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

import autograd
from autograd import Tensor, Value
from autograd.drawing import picture
from autograd.errors import DataError, FormatError, MissingProgramError

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="dot is not installed")


def neuron():
    x, w = Value(2.0, label="x"), Value(-3.0, label="w")
    y = (x * w + x).tanh()
    y.label = "y"
    y.backward()
    return y


def boxes(source):
    return dict(re.findall(r'^\t(n\d+) \[label="((?:[^"\\]|\\.)*)"', source, re.M))


def edges(source):
    return re.findall(r"(n\d+) -> (n\d+)", source)


def test_there_is_a_box_for_each_node_and_an_edge_for_each_argument():
    source = autograd.draw(neuron()).source
    found = {k: v.replace("\\ ", " ") for k, v in boxes(source).items()}
    assert [label.split(" | ")[0] for label in found.values()] == ["x", "w", "v3", "v4", "y"]
    assert found["n1"] == "x | data 2 | grad -0.0026819"
    assert "x × w" in found["n3"]
    assert "tanh(v4)" in found["n5"]
    assert sorted(edges(source)) == [
        ("n1", "n3"), ("n1", "n4"), ("n2", "n3"), ("n3", "n4"), ("n4", "n5"),
    ]  # fmt: skip


def test_a_node_used_twice_has_one_box_and_two_edges():
    x = Value(2.0)
    source = autograd.draw(x * x).source
    assert edges(source) == [("n1", "n2"), ("n1", "n2")]


@needs_dot
@pytest.mark.parametrize(
    "label",
    ['a"b', "a<b>&c", "{a|b}", "back\\slash\\n", "two\nlines", "π ← ∂", "a" * 10_000, " ", "\\"],
    ids=lambda label: repr(label[:12]),
)
def test_any_label_can_be_drawn(label):
    svg = autograd.draw(Value(1.0, label=label) * 2).pipe(format="svg")
    texts = " ".join(
        t.text or "" for t in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    )
    expected = label.replace("\n", " ").strip()
    assert expected[:79] in texts.replace("\xa0", " ")


@needs_dot
@pytest.mark.parametrize("magic", [b"svg<?xml", b"png\x89PNG", b"pdf%PDF"])
def test_it_saves_itself_as_an_image(tmp_path, magic):
    ending, magic = magic[:3].decode(), magic[3:]
    target = tmp_path / f"g.{ending}"
    target.write_text("old")
    assert autograd.draw(neuron()).save(target) == str(target)
    assert target.read_bytes().startswith(magic)
    assert [path.name for path in tmp_path.iterdir()] == [f"g.{ending}"]


@pytest.mark.parametrize("name", ["README.md", "g.gif", "g.svg.txt"])
def test_a_name_that_asks_for_no_known_format_is_refused_and_the_file_left_alone(tmp_path, name):
    (tmp_path / name).write_text("precious")
    with pytest.raises(FormatError, match=r"\.svg"):
        autograd.draw(neuron()).save(tmp_path / name)
    assert (tmp_path / name).read_text() == "precious"


def test_what_is_no_node_cannot_be_drawn():
    for show in (autograd.draw, autograd.text):
        with pytest.raises(DataError, match="not in float"):
            show(3.0)


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "g.svg"
    target.write_text("old")
    drawn = autograd.draw(neuron())
    monkeypatch.setattr(picture.Picture, "pipe", lambda *a, **k: (_ for _ in ()).throw(OSError()))
    with pytest.raises(OSError):
        drawn.save(target)
    assert target.read_text() == "old"


@needs_dot
def test_it_renders_like_any_graphviz_graph_and_shows_itself_in_jupyter(tmp_path):
    drawn = autograd.draw(neuron())
    rendered = drawn.render(tmp_path / "g", format="svg")
    assert "<svg" in Path(rendered).read_text()
    assert "<svg" in drawn._repr_mimebundle_(include=None)["image/svg+xml"]


def test_without_dot_it_says_how_to_get_it_and_offers_text(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    drawn = autograd.draw(neuron())
    for show in (lambda: drawn.save(tmp_path / "g.svg"), drawn.render, drawn.pipe):
        with pytest.raises(MissingProgramError, match=r"apt install graphviz.*autograd\.text"):
            show()
    bundle = drawn._repr_mimebundle_()
    assert list(bundle) == ["text/plain"]
    assert "x × w" in bundle["text/plain"]
    drawn.save(tmp_path / "g.dot")
    assert "digraph" in (tmp_path / "g.dot").read_text()


def test_text_lists_the_nodes_with_numbers_formulas_values_and_derivatives():
    lines = [line.split() for line in autograd.text(neuron()).splitlines()]
    assert lines[0] == ["1", "x", "data", "2", "grad", "-0.0026819"]
    assert lines[2][:6] == ["3", "v3", "=", "x", "×", "w"]
    assert lines[4][:4] == ["5", "y", "=", "tanh(v4)"]


def test_constants_and_keywords_stand_in_the_formulas():
    t = Tensor([[1.0, 2.0]], label="t")
    shown = autograd.text((2 - t).sum(axis=1, keepdims=True) ** -1.5)
    assert "= 2 - t" in shown
    assert "keepdims=True" in shown
    assert "** -1.5" in shown


def test_indices_are_written_as_in_python():
    t = Tensor(np.ones((9, 9)), label="t")
    for index, shown in (
        (0, "t[0]"),
        ((slice(1, 3), Ellipsis), "t[1:3, Ellipsis]"),
        ((slice(None, None, 2), np.arange(9)), "t[::2, int64 9]"),
    ):
        assert shown in autograd.text(t[index])


def test_tensors_show_their_numbers_or_else_shape_and_spread():
    t, large = Tensor([1.0, 2.0], label="t"), Tensor(np.ones((30, 4), np.float32), label="large")
    y = (t.sum() * large).sum()
    shown = autograd.text(y)
    assert "[1., 2.]" in shown
    assert "float32 30×4 1 ± 0" in shown
    y.backward()
    assert "grad" in autograd.text(t)
    assert "(freed)" in autograd.text(y)
    assert "(freed)" in autograd.draw(y).source


def test_labels_that_occur_twice_are_told_apart():
    shown = autograd.text(Value(1.0, label="x") * Value(2.0, label="x"))
    assert "= x#1 × x#2" in shown


def test_a_long_graph_is_shortened_and_needs_no_recursion():
    x = Value(1.0)
    for _ in range(20_000):
        x = x + 1
    lines = autograd.text(x, most=100).splitlines()
    assert len(lines) == 101
    assert lines[50] == "… 19901 lines left out …"


def test_values_and_tensors_and_second_derivatives_are_drawn_together():
    x = Value(2.0, label="x")
    (x * Tensor([1.0, 2.0], label="t")).sum().backward(create_graph=True)
    assert "digraph" in autograd.draw(x.grad).source


@needs_dot
def test_the_picture_passes_through_dot_without_a_warning():
    drawn = autograd.draw(neuron())
    finished = subprocess.run(
        ["dot", "-Tsvg"], input=drawn.source, capture_output=True, text=True, check=True
    )
    assert finished.stderr == ""
