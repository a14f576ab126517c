"""Where deliveries to KB stand, and what is to be done next."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from schemas.books import Books
from schemas.deposit import DeliveryStanding, StoredDelivery
from schemas.ground import Ground
from schemas.ids import rfc3339
from schemas.refusal import RefusedError

STANDINGS: Final[dict[DeliveryStanding, str]] = {
    "planned": "planerad, inte byggd",
    "packaged": "byggd, inte levererad",
    "delivering": "leverans påbörjad",
    "delivered": "levererad, inte kvitterad",
    "accepted": "mottagen av KB",
    "rejected": "underkänd av KB",
    "withdrawn": "tillbakadragen",
}
"""Swedish words for where a delivery stands."""

WAITING: Final[frozenset[DeliveryStanding]] = frozenset({"planned", "packaged", "delivering", "delivered"})
"""Standings in which somebody has something left to do."""

_NEXT: Final[dict[DeliveryStanding, str]] = {
    "planned": "Bygg den med 'bevara deposit build {number}'; natten försöker också.",
    "packaged": "Leverera den med 'bevara deposit deliver {number}', eller hämta den med 'bevara deposit fetch {number}'.",
    "delivering": "Den kan ha kommit fram. För in KB:s kvitto, eller kör 'bevara deposit deliver {number}' igen om "
    "inställningarna har en mottagare (natten gör det då också).",
    "delivered": "Vänta på KB:s kvitto: natten läser det om inställningarna säger var, annars förs det in med 'bevara "
    "deposit receipt {number} accepted|rejected'.",
    "accepted": "",
    "rejected": "Rätta det KB anmärkte på och paketera de underkända filmerna i en ny leverans.",
    "withdrawn": "",
}


def deliveries(ground: Ground) -> list[StoredDelivery]:
    """All deliveries by number, as ``found_again`` shows each."""
    with ground.state.reading() as books:
        return [found_again(books, one) for one in books.deliveries.all()]


def known(ground: Ground, named: str) -> StoredDelivery:
    """The delivery of that id or running number. Raises RefusedError."""
    with ground.state.reading() as books:
        found = books.deliveries.get(named)
        if found is None and named.isascii() and named.isdecimal():
            found = next((one for one in books.deliveries.all() if str(one.intent.number) == named.lstrip("0")), None)
        if found is not None:
            return found_again(books, found)
    raise RefusedError("DELIVERY", named, "name a delivery by its id or number; 'bevara deposit status' lists them")


def found_again(books: Books, delivery: StoredDelivery) -> StoredDelivery:
    """The delivery, without the key of a built file that was taken away since, or is to be (a culled item was in it)."""
    if delivery.key and (not books.copies.known([delivery.key]) or delivery.key in books.copies.retired()):
        return replace(delivery, key="")
    return delivery


def next_step(delivery: StoredDelivery, *, settled: bool = False) -> str:
    """What a person is to do next, in Swedish; empty when there is nothing.

    Args:
        settled: none of its films stands rejected any more: they are decided anew, or in a later delivery.
    """
    if settled and delivery.standing == "rejected":
        return ""
    return _NEXT[delivery.standing].format(number=delivery.intent.number)


def age(delivery: StoredDelivery, now: datetime) -> int:
    """Whole days since the delivery came to where it stands."""
    return max(0, (now - delivery.changed).days)


def line(delivery: StoredDelivery, now: datetime, *, settled: bool = False) -> str:
    """One delivery for a reader, in Swedish. ``settled``: as in ``next_step``."""
    intent = delivery.intent
    days = age(delivery, now)
    since = "i dag" if not days else "sedan 1 dag" if days == 1 else f"sedan {days} dagar"
    films = "1 film" if len(intent.films) == 1 else f"{len(intent.films)} filmer"
    size = f", {_size(delivery.size)}" if delivery.size else ""
    trial = ", TEST: räknas inte" if intent.status == "TEST" else ""
    text = f"{intent.number}. {intent.id} ({films}{size}{trial}): {STANDINGS[delivery.standing]} {since}."
    step = next_step(delivery, settled=settled)
    return f"{text} {step}" if step else text


def _size(size: int) -> str:
    for unit, step in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= step:
            return f"{size / step:.1f} {unit}".replace(".", ",")
    return f"{size} byte"


def described(delivery: StoredDelivery) -> dict[str, Any]:
    """A delivery for ``--json``.

    ``id``, ``number``, ``films`` (ids), ``authority``, ``status`` (RECORDSTATUS), ``standing``, ``made``, ``changed``
    (RFC 3339), ``name``, ``size`` (bytes), ``sha256``, ``tries``, ``reference``, ``stored`` (whether the built file
    still lies in the store).
    """
    intent = delivery.intent
    return {
        "id": intent.id,
        "number": intent.number,
        "films": list(intent.films),
        "authority": intent.authority,
        "status": intent.status,
        "standing": delivery.standing,
        "made": rfc3339(intent.made),
        "changed": rfc3339(delivery.changed),
        "name": delivery.name,
        "size": delivery.size,
        "sha256": delivery.sha256,
        "tries": delivery.tries,
        "reference": delivery.reference,
        "stored": bool(delivery.key),
    }
