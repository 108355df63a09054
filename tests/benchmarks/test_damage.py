"""Pages with one fault give the same article as the whole page, for each damage of the benchmark."""

import gzip
import json
import sys
from importlib import import_module

import pytest
from paths import BENCHMARKS

PLACES = {
    "Alta": "Ministers meet for talks about a bridge",
    "Bergen": "Harbour of Bergen closes after a storm",
    "Cork": "A new hospital opens its doors in spring",
    "Dover": "Strike of the ferries ends after nine days",
}


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return import_module


def story(place):
    return [
        f"On day {day} of the talks in {place} the ministers of both sides met again for {day + 2} "
        f"hours in the old town hall, and said afterwards that question {day} was still open."
        for day in range(1, 9)
    ]


def page(place):
    title = PLACES[place]
    linked = {
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": "2024-03-01T09:00:00Z",
        "author": {"@type": "Person", "name": f"Ann {place}"},
        "articleBody": "\n".join(story(place)),
    }
    links = "".join(f'<li><a href="/{name}">{name}</a></li>' for name in ("World", "Sport"))
    return f"""<html lang="en"><head><meta charset="utf-8"><title>{title} - Example Times</title>
    <meta property="og:title" content="{title}"><meta property="og:site_name" content="Example Times">
    <meta name="author" content="Ann {place}">
    <meta property="article:published_time" content="2024-03-01T09:00:00Z">
    <script type="application/ld+json">{json.dumps(linked)}</script></head><body>
    <header><a href="/">Example Times</a><form><fieldset><label>Search</label><button>Go</button>
    </fieldset></form><nav><ul>{links}</ul></nav></header>
    <main class="content"><section><h1>{title}</h1><time datetime="2024-03-01T09:00:00Z">1 March</time>
    <figure><img src="a.jpg"><figcaption>The hall.</figcaption></figure><aside><h2>More</h2><span>Live</span></aside>
    <div>{"".join(f"<p>{one}</p>" for one in story(place))}</div></section></main>
    <footer><p>Example Times</p></footer></body></html>"""


@pytest.fixture
def folder(tmp_path):
    rows = [
        {
            "file": f"{place}.html.gz",
            "url": f"https://www.example.org/world/{place.lower()}-talks",
            "title": PLACES[place],
            "authors": [f"Ann {place}"],
            "date": "2024-03-01",
            "body": "\n".join(story(place)),
        }
        for place in PLACES
    ]
    for place in PLACES:
        (tmp_path / f"{place}.html.gz").write_bytes(gzip.compress(page(place).encode()))
    (tmp_path / "index.json").write_text(json.dumps(rows))
    return tmp_path


def test_no_damage_costs_more_than_it_costs_trafilatura(benchmark, folder, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["damage", str(folder), "--json"])
    assert benchmark("damage").main() == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(rows) == len(benchmark("damages").DAMAGES) > 20
    for row in rows:
        if row["pages"]:
            ours, theirs = (row[f"text, {tool}, change"] for tool in ("ours", "trafilatura"))
            assert ours >= min(theirs, 0) - 0.005, row
            assert row["lost, ours"] <= row["lost, trafilatura"], row
            assert row["title, ours, change"] >= -0.05, row
            assert row["title, ours"] == row["date, ours"] == row["authors, ours"] == 1.0


def test_every_damage_changes_a_page(benchmark):
    damages = benchmark("damages")
    whole, other = page("Alta"), page("Cork")
    unchanged = [name for name, damage in damages.DAMAGES.items() if damage(whole, other) == whole]
    assert unchanged == []


def test_a_folder_without_labels_is_reported(benchmark, monkeypatch, capsys, tmp_path):
    for place, message in ((tmp_path, "no labelled pages in"), (tmp_path / "gone", "no folder")):
        monkeypatch.setattr(sys, "argv", ["damage", str(place)])
        assert benchmark("damage").main() == 2
        assert message in capsys.readouterr().err
