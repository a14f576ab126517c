"""The contract of ``schemas.neighbours.Store``: one suite for the folder, S3 buckets and the read-only wrapper."""

from __future__ import annotations

import hashlib
import io
import multiprocessing
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.storage.folder import FolderStore
from connectors.storage.marked import MarkedStore
from connectors.storage.readonly import ReadOnlyStore
from connectors.storage.s3 import ONE_PUT, PART, S3Store
from schemas.known_place import Mark
from schemas.neighbours import AlreadyThereError, MissingError, Remains, Store
from schemas.refusal import GuardError, RefusedError, UnreachableError
from schemas.shelf import place_mark
from tests.servers.moto import PAGE

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

KEY = "holdings/arvika/2024-11/" + "a" * 64 + ".parquet"
NOTHING = Remains(versions=0, markers=0, uploads=0)
UNSAFE = [
    "",
    "/",
    "/etc/passwd",
    "..",
    "../x",
    "a/../b",
    "a/./b",
    "a//b",
    "a/",
    "./a",
    ".tmp/a",
    "a/.hidden",
    "a\x00b",
    "a\\b",
    "..\\x",
    "å",
    "a b",
    "a~b",
    "a\nb",
    "a%2e%2e",
    "\u202egpj",
    "\ud800",
    "x" * 201,
    "/".join("a" * 13),
]
BACK_ENDS = ["folder", "folder-marked", "s3", "s3-versioned", "s3-prefixed", "s3-marked"]


@dataclass(frozen=True, slots=True)
class Place:
    """A store under test and, for a folder, its root."""

    store: Store
    root: Path | None
    bucket: str
    prefix: str


