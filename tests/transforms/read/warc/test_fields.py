from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st
from papers import NOON

from newslake.schemas.rows import PRECISIONS
from newslake.transforms.read.warc.fields import WarcFields, read_fields

texts = st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


optouts = st.lists(st.text("abc:é%-", min_size=1)).map(tuple)


@given(
    st.text("abc", min_size=1),
    texts,
    texts,
    st.none() | st.datetimes(timezones=st.just(UTC)),
    st.sampled_from([None, *PRECISIONS]),
    optouts,
)
def test_written_fields_are_read_back_and_fit_a_header(
    kind, feed, entry_id, published_at, precision, optouts
):
    warc_fields = WarcFields(kind, feed, entry_id, published_at, precision, optouts)
    fields = warc_fields.fields()
    assert read_fields(fields.get) == warc_fields
    assert all(value.isascii() and value.isprintable() for value in fields.values())


def test_a_record_of_another_program_gives_no_fields():
    assert read_fields({"WARC-Type": "response"}.get) is None


def test_an_invalid_precision_is_left_out():
    fields = {"Newslake-Purpose": "page", "Newslake-Precision": "century"}
    assert read_fields(fields.get) == WarcFields("page")


def test_an_invalid_time_is_left_out():
    for time in ("yesterday", NOON.replace(tzinfo=None).isoformat()):
        fields = {"Newslake-Purpose": "page", "Newslake-Published": time}
        assert read_fields(fields.get) == WarcFields("page")
