"""Wrong use of `newslake serve` and `newslake mcp` is one sentence, with exit code 2."""

import argparse
import socket
import sys

import pytest

from newslake.pipelines.address import ip_address
from newslake.pipelines.cli import command_of, main
from newslake.pipelines.serving.limit_options import import_extra, limits_of
from newslake.pipelines.serving.query_request import QueryLimits
from newslake.transforms.failure import Failure


@pytest.fixture
def taken():
    """A port that another program uses."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_in_use_is_named(run, taken):
    said = run("serve", "--listen", str(taken), exit_code=2)
    assert said.err == (
        f"newslake: --listen 127.0.0.1:{taken}: another program uses port {taken}; "
        "choose another port\n"
    )


def test_a_port_of_metrics_in_use_is_named(run, taken):
    said = run("serve", "--listen", "0", "--metrics", str(taken), exit_code=2)
    assert f"--metrics: another program uses port {taken} of 127.0.0.1" in said.err


@pytest.mark.parametrize("address", ["192.0.2.1:8321", "[2001:db8::1]:8321"])
def test_an_address_of_another_machine_cannot_be_used(run, tmp_path, address):
    (tmp_path / "token").write_text("0123456789abcdef")
    token = ["--token-file", str(tmp_path / "token")]
    said = run("serve", "--listen", address, *token, exit_code=2)
    assert f"--listen {address}: Cannot assign requested address" in said.err


@pytest.mark.parametrize("host", ["0.0.0.0", "[::]", "192.0.2.1"])
def test_an_address_that_other_machines_reach_needs_a_token(run, host):
    said = run("serve", "--listen", f"{host}:0", exit_code=2)
    assert "use --token-file" in said.err


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "No such file"),
        (b"", "16 or more"),
        (b"short\n", "16 or more"),
        (b"two words are no token\n", "without spaces"),
        (b"0123456789abcdef\n0123456789abcdef\n", "one line"),
        ("ü" * 16, "ASCII"),
    ],
)
def test_a_token_must_be_long_and_plain(run, tmp_path, content, problem):
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    said = run("serve", "--token-file", str(file), exit_code=2)
    assert problem in said.err
    assert said.err.count("\n") == 1


def test_a_token_without_an_address_has_no_effect(run):
    said = run("mcp", "--token-file", "token", exit_code=2)
    assert said.err == "newslake: --token-file has no effect without --listen\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8080", ("127.0.0.1", 8080)),
        ("0.0.0.0:0", ("0.0.0.0", 0)),
        ("[::1]:80", ("::1", 80)),
    ],
)
def test_an_address_is_a_port_or_an_ip_address_and_a_port(text, expected):
    assert ip_address(text) == expected


@pytest.mark.parametrize(
    "text", ["", "x", ":80", "localhost:80", "1.2.3:80", "127.0.0.1:65536", "::1", "-1"]
)
def test_other_addresses_are_refused(text):
    with pytest.raises(argparse.ArgumentTypeError):
        ip_address(text)


@pytest.mark.parametrize(
    "option", ["--max-query-seconds 0", "--max-query-mb 1", "--max-query-rows 0", "--max-queries 0"]
)
def test_limits_have_a_minimum(run, option):
    for command in ("serve", "mcp"):
        assert "is not a" in run(command, *option.split(), exit_code=2).err


@pytest.mark.parametrize("command", ["serve", "mcp"])
def test_the_options_are_the_limits_of_a_query(command):
    words = (
        "--lake lake --max-query-seconds 1.5 --max-query-mb 64 --max-query-rows 3 --max-queries 4"
    )
    parser = command_of(command)[0].parser(command, "Do it")
    assert limits_of(parser.parse_args(words.split())) == QueryLimits(1.5, 64, 3, 4)
    assert limits_of(parser.parse_args(["--lake", "lake"])) == QueryLimits()


def test_a_missing_extra_is_named(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    said = run("serve", "--listen", "0", exit_code=1)
    cause = "the package uvicorn is not installed; run pip install 'newslake[serve]'"
    assert said.err == f"newslake: {cause}\n"
    with pytest.raises(Failure, match=r"the package mcp_of_nobody .* 'newslake\[mcp\]'"):
        import_extra("mcp_of_nobody", "mcp")


@pytest.mark.parametrize("command", ["serve", "mcp"])
def test_a_folder_that_is_no_lake_is_named(capsys, tmp_path, command):
    assert main([command, "--lake", str(tmp_path)]) == 2
    assert "is not a lake" in capsys.readouterr().err
