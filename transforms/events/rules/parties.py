"""Recognises phrases that name actors and officials, and computes an article's context."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from newslake.transforms.events.data.actors import is_known, known_names
from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.data.places import Nearby, nearby
from newslake.transforms.events.expressions.time_patterns import YEAR
from newslake.transforms.events.parse.grammar import NAMES, children, objects_of
from newslake.transforms.events.parse.tokens import Token, TokenSpan
from newslake.transforms.events.prefilter.topic import is_sporting

_WORD = re.compile(r"[^\W\d_]+")
_NAME_PARTS = {"compound", "amod", "nummod", "nmod", "poss", "quantmod"}
_NOTION = re.compile(r"(?:ion|ions|ence|ance|ment|ments|ity|ness|ing|ism|ship|ure)$")
"""Endings of abstract nouns. A capitalised abstract noun at the start of a sentence is no name."""

_TITLED = re.compile(
    r"\b(?:[A-Z][\w.-]+ ){0,3}(?:President|Minister|Chancellor|Premier|Secretary|Senator|Sen\.|Rep\.|Gov\.|Governor|"
    r"General|Ambassador|King|Mayor|Judge|Congressman|Congresswoman)"
    r"(?: of [A-Z]\w+)?((?: [A-Z][\w’'-]+){1,3})"
)


POLITICAL_RATE = 0.015
"""A text is about politics if at least this share of its words name officials or states."""
PUBLIC_RATE = 0.005
"""The same share for a text about public affairs (and not about a game or a recipe)."""
PUBLIC_WORDS = 300
"""`PUBLIC_RATE` applies to texts of at least this number of words; shorter texts are public."""


class DocumentContext(NamedTuple):
    """Facts from the whole article that the rules for its sentences use."""

    officials: dict[str, str]
    """Maps a last name to the first phrase with a title: Lee to Foreign Minister Ann Lee."""
    nearby: Nearby
    """The countries named in the article, and those of its places."""
    political: bool
    """Whether the article is about politics. If so, any name may be the name of an official."""
    public: bool
    """Whether the article is about public affairs. If not, only sentences with officials or
    violence are parsed."""
    sporting: bool
    """Whether the article is about sport. If so, only events with officials or violence count."""


def document_context(text: str) -> DocumentContext:
    """Return the document context of an article's text.

    >>> document_context("Foreign Minister Ann Lee met King Olaf.").political
    True
    >>> document_context("The band played on, and the crowd cheered.").political
    False
    """
    officials = officials_in(text)
    every = _WORD.findall(text)
    known, offices = known_names(), words("official")
    official = sum(word in known or word.casefold() in offices for word in every)
    named = bool(officials) or official >= 2
    political = named and official >= POLITICAL_RATE * len(every)
    public = political or len(every) < PUBLIC_WORDS or official >= PUBLIC_RATE * len(every)
    return DocumentContext(officials, nearby(text), political, public, is_sporting(text))


def is_party(token: Token) -> bool:
    """Return whether the noun phrase of `token` can name an actor."""
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
    """Return whether the phrase names an expert (an analyst, an author): opinions are no events."""
    return _has_word_of(token, "expert") and not _has_word_of(token, "official")


def is_official(token: Token, context: DocumentContext) -> bool:
    """Return whether the phrase names an office holder or a state body.

    In an article about politics, all names and personal pronouns count. Names of experts do not.
    """
    if is_expert(token):
        return False
    if _has_word_of(token, "official") or token.text in context.officials or is_known(token.text):
        return True
    if context.sporting or not context.political:
        return False
    return is_proper(token) or token.lower_ in words("person")


def officials_in(text: str) -> dict[str, str]:
    """Return the first phrase with a title for each last name in `text`.

    >>> officials_in("Peruvian Minister Ann Lee met King Olaf. Jo Ray left.")
    {'Lee': 'Peruvian Minister Ann Lee', 'Olaf': 'King Olaf'}
    """
    found: dict[str, str] = {}
    for match in _TITLED.finditer(text):
        phrase = match[0].removesuffix("’s")
        found.setdefault(phrase.split()[-1], phrase)
    return found


def owners(noun: Token) -> list[Token]:
    """Return the owners of a noun: `Kyiv’s troops`, `Russian troops`, `the army of Iran`."""
    near = children(noun, "poss", "amod", "compound", "nmod")
    named = [child for child in near if child.text[0].isupper() and is_name(child)]
    links = children(noun, "prep", "agent")
    linked = [link for link in links if link.lower_ in {"by", "of", "from"}]
    return named + [party for party in objects_of(linked) if is_party(party)]


def is_name(token: Token) -> bool:
    """Return whether `token` is a name, like Kyiv, or an adjective of a name, like Russian."""
    return (is_proper(token) or token.tag_ == "JJ") and token.lower_ not in words("time")


def is_proper(token: Token) -> bool:
    """Return whether `token` is a name, or a rare name that the tagger takes for a noun."""
    if token.tag_ in NAMES:
        return True
    noun = token.tag_ == "NN" and token.text[0].isupper() and not children(token, "det", "amod")
    return noun and token.lemma_.lower() not in words("party") and not _NOTION.search(token.text)


def name_of(token: Token) -> TokenSpan:
    """Return the shortest name of the party.

    The name includes titles, names and adjectives before the head, and a phrase with `of` after
    the head, but no article.
    """
    before = [child for child in children(token, *_NAME_PARTS) if child.i < token.i]
    kept = (child for child in before if child.dep_ != "amod" or child.tag_ != "VBG")
    first = min([token.i, *(child.left_edge.i for child in kept)])
    dated = [part.i for part in token.doc[first : token.i] if part.lower_ in words("date")]
    begin = token.doc[first : dated[0] if dated else first]
    if dated and all(part.like_num or part.lower_ in words("part") for part in begin):
        first = dated[0] + 1  # in `on 12 March Peru attacked`, the parse has `March Peru` as name
    while token.doc[first].pos_ in {"DET", "PUNCT", "SPACE"} and first < token.i:
        first += 1
    last = token
    for preposition in children(token, "prep"):
        nouns = children(preposition, "pobj")
        if preposition.lower_ == "of" and preposition.i == token.i + 1 and nouns:
            between = token.doc[preposition.i + 1 : nouns[0].i]
            if not any(word.tag_ == "VBG" for word in between):
                last = nouns[0]
    return token.doc[first : last.i + 1]


def _has_word_of(token: Token, kind: str) -> bool:
    """Return whether the phrase or its apposition has a word of the class `kind` of words.tsv."""
    near: Iterable[Token] = [
        token,
        *children(token, "compound", "amod", "nmod", "appos"),
        *(word for other in children(token, "appos") for word in children(other, "compound")),
    ]
    return any({word.lemma_.lower(), word.lower_} & words(kind) for word in near)
