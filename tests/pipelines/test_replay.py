"""`newslake replay` tries open rejects again: from the lake, from files and archives, and from the web."""

import gzip
import json
from datetime import timedelta

import pytest
from archives import packed
from archives import page as record
from clocks import leaping
from hostile import http_response, server_in_a_thread
from lakes import rows_of
from visits import holding
from wording import block

from newslake.pipelines import backfill, replay
from newslake.pipelines.cli import main
from newslake.pipelines.follower import follower, upkeep
from newslake.schemas.reasons import REJECTS_VERSION
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.failure import Failure
from newslake.transforms.formats import SERVED


def page(title, words, head=""):
    text = f"<p>{block(words)}.</p><p>{block(words * 2)}.</p>"
    head = f"<title>{title}</title>{head}"
    return f"<html><head>{head}</head><body><article>{text}</article></body></html>"


PADDING = f"<!--{'x' * 1_200_000}-->"
RESERVED = '<meta name="tdm-reservation" content="1">'
TAGS = "<div></div>" * 30
ITEM = {"title": "Harbour opens", "text": f"{block('h')}. {block('hh')}."}


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


@pytest.fixture
def lake(tmp_path):
    return tmp_path / "lake"


@pytest.fixture
def run(lake, capsys):
    """Run a command with --json; return its result after checking the balance and the lake."""

    def run(*words, exit_code=0):
        capsys.readouterr()
        options = [] if "--dry-run" in words else ["--no-events"]
        assert main([*map(str, words), "--lake", str(lake), *options, "--json"]) == exit_code
        captured = capsys.readouterr()
        found = json.loads(captured.out)
        assert found.get("balanced", True)
        assert main(["verify", "--lake", str(lake)]) == 0
        capsys.readouterr()
        return found | {"said": captured.err}

    return run


@pytest.fixture
def query(lake, capsys):
    def query(sql):
        capsys.readouterr()
        assert main(["query", sql, "--lake", str(lake), "--format", "json"]) == 0
        return [tuple(json.loads(line).values()) for line in capsys.readouterr().out.splitlines()]

    return query


def pass_an_hour():
    follower.Clock().time += timedelta(hours=1)


def counts(found):
    names = ("read", "articles", "rejects", "already_ingested", "open_rejects")
    return tuple(found[name] for name in names)


def test_stored_bytes_are_tried_again_without_the_file(folder, lake, run, query, tmp_path):
    (folder / "many.html").write_text(page("Ferry strike ends", "a", TAGS))
    run("backfill", folder, "--max-tags", 9)
    (folder / "many.html").unlink()
    assert counts(run("replay")) == (1, 1, 0, 0, 0)
    assert query("SELECT reason FROM rejects") == [("too_many_tags",)]
    assert query("SELECT command, read, articles, balanced FROM runs ORDER BY started_at") == [
        ("backfill", 1, 0, True),
        ("replay", 1, 1, True),
    ]


def test_a_replayed_row_is_the_row_of_a_run_without_rejects(folder, lake, run, tmp_path):
    html = page("Ferry strike ends", "a", TAGS).encode()
    (folder / "paper").mkdir()
    (folder / "paper" / "many.html").write_bytes(html)
    (folder / "top.html").write_bytes(page("Railway opens", "b", TAGS).encode())
    headers = b"Content-Type: text/html; charset=latin-1\r\nX-Robots-Tag: noai\r\n"
    archive = packed(record(1, html.replace(b"a", b"\xe9"), http_fields=headers))
    (folder / "a.warc.gz").write_bytes(archive)
    (folder / "a.jsonl").write_text(json.dumps({"title": "Museum", "html": html.decode()}) + "\n")
    run("backfill", folder, "--max-tags", 9)
    run("replay")
    other = str(tmp_path / "other")
    assert main(["backfill", str(folder), "--lake", other, "--no-events"]) == 0
    assert len(rows_of(lake)["rejects"]) == 4
    for table in ("articles", "duplicates", "revisions"):
        assert rows_of(lake)[table] == rows_of(other)[table]


