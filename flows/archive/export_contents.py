"""Everything that an exported archive holds but its ledger and the text for the reader, file by file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from flows.archive.export_choose import Choice, Place, Wish
from flows.archive.export_folder import Building
from flows.archive.export_media import HEAD as MEDIA_HEAD
from flows.archive.export_media import Attachments, Lost
from flows.archive.export_records import HEAD as RECORDS_HEAD
from flows.archive.export_records import Documents, Threads, Written
from flows.archive.export_tables import Table
from flows.keep.judged import standing
from schemas.calendar import local_day
from schemas.codes import sentence
from schemas.codes.words import value
from schemas.finding import Finding, Severity
from schemas.ground import Home
from schemas.ids import rfc3339
from schemas.neighbours import Chance
from schemas.package import plain_name
from schemas.person import key_line
from schemas.xml.protocol import SCHEMA_FILE as PROTOCOL_SCHEMA
from schemas.xml.record import SCHEMA_FILE as RECORD_SCHEMA

SCRIPTS: Final = {
    "kontrollera_liggaren.py": "verify_ledger.py",
    "kontrollera_gallringsprotokoll.py": "verify_certificate.py",
}
"""Name in the export → name in the installation's folder ``infra``."""
_INFRA: Final = Path(__file__).resolve().parents[2] / "infra"
_LOST: Final = ("kod", "orsak", "arkivbildare", "konto", "månad", "handlingar", "kontrollsumma", "ursprungligt_namn")
_CULLED: Final = ("id", "slag", "svarar_på", "tråd", "gallrad", "planrad", "utgåva", "gallringslista")
_ACCOUNTS: Final = ("konto", "plattform", "namn_på_plattformen", "arkivbildare", "enhet", "administratörer", "med")
_EDITIONS: Final = ("utgåva", "fil", "kontrollsumma", "antagen_av", "antagen")
_COUNTED: Final[tuple[tuple[str, Severity, str], ...]] = (
    ("A341", "error", "files"),
    ("A342", "error", "files"),
    ("A343", "warning", "files"),
    ("A346", "warning", "threads"),
    ("A347", "info", "threads"),
)
"""Codes that are counted over the whole export: severity, and the name of the number in the sentence."""

Step = Callable[[str, int], None]
"""Told of progress: an account's name or a sort of file, and how many more are done."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What has been counted so far; ``counts``: by finding code; ``years``: culled records by civil year."""

    items: int = 0
    rows: int = 0
    documents: int = 0
    attachments: int = 0
    threads: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    years: Counter[int] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    @property
    def missing(self) -> int:
        """Attachments that are not there, whyever."""
        return sum(self.counts[code] for code in ("A341", "A342", "A343"))


