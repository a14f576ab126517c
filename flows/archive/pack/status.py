"""Where packages stand, and what is to be done next."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from schemas.books import Books
from schemas.delivery import PackageStanding, StoredPackage
from schemas.ground import Ground
from schemas.ids import rfc3339

STANDINGS: Final[dict[PackageStanding, str]] = {
    "planned": "planerat, inte byggt",
    "packaged": "byggt, inte levererat",
    "delivering": "leverans påbörjad",
    "delivered": "levererat, inte kvitterat",
    "accepted": "mottaget av e-arkivet",
    "rejected": "underkänt av mottagaren",
    "withdrawn": "tillbakadraget",
}
"""Swedish words for where a package stands."""

_NEXT: Final[dict[PackageStanding, str]] = {
    "planned": "Bygg det med 'bevara archive build {number}'; natten försöker också.",
    "packaged": "Leverera det med 'bevara archive deliver {number}', eller hämta det med 'bevara archive fetch {number}'.",
    "delivering": "Det kan ha kommit fram. För in mottagarens kvitto, eller kör 'bevara archive deliver {number}' igen om "
    "profilen har en mottagare (natten gör det då också).",
    "delivered": "Vänta på mottagarens kvitto och för in det med 'bevara archive receipt {number} accepted|rejected'.",
    "accepted": "",
    "rejected": "Gör ett nytt paket: 'bevara archive package {account} --from {first} --to {last} --profile {profile} "
    "--replaces {number}'.",
    "withdrawn": "",
}


def packages(ground: Ground) -> list[StoredPackage]:
    """All packages by number, as ``found_again`` shows each."""
    with ground.state.reading() as books:
        return [found_again(books, one) for one in books.packages.all()]


def found_again(books: Books, package: StoredPackage) -> StoredPackage:
    """The package, without the key of a built file that was taken away since, or is to be (a culled item was in it)."""
    if package.key and (not books.copies.known([package.key]) or package.key in books.copies.retired()):
        return replace(package, key="")
    return package


def replaced(found: list[StoredPackage]) -> frozenset[str]:
    """Ids of packages that another one replaces which is not withdrawn."""
    return frozenset(one.intent.replaces for one in found if one.intent.replaces and one.standing != "withdrawn")


def next_step(package: StoredPackage, *, is_replaced: bool) -> str:
    """What a person is to do next, in Swedish; empty when there is nothing."""
    if package.standing == "rejected" and is_replaced:
        return ""
    intent = package.intent
    return _NEXT[package.standing].format(
        number=intent.number, account=intent.account, first=intent.first, last=intent.last, profile=intent.profile
    )


def age(package: StoredPackage, now: datetime) -> int:
    """Whole days since the package came to where it stands."""
    return max(0, (now - package.changed).days)


def line(package: StoredPackage, now: datetime, *, is_replaced: bool) -> str:
    """One package for a reader, in Swedish."""
    intent = package.intent
    days = age(package, now)
    since = "i dag" if not days else "sedan 1 dag" if days == 1 else f"sedan {days} dagar"
    size = f", {package.items} handlingar, {_size(package.size)}" if package.items else ""
    text = f"{intent.number}. {intent.account} {intent.first}–{intent.last} ({intent.profile}{size}): "
    text += f"{STANDINGS[package.standing]} {since}."
    step = next_step(package, is_replaced=is_replaced)
    return f"{text} {step}" if step else text


def _size(size: int) -> str:
    for unit, step in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= step:
            return f"{size / step:.1f} {unit}".replace(".", ",")
    return f"{size} byte"


def described(package: StoredPackage) -> dict[str, object]:
    """A package for ``--json``.

    ``id``, ``number``, ``account``, ``authority``, ``first``, ``last`` (months), ``rules``, ``profile``, ``standing``,
    ``changed``, ``made`` (RFC 3339), ``name``, ``size`` (bytes), ``sha256``, ``items``, ``tries``, ``reference``,
    ``replaces``, ``stored`` (whether the built file still lies in the store).
    """
    intent = package.intent
    return {
        "id": intent.id,
        "number": intent.number,
        "account": intent.account,
        "authority": intent.authority,
        "first": intent.first,
        "last": intent.last,
        "rules": list(intent.rules),
        "profile": intent.profile,
        "standing": package.standing,
        "made": rfc3339(intent.made),
        "changed": rfc3339(package.changed),
        "name": package.name,
        "size": package.size,
        "sha256": package.sha256,
        "items": package.items,
        "tries": package.tries,
        "reference": package.reference,
        "replaces": intent.replaces,
        "stored": bool(package.key),
    }
