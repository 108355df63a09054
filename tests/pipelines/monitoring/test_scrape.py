"""A scrape of a real `follow`: its values, its labels, and all that reads it.

The tests with the marker `promtool` need the program promtool of Prometheus (`make promtool`).
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from paths import ROOT
from scraping import METRIC, MONITORING, Follow, expressions, families, sample_names, site, values

from newslake.pipelines.monitoring.labels import FEED_STATES, OPEN_REASONS, QUEUES
from newslake.pipelines.runners.stage_use import STAGES
from newslake.schemas.tables import TABLES

RULES = MONITORING / "alerts.yml"


@pytest.fixture(scope="module")
def scrape(tmp_path_factory):
    """The text of a scrape after the first commit. The process is running as long as the tests."""
    with site() as feeds:
        follow = Follow(tmp_path_factory.mktemp("scrape") / "lake", *feeds)
        assert follow.next_commit()["articles"] == 2
        yield follow.complete_scrape()
        follow.stop()


def test_the_values_are_those_of_the_first_commit(scrape):
    found = values(scrape)
    assert {key[1:]: found[key] for key in found if key[0] == "newslake_documents_total"} == {
        ("article",): 2,
        ("duplicate",): 0,
        ("revision",): 0,
        ("reject",): 2,
        ("already_ingested",): 0,
    }
    for name in ("newslake_rejects_total", "newslake_open_rejects"):
        not_0 = {key[1]: found[key] for key in found if key[0] == name and found[key]}
        assert not_0 == {"http_error": 1, "no_text": 1}
    feeds = {key[1]: found[key] for key in found if key[0] == "newslake_feeds" and found[key]}
    assert feeds == {"ok": 1, "empty": 1, "failing": 1}
    assert found["newslake_fetches_total", "page", "document"] == 3
    assert found["newslake_fetches_total", "page", "rejected"] == 1
    assert found["newslake_fetches_total", "feed", "answered"] == 2
    assert found["newslake_fetches_total", "feed", "failed"] == 1
    assert found["newslake_retries_total", "feed"] == 1
    assert found["newslake_announced_to_visible_seconds_count",] == 2
    assert found["newslake_commit_seconds_count",] == 1
    assert found["newslake_behind_seconds",] == 0
    assert found["newslake_stage_documents_total", "Extract"] == 3
    assert found["newslake_stage_cpu_seconds_total", "Extract"] > 0
    assert found["newslake_disk_size_bytes",] > found["newslake_disk_free_bytes",] > 0
    assert found["newslake_lake_size_bytes", "articles"] > 0


CLOSED = {
    "outcome": {
        *("article", "duplicate", "revision", "reject", "already_ingested"),
        *("document", "rejected", "waiting", "answered", "failed"),
    },
    "reason": {*OPEN_REASONS},
    "stage": {*STAGES},
    "state": {*FEED_STATES},
    "queue": {*QUEUES},
    "kind": {"page", "feed", "robots", "tdmrep", "commit"},
    "table": {*TABLES, "other"},
}


def test_the_values_of_labels_are_from_closed_lists(scrape):
    for family in families(scrape).values():
        for sample in family.samples:
            for label, value in sample.labels.items():
                if label not in {"le", "version", "python"}:
                    assert value in CLOSED[label], f"{sample.name} has {label}={value}"
    assert "127.0.0.1" not in scrape


def test_each_metric_of_the_dashboard_and_the_rules_is_in_the_scrape(scrape):
    rules = "\n".join(
        line for line in RULES.read_text("utf-8").splitlines() if not line.strip().startswith("#")
    )
    used = {
        name for expr in (rules, *dict(expressions()).values()) for name in METRIC.findall(expr)
    }
    assert len(used) > 15
    assert used - sample_names(scrape) == set()


def test_the_labels_of_the_dashboard_and_the_rules_are_in_the_scrape(scrape):
    """A comparison with a value that never occurs would give an empty panel."""
    text = RULES.read_text("utf-8") + "".join(expr for _, expr in expressions())
    compared = re.findall(r'(outcome|reason|stage|state|queue|kind|table)=~?"([^"]*)"', text)
    assert compared
    for label, value_list in compared:
        assert {*value_list.split("|")} <= CLOSED[label]


def test_the_documentation_has_each_metric_with_type_labels_and_unit(scrape):
    page = (ROOT / "docs/metrics.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.*?) ?\| (.*?) ?\| .+ \|$", page, re.MULTILINE)
    documented = {
        (name, kind, *sorted(re.findall(r"\w+", labels))) for name, kind, labels, _ in rows
    }
    found = {
        (
            name,
            one.type,
            *sorted({label for sample in one.samples for label in sample.labels} - {"le"}),
        )
        for name, one in families(scrape).items()
    }
    assert documented == found
    units = {name: unit for name, _, _, unit in rows}
    assert [name for name, unit in units.items() if not unit] == ["newslake_build_info"]
    for name, unit in units.items():
        word = re.search(r"_(bytes|seconds)(_total)?$", name)
        assert not word or word[1] in unit


def test_the_reject_reasons_have_a_label_each():
    assert "rejected" not in OPEN_REASONS  # the base class
    assert {"http_error", "no_text", "timeout_total", "crash"} <= {*OPEN_REASONS}


# --- promtool


PROMTOOL = shutil.which("promtool", path=f"{Path(sys.executable).parent}:/usr/bin:/usr/local/bin")
needs_promtool = pytest.mark.skipif(
    not PROMTOOL, reason="needs promtool of Prometheus; run `make promtool`"
)


def promtool(*words, stdin=None):
    """Return what promtool prints; it must find no fault."""
    done = subprocess.run(
        [PROMTOOL, *map(str, words)], input=stdin, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.promtool
@needs_promtool
def test_promtool_finds_no_fault_in_the_scrape(scrape):
    assert promtool("check", "metrics", stdin=scrape) == ""


@pytest.mark.promtool
@needs_promtool
def test_promtool_accepts_the_rules_and_their_unit_tests():
    assert "3 rules found" in promtool("check", "rules", RULES)
    promtool("test", "rules", Path(__file__).with_name("alerts_test.yml"))


@pytest.mark.promtool
@needs_promtool
def test_a_rule_with_another_limit_fails_its_unit_tests(tmp_path):
    """The unit tests of the rules can fail."""
    tests = Path(__file__).with_name("alerts_test.yml").read_text("utf-8")
    (tmp_path / "test.yml").write_text(tests.replace("../../../docs/monitoring/", ""), "utf-8")
    rules = RULES.read_text("utf-8")
    for old, new in (("> 3600", "> 9000"), ("unless", "and"), ("< 2e9", "< 1e9"), ("0.25", "0.9")):
        assert old in rules
        (tmp_path / "alerts.yml").write_text(rules.replace(old, new), "utf-8")
        command = [PROMTOOL, "test", "rules", tmp_path / "test.yml"]
        assert subprocess.run(command, capture_output=True, check=False).returncode, old


@pytest.mark.promtool
@needs_promtool
def test_promtool_accepts_each_expression_of_the_dashboard(tmp_path):
    rules = [
        {"record": f"panel:{number}", "expr": expr}
        for number, (_, expr) in enumerate(expressions())
    ]
    path = tmp_path / "rules.yml"  # YAML contains JSON
    path.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}), "utf-8")
    assert f"{len(rules)} rules found" in promtool("check", "rules", path)
