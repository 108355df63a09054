"""The page of `newslake serve` in headless Chromium: it follows the lake and keeps its filters."""

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from browser import MAX_SECONDS, chromium, needs_browser
from lakes import article, commit
from reports import NOW, news_lake

from newslake.pipelines.report.report_columns import Selection
from newslake.pipelines.report.report_page import page, policy, read_report

pytestmark = pytest.mark.browser

NEXT = 11_000
"""Milliseconds until the page has asked again."""


@contextmanager
def serving(root):
    """Serve the page of a lake as `newslake serve` does; yield the server, which may get `status`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            report = read_report(root, Selection(), NOW)
            content = page(report.packed, is_live=True).encode()
            self.send_response(self.server.status)
            self.send_header("ETag", f'"{report.entry}-00000000-0.1"')
            self.send_header("Content-Security-Policy", policy(is_live=True))
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.server.requests.append(self.command)
            if self.command == "GET":
                self.wfile.write(content)

        do_HEAD = do_GET

        def log_message(self, *words):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.status, server.requests = 200, []
        Thread(target=server.serve_forever).start()
        yield server
        server.shutdown()


@pytest.fixture
def live(tmp_path):
    """A lake, its server, and its page with a filter, whose clock the test moves."""
    needs_browser()
    lake = news_lake(tmp_path)
    with serving(lake.storage.root) as server, chromium() as browser:
        context = browser.new_context(reduced_motion="reduce")
        context.set_default_timeout(MAX_SECONDS * 1000)
        shown = context.new_page()
        problems = []
        shown.on("console", lambda message: problems.append(message.text))
        shown.on("pageerror", lambda error: problems.append(str(error)))
        shown.clock.install()
        shown.goto(f"http://127.0.0.1:{server.server_port}/#language=de")
        shown.wait_for_selector("body[data-ready]")
        yield lake, server, shown, problems


def wait_for_number(shown, number):
    shown.wait_for_function(
        "number => document.querySelector('body[data-ready]') && document.querySelector('#about').textContent.startsWith(`${number} articles`)",
        arg=number,
    )


def test_the_page_shows_a_commit_and_keeps_its_filters(live):
    lake, server, shown, problems = live
    wait_for_number(shown, 12)
    with shown.expect_response(lambda answer: answer.request.method == "HEAD"):
        shown.clock.fast_forward(NEXT)
    assert server.requests == ["GET", "HEAD"]
    commit(lake, article("new"), number=50)
    shown.clock.fast_forward(NEXT)
    wait_for_number(shown, 13)
    assert shown.evaluate("location.hash") == "#language=de"
    assert shown.text_content("#live") == ""
    assert problems == []


def test_an_open_list_does_not_vanish(live):
    lake, _, shown, problems = live
    shown.evaluate("document.getElementById('list').showModal()")
    commit(lake, article("new"), number=50)
    shown.clock.fast_forward(NEXT)
    shown.wait_for_function(
        "() => document.getElementById('live').textContent === 'The lake has changed.'"
    )
    shown.evaluate("document.getElementById('list').close()")
    shown.clock.fast_forward(NEXT)
    wait_for_number(shown, 13)
    assert problems == []


def test_the_page_says_that_the_server_cannot_read_the_lake(live):
    _, server, shown, _ = live
    server.status = 500
    shown.clock.fast_forward(NEXT)
    shown.wait_for_function(
        "() => document.getElementById('live').textContent.includes('status 500')"
    )
    wait_for_number(shown, 12)
