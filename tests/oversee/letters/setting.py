"""Accounts, settings and signs of an invented municipality, for letters and sheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from schemas.account import Account
from schemas.duties import Administrator, Duties
from schemas.finding import Finding
from schemas.ground import Organisation
from schemas.ids import ItemId, Month, new_item_id
from schemas.oversight import Clause, OversightSettings, UnitSettings
from schemas.watch import Sign

DAY = date(2026, 3, 3)
"""A Tuesday."""
NOW = datetime(2026, 3, 3, 5, 45, tzinfo=UTC)
OFFICE, SCHOOL, POOL = "Informationsenheten", "Barn- och utbildningsförvaltningen", "Badhuset"
ORGANISATION = Organisation(name="Älvsjöbro kommun")
_HOST = "https://sida.example"


def account(name: str, platform: str, unit: str) -> Account:
    """An account with a public address."""
    duties = Duties(
        address=f"{_HOST}/{name}",
        routine=f"https://www.alvsjobro.example/rutin/{name}",
        contact="https://www.alvsjobro.example/kontakt",
        decided=date(2021, 5, 3),
        decided_by="Verksamhetschefen",
        administrators=(Administrator(name="Anna Andersson"), Administrator(name="Bo Berg")),
    )
    return Account(name=name, platform=platform, handle=name, authority="alvsjobro-ks", unit=unit, duties=duties)


ACCOUNTS = (
    account("kommunens-sida", "facebook", OFFICE),
    account("kommunens-kanal", "youtube", OFFICE),
    account("skolans-bilder", "instagram", SCHOOL),
    account("badhuset", "facebook", POOL),
    account("utan-enhet", "bluesky", ""),
)
CLAUSES = {
    "R01": Clause(
        id="R01",
        section="Sidans regler",
        title="kränkande eller stötande uppgifter, förtal eller personangrepp",
        treatment="check",
        unlawful=True,
    ),
    "R08": Clause(id="R08", section="Sidans regler", title="reklam eller marknadsföring", treatment="check"),
    "P20": Clause(id="P20", section="Kommunikation", title="frågor besvaras så snart som möjligt", treatment="check"),
}


def settings(**more: object) -> OversightSettings:
    """Two units with addresses, one without; a fallback; links to items."""
    values: dict[str, object] = {
        "units": {
            OFFICE: UnitSettings(name=OFFICE, email="info@alvsjobro.example"),
            SCHOOL: UnitSettings(name=SCHOOL, email="skola@alvsjobro.example"),
        },
        "fallback": "kontaktcenter@alvsjobro.example",
        "links": "https://bevara.alvsjobro.example/handling/",
        "clauses": CLAUSES,
        "vat": Decimal(25),
        **more,
    }
    return OversightSettings(**values)  # type: ignore[arg-type] # each is one of the fields


def item(number: int) -> ItemId:
    """An item's id, the same for the same number."""
    return new_item_id(Month("2026-03"), number.to_bytes(10, "big"))


def sign(code: str, number: int, account: str = "kommunens-sida", **more: object) -> Sign:
    """A sign about an item."""
    values: dict[str, object] = {
        "clause": "R01" if code == "W111" else "P20",
        "since": NOW - timedelta(hours=number % 100),
        "authority": "alvsjobro-ks",
        "subject": item(number),
        **more,
    }
    return Sign(code=code, account=account, **values)  # type: ignore[arg-type] # each is one of the fields


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a watch would hand over."""

    signs: tuple[Sign, ...] = ()
    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def seen(*signs: Sign, findings: tuple[Finding, ...] = ()) -> Seen:
    """The signs with their counts."""
    counts: dict[tuple[str, str], int] = {}
    for one in signs:
        counts[one.account, one.code] = counts.get((one.account, one.code), 0) + 1
    return Seen(signs=signs, counts=counts, findings=findings)


def usual() -> Seen:
    """A usual morning: something at every account."""
    return seen(*_usual())


def _usual() -> Iterator[Sign]:
    yield from (sign("W111", number, certainty="uncertain" if number % 2 else "likely") for number in range(7))
    yield sign("W101", 20)
    yield sign("W131", 30, "kommunens-kanal")
    yield sign("W153", 0, "skolans-bilder", subject="removal:3")
    yield sign("W154", 40, "skolans-bilder")
    yield sign("W102", 50, "badhuset")
    yield sign("W106", 60, "utan-enhet")
