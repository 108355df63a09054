"""Reads the rows of a report, as its page does, and makes lakes for reports."""

import base64
import gzip
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import numpy as np
from lakes import DAY, article, commit, duplicate, mention, rejected, revision

from newslake.schemas.rows import Actor, Place
from newslake.transforms.dedupe.lake_index import open_lake

STEPS = ("day", "copyArticle", "editArticle", "mentionArticle")
"""Columns that hold the difference to the row before."""


def packed_in(page):
    """Return the packed rows in the text of a page."""
    return re.search('<script type="application/octet-stream" id="rows">(.*?)</script>', page)[1]


def unpacked(packed):
    """Return the head and the columns, as lists, that `pack` packed."""
    octets = base64.b85decode(packed[1:].replace(",", "<"))
    content = gzip.decompress(octets[: len(octets) - int(packed[0])])
    length = int.from_bytes(content[:4], "little")
    head, at, columns = json.loads(content[4 : 4 + length]), 4 + length, {}
    for column in head["columns"]:
        width, rows = column["width"], column["rows"]
        octets = np.frombuffer(content, np.uint8, width * rows, at).reshape(width, rows)
        values = sum(octets[place].astype(int) << 8 * place for place in range(width))
        name, second, size = column["name"], column["second"], column["size"]
        if second:
            columns[second] = (values % size).tolist()
            values = values // size
        columns[name] = [*accumulate(values.tolist())] if name in STEPS else values.tolist()
        at += width * rows
    return head, columns


def party(name, country="UKR"):
    return Actor(text=name, start=0, end=1, name=name, country=country, sector=None)


def place(name, country="UKR", latitude=50.45, longitude=30.52):
    return Place(text=name, name=name, country=country, latitude=latitude, longitude=longitude)


def news_lake(folder):
    """A lake with all that a report draws: sources, languages, copies, edits, rejects and events."""
    lake = open_lake(folder / "news")
    lake.create()
    sources, languages = ["one.example", "two.example", "three.example"], ["en", "de", None]
    statuses = ["asserted", "future", "negated"]
    types = {"ASSAULT": (4, "19"), "AGREE": (1, "03"), "AID": (2, "07")}
    for number in range(12):
        at = None if number == 11 else DAY + timedelta(days=number // 2, hours=number)
        story = article(
            f"story {number}",
            published_at=at,
            source=sources[number % 3],
            language=languages[number % 3],
            date_source="none" if at is None else "meta",
            published_precision=None if at is None else "minute",
            seen_at=at and at + timedelta(minutes=number),
            agency="Reuters" if number % 4 == 0 else None,
        )
        rows = [story]
        for extra in range(number % 3):
            name = [*types][(number + extra) % 3]
            quad, root = types[name]
            rows.append(
                replace(
                    mention(story, name),
                    mention_id=f"{number:016x}{extra:016x}",
                    quad=quad,
                    cameo_root=root,
                    status=statuses[number % 3],
                    confidence=0.29 + 0.06 * number,
                    actors=[party("Ada Moreau")],
                    recipients=[party("Russia", "RUS")],
                    place=place("Kyiv")
                    if number % 2
                    else place("Ukraine", latitude=49.0, longitude=32.0),
                    event_key=f"{number % 2:032x}",
                    killed_min=number,
                    killed_max=number,
                )
            )
        if number % 4 == 0:
            rows += [copy(f"copy {number}-{hour}", story, hour) for hour in range(3)]
        commit(lake, *rows, run_id=f"run{number}", number=number)
    changes = "“5 dead” → “7 dead”; + “He denied it.”"
    changed = replace(revision("story 2 changed", "story 2", 1), changes=changes)
    commit(lake, changed, rejected("bad"), run_id="last", number=99)
    return lake


def copy(name, story, hours):
    return replace(
        duplicate(name, story.title),
        duplicate_of=story.article_id,
        source="copier.example",
        published_at=story.published_at + timedelta(hours=hours),
        published_precision="minute",
        agency="AP",
    )


NOW = datetime(2026, 3, 20, 8, tzinfo=UTC)
