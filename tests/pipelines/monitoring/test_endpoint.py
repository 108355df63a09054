"""The server of `--metrics`: its address, and what is refused before a lake is changed."""

import argparse
import builtins
import socket
import urllib.request

import pytest

from newslake.pipelines.address import Address, address
from newslake.pipelines.cli import main
from newslake.pipelines.monitoring.endpoint import served
from newslake.pipelines.options import WrongOption

FEED = "https://paper.example.org/feed.xml"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9464", ("127.0.0.1", 9464)),
        ("0", ("127.0.0.1", 0)),
        ("0.0.0.0:9464", ("0.0.0.0", 9464)),
        ("localhost:65535", ("localhost", 65535)),
        ("[::1]:9464", ("::1", 9464)),
    ],
)
def test_an_address_is_a_port_or_a_host_and_a_port(text, expected):
    assert address(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "-1",
        "65536",
        ":9464",
        "127.0.0.1",
        "host:",
        "::1:9464",
        "[::1]",
        "[host]:1",
        "٣",
        "1e3",
    ],
)
def test_other_texts_are_refused(text):
    with pytest.raises(argparse.ArgumentTypeError, match="is not a port"):
        address(text)


def refusal(capsys, lake, *words):
    """Return the message of a `follow` that ends with exit code 2; the lake must not exist."""
    assert main(["follow", FEED, "--lake", str(lake), "--allow-private", *words]) == 2
    assert not lake.exists()
    starts, line = capsys.readouterr().err.splitlines()
    assert starts == "newslake: follow starts: 1 feed"
    return line


@pytest.mark.parametrize("runner", [[], ["--once"]])
def test_a_port_in_use_ends_follow_before_the_lake_is_created(tmp_path, capsys, runner):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = refusal(capsys, tmp_path / "lake", "--metrics", str(port), *runner)
    assert line == (
        f"newslake: --metrics: another program uses port {port} of 127.0.0.1; stop that program, or "
        "choose another port"
    )


@pytest.mark.parametrize(
    "host", ["192.0.2.1", "no-such-host.invalid", "host with spaces", "no..name", "a" * 64]
)
def test_a_foreign_address_is_refused(tmp_path, capsys, host):
    line = refusal(capsys, tmp_path / "lake", "--metrics", f"{host}:9464")
    assert f"{host} is not an address of this machine" in line


def test_without_the_package_the_message_says_what_to_install(tmp_path, capsys, monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **more):
        if name.startswith("prometheus_client"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    line = refusal(capsys, tmp_path / "lake", "--metrics", "0")
    assert line.endswith("run pip install 'newslake[metrics]'")


def test_the_server_ends_with_the_block_and_its_port_can_be_used_again(capsys):
    for _ in range(2):
        with served(Address("127.0.0.1", 0)):
            address = capsys.readouterr().err.split()[-1]
            with urllib.request.urlopen(address) as response:
                assert b"newslake_build_info{" in response.read()
        port = int(address.split(":")[-1].split("/")[0])
        with served(Address("127.0.0.1", port)):
            assert f":{port}/" in capsys.readouterr().err


def test_a_second_server_on_the_same_port_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = Address("127.0.0.1", taken.getsockname()[1])
        with pytest.raises(WrongOption, match="another program uses"), served(address):
            pass
