"""Packages as folder, tar and zip: all read alike, and everything hostile in them is a fault and no crash."""

from __future__ import annotations

import io
import os
import struct
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from connectors.packages import open_package, open_stream
from flows.archive.check.examine import Checked, check_package
from schemas.refusal import RefusedError
from tests.archive.check import building
from tests.archive.check.building import ROOT, rooted


@pytest.fixture(scope="module")
def files() -> Mapping[str, bytes]:
    """A valid package's files, without root folder."""
    return building.eark().all()


def _check(path: Path) -> Checked:
    with open_package(path) as package:
        return check_package(package, None)


def _codes(checked: Checked) -> set[str]:
    return {one.code for one in checked.findings}


def _write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("kind", ["folder", "tar", "tar.gz", "tar.bz2", "tar.xz", "zip"])
def test_the_same_package_is_valid_in_every_container(kind: str, files: Mapping[str, bytes], tmp_path: Path) -> None:
    """A valid package is valid as a folder, tar, compressed tar or zip, with the same names, sizes and bytes."""
    if kind == "folder":
        path = building.folder(files, tmp_path / ROOT)
    elif kind == "zip":
        path = _write(tmp_path / "p.zip", building.zipped(rooted(files)))
    else:
        path = _write(tmp_path / f"p.{kind}", building.tar(rooted(files), "w:" + kind.removeprefix("tar").lstrip(".")))
    with open_package(path) as package:
        assert package.root == ROOT
        assert package.container == kind.partition(".")[0]
        assert not package.faults
        assert list(package.names()) == sorted(files)
        assert "representations/rep1/data" in package.folders()
        for name, data in files.items():
            assert package.size(name) == len(data)
            with package.open(name) as source:
                assert source.read() == data
        assert {one.code for one in check_package(package, None).findings} == {"BV-SCHEMAS"}


def test_a_stream_is_read_like_a_file(files: Mapping[str, bytes]) -> None:
    """A tar or zip that is only a stream is read where it lies, and stays open."""
    for data in (building.tar(rooted(files)), building.zipped(rooted(files))):
        source = io.BytesIO(data)
        with open_stream(source, "paket") as package:
            assert check_package(package, None).valid
        assert not source.closed


def test_names_that_are_not_there_are_told(files: Mapping[str, bytes]) -> None:
    """Asking for a file that is not in the package raises KeyError."""
    with open_stream(io.BytesIO(building.tar(rooted(files))), "paket") as package, pytest.raises(KeyError):
        package.open("nowhere")


_TRICKS = {
    "up": ("paket-1/../../etc/passwd", "BV-NAME-PATH"),
    "from the root": ("/etc/passwd", "BV-NAME-PATH"),
    "drive": ("C:/windows/x", "BV-NAME-PATH"),
    "backslash": ("paket-1\\..\\x", "BV-NAME-PATH"),
    "dot": ("paket-1/./x", "BV-NAME-PATH"),
    "nothing between": ("paket-1//x", "BV-NAME-PATH"),
    "endless": ("paket-1/" + "a" * 1200, "BV-NAME-PATH"),
    "escape": ("paket-1/documentation/\x1b[2J", "BV-NAME-SIGN"),
    "line": ("paket-1/documentation/a\nb", "BV-NAME-SIGN"),
    "turned": ("paket-1/documentation/a\u202etxt.exe", "BV-NAME-SIGN"),
    "case": ("paket-1/documentation/LAS.txt", "BV-NAME-CASE"),
    "twice": ("paket-1/documentation/las.txt", "BV-NAME-TWICE"),
    "file and folder": ("paket-1/documentation", "BV-NAME-TWICE"),
    "below a file": ("paket-1/documentation/las.txt/x", "BV-NAME-TWICE"),
}


@pytest.mark.parametrize("trick", _TRICKS)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_with_a_trick_is_a_fault(trick: str, files: Mapping[str, bytes]) -> None:
    """A name that leads elsewhere, hides something or is there twice is told, never followed, and never printed raw."""
    name, code = _TRICKS[trick]
    good = rooted(files)
    for data in (_tar_with(good, name), _zip_with(good, name)):
        with open_stream(io.BytesIO(data), "paket") as package:
            checked = check_package(package, None)
            assert code in _codes(checked)
            for one in checked.findings:
                assert (one.location + one.text).isprintable()
                assert len(one.location) < 400
            assert package.root == ROOT


def _tar_with(files: Mapping[str, bytes], name: str) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w", format=tarfile.PAX_FORMAT) as out:
        for one, data in [*files.items(), (name, b"x")]:
            member = tarfile.TarInfo(one)
            member.size = len(data)
            out.addfile(member, io.BytesIO(data))
    return sink.getvalue()


