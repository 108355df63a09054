"""Builds the mentions of one article from the events found in its parsed passages."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from newslake.schemas.identity import event_key, mention_id
from newslake.schemas.ontology import EVENT_TYPES
from newslake.schemas.rows import Article, Mention
from newslake.transforms.events.data.lexicon import SPOKEN, digest, triggers
from newslake.transforms.events.expressions.casualties import UNKNOWN, injured, killed
from newslake.transforms.events.expressions.days import Span, resolve
from newslake.transforms.events.expressions.reference_day import reference_day
from newslake.transforms.events.parse.model import model_version
from newslake.transforms.events.parse.tokens import Doc, Token, TokenSpan
from newslake.transforms.events.rules.arguments import Match
from newslake.transforms.events.rules.clauses import events_in
from newslake.transforms.events.rules.confidence import Features, confidence_of, features_of
from newslake.transforms.events.rules.modality import Modality, modality_of, parties_of
from newslake.transforms.events.rules.parties import DocumentContext
from newslake.transforms.events.rules.status import has_future_date, is_undatable
from newslake.transforms.events.slots.entity_linking import ParsedPassage, key_of, party_of
from newslake.transforms.events.slots.event_place import place_of
from newslake.transforms.events.slots.event_time import is_of_the_day, time_expression_of
from newslake.transforms.events.slots.victims import victims_of

RULES_VERSION = "8"
"""Version of the rules, incremented with every change that affects stored rows."""

MAX_HEADS = 25
"""Maximum number of possible trigger words in a sentence. Sentences with more are skipped, because
the search time grows with the square of this number. None of 6,000 sentences with triggers in the
benchmark pages has more than 22 such words."""

NEWS_DAYS = 45
"""Maximum age of a news event, in days before publication. An older event is historical."""


class _ScoredMatch(NamedTuple):
    """An event found in a sentence, with its modality and confidence."""

    match: Match
    modality: Modality
    confidence: float


def extractor_version() -> str:
    """Return the versions of rules, tables and model. Together, these determine the mentions."""
    return f"rules {RULES_VERSION}, lexicon {digest()}, {model_version()}"


def mentions_of(
    article: Article,
    parsed: Iterable[ParsedPassage],
    context: DocumentContext,
    score: Callable[[Features], float] = confidence_of,
) -> list[Mention]:
    """Return the mentions in the parsed passages of `article`, in text order.

    A sentence has at most one mention per event type: the mention with the highest confidence. If
    several mentions have this confidence, it is the first of them.

    Args:
        article: The article.
        parsed: The article's parsed passages.
        context: Facts from the whole article, such as its officials.
        score: Computes the confidence of a mention from its features.
    """
    today = reference_day(article)
    year = article.published_at.year if article.published_at else None
    found = [
        _mention(article, today, passage, sentence, scored, context)
        for passage in parsed
        for sentence, heads in _sentences(passage.doc)
        for scored in _most_confident(events_in(heads, context), year, score)
    ]
    return sorted(found, key=lambda mention: (mention.trigger_start, mention.type))


def _sentences(doc: Doc) -> Iterator[tuple[TokenSpan, list[Token]]]:
    """Yield each sentence that contains heads of triggers, with a list of these heads.

    Sentences with more than `MAX_HEADS` heads are skipped.
    """
    heads = triggers()
    for sentence in doc.sents:
        carriers = [token for token in sentence if token.lemma_.lower() in heads]
        if 0 < len(carriers) <= MAX_HEADS:
            yield sentence, carriers


def _most_confident(
    matches: Iterable[Match], year: int | None, score: Callable[[Features], float]
) -> Iterable[_ScoredMatch]:
    """Return, for each event type, the first of the matches with the highest confidence."""
    kept: dict[str, _ScoredMatch] = {}
    for match in matches:
        scored = _ScoredMatch(match, modality_of(match, year), score(features_of(match)))
        rival = kept.get(scored.modality.type)
        if rival is None or scored.confidence > rival.confidence:
            kept[scored.modality.type] = scored
    return kept.values()


def _mention(
    article: Article,
    today: date | None,
    passage: ParsedPassage,
    sentence: TokenSpan,
    scored: _ScoredMatch,
    context: DocumentContext,
) -> Mention:
    published = article.published_at.date() if article.published_at else None
    year = published.year if published else None
    match, modality, confidence = scored
    event_type = EVENT_TYPES[modality.type]
    actors, recipients, source = parties_of(match, event_type, context)
    spoken = match.trigger.sense in SPOKEN
    expression = time_expression_of(match, spoken, sentence)
    future = not spoken and has_future_date(match.clause)
    dated = expression and not is_undatable(match.clause)
    days = resolve(expression, today, future) if expression and dated else None
    is_past = days and published and days.last < (today or published) - timedelta(days=NEWS_DAYS)
    if is_past and modality.status == "asserted":
        modality = modality._replace(status="historical")
    in_lead = modality.status == "asserted" and passage.is_lead(sentence)
    if in_lead and expression is None and today and is_of_the_day(match, sentence):
        days = Span(today - timedelta(days=1), today, "lead")
    event_place = place_of(match, event_type, actors, recipients, context.nearby)
    place = event_place.place(passage.text) if event_place else None
    country = place.country if place else None
    written = passage.text[sentence.start_char :]  # `sentence.text` has replaced apostrophes
    start, end = _trimmed(sentence)
    harmed = event_type.casualties and modality.status in {"asserted", "historical"}
    dead = victims_of(match, killed(sentence.text), sentence) if harmed else UNKNOWN
    hurt = victims_of(match, injured(sentence.text), sentence) if harmed else UNKNOWN
    trigger = sorted((match.head, *match.parts), key=lambda token: token.i)
    trigger_start = passage.start + trigger[0].idx
    trigger_end = passage.start + trigger[-1].idx + len(trigger[-1])
    start, end = passage.start + start, passage.start + end
    who = [party_of(passage, token, context, year) for token in actors]
    whom = [party_of(passage, token, context, year, event_type.hits_places) for token in recipients]
    return Mention(
        mention_id=mention_id(article.article_id, article.text_hash, start, end, modality.type),
        article_id=article.article_id,
        text_hash=article.text_hash,
        event_key=event_key(
            modality.type,
            days.first if days and days.precision == "day" else None,
            filter(None, (key_of(party, country) for party in who)),
            filter(None, (key_of(party, country) for party in whom)),
            country,
        ),
        type=modality.type,
        quad=event_type.quad,
        cameo_root=event_type.cameo_root,
        status=modality.status,
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
        attributed_to=party_of(passage, source[0], context, year).text if source else None,
        event_date_start=days.first if days else None,
        event_date_end=days.last if days else None,
        date_precision=days.precision if days else None,
        date_text=written[expression.start : expression.end] if expression else None,
        place=place,
        killed_min=dead.least,
        killed_max=dead.most,
        injured_min=hurt.least,
        injured_max=hurt.most,
    )


def _trimmed(sentence: TokenSpan) -> tuple[int, int]:
    """Return the start and end of the sentence in its passage.

    White space around the sentence is excluded. A closing quotation mark at the start of the
    sentence is excluded too, because it belongs to the quotation before the sentence.
    """
    text = sentence.text.rstrip()
    own = text.lstrip("”» \n\t\u00a0") or text
    start = sentence.start_char + len(text) - len(own)
    return start, start + len(own)
