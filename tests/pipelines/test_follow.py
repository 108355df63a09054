"""`newslake follow`: one process per lake, stops at any moment, one line per message."""

import json
import os
import signal
import subprocess
import sys

import pytest
from clocks import FakeClock, leaping
from hostile import http_response, server_in_a_thread
from lakes import rows_of
from visits import holding
from waits import HANG_SECONDS, wait_until

from newslake.pipelines.cli import main
from newslake.pipelines.commands.feed_lists import listed_feeds
from newslake.pipelines.follow import COMMAND
from newslake.pipelines.follower import follow_loop
from newslake.pipelines.follower.follower import Follower
from newslake.pipelines.options import WrongOption
from newslake.pipelines.runners import pool
from newslake.pipelines.runners.engine import engine
from newslake.pipelines.sql.views import connect
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.feeds.schedule.feed_state import NAME, FeedStates
from newslake.transforms.fetch import guard
from newslake.transforms.lake import layout

RSS = """<rss version="2.0"><channel><title>News</title><item><guid>1</guid>
<title>Strike ends</title><link>{link}</link></item></channel></rss>"""
PAGE = (
    "<html><body><article><h1>Strike ends</h1>"
    + 3 * ("<p>The ferry workers of Port Alder ended their strike on Sunday, their union said.</p>")
    + "</article></body></html>"
)

WORDS = ("Alder", "Birch", "Cedar", "Elder")
VARYING = ("run_id", "seen_at", "rejected_id")
"""Columns that depend on the time."""


@pytest.fixture
def feed():
    with server_in_a_thread(FakeClock()) as server:
        rss = RSS.format(link=server.url("/1?utm_source=rss"))
        server.pages["/feed?key=1"] = http_response(
            rss.encode(), Content_Type="application/rss+xml"
        )
        server.pages["/1?utm_source=rss"] = http_response(PAGE.encode())
        yield server.url("/feed?key=1")


def follow(*words):
    options = ["--allow-private", "--no-events"]
    return [sys.executable, "-m", "newslake.pipelines.follow", *map(str, words), *options]


def test_one_poll_makes_one_commit(feed, tmp_path, capsys):
    lake, archive = tmp_path / "lake", tmp_path / "warc"
    words = [
        "--lake",
        str(lake),
        "--once",
        "--allow-private",
        "--no-events",
        "--json",
        "--warc",
        str(archive),
    ]
    assert main(["follow", feed, *words]) == 0

    counts = json.loads(capsys.readouterr().out)
    assert (counts["due"], counts["new"], counts["fetched"], counts["articles"]) == (1, 1, 1, 1)
    assert [path.suffix for path in archive.iterdir()] == [".gz"]
    assert main(["verify", "--lake", str(lake)]) == 0
    capsys.readouterr()
    assert (
        main(
            ["query", "SELECT command, articles FROM runs", "--lake", str(lake), "--format", "json"]
        )
        == 0
    )
    assert json.loads(capsys.readouterr().out) == {"command": "follow", "articles": 1}
    coverage = connect(lake).execute("SELECT latency_p95 >= 0, polls, failed_polls FROM coverage")
    assert coverage.fetchall() == [(True, 1, 0)]
    asked = connect(lake).execute("SELECT kind, warc_file IS NOT NULL FROM fetches ORDER BY kind")
    assert asked.fetchall() == [
        ("feed", True),
        ("page", True),
        ("robots", False),
        ("tdmrep", False),
    ]


def newspaper(server, pages):
    """Serve a feed with this number of pages, half of them copies of others; return its URL."""
    items = ""
    for number in range(pages):
        link = server.url(f"/{number}")
        items += f"<item><guid>{number}</guid><link>{link}</link></item>"
        story = PAGE.replace("Port Alder", f"Port {WORDS[number // 2]}")
        server.pages[f"/{number}"] = http_response(story.encode())
    rss = f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'
    server.pages["/feed"] = http_response(rss.encode(), Content_Type="application/rss+xml")
    return server.url("/feed")


@pytest.fixture
def follow_in_no_time():
    """Return a function that follows a newspaper of eight pages with a clock that leaps."""

    def follow(lake, *words):
        lake = open_lake(lake)
        lake.create()
        words = [feed, "--lake", str(lake.storage.root), "--allow-private", "--no-events", *words]
        arguments = COMMAND.parse("follow", "follow feeds", words)
        beam_engine = engine("DirectRunner", arguments.workers, [])
        with FeedStates(lake.storage.path(NAME)) as states, beam_engine.running():
            return Follower(arguments, lake, states, beam_engine, clock).run()

    leaping.cache_clear()
    clock = leaping()
    with holding(clock), server_in_a_thread(clock) as server:
        feed = newspaper(server, 8)
        yield follow


