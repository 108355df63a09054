"""The type and status of an event, from parses that are written by hand."""

import pytest
from parses import Parse

from newslake.schemas.ontology import EVENT_TYPES
from newslake.transforms.events.data.lexicon import Trigger
from newslake.transforms.events.rules.arguments import Match
from newslake.transforms.events.rules.modality import modality_of, parties_of
from newslake.transforms.events.rules.parties import DocumentContext

NO_CONTEXT = DocumentContext({}, frozenset(), political=True, public=True, sporting=False)


def match(type, text, sense="v", roles=()):
    word = Parse(text).marked
    return Match(Trigger(frozenset(), (), sense, type, (), roles), word, (), word)


def parties(type, text, sense="v", roles=()):
    """Return the actors, the recipients and the source as one line."""
    found = parties_of(match(type, text, sense, roles), EVENT_TYPES[type], NO_CONTEXT)
    return " > ".join(" ".join(token.text for token in tokens) for tokens in found)


def modality(type, text, sense="v"):
    return " ".join(modality_of(match(type, text, sense), 2026))


ANNOUNCED = ["CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "AGREE"]


@pytest.mark.parametrize("type", ANNOUNCED)
def test_to_announce_such_an_event_is_to_agree_and_to_refuse_it_is_to_reject(type):
    assert modality(type, "Peru/NNP/nsubj will/MD/aux act/VB/ROOT") == "AGREE asserted"
    refused = "Peru/NNP/nsubj will/MD/aux not/RB/neg act/VB/ROOT"
    assert modality(type, refused) == "REJECT asserted"


@pytest.mark.parametrize("type", [*ANNOUNCED, "RETREAT"])
@pytest.mark.parametrize("cannot", ["can/MD/aux not/RB/neg", "ca=can/MD/aux n't/RB/neg"])
def test_what_a_party_says_it_cannot_do_it_rejects(type, cannot):
    assert modality(type, f"Peru/NNP/nsubj {cannot} act/VB/ROOT") == "REJECT asserted"


@pytest.mark.parametrize(
    ("type", "expected"),
    [
        ("RETREAT", "CONCEDE asserted"),
        ("REJECT", "REJECT asserted"),
        ("ASSAULT", "ASSAULT future"),
        ("ACCUSE", "ACCUSE future"),
    ],
)
def test_other_events_that_are_announced(type, expected):
    assert modality(type, "Peru/NNP/nsubj will/MD/aux act/VB/ROOT") == expected


@pytest.mark.parametrize(
    ("type", "sentence", "expected"),
    [
        ("ASSAULT", "Peru/NNP/nsubj will/MD/aux not/RB/neg act/VB/ROOT", "ASSAULT negated"),
        ("ASSAULT", "Peru/NNP/nsubj can/MD/aux not/RB/neg act/VB/ROOT", "ASSAULT hypothetical"),
        ("RETREAT", "Peru/NNP/nsubj will/MD/aux not/RB/neg act/VB/ROOT", "REJECT asserted"),
        ("SUPPORT", "Peru/NNP/nsubj does=do/VBZ/aux not/RB/neg act/VB/ROOT", "REJECT asserted"),
        ("SUPPORT", "They/PRP/nsubj do/VBP/aux not/RB/neg act/VB/ROOT", "REJECT asserted"),
        ("SUPPORT", "Peru/NNP/nsubj never/RB/neg acts=act/VBZ/ROOT", "REJECT asserted"),
        ("SUPPORT", "Peru/NNP/nsubj did=do/VBD/aux not/RB/neg act/VB/ROOT", "SUPPORT negated"),
        (
            "SUPPORT",
            "Peru/NNP/nsubj is=be/VBZ/aux not/RB/neg acting=act/VBG/ROOT",
            "SUPPORT negated",
        ),
        ("AID", "Peru/NNP/nsubj does=do/VBZ/aux not/RB/neg act/VB/ROOT", "AID negated"),
        ("ACCUSE", "Peru/NNP/nsubj does=do/VBZ/aux not/RB/neg act/VB/ROOT", "ACCUSE negated"),
    ],
)
def test_a_negated_event_is_a_refusal_if_it_is_a_present_stance_or_was_announced(
    type, sentence, expected
):
    assert modality(type, sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Peru/NNP/nsubj can/MD/aux act/VB/ROOT", "AID hypothetical"),
        ("Peru/NNP/nsubj acted=act/VBD/ROOT in/IN/prep 1950/CD/pobj/in", "AID historical"),
        ("Peru/NNP/nsubj acted=act/VBD/ROOT in/IN/prep 2026/CD/pobj/in", "AID asserted"),
    ],
)
def test_events_that_are_not_announced_keep_their_type(sentence, expected):
    assert modality("AID", sentence) == expected


