"""The interactive page in a real browser."""

import pytest
from drawing.drawings import AWKWARD, network, neuron
from drawing.in_browser import names

import autograd
from autograd import Value, scope


def test_the_browser_draws_the_graph(visit):
    page = visit(autograd.draw(neuron()))
    assert names(page, ".node[id^=n]") == ["n1", "n2", "n3", "n4", "n5"]
    assert names(page, ".node[id^=o]") == ["o3", "o4", "o5"]
    assert len(names(page, ".edge")) == 8
    assert "-0.002682" in page.text_content("#n1")


def test_search_finds_and_shows_nodes(visit):
    page = visit(autograd.draw(neuron()))
    page.keyboard.press("/")
    page.keyboard.type("tan")
    assert page.locator("#results li").all_inner_texts() == ["y tanh(v4)"]
    page.keyboard.press("Enter")
    assert page.inner_text("#details h2") == "y"
    assert names(page, ".selected") == ["n5"]
    page.fill("#search", "zebra")
    assert page.locator("#results li").all_inner_texts() == ["nothing found"]


def test_a_click_shows_the_details_of_a_node(visit):
    with autograd.Trace():
        x = Value(2.0, label="x")
        y = x.tanh()
    y.backward()
    page = visit(autograd.draw(y))
    page.click("#n2")
    shown = page.inner_text("#details")
    assert "0.964" in shown
    assert "tanh(x)" in shown
    assert "1 − v2²" in shown
    assert "y = x.tanh()" in shown
    page.click("#o2")
    assert page.inner_text("#details h2") == "v2"
    page.keyboard.press("Escape")
    assert "Click a node" in page.inner_text("#details")


def test_every_path_to_the_output_is_highlighted(visit):
    x, w = Value(2.0, label="x"), Value(3.0, label="w")
    page = visit(autograd.draw((x * w).sin() + (x + w).cos() * (w**2)))
    page.click("#n1")
    page.click("#paths")
    dim = names(page, ".node.dim[id^=n]")
    assert "n1" not in dim
    assert "n2" in dim
    on = names(page, ".edge.on-path[id^=e]")
    assert on == ["e3_0", "e4_0", "e5_0", "e6_0", "e8_0", "e9_0", "e9_1"]
    page.click("#paths")
    assert names(page, ".dim") == []


def test_stepping_moves_the_highlight_and_explains_the_step(visit):
    page = visit(autograd.draw(neuron()))
    assert page.is_disabled("#back")
    page.click("#next")
    assert names(page, ".node.active") == ["n5", "o5"]
    assert names(page, ".flowing") == ["e5_0"]
    assert "∂y/∂v4 = 1 − y²" in page.inner_text("#sentence")
    page.keyboard.press("ArrowRight")
    assert names(page, ".node.active") == ["n4", "o4"]
    assert page.inner_text("#progress") == "2 of 5"
    page.keyboard.press("ArrowLeft")
    assert names(page, ".node.active") == ["n5", "o5"]
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    assert page.inner_text("#progress") == "5 of 5"
    assert page.is_disabled("#next")
    page.keyboard.press("Home")
    assert names(page, ".active") == []


def test_scopes_open_and_close(visit):
    page = visit(autograd.draw(network(3), collapse=["layers.1"]))
    closed = names(page, ".node[id^=g]")
    assert len(closed) == 1
    before = len(names(page, ".node"))
    page.dblclick(f"#{closed[0]}")
    assert names(page, ".node[id^=g]") == []
    assert len(names(page, ".node")) > before
    page.click("#close-all")
    assert len(names(page, ".node[id^=g]")) == 1
    page.click(f"#{names(page, '.node[id^=g]')[0]}")
    assert "15 nodes · 60 parameters" in page.inner_text("#details")
    page.click("#toggle")
    assert len(names(page, ".node[id^=g]")) == 1  # the layers are equal
    page.dblclick(f"#{names(page, '.node[id^=g]')[0]}")
    assert len(names(page, ".node[id^=g]")) == 3
    page.click("#open-all")
    assert names(page, ".node[id^=g]") == []


def test_search_opens_the_scopes_around_a_match(visit):
    page = visit(autograd.draw(network(40)))
    page.fill("#search", "tanh")
    page.press("#search", "Enter")
    number = page.inner_text("#details h2").lstrip("v")
    assert page.locator(f"#n{number}").count() == 1


def test_steps_are_visible_through_closed_scopes(visit):
    page = visit(autograd.draw(network(3), collapse=["layers"]))
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert [name[0] for name in names(page, ".node.active")] == ["g"]


def test_dragging_moves_and_the_wheel_zooms(visit):
    page = visit(autograd.draw(neuron()))

    def seen():
        return [float(x) for x in page.get_attribute("#canvas svg", "viewBox").split()]

    whole = seen()
    page.mouse.move(300, 600)
    page.mouse.down()
    page.mouse.move(400, 640, steps=4)
    page.mouse.up()
    moved = seen()
    assert moved[0] < whole[0]
    assert moved[2] == pytest.approx(whole[2])
    page.mouse.wheel(0, -400)
    page.wait_for_timeout(100)
    assert seen()[2] < moved[2]
    page.click("#fit")
    assert seen() == pytest.approx(whole)


def test_labels_are_never_executed(visit):
    y = Value(0.0)
    for label in AWKWARD:
        with scope(label):
            y = y + Value(1.0, label=label) * 2
        y.label = label + "2"
    page = visit(autograd.draw(y, title=" ".join(sorted(AWKWARD, key=len)), expand=True))
    page.fill("#search", "mul")
    titles = []
    for leaf in page.locator(".node[aria-label*=', leaf']").all():
        leaf.press("Enter")  # shows its details
        titles.append(page.inner_text("#details h2"))
    assert "<script>alert(1)</script>" in titles
    assert len(titles) > len(AWKWARD)
    page.focus("#slider")
    for _ in range(int(page.get_attribute("#slider", "max"))):
        page.keyboard.press("ArrowRight")
    assert page.locator("#canvas svg script, #canvas svg image, #canvas foreignObject").count() == 0


def test_a_page_of_ten_thousand_nodes_can_be_searched(visit):
    x = Value(0.5)
    for i in range(10_000):
        x = x.sin() if i % 2 else x * 1.01
    x.label = "the end"
    page = visit(autograd.draw(x))
    assert 2 <= len(names(page, ".node")) <= 20
    page.fill("#search", "the end")
    page.press("#search", "Enter")
    assert page.inner_text("#details h2") == "the end"
    assert page.locator(f"#n{10_001}").count() == 1
    assert len(names(page, ".node")) < 400  # parts of parts are opened, as far as the match
    page.click("#open-all")
    assert "too long" in page.inner_text("#message")


def test_a_notebook_without_dot_shows_the_live_page(browser, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    found = autograd.draw(neuron())._repr_mimebundle_()["text/html"]
    assert len(found) < 1_100_000
    page = browser.new_page(viewport={"width": 900, "height": 700})
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.set_content(f"<p>A cell</p>{found}")
    inside = page.frame_locator("iframe")
    inside.locator("#input-0-0").fill("0")
    assert inside.locator("#n3 .value").first.text_content() == "0"
    with page.expect_download() as download:
        inside.locator("#export").click()
    assert download.value.suggested_filename == "graph.svg"
    page.close()
    assert said == []
