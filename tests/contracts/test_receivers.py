"""The port Receiving, on real receivers: a folder, S3, SFTP, FTPS and FTP (more of these two: ``test_ftp``)."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import io
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import asyncssh
import pytest

from connectors.receivers import open_receiver
from connectors.receivers.folder import FolderReceiver
from connectors.receivers.s3 import S3Receiver
from connectors.receivers.sftp import CHUNK, SftpReceiver
from schemas.delivery import Receiver
from schemas.neighbours import ReceiverRefusedError, Receiving
from schemas.refusal import RefusedError, UnreachableError
from tests.servers.ftp import PASSWORD as FTP_PASSWORD
from tests.servers.ftp import USER as FTP_USER
from tests.servers.ftp import FtpServer
from tests.servers.moto import ACCESS_KEY, REGION, SECRET_KEY
from tests.servers.sftp import PASSWORD, USER, SftpServer

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

NAME = "biblioteket-2024-01-2024-12-1.tar"
DATA = bytes(range(256)) * 9_000  # more than two chunks
DIGEST = hashlib.sha256(DATA).hexdigest()
_numbers = count(1)


@dataclass(slots=True)
class Place:
    """A receiver and a way to look behind its back.

    Attributes:
        receiver: the receiver. read: a file there, or None. put: lay a file there. names: everything there.
    """

    receiver: Receiving
    read: Callable[[str], bytes | None]
    put: Callable[[str, bytes], None]
    names: Callable[[], list[str]]


def _secret(values: dict[str, str]) -> Callable[[str], str | None]:
    return values.get


def _in_folder(receiver: Receiving, folder: Path) -> Place:
    def read(name: str) -> bytes | None:
        return (folder / name).read_bytes() if (folder / name).exists() else None

    def put(name: str, data: bytes) -> None:
        (folder / name).write_bytes(data)

    return Place(receiver, read, put, lambda: sorted(path.name for path in folder.iterdir()))


def _folder_place(root: Path) -> Place:
    folder = root / "leverans"
    folder.mkdir()
    return _in_folder(open_receiver(Receiver(kind="folder", path="leverans"), root, _secret({})), folder)


def _sftp(server: SftpServer, folder: str = "", **more: str) -> Receiver:
    values: dict[str, Any] = {"host_key": server.host_key, "user": server.user, "key_env": "KEY", **more}
    path = "/".join(part for part in (server.path, folder) if part)
    return Receiver(kind="sftp", host=server.host, port=server.port, path=path, **values)


def _sftp_place(server: SftpServer) -> Place:
    name = f"prov-{next(_numbers)}"
    folder = server.below(name)
    receiver = open_receiver(_sftp(server, name), Path("/"), _secret({"KEY": str(server.key_file)}))
    return _in_folder(receiver, folder)


def _ftp_place(server: FtpServer) -> Place:
    name = f"prov-{next(_numbers)}"
    folder = server.below(name)
    values = Receiver(
        kind="ftps" if server.ca_file else "ftp",
        host=server.host,
        port=server.port,
        path=name,
        user=FTP_USER,
        password_env="ORD",
        ca_file=str(server.ca_file or ""),
    )
    return _in_folder(open_receiver(values, Path("/"), _secret({"ORD": FTP_PASSWORD})), folder)


def _s3_receiver(url: str, bucket: str, prefix: str = "in/korg") -> Receiver:
    return Receiver(kind="s3", bucket=bucket, prefix=prefix, endpoint_url=url, region=REGION)


def _s3_place(url: str, client: S3Client, bucket: str, *, one_put: int = 64 << 20) -> Place:
    prefix = f"in/korg-{next(_numbers)}"

    def read(name: str) -> bytes | None:
        try:
            return client.get_object(Bucket=bucket, Key=f"{prefix}/{name}")["Body"].read()
        except client.exceptions.NoSuchKey:
            return None

    def put(name: str, data: bytes) -> None:
        client.put_object(Bucket=bucket, Key=f"{prefix}/{name}", Body=data)

    def names() -> list[str]:
        found = client.list_objects_v2(Bucket=bucket, Prefix=f"{prefix}/").get("Contents", [])
        return sorted(one["Key"].removeprefix(f"{prefix}/") for one in found)

    receiver = S3Receiver(
        _s3_receiver(url, bucket, prefix), access_key=ACCESS_KEY, secret_key=SECRET_KEY, one_put=one_put, part=5 << 20
    )
    return Place(receiver, read, put, names)


@pytest.fixture(scope="module")
def _s3(moto_url: str, moto_client: S3Client, make_bucket: Callable[..., str]) -> tuple[Place, str]:
    """One receiver for all tests, and its bucket: a client takes longer to make than a test to run."""
    bucket = make_bucket()
    return _s3_place(moto_url, moto_client, bucket), bucket


@pytest.fixture
def s3_place(_s3: tuple[Place, str], moto_client: S3Client) -> Place:
    """A bucket with nothing in it."""
    place, bucket = _s3
    for one in moto_client.list_objects_v2(Bucket=bucket).get("Contents", ()):
        moto_client.delete_object(Bucket=bucket, Key=one["Key"])
    return place


@pytest.fixture(params=["folder", "s3", "sftp", "ftps", "ftp"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Each kind of receiver, empty."""
    if request.param == "folder":
        yield _folder_place(tmp_path)
    elif request.param == "s3":
        yield request.getfixturevalue("s3_place")
    elif request.param in {"ftp", "ftps"}:
        yield _ftp_place(request.getfixturevalue(f"{request.param}_server"))
    else:
        yield _sftp_place(request.getfixturevalue("sftp_server"))