def test_workers_write_the_same_rows_and_end_with_the_command(follow_in_no_time, tmp_path):
    rows = {}
    for workers in ("1", "2"):
        assert follow_in_no_time(tmp_path / workers, "--once", "--workers", workers) == 0
        rows[workers] = rows_of(tmp_path / workers, VARYING)
        assert main(["verify", "--lake", str(tmp_path / workers)]) == 0
    assert rows["2"] == rows["1"]
    assert (len(rows["1"]["articles"]), len(rows["1"]["duplicates"])) == (4, 4)
    assert not pool._processes


def test_a_killed_worker_costs_one_commit_and_no_page(
    follow_in_no_time, tmp_path, capsys, monkeypatch
):
    serve, served = pool._Process.serve, []

    def killing(process, handler):
        serve(process, handler)
        served.append(process)
        if len(served) == 3:  # the second commit
            os.kill(process.child.pid, signal.SIGKILL)

    monkeypatch.setattr(pool._Process, "serve", killing)
    words = ["--for", "40s", "--flush", "4s", "--every", "1h", "--workers", "2"]
    assert follow_in_no_time(tmp_path / "lake", *words) == 0
    message = "a worker process ended (signal 9); it may have run out of memory"
    assert message in capsys.readouterr().err
    rows = rows_of(tmp_path / "lake")
    assert (len(rows["articles"]), len(rows["duplicates"])) == (4, 4)


def test_once_returns_1_as_long_as_pages_that_may_be_fetched_wait(tmp_path, capsys):
    with server_in_a_thread(FakeClock()) as server:
        items = "".join(
            f"<item><guid>{number}</guid><link>{server.url(f'/{number}')}</link></item>"
            for number in range(3)
        )
        rss = f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'
        server.pages["/feed"] = http_response(rss.encode(), Content_Type="application/rss+xml")
        lake = ["--lake", str(tmp_path / "lake")]
        words = ["--once", "--allow-private", "--no-events", "--pages-per-site", "2"]
        assert main(["follow", server.url("/feed"), *lake, *words]) == 1
        assert "some announced pages have no outcome yet" in capsys.readouterr().err
        assert main(["follow", server.url("/feed"), *lake, *words]) == 0


def test_once_commits_at_each_flush_and_ends_when_all_pages_have_an_outcome(tmp_path, capsys):
    leaping.cache_clear()
    clock, lake = leaping(), open_lake(tmp_path / "lake")
    lake.create()
    with holding(clock), server_in_a_thread(clock) as server:
        items = "".join(
            f"<item><guid>{number}</guid><link>{server.url(f'/{number}')}</link></item>"
            for number in range(5)
        )
        rss = f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'
        server.pages["/feed"] = http_response(rss.encode(), Content_Type="application/rss+xml")
        words = ["--lake", str(tmp_path / "lake"), "--once", "--flush", "4s", "--json"]
        words = [server.url("/feed"), *words, "--allow-private", "--no-events"]
        arguments = COMMAND.parse("follow", "follow feeds", words)
        with FeedStates(lake.storage.path(NAME)) as states:
            beam_engine = engine("DirectRunner", 1, [])
            assert Follower(arguments, lake, states, beam_engine, clock).run() == 0
    commits = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(commits) >= 2
    assert sum(one["rejects"] for one in commits) == 5


def test_a_week_in_a_second(tmp_path, capsys):
    """At most one row of `runs` per hour, and a message about a feed that fails repeatedly."""
    leaping.cache_clear()
    clock, lake = leaping(), open_lake(tmp_path / "lake")
    lake.create()
    with holding(clock), server_in_a_thread(clock) as server:
        server.pages["/feed"] = http_response(
            RSS.format(link=server.url("/1")).encode(), Content_Type="application/rss+xml"
        )
        server.pages["/1"] = http_response(PAGE.encode())
        server.pages["/dead"] = http_response(b"", "500 Oops")
        feeds = [server.url("/feed"), server.url("/dead")]
        words = ["--every", "1h", "--flush", "12h", "--for", "7d", "--allow-private", "--no-events"]
        words = [*feeds, "--lake", str(lake.storage.root), *words]
        arguments = COMMAND.parse("follow", "follow feeds", words)
        with FeedStates(lake.storage.path(NAME)) as states:
            Follower(arguments, lake, states, engine("DirectRunner", 1, []), clock).run()
        polls = [request.target for request in server.requests]

    output = capsys.readouterr()
    assert "failed 10 times in a row (http_500)" in output.err
    assert 10 <= polls.count("/dead") <= 14
    assert polls.count("/1") == 1
    lines = output.out.splitlines()
    assert len(lines) == 7 * 2 + 1
    assert "articles 1," in lines[0]
    assert all("articles 0," in line for line in lines[1:])
    rows = connect(lake.storage.root)
    runs = rows.execute("SELECT articles FROM runs ORDER BY started_at").fetchall()
    assert runs[0] == (1,)
    assert set(runs[1:]) == {(0,)}
    assert len(runs) <= 7 * 2 + 1
    sql = (
        "SELECT count(*) FILTER (kind = 'feed'), count(*) FILTER (outcome = 'failed') FROM fetches"
    )
    assert rows.execute(sql).fetchall() == [
        (polls.count("/feed") + polls.count("/dead"), polls.count("/dead"))
    ]