@pytest.fixture(params=BACK_ENDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty place of each kind."""
    kind = cast("str", request.param)
    if kind.startswith("folder"):
        root = tmp_path / "store"
        root.mkdir()
        inside = FolderStore(root, "prov")
        return Place(_marked(inside) if kind == "folder-marked" else inside, root, "", "")
    make_bucket: Callable[..., str] = request.getfixturevalue("make_bucket")
    make_store: Callable[..., S3Store] = request.getfixturevalue("make_s3_store")
    bucket = make_bucket(versioned=kind == "s3-versioned")
    prefix = "arkiv/ett" if kind == "s3-prefixed" else ""
    opened = make_store(bucket, prefix)
    return Place(_marked(opened) if kind == "s3-marked" else opened, None, bucket, prefix)


def _marked(inside: Store) -> MarkedStore:
    key, mark = place_mark("prov"), Mark(home="hem", mark="ab" * 16)
    inside.put_new(key, mark.data())
    return MarkedStore(inside, key, mark.mark)


@pytest.fixture
def store(place: Place) -> Store:
    """The store alone."""
    return place.store


@pytest.fixture
def folder(tmp_path: Path) -> FolderStore:
    """An empty folder store in ``tmp_path / "store"``."""
    (tmp_path / "store").mkdir()
    return FolderStore(tmp_path / "store", "prov")


def _noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


class _Dribble(io.RawIOBase):
    """A stream that gives less than it is asked for, as a pipe or a socket does."""

    def __init__(self, data: bytes, error_at: int | None = None) -> None:
        super().__init__()
        self._inside = io.BytesIO(data)
        self._error_at = error_at

    def read(self, size: int = -1) -> bytes:
        """At most 7,001 bytes; an error once the position is reached."""
        if self._error_at is not None and self._inside.tell() >= self._error_at:
            raise ConnectionResetError("cut")
        return self._inside.read(min(size, 7_001) if size >= 0 else 7_001)


# Round trips


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1])
def test_bytes_come_back(store: Store, size: int) -> None:
    """What was put is what is read, by every way of reading, for sizes around the buffers'."""
    data = _noise(size)
    info = store.put_new(KEY, data)
    assert (info.key, info.size) == (KEY, size)
    assert abs(datetime.now(UTC) - info.written) < timedelta(minutes=5)
    assert store.get(KEY) == data
    with store.open(KEY) as stream:
        assert stream.read() == data
    assert store.checksum(KEY) == hashlib.sha256(data).hexdigest()
    assert store.head(KEY) == next(store.list("holdings/"))
    assert store.remains(KEY) == Remains(versions=1, markers=0, uploads=0)


def test_streams_come_back(store: Store) -> None:
    """A stream that gives few bytes at a time is stored whole, from its position on."""
    data = _noise(100_000)
    store.put_new(KEY, cast("BinaryIO", _Dribble(data)))
    assert store.get(KEY) == data
    started = io.BytesIO(data)
    started.seek(500)
    store.put_new("media/aa/x", started)
    assert store.get("media/aa/x") == data[500:]


def test_a_stream_larger_than_memory_buffers_goes_to_a_folder(folder: FolderStore) -> None:
    """70 MB from a stream arrive in a folder unchanged."""
    data = _noise(1 << 20) * 70
    folder.put_new(KEY, io.BytesIO(data))
    assert folder.checksum(KEY) == hashlib.sha256(data).hexdigest()


def test_a_large_stream_goes_to_s3_in_parts(
    make_bucket: Callable[..., str], make_s3_store: Callable[..., S3Store], moto_client: S3Client
) -> None:
    """More than 64 MiB go up in parts, arrive unchanged, are not written twice and leave no open upload."""
    bucket = make_bucket()
    store = make_s3_store(bucket)
    data = _noise(1 << 20) * (ONE_PUT >> 20) + b"last"
    assert store.put_new(KEY, io.BytesIO(data)).size == len(data)
    assert moto_client.head_object(Bucket=bucket, Key=KEY)["ETag"].endswith(f'-{-(-len(data) // PART)}"')
    assert store.checksum(KEY) == hashlib.sha256(data).hexdigest()
    with pytest.raises(AlreadyThereError):
        store.put_new(KEY, io.BytesIO(data))
    assert store.remains(KEY) == Remains(versions=1, markers=0, uploads=0)


def test_parquet_is_read_through_open(store: Store) -> None:
    """Single columns are read by pyarrow from the stream that ``open`` gives."""
    table = pa.table({"a": list(range(50_000)), "b": [f"text {number}" for number in range(50_000)]})
    sink = io.BytesIO()
    pq.write_table(table, sink)
    store.put_new(KEY, sink.getvalue())
    with store.open(KEY) as stream:
        assert pq.read_table(stream, columns=["b"])["b"].to_pylist() == table["b"].to_pylist()


def test_ranges_are_read_at_any_position(store: Store) -> None:
    """Seeking from all three origins reads the right bytes, and nothing beyond the end."""
    data = _noise(3_000_000)
    store.put_new(KEY, data)
    chance = random.Random(1)
    with store.open(KEY) as stream:
        assert stream.seekable()
        assert stream.seek(0, io.SEEK_END) == len(data)
        assert stream.read(10) == b""
        for _ in range(12):
            start = chance.randrange(len(data))
            size = chance.choice([1, 4, 1_000, 2_000_000])
            stream.seek(start)
            assert stream.read(size) == data[start : start + size]
        stream.seek(-8, io.SEEK_END)
        assert stream.read() == data[-8:]
        stream.seek(100)
        stream.seek(-50, io.SEEK_CUR)
        assert stream.read(10) == data[50:60]
        stream.seek(len(data) + 100)
        assert stream.read() == b""
        with pytest.raises(OSError, match=r"."):
            stream.seek(-1)


def test_what_is_not_there_is_missing(store: Store) -> None:
    """Reading an unknown key raises MissingError, and looking for it finds nothing."""
    store.put_new("a/b/c", b"x")
    for key in (KEY, "a/b", "a/b/c/d", "a/b/cc"):
        for read in (store.get, store.open, store.checksum):
            with pytest.raises(MissingError):
                read(key)
        assert store.head(key) is None
        assert store.remains(key).absent


# Never overwriting


def test_a_second_put_is_refused(store: Store) -> None:
    """The first object stays as it was, and the refused one leaves nothing."""
    store.put_new(KEY, b"first")
    for data in (b"second", io.BytesIO(b"third"), b"first"):
        with pytest.raises(AlreadyThereError):
            store.put_new(KEY, data)
    assert store.get(KEY) == b"first"
    assert store.remains(KEY) == Remains(versions=1, markers=0, uploads=0)


def test_one_of_many_threads_wins(place: Place) -> None:
    """Of twelve threads that put one key, one is told that it wrote, and its bytes are the object's."""
    store = place.store

    def put(number: int) -> int | None:
        try:
            store.put_new(KEY, b"%d" % number * 10_000)
        except AlreadyThereError:
            return None
        return number

    with ThreadPoolExecutor(12) as pool:
        winners = [number for number in pool.map(put, range(12)) if number is not None]
    assert store.get(KEY) in [b"%d" % number * 10_000 for number in winners]
    if place.root is not None:
        # moto itself looks and writes without a lock, so two may win there; a folder must never let them.
        assert len(winners) == 1
        assert list(store.unfinished("")) == []


def _put_in_process(root: str, number: int, told: multiprocessing.Queue[int | None]) -> None:
    try:
        FolderStore(Path(root), "prov").put_new(KEY, b"%d" % number * 100_000)
    except AlreadyThereError:
        told.put(None)
    else:
        told.put(number)


def test_one_of_many_processes_wins(folder: FolderStore, tmp_path: Path) -> None:
    """Of four processes that put one key into a folder, exactly one writes it."""
    fork = multiprocessing.get_context("fork")
    told: multiprocessing.Queue[int | None] = fork.Queue()
    writers = [
        fork.Process(target=_put_in_process, args=(str(tmp_path / "store"), number, told)) for number in range(4)
    ]
    for writer in writers:
        writer.start()
    winners = [number for number in (told.get(timeout=30) for _ in writers) if number is not None]
    for writer in writers:
        writer.join(30)
    assert len(winners) == 1
    assert folder.get(KEY) == b"%d" % winners[0] * 100_000


def test_writers_and_removers_of_neighbouring_keys_do_not_disturb_each_other(folder: FolderStore) -> None:
    """Folders that one call removes as empty while another writes into them are made again."""

    def work(number: int) -> None:
        for turn in range(40):
            key = f"a/b/{number}-{turn}"
            folder.put_new(key, b"x")
            assert folder.destroy(key) == Remains(versions=1, markers=0, uploads=0)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert list(folder.list("")) == []


# Listing


def test_the_list_is_in_key_order(store: Store) -> None:
    """Keys come in the order of their code points, also where a folder's name begins another's."""
    keys = ["a/b", "a-b/c", "a.b", "a0", "a/b2/c", "A", "b/c/d/e", "a/b-1", "a=1/x", "a_/x", "z"]
    for key in keys:
        store.put_new(key, key.encode())
    assert [info.key for info in store.list("")] == sorted(keys)
    assert [info.size for info in store.list("")] == [len(key) for key in sorted(keys)]


def test_a_prefix_is_a_beginning_of_keys(store: Store) -> None:
    """A prefix selects by characters, not by folders."""
    keys = ["a/b/c", "a/b/cc", "a/bb/c", "ab/c", "b"]
    for key in keys:
        store.put_new(key, b"")
    for prefix in ("", "a", "a/", "a/b", "a/b/", "a/b/c", "ab", "b", "x/y/z", "a/bb"):
        assert [info.key for info in store.list(prefix)] == [key for key in sorted(keys) if key.startswith(prefix)]


def test_more_than_a_page_is_listed(make_bucket: Callable[..., str], make_s3_store: Callable[..., S3Store]) -> None:
    """A bucket with more objects than one answer holds is listed to its end."""
    store = make_s3_store(make_bucket(), "p")
    keys = [f"a/{number:04d}" for number in range(3 * PAGE + 1)]
    for key in keys:
        store.put_new(key, b"")
    assert [info.key for info in store.list("a/")] == keys


# Keys


def test_unsafe_keys_are_refused(store: Store) -> None:
    """No call takes a key with path tricks or odd characters."""
    calls: list[Callable[[str], object]] = [
        lambda key: store.put_new(key, b"x"),
        store.get,
        store.open,
        store.head,
        store.checksum,
        store.remains,
        store.destroy,
    ]
    for key in UNSAFE:
        for call in calls:
            with pytest.raises(RefusedError):
                call(key)
    assert list(store.list("")) == []


def test_unsafe_prefixes_are_refused(store: Store) -> None:
    """No listing takes a prefix that no key of ours can begin with."""
    for prefix in ("..", "../", "/", "a/../", ".tmp/", "a//", "å", "a\x00", "\\"):
        with pytest.raises(RefusedError):
            list(store.list(prefix))
        with pytest.raises(RefusedError):
            list(store.unfinished(prefix))


def test_a_key_cannot_be_both_object_and_folder(folder: FolderStore) -> None:
    """A folder store refuses a key below an object and an object in a folder's place, and says so."""
    folder.put_new("a/b", b"x")
    with pytest.raises(RefusedError, match="use another key"):
        folder.put_new("a/b/c", b"y")
    with pytest.raises(RefusedError, match="use another key"):
        folder.put_new("a", b"z")
    assert [info.key for info in folder.list("")] == ["a/b"]
    assert folder.destroy("a") == NOTHING
    assert folder.get("a/b") == b"x"


def test_links_are_never_followed(folder: FolderStore, tmp_path: Path) -> None:
    """Links inside the root lead nowhere: neither reading, writing nor destroying reaches what they point to."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    root = tmp_path / "store"
    (root / "file").symlink_to(outside / "secret")
    (root / "dir").symlink_to(outside)
    (root / "dangling").symlink_to(root / "nowhere")
    for key in ("file", "dir/secret", "dangling"):
        for call in (folder.get, folder.open, folder.checksum, folder.head, folder.destroy):
            with pytest.raises(RefusedError, match="link"):
                call(key)
    for key in ("file", "dir/new", "dangling", "dir/secret"):
        with pytest.raises(RefusedError, match="link"):
            folder.put_new(key, b"x")
    with pytest.raises(RefusedError, match="link"):
        list(folder.list("dir/"))
    assert list(folder.list("")) == []
    assert folder.strangers() == 3
    assert not folder.remains("file").absent
    assert sorted(path.name for path in outside.iterdir()) == ["secret"]
    assert (outside / "secret").read_bytes() == b"secret"


def test_a_linked_temporary_folder_is_refused(folder: FolderStore, tmp_path: Path) -> None:
    """Nothing is written through a link in place of the folder for temporary files."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "store" / ".tmp").symlink_to(tmp_path / "outside")
    with pytest.raises(RefusedError, match="link"):
        folder.put_new(KEY, b"x")
    assert list((tmp_path / "outside").iterdir()) == []


def test_pipes_and_sockets_do_not_hang(folder: FolderStore, tmp_path: Path) -> None:
    """A named pipe under a key is refused at once and counted as a stranger."""
    os.mkfifo(tmp_path / "store" / "pipe")
    with pytest.raises(RefusedError):
        folder.get("pipe")
    assert list(folder.list("")) == []
    assert folder.strangers() == 1


def test_strangers_are_counted_and_not_listed(place: Place, request: pytest.FixtureRequest) -> None:
    """Names that no key of ours can have are left out of the list, and their number is told."""
    place.store.put_new("a/b", b"x")
    assert place.store.strangers() == 0
    names = ["å.txt", "a/.hidden", "a/b c", ".profile"]
    for name in names:
        if place.root is not None:
            (place.root / name).write_bytes(b"y")
        else:
            client: S3Client = request.getfixturevalue("moto_client")
            prefix = f"{place.prefix}/" if place.prefix else ""
            client.put_object(Bucket=place.bucket, Key=prefix + name, Body=b"y")
    assert [info.key for info in place.store.list("")] == ["a/b"]
    assert place.store.strangers() == len(names)


def test_a_prefix_keeps_to_itself(
    make_bucket: Callable[..., str], make_s3_store: Callable[..., S3Store], moto_client: S3Client
) -> None:
    """Two stores in one bucket under different prefixes see and destroy nothing of each other's."""
    bucket = make_bucket(versioned=True)
    one, other = make_s3_store(bucket, "p/ett"), make_s3_store(bucket, "p/ett-annat")
    one.put_new("a", b"1")
    other.put_new("a", b"2")
    other.put_new("ab", b"3")
    one.destroy("a")
    assert list(one.list("")) == []
    assert [info.key for info in other.list("")] == ["a", "ab"]
    assert other.destroy("a") == Remains(versions=1, markers=0, uploads=0)
    assert other.get("ab") == b"3"


# Destroying


def test_destroying_leaves_nothing_and_may_be_repeated(store: Store) -> None:
    """After ``destroy`` no form is left; repeating it removes nothing and harms nothing; the key can be used again."""
    for key in (KEY, KEY + ".sibling"):
        store.put_new(key, b"x" * 1000)
    assert store.destroy(KEY) == Remains(versions=1, markers=0, uploads=0)
    assert store.remains(KEY).absent
    assert store.head(KEY) is None
    assert store.destroy(KEY) == NOTHING
    assert store.get(KEY + ".sibling") == b"x" * 1000
    store.put_new(KEY, b"again")
    assert store.get(KEY) == b"again"


def test_destroying_in_a_folder_takes_empty_folders(folder: FolderStore, tmp_path: Path) -> None:
    """Folders that become empty go, others and the root stay."""
    folder.put_new("a/b/c/d", b"x")
    folder.put_new("a/e", b"y")
    folder.destroy("a/b/c/d")
    assert sorted(path.name for path in (tmp_path / "store" / "a").iterdir()) == ["e"]
    folder.destroy("a/e")
    assert not (tmp_path / "store" / "a").exists()
    assert (tmp_path / "store").is_dir()


def test_every_version_and_marker_goes(
    make_bucket: Callable[..., str], make_s3_store: Callable[..., S3Store], moto_client: S3Client
) -> None:
    """In a versioned bucket, versions overwritten and deleted by others are seen and destroyed with their markers."""
    bucket = make_bucket(versioned=True)
    store = make_s3_store(bucket)
    store.put_new(KEY, b"one")
    for _ in range(PAGE):  # so that they fill more than one page
        moto_client.put_object(Bucket=bucket, Key=KEY, Body=b"two")
    moto_client.delete_object(Bucket=bucket, Key=KEY)
    moto_client.put_object(Bucket=bucket, Key=KEY, Body=b"three")
    moto_client.delete_object(Bucket=bucket, Key=KEY)
    moto_client.put_object(Bucket=bucket, Key=KEY + "x", Body=b"neighbour")
    assert store.head(KEY) is None
    assert store.remains(KEY) == Remains(versions=PAGE + 2, markers=2, uploads=0)
    assert store.destroy(KEY) == Remains(versions=PAGE + 2, markers=2, uploads=0)
    assert store.remains(KEY).absent
    left = moto_client.list_object_versions(Bucket=bucket)
    assert [one["Key"] for one in left.get("Versions", [])] == [KEY + "x"]
    assert left.get("DeleteMarkers", []) == []


def test_an_open_upload_is_seen_and_destroyed(
    make_bucket: Callable[..., str], make_s3_store: Callable[..., S3Store], moto_client: S3Client
) -> None:
    """Parts of an upload that nobody finished count as remains and as unfinished, and go with the key."""
    bucket = make_bucket()
    store = make_s3_store(bucket, "p")
    for key in (f"p/{KEY}", f"p/{KEY}x", "other"):
        upload = moto_client.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
        moto_client.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=1, Body=b"x" * 1000)
    assert list(store.unfinished("")) == [KEY, KEY + "x"]
    assert list(store.unfinished("media/")) == []
    assert store.remains(KEY) == Remains(versions=0, markers=0, uploads=1)
    assert store.head(KEY) is None
    assert store.destroy(KEY) == Remains(versions=0, markers=0, uploads=1)
    assert store.remains(KEY).absent
    assert list(store.unfinished("")) == [KEY + "x"]


