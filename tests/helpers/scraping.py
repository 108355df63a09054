"""Runs `newslake follow --metrics` in a process of its own, and reads its metrics as Prometheus does."""

import json
import re
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from threading import Thread

from clocks import FakeClock
from hostile import http_response, server_in_a_thread
from paths import ROOT
from prometheus_client.parser import text_string_to_metric_families
from waits import HANG_SECONDS, wait_until

MONITORING = ROOT / "docs/monitoring"
STORIES = (
    "The ferry workers of Port Alder ended their strike on Sunday, their union said.",
    "A museum in the old harbour opened again after two years of repairs to its roof.",
)
METRIC = re.compile(r"\b(?:newslake|process)_[a-z_]+")


@contextmanager
def site():
    """Run a paper with three feeds: one with four pages, one that is broken and one without entries.

    Of the four pages, one is missing and one has no text. Yield the addresses of the feeds.
    """
    with server_in_a_thread(FakeClock()) as server:
        items = "".join(
            f"<item><guid>{number}</guid><link>{server.url(f'/{number}')}</link></item>"
            for number in range(4)
        )
        rss = '<rss version="2.0"><channel><title>News</title>{}</channel></rss>'
        kind = {"Content_Type": "application/rss+xml"}
        server.pages["/feed"] = http_response(rss.format(items).encode(), **kind)
        server.pages["/empty"] = http_response(rss.format("").encode(), **kind)
        server.pages["/dead"] = http_response(b"", "500 Oops")
        for number, story in enumerate(STORIES):
            page = f"<article><h1>Day {number}</h1>{3 * f'<p>{story}</p>'}</article>"
            server.pages[f"/{number}"] = http_response(f"<html><body>{page}</body></html>".encode())
        server.pages["/2"] = http_response(b"<html><body></body></html>")
        server.pages["/3"] = http_response(b"", "404 Not Found")
        yield [server.url(path) for path in ("/feed", "/empty", "/dead")]


class Follow:
    """A running `newslake follow`."""

    def __init__(self, lake, *words):
        options = ["--allow-private", "--no-events", "--json", "--metrics", "0", "--flush", "1h"]
        command = [
            sys.executable,
            "-m",
            "newslake",
            "follow",
            *words,
            "--lake",
            str(lake),
            *options,
        ]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
        )
        lines = iter(self.process.stderr.readline, "")
        [self.address] = next(
            found for line in lines if (found := re.findall(r"http://\S+/metrics", line))
        )
        Thread(target=self.process.stderr.read, daemon=True).start()

    def next_commit(self):
        """Return the counts of the next commit."""
        return json.loads(self.process.stdout.readline())

    def scrape(self):
        """Return the metrics as text."""
        with urllib.request.urlopen(self.address, timeout=HANG_SECONDS) as response:
            return response.read().decode()

    def complete_scrape(self):
        """Return the metrics as text, after the first count of the lake."""
        wait_until(lambda: "newslake_open_rejects{" in self.scrape())
        return self.scrape()

    def stop(self):
        """Stop the command, and return its exit code."""
        self.process.terminate()
        self.process.communicate(timeout=HANG_SECONDS)
        return self.process.returncode


def families(text):
    """Return the metric families of a scrape, by name. The names of counters end with `_total`."""
    return {
        f"{one.name}_total" if one.type == "counter" else one.name: one
        for one in text_string_to_metric_families(text)
    }


def values(text):
    """Return the values of a scrape, by the name of the sample and its labels' values."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families(text).values()
        for sample in family.samples
    }


def sample_names(text):
    """Return the names of all samples of a scrape."""
    return {name for name, *_ in values(text)}


def expressions():
    """Return the PromQL of the dashboard, by the title of its panel, with variables replaced."""
    dashboard = json.loads((MONITORING / "dashboard.json").read_text("utf-8"))
    return [
        (
            panel["title"],
            target["expr"].replace("$instance", ".*").replace("$__rate_interval", "5m"),
        )
        for panel in dashboard["panels"]
        for target in panel["targets"]
    ]
