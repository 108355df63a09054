"""A real server answers real requests: pages, ETags, errors, attacks, and what schemathesis sends."""

import asyncio
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from lakes import article, commit
from paths import ROOT
from process_list import children, is_running
from waits import HANG_SECONDS, wait_until

import newslake
from newslake.transforms.dedupe.lake_index import open_lake

pytestmark = pytest.mark.serve
pytest.importorskip("uvicorn", reason="needs the package uvicorn; run `make serve`")

TOKEN = "0123456789abcdef-token"
ATTACKS = [
    "FROM read_csv('/etc/passwd')",
    "COPY articles TO '/tmp/newslake-attack'",
    "ATTACH '/tmp/newslake-attack.db'",
    "SET memory_limit = '100GB'",
    "SELECT repeat('a', 1000000000)",
    "SELECT list(range) FROM range(1000000000)",
    "SELECT 1; SELECT 2",
    "FROM range(100000000)",
    "SELECT" + "(" * 500,
    "FROM 'http://127.0.0.1:9/x.csv'",
]


@contextmanager
def serving(folder, *options):
    """Start a server; yield a function that sends a request, with the process as attribute."""
    command = [sys.executable, "-m", "newslake", "serve", "--lake", str(folder), "--listen"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [*command, "127.0.0.1:0", *options], stderr=subprocess.PIPE, text=True, env=environment
    )
    line = process.stderr.readline()
    port = int(re.search(r":(\d+)/ until Ctrl-C", line)[1])

    def send(method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=HANG_SECONDS)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            headers = {"content-type": "application/json", **headers}
            body = json.dumps(body)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        if answer.getheader("content-type") == "application/json" and content:
            content = json.loads(content)
        return answer.status, answer.headers, content

    send.process, send.port = process, port
    try:
        yield send
    finally:
        process.terminate()
        _, send.errors = process.communicate(timeout=HANG_SECONDS)


@pytest.fixture(scope="module")
def folder(made_lake, tmp_path_factory):
    return shutil.copytree(made_lake.storage.root, tmp_path_factory.mktemp("serve") / "lake")


@pytest.fixture(scope="module")
def send(folder):
    with serving(folder, "--max-query-seconds", "60", "--max-query-mb", "512") as send:
        yield send
    assert send.process.returncode == 0
    assert send.errors == ""


@pytest.mark.parametrize("name", ["articles", "events", "mentions", "sources", "coverage"])
def test_a_list_comes_in_pages_with_its_log_entry(send, folder, name):
    status, headers, page = send("GET", f"/api/{name}?limit=2")
    table = "(SELECT DISTINCT source FROM articles)" if name == "sources" else name
    [row] = newslake.Lake(folder).sql(f"SELECT count(*) AS n FROM {table}").to_pylist()
    assert (status, page["total"], page["log_entry"]) == (200, row["n"], 5)
    assert len(page["rows"]) == min(2, row["n"])
    assert headers["etag"].startswith('"5-')
    if page["next"]:
        _, _, second = send("GET", f"/api/{name}?limit=2&cursor={page['next']}")
        assert second["rows"]
        assert not any(row in page["rows"] for row in second["rows"])


def test_an_answer_that_is_known_is_not_sent_again(send):
    _, headers, _ = send("GET", "/api/articles")
    for known in (headers["etag"], f'"x", W/{headers["etag"]}'):
        status, again, body = send("GET", "/api/articles", if_none_match=known)
        assert (status, body, again["etag"]) == (304, b"", headers["etag"])
    assert send("GET", "/api/articles", if_none_match='"x"')[0] == 200


def test_single_articles_and_events_come_with_their_parts(send):
    _, _, page = send("GET", "/api/articles?words=one&limit=1")
    status, _, one = send("GET", f"/api/articles/{page['rows'][0]['article_id']}")
    assert (status, one["text"], one["copies_total"]) == (200, "The text of one.", 1)
    _, _, page = send("GET", "/api/events")
    status, _, event = send("GET", f"/api/events/{page['rows'][0]['event_id']}")
    assert (status, len(event["reports"])) == (200, 1)


def test_a_query_returns_columns_types_and_rows(send):
    sql = "SELECT title, published_at FROM articles WHERE title = 'one'"
    status, _, result = send("POST", "/api/query", {"sql": sql})
    assert status == 200
    assert result == {
        "log_entry": 5,
        "columns": ["title", "published_at"],
        "types": ["VARCHAR", "TIMESTAMP WITH TIME ZONE"],
        "rows": [["one", "2026-03-01T12:00:00+00:00"]],
        "more": False,
    }


