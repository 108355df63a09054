"""The definition of near copies, and the cost of the search for any content of the LSH buckets."""

from datetime import UTC, datetime, timedelta
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from waits import TRIES
from wording import block, text_of

from newslake.transforms.dedupe.near import MAX_IN_BUCKET, Buckets, SignedArticle, near_copy
from newslake.transforms.dedupe.signature import buckets, sign

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def signed(name, text, day=0, seen=None, site=None):
    published = None if day is None else DAY + timedelta(days=day)
    return SignedArticle(name.encode().hex().ljust(32, "0"), published, seen, site, sign(text))


def is_copy(text, original, day=0, other_day=0):
    lsh_buckets = Buckets()
    lsh_buckets.add(signed("original", original, other_day))
    return near_copy(signed("text", text, day), [lsh_buckets.bucket_articles]) is not None


@pytest.mark.parametrize(
    ("text", "original"),
    [
        pytest.param("abcd", "abcd", id="equal"),
        pytest.param("abcde", "abcd", id="a paragraph more"),
        pytest.param("ab", "abcd", id="cut to the half"),
        pytest.param("abcd", "ab", id="the longer version of a short one"),
        pytest.param("abxcd", "abcde", id="a paragraph changed"),
    ],
)
def test_a_near_copy(text, original):
    assert is_copy(text_of(text), text_of(original))


@pytest.mark.parametrize(
    ("text", "original"),
    [
        pytest.param("abcd", "efgh", id="other words"),
        pytest.param("axyz", "abcd", id="a quotation"),
        pytest.param("axf", "byf", id="a shared footer"),
        pytest.param("a", "abcdefghij", id="a part of a compilation"),
    ],
)
def test_no_near_copy(text, original):
    assert not is_copy(text_of(text), text_of(original))


def test_two_reports_of_one_kind_differ_in_their_names_and_numbers():
    report = (
        "Shares of {0} rose by {1} percent on {2}, after the company said that its profit had grown "
        "to {3} million in the last quarter. {4}, who runs {0}, told investors in {5} that sales in "
        "{6} were better than expected. Analysts of {7} had counted on {8} million. The price has "
        "gained {9} percent since the beginning of the year."
    )
    one = report.format("Alder", 3, "Monday", 40, "Ann Lee", "Porto", "Asia", "Brook Bank", 35, 12)
    other = report.format("Birch", 7, "Friday", 66, "Bo Ek", "Lyon", "Europe", "Dale & Co", 61, 9)
    assert not is_copy(one, other)
    assert is_copy(one.replace("40", "41"), one)


@pytest.mark.parametrize(
    ("day", "other_day", "found"),
    [(0, 30, True), (30, 0, True), (0, 30.001, False), (None, None, True), (0, None, False)],
)
def test_copies_are_sought_within_thirty_days(day, other_day, found):
    assert is_copy(text_of("abc"), text_of("abcd"), day, other_day) is found


def test_without_a_time_of_publication_the_time_of_fetching_counts():
    lsh_buckets = Buckets()
    lsh_buckets.add(signed("original", text_of("abc"), day=3))
    late = signed("late", text_of("abcd"), day=None, seen=DAY + timedelta(days=40))
    soon = signed("soon", text_of("abcd"), day=None, seen=DAY + timedelta(days=20))
    assert near_copy(late, [lsh_buckets.bucket_articles]) is None
    assert near_copy(soon, [lsh_buckets.bucket_articles])


def test_a_copy_of_several_articles_is_one_of_the_earliest():
    lsh_buckets = Buckets()
    for name, blocks, day in (("late", "abx", 2), ("early", "aby", 1), ("other", "pqr", 0)):
        lsh_buckets.add(signed(name, text_of(blocks), day))
    found = near_copy(signed("copy", text_of("abxy"), 3), [lsh_buckets.bucket_articles])
    assert found.article == signed("early", text_of("aby"), 1)


def test_short_texts_find_their_copies_too():
    notes = [block(f"n{number}", words=20) for number in range(50)]
    found = [is_copy(f"{note} one more word", note) for note in notes]
    assert sum(found) >= 49


def test_a_text_is_compared_with_few_however_many_share_its_boilerplate():
    lsh_buckets = Buckets()
    for number in range(2_000):
        lsh_buckets.add(signed(f"{number}", text_of(["boiler", f"own{number}", f"more{number}"])))
    text = signed("text", text_of(["boiler", "own"]))
    most = max(
        len(lsh_buckets.bucket_articles(bucket, range(-1000, 10**6)))
        for bucket in buckets(text.signature)
    )
    assert most == MAX_IN_BUCKET
    assert near_copy(text, [lsh_buckets.bucket_articles]) is None


def test_thousands_of_texts_in_one_bucket_take_linear_time_and_bounded_memory():
    """All texts share the LSH buckets of their boilerplate, and none is a copy of another."""
    one = signed("one", text_of("ab"))

    def seconds(count):
        lsh_buckets, start = Buckets(), process_time()
        for number in range(count):
            lsh_buckets.add(one._replace(article_id=f"{number * 7919 % count:032x}"[::-1]))
        kept = sum(len(bucket_articles) for bucket_articles in lsh_buckets._by_bucket.values())
        assert kept == 32 * MAX_IN_BUCKET
        return process_time() - start

    assert any(seconds(10_000) < 5 * seconds(2_500) + 0.5 for _ in range(TRIES))


names = st.text("abcdef", min_size=1, max_size=4)
days = st.integers(0, 70) | st.none()


@given(st.lists(st.tuples(names, days), max_size=30), names, days, st.integers(0, 30))
def test_buckets_in_two_places_count_as_one(given, text, day, cut):
    articles = [signed(f"{n:02}", text_of(blocks), day) for n, (blocks, day) in enumerate(given)]
    whole, left, right = Buckets(), Buckets(), Buckets()
    for number, article in enumerate(articles):
        whole.add(article)
        (left if number < cut else right).add(article)
    sought = signed("text", text_of(text), day)
    assert near_copy(sought, [whole.bucket_articles]) == near_copy(
        sought, [left.bucket_articles, right.bucket_articles]
    )
