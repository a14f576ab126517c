"""Persons' keys: Ed25519 (RFC 8032) in encrypted PKCS#8 files (RFC 5958) outside every home.

The private half is made here, lies in a file that its person keeps, and is opened with a passphrase that is asked for
on the terminal or read from a file the person names. A home knows the public half alone.
"""

from __future__ import annotations

import base64
import binascii
import getpass
import hashlib
import os
import re
import secrets
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from connectors import settings
from schemas.refusal import GuardError, PersonNeededError, RefusedError

SHORTEST = 8
"""Characters that a passphrase has at least."""
_LONGEST = 1000
"""Bytes of a passphrase; the encryption takes 1,023."""
_FILE_LIMIT = 64 * 1024
_KEYS = 1000
"""Keys that a person may have in the folder."""
_PEM = re.compile(
    rb"\s*-----BEGIN ENCRYPTED PRIVATE KEY-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END ENCRYPTED PRIVATE KEY-----\s*"
)
_HEX_KEY = re.compile(r"[0-9a-f]{64}")
_P = 2**255 - 19
_Y8 = int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")
_SMALL = frozenset({0, 1, _P - 1, _Y8, _P - _Y8})
"""The y coordinates of the eight points of small order. Under such a "key" anybody can make a signature that holds."""


class Unlocked:
    """A person's unlocked key (port ``Signer``)."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        """Keep the key in memory, as long as this object lives."""
        self._key = key

    @property
    def public(self) -> str:
        """The public key, 64 hexadecimal digits."""
        return _hex(self._key)

    def sign(self, data: bytes) -> bytes:
        """Ed25519 signature, 64 bytes."""
        return self._key.sign(data)


class FileKeyring:
    """Keys in files (port ``Keyring``).

    A key's default file is named after its person and home, in ``folder``; a person's later keys get a number, and
    the latest is the one that is opened.
    """

    def __init__(self, home: Path, folder: Path, ask: Callable[[str], str] | None) -> None:
        """``home``: no key may lie in it. ``ask``: asks a person for a passphrase; None = nobody is there to ask."""
        self._home = home
        self._folder = folder
        self._ask = ask

    def make(self, person: str, key_file: Path | None, passphrase_file: Path | None) -> tuple[str, Path]:
        """Make a key; returns its public half and the file.

        Raises:
            GuardError: the file would lie in the home (G-KEYPLACE).
            RefusedError: the file is there already, or the passphrase is no good.
            PersonNeededError: no passphrase file, and nobody to ask.
        """
        path = self._checked(key_file or self._default(person, free=True))
        if os.path.lexists(path):
            raise _refused(path.name, "the file is there already and a key is never written over; name another file")
        passphrase = self._passphrase(passphrase_file, twice=True)
        key = Ed25519PrivateKey.generate()
        data = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase))
        if key_file is None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            _write_new(path, data)
        except FileExistsError:
            remedy = "the file is there already and a key is never written over; name another file"
            raise _refused(path.name, remedy) from None
        except OSError as error:
            raise _refused(path.name, f"name a file that can be written ({error.strerror})") from None
        return _hex(key), path

    def unlock(self, person: str, key_file: Path | None, passphrase_file: Path | None) -> Unlocked:
        """Unlock a person's key.

        Raises:
            GuardError: the passphrase does not open it (G-PASSPHRASE); the file lies in the home (G-KEYPLACE).
            RefusedError: no such file, or not an encrypted Ed25519 key.
            PersonNeededError: no passphrase file, and nobody to ask.
        """
        path = self._checked(key_file or self._default(person, free=False))
        data = _read(path)
        passphrase = self._passphrase(passphrase_file, twice=False)
        try:
            key = load_pem_private_key(data, passphrase)
        except (ValueError, TypeError):
            # The wrapping is whole (``_read``), so it is the passphrase, or bytes inside that nobody can tell from it.
            raise GuardError(
                "G-PASSPHRASE",
                f"the passphrase does not open the key file {path.name}",
                "give the right one; if it is lost, make a new key with 'bevara person key'",
            ) from None
        except Exception:  # noqa: BLE001 - the library's own refusals (unknown cipher) have many classes
            raise _refused(path.name, _FOREIGN) from None
        if not isinstance(key, Ed25519PrivateKey):
            raise _refused(path.name, _FOREIGN)
        return Unlocked(key)

    def genuine(self, public: str, data: bytes, signature: bytes) -> bool:
        """Whether the signature over the data was made with the key. Never raises."""
        try:
            if _HEX_KEY.fullmatch(public) is None or len(signature) != 64:
                return False
            point = bytes.fromhex(public)
            if (int.from_bytes(point, "little") & (2**255 - 1)) % _P in _SMALL:
                return False
            Ed25519PublicKey.from_public_bytes(point).verify(signature, data)
        except Exception:  # noqa: BLE001 - whatever is wrong with it, it is not genuine
            return False
        return True

    def _default(self, person: str, *, free: bool) -> Path:
        """The first name that is free, or the last that is taken (the first when none is)."""
        name = _file_name(person, self._home.resolve().name)
        last = self._folder / f"{name}.pem"
        for number in range(2, _KEYS):
            if not os.path.lexists(last):
                break
            later = self._folder / f"{name}-{number}.pem"
            if not free and not os.path.lexists(later):
                break
            last = later
        return last

    def _checked(self, path: Path) -> Path:
        home = self._home.resolve()
        if path.resolve().is_relative_to(home) or (path.parent.resolve() / path.name).is_relative_to(home):
            raise GuardError(
                "G-KEYPLACE",
                "a person's key never lies in the home, where the scheduler runs",
                "keep it on the person's own machine or medium and name it by --key-file",
            )
        return path

    def _passphrase(self, file: Path | None, *, twice: bool) -> bytes:
        if file is not None:
            return _checked(_first_line(file), file.name)
        if self._ask is None:
            raise PersonNeededError(
                "a passphrase is needed and there is no terminal to ask on; run this at one, or name --passphrase-file"
            )
        try:
            given = self._ask("Lösenfras: ")
            if twice:
                passphrase = _checked(given, "passphrase")
                if _checked(self._ask("Lösenfrasen en gång till: "), "passphrase") != passphrase:
                    raise _refused("…", "write the same passphrase twice", field="passphrase")
                return passphrase
            return _checked(given, "passphrase")
        except EOFError:
            raise PersonNeededError("a passphrase is needed and none was written") from None


def open_keyring(home: Path) -> FileKeyring:
    """The keyring of this process: asks on the terminal when there is one."""
    return FileKeyring(home, settings.keys_folder(), getpass.getpass if sys.stdin.isatty() else None)


_FOREIGN = "it is no encrypted Ed25519 key (PKCS#8, PEM) as 'bevara person key' makes them; name the right file"


def _refused(value: str, remedy: str, *, field: str = "--key-file") -> RefusedError:
    return RefusedError(field, value, remedy)


def _hex(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def _file_name(person: str, home: str) -> str:
    """Told apart by the digest; the rest is for people."""
    plain = "-".join(_plain(part) for part in (person, home))
    both = f"{person}\x00{home}".encode("utf-8", "surrogatepass")
    return f"{plain}-{hashlib.sha256(both).hexdigest()[:16]}"


def _plain(text: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:40] or "x"


def _checked(text: str, name: str) -> bytes:
    """The passphrase as bytes; the same characters are the same bytes on every keyboard (NFC)."""
    passphrase = unicodedata.normalize("NFC", text)
    if len(passphrase) < SHORTEST:
        raise _refused(name, f"a passphrase has at least {SHORTEST} characters", field="passphrase")
    try:
        data = passphrase.encode("utf-8")
    except UnicodeEncodeError:
        raise _refused(name, "a passphrase is plain text in UTF-8", field="passphrase") from None
    if len(data) > _LONGEST:
        raise _refused(name, f"a passphrase has at most {_LONGEST} bytes", field="passphrase")
    return data


def _first_line(file: Path) -> str:
    field = "--passphrase-file"
    try:
        with file.open("rb") as stream:
            data = stream.read(_FILE_LIMIT + 1)
    except OSError as error:
        raise _refused(file.name, f"name a readable file ({error.strerror})", field=field) from None
    if len(data) > _FILE_LIMIT:
        raise _refused(file.name, "name a file whose first line is the passphrase; this one is far larger", field=field)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused(file.name, "write the passphrase as text in UTF-8", field=field) from None
    return text.split("\n", 1)[0].removesuffix("\r")


def _read(path: Path) -> bytes:
    """An encrypted key file's bytes, with a wrapping that is whole. Raises RefusedError."""
    try:
        with path.open("rb") as stream:
            data = stream.read(_FILE_LIMIT + 1)
    except FileNotFoundError:
        remedy = "there is no such key file; name it by --key-file, or make a key with 'bevara person key'"
        raise _refused(path.name, remedy) from None
    except OSError as error:
        raise _refused(path.name, f"name a readable key file ({error.strerror})") from None
    found = _PEM.fullmatch(data) if len(data) <= _FILE_LIMIT else None
    if found is None:
        raise _refused(path.name, _FOREIGN)
    try:
        body = base64.b64decode(b"".join(found[1].split()), validate=True)
    except binascii.Error:
        raise _refused(path.name, "the file is damaged; take it from a copy, or make a new key") from None
    if not _whole(body):
        raise _refused(path.name, "the file is damaged; take it from a copy, or make a new key")
    return data


def _whole(body: bytes) -> bool:
    """Whether the bytes are one DER sequence and nothing more (X.690, 8.1.3)."""
    if len(body) < 2 or body[0] != 0x30:
        return False
    if body[1] < 0x80:
        return len(body) == 2 + body[1]
    count = body[1] & 0x7F
    return 1 <= count <= 3 and len(body) == 2 + count + int.from_bytes(body[2 : 2 + count], "big")


def _write_new(path: Path, data: bytes) -> None:
    """Write a file that must not exist, readable by its owner alone: whole under its name, or not there at all."""
    part = path.with_name(f".{path.name[:100]}.{secrets.token_hex(8)}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        part.chmod(0o600)
        # A link, unlike a renaming, never takes the place of a file that is there.
        os.link(part, path)
    finally:
        part.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
