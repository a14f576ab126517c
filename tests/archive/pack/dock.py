"""A home with an account, persons, a plan and delivery profiles, and the content of a small package made by hand.

The content is real where it counts for building and delivering: an ERMS document by the writer, a record, attachments
that lie in the home's store. What goes into a package, and how, is tested beside.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

from connectors.home import init_home, open_home
from flows.archive.pack.act import Wish, package
from flows.archive.pack.build import Built
from flows.archive.pack.content import Content
from flows.archive.pack.spool import Source, Spool
from flows.oversee.accounts.register import add_account
from schemas.account import Account
from schemas.books import AdoptedPlan
from schemas.casefile import Aggregation, CaseControl, CaseRecord
from schemas.delivery import Intent, Profile
from schemas.ground import Home
from schemas.ids import ItemId, Month, new_item_id
from schemas.package import Entry, Event, Format, Package, Representation, in_package, named, plain_name
from schemas.person import Person
from schemas.shelf import medium
from schemas.xml.erms import write_erms

AT = "2026-03-02T09:00:00+00:00"
ACCOUNT, AUTHORITY = "torget", "arvika-ks"
PERSON, CLERK = "Eva Redogörare", "Karin Handläggare"
MEDIA = (b"\x89PNG" + bytes(70_000), b"en film" * 20_000, b"")
WISH = Wish(account=ACCOUNT, first=Month("2025-01"), last=Month("2025-12"), profile="arkiv")
_PLAN = """
id = "prov"
title = "Plan för provet"
edition = "1"
authorities = ["arvika-ks"]
[mandate]
body = "Kommunstyrelsen"
date = 2024-12-01
paragraph = "§ 1"
dnr = "KS 2024/1"
[[rule]]
id = "allt"
type = "Allt bevaras"
action = "bevara"
reach = "item"
"""
_AGENTS = """
agreement = "KA 2025/17;2025-09-01"
[[agent]]
role = "archival-creator"
name = "Arvika kommunstyrelse"
code = "ORG:212000-1892"
[[agent]]
role = "submitter"
name = "Arvika kommun"
code = "ORG:212000-1892"
[[agent]]
role = "source-system"
name = "Bevara"
notes = ["1"]
"""
_RECEIVER = """
[receiver]
kind = "folder"
path = "../mottagare"
"""


def item(number: int) -> ItemId:
    """An item of the account in May 2025."""
    return new_item_id(Month("2025-05"), number.to_bytes(10, "big"))


@dataclass(slots=True)
class Dock:
    """The home, and the receiver's folder beside it. ``at``: the instant of what is done."""

    root: Path
    at: str = AT

    @property
    def receiver(self) -> Path:
        """The receiver's folder."""
        return self.root / "mottagare"

    @contextmanager
    def open(self) -> Iterator[Home]:
        """The home."""
        with open_home(self.root / "hem", at=datetime.fromisoformat(self.at)) as home:
            yield home

    def profile(self, name: str, head: str, *, receiver: bool = False) -> None:
        """Write a delivery profile. ``head``: its first lines."""
        folder = self.root / "hem" / "profiles"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.toml").write_text(f"{head}\n{_AGENTS}{_RECEIVER if receiver else ''}", "utf-8")

    def build(self) -> None:
        """Make the home, its persons, account, plan and profiles."""
        self.receiver.mkdir(parents=True)
        init_home(self.root / "hem", rehearsal=True, seed="paket", key_file=None)
        self.profile("arkiv", 'form = "eark"', receiver=True)
        self.profile("hand", 'form = "eark"\ncontainer = "zip"\nkeep = true')
        self.profile("gammal", 'form = "fgs12"\ncontainer = "zip"', receiver=True)
        with self.open() as home:
            at = home.ground.clock.now()
            add_account(home.ground, Account(name=ACCOUNT, platform="mastodon", handle="torget", authority=AUTHORITY))
            with home.ground.state.writing() as books:
                for name, role in ((PERSON, "arkivredogörare"), (CLERK, "handläggare")):
                    books.persons.add(Person(name=name, role=role, added=at))
                books.plans.adopt(
                    AdoptedPlan(
                        edition="1",
                        text=_PLAN,
                        digest=hashlib.sha256(_PLAN.encode()).hexdigest(),
                        person=PERSON,
                        adopted=at,
                    )
                )
            sizes = {hashlib.sha256(data).hexdigest(): len(data) for data in MEDIA}
            for data in MEDIA:
                home.ground.store.put_new(medium(hashlib.sha256(data).hexdigest()), data)
            with home.ground.state.writing() as books:
                books.media.refer([(item(1), digest) for digest in sizes], sizes)

    def package(self, wish: Wish = WISH) -> Built:
        """Package the content made by hand."""
        with self.open() as home:
            return package(home, wish, PERSON, gather=gather)


