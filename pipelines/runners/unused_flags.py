"""Options of Beam that a runner has, but would not use together with the other options."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from apache_beam.options.pipeline_options import (
    FlinkRunnerOptions,
    PipelineOptions,
    PortableOptions,
    ProfilingOptions,
    StandardOptions,
)

_IN_JOB_SERVER = {"[auto]", "[local]"}
"""Values of `--flink_master` for the cluster inside the job server."""


class Unused(NamedTuple):
    """Options that have no effect in some cases."""

    names: Iterable[str]
    when: Callable[[str, PipelineOptions], bool]
    """Returns whether the runner with this name and these options would not use them."""
    reason: str
    """The end of a message that begins with the name of the option."""


def _has_threads(runner: str, options: PipelineOptions) -> bool:
    """Return whether the workers are threads of newslake. Beam calls this type LOOPBACK."""
    kind = options.view_as(PortableOptions).environment_type
    master = options.view_as(FlinkRunnerOptions).flink_master
    by_default = runner == "PrismRunner" or (runner == "FlinkRunner" and master in _IN_JOB_SERVER)
    return kind == "LOOPBACK" or (not kind and by_default)


def _installs_nothing(runner: str, options: PipelineOptions) -> bool:
    portable = options.view_as(PortableOptions)
    command = f"{portable.environment_config} {portable.environment_options}"
    return _has_threads(runner, options) or "newslake-worker" in command


_OF_ARTIFACTS = ("artifact_port", "artifacts_dir", "expansion_port")
_OF_JAVA = ("jar_cache_dir", "job_server_java_launcher", "job_server_jvm_properties")
_OF_PROGRAM = ("flink_job_server_jar", "flink_version", "prism_location", "prism_log_level")
_OF_PACKAGES = ("requirements_file", "setup_file", "extra_packages", "sdk_location", "beam_plugins")
_OF_STREAMS = (
    "allow_non_restored_state",
    "auto_watermark_interval",
    "checkpoint_timeout_millis",
    "checkpointing_interval",
    "checkpointing_mode",
    "enable_stable_input_drain",
    "externalized_checkpoints_enabled",
    "fail_on_checkpointing_errors",
    "finish_bundle_before_checkpointing",
    "force_unaligned_checkpoint_enabled",
    "min_pause_between_checkpoints",
    "num_concurrent_checkpoints",
    "report_checkpoint_duration",
    "retain_externalized_checkpoints_on_cancellation",
    "savepoint_path",
    "shutdown_sources_after_idle_ms",
    "state_backend",
    "state_backend_factory",
    "state_backend_storage_path",
    "unaligned_checkpoint_enabled",
)
"""Flink's options of checkpoints, savepoints and watermarks."""

_OF_PROFILER = tuple(ProfilingOptions([]).get_all_options(current_only=True))

UNUSED = (
    Unused(
        ("no_wait_until_finish", "output_executable_path", "template_location"),
        lambda runner, options: True,
        "cannot be used: newslake runs each job and waits for its end",
    ),
    Unused(
        ("dataflow_job_file", "cloud_build_machine_type"),
        lambda runner, options: runner != "DataflowRunner",
        "has only an effect on DataflowRunner; leave it out",
    ),
    Unused(
        (*_OF_ARTIFACTS, *_OF_JAVA, "sdk_worker_parallelism", "environment_cache_millis"),
        lambda runner, options: runner == "PrismRunner",
        "has no effect on PrismRunner; leave it out",
    ),
    Unused(
        ("job_port", *_OF_ARTIFACTS, *_OF_JAVA, *_OF_PROGRAM),
        lambda runner, options: bool(options.view_as(PortableOptions).job_endpoint),
        "has no effect with --job_endpoint: that job server is already running",
    ),
    Unused(
        _OF_STREAMS,
        lambda runner, options: not options.view_as(StandardOptions).streaming,
        "has no effect on a job that is not a stream; leave it out",
    ),
    Unused(
        ("flink_version",),
        lambda runner, options: bool(options.view_as(FlinkRunnerOptions).flink_job_server_jar),
        "has no effect with --flink_job_server_jar",
    ),
    Unused(
        ("environment_config", "environment_options", *_OF_PROFILER),
        _has_threads,
        "has no effect without --environment_type=PROCESS, DOCKER or EXTERNAL",
    ),
    Unused(
        _OF_PACKAGES,
        _installs_nothing,
        "has no effect: these workers use the packages that are installed on their machine",
    ),
)


def unused(runner: str, name: str, options: PipelineOptions) -> str | None:
    """Return why the runner with these options would not use the option `name`; None if it would."""
    for one in UNUSED:
        if name in one.names and one.when(runner, options):
            return one.reason
    return None
