"""Which words of a sentence tell an act: triggers in a place where something is asserted.

A trigger counts if its phrase and conditions match, if the clauses above it tell it as a fact,
a report or a plan (not as a wish, a purpose or the content of another act), and if somebody acts
or suffers it.
"""

from collections.abc import Iterable, Iterator

from transforms.events.arguments import Match, actors_of, holds, is_agentless, recipients_of
from transforms.events.grammar import (
    VERBAL,
    Token,
    agents,
    auxiliaries,
    chain,
    children,
    is_infinitive,
)
from transforms.events.lexicon import Trigger, triggers, words
from transforms.events.parties import is_expert, is_name, is_official, owners
from transforms.events.speech import speakers

STANCES = {"AGREE", "SUPPORT", "CONCEDE", "REQUEST", "ACCUSE", "REJECT", "THREATEN"}
"""Types that are acts of speech: only parties perform them, and what they speak of is no event."""

_SEPARATE = {"conj", "advcl", "relcl", "parataxis"}
"""Labels by which a second act hangs on a first; by any other it is the first one's content."""

_SENSE_TAGS = {"v": "V", "n": "NN", "a": ("JJ", "VBN"), "m": ("MD", "VB", "NN"), "j": ("NN", "JJ")}


def acts_in(sentence: Iterable[Token], officials: frozenset[str]) -> list[Match]:
    """Return the acts told in a parsed sentence, in the order of the text.

    Args:
        sentence: Its tokens.
        officials: Names known to belong to holders of office.
    """
    told = [match for token in sentence for match in _matches(token, officials)]
    return [match for match in told if not _is_content(match, told)]


def _matches(token: Token, officials: frozenset[str]) -> Iterator[Match]:
    """Yield the first trigger that `token` carries here, if any."""
    for trigger in triggers().get(token.lemma_.lower(), ()):
        match = _match(token, trigger)
        if (
            match
            and all(holds(condition, match, officials) for condition in trigger.conditions)
            and _is_told(match)
            and _has_parties(match, officials)
        ):
            yield match
            return


def _match(token: Token, trigger: Trigger) -> Match | None:
    if not token.tag_.startswith(_SENSE_TAGS[trigger.sense]):
        return None
    clause = _clause(token, trigger)
    if clause is None:
        return None
    parts: list[Token] = []
    for wanted in trigger.parts:
        near = [token, *parts] if trigger.sense in {"v", "n"} else [token, clause, *parts]
        part = next(
            (
                child
                for anchor in near
                for child in anchor.children
                if child.dep_ != "nsubj"
                and child.pos_ != "VERB"
                and {child.lemma_.lower(), child.lower_} & wanted
            ),
            None,
        )
        if part is None:
            return None
        parts.append(part)
    return Match(trigger, token, tuple(parts), clause)


def _clause(token: Token, trigger: Trigger) -> Token | None:
    """Return the verb that `token` stands or falls with; None where its sense cannot be `trigger`'s."""
    governor = token.head
    if trigger.sense == "v":
        named = token.text[0].isupper() and token.i > token.sent.start + 1
        return None if named or token.dep_ in {"amod", "compound", "aux", "auxpass"} else token
    if trigger.sense == "m":
        modal = token.dep_ == "aux" and token.tag_ == "MD"
        predicative = (modal or token.dep_ == "nsubj") and governor.pos_ in VERBAL
        plain = token.pos_ in VERBAL and token.dep_ != "aux"
        return governor if predicative else token if plain else None
    if trigger.sense in {"a", "j"}:
        while token.dep_ == "conj":
            token, governor = governor, governor.head
        predicate = token.dep_ in {"acomp", "attr", "oprd"} and governor.pos_ in VERBAL
        return governor if predicate else None
    if token.dep_ in {"dobj", "nsubjpass"} and governor.lemma_ in words("light"):
        return governor
    return token


