"""Attachments that a known item lacks are added from an export: by id or by likeness, once, and never a second packing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas.record import MediaRef, Row
from tests.intake.listed import Listed, Place, codes, shown
from tests.servers.recordings import item, write_recording

NIGHT = datetime(2024, 3, 10, 2, 15, tzinfo=UTC)
SAME = "2024-03-01T07:00:00Z"
PICTURE, FILM = b"\x89PNG bild", b"\x00\x00\x00\x18ftypmp42 film"


def place(folder: Path) -> Place:
    """One post with a picture, harvested."""
    recording = folder / "konto"
    (recording / "media").mkdir(parents=True)
    (recording / "media" / "bild.png").write_bytes(PICTURE)
    attached = [{"file": "media/bild.png", "type": "image/png"}]
    there = Place(
        folder, write_recording(recording, [item("p1", "2024-03-01T08:00:00+01:00", "Bron", attachments=attached)])
    )
    there.harvest(NIGHT)
    return there


def film(native: str, *, name: str = "filmer/bron.mp4", files: dict[str, bytes] | None = None) -> Listed:
    """An export that shows the post with its film, and perhaps with pictures."""
    given = {name: FILM} if files is None else files
    media = tuple(
        MediaRef(role="video" if one.endswith("mp4") else "picture", origin=f"export:{one}") for one in (*given, name)
    )
    media = tuple({one.origin: one for one in media}.values())
    return Listed([replace(shown(SAME, "Bron", native=native), media=media)], given)


def rows(there: Place) -> list[Row]:
    """Rows of the post."""
    return [row for row in there.rows() if row.kind == "post"]


@pytest.mark.parametrize("native", ["p1", ""])
def test_a_film_that_the_platform_never_gave_is_added_once(native: str, tmp_path: Path) -> None:
    """By id and by likeness: an observation with what was there and the film; nothing at a second or later import."""
    there = place(tmp_path)
    tally = there.take(film(native), NIGHT + timedelta(hours=1))
    assert (tally.new, tally.edited, tally.media, tally.complete) == (0, 0, 1, True)
    version, observation = rows(there)
    assert (observation.row, observation.version) == ("observation", 1)
    assert [one.role for one in observation.media] == ["picture", "video"]
    assert observation.media[:1] == version.media
    assert there.take(film(native), NIGHT + timedelta(hours=2)).media == 0
    # Another export has the same film under another name.
    assert there.take(film("p1", name="nytt namn.mp4"), NIGHT + timedelta(hours=3)).media == 0
    assert len(rows(there)) == 2


def test_the_same_bytes_and_other_packings_are_not_put_beside(tmp_path: Path) -> None:
    """A picture like the one on record, to the byte or packed anew, adds nothing; further pictures are added."""
    there = place(tmp_path)
    for packed in (PICTURE, b"\x89PNG omkodad"):
        export = film("p1", name="m/1.png", files={"m/1.png": packed})
        assert there.take(export, NIGHT + timedelta(hours=1)).media == 0
    more = film("p1", name="m/1.png", files={"m/1.png": PICTURE, "m/2.png": b"\x89PNG till"})
    assert there.take(more, NIGHT + timedelta(hours=2)).media == 1
    assert there.take(more, NIGHT + timedelta(hours=3)).media == 0
    assert [len(row.media) for row in rows(there)] == [1, 2]


def test_a_lacking_film_that_the_export_has_not_is_told(tmp_path: Path) -> None:
    """The export names a film and has no file: told as its lack, and everything it does have was taken."""
    there = place(tmp_path)
    tally = there.take(film("p1", files={}), NIGHT + timedelta(hours=1))
    assert (tally.media, tally.failed, codes(tally), tally.complete) == (0, 1, {"I120": 1}, True)
    assert len(rows(there)) == 1
