"""KB's receipts: recorded by hand or read where the settings say; per delivery or per film.

What KB says of a film changes it only while it waits in that very delivery: an answer that comes late for an old one
never touches the film in a newer one. KB's words on a rejection may tell of the film's content: they go into an archive
item alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flows.deposit.pack.answers import Recorded, Said, record, told
from flows.deposit.pack.change import IN_IT, films_of, waiting_in
from flows.deposit.pack.status import deliveries, known
from flows.deposit.pack.told import Answer, answered, packaged
from flows.deposit.standing import film_in
from flows.keep.mandates import mandated
from flows.keep.spool import lease_name
from schemas.books import LeaseTakenError
from schemas.delivery import REFERENCE
from schemas.deposit import DeliveryStanding, Film, KbReceipt, StoredDelivery
from schemas.finding import Finding
from schemas.ground import Home
from schemas.neighbours import ReceiverRefusedError
from schemas.refusal import GuardError, RefusedError, UnreachableError

WORDS: Final = 4000
"""Characters of the words on a rejection."""
_HANDED: Final[frozenset[DeliveryStanding]] = frozenset({"delivering", "delivered"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What was read of KB's receipts.

    Attributes:
        asked: deliveries that were asked about. answered: films that were answered on now.
        findings: what is to be known. unreachable: nobody answered; the rest was not asked about.
    """

    asked: int = 0
    answered: int = 0
    findings: tuple[Finding, ...] = ()
    unreachable: bool = False


def receipt(
    home: Home, delivery: str, film: str, answer: Answer, reference: str, person: str, reason: str = ""
) -> Recorded:
    """Record KB's answer, as a person has it. The same answer again changes nothing.

    ``accepted`` ends the film's way: its clock has stopped and its items may be culled by the plan. ``rejected`` reopens
    it: it goes into another delivery. Of a ``TEST`` nothing is proven: its films are decided as before (L180).

    Args:
        delivery: its id or number. film: number or id of one film of it, or empty: every film that still waits in it.
        reference: KB's own mark on the answer, a number or code; it stands in the ledger for ever, so it names nobody.
        reason: KB's words on a rejection, or empty; kept in an archive item.

    Raises:
        GuardError: another answer is recorded, or it was never handed over (G-RECEIPT); no mandate (G-MANDATE).
        RefusedError: no such delivery, film or person; a film of another delivery; an unusable reference or reason.
    """
    if not REFERENCE.fullmatch(reference):
        raise RefusedError(
            "--reference",
            reference,
            "give the receipt's number or code, such as KB 2026/17: at most 100 characters and three parts",
        )
    words = reason.strip()
    if len(words) > WORDS:
        raise RefusedError("--reason", reason, f"write at most {WORDS} characters")
    if words and answer != "rejected":
        raise RefusedError("--reason", reason, "leave it out: only a rejection has words")
    ground = home.ground
    with ground.state.reading() as books:
        mandated(books, person, "deposit", ground.clock.now())
    named = known(ground, delivery).intent.id
    with ground.state.hold_lease(lease_name(named)):
        stored = known(ground, named)
        chosen = _chosen(home, stored, film, answer, reference)
        if chosen is None:
            return Recorded(delivery=stored)
        said = Said(answer=answer, reference=reference, words=words, actor=person)
        return record(home, stored, chosen, said)


def _chosen(home: Home, stored: StoredDelivery, film: str, answer: Answer, reference: str) -> list[Film] | None:
    """The films that a receipt given by hand answers on; None when it is recorded already.

    None of them may be left when somebody has seen them in Libris before: then the receipt is the delivery's alone.
    """
    number = stored.intent.number
    with home.ground.state.reading() as books:
        named = [film_in(books, film)] if film else []
        if named and named[0].id not in stored.intent.films:
            raise RefusedError(
                "--film",
                film,
                f"name a film of delivery {number}; 'bevara deposit show {number}' tells a film's delivery",
            )
        ids = [one.id for one in named] or list(stored.intent.films)
        before = [answered(books, one, stored.intent.id) for one in ids]
        waiting = [one for one in waiting_in(books, stored) if one.id in ids]
    if not waiting or named:
        known_ones = [one for one in before if one is not None]
        if known_ones and len(known_ones) == len(ids):
            if all((one["answer"], one["reference"]) == (answer, reference) for one in known_ones):
                return None
            raise GuardError(
                "G-RECEIPT",
                "another answer, or the same under another mark, is recorded already",
                "ask KB which one holds; a film that was rejected is delivered anew in another delivery",
            )
    if stored.standing not in _HANDED or (named and not waiting):
        raise GuardError("G-RECEIPT", f"the delivery is {stored.standing}: nobody was handed it", "deliver or fetch it")
    return waiting


