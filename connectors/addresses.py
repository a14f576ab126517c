"""Which hosts may be asked for media: an address in a visitor's post must not lead us into our own network.

A hostile post can name any address as its picture: the cloud's metadata service, a printer, an internal web
page. Therefore hosts other than the platform's own are asked only over https and only at public addresses, and the
connection goes to the very address that was checked (a second look-up could answer differently). Where the
platform itself is at a private address (tests, an instance on our own network) private addresses and plain http are
allowed; link-local, multicast and unspecified addresses never are.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult

DEFAULT_PORTS = {"http": 80, "https": 443}


class ForbiddenAddressError(Exception):
    """The address may not be asked. The text names the reason, never the address."""


def origin(parts: SplitResult) -> tuple[str, str, int]:
    """Scheme, host in lower case and port of an address.

    Raises:
        ForbiddenAddressError: no http(s) address with a host.
    """
    try:
        port, host = parts.port, parts.hostname
    except ValueError:
        raise ForbiddenAddressError("the address has no usable port") from None
    if parts.scheme not in DEFAULT_PORTS or not host or parts.username is not None:
        raise ForbiddenAddressError("not a plain http or https address")
    return parts.scheme, host.lower(), port if port is not None else DEFAULT_PORTS[parts.scheme]


def look_up(host: str, port: int) -> list[IPv4Address | IPv6Address]:
    """Every address of a host, in the system's order; empty when there is none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(ip_address(str(one[4][0]).partition("%")[0]) for one in found))


def is_private(host: str, port: int) -> bool:
    """Every address of the host is on loopback or in a private network; false when it has none."""
    addresses = look_up(host, port)
    return bool(addresses) and all(not _plain(address).is_global for address in addresses)


def checked(scheme: str, host: str, port: int, *, private_allowed: bool) -> list[str]:
    """The addresses of a foreign host at which it may be asked, at least one.

    Raises:
        ForbiddenAddressError: plain http, an address inside, or no address at all.
    """
    if scheme != "https" and not private_allowed:
        raise ForbiddenAddressError("another host may be asked over https only")
    addresses = look_up(host, port)
    if not addresses:
        raise ForbiddenAddressError("the host has no address")
    for address in addresses:
        inner = _plain(address)
        never = inner.is_link_local or inner.is_multicast or inner.is_unspecified
        if never or not (inner.is_global or private_allowed):
            raise ForbiddenAddressError("the host is inside our own network")
    return [str(address) for address in addresses]


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one carries (mapped, 6to4), else the address itself."""
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or address.sixtofour or address
    return address
