import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslake.transforms.clean.credits import drop_credits

STORY = """Both sides met on Monday in the old town hall, the minister said.
Talks will go on for another week, and a truce may follow in spring.
Nobody expected the meeting to last for more than a couple of hours.
Ann Lee was there.
1 March 2024
The mayor opened the hall on March 1, 2024 and left.
A crowd waited outside."""
AUTHORS = ["Ann Lee", "Bo Ek"]
DAYS = [date(2024, 3, 1), date(2024, 3, 4)]


@pytest.mark.parametrize(
    "line",
    [
        *("By Ann Lee", "Von Ann Lee und Bo Ek, Kyiv", "ANN LEE", "Por Bo Ek"),
        *("March 1, 2024", "01.03.2024, 20:59 Uhr", "1 mars 2024", "2024-03-01 10:00"),
        *(
            "Posted on 1 March 2024 at 9 p.m. GMT",
            "Freitag, 1. März 2024",
            "1 marca 2024, godz. 10:00",
        ),
        *("2024-03-01T10:00:00+02:00", "Published 1 March 2024, updated 4 March 2024"),
        *("Updated: Fri, Mar 1, 2024 9:43 PM", "sexta-feira, 1 de março de 2024 às 0:13"),
    ],
)
def test_credits_and_dates_are_not_part_of_a_story(line):
    assert drop_credits(f"{line}\n{STORY}", AUTHORS, DAYS) == STORY
    assert drop_credits(f"A lede, and no more.\n{line}\n{STORY}", AUTHORS, DAYS).endswith(
        f"more.\n{STORY}"
    )
    assert drop_credits(f"{STORY}\n{line}", AUTHORS, DAYS) == STORY


@pytest.mark.parametrize(
    "line",
    [
        *("By Cy Oh", "Ann Lee: how a minister rose to power and fell", "Kyiv"),
        *("March 2, 2024", "Top 10 2024", "10 bridges, 2024", "Version 1.2.3"),
        *("On March 1, 2024 both sides met", "March 2024", "12:30", "2024-03-01 | 500 | Ann Lee"),
        *("1 May 2024", "May 4, 2024", "03/12/2024", "Next hearing: 4 May 2024"),
        *("1 March 2024: truce signed", "Died 1 March 2024", "Since 1 March 2024"),
        *("1 March 2024 – 10 May 2024", "1-4 March 2024", "KYIV, March 1, 2024 –", "4 March 2024:"),
        *("Ann Lee:", "ANN LEE, HOST:"),
        *("— Example (@example) March 1, 2024", "It began on March 1, 2024."),
    ],
)
def test_other_lines_at_the_ends_stay(line):
    text = f"{line}\n{STORY}\n{line}"
    assert drop_credits(text, AUTHORS, DAYS) == text


def test_a_list_of_days_at_the_end_stays():
    text = f"{STORY}\n- 1 March 2024: a strike\n- 2 March 2024: a truce"
    assert drop_credits(text, AUTHORS, DAYS) == text


def test_credits_alone_stay():
    assert drop_credits("By Ann Lee\nMarch 1, 2024", AUTHORS, DAYS) == "By Ann Lee\nMarch 1, 2024"


@given(
    st.lists(st.sampled_from(["By Ann Lee", "March 1, 2024", "Talks go on.", "- Bo Ek", "", "a"]))
)
def test_dropping_credits_twice_changes_nothing(lines):
    once = drop_credits("\n".join(lines), AUTHORS, DAYS)
    assert drop_credits(once, AUTHORS, DAYS) == once


def test_credits_of_any_number_take_linear_time():
    began = time.process_time()
    assert drop_credits("By Ann Lee\n" * 40_000 + STORY, AUTHORS, DAYS) == STORY
    assert time.process_time() - began < 3
