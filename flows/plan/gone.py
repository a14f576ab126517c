"""What can be said of an item that was culled: when, under which plan row and edition, and by which order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.calendar import local_day
from schemas.codes.decide import Lang
from schemas.codes.words import value
from schemas.ground import Ground
from schemas.ids import ItemId, rfc3339
from schemas.order import Operation, Order, Signature, Tombstone


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A culled item: what remains of it, and the order it went under.

    Attributes:
        tombstone: what remains. order, operation: None only where the register has lost them.
        signatures: of the order, the proposal's first.
        receipts: links of the ledger about the item and about the order: number and decoded body.
    """

    tombstone: Tombstone
    order: Order | None
    operation: Operation | None
    signatures: Sequence[Signature]
    receipts: Sequence[tuple[int, dict[str, Any]]]

    @property
    def finished(self) -> bool:
        """Every place was seen to be empty of it, and that is certified."""
        return self.order is not None and self.order.standing == "done"


def find_gone(ground: Ground, item: ItemId) -> Gone | None:
    """What the archive knows of a culled item; None when no such item was culled."""
    with ground.state.reading() as books:
        found = books.tombstones.of([item])
        if not found:
            return None
        (tombstone,) = found
        links = {link.seq: link for name in (item, tombstone.order) for link in books.ledger.about(name)}
        return Gone(
            tombstone=tombstone,
            order=books.orders.get(tombstone.order),
            operation=books.orders.operation(tombstone.order),
            signatures=books.orders.signatures(tombstone.order),
            receipts=[(seq, json.loads(links[seq].body)) for seq in sorted(links)],
        )


def gone_json(gone: Gone) -> dict[str, Any]:
    """The contract of ``explain --json`` for a culled item: the same keys, and ``culled`` beside them."""
    tomb, operation = gone.tombstone, gone.operation
    return {
        "item": tomb.item,
        "kind": tomb.kind,
        "decision": {
            "outcome": "culled",
            "due": None,
            "trigger": None,
            "rule": tomb.rule,
            "edition": tomb.edition,
            "reasons": [],
        },
        "culled": {
            "at": rfc3339(tomb.culled),
            "rule": tomb.rule,
            "edition": tomb.edition,
            "order": tomb.order,
            "parent": tomb.parent,
            "thread": tomb.thread,
            "certificate": operation.certificate if operation else None,
            "finished": gone.finished,
        },
        "tried": [],
        "versions": [],
        "sightings": [],
        "receipts": [{"seq": seq, **body} for seq, body in gone.receipts],
    }


def gone_lines(gone: Gone, lang: Lang) -> Iterator[str]:
    """The same in words."""
    swedish = lang == "sv"
    tomb = gone.tombstone

    def say(sv: str, en: str) -> str:
        return sv if swedish else en

    day = local_day(tomb.culled)
    yield f"{say('Handling', 'Record')} {tomb.item}"
    yield f"  {say('slag', 'kind')}: {value(tomb.kind, lang)}"
    yield ""
    if gone.finished:
        yield say(
            f"Gallrad {day}. Innehållet är förstört och kan inte återskapas.",
            f"Culled on {day}. The content is destroyed and cannot be had again.",
        )
    else:
        yield say(
            f"Gallringen pågår sedan {day}. Arkivet visar inte handlingen längre, men kopior kan finnas kvar på någon plats.",
            f"Being culled since {day}. The archive shows it no longer, but copies may be left in some place.",
        )
    yield f"  {say('planrad', 'rule')}: {tomb.rule} ({say('utgåva', 'edition')} {tomb.edition})"
    yield f"  {say('gallringsbeslut', 'order')}: {tomb.order}"
    for one in gone.signatures:
        what = say("föreslagen", "proposed") if one.act == "propose" else say("godkänd", "approved")
        yield f"  {what} {local_day(one.at)} {say('av', 'by')} {one.person} ({one.role})"
    yield f"  {say('tråd', 'thread')}: {tomb.thread}"
    if gone.operation is not None and gone.operation.certificate is not None:
        yield f"  {say('gallringsprotokoll', 'certificate')}: {gone.operation.certificate}"
    else:
        yield "  " + say("gallringsprotokollet är inte färdigt än", "the certificate is not finished yet")
