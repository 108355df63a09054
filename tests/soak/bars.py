"""The bars: conditions that must hold at the end of a soak."""

from collections import Counter
from dataclasses import dataclass

from newslake.pipelines.sql.views import connect


@dataclass(frozen=True)
class Bar:
    name: str
    found: str
    wanted: str
    holds: bool


def bars(farm, lake, memory, now, latency_limit):
    """Return the bars.

    Args:
        farm: The papers with their counts.
        lake: The lake's folder.
        memory: Bytes of the process over time.
        now: The time of the end.
        latency_limit: Maximum latency in seconds.
    """
    with connect(lake) as rows:
        articles = rows.sql("SELECT count(*) FROM articles").fetchall()[0][0]
        lost, doubled = misplaced(farm, rows, now), repeated(rows)
        latency = late(farm, rows)
    seen = farm.seen
    first, *later = peaks(memory)[1:]
    swing = max(later) / first - 1
    share = seen["not modified"] / max(seen["unchanged"], 1)
    kept = seen["gaps"] - seen["short gaps"]
    return [
        Bar("articles", f"{articles:,}", "", True),
        Bar("requests", f"{seen['requests']:,}", "", True),
        Bar("lost", _listed(lost), "0", not lost),
        Bar("doubled", _listed(doubled), "0", not doubled),
        Bar("disallowed requests", f"{seen['disallowed']}", "0", not seen["disallowed"]),
        Bar("pauses kept", f"{kept:,} of {seen['gaps']:,}", "all", not seen["short gaps"]),
        Bar("unchanged polls with 304", f"{share:.3f}", ">= 0.95", share >= 0.95),
        Bar("announced to committed, p95", f"{latency:.0f} s", f"<= {latency_limit:.0f} s",
            latency <= latency_limit),
        Bar("memory after warm-up", f"{swing:+.1%} of {first / 1e6:.0f} MB", "within 15%",
            abs(swing) <= 0.15),
        Bar("requests to a feed's old address", f"{seen['requests to the old address for long']}", "0",
            not seen["requests to the old address for long"]),
    ]  # fmt: skip


def misplaced(farm, rows, now):
    """Count URLs with a wrong outcome, by outcome, and missing corrections."""
    states = {
        url: (state, detail if state == "rejected" else None)
        for url, state, detail in rows.sql("SELECT url, state, detail FROM outcomes").fetchall()
    }
    corrected = Counter(
        url
        for (url,) in rows.sql(
            "SELECT url FROM revisions JOIN (SELECT article_id, url FROM articles) USING (article_id)"
        ).fetchall()
    )
    found = Counter()
    for paper in farm.papers.values():
        for item in paper.items:
            url = farm.url(paper, item.path)
            state = states.get(url, ("not announced", None))
            if state not in _wanted(item):
                found[" ".join(filter(None, state))] += item.at <= now
            both = len(farm.versions.get((paper.host, item.path), ())) == 2
            found["correction"] += both and not corrected[url]
    return +found


def _wanted(item):
    if item.path.startswith("/private/"):
        return {("rejected", "robots_disallowed")}
    if item.path.startswith("/gone/"):
        return {("rejected", "http_error")}
    return {("stored", None), ("duplicate", None)}


def repeated(rows):
    """Count repeated rows, by the value that they share."""
    shared = {
        "articles of one text": "SELECT text_hash AS one FROM articles",
        "articles or copies of one address": "SELECT url AS one FROM articles UNION ALL "
        "SELECT url FROM duplicates",
        "documents": "SELECT document_id AS one FROM articles UNION ALL SELECT document_id FROM "
        "duplicates UNION ALL SELECT document_id FROM revisions UNION ALL SELECT document_id FROM rejects",
        "corrections": "SELECT (article_id, text_hash) AS one FROM revisions",
        "announcements": "SELECT announcement_id AS one FROM announcements",
    }
    return +Counter(
        {
            name: rows.sql(f"SELECT count(one) - count(DISTINCT one) FROM ({sql})").fetchall()[0][0]
            for name, sql in shared.items()
        }
    )


def late(farm, rows):
    """Return the 95th percentile of the seconds from an announcement to the commit of its text."""
    slow = [paper.host for paper in farm.papers.values() if paper.pause > 1]
    [(seconds,)] = rows.execute(
        "SELECT quantile_cont(epoch(committed_at - announced_at), 0.95) FROM outcomes "
        "WHERE committed_at >= announced_at "
        "AND NOT list_contains(?, regexp_extract(url, '//([^:/]*)', 1))",
        [slow],
    ).fetchall()
    return seconds


def peaks(memory):
    """Return the highest value in each quarter of the time."""
    quarter = len(memory) // 4
    return [max(memory[at : at + quarter]) for at in range(0, 4 * quarter, quarter)]


def _listed(counts):
    return ", ".join(f"{number} {name}" for name, number in counts.items()) or "0"
