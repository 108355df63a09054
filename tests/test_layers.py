"""Imports point one way: schemas <- transforms <- pipelines; noun modules do not know Beam."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "schemas": {"schemas"},
    "transforms": {"schemas", "transforms"},
    "pipelines": {"schemas", "transforms", "pipelines"},
}
STEPS = [
    "web",
    "beam",
    "read",
    "fetch",
    "extract",
    "feeds",
    "clean",
    "lake",
    "dedupe",
    "events",
    "write",
]
"""What all steps build on, then the steps in the order an article meets them; feeds are read with what
extraction knows of texts."""

PIPELINES = [
    "options",
    "ingest",
    "runners",
    "sql",
    "commands",
    "follower",
    "backfill",
    "follow",
    "cli",
]
"""What lies in `pipelines/`, each above all that it may import."""


AS_PROGRAM = "__name__ == '__main__'"


def imported_by(path):
    """Yield the names of the modules that the file at `path` imports; ours without `newslake.`.

    What it imports only when it is run as a program does not count.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    as_module = [
        node
        for node in tree.body
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == AS_PROGRAM)
    ]
    for node in (inner for outer in as_module for inner in ast.walk(outer)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports by a relative name"
            names = [node.module]
        else:
            continue
        for name in names:
            assert name.split(".")[0] not in MAY_IMPORT, f"{path}: {name} has a name below newslake"
            yield name.removeprefix("newslake.")


def test_all_is_imported_by_its_one_name():
    for folder in (*MAY_IMPORT, "newslake", "tests", "benchmarks"):
        for path in (ROOT / folder).rglob("*.py"):
            list(imported_by(path))


@pytest.mark.parametrize("layer", MAY_IMPORT)
def test_no_layer_imports_from_above(layer):
    for path in (ROOT / layer).rglob("*.py"):
        ours = {name.split(".")[0] for name in imported_by(path)} & MAY_IMPORT.keys()
        assert ours <= MAY_IMPORT[layer], f"{path} imports {ours - MAY_IMPORT[layer]}"


@pytest.mark.parametrize("step", STEPS)
def test_no_step_imports_from_a_later_one(step):
    later = {f"transforms.{name}" for name in STEPS[STEPS.index(step) + 1 :]}
    for path in (ROOT / "transforms" / step).rglob("*.py"):
        names = {".".join(name.split(".")[:2]) for name in imported_by(path)}
        assert not names & later, f"{path} imports {names & later}"


@pytest.mark.parametrize("name", PIPELINES)
def test_nothing_in_pipelines_imports_from_above(name):
    above = {f"pipelines.{other}" for other in PIPELINES[PIPELINES.index(name) + 1 :]}
    here = ROOT / "pipelines" / name
    for path in here.rglob("*.py") if here.is_dir() else [here.with_suffix(".py")]:
        names = {".".join(name.split(".")[:2]) for name in imported_by(path)}
        assert not names & above, f"{path} imports {names & above}"


def test_the_order_of_pipelines_names_all_of_it():
    there = {path.stem for path in (ROOT / "pipelines").iterdir() if path.stem[0] not in "_."}
    assert there == set(PIPELINES)


def test_only_stages_know_beam():
    """A stage is a module that defines a PTransform; all other modules of a step are Beam-free."""
    for path in (ROOT / "transforms").rglob("*.py"):
        knows_beam = "apache_beam" in {name.split(".")[0] for name in imported_by(path)}
        is_stage = "beam.PTransform)" in path.read_text(encoding="utf-8")
        assert knows_beam == is_stage, f"{path}: {knows_beam=} {is_stage=}"
