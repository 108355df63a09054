"""Prism, Beam's runner in Go: it drives the DAG over the same protocol as a cluster."""

import json
import subprocess
import sys

import pytest
from lakes import rows_of
from paths import ROOT, SEEDS
from prism import lack
from waits import HANG_SECONDS

from newslake.pipelines.cli import main
from newslake.pipelines.options import WrongOption
from newslake.pipelines.runners.engine import engine


@pytest.mark.prism
@pytest.mark.skipif(bool(lack()), reason=lack())
def test_prism_gives_the_same_rows_and_ends_by_itself(tmp_path):
    words = ["backfill", str(SEEDS), "--chunk-documents", "2", "--json", "--lake"]
    assert main([*words, str(tmp_path / "local")]) == 0
    prism = [str(tmp_path / "prism"), "--runner", "PrismRunner"]
    command = [sys.executable, "-m", "newslake.pipelines.cli", *words, *prism]
    done = subprocess.run(
        command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=HANG_SECONDS
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["articles"] == 4
    assert all(line.startswith("newslake: ") for line in done.stderr.splitlines()), done.stderr
    assert rows_of(tmp_path / "prism") == rows_of(tmp_path / "local")


def test_missing_programs_are_reported_and_nothing_is_downloaded(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(WrongOption, match="make prism"):
        engine("PrismRunner", 1, [])


def test_the_users_flags_take_precedence():
    options = engine("PrismRunner", 1, ["--prism_location=/opt/prism"]).options
    assert options.get_all_options()["prism_location"] == "/opt/prism"
