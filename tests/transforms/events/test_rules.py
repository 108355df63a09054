"""Sentences and their mentions (type, status, actors, recipients), a table per class of rules."""

from datetime import UTC, datetime

import pytest
from sure import sure_mentions

from newslake.schemas.rows import Article
from newslake.transforms.events.parse.model import model_name

pytestmark = pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")


def mentions(text, published_at=None):
    return sure_mentions(
        Article(
            article_id="a", document_id="a", url=None, canonical_url=None, source="example.org",
            text=text, language="en", published_at=published_at,
        )
    )  # fmt: skip


def summaries(text, **fields):
    """Return each mention as `TYPE status: actors > recipients`."""
    return [
        f"{one.type} {one.status}: {', '.join(actor.text for actor in one.actors)}"
        f" > {', '.join(actor.text for actor in one.recipients)}".strip()
        for one in mentions(text, **fields)
    ]


def table(*rows):
    return pytest.mark.parametrize(("sentence", "expected"), rows)


@table(
    ("Peru rejected calls for a truce.", ["REJECT asserted: Peru >"]),
    ("Norway offered to host talks.", ["AGREE asserted: Norway >"]),
    ("Norway urged Chile to release the hostages.", ["REQUEST asserted: Norway > Chile"]),
    ("The king fears that Peru will attack.", []),
    ("Peru wants to bomb Lima.", []),
    ("Norway condemned the shelling of Lima.", ["ACCUSE asserted: Norway > Lima"]),
)
def test_a_stance_is_a_mention_and_its_topic_is_not(sentence, expected):
    assert summaries(sentence) == expected


@table(
    ("Chile launched an attack on Lima.", ["ASSAULT asserted: Chile > Lima"]),
    ("Peru and Chile held talks.", ["CONSULT asserted: Peru, Chile >"]),
    ("The army carried out strikes against Lima.", ["ASSAULT asserted: army > Lima"]),
    ("Norway paid a visit to Peru.", ["CONSULT asserted: Norway > Peru"]),
    ("After a Chilean attack on Lima, Norway was silent.", ["ASSAULT asserted: Chilean > Lima"]),
    ("The attack of the critics was funny.", []),
)
def test_nouns_and_light_verbs_carry_acts(sentence, expected):
    assert summaries(sentence) == expected


@table(
    ("Lima was shelled by Chilean troops.", ["ASSAULT asserted: Chilean troops > Lima"]),
    ("Two students have been arrested.", ["COERCE asserted:  > Two students"]),
    ("Chile, which bombed Lima, was silent.", ["ASSAULT asserted: Chile > Lima"]),
    ("The envoy who was arrested by Peru is ill.", []),
    ("Norway was accused of genocide by Peru.", ["ACCUSE asserted: Peru > Norway"]),
)
def test_passives_and_relative_clauses(sentence, expected):
    assert summaries(sentence) == expected


@table(
    (
        "Peru will attack Lima and bomb Oslo.",
        ["ASSAULT future: Peru > Lima"],  # one mention a type and sentence
    ),
    (
        "Peru has not attacked Lima or arrested its mayor.",
        ["ASSAULT negated: Peru > Lima", "COERCE negated: Peru > its mayor"],
    ),
    ("Norway and Peru praised Chile.", ["SUPPORT asserted: Norway, Peru > Chile"]),
    ("Norway praised Peru and Chile.", ["SUPPORT asserted: Norway > Peru, Chile"]),
    (
        "Police arrested and deported two students.",
        ["COERCE asserted: Police > two students"],
    ),
)
def test_conjoined_verbs_share_auxiliaries_and_parties(sentence, expected):
    assert summaries(sentence) == expected


@table(
    ("Peru began to bomb Lima.", ["ASSAULT asserted: Peru > Lima"]),
    ("Peru decided to expel the diplomats.", ["SANCTION asserted: Peru > diplomats"]),
    ("Norway persuaded Peru to attack Lima.", []),
    ("Peru is likely to attack Chile.", ["ASSAULT hypothetical: Peru > Chile"]),
    ("Peru is unlikely to attack Chile.", []),
    ("Norway continued to arrest students.", ["COERCE asserted: Norway > students"]),
)
def test_control_and_raising(sentence, expected):
    assert summaries(sentence) == expected


