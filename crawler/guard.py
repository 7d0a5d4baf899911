"""Which addresses may be connected to. Never resolves a name, never connects."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# What an address that is not on the public internet is, the narrowest network first.
# Source: the IANA registries of special-purpose IPv4 and IPv6 addresses (RFC 6890, as of
# 2025), and the manuals of AWS, Azure and Google Cloud for where their metadata are.
SPECIAL = {
    "a metadata address": "169.254.169.254/32 168.63.129.16/32 100.100.100.200/32 "
    "192.0.0.192/32 fd00:ec2::254/128 fd20:ce::254/128",
    "an unspecified address": "0.0.0.0/8 ::/128",
    "a loopback address": "127.0.0.0/8 ::1/128",
    "a link-local address": "169.254.0.0/16 fe80::/10",
    "a private address": "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 fec0::/10 "
    "64:ff9b:1::/48",
    "a carrier-grade NAT address": "100.64.0.0/10",
    "a multicast address": "224.0.0.0/4 ff00::/8",
    "a reserved address": "192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15 "
    "198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 2001::/23 2001:db8::/32 3fff::/20",
}
KINDS = [(kind, ip_network(each)) for kind, listed in SPECIAL.items() for each in listed.split()]
# Everything that IANA has not given out as global unicast. Source: RFC 4291, section 2.4.
GLOBAL_IPV6 = IPv6Network("2000::/3")
# IPv6 addresses that lead to an IPv4 address, and how far from the right its bits stand.
# Source: RFC 4291, section 2.5.5.2; RFC 6052; RFC 3056, section 2.
LEADING_TO_IPV4 = (
    (IPv6Network("::ffff:0:0/96"), 0),
    (IPv6Network("64:ff9b::/96"), 0),
    (IPv6Network("2002::/16"), 80),
)
EVERYWHERE = ("0.0.0.0/0", "::/0")
LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Guard:
    """What lies on the public internet, and what the configuration names beside it.

    ``names`` are host names, ``networks`` addresses: both may be connected to although
    they are private.
    """

    names: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def allowing(cls, entries: Iterable[str]) -> "Guard":
        """Return a guard that lets host names, addresses and networks pass.

        An entry that is none of them is a configuration error that ``entry_problem`` tells.
        """
        networks = {entry: _network(entry) for entry in entries}
        return cls(
            names=frozenset(_plain(entry) for entry, found in networks.items() if found is None),
            networks=tuple(found for found in networks.values() if found is not None),
        )

    def permitted(self, host: str, addresses: Iterable[str]) -> list[str]:
        """Return those addresses of a host that may be connected to, in their order."""
        is_named = _plain(host) in self.names
        return [each for each in addresses if is_named or self._is_permitted(each)]

    def _is_permitted(self, address: str) -> bool:
        if kind_of(address) is None:
            return True
        return any(form in network for form in _forms(address) for network in self.networks)


def refusal(host: str, address: str) -> str:
    """Return in words why a host at an address is not connected to, and the remedy."""
    kind = kind_of(address)
    where = f"{host} is" if host == address else f"{host} leads to {address},"
    remedy = "name it in [crawler] allow_private if that is meant"
    return f"{where} {kind}; {remedy}"


def kind_of(address: str) -> str | None:
    """Return what an address is that is not on the public internet; None if it is on it.

    An IPv6 address that leads to an IPv4 address is what that one is.
    """
    forms = _forms(address)
    for form in reversed(forms):
        for kind, network in KINDS:
            if form in network:
                return kind
    if len(forms) == 1 and isinstance(forms[0], IPv6Address) and forms[0] not in GLOBAL_IPV6:
        return "a reserved address"
    return None


def entry_problem(written: object) -> str | None:
    """Return what is wrong with an entry of ``allow_private``, with its remedy."""
    remedy = 'write a host name, an address or a network, such as "localhost", "10.0.0.0/8"'
    if not isinstance(written, str):
        return f"must hold texts in quotes, not {written!r}; {remedy}"
    if _network(written) is None and not _is_host_name(written):
        return f"{written!r} is no host name, address or network; {remedy}"
    return None


def _forms(address: str) -> tuple[Address, ...]:
    """An address, and the IPv4 address that it leads to if there is one."""
    written = ip_address(address)
    for network, shift in LEADING_TO_IPV4:
        if written in network:
            return (written, IPv4Address(int(written) >> shift & 0xFFFFFFFF))
    return (written,)


def _network(entry: str) -> Network | None:
    try:
        return ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        return None


def _is_host_name(written: str) -> bool:
    """Whether a text is a host name. One that ends in a number would be an address."""
    labels = _plain(written).split(".")
    return all(map(LABEL.fullmatch, labels)) and not labels[-1].isdigit()


def _plain(host: str) -> str:
    return host.lower().removesuffix(".")
