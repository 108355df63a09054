"""The value of an option for the address of a server: `[HOST:]PORT`."""

import argparse
import ipaddress
from typing import NamedTuple

LOOPBACK = "127.0.0.1"


class Address(NamedTuple):
    """Where a server listens."""

    host: str
    port: int

    def __str__(self) -> str:
        """Return the address as in a URL."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def address(text: str) -> Address:
    """Parse an address such as `9464`, `0.0.0.0:9464` or `[::1]:9464`.

    >>> address("[::1]:9464")
    Address(host='::1', port=9464)

    Raises:
        argparse.ArgumentTypeError: the text is not an address.
    """
    host, colon, port = text.rpartition(":")
    is_bracketed = host.startswith("[") and host.endswith("]")
    host = host[1:-1] if is_bracketed else host
    is_host = bool(host) and (":" in host) == is_bracketed if colon else True
    if not (is_host and port.isascii() and port.isdigit() and int(port) < 2**16):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a port from 0 to 65535, or a host and a port, such as 9464 or "
            "127.0.0.1:9464"
        )
    return Address(host or LOOPBACK, int(port))


def ip_address(text: str) -> Address:
    """Parse an address whose host, if any, is an IP address.

    Raises:
        argparse.ArgumentTypeError: the text is not such an address.
    """
    found = address(text)
    try:
        ipaddress.ip_address(found.host)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{found.host!r} is not an IP address such as {LOOPBACK}"
        ) from None
    return found
