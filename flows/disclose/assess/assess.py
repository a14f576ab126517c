"""An officer decides of listed versions one by one: given, given partly, not given. Two officers: the last one wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from flows.disclose.answer.chosen import Line, batches
from flows.disclose.assess.attachments import found_since, seen_as
from flows.disclose.assess.changing import Change, change_lines, chosen_lines
from flows.disclose.assess.provisions import provision_of
from flows.disclose.find.listing import listed
from flows.disclose.standing import known_request
from flows.keep.renditions import rows_of_items
from schemas.finding import Finding
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.record import Row
from schemas.refusal import GuardError, RefusedError
from schemas.request import VERDICTS, Assessment, Mask

ASSESSED: Final = "request.assessed"
"""Act of the receipts. ``UNMASKED``: when masks are taken away."""
UNMASKED: Final = "request.unmasked"
MARKED: Final = "Q164"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What an act of assessment changed.

    Attributes:
        request: number. lines: versions whose assessment is another one now. masks: masks they have in all now.
        left: listed versions that nothing is decided of. findings: what the officer should know. Counts and ids alone.
    """

    request: int
    lines: int
    masks: int
    left: int
    findings: tuple[Finding, ...] = ()


def assess(
    home: Home,
    number: int | str,
    said: Sequence[str],
    verdict: str,
    person: str,
    *,
    provision: str = "",
    everything: bool = False,
    again: bool = False,
) -> Done:
    """Decide of listed versions; the same decision again changes nothing but who looked and when.

    Args:
        said: ``ITEM`` (every listed version of it) or ``ITEM@VERSION``. verdict: ``give``, ``partly`` (what was masked
            stays so), ``refuse``. provision: what a refusal rests on.
        everything: all that nothing is decided of yet, instead of named ones. again: also what went out already.

    Raises:
        RefusedError: unknown request, person, record or provision; a verdict that does not go with what is said.
        GuardError: G-MANDATE; G-REQUEST (no list); G-CHANGED (not open, or another list); G-ASSESSED (it went out).
    """
    ground = home.ground
    at = ground.clock.now()
    request = known_request(ground, number)
    _check(said, verdict, provision, everything=everything)
    code = provision_of(home.disclosure().provisions, provision).code if verdict == "refuse" else ""
    table = listed(ground, request)

    rows: Mapping[ItemId, Sequence[Row]] = {}

    def decide(line: Line, old: Assessment | None) -> Assessment | None:
        if everything and old is not None:
            return old
        refuse_given(old, again=again)
        masks: tuple[Mask, ...] = ()
        if verdict == "partly":
            if old is None or not old.masks:
                raise RefusedError(
                    "VERDICT",
                    verdict,
                    f"mask something first: 'bevara request mask {request.number} {line[0]}@{line[1]}'",
                )
            refuse_moved(old, rows.get(line[0], ()))
            masks = old.masks
        return Assessment(
            request=request.number,
            item=line[0],
            version=line[1],
            verdict=verdict,  # type: ignore[arg-type] # one of them, see _check
            provision=code,
            masks=masks,
            person=person,
            at=at,
            seen="" if verdict == "refuse" else seen_as(rows.get(line[0], ()), line[1], at),
        )

    change = Change(request=request, person=person, at=at, act=ASSESSED, each=not everything)
    entered = masks = marked = 0
    for lines in batches(table) if everything else [chosen_lines(table, said)]:
        if verdict != "refuse":
            rows = rows_of_items(ground, dict.fromkeys(item for item, _ in lines))
        done = change_lines(ground, change, lines, decide)
        entered += done.lines
        masks += done.masks
        if verdict == "give":
            marked += len(_marked_secret(home, [one.item for one in done.entered]))
    findings = (
        (
            Finding(
                code=MARKED, severity="warning", subject=request.subject, count=marked, parameters=(("places", marked),)
            ),
        )
        if marked
        else ()
    )
    left = left_of(home, request.number)
    return Done(request=request.number, lines=entered, masks=masks, left=left, findings=findings)


