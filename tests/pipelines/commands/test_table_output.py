"""Tables and records: straight columns, nothing cut in a pipe, and records on a narrow terminal."""

import re
import sys
from datetime import UTC, datetime

import pytest
from rich.cells import cell_len

from newslake.pipelines.commands.table_output import table

TEXTS = [
    "plain",
    "日本語のニュース",
    "한국어",
    "العربية (1)",
    "עִבְרִית",
    "हिन्दी",
    "ภาษาไทย",
    "❤️ 🇩🇪 👨‍👩‍👧",
    "e\u0301",
    "a\tb\nc\x1b[31m\u202e",
    "",
]
LONG = "The ferries of Port Alder sail again. " * 40


@pytest.fixture
def show(capsys, monkeypatch):
    """Return a function that prints a table to a terminal of this width; None means a pipe."""

    def show(columns, rows, width=None, **options):
        monkeypatch.setattr(sys.stdout, "isatty", lambda: width is not None)
        monkeypatch.setenv("COLUMNS", str(width or 80))
        as_records = table(columns, rows, **options)
        return capsys.readouterr().out.splitlines(), as_records

    return show


@pytest.mark.parametrize("width", [None, 80])
def test_columns_are_straight_in_all_scripts(show, width):
    lines, _ = show(("name", "number"), [(text, 7) for text in TEXTS], width)
    assert len({cell_len(line) for line in lines}) == 1
    borders = [
        [cell_len(line[: match.start()]) for match in re.finditer("[│┃]", line)] for line in lines
    ]
    assert len({tuple(one) for one in borders if one}) == 1


def test_text_from_right_to_left_does_not_cross_a_border_of_the_terminal(show):
    lines, _ = show(("a", "b"), [("עברית", "العربية")], 80)
    assert lines[-2] == "│ \u200eעברית\u200e │ \u200eالعربية\u200e │"
    lines, _ = show(("a", "b"), [("עברית", "العربية")])
    assert lines[-2] == "│ עברית │ العربية │"


@pytest.mark.parametrize("text", [LONG, LONG + "日本語" * 500])
def test_nothing_is_cut_in_a_pipe(show, text):
    lines, as_records = show(("id", "text"), [(1, text), (2, text)])
    assert sum(text in line for line in lines) == 2
    assert not as_records
    assert len({cell_len(line) for line in lines}) == 1


@pytest.mark.parametrize("width", [20, 30, 40, 60, 80, 200])
def test_a_table_wider_than_the_terminal_becomes_records(show, width):
    columns = ("article_id", "title", "text", "a_name_of_a_column_that_is_long")
    lines, as_records = show(columns, [("a", text, LONG, None) for text in TEXTS], width)
    assert as_records
    assert len(lines) == len(TEXTS) * (1 + len(columns))
    assert max(map(cell_len, lines)) <= width
    assert lines[0].startswith("─ record 1 ─")


@pytest.mark.parametrize("width", [20, 40, 80])
@pytest.mark.parametrize("text", [LONG, "日本語" * 100, "a\n\tb" * 100, "\x1b" * 300])
def test_a_cut_value_tells_how_many_characters_are_left(show, text, width):
    lines, _ = show(("text",), [(text,)], width)
    value = lines[1].removeprefix("text").strip()
    kept, left = re.fullmatch(r"(.*)… \+([\d,]+)(?: characters)?", value).groups()
    length = len(text) - int(left.replace(",", ""))
    assert kept == text[:length].replace("\n", "⏎").replace("\t", " ").replace("\x1b", "�")
    assert length > 0


def test_a_table_that_fits_or_is_wanted_is_printed_on_a_terminal(show):
    lines, as_records = show(("a", "b"), [("x", "y")], 13)
    assert (lines[-2], as_records) == ("│ x │ y │", False)
    lines, as_records = show(("text",), [(LONG,)], 40, wide=True)
    assert (LONG in lines[-2], as_records) == (True, False)


def test_the_width_of_the_terminal_is_the_limit(show):
    row = ("x" * 33, "y")
    assert not show(("a", "b"), [row], len("│ │ │") + 4 + 33 - 2 + 1)[1]
    assert show(("a", "b"), [row], len("│ │ │") + 4 + 33 - 2)[1]


def test_numbers_are_aligned_to_the_right_also_if_some_are_missing(show):
    lines, _ = show(("count", "name"), [("1,200", "a"), ("3", "b"), (None, "")])
    assert lines[3:6] == ["│ 1,200 │ a    │", "│     3 │ b    │", "│       │      │"]


def test_lists_and_objects_are_json_with_iso_times(show):
    time = datetime(2026, 3, 1, 12, tzinfo=UTC)
    lines, _ = show(("value",), [([{"at": time, "who": None}],), (time,)])
    assert '[{"at": "2026-03-01T12:00:00+00:00", "who": null}]' in lines[3]
    assert "2026-03-01 12:00:00+00:00" in lines[4]


def test_an_empty_result_shows_its_columns_or_says_so(show):
    assert show(("a", "b"), [])[0][1] == "┃ a ┃ b ┃"
    assert show(("a" * 50, "b"), [], 40)[0] == ["no rows"]
