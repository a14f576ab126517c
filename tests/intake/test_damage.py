"""Damage inside an export: the other files are read, and the import says that something was left out."""

from __future__ import annotations

import importlib
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.exports.bundle import Limits
from connectors.exports.onward import captures_of, each_file, grouped
from connectors.exports.opening import formats, open_export
from schemas.finding import Finding
from schemas.neighbours import Capture
from schemas.refusal import RefusedError
from tests.exports.sample_world import NOW, sample_world
from tests.intake.listed import Listed, Place, shown
from tests.intake.test_formats import account
from tests.servers.recordings import item, write_recording

NIGHT = datetime(2024, 3, 10, 2, 15, tzinfo=UTC)
HURT = {
    "facebook_export": ("profile_posts_1.json", {"reply", "message"}),
    "instagram_export": ("posts_1.json", {"story", "reply"}),
    "x_archive": ("tweets.js", {"post", "reply", "message"}),
    "youtube_takeout": ("videor.csv", {"reply"}),
    "linkedin_export": ("Shares.csv", {"reply"}),
}


def damaged(path: Path, name: str) -> None:
    """The same zip with one byte of that member turned: its checksum is wrong."""
    with zipfile.ZipFile(path) as packed:
        entry = next(one for one in packed.infolist() if one.filename.rpartition("/")[2] == name)
    data = bytearray(path.read_bytes())
    data[entry.header_offset + 30 + len(entry.filename.encode()) + entry.compress_size // 2] ^= 0xFF
    path.write_bytes(data)


def zipped(source: Path, target: Path) -> Path:
    """The export as a zip without compression, so that a turned byte is a wrong checksum and nothing else."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
        if source.is_dir():
            for one in sorted(source.rglob("*")):
                if one.is_file():
                    packed.write(one, one.relative_to(source).as_posix())
        else:
            with zipfile.ZipFile(source) as before:
                for name in before.namelist():
                    packed.writestr(name, before.read(name))
    return target


@pytest.mark.parametrize("name", sorted(HURT))
def test_a_damaged_member_does_not_keep_the_others_from_being_read(name: str, tmp_path: Path) -> None:
    """Every format goes on with its next file, and tells of the damage once, without the file's name."""
    generator: Any = importlib.import_module(f"tests.exports.{name}")
    path = zipped(generator.make(tmp_path / "export", sample_world()), tmp_path / "a.zip")
    file, kinds = HURT[name]
    damaged(path, file)
    with open_export(account(name), path, Limits()) as export:
        export.owner()
        groups = list(export.read(own="1", at=NOW + timedelta(days=1)))
    assert kinds <= {seen.kind for group in groups for seen in group.items}
    (told,) = [one for group in groups for one in group.findings if one.severity == "error"]
    assert (told.code, told.subject, told.count) == ("I105", "kommun", 1)
    assert file not in str(told.parameters)


def test_a_damaged_file_that_says_whose_it_is_says_nothing(tmp_path: Path) -> None:
    """The owner is unknown then, which is told, and the posts are read."""
    generator: Any = importlib.import_module("tests.exports.x_archive")
    path = zipped(generator.make(tmp_path / "export", sample_world()), tmp_path / "a.zip")
    damaged(path, "account.js")
    with open_export(account("x_archive"), path, Limits()) as export:
        assert export.owner().native == ""
        assert [one.code for one in export.findings] == ["I105"]
        assert [seen for group in export.read(own="1", at=NOW) for seen in group.items]


def test_what_came_before_the_damage_stays() -> None:
    """Entries of a file before its damage are handed over, then the damage, then the next file's."""

    def entries(name: str, lost: Any) -> Any:
        yield from (f"{name}{number}" for number in range(3))
        lost("I107")
        if name == "a":
            raise RefusedError("PATH", "…", "fetch it anew")

    def capture(name: str, group: list[Any]) -> Capture:
        return Capture(endpoint=name, parameters={}, status=200, at=NOW, body=group, listing="x", context={})

    found = list(captures_of(["a", "b"], entries, capture, size=2, subject="kommun"))
    assert [one.code if isinstance(one, Finding) else one.body for one in found] == [
        ["a0", "a1"], ["a2"], "I105", "I107", ["b0", "b1"], ["b2"], "I107",
    ]  # fmt: skip
    errors: list[RefusedError] = []
    read = each_file(["a", "b"], lambda name: entries(name, lambda _: None), errors.append)
    assert (list(grouped(read, 4)), len(errors)) == ([["a0", "a1", "a2", "b0"], ["b1", "b2"]], 1)


@pytest.mark.parametrize("code", ["I105", "I107", "I108", "I121", "I104", "H122"])
def test_what_was_left_out_makes_an_import_incomplete(code: str, tmp_path: Path) -> None:
    """An import that left something of the export out is not complete, whatever it was; nor is its coverage."""
    tally = taken(tmp_path, Finding(code=code, severity="warning", subject="kommun"))
    assert not tally.complete


@pytest.mark.parametrize(("code", "severity"), [("I120", "warning"), ("H121", "info"), ("H140", "info")])
def test_what_the_export_has_not_leaves_an_import_complete(code: str, severity: Any, tmp_path: Path) -> None:
    """What is not in the export, or was not asked for, was not left out."""
    assert taken(tmp_path, Finding(code=code, severity=severity, subject="kommun")).complete


def taken(folder: Path, finding: Finding) -> Any:
    """An import whose reading told that."""
    place = Place(folder, write_recording(folder / "konto", [item("a", "2024-03-01T08:00:00+01:00", "Hej")]))
    return place.take(Listed([shown("2020-01-01T12:00:00Z", "x")], odd=[finding]), NIGHT)


def test_formats_with_several_files_are_all_here() -> None:
    """Only a repository and an outbox are one file."""
    assert set(formats()) - set(HURT) == {"bluesky_car", "mastodon_export"}
