"""A worker ends with its job, also if Beam does not release it."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from newslake.pipelines.runners.flink_worker import has_ended

STARTED_AT = 1_000.0


@pytest.fixture
def flink():
    """Return a function that lets Flink's REST API know these jobs; it returns Flink's address."""

    class Api(BaseHTTPRequestHandler):
        jobs = None

        def do_GET(self):
            self.send_response(200 if self.path == "/jobs/overview" else 404)
            self.end_headers()
            self.wfile.write(json.dumps({"jobs": self.jobs}).encode())

        def log_message(self, *words):
            pass

    server = HTTPServer(("localhost", 0), Api)
    Thread(target=server.serve_forever, daemon=True).start()

    def knows(*jobs):
        Api.jobs = [
            {"jid": "1", "name": name, "state": state, "start-time": int(start * 1000)}
            for name, state, start in jobs
        ]
        return f"localhost:{server.server_port}"

    yield knows
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("state", ["CREATED", "RUNNING", "RESTARTING", "FAILING", "CANCELLING"])
def test_a_worker_stays_while_its_job_runs(flink, state):
    address = flink(("news", state, 999), ("other", "FINISHED", 999))
    assert not has_ended(address, "news", STARTED_AT)


@pytest.mark.parametrize("state", ["FINISHED", "CANCELED", "FAILED"])
def test_a_worker_ends_with_its_job(flink, state):
    assert has_ended(flink(("news", state, 999), ("other", "RUNNING", 999)), "news", STARTED_AT)


def test_a_worker_ends_although_a_later_job_has_the_same_name(flink):
    assert has_ended(
        flink(("news", "CANCELED", 999), ("news", "RUNNING", 1001)), "news", STARTED_AT
    )


def test_a_worker_ends_if_a_new_job_manager_does_not_know_its_job(flink):
    assert has_ended(flink(), "news", STARTED_AT)


def test_a_worker_stays_if_the_job_manager_does_not_respond():
    assert not has_ended("localhost:9", "news", STARTED_AT)
