"""Character sets: decodes bytes to text.

Candidates are tried in this order: a byte order mark, UTF-8, the HTTP header, the document's own
declaration, a detector. Text in Japanese is recognised by its hiragana: archives store some of it with the
declaration of another language, whose characters the same bytes are too. Text in a single-byte character set is almost never valid UTF-8 by chance,
so valid UTF-8 takes precedence over a declaration. There is one exception: if the declared
character set uses only ASCII bytes, like ISO-2022-JP, it is tried before UTF-8.
"""

import codecs
import re
from collections.abc import Iterator

from charset_normalizer import from_bytes

from newslake.schemas.reasons import Binary, Undecodable

MAX_CONTROLS = 0.02
"""Maximum share of control characters in text. If bytes have a higher share, they are binary."""

MAX_ERRORS = 0.1
"""Maximum number of decoding errors, as a share of the decoded characters that are not ASCII (in
UTF-16 and UTF-32, as a share of all decoded characters)."""

MAX_ERRORS_OF_UTF8 = 1.0
"""Like `MAX_ERRORS`, but for UTF-8. The limit is higher because valid UTF-8 sequences are rare in
other character sets. 128 texts in 18 languages, each encoded in up to twelve older character sets,
have at most 0.39 valid sequences per invalid sequence."""

MIN_HIRAGANA = 0.2
"""Minimum share of hiragana in the characters of Japanese text that are not ASCII."""

MAX_FOREIGN = 0.25
"""Maximum share of non-ASCII bytes in text of western Europe. Text in other languages has a higher
share, or contains letters that western languages do not use."""

_BOMS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",  # starts with the mark of UTF-16-LE, so it is tested first
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}

_MAGIC = (
    *(b"%PDF-", b"%!PS", b"{\\rtf", b"\xd0\xcf\x11\xe0", b"SQLite format 3\0"),
    *(b"\x89PNG", b"GIF87a", b"GIF89a", b"\xff\xd8\xff", b"RIFF", b"OggS", b"ID3", b"wOF"),
    *(b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"\x28\xb5\x2f\xfd"),
    *(b"\x7fELF", b"\xca\xfe\xba\xbe", b"PAR1", b"Obj\x01"),
)
"""First bytes of binary formats."""

# Browsers decode these labels as a superset of the named character set.
_WEB = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
_LIKE_ASCII = {"iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_kr", "hz"}
_WIDE = {"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"}

# The character sets that the detector may return: those used by pages that are not UTF-8.
_DETECTABLE = [
    *("cp1252", "cp1251", "cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258"),
    *("koi8_r", "koi8_u", "iso8859_2", "iso8859_5", "cp874"),
    *("gb18030", "big5", "cp932", "euc_jp", "cp949"),
]
_SAMPLE = re.compile(rb".{,20000}[\n <]|.{,20000}", re.DOTALL)
"""The detector's input: about 20 kB, cut at a byte that is never the second byte of a character."""

# Letters and signs of western Europe in cp1252, except those whose bytes are Polish, Czech,
# Romanian or Turkish letters in other character sets.
_WESTERN = "àáâäåæçèéêëìíîïñòóôöøùúûüßœãõªº€‚„…‘’“”•–—™\xa0¡¢£§©«°´·»¿®½¼"
_WESTERN_BYTES = (_WESTERN + _WESTERN.replace("ß", "").upper()).encode("cp1252", "ignore")

_DECLARATION = re.compile(
    rb"""<meta\s[^>]*?charset\s*=\s*["']?\s*([\w.:-]+) | <\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)""",
    re.IGNORECASE | re.VERBOSE,
)
_STATED = re.compile(
    r"^content-type\s*:.*?charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE | re.MULTILINE
)
_TERMINAL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
"""Terminal escape sequences, which move the cursor or set colours."""
_HIRAGANA = re.compile("[\u3041-\u3096]")
_CONTROLS = bytes({*range(0x20), 0x7F} - set(b"\t\n\v\f\r\x1b"))
_ASCII = bytes(range(0x80))


def decode(payload: bytes, hint: str | None = None) -> str:
    """Return the text of `payload`, without byte order marks and terminal escape sequences.

    Args:
        payload: Any bytes.
        hint: The character set in the HTTP header.

    Raises:
        Binary: the bytes are not text.
        Undecodable: no known character set fits the bytes.
    """
    if payload.startswith(_MAGIC):
        raise Binary(f"begins with {payload[:4]!r}")
    for charset in _candidates(payload, hint):
        text = _attempt(payload, charset)
        if text is not None:
            return _TERMINAL.sub("", text.lstrip("\ufeff"))
    raise Undecodable(f"{len(payload)} bytes in no known character set")


