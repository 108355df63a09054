"""The guard: no address of an inner network is ever dialled, whatever a feed or a redirect says.

It stands at the socket, where the very address is known that is about to be dialled: behind every
spelling of an IP address, every answer of a name server, and every redirect.
"""

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

_V4 = {
    IPv4Network(network): rule
    for network, rule in {
        "0.0.0.0/8": "this network",
        "10.0.0.0/8": "private",
        "100.64.0.0/10": "carrier's own",
        "127.0.0.0/8": "loopback",
        "168.63.129.16/32": "cloud metadata",
        "169.254.0.0/16": "link-local",
        "172.16.0.0/12": "private",
        "192.0.0.0/24": "protocol assignments",
        "192.0.2.0/24": "documentation",
        "192.88.99.0/24": "6to4 relay",
        "192.168.0.0/16": "private",
        "198.18.0.0/15": "benchmarks",
        "198.51.100.0/24": "documentation",
        "203.0.113.0/24": "documentation",
        "224.0.0.0/4": "multicast",
        "240.0.0.0/4": "reserved",
    }.items()
}
"""What is not of the public internet, by IANA's registry of special-purpose addresses."""

_V6_PUBLIC = IPv6Network("2000::/3")
"""All that IANA has given out for the public internet; within it these exceptions."""

_V6 = {
    IPv6Network("2001::/23"): "protocol assignments",  # Teredo among them
    IPv6Network("2001:db8::/32"): "documentation",
    IPv6Network("2002::/16"): "6to4",
    IPv6Network("3fff::/20"): "documentation",
}

_NAT64 = IPv6Network("64:ff9b::/96")
"""IPv4 addresses as networks that speak IPv6 only see them (RFC 6052)."""


class Forbidden(OSError):
    """A socket that the guard refused to make; an `OSError`, so that the next address is tried."""


def forbidden(address: str) -> str | None:
    """Return the rule that forbids to dial `address`, None if it is of the public internet.

    >>> forbidden("::ffff:169.254.169.254"), forbidden("9.9.9.9")
    ('link-local', None)

    Args:
        address: An IPv4 or IPv6 address as a socket takes it, with or without a zone (`%eth0`).
    """
    parsed = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv6Address):
        inner = _inner(parsed)
        if inner is None:
            if parsed not in _V6_PUBLIC:
                return "loopback" if parsed.is_loopback else "not public"
            return next((rule for network, rule in _V6.items() if parsed in network), None)
        parsed = inner
    return next((rule for network, rule in _V4.items() if parsed in network), None)


def _inner(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that a mapped or translated one stands for."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped


def guarded_socket(info: tuple[Any, ...]) -> socket.socket:
    """Return a socket to dial `info`, an answer of `getaddrinfo`, with.

    Raises:
        Forbidden: its address is none of the public internet.
    """
    family, kind, protocol, _, destination = info
    if rule := forbidden(destination[0]):
        raise Forbidden(f"{destination[0]} is {rule}")
    return socket.socket(family, kind, protocol)
