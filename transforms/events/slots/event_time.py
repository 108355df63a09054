"""Finds the event time in the clause of the event."""

from collections.abc import Iterator

from newslake.transforms.events.data.lexicon import triggers, words
from newslake.transforms.events.expressions.time_expressions import (
    TimeExpression,
    time_expressions_in,
)
from newslake.transforms.events.parse.grammar import (
    SUBJECTS,
    VERBAL,
    auxiliaries,
    chain,
    children,
    is_fronted,
    prepositional,
)
from newslake.transforms.events.parse.tokens import Token, TokenSpan
from newslake.transforms.events.rules.arguments import Match
from newslake.transforms.events.rules.status import has_future_date, is_future

_OF_A_NOUN = {"poss", "compound", "nmod", "nummod", "amod"}
"""Dependency labels of a time expression that belongs only to a noun: `Monday’s attack`."""

_PERIODS = {"unit", "weekend", "month"}
"""The parts of an expression for several days: last month, last weekend, in February."""


def time_expression_of(match: Match, spoken: bool, sentence: TokenSpan) -> TimeExpression | None:
    """Return the first time expression for the time of the event or, if `spoken`, of the speech.

    A time in the event's own clause is preferred to that of the clause before. A named day, such as
    Wednesday, is preferred to a relative time, such as overnight.
    """
    found = [(one, head) for one, head in _times(sentence) if _governs(match, spoken, one, head)]
    if match.clause.dep_ == "conj":  # last month Norway voted, and on Friday Peru bombed Lima
        begin = match.clause.left_edge.i
        found.sort(key=lambda pair: pair[1].i < begin)
    own = [one for one, _ in found]
    if own and "near" in own[0].parts:
        own = [one for one in own if one.is_day and "near" not in one.parts] + own
    return next(iter(own), None)


def is_of_the_day(match: Match, sentence: TokenSpan) -> bool:
    """Return whether the event of a lead sentence happened on the day of the news.

    The event must be in a main clause and not in the past perfect. No time expression may refer to
    the event, and no word like `recently`. In `shot a man held in Lima on Monday`, the day may belong
    to either verb. In `ordered them to leave by Friday`, the day is the limit of another act.
    """
    own = {match.clause.i, match.head.i}
    for expression, head in _times(sentence):
        apart = _is_aside(head) and not (expression.is_day and head.i > match.clause.i)
        verb = next((above for above in chain(head) if above.pos_ in VERBAL), head)
        if expression.is_limit and verb.i not in own and verb.i > match.clause.i:
            continue
        if head.dep_ not in _OF_A_NOUN and not apart:
            return False
    helpers = {word.lower_ for word in auxiliaries(match.clause)}
    adverbs = {word.lower_ for word in children(match.clause, "advmod")}
    lasting = {noun.lemma_ for noun in prepositional([match.clause], "for")} & words("long")
    if "had" in helpers or adverbs & words("sometime") or (lasting and helpers & {"has", "have"}):
        return False
    for token in chain(match.head):
        marks = {mark.lower_ for mark in children(token, "mark", "advmod")}
        if token.dep_ == "advcl" and marks & words("apart"):
            return False
        if token.dep_ == "prep" and token.lower_ in words("apart"):
            return False
    return not _is_aside(match.head)


def _is_aside(token: Token) -> bool:
    """Return whether `token` is in a clause after a noun, as in `the move announced on Monday`.

    In `footage dated 12 October shows`, the day is that of what the footage shows.
    """
    asides = [above for above in chain(token) if above.dep_ in {"relcl", "acl"}]
    return any(aside.head.lemma_ not in words("depiction") for aside in asides)


def _times(sentence: TokenSpan) -> Iterator[tuple[TimeExpression, Token]]:
    """Yield each time expression in the sentence, in text order, with its head in the parse.

    In `bombed Lima hours after Norway left`, the head is `left`: it gives the time of `bombed`. In
    `last week rebels bombed Lima`, the parser attaches the week to the rebels.
    """
    for expression in time_expressions_in(sentence.text):
        doc, at = sentence.doc, sentence.start_char
        span = doc.char_span(at + expression.start, at + expression.end, alignment_mode="expand")
        if span is not None:
            root = span.root
            if "named" in expression.parts and not (expression.period or _is_adverbial(root)):
                continue
            opens = root.dep_ in {"mark", "npadvmod"} and root.head.dep_ == "advcl"
            begins = opens and expression.text.lower().endswith(("after", "before"))
            first = span.start <= sentence.start + 1 and _PERIODS & expression.parts.keys()
            misread = first and not expression.is_day and root.dep_ in _OF_A_NOUN - {"poss"}
            yield expression, root.head if begins or misread else root


