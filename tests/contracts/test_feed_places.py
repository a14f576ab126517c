"""The port Publishing, on real places: a folder and a bucket."""

from __future__ import annotations

import errno
import hashlib
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from connectors.depositories.feed_bucket import FeedBucket
from connectors.depositories.feed_places import open_feed
from schemas.delivery import Receiver
from schemas.deposit import FeedSettings
from schemas.neighbours import Publishing, ReceiverRefusedError
from schemas.refusal import RefusedError, UnreachableError
from schemas.xml.kb_feed import MEDIA_TYPE
from tests.servers.moto import ACCESS_KEY, REGION, SECRET_KEY

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

NAME = "e-plikt.xml"
OLD, NEW = b"<rss>gammalt</rss>\n", "<rss>nytt å</rss>\n".encode() * 1000
SECRETS = {"KEY": ACCESS_KEY, "SECRET": SECRET_KEY}
_numbers = count(1)


@dataclass(slots=True)
class Place:
    """A place and a way to look behind its back."""

    publishing: Publishing
    read: Callable[[str], bytes | None]
    put: Callable[[str, bytes], None]
    names: Callable[[], list[str]]


def settings(place: Receiver, **changes: str) -> FeedSettings:
    """A feed's settings with that place."""
    feed = FeedSettings(address="https://arvika.se/e-plikt.xml", title="E-plikt", description="Filmer", place=place)
    return replace(feed, **changes)  # type: ignore[arg-type] # names and texts alone are changed here


def in_folder(root: Path) -> Place:
    """An empty folder of a web server."""
    folder = root / "webb"
    folder.mkdir()

    def put(name: str, data: bytes) -> None:
        (folder / name).write_bytes(data)

    return Place(
        open_feed(settings(Receiver(kind="folder", path="webb")), root, SECRETS.get),
        lambda name: (folder / name).read_bytes() if (folder / name).exists() else None,
        put,
        lambda: sorted(path.name for path in folder.iterdir()),
    )


def bucket_place(url: str, bucket: str, prefix: str = "webb") -> Receiver:
    """The settings of a bucket."""
    return Receiver(
        kind="s3",
        bucket=bucket,
        prefix=prefix,
        endpoint_url=url,
        region=REGION,
        key_env="KEY",
        password_env="SECRET",
    )


@pytest.fixture(scope="module")
def bucket(make_bucket: Callable[..., str]) -> str:
    """One bucket for all tests; every one has a prefix of its own."""
    return make_bucket()


