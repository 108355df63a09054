"""Finds the numbers of persons killed and injured in a sentence."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from newslake.transforms.events.data.data_files import countries
from newslake.transforms.events.data.inflections import plain_forms
from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.expressions.time_patterns import MONTHS, NUMERALS, WEEKDAY, YEAR


def _any(of: Iterable[str]) -> str:
    return "|".join(sorted(of, key=lambda one: (-len(one), one))).replace(" ", r"\ ")


_TEN_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS = {word: number * 10 for number, word in enumerate(_TEN_WORDS.split(), start=2)}
_DIGITS = {word: number for word, number in NUMERALS.items() if number < 10}
_NUMERALS = {"a": 1, "an": 1, "another": 1} | {
    word: number for word, number in NUMERALS.items() if word not in _TENS
}
_TIMES = {"dozen": 12, "score": 20, "hundred": 100, "thousand": 1_000, "million": 1_000_000}
_LEAST = ("at least", "over", "more than", "no fewer than", "no less than", "not less than")
_MOST = ("up to", "as many as")
_ABOUT = ("about", "around", "nearly", "some", "almost", "roughly", "fewer than", "less than")
_MOST_DIGITS = 8
"""Maximum number of digits; longer numbers are ignored as errors."""

_NATIONALS = {name for land in countries().values() for name in land.people}
_PERSON = _any(words("victim"))
_PERSONS = _any({
    *(form for word in words("victim") for form in plain_forms(word)),
    *words("victims"),
    *_NATIONALS,
})  # fmt: skip
_OWNER = "(?:the|his|her|its|their)"
_NUMBER = (
    rf"(?:(?!{YEAR}\b)\d{{1,3}}(?:,\d{{3}})+|(?!{YEAR}\b)\d+|\d+\.\d+(?=\ (?:{_any(_TIMES)}))|"
    rf"(?:{_any(_TENS)})(?:[-\ ](?:{_any(_DIGITS)})\b|(?![-\ ](?:{_any(_DIGITS)})\b))|{_any(_NUMERALS)})"
)
_COUNT = (
    "".join(rf"(?<!\bon\ {month}\ )" for month in MONTHS)
    + "".join(rf"(?<!{unit}\ )(?<!{unit}\ and\ )" for unit in _TIMES)
    + rf"(?:(?P<bound>{_any((*_LEAST, *_MOST, *_ABOUT))})\ )?(?:(?:all|both|{_OWNER})\ )?"
    rf"(?:between\ (?P<least>{_NUMBER})\ and\ |(?:from\ )?(?P<low>{_NUMBER})(?:\ (?:to|or)\ |[-–]))?"
    rf"(?P<number>{_NUMBER})(?:\ (?P<times>{_any(_TIMES)})(?:\ and\ (?P<rest>{_NUMBER})(?=\ ))?)?"
    r"(?![-–\w]|\.\d|\ ?%)"
)
_STOPS = _any((*words("no_part_of_victims"), *_NUMERALS, *_TIMES))
_WORDS_BEFORE = rf"(?:\ (?!(?:{_STOPS})\b)(?:\d+-year-old|[^\W\d_][\w’'-]*)){{0,4}}"
_OUT_OF = rf"(?P<of>\ of(?:\ {_OWNER})?(?:\ {_NUMBER}(?=\ ))?)?"
_NOUN = rf"(?:{_OUT_OF}{_WORDS_BEFORE}\ (?:{_PERSONS})\b)"
_GROUP = (
    rf"(?:(?P<pair>an?\ couple(?!\ of\b))"
    rf"|{_COUNT}{_NOUN}"
    rf"|(?P<one>{_OWNER}){_WORDS_BEFORE}\ (?:{_PERSON})\b)"
)
"""Persons with their number: `two of the guards`, `a couple`, `his driver`."""


def _without_names(pattern: str) -> str:
    return re.sub(r"\?P<\w+>", "?:", pattern)


_AND = r",?\ (?:and|as\ well\ as)\ "
_ASIDE = r"(?:,\ (?:aged?\ |all\ |both\ |including\ |among\ |most(?:ly)?\ |\d)[^.;:()—–]{1,60}?,)?"
"""Words between the persons and the verb: three soldiers, aged 19, 20 and 34, were killed."""
_AUXILIARY = r"(?:was|were|been|being|are|have\ been|had\ been|has\ been)\ "
_END = rf"(?=[.,;:)]|$|\ (?:{WEEKDAY}|{_any(words('after_victims'))})\b)"
"""What may follow the last victims. Others may be subjects: in `two men killed a guard`, or in `killed
two men and a guard said`."""
_OTHERS = (
    rf"(?:,\ (?:{_OWNER}|{_NUMBER}|(?-i:[A-Z][\w’'-]*))"
    rf"(?:\ (?!(?:says?|said|told|added|reported)\b)[\w’'-]+){{0,4}}?){{1,3}},?\ and\ (?:{_OWNER}|{_NUMBER})\ "
)
"""Further victims that are not read: killed a doctor, Ann Lee, and her driver."""
_PLACE = r"(?:in|at|near|on|outside)"
_DEEDS = {
    "killed": r"(?:kill(?:ed|ing|s)?|dead|died|murdered|massacred)",
    "injured": r"(?:injur(?:ed|ing|es)|wound(?:ed|ing|s)|hurt(?:ing)?)",
}


class Range(NamedTuple):
    """The minimum and maximum number of persons; None where the text gives no limit."""

    least: int | None
    most: int | None


UNKNOWN = Range(None, None)


class Toll(NamedTuple):
    """The number of victims stated in a sentence."""

    at: int
    """Character offset, in the sentence, of the word for the harm: killed, wounded, ..."""
    persons: Range
    start: int
    """Character offset, in the sentence, of the words for the victims."""
    end: int
    """Character offset after these words."""


def killed(sentence: str) -> Iterator[Toll]:
    """Yield each number of killed persons in the sentence.

    >>> list(killed("A strike killed at least three people and wounded a woman."))
    [Toll(at=9, persons=Range(least=3, most=None), start=16, end=37)]
    """
    return _tolls("killed", sentence)


def injured(sentence: str) -> Iterator[Toll]:
    """Yield each number of injured persons in the sentence.

    >>> list(injured("Shelling killed a 47-year-old man; two others were injured."))
    [Toll(at=51, persons=Range(least=2, most=2), start=34, end=44)]
    """
    return _tolls("injured", sentence)


def _pattern(deed: str) -> re.Pattern[str]:
    """Return the pattern of a word for the harm and the victims before or after it."""
    verb = rf"(?P<deed>{_DEEDS[deed]})"
    group, count = _without_names(_GROUP), _without_names(_COUNT)
    more = rf"(?:,\ {group})*{_AND}{group}"
    elsewhere = rf"(?:\ {_PLACE}\ (?:(?!and\b)[\w’'-]+\ ){{1,4}}and\ (?P<elsewhere>{count})(?=\ {_PLACE}\ ))?"
    before = (
        rf"\b{verb}\ (?P<persons>{group}(?:{more}{_END})?|{count}(?=[.;)]|,\ |\ and\ |$))"
        rf"{elsewhere}(?P<others>(?={_OTHERS}))?"
    )
    after = (
        rf"(?<![\w.,-])(?<!\bno\ )(?P<share>(?:one\ in|(?:{_any(words('share'))})\ of)\ )?"
        rf"(?P<persons>(?:(?<!ed\ )(?<!ing\ ){group}{more}|{group})|{count}){_ASIDE}\ "
        rf"(?P<passive>{_AUXILIARY})?{verb}\b(?(passive_)|(?:{_END}|(?=\ (?:was|were|is|are|ha[ds]|have)\b)))"
    )
    after = re.sub(r"\(\?P<(\w+)>", r"(?P<\1_>", after)
    return re.compile(f"{before}|{after}", re.IGNORECASE)


_PATTERNS = {deed: _pattern(deed) for deed in _DEEDS}
_HINTS = {deed: re.compile(words, re.IGNORECASE) for deed, words in _DEEDS.items()}
_GROUPS = re.compile(rf"{_GROUP.replace(_NOUN, _NOUN + '?')}", re.IGNORECASE)


def _tolls(deed: str, sentence: str) -> Iterator[Toll]:
    if not _HINTS[deed].search(sentence):  # a fast test, which few sentences pass
        return
    for match in _PATTERNS[deed].finditer(sentence):
        side = "" if match["deed"] else "_"
        start, end = match.span("persons" + side)
        spans = [(start, end), match.span("elsewhere")]
        groups = [one for span in spans for one in _GROUPS.finditer(sentence, *span)]
        if match["others"] is not None or match["share_"]:
            continue
        part = side and not match["passive_"] and any(one["of"] for one in groups)
        part = part and match["deed_"].lower() != "dead"  # one of the four hostages killed in May
        persons = UNKNOWN if part else _total(list(map(_range, groups)))
        end = max(end, match.end("elsewhere"))
        yield Toll(match.start("deed" + side), persons, start, end)


def _total(groups: list[Range]) -> Range:
    """Return the sum of the groups; if the others only divide the first, return the first."""
    if UNKNOWN in groups:
        return UNKNOWN
    least, most = _sum(group.least for group in groups), _sum(group.most for group in groups)
    first, divides = groups[0], len(groups) > 2
    return first if divides and least and first.least == least / 2 else Range(least, most)


def _sum(numbers: Iterable[int | None]) -> int | None:
    """Return the sum; None if one of the numbers is None."""
    total = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total


def _range(group: re.Match[str]) -> Range:
    if group["pair"]:
        return Range(2, 2)
    if group["one"]:
        return Range(1, 1)
    times = _TIMES.get((group["times"] or "").lower(), 1)
    rest = _number(group["rest"], 1) if group["rest"] else 0
    most = _number(group["number"], times)
    low = group["least"] or group["low"]
    least = _number(low, times) if low else most
    if least is None or most is None or rest is None or least > most:
        return UNKNOWN
    bound = (group["bound"] or "").lower()
    if bound in _ABOUT:
        return UNKNOWN
    return Range(None if bound in _MOST else least + rest, None if bound in _LEAST else most + rest)


def _number(text: str, times: int) -> int | None:
    """Return the value of a number in words or digits, times `times`; None if it is too large."""
    plain = text.replace(",", "").lower()
    if len(plain) > _MOST_DIGITS and plain.isdigit():
        return None
    numerals = _NUMERALS | _TENS
    value = sum(float(numerals.get(part, part)) for part in re.split("[- ]", plain))
    persons = round(value * times)
    return persons if persons < 10**_MOST_DIGITS else None
