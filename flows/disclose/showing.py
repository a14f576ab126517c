"""A request as Swedish lines. What people wrote is shown without characters that turn text or move a cursor."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from flows.disclose.shown import STANDINGS
from schemas.calendar import local_time

_TURNING: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FEES: Final = {"asked": "begärd", "paid": "betald", "waived": "efterskänkt"}
_DAYS: Final = (
    ("svar senast (GDPR 12.3)", "due"),
    ("besvarad", "answered"),
    ("beslut", "decided"),
    ("beslutet mottaget", "served"),
    ("sista dag för överklagande", "last_day"),
    ("överklagad", "appealed"),
    ("överlämnad till domstolen", "forwarded"),
    ("avgörande", "ruling"),
    ("slutligt", "final"),
    ("avslutad", "closed"),
)
_VERDICTS: Final = {"give": "lämnas ut", "partly": "lämnas ut delvis", "refuse": "lämnas inte ut"}


def show_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """What ``flows.disclose.shown.shown`` gives, as lines to be read on a screen."""
    yield f"Begäran {found['request']}: {STANDINGS[found['standing']]} ({found['kind']}, {found['channel']})"
    yield f"  kom in {_local(found['received'])}, införd {_local(found['opened'])} av {plain(found['person'])}"
    yield (
        f"  ålder: {found['days']} dagar, {found['workdays']} arbetsdagar, "
        f"{str(found['office_hours']).replace('.', ',')} timmar på kontorstid"
    )
    yield from _words(found)
    if found["hold"]:
        covers = "allt" if found["everything"] else "ett urval, hela trådar"
        yield f"  gallringsstopp {found['hold']}: {covers}"
    if found["list"]:
        yield f"  lista: {found['list']['items']} ({found['list']['digest'][:12]}…)"
    for name, count in found["verdicts"].items():
        yield f"    {_VERDICTS[name]}: {count}"
    if found["fee"]:
        yield f"  avgift: {_FEES[found['fee']]}"
    for label, name in _DAYS:
        if found[name]:
            yield f"  {label}: {_local(found[name]) if 'T' in found[name] else found[name]}"
    if found["not_closed_because"]:
        yield f"  kan inte avslutas än: {found['not_closed_because']}"
    for line in found["next"]:
        yield f"  → {line}"


def _words(found: Mapping[str, Any]) -> Iterator[str]:
    yield from _text("Begärans ord", found["wording"])
    for one in found["amendments"]:
        yield from _text("Förtydligande", one)
    if found["contact"]:
        yield from _text("Kontakt (hålls isär från begäran)", found["contact"]["text"])


def _local(instant: str) -> str:
    return f"{local_time(datetime.fromisoformat(instant)):%Y-%m-%d %H.%M}"


def plain(text: str) -> str:
    """Without what would move a terminal's cursor or turn the direction of what follows."""
    return "".join(" " if one in _TURNING or unicodedata.category(one) in {"Cc", "Cs"} else one for one in text)


def _text(label: str, text: str | None) -> Iterator[str]:
    if text is None:
        yield f"  {label}: kan inte läsas"
        return
    yield f"  {label}:"
    for line in text.splitlines():
        yield f"    {plain(line)}".rstrip()
