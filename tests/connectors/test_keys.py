"""Persons' keys: made once, opened with the passphrase alone, never in a home."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.keys import FileKeyring, open_keyring
from connectors.settings import keys_folder
from schemas.neighbours import Keyring
from schemas.refusal import GuardError, PersonNeededError, RefusedError

PASSPHRASE = "rätt häst batteri häftstift"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A passphrase file with a trailing newline and a second line."""
    path = tmp_path / "losenfras"
    path.write_text(PASSPHRASE + "\r\nen andra rad\n", encoding="utf-8")
    return path


@pytest.fixture
def ring(tmp_path: Path) -> FileKeyring:
    """A keyring of a home, with nobody to ask."""
    (tmp_path / "hem").mkdir()
    return FileKeyring(tmp_path / "hem", tmp_path / "nycklar", None)


def test_a_key_is_made_opened_and_signs(ring: FileKeyring, secret: Path) -> None:
    """What the unlocked key signs is genuine under its public half, and under nothing else."""
    port: Keyring = ring
    public, path = port.make("Eva Åström", None, secret)
    signer = port.unlock("Eva Åström", None, secret)
    signature = signer.sign(b"lista")
    other, _ = port.make("Bo", None, secret)
    assert signer.public == public
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert b"ENCRYPTED PRIVATE KEY" in path.read_bytes()
    assert port.genuine(public, b"lista", signature)
    assert not port.genuine(public, b"listan", signature)
    assert not port.genuine(other, b"lista", signature)
    assert [one.name for one in path.parent.iterdir() if one.name.startswith(".")] == []


def test_a_wrong_passphrase_opens_nothing(ring: FileKeyring, secret: Path, tmp_path: Path) -> None:
    """G-PASSPHRASE, and the text names the file without its folder."""
    _, path = ring.make("Eva", None, secret)
    wrong = tmp_path / "fel"
    wrong.write_text("fel lösenfras\n", encoding="utf-8")
    with pytest.raises(GuardError, match="G-PASSPHRASE") as told:
        ring.unlock("Eva", None, wrong)
    assert path.name in str(told.value)
    assert str(tmp_path) not in str(told.value)


def test_a_key_in_the_home_is_refused(ring: FileKeyring, secret: Path, tmp_path: Path) -> None:
    """Made or opened there, or reached through a link: G-KEYPLACE, and no file is made."""
    inside = tmp_path / "hem" / "eva.pem"
    link = tmp_path / "länk"
    link.symlink_to(tmp_path / "hem")
    way_round = tmp_path / "nycklar" / ".." / "hem" / "eva.pem"
    for place in (inside, link / "eva.pem", way_round):
        with pytest.raises(GuardError, match="G-KEYPLACE"):
            ring.make("Eva", place, secret)
        with pytest.raises(GuardError, match="G-KEYPLACE"):
            ring.unlock("Eva", place, secret)
    at_home = FileKeyring(tmp_path / "hem", tmp_path / "hem" / "nycklar", None)
    with pytest.raises(GuardError, match="G-KEYPLACE"):
        at_home.make("Eva", None, secret)
    assert list((tmp_path / "hem").iterdir()) == []


def test_a_key_is_never_written_over(ring: FileKeyring, secret: Path, tmp_path: Path) -> None:
    """An existing file, also a dangling link, is refused and stays; a later key of the same person lies beside it."""
    _, path = ring.make("Eva", None, secret)
    before = path.read_bytes()
    dangling = tmp_path / "ingen"
    dangling.symlink_to(tmp_path / "finns-inte")
    for place in (path, dangling):
        with pytest.raises(RefusedError, match="never written over"):
            ring.make("Eva", place, secret)
    later, beside = ring.make("Eva", None, secret)
    assert beside != path
    assert ring.unlock("Eva", None, secret).public == later
    assert ring.make("Eva", None, secret)[1] not in (path, beside)
    assert path.read_bytes() == before
    assert not (tmp_path / "finns-inte").exists()


@given(first=st.text(min_size=1, max_size=60), second=st.text(min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_file_names_are_safe_and_never_shared(first: str, second: str) -> None:
    """Any name makes one plain file name in the folder; two names share one only if they are equal."""
    folder = Path("/var/empty/nycklar")
    ring = FileKeyring(Path("/var/empty/hem"), folder, None)
    paths = [ring._default(name, free=True) for name in (first, second)]
    assert all(path.parent == folder and path.name.isascii() and len(path.name) < 120 for path in paths)
    assert (paths[0] == paths[1]) == (first == second)


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "..", "eva\x00", "Eva/Bo"])
def test_names_with_path_tricks_stay_in_the_folder(ring: FileKeyring, secret: Path, name: str, tmp_path: Path) -> None:
    """A person's name is never a path."""
    _, path = ring.make(name, None, secret)
    assert path.parent == tmp_path / "nycklar"
    assert path.is_file()


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"kort\n", b"sju ttt", b"\xff\xfe\xfa losenfras", b"x" * 70_000, b"y" * 1001]
)
def test_a_bad_passphrase_file_is_refused(ring: FileKeyring, tmp_path: Path, content: bytes) -> None:
    """Empty, short, no text, huge: refused, and no key is made."""
    path = tmp_path / "fras"
    path.write_bytes(content)
    with pytest.raises(RefusedError):
        ring.make("Eva", None, path)
    assert not (tmp_path / "nycklar").exists()


