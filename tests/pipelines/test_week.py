"""A simulated week with feeds that die, hang, move, pause and come back, in one `newslake follow`."""

from collections import Counter
from datetime import timedelta

import duckdb
import pytest
from clocks import Names, leaping
from greedy import feed, page
from hostile import http_response, server_in_a_thread
from visits import holding

from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.feed_lists import write_feeds
from newslake.pipelines.follow import COMMAND
from newslake.pipelines.follower.follower import Follower
from newslake.pipelines.runners.engine import engine
from newslake.pipelines.sql.statements import lake_sql
from newslake.pipelines.sql.views import connect
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.feeds.lists import Listed
from newslake.transforms.feeds.schedule.feed_state import NAME, FeedStates
from newslake.transforms.fetch.client import RequestLimits
from newslake.transforms.fetch.fetch_options import FetchOptions

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
STORIES = {"good", "moving", "slow", "late", "paused", "dying", "limited"}
"""The feeds with a story each day; the others have none."""
NAMES = (*STORIES, "gone", "refused", "closed", "never", "empty", "stopped", "removed")
LIMITS = RequestLimits(total_seconds=5.0)
"""In wall time; a response that never ends takes this long."""


class Week:
    """The servers of all feeds; it also edits the list of feeds in the course of the week."""

    def __init__(self, clock, path):
        self.begin, self.path, self.port = clock.now(), path, 0
        self.polls = []
        """Day and name of each poll."""
        self._edits = [
            (0, lambda: self.write("late")),
            (1, lambda: self.write("late", paused={"paused", "stopped"})),
            (2, lambda: self.write(paused={"paused", "stopped"})),
            (3, lambda: self.write("removed", paused={"paused", "stopped"})),
            (4, lambda: self.write("removed", paused={"stopped"})),
            (5, lambda: path.write_bytes(path.read_bytes()[:-80])),
            (5.5, lambda: self.write("removed", paused={"stopped"})),
        ]

    def url(self, name, path="/feed"):
        return f"http://{name}.example:{self.port}{path}"

    def write(self, *without, paused=()):
        """Write the list of feeds."""
        names = [name for name in sorted(NAMES) if name not in without]
        write_feeds(self.path, [Listed(self.url(one), None, (), one in paused) for one in names])

    def edit(self, day):
        """Edit the list as planned until this day."""
        while self._edits and self._edits[0][0] <= day:
            self._edits.pop(0)[1]()

    def http_response(self, request):
        day, name = (request.at - self.begin) / DAY, request.host.removesuffix(".example")
        self.edit(day)
        if request.target.startswith("/story"):
            return page(f"{name}{request.target}")
        if not request.target.startswith("/feed"):
            return http_response(b"", "404 Not Found")
        self.polls.append((day, name))
        if name == "moving" and day >= 1 and request.target == "/feed":
            return http_response(b"", "301 Moved", Location=self.url(name, "/feed-moved"))
        return self._trouble(name, day) or self._feed(name, day)

    def _trouble(self, name, day):
        if name == "dying" and day >= 1.3:  # the tenth failure comes 4.4 to 5.4 days later
            return http_response(b"", "500 Oops")
        if name == "gone" and day >= 3:
            return http_response(b"", "410 Gone")
        if name == "refused":
            return http_response(b"", "403 Forbidden")
        if name == "limited" and 1 <= day < 1.5:
            return http_response(b"", "429 Too Many Requests", Retry_After=36_000)
        if name == "slow" and 1 <= day < 1.5:
            return "drip-body"
        if name == "never" or (name == "closed" and 3 <= day < 3.5):
            return "hang-up"
        return None

    def _feed(self, name, day):
        if name == "empty":
            return feed({})
        numbers = range(int(day) + 1) if name in STORIES else [0]
        return feed({number: self.url(name, f"/story{number}") for number in numbers})

    def days(self, name):
        """Return the days of the polls of a feed."""
        return [day for day, polled in self.polls if polled == name]


def followed(week, lake, clock, days):
    """Follow the list of feeds for some days."""
    with server_in_a_thread(clock, week.http_response) as server:
        week.port = server.port
        week.edit((clock.now() - week.begin) / DAY)
        words = ["--every", "1h", "--flush", "12h", "--for", f"{days}d", "--no-events"]
        words = [str(week.path), "--lake", str(lake.storage.root), *words, "--allow-private"]
        arguments = COMMAND.parse("follow", "follow feeds", words)
        names = Names(anybody=[["127.0.0.1"]])
        options = FetchOptions(allow_private=True, resolver=names, limits=LIMITS)
        with FeedStates(lake.storage.path(NAME)) as states:
            beam_engine = engine("DirectRunner", 1, [])
            Follower(arguments, lake, states, beam_engine, clock, options).run()


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    """A week, with the lake and all messages."""
    leaping.cache_clear()
    clock, folder = leaping(), tmp_path_factory.mktemp("week")
    lake = open_lake(folder / "lake")
    lake.create()
    week, said = Week(clock, folder / "feeds.opml"), []
    with pytest.MonkeyPatch.context() as patch, holding(clock):
        patch.setattr(terminal, "say", lambda text, *_, **__: said.append(text))
        followed(week, lake, clock, 7)
    week.lake, week.said = lake.storage.root, said
    return week


