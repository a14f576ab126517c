"""A plan file from the spreadsheet archivists have (XLSX or CSV), with a mapping file; nothing is guessed.

Pure: bytes in, TOML text and problems out. What cannot be read with certainty (free text, a number without unit, a
type the mapping does not place) becomes a problem named by sheet, row and column, and its row is left out.
The mapping file is documented in ``infra/plans/README.md``.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from schemas.calendar import Period, period
from schemas.plan.model import TRIGGERS
from schemas.plan.read import PlanProblemsError, Problem, read_plan
from schemas.refusal import RefusedError

LARGEST = 20 * 1024 * 1024
"""Bytes a spreadsheet may have, and a tenth of what it may unpack to."""
_MOST_ROWS, _MOST_COLUMNS = 5000, 200
_LONGEST_CELL = 4000

FIELDS = (
    "id",
    "type",
    "disposal",
    "klassa",
    "legal",
    "registration",
    "secrecy",
    "medium",
    "delivery",
    "remark",
    "other_law",
)
"""What a column of the sheet can be mapped to; ``type`` and ``disposal`` are needed."""
_MAPPING_KEYS = ("plan", "sheet", "columns", "triggers", "defaults", "match")
_SHEET_KEYS = ("name", "header")
_DEFAULT_KEYS = ("trigger", "reach", "unit")

_TRIGGERS = {
    "publicering": "published",
    "publicerat": "published",
    "publicerats": "published",
    "senaste ändring": "last_edit",
    "senaste ändringen": "last_edit",
    "senaste aktivitet": "thread_activity",
    "senaste aktivitet i tråden": "thread_activity",
    "borttagning": "removed",
    "borttagande": "removed",
    "avslutat ärende": "matter_closed",
    "ärendet avslutats": "matter_closed",
    "att ärendet avslutats": "matter_closed",
    "inaktualitet": "inaktuell",
}
_REGISTRATION = {
    "": "no",
    "nej": "no",
    "diarieförs ej": "no",
    "ja": "yes",
    "diarieförs": "yes",
    "efter innehåll": "by_content",
    "bedöms": "by_content",
}
_KEEP = frozenset({"bevaras", "bevara", "b"})
_REVIEW = frozenset({"granskas", "granska"})
_OBSOLETE = frozenset({"vid inaktualitet", "gallras vid inaktualitet", "g vid inaktualitet"})
_CULL = re.compile(
    r"(?:gallras |gallra |bevaras i )?(?:efter )?(\d+(?:,\d+)?)(?:\s*([a-zåäö]+))?(?: (?:efter|från) (.+))?", re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The plan file's text, how many rows became rules, and what could not be read."""

    text: str
    rules: int
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Sheet:
    """Cells of one sheet as text: row number (from 1) and column letter or header to text."""

    name: str
    rows: list[list[str]]
    problems: list[Problem] = field(default_factory=list)


def import_plan(data: bytes, name: str, mapping: bytes, mapping_name: str) -> Imported:
    """Read a spreadsheet by a mapping.

    Args:
        data: the file's bytes. name: its name; ``.csv`` is read as CSV, everything else as XLSX.
        mapping: the mapping file's bytes. mapping_name: its name, for messages.

    Raises:
        RefusedError: the mapping or the file cannot be read at all.
    """
    if len(data) > LARGEST:
        raise RefusedError(name, f"{len(data)} bytes", "save a spreadsheet of at most 20 MiB")
    plan = _mapping(mapping, mapping_name)
    wanted = plan["columns"]
    sheet = (
        _csv(data, name, set(wanted.values()))
        if name.lower().endswith(".csv")
        else _xlsx(data, name, plan["sheet"].get("name"))
    )
    reader = _Reader(sheet, plan, mapping_name)
    rules = reader.rules()
    text = _toml(plan["plan"], rules, name)
    problems = [*sheet.problems, *reader.problems]
    if rules:
        try:
            read_plan(text, "imported plan")
        except PlanProblemsError as error:
            problems += error.problems
    return Imported(text=text, rules=len(rules), problems=tuple(problems))


