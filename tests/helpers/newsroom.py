"""A small folder of made-up inputs with every possible outcome of a document."""

import gzip
import json

PAGE = """\
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Ferry strike ends</title>
<link rel="canonical" href="https://www.harbour-post.example/news/ferry-strike">
<meta property="article:published_time" content="2026-03-01T08:00:00+01:00">
</head><body><nav><a href="/">Home</a> <a href="/news">News</a></nav>
<article><h1>Ferry strike ends</h1>
<p>The ferry workers of Port Alder ended their strike on Sunday after nine days, their union said.</p>
<p>The company agreed to pay the crews for the days that the ships lay in the harbour, and to hire
twelve more deckhands before the summer season begins.</p>
<p>Passengers had been stranded on the islands, and the mayor had urged both sides to talk.</p>
</article><footer>Imprint</footer></body></html>
"""
TEXT = """\
Council rejects tower plan

The city council of Port Alder rejected a plan for a forty-storey tower on Tuesday.
The builder called the decision short-sighted. A new plan is expected in autumn.
"""
STORY = "The museum of Port Alder reopened on Monday after two years of repairs to its roof. "


def fill(folder):
    """Write the inputs into `folder` and return it.

    They are 11 documents: 4 articles (a page, a text, two of JSON lines), 3 copies (of text, by
    URL and by content), 1 later version and 3 rejects.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "page.html").write_text(PAGE, encoding="utf-8")
    (folder / "council.txt").write_text(TEXT, encoding="utf-8")
    (folder / "sub").mkdir()
    (folder / "sub" / "council-copy.txt.gz").write_bytes(gzip.compress(TEXT.encode(), mtime=0))
    lines = [
        {
            "url": "https://example.org/museum",
            "title": "Museum",
            "text": STORY * 2,
            "date": "2026-03-02",
        },
        {
            "url": "https://example.org/museum?utm_source=x",
            "title": "Museum",
            "text": STORY * 2,
            "date": "2026-03-03",
        },
        {
            "url": "https://example.org/museum",
            "title": "Museum",
            "text": STORY * 3,
            "date": "2026-03-04",
        },
        {
            "url": "https://mirror.example.net/1",
            "title": "Museum",
            "text": STORY * 2,
            "date": "2026-03-05",
            "desk": "city",
        },
        {
            "title": "Wetter",
            "text": "Am Montag bleibt es in der Stadt trocken und kalt, sagte der Wetterdienst. "
            * 3,
        },
    ]
    dump = "\n".join(json.dumps(line) for line in lines) + "\n"
    (folder / "dump.jsonl").write_text(dump, encoding="utf-8")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "broken.json").write_text('{"title": ', encoding="utf-8")
    (folder / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return folder


COUNTS = {
    "read": 11,
    "articles": 4,
    "duplicates": 3,
    "revisions": 1,
    "rejects": 3,
    "already_ingested": 0,
}
REASONS = {"bad_json": 1, "empty": 1, "unknown_type": 1}
