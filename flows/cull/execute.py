"""Execute an approved order: destroy what its list names, wherever it lies, and see that it is gone.

Order of writes (design, section 3): the operation and its receipt; per partition under its lease: judgement and
checks anew, replacement objects, one transaction; then the retired objects in every place, attachments, the database's
own files, a proof scan, the second place, and last the certificate. Every step may be repeated: a run that was
stopped anywhere is taken up again by executing the order once more, or by the next night.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta

from flows.cull.act import known_order
from flows.cull.approval import LEASE, check_order, check_signatures, frozen_list, unchanged_since_approval
from flows.cull.certify import XML_NAME, Evidence, certify
from flows.cull.mandate import ledger_agrees
from flows.cull.partition import Partitions
from flows.cull.places import Looked, look, scan, strange
from flows.cull.restored import list_of_tombstones
from flows.keep.derived import remove_retired
from flows.keep.guard import code_of
from flows.keep.judged import standing
from flows.keep.known_places import refuse_unknown_places
from flows.keep.media import remove_free
from flows.keep.own import own_file, read_own
from flows.keep.recover import recover
from flows.keep.removal import Removed
from flows.keep.second import restored_since, sync
from flows.keep.spool import spooled, sweep
from schemas.books import Books, Lease, LeaseTakenError
from schemas.calendar import local_day
from schemas.ground import Home
from schemas.ids import ItemId, rfc3339
from schemas.order import Guard, Operation, Order, Signature, stated_guards
from schemas.order import Standing as OrderStanding
from schemas.protocol import PlaceSeen
from schemas.receipt import Receipt
from schemas.refusal import GuardError, UnreachableError
from schemas.xml.protocol import read_certificate

_TOGETHER = 48
"""Partitions after which retired objects are taken away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Executed:
    """What an execution has come to.

    Attributes:
        order: the digest. standing: ``done``, ``open`` (something is left) or ``quarantined``.
        culled, kept: listed items destroyed, and kept by a check.
        places: every place with what was seen. certificate: its item, or None.
        left: what is left, by place or sort, with numbers. until: end of the quarantine.
    """

    order: str
    standing: OrderStanding
    culled: int = 0
    kept: int = 0
    places: tuple[PlaceSeen, ...] = ()
    certificate: ItemId | None = None
    left: dict[str, int] = field(default_factory=dict)
    until: datetime | None = None


def execute(home: Home, digest: str) -> Executed:
    """Execute an approved order, or finish one that was begun.

    Raises:
        GuardError: another culling runs (G-LEASE); not approved (G-UNAPPROVED), expired (G-EXPIRED), stale (G-STALE),
            too early (G-EARLY), no plan in force (G-NOPLAN), a guard the approval does not name (G-SHARE, G-REMAIN),
            signatures, list or checks as for ``approve``. Nothing was destroyed.
    """
    order = known_order(home.ground, digest)
    try:
        with home.ground.state.hold_lease(LEASE) as lease:
            return _Execution(home, order, lease).run()
    except LeaseTakenError:
        raise GuardError("G-LEASE", "another culling is being executed", "wait until it has ended") from None


def resume(home: Home) -> list[Executed]:
    """Finish what was begun: open orders, and quarantines that are over. What refuses stays as it is and is told."""
    with home.ground.state.reading() as books:
        begun = [one for one in books.orders.all() if one.standing in ("open", "quarantined")]
    found: list[Executed] = []
    for order in begun:
        try:
            found.append(execute(home, order.digest))
        except Exception as error:  # noqa: BLE001 - the night goes on; the order stays as it is and is told by its code
            found.append(Executed(order=order.digest, standing=order.standing, left={code_of(error): 1}))
    return found


