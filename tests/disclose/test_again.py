"""Answers in several turns: what came in late, who keeps a number, runs that were killed, films that are masked."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest

from flows.disclose.answer import act
from flows.disclose.answer.act import Sending, answer
from flows.disclose.answer.chosen import answers_of
from flows.disclose.answer.sent import addresses_in
from flows.disclose.standing import request_in, told
from schemas.ids import ItemId
from schemas.neighbours import InterruptedHandingError
from tests.disclose import marked_files as files
from tests.disclose.test_answer import objects, words
from tests.disclose.world import MAIL, OFFICER, Desk, File
from tests.pictures import png
from tests.servers.smtp import SmtpServer


@pytest.fixture
def desk(desk_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An archive with nothing stored."""
    monkeypatch.setenv("BEVARA_KEYS", str(tmp_path / "nycklar"))
    for name in ("allt", "nycklar"):
        shutil.copytree(desk_template / name, tmp_path / name)
    return Desk(tmp_path / "allt")


def late(desk: Desk, item: ItemId, seed: int) -> None:
    """A picture that comes in now, with the time of the day before yesterday."""
    now, desk.at = desk.at, desk.at - timedelta(days=2)
    one = File(data=png(9, 9, seed=seed), alt="Okänd", origin="https://test/sen")
    desk.observed(item, files=[one])
    desk.at = now


def test_what_comes_in_late_with_an_early_time_goes_out_unseen_by_nobody(desk: Desk) -> None:
    """Assessed whole or in part: G-ASSESSED until somebody has looked; masks that counted on the old order are refused."""
    first = desk.publish("Ett", files=[File(data=png(40, 40, seed=1), alt="Torget")])
    second = desk.publish("Två")
    desk.ask()
    desk.find(1, "--item", first, "--item", second)
    # One that was fetched later than the version was seen: it is counted after what came in late.
    desk.observed(second, files=[File(data=png(40, 40, seed=2), origin="https://test/senare")])
    desk.later(minutes=1)
    desk.assess(1, "give", first)
    desk.mask(1, second, "--region", "0:0,0,20,20")
    desk.later(minutes=1)
    out = desk.root / "svar"
    late(desk, first, 8)
    assert "G-ASSESSED" in desk.refused("answer", "1", "--out", str(out))
    assert not out.exists()
    lines = {one["item"]: one for one in desk.command("request", "assessed", "1")["lines"]}
    assert lines[first]["changed"] == ["later-files"]
    desk.assess(1, "give", first)
    late(desk, second, 9)
    assert "G-ASSESSED" in desk.refused("answer", "1", "--out", str(out))
    assert "unmask" in desk.refused("assess", "1", second, "partly")
    assert "unmask" in desk.refused("mask", "1", second, "--words", "Två", "--provision", "OSL 21:1")
    desk.request("unmask", "1", second, "--all")
    desk.mask(1, second, "--region", "1:0,0,20,20", "--file", "0")
    done = desk.answer(1, "--out", str(out))
    assert (done["files"], done["removed"]) == (3, 1)


def test_taking_a_mask_away_is_no_look_at_what_came_since(desk: Desk) -> None:
    """A picture that came after the assessment stays out when one mask of two is taken away."""
    item = desk.publish("Ett två")
    desk.ask()
    desk.find(1, "--item", item)
    desk.mask(1, item, "--words", "Ett")
    desk.mask(1, item, "--words", "två")
    desk.later(minutes=1)
    desk.observed(item, files=[File(data=png(9, 9))])
    desk.later(minutes=1)
    desk.request("unmask", "1", item, "--number", "1")
    done = desk.answer(1, "--out", str(desk.root / "svar"))
    assert (done["files"], [one["code"] for one in done["findings"]]) == (0, ["Q196"])


def test_a_person_keeps_the_number_whatever_comes_between_the_portions(desk: Desk) -> None:
    """A longer list that begins with others, and masks made anew, move nobody; and the keys say no name."""
    third = desk.publish("Hej Eva Lind!", kind="comment", author="Bo Ek", handle="b", at=desk.at - timedelta(days=40))
    fourth = desk.publish("Eva Lind och Ann Ask", kind="comment", author="Cia Al", handle="c")
    desk.ask()
    desk.find(1, "--item", third, "--item", fourth)
    desk.mask(1, fourth, "--words", "Ann Ask", "--stand-in")
    desk.later(minutes=1)
    for name in ("Eva Lind", "Bo Ek", "Cia Al"):
        desk.mask(1, "--name", name, "--stand-in")
    done = desk.answer(1, "--out", str(desk.root / "ett"), "--most", "1")
    (one,) = objects(desk.root / "ett")
    assert ("Person 1" in one["author"], "Person 3" in one["text"]) == (True, True)
    assert not {"Eva", "eva lind", "Bo Ek"} & set((desk.newest(done["item"]).payload or "").split('"'))
    older = desk.publish("Nytt", kind="comment", author="Dag Ros", handle="d", at=desk.at - timedelta(days=90))
    desk.find(1, "--item", third, "--item", fourth, "--item", older)
    desk.request("unmask", "1", fourth, "--all")
    desk.later(minutes=1)
    for name in ("Eva Lind", "Ann Ask", "Cia Al", "Dag Ros"):
        desk.mask(1, "--name", name, "--stand-in")
    desk.answer(1, "--out", str(desk.root / "tva"))
    found = {one["item"]: one for one in objects(desk.root / "tva")}
    assert "[Person 3, maskat" in found[fourth]["text"]
    assert "[Person 5, maskat" in found[fourth]["text"]
    assert "Person 2" in found[older]["author"]
    assert "Person 4" in found[fourth]["author"]