def test_a_locked_version_is_not_called_destroyed(
    make_bucket: Callable[..., str], make_s3_store: Callable[..., S3Store], moto_client: S3Client
) -> None:
    """Object Lock in governance mode refuses with a code; with the right to bypass it, the version goes."""
    bucket = make_bucket(lock=True)
    store = make_s3_store(bucket)
    store.put_new(KEY, b"x")
    moto_client.put_object_retention(
        Bucket=bucket,
        Key=KEY,
        Retention={"Mode": "GOVERNANCE", "RetainUntilDate": datetime.now(UTC) + timedelta(days=30)},
    )
    with pytest.raises(GuardError) as refused:
        store.destroy(KEY)
    assert refused.value.code == "G-LOCK"
    assert store.get(KEY) == b"x"
    bypassing = make_s3_store(bucket, bypass_governance=True)
    assert bypassing.destroy(KEY) == Remains(versions=1, markers=0, uploads=0)
    assert bypassing.remains(KEY).absent


# Failures


def test_a_source_that_breaks_off_leaves_nothing(store: Store) -> None:
    """When the stream that is being stored fails, no object and no temporary file is left."""
    with pytest.raises(OSError, match=r"."):
        store.put_new(KEY, cast("BinaryIO", _Dribble(_noise(200_000), error_at=100_000)))
    assert store.remains(KEY).absent
    assert list(store.unfinished("")) == []


