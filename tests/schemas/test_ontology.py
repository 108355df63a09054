"""The declarations of event types are complete, and no rule names a type."""

import re

import pytest
from paths import ROOT

from newslake.schemas.ontology import EVENT_TYPES

RULES = sorted((ROOT / "transforms/events").rglob("*.py"))
TYPE_NAME = re.compile(rf"\b({'|'.join(EVENT_TYPES)})\b")


@pytest.mark.parametrize("module", RULES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_module_of_the_rules_names_an_event_type(module):
    assert TYPE_NAME.findall(module.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("event_type", EVENT_TYPES.values(), ids=EVENT_TYPES)
def test_a_declaration_refers_to_declared_types_only(event_type):
    others = {event_type.when_announced, event_type.when_refused, *event_type.includes}
    assert others - {None} <= set(EVENT_TYPES)


@pytest.mark.parametrize("event_type", EVENT_TYPES.values(), ids=EVENT_TYPES)
def test_a_declaration_has_a_quad_class_and_a_root_code_of_cameo(event_type):
    assert event_type.quad in {1, 2, 3, 4}
    assert re.fullmatch(r"0[1-9]|1\d|20", event_type.cameo_root)
