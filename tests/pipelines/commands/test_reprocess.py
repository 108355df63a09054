"""reprocess: extracts the mentions of stored articles again, one log entry per partition."""

import json
from datetime import UTC, date, datetime

import pytest
from lakes import article, commit, hexadecimal, mention, rows_of

from newslake.pipelines.cli import main
from newslake.pipelines.commands.forget import forget
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.events import find_events as stage
from newslake.transforms.events.parse.model import model_name

pytestmark = pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")


def story(name, text="Norway praised Peru.", **fields):
    return article(name, text=f"{text} So {name} tells.", language="en", **fields)


@pytest.fixture
def lake(tmp_path, unit):
    """A day with an outdated mention, a day without mentions, an undated and a French article."""
    lake = open_lake(tmp_path / "lake")
    lake.create(unit)
    old = story("old")
    commit(lake, old, mention(old), number=0)
    commit(lake, story("later", published_at=datetime(2026, 3, 9, tzinfo=UTC)), number=1)
    commit(lake, story("undated", published_at=None), number=2)
    commit(lake, article("french", text="Le Pérou.", language="fr"), number=3)
    return lake


@pytest.fixture
def run(lake, capsys):
    def run(*words):
        assert (
            main(["reprocess", "--events", *words, "--json", "--lake", str(lake.storage.root)]) == 0
        )
        return json.loads(capsys.readouterr().out)

    return run


def types(lake):
    return sorted(row[4] for row in rows_of(lake.storage.root)["mentions"])


def test_old_mentions_are_replaced_and_missing_ones_made(lake, unit, run):
    totals = run()
    assert totals.pop("partitions") == (3 if unit == "day" else 2)
    assert totals == {"articles": 3, "mentions_before": 1, "mentions_after": 3}
    assert types(lake) == ["SUPPORT"] * 3
    assert main(["verify", "--lake", str(lake.storage.root)]) == 0


def test_a_second_run_changes_nothing(lake, run):
    run()
    before, last = rows_of(lake.storage.root), lake.log.last()
    assert run()["partitions"] == 0
    assert (rows_of(lake.storage.root), lake.log.last()) == (before, last)


def test_only_the_days_that_were_named(lake, run):
    totals = run("--published", "2026-03-05", "2026-03-09")
    assert totals == {"partitions": 1, "articles": 1, "mentions_before": 0, "mentions_after": 1}
    assert types(lake) == ["ASSAULT", "SUPPORT"]
    assert run("--published", "2026-03-05", "2026-03-09")["partitions"] == 0


def test_days_in_the_wrong_order_are_wrong_use(lake, capsys):
    days = ("--published", "2026-03-09", "2026-03-05")
    assert main(["reprocess", "--events", *days, "--lake", str(lake.storage.root)]) == 2
    assert "2026-03-09 is after 2026-03-05" in capsys.readouterr().err


def test_mentions_that_are_too_doubtful_are_left_out_as_in_a_backfill(lake, run):
    assert run("--min-confidence", "1")["mentions_after"] == 0
    assert run("--min-confidence", "0.1")["mentions_after"] == 3


def test_other_tables_stay_as_they_are(lake, run):
    before = rows_of(lake.storage.root)
    run()
    after = rows_of(lake.storage.root)
    assert after.pop("mentions") != before.pop("mentions")
    assert after == before


def test_the_time_of_the_last_change_is_read_too(lake, run):
    years_later = datetime(2029, 3, 2, tzinfo=UTC)
    commit(lake, story("same", "On Friday Norway praised Peru."), number=4)
    commit(
        lake, story("other", "On Friday Norway praised Peru.", modified_at=years_later), number=5
    )
    run()
    [same, other] = (
        rows_of(lake.storage.root, tables=["mentions"], where=f"article_id = '{id}'")["mentions"]
        for id in (hexadecimal("same"), hexadecimal("other"))
    )
    assert date(2026, 2, 27) in same[0]
    assert not any(type(value) is date for value in other[0])


def test_an_article_forgotten_meanwhile_gets_no_mention(lake, run, monkeypatch):
    find = stage.find_events

    def forget_while_finding(found, **options):
        if found.source == "example.org" and found.published_at is None:
            forget(lake, [found.article_id])
        return find(found, **options)

    monkeypatch.setattr(stage, "find_events", forget_while_finding)
    run()
    assert len(types(lake)) == 2
    assert main(["verify", "--lake", str(lake.storage.root)]) == 0


def test_articles_committed_meanwhile_keep_their_mentions(lake, run, monkeypatch):
    find = stage.find_events
    new = []

    def commit_while_finding(found, **options):
        if not new:
            new.append(story("new"))
            commit(lake, new[0], mention(new[0]), number=7)
        return find(found, **options)

    monkeypatch.setattr(stage, "find_events", commit_while_finding)
    run()
    assert len(types(lake)) == 4
    assert main(["verify", "--lake", str(lake.storage.root)]) == 0
