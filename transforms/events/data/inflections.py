"""Maps word forms to their possible lemmas, without a parse."""

from collections.abc import Iterable
from functools import cache

from newslake.transforms.events.data.data_files import read_rows


def inflections(lemma: str) -> frozenset[str]:
    """Return the forms of a verb or noun. Some results are not English words, but have no effect.

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
    """Return the forms that a noun and a verb can share (base and -s form), and plurals in -men.

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
    """Return a dictionary from each inflected form of `lemmas` to its possible lemmas."""
    found: dict[str, set[str]] = {}
    for lemma in lemmas:
        for form in inflections(lemma):
            found.setdefault(form, set()).add(lemma)
    shared: dict[frozenset[str], frozenset[str]] = {}  # saves memory: most of the sets are equal
    each = {form: frozenset(some) for form, some in found.items()}
    return {form: shared.setdefault(some, some) for form, some in each.items()}


@cache
def _irregular() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, forms in read_rows("words.tsv", 2):
        if name == "irregular":
            lemma, *others = forms.split()
            found.setdefault(lemma, []).extend(others)
    return found
