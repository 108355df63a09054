"""The status of a clause, from parses that are written by hand."""

import pytest
from parses import Parse

from newslake.transforms.events.rules import status

SAID = "Officials/NNS/nsubj said=say/VBD/ROOT"
PERU = "Peru/NNP/nsubj"
IF_CHILE_TRIES = "if/IN/mark/tries Chile/NNP/nsubj/tries tries=try/VBZ/{label} to/TO/aux/act"


def sentences(*cases):
    return pytest.mark.parametrize(("sentence", "expected"), cases)


@sentences(
    (f"{PERU} may/MD/aux act/VB/ROOT", True),
    (f"{PERU} would/MD/aux act/VB/ROOT", True),
    (f"{PERU} will/MD/aux act/VB/ROOT", False),
    (f"{SAID} Peru/NNP/nsubj/act may/MD/aux/act *act/VB/ccomp", True),
    (f"{SAID} Peru/NNP/nsubj/act would/MD/aux/act *act/VB/ccomp", False),
    (f"{SAID} Peru/NNP/nsubj/act would/MD/aux/act *act/VB/parataxis", False),
    ("Peru/NNP/nsubj denies=deny/VBZ/ROOT it/PRP/nsubj/act would/MD/aux/act *act/VB/ccomp", True),
    (f"{PERU} is=be/VBZ/ROOT likely/JJ/acomp to/TO/aux/act *act/VB/xcomp/likely", True),
    (f"It/PRP/nsubj is=be/VBZ/ROOT sure/JJ/acomp {PERU}/acts *acts=act/VBZ/ccomp/sure", True),
    (f"{PERU} is=be/VBZ/ROOT likely/JJ/acomp and/CC/cc/likely *acts=act/VBZ/conj/likely", False),
    (f"{PERU} is=be/VBZ/ROOT ready/JJ/acomp to/TO/aux/act *act/VB/xcomp/ready", False),
    (f"If/IN/mark/acts {PERU}/acts *acts=act/VBZ/advcl Chile/NNP/nsubj goes=go/VBZ/ROOT", True),
    (f"When/IN/mark/acts {PERU}/acts *acts=act/VBZ/advcl Chile/NNP/nsubj goes=go/VBZ/ROOT", False),
    (f"Ann/NNP/nsubj asks=ask/VBZ/ROOT whether/IN/mark/acts {PERU}/acts *acts=act/VBZ/ccomp", True),
    (f"{PERU} goes=go/VBZ/ROOT {IF_CHILE_TRIES.format(label='advcl')} *act/VB/xcomp/tries", True),
    (f"{PERU} asks=ask/VBZ/ROOT {IF_CHILE_TRIES.format(label='ccomp')} *act/VB/xcomp/tries", False),
    (f"Did=do/VBD/aux {PERU} act/VB/ROOT ?/./punct ”/''/punct", True),
)
def test_a_possibility_a_condition_and_a_question_are_hypothetical(sentence, expected):
    assert status.is_hypothetical(Parse(sentence).marked) == expected


