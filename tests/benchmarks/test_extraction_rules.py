"""Each rule of extraction can be switched off by its name, and its gain is computed right."""

import json
import sys
from importlib import import_module

import pytest
from paths import BENCHMARKS

STORY = [
    f"On day {day} of the talks the ministers of both sides met again for {day + 2} hours in the old "
    f"town hall, and said afterwards that question {day} was still open."
    for day in range(1, 9)
]
NAME = "extract.html.containers.release_story"


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return import_module


@pytest.fixture
def folder(tmp_path):
    rows = []
    for number, menu in enumerate(("<nav>Menu", "<nav>Menu</nav>")):
        story = "".join(f"<p>{one}</p>" for one in STORY)
        page = f"<html><body>{menu}<main><h1>Talks go on</h1>{story}</main></body></html>"
        (tmp_path / f"{number}.html").write_text(page)
        url = f"https://www.example{number}.org/world/talks"
        rows.append({"file": f"{number}.html", "url": url, "body": "\n".join(STORY)})
    (tmp_path / "index.json").write_text(json.dumps(rows))
    return tmp_path


def test_the_gain_of_a_rule_is_the_score_with_it_minus_the_score_without_it(
    benchmark, folder, monkeypatch, capsys
):
    monkeypatch.setattr(sys, "argv", ["rules", str(folder), "--rule", NAME, "--json"])
    assert benchmark("extraction_rules").main() == 0
    [row] = map(json.loads, capsys.readouterr().out.splitlines())
    assert row["rule"] == f"text: {NAME}"
    assert row[folder.name] == {"pages": 1, "publishers": 1, "gain": 5_000}
    assert (row["whole"]["gaining"], row["whole"]["losing"], row["whole"]["gain"]) == (1, 0, 5_000)


def test_every_rule_can_be_switched_off(benchmark):
    rules, switches = benchmark("extraction_rules"), benchmark("switches")
    for of_field in rules.RULES.values():
        for name, neutral in of_field.items():
            before = switches.object_of(rules.PACKAGE, name)
            with switches.switched_off(rules.PACKAGE, name, neutral):
                assert switches.object_of(rules.PACKAGE, name) is not before
            assert switches.object_of(rules.PACKAGE, name) is before


def test_the_interval_of_a_rule_that_changes_nothing_is_zero(benchmark):
    assert benchmark("extraction_rules").interval({}, 9) == (0.0, 0.0)


def test_a_folder_without_labels_is_reported(benchmark, monkeypatch, capsys, tmp_path):
    for place, message in ((tmp_path, "no labelled pages in"), (tmp_path / "gone", "no folder")):
        monkeypatch.setattr(sys, "argv", ["rules", str(place)])
        assert benchmark("extraction_rules").main() == 2
        assert message in capsys.readouterr().err
