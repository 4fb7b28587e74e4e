"""Steps, moving, searching and saving in the interactive page, also with keys and fingers."""

import xml.etree.ElementTree as ET

import pytest
from drawing.drawings import network, neuron
from drawing.in_browser import box_on_screen, is_seen, names, scale

import autograd
from autograd import Value, scope


def long_chain(length=60):
    x = Value(0.5, label="x")
    for _ in range(length):
        x = x.sin()
    return x


def test_the_view_follows_the_step_at_a_legible_size(visit):
    page = visit(autograd.draw(long_chain()))
    page.keyboard.press("0")  # all of it
    assert scale(page) < 0.3
    for number in (61, 60, 59):
        page.keyboard.press("ArrowRight")
        assert is_seen(page, f"n{number}")
        assert is_seen(page, f"o{number}")
    assert scale(page) >= 0.7
    page.keyboard.press("End")
    assert is_seen(page, "n1")
    page.keyboard.press("0")
    assert is_seen(page, "n61")


def test_derivatives_appear_as_they_arrive(visit):
    x, w = Value(2.0, label="x"), Value(-3.0, label="w")
    page = visit(autograd.draw((x * w + x).tanh()))

    def shown():
        return page.eval_on_selector_all(
            ".node[id^=n]",
            "all => all.map(e => [...e.querySelectorAll('.value:not(.unknown)')].map(t => t.textContent).join(' '))",
        )

    assert shown() == ["2 0", "-3 0", "-6 0", "-4 0", "-0.9993 0"]  # as backward() has left them
    page.keyboard.press("ArrowRight")
    assert shown() == ["2", "-3", "-6", "-4 0.001341", "-0.9993 1"]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert shown()[0] == "2 0.001341"  # the sum is not complete
    page.keyboard.press("End")
    assert shown() == ["2 -0.002682", "-3 0.002682", "-6 0.001341", "-4 0.001341", "-0.9993 1"]
    page.keyboard.press("Home")
    assert shown()[0] == "2 0"


def test_steps_play_pause_and_follow_the_slider(visit):
    page = visit(autograd.draw(neuron()), {})
    page.clock.install()
    page.click("#play")
    assert page.inner_text("#progress") == "1 of 5"
    assert page.get_attribute("#play", "aria-label") == "Pause"
    page.clock.run_for(2_500)
    assert page.inner_text("#progress") == "3 of 5"
    page.keyboard.press("p")
    page.clock.run_for(5_000)
    assert page.inner_text("#progress") == "3 of 5"
    page.keyboard.press("p")
    page.clock.run_for(9_000)
    assert page.inner_text("#progress") == "5 of 5"
    assert page.get_attribute("#play", "aria-label") == "Play"
    page.fill("#slider", "2")
    assert page.inner_text("#progress") == "2 of 5"
    assert page.get_attribute("#slider", "aria-valuetext") == "2 of 5"
    page.focus("#slider")
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#progress") == "3 of 5"


def test_two_fingers_zoom_and_one_moves(visit):
    page = visit(autograd.draw(neuron()), {"has_touch": True})
    before, place = scale(page), box_on_screen(page, "n4")
    touch = page.context.new_cdp_session(page)

    def fingers(kind, *points):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]})  # fmt: skip

    fingers("touchStart", (300, 300), (400, 300))
    for apart in range(60, 160, 20):
        fingers("touchMove", (350 - apart, 300), (350 + apart, 300))
    fingers("touchEnd")
    assert scale(page) == pytest.approx(2.8 * before, rel=0.1)
    page.click("#fit")
    fingers("touchStart", (300, 600))
    fingers("touchMove", (320, 610))
    fingers("touchMove", (340, 640))
    fingers("touchEnd")
    moved = box_on_screen(page, "n4")
    assert moved[:2] == pytest.approx([place[0] + 40, place[1] + 40], abs=2)


def test_search_finds_scopes(visit):
    page = visit(autograd.draw(network(3), collapse=["layers"]))
    page.fill("#search", "→ 5×4")  # what their titles say
    assert page.locator("#results li").count() >= 3
    page.fill("#search", "layers.1")
    assert page.locator("#results li").all_inner_texts() == ["layers.1 scope, 5×4 → 5×4, 5 nodes"]
    assert page.get_attribute("#search", "aria-activedescendant") == "found0"
    page.press("#search", "Enter")
    assert page.inner_text("#details h2") == "layers.1"
    assert len(names(page, ".selected, .cluster")) >= 1
    assert page.locator(".node[id^=g]").count() == 3


def test_neighbours_are_links(visit):
    page = visit(autograd.draw(neuron()))
    page.click("#n4")
    assert page.locator(".neighbours button").all_inner_texts() == ["v3", "x", "y"]
    page.click(".neighbours button:text-is('v3')")
    assert page.inner_text("#details h2") == "v3"
    assert names(page, ".selected") == ["n3"]
    assert page.locator(".neighbours button").all_inner_texts() == ["x", "w", "v4"]


