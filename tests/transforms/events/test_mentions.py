"""Short sentences with their expected mentions. Add a line here for each new rule."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sure import sure_mentions
from waits import TRIES

from newslake.schemas.identity import mention_id
from newslake.schemas.ontology import EVENT_TYPES, STATUSES
from newslake.schemas.rows import Article
from newslake.transforms.events.find_events import find_events
from newslake.transforms.events.parse.model import model_name

pytestmark = pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")


def article(text, **fields):
    fields = {"article_id": "a1", "document_id": "d1", "text_hash": "h1", "language": "en"} | fields
    return Article(url=None, canonical_url=None, source="example.org", text=text, **fields)


def summaries(text, **fields):
    """Return (type, status, actors, recipients) of each mention in `text`."""
    return [
        (
            mention.type,
            mention.status,
            [actor.text for actor in mention.actors],
            [actor.text for actor in mention.recipients],
        )
        for mention in sure_mentions(article(text, **fields))
    ]


@pytest.mark.parametrize(
    ("sentence", "type", "actors", "recipients"),
    [
        ("Norway agreed to release the prisoners.", "AGREE", ["Norway"], ["prisoners"]),
        ("Peru is ready to accept a truce.", "AGREE", ["Peru"], []),
        (
            "President Ann Lee met King Olaf in Oslo.",
            "CONSULT",
            ["President Ann Lee", "King Olaf"],
            [],
        ),
        ("Peru and Chile held talks in Lima.", "CONSULT", ["Peru", "Chile"], []),
        ("Norway praised Peru.", "SUPPORT", ["Norway"], ["Peru"]),
        ("Peru signed an agreement with Chile.", "SUPPORT", ["Peru"], ["Chile"]),
        ("The rebels declared a ceasefire.", "CONCEDE", ["rebels"], []),
        ("Peru extradited the suspect to Chile.", "COOPERATE", ["Peru"], ["suspect"]),
        ("Norway sent food to Chile.", "AID", ["Norway"], ["Chile"]),
        ("The army withdrew its troops from Peru.", "RETREAT", ["army"], None),
        ("Norway urged Peru to withdraw its troops.", "REQUEST", ["Norway"], ["Peru"]),
        ("The minister accused Peru of genocide.", "ACCUSE", ["minister"], ["Peru"]),
        ("Peru rejected Chile's proposal.", "REJECT", ["Peru"], ["Chile"]),
        ("Norway threatened to bomb Peru.", "THREATEN", ["Norway"], ["Peru"]),
        ("Thousands of workers marched in Lima.", "PROTEST", ["Thousands of workers"], []),
        ("Norway imposed sanctions on Peru.", "SANCTION", ["Norway"], ["Peru"]),
        ("Peru deployed troops to the border.", "MOBILIZE", ["Peru"], None),
        ("Police arrested three students.", "COERCE", ["Police"], ["three students"]),
        ("Peruvian troops attacked a village.", "ASSAULT", ["Peruvian troops"], []),
    ],
)
def test_one_plain_sentence_of_each_type(sentence, type, actors, recipients):
    [(found, status, who, whom)] = summaries(sentence)
    assert (found, status, who) == (type, "asserted", actors)
    assert recipients is None or whom == recipients


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Lima was bombed by Chile.", ("ASSAULT", "asserted", ["Chile"], ["Lima"])),
        ("Three students were arrested.", ("COERCE", "asserted", [], ["Three students"])),
        ("Norway and Peru condemned Chile.", ("ACCUSE", "asserted", ["Norway", "Peru"], ["Chile"])),
        (
            "A Chilean missile attack on Lima killed three people.",
            ("ASSAULT", "asserted", ["Chilean"], ["three people"]),
        ),
        ("King Olaf will meet Peru on Monday.", ("AGREE", "asserted", ["King Olaf", "Peru"], [])),
        ("Peru will deploy troops.", ("MOBILIZE", "future", ["Peru"], [])),
        ("Peru plans to deploy troops.", ("MOBILIZE", "future", ["Peru"], [])),
        ("Peru might attack Chile.", ("ASSAULT", "hypothetical", ["Peru"], ["Chile"])),
        ("Peru did not attack Chile.", ("ASSAULT", "negated", ["Peru"], ["Chile"])),
        ("Peru attacked Chile in 1950.", ("ASSAULT", "historical", ["Peru"], ["Chile"])),
        ("Neither Peru nor Chile attacked Lima.", ("ASSAULT", "negated", ["Peru", "Chile"], ["Lima"])),
        ("Peru attacked Chile last year.", ("ASSAULT", "historical", ["Peru"], ["Chile"])),
        ("The minister said Peru would not help Chile.", ("REJECT", "asserted", None, None)),
        ("Minister Ann Lee said Peru must leave.", ("REQUEST", "asserted", ["Minister Ann Lee"], ["Peru"])),
        ("Minister Ann Lee said the vote was a sham.", ("ACCUSE", "asserted", ["Minister Ann Lee"], [])),
        ("Norway’s call came under fire.", None),
    ],
)  # fmt: skip
def test_voice_status_and_stance(sentence, expected):
    found = summaries(sentence)
    if expected is None:
        assert found == []
        return
    [(type, status, actors, recipients)] = found
    assert (type, status) == expected[:2]
    assert expected[2] is None or actors == expected[2]
    assert expected[3] is None or recipients == expected[3]


@pytest.mark.parametrize(
    "sentence",
    [
        "Peru rejected calls for a ceasefire.",
        "Norway urged Peru to withdraw its troops and to free the hostages.",
        "The minister condemned the attack on Lima.",
    ],
)
def test_the_topic_of_a_stance_is_not_a_second_event(sentence):
    assert len(summaries(sentence)) == 1


@pytest.mark.parametrize(
    "sentence",
    [
        "Peruvian troops attack Lima",  # a heading
        "The attack on Lima.",
        "The minister said that the weather was fine.",
        "The storm killed three people.",
        "A spokesman declined to comment.",
        "The company promised a better phone.",
        "Olga met her husband in a bar.",
        "Peru hopes to attack Chile.",
        "Attack the problem with patience.",
        "You can kill time with a book.",
        "The soldiers who attacked Lima were tired.",
        "They built a wall to attack their hunger.",
    ],
)
def test_sentences_without_an_event(sentence):
    assert summaries(sentence) == []


@pytest.mark.parametrize("mark", "'’‘ʼ`´")
def test_a_possessive_may_use_any_apostrophe_like_character(mark):
    mentions = find_events(
        article(f"After President Ann Lee{mark}s appeal for peace, Peru agreed.")
    )
    assert "President Ann Lee" in [actor.text for one in mentions for actor in one.actors]


def test_strikes_are_protests_only_of_workers():
    assert [one[0] for one in summaries("Norway conducted strikes in Peru.")] == ["ASSAULT"]
    assert [one[0] for one in summaries("Norway launched air strikes on Peru.")] == ["ASSAULT"]
    assert [one[0] for one in summaries("A general strike in Lima began.")] == ["PROTEST"]
    assert [one[0] for one in summaries("Miners held strikes in Lima.")] == ["PROTEST"]


@pytest.mark.parametrize("beginning", ["Clashes erupted", "Fighting broke out"])
def test_a_fight_has_two_sides(beginning):
    [(type, _, actors, _)] = summaries(f"{beginning} between Peru and Chile on Friday.")
    assert type == "ASSAULT"
    assert {"Peru", "Chile"} <= set(actors)


def test_two_acts_in_two_clauses_are_two_events():
    found = summaries("Peru attacked Lima, and Norway condemned Peru.")
    assert [type for type, *_ in found] == ["ASSAULT", "ACCUSE"]


def test_a_report_is_attributed_and_a_stance_is_its_speakers_own():
    [act] = find_events(article("Officials said Chile attacked Lima."))
    assert (act.actors[0].text, act.attributed_to) == ("Chile", "Officials")
    [stance] = find_events(article("King Olaf said he would meet Peru."))
    assert (stance.actors[0].text, stance.attributed_to) == ("King Olaf", None)


def test_a_year_is_history_only_before_the_year_of_publication():
    text = "Peru attacked Chile in 2021."
    when = datetime(2021, 6, 1, tzinfo=UTC)
    assert summaries(text, published_at=when)[0][1] == "asserted"
    assert summaries(text, published_at=when.replace(year=2024))[0][1] == "historical"


def test_a_negation_ends_at_an_independent_verb():
    assert [one[1] for one in summaries("Peru did not talk but attacked Chile.")] == ["asserted"]
    assert [one[1] for one in summaries("Peru did not bomb or attack Chile.")] == ["negated"]
    assert [one[1] for one in summaries("Not only Spain but Italy sent aid to Peru.")] == [
        "asserted"
    ]


def test_a_thing_is_not_a_party():
    assert summaries("It was released under a free licence.") == []


def test_a_ship_is_released_as_people_are():
    [_, release] = find_events(article("Iran seized a ship and released it."))
    assert (release.type, [one.text for one in release.recipients]) == ("RETREAT", ["it"])


def test_a_suicide_bomber_is_not_a_weapon():
    [(_, _, actors, recipients)] = summaries("A suicide bomber killed nine people in Lima.")
    assert (actors, recipients) == (["suicide bomber"], ["nine people"])


def test_counts_of_victims_go_with_the_assault():
    [mention] = find_events(article("Shells killed three people and injured at least two others."))
    assert (mention.killed_min, mention.killed_max) == (3, 3)
    assert (mention.injured_min, mention.injured_max) == (2, None)


def test_a_row_is_complete():
    when = datetime(2026, 3, 1, tzinfo=UTC)
    [mention] = find_events(article("Rain fell.\nNorway praised Peru. ", published_at=when))
    assert mention.evidence == "Norway praised Peru."
    assert (mention.evidence_start, mention.evidence_end) == (11, 31)
    assert mention.mention_id == mention_id("a1", "h1", 18, 25, "SUPPORT")
    assert (mention.quad, mention.cameo_root) == (1, "05")
    assert (mention.event_key, mention.published_at) == (None, when)
    assert model_name() in mention.extractor_version


PIECES = st.sampled_from(
    ["Norway praised Peru.", "Peru’s troops attacked Lima.", "🙂", "👩‍👩‍👧", "İstanbul", "e\u0301", "𝔘", " ", "\n",
     "\u00a0", "\u200b", "Чили", "“Peru must leave,” Minister Ann Lee said.", "—", "Thousands of workers marched."]
)  # fmt: skip


@settings(max_examples=60)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_every_stored_string_is_a_slice_of_the_text(text):
    mentions = find_events(article(text))
    for mention in mentions:
        assert text[mention.trigger_start : mention.trigger_end] == mention.trigger
        assert text[mention.evidence_start : mention.evidence_end] == mention.evidence
        for party in (*mention.actors, *mention.recipients):
            assert text[party.start : party.end] == party.text
            assert mention.evidence_start <= party.start < party.end <= mention.evidence_end
        assert mention.type in EVENT_TYPES
        assert mention.status in STATUSES
        assert 0 <= mention.confidence <= 1
    assert len({mention.mention_id for mention in mentions}) == len(mentions)


def test_a_paragraph_gives_the_same_mentions_in_any_text():
    one = "Norway praised Peru."
    alone = summaries(one)
    assert summaries(f"{one}\n" + "Peru bombed Lima.\n" * 40)[:1] == alone


def test_seeds_give_mentions(seed):
    text = seed.read_text(encoding="utf-8")
    for mention in find_events(article(text)):
        assert text[mention.evidence_start : mention.evidence_end] == mention.evidence


@pytest.mark.parametrize("sentence", ["President {}Kyiv. ", "Peru {}Norway. "])
def test_sentences_full_of_triggers_take_linear_time(sentence):
    """Three times the triggers may take five times as long; quadratic time would be nine times."""

    def seconds(triggers):
        text = (sentence.format("sued " * triggers) * 100).strip()
        began = time.process_time()
        assert len(summaries(text)) == 100
        return time.process_time() - began

    seconds(1)  # loads the model
    assert any(seconds(24) < 5 * seconds(8) for _ in range(TRIES))


def test_a_sentence_of_nothing_but_triggers_takes_little_time():
    text = ("Peru " + "attacked and " * 70 + "bombed Norway. ") * 20
    began = time.process_time()
    assert summaries(text) == []
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    ("sentence", "mode"),
    [
        ("Gunmen shot dead a priest in Texas.", "firearms"),
        ("Russian drone strikes on Kyiv killed three people.", "drone"),
        ("An air strike on Kyiv killed three people.", "aerial"),
        ("Rebels attacked the army base near Kabul.", None),
        ("Police arrested two men in Kabul.", "arrest"),
        ("The government imposed a curfew in Peru.", "curfew"),
        ("Teachers went on strike in Lima against the government.", "strike"),
        ("Protesters marched through Paris.", "demo"),
        ("Norway condemned Peru.", None),
    ],
)
def test_the_words_of_the_event_tell_its_mode(sentence, mode):
    found = find_events(article(sentence))
    assert {mention.mode for mention in found} == {mode}


@pytest.mark.parametrize(
    ("sentence", "precision"),
    [
        ("Police arrested two men at Kabul International Airport.", "site"),
        ("Police arrested two men in the city of Kabul.", "city"),
        ("Police arrested two men in Texas.", "region"),
        ("Police arrested two men in Peru.", "country"),
        ("Police arrested two men on Monday.", None),
    ],
)
def test_a_place_tells_how_exact_it_is(sentence, precision):
    [mention] = find_events(article(sentence))
    assert mention.place_precision == precision