@pytest.fixture
def faulty(sftp_server: SftpServer) -> Iterator[SftpServer]:
    """The asyncssh server, whose fault ends with the test."""
    yield sftp_server
    sftp_server.fail("")


def _source(data: bytes) -> Callable[[], BinaryIO]:
    return lambda: io.BytesIO(data)


def test_a_file_arrives_whole_with_its_digest(place: Place) -> None:
    """A delivery leaves the file, its digest in a line that sha256sum reads, and nothing else."""
    seen = place.receiver.deliver(NAME, _source(DATA), len(DATA), DIGEST)
    assert place.read(NAME) == DATA
    assert place.read(f"{NAME}.sha256") == f"{DIGEST}  {NAME}\n".encode()
    assert place.names() == [NAME, f"{NAME}.sha256"]
    assert (seen.size, seen.sha256, seen.already) == (len(DATA), DIGEST, False)
    assert seen.place == place.receiver.place


def test_a_repeat_changes_nothing(place: Place) -> None:
    """The same file delivered again is left as it is and reported as there already."""
    place.receiver.deliver(NAME, _source(DATA), len(DATA), DIGEST)
    again = place.receiver.deliver(NAME, _source(DATA), len(DATA), DIGEST)
    assert again.already
    assert (again.size, again.sha256) == (len(DATA), DIGEST)
    assert place.names() == [NAME, f"{NAME}.sha256"]


def test_a_delivery_stopped_before_its_sidecar_is_finished(place: Place) -> None:
    """A whole file without its digest file counts as there, and gets the digest file."""
    place.put(NAME, DATA)
    assert place.receiver.deliver(NAME, _source(DATA), len(DATA), DIGEST).already
    assert place.read(f"{NAME}.sha256") == f"{DIGEST}  {NAME}\n".encode()


@pytest.mark.parametrize(
    "other", [b"", b"short", bytes(len(DATA)), DATA + b"x"], ids=["empty", "short", "same size", "longer"]
)
def test_other_bytes_are_never_written_over(place: Place, other: bytes) -> None:
    """Another file of that name, of whatever size, stays as it is and refuses the delivery (A231)."""
    place.put(NAME, other)
    with pytest.raises(ReceiverRefusedError) as refused:
        place.receiver.deliver(NAME, _source(DATA), len(DATA), DIGEST)
    assert refused.value.code == "A231"
    assert place.read(NAME) == other
    assert place.names() == [NAME]


