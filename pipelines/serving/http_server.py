"""Serves an ASGI application at the address of the option `--listen`, to those who may ask."""

import argparse
import errno
import ipaddress
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from newslake.pipelines.address import Address, ip_address
from newslake.pipelines.commands import terminal
from newslake.pipelines.options import WrongOption
from newslake.pipelines.serving.access import Access, Application, loopback_hosts
from newslake.pipelines.serving.limit_options import import_extra
from newslake.pipelines.values import file
from newslake.transforms.failure import is_wrong_path

MIN_TOKEN = 16
"""Minimum number of characters of a token."""

ABOUT_TOKENS = f"""\
An address that other machines reach needs --token-file: a file with a token of {MIN_TOKEN} or more
characters, for example from `openssl rand -hex 32`. Programs send it as `Authorization: Bearer TOKEN`;
a browser asks for it as a password. The server speaks HTTP without encryption: for other networks, put
a server with HTTPS in front of it.
"""


def add_listen(parser: argparse.ArgumentParser, default: str | None) -> None:
    """Add the options `--listen`, with this default, and `--token-file`."""
    shown = f"; default: {default}" if default else "; default: none"
    parser.add_argument(
        "--listen",
        type=ip_address,
        default=default and ip_address(default),
        metavar="[HOST:]PORT",
        help=f"IP address and port; 0 is a free port{shown}",
    )
    about = "file with the token that each request needs; required if other machines reach HOST"
    parser.add_argument("--token-file", type=file, metavar="FILE", help=about)


def serve_http(
    arguments: argparse.Namespace,
    make_application: Callable[[bool], Application],
    path: str,
    extra: str,
    stop: Callable[[], None] = lambda: None,
) -> int:
    """Serve an application until a signal; return the exit code: 130 after Ctrl-C, 0 after SIGTERM.

    Args:
        arguments: The options of `add_listen`, and `lake`.
        make_application: Returns the application. Its argument is True if requests need a token.
        path: The path of the address to print.
        extra: The extra of newslake that has the server.
        stop: Ends the work for requests that are running; called at the signal.

    Raises:
        WrongOption: the address cannot be used, or the token is missing or too short.
        Failure: the extra is not installed.
    """
    host, port = arguments.listen
    token = _token(arguments.token_file) if arguments.token_file else None
    if not (ipaddress.ip_address(host).is_loopback or token):
        raise WrongOption(f"--listen {host}: other machines reach this address; use --token-file")
    with _bound(arguments.listen) as listener:
        uvicorn = import_extra("uvicorn", extra)
        port = listener.getsockname()[1]
        hosts = None if token else loopback_hosts(host, port)
        config = uvicorn.Config(
            Access(make_application(bool(token)), hosts, token),
            access_log=False,  # addresses of requests may name what a user looks for
            log_config=None,
            proxy_headers=False,
            server_header=False,
            ws="none",
            limit_concurrency=100,
            timeout_graceful_shutdown=1,
        )
        at = f"http://{Address(host, port)}{path}"
        terminal.say(f"newslake: serving {arguments.lake} at {at} until Ctrl-C")
        interrupts = list[int]()
        # uvicorn raises the signal again at its end.
        signal.signal(signal.SIGINT, lambda number, _: interrupts.append(number))
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        server = uvicorn.Server(config)
        end = server.handle_exit

        def stop_and_end(number: int, frame: FrameType | None) -> None:
            stop()
            end(number, frame)

        server.handle_exit = stop_and_end
        server.run(sockets=[listener])
        return 130 if interrupts else 0


def _bound(at: Address) -> socket.socket:
    """Return a socket that listens at the address.

    Raises:
        WrongOption: the address is in use, or is not an address of this machine.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in at.host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(at)
        listener.listen()
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            advice = f"another program uses port {at.port}; choose another port"
        elif error.errno in (errno.EADDRNOTAVAIL, errno.EACCES, errno.EPERM):
            advice = f"{error.strerror}; choose another address or port"
        else:
            raise
        raise WrongOption(f"--listen {at}: {advice}") from error
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