def read_receipts(home: Home) -> Read:
    """Ask where KB's receipts are read for every delivery on its way, and record what is said.

    Nothing that KB says stops the others: what cannot be understood, is about something else or speaks against what is
    recorded is told, and changes nothing. Without settings nothing is asked.
    """
    if home.deposit.receipts is None:
        return Read()
    asking = home.receipts(home.deposit.receipts)
    asked = films = 0
    findings: list[Finding] = []
    for one in deliveries(home.ground):
        if one.standing not in _HANDED:
            continue
        try:
            said = asking.ask(one.intent.id)
            findings.extend(getattr(asking, "findings", ()))  # what was left out of the answer
            count, found = _take(home, one.intent.id, said)
        except UnreachableError:
            findings.append(told("L183", one))
            return Read(asked=asked, answered=films, findings=tuple(findings), unreachable=True)
        except ReceiverRefusedError as refused:
            count, found = 0, [told(refused.code, one)]
        except LeaseTakenError:
            count, found = 0, [told("L173", one)]
        except GuardError:
            count, found = 0, [told("L175", one)]
        asked += 1
        films += count
        findings.extend(found)
    return Read(asked=asked, answered=films, findings=tuple(findings))


def _take(home: Home, delivery: str, said: Sequence[KbReceipt]) -> tuple[int, list[Finding]]:
    """Record what KB says of one delivery: of its packages first, then of the whole for those it did not speak of."""
    films = 0
    findings: list[Finding] = []
    with home.ground.state.hold_lease(lease_name(delivery)):
        stored = known(home.ground, delivery)
        packages = _packages(home, stored)
        named: set[str] = set()
        for one in (*(each for each in said if each.package), *(each for each in said if not each.package)):
            if one.delivery != delivery or (one.package and one.package.lower() not in packages):
                findings.append(told("L184", stored))
                continue
            wanted = [packages[one.package.lower()]] if one.package else sorted({*packages.values()} - named)
            named.update(wanted)
            done, found = _take_one(home, delivery, wanted, one, whole=not one.package)
            films += done
            findings.extend(found)
        _close(home, delivery, said)
    return films, findings


def _close(home: Home, delivery: str, said: Sequence[KbReceipt]) -> None:
    """A delivery of which no film waits any longer, because somebody has seen them in Libris before, ends here too."""
    stored = known(home.ground, delivery)
    answers = {one.answer for one in said if one.delivery == delivery} - {"waiting"}
    if stored.standing not in _HANDED or not answers:
        return
    with home.ground.state.reading() as books:
        waits = bool(waiting_in(books, stored))
    if not waits:
        record(home, stored, (), Said(answer="rejected" if "rejected" in answers else "accepted", reference=""))


def _take_one(
    home: Home, delivery: str, wanted: Sequence[str], one: KbReceipt, *, whole: bool
) -> tuple[int, list[Finding]]:
    """Record one answer on those of the films that wait in the delivery; tell where it speaks against what is recorded."""
    if one.answer == "waiting":
        return 0, []
    stored = known(home.ground, delivery)
    with home.ground.state.reading() as books:
        waiting = [film for film in films_of(books, stored) if film.id in wanted and film.standing in IN_IT]
        before = {film: answered(books, film, delivery) for film in wanted}
    findings: list[Finding] = []
    for film in {*wanted} - {other.id for other in waiting}:
        seen = before[film]
        # What somebody has seen in Libris is accepted as far as we know.
        if not whole and one.answer != ("accepted" if seen is None else seen["answer"]):
            findings.append(told("L186", stored))
    if not waiting:
        return 0, findings
    reference = one.reference
    if reference and not REFERENCE.fullmatch(reference):
        findings.append(told("L185", stored))
        reference = ""
    words = one.reason.strip()[:WORDS] if one.answer == "rejected" else ""
    recorded = record(home, stored, waiting, Said(answer=one.answer, reference=reference, words=words))
    return len(waiting), [*findings, *recorded.findings]


def _packages(home: Home, stored: StoredDelivery) -> dict[str, str]:
    """OBJID in small letters → film, as they were packaged."""
    found: dict[str, str] = {}
    with home.ground.state.reading() as books:
        for film in stored.intent.films:
            seen = packaged(books, film, stored.intent.id)
            if seen is not None:
                found[str(seen["package"]).lower()] = film
    return found
