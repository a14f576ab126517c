"""The container as a stream: the same bytes every time, read by others, and never finished when anything is wrong."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import tarfile
import threading
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.storage.folder import FolderStore
from connectors.storage.s3 import S3Store
from flows.keep.container import MemberError, Packed
from flows.keep.zipped import Directory
from schemas.delivery import CONTAINERS, Container
from schemas.neighbours import MissingError

MADE = datetime(2026, 3, 2, 9, 30, 7, 123456, tzinfo=UTC)
LONG = "representations/original/data/" + "/".join(["mapp" * 10] * 3) + "/fil.txt"
BIG = bytes(range(256)) * 5_000


@dataclass(frozen=True)
class File:
    """A member made of bytes."""

    path: str
    size: int
    sha256: str
    open: Callable[[], BinaryIO]


def file(path: str, data: bytes, *, lies: bytes | None = None) -> File:
    """A file that is said to be ``data``; ``lies``: what is really there."""
    there = data if lies is None else lies
    return File(path, len(data), hashlib.sha256(data).hexdigest(), lambda: io.BytesIO(there))


FILES = (
    file("METS.xml", b"<mets/>"),
    file("a/tom.txt", b""),
    file("a/stor.bin", BIG),
    file(LONG, b"djupt"),
)


def packed(container: Container, files: Sequence[File] = FILES, *, step: int = 1 << 20) -> bytes:
    """The whole container, read so many bytes at a time."""
    with Packed(files, container=container, root="rot", made=MADE) as stream:
        data = b"".join(iter(lambda: stream.read(step), b""))
        assert stream.whole
        assert stream.size == len(data)
        assert stream.sha256 == hashlib.sha256(data).hexdigest()
    return data


@pytest.mark.parametrize("container", CONTAINERS)
def test_whatever_is_asked_for_at_a_time_the_bytes_are_the_same(container: Container) -> None:
    """The stream gives the same bytes in small pieces, in large ones and at once."""
    whole = packed(container)
    assert packed(container, step=777) == whole
    with Packed(FILES, container=container, root="rot", made=MADE) as stream:
        assert stream.read() == whole


def test_a_tar_is_read_by_others() -> None:
    """Python's tarfile finds every file in order, under fixed owner, rights and time, a long name too."""
    with tarfile.open(fileobj=io.BytesIO(packed("tar"))) as tar:
        members = tar.getmembers()
        assert [one.name for one in members] == [f"rot/{one.path}" for one in FILES]
        for one, expected in zip(members, FILES, strict=True):
            assert cast("BinaryIO", tar.extractfile(one)).read() == expected.open().read()
            assert (one.uid, one.gid, one.uname, one.gname, one.mode) == (0, 0, "", "", 0o644)
            assert one.mtime == int(MADE.timestamp())


def test_a_zip_is_read_by_others() -> None:
    """Python's zipfile finds every file in order, whole, with the intent's time and plain rights."""
    with zipfile.ZipFile(io.BytesIO(packed("zip"))) as whole:
        assert whole.testzip() is None
        assert whole.namelist() == [f"rot/{one.path}" for one in FILES]
        for one, expected in zip(whole.infolist(), FILES, strict=True):
            assert whole.read(one) == expected.open().read()
            assert one.date_time == (2026, 3, 2, 9, 30, 6)
            assert one.external_attr >> 16 == 0o100644
            assert not one.flag_bits, "sizes stand before the bytes: readers that cannot seek can take it"


