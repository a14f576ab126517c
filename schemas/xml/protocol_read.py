"""Read the draft or the certificate of a culling from a source that may be hostile."""

from __future__ import annotations

from datetime import date
from functools import cache
from io import BytesIO
from typing import Any, cast

from lxml import etree

from schemas.order import Guard, Signature, SigningAct
from schemas.protocol import Certificate, Count, Draft, Mandate, PlaceSeen, Signatory, TypeTotal
from schemas.text import from_xml
from schemas.xml.guarded import DocumentRefusedError, GuardedStream, events
from schemas.xml.protocol_form import DRAFT, SCHEMA_FILE, tag
from schemas.xml.record_form import read_instant

_WHAT = "protocol of a culling"
_DAMAGED = "the document is damaged; restore it from another copy"
_LEAF = tag("leaf")


def read_protocol(data: bytes) -> Draft | Certificate:
    """The draft or certificate, exactly as it was written.

    Whether signatures, order of the leaves and root are true is not asked here (``cull verify``).

    Raises:
        DocumentRefusedError: neither of the two, damaged, not valid or hostile.
    """
    document, leaves = _walk(data)
    try:
        return _draft(document) if document.tag == tag(DRAFT) else _certificate(document, leaves)
    except (ValueError, OverflowError) as error:
        if isinstance(error, DocumentRefusedError):
            raise
        raise DocumentRefusedError(
            _WHAT, document.sourceline or 1, "VALUE", "a number or time is out of bounds"
        ) from None


def read_certificate(data: bytes) -> Certificate:
    """The certificate, exactly as it was written. Raises DocumentRefusedError, also for a draft."""
    found = read_protocol(data)
    if not isinstance(found, Certificate):
        raise DocumentRefusedError(_WHAT, 1, "DRAFT", "give a certificate; this is the draft of a proposal")
    return found


def read_draft(data: bytes) -> Draft:
    """The draft, exactly as it was written. Raises DocumentRefusedError, also for a certificate."""
    found = read_protocol(data)
    if not isinstance(found, Draft):
        raise DocumentRefusedError(_WHAT, 1, "CERTIFICATE", "give a draft; this is a certificate")
    return found


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMA_FILE))


def _walk(data: bytes) -> tuple[Any, list[str]]:
    """The validated tree without the leaves, and the leaves."""
    if b"\x00" in data:
        # The parser takes it for the end and would call what stands before it whole.
        raise DocumentRefusedError(_WHAT, data.count(b"\n", 0, data.index(b"\x00")) + 1, "NULL", _DAMAGED)
    leaves: list[str] = []
    document: Any = None
    closed = False
    for event, element in events(GuardedStream(BytesIO(data), _WHAT), _WHAT, _schema()):
        if event == "start":
            if document is None:
                document = element
            continue
        closed = element is document
        if element.tag == _LEAF:
            leaves.append(from_xml(element.text or ""))
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    if not closed:
        raise DocumentRefusedError(_WHAT, data.count(b"\n") + 1, "CUT", _DAMAGED)
    # What does not match the schema was refused when the events ended: from here on every part is where it belongs.
    return document, leaves


def _draft(one: Any) -> Draft:
    outcomes = one.find(tag("outcomes"))
    mandate, signature = one.find(tag("mandate")), one.find(tag("proposal"))
    return Draft(
        order=one.get("order"),
        as_of=date.fromisoformat(one.get("as-of")),
        made=read_instant(one.get("made")),
        authorities=_texts(one, "authority"),
        accounts=_texts(one, "account"),
        types=_texts(one, "type"),
        mandate=None if mandate is None else _mandate(mandate),
        cull=int(outcomes.get("cull")),
        keep=int(outcomes.get("keep")),
        ask=int(outcomes.get("ask")),
        totals=_totals(one),
        reasons=_counts(one, "reason"),
        exceptions=_counts(one, "exception"),
        asked=_counts(one, "question"),
        overdue=int(outcomes.get("overdue")),
        guards=_counts(one, "guard"),
        signature=None if signature is None else _signature(signature),
        persons=_persons(one),
    )