def wide_charset(head: bytes) -> str | None:
    """Return the character set of a text that begins with `head` if it is UTF-16 or UTF-32."""
    marked = [charset for bom, charset in _BOMS.items() if head.startswith(bom)]
    found = next(iter([*marked, *_wide(head)]), None)
    return found if found in _WIDE else None


def stated_charset(headers: str) -> str | None:
    r"""Return the character set in the HTTP headers, given as one `Name: value` per line.

    >>> stated_charset("Server: a\nContent-Type: text/html; charset=koi8-r")
    'koi8-r'
    """
    found = _STATED.search(headers)
    return found[1] if found else None


def _candidates(payload: bytes, hint: str | None) -> Iterator[str]:
    """Yield the character sets to try, best first."""
    yield from (charset for bom, charset in _BOMS.items() if payload.startswith(bom))
    declared = [name for name in (_known(hint), _known(_declaration(payload))) if name]
    yield from (name for name in declared if name in _WIDE and _may_be_wide(payload))
    yield from _wide(payload)
    if (share := _control_share(payload)) > MAX_CONTROLS:
        raise Binary(f"{share:.0%} of the bytes are control characters")
    yield from (name for name in declared if name in _LIKE_ASCII)
    yield "utf-8"
    yield from _japanese(payload)
    yield from (name for name in declared if name not in _WIDE)
    yield from _detected(payload)


def _attempt(payload: bytes, charset: str) -> str | None:
    """Decode `payload` as `charset`; None if there are too many errors.

    Each error becomes U+FFFD. A few errors are accepted, because some pages are truncated or
    consist of parts in different character sets.
    """
    try:
        return payload.decode(charset)
    except UnicodeDecodeError:
        text = payload.decode(charset, "replace")
    errors = text.count("\ufffd")
    same_in_all = 0 if charset in _WIDE else len(text.encode("ascii", "ignore"))
    others = len(text) - same_in_all - errors
    most = MAX_ERRORS_OF_UTF8 if charset == "utf-8" else MAX_ERRORS
    return text if errors <= most * others else None


_NO_CHARSETS = {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"}
"""Python codecs that are not character sets of pages; some raise errors despite `replace`."""


def _known(label: str | None) -> str | None:
    """Return the Python codec that browsers use for a charset label; None if it is unknown."""
    try:
        name = codecs.lookup((label or "").strip(" \"'")).name
        "".encode(name)
    except (LookupError, ValueError):  # unknown, or a Python codec that is not a character set
        return None
    return None if name in _NO_CHARSETS else _WEB.get(name, name)


def _declaration(payload: bytes) -> str | None:
    found = _DECLARATION.search(payload, 0, 4096)
    return (found[1] or found[2]).decode("ascii", "replace") if found else None


def _may_be_wide(payload: bytes) -> bool:
    """Return whether `payload` may be UTF-16 or UTF-32.

    The result is True if `payload` contains NUL bytes. Text in UTF-16 and UTF-32 is rarely valid
    UTF-8. So if `payload` is valid UTF-8, more than a quarter of the bytes must be NUL.
    """
    nuls = payload.count(0)
    if not nuls or nuls > len(payload) / 4:
        return bool(nuls)
    try:
        payload.decode()
    except UnicodeDecodeError:
        return True
    return False


def _wide(payload: bytes) -> Iterator[str]:
    """Yield UTF-16 if every second byte is NUL, as in western text without byte order mark."""
    head = payload[:4096]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if even + odd > len(head) / 4:
        if even < odd / 10:
            yield "utf-16-le"
        elif odd < even / 10:
            yield "utf-16-be"


def _japanese(payload: bytes) -> Iterator[str]:
    """Yield a Japanese character set in which a large share of the characters is hiragana."""
    for charset in ("cp932", "euc_jp"):
        text = _attempt(payload, charset) or ""
        foreign = len(text) - len(text.encode("ascii", "ignore"))
        if foreign and len(_HIRAGANA.findall(text)) >= MIN_HIRAGANA * foreign:
            yield charset


def _control_share(payload: bytes) -> float:
    """Return the share of control characters, including NUL, in `payload`."""
    return (len(payload) - len(payload.translate(None, _CONTROLS))) / max(len(payload), 1)


def _detected(payload: bytes) -> Iterator[str]:
    """Yield the detector's result. It often fails for western text: there, yield cp1252 first."""
    foreign = payload.translate(None, _ASCII)
    if len(foreign) < MAX_FOREIGN * len(payload) and not foreign.translate(None, _WESTERN_BYTES):
        yield "cp1252"
    telling = b"\n".join(line for line in payload.split(b"\n") if line.translate(None, _ASCII))
    sample = _SAMPLE.match(telling)
    best = sample and from_bytes(sample.group(), cp_isolation=_DETECTABLE).best()
    if best is not None:
        yield best.encoding
    elif len(foreign) < MAX_FOREIGN * len(payload):
        yield "cp1252"
