"""Speakers: finds the source to which a statement is attributed."""

from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.parse.grammar import chain, children, objects_of, subjects
from newslake.transforms.events.parse.tokens import Token

REPORTED = {"ccomp", "parataxis"}
_OPENING = {"“", "‘", "«"}
_CLOSING = {"”", "’", "»"}
_MARKS = _OPENING | _CLOSING | {'"'}


def speakers(clause: Token) -> list[Token]:
    """Return the heads of the speakers of the clause; [] if the article itself is the speaker."""
    for token in chain(clause):
        said = token.head if token.dep_ in REPORTED else token
        if said.i != token.i and said.lemma_ in words("report"):
            return subjects(said)
        for aside in children(token, "parataxis", "advcl", "prep"):
            if aside.lemma_ in words("report") and aside.dep_ == "parataxis":
                return subjects(aside)
            if aside.lower_ == "according":
                return objects_of(children(aside, "prep"))
        if token.dep_ == "conj" and children(token, "nsubj", "nsubjpass"):
            break
    return _quoted(clause)


def _quoted(clause: Token) -> list[Token]:
    """Return the speakers in the first and last sentence of the quotation around `clause`."""
    quotation = _quotation(clause)
    if quotation is None:
        return []
    first, last = quotation
    around = [token for edge in (last, first) for token in clause.doc[edge].sent]
    for token in around:
        outside = token.i < first or token.i > last
        if outside and token.lemma_ in words("report") and token.pos_ == "VERB":
            return [one for one in subjects(token) if one.i < first or one.i > last]
    return []


def _quotation(token: Token) -> tuple[int, int] | None:
    """Return the indices of the first and last token of the quotation that contains `token`."""
    doc = token.doc
    marks = doc.user_data.get("quotation marks")
    if marks is None:  # cached as indices, since cached tokens would keep `doc` alive
        marks = doc.user_data["quotation marks"] = [
            (mark.i, mark.text) for mark in doc if mark.text in _MARKS
        ]
    straight = [place for place, mark in marks if mark == '"']
    for first, last in zip(straight[::2], straight[1::2], strict=False):
        if first < token.i < last:
            return first, last
    before = [(place, mark) for place, mark in marks if place < token.i]
    first, opening = max(((at, mark) for at, mark in before if mark in _OPENING), default=(-1, ""))
    closed = max((at for at, mark in before if mark in {"”", "»"}), default=-1)
    if first <= closed:
        return None
    end = _CLOSING if opening == "‘" else {"”", "»"}
    after = (at for at, mark in marks if at >= token.i and mark in end)
    return first, next(after, len(doc) - 1)
