"""The mentions of one article: acts found in its parsed stretches, as rows."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from newslake.schemas.identity import event_key, mention_id
from newslake.schemas.ontology import EVENT_TYPES
from newslake.schemas.rows import Article, Mention
from newslake.transforms.events.data.lexicon import SPOKEN, digest, triggers
from newslake.transforms.events.expressions.casualties import UNKNOWN, injured, killed
from newslake.transforms.events.expressions.days import Span, resolve
from newslake.transforms.events.expressions.time_expressions import Moment
from newslake.transforms.events.parse.grammar import Token
from newslake.transforms.events.parse.model import model_version
from newslake.transforms.events.rules.arguments import Match
from newslake.transforms.events.rules.clauses import acts_in
from newslake.transforms.events.rules.confidence import Features, features_of, trust
from newslake.transforms.events.rules.modality import Telling, parties_of, telling_of
from newslake.transforms.events.rules.parties import Scene
from newslake.transforms.events.rules.status import lies_ahead
from newslake.transforms.events.slots.entity_linking import Parsed, key_of, party_of
from newslake.transforms.events.slots.event_place import place_of
from newslake.transforms.events.slots.event_time import is_of_the_day, moment_of
from newslake.transforms.events.slots.victims import victims_of

RULES_VERSION = "6"
"""Raised with every change of the rules that changes rows."""

MOST_HEADS = 25
"""A sentence with more words that may carry an act is none, and takes time that grows with their square;
of 6,000 in the pages of the data sets that have any the fullest has 22."""

NEWS_DAYS = 45
"""An act that is told with a date longer ago is background."""


class _Told(NamedTuple):
    """An act of a sentence, how it is told, and how far that is to be trusted."""

    match: Match
    telling: Telling
    confidence: float


def extractor_version() -> str:
    """Return the version of all that shapes mentions: rules, tables and model."""
    return f"rules {RULES_VERSION}, lexicon {digest()}, {model_version()}"


def mentions_of(
    article: Article,
    parsed: Iterable[Parsed],
    scene: Scene,
    weigh: Callable[[Features], float] = trust,
) -> list[Mention]:
    """Return what the parsed stretches of `article` tell, in the order of the text.

    `scene` tells who is who in it, `weigh` gives each its confidence. A sentence gives one mention a type: of two acts of one type the surer, then the first, is kept.
    """
    year = article.published_at.year if article.published_at else None
    found = [
        _mention(article, stretch, sentence, told, scene)
        for stretch in parsed
        for sentence, heads in _sentences(stretch.doc)
        for told in _surest(acts_in(heads, scene), year, weigh)
    ]
    return sorted(found, key=lambda mention: (mention.trigger_start, mention.type))


def _sentences(doc: Any) -> Iterator[tuple[Any, list[Token]]]:
    """Yield the sentences that have the head of some trigger, not too many, with those heads."""
    heads = triggers()
    for sentence in doc.sents:
        carriers = [token for token in sentence if token.lemma_.lower() in heads]
        if 0 < len(carriers) <= MOST_HEADS:
            yield sentence, carriers


def _surest(
    acts: Iterable[Match], year: int | None, weigh: Callable[[Features], float]
) -> Iterable[_Told]:
    """Return of each type the act of a sentence that is surest, of equals the first."""
    kept: dict[str, _Told] = {}
    for match in acts:
        told = _Told(match, telling_of(match, year), weigh(features_of(match)))
        rival = kept.get(told.telling.type)
        if rival is None or told.confidence > rival.confidence:
            kept[told.telling.type] = told
    return kept.values()


def _mention(
    article: Article, stretch: Parsed, sentence: Any, told: _Told, scene: Scene
) -> Mention:
    published = article.published_at.date() if article.published_at else None
    year = published.year if published else None
    match, telling, confidence = told
    actors, recipients, source = parties_of(match, telling.type, scene)
    spoken = match.trigger.sense in SPOKEN
    moment = moment_of(match, spoken, sentence)
    ahead = not spoken and lies_ahead(match.clause)
    days = resolve(moment, published, ahead) if moment else None
    if days and published and _is_past(days, published) and telling.status == "asserted":
        telling = telling._replace(status="historical")
    told_first = moment is None and telling.status == "asserted" and stretch.is_lead(sentence)
    if told_first and published and is_of_the_day(match, sentence):
        days = Span(published - timedelta(days=1), published, "lead")
    hits = telling.type == "ASSAULT"
    where = place_of(match, telling.type, actors, recipients, scene.countries)
    place = where.place(stretch.text) if where else None
    country = place.country if place else None
    start, end = _trimmed(sentence)
    type = EVENT_TYPES[telling.type]
    harmed = hits and telling.status in {"asserted", "historical"}
    dead = victims_of(match, killed(sentence.text), sentence) if harmed else UNKNOWN
    hurt = victims_of(match, injured(sentence.text), sentence) if harmed else UNKNOWN
    trigger = sorted((match.head, *match.parts), key=lambda token: token.i)
    trigger_start = stretch.start + trigger[0].idx
    trigger_end = stretch.start + trigger[-1].idx + len(trigger[-1])
    start, end = stretch.start + start, stretch.start + end
    who = [party_of(stretch, token, scene, year) for token in actors]
    whom = [party_of(stretch, token, scene, year, hits) for token in recipients]
    return Mention(
        mention_id=mention_id(article.article_id, article.text_hash, start, end, telling.type),
        article_id=article.article_id,
        text_hash=article.text_hash,
        event_key=event_key(
            telling.type,
            days.first if days and days.precision == "day" else None,
            filter(None, (key_of(party, country) for party in who)),
            filter(None, (key_of(party, country) for party in whom)),
            country,
        ),
        type=telling.type,
        quad=type.quad,
        cameo_root=type.cameo_root,
        status=telling.status,
        trigger=article.text[trigger_start:trigger_end],
        trigger_start=trigger_start,
        trigger_end=trigger_end,
        actors=who,
        recipients=whom,
        evidence=article.text[start:end],
        evidence_start=start,
        evidence_end=end,
        confidence=confidence,
        extractor_version=extractor_version(),
        published_at=article.published_at,
        attributed_to=party_of(stretch, source[0], scene, year).text if source else None,
        event_date_start=days.first if days else None,
        event_date_end=days.last if days else None,
        date_precision=days.precision if days else None,
        date_text=_written(stretch, sentence, moment) if moment else None,
        place=place,
        killed_min=dead.least,
        killed_max=dead.most,
        injured_min=hurt.least,
        injured_max=hurt.most,
    )


def _written(stretch: Parsed, sentence: Any, moment: Moment) -> str:
    """Return the words for a time as the article has them."""
    start = sentence.start_char
    return stretch.text[start + moment.start : start + moment.end]


def _is_past(days: Span, published: date) -> bool:
    return days.last < published - timedelta(days=NEWS_DAYS)


def _trimmed(sentence: Any) -> tuple[int, int]:
    """Return where the sentence begins and ends in its stretch.

    Outer white space, and the closing mark of a quotation that ends before it, are left out.
    """
    text = sentence.text.rstrip()
    own = text.lstrip("”» \n\t\u00a0") or text
    start = sentence.start_char + len(text) - len(own)
    return start, start + len(own)
