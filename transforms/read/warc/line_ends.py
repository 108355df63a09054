"""Convert line ends in headers to CRLF: some tools write LF, but FastWARC does not parse LF."""

import re

_LINE_END = re.compile(rb"\r?\n")
_HTTP_HEAD = re.compile(rb"HTTP/.*?\n\r?\n", re.DOTALL)
_LENGTH = re.compile(rb"(\nContent-Length[ \t]*:[ \t]*)(\d+)", re.IGNORECASE)


def with_crlf(head: bytes, block: bytes) -> bytes:
    r"""Return a WARC record with CRLF line ends in its header and in the HTTP header inside it.

    >>> with_crlf(b"WARC/1.1\nContent-Length: 15\n\n", b"HTTP/1.1 200\n\n\n")
    b'WARC/1.1\r\nContent-Length: 17\r\n\r\nHTTP/1.1 200\r\n\r\n\n'
    """
    head = _LINE_END.sub(b"\r\n", head)
    found = _HTTP_HEAD.match(block)
    lines = _LINE_END.sub(b"\r\n", found[0]) if found else b""
    if not found or lines == found[0]:
        return head + block
    added = len(lines) - len(found[0])
    head = _LENGTH.sub(lambda match: match[1] + b"%d" % (int(match[2]) + added), head)
    return head + lines + block[found.end() :]
