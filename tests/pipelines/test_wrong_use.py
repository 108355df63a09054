"""What cannot be honoured is refused: exit code 2, one sentence, and nothing is written."""

import shutil

import pytest

from newslake.pipelines.cli import main

FEED = "https://paper.example/feed"
OPML = f'<opml><body><outline text="News"><outline xmlUrl="{FEED}"/></outline></body></opml>'
QUERY = ["query", "SELECT 1", "--lake", "lake"]
EXPORT = ["export", "--lake", "lake"]
BACKFILL = ["backfill", "in", "--lake", "new"]
FOLLOW = ["follow", FEED, "--lake", "new"]
FLINK = [*BACKFILL, "--runner=FlinkRunner"]
PORTABLE = [*BACKFILL, "--runner=PortableRunner", "--job_endpoint=embed"]
DATAFLOW = [*BACKFILL, "--runner=DataflowRunner"]

NOT_LOCAL = "is a URL, but newslake reads and writes only local files"
EMPTY = "the path is empty"
NO_STREAM = "--streaming has no effect on `newslake backfill`"
RUNS = "cannot be used: newslake runs each job"
INSTALLED = "these workers use the packages that are installed"
NO_BEAM = "DirectRunner uses no options of Beam"

REFUSED = [
    # Paths: a scheme, an unset variable
    (["backfill", "in", "--lake", "s3://news/lake"], NOT_LOCAL),
    (["backfill", "in", "--lake", "file:///lake"], NOT_LOCAL),
    (["backfill", "in", "--lake", ""], EMPTY),
    (["backfill", "in", "--lake", " "], EMPTY),
    (["backfill", "s3://news/a.jsonl", "--lake", "new"], NOT_LOCAL),
    (["backfill", "gs://news/*.jsonl", "--lake", "new"], NOT_LOCAL),
    (["backfill", "", "--lake", "new"], EMPTY),
    (["follow", FEED, "--lake", "gs://news"], NOT_LOCAL),
    (["follow", "", "--lake", "new"], "the value is empty"),
    ([*FOLLOW, "--warc", "s3://news/warc"], NOT_LOCAL),
    ([*FOLLOW, "--warc", ""], EMPTY),
    (["follow", FEED, "--lake", "lake", "--warc", "lake/articles"], "is inside the lake"),
    (["query", "SELECT 1", "--lake", "s3://news"], NOT_LOCAL),
    (["query", "--file", "", "--lake", "lake"], EMPTY),
    (["query", "--file", "s3://news/a.sql", "--lake", "lake"], NOT_LOCAL),
    ([*QUERY, "--format", "csv", "-o", "s3://news/a.csv"], NOT_LOCAL),
    ([*QUERY, "--format", "parquet", "-o", ""], EMPTY),
    ([*EXPORT, "-o", "s3://news/a.jsonl"], NOT_LOCAL),
    ([*EXPORT, "-o", ""], EMPTY),
    # A file in the place of a folder
    (["backfill", "in", "--lake", "one.sql/lake"], "one.sql is a file, not a folder"),
    (["follow", FEED, "--lake", "one.sql"], "one.sql is a file, not a folder"),
    ([*FOLLOW, "--warc", "one.sql"], "one.sql is a file, not a folder"),
    ([*FOLLOW, "--warc", "one.sql/warc"], "one.sql is a file, not a folder"),
    (["migrate", "lake", "one.sql/new"], "one.sql is a file, not a folder"),
    # A file whose name promises another format than newslake writes
    ([*EXPORT, "-o", "march.jsonl.gz"], "use a name that ends in .jsonl"),
    ([*EXPORT, "-o", "march.CSV"], "use a name that ends in .jsonl"),
    ([*EXPORT, "--format", "csv", "-o", "march.tsv"], "use a name that ends in .csv"),
    ([*QUERY, "--format", "json", "-o", "a.parquet"], "use a name that ends in .jsonl"),
    ([*QUERY, "--format", "parquet", "-o", "a.parquet.gz"], "use a name that ends in .parquet"),
    (["verify", "--lake", ""], EMPTY),
    (["compact", "--lake", "az://news"], NOT_LOCAL),
    (["migrate", "lake", "s3://news/new"], NOT_LOCAL),
    (["migrate", "", "new"], EMPTY),
    (["schema", "--lake", ""], EMPTY),
    (["feeds", "list", "s3://news/feeds.opml"], NOT_LOCAL),
    (["feeds", "import", "feeds.opml", "https://paper.example/list.opml"], NOT_LOCAL),
    # Options that the runner does not use
    ([*BACKFILL, "--project=news"], NO_BEAM),
    ([*BACKFILL, "--temp_location=tmp"], NO_BEAM),
    ([*BACKFILL, "--streaming"], NO_STREAM),
    ([*BACKFILL, "--runner=PrismRunner", "--streaming"], NO_STREAM),
    ([*BACKFILL, "--runner=FlinkRunner", "--streaming"], NO_STREAM),
    ([*PORTABLE, "--streaming"], NO_STREAM),
    ([*PORTABLE, "--bogus=1"], "unknown option --bogus: the job server has no such option"),
    ([*PORTABLE, "--no_wait_until_finish"], RUNS),
    ([*PORTABLE, "--output_executable_path=job.jar"], RUNS),
    ([*PORTABLE, "--dataflow_job_file=job"], "has only an effect on DataflowRunner"),
    ([*PORTABLE, "--job_port=8099"], "--job_port has no effect with --job_endpoint"),
    ([*FLINK, "--job_endpoint=a:1", "--flink_version=1.19"], "no effect with --job_endpoint"),
    ([*FLINK, "--flink_job_server_jar=a.jar", "--flink_version=1.19"],
        "--flink_version has no effect with --flink_job_server_jar"),
    ([*FLINK, "--environment_config={}"], "without --environment_type=PROCESS"),
    ([*FLINK, "--environment_type=LOOPBACK", "--profile_cpu"], "without --environment_type="),
    ([*FLINK, "--checkpointing_interval=5000"], "no effect on a job that is not a stream"),
    ([*FLINK, "--requirements_file=r.txt"], INSTALLED),
    ([*FLINK, "--flink_master=a:1", "--environment_type=PROCESS",
        '--environment_config={"command": "newslake-worker"}', "--setup_file=setup.py"], INSTALLED),
    ([*BACKFILL, "--runner=PrismRunner", "--extra_package=a.whl"], INSTALLED),
    ([*BACKFILL, "--runner=PrismRunner", "--sdk_worker_parallelism=2"], "no effect on PrismRunner"),
    ([*BACKFILL, "--runner=PrismRunner", "--jar_cache_dir=jars"], "no effect on PrismRunner"),
    ([*DATAFLOW, "--template_location=gs://news/job"], RUNS),
    ([*DATAFLOW, "--dry_run=True"], "--dry_run has no effect on DataflowRunner"),
    ([*BACKFILL, "--direct_num_workers=2"], NO_BEAM),
    ([*BACKFILL, "--experiments=a"], NO_BEAM),
    ([*BACKFILL, "--runner", "FnApiRunner", "--bogus"], "FnApiRunner uses no options of Beam"),
    ([*BACKFILL, "--runner", "DataflowRunner", "--bogus"], "neither newslake nor Beam"),
    ([*BACKFILL, "--runner", "DataflowRunner", "--parallelism=2"], "no effect on DataflowRunner"),
    ([*BACKFILL, "--runner", "PrismRunner", "--workers", "2"], "no effect on PrismRunner"),
    ([*BACKFILL, "--runner", "PortableRunner", "--workers", "2"], "no effect on PortableRunner"),
    ([*BACKFILL, "--runner", "DataflowRunner", "--workers", "2"], "no effect on DataflowRunner"),
    ([*BACKFILL, "--runner", "FlinkRunner", "--streaming=true"], "argument --streaming: ignored"),
    ([*BACKFILL, "--runner", "FlinkRunner", "--parallelism=two"], "invalid int value: 'two'"),
    ([*BACKFILL, "--runner", "FlinkRunner", "--workers=2", "--parallelism=3"], "contradict"),
    ([*BACKFILL, "--runner", "DataflowRunner"], "DataflowRunner needs --project=NAME"),
    ([*BACKFILL, "--runner", "PortableRunner"], "use --job_endpoint=HOST:PORT"),
    ([*BACKFILL, "--runner", ""], "unknown runner ''"),
    ([*FOLLOW, "--streaming"], NO_BEAM),
    ([*FOLLOW, "--project=news"], NO_BEAM),
    ([*FOLLOW, "--runner", "DataflowRunner"], "cannot run on DataflowRunner"),
    ([*FOLLOW, "--runner", ""], "cannot run on "),
    ([*FOLLOW, "--runner", "PrismRunner", "--once"], "--once has no effect on PrismRunner"),
    ([*FOLLOW, "--runner", "PrismRunner", "--stream", "a/b"], "is not a name of a stream"),
    ([*FOLLOW, "--runner", "PrismRunner", "--stream", "a" * 41], "is not a name of a stream"),
    (
        [*FOLLOW, "--runner", "PrismRunner", "--environment_type=LOOPBACK"],
        "must not crawl; leave it out",
    ),
    ([*FOLLOW, "--stream", "news"], "--stream has no effect without --runner"),
    # Arguments that no command reads
    ([*BACKFILL, "other"], "unexpected argument 'other'"),
    ([*FOLLOW, "https://other.example/feed"], "unexpected argument"),
    ([*QUERY, "SELECT 2"], "unexpected argument 'SELECT 2'"),
    (["verify", "--lake", "lake", "other"], "unexpected argument 'other'"),
    (["feeds", "list", "feeds.opml", "feeds.txt"], "unexpected argument 'feeds.txt'"),
    (["feeds", "list", "feeds.opml", "--js"], "unknown option --js"),
    ([*QUERY, "--form", "csv"], "unknown option --form"),
    # The same option twice, and options that contradict each other
    ([*QUERY, "--lake", "other"], "--lake is given twice"),
    ([*QUERY, "--format=csv", "--format=json"], "--format is given twice"),
    ([*QUERY, "--format=csv", "-oa.csv", "--output=b.csv"], "-o and --output"),
    ([*BACKFILL, "--events", "--no-events"], "--events and --no-events contradict"),
    ([*BACKFILL, "--no-events", "--min-confidence", "0"], "no effect with --no-events"),
    ([*FOLLOW, "--no-events", "--min-confidence", "0.5"], "no effect with --no-events"),
    ([*FOLLOW, "--once", "--for", "1h"], "--for has no effect with --once"),
    ([*FOLLOW, "--once", "--every", "60s"], "--every has no effect with --once"),
    ([*QUERY, "--file", "one.sql"], "not both"),
    ([*QUERY, "--format", "json", "--limit", "100"], "--limit has no effect"),
    ([*QUERY, "--format", "csv", "--limit", "1"], "--limit has no effect"),
    ([*QUERY, "--format", "parquet", "-o", "a.parquet", "--limit", "1"], "--limit has no effect"),
    (["schema", "mentions", "--sql", "--lake", "lake"], "without TABLE"),
    ([*EXPORT, "--names", "news-please", "--table", "runs"], "requires --table articles"),
    (["feeds", "check", "saved.xml", "--contact", "you@example.org"], "needs no request"),
    (["feeds", "check", "saved.xml", "--allow-private"], "needs no request"),
    # Values
    (["query", "", "--lake", "lake"], "the value is empty"),
    (["forget", "", "--lake", "lake"], "the value is empty"),
    (["forget", "a", "--lake", "lake", "--dry-run", "--yes"], "--yes has no effect"),
    (["replay", "--lake", "lake", "--host", "https://example.org/"], "is not the name of a host"),
    (["doctor", "--online"], "--online has no effect without --lake"),
    (["schema", ""], "the value is empty"),
    ([*BACKFILL, "--max-depth", "256"], "from 1 to 255"),
    ([*BACKFILL, "--max-depth", "1000"], "from 1 to 255"),
    ([*BACKFILL, "--max-html-mb", "11"], "from 1 to 10"),
    ([*BACKFILL, "--max-memory-mb", "10000000000000"], "from 1 to 1000000000"),
    ([*BACKFILL, "--max-seconds", "0"], "from 1 to"),
    ([*BACKFILL, "--workers", "1001"], "from 1 to 1000"),
    ([*FOLLOW, "--workers", "0"], "from 1 to 1000"),
    ([*FOLLOW, "--runner", "PrismRunner", "--workers", "2"], "no effect on PrismRunner"),
    ([*BACKFILL, "--max-reject-share", "nan"], "from 0 to 1"),
    ([*BACKFILL, "--partition", "week"], "invalid choice: 'week'"),
    ([*FOLLOW, "--pages-per-site", "2001"], "from 1 to 2000"),
    ([*FOLLOW, "--every", "0s"], "is not a duration"),
    ([*FOLLOW, "--contact", "nonsense"], "is not an address"),
    ([*FOLLOW, "--contact", ""], "is not an address"),
    ([*FOLLOW, "--contact", "you@localhost"], "is not an address"),
    ([*FOLLOW, "--contact", "https://example.org/\r\nX: 1"], "is not an address"),
    (["follow", "empty.txt", "--lake", "new"], "lists no feed"),
    (["compact", "--lake", "lake", "--idle", "inf"], "is not a number"),
    (["forget", "a", "--lake", "lake", "--grace", "1e300"], "is not a number"),
    ([*QUERY, "--as-of", "99"], "not 99"),
    ([*EXPORT, "--as-of", "99"], "not 99"),
    ([*EXPORT, "--published", "2026-03-31", "2026-03-01"], "put the earlier day first"),
    ([*EXPORT, "--published", "March", "April"], "'March' is not a day such as 2026-03-01"),
    (["reprocess", "--events", "--lake", "lake", "--published", "2026-03-02", "2026-03-01"],
        "put the earlier day first"),
    (["migrate", "lake", "in", "--partition", "year"], "name a folder that does not exist"),
    (["migrate", "lake", "lake/new", "--partition", "year"], "is inside the lake to copy"),
    ([*EXPORT, "-o", "-"], "- is not a file"),
    # Lists of feeds
    (["follow", "s3://news/feeds.opml", "--lake", "new"], "neither an http or https URL nor a"),
    (["follow", "ftp://paper.example/", "--lake", "new"], "neither an http or https URL nor a"),
    (["feeds", "list", "feeds.opml", "--lake", "nowhere"], "nowhere is not a lake"),
    (["feeds", "list", "feeds.opml", "--lake", ""], EMPTY),
    (["feeds", "add", "new.opml", "saved.xml"], "is not an http or https URL"),
    (["feeds", "add", "new.opml", "ftp://paper.example/"], "is not an http or https URL"),
    (["feeds", "add", "new.opml", FEED, "--folder", ""], "the value is empty"),
    (["feeds", "add", "feeds.txt", FEED, "--folder", "News"], "--folder needs a list in OPML"),
    (["feeds", "add", "feeds.opml", FEED, "--contact", "me"], "is not an address"),
    (["feeds", "check", "empty.txt"], "lists no feed"),
    (["feeds", "import", "feeds.txt", "feeds.opml"], "use a file whose name ends in .opml"),
    (["feeds", "remove", "feeds.txt", "https://other.example/1", "https://other.example/"],
        "feeds.txt does not contain https://other.example/;"),
    (["follow", "one.sql", "--lake", "new"], "one.sql is not a list of feeds: line 1: not an http"),
    (["follow", "one.sql", "--lake", "new"], "; write OPML, or one URL per line"),
    # Folders without files, and times in the wrong order
    (["backfill", "none", "--lake", "new"], "none: there is no file to ingest; name a folder"),
    (["backfill", "none", "none/deeper", "--lake", "new"], "none, none/deeper: there is no file"),
    (["backfill", ".", "--lake", "new", "--max-tags", "many"], "'many' is not a whole number"),
    ([*EXPORT, "--tz", "Europe/Pari"], "did you mean Europe/Paris? See `newslake export --help`"),
    ([*EXPORT, "--tz", "../etc/passwd"], "is not a time zone such as Europe/Paris"),
    ([*EXPORT, "--tz", "tokyo"], "did you mean Asia/Tokyo?"),
    ([*EXPORT, "--tz", ""], "is not a time zone"),
    ([*EXPORT, "--tz", "localtime"], "'localtime' is not a time zone"),
    ([*EXPORT, "--tz", "Asia/Tokyo", "--names", "news-please"], "--tz has no effect"),
    ([*QUERY, "--format", "parquet", "-o", "a.parquet", "--tz", "UTC"], "--tz has no effect"),
    ([*QUERY, "--format", "csv", "--wide"], "--wide has no effect"),
    (["feeds", "list", "feeds.opml", "--tz", "UTC"], "--tz has no effect without --lake"),
    (["feeds", "list", "feeds.opml", "--json", "--wide"], "--wide has no effect with --json"),
    (["doctor", "--tz", "UTC"], "--tz has no effect without --lake"),
    (["verify", "--lake", "lake", "--log-format", "xml"], "invalid choice: 'xml'"),
    # The command itself
    (["--version", "backfill"], "'--version' is not a command"),
    (["--lake", "lake", "query"], "'--lake' is not a command"),
]  # fmt: skip


