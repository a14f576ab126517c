"""The Ceph RADOS Gateway of the shared test servers: S3 with real Object Lock, started once per session.

Found by ``BEVARA_TEST_SERVERS`` (default ``../shared/servers`` beside the project). What it installs stays in
``.servers`` (kept out of git) for the next run; every start begins with an empty store. Where it cannot be installed
the tests are skipped with the reason.
"""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

ROOT = Path(__file__).parents[2]
_SERVERS = Path(os.environ.get("BEVARA_TEST_SERVERS") or ROOT.parent / "shared" / "servers")
_PORTS = ("BEVARA_RGW_PORT", "BEVARA_CEPH_MON_PORT_V2", "BEVARA_CEPH_MON_PORT_V1")


@dataclass(slots=True)
class Gateway:
    """The running gateway: its address, the keys of its user, and a plain client to look behind the store's back."""

    url: str
    access_key: str
    secret_key: str
    region: str
    client: S3Client

    def locked_bucket(self, name: str, *, days: int = 1) -> str:
        """A versioned bucket whose new objects are locked in governance mode for some days."""
        self.client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
        self.client.put_object_lock_configuration(
            Bucket=name,
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": days}},
            },
        )
        return name


@pytest.fixture(scope="session")
def ceph() -> Iterator[Gateway]:
    """A running, empty gateway."""
    start = _SERVERS / "ceph-rgw" / "start.sh"
    if not start.is_file():
        pytest.skip(f"Ceph: no start script in {_SERVERS.name}/ceph-rgw; set BEVARA_TEST_SERVERS")
    home = ROOT / ".servers"
    with ExitStack() as held:
        free = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in _PORTS]
        ports = {name: str(one.getsockname()[1]) for name, one in zip(_PORTS, free, strict=True)}
    environment = {**os.environ, "BEVARA_SERVERS": str(home), **ports}
    stop = [str(_SERVERS / "ceph-rgw" / "stop.sh")]
    subprocess.run(stop, env=environment, capture_output=True, timeout=60, check=False)
    try:
        begun = subprocess.run([str(start)], env=environment, capture_output=True, text=True, timeout=600, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"Ceph cannot be installed or started: {type(error).__name__}")
    if begun.returncode:
        pytest.skip(f"Ceph cannot be installed or started: {begun.stderr.strip().splitlines()[-1:]}")
    try:
        words = shlex.split((home / "ceph-rgw" / "run" / "server.env").read_text("utf-8"), comments=True)
        values = dict(word.partition("=")[::2] for word in words)
        access, secret = values["AWS_ACCESS_KEY_ID"], values["AWS_SECRET_ACCESS_KEY"]
        client = boto3.session.Session().client(
            "s3",
            endpoint_url=values["AWS_ENDPOINT_URL_S3"],
            region_name=values["AWS_DEFAULT_REGION"],
            aws_access_key_id=access,
            aws_secret_access_key=secret,
            config=Config(s3={"addressing_style": "path"}),
        )
        yield Gateway(values["AWS_ENDPOINT_URL_S3"], access, secret, values["AWS_DEFAULT_REGION"], client)
    finally:
        subprocess.run(stop, env=environment, capture_output=True, timeout=60, check=False)
