"""Links of a text: their hosts, told from spellings meant to hide them, held against lists of hosts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from urllib.parse import unquote, urlsplit


def host_of(link: str) -> str:
    """The host of a web address as people write it, in lower case, international names as letters; empty for none."""
    if "@" in link and not link.lower().startswith(("http://", "https://", "www.")):
        return ""
    whole = link if "://" in link[:9] else f"http://{link}"
    try:
        host = (urlsplit(whole).hostname or "").rstrip(".")
    except ValueError:
        return ""
    host = unquote(host).lower()
    if "xn--" in host:
        try:
            host = host.encode("ascii").decode("idna")
        except (UnicodeError, ValueError):
            return host
    return host


def hosts(links: Iterable[str]) -> list[str]:
    """Hosts of the links that are of the web."""
    return [host for one in links if (host := host_of(one.rstrip(".,;:!?)"))) and "." in host]


def on_list(host: str, listed: Collection[str]) -> bool:
    """Whether a host, or a host above it, is listed; ``m.exempel.se`` counts as ``exempel.se``."""
    parts = host.split(".")
    return any(".".join(parts[at:]) in listed for at in range(len(parts) - 1))


def as_letters(listed: Iterable[str]) -> frozenset[str]:
    """Hosts of a list in the form that ``hosts`` gives."""
    return frozenset(host_of(one) for one in listed)
