from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslake.transforms.dedupe.changes import changes

TEXT = "Five people died in Kyiv.\nThe mayor spoke of a dark day.\nPhoto: AP"


@pytest.mark.parametrize(
    ("after", "added", "removed", "summary"),
    [
        pytest.param(TEXT, 0, 0, "", id="nothing"),
        pytest.param(TEXT.replace("Five", "Seven"), 1, 1, "“Five” → “Seven”", id="a number"),
        pytest.param(TEXT + "\nHe wept.", 2, 0, "+ “He wept.”", id="a paragraph more"),
        pytest.param(TEXT.removesuffix("\nPhoto: AP"), 0, 2, "− “Photo: AP”", id="a line less"),
        pytest.param(TEXT.replace("\n", " "), 0, 0, "", id="other line ends"),
    ],
)
def test_the_kind_and_summary_of_a_change(after, added, removed, summary):
    assert changes(TEXT, after) == (added, removed, summary)


def test_a_summary_stays_short():
    many = changes(" x ".join(map(str, range(100))), " x ".join(map(str, range(100, 200))))
    assert many.words_added == many.words_removed == 100
    assert many.summary.count("→") == 8
    assert many.summary.endswith("; …")
    assert len(changes("", "word " * 500).summary) < 100


def test_texts_without_end_are_compared_in_time():
    start = process_time()
    for unit, other in (("line\n", "row\n"), ("a b ", "b c "), ("a b\n", "b a\nc\n")):
        assert changes(unit * 50_000, other * 50_000).words_added > 0
    assert process_time() - start < 5


words = st.text("abc \n", max_size=40)


@given(words, words)
def test_the_balance_of_words_is_kept(before, after):
    found = changes(before, after)
    assert found.words_added - found.words_removed == len(after.split()) - len(before.split())
