"""What the page lost without us is explained afterwards by a named person: who took it away, and why (W151)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from flows.keep.found import refuse_culled
from flows.keep.mandates import mandated
from flows.keep.own import PLATFORM, revision_first, write_own
from flows.keep.read import rows_of_item
from flows.oversee.removal.act import close
from flows.oversee.removal.clauses import rule_of
from flows.oversee.removal.decide import last_seen, newest_version
from flows.oversee.removal.finishing import mark_removed, see_to, tell_visitor
from flows.oversee.removal.rows import lease_of
from flows.oversee.removal.told import Told
from schemas.books import Books
from schemas.ground import Home
from schemas.ids import ItemId, item_id
from schemas.receipt import Receipt, Scalar
from schemas.record import Row
from schemas.refusal import GuardError, RefusedError
from schemas.removal import Removal
from schemas.text import visible

By = Literal["us", "author", "platform", "unknown"]
"""Who took it away: somebody of ours, its author, the platform, or nobody knows although it was looked into."""
BYS: Final[tuple[By, ...]] = get_args(By)
_WORDS: Final = 4_000
_SPOKEN: Final[dict[By, str]] = {
    "us": "någon hos oss",
    "author": "den som skrev den",
    "platform": "plattformen",
    "unknown": "okänt vem",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What a person says of something that is gone or hidden.

    Attributes:
        item: which. by: who took it away. why: in words, with a colleague's name where it is one; stands in the record
            alone. clause: the page's rule, needed where it was us. person: who says so. register: it is to be registered.
    """

    item: str
    by: str
    why: str
    person: str
    clause: str = ""
    register: bool = False


def explain(home: Home, said: Explained) -> Told:
    """Enter it; what we took away ourselves gets its marks and its message like any other removal.

    Raises:
        RefusedError: an unknown item, person, clause or answer. GuardError: no mandate (G-MANDATE); it is not gone
            (G-NOT-GONE); it is explained, or being taken away, already (G-EXPLAINED). LeaseTakenError.
    """
    by = next((one for one in BYS if one == said.by), None)
    if by is None:
        raise RefusedError("--by", said.by, f"write one of {', '.join(BYS)}")
    if not said.why.strip() or len(said.why) > _WORDS:
        raise RefusedError("--why", "…", f"say what happened in 1 to {_WORDS} characters")
    if by == "us" and not said.clause:
        raise RefusedError("--clause", "", "say which of the page's rules it broke")
    clause = rule_of(home.oversight(), said.clause) if said.clause else None
    item = item_id(said.item)
    with home.ground.state.reading() as books:
        mandated(books, said.person, "moderate", home.ground.clock.now())
        refuse_culled(books, [item])
    with home.ground.state.hold_lease(lease_of(item)) as lease:
        row = _lost(home, item)
        unlawful = by == "us" and clause is not None and clause.unlawful
        told = Told(_entered(home, said, by, row, register=said.register or unlawful))
        with home.ground.state.reading() as books:
            account = books.accounts.get(told.removal.account)
        if account is not None and told.removal.gone:
            tell_visitor(home, lease, told, account)
            close(home, lease, told)
    return told


def _lost(home: Home, item: ItemId) -> Row:
    rows = rows_of_item(home.ground.state, home.ground.store, item)
    row, newest = last_seen(rows), newest_version(rows)
    if row is None or newest is None or row.platform == PLATFORM:
        raise RefusedError("ITEM", item, "name an item of a page; see 'bevara search'")
    if row.state not in ("gone", "hidden"):
        raise GuardError(
            "G-NOT-GONE",
            "the last harvest saw it on the page",
            "harvest the account again if it is gone; to have it taken away: 'bevara oversee remove'",
        )
    with home.ground.state.reading() as books:
        before = books.duties.removals(item)
    for one in before:
        if one.unfinished or one.done is not None:
            raise GuardError(
                "G-EXPLAINED", f"removal {one.number} says what happened", f"see 'bevara oversee removal {one.number}'"
            )
    return row


def _entered(home: Home, said: Explained, by: By, row: Row, *, register: bool) -> Removal:
    at = home.ground.clock.now()
    kept: list[Removal] = []

    def enter(books: Books, record: ItemId) -> None:
        mandated(books, said.person, "moderate", at)
        ours = by == "us"
        removal = Removal(
            number=books.duties.removal_number(),
            kind="seen",
            standing=("hidden" if row.state == "hidden" else "removed") if ours else "closed",
            item=row.item,
            account=row.account,
            authority=row.authority,
            clause=said.clause,
            person=said.person,
            opened=at,
            changed=at,
            secured="archived",
            version=row.version,
            record=record,
            wanted="hide" if row.state == "hidden" else "remove",
            done=row.observed,
            noticed="" if ours and not row.own else "none",
            register=register,
        )
        books.duties.put_removal(removal)
        if ours:
            mark_removed(books, removal, at)
        if register:
            books.outbox.put("register", row.item, at)
        see_to(books, row.item, said.person, at)
        evidence: dict[str, Scalar] = {
            "number": removal.number,
            "kind": "seen",
            "by": by,
            "account": row.account,
            "authority": row.authority,
            "clause": said.clause,
            "record": record,
            "register": register,
            "standing": removal.standing,
            "wanted": removal.wanted,
        }
        books.ledger.append(
            Receipt(
                act="removal.explained",
                at=at,
                actor=said.person,
                subjects=(removal.subject, row.item),
                evidence=evidence,
            )
        )
        kept.append(removal)

    write_own(
        home.ground,
        kind="duty_record",
        authority=row.authority,
        text=f"{row.item} på {row.account} är borta. Borttaget av: {_SPOKEN[by]}. {visible(said.why)}",
        payload={"removed": {"item": row.item, "by": by, "why": visible(said.why), "clause": said.clause}},
        at=at,
        act="removal.record",
        actor=said.person,
        about=row,
        first=revision_first,
        also=enter,
    )
    return kept[-1]
