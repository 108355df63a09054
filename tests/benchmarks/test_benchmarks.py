"""The programs that measure speed, memory and quality say what they lack, before they start anything."""

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
    """Return the module of a benchmark, which lies in no package."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    return import_module


@pytest.fixture
def exit_code(program, monkeypatch):
    def exit_code(name, *words):
        monkeypatch.setattr(sys, "argv", [name, *map(str, words)])
        return program(name).main()

    return exit_code


@pytest.mark.parametrize("name", ["throughput", "events_cost", "box", "warc", "refusals"])
def test_a_folder_that_is_missing_is_named(exit_code, name, tmp_path, capsys):
    assert exit_code(name, tmp_path / "nowhere") == 2
    assert "no folder" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["throughput", "events_cost", "box", "warc", "refusals"])
def test_a_folder_without_pages_is_named(exit_code, name, tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("no page")
    assert exit_code(name, tmp_path) == 2
    assert f"no *.html or *.html.gz in {tmp_path}" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [("--small", "0"), ("--small", "9", "--large", "9"), ("--copies", "2")]
)
def test_memory_names_numbers_that_cannot_be_compared(exit_code, capsys, words):
    assert exit_code("memory", *words) == 2
    assert words[0] in capsys.readouterr().err


def test_repeated_pages_are_other_articles(program):
    page = (
        b'<link rel="canonical" href="https://a.org/b?c"><meta content="https://a.org/b" '
        b'property="og:url"><script>{"url": "https://a.org/b"}</script><p>Talks go on in vain</p>'
    )
    assert program("throughput").edited(page, 7) == (
        b'<link rel="canonical" href="https://a.org/b/7?c"><meta content="https://a.org/b/7" '
        b'property="og:url"><script>{"url": "https://a.org/b/7"}</script><p>Talks go on in7 vain</p>'
    )


def test_repeated_pages_are_no_near_copies(program):
    text = text_of("abc")
    page = f"<body><p>{text}</p></body>".encode()
    again = program("throughput").edited(page, 7).decode()
    assert similarity(sign(text), sign(again)).jaccard == 0


@pytest.mark.parametrize("name", ["near_duplicates", "urls"])
def test_a_benchmark_names_data_that_is_missing(exit_code, name, tmp_path, capsys):
    assert exit_code(name, tmp_path / "nowhere") == 2
    assert "nowhere" in capsys.readouterr().err


def test_near_duplicates_writes_predictions_and_scores(exit_code, tmp_path, capsys):
    made_up = [
        {"id": id, "cluster": cluster, "kind": kind, "title": id, "text": text_of(blocks)}
        for id, cluster, kind, blocks in (
            ("a", "a", "original", "abcd"),
            ("a2", "a", "trim_tail", "abc"),
            ("b", "b", "original", "pqr"),
            ("c", "c", "original", "xyz"),
            ("q", "c", "neg_quote", "xyzp"),
        )
    ]
    made_up[-1]["neg_of"] = "b"
    (tmp_path / "gold.jsonl").write_text("\n".join(map(json.dumps, made_up)))
    predicted = tmp_path / "predicted.jsonl"
    words = (tmp_path / "gold.jsonl", "--predictions", predicted, "--json")
    assert exit_code("near_duplicates", *words) == 0
    ours = json.loads(capsys.readouterr().out.splitlines()[-1])["newslake"]
    assert (ours["precision"], ours["recall"], ours["f1"]) == (1, 1, 1)
    assert ours["false_by_kind"]["neg_quote"] == 0
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
    assert [{*one} for one in pairs.joined([("1", "2"), ("2", "3")])] == [{"1", "2", "3"}]
    found = pairs.pairs_within([["1", "2", "3", "4"]])
    assert pairs.score(gold, found).precision == 1 / 4  # two pairs with 4 do not count
    assert pairs.score(gold, found).recall == 1


def test_made_up_texts_are_the_same_in_every_run_and_all_different(program):
    memory = program("memory")
    texts = [memory.distinct(number) for number in range(50)]
    assert texts == [memory.distinct(number) for number in range(50)]
    assert len(set(texts)) == 50
    assert all(1_000 < len(text) < 2_500 for text in texts)


def event(type, **fields):
    return {"type": type, "status": "asserted", "actors": [], "recipients": []} | fields


def test_events_names_a_gold_file_that_is_missing(exit_code, tmp_path, capsys):
    assert exit_code("events", tmp_path / "nowhere.jsonl") == 2
    assert "no gold file" in capsys.readouterr().err


def test_a_pair_reaches_as_far_as_it_agrees(program):
    level = program("scoring").level
    gold = event("REJECT", actors=["President Lee"])
    assert level(gold, event("AGREE")) == 0
    assert level(gold, event("REJECT", status="future")) == 1
    assert level(gold, event("REJECT")) == 2
    assert level(gold, event("REJECT", actors=["Ann Lee"])) == 3


def test_events_are_paired_so_that_most_agrees(program):
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


def test_words_for_a_place_count_where_either_side_has_them(program):
    scoring = program("scoring")
    pairs = [("Lima", "city of Lima"), ("Lima", None), (None, "Oslo"), (None, None)]
    counts = scoring.added(
        scoring.counts_of([event("AID", place_text=gold)], [event("AID", place_text=found)])
        for gold, found in pairs
    )
    assert scoring.scores(counts)["settings"] == {
        "place_text": {"labelled": 2, "told": 2, "met": 1}
    }


def test_an_interval_holds_what_it_is_of_and_is_the_same_in_every_run(program):
    scoring = program("scoring")
    documents = [scoring.counts_of([event("AID")], [event("AID")])] * 4
    documents += [scoring.counts_of([event("AID")], [])] * 4
    low, high = scoring.intervals(documents)["type"]
    assert low < 2 / 3 < high
    assert scoring.intervals(documents)["type"] == (low, high)


def test_the_benchmark_of_feeds_names_a_folder_without_feeds(exit_code, tmp_path, capsys):
    assert exit_code("feeds", tmp_path, tmp_path, tmp_path) == 2
    assert f"CASES: no feed in {tmp_path}" in capsys.readouterr().err


def test_expectations_are_read_and_never_run(program, tmp_path):
    feeds = program("feeds")
    line = "not bozo and entries[1]['title'] == 'Talks' and __import__('os').abort()"
    [expected] = feeds._comparisons(tmp_path, line)
    assert (expected.number, expected.field, expected.value) == (1, "title", "Talks")


def test_the_benchmark_of_robots_names_a_file_that_is_missing(exit_code, tmp_path, capsys):
    assert exit_code("robots", tmp_path / "nowhere.json") == 2
    assert "no file" in capsys.readouterr().err


def test_the_benchmark_of_robots_counts_what_is_right(exit_code, tmp_path, capsys):
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
        "cases decided rightly  1 of 2, 0.500",
        "verdicts as Protego's  33 of 33",
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("lake_queries", ("--articles", "10")),
        ("lake_queries", ("--rounds", "0")),
        ("compaction", ("--files", "3", "--rows", "3")),
    ],
)
def test_measuring_a_lake_names_numbers_that_say_nothing(exit_code, capsys, name, words):
    assert exit_code(name, *words) == 2
    assert "at least 1,000" in capsys.readouterr().err


def test_a_made_up_month_is_the_same_in_every_run_and_makes_a_whole_lake(program, tmp_path):
    made = program("made_lake")
    tables = made.month(1_000)
    assert all(tables[name].equals(again) for name, again in made.month(1_000).items())
    assert [table.num_rows for table in tables.values()] == [1_000, 220, 1_500]
    made.build(open_lake(tmp_path / "lake"), {"articles": tables["articles"]}, rows_a_file=30)
    assert main(["verify", "--lake", str(tmp_path / "lake")]) == 0


def test_each_question_has_one_answer_in_both_engines(program, tmp_path):
    made, queries = program("made_lake"), program("lake_queries")
    tables = made.month(1_000)
    globs = queries.by_newslake(tmp_path / "lake", tables)
    article_id = tables["articles"]["article_id"][7].as_py()
    rows = list(queries.measure({"newslake": globs}, article_id, rounds=1))
    assert len(rows) == 2 * len(program("questions").QUESTIONS)
    asks = [over(globs, article_id) for over in queries.ENGINES.values()]
    for name in program("questions").QUESTIONS:
        assert len({ask(name) for ask in asks}) == 1, name


def test_refusals_are_judged_by_labels_and_known_addresses(exit_code, tmp_path, capsys):
    pages = tmp_path / "pages"
    (pages / "news").mkdir(parents=True)
    story = f"<html><body><h1>Truce</h1><p>{text_of('abc')}</p></body></html>"
    for name in ("news/story.html", "home.html", "mistaken.html"):
        (pages / name).write_text(story)
    index = [{"file": "home.html", "url": "https://example.org/"}]
    (pages / "index.json").write_text(json.dumps(index))
    labels = tmp_path / "labels.tsv"
    labels.write_text("pages\tother\npages/news\tarticle\n")
    assert exit_code("refusals", pages, "--labels", labels, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["recall"], told["false refusals"]) == ([1, 2], [0, 1])


@pytest.mark.parametrize("line", ["pages", "pages\tnews"])
def test_refusals_names_a_label_that_is_none(exit_code, tmp_path, capsys, line):
    labels = tmp_path / "labels.tsv"
    labels.write_text(line)
    assert exit_code("refusals", tmp_path, "--labels", labels) == 2
    assert "no page and kind" in capsys.readouterr().err


@pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")
def test_rules_names_a_folder_that_is_missing_or_has_no_article(exit_code, tmp_path, capsys):
    assert exit_code("rules", tmp_path / "nowhere") == 2
    assert "no folder" in capsys.readouterr().err
    assert exit_code("rules", tmp_path) == 2
    assert f"no English article in {tmp_path}" in capsys.readouterr().err


@pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")
def test_rules_counts_what_changes_without_a_rule_or_a_class_of_words(
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
    for name in rules.SILENT:
        with rules.without(name):
            pass
