"""Status of an event: asserted, future, hypothetical, negated or historical."""

import re

from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.expressions.time_patterns import YEAR
from newslake.transforms.events.parse.grammar import (
    auxiliaries,
    chain,
    children,
    distinct,
    is_question,
)
from newslake.transforms.events.parse.tokens import Token

_LONG = {"year", "month", "decade", "century", "summer", "winter", "spring", "autumn", "fall"}


def is_negated(clause: Token) -> bool:
    """Return whether the clause says that the event did not happen."""
    if _is_averted(clause):
        return True
    own = auxiliaries(clause)
    if clause.lemma_ != "be":
        own = [word for word in own if word.i < clause.i]  # not in `attacked Chile, not Lima`
    if any(map(_denies, own + children(clause, "advmod"))):
        return True
    nouns = [clause, *children(clause, "nsubj", "nsubjpass", "dobj")]
    return any(noun.lower_ in words("nobody") for noun in nouns) or any(
        _denies(word) and word.i < noun.i
        for noun in nouns
        for word in children(noun, "det", "neg", "preconj", "cc")
    )


def _denies(word: Token) -> bool:
    """Return whether `word` is a negation. In `not only`, the word `not` is no negation."""
    after = word.doc[word.i + 1 : word.i + 2]
    return word.lower_ in words("never") | {"no"} and not any(
        one.lower_ in words("only") for one in after
    )


def _is_averted(clause: Token) -> bool:
    """Return whether the event was cancelled or prevented: `police foiled an attack on Lima`."""
    verb, suffers = clause.head, clause.dep_ in {"dobj", "nsubjpass"}
    return suffers and verb.lemma_ in words("averted") and not is_negated(verb)


def is_conditional(clause: Token) -> bool:
    """Return whether the event depends on an `if` clause; `even if` does not count."""
    while clause.dep_ == "conj":
        clause = clause.head
    return any(
        mark.lower_ in words("if") and mark.lower_ != "whether"
        for case in children(clause, "advcl")
        for mark in children(case, "mark")
        if case.doc[mark.i - 1].lower_ != "even"
    )


def is_future(clause: Token) -> bool:
    """Return whether the event is planned or announced. `would` counts only in reported speech."""
    aux_words = {word.lower_ for word in auxiliaries(clause)}
    if aux_words & words("will") or ("would" in aux_words and _is_reported(clause)):
        return True
    governor = clause.head
    if clause.dep_ != "xcomp":
        return False
    if governor.lemma_ in words("aspect") and is_future(governor):
        return True
    if governor.lemma_ == "go":
        return governor.tag_ == "VBG"
    return governor.lemma_ in words("plan_to")


def has_future_date(clause: Token) -> bool:
    """Return whether a day in the clause is in the future: `they may meet on Friday`."""
    if clause.dep_ == "advcl" and clause.tag_ == "VBG":  # on Friday he will be here, meeting Ann
        return has_future_date(clause.head)
    aux_words = auxiliaries(clause)
    if any(word.lemma_ == "have" for word in aux_words):
        return is_future(clause)
    goes_on = clause.tag_ == "VBG" and any(word.tag_ in {"VBP", "VBZ"} for word in aux_words)
    past = any(word.tag_ == "VBD" for word in (clause, *aux_words))  # unclear if they met on Friday
    return goes_on or is_future(clause) or (is_hypothetical(clause) and not past)


def is_undatable(clause: Token) -> bool:
    """Return whether the clause is a question, an old plan, or unreal: it would have attacked.

    A day in such a clause is not that of an act: `they had planned to meet on Friday`.
    """
    aux_words = {word.lower_ for word in auxiliaries(clause)}
    unreal = {"would", "have"} <= aux_words and not _is_reported(clause)
    if is_question(clause) or unreal:
        return True
    while clause.dep_ == "conj":
        clause = clause.head
    plan = clause.head
    is_plan = clause.dep_ == "xcomp" and plan.lemma_ in words("plan_to")
    verb = plan.head if plan.dep_ == "acomp" else plan  # had been due to meet
    return is_plan and any(word.lower_ == "had" for word in auxiliaries(verb))


def is_hypothetical(clause: Token) -> bool:
    """Return whether the clause is a possibility, a condition or a question."""
    if is_question(clause):
        return True
    aux_words = {word.lower_ for word in auxiliaries(clause)}
    if aux_words & words("may") and not ("would" in aux_words and _is_reported(clause)):
        return True
    if clause.dep_ in {"xcomp", "ccomp"} and clause.head.lemma_ in words("likely"):
        return True
    return any(
        mark.lower_ in words("if")
        for token in chain(clause)
        for mark in children(token, "mark")
        if token.i == clause.i or token.dep_ == "advcl"
    )


def is_historical(clause: Token, head: Token, year: int | None) -> bool:
    """Return whether a time expression shows that the event is background, not news.

    Args:
        clause: The verb of the event.
        head: The head of the trigger. In `launched an invasion`, it is the noun.
        year: The year of publication. Events of earlier years count as past events. With None, all do.
    """
    if clause.tag_ in {"VBP", "VBZ"} or (clause.tag_ == "VBG" and children(clause, "aux")):
        return False
    above = list(chain(clause))
    if any(_is_past_year(token, year) for token in above):
        return True
    joined = [token.head for token in above if token.dep_ == "conj"]
    for anchor in distinct([clause, head, *joined]):
        for child in children(anchor, "prep", "npadvmod", "advmod", "nummod", "compound", "nmod"):
            if child.i != head.i and _refers_to_past(child, year):
                return True
    return False


def _refers_to_past(phrase: Token, year: int | None) -> bool:
    near = [token for token in phrase.subtree if token.i - phrase.left_edge.i < 8]
    lemmas = {token.lower_ for token in near}
    lately = bool({token.lemma_.lower() for token in near} & words("lately"))
    if phrase.dep_ in {"advmod", "npadvmod"} and lemmas & words("ago"):
        return not lately
    if lemmas & {"last", "previous", "past"} and {token.lemma_ for token in near} & _LONG:
        return True
    if "earlier" in lemmas and {token.lemma_ for token in near} & _LONG:
        return not lately
    if phrase.lower_ == "since" and not lately:
        return True
    return any(_is_past_year(token, year) for token in near)


def _is_past_year(token: Token, year: int | None) -> bool:
    return bool(re.fullmatch(YEAR, token.text)) and (year is None or int(token.text) < year)


def _is_reported(clause: Token) -> bool:
    return any(
        token.dep_ in {"ccomp", "parataxis"} and token.head.lemma_ in words("report")
        for token in chain(clause)
    )
