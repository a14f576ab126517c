"""Persons: registered with role, validity, delegation and key; what a role allows, and on which days."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.home import open_home
from connectors.keys import FileKeyring
from flows.__main__ import run
from flows.keep.mandates import mandated
from flows.oversee.persons import add_person, change_person, public_key
from flows.oversee.register import add_account
from schemas.account import Account
from schemas.person import MANDATES, ROLES, Act
from schemas.refusal import GuardError, PersonNeededError, RefusedError
from tests.oversee.archive import AT, Archive

KEY = "ab" * 32


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder of keys, outside the home."""
    monkeypatch.setenv("BEVARA_KEYS", str(tmp_path / "nycklar"))
    return tmp_path / "nycklar"


@pytest.fixture
def secret(tmp_path: Path) -> str:
    """A passphrase file."""
    path = tmp_path / "fras"
    path.write_text("ett långt lösen\n", encoding="utf-8")
    return str(path)


def answer(archive: Archive, capsys: pytest.CaptureFixture[str], *arguments: str) -> list[Any]:
    """What a command with ``--json`` prints, line by line."""
    assert run(["--home", str(archive.path), "--at", AT.isoformat(), "--json", *arguments]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_person_is_added_with_a_key(
    archive: Archive, capsys: pytest.CaptureFixture[str], keys: Path, secret: str
) -> None:
    """The public half is registered, the private one lies in the user's folder, and it signs."""
    (told,) = answer(archive, capsys, "person", "add", "Åsa Öst", "arkivredogörare", "--passphrase-file", secret)
    assert (told["person"], told["role"]) == ("Åsa Öst", "arkivredogörare")
    file = Path(told["key_file"])
    assert file.parent == keys
    ring = FileKeyring(archive.path, keys, None)
    signer = ring.unlock("Åsa Öst", None, Path(secret))
    assert signer.public == told["key"]
    assert ring.genuine(told["key"], b"x", signer.sign(b"x"))
    (listed,) = answer(archive, capsys, "person", "list", "--keys")
    assert (listed["person"], listed["key"], listed["ended"]) == ("Åsa Öst", told["key"], None)
    body = archive.ledger()
    assert f'"evidence":{{"key":"{told["key"]}"}}' in body
    assert b"PRIVATE KEY" not in archive.database()


def test_without_terminal_and_passphrase_a_person_has_no_key(
    archive: Archive, capsys: pytest.CaptureFixture[str], keys: Path
) -> None:
    """Registered all the same, and the answer says how to give a key; a named key file needs a person (exit 5)."""
    (told,) = answer(archive, capsys, "person", "add", "Åsa Öst", "--role", "registrator")
    assert told == {"person": "Åsa Öst", "role": "registrator", "key": None, "key_file": None}
    assert run(["--home", str(archive.path), "person", "add", "Per Ny", "registrator"]) == 0
    assert "bevara person key" in capsys.readouterr().out
    with pytest.raises(PersonNeededError):
        run(["--home", str(archive.path), "person", "add", "Pia", "registrator", "--key-file", str(keys / "pia.pem")])
    with pytest.raises(PersonNeededError):
        run(["--home", str(archive.path), "person", "key", "Per Ny"])
    assert "Pia" not in {one["person"] for one in answer(archive, capsys, "person", "list")}


def test_a_new_key_ends_the_earlier(
    archive: Archive, capsys: pytest.CaptureFixture[str], keys: Path, secret: str
) -> None:
    """Both stay listed, the earlier with the time it ended; a key of somebody else is refused and leaves no file."""
    (first,) = answer(archive, capsys, "person", "key", "Eva Ek", "--passphrase-file", secret)
    (second,) = answer(archive, capsys, "person", "key", "Eva Ek", "--passphrase-file", secret)
    assert first["key"] != second["key"]
    assert first["key_file"] != second["key_file"]
    listed = [one for one in answer(archive, capsys, "person", "list", "--keys") if one["person"] == "Eva Ek"]
    assert {one["key"]: one["ended"] is None for one in listed} == {first["key"]: False, second["key"]: True}
    with pytest.raises(RefusedError):
        run(["--home", str(archive.path), "person", "key", "Kim Al", "--public-key", second["key"]])
    with pytest.raises(RefusedError):
        run(["--home", str(archive.path), "person", "key", "Ingen Alls", "--passphrase-file", secret])
    assert len(list(keys.iterdir())) == 2


def test_a_refused_person_leaves_no_key(archive: Archive, keys: Path, secret: str) -> None:
    """A name that is taken, an unknown role, days in the wrong order: no key file is made."""
    for arguments in (
        ["Eva Ek", "registrator"],
        ["Ny", "kung"],
        ["Ny"],
        ["  ", "registrator"],
        ["Ny", "registrator", "--valid-from", "2026-02-01", "--valid-to", "2026-01-01"],
        ["Ny", "registrator", "--decision-paragraph", "paragraf tolv i protokollet"],
        ["Ny", "registrator", "--decision-date", "2999-01-01"],
        ["Ny", "registrator", "--decision-body", "x" * 101],
    ):
        with pytest.raises(RefusedError):
            run(["--home", str(archive.path), "person", "add", *arguments, "--passphrase-file", secret])
    assert not keys.exists()


def test_a_key_made_elsewhere_is_registered(
    archive: Archive, capsys: pytest.CaptureFixture[str], tmp_path: Path, keys: Path
) -> None:
    """By its digits, by a file with them, or by a PEM file; no key is made, and both ways at once are refused."""
    pem = tmp_path / "eva.pub"
    # The public key of RFC 8410, section 10.1.
    pem.write_text(
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
        "-----END PUBLIC KEY-----\n",
        encoding="ascii",
    )
    digits = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"
    assert public_key(str(pem)) == digits
    plain = tmp_path / "eva.hex"
    plain.write_text(digits.upper() + "\n", encoding="ascii")
    assert public_key(str(plain)) == public_key(digits.upper()) == digits
    (told,) = answer(archive, capsys, "person", "add", "Ny Ett", "registrator", "--public-key", str(pem))
    assert (told["key"], told["key_file"]) == (digits, None)
    plain.write_bytes(b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
    for bad in (str(plain), "abc", str(tmp_path), KEY[:-1], KEY + "0"):
        with pytest.raises(RefusedError):
            public_key(bad)
    with pytest.raises(RefusedError):
        run(["--home", str(archive.path), "person", "key", "Eva Ek", "--public-key", KEY, "--key-file", "x"])
    assert not keys.exists()


def test_delegation_and_validity_are_recorded_and_changed(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    """Who decided, when and where; a change names what changes, and ``-`` takes an end away; receipts say both."""
    answer(
        archive,
        capsys,
        *("person", "add", "Åsa Öst", "arkivansvarig", "--valid-from", "2026-01-01", "--valid-to", "2026-06-30"),
        *("--decision-body", "Kommunstyrelsen", "--decision-date", "2025-12-01", "--decision-paragraph", "§ 12"),
    )
    (one,) = [one for one in answer(archive, capsys, "person", "list") if one["person"] == "Åsa Öst"]
    assert one == {
        "person": "Åsa Öst",
        "role": "arkivansvarig",
        "valid_from": "2026-01-01",
        "valid_to": "2026-06-30",
        "body": "Kommunstyrelsen",
        "decided": "2025-12-01",
        "paragraph": "§ 12",
        "key": None,
    }
    (changed,) = answer(archive, capsys, "person", "change", "Åsa Öst", "--valid-to", "-", "--role", "registrator")
    assert (changed["valid_to"], changed["valid_from"], changed["role"]) == (None, "2026-01-01", "registrator")
    assert '"act":"person.change"' in archive.ledger()
    with pytest.raises(RefusedError):
        run(["--home", str(archive.path), "person", "change", "Åsa Öst"])
    with pytest.raises(RefusedError):
        change_person(archive.ground, "Ingen Alls", {"role": "registrator"})


@pytest.mark.parametrize("act", list(MANDATES))
def test_a_mandate_is_role_and_day(archive: Archive, act: Act) -> None:
    """Each act is for its roles alone, and only on days when the role holds, both ends included."""
    first, last = date(2026, 3, 1), date(2026, 3, 31)
    for role in ROLES:
        add_person(archive.ground, role, role, valid_from=first, valid_to=last)
    for role in ROLES:
        for instant, valid in (
            (datetime(2026, 2, 28, 22, 59, tzinfo=UTC), False),
            (datetime(2026, 2, 28, 23, 0, tzinfo=UTC), True),
            (datetime(2026, 3, 31, 21, 59, tzinfo=UTC), True),
            (datetime(2026, 3, 31, 22, 0, tzinfo=UTC), False),
        ):
            with archive.ground.state.reading() as books:
                if valid and role in MANDATES[act]:
                    assert mandated(books, role, act, instant).role == role
                else:
                    with pytest.raises(GuardError, match="G-MANDATE"):
                        mandated(books, role, act, instant)


def test_no_account_has_the_name_of_what_bevara_makes(archive: Archive) -> None:
    """Bevara's own items stand under that name."""
    with pytest.raises(RefusedError):
        add_account(archive.ground, Account(name="bevara", platform="bluesky", handle="x", authority="arvika-ks"))


def test_keys_are_opened_with_the_home_they_were_made_for(archive: Archive, keys: Path, secret: str) -> None:
    """The home's own keyring finds the key by the person's name."""
    with open_home(archive.path, at=AT) as home:
        public, _ = home.keyring.make("Eva Ek", None, Path(secret))
        assert home.keyring.unlock("Eva Ek", None, Path(secret)).public == public
