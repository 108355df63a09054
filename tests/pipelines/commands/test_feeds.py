import json
from datetime import timedelta

import pytest
from papers import ADDRESS, NOON, item, rss

from newslake.pipelines.cli import main
from newslake.pipelines.commands import feed_lists, feeds
from newslake.pipelines.sql.views import connect
from newslake.schemas.reasons import (
    ServerBusy,
    TimeoutTotal,
    UnknownHost,
    Unreachable,
    Unreadable,
)
from newslake.transforms.feeds.inspection import Page
from newslake.transforms.feeds.lists import Listed
from newslake.transforms.feeds.schedule.feed_state import NAME, FeedStates, known_states
from newslake.transforms.feeds.schedule.poll_schedule import first

HOME = "https://paper.example.org/"
OTHER = "https://other.example.org/feed"


@pytest.fixture
def listed(tmp_path):
    return tmp_path / "feeds.opml"


def get(address):
    """Return the home page or the feed of a newspaper; other URLs fail."""
    if address.startswith(HOME) and "news.xml" in address:
        return Page(ADDRESS, rss(item()).encode())
    if address == HOME:
        link = f"<link rel='alternate' type='application/rss+xml' href='{ADDRESS}'>"
        return Page(HOME, f"<html>{link}</html>".encode())
    raise Unreadable("nobody answers")


def online(*words):
    return feeds.run(feeds.COMMAND.parse("feeds", "keep feeds", list(map(str, words))), get)


def addresses(path):
    return [feed.address for feed in feed_lists.read_feeds(path)]


def test_the_feed_of_a_home_page_is_added_once(listed, capsys):
    assert online("add", listed, HOME, "--folder", "News") == 0
    assert online("add", listed, ADDRESS) == 0
    assert "added https://paper.example.org/feeds/news.xml, 1 entries" in capsys.readouterr().out
    [feed] = feed_lists.read_feeds(listed)
    assert (feed.address, feed.title, feed.folders) == (ADDRESS, "Paper", ("News",))


def test_a_token_that_a_feed_needs_is_kept_and_never_printed(listed, capsys):
    assert online("add", listed, f"{ADDRESS}?token=s3cret") == 0
    assert online("list", listed) == 0
    assert "s3cret" not in "".join(capsys.readouterr())


def test_feeds_that_cannot_be_added_are_reported_and_the_rest_is_added(listed, capsys):
    assert online("add", listed, OTHER, ADDRESS) == 1
    assert f"{OTHER} cannot be added: nobody answers; check the URL" in capsys.readouterr().err
    assert addresses(listed) == [ADDRESS]


def test_lists_are_joined_and_written_as_text(listed, tmp_path, capsys):
    other = tmp_path / "other.txt"
    other.write_text(f"{OTHER}\n{ADDRESS} Paper\n")
    assert main(["feeds", "import", str(listed), str(other)]) == 0
    assert main(["feeds", "import", str(listed), str(other)]) == 0
    assert "added 0 feeds, 2 in total" in capsys.readouterr().out
    assert main(["feeds", "export", str(listed), "--format", "text"]) == 0
    assert capsys.readouterr().out == f"{OTHER} {OTHER}\n{ADDRESS} Paper\n"
    assert main(["feeds", "export", str(listed)]) == 0
    assert capsys.readouterr().out.startswith("<?xml")


def test_a_feed_is_removed(listed, tmp_path):
    text = tmp_path / "feeds.txt"
    text.write_text(f"{OTHER}\n{ADDRESS}\n")
    assert main(["feeds", "remove", str(text), OTHER]) == 0
    assert addresses(text) == [ADDRESS]
    assert main(["feeds", "remove", str(text), OTHER]) == 2


def test_feeds_are_listed_with_their_state(lake, tmp_path, capsys):
    text = tmp_path / "feeds.txt"
    text.write_text(f"{ADDRESS} Paper\n{OTHER}\n")
    with FeedStates(lake.storage.path(NAME)) as states:
        states.save([first(ADDRESS, NOON)])
    assert main(["feeds", "list", str(text), "--lake", str(lake.storage.root), "--json"]) == 0
    known, unknown = map(json.loads, capsys.readouterr().out.splitlines())
    assert (known["feed"], known["title"]) == (ADDRESS, "Paper")
    assert (known["next poll"], unknown["next poll"]) == ("2026-03-02 12:00 UTC", None)


def failing_with(error, **fields):
    for name, value in fields.items():
        setattr(error, name, value)

    def get(address):
        raise error

    return get


def add(get, *words):
    arguments = feeds.COMMAND.parse("feeds", "keep feeds", ["add", *map(str, words)])
    return feeds.run(arguments, get)