def test_a_second_replay_finds_nothing_and_writes_nothing(folder, lake, run):
    (folder / "many.html").write_text(page("Ferry strike ends", "a", TAGS))
    run("backfill", folder, "--max-tags", 9)
    run("replay")
    before = sorted(lake.glob("_log/*.json"))
    assert counts(run("replay")) == (0, 0, 0, 0, 0)
    assert sorted(lake.glob("_log/*.json")) == before


def test_rejects_with_the_same_settings_are_known_and_with_others_get_a_row(folder, run, query):
    (folder / "many.html").write_text(page("Ferry strike ends", "a", TAGS))
    (folder / "empty.txt").touch()
    run("backfill", folder, "--max-tags", 9)
    assert counts(run("replay", "--max-tags", 9)) == (2, 0, 0, 2, 2)
    assert counts(run("replay", "--max-tags", 8)) == (2, 0, 2, 0, 2)
    assert query("SELECT count(*), count(DISTINCT document_id) FROM rejects") == [(4, 2)]
    assert query("SELECT DISTINCT settings FROM open_rejects") == [
        (f'{{"max_tags": 8, "version": {REJECTS_VERSION}}}',)
    ]


def test_a_newer_version_of_the_rules_tries_rejects_again(folder, run, query, monkeypatch):
    (folder / "blank.html").write_text("<html><body></body></html>")
    run("backfill", folder)
    monkeypatch.setattr("newslake.pipelines.options.REJECTS_VERSION", REJECTS_VERSION + 1)
    assert counts(run("replay")) == (1, 0, 1, 0, 1)
    assert counts(run("replay")) == (1, 0, 0, 1, 1)


@pytest.mark.parametrize(
    ("name", "content"),
    {
        "a.html": (PADDED := page("Ferry strike ends", "a", PADDING)).encode(),
        "a.html.gz": gzip.compress(PADDED.encode()),
        "a.jsonl": b"{}\n" + json.dumps(ITEM | {"pad": PADDING}).encode(),
        "a.json": json.dumps([ITEM | {"pad": PADDING}]).encode(),
        "a.csv": f'title,text,pad\nHarbour,"{ITEM["text"]}",{PADDING}\n'.encode(),
        "a.warc": record(1) + record(2, PADDED.encode()),
        "a.warc.gz": packed(record(1), record(2, PADDED.encode())),
    }.items(),
)
@pytest.mark.parametrize("limit", ["--max-document-mb", "--max-html-mb"])
def test_bytes_that_the_lake_does_not_have_come_from_the_file(
    folder, run, query, name, content, limit
):
    (folder / name).write_bytes(content)
    first = run("backfill", folder, limit, 1)
    if "too_large" not in first["rejects_by_reason"]:
        assert limit == "--max-html-mb"  # only HTML has this limit
        return
    found = run("replay", "--reason", "too_large")
    assert (found["read"], found["articles"], found["not_found"]) == (1, 1, 0)
    assert query("SELECT count(*) FROM open_rejects WHERE reason = 'too_large'") == [(0,)]
    assert query("SELECT count(*) FROM replacements") == [(0,)]


def test_relative_inputs_are_found_from_another_folder(folder, run, monkeypatch, tmp_path):
    (folder / "a.html").write_text(PADDED)
    monkeypatch.chdir(tmp_path)
    run("backfill", "in", "--max-html-mb", 1)
    monkeypatch.chdir(folder)
    assert counts(run("replay")) == (1, 1, 0, 0, 0)


def test_other_bytes_are_a_new_document_that_replaces_the_rejected_one(folder, run, query):
    (folder / "a.html").write_text(PADDED)
    run("backfill", folder, "--max-html-mb", 1)
    [(rejected_id,)] = query("SELECT document_id FROM rejects")
    (folder / "a.html").write_text(page("Ferries sail", "s", PADDING))
    found = run("replay")
    assert (*counts(found), found["replaced"]) == (1, 1, 0, 0, 0, 1)
    [(replaced, new)] = query("SELECT rejected_id, document_id FROM replacements")
    assert replaced == rejected_id
    assert query("SELECT document_id, title FROM articles") == [(new, "Ferries sail")]
    assert f"document {new} replaces the rejected document {rejected_id}" in found["said"]
    assert query("SELECT count(*) FROM rejects") == [(1,)]


