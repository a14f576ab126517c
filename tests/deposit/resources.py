"""Resources as the description makes them, for tests of what is written of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from schemas.deposit import Host, Part, Resource
from schemas.package import Format

AVAILABLE = datetime(2026, 1, 12, 10, 0, 30, tzinfo=UTC)
PUBLICATION = Part(
    name="sortera.mp4",
    role="publication",
    digest="1" * 64,
    md5="2" * 32,
    size=123_456,
    created=AVAILABLE,
    format=Format(puid="fmt/199", name="MPEG-4 Media File", media_type="application/mp4"),
    source="original",
    original_name="Sortera rätt.mp4",
)
CAPTIONS = Part(
    name="sortera.vtt",
    role="supplement",
    digest="3" * 64,
    md5="4" * 32,
    size=321,
    created=AVAILABLE,
    format=Format(puid="fmt/1006", name="WebVTT", media_type="text/vtt"),
    language="sv",
)


def resource(number: int = 1, **changes: Any) -> Resource:
    """A film with its own page and file."""
    made = Resource(
        id=f"00000000-0000-5000-8000-{number:012d}",
        film=f"f{number:031d}",
        number=number,
        identifier=f"bevara-film-{number}",
        title=f"Så sorterar du, del {number}",
        abstract="Om sopor & annat.\nAndra raden.",
        available=AVAILABLE,
        locations=(f"https://www.youtube.com/watch?v=vid{number}", f"https://www.arvika.se/film/{number}"),
        page=f"https://www.arvika.se/film/{number}",
        file=f"https://media.arvika.se/film/{number}.mp4",
        hosts=(Host(name="YouTube", address="https://www.youtube.com"),),
        publisher="Arvika kommun",
        publisher_uri="http://id.kb.se/organisations/SE2120001892",
        licence="https://creativecommons.org/licenses/by/4.0/",
        language="swe",
        parts=(PUBLICATION, CAPTIONS),
    )
    return replace(made, **changes)
