"""An account's entry in the register of processing (GDPR 30.1): what it says, and what it lacks. Pure; nothing is invented.

Every value is what the account file, the settings or the plan says. What none of them says is empty, and told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flows.oversee.art30.periods import Period, Periods
from schemas.account import Account
from schemas.finding import Finding
from schemas.ground import Organisation
from schemas.oversight import OversightSettings
from schemas.payload import digest

BESIDE: Final = ("reference", "updated")
"""Fields that tell of the municipality's own register, written when the entry has been entered there: no change of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One part of the entry.

    Attributes:
        key: English name. article: of the regulation, or empty. title: in Swedish. values: what it says, in order.
        place: where a missing one is to be written; empty = nothing is amiss when it is empty.
    """

    key: str
    article: str
    title: str
    values: tuple[str, ...]
    place: str

    @property
    def lacking(self) -> bool:
        """It is to be there and is not."""
        return bool(self.place) and not self.values


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The entry of one account; ``periods`` are the plan's rows that its records fall under."""

    account: str
    authority: str
    fields: tuple[Field, ...]
    periods: Periods

    def as_json(self) -> dict[str, Any]:
        """JSON values, the same whenever the entry says the same; ``fields_of`` and ``periods_of`` read them back."""
        return {
            "account": self.account,
            "authority": self.authority,
            "fields": [
                {
                    "key": one.key,
                    "article": one.article,
                    "title": one.title,
                    "values": list(one.values),
                    "lacks": one.lacking,
                }
                for one in self.fields
            ],
            "plan": {"edition": self.periods.edition, "decision": self.periods.decision},
            "periods": [one.as_json() for one in self.periods.rows],
        }

    def mark(self) -> str:
        """Digest of what it says, to tell whether it has changed (``BESIDE`` left out)."""
        said = self.as_json()
        return digest({**said, "fields": [one for one in said["fields"] if one["key"] not in BESIDE]})


def make_entry(
    account: Account,
    settings: OversightSettings,
    organisation: Organisation,
    office: Sequence[str],
    periods: Periods,
    today: date,
) -> Entry:
    """The account's entry.

    Args:
        office: the municipality's contact lines (``[disclosure] office``), or empty. periods: see ``plan_periods``.
        today: the local civil day, for who administers the account.
    """
    duties, said = account.duties, account.duties.processing
    third = said.third_country or settings.third_country
    administrators = sum(one.active_on(today) for one in account.everybody())
    file, home = "kontofilen: [duties.processing]", "inställningarna: [oversight]"
    both = f"{file} eller {home}"
    fields = (
        _field(
            "controller",
            "30.1 a",
            "Personuppgiftsansvarig",
            _controller(account, settings, organisation),
            f"{home} controller",
        ),
        _field("contact", "30.1 a", "Kontaktuppgifter", tuple(office), "inställningarna: [disclosure] office"),
        _field("officer", "30.1 a", "Dataskyddsombud", said.officer or settings.officer, f"{both} officer"),
        _field("joint", "26 och 30.1 a", "Gemensamt personuppgiftsansvar", said.joint, f"{file} joint"),
        _field("purpose", "30.1 b", "Ändamål", said.purpose or duties.analysis.purpose, f"{file} purpose"),
        _field("basis", "6.1", "Rättslig grund", said.basis, f"{file} basis"),
        _field("subjects", "30.1 c", "Kategorier av registrerade", said.subjects, f"{file} subjects"),
        _field("data", "30.1 c", "Kategorier av personuppgifter", said.data, f"{file} data"),
        _field("recipients", "30.1 d", "Mottagare", said.recipients, f"{file} recipients"),
        _field("third_country", "30.1 e", "Överföring till tredjeland", third, f"{both} third_country"),
        _field(
            "transfer",
            "30.1 e och 44–49",
            "Stöd för överföringen",
            said.transfer,
            f"{file} transfer" if third and not _no(third) else "",
        ),
        _field(
            "periods",
            "30.1 f",
            "Tidsfrister för radering",
            tuple(f"{one.type}: {one.disposal}; rad {one.rule}" for one in periods.rows),
            "",
        ),
        _field(
            "security", "30.1 g och 32", "Säkerhetsåtgärder", said.security or settings.security, f"{both} security"
        ),
        _field("administrators", "32", "Behöriga administratörer", str(administrators) if administrators else "", ""),
        _field("platform", "", "Plattform", f"{account.platform}: {account.handle}", ""),
        _field("address", "", "Kontots adress", duties.address, "kontofilen: [duties] address"),
        _field("routine", "", "Kontots skriftliga rutin", duties.routine, ""),
        _field("unit", "", "Ansvarig verksamhet", account.unit, "kontofilen: unit"),
        _field("started", "", "Beslut att starta kontot", _decision(duties.decided, duties.decided_by, duties.dnr), ""),
        _field(
            "closed", "", "Beslut att avsluta kontot", _decision(duties.closed, duties.closed_by, duties.closed_dnr), ""
        ),
        _field("reference", "", "Nummer i kommunens registerförteckning", said.reference, f"{file} reference"),
        _field("updated", "", "Senast översedd", said.updated.isoformat() if said.updated else "", f"{file} updated"),
    )
    return Entry(account=account.name, authority=account.authority, fields=fields, periods=periods)