def _certificate(one: Any, leaves: list[str]) -> Certificate:
    outcomes, annex, ledger = one.find(tag("outcomes")), one.find(tag("annex")), one.find(tag("ledger"))
    if int(annex.get("count")) != len(leaves):
        raise DocumentRefusedError(_WHAT, annex.sourceline or 1, "COUNT", "the annex does not hold as many leaves")
    return Certificate(
        order=one.get("order"),
        as_of=date.fromisoformat(one.get("as-of")),
        authorities=_texts(one, "authority"),
        accounts=_texts(one, "account"),
        types=_texts(one, "type"),
        mandate=_mandate(one.find(tag("mandate"))),
        begun=read_instant(one.get("begun")),
        finished=read_instant(one.get("finished")),
        totals=_totals(one),
        culled=int(outcomes.get("culled")),
        kept=int(outcomes.get("kept")),
        exceptions=_counts(one, "exception"),
        rows=int(outcomes.get("rows")),
        bytes=int(outcomes.get("bytes")),
        places=tuple(
            PlaceSeen(
                place=_text(place),
                removed=int(place.get("removed")),
                verified_absent=int(place.get("verified-absent")),
            )
            for place in one.findall(tag("place"))
        ),
        method=_text(one.find(tag("method"))),
        proposal=_signature(one.find(tag("proposal"))),
        approval=_signature(one.find(tag("approval"))),
        checks=tuple(check.get("code") for check in one.findall(tag("check"))),
        verified=tuple((_text(said), said.get("holds") == "true") for said in one.findall(tag("verified"))),
        restore_protection=one.find(tag("restore-protection")).get("present") == "true",
        ledger_seq=int(ledger.get("seq")),
        ledger_hash=ledger.get("hash"),
        leaves=tuple(leaves),
        root=annex.get("root"),
        persons=_persons(one),
    )


def _mandate(one: Any) -> Mandate:
    return Mandate(
        title=_text(one.find(tag("title"))),
        edition=_text(one.find(tag("edition"))),
        digest=from_xml(one.get("digest")),
        body=_text(one.find(tag("body"))),
        decided=_day(one, "decided"),
        paragraph=_text(one.find(tag("paragraph"))),
        dnr=_text(one.find(tag("dnr"))),
    )


def _totals(one: Any) -> tuple[TypeTotal, ...]:
    return tuple(
        TypeTotal(
            authority=_text(total.find(tag("authority"))),
            rule=_text(total.find(tag("rule"))),
            type=_text(total.find(tag("type"))),
            klassa=_text(total.find(tag("klassa"))),
            legal=_text(total.find(tag("legal"))),
            trigger=_text(total.find(tag("trigger"))),
            period=_text(total.find(tag("period"))),
            items=int(total.get("items")),
            first=_day(total, "first"),
            last=_day(total, "last"),
            due_first=_day(total, "due-first"),
            due_last=_day(total, "due-last"),
            samples=_texts(total, "sample"),
        )
        for total in one.findall(tag("total"))
    )


def _counts(one: Any, name: str) -> tuple[Count, ...]:
    return tuple(
        Count(code=from_xml(found.get("code")), text=_text(found), items=int(found.get("items")))
        for found in one.findall(tag(name))
    )


def _signature(one: Any) -> Signature:
    expires: str | None = one.get("expires")
    return Signature(
        order=one.get("order"),
        act=cast("SigningAct", one.get("act")),
        person=_text(one.find(tag("person"))),
        role=_text(one.find(tag("role"))),
        key=_text(one.find(tag("key"))),
        at=read_instant(one.get("at")),
        expires=None if expires is None else read_instant(expires),
        accepted=tuple(cast("Guard", guard.get("code")) for guard in one.findall(tag("accepted"))),
        statement=_text(one.find(tag("statement"))),
        signature=_text(one.find(tag("signature"))),
    )


def _persons(one: Any) -> tuple[Signatory, ...]:
    return tuple(
        Signatory(
            person=_text(found.find(tag("person"))),
            role=_text(found.find(tag("role"))),
            valid_from=_day(found, "valid-from"),
            valid_to=_day(found, "valid-to"),
            body=_text(found.find(tag("body"))),
            decided=_day(found, "decided"),
            paragraph=_text(found.find(tag("paragraph"))),
        )
        for found in one.findall(tag("signatory"))
    )


def _texts(one: Any, name: str) -> tuple[str, ...]:
    return tuple(_text(found) for found in one.findall(tag(name)))


def _text(one: Any) -> str:
    return from_xml(one.text or "")


def _day(one: Any, name: str) -> date | None:
    written: str | None = one.get(name)
    return None if written is None else date.fromisoformat(written)
