"""Runs commands in a new folder with small inputs, and returns what a user can see of each run."""

import json
import re
import shlex
import shutil
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO

from hostile import SITE_FILES, http_response
from lakes import commit, rejected, rows_of

from newslake.pipelines.cli import COMMANDS, command_of, main
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.feeds.schedule.feed_state import NAME, FeedStates
from newslake.transforms.feeds.schedule.poll_schedule import first

SENTENCE = "Rebels attacked the army base near Kabul on Monday, killing twelve soldiers. "
STORY = f"""<article><h1>Rebels attack a base</h1><p>{SENTENCE}</p>
<p>The army sent more troops to the province, and the governor asked for help.</p></article>"""


def crowded(attributes):
    """Return a tag with this number of attributes; the parser's time grows with the square."""
    return f"<p {' '.join(f'a{number}=1' for number in range(attributes))}>x</p>"


PAGES = {
    "page": STORY,
    "deep": "<div>" * 30 + STORY + "</div>" * 30,
    "crowded": crowded(1_500) + STORY,
    "slow": crowded(30_000) + STORY,
    "large": f"<p>{SENTENCE * 16_000}</p>",
    "reserved": f'<meta name="tdm-reservation" content="1">{STORY}',
}
"""Pages that reach one limit each."""

LINES = [
    {"url": f"https://paper.example/{len(text)}", "title": "Port Alder", "text": text, "date": day}
    for day, text in (
        ("2026-03-01", SENTENCE * 2),
        ("2026-03-01", "The ferries of Port Alder sail again after a strike of nine days."),
        ("2026-03-02", "The council of Port Alder met on Monday and rejected the tower plan."),
        ("2025-01-07", "The museum of Port Alder opens again after two years of repairs."),
    )
]
MAKE_LAKES = (
    "backfill days.jsonl in --lake lake --chunk-documents 1",
    f"backfill {' '.join(f'{name}.html' for name in PAGES)} --max-tags 1 --lake refused",
)
UNFETCHED = {
    "1": ["SITE/page"],
    "4": [f"SITE/page?{number}" for number in range(4)],
    "cloud": ["http://127.0.0.5/page"],
}
"""The pages in the rejects of the lake `unfetched`, by run."""
FEED = "https://paper.example/feed"
OPML = f'<opml><body><outline text="Paper" xmlUrl="{FEED}"/></body></opml>'

OF_MESSAGES = ("verbose", "quiet", "log_format")
"""Options that all commands have."""

_VOLATILE = re.compile(
    r"\d{8}T\d{6}(\.\d+)?Z-[0-9a-f]{8}"  # a run id
    r"|\"?seconds\"?[^\d\n]*[\d.]+"
    r"|\d\d:\d\d(:\d\d)?"
)
"""Parts of the output that differ between two equal runs."""
_VARYING = (
    *("run_id", "seen_at", "warc_file", "url", "started_at", "seconds", "wait_until"),
    *("since", "last_success_at"),
)
"""Columns that differ between two equal runs."""
_VARYING_NAME = re.compile(r"[0-9a-f]{8}(?=\.parquet)|[\w-]+(?=\.warc)")
_FIRST_DAY = datetime.now(UTC).date()
"""The day of the first run. Two equal runs may be on two days."""


def html(name):
    """Return a page of `PAGES`."""
    return f"<!doctype html><html lang='en'><body>{PAGES[name]}</body></html>".encode()


def serve(server):
    """Add a feed for each page of `PAGES` to the server, and a feed with four entries."""
    server.robots = http_response(b"User-agent: *\nCrawl-delay: 30\n", Content_Type="text/plain")
    names = {name: [name] for name in PAGES} | {"many": [f"page?{number}" for number in range(4)]}
    for name, pages in names.items():
        items = "".join(
            f"<item><guid>{page}</guid><title>Rebels</title><link>{server.url(f'/{page}')}</link></item>"
            for page in pages
        )
        rss = f'<rss version="2.0"><channel><title>Paper</title>{items}</channel></rss>'
        server.pages[f"/{name}.xml"] = http_response(rss.encode(), Content_Type="text/xml")
        for page in pages:
            server.pages[f"/{page}"] = http_response(html(page.partition("?")[0]))


SERVERS = {"serve", "mcp"}
"""Commands that run until a signal; tests/pipelines/serving tests them and their options."""


