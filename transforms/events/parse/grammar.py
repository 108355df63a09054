"""Queries on the dependency parse, for example for subjects, agents, patients and clauses.

The queries depend on English syntax as spaCy labels it, not on events.
"""

from collections.abc import Iterable, Iterator

from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.parse.tokens import Token

SUBJECTS = {"nsubj", "nsubjpass"}
RELATIVE = {"WDT", "WP", "WP$"}
VERBAL = {"VERB", "AUX"}
NAMES = {"NNP", "NNPS"}


def children(token: Token, *labels: str) -> list[Token]:
    """Return the children of `token` with one of the dependency `labels`."""
    doc, place = token.doc, token.i
    known = doc.user_data.get(place)
    if known is None:  # cached as indices, since cached tokens would keep `doc` alive
        known = doc.user_data[place] = [(child.dep_, child.i) for child in token.children]
    return [doc[child] for label, child in known if label in labels] if known else []


def with_conjuncts(tokens: Iterable[Token]) -> list[Token]:
    """Return `tokens`, each followed by its conjuncts (joined by `and`, `or` or a comma)."""
    found: list[Token] = []
    for token in tokens:
        found.append(token)
        found.extend(with_conjuncts(children(token, "conj")))
        found.extend(_examples(token))
    return found


def with_parts(nouns: Iterable[Token]) -> list[Token]:
    """Return `nouns`; after an amount, add the noun measured: millions of dollars of aid."""
    found: list[Token] = []
    for noun in nouns:
        found.append(noun)
        if noun.lemma_.lower() in words("amount"):
            links = [link for link in children(noun, "prep") if link.lower_ == "of"]
            found.extend(with_parts(objects_of(links)))
    return found


def subjects(verb: Token) -> list[Token]:
    """Return the heads of the verb's own or shared subject; [] if the verb has no subject."""
    own = children(verb, *SUBJECTS) or _mistaken_subject(verb)
    if own:
        return with_conjuncts([_antecedent(own[0], verb)])
    head = verb.head
    if head.i == verb.i:
        return []
    if verb.dep_ == "xcomp":
        controllers = with_conjuncts(children(head, "dobj", "dative"))
        return controllers or subjects(head)
    if verb.dep_ in {"acl", "relcl"} and head.pos_ not in VERBAL:
        return _authors(head) if _infinitive(verb) or head.lemma_ in words("document") else [head]
    if verb.dep_ in {"conj", "advcl", "ccomp", "parataxis", "dep", "acomp"} and head.pos_ in VERBAL:
        return subjects(head)
    if verb.dep_ == "pcomp" and head.head.pos_ in VERBAL:
        return subjects(head.head)
    return []


def is_passive(verb: Token) -> bool:
    """Return whether the verb is in the passive voice."""
    if children(verb, "nsubjpass", "auxpass", "agent"):
        return True
    if verb.tag_ != "VBN" or children(verb, "aux", "nsubj"):
        return False
    if verb.dep_ == "conj":
        return is_passive(verb.head)
    return verb.dep_ in {"acl", "advcl"} and not children(verb, "dobj")


def agents(verb: Token) -> list[Token]:
    """Return the heads of the verb's agent: the subject (in the passive, the object of `by`)."""
    if is_passive(verb):
        return objects_of(children(verb, "agent"))
    return subjects(verb)


def patients(verb: Token) -> list[Token]:
    """Return the heads of the verb's patient: the object (in the passive, the subject)."""
    if is_passive(verb):
        return subjects(verb)
    clauses = filter(_infinitive, children(verb, "ccomp"))
    raised = [subject for clause in clauses for subject in children(clause, *SUBJECTS)]
    own = with_conjuncts(children(verb, "dobj", "dative") + raised)
    shared = [other for other in children(verb, "conj") if not children(other, *SUBJECTS)]
    if own or verb.dep_ == "conj" or not shared or shared[0].pos_ != "VERB":
        return own
    return patients(shared[0]) if _adjacent(verb, shared[0]) else []


def objects_of(prepositions: Iterable[Token]) -> list[Token]:
    """Return the heads of the objects of the prepositions."""
    return with_conjuncts([noun for link in prepositions for noun in children(link, "pobj")])


def prepositional(tokens: Iterable[Token], preposition: str) -> list[Token]:
    """Return the heads of the objects that `preposition` attaches to one of `tokens`."""
    links = (link for token in tokens for link in children(token, "prep", "agent", "dative"))
    return objects_of(link for link in links if link.lower_ == preposition)


