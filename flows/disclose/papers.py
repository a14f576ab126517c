"""The papers of a request's matter: listed for the court, and copied out for who is handed them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from flows.disclose.letters import root_of
from flows.disclose.standing import known_request, request_in, told
from flows.keep.mandates import mandated
from flows.keep.own import OwnFile, own_file, read_own
from flows.keep.thread import Node, read_thread
from schemas.calendar import local_day
from schemas.ground import Ground, Home
from schemas.ids import ItemId
from schemas.refusal import GuardError
from schemas.request import Request
from schemas.text import one_line

ACT: Final = "request.papers"
_TITLE: Final = 120
"""Characters of a paper's name in the list."""
_NAMED: Final = 200
"""Papers that the list names one by one."""


def paper_lines(nodes: Iterable[Node], request: Request) -> str:
    """The papers of the matter, a numbered line each, oldest first; where to answer stays with us.

    Answers with their masked copies are counted in one line: the court is handed the records themselves.
    """
    own = [one for one in nodes if one.standing == "live" and one.item not in {None, request.contact}]
    copies = sum(one.kind == "answer" for one in own)
    lines = [
        f"{_name(one, request)}, {local_day(one.published).isoformat()}"
        for one in _papers(own, request)
        if one.published
    ]
    if len(lines) > _NAMED:
        lines = [*lines[:_NAMED], f"Övriga handlingar i ärendet, antal: {len(lines) - _NAMED}"]
    if copies:
        lines.append(f"Svar och maskerade kopior, antal: {copies}")
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))


def papers(home: Home, number: str | int, person: str) -> tuple[Request, tuple[OwnFile, ...]]:
    """Every paper of the matter with its files, oldest first, without where to answer; with a receipt.

    A paper without files of its own is its text (UTF-8). The names are numbers and what it is, never a file's own name
    from outside.

    Raises:
        RefusedError: an unknown request or person. GuardError: no mandate (G-MANDATE), nothing is written yet
        (G-REQUEST), a file cannot be read (G-PAPERS).
    """
    at = home.ground.clock.now()
    request = known_request(home.ground, number)
    with home.ground.state.reading() as books:
        mandated(books, person, "disclose", at)
    root = root_of(home.ground, request)
    nodes = [
        one for one in read_thread(home.ground, root.item) if one.standing == "live" and one.item != request.contact
    ]
    found = [
        file for place, one in enumerate(_papers(nodes, request), 1) for file in _files(home.ground, one.item, place)
    ]
    with home.ground.state.writing() as books:
        books.revision(lock=True)
        mandated(books, person, "disclose", at)
        now = replace(request_in(books, request.number), changed=at)
        told(books, now, ACT, person, {"files": len(found)})
    return request, tuple(found)


def _papers(nodes: Iterable[Node], request: Request) -> list[Node]:
    """The wording first, then by when they were made."""
    kept = (one for one in nodes if one.kind != "answer" and one.item is not None)
    return sorted(kept, key=lambda one: (one.item != request.record, str(one.published), str(one.item)))


def _files(ground: Ground, item: ItemId | None, place: int) -> Iterable[OwnFile]:
    row = None if item is None else read_own(ground, item)
    if row is None:
        raise GuardError("G-PAPERS", f"the paper {item} is not in the archive", "run 'bevara verify'")
    try:
        files = [
            OwnFile(name=f"{place:02d}-{one.origin}", media_type=one.media_type, data=own_file(ground, row, one.origin))
            for one in row.media
        ]
    except OSError:
        raise GuardError("G-PAPERS", f"a file of {item} cannot be read", "run 'bevara verify --deep'") from None
    text = (row.text or "").encode("utf-8", "replace")
    return files or [OwnFile(name=f"{place:02d}-handling.txt", media_type="text/plain", data=text)]


def _name(node: Node, request: Request) -> str:
    if node.item == request.record:
        return "Begäran"
    if node.item == request.listed:
        return "Förteckning över de handlingar som begäran gäller"
    if node.item == request.decision:
        return "Det överklagade beslutet, med besked om hur man överklagar"
    first = one_line((node.text or "").strip().split("\n", 1)[0])
    return first[:_TITLE] or "Handling utan rubrik"
