import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslake.pipelines.commands.text_formats import write_csv, write_json_lines


def as_csv(*values):
    to = io.StringIO()
    write_csv([f"c{number}" for number in range(len(values))], [values], to)
    return list(csv.reader(io.StringIO(to.getvalue())))[1]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30 1234", "'+49 30 1234"),
        ("-2 degrees", "'-2 degrees"),
        ("@handle", "'@handle"),
        ("\t=1", "'\t=1"),
        ("\n=1", "'\n=1"),
        ("＝1+1", "'＝1+1"),
        ("a=1", "a=1"),
        ("", ""),
        (-2.5, "-2.5"),
        (None, ""),
        (["=a"], '["=a"]'),
        (b"\x01\xff", "01ff"),
        (datetime(2026, 3, 1, tzinfo=UTC), "2026-03-01T00:00:00+00:00"),
    ],
)
def test_no_spreadsheet_runs_text_of_the_news_as_a_formula(value, cell):
    assert as_csv(value) == [cell]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), min_size=1))
def test_a_cell_of_any_text_is_read_back_and_is_no_formula(text):
    [cell] = as_csv(text)
    assert cell.removeprefix("'") == text.removeprefix("'")
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_json_lines_hold_values_of_types_that_json_lacks():
    to = io.StringIO()
    row = (float("nan"), Decimal("1.5"), date(2026, 3, 1), b"\x01", {"on": date(2026, 3, 1)}, "ü")
    write_json_lines("abcdef", [row], to)
    assert json.loads(to.getvalue()) == {
        "a": None,
        "b": 1.5,
        "c": "2026-03-01",
        "d": "01",
        "e": {"on": "2026-03-01"},
        "f": "ü",
    }
    assert "ü" in to.getvalue()


def test_columns_of_one_name_are_refused_where_one_would_be_lost():
    with pytest.raises(ValueError, match="two columns are named 'a'"):
        write_json_lines(["a", "b", "a"], [(1, 2, 3)], io.StringIO())


def test_nested_values_are_json():
    to = io.StringIO()
    write_json_lines("ab", [({date(2026, 3, 1): float("inf")}, (1.0, float("nan")))], to)
    assert json.loads(to.getvalue(), parse_constant=pytest.fail) == {
        "a": {"2026-03-01": None},
        "b": [1.0, None],
    }
