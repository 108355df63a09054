import pytest
from lakes import article, mention, transaction_of

from newslake.transforms.lake.errors import Unbalanced
from newslake.transforms.lake.transaction import check_complete

STORIES = [article("one"), article("two")]
ROWS = [*STORIES, *map(mention, STORIES)]
JUDGED = {story.document_id for story in STORIES}
COUNTED = {"counted_articles": 2, "counted_mentions": 2}


def transaction(lake, rows, counted):
    staged = transaction_of(lake, rows)
    staged.metrics.update(counted)
    return staged


def test_a_complete_transaction_loses_the_counts_of_events(lake):
    assert check_complete(transaction(lake, ROWS, COUNTED), JUDGED).metrics == {"read": 2}


@pytest.mark.parametrize(
    ("rows", "counted"),
    [
        (ROWS[:3], COUNTED),  # a mention is late
        (ROWS[:2], COUNTED),  # the file of the mentions is late
        (ROWS[:3], {"counted_articles": 1, "counted_mentions": 1}),  # and so is its count
        (ROWS[2:], COUNTED),  # the articles are late
    ],
)
def test_a_transaction_without_all_rows_is_refused(lake, rows, counted):
    with pytest.raises(Unbalanced, match="The runner has started the commit too early"):
        check_complete(transaction(lake, rows, counted), JUDGED)


def test_a_transaction_without_its_judgement_is_refused(lake):
    with pytest.raises(Unbalanced, match="2 rows of articles are staged, but their documents were"):
        check_complete(transaction(lake, ROWS, COUNTED), [])
