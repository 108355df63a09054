"""Language: which one a text is written in, by its letters alone."""

import re
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

MIN_LETTERS = 20
"""A text with fewer letters is too short to tell."""

ENOUGH = 500
"""Characters looked at: more do not change the answer."""

_LETTER = re.compile(r"[^\W\d_]")
_TWO_LETTERS = re.compile(r"[a-z]{2}(?![a-z])")


def language_of(text: str, declared: str | None = None) -> tuple[str | None, float | None]:
    """Return the ISO 639-1 code of the language of `text`, and the detector's probability.

    The text decides. Where it is too short, what the document declares is taken, without a
    probability; (None, None) if it declares nothing.
    """
    sample = text[:ENOUGH]
    if len(_LETTER.findall(sample)) < MIN_LETTERS:
        return two_letters(declared), None
    code, probability = _identifier().classify(sample)
    return (None, None) if code == _NO_LANGUAGE else (code, round(float(probability), 4))


def two_letters(tag: str | None) -> str | None:
    """Return the language of a tag such as `pt-BR` or `en_US`; None if it has no two-letter code.

    >>> two_letters("pt-BR"), two_letters("english")
    ('pt', None)
    """
    found = _TWO_LETTERS.match((tag or "").strip().lower())
    return found.group() if found else None


_NO_LANGUAGE = "zxx"


@cache
def _identifier() -> LanguageIdentifier:
    """Load the model, which the package brings; half a second and 70 MB."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    codes = [code for code in identifier.labels if len(code) == 2 or code == _NO_LANGUAGE]
    identifier.set_languages(codes)
    identifier._full_model = None  # 23 MB that only another choice of languages would ask for
    return identifier
