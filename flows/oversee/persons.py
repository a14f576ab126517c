"""The register of persons: who they are, what their role lets them do and since when, and their public keys.

Two persons must be two human beings: no two names that read the same, and nobody gets another key in somebody's place
without a signature.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flows.keep.mandates import known_person, mandated
from schemas.books import Books
from schemas.calendar import local_day
from schemas.ground import Ground, Home
from schemas.neighbours import Signer
from schemas.person import ROLES, Person, PersonKey, key_statement, same_name
from schemas.receipt import Receipt, Scalar
from schemas.refusal import GuardError, RefusedError

_NAME_LENGTH = 100
_KEY = re.compile(r"[0-9a-f]{64}")
_PARAGRAPH = re.compile(r"§{1,2} ?[0-9]{1,4}( ?[a-z])?([–-][0-9]{1,4})?")
_PEM = re.compile(r"\s*-----BEGIN PUBLIC KEY-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END PUBLIC KEY-----\s*")
_SPKI = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of an Ed25519 public key in a PEM file (RFC 8410)."""
_FILE_LIMIT = 4096


def check_new(ground: Ground, name: str, role: str, **stated: Any) -> Person:
    """The person as ``add_person`` would register it now, the name composed (NFC). Raises RefusedError."""
    at = ground.clock.now()
    person = Person(name=unicodedata.normalize("NFC", name), role=role, added=at, **stated)
    check_person(person, local_day(at))
    with ground.state.reading() as books:
        _refuse_taken(books, person.name)
    return person


def _refuse_taken(books: Books, name: str) -> None:
    if any(same_name(one.name) == same_name(name) for one in books.persons.all()):
        raise RefusedError(
            "person", name, "choose a name that is not registered yet; case and spaces alone tell no two persons apart"
        )


def add_person(
    ground: Ground, name: str, role: str, *, key: str | None = None, by: str | None = None, **stated: Any
) -> Person:
    """Register a person, with a public key or without.

    Args:
        by: the registered person who does it and answers for it; None = not stated.
        stated: validity and delegation decision, the fields of ``Person`` from ``valid_from`` on.

    Raises:
        RefusedError: an unknown role, a name that is taken or that only case, spaces or encoding tell from a
            registered one, days in the wrong order, a key that somebody has. GuardError: ``by`` may not (G-MANDATE).
    """
    person = check_new(ground, name, role, **stated)
    at = person.added
    with ground.state.writing() as books:
        actor = actor_of(books, by, at)
        _refuse_taken(books, person.name)
        books.persons.add(person)
        books.ledger.append(
            Receipt(act="person.add", at=at, actor=actor, subjects=(person.name,), evidence=_evidence(person))
        )
        if key is not None:
            _enter_key(books, person.name, key, at, actor, {"first": True, "countersigned": None})
    return person


def change_person(ground: Ground, name: str, changes: Mapping[str, Any], *, by: str | None = None) -> Person:
    """Change a person's role, validity or delegation decision; what ``changes`` does not name stays.

    Raises:
        RefusedError: no such person, or a value that ``add_person`` would refuse. GuardError: ``by`` may not.
    """
    at = ground.clock.now()
    with ground.state.writing() as books:
        actor = actor_of(books, by, at)
        before = known_person(books, name, "NAME")
        person = replace(before, **changes)
        check_person(person, local_day(at))
        books.persons.change(person)
        books.ledger.append(
            Receipt(act="person.change", at=at, actor=actor, subjects=(name,), evidence=_evidence(person))
        )
    return person


def actor_of(books: Books, by: str | None, at: datetime) -> str:
    """Who a receipt names: the person who says so and may (``register``), else ``bevara``. Raises GuardError."""
    return "bevara" if by is None else mandated(books, by, "register", at).name


@dataclass(frozen=True, slots=True, kw_only=True)
class Countersigner:
    """Who signs that a person's key is replaced: the person with the key before it, or another arkivansvarig."""

    person: str
    signer: Signer


def countersigner(home: Home, name: str, key_file: Path | None, passphrase_file: Path | None) -> Countersigner:
    """Unlock the key that is registered for somebody now. Raises GuardError (G-FOREIGNKEY), RefusedError."""
    signer = home.keyring.unlock(name, key_file, passphrase_file)
    with home.ground.state.reading() as books:
        if signer.public not in _current(books, name):
            raise _foreign()
    return Countersigner(person=name, signer=signer)


def give_key(
    ground: Ground,
    name: str,
    key: str,
    *,
    countersigned: Countersigner | None = None,
    lost: bool = False,
    by: str | None = None,
) -> PersonKey:
    """Give a person a public key; the one before it ends.

    The first key needs nobody. Replacing one is signed, with the key before it or by another person who answers for
    the registers: who holds the machine alone must not become somebody else. ``lost``: nobody can sign, which is taken
    only when there is no other such person; the receipt says so.

    Args:
        by: the registered person who does it; None = the one who countersigns, if any.

    Raises:
        RefusedError: no such person, or the key is somebody's. GuardError: it must be signed (G-COUNTERSIGN), the
            signing key is not registered (G-FOREIGNKEY), ``by`` or the one who signs may not (G-MANDATE).
    """
    at = ground.clock.now()
    with ground.state.writing() as books:
        known_person(books, name, "NAME")
        actor = actor_of(books, by, at)
        before = books.persons.keys(name)
        if not before:
            told: dict[str, Scalar] = {"first": True, "countersigned": None}
        elif countersigned is not None:
            told = _countersigned(books, name, key, countersigned, at)
            actor = countersigned.person if by is None else actor
        else:
            told = _lost(books, name, at, lost=lost)
        return _enter_key(books, name, key, at, actor, told)


