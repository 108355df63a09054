import pytest

from newslake.schemas.ontology import EVENT_TYPES
from newslake.transforms.events.data import lexicon
from newslake.transforms.events.data.data_files import read_lines
from newslake.transforms.events.data.lexicon import digest, triggers, words
from newslake.transforms.events.prefilter.prefilter import worth_parsing


def all_triggers():
    return [trigger for those in triggers().values() for trigger in those]


@pytest.mark.parametrize("type", EVENT_TYPES)
def test_every_type_has_triggers(type):
    assert any(trigger.type == type for trigger in all_triggers())


def test_every_trigger_has_a_type_of_the_ontology():
    assert {trigger.type for trigger in all_triggers()} == set(EVENT_TYPES)


def test_no_line_occurs_twice():
    lines = [tuple(line.split("\t")[:4]) for line in read_lines("lexicon.tsv")]
    assert sorted(set(lines)) == sorted(lines)


def test_no_trigger_is_a_special_case_of_another():
    for head, those in triggers().items():
        for one in those:
            wider = [
                other
                for other in those
                if other is not one
                and other[1:4] == one[1:4]
                and other.recipients == one.recipients
                and set(other.conditions) <= set(one.conditions)
            ]
            assert not wider, f"{head}: {one} says no more than {wider[0]}"


def test_a_longer_phrase_takes_precedence_over_its_first_word():
    assert [len(trigger.parts) for trigger in triggers()["call"]] == sorted(
        (len(trigger.parts) for trigger in triggers()["call"]), reverse=True
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("shout\tv\tNOISE", "no such type"),
        ("shout\tz\tPROTEST", "no such type or part of speech"),
        ("shout\tv\tPROTEST\tparty", "not role:test"),
        ("shout\tv\tPROTEST\t\t\tloud", "PROTEST has no mode 'loud'"),
        ("shout\tv\tACCUSE\t\t\tdemo:shout", "ACCUSE has no mode 'demo'"),
    ],
)
def test_a_wrong_line_is_refused_with_an_explanation(line, message):
    with pytest.raises(ValueError, match=message):
        lexicon._trigger(line)


def test_an_unknown_class_is_refused():
    with pytest.raises(KeyError):
        words("unheard-of")


@pytest.mark.parametrize(
    "sentence",
    ["He struck a village.", "They withdrew.", "Talks were held.", "The army shot at them.",
     "She denied it.", "Three hostages were freed.", "Kyiv has been bombed.", "He said it must go."],
)  # fmt: skip
def test_the_prefilter_knows_inflected_words(sentence):
    assert worth_parsing(sentence, political=True)


def test_the_prefilter_ignores_most_words():
    assert not worth_parsing("Snow fell on the hills, and the lake was blue.", political=True)


def test_the_digest_is_short_and_stable():
    assert digest() == digest()
    assert len(digest()) == 8


def test_every_mode_of_the_ontology_has_a_trigger():
    stated = {(one.type, mode) for one in all_triggers() for mode, _ in one.modes}
    assert stated == {(name, mode) for name, type in EVENT_TYPES.items() for mode in type.modes}


def test_the_first_mode_that_the_words_tell_counts():
    staged = [one for one in triggers()["stage"] if one.type == "PROTEST"]
    strike = next(one for one in staged if "strike" in one.parts[0])
    assert strike.mode(["stage", "strike", "hunger"]) == "hunger"
    assert strike.mode(["stage", "strike"]) == "strike"
    assert strike.mode(["stage"]) is None
