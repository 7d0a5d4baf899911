"""What may be connected to: the public internet, and what is named beside it."""

import pytest

from crawler.guard import EVERYWHERE, Guard, entry_problem, kind_of, refusal


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("0.0.0.0", "an unspecified address"),
        ("0.1.2.3", "an unspecified address"),
        ("::", "an unspecified address"),
        ("127.0.0.1", "a loopback address"),
        ("127.255.0.9", "a loopback address"),
        ("::1", "a loopback address"),
        ("10.0.0.1", "a private address"),
        ("172.16.0.1", "a private address"),
        ("172.31.255.255", "a private address"),
        ("192.168.1.1", "a private address"),
        ("fc00::1", "a private address"),
        ("fd12:3456::1", "a private address"),
        ("fec0::1", "a private address"),
        ("64:ff9b:1::1", "a private address"),
        ("169.254.1.1", "a link-local address"),
        ("fe80::1", "a link-local address"),
        ("fe80::1%lo", "a link-local address"),
        ("100.64.0.1", "a carrier-grade NAT address"),
        ("100.127.255.255", "a carrier-grade NAT address"),
        ("169.254.169.254", "a metadata address"),
        ("168.63.129.16", "a metadata address"),
        ("fd00:ec2::254", "a metadata address"),
        ("224.0.0.251", "a multicast address"),
        ("ff02::1", "a multicast address"),
        ("192.0.2.7", "a reserved address"),
        ("198.18.0.1", "a reserved address"),
        ("240.0.0.1", "a reserved address"),
        ("255.255.255.255", "a reserved address"),
        ("2001::1", "a reserved address"),
        ("2001:db8::1", "a reserved address"),
        ("4000::1", "a reserved address"),
        ("::ffff:127.0.0.1", "a loopback address"),
        ("::ffff:7f00:1", "a loopback address"),
        ("::127.0.0.1", "a reserved address"),
        ("64:ff9b::a00:1", "a private address"),
        ("64:ff9b::169.254.169.254", "a metadata address"),
        ("2002:7f00:1::1", "a loopback address"),
        ("2002:c0a8:101::", "a private address"),
    ],
)
def test_what_is_not_on_the_public_internet_is_named(address: str, kind: str) -> None:
    assert kind_of(address) == kind
    assert Guard().permitted("example.org", [address]) == []
    assert Guard.allowing(EVERYWHERE).permitted("example.org", [address]) == [address]


@pytest.mark.parametrize(
    "address",
    [
        "93.184.216.34",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "223.255.255.255",
        "2606:2800:220:1::1",
        "2a00:1450:4001::1",
        "::ffff:93.184.216.34",
        "64:ff9b::5db8:d822",
        "2002:5db8:d822::1",
    ],
)
def test_the_public_internet_is_open(address: str) -> None:
    assert kind_of(address) is None
    assert Guard().permitted("example.org", [address]) == [address]


def test_of_a_host_with_public_and_private_addresses_the_public_ones_are_used() -> None:
    found = ["10.0.0.1", "93.184.216.34", "::1", "2606:2800:220:1::1"]

    assert Guard().permitted("example.org", found) == ["93.184.216.34", "2606:2800:220:1::1"]


@pytest.mark.parametrize(
    ("entry", "host", "address"),
    [
        ("127.0.0.1", "localhost", "127.0.0.1"),
        ("127.0.0.1", "::ffff:127.0.0.1", "::ffff:127.0.0.1"),
        ("10.0.0.0/8", "wiki.example.org", "10.20.30.40"),
        ("10.1.2.3/8", "wiki.example.org", "10.20.30.40"),
        ("fd00::/8", "wiki.example.org", "fd00::1"),
        ("[::1]", "localhost", "::1"),
        ("localhost", "localhost", "127.0.0.1"),
        ("localhost", "LocalHost.", "::1"),
        ("Wiki.Corp.Example.", "wiki.corp.example", "10.0.0.1"),
    ],
)
def test_what_is_named_may_be_asked(entry: str, host: str, address: str) -> None:
    assert entry_problem(entry) is None
    assert Guard.allowing([entry]).permitted(host, [address]) == [address]


@pytest.mark.parametrize(
    ("entry", "host", "address"),
    [
        ("127.0.0.1", "localhost", "127.0.0.2"),
        ("127.0.0.1", "127.0.0.1", "10.0.0.1"),
        ("10.0.0.0/8", "10.0.0.1.example.org", "192.168.0.1"),
        ("localhost", "localhost.example.org", "127.0.0.1"),
        ("corp.example", "wiki.corp.example", "10.0.0.1"),
    ],
)
def test_what_is_named_opens_nothing_else(entry: str, host: str, address: str) -> None:
    assert Guard.allowing([entry]).permitted(host, [address]) == []


@pytest.mark.parametrize(
    "written",
    [
        "",
        "127.0.0",
        "127.0.0.1.5",
        "10.0.0.0/33",
        "10.0.0.0-10.0.0.255",
        "127.0.0.1:8080",
        "http://localhost",
        "*.corp.example",
        "a..b",
        "-a.example",
        "two words",
        "bücher.example",
        "::1::",
    ],
)
def test_a_slip_of_the_pen_is_told_with_its_remedy(written: str) -> None:
    assert entry_problem(written) == (
        f"{written!r} is no host name, address or network; "
        'write a host name, an address or a network, such as "localhost", "10.0.0.0/8"'
    )


def test_a_refusal_says_what_the_address_is_and_what_to_do() -> None:
    remedy = "name it in [crawler] allow_private if that is meant"

    assert refusal("127.0.0.1", "127.0.0.1") == f"127.0.0.1 is a loopback address; {remedy}"
    assert refusal("wiki.example.org", "10.0.0.1") == (
        f"wiki.example.org leads to 10.0.0.1, a private address; {remedy}"
    )
