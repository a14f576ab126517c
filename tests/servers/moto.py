"""A real moto server in a process of its own: S3 over HTTP on a free port of loopback, empty at the start."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

import boto3
import pytest
from botocore.config import Config

from connectors.storage.s3 import S3Store

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

ACCESS_KEY = "AKIATEST0001"
SECRET_KEY = "hemligt-prov"
REGION: Final = "eu-north-1"
PAGE = 25
"""Keys in one answer to a listing: few, so that every listing of a test has pages."""
_SECONDS = 30.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/moto-api/", timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _start(log: Path) -> tuple[subprocess.Popen[bytes], str]:
    for _ in range(3):  # the free port may be taken by somebody else before moto has it
        port = _free_port()
        url = f"http://127.0.0.1:{port}"
        with log.open("ab") as out:
            server = subprocess.Popen(
                [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
                stdout=out,
                stderr=out,
                env={
                    **{key: value for key, value in os.environ.items() if not key.startswith("MOTO_")},
                    "MOTO_S3_DEFAULT_MAX_KEYS": str(PAGE),
                },
            )
        deadline = time.monotonic() + _SECONDS
        while server.poll() is None and time.monotonic() < deadline:
            if _answers(url):
                return server, url
            time.sleep(0.1)
        server.kill()
        server.wait()
    raise RuntimeError(f"moto does not start: {log.read_text(errors='replace')[-2000:]}")


@pytest.fixture(scope="session")
def moto_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a moto server that runs as long as the test session."""
    server, url = _start(tmp_path_factory.mktemp("moto") / "log")
    try:
        yield url
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.fixture(scope="session")
def moto_client(moto_url: str) -> S3Client:
    """A plain boto3 client to look behind the store's back."""
    return boto3.session.Session().client(
        "s3",
        endpoint_url=moto_url,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=Config(s3={"addressing_style": "path"}),
    )


@pytest.fixture(scope="session")
def make_bucket(moto_client: S3Client) -> Callable[..., str]:
    """Make a new bucket, versioned or with Object Lock if asked; returns its name."""
    numbers = count(1)

    def make(*, versioned: bool = False, lock: bool = False) -> str:
        name = f"prov-{os.getpid()}-{next(numbers)}"
        moto_client.create_bucket(
            Bucket=name,
            CreateBucketConfiguration={"LocationConstraint": REGION},
            ObjectLockEnabledForBucket=lock,
        )
        if versioned and not lock:
            moto_client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return name

    return make


@pytest.fixture(scope="session")
def make_s3_store(moto_url: str) -> Callable[..., S3Store]:
    """Make a store in a bucket of the moto server."""

    def make(bucket: str, prefix: str = "", *, bypass_governance: bool = False) -> S3Store:
        return S3Store(
            bucket,
            prefix,
            endpoint_url=moto_url,
            region=REGION,
            access_key=ACCESS_KEY,
            secret_key=SECRET_KEY,
            bypass_governance=bypass_governance,
        )

    return make
