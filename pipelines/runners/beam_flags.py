"""Refuses options of Beam that the runner would ignore."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from io import StringIO

from apache_beam.options.pipeline_options import (
    DebugOptions,
    FlinkRunnerOptions,
    GoogleCloudOptions,
    JobServerOptions,
    PipelineOptions,
    PortableOptions,
    PrismRunnerOptions,
    ProfilingOptions,
    SetupOptions,
    StandardOptions,
    TypeOptions,
    WorkerOptions,
)

from newslake.pipelines.options import WrongOption
from newslake.pipelines.runners.unused_flags import unused
from newslake.transforms.failure import last_line

_COMMON = (StandardOptions, TypeOptions, DebugOptions, SetupOptions, ProfilingOptions)
_OF_JOB_SERVER = (*_COMMON, PortableOptions, JobServerOptions)

HONOURED: dict[str, tuple[type[PipelineOptions], ...]] = {
    "DirectRunner": (),
    "FnApiRunner": (),
    "PrismRunner": (*_OF_JOB_SERVER, PrismRunnerOptions),
    "FlinkRunner": (*_OF_JOB_SERVER, FlinkRunnerOptions),
    "DataflowRunner": (*_COMMON, GoogleCloudOptions, WorkerOptions),
}
"""Maps each runner to the options that it uses. With PortableRunner, the job server decides."""

_WORKERS = frozenset(
    [
        "job_name",
        "sdk_container_image",
        "default_sdk_harness_log_level",
        "sdk_harness_log_level_overrides",
        "max_cache_memory_usage_mb",
    ]
)
"""Options of the classes of Dataflow that the workers of every job server use too."""

MAY_BE_OF_JOB_SERVER = {"FlinkRunner", "PortableRunner"}
"""Runners whose job server may know options that Beam's Python SDK does not know."""


def check_flags(runner: str, flags: Sequence[str]) -> None:
    """Check that `runner` uses each of `flags`, which have the form `--name=value` or `--name`.

    Raises:
        WrongOption: the runner would ignore one of them.
    """
    names = set()
    for flag in flags:
        name = flag.partition("=")[0]
        if not HONOURED.get(runner, (PipelineOptions,)):
            raise WrongOption(
                f"unknown option {name}: newslake has no such option, and {runner} uses no options "
                "of Beam"
            )
        options = PipelineOptions([flag])
        with refused_by_beam():
            values = options.get_all_options(drop_default=True).values()
        if name in names and not any(isinstance(value, list) for value in values):
            raise WrongOption(f"{name} is given twice")
        names.add(name)
        if unknown_options(options):
            if runner not in MAY_BE_OF_JOB_SERVER:
                raise WrongOption(
                    f"unknown option {name}: neither newslake nor Beam has such an option"
                )
        elif runner in HONOURED:
            used = _WORKERS.union(*(_names(kind) for kind in HONOURED[runner]))
            if options.get_all_options(drop_default=True).keys() - used:
                raise WrongOption(f"{name} has no effect on {runner}; leave it out")
    together = PipelineOptions(list(flags))
    for flag in flags:
        given = PipelineOptions([flag]).get_all_options(drop_default=True).keys()
        name = flag.partition("=")[0]
        for option in {*given, name.removeprefix("--")}:
            if reason := unused(runner, option, together):
                raise WrongOption(f"{name} {reason}")


def unknown_options(options: PipelineOptions) -> set[str]:
    """Return the names of the given options that Beam's Python SDK does not know."""
    given = options.get_all_options(retain_unknown_options=True)
    return given.keys() - _names(PipelineOptions)


@contextmanager
def refused_by_beam() -> Iterator[None]:
    """Raise `WrongOption` if Beam refuses the value of an option; Beam would print all its options."""
    said = StringIO()
    try:
        with redirect_stderr(said):
            yield
    except SystemExit:
        raise WrongOption(f"Beam refuses an option: {last_line(said.getvalue())}") from None


def _names(kind: type[PipelineOptions]) -> frozenset[str]:
    """Return the names of the options of `kind`; for `PipelineOptions`, of all its subclasses."""
    return frozenset(kind([]).get_all_options(current_only=kind is not PipelineOptions))