def options_of_parsers():
    """Yield the name of each option and argument of each command and each action of `feeds`."""
    for command in COMMANDS.keys() - SERVERS:
        for parser in command_of(command)[0].parser(command, "Do it").of_commands():
            for action in parser._actions:
                if action.dest not in {"help", "config", *OF_MESSAGES}:
                    names = action.option_strings or [action.metavar]
                    yield f"{parser.command} {names[0] if action.nargs == 0 else names[-1]}"


def fill(folder):
    """Write the inputs of the command lines into the new `folder`."""
    (folder / "in").mkdir(parents=True)
    (folder / "in/page.html").write_bytes(html("page"))
    (folder / "in/empty.txt").touch()
    (folder / "days.jsonl").write_text("".join(json.dumps(line) + "\n" for line in LINES))
    for name in PAGES:
        (folder / f"{name}.html").write_bytes(html(name))
    (folder / "long.txt").write_text(SENTENCE * 16_000)
    (folder / "one.sql").write_text("SELECT 1 AS one")
    (folder / "feeds.opml").write_text(OPML)
    (folder / "feeds.txt").write_text(f"{FEED} Paper\n{FEED}/2\n")
    item = "<item><title>Port</title><pubDate>Sun, 01 Mar 2026 12:00:00 GMT</pubDate></item>"
    (folder / "saved.xml").write_text(f"<rss><channel><title>Paper</title>{item}</channel></rss>")


def seen(folder):
    """Return the names of the files in `folder`, its small texts, and the rows of its lakes."""
    names, texts, rows = [], {}, {}
    run_day = re.compile(rf"(?<=run_date=)({_FIRST_DAY}|{datetime.now(UTC).date()})")
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.name == "_lake.json":
            rows[name] = rows_of(path.parent, _VARYING)
            rows[name] |= rows_of(path.parent, _VARYING, ["fetches"], "kind IN ('page', 'feed')")
        elif len(name.parts) == 1 and path.is_file():
            texts[name] = path.stat().st_size < 100_000 and path.read_bytes()
        if not {"_tmp", "_index"} & set(name.parts):
            shown = run_day.sub("*", _VARYING_NAME.sub("*", str(name)))
            if path.is_file() or shown not in names:
                names.append(shown)
    return sorted(names), texts, rows


class Runner:
    """Runs command lines, each in a new folder. It keeps the outcomes."""

    def __init__(self, folder, server):
        self.folder, self.server = folder / "runs", server
        self.outcomes = {}
        self.template = folder / "template"
        fill(self.template)
        with chdir(self.template):
            for line in MAKE_LAKES:
                assert main(shlex.split(line)) == 0
            self._make_unfetched()

    def _make_unfetched(self):
        lake = open_lake("unfetched")
        lake.create()
        for number, (run, urls) in enumerate(UNFETCHED.items()):
            urls = [url.replace("SITE", self.server.url("")) for url in urls]
            rows = [rejected(f"{number}{url[-1]}") for url in urls]
            pages = [
                replace(row, stage="Fetch", reason="http_error", locator=url, url=url)
                for row, url in zip(rows, urls, strict=True)
            ]
            commit(lake, *pages, run_id=run, number=number)
        feeds = [self.server.url("/page.xml"), "http://127.0.0.6/feed"]
        with FeedStates(lake.storage.path(NAME)) as states:
            states.save([first(feed, datetime.now(UTC)) for feed in feeds])

    def outcome(self, line):
        """Return the outcome of `line`; an earlier outcome of the same line is returned again."""
        if line not in self.outcomes:
            self.outcomes[line] = self.run(line)
        return self.outcomes[line]

    def run(self, line):
        """Run `line` and return the exit code, the output, the requests, the files and the rows.

        In `line`, `SITE` stands for the address of the server.
        """
        shutil.rmtree(self.folder, ignore_errors=True)
        here = shutil.copytree(self.template, self.folder)
        words = shlex.split(line.replace("SITE", self.server.url("")))
        out, err, before = StringIO(), StringIO(), len(self.server.requests)
        with chdir(here), redirect_stdout(out), redirect_stderr(err):
            code = main(words)
        asked = [
            (request.target, request.headers["user-agent"])
            for request in self.server.requests[before:]
            if request.target not in SITE_FILES  # the next run uses them again
        ]
        texts = [_VOLATILE.sub("*", one.getvalue()) for one in (out, err)]
        return code, texts, asked, *seen(here)
