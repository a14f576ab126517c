"""What a registry is handed of a record: the cover, the record in its context, XML, originals, digests.

The open form of a secret record is a neutral cover and nothing else (OSL 5:2 second paragraph); everything about it
stands in the secret form, which goes another way.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version as installed
from typing import Final

from flows.keep.covers import SecrecyMark, cover_rendering
from flows.keep.own import read_own
from flows.keep.read import rows_of_item
from flows.keep.renditions import marked_secret, shown_items, thread_pdf
from flows.register.describe import (
    OURS,
    Described,
    Found,
    attachments,
    case_record,
    describe,
    secret_mark,
)
from flows.register.zipped import Files, Form, pack
from schemas.calendar import local_day
from schemas.casefile import Aggregation, Appendix, CaseControl
from schemas.finding import Finding
from schemas.ground import Home
from schemas.hold import Mark
from schemas.ids import ItemId, month_of
from schemas.neighbours import MissingError, Reading
from schemas.package import named
from schemas.payload import read as read_payload
from schemas.record import Row
from schemas.registration import Registration
from schemas.rendering import Rendering, Typeset
from schemas.shelf import medium
from schemas.xml.arendehantering import write_arendehantering
from schemas.xml.record_form import MAIN, Header
from schemas.xml.record_write import write_records

COVER, THREAD, CASE, RECORD, SUMS = "forsattsblad.pdf", "handling.pdf", "handling.xml", "record.xml", "SHA256SUMS"
_NAMES: Final = frozenset({COVER, THREAD, CASE, RECORD, SUMS})
ROOM: Final = 128 * 1024 * 1024
"""Bytes of originals that one parcel takes; what is beyond is listed, and told of (J123)."""

_LEFT_OUT: Final = (
    "Plattformens egna uppgifter, därför att de pekar på en sekretessmarkerad handling; de finns i arkivet"
)
_ORIGINAL: Final = "Bilaga, i original"
_ABOUT: Final = {
    COVER: "Försättsblad (PDF/A)",
    THREAD: "Handlingen i sitt sammanhang (PDF/A)",
    CASE: "Handlingen enligt FGS Ärendehantering 1.0 (XML)",
    RECORD: "Handlingen som den samlades in, med alla lydelser (XML)",
    SUMS: "Kontrollsummor (SHA-256)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A parcel, and what is to be told of it.

    Attributes:
        data: the zip (``zipped``). forms: what is in it. items: every record whose content it shows. findings: J122, J123, J125.
    """

    data: bytes
    forms: Mapping[Form, Files]
    items: tuple[ItemId, ...]
    findings: tuple[Finding, ...]

    @property
    def files(self) -> int:
        """How many files there are, in both forms."""
        return sum(map(len, self.forms.values()))


def build_parcel(home: Home, way: Registration, *, salt: bytes, room: int = ROOM) -> Built | None:
    """Build what is handed over of a record under a registrar's decision; None when the record is no longer there.

    Rows observed after the decision are not in it: a later version is a new question to the registrar.

    Args:
        salt: 32 random bytes, so that the stored file's digest tells nothing of its content.
        room: bytes of originals that it takes.
    """
    rows = [row for row in rows_of_item(home.ground.state, home.ground.store, way.item) if row.observed <= way.decided]
    if not any(row.row == "version" for row in rows):
        return None
    with home.ground.state.reading() as books:
        marks = books.marks.of([way.item])
    return _Builder(home, way, rows, marks, salt, room).built()


