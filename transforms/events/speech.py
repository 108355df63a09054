"""Who is quoted: the speaker that a report is attributed to."""

from transforms.events.grammar import Token, chain, children, objects_of, subjects
from transforms.events.lexicon import words

TOLD = {"ccomp", "parataxis"}


def speakers(clause: Token) -> list[Token]:
    """Return the heads of those who are told to have said the clause; [] if it is the paper itself."""
    for token in chain(clause):
        said = token.head if token.dep_ in TOLD else token
        if said.i != token.i and said.lemma_ in words("report"):
            return subjects(said)
        for aside in children(token, "parataxis", "advcl", "prep"):
            if aside.lemma_ in words("report") and aside.dep_ == "parataxis":
                return subjects(aside)
            if aside.lower_ == "according":
                return objects_of(children(aside, "prep"))
        if token.dep_ == "conj" and children(token, "nsubj", "nsubjpass"):
            break
    return []
