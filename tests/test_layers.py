"""Imports have one direction, between folders and within each folder; only stages import Beam."""

import ast

import pytest
from paths import ROOT

ORDER = {
    "": "schemas transforms pipelines",
    "transforms": "failure work_done option local_path text tsv agencies formats web beam read fetch extract feeds clean lake dedupe events write",
    "transforms/extract": "fields text html",
    "transforms/feeds": "parse entries schedule",
    "transforms/events": "data expressions prefilter parse encode rules decision slots",
    "pipelines": "suggestions messages exit_codes time_zones progress run_progress values address options declared settings parser windows ingest runners sql report commands monitoring "
    "follower replaying serving backfill follow replay serve mcp completion cli config",
}
"""The subfolders and modules of each folder; each may import only those before it.

In `transforms`, the shared modules come first, then the steps in the order in which a document
passes them. `feeds` comes after `extract` because it uses it.
"""

AS_PROGRAM = "__name__ == '__main__'"


def imported_by(path):
    """Yield the names of the modules that the file at `path` imports, without `newslake.`.

    Imports that are executed only when the file is run as a program are left out.
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
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            assert name.split(".")[0] not in ORDER[""].split(), f"{path}: {name} is below newslake"
            yield name.removeprefix("newslake.")


def test_all_code_is_imported_by_its_one_name():
    for folder in (*ORDER[""].split(), "newslake", "tests", "benchmarks"):
        for path in (ROOT / folder).rglob("*.py"):
            list(imported_by(path))


@pytest.mark.parametrize(
    ("folder", "name"), [(folder, name) for folder in ORDER for name in ORDER[folder].split()]
)
def test_nothing_is_imported_from_above(folder, name):
    names = ORDER[folder].split()
    prefix = f"{folder.replace('/', '.')}." if folder else ""
    above = {f"{prefix}{other}" for other in names[names.index(name) + 1 :]}
    here = ROOT / folder / name
    for path in here.rglob("*.py") if here.is_dir() else [here.with_suffix(".py")]:
        parts = (module.split(".") for module in imported_by(path))
        imported = {".".join(part[: prefix.count(".") + 1]) for part in parts}
        assert not imported & above, f"{path} imports {imported & above}"


@pytest.mark.parametrize("folder", ["pipelines", "transforms"])
def test_the_order_names_all_that_is_there(folder):
    there = {path.stem for path in (ROOT / folder).iterdir() if path.suffix in {"", ".py"}}
    assert there - {"__init__", "__pycache__"} == set(ORDER[folder].split())


def test_only_stages_and_the_modules_for_all_stages_import_beam():
    """A stage is a module that defines a PTransform; all other modules of a step are Beam-free."""
    for path in (ROOT / "transforms").rglob("*.py"):
        knows_beam = "apache_beam" in {name.split(".")[0] for name in imported_by(path)}
        is_stage = "beam.PTransform)" in path.read_text(encoding="utf-8")
        may_know = is_stage or path.name in {"record_coder.py", "metered.py"}
        assert knows_beam == may_know, f"{path}: {knows_beam=} {is_stage=}"


def test_no_two_modules_and_no_two_public_classes_share_a_name():
    names = []
    for folder in ("schemas", "transforms", "pipelines"):
        for path in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            names += [one.name for one in tree.body if isinstance(one, ast.ClassDef)]
            names += [path.stem] if path.stem != "__init__" else []
    twice = {name for name in names if names.count(name) > 1 and not name.startswith("_")}
    assert not twice
