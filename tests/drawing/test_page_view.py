"""What is seen of a graph when its interactive page opens, in a real browser."""

import pytest
from drawing.drawings import network, neuron
from drawing.in_browser import box_on_screen, is_seen, scale

import autograd

PHONE = {"width": 390, "height": 844}


def is_upright(page, first, last):
    """Return whether the arrows go down from one node to the other."""
    (x, y, *_), (right, bottom, *_) = box_on_screen(page, first), box_on_screen(page, last)
    return bottom - y > right - x


@pytest.mark.parametrize("width", [1400, 390])
def test_text_is_legible_at_first_sight(visit, width):
    for drawn in (autograd.draw(neuron()), autograd.draw(network(4), expand=True)):
        page = visit(drawn, width=width, height=844)
        assert scale(page) >= 0.9  # text of ten points is nine pixels high
        assert is_seen(page, "n1")


def test_a_narrow_window_turns_the_graph(visit):
    assert not is_upright(visit(autograd.draw(neuron())), "n1", "n5")
    assert is_upright(visit(autograd.draw(neuron()), **PHONE), "n1", "n5")
    chosen = visit(autograd.draw(neuron(), direction="LR"), **PHONE)
    assert not is_upright(chosen, "n1", "n5")
    assert scale(chosen) >= 0.9


def test_a_map_shows_and_moves_what_is_seen(visit):
    page = visit(autograd.draw(network(4), expand=True), **PHONE)
    assert not is_seen(page, "n21")  # the loss
    x, y, width, height = box_on_screen(page, "map")
    down = is_upright(page, "n1", "n21")
    page.mouse.click(
        x + (width / 2 if down else width - 4), y + (height - 4 if down else height / 2)
    )
    assert not is_seen(page, "n1")
    page.click("#fit")
    assert is_seen(page, "n1")
    assert page.is_hidden("#map")
    assert page.get_attribute("#map", "aria-hidden") == "true"
