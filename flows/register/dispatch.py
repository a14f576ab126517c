"""Send what a registrar has decided: build the parcel once, hand it over, tell what was observed.

Safe to stop at any line. ``decided``: nothing can have arrived. ``sending``: something may have; the same parcel is
handed over again under the same name, and a repeat is counted and told. ``sent``: the registry has taken it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from flows.keep.derived import take_away, write_derived
from flows.keep.guard import code_of
from flows.keep.links import told_of
from flows.keep.own import revision_first
from flows.register.guards import marked, shown_by, takes_secrecy
from flows.register.letters import parcels
from flows.register.parcel import Built, build_parcel
from flows.register.zipped import Files, Form, unpack
from schemas.books import Books, Copy, Lease
from schemas.finding import Finding
from schemas.ground import Home
from schemas.ids import ItemId, month_of
from schemas.neighbours import InterruptedHandingError, MissingError, ReceiverRefusedError
from schemas.receipt import Receipt, Scalar
from schemas.refusal import GuardError, RefusedError, UnreachableError
from schemas.registration import Handed, Parcel, Registration, RegistrationStanding, RegistrySettings
from schemas.shelf import registration

KIND: Final = "registration"
"""Kind of copy under which parcels are registered."""
DECIDED, SENDING, UNSENT = "register.decided", "register.sending", "register.unsent"
"""Acts of the receipts that say how far a sending came."""
_MAY, _ARRIVED = "may_have_arrived", "arrived"
_TOO_LARGE: Final = "J134"
"""A mailbox's own limit: nothing was sent."""
_SALT = 32
_TRIES = 3
"""How often a parcel is built anew when something that it shows is culled meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one sending.

    Attributes:
        standing: where the registration stands now; None = there is none. findings: what is to be told.
        unreachable: the registry did not answer.
    """

    item: ItemId
    standing: RegistrationStanding | None
    findings: tuple[Finding, ...] = ()
    unreachable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Before:
    """What earlier tries left: something that may have arrived unseen, and Message-IDs that were acknowledged."""

    uncertain: bool = False
    arrived: tuple[str, ...] = ()


def before(told: Sequence[tuple[str, Mapping[str, Any]]]) -> _Before:
    """What the receipts about a record say of the tries since it was last decided. Pure.

    A try of which nothing is told (it was killed) may have arrived; one that failed says itself whether it may.
    """
    uncertain = begun = False
    arrived: dict[str, None] = {}
    for act, evidence in told:
        if act == DECIDED:
            uncertain, begun, arrived = False, False, {}
        elif act == SENDING:
            uncertain, begun = uncertain or begun, True
        elif act == UNSENT:
            uncertain, begun = uncertain or bool(evidence[_MAY]), False
            arrived.update(dict.fromkeys(str(evidence.get(_ARRIVED, "")).split()))
    return _Before(uncertain=uncertain or begun, arrived=tuple(arrived))


def lease_of(item: ItemId) -> str:
    """The lease of whoever sends or confirms a record."""
    return f"register:{item}"


def dispatch(home: Home, item: ItemId, *, again: bool = False) -> Outcome:
    """Hand one decided record over to its registry. Repeating it is harmless; what was sent is not sent twice.

    Args:
        again: hand over once more what was sent and has no number yet: the registry has lost it.

    Raises:
        LeaseTakenError: somebody else is sending it.
    """
    with home.ground.state.hold_lease(lease_of(item)) as lease:
        for _ in range(_TRIES):
            try:
                return _Sending(home, item, lease).done(again=again)
            except _DecidedMeanwhileError as moved:
                return Outcome(item=item, standing=moved.standing)
            except _ChangedMeanwhileError as changed:
                standing = changed.standing
    finding = Finding(code="J127", severity="error", subject=item, parameters=(("reason", "R-CHANGED"),))
    return Outcome(item=item, standing=standing, findings=(finding,))


class _CulledMeanwhileError(RuntimeError):
    """Something that the parcel shows was culled while it was built."""


class _ChangedMeanwhileError(RuntimeError):
    """Something that the parcel shows was marked secret, or culled, before anything was handed over."""

    def __init__(self, standing: RegistrationStanding) -> None:
        self.standing = standing
        super().__init__("changed meanwhile")


class _DecidedMeanwhileError(RuntimeError):
    """A person has decided otherwise before anything was handed over."""

    def __init__(self, way: Registration | None) -> None:
        self.standing = None if way is None else way.standing
        super().__init__("decided meanwhile")


