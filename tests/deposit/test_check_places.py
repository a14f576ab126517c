"""``deposit check`` of folders, tars and lone files: which packages are found, and what lies wrongly around them."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from connectors.packages import open_package
from flows.deposit.check.examine import check_deposit
from flows.keep.check.report import Checked
from schemas.refusal import RefusedError
from tests.xml.publications import BARE, PLAIN, packed

FIRST: Final = {f"{PLAIN.id}/{name}": data for name, data in packed(PLAIN).items()}
SECOND: Final = {f"{BARE.id}/{name}": data for name, data in packed(BARE).items()}
BOTH: Final = FIRST | SECOND
QUIET: Final = {"BV-SCHEMAS", "KB-HOST"}
"""Codes that a good delivery may be told."""


def tar(files: Mapping[str, bytes]) -> bytes:
    """A tar of files."""
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as out:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            out.addfile(member, io.BytesIO(data))
    return sink.getvalue()


def checked(path: Path, data: bytes | None = None) -> Checked:
    """What is found in a file."""
    if data is not None:
        path.write_bytes(data)
    with open_package(path, lone=True) as package:
        return check_deposit(package, None)


def told(outcome: Checked) -> dict[str, list[str]]:
    """Code → places, without what a good delivery may be told."""
    found: dict[str, list[str]] = {}
    for one in outcome.findings:
        if one.code not in QUIET:
            found.setdefault(one.code, []).append(one.location)
    return found


def laid(files: Mapping[str, bytes], folder: Path) -> Path:
    """Files laid out."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


@pytest.mark.parametrize(
    "files",
    [
        BOTH,
        FIRST,
        {f"leverans/{name}": data for name, data in BOTH.items()},
        {f"leverans/{name}": data for name, data in FIRST.items()},
        {f"a/b/{name}": data for name, data in BOTH.items()},
        packed(PLAIN),
        {f"./{name}": data for name, data in BOTH.items()},
    ],
    ids=["two packages", "one", "a common folder", "one in a folder", "a tree", "sip.xml at the top", "dotted"],
)
def test_a_delivery_is_found_wherever_its_packages_lie(files: dict[str, bytes], tmp_path: Path) -> None:
    """One package or several, at the top, in one folder or in a tree of them, in a tar and laid out: all are good."""
    assert told(checked(tmp_path / "bevara-7.tar", tar(files))) == {}
    assert checked(tmp_path / "bevara-7.tar").valid
    plain = {name.removeprefix("./"): data for name, data in files.items()}
    assert told(checked(laid(plain, tmp_path / "lagd"))) == {}


def test_each_package_of_a_delivery_is_checked_in_its_own_folder(tmp_path: Path) -> None:
    """A changed film in one package and a missing one in the other are told with their folders."""
    wrong = dict(BOTH)
    wrong[f"{PLAIN.id}/film.mp4"] = b"FILM"
    del wrong[f"{BARE.id}/film.mp4"]
    found = told(checked(tmp_path / "l.tar", tar(wrong)))
    assert set(found) == {"BV-DIGEST", "BV-FILE-MISSING"}
    assert found["BV-DIGEST"][0].startswith(f"{PLAIN.id}/sip.xml:")
    assert found["BV-FILE-MISSING"][0].endswith(f"→ {BARE.id}/film.mp4")


def test_what_lies_beside_packages_is_told(tmp_path: Path) -> None:
    """A file at the top, a folder without sip.xml, an empty folder, and a file that no METS lists."""
    files = BOTH | {"las.txt": b"x", "tom/film.mp4": b"x", f"{BARE.id}/mer.txt": b"x", f"{BARE.id}/x/sip.xml": b"<x/>"}
    found = told(checked(tmp_path / "l.tar", tar(files)))
    assert found == {
        "KB-STRAY": ["las.txt"],
        "KB-PACKAGE": ["tom"],
        "BV-FILE-UNLISTED": [f"{BARE.id}/mer.txt", f"{BARE.id}/x/sip.xml"],
    }
    folder = laid(BOTH, tmp_path / "lagd")
    (folder / "tom").mkdir()
    assert told(checked(folder)) == {"KB-PACKAGE": ["tom"]}


@pytest.mark.parametrize("name", ["mets.xml", "SIP.xml", "sip.XML", "metadata.xml"])
def test_metadata_under_another_name_is_told_and_read(name: str, tmp_path: Path) -> None:
    """A METS file that is not called sip.xml is one fault, not a package that is not there."""
    files = {one.replace("sip.xml", name): data for one, data in FIRST.items()}
    assert told(checked(tmp_path / "l.tar", tar(files | SECOND))) == {"KB-NAME": [f"{PLAIN.id}/{name}"]}
    alone = {one.partition("/")[2]: data for one, data in files.items()}
    assert told(checked(laid(alone, tmp_path / "paket"))) == {"KB-NAME": [name]}


def test_one_id_stands_in_a_delivery_once(tmp_path: Path) -> None:
    """Two packages with one OBJID: KB's receipts could not tell them apart."""
    twin = {f"tvilling/{name}": data for name, data in packed(replace(BARE, id=PLAIN.id)).items()}
    found = told(checked(tmp_path / "l.tar", tar(FIRST | twin)))
    assert list(found) == ["KB-OBJID-TWICE"]
    assert found["KB-OBJID-TWICE"][0].startswith("tvilling/sip.xml:")


