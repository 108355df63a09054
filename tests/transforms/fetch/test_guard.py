import socket
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslake.transforms.fetch.guard import Forbidden, forbidden, guarded_socket, metadata


@pytest.mark.parametrize(
    ("address", "rule"),
    [
        ("127.0.0.1", "loopback"),
        ("0.0.0.0", "this network"),
        ("10.1.2.3", "private"),
        ("172.31.255.255", "private"),
        ("192.168.0.1", "private"),
        ("100.64.0.1", "shared address space"),
        ("169.254.169.254", "link-local"),
        ("168.63.129.16", "cloud metadata"),
        ("192.88.99.1", "6to4 relay"),
        ("192.0.0.192", "protocol assignments"),
        ("224.0.0.1", "multicast"),
        ("255.255.255.255", "reserved"),
        ("::1", "loopback"),
        ("::", "not public"),
        ("::127.0.0.1", "not public"),
        ("::ffff:0:127.0.0.1", "not public"),
        ("::ffff:127.0.0.1", "loopback"),
        ("64:ff9b::7f00:1", "loopback"),
        ("64:ff9b::a9fe:a9fe", "link-local"),
        ("64:ff9b:1::1", "not public"),
        ("2002:7f00:1::", "6to4"),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "protocol assignments"),
        ("fc00::1", "not public"),
        ("fd00:ec2::254", "not public"),
        ("fe80::1%eth0", "not public"),
        ("fec0::1", "not public"),
        ("ff02::1", "not public"),
        ("5f00::1", "not public"),
        ("3fff::1", "documentation"),
        ("2001:db8::1", "documentation"),
    ],
)
def test_addresses_of_private_networks_are_forbidden(address, rule):
    assert forbidden(address) == rule


@pytest.mark.parametrize(
    "address", ["9.9.9.9", "2620:fe::fe", "::ffff:9.9.9.9", "64:ff9b::909:909", "2001:4860::8888"]
)
def test_public_addresses_may_be_dialled(address):
    assert forbidden(address) is None


@given(st.ip_addresses(v=4))
def test_a_private_address_is_detected_in_every_embedding(address):
    if forbidden(str(address)):
        number = int(address)
        for wrapped in ("::ffff:0:0", "64:ff9b::", "::", "::ffff:0:0:0"):
            assert forbidden(_plus(wrapped, number))


@given(st.ip_addresses(v=4))
def test_addresses_that_python_calls_private_or_multicast_are_forbidden(address):
    if address.is_multicast or not address.is_global:
        assert forbidden(str(address))


METADATA = [
    "169.254.169.254",
    "169.254.170.2",
    "168.63.129.16",
    "100.100.100.200",
    "192.0.0.192",
    "fe80::1%eth0",
    "fe80::a9fe:a9fe",
    "febf:ffff::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "fd00:c1::a9fe:a9fe",
    "fd00:a9fe:a9fe::1",
    "fd00:100::100:200",
    "100.96.0.96",
]


@pytest.mark.parametrize("address", METADATA)
def test_an_intranet_is_no_reason_to_dial_a_metadata_service(address):
    with pytest.raises(Forbidden, match=r"cloud metadata services .*; use --allow-metadata"):
        guarded_socket(_info(address), allow_private=True)
    guarded_socket(_info(address), allow_metadata=True).close()


@pytest.mark.parametrize("address", METADATA[:5])
def test_a_metadata_service_is_detected_in_every_embedding(address):
    number = int(IPv4Address(address))
    wrapped = [_plus(network, number) for network in ("::ffff:0:0", "64:ff9b::", "::")]
    wrapped += [_plus("::ffff:0:0:0", number), _plus("fd12::5efe:0:0", number)]
    wrapped += [_plus("2002::", number << 80), _plus("2001:0:7f00:1::", ~number & 0xFFFFFFFF)]
    wrapped += [_plus("2001::", number << 64)]
    high, low = divmod(number, 2**16)
    local_nat64 = {48: high << 64 | low << 40, 56: number >> 24 << 64 | number % 2**24 << 32}
    local_nat64 |= {64: number << 24, 96: number}
    wrapped += [_plus("64:ff9b:1::", bits) for bits in local_nat64.values()]
    assert [one for one in wrapped if not metadata(one)] == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "100.100.100.201",
        "192.0.0.193",
        "::1",
        "fd00::1",
        "fec0::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::a00:1",
        "2002:a00:1::",
    ],
)
def test_other_private_addresses_are_open_to_an_intranet(address):
    guarded_socket(_info(address), allow_private=True).close()
    with pytest.raises(Forbidden, match="not a public address"):
        guarded_socket(_info(address), allow_metadata=True)


def test_a_forbidden_socket_is_not_even_made():
    with pytest.raises(Forbidden, match=r"127\.0\.0\.1 is not a public address \(loopback\)"):
        guarded_socket(_info("127.0.0.1"))


def _info(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, 80)


def _plus(wrapping, number):
    return str(IPv6Address(int(IPv6Address(wrapping)) + number))