@pytest.mark.parametrize(
    "said",
    [
        "o'brien@example.se",
        "a!bo@x.se",
        "x/anna@x.se",
        "åsa@x.se",
        "anna@x.se-å.se",
        "a=anna@x.se",
        "#anna@x.se",
        "anna@å.se",
    ],
)
def test_no_part_of_an_odd_address_is_written_to(said: str) -> None:
    """What stands at the end of another address is somebody else's; plain ones are found in brackets and at a full stop."""
    assert addresses_in(f"Svara till {said} tack") == set()
    assert addresses_in("Svara till <anna.b+c@x-y.example.org>.") == {"anna.b+c@x-y.example.org"}


def test_answers_are_counted_however_many_receipts_there_are(desk: Desk) -> None:
    """A thousand records that are assessed one by one before an answer do not hide it."""
    desk.ask()
    with desk.open() as home, home.ground.state.writing() as books:
        request = request_in(books, 1)
        for act_ in [*["request.assessed"] * 1_001, "request.answered"]:
            told(books, request, act_, OFFICER)
        assert len(answers_of(books, request)) == 1


class KilledError(BaseException):
    """The run ends here."""


def _stopped(*_: Any, **__: Any) -> None:
    raise KilledError


def test_an_answer_that_went_out_and_was_not_put_on_record_is_not_given_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the name and the record: the next run says so; with --again it goes on, and the log has it."""
    desk.ask()
    desk.find(1, "--item", desk.publish("Ett"))
    desk.assess(1, "give")
    out = desk.root / "svar"
    with monkeypatch.context() as patched, desk.open() as home:
        patched.setattr(act, "write_own", _stopped)
        with pytest.raises(KilledError):
            answer(home, 1, Sending(out=out), OFFICER)
    assert out.is_dir()
    assert desk.kept(1).standing == "open"
    text = desk.refused("answer", "1", "--out", str(desk.root / "igen"))
    assert "G-SENT" in text
    assert "package" in text
    desk.answer(1, "--out", str(desk.root / "igen"), "--again")
    acts = [one for one in desk.acts(1) if one in {"request.answering", "request.answered"}]
    assert acts == ["request.answering", "request.answering", "request.answered"]


def test_a_message_that_may_have_arrived_is_not_sent_again_by_itself(desk: Desk, smtp_server: SmtpServer) -> None:
    """The line broke before the answer: the next run asks; a message that was surely not taken may go at once."""
    desk.settings(MAIL.format(host="127.0.0.1", port=smtp_server.port))
    desk.ask("Allt", "--contact", "anna@example.org")
    desk.find(1, "--item", desk.publish("Ett"))
    desk.assess(1, "give")

    def mailing(error: Exception) -> Callable[[], Any]:
        class Mailing:
            """A mail server whose line breaks."""

            place = "mail"

            def send(self, _message: object) -> None:
                raise error

        return Mailing

    with desk.open() as home:
        for error in (OSError("nothing was sent"), InterruptedHandingError("may have arrived")):
            with pytest.raises(type(error)):
                answer(replace(home, mailing=mailing(error)), 1, Sending(how="mail"), OFFICER)
    assert "G-SENT" in desk.refused("answer", "1", "--mail")
    smtp_server.clear()
    desk.answer(1, "--mail", "--again")
    assert len(smtp_server.messages()) == 1


def _level(path: Path, stream: str, start: float, end: float) -> int:
    """The greatest byte of brightness, or the greatest sample, in a time of a recording."""
    time = ["-ss", str(start), "-t", str(end - start), "-i", str(path)]
    how = ["-vf", "scale=16:16,format=gray", "-f", "rawvideo"] if stream == "v" else ["-f", "s16le", "-ac", "1"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", *time, "-map", f"0:{stream}:0", *how, "-"]
    data = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
    return max(data) if stream == "v" else max(map(abs, memoryview(data).cast("h")))


def test_a_masked_film_goes_out_black_and_silent_with_nothing_that_tells(desk: Desk) -> None:
    """Picture and sound of the times asked for; captions, thumbnail and their words are gone; the rest is as it was."""
    film = files.film(["FORST", "HEMLIG", "SIST"], "Titel Hemligsson", "Text Hemligsson")
    item = desk.publish(
        "Filmen",
        files=[
            File(data=film, role="video", media_type="video/mp4", alt="Hemligsson talar"),
            File(data=files.vtt(["Hemligsson"]), role="caption", media_type="text/vtt", language="sv"),
            File(data=png(30, 30, seed=3), role="thumbnail", alt="Hemligsson i bild"),
        ],
    )
    desk.ask()
    desk.find(1, "--item", item)
    desk.mask(1, item, "--picture", "0:1-2", "--sound", "0:2-2.5")
    out = desk.root / "svar"
    done = desk.answer(1, "--out", str(out))
    assert (done["files"], done["removed"]) == (1, 2)
    (path,) = (out / "bilagor").iterdir()
    assert path.name == "0001-1.mp4"
    assert [_level(path, "v", *time) > 60 for time in ((0.2, 0.8), (1.1, 1.8), (2.3, 2.8))] == [True, False, True]
    assert [_level(path, "a", *time) > 900 for time in ((0.2, 0.8), (2.05, 2.4), (2.7, 2.9))] == [True, False, True]
    assert "Hemligsson" not in words(out)
    assert b"Hemligsson" not in path.read_bytes()
