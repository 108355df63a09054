"""Text normalisation: characters, lines, words. The functions take and return plain strings."""

import re
import unicodedata

_LINE_END = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_SPACES = re.compile(r"\s+")
_NO_LETTER = re.compile(r"[\W_]+")
_SURROGATE = re.compile("[\ud800-\udfff]")

# Invisible characters, which are deleted. Control characters that are white space are not listed:
# they become spaces. The joiners U+200C and U+200D and the direction marks U+200E and U+200F are
# kept: some scripts need them.
_INVISIBLE = re.compile(
    "["
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # control characters
    "\xad"  # soft hyphen
    "\u200b\u2060\ufeff"  # zero-width space, word joiner, byte order mark
    "\u202a-\u202e\u2066-\u2069"  # overrides and isolates of text direction
    "\ufff9-\ufffb"  # interlinear annotation marks
    "\ufdd0-\ufdef\ufffe\uffff"  # noncharacters
    "]"
)

# Scripts without spaces between words, as ranges of a regular expression's character class.
HAN_AND_KANA = (
    "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
UNSPACED_ALPHABETS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
_UNSPACED = HAN_AND_KANA + UNSPACED_ALPHABETS
_WORD = re.compile(rf"[{_UNSPACED}]|[^\s{_UNSPACED}]+")
_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*:?-*:?\s*")
_BAR = re.compile(r"\s*(?<!\\)\|\s*")
_ANY_UNSPACED = re.compile(f"[{_UNSPACED}]")


def mend(text: str) -> str:
    """Replace each surrogate in `text` by U+FFFD, so that the text can be encoded as UTF-8."""
    return _SURROGATE.sub("\ufffd", text)


def visible(text: str) -> str:
    """Return `text` without invisible characters, and with each surrogate replaced by U+FFFD."""
    return _INVISIBLE.sub("", mend(text))


def lines(text: str) -> list[str]:
    r"""Return the non-empty lines of `text`, trimmed, with single spaces.

    Lines end with LF, CR LF, CR, NEL, or Unicode's LS and PS.

    >>> lines("Kyiv\u00a0 said\r\n\r\nno. \u2029 Moscow")
    ['Kyiv said', 'no.', 'Moscow']
    """
    trimmed = (_SPACES.sub(" ", line).strip() for line in _LINE_END.split(text))
    return [line for line in trimmed if line]


def normalize(text: str) -> str:
    r"""Return `text` in NFC, without invisible characters, with one newline between lines.

    >>> normalize("\ufeffCafe\u0301\t open\x00\r\n\r\n\r\nnow ")
    'Café open\nnow'
    """
    return "\n".join(lines(unicodedata.normalize("NFC", visible(text))))


def one_line(text: str) -> str:
    r"""Return `text` normalised and on one line, for titles and names.

    >>> one_line(" Truce\n talks ")
    'Truce talks'
    """
    return " ".join(normalize(text).split("\n"))


def folded(text: str) -> str:
    """Return the letters and digits of `text`, case-folded, to compare titles and names.

    >>> folded("Truce – talks!") == folded("TRUCE: Talks")
    True
    """
    return _NO_LETTER.sub("", unicodedata.normalize("NFKC", text).casefold())


def count_words(text: str) -> int:
    """Return the number of words. In scripts without spaces, each character counts as a word.

    >>> count_words("Truce talks in 東京")
    5
    """
    return len(_WORD.findall(text) if _ANY_UNSPACED.search(text) else text.split())


def tidy_rows(lines: list[str]) -> list[str]:
    """Return `lines` with table rows as `cell | cell`, and without the rules between rows.

    >>> tidy_rows(["Key Point | Details |", "---|---|", "| Truce |  | agreed |"])
    ['Key Point | Details', 'Truce | agreed']
    """
    rows = (line for line in lines if "|" not in line or not _RULE.fullmatch(line))
    cells = (filter(None, _BAR.split(row)) if "|" in row else [row] for row in rows)
    return [line for line in map(" | ".join, cells) if line]
