import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslake.transforms.events.prefilter.passages import MAX_CHARACTERS, MAX_SENTENCE, passages

TEXTS = st.lists(
    st.sampled_from(
        ["Troops attacked Kyiv. ", "Snow fell.", "\n", " | ", "🙂", "é", " ", "Attack on Kyiv"]
    )
).map("".join)


@pytest.mark.parametrize("heading", ["Troops attack Kyiv", "READ ALSO: Troops attack", "Attacks:"])
def test_a_heading_is_not_read(heading):
    assert list(passages(heading)) == []


@pytest.mark.parametrize("end", ["", " |", " |\n"])
def test_table_cells_are_read_separately(end):
    text = "Attack on Kyiv | Troops attacked Kyiv. | They attacked Lima." + end
    assert list(passages(text)) == [(17, "Troops attacked Kyiv."), (41, "They attacked Lima.")]


def test_a_bar_behind_sentences_takes_none_of_them():
    text = "Troops attacked Kyiv. Read more | Subscribe now."
    assert list(passages(text)) == [(0, "Troops attacked Kyiv.")]


def test_a_line_without_a_possible_trigger_is_not_read():
    assert list(passages("Snow fell on the hills.")) == []


@pytest.mark.parametrize("end", [".", "!", "?", ".”", "…", ".)", ".’”", ". "])
def test_a_line_that_ends_like_a_sentence_is_read(end):
    assert list(passages("They attacked Kyiv" + end))


@given(TEXTS)
def test_passages_are_slices_of_the_text(text):
    for start, passage in passages(text):
        assert text[start : start + len(passage)] == passage


def test_a_line_too_long_for_the_parser_is_cut_between_sentences():
    text = "They attacked Kyiv. " * 1_000
    found = list(passages(text.strip()))
    assert "".join(passage for _, passage in found) == text.strip()
    assert all(len(passage) <= MAX_CHARACTERS for _, passage in found)
    assert all(passage.rstrip().endswith(".") for _, passage in found)


def test_a_long_line_is_not_cut_after_an_abbreviation():
    text = "On Sunday Mr. Olaf’s troops attacked a village not far from Lima. " * 100
    assert all(passage.rstrip().endswith("Lima.") for _, passage in passages(text))


@pytest.mark.parametrize("endless", ["Attack" * 200_000 + ".", "They attacked " * 20_000 + "Kyiv."])
def test_an_overlong_sentence_is_left_out(endless):
    text = f"He came. Troops attacked Lima. {endless} They attacked Kyiv."
    assert list(passages(text)) == [
        (9, "Troops attacked Lima."),
        (len(text) - 19, "They attacked Kyiv."),
    ]


@given(st.lists(st.integers(1, MAX_SENTENCE - 12), min_size=1, max_size=6))
def test_a_run_is_cut_between_sentences_however_long_they_are(lengths):
    text = " ".join("Attack" + "s" * length + ". He attacked." for length in lengths)
    found = list(passages(text))
    assert "".join(passage for _, passage in found) == text
    assert all(len(passage) <= MAX_CHARACTERS for _, passage in found)
