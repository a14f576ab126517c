"""What the watch found, as a person reads it: account by account, by clause, what to do, with a ready reply where one helps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from flows.oversee.watch.act import Watched
from flows.oversee.watch.signs import REFERRED
from schemas.calendar import local_time
from schemas.codes import sentence
from schemas.ids import rfc3339
from schemas.oversight import OversightSettings
from schemas.watch import Certainty, Sign

TOP: Final = 5
"""Signs of one sort of one account that a screen shows."""
_CERTAINTY: Final[Mapping[Certainty, str]] = {"sure": "säkert", "likely": "troligt", "uncertain": "osäkert"}


def reply(code: str, settings: OversightSettings) -> str:
    """A ready reply in Swedish to what a sign of this code is about; empty where none helps. Nothing of the visitor's."""
    # Where the signature is placed a person writes name and unit.
    signed = f"\n{settings.signature}\n[namn], [verksamhet]"
    if code == "W101":
        return (
            "Hej! Förlåt att svaret har dröjt. Vi tar reda på hur det är och återkommer här så snart vi kan. "
            f"Är det bråttom går det bra att ringa kommunens växel.{signed}"
        )
    if code == "W105":
        return (
            f"Hej! Tack för att du säger till. Gör gärna en felanmälan på {settings.faults}, så når den rätt personer "
            f"direkt och du kan följa ärendet.{signed}"
        )
    if code == "W106":
        return (
            f"Hej! Tack för att du delar med dig. Lämna gärna din synpunkt på {settings.suggestions}, så tas den om "
            f"hand av den verksamhet som ansvarar.{signed}"
        )
    return ""


def lines(
    watched: Watched, settings: OversightSettings, accounts: Collection[str], *, everything: bool
) -> Iterator[str]:
    """For a screen.

    Args:
        accounts: names of those to show; empty = all. everything: every sign that was kept, not the first ``TOP``.
    """
    groups = grouped(watched.signs, accounts)
    if not groups:
        yield "Inget behöver en hand i dag."
    for account, by_code in groups.items():
        yield f"{account}"
        for code, signs in by_code.items():
            total = watched.counts.get((account, code), len(signs))
            yield from _group(code, signs, total, settings, everything=everything)
        yield ""
    yield _summary(watched, accounts)


def _group(
    code: str, signs: Sequence[Sign], total: int, settings: OversightSettings, *, everything: bool
) -> Iterator[str]:
    clause = settings.clauses.get(signs[0].clause)
    title = f" · {signs[0].clause} {clause.title}" if clause else ""
    yield f"  {code} ({total} st){title}"
    shown = signs if everything else signs[:TOP]
    alike = {_said(one) for one in shown}
    if len(alike) == 1:
        yield f"    {alike.pop()}"
        yield from (f"      {_place(one)}" for one in shown)
    else:
        yield from (f"    {_place(one)}  {_said(one)}" for one in shown)
    if total > len(shown):
        yield f"      och {total - len(shown):,} till".replace(",", "\u00a0")
    ready = reply(code, settings)
    if ready:
        yield "    Förslag till svar:"
        yield from (f"      {line}" for line in ready.splitlines())


def _place(sign: Sign) -> str:
    since = f"  {local_time(sign.since):%Y-%m-%d %H.%M}" if sign.since else ""
    subject = sign.subject if sign.subject != sign.account else "kontot"
    return f"{subject}{since}  {_CERTAINTY[sign.certainty]}"


def _said(sign: Sign) -> str:
    return sentence(sign.code, "sv", dict(sign.parameters))


def _summary(watched: Watched, accounts: Collection[str]) -> str:
    total = sum(count for (account, _), count in watched.counts.items() if not accounts or account in accounts)
    new = sum(count for (account, _), count in watched.new.items() if not accounts or account in accounts)
    light = " Lätt körning: gillade sidor är inte kontrollerade." if watched.light else ""
    return (
        f"{total} att se till, varav {new} nya; {watched.looked} handlingar genomgångna, {watched.gone} tidigare "
        f"avklarade.{light}"
    )


def grouped(signs: Sequence[Sign], accounts: Collection[str] = ()) -> dict[str, dict[str, list[Sign]]]:
    """Account → code → signs, in order."""
    found: defaultdict[str, defaultdict[str, list[Sign]]] = defaultdict(lambda: defaultdict(list))
    for one in signs:
        if not accounts or one.account in accounts:
            found[one.account][one.code].append(one)
    return {account: dict(sorted(by_code.items())) for account, by_code in sorted(found.items())}


def watched_json(watched: Watched, settings: OversightSettings, accounts: Collection[str]) -> dict[str, Any]:
    """The answer of ``oversee watch --json``: ids, codes and counts, our own addresses, and no visitor's word."""

    def among(account: str) -> bool:
        return not accounts or account in accounts

    return {
        "at": rfc3339(watched.at),
        "light": watched.light,
        "looked": watched.looked,
        "gone": watched.gone,
        "counts": [
            {"account": account, "code": code, "open": count, "new": watched.new.get((account, code), 0)}
            for (account, code), count in watched.counts.items()
            if among(account)
        ],
        "signs": [
            {
                "code": one.code,
                "subject": one.subject,
                "account": one.account,
                "clause": one.clause,
                "certainty": one.certainty,
                "version": one.version,
                "since": rfc3339(one.since) if one.since else None,
                "first": rfc3339(watched.first[one.subject, one.code]),
                "parameters": dict(one.parameters),
                "sv": sentence(one.code, "sv", dict(one.parameters)),
                "en": sentence(one.code, "en", dict(one.parameters)),
            }
            for one in watched.signs
            if among(one.account)
        ],
        "replies": {code: reply(code, settings) for code in ("W101", *REFERRED)},
    }
