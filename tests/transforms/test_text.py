import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslake.transforms.text import count_words, lines, normalize, one_line

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        pytest.param("a \t b", "a b", id="inner blanks"),
        pytest.param("\u00a0a\u2009", "a", id="exotic blanks at the ends"),
        pytest.param("a\r\n\n\nb", "a\nb", id="empty lines"),
        pytest.param("a\rb\x85c\u2028d\u2029e", "a\nb\nc\nd\ne", id="line ends"),
        pytest.param("a\x0bb\x0cc", "a b c", id="vertical blanks are no line ends"),
        pytest.param("cafe\u0301", "caf\u00e9", id="combining accent"),
        pytest.param("cafe\u200b\u0301", "caf\u00e9", id="accent behind an unseen character"),
        pytest.param("a\x00b\x1bc\x7fd\x9be", "abcde", id="control characters"),
        pytest.param("\ufeffa\u200bb\u2060c\u00add", "abcd", id="zero width"),
        pytest.param("\u202eabc\u2066d\u2069", "abcd", id="writing direction"),
        pytest.param("می\u200cخواهم", "می\u200cخواهم", id="a joiner that Persian needs"),
        pytest.param("a\ud800b", "a\ufffdb", id="half a surrogate pair"),
        pytest.param("", "", id="empty"),
    ],
)
def test_normalize(raw, clean):
    assert normalize(raw) == clean


@given(ANY_TEXT)
def test_normalizing_twice_changes_nothing(text):
    assert normalize(normalize(text)) == normalize(text)


@given(ANY_TEXT)
def test_normal_text_can_be_stored_and_printed(text):
    normal = normalize(text)
    assert normal.encode().decode() == normal
    assert all(character >= " " or character == "\n" for character in normal)


@given(ANY_TEXT)
def test_lines_are_trimmed_and_never_empty(text):
    assert all(line and line == line.strip() for line in lines(text))


def test_a_title_is_one_line():
    assert one_line("Truce\n in\u2028sight ") == "Truce in sight"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("Truce talks\ngo on.", 4),
        ("停戦協議", 4),
        ("หยุดยิง", 7),
        ("휴전 협상", 2),
        ("G7 in 広島 met", 5),
    ],
)
def test_words_are_counted(text, words):
    assert count_words(text) == words


@given(st.text(st.sampled_from("a東ก \xa0\u2003\x1c\x85\u200b-é")))
def test_words_are_counted_alike_in_all_scripts(text):
    """In scripts without spaces each character is a word and separates the words beside it."""
    spaced = "".join(f" {one} " if one in "東ก" else one for one in text)
    assert count_words(text) == count_words(spaced) == len(spaced.split())