def test_a_replacement_that_is_rejected_is_the_only_open_reject(folder, run, query):
    (folder / "a.html").write_text(PADDED)
    run("backfill", folder, "--max-html-mb", 1)
    (folder / "a.html").write_text(page("Ferries sail", "s", PADDING))
    assert counts(run("replay", "--max-html-mb", 1)) == (1, 0, 1, 0, 1)
    assert counts(run("replay")) == (1, 1, 0, 0, 0)


def test_a_replacement_that_the_lake_knows_closes_the_reject(folder, run, query):
    (folder / "a.html").write_text(PADDED)
    run("backfill", folder, "--max-html-mb", 1)
    (folder / "a.html").write_text(page("Ferries sail", "s"))
    run("backfill", folder)
    assert query("SELECT count(*) FROM open_rejects") == [(1,)]
    assert counts(run("replay")) == (1, 0, 0, 1, 0)


def test_a_repaired_file_of_many_documents_replaces_its_reject(folder, run, query):
    lines = [json.dumps(ITEM | {"title": f"Title {n}", "text": block(f"t{n}")}) for n in range(3)]
    good = gzip.compress("\n".join(lines).encode())
    (folder / "a.jsonl.gz").write_bytes(b"damaged")
    assert run("backfill", folder)["rejects_by_reason"] == {"bad_gzip": 1}
    (folder / "a.jsonl.gz").write_bytes(good)
    assert counts(run("replay")) == (3, 3, 0, 0, 0)


@pytest.mark.parametrize("name", ["a.txt.gz", "paper/a.jsonl.gz", "a.xyz"])
def test_a_lost_file_whose_bytes_are_in_the_lake_is_read_again(folder, run, query, name):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"damaged")
    run("backfill", folder)
    (folder / name).unlink()
    assert counts(run("replay")) == (1, 0, 0, 1, 1)
    assert counts(run("replay", "--max-tags", 9)) == (1, 0, 1, 0, 1)
    assert query("SELECT count(*), count(DISTINCT (locator, payload)) FROM rejects") == [(2, 1)]


def test_a_missing_file_is_named_and_its_reject_stays_open(folder, run, query):
    (folder / "a.html").write_text(PADDED)
    (folder / "many.html").write_text(page("Railway opens", "b", TAGS))
    run("backfill", folder, "--max-html-mb", 1, "--max-tags", 9)
    before = query("SELECT * FROM open_rejects WHERE reason = 'too_large'")
    (folder / "a.html").unlink()
    found = run("replay", exit_code=1)
    assert (*counts(found), found["not_found"]) == (1, 1, 0, 0, 1, 1)
    assert "file:a.html cannot be tried again: the file a.html is missing" in found["said"]
    assert query("SELECT * FROM open_rejects") == before


def test_a_lost_line_is_counted_and_its_reject_stays_open(folder, run, query):
    (folder / "a.jsonl").write_text(f"{{}}\n{json.dumps(ITEM | {'pad': PADDING})}\n")
    run("backfill", folder, "--max-document-mb", 1)
    (folder / "a.jsonl").write_text("{}\n")
    found = run("replay", "--reason", "too_large", exit_code=1)
    assert (found["read"], found["not_found"], found["open_rejects"]) == (0, 1, 2)


def test_two_folders_with_files_of_one_name_are_distinguished(tmp_path, run, query):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.html").write_text(page(f"Title {name}", name, PADDING))
    folders = [tmp_path / "one", tmp_path / "two"]
    run("backfill", *folders, "--max-html-mb", 1)
    (tmp_path / "one" / "a.html").write_text(page("Something else", "x", PADDING))
    found = run("replay", exit_code=1)
    assert (*counts(found), found["not_found"]) == (1, 1, 0, 0, 1, 1)
    assert query("SELECT title FROM articles") == [("Title two",)]


