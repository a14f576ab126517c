"""A masked copy is a record of its own: made once for exactly these masks, whole or not at all."""

from __future__ import annotations

import contextlib
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.disclose.answer.act import Sending, answer
from flows.keep.own import own_file, read_own
from flows.keep.recover import recover
from schemas.ids import ItemId
from schemas.record import Row
from tests.disclose.world import OFFICER, Desk, File
from tests.pictures import png
from tests.stopping import Counter, StoppedError, StoppingState, StoppingStore

SECRET, TEXT = "Greta Gustafsson", "Ring Greta Gustafsson om badet"


@pytest.fixture(scope="module")
def masked(desk_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One record with two pictures: a name and a region are masked; one more is given whole."""
    root = Path(shutil.copytree(desk_template / "allt", tmp_path_factory.mktemp("maskad") / "allt"))
    desk = Desk(root)
    files = [File(data=png(40, 40, seed=1)), File(data=png(30, 30, seed=2))]
    item = desk.publish(TEXT, kind="comment", author="Bo Ek", files=files)
    desk.publish("Badet öppnar")
    assert desk.ask() == 1
    desk.find(1, "--everything")
    desk.mask(1, "--words", SECRET)
    desk.mask(1, item, "--region", "0:0,0,16,16")
    desk.assess(1, "give")
    return root


@pytest.fixture
def desk(masked: Path, tmp_path: Path) -> Desk:
    """A copy of it."""
    return Desk(Path(shutil.copytree(masked, tmp_path / "allt")), made=100)


def copies(desk: Desk) -> list[Row]:
    """Masked copies in the archive."""
    root = desk.kept(1).record
    assert root is not None
    return [row for row in desk.below(root) if row.kind == "answer" and "redacted" in json.loads(row.payload or "{}")]


def test_the_copy_holds_what_was_given_and_names_its_original(desk: Desk) -> None:
    """PDF, text and the masked picture; not the whole one; the relation with item, version and assessment."""
    told = desk.answer(1, "--out", str(desk.root / "svar"))
    (row,) = copies(desk)
    assert told["copies"] == [row.item]
    assert [one.origin for one in row.media] == ["handling.pdf", "handling.txt", "bilaga-1.png"]
    assert row.text == "Ring [maskat: 21 kap. 1 § OSL] om badet"
    (assessment,) = [one for one in desk.assessments(1) if one.verdict == "partly"]
    redacted = json.loads(row.payload or "{}")["redacted"]
    assert (redacted["relation"], redacted["item"], redacted["version"]) == (
        "isRedactedVersionOf",
        assessment.item,
        assessment.version,
    )
    assert assessment.copy == row.item
    given = (desk.root / "svar" / "bilagor" / "0001-1.png").read_bytes()
    with desk.open() as home:
        assert own_file(home.ground, row, "bilaga-1.png") == given
        assert SECRET not in own_file(home.ground, row, "handling.txt").decode()
    assert (desk.root / "svar" / "bilagor" / "0001-2.png").read_bytes() == png(30, 30, seed=2)
    assert desk.newest(assessment.item).text == TEXT


def test_new_masks_make_a_new_copy_and_the_same_ones_do_not(desk: Desk) -> None:
    """On the spot first; assessed anew and answered again, the copy is another one and the first one stays."""
    desk.answer(1, "--on-the-spot")
    (first,) = copies(desk)
    (one,) = [each for each in desk.assessments(1) if each.verdict == "partly"]
    with desk.open() as home, home.ground.state.writing() as books:
        books.requests.put(replace(desk.kept(1), standing="open"))
        books.requests.assess([replace(one, portion=0)])
    desk.answer(1, "--out", str(desk.root / "svar"))
    assert [row.item for row in copies(desk)] == [first.item]
    with desk.open() as home, home.ground.state.writing() as books:
        books.requests.put(replace(desk.kept(1), standing="open"))
        books.requests.assess([replace(one, portion=0, copy=None, masks=one.masks[:1])])
    desk.answer(1, "--out", str(desk.root / "svar2"))
    assert len(copies(desk)) == 2


def test_a_file_that_cannot_be_masked_is_not_given(desk: Desk) -> None:
    """It is removed and told of, in the package and in the copy; never given as it was."""
    damaged = b"\x89PNG\r\n\x1a\n not a picture"
    item = desk.publish("Trasig", files=[File(data=damaged)])
    desk.find(1, "--everything")
    desk.mask(1, item, "--metadata", "0")
    desk.assess(1, "give")
    told = desk.answer(1, "--out", str(desk.root / "svar"))
    assert "Q192" in {one["code"] for one in told["findings"]}
    assert told["removed"] == 1
    data = [path.read_bytes() for path in (desk.root / "svar" / "bilagor").iterdir()]
    assert damaged not in data
    assert "gick inte att maskera" in (desk.root / "svar" / "las-mig.txt").read_text("utf-8")


def test_an_answer_stopped_at_any_write_makes_each_copy_once(desk: Desk) -> None:
    """Killed before or after each write and run again: one copy, and an answer on record only with all of it."""
    stopped = seen = 0
    for stop in range(1, 200):
        counter = Counter(stop)
        with desk.open() as home:
            ground = home.ground
            recover(ground.state, ground.store, desk.at)
            parts: dict[str, Any] = {
                "store": StoppingStore(ground.store, counter),
                "state": StoppingState(ground.state, counter),
            }
            out = desk.root / f"svar{stop}"
            with contextlib.suppress(StoppedError):
                answer(replace(home, ground=replace(ground, **parts)), 1, Sending(out=out, again=True), OFFICER)
            assert not list(desk.root.glob(".svar*"))
        found = copies(desk)
        assert len(found) <= 1
        (one,) = [each for each in desk.assessments(1) if each.verdict == "partly"]
        assert one.copy == (found[0].item if found else None)
        if desk.kept(1).standing == "open":
            stopped += 1
            assert {each.portion for each in desk.assessments(1)} == {0}
            assert "request.answered" not in desk.acts(1)
            if out.exists():  # what may be out there is on record, and stops the next run
                assert desk.acts(1)[-1] == "request.answering"
                seen += 1
            continue
        assert desk.acts(1).count("request.answered") == 1
        assert (out / "kontrollsummor.sha256").is_file()
        break
    assert stopped > 10
    assert seen > 0
    with desk.open() as home:
        assert read_own(home.ground, ItemId(str(one.copy))) is not None


def test_words_in_captions_are_masked_in_the_file_itself(desk: Desk) -> None:
    """The caption file goes out with the label in their place; its other words and times stay."""
    cue = f"WEBVTT\n\n00:00.000 --> 00:01.000\nHej {SECRET}!\n".encode()
    desk.publish("Film", files=[File(data=cue, role="caption", media_type="text/vtt", language="sv")])
    desk.find(1, "--everything")
    desk.mask(1, "--words", SECRET)
    desk.assess(1, "give")
    desk.answer(1, "--out", str(desk.root / "svar"))
    (path,) = (desk.root / "svar" / "bilagor").glob("*.vtt")
    assert path.read_text("utf-8") == cue.decode().replace(SECRET, "[maskat: 21 kap. 1 § OSL]")
    (row,) = [one for one in copies(desk) if "bilaga-1.vtt" in [file.origin for file in one.media]]
    with desk.open() as home:
        assert own_file(home.ground, row, "bilaga-1.vtt") == path.read_bytes()