@pytest.mark.parametrize("data", [b"", b"x"])
def test_small_files_arrive(place: Place, data: bytes) -> None:
    """A file of no bytes or one arrives like any other."""
    digest = hashlib.sha256(data).hexdigest()
    assert place.receiver.deliver(NAME, _source(data), len(data), digest).sha256 == digest
    assert place.read(NAME) == data


@pytest.mark.parametrize("name", ["../ut", "a/b", ".dold", "", "a\nb", "å.tar", "a" * 300, "a\\b"])
def test_path_tricks_are_refused(place: Place, name: str) -> None:
    """A name that is not one plain segment is refused before anything is written."""
    with pytest.raises(RefusedError):
        place.receiver.deliver(name, _source(DATA), len(DATA), DIGEST)
    assert place.names() == []


@pytest.mark.parametrize("data", [DATA[:-1], DATA + b"x", bytes(len(DATA))], ids=["short", "longer", "other"])
def test_a_damaged_source_is_not_delivered(place: Place, data: bytes) -> None:
    """A source that does not hold the bytes announced leaves no file of the name there."""
    with pytest.raises(RefusedError):
        place.receiver.deliver(NAME, _source(data), len(DATA), DIGEST)
    assert NAME not in place.names()
    assert place.receiver.deliver(NAME, _source(DATA), len(DATA), DIGEST).sha256 == DIGEST


class _Breaking(io.BytesIO):
    """A source that fails after so many bytes, as if the process had been stopped."""

    def __init__(self, data: bytes, after: int) -> None:
        super().__init__(data)
        self._after = after

    def read(self, size: int | None = -1, /) -> bytes:
        """Read, until it breaks."""
        if self.tell() >= self._after:
            raise KeyboardInterrupt
        return super().read(size)


@pytest.mark.parametrize("after", [1, CHUNK, 2 * CHUNK])
def test_an_interrupted_delivery_is_taken_up(place: Place, after: int) -> None:
    """A delivery that is stopped on the way shows no file of the name, and a later one makes it whole."""
    with pytest.raises(KeyboardInterrupt):
        place.receiver.deliver(NAME, lambda: _Breaking(DATA, after), len(DATA), DIGEST)
    assert NAME not in place.names()
    seen = place.receiver.deliver(NAME, _source(DATA), len(DATA), DIGEST)
    assert (seen.sha256, seen.already) == (DIGEST, False)
    assert place.read(NAME) == DATA
    assert place.names() == [NAME, f"{NAME}.sha256"]


# A folder


def test_a_folder_keeps_what_came(tmp_path: Path) -> None:
    """The rest of an interrupted file is written after what lies there, unless that is something else."""
    place = _folder_place(tmp_path)
    part = tmp_path / "leverans" / f".{NAME}.{DIGEST[:16]}.part"
    part.write_bytes(DATA[: CHUNK + 5])
    before = part.stat().st_ino
    place.receiver.deliver(NAME, _source(DATA), len(DATA), DIGEST)
    assert (tmp_path / "leverans" / NAME).stat().st_ino == before
    other = DATA[::-1]
    digest = hashlib.sha256(other).hexdigest()
    (tmp_path / "leverans" / f".annat.tar.{digest[:16]}.part").write_bytes(DATA + DATA)
    place.receiver.deliver("annat.tar", _source(other), len(other), digest)
    assert place.read("annat.tar") == other


def test_names_left_by_a_stop_are_tidied(tmp_path: Path) -> None:
    """A try that was stopped right after a file got its name leaves a second name, which the next one removes."""
    place = _folder_place(tmp_path)
    place.receiver.deliver(NAME, _source(DATA), len(DATA), DIGEST)
    folder = tmp_path / "leverans"
    (folder / f".{NAME}.{DIGEST[:16]}.part").hardlink_to(folder / NAME)
    (folder / f".{NAME}.sha256.part").hardlink_to(folder / f"{NAME}.sha256")
    assert place.receiver.deliver(NAME, _source(DATA), len(DATA), DIGEST).already
    assert place.names() == [NAME, f"{NAME}.sha256"]


