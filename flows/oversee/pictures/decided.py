"""The decision on a request about a picture: by a delegate, with reasons, open to appeal; then what it says is done.

It is about the page alone (*avpublicering*): in the archive nothing is destroyed by it. When it says that something is to
go, each removal goes on as any other does (``flows.oversee.removal``): the copy first, then the platform.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from flows.keep.delegation import delegated_for, delegation_words
from flows.keep.fresh import Refresh
from flows.keep.own import OwnFile, revision_first, write_own
from flows.oversee.pictures.asked import LONGEST, RECORDED, checked, wording_of
from flows.oversee.pictures.letter import Facts, Paper, paper
from flows.oversee.removal.act import again
from flows.oversee.removal.rows import known
from flows.oversee.removal.told import Told
from schemas.books import Books
from schemas.calendar import local_day
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.person import Person
from schemas.receipt import Receipt, Scalar
from schemas.refusal import GuardError, RefusedError
from schemas.removal import Removal

DECIDED: Final = "picture.decided"
"""Act of the receipt about each removal that was decided on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision as it was written.

    Attributes:
        item: the decision. rows: the removals as they stand after it. decision, annex: papers for the person.
    """

    item: ItemId
    rows: tuple[Removal, ...]
    decision: Paper
    annex: Paper


def decide(home: Home, numbers: Sequence[int], reason: str, person: str, *, unpublish: bool) -> Decided:
    """Write the decision and let the removals wait for their act, or stand ``declined``; nothing is taken away here.

    Args:
        numbers: removals of one request that wait. reason: stands in the decision.

    Raises:
        RefusedError: no such person or request, one that is decided, of several requests, no reason, or a setting of
            disclosure is needed. GuardError: G-MANDATE, G-DELEGATION; G-REQUEST: its wording is not there; G-CHANGED: somebody
            else decided it just now.
    """
    ground = home.ground
    at = ground.clock.now()
    words = checked(reason, "--reason", LONGEST)
    with ground.state.reading() as books:
        delegate = delegated_for(books, person, "moderate", at)
    rows = [_waiting(known(ground, one)) for one in dict.fromkeys(numbers)]
    if not rows:
        raise RefusedError("NUMBER", "", "name what is decided; see 'bevara oversee picture list'")
    wordings = {row.item: row for row in (wording_of(ground, one) for one in rows)}
    if len(wordings) > 1:
        raise RefusedError("NUMBER", len(rows), "decide on one request at a time; these are of several")
    (wording,) = wordings.values()
    facts = Facts(number=f"B{rows[0].number}", received=rows[0].opened, authority=rows[0].authority, person=person)
    decision, annex = _papers(home, facts, len(rows), words, delegate, at, unpublish=unpublish)
    after: list[Removal] = []

    def enter(books: Books, item: ItemId) -> None:
        if delegated_for(books, person, "moderate", at) != delegate:
            raise GuardError("G-CHANGED", "the delegation was changed just now", "decide again")
        for one in rows:
            if books.duties.removal(one.number) != one:
                raise GuardError(
                    "G-CHANGED", f"removal {one.number} was changed just now", "look at it, and decide again"
                )
            now = replace(one, record=item, person=person, changed=at, standing="begun" if unpublish else "declined")
            books.duties.put_removal(now)
            evidence: dict[str, Scalar] = {"number": one.number, "decision": item, "unpublish": unpublish}
            books.ledger.append(
                Receipt(act=DECIDED, at=at, actor=person, subjects=(one.subject, one.item), evidence=evidence)
            )
            after.append(now)
        books.outbox.put("register", item, at)

    item = write_own(
        ground,
        kind="decision",
        authority=rows[0].authority,
        text=decision.text,
        payload={"picture": {"items": [one.item for one in rows], "unpublish": unpublish, "reason": words}},
        at=at,
        act=RECORDED,
        actor=person,
        files=(
            OwnFile(name="beslut.pdf", media_type="application/pdf", data=decision.pdf),
            OwnFile(name="beslut.txt", media_type="text/plain", data=decision.text.encode("utf-8", "replace")),
            OwnFile(name="overklagande.pdf", media_type="application/pdf", data=annex.pdf),
            OwnFile(name="overklagande.txt", media_type="text/plain", data=annex.text.encode("utf-8", "replace")),
        ),
        about=wording,
        first=revision_first,
        also=enter,
    )
    return Decided(item=item, rows=tuple(after), decision=decision, annex=annex)


def carry_out(home: Home, rows: Sequence[Removal], person: str, refresh: Refresh) -> list[Told]:
    """Take away what was decided, one after the other.

    What is left stands as its row says, and goes on with ``bevara oversee removal NUMBER again``. Raises as
    ``flows.oversee.removal.act.again``.
    """
    return [again(home, one.number, person, refresh) for one in rows if one.standing == "begun"]


def _waiting(one: Removal) -> Removal:
    if one.kind != "picture":
        raise RefusedError(
            "NUMBER", one.number, "give the number of a picture request; see 'bevara oversee picture list'"
        )
    if one.standing != "begun" or one.record is not None:
        raise RefusedError("NUMBER", one.number, "it is decided already; see 'bevara oversee picture list --all'")
    return one


def _papers(
    home: Home, facts: Facts, count: int, words: str, delegate: Person, at: datetime, *, unpublish: bool
) -> tuple[Paper, Paper]:
    fields = {
        "skal": words,
        "beslutar": delegate.name,
        "delegation": delegation_words(delegate),
    }
    if unpublish:
        fields["antal"] = str(count)
    name = "gdpr-radering-ja" if unpublish else "gdpr-radering-nej"
    annex = paper(home, "overklagande", facts, at, {"beslutsdatum": local_day(at).isoformat()})
    return paper(home, name, facts, at, fields), annex
