import re

import pytest
from paths import ROOT

from newslake.transforms.formats import FORMATS, SERVED, SUFFIXES, formats_with, function, parser


@pytest.mark.parametrize("format", FORMATS, ids=lambda one: " ".join(one.suffixes))
def test_a_row_names_functions_that_exist_and_a_media_type_that_can_be_parsed(format):
    for path in filter(None, (format.split, format.read, format.parse)):
        assert callable(function(path))
    assert callable(parser(format.media_type))


def test_each_suffix_and_media_type_of_servers_names_one_format():
    for suffix in SUFFIXES:
        plain = [one for one in formats_with(suffix) if not one.first_byte]
        assert [formats_with(suffix)[-1]] == plain, f"the last {suffix} takes all other files"
    served = [name for one in FORMATS for name in one.served_as + one.undeclared_as]
    assert len(served) == len(set(served)) == len(SERVED)


def test_only_a_format_with_one_document_per_file_is_served():
    assert not [one for one in FORMATS if one.split and (one.served_as or one.undeclared_as)]


def test_no_step_lists_suffixes_or_media_types_of_its_own():
    said = re.compile(
        r'"(?:text/\w+|application/(?:json|warc|xhtml\+xml)|\.(?:txt|html?|jsonl?|md|warc))"'
    )
    for folder in ("read", "fetch", "extract"):
        for path in (ROOT / "transforms" / folder).rglob("*.py"):
            assert not said.findall(path.read_text(encoding="utf-8")), path
