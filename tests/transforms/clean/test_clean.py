from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslake.schemas.identity import text_hash
from newslake.schemas.reasons import NoText
from newslake.schemas.records import Document, Draft
from newslake.schemas.rows import Article
from newslake.transforms.clean.clean import Clean, clean
from newslake.transforms.clean.debris import is_sentence
from newslake.transforms.extract.extract import extract

SENTENCE = "Both sides met on Monday."


def draft(text, **fields):
    document = Document("d", "file:a.txt", text.encode(errors="replace"), "text/plain", "folder")
    return Draft(document, Article("a", "d", None, None, "folder", text, **fields))


def cleaned(text, **fields):
    return clean(draft(text, **fields)).article


def seed_article(seed):
    payload = seed.read_bytes()
    document = Document("d", f"file:{seed.name}", payload, "text/plain", "seeds")
    return extract(document)


def test_text_is_tidied_hashed_and_counted():
    article = cleaned(f"\ufeff{SENTENCE}\r\n\r\nREAD ALSO: Weather\r\n Talks\u00a0 go on.")
    assert article.text == f"{SENTENCE}\nTalks go on."
    assert article.text_hash == text_hash(article.text)
    assert article.word_count == 8


def test_metadata_is_tidied():
    article = cleaned(
        SENTENCE,
        title=" Truce\n\x1btalks\ud800 ",
        authors=[" Ann\u200b Lee ", "\x00"],
        section="\u202eEUROPE",
        keywords=["war\tand peace", ""],
        extra='{"a": "b\x9f"}',
    )
    assert (article.title, article.authors) == ("Truce talks\ufffd", ["Ann Lee"])
    assert (article.section, article.keywords) == ("EUROPE", ["war and peace"])
    assert article.extra == '{"a": "b"}'


@pytest.mark.parametrize("title", [None, "", " \u200b"])
def test_a_missing_title_stays_missing(title):
    assert cleaned(SENTENCE, title=title).title is None


@pytest.mark.parametrize("text", ["", " \n", "Advertisement\n\nLeave a Comment"])
def test_debris_alone_is_refused(text):
    with pytest.raises(NoText):
        cleaned(text)


@given(st.text(st.characters(exclude_categories=())), st.text())
def test_cleaning_twice_changes_nothing(text, title):
    try:
        once = clean(draft(text, title=title))
    except NoText:
        return
    assert clean(once) == once


def test_the_document_is_not_touched():
    given_draft = draft(SENTENCE)
    assert clean(given_draft).document is given_draft.document
    assert given_draft == draft(SENTENCE)


def test_seeds_lose_their_debris_and_no_sentence(seed):
    raw = seed_article(seed)
    text = clean(raw).article.text.split("\n")
    dropped = [line for line in raw.article.text.split("\n") if line not in text]
    assert not any(is_sentence(line) for line in dropped)
    assert not any(
        line.startswith(("READ ALSO", "Photo from", "Leave a", "Related")) for line in text
    )
    assert len(dropped) == {"000": 0, "001": 0, "002": 1, "003": 5}[seed.stem[:3]]


def test_stage_emits_articles_and_rejects_the_rest_with_a_reason(run_stage):
    good, bad = draft(SENTENCE), draft("Advertisement")
    kept, rejected = run_stage([good, bad], Clean())
    assert kept == [clean(good)]
    assert [(record.stage, record.reason) for record in rejected] == [("Clean", "no_text")]
    assert rejected[0].payload == b"Advertisement"


def test_the_folder_name_is_a_printable_source():
    given_draft = draft(SENTENCE)
    article = replace(given_draft.article, source=" my\x1bfolder ")
    assert clean(replace(given_draft, article=article)).article.source == "myfolder"
