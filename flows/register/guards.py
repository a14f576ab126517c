"""What stands in the way of a registrar's decision, and what is secret of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from flows.keep.own import read_own
from flows.keep.snapshots import KIND as SNAPSHOT
from flows.keep.snapshots import shown_on
from flows.register.decide import Facts
from flows.register.said import decided_in
from schemas.books import Books
from schemas.ground import Ground, Home
from schemas.ids import ItemId
from schemas.refusal import GuardError, RefusedError
from schemas.registration import RegistrySettings


def takes_secrecy(home: Home, registry: RegistrySettings) -> bool:
    """Whether the registry has a way for secret forms, kept apart."""
    if registry.kind == "folder":
        return bool(registry.secret_path)
    apart = home.registries.get(registry.secret_folder)
    return apart is not None and apart.kind == "folder" and bool(apart.secret_path)


TELLING: Final = frozenset({SNAPSHOT, "decision"})
"""Kinds of ours that show or speak of other records."""


class _Named(Protocol):
    @property
    def item(self) -> ItemId: ...
    @property
    def kind(self) -> str: ...


def shown_by(ground: Ground, item: ItemId) -> tuple[ItemId, ...]:
    """Other records that a record of ours shows in its files or speaks of: a snapshot's, a registrar's decision's."""
    row = read_own(ground, item)
    if row is None:
        return ()
    return shown_on(row) or decided_in(row)


def shows_secret(ground: Ground, one: _Named) -> bool:
    """Whether a record of ours shows or speaks of a record that has the mark *sekretess*."""
    if one.kind not in TELLING:
        return False
    shown = shown_by(ground, one.item)
    with ground.state.reading() as books:
        return bool(marked(books, shown))


def marked(books: Books, items: Sequence[ItemId]) -> frozenset[ItemId]:
    """Which of the items have the mark *sekretess*."""
    return frozenset(one.item for one in books.marks.of(items) if one.kind == "sekretess")


def refuse_sent(home: Home, facts: Facts, *, secret: bool) -> None:
    """What may lie with a registry is not sent elsewhere, unless that one can never be asked again. Raises GuardError."""
    way = facts.way
    if way is not None and way.standing in {"sending", "sent"} and _usable(home, way.registry, secret=secret):
        raise GuardError(
            "G-REGISTERED",
            f"{facts.item} has been sent to the registry {way.registry}",
            "confirm its number with 'bevara register confirm', or send it anew with 'bevara register dispatch --again'",
        )
    if facts.registered and not facts.renewed:
        raise GuardError("G-REGISTERED", f"{facts.item} is registered", "leave it out; 'bevara register show' tells")


def refuse_showing(ground: Ground, facts: Facts, provision: str) -> None:
    """A snapshot or decision about what has been marked secret since goes no open way. Raises GuardError."""
    if not (facts.secret or provision) and shows_secret(ground, facts):
        raise GuardError(
            "G-SECRET",
            f"{facts.item} shows or speaks of records that have been marked with secrecy since it was made",
            "send it with --secret and the provision; or decline it, and for a snapshot take a new one",
        )


def refuse_other_provision(facts: Facts, provision: str) -> None:
    """A mark is not changed in passing. Raises RefusedError."""
    mark = facts.marks.get("sekretess")
    if provision and mark is not None and mark.provision != provision:
        raise RefusedError(
            "--secret", provision, f"{facts.item} is marked {mark.provision}; change that with 'bevara mark' first"
        )


def refuse_declining(facts: Facts) -> None:
    """What has a number, is on its way, or is secret and not of minor importance is not declined. Raises GuardError."""
    way = facts.way
    if facts.registered and not facts.renewed:
        raise GuardError("G-REGISTERED", f"{facts.item} is registered", "leave it out")
    if way is not None and way.standing in {"sending", "sent"}:
        raise GuardError(
            "G-REGISTERED",
            f"{facts.item} has been sent to the registry {way.registry}",
            "confirm its number, or let the registry take it back first",
        )
    if facts.secret and "ringa" not in facts.marks:
        raise GuardError(
            "G-SECRET",
            f"{facts.item} is marked with secrecy and must be registered (OSL 5:1)",
            "send it; or, if it is obviously of minor importance, mark it ringa first",
        )


def _usable(home: Home, registry: str, *, secret: bool) -> bool:
    settings = home.registries.get(registry)
    return settings is not None and (not secret or takes_secrecy(home, settings))