def _mapping(data: bytes, name: str) -> dict[str, Any]:
    try:
        values = tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RefusedError(name, type(error).__name__, f"write valid TOML in UTF-8 ({error})") from None
    for key, known in (("", _MAPPING_KEYS), ("sheet", _SHEET_KEYS), ("columns", FIELDS), ("defaults", _DEFAULT_KEYS)):
        _known(name, key, values.get(key, {}) if key else values, known)
    for key in _MAPPING_KEYS:
        if not isinstance(values.setdefault(key, {}), dict):
            raise RefusedError(f"{name}: {key}", values[key], f"write a table [{key}]")
    _check_mapping(values, name)
    return values


def _known(name: str, key: str, table: object, known: Sequence[str]) -> None:
    if not isinstance(table, dict):
        raise RefusedError(f"{name}: {key}", table, f"write a table [{key}]")
    for one in table:
        if one not in known:
            raise RefusedError(f"{name}: {key or one}", one, f"the known keys here are {', '.join(known)}")


def _check_mapping(values: dict[str, Any], name: str) -> None:
    for key in ("type", "disposal"):
        if key not in values["columns"]:
            raise RefusedError(f"{name}: columns.{key}", "", "name the heading of that column")
    for table in ("columns", "triggers", "defaults"):
        for key, value in values[table].items():
            if not isinstance(value, str):
                raise RefusedError(f"{name}: {table}.{key}", value, "write a text in quotation marks")
    for key, value in values["triggers"].items():
        if value not in TRIGGERS:
            raise RefusedError(f"{name}: triggers.{key}", value, f"write one of {', '.join(TRIGGERS)}")
    header = values["sheet"].setdefault("header", 1)
    if not isinstance(header, int) or isinstance(header, bool) or not 1 <= header <= _MOST_ROWS:
        raise RefusedError(f"{name}: sheet.header", header, "write the number of the row with the headings")


# --- reading cells -----------------------------------------------------------------------------------------------


def _csv(data: bytes, name: str, headings: set[str]) -> _Sheet:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What a Swedish Excel writes when it is not asked for UTF-8.
        text = data.decode("cp1252", errors="replace")
    if "\0" in text:
        raise RefusedError(name, "U+0000", "save the file as CSV in UTF-8")
    found: list[list[str]] = []
    best = -1
    for delimiter in (";", ",", "\t"):
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
        except csv.Error:
            continue
        hits = max((len({cell.strip() for cell in row} & headings) for row in rows[:50]), default=0)
        if hits > best:
            best, found = hits, rows
    if not found:
        raise RefusedError(name, "", "save the file as CSV with ; or , between the columns")
    return _Sheet(name, [[cell.strip() for cell in row] for row in found[:_MOST_ROWS]])


def _xlsx(data: bytes, name: str, wanted: str | None) -> _Sheet:
    _safe_archive(data, name)
    book, formulas = _opened(data, name, values=True), _opened(data, name, values=False)
    shown = [one.title for one in book.worksheets if one.sheet_state == "visible"]
    if wanted is not None and wanted not in [one.title for one in book.worksheets]:
        raise RefusedError(f"{name}: sheet", wanted, f"name one of {', '.join(book.sheetnames)}")
    if wanted is None and len(shown) != 1:
        raise RefusedError(f"{name}: sheet", ", ".join(shown), "say in the mapping which sheet to read: [sheet] name")
    title = wanted or shown[0]
    sheet = book[title]
    if sheet.max_row > _MOST_ROWS or sheet.max_column > _MOST_COLUMNS:
        remedy = f"use at most {_MOST_ROWS} rows and {_MOST_COLUMNS} columns"
        raise RefusedError(f"{name}: {title}", f"{sheet.max_row} rows", remedy)
    made = _Sheet(title, [])
    made.problems += [
        Problem(
            place=f"{name}: {one.title}", value="hidden sheet", remedy="it is not read; check that it holds no rows"
        )
        for one in book.worksheets
        if one.sheet_state != "visible" and one.title != title
    ]
    merged = _merged(sheet)
    for row in range(1, sheet.max_row + 1):
        if sheet.row_dimensions[row].hidden:
            made.problems.append(
                Problem(place=f"{title}: row {row}", value="hidden row", remedy="it is read; show it and check it")
            )
        made.rows.append(_row_cells(made, sheet, formulas[title], merged, row))
    return made


def _opened(data: bytes, name: str, *, values: bool) -> Workbook:
    try:
        # Not read_only: merged cells are known only when the sheet is read whole.
        return load_workbook(io.BytesIO(data), data_only=values, keep_links=False)
    except Exception as error:  # noqa: BLE001 - a hostile file fails in the library in any way it likes
        raise RefusedError(name, type(error).__name__, "save the file anew as XLSX or CSV") from None