@pytest.mark.parametrize("name", [NAME, f"{NAME}.sha256", f".{NAME}.{DIGEST[:16]}.part"])
def test_links_in_a_folder_are_refused(tmp_path: Path, name: str) -> None:
    """A symbolic link under any name that a delivery uses leads nowhere (A231)."""
    place = _folder_place(tmp_path)
    target = tmp_path / "utanför"
    target.write_bytes(b"annat")
    (tmp_path / "leverans" / name).symlink_to(target)
    with pytest.raises(ReceiverRefusedError) as refused:
        place.receiver.deliver(NAME, _source(DATA), len(DATA), DIGEST)
    assert refused.value.code == "A231"
    assert target.read_bytes() == b"annat"


def test_a_pipe_in_a_folder_is_refused(tmp_path: Path) -> None:
    """A named pipe under the name neither blocks nor is written to (A231)."""
    place = _folder_place(tmp_path)
    os.mkfifo(tmp_path / "leverans" / NAME)
    with pytest.raises(ReceiverRefusedError):
        place.receiver.deliver(NAME, _source(DATA), len(DATA), DIGEST)


def test_a_folder_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    """A folder that is not mounted is no empty folder: it cannot be reached, and no path is told."""
    receiver = FolderReceiver(Receiver(kind="folder", path="borta"), tmp_path)
    with pytest.raises(UnreachableError) as error:
        receiver.deliver(NAME, _source(DATA), len(DATA), DIGEST)
    assert str(tmp_path) not in str(error.value)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full on this system")
def test_a_full_disk_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk without room refuses with A232 and keeps no unfinished file."""
    place = _folder_place(tmp_path)

    class Full(io.BytesIO):
        """A source whose reading fills the disk: the error is the system's own, from /dev/full."""

        def read(self, size: int | None = -1, /) -> bytes:
            """Fail as a write to a full disk does."""
            with open("/dev/full", "wb", buffering=0) as full:  # noqa: PTH123 - the device, not a file of ours
                full.write(b"x")
            return super().read(size)

    with pytest.raises(ReceiverRefusedError) as refused:
        place.receiver.deliver(NAME, lambda: Full(DATA), len(DATA), DIGEST)
    assert refused.value.code == "A232"
    assert place.names() == []


def test_a_network_drive_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a file system has no hard links the file is moved, and still nothing is written over."""

    def no_links(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", no_links)
    place = _folder_place(tmp_path)
    assert not place.receiver.deliver(NAME, _source(DATA), len(DATA), DIGEST).already
    assert place.names() == [NAME, f"{NAME}.sha256"]
    assert place.receiver.deliver(NAME, _source(DATA), len(DATA), DIGEST).already
    place.put("annan.tar", b"annat")
    with pytest.raises(ReceiverRefusedError):
        place.receiver.deliver("annan.tar", _source(DATA), len(DATA), DIGEST)


def test_two_deliveries_of_one_file_do_not_mix(tmp_path: Path) -> None:
    """While one process writes the file, another one's delivery is put off."""
    place = _folder_place(tmp_path)
    with (tmp_path / "leverans" / f".{NAME}.{DIGEST[:16]}.part").open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(UnreachableError):
            place.receiver.deliver(NAME, _source(DATA), len(DATA), DIGEST)
    assert place.receiver.deliver(NAME, _source(DATA), len(DATA), DIGEST).sha256 == DIGEST


# S3


