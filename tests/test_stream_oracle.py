"""The oracle of tests with streams notices what is lost, doubled or missing."""

from types import SimpleNamespace

import pytest
from lakes import article, commit, mention, revision
from stream_farm import CORRECTION, Paper, page
from stream_oracle import faults, is_complete

from newslake.transforms.dedupe.lake_index import open_lake

HOST = "http://127.0.0.2:80"
SENTENCE = "Soldiers attacked the village on Monday, killing two people."


@pytest.fixture
def lake(tmp_path):
    lake = open_lake(tmp_path / "lake")
    lake.create()
    return lake


def farm(*pages, corrected=(), gap=1.0):
    return SimpleNamespace(
        pages=lambda: {f"{HOST}/{one}" for one in pages},
        corrected=lambda: {f"{HOST}/{one}" for one in corrected},
        shortest_gap=lambda: gap,
    )


def stored(name, text=None):
    return article(name, text, url=f"{HOST}/{name}", language="en")


def found(farm, lake):
    """Return the faults that are not 0."""
    counts = faults(farm, lake.storage.root)
    return {name: count for name, count in counts.items() if count and name != "faults of verify"}


def test_a_lake_without_faults(lake):
    commit(lake, stored("one"), stored("two"))
    assert found(farm("one", "two"), lake) == {}
    assert is_complete(farm("one", "two"), lake.storage.root)


def test_a_lost_page_and_a_lost_correction(lake):
    commit(lake, stored("one"))
    assert found(farm("one", "two"), lake) == {"pages lost": 1}
    assert found(farm("one", corrected=["one"]), lake) == {"corrections lost": 1}
    assert not is_complete(farm("one", corrected=["one"]), lake.storage.root)
    commit(lake, revision("later", "one", 1, f"Other. {CORRECTION}"), run_id="2", number=1)
    assert found(farm("one", corrected=["one"]), lake) == {}


def test_a_doubled_page(lake):
    commit(lake, stored("one"), article("again", url=f"{HOST}/one"))
    assert found(farm("one"), lake) == {"pages doubled": 1}


def test_a_missing_and_a_wrong_mention(lake):
    report, quiet = stored("report", SENTENCE), stored("quiet")
    commit(lake, report, quiet, mention(quiet))
    counts = found(farm("report", "quiet"), lake)
    assert counts == {"mentions missing": 1, "mentions doubled or wrong": 1}


def test_a_visit_too_soon(lake):
    commit(lake, stored("one"))
    assert found(farm("one", gap=0.5), lake) == {"visits too soon": 1}


def test_a_page_of_the_farm_changes_only_by_its_correction(monkeypatch):
    paper = Paper("127.0.0.2", 5.0)
    first = page(paper, 1)
    assert page(paper, 1) == first
    monkeypatch.setattr(Paper, "is_corrected", lambda self, number: True)
    assert page(paper, 1) == first.replace(b"</p>", CORRECTION.encode() + b"</p>")
