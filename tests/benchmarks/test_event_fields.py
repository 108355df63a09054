"""The benchmark of the fields judges days, places, countries and numbers as its docstring says."""

import json
import sys
from datetime import date
from importlib import import_module

import pytest
from paths import BENCHMARKS

from newslake.transforms.events.parse.model import model_name

ODESSA = {"names": ["Odessa"], "country": "USA", "at": [31.8, -102.4], "within": 1}


@pytest.fixture
def program(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return import_module("event_fields")


@pytest.mark.parametrize(
    ("field", "found", "truth", "expected"),
    [
        ("day", [date(2026, 3, 9)] * 2, [["2026-03-09", "2026-03-09"]], "right"),
        ("day", [date(2026, 3, 10)] * 2, [["2026-03-09", "2026-03-09"]], "wrong"),
        ("day", [date(2026, 3, 2), date(2026, 3, 8)], [["2026-03-02", "2026-03-08"]], "right"),
        ("day", [date(2026, 3, 4)] * 2, [["2026-03-02", "2026-03-08"]], "wrong"),
        ("day", [date(2026, 3, 1), date(2026, 3, 31)], [["2026-03-02", "2026-03-08"]], "right"),
        ("day", [date(2026, 3, 8), date(2026, 3, 31)], [["2026-03-02", "2026-03-08"]], "wrong"),
        ("day", [date(2026, 3, 4)] * 2, [], "wrong"),
        ("day", [date(2026, 3, 4)] * 2, "any", "any"),
        ("day", None, [["2026-03-09", "2026-03-09"]], "empty"),
        ("place", ["odessa", "USA", 31.9, -102.3], [ODESSA], "right"),
        ("place", ["Odessa", None, None, None], [ODESSA], "right"),
        ("place", ["Odessa", "USA", 46.5, 30.7], [ODESSA], "wrong"),
        ("place", ["Odessa", "UKR", None, None], [ODESSA], "wrong"),
        ("place", ["Texas", "USA", None, None], [ODESSA], "wrong"),
        ("place", ["Bank of Odessa", None, None, None], [], "empty"),
        ("place", ["Odessa", None, None, None], [], "wrong"),
        ("actors", ["USA"], ["GBR", "USA"], "right"),
        ("actors", ["FRA", "USA"], ["USA"], "wrong"),
        ("killed", [2, None], [[2, None], [3, None]], "right"),
        ("killed", [2, 2], [[2, None]], "wrong"),
    ],
)
def test_a_value_is_right_if_it_fits_an_accepted_one(program, field, found, truth, expected):
    assert program.state(field, found, truth) == expected


def test_only_fields_that_were_right_before_can_be_kept(program):
    before = {"a": {"day": "right", "place": "right"}, "b": {"day": "wrong"}, "c": {"day": "right"}}
    texts = {"a": {"states": {"day": "right", "place": "empty"}}, "b": {"states": {"day": "right"}}}
    assert program.kept(before, texts) == (2, 1)


def test_the_texts_to_mend_have_a_valid_truth():
    lines = (BENCHMARKS / "event_fields_mend.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert len({row["id"] for row in rows}) == len({row["text"] for row in rows}) == len(rows)
    for row in rows:
        assert date.fromisoformat(row["published"]) <= date.fromisoformat(
            row.get("modified", row["published"])
        )
        truth = row["truth"]
        assert set(truth) == {"day", "actors", "recipients", "place", "killed", "injured"}
        for first, last in truth["day"] if truth["day"] != "any" else ():
            assert date.fromisoformat(first) <= date.fromisoformat(last)
        for place in truth["place"] if truth["place"] != "any" else ():
            latitude, longitude = place["at"]
            assert -90 <= latitude <= 90
            assert -180 <= longitude <= 180
            assert place["within"] > 0


@pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")
def test_a_wrong_day_misses_the_bar(program, monkeypatch, tmp_path, capsys):
    def run(day, *options):
        row = {
            "id": "kharkiv", "class": "time", "published": "2026-03-10",
            "text": "Russian forces attacked Kharkiv on Monday.",
            "truth": dict.fromkeys(["actors", "recipients", "place", "killed", "injured"], "any"),
        }  # fmt: skip
        row["truth"]["day"] = [[day, day]]
        (tmp_path / "texts.jsonl").write_text(json.dumps(row))
        words = ["event_fields.py", str(tmp_path / "texts.jsonl"), "--check", "--show", *options]
        monkeypatch.setattr(sys, "argv", words)
        return program.main(), capsys.readouterr().out

    saved = str(tmp_path / "before.json")
    assert run("2026-03-09", "--save", saved)[0] == 0
    code, printed = run("2026-03-08", "--before", saved)
    assert code == 1
    assert "kharkiv (2026-03-10)" in printed
    assert "1 fields were right before, 0 still are" in printed


def test_a_missing_file_is_reported(program, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(sys, "argv", ["event_fields.py", str(tmp_path / "nowhere.jsonl")])
    assert program.main() == 2
    assert "no file" in capsys.readouterr().err
