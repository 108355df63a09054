"""Who can act, who speaks for a state or a party, and which words name them."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from newslake.transforms.events.data.actors import is_known, known_names
from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.data.places import countries_in
from newslake.transforms.events.expressions.time_expressions import YEAR
from newslake.transforms.events.parse.grammar import NAMES, Token, children, objects_of
from newslake.transforms.events.prefilter.topic import is_sporting

_WORD = re.compile(r"[^\W\d_]+")
_NAME_PARTS = {"compound", "amod", "nummod", "nmod", "poss", "quantmod"}
_NOTION = re.compile(r"(?:ion|ions|ence|ance|ment|ments|ity|ness|ing|ism|ship|ure)$")
"""Endings of nouns that name no one, though they begin a sentence in a capital letter."""

_TITLED = re.compile(
    r"\b(?:[A-Z][\w.-]+ ){0,3}(?:President|Minister|Chancellor|Premier|Secretary|Senator|Sen\.|Rep\.|Gov\.|Governor|"
    r"General|Ambassador|King|Mayor|Judge|Congressman|Congresswoman)"
    r"(?: of [A-Z]\w+)?((?: [A-Z][\w’'-]+){1,3})"
)


POLITICAL_RATE = 0.015
"""Share of a text's words that name officials, states and their bodies, from which it is political."""
PUBLIC_RATE = 0.005
"""Below this share, a text of `PUBLIC_WORDS` or more is not about public affairs: a game, a recipe."""
PUBLIC_WORDS = 300
"""A shorter text may report an act of weight without one such word."""


class Scene(NamedTuple):
    """What the whole article tells of who is who in it."""

    officials: dict[str, str]
    """Last names that it gives with a title, and the first such phrase: Foreign Minister Ann Lee."""
    countries: frozenset[str]
    """ISO 3166-1 alpha-3 codes of those that it names."""
    political: bool
    """Whether it is about politics: then any name may be an official's."""
    public: bool
    """Whether it is about public affairs at all: if not, only what names an official or tells of violence is read."""
    sporting: bool
    """Whether it is about sport, where names attack, defend and are suspended."""


def scene_of(text: str) -> Scene:
    """Return the scene of an article.

    >>> scene_of("Foreign Minister Ann Lee met King Olaf.").political
    True
    >>> scene_of("The band played on, and the crowd cheered.").political
    False
    """
    officials = officials_in(text)
    every = _WORD.findall(text)
    known, offices = known_names(), words("official")
    official = sum(word in known or word.casefold() in offices for word in every)
    named = bool(officials) or official >= 2
    political = named and official >= POLITICAL_RATE * len(every)
    public = political or len(every) < PUBLIC_WORDS or official >= PUBLIC_RATE * len(every)
    return Scene(officials, countries_in(text), political, public, is_sporting(text))


def is_party(token: Token) -> bool:
    """Return whether the noun phrase of `token` can name somebody who acts."""
    if token.lower_ in words("time") | words("nobody"):
        return False
    if is_proper(token):
        return True
    if token.pos_ == "PRON":
        return token.lower_ in words("pronoun")
    year = re.fullmatch(YEAR, token.text) and token.dep_ != "nsubjpass"
    counted = token.pos_ == "NUM" and (not year or bool(children(token, "quantmod", "advmod")))
    return token.lemma_.lower() in words("party") or counted


def is_expert(token: Token) -> bool:
    """Return whether the phrase names somebody whose judgement is no act: an analyst, an author."""
    return _told_as(token, "expert") and not _told_as(token, "official")


def is_official(token: Token, scene: Scene) -> bool:
    """Return whether the phrase names a holder of office or a state body.

    In a political scene any name or personal pronoun will do, but an expert's.
    """
    if is_expert(token):
        return False
    if _told_as(token, "official") or token.text in scene.officials or is_known(token.text):
        return True
    return (
        not scene.sporting
        and scene.political
        and (is_proper(token) or token.lower_ in words("person"))
    )


def officials_in(text: str) -> dict[str, str]:
    """Return the last names that `text` gives with a title, and the first phrase that does.

    >>> officials_in("Peruvian Minister Ann Lee met King Olaf. Jo Ray left.")
    {'Lee': 'Peruvian Minister Ann Lee', 'Olaf': 'King Olaf'}
    """
    found: dict[str, str] = {}
    for match in _TITLED.finditer(text):
        phrase = match[0].removesuffix("’s")
        found.setdefault(phrase.split()[-1], phrase)
    return found


def owners(noun: Token) -> list[Token]:
    """Return the parties that a noun's own words name: Kyiv's, Russian, by the army, of Iran."""
    near = [
        child
        for child in children(noun, "poss", "amod", "compound", "nmod")
        if child.text[0].isupper() and is_name(child)
    ]
    linked = [
        child for child in children(noun, "prep", "agent") if child.lower_ in {"by", "of", "from"}
    ]
    return near + [party for party in objects_of(linked) if is_party(party)]


def is_name(token: Token) -> bool:
    """Return whether `token` is a name or an adjective made of one: Kyiv, Russian."""
    return (is_proper(token) or token.tag_ == "JJ") and token.lower_ not in words("time")


def is_proper(token: Token) -> bool:
    """Return whether `token` is a name, also where the tagger takes a rare one for a noun."""
    if token.tag_ in NAMES:
        return True
    noun = token.tag_ == "NN" and token.text[0].isupper() and not children(token, "det", "amod")
    return noun and token.lemma_.lower() not in words("party") and not _NOTION.search(token.text)


def span(token: Token) -> tuple[int, int]:
    """Return the character offsets, in the parsed text, of the shortest phrase that names the party.

    Left of the head it takes titles, names and adjectives, no article; right of it what `of` adds.
    """
    first = min(
        [token.i]
        + [
            child.left_edge.i
            for child in children(token, *_NAME_PARTS)
            if child.i < token.i and not _negligible(child)
        ]
    )
    dated = [part.i for part in token.doc[first : token.i] if part.lower_ in words("date")]
    if dated and all(
        part.like_num or part.lower_ in words("part") for part in token.doc[first : dated[0]]
    ):
        first = dated[0] + 1  # what the parse reads as one name in `on 12 March Peru attacked`
    while token.doc[first].pos_ in {"DET", "PUNCT", "SPACE"} and first < token.i:
        first += 1
    last = token
    for preposition in children(token, "prep"):
        nouns = children(preposition, "pobj")
        if preposition.lower_ == "of" and preposition.i == token.i + 1 and nouns:
            between = token.doc[preposition.i + 1 : nouns[0].i]
            if not any(word.tag_ == "VBG" for word in between):
                last = nouns[0]
    start = token.doc[first].idx
    return start, last.idx + len(last)


def phrase(token: Token) -> str:
    """Return the characters of that phrase; to ask the document for all its text would take longer."""
    text: str = token.doc.char_span(*span(token)).text
    return text


def _negligible(child: Token) -> bool:
    return child.dep_ == "amod" and child.tag_ == "VBG"


def _told_as(token: Token, kind: str) -> bool:
    """Return whether a word of class `kind` stands in the phrase or in its apposition."""
    near: Iterable[Token] = [
        token,
        *children(token, "compound", "amod", "nmod", "appos"),
        *(word for other in children(token, "appos") for word in children(other, "compound")),
    ]
    return any({word.lemma_.lower(), word.lower_} & words(kind) for word in near)