class _Builder:
    def __init__(
        self, home: Home, way: Registration, rows: Sequence[Row], marks: Sequence[Mark], salt: bytes, room: int
    ) -> None:
        self._home, self._way, self._rows, self._salt, self._room = home, way, rows, salt, room
        self._mark = secret_mark(marks, way.item)
        self._secrecy = _secrecy(self._mark, home)
        self._beside = _secret_beside(home, rows) if self._secrecy is None else frozenset()
        subject, matter = _said(home, way)
        marked = next((one.dnr for one in marks if one.kind == "i-arende"), "")
        earlier = next((one.dnr for one in marks if one.kind == "registrerad" and one.at < way.decided), "")
        self._described: Described = describe(
            rows, home.organisation, subject=subject, matter=matter, marked=marked, earlier=earlier
        )
        self._items: dict[ItemId, None] = {way.item: None}
        self._unshown = 0

    def built(self) -> Built:
        """Both forms, packed."""
        found, lacking = attachments(self._rows)
        originals, missing, large = self._originals(found)
        whole = self._whole(originals, lacking + missing, large)
        forms: dict[Form, Files] = {"oppen": whole}
        if self._way.secret:
            neutral = [(COVER, self._cover((), neutral=True))]
            forms = {"oppen": [*neutral, _sums(neutral)], "sekretess": whole}
        if self._way.record is not None:
            self._items[self._way.record] = None
        return Built(
            data=pack(forms),
            forms=forms,
            items=tuple(self._items),
            findings=tuple(self._findings(lacking + missing, len(large))),
        )

    def _whole(self, originals: Files, lacking: int, large: Sequence[Found]) -> Files:
        """The form that holds everything; of a secret record, the secret one."""
        thread = [] if self._ours else [(THREAD, self._thread())]
        beside = [*thread, (RECORD, self._record()), *originals]
        names = sorted([*(name for name, _ in beside), CASE], key=_order)
        contents = [(name, _ABOUT.get(name, _ORIGINAL)) for name in names]
        contents.extend((one.name, f"Följer inte med ({one.reference.size} byte); finns i arkivet") for one in large)
        cover = (COVER, self._cover(tuple(contents), neutral=False))
        case = (CASE, self._case([cover, *beside], lacking, large))
        files = sorted([cover, case, *beside], key=lambda file: _order(file[0]))
        return [*files, _sums(files)]

    @property
    def _ours(self) -> bool:
        return self._rows[0].platform == OURS

    def _cover(self, contents: tuple[tuple[str, str], ...], *, neutral: bool) -> bytes:
        said = self._described
        return self._typeset(
            cover_rendering(
                organisation=self._home.organisation,
                authority=said.authority,
                received_or_made=said.at,
                direction=said.direction,
                sender="" if neutral else said.sender,
                recipient="" if neutral else said.recipient,
                subject="" if neutral else said.subject,
                secrecy=None if neutral else self._secrecy,
                matter=said.matter or None,
                item=said.item,
                made=self._way.decided,
                neutral=neutral,
                contents=contents,
                wording=said.wording,
                earlier=said.earlier,
            )
        )

    def _thread(self) -> bytes:
        """The record in its context: what it answers up to the beginning, and our own replies to it.

        An open form shows nothing of what is marked secret around it; a stub stands there.
        """
        way = self._way
        done, rendering = thread_pdf(
            self._home,
            way.item,
            way.item,
            through=way.decided,
            made=way.decided,
            around="needed",
            secrecy=self._secrecy,
        )
        self._items.update(dict.fromkeys(shown_items(rendering)))
        return self._counted(done)

    def _typeset(self, rendering: Rendering) -> bytes:
        return self._counted(self._home.typesetter.render(rendering))

    def _counted(self, done: Typeset) -> bytes:
        self._unshown += len(done.replaced) + len(done.unshown)
        return done.pdf

    def _record(self) -> bytes:
        first = self._rows[0]
        header = Header(
            authority=first.authority,
            account=first.account,
            platform=first.platform,
            month=month_of(first.item),
            part=MAIN,
            made=self._way.decided,
            edition=None,
            salt=self._salt.hex(),
        )
        sink = io.BytesIO()
        write_records(sink, header, self._pointless())
        return sink.getvalue()

    def _pointless(self) -> Sequence[Row]:
        """The rows; in an open form without what points at a secret record: a platform's id may name its sender."""
        if not self._beside:
            return self._rows
        return [
            replace(
                row,
                parent_native=None if row.parent in self._beside else row.parent_native,
                thread_native=None if row.thread in self._beside else row.thread_native,
                payload=None,
            )
            for row in self._rows
        ]

    def _case(self, files: Files, lacking: int, large: Sequence[Found]) -> bytes:
        """The record as FGS Ärendehantering has it, with everything that lies beside it as appendices."""
        home, way, said = self._home, self._way, self._described
        appendices = [self._appendix(name, data) for name, data in files]
        marker = "" if self._secrecy is None else self._secrecy.authority
        record = case_record(self._rows, said, self._mark, appendices, lacking=lacking, marker=marker)
        if self._beside:
            record = replace(record, values=(*record.values, (f"Utelämnat ur {RECORD}", _LEFT_OUT)))
        if large:
            told = tuple(
                ("Bilaga som inte följer med", f"{one.name}, {one.reference.size} byte, SHA-256 {one.reference.digest}")
                for one in large
            )
            record = replace(record, values=(*record.values, *told))
        control = CaseControl(
            id=str(named("registration", way.item, str(way.version))),
            made=way.decided,
            agency=home.organisation.authority(said.authority),
            agency_code=home.organisation.code,
            version=installed("bevara"),
        )
        aggregation = Aggregation(
            system_id=str(named("registration", way.item)),
            object_id=said.matter or way.message,
            title="Handling för registrering",
            created=way.decided,
            authority=home.organisation.authority(said.authority),
            records=[record],
        )
        sink = io.BytesIO()
        write_arendehantering(sink, control, aggregation, matter=False)
        return sink.getvalue()

    def _appendix(self, name: str, data: bytes) -> Appendix:
        found = self._home.formats.identify(name, io.BytesIO(data), len(data))
        return Appendix(
            name=name,
            path=name,
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            media_type=found.media_type,
            puid=found.puid,
            format_name=found.name,
            description=_ABOUT.get(name, _ORIGINAL),
        )

    def _originals(self, found: Sequence[Found]) -> tuple[list[tuple[str, bytes]], int, list[Found]]:
        """Attachments as received, how many are not to be had, and those that there is no room for."""
        store = self._home.ground.store
        taken: list[tuple[str, bytes]] = []
        missing, room = 0, self._room
        large: list[Found] = []
        for one in found:
            key = medium(one.reference.digest or "")
            there = store.head(key)
            if there is not None and there.size > room:
                large.append(one)
                continue
            data = b"" if there is None else _proven(store, key, one.reference.digest)
            if there is None or data is None:
                missing += 1
                continue
            room -= len(data)
            name = one.name if one.name not in _NAMES else f"bilaga-{one.name}"
            taken.append((name, data))
        return taken, missing, large

    def _findings(self, lacking: int, large: int) -> Sequence[Finding]:
        told = (("J122", "warning", lacking), ("J123", "warning", large), ("J125", "info", self._unshown))
        return [
            Finding(
                code=code,
                severity="info" if severity == "info" else "warning",
                subject=self._way.item,
                parameters=(("items", count),),
            )
            for code, severity, count in told
            if count
        ]