def test_parts_are_taken_up(moto_url: str, moto_client: S3Client, make_bucket: Callable[..., str]) -> None:
    """An upload in parts that was stopped goes on: what is there is kept, and the whole is right."""
    bucket = make_bucket()
    place = _s3_place(moto_url, moto_client, bucket, one_put=1 << 20)
    data = os.urandom(11 << 20)
    digest = hashlib.sha256(data).hexdigest()
    with pytest.raises(KeyboardInterrupt):
        place.receiver.deliver(NAME, lambda: _Breaking(data, 10 << 20), len(data), digest)
    (upload,) = moto_client.list_multipart_uploads(Bucket=bucket)["Uploads"]
    assert place.names() == []
    seen = place.receiver.deliver(NAME, _source(data), len(data), digest)
    assert (seen.sha256, seen.already, dict(seen.evidence)["parts"]) == (digest, False, 3)
    assert place.read(NAME) == data
    with pytest.raises(moto_client.exceptions.ClientError):
        moto_client.list_parts(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
    assert place.receiver.deliver(NAME, _source(data), len(data), digest).already


def test_no_bucket_and_no_server(moto_url: str) -> None:
    """A bucket that is not there refuses (A234); a server that is not there is unreachable; no address is told."""

    def receiver(url: str, bucket: str) -> S3Receiver:
        return S3Receiver(
            _s3_receiver(url, bucket),
            access_key=ACCESS_KEY,
            secret_key=SECRET_KEY,
            connect_timeout=1,
            idle_timeout=1,
            attempts=1,
        )

    with pytest.raises(ReceiverRefusedError) as refused:
        receiver(moto_url, "finns-inte").deliver(NAME, _source(DATA), len(DATA), DIGEST)
    assert refused.value.code == "A234"
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(UnreachableError) as error:
            receiver(url, "hink").deliver(NAME, _source(DATA), len(DATA), DIGEST)
    assert url not in str(error.value)


# SFTP


def test_openssh_takes_it_too(openssh_server: SftpServer) -> None:
    """OpenSSH's server is delivered to, taken up after a stop, repeated to, and never written over."""
    place = _sftp_place(openssh_server)
    with pytest.raises(KeyboardInterrupt):
        place.receiver.deliver(NAME, lambda: _Breaking(DATA, CHUNK), len(DATA), DIGEST)
    assert place.receiver.deliver(NAME, _source(DATA), len(DATA), DIGEST).sha256 == DIGEST
    assert place.receiver.deliver(NAME, _source(DATA), len(DATA), DIGEST).already
    assert place.names() == [NAME, f"{NAME}.sha256"]
    place.put("annan.tar", b"annat")
    with pytest.raises(ReceiverRefusedError) as refused:
        place.receiver.deliver("annan.tar", _source(DATA), len(DATA), DIGEST)
    assert refused.value.code == "A231"


def test_sftp_takes_a_password(sftp_server: SftpServer) -> None:
    """A password from the environment lets us in; a wrong one does not (A233)."""
    values = _sftp(sftp_server, key_env="", password_env="LÖSEN")
    name = f"losen-{next(_numbers)}.tar"
    open_receiver(values, Path("/"), _secret({"LÖSEN": PASSWORD})).deliver(name, _source(DATA), len(DATA), DIGEST)
    assert (sftp_server.files / name).read_bytes() == DATA
    with pytest.raises(ReceiverRefusedError) as refused:
        open_receiver(values, Path("/"), _secret({"LÖSEN": "fel"})).deliver(name, _source(DATA), len(DATA), DIGEST)
    assert refused.value.code == "A233"
    assert "fel" not in str(refused.value)


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"])
def test_another_host_key_is_refused(sftp_server: SftpServer, kind: str) -> None:
    """A server with another key than the profile's, of the same kind or not, is sent nothing (A235)."""
    other = asyncssh.generate_private_key(kind).export_public_key().decode("ascii").strip()
    values = _sftp(sftp_server, host_key=other)
    with pytest.raises(ReceiverRefusedError) as refused:
        open_receiver(values, Path("/"), _secret({"KEY": str(sftp_server.key_file)})).deliver(
            NAME, _source(DATA), len(DATA), DIGEST
        )
    assert refused.value.code == "A235"


@pytest.mark.parametrize(("fault", "code"), [("denied", "A233"), ("full", "A234"), ("garble", "A236")])
def test_sftp_faults_are_told_apart(faulty: SftpServer, fault: str, code: str) -> None:
    """A server that refuses to write, or writes something else, leaves no file of the name and its own code."""
    place = _sftp_place(faulty)
    faulty.fail(fault)
    with pytest.raises(ReceiverRefusedError) as refused:
        place.receiver.deliver(NAME, _source(DATA), len(DATA), DIGEST)
    assert refused.value.code == code
    assert NAME not in place.names()


def test_a_broken_line_is_taken_up(faulty: SftpServer) -> None:
    """A line that breaks on the way is unreachable; the next delivery keeps the chunks that came."""
    place = _sftp_place(faulty)
    data = DATA * 3
    digest = hashlib.sha256(data).hexdigest()
    faulty.fail(f"cut-{4 * CHUNK + 100}")
    with pytest.raises(UnreachableError):
        place.receiver.deliver(NAME, _source(data), len(data), digest)
    assert NAME not in place.names()
    faulty.fail(f"cut-{len(data) - 2 * CHUNK}")  # fewer bytes than a beginning anew would need
    assert place.receiver.deliver(NAME, _source(data), len(data), digest).sha256 == digest
    assert place.read(NAME) == data


def test_a_damaged_beginning_is_written_anew(faulty: SftpServer) -> None:
    """An unfinished file whose kept part is wrong is found by reading back, and written from the beginning."""
    place = _sftp_place(faulty)
    data = DATA * 3
    digest = hashlib.sha256(data).hexdigest()
    place.put(f".{NAME}.{digest[:16]}.part", b"x" + data[1 : 4 * CHUNK])
    assert place.receiver.deliver(NAME, _source(data), len(data), digest).sha256 == digest
    assert place.read(NAME) == data


def test_a_server_that_hangs_is_given_up(faulty: SftpServer) -> None:
    """A server that takes no bytes for the idle time is unreachable."""
    faulty.fail("hang")
    values = _sftp(faulty, "")
    receiver = SftpReceiver(values, key_file=faulty.key_file, password=None, connect_timeout=10, idle_timeout=0.5)
    begun = time.monotonic()
    with pytest.raises(UnreachableError):
        receiver.deliver(f"hang-{next(_numbers)}.tar", _source(DATA), len(DATA), DIGEST)
    assert time.monotonic() - begun < 20


def test_a_silent_server_is_given_up(sftp_server: SftpServer) -> None:
    """A port that accepts and says nothing is unreachable after the connect time."""
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        values = Receiver(
            kind="sftp", host="127.0.0.1", port=silent.getsockname()[1], user=USER, host_key=sftp_server.host_key
        )
        receiver = SftpReceiver(values, key_file=sftp_server.key_file, password=None, connect_timeout=0.5)
        with pytest.raises(UnreachableError):
            receiver.deliver(NAME, _source(DATA), len(DATA), DIGEST)


def test_a_drop_box_that_cannot_be_read(faulty: SftpServer) -> None:
    """Where nothing may be read, the arrival names no digest; a repeat cannot be told from another file (A237)."""
    place = _sftp_place(faulty)
    faulty.fail("unreadable")
    seen = place.receiver.deliver(NAME, _source(DATA), len(DATA), DIGEST)
    assert (seen.size, seen.sha256) == (len(DATA), "")
    assert place.read(NAME) == DATA
    with pytest.raises(ReceiverRefusedError) as refused:
        place.receiver.deliver(NAME, _source(DATA), len(DATA), DIGEST)
    assert refused.value.code == "A237"


def test_a_missing_folder_on_the_server(sftp_server: SftpServer) -> None:
    """A folder that is not there on the server refuses (A234)."""
    receiver = open_receiver(_sftp(sftp_server, "borta"), Path("/"), _secret({"KEY": str(sftp_server.key_file)}))
    with pytest.raises(ReceiverRefusedError) as refused:
        receiver.deliver(NAME, _source(DATA), len(DATA), DIGEST)
    assert refused.value.code == "A234"


def test_secrets_that_are_missing_are_named_by_their_variable(tmp_path: Path, sftp_server: SftpServer) -> None:
    """An environment variable that is not set, or names no key, is refused before anything is asked."""
    with pytest.raises(RefusedError) as refused:
        open_receiver(_sftp(sftp_server), tmp_path, _secret({}))
    assert refused.value.value == "KEY"
    (tmp_path / "nyckel").write_text("hemlig text")
    with pytest.raises(RefusedError) as unusable:
        open_receiver(_sftp(sftp_server), tmp_path, _secret({"KEY": "nyckel"}))
    assert "hemlig" not in str(unusable.value)
