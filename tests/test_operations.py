"""docs/operations.md: what it tells an operator to do exists, and works."""

import re
import shlex
import shutil
import subprocess
import threading

import pytest
from lakes import article, commit, rows_of
from paths import ROOT

from newslake.pipelines.cli import command_of, main
from newslake.pipelines.monitoring.labels import REASONS
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.lake import layout

DOCS = ROOT / "docs"
PAGES = {name: (DOCS / name).read_text("utf-8") for name in ("operations.md", "metrics.md")}
PAGE = PAGES["operations.md"]
LINES = re.findall(r"^ {4}(\S.*)$", PAGE.replace("\\\n", ""), re.MULTILINE)
"""The lines of code of the page."""


def table(heading):
    """Return the rows of the table in this section, as lists of cells."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:3] == "| `"]
    assert rows
    return rows


def test_each_reason_of_a_reject_has_a_line_that_says_what_to_do():
    rows = table("Reasons of rejects")
    assert [row[0] for row in rows if len(row) < 3 or len(row[-1]) < 8] == []
    codes = [row[0].strip("`") for row in rows]
    assert sorted(codes) == sorted([*REASONS, "crash_…"])


def test_each_alert_has_a_line_that_says_what_to_do():
    rules = (DOCS / "monitoring/alerts.yml").read_text("utf-8")
    alerts = re.findall(r"- alert: (\w+)", rules)
    assert len(alerts) == 3
    assert [row[0].strip("`") for row in table("Alerts")] == alerts


def anchors(path):
    """Return the anchors of the headings of a page, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one).strip().lower().replace(" ", "-") for one in headings}


@pytest.mark.parametrize("name", PAGES)
def test_the_links_lead_to_files_and_headings(name):
    links = re.findall(r"\]\(([^)#]*)(?:#([^)]*))?\)", PAGES[name])
    assert len(links) > 5
    for target, anchor in links:
        path = DOCS / (target or name)
        assert path.exists(), target
        assert not anchor or anchor in anchors(path), f"{target}#{anchor}"


COMMANDS = {
    *re.findall(r"(?:^|/bin/)newslake (.+)", "\n".join(LINES), re.MULTILINE),
    *(words for words in re.findall(r"`newslake ([^`]+)`", PAGE) if " " in words),
}


@pytest.mark.parametrize("line", sorted(COMMANDS))
def test_newslake_accepts_each_command(line):
    command, *words = shlex.split(line)
    for name in ("lake", "/backup/lake", "/mnt/large/lake"):
        words = [f"./{word}" if word == name else word for word in words]
    command_of(command)[0].parse(command, command, words)


QUERIES = sorted(set(re.findall(r'newslake query "([^"]+)"', PAGE)))


@pytest.mark.parametrize("sql", QUERIES)
def test_each_query_runs(lake, sql, capsys):
    assert main(["query", sql, "--lake", str(lake.storage.root)]) == 0, capsys.readouterr().err


def test_options_of_the_page_exist():
    options = (DOCS / "options.md").read_text("utf-8")
    helps = (
        options + (DOCS / "lake.md").read_text("utf-8") + (DOCS / "streaming.md").read_text("utf-8")
    )
    rows = [*table("Reasons of rejects"), *table("Alerts")]
    for name in re.findall(r"`(--[a-z-]+)`", " ".join(cell for row in rows for cell in row)):
        assert name in helps, name


@pytest.mark.skipif(not shutil.which("flock"), reason="needs the program flock of util-linux")
def test_a_backup_under_the_lock_is_complete_while_another_process_commits(lake, tmp_path, capsys):
    """The documented command, with cp in the place of rsync. A commit waits until the copy is made."""
    [line] = [line for line in LINES if line.startswith("flock ")]
    program, lock = line.split()[:2]
    assert (program, lock) == ("flock", f"lake/{layout.LOCK}")
    root, backup = lake.storage.root, tmp_path / "backup"
    before = rows_of(root)
    slowly = f"touch {tmp_path}/begun; sleep 1; cp -a {root} {backup}; test -e {tmp_path}/done"
    command = ["flock", root / layout.LOCK, "sh", "-c", slowly]
    copy = subprocess.Popen(list(map(str, command)))
    while not (tmp_path / "begun").exists():
        pass

    def write():
        commit(open_lake(root), article("during-the-copy"), number=99)
        (tmp_path / "done").touch()

    writer = threading.Thread(target=write)
    writer.start()
    assert copy.wait() == 1  # at the end of the copy, the commit was not done
    writer.join()
    shutil.rmtree(backup / layout.INDEX, ignore_errors=True)
    assert main(["verify", "--lake", str(backup)]) == 0, capsys.readouterr().err
    assert rows_of(backup) == before
    assert len(rows_of(root)["articles"]) == len(before["articles"]) + 1


def test_a_lake_that_was_moved_is_complete(lake, tmp_path, capsys):
    before = rows_of(lake.storage.root)
    moved = lake.storage.root.rename(tmp_path / "large disk")
    assert main(["verify", "--lake", str(moved)]) == 0, capsys.readouterr().err
    assert rows_of(moved) == before