def _proven(store: Reading, key: str, digest: str | None) -> bytes | None:
    """An attachment's bytes, or None when they are gone or are others than they were."""
    try:
        data = store.get(key)
    except MissingError:
        return None
    return data if hashlib.sha256(data).hexdigest() == digest else None


def _order(name: str) -> tuple[int, str]:
    """The cover first, then the record, its XML, and originals by name."""
    known = (COVER, THREAD, CASE, RECORD)
    return (known.index(name), "") if name in known else (len(known), name)


def _sums(files: Files) -> tuple[str, bytes]:
    lines = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files]
    return SUMS, "".join(lines).encode("ascii")


def _secrecy(mark: Mark | None, home: Home) -> SecrecyMark | None:
    if mark is None:
        return None
    authority = home.organisation.authority(mark.authority)
    return SecrecyMark(provision=mark.provision, day=mark.on or local_day(mark.at), authority=authority)


def _secret_beside(home: Home, rows: Sequence[Row]) -> frozenset[ItemId]:
    """Records marked secret that this one answers, or that begin its thread."""
    near = {one for row in rows for one in (row.parent, row.thread) if one is not None and one != row.item}
    return marked_secret(home.ground, sorted(near))


def _said(home: Home, way: Registration) -> tuple[str, str]:
    """Subject and matter as the registrar's decision has them; empty where the decision can no longer be read."""
    row = read_own(home.ground, way.record) if way.record is not None else None
    if row is None or row.payload is None:
        return "", ""
    told = read_payload(row.payload.encode("utf-8"))["registration"]
    return str(told.get("subject", "")), str(told.get("matter", ""))
