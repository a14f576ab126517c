"""How an answer is to be given, what came of it, and what keeps it from being given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import pyarrow as pa

from flows.disclose.answer.chosen import Chosen, Line
from flows.disclose.answer.note import Told
from schemas.finding import Finding
from schemas.ids import ItemId
from schemas.refusal import GuardError, RefusedError
from schemas.request import Outcome, Request

_KINDS: Final = frozenset({"handlingar", "tillgang"})
How = Literal["package", "mail", "on-the-spot"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How an answer is to be given.

    Attributes:
        how: as a package, by e-mail, or shown on the spot. out: where the package is to lie. zipped: as one zip.
        most: records at most, the rest in later portions; None = all. accept: lines that are given although something
            stands open in them that is masked elsewhere. data, media: whether they go out. again: although an earlier answer may
            have gone out that is not on record.
    """

    how: How = "package"
    out: Path | None = None
    zipped: bool = False
    most: int | None = None
    accept: frozenset[Line] = frozenset()
    data: bool = True
    media: bool = True
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer that went out.

    Attributes:
        request: its row now. portion: number of the answer. told: counts. path: where the package lies, or None.
        digest: SHA-256 of its list of digests, or empty. letter: item of the letter, or None (on the spot).
        item: item that says what went out. copies: masked copies of its records. findings: what to know.
    """

    request: Request
    portion: int
    how: How
    told: Told
    path: Path | None
    digest: str
    letter: ItemId | None
    item: ItemId
    copies: tuple[ItemId, ...]
    findings: tuple[Finding, ...]


def target_of(sending: Sending) -> Path:
    """What is to be there in the end. Raises RefusedError: nothing was said."""
    if sending.out is None:
        raise RefusedError("--out", "", "name the folder to be made")
    if sending.zipped and sending.out.suffix.casefold() != ".zip":
        return sending.out.with_name(f"{sending.out.name}.zip")
    return sending.out


def outcome_of(chosen: Chosen) -> Outcome:
    """What the whole request was answered with, once nothing is left."""
    if not chosen.every:
        return "nothing"
    return "given" if set(chosen.every) == {"give"} else "partly"


def refuse_other(request: Request) -> None:
    """Refuse a request that is not to be answered so. Raises GuardError (G-CHANGED, G-REQUEST)."""
    if request.standing != "open":
        raise GuardError(
            "G-CHANGED",
            f"request {request.number} is {request.standing}",
            f"look at 'bevara request show {request.number}'",
        )
    if request.kind not in _KINDS:
        raise GuardError(
            "G-REQUEST",
            f"request {request.number} asks for something else than records",
            "it is answered by a decision: 'bevara request unpublish' or 'bevara request restrict'",
        )


def refuse_empty(chosen: Chosen) -> None:
    """Refuse when there is nothing to answer here, or nothing that is given."""
    number = chosen.request.number
    if chosen.every and set(chosen.every) == {"refuse"} and chosen.left == 0:
        raise GuardError(
            "G-ASSESSED",
            f"every line of request {number} is assessed as refused",
            f"'bevara request refuse {number}' answers that",
        )
    if chosen.size == 0 and (chosen.every or chosen.left):
        raise GuardError(
            "G-ASSESSED",
            f"every line of request {number} has gone out already",
            f"assess anew what is to go out again, with 'bevara request assess {number} … --again'",
        )


def refuse_unlisted(table: pa.Table, accept: frozenset[Line]) -> None:
    """Refuse to accept what the list does not have. Raises RefusedError."""
    if not accept:
        return
    lines = zip(table["item"].to_pylist(), table["version"].to_pylist(), strict=True)
    unknown = accept - set(lines)
    if unknown:
        item, version = min(unknown)
        raise RefusedError("--accept", f"{item}@{version}", "name lines of the request's list")
