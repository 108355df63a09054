import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslake.transforms.dedupe.shingles import shingles, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("“Stop!” he said—twice.", ["stop", "he", "said", "twice"], id="punctuation"),
        pytest.param("STRASSE Straße ﬁne", ["strasse", "strasse", "fine"], id="case and forms"),
        pytest.param("१२ गाँव में", ["१२", "गाँव", "में"], id="marks belong to their letters"),
        pytest.param("東京都は", ["東京", "京都", "都は"], id="pairs of Han and kana"),
        pytest.param("NHKは5日", ["nhk", "は", "5", "日"], id="scripts that meet"),
        pytest.param("ประเทศ", ["ประเท", "ระเทศ"], id="fives of Thai"),
        pytest.param("서울 시장은", ["서울", "시장은"], id="Korean sets spaces"),
        pytest.param("،؟ … 。", [], id="nothing but punctuation"),
    ],
)
def test_words(text, found):
    assert words(text) == found


def test_a_shingle_is_five_words_in_their_order():
    assert len(shingles("one two three four five six")) == 2
    assert set(shingles("one two three four five")) != set(shingles("two one three four five"))
    assert len(shingles("one two three four")) == 0


def test_repeated_words_count_once():
    assert len(shingles("a b c d e " * 9)) == 5


def test_shingles_are_stable():
    """Lakes store values derived from shingles, so their hashes must not change."""
    assert [hex(number) for number in shingles("Talks go on in Geneva.")] == ["0xbea5c6030e9b0c3d"]


@given(st.text())
def test_the_shingles_of_any_text_are_sorted_and_distinct(text):
    found = shingles(text)
    assert found.tolist() == sorted(set(found.tolist()))
