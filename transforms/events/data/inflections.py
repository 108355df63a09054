"""Which lemmas a written word can be a form of, before any parse."""

from collections.abc import Iterable
from functools import cache

from newslake.transforms.events.data.tsv import read_rows


def inflections(lemma: str) -> frozenset[str]:
    """Return the forms of a verb or noun, and more: what is no word does no harm.

    >>> sorted(inflections("deny"))[:4]
    ['denied', 'denies', 'deny', 'denyd']
    """
    stem = lemma.removesuffix("e")
    forms = {*plain_forms(lemma), stem + "ed", stem + "ing", lemma + "d"}
    if lemma.endswith("y"):
        forms.add(lemma[:-1] + "ied")
    if lemma[-1:] in "bdgklmnprt":
        forms |= {lemma + lemma[-1] + ending for ending in ("ed", "ing")}
    return frozenset(forms | set(_irregular().get(lemma, ())))


def plain_forms(lemma: str) -> frozenset[str]:
    """Return the forms in which a noun and a verb look the same, and plurals.

    >>> sorted(plain_forms("ally"))
    ['allies', 'ally', 'allyes', 'allys']
    """
    forms = {lemma, lemma + "s", lemma + "es"}
    if lemma.endswith("y"):
        forms.add(lemma[:-1] + "ies")
    if lemma.endswith("man"):
        forms.add(lemma[:-3] + "men")
    return frozenset(forms)


def lemmas_by_form(lemmas: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return, for each form of one of `lemmas`, those that it can be of."""
    found: dict[str, set[str]] = {}
    for lemma in lemmas:
        for form in inflections(lemma):
            found.setdefault(form, set()).add(lemma)
    shared: dict[frozenset[str], frozenset[str]] = {}  # most are alike, and there are thousands
    each = {form: frozenset(those) for form, those in found.items()}
    return {form: shared.setdefault(those, those) for form, those in each.items()}


@cache
def _irregular() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, forms in read_rows("words.tsv", 2):
        if name == "irregular":
            lemma, *others = forms.split()
            found.setdefault(lemma, []).extend(others)
    return found