@pytest.mark.parametrize(("container", "tool"), [("tar", ["tar", "-tvf"]), ("zip", ["unzip", "-tq"])])
def test_the_machines_own_tools_open_it(container: Container, tool: list[str], tmp_path: Path) -> None:
    """GNU tar and unzip take it without a word of complaint."""
    if shutil.which(tool[0]) is None:
        pytest.skip(f"{tool[0]} is not on this machine")
    path = tmp_path / f"paket.{container}"
    path.write_bytes(packed(container))
    done = subprocess.run([*tool, str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@settings(max_examples=25, deadline=None)
@given(
    files=st.lists(
        st.tuples(st.from_regex(r"[a-z0-9_][a-z0-9._-]{0,30}", fullmatch=True), st.binary(max_size=2_000)),
        unique_by=lambda one: one[0],
        max_size=8,
    ),
    step=st.integers(1, 5_000),
)
def test_any_files_come_back(files: list[tuple[str, bytes]], step: int) -> None:
    """Whatever plain names and bytes go in come out of both containers, however they are read."""
    members = [file(f"data/{name}", data) for name, data in files]
    with tarfile.open(fileobj=io.BytesIO(packed("tar", members, step=step))) as tar:
        assert [cast("BinaryIO", tar.extractfile(one)).read() for one in tar] == [data for _, data in files]
    with zipfile.ZipFile(io.BytesIO(packed("zip", members, step=step))) as whole:
        assert [whole.read(name) for name in whole.namelist()] == [data for _, data in files]


def test_a_file_beyond_8_gib_has_its_true_size_in_the_tar() -> None:
    """The header of a film of 9 GiB says so (pax): its bytes need not be read to see that."""
    film = File("data/film.mp4", 9 << 30, "0" * 64, lambda: cast("BinaryIO", io.BytesIO(b"\0" * 4096)))
    with Packed([film], container="tar", root="rot", made=MADE) as stream:
        head = io.BytesIO(stream.read(1 << 20))
    with tarfile.open(fileobj=head) as tar:
        first = tar.next()
    assert first is not None
    assert (first.name, first.size) == ("rot/data/film.mp4", 9 << 30)


def test_a_zip_beyond_4_gib_is_a_zip64(tmp_path: Path) -> None:
    """Sizes and places beyond 4 GiB are found again by a reader (in a file with a hole)."""
    path, size = tmp_path / "stor.zip", 5 << 30
    directory = Directory(MADE, 0o644)
    with path.open("wb") as sink:
        sink.write(directory.begin("rot/film.mp4", size, 7))
        sink.seek(size, io.SEEK_CUR)
        sink.write(directory.begin("rot/efter.txt", 5, 0x9D92F2A1))
        sink.write(b"efter")
        sink.write(directory.end())
    with zipfile.ZipFile(path) as whole:
        assert [(one.filename, one.file_size) for one in whole.infolist()] == [
            ("rot/film.mp4", size),
            ("rot/efter.txt", 5),
        ]
        assert whole.infolist()[1].header_offset > size
        with whole.open("rot/film.mp4") as film:
            assert film.read(4) == bytes(4)


def _missing() -> BinaryIO:
    raise MissingError("gone")


WRONG = {
    "a small file is longer": ("A203", file("a/b", b"kort", lies=b"kortare")),
    "a small file is shorter": ("A203", file("a/b", b"kort", lies=b"ko")),
    "a small file is another": ("A203", file("a/b", b"kort", lies=b"korv")),
    "a large file is longer": ("A203", file("a/b", BIG, lies=BIG + b"\0")),
    "a large file is shorter": ("A203", file("a/b", BIG, lies=BIG[:-1])),
    "a large file is another": ("A203", file("a/b", BIG, lies=b"\1" + BIG[1:])),
    "a file is not there": ("A202", File("a/b", 1, "0" * 64, _missing)),
}


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_never_becomes_an_object(what: str, container: Container, tmp_path: Path) -> None:
    """A file that is not what it was said to be stops the writing, and nothing is left in the store."""
    code, bad = WRONG[what]
    store = FolderStore(tmp_path, "prov")
    with (
        Packed([FILES[0], bad, file("z", b"sist")], container=container, root="rot", made=MADE) as stream,
        pytest.raises(MemberError) as raised,
    ):
        store.put_new("work/paket", stream.stream())
    assert (raised.value.code, raised.value.path) == (code, "a/b")
    assert "a/b" not in str(raised.value)
    assert not stream.whole
    assert store.remains("work/paket").absent


@pytest.mark.parametrize("last", [b"rubbad", BIG[:-1] + b"\1"])
def test_a_wrong_last_file_is_seen_before_the_end(last: bytes, tmp_path: Path) -> None:
    """Also the very last bytes are compared before the store is told that the stream is over."""
    bad = file("z", b"rubbat" if len(last) < 10 else BIG, lies=last)
    store = FolderStore(tmp_path, "prov")
    with Packed([*FILES, bad], container="tar", root="rot", made=MADE) as stream, pytest.raises(MemberError):
        store.put_new("work/paket", stream.stream())
    assert store.remains("work/paket").absent


def test_a_large_upload_that_fails_is_given_up(
    make_bucket: Callable[..., str], make_s3_store: Callable[..., S3Store]
) -> None:
    """In a bucket too, nothing is left of a container whose last file is wrong, though parts were sent already."""
    data = bytes(40 << 20)
    files = [file("a/1", data), file("a/2", data), file("a/3", b"rubbat", lies=b"rubbad")]
    store = make_s3_store(make_bucket(), "plats")
    with Packed(files, container="tar", root="rot", made=MADE) as stream, pytest.raises(MemberError):
        store.put_new("work/paket", stream.stream())
    assert store.remains("work/paket").absent


@pytest.mark.parametrize(
    "paths",
    [
        ["a", "A"],
        ["a/b", "a"],
        ["a", "a/b"],
        ["../a"],
        ["/a"],
        ["a//b"],
        ["a/./b"],
        ["a\\b"],
        ["å"],
        ["a b"],
        ["-a"],
        [".a"],
        [""],
        ["a\n"],
        ["a\0"],
    ],
)
def test_names_that_lead_astray_are_refused(paths: list[str]) -> None:
    """Names twice (case does not count), a file that is another's folder, and everything that is not plain."""
    with pytest.raises(MemberError) as raised:
        Packed([file(path, b"") for path in paths], container="tar", root="rot", made=MADE)
    assert raised.value.code == "A204"


def test_no_thread_is_left_behind() -> None:
    """Read to its end, given up or failed: the threads that digest are gone afterwards."""
    before = threading.active_count()
    packed("tar")
    with Packed(FILES, container="tar", root="rot", made=MADE) as stream:
        stream.read(10)
    bad = WRONG["a large file is another"][1]
    with Packed([bad], container="zip", root="rot", made=MADE) as stream, suppress(MemberError):
        stream.read()
    assert threading.active_count() == before