def test_a_file_of_another_run_does_not_replace_that_of_a_lost_folder(tmp_path, run, query):
    for name in ("march", "april"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.html").write_text(page(f"Title {name}", name, PADDING))
    run("backfill", tmp_path / "march", "--max-html-mb", 1)
    run("backfill", tmp_path / "april")
    (tmp_path / "march" / "1.html").unlink()
    (tmp_path / "march").rmdir()
    found = run("replay", exit_code=1)
    assert (*counts(found), found["not_found"], found["replaced"]) == (0, 0, 0, 0, 1, 1, 0)


@pytest.fixture
def kill(monkeypatch):
    """Return a function that ends the runs of a module before they write their rows of `runs`."""

    def kill(module):
        def end(*_):
            raise Failure("killed")

        monkeypatch.setattr(module, "record_runs", end)

    return kill


def test_the_inputs_of_a_killed_run_are_known(folder, lake, run, query, kill):
    (folder / "a.html").write_text(PADDED)
    kill(backfill)
    words = ["backfill", str(folder), "--max-html-mb", "1", "--lake", str(lake), "--no-events"]
    assert main(words) == 1
    assert query("SELECT command FROM runs") == []
    assert counts(run("replay")) == (1, 1, 0, 0, 0)


def test_the_log_has_the_folders_of_inputs_but_not_that_of_standard_input(
    folder, lake, run, monkeypatch, tmp_path
):
    (folder / "a.html").write_text(page("Ferry strike ends", "a"))
    (tmp_path / "lines.jsonl").write_text(json.dumps(ITEM))
    with (tmp_path / "lines.jsonl").open() as file:
        monkeypatch.setattr("sys.stdin", file)
        assert run("backfill", "-", folder)["articles"] == 2
    entries = open_lake(lake).log.entries()
    assert [root for entry in entries for root in entry.roots] == [str(folder)]


def test_conditions_select_rejects(folder, run):
    (folder / "many.html").write_text(page("Ferry strike ends", "a", TAGS))
    (folder / "empty.txt").touch()
    (folder / "a.warc").write_bytes(record(1, page("Railway", "b", TAGS).encode()))
    first = run("backfill", folder, "--max-tags", 9)
    second = run("backfill", folder, "--max-tags", 8)

    def selected(*words):
        return sum(row["documents"] for row in run("replay", "--dry-run", *words)["open_rejects"])

    assert selected() == 3
    assert selected("--reason", "empty") == 1
    assert selected("--stage", "Extract") == 2
    assert selected("--run", first["run_id"]) == selected("--run", second["run_id"]) == 3
    assert selected("--run", "none") == selected("--host", "sub.example.org") == 0
    assert selected("--host", "Example.org") == selected("--host", "org") == 1
    assert selected("--host", "ample.org") == 0


def test_a_misspelt_reason_is_answered_with_the_nearest_one(folder, lake, run, capsys):
    (folder / "empty.txt").touch()
    run("backfill", folder)
    assert main(["replay", "--lake", str(lake), "--reason", "emptyy"]) == 0
    said = capsys.readouterr().err
    assert "no open reject meets the conditions; did you mean empty? See `newslake query" in said
    assert main(["replay", "--lake", str(lake), "--reason", "empty", "--run", "none"]) == 0
    assert "did you mean" not in capsys.readouterr().err


def test_a_dry_run_says_where_the_bytes_are_and_changes_nothing(folder, lake, run):
    (folder / "a.html").write_text(PADDED)
    (folder / "many.html").write_text(page("Railway opens", "b", TAGS))
    (folder / "gone.txt").write_text("x" * 70_000_000)
    run("backfill", folder, "--max-html-mb", 1, "--max-tags", 9)
    (folder / "gone.txt").unlink()
    before = sorted(path for path in lake.rglob("*") if path.is_file())
    found = run("replay", "--dry-run")["open_rejects"]
    assert [(row["reason"], row["bytes_in"], row["documents"]) for row in found] == [
        ("too_large", "file", 1),
        ("too_many_tags", "lake", 1),
        ("too_large", "nowhere", 1),
    ]
    assert sorted(path for path in lake.rglob("*") if path.is_file()) == before


def test_an_opt_out_that_was_respected_wins_over_replay(folder, run, query):
    (folder / "reserved.html").write_text(page("Railway opens", "b", RESERVED))
    (folder / "large.html").write_text(page("Ferry strike ends", "a", RESERVED + PADDING))
    run("backfill", folder, "--respect-optouts", "--max-html-mb", 1)
    assert counts(run("replay")) == (2, 0, 2, 0, 2)
    assert query("SELECT DISTINCT reason FROM open_rejects") == [("opted_out",)]
    assert counts(run("replay")) == (2, 0, 0, 2, 2)


def test_an_opt_out_that_was_only_recorded_is_recorded_again(folder, run, query):
    (folder / "many.html").write_text(page("Railway opens", "b", RESERVED + TAGS))
    run("backfill", folder, "--max-tags", 9)
    assert query("SELECT payload IS NULL FROM rejects") == [(True,)]
    assert counts(run("replay")) == (1, 1, 0, 0, 0)
    assert query("SELECT optouts FROM articles") == [(["tdm-reservation"],)]


def test_a_forgotten_reject_is_not_tried_again(folder, run, query, lake):
    (folder / "many.html").write_text(page("Railway opens", "b", TAGS))
    run("backfill", folder, "--max-tags", 9)
    [(id,)] = query("SELECT document_id FROM rejects")
    assert main(["forget", id, "--yes", "--grace", "0", "--lake", str(lake)]) == 0
    assert counts(run("replay")) == (0, 0, 0, 0, 0)


@pytest.fixture
def site(monkeypatch):
    """A site with a feed of two pages; the clock of all requests is a fake."""
    leaping.cache_clear()
    for module in (follower, replay):
        monkeypatch.setattr(module, "Clock", leaping)
    with holding(leaping()), server_in_a_thread(leaping()) as server:
        items = "".join(
            f"<item><guid>{name}</guid><link>{server.url(f'/{name}')}</link></item>"
            for name in ("one", "two")
        )
        rss = f'<rss version="2.0"><channel><title>Paper</title>{items}</channel></rss>'
        server.pages["/feed"] = http_response(rss.encode(), Content_Type="text/xml")
        server.pages["/one"] = http_response(page("Ferry strike ends", "a").encode())
        yield server


@pytest.fixture
def followed(site, run):
    """Follow the feed once with these options; return the counts."""

    def followed(*options):
        return run("follow", site.url("/feed"), "--once", "--allow-private", *options)

    return followed


STATES = "SELECT state FROM outcomes ORDER BY url"


def test_a_page_that_could_not_be_fetched_is_fetched_again(site, followed, run, query):
    followed()
    assert query(STATES) == [("stored",), ("rejected",)]
    site.pages["/two"] = http_response(page("Railway opens", "b").encode())
    assert counts(run("replay", "--allow-private")) == (1, 1, 0, 0, 0)
    assert query(STATES) == [("stored",), ("stored",)]
    [(feed, entry)] = query("SELECT feed, entry_id FROM articles WHERE title LIKE 'Railway%'")
    assert (feed, entry) == (site.url("/feed"), "guid:two")
    assert counts(run("replay", "--allow-private")) == (0, 0, 0, 0, 0)


def test_a_page_that_still_fails_is_known(site, followed, run, query):
    followed()
    assert counts(run("replay", "--allow-private")) == (1, 0, 0, 1, 1)
    assert query(STATES) == [("stored",), ("rejected",)]


def test_a_page_of_a_media_type_that_is_new_comes_from_the_lake(
    site, followed, run, query, monkeypatch
):
    html = page("Railway opens", "b").encode()
    site.pages["/two"] = http_response(html, Content_Type="application/x-news")
    followed()
    assert query("SELECT reason FROM open_rejects") == [("unknown_type",)]
    before = site.requested()
    assert counts(run("replay")) == (1, 0, 0, 1, 1)
    monkeypatch.setitem(SERVED, "application/x-news", "text/html")
    monkeypatch.setattr("newslake.pipelines.options.REJECTS_VERSION", REJECTS_VERSION + 1)
    assert counts(run("replay")) == (1, 1, 0, 0, 0)
    assert site.requested() == before


def test_a_temporary_failure_keeps_one_open_reject(site, followed, run, query):
    site.pages["/two"] = http_response(page("Railway opens", "b", PADDING).encode())
    followed("--max-html-mb", 1)
    site.pages["/two"] = http_response(b"", "503 Busy")
    pass_an_hour()
    assert counts(run("replay", "--allow-private")) == (1, 0, 1, 0, 1)
    assert query("SELECT reason FROM open_rejects") == [("server_busy",)]
    pass_an_hour()
    site.pages["/two"] = http_response(page("Railway opens", "b", PADDING).encode())
    assert counts(run("replay", "--allow-private")) == (1, 1, 0, 0, 0)
    assert query(STATES) == [("stored",), ("stored",)]


def test_a_page_over_the_limit_of_its_site_stays_open(site, followed, run, query):
    del site.pages["/one"]
    followed()
    assert query(STATES) == [("rejected",), ("rejected",)]
    for name in ("one", "two"):
        site.pages[f"/{name}"] = http_response(page(f"Story {name}", name).encode())
    once = ("replay", "--allow-private", "--pages-per-site", 1)
    first, second = run(*once), run(*once)
    assert (*counts(first), first["deferred"]) == (1, 1, 0, 0, 1, 1)
    assert (*counts(second), second["deferred"]) == (1, 1, 0, 0, 0, 0)


def test_robots_txt_wins_over_replay(site, followed, run, query):
    site.robots = http_response(b"User-agent: *\nDisallow: /two", Content_Type="text/plain")
    followed()
    assert query("SELECT reason FROM open_rejects") == [("robots_disallowed",)]
    site.pages["/two"] = http_response(page("Railway opens", "b").encode())
    pass_an_hour()
    assert counts(run("replay", "--allow-private")) == (1, 0, 0, 1, 1)
    assert "/two" not in site.requested()


def test_a_page_whose_bytes_are_not_kept_comes_from_the_archive(
    site, followed, run, query, tmp_path
):
    site.pages["/two"] = http_response(page("Railway opens", "b", PADDING).encode())
    followed("--max-html-mb", 1, "--warc", tmp_path / "warc")
    before = site.requested()
    assert counts(run("replay")) == (1, 1, 0, 0, 0)
    assert site.requested() == before
    assert query(STATES) == [("stored",), ("stored",)]


def test_the_archive_of_a_killed_follow_is_known(site, followed, run, tmp_path, kill, lake, query):
    site.pages["/two"] = http_response(page("Railway opens", "b", PADDING).encode())
    kill(upkeep)
    words = ["follow", site.url("/feed"), "--once", "--allow-private", "--no-events"]
    warc = ["--warc", str(tmp_path / "warc"), "--max-html-mb", "1"]
    assert main([*words, *warc, "--lake", str(lake)]) == 1
    [file] = (tmp_path / "warc").iterdir()
    file.rename(f"{file}.open")
    assert query("SELECT command FROM runs") == []
    before = site.requested()
    assert counts(run("replay")) == (1, 1, 0, 0, 0)
    assert site.requested() == before


def test_a_replay_that_fetches_warns_if_publishers_cannot_write(site, followed, run):
    del site.pages["/one"]
    followed()
    assert "--contact is not set" not in run("replay", "--dry-run")["said"]
    assert "--contact is not set" in run("replay", "--allow-private")["said"]
    contact = ["--contact", "you@example.org"]
    assert "--contact is not set" not in run("replay", "--allow-private", *contact)["said"]


def test_a_page_whose_bytes_are_not_kept_is_fetched_again(site, followed, run, query):
    site.pages["/two"] = http_response(page("Railway opens", "b", PADDING).encode())
    followed("--max-html-mb", 1)
    site.pages["/two"] = http_response(page("Railway opens today", "c").encode())
    pass_an_hour()
    found = run("replay", "--allow-private")
    assert (*counts(found), found["replaced"]) == (1, 1, 0, 0, 0, 1)
    assert query(STATES) == [("stored",), ("stored",)]


def test_a_later_version_of_a_page_closes_the_reject_of_the_earlier_one(site, followed, query):
    site.pages["/two"] = http_response(b"<html><body></body></html>")
    followed()
    assert query("SELECT reason FROM open_rejects") == [("no_text",)]
    rss = site.pages["/feed"].partition(b"\r\n\r\n")[2]
    revised = rss.replace(b"<guid>two</guid>", b"<guid>two</guid><title>Now</title>")
    site.pages["/feed"] = http_response(revised, Content_Type="text/xml")
    site.pages["/two"] = http_response(page("Railway opens", "b").encode())
    for _ in range(8):
        pass_an_hour()
    followed()
    assert query("SELECT count(*) FROM rejects") == [(1,)]
    assert query("SELECT reason FROM open_rejects") == []
