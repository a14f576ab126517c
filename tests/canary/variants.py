"""Where the canary's archive lies: folder, moto or Ceph; SQLite or PostgreSQL. Each says how every byte of it is read."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import make_url

from connectors.places import Place
from tests.canary.rehearsal import Rehearsal
from tests.canary.scan import Scan
from tests.servers.ceph import Gateway
from tests.servers.moto import ACCESS_KEY, REGION, SECRET_KEY
from tests.servers.postgres import NewDatabase

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

VARIANTS = ("folder-sqlite", "moto-sqlite", "folder-postgres", "ceph-sqlite")
MIRROR, SECOND = "spegel", "andra"
_SQLITE = '[state]\nurl = "sqlite:///state/bevara.db"\n'
FOLDER_STORE = '[store]\nkind = "folder"\npath = "store"\n'


@dataclass(slots=True)
class Variant:
    """One arrangement: settings, and what lies outside the rehearsal's folder and is scanned too.

    Attributes:
        batches: how many the rows come in. sparse: so many times fewer attachments. Every object costs a bucket many
            requests, and Ceph answers some thirty in a second.
        state, store: tables of the settings. looks: readers of what lies elsewhere.
    """

    name: str
    batches: int = 6
    sparse: int = 1
    state: str = _SQLITE
    store: str = FOLDER_STORE
    looks: list[Callable[[Scan], None]] = field(default_factory=list)

    def settings(self, root: Path) -> str:
        """The tables of the settings from ``[state]`` on, with a mirror and a second place in folders of the root."""
        (root / MIRROR).mkdir()
        (root / SECOND).mkdir()
        return (
            f'{self.state}\n{self.store}\n[[mirror]]\nname = "{MIRROR}"\nkind = "folder"\npath = "{root / MIRROR}"\n\n'
            f'[second]\nkind = "folder"\npath = "{root / SECOND}"\n\n[harvest]\nmedia_limit_mb = 64\n'
        )

    def look(self, scan: Scan, rehearsal: Rehearsal) -> None:
        """Read everything there is."""
        scan.folder("mapp", rehearsal.root)
        for one in self.looks:
            one(scan)


def mirror_of(rehearsal: Rehearsal) -> Place:
    """The mirror as the settings name it."""
    return Place(table="mirror", kind="folder", name=MIRROR, path=rehearsal.root / MIRROR)


def make_variant(name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Variant:
    """The variant of that name with what it needs running; skips where that cannot run."""
    variant = Variant(name)
    store, _, state = name.partition("-")
    if store == "moto":
        client: S3Client = request.getfixturevalue("moto_client")
        bucket: str = request.getfixturevalue("make_bucket")(versioned=True)
        url: str = request.getfixturevalue("moto_url")
        _in_bucket(variant, client, bucket, url, REGION, (ACCESS_KEY, SECRET_KEY), monkeypatch)
        variant.batches, variant.sparse = 2, 2
    elif store == "ceph":
        gateway: Gateway = request.getfixturevalue("ceph")
        bucket = gateway.locked_bucket(f"kanarie-{os.getpid()}")
        keys = (gateway.access_key, gateway.secret_key)
        _in_bucket(variant, gateway.client, bucket, gateway.url, gateway.region, keys, monkeypatch)
        variant.store += "bypass_governance = true\n"
        variant.batches, variant.sparse = 1, 5
    if state == "postgres":
        new: NewDatabase = request.getfixturevalue("new_postgres")
        url = new(request.getfixturevalue("postgres_template"))
        variant.state = f'[state]\nurl = "{url}"\n'
        variant.looks.append(lambda scan: _postgres(scan, url))
    return variant


def _in_bucket(
    variant: Variant,
    client: Any,
    bucket: str,
    url: str,
    region: str,
    keys: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys[0])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys[1])
    variant.store = (
        f'[store]\nkind = "s3"\nbucket = "{bucket}"\nendpoint_url = "{url}"\nregion = "{region}"\nprefix = "arkiv"\n'
    )
    variant.looks.append(lambda scan: look_in_bucket(scan, client, bucket))


def look_in_bucket(scan: Scan, client: Any, bucket: str) -> None:
    """Read every version of every object, the keys of delete markers, and see that no upload is open."""
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for marker in page.get("DeleteMarkers", ()):
            scan.data(f"radering {marker['Key']}", b"")
        for one in page.get("Versions", ()):
            got = client.get_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])
            scan.data(f"hink/{one['Key']}", got["Body"].read())
            scan.data(f"hink/{one['Key']} metadata", repr(got["Metadata"]).encode())
    uploads = client.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    assert not uploads, f"{len(uploads)} uploads are open"


def _postgres(scan: Scan, url: str) -> None:
    """Read the server's whole data directory, write-ahead log included, after everything was written to it."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        row = connection.execute("SHOW data_directory").fetchone()
    assert row is not None
    folder = Path(row[0])
    assert scan.folder("postgres", folder) > 100
    assert any((folder / "pg_wal").iterdir())
