"""Build a planned delivery: one package per film, as one stream straight into the store, checked and registered.

Safe to stop at any line and to run again: until the last transaction the delivery is planned and nothing that lies in
the store counts (its key has an intent, and recovery takes it away); afterwards it is packaged, and its films with it.
What is generated is METS alone and stays in memory; the films' bytes go from the store into the store by pieces. A
built file that the store has lost is built once more from the same intent, and counts only with the same bytes.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import Final

from flows.deposit.check.examine import check_deposit
from flows.deposit.guards import is_secret
from flows.deposit.pack.change import moved
from flows.deposit.pack.content import Content, collect, members_of
from flows.deposit.pack.failed import NotBuiltError
from flows.deposit.pack.status import known
from flows.deposit.pack.told import PACKAGED
from flows.deposit.standing import change_film
from flows.keep.container import MemberError, Packed
from flows.keep.derived import take_away, write_derived
from flows.keep.recover import recover
from flows.keep.spool import lease_name
from schemas import shelf
from schemas.books import Books, Copy, Lease
from schemas.deposit import StoredDelivery
from schemas.finding import Finding
from schemas.ground import Ground, Home
from schemas.receipt import Receipt

KIND: Final = "delivery"
"""Kind of a built delivery in the register of derived files."""
_CODES: Final = {"A202": "L161", "A203": "L162", "A204": "L163"}
"""The container's codes, as they are told of a delivery."""
_HANDED: Final = frozenset({"packaged", "delivering", "delivered"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What came of building.

    Attributes:
        delivery: as it stands now: ``packaged``, or ``planned`` or ``withdrawn`` when it could not be built.
        findings: what is to be known of it; one of severity error says why it was not built.
        ends: it can never be built as it was planned.
    """

    delivery: StoredDelivery
    findings: tuple[Finding, ...] = ()
    ends: bool = False

    @property
    def done(self) -> bool:
        """It is built, now or before."""
        return bool(self.delivery.sha256) and not any(one.severity == "error" for one in self.findings)


def build(home: Home, delivery: str) -> Built:
    """Build a planned delivery; one that is built already is left as it is, unless the store has lost its file.

    Args:
        delivery: its id or number.

    Raises:
        LeaseTakenError: another run is at it. RefusedError: no such delivery.
    """
    ground = home.ground
    named = known(ground, delivery).intent.id
    with ground.state.hold_lease(lease_name(named)) as lease:
        stored = known(ground, named)
        if stored.standing != "planned" and not _lost(ground, stored):
            return Built(delivery=stored)
        findings: tuple[Finding, ...] = ()
        try:
            content = collect(home, stored.intent, again=stored.standing != "planned")
            findings = content.findings
            _put(home, lease, stored, content)
        except NotBuiltError as failed:
            return Built(delivery=stored, findings=(*findings, *failed.findings(named)), ends=failed.ends)
    return Built(delivery=known(ground, named), findings=findings)


def _lost(ground: Ground, stored: StoredDelivery) -> bool:
    """It is built, on its way, and its file is registered and lies nowhere."""
    return stored.standing in _HANDED and bool(stored.key) and ground.store.head(stored.key) is None


def _put(home: Home, lease: Lease, stored: StoredDelivery, content: Content) -> None:
    """Stream the container into the store, look at what lies there, and register it."""
    ground, intent = home.ground, stored.intent
    name = f"{intent.id}.tar"
    key = shelf.delivery(intent.id, name)
    _refuse_stranger(ground, key)
    copy = Copy(
        key=key,
        kind=KIND,
        authority=intent.authority,
        items=content.items,
        through=intent.through,
        made=ground.clock.now(),
    )
    try:
        with Packed(content.files, container="tar", root="", made=intent.made) as packed:
            work = _Work(home=home, stored=stored, content=content, packed=packed, key=key, name=name)
            write_derived(
                ground.state,
                ground.store,
                lease,
                copy,
                packed.stream(),
                work.observed,
                first=work.unchanged,
                also=work.register,
            )
    except MemberError as error:
        raise _told(error, content) from None
    except NotBuiltError:
        _give_up(ground, key, again=bool(stored.sha256))
        raise


def _give_up(ground: Ground, key: str, *, again: bool) -> None:
    """Take away what was written in vain; its intent stays, so that recovery looks for it in the mirrors too.

    ``again``: the key is registered, and what lies under it now is not what was registered.
    """
    with ground.state.reading() as books:
        registered = books.copies.known([key])
    if again or not registered:
        take_away(ground.store, [key])


@dataclass(slots=True, kw_only=True)
class _Work:
    """One build's last steps."""

    home: Home
    stored: StoredDelivery
    content: Content
    packed: Packed
    key: str
    name: str

    def observed(self) -> Receipt:
        """What lies in the store, looked at as KB would. Raises NotBuiltError (L168, L169)."""
        ground, intent, packed = self.home.ground, self.stored.intent, self.packed
        if not packed.whole or (self.stored.sha256 and packed.sha256 != self.stored.sha256):
            raise NotBuiltError("L169")
        there = ground.store.head(self.key)
        if there is None or there.size != packed.size:
            raise NotBuiltError("L169")
        warnings = self._checked()
        return Receipt(
            act="deposit.delivery.rebuilt" if self.stored.sha256 else "deposit.delivery.packaged",
            at=ground.clock.now(),
            actor=intent.person,
            subjects=(intent.id, *self.content.items),
            evidence={
                "number": intent.number,
                "status": intent.status,
                "films": len(self.content.films),
                "files": len(self.content.files),
                "records": len(self.content.items),
                "size": packed.size,
                "sha256": packed.sha256,
                "place": ground.store.place,
                "errors": 0,
                "warnings": warnings,
            },
        )

    def _checked(self) -> int:
        """Number of warnings of ``deposit check``; errors end the build."""
        home = self.home
        with closing(home.ground.store.open(self.key)) as source, home.package_files(source, self.name) as files:
            checked = check_deposit(files, home.schemas_dir)
        wrong = sorted({one.code for one in checked.findings if one.severity == "error"})
        if wrong or not checked.valid:
            raise NotBuiltError("L168", rules=", ".join(wrong[:10]))
        return sum(one.severity == "warning" for one in checked.findings)

    def unchanged(self, books: Books) -> None:
        """First in the transaction: nothing was decided, joined or culled meanwhile."""
        intent, content = self.stored.intent, self.content
        books.revision(lock=True)
        now = books.deliveries.get(intent.id)
        if now is None or now.standing != self.stored.standing:
            raise NotBuiltError("L174")
        moved_on = [
            film.number
            for film, members in zip(content.films, content.members, strict=True)
            if books.films.get(film.id) != film or members_of(books, film.id) != members
        ]
        if moved_on:
            raise NotBuiltError("L167", films=", ".join(map(str, moved_on)))
        secret = [str(film.number) for film in content.films if is_secret(books, film.id)]
        if secret:
            raise NotBuiltError("L189", films=", ".join(secret), ends=not self.stored.sha256)
        gone = books.tombstones.known(content.items)
        if gone:
            raise NotBuiltError("L167", films=str(len(gone)))

    def register(self, books: Books) -> None:
        """Last in it: the delivery is packaged, and its films with it. A rebuilt one stands where it stood."""
        intent, at = self.stored.intent, self.home.ground.clock.now()
        now = books.deliveries.get(intent.id)
        if now is None or now.standing != "planned":
            return
        for film, resource in zip(self.content.films, self.content.resources, strict=True):
            change_film(
                books,
                film.id,
                {film.standing},
                moved("packaged", at, delivery=intent.id),
                act=PACKAGED,
                actor=intent.person,
                evidence={
                    "delivery": intent.id,
                    "package": resource.id,
                    "before": film.standing,
                    "earlier": film.delivery or None,
                },
            )
        books.deliveries.change(
            replace(
                now,
                standing="packaged",
                key=self.key,
                name=self.name,
                size=self.packed.size,
                sha256=self.packed.sha256,
                changed=at,
            )
        )
        for film in self.content.films:
            _retire_rejected(books, film.delivery)


def _retire_rejected(books: Books, delivery: str) -> None:
    """The file of a rejected delivery has served when none of its films waits for another one any longer."""
    old = books.deliveries.get(delivery) if delivery else None
    if old is None or not old.key or old.standing != "rejected":
        return
    films = [books.films.get(one) for one in old.intent.films]
    if any(one is not None and one.delivery == delivery and one.standing == "rejected" for one in films):
        return
    books.copies.retire([old.key])
    books.deliveries.change(replace(old, key=""))


def _refuse_stranger(ground: Ground, key: str) -> None:
    """Something may lie there from a run that was stopped: recovery takes it away, if it is ours."""
    if ground.store.head(key) is None:
        return
    recover(ground.state, ground.store, ground.clock.now(), ground.mirrors)
    if ground.store.head(key) is not None:
        raise NotBuiltError("L164")


def _told(error: MemberError, content: Content) -> NotBuiltError:
    """The same with the film's number in place of the file's name."""
    package = error.path.partition("/")[0]
    numbers = {resource.id: resource.number for resource in content.resources}
    code = _CODES.get(error.code, error.code)
    return NotBuiltError(code, film=numbers.get(package, 0), reason=error.reason or "–")
