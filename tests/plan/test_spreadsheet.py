"""Spreadsheets become plan files without guessing; every doubtful cell is named."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from openpyxl import Workbook

from flows.plan.spreadsheet import Imported, import_plan
from schemas.plan.model import Plan
from schemas.plan.read import read_plan
from schemas.refusal import RefusedError

MAPPING = """
[plan]
id = "p"
title = "Plan"
edition = "1"
authorities = ["ks"]
valid_from = 2026-01-01
[plan.mandate]
body = "KS"
date = 2025-12-01
paragraph = "§ 1"
[columns]
type = "Handlingstyp"
disposal = "Gallring"
registration = "Diarieförs"
remark = "Anmärkning"
[defaults]
trigger = "published"
reach = "item"
[triggers]
"sista kommentaren" = "thread_activity"
[match."Eget inlägg"]
kind = ["post"]
[match.kommentar]
kind = ["comment"]
[match.film]
kind = ["story"]
"""
HEAD = ["Handlingstyp", "Gallring", "Diarieförs", "Anmärkning"]


def _xlsx(rows: list[list[Any]], *, merge: str = "", hidden: str = "") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Plan"
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    if hidden:
        book.create_sheet(hidden).sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _csv(rows: list[list[str]], delimiter: str = ";", encoding: str = "utf-8-sig") -> bytes:
    return "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows).encode(encoding)


def _read(found: Imported) -> Plan:
    return read_plan(found.text, "imported")


def _imported(data: bytes, name: str = "plan.xlsx", mapping: str = MAPPING) -> Imported:
    return import_plan(data, name, mapping.encode(), "mapping.toml")


@pytest.mark.parametrize(
    ("cell", "action", "length", "trigger"),
    [
        ("Bevaras", "bevara", None, None),
        ("bevaras.", "bevara", None, None),
        ("Granskas", "granska", None, None),
        ("Gallras vid inaktualitet", "gallra", None, "inaktuell"),
        ("vid  inaktualitet", "gallra", None, "inaktuell"),
        ("2 år", "gallra", "2 år", "published"),
        ("Gallras efter 2 år", "gallra", "2 år", "published"),
        ("Bevaras i 2 år", "gallra", "2 år", "published"),
        ("1,5 år", "gallra", "18 månader", "published"),
        ("Gallras 2 år efter senaste ändring", "gallra", "2 år", "last_edit"),
        ("Gallras 18 månader efter sista kommentaren", "gallra", "18 månader", "thread_activity"),
        ("Gallras 5 år efter avslutat ärende", "gallra", "5 år", "matter_closed"),
    ],
)
def test_plain_cells_are_read(cell: str, action: str, length: str | None, trigger: str | None) -> None:
    """What archivists write plainly becomes action, period and trigger, from XLSX and CSV alike."""
    rows = [HEAD, ["Kommentar", cell, "Nej", "håll ordnad"]]
    for found in (_imported(_xlsx(rows)), _imported(_csv(rows), "plan.csv"), _imported(_csv(rows, ","), "p.csv")):
        assert not found.problems
        rule = _read(found).rules[0]
        assert (rule.id, rule.action, rule.trigger) == ("kommentar", action, trigger)
        assert (str(rule.period) if rule.period else None) == length
        assert rule.remark == "håll ordnad"


@pytest.mark.parametrize(
    ("cell", "column"),
    [
        ("Gallras när protokollet vunnit laga kraft", "Gallring"),
        ("2", "Gallring"),
        ("", "Gallring"),
        ("Gallras 2 år efter midsommar", "Gallring"),
        ("1,3 år", "Gallring"),
        ("2 fjärdingsår", "Gallring"),
        ("99999 år", "Gallring"),
    ],
)
def test_doubtful_cells_are_problems(cell: str, column: str) -> None:
    """Free text, bare numbers and unknown words are named by sheet, row and column; the row is left out."""
    rows = [HEAD, ["Eget inlägg", "Bevaras", "ja", ""], ["Kommentar", cell, "nej", ""]]
    found = _imported(_xlsx(rows))
    assert [one.place for one in found.problems] == [f"Plan: row 3: column {column}"]
    assert found.problems[0].remedy
    assert [rule.id for rule in _read(found).rules] == ["eget-inlagg"]


def test_settings_of_culling_come_through() -> None:
    """A column names another law, and the mapping's plan table gives waiting time and suppression."""
    mapping = MAPPING.replace('edition = "1"', 'edition = "1"\nquarantine = "30 dagar"\nsuppression = "10 år"', 1)
    mapping = mapping.replace('remark = "Anmärkning"', 'other_law = "Annan lag"')
    rows = [["Handlingstyp", "Gallring", "Diarieförs", "Annan lag"], ["Kommentar", "2 år", "Nej", "Kameralagen"]]
    found = _imported(_xlsx(rows), mapping=mapping)
    assert not found.problems
    plan = _read(found)
    assert (str(plan.quarantine), str(plan.suppression), plan.rules[0].other_law) == (
        "30 dagar",
        "10 år",
        "Kameralagen",
    )


