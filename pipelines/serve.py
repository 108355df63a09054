"""Serve a lake by HTTP: a page for browsers, and a read-only JSON API for programs."""

import argparse
import errno
import ipaddress
import signal
import socket
from pathlib import Path

from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import Command
from newslake.pipelines.options import WrongOption
from newslake.pipelines.serving.access import Access, loopback_hosts
from newslake.pipelines.serving.lake_reader import LakeReader
from newslake.pipelines.serving.limit_options import add_limits, import_extra, limits_of
from newslake.pipelines.serving.live_page import LivePage, index_page
from newslake.pipelines.values import file, number
from newslake.transforms.failure import is_wrong_path

PORT = 8321
"""The default port."""

MIN_TOKEN = 16
"""Minimum number of characters of a token."""

EXAMPLES = f"""\
examples:
  newslake serve --lake lake                          http://127.0.0.1:{PORT}/
  newslake serve --lake lake --listen 8080
  newslake serve --lake lake --listen 0.0.0.0:{PORT} --token-file token
  curl -H 'Content-Type: application/json' -d '{{"sql": "FROM events"}}' http://127.0.0.1:{PORT}/api/query

The server only reads the lake. An address that other machines reach needs --token-file: a file with a
token of {MIN_TOKEN} or more characters, for example from `openssl rand -hex 32`. Programs send it as
`Authorization: Bearer TOKEN`; a browser asks for it as a password. The server speaks HTTP without
encryption: for other networks, put a server with HTTPS in front of it.

The command needs the extra `serve`: pip install 'newslake[serve]'
"""


def address(text: str) -> tuple[str, int]:
    """Parse an address such as `8080`, `127.0.0.1:8080` or `[::1]:8080`.

    Raises:
        argparse.ArgumentTypeError: the text is not an IP address and a port.
    """
    host, _, port = text.rpartition(":")
    try:
        host = str(ipaddress.ip_address(host.removeprefix("[").removesuffix("]") or "127.0.0.1"))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a port or an IP address and a port, such as 127.0.0.1:8080"
        ) from None
    return host, number(int, port, 0, 65535)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that are specific to this command."""
    parser.add_argument(
        "--listen",
        type=address,
        default=("127.0.0.1", PORT),
        metavar="[HOST:]PORT",
        help=f"IP address and port; 0 is a free port; default: 127.0.0.1:{PORT}",
    )
    about = "file with the token that each request needs; required if other machines reach HOST"
    parser.add_argument("--token-file", type=file, metavar="FILE", help=about)
    add_limits(parser)


def run(arguments: argparse.Namespace) -> int:
    """Answer requests until a signal; return the exit code.

    Raises:
        WrongOption: the address cannot be used, or the token is missing or too short.
        NotALake, UnknownFormat: the folder is not a lake that this version of newslake supports.
        Failure: the extra `serve` is not installed.
    """
    host, port = arguments.listen
    token = _token(arguments.token_file) if arguments.token_file else None
    is_loopback = ipaddress.ip_address(host).is_loopback
    if not (is_loopback or token):
        raise WrongOption(f"--listen {host}: other machines reach this address; use --token-file")
    reader = LakeReader(Path(arguments.lake), limits_of(arguments))
    with _bound(host, port) as listener:
        uvicorn = import_extra("uvicorn", "serve")
        web_app = import_extra("newslake.pipelines.serving.web_app", "serve")
        port = listener.getsockname()[1]
        api = web_app.Api(reader, LivePage(reader, index_page), needs_token=bool(token))
        hosts = None if token else loopback_hosts(port)
        config = uvicorn.Config(
            Access(api.application(), hosts, token),
            access_log=False,  # addresses of requests may name what a user looks for
            log_config=None,
            server_header=False,
            ws="none",
            limit_concurrency=100,
            timeout_graceful_shutdown=1,
        )
        shown = f"[{host}]" if ":" in host else host
        terminal.say(f"newslake: serving {reader.lake} at http://{shown}:{port}/ until Ctrl-C")
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # uvicorn raises the signal again at its end
        try:
            uvicorn.Server(config).run(sockets=[listener])
        finally:
            reader.close()
    return 0


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens at the address.

    Raises:
        WrongOption: the address is in use, or is not an address of this machine.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            advice = f"another program uses port {port}; choose another port"
        elif error.errno in (errno.EADDRNOTAVAIL, errno.EACCES, errno.EPERM):
            advice = f"{error.strerror}; choose another address or port"
        else:
            raise
        raise WrongOption(f"--listen {host}:{port}: {advice}") from error
    return listener


def _token(path: Path) -> str:
    """Return the token in the file `path`.

    Raises:
        WrongOption: the file cannot be read, or it has no token of enough characters.
    """
    try:
        token = path.read_text(encoding="ascii").strip()
    except UnicodeDecodeError:
        token = ""
    except OSError as error:
        if not is_wrong_path(error):
            raise
        raise WrongOption(f"--token-file {path} cannot be read: {error.strerror}") from error
    if len(token) < MIN_TOKEN or not token.isprintable() or " " in token:
        raise WrongOption(
            f"--token-file {path}: one line of {MIN_TOKEN} or more ASCII characters without spaces "
            "is required"
        )
    return token


COMMAND = Command(run, EXAMPLES, add_arguments, json=None)
