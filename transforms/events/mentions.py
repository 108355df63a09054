"""Builds the mentions of one article from the events found in its parsed passages."""

from collections.abc import Iterable
from datetime import date, timedelta

from newslake.schemas.identity import event_key, mention_id
from newslake.schemas.rows import Article, Mention
from newslake.transforms.events.data.lexicon import SPOKEN, digest, triggers
from newslake.transforms.events.decision.candidates import EventReading, Sentence
from newslake.transforms.events.decision.decide import Event, events_in, parties_in
from newslake.transforms.events.decision.deep import weights_for
from newslake.transforms.events.decision.weights import ONE, Weights
from newslake.transforms.events.encode.packages import NAME as ENCODER
from newslake.transforms.events.expressions.casualties import UNKNOWN, injured, killed
from newslake.transforms.events.expressions.days import Span, resolve
from newslake.transforms.events.expressions.reference_day import reference_day
from newslake.transforms.events.parse.grammar import agents, children
from newslake.transforms.events.parse.model import model_version
from newslake.transforms.events.parse.tokens import Token, TokenSpan
from newslake.transforms.events.rules.parties import DocumentContext
from newslake.transforms.events.rules.status import has_future_date, is_undatable
from newslake.transforms.events.slots.entity_linking import ParsedPassage, key_of, party_of
from newslake.transforms.events.slots.event_place import place_of
from newslake.transforms.events.slots.event_time import is_of_the_day, time_expression_of
from newslake.transforms.events.slots.victims import victims_of

RULES_VERSION = "10"
"""Version of the rules, incremented with every change that affects stored rows."""

NEWS_DAYS = 45
"""Maximum age of a news event, in days before publication. An older event is historical."""


def extractor_version(deep: bool = False) -> str:
    """Return the versions of rules, tables and models. Together, these determine the mentions."""
    known = f"rules {RULES_VERSION}, lexicon {digest()}, {model_version()}"
    return f"{known}, {ENCODER}" if deep else known


def mentions_of(
    article: Article, parsed: Iterable[ParsedPassage], context: DocumentContext, deep: bool = False
) -> list[Mention]:
    """Return the mentions in the parsed passages of `article`, in text order.

    Args:
        article: The article.
        parsed: The article's parsed passages.
        context: Facts from the whole article, such as its officials.
        deep: Whether the deep event model is used.
    """
    today = reference_day(article)
    year = article.published_at.year if article.published_at else None
    version = extractor_version(deep)
    found: list[Mention] = []
    for passage in parsed:
        for span in passage.doc.sents:
            sentence = Sentence(span, context, year)
            known = weights_for(sentence, deep)
            found += [
                _mention(article, today, passage, sentence, event, known, version)
                for event in events_in(sentence, known)
            ]
    return sorted(found, key=lambda mention: (mention.trigger_start, mention.type))


def _mention(
    article: Article,
    today: date | None,
    passage: ParsedPassage,
    within: Sentence,
    event: Event,
    known: Weights,
    version: str,
) -> Mention:
    published = article.published_at.date() if article.published_at else None
    sentence, context, year = within.span, within.context, within.year
    match, event_type, status = event.reading.match, event.reading.event_type, event.status
    actors, recipients = parties_in(event.reading, known)
    own = {token.i for token in actors}
    source = [token for token in event.reading.source if token.i not in own]
    spoken = match.trigger.sense in SPOKEN
    expression = time_expression_of(match, spoken, sentence)
    future = not spoken and has_future_date(match.clause)
    dated = expression and not is_undatable(match.clause)
    days = resolve(expression, today, future) if expression and dated else None
    is_past = days and published and days.last < (today or published) - timedelta(days=NEWS_DAYS)
    if is_past and status == "asserted":
        status = "historical"
    in_lead = status == "asserted" and passage.is_lead(sentence)
    if in_lead and expression is None and today and is_of_the_day(match, sentence):
        days = Span(today - timedelta(days=1), today, "lead")
    event_place = place_of(match, event_type, actors, recipients, context.nearby)
    place = event_place.place(passage.text) if event_place else None
    country = place.country if place else None
    written = passage.text[sentence.start_char :]  # `sentence.text` has replaced apostrophes
    start, end = _trimmed(sentence)
    harmed = event_type.casualties and status in {"asserted", "historical"}
    dead = victims_of(match, killed(sentence.text), sentence) if harmed else UNKNOWN
    hurt = victims_of(match, injured(sentence.text), sentence) if harmed else UNKNOWN
    trigger = sorted((match.head, *match.parts), key=lambda token: token.i)
    trigger_start = passage.start + trigger[0].idx
    trigger_end = passage.start + trigger[-1].idx + len(trigger[-1])
    start, end = passage.start + start, passage.start + end
    who = [party_of(passage, token, context, year) for token in actors]
    whom = [party_of(passage, token, context, year, event_type.hits_places) for token in recipients]
    return Mention(
        mention_id=mention_id(
            article.article_id, article.text_hash, trigger_start, trigger_end, event.reading.type
        ),
        article_id=article.article_id,
        text_hash=article.text_hash,
        event_key=event_key(
            event.reading.type,
            days.first if days and days.precision == "day" else None,
            filter(None, (key_of(party, country) for party in who)),
            filter(None, (key_of(party, country) for party in whom)),
            country,
        ),
        type=event.reading.type,
        quad=event_type.quad,
        cameo_root=event_type.cameo_root,
        status=status,
        trigger=article.text[trigger_start:trigger_end],
        trigger_start=trigger_start,
        trigger_end=trigger_end,
        actors=who,
        recipients=whom,
        evidence=article.text[start:end],
        evidence_start=start,
        evidence_end=end,
        confidence=known.calibrated(event.estimate) / ONE,
        extractor_version=version,
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
        mode=_mode(event.reading),
        place_precision=event_place.precision if event_place else None,
    )


def _mode(reading: EventReading) -> str | None:
    """Return the mode that the trigger tells, or else its agent: `an air strike killed two`."""
    match = reading.match
    sources = [(match.trigger, (match.head, *match.parts))] + [
        (trigger, (agent,))
        for agent in agents(match.clause)
        for trigger in triggers().get(agent.lemma_.lower(), ())
        if trigger.sense == "n"
    ]
    modes = (
        trigger.mode([one.lemma_.lower() for token in tokens for one in _with_modifiers(token)])
        for trigger, tokens in sources
        if trigger.type == reading.type
    )
    return next(filter(None, modes), None)


def _with_modifiers(token: Token) -> list[Token]:
    """Return the word, the object of a preposition, and the words that modify it."""
    nouns = children(token, "pobj") or [token]
    return [token, *nouns, *(one for noun in nouns for one in children(noun, "compound", "amod"))]


def _trimmed(sentence: TokenSpan) -> tuple[int, int]:
    """Return the start and end of the sentence in its passage.

    White space around the sentence is excluded. A closing quotation mark at the start of the
    sentence is excluded too, because it belongs to the quotation before the sentence.
    """
    text = sentence.text.rstrip()
    own = text.lstrip("”» \n\t\u00a0") or text
    start = sentence.start_char + len(text) - len(own)
    return start, start + len(own)
