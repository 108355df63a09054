"""Names and prose use the words of the field: none of these stands in code, help, messages or docs."""

import io
import re
import subprocess
import tokenize

import pytest
from paths import ROOT

PLAIN = {
    r"anew|made of": "again; rebuild, re-extract; from",
    r"attempted": "kept and rejected outputs",
    r"be had": "be fetched; is not available",
    r"clock on the wall": "wall-clock time",
    r"gatherings?": "pending",
    r"genre": "page type",
    r"happenings?": "deduplicated event",
    r"in vain": "without result; failed",
    r"keepers?": "original; archive",
    r"likewise": "say it again",
    r"manners": "crawl politeness",
    r"passed over": "skipped",
    r"perhaps": "may",
    r"rooms?": "staging directory; free space",
    r"shel(f|ves)": "LSH bucket",
    r"so often": "maximum number of",
    r"somebody|whoever": "name who",
    r"stretch(es)?": "passage",
    r"tall(y|ies)": "metric, count",
    r"told": "returned, printed, reported, asserted",
    r"told apart": "deduplicated",
    r"whereabouts": "event place",
}
"""A word that only this project used, as a regular expression, and what the field says."""

ALLOWED = {
    "transforms/lake/old_versions.py": {"room", "passed over"},
    "tests/pipelines/commands/test_migrate.py": {"passed over"},  # names of the old format
    "transforms/events": {"somebody", "told", "perhaps"},  # words that the rules look for in news
}
"""Words that a file or folder has a reason to hold."""

WORDS = re.compile(rf"(?<![a-z])(?:{'|'.join(PLAIN)})(?![a-z])", re.IGNORECASE)
SKIPPED = (
    "tests/golden/",
    "tests/test_words.py",
    "requirements/",
    "seeds/",
    "pipelines/report/web/library.js",
    "pipelines/report/web/LICENSES.txt",
    "LICENSE",
    "CHANGELOG.md",
    "benchmarks/renames.toml",
)


def files():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip(f"not a clone of the repository: {listed.stderr}")
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if (
            not name.startswith(SKIPPED)
            and path.suffix not in {".tsv", ".jsonl", ".npz"}
            and path.is_file()
        ):
            yield name, path.read_text(encoding="utf-8")


def names_in(text):
    """Return the identifiers of a test: its strings hold news, which may use any word."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return " ".join(token.string for token in tokens if token.type == tokenize.NAME)


def found(text):
    """Return the words of the list in `text`; an identifier is made of words too."""
    return {match[0].lower() for match in WORDS.finditer(text.replace("_", " "))}


def test_the_words_are_those_of_the_field():
    there = {}
    for name, text in files():
        allowed = set().union(
            *(words for place, words in ALLOWED.items() if name.startswith(place))
        )
        if name.startswith("tests/") and name.endswith(".py"):
            text = names_in(text)
        if words := found(text) - allowed:
            there[name] = sorted(words)
    assert there == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It is told in the room.", {"told", "room"}),
        ("told_apart = make_room()", {"told", "room"}),
        ("Sold in the classroom, restored", set()),
    ],
)
def test_a_word_is_found_in_prose_and_in_names(text, words):
    assert found(text) == words