def test_rows_without_match_and_doubled_rows_are_problems() -> None:
    """A row the mapping does not place, a doubled name and an unknown registration are told, not guessed."""
    rows = [
        HEAD,
        ["Statistik", "2 år", "nej", ""],
        ["Kommentar", "2 år", "nej", ""],
        ["Kommentar", "3 år", "nej", ""],
        ["Film", "Bevaras", "kanske", ""],
    ]
    found = _imported(_xlsx(rows))
    assert [one.place.split(": ")[1] for one in found.problems] == ["row 2", "row 4", "row 5"]
    assert [rule.id for rule in _read(found).rules] == ["kommentar"]


def test_merged_cells_and_hidden_sheets() -> None:
    """A merged cell counts for every row it covers; a hidden sheet is reported."""
    rows: list[list[Any]] = [HEAD, ["Eget inlägg", "2 år", "nej", ""], ["Kommentar", None, "nej", ""]]
    found = _imported(_xlsx(rows, merge="B2:B3", hidden="Gammalt"))
    assert [str(rule.period) for rule in _read(found).rules] == ["2 år", "2 år"]
    assert [one.value for one in found.problems] == ["hidden sheet"]


def test_numbers_need_a_unit_from_the_mapping() -> None:
    """A bare number is read only where the mapping names its unit."""
    rows: list[list[Any]] = [HEAD, ["Kommentar", 2, "nej", ""]]
    found = _imported(_xlsx(rows), mapping=MAPPING.replace('reach = "item"', 'reach = "item"\nunit = "år"'))
    assert str(_read(found).rules[0].period) == "2 år"


def test_formula_without_value_is_a_problem() -> None:
    """A formula whose value was never computed is named by its cell."""
    rows: list[list[Any]] = [HEAD, ["Kommentar", "=A1", "nej", ""]]
    found = _imported(_xlsx(rows))
    assert found.problems[0].place == "Plan: row 2: column B"
    assert found.rules == 0


def test_windows_csv_and_hostile_text() -> None:
    """A Windows-1252 file keeps its Swedish letters; quotes, braces and escapes stay text in the plan file."""
    remark = "å ] } = \\ ' [[rule]] # x"
    found = _imported(_csv([HEAD, ["Kommentar", "2 år", "nej", remark]], encoding="cp1252"), "plan.csv")
    assert _read(found).rules[0].remark == remark


def _zipped(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a spreadsheet",
        _xlsx([HEAD])[:300],
        _zipped("xl/workbook.xml", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
        _zipped("x.xml", b"<x/>"),
        _zipped("x.xml", bytes(250 * 1024 * 1024)),
    ],
)
def test_hostile_workbooks_are_refused(data: bytes) -> None:
    """Cut, foreign, entity-laden and inflating files are refused with a remedy."""
    with pytest.raises(RefusedError, match="save the file"):
        _imported(data)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ('type = "Handlingstyp"', ""),
        ('type = "Handlingstyp"', "type = 1"),
        ('disposal = "Gallring"', ""),
        ("[columns]", "[kolumner]"),
        ('remark = "Anmärkning"', 'anm = "Anmärkning"'),
        ('"thread_activity"', '"nyss"'),
        ("[defaults]", "[sheet]\nheader = 0\n[defaults]"),
        ("[defaults]", '[sheet]\nname = "Finns inte"\n[defaults]'),
        ("[plan]", "[plan"),
    ],
)
def test_wrong_mappings_are_refused(good: str, bad: str) -> None:
    """A mapping with a wrong or missing key is refused, naming it."""
    with pytest.raises(RefusedError):
        _imported(_xlsx([HEAD]), mapping=MAPPING.replace(good, bad, 1))


def test_missing_heading_is_named() -> None:
    """A heading that the sheet does not have is a problem with the headings it has."""
    found = _imported(_xlsx([["Typ", "Gallring"], ["Kommentar", "2 år"]]))
    assert "Typ, Gallring" in found.problems[0].remedy
    assert found.rules == 0
