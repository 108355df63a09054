"""The regular expressions of the numbers of persons killed and injured."""

import re
from collections.abc import Iterable
from functools import cache

from newslake.transforms.events.data.data_files import countries
from newslake.transforms.events.data.inflections import plain_forms
from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.expressions.time_patterns import MONTHS, NUMERALS, WEEKDAY, YEAR


def _any(of: Iterable[str]) -> str:
    return "|".join(sorted(of, key=lambda one: (-len(one), one))).replace(" ", r"\ ")


_TEN_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
TENS = {word: number * 10 for number, word in enumerate(_TEN_WORDS.split(), start=2)}
_DIGITS = {word: number for word, number in NUMERALS.items() if number < 10}
NUMBER_WORDS = {"a": 1, "an": 1, "another": 1} | {
    word: number for word, number in NUMERALS.items() if word not in TENS
}
TIMES = {"dozen": 12, "score": 20, "hundred": 100, "thousand": 1_000, "million": 1_000_000}
LEAST = ("at least", "over", "more than", "no fewer than", "no less than", "not less than")
MOST = ("up to", "as many as")
ABOUT = ("about", "around", "nearly", "some", "almost", "roughly", "fewer than", "less than")

_NATIONALS = {name for land in countries().values() for name in land.people}
_PERSON = _any(words("victim"))
_PERSONS = _any({
    *(form for word in words("victim") for form in plain_forms(word)),
    *words("victims"),
    *_NATIONALS,
})  # fmt: skip
_OWNER = "(?:the|his|her|its|their)"
_NUMBER = (
    rf"(?:(?!{YEAR}\b)\d{{1,3}}(?:,\d{{3}})+|(?!{YEAR}\b)\d+|\d+\.\d+(?=\ (?:{_any(TIMES)}))|"
    rf"(?:{_any(TENS)})(?:[-\ ](?:{_any(_DIGITS)})\b|(?![-\ ](?:{_any(_DIGITS)})\b))|{_any(NUMBER_WORDS)})"
)
_COUNT = (
    "".join(rf"(?<!\bon\ {month}\ )" for month in MONTHS)
    + "".join(rf"(?<!{unit}\ )(?<!{unit}\ and\ )" for unit in TIMES)
    + rf"(?:(?P<bound>{_any((*LEAST, *MOST, *ABOUT))})\ )?(?:(?:all|both|{_OWNER})\ )?"
    rf"(?:between\ (?P<least>{_NUMBER})\ and\ |(?:from\ )?(?P<low>{_NUMBER})(?:\ (?:to|or)\ |[-–]))?"
    rf"(?P<number>{_NUMBER})(?:\ (?P<times>{_any(TIMES)})(?:\ and\ (?P<rest>{_NUMBER})(?=\ ))?)?"
    r"(?![-–\w]|\.\d|\ ?%)"
)
_STOPS = _any((*words("no_part_of_victims"), *NUMBER_WORDS, *TIMES))
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
    rf"(?:\ (?!(?:says?|said|told|added|reported)\b)[\w’'-]+){{0,4}}?){{1,3}},?\ and\ "
    rf"(?:{_OWNER}|{_NUMBER}|himself|herself|themselves)\b"
)
"""Further victims that are not read: killed a doctor, Ann Lee, and her driver."""
_PLACE = r"(?:in|at|near|on|outside)"
_DEEDS = {
    "killed": r"(?:kill(?:ed|ing|s)?|dead|died|murdered|massacred)",
    "injured": r"(?:injur(?:ed|ing|es)|wound(?:ed|ing|s)|hurt(?:ing)?)",
}


@cache
def pattern_of(deed: str) -> re.Pattern[str]:
    """Return the pattern of the words for the harm `deed` and of the victims before or after them.

    Compiling it takes about 0.1 s, so this is not done before a sentence needs it.
    """
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


HINTS = {deed: re.compile(words, re.IGNORECASE) for deed, words in _DEEDS.items()}
"""Fast patterns of the words for each harm alone."""
GROUPS = re.compile(_GROUP.replace(_NOUN, _NOUN + "?"), re.IGNORECASE)
"""The pattern of each group in the words for the victims; the noun may be missing: `killed 12`."""
