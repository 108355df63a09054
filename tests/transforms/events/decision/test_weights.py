"""Sums of weights and the probabilities that they give."""

import random

from newslake.transforms.events.decision.weights import (
    NEVER,
    ONE,
    from_rows,
    probability,
    rows,
    shares,
    weights,
)

ROWS = [
    ["head", "attack", ""],
    ["limit", "event", "2000"],
    ["curve", "0", "100"],
    ["curve", "5000", "4000"],
    ["curve", "10000", "9000"],
    ["event", "constant", "-500"],
    ["event", "lemma=attack", "1500"],
    ["type", "constant", "ASSAULT:-50 ACCUSE:-100 REQUEST:-70"],
    ["type", "lemma=attack", "ASSAULT:900 ACCUSE:-100"],
]


def test_a_feature_without_weights_counts_nothing():
    assert from_rows(ROWS).sum("event", ["lemma=attack", "lemma=new"]) == 1000


def test_a_decision_between_classes_has_a_sum_for_each_class():
    sums = from_rows(ROWS).sums("type", ["lemma=attack", "lemma=new"])
    known = [total for total in sums if total != NEVER]
    assert sorted(known) == [-200, -70, 850]


def test_the_order_of_the_features_does_not_matter():
    known = weights()
    every = [feature for decision, feature, _ in rows() if decision == "event"]
    names = random.Random(1).sample(every, 200)
    sums = {known.sum("event", random.Random(seed).sample(names, 200)) for seed in range(5)}
    assert len(sums) == 1


def test_a_larger_sum_is_at_least_as_probable():
    found = [probability(total) for total in range(-15_000, 15_000, 7)]
    assert found == sorted(found)
    assert (found[0], probability(0), found[-1]) == (0, ONE // 2, ONE)


def test_opposite_sums_have_opposite_probabilities():
    assert all(probability(-x) + probability(x) == ONE for x in range(1, 9_000, 13))


def test_the_probabilities_of_classes_add_up_to_one_but_for_rounding():
    assert ONE - 3 <= sum(shares([500, -200, 3_000])) <= ONE


def test_the_curve_is_a_line_between_its_points():
    known = from_rows(ROWS)
    assert [known.calibrated(x) for x in (0, 2_500, 5_000, 7_500, 10_000)] == [
        *(100, 2_050, 4_000),
        *(6_500, 9_000),
    ]


def test_the_curve_of_the_table_rises_from_rare_to_sure():
    known = weights()
    found = [known.calibrated(estimate) for estimate in range(0, ONE, 10)]
    assert found == sorted(found)
    assert 0 <= found[0] < 1_000
    assert 8_500 < found[-1] <= ONE
