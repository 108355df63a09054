import pytest
from lakes import article, commit

from newslake.api import Lake, connect
from newslake.pipelines.cli import main
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.lake.errors import LakeError, NotALake


@pytest.fixture
def lake(tmp_path, unit):
    """A lake with two commits, and articles of two days and two languages."""
    lake = open_lake(tmp_path / "lake")
    lake.create(unit)
    commit(lake, article("one", language="en"), article("undated", published_at=None))
    later = article("one").published_at.replace(day=7)
    commit(lake, article("two", published_at=later, language="de", source="other"), number=1)
    return lake.storage.root


def titles(table):
    return table["title"].to_pylist()


def test_connect_opens_a_lake_by_its_path(lake):
    for path in (lake, str(lake)):
        assert connect(path).sql("SELECT count(*) FROM articles").fetchall() == [(3,)]


def test_connect_refuses_what_is_not_a_lake(tmp_path):
    with pytest.raises(NotALake):
        connect(tmp_path)


def test_sql_returns_an_arrow_table(lake):
    assert Lake(lake).sql("SELECT count(*) AS n FROM articles").to_pylist() == [{"n": 3}]
    assert titles(Lake(lake).sql("SELECT title FROM articles WHERE title = ?", ["two"])) == ["two"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["one", "two", "undated"]),
        ({"published": "2026-03-01"}, ["one"]),
        ({"published": ("2026-03-01", "2026-03-07")}, ["one", "two"]),
        ({"language": "de"}, ["two"]),
        ({"source": "example.org", "published": "2026-03-07"}, []),
    ],
)
def test_articles_by_common_filters(lake, wanted, found):
    assert titles(Lake(lake).articles(**wanted)) == found


def test_the_lake_as_it_was(lake):
    assert titles(Lake(lake, as_of=1).articles()) == ["one", "undated"]
    assert main(["query", "--as-of", "1", "--lake", str(lake)]) == 0


def test_days_in_the_wrong_order_are_refused(lake):
    with pytest.raises(ValueError, match="2026-03-02 is after 2026-03-01"):
        Lake(lake).articles(published=("2026-03-02", "2026-03-01"))


@pytest.mark.parametrize("path", ["", "s3://news/lake", "file:///lake"])
@pytest.mark.parametrize("opened", [Lake, connect])
def test_an_empty_path_and_a_url_are_refused(path, opened):
    with pytest.raises(NotALake, match=r"path is empty|reads and writes only local files"):
        opened(path)


@pytest.mark.parametrize("seq", [0, 9])
def test_a_version_that_was_not_kept_cannot_be_read(lake, seq):
    main(["compact", "--idle", "0", "--lake", str(lake)])
    commit(open_lake(lake), article("three"), number=5)
    main(["compact", "--idle", "0", "--lake", str(lake)])
    with pytest.raises(LakeError, match="the lake can be read as of entries"):
        Lake(lake, as_of=seq).articles()


def test_a_file_that_a_compaction_removed_is_not_an_error(lake, monkeypatch):
    from newslake.pipelines.sql import views

    connect, connected = views.connect, []

    def connect_too_early(path, *how):
        if not connected:
            connected.append(True)
            raise views.duckdb.IOException(
                f'IO Error: Cannot open file "{path}/articles/x.parquet": No such file or directory'
            )
        return connect(path, *how)

    monkeypatch.setattr(views, "connect", connect_too_early)
    assert len(titles(Lake(lake).articles())) == 3


def test_a_folder_that_is_not_a_lake(tmp_path):
    with pytest.raises(NotALake):
        Lake(tmp_path)
