"""Finds the actors and recipients in a trigger's clause, and tests the trigger's conditions."""

from collections.abc import Sequence
from typing import NamedTuple

from newslake.transforms.events.data.lexicon import Condition, Trigger, words
from newslake.transforms.events.parse.grammar import (
    NAMES,
    agents,
    children,
    distinct,
    has_clause,
    is_infinitive,
    is_passive,
    objects_of,
    patients,
    prepositional,
    subjects,
    with_parts,
)
from newslake.transforms.events.parse.tokens import Token
from newslake.transforms.events.rules.parties import DocumentContext, is_official, is_party, owners

DEFAULT_RECIPIENTS = ("obj", "against", "with", "on", "at", "toward", "towards", "content")
"""Roles to search for recipients, unless the trigger specifies other roles."""


class Match(NamedTuple):
    """A trigger's words in a sentence."""

    trigger: Trigger
    head: Token
    """The word that expresses the event."""
    parts: tuple[Token, ...]
    """The other words of the phrase."""
    clause: Token
    """The verb with the actor as subject, and with the auxiliaries. If there is none, the noun."""


def holds(condition: Condition, match: Match, context: DocumentContext) -> bool:
    """Return whether the match meets the condition; `context` is the article's context."""
    role, tests, wanted = condition
    if role == "clause":
        verbs = {clause.lemma_ for clause in children(match.head, "xcomp", "ccomp")}
        return wanted == (bool(verbs & tests) or any(has_clause(match.head, one) for one in tests))
    if role == "verb":
        return wanted == (match.clause.lemma_ in tests)
    if role == "does":
        subject = match.head.dep_ in {"nsubj", "nsubjpass"}
        return wanted == (subject and match.head.head.lemma_ in tests)
    if role == "scene":
        parties = actors_of(match) + recipients_of(match)
        return wanted == any(is_official(token, context) for token in parties)
    tokens = with_parts(role_tokens(role, match))
    found = (
        ("any" in tests and bool(tokens))
        or ("none" in tests and not tokens)
        or ("several" in tests and _several(tokens))
        or ("party" in tests and any(map(is_party, tokens)))
        or any(is_one_of(token, tests) for token in tokens)
    )
    return found == wanted


def role_tokens(role: str, match: Match) -> list[Token]:
    """Return the heads of the noun phrases in `role`.

    Roles are `subj`, `obj`, `own` (the owner of a noun), `content` (the parties in the infinitive
    or clause after the verb) and prepositions.
    """
    verbal = match.clause is not match.head or match.trigger.sense != "n"
    if role == "subj":
        return agents(match.clause) if verbal else owners(match.head)
    if role == "obj":
        return patients(match.clause)
    if role == "own":
        return owners(match.head)
    if role == "content":
        return _content_tokens(match)
    near = [match.clause, match.head, *match.parts, *(patients(match.clause) if verbal else [])]
    near += objects_of(children(near[-1], "prep")) if len(near) > 2 else []
    behind = (one for one in prepositional(distinct(near), role) if one.i > match.head.i)
    return [token for token in behind if token.lower_ not in words("time")]


def actors_of(match: Match) -> list[Token]:
    """Return the actors. If the subject is a weapon or an attack, they are the parties that use it."""
    if "subj" in match.trigger.recipients:
        return _parties(prepositional([match.clause, match.head, *match.parts], "from"))
    if match.trigger.sense == "n" and match.clause.i == match.head.i:
        targets = {token.i for token in recipients_of(match)}
        return [token for token in owners(match.head) if token.i not in targets]
    found: list[Token] = []
    for doer in agents(match.clause):
        if doer.lemma_ in words("weapon"):
            found.extend(owners(doer))
        elif is_party(doer):
            found.append(doer)
    for role in match.trigger.recipients:
        if role.startswith("="):
            found.extend(_parties(role_tokens(role[1:], match)))
    if match.trigger.sense == "n" and not found:
        found.extend(owners(match.head))
    return distinct(found)


def recipients_of(match: Match) -> list[Token]:
    """Return the recipients: the parties in the first role that has parties."""
    roles: Sequence[str] = match.trigger.recipients or DEFAULT_RECIPIENTS
    if roles == ("-",):
        return []
    if roles == ("subj",):
        return _parties(subjects(match.clause))
    for role in roles:
        if role.startswith("="):
            continue
        tokens = role_tokens(role, match)
        if parties := _parties(tokens):
            return parties
        if within := [owner for token in tokens for owner in owners(token)]:
            return distinct(within)
    return []


def is_agentless(match: Match) -> bool:
    """Return whether the sentence may omit the actor: the event is a passive verb or a noun."""
    return match.clause.pos_ == "NOUN" or is_passive(match.clause)


def _content_tokens(match: Match) -> list[Token]:
    found: list[Token] = []
    clauses = children(match.head, "xcomp", "ccomp")
    clauses += [clause for part in match.parts for clause in children(part, "acl")]
    for clause in clauses:
        if not is_infinitive(clause):
            own = children(clause, "nsubj", "nsubjpass")
            found.extend(token for token in own if token.pos_ != "PRON")  # he denied that he ...
            continue
        inner = patients(clause)
        found.extend(token for token in inner if is_party(token) and token.pos_ != "PRON")
        if not found:
            found.extend(_parties(objects_of(children(clause, "prep"))))
        if not found:
            found.extend(objects_of([link for noun in inner for link in children(noun, "prep")]))
    return list(filter(is_party, found))


def _several(tokens: Sequence[Token]) -> bool:
    return len(tokens) > 1 or any(token.tag_ in {"NNS", "NNPS"} for token in tokens)


def is_one_of(token: Token, tests: frozenset[str]) -> bool:
    """Return whether a noun, or the noun before a name (Hurricane Ann), is in `tests`.

    In `tank fire`, `fire` does not count.
    """
    kinds = children(token, "compound")
    if token.lemma_ == "fire" and any(kind.lemma_ in words("weapon") for kind in kinds):
        return False
    named = [token, *kinds] if token.tag_ in NAMES else [token]
    return any({word.lemma_.lower(), word.lower_} & tests for word in named)


def _parties(tokens: Sequence[Token]) -> list[Token]:
    return distinct(filter(is_party, tokens))