class _Execution:
    def __init__(self, home: Home, order: Order, lease: Lease) -> None:
        self._home = home
        self._ground = home.ground
        self._lease = lease
        self._order = order
        self._key = home.native_key()

    def run(self) -> Executed:
        with self._ground.state.reading() as books:
            order = books.orders.get(self._order.digest)
            operation = books.orders.operation(self._order.digest)
            signatures = books.orders.signatures(self._order.digest)
            # An operation of an order that is merely approved is one that was withdrawn before it destroyed anything.
            begun = None if order is None or order.standing == "approved" else operation
            agrees = order is not None and ledger_agrees(books, order, signatures, begun)
        if order is None:
            raise GuardError("G-UNAPPROVED", "the order is not there any longer", "look at 'bevara cull list'")
        self._order = order
        if order.standing == "done" and operation is not None:
            return self._done(operation)
        refuse_unknown_places(self._ground)
        if order.standing in ("approved", "quarantined", "open") and not agrees:
            raise GuardError(
                "G-LEDGER",
                "the ledger does not say what the database says of this order",
                "run 'bevara verify'; make a new proposal, and tell the archive authority if nobody knows why",
            )
        if order.standing == "quarantined" and operation is not None and operation.until is not None:
            if self._ground.clock.now() < operation.until:
                return Executed(order=order.digest, standing="quarantined", until=operation.until)
            check_signatures(self._home, order, signatures, approved=True)
            self._still_planned()
            self._open(operation)
        elif order.standing == "open" and operation is not None:
            check_signatures(self._home, order, signatures, approved=True)
        else:
            operation = self._begin(signatures)
            if operation.until is not None:
                return Executed(order=order.digest, standing="quarantined", until=operation.until)
        return self._destroy(operation, signatures)

    def _done(self, operation: Operation) -> Executed:
        return Executed(
            order=self._order.digest,
            standing="done",
            culled=operation.culled,
            kept=operation.kept,
            places=self._certified_places(operation.certificate),
            certificate=operation.certificate,
        )

    def _certified_places(self, certificate: ItemId | None) -> tuple[PlaceSeen, ...]:
        """What was observed then, as the certificate says; nothing when that has itself been culled since."""
        row = None if certificate is None else read_own(self._ground, certificate)
        return () if row is None else read_certificate(own_file(self._ground, row, XML_NAME)).places

    # --- begin -------------------------------------------------------------------------------------------------

    def _begin(self, signatures: Sequence[Signature]) -> Operation:
        order, ground = self._order, self._ground
        at = ground.clock.now()
        approval = next((one for one in signatures if one.act == "approve"), None)
        if order.standing != "approved" or approval is None:
            raise GuardError(
                "G-UNAPPROVED", f"the order is not approved ({order.standing})", "let another person approve it first"
            )
        if approval.expires is None or approval.expires < at:
            raise GuardError("G-EXPIRED", "the approval has expired", "approve it again: 'bevara cull approve DIGEST'")
        today = local_day(at)
        if order.as_of > today:
            raise GuardError("G-EARLY", f"the list is made for {order.as_of}", "execute it on that day or later")
        now = standing(ground, today, holds=False)
        if now.plan is None or not now.plan.force.has(today):
            raise GuardError("G-NOPLAN", "no plan is in force", "adopt a decided plan; without one nothing is culled")
        revision, stopping = self._judged(signatures, approval)
        for guard in stopping:
            if guard not in approval.accepted:
                raise GuardError(
                    guard,
                    _STOPPED[guard],
                    f"if that is meant, approve it by name: 'bevara cull approve DIGEST --as PERSON --accept {guard}'",
                )
        waits = now.plan.quarantine
        until = None
        if waits is not None:
            until = at + relativedelta(months=waits.months) + timedelta(days=waits.days)
        operation = Operation(order=order.digest, begun=at, until=until)
        with ground.state.writing() as books:
            self._still(books, order, revision)
            books.orders.operate(operation)
            books.orders.stand(order.digest, "open" if until is None else "quarantined")
            books.ledger.append(self._receipt("cull.begun", at, until=until))
        return operation

    def _judged(self, signatures: Sequence[Signature], approval: Signature) -> tuple[int, tuple[Guard, ...]]:
        """The whole list judged anew, unless the approval's judgement still holds: revision, and guards that stop.

        Either way each partition is judged and checked once more before anything of it is touched.
        """
        with self._ground.state.reading() as books:
            revision = books.revision()
            holds = unchanged_since_approval(books, self._order)
        if holds:
            check_signatures(self._home, self._order, signatures, approved=True)
            return revision, stated_guards(approval)
        checked = check_order(self._home, self._order, signatures, stage="execution")
        return checked.judging.base.revision, checked.guards

    def _still(self, books: Books, order: Order, revision: int) -> None:
        books.leases.check(self._lease)
        there = books.orders.get(order.digest)
        if there is None or there.standing != "approved" or books.revision(lock=True) != revision:
            raise GuardError("G-STALE", "something changed just now", "execute again; it is judged anew")

    def _still_planned(self) -> None:
        """Under another edition than the one that was signed nothing can go: the order is to be withdrawn."""
        today = local_day(self._ground.clock.now())
        if standing(self._ground, today, holds=False).digest != self._order.plan_digest:
            raise GuardError(
                "G-STALE",
                "another edition of the plan has been adopted in the quarantine",
                "withdraw the order with 'bevara cull withdraw' and make a new proposal",
            )

    def _open(self, operation: Operation) -> None:
        """The quarantine is over."""
        with self._ground.state.writing() as books:
            books.leases.check(self._lease)
            books.orders.stand(operation.order, "open")
            books.ledger.append(self._receipt("cull.opened", self._ground.clock.now()))

    def _receipt(self, act: str, at: datetime, *, until: datetime | None = None) -> Receipt:
        evidence: dict[str, str | int | bool | None] = {"listed": self._order.cull}
        if until is not None:
            evidence["until"] = rfc3339(until)
        return Receipt(act=act, at=at, actor="bevara", subjects=(self._order.digest,), evidence=evidence)

    # --- destroy -----------------------------------------------------------------------------------------------

    def _destroy(self, operation: Operation, signatures: Sequence[Signature]) -> Executed:
        ground, order = self._ground, self._order
        left: dict[str, int] = {}
        # A home that is behind its second place is a restored backup and knows of fewer holds than there are.
        self._second(left)
        if left:
            return self._left_open(left, ())
        self._recover()
        with ground.state.reading() as books:
            restored = restored_since(books, order.digest)
        try:
            listed = frozen_list(ground, order)
        except GuardError:
            if not restored:
                raise
            listed = list_of_tombstones(ground, order)
        work = Partitions(self._home, order, operation, signatures, listed, self._lease, self._key)
        # Holds that were set after the backup are lost: nothing more may go under an order that was begun before it.
        waiting = [] if restored else list(work.waiting())
        for start in range(0, len(waiting), _TOGETHER):
            for authority, month in waiting[start : start + _TOGETHER]:
                work.destroy(authority, month)
            self._remove()  # little shall lie double
        left.update(work.left)
        seen = self._look(work, left)
        with ground.state.reading() as books:
            culled = books.tombstones.count(order.digest)
        if not left:
            # Attachments' keys are digests of content: they go before the database's files are emptied.
            with ground.state.writing() as books:
                books.orders.drop_keys(order.digest, prefix="media/")
        scrubbed = ground.state.scrub()
        if not scrubbed.emptied:
            left[scrubbed.place] = 1
        if not left:
            self._second(left)
        if left:
            return self._left_open(left, seen.places)
        finished = replace(operation, culled=culled, kept=order.cull - culled)
        evidence = Evidence(seen=seen.places, rows=seen.rows, scrubbed=scrubbed, second=ground.second is not None)
        certificate, places = certify(self._home, order, finished, signatures, listed, evidence, self._lease)
        self._remove()
        ground.state.scrub()
        self._second({})
        return Executed(
            order=order.digest,
            standing="done",
            culled=culled,
            kept=finished.kept,
            places=places,
            certificate=certificate,
        )

    def _left_open(self, left: dict[str, int], places: tuple[PlaceSeen, ...]) -> Executed:
        """Nothing is called culled before it is seen to be gone everywhere."""
        return Executed(order=self._order.digest, standing="open", places=places, left=left)

    def _recover(self) -> None:
        """What stopped runs wrote and never registered may hold rows of what has gone since."""
        ground = self._ground
        recover(ground.state, ground.store, ground.clock.now(), ground.mirrors)
        sweep(self._home)

    def _remove(self) -> Removed:
        ground = self._ground
        return remove_retired(ground.state, ground.store, ground.clock.now(), ground.mirrors)

    def _look(self, work: Partitions, left: dict[str, int]) -> Looked:
        """Take away what is left, look at every place, and say in ``left`` what is not seen to be gone."""
        ground, order = self._ground, self._order
        for name, removed in (("retired", self._remove()), ("media", remove_free(ground))):
            if removed.left:
                left[name] = removed.left
        self._recover()
        seen = look(ground, order.digest)
        left.update(seen.left)
        for place, number in strange(ground, work.touched()).items():
            left[place] = left.get(place, 0) + number
        found = scan(ground, order.digest)
        if found:
            left["holdings"] = found
        with ground.state.writing() as books:
            unfinished = len(books.intents.dead())
        if unfinished:
            left["intents"] = unfinished
        building = spooled(self._home)
        if building:
            left["spool"] = building
        return replace(seen, rows=found)

    def _second(self, left: dict[str, int]) -> None:
        """Bring the second place to what has been done; one that cannot be reached leaves the operation open."""
        if self._ground.second is None:
            return
        try:
            sync(self._ground)
        except (UnreachableError, LeaseTakenError, OSError):
            left["second"] = 1


_STOPPED = {
    "G-SHARE": "a larger share of an account than the home allows would go",
    "G-REMAIN": "nothing would remain of a type of record",
}