def test_an_announced_attack_with_a_condition_is_hypothetical():
    condition = "if/IN/mark/leaves Chile/NNP/nsubj/leaves leaves=leave/VBZ/advcl"
    assert modality("ASSAULT", f"Peru/NNP/nsubj will/MD/aux act/VB/ROOT {condition}") == (
        "ASSAULT hypothetical"
    )


@pytest.mark.parametrize("sense", ["m", "j", "c"])
def test_what_an_official_demands_or_judges_is_asserted(sense):
    assert modality("REQUEST", "Peru/NNP/nsubj may/MD/aux act/VB/ROOT", sense) == (
        "REQUEST asserted"
    )


ANN_SAID = "Ann/NNP/nsubj said=say/VBD/ROOT"


@pytest.mark.parametrize(
    ("type", "sentence", "expected"),
    [
        (
            "ASSAULT",
            f"{ANN_SAID} Peru/NNP/nsubj/hit *hit/VBD/ccomp Lima/NNP/dobj/hit",
            "Peru > Lima > Ann",
        ),
        (
            "ASSAULT",
            "rumour/NN/nsubj said=say/VBD/ROOT Peru/NNP/nsubj/hit *hit/VBD/ccomp",
            "Peru >  > ",
        ),
        (
            "REJECT",
            f"{ANN_SAID} Peru/NNP/nsubj/hit *hit/VBD/ccomp Lima/NNP/dobj/hit",
            "Peru > Lima > Ann",
        ),
        ("REJECT", "Peru/NNP/nsubj hit/VBD/ROOT Lima/NNP/dobj", "Peru > Lima > "),
    ],
)
def test_a_party_that_reports_an_event_of_others_is_its_source(type, sentence, expected):
    assert parties(type, sentence) == expected


@pytest.mark.parametrize("own", ["I", "we", "it", "they", "he", "she"])
def test_a_party_that_speaks_for_itself_is_the_actor_of_a_stance(own):
    said = f"{ANN_SAID} {own}/PRP/nsubj/hit *hit/VBD/ccomp Lima/NNP/dobj/hit"
    assert parties("REJECT", said) == "Ann > Lima > "
    assert parties("ASSAULT", said).endswith(" > Lima > Ann")


@pytest.mark.parametrize(
    ("auxiliary", "expected"),
    [("will", "Ann Peru >  > "), ("would", "Ann Peru >  > "), ("may", "Peru >  > Ann")],
)
def test_a_party_that_announces_a_stance_of_its_side_is_an_actor_too(auxiliary, expected):
    said = f"{ANN_SAID} Peru/NNP/nsubj/sign {auxiliary}/MD/aux/sign *sign/VB/ccomp"
    assert parties("AGREE", said) == expected


def test_an_actor_is_not_a_recipient_too():
    met = "Peru/NNP/nsubj met=meet/VBD/ROOT with/IN/prep Chile/NNP/pobj/with"
    assert parties("CONSULT", met, roles=("=with", "with")) == "Peru Chile >  > "


@pytest.mark.parametrize("type", ["REJECT", "AGREE"])
def test_a_refusal_or_pledge_in_a_statement_is_also_that_of_the_subject(type):
    said = f"{ANN_SAID} {{}} *fight=fight/VBP/ccomp Lima/NNP/dobj/fight"
    assert parties(type, said.format("Peru/NNP/nsubj/fight"), "c") == "Ann Peru > Lima > "
    assert parties(type, said.format("they/PRP/nsubj/fight"), "c") == "Ann > Lima > "
    assert parties(type, said.format("rain/NN/nsubj/fight"), "c") == "Ann > Lima > "


@pytest.mark.parametrize(
    ("sense", "sentence", "expected"),
    [
        (
            "c",
            "Peru/NNP/nsubj/fights *fights=fight/VBZ/ccomp Lima/NNP/dobj/fights",
            "Ann > Peru > ",
        ),
        (
            "m",
            "Peru/NNP/nsubj/fights *fights=fight/VBZ/ccomp Lima/NNP/dobj/fights",
            "Ann > Lima > ",
        ),
        ("c", "it/PRP/nsubj/fights *fights=fight/VBZ/ccomp", "Ann >  > "),
        ("c", "rain/NN/nsubj/fights *fights=fight/VBZ/ccomp", "Ann >  > "),
        ("c", "Lima/NNP/poss/acts acts=act/NNS/nsubj/shock *shock/VBP/ccomp", "Ann > Lima > "),
    ],
)
def test_a_demand_or_judgement_is_about_the_subject_or_its_owner(sense, sentence, expected):
    assert parties("ACCUSE", f"{ANN_SAID} {sentence}", sense) == expected


def test_only_officials_judge():
    private = NO_CONTEXT._replace(political=False)
    judged = match("ACCUSE", f"{ANN_SAID} Peru/NNP/nsubj/errs *errs=err/VBZ/ccomp", "c")
    assert parties_of(judged, EVENT_TYPES["ACCUSE"], private)[0] == []