def test_a_feed_on_the_web_is_checked(feed, capsys):
    assert main(["feeds", "check", feed, "--allow-private", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == "rss"
    assert main(["feeds", "check", feed.replace("feed", "nothing"), "--allow-private"]) == 1
    assert "404 Not Found" in capsys.readouterr().out


def test_a_feed_of_a_private_network_is_not_requested(feed, capsys):
    assert main(["feeds", "check", feed]) == 1
    assert "port" in capsys.readouterr().out


def test_a_metadata_service_is_requested_only_on_demand(feed, monkeypatch, capsys):
    monkeypatch.setattr(guard, "metadata", {"127.0.0.1": "a cloud"}.get)
    assert main(["feeds", "check", feed, "--allow-private", "--json"]) == 1
    assert "use --allow-metadata" in capsys.readouterr().out
    assert main(["feeds", "check", feed, "--allow-private", "--allow-metadata"]) == 0


def test_a_second_one_on_the_same_lake_says_so(feed, tmp_path, capsys):
    lake = open_lake(tmp_path / "lake")
    lake.create()
    held = lake.storage.hold(layout.FOLLOW)
    assert main(["follow", feed, "--lake", str(tmp_path / "lake"), "--once"]) == 1
    assert "another `newslake follow`" in capsys.readouterr().err
    lake.storage.release(held)


def test_an_unknown_option_is_refused_before_anything_is_written(tmp_path, capsys):
    lake = tmp_path / "lake"
    assert main(["follow", "https://a.example/feed", "--lake", str(lake), "--bogus"]) == 2
    assert "unknown option --bogus" in capsys.readouterr().err
    assert not lake.exists()


def started(*words):
    return subprocess.Popen(
        follow(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_ends_the_process_in_order_and_the_lake_is_whole(feed, tmp_path, number, code):
    lake, archive = tmp_path / "lake", tmp_path / "warc"
    process = started(feed, "--lake", lake, "--every", "1s", "--warc", archive)
    assert "articles 1" in process.stdout.readline()
    process.send_signal(number)
    _, stderr = process.communicate(timeout=HANG_SECONDS)
    assert process.returncode == code
    assert "commits what has arrived and ends; a second signal ends it at once" in stderr
    assert ("run the same command again" in stderr) == bool(code)
    assert [path.suffix for path in archive.iterdir()] == [".gz"]
    assert main(["verify", "--lake", str(lake)]) == 0


def test_sigterm_is_no_failure_before_beam_is_imported(feed, tmp_path):
    process = started(feed, "--lake", tmp_path / "lake")
    assert process.stderr.readline() == "newslake: follow starts: 1 feed\n"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=HANG_SECONDS)
    assert process.returncode == 0


def test_a_signal_during_a_commit_loses_neither_the_row_of_the_run_nor_its_times(
    follow_in_no_time, tmp_path, monkeypatch
):
    run_bounded, signals = follow_loop.run_bounded, [signal.SIGTERM]

    def interrupted(*arguments):
        while signals:
            os.kill(os.getpid(), signals.pop())
        return run_bounded(*arguments)

    monkeypatch.setattr(follow_loop, "run_bounded", interrupted)
    assert follow_in_no_time(tmp_path / "lake") == 0
    rows = connect(tmp_path / "lake").execute(
        "SELECT articles, commits, len(committed_at) FROM runs"
    )
    assert rows.fetchall() == [(4, [1], 1)]


def test_what_has_arrived_is_committed_after_sigterm(tmp_path):
    """A page hangs, so the first commit would come after ten minutes."""
    with server_in_a_thread(FakeClock()) as server:
        links = [server.url("/1"), server.url("/drip")]
        items = "".join(f"<item><guid>{link}</guid><link>{link}</link></item>" for link in links)
        rss = f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'
        server.pages["/feed"] = http_response(rss.encode(), Content_Type="application/rss+xml")
        server.pages["/1"] = http_response(PAGE.encode())
        server.pages["/drip"] = "drip-body"
        process = started(server.url("/feed"), "--lake", tmp_path / "lake")
        wait_until(lambda: {"/1", "/drip"} <= set(server.requested()))
        process.send_signal(signal.SIGTERM)
        stdout, stderr = process.communicate(timeout=HANG_SECONDS)
    assert (process.returncode, "new 2," in stdout) == (0, True), stderr
    assert main(["verify", "--lake", str(tmp_path / "lake")]) == 0
    states = dict(connect(tmp_path / "lake").execute("SELECT url, state FROM outcomes").fetchall())
    assert states[links[1]] == "waiting"


def test_a_second_signal_ends_the_process_at_once_and_loses_no_row(tmp_path):
    """The page that hangs would keep the first signal waiting if the process did not end at once."""
    with server_in_a_thread(FakeClock()) as server:
        rss = RSS.format(link=server.url("/1")).encode()
        server.pages["/feed"] = http_response(rss, Content_Type="application/rss+xml")
        server.pages["/1"] = http_response(PAGE.encode())
        words = [server.url("/feed"), "--lake", tmp_path / "lake"]
        process = started(*words)
        wait_until(lambda: "/1" in server.requested())
        for _ in range(2):
            process.send_signal(signal.SIGTERM)
            process.stderr.readline()
        process.communicate(timeout=HANG_SECONDS)
        assert process.returncode in {130, 0}  # the first signal may have been enough
        assert started(*words, "--once").wait(timeout=HANG_SECONDS) == 0
    assert main(["verify", "--lake", str(tmp_path / "lake")]) == 0
    rows = connect(tmp_path / "lake")
    assert rows.execute("SELECT count(*) FROM articles").fetchall() == [(1,)]
    assert rows.execute("SELECT state FROM outcomes").fetchall() == [("stored",)]


@pytest.mark.parametrize(
    ("statuses", "options", "code"),
    [
        (["500 Oops", "404 Not Found"], (), 1),
        (["200 OK", "404 Not Found"], (), 0),
        (["200 OK", "404 Not Found"], ("--strict",), 1),
        (["200 OK", "200 OK"], ("--strict",), 0),
    ],
)
def test_once_fails_with_its_feeds(tmp_path, capsys, statuses, options, code):
    with server_in_a_thread(FakeClock()) as server:
        feeds = [server.url(f"/{number}") for number in (2, 3)]
        rss = b'<rss version="2.0"><channel><item><guid>1</guid><title>A</title></item></channel></rss>'
        for number, status in enumerate(statuses, start=2):
            body = rss if status == "200 OK" else b""
            server.pages[f"/{number}"] = http_response(body, status, Content_Type="text/xml")
        words = [
            *feeds,
            "--lake",
            str(tmp_path / "lake"),
            "--once",
            "--allow-private",
            "--no-events",
        ]
        assert main(["follow", *words, *options]) == code
        said = capsys.readouterr().err
        failed = [feed for feed, status in zip(feeds, statuses, strict=True) if status != "200 OK"]
        for feed in feeds:
            assert (f"{feed} fails (http_" in said) == (feed in failed)
            assert (f"newslake:   {feed}: http_" in said) == (feed in failed)
        assert (f"{len(failed)} of 2 due feeds failed" in said) == (code == 1)
        assert main(["follow", *words, *options]) == 0  # no feed is due


def test_strict_needs_once(tmp_path, capsys):
    words = ["https://a.example/feed", "--lake", str(tmp_path / "lake"), "--strict"]
    assert main(["follow", *words]) == 2
    assert "--strict has no effect without --once" in capsys.readouterr().err


def test_feeds_are_named_by_address_or_in_a_file(tmp_path):
    file = tmp_path / "feeds.txt"
    file.write_text("# papers\nhttps://b.example/feed\n\nhttps://a.example/feed\n")
    listed = listed_feeds([str(file), "https://a.example/feed"])
    assert [feed.address for feed in listed] == [
        "https://b.example/feed",
        "https://a.example/feed",
    ]


def test_a_file_that_is_not_a_list_of_feeds_is_refused(tmp_path):
    file = tmp_path / "feeds.txt"
    file.write_text("not an address\n")
    with pytest.raises(WrongOption, match="is not a list of feeds"):
        listed_feeds([str(file)])


def test_a_missing_list_is_reported_in_words(tmp_path):
    with pytest.raises(WrongOption, match=r"missing\.txt is neither a URL nor an existing file"):
        listed_feeds(["missing.txt"])
    with pytest.raises(WrongOption, match="cannot be read: Is a directory"):
        listed_feeds([str(tmp_path)])