def test_the_confidence_decides_which_mentions_count(send):
    sql = "SELECT count(*) FROM mentions"
    for least, count in ((0, 3), (0.51, 0)):
        _, _, result = send("POST", "/api/query", {"sql": sql, "confidence": least})
        assert result["rows"] == [[count]]
        assert send("GET", f"/api/events?confidence={least}")[2]["total"] == count
    event = send("GET", "/api/events?limit=1")[2]["rows"][0]["event_id"]
    assert send("GET", f"/api/events/{event}?confidence=0.5")[0] == 200
    assert send("GET", f"/api/events/{event}?confidence=0.51")[0] == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("GET", "/api/articles?limit=0", None, 400, "limit: 0 is not between 1 and 1000"),
        ("GET", "/api/articles?limit=1&limit=2", None, 400, "limit is given twice"),
        ("GET", "/api/articles?token=x", None, 400, "unknown parameter 'token'"),
        ("GET", "/api/articles?from=2026-13-01", None, 400, "not a day"),
        ("GET", "/api/articles?cursor=%00", None, 400, "cursor"),
        ("GET", "/api/articles?source=%ff%fe", None, 200, ""),
        ("GET", "/api/articles/x", None, 404, "no article 'x'"),
        ("GET", "/api/events/%00", None, 400, "id"),
        ("GET", "/api/events/x?a=1", None, 400, "unknown parameter"),
        ("GET", "/nothing", None, 404, "no such path"),
        ("GET", "/api/query", None, 405, "Method Not Allowed"),
        ("POST", "/api/articles", {}, 405, "Method Not Allowed"),
        ("POST", "/api/query", {}, 400, "must be a JSON object"),
        ("POST", "/api/query", {"sql": 1}, 400, "sql"),
        ("POST", "/api/query", {"sql": ""}, 400, "sql"),
        ("POST", "/api/query", {"sql": "SELECT 1", "confidence": 2}, 400, "confidence: 2 is not"),
        ("POST", "/api/query", {"sql": "SELECT 1", "all": True}, 400, "must be a JSON object"),
        ("POST", "/api/query", {"sql": "FROM artcles"}, 400, 'Did you mean "articles"'),
        ("POST", "/api/query", {"sql": "DROP TABLE a"}, 403, "only one read-only SELECT"),
        ("POST", "/api/query", {"sql": "FROM read_text('/etc/passwd')"}, 403, "Permission"),
        ("POST", "/api/query", {"sql": "SELECT repeat('a', 1000000000)"}, 422, "512 MB"),
    ],
)
def test_errors_are_plain(send, method, path, body, status, message):
    answer = send(method, path, body)
    assert answer[0] == status
    if message:
        assert message in answer[2]["message"]
        assert {*answer[2]} == {"error", "message"}


def test_a_bug_is_a_plain_error_too():
    from newslake.pipelines.serving.web_app import Api

    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request"}

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}
    with pytest.raises(AttributeError):  # uvicorn prints it
        asyncio.run(Api(None, None, needs_token=False).application()(scope, receive, send))
    assert sent[0]["status"] == 500
    assert json.loads(sent[1]["body"])["error"] == "failed"


def test_the_page_is_the_report_and_head_has_no_body(send):
    status, headers, content = send("GET", "/")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert b'<script type="application/octet-stream" id="rows">' in content
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "connect-src 'self'" in policy
    assert policy.endswith("frame-ancestors 'none'")
    status, headers, content = send("HEAD", "/")
    assert (status, content) == (200, b"")
    assert headers["etag"].startswith('"5-')
    assert send("GET", "/", if_none_match=headers["etag"])[0] == 304


def test_an_empty_lake_has_a_page_and_a_damaged_one_a_plain_error(lake, tmp_path):
    empty = open_lake(tmp_path / "empty")
    empty.create()
    with serving(empty.storage.root) as send:
        assert send("GET", "/")[0] == 200
    for path in lake.storage.root.glob("articles/**/*.parquet"):
        path.write_bytes(b"PAR1 damaged")
    with serving(lake.storage.root) as send:
        status, _, error = send("GET", "/")
        assert (status, error["error"]) == (500, "failed")
        assert error["message"].startswith("no page can be made: ")
        shutil.rmtree(lake.storage.root)
        assert send("GET", "/")[0] == 500
    assert send.errors == ""


def test_a_rebound_name_gets_nothing_from_the_real_server(send):
    assert send("GET", "/api/articles", host="evil.example")[0] == 403
    assert send("GET", "/", host=f"evil.example:{send.port}")[0] == 403


def resident(pid):
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


