"""What goes into a package for an e-archive, and how it is described: everything but METS and PREMIS.

``collect`` goes through the chosen items month by month: record documents first, then attachments, renditions and the
case file. What it generates lies in the spool; attachments stay in the store until the package is streamed. The same
intent gives the same bytes: times come from it, ids are made of it (salts of it and the home's key), rows observed later
are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flows.archive.pack.failed import PackFailedError
from flows.archive.pack.gather import Gathering
from flows.archive.pack.planned import planned
from flows.archive.pack.renditions import Renditions
from flows.archive.pack.spool import Source, Spool
from schemas.delivery import Intent, Profile
from schemas.finding import Finding
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.package import Package

__all__ = ["Content", "Foreseen", "Source", "collect", "foresee", "prepare"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a package holds.

    Attributes:
        package: its description, for the writers of METS and PREMIS.
        sources: every file but those, in the order of their paths.
        items: every item whose content is in it, in the order of their ids: culling finds the package by them.
        findings: what a person should know; nothing of it stops the package.
    """

    package: Package
    sources: tuple[Source, ...]
    items: tuple[ItemId, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What a package would hold, counted without making it."""

    records: int
    culled: int
    threads: int
    months: int
    rules: Mapping[str, int] = field(default_factory=dict)


def foresee(home: Home, intent: Intent) -> Foreseen:
    """Count what a package would hold; nothing is written. Raises RefusedError as ``collect`` does."""
    chosen = planned(home.ground, intent)
    rules: dict[str, int] = {}
    for one in chosen.selection.items.values():
        rules[one.rule or ""] = rules.get(one.rule or "", 0) + 1
    return Foreseen(
        records=len(chosen.places),
        culled=len(chosen.culled),
        threads=len(chosen.threads),
        months=len(chosen.months),
        rules=dict(sorted(rules.items())),
    )


def prepare(home: Home, intent: Intent, profile: Profile) -> int:
    """Make the package's renditions ahead and register them; returns how many were made.

    Safe to stop at any line and to run again. ``collect`` with the same intent takes them from the store.
    """
    del profile  # renditions are the same in every form
    chosen = planned(home.ground, intent)
    return Renditions(home, intent, chosen.holdings, chosen.culled, chosen.selection.marks).prepare(chosen.threads)


def collect(home: Home, intent: Intent, profile: Profile, spool: Path) -> Content:
    """Gather a package's content.

    Args:
        spool: an empty folder for what is generated; it must stay until the package is streamed.

    Raises:
        PackFailedError: nothing is chosen (A201).
        RefusedError: the intent's plan or rows are not known here, or a row cannot be written down as XML.
        MissingError: a file of the holdings is gone.
    """
    chosen = planned(home.ground, intent)
    if not chosen.places:
        raise PackFailedError("A201")
    gathering = Gathering(home, intent, profile, Spool(spool), chosen)
    try:
        package = gathering.package()
    finally:
        gathering.end()
    return Content(
        package=package,
        sources=tuple(sorted(gathering.sources, key=lambda one: one.path)),
        items=tuple(sorted(chosen.places)),
        findings=tuple(gathering.findings),
    )