def test_the_arranged_picture_can_be_saved(visit, tmp_path):
    page = visit(autograd.draw(network(3), collapse=["layers.1"], direction="LR"))
    page.click("#turn")
    page.keyboard.press("ArrowRight")
    with page.expect_download() as download:
        page.click("#export")
    download.value.save_as(tmp_path / "graph.svg")
    found = ET.parse(tmp_path / "graph.svg").getroot()
    texts = [text for text in found.itertext() if text.strip()]
    assert "loss" in texts
    assert any(text.startswith("layers") for text in texts)
    assert "var(" not in "".join(texts)
    width, height = (float(found.get(side)[:-2]) for side in ("width", "height"))
    assert height > width  # as it was turned
    visible = [e for e in found.iter() if "flowing" in e.get("class", "")]
    assert len(visible) == 1


def test_a_scope_opens_in_its_place_at_the_same_size(visit):
    page = visit(autograd.draw(network(3), collapse=["layers.0", "layers.1"], direction="LR"))
    second = names(page, ".node[id^=g]")[1]
    page.mouse.move(500, 300)
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(50)
    page.focus(f"#{second}")  # the view moves there
    zoomed = scale(page)

    def middle(name):
        x, y, width, height = box_on_screen(page, name)
        return [x + width / 2, y + height / 2]

    before = middle(second)
    page.keyboard.press("Enter")
    frame = second.replace("g", "k")
    assert middle(frame) == pytest.approx(before, abs=2)
    assert page.evaluate("document.activeElement.id") == frame
    page.keyboard.press("Enter")
    assert middle(second) == pytest.approx(before, abs=2)
    assert page.evaluate("document.activeElement.id") == second
    assert scale(page) == pytest.approx(zoomed)


def test_shading_has_a_legend_and_coloured_edges(visit):
    page = visit(autograd.draw(network(2), shade=True))
    assert page.inner_text("#legend").startswith("|derivative|")
    assert page.locator("#legend i").count() == 7
    strokes = page.eval_on_selector_all(
        ".edge[id^=e] path", "all => all.map(e => e.getAttribute('stroke'))"
    )
    assert len(set(strokes)) > 2


def test_tab_reaches_every_node_and_readers_hear_of_it(visit):
    page = visit(autograd.draw(neuron()))
    page.focus("#export")
    heard = []
    for _ in range(5):
        page.keyboard.press("Tab")
        heard.append(page.evaluate("document.activeElement.getAttribute('aria-label')"))
    assert heard[0] == "x, leaf, data 2, derivative -0.002682"
    assert heard[4] == "y, output, = tanh(v4), data -0.9993, derivative 1"
    page.keyboard.press("Enter")
    assert page.inner_text("#details h2") == "y"
    assert page.evaluate("document.activeElement.id") == "n5"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('aside') !== null")
    assert page.get_attribute("#sentence", "aria-live") == "polite"
    tree = page.locator("body").aria_snapshot()
    for role in ("heading", "combobox", "region", "button", "slider", "complementary"):
        assert f"- {role}" in tree
    hidden = page.locator(".node[id^=o]:not([aria-hidden]), .edge:not([aria-hidden])")
    assert hidden.count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 390])
def test_the_page_fits_wide_and_narrow_windows(visit, width, scheme):
    page = visit(autograd.draw(network(3)), width=width, height=800, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert box_on_screen(page, "canvas")[3] > 200
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(22, 25, 29)"}[scheme]
    for name in ("search", "fit", "export", "next", "slider"):
        x, _, wide, high = box_on_screen(page, name)
        assert x >= 0
        assert x + wide <= width
        assert wide > 20
        assert high > 10
    page.emulate_media(media="print")
    assert not page.is_visible("#fit")
    assert page.is_visible("#canvas svg")


def test_a_leaf_with_many_uses_is_drawn_at_each(visit):
    w = Value(2.0, label="w")
    y = w * 3.0
    for number in range(4):
        with scope(f"layers.{number}"):
            y = y.tanh() * w
    page = visit(autograd.draw(y, expand=True))
    chips = page.locator(".node[id^=l1_]")
    assert chips.count() == 5
    page.click(".node[id^=l1_] >> nth=2")
    assert page.inner_text("#details h2") == "w"
    assert page.locator(".node.selected").count() == 6
    assert "used 5 times" in page.text_content("#n1")
    page.keyboard.press("Escape")
    page.keyboard.press("End")
    assert page.text_content("#n1 .value >> nth=1") == numbers_of_step(page)
    page.click("#close-all")
    assert page.locator(".node[id^=l1_]").count() == 0


def numbers_of_step(page):
    return page.inner_text("#sentence").split(" = ")[-1]