class Contents:
    """The work on one export's contents; ``tally`` tells of it."""

    def __init__(self, home: Home, wish: Wish, choice: Choice, building: Building, step: Step, made: datetime) -> None:
        """Write nothing yet."""
        self._home = home
        self._wish = wish
        self._choice = choice
        self._building = building
        self._step = step
        self._made = made
        self.tally = Tally(findings=list(choice.findings))
        sources = {name: _INFRA / source for name, source in SCRIPTS.items()}
        self._scripts = sources if all(one.is_file() for one in sources.values()) else {}

    @property
    def scripts(self) -> bool:
        """Whether the checking scripts are there."""
        return bool(self._scripts)

    def write(self, chance: Chance) -> None:
        """Write everything; then ``tally`` is whole. ``chance``: for the salts of the record documents."""
        building = self._building
        with ExitStack() as open_tables:

            def table(path: str, head: Sequence[str]) -> Table:
                return Table(open_tables.enter_context(building.writing(path)), head)

            lost = _LostList(table("saknas.csv", _LOST), self.tally.counts)
            for one in self._choice.findings:
                lost.finding(one)
            attachments = Attachments(self._home, building, open_tables.enter_context(building.scratch()))
            done = self._documents(table("forteckning.csv", RECORDS_HEAD), attachments, lost, chance)
            self._files(table("bilagor.csv", MEDIA_HEAD), attachments, lost)
            if self._wish.pdf:
                self._threads(done, lost)
            self._culled(table("gallrade.csv", _CULLED))
            self._accounts(table("konton.csv", _ACCOUNTS))
            self._plans(table("plan/utgavor.csv", _EDITIONS))
        building.write("handlingar/record.xsd", RECORD_SCHEMA.read_bytes())
        building.write("handlingar/gallringsprotokoll.xsd", PROTOCOL_SCHEMA.read_bytes())
        building.write("nycklar.jsonl", self._keys())
        for name, source in self._scripts.items():
            building.write(name, source.read_bytes())
        self._findings()

    def _documents(
        self, listing: Table, attachments: Attachments, lost: _LostList, chance: Chance
    ) -> dict[Place, tuple[str, ...]]:
        """Write the record documents; returns which accounts' are whole, by partition."""
        ground = self._home.ground
        edition = standing(ground, local_day(self._made), holds=False).edition
        documents = Documents(self._home, self._building, listing, made=self._made, edition=edition)
        done: dict[Place, tuple[str, ...]] = {}
        for place, accounts in self._choice.accounts.items():
            for account, found in documents.write(place, accounts, chance):
                if isinstance(found, Finding):
                    self.tally.findings.append(found)
                    lost.finding(found)
                    continue
                self._written(found)
                attachments.note([one for one in found.references if one.digest])
                for one in found.references:
                    if not one.digest:
                        never = Lost(code="A343", digest="", name=one.name, items=(one.item,))
                        lost.attachment(never, (place[0], account, place[1]))
                done[place] = (*done.get(place, ()), account)
                self._step(account, found.items)
        return done

    def _written(self, found: Written) -> None:
        self.tally.items += found.items
        self.tally.rows += found.rows
        self.tally.documents += 1

    def _files(self, table: Table, attachments: Attachments, lost: _LostList) -> None:
        for one in attachments.copy(table):
            lost.attachment(one, ("", "", ""))
        self.tally.attachments = attachments.copied

    def _threads(self, done: Mapping[Place, Sequence[str]], lost: _LostList) -> None:
        for one in Threads(self._home, self._building, made=self._made).write(done):
            if one.path is None:
                lost.thread(one.authority, one.items)
                continue
            self.tally.threads += 1
            self.tally.counts["A347"] += one.changed
            self._step("pdf", 1)

    def _culled(self, table: Table) -> None:
        with self._home.ground.state.reading() as books:
            for one in books.tombstones.all():
                self.tally.years[local_day(one.culled).year] += 1
                when = rfc3339(one.culled)
                kind = value(one.kind, "sv")
                table.row(one.item, kind, one.parent or "", one.thread, when, one.rule, one.edition, one.order)

    def _accounts(self, table: Table) -> None:
        """The register of accounts: never credentials, nor where they are found."""
        exported = {account for accounts in self._choice.accounts.values() for account in accounts}
        with self._home.ground.state.reading() as books:
            accounts = books.accounts.all()
        for one in accounts:
            named = (one.name, one.platform, one.handle, self._home.organisation.authority(one.authority), one.unit)
            table.row(*named, " | ".join(one.administrators), "ja" if one.name in exported else "nej")

    def _plans(self, table: Table) -> None:
        """Every edition that was ever adopted, as it was adopted."""
        with self._home.ground.state.reading() as books:
            adopted = books.plans.adopted()
        taken: set[str] = set()
        for one in adopted:
            name = plain_name(f"{one.edition.replace('/', '-')}.toml", taken=taken)
            taken.add(name)
            self._building.write(f"plan/{name}", one.text.encode("utf-8"))
            table.row(one.edition, f"plan/{name}", one.digest, one.person, rfc3339(one.adopted))

    def _keys(self) -> bytes:
        with self._home.ground.state.reading() as books:
            roles = {one.name: one.role for one in books.persons.all()}
            keys = books.persons.keys()
        lines = [json.dumps(key_line(one, roles.get(one.person, "")), ensure_ascii=False) for one in keys]
        return "".join(f"{line}\n" for line in lines).encode("utf-8")

    def _findings(self) -> None:
        tally = self.tally
        for code, severity, number in _COUNTED:
            if count := tally.counts[code]:
                tally.findings.append(_told(code, severity, count, number))
        if self._choice.left_out:
            tally.findings.append(_told("A349", "info", self._choice.left_out, "items"))
        if not self._scripts:
            tally.findings.append(Finding(code="A348", severity="info", subject="export"))


def _told(code: str, severity: Severity, count: int, number: str) -> Finding:
    return Finding(code=code, severity=severity, subject="export", count=count, parameters=((number, count),))


class _LostList:
    """``saknas.csv``: what is not there, one row each, and how many by code."""

    def __init__(self, table: Table, counts: Counter[str]) -> None:
        self._table = table
        self._counts = counts

    def finding(self, one: Finding) -> None:
        """A partition that could not be read, or a document that could not be written."""
        authority, _, rest = one.subject.partition("/")
        account, _, month = rest.rpartition("/")
        reason = sentence(one.code, "sv", dict(one.parameters))
        self._table.row(one.code, reason, authority, account, month, "", "", "")

    def attachment(self, one: Lost, place: tuple[str, str, str]) -> None:
        """An attachment. ``place``: authority, account and month, where one is to be named."""
        reason = {
            "A341": "Bilagan fanns inte i lagret, eller är låst.",
            "A342": "Bilagan i lagret var skadad.",
            "A343": "Bilagan kunde aldrig hämtas från plattformen.",
        }[one.code]
        self._counts[one.code] += 1
        self._table.row(one.code, reason, *place, " ".join(one.items), one.digest, one.name)

    def thread(self, authority: str, items: Sequence[str]) -> None:
        """A thread without PDF/A."""
        self._counts["A346"] += 1
        reason = "Tråden kunde inte göras till PDF/A; handlingarna finns i handlingsdokumenten."
        self._table.row("A346", reason, authority, "", "", " ".join(items), "", "")
