"""Speed and memory of a backfill over a web archive, compared with fastwarc and trafilatura.

    python benchmarks/warc.py FOLDER [--small 100] [--large 1000] [--pages 400] [--json]

FOLDER contains pages (*.html, *.html.gz) at any depth. The program writes them to WARC files of
--small and --large MB (decompressed), each record as a gzip member; repeated pages are edited (see
throughput.py). Images take three quarters of the bytes, as in a crawl.

Memory is measured with one worker: the large archive may take at most 1.3 times as much as the
small one. Speed is measured over --pages pages for the backfill and for a plain loop over the
archive, which extracts the pages without language detection, cleaning, deduplication, Parquet and
commit; both also without their start, which is measured with one page. Exits with 1 if memory
exceeds the limit.
"""

import argparse
import json
import random
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from cost import Cost, backfill, cost_of
from throughput import given_pages, multiplied

from newslake.pipelines.commands.terminal import say, table

LOOP = "--loop"
MAX_MEMORY_RATIO = 1.3
"""Maximum memory with the large archive, as a multiple of the small one's."""
IMAGE_SIZE = 2**20
"""Bytes per image."""
COLUMNS = ("archive", "MB decompressed", "seconds", "CPU s", "largest MB", "articles")


def record(number: int, block: bytes) -> bytes:
    """Return a WARC record with an HTTP response."""
    return (
        b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:%d>\r\n"
        b"WARC-Date: 2024-03-01T12:00:00Z\r\nWARC-Target-URI: https://example.org/%d\r\n"
        b"Content-Type: application/http\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
    ) % (number, number, len(block), block)


def http(kind: bytes, body: bytes) -> bytes:
    """Return a successful HTTP response."""
    return b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\n\r\n%s" % (kind, body)


def blocks(pages: list[Path], size: int, images: bool) -> Iterator[bytes]:
    """Yield responses with `size` bytes in total: pages, and images between them."""
    random_source, written, image_bytes = random.Random(1), 0, 0
    for _, page in multiplied(pages, sys.maxsize):
        if written + image_bytes >= size:
            return
        written += len(page)
        yield http(b"text/html", page)
        while images and image_bytes < 3 * written:
            image_bytes += IMAGE_SIZE
            yield http(b"image/jpeg", random_source.randbytes(IMAGE_SIZE))


def write_archive(path: Path, responses: Iterator[bytes]) -> None:
    """Write an archive in which each record is a gzip member."""
    with path.open("wb") as file:
        for number, block in enumerate(responses):
            packer = zlib.compressobj(1, wbits=31)
            file.write(packer.compress(record(number, block)) + packer.flush())


def loop(archive: Path) -> dict[str, int]:
    """Extract every page of `archive` with trafilatura; return the number of pages with a text."""
    import logging

    from fastwarc.warc import ArchiveIterator, WarcRecordType
    from trafilatura import bare_extraction

    logging.disable(logging.CRITICAL)
    found = 0
    with archive.open("rb") as file:
        for response in ArchiveIterator(file, record_types=WarcRecordType.response):
            if response.http_content_type != "text/html":
                continue
            try:
                page: Any = bare_extraction(
                    response.reader.read(), include_comments=False, with_metadata=True
                )
            except Exception:  # noqa: BLE001, S112 trafilatura fails on some pages
                continue
            found += bool(page and page.text)
    return {"articles": found}


def ingest(archive: Path) -> Cost:
    """Return the cost of a backfill over `archive`."""
    with tempfile.TemporaryDirectory() as lake:
        return backfill([archive], Path(lake, "lake"), 1, "--no-events")


def main() -> int:
    """Measure and print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="web pages: *.html, *.html.gz")
    parser.add_argument("--small", type=int, default=100, help="MB, decompressed; default 100")
    parser.add_argument("--large", type=int, default=1_000, help="MB, decompressed; default 1,000")
    parser.add_argument("--pages", type=int, default=400, help="to measure speed; default 400")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    parser.add_argument(LOOP, action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.loop:
        print(json.dumps(loop(options.folder)))
        return 0
    if not (pages := given_pages(options.folder)):
        return 2
    costs: dict[str, tuple[float, Cost]] = {}
    with tempfile.TemporaryDirectory() as place:
        archive = Path(place, "a.warc.gz")
        for name, megabytes in (("small", options.small), ("large", options.large)):
            write_archive(archive, blocks(pages, megabytes * 2**20, images=True))
            costs[name] = megabytes, ingest(archive)
        few = list(multiplied(pages, options.pages))[: options.pages]
        for name, some in (("one page", few[:1]), ("pages", few)):
            write_archive(archive, (http(b"text/html", page) for _, page in some))
            size = round(sum(len(page) for _, page in some) / 2**20, 1)
            command = [sys.executable, __file__, str(archive), LOOP]
            costs[f"{name}, loop"] = size, cost_of(command)
            costs[f"{name}, backfill"] = size, ingest(archive)
    rows = [
        (
            name,
            size,
            round(cost.seconds, 1),
            round(cost.cpu, 1),
            round(cost.largest_mb),
            cost.output["articles"],
        )
        for name, (size, cost) in costs.items()
    ]
    memory = round(costs["large"][1].largest_mb / costs["small"][1].largest_mb, 2)
    cpu = {name: cost.cpu for name, (_, cost) in costs.items()}
    speed = {}
    for name in ("loop", "backfill"):
        whole, start = cpu[f"pages, {name}"], cpu[f"one page, {name}"]
        speed[name] = round(len(few) / whole, 1)
        speed[f"{name} without its start"] = round((len(few) - 1) / max(1e-9, whole - start), 1)
    if options.json:
        print(json.dumps({"rows": rows, "memory": memory, "pages_per_cpu_second": speed}))
    else:
        table(COLUMNS, rows)
        say(f"memory, large to small: {memory}; maximum {MAX_MEMORY_RATIO}")
        speeds = ", ".join(f"{name} {figure}" for name, figure in speed.items())
        say(f"pages per CPU second: {speeds}")
    return 0 if memory <= MAX_MEMORY_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
