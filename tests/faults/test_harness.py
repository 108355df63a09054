"""A short run of the fault harness; `make faults` runs it longer."""

import full_disk
import harness
import pytest
import stories
from ids import number_of
from reader import Watch, kind_of
from waits import HANG_SECONDS

from newslake.pipelines.commands.forget import forget
from newslake.transforms.dedupe.lake_index import open_lake

pytestmark = pytest.mark.faults


def test_kills_lose_and_double_nothing(tmp_path):
    table, steps, failures = harness.run(tmp_path, kills=8, seconds=HANG_SECONDS, seed=1)
    assert harness.missed(table) == [], (table, failures)
    assert steps.total() == table["kills"]


def test_a_disk_that_is_full_for_real_loses_nothing(tmp_path):
    table = full_disk.for_real(tmp_path)
    if skipped := [name for name in table if "skipped" in name]:
        pytest.skip(skipped[0])
    assert table["full disk for real: transactions until it was full"] > 0
    assert table["full disk for real: refusals before it was full"] == 1
    assert table[full_disk.DAMAGE] == 0


# --- the harness detects damage


@pytest.fixture
def lakes(tmp_path):
    """Two lakes of the same two transactions."""
    both = [open_lake(tmp_path / name) for name in ("lake", "undisturbed")]
    for lake in both:
        lake.create()
        stories.write(lake, 0, "run")
        stories.write(lake, 1, "run")
    return both


def damage(lakes):
    found = stories.damage(lakes[0].storage.root, 2, lakes[1].storage.root)
    return {name for name, count in found.items() if count}


def parts(lake, table):
    return sorted(lake.storage.root.glob(f"{table}/*=2026-03-0*/*.parquet"))


def test_rows_that_are_lost_are_seen(lakes):
    parts(lakes[0], "articles")[0].unlink()
    found = damage(lakes)
    assert {"rows lost", "rows other than undisturbed", "mentions without article"} <= found


def test_rows_that_are_doubled_are_seen(lakes):
    part = parts(lakes[0], "articles")[0]
    part.with_name("again.parquet").write_bytes(part.read_bytes())
    assert "rows doubled" in damage(lakes)


def test_rejects_that_are_lost_or_doubled_are_seen(lakes):
    forget(lakes[0], stories.forgettable(2))
    part, *_ = parts(lakes[0], "rejects")
    part.with_name("again.parquet").write_bytes(part.read_bytes())
    assert damage(lakes) == {"rows doubled", "rows other than undisturbed"}
    part.unlink()
    part.with_name("again.parquet").unlink()
    assert damage(lakes) == {"rows lost", "rows other than undisturbed"}


def test_a_reject_may_be_stored_and_may_have_two_rows(lakes):
    forget(lakes[0], stories.forgettable(2))
    assert damage(lakes) == set()
    rejects = stories._rows(lakes[0].storage.root, "rejects")
    assert sorted(number_of(id) for (id, _), _ in rejects) == [0, 4, 4]
    assert "b8" in {
        title for (title,) in stories._query(lakes[0].storage.root, "articles", "title")
    }


def test_mentions_that_are_lost_are_seen(lakes):
    parts(lakes[0], "mentions")[0].unlink()
    assert "articles whose mentions are missing" in damage(lakes)


def test_a_reader_sees_rows_that_vanish_or_come_twice():
    seen = Watch()
    one, two = [(f"d-s{n}".encode().hex().ljust(32, "0"),) for n in (1, 2)]
    seen.see("articles", [one, two])
    seen.see("articles", [one, one])
    assert (seen.doubled, seen.vanished) == (1, 1)


def test_a_file_that_is_gone_is_one_kind_of_error():
    assert kind_of(FileNotFoundError("x")) == "file not found"
    assert kind_of(ValueError("No such file or directory")) == "file not found"
    assert kind_of(ValueError("odd")) == "ValueError: odd"
