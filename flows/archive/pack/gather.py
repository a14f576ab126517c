"""The work on one package's content: record documents, attachments, renditions, the case file, texts and schemas."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO, Final

from flows.archive.pack.attached import Attachments, told
from flows.archive.pack.describe import Counts, aggregation_of, control_of, described
from flows.archive.pack.documentation import Told, account_text, harvest_text, listed, readme
from flows.archive.pack.official import XSD, schemas_of
from flows.archive.pack.planned import Planned
from flows.archive.pack.records import Known, case_record, culled_record
from flows.archive.pack.renditions import FORMAT as PDF
from flows.archive.pack.renditions import Made, Renditions
from flows.archive.pack.spool import Source, Spool
from flows.archive.pack.words import counted
from flows.keep.own import ACCOUNT, PLATFORM
from schemas.account import Account
from schemas.casefile import Aggregation, Appendix, CaseControl, CaseRecord
from schemas.delivery import Intent, Profile
from schemas.finding import Finding
from schemas.ground import Home
from schemas.ids import ItemId, Month
from schemas.package import Entry, Format, Package, Representation, Role, in_package
from schemas.record import Row
from schemas.xml.arendehantering import write_arendehantering
from schemas.xml.erms import write_erms
from schemas.xml.mets_eark_form import CASE_TYPES
from schemas.xml.package_info import FILE_NAME as PACKAGE_INFO
from schemas.xml.package_info import write_package_info
from schemas.xml.record import MAIN, Header, write_records

ORIGINAL: Final = "original"
"""Representation with what was received: record documents with the raw payload, attachments."""
PRESERVATION: Final = "preservation"
"""Representation for the long run: the case file and the renditions."""
CASE: Final = {"eark": "ERMS.xml", "fgs12": "Arendehantering.xml"}
"""Name of the case file, by form."""
_OTHER: Final = "bevara-record-1"
_BASIS: Final = "skriven så av Bevara"
_XML: Final = Format(
    puid="fmt/101", name="Extensible Markup Language", version="1.0", media_type="application/xml", basis=_BASIS
)
_TEXT: Final = Format(puid="x-fmt/111", name="Plain Text File", media_type="text/plain", basis=_BASIS)
_CSV: Final = Format(puid="x-fmt/18", name="Comma Separated Values", media_type="text/csv", basis=_BASIS)


class Gathering:
    """The work on one package."""

    def __init__(self, home: Home, intent: Intent, profile: Profile, spool: Spool, chosen: Planned) -> None:
        self._home = home
        self._intent = intent
        self._profile = profile
        self._spool = spool
        self._chosen = chosen
        self.findings: list[Finding] = []
        self.sources: list[Source] = []
        self._attached = Attachments(home, intent.id, self._path(ORIGINAL, ""))
        self._documents: dict[Month, str] = {}
        self._pdfs: dict[ItemId, Appendix] = {}
        self._visitors = 0
        with home.ground.state.reading() as books:
            self._account: Account | None = books.accounts.get(intent.account)
            self._coverages = books.notes.coverage(intent.account)
        # What Bevara itself made lies under an account of that name, which is in no register.
        unknown = PLATFORM if intent.account == ACCOUNT else "okand"
        self._platform = unknown if self._account is None else self._account.platform

    def end(self) -> None:
        """Nothing more is asked; what is still being identified is given up."""
        self._attached.end()

    def package(self) -> Package:
        """Write everything into the spool and describe it; then ``sources`` and ``findings`` are whole."""
        records = [self._document(month) for month in self._chosen.by_month]
        self.findings += self._attached.look_up()
        pdfs = self._renditions()
        # Formats are waited for one by one, while the case file is written.
        case, listing = self._case()
        self.findings += self._attached.unknown()
        media = self._attached.all()
        self.sources += [one.source for one in media]
        original = Representation(
            name=ORIGINAL,
            content_type="OTHER",
            other_content_type=_OTHER,
            entries=_by_path([*records, *(one.entry for one in media)]),
        )
        preservation = Representation(
            name=PRESERVATION,
            content_type=self._content_type(),
            other_content_type=self._profile.other_content_type,
            entries=_by_path([case, *pdfs]),
        )
        package = replace(self._described(original, preservation), schemas=self._schemas())
        package = replace(package, documentation=_by_path([*self._texts(package), listing]))
        if self._profile.form == "eark":
            package = replace(package, package_info=(self._package_info(package),))
        if self._chosen.culled:
            self.findings.append(told("A246", "info", self._intent.id, records=len(self._chosen.culled)))
        return package

    def _content_type(self) -> str:
        if self._profile.form == "eark":
            return self._profile.content_type or CASE_TYPES[self._profile.erms]
        return "ERMS"

    def _path(self, representation: str, path: str) -> str:
        return in_package(self._profile.form, representation, path)

    def _entry(self, source: Source, path: str, role: Role, form: Format, *, says: str, item: str = "") -> Entry:
        """Keep the source and describe it; ``path`` is the entry's, where that is not the source's own."""
        self.sources.append(source)
        return Entry(
            path=path,
            size=source.size,
            sha256=source.sha256,
            created=self._intent.made,
            role=role,
            format=form,
            item=item,
            description=says,
        )

    # Record documents

    def _document(self, month: Month) -> Entry:
        intent, items = self._intent, self._chosen.by_month[month]
        name = f"records/{intent.account}-{month}.xml"
        header = Header(
            authority=intent.authority,
            account=intent.account,
            platform=self._platform,
            month=month,
            part=MAIN,
            made=intent.made,
            edition=intent.edition or None,
            salt=self._salt(month),
        )
        with self._spool.writing(self._path(ORIGINAL, name)) as (sink, found):
            write_records(sink, header, self._noted(items))
        source = found[0]
        self._documents[month] = source.path
        return self._entry(source, name, "record", _XML, says=f"Handlingsdokument för {month}")

    def _salt(self, month: Month) -> str:
        """32 bytes that a rebuild finds again and that nobody guesses from the ledger, where the package's digest is."""
        words = f"package salt\x1f{self._intent.id}\x1f{month}".encode()
        return hmac.new(self._home.native_key(), words, "sha256").hexdigest()

    def _noted(self, items: Sequence[ItemId]) -> Iterator[Row]:
        for _, rows in self._chosen.holdings.rows(items):
            self._attached.note(rows)
            self._visitors += not rows[-1].own
            yield from rows

    # Renditions

    def _renditions(self) -> list[Entry]:
        chosen = self._chosen
        renditions = Renditions(self._home, self._intent, chosen.holdings, chosen.culled, chosen.selection.marks)
        made = sorted(
            renditions.all(chosen.threads, self._spool, self._path(PRESERVATION, "pdf/")),
            key=lambda one: one.source.path,
        )
        replaced, unshown = sum(one.replaced > 0 for one in made), sum(one.unshown for one in made)
        if replaced:
            self.findings.append(told("A247", "warning", self._intent.id, threads=replaced))
        if unshown:
            self.findings.append(told("A248", "info", self._intent.id, pictures=unshown))
        return [self._rendition(one) for one in made]

    def _rendition(self, one: Made) -> Entry:
        name = f"pdf/{one.thread.first}.pdf"
        says = f"Tråden som PDF/A-3b ({counted(len(one.thread.items), 'handling', 'handlingar')})"
        self._pdfs[one.thread.first] = Appendix(
            name=name.rpartition("/")[2],
            path=one.source.path,
            size=one.source.size,
            sha256=one.source.sha256,
            media_type=PDF.media_type,
            puid=PDF.puid,
            format_name=PDF.name,
            description=says,
        )
        return self._entry(one.source, name, "rendition", PDF, says=says, item=one.thread.first)

    # The case file

    def _case(self) -> tuple[Entry, Entry]:
        """The case file and the list of records, written in one go."""
        intent, profile, organisation = self._intent, self._profile, self._home.organisation
        name = CASE[profile.form]
        authority = organisation.authority(intent.authority)
        package = self._described()
        control = control_of(intent, package, authority)
        aggregation = aggregation_of(intent, organisation, self._account, self._chosen.selection)
        with (
            self._spool.writing("documentation/forteckning.csv") as (csv, listing),
            self._spool.writing(self._path(PRESERVATION, name)) as (sink, found),
        ):
            records = listed(self._records(authority), csv)
            self._write_case(sink, control, replace(aggregation, records=records))
        entry = self._entry(found[0], name, "case", _XML, says="Ärendefilen: en post per handling")
        listing_entry = self._entry(
            listing[0], listing[0].path, "documentation", _CSV, says="Alla handlingar: id, tid, slag och filer"
        )
        return entry, listing_entry

    def _write_case(self, sink: BinaryIO, control: CaseControl, aggregation: Aggregation) -> None:
        if self._profile.form == "eark":
            write_erms(sink, self._profile.erms, control, aggregation)
        else:
            write_arendehantering(sink, control, aggregation, matter=True)

    def _records(self, authority: str) -> Iterator[CaseRecord]:
        """Every record in order: a month's items, then what was culled of that month."""
        chosen = self._chosen
        known = Known(
            plan=chosen.selection.plan,
            authority=authority,
            slug=self._intent.authority,
            platform=self._platform,
            inside=frozenset(chosen.places) | {one.item for one in chosen.culled},
        )
        number = 0
        for month in chosen.months:
            for item, rows in chosen.holdings.rows(chosen.by_month.get(month, [])):
                number += 1
                files, missing = self._attached.of(rows)
                pdf = self._pdfs.get(item)
                yield case_record(
                    item,
                    rows,
                    number=number,
                    place=chosen.places[item],
                    chosen=chosen.selection.items[item],
                    marks=chosen.selection.marks.get(item, ()),
                    known=known,
                    appendices=files if pdf is None else [*files, pdf],
                    document=self._documents[month],
                    missing=missing,
                )
            for stone in chosen.culled_by_month.get(month, ()):
                number += 1
                yield culled_record(stone, number, known)

    # What describes it

    def _described(self, *representations: Representation) -> Package:
        chosen = self._chosen
        secret = [mark for marks in chosen.selection.marks.values() for mark in marks if mark.kind == "sekretess"]
        media = [entry for one in representations for entry in one.entries if entry.role == "original"]
        return described(
            intent=self._intent,
            profile=self._profile,
            organisation=self._home.organisation,
            account=self._account,
            selection=chosen.selection,
            counts=Counts(
                records=len(chosen.places),
                culled=len(chosen.culled),
                files=len(media),
                visitors=self._visitors,
                secret=len(secret),
                provisions=tuple(sorted({mark.provision for mark in secret if mark.provision})),
                unknown=sum(not entry.format.puid for entry in media),
            ),
            representations=representations,
            tool=self._home.formats.tool if media else "",
        )

    def _texts(self, package: Package) -> Iterator[Entry]:
        said = Told(
            form=self._profile.form,
            mets_name=self._profile.mets_name or "sip.xml",
            case=CASE[self._profile.form],
            intent=self._intent,
            account=self._account,
            authority=self._home.organisation.authority(self._intent.authority),
            selection=self._chosen.selection,
            culled=len(self._chosen.culled),
        )
        for name, text, says in (
            ("LASMIG.txt", readme(package, said), "Läs mig först: vad paketet är och vad fälten betyder"),
            ("konto.txt", account_text(said), "Kontot, arkivbildaren, perioden och planens rader"),
            ("insamling.txt", harvest_text(said, self._coverages), "Hur insamlingen har gått, månad för månad"),
        ):
            source = self._spool.write(f"documentation/{name}", text.encode("utf-8"))
            yield self._entry(source, source.path, "documentation", _TEXT, says=says)

    def _schemas(self) -> tuple[Entry, ...]:
        found: list[Entry] = []
        lacking = 0
        for name, says, data in schemas_of(self._home.schemas_dir, self._profile):
            if data is None:
                lacking += 1
                continue
            source = self._spool.write(f"schemas/{name}", data)
            form = XSD if name.endswith(".xsd") else _XML
            found.append(self._entry(source, source.path, "schema", form, says=says))
        if lacking:
            self.findings.append(told("A245", "info", self._intent.id, files=lacking))
        return _by_path(found)

    def _package_info(self, package: Package) -> Entry:
        source = self._spool.write(f"documentation/{PACKAGE_INFO}", write_package_info(package))
        return self._entry(source, source.path, "package-info", _XML, says="Uppgifter om paketet enligt Riksarkivet")


def _by_path(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda one: one.path))
