"""Resolves pronouns if the paragraph names exactly one person before the pronoun."""

from newslake.transforms.events.data.actors import is_person
from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.parse.tokens import Token
from newslake.transforms.events.rules.parties import is_proper, name_of


def antecedent(pronoun: Token) -> str | None:
    """Return the phrase that `he` or `she` refers to; None if no person or several are named."""
    if pronoun.lower_ not in words("he"):
        return None
    names = [
        name_of(token).text
        for token in pronoun.doc[: pronoun.i]
        if is_proper(token) and token.dep_ not in {"compound", "poss"}
    ]
    before = [name for name in names if is_person(name)]
    persons = {name.split()[-1] for name in before}
    return before[0] if len(persons) == 1 else None