def _is_told(match: Match) -> bool:
    """Return whether nothing above the act makes it a wish, a purpose or a mere notion."""
    if match.trigger.sense == "n" and match.clause.i == match.head.i and not _is_news(match.head):
        return False
    if match.trigger.sense != "m" and _is_demanded(match.clause):
        return False
    return all(_passes(token) for token in chain(match.clause) if token.pos_ in VERBAL)


def _is_demanded(clause: Token) -> bool:
    return any(word.lower_ in words("duty") for word in auxiliaries(clause))


def _is_news(noun: Token) -> bool:
    """Return whether a noun reports its act: after, in, during it ...; or as subject of a deed."""
    if noun.dep_ == "pobj":
        return noun.head.lower_ in words("when") and noun.head.head.pos_ in VERBAL
    if noun.dep_ == "appos":  # also what the parse makes of `In Ukraine, an attack on Kyiv killed`
        return noun.sent.root.tag_ == "VBD" and bool(children(noun, "det")) and bool(owners(noun))
    return noun.dep_ in {"nsubj", "nsubjpass"} and noun.head.tag_ == "VBD"


def _passes(verb: Token) -> bool:
    """Return whether what stands below `verb` can still be told as such, seen from above."""
    governor = verb.head
    lemma = governor.lemma_
    match verb.dep_:
        case "ROOT" | "conj" | "prep":
            return True
        case "ccomp" | "parataxis":
            tells = words("report") | words("fact") | words("aspect")
            return lemma in tells and not is_infinitive(verb)
        case "xcomp":
            return lemma in words("aspect") | words("plan_to") | words("likely")
        case "advcl":
            return not is_infinitive(verb)
        case "acl":
            if is_infinitive(verb):
                return lemma in words("decision")
            return _adds_news(verb)
        case "relcl":
            return _adds_news(verb)
        case "pcomp":
            own = children(verb, "nsubj", "nsubjpass") and governor.lower_ == "with"
            return bool(own) or governor.lower_ in words("when") | {"by"}
    return False


def _adds_news(clause: Token) -> bool:
    """Return whether a relative clause tells more than which party is meant."""
    before = clause.left_edge.i - 1
    comma = before >= 0 and clause.doc[before].text in {",", "—", "–", "-"}
    return comma or clause.head.lemma_ in words("weapon") | words("decision") | words("document")


def _has_parties(match: Match, officials: frozenset[str]) -> bool:
    """Return whether somebody fit for the act performs it, or, unnamed, does it to somebody."""
    if match.trigger.sense in {"m", "j"}:
        return any(is_official(token, officials) for token in speakers(match.clause))
    actors, recipients = actors_of(match), recipients_of(match)
    doers = {token.lower_ for token in agents(match.clause) if token.pos_ == "PRON"}
    if doers & {"you", "one"}:
        return False
    if match.trigger.type in STANCES and actors and all(map(is_expert, actors)):
        return False
    if doers & words("speaker_pronoun"):
        return bool(speakers(match.clause))
    if "subj" in match.trigger.recipients:
        return bool(recipients)
    if match.clause.pos_ == "NOUN":
        return bool(actors or recipients) and any(map(is_name, actors + recipients))
    if is_agentless(match):
        return bool(actors or recipients)
    weapons = any(token.lemma_ in words("weapon") for token in agents(match.clause))
    return bool(actors) or (match.trigger.type == "ASSAULT" and weapons)


def _is_content(match: Match, told: list[Match]) -> bool:
    """Return whether the act is only what another act is about, or another word for it."""
    carriers = {
        token.i: other.trigger.type
        for other in told
        if other is not match
        for token in (other.head, *other.parts)
    }
    below = match.head
    for token in list(chain(match.head))[1:]:
        if token.i in carriers:
            shouted = carriers[token.i] == "PROTEST" and match.trigger.type == "REQUEST"
            apart = below.dep_ in _SEPARATE or below.lower_ in words("after")
            if shouted or not apart:
                return True
        below = token
    return False
