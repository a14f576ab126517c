"""A plan from its TOML file, with every problem named by place, value and remedy; keys in ``infra/plans/README.md``.

Nothing is guessed: an unknown key, a value of the wrong type or outside its list is a problem, and all problems of a
file are told at once.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from schemas.calendar import COUNTINGS, ZONE_NAME, Counting, Period, period
from schemas.hold import MARK_KINDS, MarkKind
from schemas.ids import slug
from schemas.plan.model import (
    ACTIONS,
    ALWAYS,
    CLOSED,
    COLUMNS,
    REACHES,
    REGISTRATIONS,
    TRIGGERS,
    Action,
    Column,
    Mandate,
    Match,
    Plan,
    Reach,
    Registration,
    Rule,
    Sample,
    Span,
    Trigger,
    Values,
)
from schemas.refusal import RefusedError

PLAN_KEYS = (
    "id",
    "title",
    "edition",
    "authorities",
    "mandate",
    "valid_from",
    "valid_to",
    "records_from",
    "records_to",
    "counting",
    "timezone",
    "edits_restart",
    "example",
    "remark",
    "quarantine",
    "suppression",
    "rule",
)
MANDATE_KEYS = ("body", "date", "paragraph", "dnr")
RULE_KEYS = (
    "id",
    "type",
    "klassa",
    "action",
    "match",
    "period",
    "trigger",
    "counting",
    "edits_restart",
    "conditions",
    "legal",
    "registration",
    "secrecy",
    "medium",
    "delivery",
    "sample",
    "remark",
    "retired",
    "replaced_by",
    "reach",
    "valid_from",
    "valid_to",
    "records_from",
    "records_to",
    "other_law",
)
MATCH_KEYS = (*COLUMNS, "marks")
MARKS_KEYS = ("required", "forbidden")

_SAMPLE = re.compile(r"1\s*(?:/|per|av)\s*(\d{1,6})")
_LONGEST_TEXT = 4000
_LONGEST_NAME = 200
_MOST_RULES = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in a file: where, what stands there, what to write instead."""

    place: str
    value: str
    remedy: str

    def __str__(self) -> str:
        """As one line."""
        return str(RefusedError(self.place, self.value, self.remedy))


class PlanProblemsError(RefusedError):
    """A plan file that cannot be read. ``problems`` holds every problem, in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Say the first problem and how many there are."""
        self.problems = tuple(problems)
        first = problems[0]
        more = "" if len(problems) == 1 else f" (and {len(problems) - 1} more problems; see plan check)"
        super().__init__(first.place, first.value, first.remedy + more)