class _Sending:
    def __init__(self, home: Home, item: ItemId, lease: Lease) -> None:
        self._home, self._item, self._lease = home, item, lease
        self._at: datetime = home.ground.clock.now()
        self._findings: list[Finding] = []
        self._chance = home.ground.chance.fork(f"{lease.name}#{lease.fence}")
        self._known: Registration | None = None
        self._mailing, self._handed = False, 0
        self._shows: tuple[ItemId, ...] = ()
        self._arrived_before: tuple[str, ...] = ()

    def done(self, *, again: bool) -> Outcome:
        way = self._way()
        if way is None or way.standing not in ({"decided", "sending", "sent"} if again else {"decided", "sending"}):
            return Outcome(item=self._item, standing=None if way is None else way.standing)
        settings = self._home.registries.get(way.registry)
        if settings is None or (way.secret and not takes_secrecy(self._home, settings)):
            return self._left(way, "J126", "error", (("registry", way.registry),))
        self._shows = shown_by(self._home.ground, way.item)
        with self._home.ground.state.reading() as books:
            hidden = not way.secret and bool(marked(books, self._shows))
        if hidden:
            return self._left(way, "J128", "error", ())
        found = self._parcel(way)
        if found is None:
            return Outcome(item=self._item, standing=way.standing, findings=tuple(self._findings))
        way, forms = found
        before = self._before(again=again)
        fresh = way.standing == "decided"
        way = self._begin(way)
        try:
            handed = self._hand(settings, way, forms, before.arrived)
        except (UnreachableError, ReceiverRefusedError, GuardError, RefusedError, OSError) as error:
            return self._failed(way, error, fresh=fresh)
        return self._arrived(way, handed, uncertain=before.uncertain)

    def _way(self) -> Registration | None:
        """The registration as it stands; a secrecy mark that was set since makes it secret, and its parcel is built anew."""
        with self._home.ground.state.reading() as books:
            way = books.registrations.get(self._item)
            secret = any(one.kind == "sekretess" for one in books.marks.of([self._item]))
        self._known = way
        if way is None or way.secret or not secret:
            return way
        return replace(way, secret=True)

    def _left(
        self, way: Registration, code: str, severity: str, parameters: tuple[tuple[str, str | int], ...]
    ) -> Outcome:
        self._find(code, severity, parameters)
        return Outcome(item=self._item, standing=way.standing, findings=tuple(self._findings))

    def _find(self, code: str, severity: str, parameters: tuple[tuple[str, str | int], ...]) -> None:
        self._findings.append(
            Finding(
                code=code,
                severity="error" if severity == "error" else "warning",
                subject=self._item,
                parameters=parameters,
            )
        )

    # --- the parcel -----------------------------------------------------------------------------------------------

    def _parcel(self, way: Registration) -> tuple[Registration, Mapping[Form, Files]] | None:
        """The stored parcel; built and stored when there is none, or it shows what an open form must not."""
        stored = self._stored(way)
        if stored is not None:
            return way, unpack(stored)
        for _ in range(_TRIES):
            try:
                built = build_parcel(self._home, way, salt=self._chance.bytes(_SALT))
            except (RuntimeError, ValueError, OSError) as error:  # reading and typesetting: the others go on
                self._find("J127", "error", (("reason", code_of(error)),))
                return None
            if built is None:
                self._find("J124", "error", ())
                return None
            try:
                way = self._store(way, built)
            except _CulledMeanwhileError:
                continue
            self._findings.extend(built.findings)
            return way, built.forms
        self._find("J127", "error", (("reason", "R-CULLED"),))
        return None

    def _stored(self, way: Registration) -> bytes | None:
        ground = self._home.ground
        with ground.state.reading() as books:
            live = {copy.key: copy for copy in books.copies.find(kind=KIND, item=way.item)} if way.key else {}
            copy = live.get(way.key)
            if copy is None:
                return None
            secret = marked(books, copy.items)
        if self._known is None or self._known.secret != way.secret or (secret and not way.secret):
            return None
        try:
            data = ground.store.get(way.key)
        except MissingError:
            return None
        return data if registration(way.item, hashlib.sha256(data).hexdigest()) == way.key else None

    def _store(self, way: Registration, built: Built) -> Registration:
        ground = self._home.ground
        key = registration(way.item, hashlib.sha256(built.data).hexdigest())
        stored = replace(way, key=key, changed=self._at)

        def first(books: Books) -> None:
            revision_first(books)
            self._refuse_decided(books)
            if books.tombstones.known(built.items):
                raise _CulledMeanwhileError

        def also(books: Books) -> None:
            if way.key and way.key != key:
                books.copies.retire([way.key])
            books.registrations.put(stored)

        counts = {one.code: value for one in built.findings for _, value in one.parameters}
        receipt = self._receipt(
            "register.packed",
            {
                "files": built.files,
                "bytes": len(built.data),
                "shown": len(built.items),
                "secret": way.secret,
                "missing": counts.get("J122", 0),
                "left_out": counts.get("J123", 0),
                "not_shown": counts.get("J125", 0),
            },
        )
        copy = Copy(key=key, kind=KIND, month=month_of(way.item), part=way.message, items=built.items, made=self._at)
        try:
            write_derived(ground.state, ground.store, self._lease, copy, built.data, receipt, first=first, also=also)
        except (_CulledMeanwhileError, _DecidedMeanwhileError):
            take_away(ground.store, [key])
            raise
        self._known = stored
        return stored

    # --- handing over ---------------------------------------------------------------------------------------------

    def _before(self, *, again: bool) -> _Before:
        """What earlier tries under this decision have left, by the ledger."""
        with self._home.ground.state.reading() as books:
            told = told_of(books, self._item)
        found = before([(body["act"], body["evidence"]) for _, body in told])
        return _Before(uncertain=True) if again else found

    def _begin(self, way: Registration) -> Registration:
        begun = replace(way, standing="sending", tries=way.tries + 1, changed=self._at)

        def first(books: Books) -> None:
            """What was built must still be right: the revision is locked, so nobody marks or culls meanwhile."""
            copy = next((one for one in books.copies.find(kind=KIND, item=way.item) if one.key == way.key), None)
            if copy is None or (not way.secret and marked(books, (*copy.items, *self._shows))):
                raise _ChangedMeanwhileError(way.standing)

        self._put(begun, SENDING, {"registry": way.registry, "tries": begun.tries}, first=first)
        return begun

    def _hand(
        self, settings: RegistrySettings, way: Registration, forms: Mapping[Form, Files], arrived: Sequence[str]
    ) -> list[Handed]:
        try:
            return self._hand_all(parcels(settings, way, forms, arrived=arrived))
        except ReceiverRefusedError as error:
            if error.code != _TOO_LARGE or way.secret or not settings.secret_folder:
                raise
            self._arrived_before = error.arrived
        return self._hand_all(parcels(settings, way, forms, arrived=arrived, too_large=True))

    def _hand_all(self, letters: Sequence[tuple[str, Parcel]]) -> list[Handed]:
        done = []
        for name, parcel in letters:
            self._mailing = self._home.registries[name].kind == "mail"
            done.append(self._home.registry(name).hand(parcel))
            self._handed += 1
        return done

    def _failed(self, way: Registration, error: Exception, *, fresh: bool) -> Outcome:
        """Nothing arrived, or something may have: the first may be decided anew, the second must be told when repeated."""
        away = isinstance(error, UnreachableError | OSError)
        arrived = self._arrived_before
        may = self._mailing and isinstance(error, OSError)
        if isinstance(error, InterruptedHandingError | ReceiverRefusedError):
            arrived = tuple(dict.fromkeys([*arrived, *error.arrived]))
        if isinstance(error, InterruptedHandingError):
            may = bool(error.uncertain)
        reason = error.code if isinstance(error, ReceiverRefusedError) else code_of(error)
        nothing = fresh and not (may or arrived or self._handed)
        left = replace(way, standing="decided" if nothing else "sending")
        evidence: dict[str, Scalar] = {"registry": way.registry, "reason": reason, _MAY: may}
        self._put(left, UNSENT, {**evidence, **({_ARRIVED: " ".join(arrived)} if arrived else {})})
        if away:
            self._find("J113", "warning", (("registry", way.registry),))
        else:
            self._find("J114", "error", (("registry", way.registry), ("reason", reason)))
        return Outcome(item=self._item, standing=left.standing, findings=tuple(self._findings), unreachable=away)

    def _arrived(self, way: Registration, handed: Sequence[Handed], *, uncertain: bool) -> Outcome:
        """It has been taken. Something that may have arrived before has perhaps arrived twice, unless it was seen there."""
        already = all(one.already for one in handed)
        repeats = way.repeats + (uncertain and not already)
        sent = replace(way, standing="sent", parts=sum(one.parts for one in handed), repeats=repeats, changed=self._at)
        evidence: dict[str, Scalar] = {
            "place": ", ".join(dict.fromkeys(one.place for one in handed)),
            "parts": sent.parts,
            "bytes": sum(one.size for one in handed),
            "already": already,
            "tries": sent.tries,
            "repeats": repeats,
        }
        self._put(sent, "register.sent", evidence)
        if repeats > way.repeats:
            told = (("registry", way.registry), ("tries", sent.tries), ("name", way.message))
            self._find("J115", "warning", told)
        return Outcome(item=self._item, standing="sent", findings=tuple(self._findings))

    def _put(
        self,
        way: Registration,
        act: str,
        evidence: Mapping[str, Scalar],
        *,
        first: Callable[[Books], None] | None = None,
    ) -> None:
        with self._home.ground.state.writing() as books:
            revision_first(books)
            books.leases.check(self._lease)
            self._refuse_decided(books)
            if first is not None:
                first(books)
            books.registrations.put(way)
            books.ledger.append(self._receipt(act, evidence))
        self._known = way

    def _refuse_decided(self, books: Books) -> None:
        now = books.registrations.get(self._item)
        if now != self._known:
            raise _DecidedMeanwhileError(now)

    def _receipt(self, act: str, evidence: Mapping[str, Scalar]) -> Receipt:
        return Receipt(act=act, at=self._at, actor="bevara", subjects=(self._item,), evidence=evidence)