def named(week, name):
    """Return the messages about a feed, without its URL, before the summary at the end."""
    begin = f"newslake: {week.url(name)} "
    return [line.removeprefix(begin) for line in week.said if line.startswith(begin)]


def test_each_feed_that_is_or_was_in_the_list_has_its_state(week):
    sql = "SELECT feed, state, last_error, last_success_at IS NULL, next_poll_at IS NULL FROM coverage"
    rows = {
        feed.partition("//")[2].partition(".")[0]: tuple(row)
        for feed, *row in connect(week.lake).execute(sql).fetchall()
    }
    fine = dict.fromkeys(STORIES | {"closed"}, ("ok", None, False, False))
    assert rows == fine | {
        "dying": ("dead", "http_500", False, False),
        "gone": ("dead", "http_410", False, False),
        "refused": ("refused", "http_403", True, False),
        "never": ("dead", "unreachable", True, False),
        "empty": ("empty", None, False, False),
        "stopped": ("paused", None, False, True),
        "removed": ("removed", None, False, True),
    }


def test_plain_sql_has_the_same_states(week):
    columns = (
        "SELECT feed, state, state_since, last_error, last_success_at FROM coverage ORDER BY feed"
    )
    plain = duckdb.connect()
    plain.execute(lake_sql(week.lake))
    assert plain.execute(columns).fetchall() == connect(week.lake).execute(columns).fetchall()


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("dying", 2, 7),
        ("gone", 3, 4.2),
        ("paused", 4, 5.2),
        ("stopped", 1, 2.1),
        ("removed", 3, 4.1),
    ],
)
def test_a_state_begins_when_it_was_seen(week, name, first, last):
    sql = "SELECT state_since FROM coverage WHERE feed = ?"
    [(since,)] = connect(week.lake).execute(sql, [week.url(name)]).fetchall()
    assert first <= (since - week.begin) / DAY <= last


@pytest.mark.parametrize(
    ("name", "messages"),
    [
        ("good", []),
        ("moving", []),
        ("dying", ["fails (http_500); last", "failed 10 times in a row (http_500); run"]),
        ("gone", ["is gone (http_410); run"]),
        ("refused", ["must not be polled (http_403); next poll"]),
        ("limited", ["fails (http_429); last answer", "answers again"]),
        ("slow", ["fails (timeout_total); last answer", "answers again"]),
        ("closed", ["fails (unreachable); last answer", "answers again"]),
        ("never", ["fails (unreachable); last answer: never", "failed 10 times in a row"]),
        ("empty", ["answers, but has no entries"]),
        ("late", ["is new in the list"]),
        ("paused", ["is paused", "is polled again"]),
        ("stopped", ["is paused"]),
        ("removed", ["is no longer in the list"]),
    ],
)
def test_a_feed_is_named_when_its_state_changes_and_not_at_each_poll(week, name, messages):
    said = named(week, name)
    assert len(said) == len(messages), said
    assert all(one.startswith(begin) for one, begin in zip(said, messages, strict=True)), said


def test_all_feeds_that_fail_are_named_at_the_end(week):
    begin = week.said.index(f"newslake: 4 of {len(NAMES) - 2} feeds fail:")
    bad = [line.split()[1].removesuffix(":") for line in week.said[begin + 1 :]]
    assert set(bad) == {week.url(name) for name in ("dying", "gone", "never", "refused")}


def test_a_broken_edit_is_reported_once_and_changes_nothing(week):
    problems = [line for line in week.said if "is cut off" in line]
    assert len(problems) == 1
    assert "The feeds that it named before are polled" in problems[0]
    assert week.said.count("newslake: the list of feeds can be read again") == 1
    assert any(5 <= day < 5.5 for day in week.days("good"))


def test_feeds_are_polled_as_the_list_says(week):
    assert not [day for day in week.days("paused") if 1.1 <= day < 4]
    assert not [day for day in week.days("stopped") if day > 1.1]
    assert not [day for day in week.days("removed") if day > 3.1]
    assert min(week.days("late")) >= 2
    assert not [day for day in week.days("limited") if 1 + 1.1 / 24 < day < 1 + 9 / 24][1:]


def test_every_story_is_stored_once(week):
    sql = "SELECT url, state FROM outcomes"
    states = dict(connect(week.lake).execute(sql).fetchall())
    wanted = Counter(dict.fromkeys(STORIES, 7) | {"dying": 2})
    found = Counter(
        url.partition("//")[2].partition(".")[0]
        for url, state in states.items()
        if state == "stored"
    )
    for name in STORIES - {"dying"}:
        assert wanted[name] - 1 <= found[name] <= wanted[name]  # the last story may come too late
    assert found["dying"] == 2
    [(rows, urls)] = (
        connect(week.lake).execute("SELECT count(*), count(DISTINCT url) FROM articles").fetchall()
    )
    assert rows == urls
