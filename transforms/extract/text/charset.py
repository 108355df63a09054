"""Character sets: the text that some bytes stand for.

In this order: a byte order mark, UTF-8 if the bytes are valid in it, what the HTTP header says,
what the document says of itself, a detector. Bytes of a single-byte set are practically never valid
UTF-8 by chance, so that valid UTF-8 is believed before any declaration, except one of a set
that itself looks like ASCII.
"""

import codecs
import re
from collections.abc import Iterator

from charset_normalizer import from_bytes

from newslake.schemas.reasons import Binary, Undecodable

MAX_CONTROLS = 0.02
"""Share of control characters from which bytes are no text."""

MAX_ERRORS = 0.1
"""Undecodable places that a character set may have, as a share of all others that it tells from another
one: those that are not ASCII, and in UTF-16 and UTF-32 all.
"""

MAX_ERRORS_OF_UTF8 = 1.0
"""The same for UTF-8, whose other places are proof in themselves: of 128 texts in 18 languages, each in twelve
older sets as far as these have its letters, none has more than .39 valid places to an invalid one.
"""

MAX_FOREIGN = 0.25
"""Share of bytes beyond ASCII up to which text may be of western Europe: all others have more, or
letters of their own.
"""

_BOMS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",  # begins like UTF-16: must be asked first
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
"""First bytes of formats that are no text."""

# Labels mean on the web what browsers take them for: a superset.
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

# What the detector may answer: the sets that pages without UTF-8 are written in.
_DETECTABLE = [
    *("cp1252", "cp1251", "cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258"),
    *("koi8_r", "koi8_u", "iso8859_2", "iso8859_5", "cp874"),
    *("gb18030", "big5", "cp932", "euc_jp", "cp949"),
]
_SAMPLE = re.compile(rb".{,20000}[\n <]|.{,20000}", re.DOTALL)
"""What it is shown: some 20 kB, cut where no character set has the second half of a character."""

# Letters and signs of western Europe in cp1252. Not here: what Polish, Czech, Romanian or Turkish
# letters would be taken for.
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
"""What moves the cursor or changes the colours of a terminal."""
_CONTROLS = bytes({*range(0x20), 0x7F} - set(b"\t\n\v\f\r\x1b"))
_ASCII = bytes(range(0x80))


def decode(payload: bytes, hint: str | None = None) -> str:
    """Return the text of `payload`, without byte order marks and commands to terminals.

    Args:
        payload: Any bytes.
        hint: The character set that the HTTP header names.

    Raises:
        Binary: the bytes are no text.
        Undecodable: the bytes are text in no character set that fits.
    """
    if payload.startswith(_MAGIC):
        raise Binary(f"begins with {payload[:4]!r}")
    for charset in _candidates(payload, hint):
        text = _attempt(payload, charset)
        if text is not None:
            return _TERMINAL.sub("", text.lstrip("\ufeff"))
    raise Undecodable(f"{len(payload)} bytes in no known character set")


def stated_charset(headers: str) -> str | None:
    r"""Return the character set that a response's header names, a `Name: value` line each.

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
    yield from (name for name in declared if name not in _WIDE)
    yield from _detected(payload)


def _attempt(payload: bytes, charset: str) -> str | None:
    """Return the text of `payload` in `charset`; None if it does not fit.

    A few errors are forgiven, as U+FFFD: pages are cut, and stitched of parts.
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
"""Codecs of Python's that no page is written in; some fail on what they cannot read, whatever is asked."""


def _known(label: str | None) -> str | None:
    """Return Python's name for what the web means by a charset label; None if it is unknown."""
    try:
        name = codecs.lookup((label or "").strip(" \"'")).name
        "".encode(name)
    except (LookupError, ValueError):  # unknown, or a codec of Python's that is no character set
        return None
    return None if name in _NO_CHARSETS else _WEB.get(name, name)


def _declaration(payload: bytes) -> str | None:
    found = _DECLARATION.search(payload, 0, 4096)
    return (found[1] or found[2]).decode("ascii", "replace") if found else None


def _may_be_wide(payload: bytes) -> bool:
    """Return whether `payload` has NULs, and more than a few if it is UTF-8, which other wide text is not."""
    nuls = payload.count(0)
    if not nuls or nuls > len(payload) / 4:
        return bool(nuls)
    try:
        payload.decode()
    except UnicodeDecodeError:
        return True
    return False


def _wide(payload: bytes) -> Iterator[str]:
    """Yield UTF-16 without a mark, if every other byte of western text is NUL."""
    head = payload[:4096]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if even + odd > len(head) / 4:
        if even < odd / 10:
            yield "utf-16-le"
        elif odd < even / 10:
            yield "utf-16-be"


def _control_share(payload: bytes) -> float:
    """Return the share of control characters, NUL among them, in `payload`."""
    return (len(payload) - len(payload.translate(None, _CONTROLS))) / max(len(payload), 1)


def _detected(payload: bytes) -> Iterator[str]:
    """Yield cp1252 for western text, which the detector takes for eastern; else what it says."""
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
