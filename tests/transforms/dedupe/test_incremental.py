"""One run and many runs give the same articles, copies and versions, whichever days are indexed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from wording import text_of

from newslake.schemas.identity import text_hash
from newslake.schemas.records import Candidate
from newslake.transforms.dedupe.index import Index, Position, Version
from newslake.transforms.dedupe.near import Buckets, SignedArticle, near_copy
from newslake.transforms.dedupe.signature import sign
from newslake.transforms.dedupe.verdicts import candidate_order, judge

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def document(number, url, blocks, day, seen):
    return Candidate(
        document_id=f"{number:032x}",
        article_id=f"{url if url is not None else 100 + number:02x}".ljust(32, "0"),
        text_hash=text_hash(text_of(blocks)),
        has_url=url is not None,
        site=f"site{url}.example" if url is not None else None,
        published_at=None if day is None else DAY + timedelta(days=day),
        seen_at=None if seen is None else DAY + timedelta(days=seen),
        signature=sign(text_of(blocks)),
    )


days = st.integers(0, 65) | st.none()
documents = st.lists(
    st.tuples(
        st.integers(0, 5) | st.none(),
        st.text("abcde", min_size=1, max_size=4),
        days,
        days,
    ),
    max_size=14,
).map(lambda given: [document(number, *fields) for number, fields in enumerate(given)])


def signed(given):
    return SignedArticle(
        given.article_id, given.published_at, given.seen_at, given.site, given.signature
    )


class GrowingLake:
    """An index to which each run's articles and versions are applied, as in a lake."""

    def __init__(self, path):
        self.index = Index(path)
        self.runs = 0

    def take(self, run):
        """Judge the documents of a run, publish the results and return the verdicts."""
        verdicts = list(judge(run, self.index, self.runs))
        by_id = {given.document_id: given for given in run}
        self.runs += 1
        versions, articles = [], []
        for verdict in verdicts:
            given = by_id[verdict.document_id]
            if verdict.outcome == "article":
                articles.append((signed(given), self.runs))
            if verdict.outcome in ("article", "revision"):
                published = verdict.published_at if verdict.revision else given.published_at
                version = Version(
                    verdict.article_id, verdict.revision, given.text_hash, published, given.seen_at
                )
                site = None if verdict.revision else given.site
                versions.append((version._replace(site=site), self.runs))
        known = [(given.document_id, self.runs) for given in run]
        self.index.apply(Position(self.runs, ""), known, versions, articles)
        return verdicts


def judged(*runs):
    with TemporaryDirectory() as folder:
        lake = GrowingLake(Path(folder) / "index")
        verdicts = [verdict for run in runs for verdict in lake.take(run)]
        lake.index.close()
    return {verdict.document_id: verdict for verdict in verdicts}


@settings(max_examples=60)
@given(documents, st.data())
def test_runs_in_time_order_give_what_one_run_gives(given, data):
    in_order = sorted(given, key=candidate_order)
    first, second = sorted(data.draw(st.tuples(*[st.integers(0, len(given))] * 2)))
    parts = judged(in_order[:first], in_order[first:second], in_order[second:])
    assert parts == judged(given)


@settings(max_examples=60)
@given(documents, st.data())
def test_in_any_order_of_runs_copies_are_similar_to_their_article_and_no_two_articles_are_similar(
    given, data
):
    cut = data.draw(st.integers(0, len(given)))
    verdicts = judged(given[:cut], given[cut:])
    by_id = {one.document_id: one for one in given}
    articles = {
        v.article_id: by_id[v.document_id] for v in verdicts.values() if v.outcome == "article"
    }

    def like(one, other):
        lsh_buckets = Buckets()
        lsh_buckets.add(signed(other))
        return near_copy(signed(one), [lsh_buckets.bucket_articles]) is not None

    for verdict in verdicts.values():
        if verdict.kind == "near":
            assert like(by_id[verdict.document_id], articles[verdict.article_id])
    kept = list(articles.values())
    alike = [(a, b) for a in kept for b in kept if a is not b and like(a, b)]
    assert not alike


@settings(max_examples=30)
@given(st.permutations(range(9)), st.integers(0, 9))
def test_another_order_changes_only_which_of_the_copies_is_the_article(order, cut):
    """Three stories, each published three times within a month."""
    published = [
        document(3 * story + n, None, blocks, 5 * n, None)
        for story, versions in enumerate(
            (("abc", "abcd", "bc"), ("e", "e", "e"), ("pq", "pqr", "q"))
        )
        for n, blocks in enumerate(versions)
    ]
    mixed = [published[place] for place in order]
    verdicts = judged(mixed[:cut], mixed[cut:])
    stories = {}
    for number, one in enumerate(published):
        stories.setdefault(verdicts[one.document_id].article_id, set()).add(number // 3)
    assert sorted(stories.values()) == [{0}, {1}, {2}]
    outcomes = [verdict.outcome for verdict in verdicts.values()]
    assert outcomes.count("article") == 3
