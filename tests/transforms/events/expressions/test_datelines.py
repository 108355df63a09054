from datetime import UTC, date, datetime

import pytest
from lakes import article

from newslake.transforms.events.expressions.datelines import dateline_of
from newslake.transforms.events.find_events import find_events
from newslake.transforms.events.parse.model import model_name

DATELINES = [
    "OSLO, March 18 (Reuters) - ",
    "OSLO (AP) — ",
    "Oslo, Reuters — ",
    "OSLO PA Media — ",
    "(Reuters) - ",
    "(CNN)",
    "OSLO, Norway, 18 March 2026 – ",
    "MOSCOW, May 3. /TASS/. ",
    "WASHINGTON, D.C. (CNN) — ",
    "Oslo, Oct 6 (IANS) ",
    "PORT ALDER, Ohio (WXYZ) -- ",
    "RIO DE JANEIRO – ",
    "NEW DELHI: ",
    "Oslo - ",
    "Port Alder, Peru – ",
    "Port Alder, western Peru – ",
    "Gaza City, Gaza Strip – ",
    "Deir el-Port, central Peru – ",
    "Nablus, occupied West Bank – ",
]


@pytest.mark.parametrize("dateline", DATELINES)
def test_a_dateline_ends_where_the_story_begins(dateline):
    assert dateline_of(f"{dateline}Peru bombed Lima.") == dateline


def test_a_story_may_have_dashes_of_its_own():
    for story in ("Norway – long an ally – praised Peru.", "Peru bombed Lima – a first."):
        assert dateline_of(f"Oslo – {story}") == "Oslo – "


@pytest.mark.parametrize(
    "line",
    [
        "Peru bombed Lima — and Norway condemned Peru.",
        "Norway condemned Peru — Chile did not.",
        "Oslo — long an ally of Peru — sent troops.",
        "NATO – Peru’s ally – sent troops.",
        "Moscow – Peru’s closest ally – condemned Chile.",
        "Oslo – Norway’s main port – was attacked.",
        "Norway, Chile – Peru’s allies – sent troops.",
        "Hamas, Chile – Peru bombed both.",
        "Peru - Chile’s neighbour - sent troops.",
        "BREAKING: Peru bombed Lima.",
        "Oct. 6, 1923: Peru bombed Lima.",
        "Harbour Police (HP) Officials arrested three students.",
        "The ministry (MOD) Peru sent for was late.",
        "In Lima - and in Oslo - police arrested students.",
        "",
    ],
)
def test_text_that_is_not_a_dateline_is_read(line):
    assert dateline_of(line) == ""


@pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")
@pytest.mark.parametrize("dateline", DATELINES)
def test_a_dateline_gives_no_actor_time_or_place(dateline):
    published = datetime(2026, 3, 19, tzinfo=UTC)
    text = f"{dateline}Norway condemned Peru."
    [mention] = find_events(article("a", text, language="en", published_at=published))
    assert [actor.text for actor in mention.actors] == ["Norway"]
    assert (mention.date_text, mention.event_date_end) == (None, date(2026, 3, 19))
    assert mention.place is None
    assert text[mention.evidence_start : mention.evidence_end] == mention.evidence
    assert mention.evidence_start == len(dateline)
