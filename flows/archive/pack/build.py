"""Build a planned package: content, METS and PREMIS, as one stream straight into the store, checked and registered.

Safe to stop at any line and to run again: until the last transaction the package is planned and nothing that lies in
the store counts (its key has an intent, and recovery takes it away); afterwards it is packaged. What is generated
meanwhile lies in a folder of the home that is emptied first and last.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from flows.archive.check.examine import check_package
from flows.archive.pack.assemble import assemble, places
from flows.archive.pack.content import Content, collect
from flows.archive.pack.failed import PackFailedError
from flows.archive.pack.renditions import retire_renditions
from flows.archive.pack.spool import Source
from flows.archive.pack.status import found_again
from flows.keep import spool
from flows.keep.container import MemberError, Packed
from flows.keep.derived import take_away, write_derived
from flows.keep.recover import recover
from schemas import shelf
from schemas.books import Books, Copy, Lease
from schemas.delivery import Intent, Profile, StoredPackage
from schemas.finding import Finding
from schemas.ground import Ground, Home
from schemas.ids import ItemId
from schemas.neighbours import MissingError
from schemas.package import plain_name
from schemas.receipt import Receipt
from schemas.refusal import RefusedError

KIND = "package"
"""Kind of a built package in the register of derived files."""
TOGETHER = 1_000
"""Subjects that one link of the ledger names at most, the package itself among them."""
SMALL = 32 << 20
"""Bytes of XML up to which a built package's case file and PREMIS are looked into too, and not its METS alone; larger
ones would take long and much memory, and are what the same writers wrote."""

_SWITCH = 0.0001
"""Seconds after which a thread that waits for the interpreter gets it, while content is gathered."""

Gather = Callable[[Home, Intent, Profile, Path], Content]
"""How a package's content is had (``flows.archive.pack.content.collect``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What came of building.

    Attributes:
        package: as it stands now: ``packaged``, or ``planned`` when it could not be built.
        findings: what is to be known of it; one of severity error says why it was not built.
    """

    package: StoredPackage
    findings: tuple[Finding, ...] = ()

    @property
    def done(self) -> bool:
        """It is built, now or before."""
        return bool(self.package.sha256)


def known(ground: Ground, named: str) -> StoredPackage:
    """The package of that id or running number. Raises RefusedError."""
    with ground.state.reading() as books:
        found = books.packages.get(named)
        if found is None and named.isascii() and named.isdecimal():
            found = next((one for one in books.packages.all() if one.intent.number == int(named)), None)
        if found is not None:
            return found_again(books, found)
    raise RefusedError("PACKAGE", named, "name a package by its id or number; 'bevara archive status' lists them")


def build(home: Home, package: str, *, gather: Gather = collect) -> Built:
    """Build a planned package; one that is built already is left as it is.

    Args:
        package: its id.

    Raises:
        LeaseTakenError: another run is at it. RefusedError: no such package or profile, or what the profile or the
            plan says cannot be packaged.
    """
    ground = home.ground
    with ground.state.hold_lease(spool.lease_name(package)) as lease:
        stored = known(ground, package)
        if stored.standing != "planned":
            return Built(package=stored)
        findings: list[Finding] = []
        try:
            profile = profile_as_planned(home, stored.intent)
            with spool.spooling(home, stored.intent.id) as folder:
                content = _gathered(gather, home, stored.intent, profile, folder)
                findings.extend(content.findings)
                _put(home, lease, stored, content, profile)
        except PackFailedError as failed:
            return Built(package=stored, findings=(*findings, failed.finding(stored.intent.id)))
    return Built(package=known(ground, package), findings=tuple(findings))


def _gathered(gather: Gather, home: Home, intent: Intent, profile: Profile, folder: Path) -> Content:
    before = sys.getswitchinterval()
    # Formats are identified in a thread beside; it needs the interpreter often, and for moments only.
    sys.setswitchinterval(_SWITCH)
    try:
        return gather(home, intent, profile, folder)
    except MissingError:
        raise PackFailedError("A202", place="holdings", reason="MissingError") from None
    finally:
        sys.setswitchinterval(before)


def profile_as_planned(home: Home, intent: Intent) -> Profile:
    """The intent's profile, as it was. Raises PackFailedError (A207), RefusedError."""
    profile, digest = home.profile(intent.profile)
    if digest != intent.profile_digest:
        raise PackFailedError("A207", profile=intent.profile)
    return profile


def _put(home: Home, lease: Lease, stored: StoredPackage, content: Content, profile: Profile) -> None:
    """Stream the container into the store, look at what lies there, and register it."""
    if not content.items:
        raise PackFailedError("A201")
    ground, intent = home.ground, stored.intent
    name = plain_name(f"{content.package.name}.{profile.container}")
    key = shelf.package(intent.id, name)
    _refuse_stranger(ground, key)
    members = assemble(content, profile, intent)
    made = ground.clock.now()
    try:
        with Packed(members, container=profile.container, root=content.package.name, made=intent.made) as packed:
            work = _Work(home=home, stored=stored, content=content, packed=packed, key=key, name=name)
            copy = Copy(
                key=key,
                kind=KIND,
                authority=intent.authority,
                account=intent.account,
                items=content.items,
                through=intent.through,
                made=made,
            )
            write_derived(
                ground.state,
                ground.store,
                lease,
                copy,
                packed.stream(),
                lambda: work.observed(members),
                first=work.register,
                also=work.list_items,
            )
    except MemberError as error:
        raise _told(error, content, profile) from None
    except PackFailedError:
        _give_up(ground, key)
        raise


