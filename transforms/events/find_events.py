"""Stage FindEvents: what an article reports, as mentions of events."""

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import apache_beam as beam

from newslake.schemas.records import Metric
from newslake.schemas.rows import Article, Mention
from newslake.transforms.events.mentions import mentions_of
from newslake.transforms.events.parse.model import lent_model, model_name
from newslake.transforms.events.prefilter.passages import Stretch, stretches
from newslake.transforms.events.rules.confidence import Features, trust
from newslake.transforms.events.rules.parties import scene_of
from newslake.transforms.events.slots.entity_linking import Parsed

LANGUAGE = "en"
"""The one language whose events are read."""

MAX_CHARACTERS = 100_000
"""So much of an article is searched, up to the end of a line or sentence: the longest of 371 English
pages, a story of Melville's, has 81,000, and no news there more than 44,000."""

BATCH_CHARACTERS = 4_000
"""So much the parser takes at once, whose memory grows with it; batches never cross articles."""

_APOSTROPHE = re.compile(r"(?<=\w)[‘ʼ`´](?=s\b)", re.IGNORECASE)
"""Other marks that writers take for one: Peru‘s, Peru`s."""


class FindEventsOutput(NamedTuple):
    """The two outputs of the stage."""

    mentions: beam.PCollection[Mention]
    metrics: beam.PCollection[Metric]
    """One a skipped article: unsupported_language, no_model or failed_events."""


@dataclass(eq=False)
class FindEvents(beam.PTransform):
    """Find the events that each `Article` reports.

    An article that cannot be read for events is counted, never lost: it goes its own way to the
    lake.
    """

    events: bool = True
    """Find events; without, articles are stored without mentions, and sooner. Default: find them."""
    min_confidence: float = 0.0
    """Mentions of less confidence than this, 0 to 1, are left out."""

    def expand(self, articles: beam.PCollection[Article]) -> FindEventsOutput:
        outputs = articles | "ReadEvents" >> beam.FlatMap(
            read_events, min_confidence=self.min_confidence, events=self.events
        ).with_outputs("metrics", main="mentions")
        outputs.mentions.element_type = Mention
        outputs.metrics.element_type = Metric
        return FindEventsOutput(outputs.mentions, outputs.metrics)


def read_events(article: Article, min_confidence: float, events: bool = True) -> Iterator[Any]:
    """Yield the mentions of `article` or, as a tagged `Metric`, why there can be none.

    Nothing is told of articles that the user wants without `events`.
    """
    if not events:
        return
    if article.language != LANGUAGE:
        yield _skipped("unsupported_language")
    elif model_name() is None:
        yield _skipped("no_model")
    else:
        try:
            mentions = find_events(article, min_confidence=min_confidence)
        except Exception:  # a bug of ours must not cost the article
            logging.getLogger(__name__).exception("no events of article %s", article.article_id)
            yield _skipped("failed_events")
        else:
            yield from mentions


def find_events(
    article: Article, weigh: Callable[[Features], float] = trust, min_confidence: float = 0.0
) -> list[Mention]:
    """Return the mentions of an English article: a function of the article alone.

    Args:
        article: Its text is read, and its date if it has one.
        weigh: Gives each mention its confidence.
        min_confidence: Mentions of less, 0 to 1, are left out.

    Raises:
        LookupError: there is no language model.
    """
    text = _beginning(article.text)
    scene = scene_of(text)
    worth_parsing = list(stretches(text, scene.political, scene.public))
    if not worth_parsing:
        return []
    with lent_model() as model:
        found = mentions_of(article, _parsed(model, worth_parsing), scene, weigh)
    return [mention for mention in found if mention.confidence >= min_confidence]


def _parsed(model: Any, those: Iterable[Stretch]) -> Iterator[Parsed]:
    for batch in _batches(those):
        docs = model.pipe([_APOSTROPHE.sub("’", stretch.text) for stretch in batch])
        for stretch, doc in zip(batch, docs, strict=True):
            yield Parsed(stretch.start, stretch.text, doc)


def _batches(those: Iterable[Stretch]) -> Iterator[list[Stretch]]:
    batch: list[Stretch] = []
    size = 0
    for stretch in those:
        if batch and size + len(stretch.text) > BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
        batch.append(stretch)
        size += len(stretch.text)
    if batch:
        yield batch


def _beginning(text: str) -> str:
    """Return the whole lines or sentences among the first `MAX_CHARACTERS`; offsets in both agree."""
    if len(text) <= MAX_CHARACTERS:
        return text
    ends = (text.rfind("\n", 0, MAX_CHARACTERS), text.rfind(". ", 0, MAX_CHARACTERS) + 1)
    return text[: max(0, *ends)]


def _skipped(name: str) -> beam.pvalue.TaggedOutput:
    return beam.pvalue.TaggedOutput("metrics", Metric(name, 1))
