"""What the pages of a protocol say, in Swedish: headings, labels and values, ready for the template.

The page is a plain value of JSON: ``title``, ``subtitle``, ``description``, ``keywords``, ``footer``, ``file``,
``attached`` and ``parts`` (``heading``, ``blocks``). A block has a ``kind``: ``pairs`` (``rows`` of ``label``, ``text``,
``code``), ``table`` (``columns`` of ``title``, ``wide``, ``right``; ``rows`` of texts; ``small``), ``text`` or ``heading``
(``text``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from connectors.typesetting.display import code, day, moment, number, shown, span
from schemas.codes.checks import PASSED
from schemas.order import Guard, Signature
from schemas.protocol import Certificate, Count, Draft, Mandate, Signatory, TypeTotal

Block = dict[str, Any]

_ACTS = {"propose": "Förslag", "approve": "Godkännande"}
_GUARDS: Mapping[Guard, str] = {
    "G-SHARE": "en större andel av ett kontos handlingar än den tillåtna gallras",
    "G-REMAIN": "inget blir kvar av en handlingstyp",
}


def page(found: Draft | Certificate, document: bytes) -> dict[str, Any]:
    """Everything that the template sets for one document."""
    digest = hashlib.sha256(document).hexdigest()
    return _draft(found, digest) if isinstance(found, Draft) else _certificate(found, digest)


def _draft(found: Draft, digest: str) -> dict[str, Any]:
    signed = "Utkastet är inte undertecknat och kan därför inte godkännas." if found.signature is None else ""
    parts = [
        _part(
            "Om utkastet",
            _pairs(
                ("Arkivbildare", _listed(found.authorities, "ingen angiven")),
                ("Bedömningsdag", day(found.as_of)),
                ("Upprättat", moment(found.made)),
                *_scope(found),
                ("Att gallra", _items(found.cull)),
                ("Att behålla", _items(found.keep)),
                ("Att avgöra", _items(found.ask)),
                ("Försenad gallring", _items(found.overdue)),
            ),
            _text("Detta är ett förslag. Inget har gallrats."),
        ),
        _mandate(found.mandate),
        _part("Handlingstyper", *_totals(found.totals)),
        *_counted("Skäl för gallring", found.reasons, "Inga."),
        *_counted("Undantag: gallras inte trots att fristen har gått ut", found.exceptions, "Inga."),
        *_counted("Att avgöra av en person", found.asked, "Inget."),
        *_counted("Spärrar som ett godkännande måste ange", found.guards, "Inga."),
        *_samples(found.totals),
        _part(
            "Underskrift",
            *([_text(signed)] if found.signature is None else _signature(found.signature, found.persons)),
        ),
        _part(
            "Kontrollsummor",
            _codes(("Listan (SHA-256)", found.order), ("XML-dokumentet (SHA-256)", digest)),
            _text("XML-dokumentet är bifogat i denna PDF."),
        ),
    ]
    return _page("Utkast till gallringsprotokoll", "gallringsprotokoll-utkast.xml", found.order, found.mandate, parts)


def _certificate(found: Certificate, digest: str) -> dict[str, Any]:
    parts = [
        _part(
            "Om gallringen",
            _pairs(
                ("Arkivbildare", _listed(found.authorities, "ingen angiven")),
                ("Bedömningsdag", day(found.as_of)),
                ("Påbörjad", moment(found.begun)),
                ("Slutförd", moment(found.finished)),
                *_scope(found),
                ("Gallrat", _items(found.culled)),
                ("Behållet av listan", _items(found.kept)),
                ("Volym", f"{number(found.rows)} rader och {number(found.bytes)} byte färre än före gallringen"),
            ),
        ),
        _mandate(found.mandate),
        _part("Handlingstyper som gallrats", *_totals(found.totals)),
        *_counted("Undantag: handlingar på listan som inte gallrades", found.exceptions, "Inga."),
        _part(
            "Platser",
            _table(
                [("Plats", True, False), ("Att ta bort", False, True), ("Iakttaget borta", False, True)],
                [[shown(one.place), number(one.removed), number(one.verified_absent)] for one in found.places],
            ),
            *(
                [_text("På minst en plats har inte allt iakttagits vara borta.")]
                if any(one.verified_absent < one.removed for one in found.places)
                else []
            ),
        ),
        _part("Metod", _text(shown(found.method))),
        _part("Kontroller", *_checks(found.checks)),
        _part(
            "Personer och underskrifter",
            *_signature(found.proposal, found.persons),
            *_signature(found.approval, found.persons),
        ),
        _part(
            "Verifiering efter gallringen",
            _table(
                [("Vad som kontrollerades", True, False), ("Stämmer", False, False)],
                [[shown(text), "ja" if holds else "NEJ"] for text, holds in found.verified],
            ),
        ),
        _part(
            "Skydd mot återläsning",
            _text(
                "En andra plats har liggaren och uppgifterna om vad som har gallrats. Om en säkerhetskopia återläses "
                "gallras samma handlingar igen innan arkivet kan läsas."
                if found.restore_protection
                else "Saknas: ingen andra plats är inställd. En säkerhetskopia som återläses kan innehålla gallrade "
                "handlingar."
            ),
        ),
        _part(
            "Kontrollsummor",
            _codes(
                ("Listan (SHA-256)", found.order),
                ("Rot över löven", found.root),
                ("XML-dokumentet (SHA-256)", digest),
                (f"Liggarens länk {number(found.ledger_seq)}", found.ledger_hash),
            ),
            _pairs(("Antal löv", number(len(found.leaves)))),
            _text(
                "Varje gallrad handling har ett löv i bilagan till det XML-dokument som är bifogat i denna PDF. Den "
                "som får en handlings salt kan kontrollera om handlingen gallrades; utan saltet säger lövet "
                "ingenting. Underskrifter, rot, antal och liggare kan kontrolleras utan arkivsystemet."
            ),
        ),
    ]
    return _page("Gallringsprotokoll", "gallringsprotokoll.xml", found.order, found.mandate, parts)


def _page(title: str, file: str, order: str, mandate: Mandate | None, parts: list[Block]) -> dict[str, Any]:
    subtitle = "Gallring av handlingar från sociala medier"
    if mandate is not None and mandate.dnr:
        subtitle += f", beslut med diarienummer {shown(mandate.dnr)}"
    return {
        "title": title,
        "subtitle": subtitle,
        "description": f"{title}, lista {order}",
        "keywords": ["gallring", "gallringsprotokoll", "sociala medier"],
        "footer": f"{title} – lista {order[:16]}",
        "file": file,
        "attached": f"{title} i XML",
        "parts": parts,
    }


def _scope(found: Draft | Certificate) -> list[tuple[str, str]]:
    return [
        ("Konton", _listed(found.accounts, "alla")),
        ("Planrader", _listed(found.types, "alla")),
    ]


def _mandate(found: Mandate | None) -> Block:
    if found is None:
        return _part("Beslut och plan", _text("Ingen dokumenthanteringsplan gäller. Inget får gallras."))
    return _part(
        "Beslut och plan",
        _pairs(
            ("Plan", _or(found.title)),
            ("Utgåva", _or(found.edition)),
            ("Beslutande organ", _or(found.body)),
            ("Beslutsdatum", "inte angivet" if found.decided is None else day(found.decided)),
            ("Paragraf", _or(found.paragraph)),
            ("Diarienummer", _or(found.dnr)),
        ),
        _codes(("Utgåvans kontrollsumma", found.digest)),
    )


def _totals(totals: Sequence[TypeTotal]) -> list[Block]:
    if not totals:
        return [_text("Inga.")]
    blocks: list[Block] = []
    for authority, group in groupby(totals, key=lambda one: one.authority):
        blocks.append({"kind": "heading", "text": f"Arkivbildare: {_or(authority)}"})
        blocks.append(
            _table(
                [
                    ("Handlingstyp och planrad", True, False),
                    ("Antal", False, True),
                    ("Handlingarnas tid", False, False),
                    ("Frist", True, False),
                    ("Gallringsbara från", False, False),
                ],
                [
                    [_type(one), number(one.items), _lines(one.first, one.last), _term(one), _lines_due(one)]
                    for one in group
                ],
            )
        )
    return blocks


def _type(one: TypeTotal) -> str:
    more = [f"planrad {shown(one.rule)}"]
    if one.klassa:
        more.append(f"klass {shown(one.klassa)}")
    if one.legal:
        more.append(shown(one.legal))
    return f"{_or(one.type)}\n{', '.join(more)}"


def _lines(first: Any, last: Any) -> str:
    return span(first, last).replace(" – ", " –\n")


def _lines_due(one: TypeTotal) -> str:
    return _lines(one.due_first, one.due_last)


def _term(one: TypeTotal) -> str:
    if one.period and one.trigger:
        return f"{shown(one.period)} från {shown(one.trigger)}"
    return _or(one.period or one.trigger)


def _counted(heading: str, counts: Sequence[Count], none: str) -> list[Block]:
    if not counts:
        return [_part(heading, _text(none))]
    rows = [[shown(one.code), shown(one.text), number(one.items)] for one in counts]
    return [_part(heading, _table([("Kod", False, False), ("Innebörd", True, False), ("Antal", False, True)], rows))]


def _samples(totals: Iterable[TypeTotal]) -> list[Block]:
    rows = [[_or(one.type), ", ".join(one.samples)] for one in totals if one.samples]
    columns = [("Handlingstyp", True, False), ("Handlingarnas id", True, False)]
    return [_part("Stickprov", _table(columns, rows))] if rows else []


def _checks(codes: Sequence[str]) -> list[Block]:
    if not codes:
        return [_text("Inga angivna.")]
    rows = [[shown(one), PASSED.get(one, "")] for one in codes]
    columns = [("Kod", False, False), ("Vad som stämde", True, False)]
    return [
        _text("Varje gallrad handling klarade dessa kontroller omedelbart före gallringen."),
        _table(columns, rows, small=True),
    ]


def _signature(one: Signature, persons: Sequence[Signatory]) -> list[Block]:
    rows = [("Namn", shown(one.person)), ("Roll", _or(one.role)), *_mandate_of(one, persons), ("Tid", moment(one.at))]
    if one.expires is not None:
        rows.append(("Gäller till", moment(one.expires)))
    if one.accepted:
        rows.append(("Godtar att", "\n".join(f"{_GUARDS.get(guard, '')} ({shown(guard)})" for guard in one.accepted)))
    return [
        {"kind": "heading", "text": _ACTS[one.act]},
        _pairs(*rows),
        _codes(("Publik nyckel (Ed25519)", one.key), ("Underskrift (Ed25519)", one.signature)),
    ]


def _mandate_of(one: Signature, persons: Sequence[Signatory]) -> list[tuple[str, str]]:
    """The delegation decision and validity as registered for the one who signed."""
    found = next((each for each in persons if (each.person, each.role) == (one.person, one.role)), None)
    if found is None:
        return [("Delegation", "inte angiven")]
    parts = [shown(found.body), "" if found.decided is None else day(found.decided), _paragraph(found.paragraph)]
    begin = "" if found.valid_from is None else f"från och med {day(found.valid_from)} "
    end = "tills vidare" if found.valid_to is None else f"till och med {day(found.valid_to)}"
    decision = " ".join(part for part in parts if part)
    return [("Delegation", decision or "inte angiven"), ("Rollen gäller", f"{begin}{end}")]


def _paragraph(text: str) -> str:
    written = shown(text.strip())
    return f"§ {written}" if written[:1].isdecimal() else written


def _part(heading: str, *blocks: Block) -> Block:
    return {"heading": heading, "blocks": list(blocks)}


def _text(text: str) -> Block:
    return {"kind": "text", "text": text}


def _pairs(*rows: tuple[str, str]) -> Block:
    return {"kind": "pairs", "rows": [{"label": label, "text": text, "code": False} for label, text in rows]}


def _codes(*rows: tuple[str, str]) -> Block:
    return {"kind": "pairs", "rows": [{"label": label, "text": code(text), "code": True} for label, text in rows]}


def _table(columns: Sequence[tuple[str, bool, bool]], rows: Sequence[Sequence[str]], *, small: bool = False) -> Block:
    titles = [{"title": title, "wide": wide, "right": right} for title, wide, right in columns]
    return {"kind": "table", "columns": titles, "rows": [list(row) for row in rows], "small": small}


def _items(count: int) -> str:
    return f"{number(count)} {'handling' if count == 1 else 'handlingar'}"


def _listed(names: Sequence[str], none: str) -> str:
    return ", ".join(shown(name) for name in names) or none


def _or(text: str) -> str:
    return shown(text) or "inte angivet"