def test_a_source_that_breaks_off_in_a_later_part_leaves_no_upload(
    make_bucket: Callable[..., str], make_s3_store: Callable[..., S3Store]
) -> None:
    """When a stream fails after parts have gone up, the upload is aborted and the first error is told."""
    store = make_s3_store(make_bucket())

    class Cut(io.BytesIO):
        """Fails after 100 MiB."""

        def read(self, size: int | None = -1) -> bytes:
            """Zeros, then an error."""
            if self.tell() >= 100 << 20:
                raise ConnectionResetError("cut")
            self.seek(self.tell() + min(size or 0, 1 << 20))
            return bytes(min(size or 0, 1 << 20))

    with pytest.raises(ConnectionResetError):
        store.put_new(KEY, Cut())
    assert store.remains(KEY).absent


_WRITER = """
import sys
from pathlib import Path
from connectors.storage.folder import FolderStore

class Endless:
    def read(self, size):
        sys.stdout.write("x")
        sys.stdout.flush()
        return b"x" * size

FolderStore(Path(sys.argv[1]), "prov").put_new(sys.argv[2], Endless())
"""


def test_a_killed_writer_leaves_no_object(folder: FolderStore, tmp_path: Path) -> None:
    """After SIGKILL in the middle of a put there is no object, the attempt is shown, and ``destroy`` clears it away."""
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(tmp_path / "store"), KEY], stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.read(3) == b"xxx"
        writer.send_signal(signal.SIGKILL)
        writer.wait(10)
    assert folder.head(KEY) is None
    assert list(folder.list("")) == []
    with pytest.raises(MissingError):
        folder.get(KEY)
    assert list(folder.unfinished("")) == [KEY]
    assert list(folder.unfinished("holdings/arv")) == [KEY]
    assert list(folder.unfinished("media/")) == []
    assert folder.remains(KEY) == Remains(versions=0, markers=0, uploads=1)
    assert folder.strangers() == 0
    folder.put_new(KEY, b"whole")
    assert folder.get(KEY) == b"whole"
    assert folder.destroy(KEY) == Remains(versions=1, markers=0, uploads=1)
    assert folder.remains(KEY).absent
    assert list((tmp_path / "store").iterdir()) == []