@pytest.fixture
def here(made_lake, tmp_path, monkeypatch):
    shutil.copytree(made_lake.storage.root, tmp_path / "lake")
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text("Both sides met.")
    (tmp_path / "none/deeper").mkdir(parents=True)
    (tmp_path / "one.sql").write_text("SELECT 1")
    (tmp_path / "feeds.opml").write_text(OPML)
    (tmp_path / "feeds.txt").write_text("https://other.example/1\nhttps://other.example/2\n")
    (tmp_path / "empty.txt").write_text("# no feed yet\n")
    (tmp_path / "saved.xml").write_text("<rss><channel><title>Paper</title></channel></rss>")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contents(folder):
    return {path: path.is_file() and path.read_bytes() for path in folder.rglob("*")}


def exit_code(words):
    try:
        return main(words)
    except SystemExit as stop:  # from the overview of all commands
        return stop.code


@pytest.mark.parametrize(("words", "message"), REFUSED, ids=lambda one: " ".join(one)[:80])
def test_what_cannot_be_honoured_is_refused_in_one_sentence(here, capsys, words, message):
    before = contents(here)
    assert exit_code(words) == 2
    said = capsys.readouterr()
    assert message in said.err.splitlines()[-1]
    assert said.out == ""
    assert contents(here) == before


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("NEWSLAKE_ZZZZ", "lake", "unknown environment variable NEWSLAKE_ZZZZ; see"),
        ("NEWSLAKE_DEBG", "1", "NEWSLAKE_DEBG; did you mean NEWSLAKE_DEBUG?"),
        ("NEWSLAKE_DEBUG", "yes", "NEWSLAKE_DEBUG is 'yes'; use 1 or 0"),
    ],
)
def test_an_environment_variable_that_has_no_effect_is_refused(
    here, capsys, monkeypatch, name, value, message
):
    monkeypatch.setenv(name, value)
    assert main(QUERY) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(("value", "shown"), [("0", False), ("", False), ("1", True)])
def test_a_stack_trace_is_printed_only_if_debug_is_1(here, capsys, monkeypatch, value, shown):
    monkeypatch.setenv("NEWSLAKE_DEBUG", value)
    (here / "lake/_lake.json").write_text("{")
    assert main(QUERY) == 1
    assert ("Traceback" in capsys.readouterr().err) == shown


def test_the_days_of_a_range_may_be_the_same_day(here):
    assert main([*EXPORT, "--published", "2026-03-01", "2026-03-01"]) == 0


def test_only_the_option_that_may_be_repeated_is_accepted_twice(here):
    tables = ["--table", "articles", "--table", "mentions"]
    assert main(["compact", "--lake", "lake", *tables]) == 0