def _zip_with(files: Mapping[str, bytes], name: str) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as out:
        for one, data in [*files.items(), (name, b"x")]:
            entry = zipfile.ZipInfo("x")
            entry.filename = one
            out.writestr(entry, data)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (tarfile.SYMTYPE, "BV-LINK"),
        (tarfile.LNKTYPE, "BV-LINK"),
        (tarfile.CHRTYPE, "BV-DEVICE"),
        (tarfile.BLKTYPE, "BV-DEVICE"),
        (tarfile.FIFOTYPE, "BV-DEVICE"),
    ],
)
def test_links_and_devices_in_a_tar_are_faults(kind: bytes, code: str, files: Mapping[str, bytes]) -> None:
    """What is neither file nor folder in a tar is told and never followed."""
    sink = io.BytesIO(building.tar(rooted(files)))
    with tarfile.open(fileobj=sink, mode="a") as out:
        member = tarfile.TarInfo("paket-1/documentation/odd")
        member.type, member.linkname = kind, "/etc/passwd"
        out.addfile(member)
    with open_stream(io.BytesIO(sink.getvalue()), "paket") as package:
        checked = check_package(package, None)
    assert code in _codes(checked)
    assert not checked.valid


def test_a_link_in_a_zip_is_a_fault(files: Mapping[str, bytes]) -> None:
    """A symbolic link in a zip is told and never followed."""
    sink = io.BytesIO(building.zipped(rooted(files)))
    with zipfile.ZipFile(sink, "a") as out:
        entry = zipfile.ZipInfo("paket-1/documentation/odd")
        entry.external_attr = 0o120777 << 16
        out.writestr(entry, "/etc/passwd")
    with open_stream(io.BytesIO(sink.getvalue()), "paket") as package:
        assert "BV-LINK" in _codes(check_package(package, None))


def test_links_and_pipes_in_a_folder_are_faults(files: Mapping[str, bytes], tmp_path: Path) -> None:
    """Links to files and folders, and pipes, are told and never opened."""
    path = building.folder(files, tmp_path / ROOT)
    (path / "documentation" / "link").symlink_to("/etc/passwd")
    (path / "metadata" / "folder").symlink_to("/etc")
    os.mkfifo(path / "documentation" / "pipe")
    checked = _check(path)
    assert {"BV-LINK", "BV-DEVICE"} <= _codes(checked)
    assert not any("/etc" in one.location for one in checked.findings)


def test_a_folder_that_may_not_be_read_is_a_fault(
    files: Mapping[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder without read permission is told; the rest is checked."""
    path = building.folder(files, tmp_path / ROOT)
    real = os.scandir

    def refuse(where: str) -> object:
        if str(where).endswith("documentation"):
            raise PermissionError(13, "Permission denied", str(where))
        return real(where)

    monkeypatch.setattr(
        os, "scandir", refuse
    )  # as root nothing is forbidden, so the system's answer is put in its mouth
    checked = _check(path)
    assert {"BV-UNREADABLE", "BV-FILE-MISSING"} <= _codes(checked)


def test_an_encrypted_file_in_a_zip_is_a_fault(files: Mapping[str, bytes]) -> None:
    """An encrypted entry is told; the others are read."""
    data = bytearray(building.zipped(rooted(files)))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        where = data.find(mark) + at
        data[where] |= 1
    with open_stream(io.BytesIO(bytes(data)), "paket") as package:
        assert "BV-ENCRYPTED" in _codes(check_package(package, None))


@pytest.mark.parametrize("kind", ["tar", "tar.gz", "zip"])
def test_a_container_cut_off_anywhere_never_crashes_the_check(kind: str, files: Mapping[str, bytes]) -> None:
    """A package file cut off anywhere is a fault, or no package, but never valid and never a crash."""
    whole = {
        "tar": building.tar(rooted(files)),
        "tar.gz": building.tar(rooted(files), "w:gz"),
        "zip": building.zipped(rooted(files)),
    }[kind]
    last = whole.rstrip(b"\0")
    for part in range(1, 60):
        data = last[: len(last) * part // 60]
        try:
            with open_stream(io.BytesIO(data), "paket") as package:
                checked = check_package(package, None)
        except RefusedError:
            continue
        assert not checked.valid
        assert {"BV-CUT", "BV-FILE-MISSING", "CSIPSTR4"} & _codes(checked), part


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_a_container_with_changed_bytes_never_crashes_the_check(kind: str, files: Mapping[str, bytes]) -> None:
    """A package file in which a byte is changed anywhere is read to its end or refused."""
    whole = building.tar(rooted(files)) if kind == "tar" else building.zipped(rooted(files))
    for at in range(0, len(whole), max(1, len(whole) // 300)):
        data = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        try:
            with open_stream(io.BytesIO(data), "paket") as package:
                check_package(package, None)
        except RefusedError:
            continue


def test_bytes_hidden_behind_a_tar_are_told(files: Mapping[str, bytes]) -> None:
    """What follows the end of a tar, where no program shows it, is told."""
    data = building.tar(rooted(files))
    for more in (b"hidden" * 100, building.tar({"x": b"x"})):
        with open_stream(io.BytesIO(data + more), "paket") as package:
            assert "BV-TAIL" in _codes(check_package(package, None))


def test_a_bomb_is_not_unpacked(files: Mapping[str, bytes]) -> None:
    """A zip or compressed tar that becomes absurdly large is told, and what is in it is not read."""
    zeros = bytes(70 * 1024 * 1024)
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in rooted({**files, "documentation/bomb": zeros}).items():
            out.writestr(name, data)
    with open_stream(sink, "paket") as package:
        assert "BV-BOMB" in _codes(check_package(package, None))
        assert "documentation/bomb" not in package.names()
    packed = building.tar({"paket-1/bomb": zeros, **rooted(files)}, "w:gz")
    with open_stream(io.BytesIO(packed), "paket") as package:
        assert "BV-BOMB" in _codes(check_package(package, None))


def test_entries_that_lie_over_each_other_are_a_bomb(files: Mapping[str, bytes]) -> None:
    """A zip whose entries share the same packed bytes is told."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("paket-1/METS.xml", files["METS.xml"])
        first = out.infolist()[0]
        for number in range(200):
            entry = zipfile.ZipInfo(f"paket-1/{number}")
            entry.header_offset, entry.CRC = first.header_offset, first.CRC
            entry.compress_size, entry.file_size = first.compress_size, first.file_size
            entry.compress_type = zipfile.ZIP_DEFLATED
            out.filelist.append(entry)
    with open_stream(sink, "paket") as package:
        assert "BV-BOMB" in _codes(check_package(package, None))


def test_a_zip_that_claims_millions_of_files_is_refused_before_it_is_read() -> None:
    """A directory said to be of absurd size is a fault before it is taken into memory."""
    data = b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 0xFFFE, 0xFFFE, 0xFFFFFFF0, 0, 0)
    with open_stream(io.BytesIO(data), "paket") as package:
        checked = check_package(package, None)
    assert "BV-MANY" in _codes(checked)
    assert checked.profile == ""


@pytest.mark.parametrize("arrange", [lambda files: files, lambda files: {**rooted(files), "other/x": b"x"}])
def test_a_package_without_one_root_folder(
    arrange: Callable[[Mapping[str, bytes]], dict[str, bytes]], files: Mapping[str, bytes]
) -> None:
    """A package without one root folder breaks CSIPSTR1, and is checked all the same."""
    with open_stream(io.BytesIO(building.tar(arrange(files))), "paket") as package:
        assert package.root is None
        checked = check_package(package, None)
    assert "CSIPSTR1" in _codes(checked)
    assert "CSIPSTR4" not in _codes(checked)
    assert _codes(checked) <= {"CSIPSTR1", "BV-FILE-UNLISTED", "BV-SCHEMAS"}


def test_names_in_utf8_that_a_zip_does_not_declare_are_read(files: Mapping[str, bytes]) -> None:
    """å, ä, ö in a zip whose maker did not say that its names are UTF-8 are read as they are."""
    data = building.zipped(rooted({**files, "documentation/räksmörgås.txt": b"x"}))
    plain = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (where := plain.find(mark, start)) >= 0:
            plain[where + at + 1] &= ~0x08
            start = where + 4
    with open_stream(io.BytesIO(bytes(plain)), "paket") as package:
        assert "documentation/räksmörgås.txt" in package.names()


def test_what_is_no_package_file_is_refused(tmp_path: Path) -> None:
    """Nothing there, an empty file, another kind of file and a pipe are refused with a remedy."""
    os.mkfifo(tmp_path / "pipe")
    for path in (
        tmp_path / "nowhere",
        _write(tmp_path / "empty.tar", b""),
        _write(tmp_path / "text.zip", b"Hello, this is no zip at all"),
        _write(tmp_path / "broken.tar.gz", b"\x1f\x8b\x08\x00rubbish"),
        tmp_path / "pipe",
    ):
        with pytest.raises(RefusedError), open_package(path):
            pass


def test_an_empty_folder_is_no_package(tmp_path: Path) -> None:
    """A folder, tar or zip without any METS is no package."""
    for path in (tmp_path, _write(tmp_path / "x.zip", building.zipped({"a/b.txt": b"x"}))):
        assert _check(path).profile == ""


def test_damaged_bytes_in_a_zip_are_told(files: Mapping[str, bytes]) -> None:
    """A file whose packed bytes are damaged is told by name; the rest is checked."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as out:
        for name, data in rooted(files).items():
            out.writestr(name, data)
    data = sink.getvalue().replace(b"Bild", b"Bilt", 1)
    with open_stream(io.BytesIO(data), "paket") as package:
        checked = check_package(package, None)
    damaged = [one.location for one in checked.findings if one.code == "BV-FILE-DAMAGED"]
    assert damaged == ["representations/rep1/data/bild.txt"]