def test_the_containers_form_and_name(tmp_path: Path) -> None:
    """A delivery is an uncompressed .tar of plain name; a zip, a tar.gz and a tar of another name are not."""
    assert set(told(checked(tmp_path / "Års leverans.tar", tar(BOTH)))) == {"KB-TAR-NAME"}
    assert set(told(checked(tmp_path / "l.tar.gz", gzip.compress(tar(BOTH))))) == {"KB-TAR"}
    assert set(told(checked(tmp_path / "leverans", tar(BOTH)))) == {"KB-TAR"}
    with zipfile.ZipFile(tmp_path / "l.zip", "w") as out:
        for name, data in BOTH.items():
            out.writestr(name, data)
    assert set(told(checked(tmp_path / "l.zip"))) == {"KB-TAR"}


def test_a_delivery_that_was_cut_is_not_valid(tmp_path: Path) -> None:
    """At 99 % of its bytes, or cut in its first package, the container is damaged."""
    whole = tar(BOTH | {"z/film.bin": bytes(2_000_000)})
    assert "BV-CUT" in told(checked(tmp_path / "l.tar", whole[: len(whole) * 99 // 100]))
    assert "BV-CUT" in told(checked(tmp_path / "l.tar", tar(BOTH)[:1500]))


def test_names_that_lead_out_are_not_read(tmp_path: Path) -> None:
    """Path tricks, links, hidden characters and names twice are faults; nothing is written anywhere."""
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as out:
        for name in ("../ute.txt", "/etc/x", f"{PLAIN.id}/a\u202egpm.exe", f"{PLAIN.id}/film.mp4"):
            out.addfile(tarfile.TarInfo(name), io.BytesIO())
        link = tarfile.TarInfo(f"{PLAIN.id}/lank")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        out.addfile(link)
        for name, data in FIRST.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            out.addfile(member, io.BytesIO(data))
    found = told(checked(tmp_path / "l.tar", sink.getvalue()))
    assert {"BV-NAME-PATH", "BV-NAME-SIGN", "BV-LINK", "BV-NAME-TWICE"} <= set(found)
    assert not checked(tmp_path / "l.tar").valid


def test_a_lone_document_is_checked_without_its_files(tmp_path: Path) -> None:
    """A sip.xml by itself is valid though no file is there, but its own rules hold; another name is only told."""
    written = packed(PLAIN)["sip.xml"]
    assert told(checked(tmp_path / "sip.xml", written)) == {}
    assert told(checked(tmp_path / "exempel.xml", written)) == {"KB-NAME": ["exempel.xml"]}
    assert checked(tmp_path / "exempel.xml").valid
    assert set(told(checked(tmp_path / "sip.xml", written.replace(b"DEPOSIT", b"PLIKT")))) == {"KB-DELIVERYTYPE"}
    web = written.replace(b'"file:film.mp4"', b'"https://a.example/film.mp4"')
    assert checked(tmp_path / "sip.xml", web).valid


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("film.mp4", b"\x00\x00\x00\x18ftypmp42"),
        ("las.txt", b"text"),
        ("a.xml", b"<html/>"),
        ("tom.xml", b""),
        ("l.tar", tar({"las.txt": b"x", "film/film.mp4": b"x", "film/annat.xml": b"<x/>"})),
        ("l.zip", b"PK\x05\x06" + bytes(18)),
    ],
)
def test_what_is_no_package(name: str, data: bytes, tmp_path: Path) -> None:
    """A film, a text, another XML and a tar without METS have no profile."""
    outcome = checked(tmp_path / name, data)
    assert outcome.profile == ""
    assert not outcome.valid


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """Nothing at all, and a pipe, are refused; the pipe is not waited for. Without ``lone``, so is a lone document."""
    os.mkfifo(tmp_path / "ror")
    for name in ("inget", "ror"):
        with pytest.raises(RefusedError), open_package(tmp_path / name, lone=True):
            pass
    (tmp_path / "sip.xml").write_bytes(packed(PLAIN)["sip.xml"])
    with pytest.raises(RefusedError), open_package(tmp_path / "sip.xml"):
        pass


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "BV-XML-FORM"),
        (b"<mets", "BV-XML-FORM"),
        (b'<?xml version="1.0"?><x/>', "BV-METS"),
        (b'<!DOCTYPE m [<!ENTITY e SYSTEM "file:///etc/passwd">]><m>&e;</m>', "BV-XML-DOCTYPE"),
        (b'<?xml version="1.0" encoding="utf-7"?><m/>', "BV-XML-ENCODING"),
        (b"<a>" * 100_000, "BV-XML-FORM"),
        (packed(PLAIN)["sip.xml"][:-40], "BV-XML-FORM"),
    ],
    ids=["empty", "cut", "no METS", "entities", "encoding", "deep", "cut at its end"],
)
def test_a_sip_xml_that_cannot_be_read(data: bytes, code: str, tmp_path: Path) -> None:
    """What is called sip.xml is judged as one: empty, cut, deep, with entities, or something else altogether."""
    outcome = checked(tmp_path / "sip.xml", data)
    assert outcome.profile == "FGS-PUBL"
    assert [one.code for one in outcome.findings if one.severity == "error"] == [code]
    folder = laid({**packed(PLAIN), "sip.xml": data}, tmp_path / "paket")
    assert code in told(checked(folder))


def test_utf_16_is_read(tmp_path: Path) -> None:
    """A document in UTF-16 with its mark is read as any other."""
    text = packed(PLAIN)["sip.xml"].decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    assert checked(tmp_path / "sip.xml", text.encode("utf-16")).valid
