"""The programs that measure speed and memory say what they lack, before they start anything."""

import sys
from importlib import import_module
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


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


@pytest.mark.parametrize("name", ["throughput", "box", "warc", "refusals"])
def test_a_folder_that_is_missing_is_named(exit_code, name, tmp_path, capsys):
    assert exit_code(name, tmp_path / "nowhere") == 2
    assert "no folder" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["throughput", "box", "warc", "refusals"])
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
        b'property="og:url"><script>{"url": "https://a.org/b"}</script><p>Talks</p>'
    )
    assert program("throughput").edited(page, 7) == (
        b'<link rel="canonical" href="https://a.org/b/7?c"><meta content="https://a.org/b/7" '
        b'property="og:url"><script>{"url": "https://a.org/b/7"}</script><p>Talks 7</p>'
    )


def test_made_up_texts_are_the_same_in_every_run_and_all_different(program):
    memory = program("memory")
    texts = [memory.distinct(number) for number in range(50)]
    assert texts == [memory.distinct(number) for number in range(50)]
    assert len(set(texts)) == 50
    assert all(1_000 < len(text) < 2_500 for text in texts)
