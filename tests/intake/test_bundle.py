"""Opening what somebody hands over: whatever it is, nothing is written where it should not be, and it says what is wrong."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from connectors.exports.bundle import FREE, Limits, open_bundle
from schemas.refusal import RefusedError

SMALL = Limits(size=1_000_000, files=50)


def codes(path: Path, limits: Limits = SMALL) -> tuple[list[str], dict[str, int]]:
    """Names in the bundle, and what was left out of it."""
    with open_bundle(path, limits) as bundle:
        return list(bundle.names()), {one.code: one.count for one in bundle.findings}


def everything(path: Path) -> list[bytes]:
    """Every file's bytes."""
    with open_bundle(path, SMALL) as bundle:
        return [bundle.open(name).read() for name in bundle.names()]


def refused(path: Path, limits: Limits = SMALL) -> RefusedError:
    """The refusal that opening leads to."""
    with pytest.raises(RefusedError) as caught, open_bundle(path, limits):
        pass
    return caught.value


def zipped(path: Path, entries: dict[str, bytes]) -> Path:
    """A zip with exactly these names."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return path


TRICKS = (
    "../utanför.js",
    "/etc/passwd",
    "a/../../b.js",
    "C:\\windows\\x.js",
    "C:/x.js",
    "a\\b.js",
    "ny\nrad.js",
    "a//b.js",
    "./c.js",
)


def test_a_zips_names_lead_nowhere_else(tmp_path: Path) -> None:
    """Absolute, climbing, backslashed and unprintable names are left out and counted; the rest is there."""
    path = zipped(tmp_path / "a.zip", {"data/tweets.js": b"[]", **dict.fromkeys(TRICKS, b"ond")})
    names, left_out = codes(path)
    assert names == ["data/tweets.js"]
    assert left_out == {"I100": len(TRICKS)}


def test_a_tars_names_lead_nowhere_else(tmp_path: Path) -> None:
    """The same in a packed tar, of which nothing is ever unpacked under its own name."""
    path = tmp_path / "a.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name in ("outbox.json", "../utanför.json", "/tmp/ond.json", "a\\b.json"):
            info = tarfile.TarInfo(name)
            info.size = 2
            archive.addfile(info, io.BytesIO(b"{}"))
    names, left_out = codes(path)
    assert names == ["outbox.json"]
    assert left_out == {"I100": 3}
    assert not (tmp_path.parent / "utanför.json").exists()


def test_links_and_devices_are_left_out(tmp_path: Path) -> None:
    """Links in a zip, a tar and a folder, and devices, are counted and never followed."""
    link = zipfile.ZipInfo("data/länk.js")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("data/tweets.js", "[]")
    assert codes(tmp_path / "a.zip") == (["data/tweets.js"], {"I101": 1})
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        for name, kind in (
            ("s", tarfile.SYMTYPE),
            ("h", tarfile.LNKTYPE),
            ("d", tarfile.CHRTYPE),
            ("f", tarfile.FIFOTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            tar.addfile(info)
        tar.addfile(tarfile.TarInfo("tom.json"))
    assert codes(tmp_path / "a.tar") == (["tom.json"], {"I101": 4})
    folder = tmp_path / "mapp"
    folder.mkdir()
    (folder / "a.json").write_text("[]")
    (folder / "passwd").symlink_to("/etc/passwd")
    (folder / "rot").symlink_to("/")
    os.mkfifo(folder / "rör")
    assert codes(folder) == (["a.json"], {"I101": 3})


def test_a_file_that_became_a_link_is_not_read(tmp_path: Path) -> None:
    """A file that is replaced by a link after the folder was looked at is refused."""
    (tmp_path / "a.json").write_text("[]")
    with open_bundle(tmp_path, SMALL) as bundle:
        (tmp_path / "a.json").unlink()
        (tmp_path / "a.json").symlink_to("/etc/passwd")
        with pytest.raises(RefusedError):
            bundle.open("a.json")


def test_repeated_names_and_packed_files_are_told_of(tmp_path: Path) -> None:
    """Of two files with one name the first counts; an archive inside the archive is not opened, and both are told."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.json", "[1]")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.json", "[2]")
        archive.writestr("inre.zip", b"PK")
    with open_bundle(tmp_path / "a.zip", SMALL) as bundle:
        assert bundle.open("a.json").read() == b"[1]"
        assert {one.code: one.count for one in bundle.findings} == {"I102": 1, "I104": 1}


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    """An entry that is encrypted is told of with the remedy."""
    path = zipped(tmp_path / "a.zip", {"data/tweets.js": b"[]"})
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    assert "password" in refused(path).remedy