@sentences(
    (f"{PERU} did=do/VBD/aux not/RB/neg act/VB/ROOT", True),
    (f"{PERU} hardly/RB/advmod acted=act/VBD/ROOT", True),
    (f"{PERU} acted=act/VBD/ROOT", False),
    (f"{PERU} acted=act/VBD/ROOT not/RB/neg in/IN/prep Lima/NNP/pobj/in", False),
    (f"{PERU} is=be/VBZ/ROOT not/RB/neg safe/JJ/acomp", True),
    (f"{PERU} not/RB/neg only/RB/advmod acted=act/VBD/ROOT", False),
    ("The/DT/det/army army/NN/nsubj not/RB/neg only/RB/advmod acted=act/VBD/ROOT", False),
    (f"{PERU} not/RB/neg acted=act/VBD/ROOT only/RB/advmod", True),
    (f"{PERU} acted=act/VBD/ROOT never/RB/advmod", True),
    ("Nobody/NN/nsubj acted=act/VBD/ROOT", True),
    ("Nobody/NN/nsubjpass was=be/VBD/auxpass hit/VBN/ROOT", True),
    (f"{PERU} hit/VBD/ROOT nobody/NN/dobj", True),
    (f"{PERU} acted=act/VBD/ROOT to/IN/prep nobody/NN/pobj/to", False),
    ("No/DT/det/troops troops/NNS/nsubj acted=act/VBD/ROOT", True),
    ("Not/RB/neg/all all/DT/nsubj acted=act/VBD/ROOT", True),
    ("Neither/CC/preconj/Peru Peru/NNP/nsubj acted=act/VBD/ROOT", True),
    ("Peru/NNP/nsubj nor/CC/cc/Peru Chile/NNP/conj/Peru acted=act/VBD/ROOT", False),
    ("Some/DT/det/troops troops/NNS/nsubj acted=act/VBD/ROOT", False),
    (f"No/DT/det/attack *attack/NN/nsubj hit/VBD/ROOT {PERU}", True),
    ("Police/NNP/nsubj foiled=foil/VBD/ROOT an/DT/det/attack *attack/NN/dobj", True),
    ("An/DT/det/attack *attack/NN/nsubjpass was=be/VBD/auxpass foiled=foil/VBN/ROOT", True),
    ("An/DT/det/attack *attack/NN/nsubj foiled=foil/VBD/ROOT talks/NNS/dobj", False),
    ("Police/NNP/nsubj saw=see/VBD/ROOT an/DT/det/attack *attack/NN/dobj", False),
    ("Police/NNP/nsubj never/RB/neg foiled=foil/VBD/ROOT an/DT/det/attack *attack/NN/dobj", False),
)
def test_what_is_negated(sentence, expected):
    assert status.is_negated(Parse(sentence).marked) == expected


@sentences(
    (f"{PERU} acts=act/VBZ/ROOT if/IN/mark/goes it/PRP/nsubj/goes goes=go/VBZ/advcl", True),
    (f"{PERU} acts=act/VBZ/ROOT as/IN/mark/goes it/PRP/nsubj/goes goes=go/VBZ/advcl", False),
    (f"{PERU} acts=act/VBZ/ROOT if/IN/mark/goes it/PRP/nsubj/goes goes=go/VBZ/ccomp", False),
    (f"{PERU} acts=act/VBZ/ROOT whether/IN/mark/goes it/PRP/nsubj/goes goes=go/VBZ/advcl", False),
    (f"{PERU} acts=act/VBZ/ROOT even/RB/advmod/goes if/IN/mark/goes goes=go/VBZ/advcl", False),
    (f"{PERU} acts=act/VBZ/ROOT if/IN/mark/goes even/RB/advmod/goes goes=go/VBZ/advcl", True),
    (
        f"{PERU} ends=end/VBZ/ROOT and/CC/cc *acts=act/VBZ/conj if/IN/mark/goes goes=go/VBZ/advcl",
        True,
    ),
)
def test_what_depends_on_a_condition(sentence, expected):
    assert status.is_conditional(Parse(sentence).marked) == expected


@sentences(
    (f"{PERU} will/MD/aux act/VB/ROOT", True),
    (f"{PERU} would/MD/aux act/VB/ROOT", False),
    (f"{PERU} acts=act/VBZ/ROOT", False),
    (f"{SAID} it/PRP/nsubj/act would/MD/aux/act *act/VB/ccomp", True),
    (f"{SAID} this/DT/dobj as/IN/mark/act it/PRP/nsubj/act would/MD/aux/act *act/VB/advcl", False),
    (f"{SAID} it/PRP/nsubj/act could/MD/aux/act *act/VB/ccomp", False),
    (f"{PERU} plans=plan/VBZ/ROOT to/TO/aux/act *act/VB/xcomp", True),
    (
        f"{PERU} plans=plan/VBZ/ROOT to/TO/aux/go go/VB/xcomp to/TO/aux/act *act/VB/xcomp/go",
        True,
    ),
    (f"{PERU} plans=plan/VBZ/ROOT and/CC/cc *acts=act/VBZ/conj", False),
    (f"{PERU} wants=want/VBZ/ROOT to/TO/aux/act *act/VB/xcomp", False),
    (f"{PERU} is=be/VBZ/aux going=go/VBG/ROOT to/TO/aux/act *act/VB/xcomp", True),
    (f"{PERU} went=go/VBD/ROOT to/TO/aux/act *act/VB/xcomp", False),
    (f"{PERU} will/MD/aux go/VB/ROOT to/TO/aux/act *act/VB/xcomp", True),
    (f"{PERU} began=begin/VBD/ROOT to/TO/aux/act *act/VB/xcomp", False),
)
def test_what_is_in_the_future(sentence, expected):
    assert status.is_future(Parse(sentence).marked) == expected