def unmask(
    home: Home,
    number: int | str,
    said: str,
    person: str,
    *,
    which: int | None = None,
    again: bool = False,
) -> Done:
    """Take masks of listed versions away; a version without any is not assessed any longer, and is to be decided of.

    Args:
        said: ``ITEM`` or ``ITEM@VERSION``. which: the mask's number, from 1, as ``request assessed`` shows; None = all.

    Raises:
        As ``assess``; RefusedError: no such mask, or several versions and one number.
    """
    ground = home.ground
    at = ground.clock.now()
    request = known_request(ground, number)
    lines = chosen_lines(listed(ground, request), [said])
    if which is not None and len(lines) > 1:
        raise RefusedError("ITEM", said, "name one version: ITEM@VERSION")

    rows = rows_of_items(ground, dict.fromkeys(item for item, _ in lines))

    def decide(line: Line, old: Assessment | None) -> Assessment | None:
        if old is None or not old.masks:
            if which is None:
                return old
            raise RefusedError("--number", str(which), "the record has no masks")
        refuse_given(old, again=again)
        if which is not None and not 1 <= which <= len(old.masks):
            raise RefusedError("--number", str(which), f"the record has masks 1 to {len(old.masks)}")
        rest = () if which is None else (*old.masks[: which - 1], *old.masks[which:])
        if not rest:
            return None
        if looked_away(old, rows.get(line[0], ())):
            return replace(old, masks=rest)
        return replace(old, masks=rest, at=at, seen=seen_as(rows.get(line[0], ()), line[1], at))

    change = Change(request=request, person=person, at=at, act=UNMASKED)
    done = change_lines(ground, change, lines, decide)
    return Done(request=request.number, lines=done.lines, masks=done.masks, left=left_of(home, request.number))


def refuse_given(old: Assessment | None, *, again: bool) -> None:
    """Raise GuardError (G-ASSESSED): the line went out already, and nobody said that it shall be answered again."""
    if old is not None and old.portion and not again:
        raise GuardError(
            "G-ASSESSED",
            f"{old.item}@{old.version} went out with answer {old.portion}",
            "say --again if a new answer is to be made of it",
        )


def looked_away(old: Assessment, rows: Sequence[Row]) -> bool:
    """Whether there are attachments that nobody has looked at since the line was assessed."""
    return seen_as(rows, old.version, old.at) != old.seen or found_since(rows, old.version, old.at)


def refuse_moved(old: Assessment | None, rows: Sequence[Row]) -> None:
    """Raise GuardError (G-CHANGED): masks count attachments in an order that is another one by now."""
    if old is None or seen_as(rows, old.version, old.at) == old.seen:
        return
    if any(one.where.startswith(("media:", "alt:")) for one in old.masks):
        raise GuardError(
            "G-CHANGED",
            f"attachments of {old.item}@{old.version} came in with an earlier time; its masks may lie on others now",
            f"take them away by 'bevara request unmask {old.request} {old.item}@{old.version} --all', and mask anew",
        )


def left_of(home: Home, number: int) -> int:
    """How many listed versions nothing is decided of."""
    request = known_request(home.ground, number)
    with home.ground.state.reading() as books:
        return request.items - sum(books.requests.counts(number).values())


def _marked_secret(home: Home, items: Sequence[ItemId]) -> set[ItemId]:
    with home.ground.state.reading() as books:
        return {one.item for one in books.marks.of(items) if one.kind == "sekretess"}


def _check(said: Sequence[str], verdict: str, provision: str, *, everything: bool) -> None:
    if verdict not in VERDICTS:
        raise RefusedError("VERDICT", verdict, f"write one of {', '.join(VERDICTS)}")
    if everything == bool(said):
        raise RefusedError("ITEM", " ".join(said)[:80], "name records, or say --all for those that are left")
    if everything and verdict == "partly":
        raise RefusedError("--all", verdict, "mask by 'bevara request mask'; that decides of what is masked")
    if verdict == "refuse" and not provision.strip():
        raise RefusedError("--provision", "", 'name the provision that the refusal rests on, for example "OSL 21:1"')
    if verdict != "refuse" and provision:
        raise RefusedError("--provision", provision, "leave it out: a provision goes with a refusal, or with a mask")
