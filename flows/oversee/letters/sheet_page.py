"""The month sheet as a web page: tables with the numbers, small charts beside them. Pure; no scripts, nothing from outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from lxml import etree

from flows.oversee.letters.charts import Bar, Chart, draw
from flows.oversee.letters.counting import Numbers, together
from flows.oversee.letters.markup import add, page, serialised
from flows.oversee.letters.numbers import instant_words, month_words, percent, span, whole
from flows.oversee.letters.said import SAID
from schemas.codes import sentence
from schemas.finding import Finding
from schemas.ids import Month
from schemas.oversight import OversightSettings

_ALL: Final = "Alla enheter"
_UNSAID: Final = "Inte förklarat ännu"
_STYLE: Final = """
:root{color-scheme:light dark;--text:#1b1b1b;--ground:#fff;--line:#6b6b6b;--fill:#0b4f8a}
@media (prefers-color-scheme:dark){:root{--text:#f2f2f2;--ground:#1b1b1b;--line:#a8a8a8;--fill:#9ecbff}}
*{box-sizing:border-box}
body{margin:0;font:1rem/1.5 system-ui,sans-serif;color:var(--text);background:var(--ground);overflow-wrap:break-word}
header,main,footer{max-width:56rem;margin:0 auto;padding:0 1rem}
h1{font-size:clamp(1.3rem,6vw,1.75rem);line-height:1.2;margin:1rem 0}
h2{font-size:1.375rem;line-height:1.25;margin:2.5rem 0 .5rem}
table{border-collapse:collapse;width:100%;margin:1rem 0}
caption{text-align:left;font-weight:600;padding:.25rem 0}
th,td{border-bottom:1px solid var(--line);padding:.35rem .5rem;text-align:right;vertical-align:top}
th:first-child,td:first-child{text-align:left}
tbody th,td{overflow-wrap:anywhere}
tr.summa th,tr.summa td{border-top:2px solid var(--text);font-weight:600}
.diagram{display:block;width:100%;max-width:32rem;height:auto;margin:1rem 0;font-size:14px}
.diagram text{fill:var(--text)}
footer{border-top:1px solid var(--line);margin-top:2.5rem;padding-bottom:2rem}
.past{position:absolute;left:-999rem}
.past:focus{position:static;display:inline-block;padding:.5rem 1rem}
a{color:var(--fill)}
@media (max-width:40rem){
table,caption,tbody,tr,th,td{display:block}
thead{position:absolute;left:-999rem}
tr{border-bottom:1px solid var(--line);padding:.5rem 0}
th,td,tr.summa th,tr.summa td{border:0;padding:.1rem 0;text-align:left}
td[data-rubrik]::before{content:attr(data-rubrik) ": "}
tr.summa{border-top:2px solid var(--text)}
}
@media print{:root{--text:#000;--ground:#fff;--line:#666;--fill:#0b4f8a}.past{display:none}section,table,.diagram{break-inside:avoid}h2{break-after:avoid}
.diagram{print-color-adjust:exact}body{font-size:10.5pt}}
"""
_NOTES: Final = (
    "En fråga är det som Bevara känner igen som en fråga från en besökare. En fråga som besökaren tog bort, eller som "
    "doldes, utan att ha fått svar räknas inte.",
    "Svarstiden är kontorstid: bara öppettiderna på vardagar räknas. Medianen är den mittersta svarstiden. Svar som kom "
    "senare än månaden efter räknas inte.",
    "Undertexter och alternativtexter gäller egna inlägg som publicerades under månaden, så som de ser ut nu.",
    "Gallring och öppna punkter är läget när bladet skrevs, inte månadens.",
)


def sheet_page(
    units: Mapping[str, Numbers],
    accounts: Mapping[str, Numbers],
    month: Month,
    settings: OversightSettings,
    organisation: str,
    at: datetime,
    findings: Sequence[Finding] = (),
) -> bytes:
    """The page in UTF-8, the same bytes for the same values.

    Args:
        units: by name, in order. accounts: by name, for coverage. at: when it is written. findings: what it lacks.
    """
    when = month_words(int(month[:4]), int(month[5:]))
    owner = organisation or "Kommunen"
    heading = f"Sociala medier i {when}"
    root, body = page(f"{heading} – {owner}", _STYLE)
    add(body, "a", "Hoppa till innehållet", href="#innehall", class_="past")
    add(add(body, "header"), "p", f"{owner}, månadsblad")
    main = add(body, "main", id="innehall", tabindex="-1")
    add(main, "h1", heading)
    total = together(units.values())
    for one in _lead(total, settings):
        add(main, "p", one)
    for finding in findings:
        add(main, "p", sentence(finding.code, "sv", dict(finding.parameters)))
    _questions(main, units, total, settings)
    _removals(main, units, total, settings)
    _texts(main, units, total)
    _coverage(main, accounts)
    _due(main, units, total)
    _open(main, total)
    notes = add(main, "section")
    add(notes, "h2", "Så är siffrorna räknade")
    listed = add(notes, "ul")
    for one in _NOTES:
        add(listed, "li", one)
    add(add(body, "footer"), "p", f"Skrivet av Bevara {instant_words(at)}.")
    return serialised(root)


def _lead(total: Numbers, settings: OversightSettings) -> Iterator[str]:
    asked = "1 fråga" if total.questions == 1 else f"{whole(total.questions)} frågor"
    yield (
        f"Besökarna ställde {asked}. {percent(total.in_time, total.judged)} av dem som kan bedömas fick svar inom "
        f"ambitionen, {settings.answer_hours} timmar. Mediantiden till svar var {span(total.median)} kontorstid."
        if total.questions
        else "Inga frågor från besökare den här månaden."
    )
    gone = sum(total.removals.values())
    yield f"{whole(gone)} inlägg togs bort eller doldes. {whole(sum(total.open.values()))} punkter är öppna nu."


def _questions(main: etree._Element, units: Mapping[str, Numbers], total: Numbers, settings: OversightSettings) -> None:
    section = add(main, "section")
    add(section, "h2", "Frågor och svarstider")
    chart = Chart(
        id="fragor",
        title="Frågor per enhet",
        description=f"Av {whole(total.questions)} frågor fick {whole(total.in_time)} svar inom ambitionen, "
        f"{whole(total.late)} inte, och {whole(total.waiting)} väntar ännu i tid.",
        kinds=(("inom ambitionen", "solid"), ("inte inom ambitionen", "hatched"), ("väntar, ännu i tid", "hollow")),
        bars=tuple(Bar(label=name, values=(one.in_time, one.late, one.waiting)) for name, one in units.items()),
    )
    draw(section, chart)
    _table(
        section,
        f"Frågor från besökare; ambitionen är svar inom {settings.answer_hours} timmar",
        ("Enhet", "Frågor", "Besvarade", "Inom ambitionen", "Andel inom", "Väntar i tid", "Mediantid"),
        [
            (
                name,
                whole(one.questions),
                whole(one.answered),
                whole(one.in_time),
                percent(one.in_time, one.judged),
                whole(one.waiting),
                span(one.median),
            )
            for name, one in _with_sum(units, total)
        ],
    )


def _removals(main: etree._Element, units: Mapping[str, Numbers], total: Numbers, settings: OversightSettings) -> None:
    section = add(main, "section")
    add(section, "h2", "Borttaget och dolt, efter regel")
    if not total.removals:
        add(section, "p", "Inget togs bort eller doldes av oss den här månaden.")
        return
    named = {one: _clause(one, settings) for one in sorted(total.removals)}
    gone = sum(total.removals.values())
    chart = Chart(
        id="borttaget",
        title="Borttaget och dolt, efter regel",
        description=f"{whole(gone)} inlägg: "
        + ", ".join(f"{whole(total.removals[one])} {one or _UNSAID.lower()}" for one in named)
        + ".",
        kinds=(("borttagna och dolda", "solid"),),
        bars=tuple(Bar(label=name, values=(total.removals[one],)) for one, name in named.items()),
    )
    draw(section, chart)
    columns = [name for name in units if units[name].removals]
    rows = [
        (name, *(whole(units[unit].removals.get(one, 0)) for unit in columns), whole(total.removals[one]))
        for one, name in named.items()
    ]
    _table(section, "Antal efter sidans regler", ("Regel", *columns, _ALL), rows, summed=False)


def _texts(main: etree._Element, units: Mapping[str, Numbers], total: Numbers) -> None:
    section = add(main, "section")
    add(section, "h2", "Undertexter och alternativtexter")
    for key, title, bare, every, missing in (
        ("filmer", "Egna filmer", total.films_bare, total.films, "undertexter"),
        ("bilder", "Egna bilder", total.pictures_bare, total.pictures, "alternativtext"),
    ):
        films = key == "filmer"
        draw(
            section,
            Chart(
                id=key,
                title=f"{title} med och utan {missing}",
                description=f"{whole(every - bare)} av {whole(every)} har {missing}.",
                kinds=((f"{key} med {missing}", "solid"), (f"{key} utan {missing}", "hatched")),
                bars=tuple(
                    Bar(
                        label=name,
                        values=(one.films - one.films_bare, one.films_bare)
                        if films
                        else (one.pictures - one.pictures_bare, one.pictures_bare),
                    )
                    for name, one in units.items()
                ),
            ),
        )
    _table(
        section,
        "Egna filmer och bilder",
        ("Enhet", "Filmer", "Utan undertexter", "Bilder", "Utan alternativtext"),
        [
            (name, whole(one.films), whole(one.films_bare), whole(one.pictures), whole(one.pictures_bare))
            for name, one in _with_sum(units, total)
        ],
    )


def _coverage(main: etree._Element, accounts: Mapping[str, Numbers]) -> None:
    section = add(main, "section")
    add(section, "h2", "Hämtning, natt för natt")
    some = {name: one for name, one in accounts.items() if one.nights}
    total = together(some.values())
    if not some:
        add(section, "p", "Inget konto hämtades den här månaden.")
        return
    lost = total.nights - total.whole - total.partly
    draw(
        section,
        Chart(
            id="natter",
            title="Nätter per konto",
            description=f"{whole(total.whole)} nätter hämtades helt, {whole(total.partly)} delvis och {whole(lost)} inte alls.",
            kinds=(("hela", "solid"), ("delvis", "hatched"), ("ingen hämtning", "hollow")),
            bars=tuple(
                Bar(label=name, values=(one.whole, one.partly, one.nights - one.whole - one.partly))
                for name, one in some.items()
            ),
        ),
    )
    rows = [
        (
            name,
            whole(one.nights),
            whole(one.whole),
            whole(one.partly),
            whole(one.nights - one.whole - one.partly),
            percent(one.whole, one.nights),
        )
        for name, one in _with_sum(some, total, "Alla konton")
    ]
    _table(section, "Nätter", ("Konto", "Nätter", "Hela", "Delvis", "Ingen hämtning", "Andel hela"), rows)


def _due(main: etree._Element, units: Mapping[str, Numbers], total: Numbers) -> None:
    section = add(main, "section")
    add(section, "h2", "Gallring i tur")
    draw(
        section,
        Chart(
            id="gallring",
            title="Handlingar i tur att gallras",
            description=f"{whole(total.due)} handlingar är i tur att gallras, {whole(total.asks)} behöver avgöras av någon.",
            kinds=(("i tur att gallras", "solid"), ("att avgöra", "hatched")),
            bars=tuple(Bar(label=name, values=(one.due, one.asks)) for name, one in units.items()),
        ),
    )
    rows = [(name, whole(one.due), whole(one.asks)) for name, one in _with_sum(units, total)]
    _table(section, "Handlingar", ("Enhet", "I tur att gallras", "Att avgöra"), rows)


def _open(main: etree._Element, total: Numbers) -> None:
    section = add(main, "section")
    add(section, "h2", "Öppna punkter")
    if not total.open:
        add(section, "p", "Inga punkter är öppna.")
        return
    rows = [(_code(code), whole(count)) for code, count in sorted(total.open.items())]
    _table(section, "Det som väntar på en hand nu", ("Vad", "Antal"), rows, summed=False)


def _code(code: str) -> str:
    said = SAID.get(code)
    return f"{said.several if said is not None else 'annat i kontoregistret och på webbplatsen'} ({code})"


def _clause(one: str, settings: OversightSettings) -> str:
    if not one:
        return _UNSAID
    return f"{one} {settings.clauses[one].title}" if one in settings.clauses else one


def _with_sum(some: Mapping[str, Numbers], total: Numbers, name: str = _ALL) -> Iterator[tuple[str, Numbers]]:
    yield from some.items()
    yield name, total


def _table(
    above: etree._Element,
    caption: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    summed: bool = True,
) -> None:
    """A table that stays one for those who hear it, and stands line by line on a narrow screen."""
    table = add(above, "table", role="table")
    add(table, "caption", caption)
    head = add(add(table, "thead", role="rowgroup"), "tr", role="row")
    for one in headings:
        add(head, "th", one, scope="col", role="columnheader")
    body = add(table, "tbody", role="rowgroup")
    for number, row in enumerate(rows, 1):
        line = add(body, "tr", role="row")
        if summed and number == len(rows):
            line.set("class", "summa")
        add(line, "th", row[0], scope="row", role="rowheader")
        for heading, value in zip(headings[1:], row[1:], strict=True):
            add(line, "td", value, role="cell", data_rubrik=heading)
