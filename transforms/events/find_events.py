"""Stage FindEvents: finds the mentions of events in an article."""

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, NamedTuple

import apache_beam as beam

from newslake.schemas.records import Metric
from newslake.schemas.rows import Article, Mention
from newslake.transforms.beam.metered import Metered
from newslake.transforms.events.encode.packages import DEEP, FAST, usable_model
from newslake.transforms.events.mentions import mentions_of
from newslake.transforms.events.parse.model import exclusive_model, model_name
from newslake.transforms.events.prefilter.passages import Passage, passages
from newslake.transforms.events.rules.parties import document_context
from newslake.transforms.events.slots.entity_linking import ParsedPassage
from newslake.transforms.failure import raise_if_of_machine
from newslake.transforms.lake.transaction import COUNTED_ARTICLES, COUNTED_MENTIONS
from newslake.transforms.option import Option

LANGUAGE = "en"
"""The only supported language."""

MAX_CHARACTERS = 100_000
"""Maximum number of characters of an article in which events are searched. A longer text is cut at
the end of a line or sentence. Of 371 English pages, the longest has 81,000 characters (a story by
Melville), and the longest news article has 44,000."""

BATCH_CHARACTERS = 4_000
"""Maximum number of characters in a batch of passages. A batch is parsed at once, so the parser's
memory grows with this number. All passages of a batch are from one article."""

_APOSTROPHE = re.compile(r"(?<=\w)[‘ʼ`´](?=s\b)", re.IGNORECASE)
"""Other characters used as an apostrophe: Peru‘s, Peru`s."""


class FindEventsOutput(NamedTuple):
    """The two outputs of the stage."""

    mentions: beam.PCollection[Mention]
    metrics: beam.PCollection[Metric]
    """For each article, counted_articles, and counted_mentions or the reason why it was skipped:
    unsupported_language, no_model or failed_events. The commit compares them with the staged rows."""


@dataclass(eq=False)
class FindEvents(beam.PTransform):
    """Finds the mentions of events in each `Article`.

    If this stage cannot process an article, a metric counts the article. The article is stored.
    """

    # fmt: off
    events: Annotated[bool, Option(
        "Find events in articles. With --no-events, articles are stored faster, but without "
        "mentions.")] = True
    min_confidence: Annotated[float, Option(
        "Minimum confidence of a mention, from 0 to 1. Mentions with a lower confidence are not "
        "stored.", minimum=0, maximum=1, needs="events")] = 0.0
    event_model: Annotated[str, Option(
        "Model that decides about events: fast or deep. The deep one finds more events, takes longer "
        "and needs further packages (see docs/events.md).", metavar="MODEL", check=usable_model,
        needs="events")] = FAST
    # fmt: on

    @property
    def find(self) -> Callable[[Article], list[Mention]]:
        """The function `find_events`, with the options of this stage."""
        return partial(
            find_events, min_confidence=self.min_confidence, deep=self.event_model == DEEP
        )

    def expand(self, articles: beam.PCollection[Article]) -> FindEventsOutput:
        outputs = articles | "ReadEvents" >> beam.FlatMap(
            read_events, find=self.find, events=self.events
        ).with_outputs("metrics", main="mentions")
        outputs.mentions.element_type = Mention
        outputs.metrics.element_type = Metric
        return FindEventsOutput(outputs.mentions, outputs.metrics)


def read_events(
    article: Article, find: Callable[[Article], list[Mention]], events: bool = True
) -> Iterator[Any]:
    """Yield what `find` returns, and tagged metrics; see `FindEventsOutput`.

    If `events` is false, `article` is not searched, and only counted.
    """
    yield _metric(COUNTED_ARTICLES)
    if not events:
        return
    if article.language != LANGUAGE:
        yield _metric("unsupported_language")
    elif model_name() is None:
        yield _metric("no_model")
    else:
        try:
            with Metered("FindEvents", len(article.text.encode())):
                mentions = find(article)
        except Exception as error:  # a bug in the rules must not stop the run
            raise_if_of_machine(error)
            logging.getLogger(__name__).exception(
                "could not find events in article %s", article.article_id
            )
            yield _metric("failed_events")
        else:
            yield from mentions
            yield _metric(COUNTED_MENTIONS, len(mentions))


def find_events(article: Article, min_confidence: float = 0.0, deep: bool = False) -> list[Mention]:
    """Return the mentions of events in an English article. The result depends on this article only.

    Args:
        article: The article; its text, publication date and date of the last change are used.
        min_confidence: Minimum confidence of a returned mention, from 0 to 1.
        deep: Whether the deep event model is used.

    Raises:
        LookupError: no language model is installed.
        Failure: the weights of the deep event model are not installed.
    """
    text = beginning(article.text)
    context = document_context(text)
    worth_parsing = list(passages(text, context.political, context.public))
    if not worth_parsing:
        return []
    with exclusive_model() as model:
        found = mentions_of(article, parsed(model, worth_parsing), context, deep)
    return [mention for mention in found if mention.confidence >= min_confidence]


def parsed(model: Any, selected: Iterable[Passage]) -> Iterator[ParsedPassage]:
    """Yield the passages with their parses by `model`."""
    for batch in _batches(selected):
        docs = model.pipe([_APOSTROPHE.sub("’", passage.text) for passage in batch])
        for passage, doc in zip(batch, docs, strict=True):
            yield ParsedPassage(passage.start, passage.text, doc)


def _batches(selected: Iterable[Passage]) -> Iterator[list[Passage]]:
    batch: list[Passage] = []
    size = 0
    for passage in selected:
        if batch and size + len(passage.text) > BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
        batch.append(passage)
        size += len(passage.text)
    if batch:
        yield batch


def beginning(text: str) -> str:
    """Return the complete lines or sentences in the first `MAX_CHARACTERS` of `text`."""
    if len(text) <= MAX_CHARACTERS:
        return text
    ends = (text.rfind("\n", 0, MAX_CHARACTERS), text.rfind(". ", 0, MAX_CHARACTERS) + 1)
    return text[: max(0, *ends)]


def _metric(name: str, count: int = 1) -> beam.pvalue.TaggedOutput:
    return beam.pvalue.TaggedOutput("metrics", Metric(name, count))