def test_the_server_is_alive_and_its_memory_flat_after_200_attacks(send):
    for sql in ATTACKS:
        send("POST", "/api/query", {"sql": sql})
    before = resident(send.process.pid)
    with ThreadPoolExecutor(4) as attackers:
        statuses = [
            *attackers.map(lambda sql: send("POST", "/api/query", {"sql": sql})[0], ATTACKS * 20)
        ]
    assert {*statuses} == {200, 400, 403, 422}
    assert resident(send.process.pid) < before + 20 * 2**20
    assert send("GET", "/api/articles?limit=1")[0] == 200
    assert not [*Path("/tmp").glob("newslake-attack*")]


def test_a_commit_changes_the_etag_and_the_server_holds_up_no_commit(lake):
    with serving(lake.storage.root) as send:
        _, headers, page = send("GET", "/api/articles?limit=1")
        assert page["total"] == 5
        commit(lake, article("new"), number=9)
        status, again, page = send("GET", "/api/articles", if_none_match=headers["etag"])
        assert (status, page["total"]) == (200, 6)
        assert again["etag"] != headers["etag"]


def test_the_token_is_needed_and_never_printed(folder, tmp_path):
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")
    with serving(folder, "--token-file", str(file)) as send:
        assert send("GET", "/")[0] == 401
        assert send("GET", f"/api?token={TOKEN}")[0] == 401
        assert send("GET", "/api", authorization=f"Bearer {TOKEN}x")[0] == 401
        assert send("GET", "/api", authorization=f"Bearer {TOKEN}", host="news.example")[0] == 200
        command = Path(f"/proc/{send.process.pid}/cmdline").read_bytes()
    assert TOKEN.encode() not in command
    assert TOKEN not in send.errors


def test_the_metrics_of_the_lake_are_served_at_a_port_of_their_own(folder):
    pytest.importorskip("prometheus_client", reason="needs the package prometheus-client")
    command = [sys.executable, "-m", "newslake", "serve", "--lake", str(folder), "--listen", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [*command, "--metrics", "0"], stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        metrics = re.search(r"http://\S+/metrics", process.stderr.readline())[0]
        page = re.search(r"http://\S+/", process.stderr.readline())[0]

        def is_counted():
            with urllib.request.urlopen(metrics) as response:
                return b'newslake_lake_size_bytes{table="articles"}' in response.read()

        wait_until(is_counted)
        with urllib.request.urlopen(f"{page}api") as response:
            assert json.load(response)["log_entry"] == 5
        process.terminate()
        assert process.wait(HANG_SECONDS) == 0
        assert process.stderr.read() == ""


def test_ctrl_c_ends_the_server_and_the_process_that_waits_for_a_query(folder):
    with serving(folder) as send:
        send("POST", "/api/query", {"sql": "SELECT 1"})
        waiting = children(send.process.pid)
        send.process.send_signal(signal.SIGINT)
        assert send.process.wait(HANG_SECONDS) == 130
    assert send.errors == ""
    assert waiting
    assert not any(is_running(child) for child in waiting)


def test_ctrl_c_ends_a_page_that_is_being_made(folder):
    with serving(folder) as send, ThreadPoolExecutor(1) as browser:
        answer = browser.submit(send, "GET", "/")
        wait_until(lambda: runs(send, b"report_child"))
        send.process.send_signal(signal.SIGINT)
        assert send.process.wait(HANG_SECONDS) == 130
        status, _, error = answer.result()
        assert (status, error["error"]) == (500, "failed")
    assert send.errors == ""


def test_ctrl_c_ends_a_query_that_is_running(folder):
    endless = {"sql": "SELECT sleep_ms(3600000)"}
    with serving(folder, "--max-query-seconds", "3600") as send, ThreadPoolExecutor(1) as browser:
        answer = browser.submit(send, "POST", "/api/query", endless)
        wait_until(lambda: runs(send, b"query_child"))
        send.process.send_signal(signal.SIGINT)
        assert send.process.wait(HANG_SECONDS) == 130
        status, _, error = answer.result()
        assert (status, error["message"]) == (503, "the server is ending")
    assert send.errors == ""


def runs(send, command):
    return any(command in line for line in children(send.process.pid).values())


def test_schemathesis_finds_no_error_of_the_server(send):
    import schemathesis
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    url = f"http://127.0.0.1:{send.port}"
    schema = schemathesis.openapi.from_url(f"{url}/api/openapi.json")
    checks = [not_a_server_error, status_code_conformance, content_type_conformance]
    checks.append(response_schema_conformance)
    tried = []
    for operation in schema.get_all_operations():
        strategy = operation.ok().as_strategy()

        def check(case):
            tried.append(case)
            case.call_and_validate(checks=checks, timeout=HANG_SECONDS)

        quick = settings(
            max_examples=10,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=[*HealthCheck],
        )
        quick(given(strategy)(check))()
    assert len(tried) > 50
