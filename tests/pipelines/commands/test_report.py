import json

import pytest
from reports import packed_in, unpacked

from newslake.pipelines.cli import main


def test_a_report_is_written_and_described(run, tmp_path):
    path = tmp_path / "report.html"
    assert (
        "report.html: 5 articles, 3 mentions, 8 titles and sentences"
        in run("report", "-o", str(path)).err
    )
    head, columns = unpacked(packed_in(path.read_text("utf-8")))
    assert head["about"]["entry"] == 5
    assert len(columns["day"]) == 5


def test_options_that_match_no_article_are_named(run, tmp_path):
    words = ["report", "-o", str(tmp_path / "report.html"), "--source", "nobody.example"]
    assert "no article of the lake matches the options" in run(*words).err


def test_its_counts_are_printed_as_json(run, tmp_path):
    words = [
        "report",
        "-o",
        str(tmp_path / "report.html"),
        "--json",
        "--no-text",
        "--tz",
        "Europe/Kyiv",
    ]
    found = json.loads(run(*words).out)
    assert (found["articles"], found["texts"], found["zone"]) == (5, 0, "Europe/Kyiv")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "the following arguments are required: -o/--output"),
        (["-o", "report.pdf"], "--output report.pdf: use a name that ends in .html"),
        (["-o", "lake/articles/report.html"], "is inside the lake"),
        (["-o", "nowhere/report.html"], "--output nowhere/report.html cannot be written"),
        (
            ["-o", "a.html", "--from", "2026-03-02", "--to", "2026-03-01"],
            "put the earlier day first",
        ),
        (["-o", "a.html", "--from", "March"], "'March' is not a day such as 2026-03-01"),
        (["-o", "a.html", "--tz", "Mars"], "'Mars' is not a time zone such as Europe/Paris"),
        (["-o", "a.html", "--tz", "../etc/passwd"], "is not a time zone"),
        (["-o", "a.html", "--source", ""], "the value is empty"),
    ],
)
def test_wrong_use_is_refused_and_writes_nothing(lake, tmp_path, monkeypatch, capsys, words, said):
    monkeypatch.chdir(tmp_path)
    assert main(["report", "--lake", "lake", *words]) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.glob("*.html"))


def test_a_folder_that_is_no_lake_is_refused(tmp_path, capsys):
    words = ["report", "--lake", str(tmp_path), "-o", str(tmp_path.parent / "report.html")]
    assert main(words) == 2
    assert "is not a lake" in capsys.readouterr().err