_NO: Final = frozenset({"nej", "ingen", "inga", "nej."})


def _no(text: str) -> bool:
    return text.strip().casefold() in _NO


def _field(key: str, article: str, title: str, said: str | Sequence[str], place: str) -> Field:
    values = (said,) if isinstance(said, str) else said
    return Field(key=key, article=article, title=title, values=tuple(one for one in values if one.strip()), place=place)


def _controller(account: Account, settings: OversightSettings, organisation: Organisation) -> tuple[str, ...]:
    """As the settings name it, else the archive creator's own name; a slug alone names nobody."""
    if settings.controller:
        return (settings.controller,)
    name = organisation.authorities.get(account.authority, "")
    if not name:
        return ()
    number = organisation.code.removeprefix("ORG:")
    return (name, *((f"{organisation.name}, organisationsnummer {number}",) if number and organisation.name else ()))


def _decision(day: date | None, by: str, dnr: str) -> str:
    return ", ".join(one for one in (day.isoformat() if day else "", by, dnr) if one)


def findings(entry: Entry, updated: date | None, changed: date) -> tuple[Finding, ...]:
    """What the entry lacks, and whether it changed after it was last looked over.

    Args:
        updated: day on which the municipality's register was last looked over. changed: day on which the entry last changed.
    """
    found = [
        _finding(
            entry,
            "W201",
            title=one.title,
            article=f"artikel {one.article}" if one.article else "policyn",
            place=one.place,
        )
        for one in entry.fields
        if one.lacking
    ]
    periods = entry.periods
    if periods.standing == "none":
        found.append(_finding(entry, "W202"))
    elif not periods.rows:
        found.append(_finding(entry, "W203"))
    elif periods.uncovered:
        found.append(_finding(entry, "W204", count=len(periods.uncovered)))
    if periods.standing in ("example", "out-of-force"):
        found.append(_finding(entry, "W205"))
    if updated is not None and changed > updated:
        found.append(_finding(entry, "W206", changed=changed.isoformat(), updated=updated.isoformat()))
    return tuple(found)


def _finding(entry: Entry, code: str, **parameters: str | int) -> Finding:
    told = tuple(sorted(parameters.items()))
    return Finding(code=code, severity="warning", subject=entry.account, parameters=told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is another than in the entry before: where (key or row), its title, and both as shown."""

    field: str
    title: str
    old: str
    new: str

    def as_json(self) -> dict[str, str]:
        """JSON values."""
        return {"field": self.field, "title": self.title, "old": self.old, "new": self.new}


def changes(before: Mapping[str, Any], now: Entry) -> tuple[Change, ...]:
    """Field by field and row by row what differs from an entry that ``Entry.as_json`` wrote.

    Raises KeyError, TypeError or ValueError where that one is not readable.
    """
    # The field with the periods repeats the rows, which are compared one by one.
    left = ("periods", *BESIDE)
    old = {one["key"]: ("\n".join(one["values"]), one["title"]) for one in before["fields"] if one["key"] not in left}
    new = {one.key: ("\n".join(one.values), one.title) for one in now.fields if one.key not in left}
    found = [
        Change(field=key, title=(new.get(key) or old[key])[1], old=old.get(key, ("",))[0], new=new.get(key, ("",))[0])
        for key in dict.fromkeys([*new, *old])
        if old.get(key, ("",))[0] != new.get(key, ("",))[0]
    ]
    if (before["plan"]["edition"], before["plan"]["decision"]) != (now.periods.edition, now.periods.decision):
        plan = before["plan"]
        found.append(
            Change(
                field="plan",
                title="Dokumenthanteringsplan",
                old=_plan(plan["edition"], plan["decision"]),
                new=_plan(now.periods.edition, now.periods.decision),
            )
        )
    rows = {one["rule"]: Period.from_json(one).shown() for one in before["periods"]}
    there = {one.rule: one.shown() for one in now.periods.rows}
    found += [
        Change(field=f"periods.{rule}", title=f"Planens rad {rule}", old=rows.get(rule, ""), new=there.get(rule, ""))
        for rule in dict.fromkeys([*there, *rows])
        if rows.get(rule) != there.get(rule)
    ]
    return tuple(found)


def _plan(edition: str, decision: str) -> str:
    return f"utgåva {edition}, {decision or 'beslut saknas'}" if edition else ""