@table(
    ("President Ann Lee will meet King Olaf.", ["AGREE asserted: President Ann Lee, King Olaf >"]),
    ("Norway will not meet Peru.", ["REJECT asserted: Norway >"]),
    ("Peru will withdraw its troops.", ["CONCEDE asserted: Peru >"]),
    ("Peru will deploy troops.", ["MOBILIZE future: Peru >"]),
    (
        "“Chile must leave Lima,” President Ann Lee said.",
        ["REQUEST asserted: President Ann Lee > Chile"],
    ),
    ("Chile must leave Lima.", []),
    ("Norway will praise Peru.", ["AGREE asserted: Norway > Peru"]),
    ("Norway will pardon Peru.", ["AGREE asserted: Norway > Peru"]),
    ("Peru will extradite the suspect to Chile.", ["AGREE asserted: Peru > suspect"]),
    ("Norway will send aid to Peru.", ["AGREE asserted: Norway > Peru"]),
    ("Norway will not send aid to Peru.", ["REJECT asserted: Norway > Peru"]),
    ("Norway will not withdraw its troops.", ["REJECT asserted: Norway >"]),
    ("Peru will reject the plan.", ["REJECT asserted: Peru >"]),
)
def test_future_or_obligation_changes_the_type(sentence, expected):
    assert summaries(sentence) == expected


@table(
    (
        "Minister Ann Lee said Peru will invest in Chile.",
        ["AGREE asserted: Minister Ann Lee, Peru >"],
    ),
    (
        "Minister Ann Lee said Peru would not bow.",
        ["REJECT asserted: Minister Ann Lee, Peru >"],
    ),
)
def test_the_subject_of_a_pledge_or_refusal_is_an_actor(sentence, expected):
    assert summaries(sentence) == expected


@table(
    ("Peru did not attack Chile.", ["ASSAULT negated: Peru > Chile"]),
    ("Peru never attacked Chile.", ["ASSAULT negated: Peru > Chile"]),
    ("No students were arrested.", ["COERCE negated:  > students"]),
    ("Peru is not willing to accept a truce.", ["REJECT asserted: Peru >"]),
    ("Peru attacked Chile, not Lima.", ["ASSAULT asserted: Peru > Chile"]),
    ("Peru denied that it had attacked Chile.", ["REJECT asserted: Peru >"]),
)
def test_the_scope_of_a_negation(sentence, expected):
    assert summaries(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Officials said that Chile had bombed Lima.", "Officials"),
        ("Chile bombed Lima, officials said.", "officials"),
        ("According to the ministry, Chile bombed Lima.", "ministry"),
        ("Chile bombed Lima.", None),
    ],
)
def test_a_report_is_attributed(sentence, source):
    [one] = mentions(sentence)
    assert (one.type, one.attributed_to) == ("ASSAULT", source)


@table(
    ("Peru invaded Chile in 1950.", ["ASSAULT historical: Peru > Chile"]),
    ("Since last year Peru has arrested 40 students.", ["COERCE historical: Peru > 40 students"]),
    ("Peru bombed Chile ten years ago.", ["ASSAULT historical: Peru > Chile"]),
    ("Peru bombed Chile on Friday.", ["ASSAULT asserted: Peru > Chile"]),
    ("Peru bombed Chile this year.", ["ASSAULT asserted: Peru > Chile"]),
)
def test_history_is_distinguished_from_news(sentence, expected):
    assert summaries(sentence, published_at=datetime(2026, 3, 18, tzinfo=UTC)) == expected


@pytest.mark.parametrize(
    ("sentence", "killed", "injured"),
    [
        ("Shelling killed three people.", (3, 3), (None, None)),
        ("Chilean missiles killed at least 12 civilians and wounded 30.", (12, None), (30, 30)),
        ("Troops shot dead a 47-year-old man.", (1, 1), (None, None)),
        ("In 2024 soldiers killed two students.", (2, 2), (None, None)),
        ("Up to 40 people were killed by rebels.", (None, 40), (None, None)),
    ],
)
def test_the_killed_and_injured_are_counted_and_no_ages_or_years(sentence, killed, injured):
    [one] = mentions(sentence)
    assert ((one.killed_min, one.killed_max), (one.injured_min, one.injured_max)) == (
        killed,
        injured,
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "The earthquake killed forty people.",
        "A bus crash injured three students in Lima.",
        "Floods destroyed the village.",
        "Peru beat Chile 3-1 in the final.",
        "The striker attacked from the left and shot wide.",
        "The team defended its title in Oslo.",
    ],
)
def test_accidents_and_sport_are_not_events(sentence):
    assert summaries(sentence) == []


@table(
    (
        "Chilean missiles hit Lima in an attack that killed two people.",
        ["ASSAULT asserted"],
    ),
    ("Norway condemned the attack and called it a crime.", ["ACCUSE asserted"]),
    ("Peru expressed readiness to accept a truce.", ["AGREE asserted"]),
)
def test_one_act_reported_twice_is_one_mention(sentence, expected):
    assert [one.split(":")[0] for one in summaries(sentence)] == expected


def test_one_title_does_not_make_a_long_text_political():
    news, tale = "Judge Ann Lee smiled. ", "Snow fell on the hills of the north. " * 40
    demand = "Kim Roe demanded a refund."
    assert summaries(news + demand) == ["REQUEST asserted: Kim Roe >"]
    assert summaries(news + tale + demand) == []
