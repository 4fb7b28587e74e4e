"""What is seen of a page in a browser."""


def names(page, selector):
    return sorted(page.eval_on_selector_all(selector, "found => found.map(each => each.id)"))


def box_on_screen(page, name):
    return page.eval_on_selector(f"#{name}", "e => { const b = e.getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; }")  # fmt: skip


def is_seen(page, name):
    x, y, width, height = box_on_screen(page, name)
    left, top, wide, high = box_on_screen(page, "canvas")
    return left <= x + 1 and top <= y + 1 and x + width <= left + wide + 1 and y + height <= top + high + 1  # fmt: skip


def scale(page):
    return page.evaluate("document.querySelector('#canvas svg').getScreenCTM().a")
