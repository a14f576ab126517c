"""The public list of the municipality's accounts as a web page, JSON and CSV.

The page follows WCAG 2.1 AA (EN 301 549): one language, landmarks, headings in order, a way past the head, links that say
where they lead, contrast of at least 4.5:1 in light and dark, no scripts, nothing fetched from elsewhere, and one column so
that it can be read at 320 pixels. Values are put into a tree and written by the library: nothing of them is markup.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from lxml import etree

from flows.oversee.accounts.listed import Listed, link_of, listed, shown
from schemas.account import Account
from schemas.calendar import local_day
from schemas.ground import Organisation
from schemas.oversight import OversightSettings

COLUMNS: Final = (
    ("namn", "name"),
    ("plattform", "platform"),
    ("adress", "address"),
    ("ansvarig verksamhet", "unit"),
    ("rutin", "routine"),
    ("anmäl olämpligt innehåll", "contact"),
    ("beslutat", "since"),
    ("tjänstepersons konto", "personal"),
)
"""Columns of the CSV: heading, and name of the value in the JSON."""
_GUARDED: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_STYLE: Final = """
:root { color-scheme: light dark; --text: #1b1b1b; --ground: #ffffff; --line: #6b6b6b; --link: #0b4f8a; }
@media (prefers-color-scheme: dark) {
  :root { --text: #f2f2f2; --ground: #1b1b1b; --line: #a8a8a8; --link: #9ecbff; }
}
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--ground); overflow-wrap: anywhere; }
header, main, footer { max-width: 48rem; margin: 0 auto; padding: 0 1rem; }
h1 { font-size: 1.75rem; line-height: 1.2; }
h2 { font-size: 1.375rem; margin-top: 2rem; }
h3 { font-size: 1.125rem; margin: 0 0 .5rem; }
a { color: var(--link); }
a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.past { position: absolute; left: -999rem; }
.past:focus { position: static; display: inline-block; padding: .5rem 0; }
ul { list-style: none; margin: 0; padding: 0; }
li { border: 1px solid var(--line); border-radius: .25rem; margin: 0 0 1rem; padding: 1rem; }
dl { margin: 0; }
dt { font-weight: 600; }
dd { margin: 0 0 .5rem; }
footer { border-top: 1px solid var(--line); margin-top: 2rem; padding-bottom: 2rem; }
@media print { .past { display: none; } li { break-inside: avoid; } }
"""


def public_list(
    accounts: Iterable[Account], settings: OversightSettings, organisation: Organisation, at: datetime
) -> bytes:
    """The page (``konton.html``, UTF-8): every account that is not closed on the instant's civil day."""
    return page(listed(accounts, settings, local_day(at)), settings, organisation, at)


def page(lines: Sequence[Listed], settings: OversightSettings, organisation: Organisation, at: datetime) -> bytes:
    """The page of lines that are there already."""
    owner = shown(organisation.name) or "Kommunen"
    heading = f"Sociala medier – {owner}"
    html = etree.Element("html", lang="sv")
    head = etree.SubElement(html, "head")
    etree.SubElement(head, "meta", charset="utf-8")
    etree.SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    _put(head, "title", heading)
    _put(head, "style", _STYLE)
    body = etree.SubElement(html, "body")
    _put(body, "a", "Hoppa till listan", href="#innehall", **{"class": "past"})
    _put(etree.SubElement(body, "header"), "p", owner)
    main = etree.SubElement(body, "main", id="innehall", tabindex="-1")
    _put(main, "h1", heading)
    _introduction(main, len(lines), settings)
    _sections(main, [one for one in lines if not one.personal], "")
    _sections(main, [one for one in lines if one.personal], "Tjänstepersoners konton")
    footer = etree.SubElement(body, "footer")
    day = local_day(at).isoformat()
    updated = _put(footer, "p", "Listan gäller ")
    _put(updated, "time", day, datetime=day).tail = ". Den finns också som "
    _put(updated, "a", "JSON-fil", href="konton.json").tail = " och "
    _put(updated, "a", "CSV-fil", href="konton.csv").tail = "."
    written: bytes = etree.tostring(html, method="html", encoding="utf-8", doctype="<!DOCTYPE html>")
    return written + b"\n"


