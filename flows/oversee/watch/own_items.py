"""What our own posts lack: captions, alt texts, a link to the site where the news is. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlsplit

from schemas.neighbours import FilmsOf
from schemas.record import MediaRef
from schemas.watch import Certainty

WITH_MEDIA: Final = ("post", "reply")
"""Kinds whose films and pictures are looked at; a story is gone in a day and cannot be mended."""
_NO_ALT: Final = re.compile(
    r"\s*|(?:kan vara en (?:bild|illustration)|may be an? (?:image|graphic|illustration)|no photo description|"
    r"ingen fotobeskrivning).*|(?:bild|picture|image|photo|foto|img|dsc)[ _-]?\d*|\S{1,80}\.(?:jpe?g|png|gif|webp|heic)",
    re.IGNORECASE | re.DOTALL,
)
"""Alt texts that say nothing: empty, a file's name, or what the platform guessed by itself."""
_SHORTENERS: Final = frozenset(
    (
        "bit.ly",
        "tinyurl.com",
        "t.co",
        "buff.ly",
        "ow.ly",
        "lnkd.in",
        "fb.me",
        "is.gd",
        "goo.gl",
        "rebrand.ly",
        "cutt.ly",
    )
)
_NEWS: Final = re.compile(
    r"\b(?:vattenläck|driftstörning|strömavbrott|elavbrott|trafikstörning|avstängd|avstängning|kokningsrekommendation|"
    r"pressmeddelande|viktigt meddelande|ny på vår webb|läs mer på (?:vår )?webb|nyhet:)",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"\w{4,}")
_TITLE: Final = 300
_COMMON: Final = 3
_SHARE: Final = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacks:
    """Numbers of films without captions and of pictures without alt text."""

    films: int = 0
    pictures: int = 0


def lacks(payload: Mapping[str, object], media: Sequence[MediaRef], films_of: FilmsOf) -> Lacks:
    """What the item's films and pictures lack.

    A film is captioned when a caption file lies beside it or the platform says that captions exist; text within the picture
    cannot be seen from here. A broadcast that goes on now is left until it is a recording.
    """
    media = list(dict.fromkeys(media))
    captioned = any(one.role == "caption" for one in media)
    films = [one for one in films_of(payload, media) if one.role == "video" and one.live != "live"]
    pictures = {one.origin: one for one in media if one.role == "picture"}
    return Lacks(
        films=0 if captioned else sum(one.captions is not True for one in films),
        pictures=sum(_NO_ALT.fullmatch(one.alt or "") is not None for one in pictures.values()),
    )


def links_to(site: str, text: str, links: Iterable[str]) -> bool:
    """Whether something links to the site or one of its subdomains, whole addresses or as people write them."""
    host = site.casefold().removeprefix("www.").rstrip("./")
    if not host or any(found == host or found.endswith(f".{host}") for found in map(_host, links)):
        return True
    written = rf"(?<![\w.@-])(?:[\w-]{{1,63}}\.){{0,5}}{re.escape(host)}(?![\w-]|\.\w)"
    return re.search(written, text, re.IGNORECASE) is not None


def shortened(links: Iterable[str]) -> bool:
    """Whether a link goes through a shortener, so that nobody can tell from here where it leads."""
    return any(_host(one) in _SHORTENERS for one in links)


Titles = Mapping[date, Sequence[frozenset[str]]]
"""Civil day → words of the titles that the municipality's site published on it."""


def title_words(text: str) -> frozenset[str]:
    """Words of a text's first line that tell titles apart."""
    return frozenset(_WORD.findall(text.strip()[:_TITLE].partition("\n")[0].casefold()))


def news(text: str, links: Collection[str], day: date, site: str, titles: Titles) -> Certainty | None:
    """Whether a post tells news without a link to the site; None when it does not, or links there.

    ``likely``: the site published something with the same words in its title that day or the day beside. ``uncertain``: it is
    worded like a disturbance or a piece of news, or a shortened link may lead to the site.
    """
    if links_to(site, text, links):
        return None
    words = frozenset(_WORD.findall(text[: 4 * _TITLE].casefold()))
    near = (title for days in (-1, 0, 1) for title in titles.get(day + timedelta(days=days), ()))
    alike = any(len(title & words) >= max(_COMMON, _SHARE * len(title)) for title in near)
    if alike:
        return "uncertain" if shortened(links) else "likely"
    return "uncertain" if _NEWS.search(text) and not shortened(links) else None


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").casefold().removeprefix("www.")
    except ValueError:
        return ""