def in_bucket(url: str, client: S3Client, bucket: str) -> Place:
    """An empty prefix of a bucket."""
    prefix = f"webb-{next(_numbers)}"

    def read(name: str) -> bytes | None:
        try:
            return client.get_object(Bucket=bucket, Key=f"{prefix}/{name}")["Body"].read()
        except client.exceptions.NoSuchKey:
            return None

    def names() -> list[str]:
        found = client.list_objects_v2(Bucket=bucket, Prefix=f"{prefix}/").get("Contents", [])
        return sorted(one["Key"].removeprefix(f"{prefix}/") for one in found)

    def put(name: str, data: bytes) -> None:
        client.put_object(Bucket=bucket, Key=f"{prefix}/{name}", Body=data)

    return Place(open_feed(settings(bucket_place(url, bucket, prefix)), Path("/"), SECRETS.get), read, put, names)


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Each kind of place, empty."""
    if request.param == "folder":
        return in_folder(tmp_path)
    return in_bucket(
        request.getfixturevalue("moto_url"), request.getfixturevalue("moto_client"), request.getfixturevalue("bucket")
    )


def test_what_is_published_lies_there(place: Place) -> None:
    """The file has the bytes that were given, is told with size and digest, and nothing else lies beside it."""
    arrival = place.publishing.publish(NAME, NEW, MEDIA_TYPE)
    assert place.read(NAME) == NEW
    assert place.names() == [NAME]
    assert (arrival.name, arrival.size, arrival.sha256) == (NAME, len(NEW), hashlib.sha256(NEW).hexdigest())
    assert (arrival.place, arrival.already) == (place.publishing.place, False)


def test_a_new_edition_replaces_the_old_one(place: Place) -> None:
    """The one name holds the newest bytes, whether they are more or fewer."""
    for data in (OLD, NEW, OLD, b""):
        assert place.publishing.publish(NAME, data, MEDIA_TYPE).already is False
        assert place.read(NAME) == data
    assert place.names() == [NAME]


def test_the_same_bytes_change_nothing(place: Place) -> None:
    """What lies there already is left, and said to have been there."""
    place.publishing.publish(NAME, NEW, MEDIA_TYPE)
    assert place.publishing.publish(NAME, NEW, MEDIA_TYPE).already is True


def test_what_somebody_else_changed_or_removed_is_mended(place: Place) -> None:
    """The place is looked at, not remembered: a file of the same length with other bytes is replaced."""
    place.publishing.publish(NAME, NEW, MEDIA_TYPE)
    place.put(NAME, NEW.replace(b"rss", b"xml"))
    assert place.publishing.publish(NAME, NEW, MEDIA_TYPE).already is False
    assert place.read(NAME) == NEW


@pytest.mark.parametrize("name", ["", "..", "../feed.xml", "a/b.xml", ".dold", "feed\n.xml", "å.xml"])
def test_only_plain_names(place: Place, tmp_path: Path, name: str) -> None:
    """A name that leads elsewhere is refused, both in the settings and when it is published."""
    with pytest.raises(RefusedError):
        place.publishing.publish(name, NEW, MEDIA_TYPE)
    with pytest.raises(RefusedError):
        open_feed(settings(Receiver(kind="folder", path="."), name=name), tmp_path, SECRETS.get)
    assert place.names() == []


# -- a folder


def test_the_file_may_be_read_by_the_web_server(tmp_path: Path) -> None:
    """Whatever mask the process has, others may read the feed and nobody else may write it."""
    place = in_folder(tmp_path)
    before = os.umask(0o077)
    try:
        place.publishing.publish(NAME, NEW, MEDIA_TYPE)
    finally:
        os.umask(before)
    assert (tmp_path / "webb" / NAME).stat().st_mode & 0o777 == 0o644


def test_a_reader_never_finds_half_a_feed(tmp_path: Path) -> None:
    """While it is replaced again and again, whoever reads finds one whole edition."""
    place = in_folder(tmp_path)
    editions = [f"<rss>{number}</rss>".encode() * 20_000 for number in range(6)]
    place.publishing.publish(NAME, editions[0], MEDIA_TYPE)
    seen: set[bytes] = set()
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            seen.add((tmp_path / "webb" / NAME).read_bytes())

    reader = threading.Thread(target=look)
    reader.start()
    for _ in range(10):
        for data in editions:
            place.publishing.publish(NAME, data, MEDIA_TYPE)
    stop.set()
    reader.join()
    assert seen <= set(editions)


def test_what_a_stopped_run_left_is_cleared_away(tmp_path: Path) -> None:
    """A half file beside, from a run that was killed, neither stops the next one nor stays."""
    place = in_folder(tmp_path)
    place.put(f".{NAME}.part", b"halv")
    place.publishing.publish(NAME, NEW, MEDIA_TYPE)
    assert place.names() == [NAME]
    place.put(f".{NAME}.part", b"halv")
    assert place.publishing.publish(NAME, NEW, MEDIA_TYPE).already is True
    assert place.names() == [NAME]


@pytest.mark.parametrize("kind", ["link", "folder", "pipe", "dangling"])
def test_a_stranger_under_the_name_is_not_touched(tmp_path: Path, kind: str) -> None:
    """A link, folder or pipe of that name is told of (L215); what a link points to is never written."""
    place = in_folder(tmp_path)
    target, elsewhere = tmp_path / "webb" / NAME, tmp_path / "annan"
    if kind == "folder":
        target.mkdir()
    elif kind == "pipe":
        os.mkfifo(target)
    else:
        target.symlink_to(elsewhere)
        if kind == "link":
            elsewhere.write_bytes(OLD)
    with pytest.raises(ReceiverRefusedError) as refused:
        place.publishing.publish(NAME, NEW, MEDIA_TYPE)
    assert refused.value.code == "L215"
    assert (elsewhere.read_bytes() if elsewhere.exists() else OLD) == OLD


def test_a_folder_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    """A drive that is not mounted is no refusal, and its path is not told."""
    place = open_feed(settings(Receiver(kind="folder", path="monterad/hemlig")), tmp_path, SECRETS.get)
    with pytest.raises(UnreachableError) as unreachable:
        place.publish(NAME, NEW, MEDIA_TYPE)
    assert str(tmp_path) not in str(unreachable.value)


def test_a_folder_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No right is told as such (L214) and the old feed stays."""
    place = in_folder(tmp_path)
    place.publishing.publish(NAME, OLD, MEDIA_TYPE)
    really = os.open

    def forbidden(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if flags & os.O_CREAT:  # as for another user than root, who may do anything
            raise PermissionError(errno.EACCES, "Permission denied")
        return really(path, flags, mode, dir_fd=dir_fd)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", forbidden)
        with pytest.raises(ReceiverRefusedError) as refused:
            place.publishing.publish(NAME, NEW, MEDIA_TYPE)
    assert refused.value.code == "L214"
    assert place.read(NAME) == OLD


def test_a_full_disk_keeps_the_old_feed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full the old feed stays whole, and no half one is left."""
    place = in_folder(tmp_path)
    place.publishing.publish(NAME, OLD, MEDIA_TYPE)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ReceiverRefusedError) as refused:
        place.publishing.publish(NAME, NEW, MEDIA_TYPE)
    assert refused.value.code == "L213"
    assert place.read(NAME) == OLD
    assert place.names() == [NAME]


# -- a bucket


def test_the_bucket_serves_the_right_media_type(moto_url: str, moto_client: S3Client, bucket: str) -> None:
    """Whoever fetches the feed is told that it is RSS in UTF-8; an object with another type is replaced."""
    place = in_bucket(moto_url, moto_client, bucket)
    place.put(NAME, NEW)
    assert place.publishing.publish(NAME, NEW, MEDIA_TYPE).already is False
    prefix = f"webb-{next(_numbers) - 1}"
    assert moto_client.head_object(Bucket=bucket, Key=f"{prefix}/{NAME}")["ContentType"] == MEDIA_TYPE
    assert place.publishing.publish(NAME, NEW, MEDIA_TYPE).already is True


def test_a_bucket_that_is_not_there_refuses(moto_url: str) -> None:
    """A bucket that nobody has made is a refusal, not a place to try for ever."""
    place = open_feed(settings(bucket_place(moto_url, "finns-inte-alls")), Path("/"), SECRETS.get)
    with pytest.raises(ReceiverRefusedError) as refused:
        place.publish(NAME, NEW, MEDIA_TYPE)
    assert refused.value.code == "L217"


def test_a_server_that_does_not_answer_is_unreachable() -> None:
    """Nobody listens there: try again later, and no address is told."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    place = FeedBucket(
        bucket_place(f"http://127.0.0.1:{port}", "korg"),
        access_key=ACCESS_KEY,
        secret_key=SECRET_KEY,
        connect_timeout=1,
        attempts=1,
    )
    with pytest.raises(UnreachableError) as unreachable:
        place.publish(NAME, NEW, MEDIA_TYPE)
    assert "127.0.0.1" not in str(unreachable.value)


# -- settings


def test_only_folders_and_buckets_hold_a_feed(tmp_path: Path) -> None:
    """A feed is fetched over the web, so a server for deliveries is no place for it."""
    with pytest.raises(RefusedError, match="kind"):
        open_feed(settings(Receiver(kind="sftp", host="kb.se", user="u", host_key="k")), tmp_path, SECRETS.get)


def test_a_variable_that_is_not_set_is_named(moto_url: str) -> None:
    """Without its secret nothing is asked; the refusal names the variable, not the secret."""
    with pytest.raises(RefusedError, match="SECRET"):
        open_feed(settings(bucket_place(moto_url, "korg")), Path("/"), {"KEY": ACCESS_KEY}.get)
