from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wording import text_of

from newslake.transforms.dedupe.shingles import shingles
from newslake.transforms.dedupe.signature import buckets, sign, similarity


def exactly(one, other):
    """Return the exact Jaccard similarity and containment."""
    ours, theirs = set(shingles(one).tolist()), set(shingles(other).tolist())
    common = len(ours & theirs)
    return common / len(ours | theirs), common / min(len(ours), len(theirs))


def test_a_signature_has_516_bytes_whatever_the_text():
    assert len(sign("one two three four five")) == len(sign(text_of("abcdefghij"))) == 516


@pytest.mark.parametrize("text", ["", "four words are few", "…"])
def test_a_text_under_five_words_has_none(text):
    assert sign(text) is None


def test_signatures_are_stable():
    """Lakes store signatures, so they must not change."""
    signature = sign("The ferry workers of Port Alder ended their strike on Sunday.")
    assert signature[:4] == bytes([7, 0, 0, 0])
    bins = np.frombuffer(signature, "<u2", offset=4)
    filled = {22: 39259, 64: 20975, 125: 4950, 162: 27056, 216: 14384, 243: 64720, 248: 49856}
    assert {int(place): int(bins[place]) for place in np.flatnonzero(bins)} == filled
    assert buckets(signature)[:2] == [3267383791, 4619375446]


def test_equal_texts_have_similarity_1():
    signature = sign(text_of("ab"))
    assert similarity(signature, signature) == (1.0, 1.0)


def test_estimates_are_near_the_truth():
    texts = [text_of(names) for names in ("abcdefgh", "abcdef", "abcd", "ab", "efghijkl", "klmnop")]
    errors = []
    for one, other in combinations(texts, 2):
        estimate, truth = similarity(sign(one), sign(other)), exactly(one, other)
        errors.append([abs(e - t) for e, t in zip(estimate, truth, strict=True)])
    assert np.mean(errors, axis=0) == pytest.approx([0, 0], abs=0.04)
    assert np.max(errors) < 0.15


def test_texts_that_share_a_third_of_their_wording_share_a_bucket():
    pairs = [(text_of([f"x{n}", f"y{n}"]), text_of([f"y{n}", f"z{n}"])) for n in range(100)]
    shared = sum(bool({*buckets(sign(a))} & {*buckets(sign(b))}) for a, b in pairs)
    assert shared >= 90


def test_unlike_texts_share_no_bucket():
    lsh_buckets = [{*buckets(sign(text_of([f"u{n}"] * 9)))} for n in range(50)]
    assert not any(one & other for one, other in combinations(lsh_buckets, 2))


@given(st.text(), st.text())
def test_similarity_is_symmetric_and_between_0_and_1(one, other):
    one, other = sign(one + " a b c d e"), sign(other + " a b c d e")
    assert similarity(one, other) == similarity(other, one)
    assert all(0 <= number <= 1 for number in similarity(one, other))
