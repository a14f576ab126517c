"""The public list written for the web site: three files, and a record of ours each time that it says something new.

The page takes its place last. Stopped in between, each file is whole, the page has its day on it, and doing it again ends it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flows.keep.accounts import accounts_named
from flows.keep.mandates import mandated
from flows.keep.own import OwnFile, write_own
from flows.keep.patience import patiently
from flows.oversee.accounts.listed import Listed, listed
from flows.oversee.accounts.public_list import list_csv, list_json, page
from schemas.books import Books
from schemas.calendar import local_day
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.payload import digest as digest_of
from schemas.receipt import Receipt
from schemas.refusal import RefusedError
from schemas.removal import Paper

PUBLIC_LIST: Final = "public-list"
"""Sort of paper that stands for the list as last published."""
HTML, JSON, CSV = "konton.html", "konton.json", "konton.csv"
_TYPES: Final = {HTML: "text/html", JSON: "application/json", CSV: "text/csv"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was written: how many accounts, the record, and whether it is a new one."""

    accounts: int
    item: ItemId
    new: bool


def publish(home: Home, folder: Path, person: str | None = None) -> Published:
    """Write the list into a folder; each file is written beside the one that is there and takes its place.

    Args:
        person: on whose behalf, or None = Bevara itself.

    Raises:
        RefusedError: no account, no such folder or person. GuardError: no mandate (G-MANDATE).
        LeaseTakenError: somebody else publishes and does not end.
    """
    ground, at = home.ground, home.ground.clock.now()
    accounts = accounts_named(ground.state, ())
    if not accounts:
        raise RefusedError("account", "", "add accounts first: 'bevara account add FILE.toml'")
    if not folder.is_dir():
        raise RefusedError("FOLDER", str(folder), "name a folder that is there")
    if person is not None:
        with ground.state.reading() as books:
            mandated(books, person, "account", at)
    settings = home.oversight()
    lines = listed(accounts, settings, local_day(at))
    files = {
        JSON: list_json(lines, home.organisation, at),
        CSV: list_csv(lines),
        HTML: page(lines, settings, home.organisation, at),
    }
    authority = min(one.authority for one in accounts)
    with patiently(ground.state, "account-publish"):
        _write(folder, files)
        item, new = _keep(home, lines, files, authority, person)
    return Published(accounts=len(lines), item=item, new=new)


def _keep(
    home: Home, lines: tuple[Listed, ...], files: Mapping[str, bytes], authority: str, person: str | None
) -> tuple[ItemId, bool]:
    """Keep the list when it says something else than the one that is kept; the day on it does not count."""
    ground, at = home.ground, home.ground.clock.now()
    digest = digest_of({"organisation": home.organisation.name, "accounts": [one.as_json() for one in lines]})
    with ground.state.reading() as books:
        before = books.duties.paper(PUBLIC_LIST)
    if before is not None and before.digest == digest:
        return before.item, False
    actor = person or "bevara"

    def also(books: Books, item: ItemId) -> None:
        if person is not None:
            mandated(books, person, "account", at)
        books.duties.put_paper(Paper(sort=PUBLIC_LIST, subject="", period="", item=item, digest=digest, at=at))
        evidence: dict[str, str | int | bool | None] = {"accounts": len(lines), "sha256": digest}
        books.ledger.append(Receipt(act="account.published", at=at, actor=actor, subjects=(item,), evidence=evidence))

    item = write_own(
        ground,
        kind="account_list",
        authority=authority,
        text="\n".join(["Kommunens konton i sociala medier", *(" – ".join(filter(None, _told(one))) for one in lines)]),
        payload={"accounts": [one.as_json() for one in lines]},
        at=at,
        act="account.record",
        actor=actor,
        files=tuple(OwnFile(name=name, media_type=_TYPES[name], data=data) for name, data in files.items()),
        also=also,
    )
    return item, True


def _told(one: Listed) -> tuple[str, ...]:
    return one.name, one.platform, one.unit, one.address


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """All files beside first, then each in its place; what a stopped run left beside is written over."""
    beside = {name: folder / f".{name}.part" for name in files}
    try:
        for name, data in files.items():
            beside[name].write_bytes(data)
        for name, part in beside.items():
            part.replace(folder / name)
    except OSError as error:
        raise RefusedError("FOLDER", str(folder), f"name a folder that can be written ({error.strerror})") from None
    finally:
        for part in beside.values():
            part.unlink(missing_ok=True)