def _put_with_little_room(root: str, told: multiprocessing.Queue[tuple[str, str]]) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))
    try:
        FolderStore(Path(root), "prov").put_new(KEY, b"x" * 200_000)
    except OSError as error:
        told.put((type(error).__name__, str(error)))
    else:
        told.put(("", ""))


def test_a_full_disk_leaves_nothing(folder: FolderStore, tmp_path: Path) -> None:
    """When the system takes no more bytes, the error names place and key, and nothing of the object is left."""
    fork = multiprocessing.get_context("fork")
    told: multiprocessing.Queue[tuple[str, str]] = fork.Queue()
    writer = fork.Process(target=_put_with_little_room, args=(str(tmp_path / "store"), told))
    writer.start()
    kind, text = told.get(timeout=30)
    writer.join(30)
    assert kind == "PlaceError"
    assert "folder:prov" in text
    assert KEY in text
    assert "nothing of the object was kept" in text
    assert str(tmp_path) not in text
    assert folder.remains(KEY).absent
    assert list(folder.unfinished("")) == []


def test_a_writer_whose_file_is_destroyed_fails(folder: FolderStore) -> None:
    """A put beside a ``destroy`` of the same key either is there whole or fails: it never says it wrote and did not."""

    class Destroying(io.BytesIO):
        """Destroys the key in the middle of its being stored."""

        def read(self, size: int | None = -1) -> bytes:
            """The bytes, after the destruction."""
            folder.destroy(KEY)
            return super().read(size)

    with pytest.raises(OSError, match="destroyed while it was being written"):
        folder.put_new(KEY, Destroying(b"x" * 100))
    assert folder.remains(KEY).absent


