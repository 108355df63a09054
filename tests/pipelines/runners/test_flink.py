"""Flink. Tests that need Java and the job server are marked, and skipped if one is missing."""

import os
import subprocess
import sys

import apache_beam as beam
import install
import pytest
from apache_beam.options.pipeline_options import FlinkRunnerOptions, PipelineOptions
from apache_beam.testing.util import assert_that, equal_to
from cluster import free_port
from lakes import rows_of
from paths import ROOT, SEEDS
from waits import HANG_SECONDS

from newslake.pipelines.cli import main
from newslake.pipelines.options import WrongOption
from newslake.pipelines.runners.engine import RunnerFailed, engine
from newslake.pipelines.runners.flink import (
    INSTALLED,
    Flink,
    default_flags,
    jar_path,
    missing_requirement,
)
from newslake.schemas.records import Metric

LACK = missing_requirement(PipelineOptions(default_flags([])))


@pytest.mark.flink
@pytest.mark.skipif(LACK is not None, reason=str(LACK))
def test_flink_gives_the_same_rows_and_ends_by_itself(tmp_path):
    """Run the command in chunks and in parallel; Java prints nothing on the terminal."""
    words = ["backfill", str(SEEDS), "--chunk-documents", "2", "--json", "--lake"]
    assert main([*words, str(tmp_path / "local")]) == 0
    flink = [str(tmp_path / "flink"), "--runner", "FlinkRunner", "--parallelism=2"]
    command = [sys.executable, "-m", "newslake.pipelines.cli", *words, *flink]
    done = subprocess.run(
        command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=HANG_SECONDS
    )
    assert done.returncode == 0, done.stderr
    assert all(line.startswith("newslake: ") for line in done.stderr.splitlines()), done.stderr
    assert rows_of(tmp_path / "flink") == rows_of(tmp_path / "local")


@pytest.fixture
def job_server(tmp_path):
    """Start a job server as a user does; return its address."""
    address = f"localhost:{free_port()}"
    ports = [f"--job-port={address.rpartition(':')[2]}", "--artifact-port=0", "--expansion-port=0"]
    folder = f"--artifacts-dir={tmp_path}/artifacts"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(["java", "-jar", INSTALLED, *ports, folder], **quiet)
    yield address
    process.kill()
    process.wait()


@pytest.mark.flink
@pytest.mark.skipif(LACK is not None, reason=str(LACK))
def test_a_job_server_of_the_user_gives_the_same_rows(job_server, seed_lake, tmp_path, monkeypatch):
    monkeypatch.setattr("newslake.pipelines.runners.cluster.CONNECT_TIMEOUT", HANG_SECONDS)
    words = ["backfill", str(SEEDS), "--lake", str(tmp_path / "lake"), "--runner=FlinkRunner"]
    assert main([*words, f"--job_endpoint={job_server}"]) == 0
    assert rows_of(tmp_path / "lake") == rows_of(seed_lake)


@pytest.mark.flink
@pytest.mark.skipif(LACK is not None, reason=str(LACK))
def test_an_option_that_the_job_server_does_not_know_is_refused(tmp_path, capsys):
    words = ["backfill", str(SEEDS), "--lake", str(tmp_path / "lake"), "--runner", "FlinkRunner"]
    assert main([*words, "--bogus=1"]) == 2
    assert "unknown option --bogus: the job server has no" in capsys.readouterr().err
    assert main([*words, "--execution_retry_delay=soon"]) == 2
    assert "Beam refuses an option: " in capsys.readouterr().err
    assert not (tmp_path / "lake").exists()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--job_server_java_launcher=no-such-java"], "no-such-java.*make flink"),
        ([f"--job_server_java_launcher={sys.executable}"], "job-server.*jar.*make flink"),
    ],
    ids=["java", "jar"],
)
def test_missing_programs_are_reported_and_nothing_is_downloaded(tmp_path, flags, message):
    with pytest.raises(WrongOption, match=message):
        engine("FlinkRunner", 1, [*flags, "--flink_version=1.20", f"--jar_cache_dir={tmp_path}"])
    assert list(tmp_path.iterdir()) == []


def test_a_jar_with_other_bytes_than_the_pinned_ones_is_refused(tmp_path):
    name = install.LOCKED.read_text(encoding="utf-8").split()[1]
    (tmp_path / name).write_bytes(b"other bytes")
    with pytest.raises(SystemExit, match=rf"not the jars of .*jars\.sha256: .*{name}"):
        install.check(tmp_path, lock=False)


