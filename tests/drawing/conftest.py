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
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM:
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser, tmp_path):
    """Open a picture as a page, without a network; nothing may be said on the console."""
    said, contexts = [], []

    def open_page(drawn, **options):
        drawn.save(tmp_path / "g.html")
        viewport = {"width": 1200, "height": 700}
        options = {"viewport": viewport, "offline": True, "reduced_motion": "reduce", **options}
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        page.on(
            "request",
            lambda request: (
                None if request.url[:5] in ("file:", "data:") else said.append(request.url)
            ),
        )
        page.goto((tmp_path / "g.html").as_uri())
        page.wait_for_selector("body[data-ready]", state="attached", timeout=30_000)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []
