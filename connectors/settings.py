"""Settings of a home: its ``bevara.toml``, and the only place that reads the environment."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.deposit_settings import FIELDS as DEPOSIT_FIELDS
from connectors.deposit_settings import read_deposit
from connectors.disclosure_settings import FIELDS as DISCLOSURE_FIELDS
from connectors.places import FIELDS, Place, read_place, refuse_overlaps
from connectors.registry_settings import FIELDS as REGISTRY_FIELDS
from connectors.registry_settings import read_organisation, read_registries
from schemas.deposit import DepositSettings
from schemas.ground import Limits, Organisation
from schemas.ids import slug
from schemas.refusal import RefusedError
from schemas.registration import RegistrySettings

FILE = "bevara.toml"
_KNOWN: dict[str, dict[str, type | tuple[type, ...]]] = {
    "home": {"name": str, "rehearsal": bool, "seed": str, "key_file": str},
    "state": {"url": str},
    "store": {name: kind for name, kind in FIELDS.items() if name != "name"},
    "second": dict(FIELDS),
    "cull": {"share": (int, float), "approval_days": int, "overdue_months": int},
    "harvest": {"media_limit_mb": int},
    "import": {"limit_mb": int, "files": int},
    "schemas": {"dir": str},
    "organisation": {"name": str, "code": str, "authorities": dict, "collections": dict},
    "archive": {"profiles": str, "snapshot_days": list},
    "register": {"reminder_days": int},
    "deposit": DEPOSIT_FIELDS,
    "disclosure": DISCLOSURE_FIELDS,
    "oversight": {},
}
_LATER = frozenset({"oversight"})
"""Tables whose fields are looked at when somebody needs them: a slip in them must not stop a night."""
_MANY: dict[str, dict[str, type | tuple[type, ...]]] = {"mirror": dict(FIELDS), "registry": REGISTRY_FIELDS}
"""Tables that may be written several times: ``[[mirror]]``, ``[[registry]]``."""

SNAPSHOT_DAYS = ("03-15", "10-15")
"""Half-yearly, between the summer and Christmas, when an account looks as it usually does."""
_REMINDER_DAYS = 3
_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")

_SECOND = "second"
"""Name of a second place that gives itself none."""

_DAYS = 366
_MONTHS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Decoded ``bevara.toml``; relative paths are relative to the home folder.

    Attributes:
        home: the home folder. name: its name.
        rehearsal: see ``schemas.ground.Home``. seed: of the repeatable random bits of a rehearsal home.
        key_file: file with the key of the native-id hashes.
        state_url: address of the state database.
        store: where the archive's objects lie.
        mirrors: other places that hold the same objects. second: the second place, or None.
        limits: what a culling may do without being told so by an approval.
        media_limit: bytes.
        import_limit: bytes that an export may have, unpacked. import_files: files it may have.
        organisation: the municipality's names. registries: where registrations are sent, by name.
        profiles: folder of delivery profiles. schemas_dir: folder of the official schemas, or None.
        snapshot_days: days of the year, MM-DD, on which every account's look is to be taken at the latest.
        reminder_days: days after which a registration without a diary number is reminded of.
        deposit: how films are deposited with KB. disclosure, oversight: the tables, not read yet.
    """

    home: Path
    name: str
    rehearsal: bool
    seed: str
    key_file: Path
    state_url: str
    store: Place
    mirrors: tuple[Place, ...]
    second: Place | None
    limits: Limits
    media_limit: int
    import_limit: int
    import_files: int
    organisation: Organisation
    registries: Mapping[str, RegistrySettings]
    profiles: Path
    schemas_dir: Path | None
    snapshot_days: tuple[str, ...]
    reminder_days: int
    deposit: DepositSettings
    disclosure: Mapping[str, Any]
    oversight: Mapping[str, Any]


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
    name = slug(head.get("name", "hem"), f"{FILE}: home.name")
    state_url = _state_url(home, values.get("state", {}).get("url", "sqlite:///state/bevara.db"))
    store, mirrors, second = _places(home, name, values, state_url)
    return Settings(
        home=home,
        name=name,
        rehearsal=rehearsal,
        seed=head.get("seed", ""),
        key_file=home / head.get("key_file", f"../{home.resolve().name}.key"),
        state_url=state_url,
        store=store,
        mirrors=mirrors,
        second=second,
        limits=_limits(values.get("cull", {})),
        media_limit=int(values.get("harvest", {}).get("media_limit_mb", 2048)) * 1024**2,
        import_limit=int(values.get("import", {}).get("limit_mb", 500 * 1024)) * 1024**2,
        import_files=int(values.get("import", {}).get("files", 1_000_000)),
        organisation=read_organisation(values.get("organisation", {}), FILE),
        registries=read_registries(values.get("registry", ()), home, FILE),
        profiles=home / values.get("archive", {}).get("profiles", "profiles"),
        schemas_dir=schemas_folder(values.get("schemas", {}).get("dir"), home),
        snapshot_days=_snapshot_days(values.get("archive", {}).get("snapshot_days", SNAPSHOT_DAYS)),
        reminder_days=_reminder_days(values.get("register", {}).get("reminder_days", _REMINDER_DAYS)),
        deposit=read_deposit(values.get("deposit", {}), home, FILE),
        disclosure=values.get("disclosure", {}),
        oversight=values.get("oversight", {}),
    )


