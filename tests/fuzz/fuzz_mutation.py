"""Random changes of an input, some with text that is difficult for parsers."""

import random

STUMBLES = [
    *(
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\r",
        b"\x1b[31m",
        b"\xc2\x85",
        b" " * 2000,
    ),
    *(
        b"<",
        b">",
        b"</",
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"<?xml version='1.0'?>",
        b"<script>",
        b"</p>",
        b"<table>",
    ),
    *(
        b"<p " + b"a=b " * 50 + b">",
        b"<div>" * 300,
        b"&#0;",
        b"&#xD800;",
        b"&#99999999;",
        b"&amp",
        b'"',
        b"'",
        b"=",
    ),
    *(
        b"<meta charset=utf-7>",
        b"<meta charset=zip>",
        b'<base href="http://[">',
        b'href="//["',
        b"javascript:",
    ),
    *(
        b"2024-13-45",
        b"0000-00-00",
        b"9999-12-31T23:59:60+99:99",
        b"1e999",
        b"-1",
        b"9" * 400,
        b"null",
        b"NaN",
    ),
    *(
        b"[" * 200,
        b"{",
        b"}",
        b"\\ud800",
        b"\\",
        b"\r\n\r\n",
        b"WARC/1.0\r\n",
        b"Content-Length: 99\r\n",
        b":",
    ),
    *(
        b"WARC-Type: response\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/9 x y\r\n",
        b"\x1f\x8b\x08",
        b"ffffffff\r\n",
    ),
]


def mutated(data: bytes, other: bytes, dice: random.Random) -> bytes:
    """Return `data` changed a few times at random."""
    changed = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 3, 8))):
        here, there = sorted(dice.randrange(len(changed) + 1) for _ in range(2))
        there = min(there, here + dice.choice((1, 4, 40, 400)))
        match dice.randrange(7):
            case 0:
                del changed[here:there]
            case 1:
                changed[here:here] = changed[here:there] * dice.choice((1, 2, 30))
            case 2:
                changed[here:there] = bytes(dice.randrange(256) for _ in range(there - here))
            case 3:
                begin = dice.randrange(len(other) + 1)
                changed[here:there] = other[begin : begin + dice.choice((9, 90, 900))]
            case 4:
                del changed[there:]
            case _:
                changed[here : dice.choice((here, there))] = dice.choice(STUMBLES)
    return bytes(changed)