def copied(template: Path, root: Path) -> Dock:
    """A copy of a dock that was built before: quicker than to build it anew."""
    shutil.copytree(template, root)
    return Dock(root)


def gather(home: Home, intent: Intent, profile: Profile, folder: Path, *, items: int = 3) -> Content:
    """The content of a package of a few items, one of them with a film and a picture, one with an empty file."""
    spool = Spool(folder)
    eark = profile.form == "eark"
    preservation, original = "preservation", "original"
    records = [
        CaseRecord(
            system_id=str(named("item", item(number))),
            item=item(number),
            number=number,
            type="inlägg",
            title=f"Inlägg {number}",
            text="Text & <märken>",
            dates=(("created", datetime(2025, 5, number, 12, tzinfo=UTC)),),
        )
        for number in range(1, items + 1)
    ]
    sources: list[Source] = []

    def entry(
        where: str, path: str, source: Source, role: str, *, about: str = "", media_type: str = "text/xml"
    ) -> Entry:
        sources.append(source)
        form = Format(puid="fmt/101", name="XML", media_type=media_type)
        return Entry(
            path=path,
            size=source.size,
            sha256=source.sha256,
            created=intent.made,
            role=role,  # type: ignore[arg-type] # a role by its name
            format=form,
            item=about,
            original_name="Åsnan på torget.png" if about else "",
        )

    def within(representation: str, path: str) -> str:
        return in_package(profile.form, representation, path)

    with spool.writing(within(preservation, "ERMS.xml")) as (sink, found):
        write_erms(
            sink,
            profile.erms,
            CaseControl(id=intent.id, made=intent.made, agency="Arvika kommunstyrelse", agency_code="ORG:212000-1892"),
            Aggregation(
                system_id=str(named("aggregation", intent.id)),
                object_id=f"{intent.account}/{intent.first}",
                title="Konto",
                created=intent.made,
                records=iter(records),
            ),
        )
    erms = entry(preservation, "ERMS.xml", found[0], "case")
    record = spool.write(within(original, "records/2025-05.xml"), b"<handlingar/>\n")
    originals = [entry(original, "records/2025-05.xml", record, "record")]
    for number, data in enumerate(MEDIA, 1):
        digest = hashlib.sha256(data).hexdigest()
        path = f"media/bild-{number}.png"
        source = Source(
            path=within(original, path),
            size=len(data),
            sha256=digest,
            open=partial(home.ground.store.open, medium(digest)),
        )
        originals.append(entry(original, path, source, "original", about=item(1), media_type="image/png"))
    documentation = entry(
        "", "documentation/LASMIG.txt", spool.write("documentation/LASMIG.txt", b"L\n"), "documentation"
    )
    schema = entry("", "schemas/record.xsd", spool.write("schemas/record.xsd", b"<xs/>\n"), "schema")
    name = plain_name(f"{intent.account}-{intent.first}-{intent.last}-{intent.number}")
    package = Package(
        id=UUID(intent.id),
        name=name,
        label="Torgets inlägg 2025",
        made=intent.made,
        software="1",
        status="REPLACEMENT" if intent.replaces else profile.status,
        replaces=intent.replaces,
        agents=profile.agents,
        agreement=profile.agreement,
        representations=(
            Representation(
                name=original,
                content_type="OTHER",
                other_content_type="bevara-record-1",
                entries=tuple(sorted(originals, key=lambda one: one.path)),
            ),
            Representation(
                name=preservation,
                content_type=f"citserms_v{profile.erms.replace('.', '_')}" if eark else "OTHER",
                entries=(erms,),
            ),
        ),
        documentation=(documentation,),
        schemas=(schema,),
        events=(Event(kind="capture", at=intent.made, paths=tuple(within(original, one.path) for one in originals)),),
    )
    return Content(
        package=package,
        sources=tuple(sources),
        items=tuple(item(number) for number in range(1, items + 1)),
        findings=(),
    )


def lies(home: Home, key: str) -> bytes:
    """The bytes of an object."""
    with closing(home.ground.store.open(key)) as source:
        return source.read()