def _countersigned(books: Books, name: str, key: str, one: Countersigner, at: datetime) -> dict[str, Scalar]:
    if one.person != name:
        mandated(books, one.person, "register", at)
    if one.signer.public not in _current(books, one.person):
        raise _foreign()
    said = key_statement(name, key, by=one.person, at=at)
    return {
        "first": False,
        "countersigned": one.person,
        "countersigned_key": one.signer.public,
        "signature": one.signer.sign(said.encode("utf-8")).hex(),
    }


def _lost(books: Books, name: str, at: datetime, *, lost: bool) -> dict[str, Scalar]:
    others = [
        one.name
        for one in books.persons.all()
        if one.name != name and one.may("register", local_day(at)) and _current(books, one.name)
    ]
    if not lost or others:
        remedy = "sign with the key before it, or let another arkivansvarig sign ('--as PERSON')"
        raise GuardError(
            "G-COUNTERSIGN",
            "a key is replaced only when somebody signs for it",
            remedy if others else f"{remedy}; if the key before it is lost, say --lost",
        )
    return {"first": False, "countersigned": None, "lost": True}


def _current(books: Books, name: str) -> frozenset[str]:
    return frozenset(one.key for one in books.persons.keys(name) if one.ended is None)


def _foreign() -> GuardError:
    return GuardError(
        "G-FOREIGNKEY",
        "the key in the file is not the one registered for who signs",
        "name the registered key's file by --sign-key-file",
    )


@contextmanager
def made_key(home: Home, name: str, key_file: Path | None, passphrase_file: Path | None) -> Iterator[tuple[str, Path]]:
    """Make a key for a person: its public half and the file. When the block fails, the file is taken away again.

    Raises:
        RefusedError, GuardError, PersonNeededError: see ``schemas.neighbours.Keyring``.
    """
    public, file = home.keyring.make(name, key_file, passphrase_file)
    try:
        yield public, file
    except BaseException:
        # Nobody knows the key, so nothing is lost with it.
        file.unlink(missing_ok=True)
        raise


def check_person(person: Person, today: date) -> None:
    """Refuse a person whose fields cannot be right. Raises RefusedError."""
    name = person.name
    if not name.strip() or name != name.strip() or len(name) > _NAME_LENGTH or not name.isprintable():
        raise RefusedError("NAME", name, "write the person's name in at most 100 printable characters")
    if person.role not in ROLES:
        raise RefusedError("--role", person.role, f"the roles are {', '.join(ROLES)}")
    if person.valid_from and person.valid_to and person.valid_to < person.valid_from:
        raise RefusedError("--valid-to", person.valid_to.isoformat(), "the role ends after it begins, not before")
    if len(person.body) > _NAME_LENGTH or not person.body.isprintable():
        raise RefusedError("--decision-body", person.body, "name the deciding body in at most 100 characters")
    if person.paragraph and not _PARAGRAPH.fullmatch(person.paragraph):
        raise RefusedError("--decision-paragraph", person.paragraph, "write it like '§ 12'")
    if person.decided is not None and person.decided > today:
        raise RefusedError(
            "--decision-date", person.decided.isoformat(), "a decision that has been made has a past day"
        )


def public_key(text: str) -> str:
    """A public key given as 64 hexadecimal digits, or as a file with them or with a PEM of it (RFC 8410).

    Raises:
        RefusedError: neither.
    """
    field = "--public-key"
    if _KEY.fullmatch(text.lower()):
        return text.lower()
    file = Path(text)
    try:
        with file.open("rb") as stream:
            content = stream.read(_FILE_LIMIT + 1).decode("ascii")
    except (OSError, UnicodeDecodeError, ValueError):
        raise RefusedError(field, file.name, "give 64 hexadecimal digits, or name a file with the public key") from None
    digits = content.strip().lower()
    if _KEY.fullmatch(digits):
        return digits
    found = _PEM.fullmatch(content)
    try:
        body = base64.b64decode("".join(found[1].split()), validate=True) if found else b""
    except binascii.Error:
        body = b""
    if len(body) != len(_SPKI) + 32 or not body.startswith(_SPKI):
        raise RefusedError(field, file.name, "the file holds no Ed25519 public key (64 hexadecimal digits, or PEM)")
    return body[len(_SPKI) :].hex()


def _enter_key(books: Books, name: str, key: str, at: datetime, actor: str, told: Mapping[str, Scalar]) -> PersonKey:
    if not _KEY.fullmatch(key):
        raise RefusedError("--public-key", key, "give 64 hexadecimal digits")
    given = PersonKey(person=name, key=key, added=at)
    books.persons.add_key(given)
    books.ledger.append(Receipt(act="person.key", at=at, actor=actor, subjects=(name,), evidence={"key": key, **told}))
    return given


def _evidence(person: Person) -> dict[str, Scalar]:
    """Role, and what is stated of validity and delegation."""
    stated: dict[str, Scalar] = {
        "valid_from": person.valid_from.isoformat() if person.valid_from else None,
        "valid_to": person.valid_to.isoformat() if person.valid_to else None,
        "body": person.body or None,
        "decided": person.decided.isoformat() if person.decided else None,
        "paragraph": person.paragraph or None,
    }
    return {"role": person.role, **{name: value for name, value in stated.items() if value is not None}}
