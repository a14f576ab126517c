"""An entry as a spreadsheet (XLSX): the entry, the plan's rows, and what is changed. The same bytes for the same entry."""

from __future__ import annotations

from collections.abc import Sequence

from flows.oversee.art30.act import Told
from flows.oversee.costs.workbook import Tab, Value, parts, workbook

LACKS = "SAKNAS"


def entry_file(told: Told) -> bytes:
    """The file ``art30-<account>.xlsx``."""
    name = told.entry.account
    return workbook((_entry(told), _periods(told), _changes(told)), title=f"Registerpost för kontot {name}")


def _entry(told: Told) -> Tab:
    rows: list[Sequence[Value]] = [("", "Konto i Bevara", told.entry.account, "")]
    for one in told.entry.fields:
        if one.lacking:
            rows.append((one.article, one.title, LACKS, f"Skrivs i {one.place}."))
        else:
            rows += [(one.article, one.title, part, "") for value in one.values or ("",) for part in parts(value)]
    rows.append(("", "Posten ändrad", told.changed, ""))
    rows.append(("", "Handling i arkivet", told.item, ""))
    return Tab(title="Registerpost", head=("Artikel", "Uppgift", "Innehåll", "Att göra"), rows=rows)


def _periods(told: Told) -> Tab:
    head = (
        "Rad i planen",
        "Handlingstyp",
        "Slag av handlingar",
        "Åtgärd",
        "Frist",
        "Räknas från",
        "Räknesätt",
        "Förutsättningar",
        "Urval",
        "Lagrum",
    )
    periods = told.entry.periods
    rows: list[Sequence[Value]] = [
        (
            one.rule,
            one.type,
            ", ".join(one.kinds),
            one.action,
            one.period,
            one.trigger,
            one.counting,
            "; ".join(one.conditions),
            one.sample,
            one.legal,
        )
        for one in periods.rows
    ]
    blank = [""] * (len(head) - 2)
    rows += [(LACKS, f"Ingen rad i planen för: {kind}", *blank) for kind in periods.uncovered]
    if periods.standing == "none":
        rows.append((LACKS, "Ingen dokumenthanteringsplan är antagen.", *blank))
    else:
        decision = periods.decision or "beslut saknas"
        rows.append(("", f"Dokumenthanteringsplan, utgåva {periods.edition}: {decision}", *blank))
    return Tab(title="Gallring och bevarande", head=head, rows=rows)


def _changes(told: Told) -> Tab:
    rows: list[Sequence[Value]] = [(one.title, one.old, one.new) for one in told.changes]
    if told.previous is None:
        rows.append(("Första posten: det finns inget att jämföra med.", "", ""))
    else:
        rows.append((f"Jämfört med handlingen {told.previous}. Ändrad {told.changed}.", "", ""))
    return Tab(title="Ändringar", head=("Uppgift", "Tidigare", "Nu"), rows=rows)
