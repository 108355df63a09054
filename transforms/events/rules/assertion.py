"""Assertion: whether a sentence states an event as a fact, a report or a plan."""

from newslake.transforms.events.data.lexicon import SPOKEN, words
from newslake.transforms.events.parse.grammar import (
    VERBAL,
    agents,
    auxiliaries,
    chain,
    children,
    is_infinitive,
    objects_of,
    prepositional,
    subjects,
)
from newslake.transforms.events.parse.tokens import Token
from newslake.transforms.events.rules.arguments import Match
from newslake.transforms.events.rules.parties import is_name, is_party, is_proper, owners


def is_asserted(match: Match) -> bool:
    """Return whether the event is asserted.

    Illnesses, accidents, wishes, purposes and ideas are not asserted.
    """
    if is_ailment(match) or is_mishap(match):
        return False
    if match.trigger.sense == "n" and match.clause.i == match.head.i and not is_news(match):
        return False
    if match.trigger.sense not in SPOKEN and is_demanded(match.clause):
        return False
    return all(passes(token) for token in chain(match.clause) if token.pos_ in VERBAL)


def is_ailment(match: Match) -> bool:
    """Return whether the event is an illness or the attack of an animal: heart or shark attack."""
    return any(
        part.text in words("ailment")  # only in lower case: not `the Tiger attack`
        for noun in (match.head, *agents(match.clause))
        if noun.lemma_ == "attack"
        for part in children(noun, "compound", "amod")
    )


def is_mishap(match: Match) -> bool:
    """Return whether weather or an accident is the cause: killed when a storm hit Lima.

    Return false if the sentence has a word of war or an agent, or if a town fell.
    """
    clause = match.clause
    harmed = clause.tag_ == "VBN" and not children(clause, "aux", "agent")
    if not match.trigger.event_type.violent or (agents(clause) and not harmed):
        return False
    if any(word.lemma_ in words("warlike") for word in clause.sent if word.pos_ == "NOUN"):
        return False
    verbs = [clause, *children(clause, "conj")]
    links = [link for verb in verbs for link in children(verb, "prep")]
    causes = objects_of(link for link in links if link.lower_ in words("causing"))
    for case in (case for verb in verbs for case in children(verb, "advcl")):
        if {mark.lower_ for mark in children(case, "mark", "advmod")} & words("causing"):
            doers = subjects(case)
            causes += doers
            if case.lemma_ in words("mishap") and not any(map(is_party, doers)):
                return True
    accidents = (cause for cause in causes if cause.lemma_ in words("accident"))
    return any(not prepositional([cause], "of") for cause in accidents)


def is_demanded(clause: Token) -> bool:
    """Return whether the sentence demands the event: Peru must leave."""
    return any(word.lower_ in words("duty") for word in auxiliaries(clause))


def is_news(match: Match) -> bool:
    """Return whether a noun says that an event happened: as subject, after `during`, ..."""
    noun = match.head
    stance = match.trigger.event_type.stance
    if noun.dep_ == "pobj":
        if stance and noun.head.lower_ == "despite":  # known before: no news
            return False
        above = noun.head.head
        dated = above.pos_ in VERBAL or above.lower_ in words("time")
        return dated and noun.head.lower_ in words("when")
    if noun.dep_ == "dobj":
        return noun.head.lemma_ not in words("mind") and bool(owners(noun) or targets(noun))
    if noun.dep_ == "appos":  # the parser errs in `In Ukraine, an attack on Kyiv killed`
        return noun.sent.root.tag_ == "VBD" and bool(children(noun, "det")) and bool(owners(noun))
    if noun.dep_ not in {"nsubj", "nsubjpass"}:
        return False
    allowed = {"MD"} if stance else {"MD", "VBZ", "VBP"}
    others = (word for word in auxiliaries(noun.head) if word.lemma_ != "do")
    return noun.head.tag_ == "VBD" or any(word.tag_ in allowed for word in others)


def targets(noun: Token) -> list[Token]:
    """Return the names that prepositions attach to a noun, such as Kyiv in `attack on Kyiv`."""
    linked = objects_of(children(noun, "prep"))
    return [name for name in linked if is_name(name) or (is_party(name) and owners(name))]


def passes(verb: Token) -> bool:
    """Return whether `verb` is asserted below its parent: yes below `said`, no below `wants to`."""
    governor = verb.head
    lemma = governor.lemma_
    match verb.dep_:
        case "ROOT" | "conj" | "prep":
            return True
        case "ccomp" | "parataxis":
            reporting = words("report") | words("fact") | words("aspect")
            return lemma in reporting and not is_infinitive(verb)
        case "xcomp":
            return lemma in words("aspect") | words("plan_to") | words("likely")
        case "advcl":
            aimed = any(mark.lower_ in words("purpose") for mark in children(verb, "mark"))
            return not (aimed or is_infinitive(verb))
        case "acl" if is_infinitive(verb):
            return lemma in words("decision")
        case "acl" | "relcl":
            return _adds_news(verb)
        case "pcomp":
            own = children(verb, "nsubj", "nsubjpass") and governor.lower_ == "with"
            return bool(own) or governor.lower_ in words("when") | {"by"}
    return False


def _adds_news(clause: Token) -> bool:
    """Return whether a relative clause reports news. Otherwise it only identifies a party."""
    before = clause.left_edge.i - 1
    comma = before >= 0 and clause.doc[before].text in {",", "—", "–", "-"}
    noun = clause.head
    reporting = words("weapon") | words("decision") | words("document")
    if comma or noun.lemma_ in reporting or is_proper(noun) or _is_some(noun):
        return True
    definite = any(child.lower_ not in words("some") for child in children(noun, "det", "poss"))
    past = clause.tag_ == "VBD" or any(word.tag_ != "MD" for word in auxiliaries(clause))
    return past and not definite and noun.pos_ != "PRON"


def _is_some(noun: Token) -> bool:
    """Return whether the noun introduces a new party: `a man`, `two villages`, `several ships`."""
    near = children(noun, "det", "nummod", "amod")
    return any(child.lower_ in words("some") or child.tag_ == "CD" for child in near)