def test_a_root_that_is_not_there_is_not_an_empty_store(tmp_path: Path) -> None:
    """A folder that was not mounted proves nothing: every call says that the place is not reachable."""
    store = FolderStore(tmp_path / "away", "prov")
    calls: list[Callable[[], object]] = [
        lambda: store.put_new(KEY, b"x"),
        lambda: store.get(KEY),
        lambda: store.head(KEY),
        lambda: store.remains(KEY),
        lambda: store.destroy(KEY),
        lambda: list(store.list("")),
        lambda: list(store.unfinished("")),
        store.strangers,
    ]
    for call in calls:
        with pytest.raises(UnreachableError, match="folder:prov") as refused:
            call()
        assert str(tmp_path) not in str(refused.value)
    assert not (tmp_path / "away").exists()


def test_an_unreachable_server_is_named_without_secrets() -> None:
    """A server that does not answer, and a bucket's name, are told; address and credentials are not."""
    store = S3Store(
        "bucket",
        "p",
        endpoint_url="http://127.0.0.1:1/?token=hemlig",
        region="eu-north-1",
        access_key="AKIAHEMLIG",
        secret_key="mycket-hemlig",
        connect_timeout=1,
        attempts=1,
    )
    started = time.monotonic()
    calls: list[Callable[[], object]] = [
        lambda: store.put_new(KEY, b"x"),
        lambda: store.get(KEY),
        lambda: store.remains(KEY),
        lambda: store.destroy(KEY),
        lambda: list(store.list("")),
        lambda: store.checksum(KEY),
    ]
    for call in calls:
        with pytest.raises(UnreachableError, match=r"s3:bucket/p") as refused:
            call()
        shown = repr(refused.value) + repr(refused.value.__cause__)
        assert "hemlig" not in shown.lower()
        assert "127.0.0.1" not in shown
    assert time.monotonic() - started < 20