def _is_adverbial(name: Token) -> bool:
    """Return whether a named day tells when: `on Good Friday`, not `the Good Friday Agreement`."""
    if name.dep_ == "compound" and name.head.lower_ in words("time"):  # on Diwali night
        return _is_adverbial(name.head)
    if name.dep_ == "compound":  # during a Christmas Eve mass
        return name.head.dep_ == "pobj" and name.head.head.lower_ in words("meanwhile")
    in_phrase = name.dep_ == "pobj" and name.head.lower_ in words("on_a_day")
    which = {word.lower_ for word in children(name, "det", "amod")} & {"last", "this", "next"}
    return in_phrase or bool(which) or name.dep_ == "npadvmod"


def _governs(match: Match, spoken: bool, expression: TimeExpression, token: Token) -> bool:
    """Return whether `expression` (its head is `token`) is the time of the event or of its report.

    A date in the content of a statement about a future event is that of the event.
    """
    dated = () if spoken and is_future(match.clause) else (match.head, match.clause)
    own = {verb.i for verb in dated}
    if match.clause.dep_ == "advcl" and match.clause.tag_ == "VBG":  # blasted Peru, warning Chile
        own.add(match.clause.head.i)
    if expression.is_limit and token.dep_ not in _OF_A_NOUN:
        return False
    below = token
    teller = _reporting_verb(token)
    for above in chain(teller) if teller else list(chain(token))[1:]:
        ends = below.i == token.i and above.lower_ == "from"
        if _is_before(above, below) or (ends and not has_future_date(match.clause)):
            return False
        if above.i in own or is_fronted(below, above, match.clause):
            return True
        if above.pos_ in VERBAL and spoken and above.lemma_ in words("report"):
            return True
        if match.trigger.event_type.weapon_acts and _is_means(above, own):
            return True
        if above.lemma_ in words("decision") and match.clause.head.i == above.i:
            return True
        if not _is_undated(above, below, expression):
            return False
        below = above
    return False


def _reporting_verb(time: Token) -> Token | None:
    """Return the reporting verb of `time` if the parser attaches `time` to the reported content.

    In `said on Wednesday it would leave`, the parser attaches the day to `leave`. Else return None.
    """
    said = next((word for word in chain(time) if word.pos_ in VERBAL), time)
    verb, first = said.head, next(iter(children(said, *SUBJECTS)), None)
    if said.dep_ != "ccomp" or verb.lemma_ not in words("report") or first is None:
        return None
    follows_verb = verb.i < time.i < first.left_edge.i
    parted = any(word.is_punct or word.dep_ == "mark" for word in time.doc[verb.i + 1 : time.i])
    return verb if follows_verb and not parted else None


def _is_before(word: Token, below: Token) -> bool:
    """Return whether a time that `below` attaches to `word` is after the event: `until Monday`.

    In `before dawn on Monday`, it is not.
    """
    links = [(word, below), *((one, one.right_edge) for one in word.children)]
    return any(
        link.lower_ in words("until") and last.lower_ not in words("time_of_day")
        for link, last in links
        if link is word or last.i == below.left_edge.i - 1
    )


def _is_means(word: Token, own: set[int]) -> bool:
    """Return whether `word` is the attack that caused the event. `own` contains the event's verb.

    In `Saturday’s attack killed two` and `two were killed in Saturday’s attack`, the killing
    happened on Saturday.
    """
    by = word.dep_ == "pobj" and word.head.lower_ in {"in", "by"}
    verb = word.head.head if by else word.head
    return word.lemma_ in words("weapon") and (by or word.dep_ == "nsubj") and verb.i in own


def _is_undated(word: Token, below: Token, expression: TimeExpression) -> bool:
    """Return whether a time that `below` attaches to `word` can only belong to the head of `word`.

    In `a statement published on Sunday`, Sunday is the day of the statement. A day after an object is
    usually that of the verb. `During his March 3 address` means on March 3. But an attack has its
    own date.
    """
    if word.pos_ in VERBAL:
        return word.dep_ == "acl" and word.head.lemma_ in words("document") | words("weapon")
    if word.pos_ != "NOUN" or word.lower_ in words("time"):
        return True
    if below.dep_ in {"compound", "nmod", "nummod"}:
        return word.head.lower_ in words("meanwhile")
    if word.lemma_ in words("document"):
        return True
    return expression.is_day and below.dep_ != "poss" and word.lemma_ not in triggers()
