"""Bylines: extracts the names of authors from a byline."""

import re
from collections.abc import Iterable, Iterator

from newslake.transforms.agencies import agency_of
from newslake.transforms.extract.fields.dates import DAY_STATED
from newslake.transforms.text import folded

MAX_CHARACTERS = 300
"""Maximum length of a byline, in characters; longer bylines are ignored."""

MAX_NAME_WORDS = 6
"""Maximum length of a name, in words; a longer part of a byline is a description."""

_BY = re.compile(
    r"(?:(?:written|reported|story|text|words|report|article|posted|published|analysis|opinion|review"
    r"|view all posts|more)\s+)?(?:by|von|vom|par|por|di|av|af|door|przez|від|от)\s*:?\s+"
    r"|(?:author|autor|autorin|auteur|autore|tekst|text|words|редакция|автор(?:ы|и)?|作者|記者|记者|質問者|文)s?"
    r"\s*[:：|/／]\s*|(?:記者|记者)\s+",
    re.IGNORECASE,
)
_GLUED = re.compile(r"By(?=[A-Z][a-z]+ [A-Z])|About (?:the [Aa]uthor:? )?(?=[A-Z])")
_BEHIND = re.compile(
    r"(?<=[a-z])(?=(?:Senior|Chief|Staff|News|Sports|Political|Guest)\s+[A-Za-z]+$).*"
    r"|(?<=\w)\s+(?:(?:for|in|[Ss]pecial to)\s+(?:the\s+)?[A-Z0-9].*|Bio|Sponsored|\d+\s+[Cc]omments?"
    r"|(?:View|See|Read|E-?mail|Follow)\s+.+|(?:Published|Updated|Posted):?"
    r"|(?:(?:Senior|Chief|Staff|News|Sports|Political|Guest)\s+)*"
    r"(?:Staff|Writer|Reporter|Editor|Correspondent|Contributor|Author|Redacción|Redaktion))$"
)
"""A topic, a place, a role or a button that follows a name without a comma."""
# A date, a clock time or a photo credit. No author's name follows these.
_NO_MORE = re.compile(
    rf"{DAY_STATED}|\d\d?[:.]\d\d|\d+\s+(?:minute|hour|day)s?\s+ago"
    r"|\b(?:photo|picture|image|illustration|foto|bild|фото|圖|图|攝影|摄影)s?(?:graf\w*)?\s*[:：/／]",
    re.IGNORECASE,
)
_LEADS_THERE = re.compile(
    r"(?:[\W_]*\b(?:last|updated|posted|published|modified|on|at|(?:mon|tues|wednes|thurs|fri|satur|sun)day))+"
    r"\W*$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\b(?:writer|editor|reporter|correspondent|columnist|contributor|journalist|staff|essay(?:ist)?"
    r"|analyst|photographer|producer|presenter|host|chief|director|professor|fellow)s?(?:-at-large)?$",
    re.IGNORECASE,
)
# Places of two or more words. Any other text after a comma counts as a name if it looks like one.
_PLACE = re.compile(
    r"(?:New|San|Santa|Los|Las|St\.?|Saint|Cape|Port|Fort|North|South|East|West|United|Rio de) .*"
    r"|Hong Kong|Tel Aviv|Kuala Lumpur|Abu Dhabi|Addis Ababa|Buenos Aires|Sri Lanka|Saudi Arabia"
    r"|.*\b(?:City|County|Islands?|Bureau|D\.?C\.?)"
)
# Words that mean "and". In upper case, short words may also be initials or parts of names.
_JOINING = r"and|und|et|og|och|en|ve|и|та|e|y|i|ja|with|mit|avec"
_AND = re.compile(rf"\s+(?:{_JOINING}|And|Und|With|Mit|Avec)\s+|\s*&\s*")
_AND_IN_CAPITALS = re.compile(rf"\s+(?:{_JOINING.upper()})\s+|\s*&\s*")
_JOINED_BEFORE = re.compile(rf"^(?:(?:{_JOINING})\s|&)\s*")
_UNSPACED = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
_APART = re.compile(
    rf"\s*[;|、，،\n]\s*|\s+/\s+|\s+[–—•·]\s+|(?<={_UNSPACED})\s*,\s*(?={_UNSPACED})"
)
_NO_NAME = re.compile(
    r"https?:|www\.|@|\d{4}|\d\d[:.]\d\d|^\W*$|^(?:share|tweet|facebook|twitter|e-?mail|print|follow)\b"
    r"|^(?:no author|comments?|(?:mon|tue|wed|thu|fri|sat|sun)(?:\w*day)?)$"
    r"|^(?:photos?|pictures?|images?|illustrations?|sponsored|presented) (?:by|via)\b|\bmin(?:ute)?s? read$",
    re.IGNORECASE,
)
_REMARK = re.compile(r"\s*[(\[（].*?[)\]）]\s*")
_BRACKETS = " ()[]（）"
_REPORTER = re.compile(r"\s*(?:기자|특파원|記者)$")
_PARTICLES = re.compile(
    r"a[fl]|bin|bint|das?|de[lnr]?|della|d[iou]|dos|d['’]\w+|el|ibn|l[ae]|['’][st]|te[nr]|v[ao]n|e|i|y|zu"
)
_GIVEN_NAME_TOO = re.compile(r"(?:Di|Von)\s+(?!Reda[kz]|[a-z]|[A-Z]{2})([^\W\d_]+)")
_SURNAME_FIRST = re.compile(
    r"(?!Reda[ckz])([^\W\d_][\w'’-]+), (?![JS]r\b)([^\W\d_][^\W\d_A-Z]+(?:-\w+)?(?: [^\W\d_]\.?)?)"
)


