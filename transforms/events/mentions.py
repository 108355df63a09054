"""The mentions of one article: acts found in its parsed stretches, as rows."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from schemas.identity import event_key, mention_id
from schemas.ontology import EVENT_TYPES
from schemas.rows import Actor, Article, Mention
from transforms.events.arguments import Match
from transforms.events.casualties import UNKNOWN, injured, killed
from transforms.events.clauses import acts_in
from transforms.events.grammar import Token
from transforms.events.lexicon import digest
from transforms.events.model import model_version
from transforms.events.parties import Scene, scene_of, span
from transforms.events.telling import Telling, parties_of, telling_of

RULES_VERSION = "1"
"""Raised with every change of the rules that changes rows."""


class Parsed(NamedTuple):
    """A stretch of an article's text with its parse."""

    start: int
    """Where the stretch begins in `Article.text`."""
    doc: Any
    """The `spacy.tokens.Doc` of exactly that stretch."""


def extractor_version() -> str:
    """Return the version of all that shapes mentions: rules, tables and model."""
    return f"rules {RULES_VERSION}, lexicon {digest()}, {model_version()}"


def mentions_of(article: Article, parsed: Iterable[Parsed]) -> list[Mention]:
    """Return what the parsed stretches of `article` tell, in the order of the text.

    A sentence gives one mention a type: of two acts of one type the surer, then the first, is kept.
    """
    scene = scene_of(article.text)
    kept: dict[str, Mention] = {}
    for stretch in parsed:
        for sentence in stretch.doc.sents:
            for match in acts_in(sentence, scene):
                mention = _mention(article, stretch, sentence, match, scene)
                rival = kept.get(mention.mention_id)
                if rival is None or mention.confidence > rival.confidence:
                    kept[mention.mention_id] = mention
    return sorted(kept.values(), key=lambda mention: (mention.trigger_start, mention.type))


def _mention(
    article: Article, stretch: Parsed, sentence: Any, match: Match, scene: Scene
) -> Mention:
    year = article.published_at.year if article.published_at else None
    telling = telling_of(match, year)
    actors, recipients, source = parties_of(match, telling.type, scene)
    start, end = _trimmed(sentence)
    type = EVENT_TYPES[telling.type]
    harmed = telling.type == "ASSAULT" and telling.status in {"asserted", "historical"}
    dead = killed(sentence.text) if harmed else UNKNOWN
    hurt = injured(sentence.text) if harmed else UNKNOWN
    trigger = sorted((match.head, *match.parts), key=lambda token: token.i)
    trigger_start = stretch.start + trigger[0].idx
    trigger_end = stretch.start + trigger[-1].idx + len(trigger[-1])
    start, end = stretch.start + start, stretch.start + end
    named_actors = [_actor(article, stretch, token) for token in actors]
    named_recipients = [_actor(article, stretch, token) for token in recipients]
    return Mention(
        mention_id=mention_id(article.article_id, article.text_hash, start, end, telling.type),
        article_id=article.article_id,
        text_hash=article.text_hash,
        event_key=event_key(
            telling.type,
            None,
            [actor.text.casefold() for actor in named_actors],
            [actor.text.casefold() for actor in named_recipients],
            None,
        ),
        type=telling.type,
        quad=type.quad,
        cameo_root=type.cameo_root,
        status=telling.status,
        trigger=article.text[trigger_start:trigger_end],
        trigger_start=trigger_start,
        trigger_end=trigger_end,
        actors=named_actors,
        recipients=named_recipients,
        evidence=article.text[start:end],
        evidence_start=start,
        evidence_end=end,
        confidence=confidence(match, telling, actors, recipients),
        extractor_version=extractor_version(),
        published_at=article.published_at,
        attributed_to=_actor(article, stretch, source[0]).text if source else None,
        killed_min=dead.least,
        killed_max=dead.most,
        injured_min=hurt.least,
        injured_max=hurt.most,
    )


def confidence(
    match: Match, telling: Telling, actors: list[Token], recipients: list[Token]
) -> float:
    """Return a rule of thumb, 0 to 1, not yet calibrated.

    0.9 for a verb or adjective, 0.7 for a noun, duty or judgement; times 0.8 without an actor that
    is more than a pronoun, 0.9 without a recipient, 0.9 if not told as having happened.
    """
    sure = 0.9 if match.trigger.sense in {"v", "a"} else 0.7
    if all(token.pos_ == "PRON" for token in actors):
        sure *= 0.8
    if not recipients:
        sure *= 0.9
    if telling.status in {"future", "hypothetical", "negated"}:
        sure *= 0.9
    return round(sure, 3)


def _actor(article: Article, stretch: Parsed, token: Token) -> Actor:
    start, end = (stretch.start + offset for offset in span(token))
    return Actor(text=article.text[start:end], start=start, end=end)


def _trimmed(sentence: Any) -> tuple[int, int]:
    """Return where the sentence begins and ends in its stretch, without outer white space."""
    text = sentence.text
    start = sentence.start_char + len(text) - len(text.lstrip())
    return start, start + len(text.strip())
