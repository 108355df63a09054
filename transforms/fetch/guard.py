"""Guard against server-side request forgery: block connections to non-public IP addresses.

The guard checks the IP address of a connection when the socket is created. So the guard covers all
spellings of an address, all DNS responses and all redirects.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from newslake.transforms.tsv import read_rows

_NOT_PUBLIC = {ip_network(name): rule for name, rule in read_rows(__package__, "networks.tsv")}
"""Networks that are not public, each with the rule that forbids connections to it."""

_V6_PUBLIC = IPv6Network("2000::/3")
"""The range that IANA has assigned to the public internet; `_NOT_PUBLIC` lists exceptions."""

_NAT64 = IPv6Network("64:ff9b::/96")
"""IPv6 addresses that contain an IPv4 address, for IPv6-only networks (RFC 6052)."""


class Forbidden(OSError):
    """The guard blocked an address. After this `OSError`, aiohttp tries the next address."""


def forbidden(address: str) -> str | None:
    """Return the rule that forbids connections to `address`; None if `address` is public.

    >>> forbidden("::ffff:169.254.169.254"), forbidden("9.9.9.9")
    ('link-local', None)

    Args:
        address: An IPv4 or IPv6 address, with or without a zone (`%eth0`).
    """
    parsed = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv6Address):  # a translated or mapped address contains an IPv4 address
        in_nat64 = parsed in _NAT64
        parsed = IPv4Address(int(parsed) & 0xFFFFFFFF) if in_nat64 else parsed.ipv4_mapped or parsed
    if isinstance(parsed, IPv6Address) and parsed not in _V6_PUBLIC:
        return "loopback" if parsed.is_loopback else "not public"
    return next((rule for network, rule in _NOT_PUBLIC.items() if parsed in network), None)


def guarded_socket(info: tuple[Any, ...]) -> socket.socket:
    """Return a socket for `info`, a result of `getaddrinfo`.

    Raises:
        Forbidden: The address is not public.
    """
    family, kind, protocol, _, destination = info
    if rule := forbidden(destination[0]):
        raise Forbidden(
            f"{destination[0]} is not a public address ({rule}); use --allow-private for an intranet"
        )
    return socket.socket(family, kind, protocol)
