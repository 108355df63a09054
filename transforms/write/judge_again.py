"""Judges a window again if the lake has changed since its verdicts, while the lock is held.

The staged rows are all that is at hand. An article can become a copy or a later version. A copy
can only become a copy of another article, since its text and mentions are not staged, and a later
version can only get another number. All other documents are deferred: they get no outcome, and
their source hands them out again. So do copies and later versions of a deferred document.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from newslake.schemas.records import Candidate, Verdict
from newslake.transforms.dedupe.index import Index
from newslake.transforms.dedupe.index_sync import restore
from newslake.transforms.dedupe.verdicts import days_needed, judge
from newslake.transforms.lake.storage import Storage
from newslake.transforms.lake.transaction import STORED, Transaction, make_transaction
from newslake.transforms.write.rewrite_staged import rewrite_staged

_POSSIBLE = {
    "articles": {"article", "duplicate", "revision", "already_ingested"},
    "duplicates": {"duplicate", "already_ingested"},
    "revisions": {"revision", "already_ingested"},
}
"""The outcomes that a document can have, by the table of its staged row."""


def judge_again(
    storage: Storage, index: Index, transaction: Transaction, candidates: Iterable[Candidate]
) -> Transaction:
    """Return `transaction` with the verdicts as of the last log entry that `index` has read.

    Documents that the lake has ingested keep their rows; the commit drops them.
    """
    position = index.position()
    assert position is not None
    context = replace(transaction.context, as_of=position.seq)
    tables = {key.document_id: name for name in STORED for key in transaction.keys[name]}
    ingested = index.ingested_documents(tables, context.settings)
    left = [one for one in candidates if one.document_id in tables.keys() - ingested]
    if unindexed := index.unindexed(days_needed(left)):
        restore(index, storage, unindexed)
    verdicts = _possible_verdicts(left, tables, index)
    deferred = {one.document_id: one for one in left if one.document_id not in verdicts}
    forgotten = sum(one.outcome == "already_ingested" for one in verdicts.values())
    counts = Counter(transaction.metrics)
    counts["already_ingested"] += forgotten
    if deferred:
        counts.update(read=-len(deferred), deferred=len(deferred))
    rewritten = replace(transaction, context=context)
    files = rewrite_staged(storage, rewritten, verdicts, deferred)
    return make_transaction(context, files, counts.items())


def _possible_verdicts(
    candidates: list[Candidate], tables: Mapping[str, str], index: Index
) -> dict[str, Verdict]:
    """Return the verdicts by document id, without the documents that must be deferred."""
    while True:
        verdicts = {one.document_id: one for one in judge(candidates, index)}
        possible = [
            one
            for one in candidates
            if verdicts[one.document_id].outcome in _POSSIBLE[tables[one.document_id]]
        ]
        if len(possible) == len(candidates):
            return verdicts
        candidates = possible  # what depends on the others is judged without them
