import pytest

from newslake.transforms.extract.text.plain import read_plain

BODY = "Both sides met on Monday. Talks go on."


@pytest.mark.parametrize("gap", ["\n", "\n\n", "\r\n", "\r", "\x85", "\u2028", "\u2029\u2029"])
def test_a_short_first_line_is_the_title(gap):
    content = read_plain(f"Truce in sight{gap}{BODY}")
    assert (content.title, content.text) == ("Truce in sight", BODY)


@pytest.mark.parametrize(
    "first",
    [
        pytest.param("Both sides met.", id="a sentence"),
        pytest.param("What follows is known:", id="a beginning"),
        pytest.param("word " * 40, id="too long"),
        pytest.param("- a point", id="a list item"),
        pytest.param("https://example.org/a", id="an address"),
    ],
)
def test_other_first_lines_are_text(first):
    content = read_plain(f"{first}\n{BODY}")
    assert content.title is None
    assert content.text == f"{first.strip()}\n{BODY}"


def test_a_lone_line_is_text():
    assert read_plain("Truce in sight").title is None


@pytest.mark.parametrize("question", ["Is peace near?", "At last!"])
def test_a_title_may_end_with_a_question_or_exclamation_mark(question):
    assert read_plain(f"{question}\n{BODY}").title == question


def test_a_rubric_in_brackets_is_the_section():
    content = read_plain(f"[MIDDLE EAST] {BODY}\nMore.")
    assert (content.section, content.text) == ("MIDDLE EAST", f"{BODY}\nMore.")


@pytest.mark.parametrize("start", ["[sic] it says.", "[1] A note.", "[] Nothing."])
def test_other_brackets_stay(start):
    assert read_plain(start).text == start
    assert read_plain(start).section is None


def test_table_rows_are_readable():
    text = f"{BODY}\nKey Point | Details |\n---|---|\n| Truce | agreed |\n|:--|--:|"
    assert read_plain(text).text == f"{BODY}\nKey Point | Details\nTruce | agreed"


def test_tags_do_not_stay_in_the_text():
    assert read_plain('A <b>truce</b>, says <a href="x">she</a>.').text == "A truce, says she."


def test_text_that_only_looks_like_a_tag_stays():
    assert read_plain("If a <b and c> d, then <name> wins.").text.endswith("then <name> wins.")