def _give_up(ground: Ground, key: str) -> None:
    """Take away what was written in vain; its intent stays, so that recovery looks for it in the mirrors too."""
    with ground.state.reading() as books:
        registered = books.copies.known([key])
    if not registered:
        take_away(ground.store, [key])


@dataclass(slots=True, kw_only=True)
class _Work:
    """One build's last steps."""

    home: Home
    stored: StoredPackage
    content: Content
    packed: Packed
    key: str
    name: str

    def observed(self, members: Sequence[Source]) -> Receipt:
        """What lies in the store, looked at as a receiver would. Raises PackFailedError (A209, A214)."""
        ground, intent = self.home.ground, self.stored.intent
        if not self.packed.whole:
            raise PackFailedError("A214")
        there = ground.store.head(self.key)
        if there is None or there.size != self.packed.size:
            raise PackFailedError("A214")
        warnings = self._checked(members)
        return Receipt(
            act="archive.packaged",
            at=ground.clock.now(),
            actor=intent.person,
            subjects=(intent.id,),
            evidence={
                "account": intent.account,
                "first": intent.first,
                "last": intent.last,
                "profile": intent.profile,
                "number": intent.number,
                "files": len(members),
                "records": len(self.content.items),
                "size": self.packed.size,
                "sha256": self.packed.sha256,
                "place": ground.store.place,
                "errors": 0,
                "warnings": warnings,
            },
        )

    def _checked(self, members: Sequence[Source]) -> int:
        """Number of warnings of ``archive check``; errors end the build. Digests were proven while it was written."""
        small = sum(one.size for one in members if one.path.endswith(".xml")) <= SMALL
        with (
            closing(self.home.ground.store.open(self.key)) as source,
            self.home.package_files(source, self.name) as files,
        ):
            checked = check_package(files, self.home.schemas_dir, fixity=False, contents=small)
        wrong = sorted({one.code for one in checked.findings if one.severity == "error"})
        if wrong or not checked.valid:
            raise PackFailedError("A209", rules=", ".join(wrong[:10]))
        return sum(one.severity == "warning" for one in checked.findings)

    def register(self, books: Books) -> None:
        """First in the transaction: nothing was culled meanwhile, and the items are bound until there is a receipt."""
        intent = self.stored.intent
        books.revision(lock=True)
        now = books.packages.get(intent.id)
        if now is None or now.standing != "planned":
            raise PackFailedError("A216")
        gone = books.tombstones.known(self.content.items)
        if gone:
            raise PackFailedError("A208", items=len(gone))
        books.packages.hold(intent.id, self.content.items)
        books.packages.change(
            replace(
                now,
                standing="packaged",
                key=self.key,
                name=self.name,
                size=self.packed.size,
                sha256=self.packed.sha256,
                items=len(self.content.items),
                changed=self.home.ground.clock.now(),
            )
        )
        replaced = books.packages.get(intent.replaces) if intent.replaces else None
        if replaced is not None and replaced.key and replaced.standing in {"rejected", "withdrawn"}:
            books.copies.retire([replaced.key])
            books.packages.change(replace(replaced, key=""))

    def list_items(self, books: Books) -> None:
        """Last: the ledger names every item of the package; renditions that were made ahead have served."""
        intent, at = self.stored.intent, self.home.ground.clock.now()
        retire_renditions(books, intent)
        items = sorted(self.content.items)
        parts = -(-len(items) // (TOGETHER - 1))
        for part in range(parts):
            some: list[ItemId] = items[part * (TOGETHER - 1) : (part + 1) * (TOGETHER - 1)]
            books.ledger.append(
                Receipt(
                    act="archive.packaged.items",
                    at=at,
                    actor="bevara",
                    subjects=(intent.id, *some),
                    evidence={"items": len(some), "part": part + 1, "parts": parts},
                )
            )


def _refuse_stranger(ground: Ground, key: str) -> None:
    """Something may lie there from a run that was stopped: recovery takes it away, if it is ours."""
    if ground.store.head(key) is None:
        return
    recover(ground.state, ground.store, ground.clock.now(), ground.mirrors)
    if ground.store.head(key) is not None:
        raise PackFailedError("A206")


def _told(error: MemberError, content: Content, profile: Profile) -> PackFailedError:
    """The same with an opaque id, or a folder, in place of the file's name."""
    entries = dict(places(content.package, profile.form))
    entry = entries.get(error.path)
    place = entry.item if entry is not None and entry.item else error.path.rpartition("/")[0] or "METS"
    more = {"reason": error.reason} if error.reason else {}
    return PackFailedError(error.code, place=place, **more)
