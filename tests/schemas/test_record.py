"""Serialization of records between processes."""

import dataclasses
import subprocess
import sys
import typing
from datetime import UTC
from unittest.mock import ANY

import pytest
from apache_beam.coders import registry
from hypothesis import given, settings
from hypothesis import strategies as st

from newslake.schemas import records, rows
from newslake.schemas.reasons import BadField
from newslake.schemas.records import Metric
from newslake.transforms.beam.record_coder import RecordCoder

RECORDS = [
    one
    for module in (records, rows)
    for one in vars(module).values()
    if dataclasses.is_dataclass(one) and one.__module__ == module.__name__
]
DECODE_ELSEWHERE = """
import sys
from apache_beam.coders import Coder
from apache_beam.portability.api import beam_runner_api_pb2
coder = Coder.from_runner_api(beam_runner_api_pb2.Coder.FromString(bytes.fromhex(sys.argv[1])), None)
print(coder.decode(bytes.fromhex(sys.argv[2])))
"""

st.register_type_strategy(int, st.integers(-(2**63), 2**63 - 1))
st.register_type_strategy(float, st.floats(allow_nan=False))
st.register_type_strategy(rows.datetime, st.datetimes(timezones=st.just(UTC)))


@pytest.mark.parametrize("record", RECORDS, ids=lambda one: one.__name__)
@settings(max_examples=20)
@given(data=st.data())
def test_every_record_comes_back_as_it_was(record, data):
    coder = registry.get_coder(record)
    assert isinstance(coder, RecordCoder)
    given = data.draw(st.from_type(record))
    assert coder.decode(coder.encode(given)) == given


@pytest.mark.parametrize("wrong", [Metric("read", None), Metric(None, 1), Metric("read", "1")])
def test_a_value_of_the_wrong_type_is_refused(wrong):
    with pytest.raises((TypeError, AttributeError)):
        registry.get_coder(Metric).encode(wrong)


BEYOND = [2**63, -(2**63) - 1, 10**400]


@pytest.mark.parametrize("record", RECORDS, ids=lambda one: one.__name__)
def test_no_record_holds_a_value_that_its_table_cannot_store(record):
    kinds = typing.get_type_hints(record)
    known = dict.fromkeys(kinds)
    for name, kind in kinds.items():
        parts = typing.get_args(kind) or (kind,)
        for value in BEYOND if int in parts and typing.get_origin(kind) is not list else []:
            with pytest.raises(BadField, match=f"^{name} of "):
                record(**known | {name: value})


def test_the_largest_integers_are_held():
    for largest in (2**63 - 1, -(2**63)):
        assert Metric("read", largest).count == largest


def test_records_are_equal_if_their_classes_and_values_are():
    metric = Metric("read", 3)
    assert {metric, Metric("read", 3)} == {metric}
    assert metric != Metric("read", 4)
    assert metric != records.RunContext("", "", "", "", 3, "")
    assert metric == ANY
    with pytest.raises(dataclasses.FrozenInstanceError):
        metric.count = 4


def test_a_process_that_has_not_imported_newslake_decodes_to_the_class():
    coder = registry.get_coder(Metric)
    words = [coder.to_runner_api(None).SerializeToString(), coder.encode(Metric("read", 3))]
    command = [sys.executable, "-c", DECODE_ELSEWHERE, *(word.hex() for word in words)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout == "Metric(name='read', count=3)\n"
