"""The package has one name in site-packages and imports nothing from the user's folder."""

import ast
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import newsroom
import pytest
from paths import ROOT
from waits import HANG_SECONDS

TRAPS = ["schemas.py", "transforms/__init__.py", "pipelines/__init__.py", "records.py", "queue.py"]
"""Files of a user with the names of newslake's modules or of modules that Python itself imports."""

ONE_NAME = """
import atexit, os, sys
from collections import defaultdict
def check():
    names = defaultdict(set)
    for name, module in list(sys.modules.items()):
        path = os.path.realpath(getattr(module, "__file__", None) or "")
        if path.startswith({folders!r}) and name not in ("__main__", "__mp_main__"):
            names[path].add(name)
    twice = {{path: found for path, found in names.items() if len(found) > 1}}
    print("two names:", sorted(map(sorted, twice.values())), len(names), file=sys.stderr)
atexit.register(check)
"""
"""Code that prints, when the process ends, the modules of the repository that have two names."""


def run(command, **how):
    words = list(map(str, command))
    return subprocess.run(
        words, check=False, capture_output=True, text=True, timeout=HANG_SECONDS, **how
    )


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A clone of the repository."""
    source = tmp_path_factory.mktemp("source") / "newslake"
    done = run(["git", "clone", "--quiet", ROOT, source])
    if done.returncode:
        pytest.skip(f"not a clone of the repository: {done.stderr}")
    return source


@pytest.fixture(scope="module")
def wheel(source, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    done = run([*pip, "--wheel-dir", folder, source])
    assert done.returncode == 0, done.stderr
    [wheel] = folder.iterdir()
    return wheel


def test_the_wheel_has_one_name_and_all_data_files(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"newslake"}
    patterns = (
        "transforms/**/*.tsv",
        "transforms/**/*.toml",
        "transforms/**/*.sql",
        "pipelines/**/*.sql",
        "pipelines/report/web/*",
    )
    data = [path for pattern in patterns for path in ROOT.glob(pattern)]
    assert data
    assert {f"newslake/{path.relative_to(ROOT).as_posix()}" for path in data} <= set(names)


def test_what_beam_ships_to_workers_with_setup_file_is_the_same(wheel, source, tmp_path):
    done = run([sys.executable, "setup.py", "--quiet", "sdist", "--dist-dir", tmp_path], cwd=source)
    assert done.returncode == 0, done.stderr
    [shipped] = tmp_path.iterdir()
    with tarfile.open(shipped) as archive:
        files = [member.name.partition("/")[2] for member in archive if member.isfile()]
    ours = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("newslake/")}
    assert {name for name in files if name.startswith("newslake/")} == ours


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """An environment in which newslake is importable only from the wheel."""
    package = tmp_path_factory.mktemp("package")
    zipfile.ZipFile(wheel).extractall(package)
    return os.environ | {"PYTHONPATH": str(package)}


@pytest.mark.parametrize("workers", [1, 2])
def test_the_wheel_works_in_a_folder_full_of_traps(installed, tmp_path, workers):
    for trap in TRAPS:
        path = tmp_path / trap
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"raise RuntimeError('{trap} of the user was imported')")
    newsroom.fill(tmp_path / "newsroom")
    # Like the console script, `-P` keeps the current folder off the path.
    command = [sys.executable, "-P", "-m", "newslake", "backfill", "newsroom", "--lake", "lake"]
    done = run([*command, "--json", "--workers", workers], cwd=tmp_path, env=installed)
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert {name: summary[name] for name in newsroom.COUNTS} == newsroom.COUNTS


def test_in_the_repository_the_pipelines_are_programs_and_no_module_has_two_names(tmp_path):
    folders = tuple(f"{ROOT / name}{os.sep}" for name in ("schemas", "transforms", "pipelines"))
    code = ONE_NAME.format(folders=folders)
    (tmp_path / "sitecustomize.py").write_text(code)
    command = [sys.executable, "-m", "pipelines.backfill", "seeds", "--lake", tmp_path / "lake"]
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = run([*command, "--workers", "1", "--json"], cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["articles"] == 4
    reports = [line for line in done.stderr.splitlines() if line.startswith("two names:")]
    # Python also imports the package of a program by its short name; this package holds no code.
    assert reports
    assert {line.rpartition(" ")[0] for line in reports} <= {
        "two names: []",
        "two names: [['newslake.pipelines', 'pipelines']]",
    }
    [docstring] = ast.parse((ROOT / "pipelines" / "__init__.py").read_text()).body
    assert isinstance(docstring, ast.Expr)


def test_the_package_is_a_command_too(tmp_path):
    done = run([sys.executable, "-m", "newslake", "--version"], cwd=tmp_path)
    assert done.stdout.startswith("newslake ")
    assert Path(ROOT / "newslake" / "schemas").is_symlink()
