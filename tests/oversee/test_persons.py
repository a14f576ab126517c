"""Persons: registered with role, validity, delegation and key; what a role allows, and on which days."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.home import open_home
from connectors.keys import FileKeyring
from flows.__main__ import run
from flows.keep.mandates import mandated
from flows.oversee.accounts.register import add_account
from flows.oversee.persons import add_person, change_person, public_key
from schemas.account import Account
from schemas.person import MANDATES, ROLES, Act, key_statement
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
    assert f'"evidence":{{"countersigned":null,"first":true,"key":"{told["key"]}"}}' in body
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


def test_a_replaced_key_is_signed_for(
    archive: Archive, capsys: pytest.CaptureFixture[str], keys: Path, secret: str, tmp_path: Path
) -> None:
    """With the key before it, or by another arkivansvarig; the receipt has the signature, which anybody can verify."""
    add_person(archive.ground, "Bo Berg", "arkivansvarig")
    other = tmp_path / "annan-fras"
    other.write_text("en annan lösenfras\n", encoding="utf-8")
    (first,) = answer(archive, capsys, "person", "key", "Eva Ek", "--passphrase-file", secret)
    answer(archive, capsys, "person", "key", "Bo Berg", "--passphrase-file", str(other))
    for refused, more in (
        ("G-PASSPHRASE", ["--passphrase-file", str(other)]),
        ("G-COUNTERSIGN", ["--passphrase-file", secret, "--lost"]),
        ("G-FOREIGNKEY", ["--passphrase-file", secret, "--as", "Bo Berg", "--sign-key-file", first["key_file"]]),
        ("G-MANDATE", ["--passphrase-file", secret, "--as", "Kim Al"]),
    ):
        signs = ["--sign-passphrase-file", secret] if "Bo Berg" in more else []
        if "Kim Al" in more:
            answer(archive, capsys, "person", "key", "Kim Al", "--passphrase-file", secret)
            signs = ["--sign-passphrase-file", secret]
        made = set(keys.iterdir())
        with pytest.raises(GuardError, match=refused):
            run(["--home", str(archive.path), "person", "key", "Eva Ek", *more, *signs])
        assert set(keys.iterdir()) == made
    own = ["--sign-passphrase-file", secret, "--passphrase-file", str(other)]
    (second,) = answer(archive, capsys, "person", "key", "Eva Ek", *own)
    by_bo = ["--as", "Bo Berg", "--sign-passphrase-file", str(other), "--public-key", KEY]
    answer(archive, capsys, "person", "key", "Eva Ek", *by_bo)
    bodies = [json.loads(line) for line in archive.ledger().splitlines()]
    told = [one for one in bodies if one["act"] == "person.key" and one["subjects"] == ["Eva Ek"]]
    assert [(one["actor"], one["evidence"]["countersigned"], one["evidence"]["first"]) for one in told] == [
        ("bevara", None, True),
        ("Eva Ek", "Eva Ek", False),
        ("Bo Berg", "Bo Berg", False),
    ]
    assert [one["evidence"]["key"] for one in told] == [first["key"], second["key"], KEY]
    ring = FileKeyring(archive.path, keys, None)
    for one in told[1:]:
        said = key_statement(
            "Eva Ek", one["evidence"]["key"], by=one["actor"], at=datetime.fromisoformat(one["at"])
        ).encode("utf-8")
        assert ring.genuine(one["evidence"]["countersigned_key"], said, bytes.fromhex(one["evidence"]["signature"]))


def test_a_lost_key_is_told(archive: Archive, capsys: pytest.CaptureFixture[str], keys: Path, secret: str) -> None:
    """Where nobody can sign, a key is replaced unsigned, and its receipt says that it was lost."""
    answer(archive, capsys, "person", "key", "Eva Ek", "--passphrase-file", secret)
    answer(archive, capsys, "person", "key", "Eva Ek", "--passphrase-file", secret, "--lost")
    assert '"countersigned":null,"first":false' in archive.ledger()
    assert '"lost":true' in archive.ledger()
    assert len(list(keys.iterdir())) == 2


@pytest.mark.parametrize(
    "name", ["eva ek", "EVA EK", "Eva  Ek", "EvaEk", "Eva\u00a0Ek", unicodedata.normalize("NFD", "Åsa Öst"), "Ａsa Öst"]
)
def test_no_two_names_read_the_same(archive: Archive, name: str) -> None:
    """Case, spaces and the characters' encoding tell no two persons apart."""
    add_person(archive.ground, "Åsa Öst", "registrator")
    add_person(archive.ground, "Asa Öst", "registrator")
    with pytest.raises(RefusedError):
        add_person(archive.ground, name, "arkivansvarig")


def test_a_name_is_kept_composed(archive: Archive) -> None:
    """However the keyboard wrote it, it is registered as one composed text."""
    assert add_person(archive.ground, unicodedata.normalize("NFD", "Åke Ö"), "registrator").name == "Åke Ö"


def test_receipts_name_who_did_it(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    """``bevara`` unless somebody who may says so; the person registered is never the one who did it."""
    answer(archive, capsys, "person", "add", "Ett", "registrator")
    answer(archive, capsys, "person", "add", "Två", "registrator", "--as", "Eva Ek")
    answer(archive, capsys, "person", "change", "Två", "--valid-to", "2026-12-31", "--as", "Eva Ek")
    for person in ("Kim Al", "Två"):
        with pytest.raises(GuardError, match="G-MANDATE"):
            run(["--home", str(archive.path), "person", "add", "Tre", "arkivansvarig", "--as", person])
    bodies = [json.loads(line) for line in archive.ledger().splitlines()]
    told = [(one["act"], one["actor"], one["subjects"]) for one in bodies if one["act"].startswith("person.")]
    assert told[-3:] == [
        ("person.add", "bevara", ["Ett"]),
        ("person.add", "Eva Ek", ["Två"]),
        ("person.change", "Eva Ek", ["Två"]),
    ]


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
