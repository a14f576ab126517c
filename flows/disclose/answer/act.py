"""The answer to a request: built of what is masked already, proven, handed out and put on record.

Order: everything is checked; masked copies are kept; the package is built beside its place and proven; the letter is
written, and with it that the answer goes out now; the package gets its name (or the message is sent); last, one
transaction says that it went out. Who was stopped between these two is told by the next answer (``begun``).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from flows.disclose.answer.begun import begin, failed, refuse_begun
from flows.disclose.answer.build import Built, Keeping, build, files_folder
from flows.disclose.answer.chosen import ANSWERED, Chosen, closing
from flows.disclose.answer.fee import refuse_unpaid
from flows.disclose.answer.letter import letter_pdf, reply_of
from flows.disclose.answer.note import Told, note
from flows.disclose.answer.package import Package, beside, name_folder, name_zip, prove
from flows.disclose.answer.ready import LeaksError, Ready, choose_lines, make_ready
from flows.disclose.answer.sending import (
    Answered,
    How,
    Sending,
    outcome_of,
    refuse_empty,
    refuse_other,
    refuse_unlisted,
    target_of,
)
from flows.disclose.answer.sent import address_of, send
from flows.disclose.letters import root_of, write_letter
from flows.disclose.standing import change_request, known_request, request_in
from flows.keep.mandates import mandated
from flows.keep.own import revision_first, write_own
from flows.keep.spool import lease_name, spooling
from schemas.books import Books
from schemas.codes.words import records
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.neighbours import InterruptedHandingError
from schemas.record import Row
from schemas.refusal import GuardError
from schemas.request import Request


def answer(home: Home, number: str | int, sending: Sending, person: str) -> Answered:
    """Answer a request, or its next portion.

    Raises:
        RefusedError: no such request, person or place; no address to send to.
        GuardError: G-MANDATE; G-CHANGED: it is not open, or a colleague changed something meanwhile; G-REQUEST: nothing
            has been searched for, or it is about something else than handing out; G-ASSESSED: something is not assessed,
            or everything is refused; G-SENT: an earlier one may have gone out; G-FEE: not paid; G-LEAK (``LeaksError``); G-MAIL; G-PACKAGE: it could not be proven.
        LeaseTakenError: another answer to the request is being built. UnreachableError: the mail server.
    """
    ground = home.ground
    at = ground.clock.now()
    with ground.state.reading() as books:
        mandated(books, person, "disclose", at)
        request = request_in(books, number)
    refuse_other(request)
    refuse_unpaid(request)
    name = f"begaran-{request.number}"
    with ground.state.hold_lease(lease_name(name)) as lease:
        with ground.state.reading() as books:
            refuse_begun(books, request, again=sending.again)
        root = root_of(ground, request)
        # A list that was searched, assessed or answered by whoever held the lease before counts.
        chosen, table = choose_lines(home, known_request(ground, request.number), most=sending.most)
        refuse_empty(chosen)
        to = address_of(ground, chosen.request) if sending.how == "mail" else ""
        ready, leaking = make_ready(home, chosen, table, at, accept=sending.accept)
        refuse_unlisted(table, sending.accept)
        if leaking:
            raise LeaksError(request.number, leaking)
        act = _Act(home=home, ready=ready, sending=sending, person=person, root=root, to=to)
        salt = ground.chance.fork(f"{lease.name}#{lease.fence}").bytes(32)
        with _place(home, sending, name) as folder:
            return act.run(folder, salt)


_WORDS: Final[Mapping[How, str]] = {"package": "som paket", "mail": "med e-post", "on-the-spot": "på stället"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Act:
    home: Home
    ready: Ready
    sending: Sending
    person: str
    root: Row
    to: str

    def run(self, folder: Path, salt: bytes) -> Answered:
        keeping = Keeping(root=self.root, person=self.person)
        if self.sending.how == "on-the-spot":
            built = build(self.home, self.ready, files_folder(folder), into=None, media=False, keeping=keeping)
            return self._record(_counted(self.ready.chosen, built), built)
        told, built, digest, letter = package_of(
            self.home, self.ready, self.sending, folder, salt, person=self.person, keeping=keeping
        )
        prove(self.home, folder, told)
        reply = reply_of(self.home, self.ready, told)
        written = write_letter(
            self.home,
            self.ready.chosen.request,
            reply.name,
            self.person,
            self.ready.face.made,
            reply.fields,
            also=lambda books, _: self._begin(books),
        )
        if written.pdf != letter:
            self._failed()
            raise GuardError("G-PACKAGE", "the letter came out otherwise than before", "answer again")
        try:
            path = self._out(folder)
        except InterruptedHandingError:  # the message may have arrived
            raise
        except Exception:
            self._failed()
            raise
        try:
            return self._record(told, built, path=path, digest=digest, letter=written.item)
        except Exception:
            # What nobody has put on record is not handed out.
            if path is not None:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
                self._failed()
            raise

    def _begin(self, books: Books) -> None:
        self._unchanged(books)
        begin(books, self.ready.chosen, self.sending.how, self.person, self.ready.face.made)

    def _failed(self) -> None:
        failed(self.home.ground, self.ready.chosen, self.sending.how, self.person, self.ready.face.made)

    def _out(self, folder: Path) -> Path | None:
        sending, ready = self.sending, self.ready
        if sending.how == "mail":
            send(self.home, self.to, folder, ready.face, ready.chosen.digest)
            return None
        target = target_of(sending)
        return name_zip(folder, target, ready.face) if sending.zipped else name_folder(folder, target)

    def _unchanged(self, books: Books, also: Callable[[Books], None] | None = None) -> None:
        request = request_in(books, self.ready.chosen.request.number)
        mandated(books, self.person, "disclose", self.ready.face.made)
        refuse_other(request)
        refuse_unpaid(request)
        if also is None:
            closing(books, self.ready.chosen)
        else:
            also(books)

    def _record(
        self, told: Told, built: Built, *, path: Path | None = None, digest: str = "", letter: ItemId | None = None
    ) -> Answered:
        """The last transaction: the portion's own item, the assessments' portion, the request's row, the receipt."""
        chosen, at, how = self.ready.chosen, self.ready.face.made, self.sending.how
        counts: dict[str, Any] = {
            "portion": chosen.portion,
            "records": told.records,
            "partly": told.partly,
            "refused": told.refused,
            "files": told.files,
            "pages": told.pages,
        }
        last = chosen.left == 0

        def change(now: Request) -> Request:
            if not last:
                return replace(now, changed=at)
            return replace(now, changed=at, standing="answered", outcome=outcome_of(chosen), answered=at)

        def enter(books: Books, item: ItemId) -> None:
            closing(books, chosen, lambda one: replace(one, portion=chosen.portion))
            evidence = {
                "item": item,
                "how": how,
                **counts,
                "last": last,
                "left": chosen.left,
                "accepted": len(self.sending.accept),
            }
            change_request(
                books, chosen.request.number, {"open"}, change, act=ANSWERED, actor=self.person, evidence=evidence
            )

        item = write_own(
            self.home.ground,
            kind="answer",
            authority=chosen.request.authority,
            text=_text(chosen, told, how),
            payload={
                "answered": {
                    "request": chosen.request.number,
                    "how": how,
                    **counts,
                    "list": chosen.request.digest,
                    "assessments": chosen.digest,
                    "sums": digest,
                    "letter": letter,
                    "data": self.sending.data,
                    "media": self.sending.media,
                    "stand_ins": dict(sorted(self.ready.gathered.stand_in.used.items())),
                    "accepted": sorted(f"{item}@{version}" for item, version in self.sending.accept),
                }
            },
            at=at,
            act="answer.given",
            actor=self.person,
            evidence={"request": chosen.request.number, "portion": chosen.portion},
            about=self.root,
            first=revision_first,
            also=lambda books, item: self._unchanged(books, lambda books: enter(books, item)),
        )
        return Answered(
            request=known_request(self.home.ground, chosen.request.number),
            portion=chosen.portion,
            how=how,
            told=told,
            path=path,
            digest=digest,
            letter=letter,
            item=item,
            copies=built.copies,
            findings=(*self.ready.findings, *built.findings),
        )


