"""Detects the language of a text."""

import re
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

MIN_LETTERS = 20
"""Minimum number of letters for language detection."""

ENOUGH = 500
"""Number of characters given to the detector; more characters do not change the result."""

_LETTER = re.compile(r"[^\W\d_]")
_TWO_LETTERS = re.compile(r"[a-z]{2}(?![a-z])")


def language_of(text: str, declared: str | None = None) -> tuple[str | None, float | None]:
    """Return the ISO 639-1 code of the language of `text`, and the detector's probability.

    If the text is too short for detection, this returns the declared language without a
    probability, or (None, None) if no language is declared.
    """
    sample = text[:ENOUGH]
    if len(_LETTER.findall(sample)) < MIN_LETTERS:
        return two_letters(declared), None
    code, probability = _identifier().classify(sample)
    return (None, None) if code == _NO_LANGUAGE else (code, round(float(probability), 4))


def two_letters(tag: str | None) -> str | None:
    """Return the two-letter code in a language tag such as `pt-BR`; None if it has no such code.

    >>> two_letters("pt-BR"), two_letters("english")
    ('pt', None)
    """
    found = _TWO_LETTERS.match((tag or "").strip().lower())
    return found.group() if found else None


_NO_LANGUAGE = "zxx"


@cache
def _identifier() -> LanguageIdentifier:
    """Load the model from the package; this takes 0.5 s and 70 MB."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    codes = [code for code in identifier.labels if len(code) == 2 or code == _NO_LANGUAGE]
    identifier.set_languages(codes)
    identifier._full_model = None  # 23 MB, only needed to change the set of languages
    return identifier
