"""Guard against server-side request forgery: block connections to non-public IP addresses.

The guard checks the IP address of a connection when the socket is created. So the guard covers all
spellings of an address, all DNS responses and all redirects.

Addresses of cloud metadata services have a rule of their own: they hand out the credentials of a
machine, so an intranet is no reason to connect to them.
"""

import socket
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from newslake.transforms.tsv import read_rows

_Address = IPv4Address | IPv6Address
_Rules = dict[IPv4Network | IPv6Network, str]
"""Networks, each with the rule that forbids connections to it."""


def _rules(table: str) -> _Rules:
    return {ip_network(name): rule for name, rule in read_rows(__package__, table)}


_NOT_PUBLIC = _rules("networks.tsv")
_METADATA = _rules("metadata_networks.tsv")

_V6_PUBLIC = IPv6Network("2000::/3")
"""The range that IANA has assigned to the public internet; `_NOT_PUBLIC` lists exceptions."""

_NAT64 = IPv6Network("64:ff9b::/96")
"""IPv6 addresses that contain an IPv4 address, for IPv6-only networks (RFC 6052)."""

_LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")
"""As `_NAT64`, within one network (RFC 8215). Its length decides where the IPv4 address is."""
_POSITIONS = ((6, 7, 9, 10), (7, 9, 10, 11), (9, 10, 11, 12), (12, 13, 14, 15))
"""The bytes of the IPv4 address in a prefix of 48, 56, 64 and 96 bits (RFC 6052, 2.2)."""

_IN_LAST_BITS = [_NAT64, *map(IPv6Network, ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96"))]
"""Networks whose last 32 bits are an IPv4 address: NAT64, compatible, mapped and translated."""
_ISATAP = (b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe")
"""The bytes before an IPv4 address at the end of an ISATAP address (RFC 5214)."""


class Forbidden(OSError):
    """The guard blocked an address. After this `OSError`, aiohttp tries the next address."""


def forbidden(address: str) -> str | None:
    """Return the rule that forbids connections to `address`; None if `address` is public.

    >>> forbidden("::ffff:169.254.169.254"), forbidden("9.9.9.9")
    ('link-local', None)

    Args:
        address: An IPv4 or IPv6 address, with or without a zone (`%eth0`).
    """
    parsed = _parse(address)
    if isinstance(parsed, IPv6Address):  # a translated or mapped address contains an IPv4 address
        in_nat64 = parsed in _NAT64
        parsed = _last_bits(parsed) if in_nat64 else parsed.ipv4_mapped or parsed
    if isinstance(parsed, IPv6Address) and parsed not in _V6_PUBLIC:
        return "loopback" if parsed.is_loopback else "not public"
    return _rule(_NOT_PUBLIC, parsed)


def metadata(address: str) -> str | None:
    """Return the cloud metadata service at `address`, or at an IPv4 address in it; None if none is.

    >>> metadata("2002:a9fe:a9fe::1"), metadata("10.0.0.1")
    ('link-local', None)

    Args:
        address: An IPv4 or IPv6 address, with or without a zone (`%eth0`).
    """
    parsed = _parse(address)
    inner = _embedded(parsed) if isinstance(parsed, IPv6Address) else ()
    return next(filter(None, (_rule(_METADATA, one) for one in (parsed, *inner))), None)


def guarded_socket(
    info: tuple[Any, ...], allow_private: bool = False, allow_metadata: bool = False
) -> socket.socket:
    """Return a socket for `info`, a result of `getaddrinfo`.

    Args:
        info: Address family, type, protocol, canonical name and address of the connection.
        allow_private: Whether addresses that are not public are allowed.
        allow_metadata: Whether addresses of cloud metadata services are allowed.

    Raises:
        Forbidden: The address is not allowed.
    """
    family, kind, protocol, _, (address, *_) = info
    if rule := metadata(address):
        if not allow_metadata:
            raise Forbidden(
                f"{address} is an address of cloud metadata services ({rule}); use "
                "--allow-metadata if you need it"
            )
    elif not allow_private and (rule := forbidden(address)):
        raise Forbidden(
            f"{address} is not a public address ({rule}); use --allow-private for an intranet"
        )
    return socket.socket(family, kind, protocol)


def _parse(address: str) -> _Address:
    return ip_address(address.partition("%")[0])


def _rule(rules: _Rules, address: _Address) -> str | None:
    return next((rule for network, rule in rules.items() if address in network), None)


def _embedded(address: IPv6Address) -> Iterator[IPv4Address]:
    """Yield each IPv4 address to which a translator or a tunnel may forward `address`."""
    packed = address.packed
    if any(address in network for network in _IN_LAST_BITS) or packed[8:12] in _ISATAP:
        yield _last_bits(address)
    if address in _LOCAL_NAT64:
        yield from (IPv4Address(bytes(packed[at] for at in places)) for places in _POSITIONS)
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield from address.teredo


def _last_bits(address: IPv6Address) -> IPv4Address:
    return IPv4Address(int(address) & 0xFFFFFFFF)
