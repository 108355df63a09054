from fuzz import fuzz
from fuzz_inputs import INPUTS

from newslake.transforms.formats import FORMATS


def test_a_few_hundred_broken_inputs_break_nothing():
    assert fuzz(cases=400, seed=2024) == []


def test_every_format_is_fuzzed():
    endings = [name.removesuffix(".gz") for name in INPUTS]
    missing = [one.suffixes for one in FORMATS if not any(s in endings for s in one.suffixes)]
    assert not missing, "add inputs to tests/fuzz/fuzz_inputs.py"
