import json
import logging
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from newslake.schemas.identity import article_id, document_id, payload_digest
from newslake.schemas.reasons import BadField, BadJson, Binary, Empty, NoText, TooLarge
from newslake.schemas.records import Document, Draft
from newslake.transforms.extract.extract import Extract, extract

SENTENCE = "Both sides met on Monday, the minister said, and talks will go on for another week."
PAGE = f"<html><head>%s</head><body><article><h1>Truce</h1>{f'<p>{SENTENCE}</p>' * 3}</article></body></html>"
URL = "https://www.example.org/a"
SEEN = datetime(2024, 3, 1, 12, tzinfo=UTC)


def document(payload, media_type="text/plain", **known):
    payload = payload if isinstance(payload, bytes) else payload.encode()
    locator = known.get("url") or "file:a"
    return Document(document_id(locator, payload), locator, payload, media_type, "folder", **known)


def article(payload, media_type="text/plain", **known):
    return extract(document(payload, media_type, **known)).article


def item(**fields):
    return article(json.dumps({"text": SENTENCE} | fields), "application/json")


@pytest.mark.parametrize(
    ("payload", "media_type", "extractor"),
    [
        (f"Truce\n{SENTENCE}", "text/plain", "plain_text"),
        (f"# Truce\n\n{SENTENCE}", "text/markdown", "markdown"),
        (json.dumps({"title": "Truce", "text": SENTENCE}), "application/json", "json"),
        (PAGE % "", "text/html", "trafilatura"),
        (PAGE % "", "text/plain", "trafilatura"),
        (PAGE % "", "text/markdown", "trafilatura"),
    ],
)
def test_each_is_read_by_its_reader(payload, media_type, extractor):
    found = article(payload, media_type)
    assert (found.title, found.extractor) == ("Truce", extractor)
    assert found.text.startswith(SENTENCE)
    assert found.extractor_version
    assert (found.language, found.content_source) == ("en", "file")


@pytest.mark.parametrize(
    ("head", "feed_date", "source", "precision"),
    [
        pytest.param(
            "", datetime(2024, 2, 29, tzinfo=UTC), "feed", "day", id="the feed alone knows"
        ),
        pytest.param("", datetime(1970, 1, 1, tzinfo=UTC), "none", None, id="no date is usable"),
        pytest.param(
            '<meta property="article:published_time" content="2024-02-28T09:00:00Z">',
            datetime(2024, 2, 29, 8, tzinfo=UTC),
            "meta",
            "second",
            id="the page knows better",
        ),
    ],
)
def test_a_feed_dates_a_page_without_a_date(head, feed_date, source, precision):
    of_feed = {"published_at": feed_date, "published_precision": "day"}
    found = article(PAGE % head, "text/html", url=URL, seen_at=SEEN, **of_feed)
    assert (found.date_source, found.published_precision) == (source, precision)
    assert (found.published_at == feed_date) == (source == "feed")


def test_the_article_of_a_file_is_named_after_its_bytes():
    found = article(SENTENCE)
    assert found.article_id == article_id(None, SENTENCE.encode())
    assert (found.url, found.canonical_url, found.source) == (None, None, "folder")


def test_the_article_of_a_page_is_named_after_its_address():
    found = article(PAGE % "", "text/html", url="https://ann:pw@www.example.org/a?utm_source=b#c")
    assert found.article_id == article_id(URL, b"")
    assert found.url == "https://www.example.org/a?utm_source=b#c"
    assert (found.canonical_url, found.source) == (URL, "example.org")
    assert found.content_source == "page"


def test_a_canonical_link_counts_within_the_site_only():
    near = PAGE % '<link rel="canonical" href="https://news.example.org/b">'
    far = PAGE % '<link rel="canonical" href="https://example.net/b">'
    assert article(near, "text/html", url=URL).canonical_url == "https://news.example.org/b"
    assert article(far, "text/html", url=URL).canonical_url == URL


def test_a_saved_page_states_its_own_url():
    found = article(PAGE % f'<link rel="canonical" href="{URL}">', "text/html")
    assert (found.url, found.canonical_url, found.source) == (URL, URL, "example.org")


def test_a_page_without_an_image_has_none():
    assert article(PAGE % "", "text/html", url=URL).image_url is None