def list_json(lines: Sequence[Listed], organisation: Organisation, at: datetime) -> bytes:
    """``konton.json``: ``{"organisation", "updated", "accounts": [...]}``, UTF-8."""
    values = {
        "organisation": shown(organisation.name),
        "updated": local_day(at).isoformat(),
        "accounts": [one.as_json() for one in lines],
    }
    return json.dumps(values, ensure_ascii=False, indent=2).encode("utf-8") + b"\n"


def list_csv(lines: Sequence[Listed]) -> bytes:
    """``konton.csv``: byte order mark, semicolons and CRLF, so that a Swedish spreadsheet opens it as it is.

    A cell that a spreadsheet would work out as a formula gets an apostrophe before it.
    """
    sink = io.StringIO()
    writer = csv.writer(sink, delimiter=";", lineterminator="\r\n")
    writer.writerow([heading for heading, _ in COLUMNS])
    for one in lines:
        values = one.as_json()
        writer.writerow([_cell(values[name]) for _, name in COLUMNS])
    return b"\xef\xbb\xbf" + sink.getvalue().encode("utf-8")


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nej"
    text = str(value or "")
    return f"'{text}" if text.lstrip(" \u00a0\ufeff\u200b").startswith(_GUARDED) or text.startswith("'") else text


def _introduction(main: etree._Element, count: int, settings: OversightSettings) -> None:
    if not count:
        _put(main, "p", "Det finns inga konton att visa.")
        return
    start = "Här är det konto" if count == 1 else f"Här är de {count} konton"
    _put(main, "p", f"{start} i sociala medier som vi ansvarar för.")
    for words, value in (
        ("Felanmälningar tas emot på ", settings.faults),
        ("Synpunkter och förslag lämnas på ", settings.suggestions),
        ("Så behandlar vi personuppgifter: ", settings.privacy),
    ):
        if value:
            _linked(_put(main, "p", words), shown(value))


def _sections(main: etree._Element, lines: Sequence[Listed], heading: str) -> None:
    """A heading per platform with its accounts; ``heading``: one for all of them instead."""
    for platform, some in groupby(lines, key=lambda one: heading or one.platform):
        section = etree.SubElement(main, "section")
        _put(section, "h2", platform)
        accounts = etree.SubElement(section, "ul", role="list")
        for one in some:
            _account(etree.SubElement(accounts, "li"), one)


def _account(place: etree._Element, one: Listed) -> None:
    _name(etree.SubElement(place, "h3"), one.name)
    facts = etree.SubElement(place, "dl")
    _put(facts, "dt", "Plattform")
    _put(facts, "dd", one.platform)
    _put(facts, "dt", "Adress")
    if one.address:
        _linked(etree.SubElement(facts, "dd"), one.address)
    else:
        _put(facts, "dd", "Sök efter namnet på plattformen.")
    if one.unit:
        _put(facts, "dt", "Ansvarig verksamhet")
        _put(facts, "dd", one.unit)
    if one.routine:
        _put(facts, "dt", "Regler och rutin")
        link = etree.SubElement(etree.SubElement(facts, "dd"), "a", href=one.routine)
        link.text = "Så sköter vi "
        _name(link, one.name)
    if one.contact:
        _put(facts, "dt", "Anmäl olämpligt innehåll")
        _linked(etree.SubElement(facts, "dd"), one.contact)
    if one.since is not None:
        _put(facts, "dt", "Beslutat")
        _put(etree.SubElement(facts, "dd"), "time", one.since.isoformat(), datetime=one.since.isoformat())


def _name(place: etree._Element, name: str) -> None:
    """A name in a direction of its own, so that it turns nothing around it."""
    _put(place, "bdi", name)


def _linked(place: etree._Element, text: str) -> None:
    """The text as a link to what it names, or as text."""
    target = link_of(text)
    _put(place, "a" if target else "bdi", text, **({"href": target} if target else {}))


def _put(place: etree._Element, tag: str, text: str, **attributes: str) -> etree._Element:
    one = etree.SubElement(place, tag, attributes)
    one.text = text
    return one
