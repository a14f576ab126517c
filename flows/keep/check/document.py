"""One METS document as rules see it: read safely, its elements found by name, its faults told at their places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from flows.keep.check.claim import Claim
from flows.keep.check.reading import UnreadableError, read_tree
from flows.keep.check.report import Report
from flows.keep.check.values import METS
from schemas.refusal import RefusedError


@dataclass(slots=True, kw_only=True)
class MetsDocument:
    """What the rules of every form ask of a METS document.

    Attributes:
        path: where it lies, from the root of what was handed over. root: its root element. report: where findings go.
        ids: ID → element. claims: files it lists.
    """

    path: str
    root: Any
    report: Report
    ids: dict[str, Any] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)

    @property
    def folder(self) -> str:
        """The folder it lies in, with a slash at its end, or empty."""
        return self.path[: self.path.rfind("/") + 1]

    def wrong(self, code: str, element: Any, attribute: str = "") -> None:
        """A finding about an element of it."""
        self.report.at(code, self.path, element, attribute)

    def children(self, element: Any, name: str) -> list[Any]:
        """The element's children of this METS name."""
        return list(element.findall(METS + name))


def read_mets(report: Report, name: str, opener: Callable[[str], BinaryIO]) -> Any:
    """Root element of a METS document; None when it cannot be read or is another document, which is told."""
    try:
        with opener(name) as source:
            root = read_tree(source)
    except UnreadableError as error:
        report.add(error.code, name, f":{error.line}")
        return None
    except RefusedError:
        report.add("BV-FILE-DAMAGED", name)
        return None
    if root.tag != f"{METS}mets":
        report.add("BV-METS", name, ":1")
        return None
    return root