def test_metadata_of_the_document_is_passed_on():
    known = {
        "seen_at": SEEN,
        "feed": "https://example.org/feed",
        "entry_id": "7",
        "warc_file": "a.warc.gz",
        "warc_offset": 12,
    }
    found = article(PAGE % "", "text/html", url=URL, **known)
    assert {name: getattr(found, name) for name in known} == known


def test_the_time_of_the_fetch_is_never_the_date():
    found = article(PAGE % "", "text/html", url=URL, seen_at=SEEN)
    assert (found.published_at, found.date_source, found.date_confidence) == (None, "none", None)


@pytest.mark.parametrize("date", ["2024-03-03T12:00:00Z", "1970-01-01T00:00:00Z"])
def test_an_impossible_date_is_not_used_and_not_lost(date):
    payload = json.dumps({"text": SENTENCE, "date": date})
    found = article(payload, "application/json", seen_at=SEEN)
    assert (found.published_at, found.date_source) == (None, "none")
    assert json.loads(found.extra)["disbelieved_date"][:10] == date[:10]


def test_fields_without_a_column_are_kept_in_order():
    assert item(b=1, a="ü").extra == '{"a": "ü", "b": 1}'
    assert item().extra is None


def test_a_field_dates_the_article():
    found = item(date="2024-03-01T12:00:00Z")
    assert (found.published_at, found.date_source) == (SEEN, "field")
    assert found.date_confidence > 0.9


def test_html_in_a_field_is_read_like_a_page():
    html = PAGE % '<meta name="author" content="Ann Lee">'
    for field in ("html", "text"):
        found = item(**({"text": None} | {field: html}), title="Peace")
        assert (found.title, found.authors, found.extractor) == ("Peace", ["Ann Lee"], "json")
        assert found.text.startswith(SENTENCE)


def test_lone_surrogates_do_not_leave_the_step():
    head = r'<script type="application/ld+json">{"@type": "NewsArticle", "headline": "A \ud800 b"}</script>'
    for found in (item(title="A \ud800 b"), article(PAGE % head, "text/html")):
        assert "\ud800" not in repr(found)
        assert str(found).encode()


def test_a_short_text_has_the_language_that_it_declares():
    assert (item(text="Ok.", language="de").language, item(text="Ok.").language) == ("de", None)


@pytest.mark.parametrize(
    ("payload", "media_type", "reason"),
    [
        (bytes(100), "text/plain", Binary),
        (b" \n\t", "text/plain", Empty),
        (b"", "text/html", Empty),
        (b"<html><body></body></html>", "text/html", NoText),
        (b"---\ntitle: a\n---\n", "text/markdown", NoText),
        (b"[]", "application/json", BadJson),
        (b'{"title": 7}', "application/json", BadField),
        (b'{"title": "a"}', "application/json", NoText),
        (b"x" * 9_000_000, "text/html", TooLarge),
    ],
)
def test_a_document_without_an_article_is_refused(payload, media_type, reason):
    with pytest.raises(reason):
        article(payload, media_type)


def test_seeds_are_read(seed):
    found = article(seed.read_bytes())
    titles = {
        "000": None,
        "001": None,
        "002": "Escalating Tensions Amid Ceasefire Talks: Key Updates from Ukraine",
        "003": "US Doubtful on Ukraine Ceasefire Amid Lack of Russian Good Faith",
    }
    assert found.title == titles[seed.stem[:3]]
    assert found.section == ("EUROPE" if seed.stem.startswith("000") else None)
    assert ("Key Point | Details" in found.text.split("\n")) == seed.stem.startswith("001")
    assert "---|" not in found.text
    assert (found.language, found.published_at, found.date_source) == ("en", None, "none")


def test_libraries_print_nothing(caplog, capfd):
    with caplog.at_level(logging.DEBUG), pytest.raises(NoText):
        article("<html><body></body></html>", "text/html")
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert capfd.readouterr().err == ""


def test_the_language_model_is_loaded_at_its_first_use():
    code = "import newslake.transforms.extract.extract, newslake.transforms.extract.fields.language as l; print(l._identifier.cache_info().currsize)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


