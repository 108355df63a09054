import io
import json
from datetime import timedelta

from papers import NOON
from rich.console import Console

from newslake.pipelines.follower.dashboard import Dashboard

NOW, LATE = timedelta(), timedelta(seconds=90)


def screen(**options):
    return Console(file=io.StringIO(), width=100, highlight=False, **options)


def said(console):
    return console.file.getvalue()


def test_a_commit_is_a_line():
    console = screen()
    with Dashboard(console, as_json=False) as board:
        board.looked({"due": 3}, 0, NOW, None)
        board.committed({"due": 3, "not_modified": 2, "articles": 1}, 4, LATE, NOON, NOON)
    [line] = " ".join(said(console).split()).split("\n")
    assert line.startswith("2026-03-02 12:00:00 UTC due 3, polled 0, not modified 2,")
    assert line.endswith("waiting 4, behind 90, next 2026-03-02 12:00:00 UTC")


def test_a_program_gets_json_even_on_a_terminal():
    console = screen(force_terminal=True, soft_wrap=True)
    with Dashboard(console, as_json=True) as board:
        board.looked({"due": 3}, 0, NOW, None)
        board.committed({"due": 3, "mentions": 7}, 0, NOW, None, NOON)
    summary = json.loads(said(console))
    assert (summary["due"], summary["articles"], summary["behind"], summary["next"]) == (
        3,
        0,
        0,
        None,
    )
    assert "mentions" not in summary


def test_a_terminal_shows_a_table_of_running_totals():
    console = screen(force_terminal=True)
    with Dashboard(console, as_json=False) as board:
        for _ in range(2):
            board.committed({"articles": 1_000}, 0, NOW, None, NOON)
        board.looked({"new": 77}, 5, LATE, NOON)
    table = said(console).rpartition("since the last commit")[2]
    rows = {
        line.split("│")[1].strip(): line.split("│")[2:5]
        for line in table.split("\n")
        if "│" in line
    }
    assert [cell.strip() for cell in rows["new"]] == ["77", "0", "0"]
    assert [cell.strip() for cell in rows["articles"]] == ["0", "1,000", "2,000"]
    assert "waiting 5, behind 90 s, next 2026-03-02 12:00:00 UTC" in table
