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
from newslake.pipelines.runners.beam_flags import check_flags
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
        engine("PrismRunner", None, [])


def test_the_users_flags_take_precedence(tmp_path):
    prism = tmp_path / "prism"
    with pytest.raises(WrongOption, match="there is no such file"):
        engine("PrismRunner", None, [f"--prism_location={prism}"])
    prism.touch()
    options = engine("PrismRunner", None, [f"--prism_location={prism}"]).options
    assert options.get_all_options()["prism_location"] == str(prism)


@pytest.mark.parametrize(
    ("flag", "message"),
    [
        ("--bogus", "neither newslake nor Beam has such an option"),
        ("--project=news", "has no effect on PrismRunner"),
        ("--direct_num_workers=2", "has no effect on PrismRunner"),
        ("--parallelism=2", "has no effect on PrismRunner"),
    ],
)
def test_an_option_that_prism_does_not_use_is_refused(flag, message):
    with pytest.raises(WrongOption, match=message):
        engine("PrismRunner", None, [flag])


def test_options_that_job_servers_use_are_accepted():
    check_flags("PrismRunner", ["--job_name=news", "--job_port=8073"])
    check_flags("FlinkRunner", ["--sdk_worker_parallelism=2", "--environment_cache_millis=10000"])
    process = ["--environment_type=PROCESS", "--environment_config=worker", "--profile_cpu"]
    check_flags("FlinkRunner", ["--flink_master=a:1", *process, "--requirements_file=r.txt"])
    check_flags("PrismRunner", ["--experiments=a", "--experiments=b"])
    with pytest.raises(WrongOption, match="--job_name is given twice"):
        check_flags("PrismRunner", ["--job_name=news", "--job_name=other"])
    check_flags("FlinkRunner", ["--parallelism=2", "--streaming", "--savepoint_path=path"])
    check_flags("PortableRunner", ["--any_option=of_the_job_server", "--spark_master_url=local"])
    check_flags("DataflowRunner", ["--project=news", "--num_workers=3", "--worker_disk_type=ssd"])