@pytest.mark.parametrize(
    ("get", "fault"),
    [
        (failing_with(ServerBusy("429"), status=429, retry_after=timedelta(hours=5)), "http_429"),
        (failing_with(TimeoutTotal("not complete within 30 s")), "timeout_total"),
        (failing_with(Unreachable("no connection within 10 s")), "unreachable"),
    ],
)
def test_a_feed_that_cannot_be_read_now_is_added_with_its_state(listed, lake, capsys, get, fault):
    assert add(get, listed, ADDRESS, "--lake", lake.storage.root) == 0
    printed = capsys.readouterr().out
    assert f"added {ADDRESS}, not read yet: {fault} (" in printed
    assert addresses(listed) == [ADDRESS]
    state = known_states(lake.storage.root)[ADDRESS]
    assert (state.condition, state.fault, state.failures) == ("failing", fault, 1)
    hours = (state.next_at - state.since).total_seconds() / 3600
    assert hours == 5 if fault == "http_429" else hours < 1
    query = "SELECT state, last_error, last_success_at, next_poll_at FROM coverage"
    row = ("failing", fault, None, state.next_at)
    assert connect(lake.storage.root).execute(query).fetchall() == [row]


def test_a_feed_that_is_added_with_a_lake_is_new_there(listed, lake):
    assert online("add", listed, ADDRESS, "--lake", lake.storage.root) == 0
    assert known_states(lake.storage.root)[ADDRESS].condition == "new"


def test_a_feed_whose_host_does_not_exist_is_not_added(listed, capsys):
    assert add(failing_with(UnknownHost("the host name cannot be resolved")), listed, ADDRESS) == 1
    assert "cannot be resolved" in capsys.readouterr().err
    assert not listed.exists()


@pytest.mark.parametrize("name", ["feeds.opml", "feeds.txt"])
def test_feeds_are_paused_and_resumed(tmp_path, capsys, name):
    path = tmp_path / name
    feed_lists.write_feeds(path, [Listed(ADDRESS, "Paper"), Listed(f"{OTHER}?token=s3cret")])
    before = feed_lists.read_feeds(path)
    assert main(["feeds", "pause", str(path), OTHER]) == 0
    assert main(["feeds", "pause", str(path), OTHER]) == 0
    assert capsys.readouterr().out == "paused 1 of 2 feeds\npaused 0 of 2 feeds\n"
    assert [feed.is_paused for feed in feed_lists.read_feeds(path)] == [False, True]
    assert main(["feeds", "list", str(path), "--json"]) == 0
    states = [json.loads(line)["state"] for line in capsys.readouterr().out.splitlines()]
    assert states == [None, "paused"]
    assert main(["feeds", "resume", str(path), OTHER, ADDRESS]) == 0
    assert capsys.readouterr().out == "resumed 1 of 2 feeds\n"
    assert feed_lists.read_feeds(path) == before
    assert main(["feeds", "pause", str(path), "https://no.example/"]) == 2
    assert "does not contain https://no.example/" in capsys.readouterr().err


def test_a_saved_feed_is_checked(tmp_path, capsys):
    saved = tmp_path / "saved.xml"
    saved.write_text(rss(item(title="A & B")))
    assert main(["feeds", "check", str(saved), "--json"]) == 0
    seen = json.loads(capsys.readouterr().out)
    assert (seen["kind"], seen["entries"]) == ("rss", 1)
    assert "1 of 1 entries without a date (newslake looks for it on the page)" in seen["findings"]


def test_all_feeds_of_a_list_are_checked(tmp_path, capsys):
    text = tmp_path / "feeds.txt"
    text.write_text(f"{ADDRESS}\n{OTHER}\n")
    assert online("check", text) == 1
    shown = capsys.readouterr().out
    assert "not a feed" in shown
    assert "nobody answers" in shown


@pytest.mark.parametrize(
    "words",
    [
        ("list", "nowhere.opml"),
        ("check", "nowhere.opml"),
        ("list", "feeds.opml", "--colour"),
        ("import", "feeds.opml", "nowhere.txt"),
    ],
)
def test_wrong_use_is_reported(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["feeds", *words]) == 2
    assert "newslake:" in capsys.readouterr().err


def test_a_list_is_written_whole_or_not_at_all(listed, monkeypatch):
    online("add", listed, ADDRESS)
    monkeypatch.setattr(feed_lists, "as_opml", lambda _: "no bytes")
    with pytest.raises(TypeError):
        online("remove", listed, ADDRESS)
    assert addresses(listed) == [ADDRESS]
