from typing import get_type_hints

import pytest

from newslake.transforms.events.parse.tokens import Doc, Token, TokenSpan


@pytest.mark.parametrize(("ours", "name"), [(Token, "Token"), (TokenSpan, "Span"), (Doc, "Doc")])
def test_the_classes_of_spacy_have_what_the_rules_read(ours, name):
    theirs = getattr(pytest.importorskip("spacy").tokens, name)
    methods = {method for method in vars(ours) if callable(getattr(ours, method))}
    read = get_type_hints(ours).keys() | (
        methods & {"__len__", "__iter__", "__getitem__", "char_span"}
    )
    assert [attribute for attribute in read if not hasattr(theirs, attribute)] == []
