"""Pictures of networks are legible in a column of 900 pixels, on paper, and on light and dark."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from drawing.drawings import Read, needs_dot, network
from drawing.models import MODELS, Encoder, cnn, lstm, mlp_of_tensors, twelve_blocks
from drawing.models import mlp_of_values as scalars

import autograd
import nn
from autograd import Tensor, Value, scope
from autograd.drawing import layout, style

COLUMN = 900  # pixels
PIXELS = 4 / 3  # a point


def lowest_text(svg):
    """Return the height of the smallest text, in pixels, where the picture fills a column."""
    root = ET.fromstring(svg.encode())
    width = float(root.get("viewBox").split()[2])
    sizes = [float(e.get("font-size")) for e in root.iter() if e.tag.endswith("text")]
    return min(sizes) * min(COLUMN / width, PIXELS)


@needs_dot
@pytest.mark.parametrize("name", MODELS)
def test_text_is_nine_pixels_high_in_a_column_of_900(name):
    assert lowest_text(autograd.draw(*MODELS[name]()).svg()) >= 9


@needs_dot
def test_a_wide_picture_scrolls_before_its_text_is_too_small():
    svg = autograd.draw(*cnn(), direction="LR").svg()
    width = float(ET.fromstring(svg.encode()).get("viewBox").split()[2])
    least = float(re.search(r"min-width:(\d+)px", svg)[1])
    assert 10 * least / width == pytest.approx(9, rel=0.01)
    assert "max-width:100%" in svg


@needs_dot
def test_the_direction_is_the_one_with_legible_text():
    for make, direction in ((MODELS["neuron"], "LR"), (cnn, "TB")):
        nodes = make()
        assert f"rankdir={direction}," in autograd.draw(*nodes).source
        across, down = (
            float(ET.fromstring(autograd.draw(*nodes, direction=d).svg()).get("viewBox").split()[2])
            for d in ("LR", "TB")
        )
        assert (across <= layout.COLUMN) == (direction == "LR")
        assert down < across
    assert "rankdir=RL" in autograd.draw(*MODELS["neuron"](), direction="RL").source


# -- what is folded ------------------------------------------------------------------------------


def test_equal_blocks_in_a_row_are_one_box():
    nodes = twelve_blocks()
    read = Read(autograd.draw(*nodes).source)
    name = "group blocks.0…11"
    assert read.boxes[name][0] == "0…11 · 12 × TransformerEncoderLayer"
    assert read.clusters == ["blocks"]
    opened = Read(autograd.draw(*nodes, expand=["blocks.7"]).source)
    assert "blocks.7" in opened.clusters
    assert "group blocks.6" in opened.boxes
    assert name not in opened.boxes
    shaded = Read(autograd.draw(*nodes, shade=True).source)
    assert "group blocks.6" in shaded.boxes  # their derivatives differ


def test_blocks_that_differ_are_drawn_one_by_one():
    with scope("a"):
        y = Tensor(np.ones(4), label="t")
        for i in range(30):
            with scope(f"layers.{i}"):
                y = np.tanh(y * 2) if i != 14 else np.sin(y * 2)
    read = Read(autograd.draw(y.sum(), most=20).source)
    found = [name for name in read.boxes if "…" in name]
    assert found == ["group a.layers.0…13", "group a.layers.15…29"]
    assert "a.layers.14" in read.clusters


def test_layers_are_closed_and_say_what_they_are():
    read = Read(autograd.draw(*mlp_of_tensors()).source)
    assert read.boxes["group 0"] == ["0 · Linear(8, 16)", "144 parameters", "input 32×8"]
    assert read.boxes["group 1"] == ["1 · ReLU"]
    assert '"group 0" -> "group 1"' in autograd.draw(*mlp_of_tensors()).source
    opened = Read(autograd.draw(*mlp_of_tensors(), expand=["0"]).source)
    assert [b[0] for b in opened.boxes.values() if b[0] in ("weight", "bias")] == ["weight", "bias"]


def test_frames_and_edges_show_shapes():
    source = autograd.draw(*cnn()).source
    assert "features · Sequential · 2×1×28×28 → 2×16×5×5" in source
    edges = re.findall(r'"group features\.0" -> "group features\.1" .*<TD>([^<]*)</TD>', source)
    assert edges == ["2×8×26×26"]
    mermaid = autograd.draw(*cnn()).mermaid
    assert '-->|"2×8×26×26"|' in mermaid


def test_a_module_called_twenty_times_is_one_box_of_twenty_calls():
    nodes = lstm()
    read = Read(autograd.draw(*nodes).source)
    assert read.boxes["group cell"] == ["cell · LSTMCell(4, 8)", "448 parameters · 20 calls"]
    calls = Read(autograd.draw(*nodes, expand=["cell.call 3"]).source)
    assert "cell.call 3" in calls.clusters
    assert "group cell.call 4" in calls.boxes


def test_a_weight_with_many_uses_is_a_chip_at_each():
    w = Tensor(np.eye(3), label="W")
    h = np.ones(3)
    for _ in range(6):
        h = np.tanh(w @ h)
    picture = autograd.draw(h.sum())
    read = Read(picture.source)
    chips = [name for name in read.boxes if name.startswith("l")]
    assert len(chips) == 6
    assert all(read.boxes[chip] == ["W"] for chip in chips)
    assert [a for a, _ in read.edges].count("n1") == 0
    assert "used 6 times" in read.boxes["n1"]
    assert picture.mermaid.count("l1_") == 12  # each chip, and its edge
    few = Read(autograd.draw(np.tanh(w @ (w @ np.ones(3))).sum()).source)
    assert not [name for name in few.boxes if name.startswith("l")]


# -- names -----------------------------------------------------------------------------------


def test_parameters_are_named_by_their_scope():
    (loss,) = mlp_of_tensors()
    names = [item.name for item in autograd.draw(loss).view.graph.items if not item.op]
    assert names == ["0.weight", "0.bias", "2.weight", "2.bias", "4.weight", "4.bias"]
    assert "#" not in autograd.text(loss)


def test_scalar_networks_have_named_parameters_in_their_look():
    (loss,) = scalars()
    graph = autograd.draw(loss).view.graph
    leaves = {item.name: item.kind for item in graph.items if not item.op}
    assert {"layers.0.w[1, 0]", "layers.1.w[2, 1]", "layers.2.b[0]"} <= set(leaves)
    assert set(leaves.values()) == {"parameter"}
    neuron = nn.Neuron(2)
    assert [value.label for value in neuron.parameters()] == ["w[0]", "w[1]", "b"]


def test_a_scope_can_say_what_it_is():
    with scope("outer", "the encoder"), scope("inner"):
        y = Value(2.0) * 3
    source = autograd.draw(y, expand=True).source
    assert "outer · the encoder" in source
    assert autograd.draw(y, collapse="outer").mermaid.count("outer · the encoder") == 1


# -- second derivatives -------------------------------------------------------------------------


def test_products_with_one_are_left_out_of_second_derivatives():
    nodes = MODELS["second_order"]()
    picture = autograd.draw(*nodes)
    assert not [c for c in Read(picture.source).boxes.values() if c == ["1"]][1:]  # of 1 − y²
    assert "Left out: 3 products with 1 or power of 1." in picture.source
    written = Value(2.0, label="x") * 1
    assert len(autograd.draw(written).view.graph.items) == 2


# -- contrast ------------------------------------------------------------------------------------


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return np.dot(linear, [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


#: White paper and pages, and the dark pages of GitHub, Jupyter and Visual Studio Code.
PAGES = ("#ffffff", "#0d1117", "#111111", "#1e1e1e")
LINES = (
    *style.EDGE_RAMP, style.EDGE_ZERO, style.EDGE_NOT_FINITE, style.OUTSIDE, style.CLUSTER.border,
    style.OPERATION.fill,
)  # fmt: skip
FILLS = [
    *(look.fill for look in style.STYLES.values()), style.CLOSED.fill, style.ACTIVE, style.PLATE,
]  # fmt: skip


def test_text_has_the_contrast_of_wcag_aa():
    for fill in FILLS:
        assert contrast(style.INK, fill) >= 4.5
        assert contrast(style.FAINT, fill) >= 4.5
    for fill in (*style.RAMP, style.ZERO, style.NOT_FINITE):  # numbers and titles on them are ink
        assert contrast(style.INK, fill) >= 4.5
    assert contrast("#ffffff", style.OPERATION.fill) >= 4.5


def test_lines_are_visible_on_light_and_dark_pages():
    for page in PAGES:
        for line in LINES:
            assert contrast(line, page) >= 3


@needs_dot
def test_text_outside_of_boxes_stands_on_a_plate():
    picture = autograd.draw(network(3), shade=True, title="t", collapse=["layers.1"], depth=9)
    root = ET.fromstring(picture.svg().encode())
    inks = {e.get("fill") for e in root.iter() if e.tag.endswith("text")}
    assert inks <= {style.INK, style.FAINT, "#ffffff"}  # white: signs, on their circles
    for line in re.findall(r"(?:subgraph|->|graph \[).*label=<(.*)>", picture.source):
        assert f'BGCOLOR="{style.PLATE}"' in line


def test_numbers_in_shaded_cells_are_ink():
    source = autograd.draw(network(2), shade=True, expand=True).source
    cells = re.findall(r'<TD ALIGN="LEFT" BGCOLOR="#\w+" SIDES="TB">(.*?)</TD>', source)
    assert cells
    assert set(cells) == {"grad"}


def test_an_encoder_of_one_block_shows_its_inside():
    (loss,) = MODELS["transformer_block"]()
    assert "blocks.0" in Read(autograd.draw(loss).source).clusters
    assert Encoder(1).num_parameters() > 0
