import json
from datetime import timedelta

import pytest
from lakes import DAY, article, commit, duplicate
from wording import text_of

from newslake.pipelines.cli import main
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.dedupe.signature import sign


@pytest.fixture
def lake(tmp_path, unit):
    lake = open_lake(tmp_path / "lake")
    lake.create(unit)
    old, new = (sign(text_of(blocks)) for blocks in ("ab", "cd"))
    commit(
        lake,
        article("old", published_at=DAY - timedelta(days=31), signature=old),
        article("new", signature=new),
        duplicate("copy", "new"),
    )
    return lake


def test_a_new_index_has_all_ids_and_the_signatures_of_the_last_days(lake, capsys):
    lake.index_path.write_bytes(b"of no use")
    assert main(["reindex", "--lake", str(lake.storage.root), "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made.pop("bytes") == lake.index_path.stat().st_size
    assert made == {"documents": 3, "articles": 2, "signatures": 1}


def test_a_folder_that_is_not_a_lake_is_wrong_use(tmp_path, capsys):
    assert main(["reindex", "--lake", str(tmp_path / "nowhere")]) == 2
    assert "is not a lake" in capsys.readouterr().err
    assert main(["reindex", "--lake", str(tmp_path), "--fast"]) == 2
