"""Places as ``bevara.toml`` names them: the store, its mirrors and the second place, and that no two are the same."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.storage.folder import FolderStore
from schemas.ids import slug
from schemas.neighbours import Store
from schemas.refusal import RefusedError

FIELDS: Mapping[str, type] = {
    "kind": str,
    "name": str,
    "path": str,
    "bucket": str,
    "prefix": str,
    "endpoint_url": str,
    "region": str,
    "bypass_governance": bool,
}
"""Fields of a place's table. ``name`` is no field of ``[store]``: the store is called as the home is."""

_ONLY_S3 = ("bucket", "prefix", "endpoint_url", "region", "bypass_governance")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place for objects, not opened yet.

    Attributes:
        table: where it stands in the settings, for refusals, for example ``bevara.toml: mirror[1]``.
        kind: ``folder`` or ``s3``. name: what receipts call a folder.
        path: the folder, absolute, links followed; None for a bucket.
        bucket, prefix, endpoint_url, region: of the bucket; empty where not given.
        bypass_governance: versions under Object Lock in governance mode may be removed.
    """

    table: str
    kind: str
    name: str
    path: Path | None = None
    bucket: str = ""
    prefix: str = ""
    endpoint_url: str = ""
    region: str = ""
    bypass_governance: bool = False

    def open(self) -> Store:
        """The store that lies there; no request is made yet."""
        if self.path is not None:
            return FolderStore(self.path, self.name)
        from connectors.storage.s3 import S3Store  # noqa: PLC0415 - boto3 takes half a second to load

        return S3Store(
            bucket=self.bucket,
            prefix=self.prefix,
            endpoint_url=self.endpoint_url or None,
            region=self.region or None,
            bypass_governance=self.bypass_governance,
        )


def read_place(table: str, values: Mapping[str, Any], home: Path, *, name: str) -> Place:
    """A place from its table; types have been looked at.

    Args:
        table: where it stands in the settings. home: relative paths are relative to it.
        name: what the place is called unless the table says so.

    Raises:
        RefusedError: an unknown kind, or a field that is missing or belongs to the other kind.
    """
    kind = values.get("kind", "folder")
    called = slug(values["name"], f"{table}.name") if "name" in values else name
    if kind == "folder":
        for field in _ONLY_S3:
            if field in values:
                raise RefusedError(f"{table}.{field}", values[field], 'leave it out, or write kind = "s3"')
        if not values.get("path"):
            raise RefusedError(f"{table}.path", "", "name the folder")
        return Place(table=table, kind=kind, name=called, path=Path(os.path.realpath(home / values["path"])))
    if kind == "s3":
        if "path" in values:
            raise RefusedError(f"{table}.path", values["path"], "leave it out; a bucket has bucket and prefix")
        if not values.get("bucket"):
            raise RefusedError(f"{table}.bucket", "", "name the bucket")
        return Place(
            table=table,
            kind=kind,
            name=called,
            bucket=values["bucket"],
            prefix=values.get("prefix", "").strip("/"),
            endpoint_url=values.get("endpoint_url", ""),
            region=values.get("region", ""),
            bypass_governance=values.get("bypass_governance", False),
        )
    raise RefusedError(f"{table}.kind", kind, 'write "folder" or "s3"')


def refuse_overlaps(places: Sequence[Place], state_folder: Path | None) -> None:
    """Refuse places that are the same, lie in each other, or lie where the state database does.

    Args:
        places: the store first; what is refused is always a later one.
        state_folder: folder of the database file; None when it is a server's.
    """
    for number, one in enumerate(places):
        for other in places[:number]:
            if _overlap(one, other):
                raise RefusedError(
                    one.table,
                    one.name if one.path is not None else one.bucket,
                    f"choose a place that is neither the same as {other.table} nor inside it nor around it",
                )
            if one.name == other.name:
                raise RefusedError(f"{one.table}.name", one.name, "another place is called so; choose another name")
        if number and state_folder is not None and one.path is not None and _nested(one.path, state_folder):
            raise RefusedError(
                f"{one.table}.path", one.name, "choose a folder that has nothing to do with the state database's"
            )


def _overlap(one: Place, other: Place) -> bool:
    if one.path is not None and other.path is not None:
        return _nested(one.path, other.path)
    if one.path is not None or other.path is not None:
        return False
    if (one.bucket, one.endpoint_url) != (other.bucket, other.endpoint_url):
        return False
    first, second = ([part for part in place.prefix.split("/") if part] for place in (one, other))
    short = min(len(first), len(second))
    return first[:short] == second[:short]


def _nested(one: Path, other: Path) -> bool:
    return one == other or one in other.parents or other in one.parents