def _merged(sheet: Any) -> dict[tuple[int, int], Any]:
    """The value of every cell of a merged area, which the file holds in its first cell alone."""
    merged: dict[tuple[int, int], Any] = {}
    for area in sheet.merged_cells.ranges:
        if area.max_row > _MOST_ROWS or area.max_col > _MOST_COLUMNS:
            raise RefusedError(f"{sheet.title}: {area}", "merged cells", "merge fewer cells")
        value = sheet.cell(area.min_row, area.min_col).value
        for row in range(area.min_row, area.max_row + 1):
            for column in range(area.min_col, area.max_col + 1):
                merged[row, column] = value
    return merged


def _row_cells(made: _Sheet, sheet: Any, formulas: Any, merged: Mapping[tuple[int, int], Any], row: int) -> list[str]:
    cells = []
    for column in range(1, sheet.max_column + 1):
        value = merged.get((row, column), sheet.cell(row, column).value)
        if value is None and formulas.cell(row, column).data_type == "f":
            place = f"{sheet.title}: row {row}: column {get_column_letter(column)}"
            remedy = "the formula has no stored value; open and save the file in the spreadsheet program"
            made.problems.append(Problem(place=place, value="formula", remedy=remedy))
        cells.append(_shown(value))
    return cells


def _safe_archive(data: bytes, name: str) -> None:
    """Refuse what unpacks to far more than it is, and XML with declarations of its own."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(one.file_size for one in archive.infolist()) > 10 * LARGEST:
                raise RefusedError(name, "unpacks to more than 200 MiB", "save the file anew as XLSX or CSV")
            for one in archive.infolist():
                if one.filename.endswith((".xml", ".rels")):
                    with archive.open(one) as part:
                        if b"<!DOCTYPE" in part.read(4096):
                            raise RefusedError(name, "XML with a DOCTYPE", "save the file anew as XLSX or CSV")
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise RefusedError(name, type(error).__name__, "save the file as XLSX or CSV") from None


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value).replace(".", ",")
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return str(value).strip()


# --- rows to rules -----------------------------------------------------------------------------------------------


class _Reader:
    """Takes rules out of a sheet's rows and collects what cannot be read."""

    def __init__(self, sheet: _Sheet, mapping: Mapping[str, Any], mapping_name: str) -> None:
        self.sheet = sheet
        self.mapping = mapping
        self.mapping_name = mapping_name
        self.problems: list[Problem] = []
        self.triggers = {**_TRIGGERS, **{key.lower().strip(): value for key, value in mapping["triggers"].items()}}

    def problem(self, row: int, column: str, value: str, remedy: str) -> None:
        place = f"{self.sheet.name}: row {row}: column {column}"
        error = RefusedError(place, value, remedy)
        self.problems.append(Problem(place=place, value=error.value, remedy=remedy))

    def rules(self) -> list[dict[str, Any]]:
        """Every row that could be read, as keys of a rule."""
        header = self.mapping["sheet"]["header"]
        headings = self.sheet.rows[header - 1] if len(self.sheet.rows) >= header else []
        places: dict[str, int] = {}
        for name, heading in self.mapping["columns"].items():
            found = [number for number, one in enumerate(headings) if one.casefold() == heading.strip().casefold()]
            if len(found) != 1:
                shown = ", ".join(one for one in headings if one) or "none"
                remedy = f"the mapping needs exactly one column with this heading; the headings are {shown}"
                self.problem(header, name, heading, remedy)
            else:
                places[name] = found[0]
        if "type" not in places or "disposal" not in places:
            return []
        rules: list[dict[str, Any]] = []
        taken: set[str] = set()
        for number, cells in enumerate(self.sheet.rows[header:], start=header + 1):
            values = {name: cells[at] if at < len(cells) else "" for name, at in places.items()}
            if not any(values.values()):
                continue
            rule = self._rule(number, values, taken)
            if rule is not None:
                rules.append(rule)
        return rules

    def _rule(self, number: int, values: Mapping[str, str], taken: set[str]) -> dict[str, Any] | None:
        columns = self.mapping["columns"]
        before = len(self.problems)
        kind = values["type"]
        for name, value in values.items():
            if len(value) > _LONGEST_CELL or any(ord(one) < 0x20 and one not in "\n\t\r" for one in value):
                self.problem(number, columns[name], value, "write at most 4,000 characters, no control characters")
        if not kind:
            self.problem(number, columns["type"], "", "name the type of record")
        name = _slug(values.get("id") or kind)
        if name in taken:
            self.problem(number, columns.get("id", columns["type"]), name, "two rows have this name; tell them apart")
        taken.add(name)
        rule: dict[str, Any] = {"id": name, "type": kind}
        rule |= self._disposal(number, columns["disposal"], values["disposal"])
        for one in ("klassa", "legal", "secrecy", "medium", "delivery", "remark", "other_law"):
            if values.get(one):
                rule[one] = " ".join(values[one].split())
        if "registration" in values:
            told = _REGISTRATION.get(values["registration"].strip().lower())
            if told is None:
                known = ", ".join(repr(one) for one in _REGISTRATION if one)
                self.problem(number, columns["registration"], values["registration"], f"write one of {known}")
            else:
                rule["registration"] = told
        match = self.mapping["match"].get(name, self.mapping["match"].get(kind))
        if not isinstance(match, dict) or not match:
            remedy = f'say in {self.mapping_name} which records the row covers: [match."{name}"] kind = ["…"]'
            self.problem(number, columns["type"], kind, remedy)
        else:
            rule["match"] = match
        return rule if len(self.problems) == before else None

    def _disposal(self, number: int, column: str, value: str) -> dict[str, Any]:
        """What the column *Bevaras/gallras* says, or a problem."""
        defaults = self.mapping["defaults"]
        text = " ".join(value.lower().split()).rstrip(".")
        if text in _KEEP:
            return {"action": "bevara", **({"reach": defaults["reach"]} if "reach" in defaults else {})}
        if text in _REVIEW:
            return {"action": "granska"}
        if text in _OBSOLETE:
            return {"action": "gallra", "trigger": "inaktuell"}
        match = _CULL.fullmatch(text)
        if match is None:
            remedy = 'write "Bevaras", "Granskas", "Gallras vid inaktualitet" or "Gallras 2 år efter publicering"'
            self.problem(number, column, value, remedy)
            return {}
        unit = match[2] or defaults.get("unit")
        if not unit:
            remedy = 'write the unit, for example "2 år", or set defaults.unit in the mapping'
            self.problem(number, column, value, remedy)
            return {}
        length = self._length(number, column, match[1], str(unit))
        trigger = self.triggers.get(match[3].strip()) if match[3] else defaults.get("trigger")
        if trigger is None:
            known = ", ".join(sorted(self.triggers))
            remedy = f"say what the period is counted from ({known}), or add the wording under [triggers]"
            self.problem(number, column, value, remedy)
        return {"action": "gallra", "period": str(length), "trigger": trigger}

    def _length(self, number: int, column: str, digits: str, unit: str) -> Period | None:
        try:
            if "," not in digits:
                return period(f"{digits} {unit}")
            whole = period(f"1 {unit}")
            twelfths = float(digits.replace(",", ".")) * 12
            if whole.unit == "year" and twelfths.is_integer():
                return Period(value=int(twelfths), unit="month")
        except RefusedError as error:
            self.problem(number, column, f"{digits} {unit}", error.remedy)
            return None
        self.problem(number, column, f"{digits} {unit}", "write a whole number, for example 18 månader")
        return None


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", plain)[:63].strip("-") or "rad"


# --- writing TOML --------------------------------------------------------------------------------------------------


def _toml(plan: Mapping[str, Any], rules: Sequence[Mapping[str, Any]], source: str) -> str:
    lines = [f"# Importerad ur {_visible(source)}. Kontrollera med: bevara plan check"]
    tables = []
    for key, value in plan.items():
        if isinstance(value, dict):
            tables += ["", f"[{_key(key)}]", *(f"{_key(name)} = {_value(one)}" for name, one in value.items())]
        else:
            lines.append(f"{_key(key)} = {_value(value)}")
    lines += tables
    for rule in rules:
        lines += ["", "[[rule]]", *(f"{_key(key)} = {_value(value)}" for key, value in rule.items())]
    return "\n".join(lines) + "\n"


def _visible(text: str) -> str:
    return "".join(one if one.isprintable() else "?" for one in text)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _value(key)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    return str(value)