def test_an_unreadable_passphrase_file_is_refused_by_its_name_alone(ring: FileKeyring, tmp_path: Path) -> None:
    """Missing or a folder: the message has no machine path."""
    for path in (tmp_path / "saknas", tmp_path):
        with pytest.raises(RefusedError) as told:
            ring.make("Eva", None, path)
        assert str(tmp_path) not in str(told.value)


def test_without_a_terminal_a_person_is_needed(ring: FileKeyring, secret: Path) -> None:
    """Nobody to ask and no passphrase file: PersonNeededError, for making and for opening."""
    with pytest.raises(PersonNeededError):
        ring.make("Eva", None, None)
    ring.make("Eva", None, secret)
    with pytest.raises(PersonNeededError):
        ring.unlock("Eva", None, None)


def test_the_terminal_is_asked_twice_when_a_key_is_made(tmp_path: Path) -> None:
    """Two different answers make nothing; the same in another normal form is the same passphrase."""
    answers = ["hemligt åäö", "hemligt aao", "hemligt åäö", "hemligt a\u030aäö", "hemligt åäö"]
    ring = FileKeyring(tmp_path / "hem", tmp_path / "nycklar", lambda _: answers.pop(0))
    with pytest.raises(RefusedError, match="twice"):
        ring.make("Eva", None, None)
    public, _ = ring.make("Eva", None, None)
    assert ring.unlock("Eva", None, None).public == public
    assert answers == []


def test_damaged_and_foreign_files_are_refused(ring: FileKeyring, secret: Path, tmp_path: Path) -> None:
    """Cut, unencrypted, of another kind, of another algorithm, huge, missing: never a key, never a machine path."""
    _, path = ring.make("Eva", None, secret)
    whole = path.read_bytes()
    bare = ed25519.Ed25519PrivateKey.generate()
    curve = ec.generate_private_key(ec.SECP256R1())
    phrase = BestAvailableEncryption(PASSPHRASE.encode())
    lines = whole.splitlines(keepends=True)
    cases = [
        b"",
        whole[:100],
        b"".join([lines[0], *lines[2:]]),
        whole.replace(b"M", b"*"),
        b"\x00" * 100_000,
        bare.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        bare.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()),
        curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, phrase),
    ]
    for number, data in enumerate(cases):
        file = tmp_path / f"fall-{number}"
        file.write_bytes(data)
        with pytest.raises(RefusedError) as told:
            ring.unlock("Eva", file, secret)
        assert file.name in str(told.value)
        assert str(tmp_path) not in str(told.value)
    with pytest.raises(RefusedError, match="no such key file"):
        ring.unlock("Bo", None, secret)


@given(public=st.text(max_size=70), data=st.binary(max_size=50), signature=st.binary(max_size=70))
@settings(max_examples=100, deadline=None)
def test_genuine_never_raises(public: str, data: bytes, signature: bytes) -> None:
    """Whatever it is given, the answer is no."""
    assert not FileKeyring(Path("hem"), Path("nycklar"), None).genuine(public, data, signature)


def test_a_key_under_which_everything_holds_is_not_genuine(ring: FileKeyring) -> None:
    """A point of small order is no person's key, although the bare arithmetic of the signature holds."""
    # R = the base point, S = 1: with the neutral element as public key, this holds for every message.
    base = bytes.fromhex("58" + "66" * 31)
    signature = base + (1).to_bytes(32, "little")
    for neutral in ("01" + "00" * 31, "01" + "00" * 30 + "80"):
        assert not ring.genuine(neutral, b"vad som helst", signature)
    key = ed25519.Ed25519PublicKey.from_public_bytes(bytes.fromhex("01" + "00" * 31))
    key.verify(signature, b"vad som helst")  # the danger is real


def test_the_default_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """BEVARA_KEYS, else XDG_CONFIG_HOME, else the user's own settings; without a terminal nobody is asked."""
    monkeypatch.setenv("BEVARA_KEYS", str(tmp_path / "a"))
    assert keys_folder() == tmp_path / "a"
    monkeypatch.delenv("BEVARA_KEYS")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert keys_folder() == tmp_path / "bevara" / "keys"
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "eva"))
    assert keys_folder() == tmp_path / "eva" / ".config" / "bevara" / "keys"
    with pytest.raises(PersonNeededError):
        open_keyring(tmp_path / "hem").make("Eva", None, None)
