"""The schema of the code must be compatible with the released schemas, stored in files."""

import copy
import json
import os

import pytest
from contract import broken_promises, described
from paths import GOLDEN

from newslake import __version__
from newslake.schemas.tables import SCHEMA_VERSION

FIRST = 2
"""Schema 1 was never released."""

RELEASED = "dev" not in __version__


def kept(schema_version):
    return json.loads((GOLDEN / f"schema-{schema_version}.json").read_text())


def test_the_schema_is_the_one_that_is_kept_for_its_version():
    path = GOLDEN / f"schema-{SCHEMA_VERSION}.json"
    if os.environ.get("UPDATE_GOLDEN") and not (RELEASED and path.exists()):
        path.write_text(json.dumps(described(), indent=1) + "\n")
    assert described() == kept(SCHEMA_VERSION), (
        "the schema has changed: add a SCHEMA_VERSION"
        if RELEASED
        else "run again with UPDATE_GOLDEN=1"
    )


@pytest.mark.parametrize("older", range(FIRST, SCHEMA_VERSION))
def test_no_promise_of_an_older_schema_is_broken(older):
    assert list(broken_promises(kept(older), described())) == []


OLD = {"articles": [{"name": "title", "type": "string", "nullable": True, "id": 1},
                    {"name": "n", "type": "int64", "nullable": False, "id": 2}]}  # fmt: skip


def changed(change):
    new = copy.deepcopy(OLD)
    change(new)
    return list(broken_promises(OLD, new))


def column(name, nullable):
    return {"name": name, "type": "string", "nullable": nullable, "id": 3}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda new: new.pop("articles"), "table articles was removed"),
        (lambda new: new["articles"].pop(), "articles.n was removed or renamed"),
        (lambda new: new["articles"][0].update(name="headline"), "articles.title was removed or"),
        (lambda new: new["articles"][1].update(type="int32"), "articles.n was int64, is int32"),
        (
            lambda new: new["articles"][1].update(nullable=True),
            "articles.n was required and is now",
        ),
        (lambda new: new["articles"][1].update(id=3), "articles.n had id 2, has 3"),
        (lambda new: new["articles"].append(column("x", False)), "articles.x is new and required"),
    ],
)
def test_changes_that_break_a_promise(change, said):
    [message] = changed(change)
    assert message.startswith(said)


@pytest.mark.parametrize(
    "change",
    [
        lambda new: None,
        lambda new: new["articles"].append(column("x", True)),
        lambda new: new.update(more=[column("x", False)]),
    ],
)
def test_changes_that_break_no_promise(change):
    assert changed(change) == []
