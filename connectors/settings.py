"""Settings of a home: its ``bevara.toml``, and the only place that reads the environment."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemas.ids import slug
from schemas.refusal import RefusedError

FILE = "bevara.toml"
_KNOWN: dict[str, dict[str, type | tuple[type, ...]]] = {
    "home": {"name": str, "rehearsal": bool, "seed": str, "key_file": str},
    "state": {"url": str},
    "store": {"kind": str, "path": str, "bucket": str, "prefix": str, "endpoint_url": str, "region": str},
    "harvest": {"media_limit_mb": int},
    "import": {"limit_mb": int, "files": int},
    "schemas": {"dir": str},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Decoded ``bevara.toml``; relative paths are relative to the home folder.

    Attributes:
        home: the home folder. name: its name.
        rehearsal: see ``schemas.ground.Home``. seed: of the repeatable random bits of a rehearsal home.
        key_file: file with the key of the native-id hashes.
        state_url: address of the state database.
        store: the ``[store]`` table.
        media_limit: bytes.
        import_limit: bytes that an export may have, unpacked. import_files: files it may have.
    """

    home: Path
    name: str
    rehearsal: bool
    seed: str
    key_file: Path
    state_url: str
    store: Mapping[str, str]
    media_limit: int
    import_limit: int
    import_files: int


def read_settings(home: Path) -> Settings:
    """Read a home's settings.

    Raises:
        RefusedError: the folder is no home, or a setting is unknown or badly typed.
    """
    path = home / FILE
    try:
        with path.open("rb") as stream:
            values = tomllib.load(stream)
    except FileNotFoundError:
        raise RefusedError(
            "--home", str(home), f"there is no {FILE} in it; make a home with 'bevara init HOME'"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RefusedError(FILE, str(error), "write valid TOML in UTF-8") from None
    _check(values)
    head = values.get("home", {})
    rehearsal = bool(head.get("rehearsal", False))
    if head.get("seed") and not rehearsal:
        raise RefusedError(f"{FILE}: home.seed", head["seed"], "leave it out; only a rehearsal home may have a seed")
    return Settings(
        home=home,
        name=slug(head.get("name", "hem"), f"{FILE}: home.name"),
        rehearsal=rehearsal,
        seed=head.get("seed", ""),
        key_file=home / head.get("key_file", f"../{home.resolve().name}.key"),
        state_url=_state_url(home, values.get("state", {}).get("url", "sqlite:///state/bevara.db")),
        store=values.get("store", {"kind": "folder", "path": "store"}),
        media_limit=int(values.get("harvest", {}).get("media_limit_mb", 2048)) * 1024**2,
        import_limit=int(values.get("import", {}).get("limit_mb", 500 * 1024)) * 1024**2,
        import_files=int(values.get("import", {}).get("files", 1_000_000)),
    )


def _check(values: Mapping[str, Any]) -> None:
    for table, fields in values.items():
        if table not in _KNOWN or not isinstance(fields, dict):
            raise RefusedError(f"{FILE}: {table}", fields, f"the known tables are {', '.join(_KNOWN)}")
        for field, value in fields.items():
            expected = _KNOWN[table].get(field)
            if expected is None:
                raise RefusedError(f"{FILE}: {table}.{field}", value, f"known here: {', '.join(_KNOWN[table])}")
            if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
                raise RefusedError(f"{FILE}: {table}.{field}", value, f"write a value of type {expected}")


def _state_url(home: Path, url: str) -> str:
    prefix = "sqlite:///"
    if url.startswith(prefix) and not url.startswith(prefix + "/"):
        return prefix + str((home / url.removeprefix(prefix)).resolve())
    return url


def home_from_environment() -> str | None:
    """The home named by ``BEVARA_HOME``."""
    return os.environ.get("BEVARA_HOME")


def key_from_environment() -> str | None:
    """The native-id key in hexadecimal, given by ``BEVARA_KEY`` instead of a file."""
    return os.environ.get("BEVARA_KEY")


def secret(variable: str) -> str | None:
    """A credential; None when the variable is not set or empty."""
    return os.environ.get(variable) or None


def for_prefect(values: Mapping[str, str]) -> None:
    """Set Prefect's switches for this process and its children, unless the operator has set them."""
    for name, value in values.items():
        os.environ.setdefault(name, value)