def test_stage_emits_drafts_and_rejects_the_rest_with_a_reason(run_stage):
    good, bad = document(f"Truce\n{SENTENCE}"), document(bytes(100))
    kept, rejected = run_stage([good, bad], Extract())
    assert kept == [extract(good)]
    assert isinstance(kept[0], Draft)
    assert [(record.stage, record.reason) for record in rejected] == [("Extract", "binary")]


def test_stage_refuses_html_that_its_parser_would_lose_and_keeps_long_texts(run_stage):
    long = "\n".join([SENTENCE] * 15_000)
    page = document(f"<html><body><p>{long}</p></body></html>".encode(), "text/html")
    text = document(long.encode())
    [kept], [rejected] = run_stage([page, text], Extract(max_html_mb=1))
    assert kept.document == text
    assert (rejected.reason, rejected.detail) == ("too_large", "1.3 MB of HTML, at most 1 allowed")


def test_stage_refuses_documents_that_exceed_its_limits_and_goes_on(run_stage):
    crowded = " ".join(f'a{number}="x"' for number in range(80_000))
    slow = document(PAGE.replace("<h1>", f"<p {crowded}>x</p><h1>") % "", "text/html")
    good = document(PAGE % "", "text/html")
    [kept], [rejected] = run_stage([slow, good], Extract(max_seconds=1, max_attributes=80_000))
    assert kept.document == good
    assert rejected.reason == "too_slow"
    assert rejected.detail in {"more than 1 CPU seconds", "more than 10 seconds of wall time"}
    assert rejected.payload == slow.payload


@pytest.mark.parametrize("depth", [101, 300, 420, 490, 900, 985, 5_000])
def test_json_nested_too_deeply_is_refused_and_never_a_crash(depth):
    item = f'{{"title": "Truce", "text": "{SENTENCE}", "x": {"[" * depth}1{"]" * depth}}}'
    with pytest.raises(BadJson, match="nested more than 100 deep"):
        extract(document(item, "application/json"))


RESERVED = PAGE % '<meta name="robots" content="noai">'


def test_the_publishers_optouts_are_recorded():
    assert article(RESERVED, "text/html").optouts == ["noai"]
    found = article(PAGE % "", "text/html", headers="TDM-Reservation: 1\nServer: a")
    assert found.optouts == ["tdm-reservation"]
    assert article(PAGE % "", "text/html").optouts == []


@pytest.mark.parametrize("media_type", ["text/plain", "text/markdown", "application/json"])
def test_optouts_do_not_depend_on_the_format(media_type):
    text = json.dumps({"text": SENTENCE}) if media_type == "application/json" else SENTENCE
    stated = {"headers": "X-Robots-Tag: noai\n", "optouts": ["disallow:GPTBot"]}
    assert article(text, media_type, **stated).optouts == ["disallow:GPTBot", "noai"]


def test_a_page_may_lift_the_reservation_of_its_site():
    free = PAGE % '<meta name="tdm-reservation" content="0">'
    assert article(PAGE % "", "text/html", optouts=["tdm-reservation"]).optouts
    assert not article(free, "text/html", optouts=["tdm-reservation"]).optouts


def test_stage_refuses_opted_out_documents_on_request_and_keeps_no_bytes(run_stage):
    reserved, free = document(RESERVED, "text/html"), document(PAGE % "", "text/html")
    [kept], [rejected] = run_stage([reserved, free], Extract(respect_optouts=True))
    assert kept.document == free
    assert (rejected.reason, rejected.detail) == ("opted_out", "noai")
    assert rejected.payload is None
    assert rejected.payload_digest == payload_digest(reserved.payload)


@pytest.mark.parametrize("stated", [{"headers": "X-Robots-Tag: noai"}, {"optouts": ["noai"]}])
def test_no_bytes_of_opted_out_documents_are_kept_with_any_reason(run_stage, stated):
    empty = document("<html></html>", "text/html", **stated)
    [], [rejected] = run_stage([empty], Extract())
    assert (rejected.reason, rejected.payload) == ("no_text", None)


def test_a_paid_article_is_marked():
    paid = '<meta property="article:content_tier" content="locked">'
    assert article(PAGE % paid, "text/html").paywalled
    assert not article(PAGE % "", "text/html").paywalled
