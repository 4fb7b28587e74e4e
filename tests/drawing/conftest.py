"""A real browser, for the interactive page."""

import shutil

import pytest

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
         "--disable-component-update", "--no-first-run", "--disable-quic"]  # fmt: skip


@pytest.fixture(scope="module")
def browser():
    """A browser for one file only: while it is open, no other test can run an event loop."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM:
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Window:
    """A tab of a browser, and what has been said on its console."""

    def __init__(self, browser, **options):
        self.context = browser.new_context(offline=True, **options)
        self.page = self.context.new_page()
        self.said = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.said.append(dialog.message), dialog.dismiss()))
        self.page.on("request", self.note)

    def note(self, request):
        if request.url[:5] not in ("file:", "data:"):
            self.said.append(request.url)

    def show(self, file, width=1200, height=700, color_scheme="light"):
        """Open a file, as if the window were new."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(media="screen", color_scheme=color_scheme, reduced_motion="reduce")
        self.page.mouse.move(0, 0)
        self.page.goto(file.as_uri())
        self.page.wait_for_selector("body[data-ready]", state="attached", timeout=30_000)
        return self.page


@pytest.fixture(scope="module")
def window(browser):
    """One window for the tests of a file: a new one takes longer than most of them."""
    return Window(browser)


@pytest.fixture
def visit(browser, window, tmp_path):
    """Open a picture as a page, without a network; nothing may be said on the console."""
    windows = [window]
    window.said.clear()

    def open_page(drawn, of_its_own=None, **seen):
        """Open a picture, in a window of its own with some options if these are given."""
        drawn.save(tmp_path / "g.html")
        if of_its_own is not None:
            windows.append(Window(browser, **of_its_own))
        return windows[-1].show(tmp_path / "g.html", **seen)

    yield open_page
    for other in windows[1:]:
        other.context.close()
    assert [each.said for each in windows] == [[] for _ in windows]
