"""When an act took place, as its own clause tells it."""

from collections.abc import Iterator
from typing import Any

from newslake.transforms.events.data.lexicon import triggers, words
from newslake.transforms.events.expressions.time_expressions import Moment, moments_in
from newslake.transforms.events.parse.grammar import (
    SUBJECTS,
    VERBAL,
    Token,
    auxiliaries,
    chain,
    children,
    is_fronted,
)
from newslake.transforms.events.rules.arguments import Match
from newslake.transforms.events.rules.status import is_ahead, lies_ahead

_OF_A_NOUN = {"poss", "compound", "nmod", "amod"}
"""Labels by which a time hangs on what has it: in `Monday’s attack` it is not that of the sentence."""


def moment_of(match: Match, spoken: bool, sentence: Any) -> Moment | None:
    """Return the words for the time that hang on the act; for words `spoken`, on the speech.

    The first of them, but rather Wednesday than overnight.
    """
    own = [moment for moment, head in _times(sentence) if _governs(match, spoken, moment, head)]
    if own and "near" in own[0].parts:
        own = [moment for moment in own if moment.is_day and "near" not in moment.parts] + own
    return next(iter(own), None)


def is_of_the_day(match: Match, sentence: Any) -> bool:
    """Return whether the act is plainly the day's news, if the sentence is the lead.

    That is what a main clause tells, in no past perfect, of a sentence that names no other time. The
    day in `shot a man held in Lima on Monday` may be that of either.
    """
    for moment, head in _times(sentence):
        apart = _is_aside(head) and not (moment.is_day and head.i > match.clause.i)
        if head.dep_ not in _OF_A_NOUN and not apart:
            return False
    if any(word.lower_ == "had" for word in auxiliaries(match.clause)):
        return False
    for token in chain(match.head):
        marks = {mark.lower_ for mark in children(token, "mark", "advmod")}
        if token.dep_ == "advcl" and marks & words("apart"):
            return False
        if token.dep_ == "prep" and token.lower_ in words("apart"):
            return False
    return not _is_aside(match.head)


def _is_aside(token: Token) -> bool:
    """Return whether `token` stands in a clause that tells more of a noun: the move announced on Monday."""
    return any(above.dep_ in {"relcl", "acl"} for above in chain(token))


def _times(sentence: Any) -> Iterator[tuple[Moment, Token]]:
    """Yield the words for times in the sentence, in order, each with the word that heads them.

    In `bombed Lima hours after Norway left` the clause of `left` does: it tells when they bombed.
    """
    for moment in sorted(moments_in(sentence.text)):
        start = sentence.start_char
        span = sentence.doc.char_span(
            start + moment.start, start + moment.end, alignment_mode="expand"
        )
        if span is not None:
            root = span.root
            opens = root.dep_ in {"mark", "npadvmod"} and root.head.dep_ == "advcl"
            begins = opens and moment.text.lower().endswith(("after", "before"))
            yield moment, root.head if begins else root


def _governs(match: Match, spoken: bool, moment: Moment, token: Token) -> bool:
    """Return whether the words for a time, headed by `token`, hang on the act or on who tells it.

    What is said of an act to come dates that, not what is said.
    """
    dated = () if spoken and is_ahead(match.clause) else (match.head, match.clause)
    own = {verb.i for verb in dated}
    if match.clause.dep_ == "advcl" and match.clause.tag_ == "VBG":  # blasted Peru, warning Chile
        own.add(match.clause.head.i)
    below = token
    teller = _teller(token)
    for above in chain(teller) if teller else list(chain(token))[1:]:
        ends = below.i == token.i and above.lower_ in words("by")
        if _is_before(above, below) or (ends and not lies_ahead(match.clause)):
            return False
        if above.i in own or is_fronted(below, above, match.clause):
            return True
        if above.pos_ in VERBAL and spoken and above.lemma_ in words("report"):
            return True
        if match.trigger.type == "ASSAULT" and _is_means(above, own):
            return True
        if above.lemma_ in words("decision") and match.clause.head.i == above.i:
            return True
        if not _is_undated(above, below, moment):
            return False
        below = above
    return False


def _teller(time: Token) -> Token | None:
    """Return who says: the verb of saying in whose clause a time stands that the parse gives what is said.

    In `said on Wednesday it would leave` the day is that of the speech, as it is with `that` after it.
    """
    said = next((word for word in chain(time) if word.pos_ in VERBAL), time)
    verb, first = said.head, next(iter(children(said, *SUBJECTS)), None)
    if said.dep_ != "ccomp" or verb.lemma_ not in words("report") or first is None:
        return None
    told = verb.i < time.i < first.left_edge.i
    parted = any(word.is_punct or word.dep_ == "mark" for word in time.doc[verb.i + 1 : time.i])
    return verb if told and not parted else None


def _is_before(word: Token, below: Token) -> bool:
    """Return whether a time that hangs on `word` by `below` is that of what the act comes before."""
    beside = [one for one in word.children if one.right_edge.i == below.left_edge.i - 1]
    return any(link.lower_ in words("until") for link in (word, *beside))


def _is_means(word: Token, own: set[int]) -> bool:
    """Return whether `word` is the attack by which the verb of the act, one of `own`, is done.

    Saturday’s attack killed two, and two were killed in it: on Saturday.
    """
    by = word.dep_ == "pobj" and word.head.lower_ in {"in", "by"}
    verb = word.head.head if by else word.head
    return word.lemma_ in words("weapon") and (by or word.dep_ == "nsubj") and verb.i in own


def _is_undated(word: Token, below: Token, moment: Moment) -> bool:
    """Return whether a time that hangs on `word` by `below` can only date what `word` hangs on.

    A statement published on Sunday is made on Sunday; a day told after some object is most often that
    of its verb; during his March 3 address is on March 3. An attack has a date of its own.
    """
    if word.pos_ in VERBAL:
        return word.dep_ == "acl" and word.head.lemma_ in words("document")
    if word.pos_ != "NOUN" or word.lower_ in words("time"):
        return True
    if below.dep_ in {"compound", "nmod", "nummod"}:
        return word.head.lower_ in words("meanwhile")
    if word.lemma_ in words("document"):
        return True
    return moment.is_day and below.dep_ != "poss" and word.lemma_ not in triggers()