@sentences(
    (f"{PERU} will/MD/aux act/VB/ROOT", True),
    (f"{PERU} may/MD/aux act/VB/ROOT", True),
    (f"{PERU} acted=act/VBD/ROOT", False),
    (f"{PERU} acts=act/VBZ/ROOT", False),
    (f"{PERU} is=be/VBZ/aux acting=act/VBG/ROOT", True),
    ("They/PRP/nsubj are=be/VBP/aux acting=act/VBG/ROOT", True),
    (f"{PERU} was=be/VBD/aux acting=act/VBG/ROOT", False),
    (f"{PERU} is=be/VBZ/aux hit/VBN/ROOT", False),
    (f"{PERU} has=have/VBZ/aux been=be/VBN/aux acting=act/VBG/ROOT", False),
    (f"{PERU} may/MD/aux have/VB/aux acted=act/VBN/ROOT", False),
    (f"{PERU} will/MD/aux have/VB/aux acted=act/VBN/ROOT", True),
    (f"{PERU} will/MD/aux come/VB/ROOT *acting=act/VBG/advcl", True),
    (f"{PERU} came=come/VBD/ROOT is=be/VBZ/aux/acting *acting=act/VBG/advcl", False),
    (
        f"{PERU} will/MD/aux come/VB/ROOT as/IN/mark/acts it/PRP/nsubj/acts *acts=act/VBZ/advcl",
        False,
    ),
    (f"{PERU} will/MD/aux start/VB/ROOT is=be/VBZ/aux/acting *acting=act/VBG/dep", True),
    (f"{PERU} will/MD/aux come/VB/ROOT *acting=act/VBG/dep", False),
)
def test_whether_a_day_in_the_clause_lies_in_the_future(sentence, expected):
    assert status.has_future_date(Parse(sentence).marked) == expected


