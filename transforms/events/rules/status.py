"""Whether an act is told as done, to come, possible, not done, or long past."""

import re

from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.expressions.time_expressions import YEAR
from newslake.transforms.events.parse.grammar import (
    Token,
    auxiliaries,
    chain,
    children,
    is_question,
)

_LONG = {"year", "month", "decade", "century", "summer", "winter", "spring", "autumn", "fall"}


def is_negated(clause: Token) -> bool:
    """Return whether the clause is told as not having happened."""
    if _is_averted(clause):
        return True
    for word in auxiliaries(clause):  # not in `attacked Chile, not Lima`
        before = word.i < clause.i or clause.lemma_ == "be"
        if before and _denies(word):
            return True
    if any(map(_denies, children(clause, "advmod"))):
        return True
    nouns = [clause, *children(clause, "nsubj", "nsubjpass", "dobj")]
    return any(noun.lower_ in words("nobody") for noun in nouns) or any(
        (word.lower_ == "no" or _denies(word)) and word.i < noun.i
        for noun in nouns
        for word in children(noun, "det", "neg", "preconj", "cc")
    )


def _denies(word: Token) -> bool:
    """Return whether `word` denies what it stands with; `not only` does not."""
    after = word.doc[word.i + 1 : word.i + 2]
    return word.lower_ in words("never") and not any(one.lower_ in words("only") for one in after)


def _is_averted(clause: Token) -> bool:
    """Return whether the act was cancelled or prevented: police foiled an attack on Lima."""
    verb, suffers = clause.head, clause.dep_ in {"dobj", "nsubjpass"}
    return suffers and verb.lemma_ in words("averted") and not is_negated(verb)


def is_conditional(clause: Token) -> bool:
    """Return whether the act is told of a case that an `if` supposes; not of `even if`."""
    while clause.dep_ == "conj":
        clause = clause.head
    return any(
        mark.lower_ in words("if") and mark.lower_ != "whether"
        for case in children(clause, "advcl")
        for mark in children(case, "mark")
        if case.doc[mark.i - 1].lower_ != "even"
    )


def is_ahead(clause: Token) -> bool:
    """Return whether the clause is told as planned or announced; `would` is so in reported speech."""
    colours = {word.lower_ for word in auxiliaries(clause)}
    if colours & words("will") or ("would" in colours and _is_reported(clause)):
        return True
    governor = clause.head
    if clause.dep_ != "xcomp":
        return False
    if governor.lemma_ in words("aspect") and is_ahead(governor):
        return True
    if governor.lemma_ == "go":
        return governor.tag_ == "VBG"
    return governor.lemma_ in words("plan_to")


def lies_ahead(clause: Token) -> bool:
    """Return whether a day that the clause names is to come: on it one will, may or is meeting."""
    if clause.dep_ == "advcl" and clause.tag_ == "VBG":  # on Friday he will be here, meeting Ann
        return lies_ahead(clause.head)
    colours = auxiliaries(clause)
    if any(word.lemma_ == "have" for word in colours):
        return is_ahead(clause)
    goes_on = clause.tag_ == "VBG" and any(word.tag_ in {"VBP", "VBZ"} for word in colours)
    return goes_on or is_ahead(clause) or is_hypothetical(clause)


def is_hypothetical(clause: Token) -> bool:
    """Return whether the clause is a possibility, a condition or a question."""
    if is_question(clause):
        return True
    colours = {word.lower_ for word in auxiliaries(clause)}
    if colours & words("may") and not ("would" in colours and _is_reported(clause)):
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
    """Return whether words for the time put the act in the background of the news.

    Args:
        clause: The verb of the act.
        head: The word that carries it, if it is another: the noun of `launched an invasion`.
        year: The year of publication: one that is named counts as past if it is earlier; unknown,
            every year does.
    """
    if clause.tag_ in {"VBP", "VBZ"} or (clause.tag_ == "VBG" and children(clause, "aux")):
        return False
    above = list(chain(clause))
    if any(_is_past_year(token, year) for token in above):
        return True
    joined = [token.head for token in above if token.dep_ == "conj"]
    for anchor in {token.i: token for token in (clause, head, *joined)}.values():
        for child in children(anchor, "prep", "npadvmod", "advmod", "nummod", "compound", "nmod"):
            if child.i != head.i and _tells_past(child, year):
                return True
    return False


def _tells_past(phrase: Token, year: int | None) -> bool:
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