def package_of(
    home: Home, ready: Ready, sending: Sending, folder: Path, salt: bytes, *, person: str, keeping: Keeping | None
) -> tuple[Told, Built, str, bytes]:
    """Fill the folder: records, letter, note, digests. Returns counts, what was built, its digest, and the letter."""
    settings = home.disclosure()
    package = Package(home, folder, ready.face, ready.labels, data=sending.data, media=sending.media)
    try:
        built = build(home, ready, folder, into=package, media=sending.media, keeping=keeping)
        told = package.told(left=ready.chosen.left, unmaskable=built.unmaskable)
    finally:
        package.close()
    letter = letter_pdf(home, ready, reply_of(home, ready, told), person)
    titles = {code: one.title for code, one in settings.provisions.items()}
    text = note(ready.face, told, ready.labels, settings.office, titles)
    return told, built, package.finish(text, letter, salt), letter


@contextmanager
def _place(home: Home, sending: Sending, name: str) -> Iterator[Path]:
    """Where it is built: beside the target, or in the home's spool."""
    if sending.how == "package":
        with beside(target_of(sending), apart_from=home.path) as part:
            yield part
        return
    with spooling(home, name) as folder:
        inner = folder / "svar"
        inner.mkdir()
        yield inner


def _counted(chosen: Chosen, built: Built) -> Told:
    """Counts of what was shown on the spot."""
    return Told(
        records=chosen.size,
        given=chosen.counts.get("give", 0),
        partly=chosen.counts.get("partly", 0),
        refused=chosen.counts.get("refuse", 0),
        left=chosen.left,
        unmaskable=built.unmaskable,
        data=False,
        media=False,
    )


def _text(chosen: Chosen, told: Told, how: How) -> str:
    return (
        f"Svar {chosen.portion} på begäran {chosen.request.number}, lämnat {_WORDS[how]}: {records(told.records)}, varav "
        f"{told.given} hela, {told.partly} delvis och {told.refused} som inte lämnas ut."
    )


__all__ = ["Answered", "How", "Sending", "answer", "package_of"]
