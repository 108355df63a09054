from dataclasses import replace
from datetime import timedelta

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

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
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


def test_a_feed_that_skips_all_hours_is_polled():
    never = replace(read(new=30), hints=Hints(skip_hours=frozenset(range(24))))
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


def test_a_feed_that_is_gone_is_polled_every_day_and_then_every_month():
    state = after(known(), failed(NOON + HOUR, 410))
    assert pause(state) < 1.2 * DAY
    state = after(state, failed(NOON + 26 * HOUR, 410))
    assert pause(state) > 26 * DAY
    assert state.suspect
    back = after(state, read(NOON + 30 * DAY, body="b"))
    assert (back.gone_since, back.suspect) == (None, False)


# --- moves


def sent_on(at, target=NEW_ADDRESS):
    return replace(read(at), moved_to=target)


def test_a_move_is_accepted_after_three_redirects_in_three_days():
    state = known()
    for hours, is_plausible in [(1, None), (2, None), (71, None), (74, NEW_ADDRESS)]:
        state = after(state, sent_on(NOON + hours * HOUR))
        assert moved(state) == is_plausible
    settled = at_new_address(state, NEW_ADDRESS)
    assert (settled.feed, settled.address, moved(settled)) == (ADDRESS, NEW_ADDRESS, None)


def test_a_move_to_another_target_starts_again():
    state = known()
    for hours, target in [(1, NEW_ADDRESS), (40, NEW_ADDRESS), (80, ADDRESS + "2")]:
        state = after(state, sent_on(NOON + hours * HOUR, target))
    assert (moved(state), state.moved_sightings) == (None, 1)
    assert after(state, read(NOON + 81 * HOUR)).moved_to == ""


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
