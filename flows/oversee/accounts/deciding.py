"""Decisions on accounts: to start, to close, who administers. Each is a record of ours that waits to be registered."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal

from flows.keep.accounts import accounts_named
from flows.keep.mandates import mandated
from flows.keep.own import OwnFile, revision_first, write_own
from flows.oversee.accounts.gaps import CLOSE, PEOPLE, START
from flows.oversee.costs.papers import put_paper
from schemas.account import Account
from schemas.books import Books
from schemas.calendar import local_day
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.payload import digest as digest_of
from schemas.receipt import Receipt
from schemas.refusal import RefusedError
from schemas.removal import Paper
from schemas.text import one_line

Decided = Literal["start", "close", "administrators"]
SORTS: Final[dict[Decided, str]] = {"start": START, "close": CLOSE, "administrators": PEOPLE}
"""What may be decided, and the sort of paper that stands for it."""
TO_REGISTER: Final = "register"
PDF: Final = "beslut.pdf"
LIMIT: Final = 50_000_000
_LONGEST: Final = 200
_WORDS: Final[dict[Decided, str]] = {
    "start": "Kontot {handle} på {platform} ska startas.",
    "close": "Kontot {handle} på {platform} ska avslutas.",
    "administrators": "Följande personer får administrera kontot {handle} på {platform}: {names}.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision as it was made.

    Attributes:
        what: see above. by, role: who decided: name and role (a head of unit or the like). on: the day.
        dnr: diary number, or empty. pdf: the signed decision's bytes, or empty.
    """

    what: Decided
    by: str
    role: str
    on: date
    dnr: str = ""
    pdf: bytes = b""


def decide(home: Home, name: str, decision: Decision, person: str) -> tuple[ItemId, bool]:
    """Write the decision as a record; returns its item, and False when the very same one was there already.

    Raises:
        RefusedError: no such account or person; a day to come, or another one than the account file says; no name or role;
            no administrator. GuardError: no mandate (G-MANDATE), or somebody else entered one meanwhile (G-MEANWHILE).
    """
    ground = home.ground
    at = ground.clock.now()
    (account,) = accounts_named(ground.state, [name])
    with ground.state.reading() as books:
        mandated(books, person, "account", at)
    by, role, dnr = (_words(field, value) for field, value in _given(decision))
    _check_day(account, decision, local_day(at))
    names = _administrators(account, decision.on)
    if decision.what == "administrators" and not names:
        raise RefusedError("ACCOUNT", name, "write who administers it in the account file and add it again")
    values: dict[str, object] = {
        "account": account.name,
        "decision": decision.what,
        "decided_by": by,
        "role": role,
        "decided": decision.on.isoformat(),
        "dnr": dnr,
        "administrators": list(names) if decision.what == "administrators" else [],
        "file_sha256": hashlib.sha256(decision.pdf).hexdigest() if decision.pdf else "",
    }
    sort, digest = SORTS[decision.what], digest_of(values)
    with ground.state.reading() as books:
        before = books.duties.paper(sort, account.name)
    if before is not None and before.digest == digest:
        return before.item, False

    def also(books: Books, item: ItemId) -> None:
        mandated(books, person, "account", at)
        put_paper(books, Paper(sort=sort, subject=account.name, period="", item=item, digest=digest, at=at), before)
        books.outbox.put(TO_REGISTER, item, at)
        books.ledger.append(
            Receipt(
                act="account.decided",
                at=at,
                actor=person,
                subjects=(account.name, item),
                evidence={"what": decision.what, "day": decision.on.isoformat(), "file": bool(decision.pdf)},
            )
        )

    wording = _WORDS[decision.what].format(
        handle=one_line(account.handle), platform=account.platform, names=", ".join(names)
    )
    number = f" Diarienummer {dnr}." if dnr else ""
    item = write_own(
        ground,
        kind="account_decision",
        authority=account.authority,
        text=f"Beslut. {wording} Beslutat {decision.on.isoformat()} av {by}, {role}.{number}",
        payload=values,
        at=at,
        act="account.record",
        actor=person,
        files=(OwnFile(name=PDF, media_type="application/pdf", data=decision.pdf),) if decision.pdf else (),
        first=revision_first,
        also=also,
    )
    return item, True


def read_pdf(path: Path) -> bytes:
    """The signed decision. Raises RefusedError: not readable, too large, or no PDF."""
    try:
        with path.open("rb") as stream:
            data = stream.read(LIMIT + 1)
    except OSError as error:
        raise RefusedError("--file", str(path), f"name a readable file ({error.strerror})") from None
    if len(data) > LIMIT:
        raise RefusedError("--file", str(path), f"name a file of at most {LIMIT // 1_000_000} MB")
    if not data.startswith(b"%PDF-"):
        raise RefusedError("--file", str(path), "name the decision as a PDF file")
    return data


def _administrators(account: Account, on: date) -> tuple[str, ...]:
    """Who may administer by a decision of that day: those decided by then who had not left; their first day may come later."""
    return tuple(
        one.name
        for one in account.everybody()
        if (one.decided is None or one.decided <= on) and (one.left is None or on <= one.left)
    )


def _given(decision: Decision) -> tuple[tuple[str, str], ...]:
    return ("--by", decision.by), ("--role", decision.role), ("--dnr", decision.dnr)


def _words(field: str, value: str) -> str:
    words = one_line(value)
    if len(words) > _LONGEST or (not words and field != "--dnr"):
        raise RefusedError(field, value, f"write it in 1 to {_LONGEST} characters")
    return words


def _check_day(account: Account, decision: Decision, today: date) -> None:
    if decision.on > today:
        raise RefusedError("--on", decision.on.isoformat(), "write the day of the decision, today or before")
    stated = {"start": account.duties.decided, "close": account.duties.closed}.get(decision.what)
    # The day of a closing is when it takes effect; the decision may come before it.
    different = stated is not None and (stated != decision.on if decision.what == "start" else decision.on > stated)
    if stated is not None and different:
        remedy = f"the account file says {stated.isoformat()}; mend the one that is wrong"
        raise RefusedError("--on", decision.on.isoformat(), remedy)
