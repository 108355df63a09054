from fuzz import fuzz


def test_a_few_hundred_broken_inputs_break_nothing():
    assert fuzz(cases=400, seed=2024) == []
