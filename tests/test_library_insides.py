"""Modules that use what a library does not document: each depends on one version of the library.

A new version of a library makes these tests fail. Then check what the row says, and change the version.
"""

import re
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

import pytest
from paths import ROOT


class Inside(NamedTuple):
    """A use of the insides of a library."""

    module: str
    library: str
    pinned: str
    """The version that the module was checked with, without the parts that may change freely."""
    check: str
    """What to check with another version."""


INSIDES = [
    Inside(
        "pipelines/runners/pool.py",
        "apache-beam",
        "2.77",
        "FnApiRunner still finds a worker handler by the URN of its environment, starts one per worker "
        "with `start_worker`, and `control_conn.abort` and `data_conn.close` end its requests; "
        "tests/pipelines/runners/test_pool.py and test_bounded_run.py must pass",
    ),
    Inside(
        "pipelines/runners/worker.py",
        "apache-beam",
        "2.77",
        "`SdkHarness` still takes the control address, `worker_id` and `state_cache_size`, and its `run` "
        "returns when the pipeline ends",
    ),
    Inside(
        "pipelines/runners/flink.py",
        "apache-beam",
        "2.77",
        "`FlinkJarJobServer` still gets its command line from `subprocess_cmd_and_endpoint`, and "
        "`JavaJarServer.JAR_CACHE` is the folder of downloaded job servers; `pytest -m flink` must pass",
    ),
    Inside(
        "pipelines/runners/prism.py",
        "apache-beam",
        "2.77",
        "`PrismJobServer` still gets its command line from `subprocess_cmd_and_endpoint`; "
        "`pytest -m prism` must pass",
    ),
    Inside(
        "pipelines/runners/job_server.py",
        "apache-beam",
        "2.77",
        "`FlinkRunner` and `PrismRunner` still get their job server from `default_job_server`, and "
        "`StopOnExitJobServer` replaces the handler of SIGINT",
    ),
    Inside(
        "pipelines/runners/cluster_worker.py",
        "apache-beam",
        "2.77",
        "`sdk_worker_main` still reads its settings from these environment variables, and a runner passes "
        "`--id` and `--provision_endpoint`; `pytest -m flink` must pass",
    ),
    Inside(
        "pipelines/runners/flink_worker.py",
        "apache-beam",
        "2.77",
        "`sdk_worker_main.main` still serves one runner until it ends, and its options still contain the "
        "name of the job and Flink's address; `pytest -m flink` must pass",
    ),
    Inside(
        "pipelines/runners/cluster.py",
        "apache-beam",
        "2.77",
        "`PortableRunner` still calls `create_job_service` before it submits a pipeline, and waits "
        "for a job server without a limit",
    ),
    Inside(
        "pipelines/runners/beam_options.py",
        "apache-beam",
        "2.77",
        "all views of `PipelineOptions` still share their values, so that `view_as` can be cached",
    ),
    Inside(
        "transforms/beam/record_coder.py",
        "apache-beam",
        "2.77",
        "`FastCoder` and `AbstractComponentCoderImpl` still have the methods that the coder overrides, "
        "and whether Beam's own `RowCoder` now works in workers, which would replace the coder",
    ),
    Inside(
        "pipelines/runners/pandas_blocker.py",
        "apache-beam",
        "2.77",
        "Beam still runs pipelines if the import of pandas fails, and still imports pandas if it can",
    ),
    Inside(
        "pipelines/runners/pandas_blocker.py",
        "pyarrow",
        "25",
        "pyarrow still works if the import of pandas fails, and still imports pandas if it can",
    ),
    Inside(
        "transforms/events/parse/spacy_import.py",
        "spacy",
        "3.8",
        "`import spacy` still needs only `info` of `spacy.cli`",
    ),
    Inside(
        "transforms/events/parse/lexemes.py",
        "spacy",
        "3.8",
        "`Vocab.lex_attr_getters` still holds the functions that compute attributes of new words, and "
        "the lemmatizer only searches the lists in its table `lemma_index`",
    ),
    Inside(
        "transforms/events/parse/lemmatizer.py",
        "spacy",
        "3.8",
        "the model still has an attribute ruler with `patterns` and a rule lemmatizer with `cache` and "
        "`rule_lemmatize`",
    ),
    Inside(
        "transforms/events/parse/embedding.py",
        "spacy",
        "3.8",
        "the first layer of `tok2vec` is still `MultiHashEmbed`: features, tables and a maxout layer "
        "with normalization",
    ),
    Inside(
        "transforms/events/parse/embedding.py",
        "thinc",
        "8.3",
        "layers still have `layers`, `predict`, `get_dim` and `get_param`, and are called with "
        "(model, inputs, is_train)",
    ),
    Inside(
        "pipelines/sql/views.py",
        "duckdb",
        "2.0",
        "queries that only read still have the node types of `_READING`, and a WITH clause cannot hold "
        "other statements than INSERT, UPDATE, DELETE and COPY; tests/pipelines/serving must pass",
    ),
    Inside(
        "pipelines/serving/http_server.py",
        "uvicorn",
        "0.54",
        "`Server.run` still raises a caught signal again after it has restored the handlers, takes "
        "sockets that listen, and calls `Server.handle_exit` at a signal; `pytest -m serve` must pass",
    ),
    Inside(
        "transforms/extract/fields/language.py",
        "py3langid",
        "0.4",
        "`LanguageIdentifier` still uses `_full_model` only in `set_languages`",
    ),
]

PATTERN = re.compile(
    r"apache_beam\.(?:runners\.(?:portability|worker)|coders\.coder_impl|utils)\b"
    r"(?!\.fn_api_runner import FnApiRunner|\.timestamp import)"
    r"|sys\.meta_path|sys\.modules\[|\bget_pipe\(|lex_attr_getters|thinc\.api import Model"
    r"|identifier\._"
)
"""Traces of the use of insides in the text of a module."""


def complaint(inside, installed):
    """Return what to do if the installed version is another than the pinned version, else None."""
    parts = inside.pinned.split(".")
    if installed.split(".")[: len(parts)] == parts:
        return None
    return (
        f"{inside.module} uses insides of {inside.library} {inside.pinned}, and {installed} is installed. "
        f"Check that {inside.check}. Then change the version in this test."
    )


@pytest.mark.parametrize("inside", INSIDES, ids=lambda one: f"{one.module}-{one.library}")
def test_the_library_has_the_version_whose_insides_the_module_uses(inside):
    try:
        installed = version(inside.library)
    except PackageNotFoundError:
        pytest.skip(f"{inside.library} is not installed")
    if message := complaint(inside, installed):
        pytest.fail(message, pytrace=False)


@pytest.mark.parametrize("installed", ["2.78.0", "2.770.0", "3.0"])
def test_another_version_is_reported_in_a_sentence(installed):
    message = complaint(INSIDES[0], installed)
    begin = f"{INSIDES[0].module} uses insides of apache-beam 2.77, and {installed} is installed. Check that "
    assert message.startswith(begin)


def test_a_correction_of_the_pinned_version_is_not_reported():
    assert complaint(INSIDES[0], "2.77.3") is None


def test_all_modules_that_use_insides_are_listed():
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in ("schemas", "transforms", "pipelines")
        for path in (ROOT / folder).rglob("*.py")
        if PATTERN.search(path.read_text(encoding="utf-8"))
    }
    assert found - {inside.module for inside in INSIDES} == set()
