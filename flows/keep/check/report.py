"""What a check finds: rule by rule, with its place, never more than a person can read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from schemas.codes import eark, sentence
from schemas.finding import Severity
from schemas.text import for_xml

SEVERITY: Final[dict[eark.Level, Severity]] = {"MUST": "error", "SHOULD": "warning", "MAY": "info"}
_ORDER: Final[dict[Severity, int]] = {"error": 0, "warning": 1, "info": 2}
_EACH = 50
"""Findings of one code in one document that are told one by one; the rest are counted."""
_LONG = 300
_ID = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFinding:
    """One finding about a package.

    Attributes:
        code: the specification's id (``CSIP11``), or one of ours (``BV-…``, ``FGS-…``).
        severity: by MUST, SHOULD, MAY. location: file, line and element. text: Swedish sentence.
    """

    code: str
    severity: Severity
    location: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The outcome of a check.

    Attributes:
        profile: what the package claims to be (``E-ARK SIP 2.1.0``); empty = it is no package.
        findings: errors first.
    """

    profile: str
    findings: tuple[CheckFinding, ...]

    @property
    def valid(self) -> bool:
        """It is a package, and no finding is an error."""
        return bool(self.profile) and not any(one.severity == "error" for one in self.findings)


class Report:
    """Collects findings."""

    def __init__(self, levels: Mapping[str, eark.Level]) -> None:
        """``levels``: every code of the check and how strongly it is asked for."""
        self._levels = levels
        self._found: list[CheckFinding] = []
        self._first: dict[tuple[str, str], int] = {}
        self._count: Counter[tuple[str, str]] = Counter()

    def add(
        self, code: str, document: str, where: str = "", *, severity: Severity | None = None, message: str = ""
    ) -> None:
        """Note a finding.

        Args:
            document: the file it is about, or empty. where: line and element in it.
            severity: when it weighs less here than its level says. message: for the sentence, where it has a place for
                one.
        """
        key = (code, document)
        weight = severity or SEVERITY[self._levels[code]]
        full = self._is_full(key, weight)
        self._count[key] += 1
        if full:
            return
        self._first.setdefault(key, len(self._found))
        at = short(document + where) if document else short(where.lstrip(": ")) or "paketet"
        self._found.append(
            CheckFinding(
                code=code, severity=weight, location=at, text=sentence(code, "sv", {"message": short(message)})
            )
        )

    def at(self, code: str, document: str, element: Any, attribute: str = "", message: str = "") -> None:
        """Note a finding about an element, or one of its attributes."""
        key = (code, document)
        if self._is_full(key, SEVERITY[self._levels[code]]):
            self._count[key] += 1
        else:
            self.add(code, document, place(element, attribute), message=message)

    def _is_full(self, key: tuple[str, str], weight: Severity) -> bool:
        """So many of them were told that further ones are only counted."""
        return self._count[key] >= (1 if weight == "info" else _EACH)

    def all(self, profile: str) -> Checked:
        """Everything, errors first; where some were only counted, the first says how many there are."""
        found = list(self._found)
        for key, first in self._first.items():
            shown = 1 if found[first].severity == "info" else _EACH
            if self._count[key] > shown:
                found[first] = replace(found[first], text=f"{found[first].text} ({self._count[key]} ställen)")
        return Checked(profile=profile, findings=tuple(sorted(found, key=lambda one: _ORDER[one.severity])))

    @property
    def codes(self) -> Iterable[str]:
        """Codes found so far."""
        return {code for code, _ in self._count}


def place(element: Any, attribute: str = "") -> str:
    """``:12 mets/fileSec/fileGrp/file[@ID='f1']/@SIZE``: line, and names of the elements on the way."""
    names = [local(one) for one in (element, *element.iterancestors())]
    known = element.get("ID", "")[:_ID]
    which = f"[@ID='{known}']" if known else ""
    way = "/".join(reversed(names))
    return f":{element.sourceline or 0} {way}{which}" + (f"/@{attribute}" if attribute else "")


def local(element: Any) -> str:
    """An element's name without its namespace; empty for comments and instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def short(text: str) -> str:
    """Text of a stranger as it may be printed: one line, cut short, nothing that controls a terminal."""
    line = " ".join(text[: 4 * _LONG].split())
    visible = "".join(one if one.isprintable() else f"⟦U+{ord(one):04X}⟧" for one in for_xml(line))
    return visible if len(visible) <= _LONG else visible[:_LONG] + "…"
