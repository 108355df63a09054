"""Lines that contain only a date of publication or change."""

import re
from collections.abc import Collection
from datetime import date

from newslake.transforms.clean.debris import is_sentence
from newslake.transforms.extract.fields.dates import DAY_STATED

_DAY = re.compile(DAY_STATED, re.IGNORECASE)
_HOUR = re.compile(r"\d\d?[:.h]\d\d(?:[:.]\d\d)?|\b\d\d?\s?(?:[ap]\.?m\b|uhr\b|h\b)", re.IGNORECASE)

# Prefixes of the long and short names of each month in European languages.
_MONTHS = (
    "jan jän ene gen ian янв яну січ sty led oca tam ιαν",
    "feb fév fev фев лют lut úno şub hel φεβ",
    "mar mär mrz maa mrt már мар бер bře μαρ",
    "apr abr avr ápr апр кві kwi dub nis huh απρ",
    "may mai maj mei mag máj май мая тра kvě tou μαΐ μάι",
    "jun jui giu jún июн юни чер cze červn haz kes ιουν",
    "jul jui lug júl июл юли лип lip červenc hei tem ιουλ",
    "aug aoû aou ago agu авг сер sie srp elo ağu αυγ",
    "sep set сен вер wrz zář syy eyl szep σεπ",
    "oct okt out ott окт жов paź říj lok eki οκτ",
    "nov ноя ное лис lis marras kas νοε",
    "dec dez dic déc des дек гру gru pro jou ara δεκ",
)

# Words that may accompany the date: weekdays, words for publication and update, hours, time zones.
_WORDS = """
    mon monday tue tues tuesday wed wednesday thu thur thurs thursday fri friday sat saturday sun sunday
    mo di mi do fr sa so montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag
    lundi mardi mercredi jeudi vendredi samedi dimanche
    lunes martes miércoles jueves viernes sábado domingo segunda terça quarta quinta sexta feira
    lunedì martedì mercoledì giovedì venerdì sabato domenica
    maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
    måndag mandag tisdag tirsdag onsdag torsdag fredag lördag lørdag söndag søndag
    poniedziałek wtorek środa czwartek piątek sobota niedziela
    понедельник вторник среда четверг пятница суббота воскресенье
    published posted updated modified created date last first on at the of publication update edited
    veröffentlicht aktualisiert stand erstellt vom am um den publié publiée mis mise à jour modifié le
    publicado publicada actualizado actualizada atualizado atualizada el a las às em pubblicato aggiornato il
    alle ore gepubliceerd bijgewerkt op om publicerad uppdaterad publisert oppdatert kl klo klockan
    julkaistu päivitetty opublikowano aktualizacja godz o опубликовано обновлено в г года
    am pm a m p h uhr t z utc gmt bst est edt et cst cdt ct mst mdt mt pst pdt pt cet cest eet eest msk ist
"""
_ALLOWED_WORDS = frozenset(_WORDS.split())


def is_date(line: str, days: Collection[date]) -> bool:
    """Return whether `line` states one of `days` and nothing but an hour, a weekday and a label.

    The result is False for table rows, signatures of posts and lines that end with a colon.

    >>> day = date(2024, 3, 1)
    >>> is_date("Published: March 1, 2024, 10:30", [day]), is_date("March 4, 2024", [day])
    (True, False)
    """
    stated = [found[0].lower() for found in _DAY.finditer(line)]
    if not stated or " | " in line or "@" in line or line.endswith(":") or is_sentence(line):
        return False
    other_words = re.findall(r"\w+", _HOUR.sub(" ", _DAY.sub(" ", line)).lower())
    return _ALLOWED_WORDS.issuperset(other_words) and all(
        any(_states(words, day) for day in days) for words in stated
    )


def _states(words: str, day: date) -> bool:
    """Return whether `words`, a date in lower case, can mean `day`, with numbers in any order."""
    numbers = sorted(map(int, re.findall(r"\d+", words)))
    if len(numbers) == len(("day", "month", "year")):
        return numbers == sorted((day.day, day.month, day.year))
    months = tuple(_MONTHS[day.month - 1].split())
    named = any(word.startswith(months) for word in re.findall(r"[^\W\d_]+", words))
    return named and numbers == sorted((day.day, day.year))
