"""Benchmarks report missing data before they start, and their measures are right."""

import json
import sys
from importlib import import_module

import pytest
from paths import BENCHMARKS
from wording import text_of

from newslake.pipelines.cli import main
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.dedupe.signature import sign, similarity
from newslake.transforms.events.parse.model import model_name


@pytest.fixture
def program(monkeypatch):
    """Return a function that imports a benchmark, which is a module without a package."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    return import_module


@pytest.fixture
def exit_code(program, monkeypatch):
    def exit_code(name, *words):
        monkeypatch.setattr(sys, "argv", [name, *map(str, words)])
        return program(name).main()

    return exit_code


@pytest.mark.parametrize("name", ["throughput", "events_cost", "sandbox_cost", "warc", "rejects"])
def test_a_missing_folder_is_reported(exit_code, name, tmp_path, capsys):
    assert exit_code(name, tmp_path / "nowhere") == 2
    assert "no folder" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["throughput", "events_cost", "sandbox_cost", "warc", "rejects"])
def test_a_folder_without_pages_is_reported(exit_code, name, tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("no page")
    assert exit_code(name, tmp_path) == 2
    assert f"no *.html or *.html.gz in {tmp_path}" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [("--small", "0"), ("--small", "9", "--large", "9"), ("--copies", "2")]
)
def test_memory_rejects_numbers_that_cannot_be_compared(exit_code, capsys, words):
    assert exit_code("memory", *words) == 2
    assert words[0] in capsys.readouterr().err


def test_repeated_pages_are_different_articles(program):
    page = (
        b'<link rel="canonical" href="https://a.org/b?c"><meta content="https://a.org/b" '
        b'property="og:url"><script>{"url": "https://a.org/b"}</script><p>Talks go on in vain</p>'
    )
    assert program("throughput").edited(page, 7) == (
        b'<link rel="canonical" href="https://a.org/b/7?c"><meta content="https://a.org/b/7" '
        b'property="og:url"><script>{"url": "https://a.org/b/7"}</script><p>Talks go on in7 vain</p>'
    )


def test_repeated_pages_are_not_near_duplicates(program):
    text = text_of("abc")
    page = f"<body><p>{text}</p></body>".encode()
    edited = program("throughput").edited(page, 7).decode()
    assert similarity(sign(text), sign(edited)).jaccard == 0


@pytest.mark.parametrize("name", ["near_duplicates", "urls"])
def test_missing_data_is_reported(exit_code, name, tmp_path, capsys):
    assert exit_code(name, tmp_path / "nowhere") == 2
    assert "nowhere" in capsys.readouterr().err


def test_near_duplicates_writes_predictions_and_scores(exit_code, tmp_path, capsys):
    documents = [
        {"id": id, "cluster": cluster, "kind": kind, "title": id, "text": text_of(blocks)}
        for id, cluster, kind, blocks in (
            ("a", "a", "original", "abcd"),
            ("a2", "a", "trim_tail", "abc"),
            ("b", "b", "original", "pqr"),
            ("c", "c", "original", "xyz"),
            ("q", "c", "neg_quote", "xyzp"),
        )
    ]
    documents[-1]["neg_of"] = "b"
    (tmp_path / "gold.jsonl").write_text("\n".join(map(json.dumps, documents)))
    predicted = tmp_path / "predicted.jsonl"
    words = (tmp_path / "gold.jsonl", "--predictions", predicted, "--json")
    assert exit_code("near_duplicates", *words) == 0
    scores = json.loads(capsys.readouterr().out.splitlines()[-1])["newslake"]
    assert (scores["precision"], scores["recall"], scores["f1"]) == (1, 1, 1)
    assert scores["false_by_kind"]["neg_quote"] == 0
    pairs = [json.loads(line) for line in predicted.read_text().splitlines()]
    assert [{one["id"], one["duplicate_of"]} for one in pairs] == [{"a", "a2"}, {"c", "q"}]
    assert {one["kind"] for one in pairs} == {"near"}


def test_pairs_are_scored(program):
    pairs = program("pairs")
    rows = [
        {"id": id, "cluster": cluster, "kind": "original"}
        for id, cluster in (("1", "a"), ("2", "a"), ("3", "b"), ("4", "a#short"))
    ]
    gold = pairs.gold_of(rows)
    assert [{*one} for one in pairs.connected([("1", "2"), ("2", "3")])] == [{"1", "2", "3"}]
    found = pairs.pairs_within([["1", "2", "3", "4"]])
    assert pairs.score(gold, found).precision == 1 / 4  # two pairs with 4 do not count
    assert pairs.score(gold, found).recall == 1


def test_generated_texts_are_reproducible_and_distinct(program):
    memory = program("memory")
    texts = [memory.distinct(number) for number in range(50)]
    assert texts == [memory.distinct(number) for number in range(50)]
    assert len(set(texts)) == 50
    assert all(1_000 < len(text) < 2_500 for text in texts)


def event(type, **fields):
    return {"type": type, "status": "asserted", "actors": [], "recipients": []} | fields


def test_events_reports_a_missing_gold_file(exit_code, tmp_path, capsys):
    assert exit_code("events", tmp_path / "nowhere.jsonl") == 2
    assert "no gold file" in capsys.readouterr().err


def test_a_pair_reaches_the_highest_level_on_which_it_agrees(program):
    level = program("scoring").level
    gold = event("REJECT", actors=["President Lee"])
    assert level(gold, event("AGREE")) == 0
    assert level(gold, event("REJECT", status="future")) == 1
    assert level(gold, event("REJECT")) == 2
    assert level(gold, event("REJECT", actors=["Ann Lee"])) == 3


def test_events_are_paired_so_that_they_agree_best(program):
    scoring = program("scoring")
    gold, found = [event("AID"), event("REJECT")], [event("REJECT"), event("COERCE"), event("AID")]
    assert [b["type"] for _, b in scoring.paired(gold, found)] == ["AID", "REJECT"]
    assert {a["type"] for a, _ in scoring.paired(found, gold)} == {"AID", "REJECT"}


def test_scores_of_sentences_add_up(program):
    scoring = program("scoring")
    counts = scoring.added(
        [
            scoring.counts_of([event("AID"), event("REJECT")], [event("AID", status="future")]),
            scoring.counts_of([], []),
            scoring.counts_of([], [event("AID")]),
        ]
    )
    scores = scoring.scores(counts)
    assert scores["levels"]["type"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert scores["levels"]["status"]["f1"] == 0
    assert (scores["left_empty"], scores["eventless"]) == (1, 2)
    assert scores["types"]["AID"]["precision"] == 0.5


def test_a_place_counts_if_gold_or_found_event_has_one(program):
    scoring = program("scoring")
    pairs = [("Lima", "city of Lima"), ("Lima", None), (None, "Oslo"), (None, None)]
    counts = scoring.added(
        scoring.counts_of([event("AID", place_text=gold)], [event("AID", place_text=found)])
        for gold, found in pairs
    )
    assert scoring.scores(counts)["expressions"] == {
        "place_text": {"labelled": 2, "found": 2, "right": 1}
    }


def test_an_interval_contains_the_measure_and_is_reproducible(program):
    scoring = program("scoring")
    documents = [scoring.counts_of([event("AID")], [event("AID")])] * 4
    documents += [scoring.counts_of([event("AID")], [])] * 4
    low, high = scoring.intervals(documents)["type"]
    assert low < 2 / 3 < high
    assert scoring.intervals(documents)["type"] == (low, high)


def test_feeds_reports_a_folder_without_feeds(exit_code, tmp_path, capsys):
    assert exit_code("feeds", tmp_path, tmp_path, tmp_path) == 2
    assert f"CASES: no feed in {tmp_path}" in capsys.readouterr().err


def test_expectations_are_parsed_and_not_executed(program, tmp_path):
    feeds = program("feeds")
    line = "not bozo and entries[1]['title'] == 'Talks' and __import__('os').abort()"
    [expected] = feeds._comparisons(tmp_path, line)
    assert (expected.number, expected.field, expected.value) == (1, "title", "Talks")


def test_robots_reports_a_missing_file(exit_code, tmp_path, capsys):
    assert exit_code("robots", tmp_path / "nowhere.json") == 2
    assert "no file" in capsys.readouterr().err


def test_robots_counts_right_verdicts(exit_code, tmp_path, capsys):
    cases = tmp_path / "cases.json"
    case = {
        "robots_txt": "User-agent: *\nDisallow: /",
        "user_agent": "a",
        "url": "https://b.example/",
    }
    cases.write_text(json.dumps([case | {"allowed": False}, case | {"allowed": True}]))
    real = tmp_path / "real.json"
    real.write_text(json.dumps({"c.example": "User-agent: GPTBot\nDisallow: /news"}))
    assert exit_code("robots", cases, real) == 0
    assert capsys.readouterr().out.splitlines() == [
        "right verdicts         1 of 2, 0.500",
        "agrees with Protego    33 of 33",
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("lake_queries", ("--articles", "10")),
        ("lake_queries", ("--rounds", "0")),
        ("compaction", ("--files", "3", "--rows", "3")),
    ],
)
def test_too_small_lakes_are_not_measured(exit_code, capsys, name, words):
    assert exit_code(name, *words) == 2
    assert "at least 1,000" in capsys.readouterr().err


def test_a_generated_month_is_reproducible_and_makes_a_valid_lake(program, tmp_path):
    generated = program("generated_lake")
    tables = generated.month(1_000)
    assert all(tables[name].equals(again) for name, again in generated.month(1_000).items())
    assert [table.num_rows for table in tables.values()] == [1_000, 220, 1_500]
    generated.build(
        open_lake(tmp_path / "lake"), {"articles": tables["articles"]}, rows_per_file=30
    )
    assert main(["verify", "--lake", str(tmp_path / "lake")]) == 0


def test_each_query_has_the_same_result_in_both_engines(program, tmp_path):
    generated, lake_queries = program("generated_lake"), program("lake_queries")
    tables = generated.month(1_000)
    globs = lake_queries.by_newslake(tmp_path / "lake", tables)
    article_id = tables["articles"]["article_id"][7].as_py()
    rows = list(lake_queries.measure({"newslake": globs}, article_id, rounds=1))
    assert len(rows) == 2 * len(program("queries").QUERIES)
    runners = [over(globs, article_id) for over in lake_queries.ENGINES.values()]
    for name in program("queries").QUERIES:
        assert len({run_query(name) for run_query in runners}) == 1, name


def test_rejects_are_compared_with_labels(exit_code, tmp_path, capsys):
    pages = tmp_path / "pages"
    (pages / "news").mkdir(parents=True)
    story = f"<html><body><h1>Truce</h1><p>{text_of('abc')}</p></body></html>"
    for name in ("news/story.html", "home.html", "mistaken.html"):
        (pages / name).write_text(story)
    index = [{"file": "home.html", "url": "https://example.org/"}]
    (pages / "index.json").write_text(json.dumps(index))
    labels = tmp_path / "labels.tsv"
    labels.write_text("pages\tother\npages/news\tarticle\n")
    assert exit_code("rejects", pages, "--labels", labels, "--json") == 0
    shares = json.loads(capsys.readouterr().out)
    assert (shares["recall"], shares["false rejects"]) == ([1, 2], [0, 1])


@pytest.mark.parametrize("line", ["pages", "pages\tnews"])
def test_an_invalid_label_is_reported(exit_code, tmp_path, capsys, line):
    labels = tmp_path / "labels.tsv"
    labels.write_text(line)
    assert exit_code("rejects", tmp_path, "--labels", labels) == 2
    assert "is not a path and" in capsys.readouterr().err


@pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")
def test_rules_reports_a_folder_that_is_missing_or_has_no_article(exit_code, tmp_path, capsys):
    assert exit_code("rules", tmp_path / "nowhere") == 2
    assert "no folder" in capsys.readouterr().err
    assert exit_code("rules", tmp_path) == 2
    assert f"no English article in {tmp_path}" in capsys.readouterr().err


@pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")
def test_rules_counts_changes_without_a_rule_or_a_class_of_words(
    exit_code, program, tmp_path, capsys
):
    rules = program("rules")
    news = "The talks in the capital went on for a week, and the people of the city waited for them to end."
    (tmp_path / "a.txt").write_text(f"{news} Peru did not attack Chile.")
    (tmp_path / "b.txt").write_text(f"{news} Norway praised Peru.")
    names = ["rules.status.is_negated", "never", "rules.status.is_future"]
    rows = tmp_path / "rows.jsonl"
    assert exit_code("rules", tmp_path, "--rule", *names, "--rows", rows, "--json") == 0
    none, one = {"documents": 0, "rows": 0}, {"documents": 1, "rows": 1}
    assert json.loads(capsys.readouterr().out) == dict(zip(names, [one, one, none], strict=True))
    [first, second] = map(json.loads, rows.read_text().splitlines())
    assert (first["with"]["status"], first["without"]["status"]) == ("negated", "asserted")
    assert first["document"] == second["document"] == str(tmp_path / "a.txt")
    for name in rules.DISABLED:
        with rules.without(name):
            pass


def test_a_sparse_archive_has_fewer_files_by_month_than_by_day(exit_code, capsys):
    assert exit_code("partitions", "--articles", "62", "--rounds", "1", "--json") == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    files = {row["unit"]: row["files"] for row in map(json.loads, lines)}
    assert files == {"day": 62 + 11, "month": 3 + 11, "year": 1 + 11}