def _snapshot_days(values: Sequence[object]) -> tuple[str, ...]:
    for one in values:
        if not isinstance(one, str) or not _MONTH_DAY.fullmatch(one):
            raise RefusedError(f"{FILE}: archive.snapshot_days", str(one), 'write days as "MM-DD", ["03-15", "10-15"]')
    return tuple(sorted(str(one) for one in values))


def _reminder_days(days: int) -> int:
    if not 1 <= days <= _DAYS:
        raise RefusedError(f"{FILE}: register.reminder_days", days, f"write a number of days from 1 to {_DAYS}")
    return days


def schemas_folder(named: str | None, home: Path) -> Path | None:
    """The folder of official schemas: as the settings name it, else ``BEVARA_SCHEMAS_DIR``, else None."""
    if named:
        return home / named
    found = os.environ.get("BEVARA_SCHEMAS_DIR")
    return Path(found) if found else None


def _check(values: Mapping[str, Any]) -> None:
    for table, found in values.items():
        if table in _MANY:
            if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
                raise RefusedError(f"{FILE}: {table}", found, f"begin each one with a line [[{table}]]")
            for number, one in enumerate(found, 1):
                _check_fields(f"{FILE}: {table}[{number}]", one, _MANY[table])
        elif table in _KNOWN and isinstance(found, dict):
            if table not in _LATER:
                _check_fields(f"{FILE}: {table}", found, _KNOWN[table])
        else:
            raise RefusedError(f"{FILE}: {table}", found, f"the known tables are {', '.join((*_KNOWN, *_MANY))}")


def _check_fields(table: str, fields: Mapping[str, Any], known: Mapping[str, type | tuple[type, ...]]) -> None:
    for field, value in fields.items():
        expected = known.get(field)
        if expected is None:
            raise RefusedError(f"{table}.{field}", value, f"known here: {', '.join(known)}")
        if not isinstance(value, expected) or (expected is not bool and isinstance(value, bool)):
            names = " or ".join(one.__name__ for one in (expected if isinstance(expected, tuple) else (expected,)))
            raise RefusedError(f"{table}.{field}", value, f"write a value of type {names}")


def _places(
    home: Path, name: str, values: Mapping[str, Any], state_url: str
) -> tuple[Place, tuple[Place, ...], Place | None]:
    table = values.get("store", {})
    plain = {"path": "store", **table} if table.get("kind", "folder") == "folder" else table
    store = read_place(f"{FILE}: store", plain, home, name=name)
    mirrors: list[Place] = []
    for number, one in enumerate(values.get("mirror", ()), 1):
        table = f"{FILE}: mirror[{number}]"
        if "name" not in one:
            raise RefusedError(f"{table}.name", "", "give the mirror a name; receipts and certificates call it so")
        mirrors.append(read_place(table, one, home, name=one["name"]))
    second = read_place(f"{FILE}: second", values["second"], home, name=_SECOND) if "second" in values else None
    refuse_overlaps((store, *mirrors, *(() if second is None else (second,))), _state_folder(state_url))
    if second is not None and second.path is not None and home.resolve() in (second.path, *second.path.parents):
        raise RefusedError(
            f"{FILE}: second.path",
            second.name,
            "choose a folder outside the home, on another disk: it must not go back in time with a restored backup",
        )
    return store, tuple(mirrors), second


def _limits(values: Mapping[str, Any]) -> Limits:
    usual = Limits()
    share = float(values.get("share", usual.share))
    if not 0 <= share <= 1:
        raise RefusedError(f"{FILE}: cull.share", values["share"], "write a number from 0 to 1, for example 0.5")
    days = values.get("approval_days", usual.approval_days)
    if not 1 <= days <= _DAYS:
        raise RefusedError(f"{FILE}: cull.approval_days", days, f"write a number of days from 1 to {_DAYS}")
    months = values.get("overdue_months", usual.overdue_months)
    if not 0 <= months <= _MONTHS:
        raise RefusedError(f"{FILE}: cull.overdue_months", months, f"write a number of months from 0 to {_MONTHS}")
    return Limits(share=share, approval_days=days, overdue_months=months)


def _state_folder(url: str) -> Path | None:
    prefix = "sqlite:///"
    return Path(os.path.realpath(Path(url.removeprefix(prefix)).parent)) if url.startswith(prefix) else None


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


def keys_folder() -> Path:
    """Where persons' keys lie unless a file is named: ``BEVARA_KEYS``, else ``bevara/keys`` among the user's settings."""
    named = os.environ.get("BEVARA_KEYS")
    if named:
        return Path(named)
    settings = os.environ.get("XDG_CONFIG_HOME")
    return (Path(settings) if settings else Path.home() / ".config") / "bevara" / "keys"


def secret(variable: str) -> str | None:
    """A credential; None when the variable is not set or empty."""
    return os.environ.get(variable) or None


def for_prefect(values: Mapping[str, str]) -> None:
    """Set Prefect's switches for this process and its children, unless the operator has set them."""
    for name, value in values.items():
        os.environ.setdefault(name, value)
