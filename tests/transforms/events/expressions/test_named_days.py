from datetime import date

import pytest

from newslake.transforms.events.data.data_files import read_rows
from newslake.transforms.events.expressions.named_days import named_day
from newslake.transforms.events.expressions.time_expressions import time_expressions_in

ROWS = read_rows("named_days.tsv", 2)
NAMES = [(name, rule) for names, rule in ROWS for name in names.split("|")]


@pytest.mark.parametrize(
    ("name", "year", "day"),
    [
        ("Bastille Day", 2026, date(2026, 7, 14)),
        ("Thanksgiving", 2025, date(2025, 11, 27)),
        ("Black Friday", 2025, date(2025, 11, 28)),
        ("Memorial Day", 2026, date(2026, 5, 25)),
        ("Easter Sunday", 2024, date(2024, 3, 31)),
        ("Easter Sunday", 2038, date(2038, 4, 25)),
        ("good friday", 2025, date(2025, 4, 18)),
        ("Ash Wednesday", 2026, date(2026, 2, 18)),
        ("Presidents Day", 2026, date(2026, 2, 16)),
        ("Independence Day", 2026, None),
    ],
)
def test_a_rule_gives_the_day_in_a_year(name, year, day):
    assert named_day(name, year) == day


def test_every_rule_gives_a_day_and_no_name_occurs_twice():
    assert all(bool(named_day(name, 2026)) == bool(rule) for name, rule in NAMES)
    assert len({name.casefold() for name, _ in NAMES}) == len(NAMES)


@pytest.mark.parametrize(("name", "rule"), NAMES)
def test_every_name_is_found_with_and_without_its_apostrophes(name, rule):
    for written in (name, name.replace("’", "'"), name.replace("’", "")):
        [found] = time_expressions_in(f"They met on {written}.")
        assert found.text == written