def names_in(bylines: Iterable[str]) -> list[str]:
    """Return the names in `bylines`, in order and without duplicates.

    >>> names_in(["By Ann Lee and Bo Ek, Special Correspondent in Kyiv", "desk@example.org"])
    ['Ann Lee', 'Bo Ek']

    Text after a name or in brackets is removed. Only the name of a news agency is kept, because an
    agency counts as an author.

    >>> names_in(["Ann Lee (Reuters)", "Bo Ek, AP"])
    ['Ann Lee', 'Reuters', 'Bo Ek', 'AP']

    Dates, times, photo credits and roles are removed too, but a news agency in a role is kept.

    >>> names_in(["Ann Lee, AP Sports Writer, updated March 1, 2024", "Foto: Bo Ek"])
    ['Ann Lee', 'AP']
    """
    short = (byline for byline in bylines if len(byline) <= MAX_CHARACTERS)
    names = (name for byline in short for name in _split(byline))
    return list({folded(name): name for name in reversed(list(names))}.values())[::-1]


def is_full_name(name: str) -> bool:
    """Return whether `name` has two to five words, each a capitalised word or a particle."""
    words = name.split()
    fitting = (_PARTICLES.fullmatch(word) or _is_capital(word) for word in words)
    return 2 <= len(words) <= 5 and all(fitting)


def is_by(word: str) -> bool:
    """Return whether `word` introduces a byline, as `by` does.

    >>> is_by("By"), is_by("Von"), is_by("Bypass")
    (True, True, False)
    """
    return bool(_BY.fullmatch(f"{word} "))


def _split(byline: str) -> Iterator[str]:
    parts = _APART.split(_REMARK.sub(" ", byline).strip())
    for number, part in enumerate(parts):
        first, *others = (one.strip() for one in _surname_last(_credited(part)).split(","))
        if not (number and (_is_no_person(first) or _is_word_alone(first, parts[0]))):
            yield from _several(first)
        for other in others:
            named = _JOINED_BEFORE.sub("", other)
            agency = named.split(" ")[0] if _is_no_person(named) else named
            if agency_of(agency):
                yield agency
            elif is_full_name(_parts(named)[0]) and not _is_no_person(named):
                yield from _several(named)
    yield from filter(agency_of, (one.strip(_BRACKETS) for one in _REMARK.findall(byline)))


def _credited(part: str) -> str:
    """Return the names after `by` and before a date, time or photo credit in `part` of a byline.

    If a date, time or photo credit follows, the words before it must start with a capital.
    """
    end = _NO_MORE.search(part)
    named = _LEADS_THERE.sub("", part[: end.start()]) if end else part
    is_name = (found := _GIVEN_NAME_TOO.fullmatch(named)) and not agency_of(found[1])
    by = None if is_name else _BY.match(named) or _GLUED.match(named)
    named = named[by.end() :] if by else named
    if is_full_name(alone := _BEHIND.sub("", named)):
        named = alone
    return "" if end and not _is_capital(named) else named


def _is_no_person(part: str) -> bool:
    """Return whether `part` of a byline is a role or a place."""
    return bool(_ROLE.search(part) or _PLACE.fullmatch(part))


def _is_word_alone(part: str, first: str) -> bool:
    """Return whether `part` has one word and `first` has more: `part` is then probably a place."""
    return " " in first and " " not in part and not _is_whole(part)


def _surname_last(part: str) -> str:
    """Return `Jane Smith` for `Smith, Jane`; return any other part of a byline unchanged."""
    found = _SURNAME_FIRST.fullmatch(part)
    if not found or any(agency_of(word) or word.isupper() for word in found.groups()):
        return part
    in_order = f"{found[2]} {found[1]}"
    return in_order if is_full_name(in_order) and not _ROLE.search(found[2]) else part


def _several(names: str) -> Iterator[str]:
    """Yield the names in `names`, which may be joined by a word that means `and`."""
    for name in _parts(names):
        name = _REPORTER.sub("", name.strip(" .,:-–—'\""))
        if name and not _NO_NAME.search(name) and len(name.split()) <= MAX_NAME_WORDS:
            yield name


def _parts(names: str) -> list[str]:
    """Split `names` at each word that means `and`, but only if all parts are complete names.

    >>> _parts("Ann Lee and Bo Ek"), _parts("Food and Agriculture Organization")
    (['Ann Lee', 'Bo Ek'], ['Food and Agriculture Organization'])
    """
    parts = (_AND_IN_CAPITALS if names.isupper() else _AND).split(names)
    return parts if all(map(_is_whole, parts)) else [names]


def _is_whole(name: str) -> bool:
    """Return whether `name` is an agency, has several words or uses a script without spaces."""
    several = " " in name.strip() or re.fullmatch(f"{_UNSPACED}+", name)
    return bool(agency_of(name) or (several and _is_capital(name)))


def _is_capital(word: str) -> bool:
    return bool(word) and word[0].isalpha() and not word[0].islower()
