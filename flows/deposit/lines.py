"""Films and deliveries as lines for a reader, in Swedish, and as values for ``--json``; never what was published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from flows.deposit.clock import deadline
from schemas.calendar import local_day
from schemas.codes import sentence
from schemas.deposit import Deadline, Film, FilmStanding, Way
from schemas.finding import Finding
from schemas.ids import rfc3339

STANDINGS: Final[dict[FilmStanding, str]] = {
    "candidate": "inte beslutad",
    "outside": "omfattas inte",
    "declined": "lämnas inte (beslut)",
    "decided": "ska lämnas",
    "packaged": "paketerad",
    "delivering": "leverans påbörjad",
    "delivered": "levererad, inte kvitterad",
    "accepted": "mottagen av KB",
    "rejected": "underkänd av KB",
    "seen": "sedd i Libris",
}
"""Swedish words for where a film stands."""

WAYS: Final[dict[Way, str]] = {"fgs-publ": "paket (FGS-PUBL)", "feed": "flödet (RSS)", "form": "KB:s webbformulär"}
"""Swedish words for how a film reaches KB."""

_WIDTH: Final = 48
"""Characters of a title in a list."""


def clock_of(film: Film, now: datetime, companies: Sequence[str] = ()) -> Deadline:
    """The film's three months as they stand today. ``companies``: as in ``clock.deadline``."""
    return deadline(film.available, local_day(now), film.standing, authority=film.authority, companies=companies)


def clock_text(found: Deadline) -> str:
    """``sista dag 2026-03-31, 12 dagar kvar``; a stopped clock says only the day."""
    if found.stopped:
        return f"sista dag var {found.last.isoformat()}" if found.left < 0 else f"sista dag {found.last.isoformat()}"
    return f"sista dag {found.last.isoformat()}, {left_text(found.left)}"


def left_text(left: int) -> str:
    """Days left in words; below 0 it is overdue."""
    if left < 0:
        return f"FÖRSENAD {_days(-left)}"
    return "i dag är sista dagen" if left == 0 else f"{_days(left)} kvar"


def film_line(film: Film, now: datetime, companies: Sequence[str] = ()) -> str:
    """One film without its title: what a command that changed it answers with."""
    text = f"Film {film.number}: {STANDINGS[film.standing]}"
    if film.way and film.standing not in {"candidate", "outside", "declined"}:
        text += f", {WAYS[film.way]}"
    if film.person:
        text += f", beslut av {film.person}"
    return f"{text}; {clock_text(clock_of(film, now, companies))}."


def film_json(film: Film, now: datetime, companies: Sequence[str] = ()) -> dict[str, Any]:
    """A film for ``--json``, without anything that was published.

    ``number``, ``id``, ``standing``, ``ground``, ``authority``, ``way``, ``first_available`` and ``changed`` (RFC 3339),
    ``last_day`` (civil day), ``days_left``, ``overdue``, ``stopped``, ``decided`` (RFC 3339 or null), ``person``,
    ``record`` (the archive item with the decision's words, or null), ``delivery``, ``replaces``, ``reference``,
    ``libris``.
    """
    found = clock_of(film, now, companies)
    return {
        "number": film.number,
        "id": film.id,
        "standing": film.standing,
        "ground": film.ground,
        "authority": film.authority,
        "way": film.way,
        "first_available": rfc3339(film.available),
        "last_day": found.last.isoformat(),
        "days_left": found.left,
        "overdue": not found.stopped and found.left < 0,
        "stopped": found.stopped,
        "changed": rfc3339(film.changed),
        "decided": None if film.decided is None else rfc3339(film.decided),
        "person": film.person,
        "record": film.record,
        "delivery": film.delivery,
        "replaces": film.replaces,
        "reference": film.reference,
        "libris": film.libris,
    }


def shown_lines(row: Mapping[str, Any]) -> list[str]:
    """One film of ``deposit films`` in a list: a row, and under it what a person decides by."""
    title = plain(str(row["title"] or ""), _WIDTH) or "(utan titel)"
    time = "" if row["stopped"] else f"  {left_text(int(row['days_left']))}"
    lines = [f"{row['number']:>4}  {row['last_day']}  {STANDINGS[row['standing']]:<26}  {title}{time}"]
    where = ", ".join(dict.fromkeys(plain(str(one["account"]), _WIDTH) for one in row["channels"]))
    told = [where] if where else []
    if row["file"]["playable"] is False:
        told.append("filen går inte att spela")
    if row["captions"]["missing"]:
        told.append("undertexter saknas")
    if not row["file"]["original"]:
        told.append("plattformens fil" if row["file"]["platform"] else "ingen fil: lägg in originalet")
    lines.append(f"      {'; '.join(told)}")
    proposal = row["proposal"]
    if proposal and row["standing"] in {"candidate", "outside", "rejected"}:
        answer = {"yes": "lämna", "no": "lämna inte", "ask": "bedöm"}[proposal["answer"]]
        lines.append(f"      förslag: {answer}")
        if row["may_replace"]:
            lines.append(f"        kan vara en ny version av film {row['may_replace']}")
        lines.extend(f"        {one['code']} {one['text']}" for one in proposal["reasons"])
    return lines


def plain(text: str, width: int) -> str:
    """One printable line of at most ``width`` characters: no line breaks, no controls, no turned direction."""
    line = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return line if len(line) <= width else line[: width - 1].rstrip() + "…"


def finding_lines(findings: Sequence[Finding]) -> list[str]:
    """Findings in Swedish."""
    return [f"{one.code}: {sentence(one.code, 'sv', dict(one.parameters))}" for one in findings]


def loud(findings: Sequence[Finding]) -> bool:
    """Something wants a look."""
    return any(one.severity != "info" for one in findings)


def films_text(count: int) -> str:
    """How many films."""
    return "1 film" if count == 1 else f"{count} filmer"


def _days(days: int) -> str:
    return "1 dag" if days == 1 else f"{days} dagar"