def test_a_running_job_server_needs_nothing_here():
    assert missing_requirement(PipelineOptions(["--job_endpoint=localhost:1"])) is None


@pytest.mark.parametrize("runner", ["FlinkRunner", "PortableRunner"])
def test_a_cluster_that_is_not_there_is_reported_in_one_line(monkeypatch, runner):
    monkeypatch.setattr("newslake.pipelines.runners.cluster.CONNECT_TIMEOUT", 0.5)
    nowhere = engine(runner, None, ["--job_endpoint=localhost:9"])
    message = r"failed: no job server responds at localhost:9\. Committed data is kept"
    with pytest.raises(RunnerFailed, match=message), nowhere.running():
        beam.Pipeline(nowhere.runner, nowhere.options).run()


def test_a_cluster_that_is_not_there_leaves_no_lake(monkeypatch, tmp_path):
    monkeypatch.setattr("newslake.pipelines.runners.cluster.CONNECT_TIMEOUT", 0.5)
    words = ["backfill", str(SEEDS), "--lake", str(tmp_path / "lake")]
    assert main([*words, "--runner=FlinkRunner", "--job_endpoint=localhost:9"]) == 1
    assert not (tmp_path / "lake").exists()


def test_the_users_flags_take_precedence(tmp_path):
    jar = tmp_path / "job-server.jar"
    jar.touch()
    given = [f"--flink_job_server_jar={jar}", f"--job_server_java_launcher={sys.executable}"]

    def parallelism(workers, *flags):
        options = engine("FlinkRunner", workers, [*given, *flags], default_workers=4).options
        return options.view_as(FlinkRunnerOptions).parallelism

    assert parallelism(3) == 3
    assert parallelism(None) == 4
    assert parallelism(None, "--parallelism=2") == 2
    with pytest.raises(WrongOption, match="contradict each other"):
        parallelism(3, "--parallelism=2")


def test_only_a_job_that_a_cluster_gave_up_is_lost(tmp_path):
    flags = ["--job_endpoint=localhost:1"]
    on_cluster = engine("FlinkRunner", 1, [*flags, "--flink_master=localhost:8081"])
    given_up = RuntimeError("Pipeline news_1 failed in state FAILED: java.lang.Exception")
    assert on_cluster.has_lost_job(given_up)
    assert not on_cluster.has_lost_job(RuntimeError("Pipeline news_1 failed in state CANCELLED"))
    assert not on_cluster.has_lost_job(ValueError("failed in state FAILED"))
    assert not engine("FlinkRunner", 1, flags).has_lost_job(given_up)


def test_the_jar_is_the_one_that_beam_looks_for(tmp_path):
    options = PipelineOptions([f"--jar_cache_dir={tmp_path}", "--flink_version=1.20"])
    name = f"beam-runners-flink-1.20-job-server-{beam.__version__}.jar"
    assert jar_path(options) == tmp_path / name


def test_the_job_server_of_make_flink_is_the_default():
    assert default_flags(["--parallelism=2"]) == [f"--flink_job_server_jar={INSTALLED}"]
    for flag in ("--job_endpoint=a:1", "--flink_job_server_jar=a.jar", "--flink_version=1.20"):
        assert default_flags([flag]) == []
        assert default_flags(flag.split("=")) == []


def test_one_job_server_serves_all_pipelines():
    flink, options = Flink(), PipelineOptions([])
    assert flink.default_job_server(options) is flink.default_job_server(options)


def test_a_worker_process_of_beams_own_knows_the_records(monkeypatch):
    """Over Beam's Job API, as on a cluster."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), *sys.path]))
    worker = f"{sys.executable} -m apache_beam.runners.worker.sdk_worker_main"
    flags = [
        "--job_endpoint=embed",
        "--environment_type=beam:env:harness_subprocess_python:v1",
        f"--environment_config={worker}",
    ]
    cluster = engine("PortableRunner", None, flags)
    with beam.Pipeline(cluster.runner, cluster.options) as pipeline:
        metrics = [Metric("read", 1), Metric("already_ingested", 2)]
        given = pipeline | beam.Create(metrics).with_output_types(Metric)
        named = given | beam.Reshuffle() | beam.Map(lambda metric: type(metric).__name__)
        assert_that(named, equal_to(["Metric", "Metric"]))