@pytest.mark.parametrize("ending", [".zip", ".tar.gz", ".tar"])
def test_what_is_too_large_is_refused(tmp_path: Path, ending: str) -> None:
    """Beyond the settings' size or number of files it is refused, and the message names the setting."""
    path, many = tmp_path / f"a{ending}", tmp_path / f"b{ending}"
    entries = {f"{number}.json": os.urandom(100_000) for number in range(11)}
    crowd = {f"{number}.json": b"" for number in range(60)}
    for target, content in ((path, entries), (many, crowd)):
        if ending == ".zip":
            zipped(target, content)
            continue
        with tarfile.open(target, "w:gz" if ending.endswith("gz") else "w") as tar:
            for name, value in content.items():
                info = tarfile.TarInfo(name)
                info.size = len(value)
                tar.addfile(info, io.BytesIO(value))
    assert "import.limit_mb" in refused(path).remedy
    assert "import.files" in refused(many).remedy


def test_a_folder_that_is_too_large_is_refused(tmp_path: Path) -> None:
    """The limits hold for a folder too."""
    for number in range(60):
        (tmp_path / f"{number}.json").write_text("[]")
    assert "import.files" in refused(tmp_path).remedy
    assert "import.limit_mb" in refused(tmp_path, Limits(size=10)).remedy


def test_bombs_are_refused_by_what_they_promise(tmp_path: Path) -> None:
    """Entries that promise to become hundreds of times their size are refused before anything is read."""
    path = zipped(tmp_path / "a.zip", {"data/tweets.js": b"0" * 1000})
    raw = bytearray(path.read_bytes())
    at = raw.index(b"PK\x01\x02")
    raw[at + 24 : at + 28] = struct.pack("<L", FREE * 8)
    path.write_bytes(raw)
    assert "times its packed size" in refused(path, Limits()).remedy
    bomb = tmp_path / "b.tar.gz"
    with gzip.open(bomb, "wb", compresslevel=1) as stream:
        info = tarfile.TarInfo("outbox.json")
        info.size = FREE * 2
        stream.write(info.tobuf())
        for _ in range(64):
            stream.write(bytes(1 << 20))
    assert "times its packed size" in refused(bomb, Limits(ratio=2)).remedy


def test_absurd_directories_are_refused_before_they_are_read(tmp_path: Path) -> None:
    """A zip that says it has a million files, and a tar header that wants a gigabyte for a name, are refused."""
    path = zipped(tmp_path / "a.zip", {"a.json": b"[]"})
    raw = bytearray(path.read_bytes())
    end = raw.rindex(b"PK\x05\x06")
    raw[end + 10 : end + 12] = struct.pack("<H", 60_000)
    path.write_bytes(raw)
    assert "files" in refused(path).remedy
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 1 << 30
    (tmp_path / "b.tar").write_bytes(info.tobuf() + bytes(2048))
    assert "damaged" in refused(tmp_path / "b.tar").remedy


@pytest.mark.parametrize("ending", [".zip", ".tar.gz"])
def test_a_cut_archive_is_refused_with_a_remedy(tmp_path: Path, ending: str) -> None:
    """Wherever it is cut, opening or reading ends in one clear refusal and nothing else."""
    path = tmp_path / f"a{ending}"
    content = os.urandom(5_000)
    if ending == ".zip":
        zipped(path, {"a.json": content, "b.json": content})
    else:
        with tarfile.open(path, "w:gz") as tar:
            for name in ("a.json", "b.json"):
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
    whole = path.read_bytes()
    for length in range(4, len(whole) - 1, 509):
        path.write_bytes(whole[:length])
        with pytest.raises(RefusedError, match=r"fetch it anew|name a folder"):
            everything(path)


def test_damage_inside_is_told_when_it_is_read(tmp_path: Path) -> None:
    """A file whose bytes were changed inside the zip is refused when it is read, not before."""
    path = zipped(tmp_path / "a.zip", {"a.json": os.urandom(5_000)})
    raw = bytearray(path.read_bytes())
    raw[2_000] ^= 255
    path.write_bytes(raw)
    with open_bundle(path, SMALL) as bundle, pytest.raises(RefusedError, match="damaged"):
        bundle.open("a.json").read()


def test_a_zip_opened_elsewhere_is_the_same(tmp_path: Path) -> None:
    """A bundle handed to another process opens the same file again."""
    path = zipped(tmp_path / "a.zip", {"a.json": b"[1]"})
    with open_bundle(path, SMALL) as bundle:
        again = pickle.loads(pickle.dumps(bundle))
        assert again.open("a.json").read() == b"[1]"
        again.close()


@pytest.mark.parametrize("name", ["finns-inte.zip", "text.txt"])
def test_what_is_no_export_is_refused(tmp_path: Path, name: str) -> None:
    """A missing path and a file of another sort are refused with what to name instead."""
    if name.endswith("txt"):
        (tmp_path / name).write_text("hej")
    assert refused(tmp_path / name).field == "PATH"
