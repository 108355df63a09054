"""Which documents become articles, copies and later versions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wording import text_of

from newslake.schemas.records import Candidate
from newslake.transforms.dedupe import near
from newslake.transforms.dedupe.index import Version
from newslake.transforms.dedupe.near import Buckets, SignedArticle
from newslake.transforms.dedupe.signature import Similarity, sign
from newslake.transforms.dedupe.verdicts import (
    candidate_order,
    days_needed,
    judge,
    mark_revised,
)

DAY = datetime(2026, 3, 1, tzinfo=UTC)


class Nothing:
    """An empty lake."""

    def versions(self, article_id, as_of=None):
        return []

    def first_with_text(self, text_hash, as_of=None):
        return None

    def bucket_articles(self, bucket, days, as_of=None):
        return []

    def is_forgotten(self, *ids):
        return False


class Memory(Nothing):
    """A lake that stores published versions in memory."""

    def __init__(self):
        self._versions = {}
        self.lsh_buckets = Buckets()

    def publish(self, candidates, verdicts):
        by_id = {candidate.document_id: candidate for candidate in candidates}
        for verdict in verdicts:
            if verdict.outcome in ("article", "revision"):
                self._add(by_id[verdict.document_id], verdict)

    def _add(self, given, verdict):
        id, text, seen = verdict.article_id, given.text_hash, given.seen_at
        published = verdict.published_at if verdict.revision else given.published_at
        version = Version(
            id, verdict.revision, text, published, seen, given.site, given.published_precision
        )
        self._versions.setdefault(id, []).append(version)
        if not verdict.revision and given.signature:
            self.lsh_buckets.add(SignedArticle(id, published, seen, given.site, given.signature))

    def versions(self, article_id, as_of=None):
        return self._versions.get(article_id, [])

    def first_with_text(self, text_hash, as_of=None):
        versions = [version for same_id in self._versions.values() for version in same_id]
        holders = [version for version in versions if version.text_hash == text_hash]
        return min(holders, key=lambda version: version.order, default=None)

    def bucket_articles(self, bucket, days, as_of=None):
        return self.lsh_buckets.bucket_articles(bucket, days)


def candidate(
    document, article=None, text=None, day=0, has_url=True, seen=None, site=None, signature=None
):
    return Candidate(
        document_id=document,
        article_id=article or f"a-{document}",
        text_hash=text or f"t-{document}",
        has_url=has_url,
        site=site,
        published_at=None if day is None else DAY + timedelta(days=day),
        seen_at=seen,
        signature=signature,
    )


def outcomes(candidates, lake=None):
    found = judge(candidates, lake or Nothing())
    return {v.document_id: (v.outcome, v.article_id, v.revision) for v in found}


def test_the_earliest_of_equal_texts_is_the_article():
    late, early = candidate("late", text="t", day=2), candidate("early", text="t", day=1)
    assert outcomes([late, early]) == {
        "early": ("article", "a-early", 0),
        "late": ("duplicate", "a-early", 0),
    }


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param({"day": 1}, {"day": None}, id="a date comes before none"),
        pytest.param({"day": None, "seen": DAY}, {"day": None}, id="seen comes before unseen"),
        pytest.param({"day": 1, "seen": DAY}, {"day": 1, "seen": DAY + timedelta(1)}, id="seen"),
    ],
)
def test_which_document_is_the_original(first, second):
    found = outcomes([candidate("a", text="t", **second), candidate("b", text="t", **first)])
    assert found["b"][0] == "article"
    assert found["a"] == ("duplicate", "a-b", 0)


def test_another_text_at_one_url_is_the_next_version():
    found = outcomes([candidate(f"d{n}", "a", f"t{n}", day=n) for n in range(3)])
    assert found["d1"] == ("revision", "a", 1)
    assert found["d2"] == ("revision", "a", 2)


def test_going_back_to_an_earlier_version_is_a_copy():
    texts = ["old", "new", "old", "new"]
    found = outcomes([candidate(f"d{n}", "a", text, day=n) for n, text in enumerate(texts)])
    assert [found[f"d{n}"][0] for n in range(4)] == [
        "article",
        "revision",
        "duplicate",
        "duplicate",
    ]


def test_the_page_of_a_copy_may_become_an_article_of_its_own():
    found = outcomes(
        [
            candidate("1", "u1", "tA", day=1),
            candidate("2", "u2", "tA", day=2),
            candidate("3", "u2", "tB", day=3),
            candidate("4", "u3", "tB", day=4),
        ]
    )
    assert found["2"] == ("duplicate", "u1", 0)
    assert found["3"] == ("article", "u2", 0)
    assert found["4"] == ("duplicate", "u2", 0)


def test_equal_bytes_without_a_url_are_copies_even_if_their_cleaned_texts_differ():
    lake = Memory()
    first = [candidate("1", "a", "made by the old cleaner", has_url=False)]
    lake.publish(first, list(judge(first, lake)))
    found = outcomes([candidate("2", "a", "made by the new cleaner", has_url=False)], lake)
    assert found["2"] == ("duplicate", "a", 0)


@pytest.mark.parametrize("gone", ["a-1", "t-1"])
def test_a_forgotten_article_or_text_is_already_ingested_and_not_stored(gone):
    lake = Nothing()
    lake.is_forgotten = lambda *ids: gone in ids
    found = outcomes([candidate("1"), candidate("2")], lake)
    assert found == {"1": ("already_ingested", "a-1", 0), "2": ("article", "a-2", 0)}


def test_a_revision_has_the_date_and_the_precision_of_its_article():
    """The article is in the same run, or in the lake."""
    first = replace(candidate("1", "a", "t1"), published_precision="day")
    later = replace(candidate("2", "a", "t2", day=1), published_precision="second")
    lake = Memory()
    lake.publish([first], judge([first], lake))
    for verdicts in (judge([first, later], Nothing()), judge([later], lake)):
        *_, revision = verdicts
        assert (revision.outcome, revision.revision) == ("revision", 1)
        assert (revision.published_at, revision.published_precision) == (DAY, "day")


def test_a_published_article_stays_the_article():
    lake = Memory()
    first = [candidate("late", text="t", day=9)]
    lake.publish(first, list(judge(first, lake)))
    found = outcomes([candidate("early", text="t", day=1)], lake)
    assert found["early"] == ("duplicate", "a-late", 0)


def test_a_copy_at_the_url_of_its_article_is_exact():
    [_, copy] = judge([candidate("1", "a", "t", day=1), candidate("2", "a", "t", day=2)], Nothing())
    assert (copy.outcome, copy.kind, copy.similarity) == ("duplicate", "exact", 1)


def test_a_repeated_document_is_judged_once():
    assert len(list(judge([candidate("1"), candidate("1"), candidate("2")], Nothing()))) == 2


def test_only_a_new_article_with_a_later_version_in_the_run_is_marked_as_revised():
    lake = Memory()
    old = [candidate("old", "in-lake", "t0")]
    lake.publish(old, list(judge(old, lake)))
    given = [
        candidate("1", "a", "t1", day=1),
        candidate("2", "a", "t2", day=2),
        candidate("3", "b", "t3", day=3),
        candidate("4", "in-lake", "t4", day=4),
        candidate("5", "c", "t1", day=5),
    ]
    found = mark_revised(judge(given, lake))
    assert [one.outcome for one in found] == [
        "article", "revision", "article", "revision", "duplicate"
    ]  # fmt: skip
    assert [one.revised for one in found] == [True, False, False, False, False]


def test_a_later_version_is_stored_beside_its_article():
    [_, version] = judge([candidate("1", "a", day=1), candidate("2", "a", day=40)], Nothing())
    assert version.published_at == DAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("site", "other", "elsewhere"),
    [
        ("a.example", "b.example", True),
        ("a.example", "a.example", False),
        ("a.example", None, False),
        (None, "b.example", False),
    ],
)
@pytest.mark.parametrize(("blocks", "kind"), [("abcdef", "exact"), ("abcdefg", "near")])
@pytest.mark.parametrize("stored", [False, True])
def test_a_copy_on_another_site_is_marked(site, other, elsewhere, blocks, kind, stored):
    def page(document, blocks, **fields):
        signature = sign(text_of(blocks))
        return candidate(document, document * 32, blocks, signature=signature, **fields)

    lake, first = Memory(), page("1", "abcdef", day=1, site=site)
    copy = page("2", blocks, day=2, site=other)
    if stored:
        lake.publish([first], list(judge([first], lake)))
        [verdict] = judge([copy], lake)
    else:
        [_, verdict] = judge([first, copy], lake)
    assert (verdict.outcome, verdict.article_id, verdict.kind) == ("duplicate", "1" * 32, kind)
    assert verdict.elsewhere == elsewhere
    assert (verdict.similarity == 1) == (kind == "exact")


def test_all_lookups_in_the_lake_are_made_as_of_the_entry_that_the_run_has_read():
    asked = []

    class Recorder(Nothing):
        def versions(self, article_id, as_of=None):
            asked.append(as_of)
            return []

        def first_with_text(self, text_hash, as_of=None):
            asked.append(as_of)

        def bucket_articles(self, bucket, days, as_of=None):
            asked.append(as_of)
            return []

    list(judge([candidate("1", "1" * 32, signature=sign(text_of("abc")))], Recorder(), as_of=7))
    assert len(asked) > 3
    assert set(asked) == {7}


def test_the_days_needed_are_those_of_possible_near_copies():
    day = (DAY - datetime(1970, 1, 1, tzinfo=UTC)).days
    signed, short = candidate("1", signature=b"signature"), candidate("2", day=200)
    assert days_needed([signed, short]) == set(range(day - 30, day + 31))


candidates = st.lists(
    st.builds(
        candidate,
        st.uuids().map(lambda id: id.hex),
        st.sampled_from("ABC"),
        st.sampled_from("xyz"),
        st.integers(0, 3) | st.none(),
    ),
    max_size=12,
    unique_by=lambda c: c.document_id,
)


@given(candidates, st.randoms())
def test_the_order_of_the_inputs_does_not_matter(given, random):
    shuffled = random.sample(given, len(given))
    assert outcomes(given) == outcomes(shuffled)


@given(candidates, st.data())
def test_a_batch_gives_the_same_as_its_parts_in_time_order(given, data):
    in_order = sorted(given, key=candidate_order)
    cut = data.draw(st.integers(0, len(in_order)))
    lake, found = Memory(), {}
    for part in (in_order[:cut], in_order[cut:]):
        verdicts = list(judge(part, lake))
        lake.publish(part, verdicts)
        found |= {v.document_id: (v.outcome, v.article_id, v.revision) for v in verdicts}
    assert found == outcomes(given)


@given(candidates)
def test_every_copy_and_version_points_to_an_article(given):
    found = outcomes(given).values()
    articles = {article for outcome, article, _ in found if outcome == "article"}
    assert {article for _, article, _ in found} == articles


def test_a_hundred_thousand_equal_texts_take_the_time_of_a_hundred_thousand():
    found = outcomes([candidate(f"{n:06}", text="t") for n in range(100_000)])
    kinds = [outcome for outcome, _, _ in found.values()]
    assert (kinds.count("article"), kinds.count("duplicate")) == (1, 99_999)


def test_a_hundred_thousand_texts_in_one_bucket_are_each_compared_with_sixteen(monkeypatch):
    compared = 0

    def unlike(one, other):
        nonlocal compared
        compared += 1
        return Similarity(jaccard=0.1, containment=0.2)

    monkeypatch.setattr(near, "buckets", lambda signature: [7])
    monkeypatch.setattr(near, "similarity", unlike)
    given = [
        candidate(f"{n:06}", f"{n * 7_919:015x}", day=n % 3, signature=b"boilerplate")
        for n in range(100_000)
    ]
    assert {outcome for outcome, _, _ in outcomes(given).values()} == {"article"}
    assert compared <= 16 * len(given)


def test_of_a_hundred_thousand_articles_in_one_bucket_sixteen_a_day_are_kept(monkeypatch):
    monkeypatch.setattr(near, "buckets", lambda signature: [7])
    lsh_buckets = Buckets()
    for n in range(100_000):
        published = DAY + timedelta(days=n % 3)
        lsh_buckets.add(SignedArticle(f"{n * 7_919:015x}", published, None, None, b"boilerplate"))
    assert len([*chain(*lsh_buckets._by_bucket.values())]) == 3 * 16