def read_plan(source: str | bytes, name: str) -> Plan:
    """Read a plan file.

    Args:
        source: the file's text or bytes (UTF-8, with or without byte order mark).
        name: the file's name, for messages.

    Raises:
        PlanProblemsError: with every problem.
    """
    try:
        text = source.decode("utf-8-sig") if isinstance(source, bytes) else source.removeprefix("\ufeff")
        values = tomllib.loads(text.replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        remedy = "save the file as UTF-8"
        raise PlanProblemsError([Problem(place=name, value=f"byte {error.start}", remedy=remedy)]) from None
    except tomllib.TOMLDecodeError as error:
        remedy = f"correct the TOML syntax ({error})"
        raise PlanProblemsError([Problem(place=name, value="", remedy=remedy)]) from None
    except RecursionError:
        raise PlanProblemsError([Problem(place=name, value="", remedy="nest the values less deeply")]) from None
    reader = _Reader(name)
    plan = reader.plan(values)
    if reader.problems:
        raise PlanProblemsError(reader.problems)
    return plan


def field_place(name: str, number: int, rule: object, key: str) -> str:
    """How a place in a plan file is named: ``plan.toml: rule 3 (kommentar): period``."""
    who = f" ({rule})" if isinstance(rule, str) and rule else ""
    return f"{name}: rule {number}{who}: {key}"


class _Reader:
    """Takes values out of decoded TOML and collects what is wrong with them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []

    def problem(self, place: str, value: object, remedy: str) -> None:
        error = RefusedError(place, value, remedy)
        self.problems.append(Problem(place=error.field, value=error.value, remedy=remedy))

    # --- the parts of a plan ---

    def plan(self, values: Mapping[str, Any]) -> Plan:
        place = self.name
        self._known(place, values, PLAN_KEYS)
        zone = self._text(place, values, "timezone") or ZONE_NAME
        if zone != ZONE_NAME:
            self.problem(f"{place}: timezone", zone, f"write {ZONE_NAME} or leave it out")
        rules = values.get("rule", [])
        if not isinstance(rules, list) or not all(isinstance(one, dict) for one in rules):
            self.problem(f"{place}: rule", rules, "write each rule under its own [[rule]]")
            rules = []
        if not rules:
            self.problem(f"{place}: rule", "", "a plan needs at least one [[rule]]")
        if len(rules) > _MOST_RULES:
            self.problem(f"{place}: rule", str(len(rules)), f"write at most {_MOST_RULES} rules")
            rules = []
        read = [self.rule(number, one) for number, one in enumerate(rules, start=1)]
        self._unique(read)
        return Plan(
            id=self._slug(place, values, "id"),
            title=self._text(place, values, "title", required=True),
            edition=self._text(place, values, "edition", required=True, limit=_LONGEST_NAME),
            authorities=self._authorities(place, values),
            mandate=self.mandate(f"{place}: mandate", values["mandate"]) if "mandate" in values else None,
            force=self._span(place, values, "valid"),
            records=self._span(place, values, "records"),
            counting=cast("Counting", self._choice(place, values, "counting", COUNTINGS) or COUNTINGS[0]),
            edits_restart=self._flag(place, values, "edits_restart", default=True) is not False,
            example=bool(self._flag(place, values, "example", default=False)),
            remark=self._text(place, values, "remark"),
            rules=tuple(read),
            quarantine=self._period(place, values, "quarantine"),
            suppression=self._period(place, values, "suppression"),
        )

    def mandate(self, place: str, values: object) -> Mandate | None:
        if not isinstance(values, dict):
            self.problem(place, values, "write a table [mandate] with body, date, paragraph and dnr")
            return None
        self._known(place, values, MANDATE_KEYS)
        day = self._day(place, values, "date", required=True)
        return Mandate(
            body=self._text(place, values, "body", required=True),
            date=day or date.min,
            paragraph=self._text(place, values, "paragraph", required=True),
            dnr=self._text(place, values, "dnr"),
        )

    def rule(self, number: int, values: Mapping[str, Any]) -> Rule:
        named = values.get("id")
        place = field_place(self.name, number, named, "")[:-2]
        self._known(place, values, RULE_KEYS)
        action = self._choice(place, values, "action", ACTIONS, required=True)
        trigger = self._choice(place, values, "trigger", TRIGGERS)
        if action == "gallra" and "trigger" not in values:
            self.problem(f"{place}: trigger", "", f"say what the period is counted from: {', '.join(TRIGGERS)}")
        return Rule(
            id=self._slug(place, values, "id"),
            type=self._text(place, values, "type", required=True),
            action=cast("Action", action or "bevara"),
            match=self.match(f"{place}: match", values.get("match", {})),
            klassa=self._text(place, values, "klassa"),
            period=self._period(place, values, "period"),
            trigger=cast("Trigger | None", trigger),
            counting=cast("Counting | None", self._choice(place, values, "counting", COUNTINGS)),
            edits_restart=self._flag(place, values, "edits_restart"),
            conditions=tuple(self._texts(place, values, "conditions")),
            legal=self._text(place, values, "legal"),
            registration=cast("Registration", self._choice(place, values, "registration", REGISTRATIONS) or "no"),
            secrecy=self._text(place, values, "secrecy"),
            medium=self._text(place, values, "medium"),
            delivery=self._text(place, values, "delivery"),
            sample=self._sample(place, values),
            remark=self._text(place, values, "remark"),
            retired=bool(self._flag(place, values, "retired", default=False)),
            replaced_by=self._text(place, values, "replaced_by"),
            reach=cast("Reach | None", self._choice(place, values, "reach", REACHES)),
            records=self._span(place, values, "records"),
            force=self._span(place, values, "valid"),
            other_law=self._text(place, values, "other_law"),
        )

    def match(self, place: str, values: object) -> Match:
        if not isinstance(values, dict):
            self.problem(place, values, 'write a table, for example match = { kind = ["comment"] }')
            return Match()
        self._known(place, values, MATCH_KEYS)
        columns = []
        for name in COLUMNS:
            if name in values:
                found = self._values(f"{place}: {name}", values[name], name)
                if found is not None:
                    columns.append((name, found))
        marks = values.get("marks", {})
        if not isinstance(marks, dict):
            self.problem(f"{place}: marks", marks, 'write a table, for example marks = { required = ["inaktuell"] }')
            marks = {}
        self._known(f"{place}: marks", marks, MARKS_KEYS)
        required, forbidden = (self._marks(f"{place}: marks", marks, key) for key in MARKS_KEYS)
        if required & forbidden:
            both = ", ".join(sorted(required & forbidden))
            self.problem(f"{place}: marks", both, "a mark cannot be both required and forbidden")
        return Match(columns=tuple(columns), required=required, forbidden=forbidden)

    # --- single values ---

    def _known(self, place: str, values: Mapping[str, Any], keys: Sequence[str]) -> None:
        for key in values:
            if key not in keys:
                self.problem(f"{place}: {key}", values[key], f"the known keys here are {', '.join(keys)}")

    def _text(
        self, place: str, values: Mapping[str, Any], key: str, *, required: bool = False, limit: int = _LONGEST_TEXT
    ) -> str:
        value = values.get(key, "")
        if not isinstance(value, str):
            self.problem(f"{place}: {key}", value, "write a text in quotation marks")
            return ""
        if required and not value.strip():
            self.problem(f"{place}: {key}", value, "the key is required")
        if len(value) > limit or any(ord(one) < 0x20 and one not in "\n\t" for one in value):
            self.problem(f"{place}: {key}", value, f"write at most {limit} characters and no control characters")
            return ""
        return value.strip()

    def _slug(self, place: str, values: Mapping[str, Any], key: str) -> str:
        value = self._text(place, values, key, required=True, limit=_LONGEST_NAME)
        if value:
            try:
                return slug(value, f"{place}: {key}")
            except RefusedError as error:
                self.problem(error.field, value, error.remedy)
        return value

    def _texts(self, place: str, values: Mapping[str, Any], key: str) -> list[str]:
        value = values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            self.problem(f"{place}: {key}", value, "write a list of texts")
            return []
        return [one.strip() for one in value]

    def _authorities(self, place: str, values: Mapping[str, Any]) -> tuple[str, ...]:
        found = self._texts(place, values, "authorities")
        if not found and not (isinstance(values.get("authorities"), list) and values["authorities"]):
            self.problem(f"{place}: authorities", values.get("authorities", ""), "name at least one archive creator")
        for one in found:
            try:
                slug(one, f"{place}: authorities")
            except RefusedError as error:
                self.problem(error.field, one, error.remedy)
        return tuple(found)

    def _choice(
        self, place: str, values: Mapping[str, Any], key: str, choices: Sequence[str], *, required: bool = False
    ) -> str | None:
        if key not in values:
            if required:
                self.problem(f"{place}: {key}", "", f"write one of {', '.join(choices)}")
            return None
        value = values[key]
        if value not in choices:
            self.problem(f"{place}: {key}", value, f"write one of {', '.join(choices)}")
            return None
        return cast("str", value)

    def _flag(self, place: str, values: Mapping[str, Any], key: str, *, default: bool | None = None) -> bool | None:
        value = values.get(key, default)
        if value is not None and not isinstance(value, bool):
            self.problem(f"{place}: {key}", value, "write true or false")
            return default
        return value

    def _day(self, place: str, values: Mapping[str, Any], key: str, *, required: bool = False) -> date | None:
        value = values.get(key)
        if value is None:
            if required:
                self.problem(f"{place}: {key}", "", "write a day such as 2026-01-01, without quotation marks")
            return None
        if not isinstance(value, date) or isinstance(value, datetime):
            self.problem(f"{place}: {key}", value, "write a day such as 2026-01-01, without quotation marks or time")
            return None
        return value

    def _span(self, place: str, values: Mapping[str, Any], stem: str) -> Span:
        first = self._day(place, values, f"{stem}_from")
        last = self._day(place, values, f"{stem}_to")
        if first is not None and last is not None and last < first:
            self.problem(f"{place}: {stem}_to", last.isoformat(), f"write a day not before {stem}_from ({first})")
        return ALWAYS if first is None and last is None else Span(first=first, last=last)

    def _period(self, place: str, values: Mapping[str, Any], key: str) -> Period | None:
        value = self._text(place, values, key)
        if not value:
            return None
        try:
            return period(value, f"{place}: {key}")
        except RefusedError as error:
            self.problem(error.field, value, error.remedy)
            return None

    def _sample(self, place: str, values: Mapping[str, Any]) -> Sample | None:
        if "sample" not in values:
            return None
        value = self._text(place, values, "sample")
        if value == "urval":
            return Sample()
        match = _SAMPLE.fullmatch(value.lower())
        if match is None or int(match[1]) < 1:
            self.problem(f"{place}: sample", values["sample"], 'write a share such as "1 per 10", or "urval" for marks')
            return None
        return Sample(one_in=int(match[1]))

    def _values(self, place: str, value: object, column: Column) -> Values | None:
        negated = isinstance(value, dict)
        if isinstance(value, dict):
            if list(value) != ["not"]:
                self.problem(place, value, 'write a list of values, or { not = ["…"] } for all but those')
                return None
            value = value["not"]
        if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
            self.problem(place, value, "write a list of one or more values in quotation marks")
            return None
        known = CLOSED.get(column)
        for one in value:
            if known is not None and one not in known:
                self.problem(place, one, f"the values of {column} are {', '.join(known)}")
            if known is None:
                try:
                    slug(one, place)
                except RefusedError as error:
                    self.problem(place, one, error.remedy)
        return Values(values=frozenset(value), negated=negated)

    def _marks(self, place: str, values: Mapping[str, Any], key: str) -> frozenset[MarkKind]:
        found = self._texts(place, values, key)
        for one in found:
            if one not in MARK_KINDS:
                self.problem(f"{place}: {key}", one, f"the marks are {', '.join(MARK_KINDS)}")
        return frozenset(cast("list[MarkKind]", [one for one in found if one in MARK_KINDS]))

    def _unique(self, rules: Sequence[Rule]) -> None:
        seen: dict[str, int] = {}
        for number, rule in enumerate(rules, start=1):
            if rule.id and rule.id in seen:
                place = field_place(self.name, number, rule.id, "id")
                self.problem(place, rule.id, f"rule {seen[rule.id]} has this id already; give each rule its own")
            seen.setdefault(rule.id, number)