def test_a_bucket_that_is_not_there_is_not_an_empty_store(make_s3_store: Callable[..., S3Store]) -> None:
    """A missing bucket is an unreachable place, not a proof of absence."""
    store = make_s3_store("no-such-bucket")
    calls: list[Callable[[], object]] = [
        lambda: store.put_new(KEY, b"x"),
        lambda: store.get(KEY),
        lambda: store.remains(KEY),
        lambda: store.destroy(KEY),
        lambda: list(store.list("")),
        lambda: list(store.unfinished("")),
    ]
    for call in calls:
        with pytest.raises(UnreachableError, match="no-such-bucket"):
            call()


# Dry run


def test_a_read_only_store_reads(place: Place) -> None:
    """Everything that only looks gives through the wrapper what the store inside gives."""
    place.store.put_new(KEY, b"content")
    dry = ReadOnlyStore(place.store)
    assert dry.place == place.store.place
    assert dry.get(KEY) == b"content"
    with dry.open(KEY) as stream:
        assert stream.read() == b"content"
    assert dry.head(KEY) == place.store.head(KEY)
    assert list(dry.list("")) == list(place.store.list(""))
    assert dry.checksum(KEY) == place.store.checksum(KEY)
    assert dry.remains(KEY) == place.store.remains(KEY)
    assert list(dry.unfinished("")) == []
    assert dry.strangers() == 0


def test_a_read_only_store_changes_nothing(place: Place) -> None:
    """Writing and destroying are refused by a guard and reach nothing."""
    place.store.put_new(KEY, b"content")
    dry = ReadOnlyStore(place.store)
    source = io.BytesIO(b"new")
    for call in (lambda: dry.put_new("a/b", source), lambda: dry.destroy(KEY), lambda: dry.destroy("a/b")):
        with pytest.raises(GuardError) as refused:
            call()
        assert refused.value.code == "G-DRY"
    assert source.tell() == 0
    assert [info.key for info in place.store.list("")] == [KEY]
    with pytest.raises(RefusedError):
        dry.destroy("../x")