@sentences(
    (f"{PERU} acted=act/VBD/ROOT in/IN/prep 2025/CD/pobj/in", True),
    (f"{PERU} acted=act/VBD/ROOT in/IN/prep 2026/CD/pobj/in", False),
    (f"{PERU} acts=act/VBZ/ROOT in/IN/prep 1950/CD/pobj/in", False),
    ("They/PRP/nsubj act/VBP/ROOT in/IN/prep 1950/CD/pobj/in", False),
    (f"{PERU} was=be/VBD/aux acting=act/VBG/ROOT in/IN/prep 1950/CD/pobj/in", False),
    (f"{PERU} came=come/VBD/ROOT *acting=act/VBG/advcl in/IN/prep/acting 1950/CD/pobj/in", True),
    ("In/IN/prep 1950/CD/pobj/In it/PRP/nsubj came=come/VBD/ROOT *acting=act/VBG/advcl", False),
    ("In/IN/prep 1950/CD/pobj/In it/PRP/nsubj came=come/VBD/ROOT and/CC/cc *hit/VBD/conj", True),
    ("The/DT/det/attack 1950/CD/nummod/attack *attack/NN/ROOT", True),
    ("Peru/NNP/nmod/attack *attack/NN/ROOT on/IN/prep 2025/CD/pobj/on", True),
    ("*killed=kill/VBN/acl/1950 1950/CD/ROOT", True),
    (
        f"{PERU} acted=act/VBD/ROOT 10/CD/nummod/years years=year/NNS/npadvmod/ago ago/RB/advmod",
        True,
    ),
    (
        f"{PERU} acted=act/VBD/ROOT two/CD/nummod/days days=day/NNS/npadvmod/ago ago/RB/advmod",
        False,
    ),
    (f"{PERU} acted=act/VBD/ROOT formerly/RB/npadvmod", True),
    (f"{PERU} acted=act/VBD/ROOT as/IN/prep ago/RB/pobj/as", False),
    (f"{PERU} acted=act/VBD/ROOT last/JJ/amod/year year/NN/npadvmod", True),
    (f"{PERU} acted=act/VBD/ROOT previous/JJ/amod/month month/NN/npadvmod", True),
    (f"{PERU} acted=act/VBD/ROOT in/IN/prep past/JJ/amod/decade decade/NN/pobj/in", True),
    (f"{PERU} acted=act/VBD/ROOT last/JJ/amod/week week/NN/npadvmod", False),
    (f"{PERU} acted=act/VBD/ROOT next/JJ/amod/year year/NN/npadvmod", False),
    (f"{PERU} acted=act/VBD/ROOT a/DT/det/year year/NN/npadvmod earlier/RBR/advmod/year", True),
    (
        f"{PERU} acted=act/VBD/ROOT earlier/RBR/advmod this/DT/det/month month/NN/npadvmod/earlier",
        False,
    ),
    (f"{PERU} acted=act/VBD/ROOT earlier/RBR/advmod", False),
    (f"{PERU} acted=act/VBD/ROOT since/IN/prep May/NNP/pobj/since", True),
    (f"{PERU} acted=act/VBD/ROOT since/IN/prep Monday/NNP/pobj/since", False),
    (f"{PERU} acted=act/VBD/ROOT until/IN/prep May/NNP/pobj/until", False),
    (f"{PERU} acted=act/VBD/ROOT 1950/CD/dobj", False),
    (f"{PERU} hit/VBD/ROOT the/DT/det/army army/NN/dobj in/IN/prep/army 1950/CD/pobj/in", False),
)
def test_what_is_historical_in_2026(sentence, expected):
    clause = Parse(sentence).marked
    assert status.is_historical(clause, clause, 2026) == expected


@pytest.mark.parametrize("label", ["prep", "npadvmod", "advmod", "nummod", "compound", "nmod"])
def test_labels_of_the_words_that_date_an_event(label):
    clause = Parse(f"Peru/NNP/nsubj acted=act/VBD/ROOT 1950/CD/{label}").marked
    assert status.is_historical(clause, clause, 2026)


@pytest.mark.parametrize(
    "unit", ["year", "month", "decade", "century", "summer", "winter", "spring", "autumn", "fall"]
)
def test_long_units_of_the_past(unit):
    clause = Parse(
        f"Peru/NNP/nsubj acted=act/VBD/ROOT last/JJ/amod/{unit} {unit}/NN/npadvmod"
    ).marked
    assert status.is_historical(clause, clause, 2026)


def test_without_a_year_of_publication_every_year_is_past():
    clause = Parse("Peru/NNP/nsubj acted=act/VBD/ROOT in/IN/prep 2030/CD/pobj/in").marked
    assert status.is_historical(clause, clause, None)
    assert not status.is_historical(clause, clause, 2026)


def test_words_far_from_the_start_of_a_phrase_do_not_date_it():
    near = (
        "in/IN/prep "
        + " ".join(["old/JJ/amod/Lima"] * 5)
        + " Lima/NNP/pobj/in {more}1950/CD/nummod/Lima"
    )
    for more, expected in [("", True), ("old/JJ/amod/Lima ", False)]:
        clause = Parse("acted=act/VBD/ROOT " + near.format(more=more)).marked
        assert status.is_historical(clause, clause, 2026) == expected


def test_the_date_of_the_head_counts_but_not_the_head_itself():
    parse = Parse(
        "Peru/NNP/nsubj led=lead/VBD/ROOT the/DT/det/raid raid/NN/dobj in/IN/prep/raid 1950/CD/pobj/in"
    )
    assert status.is_historical(parse[1], parse[3], 2026)
    parse = Parse("Peru/NNP/nsubj acted=act/VBD/ROOT since/IN/prep May/NNP/pobj/since")
    assert not status.is_historical(parse[1], parse[2], 2026)
