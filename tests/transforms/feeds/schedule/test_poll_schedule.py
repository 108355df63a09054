from dataclasses import replace
from datetime import timedelta
from math import e

import pytest
from hypothesis import given
from hypothesis import strategies as st
from papers import ADDRESS, NOON

from newslake.transforms.feeds.parse.feed import Hints
from newslake.transforms.feeds.schedule.feed_state import PollResult
from newslake.transforms.feeds.schedule.poll_schedule import (
    after,
    at_new_address,
    conditions,
    first,
    moved,
)
from newslake.transforms.feeds.schedule.server_hints import allowed

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JITTER = 1.1
NEW_ADDRESS = "https://paper.example.org/feed"


def read(at=NOON, new=0, entries=30, body="a", conditional=False, **headers):
    """Return a poll that received a whole document."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return PollResult(
        at, 200, named, conditional, body_hash=body, entries=entries, new=new, hints=Hints()
    )


def unchanged(at, **headers):
    return PollResult(at, 304, headers, conditional=True)


def failed(at, status=0, fault="", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return PollResult(at, status, named, fault=fault)


def known(**headers):
    """Return the state of a feed that was read once, at noon."""
    return after(first(ADDRESS, NOON), read(new=30, **headers))


def polled_for(days, new_in, entries=30):
    """Return a state after polls that each bring `new_in(hours since the last poll, now)` entries."""
    state = known()
    while (at := state.next_at) < NOON + days * DAY:
        count = new_in((at - state.answered_at) / HOUR, at)
        state = after(state, read(at, count, entries, body=str(at)))
    return state


def pause(state):
    return state.next_at - state.asked_at


def typical_pause(state, result):
    """Return the pause without jitter, in hours: the middle of the pauses of many feeds."""
    feeds = [replace(state, feed=f"{ADDRESS}?{number}") for number in range(1_000)]
    pauses = [pause(after(feed, result)) for feed in feeds]
    assert max(pauses) / min(pauses) == pytest.approx(JITTER / 0.9, rel=0.003)
    return (max(pauses) + min(pauses)) / 2 / HOUR


# --- the interval


def test_a_new_feed_is_polled_immediately_and_then_spread_over_an_interval():
    assert first(ADDRESS, NOON).next_at == NOON
    pauses = [
        pause(after(first(f"{ADDRESS}?{number}", NOON), read(new=30))) for number in range(100)
    ]
    assert 15 * MINUTE <= min(pauses) < 20 * MINUTE
    assert 40 * MINUTE < max(pauses) <= 45 * MINUTE


@pytest.mark.parametrize(
    ("hours_between_entries", "least", "most"),
    [(0.05, 9, 11), (1, 25, 35), (6, 2.5 * 60, 3.6 * 60), (1000, 20 * 60, 24 * 60 * JITTER)],
)
def test_the_interval_is_half_the_time_between_entries(hours_between_entries, least, most):
    count = 0.0

    def new_in(hours, _):
        nonlocal count
        before, count = int(count), count + hours / hours_between_entries
        return int(count) - before

    assert least * MINUTE <= pause(polled_for(40, new_in, entries=500)) <= most * MINUTE


def test_a_night_does_not_slow_the_morning():
    state = polled_for(14.3, lambda hours, at: round(6 * hours) if 6 <= at.hour < 22 else 0)
    assert pause(state) < 20 * MINUTE


def test_a_document_full_of_new_entries_is_polled_sooner():
    state = known()
    calm = after(state, read(state.next_at, new=10, body="b"))
    crowded = after(state, read(state.next_at, new=25, body="b"))
    assert pause(crowded) < 0.7 * pause(calm)


def test_entries_of_the_first_document_are_not_new():
    assert known().rate == first(ADDRESS, NOON).rate


def test_the_jitter_is_the_feeds_own_and_does_not_change():
    answers = [read(NOON + HOUR, new=1, body="b")]
    pauses = set()
    for number in range(20):
        state = after(first(f"{ADDRESS}?{number}", NOON), read(new=30))
        pauses |= {pause(after(state, answer)) for answer in answers * 2}
    assert len(pauses) == 20
    assert max(pauses) < 1.25 * min(pauses)


@pytest.mark.parametrize(
    ("entries_per_day", "hours"), [(0, 24), (0.4, 24), (0.6, 20), (4, 3), (48, 0.25), (1000, 1 / 6)]
)
def test_the_pause_is_half_the_mean_time_between_entries_within_limits(entries_per_day, hours):
    state = replace(known(), rate=entries_per_day)
    pause = typical_pause(state, unchanged(NOON + timedelta(microseconds=1)))
    assert pause == pytest.approx(hours, rel=0.002)


@pytest.mark.parametrize(
    ("days", "new", "rate"),
    [(7, 0, 10 / e), (7, 70, 10), (14, 140, 10), (7, 700, 10 / e + 100 * (1 - 1 / e))],
)
def test_the_rate_is_a_mean_that_forgets_in_a_week(days, new, rate):
    state = replace(known(), rate=10)
    assert after(state, read(NOON + days * DAY, new, 1_000)).rate == pytest.approx(rate)


def test_two_polls_at_one_time_count_as_a_second_apart():
    rates = [after(known(), read(NOON + n * SECOND, new=1)).rate for n in (0, 0.5, 1, 2)]
    assert rates[0] == rates[1] == rates[2] != rates[3]


@pytest.mark.parametrize(
    ("new", "entries", "hours"), [(20, 30, 2), (30, 30, 2), (19, 30, 4.48), (0, 0, 24)]
)
def test_if_two_thirds_of_the_entries_are_new_the_pause_is_at_most_half_the_last(
    new, entries, hours
):
    state = replace(known(), rate=0)
    pause = typical_pause(state, read(NOON + 4 * HOUR, new, entries))
    assert pause == pytest.approx(hours, rel=0.002)


# --- hints


@pytest.mark.parametrize(
    ("headers", "minutes"),
    [
        ({"cache_control": "public, max-age=7200"}, 120),
        ({"cache_control": "max-age=7200", "age": "3600"}, 60),
        ({"cache_control": "max-age=864000"}, 360),
        (
            {
                "expires": "Mon, 02 Mar 2026 15:00:00 GMT",
                "date": "Mon, 02 Mar 2026 13:00:00 GMT",
            },
            120,
        ),
        ({"cache_control": 'max-age="7200"'}, 120),
    ],
)
def test_the_servers_hints_are_a_lower_bound(headers, minutes):
    assert pause(known(**headers)) == minutes * MINUTE


@pytest.mark.parametrize(
    "headers",
    [
        {"cache_control": "no-cache, max-age=7200"},
        {"cache_control": "max-age=7200, no-store"},
        {"cache_control": "max-age=a lot"},
        {"expires": "0"},
        {"expires": "Mon, 02 Mar 2026 11:00:00 GMT"},
    ],
)
def test_a_hint_that_says_nothing_changes_nothing(headers):
    assert pause(known(**headers)) == pause(known())


def test_the_feeds_hints_hold_when_it_has_not_changed_too():
    asked = replace(read(new=30), hints=Hints(interval=2 * HOUR))
    state = after(first(ADDRESS, NOON), asked)
    assert pause(state) == 2 * HOUR
    assert pause(after(state, unchanged(state.next_at))) == 2 * HOUR


def test_hours_and_days_that_a_feed_skips_are_skipped():
    night = Hints(skip_hours=frozenset({12, 13, 14}), skip_days=frozenset({1}))
    state = after(first(ADDRESS, NOON), replace(read(new=30), hints=night))
    assert (state.next_at.weekday(), state.next_at.hour) == (0, 15)
    late = replace(read(NOON + 11.9 * HOUR, new=30), hints=night)
    assert after(first(ADDRESS, NOON), late).next_at.weekday() == 2


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (0, 60),
        (37.76, 60 + 7),
        (59.99, 60 + 9),
        (60 + 37.5, 60 + 37.5),
        (11 * 60 + 15, 36 * 60 + 5),
    ],
)
def test_after_a_skipped_time_the_poll_is_in_the_first_minutes_of_the_next_hour(minutes, expected):
    hints = Hints(skip_hours=frozenset({12, 23}), skip_days=frozenset({1}))
    assert allowed(NOON + minutes * MINUTE, hints) == NOON + expected * MINUTE


@pytest.mark.parametrize(
    "hints", [Hints(skip_hours=frozenset(range(24))), Hints(skip_days=frozenset(range(7)))]
)
def test_a_feed_that_skips_all_times_is_polled(hints):
    never = replace(read(new=30), hints=hints)
    assert pause(after(first(ADDRESS, NOON), never)) < HOUR


# --- conditional requests


def test_both_validators_are_sent_verbatim():
    state = known(etag='W/"a"', last_modified="Mon, 2 Mar 2026 11:00:00 GMT")
    assert conditions(state, state.next_at) == {
        "If-None-Match": 'W/"a"',
        "If-Modified-Since": "Mon, 2 Mar 2026 11:00:00 GMT",
    }


def test_nothing_is_sent_before_a_document_was_read():
    assert conditions(first(ADDRESS, NOON), NOON) == {}


@pytest.mark.parametrize("etag", ['"a\r\nHost: b"', '"' + "a" * 600 + '"', "é", ""])
def test_a_validator_that_cannot_be_sent_is_not(etag):
    assert conditions(known(etag=etag), NOON + HOUR) == {}


def test_validators_of_an_unchanged_document_are_renewed():
    state = after(known(etag="a"), unchanged(NOON + HOUR, etag="b"))
    assert conditions(state, NOON + 2 * HOUR) == {"If-None-Match": "b"}
    assert conditions(after(state, unchanged(NOON + 2 * HOUR)), NOON + 3 * HOUR)


@pytest.mark.parametrize(
    ("between", "body"),
    [("nothing", "first"), ("not modified", "first"), ("another document", "second")],
)
def test_validators_are_kept_while_the_document_stays_the_same(between, body):
    given = {"etag": "a", "last_modified": "b"}
    state, time = known(body="first", **given), NOON
    if between == "not modified":
        state = after(state, unchanged(time := NOON + HOUR))
    if between == "another document":
        state = after(state, read(time := NOON + HOUR, body="second", **given))
    again = read(time + HOUR, body=body)
    assert conditions(after(state, again), time + 2 * HOUR) == {
        "If-None-Match": "a",
        "If-Modified-Since": "b",
    }
    assert conditions(after(state, replace(again, body_hash="third")), time + 2 * HOUR) == {}


def test_guids_that_are_not_keys_once_are_never_keys_again():
    state = after(known(), replace(read(NOON + HOUR), by_link=True))
    assert not known().by_link
    assert state.by_link
    assert after(state, read(NOON + 2 * HOUR)).by_link


def test_validators_do_not_outlive_their_document():
    state = after(known(etag="a"), read(NOON + HOUR, body="b"))
    assert conditions(state, NOON + 2 * HOUR) == {}


def test_a_whole_document_is_requested_once_a_day():
    state = known(etag="a")
    for hour in range(1, 24):
        assert conditions(state, NOON + hour * HOUR)
        state = after(state, unchanged(NOON + hour * HOUR))
    assert conditions(state, NOON + 24 * HOUR) == {}


def test_a_server_with_false_304_responses_gets_no_more_conditional_requests():
    state = after(known(etag="a"), unchanged(NOON + 23 * HOUR))
    look = read(NOON + 24 * HOUR, new=5, body="b", etag="a")
    caught = after(state, look)
    assert conditions(caught, NOON + 25 * HOUR) == {}
    assert conditions(after(caught, read(NOON + 31 * DAY, etag="c")), NOON + 31.1 * DAY)


def test_a_server_that_hid_old_entries_gets_no_more_conditional_requests():
    state = after(known(etag="a"), unchanged(NOON + 23 * HOUR))
    look = read(NOON + 24 * HOUR, new=5, body="b", etag="b")
    hidden = replace(look, oldest_new=NOON + 10 * HOUR)
    fresh = replace(look, oldest_new=NOON + 23.5 * HOUR)
    assert conditions(after(state, hidden), NOON + 25 * HOUR) == {}
    assert conditions(after(state, fresh), NOON + 25 * HOUR)


def test_an_entry_is_late_if_it_is_more_than_three_hours_older_than_the_304():
    state = after(known(etag="a"), unchanged(NOON + 23 * HOUR))
    look = read(NOON + 24 * HOUR, new=5, body="b", etag="b")
    in_time = after(state, replace(look, oldest_new=NOON + 20 * HOUR))
    late = after(state, replace(look, oldest_new=NOON + 20 * HOUR - SECOND))
    assert in_time.distrusted_until is None
    assert late.distrusted_until == look.at + 30 * DAY


def test_conditional_requests_start_again_exactly_when_the_distrust_ends():
    state = replace(known(etag="a"), distrusted_until=NOON + HOUR)
    assert conditions(state, NOON + HOUR - SECOND) == {}
    assert conditions(state, NOON + HOUR) == {"If-None-Match": "a"}


@pytest.mark.parametrize(
    "look",
    [
        pytest.param({"conditional": True}, id="the request was conditional"),
        pytest.param({"new": 0}, id="no entry is new"),
        pytest.param({"body": "b"}, id="the server sent no validator"),
        pytest.param({"etag": "a", "last_modified": "b"}, id="one validator has changed"),
    ],
)
def test_a_304_is_not_wrong_without_evidence(look):
    state = after(known(etag="a"), unchanged(NOON + 23 * HOUR))
    given = {"etag": "a", "new": 5, "body": "b"} | look
    if look == {"body": "b"}:
        del given["etag"]
    assert after(state, read(NOON + 24 * HOUR, **given)).distrusted_until is None


def test_equal_validators_without_a_304_before_mean_nothing():
    again = after(known(etag="a"), read(NOON + HOUR, new=5, body="b", etag="a"))
    assert again.distrusted_until is None


# --- failures


def test_failures_back_off_to_a_day_and_never_end():
    state = known()
    pauses = []
    for _ in range(20):
        state = after(state, failed(state.next_at, 500))
        pauses.append(pause(state))
    assert pauses[0] <= 30 * MINUTE * JITTER
    assert pauses == sorted(pauses)
    assert abs(pauses[1] - 2 * pauses[0]) < timedelta(seconds=1)
    assert 0.9 * DAY <= pauses[-1] <= 1.1 * DAY
    assert (state.failures, state.fault, state.suspect) == (20, "http_500", True)


@pytest.mark.parametrize(
    ("entries_per_day", "failures", "hours"),
    [(0, 0, 24), (4, 0, 3), (4, 1, 6), (4, 2, 12), (4, 3, 24), (4, 4, 24), (1000, 0, 1 / 6)],
)
def test_the_pause_after_a_failure_doubles_from_the_usual_pause(entries_per_day, failures, hours):
    state = replace(known(), rate=entries_per_day, failures=failures)
    pause = typical_pause(state, failed(NOON, 500))
    assert pause == pytest.approx(hours, rel=0.002)


def test_a_feed_that_has_failed_for_ever_is_polled_daily():
    state = replace(known(), rate=1000, failures=100_000)
    assert typical_pause(state, failed(NOON)) == pytest.approx(24, rel=0.002)


def test_one_success_ends_the_failures():
    state = after(known(), failed(NOON + HOUR, fault="timeout_total"))
    assert (state.failures, state.fault) == (1, "timeout_total")
    state = after(state, unchanged(NOON + 2 * HOUR))
    assert (state.failures, state.fault, state.suspect) == (0, "", False)
    assert pause(state) < HOUR


def test_a_response_that_is_not_a_feed_is_a_failure_and_keeps_the_validators():
    state = after(known(etag="a"), replace(read(NOON + HOUR, body=""), fault="not_a_feed"))
    assert (state.failures, state.etag) == (1, "a")


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry_after": "7200"}, 2 * HOUR),
        ({"retry_after": "Mon, 02 Mar 2026 15:00:00 GMT"}, 3 * HOUR),
        (
            {
                "retry_after": "Mon, 02 Mar 2026 15:00:00 GMT",
                "date": "Mon, 02 Mar 2026 14:00:00 GMT",
            },
            HOUR,
        ),
        ({"retry_after": "9999999"}, DAY),
    ],
)
def test_retry_after_is_obeyed(status, headers, wait):
    assert pause(after(known(), failed(NOON, status, **headers))) == wait


@pytest.mark.parametrize("value", ["soon", "-5", "Mon, 02 Mar 2020 15:00:00 GMT", ""])
def test_a_retry_after_without_sense_changes_nothing(value):
    plain = after(known(), failed(NOON, 503))
    assert after(known(), failed(NOON, 503, retry_after=value)).next_at == plain.next_at


def test_a_403_of_a_feed_that_was_open_means_too_often():
    assert pause(after(known(), failed(NOON + HOUR, 403))) >= 54 * MINUTE
    assert pause(after(first(ADDRESS, NOON), failed(NOON, 403))) < 40 * MINUTE
    challenge = failed(NOON, 403, cf_mitigated="challenge")
    assert pause(after(first(ADDRESS, NOON), challenge)) >= 54 * MINUTE


@pytest.mark.parametrize(
    ("since_the_last_success", "hours"), [(24 * HOUR - SECOND, 1), (24 * HOUR, 0.5)]
)
def test_a_403_means_too_often_until_a_day_after_the_last_success(since_the_last_success, hours):
    pause = typical_pause(known(), failed(NOON + since_the_last_success, 403))
    assert pause == pytest.approx(hours, rel=0.002)


@pytest.mark.parametrize(("hours_gone", "days"), [(0, 1), (23.99, 1), (24, 30), (1_000, 30)])
def test_a_feed_that_is_gone_is_polled_every_day_and_then_every_month(hours_gone, days):
    state = after(known(), failed(NOON, 410))
    pause = typical_pause(state, failed(NOON + hours_gone * HOUR, 410))
    assert pause == pytest.approx(24 * days, rel=0.002)
    assert state.suspect


@pytest.mark.parametrize(
    ("answer", "gone_since"),
    [
        pytest.param(failed(NOON + HOUR, 404), None, id="not found"),
        pytest.param(failed(NOON + HOUR, 500), None, id="server error"),
        pytest.param(read(NOON + HOUR, body="b"), None, id="back again"),
        pytest.param(failed(NOON + HOUR, 410), NOON, id="still gone"),
        pytest.param(failed(NOON + HOUR, fault="timeout_total"), NOON, id="no response"),
    ],
)
def test_a_feed_is_gone_until_the_server_gives_another_status(answer, gone_since):
    state = after(after(known(), failed(NOON, 410)), answer)
    assert (state.gone_since, state.suspect) == (gone_since, gone_since is not None)


def test_a_feed_is_suspect_after_ten_failures():
    assert not replace(known(), failures=9).suspect
    assert replace(known(), failures=10).suspect


# --- moves


def sent_on(at, target=NEW_ADDRESS):
    return replace(read(at), moved_to=target)


def test_a_move_is_accepted_after_three_redirects_in_three_days():
    state = known()
    for hours, is_plausible in [(1, None), (2, None), (71, None), (74, NEW_ADDRESS)]:
        state = after(state, sent_on(NOON + hours * HOUR))
        assert moved(state) == is_plausible
    assert at_new_address(state, NEW_ADDRESS) == replace(
        state, address=NEW_ADDRESS, moved_to="", moved_since=None, moved_sightings=0
    )


@pytest.mark.parametrize(
    ("sightings", "span", "is_moved"),
    [(3, 72 * HOUR, True), (3, 72 * HOUR - SECOND, False), (2, 80 * HOUR, False)],
)
def test_a_move_needs_three_redirects_and_three_days(sightings, span, is_moved):
    state = known()
    for number in range(sightings):
        state = after(state, sent_on(NOON + number / (sightings - 1) * span))
    assert moved(state) == (NEW_ADDRESS if is_moved else None)


def test_a_move_to_another_target_starts_again():
    state = known()
    for hours, target in [(1, NEW_ADDRESS), (40, NEW_ADDRESS), (80, ADDRESS + "2")]:
        state = after(state, sent_on(NOON + hours * HOUR, target))
    assert (moved(state), state.moved_sightings) == (None, 1)
    direct = after(state, read(NOON + 81 * HOUR))
    assert (direct.moved_to, direct.moved_since, direct.moved_sightings) == ("", None, 0)


def test_a_move_to_a_page_that_is_not_a_feed_is_not_accepted():
    state = known()
    for hours in (1, 40, 80):
        state = after(state, replace(sent_on(NOON + hours * HOUR), fault="not_a_feed"))
    assert moved(state) is None


def test_a_network_failure_does_not_affect_a_move():
    state = after(known(), sent_on(NOON + HOUR))
    assert after(state, failed(NOON + 2 * HOUR)).moved_sightings == 1


# --- any sequence of polls


answers = st.builds(
    PollResult,
    at=st.just(NOON + HOUR),
    status=st.sampled_from([0, 200, 304, 301, 403, 404, 410, 429, 500, 503]),
    headers=st.dictionaries(
        st.sampled_from(["retry-after", "cache-control", "expires", "etag", "date", "age"]),
        st.text(" -0123456789:;=,maxg", max_size=20)
        | st.sampled_from(["9" * 30, "max-age=99999999999999", "-1"]),
    ),
    conditional=st.booleans(),
    fault=st.sampled_from(["", "not_a_feed"]),
    body_hash=st.sampled_from(["a", "b"]),
    entries=st.integers(0, 3000),
    new=st.integers(0, 3000),
)


@given(st.lists(answers, max_size=6))
def test_every_feed_has_a_next_time_within_bounds(given):
    state = known()
    for number, answer in enumerate(given, start=1):
        state = after(state, replace(answer, at=NOON + number * HOUR))
        least = timedelta(minutes=9)
        assert least <= pause(state) <= 33 * DAY
        assert answer.status == 410 or pause(state) <= 1.1 * DAY
        conditions(state, state.next_at)
