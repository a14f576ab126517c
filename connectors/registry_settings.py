"""The settings of registries and of the municipality's names: ``[[registry]]`` and ``[organisation]``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from schemas.ground import Organisation
from schemas.ids import slug
from schemas.refusal import RefusedError
from schemas.registration import RegistrySettings

FIELDS: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "kind": str,
    "path": str,
    "secret_path": str,
    "host": str,
    "port": int,
    "security": str,
    "user": str,
    "password_env": str,
    "sender": str,
    "recipient": str,
    "limit_mb": int,
    "secret_folder": str,
}
_FOLDER = frozenset({"name", "kind", "path", "secret_path"})
_MAIL = frozenset(FIELDS) - {"path", "secret_path"}
_ADDRESS = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*")
_PORTS = 65_535
_MOST_MB = 1_000
_YEAR = re.compile(r"[0-9]{4}")


def read_registries(tables: Sequence[Mapping[str, Any]], home: Path, file: str) -> dict[str, RegistrySettings]:
    """The registries by name; relative paths are relative to the home. Types have been looked at.

    Raises:
        RefusedError: a field is missing, unusable, or belongs to the other kind.
    """
    found: dict[str, RegistrySettings] = {}
    for number, one in enumerate(tables, 1):
        table = f"{file}: registry[{number}]"
        registry = _registry(table, one, home)
        if registry.name in found:
            raise RefusedError(f"{table}.name", registry.name, "another registry is called so; choose another name")
        found[registry.name] = registry
    for registry in found.values():
        kept = found.get(registry.secret_folder) if registry.secret_folder else None
        if registry.secret_folder and (kept is None or kept.kind != "folder" or not kept.secret_path):
            raise RefusedError(
                f"{file}: registry {registry.name}.secret_folder",
                registry.secret_folder,
                "name a registry of kind folder that has a secret_path",
            )
    _refuse_shared(found, file)
    return found


def _refuse_shared(found: Mapping[str, RegistrySettings], file: str) -> None:
    """What is kept apart must not lie in, around or at any registry's open folder. Raises RefusedError."""
    for one in found.values():
        for other in found.values():
            if one.secret_path and other.path and _touch(Path(one.secret_path), Path(other.path)):
                where = f"{file}: registry {one.name}.secret_path"
                raise RefusedError(
                    where, one.secret_path, f"choose a folder that is neither in nor around {other.name}'s path"
                )


def _touch(one: Path, other: Path) -> bool:
    return one == other or one in other.parents or other in one.parents


def _registry(table: str, values: Mapping[str, Any], home: Path) -> RegistrySettings:
    name = slug(values.get("name", ""), f"{table}.name")
    kind = values.get("kind", "")
    if kind not in {"folder", "mail"}:
        raise RefusedError(f"{table}.kind", kind, 'write "folder" or "mail"')
    for field in values:
        if field not in (_FOLDER if kind == "folder" else _MAIL):
            raise RefusedError(f"{table}.{field}", values[field], f"leave it out; it does not belong to kind {kind}")
    if kind == "folder":
        if not values.get("path"):
            raise RefusedError(f"{table}.path", "", "name the hot folder")
        path = str((home / values["path"]).resolve())
        apart = values.get("secret_path", "")
        secret = str((home / apart).resolve()) if apart else ""
        if secret and _touch(Path(secret), Path(path)):
            raise RefusedError(f"{table}.secret_path", apart, "choose a folder that is neither in nor around path")
        return RegistrySettings(name=name, kind="folder", path=path, secret_path=secret)
    return _mail(table, name, values)


def _mail(table: str, name: str, values: Mapping[str, Any]) -> RegistrySettings:
    for field in ("host", "sender", "recipient"):
        if not values.get(field):
            raise RefusedError(f"{table}.{field}", "", "a registry of kind mail needs it")
    for field in ("sender", "recipient"):
        if not _ADDRESS.fullmatch(values[field]):
            raise RefusedError(f"{table}.{field}", values[field], "write one plain address, name@domain")
    security = values.get("security", "starttls")
    if security not in {"starttls", "tls", "none"}:
        raise RefusedError(f"{table}.security", security, 'write "starttls", "tls" or "none"')
    port = values.get("port", 465 if security == "tls" else 587)
    if not 1 <= port <= _PORTS:
        raise RefusedError(f"{table}.port", port, "write a port from 1 to 65535")
    limit = values.get("limit_mb", 20)
    if not 1 <= limit <= _MOST_MB:
        raise RefusedError(f"{table}.limit_mb", limit, f"write megabytes from 1 to {_MOST_MB}")
    if bool(values.get("user")) != bool(values.get("password_env")):
        raise RefusedError(f"{table}.user", values.get("user", ""), "write user and password_env together, or neither")
    return RegistrySettings(
        name=name,
        kind="mail",
        host=values["host"],
        port=port,
        security=security,
        user=values.get("user", ""),
        password_env=values.get("password_env", ""),
        sender=values["sender"],
        recipient=values["recipient"],
        limit=limit * 1024 * 1024,
        secret_folder=values.get("secret_folder", ""),
    )


def read_organisation(values: Mapping[str, Any], file: str) -> Organisation:
    """The municipality's names. Types of the table's own fields have been looked at.

    Raises:
        RefusedError: a name that is no text, or a year that is no year.
    """
    authorities: dict[str, str] = {}
    for name, shown in values.get("authorities", {}).items():
        if not isinstance(shown, str) or not shown.strip():
            raise RefusedError(f"{file}: organisation.authorities.{name}", shown, "write the name as text")
        authorities[slug(name, f"{file}: organisation.authorities")] = shown
    collections: dict[str, dict[int, str]] = {}
    for name, years in values.get("collections", {}).items():
        field = f"{file}: organisation.collections.{name}"
        if not isinstance(years, dict):
            raise RefusedError(field, years, 'write years and diary numbers, for example {2026 = "KS 2026/12"}')
        numbers: dict[int, str] = {}
        for year, dnr in years.items():
            if not _YEAR.fullmatch(year) or not isinstance(dnr, str) or not dnr.strip():
                raise RefusedError(f"{field}.{year}", dnr, 'write a year and a diary number, 2026 = "KS 2026/12"')
            numbers[int(year)] = dnr
        collections[slug(name, field)] = numbers
    return Organisation(
        name=values.get("name", ""),
        code=values.get("code", ""),
        authorities=authorities,
        collections=collections,
    )
