"""What our own posts lack."""

from __future__ import annotations

from datetime import date

import pytest

from connectors.films import films
from flows.oversee.watch.own_items import Lacks, lacks, links_to, news, shortened, title_words
from schemas.record import MediaRef

DAY = date(2026, 2, 3)


def ref(role: str, origin: str = "o", alt: str | None = None, media_type: str = "") -> MediaRef:
    """An attachment."""
    return MediaRef(role=role, origin=origin, alt=alt, media_type=media_type)  # type: ignore[arg-type] # named above


def test_films() -> None:
    """A film without a caption file lacks captions; beside one it does not."""
    film = ref("video", "f", media_type="video/mp4")
    assert lacks({}, [film], films) == Lacks(films=1)
    assert lacks({}, [film, film], films) == Lacks(films=1)
    assert lacks({}, [film, ref("caption", "c", media_type="text/vtt")], films) == Lacks()
    assert lacks({}, [], films) == Lacks()


@pytest.mark.parametrize(
    ("alt", "missing"),
    [
        (None, 1),
        ("", 1),
        ("  ", 1),
        ("IMG_1234.jpg", 1),
        ("Bild 3", 1),
        ("Kan vara en bild av 2 personer", 1),
        ("May be an image of text", 1),
        ("Simhallens nya rutschkana, gul och röd", 0),
        ("Bilden visar torget i snö", 0),
    ],
)
def test_alt_texts(alt: str | None, missing: int) -> None:
    """A file's name, and what the platform guessed, are no alt texts."""
    assert lacks({}, [ref("picture", alt=alt)], films).pictures == missing


@pytest.mark.parametrize(
    ("text", "links", "there"),
    [
        ("Läs mer", ("https://www.arvika.se/nyheter/1",), True),
        ("Läs mer", ("https://skola.arvika.se/",), True),
        ("Läs mer på arvika.se/nyheter", (), True),
        ("Läs mer på www.arvika.se.", (), True),
        ("Läs mer", ("https://inte-arvika.se/", "https://arvika.se.example/"), False),
        ("Läs mer på inte-arvika.se", (), False),
        ("Skriv till arvika.kommun@arvika.se", (), False),
        ("Läs mer", ("https://[trasig",), False),
    ],
)
def test_links_to_the_site(text: str, links: tuple[str, ...], there: bool) -> None:  # noqa: FBT001 - a table's column
    """The site and its subdomains count, whole or as people write them; look-alikes and mail addresses do not."""
    assert links_to("arvika.se", text, links) is there


def test_news() -> None:
    """What the site published under a like title is news; what is worded so may be; small talk is not."""
    titles = {DAY: [title_words("Ny rutschkana invigs i Arvika simhall på lördag")]}
    told = "Nu på lördag invigs simhallens nya rutschkana! Arvika simhall bjuder på fika."
    assert news(told, (), DAY, "arvika.se", titles) == "likely"
    assert news(told, ("https://bit.ly/x",), DAY, "arvika.se", titles) == "uncertain"
    assert news(told + " arvika.se/simhall", (), DAY, "arvika.se", titles) is None
    assert news(told, (), date(2026, 2, 9), "arvika.se", titles) is None
    assert news("Vattenläcka på Storgatan, vägen är avstängd.", (), DAY, "arvika.se", {}) == "uncertain"
    assert news("Vilken härlig vinterdag!", (), DAY, "arvika.se", titles) is None
    assert shortened(("https://t.co/abc",))
