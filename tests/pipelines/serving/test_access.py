"""A web page of another origin gets nothing, and a foreign machine needs the token."""

import asyncio
import base64
import json

import pytest

from newslake.pipelines.serving.access import MAX_BODY, Access, loopback_hosts

HOST = "127.0.0.1:8321"
TOKEN = "correct-horse-battery-staple"


async def application(scope, receive, send):
    """Answer with the body of the request."""
    body = (await receive())["body"]
    headers = [(b"content-type", b"text/plain"), (b"content-security-policy", b"sandbox")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body or b"content"})


def request(method="GET", path="/api/articles", token=None, body=(b"",), **headers):
    """Send one request; return status, headers and body."""
    headers = {"host": HOST, **headers}
    pairs = [
        (name.replace("_", "-").encode(), one.encode("latin-1"))
        for name, value in headers.items()
        for one in ([value] if isinstance(value, str) else value or ())
    ]
    hosts = None if token else loopback_hosts("127.0.0.1", 8321)
    sent = []
    parts = [
        {"type": "http.request", "body": part, "more_body": part is not body[-1]} for part in body
    ]

    async def receive():
        return parts.pop(0)

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": pairs}
    asyncio.run(Access(application, hosts, token)(scope, receive, send))
    start, content = sent
    return start["status"], dict(start["headers"]), content["body"]


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8321", "localhost:8321", "LOCALHOST:8321", "[::1]:8321"]
)
def test_the_loopback_addresses_are_answered(host):
    status, headers, body = request(host=host)
    assert (status, body) == (200, b"content")
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"content-security-policy"] == b"sandbox"
    assert not any(name.startswith(b"access-control") for name in headers)


def test_a_server_on_another_loopback_address_is_named_by_it():
    assert "127.0.0.5:8080" in loopback_hosts("127.0.0.5", 8080)
    assert "[::1]" in loopback_hosts("::1", 80)
    assert "localhost" not in loopback_hosts("127.0.0.1", 8080)


@pytest.mark.parametrize(
    "host",
    ["evil.example:8321", "evil.example", "127.0.0.1", "127.0.0.1:80", "127.0.0.1.evil.example:8321",
     "localhost:8321.evil.example", "0.0.0.0:8321", "", None, [HOST, HOST], [HOST, "evil.example"]],
)  # fmt: skip
def test_a_name_that_is_rebound_to_this_machine_gets_nothing(host):
    status, _, body = request(host=host)
    assert status in {400, 403}
    assert b"content" not in body


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:80", f"http://{HOST}.evil.example",
     "http://localhost:8321", f"ftp://{HOST}", [f"http://{HOST}", "http://evil.example"]],
)  # fmt: skip
def test_another_origin_gets_nothing(origin):
    assert request(origin=origin)[0] in {400, 403}
    assert request("POST", origin=origin, content_type="application/json")[0] in {400, 403}
    assert request("OPTIONS", origin=origin)[0] in {400, 403}


def test_the_own_page_may_ask():
    assert request(origin=f"http://{HOST}")[0] == 200
    assert request(origin=f"http://{HOST}", sec_fetch_site="same-origin")[0] == 200
    assert request(path="/", sec_fetch_site="cross-site")[0] == 200
    assert request(sec_fetch_site="cross-site")[0] == 403


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "get"])
def test_only_get_and_post_are_methods(method):
    status, headers, _ = request(method)
    assert (status, headers[b"allow"]) == (405, b"GET, HEAD, POST")


@pytest.mark.parametrize(
    "kind",
    [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
     "text/plain; application/json", ["application/json", "text/plain"]],
)  # fmt: skip
def test_a_form_of_another_page_cannot_post(kind):
    assert request("POST", content_type=kind)[0] in {400, 415}


def test_json_is_posted():
    status, _, body = request(
        "POST", content_type="application/json; charset=utf-8", body=(b"[1,", b"2]")
    )
    assert (status, body) == (200, b"[1,2]")


def test_a_large_body_is_refused_before_it_is_read():
    parts = (b"x" * MAX_BODY, b"y", b"z")
    status, _, body = request("POST", content_type="application/json", body=parts)
    assert status == 413
    assert json.loads(body)["error"] == "invalid"


def basic(password):
    return "Basic " + base64.b64encode(f"any:{password}".encode()).decode()


@pytest.mark.parametrize("authorization", [f"Bearer {TOKEN}", f"bearer {TOKEN}", basic(TOKEN)])
def test_the_token_is_accepted_with_any_host(authorization):
    assert request(token=TOKEN, host="news.example", authorization=authorization)[0] == 200


@pytest.mark.parametrize(
    "authorization",
    [None, "", TOKEN, "Bearer", "Bearer x", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Token {TOKEN}",
     basic(""), basic(TOKEN[1:]), "Basic !", "Basic " + TOKEN, "Bearer é\xff",
     [f"Bearer {TOKEN}", "Bearer x"]],
)  # fmt: skip
def test_a_request_without_the_token_gets_nothing(authorization):
    status, _, body = request(token=TOKEN, authorization=authorization)
    assert status in {400, 401}
    assert b"content" not in body
    assert TOKEN.encode() not in body


def test_the_token_in_an_address_is_no_token():
    assert request(token=TOKEN, path=f"/api/articles?token={TOKEN}")[0] == 401


def test_the_token_is_compared_in_constant_time(monkeypatch):
    compared = []
    monkeypatch.setattr("hmac.compare_digest", lambda *both: compared.append(both) or False)
    request(token=TOKEN, authorization="Bearer x")
    assert compared == [(b"x", TOKEN.encode())]


def test_a_web_socket_is_closed():
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(Access(application, None, None)({"type": "websocket"}, None, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]
