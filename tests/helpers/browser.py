"""Opens reports in headless Chromium without network, and reports all that goes wrong there."""

import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium")
MAX_SECONDS = 120
"""Only ends tests that wait for what does not come."""
TOOLS = Path(sys.prefix, "share/newslake/report")
"""The folder that `make browser` makes: the packages of requirements/report."""


def needs_browser():
    """Skip the test, with a reason, if `make browser` has not installed all that it needs."""
    pytest.importorskip("playwright.sync_api", reason="`make browser` installs Playwright")
    if not CHROMIUM:
        pytest.skip("Chromium is not installed; `make browser` installs Debian's package")
    if not (TOOLS / "node_modules/axe-core").is_dir():
        pytest.skip("`make browser` installs axe-core and esbuild")


@contextmanager
def chromium():
    """Yield a running browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Page:
    """A report that is open, and `problems`: requests, errors and messages of the console."""

    def __init__(self, browser, path, address="", width=1200, scheme="light"):
        self.problems = []
        self.context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            offline=True,
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(MAX_SECONDS * 1000)
        self.page = self.context.new_page()
        self.url = path.as_uri()
        self.page.on("console", lambda message: self.problems.append(message.text))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("dialog", lambda dialog: self.problems.append(dialog.message))
        self.page.on("request", self._requested)
        self.page.goto(self.url + address)
        self.wait()

    def _requested(self, request):
        if request.url.partition("#")[0] != self.url and not request.url.startswith("blob:"):
            self.problems.append(request.url)

    def wait(self):
        """Wait until all plots are drawn."""
        self.page.wait_for_selector("body[data-ready]")

    def says(self, plot):
        """Return the sentence of a plot."""
        self.wait()
        return self.page.text_content(f"#{plot} .says")

    def numbers(self, plot):
        """Return the rows of the table of a plot; a plot that counts nothing has no table."""
        self.wait()
        if self.page.get_attribute(f"#{plot} .numbers", "hidden") is not None:
            return []
        self.page.evaluate("id => { document.querySelector(`#${id} .numbers`).open = true; }", plot)
        self.page.wait_for_selector(f"#{plot} .numbers table")
        read = "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
        return self.page.eval_on_selector_all(f"#{plot} .numbers tbody tr", read)

    def go(self, address):
        """Open another state of the page, as a click on a link with this address does."""
        self.page.evaluate("address => { location.hash = address; }", address)

    def counts(self):
        """Return the number of articles and of mentions that pass the filters."""
        words = self.page.text_content("#state").replace(",", "").split()
        return int(words[0]), int(words[4])