def has_clause(verb: Token, kind: str) -> bool:
    """Return whether `verb` has a clause of a `kind` after it: inf (infinitive), that or any."""
    clauses = children(verb, "xcomp", "ccomp", "advcl" if kind == "inf" else "ccomp")
    if kind == "inf":
        return any(map(_infinitive, clauses))
    if kind == "that":
        return any(not _infinitive(clause) for clause in children(verb, "ccomp"))
    return kind == "any" and bool(clauses)


def auxiliaries(verb: Token) -> list[Token]:
    """Return the verb's own and shared auxiliaries and negations: will, not, may, to, ...

    In `did not speak but attacked`, the verbs share neither `did` nor `not`.
    """
    own = children(verb, "aux", "auxpass", "neg")
    shares = verb.dep_ == "conj" and not children(verb, "aux", *SUBJECTS)
    goes_on = verb.dep_ == "xcomp" and verb.head.lemma_ in words("aspect")
    if not (shares or goes_on):
        return own
    above = auxiliaries(verb.head)
    helped = any(word.tag_ == "MD" or word.lemma_ == "do" for word in above)
    return own if helped and verb.tag_ in {"VBD", "VBZ"} else own + above


def is_fronted(phrase: Token, verb: Token, clause: Token) -> bool:
    """Return whether `phrase` precedes the subject of `verb`, and `clause` is a conjunct of `verb`.

    If so, both verbs share the phrase.
    """
    joined = clause.dep_ == "conj" and any(above.i == verb.i for above in chain(clause))
    own = children(verb, *SUBJECTS)
    return joined and bool(own) and phrase.i < own[0].i and phrase.head.i == verb.i


def is_infinitive(verb: Token) -> bool:
    """Return whether the verb has `to`, or is a conjunct of a verb that has `to`."""
    if verb.dep_ == "conj" and not children(verb, "aux", *SUBJECTS) and verb.tag_ == "VB":
        return is_infinitive(verb.head)
    return _infinitive(verb)


def is_question(token: Token) -> bool:
    """Return whether the sentence of `token` is a question."""
    last = [word for word in token.sent if not (word.is_quote or word.is_space)][-1:]
    return bool(last) and last[0].text == "?"


def chain(token: Token) -> Iterator[Token]:
    """Yield `token` and its ancestors, up to the root."""
    yield token
    while token.head.i != token.i:
        token = token.head
        yield token


def distinct(tokens: Iterable[Token]) -> list[Token]:
    """Return `tokens` without repetitions, in order."""
    return list({token.i: token for token in tokens}.values())


def _infinitive(verb: Token) -> bool:
    return any(child.lower_ == "to" for child in children(verb, "aux"))


def _examples(noun: Token) -> list[Token]:
    """Return the names after `including` or `such as` that depend on `noun`."""
    links = [link for link in children(noun, "prep") if link.lower_ in words("example")]
    return [name for name in objects_of(links) if name.tag_ in NAMES]


def _mistaken_subject(verb: Token) -> list[Token]:
    """Return names before the verb if the parser takes these names for an adverb or a part of one.

    In `On 12 March Peru attacked`, the parser takes `12 March Peru` for one name.
    """
    adverbs = children(verb, "advmod", "npadvmod")
    times = [link for word in (verb, *adverbs) for link in children(word, "prep")]
    return [
        name
        for name in [*adverbs, *(name for name in objects_of(times) if is_after_date(name))]
        if name.tag_ in NAMES and name.i < verb.i and name.lower_ not in words("time")
    ]


def is_after_date(name: Token) -> bool:
    """Return whether the parser takes a day or month before a name for a part of the name."""
    return any(part.lower_ in words("date") for part in children(name, "compound"))


def _authors(noun: Token) -> list[Token]:
    """Return the authors of a decision, call or statement: its owners or its verb's subjects."""
    return children(noun, "poss") or (subjects(noun.head) if noun.head.pos_ in VERBAL else [])


def _adjacent(verb: Token, other: Token) -> bool:
    """Return whether only particles, commas, `and`, `or` are in between: `shot down or jammed`."""
    between = verb.doc[verb.i + 1 : other.i]
    return all(token.dep_ in {"cc", "prt", "punct", "advmod"} for token in between)


def _antecedent(subject: Token, verb: Token) -> Token:
    """Return the noun that a relative pronoun refers to. Other subjects are returned unchanged."""
    if subject.tag_ in RELATIVE or subject.lower_ == "that":
        while verb.dep_ == "conj":
            verb = verb.head
        if verb.dep_ == "relcl":
            return verb.head
    return subject
