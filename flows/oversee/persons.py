"""The register of persons: who they are, what their role lets them do and since when, and their public keys."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flows.keep.mandates import known_person
from schemas.books import Books
from schemas.calendar import local_day
from schemas.ground import Ground, Home
from schemas.person import ROLES, Person, PersonKey
from schemas.receipt import Receipt, Scalar
from schemas.refusal import RefusedError

_NAME_LENGTH = 100
_KEY = re.compile(r"[0-9a-f]{64}")
_PARAGRAPH = re.compile(r"§{1,2} ?[0-9]{1,4}( ?[a-z])?([–-][0-9]{1,4})?")
_PEM = re.compile(r"\s*-----BEGIN PUBLIC KEY-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END PUBLIC KEY-----\s*")
_SPKI = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of an Ed25519 public key in a PEM file (RFC 8410)."""
_FILE_LIMIT = 4096


def check_new(ground: Ground, name: str, role: str, **stated: Any) -> Person:
    """The person as ``add_person`` would register it now. Raises RefusedError where it would refuse."""
    at = ground.clock.now()
    person = Person(name=name, role=role, added=at, **stated)
    check_person(person, local_day(at))
    with ground.state.reading() as books:
        if books.persons.get(name) is not None:
            raise RefusedError("person", name, "choose a name that is not registered yet")
    return person


def add_person(ground: Ground, name: str, role: str, *, key: str | None = None, **stated: Any) -> Person:
    """Register a person, with a public key or without.

    Args:
        stated: validity and delegation decision, the fields of ``Person`` from ``valid_from`` on.

    Raises:
        RefusedError: an unknown role, a name that is taken, days in the wrong order, a key that somebody has.
    """
    person = check_new(ground, name, role, **stated)
    at = person.added
    with ground.state.writing() as books:
        books.persons.add(person)
        books.ledger.append(Receipt(act="person.add", at=at, actor=name, subjects=(name,), evidence=_evidence(person)))
        if key is not None:
            _enter_key(books, name, key, at)
    return person


def change_person(ground: Ground, name: str, changes: Mapping[str, Any]) -> Person:
    """Change a person's role, validity or delegation decision; what ``changes`` does not name stays.

    Raises:
        RefusedError: no such person, or a value that ``add_person`` would refuse.
    """
    at = ground.clock.now()
    with ground.state.writing() as books:
        before = known_person(books, name, "NAME")
        person = replace(before, **changes)
        check_person(person, local_day(at))
        books.persons.change(person)
        books.ledger.append(
            Receipt(act="person.change", at=at, actor=name, subjects=(name,), evidence=_evidence(person))
        )
    return person


def give_key(ground: Ground, name: str, key: str) -> PersonKey:
    """Give a person a (new) public key; the one before it ends. Raises RefusedError."""
    at = ground.clock.now()
    with ground.state.writing() as books:
        known_person(books, name, "NAME")
        return _enter_key(books, name, key, at)


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


def _enter_key(books: Books, name: str, key: str, at: datetime) -> PersonKey:
    if not _KEY.fullmatch(key):
        raise RefusedError("--public-key", key, "give 64 hexadecimal digits")
    given = PersonKey(person=name, key=key, added=at)
    books.persons.add_key(given)
    books.ledger.append(Receipt(act="person.key", at=at, actor=name, subjects=(name,), evidence={"key": key}))
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
