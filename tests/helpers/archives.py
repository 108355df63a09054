"""Web archives built record by record, so that tests can damage them."""

import gzip

PAGE = (
    b"<html><head><title>Truce</title></head><body><p>Both sides met on Monday.</p></body></html>"
)
HTML = b"Content-Type: text/html; charset=utf-8\r\n"


def record(block, kind=b"response", number=1, fields=b"", length=None):
    """Return a record; `fields` are additional lines of its header."""
    return (
        b"WARC/1.0\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:uuid:%d>\r\n"
        b"WARC-Date: 2024-03-01T12:00:00Z\r\nContent-Type: application/http\r\n"
        b"%sContent-Length: %d\r\n\r\n%s\r\n\r\n"
    ) % (kind, number, fields, len(block) if length is None else length, block)


def http(body=PAGE, fields=HTML, status=b"200 OK"):
    """Return an HTTP response."""
    return b"HTTP/1.1 %s\r\n%s\r\n%s" % (status, fields, body)


def page(number=1, body=PAGE, fields=b"", http_fields=HTML, status=b"200 OK", length=None):
    """Return the record of page `number`."""
    address = b"WARC-Target-URI: https://example.org/%d\r\n" % number
    return record(http(body, http_fields, status), b"response", number, address + fields, length)


def packed(*records):
    """Return the records as an archive in which each is a gzip member."""
    return b"".join(gzip.compress(one, mtime=0) for one in records)
