"""The extraction benchmark reads the formats of labelled sets and computes the right scores."""

import gzip
import json
import sys
from importlib import import_module

import pytest
from paths import BENCHMARKS

SENTENCES = [
    "Both sides met on Monday in the old town hall, the minister said.",
    "Talks will go on for another week, and a truce may follow in spring.",
    "Nobody expected the meeting to last for more than a couple of hours.",
]
PAGE = (
    '<html lang="en"><head><title>Truce in sight</title><meta name="author" content="Ann Lee">'
    '<meta property="article:published_time" content="2024-03-01T23:30:00-05:00"></head>'
    f"<body><article><h1>Truce in sight</h1>{''.join(f'<p>{one}</p>' for one in SENTENCES)}"
    "</article></body></html>"
)
URL = "https://www.example.org/world/truce"


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return import_module


@pytest.fixture
def run(benchmark, monkeypatch, capsys):
    def run(*words):
        monkeypatch.setattr(sys, "argv", ["extraction", *map(str, words), "--json"])
        assert benchmark("extraction").main() == 0
        rows = map(json.loads, capsys.readouterr().out.splitlines())
        return {row["method"]: row for row in rows}

    return run


def indexed(folder, **labels):
    (folder / "html").mkdir(parents=True)
    (folder / "html" / "a.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    row = {"file": "html/a.html.gz", "url": URL, **labels}
    (folder / "index.json").write_text(json.dumps([row]))
    return folder


def test_a_right_page_has_the_best_scores_and_a_prediction(run, tmp_path):
    folder = indexed(
        tmp_path / "set",
        id="a",
        title="TRUCE in sight!",
        authors=["Ann Lee"],
        body="\n".join(SENTENCES),
        date="2024-03-01 23:30:00-05:00",
        langs=["en"],
    )
    rows = run(folder, "--predictions", tmp_path / "out.jsonl")
    scores = rows["newslake"]
    fields = ("body_f1", "body_exact", "title", "authors_f1", "date", "date_precision", "language")
    assert [scores[field] for field in fields] == [1.0] * 7
    assert rows["trafilatura"]["ratio"] == 1.0
    prediction = json.loads((tmp_path / "out.jsonl").read_text())
    names = ["id", "text", "title", "authors", "published_at", "language"]
    assert list(prediction) == names
    assert prediction["id"] == "a"
    assert prediction["text"].split("\n") == SENTENCES


def test_a_rejected_page_has_fields_and_no_text_and_is_scored_separately(run, tmp_path):
    front_page = PAGE.replace("article:published_time", "pubdate").replace(
        "</head>", '<link rel="canonical" href="/"></head>'
    )
    folder = indexed(tmp_path, date="2024-03-01", body="\n".join(SENTENCES))
    rows = json.loads((folder / "index.json").read_text())
    (folder / "html" / "b.html.gz").write_bytes(gzip.compress(front_page.encode()))
    (folder / "index.json").write_text(json.dumps([*rows, {**rows[0], "file": "html/b.html.gz"}]))

    found = run(folder, "--predictions", tmp_path / "out.jsonl")
    everything, accepted = found["newslake"], found["newslake, accepted pages"]
    assert (everything["pages"], everything["date"], everything["body_recall"]) == (2, 1.0, 0.5)
    assert (accepted["pages"], accepted["date"], accepted["body_recall"]) == (1, 1.0, 1.0)
    _, rejected = map(json.loads, (tmp_path / "out.jsonl").read_text().splitlines())
    assert rejected["published_at"] == "2024-03-01T23:30:00-05:00"
    assert (rejected["text"], rejected["rejected"]) == ("", "not_an_article")


def test_bodies_and_segments_are_scored(run, tmp_path):
    bodies = tmp_path / "bodies"
    (bodies / "html").mkdir(parents=True)
    (bodies / "html" / "a.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    truth = {"a": {"url": URL, "articleBody": "\n".join(SENTENCES)}}
    (bodies / "ground-truth.json").write_text(json.dumps(truth))
    assert run(bodies)["newslake"]["body_f1"] == 1.0

    wanted = [SENTENCES[0][:30], "not in the page"]
    segments = indexed(tmp_path / "segments", **{"with": wanted, "without": ["Talks  will go"]})
    ours = run(segments)["newslake"]
    assert (ours["segments_precision"], ours["segments_recall"]) == (0.5, 0.5)


def test_languages_are_scored_by_text_beginning_and_title(run, tmp_path):
    text = "\n".join(SENTENCES)
    row = {"id": "a", "lang": "en", "text": text, "title": SENTENCES[0]}
    (tmp_path / "texts.jsonl.gz").write_bytes(gzip.compress(json.dumps(row).encode()))
    ours = run(tmp_path)["newslake"]
    names = ("language", "language_of_beginning", "language_of_title")
    assert [ours[name] for name in names] == [1.0] * 3


def test_a_folder_without_labels_is_reported(benchmark, monkeypatch, capsys, tmp_path):
    for folder, message in ((tmp_path, "no labelled pages in"), (tmp_path / "gone", "no folder")):
        monkeypatch.setattr(sys, "argv", ["extraction", str(folder)])
        assert benchmark("extraction").main() == 2
        assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("found", "right"),
    [
        ("2024-03-02T04:30:00+00:00", True),  # the same instant
        ("2024-03-01", True),  # the local day
        ("2024-03-02", True),  # the day in UTC
        ("2024-02-29", False),
        (None, False),
    ],
)
def test_a_day_is_right_in_the_labels_offset_or_in_utc(benchmark, found, right):
    scores, sets = benchmark("extraction_scores"), benchmark("extraction_sets")
    page = sets.Page("a", b"", None, {"date": "2024-03-01 23:30:00-05:00"})
    assert scores.scores([(page, {"published_at": found})])["date"] == float(right)


def test_precision_and_recall_are_means_over_pages(benchmark):
    scores, sets = benchmark("extraction_scores"), benchmark("extraction_sets")
    whole = (sets.Page("a", b"", None, {"body": "a b c d e"}), {"text": "a b c d e"})
    half = (sets.Page("b", b"", None, {"body": "a b c d"}), {"text": "a b c d e"})
    found = scores.scores([whole, half])
    assert (found["body_precision"], found["body_recall"]) == (0.75, 1.0)
    assert found["body_exact"] == 0.5


def test_characters_are_tokens_in_scripts_without_spaces(benchmark):
    assert benchmark("extraction_scores").shingles("東京で 会談").total() == 2


def test_the_news_of_a_domain_are_in_one_part_and_the_last_part_is_asked_for(benchmark, tmp_path):
    sets = benchmark("extraction_sets")
    rows = [
        {
            "id": f"{number}",
            "file": "a.html.gz",
            "url": f"https://www.{domain}/{number}",
            "domain": domain,
            "class": kind,
            "title_loose": "Truce in sight | Example",
            "date": "2024-03-01T23:30:00+00:00",
            "lead": "Both sides met",
        }
        for number, (domain, kind) in enumerate(
            (f"example{name}.org", kind) for name in range(12) for kind in ("news", "news", "other")
        )
    ]
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    (tmp_path / "pages.json").write_text(json.dumps(rows))
    read, judge = sets.find_sets(tmp_path)
    assert (read.name, judge.name) == (f"{tmp_path.name}, read", f"{tmp_path.name}, judge")
    every = sets.find_sets(tmp_path, with_last=True)
    assert [len(one.pages) % 2 for one in every] == [0, 0, 0]
    assert sum(len(one.pages) for one in every) == 24
    publishers = [page.publisher for one in every for page in one.pages]
    assert len(set(publishers)) == 12
    assert read.pages[0].gold["near_date"].startswith("2024-03-01")


def test_a_date_may_be_one_day_off_and_a_title_may_end_in_the_sites_name(benchmark):
    scores, sets = benchmark("extraction_scores"), benchmark("extraction_sets")
    gold = {"near_date": "2024-03-01", "loose_title": "Truce in sight", "lead": "Both sides"}
    page = sets.Page("a", b"", None, gold)
    found = {"title": "Truce in sight - Example", "text": "BOTH sides met"}
    for date, right in (("2024-03-02T10:00:00+00:00", 1.0), ("2024-03-03", 0.0)):
        figures = scores.scores([(page, found | {"published_at": date})])
        assert (figures["near_date"], figures["loose_title"], figures["lead"]) == (right, 1.0, 1.0)


def test_expectations_of_other_projects_are_read_and_odd_labels_are_skipped(benchmark, tmp_path):
    sets = benchmark("extraction_sets")
    page = gzip.compress(PAGE.encode())
    cases = tmp_path / "cases"
    cases.mkdir()
    (cases / "a.html.gz").write_bytes(page)
    named = {"file_local": "a.html.gz"}
    rows = [
        {
            "file": "test_dates",
            "args": [f"https://web.archive.org/web/{URL}", "dt.date(2024, 3, 1)"],
        },
        {"file": "test_languages", "args": [URL, "en"]},
    ]
    (cases / "cases.json").write_text(json.dumps([one | named for one in rows]))
    readability = tmp_path / "readability-pages" / "a"
    readability.mkdir(parents=True)
    (readability / "source.html.gz").write_bytes(page)
    stated = {"title": "Truce in sight", "publishedTime": "2022-29-11", "lang": "en-US"}
    (readability / "expected-metadata.json").write_text(json.dumps(stated))
    media, tool = sets.find_sets(tmp_path)
    assert media.pages[0].gold == {"date": "2024-03-01", "language": "en"}
    assert media.pages[0].url == URL
    assert tool.pages[0].gold == {"title": "Truce in sight", "language": "en"}
    assert (sets.is_tool(media), sets.is_tool(tool)) == (False, True)


def test_texts_are_compared_in_one_unicode_form(benchmark):
    scores = benchmark("extraction_scores")
    assert scores.body_f1("Cafe\u0301 is open now", "Caf\u00e9 is open now") == 1.0


def test_a_short_text_is_listed_with_the_verdict_of_a_reader(benchmark, monkeypatch, tmp_path):
    extraction = benchmark("extraction")
    (tmp_path / "verdicts.tsv").write_text("# id, verdict\na\tnewslake\n")
    monkeypatch.setattr(extraction, "VERDICTS", tmp_path / "verdicts.tsv")
    ours = [{"id": "a", "text": "abc"}, {"id": "b", "text": ""}, {"id": "c", "text": "abcd"}]
    theirs = [{"text": "abcdefgh"}, {"text": "a"}, {"text": "abcdefgh"}]
    found = list(extraction.short_texts(ours, theirs))
    assert found == [("a", 3, 8, "newslake"), ("b", 0, 1, "not read")]


def test_each_page_has_one_verdict_and_most_short_texts_are_better(benchmark):
    extraction = benchmark("extraction")
    verdicts = extraction.verdicts_in(extraction.VERDICTS)
    lines = extraction.VERDICTS.read_text().splitlines()
    assert len(verdicts) == sum(not line.startswith("#") for line in lines)
    counts = {name: list(verdicts.values()).count(name) for name in set(verdicts.values())}
    assert set(counts) == {"newslake", "trafilatura", "neither"}
    assert counts["newslake"] > 2 * counts["trafilatura"]
